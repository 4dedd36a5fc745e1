-- dynamic.lua: what a module may tell a loader otherwise, and how its own code may do the same.
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

-- Locals that code of the linker's own does not use: more of the last ones, so that all others are
-- what they were.  And hints of how its stores are aligned.
local function unused_in_own(x)
  for _, c in ipairs(x.changes) do
    local f, group = c.path:match "^funcs%.(%d+)%.locals%.(%d+)%.count$"
    local is_last = f and tonumber(group) == #x.m.funcs[tonumber(f)].locals
    if not is_last or not layout.is_made(x, f - 1) or c.is < c.was then return false end
  end
  return #x.changes > 0
end

local function aligned_otherwise(x)
  for _, c in ipairs(x.changes) do
    local f, i, operand = c.path:match "^code%.(%d+)%.(%d+)%.(%d+)$"
    local op = f and layout.is_made(x, f - 1) and x.m:code(f - 1)[tonumber(i)]
    if not op or operand ~= "1" or not op.op:find "^i%d+%.store$" then return false end
  end
  return #x.changes > 0
end

-- Nothing calls through the table, and no segment fills it.
local function table_unused(x)
  local lost = #x.m.imports - #x.n.imports == 1 and #x.m.tables - #x.n.tables == 1
  if not lost or #x.m.elems > 0 then return false end
  for i, f in ipairs(x.m.funcs) do
    for _, op in ipairs(f.offset and x.m:code(i - 1) or {}) do
      if op.op:find "indirect" or op.op:find "^table" then return false end
    end
  end
  return true
end

local TOLD = 0x20 | 0x40 | 0x80 -- exported, explicit name, no strip

local function means_the_same(flags, others) return others and (flags ~ others) & ~TOLD == 0 end

local function flags_by_name(list)
  local flags = {}
  for _, i in ipairs(list) do flags[(i.module or "") .. "." .. i.name] = i.flags end
  return flags
end

-- Flags of "dylink.0" that say nothing to a loader; or all of what is no import.
local function says_nothing(x)
  local a, b = sections(x)
  if not a then return false end
  local imported, imports = {}, flags_by_name(b.imports)
  for _, i in ipairs(x.m.imports) do imported[i.module .. "." .. i.name] = true end
  for _, i in ipairs(a.imports) do
    local name = i.module .. "." .. i.name
    local needed = imported[name] or imported["GOT.mem." .. i.name]
      or imported["GOT.func." .. i.name]
    if needed and not means_the_same(i.flags, imports[name]) then return false end
  end
  local exports = flags_by_name(b.exports)
  for _, e in ipairs(a.exports) do
    if not means_the_same(e.flags, exports["." .. e.name]) then return false end
  end
  for key, value in pairs(b) do
    if key ~= "imports" and key ~= "exports" and not same(value, a[key]) then return false end
  end
  return #a.exports == #b.exports
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
  local at = d.at.op:find "const$" and d.at.value or d.at.op == "global.get" and 0
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

-- What a function of the module's own reads and writes: globals, memory; nil: it calls others.
local function touched(m, f)
  local t = { reads = {}, writes = {} }
  if not m.funcs[f + 1].offset then return nil end
  for _, op in ipairs(m:code(f)) do
    if op.op:find "^call" then return nil end
    if op.op == "global.get" then t.reads[op[1]] = true end
    if op.op == "global.set" then t.writes[op[1]] = true end
    t.loads = t.loads or op.op:find "load" or op.op:find "atomic" or op.op == "memory.copy"
    t.stores = t.stores or op.op:find "store" or op.op:find "atomic" or op.op:find "^memory%."
  end
  return t
end

local function needs(a, b)
  for global in pairs(a.writes) do
    if b.reads[global] or b.writes[global] then return true end
  end
  return a.stores and (b.loads or b.stores)
end

local function are_independent(m, functions)
  for i, f in ipairs(functions) do
    for k, g in ipairs(functions) do
      local a, b = touched(m, f), touched(m, g)
      if not a or not b or i ~= k and needs(a, b) then return false end
    end
  end
  return true
end

-- The function, all changes of which are of what it calls; and what it calls before and after.
local function calls_changed(x)
  local f = x.changes[1] and x.changes[1].path:match "^code%.(%d+)%."
  if not f or not layout.all_in(x, ("^code%%.%s%%."):format(f)) then return nil end
  local before, after = x.m:code(f - 1), x.n:code(f - 1)
  local a, b = {}, {}
  for i, op in ipairs(before) do
    local other = after[i]
    if op.op == "call" and other and other.op == "call" then
      a[#a + 1], b[#b + 1] = op[1], other[1]
    elseif not same(op, other) then
      return nil
    end
  end
  return #before == #after and a, b
end

-- Functions of the linker's own are called in another order, and need nothing of each other.
local function calls_otherwise(x)
  local a, b = calls_changed(x)
  if not a then return false end
  local functions = { table.unpack(a) }
  table.sort(a)
  table.sort(b)
  return same(a, b) and are_independent(x.m, functions)
end

return {
  { "functions that need nothing of each other are called in another order", calls_otherwise },
  { "pointers in data begin as other numbers, and code writes them first", overwritten },
  { "more is reserved, or at stricter alignment", reserves_more },
  { "a program at fixed addresses has nothing reserved", at_fixed_addresses },
  { "a function of the linker's own has more locals than it uses", unused_in_own },
  { "a store of the linker's own is aligned as before, whatever it says", aligned_otherwise },
  { "a table that nobody uses is not imported", table_unused },
  { "what a loader is told of a symbol means what it meant", says_nothing },
}
