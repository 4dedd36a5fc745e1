-- mutants/sites.lua: every small change that can be made to a C file or to relocs.def.
--
-- Takes: the text of a file.  Gives: a list, in the order of the text, of
--   { kind = "operator" | "constant" | "condition" | "statement" | "row",
--     from, to (bytes), new (text in their place), line, func (its name, or nil) }
-- Rule of thumb: only expressions and statements are changed.  Declarations, types, strings and
-- asserts stay as they are; what does not compile all the same is not counted.

local tokens_of = require "mutants.tokens"

local function set(words)
  local s = {}
  for word in words:gmatch("%S+") do s[word] = true end
  return s
end

local BINARY = { -- operator -> what stands in its place
  ["<"] = { "<=", ">=" }, ["<="] = { "<", ">" }, [">"] = { ">=", "<=" }, [">="] = { ">", "<" },
  ["=="] = { "!=" }, ["!="] = { "==" }, ["&&"] = { "||" }, ["||"] = { "&&" },
  ["+"] = { "-" }, ["-"] = { "+" }, ["*"] = { "+" }, ["/"] = { "*" }, ["%"] = { "/" },
  ["<<"] = { ">>" }, [">>"] = { "<<" }, ["&"] = { "|" }, ["|"] = { "&" }, ["^"] = { "&" },
  ["+="] = { "-=" }, ["-="] = { "+=" }, ["*="] = { "+=" }, ["|="] = { "&=" }, ["&="] = { "|=" },
  ["<<="] = { ">>=" }, [">>="] = { "<<=" },
}
local EITHER_SIDE = { ["++"] = "--", ["--"] = "++", ["!"] = "" }

local TYPES = set [[u8 u16 u32 u64 i32 i64 size_t bool char int unsigned long short void const
  struct]]
local KEYWORDS = set [[return case sizeof if while for switch do else goto break continue default
  enum struct union typedef static const inline]]
local STARTS = set "* ( ++ --" -- what an expression begins with, beside names
local ASSIGNS = set "= ++ -- += -= *= /= %= &= |= ^= <<= >>="

local function is_type(token)
  return token.kind == "name" and (TYPES[token.text]
    or token.text:find("^%u%w*%l%w*$") ~= nil and not token.text:find("_", 1, true))
end

local Scan = {}
Scan.__index = Scan

function Scan:text(i) return self[i] and self[i].text end

function Scan:add(kind, i, last, new)
  local from, to = self[i].from, self[last].to
  self.sites[#self.sites + 1] = { kind = kind, from = from, to = to, new = new,
    line = self[i].line, func = self.func }
end

-- Whether the bracket that closes at i is that of a cast.
function Scan:is_cast(i)
  for k = self[i].match + 1, i - 1 do
    if not is_type(self[k]) and self[k].text ~= "*" then return false end
  end
  return i > self[i].match + 1
end

-- Whether an operand ends before the token i, so that the token is a binary operator.
function Scan:follows_operand(i)
  local before = self[i - 1]
  if before.text == ")" then return not self:is_cast(i - 1) end
  if before.kind == "name" then return not KEYWORDS[before.text] and not is_type(before) end
  return before.kind ~= "op" or before.text == "]"
end

-- Expressions -------------------------------------------------------------------------------------

function Scan:operator(i)
  local text = self[i].text
  if EITHER_SIDE[text] then self:add("operator", i, i, EITHER_SIDE[text]) end
  if not BINARY[text] or not self:follows_operand(i) then return end
  for _, new in ipairs(BINARY[text]) do self:add("operator", i, i, new) end
end

-- 7 -> 8 and 6, in the form that it has.
function Scan:number(i)
  local digits, suffix = self[i].text:match("^(0[xX]%x+)(%a*)$")
  local form = digits and "0x%x%s" or "%d%s"
  if not digits then digits, suffix = self[i].text:match("^(%d+)(%a*)$") end
  local n = math.tointeger(tonumber(digits))
  if not n then return end
  self:add("constant", i, i, form:format(n + 1, suffix))
  if n > 0 then self:add("constant", i, i, form:format(n - 1, suffix)) end
end

function Scan:truth(i)
  self:add("constant", i, i, self[i].text == "true" and "false" or "true")
end

-- `if (c)` and `while (c)`: always, never.
function Scan:condition(i)
  local open = i + 1
  local close = self[open].match
  if self[i].text == "if" then self:add("condition", open, close, "(true)") end
  self:add("condition", open, close, "(false)")
end

-- Statements --------------------------------------------------------------------------------------

-- Whether a statement may begin at i.
function Scan:begins_statement(i)
  local before, first = self:text(i - 1), self[i]
  if first.kind ~= "name" and not STARTS[first.text] then return false end
  if before == ";" or before == "{" or before == "}" or before == "else" or before == "do" then
    return true
  end
  local head = before == ")" and self:text(self[i - 1].match - 1)
  if head == "if" or head == "while" or head == "for" or head == "switch" then return true end
  return before == ":" and self:is_label(i - 1)
end

-- Whether the colon is that of a `case`, and not of `a ? b : c`.
function Scan:is_label(i)
  repeat
    i = i - 1
    local text = self[i].text
    if text == "case" or text == "default" then return true end
  until text == "?" or text == ";" or text == "{" or text == "}"
  return false
end

-- The semicolon that ends the statement at i, and whether there is an assignment on the way; nil
-- when it is no expression: `for (i = 0; i < n; i++)` ends otherwise.
function Scan:statement_end(i)
  local assigns = false
  while self[i].text ~= ";" do
    local match = self[i].match
    if match and match < i or self[i].text == "{" then return nil end
    assigns = assigns or ASSIGNS[self[i].text] == true
    i = (match or i) + 1
  end
  return i, assigns
end

function Scan:is_declaration(i)
  return is_type(self[i]) or KEYWORDS[self[i].text] or self[i + 1].kind == "name"
end

-- Calls, assignments, `break` and `continue` are dropped.
function Scan:statement(i)
  local text = self[i].text
  if text == "break" or text == "continue" then return self:add("statement", i, i + 1, ";") end
  if self[i].kind == "name" and self:is_declaration(i) then return end
  local last, assigns = self:statement_end(i)
  if last and (assigns or self[last - 1].text == ")") then self:add("statement", i, last, ";") end
end

-- Files -------------------------------------------------------------------------------------------

-- What the brace at i opens, where it is outside of functions: "body", "values", "enum", "struct".
function Scan:opens(i)
  local before = self:text(i - 1)
  if before == ")" then return "body" end
  if before == "=" then return "values" end
  if before == "enum" or self:text(i - 2) == "enum" then return "enum" end
  return "struct"
end

function Scan:token(i, where)
  local token = self[i]
  if token.kind == "number" then
    if where ~= "enum" or self:text(i - 1) == "=" then self:number(i) end
  elseif token.text == "true" or token.text == "false" then
    self:truth(i)
  elseif token.kind == "op" then
    self:operator(i)
  elseif where == "body" and (token.text == "if" or token.text == "while") then
    self:condition(i)
  end
  if where == "body" and self:begins_statement(i) then self:statement(i) end
end

-- All that stands between the brackets at `first` and `last`.
function Scan:inside(first, last, where)
  local i = first + 1
  while i < last do
    if self[i].text == "assert" then
      i = self[i + 1].match + 1 -- its semicolon
    elseif where == "struct" or self[i].text == "enum" and self:text(i + 1) ~= "{" then
      i = last
    else
      self:token(i, where)
    end
    i = i + 1
  end
end

local function by_place(a, b)
  if a.from ~= b.from then return a.from < b.from end
  if a.to ~= b.to then return a.to < b.to end
  return a.new < b.new
end

local function of_c(source)
  local self = setmetatable(tokens_of(source), Scan)
  self.source, self.sites = source, {}
  local i = 1
  while self[i] do
    if self[i].text == "{" then
      local where = self:opens(i)
      self.func = where == "body" and self:text(self[i - 1].match - 1) or nil
      self:inside(i, self[i].match, where)
      i = self[i].match
    end
    i = i + 1
  end
  table.sort(self.sites, by_place)
  return self.sites
end

-- relocs.def --------------------------------------------------------------------------------------

-- The columns behind number and name get each other value that their column has somewhere, but for
-- the twin, whose number changes by one.
local FIRST_COLUMN, TWIN = 3, 8

local function read_rows(source)
  local rows, columns, line = {}, {}, 0
  for text, from in (source .. "\n"):gmatch("([^\n]*)()\n") do
    line = line + 1
    if text:find("^RELOC%(") then
      local row, start = { line = line }, from - #text
      for at, word in text:match("^RELOC%((.*)%)"):gmatch("()([%w_-]+)") do
        row[#row + 1] = { word = word, from = start + 5 + at, to = start + 4 + at + #word }
        columns[#row] = columns[#row] or {}
        columns[#row][word] = true
      end
      rows[#rows + 1] = row
    end
  end
  return rows, columns
end

local function sorted(words)
  local list = {}
  for word in pairs(words) do list[#list + 1] = word end
  table.sort(list)
  return list
end

local function of_table(source)
  local rows, columns = read_rows(source)
  local sites = {}
  for _, row in ipairs(rows) do
    for column = FIRST_COLUMN, #row do
      local cell = row[column]
      local others = column == TWIN and { tostring(tonumber(cell.word) + 1) }
        or sorted(columns[column])
      for _, new in ipairs(others) do
        if new ~= cell.word then
          sites[#sites + 1] = { kind = "row", from = cell.from, to = cell.to, new = new,
            line = row.line, func = row[2].word }
        end
      end
    end
  end
  return sites
end

-- name: that of the file, to know what it is.
return function(name, source)
  return (name:find("%.def$") and of_table or of_c)(source)
end
