-- programs.lua: links of real programs, from a file.
--
-- Takes: the path of a file with a line a link: its name, then the arguments of the linker.
-- Gives: a list of { name, request() }, a request with all its files in memory.
-- Rule of thumb: a word that is a file is an input, and so is what -l finds in the folders of -L;
-- paths are without the slash at the root, so that they are names of files in any folder.

local driver = require "driver"

local programs = {}

local function relative(path) return (path:gsub("^/+", "")) end

-- The arguments, each with its option's letter: "-L" and "lib" are "-Llib".
local function words_of(text)
  local words, letter = {}, ""
  for word in text:gmatch("%S+") do
    if word == "-L" or word == "-l" then
      letter = word
    else
      words[#words + 1] = letter .. word
      letter = ""
    end
  end
  return words
end

-- The paths of -lNAME that there are: the first library, and what it says of its imports.
local function library(name, folders)
  for _, folder in ipairs(folders) do
    local path = ("%s/lib%s."):format(folder, name)
    if driver.read_file(path .. "a") then return { path .. "a", path .. "imports" } end
  end
  error(("no library %s in: %s"):format(name, table.concat(folders, ", ")), 0)
end

local function request_of(text)
  local request = { argv = {}, files = {}, names = {} }
  local words, folders = words_of(text), {}
  for i, word in ipairs(words) do
    local folder = word:match("^%-L(.+)")
    folders[#folders + 1] = folder
    request.argv[i] = folder and "-L" .. relative(folder) or relative(word)
  end
  for _, word in ipairs(words) do
    local name = word:match("^%-l(.+)")
    for _, path in ipairs(name and library(name, folders) or { word }) do
      local bytes = driver.read_file(path)
      local known = request.files[relative(path)]
      if bytes and not known then table.insert(request.names, relative(path)) end
      request.files[relative(path)] = known or bytes
    end
  end
  return request
end

-- Nil and why where there is no such file.
function programs.read(path)
  local text = driver.read_file(path)
  if not text then return nil, path .. ": cannot be read" end
  local list = {}
  for name, arguments in text:gmatch("(%S+) ([^\n]+)") do
    list[#list + 1] = { name = name, request = function() return request_of(arguments) end }
  end
  return list
end

return programs
