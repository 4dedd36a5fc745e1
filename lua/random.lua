-- random.lua: the command random: random links by the model and by another linker, compared.
--
-- Takes: the command line.  Gives: the exit status: 0 all the same, 1 not so, 2 misuse.
-- Rule of thumb: a seed is a link (random/plan.lua); both write the same bytes, or both refuse, and
-- the judge has nothing against either.
-- A difference is shrunk before it is shown: whatever can go while it stays, goes.  When a case
-- explains it, what it needs is taken from the whole link, which is then looked at again: behind
-- a difference that is known another one may hide.
-- A run in which the other linker linked nothing has compared nothing, and fails.

local argparse = require "argparse"
local command = require "command"
local native = require "native"
local driver = require "driver"
local pool = require "pool"
local build = require "random.build"
local explained = require "random.explained"
local fit = require "random.fit"
local plan = require "random.plan"

local random = {}

local WORKER_MEMORY = 4 << 30 -- bytes

-- The command line ------------------------------------------------------------------------------

local function number(text)
  local n = math.tointeger(tonumber(text))
  if not n or n < 0 then return nil, ("'%s' is no number"):format(text) end
  return n
end

local function parse(args)
  local p = argparse("linkspec random",
    "Links random inputs with the model and with another linker, judges both modules and compares "
    .. "the bytes.")
  p:option("--linker", "The other linker: NAME or NAME=COMMAND."):argname("LINKER"):count(1)
  p:option("--seed", "The first seed."):argname("N"):convert(number):default("1")
  p:option("--count", "How many seeds."):argname("K"):convert(number):default("1000")
  p:option("--keep", "Write inputs, command line and both modules of each difference to DIR/SEED.")
    :argname("DIR")
  p:flag("-v --verbose", "Count what was refused by its reasons.")
  p:flag("--no-shrink", "Show differences as they were found.")
  p:flag("--judge-only", "Do not compare the bytes, nor who refuses: for a linker that lays out "
    .. "otherwise.")
  p:option("-j --jobs", "Worker processes."):argname("N"):convert(number)
  p:option("--timeout", "Seconds a link may take."):argname("S"):convert(number):default("10")
  local options = command.parse(p, args)
  if not options then return nil end
  options.home, options.program = args.home, args.program
  options.jobs = options.jobs or native.processors()
  options.milliseconds = options.timeout * 1000
  options.memory = 2 << 30
  return options
end

-- One link ----------------------------------------------------------------------------------------

local function first_error(outcome)
  for _, d in ipairs(outcome.diags or {}) do
    if d.severity == "error" then return d.id, d.text end
  end
end

-- What both linkers are asked for.  Other linkers do not check what --validate=strict, the default
-- here, does.
local function request_of(p)
  local request = build(p)
  table.insert(request.argv, 1, "--validate=permissive")
  return request
end

-- What the judge has against a linker's module, as a difference; nil when nothing.
local function judged(request, outcome, who)
  if outcome.ended ~= "linked" then return nil end
  local judgement, failed = driver.judgement(request, outcome.bytes)
  if not judgement then
    return { class = "different", how = who .. ": " .. failed.failed, clause = "container",
      text = ("%s: no judgement: %s"):format(who, failed.text or failed.failed) }
  end
  local v = judgement.violations[1]
  if not v then return nil end
  local text = ("%s: %s%s (%s)\nexpected: %s\nfound:    %s"):format(who,
    v.file and v.file .. ": " or "", v.what, v.clause, v.expected, v.found)
  return { class = "different", how = who .. ": " .. v.clause, clause = v.clause, text = text }
end

-- Of two modules, or one and a refusal.
local function compare_bytes(ours, theirs)
  local id, text = first_error(ours)
  if ours.ended == "linked" and theirs.ended == "linked" then
    if ours.bytes == theirs.bytes then return { class = "same" } end
    return { class = "different", how = "bytes",
      text = native.diff(ours.bytes, theirs.bytes) or "not as modules" }
  end
  if ours.ended == theirs.ended then return { class = "refused", text = id } end
  if id then
    return { class = "different", how = id,
      text = ("only the model refuses: %s (%s)"):format(text, id) }
  end
  return { class = "different", how = "peer refuses",
    text = ("only the other linker refuses: %s"):format(theirs.message) }
end

local function compare_outcomes(request, ours, theirs, links)
  local peer = links.peer
  if theirs.ended == "crashed" or theirs.ended == "timeout" then
    return { class = "different", how = "crash",
      text = ("%s: %s"):format(peer.label, theirs.message) }
  end
  local wrong = judged(request, ours, "model")
    or ours.ended == "linked" and ours.bytes ~= theirs.bytes and judged(request, theirs, peer.name)
  if wrong then return wrong end
  if theirs.ended == "unsupported" then
    return { class = "unsupported", text = theirs.message }
  end
  if not links.judge_only then return compare_bytes(ours, theirs) end
  if ours.ended == "linked" and theirs.ended == "linked" then return { class = "same" } end
  return { class = "refused", text = (first_error(ours)) or theirs.message }
end

-- What became of a plan: { class, text, how }; class is "same", "refused" (by both, or where only
-- judgements count by one), "unsupported" by the other linker, or "different"; how tells
-- differences of different kinds apart.
local function compare(p, links)
  local request = request_of(p)
  local theirs = links.peer:link(request)
  links.linked = links.linked or theirs.ended == "linked"
  return compare_outcomes(request, links.model:link(request), theirs, links)
end

-- Shrinking ---------------------------------------------------------------------------------------

-- All places of a plan where something can be taken away: tables with the key of it.
local function removable(p)
  local list = {}
  local function each(t, keep)
    for i = #t, 1, -1 do list[#list + 1] = { t, i, keep } end
  end
  each(p.options)
  each(p.inputs)
  for _, input in ipairs(p.inputs) do each(input.members) end
  for _, l in ipairs(p.libraries) do
    each(l.items)
    for _, item in ipairs(l.items) do
      for _, key in ipairs { "flags", "tls" } do
        if item[key] then list[#list + 1] = { item, key } end
      end
    end
    if l.needs then list[#list + 1] = { l, "needs" } end
  end
  for _, o in ipairs(p.objects) do
    each(o.items)
    each(o.inits)
    if o.legacy_table then list[#list + 1] = { o, "legacy_table" } end
    for _, item in ipairs(o.items) do
      if item.code then each(item.code) end
      if item.pieces then each(item.pieces) end
      if item.list then each(item.list) end
      for _, key in ipairs { "weak", "static", "hidden", "exported", "no_strip", "import_module",
        "import_name", "export", "comdat", "debug_name", "retain", "segment_flags", "max",
        "align" } do
        if item[key] then list[#list + 1] = { item, key } end
      end
    end
  end
  return list
end

local function take(place)
  local t, key = place[1], place[2]
  if math.type(key) == "integer" then return table.remove(t, key) end
  local value = t[key]
  t[key] = nil
  return value
end

local function put_back(place, value)
  local t, key = place[1], place[2]
  if math.type(key) == "integer" then table.insert(t, key, value) else t[key] = value end
end

-- Whether the plan can be built and shows the same kind of difference.
local function still(p, links, wanted)
  local ok, now = pcall(compare, p, links)
  return ok and now.class == wanted.class and now.how == wanted.how and now
end

-- One round of taking away; true when something went.  gone: a list of { place, value }.
local function shrink_once(p, links, result, gone)
  local went = false
  for _, place in ipairs(removable(p)) do
    local t, key = place[1], place[2]
    if t[key] ~= nil then
      local value = take(place)
      local now = still(p, links, result)
      if now then
        result.text, went = now.text, true
        gone[#gone + 1] = { place, value }
      else
        put_back(place, value)
      end
    end
  end
  return went
end

-- Gives what was taken away, in order.
local function shrink(p, links, result)
  local gone = {}
  while shrink_once(p, links, result, gone) do end
  return gone
end

-- Explaining --------------------------------------------------------------------------------------

-- Takes from p, which is shrunk, the smallest thing that its difference needs, and puts back what
-- else was taken.  A property of an item goes everywhere, as many differ for the same reason.
local function take_needed(p, gone)
  local places = removable(p)
  local t, key = table.unpack(places[#places])
  local value = t[key]
  for i = #gone, 1, -1 do put_back(table.unpack(gone[i])) end
  if math.type(key) == "integer" then
    for i, other in ipairs(t) do
      if other == value then return table.remove(t, i) end
    end
  end
  for _, o in ipairs(p.objects) do
    o[key] = nil
    for _, item in ipairs(o.items) do item[key] = nil end
  end
end

-- Shrinks p to a difference that no case explains; nil and the cases if there is none.
local function unexplained(p, links, result)
  local cases = {}
  while result.class == "different" do
    local gone = shrink(p, links, result)
    result.release, result.linker = links.release, links.peer.identity
    local case = explained.case(p, result)
    if not case then return result end
    cases[#cases + 1] = case
    take_needed(p, gone)
    result = compare(p, links)
  end
  return nil, cases
end

-- Showing -----------------------------------------------------------------------------------------

local function save(folder, p, links)
  local request = request_of(p)
  local function write(name, bytes)
    driver.make_folders(folder .. "/" .. name)
    assert(native.write_file(folder .. "/" .. name, bytes))
  end
  for name, bytes in pairs(request.files) do write(name, bytes) end
  write("command", table.concat(build(p).argv, " ") .. "\n")
  local ours, theirs = links.model:link(request), links.peer:link(request)
  write("model.wasm", ours.bytes or "")
  write("peer.wasm", theirs.bytes or "")
end

local function run_seed(seed, links, options)
  local p = plan.random(seed)
  fit(p, links, request_of)
  links.linked = false -- whether the other linker gave a module, of this plan or of a part
  local result = compare(p, links)
  if result.class == "different" and not options.no_shrink then
    local other, cases = unexplained(p, links, result)
    result = other or { class = "explained", cases = cases }
  end
  result.seed, result.linked = seed, links.linked
  if result.class == "different" then
    result.command = table.concat(build(p).argv, " ")
    if options.keep then save(("%s/%d"):format(options.keep, seed), p, links) end
  end
  return result
end

local function show(result, options)
  io.write(("seed %d: %s\n  command: %s\n  repeat:  linkspec random --linker '%s' --seed %d "
    .. "--count 1%s --keep DIR\n"):format(result.seed, (result.text:gsub("\n", "\n  ")),
    result.command or "", options.linker, result.seed,
    options.judge_only and " --judge-only" or ""))
  io.stdout:flush()
end

-- Counts why a link was not compared, or every case that explains something of a link.
local function count_reasons(reasons, result)
  for _, text in ipairs(result.cases or { result.text }) do
    local reason = result.class .. ": " .. text:match("[^\n]*")
    reasons[reason] = (reasons[reason] or 0) + 1
  end
end

local function show_reasons(reasons)
  local names = {}
  for name in pairs(reasons) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do io.write(("%6d %s\n"):format(reasons[name], name)) end
end

-- The closing counts; gives the exit status.
local function summary(counts, peer)
  local n = setmetatable(counts, { __index = function() return 0 end })
  io.write(("%d the same, %d refused by both, %d different as cases say, %d not supported\n")
    :format(n.same, n.refused, n.explained, n.unsupported))
  local failed = n.different
  if n.linked == 0 then
    io.write("no seed was linked by the peer: ", peer.label, "\n")
    failed = failed + n.refused
  end
  io.write(("%d passed, %d failed, %d skipped\n"):format(n.same + n.refused + n.different - failed,
    failed, n.explained + n.unsupported))
  return n.linked > 0 and failed == 0 and command.OK or command.FAILED
end

local function run_all(options, peer)
  local counts, reasons = {}, {}
  local links = { model = driver.model(), peer = peer, judge_only = options.judge_only,
    release = tonumber((peer.version or ""):match("^%d+")) or math.huge }
  local done = pool.run {
    jobs = options.count, workers = options.jobs, memory = WORKER_MEMORY,
    milliseconds = 600 * 1000,
    work = function(i) return run_seed(options.seed + i - 1, links, options) end,
    lost = function(i, how, text)
      return { class = "different", seed = options.seed + i - 1, text = how .. ": " .. text }
    end,
    on_result = function(_, result)
      counts[result.class] = (counts[result.class] or 0) + 1
      if result.linked then counts.linked = (counts.linked or 0) + 1 end
      if result.class == "different" then
        show(result, options)
      else
        count_reasons(reasons, result)
      end
    end,
  }
  if options.verbose then show_reasons(reasons) end
  if not done then return command.FAILED end
  return summary(counts, peer)
end

-- Runs the command.  args: the words behind it, and home and program, paths.
function random.main(args)
  local options = parse(args)
  if not options then return command.MISUSE end
  native.catch_interrupts()
  options.scratch = assert(native.temp_folder())
  local peer, why = driver.command(options.linker, options)
  local status = command.MISUSE
  if peer then
    local ok, result = xpcall(run_all, debug.traceback, options, peer)
    native.remove_folder(options.scratch)
    if not ok then error(result, 0) end
    status = result
  else
    io.stderr:write("linkspec: ", why, "\n")
  end
  return status
end

return random
