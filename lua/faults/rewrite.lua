-- rewrite.lua: changes of a module's bytes that keep it readable.
--
-- Takes: the bytes, where, and what to write there.  Gives: the bytes with every size around it put
-- right.  Rule of thumb: one change at a time; numbers keep their width where they can.

local rewrite = {}

local function uleb(value, width)
  local out = {}
  repeat
    local low = value & 0x7f
    value = value >> 7
    local more = width and #out + 1 < width or not width and value ~= 0
    out[#out + 1] = string.char(low | (more and 0x80 or 0))
  until not more
  return table.concat(out)
end
rewrite.uleb = uleb

-- The number at an offset, and its width.
function rewrite.leb_at(bytes, at)
  local value, width = 0, 0
  repeat
    local byte = bytes:byte(at + 1 + width)
    value = value | (byte & 0x7f) << (7 * width)
    width = width + 1
  until byte < 0x80
  return value, width
end

-- Signed, as short as can be.
function rewrite.sleb(value)
  local out = {}
  while true do
    local low = value & 0x7f
    value = value // 128
    if value == 0 and low < 64 or value == -1 and low >= 64 then
      return table.concat(out) .. string.char(low)
    end
    out[#out + 1] = string.char(low | 0x80)
  end
end

-- text in place of as many bytes.
function rewrite.put(bytes, at, text)
  return bytes:sub(1, at) .. text .. bytes:sub(at + #text + 1)
end

local function cut(bytes, at, length, text)
  return bytes:sub(1, at) .. text .. bytes:sub(at + length + 1)
end

-- Where the number that ends before `at` begins; its value is known, its width is not.
local function start_of_leb(bytes, at)
  local from = at - 1
  while bytes:byte(from) >= 0x80 do from = from - 1 end
  return from
end

local function grown(bytes, payload, size, by)
  local from = start_of_leb(bytes, payload)
  -- A byte before the number may look like a part of it: begin where it has the right value.
  while rewrite.leb_at(bytes, from) ~= size do from = from + 1 end
  return cut(bytes, from, payload - from, uleb(size + by))
end

-- text in place of `length` bytes at `at`.  around: the payloads {offset, size} around it, the
-- innermost first; their sizes stand right before them.
function rewrite.splice(bytes, at, length, text, around)
  local out, by = cut(bytes, at, length, text), #text - length
  for _, p in ipairs(around) do
    local before = #out
    out = grown(out, p.offset, p.size, by)
    by = by + #out - before
  end
  return out
end

return rewrite
