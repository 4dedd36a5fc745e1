-- limits.lua: limits of memories and tables, written, and written wrong.

local rewrite = require "faults.rewrite"

local limits = {}

local uleb = rewrite.uleb

local PAGE = 65536

-- l: { min, [max], [shared], [is64], page_size } as decoded
function limits.encode(l)
  local own_page = l.page_size ~= PAGE
  local flags = (l.max and 1 or 0) | (l.shared and 2 or 0) | (l.is64 and 4 or 0)
    | (own_page and 8 or 0)
  local log2 = 0
  while own_page and 1 << log2 < l.page_size do log2 = log2 + 1 end
  return string.char(flags) .. uleb(l.min) .. (l.max and uleb(l.max) or "")
    .. (own_page and uleb(log2) or "")
end

local function with(l, fields)
  local copy = {}
  for _, key in ipairs { "min", "max", "shared", "is64", "page_size" } do
    local value = fields[key]
    if value == nil then value = l[key] end
    copy[key] = value or nil
  end
  return limits.encode(copy)
end

-- { what, text } of each other that can be written.
function limits.wrong(l)
  local list = {}
  local function other(what, fields)
    list[#list + 1] = { what = what, text = with(l, fields) }
  end
  other("min + 1", { min = l.min + 1, max = l.max and math.max(l.max, l.min + 1) })
  if l.min > 0 then other("min - 1", { min = l.min - 1 }) end
  if l.max then
    other("max + 1", { max = l.max + 1 })
    if l.max > l.min then other("max - 1", { max = l.max - 1 }) end
    if not l.shared then other("no max", { max = false }) end
  else
    other("a max", { max = l.min })
  end
  if l.max then other("shared", { shared = not l.shared }) end
  other("64-bit", { is64 = not l.is64 })
  return list
end

return limits
