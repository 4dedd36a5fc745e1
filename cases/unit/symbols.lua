-- Units: symbols.  What a unit defines and uses by name is what an object would.

local function short(...)
  return { "--no-entry", "--strip-debug", "--compress-relocations", ... }
end

case "calls-between-unit-and-object" {
  title = "a unit calls an object, the object calls the unit",
  clauses = { "unit.symbols" },
  link = function()
    local u, o = unit "u.o", object "o.o"
    local from_object = u:func("from_object", { sig = "i32 -> i32", undefined = true })
    u:func("run", { sig = "-> i32", exported = true, code = { "i32.const 1",
      { "call", from_object } } })
    u:func("from_unit", { sig = "i32 -> i32", code = "local.get 0; i32.const 10; i32.add" })
    local from_unit = o:func("from_unit", { sig = "i32 -> i32", undefined = true })
    o:func("from_object", { sig = "i32 -> i32",
      code = { "local.get 0", { "call", from_unit }, "i32.const 100", "i32.add" } })
    return short(u, o)
  end,
  expect = { returns("run", {}, 111) },
}

case "function-names-are-no-order" {
  title = "functions call each other, whichever is declared first",
  clauses = { "unit.symbols" },
  link = function()
    local u = unit "u.o"
    local odd = u:func("odd", { sig = "i32 -> i32" })
    local even = u:func("even", { sig = "i32 -> i32", exported = true })
    local function step(other, last)
      return { "local.get 0", "i32.eqz", "if i32", "i32.const " .. last, "else", "local.get 0",
        "i32.const 1", "i32.sub", { "call", other }, "end" }
    end
    u:code(even, step(odd, 1))
    u:code(odd, step(even, 0))
    return short(u)
  end,
  expect = { returns("even", { 10 }, 1), returns("even", { 7 }, 0) },
}

case "imports" {
  title = "what a unit does not define is imported from where it says",
  clauses = { "unit.symbols" },
  link = function()
    local u = unit "u.o"
    u:features { "+mutable-globals" }
    local f = u:func("f", { sig = "i32 -> i32", undefined = true, import_module = "host",
      import_name = "double" })
    local g = u:global("g", { type = "i64", mutable = true, undefined = true,
      import_module = "host", import_name = "state" })
    u:func("run", { sig = "i32 -> i32", exported = true,
      code = { { "global.get", g }, "drop", "local.get 0", { "call", f } } })
    return short(u)
  end,
  expect = { imports_exactly { "host.double", "host.state" },
    imports { ["host.double"] = { kind = "function", sig = "i32 -> i32" },
      ["host.state"] = { kind = "global", type = "i64", mutable = true } },
    returns("run", { 4 }, 7, { ["host.double"] = 7 }) },
}

-- Two of each kind that has an index space, of other types; the second are used.  opts(name): what
-- else is said of a symbol.
local function second_of_each(opts)
  local u = unit "u.o"
  u:features { "+mutable-globals", "+reference-types", "+exception-handling" }
  local function two(verb, name, fields)
    local last
    for i = 1, 2 do
      local all = opts(name .. i)
      for key, value in pairs(fields(i)) do
        if all[key] == nil and not (all.undefined and (key == "code" or key == "init")) then
          all[key] = value
        end
      end
      last = u[verb](u, name .. i, all)
    end
    return last
  end
  local type = { "i64", "i32" }
  local f = two("func", "f", function(i)
    return { sig = "-> " .. type[i], code = type[i] .. ".const " .. i }
  end)
  local g = two("global", "g", function(i)
    return { type = type[i], init = type[i] .. ".const " .. i }
  end)
  local e = two("tag", "e", function(i) return { sig = i == 1 and "i32 ->" or "->" } end)
  local t = two("table", "t", function(i) return { min = i } end)
  u:func("run", { sig = "-> i32", exported = true, code = { { "call", f }, { "global.get", g },
    "i32.add", { "table.size", t }, "i32.add" } })
  u:func("throw", { sig = "->", exported = true, code = { { "throw", e } } })
  return u
end

local SECOND = { code("run", { { "call", to_func "f2" }, { "global.get", to_global "g2" },
  "i32.add", { "table.size", to_table "t2" }, "i32.add" }),
  code("throw", { { "throw", to_tag "e2" } }) }

case "second-import-of-each-kind" {
  title = "each import has an index of its own in the space of its kind",
  clauses = { "unit.symbols" },
  link = function()
    return short(second_of_each(function(name)
      return { undefined = true, import_module = "host", import_name = name }
    end))
  end,
  expect = { imports { ["host.f2"] = { kind = "function", sig = "-> i32" },
      ["host.g2"] = { kind = "global", type = "i32" }, ["host.e2"] = { kind = "tag", sig = "->" },
      ["host.t2"] = { kind = "table", min = 2 } }, table.unpack(SECOND) },
}

case "second-definition-of-each-kind" {
  title = "so has each definition",
  clauses = { "unit.symbols" },
  link = function() return short(second_of_each(function() return { exported = true } end)) end,
  expect = { returns("run", {}, 6), table.unpack(SECOND) },
}

case "import-by-its-own-name" {
  title = "a function that is imported by its own name, and says so, needs no option",
  clauses = { "unit.symbols", "symbol.explicit-name" },
  link = function()
    local u = unit "u.o"
    local puts = u:func("puts", { sig = "->", undefined = true, flags = 0x10,
      import_module = "env", import_name = "puts" })
    u:func("run", { sig = "->", code = { { "call", puts } }, exported = true })
    return { "-r", u }
  end,
  expect = { linking_symbol "puts" { flags = "undefined explicit_name", import = "env.puts" },
    relinks({ "--no-entry" }, { imports_exactly { "env.puts" } }) },
}

case "only-imports-have-an-import-name" {
  title = "what is defined, or data, has no name to be imported by, whatever is said of it",
  clauses = { "unit.symbols", "symbol.explicit-name" },
  link = function()
    local a, b = unit "a.o", unit "b.o"
    a:func("f", { sig = "->", code = {}, flags = 0x20, import_name = "g" })
    for u, module in pairs { [a] = "one", [b] = "two" } do
      local d = u:data("d", { undefined = true, flags = 0x10, import_module = module,
        import_name = module })
      u:func("use_" .. module, { sig = "-> i32", code = { { "i32.const", addr(d) } } })
    end
    return { "-r", a, b }
  end,
  expect = { linking_symbol "f" { flags = "exported" },
    linking_symbol "d" { flags = "undefined" } },
}

case "pointer-before-its-function" {
  title = "who takes the address of a function needs the table, the first symbol of a unit, too",
  clauses = { "unit.symbols", "unit.lowering" },
  link = function()
    local u = unit "u.o"
    local pointer = u:data("pointer", { bytes = "\0\0\0\0", align = 2 })
    u:fixup(pointer, { kind = "slot", position = 0,
      target = u:func("f", { sig = "->", code = {} }) })
    return { "-r", u }
  end,
  expect = { linking_symbol "__indirect_function_table" { kind = "table" } },
}

case "undefined-function" {
  title = "a function that nobody defines is undefined, and the unit that calls it is named",
  clauses = { "unit.symbols" },
  link = function()
    local u = unit "u.o"
    local gone = u:func("gone", { sig = "->", undefined = true })
    u:func("run", { sig = "->", exported = true, code = { { "call", gone } } })
    return short(u)
  end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", file = "u.o" } },
}

case "undefined-data" {
  title = "data that nobody defines is undefined",
  clauses = { "unit.symbols" },
  link = function()
    local u = unit "u.o"
    local gone = u:data("gone", { undefined = true })
    u:data("p", { bytes = { addr(gone, 4) }, exported = true })
    return short(u)
  end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", file = "u.o" } },
}

case "undefined-weak" {
  title = "weak references that nobody satisfies are 0",
  clauses = { "unit.symbols" },
  link = function()
    local u = unit "u.o"
    local data = u:data("data", { undefined = true, weak = true })
    local func = u:func("func", { sig = "->", undefined = true, weak = true })
    u:data("p", { bytes = { addr(data, 4), slot(func), "!" }, exported = true })
    u:func("run", { sig = "-> i32", exported = true, code = { { "i32.const", addr(data, 8) } } })
    return short(u)
  end,
  expect = { data_at("p", "\0\0\0\0\0\0\0\0!"), returns("run", {}, 0) },
}

local function two_definitions(first, second)
  return function()
    local u, o = unit "u.o", object "o.o"
    u:func("f", { sig = "-> i32", weak = first, exported = true, code = "i32.const 1" })
    u:data("d", { bytes = "unit", weak = first, exported = true })
    o:func("f", { sig = "-> i32", weak = second, export = "f", code = "i32.const 2" })
    o:data("d", { bytes = "object", weak = second, export = "d" })
    return short(u, o)
  end
end

case "weak-unit-strong-object" {
  title = "a strong definition in an object wins over a weak one in a unit",
  clauses = { "unit.symbols", "symbol.binding.weak" },
  link = two_definitions(true, false),
  expect = { returns("f", {}, 2), data_at("d", "object"), data_count("unit", 0) },
}

case "strong-unit-weak-object" {
  title = "and a strong one in a unit over a weak one in an object",
  clauses = { "unit.symbols", "symbol.binding.weak" },
  link = two_definitions(false, true),
  expect = { returns("f", {}, 1), data_at("d", "unit"), data_count("object", 0) },
}

case "two-strong-definitions" {
  title = "two strong definitions are an error",
  clauses = { "unit.symbols" },
  link = two_definitions(false, false),
  expect = { rejects { id = "DUPLICATE_SYMBOL" } },
}

case "static-names" {
  title = "static symbols of two units may have one name",
  clauses = { "unit.symbols" },
  link = function()
    local list = {}
    for i, name in ipairs { "f", "g" } do
      local u = unit(name .. ".o")
      local x = u:data("x", { bytes = u8(10 * i), static = true })
      local own = u:func("own", { sig = "-> i32", static = true,
        code = { { "i32.const", addr(x) }, "i32.load8_u" } })
      u:func(name, { sig = "-> i32", exported = true, code = { { "call", own } } })
      list[i] = u
    end
    return short(table.unpack(list))
  end,
  expect = { returns("f", {}, 10), returns("g", {}, 20) },
}

case "export-name" {
  title = "a function is exported under the name that the unit gives it",
  clauses = { "unit.symbols" },
  link = function()
    local u = unit "u.o"
    u:func("inner.name", { sig = "-> i32", export = "outer", code = "i32.const 3" })
    u:data("d", { bytes = "data", exported = true })
    return short(u)
  end,
  expect = { exports_exactly { "memory", "outer", "d" }, returns("outer", {}, 3) },
}

case "entry" {
  title = "the entry may be in a unit",
  clauses = { "unit.symbols" },
  link = function()
    local u = unit "u.o"
    u:func("_start", { sig = "->", code = "nop" })
    u:func("other", { sig = "->", code = "nop" })
    return { "--strip-debug", "--compress-relocations", u }
  end,
  expect = { exports_exactly { "memory", "_start" }, no_function "other" },
}

case "constructors" {
  title = "constructors of units and objects run by priority, then in the order of the inputs",
  clauses = { "unit.lowering" },
  link = function()
    local a, o = unit "a.o", object "o.o"
    local log = a:global("log", { mutable = true, hidden = true })
    local function note(n)
      return { { "global.get", log }, "i32.const 10", "i32.mul", "i32.const " .. n, "i32.add",
        { "global.set", log } }
    end
    a:init(a:func("a_late", { sig = "->", code = note(3) }), 200)
    a:init(a:func("a_early", { sig = "->", code = note(1) }), 100)
    log = o:global("log", { mutable = true, undefined = true })
    o:init(o:func("o_early", { sig = "->", code = note(2) }), 100)
    log = a:symbol "log"
    local ctors = a:func("__wasm_call_ctors", { sig = "->", undefined = true })
    a:func("run", { sig = "-> i32", exported = true, code = { { "call", ctors },
      { "global.get", log } } })
    return short(a, o)
  end,
  expect = { returns("run", {}, 123) },
}

case "needs-a-member" {
  title = "a unit's reference loads a member of an archive",
  clauses = { "unit.symbols" },
  link = function()
    local u, o, other = unit "u.o", object "o.o", object "other.o"
    local f = u:func("f", { sig = "-> i32", undefined = true })
    u:func("run", { sig = "-> i32", exported = true, code = { { "call", f } } })
    o:func("f", { sig = "-> i32", code = "i32.const 5" })
    other:func("other", { sig = "->", export = "other", code = "nop" })
    return short(u, archive("lib.a", { other, o }))
  end,
  expect = { returns("run", {}, 5), no_export "other" },
}

case "waits-to-be-needed" {
  title = "a unit between --start-lib and --end-lib is linked when somebody needs it",
  clauses = { "unit.symbols" },
  link = function()
    local o, needed, other = object "o.o", unit "needed.o", unit "other.o"
    local f = o:func("f", { sig = "-> i32", undefined = true })
    o:func("run", { sig = "-> i32", export = "run", code = { { "call", f } } })
    needed:func("f", { sig = "-> i32", code = "i32.const 6" })
    needed:func("g", { sig = "->", static = true, code = "nop" })
    other:func("other", { sig = "->", exported = true, code = "nop" })
    other:func("g", { sig = "->", static = true, code = "nop" })
    return short(o, "--start-lib", other, needed, "--end-lib")
  end,
  expect = { returns("run", {}, 6), no_export "other" },
}

case "signature-mismatch" {
  title = "a unit that calls a function by another signature gets one that traps",
  clauses = { "unit.symbols", "signature.mismatch" },
  link = function()
    local u, o = unit "u.o", object "o.o"
    local f = u:func("f", { sig = "i64 -> i32", undefined = true })
    u:func("run", { sig = "-> i32", exported = true, code = { "i64.const 1", { "call", f } } })
    o:func("f", { sig = "i32 -> i32", export = "f", code = "local.get 0" })
    return short(u, o)
  end,
  expect = { warns { id = "SIGNATURE_MISMATCH" }, traps("run", {}), returns("f", { 3 }, 3) },
}

case "global-values" {
  title = "a global begins with its number, whatever bit is the last of its bytes (Zig's bug B0)",
  clauses = { "unit.symbols" },
  link = function()
    local u = unit "u.o"
    u:features { "+mutable-globals" }
    for _, n in ipairs { 63, 64, 127, 128, 8191, 8192, 1048575, 1048576, 134217728, 2147483647 } do
      u:global("g" .. n, { init = "i32.const " .. n, exported = true })
      u:global("m" .. n, { type = "i64", mutable = true, init = "i64.const -" .. n,
        exported = true })
    end
    u:global("f", { type = "f32", init = "f32.const 1.5", exported = true })
    u:global("d", { type = "f64", init = "f64.const -0.25", exported = true })
    return short(u)
  end,
  expect = (function()
    local list = {}
    for i, n in ipairs { 63, 64, 127, 128, 8191, 8192, 1048575, 1048576, 134217728,
      2147483647 } do
      list[2 * i - 1] = global_value("g" .. n, n)
      list[2 * i] = global_value("m" .. n, -n)
    end
    list[#list + 1] = runs { { get = "f", value = 1.5 }, { get = "d", value = -0.25 } }
    return list
  end)(),
}

case "reference-global" {
  title = "a global that holds a reference begins with none",
  clauses = { "unit.symbols" },
  link = function()
    local u = unit "u.o"
    u:features { "+reference-types", "+mutable-globals" }
    local g = u:global("g", { type = "externref", mutable = true, init = "ref.null extern" })
    u:func("f", { sig = "-> i32", exported = true, code = { { "global.get", g }, "ref.is_null" } })
    return short(u)
  end,
  expect = { returns("f", {}, 1) },
}

case "tag-of-an-object" {
  title = "a unit throws an exception whose tag an object defines",
  clauses = { "unit.symbols" },
  link = function()
    local u, o = unit "u.o", object "o.o"
    u:features { "+exception-handling" }
    o:features { "+exception-handling" }
    u:tag("first", { sig = "f64 ->", no_strip = true })
    local e = u:tag("e", { sig = "i32 ->", undefined = true })
    u:func("f", { sig = "->", exported = true, code = { "i32.const 9", { "throw", e } } })
    o:tag("e", { sig = "i32 ->", export = "e" })
    return short(u, o)
  end,
  expect = { code("f", { "i32.const 9", { "throw", to_tag "e" } }), traps("f", {}) },
}

case "features" {
  title = "the features of a unit's code are those of the module",
  clauses = { "unit.lowering" },
  link = function()
    local u = unit "u.o"
    u:features { "+sign-ext", "+bulk-memory" }
    u:func("f", { sig = "i32 -> i32", exported = true, code = "local.get 0; i32.extend8_s" })
    return short(u)
  end,
  expect = { features { "+bulk-memory", "+sign-ext" }, returns("f", { 255 }, -1) },
}

case "feature-that-is-not-allowed" {
  title = "a feature that --features does not allow is an error",
  clauses = { "unit.lowering" },
  link = function()
    local u = unit "u.o"
    u:features { "+sign-ext" }
    u:func("f", { sig = "i32 -> i32", exported = true, code = "local.get 0; i32.extend8_s" })
    return short("--features=bulk-memory", u)
  end,
  expect = { rejects { id = "FEATURE_NOT_ALLOWED", file = "u.o" } },
}

case "relocatable" {
  title = "-r makes an object of a unit, with its names and with room for every operand",
  clauses = { "unit.lowering" },
  link = function()
    local u = unit "u.o"
    local x = u:anon { bytes = "anonymous" }
    local f = u:func("f", { sig = "-> i32", hidden = true,
      code = { { "i32.const", addr(x, 2) } } })
    u:func("run", { sig = "-> i32", exported = true, code = { { "call", f } } })
    return { "-r", u }
  end,
  expect = { body("f", 8), body("run", 8), custom "linking", custom "reloc.CODE",
    data_count("anonymous", 1) },
}

case "imports-of-every-kind" {
  title = "two imports of a kind are two, and code means the one that it names",
  clauses = { "unit.symbols", "unit.fixup" },
  link = function()
    local u = unit "u.o"
    u:features { "+mutable-globals", "+reference-types", "+exception-handling" }
    local function two(verb, options)
      local list = {}
      for i = 1, 2 do
        local opts = { undefined = true, import_module = "host", import_name = verb .. i }
        for key, value in pairs(options) do opts[key] = value end
        list[i] = u[verb](u, verb .. i, opts)
      end
      return list[1], list[2]
    end
    local f1, f2 = two("func", { sig = "->" })
    local g1, g2 = two("global", { mutable = true })
    local t1, t2 = two("table", { type = "externref", min = 1 })
    local e1, e2 = two("tag", { sig = "->" })
    u:func("first", { sig = "-> i32 i32", exported = true,
      code = { { "call", f1 }, { "global.get", g1 }, { "table.size", t1 } } })
    u:func("second", { sig = "-> i32 i32", exported = true,
      code = { { "call", f2 }, { "global.get", g2 }, { "table.size", t2 } } })
    u:func("throw1", { sig = "->", exported = true, code = { { "throw", e1 } } })
    u:func("throw2", { sig = "->", exported = true, code = { { "throw", e2 } } })
    return short(u)
  end,
  expect = {
    imports_exactly { "host.func1", "host.func2", "host.global1", "host.global2", "host.table1",
      "host.table2", "host.tag1", "host.tag2" },
    calls("first", { "func1" }), calls("second", { "func2" }),
    code("second", { calls "func2", { "global.get", to_global "global2" },
      { "table.size", to_table "table2" } }),
    code("throw2", { { "throw", to_tag "tag2" } }), valid() },
}

case "address-of-another-signature" {
  title = "taking an address needs no signature, in a unit either",
  clauses = { "unit.symbols", "signature.address-only" },
  link = function()
    local u, o = unit "u.o", object "o.o"
    local f = u:func("f", { sig = "i32 -> i32", undefined = true })
    u:func("p", { sig = "-> i32", exported = true, code = { { "i32.const", slot(f) } } })
    u:data("q", { bytes = { slot(f) }, align = 2, exported = true })
    o:func("f", { sig = "-> i32", code = "i32.const 7" })
    return short(u, o)
  end,
  expect = { no_warnings(), const_at("p", 1, to_slot "f"), data_at("q", { to_slot "f" }) },
}

case "waiting-unit-offers-what-it-defines" {
  title = "a unit that waits offers neither what it uses nor what is its own",
  clauses = { "unit.symbols", "archive.start-lib" },
  link = function()
    local u, o = unit "u.o", object "o.o"
    local gone = u:func("gone", { sig = "->", undefined = true })
    u:func("own", { sig = "->", static = true, code = "nop" })
    u:func("run", { sig = "->", exported = true, code = { { "call", gone } } })
    local calls_gone = o:func("gone", { sig = "->", undefined = true, import_module = "env",
      import_name = "gone" })
    local calls_own = o:func("own", { sig = "->", undefined = true, import_module = "env",
      import_name = "own" })
    o:func("f", { sig = "->", export = "f", code = { { "call", calls_gone },
      { "call", calls_own } } })
    return short("--start-lib", u, "--end-lib", o)
  end,
  expect = { imports_exactly { "env.gone", "env.own" }, no_function "run" },
}

case "only-a-slot" {
  title = "an object made of a unit has the table that its one pointer to a function needs",
  clauses = { "unit.lowering", "table.synthesized" },
  link = function()
    local u = unit "u.o"
    local f = u:func("f", { sig = "->", code = "nop", exported = true })
    u:data("p", { bytes = { slot(f) }, align = 2, exported = true })
    return { "-r", u }
  end,
  expect = { linking_symbol "__indirect_function_table" { kind = "table",
    flags = "undefined no_strip" } },
}

case "largest-alignment" {
  title = "data may be aligned to 2 GiB; what is said of a function's alignment does not matter",
  clauses = { "unit.rules", "data.alignment" },
  link = function()
    local u = unit "u.o"
    u:data("x", { bytes = "x", align = 31, exported = true })
    u:change(u:func("f", { sig = "->", code = {}, exported = true }), { align = 40 })
    return short("--no-stack-first", u)
  end,
  expect = { address "x" { equals = 1 << 31 }, exports { f = "function" } },
}

case "largest-table" {
  title = "a table may have 2^32 - 1 slots",
  clauses = { "unit.rules" },
  link = function()
    local u = unit "u.o"
    u:features { "+reference-types" }
    local t = u:table("t", { type = "externref", min = 1, max = 0xffffffff })
    u:func("size", { sig = "-> i32", exported = true, code = { { "table.size", t } } })
    return short(u)
  end,
  expect = { returns("size", {}, 1), counts { table = 1 } },
}
