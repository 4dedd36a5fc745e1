-- What a module that the loader places imports and exports, and under which names.

local POINTER = { kind = "global", type = "i32", mutable = false }

-- A library of one object, which make(o) fills.
local function of(make, ...)
  local options = { ... }
  return function()
    local o = object "a.o"
    o:features()
    make(o)
    local result = { "-shared", "--experimental-pic" }
    for _, option in ipairs(options) do result[#result + 1] = option end
    result[#result + 1] = o
    return result
  end
end

case "memory-and-bases" {
  title = "a library imports the memory, and where its data and its slots are",
  clauses = { "dylink.import.memory", "dylink.import.memory-base", "dylink.import.table-base",
    "dylink.import.table" },
  link = of(function(o)
    local f = o:func("f", { sig = "->", code = "nop", hidden = true })
    local x = o:data("x", { bytes = "\1\2\3\4", hidden = true })
    o:func("g", { sig = "-> i32", code = { { "i32.const", slot_rel(f) },
      { "i32.const", addr_rel(x) }, "i32.add" } })
  end),
  expect = { imports { ["env.memory"] = "memory", ["env.__memory_base"] = POINTER,
    ["env.__table_base"] = POINTER, ["env.__indirect_function_table"] = "table" },
    moved(), memory { imported = true, exported = false } },
}

case "stack-pointer" {
  title = "code that uses the stack has its pointer from the loader, and may move it",
  clauses = { "dylink.import.stack-pointer" },
  link = of(function(o)
    local sp = o:global("__stack_pointer", { mutable = true, undefined = true })
    o:func("f", { sig = "->", code = { { "global.get", glob(sp) }, { "global.set", glob(sp) } } })
  end),
  expect = { imports { ["env.__stack_pointer"] = { kind = "global", type = "i32",
    mutable = true } } },
}

case "no-stack-pointer" {
  title = "code that does not use the stack asks for no pointer to it",
  clauses = { "dylink.import.stack-pointer" },
  link = of(function(o) o:func("f", { sig = "-> i32", code = "i32.const 7" }) end),
  expect = { no_import("env.__stack_pointer"), exports { f = "function" } },
}

case "functions" {
  title = "functions are exported as functions, if they are not hidden",
  clauses = { "dylink.export.function" },
  link = of(function(o)
    o:func("shown", { sig = "i32 -> i32", code = "local.get 0" })
    o:func("kept", { sig = "->", code = "nop", hidden = true, no_strip = true })
  end),
  expect = { exports { shown = { kind = "function", sig = "i32 -> i32" } }, no_export("kept") },
}

case "export-name" {
  title = "a function with a name for the outside is exported under that",
  clauses = { "dylink.export.function" },
  link = of(function(o) o:func("inside", { sig = "->", code = "nop", export = "outside" }) end),
  expect = { exports { outside = "function" }, no_export("inside") },
}

case "addresses" {
  title = "data is exported as its distance from the start of the module's data",
  clauses = { "dylink.export.address", "dylink.export.relative" },
  link = of(function(o)
    o:data("x", { bytes = "\1\2\3\4", align = 2 })
    o:data("y", { bytes = "\5\6\7\8", align = 2 })
  end),
  expect = { exports { x = POINTER, y = POINTER }, address "x" { max = 64 },
    address "y" { max = 64 }, data_at("x", "\1\2\3\4"), data_at("y", "\5\6\7\8"), moved() },
}

case "absolute-address" {
  title = "an absolute symbol is exported as what it is; nothing says that it counts from no base",
  clauses = { "symbol.absolute", "dylink.export.address", "dylink.export-info" },
  link = of(function(o)
    o:data("port", { absolute = true, offset = 4096 })
    o:data("x", { bytes = "1234", align = 2 })
  end),
  expect = { dylink { exports = {} }, exports { port = POINTER, x = POINTER },
    address "port" { equals = 4096 } },
}

case "addresses-of-pie" {
  title = "so it is in a program that the loader places",
  clauses = { "dylink.export.address", "dylink.export.relative" },
  link = function()
    local o = object "a.o"
    o:data("x", { bytes = "\1\2\3\4", align = 2 })
    return { "-pie", "--experimental-pic", "--no-entry", "--export=x", o }
  end,
  expect = { exports { x = POINTER }, address "x" { max = 64 }, data_at("x", "\1\2\3\4"), moved() },
}

case "constructors" {
  title = "a library's constructors are exported as one function, for the loader to call",
  clauses = { "dylink.export.function" },
  origin = { "bytecodealliance/wasm-tools#1228", "WebAssembly/tool-conventions#203" },
  link = of(function(o)
    o:init(o:func("boot", { sig = "->", static = true, code = "nop" }))
    o:func("f", { sig = "->", code = "nop" })
  end),
  expect = { exports { __wasm_call_ctors = { kind = "function", sig = "->" }, f = "function" },
    calls("__wasm_call_ctors", { "boot" }), calls("f", {}), no_start() },
}

case "pointers-from-the-got" {
  title = "addresses of what another module may define are mutable: they are known late",
  clauses = { "got.mutable", "got.mem", "got.func" },
  link = of(function(o)
    o:func("f", { sig = "-> i32", code = {
      { "global.get", got(o:data("far", { undefined = true })) },
      { "global.get", got(o:func("away", { sig = "->", undefined = true })) }, "i32.add" } })
  end, "--unresolved-symbols=import-dynamic"),
  expect = { got_imports { "mem.far", "func.away" } },
}

case "own-from-the-got" {
  title = "so are those of what this one defines, where the loader may choose another's",
  clauses = { "got.mutable", "got.mem", "got.func" },
  link = of(function(o)
    local x = o:data("x", { bytes = "\1" })
    local g = o:func("g", { sig = "->", code = "nop" })
    o:func("f", { sig = "-> i32", code = { { "global.get", got(x) }, { "global.get", got(g) },
      "i32.add" } })
  end),
  expect = { got_imports { "mem.x", "func.g" }, exports { x = "global", g = "function" } },
}

for name, how in pairs { ["hidden"] = { hidden = true }, ["local"] = { static = true },
  ["symbolic"] = { option = "-Bsymbolic" } } do
  case("own-" .. name) {
    title = "what nobody else can replace has an entry of the module's own: " .. name,
    clauses = { "got.internal", "got.mem", "got.func" },
    link = of(function(o)
      local x = o:data("x", { bytes = "\1", hidden = how.hidden, static = how.static })
      local g = o:func("g", { sig = "->", code = "nop", hidden = how.hidden, static = how.static })
      o:func("f", { sig = "-> i32", code = { { "global.get", got(x) }, { "global.get", got(g) },
        "i32.add" } })
    end, how.option),
    expect = { got_imports {}, in_table("g") },
  }
end
