-- "dylink.0": what a module says of itself before anything else of it is read.

local SHARED = { "-shared", "--experimental-pic" }

local function list(options, ...)
  local result = { table.unpack(options) }
  for _, item in ipairs { ... } do result[#result + 1] = item end
  return result
end

-- A library of one object, which make(o) fills.
local function of(make, ...)
  local options = { ... }
  return function()
    local o = object "a.o"
    o:features()
    make(o)
    return list(list(SHARED, table.unpack(options)), o)
  end
end

case "nothing" {
  title = "a library without data and slots has the section, too, and reserves nothing",
  clauses = { "dylink.section", "dylink.first", "dylink.mem-info", "dylink.mem-info.memory-size",
    "dylink.mem-info.table-size" },
  link = of(function(o) o:func("f", { sig = "->", code = "nop" }) end),
  expect = { dylink { memory_size = 0, table_size = 0, needed = {}, runtime_path = {},
    exports = {}, imports = {} } },
}

case "memory" {
  title = "room is reserved for all data, and for zeros that no segment writes",
  clauses = { "dylink.mem-info", "dylink.mem-info.memory-size", "dylink.bss" },
  link = of(function(o)
    o:data("x", { bytes = "\1\2\3\4\5" })
    o:data("zeros", { zero = 100, align = 3 })
  end),
  expect = { dylink { memory_size = { min = 108, max = 4096 } }, address "zeros" { max = 3996 } },
}

case "memory-of-pie" {
  title = "so it is for a program that the loader places",
  clauses = { "dylink.section", "dylink.mem-info.memory-size" },
  link = function()
    local o = object "a.o"
    o:data("x", { bytes = "\1\2\3\4\5", export = "x" })
    return { "-pie", "--experimental-pic", "--no-entry", "--export=x", o }
  end,
  expect = { dylink { memory_size = { min = 5, max = 4096 } }, data_at("x", "\1\2\3\4\5") },
}

case "alignment-of-data" {
  title = "memory is aligned as the data asks that asks for most",
  clauses = { "dylink.mem-info", "dylink.mem-info.memory-alignment" },
  link = of(function(o)
    o:data("x", { bytes = "\1", align = 6 })
    o:data("y", { bytes = "\2", align = 2 })
  end),
  expect = { dylink { memory_align = { min = 6, max = 16 } }, address "x" { align = 64 },
    address "y" { align = 4 } },
}

case "alignment-of-zeros" {
  title = "zeros that no segment writes ask for alignment, too",
  clauses = { "dylink.mem-info.memory-alignment", "dylink.bss" },
  link = of(function(o)
    o:data("x", { bytes = "\1" })
    o:data("zeros", { zero = 8, align = 5 })
  end),
  expect = { dylink { memory_align = { min = 5, max = 16 } }, address "zeros" { align = 32 } },
}

local function two_slots(o)
  local f = o:func("f", { sig = "->", code = "nop", hidden = true })
  local g = o:func("g", { sig = "->", code = "nop", hidden = true })
  o:func("pick", { sig = "-> i32", code = { { "i32.const", slot_rel(f) },
    { "i32.const", slot_rel(g) }, "i32.add" } })
end

case "slots" {
  title = "slots are reserved for the functions that the module puts into the table",
  clauses = { "dylink.mem-info", "dylink.mem-info.table-size", "dylink.mem-info.table-alignment" },
  link = of(two_slots),
  expect = { dylink { table_size = { min = 2, max = 64 }, table_align = { max = 16 } }, moved() },
}

case "slots-by-pointers-in-data" {
  title = "and for those that only data points to",
  clauses = { "dylink.mem-info.table-size", "dylink.mem-info.table-alignment" },
  link = of(function(o)
    local f = o:func("f", { sig = "->", code = "nop", hidden = true })
    o:data("pointer", { bytes = { slot(f) }, align = 2 })
  end),
  expect = { dylink { table_size = { min = 1, max = 64 }, table_align = { max = 16 } },
    in_table("f") },
}

local function thread_local(o)
  o:features { "+atomics", "+bulk-memory", "+mutable-globals" }
  o:data("each", { bytes = "\1\2\3\4", tls = true })
  o:data("all", { bytes = "\5" })
end

case "thread-local-exports" {
  title = "of exports those that each thread has for itself are marked",
  clauses = { "dylink.export-info", "dylink.flags" },
  origin = { "emscripten-core/emscripten#14120", "emscripten-core/emscripten#14982",
    "WebAssembly/tool-conventions#175" },
  link = of(thread_local, "--shared-memory"),
  expect = { dylink { exports = { each = "tls" } }, exports { each = "global", all = "global" } },
}

case "absolute-beside-thread-local" {
  title = "what is at an absolute address is not, whatever segment its object begins with",
  clauses = { "dylink.export-info", "dylink.flags", "symbol.absolute" },
  link = of(function(o)
    thread_local(o)
    o:data("fixed", { absolute = true, offset = 4000, exported = true })
  end, "--shared-memory"),
  expect = { dylink { exports = { each = "tls" } } },
  peer_differs = "it takes the object's first segment for that of what is in none",
}

case "weak-and-undefined" {
  title = "that a definition is weak is said of no export; that nobody may define it, of an import",
  clauses = { "dylink.export-info", "dylink.import-info", "dylink.flags" },
  link = of(function(o)
    local away = o:func("away", { sig = "->", undefined = true, weak = true })
    o:func("weak", { sig = "->", weak = true, code = { { "call", away } } })
    o:data("variable", { bytes = "1234", weak = true })
    o:func("kept", { sig = "->", no_strip = true, code = "nop" })
  end),
  expect = { dylink { exports = {}, imports = { ["env.away"] = "weak undefined" } },
    exports { weak = "function", variable = "global", kept = "function" } },
}

case "hidden-thread-local" {
  title = "what is not exported is not listed",
  clauses = { "dylink.export-info" },
  link = of(function(o)
    o:features { "+atomics", "+bulk-memory", "+mutable-globals" }
    o:data("each", { bytes = "\1\2\3\4", tls = true, hidden = true, no_strip = true })
  end, "--shared-memory"),
  expect = { dylink { exports = {} }, no_export("each") },
}

case "runtime-path" {
  title = "where a loader looks for the libraries that a module needs, in order",
  clauses = { "dylink.runtime-path" },
  origin = { "WebAssembly/tool-conventions#244", "WebAssembly/tool-conventions#256" },
  link = of(function(o) o:func("f", { sig = "->", code = "nop" }) end, "--rpath=$ORIGIN/lib",
    "-rpath", "/usr/lib/wasm"),
  expect = { dylink { runtime_path = { "$ORIGIN/lib", "/usr/lib/wasm" } } },
}

case "tokens-in-a-runtime-path" {
  title = "what stands for something in a runtime path is for the loader to replace: it is copied",
  clauses = { "dylink.runtime-path" },
  link = of(function(o) o:func("f", { sig = "->", code = "nop" }) end, "--rpath=${ORIGIN}/../lib",
    "--rpath=$LIB/$PLATFORM", "--rpath=/a:/b"),
  expect = { dylink { runtime_path = { "${ORIGIN}/../lib", "$LIB/$PLATFORM", "/a:/b" } } },
}

case "runtime-path-of-a-static-link" {
  title = "a module that needs no loader says nothing of libraries",
  clauses = { "dylink.runtime-path", "dylink.section" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "->", code = "nop", export = "f" })
    return { "--no-entry", "--rpath=/lib", o }
  end,
  expect = { not_dynamic(), exports { f = "function" } },
}
