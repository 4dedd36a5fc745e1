-- mutants/tokens.lua: C source as tokens.
--
-- Takes: the text of a C file.  Gives: a list of { kind = "name" | "number" | "string" | "op",
-- text, from, to, line, match = index of the bracket that belongs to it }; comments and lines of
-- the preprocessor are left out.
-- Rule of thumb: what gcc takes needs no checks here.

local OPS = { [3] = {}, [2] = {} } -- by length; longer ones first
for op in ("<<= >>= ..."):gmatch("%S+") do OPS[3][op] = true end
for op in ("-> ++ -- << >> <= >= == != && || += -= *= /= %= &= |= ^="):gmatch("%S+") do
  OPS[2][op] = true
end

local OPENS = { ["("] = true, ["["] = true, ["{"] = true }
local CLOSES = { [")"] = true, ["]"] = true, ["}"] = true }

-- Where the comment, preprocessor line or space that begins at `at` ends; nil: it is a token.
local function skip(text, at)
  local _, to = text:find("^%s+", at)
  if to then return to end
  if text:find("^//", at) then return (text:find("\n", at, true) or #text + 1) - 1 end
  if text:find("^/%*", at) then return select(2, text:find("*/", at + 2, true)) or #text end
  if text:find("^#", at) and not text:sub(1, at - 1):match("[^\n]*$"):find("%S") then
    repeat
      to = (text:find("\n", at, true) or #text + 1) - 1
      at = to + 2
    until text:sub(to, to) ~= "\\"
    return to
  end
end

local function quoted(text, at)
  local quote, to = text:sub(at, at), at + 1
  while text:sub(to, to) ~= quote and to <= #text do
    to = to + (text:sub(to, to) == "\\" and 2 or 1)
  end
  return to
end

local function read_token(text, at)
  local _, to = text:find("^[%a_][%w_]*", at)
  if to then return "name", to end
  _, to = text:find("^%.?%d[%w.]*", at)
  if to then return "number", to end
  if text:find("^[\"']", at) then return "string", quoted(text, at) end
  for n = 3, 2, -1 do
    if OPS[n][text:sub(at, at + n - 1)] then return "op", at + n - 1 end
  end
  return "op", at
end

local function count_lines(text) return select(2, text:gsub("\n", "\n")) end

return function(text)
  local list, open, at, line = {}, {}, 1, 1
  while at <= #text do
    local kind
    local to = skip(text, at)
    if not to then
      kind, to = read_token(text, at)
      local token = { kind = kind, text = text:sub(at, to), from = at, to = to, line = line }
      list[#list + 1] = token
      if kind == "op" and OPENS[token.text] then
        open[#open + 1] = #list
      elseif kind == "op" and CLOSES[token.text] and #open > 0 then
        token.match = table.remove(open)
        list[token.match].match = #list
      end
    end
    line = line + count_lines(text:sub(at, to))
    at = to + 1
  end
  return list
end
