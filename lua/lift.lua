-- lift.lua: the command lift: real inputs of a link as a case file that builds the same bytes.
--
-- Takes: paths of objects, archives, shared libraries and other files, and the options of the
-- link.  Gives: the text of a case, to be cut down.
-- Rule of thumb: nothing is believed.  What is written is run, and its bytes are compared with the
-- input's; where they differ it is said with other words, in the end as bytes, and a note says so.

local argparse = require "argparse"
local case = require "case"
local command = require "command"
local driver = require "driver"
local members = require "lift.members"
local library = require "lift.library"
local quote = require "lift.quote"
local read = require "lift.read"
local write = require "lift.write"

local lift = {}

local TRIES = 8

-- One object --------------------------------------------------------------------------------------

-- The bytes of what lines of a function's body build; nil and why not.
local function build(lines)
  local ok, made = pcall(case.run, table.concat(lines, "\n"), "lift")
  if not ok then return nil, tostring(made) end
  local bytes
  ok, bytes = pcall(made.bytes, made)
  if not ok then return nil, tostring(bytes) end
  return bytes
end

-- Sections by path: their bytes.
local function sections_of(d)
  local by_path = {}
  for _, s in ipairs(d.sections) do by_path[s.path] = d.bytes:sub(s.first, s.last) end
  return by_path
end

-- The items (functions, segments) whose bytes differ, as a set; nil when there are not as many.
local function differing(a, b, name)
  local set
  if #a[name] ~= #b[name] then return nil end
  for i, item in ipairs(a[name]) do
    local other = b[name][i]
    if a.bytes:sub(item.first, item.to) ~= b.bytes:sub(other.first, other.to) then
      set = set or {}
      set[i] = true
    end
  end
  return set
end

-- Merges a set of items to be said exactly; whether there are new ones.
local function add_all(into, set)
  local more = false
  for i in pairs(set or {}) do
    more = more or not into[i]
    into[i] = true
  end
  return more
end

local function exact(how, path, set)
  how.exact[path] = how.exact[path] or {}
  return add_all(how.exact[path], set)
end

-- What is to be said otherwise of a section that differs; whether something is.
local CHANGES = {}

function CHANGES.type(how)
  local is_new = not how.types
  how.types = true
  return is_new
end

CHANGES["dylink.0"] = function(how)
  local is_new = not how.infos
  how.infos = true
  return is_new
end

function CHANGES.elem(how)
  local is_new = not how.elems
  how.elems = true
  return is_new
end

function CHANGES.linking(how, wanted)
  local is_new = not how.comdats and #wanted.comdats > 0
  how.comdats = #wanted.comdats > 0
  return is_new
end

function CHANGES.code(how, wanted, found)
  local set = differing(wanted, found, "code")
  return exact(how, "code", set) or add_all(how.raw, set)
end

function CHANGES.data(how, wanted, found)
  if exact(how, "data", differing(wanted, found, "data")) then return true end
  local is_new = not how.offsets
  how.offsets = true
  return is_new
end

-- Changes `how` after a look at what was built; the path of a section that is given up, or nil.
local function improve(how, wanted, found)
  local changed, first = false, nil
  local theirs = sections_of(found)
  for _, s in ipairs(wanted.sections) do
    if theirs[s.path] ~= wanted.bytes:sub(s.first, s.last) and not how.section[s.path] then
      local change = CHANGES[s.path]
      if s.is_custom then changed = exact(how, s.path, { true }) or changed
      elseif change then changed = change(how, wanted, found) or changed end
      if changed and s.path == "type" then return nil end -- code differs by that, too
      first = first or s.path
    end
  end
  if changed or not first then return nil end
  how.section[first] = true
  return first
end

local function width_of_sizes(d)
  local five = 0
  for _, s in ipairs(d.sections) do five = five + (s.width == 5 and 1 or 0) end
  return five * 2 < #d.sections and 0 or nil
end

-- Lines that build an object or a library, and a list of what in it is bytes; nil and why there
-- are none.
local function lift_object(name, bytes)
  local wanted = read.object(bytes)
  local how = { exact = {}, raw = {}, section = {}, width = width_of_sizes(wanted) }
  if wanted.dylink then how.width = 0 end
  local lines_of = wanted.dylink and library.lines or write.object
  local notes = {}
  for _ = 1, TRIES + #wanted.sections do
    local lines, raw = lines_of(read.object(bytes), name, how)
    local built, why = build(lines)
    if built == bytes then
      if raw > 0 then notes[#notes + 1] = ("%d function(s) are bytes"):format(raw) end
      return lines, notes
    end
    if not built then return nil, why end
    local path = improve(how, wanted, read.object(built))
    if path then notes[#notes + 1] = ("section %s is bytes"):format(path) end
  end
  return nil, "it is built otherwise"
end

function lift.object(name, bytes)
  local ok, lines, notes = pcall(lift_object, name, bytes)
  if not ok then return nil, tostring(lines) end
  return lines, notes
end

local function is_object(bytes) return bytes:sub(1, 4) == "\0asm" end

-- Files -------------------------------------------------------------------------------------------

local Lifted = {}
Lifted.__index = Lifted

-- A name for a function of this file, which no other has.
function Lifted:function_name(path)
  local stem = path:match("[^/]+$"):gsub("[^%w]", "_"):gsub("^(%d)", "_%1")
  local name, n = stem, 1
  while self.taken[name] do
    n = n + 1
    name = ("%s_%d"):format(stem, n)
  end
  self.taken[name] = true
  return name
end

function Lifted:note(text) self.notes[#self.notes + 1] = text end

-- Adds the function of a file; the expression that calls it.
function Lifted:add(name, bytes)
  local lines, notes = nil, nil
  if is_object(bytes) then
    lines, notes = lift.object(name, bytes)
  elseif members.is_archive(bytes) then
    lines, notes = members.lines(name, bytes, function(...) return self:add(...) end)
  end
  if not lines and notes then self:note(("%s is bytes: %s"):format(name, notes)) end
  for _, text in ipairs(lines and notes or {}) do self:note(("%s: %s"):format(name, text)) end
  local call = self:function_name(name)
  self.parts[#self.parts + 1] = ("local function %s()\n  %s\nend\n"):format(call,
    table.concat(lines or { ("return file(%s, %s)"):format(quote.string(name), quote.long(bytes)) },
      "\n"):gsub("\n", "\n  "))
  return call .. "()"
end

-- The text of the case file.
local function text_of(self, id, words)
  local head = { "-- Lifted: what `linkspec lift` made of the inputs of a link, to be cut down." }
  for _, note in ipairs(self.notes) do head[#head + 1] = "-- " .. note end
  local shown = {}
  for i, w in ipairs(words) do shown[i] = "      " .. w .. "," end
  return ("%s\n\n%s\n%s"):format(table.concat(head, "\n"), table.concat(self.parts, "\n"), ([[
case "%s" {
  title = "what must hold, as one sentence", -- fill in: say it without a full stop
  clauses = { "symbol.resolution" }, -- fill in: what of cases/clauses.lua it shows
  link = function()
    return {
%s
    }
  end,
  expect = { links() }, -- fill in: the weakest demand that excludes the wrong answer
  -- fill in: nothing here: take the next line away, and run `linkspec bless`
  golden = false, reason = "not yet",
}
]]):format(id, table.concat(shown, "\n")))
end

-- Files and options as they stand in a link: paths of files that are there are inputs.
local function inputs_of(self, files, options)
  local words = {}
  for _, option in ipairs(options) do words[#words + 1] = quote.string(option) end
  for _, path in ipairs(files) do
    local bytes = driver.read_file(path)
    if not bytes then return nil, path .. ": cannot be read" end
    local name = path:match("[^/]+$")
    if self.files[name] then return nil, "two files are named " .. name end
    self.files[name] = bytes
    words[#words + 1] = self:add(name, bytes)
  end
  return words
end

-- What the text of a case builds must be the files that were read.
local function check(self, text)
  local request = case.request(case.read(text).link)
  for name, bytes in pairs(self.files) do
    if request.files[name] ~= bytes then return name .. ": built otherwise" end
  end
end

local function parser()
  local p = argparse("linkspec lift", "Writes a case that builds exactly these inputs, to be cut "
    .. "down.  After -- come the options of the link.")
  p:argument("files", "Objects, archives, shared libraries and other inputs.")
    :argname("FILE"):args("+")
  p:option("-o --output", "The case file; it must not be there.  By default standard output.")
    :argname("FILE")
  p:flag("--check", "Write nothing: only tell which objects can be said in words, which in part as "
    .. "bytes.")
  p:option("--name", "The case's name."):argname("NAME"):default("lifted")
  return p
end

-- The words before -- and those behind.
local function split(args)
  local before, behind = { [0] = args[0] }, {}
  local list = before
  for _, word in ipairs(args) do
    if word == "--" and list == before then list = behind else list[#list + 1] = word end
  end
  return before, behind
end

-- Text to a file that is not there yet, or to standard output.
local function put(path, text)
  if not path then return io.write(text) end
  if driver.read_file(path) then return nil, path .. ": it is there already" end
  local file, why = io.open(path, "wb")
  if not file then return nil, why end
  file:write(text)
  return file:close()
end

-- How well each object can be lifted, a line for each that is not all words; the exit status.
local function report(files)
  local counts = { all = 0, partly = 0, none = 0 }
  local function look(name, bytes)
    if not is_object(bytes) then return end
    local lines, notes = lift.object(name, bytes)
    local how = not lines and "none" or #notes > 0 and "partly" or "all"
    counts[how] = counts[how] + 1
    if how ~= "all" then
      io.write(("%s: %s\n"):format(name, lines and table.concat(notes, ", ") or notes))
    end
  end
  for _, path in ipairs(files) do
    local bytes = driver.read_file(path)
    if not bytes then return command.misuse(path .. ": cannot be read", "linkspec lift") end
    look(path, bytes)
    for _, m in ipairs(members.is_archive(bytes) and members.list(bytes) or {}) do
      look(("%s(%s)"):format(path, m.name), m.bytes)
    end
  end
  io.write(("%d in words, %d partly bytes, %d not to be lifted\n"):format(counts.all,
    counts.partly, counts.none))
  return command.OK
end

-- Runs the command line; the exit status.
function lift.main(args)
  local before, behind = split(args)
  local options = command.parse(parser(), before)
  if not options then return command.MISUSE end
  if options.check then return report(options.files) end
  local self = setmetatable({ files = {}, parts = {}, notes = {}, taken = {} }, Lifted)
  local words, why = inputs_of(self, options.files, behind)
  if not words then return command.misuse(why, "linkspec lift") end
  local text = text_of(self, options.name, words)
  why = check(self, text)
  if why then error(why) end
  local ok
  ok, why = put(options.output, text)
  if not ok then return command.misuse(why, "linkspec lift") end
  for _, note in ipairs(self.notes) do io.stderr:write("linkspec lift: ", note, "\n") end
  return command.OK
end

return lift
