-- Tests of ledger.lua: what a clause must be, and what cites it.

local ledger = require "ledger"

local INDEX = { revision = "0", documents = { { name = "A.md", headings = { "one", "two" } } } }

local function book(...)
  return ledger.new(INDEX, { { "A.md", "one", ... } })
end

-- The text of the result when cases cite these ids.
local function found(l, ...)
  for _, id in ipairs { ... } do assert(not l:cite { clauses = { id } }) end
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
    local why = book { "a.b", "must", "x" }:cite { clauses = { "a.b", "a.c" } }
    assert(why == "clauses: a.c is not in cases/clauses", why)
  end)
  T.test("ledger: every clause cited is a pass", function()
    assert(found(book({ "a.b", "must", "x" }, { "a.c", "may", "y", "not yet" }), "a.b") == "")
  end)
  T.test("ledger: a clause that no case cites", function()
    local text = found(book { "a.b", "must", "x" })
    assert(text == "a.b: no case cites it, and it does not say why", text)
  end)
  T.test("ledger: a clause that says it has no case, and has one", function()
    local text = found(book { "a.b", "must", "x", "not yet" }, "a.b")
    assert(text == "a.b: has a case, and says that it has none: not yet", text)
  end)
end
