-- lint.lua: what is wrong with case files although they run: the command lint.
--
-- Takes: the cases.  Gives: a line for each finding, and the exit status.
-- Rule of thumb: a rule is a function of its own that gives what is wrong, or nil; what makes a
-- case BROKEN (an unknown field, a clause that is not there, an id used twice) is found, too.

local archive = require "archive"
local case = require "case"
local emitted = require "emitted"
local expect = require "expect"
local known = require "known"
local manifest = require "manifest"
local native = require "native"
local object = require "object"
local pool = require "pool"
local unit = require "unit"
local view = require "view"

local lint = {}

local WORKER_MEMORY = 4 << 30 -- bytes
local MILLISECONDS = 60000    -- for one case

-- Inputs that are made and not used ---------------------------------------------------------------

local made = {} -- by the case at hand, in order

local function note(make)
  return function(...)
    local input = make(...)
    made[#made + 1] = input
    function input.bytes(self, ...)
      self.is_used = true
      return getmetatable(self).__index.bytes(self, ...)
    end
    return input
  end
end

-- The verbs that make inputs, for case.load_all: these take notes.
lint.verbs = { object = note(object.object), module = note(object.module), unit = note(unit.unit),
  archive = note(archive), file = note(case.file) }

-- An archive uses its members: inputs, or { name, input } (archive.lua).
local function use_members(ar)
  for _, member in ipairs(ar.members or {}) do
    local inner = type(member) == "table" and (member.build and member or member.data or member[2])
    if type(inner) == "table" then
      inner.is_used = true
      use_members(inner)
    end
  end
end

local function unused_input()
  for _, input in ipairs(made) do
    if input.is_used then use_members(input) end
  end
  for _, input in ipairs(made) do
    if not input.is_used then return ("%s is made, but it is no input"):format(input.name) end
  end
end

-- Rules for one case ------------------------------------------------------------------------------

-- Each takes the case and { request, entry (of golden/MANIFEST), known (set of ids) }.
local RULES = {}

function RULES.title(c)
  local title = c.title or ""
  if title:find("[^\x20-\x7e]") or title:find("  ", 1, true) or title ~= title:match("^%s*(.-)%s*$")
  then
    return "title: plain words, single blanks"
  end
  if title:find("[.:;,]$") then return "title: a sentence without its full stop" end
  if title:find("^%u%l+ ") then return "title: begins with a small letter, unless with a name" end
end

function RULES.clauses(c)
  local seen = {}
  for _, id in ipairs(c.clauses or {}) do
    if seen[id] then return ("clauses: %s is cited twice"):format(id) end
    seen[id] = true
  end
end

-- A module without anything.  A linker that writes it is wrong in every case.
local EMPTY = { ended = "linked", bytes = "\0asm\1\0\0\0", message = "", printed = {}, texts = {} }

-- Whether an expectation holds of it.  What asks for another link, or for what the model alone
-- tells, says something.
local function holds_of_nothing(e, request)
  local seen = view.new { outcome = EMPTY, request = request, driver = {} }
  local ok, held = pcall(e.check, seen)
  return ok and held == true
end

function RULES.expect(c, about)
  if c.stage or expect.wants_rejection(c.expect) then return end
  for _, e in ipairs(c.expect) do
    if not holds_of_nothing(e, about.request) then return end
  end
  return "expect: an empty module fits, too"
end

function RULES.peer_differs(c, about)
  if not c.peer_differs then return end
  if expect.wants_rejection(c.expect) then
    return not about.known[c.id] and "peer_differs: rejected, and no row of cases/known says more"
      or nil
  end
  if c.golden == false or c.stage then return "peer_differs: there is no golden to differ from" end
  for _, peer in ipairs(about.entry and about.entry.peers or {}) do
    if (tonumber(peer:match("^wasm%-ld.*@(%d+)")) or 0) >= 22 then
      return ("peer_differs: golden/MANIFEST has %s among those that agree"):format(peer)
    end
  end
end

-- A plain value as text, equal for equal ones.
local function text_of(value)
  if type(value) ~= "table" then return ("%q"):format(value) end
  local list = {}
  for key, item in pairs(value) do list[#list + 1] = text_of(key) .. "=" .. text_of(item) end
  table.sort(list)
  return "{" .. table.concat(list, ";") .. "}"
end

-- Adds what is given to a linker by the links that expectations ask for.
local function add_further(words, expectations)
  for _, e in ipairs(expectations) do
    for _, link in ipairs(e.again or { e.variant }) do
      words[#words + 1] = emitted.key(case.request(link))
    end
    if e.relinked then
      words[#words + 1] = emitted.key(case.request(view.relink_items(e.relinked, "")))
    end
    add_further(words, e.expect or {})
  end
end

-- What is given to the linker, as text: equal for two cases that ask it the same.
local function question_of(c, request)
  local words = { c.stage or "", emitted.key(request), text_of(request.units) }
  add_further(words, c.expect)
  return native.sha256(table.concat(words, "\n"))
end

-- What is wrong with one case, and what it asks.
local function look(c, about)
  while #made > 0 do table.remove(made) end
  if c.broken then return { wrong = { c.broken } } end
  local ok, request = pcall(case.request, c.link)
  local wrong = { ok and unused_input() or nil }
  local same
  if ok and c.mutate then same, request = pcall(case.mutated, c, request) end
  if not ok or same == false then return { wrong = { tostring(request) } } end
  about.request = request
  for _, name in ipairs { "title", "clauses", "expect", "peer_differs" } do
    wrong[#wrong + 1] = RULES[name](c, about)
  end
  return { wrong = wrong, question = question_of(c, request) }
end

-- Rules for all cases -----------------------------------------------------------------------------

local Findings = {}
Findings.__index = Findings

function Findings:add(place, id, text)
  self.count = self.count + 1
  io.write(("%s: %s%s\n"):format(place, id and id .. ": " or "", text))
end

function Findings:case(c, text) self:add(("%s:%d"):format(c.where, c.line or 1), c.id, text) end

-- Says of all but the first case with this value, whose it is.
function Findings:once(c, what, value)
  local first = self.seen[what][value]
  if first then self:case(c, ("%s as in %s"):format(what, first)) end
  self.seen[what][value] = first or c.id
end

-- What `linkspec new` has left to be filled in, and files that do not say what they are about.
local function check_files(all, findings)
  local done = {}
  for _, c in ipairs(all) do
    local number = 0
    for text in done[c.where] and function() end or io.lines(c.where) do
      number = number + 1
      if number == 1 and not text:find("^%-%- %S") then
        findings:add(c.where .. ":1", nil, "begins with a comment that says what it is about")
      end
      local what = text:match("%-%- fill in: (.*)")
      if what then findings:add(("%s:%d"):format(c.where, number), nil, "fill in: " .. what) end
    end
    done[c.where] = true
  end
end

-- The ids that rows of cases/known are about; a faulty row (of a case that is not there) is found.
local function check_known(all, findings, folder)
  local ids, about = {}, {}
  for _, c in ipairs(all) do ids[c.id] = true end
  for _, name in ipairs(known.linkers(folder)) do
    local ok, why = known.each(folder, name, ids, function(id) about[id] = true end)
    if not ok then findings:add(known.path(folder, name), nil, why) end
  end
  return about
end

-- Runs the command; nil when interrupted.
function lint.run(cases, all, options)
  local findings = setmetatable({ count = 0, seen = { title = {}, question = {} } }, Findings)
  local entries = manifest.read(options.golden .. "/MANIFEST")
  local rows, faulty = check_known(all, findings, options.cases), 0
  check_files(cases, findings)
  local done = pool.run { jobs = #cases, workers = options.jobs, memory = WORKER_MEMORY,
    milliseconds = MILLISECONDS,
    work = function(i)
      return look(cases[i], { entry = entries[cases[i].id], known = rows })
    end,
    lost = function(_, how, text) return { wrong = { ("not built: %s %s"):format(how, text) } } end,
    on_result = function(i, result)
      local before = findings.count
      for _, text in ipairs(result.wrong) do findings:case(cases[i], text) end
      findings:once(cases[i], "title", cases[i].title)
      if result.question then findings:once(cases[i], "question", result.question) end
      faulty = faulty + (findings.count > before and 1 or 0)
    end }
  if not done then return nil end
  io.write(("%d passed, %d failed, 0 skipped\n"):format(#cases - faulty, findings.count))
  return findings.count == 0
end

return lint
