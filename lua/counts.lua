-- counts.lua: the ledger and the cases in numbers, for `linkspec explain ledger`.
--
-- Takes: the ledger, all cases, and where code cites clauses (places.lua).  Gives: lines of text.
-- Rule of thumb: nothing is kept; what is counted is counted anew.

local counts = {}

local FORCES = { "must", "should", "may", "silent", "open", "de-facto", "ours" }

-- name -> number, as lines with the names in order (sorted, where there is none).
local function lines_of(out, numbers, order)
  local names = order or {}
  if not order then
    for name in pairs(numbers) do names[#names + 1] = name end
    table.sort(names)
  end
  for _, name in ipairs(names) do
    out[#out + 1] = ("  %-24s %5d"):format(name, numbers[name])
  end
end

local ROW = "  %-24s %5d  %9d  %9d  %9d"

-- Clauses by a property: how many, with a case, with two, and with a place in the code.
local function table_of(out, book, key, order, code)
  local rows = {}
  for _, clause in ipairs(book.list) do
    local name = clause[key]
    local row = rows[name] or { 0, 0, 0, 0 }
    local n = book.cited[clause.id] or 0
    rows[name] = row
    row[1] = row[1] + 1
    row[2] = row[2] + (n > 0 and 1 or 0)
    row[3] = row[3] + (n > 1 and 1 or 0)
    row[4] = row[4] + (code[clause.id] and 1 or 0)
  end
  out[#out + 1] = ("%-26s %5s  %9s  %9s  %9s"):format("clauses by " .. key, "", "a case",
    "two cases", "code")
  for _, name in ipairs(order) do
    if rows[name] then out[#out + 1] = ROW:format(name, table.unpack(rows[name])) end
  end
end

-- The clauses that lack something, by what they lack, each with what it says.
local function lacks(out, book, title, lacking)
  local first = true
  for _, clause in ipairs(book.list) do
    if lacking(clause) then
      if first then out[#out + 1] = title end
      first = false
      out[#out + 1] = ("  %-9s %s: %s"):format(clause.force, clause.id, clause.says)
    end
  end
end

-- Lines of text.  book: the ledger, which knows what the cases cite; code: clause -> places.
function counts.of(book, cases, code)
  local out, documents, topics = {}, {}, {}
  for i, d in ipairs(book.documents) do documents[i] = d.name end
  table_of(out, book, "force", FORCES, code)
  table_of(out, book, "document", documents, code)
  for _, c in ipairs(cases) do
    local topic = c.id:match("^[^/]+")
    topics[topic] = (topics[topic] or 0) + 1
  end
  out[#out + 1] = "cases by topic"
  lines_of(out, topics)
  local reported = 0
  for _, c in ipairs(cases) do reported = reported + (c.origin and 1 or 0) end
  lines_of(out, { ["in all"] = #cases, ["with an origin"] = reported,
    ["open questions"] = #book.questions }, { "in all", "with an origin", "open questions" })
  lacks(out, book, "without two cases", function(c) return (book.cited[c.id] or 0) < 2 end)
  lacks(out, book, "without a place in the code", function(c) return not code[c.id] end)
  return out
end

return counts
