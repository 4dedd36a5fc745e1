-- __wasm_call_ctors, the linker's function that calls all constructors: when it is there, and who
-- may refer to it.

local function main(options)
  local o = object "main.o"
  if options and options.init then
    o:init(o:func("init", { sig = "->", code = "nop" }))
  end
  o:func("run", { sig = "->", export = "run", code = "nop" })
  return o
end

-- A program with a constructor that adds 1 to x; get() gives x.  `reference`: what _initialize does
-- with __wasm_call_ctors.
local function counting(reference)
  local o = object "main.o"
  local x = o:data("x", { bytes = "\0\0\0\0", align = 2, segment_name = ".data.x" })
  o:init(o:func("init", { sig = "->", code = { "i32.const 0; i32.const 0",
    { "i32.load", addr(x) }, "i32.const 1; i32.add", { "i32.store", addr(x) } } }))
  o:func("get", { sig = "-> i32", export = "get",
    code = { "i32.const 0", { "i32.load", addr(x) } } })
  if reference then reference(o) end
  return o
end

case "absent" {
  title = "without constructors, and when nobody asks, there is no __wasm_call_ctors",
  clauses = { "init.call-ctors.presence" },
  link = function() return { "--no-entry", main() } end,
  expect = { no_function "__wasm_call_ctors", function_count(1) },
}

case "without-collection" {
  title = "--no-gc-sections keeps __wasm_call_ctors, though there is nothing to call",
  clauses = { "init.call-ctors.presence", "gc.off" },
  link = function() return { "--no-entry", "--no-gc-sections", main() } end,
  expect = { code("__wasm_call_ctors", { "end" }), no_export "__wasm_call_ctors" },
}

case "unreached-member-without-collection" {
  title = "without collection the constructors of every loaded member run",
  clauses = { "gc.off", "gc.root.init" },
  link = function()
    local o = object "m.o"
    o:func("f", { sig = "->", code = "nop" })
    o:init(o:func("init_m", { sig = "->", code = "nop" }))
    return { "--no-entry", "--no-gc-sections", "-u", "f", main(), archive("lib.a", { o }) }
  end,
  expect = { calls("__wasm_call_ctors", { "init_m" }) },
}

case "called-without-constructors" {
  title = "a call of __wasm_call_ctors finds a function that does nothing if nothing is to do",
  clauses = { "init.call-ctors.presence" },
  link = function()
    local o = main()
    local ctors = o:func("__wasm_call_ctors", { sig = "->", undefined = true })
    o:func("go", { sig = "->", export = "go", code = { { "call", ctors } } })
    return { "--no-entry", o }
  end,
  expect = { code("__wasm_call_ctors", { "end" }), calls("go", { "__wasm_call_ctors" }),
    no_export "__wasm_call_ctors", no_import() },
}

case "not-exported-by-itself" {
  title = "__wasm_call_ctors is not exported unless asked for, not by --export-dynamic either",
  clauses = { "init.call-ctors.export", "export.dynamic" },
  link = function() return { "--no-entry", "--export-dynamic", main { init = true } } end,
  expect = { has_function "__wasm_call_ctors", no_export "__wasm_call_ctors" },
}

case "exported" {
  title = "--export=__wasm_call_ctors exports it, and other exports are not wrapped",
  clauses = { "init.call-ctors.export", "command.reactor" },
  link = function() return { "--no-entry", "--export=__wasm_call_ctors", counting() } end,
  expect = { exports { __wasm_call_ctors = { kind = "function", sig = "->" } },
    runs { { call = "get", value = 0 }, { call = "__wasm_call_ctors" }, { call = "get", value = 1 },
      { call = "get", value = 1 } }, no_function "get.command_export" },
}

case "exported-if-defined" {
  title = "--export-if-defined=__wasm_call_ctors finds it always: the linker defines it",
  clauses = { "init.call-ctors.export" },
  link = function() return { "--no-entry", "--export-if-defined=__wasm_call_ctors", main() } end,
  expect = { exports { __wasm_call_ctors = "function" }, code("__wasm_call_ctors", { "end" }) },
}

case "export-all" {
  title = "--export-all exports __wasm_call_ctors, and so wraps nothing",
  clauses = { "init.call-ctors.export", "export.all", "command.reactor" },
  link = function() return { "--no-entry", "--export-all", counting() } end,
  expect = { exports { __wasm_call_ctors = "function", init = "function" },
    no_function "get.command_export", returns("get", {}, 0) },
}

case "as-the-entry" {
  title = "__wasm_call_ctors may be the entry",
  clauses = { "init.call-ctors.export", "entry.name" },
  link = function() return { "--entry=__wasm_call_ctors", counting() } end,
  expect = { exports { __wasm_call_ctors = "function" },
    runs { { call = "get", value = 0 }, { call = "__wasm_call_ctors" },
      { call = "get", value = 1 } } },
}

case "reactor" {
  title = "a program that calls __wasm_call_ctors is a reactor: its exports run no constructors",
  clauses = { "command.reactor" },
  link = function()
    return { "--no-entry", counting(function(o)
      local ctors = o:func("__wasm_call_ctors", { sig = "->", undefined = true })
      o:func("_initialize", { sig = "->", export = "_initialize", code = { { "call", ctors } } })
    end) }
  end,
  expect = { no_start(), no_export "__wasm_call_ctors",
    runs { { call = "get", value = 0 }, { call = "_initialize" }, { call = "get", value = 1 },
      { call = "get", value = 1 } } },
}

case "address-taken" {
  title = "a program that takes the address of __wasm_call_ctors is a reactor too",
  clauses = { "command.reactor" },
  link = function()
    return { "--no-entry", counting(function(o)
      local ctors = o:func("__wasm_call_ctors", { sig = "->", undefined = true })
      o:func("_initialize", { sig = "->", export = "_initialize",
        code = { { "i32.const", slot(ctors) }, { "call_indirect", "->" } } })
    end) }
  end,
  expect = { in_table "__wasm_call_ctors",
    runs { { call = "get", value = 0 }, { call = "_initialize" }, { call = "get", value = 1 } } },
}

case "weak-reference" {
  title = "a weak reference to __wasm_call_ctors finds it",
  clauses = { "init.call-ctors.presence", "symbol.undefined.weak" },
  link = function()
    return { "--no-entry", counting(function(o)
      local ctors = o:func("__wasm_call_ctors", { sig = "->", undefined = true, weak = true })
      o:func("_initialize", { sig = "->", export = "_initialize", code = { { "call", ctors } } })
    end) }
  end,
  expect = { runs { { call = "_initialize" }, { call = "get", value = 1 } } },
}

case "defined-by-an-object" {
  title = "an object that defines __wasm_call_ctors itself is an error",
  clauses = { "init.reserved" },
  link = function()
    local o = main { init = true }
    o:func("__wasm_call_ctors", { sig = "->", code = "nop" })
    return { "--no-entry", o }
  end,
  expect = { rejects { id = "DUPLICATE_SYMBOL", class = "duplicate" } },
}

case "no-start-function" {
  title = "constructors do not make a start function",
  clauses = { "start.none", "start.entry" },
  link = function()
    local o = main { init = true }
    o:func("_start", { sig = "->", code = "nop" })
    return { o }
  end,
  expect = { no_start(), exports { _start = "function" } },
}

case "of-an-object-that-nobody-needs" {
  title = "a reactor runs the constructors of objects of which it uses nothing else",
  clauses = { "init.call-ctors", "init.after-memory" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local x = a:data("x", { undefined = true })
    a:init(a:func("boot", { sig = "->", static = true, code = { { "i32.const", addr(x) },
      "i32.const 42", { "i32.store" } } }))
    local y = b:data("x", { bytes = "\1\0\0\0", align = 2 })
    local ctors = b:func("__wasm_call_ctors", { sig = "->", undefined = true })
    b:func("f", { sig = "-> i32", export = "f", code = { { "call", ctors },
      { "i32.const", addr(y) }, { "i32.load" } } })
    return { "--no-entry", a, b }
  end,
  expect = { returns("f", {}, 42) },
}
