-- harmless.lua: faults that are none, because the convention leaves the choice.
--
-- Takes: the correct module and the changed one, both decoded.
-- Gives: the reason, or nil.  Rule of thumb: a reason is a property of the two modules, never the
-- name of a case; what it lets pass is counted and shown.

local harmless = {}

-- Whether two values are the same but for the field at the path `free`.
local function same(a, b, path, free)
  if free[path] then return true end
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  for key, value in pairs(a) do
    if not same(value, b[key], path .. "." .. tostring(key), free) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil and not free[path .. "." .. tostring(key)] then return false end
  end
  return true
end

local function parts_same(m, n, names)
  for _, name in ipairs(names) do
    if not same(m[name], n[name], "", {}) then return false end
  end
  return true
end

local function limits_grew(a, b)
  return a and b and b.min >= a.min and (not b.max or b.max >= (a.max or b.max))
    and not a.shared == not b.shared and not a.is64 == not b.is64 and a.page_size == b.page_size
end

local function larger(m, n, which, others)
  if #m[which] ~= #n[which] or not parts_same(m, n, others) then return false end
  for i, x in ipairs(m[which]) do
    if not limits_grew(x.limits, n[which][i].limits) then return false end
    if x.type ~= n[which][i].type then return false end
  end
  return not same(m[which], n[which], "", {})
end

local function stack_pointer(m)
  local g = m.globals[1]
  return g and g.mutable and not g.imported and g.init and g.init.value, g and g.name
end

local REST = { "types", "imports", "funcs", "exports", "elems", "start" }

-- m: the correct module, n: the changed one.
function harmless.reason(m, n)
  if larger(m, n, "memories", { "data", "globals", "tables" }) then
    return "the memory is larger, or may grow further"
  end
  if larger(m, n, "tables", { "data", "globals", "memories" }) then
    return "the table is larger, or may grow further"
  end
  local was, name = stack_pointer(m)
  local is = stack_pointer(n)
  if was and is and was ~= is and name == "__stack_pointer" and is % 16 == 0 and is > was
    and parts_same(m, n, { "data", "memories", "tables" }) and parts_same(m, n, REST) then
    return "the stack is larger, and lies in memory"
  end
  return nil
end

return harmless
