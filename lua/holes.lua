-- holes.lua: what stands where a number would have to: "the index of g", "an address of x".
--
-- Takes: names, as the case knows them.  Gives: holes, which compare a number of the output with
-- what the name denotes there.  Used in code(), const_at(), data_at(), global_value(), ...
-- Rule of thumb: a case names things; which number they have is the linker's affair.

local holes = {}

local Hole = {}
Hole.__index = Hole

-- size: the bytes that it takes in data.
local function hole(text, matches)
  return setmetatable({ text = text, matches = matches, size = 4 }, Hole)
end

function holes.is(value) return getmetatable(value) == Hole end

local verbs = {}
holes.verbs = verbs

local function check_name(verb, name)
  if type(name) ~= "string" then error(verb .. ": a name is needed", 4) end
end

-- to_func "g": the index of the function exported, imported or named as g.
function verbs.to_func(name)
  check_name("to_func", name)
  return hole("function " .. name, function(view, value)
    return view:is_named("function", value, name)
  end)
end

-- to_slot "g": a slot of the indirect function table that holds g.
function verbs.to_slot(name)
  check_name("to_slot", name)
  return hole("a table slot of " .. name, function(view, value)
    local func = view:slots()[value]
    return func ~= nil and view:is_named("function", func, name)
  end)
end

-- to_address("x", plus): the address of the exported data symbol x, plus so many bytes.
function verbs.to_address(name, plus)
  check_name("to_address", name)
  return hole(("address of %s%s"):format(name, plus and (" %+d"):format(plus) or ""),
    function(view, value) return view.unsigned(value) == view:address(name) + (plus or 0) end)
end

-- to_data "hello\0": an address where the memory image holds these bytes.
function verbs.to_data(bytes)
  check_name("to_data", bytes)
  return hole(("an address of %q"):format(bytes), function(view, value)
    return view:memory_at(view.unsigned(value), #bytes) == bytes
  end)
end

for verb, kind in pairs { to_global = "global", to_table = "table", to_tag = "tag" } do
  -- to_global "g", to_table "t", to_tag "e": the index of what is exported, imported or named so.
  verbs[verb] = function(name)
    check_name(verb, name)
    return hole(kind .. " " .. name, function(view, value)
      return view:is_named(kind, value, name)
    end)
  end
end

-- to_type "i32 -> i32": the index of a type with this signature.
function verbs.to_type(sig)
  check_name("to_type", sig)
  return hole("type " .. sig, function(view, value)
    return view:type_text(value) == view.sig(sig)
  end)
end

-- wide(hole): the same in data, but in eight bytes and not four.
function verbs.wide(narrow)
  if not holes.is(narrow) then error("wide: a hole is needed", 3) end
  local h = hole(narrow.text, narrow.matches)
  h.size = 8
  return h
end

-- any(): whatever stands there.
function verbs.any() return hole("anything", function() return true end) end

-- Whether a number of the output is what is wanted, a number or a hole.
function holes.match(view, wanted, value)
  if holes.is(wanted) then return value ~= nil and wanted.matches(view, value) end
  return value == wanted
end

-- For messages.
function holes.text(wanted)
  if holes.is(wanted) then return "<" .. wanted.text .. ">" end
  return tostring(wanted)
end

return holes
