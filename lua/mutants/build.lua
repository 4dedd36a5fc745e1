-- mutants/build.lua: a changed model as a library that Lua can load.
--
-- Takes: the objects of linkspec, made by make with position-independent code; the command that
-- compiled them.  Gives: for a change, a shared library that holds the module `native`, which is
-- lua_native.c, over the changed model.
-- Rule of thumb: where the compiler makes the same object of the changed text, nothing was changed.

local lfs = require "lfs"
local driver = require "driver"
local native = require "native"

local build = {}

local LIMITS = { milliseconds = 120 * 1000, output = 1 << 16 }

-- Warnings that show that a change broke the meaning of a type.
local REFUSED = { "-w", "-Werror=incompatible-pointer-types", "-Werror=int-conversion" }

local function words(text)
  local list = {}
  for word in text:gmatch("%S+") do list[#list + 1] = word end
  return list
end

local function append(list, more)
  table.move(more, 1, #more, #list + 1, list)
  return list
end

local Build = {}
Build.__index = Build

-- options: home; objects, the folder of model/*.o and runner/*.o; compile and libs, as make has
-- them.  folder: where to work, new and empty.
function build.new(options, folder)
  lfs.mkdir(folder)
  lfs.mkdir(folder .. "/model")
  return setmetatable({ home = options.home, objects = options.objects, folder = folder,
    compile = words(options.compile), libs = words(options.libs) }, Build)
end

local function run(argv, folder)
  local result = native.run { argv = argv, folder = folder, milliseconds = LIMITS.milliseconds,
    output = LIMITS.output }
  return result.ended == "exit" and result.code == 0, result.err
end

-- The names of the C files of a folder.
local function stems(folder)
  local list = {}
  for name in lfs.dir(folder) do list[#list + 1] = name:match("^(.+)%.c$") end
  table.sort(list)
  return list
end

-- The source in folder/model, compiled as make does it; the object's path, or nil and why not.
-- The path of the source is a part of the object: what assert prints.
function Build:object(stem)
  local object = ("%s/%s.o"):format(self.folder, stem)
  local argv = append({ table.unpack(self.compile) }, REFUSED)
  append(argv, { "-I", self.home .. "/model", "-c", "-o", object, ("model/%s.c"):format(stem) })
  local ok, why = run(argv, self.folder)
  return ok and object or nil, why
end

-- The library with these objects (stem -> path) in place of those that the model has.
function Build:library(changed)
  local path = self.folder .. "/mutant.so"
  local argv = { self.compile[1], "-shared", "-Wl,-Bsymbolic", "-o", path }
  for _, part in ipairs { "model", "runner" } do
    for _, stem in ipairs(stems(self.home .. "/" .. part)) do
      local own = ("%s/%s/%s.o"):format(self.objects, part, stem)
      argv[#argv + 1] = part == "model" and changed[stem] or own
    end
  end
  local ok, why = run(append(argv, self.libs))
  return ok and path or nil, why
end

local function write(path, text) assert(native.write_file(path, text, "text")) end

-- The C files that hold a table: they are compiled anew beside it.
function Build:users(table_name)
  local list = {}
  for _, stem in ipairs(stems(self.home .. "/model")) do
    local source = driver.read_file(("%s/model/%s.c"):format(self.home, stem))
    if source:find('#include "' .. table_name .. '"', 1, true) then
      list[#list + 1] = { stem = stem, source = source }
    end
  end
  return list
end

-- Puts the changed text, name of model/, where the compiler finds it; gives the stems to compile.
function Build:place(name, text)
  local list = {}
  write(("%s/model/%s"):format(self.folder, name), text)
  if name:find("%.c$") then return { (name:gsub("%.c$", "")) } end
  for i, user in ipairs(self:users(name)) do
    write(("%s/model/%s.c"):format(self.folder, user.stem), user.source)
    list[i] = user.stem
  end
  return list
end

function Build:clean()
  for name in lfs.dir(self.folder .. "/model") do
    os.remove(self.folder .. "/model/" .. name)
  end
end

-- Whether two files have the same bytes.
local function same(a, b) return driver.read_file(a) == driver.read_file(b) end

-- The library over the model with `text` for the file `name`; or nil and "equal", "invalid".
function Build:mutant(name, text)
  self:clean()
  local changed, equal = {}, true
  for _, stem in ipairs(self:place(name, text)) do
    changed[stem] = self:object(stem)
    if not changed[stem] then return nil, "invalid" end
    equal = equal and same(changed[stem], ("%s/model/%s.o"):format(self.objects, stem))
  end
  if equal then return nil, "equal" end
  return assert(self:library(changed))
end

return build
