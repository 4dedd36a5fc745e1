-- The relocation kinds that wasm64 adds, each in a link whose data lies above 4 GiB: the value is
-- whole in ten bytes of a LEB or eight of a word.

local STACK = 5 << 30 -- below the data

local function wide_object(name)
  local o = object(name or "a.o", { memory64 = true })
  o:features { "+atomics", "+bulk-memory", "+mutable-globals" }
  return o
end

-- declare(o) fills an object; another one comes before it, so that nothing is number 0.
local function link_of(declare, ...)
  local options = { ... }
  return function()
    local first = wide_object "first.o"
    local f = first:func("first", { sig = "->", code = "nop", no_strip = true })
    first:data("first_data", { bytes = { "abcd\0\0\0\0", slot64(f) }, align = 3, no_strip = true })
    local o = wide_object()
    declare(o)
    local list = { "-mwasm64", "--no-entry", "--stack-first", "-z", "stack-size=" .. STACK }
    for _, option in ipairs(options) do list[#list + 1] = option end
    list[#list + 1] = first
    list[#list + 1] = o
    return list
  end
end

local function add_x(o) return o:data("x", { bytes = "\1\2\3\4", align = 3, export = "x" }) end

case "memory-addr-leb64" {
  title = "the offset of a memory access is the whole address plus the addend",
  clauses = { "reloc.memory-addr-leb64" },
  link = link_of(function(o)
    local x = add_x(o)
    o:func("f", { sig = "-> i32", export = "f",
      code = { "i64.const 0", { "i32.load", addr(x, 2) } } })
  end),
  expect = { address "x" { min = STACK }, code("f", { "i64.const 0",
    { "i32.load", any(), to_address("x", 2) } }) },
}

case "memory-addr-sleb64" {
  title = "an i64.const is the whole address plus the addend, be it negative",
  clauses = { "reloc.memory-addr-sleb64" },
  link = link_of(function(o)
    local x = add_x(o)
    o:func("f", { sig = "-> i64", export = "f", code = { { "i64.const", addr(x) } } })
    o:func("g", { sig = "-> i64", export = "g", code = { { "i64.const", addr(x, -0x100000001) } } })
  end),
  expect = { const_at("f", 1, to_address "x"), const_at("g", 1, to_address("x", -0x100000001)) },
}

case "memory-addr-i64" {
  title = "a pointer in data is the whole address plus the addend",
  clauses = { "reloc.memory-addr-i64", "reloc.addend.width" },
  link = link_of(function(o)
    local x = add_x(o)
    o:data("p", { bytes = { addr64(x), addr64(x, 0x100000000), addr64(x, -1) }, align = 3,
      export = "p" })
  end),
  expect = { data_at("p", { wide(to_address "x"), wide(to_address("x", 0x100000000)),
    wide(to_address("x", -1)) }) },
}

case "memory-addr-rel-sleb64" {
  title = "an address relative to __memory_base is the address, since that is 0",
  clauses = { "reloc.memory-addr-rel-sleb64" },
  link = link_of(function(o)
    local x = add_x(o)
    o:func("f", { sig = "-> i64", export = "f", code = { { "i64.const", addr_rel(x, 1) } } })
  end),
  expect = { const_at("f", 1, to_address("x", 1)) },
}

case "memory-base" {
  title = "position-independent code finds 0 in __memory_base, an i64",
  clauses = { "reloc.memory-addr-rel-sleb64", "layout.symbol.memory-base" },
  link = link_of(function(o)
    local x = add_x(o)
    local base = o:global("__memory_base", { type = "i64", undefined = true })
    o:func("f", { sig = "-> i64", export = "f", code = { { "global.get", base },
      { "i64.const", addr_rel(x, 1) }, "i64.add" } })
  end),
  expect = { no_import(), global_value("GOT.data.internal.__memory_base", 0),
    const_at("f", 1, to_address("x", 1)) },
}

case "got" {
  title = "the GOT entries of data and functions are i64",
  clauses = { "got.internal", "wasm64.globals" },
  link = link_of(function(o)
    local x = add_x(o)
    local h = o:func("h", { sig = "->", export = "h", code = "nop" })
    o:func("f", { sig = "-> i64", export = "f", code = { { "global.get", got(x) } } })
    o:func("g", { sig = "-> i64", export = "g", code = { { "global.get", got(h) } } })
  end),
  expect = { global_value("GOT.data.internal.x", to_address "x"),
    global_value("GOT.func.internal.h", to_slot "h"),
    holds("both are i64", function(_, view)
      local function type_of(name) return view:describe("global", view:one("global", name)).type end
      return type_of "GOT.data.internal.x" == "i64" and type_of "GOT.func.internal.h" == "i64"
    end) },
}

case "table-index-sleb64" {
  title = "the slot of a function is an i64.const",
  clauses = { "reloc.table-index-sleb64" },
  link = link_of(function(o)
    local h = o:func("h", { sig = "->", export = "h", code = "nop" })
    o:func("f", { sig = "-> i64", export = "f", code = { { "i64.const", slot(h) } } })
  end, "--table-base=4294967200"),
  expect = { const_at("f", 1, to_slot "h"), in_table "h" },
}

case "table-index-rel-sleb64" {
  title = "a slot relative to __table_base counts from --table-base",
  clauses = { "reloc.table-index-rel-sleb64" },
  link = link_of(function(o)
    local h = o:func("h", { sig = "->", export = "h", code = "nop" })
    o:func("f", { sig = "-> i64", export = "f", code = { { "i64.const", slot_rel(h) } } })
  end, "--table-base=9"),
  expect = { const_at("f", 1, 1), elem_slots { [9] = "first", [10] = "h" } },
}

case "table-index-i64" {
  title = "a function pointer in data is the slot in eight bytes",
  clauses = { "reloc.table-index-i64" },
  link = link_of(function(o)
    local h = o:func("h", { sig = "->", export = "h", code = "nop" })
    o:data("p", { bytes = { slot64(h), "\1" }, align = 3, export = "p" })
  end, "--table-base=4294967200"),
  expect = { data_at("p", { wide(to_slot "h"), "\1" }) },
}

case "function-offset-i64" {
  title = "the place of a function in the code has eight bytes, too",
  clauses = { "reloc.function-offset-i64" },
  link = link_of(function(o)
    local f = o:func("f", { sig = "->", export = "f", code = "nop" })
    o:custom("info", { bytes = { fn_offset64(f, 2), "\1" } })
    o:custom("narrow", { bytes = { fn_offset(f, 2) } })
  end),
  expect = { holds("the same place in both widths, the upper half 0", function(_, view)
    local w, n = view:custom "info", view:custom "narrow"
    return w == n .. "\0\0\0\0\1" and n ~= "\0\0\0\0"
  end) },
}

case "memory-addr-tls-sleb64" {
  title = "an offset in the block of thread-local data is an i64.const",
  clauses = { "reloc.memory-addr-tls-sleb64" },
  link = link_of(function(o)
    o:data("t", { bytes = "\1\2\3\4", tls = true, align = 2, no_strip = true })
    local v = o:data("v", { bytes = "\5\6\7\8", tls = true, align = 2 })
    o:func("f", { sig = "-> i64", export = "f", code = { { "i64.const", addr_tls(v, -1) } } })
  end),
  expect = { const_at("f", 1, 3) },
}

case "weak-undefined" {
  title = "the address of what is weak and undefined is 0 at each width, whatever the addend",
  clauses = { "symbol.undefined.weak", "reloc.memory-addr-sleb64", "reloc.memory-addr-i64" },
  link = link_of(function(o)
    local x = o:data("gone", { undefined = true, weak = true })
    o:func("f", { sig = "-> i64", export = "f", code = { { "i64.const", addr(x, 8) } } })
    o:data("p", { bytes = { addr64(x, 8), "\1" }, align = 3, export = "p" })
  end),
  expect = { const_at("f", 1, 0), data_at("p", "\0\0\0\0\0\0\0\0\1") },
}

case "undefined" {
  title = "what is undefined is reported at the place of a 64-bit relocation, too",
  clauses = { "symbol.undefined.strong", "reloc.memory-addr-i64" },
  link = link_of(function(o)
    o:data("p", { bytes = { addr64(o:data("gone", { undefined = true })) }, align = 3,
      export = "p" })
  end),
  expect = { rejects { id = "UNDEFINED_SYMBOL", class = "undefined", file = "a.o",
    field = "R_WASM_MEMORY_ADDR_I64", message = "gone" } },
}

case "start-and-stop" {
  title = "the bounds of a section are whole addresses",
  clauses = { "layout.start-stop", "reloc.memory-addr-sleb64" },
  link = link_of(function(o)
    o:data("x", { bytes = "\1\2\3\4", segment_name = "mine", export = "x" })
    for _, name in ipairs { "__start_mine", "__stop_mine" } do
      o:func("get" .. name, { sig = "-> i64", export = "get" .. name,
        code = { { "i64.const", o:data(name, { undefined = true }) } } })
    end
  end),
  expect = { const_at("get__start_mine", 1, to_address "x"),
    const_at("get__stop_mine", 1, to_address("x", 4)) },
}
