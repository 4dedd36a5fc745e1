-- A module for wasm64: memory and function table have 64-bit indices, whatever the linker makes to
-- hold an address or a table slot is an i64, and the address space ends at 16 GiB.

local GIB16 = 1 << 34

-- A program with a bit of everything that has addresses.
local function program(options)
  local o = object("a.o", { memory64 = true })
  o:features(options and options.features or { "+mutable-globals" })
  local sp = o:global("__stack_pointer", { type = "i64", mutable = true, undefined = true })
  local f = o:func("f", { sig = "-> i64", export = "f", code = { { "global.get", sp } } })
  o:data("x", { bytes = "\1\2\3\4", align = 2, export = "x" })
  o:data("z", { zero = 400, align = 3, export = "z" })
  o:data("p", { bytes = { addr64("x", 1), slot64(f) }, align = 3, export = "p" })
  return o
end

local function link_with(...)
  local list = { "-m", "wasm64", "--no-entry", "--stack-first", ... }
  return function()
    local all = { table.unpack(list) }
    all[#all + 1] = program()
    return all
  end
end

case "memory-and-globals" {
  title = "memory has 64-bit addresses, and globals that hold addresses are i64",
  clauses = { "wasm64.memory", "wasm64.globals" },
  link = link_with("--export=__stack_pointer", "--export=__heap_base"),
  expect = { memory { is64 = true, min = 2 },
    exports { __stack_pointer = { kind = "global", type = "i64", mutable = true },
      __heap_base = { kind = "global", type = "i64", mutable = false },
      x = { kind = "global", type = "i64", mutable = false } },
    global_value("__stack_pointer", 65536),
    data_at("p", { wide(to_address("x", 1)), wide(to_slot "f") }) },
}

case "table" {
  title = "the function table has 64-bit indices, and its slots are filled from an i64 offset",
  clauses = { "wasm64.table" },
  link = link_with("--export-table", "--table-base=5"),
  expect = { indirect_table { is64 = true, min = 6, max = 6 }, elem_slots { [5] = "f" } },
}

case "imported" {
  title = "an imported memory and an imported table have 64-bit indices too",
  clauses = { "wasm64.memory", "wasm64.table" },
  link = link_with("--import-memory", "--import-table"),
  expect = { memory { is64 = true, imported = true },
    indirect_table { is64 = true, imported = true } },
}

case "bss-by-memory-fill" {
  title = "zeros of an imported memory are written by memory.fill with an i64 address and size",
  clauses = { "wasm64.code", "memory.import-bss" },
  link = function()
    return { "-mwasm64", "--no-entry", "--import-memory",
      program { features = { "+bulk-memory", "+mutable-globals" } } }
  end,
  expect = { start "__wasm_init_memory", code("__wasm_init_memory", {
    { "i64.const", to_address "z" }, "i32.const 0", "i64.const 400", "memory.fill" }) },
}

-- Addresses beyond 4 GiB --------------------------------------------------------------------------

case "stack-of-5-gib" {
  title = "addresses above 2^32 are written whole",
  clauses = { "wasm64.globals", "memory.limit" },
  link = link_with("-z", "stack-size=5368709120", "--export=__stack_pointer"),
  expect = { global_value("__stack_pointer", 5368709120),
    address "x" { min = 5368709120 },
    data_at("p", { wide(to_address("x", 1)), wide(to_slot "f") }), memory { min = 81921 } },
}

case "global-base" {
  title = "data can begin above 2^32",
  clauses = { "layout.global-base" },
  link = link_with("--global-base=8589934592"),
  expect = { address "p" { min = 1 << 33, max = (1 << 33) + 16 } },
}

case "whole-memory" {
  title = "the memory can have 16 GiB",
  clauses = { "memory.limit", "memory.initial", "memory.max" },
  link = link_with("--initial-memory=" .. GIB16, "--max-memory=" .. GIB16),
  expect = { memory { is64 = true, min = GIB16 >> 16, max = GIB16 >> 16 } },
}

case "initial-memory-too-large" {
  title = "an initial memory above 16 GiB is refused",
  clauses = { "memory.limit", "memory.initial" },
  link = link_with("--initial-memory=" .. GIB16 + 65536),
  expect = { rejects { id = "MEMORY_TOO_LARGE", phase = "place", class = "option" } },
}

case "max-memory-too-large" {
  title = "a maximum above 16 GiB is refused",
  clauses = { "memory.limit", "memory.max" },
  link = link_with("--max-memory=" .. GIB16 + 65536),
  expect = { rejects { id = "MEMORY_TOO_LARGE", phase = "place", class = "option" } },
}

case "full" {
  title = "a stack that leaves no room for data below 16 GiB is refused",
  clauses = { "memory.limit" },
  link = link_with("-z", "stack-size=" .. GIB16),
  expect = { rejects { id = "MEMORY_FULL", phase = "place", class = "limit" } },
}

case "export-all" {
  title = "--export-all exports the linker's own addresses, each an i64",
  clauses = { "wasm64.globals", "export.all" },
  link = link_with("--export-all"),
  expect = { exports {
    __memory_base = { kind = "global", type = "i64" },
    __table_base = { kind = "global", type = "i64" },
    __heap_base = { kind = "global", type = "i64" },
    __dso_handle = { kind = "global", type = "i64" } }, no_export "__table_base32" },
}

-- Constants of an object --------------------------------------------------------------------------

case "offset-of-32-bits" {
  title = "a data segment of a wasm64 object that is placed by an i32 is refused",
  clauses = { "container.data" },
  link = link_with(),
  mutate = { file = "a.o", at = "data.segments[0].offset[0]", to = "\x41\0" },
  expect = { rejects { id = "INIT_TYPE", phase = "read", class = "malformed", file = "a.o" } },
}

case "slot-of-32-bits" {
  title = "an element segment of a table with 64-bit indices that begins at an i32 is refused",
  clauses = { "container.element" },
  link = link_with(),
  mutate = { file = "a.o", at = "elem.segments[0].offset[0]", to = "\x41\1" },
  expect = { rejects { id = "INIT_TYPE", phase = "read", class = "malformed", file = "a.o" } },
}

case "zeros-above-4-gib" {
  title = "data that far apart are no matter while no segment has bytes for the gap",
  clauses = { "wasm64.memory", "limit.size" },
  link = function()
    local o = object("a.o", { memory64 = true })
    o:data("a", { bytes = "a", align = 31, export = "a" })
    o:data("z", { zero = 4, align = 31, segment_name = ".bss.z", export = "z" })
    o:data("y", { zero = 4, align = 31, segment_name = ".bss.y", export = "y" })
    return { "--no-entry", "-m", "wasm64", o }
  end,
  expect = { address "a" { min = 1 << 31 }, address "z" { min = 2 << 31 },
    address "y" { min = 3 << 31 } },
}

case "segment-above-4-gib" {
  title = "a data segment whose gaps make it larger than a section can be is refused",
  clauses = { "wasm64.memory", "limit.size" },
  link = function()
    local o = object("a.o", { memory64 = true })
    for _, name in ipairs { "a", "b", "c" } do
      o:data(name, { bytes = name, align = 31, segment_name = ".data." .. name, no_strip = true })
    end
    return { "--no-entry", "-m", "wasm64", o }
  end,
  expect = { rejects { id = "OUTPUT_TOO_LARGE", phase = "emit", class = "limit" } },
}
