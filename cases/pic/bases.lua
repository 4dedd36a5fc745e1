-- __memory_base, __table_base and __stack_pointer as position-independent objects ask for them:
-- imported globals.  In a static link the bases are constants, and nobody but the linker has them.

-- An object that imports the global `name` so and gives it by f().
local function reading(file_name, name, options)
  local o = object(file_name)
  local opts = { type = "i32", undefined = true }
  for key, value in pairs(options or {}) do opts[key] = value end
  local g = o:global(name, opts)
  o:func("f_" .. file_name:sub(1, 1), { sig = "-> i32", export = "f_" .. file_name:sub(1, 1),
    code = { { "global.get", g } } })
  return o
end

case "memory-base" {
  title = "__memory_base is a constant 0, not an import",
  clauses = { "layout.symbol.memory-base", "got.internal" },
  link = function() return { "--no-entry", reading("a.o", "__memory_base") } end,
  expect = { returns("f_a", {}, 0), no_import() },
}

case "table-base" {
  title = "__table_base is a constant, the first slot of the table that is used",
  clauses = { "layout.symbol.table-base", "got.internal" },
  link = function() return { "--no-entry", "--table-base=5", reading("a.o", "__table_base") } end,
  expect = { returns("f_a", {}, 5), no_import() },
}

case "shared-by-objects" {
  title = "all objects read one global of a base",
  clauses = { "layout.symbol.table-base", "got.internal" },
  link = function()
    return { "--no-entry", reading("a.o", "__table_base"), reading("b.o", "__table_base") }
  end,
  expect = { no_import(), returns("f_a", {}, 1), returns("f_b", {}, 1),
    holds("one global", function(module, view)
      local function index(name) return module:instructions(view:func(name))[1].values[1] end
      return index "f_a" == index "f_b"
    end) },
}

case "global-and-address" {
  title = "one object may take a base for a global and another for an address",
  clauses = { "layout.symbol.table-base", "got.internal" },
  link = function()
    local b = object "b.o"
    local d = b:data("__table_base", { undefined = true })
    b:func("f_b", { sig = "-> i32", export = "f_b", code = { { "i32.const", d } } })
    return { "--no-entry", b, object "c.o", reading("a.o", "__table_base") }
  end,
  expect = { rejects { id = "KIND_MISMATCH", class = "mismatch", file = "a.o" } },
}

-- As for __tls_base: hand-written assembly forgets to say "immutable", and only reads.
case "mutable-memory-base" {
  title = "an object may import __memory_base as mutable: it is a constant all the same",
  clauses = { "layout.symbol.memory-base", "got.internal" },
  link = function()
    return { "--no-entry", reading("a.o", "__memory_base", { mutable = true }) }
  end,
  expect = { returns("f_a", {}, 0), no_import(), holds("a constant", function(module, view)
    local index = module:instructions(view:func "f_a")[1].values[1]
    return not view:describe("global", index).mutable
  end) },
}

case "memory-base-of-64-bits" {
  title = "a __memory_base of another width than the addresses is refused",
  clauses = { "layout.symbol.memory-base", "symbol.global-type" },
  link = function()
    local o = object "a.o"
    local g = o:global("__memory_base", { type = "i64", undefined = true })
    o:func("f", { sig = "-> i64", export = "f", code = { { "global.get", g } } })
    return { "--no-entry", o }
  end,
  expect = { rejects { id = "KIND_MISMATCH", class = "mismatch", file = "a.o" } },
}

case "defined-by-an-input" {
  title = "an input that defines __memory_base keeps its own",
  clauses = { "layout.symbol.input-wins" },
  link = function()
    local b = object "b.o"
    b:global("__memory_base", { type = "i32", init = "i32.const 99" })
    return { "--no-entry", reading("a.o", "__memory_base"), b }
  end,
  expect = { returns("f_a", {}, 99), no_import() },
}

case "stack-pointer" {
  title = "__stack_pointer is imported by objects of either kind and defined by the linker",
  clauses = { "layout.stack-size", "got.internal" },
  link = function()
    return { "--no-entry", "--stack-first", "-z", "stack-size=4096",
      reading("a.o", "__stack_pointer", { mutable = true }) }
  end,
  expect = { returns("f_a", {}, 4096), no_import() },
}

case "immutable-stack-pointer" {
  title = "who takes the stack pointer for a constant is refused",
  clauses = { "symbol.global-type" },
  link = function() return { "--no-entry", reading("a.o", "__stack_pointer") } end,
  expect = { rejects { id = "GLOBAL_MISMATCH", class = "mismatch", file = "a.o" } },
}
