-- Units among objects, archives and threads.  Whatever an object may be to others, a unit may be.

local DIFFERS = "other linkers get the lowered object, whose operands are padded"

local function short(...)
  return { "--no-entry", "--strip-debug", "--compress-relocations", ... }
end

-- A function that adds n to what `callee` gives, or gives n.
local function adds(o, name, n, callee, options)
  local opts = { sig = "-> i32", code = callee
    and { { "call", callee }, "i32.const " .. n, "i32.add" } or "i32.const " .. n }
  for key, value in pairs(options or {}) do opts[key] = value end
  return o:func(name, opts)
end

local function undefined(o, name) return o:func(name, { sig = "-> i32", undefined = true }) end

-- Archives --------------------------------------------------------------------------------------

local function member(name, defines, n, needs)
  local o = object(name)
  adds(o, defines, n, needs and undefined(o, needs))
  return o
end

case "member-calls-back" {
  title = "a unit calls a member of an archive, which calls the unit",
  clauses = { "unit.symbols" },
  link = function()
    local u = unit "u.o"
    adds(u, "run", 1, undefined(u, "in_archive"), { exported = true })
    adds(u, "in_unit", 10)
    return short(u, archive("lib.a", { member("m.o", "in_archive", 100, "in_unit") }))
  end,
  expect = { returns("run", {}, 111) },
}

case "member-calls-member-by-way-of-a-unit" {
  title = "a member needs a unit that waits, and that one another member",
  clauses = { "unit.symbols" },
  link = function()
    local first, waits = unit "first.o", unit "waits.o"
    adds(first, "run", 1, undefined(first, "a"), { exported = true })
    adds(waits, "b", 100, undefined(waits, "c"))
    return short(first, "--start-lib", waits, "--end-lib", archive("lib.a", {
      member("never.o", "never", 5000), member("a.o", "a", 10, "b"),
      member("c.o", "c", 1000) }))
  end,
  expect = { returns("run", {}, 1111), no_function "never" },
}

case "local-names-load-nothing" {
  title = "what is local to a unit that waits does not bring it in",
  clauses = { "unit.symbols" },
  link = function()
    local u, o = unit "u.o", object "o.o"
    adds(u, "f", 1, nil, { static = true })
    adds(o, "run", 10, undefined(o, "f"), { export = "run" })
    return short(o, "--start-lib", u, "--end-lib", archive("lib.a", { member("f.o", "f", 2) }))
  end,
  expect = { returns("run", {}, 12) },
}

case "defined-before-the-archive" {
  title = "what a unit defines is not looked for in an archive",
  clauses = { "unit.symbols" },
  link = function()
    local u, o = unit "u.o", object "o.o"
    adds(u, "f", 1)
    adds(o, "run", 10, undefined(o, "f"), { export = "run" })
    return short(o, u, archive("lib.a", { member("f.o", "f", 2) }))
  end,
  expect = { returns("run", {}, 11) },
}

case "wrapped" {
  title = "--wrap leads a unit's calls past the function, and its wrapper's to it",
  clauses = { "unit.symbols", "symbol.wrap" },
  link = function()
    local u, o = unit "u.o", object "o.o"
    adds(u, "run", 1, undefined(u, "f"), { exported = true })
    adds(u, "__wrap_f", 10, undefined(u, "__real_f"))
    adds(o, "f", 100)
    return short("--wrap=f", u, o)
  end,
  expect = { returns("run", {}, 111) },
}

-- Weak definitions ------------------------------------------------------------------------------

-- A unit with a weak function, which reads anonymous data of its own.
local function weak_unit(file, text, user)
  local u = unit(file)
  local f = u:func("inline", { sig = "-> i32", weak = true,
    code = { { "i32.const", addr(u:anon { bytes = text }) }, "i32.load8_u" } })
  adds(u, user, 0, f, { exported = true })
  return u
end

case "weak-in-two-units" {
  title = "of two weak definitions the first is taken, and what only the other needs is dropped",
  clauses = { "unit.symbols", "unit.live", "symbol.binding.weak" },
  link = function()
    return short(weak_unit("a.o", "first", "from_a"), weak_unit("b.o", "second", "from_b"))
  end,
  expect = { returns("from_a", {}, ("f"):byte()),
    returns("from_b", {}, ("f"):byte()), data_count("first", 1), data_count("second", 0) },
}

-- An object whose weak function is in a group.
local function grouped()
  local o = object "g.o"
  local f = o:func("inline", { sig = "-> i32", weak = true, comdat = o:comdat "inline",
    code = { "i32.const 7" } })
  adds(o, "from_g", 0, f, { export = "from_g" })
  return o
end

for _, row in ipairs {
  { "weak-before-a-group", "a weak definition of a unit stands before that of a group", 0x75,
    function() return short(weak_unit("u.o", "unit", "from_u"), grouped()) end },
  { "weak-behind-a-group", "that of a group stands before a weak one of a unit", 7,
    function() return short(grouped(), weak_unit("u.o", "unit", "from_u")) end },
} do
  case(row[1]) {
    title = row[2], clauses = { "unit.symbols", "symbol.binding.weak" }, link = row[4],
    expect = { returns("from_u", {}, row[3]), returns("from_g", {}, row[3]) },
  }
end

-- Collection ------------------------------------------------------------------------------------

-- A thing of some kind that nothing refers to.
local ADD = {
  ["function"] = function(u) u:func("dead", { sig = "-> i32", code = "i32.const 1" }) end,
  anonymous = function(u)
    local gone = u:anon { bytes = "gone" }
    u:func("dead", { sig = "-> i32", code = { { "i32.const", addr(gone) } } })
  end,
  variable = function(u) u:data("variable", { bytes = "variable" }) end,
  global = function(u) u:global("global", { init = "i32.const 1" }) end,
  tag = function(u) u:tag("tag", { sig = "i32 ->" }) end,
  table = function(u) u:table("table", { min = 1 }) end,
}

local function leftovers(option, kinds)
  local u = unit "u.o"
  local used = u:anon { bytes = "used" }
  u:func("kept", { sig = "-> i32", exported = true, code = { { "i32.const", addr(used) } } })
  for _, kind in ipairs(kinds) do ADD[kind](u) end
  return { "--no-entry", "--strip-debug", "--compress-relocations", option, u }
end

for name, shown in pairs { ["function"] = "dead", variable = ".data.variable", global = "global",
  anonymous = ".rodata.__anon_1", tag = "tag", table = "table" } do
  case("collected-" .. name) {
    title = ("what a unit has and nobody needs is named when it is collected: %s"):format(name),
    clauses = { "unit.live", "gc.printed" },
    link = function() return leftovers("--print-gc-sections", { name }) end,
    expect = { notes { id = "REMOVED", file = "u.o", message = "u%.o:%(" .. shown .. "%)" },
      data_count("used", 1), data_count("gone", 0), no_function "dead" },
  }
end

case "nothing-collected" {
  title = "with --no-gc-sections all of a unit is there",
  clauses = { "unit.live" },
  link = function()
    return leftovers("--no-gc-sections", { "anonymous", "variable", "global", "tag", "table" })
  end,
  expect = { data_count("used", 1), data_count("gone", 1), data_count("variable", 1),
    function_count(3) },
}

-- Names -----------------------------------------------------------------------------------------

case "names" {
  title = "functions, globals and segments of a unit are named as those of an object",
  clauses = { "unit.lowering" },
  peer_differs = DIFFERS,
  link = function()
    local u = unit "u.o"
    u:features { "+mutable-globals" }
    local g = u:global("counter", { mutable = true })
    local text = u:anon { bytes = "text" }
    local own = u:func("own", { sig = "-> i32", static = true,
      code = { { "global.get", g }, { "i32.const", addr(text) }, "i32.add" } })
    u:func("_ZN1a1bEv", { sig = "-> i32", exported = true, code = { { "call", own } } })
    return { "--no-entry", u }
  end,
  expect = { name_section { functions = { "own", "a::b()" }, globals = { "counter" },
    data = { ".rodata" } }, no_name "__anon_0" },
}

-- Objects ---------------------------------------------------------------------------------------

local function with_constructor(u, name, n)
  local log = u:data("log", { undefined = true })
  u:init(u:func(name, { sig = "->", static = true, code = { "i32.const 0", "i32.const 0",
    { "i32.load", addr(log) }, "i32.const 10", "i32.mul", "i32.const " .. n, "i32.add",
    { "i32.store", addr(log) } } }), n)
end

-- Two units and an object, each with a constructor; the object has the log they write, in which
-- their numbers stand in the order of their priorities.
local function builders()
  local a, o, b = unit "a.o", object "o.o", unit "b.o"
  with_constructor(a, "construct", 3)
  with_constructor(b, "construct", 1)
  local log = o:data("log", { zero = 4, align = 2 })
  o:init(o:func("construct", { sig = "->", static = true, code = { "i32.const 0", "i32.const 0",
    { "i32.load", addr(log) }, "i32.const 10", "i32.mul", "i32.const 2", "i32.add",
    { "i32.store", addr(log) } } }), 2)
  local ctors = o:func("__wasm_call_ctors", { sig = "->", undefined = true })
  o:func("run", { sig = "-> i32", export = "run",
    code = { { "call", ctors }, "i32.const 0", { "i32.load", addr(log) } } })
  return a, o, b
end

case "joined-constructors" {
  title = "-r keeps the constructors of units and objects, and the next link runs all",
  clauses = { "unit.lowering" },
  link = function() return { "-r", builders() } end,
  expect = { init_functions { "1 construct", "2 construct", "3 construct" },
    relinks({ "--no-entry" }, { returns("run", {}, 123) }) },
}

case "joined-data" {
  title = "-r keeps alignment, bss, thread-local data and pointers of a unit",
  clauses = { "unit.lowering", "unit.anonymous" },
  peer_differs = "wasm-ld writes no flag of any segment",
  link = function()
    local u, o = unit "u.o", object "o.o"
    u:features { "+atomics", "+bulk-memory" }
    o:features { "+atomics", "+bulk-memory" }
    o:data("odd", { bytes = "odd", export = "odd" })
    local text = u:anon { bytes = "text\0", align = 3 }
    local p = u:data("p", { bytes = { addr(text, 2), "\0\0\0\0" }, align = 2, exported = true })
    u:fixup(p, { kind = "address", position = 4, target = p, addend = 4 })
    u:data("zero", { zero = 100, align = 5, exported = true })
    u:data("local", { bytes = "\9\0\0\0", align = 2, tls = true, no_strip = true })
    return { "-r", o, u }
  end,
  expect = { segment_info ".rodata.__anon_0" { align = 3, size = 5 },
    segment_info ".bss.zero" { align = 5, size = 100 },
    segment_info ".tdata" { align = 2, size = 4 },
    linking_symbol "__anon_0" { kind = "data", flags = "local", segment = ".rodata.__anon_0",
      size = 5 },
    linking_symbol "local" { kind = "data", flags = "no_strip tls" },
    relinks({ "--no-entry" }, { data_at("p", { to_data "xt\0", to_address("p", 4) }),
      address "zero" { align = 32 } }) },
}

case "relocations-kept" {
  title = "--emit-relocs says of a unit's code where its operands are",
  clauses = { "unit.lowering", "emit-relocs.module" },
  link = function()
    local u = unit "u.o"
    local x = u:data("x", { bytes = "x", exported = true })
    u:func("f", { sig = "-> i32", exported = true, code = { { "i32.const", addr(x, 3) } } })
    return { "--no-entry", "--emit-relocs", u }
  end,
  expect = { body("f", 8), code("f", { { "i32.const", to_address("x", 3) } }),
    custom "reloc.CODE", custom "linking" },
}

-- Threads ---------------------------------------------------------------------------------------

-- A unit that threads may use: each may begin, and read and write what is its own and what is not.
local function threaded()
  local u = unit "u.o"
  u:features { "+atomics", "+bulk-memory", "+mutable-globals" }
  local base = u:global("__tls_base", { mutable = true, undefined = true })
  local init = u:func("__wasm_init_tls", { sig = "i32 ->", undefined = true })
  u:data("pad", { bytes = "pad", tls = true, no_strip = true })
  local own = u:data("own", { bytes = "\7\0\0\0", align = 4, tls = true })
  local all = u:data("all", { bytes = "\5\0\0\0", align = 2 })
  u:func("begin", { sig = "i32 ->", exported = true, code = { "local.get 0", { "call", init } } })
  local function access(name, address)
    u:func("get_" .. name, { sig = "-> i32", exported = true, code = { address, "i32.load" } })
    u:func("set_" .. name, { sig = "i32 ->", exported = true,
      code = { address, "local.get 0; i32.store" } })
  end
  access("own", { { "global.get", base }, { "i32.const", addr_tls(own) }, "i32.add" })
  access("all", { { "i32.const", addr(all) } })
  return u
end

case "threads" {
  title = "each thread has a block of a unit's thread-local data; the rest is written once",
  clauses = { "unit.lowering", "threads.init-once" },
  peer_differs = DIFFERS,
  link = function()
    return { "--no-entry", "--shared-memory", "--import-memory", "--initial-memory=262144",
      "--max-memory=262144", threaded() }
  end,
  expect = { valid(), memory { shared = true }, passive { ".tdata", ".data" },
    start "__wasm_init_memory", runs {
      { call = "get_own", value = 7 }, { call = "set_own", args = { 70 } },
      { call = "get_all", value = 5 }, { call = "set_all", args = { 50 } },
      { instance = 2 },
      { call = "begin", args = { 196608 } },
      { call = "get_own", value = 7 }, { call = "get_all", value = 50 },
      { call = "set_own", args = { 71 } },
      { instance = 1 },
      { call = "get_own", value = 70 },
    } },
}

case "threads-that-a-unit-forbids" {
  title = "a unit whose code has no atomics makes shared memory impossible",
  clauses = { "unit.lowering", "threads.features" },
  link = function()
    local u = unit "u.o"
    u:features { "+bulk-memory" }
    u:func("f", { sig = "->", exported = true, code = "nop" })
    return { "--no-entry", "--shared-memory", u }
  end,
  expect = { rejects { id = "FEATURE_SHARED", phase = "place", class = "feature" } },
}

case "thread-local-zeros" {
  title = "zeros that are thread-local have bytes in the template of a block",
  clauses = { "unit.zero", "unit.lowering" },
  peer_differs = DIFFERS,
  link = function()
    local u = threaded()
    u:data("zeros", { zero = 8, align = 3, tls = true, no_strip = true })
    return { "--no-entry", "--shared-memory", "--import-memory", "--initial-memory=262144",
      "--max-memory=262144", "--export=__tls_size", u }
  end,
  expect = { runs { { get = "__tls_size", value = 32 }, { call = "get_own", value = 7 } } },
}

-- Zig's layout ----------------------------------------------------------------------------------

case "zig-layout" {
  title = "--layout=zig orders a unit's data as it does an object's, and all is found",
  clauses = { "layout.zig.order", "unit.lowering" },
  peer_differs = DIFFERS,
  link = function()
    local u, o = unit "u.o", object "o.o"
    o:data("o_data", { bytes = "\2", segment_name = ".data.o", export = "o_data" })
    local text = u:anon { bytes = "\1text", align = 4 }
    local var = u:data("var", { bytes = "\4", align = 2, exported = true })
    local zero = u:data("zero", { zero = 40, align = 3, exported = true })
    u:func("run", { sig = "-> i32", exported = true, code = {
      { "i32.const", addr(text) }, "i32.load8_u",
      { "i32.const", addr(var) }, "i32.load8_u", "i32.add",
      { "i32.const", addr(u:data("o_data", { undefined = true })) }, "i32.load8_u", "i32.add",
      { "i32.const", addr(zero, 39) }, "i32.load8_u", "i32.add" } })
    return { "--layout=zig", "--no-entry", o, u }
  end,
  expect = { returns("run", {}, 7), data_segments { ".data", ".rodata" },
    address "var" { below = "zero" }, address "zero" { align = 8 } },
}
