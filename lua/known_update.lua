-- known_update.lua: cases/known/<linker>.lua rewritten as a run of all cases has it.
--
-- Takes: the file, and what each case ended in, by version of the linker.  Gives: the file with its
-- rows narrowed to the versions where they hold, and with a row for each divergence that was not
-- listed, of kind "unknown": known.lua lets none of those pass, so somebody has to say what it is.
-- Rule of thumb: a row that holds keeps its text, byte for byte.

local native = require "native"
local known = require "known"
local verdict = require "verdict"
local versions = require "versions"

local known_update = {}

local MAX_COLUMNS = 100
local MAX_FOUND = 120 -- bytes of what was found, in a new row

-- Ranges of versions ------------------------------------------------------------------------------

-- What a version is called in a range: 19 for 19.1.7, 0.16 for 0.16.0.
local function release(version) return version:match("^[0.]*%d+") end

-- The ends of a range such as ">=14 <19": { op, bound }, or nil where it has none.
local function ends(range)
  local low, high
  for op, bound in versions.each_bound(range) do
    local only_high = op == "<" or op == "<="
    local only_low = op == ">" or op == ">="
    if not only_high then low = { op = only_low and op or ">=", bound = bound } end
    if not only_low then high = { op = only_high and op or "<=", bound = bound } end
  end
  return low, high
end

local function successor(bound)
  return (bound:gsub("%d+$", function(n) return tostring(math.tointeger(n) + 1) end))
end

local function is_empty(low, high)
  if not low or not high then return false end
  local first = low.op == ">" and successor(low.bound) or low.bound
  local past = high.op == "<=" and successor(high.bound) or high.bound
  return versions.compare(first, past) >= 0
end

local function range_text(low, high)
  local parts = {}
  if low then parts[1] = low.op .. low.bound end
  if high then parts[#parts + 1] = high.op .. high.bound end
  return table.concat(parts, " ")
end

-- The ranges where a row holds that does not in some of the versions seen, a list of { version,
-- holds }, oldest first.  What is behind a version where it does not hold counts as mended there,
-- unless the range names its end.
local function narrowed(range, seen)
  local low, high = ends(range)
  local list, open = {}, true
  local function add(from, to)
    if not is_empty(from, to) then list[#list + 1] = range_text(from, to) end
  end
  for _, s in ipairs(seen) do
    local bound = release(s.version)
    if not s.holds and open then add(low, { op = "<", bound = bound }) end
    if not s.holds then low = { op = ">", bound = bound } end
    open = s.holds
  end
  if open or high then add(low, high) end
  return list
end

-- Rows as text ------------------------------------------------------------------------------------

local function quoted(text) return '"' .. text:gsub('[\\"]', "\\%0") .. '"' end

-- `name = "long text"` in as many lines as it needs, words kept whole.
local function wrapped(name, text, tail)
  local lines, line = {}, ("    %s = \""):format(name)
  for word in text:gsub('[\\"]', "\\%0"):gmatch("%S+%s*") do
    if #line + #word + #tail + 1 > MAX_COLUMNS then
      lines[#lines + 1], line = line .. '" ..', '      "'
    end
    line = line .. word
  end
  lines[#lines + 1] = line .. '"' .. tail
  return table.concat(lines, "\n")
end

-- `ids = { "a", "b" },` in as many lines as it needs.
local function ids_text(ids)
  local lines, line = {}, "  { ids = {"
  for i, id in ipairs(ids) do
    local word = " " .. quoted(id) .. (i < #ids and "," or " },")
    if #line + #word > MAX_COLUMNS then
      lines[#lines + 1], line = line, "   "
    end
    line = line .. word
  end
  lines[#lines + 1] = line
  return table.concat(lines, "\n")
end

local function row_text(row)
  local head = row.ids and ids_text(row.ids) or "  { id = " .. quoted(row.id) .. ","
  local parts = {}
  for _, name in ipairs { "verdict", "versions", "kind", "upstream" } do
    local value = row[name]
    if value and value ~= "" then parts[#parts + 1] = ("%s = %s"):format(name, quoted(value)) end
  end
  local fields = table.concat(parts, ", ") .. ","
  local gap = #head + 1 + #fields <= MAX_COLUMNS and " " or "\n    "
  return head .. gap .. fields .. "\n" .. wrapped("why", row.why, " },") .. "\n"
end

-- How many braces a line leaves open; those in strings and comments do not count.
local function depth(line)
  local bare = line:gsub("\\.", ""):gsub('"[^"]*"', ""):gsub("%-%-.*", "")
  return select(2, bare:gsub("{", "")) - select(2, bare:gsub("}", ""))
end

local NEW = "-- Where %s is known to differ; see wasm-ld.lua for the fields.\n\nreturn {\n}\n"

-- The file up to its rows, and the text of each row with the comments above it.  Nil and why when
-- it is not written as this file writes it.
local function split(path, count, linker)
  local file = io.open(path, "r")
  local text = file and file:read("a") or NEW:format(linker)
  if file then file:close() end
  local head, body = text:match("^(.-return {\n)(.*)}\n$")
  local base, rows = (body or ""):match("^(  base = [^\n]*\n)(.*)$")
  if base then head, body = head .. base, rows end
  local chunks, lines, open = {}, {}, 0
  for line in (body or ""):gmatch("[^\n]*\n") do
    lines[#lines + 1] = line
    open = open + depth(line)
    if open == 0 and line:find("},\n$") then
      chunks[#chunks + 1] = table.concat(lines)
      lines = {}
    end
  end
  if not head or #chunks ~= count or #lines > 0 then
    return nil, path .. ": not a list of rows, each of whole lines that end in '},'"
  end
  return head, chunks
end

-- What changed ------------------------------------------------------------------------------------

-- The versions seen, oldest first.
local function versions_of(seen)
  local list = {}
  for version in pairs(seen) do list[#list + 1] = version end
  table.sort(list, function(a, b) return versions.compare(a, b .. ".0.0.0") < 0 end)
  return list
end

-- Whether a row holds for a case in the versions seen: a list of { version, holds }, and `all`.
-- foreseen: set of "version id" to be added to.
local function hold(row, id, run, foreseen)
  local list = { all = true }
  for _, version in ipairs(run.versions) do
    local r = run.seen[version][id]
    if versions.within(version, row.versions) and r.verdict ~= "UNSUPPORTED"
      and r.verdict ~= "BROKEN" then
      local holds = r.verdict == row.verdict
      list[#list + 1] = { version = version, holds = holds }
      list.all = list.all and holds
      if holds then foreseen[version .. " " .. id] = true end
    end
  end
  return list
end

-- Whether no row foresaw how a case ended.  What passes, none need foresee, unless one of the base
-- says otherwise.
local function is_unforeseen(r, version, run, foreseen)
  if r.verdict == "BROKEN" or foreseen[version .. " " .. r.id] then return false end
  return verdict.tally(r.verdict) == "failed"
    or r.verdict == "PASS" and run.base[version][r.id] ~= nil
end

-- Rows for what no row foresaw of a case: one for each succession of versions that end alike.
local function unforeseen(id, run, foreseen)
  local rows, current = {}, nil
  for _, version in ipairs(run.versions) do
    local r = run.seen[version][id]
    local is_new = is_unforeseen(r, version, run, foreseen)
    if current and not (is_new and current.verdict == r.verdict) then
      current.versions = current.versions .. " <" .. release(version)
      current = nil
    end
    if is_new and not current then
      local found = (r.found or r.verdict):match("^[^\n]*"):sub(1, MAX_FOUND)
      current = { id = id, verdict = r.verdict, versions = ">=" .. release(version),
        kind = "unknown", why = "to be looked at: " .. found }
      rows[#rows + 1] = current
    end
  end
  return rows
end

-- What is written in place of a row: itself; or a row for those of its cases where it holds as it
-- is, and one for each other case and range where it holds.  about: case -> what hold() says; own:
-- set of the cases that get a row of their own.
local function successors(row, chunk, about, own)
  local same, others, list = {}, {}, {}
  for id, seen in pairs(about) do
    local kept = seen.all and not (own[id] and row.id and row.id ~= id) -- of a pattern
    table.insert(kept and same or others, id)
  end
  if #others == 0 then return { { id = row.id or row.ids[1], text = chunk } } end
  table.sort(same)
  table.sort(others)
  local function add(id, ids, range)
    list[#list + 1] = { id = id, text = row_text { id = id, ids = ids, verdict = row.verdict,
      versions = range, kind = row.kind, upstream = row.upstream, why = row.why } }
  end
  if #same > 0 then add(same[1], #same > 1 and same or nil, row.versions) end
  for _, id in ipairs(others) do
    for _, range in ipairs(narrowed(row.versions, about[id])) do add(id, nil, range) end
  end
  return list
end

local function insert(rows, row)
  local at = 1
  while rows[at] and rows[at].id <= row.id do at = at + 1 end
  table.insert(rows, at, row)
end

-- The rows of the new file, how many are new, and how many others changed.
local function rewrite(list, chunks, run, ids)
  local about, foreseen, added, own = {}, {}, {}, {}
  for i, row in ipairs(list) do
    about[i] = {}
    known.each_case(row, list, ids, function(id) about[i][id] = hold(row, id, run, foreseen) end)
  end
  for version, rows in pairs(run.base) do
    for id, row in pairs(rows) do
      local holds = run.seen[version][id].verdict == row.verdict
      if holds then foreseen[version .. " " .. id] = true end
    end
  end
  for id in pairs(ids) do
    for _, row in ipairs(unforeseen(id, run, foreseen)) do
      added[#added + 1], own[id] = { id = id, text = row_text(row) }, true
    end
  end
  local rows, changed = {}, 0
  for i, row in ipairs(list) do
    local after = successors(row, chunks[i], about[i], own)
    if not (after[1] and after[1].text == chunks[i]) then changed = changed + 1 end
    table.move(after, 1, #after, #rows + 1, rows)
  end
  for _, row in ipairs(added) do insert(rows, row) end
  return rows, #added, changed
end

-- Rewrites the file of one linker.  Gives what was done, in words; or nil and why it cannot be.
local function write(folder, linker, seen, ids)
  local list, why = known.read(folder, linker, ids)
  if not list then return nil, why end
  local path = known.path(folder, linker)
  local head, chunks = split(path, #list, linker)
  if not head then return nil, chunks end
  local run = { seen = seen, versions = versions_of(seen), base = {} }
  for version in pairs(seen) do
    run.base[version] = list.base and known.load(folder, list.base, version, ids) or {}
  end
  local rows, added, changed = rewrite(list, chunks, run, ids)
  local out = {}
  for i, row in ipairs(rows) do out[i] = row.text end
  local ok
  ok, why = native.write_file(path, head .. table.concat(out) .. "}\n")
  if not ok then return nil, path .. ": " .. why end
  return ("%s: %d rows added, %d narrowed or removed"):format(path, added, changed)
end

-- An update after a run --------------------------------------------------------------------------

local Update = {}
Update.__index = Update

-- Why a run with these options and this linker says too little, or nil.
function known_update.refuses(options, link)
  if #options.filter > 0 or options.shard or options.exact then
    return "--update-known: all cases must run: no --filter, --shard or --exact"
  end
  if not (link.identity and link.version) then
    return ("--update-known: %s does not say who it is"):format(link.label)
  end
end

-- folder: of the cases; ids: the set of all of them
function known_update.new(folder, ids)
  return setmetatable({ folder = folder, ids = ids, seen = {} }, Update)
end

-- To be told every result before known.apply changes it.
function Update:take(result, link)
  local of_linker = self.seen[link.identity] or {}
  local by_id = of_linker[link.version] or {}
  self.seen[link.identity], of_linker[link.version] = of_linker, by_id
  if not by_id[result.id] or by_id[result.id].verdict == "PASS" then
    by_id[result.id] = { id = result.id, verdict = result.verdict, found = result.found }
  end
end

-- Rewrites the files and says so; false when one cannot be.
function Update:write()
  local linkers, good = {}, true
  for linker in pairs(self.seen) do linkers[#linkers + 1] = linker end
  table.sort(linkers)
  for _, linker in ipairs(linkers) do
    local said, why = write(self.folder, linker, self.seen[linker], self.ids)
    io.stderr:write(said or "linkspec: " .. why, "\n")
    good = good and said ~= nil
  end
  return good
end

return known_update
