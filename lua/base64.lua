-- base64.lua: bytes as base64, for JSON and for what a page says of its own parts.

local DIGITS, alphabet = {}, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
for i = 0, 63 do DIGITS[i] = alphabet:sub(i + 1, i + 1) end

local function digits(three)
  local n = string.unpack(">I3", three)
  return DIGITS[n >> 18] .. DIGITS[n >> 12 & 63] .. DIGITS[n >> 6 & 63] .. DIGITS[n & 63]
end

-- The text for these bytes.
return function(bytes)
  local padding = -#bytes % 3
  local text = (bytes .. ("\0"):rep(padding)):gsub("...", digits)
  return text:sub(1, #text - padding) .. ("="):rep(padding)
end
