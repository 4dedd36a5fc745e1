-- What a library shows to other modules, and where it leaves the choice of a definition to the
-- loader; what a program that is moved does instead.

local SHARED = { "-shared", "--experimental-pic" }
local PIE = { "-pie", "--no-entry", "--experimental-pic" }

-- A link of the objects that make() gives, with these options and more.
local function linking(options, make, ...)
  local list = { table.unpack(options) }
  for _, word in ipairs { ... } do list[#list + 1] = word end
  return function()
    local all = { table.unpack(list) }
    for _, o in ipairs { make() } do all[#all + 1] = o end
    return all
  end
end

-- f() calls g, which is so.
local function calling(how)
  return function()
    local o = object "a.o"
    local opts = { sig = "-> i32", code = "i32.const 7" }
    for key, value in pairs(how or {}) do opts[key] = value end
    local g = o:func("g", opts)
    o:func("f", { sig = "-> i32", export = "f", code = { { "call", g } } })
    return o
  end
end

-- The one call in a function, or in f(), is of this import.
local function calls_import(import, who)
  who = who or "f"
  return holds(who .. " calls the import " .. import, function(_, view)
    local found = view:calls(view:func(who))
    return #found == 1 and found[1] == view:import(import).index, tostring(found[1])
  end)
end

case "exports" {
  title = "a library exports what is defined and not hidden, and no option asks for it",
  clauses = { "shared.exports", "dylink.export.function", "dylink.export.address" },
  link = linking(SHARED, function()
    local o = object "a.o"
    o:features()
    o:func("f", { sig = "->", code = "nop" })
    o:func("kept", { sig = "->", code = "nop", hidden = true })
    o:func("inner", { sig = "->", code = "nop", static = true })
    o:data("x", { bytes = "1234" })
    o:data("y", { bytes = "1234", hidden = true })
    o:global("g", { type = "i32" })
    o:tag("e", { sig = "->" })
    return o
  end),
  expect = { exports { f = "function", x = "global", g = "global", e = "tag",
    __wasm_call_ctors = "function" }, no_export("kept", "inner", "y") },
}

case "hidden-is-left-out" {
  title = "what is hidden, and nobody needs, is not in the library",
  clauses = { "shared.exports", "gc.reachability" },
  origin = "emscripten-core/emscripten#7586",
  link = linking(SHARED, function()
    local o = object "a.o"
    o:func("shown", { sig = "->", code = "nop" })
    o:func("left", { sig = "->", code = "nop", hidden = true })
    o:data("bytes", { bytes = "left out", hidden = true })
    return o
  end),
  expect = { has_function "shown", no_function "left", data_count("left out", 0) },
}

case "all-kept" {
  title = "--no-gc-sections keeps it, and it is hidden all the same",
  clauses = { "shared.exports", "gc.off" },
  link = linking(SHARED, function()
    local o = object "a.o"
    o:func("kept", { sig = "->", code = "nop", hidden = true })
    return o
  end, "--no-gc-sections"),
  expect = { has_function "kept", no_export "kept" },
}

case "alias" {
  title = "an alias is exported beside what it stands for, as the same function",
  clauses = { "shared.exports", "symbol.alias" },
  link = linking(SHARED, function()
    local o = object "a.o"
    o:alias("g", o:func("f", { sig = "->", code = "nop" }))
    return o
  end),
  expect = { exports { f = "function", g = "function" }, same_function("f", "g"),
    no_import("env.f", "env.g") },
}

-- Whether it is imported as well, though no code of the library would call that, is the linker's
-- choice: wasm-ld does so.
case "weak-alias" {
  title = "a weak alias that nobody calls is exported; what it stands for is called as it is",
  clauses = { "shared.exports", "shared.weak", "symbol.alias" },
  origin = "llvm/llvm-project#104576",
  link = linking(SHARED, function()
    local o = object "a.o"
    local f = o:func("f", { sig = "-> i32", hidden = true, code = "i32.const 7" })
    o:alias("g", f, { weak = true })
    o:func("h", { sig = "-> i32", code = { { "call", f } } })
    return o
  end),
  expect = { exports { g = { kind = "function", sig = "-> i32" } }, no_export "f",
    no_import "env.f", calls("h", { "f" }) },
}

case "direct-call" {
  title = "a library calls its own strong function, though it exports it",
  clauses = { "shared.direct-call" },
  link = linking(SHARED, calling()),
  expect = { exports { g = "function" }, no_import "env.g", calls("f", { "g" }) },
}

case "weak-call" {
  title = "a weak function may be replaced: it is imported and exported, and the import is called",
  clauses = { "shared.weak", "symbol.binding.weak" },
  origin = "bytecodealliance/wasm-tools#1625",
  link = linking(SHARED, calling { weak = true }),
  expect = { exports { g = { kind = "function", sig = "-> i32" } },
    imports { ["env.g"] = { kind = "function", sig = "-> i32" } }, calls_import "env.g",
    runs({ { call = "f", value = 55 }, { call = "g", value = 7 } }, { ["env.g"] = 55 }) },
}

for name, row in pairs { hidden = { SHARED, { weak = true, hidden = true } },
  ["of-pie"] = { PIE, { weak = true } } } do
  case("weak-" .. name) {
    title = "a weak function that nobody can replace is called as it is: " .. name,
    clauses = { "shared.weak", "pie.own" },
    link = linking(row[1], calling(row[2])),
    expect = { no_import "env.g", returns("f", {}, 7) },
  }
end

case "weak-and-strong" {
  title = "a weak function that gives way to a strong one of the link is not imported",
  clauses = { "shared.weak", "shared.direct-call", "symbol.binding.weak" },
  link = linking(SHARED, function()
    local b = object "b.o"
    b:func("g", { sig = "-> i32", code = "i32.const 8" })
    return calling { weak = true }(), b
  end),
  expect = { no_import "env.g", returns("f", {}, 8) },
}

case "weak-in-a-group" {
  title = "the weak functions of equal groups are one, and may be replaced",
  clauses = { "shared.weak", "comdat.first-wins" },
  link = linking(SHARED, function()
    local list = {}
    for i, name in ipairs { "a.o", "b.o" } do
      local o = object(name)
      local group = o:comdat "g"
      local g = o:func("g", { sig = "-> i32", code = "i32.const " .. i, weak = true,
        comdat = group })
      o:func("f" .. i, { sig = "-> i32", export = "f" .. i, code = { { "call", g } } })
      list[i] = o
    end
    return table.unpack(list)
  end),
  expect = { imports { ["env.g"] = "function" }, runs({ { call = "f1", value = 55 },
    { call = "f2", value = 55 }, { call = "g", value = 1 } }, { ["env.g"] = 55 }) },
}

-- Start and end -----------------------------------------------------------------------------------

local function starting()
  local o = object "a.o"
  o:init(o:func("boot", { sig = "->", static = true, code = "nop" }))
  o:func("_start", { sig = "->", code = "nop" })
  o:func("visible", { sig = "->", code = "nop" })
  return o
end

case "no-constructors" {
  title = "a library without constructors exports the function that calls them, too",
  clauses = { "shared.constructors" },
  link = linking(SHARED, function()
    local o = object "a.o"
    o:func("f", { sig = "->", code = "nop" })
    return o
  end),
  expect = { exports { __wasm_call_ctors = { kind = "function", sig = "->" } },
    calls("__wasm_call_ctors", {}), no_start() },
}

case "no-wrappers" {
  title = "no function of a library calls constructors when it is called",
  clauses = { "shared.constructors", "command.wrapper" },
  link = linking(SHARED, starting),
  expect = { calls("__wasm_call_ctors", { "boot" }), calls("_start", {}), calls("visible", {}) },
}

local ENTRIES = { [""] = "--entry=__wasm_call_ctors", ["-that-nobody-runs"] = "--no-entry" }

for name, option in pairs(ENTRIES) do
  case("weak-constructor" .. name) {
    title = "a weak constructor may be replaced, too: the import is called, with " .. option,
    clauses = { "shared.weak", "shared.constructors", "init.list" },
    link = linking(SHARED, function()
      local o = object "a.o"
      o:init(o:func("boot", { sig = "->", weak = true, code = "nop" }))
      return o
    end, option),
    expect = { exports { boot = "function" }, calls_import("env.boot", "__wasm_call_ctors") },
  }
end

case "entry-of-pie" {
  title = "a program that is moved exports its entry, and not what is merely visible",
  clauses = { "pie.entry", "pie.exports" },
  link = linking({ "-pie", "--experimental-pic" }, starting),
  expect = { exports { _start = "function" }, no_export "visible", no_function "visible" },
}

case "no-entry-of-pie" {
  title = "a program that is moved and has no entry is an error",
  clauses = { "pie.entry", "entry.missing" },
  link = linking({ "-pie", "--experimental-pic" }, function()
    local o = object "a.o"
    o:func("f", { sig = "->", code = "nop" })
    return o
  end),
  expect = { rejects {} },
}

case "visible-of-pie" {
  title = "with --export-dynamic it exports what is visible, for its libraries",
  clauses = { "pie.exports", "export.dynamic" },
  link = linking({ "-pie", "--experimental-pic", "--export-dynamic" }, starting),
  expect = { exports { _start = "function", visible = "function" } },
}

case "stack-pointer-not-exported" {
  title = "the stack pointer, which is the loader's, is not exported as the library's",
  clauses = { "shared.exports", "dylink.import.stack-pointer" },
  link = linking(SHARED, function()
    local o = object "a.o"
    o:features()
    local sp = o:global("__stack_pointer", { type = "i32", mutable = true, undefined = true })
    o:func("f", { sig = "-> i32", code = { { "global.get", sp } } })
    return o
  end, "--export-all"),
  expect = { imports { ["env.__stack_pointer"] = { kind = "global", type = "i32",
    mutable = true } }, no_export "__stack_pointer" },
}

case "weak-without-export-dynamic" {
  title = "a weak definition is exported even with --no-export-dynamic: the loader may choose it",
  clauses = { "shared.weak", "shared.exports" },
  link = linking(SHARED, calling { weak = true }, "--no-export-dynamic"),
  expect = { exports { g = "function", f = "function" }, calls_import "env.g" },
}
