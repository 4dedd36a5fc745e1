-- report/text.lua: any bytes as text that a report can carry; a linker prints what it likes.
--
-- Rule of thumb: what is no character is shown as U+FFFD, so that the rest can be read.

local text = {}

local UNKNOWN = "\u{FFFD}"

-- The same in valid UTF-8.
function text.utf8(bytes)
  local out, at = {}, 1
  while true do
    local n, bad = utf8.len(bytes, at)
    if n then break end
    out[#out + 1] = bytes:sub(at, bad - 1) .. UNKNOWN
    at = bad + 1
  end
  return table.concat(out) .. bytes:sub(at)
end

-- The value with all its text valid.
function text.clean(value)
  if type(value) == "string" then return text.utf8(value) end
  if type(value) ~= "table" then return value end
  local copy = {}
  for key, item in pairs(value) do copy[key] = text.clean(item) end
  return copy
end

local ENTITIES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }

-- The same in XML, which has not all characters.
function text.xml(bytes)
  local valid = text.utf8(bytes):gsub("\xef\xbf[\xbe\xbf]", UNKNOWN)
  return (valid:gsub("[\0-\8\11\12\14-\31]", UNKNOWN):gsub('[&<>"]', ENTITIES))
end

return text
