-- memory.lua: segments of data in the wrong place, of the wrong size, or not there.

local rewrite = require "faults.rewrite"

local memory = {}

local uleb, sleb, text = rewrite.uleb, rewrite.sleb, rewrite.text

local CONSTS = { ["i32.const"] = "\x41", ["i64.const"] = "\x42" }

-- d: { mode, [at], bytes }; an active one in memory 0.
local function segment(d, fields)
  local bytes = fields.bytes or d.bytes
  if (fields.mode or d.mode) == "passive" then return "\1" .. text(bytes) end
  local op = d.at and CONSTS[d.at.op] or "\x41"
  local value = fields.value or d.at and d.at.value or 0
  return "\0" .. op .. sleb(value) .. "\x0b" .. text(bytes)
end

-- The module with these segments; the section that counts them goes before code, and says so.
local function with_segments(m, list)
  local s = rewrite.section(m, "data")
  local out = rewrite.splice(m.bytes, s.offset, s.size, uleb(#list) .. table.concat(list), { s })
  local count = rewrite.section(m, "datacount")
  if not count then return out end
  return rewrite.splice(out, count.offset, count.size, uleb(#list), { count })
end

-- Nothing is at that end of the memory, most likely.
local function last_address(m)
  local l = m.memories[1] and m.memories[1].limits
  return l and l.min * l.page_size - 64 or 0
end

local function is_placed(d) return d.mode == "active" and d.at and CONSTS[d.at.op] end

function memory.segments(about, add)
  local m, list = about.m, {}
  for i, d in ipairs(m.data) do
    if d.mode == "active" and not is_placed(d) or d.memory and d.memory > 0 then return end
    list[i] = segment(d, {})
  end
  for i, d in ipairs(m.data) do
    local name = "data segment " .. i - 1
    local function with(kind, item, where)
      add(kind, name, function()
        return with_segments(m, rewrite.changed(list, where or i, item))
      end)
    end
    with("segment lost", segment(d, { bytes = "" }))
    with("segment added", segment(d, { mode = "active", value = last_address(m), bytes = "left" }),
      #list + 1)
    with("segment longer", segment(d, { bytes = d.bytes .. "\1" }))
    if #d.bytes > 0 then with("segment shorter", segment(d, { bytes = d.bytes:sub(1, -2) })) end
    if is_placed(d) then
      local value = d.at.value
      with("segment shifted", segment(d, { value = value + 16 }))
      with("segment shifted", segment(d, { value = value - 16 }))
      with("segment misaligned", segment(d, { value = value + 1 }))
      with("segment passive", segment(d, { mode = "passive" }))
    else
      with("segment active", segment(d, { mode = "active", value = last_address(m) }))
    end
    local before = m.data[i - 1]
    if before and is_placed(d) and is_placed(before) and #before.bytes > 0 and #d.bytes > 0 then
      with("segment overlaps", segment(d, { value = before.at.value }))
    end
    if before and before.bytes ~= d.bytes then
      add("segments swapped", name, function()
        return with_segments(m, rewrite.changed(rewrite.changed(list, i,
          segment(d, { bytes = before.bytes })), i - 1, segment(before, { bytes = d.bytes })))
      end)
    end
  end
end

return memory
