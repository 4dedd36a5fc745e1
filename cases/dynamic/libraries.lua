-- Shared libraries as inputs: whose definition a name means, and how a module says what it takes
-- from a library.

-- libx.so, with f() and data x of four bytes; make(l) adds to it.
local function libx(make, name)
  local l = library(name or "libx.so", { memory_size = 4, memory_align = 2 })
  l:exported("f", { sig = "-> i32", code = "i32.const 1" })
  l:address("x", 0)
  if make then make(l) end
  return l
end

-- An object whose code is made of what make(o) gives, exported as "main".
local function user(make, options)
  local o = object "a.o"
  local fields = { sig = "-> i32", export = "main" }
  for key, value in pairs(options or {}) do fields[key] = value end
  fields.code = make(o)
  o:func("main", fields)
  return o
end

local function calls_f(o)
  return { { "call", o:func("f", { sig = "-> i32", undefined = true }) } }
end

local function reads_x(o)
  return { { "global.get", got(o:data("x", { undefined = true })) }, { "i32.load" } }
end

local DYNAMIC = { "--no-entry", "--experimental-pic", "-Bdynamic" }

local function list(options, ...)
  local result = { table.unpack(options) }
  for _, item in ipairs { ... } do result[#result + 1] = item end
  return result
end

local PIE = { "--no-entry", "--experimental-pic", "-pie" }

for name, options in pairs { ["program"] = DYNAMIC, ["pie"] = PIE,
  ["library"] = { "--experimental-pic", "-shared" } } do
  case("call-from-a-" .. name) {
    title = ("a %s imports the function of a library that it calls"):format(name),
    clauses = { "library.input", "library.function", "library.needed", "dylink.import.function",
      "dylink.needed" },
    link = function() return list(options, user(calls_f), libx()) end,
    expect = { dylink { needed = { "libx.so" } }, calls("main", { "f" }),
      imports { ["env.f"] = "function" }, signature("f", "-> i32"), got_imports {} },
  }

  case("data-from-a-" .. name) {
    title = ("a %s takes the address of a library's data from the GOT"):format(name),
    clauses = { "library.data", "got.mem" },
    link = function() return list(options, user(reads_x), libx()) end,
    expect = { dylink { needed = { "libx.so" } }, got_imports { "mem.x" } },
  }
end

case "function-pointer" {
  title = "the address of a library's function comes from the GOT",
  clauses = { "library.function", "got.func" },
  link = function()
    return list(PIE, user(function(o)
      return { { "global.get", got(o:func("f", { sig = "-> i32", undefined = true })) } }
    end), libx())
  end,
  expect = { got_imports { "func.f" }, not_in_table("f") },
}

case "pointers-in-data" {
  title = "pointers to what is a library's are written when the program is loaded",
  clauses = { "library.program", "dylink.apply-data-relocs.export" },
  link = function()
    local o = object "a.o"
    local x = o:data("x", { undefined = true })
    local f = o:func("f", { sig = "-> i32", undefined = true })
    o:data("table", { bytes = { addr(x, 2), slot(f), "\7\0\0\0" }, align = 2, export = "table" })
    return list(DYNAMIC, "--export=table", o, libx())
  end,
  expect = { got_imports { "mem.x", "func.f" }, data_at("table", ("\0"):rep(8) .. "\7\0\0\0"),
    exports { __wasm_apply_data_relocs = "function" },
    code("__wasm_apply_data_relocs", { { "i32.const", to_address "table" },
      { "global.get", to_global "x" }, "i32.const 2", "i32.add", "i32.store",
      { "i32.const", any() }, { "global.get", to_global "f" }, "i32.store" }) },
}

case "static-code" {
  title = "code that is not position independent cannot hold the address of a library's data",
  clauses = { "library.static-code" },
  link = function()
    return list(DYNAMIC, user(function(o)
      return { { "i32.const", addr(o:data("x", { undefined = true })) } }
    end), libx())
  end,
  expect = { rejects { id = "NOT_PIC", file = "a.o", message = "`x`" } },
}

case "static-slot" {
  title = "nor the slot of a library's function",
  clauses = { "library.static-code" },
  origin = "llvm/llvm-project#104043",
  link = function()
    return list(DYNAMIC, user(function(o)
      return { { "i32.const", slot(o:func("f", { sig = "-> i32", undefined = true })) } }
    end), libx())
  end,
  expect = { rejects { id = "NOT_PIC", file = "a.o", message = "`f`" } },
}

case "static-call" {
  title = "but it can call a library's function, and keeps its place in memory",
  clauses = { "library.static-code", "library.program", "dylink.mem-info.memory-size" },
  origin = "llvm/llvm-project#108146",
  link = function()
    local o = object "b.o"
    o:data("y", { bytes = "\1\2\3\4", align = 3, export = "y" })
    return list(DYNAMIC, user(calls_f), o, libx())
  end,
  expect = { imports { ["env.f"] = "function" }, dylink { memory_size = 0 },
    data_at("y", "\1\2\3\4") },
}

-- When a library is one ---------------------------------------------------------------------------

case "static-link" {
  title = "a library is no input of a static link",
  clauses = { "library.static" },
  link = function() return { "--no-entry", user(calls_f), libx() } end,
  expect = { rejects { id = "SHARED_LIBRARY", file = "libx.so", offset = 8 } },
}

case "static-again" {
  title = "-Bstatic ends what -Bdynamic began, and what -pie begins with",
  clauses = { "library.static" },
  link = function()
    return { "--no-entry", "-pie", "--experimental-pic", "-Bdynamic", user(calls_f), "-Bstatic",
      libx() }
  end,
  expect = { rejects { id = "SHARED_LIBRARY", file = "libx.so" } },
}

case "dynamic-before" {
  title = "-Bdynamic and -Bstatic are for what follows",
  clauses = { "library.static" },
  link = function()
    return { "--no-entry", "-Bdynamic", user(calls_f), libx(), "-Bstatic" }
  end,
  expect = { dylink { needed = { "libx.so" } } },
}

case "needed-order" {
  title = "libraries are needed in the order of the inputs, used or not",
  clauses = { "library.needed", "dylink.needed" },
  link = function()
    return list(DYNAMIC, libx(nil, "liby.so"), user(calls_f), libx(nil, "libx.so"))
  end,
  expect = { dylink { needed = { "liby.so", "libx.so" } } },
}

case "needed-in-a-folder" {
  title = "a library is needed by its file's name, without the folder where the link found it",
  clauses = { "library.needed", "dylink.needed" },
  link = function()
    return list(DYNAMIC, user(calls_f), libx(nil, "lib/of/libx.so"))
  end,
  expect = { dylink { needed = { "libx.so" } } },
}

case "needed-of-a-library" {
  title = "what a library needs is its own affair",
  clauses = { "library.needed" },
  link = function()
    return list(DYNAMIC, user(calls_f), libx(function(l) l:needs "libz.so" end))
  end,
  expect = { dylink { needed = { "libx.so" } } },
}

-- Whose definition --------------------------------------------------------------------------------

local function definition(options)
  local o = object "b.o"
  o:func("f", { sig = "-> i32", code = "i32.const 2", weak = options and options.weak })
  return o
end

local OWN = { no_import("env.f"), code("f", { "i32.const 2" }), calls("main", { "f" }) }

for name, row in pairs { ["definition-first"] = { 1, 2 }, ["definition-last"] = { 2, 1 },
  ["weak-definition-first"] = { 1, 2, weak = true } } do
  case(name) {
    title = "an object's definition is not the library's: " .. name:gsub("-", " "),
    clauses = { "library.definition-wins" },
    link = function()
      local inputs = { definition { weak = row.weak }, libx() }
      return list(DYNAMIC, user(calls_f), inputs[row[1]], inputs[row[2]])
    end,
    expect = OWN,
  }
end

case "weak-definition-last" {
  title = "a weak definition behind the library is not taken",
  clauses = { "library.weak-definition" },
  link = function() return list(DYNAMIC, user(calls_f), libx(), definition { weak = true }) end,
  expect = { imports { ["env.f"] = "function" } },
}

case "archive-first" {
  title = "a name that no reference has loaded from an archive yet is the library's",
  clauses = { "library.first-wins" },
  origin = "llvm/llvm-project#124619",
  link = function()
    return list(DYNAMIC, archive("libb.a", { definition() }), libx(), user(calls_f))
  end,
  expect = { import_order { "env.f" }, dylink { needed = { "libx.so" } } },
}

case "archive-after-the-reference" {
  title = "a member that a reference has loaded defines the name, for all libraries that follow",
  clauses = { "library.first-wins", "library.definition-wins" },
  origin = "llvm/llvm-project#124619",
  link = function()
    return list(DYNAMIC, user(calls_f), archive("libb.a", { definition() }), libx())
  end,
  expect = { no_import("env.f"), code("f", { "i32.const 2" }) },
}

case "library-before-the-archive" {
  title = "a name that a library has loads no member",
  clauses = { "library.first-wins" },
  link = function()
    return list(DYNAMIC, user(calls_f), libx(), archive("libb.a", { definition() }))
  end,
  expect = { imports { ["env.f"] = "function" } },
}

case "private-names" {
  title = "a library's constructors and data relocations are not the program's",
  clauses = { "library.private" },
  link = function()
    local o = user(function(o)
      local boot = o:func("boot", { sig = "->", static = true, code = "nop" })
      o:init(boot)
      return { { "call", o:func("__wasm_call_ctors", { sig = "->", undefined = true }) },
        "i32.const 0" }
    end)
    return list(DYNAMIC, o, libx(function(l)
      l:exported("__wasm_call_ctors", { sig = "->", code = "nop" })
      l:exported("__wasm_apply_data_relocs", { sig = "->", code = "nop" })
    end))
  end,
  expect = { no_import("env.__wasm_call_ctors"), calls("__wasm_call_ctors", { "boot" }) },
}

for _, name in ipairs { "__wasm_call_ctors", "__wasm_apply_data_relocs" } do
  case("private-" .. name:gsub("_", "-"):gsub("^%-+", "")) {
    title = ("a library's %s is nobody else's"):format(name),
    clauses = { "library.private" },
    link = function()
      local o = user(function(o)
        return { { "call", o:func(name, { sig = "->", undefined = true }) }, "i32.const 0" }
      end)
      return list(DYNAMIC, libx(function(l) l:exported(name, { sig = "->", code = "nop" }) end), o)
    end,
    expect = name == "__wasm_call_ctors" and { no_import("env." .. name), calls("main", { name }) }
      or { rejects { id = "UNDEFINED_SYMBOL", file = "a.o", message = name } },
  }
end

for _, bound in ipairs { "__start_mine", "__stop_mine" } do
  case("private-" .. bound:gsub("_", "-"):gsub("^%-+", "")) {
    title = ("%s is the bound of this module's segment, not of a library's"):format(bound),
    clauses = { "library.private", "layout.start-stop" },
    link = function()
      local o = user(function(o)
        local own = o:data("own", { bytes = "1234", segment_name = "mine" })
        return { { "i32.const", addr(o:data(bound, { undefined = true })) },
          { "i32.const", addr(own) }, "i32.sub" }
      end)
      return list(DYNAMIC, libx(function(l) l:address(bound, 0) end), o)
    end,
    expect = { got_imports {}, returns("main", {}, bound == "__start_mine" and 0 or 4) },
  }
end

case "bound-of-no-segment" {
  title = "without such a segment here there is no bound, although a library exports its own",
  clauses = { "library.private", "layout.start-stop" },
  link = function()
    local o = user(function(o)
      return { { "global.get", got(o:data("__start_mine", { undefined = true })) } }
    end)
    return list(DYNAMIC, libx(function(l) l:address("__start_mine", 0) end), o)
  end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", file = "a.o", message = "__start_mine" } },
}

case "end-of-no-segment" {
  title = "nor is there an end",
  clauses = { "library.private", "layout.start-stop" },
  link = function()
    local o = user(function(o)
      return { { "global.get", got(o:data("__stop_mine", { undefined = true })) } }
    end)
    return list(DYNAMIC, libx(function(l) l:address("__stop_mine", 0) end), o)
  end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", file = "a.o", message = "__stop_mine" } },
}

-- Kinds and signatures ----------------------------------------------------------------------------

case "tag" {
  title = "a tag of a library is imported",
  clauses = { "library.tag" },
  origin = { "llvm/llvm-project#188120", "bytecodealliance/wasm-tools#2580" },
  link = function()
    local o = user(function(o)
      return { { "throw", tag(o:tag("problem", { sig = "->", undefined = true })) } }
    end)
    return list(DYNAMIC, o, libx(function(l)
      l:export("problem", l:tag("problem", { sig = "->" }))
    end))
  end,
  expect = { imports { ["env.problem"] = "tag" } },
}

case "weak-tag-last" {
  title = "an object's weak tag behind the library gives way to it, as a function does",
  clauses = { "library.tag", "library.weak-definition" },
  link = function()
    local o = user(function(o) return { { "throw", tag(o:tag("problem", { sig = "->",
      weak = true })) } } end)
    return list({ "--experimental-pic", "-shared" },
      libx(function(l) l:export("problem", l:tag("problem", { sig = "->" })) end), o)
  end,
  expect = { imports { ["env.problem"] = "tag" }, no_export "problem" },
}

case "mutable-global" {
  title = "a mutable global of a library is that global",
  clauses = { "library.global" },
  link = function()
    local o = user(function(o)
      return { { "global.get", glob(o:global("state", { mutable = true, undefined = true })) } }
    end)
    o:features()
    return list(DYNAMIC, o, libx(function(l)
      l:export("state", l:global("state", { mutable = true }))
    end))
  end,
  expect = { imports { ["env.state"] = { kind = "global", type = "i32", mutable = true } } },
}

case "constant-of-another-type" {
  title = "a global that is no pointer is no address, though it is immutable",
  clauses = { "library.global" },
  link = function()
    return list(DYNAMIC, user(function(o)
      return { { "global.get", glob(o:global("factor", { type = "f64", undefined = true })) },
        "i32.trunc_f64_s" }
    end), libx(function(l)
      l:export("factor", l:global("factor", { type = "f64", init = { "f64.const 2" } }))
    end))
  end,
  expect = { imports { ["env.factor"] = { kind = "global", type = "f64", mutable = false } } },
}

local function calls_otherwise(o)
  return { "i32.const 1", { "call", o:func("f", { sig = "i32 -> i32", undefined = true }) } }
end

for name, first in pairs { ["caller-first"] = true, ["library-first"] = false } do
  case("signature-" .. name) {
    title = "a library's function called with another signature is an error: " .. name,
    clauses = { "library.signature" },
    link = function()
      local o, l = user(calls_otherwise), libx()
      return list(DYNAMIC, first and o or l, first and l or o)
    end,
    expect = { rejects { id = "SIGNATURE_CONFLICT", files = { "a.o", "libx.so" } } },
  }

  case("signature-not-checked-" .. name) {
    title = "--no-shlib-sigcheck: the signature is that of the call: " .. name,
    clauses = { "library.signature" },
    link = function()
      local o, l = user(calls_otherwise), libx()
      return list(DYNAMIC, "--no-shlib-sigcheck", first and o or l, first and l or o)
    end,
    expect = { imports { ["env.f"] = { kind = "function", sig = "i32 -> i32" } } },
  }
end

-- a.o calls f as it is, b.o otherwise: in any order with the library, which is "l".
for order in pairs { abl = true, bal = true, alb = true, bla = true, lab = true, lba = true } do
  local function inputs()
    local b = object "b.o"
    b:func("second", { sig = "-> i32", export = "second", code = calls_otherwise(b) })
    local files, result = { a = user(calls_f), b = b, l = libx() }, {}
    for letter in order:gmatch "." do result[#result + 1] = files[letter] end
    return table.unpack(result)
  end

  case("callers-disagree-" .. order) {
    title = "a library's function called in two ways is an error: " .. order,
    clauses = { "library.signature" },
    link = function() return list(DYNAMIC, inputs()) end,
    expect = { rejects { id = "SIGNATURE_CONFLICT" } },
  }

  case("callers-disagree-not-checked-" .. order) {
    title = "--no-shlib-sigcheck: the calls must agree all the same: " .. order,
    clauses = { "library.signature" },
    link = function() return list(DYNAMIC, "--no-shlib-sigcheck", inputs()) end,
    expect = { rejects { id = "SIGNATURE_CONFLICT" } },
  }
end

case "other-kind" {
  title = "a library's data is no function",
  clauses = { "library.data", "symbol.kind-mismatch" },
  link = function()
    return list(DYNAMIC, user(function(o)
      return { { "call", o:func("x", { sig = "-> i32", undefined = true }) } }
    end), libx())
  end,
  expect = { rejects { id = "KIND_MISMATCH", files = { "a.o", "libx.so" } } },
}
