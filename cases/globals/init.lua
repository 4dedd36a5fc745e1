-- Initial values of globals: every form of constant that an object may use comes through the link
-- unchanged, except the index of a global in it.

-- An object with an immutable global g of that type and a function f of signature sig around it.
local function initial(typ, init, sig, code)
  return function()
    local a = object "a.o"
    local g = a:global("g", { type = typ, init = init })
    local body = { { "global.get", g } }
    for _, text in ipairs(code or {}) do body[#body + 1] = text end
    a:func("f", { sig = sig, export = "f", code = body })
    return { "--no-entry", a }
  end
end

case "i32" {
  title = "a global keeps an i32 value, also one whose top bit is set",
  clauses = { "global.init" },
  link = initial("i32", { "i32.const -2147483648" }, "-> i32"),
  expect = { global_value("g", -2147483648), returns("f", {}, -2147483648) },
}

case "i32-sign-bit-of-a-byte" {
  title = "a value of 64 is written as a signed number, not as -64",
  clauses = { "global.init" },
  link = initial("i32", { "i32.const 64" }, "-> i32"),
  expect = { global_value("g", 64), returns("f", {}, 64) },
}

case "i64" {
  title = "a global keeps an i64 value that does not fit 32 bits",
  clauses = { "global.init", "global.type", "container.global" },
  link = initial("i64", { "i64.const -9007199254740993" }, "-> i64"),
  expect = { returns("f", {}, -9007199254740993) },
}

case "f32" {
  title = "a global keeps the bits of an f32 value, a signalling NaN",
  clauses = { "global.init" },
  link = initial("f32", { "f32.const nan:0x200001" }, "-> i32", { "i32.reinterpret_f32" }),
  expect = { returns("f", {}, 0x7fa00001) },
}

case "f64" {
  title = "a global keeps the bits of an f64 value, negative zero",
  clauses = { "global.init" },
  link = initial("f64", { "f64.const -0.0" }, "-> i64", { "i64.reinterpret_f64" }),
  expect = { returns("f", {}, math.mininteger) },
}

case "ref-null-extern" {
  title = "a global of externref begins with null",
  clauses = { "global.init" },
  link = initial("externref", { { "ref.null", "extern" } }, "-> i32", { "ref.is_null" }),
  expect = { returns("f", {}, 1), valid() },
}

case "ref-null-func" {
  title = "a global of funcref begins with a null of that type",
  clauses = { "global.init" },
  link = initial("funcref", { { "ref.null", "func" } }, "-> i32", { "ref.is_null" }),
  expect = { returns("f", {}, 1), valid() },
  peer_differs = "wasm-ld writes every ref.null as one of externref: the module is invalid",
}

-- Not every engine knows computed initial values; so these look at the bytes.
local function holds_bytes(text, make)
  return holds(text, function(_, view)
    return view.outcome.bytes:find(make(view), 1, true) ~= nil, "other bytes"
  end)
end

case "extended-const" {
  title = "an initial value may be a sum, difference or product of constants",
  clauses = { "global.init.extended-const", "container.constant-expression" },
  link = initial("i32", { "i32.const 1000; i32.const 10; i32.mul; i32.const 77; i32.sub;"
    .. " i32.const 100; i32.add" }, "-> i32"),
  expect = { valid(), holds_bytes("an i32 global of 1000 * 10 - 77 + 100", function()
    return hex "7f 00 41 e8 07 41 0a 6c 41 cd 00 6b 41 e4 00 6a 0b"
  end) },
  peer_differs = "wasm-ld writes the first instruction of the expression and leaves out the others",
}

case "extended-const-i64" {
  title = "an initial value of type i64 may be computed",
  clauses = { "global.init.extended-const" },
  link = initial("i64", { "i64.const 4294967296; i64.const 3; i64.mul; i64.const -1; i64.add" },
    "-> i64"),
  expect = { valid(), holds_bytes("an i64 global of 2^32 * 3 - 1", function()
    return hex "7e 00 42 80 80 80 80 10 42 03 7e 42 7f 7c 0b"
  end) },
  peer_differs = "wasm-ld writes the first instruction of the expression and leaves out the others",
}

-- An object that imports global "first" and reads it.
local function importer()
  local o = object "importer.o"
  local first = o:global("first", { type = "i32", undefined = true, import_module = "env",
    import_name = "first" })
  o:func("get_first", { sig = "-> i32", export = "get_first", code = { { "global.get", first } } })
  return o
end

-- A link where the object of that initial value, whose global 0 is the import "second", comes
-- behind one with an import of its own.
local function behind_importer(init)
  return function()
    local a = object "a.o"
    a:global("second", { type = "i32", undefined = true, import_module = "env",
      import_name = "second" })
    local g = a:global("g", { type = "i32", init = init })
    a:func("f", { sig = "-> i32", export = "f", code = { { "global.get", g } } })
    return { "--no-entry", importer(), a }
  end
end

case "global-get" {
  title = "global.get in an initial value denotes the import that the object means, and keeps it",
  clauses = { "global.init.global-get" },
  link = behind_importer { { "global.get", 0 } },
  expect = { imports { ["env.second"] = { kind = "global", type = "i32" } },
    returns("f", {}, 77, { ["env.first"] = 11, ["env.second"] = 77 }),
    returns("get_first", {}, 11, { ["env.first"] = 11, ["env.second"] = 77 }) },
  peer_differs = "wasm-ld copies the index of the object into the output, and drops the import",
}

case "extended-const-global-get" {
  title = "global.get in a computed initial value denotes the import that the object means",
  clauses = { "global.init.global-get", "global.init.extended-const" },
  link = behind_importer { { "global.get", 0 }, "i32.const 5; i32.add" },
  expect = { imports { ["env.second"] = { kind = "global", type = "i32" } },
    holds_bytes("a global of env.second + 5", function(view)
      local index = view:import("env.second").index
      return hex "7f 00 23" .. uleb(index) .. hex "41 05 6a 0b"
    end) },
  peer_differs = "wasm-ld writes the first instruction of the expression, with the object's index",
}

case "reads-two" {
  title = "every global that a computed initial value reads is kept, not only the first",
  clauses = { "global.init.global-get", "global.init.extended-const",
    "gc.edge.global-initialiser" },
  link = function()
    local a = object "a.o"
    for _, name in ipairs { "one", "two" } do
      a:global(name, { type = "i32", undefined = true, import_module = "env", import_name = name })
    end
    a:global("sum", { type = "i32", no_strip = true,
      init = { { "global.get", 0 }, { "global.get", 1 }, "i32.add" } })
    return { "--no-entry", a }
  end,
  expect = { imports_exactly { "env.one", "env.two" } },
  peer_differs = "wasm-ld copies the first instruction of the expression, and drops the imports",
}

-- What an initialiser reads -----------------------------------------------------------------------

local function reads(options, other)
  return function()
    local a = object "a.o"
    local base = a:global("base", { undefined = true })
    a:global("g", { init = { { "global.get", base } }, export = "g" })
    a:features { "+mutable-globals" }
    local list = { "--no-entry", a }
    for _, option in ipairs(options or {}) do table.insert(list, 1, option) end
    list[#list + 1] = other and other()
    return list
  end
end

case "reads-undefined" {
  title = "an initialiser that reads a global nobody defines is an undefined reference",
  clauses = { "global.init", "undefined.policy.report" },
  link = reads(),
  expect = { rejects { id = "UNDEFINED_SYMBOL", class = "undefined", file = "a.o" } },
}

case "reads-defined" {
  title = "an initialiser reads imported globals only: one that the link defines is refused",
  clauses = { "global.init" },
  link = reads(nil, function()
    local b = object "b.o"
    b:global("base", { init = { "i32.const 4" } })
    return b
  end),
  expect = { rejects { id = "INIT_DEFINED", class = "unsupported", file = "a.o" } },
}

-- A global whose initialiser reads `base` behind another instruction, behind a plain global.
local function reads_later()
  local a = object "a.o"
  local base = a:global("base", { undefined = true, import_module = "m", import_name = "base" })
  a:global("plain", { init = { "i32.const 1" }, export = "plain" })
  a:global("g", { init = { "i32.const 1", { "global.get", base }, "i32.add" }, export = "g" })
  a:features { "+mutable-globals" }
  return { "--no-entry", a }
end

case "reads-undefined-later" {
  title = "so is a read behind other instructions, in the second of two globals",
  clauses = { "global.init", "global.init.extended-const", "undefined.policy.report" },
  link = reads_later,
  mutate = function(files)
    local o = files["a.o"]
    o:set("linking.symbols[0].flags", 0x10) -- undefined, by the import's field
    if o:has("linking.symbols[0].name") then o:remove("linking.symbols[0].name") end
  end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", class = "undefined", file = "a.o" } },
}

case "reads-without-symbol-later" {
  title = "a global that is read behind other instructions must have a symbol, too",
  clauses = { "global.init", "global.init.extended-const", "symbol.object" },
  link = reads_later,
  mutate = function(files) files["a.o"]:remove("linking.symbols[0]") end,
  expect = { rejects { id = "INIT_SYMBOL", class = "malformed", file = "a.o" } },
}

case "reads-without-symbol" {
  title = "a global that an initialiser reads must have a symbol, or it could not be renumbered",
  clauses = { "global.init", "symbol.object" },
  link = reads { "--allow-undefined" },
  mutate = function(files) files["a.o"]:remove("linking.symbols[0]") end,
  expect = { rejects { id = "INIT_SYMBOL", class = "malformed", file = "a.o" } },
}
