-- What relocations against a library's symbols become: only the loader knows their addresses.

local DYNAMIC = { "--no-entry", "--experimental-pic", "-Bdynamic" }
local PIE = { "--no-entry", "--experimental-pic", "-pie" }

local function list(options, ...)
  local result = { table.unpack(options) }
  for _, item in ipairs { ... } do result[#result + 1] = item end
  return result
end

local function libx(make, options)
  local opts = { memory_size = 16, memory_align = 2 }
  for key, value in pairs(options or {}) do opts[key] = value end
  local l = library("libx.so", opts)
  l:exported("f", { sig = "-> i32", code = "i32.const 1" })
  l:address("x", 4)
  if make then make(l) end
  return l
end

-- An object with a function "main", of what make(o, x, f) gives.
local function user(make, options)
  local o = object("a.o", options)
  local code, sig = make(o, o:data("x", { undefined = true }),
    o:func("f", { sig = "-> i32", undefined = true }))
  o:func("main", { sig = sig or "-> i32", export = "main", code = code })
  return o
end

-- Code --------------------------------------------------------------------------------------------

for name, options in pairs { ["a-pie"] = PIE, ["a-program"] = DYNAMIC } do
  case("distance-in-" .. name) {
    title = "a library's data are at no known distance from __memory_base: " .. name,
    clauses = { "library.static-code", "reloc.memory-addr-rel-sleb" },
    link = function()
      return list(options, user(function(_, x) return { { "i32.const", addr_rel(x) } } end), libx())
    end,
    expect = { rejects { id = "NOT_FROM_BASE", file = "a.o", message = "`x`" } },
  }

  case("slot-distance-in-" .. name) {
    title = "nor is a library's function from __table_base: " .. name,
    clauses = { "library.static-code", "reloc.table-index-rel-sleb" },
    link = function()
      return list(options, user(function(_, _, f) return { { "i32.const", slot_rel(f) } } end),
        libx())
    end,
    expect = { rejects { id = "NOT_FROM_BASE", file = "a.o", message = "`f`" } },
  }
end

case "load-at-an-address" {
  title = "an address in a load is no better than one in a constant",
  clauses = { "library.static-code" },
  link = function()
    return list(DYNAMIC, user(function(_, x)
      return { "i32.const 0", { "i32.load", addr(x) } }
    end), libx())
  end,
  expect = { rejects { id = "NOT_PIC", file = "a.o", message = "`x`" } },
}

case "in-dead-code" {
  title = "but in code that is left out it does not matter",
  clauses = { "library.static-code", "gc.live" },
  link = function()
    local dead = object "b.o"
    dead:func("dead", { sig = "-> i32",
      code = { { "i32.const", addr(dead:data("x", { undefined = true })) } } })
    return list(DYNAMIC, user(function(_, _, f) return { { "call", f } } end), dead, libx())
  end,
  expect = { calls("main", { "f" }), got_imports {} },
}

-- Data --------------------------------------------------------------------------------------------

case "pointers-in-a-pie" {
  title = "pointers in data with an offset, and to slots, are filled in by code",
  clauses = { "library.data", "dylink.apply-data-relocs" },
  link = function()
    local o = object "a.o"
    local x = o:data("x", { undefined = true })
    local f = o:func("f", { sig = "-> i32", undefined = true })
    o:data("words", { bytes = { addr(x, 8), slot(f) }, align = 2, export = "words" })
    return list(PIE, "--export=words", o, libx())
  end,
  expect = { got_imports { "mem.x", "func.f" }, data_at("words", ("\0"):rep(8)) },
}

case "weak-pointer-in-data" {
  title = "a weak pointer to what a library has is filled in",
  clauses = { "library.weak-reference", "library.program" },
  link = function()
    local o = object "a.o"
    o:data("words", { bytes = { addr(o:data("x", { undefined = true, weak = true })) }, align = 2,
      export = "words" })
    return list(DYNAMIC, "--export=words", o, libx())
  end,
  expect = { got_imports { "mem.x" }, exports { __wasm_apply_data_relocs = "function" } },
}

case "weak-pointer-that-nobody-has" {
  title = "one that no library has stays 0, and needs no code",
  clauses = { "library.program", "symbol.undefined.weak" },
  link = function()
    local o = object "a.o"
    o:data("words", { bytes = { addr(o:data("nowhere", { undefined = true, weak = true })) },
      align = 2, export = "words" })
    return list(DYNAMIC, "--export=words", o, libx())
  end,
  expect = { got_imports {}, data_at("words", "\0\0\0\0"), no_export "__wasm_apply_data_relocs" },
}

case "own-pointers-of-a-program" {
  title = "pointers of a program to its own data are numbers still",
  clauses = { "library.program" },
  link = function()
    local o = object "a.o"
    local y = o:data("y", { bytes = "\1\2\3\4", align = 2, export = "y" })
    o:data("words", { bytes = { addr(y, 2) }, align = 2, export = "words" })
    return list(DYNAMIC, "--export=words", "--export=y", o, libx())
  end,
  expect = { data_at("words", to_address("y", 2)), no_export "__wasm_apply_data_relocs" },
}

case "distance-in-data" {
  title = "no distance from a library's data is known",
  clauses = { "library.static-code", "reloc.memory-addr-locrel-i32" },
  link = function()
    local o = object "a.o"
    o:data("words", { bytes = { addr_locrel(o:data("x", { undefined = true })) }, align = 2,
      export = "words" })
    return list(PIE, "--export=words", o, libx())
  end,
  expect = { rejects { id = "NOT_FROM_BASE", file = "a.o", message = "`x`" } },
}

case "distance-from-what-is-undefined" {
  title = "nor from what the loader looks for elsewhere",
  clauses = { "dylink.absolute-refused", "reloc.memory-addr-locrel-i32" },
  link = function()
    local o = object "a.o"
    o:data("words", { bytes = { addr_locrel(o:data("x", { undefined = true })) }, align = 2,
      export = "words" })
    return list(PIE, "--export=words", "--unresolved-symbols=import-dynamic", o)
  end,
  expect = { rejects { id = "NOT_FROM_BASE", file = "a.o", message = "`x`" } },
}

case "pointers-of-wasm64" {
  title = "pointers of 64 bits are filled in with 64 bits",
  clauses = { "library.data", "library.width", "dylink.apply-data-relocs" },
  link = function()
    local o = object("a.o", { memory64 = true })
    local x = o:data("x", { undefined = true })
    local f = o:func("f", { sig = "-> i32", undefined = true })
    o:data("words", { bytes = { addr64(x, 8), slot64(f) }, align = 3, export = "words" })
    return list(DYNAMIC, "-m", "wasm64", "--export=words", o, libx(nil, { wasm64 = true }))
  end,
  expect = { got_imports { "mem.x", "func.f" },
    exports { __wasm_apply_data_relocs = "function" } },
}

-- Threads -----------------------------------------------------------------------------------------

case "thread-local" {
  title = "the address of a library's thread-local data comes from the GOT, too",
  clauses = { "library.data", "dylink.export-info", "tls.got" },
  origin = "llvm/llvm-project#183079",
  link = function()
    local o = object "a.o"
    o:func("main", { sig = "-> i32", export = "main",
      code = { { "global.get", got(o:data("t", { undefined = true, tls = true })) } } })
    o:features()
    return list(PIE, o, libx(function(l) l:address("t", 0, { tls = true }) end))
  end,
  expect = { got_imports { "mem.t" } },
}

case "thread-local-offset" {
  title = "it is at no known offset in a block of this module",
  clauses = { "library.static-code", "reloc.memory-addr-tls-sleb" },
  link = function()
    local o = object "a.o"
    o:func("main", { sig = "-> i32", export = "main",
      code = { { "i32.const", addr_tls(o:data("t", { undefined = true, tls = true })) } } })
    o:features()
    return list(PIE, o, libx(function(l) l:address("t", 0, { tls = true }) end))
  end,
  expect = { rejects { id = "NOT_FROM_BASE", file = "a.o", message = "`t`" } },
}

-- Beside the module -------------------------------------------------------------------------------

case "debug-function" {
  title = "a library's function is -1 in debug sections, as one that is left out",
  clauses = { "library.debug", "debug.tombstone" },
  link = function()
    local o = user(function(_, _, f) return { { "call", f } } end)
    o:custom(".debug_info", { bytes = { "<", fn_offset(o:symbol "f"), ">" } })
    return list(DYNAMIC, o, libx())
  end,
  expect = { custom(".debug_info", "<\xff\xff\xff\xff>") },
}

case "debug-of-a-weak-definition" {
  title = "a weak function that gave way to a library's is -1 in debug sections",
  clauses = { "library.weak-definition", "library.debug", "debug.tombstone" },
  origin = { "llvm/llvm-project#176460", "emscripten-core/emscripten#26044" },
  link = function()
    local o = object "a.o"
    local f = o:func("f", { sig = "-> i32", weak = true, code = "i32.const 2" })
    o:func("main", { sig = "-> i32", export = "main", code = { { "call", f } } })
    o:custom(".debug_info", { bytes = { "<", fn_offset(f), ">" } })
    return list(DYNAMIC, libx(), o)
  end,
  expect = { imports { ["env.f"] = "function" }, calls("main", { "f" }),
    custom(".debug_info", "<\xff\xff\xff\xff>") },
}

case "debug-data" {
  title = "a library's data are 0 in debug sections, as what is undefined",
  clauses = { "library.debug", "reloc.memory.undefined" },
  link = function()
    local o = user(function(_, x) return { { "global.get", got(x) } } end)
    o:custom(".debug_info", { bytes = { "<", addr(o:symbol "x", 3), ">" } })
    return list(DYNAMIC, o, libx())
  end,
  expect = { custom(".debug_info", "<\0\0\0\0>") },
}

case "emit-relocs" {
  title = "--emit-relocs: symbols of a library are undefined",
  clauses = { "emit-relocs.module", "library.function" },
  link = function()
    return list(DYNAMIC, "--emit-relocs", user(function(_, x, f)
      return { { "global.get", got(x) }, "drop", { "call", f } }
    end), libx())
  end,
  expect = { linking_symbol "f" { kind = "function", flags = "undefined" },
    linking_symbol "x" { kind = "data", flags = "undefined" } },
}
