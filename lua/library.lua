-- library.lua: a shared library, declared: a module with "dylink.0" that a program is linked with,
-- or loaded beside.
--
-- Takes: declarations.  Gives: an object of object.lua that is none: no "linking", and in front of
-- all sections "dylink.0".  Rule of thumb: what wasm-ld -shared writes is the default; every field
-- has a path ("dylink.0.mem_info.memory_size"), and can be spoiled by it.
--
--   local l = library "libx.so"
--   l:exported("twice", { sig = "i32 -> i32", code = "local.get 0; i32.const 2; i32.mul" })
--   l:address("x", 4, { tls = true })        -- an exported address, counted from __memory_base
--   l:needs "liby.so"
--   return { "-pie", "--experimental-pic", "main.o", l }
--
-- Library options: wasm64; memory = false (it imports none) or { min, max, shared };
--   datacount (by default where the memory is shared); memory_size, memory_align, table_size,
--   table_align (of mem-info; default 0; mem_info = false: it has none);
--   legacy = true: the section is "dylink", as of old: it has those numbers, and what is needed.
-- Verbs, beside those of an object:
--   l:exported(name, {sig, code, ...})  a function (as o:func), exported; short: what its code
--                                       names takes as few bytes as it can, as in linkers' own
--   l:address(name, value, {tls, flags}) data: an immutable global of that value, exported; tls or
--                                       flags: and listed so in export-info
--   l:export_info(name, flags)  l:import_info(module, name, flags)   flags: a number or words
--   l:needs(name, ...)  l:runtime_path(path, ...)
--   l:imported(module, name, {type, mutable})   a global that the loader provides; returns it;
--                                       its name here: of the GOT "GOT.mem.x", else as it is

local B = require "bytes"
local common = require "declare"
local object = require "object"
local sections = require "sections"

B.library()
local fail = B.fail

local library = {}

local Library = {}

local BINDING = { weak = 1, ["local"] = 2 }

-- "weak undefined" as a number.
local function flags_of(flags)
  if type(flags) ~= "string" then return flags or 0 end
  local bits = 0
  for word in flags:gmatch("%S+") do
    bits = bits | (BINDING[word] or common.FLAG[word] or fail("library: unknown flag " .. word))
  end
  return bits
end

function Library:exported(name, opts)
  local f = self:func(name, opts)
  self:export(name, f)
  return f
end

local ADDRESS = B.set_of "tls flags"

function Library:address(name, value, opts)
  opts = opts or {}
  B.check_keys("address", opts, ADDRESS, name)
  local init = { self.pointer .. ".const " .. value }
  local g = self:global(name, { type = self.pointer, init = init })
  self:export(name, g)
  local flags = flags_of(opts.flags) | (opts.tls and common.FLAG.tls or 0)
  if flags ~= 0 then self:export_info(name, flags) end
  return g
end

function Library:imported(module, name, opts)
  opts = opts or {}
  local own = module:find "^GOT%." and module .. "." .. name or name
  return self:global(own, { undefined = true, import_module = module, import_name = name,
    type = opts.type or self.pointer, mutable = opts.mutable })
end

function Library:export_info(name, flags)
  table.insert(self.dylink.exports, { B.string("name", name),
    B.field("flags", "uleb", flags_of(flags)) })
end

function Library:import_info(module, name, flags)
  table.insert(self.dylink.imports, { B.string("module", module), B.string("field", name),
    B.field("flags", "uleb", flags_of(flags)) })
end

local function add_strings(list, ...)
  for _, text in ipairs { ... } do list[#list + 1] = { B.string("string", text) } end
end

function Library:needs(...) add_strings(self.dylink.needed, ...) end

function Library:runtime_path(...) add_strings(self.dylink.runtime_path, ...) end

-- The section ------------------------------------------------------------------------------------

local function part(name, id, kids)
  return B.group(name, { B.field("type", "u8", id), B.computed("size", "uleb", { what = "rest" }),
    table.unpack(kids) })
end

local function list_part(name, id, entries)
  local kids = {}
  for i, fields in ipairs(entries) do kids[i] = B.group("entry", fields) end
  return part(name, id, { B.vector("entries", kids) })
end

local LISTS = { { "needed", 2 }, { "exports", 3 }, { "imports", 4 }, { "runtime_path", 5 } }

local function numbers_of(opts)
  local numbers = {}
  for i, name in ipairs { "memory_size", "memory_align", "table_size", "table_align" } do
    numbers[i] = B.field(name, "uleb", opts[name] or 0)
  end
  return numbers
end

-- "dylink" has the numbers and the needed libraries, and no sub-sections.
local function legacy_section(l)
  local kids, needed = numbers_of(l.library_opts), {}
  for i, fields in ipairs(l.dylink.needed) do needed[i] = B.group("entry", fields) end
  kids[#kids + 1] = B.vector("needed", needed)
  return sections.section("dylink", 0, kids, l.size_width, "dylink")
end

-- For sections.lua: what stands in front of all sections.
function Library.first_section(l)
  local kids, opts = {}, l.library_opts
  if opts.legacy then return legacy_section(l) end
  if opts.mem_info ~= false then kids[1] = part("mem_info", 1, numbers_of(opts)) end
  for _, list in ipairs(LISTS) do
    local name, id = table.unpack(list)
    if #l.dylink[name] > 0 then kids[#kids + 1] = list_part(name, id, l.dylink[name]) end
  end
  return sections.section("dylink.0", 0, kids, l.size_width, "dylink.0")
end

local OPTIONS = B.set_of("wasm64 memory mem_info memory_size memory_align table_size table_align "
  .. "legacy datacount")

local MEMORY = B.set_of "min max shared"

-- For object.lua: the memory that is imported, or false.
local function memory_of(name, opts)
  if opts.memory == false then return false end
  local memory = { module = "env", field = "memory" }
  B.check_keys("memory of library", opts.memory or {}, MEMORY, name)
  for key, value in pairs(opts.memory or {}) do memory[key] = value end
  return memory
end

-- library "libx.so" or library("libx.so", options)
function library.library(name, opts)
  opts = opts or {}
  B.check_keys("library", opts, OPTIONS, name)
  local memory, datacount = memory_of(name, opts), opts.datacount
  if datacount == nil then datacount = memory and memory.shared or false end
  local l = object.object(name, { linking = false, memory64 = opts.wasm64, size_width = 0,
    memory = memory, datacount = datacount })
  for verb, work in pairs(Library) do l[verb] = work end
  l.library_opts, l.pointer = opts, opts.wasm64 and "i64" or "i32"
  l.dylink = { needed = {}, exports = {}, imports = {}, runtime_path = {} }
  return l
end

return library
