-- faults.lua: correct modules made wrong, to see that the judge notices.
--
-- Takes: the inputs of a link, and the model.  Gives: for each kind of fault how many were put in,
-- how many no reader reads, how many the judge flagged, how many are harmless and why, and those
-- that it did not notice.
-- Rule of thumb: one fault at a time (faults/kinds.lua); harmless is what has a reason
-- (faults/harmless.lua); which faults are tried depends on nothing but the link and its place.

local changes = require "faults.changes"
local driver = require "driver"
local harmless = require "faults.harmless"
local kinds = require "faults.kinds"
local native = require "native"

local faults = {}

local KEPT = 20 -- faults of a link that are kept in files

-- What is known of a correct link, or nil and why there is none:
--   request, link    what was linked, by whom
--   bytes, m         the module, and as decoded (lua_decode.c)
--   sites            its relocation sites, as the judge knows them (lua_link.c)
--   layout           where the linker put things: its answer at stage "number" (lua_link.c)
local function correct(request, link)
  local bytes = link:link(request).bytes
  if not bytes then return nil, "the link gives no module" end
  local m = native.decode(bytes)
  if not m then return nil, "the module cannot be read" end
  local judgement = driver.judgement(request, bytes, true)
  if not judgement then return nil, "the module cannot be judged" end
  if judgement.total > 0 then return nil, "the judge does not accept the module" end
  return { request = request, link = link, bytes = bytes, m = m, sites = judgement.found,
    layout = link:link(request, "number") }
end

-- Which faults ------------------------------------------------------------------------------------

-- Numbers that have nothing to do with each other, for 0, 1, 2, ...
local function scattered(n)
  n = (n ~ n >> 33) * 0xff51afd7ed558ccd
  n = (n ~ n >> 33) * 0xc4ceb9fe1a85ec53
  return (n ~ n >> 33) >> 1
end

local function count_kinds(about)
  local counts = {}
  local function add(kind) counts[kind] = (counts[kind] or 0) + 1 end
  for _, put in ipairs(kinds) do put(about, add) end
  return counts
end

-- How many of each kind, so that it is about `most` in all, and those of rare kinds all.
local function shares(counts, most)
  local list, share = {}, {}
  for kind, n in pairs(counts) do list[#list + 1] = { kind = kind, n = n } end
  table.sort(list, function(a, b)
    if a.n ~= b.n then return a.n < b.n end
    return a.kind < b.kind
  end)
  for i, row in ipairs(list) do
    share[row.kind] = math.min(row.n, most // (#list - i + 1))
    most = most - share[row.kind]
  end
  return share
end

-- How many of each kind are tried, of so many: most (about so many of the link, or nil), every (of
-- those, each so-many-th), least (by kind, yet so many).
local function wanted(which, counts, most)
  local share = most and shares(counts, most) or counts
  local want = {}
  for kind, n in pairs(share) do
    want[kind] = math.max(n / which.every, math.min(n, which.least[kind] or 0))
  end
  return want
end

local FINE = 1 << 20

-- A function that says whether the next fault of a kind is tried.
local function chooser(about, id, which)
  local most = which.most(#about.bytes)
  if which.every == 1 and not most then return function() return true end end
  local next = tonumber(native.sha256(id):sub(1, 8), 16) << 24
  local counts = which.counts or count_kinds(about)
  local want = wanted(which, counts, most)
  return function(kind)
    next = next + 1
    return scattered(next) % (FINE * counts[kind]) < FINE * want[kind]
  end
end

-- Trying one --------------------------------------------------------------------------------------

local function row_of(result, kind)
  local row = result.kinds[kind]
  if not row then
    row = { tried = 0, unreadable = 0, flagged = 0, harmless = 0 }
    result.kinds[kind] = row
  end
  return row
end

-- Writes the inputs and both modules, for `linkspec judge` and `linkspec diff`.
local function keep(folder, about, text, faulty)
  local files = { ["right.wasm"] = about.bytes, ["wrong.wasm"] = faulty,
    ["fault.txt"] = text .. "\n",
    ["command.txt"] = "linkspec judge wrong.wasm -- " .. table.concat(about.request.argv, " ")
      .. "\n" }
  for name, bytes in pairs(about.request.files) do files[name] = bytes end
  for name, bytes in pairs(files) do
    driver.make_folders(folder .. "/" .. name)
    assert(native.write_file(folder .. "/" .. name, bytes))
  end
end

local function unnoticed(result, about, id, kind, what, faulty, folder, permissions)
  local n = native.decode(faulty)
  local list, taken = changes.between(about.m, n), {}
  for _, p in ipairs(permissions) do taken[p.name] = true end
  local reason = harmless.reason { about = about, m = about.m, n = n, changes = list, kind = kind,
    taken = taken }
  local text = ("%s: %s: %s"):format(kind, what, changes.text(list))
  if reason then
    local row = result.reasons[reason] or { n = 0, example = id .. ": " .. text }
    row.n = row.n + 1
    result.reasons[reason] = row
    return true
  end
  result.missed[#result.missed + 1] = text
  if folder and #result.missed <= KEPT then
    keep(("%s/%s/%d"):format(folder, id, #result.missed), about, text, faulty)
  end
end

-- Counts one fault.
local function try(result, about, id, kind, what, faulty, folder)
  local row = row_of(result, kind)
  row.tried = row.tried + 1
  local judgement, why = driver.judgement(about.request, faulty)
  if not judgement then
    if why.failed ~= "module" then error(driver.diag_text(why.diags[1])) end
    row.unreadable = row.unreadable + 1
  elseif judgement.total > 0 then
    row.flagged = row.flagged + 1
  elseif unnoticed(result, about, id, kind, what, faulty, folder, judgement.permissions) then
    row.harmless = row.harmless + 1
  end
end

-- Kind -> how many faults there are; or nil and why, as below.
function faults.count(request, link)
  local about, why = correct(request, link)
  if not about then return nil, why end
  return count_kinds(about)
end

-- { kinds = { [kind] = { tried, unreadable, flagged, harmless } }, reasons = { [text] = { n,
-- example } }, missed = texts }, or nil and why there is no link to make faults of.
--   id       names the link
--   request  { argv, files, names, units }
--   which    see wanted (most is a function, of the size of the module); counts: what faults.count
--            gave, or nil; folder: where faults that are not noticed are kept, or nil
function faults.run(id, request, link, which)
  local about, why = correct(request, link)
  if not about then return nil, why end
  local result = { kinds = {}, reasons = {}, missed = {} }
  local chosen = chooser(about, id, which)
  local function add(kind, what, make, ...)
    if not chosen(kind) then return end
    local faulty = make(...)
    if faulty and faulty ~= about.bytes then
      if type(what) == "function" then what = what(...) end
      try(result, about, id, kind, what, faulty, which.folder)
    end
  end
  for _, put in ipairs(kinds) do put(about, add) end
  return result
end

return faults
