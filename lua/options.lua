-- options.lua: the command lines of test, laws, judge-proof, bless and conform.
--
-- Takes: the words of a command.  Gives: its options as one table; nil when they are wrong, which
-- it says itself.  Rule of thumb: what two commands share is added in one place.

local argparse = require "argparse"
local native = require "native"

local HELP = {
  test = "Runs the cases against the reference linker and holds its output against the goldens.",
  bless = "Writes the goldens of cases whose expectations hold, and golden/MANIFEST.",
  laws = "Links the inputs of each case a second time, rewritten in ways that must not matter, and "
    .. "compares.",
  ["judge-proof"] = "Makes the output of every case wrong, in many ways, and counts what the judge "
    .. "flags.",
  conform = "Runs the cases against other linkers: by the expectations, and by the judge.",
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

local function add_common(p)
  p:option("--filter", "Only cases whose id matches GLOB, or begins with it and a slash; may be "
    .. "given several times."):argname("GLOB"):count("*"):default({})
  p:option("-j --jobs", "Worker processes."):argname("N"):convert(count)
  p:option("--keep", "Keep inputs, command line, messages and output of every case below DIR.")
    :argname("DIR")
  p:option("--cases", "Folder of the cases."):argname("DIR")
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

local function parser(command)
  local p = argparse("linkspec " .. command, HELP[command])
  add_common(p)
  if command == "bless" then
    p:option("--peer", "A linker that may agree: NAME or NAME=COMMAND."):argname("LINKER")
      :count("*"):default({})
    p:flag("--no-validate", "Do not ask wasm-validate.")
    p:flag("--no-run", "Bless also cases that should run, but cannot here.")
    p:flag("-n --dry-run", "Say what would change, and write nothing.")
  else
    add_choice(p)
  end
  if command == "laws" then add_reports(p, "tap") end
  if command == "test" or command == "conform" then add_reports(p, "ndjson", "junit", "tap") end
  if command == "judge-proof" then
    p:option("--every", "Try only every N-th fault."):argname("N"):convert(count):default("1")
    p:option("--program", "Instead of the cases: faults in the output of a link with these "
      .. "arguments, inputs by their paths; may be given several times."):argname("ARGUMENTS")
      :target("given"):count("*"):default({})
    p:option("--faults", "About so many faults a program, of each kind some.")
      :argname("N"):convert(count):default("2000")
  end
  if command == "conform" then
    p:option("--linker", "The linker: NAME or NAME=COMMAND; all: every one in build/linkers and on "
      .. "PATH."):argname("LINKER"):count("+")
    p:flag("--exact", "Also hold the output against the goldens, byte for byte.")
    p:flag("--record", "With --exact: note in golden/MANIFEST who agrees.")
  end
  return p
end

-- args: the command, args[0], and the words behind it; home and program, paths.
local function options_of(args)
  local p = parser(args[0])
  local ok, options = p:pparse(args)
  if not ok then
    io.stderr:write(p:get_usage(), "\n\nlinkspec: ", options, "\n")
    return nil
  end
  options.command, options.home, options.program = args[0], args.home, args.program
  options.own_cases = not options.cases
  options.cases = options.cases or options.home .. "/cases"
  options.golden = options.golden or options.home .. "/golden"
  options.jobs = options.jobs or native.processors()
  options.memory = (options.memory or 0) << 20
  options.milliseconds = options.timeout * 1000
  for _, asked in ipairs(options.report or {}) do
    if asked.kind == "ndjson" then options.evidence = true end
  end
  return options
end

return options_of
