-- Addresses that the linker itself provides: bounds of data, stack, heap, memory and sections.
-- They exist only where somebody asks for them, and an input that defines one keeps its own.

-- An object with a byte of data, a word of zeros, and a function get_NAME for each name, which
-- gives the address of what is called so.
local function asking(names, options)
  local o = object "a.o"
  o:data("first", { bytes = "f", segment_name = ".rodata.f", export = "first" })
  o:data("last", { zero = 3, export = "last" })
  for _, name in ipairs(names) do
    local d = o:data(name, { undefined = true, weak = options and options.weak })
    o:func("get_" .. name, { sig = "-> i32", export = "get_" .. name,
      code = { { "i32.const", d } } })
  end
  return o
end

-- A constant of a function as a number.
local function value_in(view, name) return view:constants(view:func("get_" .. name))[1] end

case "data-end" {
  title = "__data_end is the end of all data with the zeros, __global_base its beginning",
  clauses = { "layout.symbol.data-end", "layout.symbol.global-base", "synthetic.symbols" },
  link = function()
    return { "--no-entry", asking { "__data_end", "__global_base" } }
  end,
  expect = { const_at("get___data_end", 1, to_address("last", 3)),
    const_at("get___global_base", 1, to_address "first") },
}

case "global-base-follows-the-option" {
  title = "__global_base is what --global-base says, and data begin there",
  clauses = { "layout.symbol.global-base", "layout.global-base" },
  link = function() return { "--no-entry", "--global-base=131072", asking { "__global_base" } } end,
  expect = { const_at("get___global_base", 1, 131072), address "first" { equals = 131072 } },
}

case "heap" {
  title = "the heap begins 16-byte aligned behind all data and stack and ends with the memory",
  clauses = { "layout.symbol.heap-base", "layout.symbol.heap-end" },
  link = function()
    return { "--no-entry", "-z", "stack-size=1600", "--initial-memory=262144",
      asking { "__heap_base", "__heap_end", "__data_end", "__stack_high" } }
  end,
  expect = {
    const_at("get___heap_end", 1, 262144),
    holds("an aligned heap base just behind data and stack", function(_, view)
      local base = value_in(view, "__heap_base")
      local used = math.max(value_in(view, "__data_end"), value_in(view, "__stack_high"))
      return base % 16 == 0 and base >= used and base < used + 16,
        ("%d behind %d"):format(base, used)
    end),
  },
}

case "stack-bounds" {
  title = "__stack_low and __stack_high bound the stack, whose pointer begins high",
  clauses = { "layout.symbol.stack" },
  origin = "wild-linker/wild#2345",
  link = function()
    local a = asking { "__stack_low", "__stack_high" }
    local sp = a:global("__stack_pointer", { type = "i32", mutable = true, undefined = true })
    a:func("sp", { sig = "-> i32", export = "sp", code = { { "global.get", sp } } })
    return { "--no-entry", "-z", "stack-size=3200", a }
  end,
  expect = {
    holds("3200 bytes between the bounds, outside the data", function(_, view)
      local low, high = value_in(view, "__stack_low"), value_in(view, "__stack_high")
      local outside = high <= view:address("first") or low >= view:address("last") + 3
      return high - low == 3200 and low % 16 == 0 and outside
        and view:global_value(view:one("global", "__stack_pointer")) == high, low .. " to " .. high
    end),
    runs { { call = "sp" } },
  },
}

case "dso-handle" {
  title = "__dso_handle is an address that identifies the module, and links without a definition",
  clauses = { "layout.symbol.dso-handle" },
  link = function() return { "--no-entry", asking { "__dso_handle", "__global_base" } } end,
  expect = { const_at("get___dso_handle", 1, to_address "first") },
}

case "dso-handle-of-two-objects" {
  title = "__dso_handle is one address in all of a module, though each object's is hidden",
  clauses = { "layout.symbol.dso-handle", "symbol.visibility.hidden" },
  link = function()
    local list = { "--no-entry" }
    for i, name in ipairs { "one", "two" } do
      local o = object(name .. ".o")
      local handle = o:data("__dso_handle", { undefined = true, hidden = true })
      o:func(name, { sig = "-> i32", export = name, code = { { "i32.const", addr(handle) } } })
      list[i + 1] = o
    end
    return list
  end,
  expect = { holds("both functions give one address", function(_, view)
    local one, two = view:constants(view:func "one")[1], view:constants(view:func "two")[1]
    return one == two, ("%d %d"):format(one, two)
  end) },
}

case "bases-of-a-static-link" {
  title = "in a static link __memory_base is 0 and __table_base the first slot",
  clauses = { "layout.symbol.memory-base", "layout.symbol.table-base" },
  link = function() return { "--no-entry", asking { "__memory_base", "__table_base" } } end,
  expect = { const_at("get___memory_base", 1, 0), const_at("get___table_base", 1, 1), no_import() },
}

case "table-base-follows-the-option" {
  title = "__table_base is what --table-base says",
  clauses = { "layout.symbol.table-base" },
  link = function() return { "--no-entry", "--table-base=77", asking { "__table_base" } } end,
  expect = { returns("get___table_base", {}, 77) },
}

case "first-page-end" {
  title = "__wasm_first_page_end is the size of a page",
  clauses = { "layout.symbol.first-page-end" },
  origin = "wild-linker/wild#2227",
  link = function() return { "--no-entry", asking { "__wasm_first_page_end" } } end,
  expect = { const_at("get___wasm_first_page_end", 1, 65536) },
}

case "addend" {
  title = "an addend counts from a provided address, also in data",
  clauses = { "layout.symbol.data-end" },
  link = function()
    local a = asking { "__data_end" }
    local ends = a:data("__heap_base", { undefined = true })
    a:data("table", { bytes = { addr("__data_end", 8), addr(ends, -16) }, align = 2,
      export = "table" })
    return { "--no-entry", "--export=__heap_base", a }
  end,
  expect = { data_at("table", { to_address("last", 11), to_address("__heap_base", -16) }) },
}

case "weak-reference" {
  title = "a weak reference to a provided name gets its address, not 0",
  clauses = { "layout.symbol.on-demand" },
  link = function()
    return { "--no-entry", asking({ "__data_end" }, { weak = true }) }
  end,
  expect = { const_at("get___data_end", 1, to_address("last", 3)) },
}

case "on-demand" {
  title = "a provided name is exported on request and by no other means",
  clauses = { "layout.symbol.on-demand" },
  link = function()
    return { "--no-entry", "--export=__heap_base", "--export-if-defined=__data_end", asking {} }
  end,
  expect = {
    exports { __heap_base = { kind = "global", type = "i32", mutable = false } },
    exports_exactly { "memory", "first", "last", "__heap_base", "__data_end" },
    address "__data_end" { equals = { "last", 3 } }, address "__heap_base" { align = 16 },
  },
}

case "input-defines-it" {
  title = "an input that defines __data_end or __heap_base itself is taken at its word",
  clauses = { "layout.symbol.input-wins" },
  link = function()
    local b = object "b.o"
    b:data("__data_end", { bytes = "mine", export = "__data_end" })
    b:data("__heap_base", { bytes = "own-", export = "__heap_base" })
    return { "--no-entry", asking { "__data_end", "__heap_base" }, b }
  end,
  expect = { data_at("__data_end", "mine"), data_at("__heap_base", "own-"),
    const_at("get___data_end", 1, to_address "__data_end"),
    const_at("get___heap_base", 1, to_address "__heap_base") },
}

case "archive-defines-it" {
  title = "a reference to __heap_base loads the archive member that defines it",
  clauses = { "layout.symbol.input-wins", "archive.lazy" },
  link = function()
    local member = object "member.o"
    member:data("__heap_base", { bytes = "own-", export = "__heap_base" })
    return { "--no-entry", asking { "__heap_base" }, archive("lib.a", { member }) }
  end,
  expect = { data_at("__heap_base", "own-"),
    const_at("get___heap_base", 1, to_address "__heap_base") },
}

case "function-of-that-name" {
  title = "a function named __heap_base of an input is no mistake when nobody wants the address",
  clauses = { "layout.symbol.input-wins" },
  link = function()
    local a = object "a.o"
    a:func("__heap_base", { sig = "-> i32", export = "__heap_base", code = "i32.const 5" })
    return { "--no-entry", a }
  end,
  expect = { returns("__heap_base", {}, 5) },
}

case "wanted-as-a-function" {
  title = "an undefined function that is named like a provided address is an error",
  clauses = { "layout.symbol.on-demand", "symbol.kind-mismatch" },
  link = function()
    local a = object "a.o"
    local f = a:func("__heap_base", { sig = "->", undefined = true })
    a:func("f", { sig = "->", export = "f", code = { { "call", f } } })
    return { "--no-entry", a }
  end,
  expect = { rejects { id = "KIND_MISMATCH", phase = "resolve", class = "mismatch" } },
}

case "start-and-stop-of-a1" {
  title = "a name of a letter and a digit is a C identifier, one that begins with a digit is not",
  clauses = { "layout.start-stop" },
  link = function()
    local o = object "a.o"
    o:data("d", { bytes = "1234", segment_name = "a1", no_strip = true })
    local start = o:data("__start_a1", { undefined = true })
    local stop = o:data("__stop_a1", { undefined = true })
    o:func("f", { sig = "-> i32", export = "f",
      code = { { "i32.const", addr(stop) }, { "i32.const", addr(start) }, "i32.sub" } })
    return { "--no-entry", o }
  end,
  expect = { returns("f", {}, 4) },
}

case "start-of-1a" {
  title = "what begins with a digit is no C identifier: such a segment has no start",
  clauses = { "layout.start-stop" },
  link = function()
    local o = object "a.o"
    o:data("d", { bytes = "1234", segment_name = "1a", no_strip = true })
    local start = o:data("__start_1a", { undefined = true })
    o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr(start) } } })
    return { "--no-entry", o }
  end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", file = "a.o" } },
}
