-- unit.lua: a compile unit, declared: what a compiler holds in memory before there is an object.
--
-- Takes: declarations.  Gives: a description that the model links as it is (native.link), and the
-- bytes of the object that it lowers to, for every other linker.  Rule of thumb: what is to be
-- known only by the link is a fixup; code has no bytes for its operand at all.
--
--   local u = unit "u.o"
--   local puts = u:func("puts", { sig = "i32 -> i32", undefined = true })
--   local text = u:anon { bytes = "hello\0" }          -- anonymous: equal ones are one
--   local count = u:data("count", { bytes = "\1\0\0\0", align = 2 })
--   local run = u:func("run", { sig = "i32 -> i32", locals = "i32 i64", code = {
--     { "i32.const", addr(text, 1) },
--     { "call", puts },
--     { "i32.load", addr(count) },
--     "local.get 0",
--     { "call_indirect", "i32 -> i32" },
--   } })
--   u:data("table", { bytes = { slot(run), addr(text), "\0\0\0\0" }, align = 2 })
--   u:init(run, 100)
--   return { "--no-entry", u }
--
-- Options: unit("u.o", { memory64 = true }): pointers have 64 bits.
-- Code and data are written as those of objects (asm.lua): a handle, fn, slot, addr, addr_tls,
-- glob, tag, tbl, typ leave a fixup.  In data a fixup is as wide as a pointer.
-- Symbol options (every verb that makes a symbol): weak, static, binding, hidden, undefined,
--   exported, no_strip, tls, flags (the whole number), import_module, import_name; a function also
--   export (the name it is exported by).
-- Verbs, each returns a handle unless said otherwise:
--   u:func(name, {sig, locals, code, no_end})      u:code(f, entries)   code later (returns f)
--   u:data(name, {bytes or zero, align, constant}) constant: nobody writes it
--   u:anon{bytes or zero, align}                   anonymous data: a constant without a name
--   u:global(name, {type, mutable, init})          init: "i32.const 5", "ref.null extern"
--   u:table(name, {type, min, max})                u:tag(name, {sig})
--   u:init(f, priority)    u:features{"+simd128"}  what its code uses
--   u:fixup(s, {kind, position, target, addend, at})  one more, right or wrong; kind: see FIXUPS;
--     target: a handle or number; at: which place among the fixups of s it takes (default: last)
--   u:change(s, fields)    writes over what the unit says of s (describe() below), to spoil it
--   u:describe()           the table that lua_unit.c takes
--   u:bytes()              the object; nil and a diagnostic where the model finds an error

local B = require "bytes"
local asm = require "asm"
local declare = require "declare"
local sections = require "sections"

B.library()
local fail = B.fail

local unit = {}

local Unit = {}
Unit.__index = Unit

local KIND = { ["function"] = 0, data = 1, global = 2, tag = 4, table = 5 }
local TABLE_NAME = "__indirect_function_table"

-- The fixup that says what a relocation of this number says.
local FIXUPS = {
  [0] = "function", [1] = "slot", [2] = "slot", [3] = "offset", [4] = "address", [5] = "address",
  [6] = "type", [7] = "global", [10] = "tag", [14] = "offset", [15] = "address", [16] = "address",
  [18] = "slot", [19] = "slot", [20] = "table", [21] = "tls", [25] = "tls",
}

local SYMBOL_KEYS = "weak static binding hidden undefined exported no_strip tls flags "
  .. "import_module import_name export "

-- Declarations ----------------------------------------------------------------------------------

local function new_symbol(u, kind, name, opts, fields)
  local s = fields
  s.kind, s.name, s.owner, s.where = kind, name, u, B.where()
  s.flags, s.undefined = declare.flags(opts), opts.undefined or false
  s.import_module, s.import_name = opts.import_module, opts.import_name
  s.export, s.extra, s.changes = opts.export, {}, {}
  s.position = #u.symbols
  u.symbols[#u.symbols + 1] = s
  return s
end

-- Position of the type of a signature.
local function type_of(u, sig)
  local t = declare.sig(sig)
  local key = table.concat(t.params, " ") .. "->" .. table.concat(t.results, " ")
  if not u.type_of[key] then
    u.types[#u.types + 1] = t
    u.type_of[key] = #u.types - 1
  end
  return u.type_of[key]
end

local FUNC = B.set_of(SYMBOL_KEYS .. "sig locals code no_end")

function Unit:func(name, opts)
  B.check_keys("func", opts, FUNC, name)
  local locals = opts.locals or {}
  if type(locals) == "string" then locals = declare.words(locals) end
  return new_symbol(self, "function", name, opts, { type = type_of(self, opts.sig),
    locals = locals, code = opts.code, no_end = opts.no_end })
end

-- Gives a function its code after its declaration.
function Unit.code(_, f, entries)
  f.code = entries
  return f
end

local DATA = B.set_of(SYMBOL_KEYS .. "bytes zero align constant")

function Unit:data(name, opts)
  B.check_keys("data", opts, DATA, name)
  return new_symbol(self, "data", name, opts, { pieces = opts.bytes or ("\0"):rep(opts.zero or 0),
    align = opts.align or 0, constant = opts.constant })
end

local ANON = B.set_of "bytes zero align flags tls undefined"

function Unit:anon(opts)
  B.check_keys("anon", opts, ANON)
  return self:data("", opts)
end

local GLOBAL = B.set_of(SYMBOL_KEYS .. "type mutable init")

function Unit:global(name, opts)
  B.check_keys("global", opts, GLOBAL, name)
  return new_symbol(self, "global", name, opts, { valtype = opts.type or "i32",
    mutable = opts.mutable, init = opts.init })
end

local TABLE = B.set_of(SYMBOL_KEYS .. "type min max is64")

function Unit:table(name, opts)
  B.check_keys("table", opts, TABLE, name)
  return new_symbol(self, "table", name, opts, { valtype = opts.type or "funcref", min = opts.min,
    max = opts.max, is64 = opts.is64 })
end

local TAG = B.set_of(SYMBOL_KEYS .. "sig")

function Unit:tag(name, opts)
  B.check_keys("tag", opts, TAG, name)
  return new_symbol(self, "tag", name, opts, { type = type_of(self, opts.sig or "->") })
end

function Unit:init(f, priority)
  self.inits[#self.inits + 1] = { priority = priority or 65535, symbol = f }
  return self
end

-- Names are as objects spell them, with "+" in front.
function Unit:features(list)
  for i, name in ipairs(list) do
    self.feature_list[i] = name:match("^%+(.+)$") or fail("features: an entry is '+name'")
  end
  return self
end

function Unit:symbol(name)
  for _, s in ipairs(self.symbols) do if s.name == name then return s end end
  fail(("there is no symbol '%s' in %s"):format(tostring(name), self.name))
end

local FIXUP = B.set_of "kind position target addend at"

function Unit.fixup(_, s, fields)
  B.check_keys("fixup", fields, FIXUP)
  s.extra[#s.extra + 1] = fields
  return s
end

function Unit.change(_, s, fields)
  for key, value in pairs(fields) do s.changes[key] = value end
  return s
end

-- Bytes and fixups ------------------------------------------------------------------------------

-- The table that indirect calls go through, declared by its first use.
local function function_table(u)
  for _, s in ipairs(u.symbols) do if s.name == TABLE_NAME then return s end end
  return u:table(TABLE_NAME, { undefined = true, no_strip = true, is64 = u.memory64 })
end

local function context(u)
  return {
    relocs = {}, memory64 = u.memory64, value = function() return 0 end,
    symbol = function(name) return u:symbol(name) end,
    default_table = function() return function_table(u) end,
  }
end

local function target_of(u, kind, what)
  if math.type(what) == "integer" then return what end
  if kind == "type" then return type_of(u, what) end
  if type(what) == "string" then what = u:symbol(what) end
  if what.owner ~= u then fail(("'%s' is no handle of %s"):format(what.name, u.name)) end
  return what.position
end

local function fixup_of(u, r, position)
  local kind = FIXUPS[r.type]
    or fail(("no fixup is like %s"):format(asm.reloc_names[r.type] or r.type))
  return { kind = kind, position = position, target = target_of(u, kind, r.sym),
    addend = r.addend or 0 }
end

-- The bytes of nodes, where `gap` stands for what a relocation would patch, and the fixups.
local function flatten(u, nodes, ctx, gap)
  local at_leaf, parts, size, fixups = {}, {}, 0, {}
  for _, r in ipairs(ctx.relocs) do at_leaf[r.at] = r end
  local function add(data)
    parts[#parts + 1] = data
    size = size + #data
  end
  local function walk(list)
    for _, n in ipairs(list) do
      if n.kids then
        walk(n.kids)
      elseif at_leaf[n] then
        fixups[#fixups + 1] = fixup_of(u, at_leaf[n], size)
        add(gap)
      else
        add(n.data)
      end
    end
  end
  walk(nodes)
  return table.concat(parts), fixups
end

local function code_of(u, s, ctx)
  if not s.code then fail(("func '%s' has no code (undefined = true if meant)"):format(s.name)) end
  local nodes = { sections.locals(s.locals), B.group("body", asm.code(s.code, ctx, s.no_end)) }
  B.tree(nodes):bytes() -- counts are worked out
  return flatten(u, nodes, ctx, "")
end

local function data_of(u, s, ctx)
  return flatten(u, { asm.data(s.pieces, ctx, "bytes") }, ctx, ("\0"):rep(u.memory64 and 8 or 4))
end

local OPCODE = { i32 = 0x41, i64 = 0x42, f32 = 0x43, f64 = 0x44 }

-- The constant that a global begins with.
local function initial(s, d)
  local init = s.init or s.valtype .. ".const 0"
  if init:match("^ref.null ") then
    d.opcode, d.value = 0xd0, d.value_type
    return
  end
  local valtype, text = init:match("^(%w+)%.const%s+(%S+)$")
  d.opcode = OPCODE[valtype] or fail("global: init is a constant such as 'i32.const 5'")
  if valtype == "f32" then d.bits = ("<I4"):unpack(("<f"):pack(tonumber(text)))
  elseif valtype == "f64" then d.bits = ("<i8"):unpack(("<d"):pack(tonumber(text)))
  else d.value = math.tointeger(tonumber(text)) end
end

-- The description -------------------------------------------------------------------------------

local function describe_symbol(u, s)
  local d = { kind = KIND[s.kind], name = s.name, flags = s.flags, import_module = s.import_module,
    import_name = s.import_name, export_name = s.export, type = s.type, mutable = s.mutable,
    constant = s.constant, align = s.align, min = s.min, max = s.max }
  local ctx = context(u)
  if s.valtype then d.value_type = asm.valtype(s.valtype):byte() end
  if s.kind == "table" then d.limits_flags = (s.max and 1 or 0) | (s.is64 and 4 or 0) end
  if s.kind == "global" and not s.undefined then initial(s, d) end
  if s.kind == "function" and not s.undefined then d.bytes, d.fixups = code_of(u, s, ctx) end
  if s.kind == "data" and not s.undefined then d.bytes, d.fixups = data_of(u, s, ctx) end
  for _, f in ipairs(s.extra) do
    d.fixups = d.fixups or {}
    table.insert(d.fixups, f.at or #d.fixups + 1, { kind = f.kind, position = f.position,
      target = target_of(u, f.kind, f.target), addend = f.addend })
  end
  for key, value in pairs(s.changes) do d[key] = value end
  return d
end

local function describe_type(t)
  local bytes = {}
  for _, list in ipairs { t.params, t.results } do
    for _, name in ipairs(list) do bytes[#bytes + 1] = asm.valtype(name) end
  end
  return { types = table.concat(bytes), params = #t.params }
end

function Unit:describe()
  local d = { types = {}, symbols = {}, inits = {}, features = self.feature_list,
    memory64 = self.memory64 }
  local i = 1
  while self.symbols[i] do -- code may declare the table
    local s = self.symbols[i]
    B.at_line(s.where, function() d.symbols[i] = describe_symbol(self, s) end)
    i = i + 1
  end
  for k, t in ipairs(self.types) do d.types[k] = describe_type(t) end
  for k, f in ipairs(self.inits) do
    d.inits[k] = { priority = f.priority, symbol = target_of(self, "function", f.symbol) }
  end
  return d
end

-- description: what describe() gave, or nil.
function Unit:bytes(description)
  return require("native").lower(self.name, description or self:describe()) -- C; the rest is Lua
end

-- unit "u.o" or unit("u.o", options)
function unit.unit(name, opts)
  if type(name) ~= "string" then fail("unit: the name is a string") end
  opts = opts or {}
  B.check_keys("unit", opts, B.set_of "memory64", name)
  return setmetatable({ name = name, memory64 = opts.memory64 or false, types = {}, type_of = {},
    symbols = {}, inits = {}, feature_list = {} }, Unit)
end

return unit
