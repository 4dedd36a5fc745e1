-- wire.lua: plain values as bytes, for messages between processes.
--
-- Takes: nil, booleans, numbers, strings, and tables of them without cycles.  Gives: a string, and
-- the value back.  Rule of thumb: one letter of type, then what string.pack makes of it.

local wire = {}

local function write(value, out)
  local kind = type(value)
  if kind == "nil" then out[#out + 1] = "n"
  elseif kind == "boolean" then out[#out + 1] = value and "t" or "f"
  elseif math.type(value) == "integer" then out[#out + 1] = "i" .. string.pack("<i8", value)
  elseif kind == "number" then out[#out + 1] = "d" .. string.pack("<d", value)
  elseif kind == "string" then out[#out + 1] = "s" .. string.pack("<s4", value)
  elseif kind == "table" then
    out[#out + 1] = "{"
    for key, item in pairs(value) do
      write(key, out)
      write(item, out)
    end
    out[#out + 1] = "}"
  else
    error("wire: a " .. kind .. " cannot be sent")
  end
end

-- The bytes of a value.
function wire.encode(value)
  local out = {}
  write(value, out)
  return table.concat(out)
end

local FORMAT = { i = "<i8", d = "<d", s = "<s4" }

local function read(text, at)
  local letter = text:sub(at, at)
  if letter == "n" then return nil, at + 1 end
  if letter == "t" or letter == "f" then return letter == "t", at + 1 end
  if FORMAT[letter] then return string.unpack(FORMAT[letter], text, at + 1) end
  if letter ~= "{" then error("wire: damaged message") end
  local result = {}
  at = at + 1
  while text:sub(at, at) ~= "}" do
    local key, item
    key, at = read(text, at)
    item, at = read(text, at)
    result[key] = item
  end
  return result, at + 1
end

-- The value of bytes that encode() made.
function wire.decode(text) return (read(text, 1)) end

return wire
