-- proof.lua: the command judge-proof.
--
-- Takes: cases, or links of real programs.  Gives: a table of the faults that were put into correct
-- outputs, by kind; why some are harmless; those that the judge did not notice; and whether it
-- flagged enough; and the links of which no faults were made.
-- Rule of thumb: the share counts what can be read as a module and is not harmless.

local case = require "case"
local driver = require "driver"
local expect = require "expect"
local faults = require "faults"
local native = require "native"
local pool = require "pool"
local trial = require "trial"

local proof = {}

local WORKER_MEMORY = 4 << 30
local LARGE, OF_LARGE = 4000, 2000 -- bytes of a case's module; so many faults of what is larger
local HUGE = 40000                 -- of one that is left to real programs
local LEAST = 20                   -- faults of a kind, though only some are tried
local MINUTES = 60                 -- as long as so many links may take is a job's time
local SHOWN = 100                  -- of the faults that are not noticed

-- What is linked ----------------------------------------------------------------------------------

-- Nothing for a case that is no whole link, or one to be refused.
local function of_case(c, options)
  if c.mutate or c.stage or expect.wants_rejection(c.expect) then return end
  local function request()
    assert(not c.broken, c.broken)
    return case.request(c.link)
  end
  return { id = c.id, request = request,
    which = { folder = options.keep, large = LARGE, huge = HUGE, most = OF_LARGE } }
end

local function of_program(program, options)
  return { id = program.name, request = program.request, must_link = true,
    which = { folder = options.keep, most = options.faults } }
end

local function jobs_of(cases, programs, options)
  local jobs = {}
  for i, p in ipairs(programs or {}) do jobs[i] = of_program(p, options) end
  for _, c in ipairs(programs and {} or cases) do jobs[#jobs + 1] = of_case(c, options) end
  return jobs
end

-- Sums --------------------------------------------------------------------------------------------

local function add(sum, id, r)
  for kind, row in pairs(r.kinds) do
    local all = sum.kinds[kind] or { tried = 0, unreadable = 0, flagged = 0, harmless = 0 }
    for key, n in pairs(row) do all[key] = all[key] + n end
    sum.kinds[kind] = all
  end
  for reason, row in pairs(r.reasons) do
    local all = sum.reasons[reason] or { n = 0, example = row.example }
    all.n = all.n + row.n
    sum.reasons[reason] = all
  end
  for _, what in ipairs(r.missed) do sum.missed[#sum.missed + 1] = id .. ": " .. what end
end

local function leave_out(sum, id, why)
  sum.left[why] = sum.left[why] or {}
  table.insert(sum.left[why], id)
end

local function sorted_keys(t)
  local keys = {}
  for key in pairs(t) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

local LINE = "%-42s %8s %10s %8s %8s %7s\n"

local function missed_of(r) return r.tried - r.unreadable - r.flagged - r.harmless end

local function print_kinds(sum)
  local total = { tried = 0, unreadable = 0, flagged = 0, harmless = 0 }
  io.write(LINE:format("kind", "faults", "unreadable", "flagged", "harmless", "missed"))
  for _, kind in ipairs(sorted_keys(sum.kinds)) do
    local r = sum.kinds[kind]
    io.write(LINE:format(kind, r.tried, r.unreadable, r.flagged, r.harmless, missed_of(r)))
    for key, n in pairs(r) do total[key] = total[key] + n end
  end
  io.write(LINE:format("all", total.tried, total.unreadable, total.flagged, total.harmless,
    missed_of(total)))
  return total
end

-- Those that no figure counts.
local function print_left(sum)
  for _, why in ipairs(sorted_keys(sum.left)) do
    print(("%8d of the links left out: %s"):format(#sum.left[why], why))
    for _, id in ipairs(sum.left[why]) do print(("%12s %s"):format("", id)) end
  end
end

-- Prints all; true: enough were flagged.
local function report(sum, options)
  local shown = options.verbose and #sum.missed or math.min(SHOWN, #sum.missed)
  for i = 1, shown do print("missed: " .. sum.missed[i]) end
  if shown < #sum.missed then
    print(("and %d more: see --verbose"):format(#sum.missed - shown))
  end
  local total = print_kinds(sum)
  local harmful = total.tried - total.unreadable - total.harmless
  local share = 100 * total.flagged / math.max(harmful, 1)
  local function say(...) print(string.format(...)) end
  say("\n%d faults, one at a time, in the outputs of %d links:", total.tried, sum.links)
  say("%8d make a module that cannot be read", total.unreadable)
  say("%8d are harmless:", total.harmless)
  for _, reason in ipairs(sorted_keys(sum.reasons)) do
    local r = sum.reasons[reason]
    say("%12d %s\n%12s as %s", r.n, reason, "", r.example)
  end
  say("%8d do harm: the judge flags %d of them and misses %d: %.2f %% (at least %g %%)", harmful,
    total.flagged, harmful - total.flagged, share, options.least)
  print_left(sum)
  return harmful > 0 and share >= options.least
end

-- The work ----------------------------------------------------------------------------------------

-- Does work(job) for every job, take(job, result) with each result; what has none is left out of
-- the sum.  All went well? nil: interrupted.
local function each_job(jobs, options, sum, work, take)
  local progress = native.is_terminal("err") and native.is_terminal("out")
  local well = true
  local done = pool.run {
    jobs = #jobs, workers = options.jobs, memory = WORKER_MEMORY,
    milliseconds = MINUTES * options.milliseconds,
    work = function(i)
      local result, why = work(jobs[i])
      return result or { left = why }
    end,
    lost = function(i, how, text) return trial.lost(jobs[i], how, text) end,
    on_result = function(i, r)
      if progress then io.stderr:write(("\r%d/%d "):format(i, #jobs)) end
      local job = jobs[i]
      if r.verdict then
        well = false
        print(r.verdict, job.id, r.found)
      elseif r.kinds then
        take(job, r)
      elseif job.must_link then
        well = false
        print(("%s: %s"):format(job.id, r.left))
      else
        leave_out(sum, job.id, r.left)
      end
    end,
  }
  if progress then io.stderr:write("\r\27[K") end
  if done then return well end
end

-- What is tried of each link when it is not all: of a kind that few links have, more.  The jobs
-- with such a link; false or nil: as each_job.
local function spread(jobs, link, options, sum)
  local links, least, kept = {}, {}, {}
  local well = each_job(jobs, options, sum, function(job)
    local counts, why = faults.count(job.request(), link, job.which)
    return counts and { kinds = counts }, why
  end, function(job, r)
    job.which.counts = r.kinds
    kept[#kept + 1] = job
    for kind in pairs(r.kinds) do links[kind] = (links[kind] or 0) + 1 end
  end)
  for kind, n in pairs(links) do least[kind] = LEAST / n end
  for _, job in ipairs(kept) do job.which.least = least end
  return well and kept
end

-- programs: links of real ones, instead of cases, or nil.  options: every, faults, least, keep,
-- jobs, milliseconds, verbose (options.lua).  True: all is well; false: not; nil: interrupted.
function proof.run(cases, programs, options)
  local link = driver.model()
  local sum = { kinds = {}, reasons = {}, missed = {}, links = 0, left = {} }
  local jobs = jobs_of(cases, programs, options)
  for _, job in ipairs(jobs) do job.which.every, job.which.least = options.every, {} end
  if options.every > 1 then
    local kept = spread(jobs, link, options, sum)
    if not kept then return kept end
    jobs = kept
  end
  local well = each_job(jobs, options, sum, function(job)
    return faults.run(job.id, job.request(), link, job.which)
  end, function(job, r)
    sum.links = sum.links + 1
    add(sum, job.id, r)
  end)
  if well == nil then return nil end
  return report(sum, options) and well
end

return proof
