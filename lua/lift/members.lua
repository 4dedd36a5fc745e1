-- lift/members.lua: the bytes of an archive to the Lua text that builds it.
--
-- Takes: a name, bytes, and what lifts a member: add(name, bytes) gives the text of an expression.
-- Gives: lines of a function's body; nil and why there are none.
-- Rule of thumb: as for objects: what archive.lua makes of it is compared, and decides.

local archive = require "archive"
local quote = require "lift.quote"

local members = {}

local HEADER = 60

local function trim(text) return (text:gsub(" +$", "")) end

-- The members of an archive of GNU's or BSD's kind: list of { name, bytes, date, uid, gid, mode,
-- offset }, and what it has besides.
local function read(bytes)
  local list, at, names, about = {}, 9, "", { by_offset = {} }
  while at + HEADER <= #bytes + 1 do
    local header = bytes:sub(at, at + HEADER - 1)
    local size = math.tointeger(tonumber(trim(header:sub(49, 58)))) or error("a header", 0)
    local body = bytes:sub(at + HEADER, at + HEADER + size - 1)
    local name = trim(header:sub(1, 16))
    if name == "/" then about.index = body
    elseif name == "//" then names = body
    elseif name == "/SYM64/" or name:find("^#1/") then error("an archive that is not GNU's", 0)
    else
      local long = name:match("^/(%d+)$")
      local m = { bytes = body, offset = at - 1,
        name = long and names:match("^[^\n]*", long + 1):gsub("/$", "") or name:gsub("/$", "") }
      for field, range in pairs { date = { 17, 28 }, uid = { 29, 34 }, gid = { 35, 40 },
        mode = { 41, 48 } } do
        m[field] = trim(header:sub(range[1], range[2]))
      end
      list[#list + 1] = m
      about.by_offset[at - 1] = #list - 1
    end
    at = at + HEADER + size + (size & 1)
  end
  return list, about
end

-- The index as rows { name, member }.
local function index_rows(about)
  local n = (">I4"):unpack(about.index)
  local rows, at = {}, 5 + 4 * n
  for i = 1, n do
    local name
    name, at = ("z"):unpack(about.index, at)
    local offset = (">I4"):unpack(about.index, 1 + 4 * i)
    rows[i] = { name, about.by_offset[offset] or error("an index of nothing", 0) }
  end
  return rows
end

-- Header fields that are not archive.lua's own.
local function fields_of(m)
  local list = {}
  for _, field in ipairs { "date", "uid", "gid", "mode" } do
    if m[field] ~= (field == "mode" and "644" or "0") then
      list[#list + 1] = ("%s = %s"):format(field, quote.string(m[field]))
    end
  end
  return list
end

local function is_same(bytes, name, list, index)
  local given = {}
  for i, m in ipairs(list) do
    given[i] = { m.name, m.bytes, date = m.date, uid = m.uid, gid = m.gid, mode = m.mode }
  end
  local ok, ar = pcall(archive, name, given, { index = index })
  return ok and ar:bytes() == bytes
end

local function index_text(rows)
  local texts = {}
  for i, row in ipairs(rows) do
    texts[i] = ("    { %s, %d },"):format(quote.string(row[1]), row[2])
  end
  return ("{ index = {\n%s\n  } }"):format(table.concat(texts, "\n"))
end

function members.is_archive(bytes) return bytes:sub(1, 8) == "!<arch>\n" end

-- The members, each { name, bytes, ... }; none where the archive is not understood.
function members.list(bytes)
  local ok, list = pcall(read, bytes)
  return ok and list or {}
end

function members.lines(name, bytes, add)
  local ok, list, about = pcall(read, bytes)
  if not ok then return nil, list end
  local rows
  ok, rows = pcall(about.index and index_rows or function() return false end, about)
  if not ok then return nil, rows end
  if not is_same(bytes, name, list, rows) then return nil, "not as archive.lua writes it" end
  local lines = { ("return archive(%s, {"):format(quote.string(name)) }
  for _, m in ipairs(list) do
    local words = { quote.string(m.name) }
    words[2] = m.bytes:sub(1, 4) == "\0asm" and add(m.name, m.bytes) or quote.long(m.bytes)
    if words[2]:find("^[%w_]+%(%)$") then words[2] = words[2]:gsub("$", ":bytes()") end
    table.move(fields_of(m), 1, 4, 3, words)
    lines[#lines + 1] = ("  { %s },"):format(table.concat(words, ", "))
  end
  lines[#lines + 1] = ("}, %s)"):format(rows and index_text(rows) or "{ index = false }")
  return lines, {}
end

return members
