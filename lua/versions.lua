-- versions.lua: versions of linkers, and ranges of them, such as ">=14 <19".

local versions = {}

local function numbers(version)
  local list = {}
  for n in version:gmatch("%d+") do list[#list + 1] = tonumber(n) end
  return list
end

-- -1, 0 or 1; compares as many numbers as the bound has: 19.1.7 is within "<=19".
function versions.compare(version, bound)
  local a, b = numbers(version), numbers(bound)
  for i = 1, #b do
    local x = a[i] or 0
    if x ~= b[i] then return x < b[i] and -1 or 1 end
  end
  return 0
end

local HOLDS = {
  [">="] = function(c) return c >= 0 end, ["<="] = function(c) return c <= 0 end,
  [">"] = function(c) return c > 0 end, ["<"] = function(c) return c < 0 end,
  ["="] = function(c) return c == 0 end,
}

-- The operators and bounds of a range, one after the other.
function versions.each_bound(range) return (range or ""):gmatch("([<>=]+)%s*([%d.]+)") end

-- Whether a version is in a range such as ">=14 <19"; every range holds for a version not known.
function versions.within(version, range)
  if not version then return true end
  for op, bound in versions.each_bound(range) do
    local holds = HOLDS[op]
    if not holds then error("no such comparison: " .. op) end
    if not holds(versions.compare(version, bound)) then return false end
  end
  return true
end

-- ">=14 <19" in words.
function versions.words(range)
  local from, op, to = range:match("^>=([%d.]+) (<=?)([%d.]+)$")
  if from then return ("%s %s %s"):format(from, op == "<" and "to before" or "to", to) end
  from = range:match("^>=([%d.]+)$")
  return from and from .. " and later" or range
end

return versions
