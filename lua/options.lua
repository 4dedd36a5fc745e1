-- options.lua: the command lines of the commands that run cases.
--
-- Takes: the words of a command.  Gives: its options as one table; nil when they are wrong, which
-- it says itself.  Rule of thumb: what two commands share is added in one place.

local argparse = require "argparse"
local command = require "command"
local native = require "native"

local HELP = {
  test = "Runs the cases against the reference linker and holds its output against the goldens.",
  bless = "Writes the goldens of cases whose expectations hold, and golden/MANIFEST.",
  laws = "Links the inputs of each case a second time, rewritten in ways that must not matter, and "
    .. "compares.",
  ["judge-proof"] = "Makes the output of every case wrong, in many ways, and counts what the judge "
    .. "flags.",
  lint = "Finds what is wrong with case files although they run: inputs that are made and not "
    .. "used, expectations that an empty module fits, cases and titles that are there twice, ...",
  conform = "Runs the cases against other linkers: by the expectations, and by the judge.",
  emit = [[
Writes each case as plain files to DIR, which is new, empty, or of an earlier emit: then the cases
of that, and what linkers left there, are taken away first.

  links.txt                 folders in which to link, one a line, in this order
  cases.json                all cases, with the folders of their links
  <id>/link.txt             the arguments for the linker, one a line, run in that folder
  <id>/expect.json          what must hold, and what other linkers are known to do
  <id>/a.o, ...             the inputs
  <id>/valid/, variant-N/, relink-N/   further links that the verdict of some cases needs

Beside each link.txt put what came of it, and call `linkspec judge-dir DIR`.]],
  ["judge-dir"] = [[
Judges links of another linker that were made in DIR, which `linkspec emit` wrote, as `conform`
does.  In each folder of links.txt it looks for

  out.wasm     what the linker wrote
  status.txt   its exit status as a shell has it ($?; 124 is a time limit, 128 and more a crash), or
               one of the words unsupported (and why), timeout, crash; without this file, out.wasm
               means 0
  stdout.txt, stderr.txt   what it said; nothing fails without these

A link that nobody made is a FAIL.  What it cannot know: whether a second link gives the same.]],
}

local function count(text)
  local n = math.tointeger(tonumber(text))
  if not n or n < 1 then return nil, ("'%s' is no number above 0"):format(text) end
  return n
end

local function shard(text)
  local k, n = text:match("^(%d+)/(%d+)$")
  k, n = math.tointeger(tonumber(k)), math.tointeger(tonumber(n))
  if not k or k < 1 or k > n then return nil, "a shard is K/N with K from 1 to N" end
  return { k, n }
end

local function add_filter(p)
  p:option("--filter", "Only cases whose id matches GLOB, or begins with it and a slash; may be "
    .. "given several times."):argname("GLOB"):count("*"):default({})
  p:option("--cases", "Folder of the cases."):argname("DIR")
end

local function add_common(p)
  add_filter(p)
  p:option("-j --jobs", "Worker processes."):argname("N"):convert(count)
  p:option("--keep", "Keep inputs, command line, messages and output of every case below DIR.")
    :argname("DIR")
  p:option("--golden", "Folder of the goldens."):argname("DIR")
  p:option("--timeout", "Seconds a link may take."):argname("S"):convert(count):default("10")
  p:option("--memory", "Megabytes of memory a linker may use; 0: no limit.")
    :argname("MB"):convert(function(t) return math.tointeger(tonumber(t)) end):default("2048")
end

local function add_choice(p)
  p:flag("--list", "Only list the cases.")
  p:option("--shard", "Only the K-th of N parts of the cases."):argname("K/N"):convert(shard)
end

local function add_reports(p, ...)
  local kinds = { ... }
  p:flag("-v --verbose", "A line for every case.")
  p:option("--report", ("Also write a report to FILE (- is standard output, instead of the usual "
    .. "report); KIND is %s; may be given several times."):format(table.concat(kinds, ", ")))
    :argname("KIND=FILE"):count("*"):default({}):convert(function(word)
      local kind, file = word:match("^(%w+)=(.+)$")
      for _, known in ipairs(kinds) do
        if kind == known then return { kind = kind, file = file } end
      end
      return nil, ("'%s' is not KIND=FILE with a kind of: %s"):format(word,
        table.concat(kinds, ", "))
    end)
end

local function add_folder(p, name)
  p:argument("folder", "The folder."):argname("DIR")
  add_filter(p)
  if name == "emit" then return end
  p:option("--golden", "Folder of the goldens."):argname("DIR")
  p:option("--linker", "What linker it was: NAME or NAME@VERSION of an adapter, which knows what "
    .. "such a linker lacks; with a version, what it is known for counts as in conform.")
    :argname("LINKER")
  p:option("-j --jobs", "Worker processes."):argname("N"):convert(count)
  p:flag("--exact", "Also hold the output against the goldens, byte for byte.")
  p:flag("--json", "The same as --report ndjson=-.")
  add_reports(p, "ndjson", "tap", "junit")
end

local function parser(name)
  local p = argparse("linkspec " .. name, HELP[name])
  if name == "emit" or name == "judge-dir" then
    add_folder(p, name)
    return p
  end
  add_common(p)
  if name == "bless" then
    p:option("--peer", "A linker that may agree: NAME or NAME=COMMAND."):argname("LINKER")
      :count("*"):default({})
    p:flag("--no-validate", "Do not ask wasm-validate.")
    p:flag("--no-run", "Bless also cases that should run, but cannot here.")
    p:flag("-n --dry-run", "Say what would change, and write nothing.")
  else
    add_choice(p)
  end
  if name == "laws" then add_reports(p, "tap") end
  if name == "test" or name == "conform" then add_reports(p, "ndjson", "junit", "tap") end
  if name == "judge-proof" then
    p:flag("-v --verbose", "All faults that are not noticed, not only the first ones.")
    p:option("--every", "Try only every N-th fault, but some of each kind."):argname("N")
      :convert(count):default("1")
    p:option("--programs", "Instead of the cases: the links of FILE, a name and the arguments a "
      .. "line."):argname("FILE")
    p:option("--faults", "About so many faults a program, of each kind some.")
      :argname("N"):convert(count):default("2000")
    p:option("--least", "How many of a hundred faults the judge must flag."):argname("PERCENT")
      :convert(tonumber):default("99.5")
  end
  if name == "conform" then
    p:option("--linker", "The linker: NAME or NAME=COMMAND; all: every one in build/linkers and on "
      .. "PATH."):argname("LINKER"):count("+")
    p:flag("--exact", "Also hold the output against the goldens, byte for byte.")
    p:flag("--record", "With --exact: note in golden/MANIFEST who agrees.")
    p:flag("--update-known", "Rewrite cases/known/ as this run has it; all cases must run.")
  end
  return p
end

-- args: the command, args[0], and the words behind it; home and program, paths.
local function options_of(args)
  local p = parser(args[0])
  local options = command.parse(p, args)
  if not options then return nil end
  options.command, options.home, options.program = args[0], args.home, args.program
  options.own_cases = not options.cases
  options.cases = options.cases or options.home .. "/cases"
  options.golden = options.golden or options.cases .. "/../golden"
  options.jobs = options.jobs or native.processors()
  options.memory = (options.memory or 0) << 20
  options.milliseconds = (options.timeout or 10) * 1000
  if options.json then table.insert(options.report, { kind = "ndjson", file = "-" }) end
  for _, asked in ipairs(options.report or {}) do
    if asked.kind == "ndjson" then options.evidence = true end
  end
  return options
end

return options_of
