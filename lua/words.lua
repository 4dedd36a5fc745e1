-- words.lua: what a case expects, as text for people who do not run Lua.
--
-- Takes: the verbs of a case's environment.  Gives: the same verbs, and later the words that made a
-- value: code("f", { "i32.const 2" }).  Rule of thumb: as the case says it, cut where it is long.

local words = {}

local LONGEST = 160 -- bytes of a string that are shown

-- What made a value: { name, arguments, before = the same of the function that was called }.
local made = setmetatable({}, { __mode = "k" })

-- The verb, whose results words.of knows.
function words.verb(name, verb, before)
  return function(...)
    local value = verb(...)
    local said = { name = name, arguments = table.pack(...), before = before }
    if type(value) == "function" then return words.verb(nil, value, said) end
    if type(value) == "table" then made[value] = said end
    return value
  end
end

local function escape(c)
  return c == '"' and '\\"' or c == "\\" and "\\\\" or ("\\x%02x"):format(c:byte())
end

local function string_text(s)
  local shown = s:sub(1, LONGEST):gsub('["\\\0-\x1f\x7f-\xff]', escape)
  if #s <= LONGEST then return ('"%s"'):format(shown) end
  return ('"%s..." (%d bytes)'):format(shown, #s)
end

local function keys_of(t)
  local keys = {}
  for key in pairs(t) do
    if math.type(key) ~= "integer" or key < 1 or key > #t then keys[#keys + 1] = key end
  end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  return keys
end

local function table_text(t)
  local parts = {}
  for i, item in ipairs(t) do parts[i] = words.of(item) end
  for _, key in ipairs(keys_of(t)) do
    local plain = type(key) == "string" and key:find("^[%a_][%w_]*$")
    parts[#parts + 1] = ("%s = %s"):format(plain and key or ("[%s]"):format(words.of(key)),
      words.of(t[key]))
  end
  return #parts == 0 and "{}" or ("{ %s }"):format(table.concat(parts, ", "))
end

local function call_text(said)
  local arguments, parts = said.arguments, {}
  for i = 1, arguments.n do parts[i] = words.of(arguments[i]) end
  local head = said.before and call_text(said.before) or said.name
  local only = arguments.n == 1 and type(arguments[1])
  if only == "string" or only == "table" and not made[arguments[1]] then
    return ("%s %s"):format(head, parts[1])
  end
  return ("%s(%s)"):format(head, table.concat(parts, ", "))
end

-- A value as a case may write it.
function words.of(value)
  if type(value) == "string" then return string_text(value) end
  if made[value] then return call_text(made[value]) end
  if type(value) == "function" then return "a function" end
  if type(value) ~= "table" then return tostring(value) end
  if type(value.name) == "string" and value.bytes then return value.name end -- an input
  return table_text(value)
end

return words
