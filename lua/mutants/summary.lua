-- mutants/summary.lua: what became of the mutants, as text and as a report.
--
-- Takes: mutants with their results.  Gives: a line for every one that no foreign linker would
-- have been failed for, a table by kind, the shares; and a file with a JSON object a line.
-- Rule of thumb: what is no change, as the code that it compiles to or explained.lua says, and
-- what does not compile, counts for nothing.

local json = require "dkjson"
local native = require "native"
local text = require "report.text"

local summary = {}

local LEAST, LEAST_WITH = 0.90, 0.97 -- noticed without and with goldens, of all that count

local ORDER = { "file", "line", "column", "func", "kind", "text", "change", "result", "case",
  "how", "what", "why" }
local COUNTED = { killed = true, golden = true, survived = true }

local Summary = {}
Summary.__index = Summary

-- options: report, a path or nil; count.
function summary.new(options)
  return setmetatable({ counted = 0, wanted = options.count, kinds = {}, results = {},
    file = options.report and assert(io.open(options.report, "w")),
    progress = native.is_terminal("err") }, Summary)
end

local function place(m)
  local func = m.func and m.func .. ": " or ""
  return ("model/%s:%d:%d: %s%s"):format(m.file, m.line, m.column, func, m.change)
end

local function add(t, name) t[name] = (t[name] or 0) + 1 end

-- m: a mutant; r: { result, case, how, what }; why: why it may survive, or nil.
function Summary:take(m, r, why)
  local result = r.result == "survived" and why and "explained" or r.result
  add(self.results, result)
  if self.file then
    self.file:write(json.encode(text.clean { file = m.file, line = m.line, column = m.column,
      func = m.func, kind = m.kind, text = m.text, change = m.change, result = r.result,
      case = r.case, how = r.how, what = r.what, why = why }, { keyorder = ORDER }), "\n"):flush()
  end
  self.counted = self.counted + (COUNTED[result] and 1 or 0)
  if COUNTED[result] or result == "explained" then
    self.kinds[m.kind] = self.kinds[m.kind] or {}
    add(self.kinds[m.kind], result)
  end
  if self.progress then io.stderr:write(("\r%d/%d "):format(self.counted, self.wanted)) end
  if result == "survived" or result == "golden" or result == "lost" then
    if self.progress then io.stderr:write("\r\27[K") end
    io.write(("%s %s\n    %s\n"):format(result, place(m), m.text))
    if r.case then io.write(("    only the model fails %s: %s\n"):format(r.case, r.what)) end
    io.stdout:flush()
  end
end

local LINE = "%-10s %8s %8s %12s %9s %10s\n"

local function print_kinds(kinds)
  local names, total = {}, {}
  for name in pairs(kinds) do names[#names + 1] = name end
  table.sort(names)
  io.write(LINE:format("kind", "mutants", "killed", "with goldens", "survived", "explained"))
  local function line(name, k)
    local killed, golden, survived = k.killed or 0, k.golden or 0, k.survived or 0
    io.write(LINE:format(name, killed + golden + survived, killed, killed + golden, survived,
      k.explained or 0))
  end
  for _, name in ipairs(names) do
    line(name, kinds[name])
    for key, n in pairs(kinds[name]) do total[key] = (total[key] or 0) + n end
  end
  line("all", total)
  return total
end

-- complete: all was tried that should be.  Whether enough was noticed.
function Summary:finish(complete)
  if self.progress then io.stderr:write("\r\27[K") end
  if self.file then self.file:close() end
  local t, n = print_kinds(self.kinds), math.max(self.counted, 1)
  local killed = t.killed or 0
  local with = killed + (t.golden or 0)
  local explained = t.explained or 0
  io.write(("%d more compile to the same code, %d do not compile\n"):format(
    self.results.equal or 0, self.results.invalid or 0))
  io.write(("%d mutants: %.1f %% killed without goldens, %.1f %% with\n"):format(self.counted,
    100 * killed / n, 100 * with / n))
  io.write(("with the %d that are explained: %.1f %%, %.1f %%\n"):format(explained,
    100 * killed / (n + explained), 100 * with / (n + explained)))
  return complete and not self.results.lost and killed >= LEAST * n and with >= LEAST_WITH * n
end

return summary
