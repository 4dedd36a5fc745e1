-- running.lua: cases against a driver, in the pool's processes.
--
-- Takes: cases, a driver (driver.lua) and the command's options.  Gives: their results
-- (verdict.lua) in the order of the cases, each with what a report tells of it.
-- Rule of thumb: what all commands that run cases do alike is here, once.

local command = require "command"
local native = require "native"
local pool = require "pool"
local trial = require "trial"

local running = {}

local WORKER_MEMORY = 4 << 30 -- bytes
local LINKS_OF_A_CASE = 6     -- at most, with variants of same_as: the worker's time

local function repeat_command(options, linker, id)
  local words = { "linkspec", options.command == "bless" and "test" or options.command }
  if options.folder then words[#words + 1] = options.folder end
  if linker then words[#words + 1] = "--linker " .. linker end
  if options.exact then words[#words + 1] = "--exact" end
  words[#words + 1] = "--filter " .. id
  return table.concat(words, " ")
end

-- Adds what reports tell of the case.
function running.describe(result, c, options, link)
  result.title, result.clauses, result.origin = c.title, c.clauses or {}, c.origin
  result.repeats = repeat_command(options, link.text, c.id)
  result.linker = not link.is_model and link.label or nil
end

-- A job a case: work, lost and on_result as in pool.lua.  False: interrupted.
function running.pool(cases, options, jobs)
  jobs.jobs, jobs.workers, jobs.memory = #cases, options.jobs, WORKER_MEMORY
  jobs.milliseconds = LINKS_OF_A_CASE * options.milliseconds
  return pool.run(jobs)
end

-- Runs cases against a driver; on_result(result, case) in their order.  False: interrupted.
function running.run(cases, link, options, on_result)
  local about = {}
  for key, value in pairs(options) do about[key] = value end
  if about.keep and not link.is_model then about.keep = about.keep .. "/" .. link.label end
  return running.pool(cases, options, {
    work = function(i)
      local started = native.clock()
      local result = trial.run(cases[i], link, about)
      result.milliseconds = native.clock() - started
      return result
    end,
    lost = function(i, how, text) return trial.lost(cases[i], how, text) end,
    on_result = function(i, result)
      running.describe(result, cases[i], options, link)
      on_result(result, cases[i])
    end,
  })
end

-- One line a reason that note_skip has counted.
function running.skip_warnings(skipped)
  local warnings = {}
  for text, n in pairs(skipped) do
    warnings[#warnings + 1] = ("%d case%s skipped: %s"):format(n, n == 1 and "" or "s", text)
  end
  table.sort(warnings)
  return warnings
end

-- Counts in `skipped` why a case was skipped.
function running.note_skip(skipped, result)
  if result.verdict == "UNSUPPORTED" and result.skipped then
    skipped[result.skipped] = (skipped[result.skipped] or 0) + 1
  end
end

-- The exit status of an interrupted command; report: what it has written, or nil.
function running.interrupted(report)
  if report then report:abandon() end
  io.stderr:write("linkspec: interrupted\n")
  return command.FAILED
end

return running
