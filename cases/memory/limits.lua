-- The limits of the output's memory: how many pages the layout needs, and what the options for
-- memory and heap make of that.  All sizes are in bytes, the limits in pages of 64 KiB.

-- A link that needs `size` bytes: a stack of 1024 and zeros behind it.
local function needing(size, ...)
  local options = { ... }
  return function()
    local a = object "a.o"
    a:data("zeros", { zero = size - 1024, export = "zeros" })
    a:func("pages", { sig = "-> i32", export = "pages", code = { { "memory.size" } } })
    local link = { "--no-entry", "--stack-first", "-z", "stack-size=1024" }
    for _, option in ipairs(options) do link[#link + 1] = option end
    link[#link + 1] = a
    return link
  end
end

case "whole-pages" {
  title = "data that ends at the end of a page needs no further page",
  clauses = { "memory.initial" },
  link = needing(131072),
  expect = { memory { min = 2, max = false }, returns("pages", {}, 2) },
}

case "one-byte-more" {
  title = "one byte behind the end of a page takes a whole page",
  clauses = { "memory.initial" },
  link = needing(131073),
  expect = { memory { min = 3, max = false }, returns("pages", {}, 3) },
}

case "inputs-do-not-count" {
  title = "what objects say of their memory is no demand on the output",
  clauses = { "memory.initial", "memory.present" },
  link = function()
    local a = object("a.o", { memory = { min = 100, max = 200 } })
    a:data("d", { bytes = "d", export = "d" })
    return { "--no-entry", a }
  end,
  expect = { memory { min = 2, max = false, imported = false }, no_import() },
}

case "initial" {
  title = "--initial-memory sets the size at the start, and no maximum",
  clauses = { "memory.initial" },
  link = needing(70000, "--initial-memory=327680"),
  expect = { memory { min = 5, max = false }, returns("pages", {}, 5) },
}

case "initial-just-enough" {
  title = "--initial-memory may be exactly what is needed",
  clauses = { "memory.initial" },
  link = needing(131072, "--initial-memory=131072"),
  expect = { memory { min = 2 } },
}

case "initial-too-small" {
  title = "an --initial-memory below what is needed is an error, be it by one byte",
  clauses = { "memory.initial" },
  origin = { "openfl/lime#1744", "r-wasm/webr#552" },
  link = needing(131073, "--initial-memory=131072"),
  expect = { rejects { id = "MEMORY_TOO_SMALL", phase = "place", class = "option" } },
}

case "initial-not-whole-pages" {
  title = "an --initial-memory that is no multiple of the page size is an error",
  clauses = { "memory.initial" },
  origin = "ziglang/zig#16471",
  link = needing(70000, "--initial-memory=200000"),
  expect = { rejects { id = "MEMORY_ALIGN", phase = "place", class = "option" } },
}

case "initial-largest" {
  title = "--initial-memory may be all of 4 GiB",
  clauses = { "memory.initial" },
  link = needing(70000, "--initial-memory=4294967296"),
  expect = { memory { min = 65536 } },
}

case "initial-too-large" {
  title = "an --initial-memory above 4 GiB is an error",
  clauses = { "memory.initial" },
  link = needing(70000, "--initial-memory=4295032832"),
  expect = { rejects { id = "MEMORY_TOO_LARGE", phase = "place", class = "option" } },
}

case "max" {
  title = "--max-memory sets the maximum and leaves the size at the start",
  clauses = { "memory.max" },
  link = needing(70000, "--max-memory=1048576"),
  expect = { memory { min = 2, max = 16 }, returns("pages", {}, 2) },
}

case "max-largest" {
  title = "--max-memory may be all of 4 GiB",
  clauses = { "memory.max" },
  link = needing(70000, "--max-memory=4294967296"),
  expect = { memory { min = 2, max = 65536 } },
}

case "max-too-small" {
  title = "a --max-memory below what is needed is an error, counted in whole pages",
  clauses = { "memory.max" },
  link = needing(65537, "--max-memory=65536"),
  expect = { rejects { id = "MEMORY_TOO_SMALL", phase = "place", class = "option" } },
}

case "max-below-initial" {
  title = "a --max-memory below --initial-memory is an error",
  clauses = { "memory.max", "memory.initial" },
  link = needing(65536, "--initial-memory=131072", "--max-memory=65536"),
  expect = { rejects { id = "MEMORY_TOO_SMALL", phase = "place", class = "option" } },
}

case "max-not-whole-pages" {
  title = "a --max-memory that is no multiple of the page size is an error",
  clauses = { "memory.max" },
  link = needing(65536, "--max-memory=200000"),
  expect = { rejects { id = "MEMORY_ALIGN", phase = "place", class = "option" } },
}

case "max-too-large" {
  title = "a --max-memory above 4 GiB is an error",
  clauses = { "memory.max" },
  link = needing(65536, "--max-memory=4295032832"),
  expect = { rejects { id = "MEMORY_TOO_LARGE", phase = "place", class = "option" } },
}

case "no-growable" {
  title = "with --no-growable-memory the memory is as large at most as at the start",
  clauses = { "memory.no-growable" },
  origin = "llvm/llvm-project#82890",
  link = needing(70000, "--no-growable-memory"),
  expect = { memory { min = 2, max = 2 } },
}

case "no-growable-initial" {
  title = "--no-growable-memory fixes the memory at --initial-memory",
  clauses = { "memory.no-growable", "memory.initial" },
  link = needing(70000, "--no-growable-memory", "--initial-memory=262144"),
  expect = { memory { min = 4, max = 4 } },
}

case "no-growable-of-no-pages" {
  title = "with --no-growable-memory a memory of no pages stays so",
  clauses = { "memory.no-growable" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "->", export = "f", code = "nop" })
    return { "--no-entry", "--stack-first", "-z", "stack-size=0", "--no-growable-memory", o }
  end,
  expect = { memory { min = 0, max = 0 } },
  peer_differs = "takes a maximum of 0 for none",
}

case "no-growable-and-max" {
  title = "--no-growable-memory and --max-memory contradict each other",
  clauses = { "memory.no-growable", "memory.max" },
  link = needing(70000, "--no-growable-memory", "--max-memory=262144"),
  expect = { rejects { class = "conflict" } },
}

case "heap" {
  title = "--initial-heap is added to what data and stack need",
  clauses = { "memory.initial-heap" },
  link = needing(65536, "--initial-heap=131072"),
  expect = { memory { min = 3, max = false } },
}

case "heap-behind-a-part-of-a-page" {
  title = "the heap begins where data and stack end, not at a whole page",
  clauses = { "memory.initial-heap" },
  link = needing(65552, "--initial-heap=65536", "--export=__heap_base", "--export=__heap_end"),
  -- 16 bytes on the second page, a heap of one page behind them: three pages.
  expect = { memory { min = 3 }, address "__heap_base" { equals = 65552 },
    address "__heap_end" { equals = 196608 } },
}

case "heap-not-whole-pages" {
  title = "an --initial-heap that is no multiple of the page size is an error",
  clauses = { "memory.initial-heap" },
  link = needing(65536, "--initial-heap=1000"),
  expect = { rejects { id = "MEMORY_ALIGN", phase = "place", class = "option" } },
}

case "heap-too-large-for-initial" {
  title = "an --initial-memory that has no room for --initial-heap is an error",
  clauses = { "memory.initial-heap", "memory.initial" },
  link = needing(65537, "--initial-heap=65536", "--initial-memory=131072"),
  expect = { rejects { id = "MEMORY_TOO_SMALL", phase = "place", class = "option" } },
}

case "stack-larger-than-memory" {
  title = "a layout that ends behind 4 GiB is an error",
  clauses = { "memory.initial", "layout.stack-size" },
  link = function()
    local a = object "a.o"
    a:data("d", { bytes = "d", export = "d" })
    return { "--no-entry", "-z", "stack-size=4294967296", a }
  end,
  expect = { rejects { id = "MEMORY_FULL", phase = "place", class = "limit" } },
}
