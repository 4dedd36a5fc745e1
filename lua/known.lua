-- known.lua: known divergences of one linker, cases/known/<linker>.lua.
--
-- The file returns a list of
--   { id = "topic/file/case", verdict = "FAIL", versions = ">=14 <19", why = "...",
--     kind = "bug" | "unimplemented" | "disagrees" | "spec-silent" }
-- The id may be a pattern ("topic/*"; `except`: a pattern of those it is not meant for), which
-- stands for a row for each case that it matches, but for those that have rows of their own.
-- ids = { ... } in place of id: a row for each of them.
-- Rule of thumb: strict both ways.  As listed: XFAIL.  Passes although listed: XPASS, which is
-- unexpected.  Fails in another way than listed: a failure.

local lfs = require "lfs"
local native = require "native"
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

local function is_pattern(entry) return tostring(entry.id):find("*", 1, true) ~= nil end

local function matches(entry, id)
  return native.glob(entry.id, id) and not (entry.except and native.glob(entry.except, id))
end

-- Calls visit(id) for every case that the entry is about; gives their number.
local function each_case(entry, ids, visit)
  if not is_pattern(entry) then
    if ids[entry.id] then visit(entry.id) end
    return ids[entry.id] and 1 or 0
  end
  local n = 0
  for id in pairs(ids) do
    if matches(entry, id) then
      visit(id)
      n = n + 1
    end
  end
  return n
end

local function check(entry, ids)
  if each_case(entry, ids, function() end) == 0 then return "no such case" end
  if not verdict.tally(entry.verdict or "") then return "verdict is none of the set" end
  if not KINDS[entry.kind] then
    return "kind is bug, unimplemented, disagrees or spec-silent"
  end
  if type(entry.why) ~= "string" or entry.why == "" then return "why is missing" end
end

-- A row for each id of the entries that have several.
local function rows_of(list)
  local rows = {}
  for _, entry in ipairs(list) do
    for _, id in ipairs(entry.ids or { entry.id or "" }) do
      local row = { id = id }
      for key, value in pairs(entry) do
        if key ~= "ids" then row[key] = value end
      end
      rows[#rows + 1] = row
    end
  end
  return rows
end

-- The list that the file returns, every entry sound; or nil and what is wrong.
local function read_list(path, ids)
  local chunk, message = loadfile(path, "t", {})
  if not chunk then return nil, message end
  local ok, list = pcall(chunk)
  if not ok or type(list) ~= "table" then return nil, path .. ": " .. tostring(list) end
  list = rows_of(list)
  local seen = {}
  for _, entry in ipairs(list) do
    local row = ("%s %s"):format(entry.id, entry.versions or "")
    local wrong = seen[row] and "listed twice" or check(entry, ids)
    seen[row] = true
    if wrong then return nil, ("%s: %s: %s"):format(path, tostring(entry.id), wrong) end
  end
  return list
end

-- The entries of a linker that hold for its version, by id of the case.  On a faulty file: nil
-- and why.
function known.load(folder, linker, version, ids)
  local path = ("%s/known/%s.lua"):format(folder, linker)
  if not lfs.attributes(path) then return {} end
  local list, wrong = read_list(path, ids)
  if not list then return nil, wrong end
  local by_id, own = {}, {}
  for _, entry in ipairs(list) do
    if not is_pattern(entry) then own[entry.id] = true end
  end
  for _, entry in ipairs(list) do
    if known.in_range(version, entry.versions) then
      each_case(entry, ids, function(id)
        if not (is_pattern(entry) and (own[id] or by_id[id])) then by_id[id] = entry end
      end)
    end
  end
  return by_id
end

-- The entries of a linker about one case, of all versions.  An error on a faulty file.
function known.about(folder, linker, id, ids)
  local about = {}
  for _, entry in ipairs(assert(read_list(("%s/known/%s.lua"):format(folder, linker), ids))) do
    if is_pattern(entry) and matches(entry, id) or entry.id == id then about[#about + 1] = entry end
  end
  return about
end

-- The linkers that have such a file, sorted.
function known.linkers(folder)
  local list = {}
  if not lfs.attributes(folder .. "/known") then return list end
  for name in lfs.dir(folder .. "/known") do
    list[#list + 1] = name:match("^(.+)%.lua$")
  end
  table.sort(list)
  return list
end

-- Calls visit(id, entry) for every case that a row of any version is about, in the order of rows;
-- rows of patterns as in load().  True; nil and why on a faulty file.
function known.each(folder, linker, ids, visit)
  local list, wrong = read_list(("%s/known/%s.lua"):format(folder, linker), ids)
  if not list then return nil, wrong end
  local own = {}
  for _, entry in ipairs(list) do
    if not is_pattern(entry) then own[entry.id] = true end
  end
  for _, entry in ipairs(list) do
    each_case(entry, ids, function(id)
      if not (is_pattern(entry) and own[id]) then visit(id, entry) end
    end)
  end
  return true
end

-- Changes the verdict of a result as its entry demands; entry may be nil.
function known.apply(result, entry)
  if not entry or result.verdict == "UNSUPPORTED" or result.verdict == "BROKEN" then return end
  if result.verdict == entry.verdict then
    result.verdict, result.why, result.kind = "XFAIL", entry.why, entry.kind
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
