-- report/junit.lua: results as JUnit XML, for CI servers: a testsuite a linker, a testcase a case,
-- whose class is the case's file.
--
-- Rule of thumb: where the linker gave an answer and a wrong one it is a failure, where it gave
-- none it is an error.

local text = require "report.text"
local verdict = require "verdict"

local junit = {}
junit.__index = junit

local ERRORS = { CRASH = true, TIMEOUT = true, BROKEN = true }

-- The name of the element that says so; nil when the case passes.
local function element(name)
  local tally = verdict.tally(name)
  return ERRORS[name] and "error" or tally == "failed" and "failure"
    or tally == "skipped" and "skipped" or nil
end

local function attributes(list)
  local parts = {}
  for i, pair in ipairs(list) do
    local value = text.xml(tostring(pair[2])):gsub("\n", "&#10;")
    parts[i] = (' %s="%s"'):format(pair[1], value)
  end
  return table.concat(parts)
end

local function seconds(milliseconds)
  return ("%d.%03d"):format(milliseconds // 1000, milliseconds % 1000)
end

-- What plain.lua shows of a failure.
local function body(r)
  local lines = {}
  local function line(name, value)
    if value and value ~= "" then lines[#lines + 1] = name .. ": " .. value end
  end
  line("title", r.title)
  line("clauses", table.concat(r.clauses, ", "))
  line("reported", table.concat(r.origin or {}, ", "))
  line("expected", r.expected)
  line("found", r.found)
  line("where", r.where)
  for _, note in ipairs(r.notes or {}) do line("note", note) end
  line("diff", r.diff)
  line("command", r.command)
  line("repeat", r.repeats)
  return text.xml(table.concat(lines, "\n"))
end

local function outcome(r)
  local name = element(r.verdict)
  if not name then return "" end
  local message = verdict.because(r) or r.found or r.expected or r.verdict
  if name == "skipped" then
    return ("<skipped%s/>"):format(attributes { { "message", r.verdict .. ": " .. message } })
  end
  return ("<%s%s>%s</%s>"):format(name,
    attributes { { "message", message }, { "type", r.verdict } }, body(r), name)
end

function junit.new(out) return setmetatable({ out = out, cases = {} }, junit) end

function junit:start(run)
  for _, link in ipairs(run.linkers) do self.cases[link.label] = {} end
  self.first = run.linkers[1].label
end

function junit:result(r)
  local class, name = r.id:match("^(.*)/([^/]*)$")
  local list = self.cases[r.linker or self.first]
  list[#list + 1] = ("    <testcase%s>%s</testcase>\n"):format(attributes {
    { "classname", (class or r.id):gsub("/", ".") }, { "name", name or r.id },
    { "time", seconds(r.milliseconds or 0) } }, outcome(r))
end

local function write_suite(self, t)
  local n = { error = 0, failure = 0, skipped = 0 }
  for _, v in ipairs(verdict.all) do
    local name = element(v.name)
    if name then n[name] = n[name] + t.counts[v.name] end
  end
  self.out:write("  <testsuite", attributes { { "name", t.name }, { "tests", t.counts.total },
    { "failures", n.failure }, { "errors", n.error }, { "skipped", n.skipped },
    { "time", seconds(t.milliseconds) } }, ">\n", table.concat(self.cases[t.name]),
    "  </testsuite>\n")
end

function junit:finish(tables)
  self.out:write('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n')
  for _, t in ipairs(tables) do write_suite(self, t) end
  self.out:write("</testsuites>\n")
end

return junit
