-- report/plain.lua: results for people.
--
-- What nobody foresaw is shown in full, the rest is counted.  Everything goes out in the order of
-- the cases; progress is shown on a terminal only.

local native = require "native"
local verdict = require "verdict"

local plain = {}
plain.__index = plain

local function field(name, text)
  if not text or text == "" then return end
  io.write(("  %-10s"):format(name .. ":"), (text:gsub("\n", "\n" .. (" "):rep(12))), "\n")
end

local function show(self, r)
  local who = r.linker or r.law
  io.write(("%s %s%s\n"):format(r.verdict, who and who .. ": " or "", r.id))
  field("title", r.title)
  field("clauses", r.clauses)
  field("expected", r.expected)
  field("found", r.found)
  field("where", r.where)
  field("known", r.why)
  for _, note in ipairs(r.notes or {}) do field("note", note) end
  if r.diff then field("diff", r.diff) end
  if self.verbose or verdict.tally(r.verdict) == "failed" then
    field("command", r.command)
    field("repeat", r.repeats)
  end
end

-- options: verbose
function plain.new(options)
  return setmetatable({ verbose = options.verbose, done = 0,
    progress = native.is_terminal("err") and native.is_terminal("out") }, plain)
end

-- count: how many results follow; nil: that is known at the end
function plain:start(count) self.count = count end

local function erase(self)
  if self.progress then io.stderr:write("\r\27[K") end
end

function plain:result(r)
  erase(self)
  self.done = self.done + 1
  if verdict.tally(r.verdict) == "failed" then
    show(self, r)
  elseif self.verbose then
    local why = r.why or r.verdict == "UNSUPPORTED" and r.found
    io.write(("%s %s%s%s\n"):format(r.verdict, r.linker and r.linker .. ": " or "", r.id,
      why and " (" .. why:match("[^\n]*") .. ")" or ""))
    for _, note in ipairs(r.notes or {}) do field("note", note) end
  end
  if self.progress and self.done ~= self.count then
    io.stderr:write(self.count and ("%d/%d"):format(self.done, self.count) or self.done)
  end
end

-- tables: list of { name, counts, note, lines }, one a linker or law; warnings: list of texts
function plain:finish(tables, counts, warnings)
  erase(self)
  for _, t in ipairs(tables) do
    local summary = verdict.summary(t.counts)
    io.write(("%-24s %s%s\n"):format(t.name, summary ~= "" and summary or "no case",
      t.note and (": %s"):format(t.note) or ""))
    for _, text in ipairs(t.lines or {}) do io.write(text, "\n") end
  end
  for _, text in ipairs(warnings) do io.write("warning: ", text, "\n") end
  io.write(verdict.last_line(counts), "\n")
end

return plain
