-- labels.lua: other labels that are as good: names, and what a module says of its makers.
--
-- Takes: as harmless.lua.  Gives: its reasons for faults in the custom sections that describe the
-- module.  Rule of thumb: a label is harmless when the inputs, or nobody, could say that it is not
-- the right one.

local rewrite = require "faults.rewrite"

local function names_lost(x)
  local s = rewrite.custom(x.m, "name")
  return s and x.n.bytes == rewrite.without(x.m, s)
end

-- Does the command line say which bytes?
local function id_is_given(x)
  for _, word in ipairs(x.about.request.argv) do
    if word:find("^%-%-build%-id=0x") then return true end
  end
end

local function another_id(x)
  if not x.n.build_id or #x.m.build_id == 0 or id_is_given(x) then return false end
  for _, c in ipairs(x.changes) do
    if not c.path:find("^build_id$") and not c.path:find("^custom%.build_id%.") then
      return false
    end
  end
  return #x.changes > 0 and #x.m.build_id == #x.n.build_id
end

-- Is there a function symbol of that name and index?  A weak one of a library may be an import and
-- that function's export.
local function is_symbol(x, index, name)
  for _, e in ipairs(x.m.exports) do
    if e.kind == "func" and e.index == index and e.name == name then return true end
  end
  for _, s in ipairs(x.about.layout.symbols) do
    if s.kind == "function" and s.state == "defined" and s.index == index and s.name == name then
      return true
    end
  end
end

local function named_as_its_alias(x)
  for _, c in ipairs(x.changes) do
    local index = tonumber(c.path:match("^names%.functions%.(%d+)$"))
    if not index or not is_symbol(x, index, c.is) then return false end
  end
  return #x.changes > 0
end

-- What a function or global of the module's own is, but for its name and index; nil of an import.
local function substance(m, kind, index)
  local x = m[kind .. "s"][index + 1]
  local bytes = x.init or x
  if x.imported then return nil end
  return ("%s %s %s"):format(x.type, x.mutable,
    m.bytes:sub(bytes.offset + 1, bytes.offset + bytes.size))
end

local function is_in_code(m, kind, index)
  for _, f in ipairs(m.funcs) do
    for _, i in ipairs(m:code(f.index) or {}) do
      for _, imm in ipairs(i.imms) do
        if imm.kind == kind and imm.value == index then return true end
      end
    end
  end
end

-- Does anything in the module tell it from another one?  (Any list of functions may.)
local function is_referred(m, kind, index)
  for _, e in ipairs(m.exports) do
    if e.kind == kind and e.index == index then return true end
  end
  for _, g in ipairs(m.globals) do
    if g.init and g.init.op == "global.get" then return true end
  end
  return m.start == index or #m.elems > 0 or m.linking or is_in_code(m, kind, index)
end

local KINDS = { functions = "func", globals = "global" }

local function twins_swapped(x)
  local a, b = x.changes[1], x.changes[2]
  if #x.changes ~= 2 or a.was ~= b.is or a.is ~= b.was then return false end
  local what, i = a.path:match("^names%.(%l+)%.(%d+)$")
  local too, k = b.path:match("^names%.(%l+)%.(%d+)$")
  local kind = what == too and KINDS[what]
  i, k = tonumber(i), tonumber(k)
  local same = kind and substance(x.m, kind, i)
  return same and same == substance(x.m, kind, k)
    and not is_referred(x.m, kind, i) and not is_referred(x.m, kind, k)
end

local function linker_named(x)
  local c = x.changes[1]
  local p = #x.changes == 1 and c.path:find("^producers%.%d+$") and not c.was and c.is
  if not p or p.field ~= "processed-by" then return false end
  for _, other in ipairs(x.m.producers) do
    if other.field == p.field and other.name == p.name then return false end
  end
  return true
end

return {
  { "there is no name section, which a linker may leave out", names_lost },
  { "a build id with other bytes, of which nothing says what they are made of", another_id },
  { "a function has another name that the inputs give it", named_as_its_alias },
  { "two equal functions, or globals, to which nothing refers, have each other's names",
    twins_swapped },
  { "one tool more, under a name that no input has: the linker's own", linker_named },
}
