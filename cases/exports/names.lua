-- Under which names, and in which order.

case "export-name" {
  title = "a function with an export name is exported under that and not as its symbol",
  clauses = { "export.name" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "-> i32", export = "name with spaces", code = "i32.const 6" })
    return { "--no-entry", o }
  end,
  expect = { exports_exactly { "memory", "name with spaces" },
    returns("name with spaces", {}, 6) },
}

case "export-name-and-option" {
  title = "--export finds a function by its symbol, and exports it under its export name",
  clauses = { "export.name", "export.option" },
  link = function()
    local o = object "a.o"
    o:export("eff", o:func("f", { sig = "->", code = "nop" }))
    return { "--no-entry", "--export=f", o }
  end,
  expect = { exports_exactly { "memory", "eff" } },
}

case "export-option-takes-symbols" {
  title = "--export does not find a function by its export name",
  clauses = { "export.name", "export.option.missing" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "->", export = "eff", code = "nop" })
    return { "--no-entry", "--export=eff", o }
  end,
  expect = { rejects { id = "EXPORT_NOT_FOUND" } },
}

case "alias" {
  title = "two symbols of one function are two exports of one index",
  clauses = { "symbol.alias", "export.option" },
  link = function()
    local o = object "a.o"
    o:alias("g", o:func("f", { sig = "->", code = "nop" }))
    return { "--no-entry", "--export=f", "--export=g", o }
  end,
  expect = { exports { f = { kind = "function", is = "g" }, g = "function" }, function_count(1) },
}

case "order-of-symbols" {
  title = "exports come in the order in which their names were first mentioned, the memory first",
  clauses = { "export.order" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local late = a:func("late", { sig = "->", undefined = true })
    a:func("z", { sig = "->", exported = true, code = { { "call", late } } })
    a:func("m", { sig = "->", exported = true, code = "nop" })
    b:func("first", { sig = "->", exported = true, code = "nop" })
    b:func("late", { sig = "->", exported = true, code = "nop" })
    return { "--no-entry", a, b }
  end,
  expect = { export_order { "memory", "late", "z", "m", "first" } },
}

case "order-of-options" {
  title = "the order of --export options does not matter",
  clauses = { "export.order" },
  link = function()
    local o = object "a.o"
    for _, name in ipairs { "b", "c", "a" } do o:func(name, { sig = "->", code = "nop" }) end
    return { "--no-entry", "--export=a", "--export=b", "--export=c", o }
  end,
  expect = { export_order { "memory", "b", "c", "a" } },
}

case "order-of-lazy-names" {
  title = "a name that an archive offered first is exported in that place",
  clauses = { "export.order", "archive.lazy" },
  link = function()
    local f, main = object "f.o", object "main.o"
    f:func("f", { sig = "->", exported = true, code = "nop" })
    main:func("run", { sig = "->", exported = true, code = { { "call",
      main:func("f", { sig = "->", undefined = true }) } } })
    return { "--no-entry", archive("lib.a", { f }), main }
  end,
  expect = { export_order { "memory", "f", "run" } },
}

-- Two exports of one name make a module that is not valid ----------------------------------------

case "two-export-names" {
  title = "two functions of one export name are an error",
  clauses = { "export.unique" },
  origin = "rust-lang/rust#98969",
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "->", export = "same", code = "nop" })
    o:func("g", { sig = "->", export = "same", code = "nop" })
    return { "--no-entry", o }
  end,
  expect = { rejects { id = "EXPORT_TWICE", class = "duplicate", file = "a.o",
    message = "f in a%.o.*g in a%.o" } },
}

case "twice-said-behind-undefined" {
  title = "while a name is undefined nothing is exported, and nothing twice",
  clauses = { "export.unique", "symbol.undefined.strong" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "->", export = "same", code = "nop" })
    o:func("g", { sig = "->", export = "same", code = {
      { "call", o:func("nowhere", { sig = "->", undefined = true }) } } })
    return { "--no-entry", o }
  end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", of = 1 } },
}

case "twice-said-before-values" {
  title = "export names are settled before any value is: of one that does not fit nothing is said",
  clauses = { "export.unique" },
  link = function()
    local o = object "a.o"
    local x = o:data("x", { bytes = "1234" })
    o:func("f", { sig = "->", export = "same", code = "nop" })
    o:func("g", { sig = "->", export = "same", code = { "i32.const 0",
      { "i32.load", addr(x, -0x20000) }, "drop" } })
    return { "--no-entry", o }
  end,
  expect = { rejects { id = "EXPORT_TWICE", of = 1 } },
}

case "export-name-is-a-symbol" {
  title = "an export name that is also the name of another export is an error",
  clauses = { "export.unique" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "->", export = "g", code = "nop" })
    o:func("g", { sig = "->", code = "nop" })
    return { "--no-entry", "--export=g", o }
  end,
  expect = { rejects { id = "EXPORT_TWICE", class = "duplicate", file = "a.o",
    message = "f in a%.o.*g in a%.o" } },
}

case "export-name-is-the-memory" {
  title = "an export of the name of the memory is an error",
  clauses = { "export.unique", "memory.export" },
  origin = "wild-linker/wild#2381",
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "->", export = "memory", code = "nop" })
    return { "--no-entry", o }
  end,
  expect = { rejects { id = "EXPORT_TWICE", class = "duplicate", file = "a.o",
    message = "memory in <internal>.*f in a%.o" } },
}

case "export-name-of-imported-memory" {
  title = "where the memory is not exported its name is free",
  clauses = { "export.unique", "memory.import" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "->", export = "memory", code = "nop" })
    return { "--no-entry", "--import-memory", o }
  end,
  expect = { exports_exactly { memory = "function" }, valid() },
}

case "alias-of-an-export-name" {
  title = "an export name belongs to the function: two exported symbols of it clash",
  clauses = { "export.unique", "symbol.alias" },
  link = function()
    local o = object "a.o"
    o:alias("g", o:func("f", { sig = "->", export = "eff", code = "nop" }))
    return { "--no-entry", "--export=g", o }
  end,
  expect = { rejects { id = "EXPORT_TWICE", class = "duplicate", file = "a.o",
    message = "f in a%.o.*g in a%.o" } },
}
