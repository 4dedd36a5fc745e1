-- --layout=zig: that each datum has its bytes at its address.  Offsets in a segment, the address of
-- the segment and what code says of it are computed apart: a linker that forgets a gap in one of
-- them, or the address, loads the right bytes at the wrong place.

local function put(o, symbol, segment, bytes, align)
  return o:data(symbol, { bytes = bytes, segment_name = segment, align = align or 0,
    export = symbol })
end

case "gap-in-a-segment" {
  title = "a gap for alignment inside a segment moves the bytes behind it as it moves addresses",
  clauses = { "layout.zig.contents", "data.alignment" },
  link = function()
    local a = object "a.o"
    put(a, "a", ".data.a", "aaaaa", 2)
    put(a, "b", ".data.b", "bbb", 2)
    local c = put(a, "c", ".data.c", "\x11\x22\x33\x44", 2)
    a:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", c }, { "i32.load" } } })
    return { "--layout=zig", "--no-entry", a }
  end,
  expect = { data_at("a", "aaaaa\0\0\0bbb\0\x11\x22\x33\x44"), data_segments { ".data" },
    address "c" { distance = { "a", 12 } }, returns("f", {}, 0x44332211) },
}

case "gap-between-segments" {
  title = "a gap between two segments is in neither, or is zero",
  clauses = { "layout.zig.contents", "data.alignment" },
  link = function()
    local a = object "a.o"
    put(a, "a", ".data.a", "a")
    local b = put(a, "b", ".rodata.b", "\x11\x22\x33\x44", 6)
    a:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", b }, { "i32.load" } } })
    return { "--layout=zig", "--no-entry", a }
  end,
  expect = { data_at("a", "a\0"), address "b" { align = 64, above = "a" },
    returns("f", {}, 0x44332211) },
}

case "every-segment-at-its-address" {
  title = "the offset of an active segment is its address in memory",
  clauses = { "layout.zig.contents", "data.content" },
  link = function()
    local a = object "a.o"
    for _, name in ipairs { "one", "two", "three" } do put(a, name, name, name) end
    put(a, "zeros", ".bss.z", "\0\0\0")
    return { "--layout=zig", "--no-entry", "--global-base=200000", a }
  end,
  expect = { address "one" { equals = 200000 }, data_at(200000, "onethreetwo\0\0\0"),
    data_segments { "one", "three", "two" } },
}

case "relocation-inside" {
  title = "an address in data, and one relative to its own place, hold behind a gap",
  clauses = { "layout.zig.contents", "reloc.memory-addr-locrel-i32" },
  link = function()
    local a = object "a.o"
    local x = put(a, "x", ".data.x", "xxxxxxxxx", 3)
    put(a, "here", ".data.here", { addr_locrel(x, 1), addr(x, 4) }, 2)
    return { "--layout=zig", "--no-entry", a }
  end,
  expect = { address "here" { distance = { "x", 12 } },
    data_at("here", { "\xf5\xff\xff\xff", to_address("x", 4) }) },
}

case "passive-in-the-object" {
  title = "a segment that is passive in the object is active in a module of one thread",
  clauses = { "layout.zig.contents", "threads.lowered" },
  link = function()
    local a = object "a.o"
    a:segment(".data.p", { bytes = "passive", passive = true })
    put(a, "d", ".data.d", "data", 2)
    return { "--layout=zig", "--no-entry", "--no-gc-sections", a }
  end,
  expect = { data_at("d", "datapassive"), no_start() },
}

case "imported-memory" {
  title = "an imported memory need not be zero: the zeros are written, or filled by code",
  clauses = { "layout.zig.contents", "memory.import-bss" },
  link = function()
    local a = object "a.o"
    put(a, "zeros", ".bss.z", "\0\0\0\0", 2)
    put(a, "d", ".data.d", "data", 2)
    return { "--layout=zig", "--no-entry", "--import-memory", "-z", "stack-size=16", a }
  end,
  expect = { data_segments { ".data", ".bss" }, no_start() },
}

case "imported-memory-is-filled" {
  title = "with bulk-memory the zeros of an imported memory are filled in at the start",
  clauses = { "layout.zig.contents", "memory.import-bss" },
  link = function()
    local a = object "a.o"
    a:features { "+bulk-memory" }
    local zeros = put(a, "zeros", ".bss.z", "\0\0\0\0", 2)
    put(a, "d", ".data.d", "data", 2)
    a:func("f", { sig = "-> i32", export = "f",
      code = { { "i32.const", zeros }, { "i32.load" } } })
    return { "--layout=zig", "--no-entry", "--import-memory", a }
  end,
  expect = { data_segments { ".data" }, start "__wasm_init_memory", data_at("d", "data"),
    code("__wasm_init_memory", { { "i32.const", to_address "zeros" }, "i32.const 0",
      "i32.const 4", "memory.fill" }) },
}
