-- bytes.lua: relocation sites and single bytes that are wrong.

local rewrite = require "faults.rewrite"

local bytes = {}

local put, uleb = rewrite.put, rewrite.uleb

-- Sites -------------------------------------------------------------------------------------------

local function is_word(site) return site.kind:find("I32$") or site.kind:find("I64$") end

-- The number at a site.
function bytes.value_at(m, site)
  if not is_word(site) then return (rewrite.leb_at(m.bytes, site.at)) end
  return (string.unpack(site.width == 8 and "<i8" or "<I4", m.bytes, site.at + 1))
end

local value_at = bytes.value_at

local function with_value(m, site, value)
  if is_word(site) then
    local text = site.width == 8 and string.pack("<i8", value)
      or string.pack("<I4", value & 0xffffffff)
    return put(m.bytes, site.at, text)
  end
  local mask = site.width >= 9 and -1 or (1 << (7 * site.width)) - 1
  local text = uleb(value & mask, site.width)
  if site.width == 10 and value < 0 and site.kind:find("SLEB") then
    text = text:sub(1, -2) .. "\x7f" -- bits that are the sign's
  end
  return put(m.bytes, site.at, text)
end

local NEAR = 20 -- sites ahead that may be the neighbour

-- The text of the next site of the same kind that holds something else.
local function neighbour(m, sites, i)
  local site = sites[i]
  local own = m.bytes:sub(site.at + 1, site.at + site.width)
  for k = 1, math.min(NEAR, #sites - 1) do
    local other = sites[(i + k - 1) % #sites + 1]
    local text = m.bytes:sub(other.at + 1, other.at + other.width)
    if other.kind == site.kind and #text == #own and text ~= own then return text end
  end
end

local function site_text(site)
  return ("%s of %s at 0x%x"):format(site.kind, site.symbol or "a type", site.at)
end

function bytes.sites(about, add)
  local m, sites = about.m, about.sites
  local function more(site, by) return with_value(m, site, value_at(m, site) + by) end
  local function other(site, value) return with_value(m, site, value) end
  local function next_one(site, i)
    local text = neighbour(m, sites, i)
    return text and put(m.bytes, site.at, text)
  end
  -- -1, -2 and 0 are what stands for what is gone, each in sections of its own.
  local function tombstone(site)
    local one = with_value(m, site, -1)
    return one ~= m.bytes and one or with_value(m, site, -2)
  end
  for i, site in ipairs(sites) do
    add("site, one more", site_text, more, site, 1)
    add("site, one less", site_text, more, site, -1)
    add("site, zero", site_text, other, site, 0)
    add("site, its neighbour's", site_text, next_one, site, i)
    if site.dead then
      add("tombstone is an address", site_text, other, site, 16)
      add("tombstone of another section", site_text, tombstone, site)
    elseif site.custom then
      add("site, a tombstone", site_text, other, site, -1)
    end
  end
end

-- Bytes -------------------------------------------------------------------------------------------

-- Sections that are read as a whole are changed entry by entry (meta.lua), too.
local function title(s)
  return "byte of " .. (s.kind == "custom" and "custom section" or s.kind)
end

local function byte_text(at, by) return ("byte 0x%x: %d more"):format(at, by) end

function bytes.bytes(about, add)
  local m = about.m
  local function flipped(at, by)
    return put(m.bytes, at, string.char((m.bytes:byte(at + 1) + by) & 255))
  end
  for _, s in ipairs(m.sections) do
    local kind = title(s)
    local from = s.kind == "custom" and s.offset + s.size - #s.bytes or s.offset
    for at = from, s.offset + s.size - 1 do
      add(kind, byte_text, flipped, at, 1)
      add(kind, byte_text, flipped, at, 64)
    end
  end
end

return bytes
