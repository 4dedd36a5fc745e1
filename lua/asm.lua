-- asm.lua: instructions and data pieces to nodes of bytes, with their relocations.
--
-- Takes: a list of entries and a context (see below).  Gives: a list of nodes; relocations go to
-- ctx.relocs as { type, sym, addend, at = node }.  What they point to may get its number later:
-- asm.settle.
-- Rule of thumb: an operand that names a thing is a handle, takes 5 (10) padded bytes and leaves
-- a relocation; an operand that is a number takes as few bytes as it can and leaves none.
--
-- Entries of code:
--   "local.get 0"                 the specification's text; several may be joined by ";" or lines
--   "call $f"                     $name is the symbol of that name in this object
--   { "call", f }                 operands after the name; handles, numbers, operand constructors
--   { "i32.load", addr(d, 4) }    memarg: the offset; keys offset=, align= (bytes), p2align=
--                                 (the raw exponent), memory=
--   { "block", "i32" }            block type: value type, typ(t), signature string, or nothing
--   { "call_indirect", "i32->i32" }   typ(t) or a signature; second operand a table symbol
--   { "br_table", 0, 1, 2 }       the last label is the default
--   { "try_table", "i32", catches = { {"catch", tag, 0}, {"catch_all", 1} } }
--   { "raw", "\x41\x00" }         bytes as they are;  a reloc{...} may stand alone, too
--   a nested list of entries      is spliced in
-- A missing last "end" is added (function option no_end = true leaves it out).
--
-- Operand constructors (place decides the relocation: LEB immediate, SLEB constant, data word):
--   fn(f)            function index            slot(f)          table slot of f ("&f")
--   addr(d, add)     memory address            addr64(d, add)   8-byte data word
--   addr_rel(d,add)  address - memory base     slot_rel(f)      slot - table base
--   addr_tls(d,add)  offset in the TLS block   addr_locrel(d,add) distance from the place itself
--   glob(g) tag(t) tbl(t) typ(t or "i32->")    got(d or f)      the GOT global of data or function
--   fn_offset(f,add), sec_offset(s,add)        offsets in the code, in a custom section
--   reloc{ type = "R_WASM_..." or number, sym = handle or index, addend =, bytes = }  anything
--   lit(bytes)       an immediate spelled as bytes
-- In i64.const and with object option memory64 the 64-bit forms are taken; slot64, fn_offset64
-- and addr64 ask for them in data.

local B = require "bytes"
local opcodes = require "opcodes"

B.library()
local fail = B.fail

local asm = {}

-- Relocation kinds: number, name, whether an addend follows.
local NAMES = {
  [0] = "FUNCTION_INDEX_LEB", "TABLE_INDEX_SLEB", "TABLE_INDEX_I32", "MEMORY_ADDR_LEB",
  "MEMORY_ADDR_SLEB", "MEMORY_ADDR_I32", "TYPE_INDEX_LEB", "GLOBAL_INDEX_LEB",
  "FUNCTION_OFFSET_I32", "SECTION_OFFSET_I32", "TAG_INDEX_LEB", "MEMORY_ADDR_REL_SLEB",
  "TABLE_INDEX_REL_SLEB", "GLOBAL_INDEX_I32", "MEMORY_ADDR_LEB64", "MEMORY_ADDR_SLEB64",
  "MEMORY_ADDR_I64", "MEMORY_ADDR_REL_SLEB64", "TABLE_INDEX_SLEB64", "TABLE_INDEX_I64",
  "TABLE_NUMBER_LEB", "MEMORY_ADDR_TLS_SLEB", "FUNCTION_OFFSET_I64", "MEMORY_ADDR_LOCREL_I32",
  "TABLE_INDEX_REL_SLEB64", "MEMORY_ADDR_TLS_SLEB64", "FUNCTION_INDEX_I32",
}

asm.reloc_names, asm.reloc_numbers = {}, {}
for number, name in pairs(NAMES) do
  asm.reloc_names[number] = "R_WASM_" .. name
  asm.reloc_numbers["R_WASM_" .. name] = number
end
asm.reloc_numbers.R_WASM_EVENT_INDEX_LEB = 10

-- Whether a relocation of this number is followed by an addend.
function asm.has_addend(number)
  local name = NAMES[number] or ""
  return name:match("^MEMORY_ADDR") ~= nil or name:match("_OFFSET_") ~= nil
end

-- Operands ----------------------------------------------------------------------------------

local Operand = {}
Operand.__index = Operand

local function operand(form, sym, addend, wide)
  return setmetatable({ form = form, sym = sym, addend = addend, wide = wide }, Operand)
end

function asm.is_operand(value) return getmetatable(value) == Operand end

-- form -> place -> relocation number; places: leb, sleb, word, and the same with 64.
local FORMS = {
  fn = { leb = 0, word = 26 }, glob = { leb = 7, word = 13 }, got = { leb = 7 },
  tag = { leb = 10 }, tbl = { leb = 20 }, typ = { leb = 6 },
  slot = { sleb = 1, sleb64 = 18, word = 2, word64 = 19 },
  slot_rel = { sleb = 12, sleb64 = 24 },
  addr = { leb = 3, leb64 = 14, sleb = 4, sleb64 = 15, word = 5, word64 = 16 },
  addr_rel = { sleb = 11, sleb64 = 17 }, addr_tls = { sleb = 21, sleb64 = 25 },
  addr_locrel = { word = 23 }, fn_offset = { word = 8, word64 = 22 }, sec_offset = { word = 9 },
}

local WIDE = { addr64 = "addr", slot64 = "slot", fn_offset64 = "fn_offset" }

local function constructor(name, form, wide)
  asm[name] = function(sym, addend)
    if sym == nil then fail(name .. ": the first argument is nil, not a handle") end
    if addend ~= nil and not math.tointeger(addend) then fail(name .. ": addend is no integer") end
    return operand(form, sym, addend, wide)
  end
end

for form in pairs(FORMS) do constructor(form, form) end
for name, form in pairs(WIDE) do constructor(name, form, true) end

local RELOC_KEYS = B.set_of "type sym index addend bytes at"

-- Any relocation anywhere: type (name or number), sym (handle) or index (raw number), addend,
-- bytes to be written, at = offset of the relocation inside those bytes.
function asm.reloc(spec)
  B.check_keys("reloc", spec, RELOC_KEYS)
  local number = spec.type
  if type(number) == "string" then
    number = asm.reloc_numbers[number] or fail("reloc: unknown type " .. spec.type)
  end
  if not math.tointeger(number) then fail("reloc: type is missing") end
  if type(spec.bytes) ~= "string" then fail("reloc: bytes is missing") end
  local made = operand("reloc", spec.sym or spec.index, spec.addend)
  made.type, made.bytes, made.at = number, spec.bytes, spec.at or 0
  if made.sym == nil then fail("reloc: sym (or index) is missing") end
  return made
end

-- An immediate (or a data piece) given as bytes.
function asm.lit(data)
  local made = operand("lit")
  made.bytes = data
  return made
end

-- What a bare handle means where a value of this place is wanted.
local BARE = {
  leb = { ["function"] = "fn", data = "addr", global = "glob", tag = "tag", table = "tbl",
    type = "typ" },
  sleb = { ["function"] = "slot", data = "addr" },
  word = { ["function"] = "slot", data = "addr", section = "sec_offset", global = "glob" },
}

local function as_operand(value, place, ctx)
  if asm.is_operand(value) then return value end
  if type(value) == "string" and value:sub(1, 1) == "$" then value = ctx.symbol(value:sub(2)) end
  if type(value) ~= "table" or not value.kind then return nil end
  local form = (BARE[place] or {})[value.kind]
  if not form then
    fail(("a %s handle cannot stand in this place; use an operand constructor or reloc{}")
      :format(value.kind))
  end
  return operand(form, value)
end

-- plus: the place in the leaf; place: where it is the operand's number that the leaf holds.
local function record(ctx, number, op, at, plus, place)
  ctx.relocs[#ctx.relocs + 1] = { type = number, sym = op.sym, addend = op.addend,
    at = B.named(at), plus = plus, operand = place and op, place = place }
end

local ENC = { leb = "uleb", leb64 = "uleb", sleb = "sleb", sleb64 = "sleb", word = "u32",
  word64 = "u64" }
local WIDTH = { leb = 5, leb64 = 10, sleb = 5, sleb64 = 10 }

-- The number of an operand now, wrapped to 32 bits where the place has no more.
local function number_in(ctx, op, place)
  local number = ctx.value(op)
  if ENC[place] == "sleb" and WIDTH[place] == 5 then
    return (number + 0x80000000 & 0xffffffff) - 0x80000000
  elseif WIDTH[place] == 5 or place == "word" then
    return number & 0xffffffff
  end
  return number
end

-- Writes into the leaves of all operands the numbers that they have now.
function asm.settle(ctx)
  for _, r in ipairs(ctx.relocs) do
    if r.place then B.show(r.at, number_in(ctx, r.operand, r.place)) end
  end
end

-- A leaf for an operand; nil if `value` is no operand.
local function symbolic(name, value, place, ctx, wide)
  if B.is_node(value) then return value end
  local op = as_operand(value, place, ctx)
  if not op then return nil end
  if op.form == "lit" then return B.raw(name, op.bytes) end
  if op.form == "reloc" then
    local leaf = B.raw(name, op.bytes)
    record(ctx, op.type, op, leaf, op.at)
    return leaf
  end
  if type(op.sym) == "string" and op.form ~= "typ" then
    op = operand(op.form, ctx.symbol((op.sym:gsub("^%$", ""))), op.addend, op.wide)
  end
  if (wide or op.wide) and FORMS[op.form][place .. "64"] then place = place .. "64" end
  local number = FORMS[op.form][place]
  if not number then
    fail(("%s(...) has no relocation for this place; use reloc{}"):format(op.form))
  end
  local leaf = B.field(name, ENC[place], number_in(ctx, op, place),
    not ctx.short and WIDTH[place] or nil)
  record(ctx, number, op, leaf, 0, place)
  return leaf
end

-- Value types ---------------------------------------------------------------------------------

asm.valtypes = {
  i32 = "\x7f", i64 = "\x7e", f32 = "\x7d", f64 = "\x7c", v128 = "\x7b", funcref = "\x70",
  externref = "\x6f", exnref = "\x69",
}
local HEAP = { func = "\x70", extern = "\x6f", exn = "\x69", funcref = "\x70",
  externref = "\x6f", exnref = "\x69" }

-- The byte of a value type given by name, or by number.
function asm.valtype(t)
  if math.type(t) == "integer" then return B.u8(t) end
  return asm.valtypes[t] or fail("unknown value type " .. tostring(t))
end

-- Immediates ----------------------------------------------------------------------------------

local NAN = { f32 = 0x7fc00000, f64 = 0x7ff8000000000000 }

local function float(text, enc)
  if type(text) ~= "string" then return text end
  local sign, payload = text:match("^([+-]?)nan:?(.*)$")
  if sign then
    local bits = NAN[enc]
    if payload ~= "" then
      local exponent = enc == "f32" and 0x7f800000 or 0x7ff0000000000000
      bits = exponent | math.tointeger(tonumber(payload))
    end
    if sign == "-" then bits = bits | 1 << (enc == "f32" and 31 or 63) end
    return { bits = bits }
  end
  local infinite = text:match("^([+-]?)inf$")
  if infinite then return infinite == "-" and -math.huge or math.huge end
  return tonumber((text:gsub("_", "")))
end

local function integer(value, name)
  local n = value
  if type(n) == "string" then n = tonumber((n:gsub("_", ""):gsub("^%+", ""))) end
  return math.tointeger(n) or fail(("immediate %s: not a number or handle: %s")
    :format(name, tostring(value)))
end

local function index(name)
  return function(args, ctx)
    local value = args:next(name)
    return { symbolic(name, value, "leb", ctx) or B.field(name, "uleb", integer(value, name)) }
  end
end

local function constant(bits)
  return function(args, ctx)
    local value = args:next("value")
    local leaf = symbolic("value", value, "sleb", ctx, bits == 64)
    if leaf then return { leaf } end
    local n = integer(value, "value")
    if bits == 32 and n >= 0x80000000 and n <= 0xffffffff then n = n - 0x100000000 end
    return { B.field("value", "sleb", n) }
  end
end

local function floating(enc)
  return function(args)
    local value = float(args:next("value"), enc)
    if value == nil then fail(enc .. ".const: not a number") end
    return { B.field("value", enc, value) }
  end
end

local imm = {
  func = index "func", global = index "global", ["local"] = index "local", label = index "label",
  tag = index "tag", data = index "data", i32 = constant(32), i64 = constant(64),
  f32 = floating "f32", f64 = floating "f64",
}

-- An index that may be left out: 0, or a default symbol.
local function optional(name, default)
  return function(args, ctx)
    local value = args:optional()
    if value == nil then value = default and default(ctx) or 0 end
    return { symbolic(name, value, "leb", ctx) or B.field(name, "uleb", integer(value, name)) }
  end
end

imm.table = optional("table")
imm.memory = optional("memory")
imm.elem = index "elem"

function imm.type(args, ctx)
  local value = args:next("type")
  if type(value) == "string" and value:find("->", 1, true) then value = asm.typ(value) end
  return { symbolic("type", value, "leb", ctx) or B.field("type", "uleb", integer(value, "type")) }
end

function imm.blocktype(args, ctx)
  local value = args:optional()
  if value == nil then return { B.raw("type", "\x40") } end
  if asm.valtypes[value] then return { B.raw("type", asm.valtypes[value]) } end
  if type(value) == "string" and value:find("->", 1, true) then value = asm.typ(value) end
  return { symbolic("type", value, "leb", ctx) or B.field("type", "sleb", integer(value, "type")) }
end

function imm.labels(args)
  local kids = {}
  local value = args:next("label")
  while value ~= nil do
    kids[#kids + 1] = B.item(B.field("label", "uleb", integer(value, "label")))
    value = args:optional()
  end
  local last = table.remove(kids)
  last.item, last.name = nil, "default"
  return { B.group("labels", { B.computed("count", "uleb", { what = "items" }),
    table.unpack(kids) }), last }
end

function imm.valtypes(args)
  local list = {}
  local value = args:optional()
  while value do
    list[#list + 1] = B.raw("type", asm.valtype(value))
    value = args:optional()
  end
  return { B.vector("types", list) }
end

function imm.heaptype(args)
  local value = args:next("type")
  if HEAP[value] then return { B.raw("type", HEAP[value]) } end
  return { B.field("type", "sleb", integer(value, "type")) }
end

function imm.zero() return { B.field("zero", "u8", 0) } end

function imm.lane(args) return { B.field("lane", "u8", integer(args:next("lane"), "lane")) } end

function imm.lanes(args)
  local kids = {}
  for i = 1, 16 do kids[i] = B.item(B.field("lane", "u8", integer(args:next("lane"), "lane"))) end
  return { B.group("lanes", kids) }
end

local SHAPES = { i8x16 = { 16, "u8" }, i16x8 = { 8, "u16" }, i32x4 = { 4, "u32" },
  i64x2 = { 2, "u64" }, f32x4 = { 4, "f32" }, f64x2 = { 2, "f64" } }

function imm.v128(args)
  local first = args:next("value")
  local shape = SHAPES[first]
  if not shape then
    if type(first) ~= "string" or #first ~= 16 then
      fail("v128.const: give a shape and lanes, or 16 bytes")
    end
    return { B.raw("value", first) }
  end
  local parts = {}
  for i = 1, shape[1] do
    local value = args:next("lane")
    value = shape[2]:match("^f") and float(value, shape[2]) or integer(value, "lane")
    parts[i] = B[shape[2]](value)
  end
  return { B.raw("value", table.concat(parts)) }
end

local CATCH = { catch = 0, catch_ref = 1, catch_all = 2, catch_all_ref = 3 }

function imm.catches(args, ctx)
  local list = {}
  for i, clause in ipairs(args.keys.catches or {}) do
    local kind = CATCH[clause[1]] or fail("try_table: unknown clause " .. tostring(clause[1]))
    local kids = { B.field("kind", "u8", kind) }
    if kind < 2 then
      kids[2] = symbolic("tag", clause[2], "leb", ctx)
        or B.field("tag", "uleb", integer(clause[2], "tag"))
    end
    kids[#kids + 1] = B.field("label", "uleb", integer(clause[kind < 2 and 3 or 2], "label"))
    list[i] = B.group("catch", kids)
  end
  return { B.vector("catches", list) }
end

-- align and offset; "align=" counts bytes as the text format does, p2align is the raw exponent.
function imm.memarg(args, ctx)
  local keys = args.keys
  local align = keys.p2align and integer(keys.p2align, "p2align") or args.row.align
  if keys.align then
    local size = integer(keys.align, "align")
    align = 0
    while 1 << align < size do align = align + 1 end
    if 1 << align ~= size then fail("align=" .. size .. " is no power of two; use p2align=") end
  end
  if keys.memory then align = align | 0x40 end
  local kids = { B.field("align", "uleb", align) }
  if keys.memory then kids[2] = B.field("memory", "uleb", integer(keys.memory, "memory")) end
  local value = keys.offset
  if value == nil and not (args.row.imm[2] == "lane" and args:left() == 1) then
    value = args:optional()
  end
  if value == nil then value = 0 end
  kids[#kids + 1] = symbolic("offset", value, "leb", ctx, ctx.memory64)
    or B.field("offset", "uleb", integer(value, "offset"))
  return kids
end

-- Entries -------------------------------------------------------------------------------------

-- Reads positional operands one by one.
local Args = {}
Args.__index = Args

function Args:optional()
  local value = self.list[self.at]
  if value ~= nil then self.at = self.at + 1 end
  return value
end

function Args:next(what)
  local value = self:optional()
  if value == nil then fail(("%s: operand %s is missing"):format(self.name, what)) end
  return value
end

function Args:left() return #self.list - self.at + 1 end

local KEYS = {
  memarg = B.set_of "offset align p2align memory", catches = B.set_of "catches",
}

local function check_entry_keys(args)
  for key in pairs(args.keys) do
    local known = false
    for _, kind in ipairs(args.row.imm) do known = known or (KEYS[kind] or {})[key] end
    if not known then fail(("%s: unknown key '%s'"):format(args.name, tostring(key))) end
  end
end

local function suggestion(name)
  local found = {}
  local tail = name:match("[^.]+$") or name
  for candidate in pairs(opcodes) do
    if candidate:find(tail, 1, true) then found[#found + 1] = candidate end
  end
  table.sort(found, function(a, b) return #a < #b or #a == #b and a < b end)
  return table.concat(found, ", ", 1, math.min(4, #found))
end

-- Table operands come before the type in no encoding: binary order is type, table.
local function default_table(name, ctx)
  if name:match("call_indirect$") then return ctx.default_table() end
end

local function instruction(name, list, keys, ctx)
  if name == "select" and #list > 0 then name = "select.t" end
  local row = opcodes[name]
    or fail(("unknown instruction '%s'; near it: %s"):format(name, suggestion(name)))
  local args = setmetatable({ name = name, list = list, keys = keys, row = row, at = 1 }, Args)
  check_entry_keys(args)
  local kids = { B.raw("op", row.bytes) }
  for _, kind in ipairs(row.imm) do
    if kind == "table" and args:left() == 0 then
      args.list[args.at] = default_table(name, ctx)
    end
    for _, kid in ipairs(imm[kind](args, ctx)) do kids[#kids + 1] = kid end
  end
  if args:left() > 0 then
    fail(("%s: %d operand(s) too many"):format(name, args:left()))
  end
  local made = B.group("instr", kids)
  made.op = name
  return made
end

-- "i32.load offset=4 align=2" -> name, operands, keys
local function parse(text)
  local list, keys = {}, {}
  text = text:gsub("%(%s*result%s+(%w+)%s*%)", "%1"):gsub("%(%s*type%s+(%S-)%s*%)", "%1")
  local name, rest = text:match("^%s*(%S+)%s*(.*)$")
  for word in (rest or ""):gmatch("%S+") do
    local key, value = word:match("^(%w+)=(.+)$")
    if key then keys[key] = value else list[#list + 1] = word end
  end
  return name, list, keys
end

-- Texts that name nothing mean the same everywhere: what the first of them were assembled to.
local assembled, room = {}, 10000

local function names_nothing(text)
  return not text:find("[$>]") and not text:find("call_indirect", 1, true)
end

-- The instruction of a text; nil where there is none.
local function text_to_node(text, ctx)
  local before = assembled[text]
  if not before then
    local name, list, keys = parse(text)
    if not name then return nil end
    local made = instruction(name, list, keys, ctx)
    if room == 0 or not names_nothing(text) then return made end
    before, room = { made, B.tree({ made }):bytes() }, room - 1
    assembled[text] = before
  end
  local folded = B.folded(before[1], before[2])
  folded.op = before[1].op
  return folded
end

local function entry_to_nodes(entry, ctx, out)
  if type(entry) == "string" then
    for text in entry:gmatch("[^\n;]+") do out[#out + 1] = text_to_node(text, ctx) end
  elseif B.is_node(entry) then
    out[#out + 1] = entry
  elseif asm.is_operand(entry) then
    if entry.form ~= "reloc" and entry.form ~= "lit" then
      fail(entry.form .. "(...) alone is no instruction; only reloc{} and lit() may stand alone")
    end
    out[#out + 1] = symbolic("raw", entry, "leb", ctx)
  elseif type(entry) == "table" and entry[1] == "raw" then
    out[#out + 1] = B.raw("raw", table.concat(entry, "", 2))
  elseif type(entry) == "table" and type(entry[1]) == "string"
    and entry[1]:match("^%a[%w_.]*$") then
    local list, keys = { table.unpack(entry, 2) }, {}
    for key, value in pairs(entry) do
      if math.type(key) ~= "integer" then keys[key] = value end
    end
    out[#out + 1] = instruction(entry[1], list, keys, ctx)
  elseif type(entry) == "table" then
    for _, inner in ipairs(entry) do entry_to_nodes(inner, ctx, out) end
  else
    fail("code: an entry is a string or a table, not " .. type(entry))
  end
end

-- Whether code = { "call", f } is one instruction, not a list that starts with an operand-less one:
-- so when its first operand cannot be left out.
local OMISSIBLE = B.set_of "blocktype table memory memarg valtypes zero"

local function is_instruction(list)
  local row = type(list[1]) == "string" and opcodes[list[1]]
  return row and row.imm[1] ~= nil and not OMISSIBLE[row.imm[1]] and #list > 1
end

local OPENS = B.set_of "block loop if try try_table"
local CLOSES = B.set_of "end delegate"

-- Assembles code: a list of entries, or one string.  Adds the last "end" unless no_end.
-- ctx: relocs (list, filled), value(operand) -> number now, symbol(name) -> handle,
--      default_table() -> table symbol or 0, memory64, short (names take as few bytes as they can).
function asm.code(entries, ctx, no_end)
  local out = {}
  if type(entries) == "table" and not B.is_node(entries) and not asm.is_operand(entries)
    and not is_instruction(entries) then
    for _, entry in ipairs(entries) do entry_to_nodes(entry, ctx, out) end
  else
    entry_to_nodes(entries, ctx, out)
  end
  local depth = 0
  for _, n in ipairs(out) do
    if OPENS[n.op] then depth = depth + 1 end
    if CLOSES[n.op] then depth = depth - 1 end
  end
  if no_end then return out end
  if depth > 0 then
    fail(("code: %d block(s) without end (no_end = true if meant)"):format(depth))
  end
  if depth == 0 then out[#out + 1] = text_to_node("end", ctx) end
  return out
end

local function operand_length(op)
  if op.bytes then return #op.bytes end
  return op.wide and FORMS[op.form].word64 and 8 or 4
end

-- How many bytes asm.data makes of its pieces; none of what it will refuse.
function asm.data_length(pieces)
  if type(pieces) == "string" then return #pieces end
  if type(pieces) ~= "table" then return 0 end
  if asm.is_operand(pieces) then return operand_length(pieces) end
  if B.is_node(pieces) then return B.length(pieces) end
  if pieces.kind then return 4 end
  local length = 0
  for _, piece in ipairs(pieces) do length = length + asm.data_length(piece) end
  return length
end

-- Data: a string, or a list of strings, operands, nodes and nested lists, to a node `name`.
function asm.data(pieces, ctx, name)
  if type(pieces) == "string" then return B.raw(name, pieces) end
  local kids = {}
  local function add(piece)
    if type(piece) == "string" then
      kids[#kids + 1] = B.item(B.raw("piece", piece))
    elseif type(piece) == "table" and not getmetatable(piece) and not piece.kind then
      for _, inner in ipairs(piece) do add(inner) end
    else
      kids[#kids + 1] = B.item(symbolic("piece", piece, "word", ctx)
        or fail("data: a piece is a string, a handle or an operand, not " .. type(piece)))
    end
  end
  add(pieces)
  return B.group(name, kids)
end

return asm
