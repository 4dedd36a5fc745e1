-- faults.lua: correct modules made wrong, to see that the judge notices.
--
-- Takes: a case that links, and the model.  Gives: for each kind of fault how many were put in, how
-- many the judge flagged, how many are harmless and why, and those that it did not notice.
-- Rule of thumb: one fault at a time (kinds.lua); harmless is what has a reason (harmless.lua).

local case = require "case"
local driver = require "driver"
local expect = require "expect"
local native = require "native"
local changes = require "faults.changes"
local harmless = require "faults.harmless"
local kinds = require "faults.kinds"

local faults = {}

local MOST = 4000 -- bytes of modules that are looked at

local function row_of(result, kind)
  local row = result.kinds[kind]
  if not row then
    row = { tried = 0, flagged = 0, harmless = 0 }
    result.kinds[kind] = row
  end
  return row
end

-- Counts one fault.
local function try(result, request, module, kind, what, faulty)
  local row = row_of(result, kind)
  row.tried = row.tried + 1
  local violations = driver.judge(request, faulty)
  if not violations or #violations > 0 then
    row.flagged = row.flagged + 1
    return
  end
  local decoded = native.decode(faulty)
  local reason = harmless.reason(module, decoded)
  if reason then
    row.harmless = row.harmless + 1
    result.reasons[reason] = (result.reasons[reason] or 0) + 1
  else
    result.missed[#result.missed + 1] = ("%s: %s: %s"):format(kind, what,
      changes.text(changes.between(module, decoded)))
  end
end

-- { kinds = {[kind] = { tried, flagged, harmless }}, reasons = {[text] = n}, missed = texts }, or
-- nil where the case is none for faults.  every: only each so-many-th fault is tried.
function faults.run(c, link, every)
  if c.broken or c.mutate or c.stage or expect.wants_rejection(c.expect) then return end
  local request = case.request(c.link)
  local bytes = link:link(request).bytes
  if not bytes or #bytes > MOST then return end
  local clean, _, sites = driver.judge(request, bytes, true)
  if not clean or #clean > 0 then return end
  local result, seen = { kinds = {}, reasons = {}, missed = {} }, c.place or 0
  local module = native.decode(bytes)
  local function add(kind, what, faulty)
    if faulty == bytes then return end
    seen = seen + 1
    if seen % every == 0 then try(result, request, module, kind, what, faulty) end
  end
  for _, kind in ipairs(kinds.all) do kinds[kind](module, sites, add) end
  return result
end

return faults
