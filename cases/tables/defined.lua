-- Tables that inputs define or import, beside the linker's own; and objects of before table
-- symbols, which call through table 0 without saying so.

-- An object that calls f, which gives `value`, through the indirect function table.
local function calling(name, value, table_option)
  local o = object(name, { table = table_option })
  local f = o:func("f", { sig = "-> i32", static = true, code = "i32.const " .. value })
  o:func("call", { sig = "-> i32", export = "call",
    code = { { "i32.const", f }, { "call_indirect", "-> i32" } } })
  return o
end

-- An object with a table of its own, "mine", and functions size and grow.
local function with_table(name, options)
  local o = object(name)
  local opts = { type = "externref", min = 3 }
  for key, value in pairs(options or {}) do opts[key] = value end
  local mine = o:table("mine", opts)
  o:func("size", { sig = "-> i32", export = "size", code = { { "table.size", mine } } })
  o:func("empty", { sig = "i32 -> i32", export = "empty",
    code = { "local.get 0", { "table.get", mine }, "ref.is_null" } })
  return o
end

case "externref" {
  title = "a table of externref that an object defines is in the output, with its limits",
  clauses = { "table.defined", "reloc.table-number-leb" },
  link = function()
    return { "--no-entry", "--export-table", "--export=mine", with_table("a.o", { max = 9 }) }
  end,
  expect = { exports { mine = { kind = "table", type = "externref", min = 3, max = 9 } },
    returns("size", {}, 3), returns("empty", { 2 }, 1), traps("empty", { 3 }) },
}

case "beside-the-table-of-functions" {
  title = "code finds both the table that an object defines and the table of functions",
  clauses = { "table.defined", "reloc.table-number-leb" },
  link = function()
    return { "--no-entry", calling("b.o", 7), with_table("a.o") }
  end,
  expect = { counts { table = 2 }, returns("call", {}, 7), returns("size", {}, 3), valid() },
}

case "two-objects" {
  title = "tables of two objects of equal local names stay two, and each object uses its own",
  clauses = { "table.defined", "symbol.binding.local" },
  link = function()
    local a, b = object "a.o", object "b.o"
    for o, min in pairs { [a] = 4, [b] = 5 } do
      local t = o:table("mine", { type = "funcref", min = min, static = true })
      o:func("size" .. min, { sig = "-> i32", export = "size" .. min,
        code = { { "table.size", t } } })
    end
    return { "--no-entry", a, b }
  end,
  expect = { counts { table = 2 }, returns("size4", {}, 4), returns("size5", {}, 5) },
}

case "other-object-defines-it" {
  title = "an undefined table symbol denotes the table of that name of another object",
  clauses = { "table.defined", "symbol.undefined" },
  link = function()
    local a = object "a.o"
    local mine = a:table("mine", { type = "externref", min = 0, undefined = true })
    a:func("grow", { sig = "-> i32", export = "grow",
      code = { { "ref.null", "extern" }, "i32.const 2", { "table.grow", mine } } })
    return { "--no-entry", a, with_table("b.o") }
  end,
  expect = { counts { table = 1 }, no_import(),
    runs { { call = "grow", value = 3 }, { call = "size", value = 5 } } },
}

case "weak" {
  title = "a table may be defined weakly, and gives way to a strong one",
  clauses = { "symbol.undefined.weak-table", "symbol.binding.weak" },
  link = function()
    local o = object "a.o"
    o:table("mine", { type = "externref", min = 5, weak = true })
    return { "--no-entry", o, with_table("b.o") }
  end,
  expect = { counts { table = 1 }, returns("size", {}, 3) },
}

case "imported" {
  title = "an undefined table with an import name is imported, before all defined ones",
  clauses = { "table.defined" },
  link = function()
    local a = object "a.o"
    local host = a:table("host", { type = "funcref", min = 4, undefined = true,
      import_module = "js", import_name = "functions" })
    a:func("host_size", { sig = "-> i32", export = "host_size", code = { { "table.size", host } } })
    return { "--no-entry", a, with_table("b.o"), calling("c.o", 7) }
  end,
  expect = { imports { ["js.functions"] = { kind = "table", type = "funcref", min = 4 } },
    counts { table = 3 }, returns("host_size", {}, 4), returns("size", {}, 3),
    returns("call", {}, 7) },
}

case "type-mismatch" {
  title = "a table of functions cannot stand for a table of externref",
  clauses = { "symbol.table-type" },
  link = function()
    local a = object "a.o"
    local mine = a:table("mine", { type = "funcref", min = 0, undefined = true })
    a:func("f", { sig = "-> i32", export = "f", code = { { "table.size", mine } } })
    return { "--no-entry", a, with_table("b.o") }
  end,
  expect = { rejects { id = "TABLE_MISMATCH", phase = "resolve", class = "mismatch" } },
}

case "unused" {
  title = "a table that nothing refers to is not in the output",
  clauses = { "table.defined", "gc.unit" },
  link = function()
    local a = object "a.o"
    a:table("mine", { type = "externref", min = 3 })
    a:func("f", { sig = "-> i32", export = "f", code = "i32.const 1" })
    return { "--no-entry", a }
  end,
  expect = { has_function "f", counts { table = 0 } },
}

case "lost-its-name" {
  title = "without collection a table whose name means another object's stays, beside it",
  clauses = { "table.defined", "gc.off" },
  link = function()
    local function with(name, table)
      local o = object(name .. ".o")
      local t = o:table("t", { type = "externref", min = table.min, weak = table.weak })
      o:func(name, { sig = "-> i32", export = name, code = { { "table.size", t } } })
      return o
    end
    return { "--no-entry", "--no-gc-sections", with("a", { min = 2, weak = true }),
      with("b", { min = 1 }) }
  end,
  expect = { returns("a", {}, 1), returns("b", {}, 1), counts { table = 2 } },
}

case "reserved-name" {
  title = "an input cannot define __indirect_function_table",
  clauses = { "table.reserved-name" },
  link = function()
    local a = object("a.o", { table = false })
    local t = a:table("__indirect_function_table", { type = "funcref", min = 10 })
    a:func("f", { sig = "-> i32", export = "f", code = { { "table.size", t } } })
    return { "--no-entry", a }
  end,
  expect = { rejects { id = "RESERVED_DEFINED", phase = "resolve", class = "duplicate" } },
}

case "reserved-name-of-another-kind" {
  title = "a function cannot be called __indirect_function_table",
  clauses = { "table.reserved-name" },
  link = function()
    local a = object("a.o", { table = false })
    a:func("__indirect_function_table", { sig = "-> i32", export = "__indirect_function_table",
      code = "i32.const 1" })
    return { "--no-entry", a }
  end,
  expect = { rejects { id = "RESERVED_KIND", phase = "resolve", class = "mismatch" } },
}

case "legacy-object" {
  title = "an object without table symbols calls through the table of functions",
  clauses = { "table.legacy" },
  origin = { "WebAssembly/wabt#1549", "wild-linker/wild#2163" },
  link = function() return { "--no-entry", calling("a.o", 7, "legacy") } end,
  expect = { in_table "f", indirect_table { min = 2, max = 2 }, returns("call", {}, 7) },
}

case "legacy-object-needs-table-0" {
  title = "beside an object without table symbols the table of functions comes first",
  clauses = { "table.legacy" },
  link = function()
    return { "--no-entry", with_table("b.o"), calling("a.o", 7, "legacy") }
  end,
  expect = { counts { table = 2 }, returns("call", {}, 7), returns("size", {}, 3), valid() },
}

case "legacy-object-and-an-import" {
  title = "an imported table and an object without table symbols both need table 0: an error",
  clauses = { "table.legacy" },
  link = function()
    local b = object "b.o"
    local host = b:table("host", { type = "funcref", min = 4, undefined = true,
      import_module = "js", import_name = "functions" })
    b:func("size", { sig = "-> i32", export = "size", code = { { "table.size", host } } })
    return { "--no-entry", b, calling("a.o", 7, "legacy") }
  end,
  expect = { rejects { id = "LEGACY_TABLE", phase = "number", class = "mismatch",
    files = { "a.o", "b.o" } } },
}

-- An object that imports a function, and the table where it is given one.
local function importing(name, imports_table)
  local o = object(name)
  local host = o:func("host", { sig = "-> i32", undefined = true, import_module = "js",
    import_name = "host" })
  o:func("ask", { sig = "-> i32", export = "ask", code = { { "call", host } } })
  if imports_table then
    local t = o:table("host_table", { type = "funcref", min = 4, undefined = true,
      import_module = "js", import_name = "table" })
    o:func("size", { sig = "-> i32", export = "size", code = { { "table.size", t } } })
  end
  return o
end

case "legacy-object-and-an-imported-function" {
  title = "imports of functions leave table 0 to an object without table symbols",
  clauses = { "table.legacy" },
  link = function() return { "--no-entry", importing "b.o", calling("a.o", 7, "legacy") } end,
  expect = { in_table "f", imports_exactly { "js.host" }, indirect_table { min = 2, max = 2 } },
}

case "legacy-object-and-an-import-behind-another" {
  title = "an imported table is found behind imported functions",
  clauses = { "table.legacy" },
  link = function()
    return { "--no-entry", importing("b.o", true), calling("a.o", 7, "legacy") }
  end,
  expect = { rejects { id = "LEGACY_TABLE", phase = "number", class = "mismatch",
    files = { "a.o", "b.o" } } },
}

case "legacy-object-without-slots" {
  title = "a legacy object that takes no address calls through a table all the same",
  clauses = { "table.legacy" },
  link = function()
    local a = object("a.o", { table = "legacy" })
    a:func("f", { sig = "->", export = "f", code = { "i32.const 0", { "call_indirect", "->" } } })
    return { "--no-entry", a }
  end,
  expect = { indirect_table { min = 1 }, valid(), traps "f" },
}

case "second-symbol-of-a-table" {
  title = "two symbols of one table do not make up for a table that has none",
  clauses = { "object.table-symbols" },
  link = function()
    local a = object("a.o", { table = "legacy" })
    a:alias("u", a:table("t", { min = 1 }))
    local g = a:func("g", { sig = "->", code = "nop" })
    a:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", slot(g) } } })
    return { "--no-entry", a }
  end,
  expect = { rejects { id = "TABLE_SYMBOLS", file = "a.o" } },
}

case "table-without-symbol" {
  title = "an object that defines its only table must give it a symbol",
  clauses = { "object.table-symbols" },
  link = function()
    local a = object "a.o"
    a:table("tab", { min = 1 })
    a:func("f", { sig = "->", export = "f", code = {} })
    return { "--no-entry", a }
  end,
  mutate = { file = "a.o", remove = "linking.symbols[0]" },
  expect = { rejects { id = "TABLE_SYMBOLS", file = "a.o" } },
}

case "name-behind-an-import" {
  title = "a table that stands behind an imported one is known by its own name",
  clauses = { "table.defined", "gc.printed" },
  link = function()
    local a = object "a.o"
    local far = a:table("far", { type = "externref", undefined = true })
    a:table("unused", { type = "externref", min = 3 })
    a:func("size", { sig = "-> i32", export = "size", code = { { "table.size", far } } })
    local b = object "b.o"
    b:table("far", { type = "externref", min = 5 })
    return { "--no-entry", "--print-gc-sections", a, b }
  end,
  expect = { prints { "removing unused section a.o:(unused)",
    "removing unused section <internal>:(__wasm_call_ctors)" }, returns("size", {}, 5) },
}
