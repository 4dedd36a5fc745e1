-- Where an import comes from: module and field of the object's import, by way of the symbol.

-- An object with a function `who` that calls the undefined function `name`.
local function calling(file_name, who, name, options)
  local o = object(file_name)
  local opts = { sig = "-> i32", undefined = true }
  for key, setting in pairs(options or {}) do opts[key] = setting end
  local callee = o:func(name, opts)
  o:func(who, { sig = opts.sig, export = who, code = { { "call", callee } } })
  return o
end

case "explicit-name" {
  title = "an explicit name makes an undefined function an import, by the names of the import",
  clauses = { "symbol.explicit-name", "symbol.undefined.import", "functions.import" },
  link = function()
    return { "--no-entry", calling("a.o", "a", "f", { import_module = "host",
      import_name = "field" }) }
  end,
  expect = { no_warnings(), imports_exactly { "host.field" },
    imports { ["host.field"] = { kind = "function", sig = "-> i32" } },
    calls("a", { "field" }), returns("a", {}, 7, { ["host.field"] = 7 }) },
}

case "module-alone" {
  title = "an import module without an explicit name does not excuse an undefined function",
  clauses = { "symbol.explicit-name", "symbol.undefined.strong", "symbol.undefined.import" },
  link = function()
    return { "--no-entry", calling("a.o", "a", "f", { import_module = "host" }) }
  end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", class = "undefined", file = "a.o" } },
}

case "module-kept" {
  title = "a function that --import-undefined imports keeps the module of the object's import",
  clauses = { "symbol.import-name", "undefined.policy.import" },
  link = function()
    return { "--no-entry", "--import-undefined",
      calling("a.o", "a", "f", { import_module = "host" }) }
  end,
  expect = { imports_exactly { "host.f" } },
}

case "explicit-name-unused" {
  title = "an import with an explicit name that nothing live needs is not in the output",
  clauses = { "symbol.explicit-name", "gc.undefined" },
  link = function()
    local o = object "a.o"
    local callee = o:func("f", { sig = "->", undefined = true, import_module = "host",
      import_name = "field" })
    o:func("dead", { sig = "->", code = { { "call", callee } } })
    o:func("live", { sig = "->", export = "live", code = "nop" })
    return { "--no-entry", o }
  end,
  expect = { has_function "live", no_import(), no_function "dead" },
}

case "explicit-name-defined" {
  title = "a definition satisfies a reference with an explicit name: nothing is imported",
  clauses = { "symbol.explicit-name" },
  link = function()
    local b = object "b.o"
    b:func("f", { sig = "-> i32", code = "i32.const 9" })
    return { "--no-entry", calling("a.o", "a", "f", { import_module = "host",
      import_name = "field" }), b }
  end,
  expect = { no_import(), returns("a", {}, 9) },
}

case "explicit-name-is-no-definition" {
  title = "references meet by symbol name, not by the field of the import",
  clauses = { "symbol.explicit-name" },
  link = function()
    local b = object "b.o"
    b:func("field", { sig = "-> i32", code = "i32.const 9" })
    return { "--no-entry", calling("a.o", "a", "f", { import_module = "env",
      import_name = "field" }), b }
  end,
  expect = { imports_exactly { "env.field" }, returns("a", {}, 7, { ["env.field"] = 7 }) },
}

case "one-import-for-two-symbols" {
  title = "two symbols that import the same thing with the same type share one import",
  clauses = { "import.unique" },
  link = function()
    local where = { import_module = "host", import_name = "field" }
    return { "--no-entry", calling("a.o", "a", "f", where), calling("b.o", "b", "g", where) }
  end,
  expect = { imports_exactly { "host.field" }, calls("a", { "field" }), calls("b", { "field" }),
    returns("b", {}, 7, { ["host.field"] = 7 }) },
}

case "two-types-two-imports" {
  title = "two symbols that import the same field with two types are two imports",
  clauses = { "import.unique" },
  origin = "ziglang/zig#23181",
  link = function()
    return { "--no-entry",
      calling("a.o", "a", "f", { import_module = "host", import_name = "field" }),
      calling("b.o", "b", "g", { import_module = "host", import_name = "field", sig = "-> i64" }) }
  end,
  expect = { imports_exactly { "host.field", "host.field" }, valid() },
}

case "name-filled-in" {
  title = "a reference without an explicit name goes along with one that has one",
  clauses = { "symbol.merge.import" },
  link = function()
    return { "--no-entry", calling("a.o", "a", "f"),
      calling("b.o", "b", "f", { import_module = "env", import_name = "field" }) }
  end,
  expect = { imports_exactly { "env.field" }, calls("a", { "field" }), calls("b", { "field" }) },
}

case "names-differ" {
  title = "two references to one symbol that name two fields are an error",
  clauses = { "symbol.merge.import" },
  link = function()
    return { "--no-entry",
      calling("a.o", "a", "f", { import_module = "host", import_name = "x" }),
      calling("b.o", "b", "f", { import_module = "host", import_name = "y" }) }
  end,
  expect = { rejects { id = "IMPORT_NAME_MISMATCH", phase = "resolve", file = "b.o",
    files = { "a.o", "b.o" } } },
}

case "modules-differ" {
  title = "two references to one symbol that name two modules are an error",
  clauses = { "symbol.merge.import" },
  origin = { "rust-lang/rust#67363", "llvm/llvm-project#178715" },
  link = function()
    return { "--no-entry",
      calling("a.o", "a", "f", { import_module = "host", import_name = "x" }),
      calling("b.o", "b", "f", { import_module = "guest", import_name = "x" }) }
  end,
  expect = { rejects { id = "IMPORT_MODULE_MISMATCH", phase = "resolve", file = "b.o",
    files = { "a.o", "b.o" } } },
}

-- The reader takes the module from the import of the object, where it is "env" if nobody said.
case "env-and-named-module" {
  title = "a module name clashes with the env of a reference that says nothing of modules",
  clauses = { "symbol.merge.import" },
  origin = "llvm/llvm-project#178715",
  link = function()
    return { "--no-entry", "--allow-undefined", calling("a.o", "a", "f"),
      calling("b.o", "b", "f", { import_module = "host", import_name = "f" }) }
  end,
  expect = { rejects { id = "IMPORT_MODULE_MISMATCH", phase = "resolve", file = "b.o",
    files = { "a.o", "b.o" } } },
}

for _, kind in ipairs { "global", "tag", "table" } do
  case("modules-of-a-" .. kind) {
    title = "two references to one " .. kind .. " that name two modules are an error",
    clauses = { "symbol.merge.import" },
    link = function()
      local a, b = object "a.o", object "b.o"
      for o, module in pairs { [a] = "one", [b] = "two" } do
        o[kind](o, "x", { undefined = true, no_strip = true, import_module = module,
          import_name = "x" })
      end
      return { "--no-entry", a, b }
    end,
    expect = { rejects { id = "IMPORT_MODULE_MISMATCH", class = "mismatch" } },
  }
end

case "modules-differ-but-defined" {
  title = "references that name two modules are no error when the function is defined first",
  clauses = { "symbol.merge.import" },
  link = function()
    local o = object "def.o"
    o:func("f", { sig = "-> i32", code = "i32.const 9" })
    return { "--no-entry", o,
      calling("a.o", "a", "f", { import_module = "host", import_name = "x" }),
      calling("b.o", "b", "f", { import_module = "guest", import_name = "x" }) }
  end,
  expect = { no_import(), returns("a", {}, 9), returns("b", {}, 9) },
}

case "mutable-and-not" {
  title = "a field imported as a mutable global, and as one that is not, is two imports",
  clauses = { "import.unique" },
  link = function()
    local o = object "a.o"
    o:features { "+mutable-globals" }
    local code = {}
    for i, mutable in ipairs { false, true } do
      local g = o:global("g" .. i, { type = "i32", mutable = mutable, undefined = true,
        import_module = "host", import_name = "field" })
      code[#code + 1] = { "global.get", g }
    end
    code[#code + 1] = "i32.add"
    o:func("sum", { sig = "-> i32", export = "sum", code = code })
    return { "--no-entry", o }
  end,
  expect = { imports_exactly { "host.field", "host.field" }, valid() },
}

case "tables-of-other-limits" {
  title = "a field imported as tables of other limits is an import for each",
  clauses = { "import.unique" },
  link = function()
    local o = object "a.o"
    local code = { "i32.const 0" }
    for i, limits in ipairs { { min = 1 }, { min = 2 }, { min = 2, max = 5 }, { min = 2, max = 6 },
      { min = 2, max = 6 } } do
      limits.type, limits.undefined = "externref", true
      limits.import_module, limits.import_name = "host", "field"
      code[#code + 1] = { "table.size", o:table("t" .. i, limits) }
      code[#code + 1] = "i32.add"
    end
    o:func("sizes", { sig = "-> i32", export = "sizes", code = code })
    return { "--no-entry", o }
  end,
  expect = { imports_exactly { "host.field", "host.field", "host.field", "host.field" }, valid() },
}

case "global" {
  title = "an explicit name imports a wasm global with its type and mutability",
  clauses = { "symbol.explicit-name" },
  link = function()
    local o = object "a.o"
    o:features { "+mutable-globals" }
    local g = o:global("g", { type = "i64", mutable = true, undefined = true,
      import_module = "host", import_name = "counter" })
    o:func("a", { sig = "-> i64", export = "a", code = { { "global.get", g } } })
    return { "--no-entry", o }
  end,
  expect = { imports_exactly { "host.counter" },
    imports { ["host.counter"] = { kind = "global", type = "i64", mutable = true } },
    returns("a", {}, 7, { ["host.counter"] = 7 }) },
}

case "tag" {
  title = "an explicit name imports a tag with its type",
  clauses = { "symbol.explicit-name" },
  link = function()
    local o = object "a.o"
    local t = o:tag("oops", { sig = "i32 ->", undefined = true, import_module = "host",
      import_name = "failure" })
    o:func("a", { sig = "->", export = "a", code = { "i32.const 1", { "throw", t } } })
    return { "--no-entry", o }
  end,
  expect = { imports_exactly { "host.failure" },
    imports { ["host.failure"] = { kind = "tag", sig = "i32 ->" } } },
}

case "table" {
  title = "an explicit name imports a table with its type and limits",
  clauses = { "symbol.explicit-name" },
  link = function()
    local o = object "a.o"
    local t = o:table("t", { type = "externref", min = 3, max = 9, undefined = true,
      import_module = "host", import_name = "things" })
    o:func("a", { sig = "-> externref", export = "a",
      code = { "i32.const 0", { "table.get", t } } })
    return { "--no-entry", o }
  end,
  expect = { imports_exactly { "host.things" },
    imports { ["host.things"] = { kind = "table", type = "externref", min = 3, max = 9 } } },
}

case "order" {
  title = "imports stand in the order in which the inputs first mention their symbols",
  clauses = { "import.order" },
  link = function()
    local function using(name, list)
      local o = object(name)
      local code = {}
      for i, callee in ipairs(list) do
        code[i] = { "call", o:func(callee, { sig = "->", undefined = true }) }
      end
      -- The calls come in the other order, which must not matter.
      for i = 1, #code // 2 do code[i], code[#code + 1 - i] = code[#code + 1 - i], code[i] end
      o:func(name, { sig = "->", export = name, code = code })
      return o
    end
    return { "--no-entry", "--import-undefined", using("a.o", { "z", "m" }),
      using("b.o", { "m", "b", "z", "a" }) }
  end,
  expect = { import_order { "env.z", "env.m", "env.b", "env.a" } },
}

case "defined-before-explicit-name" {
  title = "an earlier definition satisfies a reference with an explicit name as a later one does",
  clauses = { "symbol.explicit-name" },
  link = function()
    local b = object "b.o"
    b:func("f", { sig = "-> i32", code = "i32.const 9" })
    return { "--no-entry", b, calling("a.o", "a", "f", { import_module = "host",
      import_name = "field" }) }
  end,
  expect = { no_import(), returns("a", {}, 9) },
}

case "table-without-a-name" {
  title = "an undefined table without a name of its own is no import, as nothing else is",
  clauses = { "symbol.import-name", "undefined.policy.report" },
  origin = "llvm/llvm-project#198509",
  link = function()
    local o = object "a.o"
    local t = o:table("t", { type = "externref", min = 1, undefined = true })
    o:func("f", { sig = "-> i32", export = "f", code = { { "table.size", t } } })
    return { "--no-entry", o }
  end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", class = "undefined", file = "a.o" } },
}

-- One field may be imported under as many types as there are callers.
case "one-symbol-two-types" {
  title = "two references to one symbol cannot import one field by two types",
  clauses = { "signature.undefined-disagree", "symbol.merge.import" },
  origin = "ziglang/zig#23181",
  link = function()
    return { "--no-entry",
      calling("a.o", "a", "f", { import_module = "host", import_name = "field" }),
      calling("b.o", "b", "f", { import_module = "host", import_name = "field",
        sig = "-> i64" }) }
  end,
  expect = { rejects { id = "SIGNATURE_CONFLICT", phase = "resolve", file = "b.o",
    files = { "a.o", "b.o" } } },
}

case "three-symbols-two-types" {
  title = "three symbols import one field by two types: each caller gets its own type",
  clauses = { "symbol.explicit-name" },
  origin = "oracle/graal#6876",
  link = function()
    local o = object "a.o"
    local function import(name, sig)
      return o:func(name, { sig = sig, undefined = true, import_module = "m", import_name = "x" })
    end
    local a, b, c = import("a", "i32 ->"), import("b", "i64 ->"), import("c", "i32 ->")
    o:func("f", { sig = "->", export = "f", code = { "i32.const 1", { "call", a }, "i64.const 2",
      { "call", b }, "i32.const 3", { "call", c } } })
    return { "--no-entry", o }
  end,
  expect = { valid(), imports { ["m.x"] = "function" }, has_type("i32 ->", "i64 ->"),
    runs { { call = "f" } } },
}

case "one-name-of-two-modules" {
  title = "what two modules call by one name is two imports",
  clauses = { "import.unique" },
  link = function()
    local o, code = object "a.o", {}
    for i, name in ipairs { "one", "two" } do
      code[i] = { "call", o:func(name, { sig = "->", undefined = true, import_module = name,
        import_name = "f" }) }
    end
    o:func("run", { sig = "->", export = "run", code = code })
    return { "--no-entry", o }
  end,
  expect = { imports_exactly { "one.f", "two.f" }, calls("run", { "one", "two" }) },
}

-- f and g, functions that use each one of two symbols that import m.x.
local function two_of_one_field(kind, first, second, use)
  return function()
    local o = object "a.o"
    for i, opts in ipairs { first, second } do
      local fields = { undefined = true, import_module = "m", import_name = "x" }
      for key, value in pairs(opts) do
        if key ~= "kind" then fields[key] = value end
      end
      local verb, name = opts.kind or kind, i == 1 and "f" or "g"
      local x = o[verb](o, name .. "_x", fields)
      o:func(name, { sig = "->", export = name, code = use(x, opts) })
    end
    return { "--no-entry", o }
  end
end

case "parameters-and-results-of-one-field" {
  title = "types that differ only in where the parameters end are two",
  clauses = { "import.unique" },
  link = two_of_one_field("func", { sig = "i32 i32 ->" }, { sig = "i32 -> i32" },
    function(x, opts)
      return opts.sig == "i32 -> i32" and { "i32.const 1", { "call", x }, "drop" }
        or { "i32.const 1; i32.const 2", { "call", x } }
    end),
  expect = { counts { import = 2 }, valid() },
}

case "function-and-tag-of-one-field" {
  title = "a function and a tag of one type are two imports",
  clauses = { "import.unique" },
  link = two_of_one_field("func", { sig = "i32 ->" }, { kind = "tag", sig = "i32 ->" },
    function(x, opts)
      return { "i32.const 1", { opts.kind == "tag" and "throw" or "call", x } }
    end),
  expect = { counts { import = 2, tag = 1 }, valid() },
}

case "two-globals-of-one-field" {
  title = "so are globals of two types",
  clauses = { "import.unique" },
  link = two_of_one_field("global", { type = "i32" }, { type = "i64" },
    function(x) return { { "global.get", x }, "drop" } end),
  expect = { counts { import = 2 }, valid() },
}

case "table-with-and-without-a-maximum" {
  title = "a table that may have no items, and one that may have any number, are two",
  clauses = { "import.unique" },
  link = two_of_one_field("table", { type = "externref", min = 0, max = 0 },
    { type = "externref", min = 0 }, function(x) return { { "table.size", x }, "drop" } end),
  expect = { counts { import = 2, table = 2 }, valid() },
}

case "explicit-name-and-plain-reference" {
  title = "a reference that names no import agrees with one that does, whichever comes first",
  clauses = { "symbol.merge.import", "symbol.explicit-name" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local f = a:func("f", { sig = "->", undefined = true, import_module = "env",
      import_name = "x" })
    a:func("run", { sig = "->", export = "run", code = { { "call", f } } })
    b:func("also", { sig = "->", export = "also",
      code = { { "call", b:func("f", { sig = "->", undefined = true }) } } })
    return { "--no-entry", a, b }
  end,
  expect = { imports_exactly { "env.x" }, calls("run", { "f" }), calls("also", { "f" }) },
}
