-- harmless.lua: faults that are none, because the convention leaves the choice.
--
-- Takes: { about, m, n, changes, kind, taken }: what is known of the correct link (faults.lua), the
-- correct module and the changed one, decoded, all that differs between them (changes.lua), the
-- kind of fault, and the permissions that the changed module takes.
-- Gives: the reason, or nil.  Rule of thumb: a reason looks at every change, and shows that none of
-- them can matter; where it cannot, the fault is a true one.

local allowed = require "faults.allowed"
local dynamic = require "faults.dynamic"
local labels = require "faults.labels"
local layout = require "faults.layout"
local same = require "faults.same"
local unrun = require "faults.unrun"
local zeros = require "faults.zeros"

local harmless = {}

-- Memory and tables -------------------------------------------------------------------------------

local MOST_PAGES = 65536

local function limits_of(x, which) return x.m[which][1].limits, x.n[which][1].limits end

-- May its maximum be another?  Where no option says how large it may become, that of shared memory
-- is the linker's choice; where it does not grow, it is what the memory has.
local function is_free_max(x, limits)
  if layout.has_option(x, "--max-memory") then return false end
  if layout.has_option(x, "--no-growable-memory") then return limits.max == limits.min end
  return layout.has_option(x, "--shared-memory")
end

local function memory_larger(x)
  if not layout.all_in(x, "^memories%.1%.limits%.m[ia][nx]$") then return false end
  local a, b = limits_of(x, "memories")
  if b.min > a.min and layout.has_option(x, "--initial-memory") then return false end
  return b.min >= a.min and (a.max == b.max or is_free_max(x, b) and b.max > a.max)
    and b.min <= (b.max or b.is64 and b.min or MOST_PAGES)
end

local function functions_table(x)
  for _, import in ipairs(x.m.imports) do
    if import.kind == "table" and import.name == "__indirect_function_table" then
      return import.index
    end
  end
  return layout.own(x, "__indirect_function_table")
end

-- The slots that are more are empty, as those that are added later.
local function table_larger(x)
  if not layout.all_in(x, "^tables%.%d+%.limits%.m[ia][nx]$") then return false end
  local i = tonumber(x.changes[1].path:match("%d+"))
  if i - 1 ~= functions_table(x) then return false end
  local a, b = x.m.tables[i].limits, x.n.tables[i].limits
  return b.min > a.min and (not b.max or b.max == b.min or b.max == a.max and b.min <= b.max)
end

-- Data --------------------------------------------------------------------------------------------

local function is_between_inputs(x, i, at)
  local s = layout.segment_of(x, i)
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

-- The number of a segment that is elsewhere: an active one, or one that the start function copies.
local function moved_segment(x)
  local path = #x.changes == 1 and x.changes[1].path or ""
  local f, k = path:match("^code%.(%d+)%.(%d+)%.1$")
  if not f then return tonumber(path:match("^data%.(%d+)%.at%.value$")) end
  local copy = tonumber(f) - 1 == x.n.start and x.n:code(x.n.start)[tonumber(k) + 3]
  return copy and copy.op == "memory.init" and copy[1] + 1
end

-- A segment that is elsewhere, and to which nothing points.  To thread-local data of a single
-- thread the global __tls_base does.
local function unseen_moved(x)
  local i = moved_segment(x)
  local s = i and layout.segment_of(x, i)
  if not s or s.tls and layout.has_option(x, "--shared-memory")
    or layout.knows_bounds(x) or layout.pointers(x, s.address, s.address + s.size) ~= 0 then
    return false
  end
  local from = x.changes[1].is
  local to = from + s.size
  if from < 0 or to > layout.memory_size(x.n) or layout.is_in_stack(x, from, to)
    or layout.is_taken(x, from, to, s) then
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
  local index, pointer = layout.stack_pointer(x)
  if not index or layout.knows_bounds(x)
    or not layout.all_in(x, ("^globals%%.%d%%.init%%.value$"):format(index + 1)) then
    return false
  end
  local from, to = pointer.init.value, x.n.globals[index + 1].init.value
  return to > from and to % 16 == 0 and to <= layout.memory_size(x.n)
    and not layout.is_taken(x, from, to)
end

-- All of them -------------------------------------------------------------------------------------

local REASONS = {
  { "a number is written in more bytes, or in fewer",
    function(x) return #x.changes == 0 end },
  { "the memory is larger at the start, or may become so: nothing says how large it must be",
    memory_larger },
  { "the table of functions is larger at the start: the slots behind the last one are empty",
    table_larger },
  { "bytes between the inputs' data, where nothing of an input is", padding },
  { "data that no address in the module points to lies elsewhere, free and aligned",
    unseen_moved },
  { "the stack begins higher, in memory that is free: it is larger", stack_larger },
}

for _, more in ipairs { zeros, unrun, allowed, same, labels, dynamic } do
  table.move(more, 1, #more, #REASONS + 1, REASONS)
end

function harmless.reason(x)
  for _, r in ipairs(REASONS) do
    if r[2](x) then return r[1] end
  end
end

return harmless
