-- faults.lua: correct modules made wrong, to see that the judge notices.
--
-- Takes: a case that links, and the model.  Gives: how many faults were put in, how many the judge
-- flagged, and those that it did not.  Rule of thumb: one fault at a time, the file stays as long
-- as it was, and what no reader can read counts as flagged.

local case = require "case"
local driver = require "driver"
local expect = require "expect"
local native = require "native"

local faults = {}

-- A number of the same width: sites are padded, so that there is room.
local function uleb(value, width)
  local out = {}
  for i = 1, width do
    out[i] = string.char((value & 0x7f) | (i < width and 0x80 or 0))
    value = value >> 7
  end
  return table.concat(out)
end

local function leb_at(bytes, at, width)
  local value = 0
  for i = 0, width - 1 do value = value | (bytes:byte(at + 1 + i) & 0x7f) << (7 * i) end
  return value
end

local function put(bytes, at, text) return bytes:sub(1, at) .. text .. bytes:sub(at + #text + 1) end

-- Sites -------------------------------------------------------------------------------------------

local function shifted(bytes, site, by)
  if site.kind:find("I32$") or site.kind:find("I64$") then
    local format = site.kind:find("I64$") and "<i8" or "<I4"
    local value = string.unpack(format, bytes, site.at + 1) + by
    if format == "<I4" then value = value & 0xffffffff end
    return put(bytes, site.at, string.pack(format, value))
  end
  local mask = site.width >= 9 and -1 or (1 << (7 * site.width)) - 1
  return put(bytes, site.at, uleb((leb_at(bytes, site.at, site.width) + by) & mask, site.width))
end

local function site_faults(bytes, sites, add)
  for i, site in ipairs(sites) do
    add(("%s at 0x%x: one more"):format(site.kind, site.at), shifted(bytes, site, 1))
    add(("%s at 0x%x: one less"):format(site.kind, site.at), shifted(bytes, site, -1))
    local other = sites[i % #sites + 1]
    if other.kind == site.kind and other.width == site.width then
      local text = bytes:sub(other.at + 1, other.at + other.width)
      add(("%s at 0x%x: its neighbour's"):format(site.kind, site.at), put(bytes, site.at, text))
    end
  end
end

-- Bytes -------------------------------------------------------------------------------------------

local function byte_faults(bytes, sections, add)
  for _, s in ipairs(sections) do
    for at = s.from, s.to - 1 do
      for _, by in ipairs { 1, 64 } do
        add(("byte 0x%x of %s: %d more"):format(at, s.name, by),
          put(bytes, at, string.char((bytes:byte(at + 1) + by) & 255)))
      end
    end
  end
end

-- All of a case -----------------------------------------------------------------------------------

local function sections_of(bytes)
  local list = {}
  for _, s in ipairs(native.decode(bytes).sections) do
    if s.id ~= 0 then
      list[#list + 1] = { name = s.kind, from = s.offset, to = s.offset + s.size }
    end
  end
  return list
end

local LEAST, MOST = 0, 4000 -- bytes of modules that are looked at

-- { tried, flagged, missed = list of texts }, or nil where the case is none for faults.
function faults.run(c, link)
  if c.broken or c.mutate or c.stage or expect.wants_rejection(c.expect) then return end
  local request = case.request(c.link)
  local outcome = link:link(request)
  local bytes = outcome.bytes
  if not bytes or #bytes > MOST or #bytes < LEAST then return end
  local clean, _, sites = driver.judge(request, bytes, true)
  if not clean or #clean > 0 then return end
  local result = { tried = 0, flagged = 0, missed = {} }
  local function add(what, faulty)
    if faulty == bytes then return end
    result.tried = result.tried + 1
    local violations = driver.judge(request, faulty)
    if not violations or #violations > 0 then
      result.flagged = result.flagged + 1
    else
      result.missed[#result.missed + 1] = what
    end
  end
  site_faults(bytes, sites, add)
  byte_faults(bytes, sections_of(bytes), add)
  return result
end

return faults
