-- ledger.lua: the clauses of the convention, and which of them cases show.
--
-- Takes: cases/clauses.lua and its parts.  Gives: the clauses, in order and by id, the open
-- questions, and for a whole run one more result, which says which clause no case cites.
-- Rule of thumb: a clause without a case says why, a case cites clauses that are there, a clause of
-- force "must" has two cases, one of which links, and one of force "open" belongs to a question.

local lfs = require "lfs"
local questions = require "questions"

local ledger = {}

local FORCES = { must = true, should = true, may = true, silent = true, open = true,
  ["de-facto"] = true, ours = true }

local function data(path)
  local chunk, why = loadfile(path, "t", {})
  if not chunk then error(why, 0) end
  return chunk()
end

local Clause = {}
Clause.__index = Clause

-- Where it is said: the document and the heading's anchor.
function Clause:place() return ("%s#%s"):format(self.document, self.heading) end

local Ledger = {}
Ledger.__index = Ledger

-- document -> heading -> true
local function headings_of(documents)
  local all = {}
  for _, d in ipairs(documents) do
    all[d.name] = {}
    for _, heading in ipairs(d.headings) do all[d.name][heading] = true end
  end
  return all
end

local function add(self, chapter, row)
  local id, force, says, untested = table.unpack(row)
  local clause = setmetatable({ id = id, force = force, says = says, untested = untested,
    document = chapter[1], heading = chapter[2] }, Clause)
  local wrong = not id:find("^[%w-]+%.[%w.-]+$") and "is no dotted id"
    or self.by_id[id] and "is used twice" or not FORCES[force] and "has no known force"
    or type(says) ~= "string" and "says nothing"
  if wrong then error(("cases/clauses: %s %s"):format(id, wrong), 0) end
  self.by_id[id] = clause
  self.list[#self.list + 1] = clause
end

-- Takes in the questions, { id, ... } each (questions.lua).
local function add_questions(self, list)
  for _, q in ipairs(list) do
    local id = tostring(q.id)
    local wrong = not id:find("^question%.[%w-]+$") and "is no id of a question"
      or self.question_by_id[id] and "is used twice" or questions.wrong(q, self.by_id)
    if wrong then error(("cases/clauses: %s %s"):format(id, wrong), 0) end
    self.question_by_id[id] = q
    for _, clause in ipairs(q.clauses) do self.asked[clause] = true end
  end
  self.questions = list
end

-- The ledger of an index (cases/clauses.lua), the chapters of its parts, and questions: { list,
-- by_id, documents, revision, tried, questions, question_by_id }, each clause { id, force, says,
-- untested, document, heading }.  An error when one is not as it must be.
function ledger.new(index, chapters, asked)
  local self = setmetatable({ list = {}, by_id = {}, documents = index.documents,
    revision = index.revision, tried = index.tried, question_by_id = {},
    cited = {}, linked = {}, asked = {}, cases = {} }, Ledger)
  local headings = headings_of(index.documents)
  for _, chapter in ipairs(chapters) do
    local document, heading = chapter[1], chapter[2]
    if not headings[document] or not headings[document][heading] then
      error(("cases/clauses: %s has no heading %s"):format(document, heading), 0)
    end
    for i = 3, #chapter do add(self, chapter, chapter[i]) end
  end
  add_questions(self, asked or {})
  return self
end

-- One without clauses.
function ledger.none()
  return ledger.new({ revision = "none", documents = {} }, {})
end

local function read(folder)
  local index, chapters, asked = data(folder .. "/clauses.lua"), {}, {}
  for _, part in ipairs(index.parts) do
    for _, chapter in ipairs(data(("%s/clauses/%s.lua"):format(folder, part))) do
      chapters[#chapters + 1] = chapter
    end
  end
  for _, part in ipairs(index.questions or {}) do
    for _, question in ipairs(data(("%s/clauses/%s.lua"):format(folder, part))) do
      asked[#asked + 1] = question
    end
  end
  return ledger.new(index, chapters, asked)
end

-- The ledger below a folder of cases; nil where there is none, and also why where it is wrong.
function ledger.load(folder)
  if not lfs.attributes(folder .. "/clauses.lua") then return nil end
  local ok, book = pcall(read, folder)
  if not ok then return nil, book end
  return book
end

-- The address of a place, "DOCUMENT#HEADING", at the pinned revision; of nil: of all documents.
function Ledger:url(place)
  local kind, rest = place and "blob" or "tree", place and "/" .. place or ""
  return ("https://github.com/WebAssembly/tool-conventions/%s/%s%s"):format(kind, self.revision,
    rest)
end

-- Whether what a case gives must link.
local function links(c)
  for _, e in ipairs(c.expect or {}) do
    if e.rejects then return false end
  end
  return true
end

-- A case's citations: notes them, and gives what is wrong with one, or nil.
function Ledger:cite(c)
  self.cases[c.id] = true
  for _, id in ipairs(c.clauses or {}) do
    if not self.by_id[id] then return ("clauses: %s is not in cases/clauses"):format(id) end
    self.cited[id] = (self.cited[id] or 0) + 1
    self.linked[id] = self.linked[id] or links(c)
  end
end

-- What a clause lacks, or nil.
function Ledger:lack(clause)
  if clause.force == "open" and not self.asked[clause.id] then return "no question is about it" end
  local n = self.cited[clause.id]
  if clause.untested then
    return n and "has a case, and says that it has none: " .. clause.untested
  end
  if not n then return "no case cites it, and it does not say why" end
  if clause.force ~= "must" then return nil end
  return n < 2 and "one case only" or not self.linked[clause.id] and "no case of it links" or nil
end

-- The result for a whole run.
function Ledger:result()
  local lines = {}
  for _, clause in ipairs(self.list) do
    local lack = self:lack(clause)
    if lack then lines[#lines + 1] = ("%s: %s"):format(clause.id, lack) end
  end
  for _, q in ipairs(self.questions) do
    for _, id in ipairs(q.cases) do
      if not self.cases[id] then lines[#lines + 1] = ("%s: no such case: %s"):format(q.id, id) end
    end
  end
  return { id = "clauses", clauses = {}, repeats = "linkspec test",
    title = "every clause has a case, or says why not; every open one has a question",
    verdict = #lines == 0 and "PASS" or "FAIL",
    expected = "a case that cites it", found = table.concat(lines, "\n"),
    where = "cases/clauses.lua" }
end

return ledger
