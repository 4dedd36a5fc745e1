-- expect/stage.lua: the model's view after a stage.
--
-- See expect.lua.

local common = require "expect.common"

local make = common.make
local keys_sorted = common.keys_sorted
local join = common.join
local same_list = common.same_list

local verbs = {}

-- Stages of the model -----------------------------------------------------------------------------
-- For cases with `stage`; what the model knows then: see lua_link.c.

local function fits_record(view, record, wanted, where)
  for _, key in ipairs(keys_sorted(wanted)) do
    local found = record[key]
    if found == nil then found = false end
    if found ~= wanted[key] then
      view:miss(("%s = %s"):format(key, tostring(wanted[key])), tostring(found), where)
    end
  end
end

-- symbol "f" { state = "defined" | "undefined" | "lazy", kind =, object = "a.o", weak =, hidden =,
-- stub =, flags =, size =; from "live": live =; from "place": address =; from "number": index =,
-- slot = }
-- For "no such value" write false.
function verbs.symbol(name)
  return function(wanted)
    return make("symbol", function(view)
      for _, s in ipairs(view:stage_list("symbols")) do
        if s.name == name then return fits_record(view, s, wanted, "symbol " .. name) end
      end
      view:miss("symbol " .. name, "no such symbol")
    end)
  end
end

-- no_symbol("f", ...): the symbol table has no such name.
function verbs.no_symbol(...)
  local names = { ... }
  return make("no_symbol", function(view)
    for _, s in ipairs(view:stage_list("symbols")) do
      for _, name in ipairs(names) do
        if s.name == name then view:miss("no symbol " .. name, s.state) end
      end
    end
  end)
end

-- chunk("a.o", "name") { kind = "function" | "data" | "custom", discarded =, live =, size = }: a
-- function, data segment or custom section of an input; functions have no name there but that of
-- the name section.
function verbs.chunk(object, name)
  return function(wanted)
    return make("chunk", function(view)
      for _, c in ipairs(view:stage_list("chunks")) do
        if c.object == object and c.name == name then
          return fits_record(view, c, wanted, object .. ": " .. name)
        end
      end
      view:miss(("chunk %s of %s"):format(name, object), "no such chunk")
    end)
  end
end

local function copy(from)
  local into = {}
  for key, value in pairs(from) do into[key] = value end
  return into
end

-- The list of inputs as one text, on both sides.
local function segment_record(s)
  local record, inputs = copy(s), {}
  for i, c in ipairs(s.chunks) do inputs[i] = ("%s:%s"):format(c.object or "", c.name or "") end
  record.inputs = join(inputs)
  return record
end

local function segment_wanted(wanted)
  local record = copy(wanted)
  record.inputs = wanted.inputs and join(wanted.inputs)
  return record
end

-- segment ".data" { address =, size =, align = (bytes), index =, bss =, tls =,
-- inputs = { "a.o:.data.x", ... } }: an output segment, from "place" on.
function verbs.segment(name)
  return function(wanted)
    return make("segment", function(view)
      for _, s in ipairs(view:stage_list("segments")) do
        if s.name == name then
          return fits_record(view, segment_record(s), segment_wanted(wanted), "segment " .. name)
        end
      end
      view:miss("segment " .. name, "no such segment")
    end)
  end
end

-- layout{ ".rodata", ".data", ".bss" }: the output segments in order, from "place" on.
function verbs.layout(wanted)
  return make("layout", function(view)
    local found = {}
    for i, s in ipairs(view:stage_list("segments")) do found[i] = s.name end
    if not same_list(wanted, found) then view:miss(join(wanted), join(found), "layout") end
  end)
end

return verbs
