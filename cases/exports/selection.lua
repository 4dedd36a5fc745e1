-- What is exported: what --export names, what carries the flag EXPORTED, what --export-dynamic and
-- --export-all add; never a local symbol, and never what is not defined.

-- Functions: f (default visibility), h (hidden), w (weak), l (local), and flagged (EXPORTED).
local function five()
  local o = object "a.o"
  o:func("f", { sig = "->", code = "nop" })
  o:func("h", { sig = "->", hidden = true, code = "nop" })
  o:func("w", { sig = "->", weak = true, code = "nop" })
  o:func("l", { sig = "->", static = true, code = "nop" })
  o:func("flagged", { sig = "->", exported = true, code = "nop" })
  return o
end

case "flag" {
  title = "without options only symbols with the flag EXPORTED are exported, and the memory",
  clauses = { "export.flag", "export.default", "export.none-other" },
  link = function() return { "--no-entry", five() } end,
  expect = { exports_exactly { memory = "memory", flagged = "function" } },
}

case "flag-and-hidden" {
  title = "a hidden symbol with the flag EXPORTED is exported",
  clauses = { "export.flag", "export.hidden", "symbol.hidden-exported" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "->", hidden = true, exported = true, code = "nop" })
    return { "--no-entry", o }
  end,
  expect = { exports { f = "function" } },
}

case "flag-of-the-loser" {
  title = "the flag EXPORTED of a definition that loses is forgotten",
  clauses = { "export.flag", "symbol.binding.weak" },
  link = function()
    local weak, strong = object "weak.o", object "strong.o"
    weak:func("f", { sig = "->", weak = true, exported = true, code = "nop" })
    strong:func("f", { sig = "->", code = "nop" })
    strong:func("g", { sig = "->", weak = true, code = "nop" })
    local last = object "last.o"
    last:func("g", { sig = "->", exported = true, code = "nop" })
    return { "--no-entry", weak, strong, last }
  end,
  expect = { exports_exactly { "memory", "g" } },
}

case "flag-of-a-reference" {
  title = "the flag EXPORTED on an undefined symbol exports nothing",
  clauses = { "export.flag" },
  link = function()
    local o = object "a.o"
    local f = o:func("f", { sig = "->", undefined = true, exported = true, import_module = "m",
      import_name = "f" })
    o:func("g", { sig = "->", export = "g", code = { { "call", f } } })
    return { "--no-entry", o }
  end,
  expect = { exports_exactly { "memory", "g" }, imports { ["m.f"] = "function" } },
}

case "export-option" {
  title = "--export exports any symbol that is not local, hidden and weak ones too",
  clauses = { "export.option" },
  link = function()
    return { "--no-entry", "--export=h", "--export=w", "--export", "f", five() }
  end,
  expect = { exports_exactly { "memory", "f", "h", "w", "flagged" } },
}

case "export-option-local" {
  title = "--export does not find a local symbol",
  clauses = { "export.option", "symbol.binding.local" },
  link = function() return { "--no-entry", "--export=l", five() } end,
  expect = { rejects { id = "EXPORT_NOT_FOUND", class = "undefined" } },
}

case "export-option-not-found" {
  title = "--export of a name that nobody mentions is an error",
  clauses = { "export.option.missing" },
  origin = "wild-linker/wild#2408",
  link = function() return { "--no-entry", "--export=nowhere", five() } end,
  expect = { rejects { id = "EXPORT_NOT_FOUND", class = "undefined", within = false } },
}

case "export-option-second-not-found" {
  title = "every --export is looked for, not only the first",
  clauses = { "export.option.missing" },
  link = function() return { "--no-entry", "--export=f", "--export=nowhere", five() } end,
  expect = { rejects { id = "EXPORT_NOT_FOUND", class = "undefined", message = "nowhere" } },
}

case "export-option-import" {
  title = "--export of a function that is imported is an error: only definitions are exported",
  clauses = { "export.option.missing" },
  link = function()
    local o = object "a.o"
    local f = o:func("f", { sig = "->", undefined = true, import_module = "m", import_name = "f" })
    o:func("g", { sig = "->", export = "g", code = { { "call", f } } })
    return { "--no-entry", "--export=f", o }
  end,
  expect = { rejects { id = "EXPORT_NOT_FOUND", class = "undefined" } },
}

case "export-option-not-found-warning" {
  title = "with --warn-unresolved-symbols a missing --export is a warning only",
  clauses = { "export.option.missing", "undefined.policy.warn" },
  link = function()
    return { "--no-entry", "--export=nowhere", "--warn-unresolved-symbols", five() }
  end,
  expect = { warns { id = "EXPORT_NOT_FOUND_WARNING" }, exports_exactly { "memory", "flagged" } },
}

case "export-option-not-found-allowed" {
  title = "with --allow-undefined a missing --export is no matter",
  clauses = { "export.option.missing", "undefined.policy.allow" },
  link = function() return { "--no-entry", "--export=nowhere", "--allow-undefined", five() } end,
  expect = { no_warnings(), exports_exactly { "memory", "flagged" } },
}

case "export-if-defined" {
  title = "--export-if-defined exports what is defined, and is silent about the rest",
  clauses = { "export.if-defined" },
  link = function()
    local o = five()
    local i = o:func("i", { sig = "->", undefined = true, import_module = "m", import_name = "i" })
    o:func("calls_i", { sig = "->", exported = true, code = { { "call", i } } })
    return { "--no-entry", "--export-if-defined=h", "--export-if-defined=nowhere",
      "--export-if-defined=i", "--export-if-defined=l", o }
  end,
  expect = { no_warnings(), exports_exactly { "memory", "h", "flagged", "calls_i" } },
}

case "export-dynamic" {
  title = "--export-dynamic exports all definitions that are neither hidden nor local",
  clauses = { "export.dynamic" },
  link = function() return { "--no-entry", "--export-dynamic", five() } end,
  expect = { exports { f = "function", w = "function", flagged = "function" }, no_export("h", "l"),
    no_function("h", "l") },
}

case "no-export-dynamic" {
  title = "of --export-dynamic and --no-export-dynamic the last one counts",
  clauses = { "export.dynamic", "export.none-other" },
  link = function() return { "--no-entry", "-E", "--no-export-dynamic", five() } end,
  expect = { exports_exactly { "memory", "flagged" } },
}

case "export-all" {
  title = "--export-all exports hidden definitions too, but no local ones",
  clauses = { "export.all", "export.hidden" },
  link = function() return { "--no-entry", "--export-all", five() } end,
  expect = { exports { f = "function", h = "function", w = "function", flagged = "function" },
    no_export "l", no_function "l" },
}

case "export-all-own-symbols" {
  title = "--export-all exports the linker's own constants, but not its mutable stack pointer",
  clauses = { "export.all", "synthetic.symbols" },
  link = function() return { "--no-entry", "--export-all", object "a.o" } end,
  expect = { exports { __heap_base = { kind = "global", type = "i32", mutable = false },
    __data_end = "global", __dso_handle = "global", __wasm_call_ctors = "function" },
    no_export "__stack_pointer" },
}

case "each-once" {
  title = "a symbol that is to be exported for several reasons is exported once",
  clauses = { "export.option", "export.flag" },
  link = function()
    return { "--entry=flagged", "--export=flagged", "--export=flagged",
      "--export-if-defined=flagged", "--export-dynamic", five() }
  end,
  expect = { valid(), holds("flagged is exported once", function(_, view)
    local n = 0
    for _, name in ipairs(view:export_names()) do n = n + (name == "flagged" and 1 or 0) end
    return n == 1, n .. " times"
  end) },
}
