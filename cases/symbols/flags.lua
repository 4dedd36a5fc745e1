-- Flags: who decides when definition and references say different things.

case "hidden-links" {
  title = "a hidden symbol satisfies references of other objects",
  clauses = { "symbol.visibility.hidden" },
  link = function()
    local a = object "a.o"
    local callee = a:func("f", { sig = "-> i32", undefined = true })
    local d = a:data("d", { undefined = true })
    a:func("a", { sig = "-> i32", export = "a",
      code = { { "call", callee }, "i32.const 0", { "i32.load", addr(d) }, "i32.add" } })
    local b = object "b.o"
    b:func("f", { sig = "-> i32", hidden = true, code = "i32.const 3" })
    b:data("d", { bytes = u32(40), align = 2, hidden = true })
    return { "--no-entry", a, b }
  end,
  expect = { no_import(), returns("a", {}, 43) },
}

-- The definition alone says what is visible; references and losers do not.
local function seen(name, options)
  local o = object(name)
  local opts = { sig = "-> i32", code = "i32.const 1" }
  for key, setting in pairs(options) do opts[key] = setting end
  o:func("f", opts)
  return o
end

case "hidden-not-exported" {
  title = "--export-dynamic exports a symbol of default visibility, and no hidden one",
  clauses = { "symbol.visibility.hidden", "export.dynamic" },
  origin = "emscripten-core/emscripten#7586",
  link = function()
    local b = object "b.o"
    b:func("g", { sig = "->", code = "nop" })
    return { "--no-entry", "--export-dynamic", seen("a.o", { hidden = true }), b }
  end,
  expect = { no_export "f", no_function "f", exports { g = "function" } },
}

case "hidden-loser" {
  title = "a weak definition that lost does not hide the one that won",
  clauses = { "symbol.visibility.hidden", "symbol.merge.flags" },
  link = function()
    return { "--no-entry", "--export-dynamic", seen("a.o", { weak = true, hidden = true }),
      seen("b.o", {}) }
  end,
  expect = { exports { f = "function" } },
}

case "hidden-winner" {
  title = "a definition that won stays hidden, though the one that lost was not",
  clauses = { "symbol.visibility.hidden", "symbol.merge.flags" },
  link = function()
    return { "--no-entry", "--export-dynamic", seen("a.o", { weak = true }),
      seen("b.o", { hidden = true }) }
  end,
  expect = { exports { memory = "memory" }, no_export "f" },
}

case "hidden-reference" {
  title = "a hidden reference does not hide the definition",
  clauses = { "symbol.visibility.hidden", "symbol.merge.flags" },
  link = function()
    local a = object "a.o"
    local callee = a:func("f", { sig = "-> i32", undefined = true, hidden = true })
    a:func("a", { sig = "-> i32", code = { { "call", callee } } })
    return { "--no-entry", "--export-dynamic", a, seen("b.o", {}) }
  end,
  expect = { exports { f = "function" }, calls("a", { "f" }) },
}

-- Linking.md: EXPORTED "differs from the visibility flags in that it effects the static linker".
case "hidden-and-exported" {
  title = "EXPORTED is heeded whatever the visibility: a hidden function is exported",
  clauses = { "symbol.exported", "symbol.hidden-exported" },
  link = function()
    return { "--no-entry", seen("a.o", { hidden = true, exported = true }) }
  end,
  expect = { exports { f = "function" }, returns("f", {}, 1) },
}

case "exported-loser" {
  title = "a weak definition that lost does not export the one that won",
  clauses = { "symbol.exported", "symbol.merge.flags" },
  link = function()
    return { "--no-entry", seen("a.o", { weak = true, exported = true }), seen("b.o", {}) }
  end,
  expect = { exports_exactly { "memory" }, no_export "f", no_function "f" },
}

case "exported-reference" {
  title = "a reference with the flag EXPORTED does not export the definition",
  clauses = { "symbol.exported", "symbol.merge.flags" },
  link = function()
    local a = object "a.o"
    local callee = a:func("f", { sig = "-> i32", undefined = true, exported = true })
    a:func("a", { sig = "-> i32", export = "a", code = { { "call", callee } } })
    return { "--no-entry", a, seen("b.o", {}) }
  end,
  expect = { no_export "f", returns("a", {}, 1) },
}

case "hidden-import" {
  title = "a hidden reference to a function that nobody defines is imported like any other",
  clauses = { "symbol.visibility.hidden", "undefined.policy.import" },
  link = function()
    local a = object "a.o"
    local callee = a:func("f", { sig = "-> i32", undefined = true, hidden = true })
    a:func("a", { sig = "-> i32", export = "a", code = { { "call", callee } } })
    return { "--no-entry", "--import-undefined", a }
  end,
  expect = { imports_exactly { "env.f" }, returns("a", {}, 5, { ["env.f"] = 5 }) },
}

-- An object that mentions the import host.f, and does not use it.
local function mentioning(name, options)
  local o = object(name)
  local opts = { sig = "->", undefined = true, import_module = "host", import_name = "f" }
  for key, setting in pairs(options) do opts[key] = setting end
  o:func("f", opts)
  o:func(name, { sig = "->", export = name, code = "nop" })
  return o
end

case "no-strip-import" {
  title = "an undefined function with the flag NO_STRIP is imported, though nobody calls it",
  clauses = { "symbol.no-strip" },
  link = function() return { "--no-entry", mentioning("a.o", { no_strip = true }) } end,
  expect = { imports_exactly { "host.f" } },
}

case "no-strip-second-reference" {
  title = "one reference with the flag NO_STRIP keeps an import, though the first has it not",
  clauses = { "symbol.no-strip", "symbol.merge.flags" },
  link = function()
    return { "--no-entry", mentioning("a.o", {}), mentioning("b.o", { no_strip = true }) }
  end,
  expect = { imports_exactly { "host.f" } },
  peer_differs = "wasm-ld forgets the flags of all references but the first; Linking.md wants a " ..
    "symbol with NO_STRIP in the output whether it is used or not",
}
