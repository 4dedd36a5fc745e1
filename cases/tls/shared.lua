-- Thread-local data where threads share the memory: each thread has a block of __tls_size bytes,
-- aligned to __tls_align, and __wasm_init_tls(block) fills it and sets __tls_base.

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

local function tls_zero(o, name, size, options)
  local opts = { tls = true, zero = size, align = 2, no_strip = true }
  for key, value in pairs(options or {}) do opts[key] = value end
  return o:data(name, opts)
end

-- Functions that a runtime would have, each exported by its own name: base() is __tls_base,
-- size() and align() likewise, init(block) begins a thread, get_NAME() reads a variable and
-- set_NAME(v) writes it.
local function add_runtime(o)
  local init = o:func("__wasm_init_tls", { sig = "i32 ->", undefined = true })
  o:func("init", { sig = "i32 ->", export = "init", code = { "local.get 0", { "call", init } } })
  for _, what in ipairs { "base", "size", "align" } do
    local g = o:global("__tls_" .. what, { type = "i32", mutable = what == "base",
      undefined = true })
    o:func(what, { sig = "-> i32", export = what, code = { { "global.get", g } } })
  end
  return o
end

local function add_access(o, name, sym)
  local base = o:symbol "__tls_base"
  o:func("get_" .. name, { sig = "-> i32", export = "get_" .. name, code = {
    { "global.get", base }, { "i32.const", addr_tls(sym) }, "i32.add", { "i32.load" } } })
  o:func("set_" .. name, { sig = "i32 ->", export = "set_" .. name, code = {
    { "global.get", base }, { "i32.const", addr_tls(sym) }, "i32.add; local.get 0",
    { "i32.store" } } })
end

local function linked(...)
  return { "--no-entry", "--shared-memory", "--import-memory", "--stack-first", ... }
end

case "first-thread" {
  title = "the instance that initialises memory has its block where the data lies",
  clauses = { "tls.main-thread", "tls.init.base" },
  origin = { "wild-linker/wild#2560", "WebAssembly/tool-conventions#116", "ziglang/zig#16439" },
  link = function()
    local o = add_runtime(threaded "a.o")
    o:data("plain", { bytes = "plain", no_strip = true })
    add_access(o, "v", tls(o, "v", "\x11\0\0\0"))
    return linked(o)
  end,
  expect = { valid(), start "__wasm_init_memory", passive { ".tdata", ".data" },
    runs { { call = "base", value = 65536 }, { call = "get_v", value = 0x11 } } },
}

case "later-instance" {
  title = "an instance that finds memory initialised has no block before __wasm_init_tls",
  clauses = { "tls.main-thread", "tls.init", "tls.init.base" },
  origin = "Lind-Project/lind-wasm#817",
  link = function()
    local o = add_runtime(threaded "a.o")
    add_access(o, "v", tls(o, "v", "\x11\0\0\0"))
    return linked("--initial-memory=262144", o)
  end,
  expect = { runs {
    { call = "set_v", args = { 5 } },
    { instance = 2 },
    { call = "base", value = 0 },
    { call = "init", args = { 131072 } },
    { call = "base", value = 131072 },
    { call = "get_v", value = 0x11 },
    { call = "set_v", args = { 6 } },
    { instance = 1 },
    { call = "get_v", value = 5 },
    { instance = 2 },
    { call = "get_v", value = 6 },
  } },
}

case "block-after-block" {
  title = "the content of a block is copied as often as a thread begins",
  clauses = { "tls.init", "tls.init.copy" },
  link = function()
    local o = add_runtime(threaded "a.o")
    add_access(o, "v", tls(o, "v", "\x22\0\0\0"))
    return linked("--initial-memory=262144", o)
  end,
  expect = { runs {
    { call = "init", args = { 131072 } }, { call = "set_v", args = { 7 } },
    { call = "init", args = { 131088 } }, { call = "get_v", value = 0x22 },
    { call = "init", args = { 131072 } }, { call = "get_v", value = 0x22 },
  } },
}

case "zeros-in-a-dirty-block" {
  title = ".tbss is part of the block, and zero in a block that was not",
  clauses = { "tls.init", "tls.block" },
  link = function()
    local o = add_runtime(threaded "a.o")
    add_access(o, "v", tls(o, "v", "\x11\0\0\0"))
    add_access(o, "z", tls_zero(o, "z", 4))
    local poke = { "local.get 0; i32.const -1", { "i32.store" } }
    o:func("dirty", { sig = "i32 ->", export = "dirty", code = poke })
    return linked("--initial-memory=262144", o)
  end,
  expect = { data_count("\x11\0\0\0\0\0\0\0", 1), runs {
    { call = "dirty", args = { 131072 } }, { call = "dirty", args = { 131076 } },
    { call = "size", value = 8 },
    { call = "init", args = { 131072 } },
    { call = "get_v", value = 0x11 }, { call = "get_z", value = 0 },
  } },
}

case "size-and-alignment" {
  title = "__tls_size and __tls_align are those of the block of all objects",
  clauses = { "tls.size", "tls.align", "tls.block", "tls.segment", "tls.main-thread" },
  link = function()
    local a, b = add_runtime(threaded "a.o"), threaded "b.o"
    tls(a, "first", "1")
    tls(b, "second", "22", { align = 4 })
    tls_zero(b, "third", 5, { align = 3 })
    return linked(a, b)
  end,
  expect = { runs { { call = "size", value = 29 }, { call = "align", value = 16 },
    { call = "base", value = 65536 } } },
}

for _, exponent in ipairs { 5, 6, 12 } do
  local bytes = 1 << exponent
  case("aligned-to-" .. bytes) {
    title = ("a variable aligned to %d keeps that in a block aligned to %d"):format(bytes, bytes),
    clauses = { "tls.align" },
    link = function()
      local o = add_runtime(threaded "a.o")
      tls(o, "first", "1")
      local v = tls(o, "v", "\x11\0\0\0", { align = exponent })
      add_access(o, "v", v)
      o:func("offset", { sig = "-> i32", export = "offset",
        code = { { "i32.const", addr_tls(v) } } })
      return linked(o)
    end,
    expect = { const_at("offset", 1, bytes), runs { { call = "align", value = bytes },
      { call = "size", value = bytes + 4 }, { call = "get_v", value = 0x11 },
      { call = "base", value = 65536 } } },
  }
end

-- Sizes at the edges of their encoding.
for _, size in ipairs { 63, 64, 8191, 8192, 1048575, 1048576 } do
  case("size-" .. size) {
    title = ("a block of %d bytes is copied whole"):format(size),
    clauses = { "tls.size", "tls.init", "tls.main-thread" },
    link = function()
      local o = add_runtime(threaded "a.o")
      local v = tls(o, "v", ("\0"):rep(size - 1) .. "\x77", { align = 0 })
      local base = o:symbol "__tls_base"
      o:func("last", { sig = "-> i32", export = "last", code = { { "global.get", base },
        { "i32.const", addr_tls(v, size - 1) }, "i32.add", { "i32.load8_u" } } })
      return linked("--initial-memory=3145728", o)
    end,
    expect = { runs { { call = "size", value = size }, { call = "last", value = 0x77 },
      { call = "init", args = { 2000000 } }, { call = "last", value = 0x77 } } },
  }
end

case "one-aligned-byte" {
  title = "__tls_size is not rounded up to the alignment",
  clauses = { "tls.size" },
  link = function()
    local o = add_runtime(threaded "a.o")
    tls(o, "v", "1", { align = 6 })
    return linked(o)
  end,
  expect = { runs { { call = "size", value = 1 }, { call = "align", value = 64 } } },
}

case "no-block" {
  title = "without thread-local data the block has no bytes, and beginning a thread does nothing",
  clauses = { "tls.size", "tls.align", "tls.init", "tls.init.nothing" },
  link = function()
    local o = add_runtime(threaded "a.o")
    o:data("plain", { bytes = "plain", no_strip = true })
    return linked(o)
  end,
  expect = { valid(), code("__wasm_init_tls", { "end" }),
    runs { { call = "size", value = 0 }, { call = "init", args = { 12345 } },
      { call = "base", value = 0 } } },
}

case "block-of-no-bytes" {
  title = "of thread-local data without bytes nothing is copied: what lies beside them is",
  clauses = { "tls.offset", "threads.passive" },
  link = function()
    local o = threaded "a.o"
    local v = tls(o, "v", "")
    local x = o:data("x", { bytes = "1234" })
    o:func("offset", { sig = "-> i32", export = "offset", code = { { "i32.const", addr_tls(v) } } })
    o:func("get", { sig = "-> i32", export = "get", code = { { "i32.const", addr(x) },
      { "i32.load" } } })
    return linked(o)
  end,
  expect = { returns("offset", {}, 0), runs { { call = "get", value = 0x34333231 } } },
}

case "block-of-dead-data" {
  title = "where nothing needs thread-local data, there is no block, and beginning does nothing",
  clauses = { "tls.size", "tls.init.nothing", "gc.reachability" },
  link = function()
    local o = add_runtime(threaded "a.o")
    o:data("dead", { bytes = "dead", tls = true })
    return linked(o)
  end,
  expect = { valid(), code("__wasm_init_tls", { "end" }), no_section "data",
    runs { { call = "size", value = 0 }, { call = "init", args = { 12345 } } } },
}

case "dropped" {
  title = "__wasm_init_tls and the globals are only there when something asks for them",
  clauses = { "tls.init", "gc.linker-made" },
  link = function()
    local o = threaded "a.o"
    o:func("f", { sig = "->", export = "f", code = "nop" })
    return linked(o)
  end,
  expect = { has_function "f", no_function "__wasm_init_tls", no_start(),
    either { stack_pointer = counts { global = 1 }, none = counts { global = 0 } } },
}

case "exported" {
  title = "a runtime outside can have all that it needs by --export",
  clauses = { "tls.init", "tls.size", "tls.align" },
  link = function()
    local o = threaded "a.o"
    tls(o, "v", "\x11\0\0\0")
    return linked("--export=__wasm_init_tls", "--export=__tls_size", "--export=__tls_align",
      "--export=__tls_base", o)
  end,
  expect = { exports {
    __wasm_init_tls = { kind = "function", sig = "i32 ->" },
    __tls_size = { kind = "global", type = "i32", mutable = false },
    __tls_align = { kind = "global", type = "i32", mutable = false },
    __tls_base = { kind = "global", type = "i32", mutable = true },
  }, global_value("__tls_size", 4), global_value("__tls_align", 4),
    global_value("__tls_base", 0) },
}

case "exported-variable" {
  title = "an exported thread-local variable is its offset in the block",
  clauses = { "tls.export" },
  link = function()
    local o = threaded "a.o"
    o:data("plain", { bytes = "plain", no_strip = true })
    tls(o, "first", "\x11\0\0\0")
    tls(o, "v", "\x22\0\0\0", { exported = true })
    return linked(o)
  end,
  expect = { exports { v = { kind = "global", mutable = false } }, global_value("v", 4) },
}

case "exported-variables-of-two-objects" {
  title = "so is one of another object, behind what aligns it",
  clauses = { "tls.export", "tls.block" },
  link = function()
    local a, b = threaded "a.o", threaded "b.o"
    a:data("plain", { bytes = "plain", no_strip = true })
    tls(a, "v", "\x11\0\0\0", { exported = true })
    tls(b, "w", "\x22\0\0\0", { exported = true, align = 4 })
    return linked(a, b)
  end,
  expect = { holds("w is aligned, and beside v", function(_, view)
    local v, w = view:address "v", view:address "w"
    return w % 16 == 0 and math.abs(v - w) >= 4 and v + w <= 28, ("%d %d"):format(v, w)
  end) },
}

case "negative-addend" {
  title = "an addend may lead to before the variable",
  clauses = { "reloc.memory-addr-tls-sleb" },
  origin = "wild-linker/wild#2524",
  link = function()
    local o = threaded "a.o"
    tls(o, "first", "\x11\0\0\0")
    local v = tls(o, "v", "\x22\0\0\0")
    o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr_tls(v, -4) } } })
    o:func("g", { sig = "-> i32", export = "g", code = { { "i32.const", addr_tls(v, -68) } } })
    return linked(o)
  end,
  expect = { const_at("f", 1, 0), const_at("g", 1, -64) },
}

case "segment-named-tdata" {
  title = "a segment called .tdata or .tbss is thread-local without the flag, as are its symbols",
  clauses = { "object.legacy-tls", "data.shared-and-not" },
  link = function()
    local o = add_runtime(threaded "a.o")
    local opts = { segment_name = ".tdata.v", segment_flags = {}, tls = false }
    add_access(o, "v", tls(o, "v", "\x11\0\0\0", opts))
    opts = { segment_name = ".tbss.z", segment_flags = {}, tls = false }
    add_access(o, "z", tls_zero(o, "z", 4, opts))
    return linked("--validate=permissive", o)
  end,
  expect = { valid(), passive { ".tdata" }, runs { { call = "size", value = 8 },
    { call = "get_v", value = 0x11 }, { call = "get_z", value = 0 } } },
}

-- What is not thread-local ------------------------------------------------------------------------

-- f loads the variable v of another object through its offset in the block.
local function loading_offset()
  local o = threaded "a.o"
  local v = o:data("v", { undefined = true })
  o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr_tls(v) } } })
  return o
end

local function refused(id, owner)
  return { rejects { id = id, phase = "number", class = "mismatch", file = "a.o",
    files = { "a.o", owner }, within = "section code, in f" } }
end

case "plain-variable" {
  title = "a TLS relocation against plain data is refused",
  clauses = { "reloc.memory-addr-tls-sleb", "tls.offset" },
  link = function()
    local o = threaded "b.o"
    o:data("v", { bytes = "1234", align = 2 })
    return linked("--validate=permissive", loading_offset(), o)
  end,
  expect = refused("TLS_SYMBOL", "b.o"),
}

case "symbol-of-the-linker" {
  title = "a TLS relocation against an address that the linker defines is refused",
  clauses = { "reloc.memory-addr-tls-sleb", "tls.offset" },
  link = function()
    local o = threaded "a.o"
    local there = o:data("__data_end", { undefined = true })
    o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr_tls(there) } } })
    return linked("--validate=permissive", o)
  end,
  expect = { rejects { id = "TLS_SYMBOL", phase = "number", class = "mismatch", file = "a.o",
    within = "section code, in f" } },
}

case "variable-in-a-plain-segment" {
  title = "a TLS relocation against a variable in a segment of plain data is refused",
  clauses = { "reloc.memory-addr-tls-sleb", "tls.offset", "segment.tls" },
  link = function()
    local o = threaded "b.o"
    tls(o, "v", "1234", { segment_name = ".data.v", segment_flags = {} })
    return linked("--validate=permissive", loading_offset(), o)
  end,
  expect = refused("TLS_SEGMENT", "b.o"),
}

case "absolute-variable" {
  title = "a TLS relocation against a variable at an absolute address is refused",
  clauses = { "reloc.memory-addr-tls-sleb", "tls.offset", "symbol.absolute" },
  link = function()
    local o = threaded "a.o"
    local v = o:data("v", { absolute = true, tls = true, offset = 16, size = 4 })
    o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr_tls(v) } } })
    return linked(o)
  end,
  expect = refused("TLS_SYMBOL", "a.o"),
}

case "undefined-variable" {
  title = "a TLS relocation against an undefined variable is refused",
  clauses = { "reloc.memory-addr-tls-sleb", "symbol.undefined.strong" },
  link = function()
    local o = threaded "a.o"
    local v = o:data("v", { undefined = true, tls = true })
    o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr_tls(v) } } })
    return linked(o)
  end,
  expect = { rejects { id = "TLS_UNDEFINED", class = "undefined", file = "a.o" } },
}

-- wasm64 ------------------------------------------------------------------------------------------

case "wasm64" {
  title = "for wasm64 block, size and alignment are i64; the bytes to copy are counted by an i32",
  clauses = { "wasm64.globals", "tls.init", "reloc.memory-addr-tls-sleb64", "tls.wasm64" },
  link = function()
    local o = threaded("a.o", { memory64 = true })
    tls(o, "first", "\x11\0\0\0\x12\0\0\0")
    local v = tls(o, "v", "\x22\0\0\0")
    local base = o:global("__tls_base", { type = "i64", mutable = true, undefined = true })
    o:func("f", { sig = "-> i64", export = "f", code = { { "global.get", base },
      { "i64.const", addr_tls(v, 1) }, "i64.add" } })
    return { "-mwasm64", "--no-entry", "--shared-memory", "--export=__wasm_init_tls",
      "--export=__tls_size", "--export=__tls_align", o }
  end,
  expect = { valid(), const_at("f", 1, 9), signature("__wasm_init_tls", "i64 ->"),
    code("__wasm_init_tls", { "local.get 0", { "global.set", to_global "__tls_base" },
      "local.get 0; i32.const 0; i32.const 12; memory.init" }),
    exports { __tls_size = { kind = "global", type = "i64" },
      __tls_align = { kind = "global", type = "i64" } },
    global_value("__tls_size", 12), global_value("__tls_align", 4) },
}

case "distance-to-plain-data" {
  title = "thread-local data cannot hold its distance to data that all threads share",
  clauses = { "reloc.memory-addr-locrel-i32", "tls.block" },
  link = function()
    local o = threaded "a.o"
    local plain = o:data("plain", { bytes = "\0\0\0\0", align = 2 })
    tls(o, "far", { addr_locrel(plain) })
    return { "--no-entry", "--shared-memory", "--max-memory=131072", o }
  end,
  expect = { rejects { id = "TLS_PLACE", class = "mismatch", files = { "a.o", "a.o" } } },
}

case "distance-to-an-absolute-variable" {
  title = "nor its distance to what is at an absolute address, thread-local or not",
  clauses = { "reloc.memory-addr-locrel-i32", "tls.block", "symbol.absolute" },
  link = function()
    local o = threaded "a.o"
    local x = o:data("x", { absolute = true, tls = true, offset = 4660 })
    tls(o, "far", { addr_locrel(x) })
    return { "--no-entry", "--shared-memory", "--max-memory=131072", o }
  end,
  expect = { rejects { id = "TLS_PLACE", class = "mismatch", files = { "a.o", "a.o" } } },
}

case "base-named-by-debug-information" {
  title = "debug information names the __tls_base that the linker alone needs",
  clauses = { "tls.base", "gc.edge.custom", "reloc.global-index-i32" },
  link = function()
    local o = threaded "a.o"
    tls(o, "v", "\x11\0\0\0")
    local base = o:global("__tls_base", { type = "i32", mutable = true, undefined = true })
    o:custom(".debug_info", { bytes = { "<", glob(base), ">" } })
    return { "--no-entry", "--shared-memory", "--max-memory=131072", o }
  end,
  expect = { custom(".debug_info", "<\1\0\0\0>") },
}
