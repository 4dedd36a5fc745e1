-- expect/text.lua: what a linker tells beside its module.
--
-- See expect.lua.

local common = require "expect.common"

local make = common.make
local need = common.need
local same_list = common.same_list

local verbs = {}

local function lines_of(text)
  local lines = {}
  for line in text:gmatch("([^\n]*)\n") do lines[#lines + 1] = line end
  return lines
end

-- The lines as they are wanted: a list, or function(lines) that gives true, or false and what was
-- found.
local function check_lines(view, wanted, lines, where)
  if type(wanted) == "table" then
    if same_list(wanted, lines) then return end
    view:miss(table.concat(wanted, "\n"), table.concat(lines, "\n"), where)
  end
  local ok, found = wanted(lines)
  if not ok then view:miss("lines that fit", found or table.concat(lines, "\n"), where) end
end

-- prints{ "a.o: reference to f", ... }: all lines on standard output, in this order.
function verbs.prints(wanted)
  need("prints", wanted, "table")
  return make("prints", function(view)
    if not view.outcome.printed then return "skipped", "what the linker printed was not kept" end
    check_lines(view, wanted, view.outcome.printed, "standard output")
  end)
end

-- writes("out.map", lines): the file that --Map= or --why-extract= names has these lines: a list,
-- or function(lines) that gives true, or false and what was found.
function verbs.writes(name, wanted)
  need("writes", name, "string")
  return make("writes", function(view)
    local text = (view.outcome.texts or {})[name]
    if not text then view:miss("a file " .. name, "none") end
    check_lines(view, wanted, lines_of(text), name)
  end)
end

return verbs
