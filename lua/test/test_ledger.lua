-- Tests of ledger.lua and questions.lua: what a clause must be, and what cites it; what a question
-- must be, and what records say against it.

local lfs = require "lfs"
local ledger = require "ledger"
local places = require "places"
local questions = require "questions"

local INDEX = { revision = "0", documents = { { name = "A.md", headings = { "one", "two" } } } }

local function book(...)
  return ledger.new(INDEX, { { "A.md", "one", ... } })
end

-- A question, changed as told; a value of false takes the field away.
local function question(changes)
  local q = { id = "question.one", title = "?", clauses = { "a.b" }, text = "x",
    readings = { "so", "or so" }, cases = { "t/f/c" }, model = { 2, "because" }, propose = "y",
    takes = { { "wasm-ld", ">=14 <19", 2, "does" }, { "wasm-ld", ">=19", 1, "does not" },
      { "zig", ">=0.16", 0, "dies" } } }
  for key, value in pairs(changes or {}) do q[key] = value or nil end
  return q
end

local function asked(changes, ...)
  return ledger.new(INDEX, { { "A.md", "one", { "a.b", "open", "x" } } },
    { question(changes), ... })
end

-- The text of the result when cases cite these ids.
local function found(l, ...)
  for _, id in ipairs { ... } do assert(not l:cite { id = "t/f/" .. id, clauses = { id } }) end
  local result = l:result()
  assert((result.found == "") == (result.verdict == "PASS"))
  return result.found
end

return function(T)
  local function refuses(name, message, ...)
    local rows = { ... }
    T.test("ledger: " .. name, function()
      local ok, why = pcall(book, table.unpack(rows))
      assert(not ok and why == message, why)
    end)
  end

  refuses("an id of one word", "cases/clauses: word is no dotted id", { "word", "must", "x" })
  refuses("an id twice", "cases/clauses: a.b is used twice", { "a.b", "must", "x" },
    { "a.b", "may", "y" })
  refuses("an unknown force", "cases/clauses: a.b has no known force", { "a.b", "shall", "x" })
  refuses("a clause without a statement", "cases/clauses: a.b says nothing", { "a.b", "must" })
  T.test("ledger: a heading that the document does not have", function()
    local ok, why = pcall(ledger.new, INDEX, { { "A.md", "three" } })
    assert(not ok and why == "cases/clauses: A.md has no heading three", why)
  end)

  T.test("ledger: a case that cites what is not there", function()
    local why = book { "a.b", "must", "x" }:cite { id = "t/f/c", clauses = { "a.b", "a.c" } }
    assert(why == "clauses: a.c is not in cases/clauses", why)
  end)
  T.test("ledger: every clause cited is a pass", function()
    assert(found(book({ "a.b", "should", "x" }, { "a.c", "may", "y", "not yet" }), "a.b") == "")
  end)
  T.test("ledger: a clause of force must has two cases, one of which links", function()
    local function lack(...)
      local l = book { "a.b", "must", "x" }
      for i, rejects in ipairs { ... } do
        l:cite { id = "t/f/" .. i, clauses = { "a.b" }, expect = { { rejects = rejects } } }
      end
      return l:result().found
    end
    assert(lack(false, false) == "" and lack(true, false) == "")
    assert(lack(false) == "a.b: one case only")
    assert(lack(true, true) == "a.b: no case of it links")
  end)
  T.test("ledger: a clause that no case cites", function()
    local text = found(book { "a.b", "must", "x" })
    assert(text == "a.b: no case cites it, and it does not say why", text)
  end)
  T.test("ledger: a clause that says it has no case, and has one", function()
    local text = found(book { "a.b", "must", "x", "not yet" }, "a.b")
    assert(text == "a.b: has a case, and says that it has none: not yet", text)
  end)

  -- The project's own ----------------------------------------------------------------------------

  -- What a string of the judge's code can be besides a clause's id.
  local INSTRUCTIONS = { ["memory.fill"] = true }

  T.test("ledger: every clause that the judge speaks of is in it", function()
    local own, seen = ledger.load("cases"), 0
    for name in lfs.dir("model") do
      if name:find("^judge.*%.[ch]$") then
        for line in io.lines("model/" .. name) do
          for id in line:gmatch('"(%l[%w-]*%.[%w.-]+)"') do
            local include = line:find("^#include")
            seen = seen + (include and 0 or 1)
            assert(include or INSTRUCTIONS[id] or own.by_id[id],
              ("model/%s: %s is not in cases/clauses"):format(name, id))
          end
        end
      end
    end
    assert(seen > 100)
  end)

  T.test("places: code cites clauses that are there, each place with its function", function()
    local own, seen = ledger.load("cases"), 0
    for id, list in pairs(places.cited(".")) do
      assert(own.by_id[id], ("%s: %s is not in cases/clauses"):format(list[1], id))
      for _, place in ipairs(list) do assert(place:find(" [%w_]+$"), place) end
      seen = seen + 1
    end
    assert(seen > 400)
  end)
  T.test("places: what the model must do is done somewhere", function()
    local cited = places.cited(".")
    for _, clause in ipairs(ledger.load("cases").list) do
      local lacks = clause.force == "must" and not clause.untested
      assert(not lacks or cited[clause.id], clause.id .. ": no code says that it does it")
    end
  end)
  T.test("places: a tag above a function, one in a row, a string in code", function()
    local cited = places.cited(".")
    assert(cited["symbol.binding.weak"][1]:find("^model/symtab.c:%d+ wins$"))
    assert(cited["reloc.type-index-leb"][1]:find("^model/relocs.def:%d+ R_WASM_TYPE_INDEX_LEB$"))
    local of = places.of(".", '"data.alignment"')
    assert(#of == 1 and of[1]:find("^model/judge_layout.c:%d+ judge_alignment$"))
    assert(#places.of(".", "DIAG_SYMBOL_TWIC") == 0)
  end)

  -- Questions -------------------------------------------------------------------------------------

  local function refuses_question(name, message, changes, ...)
    local more = { ... }
    T.test("question: " .. name, function()
      local ok, why = pcall(asked, changes, table.unpack(more))
      assert(not ok and why == "cases/clauses: " .. message, why)
    end)
  end

  refuses_question("an id of a clause", "a.c is no id of a question", { id = "a.c" })
  refuses_question("an id twice", "question.one is used twice", {}, question())
  refuses_question("a field too many", "question.one has an unknown field x", { x = 1 })
  for key in pairs(question()) do
    local id = key == "id" and "nil" or "question.one"
    local what = key == "id" and "is no id of a question" or "has no " .. key
    refuses_question("without " .. key, id .. " " .. what, { [key] = false })
  end
  refuses_question("no clause", "question.one is about a.z, which is no clause",
    { clauses = { "a.z" } })
  refuses_question("one reading", "question.one has one reading only", { readings = { "so" } })
  refuses_question("a reading of the model that is not there",
    "question.one does not say which reading the model takes, and why", { model = { 3, "x" } })
  refuses_question("a reading of a linker that is not there",
    "question.one does not say what zig does", { takes = { { "zig", ">=0", 3, "x" } } })

  T.test("question: a clause of force open needs one", function()
    local l = ledger.new(INDEX, { { "A.md", "one", { "a.b", "open", "x" } } }, {})
    assert(found(l, "a.b") == "a.b: no question is about it")
    assert(found(asked { cases = { "a case" } }, "a.b") == "question.one: no such case: a case")
  end)
  T.test("question: its cases are there", function()
    local l = asked()
    l:cite { id = "t/f/c", clauses = { "a.b" } }
    assert(l:result().verdict == "PASS", l:result().found)
  end)

  T.test("question: what is said of a linker is that of its version", function()
    local q = question()
    assert(questions.claim(q, "wasm-ld-16", "16.0.6")[3] == 2)
    assert(questions.claim(q, "wasm-ld", "19.1.7")[3] == 1)
    assert(questions.claim(q, "wasm-ld", "13.0.0") == nil)
    assert(questions.claim(q, "wasm-ldx", "19.1.7") == nil)
  end)
  T.test("question: a verdict that contradicts what is said", function()
    local q = question()
    local function wrong(name, version, verdict, where)
      local linker = { name = name, version = version, label = name .. "@" .. version }
      return questions.contradiction(q, linker, { verdict = verdict, where = where })
    end
    assert(not wrong("wasm-ld", "16", "PASS") and not wrong("wasm-ld", "16", "UNSUPPORTED"))
    assert(not wrong("wasm-ld", "19", "XFAIL") and not wrong("wasm-ld", "19", "CRASH"))
    assert(not wrong("zig", "0.16.0", "PASS") and not wrong("wild", "1", "PASS"))
    local text = "question.one: wasm-ld@16 is said to take reading 2, the model takes 2, and "
      .. "t/f/c is FAIL"
    assert(wrong("wasm-ld", "16", "FAIL") == text)
    assert(wrong("wasm-ld", "19", "PASS"))
    assert(not wrong("wasm-ld", "16", "FAIL", "judge: the name of function 0"))
    assert(wrong("wasm-ld", "19", "XFAIL", "judge: the name of function 0"))
  end)

  T.test("question: the text has the bytes, and all that is known", function()
    local shown = { title = "a title", command = "wasm-ld --no-entry a.o -o out.wasm",
      files = { { name = "a.o", bytes = "\0asm\1\0\0\0" } } }
    local l = asked { text = "The text." }
    l.tried = "some linkers"
    local text = questions.markdown(l.questions[1], l, shown, { "wasm-ld@16 PASS 1" })
    for _, part in ipairs { "# ?\n", "blob/0/A.md#one", "The text.", "1. so\n2. or so",
      "t/f/c: a title", "    wasm-ld --no-entry a.o -o out.wasm", "a.o, 8 bytes",
      "    0061736d01000000", "(run: some linkers)", "- wasm-ld 14 to before 19: reading 2: does",
      "- zig 0.16 and later: no reading can be told: dies", "- wasm-ld@16 PASS 1",
      "Reading 2: because", "> y" } do
      assert(text:find(part, 1, true), part .. "\nis not in\n" .. text)
    end
  end)
end
