-- Commands: a program with constructors or destructors that does not care for them itself.  Each
-- exported function is a run of its own: constructors, the function, __wasm_call_dtors.

-- x is 10 at first; the constructor adds 1.  Options: dtors: __wasm_call_dtors adds 100.
local function program(options)
  local o = object "main.o"
  local x = o:data("x", { bytes = "\10\0\0\0", align = 2 })
  local function adding(n)
    return { "i32.const 0", "i32.const 0", { "i32.load", addr(x) }, { "i32.const", n }, "i32.add",
      { "i32.store", addr(x) } }
  end
  if not options or options.init ~= false then
    o:init(o:func("init", { sig = "->", static = true, code = adding(1) }))
  end
  if options and options.dtors then
    o:func("__wasm_call_dtors", { sig = "->", code = adding(100) })
  end
  o:func("get", { sig = "-> i32", export = "get",
    code = { "i32.const 0", { "i32.load", addr(x) } } })
  return o
end

case "constructors-at-every-call" {
  title = "each call of an export runs the constructors first",
  clauses = { "command.wrapper", "start.none" },
  origin = { "wild-linker/wild#2499", "WebAssembly/wasi-libc#264" },
  link = function() return { "--no-entry", program() } end,
  expect = { no_start(), runs { { call = "get", value = 11 }, { call = "get", value = 12 } } },
}

case "constructors-and-destructors" {
  title = "each call of an export runs constructors, the function and destructors, in this order",
  clauses = { "command.wrapper", "command.dtors" },
  link = function() return { "--no-entry", program { dtors = true } } end,
  expect = { calls("get", { "__wasm_call_ctors", "get", "__wasm_call_dtors" }),
    runs { { call = "get", value = 11 }, { call = "get", value = 112 } } },
}

case "destructors-only" {
  title = "destructors alone are reason enough for wrappers, which then call no constructors",
  clauses = { "command.wrapper", "command.dtors" },
  link = function() return { "--no-entry", program { init = false, dtors = true } } end,
  expect = { no_function "__wasm_call_ctors", calls("get", { "get", "__wasm_call_dtors" }),
    runs { { call = "get", value = 10 }, { call = "get", value = 110 } } },
}

case "neither" {
  title = "without constructors and destructors exports are not wrapped",
  clauses = { "command.wrapper" },
  link = function() return { "--no-entry", program { init = false } } end,
  expect = { function_count(1), no_function "get.command_export" },
}

case "parameters-and-results" {
  title = "a wrapper has the type of its function, passes all arguments, and gives all results",
  clauses = { "command.wrapper" },
  link = function()
    local o = program()
    o:func("pick", { sig = "i32 i64 f32 -> i64 i32", export = "pick",
      code = "local.get 1; local.get 0" })
    o:func("second", { sig = "i32 i32 -> i32", export = "second", code = "local.get 1" })
    return { "--no-entry", o }
  end,
  expect = { signature("pick", "i32 i64 f32 -> i64 i32"), valid(),
    code("pick", { calls "__wasm_call_ctors", "local.get 0; local.get 1; local.get 2",
      { "call" }, "end" }), returns("second", { 3, 4 }, 4) },
}

case "every-export" {
  title = "the entry, functions of --export and functions with the flag are all wrapped",
  clauses = { "command.wrapper" },
  link = function()
    local o = program()
    o:func("_start", { sig = "->", code = "nop" })
    o:func("named", { sig = "->", code = "nop" })
    return { "--export=named", o }
  end,
  expect = { calls("_start", { "__wasm_call_ctors", "_start" }),
    calls("named", { "__wasm_call_ctors", "named" }),
    calls("get", { "__wasm_call_ctors", "get" }) },
}

case "inner-calls-are-not-wrapped" {
  title = "calls and pointers within the program mean the function and not its wrapper",
  clauses = { "command.wrapper" },
  link = function()
    local o = program()
    o:func("twice", { sig = "-> i32", export = "twice",
      code = { { "call", fn "get" }, { "i32.const", slot "get" }, { "call_indirect", "->i32" },
        "i32.add" } })
    return { "--no-entry", o }
  end,
  -- One run of the constructor: 11 + 11.
  expect = { returns("twice", {}, 22) },
}

case "names" {
  title = "a wrapper is called like its function with .command_export behind, both have names",
  clauses = { "command.wrapper.name", "names.function" },
  link = function()
    local o = program()
    o:func("put", { sig = "i32 ->", export = "put", code = {} })
    return { "--no-entry", o }
  end,
  expect = { name_section { functions = { "get", "get.command_export", "put",
    "put.command_export", "__wasm_call_ctors" } },
    exports { get = { kind = "function", is = "get.command_export" },
      put = { kind = "function", is = "put.command_export" } } },
}

case "wrappers-come-last" {
  title = "wrappers are the last functions and the last exports, in the order of the symbols",
  clauses = { "command.wrapper.order" },
  link = function()
    local o = program()
    o:func("b", { sig = "->", export = "b", code = "nop" })
    o:func("a", { sig = "->", export = "a", code = "nop" })
    local p = object "p.o"
    p:func("c", { sig = "->", export = "c", code = "nop" })
    p:data("d", { bytes = "dddd", exported = true })
    return { "--no-entry", o, p }
  end,
  expect = { export_order { "memory", "d", "get", "b", "a", "c" },
    function_order { "__wasm_call_ctors", "init", "get.command_export", "b.command_export",
      "a.command_export", "c.command_export" } },
}

case "wrappers-behind-stubs" {
  title = "so they are where the linker makes other functions, too",
  clauses = { "command.wrapper.order", "functions.numbering" },
  link = function()
    local o = program()
    local weak = o:func("nowhere", { sig = "->", undefined = true, weak = true })
    o:func("try", { sig = "->", export = "try", code = { { "call", weak } } })
    return { "--no-entry", o }
  end,
  expect = { function_order { "__wasm_call_ctors", "undefined_weak:nowhere", "init",
    "get.command_export", "try.command_export" } },
}

case "export-name" {
  title = "a wrapper takes over the name under which its function was to be exported",
  clauses = { "command.wrapper", "export.name" },
  link = function()
    local o = program()
    o:func("f", { sig = "->", export = "eff", code = "nop" })
    return { "--no-entry", o }
  end,
  expect = { no_export("f", "f.command_export"),
    exports { eff = { kind = "function", is = "f.command_export" } } },
}

case "only-functions" {
  title = "globals, tables and addresses that are exported stay as they are",
  clauses = { "command.wrapper" },
  link = function()
    local o = program()
    o:global("g", { type = "i32", init = "i32.const 3" })
    o:table("t", { type = "funcref", min = 2 })
    o:features { "+mutable-globals" }
    return { "--no-entry", "--export=g", "--export=t", "--export=x", o }
  end,
  expect = { exports { g = "global", t = "table", x = "global" },
    runs { { get = "g", value = 3 }, { call = "get", value = 11 } } },
}

-- __wasm_call_dtors -------------------------------------------------------------------------------

-- A program whose __wasm_call_dtors is what define(o) makes it.
local function with_dtors(define)
  return function()
    local o = program()
    define(o)
    return { "--no-entry", o }
  end
end

case "destructors-with-parameters" {
  title = "a __wasm_call_dtors with parameters is an error",
  clauses = { "command.dtors.kind" },
  link = with_dtors(function(o)
    o:func("__wasm_call_dtors", { sig = "i32 ->", code = "nop" })
  end),
  expect = { rejects { id = "DTORS_SIGNATURE", class = "mismatch" } },
}

case "destructors-with-result" {
  title = "a __wasm_call_dtors with a result is an error",
  clauses = { "command.dtors.kind" },
  link = with_dtors(function(o)
    o:func("__wasm_call_dtors", { sig = "-> i32", code = "i32.const 0" })
  end),
  expect = { rejects { id = "DTORS_SIGNATURE", class = "mismatch" } },
}

case "destructors-that-are-data" {
  title = "a __wasm_call_dtors that is no function is an error",
  clauses = { "command.dtors.kind" },
  link = with_dtors(function(o) o:data("__wasm_call_dtors", { bytes = "data" }) end),
  expect = { rejects { id = "DTORS_KIND", class = "mismatch" } },
}

case "destructors-that-are-undefined" {
  title = "a reference to a __wasm_call_dtors that nobody defines is an error",
  clauses = { "command.dtors.kind" },
  link = with_dtors(function(o)
    local dtors = o:func("__wasm_call_dtors", { sig = "->", undefined = true })
    o:func("quit", { sig = "->", export = "quit", code = { { "call", dtors } } })
  end),
  expect = { rejects {} },
}

case "destructors-of-a-reactor" {
  title = "in a reactor __wasm_call_dtors is a function like any other",
  clauses = { "command.reactor", "command.dtors", "command.dtors.kind" },
  link = function()
    local o = program { dtors = true }
    return { "--no-entry", "--export=__wasm_call_ctors", o }
  end,
  expect = { no_function("__wasm_call_dtors", "get.command_export"), returns("get", {}, 10),
    exports { __wasm_call_ctors = "function" } },
}

case "name-of-a-wrapper-is-free" {
  title = "an input may define a function of the name that a wrapper has in the name section",
  clauses = { "command.wrapper.name" },
  link = function()
    local o = object "a.o"
    local ctor = o:func("ctor", { sig = "->", code = {} })
    o:init(ctor)
    o:func("f", { sig = "-> i32", export = "f", code = { "i32.const 1" } })
    o:func("f.command_export", { sig = "-> i32", export = "f.command_export",
      code = { "i32.const 2" } })
    return { "--no-entry", o }
  end,
  expect = { exports_exactly { "memory", "f", "f.command_export" }, returns("f", {}, 1),
    returns("f.command_export", {}, 2) },
  peer_differs = "wasm-ld gives the input's symbol to the wrapper, and loses the input's export",
}

case "call-ctors-wanted" {
  title = "a program that asks for __wasm_call_ctors by --undefined cares for itself",
  clauses = { "command.reactor" },
  link = function() return { "--no-entry", "--undefined=__wasm_call_ctors", program() } end,
  expect = { no_function "get.command_export", runs { { call = "get", value = 10 } } },
}

case "destructors-where-the-constructors-are-the-entry" {
  title = "where __wasm_call_ctors is the entry there are no destructors either",
  clauses = { "command.reactor", "command.dtors.kind" },
  link = function() return { "--entry=__wasm_call_ctors", program { dtors = true } } end,
  expect = { no_function("__wasm_call_dtors", "get.command_export"),
    exports { __wasm_call_ctors = "function" } },
}
