-- The sections of the core specification, wrong in one field each: types, imports, functions,
-- tables, globals, tags, exports, elements, code, data.

-- An object with an entry or two in every section.
local function rich()
  local o = object "a.o"
  o:func("host", { sig = "i32 i64 -> f32", undefined = true })
  o:global("base", { undefined = true })
  local g = o:global("g", { mutable = true, init = { "i32.const 5" } })
  o:global("h", { init = { "i32.const 500" } })
  o:table("t", { min = 1 })
  local e = o:tag("e", { sig = "i32 ->" })
  local main = o:func("f", { sig = "-> i32", export = "f", locals = "i32 i64",
    code = { { "global.get", g }, { "throw", e } } })
  o:data("x", { bytes = "\1\2\3\4", align = 2 })
  o:elem { funcs = { main } }
  o:elem { funcs = { main }, flags = 2, table = 0 }
  o:start(main)
  o:features { "+mutable-globals" }
  return { "--no-entry", o }
end

local function plain()
  local o = object "a.o"
  o:func("f", { sig = "->", code = "nop" })
  return { "--no-entry", "--export=f", o }
end

local function refused(id, field, offset, class)
  return { rejects { id = id, phase = "read", class = class or "malformed", file = "a.o",
    field = field, offset = offset } }
end

-- Types and imports -------------------------------------------------------------------------------

case "type-form" {
  title = "a type that is no function type is refused",
  clauses = { "container.type" },
  link = plain,
  mutate = { file = "a.o", at = "type.types[0].form", to = 0x5f },
  expect = refused("TYPE_FORM", "type form", "type.types[0].form", "unsupported"),
}

case "parameter-type" {
  title = "a parameter of an unknown type is refused",
  clauses = { "container.type" },
  link = rich,
  mutate = { file = "a.o", at = "type.types[0].params[1]", to = "\x01" },
  expect = refused("VALUE_TYPE", "parameter type", "type.types[0].params[1]", "unsupported"),
}

case "result-type" {
  title = "a result of an unknown type is refused",
  clauses = { "container.type" },
  link = rich,
  mutate = { file = "a.o", at = "type.types[0].results[0]", to = "\x40" },
  expect = refused("VALUE_TYPE", "result type", "type.types[0].results[0]", "unsupported"),
}

case "import-kind" {
  title = "an import of an unknown kind is refused",
  clauses = { "container.import" },
  link = rich,
  mutate = { file = "a.o", at = "import.imports[1].kind", to = 5 },
  expect = refused("IMPORT_KIND", "import kind", "import.imports[1].kind"),
}

case "import-type" {
  title = "an imported function of a type that is not there is refused",
  clauses = { "container.import" },
  link = rich,
  mutate = { file = "a.o", at = "import.imports[1].type", to = 9 },
  expect = refused("INDEX_RANGE", "type index", "import.imports[1].type"),
}

case "import-name-too-long" {
  title = "an import whose field name runs past the section is refused",
  clauses = { "container.import" },
  link = rich,
  mutate = { file = "a.o", at = "import.imports[2].field.len", to = 0x7f },
  expect = refused("TRUNCATED", "import field", "import.imports[2].field.bytes"),
}

case "import-mutability" {
  title = "an imported global that is neither mutable nor immutable is refused",
  clauses = { "container.global" },
  link = rich,
  mutate = { file = "a.o", at = "import.imports[2].mutable", to = 2 },
  expect = refused("MUTABILITY", "global mutability", "import.imports[2].mutable"),
}

case "limits-flags" {
  title = "a memory with unknown flags is refused",
  clauses = { "container.limits" },
  link = plain,
  mutate = { file = "a.o", at = "import.imports[0].limits.flags", to = 0x10 },
  expect = refused("LIMITS_FLAGS", "limits flags", "import.imports[0].limits.flags"),
}

case "table-type" {
  title = "a table of numbers is refused",
  clauses = { "container.table" },
  link = rich,
  mutate = { file = "a.o", at = "table.tables[0].type", to = "\x7f" },
  expect = refused("VALUE_TYPE", "table element type", "table.tables[0].type", "unsupported"),
}

-- Functions and code ------------------------------------------------------------------------------

case "function-type" {
  title = "a function of a type that is not there is refused",
  clauses = { "container.function" },
  link = plain,
  mutate = { file = "a.o", at = "function.funcs[0].type", to = 1 },
  expect = refused("INDEX_RANGE", "type index", "function.funcs[0].type"),
}

case "function-without-body" {
  title = "more functions than bodies are refused",
  clauses = { "container.code" },
  link = plain,
  mutate = function(files) files["a.o"]:duplicate("function.funcs[0]") end,
  expect = refused("COUNT_DIFFERS", "function body count", "code.funcs.count"),
}

case "body-without-function" {
  title = "more bodies than functions are refused",
  clauses = { "container.code" },
  link = plain,
  mutate = function(files) files["a.o"]:duplicate("code.funcs[0]") end,
  expect = refused("COUNT_DIFFERS", "function body count", "code.funcs.count"),
}

case "code-missing" {
  title = "functions without a code section are refused",
  clauses = { "container.code" },
  link = plain,
  mutate = { file = "a.o", remove = "code" },
  expect = { rejects { id = "COUNT_DIFFERS", phase = "read", class = "malformed",
    file = "a.o" } },
}

case "code-without-functions" {
  title = "a code section without a function section is refused",
  clauses = { "container.code" },
  link = plain,
  mutate = { file = "a.o", remove = "function" },
  expect = refused("COUNT_DIFFERS", "function body count", "code.funcs.count"),
}

case "body-too-long" {
  title = "a body whose size is more than the section holds is refused",
  clauses = { "container.code" },
  link = plain,
  mutate = { file = "a.o", at = "code.funcs[0].size", to = 0x7f },
  expect = refused("TRUNCATED", "function body", "code.funcs[0].locals"),
}

case "locals-past-body" {
  title = "local declarations that run past the body are refused",
  clauses = { "container.code" },
  link = rich,
  mutate = { file = "a.o", at = "code.funcs[0].size", to = 1 },
  expect = refused("COUNT_TOO_LARGE", "local declaration count", "code.funcs[0].locals.count"),
}

case "local-type" {
  title = "a local of an unknown type is refused",
  clauses = { "container.code" },
  link = rich,
  mutate = { file = "a.o", at = "code.funcs[0].locals[1].type", to = "\x60" },
  expect = refused("VALUE_TYPE", "local type", "code.funcs[0].locals[1].type", "unsupported"),
}

case "too-many-locals" {
  title = "a function of 2^32 locals is refused",
  clauses = { "container.code" },
  link = rich,
  mutate = { file = "a.o", at = "code.funcs[0].locals[0].count", to = "\xff\xff\xff\xff\x0f" },
  expect = refused("TOO_MANY_LOCALS", "local count", "code.funcs[0].locals[1].count"),
}

case "start-index" {
  title = "a start function that is not there is refused",
  clauses = { "container.start" },
  link = rich,
  mutate = { file = "a.o", at = "start.func", to = 2 },
  expect = refused("INDEX_RANGE", "start function", "start.func"),
}

-- Globals and tags --------------------------------------------------------------------------------

case "global-type" {
  title = "a global of an unknown type is refused",
  clauses = { "container.global" },
  link = rich,
  mutate = { file = "a.o", at = "global.globals[0].type", to = "\x00" },
  expect = refused("VALUE_TYPE", "global type", "global.globals[0].type", "unsupported"),
}

case "global-mutability" {
  title = "a global that is neither mutable nor immutable is refused",
  clauses = { "container.global" },
  link = rich,
  mutate = { file = "a.o", at = "global.globals[0].mutable", to = 2 },
  expect = refused("MUTABILITY", "global mutability", "global.globals[0].mutable"),
}

case "initialiser-opcode" {
  title = "an initialiser with an instruction that is not constant is refused",
  clauses = { "container.constant-expression" },
  link = rich,
  mutate = { file = "a.o", at = "global.globals[0].init[0]", to = "\x10\x00" },
  expect = refused("INIT_OPCODE", "constant expression", "global.globals[0].init"),
}

case "initialiser-of-nothing" {
  title = "an initialiser that gives no value is refused",
  clauses = { "container.constant-expression" },
  link = rich,
  mutate = { file = "a.o", remove = "global.globals[0].init[0]" },
  expect = refused("INIT_STACK", "constant expression", "global.globals[0].init"),
}

case "initialiser-of-two" {
  title = "an initialiser that gives two values is refused",
  clauses = { "container.constant-expression" },
  link = rich,
  mutate = function(files) files["a.o"]:duplicate("global.globals[0].init[0]") end,
  expect = refused("INIT_STACK", "constant expression", "global.globals[0].init"),
}

case "initialiser-adds-before-the-second" {
  title = "an initialiser that adds one value to nothing and then gives another is refused",
  clauses = { "container.constant-expression" },
  link = rich,
  mutate = function(files)
    files["a.o"]:insert("global.globals[0].init[1]", "\x6a\x41\x05")
  end,
  expect = refused("INIT_STACK", "constant expression", "global.globals[0].init"),
}

case "initialiser-adds-one" {
  title = "an initialiser that adds a single value to nothing is refused",
  clauses = { "container.constant-expression" },
  link = rich,
  mutate = function(files) files["a.o"]:insert("global.globals[0].init[1]", "\x6a") end,
  expect = refused("INIT_STACK", "constant expression", "global.globals[0].init"),
}

case "initialiser-global" {
  title = "an initialiser with the value of a global that is not there is refused",
  clauses = { "container.constant-expression" },
  link = rich,
  mutate = { file = "a.o", at = "global.globals[0].init[0]", to = "\x23\x09" },
  expect = refused("INDEX_RANGE", "constant expression", "global.globals[0].init"),
}

case "initialiser-next-global" {
  title = "an address with the value of the global just behind the last is refused",
  clauses = { "container.constant-expression" },
  link = function()
    local o = object "a.o"
    o:global("base", { undefined = true })
    o:data("x", { bytes = "x" })
    return { "--no-entry", o }
  end,
  mutate = { file = "a.o", at = "data.segments[0].offset[0]", to = "\x23\x01" },
  expect = refused("INDEX_RANGE", "constant expression", "data.segments[0].offset"),
}

case "initialiser-second-global" {
  title = "an initialiser that adds the value of a global that is not there is refused",
  clauses = { "container.constant-expression" },
  link = rich,
  mutate = { file = "a.o", at = "global.globals[0].init[0]", to = "\x41\x01\x23\x09\x6a" },
  expect = { rejects { id = "INDEX_RANGE", phase = "read", class = "malformed",
    file = "a.o" } },
}

case "tag-attribute" {
  title = "a tag of an unknown attribute is refused",
  clauses = { "container.tag" },
  link = rich,
  mutate = { file = "a.o", at = "tag.tags[0].attribute", to = 1 },
  expect = refused("TAG_ATTRIBUTE", "tag attribute", "tag.tags[0].attribute"),
}

case "tag-type" {
  title = "a tag of a type that is not there is refused",
  clauses = { "container.tag" },
  link = rich,
  mutate = { file = "a.o", at = "tag.tags[0].type", to = 9 },
  expect = refused("INDEX_RANGE", "type index", "tag.tags[0].type"),
}

-- Exports and elements ----------------------------------------------------------------------------

case "export-kind" {
  title = "an export of an unknown kind is refused",
  clauses = { "container.export" },
  link = rich,
  mutate = { file = "a.o", at = "export.exports[0].kind", to = 5 },
  expect = refused("EXPORT_KIND", "export kind", "export.exports[0].kind"),
}

-- Valid by the core specification, and no symbol could carry the name.
case "export-of-import" {
  title = "an export of an imported function is valid, and exports nothing",
  clauses = { "container.export" },
  link = function()
    local o = object "a.o"
    local host = o:func("host", { sig = "->", undefined = true, import_module = "m",
      import_name = "host" })
    o:export("again", host)
    o:func("f", { sig = "->", export = "f", code = { { "call", host } } })
    return { "--no-entry", o }
  end,
  expect = { exports_exactly { "memory", "f" }, imports_exactly { "m.host" },
    code("f", { calls "host" }) },
}

case "export-index" {
  title = "an export of a function that is not there is refused",
  clauses = { "container.export" },
  link = rich,
  mutate = { file = "a.o", at = "export.exports[0].index", to = 2 },
  expect = refused("INDEX_RANGE", "export index", "export.exports[0].index"),
}

case "export-global" {
  title = "an export of a global that is not there is refused",
  clauses = { "container.export" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "->", code = "nop" })
    o:export("g", o:global("g", {}))
    o:features { "+mutable-globals" }
    return { "--no-entry", "--export=f", o }
  end,
  mutate = { file = "a.o", at = "export.exports[0].index", to = 1 },
  expect = refused("INDEX_RANGE", "export index", "export.exports[0].index"),
}

case "element-flags" {
  title = "an element segment with unknown flags is refused",
  clauses = { "container.element" },
  link = rich,
  mutate = { file = "a.o", at = "elem.segments[0].flags", to = 8 },
  expect = refused("ELEMENT_FLAGS", "element segment flags", "elem.segments[0].flags",
    "unsupported"),
}

case "element-expressions" {
  title = "an element segment of expressions is refused: relocations cannot reach into it",
  clauses = { "container.element" },
  link = rich,
  mutate = { file = "a.o", at = "elem.segments[0].flags", to = 4 },
  expect = refused("ELEMENT_FLAGS", "element segment flags", "elem.segments[0].flags",
    "unsupported"),
}

case "element-kind" {
  title = "an element segment of something else than functions is refused",
  clauses = { "container.element" },
  link = rich,
  mutate = { file = "a.o", at = "elem.segments[1].elemkind", to = 1 },
  expect = refused("ELEMENT_KIND", "element kind", "elem.segments[1].elemkind"),
}

case "element-table" {
  title = "an element segment of a table that is not there is refused",
  clauses = { "container.element" },
  link = rich,
  mutate = { file = "a.o", at = "elem.segments[1].table", to = 9 },
  expect = { rejects { id = "INDEX_RANGE", phase = "read", field = "element table",
    offset = "elem.segments[1].table", message = "there are 1$" } },
}

case "element-without-table" {
  title = "an element segment in an object without tables is refused",
  clauses = { "container.element" },
  link = function()
    local o = object("a.o", { table = "legacy" })
    o:func("f", { sig = "-> i32", code = { { "i32.const", slot "f" } } })
    return { "--no-entry", "--export=f", o }
  end,
  mutate = { file = "a.o", remove = "import.imports[1]" },
  expect = refused("INDEX_RANGE", "element segment flags", "elem.segments[0].flags"),
}

case "element-function" {
  title = "an element segment with a function that is not there is refused",
  clauses = { "container.element" },
  link = rich,
  mutate = { file = "a.o", at = "elem.segments[0].funcs[0]", to = 0x0fffffff },
  expect = refused("INDEX_RANGE", "element function index", "elem.segments[0].funcs[0]"),
}

-- Data --------------------------------------------------------------------------------------------

case "table-too-large" {
  title = "the size of a table that does not count 64 bits has 32",
  clauses = { "container.limits", "container.table" },
  link = rich,
  mutate = { file = "a.o", at = "table.tables[0].limits", to = "\0\x80\x80\x80\x80\x10" },
  expect = refused("LEB_TOO_LARGE", "limits minimum"),
}

case "data-flags" {
  title = "a data segment with unknown flags is refused",
  clauses = { "container.data" },
  link = rich,
  mutate = { file = "a.o", at = "data.segments[0].flags", to = 4 },
  expect = refused("DATA_FLAGS", "data segment flags", "data.segments[0].flags"),
}

case "data-flags-exclude-each-other" {
  title = "so is one that says it is passive and yet in which memory it is",
  clauses = { "container.data" },
  link = rich,
  mutate = { file = "a.o", at = "data.segments[0].flags", to = 3 },
  expect = refused("DATA_FLAGS", "data segment flags", "data.segments[0].flags"),
}

case "data-memory" {
  title = "a data segment of a memory that is not there is refused",
  clauses = { "container.data" },
  link = function()
    local o = object "a.o"
    o:segment(".data.x", { bytes = "data", memory = 0 })
    return { "--no-entry", o }
  end,
  mutate = { file = "a.o", at = "data.segments[0].memory", to = 1 },
  expect = refused("INDEX_RANGE", "data memory index", "data.segments[0].memory"),
}

case "two-memories" {
  title = "an object with a second memory is refused: nothing says which of them code means",
  clauses = { "container.memory" },
  link = function()
    local o = object("a.o", { memory = { min = 1 } })
    o:memory { min = 1 }
    return { "--no-entry", o }
  end,
  expect = { rejects { id = "MEMORIES", class = "unsupported", phase = "read",
    offset = "memory.memories[0].limits.flags" } },
}

case "data-too-long" {
  title = "a data segment whose size is more than the section holds is refused",
  clauses = { "container.data" },
  link = rich,
  mutate = { file = "a.o", at = "data.segments[0].size", to = 5 },
  expect = refused("TRUNCATED", "data segment bytes", "data.segments[0].bytes"),
}

case "data-too-short" {
  title = "a data segment whose bytes go on behind its size is refused",
  clauses = { "container.data" },
  link = rich,
  mutate = { file = "a.o", at = "data.segments[0].size", to = 3 },
  expect = refused("SECTION_LEFTOVER", "section"),
}

case "data-offset" {
  title = "a data segment whose place is no constant expression is refused",
  clauses = { "container.constant-expression" },
  link = rich,
  mutate = { file = "a.o", at = "data.segments[0].offset[0]", to = "\x20\x00" },
  expect = refused("INIT_OPCODE", "constant expression", "data.segments[0].offset"),
}

case "datacount-differs" {
  title = "a DataCount that is not the count of data segments is refused",
  clauses = { "container.datacount" },
  link = rich,
  mutate = { file = "a.o", at = "datacount.count", to = 2 },
  expect = refused("COUNT_DIFFERS", "data segment count", "data.segments.count"),
}

case "datacount-without-data" {
  title = "a DataCount above 0 without a data section is refused",
  clauses = { "container.datacount" },
  link = plain,
  mutate = function(files)
    files["a.o"]:insert("code", section("datacount", 12, { f.uleb("count", 1) }))
  end,
  expect = { rejects { id = "COUNT_DIFFERS", phase = "read", class = "malformed",
    file = "a.o" } },
}

-- Types of values ---------------------------------------------------------------------------------

case "initialiser-type" {
  title = "an initialiser of another type than its global's is refused",
  clauses = { "container.constant-expression" },
  link = rich,
  mutate = { file = "a.o", at = "global.globals[0].init[0]", to = "\x42\x05" },
  expect = refused("INIT_TYPE", "constant expression", "global.globals[0].init"),
}

case "data-offset-type" {
  title = "the offset of a data segment is an address: one of another type is refused",
  clauses = { "container.constant-expression" },
  link = rich,
  mutate = { file = "a.o", at = "data.segments[0].offset[0]", to = "\x42\x00" },
  expect = refused("INIT_TYPE", "constant expression", "data.segments[0].offset"),
}

case "data-offset-global" {
  title = "the offset of a data segment that reads a global that is not there is refused",
  clauses = { "container.constant-expression" },
  link = rich,
  mutate = { file = "a.o", at = "data.segments[0].offset[0]", to = "\x23\x63" },
  expect = refused("INDEX_RANGE", "constant expression", "data.segments[0].offset"),
}

case "tag-with-results" {
  title = "a tag whose type has results is refused",
  clauses = { "container.tag" },
  link = rich,
  mutate = { file = "a.o", at = "tag.tags[0].type", to = 0 },
  expect = refused("TAG_RESULTS", "tag type", "tag.tags[0].type"),
}

case "limits-order" {
  title = "limits whose minimum is above the maximum are refused",
  clauses = { "container.limits" },
  link = function()
    local o = object "a.o"
    o:table("t", { min = 1, max = 2, export = "t" })
    return { "--no-entry", o }
  end,
  mutate = { file = "a.o", at = "table.tables[0].limits.min", to = 3 },
  expect = refused("LIMITS_ORDER", "limits flags", "table.tables[0].limits.flags"),
}
