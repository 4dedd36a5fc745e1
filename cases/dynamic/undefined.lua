-- Symbols that no input defines, in a module that a loader completes.

local IMPORT = "--unresolved-symbols=import-dynamic"
local MODES = { shared = { "-shared", "--experimental-pic" },
  pie = { "-pie", "--no-entry", "--experimental-pic" },
  program = { "--no-entry", "--experimental-pic" } }

-- A link of f(), whose code make(o) gives, with these options and more.
local function using(options, make, ...)
  local list = { table.unpack(options) }
  for _, word in ipairs { ... } do list[#list + 1] = word end
  return function()
    local all, o = { table.unpack(list) }, object "a.o"
    o:features()
    o:func("f", { sig = "-> i32", export = "f", code = make(o) })
    all[#all + 1] = o
    return all
  end
end

local function function_of(more)
  return function(o)
    local opts = { sig = "-> i32", undefined = true }
    for key, value in pairs(more or {}) do opts[key] = value end
    return { { "call", o:func("gone", opts) } }
  end
end

local function data_of(more)
  return function(o)
    local opts = { undefined = true }
    for key, value in pairs(more or {}) do opts[key] = value end
    return { { "global.get", got(o:data("gone", opts)) } }
  end
end

local function global(o)
  return { { "global.get", o:global("gone", { type = "i32", undefined = true }) } }
end

local UNDEFINED = { id = "UNDEFINED_SYMBOL", class = "undefined", file = "a.o", message = "gone" }
local NEEDED = { "dylink.undefined", "symbol.undefined.strong" }

for _, mode in ipairs { "shared", "pie" } do
  local options = MODES[mode]
  for name, make in pairs { ["function"] = function_of(), data = data_of(), global = global } do
    case(name .. "-" .. mode) {
      title = ("%s: an undefined %s is an error, as in other links"):format(mode, name),
      clauses = NEEDED,
      origin = "llvm/llvm-project#75242",
      link = using(options, make),
      expect = { rejects(UNDEFINED) },
    }
  end
  case("weak-function-" .. mode) {
    title = mode .. ": a weak function is imported, and the loader is told that it may be nowhere",
    clauses = { "dylink.undefined-weak", "dylink.import-info", "dylink.import.function" },
    origin = { "emscripten-core/emscripten#13337", "emscripten-core/emscripten#17164",
      "WebAssembly/tool-conventions#154" },
    link = using(options, function_of { weak = true }),
    expect = { imports { ["env.gone"] = { kind = "function", sig = "-> i32" } },
      calls("f", { "gone" }), dylink { imports = { ["env.gone"] = "weak undefined" } } },
  }
  case("import-name-" .. mode) {
    title = mode .. ": a function with an import name is imported under that",
    clauses = { "dylink.import.name", "symbol.undefined.import" },
    link = using(options, function_of { import_module = "m", import_name = "n",
      explicit_name = true }),
    expect = { imports { ["m.n"] = "function" }, no_import "env.gone" },
  }
  case("weak-import-name-" .. mode) {
    title = mode .. ": what is told of it names the import, not the symbol",
    clauses = { "dylink.import.name", "dylink.import-info" },
    link = using(options, function_of { import_module = "m", import_name = "n",
      explicit_name = true, weak = true }),
    expect = { imports { ["m.n"] = "function" },
      dylink { imports = { ["m.n"] = "weak undefined explicit_name" } } },
  }
  case("allowed-function-" .. mode) {
    title = mode .. ": with --allow-undefined a function is imported, as from a loader",
    clauses = { "undefined.policy.allow", "dylink.import.function" },
    link = using(options, function_of(), "--allow-undefined"),
    expect = { imports { ["env.gone"] = "function" }, calls("f", { "gone" }) },
  }
  case("imported-function-" .. mode) {
    title = mode .. ": so it is with --import-undefined",
    clauses = { "undefined.policy.import", "dylink.import.function" },
    link = using(options, function_of(), "--import-undefined"),
    expect = { imports { ["env.gone"] = "function" }, calls("f", { "gone" }) },
  }
  case("in-dead-code-" .. mode) {
    title = mode ..
      ": what only code asks for that is left out may be undefined, and is not imported",
    clauses = { "dylink.undefined", "gc.reachability" },
    link = function()
      local all, o = { table.unpack(options) }, object "a.o"
      local gone = o:func("gone", { sig = "->", undefined = true })
      o:func("dead", { sig = "->", hidden = true, code = { { "call", gone } } })
      o:func("f", { sig = "->", export = "f", code = "nop" })
      all[#all + 1] = o
      return all
    end,
    expect = { exports { f = "function" }, no_import "env.gone", no_function "dead" },
  }
end

for mode, options in pairs(MODES) do
  case("dynamic-function-" .. mode) {
    title = "import-dynamic: a function is the loader's: " .. mode,
    clauses = { "undefined.policy.import-dynamic", "dylink.import.function", "dylink.section" },
    link = using(options, function_of(), IMPORT),
    expect = { imports { ["env.gone"] = "function" }, calls("f", { "gone" }),
      dylink { imports = {} } },
  }
  case("dynamic-data-" .. mode) {
    title = "import-dynamic: the address of data is the loader's: " .. mode,
    clauses = { "undefined.policy.import-dynamic", "got.mem", "dylink.section" },
    link = using(options, data_of(), IMPORT),
    expect = { got_imports { "mem.gone" }, returns("f", {}, 9000, { ["GOT.mem.gone"] = 9000 }) },
  }
end

-- A program at fixed addresses can leave pointers in its data to the loader, but no code.

case "pointer-of-a-program" {
  title = "a pointer of a program at fixed addresses to what is elsewhere is written by code",
  clauses = { "undefined.policy.import-dynamic", "dylink.apply-data-relocs" },
  link = function()
    local o = object "a.o"
    o:features()
    local far = o:data("far", { undefined = true })
    local p = o:data("p", { bytes = { addr(far, 4) }, align = 2, hidden = true })
    o:func("read", { sig = "-> i32", export = "read",
      code = { "i32.const 0", { "i32.load", addr(p) } } })
    return { "--no-entry", "--experimental-pic", IMPORT, o }
  end,
  expect = { got_imports { "mem.far" }, no_import("env.__memory_base", "env.memory"),
    runs({ { call = "__wasm_apply_data_relocs" }, { call = "read", value = 20004 } },
      { ["GOT.mem.far"] = 20000 }) },
}

case "address-in-code-of-a-program" {
  title = "code of a program that has the address of what is elsewhere cannot be completed",
  clauses = { "undefined.policy.import-dynamic", "dylink.pic-only" },
  link = using(MODES.program, function(o)
    return { { "i32.const", addr(o:data("gone", { undefined = true })) } }
  end, IMPORT),
  expect = { rejects { id = "NOT_PIC", file = "a.o", message = "gone" } },
}

case "own-address-in-code-of-a-program" {
  title = "the address of what the program has itself may be in its code",
  clauses = { "undefined.policy.import-dynamic", "dylink.pic-only" },
  link = using(MODES.program, function(o)
    return { { "i32.const", addr(o:data("x", { bytes = "1", export = "x" })) } }
  end, IMPORT),
  expect = { const_at("f", 1, to_address "x") },
}

-- The linker's own symbols ------------------------------------------------------------------------

for name, there in pairs { __dso_handle = "always", __data_end = "pie", __heap_base = "never",
  __heap_end = "never", __stack_low = "never", __stack_high = "never" } do
  for _, mode in ipairs { "shared", "pie" } do
    local defined = there == "always" or there == mode
    local function make(o) return { { "global.get", got(o:data(name, { undefined = true })) } } end
    local id = name:gsub("^__", ""):gsub("_", "-")
    case(id .. "-" .. mode) {
      title = ("%s: %s %s"):format(mode, name, defined and "is the module's own"
        or "is not the linker's to define: it is as others"),
      clauses = { "pie.symbols", "layout.symbol.on-demand" },
      origin = not defined and "llvm/llvm-project#103592" or nil,
      link = using(MODES[mode], make),
      expect = defined and { got_imports {} } or { rejects { id = "UNDEFINED_SYMBOL" } },
    }
    if not defined then
      case(id .. "-dynamic-" .. mode) {
        title = ("%s: %s may be the loader's"):format(mode, name),
        clauses = { "pie.symbols", "undefined.policy.import-dynamic" },
        origin = "llvm/llvm-project#103592",
        link = using(MODES[mode], make, IMPORT),
        expect = { got_imports { "mem." .. name } },
      }
    end
  end
end
