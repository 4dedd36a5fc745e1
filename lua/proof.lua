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
-- Bytes of a case's module, and how many faults are put into what is larger.
local LARGE, OF_LARGE = 4000, 2000
local HUGE, OF_HUGE = 40000, 100
local LEAST = 20   -- faults of a kind, though only some are tried
local MINUTES = 60 -- as long as so many links may take is a job's time
local SHOWN = 100  -- of the faults that are not noticed

-- What is linked ----------------------------------------------------------------------------------

-- How many faults are put into a module of so many bytes; nil: all that there are.
local function most_of_case(size)
  return size > HUGE and OF_HUGE or size > LARGE and OF_LARGE or nil
end

-- Nothing for a case that is no whole link, or one to be refused.
local function of_case(c, options)
  if c.mutate or c.stage or expect.wants_rejection(c.expect) then return end
  local function request()
    assert(not c.broken, c.broken)
    return case.request(c.link)
  end
  return { id = c.id, request = request,
    which = { folder = options.keep, most = most_of_case } }
end

local function of_program(program, options)
  return { id = program.name, request = program.request,
    which = { folder = options.keep, most = function() return options.faults end } }
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

-- Prints all; true: enough were flagged, and no link is left out.
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
  return harmful > 0 and share >= options.least and not next(sum.left)
end

-- The work ----------------------------------------------------------------------------------------

-- Does work(job) for every job, take(job, result) with each result; what has none is left out of
-- the sum.  Nil: interrupted.
local function each_job(jobs, options, sum, work, take)
  local progress = native.is_terminal("err") and native.is_terminal("out")
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
      local why = r.verdict and r.found or r.left
      if why then leave_out(sum, job.id, why) else take(job, r) end
    end,
  }
  if progress then io.stderr:write("\r\27[K") end
  return done or nil
end

-- What is tried of each link when it is not all: of a kind that few links have, more.  The jobs
-- with such a link; nil: as each_job.
local function spread(jobs, link, options, sum)
  local links, least, kept = {}, {}, {}
  local done = each_job(jobs, options, sum, function(job)
    local counts, why = faults.count(job.request(), link)
    return counts and { kinds = counts }, why
  end, function(job, r)
    job.which.counts = r.kinds
    kept[#kept + 1] = job
    for kind in pairs(r.kinds) do links[kind] = (links[kind] or 0) + 1 end
  end)
  for kind, n in pairs(links) do least[kind] = LEAST / n end
  for _, job in ipairs(kept) do job.which.least = least end
  return done and kept
end

-- programs: links of real ones, instead of cases, or nil.  options: every, faults, least, keep,
-- jobs, milliseconds, verbose (options.lua).  True: all is well; false: not; nil: interrupted.
function proof.run(cases, programs, options)
  local link = driver.model()
  local sum = { kinds = {}, reasons = {}, missed = {}, links = 0, left = {} }
  local jobs = jobs_of(cases, programs, options)
  for _, job in ipairs(jobs) do job.which.every, job.which.least = options.every, {} end
  if options.every > 1 then
    jobs = spread(jobs, link, options, sum)
    if not jobs then return nil end
  end
  local done = each_job(jobs, options, sum, function(job)
    return faults.run(job.id, job.request(), link, job.which)
  end, function(job, r)
    sum.links = sum.links + 1
    add(sum, job.id, r)
  end)
  if not done then return nil end
  return report(sum, options)
end

return proof
