-- Every field of the sections "linking" and "reloc.*", spoiled in the ways that any field can be:
-- what it is a part of ends in front of it; its number goes on for more bytes than one of its width
-- can, or is larger.  What a single field may not say, a kind, an index, is in the other files.

-- Enough of everything for a count not to be found too large where the last of them is cut off.
local function every_field()
  local o = object "a.o"
  local first, last = o:comdat "a-group-with-a-long-name", o:comdat "last"
  o:func("a-function-with-a-long-name", { sig = "->", code = "nop", comdat = first })
  o:func("f", { sig = "->", code = "nop", comdat = last })
  local boot = o:func("boot", { sig = "->", code = "nop", comdat = last })
  o:init(boot, 65534)
  o:init(boot, 65535)
  o:data("data-with-a-long-name", { bytes = "long" })
  o:data("p", { bytes = { addr "p", addr "p", addr "p", addr "p" }, align = 2 })
  o:section_symbol(o:custom(".debug_x", { bytes = "debug" }))
  o:set("linking.comdats[1].entries[0].index", "\x81\x80\x80\x80\x00")
  return { "--no-entry", o }
end

local BYTE, U32, U64, S32 = "byte", "32 bits", "64 bits", "32 bits and a sign"

-- Name of the cases, path of the field, what diagnostics call it, what it is, its clause, and
-- what titles call it, if that is something else.
local FIELDS = {
  { "version", "linking.version", "linking version", U32, "linking.version" },
  { "part-size", "linking.comdats.size", "linking sub-section size", U32,
    "linking.sub-section.size" },
  { "symbols", "linking.symbols.count", "symbol count", U32, "linking.symbols.count" },
  { "symbol-kind", "linking.symbols[5].kind", "symbol kind", BYTE, "linking.symbols.kind" },
  { "symbol-flags", "linking.symbols[5].flags", "symbol flags", U32, "linking.symbols.count" },
  { "symbol-index", "linking.symbols[1].index", "symbol index", U32, "symbol.index" },
  { "symbol-name-length", "linking.symbols[1].name.len", "symbol name", U32, "symbol.name" },
  { "data-name-length", "linking.symbols[4].name.len", "symbol name", U32, "symbol.name",
    "a name of data" },
  { "data-segment", "linking.symbols[4].segment", "symbol segment", U32, "symbol.data.segment" },
  { "data-offset", "linking.symbols[4].offset", "symbol offset", U64, "symbol.data.offset" },
  { "data-size", "linking.symbols[4].size", "symbol size", U64, "symbol.data.size" },
  { "section-of-symbol", "linking.symbols[5].section", "symbol section", U32, "symbol.section" },
  { "segments", "linking.segments.count", "segment info count", U32, "linking.segments.count" },
  { "segment-name-length", "linking.segments[1].name.len", "segment name", U32,
    "linking.segments.name" },
  { "segment-alignment", "linking.segments[1].alignment", "segment alignment", U32,
    "linking.segments.alignment" },
  { "segment-flags", "linking.segments[1].flags", "segment flags", U32,
    "linking.segments.count" },
  { "init-functions", "linking.init_funcs.count", "init function count", U32,
    "linking.init-functions.symbol" },
  { "init-priority", "linking.init_funcs[1].priority", "init function priority", U32,
    "init.priority" },
  { "init-symbol", "linking.init_funcs[1].symbol", "init function symbol", U32,
    "linking.init-functions.symbol" },
  { "comdats", "linking.comdats.count", "comdat count", U32, "comdat.members" },
  { "comdat-name-length", "linking.comdats[1].name.len", "comdat name", U32, "comdat.name" },
  { "comdat-flags", "linking.comdats[1].flags", "comdat flags", U32, "comdat.flags" },
  { "comdat-entries", "linking.comdats[1].entries.count", "comdat entry count", U32,
    "comdat.members" },
  { "comdat-entry-kind", "linking.comdats[1].entries[1].kind", "comdat entry kind", BYTE,
    "comdat.entry.kind" },
  { "comdat-entry-index", "linking.comdats[1].entries[1].index", "comdat entry index", U32,
    "comdat.entry.index" },
  { "relocated-section", "reloc.DATA.section", "relocated section", U32, "reloc.section.index" },
  { "relocations", "reloc.DATA.entries.count", "relocation count", U32, "reloc.count" },
  { "relocation-type", "reloc.DATA.entries[3].type", "relocation type", BYTE, "reloc.type" },
  { "relocation-offset", "reloc.DATA.entries[3].offset", "relocation offset", U32,
    "reloc.offset" },
  { "relocation-index", "reloc.DATA.entries[3].index", "relocation index", U32, "reloc.index" },
  { "relocation-addend", "reloc.DATA.entries[3].addend", "relocation addend", S32,
    "reloc.addend" },
}

-- Bytes that a number of its width takes at most, and the last of them where the value does not
-- fit.  Who cuts off what does not fit reads the value that was there.
local WIDTH = { [U32] = 5, [S32] = 5, [U64] = 10 }
local UNFIT = { [U32] = "\x10", [S32] = "\x10", [U64] = "\x02" }

-- The number that is there, in `width` bytes, whose last one is given.
local function padded(o, path, width, last)
  local text = o:get(path)
  local open = text:sub(1, -2) .. string.char(text:byte(-1) | 0x80)
  return open .. ("\x80"):rep(width - #open - 1) .. last
end

-- The part of the file with a size of its own that holds a field: a sub-section, or a section.
local function part_of(path)
  return path:match("^linking%.[%w_]+%f[%[]") or path:match("^(linking%.[%w_]+)%.count$")
    or path:match("^linking") or path:match("^reloc%.%w+")
end

-- Removes the field and all behind it in its part; counts still count them, sizes do not.
local function cut(o, path)
  local part = part_of(path)
  local from, gone, counts = o:range(path), {}, {}
  for _, p in ipairs(o:paths()) do
    if p:sub(1, #part) == part then
      if p:find("count$") then counts[#counts + 1] = p end
      local is_in_last = gone[1] and p:sub(1, #gone[1]) == gone[1]
      if o:range(p) >= from and not is_in_last then table.insert(gone, 1, p) end
    end
  end
  for _, p in ipairs(counts) do o:freeze(p) end
  for _, p in ipairs(gone) do o:remove(p) end
end

for _, row in ipairs(FIELDS) do
  local name, path, field, kind, clause, what = table.unpack(row)
  what = what or (field:find("^[aeiou]") and "an " or "a ") .. field
  local function refused(id)
    return { rejects { id = id, phase = "read", class = "malformed", file = "a.o", field = field } }
  end

  case(name .. "-cut-off") {
    title = ("what ends in front of %s is refused"):format(what),
    clauses = { clause },
    link = every_field,
    mutate = function(files) cut(files["a.o"], path) end,
    expect = refused(kind == BYTE and "TRUNCATED" or "LEB_TRUNCATED"),
  }

  if kind ~= BYTE then
    case(name .. "-too-long") {
      title = ("%s of more bytes than %s take is refused"):format(what, kind),
      clauses = { "container.leb128", clause },
      link = every_field,
      mutate = function(files)
        local o = files["a.o"]
        o:set(path, padded(o, path, WIDTH[kind] + 1, "\0"))
      end,
      expect = refused("LEB_TOO_LARGE"),
    }

    case(name .. "-too-large") {
      title = ("%s that does not fit in %s is refused"):format(what, kind),
      clauses = { "container.leb128", clause },
      link = every_field,
      mutate = function(files)
        local o = files["a.o"]
        o:set(path, padded(o, path, WIDTH[kind], UNFIT[kind]))
      end,
      expect = refused("LEB_TOO_LARGE"),
    }
  end
end
