-- allowed.lua: faults that are another choice of the linker's.
--
-- Takes, gives: as harmless.lua.  Rule of thumb: the choice is a permission of the judge's, or does
-- the same in other words.

local layout = require "faults.layout"
local rewrite = require "faults.rewrite"

-- The start function, which nobody else need call, and a global that not every engine lets out.
local LEFT_OUT = { __wasm_init_memory = true, __stack_pointer = true }

-- The only export that is gone.
local function lost_export(m, n)
  local lost
  for i, e in ipairs(m.exports) do
    local other = n.exports[lost and i - 1 or i]
    if not lost and (not other or other.name ~= e.name) then
      lost = e.name
    elseif other.name ~= e.name or other.kind ~= e.kind or other.index ~= e.index then
      return
    end
  end
  return lost
end

local function left_out(x)
  if not layout.all_in(x, "^exports%.") or not layout.has_option(x, "--export-all")
    or #x.n.exports ~= #x.m.exports - 1 then
    return false
  end
  local lost = lost_export(x.m, x.n)
  for _, word in ipairs(x.about.request.argv) do
    if lost and word:find("^%-%-export.*=" .. lost .. "$") then return false end
  end
  return LEFT_OUT[lost]
end

-- Type and body, as text; nil for an import.
local function code_of(m, index)
  local f = m.funcs[index + 1]
  return f and f.offset and f.type .. m.bytes:sub(f.offset + 1, f.offset + f.size) or nil
end

local function same_called(x)
  for _, c in ipairs(x.changes) do
    local f, i = c.path:match("^code%.(%d+)%.(%d+)%.1$")
    if not f or not c.was or not c.is or x.m:code(f - 1)[tonumber(i)].op ~= "call" then
      return false
    end
    local code = code_of(x.m, c.was)
    if not code or code ~= code_of(x.m, c.is) then return false end
  end
  return #x.changes > 0
end

-- An offset into a section that the module does not have.
local function of_stripped(x)
  local site = layout.changed_site(x)
  if not site or not site.kind:find("^R_WASM_SECTION_OFFSET") then return false end
  for _, c in ipairs(x.m.customs) do
    if c.name == site.symbol then return false end
  end
  return true
end

-- A linker need not know them.
local function code_metadata_lost(x)
  for _, s in ipairs(x.m.customs) do
    if s.name:find "^metadata%.code%." and rewrite.without(x.m, s) == x.n.bytes then return true end
  end
  return false
end

-- It is made once and kept everywhere, says the judge.
local function last_weak(x)
  return x.kind == "the other weak definition" and x.taken["symbol.weak.last"]
end

-- An imported table, to which nothing in the module refers by a number.
local function slots_of_32_bits(x)
  return x.taken["wasm64.table32"] and layout.all_in(x, "^tables%.%d+%.limits%.is64$")
end

return {
  { "--export-all need not export __wasm_init_memory or __stack_pointer", left_out },
  { "another function with the same code is called", same_called },
  { "an offset into a section that is stripped", of_stripped },
  { "code metadata of some kind is left out", code_metadata_lost },
  { "with a 64-bit memory, the table has 32-bit slots", slots_of_32_bits },
  { "another one of several weak definitions is kept, everywhere", last_weak },
}
