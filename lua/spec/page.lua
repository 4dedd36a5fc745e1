-- spec/page.lua: the ledger as one HTML page.
--
-- Takes: the ledger, all cases, the table of matrix/records.lua, and options (home, matrix).
-- Gives: the text of the page.  Rule of thumb: everything is there without JavaScript; page.js only
-- hides what a filter does not let through.

local html = require "html"
local data = require "matrix.data"
local asked = require "spec.questions"

local escape = html.escape

local page = {}

local FORCES = { "must", "should", "may", "silent", "open", "de-facto", "ours" }
local FORCE_MEANS = { must = "the document says so", should = "the document says so",
  may = "the document says so", silent = "the document does not say; it is what linkers do",
  open = "it can be read in two ways, or says what no linker does",
  ["de-facto"] = "no document: it is what wasm-ld does, and objects rely on",
  ours = "of linkspec alone" }

-- What the parts of the page need: { book, report, matrix, cases (by id), of (cases by clause),
-- asking (questions by clause) }.
local function gather(book, all, report, options)
  local about = { book = book, report = report, matrix = options.matrix, cases = {}, of = {},
    asking = {} }
  for _, clause in ipairs(book.list) do about.of[clause.id], about.asking[clause.id] = {}, {} end
  for _, c in ipairs(all) do
    about.cases[c.id] = c
    for _, id in ipairs(c.clauses or {}) do
      if about.of[id] then table.insert(about.of[id], c) end
    end
  end
  for _, q in ipairs(book.questions) do
    for _, id in ipairs(q.clauses) do table.insert(about.asking[id], q) end
  end
  return about
end

-- A case by its id; where the page of linkers is told, a link to it.
function page.case_link(about, id)
  if not about.matrix then return ('<span class="id">%s</span>'):format(escape(id)) end
  return ('<a class="id" href="%s">%s</a>'):format(
    escape(about.matrix .. html.fragment { { "case", id } }), escape(id))
end

-- The table of documents --------------------------------------------------------------------------

local function count_cell(n, ...)
  if n == 0 then return '<td class="none">0</td>' end
  return ('<td><a href="%s">%d</a></td>'):format(escape(html.fragment { ... }), n)
end

local function overview(book)
  local heads, rows = { '<th scope="col">Document</th>' }, {}
  for _, force in ipairs(FORCES) do
    heads[#heads + 1] = ('<th scope="col" title="%s">%s</th>'):format(escape(FORCE_MEANS[force]),
      force)
  end
  heads[#heads + 1] = '<th scope="col">Clauses</th><th scope="col">without a case</th>'
  for i, d in ipairs(book.documents) do
    local counts, total, without = {}, 0, 0
    for _, clause in ipairs(book.list) do
      if clause.document == d.name then
        counts[clause.force], total = (counts[clause.force] or 0) + 1, total + 1
        if clause.untested then without = without + 1 end
      end
    end
    local cells = { ('<th scope="row"><a href="#%s">%s</a></th>'):format(escape(d.name),
      escape(d.name)) }
    for _, force in ipairs(FORCES) do
      cells[#cells + 1] = count_cell(counts[force] or 0, { "force", force },
        { "document", d.name })
    end
    rows[i] = ("<tr>%s<td>%d</td><td>%d</td></tr>"):format(table.concat(cells), total, without)
  end
  return "<tr>" .. table.concat(heads) .. "</tr>", table.concat(rows, "\n")
end

-- Clauses -----------------------------------------------------------------------------------------

-- What every linker did with these cases: a list with an item a linker, its chips by verdict.
local function verdicts(about, cases)
  if #about.report.linkers == 0 then return "" end
  local items = {}
  for i, linker in ipairs(about.report.linkers) do
    local counts, chips = {}, {}
    for _, c in ipairs(cases) do
      local seen = about.report.by_id[c.id]
      local r = seen and seen.results[i]
      if r then counts[r.verdict] = (counts[r.verdict] or 0) + 1 end
    end
    for _, v in ipairs((data.verdicts())) do
      if counts[v.name] then
        chips[#chips + 1] = ('<span class="chip v-%s" title="%s" data-verdict="%s">' ..
          '<span class="mark" aria-hidden="true">%s</span><span class="unseen">%s</span> %d</span>')
          :format(v.name, v.name, v.name, v.mark, v.name, counts[v.name])
      end
    end
    items[i] = ('<li><span class="who">%s</span> %s</li>'):format(escape(linker.label),
      table.concat(chips, " "))
  end
  return '<ul class="verdicts">' .. table.concat(items) .. "</ul>"
end

local function case_list(about, cases)
  if #cases == 0 then return "" end
  local items = {}
  for i, c in ipairs(cases) do
    items[i] = ("<li>%s %s</li>"):format(page.case_link(about, c.id), escape(c.title or ""))
  end
  return ('<details><summary>%d case%s</summary><ul class="cases">%s</ul></details>'):format(
    #cases, #cases == 1 and "" or "s", table.concat(items, "\n"))
end

local function clause_article(about, clause)
  local cases, more = about.of[clause.id], {}
  for _, q in ipairs(about.asking[clause.id]) do
    more[#more + 1] = ('<p class="hint">Open: <a href="#%s">%s</a></p>'):format(escape(q.id),
      escape(q.title))
  end
  if clause.untested then
    more[#more + 1] = ('<p class="hint">No case: %s</p>'):format(escape(clause.untested))
  end
  return ([[
<article class="clause item" id="%s" data-force="%s" data-document="%s">
<div><p><a class="id" href="#%s">%s</a>
<span class="force f-%s" title="%s">%s</span></p>
<p class="says">%s</p>%s%s</div>%s
</article>]]):format(escape(clause.id), clause.force, escape(clause.document), escape(clause.id),
    escape(clause.id), clause.force, escape(FORCE_MEANS[clause.force]), clause.force,
    escape(clause.says), table.concat(more), case_list(about, cases), verdicts(about, cases))
end

-- A heading of ours, or of a document at the pinned revision.
local function heading(about, clause)
  local name = escape(clause.heading)
  if clause.document == "practice" then return ("<h3>%s</h3>"):format(name) end
  return ('<h3><a href="%s">%s</a></h3>'):format(escape(about.book:url(clause:place())), name)
end

-- All clauses, below documents and headings, in the order of the ledger.
local function chapters(about)
  local out, document, place = {}, nil, nil
  local function close(n)
    for _ = 1, n do out[#out + 1] = "</section>" end
  end
  for _, clause in ipairs(about.book.list) do
    if clause.document ~= document then
      close(document and 2 or 0)
      out[#out + 1] = ('<section class="document group" id="%s"><h2 tabindex="-1">%s</h2>%s')
        :format(escape(clause.document), escape(clause.document), page.heads(about))
    elseif clause:place() ~= place then close(1) end
    if clause:place() ~= place then
      out[#out + 1] = '<section class="group">' .. heading(about, clause)
    end
    document, place = clause.document, clause:place()
    out[#out + 1] = clause_article(about, clause)
  end
  close(document and 2 or 0)
  return table.concat(out, "\n")
end

-- The names of linkers above their columns; a screen reader has them at every item.
function page.heads(about)
  local items = {}
  for i, linker in ipairs(about.report.linkers) do
    local name, version = linker.label:match("^(.-)(@.*)$")
    items[i] = ("<li>%s<span>%s</span></li>"):format(escape(name or linker.label),
      escape((version or ""):sub(2)))
  end
  if #items == 0 then return "" end
  return '<div class="heads" aria-hidden="true"><ul class="verdicts">' .. table.concat(items)
    .. "</ul></div>"
end

local function navigation(book)
  local links = { ('<a href="#questions">%d open questions</a>'):format(#book.questions) }
  for _, d in ipairs(book.documents) do
    links[#links + 1] = ('<a href="#%s">%s</a>'):format(escape(d.name), escape(d.name))
  end
  return table.concat(links, "\n")
end

function page.make(book, all, report, options)
  local about = gather(book, all, report, options)
  local labels = {}
  for i, linker in ipairs(report.linkers) do labels[i] = linker.label end
  local heads, rows = overview(book)
  return html.page(options.home, "spec", { "page.js" }, {
    clauses = tostring(#book.list), asked = tostring(#book.questions), ncases = tostring(#all),
    revision = escape(book.revision:sub(1, 12)), revision_link = escape(book:url()),
    tried = escape(book.tried or ""), overview_heads = heads, overview_rows = rows,
    matrix = html.link(options.matrix, "Where linkers stand, case by case."),
    navigation = navigation(book), chapters = chapters(about),
    questions = asked.list(about, page), question_heads = page.heads(about),
    data = html.embed { forces = FORCES, linkers = labels, verdicts = (data.verdicts()) } })
end

return page
