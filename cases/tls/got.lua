-- Position-independent code reads the address of a thread-local variable from a global, its GOT
-- entry.  In a static link the linker makes that global: constant where there is one thread, else
-- set for each thread by __wasm_apply_global_tls_relocs, which __wasm_init_tls calls.

local function threaded(name, options)
  local o = object(name, options)
  o:features { "+atomics", "+bulk-memory", "+mutable-globals" }
  return o
end

local function tls(o, name, bytes, options)
  local opts = { tls = true, bytes = bytes, align = 2, no_strip = true }
  for key, value in pairs(options or {}) do opts[key] = value end
  return o:data(name, opts)
end

-- address_NAME(): what the GOT entry of a symbol holds; get_NAME(): the word there.
local function add_got(o, name, sym)
  o:func("address_" .. name, { sig = "-> i32", export = "address_" .. name,
    code = { { "global.get", got(sym) } } })
  o:func("get_" .. name, { sig = "-> i32", export = "get_" .. name,
    code = { { "global.get", got(sym) }, { "i32.load" } } })
end

local function program(name)
  local o = threaded(name or "a.o")
  tls(o, "first", "\x11\0\0\0")
  add_got(o, "v", tls(o, "v", "\x22\0\0\0"))
  return o
end

local function linked(...)
  return { "--no-entry", "--shared-memory", "--import-memory", "--initial-memory=262144",
    "--stack-first", "--export=__wasm_init_tls", ... }
end

case "each-thread-its-own" {
  title = "after __wasm_init_tls the GOT entry is the variable of this thread",
  clauses = { "got.internal", "tls.got" },
  link = function() return linked(program()) end,
  expect = { valid(), runs {
    { call = "__wasm_init_tls", args = { 131072 } },
    { call = "address_v", value = 131076 }, { call = "get_v", value = 0x22 },
    { instance = 2 },
    { call = "__wasm_init_tls", args = { 196608 } },
    { call = "address_v", value = 196612 }, { call = "get_v", value = 0x22 },
    { instance = 1 },
    { call = "address_v", value = 131076 },
  } },
}

case "relocated-by-code" {
  title = "the entry is mutable, begins as the offset, and code adds __tls_base",
  clauses = { "got.internal", "tls.got" },
  link = function() return linked("--export=__tls_base", program()) end,
  expect = {
    code("__wasm_apply_global_tls_relocs", { { "global.get", to_global "__tls_base" },
      "i32.const 4; i32.add", { "global.set", to_global "GOT.data.internal.v" } }),
    global_value("GOT.data.internal.v", 4),
    no_export "__wasm_apply_global_tls_relocs",
  },
}

case "plain-data-beside" {
  title = "GOT entries of functions and of plain data stay constant",
  clauses = { "got.internal", "tls.got" },
  link = function()
    local o = program()
    local x = o:data("x", { bytes = "\x33\0\0\0", align = 2, export = "x" })
    add_got(o, "x", x)
    local f = o:func("f", { sig = "->", export = "f", code = "nop" })
    o:func("slot_f", { sig = "-> i32", export = "slot_f", code = { { "global.get", got(f) } } })
    return linked(o)
  end,
  expect = { valid(), global_value("GOT.data.internal.x", to_address "x"),
    global_value("GOT.func.internal.f", to_slot "f"),
    holds("only the entry of v is mutable", function(_, view)
      local function mutable(name)
        return view:describe("global", view:one("global", name)).mutable
      end
      return mutable "GOT.data.internal.v" and not mutable "GOT.data.internal.x"
        and not mutable "GOT.func.internal.f"
    end) },
}

case "not-called-for" {
  title = "nothing is relocated by code while no GOT entry is of thread-local data",
  clauses = { "tls.got" },
  link = function()
    local o = threaded "a.o"
    tls(o, "v", "\x22\0\0\0")
    local x = o:data("x", { bytes = "\x33\0\0\0", align = 2, export = "x" })
    add_got(o, "x", x)
    return linked(o)
  end,
  expect = { no_function "__wasm_apply_global_tls_relocs",
    calls("__wasm_init_tls", {}), runs { { call = "get_x", value = 0x33 } } },
}

case "single-thread" {
  title = "where there is one thread the GOT entry is the address, a constant",
  clauses = { "got.internal", "tls.got" },
  link = function()
    local o = program()
    o:data("x", { bytes = "\x33\0\0\0", align = 2, export = "x" })
    return { "--no-entry", "--stack-first", o }
  end,
  expect = { valid(), no_start(), returns("get_v", {}, 0x22),
    no_function "__wasm_apply_global_tls_relocs" },
}

case "weak-undefined" {
  title = "the GOT entry of a weak variable that nobody defines is 0 in every thread",
  clauses = { "tls.got", "symbol.undefined.weak" },
  link = function()
    local o = program()
    local gone = o:data("gone", { undefined = true, weak = true, tls = true })
    o:func("address_gone", { sig = "-> i32", export = "address_gone",
      code = { { "global.get", got(gone) } } })
    return linked(o)
  end,
  expect = { valid(), runs {
    { call = "address_gone", value = 0 },
    { call = "__wasm_init_tls", args = { 131072 } },
    { call = "address_gone", value = 0 }, { call = "address_v", value = 131076 } } },
}

case "wasm64" {
  title = "with 64-bit addresses the entry is an i64, and so is what code adds",
  clauses = { "tls.got", "wasm64.globals", "wasm64.code" },
  link = function()
    local o = threaded("a.o", { memory64 = true })
    tls(o, "first", "\x11\0\0\0")
    local v = tls(o, "v", "\x22\0\0\0")
    o:func("address_v", { sig = "-> i64", export = "address_v",
      code = { { "global.get", got(v) } } })
    return { "-mwasm64", "--no-entry", "--shared-memory", "--export=__tls_base",
      "--export=__wasm_init_tls", o }
  end,
  expect = { valid(), code("__wasm_apply_global_tls_relocs", {
    { "global.get", to_global "__tls_base" }, "i64.const 4; i64.add",
    { "global.set", to_global "GOT.data.internal.v" } }) },
}

-- Pointers in thread-local data -------------------------------------------------------------------

-- A thread-local pointer to x; get() reads it and set(p) changes it.
local function with_pointer(by_got)
  local o = threaded "a.o"
  local x = o:data("x", { bytes = "\x33\0\0\0", align = 2, export = "x" })
  if by_got then add_got(o, "x", x) end
  local base = o:global("__tls_base", { type = "i32", mutable = true, undefined = true })
  tls(o, "first", "\x11\0\0\0")
  local p = tls(o, "p", { addr(x) })
  o:func("get", { sig = "-> i32", export = "get", code = { { "global.get", base },
    { "i32.const", addr_tls(p) }, "i32.add", { "i32.load" } } })
  o:func("set", { sig = "i32 ->", export = "set", code = { { "global.get", base },
    { "i32.const", addr_tls(p) }, "i32.add; local.get 0", { "i32.store" } } })
  return o
end

case "pointer" {
  title = "a pointer in thread-local data is a constant that every block is given",
  clauses = { "tls.init", "reloc.memory-addr-i32" },
  link = function() return linked(with_pointer()) end,
  expect = { valid(), runs { { call = "get", value = 65544 },
    { call = "set", args = { 99 } },
    { call = "__wasm_init_tls", args = { 131072 } },
    { call = "get", value = 65544 } } },
}

case "pointer-of-another-thread" {
  title = "a thread that begins leaves the variables of others alone",
  clauses = { "tls.init" },
  link = function() return linked(with_pointer(true)) end,
  expect = { valid(), runs { { call = "get", value = 65544 },
    { call = "set", args = { 99 } },
    { instance = 2 },
    { call = "__wasm_init_tls", args = { 131072 } },
    { call = "get", value = 65544 },
    { instance = 1 },
    { call = "get", value = 99 } } },
  peer_differs = "with a GOT entry of x, too, __wasm_apply_tls_relocs stores the address of x "
    .. "in the first thread's block, whichever thread begins",
}

case "two-variables-behind-plain-data" {
  title = "each variable has an entry that is set, whatever entries are before it",
  clauses = { "got.internal", "tls.got" },
  link = function()
    local o = threaded "a.o"
    add_got(o, "plain", o:data("plain", { bytes = "\x44\0\0\0", align = 2 }))
    add_got(o, "v", tls(o, "v", "\x22\0\0\0"))
    add_got(o, "w", tls(o, "w", "\x33\0\0\0"))
    return linked(o)
  end,
  expect = { runs { { call = "get_plain", value = 0x44 },
    { call = "__wasm_init_tls", args = { 200000 } }, { call = "get_v", value = 0x22 },
    { call = "get_w", value = 0x33 }, { call = "address_v", value = 200000 },
    { call = "address_w", value = 200004 } } },
}

case "pointer-in-front-of-plain-data" {
  title = "a pointer in the first of two thread-local variables asks for relocations as well",
  clauses = { "tls.init" },
  stage = "number",
  link = function()
    local o = threaded "a.o"
    local x = o:data("x", { bytes = "\x44\0\0\0", align = 2, export = "x" })
    tls(o, "pointer", { addr(x) })
    tls(o, "number", "\x33\0\0\0")
    return linked(o)
  end,
  expect = { symbol "__wasm_apply_tls_relocs" { state = "defined" } },
}

-- A variable cannot be at one address, and at another one in each thread's block.
for what, options in pairs {
  program = { "--no-entry" },
  threads = { "--no-entry", "--shared-memory", "--max-memory=1048576" },
  pie = { "--no-entry", "-pie", "--experimental-pic" },
  ["pie-with-threads"] = { "--no-entry", "-pie", "--experimental-pic", "--shared-memory",
    "--max-memory=1048576" },
} do
  case("absolute-" .. what) {
    title = what .. ": what is at an absolute address is there for each thread",
    clauses = { "symbol.absolute", "symbol.tls", "tls.got" },
    link = function()
      local o = threaded "a.o"
      tls(o, "v", "\x22\0\0\0")
      add_got(o, "x", o:data("x", { absolute = true, tls = true, offset = 0x1234, hidden = true }))
      local list = { table.unpack(options) }
      list[#list + 1] = o
      return list
    end,
    peer_differs = what ~= "pie" and "it adds where the block is" or nil,
    expect = { returns("address_x", {}, 0x1234) },
  }
end
