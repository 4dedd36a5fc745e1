-- mutants/explained.lua: changes of the model that no case can notice, and why.
--
-- Takes: a mutant.  Gives: why it may survive, or nil.
-- A row fits when all that it says fits: file, func, text (the line as it is), change.
-- Rule of thumb: a row is true of the code, not of the suite: what a case could show is no row.

local ROWS = {
}

local explained = {}

function explained.why(m)
  for _, row in ipairs(ROWS) do
    local fits = true
    for key, value in pairs(row) do fits = fits and (key == "why" or m[key] == value) end
    if fits then return row.why end
  end
end

explained.rows = ROWS

return explained
