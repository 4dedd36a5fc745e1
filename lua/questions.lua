-- questions.lua: the open questions of the ledger, and each as text that can be sent.
--
-- Takes: rows of cases/clauses/questions.lua, which opens with their fields, and of its neighbours.
-- Gives: what is wrong with one, what it says that a linker does, and its text, in Markdown.
-- Rule of thumb: what a question claims is held against records of what linkers did.

local versions = require "versions"

local questions = {}

local FIELDS = { id = "string", title = "string", clauses = "table", text = "string",
  readings = "table", cases = "table", takes = "table", model = "table", propose = "string" }

local function wrong_fields(q)
  for key in pairs(q) do
    if not FIELDS[key] then return "has an unknown field " .. tostring(key) end
  end
  for key, kind in pairs(FIELDS) do
    if type(q[key]) ~= kind then return "has no " .. key end
    if (kind == "string" or key ~= "takes") and #q[key] == 0 then return "has no " .. key end
  end
end

-- What is wrong with a question, or nil.  clauses: the ledger's, by id.
function questions.wrong(q, clauses)
  local wrong = wrong_fields(q)
  if wrong then return wrong end
  for _, id in ipairs(q.clauses) do
    if not clauses[id] then return ("is about %s, which is no clause"):format(id) end
  end
  if #q.readings < 2 then return "has one reading only" end
  if not q.readings[q.model[1]] or type(q.model[2]) ~= "string" then
    return "does not say which reading the model takes, and why"
  end
  for _, row in ipairs(q.takes) do
    local reading = row[3]
    if reading ~= 0 and not q.readings[reading] or type(row[4]) ~= "string" then
      return ("does not say what %s does"):format(tostring(row[1]))
    end
  end
end

-- What is said of a linker ("wasm-ld-19" is a wasm-ld): a row of `takes`, or nil.
function questions.claim(q, name, version)
  if name == "model" or name == "linkspec" then return { name, "", table.unpack(q.model) } end
  for _, row in ipairs(q.takes) do
    local same = name == row[1] or name:sub(1, #row[1] + 1) == row[1] .. "-"
    if same and versions.within(version, row[2]) then return row end
  end
end

-- Whether all that a case expects holds, by a record's result; what the judge alone finds is about
-- something else.
local function holds(r)
  return r.verdict == "PASS" or r.verdict == "XPASS" or (r.where or ""):find("^judge") ~= nil
end

-- How the result of the first case contradicts what is said of the linker; nil: it does not.
-- The model passes its cases, so who passes takes its reading, and who does not takes another.
function questions.contradiction(q, linker, r)
  local row = questions.claim(q, linker.name, linker.version)
  if not row or row[3] == 0 then return nil end
  if r.verdict == "UNSUPPORTED" or r.verdict == "BROKEN" then return nil end
  if holds(r) == (row[3] == q.model[1]) then return nil end
  return ("%s: %s is said to take reading %d, the model takes %d, and %s is %s"):format(q.id,
    linker.label, row[3], q.model[1], q.cases[1], r.verdict)
end

-- Text --------------------------------------------------------------------------------------------

local MAX_BYTES = 2048 -- of an input that the text holds

-- "reading 1: ..." of a row of `takes`.
function questions.taken(row)
  local reading = row[3] == 0 and "no reading can be told" or "reading " .. row[3]
  return ("%s %s: %s: %s"):format(row[1], versions.words(row[2]), reading, row[4])
end

-- The documents and headings of the clauses, each once.
function questions.places(q, clauses)
  local list, seen = {}, {}
  for _, id in ipairs(q.clauses) do
    local c = clauses[id]
    if c.document ~= "practice" and not seen[c:place()] then
      seen[c:place()] = true
      list[#list + 1] = c:place()
    end
  end
  return list
end

local function hex_lines(bytes)
  local hex = bytes:gsub(".", function(c) return ("%02x"):format(c:byte()) end)
  return (hex:gsub(("."):rep(64), "%0\n"):gsub("\n$", ""))
end

local function indented(text) return "    " .. text:gsub("\n", "\n    ") end

local function add_inputs(out, q, shown)
  out(("**Bytes that tell them apart** (%s: %s)"):format(q.cases[1], shown.title))
  out(indented(shown.command))
  for _, f in ipairs(shown.files) do
    if #f.bytes > MAX_BYTES then out(("%s has %d bytes."):format(f.name, #f.bytes))
    else
      out(("%s, %d bytes, for `xxd -r -p`:"):format(f.name, #f.bytes))
      out(indented(hex_lines(f.bytes)))
    end
  end
end

-- The question as Markdown.  ledger: its clauses and revision; shown: the first case (case.shown);
-- seen: lines of what records say, or nil.
function questions.markdown(q, ledger, shown, seen)
  local parts = {}
  local function out(text) parts[#parts + 1] = text end
  local function list(items, mark)
    for i, item in ipairs(items) do items[i] = (mark or i .. ".") .. " " .. item end
    out(table.concat(items, "\n"))
  end
  out("# " .. q.title)
  local links = {}
  for i, place in ipairs(questions.places(q, ledger.by_id)) do
    links[i] = ("[%s](%s)"):format(place, ledger:url(place))
  end
  if #links > 0 then list(links, "-") end
  out("**The text.** " .. q.text)
  out("**Readings**")
  list { table.unpack(q.readings) }
  add_inputs(out, q, shown)
  out("**What linkers do** (run: " .. ledger.tried .. ")")
  local lines = {}
  for i, row in ipairs(q.takes) do lines[i] = questions.taken(row) end
  list(lines, "-")
  if seen and #seen > 0 then list({ table.unpack(seen) }, "-") end
  out(("**What linkspec does.** Reading %d: %s."):format(q.model[1], q.model[2]))
  out("**Proposed text**")
  out("> " .. q.propose)
  out(("(%s of linkspec; clauses %s; cases %s)"):format(q.id, table.concat(q.clauses, ", "),
    table.concat(q.cases, ", ")))
  return table.concat(parts, "\n\n") .. "\n"
end

return questions
