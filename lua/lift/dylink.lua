-- lift/dylink.lua: what a shared library has beside what an object has: "dylink.0", and names in
-- place of symbols.
--
-- Takes: cursors of lift/read.lua and its description d.  Gives: in d
--   dylink     { numbers or nil, is_legacy, needed, exports, imports, runtime_path }: lists of what
--              the verbs of library.lua take
--   names      { module, functions, globals, data }: a word, lists of { index, name }
-- and for every entity a label: the name that the case has for it.
-- Rule of thumb: a label is the name by which others know the thing, where no other took it.

local dylink = {}

-- Sections ----------------------------------------------------------------------------------------

local function read_numbers(c)
  return { memory_size = c:uleb(), memory_align = c:uleb(), table_size = c:uleb(),
    table_align = c:uleb() }
end

local function one_name(c) return { c:name() } end

local PARTS = {
  function(c, l) l.numbers = read_numbers(c) end,
  function(c, l) l.needed = c:list(one_name) end,
  function(c, l) l.exports = c:list(function() return { c:name(), (c:uleb()) } end) end,
  function(c, l) l.imports = c:list(function() return { c:name(), c:name(), (c:uleb()) } end) end,
  function(c, l) l.runtime_path = c:list(one_name) end,
}

local function new() return { needed = {}, exports = {}, imports = {}, runtime_path = {} } end

-- By name: what reads a section that makes a module a library.  It is the first one.
dylink.first = {}

dylink.first["dylink.0"] = function(c, d)
  d.dylink = new()
  while not c:done() do
    local read = PARTS[c:u8()] or error("an unknown subsection of dylink.0", 0)
    read(c:part((c:uleb())), d.dylink)
  end
end

function dylink.first.dylink(c, d)
  d.dylink = new()
  d.dylink.is_legacy = true
  d.dylink.numbers = read_numbers(c)
  d.dylink.needed = c:list(one_name)
end

local MAPS = { [1] = "functions", [7] = "globals", [9] = "data" }

-- Reads the section "name"; whether all of it is known.
function dylink.read_names(c, d)
  d.names = {}
  while not c:done() do
    local kind = c:u8()
    local inner = c:part((c:uleb()))
    if kind == 0 then d.names.module = inner:name()
    elseif not MAPS[kind] then return false
    else d.names[MAPS[kind]] = inner:list(function() return { inner:uleb(), inner:name() } end) end
  end
  return true
end

-- Labels ------------------------------------------------------------------------------------------

-- The first that no other thing has.
local function give(taken, e, ...)
  for i = 1, select("#", ...) do
    local name = select(i, ...)
    if name and name ~= "" and not taken[name] then
      e.label, taken[name] = name, true
      return
    end
  end
end

local NAMED = { ["function"] = "functions", global = "globals" }

-- Gives every entity its label, and every segment its name.
function dylink.label(d)
  local taken, names = {}, {}
  for kind, list in pairs(NAMED) do
    for _, pair in ipairs(d.names and d.names[list] or {}) do
      local e = d.spaces[kind][pair[1] + 1]
      if e then names[e] = pair[2] end
    end
  end
  for _, x in ipairs(d.exports) do
    local e = d.spaces[x.kind] and d.spaces[x.kind][x.index + 1]
    if e and not e.label and not e.module then give(taken, e, x.name) end
  end
  for _, e in ipairs(d.imports) do
    local far = e.module .. "." .. e.field
    give(taken, e, not e.module:find "^GOT%." and e.field, far, far .. "." .. e.kind)
  end
  for _, kind in ipairs { "function", "table", "memory", "global", "tag" } do
    for i, e in ipairs(d.spaces[kind]) do
      if not e.label then give(taken, e, names[e], ("%s.%d"):format(kind, i - 1)) end
      e.label = e.label or error("things of one name", 0)
    end
  end
  for _, pair in ipairs(d.names and d.names.data or {}) do
    if d.data[pair[1] + 1] then d.data[pair[1] + 1].name = pair[2] end
  end
  for _, s in ipairs(d.data) do
    s.name, s.align, s.segment_flags = s.name or "", 0, 0
  end
end

return dylink
