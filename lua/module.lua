-- module.lua: a decoded module, made ready for questions.
--
-- Takes: the bytes of a module.  Gives: what the independent reader (model/decode.h) found, with
-- kinds and types as words, types as texts, and every name of every entity.  Rule of thumb: only
-- this file knows how the reader's tables look.
--
--   sections   list of { name, custom, contents }: "type", ... or a custom section's name
--   types      list of "i32 i64 -> f32"
--   imports    list of { module, name, kind, index }      exports  list of { name, kind, index }
--   spaces     function, global, table, memory, tag: lists from index 0 at 1 of { imported, sig
--              (type index), type, mutable, value, min, max, shared, is64, page_size }
--   data       list of { address or nil, bytes, name, passive }
--   elems      list of { start or nil, items }
--              value, address, start: counted from the global `base` of the loader's where that is
--              given, "__memory_base" or "__table_base"
--   dylink     nil, or { memory_size, memory_align, table_size, table_align (alignments as
--              exponents of 2; nil: not said), needed, runtime_path = lists of names, exports =
--              list of { name, flags = "tls" }, imports = list of { module, name, flags } }
--   start      function index or nil
--   linking    nil, or { symbols = list of { name, kind, flags = "weak hidden", target, import,
--              segment (name), offset, size, section (name) }, segments = list of { name,
--              align, flags, size }, inits = list of { priority, symbol }, comdats = list of
--              { name, items = list of "function f" } }
--   relocs     list of { place = "code", "data" or a custom section's name, kind, offset, target
--              (symbol or signature), addend }
--   name_section  module, and sets functions, globals, data
--   producers  list of "FIELD: NAME VERSION"              features list of "+name"

local encode = require "encode"
local native = require "native"

local module = {}

local Module = {}
Module.__index = Module

-- Signatures --------------------------------------------------------------------------------------

-- "i32  i64->f32" as "i32 i64 -> f32"; nothing on both sides is "->".
function module.sig(text)
  local params, results = text:match("^(.-)%->(.*)$")
  if not params then error(("%q is no signature: PARAMETERS -> RESULTS"):format(text), 0) end
  local words = {}
  for word in params:gmatch("[^%s,]+") do words[#words + 1] = word end
  words[#words + 1] = "->"
  for word in results:gmatch("[^%s,]+") do words[#words + 1] = word end
  return table.concat(words, " ")
end

local function signature(t)
  return module.sig(table.concat(t.params, " ") .. "->" .. table.concat(t.results, " "))
end

-- From the reader's tables ------------------------------------------------------------------------

local KINDS = { func = "function" }

local function kind_of(word) return KINDS[word] or word end

local function map(list, make)
  local result = {}
  for i, item in ipairs(list or {}) do result[i] = make(item, i) end
  return result
end

local function section(s)
  local custom = s.id == 0
  return { name = custom and s.name or kind_of(s.kind), custom = custom, contents = s.bytes }
end

local function entry(e)
  return { module = e.module, name = e.name, kind = kind_of(e.kind), index = e.index }
end

local BASES = { ["env.__memory_base"] = "__memory_base", ["env.__table_base"] = "__table_base" }

-- The globals that the loader provides, by index.
local function bases_of(m)
  local bases, index = {}, 0
  for _, i in ipairs(m.imports) do
    if i.kind == "global" then
      bases[index] = BASES[i.module .. "." .. i.name]
      index = index + 1
    end
  end
  return bases
end

-- The number of a constant expression: of i32.const or i64.const; or counted from a base of the
-- loader's, whose name is the second value, where it is that global or the sum of it and a number.
local function constant(expr, bases)
  if not expr then return nil end
  if expr.op == "i32.const" or expr.op == "i64.const" then return expr.value end
  if expr.op == "global.get" and bases[expr.value] then return 0, bases[expr.value] end
  local code, value, base = expr.code or {}, nil, nil
  for k = 1, 2 do
    local i = code[k] or {}
    if i.op == "global.get" then base = bases[i[1]] end
    if i.op == "i32.const" or i.op == "i64.const" then value = i[1] end
  end
  local add = code[3] and (code[3].op == "i32.add" or code[3].op == "i64.add")
  if add and value and base and code[4].op == "end" then return value, base end
end

-- The same as an address or slot, which has no sign.
local function unsigned(expr, bases)
  local value, base = constant(expr, bases)
  local narrow = value and value >= -0x80000000 and value < 0
  return narrow and value & 0xffffffff or value, base
end

local function limits(e)
  local l = e.limits
  return { imported = e.imported, type = e.type, min = l.min, max = l.max,
    shared = l.shared or false, is64 = l.is64 or false,
    page_size = l.page_size }
end

local function global(g, bases)
  local value, base = constant(g.init, bases)
  return { imported = g.imported, type = g.type, mutable = g.mutable, value = value, base = base }
end

local function typed(e) return { imported = e.imported, sig = e.type } end

local function spaces(m, bases)
  return { ["function"] = map(m.funcs, typed), tag = map(m.tags, typed),
    table = map(m.tables, limits), memory = map(m.memories, limits),
    global = map(m.globals, function(g) return global(g, bases) end) }
end

local function elem(e, bases)
  local start, base
  if e.mode == "active" then start, base = unsigned(e.at, bases) end
  return { start = start, base = base,
    items = map(e.items, function(item) return item.value end) }
end

local function data(d, bases)
  local address, base
  if d.mode == "active" then address, base = unsigned(d.at, bases) end
  return { address = address, base = base, bytes = d.bytes, name = d.name,
    passive = d.mode == "passive" }
end

local FLAG_WORDS = { [1] = "weak", [2] = "local", [4] = "hidden", [16] = "undefined",
  [32] = "exported", [64] = "explicit_name", [128] = "no_strip", [256] = "tls",
  [512] = "absolute" }

-- Flags of a symbol as words; what has no word as a number.
local function flags_text(flags)
  local words = {}
  for bit = 0, 31 do
    local value = flags & 1 << bit
    if value ~= 0 then words[#words + 1] = FLAG_WORDS[value] or ("0x%x"):format(value) end
  end
  return table.concat(words, " ")
end

-- "dylink.0": flags as words.
local function dylink(d)
  if not d then return nil end
  local function flags(list)
    return map(list, function(i)
      return { module = i.module, name = i.name, flags = flags_text(i.flags) }
    end)
  end
  return { memory_size = d.memory_size, memory_align = d.memory_align,
    table_size = d.table_size, table_align = d.table_align, needed = d.needed,
    runtime_path = d.paths, exports = flags(d.exports), imports = flags(d.imports) }
end

local function set(names)
  local result = {}
  for _, name in pairs(names or {}) do result[name] = true end
  return result
end

-- Every name of every entity: kind -> index -> set of names.
local function all_names(self, names)
  local by_kind = { ["function"] = {}, global = {}, table = {}, memory = {}, tag = {} }
  local function add(kind, index, name)
    by_kind[kind][index] = by_kind[kind][index] or {}
    by_kind[kind][index][name] = true
  end
  for _, i in ipairs(self.imports) do add(i.kind, i.index, i.name) end
  for _, e in ipairs(self.exports) do add(e.kind, e.index, e.name) end
  for index, name in pairs(names.functions or {}) do add("function", index, name) end
  for index, name in pairs(names.globals or {}) do add("global", index, name) end
  return by_kind
end

-- Objects -----------------------------------------------------------------------------------------

local SYMBOL_FLAGS = { "hidden", "undefined", "exported", "explicit_name", "no_strip", "tls",
  "absolute" }
local SEGMENT_FLAGS = { "strings", "tls", "retain" }

local function symbol_flags(s)
  local words = { s.binding ~= "global" and s.binding or nil }
  for _, flag in ipairs(SYMBOL_FLAGS) do
    if s[flag] then words[#words + 1] = flag end
  end
  return table.concat(words, " ")
end

local function segment_flags(bits)
  local words = {}
  for i, flag in ipairs(SEGMENT_FLAGS) do
    if bits >> (i - 1) & 1 == 1 then words[#words + 1] = flag end
  end
  return table.concat(words, " ")
end

local IMPORTS = { func = "funcs", global = "globals", tag = "tags", table = "tables" }

local function import_of(m, s)
  local space = IMPORTS[s.kind]
  local index = space and s.target and m[space][s.target + 1].import
  local i = index and m.imports[index + 1]
  return i and i.module .. "." .. i.name
end

-- Segments have names only if there is WASM_SEGMENT_INFO.
local function symbol(m, s)
  local in_segment = s.kind == "data" and s.target and not s.absolute and m.linking.segments[1]
  return { name = s.name, kind = kind_of(s.kind), flags = symbol_flags(s), target = s.target,
    offset = s.offset, size = s.size, import = import_of(m, s),
    segment = in_segment and m.linking.segments[s.target + 1].name or nil,
    section = s.kind == "section" and m.sections[s.target + 1].name or nil }
end

-- "function f", "section .debug_types"; a known section by its kind.
local function comdat_item(m, item)
  local lists = { data = m.linking.segments, section = m.sections, func = m.funcs,
    global = m.globals, tag = m.tags, table = m.tables }
  local named = lists[item.kind][item.index + 1] or {}
  return kind_of(item.kind) .. " " .. (named.name or kind_of(named.kind) or "")
end

local function linking(m)
  if not m.linking then return nil end
  return { inits = m.linking.inits,
    symbols = map(m.linking.symbols, function(s) return symbol(m, s) end),
    segments = map(m.linking.segments, function(s, i)
      return { name = s.name, align = s.align, flags = segment_flags(s.flags),
        size = #m.data[i].bytes }
    end),
    comdats = map(m.linking.comdats, function(c)
      return { name = c.name, items = map(c.items, function(item) return comdat_item(m, item) end) }
    end) }
end

local function relocs(m)
  local list = {}
  for _, r in ipairs(m.relocs or {}) do
    local target = m.sections[r.section + 1]
    for _, e in ipairs(r.relocs) do
      list[#list + 1] = { place = target.name or target.kind, kind = e.type, offset = e.offset,
        base = target.offset, addend = e.addend,
        target = e.symbol or signature(m.types[e.index + 1]) }
    end
  end
  return list
end

-- First offset and size, in the file, of all functions or data segments of a name.
function Module:extents(name)
  local list = {}
  for _, f in ipairs(self.decoded.funcs) do
    if f.name == name and f.offset then list[#list + 1] = { "code", f.offset, f.size } end
  end
  for i, d in ipairs(self.decoded.data) do
    local info = self.linking and self.linking.segments[i]
    if (info and info.name or d.name) == name then
      list[#list + 1] = { "data", d.offset, #d.bytes }
    end
  end
  return list
end

local NOTHING = {}

-- The set of names of an entity.
function Module:names_of(kind, index) return self.names[kind][index] or NOTHING end

local function error_text(e)
  return ("at offset %d, %s: %s"):format(e.offset, e.field, e.message)
end

-- The instructions of a function: list of { name, values }, with the last `end`.  Nil and why when
-- they are malformed; an empty list for an import.
function Module:instructions(index)
  if not self.code[index] then
    local list, e = self.decoded:code(index)
    if e then return nil, error_text(e) end
    self.code[index] = map(list, function(i)
      return { name = i.op, values = table.move(i, 1, #i, 1, {}) }
    end)
  end
  return self.code[index]
end

-- The contents of a section metadata.code.*: list of { index =, items = { { place, data } } }; nil
-- and what is there where they are not one vector.
function module.code_metadata(bytes)
  local at, list, cut_off = 1, {}, nil
  local function number()
    local value, width = encode.leb(bytes, at)
    cut_off = cut_off or not value and at - 1
    at = at + (width or 0)
    return value or 0
  end
  for i = 1, number() do
    list[i] = { index = number(), items = {} }
    for k = 1, number() do
      local place, size = number(), number()
      if cut_off then break end
      list[i].items[k] = { place, bytes:sub(at, at + size - 1) }
      at = at + size
    end
    if cut_off then break end
  end
  if cut_off then return nil, ("one cut off, offset %d"):format(cut_off) end
  if at ~= #bytes + 1 then return nil, ("%d bytes behind it"):format(#bytes + 1 - at) end
  return list
end

-- Whether an object can be read; nil and what is wrong with its bytes otherwise.
function module.is_readable(bytes)
  local ok, e = native.decodes(bytes, true)
  return ok, e and error_text(e)
end

-- A module, or nil and what is wrong with the bytes.  is_object: its code is not looked into, where
-- anything may stand until it is relocated.
function module.read(bytes, is_object)
  local m, e = native.decode(bytes, is_object)
  if not m then return nil, error_text(e) end
  local bases = bases_of(m)
  local self = setmetatable({ decoded = m, code = {}, start = m.start, dylink = dylink(m.dylink),
    imports = map(m.imports, entry), exports = map(m.exports, entry),
    sections = map(m.sections, section), types = map(m.types, signature), spaces = spaces(m, bases),
    data = map(m.data, function(d) return data(d, bases) end),
    elems = map(m.elems, function(x) return elem(x, bases) end), linking = linking(m),
    relocs = relocs(m) }, Module)
  self.names = all_names(self, m.names)
  self.producers = map(m.producers, function(p)
    return ("%s: %s %s"):format(p.field, p.name, p.version)
  end)
  self.features = map(m.features, function(f) return f.prefix .. f.name end)
  self.name_section = { module = m.names.module, functions = set(m.names.functions),
    globals = set(m.names.globals), data = set(m.names.data) }
  return self
end

return module
