-- mutants.lua: the command mutants: how sharp is the suite?
--
-- Takes: the model's source, and the suite.  Gives: how many of many small changes of the model
-- (mutants/sites.lua), drawn at random and made one at a time, the suite notices, and each that it
-- does not.  Rule of thumb: what nobody notices is either no change, which mutants/explained.lua
-- says, or lacks a case.

local argparse = require "argparse"
local json = require "dkjson"
local lfs = require "lfs"
local build = require "mutants.build"
local case = require "case"
local command = require "command"
local driver = require "driver"
local explained = require "mutants.explained"
local manifest = require "manifest"
local native = require "native"
local pool = require "pool"
local sites = require "mutants.sites"
local suite = require "mutants.suite"
local summary = require "mutants.summary"

local mutants = {}

local MEMORY, MINUTES = 4 << 30, 60 -- of a worker; that a mutant may take

-- Files of the model that are not changed: they take no part in a link.
local LEFT_OUT = { "judge*", "decode*", -- the suite judges with these
  "again*" }                            -- a link that follows another: `linkspec laws` asks

-- The command line --------------------------------------------------------------------------------

local HELP = [[
Builds the model with one small change at a time and runs the suite against it: first as against
any other linker, by the expectations and the judge, then as against the model, with its
diagnostics, stages and goldens.  Prints the share of changes that were noticed, and those that
were not.  `make mutants` calls this with what it needs.]]

local function whole(text) return math.tointeger(tonumber(text)) end

local function parser()
  local p = argparse("linkspec mutants", HELP)
  p:option("--count", "Mutants to try."):argname("N"):convert(whole):default("1000")
  p:option("--seed", "What the mutants are drawn with."):argname("N"):convert(whole):default("1")
  p:option("--file", "Only of this file of model/; may be given several times."):argname("NAME")
    :count("*"):default({})
  p:option("--again", "Instead: those that survived in an earlier report."):argname("REPORT")
  p:option("--report", "Write a JSON object a line for every mutant to FILE."):argname("FILE")
  p:flag("--resume", "What FILE has already, of an interrupted run of the same sources, is true.")
  p:option("--filter", "Only cases whose id matches GLOB, or begins with it and a slash.")
    :argname("GLOB"):default("*")
  p:option("-j --jobs", "Worker processes."):argname("N"):convert(whole)
  p:option("--compile", "How the objects were compiled, but for names and warnings.")
    :argname("COMMAND"):default("gcc")
  p:option("--libs", "What they are linked with."):argname("LIBS"):default("")
  p:option("--objects", "The folder with model/*.o and runner/*.o."):argname("DIR")
  return p
end

local function parse(args)
  local options = command.parse(parser(), args)
  if not options then return nil end
  options.home, options.golden = args.home, args.home .. "/golden"
  options.objects = options.objects or args.program:match("^(.*)/")
  options.jobs = options.jobs or native.processors()
  options.manifest = manifest.read(options.golden .. "/MANIFEST")
  return options
end

-- Which mutants -----------------------------------------------------------------------------------

local function takes_part(name)
  for _, glob in ipairs(LEFT_OUT) do
    if native.glob(glob, name) then return false end
  end
  return name:find("%.c$") ~= nil or name == "relocs.def"
end

local function files_of(options)
  if #options.file > 0 then return options.file end
  local list = {}
  for name in lfs.dir(options.home .. "/model") do
    if takes_part(name) then list[#list + 1] = name end
  end
  table.sort(list)
  return list
end

-- Every mutant of the files: a site with its file, what stands there, and the line as it is.
local function all_mutants(options)
  local list = {}
  for _, file in ipairs(files_of(options)) do
    local source = driver.read_file(options.home .. "/model/" .. file)
    if not source then return nil, "there is no model/" .. file end
    local lines, starts = {}, {}
    for at, line in (source .. "\n"):gmatch("()([^\n]*)\n") do
      lines[#lines + 1], starts[#starts + 1] = line, at
    end
    for _, m in ipairs(sites(file, source)) do
      m.file, m.old = file, source:sub(m.from, m.to)
      m.column = m.from - starts[m.line] + 1
      m.text = lines[m.line]:match("^%s*(.-)%s*$")
      m.change = ("`%s` -> `%s`"):format(m.old:gsub("%s+", " "), m.new)
      list[#list + 1] = m
    end
  end
  return list
end

-- The same in an order that the seed decides.
local function draw(list, seed)
  math.randomseed(seed)
  return suite.shuffle(list)
end

-- A mutant wherever its line is now.  (Of two such in one function, both.)
local function key(m) return table.concat({ m.file, m.func or "", m.text, m.change }, "\0") end

local function survivors_of(path, list)
  local wanted, chosen = {}, {}
  for line in io.lines(path) do
    local m = json.decode(line)
    if m.result == "survived" or m.result == "golden" then wanted[key(m)] = true end
  end
  for _, m in ipairs(list) do
    if wanted[key(m)] then chosen[#chosen + 1] = m end
  end
  return chosen
end

-- The results that a report begins with, in the order of the mutants.
local function results_of(path)
  local list = {}
  for line in (driver.read_file(path) or ""):gmatch("([^\n]*)\n") do
    list[#list + 1] = json.decode(line)
  end
  return list
end

-- Trying them -------------------------------------------------------------------------------------

-- In a worker: the source with the change, compiled, and the suite against it.
local function try(m, work, options)
  local source = driver.read_file(options.home .. "/model/" .. m.file)
  local text = source:sub(1, m.from - 1) .. m.new .. source:sub(m.to + 1)
  local path, why = work.build:mutant(m.file, text)
  if not path then return { result = why } end
  local found = work.suite:run(m, path)
  if not found then return { result = "interrupted" } end
  return { result = found.foreign and "killed" or found.model and "golden" or "survived",
    case = found.foreign or found.model, how = found.how, what = found.what }
end

local function run_all(list, cases, options)
  local ready, why = suite.new(cases, options)
  if not ready then return command.misuse("the model fails the suite: " .. why) end
  local before = options.resume and results_of(options.report) or {}
  local out = summary.new(options)
  local work = { suite = ready }
  local done = pool.run {
    jobs = #list, workers = options.jobs, memory = MEMORY, milliseconds = MINUTES * 60 * 1000,
    work = function(i)
      if before[i] then return before[i] end
      work.build = work.build or build.new(options, assert(native.temp_folder(options.scratch)))
      return try(list[i], work, options)
    end,
    lost = function(_, how, text) return { result = "lost", what = how .. ": " .. text } end,
    on_result = function(i, r)
      out:take(list[i], r, explained.why(list[i]))
      return out.counted < options.count
    end,
  }
  local good = out:finish(done or out.counted >= options.count)
  return good and command.OK or command.FAILED
end

local function chosen_cases(options)
  local list = {}
  for _, c in ipairs(case.load_all(options.home .. "/cases")) do
    if case.matches(c.id, { options.filter }) then list[#list + 1] = c end
  end
  return list
end

-- args: the words behind the command, and home and program, paths.
function mutants.main(args)
  local options = parse(args)
  if not options then return command.MISUSE end
  local list, why = all_mutants(options)
  if not list then return command.misuse(why) end
  list = options.again and survivors_of(options.again, list) or draw(list, options.seed)
  native.catch_interrupts()
  options.scratch = assert(native.temp_folder())
  local ok, status = xpcall(run_all, debug.traceback, list, chosen_cases(options), options)
  native.remove_folder(options.scratch)
  if not ok then error(status, 0) end
  return status
end

return mutants
