-- zeros.lua: zeros that are written elsewhere, or not at all, and addresses that may be any.
--
-- Takes, gives: as harmless.lua.  Rule of thumb: a memory of the module's own is zeros where
-- nothing writes; whether the program sees a difference is asked of all of it.

local layout = require "faults.layout"

-- The bytes of the memory that are not zero, by address, when all active segments are written; or
-- nil, where not all of them can be.
local function image(m)
  local out = {}
  for _, d in ipairs(m.data) do
    local at = d.at and d.at.value
    if d.mode ~= "active" or d.memory and d.memory > 0 or not d.at.op:find("^i%d%d%.const$")
      or at < 0 or at + #d.bytes > layout.memory_size(m) then
      return nil
    end
    for i = 1, #d.bytes do
      local byte = d.bytes:byte(i)
      out[at + i - 1] = byte ~= 0 and byte or nil
    end
  end
  return out
end

local function is_own_memory(m) return m.memories[1] and not m.memories[1].imported end

local function same_memory(x)
  if x.m.linking or not is_own_memory(x.m) or not layout.all_in(x, "^data%.%d+%.") then
    return false
  end
  local a, b = image(x.m), image(x.n)
  if not a or not b then return false end
  for at, byte in pairs(a) do
    if b[at] ~= byte then return false end
  end
  for at in pairs(b) do
    if not a[at] then return false end
  end
  return true
end

-- The piece of an input that begins at an address, or goes on there; and where it begins.  Of
-- strings that the linker has joined it is what is left of the one there.
local function piece_at(x, address)
  for _, s in ipairs(x.about.layout.segments) do
    for _, c in ipairs(not s.tls and s.chunks or {}) do
      local from = s.address + c.offset
      if address >= from and address < from + c.size then
        if not c.strings then return c, from end
        local bytes = x.m.data[s.index + 1].bytes
        local last = bytes:find("\0", address - s.address + 1, true)
        return { size = s.address + last - address, align = c.align, of = c }, address
      end
    end
  end
end

local function other_piece(x, piece, from, to)
  for _, s in ipairs(x.about.layout.segments) do
    for _, c in ipairs(s.chunks) do
      local at = s.address + c.offset
      if c ~= piece and c ~= piece.of and at < to and at + c.size > from then return true end
    end
  end
  return false
end

-- Is all that the linker wrote there zeros, when passive segments have been copied, too?
local function are_zeros(x, from, to)
  for _, s in ipairs(x.about.layout.segments) do
    local d = not s.bss and x.m.data[s.index + 1]
    for at = math.max(from, s.address), d and math.min(to, s.address + #d.bytes) - 1 or -1 do
      if d.bytes:byte(at - s.address + 1) ~= 0 then return false end
    end
  end
  return true
end

-- Zeros that one address alone points to.
local function zeros_elsewhere(x)
  local moved = is_own_memory(x.m) and not x.m.linking and layout.moved(x)
  local piece, at
  if moved then piece, at = piece_at(x, moved.was) end
  if not piece or layout.pointers(x, at, at + piece.size) ~= 1
    or not are_zeros(x, at, at + piece.size) then
    return false
  end
  local from = at + moved.is - moved.was
  local to = from + piece.size
  return from >= 0 and to <= layout.memory_size(x.n) and from % piece.align == 0
    and not layout.is_in_stack(x, from, to) and not other_piece(x, piece, from, to)
    and are_zeros(x, from, to)
end

-- The start function writes zeros where there are some: from and size of each such place, and the
-- instructions that say them.  A module that is moved adds the base to where they begin.
local function fills(m)
  local list, out = m.start and m:code(m.start) or {}, {}
  for i, op in ipairs(list) do
    if op.op == "memory.fill" then
      local begins = list[i - 3].op:find "add$" and i - 5 or i - 3
      out[#out + 1] = { begins = begins, ends = i - 1, from = list[begins][1],
        size = list[i - 1][1] }
    end
  end
  return out
end

-- What the module has of zeros before it starts: its memory, or what a loader has reserved.
local function zeros_before(m)
  if m.dylink then return m.dylink.memory_size or 0 end
  return is_own_memory(m) and layout.memory_size(m) or 0
end

local function other_fill(x)
  local f, k = (#x.changes == 1 and x.changes[1].path or ""):match("^code%.(%d+)%.(%d+)%.1$")
  if not f or tonumber(f) - 1 ~= x.n.start then return false end
  for _, fill in ipairs(fills(x.n)) do
    local from, to = fill.from, fill.from + fill.size
    if fill.begins == tonumber(k) or fill.ends == tonumber(k) then
      for _, s in ipairs(x.about.layout.segments) do
        if not s.bss and s.address < to and s.address + s.size > from then return false end
      end
      return from >= 0 and fill.size >= 0 and to <= zeros_before(x.n)
    end
  end
  return false
end

-- The code as text, as if no memory.fill did anything.
local function without_fills(m)
  local out = {}
  for i, op in ipairs(m.start and m:code(m.start) or {}) do
    out[i] = op.op == "memory.fill" and "drop\ndrop\ndrop" or op.op .. " " .. table.concat(op, " ")
  end
  return (table.concat(out, "\n"):gsub(" \n", "\n"))
end

local function no_fill(x)
  for _, c in ipairs(x.changes) do
    if tonumber(c.path:match("^code%.(%d+)%.")) ~= (x.n.start or -2) + 1 then return false end
  end
  return #x.changes > 0 and is_own_memory(x.m) and without_fills(x.m) == without_fills(x.n)
end

-- Is there code that copies the segment?
local function is_copied(m, segment)
  for _, f in ipairs(m.funcs) do
    for _, op in ipairs(f.offset and m:code(f.index) or {}) do
      if op.op == "memory.init" and op[1] == segment then return true end
    end
  end
  return false
end

local function never_copied(x)
  for _, c in ipairs(x.changes) do
    local i = tonumber(c.path:match("^data%.(%d+)%.[bs]"))
    if not i or x.m.data[i].mode ~= "passive" or x.n.data[i].mode ~= "passive"
      or is_copied(x.m, i - 1) then
      return false
    end
  end
  return #x.changes > 0
end

local function names_module(x)
  local moved = layout.moved(x)
  return moved and moved.names["__dso_handle"] and moved.is > 0
    and moved.is < layout.memory_size(x.n)
end

-- Data that has no bytes is at any address of the memory, if it is aligned and not null.
local function nothing_moved(x)
  local moved = layout.moved(x)
  local site = moved and moved.site
  return site and site.segment_size == 0 and moved.is > 0 and moved.is % site.segment_align == 0
    and moved.is <= layout.memory_size(x.n)
end

-- The size of a block may be a multiple of its alignment.
local function block_padded(x)
  local i = #x.changes == 1 and x.changes[1].path:match("^globals%.(%d+)%.init%.value$")
  for _, symbol in ipairs(i and x.about.layout.symbols or {}) do
    for _, s in ipairs(symbol.name == "__tls_size" and x.about.layout.segments or {}) do
      local was, is = x.changes[1].was, x.changes[1].is
      if symbol.index == i - 1 and s.tls and is > was and is <= -(-was // s.align) * s.align then
        return true
      end
    end
  end
  return false
end

-- Nothing counts from it.
local function base_of_no_block(x)
  local i = #x.changes == 1 and x.changes[1].path:match("^globals%.(%d+)%.init%.value$")
  if not i or layout.own(x, "__tls_base") ~= i - 1 then return false end
  for _, s in ipairs(x.about.layout.segments) do
    if s.tls then return false end
  end
  return x.changes[1].is > 0 and x.changes[1].is <= layout.memory_size(x.n)
end

local function heap_higher(x)
  local moved = layout.moved(x)
  return moved and moved.names["__heap_base"] and moved.is > moved.was and moved.is % 16 == 0
    and not layout.has_option(x, "--initial-heap")
    and moved.is <= layout.memory_size(x.n)
end

return {
  { "when the program starts, the memory is the same: it is zeros where nothing is written",
    same_memory },
  { "zeros that one address points to lie elsewhere, free and aligned", zeros_elsewhere },
  { "the start function writes zeros where there are zeros", other_fill },
  { "the start function writes no zeros where there are zeros", no_fill },
  { "a passive segment that nothing copies", never_copied },
  { "__dso_handle is an address of the memory, whichever", names_module },
  { "the address of data that has no bytes", nothing_moved },
  { "__tls_base, where there is no block, is an address of the memory, whichever",
    base_of_no_block },
  { "__tls_size with padding behind the block", block_padded },
  { "the heap begins higher, in memory that is free: it is smaller", heap_higher },
}
