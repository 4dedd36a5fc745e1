-- trial.lua: one case against one linker, from its inputs to a verdict.
--
-- Takes: a case (case.lua), a driver (driver.lua) and what else to look at.  Gives: a result
-- (verdict.lua) of plain values.  Rule of thumb: first doubt the case (BROKEN), then the linker.

local native = require "native"
local case = require "case"
local driver = require "driver"
local expect = require "expect"
local judge_text = require "judge"
local manifest = require "manifest"
local module = require "module"
local readers = require "readers"
local view = require "view"

local trial = {}

-- Text for the verdict that an outcome alone decides, or nil.
local ENDED = {
  crashed = "CRASH", timeout = "TIMEOUT", unsupported = "UNSUPPORTED",
  missing = "FAIL", -- nobody made this link
}

local function settle(result, name, expected, found, where)
  result.verdict, result.expected, result.found, result.where = name, expected, found, where
  return result
end

-- The first lines of what a linker printed, as text that a terminal and a report can take.
local function head(text, lines)
  local out = {}
  for line in (text or ""):gmatch("[^\n]+") do
    line = line:gsub("[^\x20-\x7e\t\x80-\xff]", function(c)
      return ("\\x%02x"):format(c:byte())
    end)
    out[#out + 1] = utf8.len(line) and line or line:gsub("[\x80-\xff]", "?")
    if #out == lines then break end
  end
  return table.concat(out, "\n")
end

trial.head = head

-- The outcome that no case may have; nil when it is for the expectations to judge.
local function bad_end(result, outcome, what)
  local name = ENDED[outcome.ended]
  if name then return settle(result, name, what, head(outcome.message, 12)) end
  if outcome.ended == "linked" and not outcome.bytes and not outcome.symbols then
    return settle(result, "FAIL", "an output file", "success, but there is none")
  end
end

-- Expectations ------------------------------------------------------------------------------------

local function keeps_relocations(request)
  for _, word in ipairs(request.argv) do
    if word == "-r" or word:find("^%-%-?relocatable$") or word:find("^%-%-?emit%-relocs$") then
      return true
    end
  end
  return false
end

-- Judges the expectations on an outcome: nil when all hold, else the settled result.
local function judge(result, c, request, outcome, link)
  local seen = view.new { outcome = outcome, request = request, driver = link }
  result.asked = {}
  if outcome.ended == "rejected" and not expect.wants_rejection(c.expect) then
    return settle(result, "REJECTS-VALID", "the link succeeds", head(outcome.message, 12))
  end
  if outcome.ended == "linked" and expect.wants_rejection(c.expect) then
    return settle(result, "ACCEPTS-INVALID", "the inputs are rejected", "the link succeeds")
  end
  if outcome.bytes then
    local why
    seen.decoded, why = module.read(outcome.bytes)
    if why then return settle(result, "FAIL", "an output that can be decoded", why, "output") end
    if seen:custom("linking") and not keeps_relocations(request) then
      return settle(result, "FAIL", "a linked module", "a relocatable object", "output")
    end
  end
  for _, e in ipairs(c.expect) do
    local ok, message = e.check(seen)
    if ok == "skipped" then
      result.skipped = message
    elseif ok and e.diag and e.diag.id then
      table.insert(result.asked, { id = e.diag.id, files = e.diag.files })
    elseif not ok then
      message = message or {}
      if type(message) == "string" then message = { found = message } end
      return settle(result, "FAIL", message.expected or e.name, message.found,
        message.where and ("%s: %s"):format(e.name, message.where) or e.name)
    end
  end
end

trial.judge = judge

-- The golden --------------------------------------------------------------------------------------

-- How two modules differ, as text.
function trial.diff(old, new)
  local text, why = native.diff(old, new)
  return text and text ~= "" and head(text, 60) or why or "the same structure, in other bytes"
end

local function diff(result, golden, bytes) result.diff = trial.diff(golden, bytes) end

local function check_golden(result, c, outcome, options)
  local wrong = manifest.differs(options.manifest[c.id], result.inputs, result.outcome)
  local golden = outcome.bytes and driver.read_file(("%s/%s.wasm"):format(options.golden, c.id))
  if golden and golden ~= outcome.bytes then diff(result, golden, outcome.bytes) end
  if wrong then return settle(result, "FAIL", "what was blessed", wrong, "golden/MANIFEST") end
  if not outcome.bytes then return end
  local where = ("golden/%s.wasm"):format(c.id)
  if not golden then return settle(result, "FAIL", "a golden module", "no such file", where) end
  if golden ~= outcome.bytes then
    return settle(result, "FAIL", "the bytes of the golden module", "other bytes", where)
  end
end

-- For other linkers, with --exact: the same bytes, or a reason of the case why not.
local function check_exact(result, c, outcome, options)
  local golden = driver.read_file(("%s/%s.wasm"):format(options.golden, c.id))
  if not golden or not outcome.bytes then return end
  if golden == outcome.bytes then
    result.agrees = true
  elseif c.peer_differs then
    result.notes = { "other bytes than the golden, as the case explains: " .. c.peer_differs }
  else
    diff(result, golden, outcome.bytes)
    return settle(result, "FAIL", "the bytes of the golden module", "other bytes",
      ("golden/%s.wasm"):format(c.id))
  end
end

-- Trials ------------------------------------------------------------------------------------------

local function check_determinism(result, request, outcome, c, link)
  local again = link:link(request, c.stage)
  if again.bytes == outcome.bytes and again.ended == outcome.ended
    and (not link.is_model or again.message == outcome.message) then
    return
  end
  if again.bytes and outcome.bytes then diff(result, outcome.bytes, again.bytes) end
  return settle(result, "FAIL", "a second link gives the same", "it gives something else",
    "determinism")
end

local function check_readers(result, request, outcome, link)
  local found = link.is_model and outcome.diags and readers.disagree(request, outcome, link)
  if found then
    return settle(result, "FAIL", "the readers of the model agree", found, "inputs")
  end
end

-- The model says a thing once, and of what is wrong in one way one thing.
local function check_said_once(result, c, outcome)
  local seen, errors = {}, 0
  for _, d in ipairs(outcome.diags or {}) do
    local said = table.concat({ d.id, d.file or "", d.offset or "", d.field or "", d.text }, "\0")
    if d.severity == "error" then errors = errors + 1 end
    if d.severity ~= "note" and seen[said] or c.mutate and errors > 1 then
      return settle(result, "FAIL", "one diagnostic of one fault", head(outcome.message, 12),
        "diagnostics")
    end
    seen[said] = true
  end
end

-- A malformed case must be wrong in one way only.
local function check_plain(result, c, request, link)
  if not c.mutate then return end
  local outcome = link:link(request)
  if outcome.ended == "linked" then return end
  local bad = bad_end(result, outcome, "the inputs without their mutation link")
  if bad then return bad end
  return settle(result, link.is_model and "BROKEN" or "REJECTS-VALID",
    "the inputs without their mutation link", head(outcome.message, 12))
end

-- Inputs are kept before the link, since it may be the last thing this process does.
local function keep_inputs(folder, request)
  driver.make_folders(folder)
  for name, bytes in pairs(request.files) do
    driver.make_folders(folder .. name)
    assert(native.write_file(folder .. name, bytes))
  end
  native.write_file(folder .. "command.txt", table.concat(request.argv, " ") .. "\n")
end

local function keep_outcome(folder, outcome)
  native.write_file(folder .. "command.txt", outcome.command .. "\n")
  native.write_file(folder .. "messages.txt", (outcome.message or "") .. "\n")
  if outcome.bytes then native.write_file(folder .. "out.wasm", outcome.bytes) end
end

-- Evidence: what a report shows of a link besides its verdict -----------------------------------

local SHOWN = 8 << 10 -- bytes of a file; of larger ones only the size

local function exhibit(name, bytes)
  return { name = name, size = #bytes, bytes = #bytes <= SHOWN and bytes or nil }
end

-- { inputs = list of { name, size, bytes }, output = { size, sha256, bytes } }
local function evidence_of(request, outcome)
  local evidence = { inputs = {} }
  for i, name in ipairs(not request.no_file and request.names or {}) do
    evidence.inputs[i] = exhibit(name, request.files[name])
  end
  if outcome.bytes then
    evidence.output = exhibit(nil, outcome.bytes)
    evidence.output.sha256 = native.sha256(outcome.bytes)
  end
  return evidence
end

-- More checks of an outcome -----------------------------------------------------------------------

local function sorted_keys(set)
  local list = {}
  for key in pairs(set or {}) do list[#list + 1] = key end
  table.sort(list)
  return list
end

-- The judge knows nothing of the case: it holds the module against the inputs.
local function check_judged(result, c, request, outcome)
  if not outcome.bytes or c.stage then return end
  local violations, permissions = driver.judge(request, outcome.bytes)
  result.permissions = sorted_keys(permissions)
  local first = violations and violations[1]
  if not violations then
    return settle(result, "FAIL", "inputs and a module that can be judged", "not so", "judge")
  elseif first then
    result.notes = judge_text.notes(violations, "out.wasm")
    return settle(result, "FAIL", first.expected, first.found, "judge: " .. judge_text.head(first))
  end
end

-- What the manifest and bless need to know of an outcome of the model.
local function remember(result, c, request, outcome, options)
  result.inputs = manifest.inputs(request)
  result.outcome = manifest.result(outcome)
  result.told = {}
  for i, d in ipairs(outcome.diags) do result.told[i] = d.id end
  if options.want_bytes and c.golden ~= false and not c.stage then result.bytes = outcome.bytes end
end

local function check_result(result, c, outcome, link, options)
  if c.golden == false or c.stage then return end
  if link.is_model and options.manifest then return check_golden(result, c, outcome, options) end
  if options.exact then return check_exact(result, c, outcome, options) end
end

local function try_link(result, c, link, options)
  if c.stage and not link.is_model then
    return settle(result, "UNSUPPORTED", nil, "a stage alone: only the model has stages")
  end
  local request = case.request(c.link)
  local bad = check_plain(result, c, request, link)
  if bad then return bad end
  if c.mutate then request = case.mutated(c, request) end
  local folder = options.keep and ("%s/%s/"):format(options.keep, c.id)
  if folder then keep_inputs(folder, request) end
  local outcome = link:link(request, c.stage)
  result.command = outcome.command
  if folder then keep_outcome(folder, outcome) end
  if options.evidence then result.evidence = evidence_of(request, outcome) end
  if link.is_model then remember(result, c, request, outcome, options) end
  bad = bad_end(result, outcome, "the linker answers")
    or judge(result, c, request, outcome, link)
    or check_readers(result, request, outcome, link)
    or check_said_once(result, c, outcome)
    or check_determinism(result, request, outcome, c, link)
    or check_judged(result, c, request, outcome)
    or check_result(result, c, outcome, link, options)
  if bad then return bad end
  if result.skipped then return settle(result, "UNSUPPORTED", nil, result.skipped) end
  return settle(result, "PASS")
end

-- Runs a case.  options: golden (folder), manifest (entries: hold the model against them), exact,
-- keep (folder), want_bytes (the result holds the module), evidence (the result holds it).
function trial.run(c, link, options)
  local result = { id = c.id }
  if c.broken then return settle(result, "BROKEN", "a sound case", c.broken, c.where) end
  local ok, message = pcall(function()
    local mine = link.of_case and link:of_case(c) or link
    try_link(result, c, mine, options)
    result.missing = mine.missing
  end)
  if not ok then settle(result, "BROKEN", "a sound case", tostring(message), c.where) end
  return result
end

-- The result of a case whose worker is gone.
function trial.lost(c, how, text)
  local name = how == "timeout" and "TIMEOUT" or "CRASH"
  return settle({ id = c.id }, name, "the linker answers",
    how == "timeout" and "no answer in time" or "the process died: " .. text)
end

return trial
