-- suite.lua: the commands that take cases: test, laws, conform, bless, ...
--
-- Takes: the command line.  Gives: the exit status: 0 as expected, 1 not so, 2 misuse.
-- Rule of thumb: choose cases, run them (running.lua), report in order; what is special to one
-- command is in its own function below, or module.

local native = require "native"
local bless = require "bless"
local case = require "case"
local command = require "command"
local conform = require "conform"
local diags = require "diags"
local driver = require "driver"
local emit = require "emit"
local laws = require "laws"
local ledger = require "ledger"
local lint = require "lint"
local manifest = require "manifest"
local options_of = require "options"
local reports = require "report"
local running = require "running"
local trial = require "trial"
local verdict = require "verdict"

local suite = {}

-- Choosing cases ----------------------------------------------------------------------------------

-- The ledger beside the cases notes what they cite; who cites what is not there is broken.  Gives
-- what is wrong with the ledger itself, or nil.
local function check_citations(all, options)
  local why
  options.ledger, why = ledger.load(options.cases)
  for _, c in ipairs(options.ledger and all or {}) do
    local wrong = options.ledger:cite(c)
    c.broken = c.broken or wrong
  end
  return why
end

-- By hash of the id, so that a new case moves no other.
local function in_shard(id, part)
  if not part then return true end
  return tonumber(native.sha256(id):sub(1, 8), 16) % part[2] == part[1] - 1
end

local function choose(all, options)
  local list = {}
  for _, c in ipairs(all) do
    if case.matches(c.id, options.filter) then list[#list + 1] = c end
  end
  local found = #list
  for i = #list, 1, -1 do
    if not in_shard(list[i].id, options.shard) then table.remove(list, i) end
  end
  return list, found > 0
end

-- test --------------------------------------------------------------------------------------------

local function orphan_result(path, text)
  return { id = path, verdict = "FAIL", title = "every golden has its case", clauses = {},
    expected = "a case of this name that links", found = text, where = path,
    repeats = "linkspec test" }
end

-- Goldens and lines of the manifest that no case has.
local function orphans(all, options)
  local ids, list = {}, {}
  for _, c in ipairs(all) do ids[c.id] = c end
  for id in pairs(options.manifest) do
    if not ids[id] then
      list[#list + 1] = orphan_result(id, "only a line in golden/MANIFEST")
    end
  end
  for _, id in ipairs(bless.goldens(options.golden)) do
    local entry = options.manifest[id]
    if not ids[id] or entry and not entry.result:find("^golden=") then
      list[#list + 1] = orphan_result(id, "only golden/" .. id .. ".wasm")
    end
  end
  table.sort(list, function(a, b) return a.id < b.id end)
  return list
end

local function test(cases, all, options)
  local link, counts, skipped, started = driver.model(), verdict.counter(), {}, native.clock()
  options.manifest = manifest.read(options.golden .. "/MANIFEST")
  local whole = #options.filter == 0 and not options.shard
  local extra = whole and orphans(all, options) or {}
  local told = whole and options.own_cases and diags.ledger(native.diag_rows())
  local report = reports.start(options, { cases = #cases, linkers = { link },
    count = #cases + #extra + (told and 2 or 0) })
  if not report then return command.MISUSE end
  local function take(result)
    if told then told:take(result) end
    verdict.count(counts, result.verdict)
    running.note_skip(skipped, result)
    report:result(result)
  end
  if not running.run(cases, link, options, take) then return running.interrupted(report) end
  for _, result in ipairs(extra) do take(result) end
  if told then
    take(told:result())
    take(options.ledger:result())
  end
  report:finish({ { name = link.label, counts = counts, milliseconds = native.clock() - started } },
    counts, running.skip_warnings(skipped))
  return counts.failed == 0 and command.OK or command.FAILED
end

-- laws --------------------------------------------------------------------------------------------

-- A job is a case, its result the list of what the laws say of it.
local function run_laws(cases, link, options, on_result)
  return running.pool(cases, options, {
    work = function(i) return laws.run(cases[i], link) end,
    lost = function(i, how, text) return { trial.lost(cases[i], how, text) } end,
    on_result = function(i, results)
      for _, result in ipairs(results) do
        running.describe(result, cases[i], options, link)
        on_result(result)
      end
    end,
  })
end

-- How many cases a law is not asked of and why, and which with --verbose.
local function exempt_lines(results, verbose)
  local ids, lines = {}, {}
  for _, r in ipairs(results) do
    ids[r.exempt] = ids[r.exempt] or {}
    table.insert(ids[r.exempt], r.id)
  end
  for reason, list in pairs(ids) do
    lines[#lines + 1] = ("  not asked of %d: %s%s"):format(#list, reason,
      verbose and "\n    " .. table.concat(list, "\n    ") or "")
  end
  table.sort(lines)
  return lines
end

local function check_laws(cases, _, options)
  local concerned, tables, by_name = {}, {}, {}
  for _, c in ipairs(cases) do
    if laws.concern(c) then concerned[#concerned + 1] = c end
  end
  for i, law in ipairs(laws.list) do
    tables[i] = { name = law.name, counts = verdict.counter(), equal = 0, exempt = {} }
    by_name[law.name] = tables[i]
  end
  local link, total, skipped = driver.model(), verdict.counter(), {}
  local report = reports.start(options, { cases = #concerned, linkers = { link } })
  if not report then return command.MISUSE end
  local done = run_laws(concerned, link, options, function(result)
    local t = by_name[result.law]
    if result.exempt then
      table.insert(t.exempt, result)
      return
    end
    if t then
      verdict.count(t.counts, result.verdict)
      if result.equal then t.equal = t.equal + 1 end
    end
    verdict.count(total, result.verdict)
    running.note_skip(skipped, result)
    report:result(result)
  end)
  if not done then return running.interrupted(report) end
  for _, t in ipairs(tables) do
    if options.own_cases and #options.filter == 0 and not options.shard and t.counts.PASS == 0 then
      verdict.count(t.counts, "FAIL")
      verdict.count(total, "FAIL")
      report:result { id = "laws", law = t.name, verdict = "FAIL", clauses = {},
        title = "every law is about some case", expected = "a case for which it holds",
        found = "none", where = t.name, repeats = "linkspec laws" }
    end
    t.note = ("%d by bytes, %d by expectations"):format(t.equal, t.counts.PASS - t.equal)
    t.lines = exempt_lines(t.exempt, options.verbose)
  end
  report:finish(tables, total, running.skip_warnings(skipped))
  return total.failed == 0 and command.OK or command.FAILED
end

-- emit --------------------------------------------------------------------------------------------

local function emit_cases(cases, all, options)
  local ok, why = emit.run(cases, all, options)
  if ok == nil then return command.misuse(why) end
  return ok and command.OK or command.FAILED
end

-- bless -------------------------------------------------------------------------------------------

local function bless_cases(cases, all, options)
  options.want_bytes = true
  local peers = {}
  for _, text in ipairs(options.peer) do
    local link, why = driver.command(text, options)
    if not link then return command.misuse(why) end
    peers[#peers + 1] = link
  end
  local run = bless.new(options, peers)
  local done = running.run(cases, driver.model(), options, function(r, c) run:take(r, c) end)
  if not done then return running.interrupted() end
  return run:finish(#options.filter == 0 and all or nil) and command.OK or command.FAILED
end

-- judge-proof -------------------------------------------------------------------------------------

local function prove_judge(cases, _, options)
  local programs, why
  if options.programs then programs, why = require("programs").read(options.programs) end
  if why then return command.misuse(why) end
  local proven = require("proof").run(cases, programs, options)
  if proven == nil then return running.interrupted() end
  return proven and command.OK or command.FAILED
end

-- lint --------------------------------------------------------------------------------------------

local function check_files(cases, all, options)
  local clean = lint.run(cases, all, options)
  if clean == nil then return running.interrupted() end
  return clean and command.OK or command.FAILED
end

-- main --------------------------------------------------------------------------------------------

local function list_cases(cases)
  for _, c in ipairs(cases) do io.write(c.id, "\t", c.broken and "BROKEN" or c.title, "\n") end
  return command.OK
end

local COMMANDS = { test = test, laws = check_laws, conform = conform.run, bless = bless_cases,
  emit = emit_cases, ["judge-dir"] = conform.judge_folder,
  ["judge-proof"] = prove_judge, lint = check_files }

-- Runs the command args[0].  args: the words behind it, and home and program, paths.
function suite.main(args)
  local options = options_of(args)
  if not options then return command.MISUSE end
  local all = case.load_all(options.cases, args[0] == "lint" and lint.verbs or nil)
  local why = check_citations(all, options)
  if why then return command.misuse(why) end
  local cases, found = choose(all, options)
  if not found then
    return command.misuse("no case " .. (#options.filter > 0 and "matches the filter" or
      "in " .. options.cases))
  end
  if options.list then return list_cases(cases) end
  native.catch_interrupts()
  local scratch
  scratch, why = native.temp_folder()
  if not scratch then return command.misuse("no temporary folder: " .. tostring(why)) end
  options.scratch = scratch
  local ok, result = xpcall(COMMANDS[options.command], debug.traceback, cases, all, options)
  native.remove_folder(options.scratch)
  if not ok then error(result, 0) end
  return result
end

return suite
