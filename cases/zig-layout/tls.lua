-- --layout=zig: thread-local data is first, and one block, whatever the names of its segments:
-- __tls_base is the start of all of it.

local function tls_object(name)
  local o = object(name)
  o:features { "+atomics", "+bulk-memory" }
  return o
end

local function add(o, name, segment, bytes, align)
  return o:data(name, { tls = true, segment_name = segment, segment_flags = { "tls" },
    bytes = bytes, align = align, no_strip = true })
end

-- a.o: get_NAME() gives the offset of a variable from __tls_base, base() that, read_b() reads b.
local function program(...)
  local options = { ... }
  return function()
    local a, b = tls_object "a.o", tls_object "b.o"
    local base = a:global("__tls_base", { type = "i32", mutable = true, undefined = true })
    a:data("plain", { bytes = "plain", export = "plain" })
    local va = add(a, "a", ".tdata.a", "aaaaa", 0)
    local vz = add(b, "z", ".tbss.z", "\0\0\0", 0)
    local vb = add(b, "b", ".tdata.b", "\x11\x22\x33\x44", 6)
    for _, v in ipairs { { a, va }, { b, vz }, { b, vb } } do
      local o, name = v[1], "get_" .. v[2].name
      o:func(name, { sig = "-> i32", export = name, code = { { "i32.const", addr_tls(v[2]) } } })
    end
    a:func("base", { sig = "-> i32", export = "base", code = { { "global.get", base } } })
    local again = b:global("__tls_base", { type = "i32", mutable = true, undefined = true })
    b:func("read_b", { sig = "-> i32", export = "read_b", code = { { "global.get", again },
      { "i32.const", addr_tls(vb) }, "i32.add", { "i32.load" } } })
    local list = { "--layout=zig", "--no-entry", a, b }
    for _, option in ipairs(options) do list[#list + 1] = option end
    return list
  end
end

case "one-block-first" {
  title = "all thread-local segments are one block, before all other data",
  clauses = { "layout.zig.tls", "tls.offset" },
  link = program(),
  expect = { data_segments { ".tdata", ".data" }, returns("base", {}, 1048576),
    address "plain" { above = 1048576 }, returns("read_b", {}, 0x44332211) },
}

-- .tbss sorts before .tdata, so that the strictest member is not the first one.
case "aligned-as-the-strictest" {
  title = "the block is aligned as its strictest member, wherever that stands",
  clauses = { "layout.zig.tls", "data.alignment" },
  link = program("--global-base=1032"),
  expect = {
    returns("base", {}, 1088), const_at("get_z", 1, 0), const_at("get_b", 1, 64),
    const_at("get_a", 1, 68), returns("read_b", {}, 0x44332211),
    address "plain" { equals = 1088 + 73 },
  },
}

case "from-its-start" {
  title = "the value of a TLS relocation is the offset in the block, not an address",
  clauses = { "layout.zig.tls", "reloc.memory-addr-tls-sleb" },
  link = program("-z", "stack-size=4096"),
  expect = { const_at("get_z", 1, 0), const_at("get_b", 1, 64), const_at("get_a", 1, 68) },
}

case "zeros-take-part" {
  title = "zeros of the block are bytes of it: they cannot be at the end with the others",
  clauses = { "layout.zig.tls" },
  link = function()
    local a = tls_object "a.o"
    local z = add(a, "z", ".tbss.z", "\0\0\0\0", 2)
    a:data("zeros", { bytes = "\0\0\0\0", segment_name = ".bss.x", export = "zeros" })
    a:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr_tls(z) } } })
    return { "--layout=zig", "--no-entry", a }
  end,
  expect = { data_segments { ".tdata" }, const_at("f", 1, 0), address "zeros" { min = 1048580 } },
}
