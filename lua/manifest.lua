-- manifest.lua: golden/MANIFEST, what the goldens were made from and who agrees with them.
--
-- One line a case, fields separated by a tab, sorted by id:
--
--   ID  a.o:HASH32 command:HASH32  golden=SHA256 | rejects=ID@FILE+OFFSET:FIELD | none  PEERS
--
-- HASH32 is the first half of the SHA-256 of an input as built (and of the command line), PEERS the
-- linkers that were seen to write the same bytes, as name@version separated by commas, or "-".
-- Rule of thumb: what a case tests can only change together with its line here.

local native = require "native"

local manifest = {}

local HEAD = "# Written by `linkspec bless`: case, inputs, result, linkers that agree by bytes.\n"

-- What a request is made of: the second field.
function manifest.inputs(request)
  local parts = {}
  for _, name in ipairs(request.names) do
    parts[#parts + 1] = name .. ":" .. native.sha256(request.files[name]):sub(1, 32)
  end
  local command = table.concat(request.argv, "\0")
  parts[#parts + 1] = "command:" .. native.sha256(command):sub(1, 32)
  return table.concat(parts, " ")
end

-- What came out: the third field.
function manifest.result(outcome)
  if outcome.bytes then return "golden=" .. native.sha256(outcome.bytes) end
  for _, d in ipairs(outcome.diags or {}) do
    if d.severity == "error" then
      return ("rejects=%s@%s+%s:%s"):format(d.id, d.file or "", d.offset or "",
        (d.field or ""):gsub("%s", "_"))
    end
  end
  return "none"
end

-- The lines by id: { inputs, result, peers = list }.  A file that is not there is empty.
function manifest.read(path)
  local entries = {}
  local file = io.open(path, "r")
  if not file then return entries end
  for line in file:lines() do
    local id, inputs, result, peers = line:match("^([^#\t][^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)$")
    if id then
      local list = {}
      for peer in peers:gmatch("[^,]+") do
        if peer ~= "-" then list[#list + 1] = peer end
      end
      entries[id] = { inputs = inputs, result = result, peers = list }
    end
  end
  file:close()
  return entries
end

local function line(id, entry)
  local peers = #entry.peers > 0 and table.concat(entry.peers, ",") or "-"
  return table.concat({ id, entry.inputs, entry.result, peers }, "\t") .. "\n"
end

-- Writes all lines; true, or nil and the reason.
function manifest.write(path, entries)
  local ids, out = {}, { HEAD }
  for id in pairs(entries) do ids[#ids + 1] = id end
  table.sort(ids)
  for _, id in ipairs(ids) do out[#out + 1] = line(id, entries[id]) end
  return native.write_file(path, table.concat(out))
end

-- Adds a linker that agrees; whether it was not there yet.
function manifest.add_peer(entry, peer)
  for _, name in ipairs(entry.peers) do
    if name == peer then return false end
  end
  table.insert(entry.peers, peer)
  table.sort(entry.peers)
  return true
end

-- Why an entry does not fit what was built and linked now, or nil.
function manifest.differs(entry, inputs, result)
  if not entry then return "the case is not in golden/MANIFEST: run `linkspec bless`" end
  if entry.inputs ~= inputs then
    local old = {}
    for part in entry.inputs:gmatch("%S+") do old[part] = true end
    local changed = {}
    for part in inputs:gmatch("%S+") do
      if not old[part] then changed[#changed + 1] = part:match("^(.*):") end
    end
    return ("the inputs are not those that were blessed (%s): if that is meant, run "
      .. "`linkspec bless`"):format(#changed > 0 and table.concat(changed, ", ") or "one is gone")
  end
  if entry.result ~= result then
    return ("blessed as %s, but is now %s"):format(entry.result, result)
  end
end

return manifest
