-- The section "linking" behind its version: sub-sections, segment info, init functions, COMDATs.

-- Symbols: 0 boot, 1 f, 2 x.
local function described()
  local o = object "a.o"
  local one, two = o:comdat "one", o:comdat "two"
  local boot = o:func("boot", { sig = "->", static = true, code = "nop" })
  o:func("f", { sig = "->", code = "nop", comdat = one })
  o:data("x", { bytes = "\1\2\3\4", align = 2, comdat = two })
  o:custom(".note", { bytes = "text", comdat = two })
  o:init(boot, 100)
  return { "--no-entry", "--export=f", "--export=x", o }
end

local function refused(id, field, offset, class)
  return { rejects { id = id, phase = "read", class = class or "malformed", file = "a.o",
    field = field, offset = offset } }
end

-- Version and sub-sections ------------------------------------------------------------------------

case "version-1" {
  title = "the first version of the metadata, which nobody writes any more, is refused",
  clauses = { "linking.version" },
  link = described,
  mutate = { file = "a.o", at = "linking.version", to = 1 },
  expect = refused("LINKING_VERSION", "linking version", "linking.version", "unsupported"),
}

case "part-too-long" {
  title = "a sub-section that runs past the section is refused",
  clauses = { "linking.sub-section.size" },
  link = described,
  mutate = { file = "a.o", at = "linking.comdats.size", to = 0x7f },
  expect = refused("TRUNCATED", "linking sub-section", "linking.comdats.count"),
}

case "part-too-short" {
  title = "a sub-section whose entries run past its size is refused",
  clauses = { "linking.sub-section.size" },
  link = described,
  mutate = { file = "a.o", at = "linking.init_funcs.size", to = 2 },
  expect = refused("COUNT_TOO_LARGE", "init function count", "linking.init_funcs.count"),
}

case "part-leftover" {
  title = "bytes behind the entries of a sub-section are refused",
  clauses = { "linking.sub-section.size" },
  link = described,
  mutate = function(files)
    files["a.o"]:insert("linking.init_funcs[0]", "\0", { after = true, name = "extra" })
    files["a.o"]:set("linking.init_funcs.count", 1)
  end,
  expect = refused("SECTION_LEFTOVER", "linking sub-section"),
}

for _, row in ipairs {
  { "symbols", 8 }, { "segments", 5 }, { "init_funcs", 6 }, { "comdats", 7 },
} do
  case("part-twice-" .. row[2]) {
    title = ("a second sub-section %d is refused"):format(row[2]),
    clauses = { "linking.sub-section.twice" },
    link = described,
    mutate = function(files) files["a.o"]:duplicate("linking." .. row[1]) end,
    expect = refused("SUBSECTION_TWICE", "linking sub-section id",
      ("linking.%s#1.type"):format(row[1])),
  }
end

-- Segment info ------------------------------------------------------------------------------------

case "segment-info-too-many" {
  title = "info on more segments than there are is refused",
  clauses = { "linking.segments.count" },
  link = described,
  mutate = function(files) files["a.o"]:duplicate("linking.segments[0]") end,
  expect = refused("COUNT_DIFFERS", "segment info count", "linking.segments.count"),
}

case "segment-name-cut-off" {
  title = "a segment whose name runs past the sub-section is refused",
  clauses = { "linking.segments.name" },
  link = described,
  mutate = { file = "a.o", at = "linking.segments[0].name.len", to = 0x7f },
  expect = refused("TRUNCATED", "segment name", "linking.segments[0].name.bytes"),
}

case "segment-alignment" {
  title = "a segment alignment of 2^32, which no address can have, is refused",
  clauses = { "linking.segments.alignment" },
  link = described,
  mutate = { file = "a.o", at = "linking.segments[0].alignment", to = 32 },
  expect = refused("ALIGNMENT", "segment alignment", "linking.segments[0].alignment"),
}

-- Init functions ----------------------------------------------------------------------------------

case "init-symbol" {
  title = "an init function whose symbol is not there is refused",
  clauses = { "linking.init-functions.symbol" },
  link = described,
  mutate = { file = "a.o", at = "linking.init_funcs[0].symbol", to = 3 },
  expect = refused("INIT_FUNCTION", "init function symbol", "linking.init_funcs[0].symbol"),
}

case "init-data" {
  title = "an init function whose symbol is data is refused",
  clauses = { "linking.init-functions.symbol" },
  link = described,
  mutate = { file = "a.o", at = "linking.init_funcs[0].symbol", to = 2 },
  expect = refused("INIT_FUNCTION", "init function symbol", "linking.init_funcs[0].symbol"),
}

case "init-before-symbols" {
  title = "init functions in front of the symbol table are refused",
  clauses = { "linking.init-functions.order" },
  link = described,
  mutate = function(files) files["a.o"]:move("linking.init_funcs", "linking.symbols") end,
  expect = refused("SUBSECTION_ORDER", "linking sub-section id", "linking.init_funcs.type"),
  permissive = {
    title = "init functions in front of the symbol table name symbols that are not there yet",
    expect = refused("INIT_FUNCTION", "init function symbol", "linking.init_funcs[0].symbol"),
  },
}

-- COMDAT groups -----------------------------------------------------------------------------------

case "comdat-name-empty" {
  title = "a COMDAT group without a name is refused",
  clauses = { "comdat.name" },
  link = described,
  mutate = { file = "a.o", at = "linking.comdats[0].name.bytes", to = "" },
  expect = refused("COMDAT_NAME", "comdat name", "linking.comdats[0].name"),
}

case "comdat-name-and-members-empty" {
  title = "so is one that has no members either: three zeros are no group",
  clauses = { "comdat.name" },
  link = function()
    local o = object "a.o"
    o:comdat "nobody"
    o:func("f", { sig = "->", code = "nop" })
    return { "--no-entry", "--export=f", o }
  end,
  mutate = { file = "a.o", at = "linking.comdats[0].name.bytes", to = "" },
  expect = refused("COMDAT_NAME", "comdat name", "linking.comdats[0].name"),
}

case "comdat-name-twice" {
  title = "two COMDAT groups of one name in one object are refused",
  clauses = { "comdat.name.unique" },
  link = described,
  mutate = { file = "a.o", at = "linking.comdats[1].name.bytes", to = "one" },
  expect = refused("COMDAT_NAME", "comdat name", "linking.comdats[1].name"),
}

case "comdat-flags" {
  title = "a COMDAT group with flags is refused",
  clauses = { "comdat.flags" },
  link = described,
  mutate = { file = "a.o", at = "linking.comdats[0].flags", to = 1 },
  expect = refused("COMDAT_FLAGS", "comdat flags", "linking.comdats[0].flags"),
}

case "comdat-kind" {
  title = "a COMDAT member of an unknown kind is refused",
  clauses = { "comdat.entry.kind" },
  link = described,
  mutate = { file = "a.o", at = "linking.comdats[0].entries[0].kind", to = 6 },
  expect = refused("COMDAT_KIND", "comdat entry kind", "linking.comdats[0].entries[0].kind"),
}

case "comdat-function" {
  title = "a COMDAT member that is a function which is not there is refused",
  clauses = { "comdat.entry.index" },
  link = described,
  mutate = { file = "a.o", at = "linking.comdats[0].entries[0].index", to = 2 },
  expect = refused("COMDAT_INDEX", "comdat entry index", "linking.comdats[0].entries[0].index"),
}

case "comdat-data" {
  title = "a COMDAT member that is a data segment which is not there is refused",
  clauses = { "comdat.entry.index" },
  link = described,
  mutate = { file = "a.o", at = "linking.comdats[1].entries[0].index", to = 1 },
  expect = refused("COMDAT_INDEX", "comdat entry index", "linking.comdats[1].entries[0].index"),
}

case "comdat-import" {
  title = "a COMDAT member that is an imported function is refused",
  clauses = { "comdat.entry.import" },
  link = function()
    local o = object "a.o"
    o:func("host", { sig = "->", undefined = true })
    local group = o:comdat "group"
    o:func("f", { sig = "->", code = "nop", comdat = group })
    return { "--no-entry", "--export=f", o }
  end,
  mutate = { file = "a.o", at = "linking.comdats[0].entries[0].index", to = 0 },
  expect = refused("COMDAT_INDEX", "comdat entry index", "linking.comdats[0].entries[0].index"),
}

case "comdat-section" {
  title = "a COMDAT member that is the section of types is refused",
  clauses = { "comdat.entry.kind" },
  link = described,
  mutate = { file = "a.o", at = "linking.comdats[1].entries[1].index", to = 0 },
  expect = refused("COMDAT_INDEX", "comdat entry index", "linking.comdats[1].entries[1].index"),
}

case "comdat-member-twice" {
  title = "a function in two COMDAT groups is refused",
  clauses = { "comdat.entry.twice" },
  link = described,
  mutate = function(files)
    files["a.o"]:set("linking.comdats[1].entries[0].kind", 1)
    files["a.o"]:set("linking.comdats[1].entries[0].index", 1)
  end,
  expect = refused("COMDAT_TWICE", "comdat entry kind", "linking.comdats[1].entries[0].kind"),
}

case "comdat-member-twice-in-one" {
  title = "so is one that a group lists twice",
  clauses = { "comdat.entry.twice" },
  link = described,
  mutate = function(files)
    files["a.o"]:duplicate("linking.comdats[0].entries[0]")
  end,
  expect = refused("COMDAT_TWICE", "comdat entry kind", "linking.comdats[0].entries[1].kind"),
}

