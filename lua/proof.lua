-- proof.lua: the command judge-proof.
--
-- Takes: cases, or the command lines of real programs.  Gives: a table of the faults that were put
-- into correct outputs, by kind; why some are harmless; those that the judge did not notice; and
-- whether it flagged enough.
-- Rule of thumb: the share counts what can be read as a module and is not harmless.

local case = require "case"
local driver = require "driver"
local expect = require "expect"
local faults = require "faults"
local native = require "native"
local pool = require "pool"
local trial = require "trial"

local proof = {}

local LEAST_FLAGGED = 0.995
local WORKER_MEMORY = 4 << 30
local LARGE, OF_LARGE = 4000, 2000 -- bytes of a case's module; so many faults of what is larger
local HUGE = 200000                -- of one that is left to real programs
local SHOWN = 100                  -- of the faults that are not noticed

-- What is linked ----------------------------------------------------------------------------------

-- Every word that is a file is an input.
local function read_program(text)
  local request = { argv = {}, files = {}, names = {} }
  for word in text:gmatch("%S+") do
    request.argv[#request.argv + 1] = word
    local bytes = word:sub(1, 1) ~= "-" and driver.read_file(word)
    if bytes and not request.files[word] then
      request.files[word] = bytes
      request.names[#request.names + 1] = word
    end
  end
  return request
end

local function of_case(c, options)
  if c.broken or c.mutate or c.stage or expect.wants_rejection(c.expect) then return end
  return { id = c.id, request = function() return case.request(c.link) end,
    which = { every = options.every, folder = options.keep, large = LARGE, huge = HUGE,
      most = OF_LARGE } }
end

-- Several jobs of one program, so that all workers have something to do.
local function of_program(text, number, options, jobs)
  local id = "program-" .. number
  for part = 1, options.jobs do
    jobs[#jobs + 1] = { id = id, request = function() return read_program(text) end,
      which = { every = options.every, folder = options.keep, most = options.faults,
        part = part, parts = options.jobs } }
  end
end

local function jobs_of(cases, options)
  local jobs = {}
  for i, text in ipairs(options.given) do of_program(text, i, options, jobs) end
  for _, c in ipairs(#options.given == 0 and cases or {}) do
    jobs[#jobs + 1] = of_case(c, options)
  end
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

-- Prints all; true: enough were flagged.
local function report(sum, verbose)
  local shown = verbose and #sum.missed or math.min(SHOWN, #sum.missed)
  for i = 1, shown do print("missed: " .. sum.missed[i]) end
  if shown < #sum.missed then
    print(("and %d more: see --verbose"):format(#sum.missed - shown))
  end
  local total = print_kinds(sum)
  for _, reason in ipairs(sorted_keys(sum.reasons)) do
    local r = sum.reasons[reason]
    io.write(("harmless, %d: %s; as %s\n"):format(r.n, reason, r.example))
  end
  local wrong = total.tried - total.unreadable - total.harmless
  io.write(("%d links, %d faults; of %d that can be read and do harm, %d are flagged: %.2f %%\n")
    :format(sum.links, total.tried, wrong, total.flagged, 100 * total.flagged / math.max(wrong, 1)))
  return wrong > 0 and total.flagged >= LEAST_FLAGGED * wrong
end

-- options: every, faults, program, keep, jobs, milliseconds, verbose (options.lua).  True: all is
-- well; false: not; nil: interrupted.
function proof.run(cases, options)
  local link, lost = driver.model(), false
  local sum = { kinds = {}, reasons = {}, missed = {}, links = 0 }
  local jobs = jobs_of(cases, options)
  local progress = native.is_terminal("err") and native.is_terminal("out")
  local done = pool.run {
    jobs = #jobs, workers = options.jobs, memory = WORKER_MEMORY,
    milliseconds = 60 * options.milliseconds,
    work = function(i)
      return faults.run(jobs[i].id, jobs[i].request(), link, jobs[i].which) or {}
    end,
    lost = function(i, how, text) return trial.lost(jobs[i], how, text) end,
    on_result = function(i, r)
      if progress then io.stderr:write(("\r%d/%d "):format(i, #jobs)) end
      if r.verdict then
        lost = true
        print(r.verdict, jobs[i].id, r.found)
      end
      if not r.kinds and jobs[i].which.part then
        lost = true
        print("no link that the judge accepts: " .. jobs[i].id)
      elseif r.kinds then
        sum.links = sum.links + ((jobs[i].which.part or 1) == 1 and 1 or 0)
        add(sum, jobs[i].id, r)
      end
    end,
  }
  if not done then return nil end
  if progress then io.stderr:write("\r\27[K") end
  return report(sum, options.verbose) and not lost
end

return proof
