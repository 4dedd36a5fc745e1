-- report/short.lua: long lines of a result, cut to what can be read.
--
-- Takes: a result (verdict.lua).  Gives: one that says the same, but shows of a long line only its
-- head and the place where it begins to differ, and tells its length.
-- Rule of thumb: what is to be copied, a command, stays whole.

local short = {}

local LONGEST, HEAD, AROUND = 300, 60, 60 -- bytes

-- The line; of a long one its head, and what is around byte `at`.
local function cut(line, at)
  if #line <= LONGEST then return line end
  local from = math.max(at - AROUND, HEAD + 1)
  local to = math.min(from + 2 * AROUND, #line)
  return ("%s%s%s%s (%d bytes)"):format(line:sub(1, HEAD), from > HEAD + 1 and " [...] " or "",
    line:sub(from, to), to < #line and " [...]" or "", #line)
end

-- Of two equal lines it is at their end.  (Found by halves: a loop over bytes is slow.)
local function first_difference(x, y)
  if x == y then return #x end
  local low, high = 0, math.min(#x, #y) -- they are equal up to `low`
  while low < high do
    local middle = (low + high + 1) // 2
    if x:sub(low + 1, middle) == y:sub(low + 1, middle) then
      low = middle
    else
      high = middle - 1
    end
  end
  return low + 1
end

local function lines_of(text)
  local lines = {}
  for line in (text .. "\n"):gmatch("([^\n]*)\n") do lines[#lines + 1] = line end
  return lines
end

-- Both lines, cut where they begin to differ; one that is long alone shows its end.
local function cut_both(x, y)
  if #x <= LONGEST or #y <= LONGEST then return cut(x, #x), cut(y, #y) end
  local at = first_difference(x, y)
  return cut(x, at), cut(y, at)
end

-- Of what differs, the n-th line that begins with - belongs to the n-th with +.
local function cut_differences(lines)
  local gone = {}
  for i, line in ipairs(lines) do
    local sign, rest = line:match "^ *([-+])()"
    if sign == "-" then
      gone[#gone + 1] = i
    elseif sign == "+" and gone[1] then
      local k = table.remove(gone, 1)
      local mark = line:sub(1, rest - 1)
      local was = mark:gsub("%+", "-")
      if lines[k]:sub(1, #was) == was then
        local x, y = cut_both(lines[k]:sub(rest), line:sub(rest))
        lines[k], lines[i] = was .. x, mark .. y
      end
    elseif not sign then
      gone = {}
    end
  end
end

local function whole(lines)
  for i, line in ipairs(lines) do lines[i] = cut(line, #line) end
  return table.concat(lines, "\n")
end

local function lone(text)
  if not text or #text <= LONGEST then return text end
  local lines = lines_of(text)
  cut_differences(lines)
  return whole(lines)
end

-- What was expected and what was found, line by line.
local function pair(expected, found)
  if not expected or not found or #expected <= LONGEST and #found <= LONGEST then
    return expected, lone(found)
  end
  local x, y = lines_of(expected), lines_of(found)
  for i = 1, math.min(#x, #y) do x[i], y[i] = cut_both(x[i], y[i]) end
  cut_differences(y)
  return whole(x), whole(y)
end

function short.result(r)
  local copy = {}
  for key, value in pairs(r) do copy[key] = value end
  copy.expected, copy.found = pair(r.expected, r.found)
  copy.where, copy.diff = lone(r.where), lone(r.diff)
  return copy
end

return short
