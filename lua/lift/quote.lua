-- lift/quote.lua: bytes as Lua text.
--
-- Rule of thumb: text stays text, runs of zeros are counted, and no line is too long.

local quote = {}

local SHORT = { ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ['"'] = '\\"', ["\\"] = "\\\\" }
local COLUMNS = 80
local ZEROS = ("\0"):rep(24) .. "+" -- a run that is counted

-- A Lua string of these bytes, on one line.
function quote.string(bytes)
  return '"' .. bytes:gsub('()([%c"\\\x7f-\xff])', function(at, c)
    if c == "\0" and not bytes:find("^%d", at + 1) then return "\\0" end
    return SHORT[c] or ("\\x%02x"):format(c:byte())
  end) .. '"'
end

-- How many bytes from a place make a string that is not too long.
local function count(bytes, at, last)
  local n = math.min(COLUMNS, last - at + 1)
  while n > 20 and #quote.string(bytes:sub(at, at + n - 1)) > COLUMNS do n = n * 3 // 4 end
  return n
end

-- Adds Lua expressions of strings, one after the other these bytes, to a list.
function quote.chunks(bytes, list)
  local at = 1
  while at <= #bytes do
    local first, last = bytes:find(ZEROS, at)
    local stop = (first or #bytes + 1) - 1
    while at <= stop do
      local n = count(bytes, at, stop)
      list[#list + 1] = quote.string(bytes:sub(at, at + n - 1))
      at = at + n
    end
    if first then
      list[#list + 1] = ('("\\0"):rep(%d)'):format(last - first + 1)
      at = last + 1
    end
  end
  return list
end

-- One expression of these bytes, of several lines where they are many.
function quote.long(bytes)
  local list = quote.chunks(bytes, {})
  if #list <= 1 then return list[1] or '""' end
  return "table.concat {\n  " .. table.concat(list, ",\n  ") .. "\n}"
end

-- Lines of a field that is a list of expressions, or of strings that are joined.
function quote.field(name, pieces)
  if #pieces == 0 then return { name .. ' = "",' } end
  if #pieces == 1 and pieces[1]:sub(1, 1) == '"' and #pieces[1] < COLUMNS - 4 then
    return { ("%s = %s,"):format(name, pieces[1]) }
  end
  local lines, line = { name .. " = {" }, " "
  for _, piece in ipairs(pieces) do
    if #line > 1 and #line + #piece > COLUMNS + 8 then
      lines[#lines + 1], line = line, " "
    end
    line = line .. " " .. piece .. ","
  end
  lines[#lines + 1] = line
  lines[#lines + 1] = "},"
  return lines
end

return quote
