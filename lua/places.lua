-- places.lua: where the linker's code speaks of something: a clause, a diagnostic.
--
-- Takes: the project's root.  Gives: lines of model/ and runner/ with the function they are in.
-- Rule of thumb: a comment with [symbol.binding.weak] in it stands above, or in, the function that
-- does what the clause says; a string "symbol.binding.weak" is where the judge holds others to it.

local lfs = require "lfs"

local places = {}

local FOLDERS = { "model", "runner" }
local SOURCES = { "%.c$", "%.h$", "%.def$" } -- in those
local TAG = "%[(%l[%w-]*%.[%w.-]+)%]"

local function source_names(folder)
  local names = {}
  if not lfs.attributes(folder) then return names end
  for name in lfs.dir(folder) do
    for _, pattern in ipairs(SOURCES) do
      if name:find(pattern) then names[#names + 1] = name end
    end
  end
  table.sort(names)
  return names
end

local function read_lines(path)
  local lines = {}
  for line in io.lines(path) do lines[#lines + 1] = line end
  return lines
end

-- The function whose definition begins in lines[i], or nil.
local function defined_at(lines, i)
  local name = not lines[i]:find("^[#/]") and lines[i]:match("^[%a_].-([%w_]+)%(")
  while name and lines[i] do
    if lines[i]:find("{$") then return name end
    if lines[i]:find(";") then return nil end
    i = i + 1
  end
end

-- For every line the function it is in, or, of a comment, the one it stands above; of a table
-- (*.def) the row.
local function functions_of(lines, is_table)
  local names, name, above = {}, nil, 1
  for i, line in ipairs(lines) do
    if is_table then
      names[i] = line:match("^%u+%(%d+, *([%w_]+)") or line:match("^%u+%(([%w_]+)")
    else
      local begun = defined_at(lines, i)
      if begun then
        name = begun
        for k = above, i - 1 do names[k] = name end
      end
      names[i] = name
      if line == "}" then name = nil end
      if line == "}" or line == "" then above = i + 1 end
    end
  end
  return names
end

-- The text of the comments, the rest as blanks.
local function comments_of(lines)
  local text = table.concat(lines, "\n") .. "\n"
  local out, at = {}, 1
  local function blank(part) return (part:gsub("[^\n]", " ")) end
  for from, comment, to in text:gmatch("()(/%*.-%*/)()") do
    out[#out + 1] = blank(text:sub(at, from - 1)) .. comment
    at = to
  end
  out[#out + 1] = blank(text:sub(at))
  return table.concat(out):gmatch("([^\n]*)\n")
end

-- visit(place, line, comment) for every line of the code; place: "model/live.c:12 mark_live".
local function each_line(root, visit)
  for _, folder in ipairs(FOLDERS) do
    for _, file in ipairs(source_names(("%s/%s"):format(root, folder))) do
      local path = folder .. "/" .. file
      local lines = read_lines(("%s/%s"):format(root, path))
      local functions, comment = functions_of(lines, file:find("%.def$")), comments_of(lines)
      for i, line in ipairs(lines) do
        local inside = functions[i] and " " .. functions[i] or ""
        visit(("%s:%d%s"):format(path, i, inside), line, comment())
      end
    end
  end
end

-- Clauses that code says it does: id -> list of places.
function places.cited(root)
  local all = {}
  each_line(root, function(place, _, comment)
    for id in comment:gmatch(TAG) do
      all[id] = all[id] or {}
      table.insert(all[id], place)
    end
  end)
  return all
end

-- Where text stands in code; as a word, where it is one.
function places.of(root, text)
  local list, pattern = {}, "()" .. text:gsub("%p", "%%%0") .. "()"
  each_line(root, function(place, line)
    for at, to in line:gmatch(pattern) do
      local word = text:find("^%w") and (line:sub(at - 1, at - 1) .. line:sub(to, to)):find("[%w_]")
      if not word then
        list[#list + 1] = place
        break
      end
    end
  end)
  return list
end

return places
