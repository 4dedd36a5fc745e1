-- Relocations in data segments.  A first object takes the first addresses, slots and indices.

local function before()
  local o = object "before.o"
  o:features { "+mutable-globals" }
  o:data("first_data", { bytes = "abcdefgh", align = 2, no_strip = true })
  o:global("first_global", { type = "i32", init = "i32.const 1", no_strip = true })
  local f = o:func("first", { sig = "f64 ->", code = "nop", no_strip = true })
  o:data("pointer", { bytes = { slot(f) }, align = 2, no_strip = true })
  return o
end

local function link_of(declare)
  return function()
    local o = object "a.o"
    o:features { "+mutable-globals" }
    declare(o)
    return { "--no-entry", before(), o }
  end
end

case "memory-addr-i32" {
  title = "a pointer in data is the address plus the addend, be it positive or negative",
  clauses = { "reloc.memory-addr-i32" },
  origin = { "llvm/llvm-project#54012", "ziglang/zig#13103", "WebAssembly/wabt#406" },
  link = link_of(function(o)
    local x = o:data("x", { bytes = "\1\2\3\4", export = "x" })
    o:data("p", { bytes = { addr(x), addr(x, 3), addr(x, -300) }, align = 2, export = "p" })
  end),
  expect = { data_at("p", { to_address "x", to_address("x", 3), to_address("x", -300) }) },
}

case "pointer-to-bss-and-to-itself" {
  title = "pointers to zeroed data and to the segment they stand in are addresses like any other",
  clauses = { "reloc.memory-addr-i32" },
  link = link_of(function(o)
    local x = o:data("x", { zero = 64, align = 4, segment_name = ".bss.x", export = "x" })
    local p = o:segment(".data.p", { bytes = { addr(x, 8), addr("p", 4) }, align = 2 })
    o:data("p", { segment = p, export = "p" })
  end),
  expect = { data_at("p", { to_address("x", 8), to_address("p", 4) }) },
}

case "symbol-inside-a-segment" {
  title = "the offset of a symbol in its segment and the addend both count",
  clauses = { "reloc.memory-addr-i32", "symbol.data.offset", "symbol.data.segment" },
  link = link_of(function(o)
    local s = o:segment(".data.s", { bytes = "0123456789", align = 0 })
    o:data("s", { segment = s, export = "s" })
    local middle = o:data("middle", { segment = s, offset = 4, size = 2 })
    o:data("p", { bytes = { addr(middle), addr(middle, 2), addr(middle, -1) }, align = 2,
      export = "p" })
  end),
  expect = { data_at("p", { to_address("s", 4), to_address("s", 6), to_address("s", 3) }) },
}

case "table-index-i32" {
  title = "a function pointer in data is the slot that holds the function",
  clauses = { "reloc.table-index-i32" },
  link = link_of(function(o)
    local g = o:func("g", { sig = "-> i32", export = "g", code = "i32.const 7" })
    local h = o:func("h", { sig = "-> i32", export = "h", code = "i32.const 8" })
    local p = o:data("p", { bytes = { slot(h), slot(g), slot(h) }, align = 2, export = "p" })
    o:func("f", { sig = "i32 -> i32", export = "f", code = { "local.get 0",
      { "i32.load", addr(p) }, { "call_indirect", "-> i32" } } })
  end),
  expect = { data_at("p", { to_slot "h", to_slot "g", to_slot "h" }), in_table("g", "h"),
    runs { { call = "f", args = { 0 }, value = 8 }, { call = "f", args = { 4 }, value = 7 } } },
}

case "memory-addr-locrel-i32" {
  title = "a place-relative pointer is the distance from its own place to the target",
  clauses = { "reloc.memory-addr-locrel-i32" },
  origin = { "WebAssembly/tool-conventions#163", "WebAssembly/tool-conventions#222" },
  link = link_of(function(o)
    local x = o:data("x", { bytes = "\x11\x22\x33\x44", export = "x" })
    local p = o:data("p", { bytes = { "pad.", addr_locrel(x, 2), addr_locrel(x, 2) }, align = 2,
      export = "p" })
    o:func("f", { sig = "i32 -> i32", export = "f", code = {
      { "i32.const", addr(p) }, "local.get 0; i32.add",
      { "i32.const", addr(p) }, "local.get 0; i32.add", { "i32.load" }, "i32.add",
      { "i32.load8_u" } } })
  end),
  expect = {
    runs { { call = "f", args = { 4 }, value = 0x33 }, { call = "f", args = { 8 }, value = 0x33 } },
    holds("x + 2 - place at both places", function(_, view)
      local x, p = view:address "x", view:address "p"
      for _, at in ipairs { 4, 8 } do
        local found = string.unpack("<i4", view:memory_at(p + at, 4))
        if found ~= x + 2 - (p + at) then return false, ("%d at p + %d"):format(found, at) end
      end
      return true
    end),
  },
}

case "function-index-i32" {
  title = "a function index in data is the index in the output, not a slot",
  clauses = { "reloc.function-index-i32" },
  link = link_of(function(o)
    o:func("g", { sig = "-> i32", export = "g", code = "i32.const 7" })
    local h = o:func("h", { sig = "-> i32", export = "h", code = "i32.const 8" })
    o:data("p", { bytes = { fn(h) }, align = 2, export = "p" })
  end),
  expect = { data_at("p", { to_func "h" }), not_in_table("g", "h") },
}

case "global-index-i32" {
  title = "a global index in data is the index in the output",
  clauses = { "reloc.global-index-i32" },
  link = link_of(function(o)
    local g = o:global("g", { type = "i64", init = "i64.const 7", export = "g" })
    o:data("p", { bytes = { glob(g) }, align = 2, export = "p" })
  end),
  expect = { data_at("p", { to_global "g" }) },
}

case "unaligned-and-last" {
  title = "a relocation may stand at any offset up to the last that has room for it",
  clauses = { "reloc.applied", "reloc.offset", "reloc.offset.boundary" },
  link = link_of(function(o)
    local x = o:data("x", { bytes = "\1\2\3\4", export = "x" })
    o:data("p", { bytes = { "<", addr(x), "|", addr(x, 1) }, export = "p" })
    o:data("q", { bytes = "next", export = "q" })
  end),
  expect = { data_at("p", { "<", to_address "x", "|", to_address("x", 1) }), data_at("q", "next") },
}

case "in-read-only-data" {
  title = "pointers in read-only data are relocated too",
  clauses = { "reloc.memory-addr-i32" },
  link = link_of(function(o)
    local x = o:data("x", { bytes = "\1\2\3\4", export = "x" })
    o:data("p", { bytes = { "ro", addr(x, 1) }, rodata = true, export = "p" })
  end),
  expect = { data_at("p", { "ro", to_address("x", 1) }) },
}

case "leb-in-data" {
  title = "a LEB128 relocation in data writes its five bytes there",
  clauses = { "reloc.padding", "reloc.encoding.unknown" },
  link = link_of(function(o)
    local x = o:data("x", { bytes = "\1\2\3\4", export = "x" })
    o:data("p", { bytes = { "<", reloc { type = "R_WASM_MEMORY_ADDR_LEB", sym = x, addend = 1,
      bytes = "\x80\x80\x80\x80\x00" }, ">" }, export = "p" })
  end),
  expect = { holds("<, five bytes of LEB128, >", function(_, view)
    local want = "<" .. uleb(view:address "x" + 1, 5) .. ">"
    return view:memory_at(view:address "p", #want) == want
  end) },
}

case "winner-of-two-objects" {
  title = "a pointer to a weak definition that lost points to the one that won",
  clauses = { "symbol.binding.weak" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local x = a:data("x", { bytes = "weak", weak = true })
    local f = a:func("f", { sig = "-> i32", weak = true, code = "i32.const 1" })
    a:data("p", { bytes = { addr(x, 1), slot(f) }, align = 2, export = "p" })
    b:data("x", { bytes = "strong", export = "x" })
    b:func("f", { sig = "-> i32", export = "f", code = "i32.const 2" })
    return { "--no-entry", a, b }
  end,
  expect = { data_at("p", { to_address("x", 1), to_slot "f" }), data_at("x", "strong"),
    code("f", { "i32.const 2" }) },
}

case "end-of-a-segment" {
  title = "a symbol at the end of its segment is the address behind it",
  clauses = { "reloc.memory-addr-i32", "symbol.data.offset" },
  link = link_of(function(o)
    local s = o:segment(".data.s", { bytes = "0123456789", align = 0 })
    o:data("s", { segment = s, export = "s" })
    local behind = o:data("behind", { segment = s, offset = 10, size = 0 })
    o:data("p", { bytes = { addr(behind), addr(behind, -10) }, align = 2, export = "p" })
  end),
  expect = { data_at("p", { to_address("s", 10), to_address "s" }) },
}
