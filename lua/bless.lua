-- bless.lua: goldens and golden/MANIFEST are written here, and nowhere else.
--
-- Takes: results of the model that hold the module's bytes.  Gives: golden/<id>.wasm and the line
-- of the case.  Rule of thumb: a golden is never just what the model said; expectations held, a
-- second link gave the same, the independent reader and wasm-validate accept it.

local lfs = require "lfs"
local native = require "native"
local case = require "case"
local driver = require "driver"
local manifest = require "manifest"
local validator = require "validator"
local verdict = require "verdict"

local bless = {}
bless.__index = bless

local function each_golden(folder, prefix, list)
  if lfs.attributes(folder, "mode") ~= "directory" then return end
  for name in lfs.dir(folder) do
    local path = folder .. "/" .. name
    if name:sub(1, 1) ~= "." then
      if lfs.attributes(path, "mode") == "directory" then
        each_golden(path, prefix .. name .. "/", list)
      elseif name:find("%.wasm$") then
        list[#list + 1] = prefix .. name:gsub("%.wasm$", "")
      end
    end
  end
end

-- The ids of all goldens below a folder, sorted.
function bless.goldens(folder)
  local list = {}
  each_golden(folder, "", list)
  table.sort(list)
  return list
end

-- options: golden, no_validate, no_run, dry_run.  peers: drivers to compare with.
function bless.new(options, peers)
  return setmetatable({ options = options, peers = peers, counts = verdict.counter(), changed = 0,
    path = options.golden .. "/MANIFEST",
    entries = manifest.read(options.golden .. "/MANIFEST") }, bless)
end

local function say(...) io.write(table.concat({ ... }), "\n") end

-- Why the result of a case cannot be blessed, or nil.
function bless:refusal(result)
  if result.verdict == "UNSUPPORTED" and result.skipped then
    if self.options.no_run then return end
    return result.skipped .. " (--no-run blesses all the same)"
  end
  if result.verdict ~= "PASS" then
    return ("%s: expected %s\n  found %s%s"):format(result.verdict, result.expected or "?",
      result.found or "?", result.where and "\n  where " .. result.where or "")
  end
  if not result.bytes or self.options.no_validate then return end
  local ok, why = validator.check(result.bytes)
  if ok == false then return why end
end

-- The golden file; whether it is new or changed.
function bless:write_golden(result)
  local path = ("%s/%s.wasm"):format(self.options.golden, result.id)
  local old = driver.read_file(path)
  if old == result.bytes then return false end
  say(old and "changed " or "new ", result.id)
  if old and result.bytes then io.write(native.diff(old, result.bytes) or "", "\n") end
  if self.options.dry_run then return true end
  if result.bytes then
    driver.make_folders(path)
    assert(native.write_file(path, result.bytes, "text")) -- no program to run
  else
    os.remove(path)
  end
  return true
end

-- The linkers that write the same bytes; those of before still count if nothing changed.
function bless:agreeing(result, c, before, entry)
  if before and before.result == entry.result and before.inputs == entry.inputs then
    entry.peers = before.peers
  end
  if not result.bytes then return end
  for _, link in ipairs(self.peers) do
    local request = case.request(c.link)
    if link:link(request).bytes == result.bytes then manifest.add_peer(entry, link.label) end
  end
end

-- One result of the model, blessed or refused.
function bless:take(result, c)
  local why = self:refusal(result)
  if why then
    say("refused ", result.id, ": ", why)
    verdict.count(self.counts, result.verdict == "PASS" and "FAIL" or result.verdict)
    self.refused = true
    return
  end
  verdict.count(self.counts, "PASS")
  local before = self.entries[c.id]
  local entry = { inputs = result.inputs, result = result.outcome, peers = {} }
  local changed = self:write_golden(result)
  self:agreeing(result, c, before, entry)
  if not changed and before and manifest.differs(before, entry.inputs, entry.result) then
    say("changed ", result.id, ": ", manifest.differs(before, entry.inputs, entry.result))
    changed = true
  end
  self.entries[c.id] = entry
  if changed then self.changed = self.changed + 1 end
end

-- Takes away what no case has; all: every case there is.
function bless:sweep(all)
  local ids = {}
  for _, c in ipairs(all) do ids[c.id] = true end
  for _, id in ipairs(bless.goldens(self.options.golden)) do
    if not ids[id] then
      say("gone ", id)
      if not self.options.dry_run then os.remove(("%s/%s.wasm"):format(self.options.golden, id)) end
    end
  end
  for id in pairs(self.entries) do
    if not ids[id] then self.entries[id] = nil end
  end
end

-- Writes the manifest.  all: every case, or nil when only some were looked at.  True: all blessed.
function bless:finish(all)
  if all then self:sweep(all) end
  if not self.options.dry_run then
    driver.make_folders(self.path)
    assert(manifest.write(self.path, self.entries))
  end
  say(("%d changed"):format(self.changed))
  say(verdict.last_line(self.counts))
  return not self.refused
end

return bless
