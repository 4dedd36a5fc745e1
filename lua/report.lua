-- report.lua: where the results of a run go: the terminal, and the files of --report.
--
-- Takes: the options, and the run that begins: { cases, count (of results; nil: known at the end),
-- linkers }.  Gives: a report with result(r) and finish(tables, counts, warnings), which it hands
-- to each kind asked for, long lines cut (report/short.lua).  A kind is a module
-- report/<kind>.lua: new(out, options), and the methods start(run), result, finish.
-- Rule of thumb: who looks at a report's file sees a whole one or none.

local lfs = require "lfs"
local short = require "report.short"

local report = {}
report.__index = report

local function is_special(path)
  local mode = lfs.attributes(path, "mode")
  return mode and mode ~= "file"
end

-- Where a report is written: { out, path, part }, part being the name until it is whole.
local function open(path)
  if path == "-" then return { out = io.stdout } end
  local part = not is_special(path) and path .. ".part" or nil
  local out, why = io.open(part or path, "wb")
  return out and { out = out, path = path, part = part }, why
end

local function add(self, kind, place, options)
  self.places[#self.places + 1] = place
  self.writers[#self.writers + 1] = require("report." .. kind).new(place.out, options)
end

-- The report of a run, begun; nil when a file cannot be written, which is said.
function report.start(options, run)
  local self = setmetatable({ places = {}, writers = {} }, report)
  local terminal = true
  for _, asked in ipairs(options.report) do
    local place, why = open(asked.file)
    if not place then
      io.stderr:write("linkspec: ", why, "\n")
      self:abandon()
      return nil
    end
    terminal = terminal and asked.file ~= "-"
    add(self, asked.kind, place, options)
  end
  if terminal then add(self, "plain", { out = io.stdout }, options) end
  for _, writer in ipairs(self.writers) do writer:start(run) end
  return self
end

function report:result(r)
  local shown = short.result(r)
  for _, writer in ipairs(self.writers) do writer:result(shown) end
end

-- tables: list of { name, counts, milliseconds, note, lines }, one a linker or law; warnings: list
-- of texts
function report:finish(tables, counts, warnings)
  for i, writer in ipairs(self.writers) do
    writer:finish(tables, counts, warnings)
    local place = self.places[i]
    if place.path then assert(place.out:close()) end
    if place.part then assert(os.rename(place.part, place.path)) end
  end
end

-- Of an interrupted run nothing is left.
function report:abandon()
  for _, place in ipairs(self.places) do
    if place.path then place.out:close() end
    if place.part then os.remove(place.part) end
  end
end

return report
