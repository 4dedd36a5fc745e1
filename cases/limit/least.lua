-- Sections whose entries are as short as they can be: a reader that wants to see more bytes before
-- it believes a count refuses what is right.

case "empty-import-names" {
  title = "the names of an import may be empty: an entry of four bytes",
  clauses = { "container.import", "symbol.explicit-name" },
  link = function()
    local o = object("a.o", { memory = false, table = false })
    local f = o:func("f", { sig = "-> i32", undefined = true, import_module = "",
      import_name = "" })
    o:func("run", { sig = "-> i32", export = "run", code = { { "call", f } } })
    return { "--no-entry", o }
  end,
  expect = { imports_exactly { "." }, calls("run", { "f" }), valid() },
}

case "only-references" {
  title = "an object of references alone has symbols of three bytes",
  clauses = { "symbol.undefined", "linking.symbols.count" },
  link = function()
    local o, b = object("a.o", { memory = false, table = false }), object "b.o"
    o:func("f", { sig = "-> i32", undefined = true })
    b:func("f", { sig = "-> i32", export = "f", code = "i32.const 7" })
    return { "--no-entry", o, b }
  end,
  expect = { returns("f", {}, 7) },
}

case "empty-segment-name" {
  title = "the name of a segment may be empty",
  clauses = { "linking.segments.count" },
  link = function()
    local o = object "a.o"
    local s = o:segment("", { bytes = "1234" })
    o:data("d", { segment = s, offset = 0, size = 4, export = "d" })
    return { "--no-entry", o }
  end,
  expect = { data_at("d", "1234") },
}

case "locals-and-no-code" {
  title = "a function may have locals of two types, and nothing else",
  clauses = { "container.code" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "->", export = "f", locals = "i32 i64", code = {} })
    return { "--no-entry", o }
  end,
  expect = { runs { { call = "f" } } },
}

case "empty-export-name" {
  title = "the name under which an object exports a function may be empty",
  clauses = { "container.export" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "->", exported = true, export = "", code = "nop" })
    return { "--no-entry", o }
  end,
  expect = { exports_exactly { "memory", "" } },
}

case "empty-producer" {
  title = "a producer may have no name and no version",
  clauses = { "producers.merge" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "->", export = "f", code = "nop" })
    o:producers { { "sdk", "", "" } }
    return { "--no-entry", o }
  end,
  expect = { producers { sdk = { { "", "" } } } },
}
