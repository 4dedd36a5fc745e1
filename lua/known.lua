-- known.lua: known divergences of one linker, cases/known/<linker>.lua.
--
-- The file returns a list of
--   { id = "topic/file/case", verdict = "FAIL", versions = ">=14 <19", why = "...",
--     kind = "bug" | "unimplemented" | "disagrees" | "spec-silent" }
-- Rule of thumb: strict both ways.  As listed: XFAIL.  Passes although listed: XPASS, which is
-- unexpected.  Fails in another way than listed: a failure.

local lfs = require "lfs"
local verdict = require "verdict"

local known = {}

local KINDS = { bug = true, unimplemented = true, disagrees = true, ["spec-silent"] = true }

local function numbers(version)
  local list = {}
  for n in version:gmatch("%d+") do list[#list + 1] = tonumber(n) end
  return list
end

-- -1, 0 or 1; compares as many numbers as the bound has: 19.1.7 is within "<=19".
local function compare(version, bound)
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

-- Whether a version is in a range such as ">=14 <19"; every range holds for a version not known.
function known.in_range(version, range)
  if not version then return true end
  for op, bound in (range or ""):gmatch("([<>=]+)%s*([%d.]+)") do
    local holds = HOLDS[op]
    if not holds then error("no such comparison: " .. op) end
    if not holds(compare(version, bound)) then return false end
  end
  return true
end

local function check(entry, ids)
  if not ids[entry.id] then return "no such case" end
  if not verdict.tally(entry.verdict or "") then return "verdict is none of the set" end
  if not KINDS[entry.kind] then
    return "kind is bug, unimplemented, disagrees or spec-silent"
  end
  if type(entry.why) ~= "string" or entry.why == "" then return "why is missing" end
end

-- The entries of a linker that hold for its version, by id.  On a faulty file: nil and why.
function known.load(folder, linker, version, ids)
  local path = ("%s/known/%s.lua"):format(folder, linker)
  if not lfs.attributes(path) then return {} end
  local chunk, message = loadfile(path, "t", {})
  if not chunk then return nil, message end
  local ok, list = pcall(chunk)
  if not ok or type(list) ~= "table" then return nil, path .. ": " .. tostring(list) end
  local by_id = {}
  for _, entry in ipairs(list) do
    local wrong = check(entry, ids)
    if wrong then return nil, ("%s: %s: %s"):format(path, tostring(entry.id), wrong) end
    if known.in_range(version, entry.versions) then by_id[entry.id] = entry end
  end
  return by_id
end

-- Changes the verdict of a result as its entry demands; entry may be nil.
function known.apply(result, entry)
  if not entry or result.verdict == "UNSUPPORTED" or result.verdict == "BROKEN" then return end
  if result.verdict == entry.verdict then
    result.verdict, result.why = "XFAIL", ("%s (%s)"):format(entry.why, entry.kind)
  elseif result.verdict == "PASS" then
    result.verdict = "XPASS"
    result.expected = ("%s, as listed: %s"):format(entry.verdict, entry.why)
    result.found = "the case passes: take it off the list"
  else
    result.notes = result.notes or {}
    table.insert(result.notes,
      ("listed as %s, but seen as %s"):format(entry.verdict, result.verdict))
    result.verdict = "FAIL"
  end
end

return known
