-- Thread-local data in a link for one thread: its addresses are offsets from the start of the TLS
-- block, and __tls_base is where that block stands.

local function tls_object(name)
  local o = object(name)
  o:features { "+atomics", "+bulk-memory" }
  return o
end

local function add_tls(o, name, bytes, options)
  local opts = { tls = true, segment_name = ".tdata." .. name, segment_flags = { "tls" },
    bytes = bytes, align = 2 }
  for key, value in pairs(options or {}) do opts[key] = value end
  return o:data(name, opts)
end

case "base-plus-offset" {
  title = "__tls_base plus the offset of a TLS relocation is where the variable is",
  clauses = { "reloc.memory-addr-tls-sleb", "tls.offset" },
  origin = "wild-linker/wild#2524",
  link = function()
    local o = tls_object "a.o"
    o:data("plain", { bytes = "plain data", no_strip = true })
    local base = o:global("__tls_base", { type = "i32", mutable = true, undefined = true })
    add_tls(o, "first", "\x11\0\0\0", { no_strip = true })
    local v = add_tls(o, "v", "\x22\0\0\0\x33\0\0\0")
    o:func("f", { sig = "-> i32", export = "f", code = { { "global.get", base },
      { "i32.const", addr_tls(v) }, "i32.add", { "i32.load" } } })
    o:func("g", { sig = "-> i32", export = "g", code = { { "global.get", base },
      { "i32.const", addr_tls(v, 4) }, "i32.add", { "i32.load" } } })
    return { "--no-entry", o }
  end,
  expect = { no_import(), returns("f", {}, 0x22), returns("g", {}, 0x33) },
}

case "offset-from-the-start" {
  title = "the value of a TLS relocation is the offset in the block of all objects",
  clauses = { "reloc.memory-addr-tls-sleb", "tls.offset" },
  link = function()
    local a, b = tls_object "a.o", tls_object "b.o"
    local x = add_tls(a, "x", "\x11\0\0\0")
    a:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr_tls(x) } } })
    local y = add_tls(b, "y", "\x22\0\0\0", { align = 4 })
    b:func("g", { sig = "-> i32", export = "g", code = { { "i32.const", addr_tls(y) } } })
    b:func("h", { sig = "-> i32", export = "h", code = { { "i32.const", addr_tls(y, -1) } } })
    return { "--no-entry", a, b }
  end,
  expect = { const_at("f", 1, 0), const_at("g", 1, 16), const_at("h", 1, 15) },
}

case "plain-relocation" {
  title = "a plain address relocation against thread-local data is the offset in the block too",
  clauses = { "tls.offset", "reloc.memory-addr-sleb" },
  link = function()
    local o = tls_object "a.o"
    o:data("plain", { bytes = "plain data", no_strip = true })
    add_tls(o, "first", "\x11\0\0\0", { no_strip = true })
    local v = add_tls(o, "v", "\x22\0\0\0\x33\0\0\0")
    o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr(v, 4) } } })
    return { "--no-entry", o }
  end,
  expect = { const_at("f", 1, 8) },
}

case "one-block" {
  title = "thread-local data of all objects is one segment, whatever its segments were called",
  clauses = { "tls.block" },
  link = function()
    local a, b = tls_object "a.o", tls_object "b.o"
    add_tls(a, "x", "\x11\0\0\0", { no_strip = true })
    a:data("plain", { bytes = "plain", no_strip = true })
    add_tls(b, "y", "\x22\0\0\0", { no_strip = true, segment_name = ".mine" })
    return { "--no-entry", a, b }
  end,
  expect = { data_count("\x11\0\0\0\x22\0\0\0", 1), data_count("plain", 1) },
}

-- Linking.md calls it an error to merge shared and unshared segments, but names no flag for it.
case "flag-beside-plain-data" {
  title = "a thread-local segment is told by its flag: it is not merged with others of its prefix",
  clauses = { "tls.segment", "data.shared-and-not" },
  link = function()
    local a, b = tls_object "a.o", tls_object "b.o"
    add_tls(a, "x", "\x11\0\0\0", { no_strip = true, segment_name = ".data.x" })
    b:data("y", { bytes = "plain", segment_name = ".data.y", no_strip = true })
    return { "--no-entry", a, b }
  end,
  expect = { data_segments { ".tdata", ".data" }, data_count("\x11\0\0\0", 1),
    data_count("plain", 1) },
}

case "undefined" {
  title = "a TLS relocation against an undefined variable is an error, even a weak one",
  clauses = { "reloc.memory-addr-tls-sleb", "symbol.undefined.weak" },
  link = function()
    local o = tls_object "a.o"
    local gone = o:data("gone", { undefined = true, weak = true, tls = true })
    o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr_tls(gone) } } })
    return { "--no-entry", o }
  end,
  expect = { rejects { id = "TLS_UNDEFINED", class = "undefined" } },
}

-- C programs take it for a pointer to the thread (__builtin_thread_pointer).
case "base-without-a-block" {
  title = "__tls_base is a constant where no input has thread-local data, too, and not null",
  clauses = { "tls.base", "tls.base.one-thread" },
  origin = "llvm/llvm-project#193563",
  link = function()
    local o = object "a.o"
    local base = o:global("__tls_base", { type = "i32", mutable = true, undefined = true })
    o:func("is_null", { sig = "-> i32", export = "is_null",
      code = { { "global.get", base }, "i32.eqz" } })
    return { "--no-entry", o }
  end,
  expect = { no_import(), holds("an immutable global", function(module, view)
    local index = module:instructions(view:func "is_null")[1].values[1]
    return not view:describe("global", index).mutable
  end), returns("is_null", {}, 0) },
  peer_differs = "it is 0",
}

-- Objects of LLVM 13 and before say it by the name of the segment alone.
for _, segment in ipairs { ".tdata", ".tbss" } do
  case("by-the-name-" .. segment:sub(2)) {
    title = ("a segment named %s.v is thread-local, flagged or not, and so are its symbols")
      :format(segment),
    clauses = { "tls.block", "tls.offset", "object.legacy-tls" },
    link = function()
      local o = tls_object "a.o"
      o:data("plain", { bytes = "plain data", no_strip = true })
      add_tls(o, "first", "\x11\0\0\0", { no_strip = true })
      local v = o:data("v", { segment_name = segment .. ".v", bytes = "\0\0\0\0", align = 2 })
      o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr_tls(v) } } })
      o:func("plain_f", { sig = "-> i32", export = "plain_f", code = { { "i32.const", addr(v) } } })
      return { "--validate=permissive", "--no-entry", o }
    end,
    expect = { const_at("f", 1, 4), const_at("plain_f", 1, 4) },
  }
end

case "not-by-half-of-the-name" {
  title = "a segment named .tdat.v is plain, and what stands in it has an address",
  clauses = { "object.legacy-tls" },
  link = function()
    local o = object "a.o"
    local v = o:data("v", { segment_name = ".tdat.v", bytes = "\x22\0\0\0", align = 2 })
    o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr(v) },
      { "i32.load" } } })
    return { "--no-entry", o }
  end,
  expect = { returns("f", {}, 0x22) },
}

case "distance-between-plain-data-of-threads" {
  title = "where memory is shared plain data may tell the distance to plain data",
  clauses = { "reloc.memory-addr-locrel-i32" },
  link = function()
    local o = object "a.o"
    o:features { "+atomics", "+bulk-memory", "+mutable-globals" }
    o:data("p", { bytes = { addr_locrel(o:data("x", { bytes = "1234", export = "x" }), 0) },
      export = "p" })
    return { "--no-entry", "--shared-memory", "--max-memory=131072", o }
  end,
  expect = { address "x" { distance = { "p", -4 } }, data_at("p", "\xfc\xff\xff\xff") },
}
