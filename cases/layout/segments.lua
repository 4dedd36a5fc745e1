-- Which input segment goes into which output segment, in which order those stand, and which of
-- them take bytes of the file.  Names decide: .rodata before .data before names of their own, and
-- .bss last.

-- Exported data of `bytes` in a segment of that name.
local function put(o, symbol, segment, bytes)
  o:data(symbol, { bytes = bytes, segment_name = segment, export = symbol })
end

-- Two objects whose segments come in no good order.
local function mixed()
  local a, b = object "a.o", object "b.o"
  put(a, "own", "mine", "own-")
  put(a, "zero1", ".bss.zero1", "\0\0\0\0")
  put(a, "data1", ".data.one", "dat1")
  put(a, "text", ".text.odd", "text")
  put(a, "ro1", ".rodata.one", "rod1")
  put(b, "data2", ".data.rel.ro", "dat2")
  put(b, "ro2", ".rodata", "rod2")
  put(b, "zero2", ".bss", "\0\0\0\0")
  put(b, "data3", ".data", "dat3")
  return { "--no-entry", a, b }
end

case "class-order" {
  title = "read-only data stands below written data, that below other names, and zeros are last",
  clauses = { "layout.segment-order" },
  link = mixed,
  expect = {
    address "ro2" { below = "data1", above = "ro1" }, address "data3" { below = "own" },
    address "own" { below = "text" }, address "text" { below = "zero1" },
    address "zero2" { above = "zero1" },
    data_at("ro1", "rod1"), data_at("data2", "dat2"), data_at("own", "own-"),
    data_at("text", "text"), data_at("zero2", "\0\0\0\0"),
  },
}

case "grouped-by-prefix" {
  title = "segments named .data.x, .rodata.x, .bss.x and .text.x are gathered under the prefix",
  clauses = { "data.segment-grouping", "data.segment-grouping.prefixes" },
  link = function()
    local o = object "a.o"
    for _, prefix in ipairs { ".data", ".text", ".rodata", ".bss", ".mine" } do
      local bytes = prefix == ".bss" and "\0\0\0\0" or prefix
      put(o, prefix .. "1", prefix .. ".one", bytes)
      put(o, prefix .. "2", prefix .. ".two", bytes)
    end
    return { "--no-entry", o }
  end,
  expect = { data_segments { ".rodata", ".data", ".text", ".mine.one", ".mine.two" },
    counts { data = 5 } },
}

case "prefix-without-a-dot" {
  title = "a prefix ends at a dot: a name that goes on otherwise is another one",
  clauses = { "data.segment-grouping.prefixes", "data.segment-grouping" },
  link = function()
    local o = object "a.o"
    put(o, "a", ".data.a", "aaaa")
    put(o, "b", ".database", "bbbb")
    put(o, "c", ".data.c", "cccc")
    return { "--no-entry", o }
  end,
  expect = { data_segments { ".data", ".database" },
    address "c" { distance = { "a", 4 } } },
}

case "contents-in-input-order" {
  title = "within an output segment the inputs stand object by object, in the order of the object",
  clauses = { "layout.input-order", "data.concatenated" },
  stage = "place",
  link = mixed,
  expect = {
    layout { ".rodata", ".data", "mine", ".text", ".bss" },
    segment ".data" { size = 12, bss = false,
      inputs = { "a.o:.data.one", "b.o:.data.rel.ro", "b.o:.data" } },
    segment ".rodata" { inputs = { "a.o:.rodata.one", "b.o:.rodata" } },
    segment ".bss" { bss = true, inputs = { "a.o:.bss.zero1", "b.o:.bss" } },
  },
}

case "prefix-ends-at-a-dot" {
  title = "a segment named .database is not gathered into .data, a plain .data is",
  clauses = { "data.segment-grouping" },
  link = function()
    local a = object "a.o"
    put(a, "base", ".database", "base")
    put(a, "one", ".data.one", "one ")
    put(a, "two", ".data", "two ")
    put(a, "ro", ".rodatax", "ro  ")
    return { "--no-entry", a }
  end,
  -- Both odd names still sort with the class that they begin like.
  expect = { data_segments { ".rodatax", ".database", ".data" },
    address "two" { distance = { "one", 4 } } },
}

case "own-names-keep-their-order" {
  title = "segments with names of their own stand in the order of first mention, not alphabetic",
  clauses = { "layout.segment-order" },
  link = function()
    local a, b = object "a.o", object "b.o"
    put(a, "z1", "zz", "zz-1")
    put(a, "m1", "mm", "mm-1")
    put(b, "a1", "aa", "aa-1")
    put(b, "z2", "zz", "zz-2")
    return { "--no-entry", a, b }
  end,
  expect = { data_segments { "zz", "mm", "aa" }, address "z2" { distance = { "z1", 4 } },
    address "m1" { above = "z2", below = "a1" } },
}

case "no-merge-data-segments" {
  title = "with --no-merge-data-segments .data.a and .data.b stay apart, two named .data.a are one",
  clauses = { "layout.no-merge-data-segments" },
  origin = { "wild-linker/wild#2357", "WebAssembly/tool-conventions#98" },
  link = function()
    local a, b = object "a.o", object "b.o"
    put(a, "a1", ".data.a", "a1--")
    put(a, "b1", ".data.b", "b1--")
    put(b, "a2", ".data.a", "a2--")
    put(b, "r1", ".rodata.r", "r1--")
    return { "--no-entry", "--no-merge-data-segments", a, b }
  end,
  expect = { data_segments { ".rodata.r", ".data.a", ".data.b" },
    address "a2" { distance = { "a1", 4 } }, address "b1" { above = "a2" } },
}

case "merge-data-segments-again" {
  title = "--merge-data-segments behind --no-merge-data-segments restores the grouping",
  clauses = { "layout.no-merge-data-segments" },
  link = function()
    local a = object "a.o"
    put(a, "a1", ".data.a", "a1--")
    put(a, "b1", ".data.b", "b1--")
    return { "--no-entry", "--no-merge-data-segments", "--merge-data-segments", a }
  end,
  expect = { data_segments { ".data" } },
}

case "bss-takes-no-bytes" {
  title = "zeros in .bss get addresses and memory but no bytes in the file",
  clauses = { "layout.bss-not-written" },
  link = function()
    local a = object "a.o"
    put(a, "data", ".data.d", "data")
    local big = a:data("big", { zero = 100000, export = "big" })
    local last = a:data("last", { zero = 4, export = "last" })
    a:func("write", { sig = "-> i32", export = "write",
      code = { { "i32.const", last }, "i32.const 7", { "i32.store" }, { "i32.const", last },
        { "i32.load" }, { "i32.const", big }, { "i32.load" }, "i32.add" } })
    return { "--no-entry", "--stack-first", "-z", "stack-size=65536", a }
  end,
  -- 65536 of stack, 4 of data and 100004 of zeros: a little over two and a half pages.
  expect = { data_segments { ".data" }, address "big" { above = "data" },
    address "last" { distance = { "big", 100000 } }, memory { min = 3 }, returns("write", {}, 7),
    holds("a file much shorter than its zeros", function(_, view)
      return #view.outcome.bytes < 1000, #view.outcome.bytes .. " bytes"
    end) },
}

case "only-bss" {
  title = "a program whose only data is zeros has no data section and no start function",
  clauses = { "layout.bss-not-written" },
  origin = "llvm/llvm-project#208284",
  link = function()
    local a = object "a.o"
    a:data("zero", { zero = 64, export = "zero" })
    return { "--no-entry", a }
  end,
  expect = { no_section("data", "datacount"), no_start(), exports { zero = "global" } },
}

case "zero-size-inside" {
  title = "a symbol in an empty segment has an address, aligned and between its neighbours",
  clauses = { "layout.empty-segment" },
  link = function()
    local a = object "a.o"
    put(a, "before", ".data.1", "b")
    a:data("empty", { bytes = "", segment_name = ".data.2", align = 4, export = "empty" })
    put(a, "after", ".data.3", "a")
    return { "--no-entry", a }
  end,
  expect = { address "empty" { align = 16, above = "before", max = 131072 },
    address "after" { equals = "empty" }, data_at("before", "b"), data_at("after", "a") },
}

case "zero-size-alone" {
  title = "symbols may point at the only, empty, data of a program",
  clauses = { "layout.empty-segment" },
  link = function()
    local a = object "a.o"
    local empty = a:data("empty", { bytes = "", segment_name = ".data.e", export = "empty" })
    a:func("where", { sig = "-> i32", export = "where", code = { { "i32.const", empty } } })
    return { "--no-entry", "--global-base=70000", a }
  end,
  expect = { address "empty" { equals = 70000 }, returns("where", {}, 70000) },
}

case "bss-with-bytes" {
  title = "bytes that are not zero are kept, though their segment is named .bss",
  clauses = { "layout.bss-not-written", "data.content" },
  link = function()
    local a = object "a.o"
    put(a, "zero", ".bss.zero", "\0\0\0\0")
    put(a, "odd", ".bss.odd", "\0odd")
    return { "--no-entry", a }
  end,
  expect = { data_at("odd", "\0odd"), data_at("zero", "\0\0\0\0") },
  peer_differs = "wasm-ld takes the name .bss for a promise and drops the bytes",
}

case "names-behind-bss" {
  title = "a segment behind one that takes no bytes is named by its place among those that do",
  clauses = { "layout.bss-not-written", "names.data" },
  link = function()
    local a = object "a.o"
    put(a, "zero", ".bss.zero", "\0\0\0\0")
    put(a, "odd", ".bss1", "odd!")
    return { "--no-entry", a }
  end,
  expect = { data_at("odd", "odd!"), name_section { data = { ".bss1" } },
    data_segments { ".bss1" } },
  peer_differs = "wasm-ld takes every name that begins with .bss for a promise of zeros",
}

-- Segments have names only where the object says so.

local function nameless(...)
  local list = { "--no-entry", ... }
  for _, name in ipairs { "a", "bbbb" } do
    local o = object(name .. ".o")
    o:data(name, { bytes = name, align = #name >> 1, export = name })
    o:remove "linking.segments"
    list[#list + 1] = o
  end
  return list
end

case "nameless" {
  title = "segments without a name are data like any other, gathered as one",
  clauses = { "layout.input-order" },
  link = function() return nameless() end,
  expect = { counts { data = 1 }, data_at("a", "a"), data_at("bbbb", "bbbb"),
    address "bbbb" { distance = { "a", 1 } } },
}

case "nameless-in-zigs-layout" {
  title = "so they are in Zig's layout",
  clauses = { "layout.input-order" },
  link = function() return nameless "--layout=zig" end,
  expect = { counts { data = 1 }, data_at("a", "a"), data_at("bbbb", "bbbb") },
}

case "bss-of-one-byte-that-is-not-zero" {
  title = "a segment .bss is data where its first byte is not zero, as where any other is not",
  clauses = { "layout.bss-not-written" },
  link = function()
    local o = object "a.o"
    o:data("x", { bytes = "\1\0\0\0", segment_name = ".bss.x", export = "x" })
    return { "--no-entry", o }
  end,
  expect = { data_at("x", "\1\0\0\0") },
}

case "bss-in-front-of-a-passive-segment" {
  title = "zeros stay zeros, whatever stands behind them in the object",
  clauses = { "layout.bss-not-written", "data.passive-input" },
  link = function()
    local o = object "a.o"
    o:data("x", { bytes = "\0\0\0\0", segment_name = ".bss.x", export = "x" })
    local y = o:segment(".data.y", { bytes = "yyyy", passive = true })
    o:data("y", { segment = y, export = "y" })
    return { "--no-entry", o }
  end,
  expect = { data_segments { ".data" }, data_at("x", "\0\0\0\0"), data_at("y", "yyyy") },
}
