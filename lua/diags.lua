-- diags.lua: every diagnostic of the model is proved by a case.
--
-- Takes: the rows of model/diags.def, and of each result of a whole run what the model told and
-- what expectations that hold asked for by id.  Gives: one more result, which says what is missing.
-- Rule of thumb: a diagnostic that no case asks for by name may say anything.

local diags = {}

-- Rows that no case can reach, and why.
local UNREACHABLE = {
  OUT_OF_MEMORY = "a case cannot take memory away; model/test/model_test.c does",
}

local Ledger = {}
Ledger.__index = Ledger

-- rows: list of { id, text }, of all diagnostics.
function diags.ledger(rows, unreachable)
  return setmetatable({ rows = rows, unreachable = unreachable or UNREACHABLE, told = {},
    asked = {}, both = {} }, Ledger)
end

-- One more result of trial.run.
function Ledger:take(result)
  for _, id in ipairs(result.told or {}) do self.told[id] = true end
  for _, e in ipairs(result.asked or {}) do
    self.asked[e.id] = true
    if #(e.files or {}) > 1 then self.both[e.id] = true end
  end
end

-- A conflict of two inputs has a line for each side.
local function is_conflict(row) return select(2, row.text:gsub("\n>>> ", "")) == 2 end

-- What a row lacks, or nil.
function Ledger:lack(row)
  local why = self.unreachable[row.id]
  if why then
    return self.told[row.id] and "told, though listed as out of reach in lua/diags.lua: " .. why
  end
  if not self.asked[row.id] then
    return self.told[row.id] and "told, but no case asks for it by id" or "no case that is told it"
  end
  if is_conflict(row) and not self.both[row.id] then
    return "no case asks for the files of both sides (files = { ... })"
  end
end

-- The fields of the result that differ: none when each row has what it needs.
function Ledger:result()
  local lines, known = {}, {}
  for _, row in ipairs(self.rows) do
    local lack = self:lack(row)
    known[row.id] = true
    if lack then lines[#lines + 1] = ("%s: %s"):format(row.id, lack) end
  end
  for id in pairs(self.unreachable) do
    if not known[id] then lines[#lines + 1] = id .. ": is no row, but listed in lua/diags.lua" end
  end
  table.sort(lines)
  return { id = "diagnostics", title = "every row of model/diags.def is proved by a case",
    verdict = #lines == 0 and "PASS" or "FAIL", clauses = {}, repeats = "linkspec test",
    expected = "for each row a case that is told it and asks for it by id",
    found = table.concat(lines, "\n"), where = "model/diags.def" }
end

return diags
