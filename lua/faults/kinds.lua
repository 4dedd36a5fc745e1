-- kinds.lua: what can be wrong with a module, a kind of fault at a time.
--
-- Takes: a correct module, as decoded, and what the judge knows of its relocation sites.  Calls
-- add(kind, what, bytes) for each fault.  Rule of thumb: all but the flipped bytes stay readable,
-- so that it is the judge that notices and not the reader.

local rewrite = require "faults.rewrite"

local kinds = {}

local put, splice, uleb, sleb = rewrite.put, rewrite.splice, rewrite.uleb, rewrite.sleb

local function section(m, kind)
  for _, s in ipairs(m.sections) do
    if s.kind == kind then return s end
  end
end

-- Sites -------------------------------------------------------------------------------------------

local function shifted(bytes, site, by)
  if site.kind:find("I32$") or site.kind:find("I64$") then
    local format = site.kind:find("I64$") and "<i8" or "<I4"
    local value = string.unpack(format, bytes, site.at + 1) + by
    if format == "<I4" then value = value & 0xffffffff end
    return put(bytes, site.at, string.pack(format, value))
  end
  local mask = site.width >= 9 and -1 or (1 << (7 * site.width)) - 1
  local value = rewrite.leb_at(bytes, site.at) + by
  return put(bytes, site.at, uleb(value & mask, site.width))
end

function kinds.sites(m, sites, add)
  for i, site in ipairs(sites) do
    local name = ("%s at 0x%x"):format(site.kind, site.at)
    add("site, one more", name, shifted(m.bytes, site, 1))
    add("site, one less", name, shifted(m.bytes, site, -1))
    local other = sites[i % #sites + 1]
    if other.kind == site.kind and other.width == site.width then
      local text = m.bytes:sub(other.at + 1, other.at + other.width)
      add("site, its neighbour's", name, put(m.bytes, site.at, text))
    end
  end
end

-- Bytes -------------------------------------------------------------------------------------------

function kinds.bytes(m, _, add)
  for _, s in ipairs(m.sections) do
    for at = s.offset, s.id == 0 and -1 or s.offset + s.size - 1 do
      for _, by in ipairs { 1, 64 } do
        add("byte of " .. s.kind, ("byte 0x%x: %d more"):format(at, by),
          put(m.bytes, at, string.char((m.bytes:byte(at + 1) + by) & 255)))
      end
    end
  end
end

-- Segments of data --------------------------------------------------------------------------------

local function moved(m, d, value)
  local op = m.bytes:sub(d.at.offset + 1, d.at.offset + 1)
  local last = m.bytes:byte(d.at.offset + d.at.size) == 0x0b and "\x0b" or ""
  return splice(m.bytes, d.at.offset, d.at.size, op .. sleb(value) .. last, { section(m, "data") })
end

function kinds.segments(m, _, add)
  for i, d in ipairs(m.data) do
    local value = d.at and d.at.value
    if d.at and (d.at.op == "i32.const" or d.at.op == "i64.const") then
      local name = ("data segment %d"):format(i - 1)
      add("segment shifted", name, moved(m, d, value + 16))
      add("segment misaligned", name, moved(m, d, value + 1))
      local other = m.data[i - 1]
      if other and other.at and other.at.value and #other.bytes > 0 and #d.bytes > 0 then
        add("segment overlaps", name, moved(m, d, other.at.value))
      end
    end
  end
end

-- Exports and imports -----------------------------------------------------------------------------

-- The texts of a section's items, which say where each begins.
local function texts(m, s, items)
  local out = {}
  for i, item in ipairs(items) do
    local to = items[i + 1] and items[i + 1].offset or s.offset + s.size
    out[i] = m.bytes:sub(item.offset + 1, to)
  end
  return out
end

local function with_items(m, s, list)
  return splice(m.bytes, s.offset, s.size, uleb(#list) .. table.concat(list), { s })
end

local function changed(list, i, text)
  local out = table.move(list, 1, #list, 1, {})
  if text then out[i] = text else table.remove(out, i) end
  return out
end

function kinds.exports(m, _, add)
  local s = section(m, "export")
  if not s then return end
  local list = texts(m, s, m.exports)
  for i, e in ipairs(m.exports) do
    add("export lost", e.name, with_items(m, s, changed(list, i)))
    local other = string.pack("s1", "x" .. e.name):sub(1, 1)
    local rest = list[i]:sub(-(#list[i] - #e.name - 1))
    if #e.name < 126 then
      local text = other .. "x" .. e.name .. rest
      add("export renamed", e.name, with_items(m, s, changed(list, i, text)))
      add("export added", e.name, with_items(m, s, changed(list, #list + 1, text)))
    end
  end
end

function kinds.imports(m, _, add)
  local s = section(m, "import")
  if not s then return end
  local list = texts(m, s, m.imports)
  for i, import in ipairs(m.imports) do
    local start = #import.module + 1
    if #import.module < 126 and #import.name < 126 then
      local name = import.module .. "." .. import.name
      add("import renamed", name, with_items(m, s, changed(list, i,
        list[i]:sub(1, start) .. uleb(#import.name + 1) .. "x" .. list[i]:sub(start + 2))))
      add("import of another module", name, with_items(m, s, changed(list, i,
        uleb(start) .. "x" .. list[i]:sub(2))))
    end
  end
end

-- Elements ----------------------------------------------------------------------------------------

function kinds.elements(m, _, add)
  local s = section(m, "elem")
  for _, e in ipairs(m.elems) do
    local first = e.items[1]
    local count = #e.items
    for i, item in ipairs(e.items) do
      local name = ("element %d"):format(i - 1)
      local text = m.bytes:sub(item.offset + 1, item.offset + item.size)
      local after = e.items[i + 1]
      if after then
        local second = m.bytes:sub(after.offset + 1, after.offset + after.size)
        local both = item.size + after.size
        add("elements swapped", name, splice(m.bytes, item.offset, both, second .. text, { s }))
      end
      if count < 127 then
        local from, head = first.offset, first.offset - 1
        local before = m.bytes:sub(from + 1, item.offset)
        local with = item.offset + item.size - head
        add("element dropped", name,
          splice(m.bytes, head, with, uleb(count - 1) .. before, { s }))
        add("element added", name,
          splice(m.bytes, head, with, uleb(count + 1) .. before .. text .. text, { s }))
      end
    end
  end
end

-- Globals, functions, start -----------------------------------------------------------------------

function kinds.globals(m, _, add)
  for _, g in ipairs(m.globals) do
    if g.init then
      local at = g.init.offset - 1 -- of the byte that says whether it can change
      add("global's mutability", "global " .. g.index,
        put(m.bytes, at, string.char(m.bytes:byte(at + 1) ~ 1)))
    end
  end
end

function kinds.functions(m, _, add)
  local s = section(m, "function")
  if not s or #m.types < 2 or #m.types > 127 then return end
  local list = {}
  for _, f in ipairs(m.funcs) do
    if not f.imported then list[#list + 1] = uleb(f.type) end
  end
  for i in ipairs(list) do
    local other = (list[i]:byte() + 1) % #m.types
    add("function's type", "function " .. i, with_items(m, s, changed(list, i, uleb(other))))
  end
end

function kinds.start(m, _, add)
  local s = section(m, "start")
  if not s then return end
  local from = s.offset - 2
  add("start dropped", "start", m.bytes:sub(1, from) .. m.bytes:sub(s.offset + s.size + 1))
end

-- What calls the constructors ---------------------------------------------------------------------

local function calls_alone(m, f)
  local list = m:code(f.index) or {}
  local calls = {}
  for i = 1, #list - 1 do
    local x = list[i]
    if x.op == "call" then
      local size = x.size + (list[i + 1].op == "drop" and list[i + 1].size or 0)
      calls[#calls + 1] = { offset = x.offset, size = size }
    elseif x.op ~= "drop" then
      return {}
    end
  end
  return calls
end

function kinds.constructors(m, _, add)
  local s = section(m, "code")
  for _, f in ipairs(m.funcs) do
    local around = f.offset and { { offset = f.offset, size = f.size }, s }
    if f.name ~= "__wasm_call_ctors" then around = nil end
    local calls = around and calls_alone(m, f) or {}
    for i, c in ipairs(calls) do
      local name = ("call %d"):format(i)
      local text = m.bytes:sub(c.offset + 1, c.offset + c.size)
      add("constructor dropped", name, splice(m.bytes, c.offset, c.size, "", around))
      add("constructor twice", name, splice(m.bytes, c.offset, c.size, text .. text, around))
      local after = calls[i + 1]
      if after then
        local second = m.bytes:sub(after.offset + 1, after.offset + after.size)
        add("constructors swapped", name,
          splice(m.bytes, c.offset, c.size + after.size, second .. text, around))
      end
    end
  end
end

kinds.all = { "sites", "bytes", "segments", "exports", "imports", "elements", "globals",
  "functions", "start", "constructors" }

return kinds
