-- What is right beside what cases/malformed/linking.lua, metadata.lua and symbols.lua spoil: all
-- that a section "linking" may say.

case "every-kind-of-symbol" {
  title = "an object may have a symbol of each of the six kinds",
  clauses = { "linking.symbols.kind", "linking.sub-section", "symbol.object", "symbol.section" },
  link = function()
    local o = object "a.o"
    local note = o:section_symbol(o:custom("note", { bytes = "text" }))
    local t = o:table("t", { type = "externref", min = 2 })
    local e = o:tag("e", { sig = "i32 ->" })
    local g = o:global("g", { init = { "i32.const 5" } })
    local x = o:data("x", { bytes = "\7\0\0\0", align = 2 })
    o:custom("places", { bytes = { sec_offset(note, 1) } })
    o:func("f", { sig = "-> i32", export = "f", code = { { "table.size", t }, { "global.get", g },
      "i32.add", { "i32.const", addr(x) }, { "i32.load" }, "i32.add" } })
    o:func("h", { sig = "->", export = "h", code = { "i32.const 1", { "throw", e } } })
    return { "--no-entry", o }
  end,
  expect = { returns("f", {}, 14), counts { tag = 1, table = 1 }, custom("note", "text"),
    custom("places", "\1\0\0\0") },
}

-- f calls the import and adds what `one` gives; both symbols and indices are in other orders.
local function mixed(o)
  local last = o:func("one", { sig = "-> i32", code = "i32.const 1" })
  local imported = o:func("imported", { sig = "-> i32", undefined = true, explicit_name = true })
  local limit = o:global("limit", { init = { "i32.const 20" } })
  local base = o:global("base", { undefined = true, explicit_name = true })
  o:func("f", { sig = "-> i32", export = "f", code = { { "call", imported }, { "call", last },
    "i32.add", { "global.get", base }, "i32.add", { "global.get", limit }, "i32.add" } })
  return o
end

case "imports-behind-definitions" {
  title = "symbols of imports may stand behind those of definitions: their indices tell them apart",
  clauses = { "symbol.index", "symbol.object", "functions.numbering", "globals.numbering" },
  link = function() return { "--no-entry", mixed(object "a.o") } end,
  expect = { imports_exactly { "env.imported", "env.base" },
    returns("f", {}, 4321, { ["env.imported"] = 4000, ["env.base"] = 300 }) },
}

case "imports-of-two-objects" {
  title = "indices of a second object's imports and definitions are its own",
  clauses = { "symbol.index", "functions.numbering", "globals.numbering" },
  link = function()
    local a = object "a.o"
    local get = a:func("get", { sig = "-> i32", undefined = true, explicit_name = true })
    local g = a:global("g", { undefined = true, explicit_name = true })
    a:func("first", { sig = "-> i32", export = "first", code = { { "call", get },
      { "global.get", g }, "i32.add" } })
    return { "--no-entry", a, mixed(object "b.o") }
  end,
  expect = { imports_exactly { "env.imported", "env.base", "env.get", "env.g" },
    runs({ { call = "first", value = 57 }, { call = "f", value = 4321 } },
      { ["env.imported"] = 4000, ["env.base"] = 300, ["env.get"] = 50, ["env.g"] = 7 }) },
}

case "name-of-the-import" {
  title = "a reference without a name of its own means the definition of its import's name",
  clauses = { "symbol.import-name", "symbol.undefined" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local get = a:func("get", { sig = "-> i32", undefined = true, import_module = "elsewhere" })
    a:func("f", { sig = "-> i32", export = "f", code = { { "call", get } } })
    b:func("get", { sig = "-> i32", code = "i32.const 7" })
    return { "--no-entry", a, b }
  end,
  expect = { returns("f", {}, 7), imports_exactly {} },
}

case "another-name-than-the-import" {
  title = "the field of an import is no name where the symbol has one",
  clauses = { "symbol.explicit-name", "symbol.import-name" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local get = a:func("get", { sig = "-> i32", undefined = true, import_name = "other",
      explicit_name = true })
    a:func("f", { sig = "-> i32", export = "f", code = { { "call", get } } })
    b:func("other", { sig = "-> i32", export = "other", code = "i32.const 7" })
    return { "--no-entry", a, b }
  end,
  expect = { imports_exactly { "env.other" }, returns("f", {}, 9, { ["env.other"] = 9 }) },
}

case "constructor-of-a-later-symbol" {
  title = "a constructor is found by its symbol, where function and symbol have other numbers",
  clauses = { "linking.init-functions.symbol", "init.call-ctors" },
  link = function()
    local o = object "a.o"
    local x = o:data("x", { bytes = "\0\0\0\0", align = 2 })
    local wrong = o:func("wrong", { sig = "->", code = "unreachable" })
    local boot = o:func("boot", { sig = "->", code = { { "i32.const", addr(x) }, "i32.const 42",
      { "i32.store" } } })
    o:data("y", { bytes = "y" })
    o:init(boot)
    o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr(x) },
      { "i32.load" } } })
    o:func("g", { sig = "->", export = "g", code = { { "call", wrong } } })
    return { "--no-entry", o }
  end,
  expect = { returns("f", {}, 42), calls("__wasm_call_ctors", { "boot" }) },
}

case "parts-in-another-order" {
  title = "sub-sections may stand in any order, but for constructors and the symbol table",
  clauses = { "linking.sub-section", "linking.init-functions.order" },
  link = function()
    local o = object "a.o"
    local group = o:comdat "group"
    local x = o:data("x", { bytes = "\0\0\0\0", align = 2, comdat = group })
    o:init(o:func("boot", { sig = "->", static = true, code = { { "i32.const", addr(x) },
      "i32.const 42", { "i32.store" } } }))
    o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr(x) },
      { "i32.load" } } })
    o:move("linking.comdats", "linking.segments")
    return { "--no-entry", o }
  end,
  expect = { returns("f", {}, 42) },
}

case "undefined-thread-local-data" {
  title = "an undefined symbol lies in no segment: thread-local data may be defined elsewhere",
  clauses = { "symbol.tls", "symbol.data.segment" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local x = a:data("x", { bytes = "\1\2\3\4" }) -- segment 0
    local t = a:data("t", { tls = true, undefined = true })
    a:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr(x) }, "drop",
      { "global.get", a:global("__tls_base", { undefined = true }) },
      { "i32.const", addr_tls(t) }, "i32.add; i32.load8_u" } })
    b:data("t", { bytes = "\7", tls = true })
    for _, o in ipairs { a, b } do o:features { "+atomics", "+bulk-memory" } end
    return { "--no-entry", a, b }
  end,
  expect = { returns("f", {}, 7) },
}

case "absolute-symbol-beside-a-segment" {
  title = "an absolute symbol lies in no segment: its size is none of theirs",
  clauses = { "symbol.absolute", "symbol.data.size" },
  link = function()
    local o = object "a.o"
    o:data("x", { bytes = "\1\2\3\4", exported = true }) -- segment 0
    o:data("device", { absolute = true, segment = 0, offset = 2, size = 0x100 })
    return { "--no-entry", o }
  end,
  expect = { exports { x = "global" } },
}
