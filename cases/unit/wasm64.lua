-- Units with 64-bit pointers: a pointer in data has eight bytes, and an address in code up to ten.

local function short(...)
  return { "-m", "wasm64", "--no-entry", "--strip-debug", "--compress-relocations", ... }
end

local function wide_unit(name)
  local u = unit(name, { memory64 = true })
  u:features { "+memory64" }
  return u
end

case "pointers" {
  title = "pointers in data have eight bytes, and any addend",
  clauses = { "unit.lowering" },
  link = function()
    local u = wide_unit "u.o"
    local x = u:data("x", { bytes = "0123456789", exported = true })
    local f = u:func("f", { sig = "->", code = "nop", exported = true })
    u:data("p", { bytes = { addr(x), slot(f), addr(x, -3), addr(x, 0x123456789) }, align = 3,
      exported = true })
    return short(u)
  end,
  expect = { data_at("p", { wide(to_address "x"), wide(to_slot "f"), wide(to_address("x", -3)),
    wide(to_address("x", 0x123456789)) }) },
}

case "operands" {
  title = "addresses and slots in code are those of a 64-bit memory, and short all the same",
  clauses = { "unit.lowering", "unit.minimal" },
  link = function()
    local u = wide_unit "u.o"
    local x = u:data("x", { bytes = "\7\0\0\0\0\0\0\0", align = 3, exported = true })
    local g = u:func("g", { sig = "-> i32", code = "i32.const 5", exported = true })
    u:func("address", { sig = "-> i64", code = { { "i64.const", addr(x, 1) } }, exported = true })
    u:func("load", { sig = "-> i64", code = { "i64.const 0", { "i64.load", addr(x) } },
      exported = true })
    u:func("call", { sig = "-> i32", exported = true,
      code = { { "i64.const", slot(g) }, { "call_indirect", "-> i32" } } })
    return short("--no-stack-first", "--global-base=1024", u)
  end,
  expect = { const_at("address", 1, to_address("x", 1)), body("address", 5),
    code("load", { "i64.const 0", { "i64.load", 3, to_address "x" } }), body("load", 8),
    const_at("call", 1, to_slot "g") },
}

case "anonymous" {
  title = "equal anonymous data with pointers are one in a 64-bit memory, too",
  clauses = { "unit.lowering", "unit.anonymous" },
  link = function()
    local u = wide_unit "u.o"
    local list = {}
    for i = 1, 2 do
      list[i] = addr(u:anon { bytes = { addr(u:anon { bytes = "leaf" }, 1), "tail" } })
    end
    u:data("p", { bytes = list, align = 3, exported = true })
    return short(u)
  end,
  expect = { data_count("leaf", 1), data_count("tail", 1) },
}

case "indexes" {
  title = "indexes are what they are in a 32-bit memory",
  clauses = { "unit.lowering", "unit.fixup" },
  link = function()
    local u = wide_unit "u.o"
    u:features { "+memory64", "+mutable-globals", "+reference-types", "+exception-handling" }
    local g = u:global("g", { mutable = true, init = "i32.const 40", exported = true })
    local t = u:table("t", { type = "externref", min = 3, exported = true })
    local e = u:tag("e", { sig = "i32 ->", exported = true })
    local callee = u:func("callee", { sig = "-> i32", code = "i32.const 2" })
    u:func("f", { sig = "-> i32 i32 i32", exported = true,
      code = { { "call", callee }, { "global.get", g }, { "table.size", t } } })
    u:func("throw", { sig = "->", code = { "i32.const 9", { "throw", e } }, exported = true })
    return short(u)
  end,
  expect = { code("f", { calls "callee", { "global.get", to_global "g" },
    { "table.size", to_table "t" } }),
    code("throw", { "i32.const 9", { "throw", to_tag "e" } }) },
}

case "unit-of-32-bits" {
  title = "a unit with 32-bit pointers is refused in a link for wasm64",
  clauses = { "unit.lowering" },
  link = function()
    local u = unit "u.o"
    u:func("f", { sig = "->", code = "nop", exported = true })
    return short(u)
  end,
  expect = { rejects { id = "WASM32_OBJECT", file = "u.o" } },
}

case "thread-local" {
  title = "the offset of a thread-local variable has 64 bits in code",
  clauses = { "unit.lowering", "reloc.memory-addr-tls-sleb64" },
  link = function()
    local u = wide_unit "u.o"
    u:features { "+memory64", "+atomics", "+bulk-memory" }
    u:data("first", { bytes = "\5\0\0\0", tls = true, no_strip = true })
    local t = u:data("t", { bytes = "\7", tls = true })
    u:func("f", { sig = "-> i64", exported = true, code = { { "i64.const", addr_tls(t) } } })
    return short(u)
  end,
  expect = { const_at("f", 1, 4) },
}
