-- bench.lua: the linkers at hand, which `linkspec linkers` lists and `--linker all` means.
--
-- Takes: where to look: what `make linkers` has put into build/linkers, then PATH.  Gives: a driver
-- of each (driver.lua).  Rule of thumb: a program belongs to an adapter of its name, or of its name
-- up to a version; one that prints what another does is the same linker, and comes once.

local lfs = require "lfs"
local argparse = require "argparse"
local command = require "command"
local driver = require "driver"

local bench = {}

-- The names in a folder, sorted; none when there is no such folder.
local function names_in(folder)
  local names = {}
  if lfs.attributes(folder, "mode") == "directory" then
    for name in lfs.dir(folder) do names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

local function adapters(home)
  local list = {}
  for _, file in ipairs(names_in(home .. "/lua/linkers")) do
    local name = file:match("^(.*)%.lua$")
    if name and not require("linkers." .. name).is_ours then list[#list + 1] = name end
  end
  return list
end

local function is_program(path)
  local a = lfs.attributes(path)
  return a and a.mode == "file" and a.permissions:find("x", 1, true) ~= nil
end

-- Calls visit(name, path) for every program that may be a linker of an adapter.
local function each_program(home, visit)
  local fetched = driver.fetched_folder(home)
  for _, name in ipairs(names_in(fetched)) do
    if is_program(fetched .. "/" .. name) then visit(name, fetched .. "/" .. name) end
  end
  for folder in (os.getenv("PATH") or ""):gmatch("[^:]+") do
    for _, name in ipairs(names_in(folder)) do
      for _, adapter in ipairs(adapters(home)) do
        local rest = name:sub(1, #adapter) == adapter and name:sub(#adapter + 1)
        if (rest == "" or rest and rest:find("^%-%d[%d.]*$")) and is_program(folder .. "/" .. name)
        then
          visit(name, folder .. "/" .. name)
        end
      end
    end
  end
end

-- The drivers of all that are found and can be run.  options: as driver.command takes them.
function bench.all(options)
  local list, seen = {}, {}
  each_program(options.home, function(name, path)
    if seen[name] then return end
    seen[name] = true
    local link, why = driver.command(name, options, { path })
    if not link then
      io.stderr:write("linkspec: ", why, "\n")
      return
    end
    local key = link.adapter.name .. "\0" .. link.banner
    if seen[key] then return end
    seen[key] = true
    link.text = name
    list[#list + 1] = link
  end)
  return list
end

-- The command `linkspec linkers`.
function bench.main(args)
  local p = argparse("linkspec linkers", "Lists the linkers that are found in build/linkers and on "
    .. "PATH: name, version, program.")
  if not command.parse(p, args) then return command.MISUSE end
  for _, link in ipairs(bench.all { home = args.home, milliseconds = 10000, memory = 0 }) do
    io.write(("%-16s %-10s %s%s\n"):format(link.name, link.version or "unknown",
      table.concat(link.command, " "), link.adapter.is_slow and " (slow: not one of all)" or ""))
  end
  return command.OK
end

return bench
