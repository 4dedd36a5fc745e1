-- matrix/data.lua: what matrix/page.js is given: the records again, every text once.
--
-- Takes: the table of records.lua, and the statements of clauses.  Gives: a table for JSON:
--   verdicts   list of { name, mark, means, tally }
--   linkers    list of labels
--   statements clause -> its sentence, of the clauses that cases cite
--   strings    every text that results hold, once: from here on a number of this list
--   cases      list of { id, title, clauses, origin, inputs, results }
-- inputs are the different lists of input files that linkers were given, mostly one; a result says
-- which (absent: the first).  results stand in the order of the linkers, null where there is none.
-- Rule of thumb: nine linkers are told the same about the same bytes, so say it once.

local json = require "dkjson"
local verdict = require "verdict"

local data = {}

-- A sign that needs no colour, and a few words.
local MARKS = {
  PASS = { "✓", "what must hold holds" },
  FAIL = { "✗", "what must hold does not" },
  UNSUPPORTED = { "–", "the linker, or the machine, lacks something that the case needs" },
  XFAIL = { "K", "fails, as is known" },
  XPASS = { "!", "passes, although it is known to fail" },
  CRASH = { "C", "the linker died" },
  TIMEOUT = { "T", "the linker took too long" },
  ["ACCEPTS-INVALID"] = { "A", "linked what must be refused" },
  ["REJECTS-VALID"] = { "R", "refused what must link" },
  BROKEN = { "B", "a fault of the suite, not of the linker" },
}

-- The verdicts in their order, and their numbers (from 0) by name.
function data.verdicts()
  local list, number = {}, {}
  for i, v in ipairs(verdict.all) do
    list[i] = { name = v.name, mark = MARKS[v.name][1], means = MARKS[v.name][2],
      tally = v.tally }
    number[v.name] = i - 1
  end
  return list, number
end

-- Texts, each once; text:number(s) is its place in the list, from 0.
local Texts = {}
Texts.__index = Texts

function Texts:number(text)
  if not text then return nil end
  local n = self.numbers[text]
  if not n then
    n = #self.list
    self.numbers[text] = n
    self.list[n + 1] = text
  end
  return n
end

function Texts:numbers_of(list)
  if not list or #list == 0 then return nil end
  local numbers = {}
  for i, text in ipairs(list) do numbers[i] = self:number(text) end
  return numbers
end

local function file_of(texts, file)
  return { name = texts:number(file.name), size = file.size, sha256 = texts:number(file.sha256),
    base64 = texts:number(file.base64) }
end

-- The number of a list of input files among those of the case, from 0.
local function inputs_of(texts, into, files)
  local list, key = {}, {}
  for i, file in ipairs(files) do
    local f = file_of(texts, file)
    list[i] = f
    key[i] = ("%d %s %s %s"):format(f.name, f.size, f.sha256, f.base64)
  end
  key = table.concat(key, "\n")
  if not into.number[key] then
    into.number[key] = #into.list
    table.insert(into.list, list)
  end
  return into.number[key]
end

-- A text without the end that it shares with others; the page puts it back.
local function without_end(text, ending)
  if text and text:sub(-#ending) == ending then return text:sub(1, -#ending - 1) end
end

local function without_start(text, start)
  if text and start and text:sub(1, #start + 1) == start .. " " then return text:sub(#start + 2) end
end

local function result_of(texts, number, r, linker, inputs)
  local arguments = without_start(r.command, linker.command)
  local again = without_end(r["repeat"], r.id)
  return { verdict = number[r.verdict], milliseconds = r.milliseconds,
    expected = texts:number(r.expected), found = texts:number(r.found),
    where = texts:number(r.where), why = texts:number(r.why), kind = texts:number(r.kind),
    upstream = texts:number(r.upstream), notes = texts:numbers_of(r.notes),
    arguments = texts:number(arguments), command = not arguments and texts:number(r.command) or nil,
    again = texts:number(again), ["repeat"] = not again and texts:number(r["repeat"]) or nil,
    diff = texts:number(r.diff), permissions = texts:numbers_of(r.permissions),
    inputs = r.inputs and inputs_of(texts, inputs, r.inputs) or nil,
    output = r.output and file_of(texts, r.output) or nil }
end

local function case_of(texts, number, c, linkers)
  local inputs = { list = {}, number = {} }
  local results = {}
  for i, linker in ipairs(linkers) do
    local r = c.results[i]
    results[i] = r and result_of(texts, number, r, linker, inputs) or json.null
  end
  return { id = c.id, title = c.title, clauses = c.clauses, origin = c.origin,
    inputs = inputs.list, results = results }
end

function data.of(report, statements)
  local texts = setmetatable({ list = {}, numbers = {} }, Texts)
  local verdicts, number = data.verdicts()
  local d = { verdicts = verdicts, linkers = {}, statements = {}, cases = {} }
  for i, linker in ipairs(report.linkers) do
    d.linkers[i] = { label = linker.label, command = linker.command }
  end
  for i, c in ipairs(report.cases) do
    d.cases[i] = case_of(texts, number, c, report.linkers)
    for _, id in ipairs(c.clauses) do d.statements[id] = statements[id] end
  end
  d.strings = texts.list
  return d
end

return data
