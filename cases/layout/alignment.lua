-- Alignment of data: every input segment keeps what it asks for, inside an output segment, between
-- them, and wherever the base of the data lies.

local function put(o, symbol, segment, bytes, align)
  o:data(symbol, { bytes = bytes, segment_name = segment, align = align, export = symbol })
end

case "inside-a-segment" {
  title = "segments that are joined are each aligned, and the gaps between them are zeros",
  clauses = { "data.alignment", "data.no-overlap", "data.concatenated" },
  link = function()
    local a, b = object "a.o", object "b.o"
    put(a, "one", ".data.one", "\xff")
    put(a, "eight", ".data.eight", "\xee\xee", 3)
    put(b, "tight", ".data.tight", "\xdd")
    put(b, "four", ".data.four", "\xcc\xcc\xcc\xcc", 2)
    return { "--no-entry", a, b }
  end,
  expect = {
    address "eight" { align = 8, distance = { "one", 8 } }, data_at("one", "\xff\0\0\0\0\0\0\0"),
    address "tight" { distance = { "eight", 2 } },
    address "four" { align = 4, distance = { "tight", 2 } }, data_at("tight", "\xdd\0\xcc"),
  },
}

case "between-segments" {
  title = "an output segment begins at the alignment of the strictest of its inputs",
  clauses = { "data.alignment", "data.no-overlap", "linking.segments.count" },
  link = function()
    local a = object "a.o"
    put(a, "ro", ".rodata.r", "r")
    put(a, "plain", ".data.plain", "p")
    put(a, "strict", ".data.strict", "s", 5)
    put(a, "zero", ".bss.z", "\0", 6)
    return { "--no-entry", a }
  end,
  expect = { address "strict" { align = 32, above = "plain" },
    address "zero" { align = 64, above = "strict" }, data_at("strict", "s") },
}

case "segment-alignment-is-the-largest" {
  title = "size and alignment of an output segment follow from those of its inputs",
  clauses = { "data.alignment" },
  stage = "place",
  link = function()
    local a = object "a.o"
    put(a, "x", ".data.x", "x", 1)
    put(a, "y", ".data.y", "yyy", 4)
    put(a, "z", ".data.z", "z")
    return { "--no-entry", "--global-base=65552", a }
  end,
  expect = { segment ".data" { address = 65552, align = 16, size = 20 },
    symbol "y" { address = 65568 }, symbol "z" { address = 65571 } },
}

case "large" {
  title = "an alignment of 64 KiB is honoured",
  clauses = { "data.alignment" },
  origin = "emscripten-core/emscripten#14046",
  link = function()
    local a = object "a.o"
    put(a, "small", ".rodata.s", "s")
    put(a, "page", ".data.page", "page", 16)
    local next_page = a:data("next_page", { bytes = "\42", align = 16, export = "next_page" })
    a:func("read", { sig = "-> i32", export = "read",
      code = { { "i32.const", next_page }, { "i32.load8_u" } } })
    return { "--no-entry", a }
  end,
  expect = { address "page" { align = 65536, above = "small" }, data_at("page", "page"),
    address "next_page" { distance = { "page", 65536 } }, returns("read", {}, 42) },
}

case "unaligned-base" {
  title = "a --global-base that is not aligned does not disturb the alignment of data",
  clauses = { "data.alignment", "layout.global-base" },
  link = function()
    local a = object "a.o"
    put(a, "eight", ".data.eight", "eight---", 3)
    put(a, "byte", ".rodata.byte", "b")
    return { "--no-entry", "--global-base=70001", a }
  end,
  expect = { address "byte" { equals = 70001 },
    address "eight" { align = 8, equals = 70008 } },
}

case "two-symbols-one-segment" {
  title = "symbols keep their offsets in the segment, whatever its alignment",
  clauses = { "data.alignment", "data.content" },
  link = function()
    local a = object "a.o"
    put(a, "first", ".data.first", "f")
    local pair = a:segment(".data.pair", { bytes = "abcdef", align = 2 })
    a:data("d", { segment = pair, offset = 3, size = 3, export = "d" })
    a:data("a", { segment = pair, offset = 0, size = 3, export = "a" })
    return { "--no-entry", a }
  end,
  expect = { address "a" { align = 4, above = "first" }, address "d" { distance = { "a", 3 } },
    data_at("a", "abcdef"), data_at("d", "def") },
}
