-- report/plain.lua: results for people.
--
-- What nobody foresaw is shown in full, the rest is counted.  Everything goes out in the order of
-- the cases; progress is shown on a terminal only.

local native = require "native"
local verdict = require "verdict"

local plain = {}
plain.__index = plain

local function field(self, name, text)
  if not text or text == "" then return end
  self.out:write(("  %-10s"):format(name .. ":"), (text:gsub("\n", "\n" .. (" "):rep(12))), "\n")
end

local function show(self, r)
  local who = r.linker or r.law
  self.out:write(("%s %s%s\n"):format(r.verdict, who and who .. ": " or "", r.id))
  field(self, "title", r.title)
  field(self, "clauses", table.concat(r.clauses, ", "))
  field(self, "reported", table.concat(r.origin or {}, ", "))
  field(self, "expected", r.expected)
  field(self, "found", r.found)
  field(self, "where", r.where)
  field(self, "known", verdict.because(r))
  for _, note in ipairs(r.notes or {}) do field(self, "note", note) end
  field(self, "diff", r.diff)
  if self.verbose or verdict.tally(r.verdict) == "failed" then
    field(self, "command", r.command)
    field(self, "repeat", r.repeats)
  end
end

-- options: verbose
function plain.new(out, options)
  return setmetatable({ out = out, verbose = options.verbose, done = 0,
    progress = native.is_terminal("err") and native.is_terminal("out") }, plain)
end

function plain:start(run) self.count = run.count end

local function erase(self)
  if self.progress then io.stderr:write("\r\27[K") end
end

function plain:result(r)
  erase(self)
  self.done = self.done + 1
  if verdict.tally(r.verdict) == "failed" then
    show(self, r)
  elseif self.verbose then
    local why = verdict.because(r) or r.verdict == "UNSUPPORTED" and r.found
    self.out:write(("%s %s%s%s\n"):format(r.verdict, r.linker and r.linker .. ": " or "", r.id,
      why and " (" .. why:match("[^\n]*") .. ")" or ""))
    for _, note in ipairs(r.notes or {}) do field(self, "note", note) end
  end
  if self.progress and self.done ~= self.count then
    io.stderr:write(self.count and ("%d/%d"):format(self.done, self.count) or self.done)
  end
end

function plain:finish(tables, counts, warnings)
  erase(self)
  for _, t in ipairs(tables) do
    local summary = verdict.summary(t.counts)
    self.out:write(("%-24s %s%s\n"):format(t.name, summary ~= "" and summary or "no case",
      t.note and (": %s"):format(t.note) or ""))
    for _, text in ipairs(t.lines or {}) do self.out:write(text, "\n") end
  end
  for _, text in ipairs(warnings) do self.out:write("warning: ", text, "\n") end
  self.out:write(verdict.last_line(counts), "\n")
end

return plain
