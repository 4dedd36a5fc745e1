-- Modules for a loader of which there is little to say, in the ways that are easily forgotten.

local PIE = { "--no-entry", "-pie", "--experimental-pic" }

-- A link of the object that fill(o) fills, with these options and more.
local function linking(fill, ...)
  local more = { ... }
  return function()
    local list, o = { table.unpack(PIE) }, object "a.o"
    for _, word in ipairs(more) do list[#list + 1] = word end
    fill(o)
    list[#list + 1] = o
    return list
  end
end

case "address-of-a-function-that-nobody-calls" {
  title = "the address of a far function comes from the GOT; the function is no import",
  clauses = { "got.func", "dylink.import.function" },
  link = linking(function(o)
    local far = o:func("far", { sig = "->", undefined = true })
    o:func("f", { sig = "-> i32", export = "f", code = { { "global.get", got(far) } } })
  end, "--unresolved-symbols=import-dynamic"),
  expect = { got_imports { "func.far" }, no_import "env.far",
    code("f", { { "global.get", to_global "far" } }) },
}

-- f() gives the address of hidden weak data that is nowhere, from the GOT.
local function hidden_and_nowhere(o)
  local x = o:data("x", { undefined = true, weak = true, hidden = true })
  o:func("f", { sig = "-> i32", export = "f", code = { { "global.get", got(x) } } })
end

for name, option in pairs { [""] = "--experimental-pic",
  ["-extended"] = "--extra-features=extended-const" } do
  case("got-of-hidden-weak" .. name) {
    title = "no other module can define what is hidden: its address in the GOT is 0, with "
      .. option,
    clauses = { "got.internal", "reloc.memory.undefined" },
    link = linking(hidden_and_nowhere, option),
    expect = { got_imports {}, returns("f", {}, 0) },
  }
end

-- A far function that is hidden, so that no other module's table slot is its address.
local function hidden_and_far(o)
  return o:func("far", { sig = "->", undefined = true, hidden = true })
end

local IMPORT = "--unresolved-symbols=import-dynamic"

case "pointer-to-a-hidden-import" {
  title = "a function that only this module may define, and imports, has a slot here",
  clauses = { "got.func", "dylink.apply-data-relocs", "dylink.mem-info.table-size" },
  link = linking(function(o)
    o:data("p", { bytes = { slot(hidden_and_far(o)) }, export = "p", no_strip = true })
  end, IMPORT),
  peer_differs = "it dies",
  expect = { imports { ["env.far"] = "function" }, in_table "far", dylink { table_size = 1 },
    has_function "__wasm_apply_data_relocs" },
}

case "got-of-a-hidden-import" {
  title = "the GOT entry of a hidden import that is called, too, is its slot here",
  clauses = { "got.internal", "dylink.mem-info.table-size" },
  link = linking(function(o)
    local far = hidden_and_far(o)
    o:func("f", { sig = "-> i32", export = "f",
      code = { { "call", far }, { "global.get", got(far) } } })
  end, IMPORT),
  expect = { imports { ["env.far"] = "function" }, in_table "far", dylink { table_size = 1 },
    code("__wasm_apply_global_relocs", { { "global.get", to_global "__table_base" },
      "i32.const 0", "i32.add", { "global.set", to_global "GOT.func.internal.far" } }) },
}

-- A far function that is hidden, weak, and called.
local function weak_and_called(o)
  local far = o:func("far", { sig = "->", undefined = true, weak = true, hidden = true })
  o:func("g", { sig = "->", export = "g", code = { { "call", far } } })
  return far
end

case "got-of-a-weak-hidden-import" {
  title = "what is weak and hidden is imported if it is called, and has a slot here then",
  clauses = { "got.internal", "dylink.undefined-weak", "dylink.mem-info.table-size" },
  link = linking(function(o)
    o:func("f", { sig = "-> i32", export = "f",
      code = { { "global.get", got(weak_and_called(o)) } } })
  end),
  expect = { imports { ["env.far"] = "function" }, in_table "far", dylink { table_size = 1 },
    code("__wasm_apply_global_relocs", { { "global.get", to_global "__table_base" },
      "i32.const 0", "i32.add", { "global.set", to_global "GOT.func.internal.far" } }) },
}

case "pointer-to-a-weak-hidden-import" {
  title = "so it has for a pointer",
  clauses = { "dylink.apply-data-relocs", "dylink.mem-info.table-size" },
  link = linking(function(o)
    o:data("p", { bytes = { slot(weak_and_called(o)) }, export = "p", no_strip = true })
  end),
  expect = { imports { ["env.far"] = "function" }, in_table "far", dylink { table_size = 1 },
    has_function "__wasm_apply_data_relocs" },
}

case "retained-pointer" {
  title = "a pointer that nobody refers to, but that is retained, is what the GOT says",
  clauses = { "segment.retain", "dylink.apply-data-relocs", "got.func" },
  link = function()
    local o = object "a.o"
    local f = o:func("f", { sig = "->", code = "nop" })
    o:data("p", { bytes = { slot(f) }, hidden = true, segment_flags = 4 })
    return { "--no-entry", "-shared", "--experimental-pic", o }
  end,
  expect = { got_imports { "func.f" }, has_function "__wasm_apply_data_relocs" },
}

case "tls-base-of-no-block" {
  title = "where no data is thread-local __tls_base is no null pointer, in a moved module too",
  clauses = { "tls.base", "tls.base.one-thread" },
  link = linking(function(o)
    local base = o:global("__tls_base", { type = "i32", undefined = true })
    o:func("is_null", { sig = "-> i32", export = "is_null",
      code = { { "global.get", base }, "i32.eqz" } })
  end),
  peer_differs = "it is 0",
  expect = { returns("is_null", {}, 0, { ["env.__memory_base"] = 4096 }) },
}

for what, row in pairs { module = { "import_module", "other", "IMPORT_MODULE_MISMATCH" },
  name = { "import_name", "base", "IMPORT_NAME_MISMATCH" } } do
  case("memory-base-of-another-" .. what) {
    title = "the loader's own globals are imported as they are called: not from another " .. what,
    clauses = { "dylink.import.memory-base", "symbol.merge.import" },
    link = linking(function(o)
      local base = o:global("__memory_base", { type = "i32", undefined = true, [row[1]] = row[2] })
      o:func("f", { sig = "-> i32", export = "f", code = { { "global.get", base } } })
    end),
    peer_differs = "it takes no notice",
    expect = { rejects { id = row[3], file = "a.o" } },
  }
end

-- A kept segment of that name and these bytes.
local function segment(o, name, bytes)
  o:data(name, { bytes = bytes, segment_name = name, align = 2, no_strip = true })
end

case "one-segment-and-zeros" {
  title = "bytes and zeros become one segment; its memory ends in zeros that are not written",
  clauses = { "dylink.bss", "dylink.mem-info.memory-size" },
  link = linking(function(o)
    segment(o, "mine", "\1\2\3\4")
    segment(o, ".bss.a", "\0\0\0\0")
  end),
  expect = { data_segments { ".data" }, dylink { memory_size = 8, memory_align = 2 }, moved() },
}

case "zeros-alone" {
  title = "segments of zeros become one segment of no bytes",
  clauses = { "dylink.bss", "dylink.mem-info.memory-size" },
  link = linking(function(o)
    segment(o, ".bss.a", "\0\0\0\0")
    segment(o, ".bss.b", "\0\0\0\0")
  end, "--no-merge-data-segments"),
  expect = { data_segments { ".data" }, dylink { memory_size = 8, memory_align = 2 }, moved() },
}

case "weak-imports" {
  title = "the loader is told of the imports that may be left without a definition, and no others",
  clauses = { "dylink.import-info", "dylink.flags" },
  link = linking(function(o)
    local x = o:data("x", { undefined = true, weak = true })
    local maybe = o:func("maybe", { sig = "->", undefined = true, weak = true })
    local far = o:func("far", { sig = "->", undefined = true })
    o:func("f", { sig = "-> i32", export = "f",
      code = { { "call", maybe }, { "call", far }, { "global.get", got(x) } } })
  end, "--unresolved-symbols=import-dynamic"),
  expect = { dylink { imports = { ["env.x"] = "weak undefined", ["env.maybe"] = "weak undefined" },
    exports = {} } },
}

case "exported-address" {
  title = "an exported address counts from where the loader puts the data",
  clauses = { "dylink.export.relative" },
  link = linking(function(o)
    o:data("x", { bytes = "1234", export = "x", exported = true, segment_name = ".data.x" })
    o:data("y", { bytes = "5678", export = "y", exported = true, segment_name = ".data.y" })
  end, "--extra-features=extended-const"),
  expect = { address "x" { equals = 0 }, address "y" { equals = 4 }, data_at("y", "5678") },
}

-- Thread-local pointers where threads share the memory: code writes them for each thread.

-- A link of a pointer in a thread's block to x, and of what more(o, x) adds.
local function thread_pointers(target, more)
  return function()
    local o = object "a.o"
    o:features { "+atomics", "+bulk-memory", "+mutable-globals" }
    local x = o:data("x", target)
    o:data("p", { bytes = { addr(x, 4) }, align = 2, tls = true, hidden = true, no_strip = true })
    more(o, x)
    return { "-shared", "--experimental-pic", "--shared-memory", "--max-memory=1048576",
      "--export=__wasm_init_tls", o }
  end
end

local function in_the_got(o, x)
  o:func("f", { sig = "-> i32", export = "f", code = { { "global.get", got(x) } } })
end

case "thread-pointer-and-got" {
  title = "a thread's pointer to what has a GOT entry is written from that",
  clauses = { "got.internal", "tls.init" },
  link = thread_pointers({ bytes = "12345678", hidden = true }, in_the_got),
  expect = { code("__wasm_apply_tls_relocs", { "i32.const 0",
    { "global.get", to_global "__tls_base" }, "i32.add",
    { "global.get", to_global "GOT.data.internal.x" }, "i32.const 4", "i32.add", "i32.store",
    "end" }) },
}

case "thread-pointer-to-itself" {
  title = "a pointer into a thread's own block counts from the block: the GOT entry comes later",
  clauses = { "tls.init", "tls.got" },
  link = thread_pointers({ bytes = "12345678", tls = true, hidden = true }, in_the_got),
  peer_differs = "it reads the GOT entry, which is not complete then",
  expect = { code("__wasm_apply_tls_relocs", { "i32.const",
    { "global.get", to_global "__tls_base" }, "i32.add",
    { "global.get", to_global "__tls_base" }, "i32.const", "i32.add", "i32.store", "end" }) },
}

-- Constructors.

case "exports-without-wrappers" {
  title = "a moved program's exports are called as they are, without its constructors",
  clauses = { "command.wrapper", "init.call-ctors" },
  link = linking(function(o)
    local boot = o:func("boot", { sig = "->", static = true, code = "nop" })
    o:init(boot, 100)
    o:func("f", { sig = "-> i32", export = "f", code = "i32.const 1" })
  end),
  expect = { code("f", { "i32.const 1" }), has_function("boot", "__wasm_call_ctors"),
    no_function "f.command_export" },
}

case "constructors-of-what-a-loader-completes" {
  title = "a program that stays where it is, and a loader completes, calls them as it says, too",
  clauses = { "command.wrapper", "init.call-ctors" },
  link = function()
    local o = object "a.o"
    o:init(o:func("boot", { sig = "->", static = true, code = "nop" }), 100)
    return { "--no-entry", "--unresolved-symbols=import-dynamic", o }
  end,
  expect = { calls("__wasm_call_ctors", { "boot" }),
    no_function "__wasm_apply_data_relocs.command_export" },
}

case "debug-information-of-a-base" {
  title = "debug information of a base that no code reads stands for nothing",
  clauses = { "reloc.dead-target", "reloc.global-index-i32" },
  link = function()
    local o = object "a.o"
    local base = o:global("__memory_base", { type = "i32", undefined = true })
    o:func("f", { sig = "->", export = "f", code = "nop" })
    o:custom(".debug_info", { bytes = { glob(base) } })
    return { "--no-entry", o }
  end,
  expect = { custom(".debug_info", "\xff\xff\xff\xff") },
}

case "note-of-a-base" {
  title = "so does a note of it, in a section of any name: the addend, and -2 in lists of ranges",
  clauses = { "reloc.dead-target", "debug.tombstone" },
  link = function()
    local o = object "a.o"
    local base = o:global("__memory_base", { type = "i32", undefined = true })
    o:func("f", { sig = "->", export = "f", code = "nop" })
    o:custom("note", { bytes = { glob(base) } })
    o:custom(".debug_ranges", { bytes = { glob(base) } })
    return { "--no-entry", o }
  end,
  peer_differs = "it writes -1",
  expect = { custom("note", "\0\0\0\0"), custom(".debug_ranges", "\xfe\xff\xff\xff") },
}
