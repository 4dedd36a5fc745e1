-- Absolute symbols: their offset is an address, which layout does not move.

case "from-another-object" {
  title = "an absolute symbol resolves references of other objects",
  clauses = { "symbol.absolute" },
  peer_differs = "wasm-ld looks for the segment of an absolute symbol, and crashes where there is"
    .. " none; the text says that the offset is an address",
  link = function()
    local a, b = object "a.o", object "b.o"
    local x = a:data("x", { undefined = true })
    a:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr(x, 1) } } })
    b:data("x", { absolute = true, offset = 77 })
    return { "--no-entry", a, b }
  end,
  expect = { const_at("f", 1, 78) },
}

local PEER = "wasm-ld looks for the segment of an absolute symbol; here there is none, or another"

case "every-kind" {
  title = "an absolute address goes into fields of all kinds, as it is or relative to their place",
  clauses = { "symbol.absolute", "reloc.memory-addr-leb", "reloc.memory-addr-sleb",
    "reloc.memory-addr-rel-sleb", "reloc.memory-addr-i32", "reloc.memory-addr-locrel-i32" },
  peer_differs = PEER,
  link = function()
    local o = object "a.o"
    local x = o:data("x", { absolute = true, offset = 0x12345, hidden = true })
    local y = o:data("y", { absolute = true, offset = 0xfffffff0, static = true })
    o:func("f", { sig = "->", export = "f", code = {
      "i32.const 0", { "i32.load", addr(x, 1) }, "drop", "i32.const 0", { "i32.load", addr(y, 15) },
      "drop", { "i32.const", addr(x, -1) }, "drop", { "i32.const", addr(y) }, "drop",
      { "i32.const", addr_rel(x) }, "drop" } })
    o:data("p", { bytes = { addr(x), addr(y), addr_locrel(x) }, export = "p" })
    return { "--no-entry", "-z", "stack-size=1024", "--global-base=1024", o }
  end,
  expect = { code("f", { "i32.const 0", { "i32.load", 2, 0x12346 }, "drop", "i32.const 0",
    { "i32.load", 2, 0xffffffff }, "drop", { "i32.const", 0x12344 }, "drop", "i32.const -16",
    "drop", { "i32.const", 0x12345 }, "drop" }),
    data_at("p", u32(0x12345) .. u32(0xfffffff0) .. u32(0x12345 - 1024 - 8)) },
}

case "every-kind-of-64-bits" {
  title = "so it does in a 64-bit memory, as far as 2^64",
  clauses = { "symbol.absolute", "reloc.memory-addr-leb64", "reloc.memory-addr-sleb64",
    "reloc.memory-addr-rel-sleb64", "reloc.memory-addr-i64" },
  peer_differs = PEER,
  link = function()
    local o = object("a.o", { memory64 = true })
    local x = o:data("x", { absolute = true, offset = 0x123456789a })
    local y = o:data("y", { absolute = true, offset = -16 })
    o:func("f", { sig = "->", export = "f", code = {
      "i64.const 0", { "i64.load", addr(x, 1) }, "drop", { "i64.const", addr(y) }, "drop",
      { "i64.const", addr_rel(x) }, "drop" } })
    o:data("p", { bytes = { addr64(x), addr64(y, 15) }, export = "p" })
    return { "-mwasm64", "--no-entry", o }
  end,
  expect = { code("f", { "i64.const 0", { "i64.load", 3, 0x123456789b }, "drop", "i64.const -16",
    "drop", { "i64.const", 0x123456789a }, "drop" }),
    data_at("p", u64(0x123456789a) .. u64(-1)) },
}

case "beyond-32-bits" {
  title = "an absolute address that does not fit in 32 bits is refused",
  clauses = { "symbol.absolute", "reloc.overflow" },
  link = function()
    local o = object "a.o"
    local x = o:data("x", { absolute = true, offset = 0xffffffff })
    o:data("p", { bytes = { addr(x) }, export = "p" })
    return { "--no-entry", o }
  end,
  mutate = { file = "a.o", at = "linking.symbols[0].offset", to = 0x100000000 },
  expect = { rejects { id = "RELOC_RANGE", field = "R_WASM_MEMORY_ADDR_I32" } },
}
