-- verdict.lua: the closed set of verdicts, and what is counted how.
--
-- A result is { id, title, clauses (list), verdict, expected, found, where, diff, notes (list),
-- why, kind and upstream (of a known divergence), command, repeats, milliseconds, permissions
-- (list), evidence (trial.lua) }.
-- Rule of thumb: only what nobody foresaw is a failure.

local verdict = {}

-- In the order of the summary.  tally: which of the three numbers of the last line.
verdict.all = {
  { name = "PASS", tally = "passed" },
  { name = "FAIL", tally = "failed" },             -- an expectation or the golden does not hold
  { name = "UNSUPPORTED", tally = "skipped" },     -- the linker does not claim to do this
  { name = "XFAIL", tally = "skipped" },           -- a known divergence, as listed
  { name = "XPASS", tally = "failed" },            -- a known divergence is gone
  { name = "CRASH", tally = "failed" },            -- died of a signal or said it aborts
  { name = "TIMEOUT", tally = "failed" },
  { name = "ACCEPTS-INVALID", tally = "failed" },
  { name = "REJECTS-VALID", tally = "failed" },
  { name = "BROKEN", tally = "failed" },           -- the suite's own fault
}

local tally_of = {}
for _, v in ipairs(verdict.all) do tally_of[v.name] = v.tally end

-- "passed", "failed" or "skipped"
function verdict.tally(name) return tally_of[name] end

-- Why a known divergence is one, or nil.
function verdict.because(r)
  return r.why and ("%s (%s%s)"):format(r.why, r.kind, r.upstream and ", " .. r.upstream or "")
end

-- Counts by verdict and by tally, to be filled by count().
function verdict.counter()
  local counts = { passed = 0, failed = 0, skipped = 0, total = 0 }
  for _, v in ipairs(verdict.all) do counts[v.name] = 0 end
  return counts
end

function verdict.count(counts, name)
  counts[name] = counts[name] + 1
  counts.total = counts.total + 1
  counts[tally_of[name]] = counts[tally_of[name]] + 1
end

-- "12 passed, 0 failed, 1 skipped"
function verdict.last_line(counts)
  return ("%d passed, %d failed, %d skipped"):format(counts.passed, counts.failed, counts.skipped)
end

-- "PASS 12, XFAIL 1": the verdicts that occur.
function verdict.summary(counts)
  local parts = {}
  for _, v in ipairs(verdict.all) do
    if counts[v.name] > 0 then parts[#parts + 1] = v.name .. " " .. counts[v.name] end
  end
  return table.concat(parts, ", ")
end

return verdict
