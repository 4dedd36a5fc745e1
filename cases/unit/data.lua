-- Units: data.  Named data are objects, with an address of their own; anonymous data are values,
-- and equal ones of a unit are one.

local function link(u, ...)
  return { "--no-entry", "--strip-debug", "--compress-relocations", u, ... }
end

-- A unit with a table of pointers to the given data, exported as "pointers".
local function pointers_to(u, list)
  local pieces = {}
  for i, d in ipairs(list) do pieces[i] = addr(d) end
  u:data("pointers", { bytes = pieces, align = 2, exported = true })
  return link(u)
end

-- Exactly these distances between the first pointer and the others.
local function distances(list)
  return holds("pointers differ by " .. table.concat(list, ", "), function(_, view)
    local n = #list + 1
    local words = { ("<" .. ("i4"):rep(n)):unpack(view:memory_at(view:address "pointers", 4 * n)) }
    local found = {}
    for i = 1, #list do found[i] = words[i + 1] - words[1] end
    return table.concat(found, " ") == table.concat(list, " "), table.concat(found, ", ")
  end)
end

case "equal-anonymous-data-is-one" {
  title = "equal anonymous data of a unit are one, whatever is between them",
  clauses = { "unit.anonymous" },
  link = function()
    local u = unit "u.o"
    return pointers_to(u, { u:anon { bytes = "anonymous" }, u:anon { bytes = "other" },
      u:anon { bytes = "anonymous" } })
  end,
  expect = { data_count("anonymous", 1), distances { 9, 0 } },
}

case "prefix-is-not-equal" {
  title = "data that begin alike, or end alike, are not equal",
  clauses = { "unit.anonymous" },
  link = function()
    local u = unit "u.o"
    return pointers_to(u, { u:anon { bytes = "abcd" }, u:anon { bytes = "abc" },
      u:anon { bytes = "bcd" }, u:anon { bytes = "abcd\0" } })
  end,
  expect = { distances { 4, 7, 10 } },
}

case "named-data-keeps-its-address" {
  title = "equal named data are two, and are not shared with anonymous data either",
  clauses = { "unit.anonymous" },
  link = function()
    local u = unit "u.o"
    local a = u:data("a", { bytes = "identity", constant = true })
    local b = u:data("b", { bytes = "identity", constant = true })
    return pointers_to(u, { a, b, u:anon { bytes = "identity" } })
  end,
  expect = { data_count("identity", 3), distances { 8, 16 } },
}

case "largest-alignment" {
  title = "shared data has the largest alignment that was asked for, wherever it was asked",
  clauses = { "unit.anonymous" },
  link = function()
    local u = unit "u.o"
    return pointers_to(u, { u:anon { bytes = "x" }, u:anon { bytes = "shared", align = 1 },
      u:anon { bytes = "shared", align = 5 }, u:anon { bytes = "shared", align = 3 } })
  end,
  expect = { distances { 32, 32, 32 }, data_count("shared", 1),
    holds("the address is a multiple of 32", function(_, view)
      local _, second = ("<i4i4"):unpack(view:memory_at(view:address "pointers", 8))
      return second % 32 == 0, second
    end) },
}

case "equal-pointers" {
  title = "anonymous data that point to equal anonymous data are equal",
  clauses = { "unit.anonymous" },
  link = function()
    local u = unit "u.o"
    local a, b = u:anon { bytes = "leaf" }, u:anon { bytes = "leaf" }
    local pa, pb = u:anon { bytes = { addr(a), "!" } }, u:anon { bytes = { addr(b), "!" } }
    return pointers_to(u, { u:anon { bytes = { addr(pa, 1) } }, u:anon { bytes = { addr(pb, 1) } },
      pa, pb, a, b })
  end,
  expect = { data_count("leaf", 1), data_count("!", 1), distances { 0, -5, -5, -9, -9 } },
}

case "other-addend-other-data" {
  title = "fixups with other addends, places or targets make other data",
  clauses = { "unit.anonymous" },
  link = function()
    local u = unit "u.o"
    local a, b = u:data("a", { bytes = "aaaa" }), u:data("b", { bytes = "aaaa" })
    return pointers_to(u, { u:anon { bytes = { addr(a), "\0\0\0\0" } },
      u:anon { bytes = { addr(a, 1), "\0\0\0\0" } }, u:anon { bytes = { addr(b), "\0\0\0\0" } },
      u:anon { bytes = { "\0\0\0\0", addr(a) } }, u:anon { bytes = { addr(a), "\0\0\0\0" } } })
  end,
  expect = { distances { 8, 16, 24, 0 } },
}

case "bytes-under-a-fixup-do-not-matter" {
  title = "what data hold where a fixup will write is no part of them",
  clauses = { "unit.anonymous" },
  link = function()
    local u = unit "u.o"
    local a = u:data("a", { bytes = "aaaa", exported = true })
    local first = u:fixup(u:anon { bytes = "\xaa\xaa\xaa\xaa" },
      { kind = "address", position = 0, target = a, addend = 2 })
    local second = u:fixup(u:anon { bytes = "\0\0\0\0" },
      { kind = "address", position = 0, target = a, addend = 2 })
    return pointers_to(u, { first, second, a })
  end,
  expect = { distances { 0, 4 }, data_at({ "a", -4 }, { to_address("a", 2) }) },
}

case "data-that-reach-themselves" {
  title = "anonymous data in a ring are kept apart",
  clauses = { "unit.anonymous" },
  link = function()
    local u = unit "u.o"
    local a, b = u:anon { bytes = "\0\0\0\0" }, u:anon { bytes = "\0\0\0\0" }
    u:fixup(a, { kind = "address", position = 0, target = b })
    u:fixup(b, { kind = "address", position = 0, target = a })
    local own = u:anon { bytes = "\0\0\0\0" }
    u:fixup(own, { kind = "address", position = 0, target = own })
    return pointers_to(u, { a, b, own })
  end,
  expect = { distances { 4, 8 } },
}

case "long-chain" {
  title = "anonymous data may refer to each other in a long chain",
  clauses = { "unit.anonymous" },
  link = function()
    local u = unit "u.o"
    local heads = {}
    for k = 1, 2 do
      local last = u:anon { bytes = "tail" }
      for _ = 1, 1500 do last = u:anon { bytes = { addr(last) } } end
      heads[k] = last
    end
    return pointers_to(u, heads)
  end,
  expect = { distances { 0 }, data_count("tail", 1) },
}

case "zeros-are-bss" {
  title = "data of zeros take no bytes in the module, named or not",
  clauses = { "unit.zero" },
  link = function()
    local u = unit "u.o"
    local a, b = u:anon { zero = 100, align = 4 }, u:data("b", { zero = 50, align = 2 })
    local c = u:anon { zero = 100 }
    return pointers_to(u, { a, b, c, u:anon { zero = 99 } })
  end,
  expect = { data_segments { ".data" }, distances { 100, 0, 150 } },
}

case "zeros-with-a-fixup-are-data" {
  title = "zeros that a fixup will overwrite are data",
  clauses = { "unit.zero" },
  link = function()
    local u = unit "u.o"
    local x = u:data("x", { zero = 4, align = 2, exported = true })
    u:data("p", { bytes = { "\0\0\0\0", addr(x, 1) }, align = 2, exported = true })
    return link(u)
  end,
  expect = { data_segments { ".data" }, data_at("p", { "\0\0\0\0", to_address("x", 1) }) },
}

case "length-is-no-marker" {
  title = "data whose offset is their length are data (bug B1 of Zig's linker)",
  clauses = { "unit.zero" },
  link = function()
    local u = unit "u.o"
    for i, text in ipairs { "a", "b", "cc", "dddd", "eeeeeeee" } do
      u:data("d" .. i, { bytes = text, exported = true })
    end
    return link(u)
  end,
  expect = { data_at("d1", "abccddddeeeeeeee"), data_at("d2", "b"), data_at("d3", "cc"),
    data_at("d4", "dddd"), data_at("d5", "eeeeeeee") },
}

case "addend-of-a-pointer" {
  title = "a pointer keeps its addend, positive or negative (bug B27 of Zig's linker)",
  clauses = { "unit.fixup" },
  link = function()
    local u = unit "u.o"
    local x = u:data("x", { bytes = "01234567", exported = true })
    u:data("p", { bytes = { addr(x), addr(x, 7), addr(x, -5), addr(x, 0x7fffffff),
      addr(x, -0x200) }, align = 2, exported = true })
    u:func("f", { sig = "-> i32", exported = true,
      code = { { "i32.const", addr(x, -1) }, { "i32.load8_u", addr(x, -0x100) }, "drop",
        { "i32.const", addr(x, 6) }, { "i32.load8_u", 0 } } })
    return link(u)
  end,
  expect = { data_at("p", { to_address "x", to_address("x", 7), to_address("x", -5),
    to_address("x", 0x7fffffff), to_address("x", -0x200) }),
    const_at("f", 1, to_address("x", -1)), const_at("f", 2, to_address("x", 6)) },
}

case "pointers-to-functions" {
  title = "data hold the slot of a function, and anonymous data of equal slots are one",
  clauses = { "unit.fixup", "unit.anonymous" },
  link = function()
    local u = unit "u.o"
    local f = u:func("f", { sig = "->", code = "nop", exported = true })
    local g = u:func("g", { sig = "->", code = "nop", exported = true })
    u:data("vtable", { bytes = { slot(g), slot(f) }, align = 2, exported = true })
    local list = {}
    for i, func in ipairs { g, g, f } do list[i] = u:anon { bytes = { slot(func), "!" } } end
    return pointers_to(u, list)
  end,
  expect = { data_at("vtable", { to_slot "g", to_slot "f" }), in_table("f", "g"),
    distances { 0, 5 } },
}

case "nothing-has-an-address" {
  title = "data of no bytes have an address, aligned as they ask",
  clauses = { "unit.zero" },
  link = function()
    local u = unit "u.o"
    local x = u:data("x", { bytes = "x", exported = true })
    local e = u:data("e", { bytes = "", align = 4, exported = true })
    local e2 = u:data("e2", { bytes = "", exported = true })
    u:func("f", { sig = "-> i32", exported = true, code = { { "i32.const", addr(e) } } })
    return pointers_to(u, { x, e, e2, u:anon { bytes = "" }, u:anon { bytes = "" } })
  end,
  expect = { address "e" { align = 16 }, const_at("f", 1, to_address "e"),
    data_at({ "pointers", 4 }, { to_address "e", to_address "e2" }),
    holds("the two without a name are one", function(_, view)
      local a, b = ("<i4i4"):unpack(view:memory_at(view:address "pointers" + 12, 8))
      return a == b, ("%d and %d"):format(a, b)
    end) },
}

case "kinds-of-segments" {
  title = "constants, variables, zeros and thread-local data go to segments of their own",
  clauses = { "unit.lowering" },
  link = function()
    local u = unit "u.o"
    u:features { "+atomics", "+bulk-memory" }
    u:data("a", { bytes = "a", no_strip = true })
    u:data("b", { bytes = "b", constant = true, no_strip = true })
    u:data("c", { zero = 3, no_strip = true })
    u:data("d", { bytes = "d", tls = true, no_strip = true })
    u:data("e", { zero = 5, tls = true, no_strip = true })
    return link(u)
  end,
  stage = "place",
  expect = { layout { ".tdata", ".rodata", ".data", ".bss" },
    segment ".tdata" { inputs = { "u.o:.tdata.d", "u.o:.tbss.e" } },
    segment ".rodata" { inputs = { "u.o:.rodata.b" } },
    segment ".data" { inputs = { "u.o:.data.a" } }, segment ".bss" { inputs = { "u.o:.bss.c" } } },
}

case "dead-data" {
  title = "data that nobody refers to is dropped, one by one",
  clauses = { "unit.live" },
  link = function()
    local u = unit "u.o"
    u:data("unused", { bytes = "unused" })
    u:anon { bytes = "nameless" }
    local x = u:data("x", { bytes = "wanted" })
    u:func("f", { sig = "-> i32", exported = true, code = { { "i32.const", addr(x) } } })
    return link(u)
  end,
  expect = { data_count("unused", 0), data_count("nameless", 0), data_count("wanted", 1),
    const_at("f", 1, to_data "wanted") },
}

case "name-like-those-of-anonymous-data" {
  title = "a name that looks like that of anonymous data is a name like any other",
  clauses = { "unit.anonymous" },
  link = function()
    local u = unit "u.o"
    local named = u:data("__anon_0", { bytes = "named", constant = true, exported = true })
    return pointers_to(u, { u:anon { bytes = "first" }, named, u:anon { bytes = "second" } })
  end,
  expect = { data_at("__anon_0", "named"), data_count("first", 1), data_count("second", 1) },
}
