-- The indirect function table: which functions get a slot, which one, and how large the table is.
-- Slot 0 stays empty, so that no function has the address 0.

-- A function of o that gives `value`.
local function giving(o, name, value, options)
  local opts = { sig = "-> i32", code = "i32.const " .. value }
  for key, setting in pairs(options or {}) do opts[key] = setting end
  return o:func(name, opts)
end

-- A function NAME of o that calls `f` through the table, at the address that is its constant.
local function calling(o, name, f)
  return o:func(name, { sig = "-> i32", export = name,
    code = { { "i32.const", f }, { "call_indirect", "-> i32" } } })
end

local function one_taken(...)
  local options = { ... }
  return function()
    local a = object "a.o"
    calling(a, "call", giving(a, "f", 7))
    local link = { "--no-entry" }
    for _, option in ipairs(options) do link[#link + 1] = option end
    link[#link + 1] = a
    return link
  end
end

case "imported-beside-a-defined-table" {
  title = "with --import-table other tables come behind that of functions",
  clauses = { "table.import" },
  link = function()
    local o = object "a.o"
    local g = o:func("g", { sig = "->", code = {} })
    local t = o:table("t", { min = 3, export = "t" })
    o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", slot(g) }, "drop",
      { "table.size", t } } })
    o:features { "+reference-types" }
    return { "--no-entry", "--import-table", o }
  end,
  expect = { imports { ["env.__indirect_function_table"] = { kind = "table" } },
    code("f", { { "i32.const", to_slot "g" }, "drop", { "table.size", to_table "t" } }) },
}

case "absent-when-not-needed" {
  title = "without indirect calls and function addresses there is no table",
  clauses = { "table.present" },
  link = function()
    local a = object "a.o"
    giving(a, "f", 1, { export = "f" })
    return { "--no-entry", a }
  end,
  expect = { has_function "f", indirect_table { absent = true }, no_section("table", "elem") },
}

case "absent-when-collected" {
  title = "an indirect call in dead code needs no table",
  clauses = { "table.present", "gc.reachability" },
  link = function()
    local a = object "a.o"
    giving(a, "f", 1, { export = "f" })
    a:func("dead", { sig = "i32 -> i32",
      code = { "local.get 0", { "call_indirect", "-> i32" } } })
    return { "--no-entry", a }
  end,
  expect = { has_function "f", indirect_table { absent = true }, no_section("table", "elem"),
    no_function "dead" },
}

case "dead-code-takes-no-slots" {
  title = "an address that only dead code takes gets no slot",
  clauses = { "table.synthesized", "gc.reachability" },
  link = function()
    local a = object "a.o"
    a:func("dead", { sig = "-> i32", code = { { "i32.const", giving(a, "g", 2) } } })
    calling(a, "call", giving(a, "f", 7))
    return { "--no-entry", a }
  end,
  expect = { elem_slots { [1] = "f" }, indirect_table { min = 2, max = 2 }, no_function "g",
    returns("call", {}, 7) },
}

case "first-slot" {
  title = "slots begin at 1, and the table is just large enough and cannot grow",
  clauses = { "table.synthesized", "table.limits", "table.null" },
  link = one_taken(),
  expect = { elem_slots { [1] = "f" }, const_at("call", 1, to_slot "f"),
    indirect_table { min = 2, max = 2, type = "funcref", imported = false, exported = false },
    returns("call", {}, 7) },
}

case "slot-zero-is-empty" {
  title = "an indirect call of address 0 traps",
  clauses = { "table.synthesized", "table.null" },
  link = function()
    local a = object "a.o"
    calling(a, "call", giving(a, "f", 7))
    a:func("null", { sig = "-> i32", export = "null",
      code = { "i32.const 0", { "call_indirect", "-> i32" } } })
    return { "--no-entry", a }
  end,
  expect = { traps "null", returns("call", {}, 7) },
}

case "table-base" {
  title = "--table-base is the first slot, and the table has as many empty ones before it",
  clauses = { "table.base" },
  link = one_taken "--table-base=10",
  expect = { elem_slots { [10] = "f" }, indirect_table { min = 11, max = 11 },
    const_at("call", 1, 10), returns("call", {}, 7) },
}

case "table-base-too-large" {
  title = "a --table-base that leaves no room for the slots in 32 bits is an error",
  clauses = { "table.base", "table.limits" },
  link = one_taken "--table-base=4294967295",
  expect = { rejects {} },
}

case "only-calls" {
  title = "a program that only calls through the table has an empty one",
  clauses = { "table.present", "table.limits" },
  link = function()
    local a = object "a.o"
    a:func("call", { sig = "i32 -> i32", export = "call",
      code = { "local.get 0", { "call_indirect", "-> i32" } } })
    return { "--no-entry", a }
  end,
  expect = { indirect_table { min = 1, max = 1 }, no_section "elem", traps("call", { 0 }),
    traps("call", { 1 }) },
}

case "one-slot-a-function" {
  title = "a function has one slot, however often and wherever its address is taken",
  clauses = { "table.synthesized" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local f = giving(a, "f", 7)
    calling(a, "one", f)
    calling(a, "two", f)
    a:data("pointer", { bytes = { slot(f), slot(f) }, align = 2, export = "pointer" })
    calling(b, "three", b:func("f", { sig = "-> i32", undefined = true }))
    return { "--no-entry", a, b }
  end,
  expect = { in_table "f", indirect_table { min = 2 }, const_at("one", 1, to_slot "f"),
    const_at("two", 1, to_slot "f"), const_at("three", 1, to_slot "f"),
    data_at("pointer", { to_slot "f", to_slot "f" }), returns("three", {}, 7) },
}

case "aliases-share-a-slot" {
  title = "two names of one function have one address",
  clauses = { "table.synthesized", "symbol.alias" },
  link = function()
    local a = object "a.o"
    local f = giving(a, "f", 7, { export = "f" })
    local g = a:alias("g", f, { static = true })
    a:func("equal", { sig = "-> i32", export = "equal",
      code = { { "i32.const", f }, { "i32.const", g }, "i32.eq" } })
    calling(a, "call", g)
    return { "--no-entry", a }
  end,
  expect = { in_table "f", indirect_table { min = 2 }, returns("equal", {}, 1),
    returns("call", {}, 7) },
}

case "equal-functions-differ" {
  title = "two functions of equal code have two addresses",
  clauses = { "table.synthesized", "functions.addresses" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local f, g = giving(a, "f", 7), giving(a, "g", 7)
    a:func("equal", { sig = "-> i32", export = "equal",
      code = { { "i32.const", f }, { "i32.const", g }, "i32.eq" } })
    calling(b, "other", giving(b, "f", 7, { static = true }))
    return { "--no-entry", a, b }
  end,
  expect = { indirect_table { min = 4 }, returns("equal", {}, 0), returns("other", {}, 7) },
}

case "order-of-first-need" {
  title = "slots are given in order of need: objects, in each functions before data",
  clauses = { "table.order" },
  origin = "emscripten-core/emscripten#9461",
  link = function()
    local a, b = object "a.o", object "b.o"
    local f1, f2, f3 = giving(a, "f1", 1), giving(a, "f2", 2), giving(a, "f3", 3)
    a:data("first", { bytes = { slot(f1) }, align = 2, export = "first" })
    a:func("take", { sig = "-> i32", export = "take",
      code = { { "i32.const", f3 }, { "i32.const", f2 }, "i32.sub" } })
    calling(b, "call", giving(b, "f4", 4))
    return { "--no-entry", a, b }
  end,
  expect = { elem_slots { [1] = "f3", [2] = "f2", [3] = "f1", [4] = "f4" },
    data_at("first", { to_slot "f1" }), returns("call", {}, 4) },
}

case "imported-function" {
  title = "an imported function whose address is taken has a slot",
  clauses = { "table.synthesized" },
  link = function()
    local a = object "a.o"
    calling(a, "call", a:func("host", { sig = "-> i32", undefined = true,
      import_module = "env", import_name = "host" }))
    return { "--no-entry", a }
  end,
  expect = { imports { ["env.host"] = "function" }, elem_slots { [1] = "host" },
    returns("call", {}, 42, { ["env.host"] = 42 }) },
}

case "data-only" {
  title = "an address in data alone gives the function a slot and keeps it",
  clauses = { "table.synthesized", "table.present", "gc.reachability" },
  link = function()
    local a, b = object("a.o", { table = false, elem = false }), object "b.o"
    a:data("pointer", { bytes = { slot(giving(a, "f", 7)) }, align = 2, export = "pointer" })
    local pointer = b:data("pointer", { undefined = true })
    b:func("call", { sig = "-> i32", export = "call",
      code = { { "i32.const", pointer }, { "i32.load" }, { "call_indirect", "-> i32" } } })
    return { "--no-entry", b, a }
  end,
  expect = { elem_slots { [1] = "f" }, data_at("pointer", { to_slot "f" }),
    returns("call", {}, 7) },
}

case "no-table-symbol" {
  title = "an address alone makes the table, also when no object has a symbol for it",
  clauses = { "table.present" },
  link = function()
    local a = object("a.o", { table = false, elem = false })
    a:data("pointer", { bytes = { slot(giving(a, "f", 7)) }, align = 2, export = "pointer" })
    return { "--no-entry", a }
  end,
  expect = { elem_slots { [1] = "f" }, indirect_table { min = 2, max = 2 },
    data_at("pointer", { to_slot "f" }) },
}

case "second-object-needs-table" {
  title = "an object that takes an address gets a table, though an earlier one mentions it in dead "
    .. "code alone",
  clauses = { "table.present", "symbol.merge.flags" },
  link = function()
    local a, b = object "a.o", object "b.o"
    a:func("dead", { sig = "->", code = { "i32.const 0", { "call_indirect", "->" } } })
    b:func("take", { sig = "-> i32", export = "take",
      code = { { "i32.const", slot(giving(b, "f", 7)) } } })
    return { "--no-entry", a, b }
  end,
  expect = { elem_slots { [1] = "f" }, indirect_table { min = 2, max = 2 },
    returns("take", {}, 1) },
}

-- The object has no symbol for the table, but takes an address.
case "late-imported-table" {
  title = "a table that only an address asks for is imported under --import-table",
  clauses = { "table.import", "table.synthesized" },
  link = function()
    local a = object("a.o", { table = false, elem = false })
    local f = a:func("f", { sig = "->", code = {} })
    a:data("p", { bytes = { slot(f) }, align = 2, export = "p" })
    return { "--no-entry", "--import-table", a }
  end,
  expect = { indirect_table { imported = true, min = 2 }, elem_slots { [1] = "f" },
    data_at("p", { to_slot "f" }) },
  peer_differs = "wasm-ld crashes: it writes elements of a table that is not there",
}
