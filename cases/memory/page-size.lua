-- --page-size: pages of one byte.  Limits then count bytes, and nothing is rounded up to 64 KiB.

local CLAUSE = { "memory.page-size" }

-- A link that needs 16 bytes of stack and `size` bytes of data behind it.
local function needing(size, ...)
  local options = { ... }
  return function()
    local a = object "a.o"
    a:data("zeros", { zero = size, export = "zeros" })
    local link = { "--no-entry", "-z", "stack-size=16", table.unpack(options) }
    link[#link + 1] = a
    return link
  end
end

case "one-byte" {
  title = "a memory in pages of a byte is as large as stack and data",
  clauses = CLAUSE,
  link = needing(5, "--page-size=1"),
  expect = { memory { min = 21, max = false, page_size = 1 } },
}

case "default" {
  title = "--page-size=65536 is what there is without the option",
  clauses = CLAUSE,
  link = needing(5, "--page-size=65536"),
  expect = { memory { min = 1, page_size = 65536 }, same_as(needing(5)) },
}

case "heap-base-is-aligned" {
  title = "where the heap's start is asked for, the memory ends there, on a multiple of 16",
  clauses = CLAUSE,
  link = needing(5, "--page-size=1", "--export=__heap_base", "--export=__heap_end"),
  expect = { memory { min = 32, page_size = 1 }, address "__heap_base" { equals = 32 },
    address "__heap_end" { equals = 32 } },
}

case "first-page-end" {
  title = "__wasm_first_page_end is the size that --page-size gives a page",
  clauses = { "memory.page-size", "layout.symbol.on-demand" },
  link = needing(5, "--page-size=1", "--export=__wasm_first_page_end"),
  expect = { address "__wasm_first_page_end" { equals = 1 } },
}

case "initial-memory" {
  title = "--initial-memory need be no multiple of 64 KiB",
  clauses = CLAUSE,
  link = needing(5, "--page-size=1", "--initial-memory=100"),
  expect = { memory { min = 100, page_size = 1 } },
}

case "initial-memory-too-small" {
  title = "--initial-memory must hold stack and data to the byte",
  clauses = CLAUSE,
  link = needing(5, "--page-size=1", "--initial-memory=20"),
  expect = { rejects { id = "MEMORY_TOO_SMALL", class = "option" } },
}

case "initial-heap" {
  title = "--initial-heap adds as many bytes",
  clauses = CLAUSE,
  link = needing(5, "--page-size=1", "--initial-heap=3", "--export=__heap_end"),
  expect = { memory { min = 24, page_size = 1 }, address "__heap_end" { equals = 24 } },
}

case "max-memory" {
  title = "--max-memory counts bytes, too",
  clauses = CLAUSE,
  link = needing(5, "--page-size=1", "--max-memory=1001"),
  expect = { memory { min = 21, max = 1001, page_size = 1 } },
}

case "no-growable-memory" {
  title = "a memory that may not grow stays as small as it is",
  clauses = CLAUSE,
  link = needing(5, "--page-size=1", "--no-growable-memory"),
  expect = { memory { min = 21, max = 21, page_size = 1 } },
}

case "imported" {
  title = "an imported memory has pages of that size",
  clauses = { "memory.page-size", "memory.import" },
  origin = { "llvm/llvm-project#146916", "llvm/llvm-project#128942" },
  link = needing(5, "--page-size=1", "--import-memory"),
  expect = { memory { min = 21, page_size = 1, imported = true } },
}

case "largest" {
  title = "32 bits count all pages but one of 4 GiB",
  clauses = CLAUSE,
  link = needing(5, "--page-size=1", "--max-memory=4294967295"),
  expect = { memory { max = 4294967295, page_size = 1 } },
}

case "one-too-many" {
  title = "4 GiB in pages of a byte are one page too many",
  clauses = CLAUSE,
  link = needing(5, "--page-size=1", "--max-memory=4294967296"),
  expect = { rejects { id = "MEMORY_TOO_LARGE", class = "option" } },
}

for _, size in ipairs { "0", "2", "131072" } do
  case("of-" .. size) {
    title = ("there are no pages of %s bytes"):format(size),
    clauses = CLAUSE,
    link = needing(5, "--page-size=" .. size),
    expect = { rejects { class = "value" } },
  }
end

case "objects-say" {
  title = "the memory that an object imports may say its page size: the link decides it",
  clauses = { "memory.page-size", "container.memory" },
  link = function()
    local o = object("a.o", { memory = { min = 3, page_size = 0 } })
    o:data("d", { bytes = "1234", export = "d" })
    return { "--no-entry", o }
  end,
  expect = { memory { page_size = 65536 }, data_at("d", "1234") },
}
