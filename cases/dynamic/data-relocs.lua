-- Pointers in the data of a module that the loader places: code that the linker makes,
-- __wasm_apply_data_relocs, writes them once the loader knows what they are.

-- What the loader of these cases decides.
local HOST = { ["env.__memory_base"] = 4096, ["env.__table_base"] = 8,
  ["env.__indirect_function_table"] = 64, ["GOT.mem.far"] = 20000, ["GOT.func.away"] = 40,
  ["GOT.mem.x"] = 30000, ["GOT.func.g"] = 50 }

local SHARED = { "-shared", "--experimental-pic", "--unresolved-symbols=import-dynamic" }
local PIE = { "-pie", "--no-entry", "--experimental-pic", "--unresolved-symbols=import-dynamic" }

-- A link of the pointer that make(o) gives, with these options; read() gives what is in it, and
-- distance() how far that is from what own(o) computes.
local function pointing(options, make, own)
  return function()
    local o = object "a.o"
    o:features()
    local base = o:global("__memory_base", { type = "i32", undefined = true })
    local p = o:data("p", { bytes = { make(o) }, align = 2, hidden = true })
    local load = { { "global.get", base }, { "i32.const", addr_rel(p) }, "i32.add",
      { "i32.load" } }
    o:func("read", { sig = "-> i32", export = "read", code = load })
    if own then
      local code = { table.unpack(load) }
      for _, instruction in ipairs(own(o, base)) do code[#code + 1] = instruction end
      code[#code + 1] = "i32.sub"
      o:func("distance", { sig = "-> i32", export = "distance", code = code })
    end
    local list = { table.unpack(options) }
    list[#list + 1] = o
    return list
  end
end

-- After the code has run, and not before, a call of the function gives the value.
local function filled(name, value)
  return runs({ { call = "__wasm_apply_data_relocs" }, { call = name, value = value } }, HOST)
end

local function with(options, more)
  local list = { table.unpack(options) }
  list[#list + 1] = more
  return list
end

local MODES = { shared = SHARED, pie = PIE }
local POINTERS = { "dylink.apply-data-relocs", "dylink.apply-data-relocs.export" }

for mode, options in pairs(MODES) do
  case("own-data-" .. mode) {
    title = mode .. ": a pointer to the module's own data counts from __memory_base",
    clauses = POINTERS,
    link = pointing(options, function(o)
      return addr(o:data("own", { bytes = "12345678", hidden = true }), 4)
    end, function(o, base)
      return { { "global.get", base }, { "i32.const", addr_rel(o:symbol "own", 4) }, "i32.add" }
    end),
    expect = { exports { __wasm_apply_data_relocs = { kind = "function", sig = "->" } },
      got_imports {}, filled("distance", 0) },
  }
  case("own-function-" .. mode) {
    title = mode .. ": a pointer to the module's own function counts from __table_base",
    clauses = POINTERS,
    link = pointing(options, function(o)
      return slot(o:func("own", { sig = "->", code = "nop", hidden = true }))
    end, function(o)
      return { { "global.get", o:global("__table_base", { type = "i32", undefined = true }) },
        { "i32.const", slot_rel(o:symbol "own") }, "i32.add" }
    end),
    expect = { in_table "own", got_imports {}, filled("distance", 0) },
  }
  case("bound-" .. mode) {
    title = mode .. ": where the segments of a name begin is the module's own, too, and no " ..
      "loader's to say",
    clauses = { "dylink.apply-data-relocs", "layout.start-stop" },
    link = pointing(options, function(o)
      return addr(o:data("__start_mine", { undefined = true }), 4)
    end, function(o, base)
      local mine = o:data("own", { bytes = "12345678", hidden = true, segment_name = "mine" })
      return { { "global.get", base }, { "i32.const", addr_rel(mine, 4) }, "i32.add" }
    end),
    expect = { got_imports {}, filled("distance", 0) },
  }
  case("far-data-" .. mode) {
    title = mode .. ": a pointer to another module's data is what the GOT says, and the addend",
    clauses = { "dylink.apply-data-relocs", "got.mem" },
    link = pointing(options, function(o) return addr(o:data("far", { undefined = true }), 12) end),
    expect = { got_imports { "mem.far" }, filled("read", 20012) },
  }
  case("far-data-backwards-" .. mode) {
    title = mode .. ": the addend may be negative",
    clauses = { "dylink.apply-data-relocs", "got.mem" },
    link = pointing(options, function(o) return addr(o:data("far", { undefined = true }), -8) end),
    expect = { got_imports { "mem.far" }, filled("read", 19992) },
  }
  case("far-function-" .. mode) {
    title = mode .. ": a pointer to another module's function is what the GOT says",
    clauses = { "dylink.apply-data-relocs", "got.func" },
    link = pointing(options, function(o)
      return slot(o:func("away", { sig = "->", undefined = true }))
    end),
    expect = { got_imports { "func.away" }, no_import "env.away", filled("read", 40) },
  }
  case("weak-data-" .. mode) {
    title = mode .. ": so is one to weak data, which may be nowhere: the loader decides",
    clauses = { "dylink.apply-data-relocs", "got.mem", "dylink.import-info" },
    link = pointing(options, function(o)
      return addr(o:data("far", { undefined = true, weak = true }))
    end),
    expect = { got_imports { "mem.far" }, filled("read", 20000),
      dylink { imports = { ["env.far"] = "weak undefined" } } },
  }
end

-- Of two definitions of a name the loader chooses: a library's own may lose.

local function visible_data(o) return addr(o:data("x", { bytes = "12345678" }), 4) end
local function visible_func(o) return slot(o:func("g", { sig = "->", code = "nop" })) end

case "replaced-data" {
  title = "a library's pointer to data that another module may replace is what the GOT says",
  clauses = { "dylink.apply-data-relocs", "shared.interposition" },
  link = pointing(SHARED, visible_data),
  expect = { got_imports { "mem.x" }, exports { x = "global" }, filled("read", 30004) },
}

case "replaced-function" {
  title = "so is one to a function that another module may replace",
  clauses = { "dylink.apply-data-relocs", "shared.interposition" },
  link = pointing(SHARED, visible_func),
  expect = { got_imports { "func.g" }, exports { g = "function" }, filled("read", 50) },
}

for mode, options in pairs { symbolic = with(SHARED, "-Bsymbolic"), pie = PIE } do
  case("not-replaced-data-" .. mode) {
    title = mode .. ": what nobody may replace needs no GOT",
    clauses = { "dylink.apply-data-relocs", mode == "pie" and "pie.own" or "shared.symbolic" },
    link = pointing(options, visible_data, function(o, base)
      return { { "global.get", base }, { "i32.const", addr_rel(o:symbol "x", 4) }, "i32.add" }
    end),
    expect = { got_imports {}, filled("distance", 0) },
  }
  case("not-replaced-function-" .. mode) {
    title = mode .. ": nor does a function that nobody may replace",
    clauses = { "dylink.apply-data-relocs", mode == "pie" and "pie.own" or "shared.symbolic" },
    link = pointing(options, visible_func),
    expect = { got_imports {}, in_table "g", filled("read", 8) },
  }
end

-- The bytes, and when there is no code.

case "bytes-before" {
  title = "until then the bytes are what is known when the module is linked: distances, and 0",
  clauses = { "dylink.apply-data-relocs.bytes" },
  link = function()
    local o = object "a.o"
    o:features()
    local x = o:data("x", { bytes = "1234", export = "x" })
    local g = o:func("g", { sig = "->", code = "nop", hidden = true })
    local far = o:data("far", { undefined = true })
    o:data("p", { bytes = { addr(x, 2), slot(g), addr(far, 4) }, align = 2, export = "p" })
    return with(with(SHARED, "-Bsymbolic"), o)
  end,
  expect = { data_at("p", { to_address("x", 2), to_slot "g", "\0\0\0\0" }) },
}

case "bytes-before-in-a-pie" {
  title = "so it is in a program: its own functions are slots from the first one on",
  clauses = { "dylink.apply-data-relocs.bytes", "pie.own" },
  link = function()
    local o = object "a.o"
    o:features()
    local f = o:func("f", { sig = "->", code = "nop" })
    local g = o:func("g", { sig = "->", code = "nop" })
    local far = o:data("far", { undefined = true })
    o:data("p", { bytes = { slot(g), slot(f), addr(far, 8) }, align = 2, export = "p" })
    return with(PIE, o)
  end,
  expect = { data_at("p", { to_slot "g", to_slot "f", "\0\0\0\0" }) },
}

case "nothing-to-write" {
  title = "a module without such pointers has no code for them",
  clauses = { "dylink.apply-data-relocs.on-demand" },
  link = function()
    local o = object "a.o"
    o:data("x", { bytes = "1234" })
    return with(SHARED, o)
  end,
  expect = { exports { x = "global" }, no_export "__wasm_apply_data_relocs",
    no_function "__wasm_apply_data_relocs" },
}

case "pointers-left-out" {
  title = "pointers in data that is left out are not written, and ask for nothing",
  clauses = { "dylink.apply-data-relocs", "gc.reachability", "got.mem" },
  link = function()
    local o = object "a.o"
    o:features()
    local far = o:data("far", { undefined = true })
    o:data("left", { bytes = { addr(far) }, align = 2, hidden = true })
    o:data("kept", { bytes = "1234" })
    return with(SHARED, o)
  end,
  expect = { got_imports {}, no_function "__wasm_apply_data_relocs", exports { kept = "global" } },
}

case "not-by-constructors" {
  title = "the loader calls that code, and constructors later: other modules come between",
  clauses = { "dylink.apply-data-relocs.order" },
  origin = "emscripten-core/emscripten#17308",
  link = function()
    local o = object "a.o"
    o:features()
    local x = o:data("x", { bytes = "1234", hidden = true })
    o:data("p", { bytes = { addr(x) }, align = 2 })
    o:init(o:func("boot", { sig = "->", static = true, code = "nop" }))
    return { "-shared", "--experimental-pic", o }
  end,
  expect = { calls("__wasm_call_ctors", { "boot" }), calls("__wasm_apply_data_relocs", {}),
    no_start() },
}

case "not-at-the-start" {
  title = "nor does the module call it when it starts",
  clauses = { "dylink.apply-data-relocs.order", "dylink.apply-data-relocs.export" },
  link = function()
    local o = object "a.o"
    o:features()
    local x = o:data("x", { bytes = "1234", hidden = true })
    o:data("p", { bytes = { addr(x) }, align = 2, no_strip = true })
    return { "-pie", "--no-entry", "--experimental-pic", o }
  end,
  expect = { exports { __wasm_apply_data_relocs = "function" }, no_start() },
}

case "many" {
  title = "each link of many pointers gives the same code",
  clauses = { "dylink.apply-data-relocs" },
  origin = "llvm/llvm-project#162044",
  link = function()
    local o, bytes = object "a.o", {}
    o:features()
    local far = o:data("far", { undefined = true })
    local x = o:data("x", { bytes = ("x"):rep(64), hidden = true })
    for i = 1, 200 do bytes[i] = addr(i % 3 == 0 and far or x, i % 64) end
    local p = o:data("p", { bytes = bytes, align = 2 })
    local base = o:global("__memory_base", { type = "i32", undefined = true })
    o:func("last", { sig = "-> i32", export = "last", code = { { "global.get", base },
      { "i32.const", addr_rel(p, 4 * 197) }, "i32.add", { "i32.load" } } })
    return with(SHARED, o)
  end,
  expect = { valid(), filled("last", 20000 + 198 % 64) },
}
