-- archive.lua: a library (ar file) of objects and other members.
--
-- Takes: a name, members, options.  Gives: bytes and a tree, as object.lua does.
-- Rule of thumb: headers as `ar D` writes them (no dates, no owners); what an option does not
-- reach, a path does.
--
--   local lib = archive("lib.a", { o1, { "notes.txt", "raw bytes" }, o2 }, { format = "gnu" })
--   lib:set("members[1].header.size", "999       ", { fix = false })
--
-- Members: an object or module of object.lua (its name is the member's name), { name, object or
--   bytes }, or a table with name, data, symbols (names for the index), and header fields date,
--   uid, gid, mode (text, padded for you).
-- Options: format = "gnu" | "bsd" | "thin" | "coff" (default gnu);
--   index = true | false | list of { symbol name, member (0-based) or { offset = n } };
--   sym64 = true: /SYM64/ (gnu); long_names = false: names are cut at 15 (gnu).
-- Paths: magic; index.header.*, and below index.table: count, offsets[i], strings[i] (gnu);
--   name, ranlib_size, ranlibs[i].name / .offset, strings_size, strings[i] (bsd);
--   names.header.*, names.entries[i] (gnu and coff long names); second.header.*, and below
--   second.table: members, offsets[i], count, owners[i], strings[i] (coff, behind a gnu index);
--   members[i].header.name .date .uid .gid .mode .size .end, members[i].body, members[i].pad; with
--   a long bsd name members[i].content holds name and body.  The body of an object holds the
--   object's own paths: members[0].body.linking.version.  A thin archive has headers only.

local B = require "bytes"

B.library()
local fail = B.fail

local Archive = {}
Archive.__index = Archive

local MEMBER = B.set_of "name data symbols date uid gid mode"
MEMBER[1], MEMBER[2] = true, true

local function normalize(member, i)
  if type(member) == "table" and member.build then
    return { name = member.name, data = member }
  end
  B.check_keys(("archive member %d"):format(i), member, MEMBER)
  local m = {}
  for key, value in pairs(member) do m[key] = value end
  m.name, m.data = member.name or member[1], member.data or member[2]
  if type(m.name) ~= "string" then fail(("archive member %d: name is missing"):format(i)) end
  if type(m.data) ~= "string" and not (type(m.data) == "table" and m.data.build) then
    fail(("archive member '%s': data is bytes or an object"):format(m.name))
  end
  return m
end

-- Symbols a member adds to the index.
local function symbols_of(m)
  if m.symbols then return m.symbols end
  if type(m.data) == "table" and m.data.defined then return m.data:defined() end
  return {}
end

local function column(name, text, width)
  text = tostring(text)
  if #text > width then fail(("archive: '%s' is wider than %s (%d)"):format(text, name, width)) end
  return B.raw(name, text .. (" "):rep(width - #text))
end

-- The 60 bytes in front of `content`.
local function header(name, content, m, outside)
  local size = outside and B.field("size", "decimal", outside, 10)
    or B.computed("size", "decimal", { what = "size", of = content }, 10)
  return B.group("header", {
    column("name", name, 16), column("date", m.date or 0, 12), column("uid", m.uid or 0, 6),
    column("gid", m.gid or 0, 6), column("mode", m.mode or 644, 8), size, B.raw("end", "`\n"),
  })
end

local function pad(content) return B.computed("pad", "newlines", { what = "odd", of = content }) end

local function body_node(m)
  if type(m.data) == "string" then return B.raw("body", m.data) end
  return m.data:build():folded "body"
end

-- Long names --------------------------------------------------------------------------------------

local function is_long(ar, m)
  if ar.format == "thin" then return true end
  if ar.format == "bsd" then return #m.name > 16 or m.name:find(" ", 1, true) ~= nil end
  return #m.name > 15
end

-- The // member of GNU and COFF archives; sets m.reference of members it names.
local function names_member(ar, members)
  local entries, at = {}, 0
  local ending = ar.format == "coff" and "\0" or "/\n"
  for _, m in ipairs(members) do
    if is_long(ar, m) and ar.long_names ~= false then
      m.reference = "/" .. at
      entries[#entries + 1] = B.item(B.raw("entry", m.name .. ending))
      at = at + #m.name + #ending
    end
  end
  if #entries == 0 then return nil end
  local content = B.group("entries", entries)
  local blank = { date = "", uid = "", gid = "", mode = "" }
  return B.group("names", { header("//", content, blank), content, pad(content) })
end

local function member_node(ar, m)
  if ar.format == "bsd" and is_long(ar, m) then
    local name, body = B.raw("name", m.name), body_node(m)
    local content = B.group("content", { name, body })
    return B.group("member", { header("#1/" .. #m.name, content, m), content, pad(content) })
  end
  local short = m.reference or m.name:sub(1, 15) .. (ar.format == "bsd" and "" or "/")
  if ar.format == "bsd" then short = m.name end
  if ar.format == "thin" then
    local size = type(m.data) == "string" and #m.data or #m.data:bytes()
    return B.group("member", { header(short, nil, m, size) })
  end
  local body = body_node(m)
  return B.group("member", { header(short, body, m), body, pad(body) })
end

-- Index -------------------------------------------------------------------------------------------

-- Rows { name, target }; target is a member node or a raw { offset = n }.
local function index_rows(ar, members, nodes)
  local rows = {}
  if type(ar.index) == "table" then
    for i, row in ipairs(ar.index) do
      local target = type(row[2]) == "table" and row[2] or nodes[(row[2] or -1) + 1]
      if not target then
        fail(("archive index row %d: no member %s"):format(i, tostring(row[2])))
      end
      rows[i] = { row[1], target }
    end
    return rows
  end
  for i, m in ipairs(members) do
    for _, name in ipairs(symbols_of(m)) do rows[#rows + 1] = { name, nodes[i] } end
  end
  return rows
end

local function offset_field(name, enc, target)
  if not B.is_node(target) then return B.field(name, enc, target.offset) end
  return B.computed(name, enc, { what = "offset", of = target })
end

local function gnu_index(ar, rows)
  local enc = ar.sym64 and "u64be" or "u32be"
  local offsets, strings = {}, {}
  for i, row in ipairs(rows) do
    offsets[i] = B.item(offset_field("offset", enc, row[2]))
    strings[i] = B.item(B.raw("string", row[1] .. "\0"))
  end
  local list = B.group("offsets", offsets)
  local content = B.group("table", { B.computed("count", enc, { what = "items", of = list }), list,
    B.group("strings", strings) })
  return B.group("index", { header(ar.sym64 and "/SYM64/" or "/", content, { mode = 0 }), content,
    pad(content) })
end

-- COFF's own, behind one as GNU has it: where the members are, then whose each symbol is.
local function coff_index(rows, nodes)
  local offsets, owners, strings, number = {}, {}, {}, {}
  for i, node in ipairs(nodes) do
    number[node] = i
    offsets[i] = B.item(offset_field("offset", "u32", node))
  end
  for i, row in ipairs(rows) do
    owners[i] = B.item(B.raw("owner", ("<I2"):pack(number[row[2]] or 0)))
    strings[i] = B.item(B.raw("string", row[1] .. "\0"))
  end
  local list, symbols = B.group("offsets", offsets), B.group("owners", owners)
  local content = B.group("table", { B.computed("members", "u32", { what = "items", of = list }),
    list, B.computed("count", "u32", { what = "items", of = symbols }), symbols,
    B.group("strings", strings) })
  return B.group("second", { header("/", content, { mode = 0 }), content, pad(content) })
end

local function bsd_index(rows)
  local ranlibs, strings, at = {}, {}, 0
  for i, row in ipairs(rows) do
    ranlibs[i] = B.item(B.group("ranlib", { B.field("name", "u32", at),
      offset_field("offset", "u32", row[2]) }))
    strings[i] = B.item(B.raw("string", row[1] .. "\0"))
    at = at + #row[1] + 1
  end
  local list, text = B.group("ranlibs", ranlibs), B.group("strings", strings)
  local content = B.group("table", {
    B.raw("name", "__.SYMDEF\0\0\0"),
    B.computed("ranlib_size", "u32", { what = "size", of = list }), list,
    B.computed("strings_size", "u32", { what = "size", of = text }), text })
  return B.group("index", { header("#1/12", content, {}), content, pad(content) })
end

-- Archives ----------------------------------------------------------------------------------------

local FORMATS = B.set_of "gnu bsd thin coff"
local OPTIONS = B.set_of "format index sym64 long_names"

local function build(ar)
  local kids = { B.raw("magic", ar.format == "thin" and "!<thin>\n" or "!<arch>\n") }
  local members, nodes = {}, {}
  for i, m in ipairs(ar.members) do members[i] = normalize(m, i - 1) end
  local names = ar.format ~= "bsd" and names_member(ar, members)
  for i, m in ipairs(members) do nodes[i] = B.item(member_node(ar, m)) end
  local rows = ar.index and index_rows(ar, members, nodes)
  if rows and (#rows > 0 or type(ar.index) == "table") then
    kids[#kids + 1] = ar.format == "bsd" and bsd_index(rows) or gnu_index(ar, rows)
    if ar.format == "coff" then kids[#kids + 1] = coff_index(rows, nodes) end
  end
  if names then kids[#kids + 1] = names end
  kids[#kids + 1] = B.group("members", nodes)
  return B.tree(kids)
end

function Archive:build()
  self.tree = self.tree or build(self)
  return self.tree
end

function Archive:bytes() return self:build():bytes() end

B.lend(Archive)

-- An archive; see the head of this file.
local function archive(name, members, opts)
  if type(name) ~= "string" then fail("archive: the name is a string") end
  if type(members) ~= "table" then fail("archive: members is a list") end
  opts = opts or {}
  B.check_keys("archive", opts, OPTIONS, name)
  local ar = { name = name, members = members }
  for key, value in pairs(opts) do ar[key] = value end
  ar.format = opts.format or "gnu"
  if not FORMATS[ar.format] then fail("archive: format is gnu, bsd, thin or coff") end
  if opts.index == nil then ar.index = true end
  local made = setmetatable(ar, Archive)
  made:build()
  return made
end

return archive
