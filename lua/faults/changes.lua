-- changes.lua: what differs between two modules, as structure.
--
-- Takes: two decoded modules.  Gives: a list of { path, was, is }: path is "memories.1.limits.max",
-- lists count from 1, and a missing value is nil.  Rule of thumb: where something stands in the
-- file, and how wide its number is written, is no difference.

local changes = {}

-- What is about the file, or is said elsewhere, too.
local SKIPPED = { offset = true, size = true, code_offset = true, width = true, imms = true,
  bytes = true, opcode = true }

-- The names of an entity are those of the name section, the imports and the exports.
local NAMED = { funcs = true, tables = true, memories = true, globals = true, tags = true,
  data = true }

local SHORT = 40 -- characters of a text that are shown

-- The keys of either, in order: numbers first.
local function keys_of(a, b)
  local set, list = {}, {}
  for key in pairs(a) do set[key] = true end
  for key in pairs(b) do set[key] = true end
  -- Of one instruction op and value say all.
  if a.op and b.op then set.code = nil end
  for key in pairs(set) do
    if not SKIPPED[key] then list[#list + 1] = key end
  end
  table.sort(list, function(x, y)
    if type(x) == type(y) then return x < y end
    return type(x) == "number"
  end)
  return list
end

local function compare(a, b, path, out)
  if type(a) == "table" and type(b) == "table" then
    for _, key in ipairs(keys_of(a, b)) do compare(a[key], b[key], path .. "." .. key, out) end
  elseif a ~= b then
    out[#out + 1] = { path = path, was = a, is = b }
  end
end

-- The list without names.
local function nameless(list)
  local out = {}
  for i, item in ipairs(list) do
    local copy = {}
    for key, value in pairs(item) do copy[key] = value end
    copy.name = nil
    out[i] = copy
  end
  return out
end

local function compare_bytes(a, b, path, out)
  if a == b then return end
  if #a ~= #b then
    out[#out + 1] = { path = path .. ".size", was = #a, is = #b }
    return
  end
  for i = 1, #a do
    if a:byte(i) ~= b:byte(i) then
      out[#out + 1] = { path = path .. ".byte." .. i, was = a:byte(i), is = b:byte(i) }
    end
  end
end

-- What the name section and its like say is compared as read; their bytes when nothing else of
-- them differs.
local READ = { name = "names", producers = "producers", target_features = "features" }

local function compare_customs(m, n, out)
  for i = 1, math.max(#m.customs, #n.customs) do
    local a, b = m.customs[i], n.customs[i]
    if a and b and a.name == b.name then
      local known, before = READ[a.name], #out
      if known then compare(m[known], n[known], known, out) end
      if #out == before then compare_bytes(a.bytes, b.bytes, "custom." .. a.name, out) end
    end
  end
end

local function body_of(m, index)
  local f = m.funcs[index]
  return m.bytes:sub(f.offset + 1, f.offset + f.size)
end

local function compare_code(m, n, out)
  for i, f in ipairs(m.funcs) do
    local g = n.funcs[i]
    if f.offset and g and g.offset and body_of(m, i) ~= body_of(n, i) then
      compare(m:code(i - 1), n:code(i - 1), "code." .. i, out)
    end
  end
end

-- m: the first module, n: the second.
function changes.between(m, n)
  local out = {}
  for _, part in ipairs { "types", "imports", "exports", "elems", "start", "data_count",
    "build_id", "dylink", "linking", "relocs", "sections" } do
    compare(m[part], n[part], part, out)
  end
  for part in pairs(NAMED) do compare(nameless(m[part]), nameless(n[part]), part, out) end
  for i, d in ipairs(m.data) do
    local e = n.data[i]
    if e then compare_bytes(d.bytes, e.bytes, "data." .. i, out) end
  end
  compare_code(m, n, out)
  compare_customs(m, n, out)
  table.sort(out, function(x, y) return x.path < y.path end)
  return out
end

local function show(value)
  if type(value) == "table" then return "a list" end
  if type(value) ~= "string" then return tostring(value) end
  local text = #value > SHORT and value:sub(1, SHORT) .. "..." or value
  return '"' .. text:gsub("[^ -~]", function(c) return ("\\x%02x"):format(c:byte()) end) .. '"'
end

-- "globals.1.init.value: 16 -> 17", and how many more there are.
function changes.text(list)
  local first = list[1]
  if not first then return "the same structure" end
  local text = ("%s: %s -> %s"):format(first.path, show(first.was), show(first.is))
  return #list > 1 and ("%s, and %d more"):format(text, #list - 1) or text
end

return changes
