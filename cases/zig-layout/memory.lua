-- --layout=zig: the stack is the first thing in memory, 1 MiB of it, unless --global-base says
-- where the data begins: then the stack is behind the data.  Behind both comes the heap.

-- f() gives the stack pointer; `byte` is data of one byte; get_NAME() the address of a symbol that
-- the linker provides.
local function program(...)
  local a = object "a.o"
  local sp = a:global("__stack_pointer", { type = "i32", mutable = true, undefined = true })
  a:data("byte", { bytes = "b", export = "byte" })
  a:func("f", { sig = "-> i32", export = "f", code = { { "global.get", sp } } })
  for _, name in ipairs { ... } do
    local d = a:data(name, { undefined = true })
    a:func("get_" .. name, { sig = "-> i32", export = "get_" .. name,
      code = { { "i32.const", d } } })
  end
  return a
end

local function linked(...)
  local options = { ... }
  return function()
    local list = { "--layout=zig", "--no-entry", table.unpack(options) }
    list[#list + 1] = program "__heap_base"
    return list
  end
end

case "stack-first" {
  title = "the stack takes the lowest MiB, the data follows",
  clauses = { "layout.zig.stack" },
  link = linked(),
  expect = { returns("f", {}, 1048576), address "byte" { equals = 1048576 }, memory { min = 17 } },
}

case "stack-size" {
  title = "-z stack-size is the size of the stack, whatever the layout",
  clauses = { "layout.zig.stack", "layout.stack-size" },
  link = linked("-z", "stack-size=65536"),
  expect = { returns("f", {}, 65536), address "byte" { equals = 65536 } },
}

-- A number that is written unsigned reads as a negative one whenever bit 6 of its last LEB byte is
-- set: the stack pointer below is such a number, and so is the default of 1 MiB.
for _, size in ipairs { 64, 8192, 1048576, 134217728 } do
  case("stack-pointer-" .. size) {
    title = ("a stack pointer of %d is a positive number"):format(size),
    clauses = { "layout.zig.stack", "global.init" },
    link = linked("-z", "stack-size=" .. size),
    expect = { global_value("__stack_pointer", size), returns("f", {}, size) },
  }
end

case "stack-size-not-aligned" {
  title = "a stack behind the data has a size that is a multiple of 16, too",
  clauses = { "layout.zig.stack", "layout.stack-size" },
  link = linked("-z", "stack-size=1000"),
  expect = { rejects { id = "STACK_ALIGN", phase = "place", class = "option" } },
}

case "global-base" {
  title = "with --global-base the data begins there, and the stack is 16-byte aligned behind it",
  clauses = { "layout.zig.stack", "layout.global-base" },
  link = linked("--global-base=4096", "-z", "stack-size=65536"),
  expect = { address "byte" { equals = 4096 }, returns("f", {}, 4112 + 65536),
    const_at("get___heap_base", 1, 4112 + 65536) },
}

case "stack-first-says-nothing-new" {
  title = "--global-base decides alone: --stack-first is wasm-ld's question",
  clauses = { "layout.zig.stack", "layout.global-base" },
  link = linked("--stack-first", "--global-base=4096", "-z", "stack-size=65536"),
  expect = { address "byte" { equals = 4096 }, returns("f", {}, 4112 + 65536) },
}

case "no-stack-first-says-nothing" {
  title = "without --global-base the stack is first, --no-stack-first or not",
  clauses = { "layout.zig.stack" },
  link = linked("--no-stack-first", "-z", "stack-size=32768"),
  expect = { returns("f", {}, 32768), address "byte" { equals = 32768 } },
}

-- A linker that gives these symbols storage of their own makes the address the place of a number
-- instead of the number.
case "heap" {
  title = "__heap_base is 16-byte aligned behind the data, __heap_end is the end of the memory",
  clauses = { "layout.zig.heap", "layout.symbol.heap-base", "layout.symbol.heap-end" },
  link = function()
    return { "--layout=zig", "--no-entry", "-z", "stack-size=1600",
      program("__heap_base", "__heap_end", "__data_end") }
  end,
  expect = { const_at("get___heap_base", 1, 1616), const_at("get___heap_end", 1, 65536),
    const_at("get___data_end", 1, to_address("byte", 1)), memory { min = 1 } },
}

case "heap-ends-with-initial-memory" {
  title = "__heap_end is the end of the memory that was asked for",
  clauses = { "layout.zig.heap", "memory.initial" },
  link = function()
    return { "--layout=zig", "--no-entry", "--initial-memory=2097152", program "__heap_end" }
  end,
  expect = { const_at("get___heap_end", 1, 2097152), memory { min = 32, max = false } },
}

case "initial-memory-not-aligned" {
  title = "--initial-memory must be a multiple of the page size",
  clauses = { "memory.initial" },
  link = linked("--initial-memory=1200000"),
  expect = { rejects { id = "MEMORY_ALIGN", phase = "place", class = "option" } },
}

case "initial-memory-wrong-twice" {
  title = "--initial-memory too small and not aligned is said to be both",
  clauses = { "memory.initial" },
  link = linked("--initial-memory=1048577"),
  expect = { rejects { id = "MEMORY_ALIGN" }, rejects { id = "MEMORY_TOO_SMALL" } },
}

case "initial-memory-of-4-gib" {
  title = "--initial-memory of 4 GiB is too large: __heap_end must be a 32-bit number",
  clauses = { "memory.initial" },
  link = linked("--initial-memory=4294967296"),
  expect = { rejects { id = "MEMORY_TOO_LARGE", phase = "place", class = "option" } },
}

case "initial-memory-almost-4-gib" {
  title = "--initial-memory of 4 GiB without a page is possible",
  clauses = { "memory.initial" },
  link = linked("--initial-memory=4294901760"),
  expect = { memory { min = 65535 } },
}

case "max-memory" {
  title = "--max-memory is the maximum of the memory",
  clauses = { "memory.max" },
  link = linked("--max-memory=4194304"),
  expect = { memory { min = 17, max = 64 } },
}

case "max-memory-not-aligned" {
  title = "--max-memory must be a multiple of the page size",
  clauses = { "memory.max" },
  link = linked("--max-memory=4194305"),
  expect = { rejects { id = "MEMORY_ALIGN", phase = "place", class = "option" } },
}

case "max-memory-below-initial" {
  title = "--max-memory is held against --initial-memory, not only against what is needed",
  clauses = { "memory.max" },
  link = linked("--initial-memory=4194304", "--max-memory=2097152"),
  expect = { rejects { id = "MEMORY_TOO_SMALL", phase = "place", class = "option" } },
}

case "max-memory-of-4-gib" {
  title = "--max-memory of 4 GiB is too large",
  clauses = { "memory.max" },
  link = linked("--max-memory=4294967296"),
  expect = { rejects { id = "MEMORY_TOO_LARGE", phase = "place", class = "option" } },
}

case "max-memory-of-all-but-two-bytes" {
  title = "where a page is a byte the last one that can be addressed is not part of the memory",
  clauses = { "layout.zig.stack", "memory.max" },
  link = linked("--page-size=1", "--max-memory=4294967294"),
  expect = { memory { max = 4294967294 } },
}
