-- report/ndjson.lua: the raw record: all that a run found out, one JSON object a line.
--
--   {"record":"run","format":1,...}   the program, the linkers, how many cases
--   {"record":"result",...}           one a case and linker; what is absent is left out
--   {"record":"end",...}              one a linker: verdicts and time
--
-- Takes: results (verdict.lua) with evidence (trial.lua).  Rule of thumb: whoever wants another
-- report of a run makes it of this, without running anything again.

local json = require "dkjson"
local native = require "native"
local base64 = require "base64"
local text = require "report.text"
local verdict = require "verdict"

local ndjson = {}
ndjson.__index = ndjson

local FORMAT = 1 -- changes when a field changes its meaning

-- The order of keys, in objects of every kind.
local ORDER = { "record", "format", "linkspec", "linkers", "cases",
  "label", "name", "version", "linker", "id", "verdict", "title", "clauses", "origin",
  "expected", "found", "where", "why", "kind", "upstream", "notes", "command", "repeat", "diff",
  "counts", "milliseconds", "inputs", "output", "size", "sha256", "base64", "permissions" }
for _, v in ipairs(verdict.all) do ORDER[#ORDER + 1] = v.name end

local function write(self, record)
  self.out:write(json.encode(text.clean(record), { keyorder = ORDER }), "\n")
end

local function file_record(file, with_bytes)
  return { name = file.name, size = file.size, sha256 = file.sha256,
    base64 = with_bytes and file.bytes and base64(file.bytes) or nil }
end

local function list_or_nil(list) return list and #list > 0 and list or nil end

local function inputs_of(evidence)
  local inputs = {}
  for i, file in ipairs(evidence.inputs or {}) do inputs[i] = file_record(file, true) end
  return list_or_nil(inputs)
end

function ndjson.new(out) return setmetatable({ out = out }, ndjson) end

function ndjson:start(run)
  local linkers = {}
  for i, link in ipairs(run.linkers) do
    linkers[i] = { label = link.label, name = link.name, version = link.version,
      command = table.concat(link.command, " ") }
  end
  write(self, { record = "run", format = FORMAT, linkspec = native.version, linkers = linkers,
    cases = run.cases })
  self.only = #linkers == 1 and linkers[1].label
end

function ndjson:result(r)
  local evidence = r.evidence or {}
  write(self, { record = "result", linker = r.linker or self.only, id = r.id, verdict = r.verdict,
    title = r.title, clauses = r.clauses, origin = list_or_nil(r.origin), expected = r.expected,
    found = r.found, where = r.where,
    why = r.why, kind = r.kind, upstream = r.upstream, notes = list_or_nil(r.notes),
    command = r.command, ["repeat"] = r.repeats, diff = r.diff, milliseconds = r.milliseconds,
    inputs = inputs_of(evidence),
    output = evidence.output and file_record(evidence.output, r.verdict ~= "PASS"),
    permissions = list_or_nil(r.permissions) })
end

function ndjson:finish(tables)
  for _, t in ipairs(tables) do
    local counts = {}
    for _, v in ipairs(verdict.all) do
      if t.counts[v.name] > 0 then counts[v.name] = t.counts[v.name] end
    end
    write(self, { record = "end", linker = t.name, counts = counts,
      milliseconds = t.milliseconds })
  end
end

return ndjson
