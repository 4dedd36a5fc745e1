-- Stub libraries: text files that list what whoever runs the module provides, and what of the
-- module that needs in turn.  What is undefined and listed is imported; what it needs is exported.

local CLAUSE = { "input.stub-library" }

-- run calls the functions named, in order.
local function user(...)
  local o, code = object "a.o", {}
  for i, callee in ipairs { ... } do
    code[i] = { "call", o:func(callee, { sig = "->", undefined = true }) }
  end
  o:func("run", { sig = "->", export = "run", code = code })
  return o
end

local function defining(...)
  local o = object "b.o"
  for _, name in ipairs { ... } do o:func(name, { sig = "->", code = {} }) end
  return o
end

local function stub(...)
  return file("env.so", "#STUB\n" .. table.concat({ ... }, "\n") .. "\n")
end

case "listed" {
  title = "an undefined function that is listed is imported",
  clauses = CLAUSE,
  link = function() return { "--no-entry", user "print", stub "print" } end,
  expect = { imports_exactly { "env.print" }, prints {} },
}

case "first-on-the-line" {
  title = "a stub library may come before those who need it",
  clauses = CLAUSE,
  link = function() return { "--no-entry", stub "print", user "print" } end,
  expect = { imports_exactly { "env.print" } },
}

case "not-listed" {
  title = "what is not listed stays undefined",
  clauses = CLAUSE,
  link = function() return { "--no-entry", user "printf", stub "print" } end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", message = "printf" } },
}

case "not-needed" {
  title = "what nobody refers to is not imported",
  clauses = CLAUSE,
  link = function() return { "--no-entry", user(), stub("print", "f: g") } end,
  expect = { exports { memory = "memory" }, no_import() },
}

case "defined-in-an-object" {
  title = "a definition of the module's own counts more than a stub library",
  clauses = CLAUSE,
  link = function() return { "--no-entry", stub "print: free", user "print", defining "print" } end,
  expect = { no_import(), calls("run", { "print" }) },
}

case "defined-in-a-member" {
  title = "so does one in an archive",
  clauses = CLAUSE,
  link = function()
    return { "--no-entry", stub "print", user "print", archive("lib.a", { defining "print" }) }
  end,
  expect = { no_import(), calls("run", { "print" }) },
}

case "needs" {
  title = "what a listed function needs is exported",
  clauses = CLAUSE,
  link = function()
    return { "--no-entry", user "alloc", defining("malloc", "free", "other"),
      stub "alloc: malloc, free" }
  end,
  expect = { imports_exactly { "env.alloc" },
    exports_exactly { "memory", "run", "malloc", "free" }, prints {} },
}

case "needs-of-the-unused" {
  title = "what is not imported needs nothing",
  clauses = CLAUSE,
  origin = "llvm/llvm-project#173422",
  link = function()
    return { "--no-entry", user(), defining("malloc", "free"), stub "alloc: malloc, nobody" }
  end,
  expect = { exports_exactly { "memory", "run" } },
}

case "needs-of-the-unreferenced" {
  title = "the constructors that a listed name needs are the program's own, needed or not",
  clauses = { "input.stub-library", "command.reactor" },
  link = function()
    local b = object "b.o"
    b:init(b:func("ctor", { sig = "->", code = {} }))
    return { "--no-entry", user(), b, stub("print", "start: __wasm_call_ctors") }
  end,
  expect = { exports { run = "function" }, no_function "run.command_export" },
}

case "needs-of-the-first-line" {
  title = "so they are when the first line needs them, behind another name",
  clauses = { "input.stub-library", "command.reactor" },
  link = function()
    local b = object "b.o"
    b:init(b:func("ctor", { sig = "->", code = {} }))
    return { "--no-entry", user(), b, stub("start: stop, __wasm_call_ctors", "print") }
  end,
  expect = { exports { run = "function" }, no_function "run.command_export" },
}

case "needs-a-member" {
  title = "a member that defines what is needed is loaded",
  clauses = CLAUSE,
  link = function()
    return { "--no-entry", user "alloc", archive("lib.a", { defining "malloc" }),
      stub "alloc: malloc" }
  end,
  expect = { exports { malloc = "function" } },
}

case "needs-in-turn" {
  title = "what a loaded member leaves undefined is looked for in the stub libraries, too",
  clauses = CLAUSE,
  link = function()
    local b = object "b.o"
    local print = b:func("print", { sig = "->", undefined = true })
    b:func("malloc", { sig = "->", code = { { "call", print } } })
    local c = object "c.o"
    c:func("log", { sig = "->", code = {} })
    return { "--no-entry", stub("print: log", "alloc: malloc"), user "alloc",
      archive("lib.a", { b, c }) }
  end,
  expect = { imports_exactly { "env.print", "env.alloc" },
    exports { malloc = "function", log = "function" } },
}

case "needs-what-is-missing" {
  title = "what is needed must be there",
  clauses = CLAUSE,
  link = function() return { "--no-entry", user "alloc", stub "alloc: malloc" } end,
  expect = { rejects { id = "STUB_NEEDS", file = "env.so", message = "malloc.*alloc" } },
}

case "needs-what-is-undefined" {
  title = "what is needed must be defined, not only referred to",
  clauses = CLAUSE,
  link = function()
    return { "--no-entry", "--import-undefined", user("alloc", "malloc"), stub "alloc: malloc" }
  end,
  expect = { rejects { id = "STUB_NEEDS", file = "env.so" } },
}

case "needs-hidden" {
  title = "a hidden function that is needed is exported",
  clauses = CLAUSE,
  link = function()
    local b = object "b.o"
    b:func("malloc", { sig = "->", code = {}, hidden = true })
    return { "--no-entry", user "alloc", b, stub "alloc: malloc" }
  end,
  expect = { exports { malloc = "function" } },
}

case "renamed" {
  title = "a symbol is listed under the name that it is imported by, too",
  clauses = CLAUSE,
  origin = "llvm/llvm-project#80169",
  link = function()
    local a = object "a.o"
    local f = a:func("f", { sig = "->", undefined = true, import_module = "host",
      import_name = "print" })
    a:func("run", { sig = "->", export = "run", code = { { "call", f } } })
    return { "--no-entry", a, defining "malloc", stub "print: malloc" }
  end,
  expect = { imports_exactly { "host.print" }, exports { malloc = "function" } },
}

case "renamed-and-not-listed" {
  title = "a symbol that has another name where it is imported need not be listed",
  clauses = CLAUSE,
  link = function()
    local a = object "a.o"
    local f = a:func("f", { sig = "->", undefined = true, import_module = "host",
      import_name = "print" })
    a:func("run", { sig = "->", export = "run", code = { { "call", f } } })
    return { "--no-entry", a, defining "malloc", stub "log: malloc" }
  end,
  expect = { imports_exactly { "host.print" }, no_export "malloc" },
}

case "renamed-and-waiting" {
  title = "what a member defines is not imported, though only a weak reference asks for it",
  clauses = { "input.stub-library", "archive.lazy.weak-reference" },
  link = function()
    local a, f = object "a.o", object "f.o"
    a:func("run", { sig = "->", export = "run", code = { { "call", a:func("f", { sig = "->",
      undefined = true, weak = true, import_module = "host", import_name = "print" }) } } })
    f:func("f", { sig = "->", code = {} })
    return { "--no-entry", a, archive("lib.a", { f }), stub "print: nobody" }
  end,
  expect = { no_import(), traps "run" },
}

case "renamed-first-symbol-of-an-object" {
  title = "with -r, too, what the first symbol needs must be there",
  clauses = CLAUSE,
  link = function()
    local a = object "a.o"
    a:func("f", { sig = "->", undefined = true, import_module = "host", import_name = "print" })
    return { "-r", a, stub "print: malloc" }
  end,
  expect = { rejects { id = "STUB_NEEDS", file = "env.so" } },
}

case "renamed-and-defined" {
  title = "what another object defines is not imported, under whatever name",
  clauses = CLAUSE,
  link = function()
    local a = object "a.o"
    local f = a:func("f", { sig = "->", undefined = true, import_module = "host",
      import_name = "print" })
    a:func("run", { sig = "->", export = "run", code = { { "call", f } } })
    return { "--no-entry", a, defining("f", "malloc"), stub "print: malloc" }
  end,
  expect = { no_import(), exports_exactly { "memory", "run" }, calls("run", { "f" }) },
}

case "module-of-the-import" {
  title = "what is imported keeps the module that the object says",
  clauses = CLAUSE,
  link = function()
    local a = object "a.o"
    local f = a:func("f", { sig = "i32 -> i32", undefined = true, import_module = "host" })
    a:func("run", { sig = "-> i32", export = "run", code = { "i32.const 1", { "call", f } } })
    return { "--no-entry", a, stub "f" }
  end,
  expect = { imports { ["host.f"] = { kind = "function", sig = "i32 -> i32" } } },
}

case "weak-reference" {
  title = "a weak reference becomes no import, but what the function needs is exported",
  clauses = CLAUSE,
  link = function()
    local a = object "a.o"
    local f = a:func("f", { sig = "->", undefined = true, weak = true })
    a:func("run", { sig = "->", export = "run", code = { { "call", f } } })
    return { "--no-entry", a, defining "malloc", stub "f: malloc" }
  end,
  expect = { no_import(), exports { malloc = "function" }, traps("run", {}) },
}

case "data" {
  title = "undefined data that is listed has the address 0",
  clauses = CLAUSE,
  link = function()
    local a = object "a.o"
    local d = a:data("d", { undefined = true })
    a:func("run", { sig = "-> i32", export = "run", code = { { "i32.const", addr(d) } } })
    return { "--no-entry", a, stub "d" }
  end,
  expect = { no_import(), returns("run", {}, 0) },
}

case "global" {
  title = "an undefined global that is listed is imported",
  clauses = CLAUSE,
  link = function()
    local a = object "a.o"
    local g = a:global("g", { undefined = true })
    a:func("run", { sig = "-> i32", export = "run", code = { { "global.get", g } } })
    return { "--no-entry", a, stub "g" }
  end,
  expect = { imports { ["env.g"] = "global" } },
}

case "text" {
  title = "comments, empty lines, blanks and carriage returns do not matter",
  clauses = CLAUSE,
  link = function()
    return { "--no-entry", user("f", "g", "h"), defining("x", "y"),
      file("env.so", "#STUB  \r\n# f: nobody\n\n  f :x ,  y\r\n\tg\t\n \n#\nh:\n") }
  end,
  expect = { imports_exactly { "env.f", "env.g", "env.h" },
    exports { x = "function", y = "function" } },
}

case "comma-at-the-end" {
  title = "a list of needs may end in a comma, and the text without a newline",
  clauses = CLAUSE,
  link = function()
    return { "--no-entry", user "f", defining "x", file("env.so", "#STUB\nf: x,") }
  end,
  expect = { exports { x = "function" } },
}

case "later-line" {
  title = "of two lines on one name the later one counts",
  clauses = CLAUSE,
  link = function()
    return { "--no-entry", user "f", defining("x", "y"), stub("f: x", "f: y") }
  end,
  expect = { exports { y = "function" }, no_export "x" },
}

case "first-library" {
  title = "of two stub libraries that list a name the first one counts",
  clauses = CLAUSE,
  link = function()
    return { "--no-entry", user "f", defining("x", "y"), stub "f: x",
      file("two.so", "#STUB\nf: y, nobody\n") }
  end,
  expect = { exports { x = "function" }, no_export "y" },
}

case "empty" {
  title = "a stub library may be empty",
  clauses = CLAUSE,
  link = function() return { "--no-entry", user(), file("env.so", "#STUB") } end,
  expect = { exports { memory = "memory" }, no_import() },
}

case "needs-the-constructors" {
  title = "needing __wasm_call_ctors makes the module a reactor",
  clauses = { "input.stub-library", "command.reactor" },
  link = function()
    local b = object "b.o"
    b:init(b:func("ctor", { sig = "->", code = {} }))
    return { "--no-entry", user "start", b, stub "start: __wasm_call_ctors" }
  end,
  expect = { exports { __wasm_call_ctors = "function" }, no_function "run.command_export" },
}

case "needs-what-the-linker-makes" {
  title = "what is needed must be an input's: an address that the linker provides does not count",
  clauses = { "input.stub-library", "layout.symbol.on-demand" },
  origin = "llvm/llvm-project#180632",
  link = function()
    return { "--no-entry", user "start", stub "start: __heap_base" }
  end,
  expect = { rejects { id = "STUB_NEEDS", class = "undefined" } },
}

case "traced" {
  title = "--trace-symbol tells what stub libraries do with a name",
  clauses = { "input.stub-library", "text.trace-symbol" },
  link = function()
    return { "--no-entry", "-y", "f", "-y", "x", "-y", "g", user("f", "g"), defining("x", "g"),
      stub("f: x", "g") }
  end,
  expect = { prints { "a.o: reference to f", "a.o: reference to g", "b.o: definition of x",
    "b.o: definition of g", "env.so: importing f", "env.so: exported x due to import of f",
    "env.so: stub symbol not needed: g" },
    notes { id = "TRACE_STUB_IMPORT", file = "env.so" },
    notes { id = "TRACE_STUB_EXPORT", file = "env.so" },
    notes { id = "TRACE_STUB_UNUSED", file = "env.so" } },
}

case "why-extract" {
  title = "--why-extract tells of members that a stub library needs",
  clauses = { "input.stub-library", "text.why-extract" },
  link = function()
    return { "--no-entry", "--why-extract=why.txt", user "f", archive("lib.a", { defining "x" }),
      stub "f: x" }
  end,
  expect = { writes("why.txt", { "reference\textracted\tsymbol", "env.so\tlib.a(b.o)\tx" }) },
}

-- Malformed -------------------------------------------------------------------------------------

for name, line in pairs { ["no-symbol"] = ": x", ["no-name-between-commas"] = "f: x,,x",
  ["no-name-before-comma"] = "f: ,x" } do
  case(name) {
    title = ("a line %q lacks a name"):format(line),
    clauses = CLAUSE,
    link = function() return { "--no-entry", user "f", defining "x", stub "f: x" } end,
    mutate = function(files) files["env.so"] = "#STUB\nf: x\n" .. line .. "\n" end,
    expect = { rejects { id = "STUB_NAME", class = "malformed", file = "env.so",
      message = "line 3" } },
  }
end

case "in-an-object" {
  title = "in an object made of several, what is listed stays undefined, as all that is",
  clauses = { "input.stub-library", "relocatable.undefined" },
  link = function() return { "-r", user "print", stub "print" } end,
  expect = { linking_symbol "print" { flags = "undefined" } },
}

case "alone" {
  title = "a stub library alone is an input",
  clauses = CLAUSE,
  link = function() return { "--no-entry", stub "print" } end,
  expect = { exports_exactly { "memory" }, no_import() },
}

case "second-library" {
  title = "a second stub library counts like the first",
  clauses = { "input.stub-library", "command.reactor" },
  link = function()
    local b = object "b.o"
    b:init(b:func("ctor", { sig = "->", code = {} }))
    return { "--no-entry", user "print", b, file("one.so", "#STUB\nlog\n"),
      stub("print", "start: __wasm_call_ctors") }
  end,
  expect = { imports_exactly { "env.print" }, no_function "run.command_export" },
}

case "entry-is-missing-too" {
  title = "where the entry is missing nobody asks what stub libraries need",
  clauses = { "input.stub-library", "entry.missing" },
  link = function() return { "--entry=nobody", user "print", stub "print: nothing" } end,
  expect = { rejects { id = "ENTRY_UNDEFINED", of = 1 } },
}

case "imported-once" {
  title = "that a function is imported is told once, though a member asks for it again",
  clauses = { "input.stub-library", "text.trace-symbol" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local f = a:func("f", { sig = "-> i32", undefined = true })
    a:func("run", { sig = "-> i32", export = "run", code = { { "i32.const", slot(f) } } })
    b:func("malloc", { sig = "->",
      code = { { "call", b:func("f", { sig = "->", undefined = true }) } } })
    return { "--no-entry", "-y", "f", a, archive("lib.a", { b }), stub "f: malloc" }
  end,
  expect = { prints { "a.o: reference to f", "env.so: importing f", "lib.a(b.o): reference to f" },
    imports_exactly { "env.f" } },
}
