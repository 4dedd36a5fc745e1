-- Globals as symbols: defined here, used there, imported, and of one type everywhere.

-- A function NAME of o that gives the value of g.
local function getting(o, name, g)
  return o:func(name, { sig = "-> i32", export = name, code = { { "global.get", g } } })
end

-- An object that defines a global "g".
local function defining(options)
  local o = object "def.o"
  local opts = { type = "i32", init = { "i32.const 7" } }
  for key, value in pairs(options or {}) do opts[key] = value end
  local g = o:global("g", opts)
  getting(o, "get_def", g)
  return o
end

-- An object that uses a global "g" of elsewhere.
local function using(options)
  local o = object "use.o"
  local opts = { type = "i32", undefined = true }
  for key, value in pairs(options or {}) do opts[key] = value end
  local g = o:global("g", opts)
  if opts.mutable then
    o:func("set", { sig = "i32 ->", export = "set", code = { "local.get 0", { "global.set", g } } })
  else
    o:func("use", { sig = "->", export = "use", code = { { "global.get", g }, "drop" } })
  end
  return o
end

case "defined-elsewhere" {
  title = "an undefined global denotes the definition of another object",
  clauses = { "globals.numbering", "reloc.global-index-leb" },
  link = function()
    return { "--no-entry", using { mutable = true }, defining { mutable = true } }
  end,
  expect = { no_import(),
    runs { { call = "get_def", value = 7 }, { call = "set", args = { 9 } },
      { call = "get_def", value = 9 } } },
}

case "local-globals" {
  title = "local globals of equal names are two, and each object finds its own",
  clauses = { "globals.numbering", "symbol.binding.local" },
  link = function()
    local link = { "--no-entry" }
    for i, name in ipairs { "a", "b", "c" } do
      local o = object(name .. ".o")
      local g = o:global("g", { type = "i32", init = { "i32.const " .. i }, static = true })
      getting(o, name, g)
      link[#link + 1] = o
    end
    return link
  end,
  expect = { returns("a", {}, 1), returns("b", {}, 2), returns("c", {}, 3) },
}

case "renumbered-by-imports" {
  title = "an import of a later object does not disturb the globals of the first",
  clauses = { "globals.import", "reloc.global-index-leb" },
  link = function()
    local b = object "b.o"
    getting(b, "get_host", b:global("host", { type = "i32", undefined = true,
      import_module = "js", import_name = "number" }))
    return { "--no-entry", defining(), b }
  end,
  expect = { imports { ["js.number"] = { kind = "global", type = "i32", mutable = false } },
    code("get_host", { { "global.get", to_global "number" } }),
    runs({ { call = "get_def", value = 7 }, { call = "get_host", value = 5 } },
      { ["js.number"] = 5 }) },
}

case "imported-mutable" {
  title = "a mutable global with an import name is imported as mutable",
  clauses = { "globals.import", "import.type", "global.type", "reloc.weak-undefined.global" },
  link = function()
    local a = using { mutable = true, import_module = "env", import_name = "counter" }
    a:features { "+mutable-globals" }
    return { "--no-entry", a }
  end,
  expect = { imports { ["env.counter"] = { kind = "global", mutable = true } },
    runs { { call = "set", args = { 3 } } } },
}

case "exported" {
  title = "an exported global is the global itself, mutable or not",
  clauses = { "export.global" },
  link = function()
    local a = defining { mutable = true, export = "g" }
    a:features { "+mutable-globals" }
    return { "--no-entry", a }
  end,
  expect = { exports { g = { kind = "global", type = "i32", mutable = true } },
    runs { { get = "g", value = 7 }, { call = "get_def", value = 7 } } },
}

case "strong-after-weak" {
  title = "a strong global wins over a weak one, and all use its value",
  clauses = { "symbol.binding.weak", "globals.numbering", "globals.strong-twice", "globals.weak" },
  link = function()
    local a = object "a.o"
    getting(a, "get_weak", a:global("g", { type = "i32", init = { "i32.const 1" }, weak = true }))
    return { "--no-entry", a, defining() }
  end,
  expect = { returns("get_weak", {}, 7), returns("get_def", {}, 7) },
}

case "undefined" {
  title = "a global that nobody defines, with no import name, is an error",
  clauses = { "symbol.undefined", "globals.import" },
  origin = "ziglang/zig#14102",
  link = function() return { "--no-entry", using() } end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", class = "undefined" } },
}

case "type-mismatch" {
  title = "a global of i64 cannot stand for one of i32",
  clauses = { "symbol.global-type" },
  link = function()
    local wide = object "wide.o"
    wide:global("g", { type = "i64", init = { "i64.const 7" } })
    return { "--no-entry", using(), wide }
  end,
  expect = { rejects { id = "GLOBAL_MISMATCH", phase = "resolve", class = "mismatch" } },
}

case "mutability-mismatch" {
  title = "an immutable global cannot stand for a mutable one",
  clauses = { "symbol.global-type" },
  link = function() return { "--no-entry", using { mutable = true }, defining() } end,
  expect = { rejects { id = "GLOBAL_MISMATCH", phase = "resolve", class = "mismatch" } },
}

case "mismatch-of-references" {
  title = "two objects cannot import one global as of two types",
  clauses = { "symbol.global-type" },
  link = function()
    local b = object "b.o"
    local g = b:global("g", { type = "f32", undefined = true, import_module = "env",
      import_name = "g" })
    b:func("use_b", { sig = "-> f32", export = "use_b", code = { { "global.get", g } } })
    return { "--no-entry", using { import_module = "env", import_name = "g" }, b }
  end,
  expect = { rejects { id = "GLOBAL_MISMATCH", phase = "resolve", class = "mismatch" } },
}

case "mismatch-of-a-loaded-definition" {
  title = "the reference that loads a member is compared with the global it finds there",
  clauses = { "symbol.global-type", "archive.lazy" },
  link = function()
    return { "--no-entry", archive("lib.a", { defining() }), using { mutable = true } }
  end,
  expect = { rejects { id = "GLOBAL_MISMATCH", phase = "resolve", class = "mismatch" } },
}

case "two-strong" {
  title = "two strong globals of one name are an error",
  clauses = { "symbol.binding.strong", "globals.strong-twice" },
  link = function()
    local a = object "a.o"
    a:global("g", { type = "i32", init = { "i32.const 1" } })
    return { "--no-entry", a, defining() }
  end,
  expect = { rejects { id = "DUPLICATE_SYMBOL", phase = "resolve", class = "duplicate" } },
}
