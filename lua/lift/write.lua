-- lift/write.lua: an object as the Lua text that builds it.
--
-- Takes: what lift/read.lua found, and how what needs more than the usual words is to be said (see
-- `how` below).  Gives: the body of a function, as a list of lines.
-- Rule of thumb: symbols come in their order, each with what it names; what must come before to
-- have its index comes without a symbol, and gets its name by alias().
--
--   how.types      every type is declared first, in order
--   how.elems      slots are given by o:elem, not by who asks for them
--   how.comdats    members of groups are given by index
--   how.exact      sections ("code", "data", a custom section's path) whose sites are reloc{}
--   how.raw        set of functions (from 1) that are bytes with sites
--   how.section    set of paths of sections that are bytes, as a last resort

local code = require "lift.code"
local declare = require "declare"
local frame = require "lift.frame"
local quote = require "lift.quote"

local WIDTH = 96 -- columns

local Writer = {}
Writer.__index = Writer
local write = { Writer = Writer }
for name, method in pairs(frame) do Writer[name] = method end

local q = quote.string

function Writer:line(text, ...)
  self.lines[#self.lines + 1] = select("#", ...) > 0 and text:format(...) or text
end

-- Adds a call with options: `head` { options }, over several lines where it is long.  tail: lines
-- of a last option, which is long.
function Writer:call(head, options, tail)
  if #options == 0 and not tail then return self:line(head .. ")") end
  local text = " " .. table.concat(options, ", ")
  if tail and #tail == 1 and #head + #text + #tail[1] + 10 < WIDTH then
    text, tail = (#options > 0 and text .. ", " or " ") .. tail[1]:gsub(",$", ""), nil
  end
  if not tail and #head + #text + 8 < WIDTH then
    return self:line(head .. ", {" .. text .. " })")
  end
  self:line(head .. ", {")
  for _, option in ipairs(options) do self:line("  " .. option .. ",") end
  for _, line in ipairs(tail or {}) do self:line("  " .. line) end
  self:line("})")
end

-- Symbols -----------------------------------------------------------------------------------------

local BINDINGS = { [0] = false, "weak", "static" }

-- Flags as options.
local function flag_options(flags)
  local list, rest = {}, flags
  local binding = BINDINGS[flags & 3]
  if binding then list[1] = binding .. " = true" end
  rest = rest & ~3
  local names = {}
  for name in pairs(declare.FLAG) do names[#names + 1] = name end
  table.sort(names, function(a, b) return declare.FLAG[a] < declare.FLAG[b] end)
  for _, name in ipairs(names) do
    local bit = declare.FLAG[name]
    if rest & bit ~= 0 and name ~= "undefined" then list[#list + 1] = name .. " = true" end
    rest = rest & ~bit
  end
  if rest ~= 0 or binding == nil then return { ("flags = 0x%x"):format(flags) } end
  return list
end

-- Options of a symbol for what an entity is; without one, of a thing that has no symbol.
local function symbol_options(s)
  return s and flag_options(s.flags) or { "symbol = false" }
end

-- Whether what a symbol says is what the verbs of object.lua make of it.
local function is_usual(s)
  local e = s.entity
  return not e or (e.module ~= nil) == s.undefined
end

-- The symbols that are found by their name.
local function first_of_names(d)
  local first, seen = {}, {}
  for _, s in ipairs(d.symbols) do
    if s.name and not seen[s.name] then first[s], seen[s.name] = true, true end
  end
  return first
end

-- Entities ----------------------------------------------------------------------------------------

local function extend(list, more)
  for _, item in ipairs(more) do list[#list + 1] = item end
  return list
end

local function type_text(t) return type(t) == "string" and q(t) or tostring(t) end

-- Lines for a list of entries of code.
local function code_lines(entries, name)
  local lines = { name .. " = {" }
  for _, e in ipairs(entries) do
    lines[#lines + 1] = ("  "):rep(math.min(e.depth, 20) + 1) .. e.text .. ","
  end
  lines[#lines + 1] = "},"
  return lines
end

-- The relocations that lie in a range, a copy of each with its place in the file as `at`.
local function relocs_within(list, base, from, to)
  local inside, low, high = {}, 1, #list + 1
  while low < high do
    local middle = (low + high) // 2
    if base + list[middle].offset < from then low = middle + 1 else high = middle end
  end
  while list[low] and base + list[low].offset <= to do
    local r = list[low]
    inside[#inside + 1] =
      { type = r.type, index = r.index, addend = r.addend, at = base + r.offset }
    low = low + 1
  end
  return inside
end

-- For the n-th item of a section, or all of it.
function Writer:lifter(relocs, where, n)
  local exact = self.how.exact[where]
  return code.lifter(self.object, relocs, self.is_first, self.default_table,
    exact and exact[n or 1])
end

local function locals_text(list)
  local words, last = {}, nil
  for _, l in ipairs(list) do
    if l[1] == 0 or l[2] == last or type(l[2]) ~= "string" or l[1] + #words > 30 then
      local runs = {}
      for i, run in ipairs(list) do
        runs[i] = ("{ %d, %s }"):format(run[1], type_text(run[2]))
      end
      return "{ " .. table.concat(runs, ", ") .. " }"
    end
    for _ = 1, l[1] do words[#words + 1] = l[2] end
    last = l[2]
  end
  return q(table.concat(words, " "))
end

-- The code of the n-th function that is defined: options, and lines.
function Writer:body(n)
  local f = self.object.code[n]
  local lifter = self:lifter(self.relocs_of.code(f.first, f.to), "code", n)
  local options = {}
  if #f.locals > 0 then options[1] = "locals = " .. locals_text(f.locals) end
  local ok, entries, no_end
  if not self.how.raw[n] then
    ok, entries, no_end = pcall(lifter.instructions, lifter, f.from, f.to)
  end
  if not ok then
    self.raw = self.raw + 1
    entries, no_end = lifter:raw(f.from, f.to)
  end
  if no_end then options[#options + 1] = "no_end = true" end
  return options, code_lines(entries, "code")
end

-- The expression of an initial value, as a list of instructions.
function Writer:initial(range)
  local lifter = self:lifter({}, "none")
  local list = {}
  local entries = lifter:instructions(range.from, range.to)
  for i, e in ipairs(entries) do list[i] = e.text end
  return "{ " .. table.concat(list, ", ") .. " }"
end

local function type_of(self, t)
  return self.is_repeated[t] and ("ty[%d]"):format(t.index) or q(t.sig)
end

local OPTIONS = {}

OPTIONS["function"] = function(self, e)
  local list = { "sig = " .. type_of(self, e.sig) }
  if e.module then return list end
  local more, tail = self:body(e.number)
  return extend(list, more), tail
end

OPTIONS.global = function(self, e)
  local list = { "type = " .. type_text(e.type) }
  if e.mutable then list[2] = "mutable = true" end
  if e.init then list[#list + 1] = "init = " .. self:initial(e.init) end
  return list
end

OPTIONS.table = function(_, e)
  return extend({ "type = " .. type_text(e.type) }, frame.limits(e))
end

OPTIONS.tag = function(self, e) return { "sig = " .. type_of(self, e.sig) } end

OPTIONS.memory = function(_, e) return frame.limits(e) end

-- What is said of an entity of any kind: options, and lines.
function Writer:options_of(e) return OPTIONS[e.kind](self, e) end

function Writer.function_text(_, index) return tostring(index) end

-- How a thing that is declared can be had again.
function Writer:handle_of(e)
  if e.symbol and self.is_first[e.symbol] then return ("o:symbol %s"):format(q(e.symbol.name)) end
  return ("of[%s]"):format(q(e.key))
end

-- Declares an entity, with a symbol or without one.
function Writer:entity(e, s)
  e.is_declared, e.symbol = true, s
  local options, tail = self:options_of(e)
  if e.kind == "memory" then return self:line("o:memory { %s }", table.concat(options, ", ")) end
  extend(options, symbol_options(s))
  local name = s and s.name or e.field or ""
  if e.module then
    table.insert(options, "undefined = true")
    if e.module ~= "env" then options[#options + 1] = "import_module = " .. q(e.module) end
    if e.field ~= name then
      -- That alone would set the flag EXPLICIT_NAME.
      if s and s.flags & declare.FLAG.explicit_name == 0 then
        options[#options + 1] = ("flags = 0x%x"):format(s.flags)
      end
      options[#options + 1] = "import_name = " .. q(e.field)
    end
  end
  if s then self:join(options, e) end
  local keep = ""
  if not (s and self.is_first[s]) and self.is_wanted[e] then
    e.key = ("%s %d"):format(e.kind, e.index)
    keep = ("of[%s] = "):format(q(e.key))
  end
  self:call(("%so:%s(%s"):format(keep, e.kind == "function" and "func" or e.kind, q(name)), options,
    tail)
end

-- Adds the option comdat of what is in a group.
function Writer:join(options, e)
  local group = self.group_of[e]
  if group then options[#options + 1] = ("comdat = group[%d]"):format(group) end
end

-- Declares what stands before an entity in its order, then itself.
function Writer:declare(e, s)
  for _, other in ipairs(e.order) do
    if other == e then break end
    if not other.is_declared and not other.is_made then self:entity(other) end
  end
  self:entity(e, s)
end

-- Data --------------------------------------------------------------------------------------------

function Writer:segment_options(s, n)
  local lifter = self:lifter(self.relocs_of.data(s.from, s.to), "data", n)
  local list = {}
  if s.align ~= 0 then list[1] = ("align = %d"):format(s.align) end
  local pieces = lifter:data(s.from, s.to)
  return list, pieces
end

local SEGMENT_FLAGS = { "strings", "tls", [4] = "retain" }

local function segment_flags(flags)
  local words, rest = {}, flags
  for _, bit in ipairs { 1, 2, 4 } do
    if flags & bit ~= 0 then words[#words + 1] = q(SEGMENT_FLAGS[bit]) end
    rest = rest & ~bit
  end
  if rest ~= 0 then return tostring(flags) end
  return #words > 0 and "{ " .. table.concat(words, ", ") .. " }" or nil
end

-- A segment alone; more are declared before if they must.
function Writer:segment(n)
  for i = 1, n do
    local s = self.object.data[i]
    if not s.is_declared then
      s.is_declared = true
      local options, pieces = self:segment_options(s, i)
      local flags = segment_flags(s.segment_flags)
      if flags then table.insert(options, "flags = " .. flags) end
      self:special(options, s)
      self:join(options, s)
      self:call(("seg[%d] = o:segment(%s"):format(i, q(s.name)), options,
        quote.field("bytes", pieces))
    end
  end
end

-- What is not usual in a segment's header.
function Writer:special(options, s)
  if s.flags == 1 then options[#options + 1] = "passive = true"
  elseif s.flags ~= 0 then options[#options + 1] = ("init_flags = %d"):format(s.flags) end
  if s.memory then options[#options + 1] = ("memory = %d"):format(s.memory) end
  if s.offset and self.how.offsets then
    options[#options + 1] = "offset = " .. self:initial(s.offset)
  end
end

local function prefix_of(s, seg)
  if seg.name == ".rodata." .. s.name then return "rodata = true" end
  if seg.name == ".data." .. s.name and s.flags & 0x100 == 0 then return nil end
  return "segment_name = " .. q(seg.name)
end

-- A symbol that is all of a segment: both at once.
function Writer:data_at_once(s, seg)
  seg.is_declared = true
  local options, pieces = self:segment_options(seg, s.segment + 1)
  options[#options + 1] = prefix_of(s, seg)
  local flags = segment_flags(seg.segment_flags)
  if flags or s.flags & 0x100 ~= 0 then
    options[#options + 1] = "segment_flags = " .. (flags or "0")
  end
  if seg.flags == 1 then options[#options + 1] = "passive = true" end
  extend(options, flag_options(s.flags))
  local size = seg.to - seg.from + 1
  if s.size ~= size then options[#options + 1] = ("size = %d"):format(s.size) end
  self:join(options, seg)
  self:call(("o:data(%s"):format(q(s.name)), options, quote.field("bytes", pieces))
end

function Writer:data(s)
  local options = flag_options(s.flags)
  if s.undefined then
    table.insert(options, "undefined = true")
  elseif s.flags & 0x200 ~= 0 then
    extend(options, { ("offset = %d"):format(s.offset), ("size = %d"):format(s.size) })
    if s.segment ~= 0 then options[#options + 1] = ("segment_index = %d"):format(s.segment) end
  else
    local n = s.segment + 1
    local seg = self.object.data[n] or error("a symbol of no segment", 0)
    local usual = seg.flags <= 1 and not self.how.offsets and seg.symbols == 1 and s.offset == 0
    if usual and not seg.is_declared and (n == 1 or self.object.data[n - 1].is_declared) then
      return self:data_at_once(s, seg)
    end
    self:segment(n)
    table.insert(options, 1, ("segment = seg[%d]"):format(n))
    if s.offset ~= 0 then options[#options + 1] = ("offset = %d"):format(s.offset) end
    if s.size ~= math.max(0, seg.to - seg.from + 1 - s.offset) then
      options[#options + 1] = ("size = %d"):format(s.size)
    end
  end
  self:call(("o:data(%s"):format(q(s.name)), options)
end

-- Other parts -------------------------------------------------------------------------------------

function Writer:section_symbol(s)
  local target = self.object.sections[s.index + 1] or error("a symbol of no section", 0)
  if s.flags ~= 2 then
    return self:call(("o:section_symbol(%s"):format(q(target.path)), flag_options(s.flags))
  end
  self:line("o:section_symbol %s", q(target.path))
end

function Writer:alias(s)
  local options = flag_options(s.flags)
  if s.undefined then table.insert(options, 1, "undefined = true") end
  local handle = self:handle_of(s.entity)
  if #options == 0 then return self:line("o:alias(%s, %s)", q(s.name), handle) end
  self:call(("o:alias(%s, %s"):format(q(s.name), handle), options)
end

function Writer:symbol(s)
  if s.kind == "data" then return self:data(s) end
  if s.kind == "section" then return self:section_symbol(s) end
  if not is_usual(s) then error("a symbol is defined and imported", 0) end
  if s.entity.is_declared then return self:alias(s) end
  self:declare(s.entity, s)
end

function Writer:custom(s)
  local lifter = self:lifter(self.relocs_of[s.path](s.from, s.to), s.path)
  self:call(("o:custom(%s"):format(q(s.name)), {},
    quote.field("bytes", lifter:data(s.from, s.to)))
end

-- What nothing so far has declared.
function Writer:rest()
  for _, kind in ipairs { "function", "table", "memory", "global", "tag" } do
    for _, e in ipairs(self.object.defined[kind]) do
      if not e.is_declared then self:entity(e) end
    end
  end
end

-- Marks entities with their order, and what later lines need of them.
local function prepare(self)
  local d = self.object
  local function list(entities)
    for _, e in ipairs(entities) do e.order = entities end
  end
  list(d.imports)
  for _, entities in pairs(d.defined) do list(entities) end
  for n, e in ipairs(d.defined["function"]) do e.number = n end
  for _, space in pairs(d.spaces) do
    for i, e in ipairs(space) do e.index = i - 1 end
  end
  for _, s in ipairs(d.symbols) do
    if s.entity then self.is_wanted[s.entity] = true end
    local seg = s.kind == "data" and not s.undefined and s.flags & 0x200 == 0
      and d.data[s.segment + 1]
    if seg then seg.symbols = (seg.symbols or 0) + 1 end
  end
  for _, s in ipairs(d.symbols) do
    local section = s.kind == "section" and d.sections[s.index + 1]
    if section then s.name = section.path end
  end
  self.is_first = first_of_names(d)
  self.relocs_of = setmetatable({}, { __index = function()
    return function() return {} end
  end })
  for i, s in ipairs(d.sections) do
    self.by_path[s.path] = s
    local relocs = d.relocs[i - 1]
    if relocs then
      self.relocs_of[s.path] = function(from, to) return relocs_within(relocs, s.from, from, to) end
    end
  end
end

-- Says which tables of handles the lines need.
local function name_tables(self, at)
  local names, values = {}, {}
  for _, name in ipairs { "group", "of", "seg", "ty" } do
    local is_used
    for _, line in ipairs(self.lines) do
      is_used = is_used or line:find("%f[%w]" .. name .. "%[")
    end
    if is_used then names[#names + 1], values[#values + 1] = name, "{}" end
  end
  if #names > 0 then
    table.insert(self.lines, at, ("local %s = %s"):format(table.concat(names, ", "),
      table.concat(values, ", ")))
  end
end

-- A writer of this description, which is used up.
function write.writer(d, how, methods)
  local self = setmetatable({ object = d, how = how, lines = {}, raw = 0,
    is_repeated = {}, is_wanted = {}, group_of = {}, by_path = {} }, methods)
  prepare(self)
  return self
end

-- Its lines, of which the first declares what is built, and how many functions are bytes.
function Writer:finish()
  self:line("return o")
  name_tables(self, self.top or 2)
  return self.lines, self.raw
end

-- The lines of a function's body that gives the object, and how many functions are bytes.
function write.object(d, name, how)
  local self = write.writer(d, how, Writer)
  self:head(name)
  self:types()
  self:groups()
  for _, s in ipairs(d.sections) do
    if s.is_custom then self:custom(s) end
  end
  for _, s in ipairs(d.symbols) do self:symbol(s) end
  for _, e in ipairs(d.imports) do
    if not e.is_declared and not e.is_made then self:entity(e) end
  end
  self:rest()
  self:segment(#d.data)
  self:elems()
  self:metadata()
  self:tools()
  self:arrangement()
  return self:finish()
end

return write
