-- layout.lua: where things are in the correct link, for the reasons why a fault is none.
--
-- Takes: what a reason takes (harmless.lua).  Gives: the memory, what lies where in it, which
-- numbers of the module are addresses, and which of its parts are others now.

local bytes = require "faults.bytes"

local layout = {}

local value_at = bytes.value_at

-- Do all changes have such a path?  (No change is none of it.)
function layout.all_in(x, pattern)
  for _, c in ipairs(x.changes) do
    if not c.path:find(pattern) then return false end
  end
  return #x.changes > 0
end

function layout.memory_size(m)
  local l = m.memories[1] and m.memories[1].limits
  return l and l.min * l.page_size or 0
end

function layout.has_option(x, name)
  for _, word in ipairs(x.about.request.argv) do
    if word == name or word:sub(1, #name + 1) == name .. "=" then return true end
  end
  return false
end

-- By number: is it a function of the inputs?  All others are the linker's own.
function layout.input_functions(about)
  local set = {}
  for _, c in ipairs(about.layout.chunks) do
    if c.kind == "function" and c.index then set[c.index] = true end
  end
  return set
end

-- Is it a function of the linker's own?
function layout.is_made(x, index)
  return x.m.funcs[index + 1].offset and not layout.input_functions(x.about)[index]
end

-- Does any data of the inputs, or of the linker, lie from `from` to `to`?
function layout.is_taken(x, from, to, but)
  for _, s in ipairs(x.about.layout.segments) do
    if s ~= but and s.address < to and s.address + s.size > from then return true end
  end
  return false
end

-- The number of the linker's own symbol of that name, or nil.
function layout.own(x, name)
  for _, s in ipairs(x.about.layout.symbols) do
    if s.name == name and s.state == "defined" and not s.object then return s.index end
  end
end

-- The stack pointer: its index, and the global.
function layout.stack_pointer(x)
  local index = layout.own(x, "__stack_pointer")
  return index, index and x.m.globals[index + 1]
end

-- What tells a program where the linker has put things.
local BOUNDS = { "__data_end", "__global_base", "__heap_base", "__heap_end", "__stack_low",
  "__stack_high" }

-- Does the module hold the address of any of them?  Then what lies where matters.  A definition of
-- an input is no bound.
function layout.knows_bounds(x)
  local known = {}
  for _, site in ipairs(x.about.sites) do known[site.symbol or 0] = true end
  for _, e in ipairs(x.m.exports) do known[e.name] = true end
  for _, s in ipairs(x.about.layout.symbols) do
    if s.object and s.state == "defined" then known[s.name] = nil end
  end
  for _, name in ipairs(BOUNDS) do
    if known[name] then return true end
  end
  return false
end

local function stack_size(x)
  local size = 65536
  for _, word in ipairs(x.about.request.argv) do
    size = tonumber(word:match("stack%-size=(%d+)$")) or size
  end
  return size
end

function layout.is_in_stack(x, from, to)
  local _, pointer = layout.stack_pointer(x)
  local top = pointer and pointer.init.value or 0
  return from < top and to > top - stack_size(x)
end

-- How many addresses of what lies from `from` to `to` the module holds, at sites and in globals;
-- nil where there are distances, too.  An address of its end is one, but for that of a symbol
-- which begins there.
function layout.pointers(x, from, to)
  local n, exported = 0, {}
  for _, e in ipairs(x.m.exports) do
    if e.kind == "global" then exported[e.index] = not e.name:find("^__") end
  end
  for _, site in ipairs(x.about.sites) do
    if site.kind:find("LOCREL") then return nil end
    local address = value_at(x.m, site)
    if site.kind:find("^R_WASM_MEMORY_ADDR") and not site.kind:find("TLS")
      and address >= from and address <= to then
      n = n + 1
    end
  end
  local pointer = layout.stack_pointer(x)
  for _, g in ipairs(x.m.globals) do
    local address = g.index ~= pointer and g.init and g.init.value or -1
    local next_one = address == to and exported[g.index] and to > from
    if address >= from and address <= to and not next_one then n = n + 1 end
  end
  return n
end

-- The linker's segment that is number i of the data section.
function layout.segment_of(x, i)
  for _, s in ipairs(x.about.layout.segments) do
    if s.index == i - 1 and not s.bss then return s end
  end
end

-- The only site whose number is another now.
function layout.changed_site(x)
  local before, after = x.m.bytes, x.n.bytes
  if #before ~= #after then return end
  for _, site in ipairs(x.about.sites) do
    local to = site.at + site.width
    if before:sub(1, site.at) == after:sub(1, site.at) and before:sub(to + 1) == after:sub(to + 1)
    then
      return site
    end
  end
end

-- The names of a global: of what it exports, or of the symbol that position-independent code reads
-- there.
local function names_of(m, index)
  local names = {}
  local got = (m.globals[index + 1].name or ""):match("^GOT%.data%.internal%.(.+)")
  if got then names[got] = true end
  for _, e in ipairs(m.exports) do
    if e.kind == "global" and e.index == index then names[e.name] = true end
  end
  return names
end

-- The one number of the module that is another now, if it is an address: { was, is, names, site };
-- names are those of the symbol it belongs to.
function layout.moved(x)
  local i = #x.changes == 1 and x.changes[1].path:match("^globals%.(%d+)%.init%.value$")
  if i then
    return { was = x.changes[1].was, is = x.changes[1].is, names = names_of(x.m, i - 1) }
  end
  local site = layout.changed_site(x)
  if site and site.kind:find("^R_WASM_MEMORY_ADDR") and not site.kind:find("REL")
    and not site.kind:find("TLS") then
    return { was = value_at(x.m, site), is = value_at(x.n, site), site = site,
      names = { [site.symbol or ""] = true } }
  end
end

return layout
