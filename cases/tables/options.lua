-- The options for the indirect function table: imported, exported, growable.

-- An object that calls f, which gives 7, through the table; without `taken` it only exports f.
local function program(taken)
  local a = object "a.o"
  local f = a:func("f", { sig = "-> i32", export = "f", code = "i32.const 7" })
  if taken then
    a:func("call", { sig = "-> i32", export = "call",
      code = { { "i32.const", f }, { "call_indirect", "-> i32" } } })
  end
  return a
end

local function linked(taken, ...)
  local options = { ... }
  return function()
    local link = { "--no-entry" }
    for _, option in ipairs(options) do link[#link + 1] = option end
    link[#link + 1] = program(taken)
    return link
  end
end

case "growable" {
  title = "--growable-table leaves out the maximum",
  clauses = { "table.growable" },
  link = linked(true, "--growable-table"),
  expect = { indirect_table { min = 2, max = false, imported = false }, returns("call", {}, 7) },
}

case "export" {
  title = "an exported table has the slots of the program, and no more",
  clauses = { "table.export" },
  link = linked(true, "--export-table"),
  expect = { exports { __indirect_function_table = { kind = "table", min = 2, max = 2 } },
    in_table "f", returns("call", {}, 7) },
}

case "export-by-name" {
  title = "--export exports a table that an input refers to, too",
  clauses = { "table.export", "export.flag" },
  link = function()
    local o = program(true)
    local t = o:table("__indirect_function_table", { type = "funcref", undefined = true,
      no_strip = true })
    o:func("size", { sig = "-> i32", export = "size", code = { { "table.size", t } } })
    return { "--no-entry", "--export=__indirect_function_table", o }
  end,
  expect = { exports { __indirect_function_table = { kind = "table", min = 2, max = 2 } },
    in_table "f", returns("size", {}, 2) },
}

case "export-though-empty" {
  title = "--export-table makes a table though nothing needs one",
  clauses = { "table.export", "table.present" },
  link = linked(false, "--export-table"),
  expect = { exports { __indirect_function_table = { kind = "table", min = 1 } },
    no_section "elem" },
}

case "export-growable" {
  title = "--export-table --growable-table export a table that the host can grow",
  clauses = { "table.export", "table.growable" },
  link = linked(true, "--export-table", "--growable-table"),
  expect = { exports { __indirect_function_table = { kind = "table", max = false } } },
}

case "import" {
  title = "--import-table imports env.__indirect_function_table, fills it and sets no maximum",
  clauses = { "table.import" },
  origin = { "llvm/llvm-project#97451", "WebAssembly/tool-conventions#158" },
  link = linked(true, "--import-table"),
  expect = {
    imports_exactly { "env.__indirect_function_table" },
    imports { ["env.__indirect_function_table"] = { kind = "table", min = 2, max = false,
      type = "funcref" } },
    counts { table = 1 }, elem_slots { [1] = "f" }, returns("call", {}, 7),
  },
}

case "import-from-env" {
  title = "--import-table imports from env, wherever an object would import the table from",
  clauses = { "table.import" },
  link = function()
    local o = object("a.o", { table = false })
    o:table("__indirect_function_table", { type = "funcref", undefined = true, no_strip = true,
      import_module = "js", import_name = "functions", explicit_name = false })
    o:func("f", { sig = "->", export = "f", code = "nop" })
    return { "--no-entry", "--import-table", o }
  end,
  expect = { imports_exactly { "env.__indirect_function_table" } },
}

case "import-base" {
  title = "an imported table has room for the slots before --table-base",
  clauses = { "table.import", "table.base" },
  link = linked(true, "--import-table", "--table-base=100"),
  expect = { imports { ["env.__indirect_function_table"] = { kind = "table", min = 101 } },
    elem_slots { [100] = "f" }, returns("call", {}, 7) },
}

case "import-not-needed" {
  title = "--import-table imports no table that nothing refers to",
  clauses = { "table.import", "table.present" },
  link = linked(false, "--import-table"),
  expect = { exports { memory = "memory" }, no_import(), counts { table = 0 } },
}

case "import-and-export" {
  title = "--import-table and --export-table contradict each other",
  clauses = { "table.import", "table.export" },
  link = linked(true, "--import-table", "--export-table"),
  expect = { rejects { class = "conflict" } },
}

case "import-beside-waiting-definition" {
  title = "a member that would define the reserved table, but is not loaded, does no harm",
  clauses = { "table.reserved-name", "archive.lazy" },
  link = function()
    local a, b = object "a.o", object "b.o"
    a:func("f", { sig = "->", export = "f", code = {} })
    b:func("__indirect_function_table", { sig = "->", code = {} })
    return { "--no-entry", "--import-table", a, archive("lib.a", { b }) }
  end,
  expect = { exports { f = "function" }, no_import() },
  peer_differs = "wasm-ld refuses the name though nobody uses the member",
}

case "reserved-name-of-another-type" {
  title = "the reserved table holds functions: a reference to one of another type is refused",
  clauses = { "table.reserved-name" },
  link = function()
    local a = object("a.o", { table = false })
    local t = a:table("__indirect_function_table", { type = "externref", undefined = true })
    local g = a:func("g", { sig = "->", code = {} })
    a:func("f", { sig = "->", export = "f",
      code = { { "i32.const", g }, { "table.get", t }, "drop" } })
    return { "--no-entry", "--import-table", a }
  end,
  expect = { rejects { id = "RESERVED_KIND", class = "mismatch", file = "a.o" } },
}

case "base-largest" {
  title = "the last slot of all can be used",
  clauses = { "table.base" },
  link = linked(true, "--table-base=4294967294"),
  expect = { indirect_table { min = 4294967295 }, const_at("call", 1, -2) },
}

case "base-too-large" {
  title = "a table that would need 2^32 slots is refused",
  clauses = { "table.base" },
  link = linked(true, "--table-base=4294967295"),
  expect = { rejects { id = "TABLE_TOO_LARGE", phase = "number", class = "limit" } },
}

case "export-in-relocations" {
  title = "an exported table is not hidden, for whoever reads the symbols of --emit-relocs",
  clauses = { "table.export", "emit-relocs.module" },
  link = linked(true, "--export-table", "--emit-relocs"),
  expect = { linking_symbol "__indirect_function_table" { kind = "table", flags = "" } },
}

case "import-for-slots-alone" {
  title = "--import-table imports the table that slots are in, though nothing live names it",
  clauses = { "table.import" },
  link = function()
    local o = object("a.o", { table = false })
    local t = o:table("__indirect_function_table", { type = "funcref", undefined = true })
    local f = o:func("f", { sig = "->", code = {} })
    o:func("dead", { sig = "-> i32", code = { { "table.size", t } } })
    o:data("pointer", { bytes = { slot(f) }, export = "pointer" })
    local other = o:table("other", { type = "externref", min = 5, exported = true })
    o:func("size", { sig = "-> i32", export = "size", code = { { "table.size", other } } })
    return { "--no-entry", "--import-table", o }
  end,
  expect = { indirect_table { imported = true, min = 2 }, in_table "f",
    code("size", { { "table.size", to_table "other" } }) },
}

case "import-not-for-a-null-entry" {
  title = "--import-table imports no table for a global that holds the address of no function",
  clauses = { "table.import", "got.internal" },
  link = function()
    local o = object("a.o", { table = false })
    local t = o:table("__indirect_function_table", { type = "funcref", undefined = true })
    local g = o:func("g", { sig = "->", undefined = true, weak = true })
    o:func("dead", { sig = "-> i32", code = { { "table.size", t } } })
    o:func("f", { sig = "-> i32", export = "f", code = { { "global.get", got(g) } } })
    return { "--no-entry", "--import-table", o }
  end,
  expect = { no_import(), returns("f", {}, 0) },
}
