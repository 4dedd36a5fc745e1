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

local function yaml(name, text)
  if not text or text == "" then return end
  if text:find("\n") then
    io.write("  ", name, ": |\n    ", (text:gsub("\n", "\n    ")), "\n")
  else
    io.write("  ", name, ": '", (text:gsub("'", "''")), "'\n")
  end
end

function tap.new() return setmetatable({ number = 0 }, tap) end

-- count: how many results follow; nil: that is known at the end
function tap:start(count)
  io.write("TAP version 14\n")
  if count then io.write("1..", count, "\n") end
  self.count = count
end

function tap:result(r)
  self.number = self.number + 1
  local ok = r.verdict == "PASS" or r.verdict == "UNSUPPORTED"
  local directive = DIRECTIVE[r.verdict]
  io.write(ok and "ok " or "not ok ", self.number, " - ", description(r),
    directive and directive .. line(r.why or r.found) or "", "\n")
  if r.verdict == "PASS" or r.verdict == "UNSUPPORTED" then return end
  io.write("  ---\n")
  for _, name in ipairs { "verdict", "title", "clauses", "expected", "found", "where", "diff",
    "command", "repeats" } do
    yaml(name == "repeats" and "repeat" or name, r[name])
  end
  io.write("  ...\n")
end

function tap:finish(tables, counts, warnings)
  if not self.count then io.write("1..", self.number, "\n") end
  for _, t in ipairs(tables) do
    io.write(("# %s: %s\n"):format(t.name, verdict.summary(t.counts)))
  end
  for _, text in ipairs(warnings) do io.write("# warning: ", text, "\n") end
  io.write("# ", verdict.last_line(counts), "\n")
end

return tap
