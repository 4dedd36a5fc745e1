-- The name section of the output: functions.  Nothing here is judged by index: each case asks which
-- function has which name, through what its body or its type says.

-- Each defined function in the list has that name and gives that value.
local function named(list)
  return holds("functions have these names", function(module, view)
    local found = {}
    for index, name in pairs(module.decoded.names.functions) do
      local body = module:instructions(index)
      local first = body and body[1]
      found[name] = first and first.name == "i32.const" and first.values[1] or "other"
    end
    for name, value in pairs(list) do
      if found[name] ~= value then
        return false, ("%s: %s"):format(name, tostring(found[name]))
      end
    end
    return view:count "function" > 0
  end)
end

local function giving(o, name, value, options)
  local opts = { sig = "-> i32", no_strip = true, code = "i32.const " .. value }
  for key, setting in pairs(options or {}) do opts[key] = setting end
  return o:func(name, opts)
end

case "symbol-names" {
  title = "functions are named as their symbols, local ones too",
  clauses = { "names.function" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local inner = giving(a, "inner", 11, { static = true })
    a:func("outer", { sig = "-> i32", no_strip = true, code = { { "call", inner } } })
    giving(b, "hidden_one", 12, { hidden = true })
    giving(b, "dead", 13, { no_strip = false })
    return { "--no-entry", a, b }
  end,
  expect = { named { inner = 11, hidden_one = 12 }, name_section { functions = { "outer" } },
    no_name "dead" },
}

case "name-with-a-nul" {
  title = "a name that only begins as a mangled one, up to a NUL, is named as it is",
  clauses = { "names.function", "names.demangle" },
  link = function()
    local o = object "a.o"
    giving(o, "_Z4namev\0more", 11, { export = "f" })
    return { "--no-entry", o }
  end,
  expect = { named { ["_Z4namev\0more"] = 11 } },
}

case "local-names-twice" {
  title = "two local functions of one name are both named so",
  clauses = { "names.function" },
  origin = { "rustwasm/wasm-pack#391", "0xMiden/compiler#1357" },
  link = function()
    local function part(name, export, value)
      local o = object(name)
      local twin = giving(o, "twin", value, { static = true })
      o:func(export, { sig = "-> i32", export = export, code = { { "call", twin } } })
      return o
    end
    return { "--no-entry", part("a.o", "f", 21), part("b.o", "g", 22) }
  end,
  expect = { returns("f", {}, 21), returns("g", {}, 22), holds("both are named", function(module)
    local n = 0
    for _, name in pairs(module.decoded.names.functions) do n = n + (name == "twin" and 1 or 0) end
    return n == 2, n .. " of them"
  end) },
}

case "name-of-the-input" {
  title = "a name that the input's own name section gives is preferred to the symbol's",
  clauses = { "name.debug-name" },
  link = function()
    local o = object "a.o"
    local f = giving(o, "symbol_f", 31)
    giving(o, "symbol_g", 32)
    o:names { functions = { { f, "debug f" } } }
    return { "--no-entry", o }
  end,
  expect = { named { ["debug f"] = 31, symbol_g = 32 }, no_name "symbol_f" },
}

case "name-of-the-input-beside-imports" {
  title = "the input's name section counts functions from its imports on",
  clauses = { "name.debug-name", "name.functions", "name.order" },
  origin = { "llvm/llvm-project#170960", "wild-linker/wild#2233" },
  link = function()
    local o = object "a.o"
    local far = o:func("far", { sig = "->", undefined = true, import_module = "m",
      import_name = "far" })
    o:func("use", { sig = "->", no_strip = true, code = { { "call", far } } })
    local f = giving(o, "symbol_f", 31)
    o:names { functions = { { f, "debug f" } } }
    return { "--no-entry", o }
  end,
  expect = { named { ["debug f"] = 31 }, name_section { functions = { "use", "far" } } },
}

case "imports" {
  title = "an imported function is named as its symbol, not as its import",
  clauses = { "names.function.import" },
  link = function()
    local o = object "a.o"
    local far = o:func("far", { sig = "->", undefined = true, import_module = "m",
      import_name = "field" })
    o:func("f", { sig = "->", export = "f", code = { { "call", far } } })
    return { "--no-entry", o }
  end,
  expect = { imports { ["m.field"] = { kind = "function", is = "far" } } },
}

case "demangled" {
  title = "C++ names are written as C++ spells them",
  clauses = { "names.demangle" },
  link = function()
    local o = object "a.o"
    giving(o, "_ZN3foo3barEi", 41)
    giving(o, "_plain", 42)
    return { "--no-entry", o }
  end,
  expect = { named { ["foo::bar(int)"] = 41, _plain = 42 }, no_name "_ZN3foo3barEi" },
}

case "no-demangle" {
  title = "with --no-demangle names are written as they are",
  clauses = { "names.demangle" },
  link = function()
    local o = object "a.o"
    giving(o, "_ZN3foo3barEi", 41)
    return { "--no-entry", "--no-demangle", o }
  end,
  expect = { named { _ZN3foo3barEi = 41 } },
}

case "demangled-import" {
  title = "names of imports are demangled too, while the import keeps its own",
  clauses = { "names.demangle", "names.function.import" },
  link = function()
    local o = object "a.o"
    local far = o:func("_ZN3foo3barEi", { sig = "i32 ->", undefined = true })
    o:func("f", { sig = "->", export = "f", code = { "i32.const 1", { "call", far } } })
    return { "--no-entry", "--import-undefined", o }
  end,
  expect = { imports { ["env._ZN3foo3barEi"] = { kind = "function", is = "foo::bar(int)" } } },
}

case "debug-name-is-not-demangled" {
  title = "a name out of the input's name section is written as it is",
  clauses = { "names.demangle", "name.debug-name" },
  link = function()
    local o = object "a.o"
    local f = giving(o, "f", 51)
    o:names { functions = { { f, "_ZN3foo3barEi" } } }
    return { "--no-entry", o }
  end,
  expect = { named { _ZN3foo3barEi = 51 } },
}

for _, option in ipairs { "--demangle", "--no-demangle" } do
  case("main-with" .. option:sub(2)) {
    title = ("with %s too, __main_argc_argv is named main"):format(option),
    clauses = { "names.main" },
    link = function()
      local o = object "a.o"
      o:func("__main_argc_argv", { sig = "i32 i32 -> i32", no_strip = true, code = "i32.const 3" })
      return { "--no-entry", option, o }
    end,
    expect = { named { main = 3 }, no_name "__main_argc_argv" },
  }
end

case "stub-of-weak-undefined" {
  title = "the stub for an undefined weak function says what it stands for",
  clauses = { "names.synthetic", "symbol.undefined.weak" },
  link = function()
    local o = object "a.o"
    local gone = o:func("gone", { sig = "->", undefined = true, weak = true })
    o:func("f", { sig = "->", export = "f", code = { { "call", gone } } })
    return { "--no-entry", o }
  end,
  expect = { traps_only "undefined_weak:gone", calls("f", { "undefined_weak:gone" }) },
}

case "stub-of-mismatch" {
  title = "the stub for a call with the wrong signature says what was called",
  clauses = { "names.synthetic" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local g = a:func("g", { sig = "i32 ->", undefined = true })
    a:func("f", { sig = "->", export = "f", code = { "i32.const 1", { "call", g } } })
    b:func("g", { sig = "i64 ->", no_strip = true, code = "nop" })
    return { "--no-entry", a, b }
  end,
  expect = { calls("f", { "signature_mismatch:g" }), traps_only "signature_mismatch:g",
    has_function "g" },
}

case "linker-made" {
  title = "functions that the linker makes are named",
  clauses = { "names.function" },
  link = function()
    local o = object "a.o"
    local ctors = o:func("__wasm_call_ctors", { sig = "->", undefined = true })
    local boot = o:func("boot", { sig = "->", static = true, code = "nop" })
    o:init(boot)
    o:func("f", { sig = "->", export = "f", code = { { "call", ctors } } })
    return { "--no-entry", o }
  end,
  expect = { calls("f", { "__wasm_call_ctors" }), calls("__wasm_call_ctors", { "boot" }) },
}

case "not-the-export" {
  title = "an exported function is named as its symbol, not as its export",
  clauses = { "names.function" },
  link = function()
    local o = object "a.o"
    giving(o, "inside", 61, { export = "outside" })
    return { "--no-entry", o }
  end,
  expect = { exports { outside = "function" }, named { inside = 61 },
    custom("name", function(found) return not found:find("outside", 1, true) end) },
}

case "aliases" {
  title = "a function of two symbols has one name, that of one of them",
  clauses = { "names.function", "symbol.alias" },
  link = function()
    local o = object "a.o"
    local f = giving(o, "one", 71)
    o:alias("two", f, { no_strip = true })
    return { "--no-entry", o }
  end,
  expect = { function_count(1), either { first_symbol = named { one = 71 },
    last_symbol = named { two = 71 } } },
}
