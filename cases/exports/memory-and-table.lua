-- The memory and the indirect function table: what of them is exported, and what imported.

local function program()
  local o = object "a.o"
  local f = o:func("f", { sig = "-> i32", code = "i32.const 8" })
  o:func("run", { sig = "-> i32", export = "run", code = { { "i32.const", slot(f) },
    { "call_indirect", "->i32" } } })
  return o
end

-- A program without function pointers.
local function plain()
  local o = object "a.o"
  o:func("run", { sig = "->", export = "run", code = "nop" })
  return o
end

case "memory" {
  title = "by default the memory is defined, and exported as memory",
  clauses = { "memory.export" },
  link = function() return { "--no-entry", plain() } end,
  expect = { exports { memory = "memory" }, no_import(), memory { imported = false } },
}

case "import-memory" {
  title = "with --import-memory the memory is env.memory, and is not exported",
  clauses = { "memory.import", "import.none-other", "memory.present" },
  link = function() return { "--no-entry", "--import-memory", plain() } end,
  expect = { imports_exactly { "env.memory" }, exports_exactly { "run" },
    memory { imported = true, exported = false } },
}

case "import-memory-as" {
  title = "--import-memory=MODULE,NAME says where the memory comes from",
  clauses = { "memory.import" },
  link = function() return { "--no-entry", "--import-memory=host,heap", plain() } end,
  expect = { imports_exactly { "host.heap" }, exports_exactly { "run" } },
}

case "import-and-export-memory" {
  title = "with --import-memory and --export-memory the memory is imported and exported",
  clauses = { "memory.import", "memory.export-option" },
  link = function() return { "--no-entry", "--import-memory", "--export-memory", plain() } end,
  expect = { imports_exactly { "env.memory" }, exports { memory = "memory" },
    counts { memory = 1 } },
}

case "export-memory-as" {
  title = "--export-memory=NAME exports it under that name only",
  clauses = { "memory.export-option" },
  origin = "wild-linker/wild#2381",
  link = function() return { "--no-entry", "--export-memory=heap", plain() } end,
  expect = { exports_exactly { heap = "memory", run = "function" }, no_import() },
}

case "import-memory-comes-first" {
  title = "an imported memory is the first import",
  clauses = { "memory.import", "import.order" },
  link = function()
    local o = object "a.o"
    local f = o:func("f", { sig = "->", undefined = true, import_module = "m", import_name = "f" })
    o:func("run", { sig = "->", export = "run", code = { { "call", f } } })
    return { "--no-entry", "--import-memory", o }
  end,
  expect = { import_order { "env.memory", "m.f" } },
}

case "table-stays-inside" {
  title = "by default the table is defined and not exported",
  clauses = { "table.export" },
  link = function() return { "--no-entry", program() } end,
  expect = { exports_exactly { "memory", "run" }, no_import(), indirect_table { min = 2 },
    returns("run", {}, 8) },
}

case "export-table" {
  title = "--export-table exports the table as __indirect_function_table",
  clauses = { "table.export" },
  link = function() return { "--no-entry", "--export-table", program() } end,
  expect = { exports { __indirect_function_table = { kind = "table", type = "funcref" } },
    elem_slots { [1] = "f" } },
}

case "export-table-that-nobody-uses" {
  title = "--export-table exports a table though no function has a slot",
  clauses = { "table.export" },
  link = function() return { "--no-entry", "--export-table", plain() } end,
  expect = { exports { __indirect_function_table = "table" }, no_section "elem" },
}

case "import-table" {
  title = "with --import-table the table is env.__indirect_function_table",
  clauses = { "table.import" },
  link = function() return { "--no-entry", "--import-table", program() } end,
  expect = { imports_exactly { "env.__indirect_function_table" }, elem_slots { [1] = "f" },
    indirect_table { imported = true, min = 2, max = false } },
}

case "import-table-that-nobody-uses" {
  title = "with --import-table no table is imported unless the program refers to it",
  clauses = { "table.import" },
  link = function() return { "--no-entry", "--import-table", plain() } end,
  expect = { exports { memory = "memory" }, no_import(), counts { table = 0 } },
}

case "import-and-export-table" {
  title = "--import-table and --export-table together are an error",
  clauses = { "table.import", "table.export" },
  link = function() return { "--no-entry", "--import-table", "--export-table", program() } end,
  expect = { rejects {} },
}

case "an-object-s-own-export" {
  title = "an object's own export of its memory is not one of the output",
  clauses = { "container.export-ignored" },
  origin = { "wild-linker/wild#2381", "WebAssembly/wabt#439" },
  link = function()
    local o = object("a.o", { memory = false })
    local m = o:memory { min = 1 }
    o:export("mine", m)
    o:func("f", { sig = "->", export = "f", code = "nop" })
    return { "--no-entry", "--export-memory=theirs", o }
  end,
  expect = { exports_exactly { "theirs", "f" } },
}

case "table-by-name" {
  title = "--export finds the table that --export-table makes, though no input names it",
  clauses = { "table.export", "export.option" },
  link = function()
    local o = object("a.o", { table = false })
    o:func("f", { sig = "->", export = "f", code = "nop" })
    return { "--no-entry", "--export-table", "--export=__indirect_function_table", o }
  end,
  expect = { exports { __indirect_function_table = { kind = "table" } } },
}
