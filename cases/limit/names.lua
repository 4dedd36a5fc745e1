-- Names as long as anybody makes them, and as odd.

local LONG = ("long-name-"):rep(6000)

case "symbols" {
  title = "names of 60000 bytes of functions, imports and segments are kept whole",
  clauses = { "symbol.name", "linking.segments.name" },
  link = function()
    local o = object "a.o"
    local host = o:func("host", { sig = "-> i32", undefined = true, import_module = LONG .. "m",
      import_name = LONG .. "i" })
    o:data(LONG .. "x", { bytes = "\1", segment_name = LONG .. "s", no_strip = true })
    o:func(LONG .. "f", { sig = "-> i32", export = LONG .. "e", code = { { "call", host } } })
    return { "--no-entry", o }
  end,
  expect = { exports { [LONG .. "e"] = "function" }, imports { [LONG .. "m." .. LONG .. "i"] =
    "function" }, data_segments { LONG .. "s" }, calls(LONG .. "e", { "host" }) },
}

case "differ-in-last-byte" {
  title = "long names that differ in the last byte only are two names",
  clauses = { "symbol.name" },
  link = function()
    local a, b = object "a.o", object "b.o"
    a:func(LONG .. "1", { sig = "-> i32", export = "one", code = "i32.const 1" })
    b:func(LONG .. "2", { sig = "-> i32", export = "two", code = "i32.const 2" })
    return { "--no-entry", a, b }
  end,
  expect = { code("one", { "i32.const 1" }), code("two", { "i32.const 2" }) },
}

case "comdat" {
  title = "COMDAT groups of long names are told apart by their last byte",
  clauses = { "comdat.name" },
  link = function()
    local list = { "--no-entry" }
    for i, last in ipairs { "1", "2", "1" } do
      local o = object(("c%d.o"):format(i))
      local group = o:comdat(LONG .. last)
      o:func("f" .. last, { sig = "-> i32", weak = true, comdat = group, export = "f" .. last,
        code = "i32.const " .. i })
      list[#list + 1] = o
    end
    return list
  end,
  expect = { code("f1", { "i32.const 1" }), code("f2", { "i32.const 2" }) },
}

case "custom" {
  title = "custom sections of long names are joined by their whole names",
  clauses = { "custom.concatenate" },
  link = function()
    local a, b = object "a.o", object "b.o"
    a:func("f", { sig = "->", export = "f", code = "nop" })
    a:custom(LONG .. "1", { path = "one", bytes = "a1" })
    a:custom(LONG .. "2", { path = "two", bytes = "a2" })
    b:custom(LONG .. "1", { path = "one", bytes = "b1" })
    return { "--no-entry", a, b }
  end,
  expect = { custom(LONG .. "1", "a1b1"), custom(LONG .. "2", "a2") },
}

case "utf-8" {
  title = "names are bytes: those beyond ASCII are kept as they are",
  clauses = { "symbol.name" },
  link = function()
    local o = object "a.o"
    o:func("ünïcødé-✓", { sig = "-> i32", export = "ünïcødé-✓", code = "i32.const 1" })
    return { "--no-entry", o }
  end,
  expect = { exports { ["ünïcødé-✓"] = "function" }, returns("ünïcødé-✓", {}, 1) },
}

-- The first and the last character of each length, and those about the surrogates.
case "utf-8-edges" {
  title = "a name may have any character there is",
  clauses = { "symbol.name" },
  link = function()
    local o = object "a.o"
    o:func("f\u{7f}\u{80}\u{7ff}\u{800}\u{d7ff}\u{e000}\u{ffff}\u{10000}\u{40000}\u{10ffff}",
      { sig = "-> i32", export = "f", code = "i32.const 7" })
    return { "--no-entry", o }
  end,
  expect = { returns("f", {}, 7) },
}

case "one-byte-apart" {
  title = "a name that begins like another one is another name",
  clauses = { "symbol.name" },
  link = function()
    local o = object "a.o"
    for i, name in ipairs { "f", "ff", "fff" } do
      o:func(name, { sig = "-> i32", export = name, code = "i32.const " .. i })
    end
    return { "--no-entry", o }
  end,
  expect = { code("f", { "i32.const 1" }), code("ff", { "i32.const 2" }),
    code("fff", { "i32.const 3" }) },
}

case "nul" {
  title = "a name goes on behind a byte of zero",
  clauses = { "symbol.name" },
  link = function()
    local o = object "a.o"
    o:func("f\0one", { sig = "-> i32", export = "e\0one", code = "i32.const 1" })
    o:func("f\0two", { sig = "-> i32", export = "e\0two", code = "i32.const 2" })
    return { "--no-entry", o }
  end,
  expect = { code("e\0one", { "i32.const 1" }), code("e\0two", { "i32.const 2" }),
    name_section { functions = { "f\0one", "f\0two" } } },
}

case "empty" {
  title = "a name of no bytes is a name",
  clauses = { "symbol.name" },
  link = function()
    local a, b = object "a.o", object "b.o"
    a:func("f", { sig = "-> i32", export = "f", code = {
      { "call", a:func("", { sig = "-> i32", undefined = true }) } } })
    b:func("", { sig = "-> i32", code = "i32.const 1" })
    return { "--no-entry", a, b }
  end,
  expect = { returns("f", {}, 1) },
}
