-- Units: code.  A unit's functions have no bytes for operands that only the link knows; whatever
-- they turn out to be, they take as few bytes as they can.  Here every link is with
-- --compress-relocations, so that the unit and the object it lowers to give the same bytes.

local SHORT = { "--no-entry", "--strip-debug", "--compress-relocations" }

local function link(u, ...)
  local list = { table.unpack(SHORT) }
  for _, word in ipairs { ... } do list[#list + 1] = word end
  list[#list + 1] = u
  return list
end

case "every-fixup" {
  title = "an operand of each kind names what its fixup names",
  clauses = { "unit.fixup" },
  link = function()
    local u = unit "u.o"
    u:features { "+mutable-globals", "+reference-types", "+exception-handling" }
    local x = u:data("x", { bytes = "\5\0\0\0\6\0\0\0", align = 2, exported = true })
    local g = u:global("g", { mutable = true, init = "i32.const 40", exported = true })
    local t = u:table("t", { min = 3, exported = true })
    local e = u:tag("e", { sig = "i32 ->", exported = true })
    local first = u:func("first", { sig = "-> i32", code = "i32.const 1", exported = true })
    local second = u:func("second", { sig = "-> i32", code = "i32.const 2", exported = true })
    u:func("call", { sig = "-> i32", code = { { "call", second } }, exported = true })
    u:func("indirect", { sig = "-> i32", exported = true,
      code = { { "i32.const", slot(second) }, { "call_indirect", "-> i32" } } })
    u:func("global", { sig = "-> i32", code = { { "global.get", g } }, exported = true })
    u:func("table", { sig = "-> i32", code = { { "table.size", t } }, exported = true })
    u:func("throw", { sig = "->", code = { "i32.const 9", { "throw", e } }, exported = true })
    u:func("load", { sig = "-> i32", code = { "i32.const 0", { "i32.load", addr(x, 4) } },
      exported = true })
    u:func("address", { sig = "-> i32", code = { { "i32.const", addr(x, -3) } }, exported = true })
    u:func("unused", { sig = "-> i32", code = { { "call", first } } })
    return link(u)
  end,
  expect = {
    code("call", { calls "second" }), returns("call", {}, 2),
    const_at("indirect", 1, to_slot "second"), returns("indirect", {}, 2),
    code("global", { { "global.get", to_global "g" } }), returns("global", {}, 40),
    code("table", { { "table.size", to_table "t" } }),
    code("throw", { "i32.const 9", { "throw", to_tag "e" } }),
    code("load", { "i32.const 0", { "i32.load", 2, to_address("x", 4) } }), returns("load", {}, 6),
    const_at("address", 1, to_address("x", -3)), no_function "unused",
  },
}

case "operands-take-no-more-bytes-than-they-need" {
  title = "the operands of a unit's code are minimal, without being asked for",
  clauses = { "unit.minimal" },
  peer_differs = "other linkers get the lowered object, whose operands are padded",
  link = function()
    local u = unit "u.o"
    local x = u:data("x", { bytes = "\5\0\0\0", align = 2, exported = true })
    local g = u:func("g", { sig = "-> i32", code = "i32.const 7" })
    u:func("f", { sig = "-> i32", exported = true,
      code = { { "call", g }, { "i32.load", addr(x) }, { "i32.const", addr(x) }, "i32.add" } })
    return { "--no-entry", "--global-base=256", "--no-stack-first", u }
  end,
  expect = { code("f", { { "call", any() }, { "i32.load", 2, to_address "x" },
    { "i32.const", to_address "x" }, "i32.add" }), address "x" { equals = 256 } },
}

-- A function whose one operand is the address of data, which the options put where it is wanted.
local function at(address)
  return function()
    local u = unit "u.o"
    local x = u:data("x", { bytes = "\5", exported = true })
    u:func("constant", { sig = "-> i32", exported = true, code = { { "i32.const", addr(x) } } })
    u:func("offset", { sig = "-> i32", exported = true,
      code = { "i32.const 0", { "i32.load8_u", addr(x) } } })
    return link(u, "--no-stack-first", ("--global-base=%d"):format(address))
  end
end

-- A constant is signed, an offset is not: 64 takes two bytes in the one, and one in the other.
for _, row in ipairs {
  { 63, "\x3f", "\x3f" }, { 64, "\xc0\x00", "\x40" }, { 127, "\xff\x00", "\x7f" },
  { 128, "\x80\x01", "\x80\x01" }, { 8191, "\xff\x3f", "\xff\x3f" },
  { 8192, "\x80\xc0\x00", "\x80\x40" }, { 16383, "\xff\xff\x00", "\xff\x7f" },
  { 16384, "\x80\x80\x01", "\x80\x80\x01" }, { 1048575, "\xff\xff\x3f", "\xff\xff\x3f" },
  { 1048576, "\x80\x80\xc0\x00", "\x80\x80\x40" },
  { 2097151, "\xff\xff\xff\x00", "\xff\xff\x7f" },
  { 134217728, "\x80\x80\x80\xc0\x00", "\x80\x80\x80\x40" },
} do
  case("address-" .. row[1]) {
    title = ("address %d is a signed constant, and an unsigned offset"):format(row[1]),
    clauses = { "unit.minimal", "unit.fixup" },
    link = at(row[1]),
    expect = { body("constant", "\0\x41" .. row[2] .. "\x0b"),
      body("offset", "\0\x41\0\x2d\0" .. row[3] .. "\x0b"), returns("offset", {}, 5),
      returns("constant", {}, row[1]) },
  }
end

case "slot-is-no-function-index" {
  title = "the address of a function is its slot as a signed constant, never its index",
  clauses = { "unit.fixup" },
  link = function()
    local u = unit "u.o"
    for i = 1, 5 do
      u:func("before" .. i, { sig = "-> i32", exported = true, code = "i32.const " .. i })
    end
    local h = u:func("h", { sig = "-> i32", exported = true, code = "i32.const 77" })
    u:func("f", { sig = "-> i32", exported = true,
      code = { { "i32.const", slot(h) }, { "call_indirect", "-> i32" } } })
    return link(u, "--table-base=64")
  end,
  expect = { elem_slots { [64] = "h" }, body("f", 8), const_at("f", 1, 64), returns("f", {}, 77) },
}

case "one-place-two-operands" {
  title = "two operands with nothing between them stand in their order",
  clauses = { "unit.fixup" },
  link = function()
    local u = unit "u.o"
    u:features { "+reference-types" }
    u:table("first", { min = 1, no_strip = true })
    local g = u:func("g", { sig = "f64 -> i32", exported = true, code = "i32.const 6" })
    u:func("f", { sig = "-> i32", exported = true,
      code = { "f64.const 1", { "i32.const", slot(g) }, { "call_indirect", "f64 -> i32" } } })
    return link(u, "--export-table")
  end,
  expect = { returns("f", {}, 6), code("f", { "f64.const 1", { "i32.const", to_slot "g" },
    { "call_indirect", to_type "f64 -> i32", to_table "__indirect_function_table" } }) },
}

case "body-grows-past-a-byte-of-size" {
  title = "the size of a body is that of the body with its operands",
  clauses = { "unit.minimal" },
  link = function()
    local u = unit "u.o"
    local g = u:func("g", { sig = "->", code = "nop" })
    local calls_of_g = {}
    for i = 1, 63 do calls_of_g[i] = { "call", g } end
    u:func("f", { sig = "->", exported = true, code = calls_of_g })
    local more = { { "call", g } }
    for i = 2, 64 do more[i] = { "call", g } end
    u:func("h", { sig = "->", exported = true, code = more })
    return link(u)
  end,
  expect = { body("f", 128), body("h", 130), returns("h", {}) },
}

case "code-without-operands" {
  title = "a function without fixups is copied as it is, locals and all",
  clauses = { "unit.fixup" },
  link = function()
    local u = unit "u.o"
    u:func("f", { sig = "i64 -> i64", locals = "i32 i64 i64 f32", exported = true,
      code = "local.get 0; local.set 2; local.get 2" })
    return link(u)
  end,
  expect = { body("f", "\3\1\x7f\2\x7e\1\x7d\x20\0\x21\2\x20\2\x0b"), returns("f", { 5 }, 5) },
}

case "second-of-each-kind" {
  title = "what is imported is found in its own index space, the second of a kind, too",
  clauses = { "unit.fixup" },
  link = function()
    local u, o = unit "u.o", object "a.o"
    local features = { "+mutable-globals", "+reference-types", "+exception-handling" }
    u:features(features)
    o:features(features)
    local second = {}
    for i, name in ipairs { "one", "two" } do
      o:global("g" .. name, { mutable = true, init = "i32.const " .. i })
      o:table("t" .. name, { min = i })
      o:tag("e" .. name, { sig = i == 1 and "i32 ->" or "i64 ->" })
      o:func("f" .. name, { sig = "->", code = "nop" })
      second = { g = u:global("g" .. name, { mutable = true, undefined = true }),
        t = u:table("t" .. name, { undefined = true, min = i }),
        e = u:tag("e" .. name, { sig = i == 1 and "i32 ->" or "i64 ->", undefined = true }),
        f = u:func("f" .. name, { sig = "->", undefined = true }) }
    end
    u:func("f", { sig = "->", exported = true, code = { { "call", second.f },
      { "global.get", second.g }, "drop", { "table.size", second.t }, "drop", "i64.const 1",
      { "throw", second.e } } })
    return link(u, o, "--export=ftwo", "--export=gtwo", "--export=ttwo", "--export=etwo")
  end,
  expect = { code("f", { { "call", to_func "ftwo" }, { "global.get", to_global "gtwo" }, "drop",
    { "table.size", to_table "ttwo" }, "drop", "i64.const 1", { "throw", to_tag "etwo" } }) },
}

case "address-of-thread-local-data" {
  title = "thread-local data is named by its offset from __tls_base",
  clauses = { "unit.fixup" },
  link = function()
    local u = unit "u.o"
    u:features { "+atomics", "+bulk-memory" }
    u:data("a", { bytes = "\1\0\0\0", align = 2, tls = true, no_strip = true })
    local b = u:data("b", { bytes = "\2\0\0\0\3\0\0\0", align = 2, tls = true })
    u:func("f", { sig = "-> i32", exported = true, code = { { "i32.const", addr_tls(b, 4) } } })
    return link(u)
  end,
  expect = { const_at("f", 1, 8) },
}

case "block-of-thread-local-data" {
  title = "thread-local data, zeros too, are in the block that each thread has",
  clauses = { "unit.lowering" },
  link = function()
    local u = unit "u.o"
    u:features { "+atomics", "+bulk-memory", "+mutable-globals" }
    u:data("d", { bytes = "d", tls = true, no_strip = true })
    u:data("e", { zero = 5, tls = true, no_strip = true })
    return link(u, "--shared-memory", "--max-memory=131072", "--export=__tls_size")
  end,
  expect = { global_value("__tls_size", 6) },
}
