-- Whole programs as compilers write them for shared libraries, linked statically: the code adds the
-- bases itself, and whatever form an address has, it must mean the same place.

local function base(o, name, options)
  local opts = { type = "i32", undefined = true }
  for key, value in pairs(options or {}) do opts[key] = value end
  return o:global(name, opts)
end

case "four-forms-of-an-address" {
  title = "plain, by the entry, relative to the base, and in data: one address of a variable",
  clauses = { "reloc.memory-addr-rel-sleb", "got.internal", "reloc.memory-addr-i32" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local x = a:data("x", { bytes = "\x11\x22", hidden = true })
    local p = a:data("p", { bytes = { addr(x) }, align = 2, static = true })
    local mb = base(a, "__memory_base")
    a:func("same", { sig = "-> i32", export = "same", code = {
      { "global.get", got(x) }, { "global.get", mb }, { "i32.const", addr_rel(x) }, "i32.add",
      "i32.eq",
      { "global.get", mb }, { "i32.const", addr_rel(p) }, "i32.add", { "i32.load" },
      { "global.get", got(x) }, "i32.eq", "i32.and" } })
    local y = b:data("x", { undefined = true })
    b:func("plain", { sig = "-> i32", export = "plain", code = { { "i32.const", addr(y) },
      { "i32.load8_u" } } })
    return { "--no-entry", a, b }
  end,
  expect = { returns("same", {}, 1), returns("plain", {}, 0x11), no_import() },
}

case "three-forms-of-a-pointer" {
  title = "plain, by the entry, and relative to the base: one pointer to a function",
  clauses = { "reloc.table-index-rel-sleb", "got.internal", "reloc.table-index-sleb" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local g = a:func("g", { sig = "-> i32", hidden = true, code = "i32.const 7" })
    a:func("h", { sig = "-> i32", export = "h", code = "i32.const 8" })
    local tb = base(a, "__table_base")
    a:func("same", { sig = "-> i32", export = "same", code = {
      { "global.get", got(g) }, { "global.get", tb }, { "i32.const", slot_rel(g) }, "i32.add",
      "i32.eq" } })
    a:func("call", { sig = "-> i32", export = "call", code = {
      { "global.get", tb }, { "i32.const", slot_rel(g) }, "i32.add",
      { "call_indirect", "-> i32" } } })
    local h = b:func("h", { sig = "-> i32", undefined = true })
    b:func("other", { sig = "-> i32", export = "other", code = { { "i32.const", slot(h) },
      { "call_indirect", "-> i32" } } })
    return { "--no-entry", "--table-base=3", a, b }
  end,
  expect = { returns("same", {}, 1), returns("call", {}, 7), returns("other", {}, 8) },
}

case "virtual-call" {
  title = "an object's table of functions, found by an entry, calls the right one",
  clauses = { "got.internal", "reloc.table-index-i32" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local vtable = a:data("vtable", { undefined = true })
    a:func("f", { sig = "i32 -> i32", export = "f", code = {
      { "global.get", got(vtable) }, "local.get 0", "i32.const 2", "i32.shl", "i32.add",
      { "i32.load" }, { "call_indirect", "-> i32" } } })
    local list = {}
    for i = 1, 3 do
      list[i] = slot(b:func("m" .. i, { sig = "-> i32", static = true,
        code = "i32.const " .. i * 11 }))
    end
    b:data("vtable", { bytes = list, align = 2 })
    return { "--no-entry", a, b }
  end,
  expect = { runs { { call = "f", args = { 0 }, value = 11 }, { call = "f", args = { 1 },
    value = 22 }, { call = "f", args = { 2 }, value = 33 } } },
}

case "thread-local" {
  title = "a thread-local variable by its entry is the one that __tls_base and its offset find",
  clauses = { "got.internal", "reloc.memory-addr-tls-sleb" },
  link = function()
    local a, b = object "a.o", object "b.o"
    a:features { "+atomics", "+bulk-memory" }
    b:features { "+atomics", "+bulk-memory" }
    local v = a:data("v", { undefined = true, tls = true })
    a:func("set", { sig = "i32 ->", export = "set", code = { { "global.get", got(v) },
      "local.get 0", { "i32.store" } } })
    b:data("first", { tls = true, bytes = "\1\2\3\4", segment_name = ".tdata.first",
      segment_flags = { "tls" }, no_strip = true })
    local w = b:data("v", { tls = true, bytes = "\5\0\0\0", segment_name = ".tdata.v", align = 2,
      segment_flags = { "tls" } })
    local tls = base(b, "__tls_base", { mutable = true })
    b:func("get", { sig = "-> i32", export = "get", code = { { "global.get", tls },
      { "i32.const", addr_tls(w) }, "i32.add", { "i32.load" } } })
    return { "--no-entry", a, b }
  end,
  expect = { runs { { call = "get", value = 5 }, { call = "set", args = { 77 } },
    { call = "get", value = 77 } } },
}

case "constructor" {
  title = "a constructor of a position-independent object runs before what it exports",
  clauses = { "command.wrapper", "got.internal" },
  link = function()
    local o = object "a.o"
    local x = o:data("x", { bytes = "\1\0\0\0", align = 2 })
    local boot = o:func("boot", { sig = "->", static = true, code = { { "global.get", got(x) },
      "i32.const 9", { "i32.store" } } })
    o:init(boot, 100)
    o:func("f", { sig = "-> i32", export = "f", code = { { "global.get", got(x) },
      { "i32.load" } } })
    return { "--no-entry", o }
  end,
  expect = { returns("f", {}, 9) },
}
