-- Memory that threads share is initialised once.  Every thread is an instance of its own, and an
-- active segment is written by every instance; so all segments are passive, and a start function
-- copies them unless another instance has done so.

-- An object that threads may use.
local function threaded(name, options)
  local o = object(name, options)
  o:features { "+atomics", "+bulk-memory", "+mutable-globals" }
  return o
end

local function add_data(o)
  o:data("x", { bytes = "\1\2\3\4", align = 2, export = "x" })
  o:data("text", { bytes = "text\0", rodata = true, export = "text" })
  o:data("z", { zero = 100, align = 4, export = "z" })
  return o
end

-- Of data NAME, get_NAME(i) is byte i, set_NAME(i, v) makes it v.
local function add_access(o)
  for _, name in ipairs { "x", "z" } do
    local start = { "i32.const", addr(o:symbol(name)) }
    o:func("get_" .. name, { sig = "i32 -> i32", export = "get_" .. name,
      code = { "local.get 0", start, "i32.add", { "i32.load8_u" } } })
    o:func("set_" .. name, { sig = "i32 i32 ->", export = "set_" .. name,
      code = { "local.get 0", start, "i32.add; local.get 1", { "i32.store8" } } })
  end
  return o
end

case "all-passive" {
  title = "every data segment is passive, and the start function puts it where it belongs",
  clauses = { "threads.passive", "memory.import-bss", "start.shared-memory",
    "threads.init-memory.unexported" },
  link = function() return { "--no-entry", "--shared-memory", add_data(threaded "a.o") } end,
  expect = { valid(), passive { ".rodata", ".data" }, start "__wasm_init_memory",
    data_at("x", "\1\2\3\4"), data_at("text", "text\0"), no_export "__wasm_init_memory" },
}

-- The segments that the start function drops.
local function dropped(module)
  local list = {}
  for _, x in ipairs(module:instructions(module.start)) do
    if x.name == "data.drop" then list[#list + 1] = x.values[1] end
  end
  return table.concat(list, " ")
end

case "dropped" {
  title = "segments are dropped when they have been copied",
  clauses = { "threads.drop" },
  link = function()
    local o = add_data(threaded "a.o")
    o:data("own", { bytes = "own", segment_name = "mine", no_strip = true })
    return { "--no-entry", "--shared-memory", o }
  end,
  expect = { passive { ".rodata", ".data", "mine" }, holds("all are dropped", function(module)
    return dropped(module) == "0 1 2", dropped(module)
  end) },
}

case "thread-local-data-stays" {
  title = "the content of the thread-local block is not dropped: other threads copy it",
  clauses = { "threads.drop", "tls.init.copy" },
  link = function()
    local o = add_data(threaded "a.o")
    o:data("t", { bytes = "\5\6\7\8", tls = true, no_strip = true })
    return { "--no-entry", "--shared-memory", "--export=__wasm_init_tls", o }
  end,
  expect = { passive { ".tdata", ".rodata", ".data" }, holds("the others are dropped",
    function(module) return dropped(module) == "1 2", dropped(module) end) },
}

case "data-count" {
  title = "code that names data segments needs their number before it",
  clauses = { "threads.data-count" },
  link = function()
    local o = threaded "a.o"
    o:data("x", { bytes = "\1\2\3\4", export = "x" })
    return { "--no-entry", "--shared-memory", o }
  end,
  expect = { section_order { "type", "function", "memory", "global", "export", "start",
    "datacount", "code", "data", "name", "target_features" } },
}

case "single-thread" {
  title = "without --shared-memory segments are active, and nothing counts or copies them",
  clauses = { "threads.passive", "threads.data-count" },
  link = function() return { "--no-entry", add_data(threaded "a.o") } end,
  expect = { valid(), passive {}, no_start(), no_section "datacount", data_at("x", "\1\2\3\4") },
}

case "once" {
  title = "a second instance over the same memory does not write the data again",
  clauses = { "threads.init-once" },
  origin = { "WebAssembly/tool-conventions#107", "WebAssembly/tool-conventions#127",
    "rustwasm/wasm-bindgen#1631" },
  link = function()
    return { "--no-entry", "--shared-memory", "--import-memory", "--stack-first",
      add_access(add_data(threaded "a.o")) }
  end,
  expect = { runs {
    { call = "get_x", args = { 0 }, value = 1 },
    { call = "set_x", args = { 0, 99 } },
    { call = "set_z", args = { 0, 77 } },
    { instance = 2 },
    { call = "get_x", args = { 0 }, value = 99 },
    { call = "get_x", args = { 1 }, value = 2 },
    { call = "get_z", args = { 0 }, value = 77 },
    { instance = 1 },
    { call = "get_x", args = { 0 }, value = 99 },
  } },
}

case "every-instance-without-sharing" {
  title = "active segments are written by each instance",
  clauses = { "threads.passive" },
  link = function()
    return { "--no-entry", "--import-memory=host,shared", "--stack-first",
      add_access(add_data(threaded "a.o")) }
  end,
  expect = { runs {
    { call = "set_x", args = { 0, 99 } },
    { instance = 2 },
    { call = "get_x", args = { 0 }, value = 1 },
  } },
}

case "zeros-only" {
  title = "zeros are filled in by code, and need neither segment nor count",
  clauses = { "memory.import-bss", "threads.data-count", "threads.bss" },
  link = function()
    local o = threaded "a.o"
    o:data("z", { zero = 300, align = 4, export = "z" })
    return { "--no-entry", "--shared-memory", o }
  end,
  expect = { valid(), start "__wasm_init_memory", no_section("datacount", "data") },
}

case "zeros-without-bulk-memory" {
  title = "zeros of an imported memory are written and filled where bulk-memory is not allowed",
  clauses = { "memory.import-bss", "option.no-check-features" },
  link = function()
    local o = threaded "a.o"
    o:data("x", { bytes = "\1\2\3\4", align = 2, export = "x" })
    o:data("z", { zero = 300, align = 4, export = "z" })
    return { "--no-entry", "--shared-memory", "--import-memory", "--no-check-features",
      "--features=mutable-globals", o }
  end,
  expect = { valid(), passive { ".data", ".bss" }, data_at("x", "\1\2\3\4"),
    start "__wasm_init_memory" },
}

case "no-data" {
  title = "without data there is nothing to start",
  clauses = { "memory.import-bss", "start.shared-memory", "threads.init-memory.unexported" },
  link = function()
    local o = threaded "a.o"
    o:func("f", { sig = "->", export = "f", code = "nop" })
    return { "--no-entry", "--shared-memory", "--export-if-defined=__wasm_init_memory_flag", o }
  end,
  expect = { valid(), no_start(), no_section("datacount", "data"),
    exports_exactly { "memory", "f" },
    either { stack_pointer = counts { global = 1 }, none = counts { global = 0 } } },
}

case "empty-segment" {
  title = "a segment of no bytes is a segment, too",
  clauses = { "threads.passive" },
  link = function()
    local o = threaded "a.o"
    o:data("x", { bytes = "", export = "x" })
    return { "--no-entry", "--shared-memory", o }
  end,
  expect = { valid(), passive { ".data" }, start "__wasm_init_memory" },
}

-- The flag ----------------------------------------------------------------------------------------

case "flag" {
  title = "the flag is an aligned word of its own behind all data, below the heap",
  clauses = { "threads.init-flag", "layout.symbol.data-end", "layout.symbol.heap-base" },
  link = function()
    local o = threaded "a.o"
    o:data("odd", { zero = 7, export = "odd" })
    return { "--no-entry", "--shared-memory", "--export=__wasm_init_memory_flag",
      "--export=__data_end", "--export=__heap_base", o }
  end,
  expect = { address "__wasm_init_memory_flag" { align = 4, above = { "odd", 6 } },
    address "__data_end" { distance = { "__wasm_init_memory_flag", 4 } },
    address "__heap_base" { above = { "__wasm_init_memory_flag", 3 } } },
}

case "flag-and-the-end-of-a-page" {
  title = "the flag counts when the memory is measured",
  clauses = { "threads.init-flag", "memory.initial" },
  link = function()
    local o = threaded "a.o"
    o:data("x", { bytes = ("x"):rep(65536), export = "x" })
    return { "--no-entry", "--shared-memory", "--stack-first", o }
  end,
  expect = { memory { min = 3, max = 3 } },
}

case "flag-by-name" {
  title = "a program can read the flag: it is 2 when memory is initialised",
  clauses = { "threads.init-flag" },
  link = function()
    local o = threaded "a.o"
    o:data("x", { bytes = "x", export = "x" })
    local flag = o:data("__wasm_init_memory_flag", { undefined = true })
    o:func("f", { sig = "-> i32", export = "f", code = { "i32.const 0", { "i32.load", flag } } })
    return { "--no-entry", "--shared-memory", o }
  end,
  expect = { returns("f", {}, 2) },
}

for _, name in ipairs { "__wasm_init_memory_flag", "__wasm_init_memory", "__wasm_init_tls" } do
  case("defined-" .. name) {
    title = "an input cannot define " .. name,
    clauses = { "init.reserved" },
    link = function()
      local o = threaded "a.o"
      o:data("x", { bytes = "x", no_strip = true })
      if name:find "flag" then
        o:data(name, { bytes = "1234", align = 2, no_strip = true })
      else
        o:func(name, { sig = name:find "tls" and "i32 ->" or "->", code = "nop", no_strip = true })
      end
      return { "--no-entry", "--shared-memory", o }
    end,
    expect = { rejects { id = "DUPLICATE_SYMBOL", class = "duplicate" } },
  }
end

-- Several segments --------------------------------------------------------------------------------

case "segments-apart" {
  title = "segments that are not merged are copied each to its place",
  clauses = { "threads.passive", "layout.no-merge-data-segments" },
  link = function()
    local a, b = threaded "a.o", threaded "b.o"
    a:data("x", { bytes = "xx", export = "x" })
    a:data("z", { zero = 3, export = "z" })
    b:data("y", { bytes = "yyy", align = 3, export = "y" })
    return { "--no-entry", "--shared-memory", "--no-merge-data-segments", a, b }
  end,
  expect = { valid(), passive { ".data.x", ".data.y" }, data_at("x", "xx"), data_at("y", "yyy") },
}

case "relocated" {
  title = "relocations in a passive segment are applied when linking",
  clauses = { "threads.passive", "reloc.memory-addr-i32" },
  link = function()
    local o = threaded "a.o"
    local x = o:data("x", { bytes = "xx", export = "x" })
    local f = o:func("f", { sig = "->", export = "f", code = "nop" })
    o:data("p", { bytes = { addr(x, 1), slot(f) }, align = 2, export = "p" })
    return { "--no-entry", "--shared-memory", o }
  end,
  expect = { data_at("p", { to_address("x", 1), to_slot "f" }) },
}

case "merged-strings" {
  title = "strings are merged in a passive segment as in others",
  clauses = { "threads.passive", "strings.merge" },
  link = function()
    local a, b = threaded "a.o", threaded "b.o"
    local s = a:data("s", { bytes = "hello\0", rodata = true, segment_flags = { "strings" } })
    a:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", s } } })
    local t = b:data("t", { bytes = "hello\0", rodata = true, segment_flags = { "strings" } })
    b:func("g", { sig = "-> i32", export = "g", code = { { "i32.const", t } } })
    return { "--no-entry", "--shared-memory", a, b }
  end,
  expect = { data_count("hello\0", 1), const_at("f", 1, to_data "hello\0"),
    const_at("g", 1, to_data "hello\0") },
}

case "passive-in-the-object" {
  title = "a segment that is passive in the object is data like any other",
  clauses = { "threads.passive", "data.passive-input" },
  link = function()
    local o = threaded "a.o"
    o:data("x", { bytes = "\1\2\3\4", passive = true, export = "x" })
    return { "--no-entry", "--shared-memory", o }
  end,
  expect = { valid(), passive { ".data" }, data_at("x", "\1\2\3\4") },
}

case "passive-in-the-object-alone" {
  title = "without shared memory such a segment becomes an active one",
  clauses = { "data.passive-input", "container.data" },
  link = function()
    local o = threaded "a.o"
    o:data("x", { bytes = "\1\2\3\4", passive = true, export = "x" })
    return { "--no-entry", o }
  end,
  expect = { valid(), passive {}, data_at("x", "\1\2\3\4"), no_start() },
}

case "constructors-come-later" {
  title = "the start function initialises memory and does not call constructors",
  clauses = { "memory.import-bss", "init.call-ctors", "init.after-memory" },
  link = function()
    local o = threaded "a.o"
    local x = o:data("x", { bytes = "\5\0\0\0", align = 2, export = "x" })
    o:init(o:func("boot", { sig = "->", static = true, code = {
      "i32.const 0", "i32.const 0", { "i32.load", x }, "i32.const 1; i32.add",
      { "i32.store", x } } }))
    o:func("f", { sig = "-> i32", export = "f", code = { "i32.const 0", { "i32.load", x } } })
    return { "--no-entry", "--shared-memory", o }
  end,
  expect = { start "__wasm_init_memory", runs { { call = "f", value = 6 },
    { call = "f", value = 7 } } },
}

-- Imported memory, no threads: only zeros need code -----------------------------------------------

case "dirty-memory" {
  title = "zeros are zero in an imported memory that is not",
  clauses = { "memory.import-bss", "threads.bss" },
  link = function()
    return { "--no-entry", "--import-memory", "--stack-first",
      add_access(add_data(threaded "a.o")) }
  end,
  expect = { valid(), passive {}, no_section "datacount", runs({
    { call = "get_z", args = { 0 }, value = 0 },
    { call = "get_z", args = { 99 }, value = 0 },
    { call = "get_z", args = { 100 }, value = 255 },
    { call = "get_x", args = { 0 }, value = 1 },
  }, { ["env.memory"] = 255 }) },
}

case "dirty-memory-without-bulk-memory" {
  title = "zeros are zero there without bulk-memory, too",
  clauses = { "memory.import-bss" },
  link = function()
    local o = object "a.o"
    o:features { "+mutable-globals" }
    return { "--no-entry", "--import-memory", "--stack-first", add_access(add_data(o)) }
  end,
  expect = { valid(), no_start(), runs({
    { call = "get_z", args = { 0 }, value = 0 },
    { call = "get_z", args = { 99 }, value = 0 },
    { call = "get_z", args = { 100 }, value = 255 },
  }, { ["env.memory"] = 255 }) },
}

-- wasm64 ------------------------------------------------------------------------------------------

case "wasm64" {
  title = "with 64-bit addresses places and sizes of zeros are i64, sizes of segments stay i32",
  clauses = { "memory.import-bss", "wasm64.code" },
  link = function()
    local o = threaded("a.o", { memory64 = true })
    return { "-mwasm64", "--no-entry", "--shared-memory", add_data(o) }
  end,
  expect = { valid(), passive { ".rodata", ".data" }, start "__wasm_init_memory",
    data_at("x", "\1\2\3\4"), data_at("text", "text\0") },
}
