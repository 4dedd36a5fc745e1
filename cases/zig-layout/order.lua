-- --layout=zig: in which order data stands.  Every input segment is sorted by itself: thread-local
-- data first, then by prefix of the name, then the strictest alignment, then the rest of the name,
-- then as the inputs have it; zeros are last.  Neighbours of one prefix are one output segment.

-- Exported data in a segment of that name, alignment 2^align.
local function put(o, symbol, segment, bytes, align)
  o:data(symbol, { bytes = bytes, segment_name = segment, align = align or 0, export = symbol })
end

case "prefixes" {
  title = "prefixes stand in order of their bytes, and zeros behind them all",
  clauses = { "layout.zig.order" },
  link = function()
    local a, b = object "a.o", object "b.o"
    put(a, "own", "mine", "own-")
    put(a, "zero1", ".bss.zero1", "\0\0\0\0")
    put(a, "ro1", ".rodata.one", "rod1")
    put(b, "data1", ".data.rel.ro", "dat1")
    put(b, "ro2", ".rodata", "rod2")
    put(b, "capital", "Mine", "Mine")
    return { "--layout=zig", "--no-entry", a, b }
  end,
  expect = {
    data_segments { ".data", ".rodata", "Mine", "mine" },
    address "data1" { below = "ro1" }, address "ro1" { below = "capital" },
    address "ro2" { below = "capital" }, address "capital" { below = "own" },
    address "own" { below = "zero1" },
    data_at("data1", "dat1"), data_at("ro1", "rod1"), data_at("ro2", "rod2"),
    data_at("own", "own-"), data_at("zero1", "\0\0\0\0"),
  },
}

case "strictest-alignment-first" {
  title = "within a prefix the strictest alignment is first, so that no gaps are needed",
  clauses = { "layout.zig.order" },
  link = function()
    local a, b = object "a.o", object "b.o"
    put(a, "one", ".data.a", "1")
    put(a, "eight", ".data.z", "88888888", 3)
    put(b, "four", ".data.m", "4444", 2)
    put(b, "two", ".data.b", "22", 1)
    return { "--layout=zig", "--no-entry", a, b }
  end,
  expect = { data_at("eight", "88888888" .. "4444" .. "22" .. "1"),
    address "four" { distance = { "eight", 8 } }, address "two" { distance = { "four", 4 } },
    address "one" { distance = { "two", 2 } } },
}

case "rest-of-the-name" {
  title = "of equal alignment the rest of the name decides, and then the order of the inputs",
  clauses = { "layout.zig.order" },
  link = function()
    local a, b = object "a.o", object "b.o"
    put(a, "c", ".rodata.c", "c")
    put(a, "b1", ".rodata.b", "1")
    put(b, "b2", ".rodata.b", "2")
    put(b, "bare", ".rodata", "-")
    put(b, "a", ".rodata.a", "a")
    return { "--layout=zig", "--no-entry", a, b }
  end,
  expect = { data_at("bare", "-a12c"), data_segments { ".rodata" } },
}

case "prefix-ends-at-a-dot" {
  title = ".database is another prefix than .data, and a bare .data is one of .data's",
  clauses = { "layout.zig.order" },
  link = function()
    local a = object "a.o"
    put(a, "base", ".database", "b", 3)
    put(a, "one", ".data.one", "1")
    put(a, "bare", ".data", "-")
    return { "--layout=zig", "--no-entry", a }
  end,
  expect = { data_segments { ".data", ".database" }, data_at("bare", "-1"),
    address "base" { align = 8, above = "one" } },
}

-- An early version took a name without a dot for a suffix: all such were one group.
case "names-without-a-dot" {
  title = "segments whose names have no dot are apart from each other",
  clauses = { "layout.zig.order" },
  link = function()
    local a = object "a.o"
    put(a, "z", "zz", "z", 2)
    put(a, "y", "yy", "y", 1)
    return { "--layout=zig", "--no-entry", a }
  end,
  expect = { data_segments { "yy", "zz" }, address "y" { below = "z" } },
}

case "start-and-stop" {
  title = "__start_ and __stop_ bound the segments of just that name, however the others sort",
  clauses = { "layout.zig.order", "layout.start-stop" },
  link = function()
    local a = object "a.o"
    put(a, "big", "mine.big", "88888888", 3)
    put(a, "a", "mine", "aa", 1)
    put(a, "small", "mine.small", "s")
    put(a, "b", "mine", "bbbb", 2)
    for _, end_of in ipairs { "start", "stop" } do
      local d = a:data(("__%s_mine"):format(end_of), { undefined = true })
      a:func(end_of, { sig = "-> i32", export = end_of, code = { { "i32.const", d } } })
    end
    return { "--layout=zig", "--no-entry", a }
  end,
  expect = { const_at("start", 1, to_address "b"), const_at("stop", 1, to_address("b", 6)),
    data_at("b", "bbbbaa"), data_at("big", "88888888s") },
}

case "zeros-are-not-written" {
  title = "all .bss is one block at the end, which takes no bytes of the file",
  clauses = { "layout.zig.order", "layout.bss-not-written" },
  link = function()
    local a, b = object "a.o", object "b.o"
    put(a, "z1", ".bss.z1", "\0\0\0", 0)
    put(b, "z2", ".bss", ("\0"):rep(64), 4)
    put(b, "d", "zzz", "data")
    return { "--layout=zig", "--no-entry", a, b }
  end,
  expect = { data_segments { "zzz" }, address "z2" { above = "d", align = 16 },
    address "z1" { distance = { "z2", 64 } } },
}

case "bss-with-bytes" {
  title = "a .bss with bytes in it is data: it stands before the zeros and is written",
  clauses = { "layout.zig.order", "layout.bss-not-written" },
  link = function()
    local a = object "a.o"
    put(a, "zeros", ".bss.a", ("\0"):rep(8), 3)
    put(a, "odd", ".bss.b", "odd")
    return { "--layout=zig", "--no-entry", a }
  end,
  expect = { data_at("odd", "odd"), address "odd" { below = "zeros" } },
}

case "zeros-of-other-names" {
  title = "a segment of zeros that is not named .bss is data and stays with its prefix",
  clauses = { "layout.zig.order" },
  link = function()
    local a = object "a.o"
    put(a, "zero", ".data.a", "\0\0", 1)
    put(a, "odd", ".bssx", "\0\0\0\0", 2)
    put(a, "d", ".data.b", "data", 2)
    return { "--layout=zig", "--no-entry", a }
  end,
  expect = { data_segments { ".bssx", ".data" }, address "zero" { distance = { "d", 4 } },
    address "odd" { below = "d" } },
}

case "strings-stay-apart" {
  title = "equal strings are not merged: every input segment keeps its place",
  clauses = { "layout.zig.order" },
  link = function()
    local a, b = object "a.o", object "b.o"
    for _, o in ipairs { a, b } do
      o:data("s" .. o.name:sub(1, 1), { bytes = "same\0", segment_name = ".rodata.str",
        segment_flags = { "strings" }, export = "s" .. o.name:sub(1, 1) })
    end
    return { "--layout=zig", "--no-entry", a, b }
  end,
  expect = { data_count("same\0", 2), address "sb" { distance = { "sa", 5 } } },
}

case "dead-segments-leave-no-gap" {
  title = "what is collected takes part in nothing, not even in alignment",
  clauses = { "layout.zig.order", "gc.reachability" },
  link = function()
    local a = object "a.o"
    put(a, "x", ".data.x", "x")
    a:data("dead", { bytes = "dead", segment_name = ".data.dead", align = 6 })
    put(a, "y", ".rodata.y", "y")
    return { "--layout=zig", "--no-entry", a }
  end,
  expect = { address "y" { distance = { "x", 1 } }, data_count("dead", 0) },
}

-- An object with two segments of one prefix, one of strings, and one in a group.
local function various()
  local a = object "a.o"
  put(a, "x", ".data.x", "x")
  put(a, "y", ".data.y", "yyyy", 2)
  a:data("s", { bytes = "s\0", segment_name = ".rodata.s", segment_flags = { "strings" } })
  a:data("c", { bytes = "c", segment_name = ".rodata.c", weak = true, comdat = a:comdat "c" })
  return a
end

case "an-object-has-no-layout" {
  title = "with -r segments keep their names, flags and groups: the last link gives the layout",
  clauses = { "layout.zig.order", "relocatable.segments" },
  link = function() return { "-r", "--layout=zig", various() } end,
  expect = {
    same_as(function() return { "-r", various() } end),
    segment_info ".data.x" {}, segment_info ".rodata.c" {},
  },
}

for _, option in ipairs { "-shared", "-pie" } do
  case("no-layout-with" .. option) {
    title = option .. ": data that a loader places is laid out in one way",
    clauses = { "layout.zig.order", "dylink.one-segment" },
    link = function()
      return { option, "--no-entry", "--experimental-pic", "--layout=zig", various() }
    end,
    expect = { same_as(function()
      return { option, "--no-entry", "--experimental-pic", various() }
    end) },
  }
end

case "units-share" {
  title = "equal anonymous data of two units are one in this layout, too",
  clauses = { "layout.zig.order", "unit.anonymous" },
  stage = "place",
  link = function()
    local list = { "--layout=zig", "--no-entry" }
    for _, name in ipairs { "a", "b" } do
      local u = unit(name .. ".o")
      local value = u:anon { bytes = "shared value", align = 1 }
      u:func(name, { sig = "-> i32", exported = true, code = { { "i32.const", addr(value) },
        { "i32.load8_u" } } })
      list[#list + 1] = u
    end
    return list
  end,
  expect = { layout { ".rodata" }, segment ".rodata" { inputs = { "a.o:.rodata.__anon_0" } } },
}
