-- encode.lua: numbers to bytes, LEB128 to numbers, and errors that name the case author's line.
--
-- Takes: Lua integers, floats, strings.  Gives: strings of bytes.
-- Rule of thumb: a value that does not fit its encoding is an error of the author; bytes meant to
-- be wrong are written as bytes.

local encode = {}

-- Position of the case author's call --------------------------------------------------------

local own_chunks = {}
local pinned -- position that replaces the caller's while late work runs

-- Call once at load from a library file: its lines are then never blamed in messages.
function encode.library() own_chunks[debug.getinfo(2, "S").short_src] = true end

local author_file = setmetatable({}, { __mode = "k" }) -- of a function; false: of the library

local function file_of(f)
  local file = author_file[f]
  if file == nil then
    file = debug.getinfo(f, "S").short_src
    file = not own_chunks[file] and file
    author_file[f] = file
  end
  return file
end

-- "file:line: " of the nearest caller outside the library, or "".
function encode.where()
  if pinned then return pinned end
  for level = 2, 40 do
    local at = debug.getinfo(level, "fl")
    if not at then break end
    local file = at.currentline > 0 and file_of(at.func)
    if file then return ("%s:%d: "):format(file, at.currentline) end
  end
  return ""
end

-- Raises an error that names the author's line; `where` replaces it for late errors.
function encode.fail(message, where)
  error((where or encode.where()) .. message, 0)
end

encode.library()
local fail = encode.fail

-- Runs `work`; errors it raises through fail() name `where`, the line of a declaration.
function encode.at_line(where, work)
  local before = pinned
  pinned = where
  local ok, message = pcall(work)
  pinned = before
  if not ok then error(message, 0) end
end

local function whose(what, name)
  return name and ("%s '%s'"):format(what, tostring(name)) or what
end

-- Every key of `given` must be in `allowed`, a set of names.  what, name: whose options they are.
function encode.check_keys(what, given, allowed, name)
  if type(given) ~= "table" then
    fail(whose(what, name) .. ": expected a table of options, got " .. type(given))
  end
  for key in pairs(given) do
    if not allowed[key] then
      local names = {}
      for known in pairs(allowed) do names[#names + 1] = tostring(known) end
      table.sort(names)
      fail(("%s: unknown option '%s' (known: %s)"):format(whose(what, name), tostring(key),
        table.concat(names, ", ")))
    end
  end
end

-- "a b c" -> { a = true, b = true, c = true }
function encode.set_of(words)
  local set = {}
  for word in words:gmatch("%S+") do set[word] = true end
  return set
end

-- Encodings ---------------------------------------------------------------------------------

local function to_integer(value, what)
  local n = math.tointeger(value)
  if not n then fail(what .. ": not an integer: " .. tostring(value)) end
  return n
end

local char = string.char

local BYTE = {} -- by number
for n = 0, 255 do BYTE[n] = char(n) end

local SMALL = table.move(BYTE, 0, 127, 0, {}) -- numbers that one byte of LEB128 holds

-- Unsigned LEB128 of a 64-bit pattern; `width` pads to that many bytes.
function encode.uleb(value, width)
  local small = not width and SMALL[value]
  if small then return small end
  local n = to_integer(value, "uleb")
  if width == 5 and n >> 35 == 0 then
    return char(n & 127 | 128, n >> 7 & 127 | 128, n >> 14 & 127 | 128, n >> 21 & 127 | 128,
      n >> 28)
  end
  local out = {}
  repeat
    out[#out + 1] = n & 127 | 128
    n = n >> 7
  until n == 0 and (not width or #out >= width)
  if width and #out > width then fail(("uleb: %d does not fit %d bytes"):format(value, width)) end
  out[#out] = out[#out] & 127
  return char(table.unpack(out))
end

-- Signed LEB128; `width` pads to that many bytes.
function encode.sleb(value, width)
  local n = to_integer(value, "sleb")
  if not width and n >= -64 and n < 64 then return BYTE[n & 127] end
  if width == 5 and n >= -0x80000000 and n < 0x80000000 then
    return char(n & 127 | 128, n >> 7 & 127 | 128, n >> 14 & 127 | 128, n >> 21 & 127 | 128,
      n >> 28 & 127)
  end
  local out = {}
  repeat
    local low = n & 127
    n = n // 128
    out[#out + 1] = low | 128
    local done = n == 0 and low < 64 or n == -1 and low >= 64
  until done and (not width or #out >= width)
  if width and #out > width then fail(("sleb: %d does not fit %d bytes"):format(value, width)) end
  out[#out] = out[#out] & 127
  return char(table.unpack(out))
end

-- The LEB128 number at a position of bytes, and how many bytes it takes, at most ten; nil where it
-- is cut off.
function encode.leb(bytes, at, is_signed)
  local value, shift = 0, 0
  local byte
  repeat
    byte = bytes:byte(at + shift // 7)
    if not byte then return nil end
    value, shift = value | (byte & 127) << shift, shift + 7
  until byte < 128 or shift == 70
  if is_signed and byte & 64 ~= 0 and shift < 64 then value = value | -1 << shift end
  return value, shift // 7
end

-- Fixed-width little-endian integers; negative values are taken modulo the width.
local function fixed(size, order)
  return function(value)
    local n = to_integer(value, "u" .. size * 8)
    if size < 8 then
      if n < -(1 << size * 8 - 1) or n >= 1 << size * 8 then
        fail(("u%d: %d is out of range"):format(size * 8, n))
      end
      n = n & (1 << size * 8) - 1
    end
    return string.pack(order .. (size == 8 and "i8" or "I" .. size), n)
  end
end

local signed_byte = fixed(1, "<")
function encode.u8(value) return BYTE[value] or signed_byte(value) end

encode.u16 = fixed(2, "<")
encode.u32, encode.u64 = fixed(4, "<"), fixed(8, "<")
encode.u32be, encode.u64be = fixed(4, ">"), fixed(8, ">")

-- IEEE floats; an integer is taken as the bit pattern only if { bits = n } is given.
function encode.f32(value)
  if type(value) == "table" then return encode.u32(value.bits) end
  return string.pack("<f", value)
end

function encode.f64(value)
  if type(value) == "table" then return encode.u64(value.bits) end
  return string.pack("<d", value)
end

-- A length-prefixed string.
function encode.name(text) return encode.uleb(#text) .. text end

-- Hex digits, blanks allowed, to bytes: hex "00 61 73 6d".
function encode.hex(text)
  local digits = text:gsub("%s", "")
  if digits:match("%X") or #digits % 2 == 1 then fail("hex: not pairs of hex digits: " .. text) end
  return (digits:gsub("%x%x", function(pair) return string.char(tonumber(pair, 16)) end))
end

-- Space-padded decimal of `width` characters (archive headers).
local function decimal(value, width)
  return ("%-" .. width .. "d"):format(value):sub(1, width)
end

encode.by_name = {
  uleb = encode.uleb, sleb = encode.sleb, u8 = encode.u8, u16 = encode.u16, u32 = encode.u32,
  u64 = encode.u64, u32be = encode.u32be, u64be = encode.u64be, f32 = encode.f32, f64 = encode.f64,
  decimal = decimal, newlines = function(count) return ("\n"):rep(count) end,
}

return encode
