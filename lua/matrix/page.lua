-- matrix/page.lua: the table of records.lua as one HTML page.
--
-- Takes: that table, statements of clauses, and the folder of the project.  Gives:
-- the text of the page.  Rule of thumb: whatever a linker or a case says is hostile (html.lua).

local html = require "html"
local data = require "matrix.data"

local escape, embed, fragment = html.escape, html.embed, html.fragment

local page = {}

-- The table of linkers ----------------------------------------------------------------------------

-- "15.9 s", "2 min 5 s"
local function duration(milliseconds)
  if milliseconds < 60000 then return ("%.1f s"):format(milliseconds / 1000) end
  local seconds = milliseconds // 1000
  return ("%d min %d s"):format(seconds // 60, seconds % 60)
end
page.duration = duration

-- Of the known divergences of every linker, how many are of which kind; and the kinds, sorted.
local function known_kinds(report)
  local counts, kinds = {}, {}
  for i in ipairs(report.linkers) do counts[i] = {} end
  for _, c in ipairs(report.cases) do
    for i, r in pairs(c.results) do
      if r.kind then
        if not kinds[r.kind] then
          kinds[r.kind] = true
          table.insert(kinds, r.kind)
        end
        counts[i][r.kind] = (counts[i][r.kind] or 0) + 1
      end
    end
  end
  table.sort(kinds)
  return counts, kinds
end

-- The verdicts that some linker has, and those that everybody looks for.
local function verdicts_of(report)
  local list = {}
  for _, v in ipairs((data.verdicts())) do
    local n = 0
    for _, linker in ipairs(report.linkers) do n = n + linker.counts[v.name] end
    if n > 0 or v.name == "PASS" or v.name == "FAIL" then list[#list + 1] = v end
  end
  return list
end

-- A cell with a number that leads to the cases it counts.
local function count_cell(n, class, ...)
  if not n or n == 0 then return '<td class="none">0</td>' end
  return ('<td><a class="chip %s" href="%s">%d</a></td>'):format(class, escape(fragment { ... }), n)
end

local function linker_row(linker, verdicts, kinds, counts)
  local label = { "linker", linker.label }
  local cells = { ('<th scope="row"><a href="%s">%s</a></th>'):format(escape(fragment { label }),
    escape(linker.label)) }
  for _, v in ipairs(verdicts) do
    cells[#cells + 1] = count_cell(linker.counts[v.name], "v-" .. v.name, label,
      { "verdict", v.name })
  end
  for _, kind in ipairs(kinds) do
    cells[#cells + 1] = count_cell(counts[kind], "v-XFAIL", label, { "kind", kind })
  end
  cells[#cells + 1] = ("<td>%d</td><td>%s</td>"):format(linker.counts.total,
    duration(linker.milliseconds))
  return "<tr>" .. table.concat(cells) .. "</tr>"
end

-- A head above one column, or above several.
local function head(text, attributes)
  return ("<th %s>%s</th>"):format(attributes, text)
end

local function linker_heads(verdicts, kinds)
  local single = #kinds > 0 and 'scope="col" rowspan="2"' or 'scope="col"'
  local cells, below = { head("Linker", single) }, {}
  for _, v in ipairs(verdicts) do
    local mark = ('<span class="mark" aria-hidden="true">%s</span> '):format(v.mark)
    cells[#cells + 1] = head(mark .. v.name, ('%s title="%s"'):format(single, escape(v.means)))
  end
  for i, kind in ipairs(kinds) do below[i] = head(escape(kind), 'scope="col"') end
  if #kinds > 0 then
    cells[#cells + 1] = head("XFAIL by kind", ('scope="colgroup" colspan="%d"'):format(#kinds))
  end
  cells[#cells + 1] = head("Cases", single) .. head("Wall time", single)
  local rows = "<tr>" .. table.concat(cells) .. "</tr>"
  return #kinds > 0 and rows .. "\n<tr>" .. table.concat(below) .. "</tr>" or rows
end

local function linker_table(report)
  local verdicts, counts, kinds = verdicts_of(report), known_kinds(report)
  local rows = {}
  for i, linker in ipairs(report.linkers) do
    rows[i] = linker_row(linker, verdicts, kinds, counts[i])
  end
  return linker_heads(verdicts, kinds), table.concat(rows, "\n")
end

-- The page ----------------------------------------------------------------------------------------

-- options: home, the project's folder; spec: the address of the page of clauses, or nil.
function page.make(report, statements, options)
  local heads, rows = linker_table(report)
  return html.page(options.home, "matrix", { "tables.js", "cell.js", "page.js" }, {
    linker_heads = heads, linker_rows = rows, cases = tostring(#report.cases),
    linkers = tostring(#report.linkers), version = escape(table.concat(report.linkspec, ", ")),
    spec = html.link(options.spec, "What the convention says, clause by clause."),
    data = embed(data.of(report, statements)) })
end

return page
