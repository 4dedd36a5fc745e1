-- Tests of diags.lua: what makes the diagnostics of the model proved, and what does not.

local diags = require "diags"

local ROWS = { { id = "ONE", text = "%s is wrong" },
  { id = "TWO", text = "%s differs\n>>> %s in %s\n>>> %s in %s" } }

local ONE = { told = { "ONE" }, asked = { { id = "ONE" } } }
local TWO = { told = { "TWO" }, asked = { { id = "TWO", files = { "a.o", "b.o" } } } }

local function judge(results, unreachable)
  local ledger = diags.ledger(ROWS, unreachable or {})
  for _, result in ipairs(results) do ledger:take(result) end
  return ledger:result()
end

return function(T)
  local function fails(name, found, results, unreachable)
    T.test("diags: " .. name, function()
      local result = judge(results, unreachable)
      assert(result.verdict == "FAIL", "it passes")
      assert(result.found == found, result.found)
    end)
  end

  T.test("diags: every row asked for is a pass", function()
    assert(judge({ ONE, TWO }).verdict == "PASS")
  end)
  T.test("diags: a row out of reach needs no case", function()
    assert(judge({ ONE }, { TWO = "why" }).verdict == "PASS")
  end)

  fails("a row that no case is told", "ONE: no case that is told it", { TWO })
  fails("a row that is told, but not asked for by id", "ONE: told, but no case asks for it by id",
    { { told = { "ONE" }, asked = {} }, TWO })
  fails("a conflict of which one side is asked for",
    "TWO: no case asks for the files of both sides (files = { ... })",
    { ONE, { told = { "TWO" }, asked = { { id = "TWO", files = { "a.o" } } } } })
  fails("a row that is told, though out of reach",
    "ONE: told, though listed as out of reach in lua/diags.lua: why", { ONE, TWO },
    { ONE = "why" })
  fails("what is out of reach, but no row", "GONE: is no row, but listed in lua/diags.lua",
    { ONE, TWO }, { GONE = "why" })
end
