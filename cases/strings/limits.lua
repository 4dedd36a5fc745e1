-- What is not merged, and what merging does to addresses in the middle of a string.

local function flagged(o, symbol, text, align, flags)
  return o:data(symbol, { bytes = text, rodata = true, segment_flags = flags or { "strings" },
    align = align, export = symbol })
end

case "without-flag" {
  title = "equal data without the STRINGS flag stays apart: two objects have two addresses",
  clauses = { "segment.strings" },
  link = function()
    local a, b = object "a.o", object "b.o"
    a:data("a", { bytes = "hello\0", rodata = true, export = "a" })
    b:data("b", { bytes = "hello\0", rodata = true, export = "b" })
    return { "--no-entry", a, b }
  end,
  expect = { data_count("hello\0", 2), address "b" { distance = { "a", 6 } } },
}

case "flag-is-per-segment" {
  title = "a string may not take the place of equal data that has no STRINGS flag",
  clauses = { "segment.strings" },
  link = function()
    local a, b = object "a.o", object "b.o"
    a:data("a", { bytes = "hello\0", rodata = true, export = "a" })
    flagged(b, "b", "hello\0")
    return { "--no-entry", a, b }
  end,
  expect = { data_count("hello\0", 2), data_at("a", "hello\0"), data_at("b", "hello\0") },
}

case "optimize-0" {
  title = "with -O0 strings stay as they are, in the order of the inputs",
  clauses = { "strings.optimize" },
  link = function()
    local a, b = object "a.o", object "b.o"
    flagged(a, "a", "hello\0")
    flagged(b, "b", "lo\0")
    flagged(b, "c", "hello\0")
    return { "--no-entry", "-O0", a, b }
  end,
  expect = { address "b" { distance = { "a", 6 } }, address "c" { distance = { "b", 3 } },
    data_count("hello\0", 2) },
}

case "relocated" {
  title = "strings beside an address stay as they are: it is relocated, and no part of a string",
  clauses = { "segment.strings", "reloc.memory-addr-i32" },
  peer_differs = "wasm-ld merges them, and loses the relocation",
  link = function()
    local a = object "a.o"
    local x = a:data("x", { bytes = "\1\2\3\4", export = "x" })
    a:data("p", { bytes = { addr(x), "end\0" }, rodata = true, segment_flags = { "strings" },
      export = "p" })
    flagged(a, "other", "end\0")
    return { "--no-entry", a }
  end,
  expect = { data_at("p", { to_address "x", "end\0" }), data_at("other", "end\0") },
}

case "aligned" {
  title = "strings that ask for an alignment keep it",
  clauses = { "strings.alignment", "data.alignment" },
  link = function()
    local a = object "a.o"
    flagged(a, "odd", "x\0y\0z\0\0")
    flagged(a, "a", "ab\0\0", 2)
    flagged(a, "b", "b\0", 1)
    return { "--no-entry", a }
  end,
  expect = { address "a" { align = 4 }, address "b" { align = 2 }, data_at("a", "ab\0"),
    data_at("b", "b\0"), data_at("odd", "x\0") },
}

case "aligned-is-not-merged" {
  title = "strings with an alignment above 1 are not merged",
  clauses = { "strings.alignment" },
  stage = "place",
  link = function()
    local a = object "a.o"
    flagged(a, "a", "same\0", 1)
    flagged(a, "b", "same\0", 1)
    return { "--no-entry", "--global-base=65536", a }
  end,
  expect = { symbol "a" { address = 65536 }, symbol "b" { address = 65542 },
    segment ".rodata" { size = 11, align = 2 } },
}

case "addend" {
  title = "an addend into a string reads the rest of that string after merging",
  clauses = { "strings.addend", "reloc.memory-addr-sleb" },
  link = function()
    local a, b = object "a.o", object "b.o"
    flagged(a, "a", "hello\0")
    local other = flagged(b, "b", "zzz\0")
    local hello = b:data("c", { bytes = "hello\0", rodata = true, segment_flags = { "strings" } })
    b:func("rest", { sig = "-> i32", export = "rest",
      code = { { "i32.const", addr(hello, 2) }, { "i32.load8_u" } } })
    b:func("offset", { sig = "-> i32", export = "offset",
      code = { "i32.const 1", { "i32.load8_u", addr(hello, 3) } } })
    b:data("pointer", { bytes = { addr(hello, 4), addr(other, 1) }, align = 2, export = "pointer" })
    return { "--no-entry", a, b }
  end,
  expect = { const_at("rest", 1, to_data "llo\0"), data_at("pointer", { to_data "o\0",
    to_data "zz\0" }), returns("rest", {}, ("l"):byte()), returns("offset", {}, ("o"):byte()) },
}

case "symbol-inside" {
  title = "symbols at any offset of a segment of strings follow their bytes",
  clauses = { "strings.addend", "data.content" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local words = a:segment(".rodata.words", { bytes = "zebra\0world\0apple\0",
      flags = { "strings" } })
    a:data("world", { segment = words, offset = 6, size = 6, export = "world" })
    a:data("rld", { segment = words, offset = 8, size = 4, export = "rld" })
    a:data("apple", { segment = words, offset = 12, size = 6, export = "apple" })
    a:data("zebra", { segment = words, offset = 0, size = 6, export = "zebra" })
    a:data("nul", { segment = words, offset = 11, size = 1, export = "nul" })
    flagged(b, "hello", "hello\0")
    return { "--no-entry", a, b }
  end,
  expect = { data_at("zebra", "zebra\0"), data_at("world", "world\0"), data_at("rld", "rld\0"),
    data_at("apple", "apple\0"), data_at("nul", "\0"), data_at("hello", "hello\0") },
}

case "symbol-at-the-end" {
  title = "a symbol of no size may stand behind the last string of a segment",
  clauses = { "data.content", "strings.merge" },
  link = function()
    local a = object "a.o"
    local text = a:segment(".rodata.text", { bytes = "abc\0", flags = { "strings" } })
    a:data("text", { segment = text, offset = 0, size = 4, export = "text" })
    a:data("past", { segment = text, offset = 4, size = 0, export = "past" })
    return { "--no-entry", a }
  end,
  expect = { data_at("text", "abc\0"), address "past" { distance = { "text", 4 } } },
}

case "bytes-above-127" {
  title = "strings of any bytes come through, however they are sorted",
  clauses = { "strings.merge", "strings.order" },
  link = function()
    local link = { "--no-entry" }
    for i, text in ipairs { "\xff", "a\xff", "\x80b", "b", "\x7fb", "\1", "\xc3\xa4" } do
      local o = object(("s%d.o"):format(i))
      flagged(o, "s" .. i, text .. "\0")
      link[#link + 1] = o
    end
    return link
  end,
  expect = { data_at("s1", "\xff\0"), data_at("s2", "a\xff\0"), data_at("s3", "\x80b\0"),
    data_at("s4", "b\0"), data_at("s5", "\x7fb\0"), data_at("s6", "\1\0"),
    data_at("s7", "\xc3\xa4\0") },
}

case "writable" {
  title = "strings may be in a segment of written data, and stay there",
  clauses = { "strings.merge", "data.segment-grouping" },
  link = function()
    local a = object "a.o"
    a:data("ro", { bytes = "hello\0", rodata = true, segment_flags = { "strings" }, export = "ro" })
    a:data("rw", { bytes = "hello\0", segment_flags = { "strings" }, export = "rw" })
    return { "--no-entry", a }
  end,
  expect = { data_count("hello\0", 2), address "ro" { below = "rw" }, data_at("rw", "hello\0"),
    data_segments { ".rodata", ".data" } },
}

case "unterminated" {
  title = "a segment flagged STRINGS that does not end in NUL is an error",
  clauses = { "segment.strings" },
  link = function()
    local a = object "a.o"
    flagged(a, "a", "hello\0")
    return { "--validate=permissive", "--no-entry", a }
  end,
  mutate = { file = "a.o", at = "data.segments[0].bytes", to = "hello!" },
  expect = { rejects { id = "STRING_UNTERMINATED", class = "malformed" } },
}

case "no-bytes" {
  title = "a segment of no strings is none of those that are joined: it has a place of its own",
  clauses = { "strings.merge", "segment.strings" },
  link = function()
    local o = object "a.o"
    flagged(o, "text", "text\0")
    flagged(o, "nothing", "")
    return { "--no-entry", o }
  end,
  expect = { address "nothing" { distance = { "text", 5 } } },
}
