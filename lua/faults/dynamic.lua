-- dynamic.lua: what a module may tell a loader otherwise.
--
-- Takes, gives: as harmless.lua.  Rule of thumb: a loader reserves what it is told to, and a module
-- needs no more than it needs.

local layout = require "faults.layout"

local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  for key, value in pairs(a) do if not same(value, b[key]) then return false end end
  for key in pairs(b) do if a[key] == nil then return false end end
  return true
end

local GROWS = { memory_size = true, memory_align = true, table_size = true, table_align = true }
local MOST_ALIGN = 16

-- What both modules say to a loader, if nothing else is another.
local function sections(x)
  local a, b = x.m.dylink, x.n.dylink
  if a and b and a.memory_size and b.memory_size and layout.all_in(x, "dylink") then
    return a, b
  end
end

-- Only the sizes and alignments of "dylink.0" are others, and larger.
local function reserves_more(x)
  local a, b = sections(x)
  if not a then return false end
  for key, value in pairs(b) do
    if GROWS[key] then
      if value < a[key] then return false end
    elseif not same(value, a[key]) then
      return false
    end
  end
  return b.memory_align <= MOST_ALIGN and b.table_align <= MOST_ALIGN
end

-- Only the sizes and alignments are others, of a module that has its place already.
local function at_fixed_addresses(x)
  local a, b = sections(x)
  if not a then return false end
  if layout.has_option(x, "-shared") or layout.has_option(x, "-pie") then return false end
  for key, value in pairs(b) do
    if not GROWS[key] and not same(value, a[key]) then return false end
  end
  return true
end

-- The functions that run when the module starts.
local function starters(m)
  local list = { m.start }
  for _, op in ipairs(m.start and m.funcs[m.start + 1].offset and m:code(m.start) or {}) do
    if op.op == "call" then list[#list + 1] = op[1] end
  end
  return list
end

local function is_set_at_start(m, global)
  for _, f in ipairs(starters(m)) do
    for _, op in ipairs(m.funcs[f + 1].offset and m:code(f) or {}) do
      if op.op == "global.set" and op[1] == global then return true end
    end
  end
  return false
end

-- The first number of GOT entries, which code sets before anybody reads them.
local function set_at_start(x)
  if not layout.all_in(x, "^globals%.%d+%.init%.value$") then return false end
  for _, c in ipairs(x.changes) do
    local g = x.m.globals[tonumber(c.path:match "%d+")]
    if not g.mutable or not is_set_at_start(x.m, g.index) then return false end
  end
  return true
end

-- The addresses that code writes to when the module is loaded: the first number of each store.
local function written(m)
  local set, first = {}, nil
  for _, e in ipairs(m.exports) do
    if e.name == "__wasm_apply_data_relocs" and e.kind == "func" then
      for _, op in ipairs(m:code(e.index)) do
        if op.op:find "const$" then first = first or op[1] end
        if op.op:find "store$" then
          set[#set + 1] = { first, first + (op.op:find "i64" and 8 or 4) }
          first = nil
        end
      end
    end
  end
  return set
end

-- The address of a byte of data, as code counts: without the base.
local function address_of(m, path)
  local segment, byte = path:match "^data%.(%d+)%.byte%.(%d+)$"
  local d = segment and m.data[tonumber(segment)]
  if not d or d.mode ~= "active" then return nil end
  local at = d.at.op == "i32.const" and d.at.value or d.at.op == "global.get" and 0
  return at and at + tonumber(byte) - 1
end

-- Bytes that nobody reads before code has written others there.
local function overwritten(x)
  local places = written(x.m)
  for _, c in ipairs(x.changes) do
    local at, covered = address_of(x.m, c.path), false
    for _, place in ipairs(at and places or {}) do
      covered = covered or at >= place[1] and at < place[2]
    end
    if not covered then return false end
  end
  return #x.changes > 0
end

-- The calls of the start function, in order of their numbers; nil: it does something else, too.
local function calls_of(m)
  local list = {}
  for _, op in ipairs(m.start and m.funcs[m.start + 1].offset and m:code(m.start) or {}) do
    if op.op == "call" then list[#list + 1] = op[1] elseif op.op ~= "end" then return nil end
  end
  table.sort(list)
  return list
end

-- One sets globals, the other one memory.
local function starts_otherwise(x)
  local a, b = calls_of(x.m), calls_of(x.n)
  return x.m.start and x.m.start == x.n.start and a and b and #a > 1 and same(a, b)
    and layout.all_in(x, ("^code%%.%d%%."):format(x.m.start + 1))
end

-- What others of the program need of a memory no option says.
local function other_most(x)
  if not layout.all_in(x, "^memories%.1%.limits%.max$") or layout.has_option(x, "--max-memory")
    or layout.has_option(x, "--no-growable-memory") then
    return false
  end
  local limits = x.n.memories[1].limits
  return x.m.dylink and limits.max and limits.max >= limits.min
end

return {
  { "the parts of the start function come in another order", starts_otherwise },
  { "a memory that others use, too, may grow to another size", other_most },
  { "pointers in data begin as other numbers, and code writes them first", overwritten },
  { "more is reserved, or at stricter alignment", reserves_more },
  { "a program at fixed addresses has nothing reserved", at_fixed_addresses },
  { "a GOT entry begins as another number, and code sets it first", set_at_start },
}
