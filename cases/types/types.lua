-- The type section of the output: what is used, each type once, whatever the objects number them.

case "once" {
  title = "a type that two objects use is in the output once",
  clauses = { "types.once" },
  link = function()
    local link = { "--no-entry" }
    for i, name in ipairs { "f", "g", "h" } do
      local o = object(name .. ".o")
      o:type("f64 -> f64")
      o:func(name, { sig = "i32 i64 -> i32", export = name, code = "i32.const " .. i })
      link[#link + 1] = o
    end
    return link
  end,
  expect = { types_unique(), counts { type = 1 }, signature("h", "i32 i64 -> i32"),
    returns("h", { 0, 0 }, 3) },
}

case "once-within-an-object" {
  title = "equal types of one object are one type of the output",
  clauses = { "types.once" },
  link = function()
    local a = object "a.o"
    a:func("f", { sig = a:type("-> i32", { unique = true }), export = "f", code = "i32.const 1" })
    a:func("g", { sig = a:type("-> i32", { unique = true }), export = "g", code = "i32.const 2" })
    return { "--no-entry", a }
  end,
  expect = { counts { type = 1 }, returns("f", {}, 1), returns("g", {}, 2) },
}

case "parameters-are-no-results" {
  title = "types that differ only in what is parameter and what is result stay apart",
  clauses = { "types.once", "functions.type" },
  link = function()
    local a = object "a.o"
    a:func("take", { sig = "i32 ->", export = "take", code = {} })
    a:func("give", { sig = "-> i32", export = "give", code = "i32.const 5" })
    a:func("both", { sig = "i32 -> i32", export = "both", code = "local.get 0" })
    a:func("two", { sig = "i32 i32 ->", export = "two", code = {} })
    return { "--no-entry", a }
  end,
  expect = { counts { type = 4 }, signature("take", "i32 ->"), signature("give", "-> i32"),
    signature("both", "i32 -> i32"), signature("two", "i32 i32 ->"), returns("give", {}, 5) },
}

case "unused" {
  title = "types that only dead or no code uses are not in the output",
  clauses = { "types.synthesized" },
  link = function()
    local a = object "a.o"
    a:type("i64 i64 -> f32")
    a:func("dead", { sig = "f32 -> f32", code = { "local.get 0" } })
    a:func("gone", { sig = "f64 -> f64", undefined = true, import_module = "env",
      import_name = "gone" })
    a:func("f", { sig = "-> i32", export = "f", code = "i32.const 1" })
    return { "--no-entry", a }
  end,
  expect = { no_type("i64 i64 -> f32", "f32 -> f32", "f64 -> f64"), has_type "-> i32" },
}

case "none" {
  title = "a program without functions has no type section",
  clauses = { "types.synthesized" },
  link = function()
    local a = object "a.o"
    a:type("i32 -> i32")
    a:data("d", { bytes = "d", export = "d" })
    return { "--no-entry", a }
  end,
  expect = { no_section("type", "function", "code"), data_at("d", "d") },
}

case "only-in-an-indirect-call" {
  title = "a type that only an indirect call names is in the output, and the call names it",
  clauses = { "reloc.type-index-leb" },
  link = function()
    local a, b = object "a.o", object "b.o"
    a:func("f", { sig = "-> i32", export = "f", code = "i32.const 1" })
    b:type("i64 ->")
    b:type("-> f64")
    b:func("call", { sig = "i32 -> f32", export = "call",
      code = { "f32.const 1.5; local.get 0", { "call_indirect", "f32 -> f32" } } })
    return { "--no-entry", a, b }
  end,
  expect = {
    has_type "f32 -> f32", no_type("i64 ->", "-> f64"),
    code("call", { "f32.const; local.get 0", { "call_indirect", to_type "f32 -> f32" } }),
    traps("call", { 0 }),
  },
}

case "type-of-an-import" {
  title = "an imported function keeps its type",
  clauses = { "types.synthesized", "import.type", "container.import", "container.function" },
  link = function()
    local a = object "a.o"
    a:type("f32 ->")
    local host = a:func("host", { sig = "i64 -> i32", undefined = true, import_module = "env",
      import_name = "host" })
    a:func("f", { sig = "-> i32", export = "f", code = { "i64.const 1", { "call", host } } })
    return { "--no-entry", a }
  end,
  expect = { imports { ["env.host"] = { kind = "function", sig = "i64 -> i32" } },
    no_type "f32 ->", returns("f", {}, 6, { ["env.host"] = 6 }) },
}

case "multi-value" {
  title = "functions and blocks of several results keep their types",
  clauses = { "types.synthesized", "reloc.type-index-leb", "functions.type" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local pair = a:func("pair", { sig = "i32 -> i32 i64", code = { "local.get 0; i64.const 4" } })
    a:func("f", { sig = "-> i32", export = "f",
      code = { "i32.const 30", { "call", pair }, "i32.wrap_i64; i32.sub" } })
    b:func("first", { sig = "f32 ->", export = "first", code = {} })
    b:func("g", { sig = "-> i32", export = "g",
      code = { { "block", "-> i32 i32" }, "i32.const 9; i32.const 2", "end", "i32.sub" } })
    return { "--no-entry", a, b }
  end,
  expect = { has_type("i32 -> i32 i64", "-> i32 i32"), returns("f", {}, 26), returns("g", {}, 7),
    valid() },
}

case "reference-types" {
  title = "parameters and results may be references, and two kinds of them differ",
  clauses = { "types.synthesized", "container.type" },
  link = function()
    local a = object "a.o"
    local null = a:func("null", { sig = "-> externref", code = { { "ref.null", "extern" } } })
    local fnull = a:func("fnull", { sig = "-> funcref", code = { { "ref.null", "func" } } })
    a:func("f", { sig = "-> i32", export = "f", code = { { "call", null }, "ref.is_null",
      { "call", fnull }, "ref.is_null", "i32.add" } })
    return { "--no-entry", a }
  end,
  expect = { has_type("-> externref", "-> funcref"), returns("f", {}, 2), valid() },
}

case "v128" {
  title = "parameters and results may be vectors",
  clauses = { "types.synthesized" },
  link = function()
    local a = object "a.o"
    local id = a:func("id", { sig = "v128 -> v128", code = "local.get 0" })
    a:func("f", { sig = "-> i32", export = "f", code = { { "v128.const", "i32x4", 1, 2, 3, 4 },
      { "call", id }, { "i32x4.extract_lane", 2 } } })
    return { "--no-entry", a }
  end,
  expect = { signature("id", "v128 -> v128"), returns("f", {}, 3), valid() },
}

-- Sixteen bytes hold a count of parameters and twelve types.
case "of-thirteen-entries" {
  title = "a type of thirteen parameters and results keeps the last of them",
  clauses = { "types.once" },
  link = function()
    local o = object "a.o"
    local types = ("i32 "):rep(12)
    o:func("f", { sig = types .. "-> i64", export = "f", code = "i64.const 7" })
    o:func("g", { sig = types .. "-> f32", export = "g", code = "f32.const 7" })
    return { "--no-entry", o }
  end,
  expect = { signature("f", ("i32 "):rep(12) .. "-> i64"),
    signature("g", ("i32 "):rep(12) .. "-> f32") },
}
