-- Addresses in code of a module that the loader places: globals that the loader gives, and globals
-- of the module's own, which count from where the loader puts it.

local IMPORT = "--unresolved-symbols=import-dynamic"
local SHARED = { "-shared", "--experimental-pic" }
local PIE = { "-pie", "--no-entry", "--experimental-pic" }
local HOST = { ["env.__memory_base"] = 4096, ["env.__table_base"] = 8,
  ["env.__indirect_function_table"] = 64, ["GOT.mem.far"] = 20000, ["GOT.func.away"] = 40,
  ["GOT.mem.x"] = 30000, ["GOT.func.g"] = 50 }

-- A link of the objects that make() gives, with these options and more.
local function linking(options, make, ...)
  local list = { table.unpack(options) }
  for _, word in ipairs { ... } do list[#list + 1] = word end
  return function()
    local all = { table.unpack(list) }
    for _, o in ipairs { make() } do all[#all + 1] = o end
    return all
  end
end

-- f() gives the entry of what make(o) gives.
local function entry(make)
  return function()
    local o = object "a.o"
    o:features()
    o:func("f", { sig = "-> i32", export = "f", code = { { "global.get", got(make(o)) } } })
    return o
  end
end

local function far(o) return o:data("far", { undefined = true }) end
local function away(o) return o:func("away", { sig = "->", undefined = true }) end

for mode, options in pairs { shared = SHARED, pie = PIE } do
  case("far-data-" .. mode) {
    title = mode .. ": the address of another module's data is what the loader says",
    clauses = { "got.mem", "undefined.policy.import-dynamic" },
    link = linking(options, entry(far), IMPORT),
    expect = { got_imports { "mem.far" }, returns("f", {}, 20000, HOST) },
  }
  case("far-function-" .. mode) {
    title = mode .. ": so is that of another module's function",
    clauses = { "got.func", "undefined.policy.import-dynamic" },
    link = linking(options, entry(away), IMPORT),
    expect = { got_imports { "func.away" }, returns("f", {}, 40, HOST) },
  }
  case("weak-" .. mode) {
    title = mode .. ": so are those of weak symbols, with no option",
    clauses = { "got.mem", "got.func", "dylink.undefined-weak" },
    link = linking(options, function()
      local o = object "a.o"
      o:features()
      local x = o:data("far", { undefined = true, weak = true })
      local g = o:func("away", { sig = "->", undefined = true, weak = true })
      o:func("f", { sig = "-> i32", export = "f", code = { { "global.get", got(x) },
        { "global.get", got(g) }, "i32.add" } })
      return o
    end),
    expect = { got_imports { "mem.far", "func.away" }, returns("f", {}, 20040, HOST),
      dylink { imports = { ["env.far"] = "weak undefined", ["env.away"] = "weak undefined" } } },
  }
end

case "two-objects" {
  title = "two objects that ask for an address have one entry",
  clauses = { "got.once", "got.mem" },
  origin = "emscripten-core/emscripten#9013",
  link = linking(SHARED, function()
    local list = {}
    for i, name in ipairs { "f", "g" } do
      local o = object(("ab"):sub(i, i) .. ".o")
      o:features()
      o:func(name, { sig = "-> i32", export = name, code = { { "global.get", got(far(o)) } } })
      list[i] = o
    end
    return table.unpack(list)
  end, IMPORT),
  expect = { got_imports { "mem.far" }, returns("f", {}, 20000, HOST),
    returns("g", {}, 20000, HOST) },
}

case "code-and-data" {
  title = "code, and a pointer in data, ask for one entry",
  clauses = { "got.once", "got.mem", "dylink.apply-data-relocs" },
  link = linking(SHARED, function()
    local a, b = object "a.o", object "b.o"
    a:features()
    a:data("pointer", { bytes = { addr(far(a), 4) }, align = 2, no_strip = true })
    b:features()
    b:func("f", { sig = "-> i32", export = "f", code = { { "global.get", got(far(b)) } } })
    return a, b
  end, IMPORT),
  expect = { got_imports { "mem.far" }, returns("f", {}, 20000, HOST),
    has_function "__wasm_apply_data_relocs" },
}

case "call-and-address" {
  title = "a far function that is called, too, is imported as a function besides",
  clauses = { "got.direct", "dylink.import.function", "got.func" },
  link = linking(SHARED, function()
    local o = object "a.o"
    o:features()
    local g = away(o)
    o:func("f", { sig = "-> i32", export = "f", code = { { "call", g },
      { "global.get", got(g) } } })
    return o
  end, IMPORT),
  expect = { imports { ["env.away"] = { kind = "function", sig = "->" } },
    got_imports { "func.away" }, calls("f", { "away" }), returns("f", {}, 40, HOST) },
}

case "call-alone" {
  title = "a far function that is only called has no entry",
  clauses = { "got.direct", "dylink.import.function" },
  link = linking(SHARED, function()
    local o = object "a.o"
    o:func("f", { sig = "->", export = "f", code = { { "call", away(o) } } })
    return o
  end, IMPORT),
  expect = { imports { ["env.away"] = "function" }, got_imports {}, calls("f", { "away" }) },
}

-- Entries of the module's own ---------------------------------------------------------------------

-- f() is the entry of x minus the address of x as code computes it; g() the same of h's slot.
local function own(visibility)
  return function()
    local o = object "a.o"
    o:features()
    local base = o:global("__memory_base", { type = "i32", undefined = true })
    local slots = o:global("__table_base", { type = "i32", undefined = true })
    o:data("before", { bytes = "12345678", hidden = true, no_strip = true })
    local x = o:data("x", { bytes = "1234", hidden = visibility == "hidden",
      static = visibility == "local", segment_name = ".data.x" })
    local h = o:func("h", { sig = "->", code = "nop", hidden = visibility == "hidden",
      static = visibility == "local" })
    o:func("f", { sig = "-> i32", export = "f", code = { { "global.get", got(x) },
      { "global.get", base }, { "i32.const", addr_rel(x) }, "i32.add; i32.sub" } })
    o:func("g", { sig = "-> i32", export = "g", code = { { "global.get", got(h) },
      { "global.get", slots }, { "i32.const", slot_rel(h) }, "i32.add; i32.sub" } })
    return o
  end
end

local function global_is(name, mutable)
  return holds(("%s is %s"):format(name, mutable and "mutable" or "constant"),
    function(_, view)
      local d = view:describe("global", view:one("global", name))
      return d.mutable == mutable
    end)
end

local EQUAL = { "got.internal", "reloc.memory-addr-rel-sleb", "reloc.table-index-rel-sleb" }

for name, row in pairs { ["hidden-shared"] = { SHARED, "hidden" },
  ["local-shared"] = { SHARED, "local" }, ["visible-pie"] = { PIE },
  ["visible-symbolic"] = { { "-Bsymbolic", table.unpack(SHARED) } } } do
  local options, visibility = table.unpack(row)
  case("own-" .. name) {
    title = "an entry of the module's own is the address that code computes: " ..
      name:gsub("-", ", "),
    clauses = { "got.complete", table.unpack(EQUAL) },
    link = linking(options, own(visibility)),
    expect = { got_imports {}, global_is("GOT.data.internal.x", true),
      returns("f", {}, 0, HOST), returns("g", {}, 0, HOST) },
  }
  case("own-extended-" .. name) {
    title = "so it is as a constant: " .. name:gsub("-", ", "),
    clauses = { "got.expression", table.unpack(EQUAL) },
    link = linking(options, own(visibility), "--extra-features=extended-const"),
    expect = { got_imports {}, no_start(), global_is("GOT.data.internal.x", false),
      returns("f", {}, 0, HOST), returns("g", {}, 0, HOST) },
  }
end

case "names" {
  title = "entries are named for what they hold, imported ones for their symbol",
  clauses = { "got.names", "names.synthetic" },
  link = linking(SHARED, function()
    local o = object "a.o"
    o:features()
    local x = o:data("x", { bytes = "1234", hidden = true })
    local h = o:func("h", { sig = "->", code = "nop", hidden = true })
    o:func("f", { sig = "-> i32", export = "f", code = { { "global.get", got(x) },
      { "global.get", got(h) }, "i32.add", { "global.get", got(far(o)) }, "i32.add" } })
    return o
  end, IMPORT),
  expect = { name_section { globals = { "__memory_base", "__table_base", "far",
    "GOT.data.internal.x", "GOT.func.internal.h" } } },
}

case "names-stripped" {
  title = "--strip-all takes these names away, and no import's",
  clauses = { "got.names", "option.strip-all", "dylink.section" },
  link = linking(SHARED, entry(far), IMPORT, "--strip-all"),
  expect = { got_imports { "mem.far" }, no_custom "name", dylink { table_size = 0 } },
}
