-- view.lua: questions about the output of a link, asked by name.
--
-- Takes: the outcome of a link.  Gives: answers, or raises a miss, which is how an expectation says
-- that it does not hold.  Rule of thumb: names become indices here and nowhere else.

local case_request -- case.request, loaded late: case.lua needs expect.lua, which needs this file
local holes = require "holes"
local model = require "module"

local view = {}
local View = {}
View.__index = View

-- Misses ------------------------------------------------------------------------------------------

local Miss = {}
Miss.__index = Miss
Miss.__tostring = function(m) return ("expected %s, found %s"):format(m.expected, m.found) end

-- Whether an error value is a miss: { expected, found, where }.
function view.is_miss(value) return getmetatable(value) == Miss end

-- Says that an expectation does not hold.
function View.miss(_, expected, found, where)
  error(setmetatable({ expected = tostring(expected), found = tostring(found), where = where },
    Miss), 0)
end

-- fields: outcome, request, driver (driver.lua, case.lua), and decoded if it was read already
function view.new(fields) return setmetatable(fields, View) end

-- The decoded output (module.lua); a miss where a rejected link or a stage gives none.
function View:module()
  if not self.decoded then
    if not self.outcome.bytes then self:miss("a module", "none: the link stopped before") end
    self.decoded = assert(model.read(self.outcome.bytes))
  end
  return self.decoded
end

-- "i32 i64 -> f32", blanks put right; the function of the same name in `view` too.
View.sig = model.sig

-- The offset of a path in an input file, for places of diagnostics.
function View:offset_of(file, path)
  local source = self.request.sources[file]
  if not source then self:miss("a diagnostic of a file with " .. path, tostring(file)) end
  return (source:range(path))
end

-- Names -------------------------------------------------------------------------------------------

-- The indices, ascending, of what has this name: exported or imported under it, or in the name
-- section.  An export is what the name means where there is one.
function View:named(kind, name)
  local e = self:find_export(name)
  if e and e.kind == kind then return { e.index } end
  local list = {}
  for index = 0, self:count(kind) - 1 do
    if self:module():names_of(kind, index)[name] then list[#list + 1] = index end
  end
  return list
end

-- The one index of a name; a miss when there is none or more.
function View:one(kind, name)
  local list = self:named(kind, name)
  if #list ~= 1 then
    self:miss(("one %s %s"):format(kind, name), #list == 0 and "none" or #list .. " of them")
  end
  return list[1]
end

function View:func(name) return self:one("function", name) end

-- Whether an index has a name, be it among others.
function View:is_named(kind, index, name)
  return self:module():names_of(kind, index)[name] ~= nil
end

-- Its names for a message.
function View:names_text(kind, index)
  local list = {}
  for name in pairs(self:module():names_of(kind, index)) do list[#list + 1] = name end
  table.sort(list)
  return #list > 0 and table.concat(list, " = ") or ("%s %d, which has no name"):format(kind, index)
end

-- Exports, imports --------------------------------------------------------------------------------

function View:find_export(name)
  for _, e in ipairs(self:module().exports) do
    if e.name == name then return e end
  end
end

-- { name, kind, index }; a miss when there is none.
function View:export(name)
  return self:find_export(name) or self:miss("export " .. name,
    "exports " .. table.concat(self:export_names(), ", "))
end

function View:export_names()
  local list = {}
  for i, e in ipairs(self:module().exports) do list[i] = e.name end
  return list
end

function View:is_exported(kind, index)
  for _, e in ipairs(self:module().exports) do
    if e.kind == kind and e.index == index then return true end
  end
  return false
end

-- { module, name, kind, index } of "module.name"; a miss when there is none.
function View:import(text)
  for _, i in ipairs(self:module().imports) do
    if i.module .. "." .. i.name == text then return i end
  end
  self:miss("import " .. text, "imports " .. table.concat(self:import_names(), ", "))
end

function View:import_names()
  local list = {}
  for k, i in ipairs(self:module().imports) do list[k] = i.module .. "." .. i.name end
  return list
end

-- A miss unless the wanted texts stand in this order in the found ones.
function View:in_order(wanted, found, where)
  local at = 0
  for _, text in ipairs(wanted) do
    local next
    for k = at + 1, #found do
      if found[k] == text then next = k break end
    end
    if not next then
      self:miss(table.concat(wanted, ", "), table.concat(found, ", "), where)
    end
    at = next
  end
end

-- Index spaces ------------------------------------------------------------------------------------

-- How many there are: of an index space, or type, data, elem, import, export.
function View:count(what)
  local m = self:module()
  local lists = { type = m.types, data = m.data, elem = m.elems, import = m.imports,
    export = m.exports }
  return #(lists[what] or m.spaces[what])
end

-- Of an index space, without imports.
function View:count_defined(kind)
  local n = 0
  for _, entity in ipairs(self:module().spaces[kind]) do
    if not entity.imported then n = n + 1 end
  end
  return n
end

-- What is known of an entity: kind, and sig, type, mutable, min, max, shared, is64, page_size.
function View:describe(kind, index)
  local entity = self:module().spaces[kind][index + 1]
  if not entity then self:miss(("%s %d"):format(kind, index), "out of range") end
  local result = { kind = kind }
  for _, key in ipairs { "type", "mutable", "min", "max", "shared", "is64", "page_size" } do
    result[key] = entity[key]
  end
  if entity.sig then result.sig = self:type_text(entity.sig) end
  return result
end

-- Index of the memory or table that is meant, and whether it is imported; nil: none.
function View:limits_of(kind, name)
  local space = self:module().spaces[kind]
  for index, entity in ipairs(space) do
    local names = self:module():names_of(kind, index - 1)
    if not name or names[name] then return index - 1, entity.imported end
  end
  if #space == 1 and space[1].type == "funcref" then return 0, space[1].imported end
end

-- Types -------------------------------------------------------------------------------------------

-- "i32 -> i32"; a miss when the index is out of range.
function View:type_text(index)
  local t = self:module().types[index + 1]
  if not t then self:miss("type " .. index, "out of range") end
  return t
end

-- The index of a signature, or nil.
function View:find_type(sig)
  for i, text in ipairs(self:module().types) do
    if text == self.sig(sig) then return i - 1 end
  end
end

-- Code --------------------------------------------------------------------------------------------

-- The index of the start function, or nil.
function View:start() return self:module().start end

-- The functions that a function calls directly, in order.
function View:calls(index)
  local list = {}
  for _, i in ipairs(self:module():instructions(index)) do
    if i.name == "call" or i.name == "return_call" then list[#list + 1] = i.values[1] end
  end
  return list
end

-- The operands of i32.const and i64.const in a function, in order.
function View:constants(index)
  local list = {}
  for _, i in ipairs(self:module():instructions(index)) do
    if i.name == "i32.const" or i.name == "i64.const" then list[#list + 1] = i.values[1] end
  end
  return list
end

-- One entry of a code pattern as { operator, numbers and holes }.
local function entry_of(entry)
  if type(entry) == "table" then return entry end
  local list = {}
  for word in entry:gmatch("%S+") do
    list[#list + 1] = #list == 0 and word or math.tointeger(tonumber(word)) or word
  end
  return list
end

-- Entries of a pattern, where a text may hold several, separated by ";".
local function entries_of(list)
  local entries = {}
  for _, entry in ipairs(list) do
    if type(entry) == "string" then
      for text in entry:gmatch("[^;]+") do entries[#entries + 1] = entry_of(text) end
    else
      entries[#entries + 1] = entry
    end
  end
  return entries
end

local function instruction_text(i)
  if not i then return "the end of the body" end
  local words = { i.name }
  for _, value in ipairs(i.values) do words[#words + 1] = tostring(value) end
  return table.concat(words, " ")
end

local function entry_text(entry)
  if not entry then return "the end of the body" end
  local words = { entry[1] }
  for k = 2, #entry do words[k] = holes.text(entry[k]) end
  return table.concat(words, " ")
end

local function entry_fits(self, entry, i)
  if not entry or not i or entry[1] ~= i.name then return false end
  for k = 2, #entry do
    if not holes.match(self, entry[k], i.values[k - 1]) then return false end
  end
  return true
end

-- A miss unless the body of a function is as the pattern; see expect.code.
function View:check_code(name, list)
  local body = self:module():instructions(self:func(name))
  local pattern = entries_of(list)
  if #pattern == 0 or pattern[#pattern][1] ~= "end" then pattern[#pattern + 1] = { "end" } end
  for k = 1, math.max(#body, #pattern) do
    if not entry_fits(self, pattern[k], body[k]) then
      self:miss(entry_text(pattern[k]), instruction_text(body[k]),
        ("%s, instruction %d"):format(name, k))
    end
  end
end

-- The bytes of a function's body: what follows its size in the code section.
function View:body(name)
  local m = self:module()
  local f = m.decoded.funcs[self:func(name) + 1]
  if not f.offset then self:miss("a defined function", "an import", name) end
  return m.decoded.bytes:sub(f.offset + 1, f.offset + f.size)
end

-- Memory ------------------------------------------------------------------------------------------

-- What the start function copies from data segments: list of { address, bytes }.  Its constants
-- are followed: ADDRESS, OFFSET, SIZE, memory.init; whatever else it does is not looked at.
local function copied(self)
  local list, stack = {}, {}
  local start = self:start()
  for _, i in ipairs(start and self:module():instructions(start) or {}) do
    if i.name == "i32.const" or i.name == "i64.const" then
      stack[#stack + 1] = i.values[1]
    elseif i.name == "global.set" then
      stack[#stack] = nil
    else
      local address, offset, size = table.unpack(stack, math.max(1, #stack - 2))
      local d = i.name == "memory.init" and size and self:module().data[i.values[1] + 1]
      if d then
        list[#list + 1] = { address = self.unsigned(address),
          bytes = d.bytes:sub(offset + 1, offset + size) }
      end
      stack = {}
    end
  end
  return list
end

-- All that is in memory before the program itself runs: list of { address, bytes }.
function View:image()
  if not self.pieces then
    self.pieces = copied(self)
    for _, d in ipairs(self:module().data) do
      if d.address then self.pieces[#self.pieces + 1] = d end
    end
  end
  return self.pieces
end

-- n bytes of memory before the program itself runs; zero where nothing was put.
function View:memory_at(address, n)
  local out, done = {}, 0
  while done < n do
    local at, found = address + done, nil
    for _, d in ipairs(self:image()) do
      if at >= d.address and at < d.address + #d.bytes then found = d end
    end
    local piece = found and found.bytes:sub(at - found.address + 1, at - found.address + n - done)
      or "\0"
    out[#out + 1] = piece
    done = done + #piece
  end
  return table.concat(out)
end

-- How often bytes occur in the data segments.
function View:count_bytes(bytes)
  local n = 0
  for _, d in ipairs(self:module().data) do
    local at = 1
    while true do
      local first = d.bytes:find(bytes, at, true)
      if not first then break end
      n, at = n + 1, first + 1
    end
  end
  return n
end

-- An address of 32 bits that was read as a signed number; one of 64 bits is no negative one.
function View.unsigned(value) return value < 0 and value & 0xffffffff or value end

-- The address of an exported data symbol.
function View:address(name)
  local e = self:export(name)
  if e.kind ~= "global" then self:miss(name .. " exported as a global", e.kind) end
  return self.unsigned(self:global_value(e.index))
end

-- An address from a number, a name or { name, plus }.
function View:place(place)
  if type(place) == "number" then return place end
  if type(place) == "string" then return self:address(place) end
  return self:address(place[1]) + place[2]
end

-- The number that a global begins with.
function View:global_value(index)
  local entity = self:module().spaces.global[index + 1]
  if entity.imported or not entity.value then
    self:miss("a global with a constant value", "global " .. index)
  end
  return entity.value
end

-- The names of the data segments in order ("" where there is none).
function View:segment_names()
  local list = {}
  for i, d in ipairs(self:module().data) do list[i] = d.name or "" end
  return list
end

-- Table -------------------------------------------------------------------------------------------

-- Slot -> function index, as the active element segments say.
function View:slots()
  local slots = {}
  for _, e in ipairs(self:module().elems) do
    if e.start then
      for k, func in ipairs(e.items) do slots[e.start + k - 1] = func end
    end
  end
  return slots
end

-- How many slots hold a function of this name.
function View:count_slots(name)
  local n = 0
  for _, func in pairs(self:slots()) do
    if self:is_named("function", func, name) then n = n + 1 end
  end
  return n
end

-- Sections ----------------------------------------------------------------------------------------

-- The contents of a custom section, or nil.
function View:custom(name)
  for _, s in ipairs(self:module().sections) do
    if s.custom and s.name == name then return s.contents end
  end
end

-- Numbers in a custom section, as string.unpack has them; a miss where they are not there.
function View:unpack(name, format, at)
  local contents = self:custom(name)
  at = at or 1
  if not contents or #contents < at - 1 + string.packsize(format) then
    self:miss(("numbers in the section %s"):format(name),
      contents and ("%d bytes"):format(#contents) or "no such section")
  end
  return string.unpack(format, contents, at)
end

-- "type", "import", ..., and custom sections by name, in order.
function View:section_names()
  local list = {}
  for i, s in ipairs(self:module().sections) do list[i] = s.name end
  return list
end

local function check_pieces(self, name, found, pieces)
  local at = 1
  for _, piece in ipairs(pieces) do
    local size = holes.is(piece) and 4 or #piece
    local part = found:sub(at, at + size - 1)
    local ok = holes.is(piece) and #part == 4
      and holes.match(self, piece, (string.unpack("<i4", part))) or part == piece
    if not ok then
      self:miss(holes.is(piece) and holes.text(piece) or ("%q"):format(piece), ("%q"):format(part),
        ("custom section %s, offset %d"):format(name, at - 1))
    end
    at = at + size
  end
  if at <= #found then
    self:miss(("%d bytes"):format(at - 1), ("%d bytes"):format(#found), "custom section " .. name)
  end
end

-- A miss unless contents are as expect.custom wants them.
function View:check_custom(name, found, wanted)
  if type(wanted) == "function" then
    local ok, what = wanted(found)
    if not ok then self:miss("the contents that the case wants", what or "others", name) end
  elseif wanted ~= nil then
    check_pieces(self, name, found, type(wanted) == "table" and wanted or { wanted })
  end
end

-- Code metadata, as module.lua has it; a miss where the section is not one vector.
function View:code_metadata(name)
  local bytes = self:custom(name) or self:miss("custom section " .. name, "none")
  local list, found = model.code_metadata(bytes)
  return list or self:miss("one vector", found, name)
end

-- A miss unless instances are as expect.code_metadata wants them: { "f", { "br_if", data }, ... }.
function View:check_instances(name, wanted, items)
  local f, ops = self:module().decoded.funcs[self:func(wanted[1]) + 1], { [0] = "func" }
  for _, i in ipairs(self:module().decoded:code(self:func(wanted[1]))) do
    ops[i.offset - f.offset] = i.op
  end
  for k = 1, math.max(#wanted - 1, #items) do
    local entry, is = wanted[k + 1], items[k]
    local text = is and ("%s %q"):format(ops[is[1]], is[2]) or "the end"
    local want = entry and ("%s %q"):format(entry[1], entry[2]) or "the end"
    if text ~= want then self:miss(want, text, ("%s of %s"):format(name, wanted[1])) end
    if k > 1 and is[1] <= items[k - 1][1] then self:miss("instances by place", "others", name) end
  end
end

-- { module, functions, globals, data }: sets of the names in the name section.
function View:name_lists() return self:module().name_section end

-- "FIELD: NAME VERSION" of the producers section, in order.
function View:producers() return { table.unpack(self:module().producers) } end

-- "+name" of target_features, in order.
function View:features() return { table.unpack(self:module().features) } end

-- Objects -----------------------------------------------------------------------------------------

-- What the section "linking" says: see module.lua.
function View:linking()
  return self:module().linking or self:miss("an object", "a module without a linking section")
end

-- The relocations of a function, data segment or custom section, with the place (at) in it.
function View:relocations(place)
  local list, m = {}, self:module()
  for _, r in ipairs(m.relocs) do
    local at = r.place == place and r.offset
    for _, extent in ipairs(m:extents(place)) do
      local offset = r.base + r.offset - extent[2]
      if r.place == extent[1] and offset >= 0 and offset < extent[3] then at = offset end
    end
    if at then
      list[#list + 1] = { kind = r.kind, target = r.target, addend = r.addend, at = at }
    end
  end
  return list
end

-- Other links, and running ------------------------------------------------------------------------

view.RELINKED = "relinked.o" -- the name of an output that is an input

-- The list with such an output in it: where it says "relinked.o", else first.
function view.relink_items(list, bytes)
  local output, items = require("case").file(view.RELINKED, bytes), { table.unpack(list) }
  local placed
  for i, item in ipairs(items) do
    if item == output.name then items[i], placed = output, true end
  end
  if not placed then table.insert(items, 1, output) end
  return items
end

-- The view of a link by the same linker, of this output and what else the list has.
function View:relink(list)
  local request = require("case").request(view.relink_items(list, self.outcome.bytes))
  local outcome = self.driver:link(request)
  if outcome.ended ~= "linked" then self:miss("the output links again", outcome.message) end
  return view.new { outcome = outcome, request = request, driver = self.driver }
end

-- The request of another list or function like a case's `link`.
function View.other_request(_, link)
  case_request = case_request or require("case").request
  return case_request(link)
end

-- The bytes of another link by the same linker.
function View:variant(link)
  local outcome = self.driver:link(self:other_request(link))
  if outcome.ended ~= "linked" then self:miss("the variant links", outcome.message) end
  return outcome.bytes
end

-- What the host provides for every import: see node.run.
function View:host_imports(values)
  local list = {}
  for _, i in ipairs(self:module().imports) do
    local d = self:describe(i.kind, i.index)
    local result = d.sig and d.sig:match("-> (%S+)") or "void"
    list[#list + 1] = { kind = i.kind, module = i.module, name = i.name, min = d.min, max = d.max,
      shared = d.shared, mutable = d.mutable, type = i.kind == "function" and result or d.type,
      value = values[i.module .. "." .. i.name] }
  end
  return list
end

-- The call as node.run takes it, arguments with their types.
local function prepare_call(self, s)
  local e = self:export(s.call)
  if e.kind ~= "function" then self:miss("function " .. s.call, e.kind) end
  local params, results = self:describe("function", e.index).sig:match("^(.-) ?-> ?(.*)$")
  s.types, s.result = {}, results
  for word in params:gmatch("%S+") do s.types[#s.types + 1] = word end
  if #s.types ~= #s.args then
    self:miss(("%s with %d arguments"):format(s.call, #s.args), params)
  end
end

-- Steps as node.run takes them.
function View:prepare_steps(steps)
  local list = {}
  for _, step in ipairs(steps) do
    local s = { args = {} }
    for key, value in pairs(step) do s[key] = value end
    if not s.if_exported or self:find_export(s.call) then
      if s.call then prepare_call(self, s) end
      list[#list + 1] = s
    end
  end
  return list
end

-- The model's view after a stage: "symbols", "chunks" or "segments".
function View:stage_list(name)
  local list = self.outcome[name]
  if not list then error(("the case needs a later stage for its %s"):format(name), 0) end
  return list
end

return view
