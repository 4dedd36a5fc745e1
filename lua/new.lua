-- new.lua: the command new: the skeleton of a case, which runs at once.
--
-- Takes: an id, topic/file/case.  Gives: cases/topic/file.lua, or one more case at the end of it.
-- Rule of thumb: what is to be filled in says so in a comment, and `linkspec lint` finds each of
-- them; nothing that is there is ever written over.

local argparse = require "argparse"
local lfs = require "lfs"
local case = require "case"
local command = require "command"
local driver = require "driver"

local new = {}

local HEAD = "-- fill in: what the cases of this file are about.\n"

local VALID = [[
case "%s" {
  title = "what must hold, as one sentence", -- fill in: say it without a full stop
  clauses = { "export.flag" }, -- fill in: what of cases/clauses.lua it shows
  link = function()
    -- fill in: the smallest inputs that show it; lua/object.lua opens with all that they can have.
    local a, b = object "a.o", object "b.o"
    local g = a:func("g", { sig = "-> i32", undefined = true })
    a:func("f", { sig = "-> i32", export = "f", code = { { "call", g } } })
    b:func("g", { sig = "-> i32", code = "i32.const 7" })
    return { "--no-entry", a, b }
  end,
  -- fill in: the weakest demand that excludes the wrong answer; lua/expect.lua lists all of them.
  expect = { calls("f", { "g" }), returns("f", {}, 7) },
  -- fill in: nothing here: take the next line away, and run `linkspec bless`
  golden = false, reason = "not yet",
}
]]

local MALFORMED = [[
case "%s" {
  title = "what is wrong and refused, as one sentence", -- fill in: say it without a full stop
  clauses = { "linking.version" }, -- fill in: what of cases/clauses.lua it shows
  link = function()
    -- fill in: inputs that link; lua/object.lua opens with all that they can have.
    local a = object "a.o"
    a:func("f", { sig = "-> i32", export = "f", code = "i32.const 7" })
    return { "--no-entry", a }
  end,
  -- fill in: the one thing that is wrong; lua/bytes.lua opens with paths and changes.
  mutate = { file = "a.o", at = "linking.version", to = 3 },
  -- fill in: the diagnostic, a row of model/diags.def, and the field where it is seen.
  expect = { rejects { id = "LINKING_VERSION", file = "a.o", offset = "linking.version" } },
  -- fill in: nothing here: take the next line away, and run `linkspec bless`
  golden = false, reason = "not yet",
}
]]

local LIBRARY = [[
case "%s" {
  title = "what must hold of a library, as one sentence", -- fill in: say it without a full stop
  clauses = { "library.function" }, -- fill in: what of cases/clauses.lua it shows
  link = function()
    -- fill in: the smallest inputs that show it; lua/library.lua opens with all that a library has.
    local l, a = library "libx.so", object "a.o"
    l:exported("f", { sig = "-> i32", code = "i32.const 7" })
    local f = a:func("f", { sig = "-> i32", undefined = true })
    a:func("main", { sig = "-> i32", export = "main", code = { { "call", f } } })
    return { "--no-entry", "--experimental-pic", "-pie", a, l }
  end,
  -- fill in: the weakest demand that excludes the wrong answer; lua/expect.lua lists all of them.
  expect = { calls("main", { "f" }), dylink { needed = { "libx.so" } } },
  -- fill in: nothing here: take the next line away, and run `linkspec bless`
  golden = false, reason = "not yet",
}
]]

local function parser()
  local p = argparse("linkspec new", "Writes the skeleton of a case, which runs at once; comments "
    .. "say what is to be filled in.")
  p:argument("id", "topic/file/case: the case goes into cases/topic/file.lua, at its end when it "
    .. "is there."):argname("ID")
  p:mutex(
    p:flag("--malformed", "A case that must be refused: valid inputs, and one change that spoils "
      .. "them."),
    p:flag("--library", "A case with a shared library among the inputs."))
  p:option("--cases", "Folder of the cases."):argname("DIR")
  return p
end

-- The file and the name in it that an id stands for; nil and why not.
local function split(id)
  for part in (id .. "/"):gmatch("(.-)/") do
    if not part:find("^%w[%w._-]*$") then
      return nil, "letters, digits, '-', '_' and '.' make a part"
    end
  end
  local file, name = id:match("^(.+/[^/]+)/([^/]+)$")
  if not file then return nil, "an id is topic/file/case" end
  return file, name
end

local function is_there(folder, id)
  for _, c in ipairs(case.load_all(folder)) do
    if c.id == id then return true end
  end
  return false
end

local function append(path, text)
  driver.make_folders(path)
  local is_new = not lfs.attributes(path)
  local file, why = io.open(path, "a")
  if not file then return nil, why end
  file:write(is_new and HEAD or "", "\n", text)
  return file:close()
end

local function skeleton(options)
  return options.malformed and MALFORMED or options.library and LIBRARY or VALID
end

-- Runs the command line; the exit status.
function new.main(args)
  local options = command.parse(parser(), args)
  if not options then return command.MISUSE end
  local file, name = split(options.id)
  if not file then return command.misuse(options.id .. ": " .. name, "linkspec new") end
  local folder = options.cases or args.home .. "/cases"
  if is_there(folder, options.id) then
    return command.misuse(options.id .. ": there is such a case", "linkspec new")
  end
  local path = ("%s/%s.lua"):format(folder, file)
  local ok, why = append(path, skeleton(options):format(name))
  if not ok then return command.misuse(why, "linkspec new") end
  io.write(path, "\n", "fill in what its comments say, then\n",
    "  linkspec test --filter ", options.id, "\n", "  linkspec lint --filter ", options.id, "\n",
    "  linkspec bless --filter ", options.id, "\n")
  return command.OK
end

return new
