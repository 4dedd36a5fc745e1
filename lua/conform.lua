-- conform.lua: `linkspec conform` and `linkspec judge-dir`: other linkers by the cases.
--
-- Takes: cases, and the linkers that --linker names or a folder of what one wrote.  Gives: the exit
-- status, and reports.
-- Rule of thumb: of a linker is expected what is known of it (known.lua), and else what is right.

local bench = require "bench"
local command = require "command"
local driver = require "driver"
local folder = require "folder"
local known = require "known"
local known_update = require "known_update"
local manifest = require "manifest"
local native = require "native"
local reports = require "report"
local running = require "running"
local verdict = require "verdict"

local conform = {}

-- The drivers that --linker names; nil and why not.
local function drivers(options)
  local list = {}
  for _, text in ipairs(options.linker) do
    local found, why
    if text == "all" then
      found = {}
      for _, link in ipairs(bench.all(options)) do
        if not link.adapter.is_slow then found[#found + 1] = link end
      end
      if not found[1] then return nil, "no linker in build/linkers or on PATH" end
    else
      local link
      link, why = driver.command(text, options)
      if not link then return nil, why end
      link.text, found = text:find(" ") and "'" .. text .. "'" or text, { link }
    end
    table.move(found, 1, #found, #list + 1, list)
  end
  return list
end

-- Adds to each linker what is known of it; nil when there are none or a file is faulty, which it
-- says.
local function with_known(linkers, why, options, all)
  local ids = {}
  for _, c in ipairs(all) do ids[c.id] = true end
  for _, link in ipairs(linkers or {}) do
    local wrong
    link.known = {}
    if link.identity then
      link.known, wrong = known.load(options.cases, link.identity, link.version, ids)
    end
    if options.update_known then wrong = wrong or known_update.refuses(options, link) end
    why = why or wrong
  end
  if why then io.stderr:write("linkspec: ", why, "\n") end
  return not why and linkers or nil, ids
end

local function record(agreed, options)
  local path = options.golden .. "/MANIFEST"
  local entries, changed = manifest.read(path), 0
  for _, pair in ipairs(agreed) do
    local entry = entries[pair.id]
    if entry and manifest.add_peer(entry, pair.label) then changed = changed + 1 end
  end
  if changed > 0 then assert(manifest.write(path, entries)) end
  io.stderr:write(("golden/MANIFEST: %d new agreements\n"):format(changed))
end

local function missing_warning(n)
  return n > 0 and ("%s a link: the linker must be run in each folder of links.txt"):format(
    n == 1 and "1 case lacks" or n .. " cases lack") or nil
end

-- Judges every linker by the cases, and reports.  update: for --update-known, or nil.
local function conform_with(linkers, cases, options, update)
  local report = reports.start(options, { cases = #cases, count = #cases * #linkers,
    linkers = linkers })
  if not report then return command.MISUSE end
  local total, tables, skipped, agreed, missing = verdict.counter(), {}, {}, {}, 0
  for _, link in ipairs(linkers) do
    local counts, started = verdict.counter(), native.clock()
    local function take(result, c)
      if update then update:take(result, link) end
      known.apply(result, link.known[c.id])
      verdict.count(counts, result.verdict)
      verdict.count(total, result.verdict)
      running.note_skip(skipped, result)
      missing = missing + (result.missing and 1 or 0)
      if result.agrees then agreed[#agreed + 1] = { id = c.id, label = link.label } end
      report:result(result)
    end
    if not running.run(cases, link, options, take) then return running.interrupted(report) end
    tables[#tables + 1] = { name = link.label, counts = counts,
      milliseconds = native.clock() - started }
  end
  local warnings = running.skip_warnings(skipped)
  warnings[#warnings + 1] = missing_warning(missing)
  report:finish(tables, total, warnings)
  if options.record then record(agreed, options) end
  if update and not update:write() then return command.FAILED end
  return total.failed == 0 and command.OK or command.FAILED
end

-- The linkers that options.linker names.
function conform.run(cases, all, options)
  local linkers, why = drivers(options)
  local ids
  linkers, ids = with_known(linkers, why, options, all)
  local update = options.update_known and known_update.new(options.cases, ids)
  return linkers and conform_with(linkers, cases, options, update) or command.MISUSE
end

-- The linker whose links lie in options.folder.
function conform.judge_folder(cases, all, options)
  local there, linked = {}, false
  for _, c in ipairs(cases) do
    if folder.has(options.folder, c.id) then
      there[#there + 1] = c
      linked = linked or folder.is_linked(options.folder, c.id)
    end
  end
  if #there == 0 then return command.misuse("no such case is in " .. options.folder) end
  if not linked then return command.misuse("no linker was run in " .. options.folder) end
  local link, why = folder.driver(options.folder, options.linker, options)
  local linkers = with_known(link and { link }, why, options, all)
  return linkers and conform_with(linkers, there, options) or command.MISUSE
end

return conform
