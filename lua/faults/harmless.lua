-- harmless.lua: faults that are none, because the convention leaves the choice.
--
-- Takes: { about, m, n, changes }: what is known of the correct link (faults.lua), the correct
-- module and the changed one, decoded, and all that differs between them (changes.lua).
-- Gives: the reason, or nil.  Rule of thumb: a reason looks at every change, and shows that none of
-- them can matter; where it cannot, the fault is a true one.

local labels = require "faults.labels"
local same = require "faults.same"
local value_at = require("faults.bytes").value_at

local harmless = {}

-- Do all changes have such a path?
local function all_in(x, pattern)
  for _, c in ipairs(x.changes) do
    if not c.path:find(pattern) then return false end
  end
  return #x.changes > 0
end

-- Addresses ---------------------------------------------------------------------------------------

local function memory_size(m)
  local l = m.memories[1] and m.memories[1].limits
  return l and l.min * l.page_size or 0
end

-- Does any data of the inputs, or of the linker, lie from `from` to `to`?
local function is_taken(x, from, to, but)
  for _, s in ipairs(x.about.layout.segments) do
    if s ~= but and s.address < to and s.address + s.size > from then return true end
  end
  return false
end

local function stack_pointer(x)
  for _, s in ipairs(x.about.layout.symbols) do
    if s.name == "__stack_pointer" and s.state == "defined" and not s.object then
      return s.index, x.m.globals[s.index + 1]
    end
  end
end

local function stack_size(x)
  local size = 65536
  for _, word in ipairs(x.about.request.argv) do
    size = tonumber(word:match("stack%-size=(%d+)$")) or size
  end
  return size
end

-- The addresses that the module holds: what is at sites, and in globals.  Nil where there are
-- distances, too.
local function addresses(x)
  local list = {}
  for _, site in ipairs(x.about.sites) do
    if site.kind:find("LOCREL") then return nil end
    if site.kind:find("^R_WASM_MEMORY_ADDR") and not site.kind:find("TLS") then
      list[#list + 1] = value_at(x.m, site)
    end
  end
  local pointer = stack_pointer(x)
  for _, g in ipairs(x.m.globals) do
    if g.index ~= pointer and g.init then list[#list + 1] = g.init.value end
  end
  return list
end

-- Memory and tables -------------------------------------------------------------------------------

local MOST_PAGES = 65536

local function limits_of(x, which) return x.m[which][1].limits, x.n[which][1].limits end

local function memory_larger(x)
  if not all_in(x, "^memories%.1%.limits%.min$") then return false end
  local a, b = limits_of(x, "memories")
  return b.min > a.min and b.min <= (b.max or b.is64 and b.min or MOST_PAGES)
end

-- One that can grow: the slots that are more are empty at first, as those that are added later.
local function table_larger(x)
  if not all_in(x, "^tables%.%d+%.limits%.min$") then return false end
  local i = tonumber(x.changes[1].path:match("%d+"))
  local a, b = x.m.tables[i].limits, x.n.tables[i].limits
  return b.min > a.min and b.min <= (b.max or b.min)
end

-- Data --------------------------------------------------------------------------------------------

-- The linker's segment that is number i of the data section.
local function segment_of(x, i)
  for _, s in ipairs(x.about.layout.segments) do
    if s.index == i - 1 and not s.bss then return s end
  end
end

local function is_between_inputs(x, i, at)
  local s = segment_of(x, i)
  for _, c in ipairs(s and s.chunks or {}) do
    if at >= c.offset and at < c.offset + c.size then return false end
  end
  return s ~= nil
end

local function padding(x)
  for _, c in ipairs(x.changes) do
    local i, at = c.path:match("^data%.(%d+)%.byte%.(%d+)$")
    if not i or not is_between_inputs(x, tonumber(i), tonumber(at) - 1) then return false end
  end
  return #x.changes > 0
end

-- A segment that is elsewhere, and to which nothing points.
local function unseen_moved(x)
  local i = #x.changes == 1 and x.changes[1].path:match("^data%.(%d+)%.at%.value$")
  local s = i and segment_of(x, tonumber(i))
  local held = s and addresses(x)
  if not held then return false end
  for _, address in ipairs(held) do
    if address >= s.address and address <= s.address + s.size then return false end
  end
  local from = x.changes[1].is
  local _, pointer = stack_pointer(x)
  local top = pointer and pointer.init.value or 0
  local in_stack = from < top and from + s.size > top - stack_size(x)
  if in_stack or from < 0 or from + s.size > memory_size(x.n)
    or is_taken(x, from, from + s.size, s) then
    return false
  end
  for _, c in ipairs(s.chunks) do
    if (from + c.offset) % c.align ~= 0 then return false end
  end
  return true
end

-- The stack grows from the pointer down: what lies between where it began and where it begins now
-- must be free.
local function stack_larger(x)
  local index, pointer = stack_pointer(x)
  if not index or not all_in(x, ("^globals%%.%d%%.init%%.value$"):format(index + 1)) then
    return false
  end
  local from, to = pointer.init.value, x.n.globals[index + 1].init.value
  return to > from and to % 16 == 0 and to <= memory_size(x.n) and not is_taken(x, from, to)
end

-- All of them -------------------------------------------------------------------------------------

local REASONS = {
  { "a number is written in more bytes, or in fewer",
    function(x) return #x.changes == 0 end },
  { "the memory is larger at the start: nothing says how large it must be", memory_larger },
  { "the table is larger at the start: the slots behind the last one are empty", table_larger },
  { "bytes between the inputs' data, where nothing of an input is", padding },
  { "data that no address in the module points to lies elsewhere, free and aligned",
    unseen_moved },
  { "the stack begins higher, in memory that is free: it is larger", stack_larger },
}

table.move(same, 1, #same, #REASONS + 1, REASONS)
table.move(labels, 1, #labels, #REASONS + 1, REASONS)

function harmless.reason(x)
  for _, r in ipairs(REASONS) do
    if r[2](x) then return r[1] end
  end
end

return harmless
