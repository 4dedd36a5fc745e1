-- spec/questions.lua: the open questions as HTML.
--
-- Takes: what spec/page.lua has gathered.  Gives: HTML.  Rule of thumb: each question is closed at
-- first, and has itself as text to be sent.

local html = require "html"
local case = require "case"
local data = require "matrix.data"
local questions = require "questions"
local versions = require "versions"

local escape = html.escape

local asked = {}

local MAX_BYTES = 2048 -- of a dump

-- Lines of offset, bytes, and what of them is ASCII.
local function hex_dump(bytes)
  local lines = {}
  for at = 1, math.min(#bytes, MAX_BYTES), 16 do
    local row = bytes:sub(at, at + 15)
    local hex = row:gsub(".", function(c) return ("%02x "):format(c:byte()) end)
    lines[#lines + 1] = ("%04x  %-48s %s"):format(at - 1, hex, (row:gsub("[^ -~]", ".")))
  end
  return table.concat(lines, "\n")
end

local function part(title, content) return ("<h4>%s</h4>%s"):format(title, content) end

local function paragraph(text) return "<p>" .. escape(text) .. "</p>" end

local function list(tag, items)
  return ("<%s><li>%s</li></%s>"):format(tag, table.concat(items, "</li>\n<li>"), tag)
end

local function places(about, q)
  local links = {}
  for i, place in ipairs(questions.places(q, about.book.by_id)) do
    links[i] = ('<a href="%s">%s</a>'):format(escape(about.book:url(place)), escape(place))
  end
  return #links > 0 and "<p>" .. table.concat(links, ", ") .. "</p>" or ""
end

local function readings(q)
  local items = {}
  for i, text in ipairs(q.readings) do items[i] = escape(text) end
  return list("ol", items)
end

local function row_of(who, range, reading, does)
  return ('<tr><th scope="row">%s<span>%s</span></th><td>%s</td><td>%s</td></tr>'):format(
    escape(who), escape(range), reading == 0 and "–" or reading, escape(does))
end

local function takes(q)
  local rows = { row_of("linkspec", "", table.unpack(q.model)) }
  for i, row in ipairs(q.takes) do
    rows[i + 1] = row_of(row[1], versions.words(row[2]), row[3], row[4])
  end
  return '<div class="scroll" role="region" aria-label="Who takes which reading" tabindex="0">' ..
    '<table class="takes"><thead><tr><th scope="col">Linker</th><th scope="col">Reading</th>' ..
    '<th scope="col">What it does, or why</th></tr></thead><tbody>' .. table.concat(rows, "\n") ..
    "</tbody></table></div>"
end

local function bytes(shown)
  local out = { ("<pre class=\"whole\">%s</pre>"):format(escape(shown.command)) }
  for _, f in ipairs(shown.files) do
    out[#out + 1] = ('<details><summary>%s, %d bytes</summary><pre class="hex">%s</pre></details>')
      :format(escape(f.name), #f.bytes, html.lines(hex_dump(f.bytes)))
  end
  return table.concat(out)
end

local function links(ids, link)
  local out = {}
  for i, id in ipairs(ids) do out[i] = link(id) end
  return table.concat(out, ", ")
end

-- Verdicts of the first case, as lines and as a list with an item a linker: which reading.
local function seen(about, q)
  local c, lines, items = about.report.by_id[q.cases[1]], {}, {}
  local mark = {}
  for _, v in ipairs((data.verdicts())) do mark[v.name] = v.mark end
  for i, linker in ipairs(about.report.linkers) do
    local r = c and c.results[i]
    local row = questions.claim(q, linker.name, linker.version)
    local reading = row and row[3] ~= 0 and row[3]
    local class = not reading and "none" or reading == q.model[1] and "PASS" or "fails"
    local said = reading and ("<span class=\"unseen\">reading</span> %d"):format(reading)
      or '–<span class="unseen">no reading can be told</span>'
    local chip = ('<span class="chip v-%s">%s</span>'):format(class, said)
    if r then
      chip = ('%s <span class="mark" title="%s" data-verdict="%s" aria-hidden="true">%s</span>')
        :format(chip, r.verdict, r.verdict, mark[r.verdict])
      lines[#lines + 1] = ("%s: %s is %s"):format(linker.label, q.cases[1], r.verdict)
    end
    items[i] = ('<li><span class="who">%s</span> %s</li>'):format(escape(linker.label), chip)
  end
  return lines, #items > 0 and '<ul class="verdicts">' .. table.concat(items) .. "</ul>" or ""
end

-- Where a record contradicts the question.
local function contradictions(about, q)
  local c, out = about.report.by_id[q.cases[1]], {}
  for i, linker in ipairs(about.report.linkers) do
    local r = c and c.results[i]
    local line = r and questions.contradiction(q, linker, r)
    if line then out[#out + 1] = ('<p class="wrong">%s</p>'):format(escape(line)) end
  end
  return table.concat(out)
end

local function article(about, page, q)
  local shown = case.shown(about.cases[q.cases[1]])
  local lines, verdicts = seen(about, q)
  local forces, documents, has = {}, {}, {}
  for _, id in ipairs(q.clauses) do
    local clause = about.book.by_id[id]
    for key, into in pairs { [clause.force] = forces, [clause.document] = documents } do
      if not has[key] then into[#into + 1], has[key] = key, true end
    end
  end
  local clause_link = function(id)
    return ('<a class="id" href="#%s">%s</a>'):format(escape(id), escape(id))
  end
  local case_link = function(id) return page.case_link(about, id) end
  local text = questions.markdown(q, about.book, shown, lines)
  local body = { contradictions(about, q), places(about, q), part("The text", paragraph(q.text)),
    part("Readings", readings(q)), part("Who takes which", takes(q)),
    part("Proposed text", "<blockquote>" .. paragraph(q.propose) .. "</blockquote>"),
    part("Bytes that tell them apart",
      ("<p>%s: %s</p>%s"):format(case_link(q.cases[1]), escape(shown.title), bytes(shown))),
    ('<p class="hint">Clauses: %s</p>'):format(links(q.clauses, clause_link)),
    ('<p class="hint">Cases: %s</p>'):format(links(q.cases, case_link)),
    ('<details class="text"><summary>As text</summary><textarea readonly rows="12" ' ..
      'aria-label="%s, as Markdown" spellcheck="false">%s</textarea></details>'):format(
      escape(q.id), html.lines(text)) }
  return ([[
<article class="question item" id="%s" data-force="%s" data-document="%s">
<details class="ask"><summary>%s <span class="id">%s</span></summary>
<div class="body">%s</div></details>%s
</article>]]):format(escape(q.id), table.concat(forces, " "), escape(table.concat(documents, " ")),
    escape(q.title), escape(q.id), table.concat(body, "\n"), verdicts)
end

-- All questions.
function asked.list(about, page)
  local out = {}
  for i, q in ipairs(about.book.questions) do out[i] = article(about, page, q) end
  return table.concat(out, "\n")
end

return asked
