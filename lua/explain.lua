-- explain.lua: the command explain: what is known of a clause, a case, a diagnostic, or a question.
--
-- Takes: the command line.  Gives: text, and the exit status.  Rule of thumb: nothing is kept for
-- this command: it looks into the ledger, the cases, the code, known divergences and raw records.

local argparse = require "argparse"
local lfs = require "lfs"
local native = require "native"
local case = require "case"
local command = require "command"
local counts = require "counts"
local known = require "known"
local ledger = require "ledger"
local places = require "places"
local questions = require "questions"
local records = require "matrix.records"

local explain = {}

local function put(name, text, ...)
  local lines = select("#", ...) > 0 and text:format(...) or text
  io.write(("%-11s%s\n"):format(name ~= "" and name .. ":" or "",
    (lines:gsub("\n", "\n" .. (" "):rep(11)))))
end

local function put_head(id, text) io.write(id, ": ", text, "\n") end

local function put_list(name, list)
  for i, text in ipairs(list) do put(i == 1 and name or "", "%s", text) end
end

-- What raw records say of cases: a line a linker.
local function verdicts(report, ids)
  local lines = {}
  if not report then return lines end
  for i, linker in ipairs(report.linkers) do
    local seen = {}
    for _, c in ipairs(report.cases) do
      local r = ids[c.id] and c.results[i]
      if r then seen[r.verdict] = (seen[r.verdict] or 0) + 1 end
    end
    local words = {}
    for name, n in pairs(seen) do words[#words + 1] = ("%s %d"):format(name, n) end
    table.sort(words)
    lines[#lines + 1] = ("%-22s %s"):format(linker.label, table.concat(words, ", "))
  end
  return lines
end

local function put_verdicts(report, ids) put_list("verdicts", verdicts(report, ids)) end

local function about_clause(clause, all, options)
  put_head(clause.id, clause.says)
  put("force", "%s", clause.force)
  put("document", "%s, revision %s", clause:place(), options.ledger.revision)
  put_list("code", places.cited(options.home)[clause.id] or {})
  put_list("judge", places.of(options.home, '"' .. clause.id .. '"'))
  local lines, ids = {}, {}
  for _, c in ipairs(all) do
    for _, id in ipairs(c.clauses or {}) do
      if id == clause.id then
        lines[#lines + 1], ids[c.id] = ("%s: %s"):format(c.id, c.title), true
      end
    end
  end
  put_list("cases", lines)
  if clause.untested then put("no case", "%s", clause.untested) end
  lines = {}
  for _, q in ipairs(options.ledger.questions) do
    for _, id in ipairs(q.clauses) do
      if id == clause.id then lines[#lines + 1] = ("%s: %s"):format(q.id, q.title) end
    end
  end
  put_list("questions", lines)
  put_verdicts(options.report, ids)
end

-- The rows of cases/known/ about a case.
local function divergences(c, all, options)
  local ids, lines, names = {}, {}, {}
  for _, each in ipairs(all) do ids[each.id] = true end
  for name in lfs.dir(options.cases .. "/known") do
    names[#names + 1] = name:match("^(.*)%.lua$")
  end
  table.sort(names)
  for _, name in ipairs(names) do
    for _, row in ipairs(known.about(options.cases, name, c.id, ids)) do
      local kind = row.kind and (" (%s)"):format(row.kind) or ""
      lines[#lines + 1] = ("%s %s: %s%s: %s"):format(name, row.versions or "", row.verdict, kind,
        row.why)
    end
  end
  return lines
end

local function about_case(c, all, options)
  put_head(c.id, c.title)
  put("file", "%s", c.where:match("cases/.*") or c.where)
  local lines = {}
  for i, id in ipairs(c.clauses or {}) do
    local clause = options.ledger.by_id[id]
    lines[i] = clause and ("%s: %s (%s)"):format(id, clause.says, clause.force) or id
  end
  put_list("clauses", lines)
  if c.origin then put("reported", "%s", table.concat(c.origin, ", ")) end
  local ok, request = pcall(c.mutate and case.mutated or case.request, c.mutate and c or c.link)
  if ok then put("link", "%s", table.concat(request.argv, " ")) end
  for i, e in ipairs(c.expect or {}) do put(i == 1 and "expects" or "", "%s", e.name) end
  if c.peer_differs then put("bytes", "%s", c.peer_differs) end
  put_list("known", divergences(c, all, options))
  put_verdicts(options.report, { [c.id] = true })
  put("run it", "linkspec test --filter %s", c.id)
end

local function about_diagnostic(row, all, options)
  put_head(row.id, row.text)
  put("phase", "%s, %s", row.phase:lower(), row.class)
  put_list("code", places.of(options.home, "DIAG_" .. row.id))
  local lines = {}
  for _, c in ipairs(all) do
    for _, e in ipairs(c.expect or {}) do
      if e.diag and e.diag.id == row.id then
        lines[#lines + 1] = ("%s: %s"):format(c.id, c.title)
        break
      end
    end
  end
  put_list("cases", lines)
end

local function find(list, id)
  for _, item in ipairs(list) do
    if item.id == id then return item end
  end
end

-- As text that can be sent.
local function about_question(q, all, options)
  local seen = verdicts(options.report, { [q.cases[1]] = true })
  io.write(questions.markdown(q, options.ledger, case.shown(find(all, q.cases[1])), seen))
end

local function misuse(why) return command.misuse(why, "linkspec explain") end

local function parser()
  local p = argparse("linkspec explain", "Tells what is known of a clause of the ledger, of a "
    .. "case, or of a diagnostic of the model; or writes an open question as text to be sent.")
  p:argument("id", "As symbol.binding.weak, symbols/weak/two-strong, DUPLICATE_SYMBOL, or "
    .. "question.weak-choice; ledger: how many of all there are.")
  p:option("--record", "A raw record (`linkspec conform --report ndjson=FILE`), to say what "
    .. "linkers did."):argname("FILE"):count("*"):default({})
  p:option("--cases", "Folder of the cases."):argname("DIR")
  return p
end

-- args: the words behind the command's name.
function explain.main(args)
  local options = command.parse(parser(), args)
  if not options then return command.MISUSE end
  options.home = args.home
  options.cases = options.cases or args.home .. "/cases"
  local why
  options.ledger, why = ledger.load(options.cases)
  if why then return misuse(why) end
  options.ledger = options.ledger or ledger.none()
  if #options.record > 0 then
    options.report, why = records.read(options.record)
    if not options.report then return misuse(why) end
  end
  local all, id = case.load_all(options.cases), options.id
  local clause, c, row = options.ledger.by_id[id], find(all, id), find(native.diag_rows(), id)
  local q = options.ledger.question_by_id[id]
  if id == "ledger" then
    for _, one in ipairs(all) do options.ledger:cite(one) end
    local lines = counts.of(options.ledger, all, places.cited(options.home))
    io.write(table.concat(lines, "\n"), "\n")
  elseif clause then about_clause(clause, all, options)
  elseif q then about_question(q, all, options)
  elseif c then about_case(c, all, options)
  elseif row then about_diagnostic(row, all, options)
  else return misuse(id .. ": no clause, case, diagnostic or question") end
  return command.OK
end

return explain
