-- --shared-memory: the memory is shared by threads, and a shared memory has a maximum.

local PAGE = 65536

-- Options in front of an object that threads may use, with a word of data x and of zeros z.
local function link_with(...)
  local options = { ... }
  return function()
    local o = object "a.o"
    o:features { "+atomics", "+bulk-memory", "+mutable-globals" }
    o:data("x", { bytes = "\1\2\3\4", align = 2, export = "x" })
    o:data("z", { zero = 4, align = 2, export = "z" })
    local list = { "--no-entry", "--stack-first", "--shared-memory" }
    for _, option in ipairs(options) do list[#list + 1] = option end
    list[#list + 1] = o
    return list
  end
end

case "maximum-is-minimum" {
  title = "without --max-memory a shared memory cannot grow",
  clauses = { "threads.shared-memory", "memory.max" },
  origin = "emscripten-core/emscripten#9891",
  link = link_with(),
  expect = { valid(), memory { shared = true, min = 2, max = 2, exported = true } },
}

case "with-maximum" {
  title = "--max-memory is the maximum of a shared memory as of any other",
  clauses = { "threads.shared-memory", "memory.max" },
  link = link_with("--max-memory=" .. 16 * PAGE),
  expect = { valid(), memory { shared = true, min = 2, max = 16 } },
}

case "with-initial-memory" {
  title = "the maximum of a shared memory is --initial-memory when nothing else is said",
  clauses = { "threads.shared-memory", "memory.initial" },
  link = link_with("--initial-memory=" .. 5 * PAGE),
  expect = { valid(), memory { shared = true, min = 5, max = 5 } },
}

case "not-growable" {
  title = "--no-growable-memory and --shared-memory agree",
  clauses = { "threads.shared-memory", "memory.no-growable" },
  link = link_with("--no-growable-memory", "--initial-heap=" .. 3 * PAGE),
  expect = { valid(), memory { shared = true, min = 5, max = 5 } },
}

case "imported" {
  title = "an imported memory is shared and has a maximum, too",
  clauses = { "threads.shared-memory", "memory.import" },
  link = link_with("--import-memory", "--max-memory=" .. 4 * PAGE),
  expect = { valid(),
    memory { shared = true, min = 2, max = 4, imported = true, exported = false } },
}

case "imported-and-exported" {
  title = "a shared memory can be imported and exported",
  clauses = { "threads.shared-memory", "memory.export" },
  link = link_with("--import-memory=host,heap", "--export-memory=heap"),
  expect = { valid(), imports { ["host.heap"] = { kind = "memory", shared = true } },
    exports { heap = { kind = "memory", shared = true } } },
}

case "of-no-pages" {
  title = "a shared memory of no pages has the maximum 0",
  clauses = { "threads.shared-memory" },
  link = function()
    local o = object "a.o"
    o:features { "+atomics", "+bulk-memory" }
    o:func("f", { sig = "->", export = "f", code = "nop" })
    return { "--no-entry", "--stack-first", "--shared-memory", "-z", "stack-size=0", o }
  end,
  expect = { valid(), memory { shared = true, min = 0, max = 0 } },
}

case "not-asked-for" {
  title = "objects that could share memory do not make it shared",
  clauses = { "threads.shared-memory" },
  link = function()
    local o = object("a.o", { memory = { shared = true, max = 10 } })
    o:features { "+atomics", "+bulk-memory" }
    o:data("x", { bytes = "\1\2\3\4", align = 2, export = "x" })
    return { "--no-entry", o }
  end,
  expect = { memory { shared = false, max = false }, passive {}, no_start() },
}

case "maximum-too-small" {
  title = "a maximum below what is needed is refused",
  clauses = { "threads.shared-memory", "memory.max" },
  link = link_with("--max-memory=" .. PAGE),
  expect = { rejects { id = "MEMORY_TOO_SMALL", phase = "place", class = "option" } },
}

case "wasm64" {
  title = "a memory with 64-bit addresses can be shared",
  clauses = { "threads.shared-memory", "wasm64.memory" },
  link = function()
    local o = object("a.o", { memory64 = true })
    o:features { "+atomics", "+bulk-memory" }
    o:data("x", { bytes = "\1\2\3\4", align = 2, export = "x" })
    return { "-mwasm64", "--no-entry", "--shared-memory", "--max-memory=" .. (1 << 34), o }
  end,
  expect = { valid(), memory { shared = true, is64 = true, min = 2, max = 1 << 18 } },
}
