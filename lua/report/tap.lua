-- report/tap.lua: results as TAP 14, for programs.

local verdict = require "verdict"

local tap = {}
tap.__index = tap

-- `#` and `\` mean something in a description.
local function description(r)
  local text = ((r.linker or r.law) and (r.linker or r.law) .. ": " or "") .. r.id
  return (text:gsub("[\\#]", "\\%0"))
end

local DIRECTIVE = { UNSUPPORTED = " # SKIP ", XFAIL = " # TODO " }

local function line(text) return (text or ""):match("[^\n]*") end

local function yaml(self, name, text)
  if not text or text == "" then return end
  if text:find("\n") then
    self.out:write("  ", name, ": |\n    ", (text:gsub("\n", "\n    ")), "\n")
  else
    self.out:write("  ", name, ": '", (text:gsub("'", "''")), "'\n")
  end
end

function tap.new(out) return setmetatable({ out = out, number = 0 }, tap) end

function tap:start(run)
  self.out:write("TAP version 14\n")
  if run.count then self.out:write("1..", run.count, "\n") end
  self.count = run.count
end

function tap:result(r)
  self.number = self.number + 1
  local ok = r.verdict == "PASS" or r.verdict == "UNSUPPORTED"
  local directive = DIRECTIVE[r.verdict]
  self.out:write(ok and "ok " or "not ok ", self.number, " - ", description(r),
    directive and directive .. line(verdict.because(r) or r.found) or "", "\n")
  if r.verdict == "PASS" or r.verdict == "UNSUPPORTED" then return end
  self.out:write("  ---\n")
  for _, name in ipairs { "verdict", "title", "clauses", "origin", "expected", "found", "where",
    "diff", "command", "repeats" } do
    local value = type(r[name]) == "table" and table.concat(r[name], ", ") or r[name]
    yaml(self, name == "repeats" and "repeat" or name, value)
  end
  self.out:write("  ...\n")
end

function tap:finish(tables, counts, warnings)
  if not self.count then self.out:write("1..", self.number, "\n") end
  for _, t in ipairs(tables) do
    self.out:write(("# %s: %s\n"):format(t.name, verdict.summary(t.counts)))
  end
  for _, text in ipairs(warnings) do self.out:write("# warning: ", text, "\n") end
  self.out:write("# ", verdict.last_line(counts), "\n")
end

return tap
