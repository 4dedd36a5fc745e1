-- object.lua: a wasm object file, declared; and raw modules, spelled field by field.
--
-- Takes: declarations.  Gives: bytes, and a tree of named fields (bytes.lua) to spoil any of them.
-- Rule of thumb: the defaults are what clang 19 writes (padded section sizes, imported memory,
-- the table import when code needs it, DataCount); every default can be turned off, and what no
-- option reaches, a path does.
--
--   local object = require "object"
--   local fn, slot, addr = object.fn, object.slot, object.addr
--
--   local o = object.object "a.o"
--   local puts = o:func("puts", { sig = "i32 -> i32", undefined = true })
--   local text = o:data("text", { bytes = "hello\0", rodata = true })
--   local count = o:data("count", { bytes = "\1\0\0\0", align = 2, hidden = true })
--   local run = o:func("run", { sig = "i32 -> i32", locals = "i32 i64", code = {
--     { "i32.const", addr(text, 1) },
--     { "call", puts },
--     { "i32.load", addr(count) },
--     "local.get 0",
--     { "call_indirect", "i32 -> i32" },
--   } })
--   o:data("table", { bytes = { slot(run), addr(text), "\0\0\0\0" }, align = 2 })
--   local boot = o:func("boot", { sig = "->", static = true, code = "nop" })
--   o:init(boot, 100)
--   o:features()
--   o:set("linking.symbols[1].flags", 0x01)            -- an integer: in the field's own encoding
--   o:set("linking.size", "\xff", { fix = false })     -- bytes; sizes around stay as they were
--   return o:bytes()
--
-- Object options: table = "auto" | true | false | "legacy" (import without symbol);
--   memory = "auto" | false | { min, max, shared, is64, page_size, module, field };
--   memory64 (of wasm64: memory, table and offsets), datacount = false, elem = false,
--   linking = false, size_width (5; 0: minimal).
-- Symbol options (every verb that makes a symbol): weak, static (local binding), binding,
--   hidden, undefined, exported, explicit_name, no_strip, tls, absolute, flags (the whole
--   number), symbol = false (none), import_module, import_name, export (as clang's export_name),
--   comdat.
-- Verbs, each returns a handle unless said otherwise:
--   o:type(sig, {unique})             "i32 i64 -> f32", {params=,results=} or {raw=bytes}
--   o:func(name, {sig, locals, code, body, no_end})   body = raw bytes of locals and code
--   o:code(f, entries)                code later, for mutual calls (returns f)
--   o:global(name, {type, mutable, init})             o:tag(name, {sig})
--   o:table(name, {type, min, max, shared, is64})     o:memory{min, max, ...} defines a memory
--   o:data(name, {bytes, align, segment_name, segment_flags, rodata, size, ...})  one segment,
--     one symbol; or {segment, offset, size}: a symbol in a segment made before
--   o:segment(name, {bytes, align, flags, passive, memory, init_flags, offset, comdat})
--   o:alias(name, handle, {offset, size})             a second symbol for the same thing
--   o:custom(name, {bytes, before, path, comdat})     o:section_symbol(custom or path, {name})
--   o:comdat(name, {flags, entries})  members by comdat = c, or c:add(handle)
--   o:init(f, priority)   o:export(name, handle)   o:start(f)   o:elem{funcs, ...}
--   o:features(list or nothing for clang's)   o:producers{{field, name, version}, ...}
--   o:names{module=, functions=, globals=, data= (true or list of {handle, name})}
--   o:raw_symbol{fields}              fields: nodes, or { kind, flags, index, name } written so
--   o:symbol(name)                    the handle of a name
-- Then: o:build() -> tree, o:bytes(), and every verb of the tree (set, insert, remove, move,
-- duplicate, truncate, range, get, paths, at, dump) with its section names: header type import
-- function table memory tag global export start elem datacount code data linking reloc.CODE
-- reloc.DATA name producers target_features, custom sections by their name.
-- o:set_sections{ paths } keeps just these top parts, in this order; a path twice: twice written.
-- Initialiser expressions have no relocations (the format has none for them).

local B = require "bytes"
local asm = require "asm"
local common = require "declare"
local sections = require "sections"

B.library()
local fail = B.fail

local object = { bytes = B, asm = asm }
for _, name in ipairs { "fn", "slot", "slot64", "slot_rel", "addr", "addr64", "addr_rel",
  "addr_tls", "addr_locrel", "glob", "tag", "tbl", "typ", "got", "fn_offset", "fn_offset64",
  "sec_offset", "reloc", "lit" } do
  object[name] = asm[name]
end
for _, name in ipairs { "u8", "u16", "u32", "u64", "f32", "f64", "uleb", "sleb", "name", "hex" } do
  object[name] = B[name]
end

local TABLE_NAME = "__indirect_function_table"
local CLANG_FEATURES = { "+multivalue", "+mutable-globals", "+reference-types", "+sign-ext" }

local Object = {}
Object.__index = Object

local SYMBOL_KEYS = "weak static binding hidden undefined exported explicit_name no_strip tls "
  .. "absolute flags symbol import_module import_name export comdat "

-- Symbols ---------------------------------------------------------------------------------------

local function declare(o, what, name, opts, keys)
  if o.edited then
    fail(("%s %s: declare everything before the first override of a field")
      :format(what, tostring(name)))
  end
  if keys then B.check_keys(what, opts, keys, name) end
  o.tree = nil
end

local Comdat = {}
Comdat.__index = Comdat

local function join_comdat(comdat, member)
  if comdat == nil then return end
  if getmetatable(comdat) ~= Comdat then fail("comdat: a handle of o:comdat(...) is needed") end
  comdat:add(member)
end

local function check_name(what, name)
  if type(name) ~= "string" then fail(what .. ": the name is a string, got " .. type(name)) end
end

local function new_symbol(o, kind, name, opts, fields)
  local sym = fields
  sym.kind, sym.name, sym.flags, sym.owner = kind, name, common.flags(opts), o
  sym.undefined = opts.undefined or false
  if opts.symbol ~= false then
    o.symbols[#o.symbols + 1] = sym
    if name then o.named[name] = o.named[name] or sym end
  end
  return sym
end

-- An entity of an index space, and its symbol.
local function new_entity(o, kind, name, opts, fields)
  local e = fields
  e.kind, e.name, e.where = kind, name, B.where()
  if opts.undefined then
    e.imported = true
    e.module, e.field = opts.import_module or "env", opts.import_name or name
  end
  o.entities[#o.entities + 1] = e
  local sym = new_symbol(o, kind, name, opts, { entity = e })
  if opts.export then o.exports[#o.exports + 1] = { name = opts.export, what = sym } end
  join_comdat(opts.comdat, sym)
  return sym
end

-- Signatures ------------------------------------------------------------------------------------

-- The type of a signature: an existing equal one, unless unique or raw.
function Object:type(sig, opts)
  if type(sig) == "table" and sig.kind == "type" then
    if sig.owner ~= self then fail("a type handle of another object") end
    return sig
  end
  local t = common.sig(sig)
  local key = not t.raw and table.concat(t.params, " ") .. "->" .. table.concat(t.results, " ")
  if key and self.type_of[key] and not (opts and opts.unique) then return self.type_of[key] end
  t.kind, t.owner = "type", self
  self.types[#self.types + 1] = t
  t.index = #self.types - 1
  if key and not self.type_of[key] then self.type_of[key] = t end
  return t
end

-- Verbs: index spaces ---------------------------------------------------------------------------

local FUNC = B.set_of(SYMBOL_KEYS .. "sig locals code body no_end short")

function Object:func(name, opts)
  check_name("func", name)
  declare(self, "func", name, opts, FUNC)
  if not opts.sig then fail(("func '%s': sig is missing"):format(name)) end
  if opts.undefined and (opts.code or opts.body) then
    fail(("func '%s': undefined, yet it has code"):format(name))
  end
  if opts.short and not self.first_section then
    fail(("func '%s': a linker could not fill in what is short"):format(name))
  end
  local locals = opts.locals or {}
  if type(locals) == "string" then locals = common.words(locals) end
  return new_entity(self, "function", name, opts, { sig = self:type(opts.sig), locals = locals,
    code = opts.code, body = opts.body, no_end = opts.no_end, short = opts.short })
end

-- Gives a function its code after its declaration.
function Object:code(f, entries)
  declare(self, "code", f and f.name)
  if type(f) ~= "table" or f.kind ~= "function" then
    fail("code: the first argument is no function")
  end
  if f.undefined then fail(("code: func '%s' is undefined"):format(f.name)) end
  f.entity.code = entries
  return f
end

local GLOBAL = B.set_of(SYMBOL_KEYS .. "type mutable init no_end")

function Object:global(name, opts)
  check_name("global", name)
  declare(self, "global", name, opts, GLOBAL)
  return new_entity(self, "global", name, opts, { type = opts.type or "i32",
    mutable = opts.mutable, init = opts.init, no_end = opts.no_end })
end

local TABLE = B.set_of(SYMBOL_KEYS .. "type min max shared is64 limits_flags")

function Object:table(name, opts)
  check_name("table", name)
  declare(self, "table", name, opts, TABLE)
  return new_entity(self, "table", name, opts, { type = opts.type, min = opts.min, max = opts.max,
    shared = opts.shared, is64 = opts.is64, limits_flags = opts.limits_flags })
end

local TAG = B.set_of(SYMBOL_KEYS .. "sig")

function Object:tag(name, opts)
  check_name("tag", name)
  declare(self, "tag", name, opts, TAG)
  return new_entity(self, "tag", name, opts, { sig = self:type(opts.sig or "->") })
end

local MEMORY = B.set_of "min max shared is64 page_size limits_flags"

-- A memory of the object's own; the import of env.__linear_memory is then left out.
function Object:memory(opts)
  declare(self, "memory", "", opts, MEMORY)
  if self.opts.memory == nil or self.opts.memory == "auto" then self.memory_import = nil end
  return new_entity(self, "memory", nil, { symbol = false }, { min = opts.min, max = opts.max,
    shared = opts.shared, is64 = opts.is64, page_size = opts.page_size,
    limits_flags = opts.limits_flags })
end

-- Verbs: data -----------------------------------------------------------------------------------

local SEGMENT = B.set_of "bytes align flags passive memory init_flags offset comdat"

function Object:segment(name, opts)
  check_name("segment", name)
  declare(self, "segment", name, opts, SEGMENT)
  if opts.bytes == nil then fail(("segment '%s': bytes is missing"):format(name)) end
  local seg = { kind = "segment", name = name, where = B.where(), address = 0, length = 0 }
  for key, value in pairs(opts) do seg[key] = value end
  self.segments[#self.segments + 1] = seg
  join_comdat(opts.comdat, seg)
  return seg
end

local DATA = B.set_of(SYMBOL_KEYS .. "bytes align segment segment_name segment_flags rodata "
  .. "passive offset size zero segment_index")

local function own_segment(o, name, opts)
  local bytes = opts.bytes or opts.zero and ("\0"):rep(opts.zero)
  if not bytes then fail(("data '%s': bytes, zero or segment is missing"):format(name)) end
  local prefix = opts.rodata and ".rodata." or opts.zero and ".bss." or ".data."
  if opts.tls then prefix = opts.zero and ".tbss." or ".tdata." end
  local flags = opts.segment_flags or (opts.tls and { "tls" }) or nil
  return o:segment(opts.segment_name or prefix .. name, { bytes = bytes, align = opts.align,
    flags = flags, passive = opts.passive, comdat = opts.comdat })
end

function Object:data(name, opts)
  check_name("data", name)
  declare(self, "data", name, opts, DATA)
  local place
  if opts.absolute then
    place = { offset = opts.offset or 0, size = opts.size or 0, segment_index = opts.segment_index }
  elseif not opts.undefined then
    local seg = opts.segment or own_segment(self, name, opts)
    if opts.segment and opts.bytes then fail(("data '%s': segment and bytes"):format(name)) end
    local offset = opts.offset or 0
    place = { segment = seg, offset = offset, segment_index = opts.segment_index,
      size = opts.size or math.max(0, asm.data_length(seg.bytes) - offset) }
  end
  return new_symbol(self, "data", name, opts, { place = place })
end

local ALIAS = B.set_of(SYMBOL_KEYS .. "offset size")

-- A second symbol: of the same function, global, table or tag, or of the same segment.
function Object:alias(name, of, opts)
  check_name("alias", name)
  opts = opts or {}
  declare(self, "alias", name, opts, ALIAS)
  if type(of) ~= "table" or not (of.entity or of.place) then
    fail(("alias '%s': of what? give the handle of something defined"):format(name))
  end
  if of.entity then
    local sym = new_symbol(self, of.kind, name, opts, { entity = of.entity })
    if opts.export then self.exports[#self.exports + 1] = { name = opts.export, what = sym } end
    return sym
  end
  local place = { segment = of.place.segment, segment_index = of.place.segment_index,
    offset = opts.offset or of.place.offset, size = opts.size or of.place.size }
  return new_symbol(self, "data", name, opts, { place = place })
end

-- Verbs: linking --------------------------------------------------------------------------------

local CUSTOM = B.set_of "bytes before path comdat"

function Object:custom(name, opts)
  check_name("custom", name)
  declare(self, "custom", name, opts, CUSTOM)
  local c = { kind = "section", name = name, bytes = opts.bytes or "", before = opts.before,
    path = opts.path, where = B.where() }
  self.customs[#self.customs + 1] = c
  join_comdat(opts.comdat, c)
  return c
end

local SECTION_SYMBOL = B.set_of(SYMBOL_KEYS .. "name")

-- A section symbol: of a custom section's handle, or of a section by path ("code").
function Object:section_symbol(target, opts)
  opts = opts or {}
  declare(self, "section_symbol", "", opts, SECTION_SYMBOL)
  if not opts.flags and not opts.binding then
    local copy = { binding = "local" }
    for key, value in pairs(opts) do copy[key] = value end
    opts = copy
  end
  local name = opts.name or type(target) == "table" and target.name or target
  return new_symbol(self, "section", name, opts, { target = target,
    node_of = function(t) return self.node_of_section(t) end })
end

-- Adds a function, data symbol or segment, custom section, ... to the group; returns the group.
function Comdat:add(handle)
  local kind, entity = handle.kind, handle.entity
  if kind == "data" then entity = handle.place.segment end
  if kind == "segment" then kind, entity = "data", handle end
  if kind == "section" then entity = handle.target or handle end
  self.entries[#self.entries + 1] = { kind = kind, entity = entity }
  return self
end

-- entries: extra raw entries { kind = name or number, entity = index }.
function Object:comdat(name, opts)
  check_name("comdat", name)
  opts = opts or {}
  declare(self, "comdat", name, opts, B.set_of "flags entries")
  local c = setmetatable({ name = name, flags = opts.flags, entries = opts.entries or {} }, Comdat)
  self.comdats[#self.comdats + 1] = c
  return c
end

-- An init function; f may be a raw symbol index.
function Object:init(f, priority)
  declare(self, "init", "")
  if f == nil then fail("init: the function is nil") end
  self.inits[#self.inits + 1] = { sym = f, priority = priority or 65535 }
  return self
end

function Object:export(name, what)
  declare(self, "export", name)
  if type(what) ~= "table" or what.kind == "data" then
    fail("export: a handle (of no data) or { kind =, index = } is needed")
  end
  self.exports[#self.exports + 1] = { name = name, what = what }
  return self
end

function Object:start(f)
  declare(self, "start", "")
  self.start_func = f
  return self
end

local ELEM = B.set_of "funcs flags passive table offset elemkind"

-- An element segment; funcs: handles or numbers.
function Object:elem(opts)
  declare(self, "elem", "", opts, ELEM)
  if not opts.funcs then fail("elem: funcs is missing") end
  self.elements[#self.elements + 1] = opts
  return self
end

-- Entries are prefix and name ("+simd128"); nothing: what clang 19 writes for its generic CPU.
function Object:features(list)
  declare(self, "features", "")
  for _, f in ipairs(list or {}) do
    if type(f) ~= "string" or #f < 1 then fail("features: an entry is '+name' or '-name'") end
  end
  self.feature_list = list or CLANG_FEATURES
  return self
end

function Object:producers(list)
  declare(self, "producers", "")
  for _, p in ipairs(list) do
    if type(p) ~= "table" or not p[2] then fail("producers: an entry is {field, name, version}") end
  end
  self.producer_list = list
  return self
end

function Object:names(opts)
  declare(self, "names", "", opts, B.set_of "module functions globals data")
  self.name_list = opts
  return self
end

-- A symbol-table entry spelled by hand: kind, flags, then index, name, segment, offset, size as
-- given; or a list of nodes.
function Object:raw_symbol(fields)
  declare(self, "raw_symbol", "")
  local raw = fields
  if not B.is_node(fields[1]) then
    B.check_keys("raw_symbol", fields, B.set_of "kind flags index name segment offset size")
    raw = { B.field("kind", "u8", fields.kind), B.field("flags", "uleb", fields.flags or 0) }
    if fields.index then raw[#raw + 1] = B.field("index", "uleb", fields.index) end
    if fields.name then raw[#raw + 1] = B.string("name", fields.name) end
    for _, key in ipairs { "segment", "offset", "size" } do
      if fields[key] then raw[#raw + 1] = B.field(key, "uleb", fields[key]) end
    end
  end
  local sym = { kind = "raw", raw = raw, owner = self }
  self.symbols[#self.symbols + 1] = sym
  return sym
end

-- The handle of the first symbol with this name.
function Object:symbol(name)
  if self.named[name] then return self.named[name] end
  if name == TABLE_NAME then return self:function_table(false) end
  fail(("there is no symbol '%s' in %s"):format(tostring(name), self.name))
end

-- Names of the defined, non-local symbols in table order (what an archive's index lists).
function Object:defined()
  local list = {}
  for _, s in ipairs(self.symbols) do
    if s.name and s.kind ~= "section" and s.flags & 0x13 & ~1 == 0 then list[#list + 1] = s.name end
  end
  return list
end

-- Used by sections.lua --------------------------------------------------------------------------

-- The indirect function table: the declared one, or one made on demand (create: put it among
-- imports and symbols now, with `slots` elements); 0 where the object is to have none.
function Object:function_table(create, slots)
  for _, s in ipairs(self.symbols) do
    if s.kind == "table" and s.name == TABLE_NAME then return s end
  end
  local mode = self.opts.table
  if mode == false then return 0 end
  if not self.auto_table then
    local e = { kind = "table", imported = true, module = "env", field = TABLE_NAME,
      is64 = self.opts.memory64 }
    self.auto_table = { kind = "table", name = TABLE_NAME, entity = e, undefined = true,
      owner = self }
  end
  local sym = self.auto_table
  if create then
    sym.entity.min = slots
    sym.flags = common.FLAG.undefined | (slots > 0 and common.FLAG.no_strip or 0)
    self.entities[#self.entities + 1] = sym.entity
    if mode ~= "legacy" then self.symbols[#self.symbols + 1] = sym end
  end
  return mode == "legacy" and 0 or sym
end

-- Takes back what an earlier build added.
function Object:prepare()
  local auto = self.auto_table
  for _, list in ipairs { self.entities, self.symbols } do
    for i = #list, 1, -1 do
      if auto and (list[i] == auto or list[i] == auto.entity) then table.remove(list, i) end
    end
  end
  if self.opts.table == true then self:function_table(true, 0) end
end

-- Nodes (or raw bytes) of a function's code.
function Object.body_of(_, e, ctx)
  if e.body then return e.body end
  if not e.code then fail(("func '%s' has no code (undefined = true if meant)"):format(e.name)) end
  return asm.code(e.code, ctx, e.no_end)
end

-- Building --------------------------------------------------------------------------------------

-- The tree; the same one until something more is declared.
function Object:build()
  self.tree = self.tree or sections.build(self)
  return self.tree
end

function Object:bytes() return self:build():bytes() end


B.lend(Object)

local OPTIONS = B.set_of "table memory memory64 datacount elem linking size_width"

-- object "a.o" or object("a.o", options)
function object.object(name, opts)
  check_name("object", name)
  opts = opts or {}
  B.check_keys("object", opts, OPTIONS, name)
  local o = setmetatable({ name = name, opts = opts, types = {}, type_of = {}, entities = {},
    symbols = {}, named = {}, segments = {}, customs = {}, comdats = {}, inits = {}, exports = {},
    elements = {} }, Object)
  if opts.size_width ~= 0 then o.size_width = opts.size_width or 5 end
  if opts.memory ~= false then
    o.memory_import = type(opts.memory) == "table" and opts.memory or {}
  end
  return o
end

-- Raw modules -----------------------------------------------------------------------------------
-- module("a.o", { header{}, section("type", 1, { f.vector("types", {...}) }), ... })
-- f.u8 .u32 .uleb .sleb ...(name, value, width)   f.raw(name, bytes)   f.name(name, text)
-- f.group(name, fields)   f.vector(name, entries)   f.size(name, width): bytes behind it in its
-- group   f.count(name, width): entries of its group   f.item(field): makes it an entry

local Module = {}
Module.__index = Module

local f = { raw = B.raw, group = B.group, vector = B.vector, name = B.string, item = B.item }
for _, enc in ipairs { "u8", "u16", "u32", "u64", "uleb", "sleb", "f32", "f64" } do
  f[enc] = function(name, value, width) return B.field(name, enc, value, width) end
end
function f.size(name, width) return B.computed(name, "uleb", { what = "rest" }, width) end
function f.count(name, width) return B.computed(name, "uleb", { what = "items" }, width) end
object.f = f

-- The eight bytes in front; magic and version as bytes or number.
function object.header(opts)
  opts = opts or {}
  B.check_keys("header", opts, B.set_of "magic version")
  return sections.header(opts.magic, opts.version)
end

-- A section: path, id, fields; opts: name (of a custom section), size_width.
function object.section(path, id, kids, opts)
  opts = opts or {}
  B.check_keys("section", opts, B.set_of "name size_width")
  return sections.section(path, id, kids, opts.size_width, opts.name)
end

-- A file of the given parts, nothing added.
function object.module(name, parts)
  check_name("module", name)
  for i, part in ipairs(parts) do
    if not B.is_node(part) then fail(("module '%s': part %d is no field"):format(name, i)) end
  end
  return setmetatable({ name = name, tree = B.tree(parts) }, Module)
end

function Module:build() return self.tree end
function Module:bytes() return self.tree:bytes() end
B.lend(Module)

return object
