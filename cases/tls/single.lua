-- Thread-local data where there is one thread: data like any other, in one block; __tls_base is a
-- constant.  See reloc/tls.lua for relocations.

local function tls_object(name, options)
  local o = object(name, options)
  o:features { "+atomics", "+bulk-memory", "+mutable-globals" }
  return o
end

local function tls(o, name, bytes, options)
  local opts = { tls = true, bytes = bytes, align = 2, no_strip = true }
  for key, value in pairs(options or {}) do opts[key] = value end
  return o:data(name, opts)
end

-- base(): __tls_base.
local function add_base(o, type)
  local g = o:global("__tls_base", { type = type or "i32", mutable = true, undefined = true })
  o:func("base", { sig = "-> " .. (type or "i32"), export = "base",
    code = { { "global.get", g } } })
  return o
end

case "active" {
  title = "the block is an active segment in front of all other data",
  clauses = { "tls.block", "threads.passive", "threads.lowered" },
  link = function()
    local o = add_base(tls_object "a.o")
    o:data("text", { bytes = "text\0", rodata = true, export = "text" })
    tls(o, "v", "\x11\x22\x33\x44")
    return { "--no-entry", "--stack-first", o }
  end,
  expect = { valid(), passive {}, no_start(), data_segments { ".tdata", ".rodata" },
    data_at(65536, "\x11\x22\x33\x44"), returns("base", {}, 65536) },
}

case "zeros-are-written" {
  title = ".tbss is written with .tdata, as zeros",
  clauses = { "tls.block", "segment.tls" },
  link = function()
    local a, b = tls_object "a.o", tls_object "b.o"
    tls(a, "v", "\x11\x22\x33\x44")
    a:data("z", { tls = true, zero = 4, no_strip = true })
    tls(b, "w", "\x55\x66\x77\x88")
    return { "--no-entry", "--stack-first", a, b }
  end,
  expect = { data_segments { ".tdata" },
    data_at(65536, "\x11\x22\x33\x44\0\0\0\0\x55\x66\x77\x88") },
}

case "unmerged" {
  title = "the block is one segment with --no-merge-data-segments, too",
  clauses = { "tls.block", "layout.no-merge-data-segments" },
  link = function()
    local o = tls_object "a.o"
    tls(o, "v", "\x11\0\0\0")
    tls(o, "w", "\x22\0\0\0")
    return { "--no-entry", "--no-merge-data-segments", o }
  end,
  expect = { data_segments { ".tdata" }, data_count("\x11\0\0\0\x22\0\0\0", 1) },
}

case "base-is-constant" {
  title = "__tls_base is immutable, however a program declares it",
  clauses = { "tls.base", "tls.main-thread" },
  link = function()
    local o = add_base(tls_object "a.o")
    tls(o, "v", "\x11\0\0\0")
    return { "--no-entry", "--export=__tls_base", o }
  end,
  expect = { valid(),
    exports { __tls_base = { kind = "global", type = "i32", mutable = false } } },
}

case "base-without-block" {
  title = "without thread-local data __tls_base still is there for who asks",
  clauses = { "tls.base", "tls.main-thread" },
  link = function() return { "--no-entry", add_base(tls_object "a.o") } end,
  peer_differs = "it is 0",
  expect = { valid(), no_import(), returns("base", {}) },
}

case "base-not-asked-for" {
  title = "without a reference there is no __tls_base",
  clauses = { "tls.base" },
  link = function()
    local o = tls_object "a.o"
    tls(o, "v", "\x11\0\0\0")
    return { "--no-entry", "--export-if-defined=__tls_base", o }
  end,
  expect = { counts { global = 1 }, no_export "__tls_base" },
}

case "base-that-nobody-reads" {
  title = "nor is there one for a reference that no code makes, with the flag EXPORTED or without",
  clauses = { "tls.base", "gc.reachability" },
  link = function()
    local o = tls_object "a.o"
    o:global("__tls_base", { type = "i32", mutable = true, undefined = true, exported = true })
    return { "--no-entry", o }
  end,
  expect = { same_as(function() return { "--no-entry", tls_object "a.o" } end) },
}

for _, name in ipairs { "__tls_size", "__tls_align" } do
  case("no-" .. name) {
    title = name .. " is not defined where there is one thread",
    clauses = { "tls.size", "symbol.undefined.strong" },
    link = function()
      local o = tls_object "a.o"
      local g = o:global(name, { type = "i32", undefined = true })
      o:func("f", { sig = "-> i32", export = "f", code = { { "global.get", g } } })
      return { "--no-entry", o }
    end,
    expect = { rejects { id = "UNDEFINED_SYMBOL", class = "undefined", file = "a.o",
      message = name } },
  }
end

case "no-init-tls" {
  title = "__wasm_init_tls is not defined where there is one thread",
  clauses = { "tls.init", "symbol.undefined.strong" },
  link = function()
    local o = tls_object "a.o"
    local f = o:func("__wasm_init_tls", { sig = "i32 ->", undefined = true })
    o:func("f", { sig = "->", export = "f", code = { "i32.const 0", { "call", f } } })
    return { "--no-entry", o }
  end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", class = "undefined", file = "a.o",
    message = "__wasm_init_tls" } },
}

case "plain-variable" {
  title = "a TLS relocation against plain data is its address, since all data is one thread's",
  clauses = { "reloc.memory-addr-tls-sleb", "tls.offset", "threads.lowered" },
  link = function()
    local o = tls_object "a.o"
    local v = o:data("v", { bytes = "1234", align = 2, export = "v" })
    o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr_tls(v) } } })
    return { "--validate=permissive", "--no-entry", o }
  end,
  expect = { const_at("f", 1, to_address "v") },
}

case "imported-memory" {
  title = "the block is written where memory is imported, as other data is",
  clauses = { "tls.block", "memory.import" },
  link = function()
    local o = add_base(tls_object "a.o")
    local v = tls(o, "v", "\x11\0\0\0")
    o:data("z", { tls = true, zero = 4, no_strip = true })
    local base = o:symbol "__tls_base"
    for _, entry in ipairs { { "v", 0 }, { "z", 4 } } do
      o:func("get_" .. entry[1], { sig = "-> i32", export = "get_" .. entry[1], code = {
        { "global.get", base }, { "i32.const", addr_tls(v, entry[2]) }, "i32.add",
        { "i32.load" } } })
    end
    return { "--no-entry", "--import-memory", o }
  end,
  expect = { no_start(), runs({ { call = "get_v", value = 0x11 }, { call = "get_z", value = 0 } },
    { ["env.memory"] = 255 }) },
}

case "wasm64" {
  title = "__tls_base is an i64 for wasm64",
  clauses = { "tls.base", "wasm64.globals", "tls.wasm64" },
  link = function()
    local o = add_base(tls_object("a.o", { memory64 = true }), "i64")
    local v = tls(o, "v", "\x11\0\0\0")
    o:func("f", { sig = "-> i64", export = "f", code = { { "i64.const", addr_tls(v, 2) } } })
    return { "-mwasm64", "--no-entry", "--stack-first", "--export=__tls_base", o }
  end,
  expect = { valid(), exports { __tls_base = { kind = "global", type = "i64", mutable = false } },
    global_value("__tls_base", 65536), const_at("f", 1, 2) },
}

case "bytes-of-other-data" {
  title = "the block is in front of data that has its bytes and that nothing refers to",
  clauses = { "tls.block" },
  link = function()
    local o = tls_object "a.o"
    local v = tls(o, "v", "\x11\x22\x33\x44")
    o:data("same", { bytes = "\x11\x22\x33\x44", no_strip = true, static = true })
    o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr_tls(v) } } })
    return { "--no-entry", "--no-gc-sections", "--stack-first", o }
  end,
  expect = { data_segments { ".tdata", ".data" }, data_count("\x11\x22\x33\x44", 2) },
}
