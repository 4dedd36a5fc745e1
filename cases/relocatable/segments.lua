-- An object made of several (-r): its data segments, and what it says of them.

case "own-names" {
  title = "segments keep their names, sizes and alignments; nothing is joined by prefix",
  clauses = { "relocatable.segments" },
  link = function()
    local o = object "a.o"
    o:data("a", { bytes = "a" })
    o:data("b", { bytes = "bbbb", align = 2 })
    o:data("c", { bytes = "cc", rodata = true, align = 4 })
    o:data("z", { zero = 3 })
    o:data("m", { bytes = "m", segment_name = "mine" })
    return { "-r", o }
  end,
  expect = {
    segment_info ".data.a" { align = 0, flags = "", size = 1 },
    segment_info ".data.b" { align = 2, flags = "", size = 4 },
    segment_info ".rodata.c" { align = 4, flags = "", size = 2 },
    segment_info ".bss.z" { align = 0, flags = "", size = 3 },
    segment_info "mine" { align = 0, flags = "", size = 1 },
    data_segments { ".rodata.c", ".data.a", ".data.b", "mine", ".bss.z" },
  },
}

case "zeros" {
  title = "zeros are written out: they have a segment like other data",
  clauses = { "relocatable.segments" },
  link = function()
    local o = object "a.o"
    o:data("z", { zero = 100, align = 3 })
    return { "-r", o }
  end,
  expect = {
    linking_symbol "z" { segment = ".bss.z", offset = 0, size = 100 },
    memory { min = 1 },
    relinks({ "--no-entry", "--export=z" }, { counts { data = 0 } }),
  },
}

case "same-name" {
  title = "segments of one name become one; their symbols and relocations move along",
  clauses = { "relocatable.segments" },
  link = function()
    local a, b = object "a.o", object "b.o"
    a:data("x", { bytes = "abc", segment_name = ".data" })
    local x = b:data("x", { undefined = true })
    b:data("y", { bytes = { u32(1), addr(x, 1) }, align = 2, segment_name = ".data" })
    return { "-r", a, b }
  end,
  expect = {
    segment_info ".data" { align = 2, flags = "", size = 12 },
    linking_symbol "x" { segment = ".data", offset = 0, size = 3 },
    linking_symbol "y" { segment = ".data", offset = 4, size = 8 },
    relocations ".data" { "MEMORY_ADDR_I32 x +1 at 8" },
    relinks({ "--no-entry", "--export=x", "--export=y" },
      { data_at("y", { u32(1), to_address("x", 1) }) }),
  },
}

local STRINGS = { "strings" }

case "flags" {
  title = "the flags of a segment are kept, all of them",
  clauses = { "relocatable.segments" },
  peer_differs = "wasm-ld writes no flag of any segment",
  link = function()
    local o = object "a.o"
    o:data("s", { bytes = "abc\0", segment_flags = STRINGS, rodata = true })
    o:data("r", { bytes = "kept", segment_flags = { "retain" }, static = true })
    o:data("t", { bytes = "t", tls = true })
    o:data("sr", { bytes = "xyz\0", segment_flags = { "strings", "retain" }, rodata = true })
    o:features { "+atomics", "+bulk-memory" }
    return { "-r", o }
  end,
  expect = {
    segment_info ".rodata.s" { flags = "strings" },
    segment_info ".data.r" { flags = "retain" },
    segment_info ".tdata" { flags = "tls" },
    segment_info ".rodata.sr" { flags = "strings retain" },
  },
}

case "retained" {
  title = "what must be kept is kept by the last link",
  clauses = { "relocatable.segments", "segment.retain" },
  peer_differs = "wasm-ld writes no flag of any segment",
  link = function()
    local o = object "a.o"
    o:data("r", { bytes = "must be kept", segment_flags = { "retain" }, static = true })
    o:data("u", { bytes = "unused", static = true })
    return { "-r", o }
  end,
  expect = { relinks({ "--no-entry" },
    { data_count("must be kept", 1), data_count("unused", 0) }) },
}

case "strings-of-two-links" {
  title = "strings are still merged with those of a later link",
  clauses = { "relocatable.segments", "strings.merge" },
  peer_differs = "wasm-ld writes no flag of any segment",
  link = function()
    local o = object "a.o"
    o:data("s", { bytes = "same\0", segment_flags = STRINGS, rodata = true })
    return { "-r", o }
  end,
  expect = { relinks({ "--no-entry", "--export=s", "--export=t", (function()
    local o = object "t.o"
    o:data("t", { bytes = "same\0", segment_flags = STRINGS, rodata = true })
    return o
  end)() }, { data_count("same", 1) }) },
}

case "flags-differ" {
  title = "segments of one name that differ in their flags stay apart",
  clauses = { "relocatable.segments" },
  peer_differs = "wasm-ld joins them, and writes no flag of any segment",
  link = function()
    local a, b = object "a.o", object "b.o"
    a:data("s", { bytes = "abc\0", segment_flags = STRINGS, segment_name = ".rodata" })
    b:data("n", { bytes = "\1\2\3", segment_name = ".rodata" })
    return { "-r", a, b }
  end,
  expect = {
    segment_info ".rodata" { count = 2 },
    linking_symbol "s" { segment = ".rodata", offset = 0, size = 4 },
    linking_symbol "n" { segment = ".rodata", offset = 0, size = 3 },
    relinks({ "--no-entry", "--export=s", "--export=n" },
      { data_at("s", "abc\0"), data_at("n", "\1\2\3") }),
  },
}

case "merged-strings" {
  title = "strings of one segment name are merged already; symbols follow them",
  clauses = { "relocatable.segments", "strings.merge" },
  peer_differs = "wasm-ld writes no flag of any segment",
  link = function()
    local function with(name, symbol, text)
      local o = object(name)
      o:data(symbol, { bytes = text, segment_flags = STRINGS, segment_name = ".rodata.str" })
      return o
    end
    return { "-r", with("a.o", "long", "hello\0"), with("b.o", "tail", "lo\0"),
      with("c.o", "again", "hello\0") }
  end,
  expect = {
    segment_info ".rodata.str" { align = 0, flags = "strings", size = 6 },
    linking_symbol "long" { segment = ".rodata.str", offset = 0, size = 6 },
    linking_symbol "tail" { segment = ".rodata.str", offset = 3, size = 3 },
    linking_symbol "again" { segment = ".rodata.str", offset = 0, size = 6 },
  },
}

case "unmerged-strings" {
  title = "with -O0 strings stay as they are",
  clauses = { "relocatable.segments", "strings.optimize" },
  peer_differs = "wasm-ld writes no flag of any segment",
  link = function()
    local function with(name, symbol)
      local o = object(name)
      o:data(symbol, { bytes = "same\0", segment_flags = STRINGS, segment_name = ".rodata.str" })
      return o
    end
    return { "-r", "-O0", with("a.o", "x"), with("b.o", "y") }
  end,
  expect = {
    segment_info ".rodata.str" { flags = "strings", size = 10 },
    linking_symbol "y" { offset = 5, size = 5 },
  },
}

case "symbol-of-several-strings" {
  title = "a symbol that spanned several strings ends inside its segment",
  clauses = { "relocatable.symbols", "strings.merge" },
  peer_differs = "wasm-ld keeps the size, which is too large now; and writes no segment's flags",
  link = function()
    local o = object "a.o"
    o:data("all", { bytes = "b\0a\0b\0a\0", segment_flags = STRINGS, rodata = true })
    return { "-r", o }
  end,
  expect = {
    segment_info ".rodata.all" { size = 4 },
    linking_symbol "all" { segment = ".rodata.all", offset = 0, size = 4 },
  },
}

case "symbol-of-several-strings-behind-others" {
  title = "so does one whose first string comes last",
  clauses = { "relocatable.symbols", "strings.merge" },
  peer_differs = "wasm-ld keeps the size, which is too large now; and writes no segment's flags",
  link = function()
    local a, b = object "a.o", object "b.o"
    a:data("first", { bytes = "aa\0bb\0", segment_flags = STRINGS, segment_name = ".rodata.str" })
    b:data("all", { bytes = "cc\0aa\0bb\0", segment_flags = STRINGS, segment_name = ".rodata.str" })
    return { "-r", a, b }
  end,
  expect = {
    segment_info ".rodata.str" { size = 9 },
    linking_symbol "first" { segment = ".rodata.str", offset = 6, size = 3 },
  },
}

case "thread-local" {
  title = "all thread-local segments become one, under one name",
  clauses = { "relocatable.segments", "tls.block" },
  peer_differs = "wasm-ld writes no flag of any segment",
  link = function()
    local a, b = object "a.o", object "b.o"
    a:data("x", { bytes = "\1", tls = true })
    a:data("z", { zero = 4, align = 2, tls = true })
    b:data("y", { bytes = "\2\0\0\0\0\0\0\0", align = 3, tls = true })
    a:features { "+atomics", "+bulk-memory" }
    return { "-r", a, b }
  end,
  expect = {
    segment_info ".tdata" { align = 3, flags = "tls", size = 16 },
    linking_symbol "x" { segment = ".tdata", offset = 0 },
    linking_symbol "z" { segment = ".tdata", offset = 4 },
    linking_symbol "y" { segment = ".tdata", offset = 8 },
  },
}

case "groups-stay-apart" {
  title = "the segment of a group is by itself, though others have its name",
  clauses = { "relocatable.segments", "comdat.members" },
  link = function()
    local a, b = object "a.o", object "b.o"
    a:data("x", { bytes = "xx", segment_name = ".data", comdat = a:comdat "g", weak = true })
    a:data("y", { bytes = "yy", segment_name = ".data" })
    b:data("z", { bytes = "zz", segment_name = ".data", comdat = b:comdat "h", weak = true })
    return { "-r", a, b }
  end,
  expect = {
    segment_info ".data" { size = 2, count = 3 },
    comdat_members "g" { "data .data" },
    comdat_members "h" { "data .data" },
  },
}

case "empty" {
  title = "a segment without bytes is kept, for its symbol",
  clauses = { "relocatable.segments" },
  link = function()
    local o = object "a.o"
    o:data("x", { bytes = "", align = 4 })
    return { "-r", o }
  end,
  expect = {
    segment_info ".data.x" { align = 4, size = 0 },
    linking_symbol "x" { segment = ".data.x", offset = 0, size = 0 },
  },
}
