-- features.lua: the section target_features of an object, read from its bytes.
--
-- Takes: bytes, of anything.  Gives: the features that it names, or the object with such a section;
-- for the inputs of a link, what they use, and what the output may.
-- Rule of thumb: what is damaged before the section is reached says nothing, and stays as it is.

local features = {}

local NAME = "target_features"
local PLAIN = "\0asm\1\0\0\0"
local CUSTOM = 0

-- The number in ULEB128 at a position, and the position behind it; nil where it is cut off.
local function uleb(bytes, at)
  local value, shift = 0, 0
  repeat
    local byte = bytes:byte(at)
    if not byte or shift > 28 then return nil end
    value, shift, at = value | (byte & 0x7f) << shift, shift + 7, at + 1
  until byte < 0x80
  return value, at
end

-- The text with its length before it, and the position behind it.
local function text(bytes, at)
  local size, from = uleb(bytes, at)
  if not size or from + size > #bytes + 1 then return nil end
  return bytes:sub(from, from + size - 1), from + size
end

-- The content of the section behind its name; false: there is none; nil: no sound list of sections.
local function find(bytes)
  if bytes:sub(1, 8) ~= PLAIN then return nil end
  local found, at = false, 9
  while at <= #bytes do
    local content, behind = text(bytes, at + 1)
    if not content then return nil end
    local name, from = text(content, 1)
    if bytes:byte(at) == CUSTOM and name == NAME then found = content:sub(from) end
    at = behind
  end
  return found
end

-- The list of { prefix, name } that an object has; nil when it has no such section.
function features.of(bytes)
  local content = find(bytes)
  if not content then return nil end
  local list, count, at = {}, uleb(content, 1)
  for i = 1, count or 0 do
    local name, behind = text(content, at + 1)
    if not name then break end
    list[i], at = { prefix = content:sub(at, at), name = name }, behind
  end
  return list
end

-- The names of those that any of the files (name -> bytes) uses, sorted.
function features.used(files)
  local seen, names = {}, {}
  for _, bytes in pairs(files) do
    for _, f in ipairs(features.of(bytes) or {}) do
      if f.prefix ~= "-" and not seen[f.name] then
        seen[f.name], names[#names + 1] = true, f.name
      end
    end
  end
  table.sort(names)
  return names
end

-- The names of those that the output of a link may use: what --features lists, or all that its
-- inputs use, and what --extra-features adds.
function features.allowed(arguments, files)
  local names, extra = nil, {}
  for _, word in ipairs(arguments) do
    local list = word:match("^%-%-features=(.*)$")
    if list then names = names or {} end
    for name in (list or word:match("^%-%-extra%-features=(.*)$") or ""):gmatch("[^,]+") do
      table.insert(list and names or extra, name)
    end
  end
  names = names or features.used(files)
  return table.move(extra, 1, #extra, #names + 1, names)
end

-- The object with an empty list of features; what is no sound list of sections, as it is.
function features.with_none(bytes)
  if find(bytes) ~= false then return bytes end
  return bytes .. string.pack("B s1", CUSTOM, string.pack("s1 B", NAME, 0))
end

return features
