-- rewrite.lua: changes of a module's bytes that keep it readable.
--
-- Takes: the bytes, where, and what to write there.  Gives: the bytes with every size around it put
-- right.  Rule of thumb: one change at a time; numbers keep their width where they can.

local encode = require "encode"

local rewrite = {}

local uleb = encode.uleb
rewrite.uleb, rewrite.sleb = uleb, encode.sleb

-- The number at an offset, and its width.
function rewrite.leb_at(bytes, at) return encode.leb(bytes, at + 1) end

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

-- Sections ----------------------------------------------------------------------------------------

function rewrite.section(m, kind)
  for _, s in ipairs(m.sections) do
    if s.kind == kind then return s end
  end
end

function rewrite.body(bytes, s) return bytes:sub(s.offset + 1, s.offset + s.size) end

local ORDER = {}
for i, kind in ipairs { "type", "import", "function", "table", "memory", "tag", "global", "export",
  "start", "elem", "datacount", "code", "data", "custom" } do
  ORDER[kind] = i
end

-- payload in place of the section of that kind, or, where there is none, at its place.
function rewrite.with_section(m, kind, payload)
  local s = rewrite.section(m, kind)
  if s then return rewrite.splice(m.bytes, s.offset, s.size, payload, { s }) end
  local ids = { start = 8, elem = 9, tag = 13, global = 6, export = 7, table = 4, datacount = 12,
    data = 11 }
  local at = 8
  for _, other in ipairs(m.sections) do
    if other.kind ~= "custom" and ORDER[other.kind] < ORDER[kind] then
      at = other.offset + other.size
    end
  end
  return cut(m.bytes, at, 0, string.char(ids[kind]) .. uleb(#payload) .. payload)
end

-- The section with its header, which begins where the one before it ends; and the rest.
function rewrite.whole(m, s)
  local before = m.sections[s.index]
  local from = before and before.offset + before.size or 8
  return m.bytes:sub(from + 1, s.offset + s.size), from
end

function rewrite.without(m, s)
  local text, from = rewrite.whole(m, s)
  return cut(m.bytes, from, #text, "")
end

-- The first custom section of that name.
function rewrite.custom(m, name)
  for _, s in ipairs(m.customs) do
    if s.name == name then return s end
  end
end

-- The module with other contents of that custom section.
function rewrite.with_contents(m, s, contents)
  return rewrite.splice(m.bytes, s.offset + s.size - #s.bytes, #s.bytes, contents, { s })
end

-- A section of `list`, texts of items.
function rewrite.with_items(m, kind, list)
  return rewrite.with_section(m, kind, uleb(#list) .. table.concat(list))
end

-- The texts of items of a section, whose offsets say where each begins.
function rewrite.texts(m, kind, items)
  local s, out = rewrite.section(m, kind), {}
  for i, item in ipairs(items) do
    local to = items[i + 1] and items[i + 1].offset or s.offset + s.size
    out[i] = m.bytes:sub(item.offset + 1, to)
  end
  return out
end

-- A copy of the list with another item i; without it where text is nil; with one more where i is
-- behind the last.
function rewrite.changed(list, i, text)
  local out = table.move(list, 1, #list, 1, {})
  if text then out[i] = text else table.remove(out, i) end
  return out
end

function rewrite.swapped(list, i, k)
  local out = table.move(list, 1, #list, 1, {})
  out[i], out[k] = out[k], out[i]
  return out
end

-- With its length before it.
function rewrite.text(text) return uleb(#text) .. text end

return rewrite
