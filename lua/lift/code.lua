-- lift/code.lua: instructions and data of an object to what asm.lua makes them of.
--
-- Takes: a range of bytes and the relocations in it.  Gives: the text of Lua entries, in order.
-- Rule of thumb: text that is as short as a case would have it; what asm.lua would encode
-- otherwise is spelled as bytes, and what is no instruction at all raises an error.

local B = require "bytes"
local asm = require "asm"
local opcodes = require "opcodes"
local read = require "lift.read"
local quote = require "lift.quote"

local code = {}

-- From relocations to operands ------------------------------------------------------------------

-- Number -> constructor of asm.lua, in code and in data.
local IN_CODE = { [0] = "fn", "slot", [3] = "addr", [4] = "addr", [6] = "typ", [7] = "glob",
  [10] = "tag", [11] = "addr_rel", [12] = "slot_rel", [14] = "addr", [15] = "addr",
  [17] = "addr_rel", [18] = "slot", [20] = "tbl", [21] = "addr_tls", [24] = "slot_rel",
  [25] = "addr_tls" }
local IN_DATA = { [2] = "slot", [5] = "addr", [8] = "fn_offset", [9] = "sec_offset", [13] = "glob",
  [16] = "addr64", [19] = "slot64", [22] = "fn_offset64", [23] = "addr_locrel", [26] = "fn" }
local IN_BITS = { [14] = 64, [15] = 64, [17] = 64, [18] = 64, [24] = 64, [25] = 64 }
-- What a name alone means: no constructor is needed.
local PLAIN = { [0] = "function", "function", [3] = "data", [4] = "data", [7] = "global",
  [10] = "tag", [14] = "data", [15] = "data", [18] = "function", [20] = "table" }

local Lifter = {}
Lifter.__index = Lifter

-- How a relocation's symbol is told in reloc{}.
local function target(self, r)
  local s = self.object.symbols[r.index + 1]
  if r.type ~= 6 and s and self.is_first[s] then return "sym = " .. quote.string(s.name) end
  return "index = " .. r.index
end

-- reloc{...}, which stands for its bytes.
function Lifter:exact(r, bytes)
  local addend = r.addend and r.addend ~= 0 and (", addend = %d"):format(r.addend) or ""
  return ("reloc { type = %q, %s%s, bytes = %s }"):format(asm.reloc_names[r.type] or r.type,
    target(self, r), addend, quote.string(bytes))
end

-- The operand for a relocation of `bytes`.  bits: of the place, where that decides.
function Lifter:operand(r, bytes, names, bits)
  local form, s = names[r.type], self.object.symbols[r.index + 1]
  if not form or (IN_BITS[r.type] or 32) ~= (bits or IN_BITS[r.type] or 32) or self.is_exact then
    return self:exact(r, bytes)
  end
  if r.type == 6 and not self.is_type then return self:exact(r, bytes) end
  if r.type == 6 then
    local t = self.object.types[r.index + 1]
    return t and t.first == r.index and quote.string(t.sig) or self:exact(r, bytes), true
  end
  if not s or not self.is_first[s] then return self:exact(r, bytes) end
  if r.type == 7 and s.kind ~= "global" then form = "got" end
  if r.addend and r.addend ~= 0 then
    return ("%s(%s, %d)"):format(form, quote.string(s.name), r.addend)
  end
  if names == IN_CODE and PLAIN[r.type] == s.kind and s.name:find("^[%w_.$]+$") then
    return ('"$%s"'):format(s.name), true
  end
  return ("%s %s"):format(form, quote.string(s.name))
end

-- Immediates ------------------------------------------------------------------------------------

-- Each reads from the cursor and adds words to `out`: { text = of a Lua expression, word = as it
-- stands in a line of text, or nil }.

local function put(out, word, key)
  out[#out + 1] = { text = math.type(word) == "integer" and tostring(word) or quote.string(word),
    word = tostring(word), key = key }
end

local function put_symbolic(out, text, is_word, key)
  out[#out + 1] = { text = text, word = is_word and text:match('^"(%$[^" ]+)"$'), key = key }
end

local FORM = { ["function"] = "fn", global = "glob", table = "tbl", tag = "tag" }

-- Text for what an index of a library stands for, which has no relocations; nil where it is not as
-- wide as names are.
local function named(self, value, width, space)
  local least = #B.uleb(value)
  if width == least then self.short = self.short + 1 else self.padded = self.padded + 1 end
  if width ~= (self.is_short and least or 5) then return nil end
  if space == "type" then
    local t = self.object.types[value + 1]
    return t and t.first == value and quote.string(t.sig) or nil
  end
  local e = self.object.spaces[space][value + 1]
  if not e then return nil end
  if e.label:find("^[%w_.$]+$") then return ('"$%s"'):format(e.label) end
  return ("%s %s"):format(FORM[space], quote.string(e.label))
end

-- An index or constant, symbolic where it is relocated or stands for something of a library.
local function number(self, c, out, how, bits, key, space)
  local from = c.at
  local r = self.at[from]
  local value, width = c[how](c)
  local bytes = c.bytes:sub(from, c.at - 1)
  if r then
    self.used = self.used + 1
    local text, is_word = self:operand(r, bytes, IN_CODE, bits)
    return put_symbolic(out, text, is_word, key)
  end
  local name = space and self.is_named and named(self, value, width, space)
  if name then return put_symbolic(out, name, true, key) end
  if #B[how](value) ~= width then
    local is_padded = B[how](value, width) == bytes
    out[#out + 1] = { key = key, text = is_padded and ("lit(%s(%d, %d))"):format(how, value, width)
      or ("lit %s"):format(quote.string(bytes)) }
  else
    put(out, value, key)
  end
end

local imm = {}
for name, space in pairs { func = "function", global = "global", ["local"] = false, label = false,
  tag = "tag", data = false, elem = false } do
  imm[name] = function(self, c, out) number(self, c, out, "uleb", nil, nil, space) end
end

function imm.i32(self, c, out) number(self, c, out, "sleb", 32) end
function imm.i64(self, c, out) number(self, c, out, "sleb", 64) end

-- The shortest text that reads back as the same float.
local function float(bits, layout, digits)
  local value = layout:unpack(bits)
  if value ~= value then
    local n = ("<I" .. #bits):unpack(bits)
    local fraction = #bits == 4 and 23 or 52
    local sign = n >> #bits * 8 - 1 & 1 == 1 and "-" or ""
    return ("%snan:0x%x"):format(sign, n & (1 << fraction) - 1)
  end
  if value == math.huge then return "inf" elseif value == -math.huge then return "-inf" end
  for _, how in ipairs { "%.6g", digits } do
    local text = how:format(value)
    if layout:pack(tonumber(text)) == bits then return text end
  end
  return ("%a"):format(value)
end

function imm.f32(_, c, out) put(out, float(c:take(4), "<f", "%.9g")) end
function imm.f64(_, c, out) put(out, float(c:take(8), "<d", "%.17g")) end

function imm.memory(self, c, out) number(self, c, out, "uleb") end
function imm.table(self, c, out) number(self, c, out, "uleb", nil, nil, "table") end
function imm.type(self, c, out)
  self.is_type = true
  number(self, c, out, "uleb", nil, nil, "type")
  self.is_type = false
end

function imm.blocktype(self, c, out)
  local byte = c.bytes:byte(c.at)
  if self.at[c.at] or self.is_named and byte & 0x80 ~= 0 then return imm.type(self, c, out) end
  if byte == 0x40 then
    c:u8()
  elseif read.type_names[byte] then
    put(out, read.type_names[c:u8()])
  else
    number(self, c, out, "sleb")
  end
end

function imm.labels(_, c, out)
  for _ = 0, (c:uleb()) do put(out, (c:uleb())) end
end

function imm.valtypes(_, c, out)
  for _ = 1, (c:uleb()) do put(out, read.type_names[c:u8()] or error("an unknown type", 0)) end
end

function imm.heaptype(_, c, out)
  put(out, (read.type_names[c.bytes:byte(c.at)] or error("an unknown heap type", 0)))
  c:u8()
end

function imm.zero(_, c) c:u8() end
function imm.lane(_, c, out) put(out, c:u8()) end
function imm.lanes(_, c, out)
  for _ = 1, 16 do put(out, c:u8()) end
end

function imm.v128(_, c, out)
  put(out, "i8x16")
  for _ = 1, 16 do put(out, c:u8()) end
end

local CATCHES = { [0] = "catch", "catch_ref", "catch_all", "catch_all_ref" }

function imm.catches(self, c, out)
  local list = {}
  for i = 1, (c:uleb()) do
    local kind, words = c:u8(), {}
    if kind < 2 then number(self, c, words, "uleb", nil, nil, "tag") end
    number(self, c, words, "uleb")
    local texts = { quote.string(CATCHES[kind]) }
    for _, w in ipairs(words) do texts[#texts + 1] = w.text end
    list[i] = "{ " .. table.concat(texts, ", ") .. " }"
  end
  out[#out + 1] = { text = "{ " .. table.concat(list, ", ") .. " }", key = "catches" }
end

function imm.memarg(self, c, out, row)
  local align = c:uleb()
  if align & 0x40 ~= 0 then
    align = align & ~0x40
    put(out, (c:uleb()), "memory")
  end
  if align ~= row.align then put(out, align, "p2align") end
  if not self.at[c.at] and c.bytes:byte(c.at) == 0 then
    c:u8()
    return
  end
  number(self, c, out, "uleb", self.object.is64 and 64 or 32, "offset")
end

-- Instructions ------------------------------------------------------------------------------------

local BY_BYTES = {}
for name, row in pairs(opcodes) do
  if not BY_BYTES[row.bytes] then BY_BYTES[row.bytes] = { name = name, row = row } end
end

local function opcode(c)
  local from = c.at
  local first = c:u8()
  if first >= 0xfb and first <= 0xfe then c:uleb() end
  return BY_BYTES[c.bytes:sub(from, c.at - 1)] or error("an unknown instruction", 0)
end

-- An instruction as a line of text where that is possible, else as a Lua table.
local function entry(name, words)
  local line, texts = name, { quote.string(name) }
  for _, w in ipairs(words) do
    local key = w.key and w.key .. "=" or ""
    line = line and w.word and ("%s %s%s"):format(line, key, w.word)
    texts[#texts + 1] = w.key and ("%s = %s"):format(w.key, w.text) or w.text
  end
  if line then return quote.string(line) end
  return "{ " .. table.concat(texts, ", ") .. " }"
end

local OPENS = { block = 1, loop = 1, ["if"] = 1, try = 1, try_table = 1 }
local CLOSES = { ["end"] = 1, delegate = 1 }

-- Whether the last words are what asm.lua puts there itself.
local function drop_default(self, op, words)
  local last = words[#words]
  if not last then return end
  if op.name:find("call_indirect$") then
    if last.text == self.default_table then table.remove(words) end
  elseif op.name:find("^memory%.[sg]") and last.word == "0" then
    table.remove(words)
  end
end

-- The entries of a range of code: list of { depth, text }; and whether the last `end` is missing.
function Lifter:instructions(from, to)
  local c, list, depth = read.cursor(self.object.bytes, from, to), {}, 0
  self.used = 0
  while not c:done() do
    local op = opcode(c)
    local words = {}
    for _, kind in ipairs(op.row.imm) do
      (imm[kind] or error("an unknown operand", 0))(self, c, words, op.row)
    end
    drop_default(self, op, words)
    if CLOSES[op.name] then depth = depth - 1 end
    local shown = (op.name:find("^else") or op.name:find("^catch")) and depth - 1 or depth
    list[#list + 1] = { depth = math.max(shown, 0), text = entry(op.name, words) }
    if OPENS[op.name] then depth = depth + 1 end
  end
  if self.used ~= self.count then error("a relocation where no operand is", 0) end
  if depth == -1 and list[#list].text == '"end"' then
    table.remove(list)
    return list
  end
  return list, true
end

-- Bytes that a relocation writes.
local function width_of(r)
  local name = asm.reloc_names[r.type] or error("an unknown relocation", 0)
  if name:find("I32$") then return 4 elseif name:find("I64$") then return 8 end
  return name:find("64$") and 10 or 5
end

-- Bytes with sites: what is no instruction, or data.
function Lifter:pieces(from, to, names)
  local bytes, list, at = self.object.bytes, {}, from
  for _, r in ipairs(self.relocs) do
    if r.at >= from and r.at <= to then
      local width = width_of(r)
      if r.at < at or r.at + width - 1 > to then error("relocations over each other", 0) end
      if r.at > at then quote.chunks(bytes:sub(at, r.at - 1), list) end
      list[#list + 1] = self:operand(r, bytes:sub(r.at, r.at + width - 1), names)
      at = r.at + width
    end
  end
  if at <= to then quote.chunks(bytes:sub(at, to), list) end
  return list
end

function Lifter:data(from, to) return self:pieces(from, to, IN_DATA) end

-- Code as bytes, its sites as reloc{}.
function Lifter:raw(from, to)
  local list = {}
  for i, text in ipairs(self:pieces(from, to, {})) do
    list[i] = { depth = 0, text = text:find("^reloc") and text or ("{ \"raw\", %s }"):format(text) }
  end
  return list, true
end

-- In code of a library: indices are names where they are five bytes wide, or as short as can be.
function Lifter:name_indices(is_named, is_short)
  self.is_named, self.is_short, self.short, self.padded = is_named, is_short, 0, 0
end

-- For the relocations of a section, each with `at`, its place in the file.  is_first: symbols that
-- their name finds.  is_exact: every site as reloc{}.
function code.lifter(object, relocs, is_first, default_table, is_exact)
  local self = setmetatable({ object = object, relocs = relocs, is_first = is_first, at = {},
    default_table = default_table, is_exact = is_exact, count = #relocs }, Lifter)
  for _, r in ipairs(relocs) do self.at[r.at] = r end
  return self
end

return code
