-- folder.lua: links that somebody else has made, in a folder that emit.lua wrote.
--
-- Takes: the folder.  Gives: a driver (driver.lua) whose link() is a look at what lies there:
--   out.wasm     what the linker wrote
--   status.txt   how it ended: its exit status as a shell has it ($?), or one of the words
--                unsupported (and why), timeout, crash.  Without it out.wasm means 0.
--   stdout.txt, stderr.txt   what it said, if somebody kept it
-- Rule of thumb: a link that nobody made has not passed.

local lfs = require "lfs"
local adapters = require "adapters"
local driver = require "driver"
local emitted = require "emitted"

local folder = {}

local TIMED_OUT, KILLED = 124, 128 -- exit status of timeout(1), and from where on a signal's

local function read(path, name) return driver.read_file(path .. "/" .. name) end

-- How the link ended, and what to tell of it.
local function ending(self, path, said)
  local text = (read(path, emitted.STATUS) or "0"):match("^%s*(.-)%s*$")
  local status, word = math.tointeger(tonumber(text)), text:match("^%a+")
  if word == "unsupported" then return "unsupported", text:match("^%a+[:%s]*(.*)") end
  if word == "timeout" or status == TIMED_OUT then return "timeout" end
  if word == "crash" then return "crashed", text end
  if not status then error(("%s/%s says neither"):format(path, emitted.STATUS), 0) end
  if status < 0 or status >= KILLED then return "crashed", "exit status " .. text end
  local verdict = self.adapter and adapters.meaning(self.adapter, said)
  if verdict == "unsupported" and status ~= 0 then return verdict end
  if verdict == "crash" then return "crashed" end
  return status == 0 and "linked" or "rejected"
end

-- Inputs and arguments must be those of the case, or the verdict is about another one.
local function check_inputs(path, l)
  local files = { [emitted.ARGUMENTS] = emitted.arguments_text(l) }
  for name, bytes in pairs(l.request.files) do files[name] = bytes end
  if l.no_file then files[l.no_file] = nil end
  for name, bytes in pairs(files) do
    if read(path, name) ~= bytes then
      error(("%s/%s is not what `linkspec emit` writes now"):format(path, name), 0)
    end
  end
end

-- Whether somebody made a link there.
local function is_made(path)
  return lfs.attributes(path .. "/" .. emitted.OUTPUT) ~= nil
    or lfs.attributes(path .. "/" .. emitted.STATUS) ~= nil
end

local function look(self, path, l)
  check_inputs(path, l)
  local outcome = { command = ("cd %s && ... %s"):format(path, table.concat(l.arguments, " ")) }
  if not is_made(path) then
    outcome.ended, self.missing = "missing", true
    outcome.message = ("%s: neither %s nor %s"):format(path, emitted.OUTPUT, emitted.STATUS)
    return outcome
  end
  local out, err = read(path, emitted.PRINTED), read(path, emitted.SAID)
  local what
  outcome.ended, what = ending(self, path, err or "")
  outcome.message = (what and what .. "\n" or "") .. (err or "") .. (out or "")
  if outcome.ended == "linked" then
    outcome.bytes = read(path, emitted.OUTPUT)
    outcome.printed = out and driver.lines_of(out)
    outcome.texts = driver.read_texts(path, l.arguments)
  end
  return outcome
end

local function link(self, request)
  local key = emitted.key(request)
  for _, l in ipairs(self.links) do
    if l.key == key then
      local why = l.unsupported
      if not why and self.adapter then
        why = select(2, self.adapter.argv(driver.with_output(request.argv), self.version,
          request.files))
      end
      if why then return { ended = "unsupported", message = why, command = self.name } end
      return look(self, (self.folder .. "/" .. self.id .. "/" .. l.folder):gsub("/$", ""), l)
    end
  end
  error("the case asks for a link that emit knows nothing of", 0)
end

-- The driver for one case.
local function of_case(self, c)
  return setmetatable({ id = c.id, links = emitted.links(c) }, { __index = self })
end

-- Whether a case was emitted there, and whether somebody made its links.
function folder.has(path, id)
  return lfs.attributes(("%s/%s/%s"):format(path, id, emitted.EXPECTED)) ~= nil
end

function folder.is_linked(path, id) return is_made(path .. "/" .. id) end

-- The driver of a folder.  name: NAME or NAME@VERSION of an adapter, which knows what such a linker
-- lacks and how it says so; with a version, what is known of it counts, too.  Nil and why not.
function folder.driver(path, name, options)
  local self = { name = "linker", folder = path, command = { path }, link = link,
    of_case = of_case }
  if name then
    local stem, version = name:match("^(.-)@(.+)$")
    self.name, self.version = stem or name, version
    self.adapter = adapters.find(options.home, self.name)
    if not self.adapter then return nil, "no adapter in lua/linkers for " .. self.name end
    self.identity = version and self.adapter.name
  end
  self.label = name or path
  return self
end

return folder
