-- matrix/records.lua: raw records (report/ndjson.lua), of one run or of many, as one table.
--
-- Takes: paths.  Gives: what they say together, or nil and what is wrong, with file and line:
--   linkspec   versions of the program, in a list
--   linkers    list of { label, name, version, command, milliseconds, counts (verdict.counter) }
--   cases      list, sorted by id, of { id, title, clauses, results }; results holds, by number of
--              the linker, the record's fields, and of inputs those that the linker got
-- Rule of thumb: a file is taken whole or not at all; parts of one run (--shard) add up, but no
-- case has two results of one linker.

local json = require "dkjson"
local verdict = require "verdict"

local records = {}

local FORMAT = 1

-- What is wrong with a file; raised, and caught by read().
local function wrong(reader, text, ...)
  error({ ("%s:%d: "):format(reader.path, reader.line) .. text:format(...) }, 0)
end

-- Fields ------------------------------------------------------------------------------------------

-- The type of every field, a list in braces; those with ! must be there.
local FILE = { name = "string!", size = "integer!", sha256 = "string", base64 = "string" }
local RUN = { format = "integer!", linkspec = "string!", linkers = { { label = "string!",
  name = "string!", version = "string", command = "string" } }, cases = "integer" }
local RESULT = { linker = "string!", id = "string!", verdict = "string!", title = "string",
  clauses = { "string" }, origin = { "string" }, expected = "string", found = "string",
  where = "string", why = "string", kind = "string", upstream = "string", notes = { "string" },
  command = "string",
  ["repeat"] = "string", diff = "string", milliseconds = "integer", inputs = { FILE },
  output = { size = "integer!", sha256 = "string", base64 = "string" },
  permissions = { "string" } }
local END = { linker = "string!", counts = "table!", milliseconds = "integer" }

local check_fields

local function check(reader, value, want, name)
  if type(want) == "string" then
    if value == nil and want:sub(-1) ~= "!" then return end
    if (math.type(value) or type(value)) ~= want:gsub("!", "") then
      wrong(reader, "%s: %s is missing or of another type", name, (want:gsub("!", "")))
    end
  elseif value ~= nil then
    if type(value) ~= "table" then wrong(reader, "%s: not a list or object", name) end
    if not want[1] then return check_fields(reader, value, want, name .. ".") end
    for i, item in ipairs(value) do
      check(reader, item, want[1], ("%s[%d]"):format(name, i))
    end
  end
end

-- Only the fields that we know are looked at: a later program may say more.
function check_fields(reader, object, wanted, prefix)
  local names = {}
  for name in pairs(wanted) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do check(reader, object[name], wanted[name], prefix .. name) end
end

-- Records -----------------------------------------------------------------------------------------

local function known_linker(reader, label)
  return reader.linkers[label] or wrong(reader, "no run has named the linker %s", label)
end

local function add_linker(reader, said)
  local report = reader.report
  local linker = report.by_label[said.label]
  if not linker then
    linker = { label = said.label, name = said.name, version = said.version,
      command = said.command, number = #report.linkers + 1, milliseconds = 0,
      counts = verdict.counter() }
    report.linkers[linker.number], report.by_label[said.label] = linker, linker
  elseif linker.command ~= said.command then
    wrong(reader, "two linkers are called %s: %s and %s", said.label, tostring(linker.command),
      tostring(said.command))
  end
  reader.linkers[said.label] = linker
  reader.open[said.label] = verdict.counter()
end

local function take_run(reader, r)
  if r.format ~= FORMAT then wrong(reader, "format %s, not %d", r.format, FORMAT) end
  local report = reader.report
  if not report.by_version[r.linkspec] then
    report.by_version[r.linkspec] = true
    table.insert(report.linkspec, r.linkspec)
  end
  for _, said in ipairs(r.linkers or {}) do add_linker(reader, said) end
end

local function take_result(reader, r)
  local linker, report = known_linker(reader, r.linker), reader.report
  local counts = reader.open[r.linker]
  if not counts then wrong(reader, "a result behind the end of %s", r.linker) end
  if not verdict.tally(r.verdict) then wrong(reader, "no such verdict: %s", r.verdict) end
  local case = report.by_id[r.id]
  if not case then
    case = { id = r.id, title = r.title, clauses = r.clauses or {}, origin = r.origin,
      results = {} }
    report.by_id[r.id] = case
    table.insert(report.cases, case)
  end
  if case.results[linker.number] then
    wrong(reader, "a second result of %s for %s", r.linker, r.id)
  end
  case.results[linker.number] = r
  verdict.count(counts, r.verdict)
  verdict.count(linker.counts, r.verdict)
end

local function take_end(reader, r)
  local linker, counts = known_linker(reader, r.linker), reader.open[r.linker]
  if not counts then wrong(reader, "a second end of %s", r.linker) end
  for _, v in ipairs(verdict.all) do
    local said = r.counts[v.name] or 0
    if said ~= counts[v.name] then
      wrong(reader, "%s: %d results are %s, but %s are counted", r.linker, counts[v.name],
        v.name, tostring(said))
    end
  end
  linker.milliseconds = linker.milliseconds + (r.milliseconds or 0)
  reader.open[r.linker] = nil
end

local KINDS = { run = { RUN, take_run }, result = { RESULT, take_result },
  ["end"] = { END, take_end } }

-- Files -------------------------------------------------------------------------------------------

-- The object that a line is.
local function decode(reader, text)
  if not utf8.len(text) then wrong(reader, "not UTF-8") end
  local ok, value, behind, why = pcall(json.decode, text, 1, nil, nil)
  if not ok then wrong(reader, "not JSON: nested too deep") end
  if why then wrong(reader, "not JSON: %s", why) end
  if type(value) ~= "table" or text:find("%S", behind) then
    wrong(reader, "not one JSON object")
  end
  return value
end

local function take_line(reader, text)
  local r = decode(reader, text)
  local kind = KINDS[r.record]
  if not kind then wrong(reader, "no raw record of linkspec") end
  check_fields(reader, r, kind[1], "")
  kind[2](reader, r)
end

local function take_file(reader)
  local file, why = io.open(reader.path, "rb")
  if not file then error({ why }, 0) end
  local text
  repeat
    text, why = file:read("L")
    reader.line = reader.line + 1
    if text and text:find("%S") then take_line(reader, text) end
  until not text
  file:close()
  if why then error({ ("%s: %s"):format(reader.path, why) }, 0) end
  reader.line = math.max(reader.line - 1, 1)
  if not next(reader.linkers) then wrong(reader, "no raw record of linkspec") end
  for _, linker in ipairs(reader.report.linkers) do
    if reader.open[linker.label] then
      wrong(reader, "the run of %s is not complete", linker.label)
    end
  end
end

function records.read(paths)
  local report = { linkspec = {}, linkers = {}, cases = {}, by_version = {}, by_label = {},
    by_id = {} }
  for _, path in ipairs(paths) do
    local reader = { report = report, path = path, line = 0, linkers = {}, open = {} }
    local ok, message = pcall(take_file, reader)
    if not ok then
      if type(message) ~= "table" then error(message, 0) end
      return nil, message[1]
    end
  end
  table.sort(report.cases, function(a, b) return a.id < b.id end)
  return report
end

return records
