-- known.lua: known divergences of one linker, cases/known/<linker>.lua.
--
-- The file returns a list of
--   { id = "topic/file/case", verdict = "FAIL", versions = ">=14 <19", why = "...",
--     kind = "bug" | "unimplemented" | "disagrees" | "spec-silent",
--     upstream = "owner/name#number" (where it is reported, or was mended) }
-- The id may be a pattern ("topic/*"; `except`: a pattern of those it is not meant for), which
-- stands for a row for each case that it matches, but for those that have rows of their own.
-- ids = { ... } in place of id: a row for each of them.
-- base = "<linker>" in the list: that linker's rows hold, too, but for cases that have a row here.
-- Such a row may have the verdict PASS, and no kind: what the base's row says does not show here.
-- `conform --update-known` adds rows of the kind "unknown", which let nothing pass: they are to be
-- looked at, and get a kind and a reason.
-- Rule of thumb: strict both ways.  As listed: XFAIL.  Passes although listed: XPASS, which is
-- unexpected.  Fails in another way than listed: a failure.

local lfs = require "lfs"
local native = require "native"
local verdict = require "verdict"
local versions = require "versions"

local known = {}

local KINDS = { bug = true, unimplemented = true, disagrees = true, ["spec-silent"] = true,
  unknown = true }

local function names(entry) return entry.ids or { tostring(entry.id) } end

local function is_pattern(name) return name:find("*", 1, true) ~= nil end

local function matches(entry, id)
  return native.glob(entry.id, id) and not (entry.except and native.glob(entry.except, id))
end

-- Calls visit(id) for every case that an entry of the list is about, sorted.
function known.each_case(entry, list, ids, visit)
  local cases = {}
  for _, name in ipairs(names(entry)) do
    if not is_pattern(name) then cases[#cases + 1] = name end
    for id in pairs(is_pattern(name) and ids or {}) do
      if matches(entry, id) and not list.own[id] then cases[#cases + 1] = id end
    end
  end
  table.sort(cases)
  for _, id in ipairs(cases) do visit(id) end
end

-- The first case or pattern of an entry that no case fits, or nil.
local function missing(entry, ids)
  for _, name in ipairs(names(entry)) do
    local found = ids[name]
    for id in pairs(is_pattern(name) and ids or {}) do found = found or matches(entry, id) end
    if not found then return name end
  end
end

-- based: set of the cases that rows of the base are about
local function check(entry, ids, based)
  if missing(entry, ids) then return "no such case" end
  if not verdict.tally(entry.verdict or "") then return "verdict is none of the set" end
  local passes = entry.verdict == "PASS"
  if passes and missing(entry, based) then return "PASS, where no row of a base says otherwise" end
  if passes and entry.kind and entry.kind ~= "unknown" then return "PASS has no kind" end
  if not passes and not KINDS[entry.kind] then
    return "kind is bug, unimplemented, disagrees or spec-silent"
  end
  if type(entry.why) ~= "string" or entry.why == "" then return "why is missing" end
  if entry.upstream and not tostring(entry.upstream):find("^[%w_.-]+/[%w_.-]+#%d+$") then
    return "upstream is owner/name#number"
  end
end

-- What is wrong with a list, or nil.  Adds to it: own, the set of what has a row of its own.
local function check_list(list, ids, based)
  local seen = {}
  list.own = {}
  for _, entry in ipairs(list) do
    for _, name in ipairs(names(entry)) do
      local row = ("%s %s"):format(name, entry.versions or "")
      if seen[row] then return name .. ": listed twice" end
      seen[row], list.own[name] = true, true
    end
    local wrong = check(entry, ids, based)
    if wrong then return ("%s: %s"):format(missing(entry, ids) or names(entry)[1], wrong) end
  end
end

function known.path(folder, linker) return ("%s/known/%s.lua"):format(folder, linker) end

-- The set of cases that rows of the base of a list are about; nil and what is wrong.
local function cases_of_base(folder, list, ids)
  local set = {}
  if not list.base then return set end
  if not lfs.attributes(known.path(folder, list.base)) then return nil, "there is no such base" end
  local base, wrong = known.read(folder, list.base, ids, true)
  if not base then return nil, wrong end
  for _, entry in ipairs(base) do
    known.each_case(entry, base, ids, function(id) set[id] = true end)
  end
  return set
end

-- The list that the file of a linker returns, every entry sound; or nil and what is wrong.
-- is_base: as the base of another.
function known.read(folder, linker, ids, is_base)
  local path = known.path(folder, linker)
  if not lfs.attributes(path) then return { own = {} } end
  local chunk, message = loadfile(path, "t", {})
  if not chunk then return nil, message end
  local ok, list = pcall(chunk)
  if not ok or type(list) ~= "table" then return nil, path .. ": " .. tostring(list) end
  if is_base and list.base then return nil, path .. ": a base has no base" end
  local based, wrong = cases_of_base(folder, list, ids)
  wrong = wrong or check_list(list, ids, based)
  if wrong then return nil, path .. ": " .. wrong end
  return list
end

-- The entries of a linker, and of its base, that hold for its version, by id of the case.  On a
-- faulty file: nil and why.
function known.load(folder, linker, version, ids)
  local list, wrong = known.read(folder, linker, ids)
  if not list then return nil, wrong end
  local by_id = {}
  for _, entry in ipairs(list) do
    if versions.within(version, entry.versions) then
      known.each_case(entry, list, ids, function(id) by_id[id] = by_id[id] or entry end)
    end
  end
  for id, entry in pairs(list.base and known.load(folder, list.base, version, ids) or {}) do
    by_id[id] = by_id[id] or entry
  end
  return by_id
end

-- The entries of a linker about one case, of all versions.  An error on a faulty file.
function known.about(folder, linker, id, ids)
  local about, list = {}, assert(known.read(folder, linker, ids))
  for _, entry in ipairs(list) do
    known.each_case(entry, list, ids, function(case)
      if case == id then about[#about + 1] = entry end
    end)
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
  local list, wrong = known.read(folder, linker, ids)
  if not list then return nil, wrong end
  for _, entry in ipairs(list) do
    known.each_case(entry, list, ids, function(id) visit(id, entry) end)
  end
  return true
end

-- Changes the verdict of a result as its entry demands; entry may be nil.
function known.apply(result, entry)
  if not entry or result.verdict == "UNSUPPORTED" or result.verdict == "BROKEN" then return end
  local function note(text)
    result.notes = result.notes or {}
    table.insert(result.notes, text)
  end
  local is_pass, as_listed = result.verdict == "PASS", result.verdict == entry.verdict
  if as_listed and entry.kind == "unknown" then
    note("listed, but to be looked at: give the row its kind, and why it is so")
    if is_pass then result.verdict = "XPASS" end
  elseif as_listed and is_pass then
    return -- unlike the base
  elseif as_listed then
    result.verdict, result.why, result.kind = "XFAIL", entry.why, entry.kind
    result.upstream = entry.upstream
  elseif is_pass then
    result.verdict = "XPASS"
    result.expected = ("%s, as listed: %s"):format(entry.verdict, entry.why)
    result.found = "the case passes: take it off the list"
  else
    note(("listed as %s, but seen as %s"):format(entry.verdict, result.verdict))
    result.verdict = "FAIL"
  end
end

return known
