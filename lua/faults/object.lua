-- object.lua: what an object (-r), or a module that keeps its relocations, says to the next linker,
-- wrong: symbols, segment info, init functions, COMDAT groups, relocations.
--
-- Rule of thumb: the sections are taken apart, one thing in them is changed, and they are put
-- together again; where that gives other bytes without a change, there are no faults.

local leb = require("encode").leb
local rewrite = require "faults.rewrite"

local object = {}

local uleb, sleb, text = rewrite.uleb, rewrite.sleb, rewrite.text
local custom, with_contents = rewrite.custom, rewrite.with_contents

local KINDS = { func = 0, data = 1, global = 2, section = 3, tag = 4, table = 5 }
local MEMBERS = { data = 0, func = 1, global = 2, tag = 3, table = 4, section = 5 }
local UNDEFINED, EXPLICIT_NAME = 0x10, 0x40
local FLAGS = { { "weak", 1 }, { "local", 2 }, { "hidden", 4 }, { "exported", 0x20 },
  { "explicit name", EXPLICIT_NAME }, { "no strip", 0x80 }, { "thread-local", 0x100 } }

-- The section "linking" ---------------------------------------------------------------------------

local function symbol_text(s)
  local head = string.char(KINDS[s.kind]) .. uleb(s.flags)
  if s.kind == "data" then
    if not s.target then return head .. text(s.name) end
    return head .. text(s.name) .. uleb(s.target) .. uleb(s.offset) .. uleb(s.size)
  end
  local named = s.kind ~= "section"
    and (s.flags & UNDEFINED == 0 or s.flags & EXPLICIT_NAME ~= 0)
  return head .. uleb(s.target) .. (named and text(s.name) or "")
end

local function segment_text(s) return text(s.name) .. uleb(s.align) .. uleb(s.flags) end

local function init_text(i) return uleb(i.priority) .. uleb(i.symbol) end

local function comdat_text(c)
  local out = { text(c.name), uleb(c.flags), uleb(#c.items) }
  for _, item in ipairs(c.items) do
    out[#out + 1] = string.char(MEMBERS[item.kind]) .. uleb(item.index)
  end
  return table.concat(out)
end

local PARTS = { { 8, "symbols", symbol_text }, { 5, "segments", segment_text },
  { 6, "inits", init_text }, { 7, "comdats", comdat_text } }

local function linking_text(l)
  local out = { uleb(l.version) }
  for _, part in ipairs(PARTS) do
    local id, name, of = table.unpack(part)
    local items = {}
    for i, item in ipairs(l[name]) do items[i] = of(item) end
    if #items > 0 then
      out[#out + 1] = string.char(id) .. text(uleb(#items) .. table.concat(items))
    end
  end
  return table.concat(out)
end

-- The sections "reloc.*" --------------------------------------------------------------------------

local WITH_ADDEND = {}
for _, kind in ipairs { 3, 4, 5, 8, 9, 11, 14, 15, 16, 17, 21, 22, 23, 25 } do
  WITH_ADDEND[kind] = true
end

-- Kinds that a reader takes at the same place.
local OTHERS = { [0] = 7, [1] = 12, [2] = 26, [3] = 4, [4] = 11, [5] = 23, [7] = 0, [8] = 9,
  [10] = 0, [11] = 4, [12] = 1, [14] = 15, [15] = 17, [16] = 22, [17] = 15, [18] = 24, [19] = 19,
  [20] = 7, [21] = 4, [23] = 5, [24] = 18, [25] = 15, [26] = 2 }

local function sleb_at(bytes, at) return leb(bytes, at + 1, true) end

local function records_of(bytes)
  local list = {}
  local at = 0
  local function next(read)
    local value, width = read(bytes, at)
    at = at + width
    return value
  end
  list.section = next(rewrite.leb_at)
  for i = 1, next(rewrite.leb_at) do
    local r = { kind = next(rewrite.leb_at), offset = next(rewrite.leb_at),
      index = next(rewrite.leb_at) }
    r.addend = WITH_ADDEND[r.kind] and next(sleb_at) or nil
    list[i] = r
  end
  return list
end

local function records_text(list)
  local out = { uleb(list.section), uleb(#list) }
  for i, r in ipairs(list) do
    out[i + 2] = string.char(r.kind) .. uleb(r.offset) .. uleb(r.index)
      .. (r.addend and sleb(r.addend) or "")
  end
  return table.concat(out)
end

-- Changes -----------------------------------------------------------------------------------------

local function copy(value)
  if type(value) ~= "table" then return value end
  local out = {}
  for key, item in pairs(value) do out[key] = copy(item) end
  return out
end

-- add() for faults that change(l) makes in a copy of what is taken apart; false: it cannot.
local function adder(m, s, value, encode, add)
  return function(kind, what, change)
    add(kind, what, function()
      local l = copy(value)
      return change(l) ~= false and with_contents(m, s, encode(l)) or nil
    end)
  end
end

-- The faults of any list: an item lost, twice, or in the other's place.
local function list_faults(add, what, name, list, of)
  for i, item in ipairs(list) do
    add(what .. " dropped", name(item), function(l) table.remove(of(l), i) end)
    add(what .. " twice", name(item), function(l) table.insert(of(l), i, copy(item)) end)
    if list[i + 1] then
      add(what .. "s swapped", name(item), function(l)
        local items = of(l)
        items[i], items[i + 1] = items[i + 1], items[i]
      end)
    end
  end
end

local function bump(add, kind, name, of, field)
  for _, by in ipairs { 1, -1 } do
    add(kind, ("%s: %+d"):format(name, by), function(l)
      local item = of(l)
      item[field] = item[field] + by
      return item[field] >= 0 or field == "addend"
    end)
  end
end

local function add_symbols(m, add)
  for i, s in ipairs(m.linking.symbols) do
    local name = ("symbol %d, %s"):format(i - 1, s.name)
    local function of(l) return l.symbols[i] end
    for _, flag in ipairs(FLAGS) do
      add("symbol's flag " .. flag[1], name, function(l) of(l).flags = s.flags ~ flag[2] end)
    end
    add("symbol renamed", name, function(l) of(l).name = s.name .. "x" end)
    if s.target then bump(add, "symbol of another thing", name, of, "target") end
    if s.size then
      bump(add, "symbol's offset", name, of, "offset")
      bump(add, "symbol's size", name, of, "size")
    end
  end
  -- At the end of the table no relocation and no init function needs another number.
  local last = m.linking.symbols[#m.linking.symbols]
  if last then
    add("symbol dropped", last.name, function(l) l.symbols[#l.symbols] = nil end)
    add("symbol twice", last.name, function(l) table.insert(l.symbols, copy(last)) end)
  end
end

local function add_segments(m, add)
  for i, s in ipairs(m.linking.segments) do
    local name = ("segment %d, %s"):format(i - 1, s.name)
    local function of(l) return l.segments[i] end
    for bit = 0, 2 do
      add("segment's flag", ("%s: %d"):format(name, 1 << bit),
        function(l) of(l).flags = s.flags ~ 1 << bit end)
    end
    add("segment renamed", name, function(l) of(l).name = s.name .. "x" end)
    bump(add, "segment's alignment", name, of, "align")
  end
  if #m.linking.segments > 0 then
    add("segment info dropped", "all", function(l) l.segments = {} end)
  end
end

local function add_inits(m, add)
  local function name(i) return ("init function %d, priority %d"):format(i.symbol, i.priority) end
  list_faults(add, "init function", name, m.linking.inits, function(l) return l.inits end)
  for i, init in ipairs(m.linking.inits) do
    local function of(l) return l.inits[i] end
    bump(add, "init function's priority", name(init), of, "priority")
    bump(add, "init function of another symbol", name(init), of, "symbol")
  end
end

local function add_comdats(m, add)
  for i, c in ipairs(m.linking.comdats) do
    local function name(item) return ("%s: %s %d"):format(c.name, item.kind, item.index) end
    list_faults(add, "group member", name, c.items, function(l) return l.comdats[i].items end)
    for k, item in ipairs(c.items) do
      bump(add, "group member, its neighbour", name(item),
        function(l) return l.comdats[i].items[k] end, "index")
      if m.linking.comdats[i + 1] then
        add("group member of another group", name(item), function(l)
          table.insert(l.comdats[i + 1].items, table.remove(l.comdats[i].items, k))
        end)
      end
    end
    add("group renamed", c.name, function(l) l.comdats[i].name = c.name .. "x" end)
    add("group dropped", c.name, function(l) table.remove(l.comdats, i) end)
  end
end

local function add_records(m, s, add)
  local list = records_of(s.bytes)
  if records_text(list) ~= s.bytes then return end
  local with = adder(m, s, list, records_text, add)
  local function name(r) return ("%s, kind %d at 0x%x"):format(s.name, r.kind, r.offset) end
  list_faults(with, "relocation", name, list, function(l) return l end)
  for i, r in ipairs(list) do
    local function of(l) return l[i] end
    with("relocation of another kind", name(r), function(l)
      of(l).kind = OTHERS[r.kind]
      of(l).addend = OTHERS[r.kind] and WITH_ADDEND[OTHERS[r.kind]] and (r.addend or 0) or nil
      return OTHERS[r.kind] ~= nil
    end)
    bump(with, "relocation's place", name(r), of, "offset")
    bump(with, "relocation of another symbol", name(r), of, "index")
    if r.addend then bump(with, "relocation's addend", name(r), of, "addend") end
  end
  bump(with, "relocations of another section", s.name, function(l) return l end, "section")
end

function object.object(about, add)
  local m = about.m
  local s = m.linking and custom(m, "linking")
  if not s then return end
  if linking_text(m.linking) == s.bytes then
    local with = adder(m, s, m.linking, linking_text, add)
    add_symbols(m, with)
    add_segments(m, with)
    add_inits(m, with)
    add_comdats(m, with)
    add("section linking dropped", "all", function() return with_contents(m, s, "") end)
  end
  for _, c in ipairs(m.customs) do
    if c.name:find "^reloc%." then add_records(m, c, add) end
  end
end

return object
