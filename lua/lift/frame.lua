-- lift/frame.lua: what of an object is neither symbol nor code nor data, as the Lua text that
-- builds it: options, types, groups, elements, metadata, the order and size of sections.
--
-- Takes: a writer (lift/write.lua).  Gives: its methods for these, each adds lines.

local B = require "bytes"
local quote = require "lift.quote"

local q = quote.string

local frame = {}

local TABLE_NAME = "__indirect_function_table"

-- Options of the object itself ------------------------------------------------------------------

-- What is said of limits.  usual: the minimum that need not be said.
function frame.limits(e, usual)
  local list = {}
  if e.min ~= usual then list[1] = ("min = %d"):format(e.min) end
  if e.max then list[#list + 1] = ("max = %d"):format(e.max) end
  for _, name in ipairs { "shared", "is64" } do
    if e[name] then list[#list + 1] = name .. " = true" end
  end
  if e.page_size then list[#list + 1] = ("page_size = %d"):format(e.page_size) end
  return list
end

-- The pages of a memory that has room for all data, which is the least if nothing else is said.
function frame.usual_pages(d)
  local size = 0
  for _, s in ipairs(d.data) do
    local align = 1 << s.align
    size = (size + align - 1) // align * align + s.to - s.from + 1
  end
  return (size + 65535) // 65536
end

-- The memory that is imported first, and what the options say of it.
function frame:memory_option()
  local first = self.object.imports[1]
  for i, e in ipairs(self.object.imports) do
    if e.kind == "memory" and i > 1 then error("a memory that is not imported first", 0) end
  end
  if not first or first.kind ~= "memory" then return "memory = false" end
  first.is_made = true
  local list = frame.limits(first, frame.usual_pages(self.object))
  if first.module ~= "env" then list[#list + 1] = "module = " .. q(first.module) end
  if first.field ~= "__linear_memory" then list[#list + 1] = "field = " .. q(first.field) end
  local is_default = #list == 0 or #list == 1 and first.is64
  return not is_default and "memory = { " .. table.concat(list, ", ") .. " }" or nil, first.is64
end

-- GOT entries at the end of the imports are made by those who read them.
local function mark_got(d)
  for i = #d.imports, 1, -1 do
    local e = d.imports[i]
    if e.kind ~= "global" or not e.module:find("^GOT%.") then break end
    local named
    for _, s in ipairs(d.symbols) do named = named or s.entity == e end
    if named then break end
    e.is_made = true
  end
end

function frame:head(name)
  local d, options = self.object, {}
  local memory, is64 = self:memory_option()
  d.is64 = is64
  options[1] = memory
  if is64 then options[#options + 1] = "memory64 = true" end
  local has_table
  for _, s in ipairs(d.symbols) do
    has_table = has_table or s.kind == "table" and s.name == TABLE_NAME and self.is_first[s]
  end
  self.default_table = has_table and ('"$%s"'):format(TABLE_NAME) or "0"
  if not has_table then options[#options + 1] = "table = false" end
  if #d.data > 0 and not d.datacount then options[#options + 1] = "datacount = false" end
  if self.how.elems then options[#options + 1] = "elem = false" end
  if not d.linking then options[#options + 1] = "linking = false" end
  if self.how.width then options[#options + 1] = ("size_width = %d"):format(self.how.width) end
  if #options == 0 then
    self:line("local o = object %s", q(name))
  else
    self:line("local o = object(%s, { %s })", q(name), table.concat(options, ", "))
  end
  mark_got(d)
end

-- Lists ---------------------------------------------------------------------------------------

-- Where members join their groups in the order of declaration, they do so as they are declared.
function frame:groups()
  for i, g in ipairs(self.object.comdats) do
    local options = {}
    if g.flags ~= 0 then options[1] = ("flags = %d"):format(g.flags) end
    if self.how.comdats then
      local list = {}
      for k, e in ipairs(g.entries) do
        list[k] = ("{ kind = %s, entity = %d }"):format(q(e.kind), e.index)
      end
      options[#options + 1] = "entries = { " .. table.concat(list, ", ") .. " }"
    end
    for _, e in ipairs(not self.how.comdats and g.entries or {}) do
      local member = e.kind == "data" and self.object.data[e.index + 1]
        or self.object.spaces[e.kind] and self.object.spaces[e.kind][e.index + 1]
      if member then self.group_of[member] = i end
    end
    if #options > 0 then
      self:call(("group[%d] = o:comdat(%s"):format(i, q(g.name)), options)
    else
      self:line("group[%d] = o:comdat %s", i, q(g.name))
    end
  end
end

function frame:types()
  local seen = {}
  for i, t in ipairs(self.object.types) do
    t.index = i
    if seen[t.sig] then self.is_repeated[t] = true end
    if not seen[t.sig] then t.first = i - 1 end
    seen[t.sig] = true
  end
  for i, t in ipairs(self.object.types) do
    if self.is_repeated[t] then
      self:line("ty[%d] = o:type(%s, { unique = true })", i, q(t.sig))
    elseif self.how.types then
      self:line("o:type %s", q(t.sig))
    end
  end
end

function frame:elems()
  for _, el in ipairs(self.how.elems and self.object.elems or {}) do
    local options, funcs = {}, {}
    for i, index in ipairs(el.funcs) do funcs[i] = self:function_text(index) end
    if el.flags ~= 0 then table.insert(options, ("flags = %d"):format(el.flags)) end
    if el.flags & 1 ~= 0 then table.insert(options, "passive = true") end
    if el.table then table.insert(options, ("table = %d"):format(el.table)) end
    if el.elemkind and el.elemkind ~= 0 then
      table.insert(options, ("elemkind = %d"):format(el.elemkind))
    end
    if el.offset then table.insert(options, "offset = " .. self:initial(el.offset)) end
    self:line "o:elem {"
    for _, option in ipairs(options) do self:line("  " .. option .. ",") end
    for _, line in ipairs(quote.field("funcs", funcs)) do self:line("  " .. line) end
    self:line "}"
  end
end

local function list_text(list)
  local words = {}
  for i, word in ipairs(list) do words[i] = q(word) end
  return "{ " .. table.concat(words, ", ") .. " }"
end

function frame:metadata()
  local d = self.object
  for _, i in ipairs(d.inits) do
    local s = d.symbols[i.symbol + 1]
    local what = s and self.is_first[s] and ("o:symbol %s"):format(q(s.name)) or tostring(i.symbol)
    self:line("o:init(%s, %d)", what, i.priority)
  end
  for _, x in ipairs(d.exports) do
    self:line("o:export(%s, { kind = %s, index = %d })", q(x.name), q(x.kind), x.index)
  end
  if d.start then self:line("o:start(%d)", d.start) end
end

-- Of the tools that made it, and what of the machine it uses.
function frame:tools()
  local d = self.object
  if d.producers then
    local list = {}
    for i, p in ipairs(d.producers) do list[i] = list_text(p) end
    self:line("o:producers { %s }", table.concat(list, ", "))
  end
  if d.features then self:line("o:features %s", list_text(d.features)) end
end

-- Sections ----------------------------------------------------------------------------------------

-- The order in which object.lua would write these sections.
local ORDER = { "type", "import", "function", "table", "memory", "tag", "global", "export", "start",
  "elem", "datacount", "code", "data" }

local function usual_order(d)
  local order, there = { "header" }, {}
  for _, s in ipairs(d.sections) do there[s.path] = s end
  local function add(path) if there[path] then order[#order + 1] = path end end
  if d.dylink then add(d.sections[1].path) end
  for _, path in ipairs(ORDER) do add(path) end
  for _, s in ipairs(d.sections) do if s.is_custom then add(s.path) end end
  for _, path in ipairs { "linking", "reloc.CODE", "reloc.DATA" } do add(path) end
  for _, s in ipairs(d.sections) do
    if s.is_custom then add("reloc." .. s.path) end
  end
  if there.name and not there.name.is_custom then add "name" end
  add "producers"
  add "target_features"
  return order
end

function frame:arrangement()
  local d, paths = self.object, { "header" }
  for i, s in ipairs(d.sections) do paths[i + 1] = s.path end
  if table.concat(paths, "\n") ~= table.concat(usual_order(d), "\n") then
    self:line("o:set_sections %s", list_text(paths))
  end
  for _, s in ipairs(d.sections) do
    if s.width ~= (self.how.width and #B.uleb(s.size) or 5) then
      self:line("o:set(%s, uleb(%d, %d))", q(s.path .. ".size"), s.size, s.width)
    end
  end
  for _, s in ipairs(d.sections) do
    if self.how.section[s.path] then
      self:line("o:set(%s, %s, { fix = false })", q(s.path),
        quote.long(d.bytes:sub(s.first, s.last)))
    end
  end
end

return frame
