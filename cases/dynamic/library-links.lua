-- Shared libraries beside what else a link has: hidden and weak references, options that name their
-- symbols, archives, stub libraries and compile units; and what a link tells of them.

local DYNAMIC = { "--no-entry", "--experimental-pic", "-Bdynamic" }
local PIE = { "--no-entry", "--experimental-pic", "-pie" }
local SHARED = { "--experimental-pic", "-shared" }

local function list(options, ...)
  local result = { table.unpack(options) }
  for _, item in ipairs { ... } do result[#result + 1] = item end
  return result
end

-- libx.so, with f() and data x; make(l) adds to it.
local function libx(make, options)
  local opts = { memory_size = 4, memory_align = 2 }
  for key, value in pairs(options or {}) do opts[key] = value end
  local l = library("libx.so", opts)
  l:exported("f", { sig = "-> i32", code = "i32.const 1" })
  l:address("x", 0)
  if make then make(l) end
  return l
end

-- An object whose function "main" calls f.
local function caller(options, name, object_options)
  local o = object(name or "a.o", object_options)
  local opts = { sig = "-> i32", undefined = true }
  for key, value in pairs(options or {}) do opts[key] = value end
  o:func("main", { sig = "-> i32", export = "main", code = { { "call", o:func("f", opts) } } })
  return o
end

-- One that takes the address of x.
local function reader(options)
  local o = object "a.o"
  local opts = { undefined = true }
  for key, value in pairs(options or {}) do opts[key] = value end
  o:func("main", { sig = "-> i32", export = "main",
    code = { { "global.get", got(o:data("x", opts)) } } })
  return o
end

-- One that throws.
local function thrower()
  local o = object "a.o"
  o:func("main", { sig = "-> i32", export = "main",
    code = { { "throw", tag(o:tag("problem", { sig = "->", undefined = true })) } } })
  return o
end

local function defines(name, f, callee)
  local o = object(name)
  local code = callee and { { "call", o:func(callee, { sig = "-> i32", undefined = true }) } }
    or "i32.const 2"
  o:func(f, { sig = "-> i32", code = code, export = f == "main" and f or nil })
  return o
end

local IMPORTED = { calls("main", { "f" }), imports { ["env.f"] = "function" } }

-- References --------------------------------------------------------------------------------------

case "hidden-reference" {
  title = "a reference that is hidden can mean a library's definition all the same",
  clauses = { "library.hidden", "symbol.visibility.hidden" },
  link = function() return list(DYNAMIC, caller { hidden = true }, libx()) end,
  expect = IMPORTED,
}

case "hidden-data" {
  title = "and so it is for data: their address is the loader's",
  clauses = { "library.hidden", "got.mem" },
  link = function() return list(PIE, reader { hidden = true }, libx()) end,
  expect = { got_imports { "mem.x" } },
}

case "weak-call" {
  title = "a weak reference that a library satisfies is no weak import",
  clauses = { "library.weak-reference", "dylink.import-info" },
  link = function() return list(PIE, caller { weak = true }, libx()) end,
  expect = { calls("main", { "f" }), imports { ["env.f"] = "function" }, dylink { imports = {} } },
}

case "weak-call-of-a-program" {
  title = "nor is it a call that traps",
  clauses = { "library.weak-reference", "symbol.undefined.weak" },
  link = function() return list(DYNAMIC, caller { weak = true }, libx()) end,
  expect = IMPORTED,
}

case "weak-data" {
  title = "a weak reference to a library's data has their address",
  clauses = { "library.weak-reference", "got.mem" },
  link = function() return list(DYNAMIC, reader { weak = true }, libx()) end,
  expect = { got_imports { "mem.x" } },
}

case "twice-in-the-got" {
  title = "two objects that take an address take it from one import",
  clauses = { "library.data", "got.mem" },
  origin = "emscripten-core/emscripten#9013",
  link = function()
    local b = object "b.o"
    b:func("second", { sig = "-> i32", export = "second",
      code = { { "global.get", got(b:data("x", { undefined = true })) } } })
    return list(PIE, reader(), b, libx())
  end,
  expect = { got_imports { "mem.x" } },
}

case "alias" {
  title = "of two names that a library gives one function only the one that is called is imported",
  clauses = { "library.function" },
  link = function()
    return list(PIE, caller(), libx(function(l) l:export("also_f", l:symbol "f") end))
  end,
  expect = { imports { ["env.f"] = "function" }, no_import("env.also_f") },
}

case "name-of-the-import" {
  title = "whatever a reference calls its import: the library's function has the library's name",
  clauses = { "library.function", "symbol.explicit-name" },
  link = function()
    return list(DYNAMIC, caller { explicit_name = true, import_module = "env",
      import_name = "other" }, libx())
  end,
  expect = { imports { ["env.f"] = "function" } },
}

-- Kinds -------------------------------------------------------------------------------------------

for name, first in pairs { ["object-first"] = true, ["library-first"] = false } do
  case("function-and-data-" .. name) {
    title = "a library's function and an object's data of one name are a mistake: " .. name,
    clauses = { "library.kind" },
    link = function()
      local o, l = object "b.o", libx()
      o:data("f", { bytes = "\1\2\3\4" })
      return list(DYNAMIC, caller(nil, "a.o"), first and o or l, first and l or o)
    end,
    expect = { rejects { id = "KIND_MISMATCH" } },
  }
end

case "data-behind-a-function" {
  title = "a library's data of the name of an object's function do not matter",
  clauses = { "library.kind", "library.definition-wins" },
  link = function() return list(DYNAMIC, caller(), defines("b.o", "f"), libx(function(l)
    l:set("export.exports[0].name", "\1g")
    l:set("export.exports[1].name", "\1f")
  end)) end,
  expect = { no_import("env.f"), code("f", { "i32.const 2" }) },
}

case "two-libraries" {
  title = "of two libraries the first that has a name",
  clauses = { "library.first-wins", "library.signature" },
  link = function()
    local second = library "liby.so"
    second:exported("f", { sig = "i32 -> i32", code = "local.get 0" })
    return list(DYNAMIC, libx(), second, caller())
  end,
  expect = { signature("f", "-> i32"), dylink { needed = { "libx.so", "liby.so" } } },
}

-- Archives and stub libraries ---------------------------------------------------------------------

case "undefined-in-a-library" {
  title = "what a library leaves undefined loads no member of an archive",
  clauses = { "library.undefined" },
  link = function()
    local l = libx()
    l:func("g", { sig = "-> i32", undefined = true })
    return list(PIE, caller(), archive("lib.a", { defines("g.o", "g") }), l,
      archive("more.a", { defines("g.o", "g") }))
  end,
  expect = { calls("main", { "f" }), no_function("g") },
}

case "undefined-for-good" {
  title = "nor need anybody in this link define it, and it is no import of the program",
  clauses = { "library.undefined", "undefined.policy.report" },
  link = function()
    return list(PIE, caller(), libx(function(l)
      l:func("g", { sig = "-> i32", undefined = true })
      l:imported("GOT.mem", "variable", { mutable = true })
    end))
  end,
  expect = { calls("main", { "f" }), no_import "env.g", got_imports {} },
}

case "member-calls-a-library" {
  title = "a member that is loaded takes from a library what it lacks",
  clauses = { "library.function", "archive.lazy" },
  link = function()
    local o = object "a.o"
    o:func("main", { sig = "-> i32", export = "main",
      code = { { "call", o:func("g", { sig = "-> i32", undefined = true }) } } })
    return list(PIE, libx(), o, archive("lib.a", { defines("g.o", "g", "f") }))
  end,
  expect = { calls("main", { "g" }), calls("g", { "f" }), imports { ["env.f"] = "function" } },
}

case "archive-then-reference" {
  title = "an archive in front of the reference, the library behind it: the member is loaded",
  clauses = { "library.first-wins", "library.definition-wins" },
  origin = "llvm/llvm-project#124619",
  link = function()
    return list(DYNAMIC, archive("lib.a", { defines("f.o", "f") }), caller(), libx())
  end,
  expect = { no_import("env.f"), code("f", { "i32.const 2" }) },
}

case "member-of-an-archive" {
  title = "a library in an archive is no member: no loader would find it there",
  clauses = { "library.member" },
  link = function()
    return list(DYNAMIC, "--allow-undefined", caller(), archive("lib.a", { libx() }))
  end,
  expect = { warns { id = "MEMBER_SKIPPED", file = "lib.a(libx.so)" }, not_dynamic(),
    calls("main", { "f" }) },
}

case "member-of-a-whole-archive" {
  title = "nor is it one that is linked whole",
  clauses = { "library.member" },
  link = function()
    return list(DYNAMIC, caller(), "--whole-archive", archive("lib.a", { libx() }))
  end,
  expect = { rejects { id = "NOT_WASM", file = "lib.a(libx.so)" } },
}

case "in-a-whole-archive-group" {
  title = "--whole-archive and --start-lib change nothing for a library",
  clauses = { "library.input" },
  link = function()
    return list(DYNAMIC, caller(), "--whole-archive", libx(), "--no-whole-archive", "--start-lib",
      library "liby.so", "--end-lib")
  end,
  expect = { dylink { needed = { "libx.so", "liby.so" } }, imports { ["env.f"] = "function" } },
}

case "stub-library" {
  title = "what a library has is not the host's, whatever a stub library says",
  clauses = { "library.first-wins", "input.stub-library" },
  link = function()
    return list(DYNAMIC, caller(), file("env.so", "#STUB\nf\n"), libx())
  end,
  expect = IMPORTED,
}

-- Options -----------------------------------------------------------------------------------------

for name, option in pairs { ["export"] = "--export=f", ["export-if-defined"] =
  "--export-if-defined=f", ["export-all"] = "--export-all", ["export-dynamic"] = "-E" } do
  case("option-" .. name) {
    title = option .. ": what is a library's is its export, not the module's",
    clauses = { "library.no-export" },
    link = function() return list(DYNAMIC, option, "--export=x", caller(), libx()) end,
    expect = { no_export("f", "x"), imports { ["env.f"] = "function" } },
  }
end

case "option-undefined" {
  title = "-u of a library's name imports nothing",
  clauses = { "library.function", "archive.roots" },
  link = function() return list(DYNAMIC, "-u", "f", defines("a.o", "main"), libx()) end,
  expect = { exports { main = "function" }, no_import("env.f") },
}

case "entry" {
  title = "the entry is not in another module",
  clauses = { "library.entry", "entry.missing" },
  link = function()
    return { "--experimental-pic", "-Bdynamic", "--entry=f", caller(), libx() }
  end,
  expect = { rejects { id = "ENTRY_UNDEFINED" } },
}

case "entry-beside-a-library" {
  title = "a program's own function is the entry, whatever its libraries export",
  clauses = { "library.entry", "entry.name" },
  link = function()
    return { "--experimental-pic", "-Bdynamic", "--entry=main", caller(),
      libx(function(l) l:exported("main", { sig = "-> i32", code = "i32.const 9" }) end) }
  end,
  expect = { exports { main = "function" }, calls("main", { "f" }), no_import "env.main" },
}

case "collected" {
  title = "what only dead code takes from a library is not imported",
  clauses = { "library.function", "gc.live" },
  link = function()
    return list(PIE, defines("a.o", "main"), defines("b.o", "dead", "f"), libx())
  end,
  expect = { no_import("env.f"), dylink { needed = { "libx.so" } } },
}

case "not-collected" {
  title = "--no-gc-sections: dead code imports it, too",
  clauses = { "library.function" },
  link = function()
    return list(PIE, "--no-gc-sections", defines("a.o", "main"), defines("b.o", "dead", "f"),
      libx())
  end,
  expect = { imports { ["env.f"] = "function" } },
}

case "wrapped" {
  title = "--wrap: the wrapper calls the library's function",
  clauses = { "library.function", "symbol.wrap" },
  link = function()
    return list(DYNAMIC, "--wrap=f", caller(), defines("w.o", "__wrap_f", "__real_f"), libx())
  end,
  expect = { calls("main", { "__wrap_f" }), calls("__wrap_f", { "f" }),
    imports { ["env.f"] = "function" } },
}

case "wrapper-in-a-library" {
  title = "and the wrapper may be a library's",
  clauses = { "library.function", "symbol.wrap" },
  link = function()
    return list(DYNAMIC, "--wrap=f", caller(), defines("b.o", "f"), libx(function(l)
      l:exported("__wrap_f", { sig = "-> i32", code = "i32.const 3" })
    end))
  end,
  expect = { calls("main", { "__wrap_f" }), imports { ["env.__wrap_f"] = "function" } },
}

case "relocatable" {
  title = "-r has no place for a library, -Bdynamic or not",
  clauses = { "library.static" },
  link = function() return { "-r", "-Bdynamic", caller(), libx() } end,
  expect = { rejects { id = "SHARED_LIBRARY", file = "libx.so" } },
}

case "libraries-alone" {
  title = "a link may have no object, only libraries",
  clauses = { "library.input", "library.needed" },
  link = function() return list(SHARED, libx()) end,
  expect = { dylink { needed = { "libx.so" } } },
}

case "given-twice" {
  title = "a library that is given twice is listed twice",
  clauses = { "library.needed" },
  link = function() return list(DYNAMIC, caller(), libx(), "libx.so") end,
  expect = { dylink { needed = { "libx.so", "libx.so" } } },
}

-- Forms of libraries ------------------------------------------------------------------------------

case "legacy" {
  title = "the section may be named as it was of old",
  clauses = { "library.legacy" },
  link = function() return list(DYNAMIC, caller(), libx(nil, { legacy = true })) end,
  expect = IMPORTED,
}

case "legacy-in-a-static-link" {
  title = "by the old name, too, it has no place in a static link",
  clauses = { "library.legacy", "library.static" },
  link = function() return { "--no-entry", caller(), libx(nil, { legacy = true }) } end,
  expect = { rejects { id = "SHARED_LIBRARY", file = "libx.so" } },
}

case "without-memory" {
  title = "a library without a memory fits a link of either width",
  clauses = { "library.width" },
  origin = "llvm/llvm-project#98778",
  link = function() return list(PIE, "-m", "wasm64", caller({}, "a.o", { memory64 = true }),
    libx(nil, { memory = false })) end,
  expect = IMPORTED,
}

case "wasm64" {
  title = "a library for wasm64: its addresses have 64 bits",
  clauses = { "library.width", "library.data" },
  link = function()
    local o = object("a.o", { memory64 = true })
    o:func("main", { sig = "-> i64", export = "main",
      code = { { "global.get", got(o:data("x", { undefined = true })) } } })
    return list(PIE, "-m", "wasm64", o, libx(nil, { wasm64 = true }))
  end,
  expect = { got_imports { "mem.x" } },
}

case "of-an-earlier-link" {
  title = "a library that this linker made is one",
  clauses = { "library.input" },
  link = function() return list(SHARED, defines("f.o", "f")) end,
  expect = { relinks({ "--no-entry", "--experimental-pic", "-Bdynamic", caller(),
    "relinked.o" }, { imports { ["env.f"] = "function" } }) },
}

case "data-of-an-earlier-link" {
  title = "so are its data, which it exports as their distance from its base",
  clauses = { "library.data", "dylink.export.relative" },
  link = function()
    local o = object "x.o"
    o:data("pad", { bytes = "1234", align = 2, export = "pad" })
    o:data("x", { bytes = "5678", align = 2, export = "x" })
    return list(SHARED, o)
  end,
  expect = { relinks({ "--no-entry", "--experimental-pic", "-pie", reader(), "relinked.o" },
    { got_imports { "mem.x" }, dylink { memory_size = 0 } }) },
}

case "tag-of-an-earlier-link" {
  title = "and its tags",
  clauses = { "library.tag" },
  origin = "llvm/llvm-project#188120",
  link = function()
    local o = object "t.o"
    o:tag("problem", { sig = "->" })
    return list(SHARED, "--export=problem", o)
  end,
  expect = { relinks({ "--no-entry", "--experimental-pic", "-pie", thrower(), "relinked.o" },
    { imports { ["env.problem"] = "tag" } }) },
}

-- What a link tells -------------------------------------------------------------------------------

case "trace" {
  title = "--trace names objects, no libraries",
  clauses = { "text.trace" },
  link = function() return list(DYNAMIC, "--trace", libx(), caller()) end,
  expect = { prints { "a.o" } },
}

case "trace-symbol" {
  title = "--trace-symbol: a library's export is a definition",
  clauses = { "text.trace-symbol" },
  link = function() return list(DYNAMIC, "-y", "f", "-y", "x", libx(), caller()) end,
  expect = { prints { "libx.so: definition of f", "libx.so: definition of x",
    "a.o: reference to f" } },
}

case "why-extract" {
  title = "--why-extract: a library extracts nothing",
  clauses = { "text.why-extract" },
  link = function() return list(DYNAMIC, "--why-extract=-", libx(), caller()) end,
  expect = { prints { "reference\textracted\tsymbol" } },
}

-- Compile units -----------------------------------------------------------------------------------

local function unit_caller(n)
  local u = unit "u.o"
  local f = u:func("f", { sig = "-> i32", undefined = true })
  u:func("main", { sig = "-> i32", exported = true,
    code = { { "call", f }, { "i32.const", n }, "i32.add" } })
  return u
end

local LOWERED = "other linkers get the lowered object, whose operands are padded"

case "unit" {
  title = "a compile unit calls a library's function",
  clauses = { "library.function", "unit.symbols" },
  peer_differs = LOWERED,
  link = function() return list(DYNAMIC, unit_caller(1), libx()) end,
  expect = IMPORTED,
}

case "again" {
  title = "linking again: the library stays, changes, goes and comes",
  clauses = { "unit.again", "library.input" },
  peer_differs = LOWERED,
  link = function() return list(DYNAMIC, unit_caller(1), libx()) end,
  expect = { again {
    function() return list(DYNAMIC, unit_caller(2), libx()) end,
    function() return list(DYNAMIC, unit_caller(2), libx(function(l)
      l:exported("g", { sig = "i64 -> i32", code = "i32.const 3" })
    end)) end,
    function() return list(DYNAMIC, unit_caller(2), defines("b.o", "f")) end,
    function() return list(DYNAMIC, unit_caller(1), libx()) end } },
}

case "own-function-behind-imports" {
  title = "a library's function has its own type, however many functions the library imports",
  clauses = { "library.function", "library.signature" },
  link = function()
    return list(DYNAMIC, caller(), libx(function(l)
      local far = l:func("far", { sig = "i64 ->", undefined = true })
      l:func("other", { sig = "->", code = { "i64.const 1", { "call", far } } })
      l:exported("last", { sig = "f32 -> f64", code = "f64.const 1" })
    end))
  end,
  expect = { calls("main", { "f" }), signature("f", "-> i32") },
}

case "own-tag-behind-imports" {
  title = "and its tag, however many tags the library imports",
  clauses = { "library.tag", "library.signature" },
  link = function()
    local o = object "a.o"
    o:func("main", { sig = "->", export = "main", code = { "i32.const 1",
      { "throw", tag(o:tag("problem", { sig = "i32 ->", undefined = true })) } } })
    return list(DYNAMIC, o, libx(function(l)
      l:tag("far", { sig = "i64 ->", undefined = true })
      l:export("problem", l:tag("problem", { sig = "i32 ->" }))
      l:tag("other", { sig = "f32 ->" })
      l:tag("last", { sig = "f64 ->" })
    end))
  end,
  expect = { no_warnings(), imports { ["env.problem"] = { kind = "tag", sig = "i32 ->" } } },
}

case "said-of-an-export" {
  title = "data that a library says something of, but not that each thread has it, is for all",
  clauses = { "dylink.export-info", "dylink.flags", "library.data" },
  link = function()
    return list(PIE, reader(), libx(function(l) l:export_info("x", "weak") end))
  end,
  expect = { got_imports { "mem.x" } },
}
