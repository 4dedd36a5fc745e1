-- mutants/build.lua: a changed model as a library that Lua can load.
--
-- Takes: the objects of linkspec, made by make with position-independent code, and the .d files
-- beside them; the command that compiled them.  Gives: for a change, a shared library that holds
-- the module `native`, which is lua_native.c, over the changed model.
-- Rule of thumb: what the preprocessor makes the same of is not compiled again, and where the
-- compiler makes the same objects, nothing was changed.

local lfs = require "lfs"
local driver = require "driver"
local native = require "native"

local build = {}

local PARTS = { "model", "runner" } -- folders of sources, and of objects

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

-- The names of the C files of a folder without `.c`, in order.
local function stems(folder)
  local list = {}
  for name in lfs.dir(folder) do list[#list + 1] = name:match("^(.+)%.c$") end
  table.sort(list)
  return list
end

local function write(path, text) assert(native.write_file(path, text, "text")) end

-- The sources of a folder, in another.
local function copy_sources(from, to)
  lfs.mkdir(to)
  for name in lfs.dir(from) do
    if name:find("%.[ch]$") or name:find("%.def$") then
      write(to .. "/" .. name, assert(driver.read_file(from .. "/" .. name)))
    end
  end
end

local Build = {}
Build.__index = Build

-- options: home; objects, the folder of model/*.o and runner/*.o; compile and libs, as make has
-- them.  folder: where to work, new and empty.
function build.new(options, folder)
  local self = setmetatable({ home = options.home, objects = options.objects, folder = folder,
    compile = words(options.compile), libs = words(options.libs), units = {}, plain = {} }, Build)
  for _, part in ipairs(PARTS) do
    copy_sources(self.home .. "/" .. part, folder .. "/" .. part)
    for _, stem in ipairs(stems(self.home .. "/" .. part)) do
      self.units[#self.units + 1] = part .. "/" .. stem
    end
  end
  return self
end

local function run(argv, folder)
  local result = native.run { argv = argv, folder = folder, milliseconds = LIMITS.milliseconds,
    output = LIMITS.output }
  return result.ended == "exit" and result.code == 0, result.err
end

-- The units (`model/read`) that hold what stands in model/NAME, itself or through headers.
function Build:users(name)
  local list, pattern = {}, "%f[%w]model/" .. name:gsub("%p", "%%%0") .. "%s"
  for _, unit in ipairs(self.units) do
    local needs = assert(driver.read_file(("%s/%s.d"):format(self.objects, unit)))
    if needs:find(pattern) then list[#list + 1] = unit end
  end
  return list
end

-- A source of the folder home or self.folder as the preprocessor leaves it, without its path.
function Build:preprocessed(unit, home)
  local text = self.folder .. "/preprocessed.i"
  local argv = append({ table.unpack(self.compile) }, { "-E", "-P", "-o", text, unit .. ".c" })
  return run(argv, home) and driver.read_file(text)
end

-- Whether the source means the same as before.
function Build:is_plain(unit)
  self.plain[unit] = self.plain[unit] or self:preprocessed(unit, self.home)
  return self:preprocessed(unit, self.folder) == self.plain[unit]
end

-- The source in self.folder, compiled as make does it; the object's path, or nil.
-- The path of the source is a part of the object: what assert prints.
function Build:object(unit)
  local object = ("%s/%s.o"):format(self.folder, unit)
  local argv = append({ table.unpack(self.compile) }, REFUSED)
  append(argv, { "-c", "-o", object, unit .. ".c" })
  return run(argv, self.folder) and object or nil
end

-- The library with these objects (unit -> path) in place of those that the model has.
function Build:library(changed)
  local path = self.folder .. "/mutant.so"
  local argv = { self.compile[1], "-shared", "-Wl,-Bsymbolic", "-o", path }
  for _, unit in ipairs(self.units) do
    argv[#argv + 1] = changed[unit] or ("%s/%s.o"):format(self.objects, unit)
  end
  local ok, why = run(append(argv, self.libs))
  return ok and path or nil, why
end

-- Whether two files have the same bytes.
local function same(a, b) return driver.read_file(a) == driver.read_file(b) end

-- The objects (unit -> path) that are others than before; nil: it does not compile.
function Build:changed_objects(name)
  local changed = {}
  for _, unit in ipairs(self:users(name)) do
    if not self:is_plain(unit) then
      local object = self:object(unit)
      if not object then return nil end
      local old = ("%s/%s.o"):format(self.objects, unit)
      changed[unit] = not same(object, old) and object or nil
    end
  end
  return changed
end

-- The library over the model with `text` for the file `name`; or nil and "equal", "invalid".
function Build:mutant(name, text)
  local path = ("%s/model/%s"):format(self.folder, name)
  write(path, text)
  local changed = self:changed_objects(name)
  write(path, assert(driver.read_file(("%s/model/%s"):format(self.home, name))))
  if not changed then return nil, "invalid" end
  if not next(changed) then return nil, "equal" end
  return assert(self:library(changed))
end

return build
