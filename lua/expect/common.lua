-- expect/common.lua: what all expectations are made with.
--
-- Takes: a name and the work that decides.  Gives: expectations, tables { name, check } where
-- check(view) gives true, "skipped" and why, or false and { expected, found, where }.

local view_library = require "view"

local common = {}

local Expectation = {}
Expectation.__index = Expectation

-- An expectation whose work(view) raises what view:miss() makes when it does not hold.
function common.make(name, work, fields)
  local e = setmetatable(fields or {}, Expectation)
  e.name = name
  e.check = function(view)
    local ok, result, why = pcall(work, view)
    if not ok then
      if view_library.is_miss(result) then return false, result end
      error(result, 0)
    end
    if result == "skipped" then return "skipped", why end
    return true
  end
  return e
end

-- Whether a value is an expectation.
function common.is(value) return getmetatable(value) == Expectation end

-- Whether one of the expectations is that the inputs are rejected.
function common.wants_rejection(list)
  for _, e in ipairs(list or {}) do
    if e.rejects then return true end
  end
  return false
end

-- Checks of what a case gives: an error of its author, who called the verb (words.lua is between).
function common.need(verb, value, kind)
  if type(value) ~= kind then error(("%s: a %s is needed"):format(verb, kind), 4) end
end

-- The keys of a table, sorted as text.
function common.keys_sorted(t)
  local list = {}
  for key in pairs(t) do list[#list + 1] = key end
  table.sort(list, function(a, b) return tostring(a) < tostring(b) end)
  return list
end

-- A list for a message.
function common.join(list) return #list > 0 and table.concat(list, ", ") or "none" end

-- Bytes for a message.
function common.hex(bytes)
  return (bytes:gsub(".", function(c) return ("%02x "):format(c:byte()) end):gsub(" $", ""))
end

function common.same_list(a, b)
  if #a ~= #b then return false end
  for i = 1, #a do if a[i] ~= b[i] then return false end end
  return true
end

-- Every key must be among the allowed words.
function common.check_keys(verb, given, allowed)
  for key in pairs(given) do
    if not (" " .. allowed .. " "):find(" " .. tostring(key) .. " ", 1, true) then
      error(("%s: unknown key %s"):format(verb, tostring(key)), 4)
    end
  end
end

return common
