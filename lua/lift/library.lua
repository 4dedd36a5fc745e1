-- lift/library.lua: a shared library as the Lua text that builds it.
--
-- Takes: what lift/read.lua found of a module with "dylink.0", and how it is to be said (see
-- lift/write.lua; how.infos: export-info has lines of its own).  Gives: lines, as write.object.
-- Rule of thumb: a library has no symbols and no relocations.  What it exports is declared in the
-- order of its exports, and code names things where an index is as wide as a linker writes names.

local code = require "lift.code"
local declare = require "declare"
local frame = require "lift.frame"
local quote = require "lift.quote"
local write = require "lift.write"

local library = {}

local TABLE_NAME = "__indirect_function_table"

local Writer = setmetatable({}, { __index = write.Writer })
Writer.__index = Writer

local q = quote.string

-- Head --------------------------------------------------------------------------------------------

local function memory_text(self)
  local first = self.object.imports[1]
  for i, e in ipairs(self.object.imports) do
    if e.kind == "memory" and (i > 1 or e.module ~= "env" or e.field ~= "memory") then
      error("a memory that is not env.memory, imported first", 0)
    end
  end
  if not first or first.kind ~= "memory" then return "memory = false" end
  first.is_made = true
  self.object.is64 = first.is64
  local list = frame.limits(first, frame.usual_pages(self.object))
  if first.is64 then list[#list] = nil end -- that the library is
  return #list > 0 and ("memory = { %s }"):format(table.concat(list, ", ")) or nil, first.shared
end

local NUMBERS = { "memory_size", "memory_align", "table_size", "table_align" }

function Writer:head(name)
  local d, options = self.object, {}
  local memory, is_shared = memory_text(self)
  options[1] = memory
  if d.is64 then options[#options + 1] = "wasm64 = true" end
  local has_count, is_usual = d.datacount ~= nil, is_shared or false
  if #d.data > 0 and has_count ~= is_usual then
    options[#options + 1] = "datacount = " .. tostring(has_count)
  end
  if d.dylink.is_legacy then options[#options + 1] = "legacy = true" end
  if not d.dylink.numbers then options[#options + 1] = "mem_info = false" end
  for _, field in ipairs(NUMBERS) do
    local n = d.dylink.numbers and d.dylink.numbers[field] or 0
    if n ~= 0 then options[#options + 1] = ("%s = %d"):format(field, n) end
  end
  if #options == 0 then return self:line("local o = library %s", q(name)) end
  self:call(("local o = library(%s"):format(q(name)), options)
end

-- Things ------------------------------------------------------------------------------------------

-- For code.lua: names in place of indices.
function Writer:lifter(_, where, n)
  local exact = self.how.exact[where]
  local lifter = code.lifter(self.object, {}, {}, self.default_table)
  lifter:name_indices(not (exact and exact[n or 1]), where == "none" or self.is_short)
  self.last = lifter
  return lifter
end

-- Code in which every name is short says so.
function Writer:body(n)
  local raw = self.raw
  local options, tail = write.Writer.body(self, n)
  if self.last.short == 0 or self.last.padded > 0 or self.raw > raw then return options, tail end
  self.is_short = true
  options, tail = write.Writer.body(self, n)
  self.is_short = false
  options[#options + 1] = "short = true"
  return options, tail
end

local function handle_of(e)
  if e.kind == "memory" then return ('{ kind = "memory", index = %d }'):format(e.index) end
  return ("o:symbol %s"):format(q(e.label))
end

function Writer:function_text(index)
  local e = self.object.spaces["function"][index + 1]
  return e and handle_of(e) or tostring(index)
end

local function imported_global(self, e)
  local options, pointer = {}, self.object.is64 and "i64" or "i32"
  if e.type ~= pointer then options[1] = "type = " .. q(e.type) end
  if e.mutable then options[#options + 1] = "mutable = true" end
  self:call(("o:imported(%s, %s"):format(q(e.module), q(e.field)), options)
end

local BINDING = { "weak", "local" }

-- Flags as library.lua takes them.
local function flags_text(flags)
  local words, rest = { BINDING[flags & 3] }, flags & ~3
  for _, name in ipairs { "hidden", "undefined", "exported", "explicit_name", "no_strip", "tls",
    "absolute" } do
    if rest & declare.FLAG[name] ~= 0 then words[#words + 1] = name end
    rest = rest & ~declare.FLAG[name]
  end
  return (rest ~= 0 or flags & 3 == 3 or #words == 0) and tostring(flags)
    or q(table.concat(words, " "))
end

-- The address that an exported global holds, or nil where it is no such thing.
local function address_in(self, e, export)
  local pointer = self.object.is64 and "i64" or "i32"
  if export ~= e.label or e.type ~= pointer or e.mutable then return nil end
  return self:initial(e.init):match('^{ "' .. pointer .. '%.const (%-?%d+)" }$')
end

local function address(self, e, value)
  local flags = not self.how.infos and self.infos[e.label]
  self.infos[e.label] = not flags and self.infos[e.label] or nil
  local options = {}
  if flags == declare.FLAG.tls then options[1] = "tls = true"
  elseif flags then options[1] = "flags = " .. flags_text(flags) end
  self:call(("o:address(%s, %s"):format(q(e.label), value), options)
end

local VERB = { ["function"] = "func" }

-- export: the name under which it is exported at once, or nil.
function Writer:entity(e, export)
  e.is_declared = true
  if e.kind == "global" and e.module and (e.label == e.field or e.module:find "^GOT%.") then
    return imported_global(self, e)
  end
  local value = e.kind == "global" and not e.module and address_in(self, e, export)
  if value then
    e.export = export
    return address(self, e, value)
  end
  local options, tail = self:options_of(e)
  if e.kind == "memory" then return self:line("o:memory { %s }", table.concat(options, ", ")) end
  if e.module then
    options[#options + 1] = "undefined = true"
    if e.module ~= "env" then options[#options + 1] = "import_module = " .. q(e.module) end
    if e.label ~= e.field then options[#options + 1] = "import_name = " .. q(e.field) end
  end
  local verb = VERB[e.kind] or e.kind
  if e.kind == "function" and export == e.label then verb, e.export = "exported", export end
  self:call(("o:%s(%s"):format(verb, q(e.label)), options, tail)
end

function Writer:exports()
  for _, x in ipairs(self.object.exports) do
    local e = self.object.spaces[x.kind][x.index + 1] or error("an export of nothing", 0)
    if not e.is_declared and not e.is_made then self:declare(e, x.name) end
    if e.export == x.name then e.export = nil
    else self:line("o:export(%s, %s)", q(x.name), handle_of(e)) end
  end
end

-- Metadata ----------------------------------------------------------------------------------------

local function words_of(list)
  local words = {}
  for i, item in ipairs(list) do words[i] = q(item[1]) end
  return table.concat(words, ", ")
end

function Writer:dynamic()
  local l = self.object.dylink
  if #l.needed > 0 then self:line("o:needs(%s)", words_of(l.needed)) end
  for _, x in ipairs(l.exports) do
    if self.infos[x[1]] then self:line("o:export_info(%s, %s)", q(x[1]), flags_text(x[2])) end
  end
  for _, x in ipairs(l.imports) do
    self:line("o:import_info(%s, %s, %s)", q(x[1]), q(x[2]), flags_text(x[3]))
  end
  if #l.runtime_path > 0 then self:line("o:runtime_path(%s)", words_of(l.runtime_path)) end
end

-- Whether a list of names is that of all things as they are called in the case.
local function are_labels(list, things)
  if #list ~= #things then return false end
  for i, pair in ipairs(list) do
    local thing = things[i]
    if pair[1] ~= i - 1 or pair[2] ~= (thing.label or thing.name) then return false end
  end
  return true
end

local function names_lines(field, list, things)
  if are_labels(list, things) then return { field .. " = true," } end
  local pairs_of = {}
  for i, pair in ipairs(list) do
    local e = things[pair[1] + 1]
    local handle = e and e.label and handle_of(e) or tostring(pair[1])
    pairs_of[i] = ("{ %s, %s }"):format(handle, q(pair[2]))
  end
  return quote.field(field, pairs_of)
end

function Writer:names()
  local names, d, lines = self.object.names, self.object, {}
  if not names or self.has_unknown_names then return end
  for field, things in pairs { functions = d.spaces["function"], globals = d.spaces.global,
    data = d.data } do
    lines[field] = names[field] and names_lines(field, names[field], things)
  end
  local all = {}
  if names.module then all[1] = ("module = %s,"):format(q(names.module)) end
  for _, field in ipairs { "functions", "globals", "data" } do
    for _, line in ipairs(lines[field] or {}) do all[#all + 1] = line end
  end
  self:line("o:names {")
  for _, line in ipairs(all) do self:line("  " .. line) end
  self:line("}")
end

-- The lines of a function's body that gives the library, and how many functions are bytes.
function library.lines(d, name, how)
  how.elems, how.offsets = true, true
  local self = write.writer(d, how, Writer)
  self.default_table, self.infos = '"$' .. TABLE_NAME .. '"', {}
  for _, x in ipairs(d.dylink.exports) do self.infos[x[1]] = x[2] end
  self:head(name)
  self.top = #self.lines + 1
  self:types()
  for _, s in ipairs(d.sections) do
    if s.is_custom then
      self:custom(s)
      self.has_unknown_names = self.has_unknown_names or s.path == "name"
    end
  end
  for _, e in ipairs(d.imports) do if not e.is_made then self:entity(e) end end
  self:exports()
  self:rest()
  self:segment(#d.data)
  self:elems()
  if d.start then self:line("o:start(%s)", self:function_text(d.start)) end
  self:dynamic()
  self:names()
  self:tools()
  self:arrangement()
  return self:finish()
end

return library
