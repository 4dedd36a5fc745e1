-- lift/read.lua: the bytes of an object to what object.lua would be told to build it; of a shared
-- library, to what library.lua would.
--
-- Takes: bytes.  Gives: a table of its sections and what is in them, by the index spaces of the
-- object; an error, a string, where that is not to be understood.
-- Rule of thumb: nothing is judged here.  What is read too liberally is built otherwise than it
-- was, which lift.lua sees when it compares.
--
--   sections   list of { id, path, width (of the size), from, to (contents), first, last (all) }
--   types      list of { sig = "i32 -> i64" } or { raw = bytes }
--   imports    list of entities        defined  kind -> list of entities
--   entities   { kind, module, field, sig, type, mutable, min, max, shared, is64, page_size, init }
--   code       list of { locals = { { count, type } }, from, to, first }
--   data       list of { flags, memory, offset = { from, to }, from, to, first, name, align,
--              segment_flags }
--   symbols, comdats, inits, exports, elems, features, producers, start
--   dylink, names, and entities' labels: of a shared library (lift/dylink.lua)
--   relocs     section index -> list of { type, offset, index, addend }, sorted by offset

local asm = require "asm"
local dylink = require "lift.dylink"
local encode = require "encode"

local read = {}

local Cursor = {}
Cursor.__index = Cursor

local function cursor(bytes, from, to)
  return setmetatable({ bytes = bytes, at = from, to = to or #bytes }, Cursor)
end

function Cursor:done() return self.at > self.to end

function Cursor:u8()
  if self.at > self.to then error("it is cut off", 0) end
  self.at = self.at + 1
  return self.bytes:byte(self.at - 1)
end

local function leb(c, is_signed)
  local value, width = encode.leb(c.bytes, c.at, is_signed)
  if not value or c.at + width - 1 > c.to then error("it is cut off", 0) end
  c.at = c.at + width
  return value, width
end

-- A number, and how many bytes it took.
function Cursor:uleb() return leb(self, false) end
function Cursor:sleb() return leb(self, true) end

function Cursor:take(n)
  if self.at + n - 1 > self.to then error("it is cut off", 0) end
  self.at = self.at + n
  return self.bytes:sub(self.at - n, self.at - 1)
end

-- A cursor of the next n bytes, which are passed.
function Cursor:part(n)
  local inner = cursor(self.bytes, self.at, self.at + n - 1)
  self:take(n)
  return inner
end

function Cursor:name() return self:take((self:uleb())) end

function Cursor:list(item)
  local list = {}
  for i = 1, (self:uleb()) do list[i] = item(self, i) end
  return list
end

read.cursor = cursor

-- Types -------------------------------------------------------------------------------------------

local TYPES = {}
for name, byte in pairs(asm.valtypes) do TYPES[byte:byte()] = name end

-- A value type by name, or as number where it has none.
local function valtype(c)
  local byte = c:u8()
  return TYPES[byte] or byte
end
read.type_names = TYPES

local function read_type(c)
  if c:u8() ~= 0x60 then error("a type that is no function's", 0) end
  local params, results = c:list(valtype), c:list(valtype)
  return { sig = ("%s -> %s"):format(table.concat(params, " "), table.concat(results, " "))
    :gsub("^ ", ""):gsub(" $", "") }
end

local function read_limits(c, e)
  local flags = c:u8()
  e.min = c:uleb()
  if flags & 1 ~= 0 then e.max = c:uleb() end
  e.shared, e.is64 = flags & 2 ~= 0 or nil, flags & 4 ~= 0 or nil
  if flags & 8 ~= 0 then e.page_size = c:uleb() end
  if flags > 15 then error("limits of unknown flags", 0) end
end

local KINDS = { [0] = "function", "table", "memory", "global", "tag" }

local OF_KIND = {}

OF_KIND["function"] = function(c, e, d) e.sig = d.types[c:uleb() + 1] end
function OF_KIND.table(c, e)
  e.type = valtype(c)
  read_limits(c, e)
end
OF_KIND.memory = read_limits
function OF_KIND.global(c, e)
  e.type = valtype(c)
  e.mutable = c:u8() ~= 0 or nil
end
function OF_KIND.tag(c, e, d)
  if c:u8() ~= 0 then error("a tag of an unknown attribute", 0) end
  e.sig = d.types[c:uleb() + 1]
end

local function entity(c, kind, d)
  local e = { kind = kind }
  OF_KIND[kind](c, e, d)
  return e
end

-- Entities of a kind that a section defines.
local function define(d, c, kind, more)
  for _ = 1, (c:uleb()) do
    local e = entity(c, kind, d)
    if more then more(c, e) end
    table.insert(d.spaces[kind], e)
    table.insert(d.defined[kind], e)
  end
end

-- Standard sections -------------------------------------------------------------------------------

local STANDARD = {}

STANDARD[1] = function(c, d) d.types = c:list(read_type) end

STANDARD[2] = function(c, d)
  for _ = 1, (c:uleb()) do
    local module, field = c:name(), c:name()
    local kind = KINDS[c:u8()] or error("an import of an unknown kind", 0)
    local e = entity(c, kind, d)
    e.module, e.field = module, field
    table.insert(d.imports, e)
    table.insert(d.spaces[kind], e)
  end
end

STANDARD[3] = function(c, d) define(d, c, "function") end
STANDARD[4] = function(c, d) define(d, c, "table") end
STANDARD[5] = function(c, d) define(d, c, "memory") end
STANDARD[13] = function(c, d) define(d, c, "tag") end

-- Where a constant expression lies, its last `end` left out.
local function expression(c)
  local from = c.at
  repeat
    local op = c:u8()
    if op == 0x41 or op == 0x42 then c:sleb()
    elseif op == 0x43 then c:take(4)
    elseif op == 0x44 then c:take(8)
    elseif op == 0x23 or op == 0xd2 then c:uleb()
    elseif op == 0xd0 then c:u8()
    elseif op ~= 0x0b and not (op >= 0x6a and op <= 0x6c) and not (op >= 0x7c and op <= 0x7e) then
      error("an initial value that is no simple constant", 0)
    end
  until op == 0x0b
  return { from = from, to = c.at - 2 }
end

STANDARD[6] = function(c, d)
  define(d, c, "global", function(_, e) e.init = expression(c) end)
end

STANDARD[7] = function(c, d)
  d.exports = c:list(function()
    return { name = c:name(), kind = KINDS[c:u8()], index = c:uleb() }
  end)
end

STANDARD[8] = function(c, d) d.start = c:uleb() end

STANDARD[9] = function(c, d)
  d.elems = c:list(function()
    local el = { flags = c:uleb() }
    if el.flags & 4 ~= 0 then error("elements given as expressions", 0) end
    if el.flags & 1 == 0 then
      if el.flags & 2 ~= 0 then el.table = c:uleb() end
      el.offset = expression(c)
    end
    if el.flags & 3 ~= 0 then el.elemkind = c:u8() end
    el.funcs = c:list(function() return (c:uleb()) end)
    return el
  end)
end

STANDARD[10] = function(c, d)
  d.code = c:list(function()
    local f = { first = c.at }
    local size = c:uleb()
    f.to = c.at + size - 1
    f.locals = c:list(function() return { (c:uleb()), valtype(c) } end)
    f.from = c.at
    c.at = f.to + 1
    return f
  end)
end

STANDARD[11] = function(c, d)
  d.data = c:list(function()
    local s = { first = c.at, flags = c:uleb() }
    if s.flags & 2 ~= 0 then s.memory = c:uleb() end
    if s.flags & 1 == 0 then s.offset = expression(c) end
    local size = c:uleb()
    s.from, s.to = c.at, c.at + size - 1
    c:take(size)
    return s
  end)
end

STANDARD[12] = function(c, d) d.datacount = c:uleb() end

-- Custom sections ---------------------------------------------------------------------------------

local SYMBOLS = { [0] = "function", "data", "global", "section", "tag", "table" }
local UNDEFINED, EXPLICIT = 0x10, 0x40

local function read_symbol(c, d)
  local s = { kind = SYMBOLS[c:u8()] or error("a symbol of an unknown kind", 0), flags = c:uleb() }
  s.undefined = s.flags & UNDEFINED ~= 0
  if s.kind == "data" then
    s.name = c:name()
    if not s.undefined then s.segment, s.offset, s.size = c:uleb(), c:uleb(), c:uleb() end
    return s
  end
  s.index = c:uleb()
  if s.kind == "section" then return s end
  if not s.undefined or s.flags & EXPLICIT ~= 0 then s.name = c:name() end
  s.entity = d.spaces[s.kind][s.index + 1] or error("a symbol of nothing", 0)
  s.name = s.name or s.entity.field
  return s
end

local SUBSECTIONS = {}

SUBSECTIONS[5] = function(c, d)
  for i, name, align, flags in function(_, i)
    if c:done() then return end
    return i + 1, c:name(), c:uleb(), c:uleb()
  end, c:uleb(), 0 do
    local s = d.data[i] or error("more segment names than segments", 0)
    s.name, s.align, s.segment_flags = name, align, flags
  end
end

SUBSECTIONS[6] = function(c, d)
  d.inits = c:list(function() return { priority = c:uleb(), symbol = c:uleb() } end)
end

local MEMBERS = { [0] = "data", "function", "global", "tag", "table", "section" }

SUBSECTIONS[7] = function(c, d)
  d.comdats = c:list(function()
    local g = { name = c:name(), flags = c:uleb() }
    g.entries = c:list(function() return { kind = MEMBERS[c:u8()], index = c:uleb() } end)
    return g
  end)
end

SUBSECTIONS[8] = function(c, d) d.symbols = c:list(function() return read_symbol(c, d) end) end

local CUSTOM = {}

function CUSTOM.linking(c, d)
  d.linking = true
  if c:uleb() ~= 2 then error("linking metadata of another version", 0) end
  while not c:done() do
    local kind = c:u8()
    local inner = c:part((c:uleb()))
    if not SUBSECTIONS[kind] then error("an unknown subsection of linking", 0) end
    SUBSECTIONS[kind](inner, d)
  end
end

local function read_relocs(c, d)
  local target = c:uleb()
  d.relocs[target] = c:list(function()
    local r = { type = c:uleb(), offset = c:uleb(), index = c:uleb() }
    if asm.has_addend(r.type) then r.addend = c:sleb() end
    return r
  end)
  for i, r in ipairs(d.relocs[target]) do
    if i > 1 and r.offset < d.relocs[target][i - 1].offset then
      error("relocations out of order", 0)
    end
  end
end

function CUSTOM.producers(c, d)
  d.producers = {}
  for _ = 1, (c:uleb()) do
    local field = c:name()
    for _ = 1, (c:uleb()) do table.insert(d.producers, { field, c:name(), c:name() }) end
  end
end

function CUSTOM.target_features(c, d)
  d.features = c:list(function() return c:take(1) .. c:name() end)
end

local PATHS = { "type", "import", "function", "table", "memory", "global", "export", "start",
  "elem", "code", "data", "datacount", "tag" }

local function read_section(file, d, seen)
  local s = { first = file.at, id = file:u8() }
  local size
  size, s.width = file:uleb()
  s.size = size
  local c = cursor(file.bytes, file.at, file.at + size - 1)
  s.last = c.to
  file:take(size)
  local name = s.id == 0 and c:name() or PATHS[s.id] or error("an unknown section", 0)
  s.path = seen[name] and ("%s#%d"):format(name, seen[name]) or name
  seen[name] = (seen[name] or 0) + 1
  s.name, s.from, s.to = s.id == 0 and name or nil, c.at, c.to
  table.insert(d.sections, s)
  if s.id ~= 0 then STANDARD[s.id](c, d)
  elseif #d.sections == 1 and dylink.first[name] then dylink.first[name](c, d)
  elseif d.dylink and name == "name" then s.is_custom = not dylink.read_names(c, d)
  elseif CUSTOM[name] then CUSTOM[name](c, d)
  elseif name:find("^reloc%.") then read_relocs(c, d)
  else s.is_custom = true end
  if not s.is_custom and not c:done() then error("bytes behind the end of " .. name, 0) end
end

-- The object or shared library in these bytes.
function read.object(bytes)
  local d = { bytes = bytes, sections = {}, types = {}, imports = {}, defined = {}, spaces = {},
    exports = {}, elems = {}, code = {}, data = {}, symbols = {}, comdats = {}, inits = {},
    relocs = {} }
  for _, kind in pairs(KINDS) do d.defined[kind], d.spaces[kind] = {}, {} end
  local file, seen = cursor(bytes, 1), {}
  if file:take(8) ~= "\0asm\1\0\0\0" then error("it is no object", 0) end
  while not file:done() do read_section(file, d, seen) end
  if #d.code ~= #d.defined["function"] then error("functions without code", 0) end
  if d.dylink then dylink.label(d) end
  for _, s in ipairs(d.data) do
    if not s.name then error("a segment without a name", 0) end
  end
  return d
end

return read
