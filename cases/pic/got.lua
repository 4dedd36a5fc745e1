-- Position-independent objects in a static link: which symbols get a global of their own (a GOT
-- entry), what it holds, where it stands among the globals, and what it is called.  The plain cases
-- are in reloc/got.lua.

-- The index of the global that instruction n of f() reads.
local function read_by(module, view, name, n)
  return module:instructions(view:func(name))[n or 1].values[1]
end

-- An object with f(), which reads the GOT entry of what make(o) gives.
local function reading(make)
  return function()
    local o = object "a.o"
    o:func("f", { sig = "-> i32", export = "f", code = { { "global.get", got(make(o)) } } })
    return { "--no-entry", o }
  end
end

case "local-variable" {
  title = "a local variable has an entry of its own, two of one name have two",
  clauses = { "got.internal", "symbol.binding.local" },
  link = function()
    local list = { "--no-entry" }
    for _, name in ipairs { "a", "b" } do
      local o = object(name .. ".o")
      local x = o:data("x", { bytes = name, static = true })
      o:func(name, { sig = "-> i32", export = name, code = { { "global.get", got(x) },
        { "i32.load8_u" } } })
      list[#list + 1] = o
    end
    return list
  end,
  expect = { returns("a", {}, 0x61), returns("b", {}, 0x62), no_import() },
}

case "hidden-variable" {
  title = "a hidden variable has an entry like any other",
  clauses = { "got.internal" },
  link = reading(function(o)
    o:data("first", { bytes = "first", no_strip = true })
    local x = o:data("x", { bytes = "\x22", hidden = true })
    o:alias("shown", x, { export = "shown" })
    return x
  end),
  expect = { no_import(), holds("the address of x", function(module, view)
    return view:global_value(read_by(module, view, "f")) == view:address "shown"
  end) },
}

case "alias-of-a-variable" {
  title = "two names of one variable have an entry each, both hold its address",
  clauses = { "got.internal" },
  link = function()
    local o = object "a.o"
    local x = o:data("x", { bytes = "\x22\x33", export = "x" })
    local y = o:alias("y", x, { offset = 1, size = 1, export = "y" })
    o:func("f", { sig = "-> i32", export = "f", code = { { "global.get", got(x) },
      { "global.get", got(y) }, "i32.sub" } })
    return { "--no-entry", o }
  end,
  expect = { returns("f", {}, -1), holds("two entries", function(module, view)
    local x, y = read_by(module, view, "f", 1), read_by(module, view, "f", 2)
    return x ~= y and view:global_value(x) == view:address "x"
      and view:global_value(y) == view:address "y"
  end) },
}

case "alias-of-a-function" {
  title = "two names of one function give one slot: pointers to it are equal",
  clauses = { "got.internal", "table.slot-once" },
  link = function()
    local o = object "a.o"
    local g = o:func("g", { sig = "-> i32", export = "g", code = "i32.const 7" })
    local h = o:alias("h", g, {})
    o:func("f", { sig = "-> i32", export = "f", code = { { "global.get", got(g) },
      { "global.get", got(h) }, "i32.eq" } })
    o:func("call", { sig = "-> i32", export = "call", code = { { "global.get", got(h) },
      { "call_indirect", "-> i32" } } })
    return { "--no-entry", o }
  end,
  expect = { returns("f", {}, 1), returns("call", {}, 7), in_table "g" },
}

case "thread-local" {
  title = "the entry of a thread-local variable holds its address, not its offset in the block",
  clauses = { "got.internal", "tls.offset" },
  link = function()
    local o = object "a.o"
    o:features { "+atomics", "+bulk-memory" }
    o:data("first", { tls = true, bytes = "\1\2\3\4", segment_name = ".tdata.first",
      segment_flags = { "tls" }, no_strip = true })
    local v = o:data("v", { tls = true, bytes = "\x22", segment_name = ".tdata.v",
      segment_flags = { "tls" } })
    local base = o:global("__tls_base", { type = "i32", mutable = true, undefined = true })
    o:func("f", { sig = "-> i32", export = "f", code = { { "global.get", got(v) },
      { "i32.load8_u" } } })
    o:func("offset", { sig = "-> i32", export = "offset", code = { { "global.get", got(v) },
      { "global.get", base }, "i32.sub" } })
    return { "--no-entry", o }
  end,
  expect = { returns("f", {}, 0x22), returns("offset", {}, 4) },
}

case "imported-function" {
  title = "the entry of an imported function holds the slot that the import gets",
  clauses = { "got.internal" },
  link = reading(function(o)
    return o:func("host", { sig = "-> i32", undefined = true, import_module = "m",
      import_name = "field" })
  end),
  expect = { imports { ["m.field"] = "function" }, in_table "host",
    returns("f", {}, 1, { ["m.field"] = 5 }) },
}

case "signature-mismatch" {
  title = "the entry of a function under another signature is 0 where its caller would trap",
  clauses = { "got.internal", "signature.mismatch" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local g = a:func("g", { sig = "i32 -> i32", undefined = true })
    a:func("f", { sig = "-> i32", export = "f", code = { { "global.get", got(g) } } })
    a:func("call", { sig = "-> i32", export = "call", code = { "i32.const 1", { "call", g } } })
    b:func("g", { sig = "-> i32", code = "i32.const 7", export = "g" })
    return { "--no-entry", a, b }
  end,
  expect = { warns { id = "SIGNATURE_MISMATCH" }, returns("f", {}, 0), traps "call" },
}

case "of-a-discarded-group" {
  title = "the entry of what a second COMDAT group would define holds the address of the first",
  clauses = { "got.internal", "comdat.first-wins" },
  link = function()
    local list = { "--no-entry" }
    for _, name in ipairs { "a", "b" } do
      local o = object(name .. ".o")
      local group = o:comdat "group"
      local x = o:data("x", { bytes = name, weak = true, comdat = group,
        segment_name = ".data.x" })
      o:func(name, { sig = "-> i32", export = name, code = { { "global.get", got(x) },
        { "i32.load8_u" } } })
      list[#list + 1] = o
    end
    return list
  end,
  expect = { returns("a", {}, 0x61), returns("b", {}, 0x61) },
}

case "weak-loser" {
  title = "references of the object whose weak definition lost read the winner's entry",
  clauses = { "got.internal", "symbol.binding.weak" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local weak = a:data("x", { bytes = "\1", weak = true })
    a:func("f", { sig = "-> i32", export = "f", code = { { "global.get", got(weak) },
      { "i32.load8_u" } } })
    b:data("x", { bytes = "\2" })
    return { "--no-entry", a, b }
  end,
  expect = { returns("f", {}, 2) },
}

case "among-other-globals" {
  title = "entries, defined globals and the globals of exported data are not mixed up",
  clauses = { "got.internal", "globals.numbering" },
  link = function()
    local o = object "a.o"
    local x = o:data("x", { bytes = "\x22", export = "x" })
    o:data("y", { bytes = "\x33", export = "y" })
    local g = o:func("g", { sig = "-> i32", code = "i32.const 7" })
    local own = o:global("own", { type = "i32", mutable = true, init = "i32.const 5" })
    o:func("f", { sig = "-> i32", export = "f", code = { { "global.get", got(x) },
      { "i32.load8_u" }, { "global.get", got(g) }, { "call_indirect", "-> i32" }, "i32.add",
      { "global.get", own }, "i32.add" } })
    return { "--no-entry", o }
  end,
  expect = { returns("f", {}, 0x22 + 7 + 5), data_at("x", "\x22"), data_at("y", "\x33") },
}

case "names" {
  title = "entries are named after what they point to: GOT.data.internal.x, GOT.func.internal.g",
  clauses = { "got.internal", "names.global" },
  origin = "emscripten-core/emscripten#9013",
  link = function()
    local o = object "a.o"
    local x = o:data("x", { bytes = "\x22" })
    local g = o:func("_Z1gi", { sig = "i32 ->", code = "nop" })
    o:func("f", { sig = "-> i32", export = "f", code = { { "global.get", got(x) },
      { "global.get", got(g) }, "i32.add" } })
    return { "--no-entry", o }
  end,
  expect = { holds("names of both entries", function(module, view)
    local x, g = read_by(module, view, "f", 1), read_by(module, view, "f", 2)
    return view:is_named("global", x, "GOT.data.internal.x")
      and view:is_named("global", g, "GOT.func.internal.g(int)")
  end) },
}

case "weak-undefined-alone" {
  title = "the entry of a weak undefined function is 0 and needs no slot, but there is a table",
  clauses = { "got.internal", "symbol.undefined.weak" },
  link = reading(function(o)
    return o:func("w", { sig = "-> i32", undefined = true, weak = true })
  end),
  expect = { returns("f", {}, 0), indirect_table { min = 1, max = 1 } },
}

case "table-base" {
  title = "slots in entries begin at --table-base",
  clauses = { "got.internal", "table.base" },
  link = function()
    local o = object "a.o"
    local g = o:func("g", { sig = "-> i32", code = "i32.const 7", export = "g" })
    o:func("f", { sig = "-> i32", export = "f", code = { { "global.get", got(g) } } })
    return { "--no-entry", "--table-base=10", o }
  end,
  expect = { returns("f", {}, 10), elem_slots { [10] = "g" } },
}

case "imported-table" {
  title = "with --import-table too the entry holds a slot of the table",
  clauses = { "got.internal", "table.import" },
  link = function()
    local o = object "a.o"
    local g = o:func("g", { sig = "-> i32", code = "i32.const 7", export = "g" })
    o:func("f", { sig = "-> i32", export = "f", code = { { "global.get", got(g) },
      { "call_indirect", "-> i32" } } })
    return { "--no-entry", "--import-table", o }
  end,
  expect = { in_table "g", indirect_table { imported = true, min = 2 } },
}

case "entry-keeps-its-target" {
  title = "what is only read through an entry is not collected",
  clauses = { "got.internal", "gc.reachability" },
  origin = { "emscripten-core/emscripten#9013", "wild-linker/wild#2332" },
  link = function()
    local o = object "a.o"
    local x = o:data("x", { bytes = "kept" })
    local g = o:func("g", { sig = "-> i32", code = "i32.const 1234567" })
    o:func("f", { sig = "-> i32", export = "f", code = { { "global.get", got(x) },
      { "global.get", got(g) }, "i32.add" } })
    return { "--no-entry", o }
  end,
  expect = { data_count("kept", 1), has_function "g", in_table "g" },
}

case "archive-member" {
  title = "an entry of an undefined variable loads the archive member that defines it",
  clauses = { "got.internal", "archive.lazy" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local x = a:data("x", { undefined = true })
    a:func("f", { sig = "-> i32", export = "f", code = { { "global.get", got(x) },
      { "i32.load8_u" } } })
    b:data("x", { bytes = "\x2a" })
    return { "--no-entry", a, archive("lib.a", { b }) }
  end,
  expect = { returns("f", {}, 42) },
}

case "data-index-of-32-bits" {
  title = "a global index in data is that of a global: a variable has none there",
  clauses = { "reloc.global-index-i32", "reloc.symbol.got" },
  link = function()
    local o = object "a.o"
    local g = o:global("g", { type = "i32", init = "i32.const 5" })
    o:data("x", { bytes = "\x22", export = "x" })
    o:data("index", { bytes = { reloc { type = "R_WASM_GLOBAL_INDEX_I32", sym = g,
      bytes = "\0\0\0\0" } }, export = "index" })
    return { "--no-entry", o }
  end,
  mutate = { file = "a.o", at = "reloc.DATA.entries[0].index", to = 1 },
  expect = { rejects { id = "RELOC_TARGET", phase = "read", class = "malformed" } },
}
