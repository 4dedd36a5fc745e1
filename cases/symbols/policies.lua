-- What the options make of strong references that nobody satisfies.
--
--   option                                  functions   data     globals, tags
--   (none)                                  error       error    error
--   --warn-unresolved-symbols               trap        0        error
--   --unresolved-symbols=ignore-all         trap        0        error
--   --import-undefined                      import      error    error
--   --allow-undefined                       import      0        import
--   --allow-undefined-file                  those listed as with --allow-undefined

local function function_user(name, options)
  local o = object(name or "a.o")
  local opts = { sig = "i32 -> i32", undefined = true }
  for key, setting in pairs(options or {}) do opts[key] = setting end
  local callee = o:func("f", opts)
  o:func("a", { sig = "-> i32", export = "a", code = { "i32.const 1", { "call", callee } } })
  return o
end

local function data_user()
  local o = object "a.o"
  local d = o:data("d", { undefined = true })
  o:func("a", { sig = "-> i32", export = "a", code = { { "i32.const", addr(d, 4) } } })
  o:data("p", { bytes = { "\xff\xff", addr(d, 4) }, export = "p" })
  return o
end

local function global_user()
  local o = object "a.o"
  local g = o:global("g", { type = "i64", undefined = true })
  o:func("a", { sig = "-> i64", export = "a", code = { { "global.get", g } } })
  return o
end

local function tag_user()
  local o = object "a.o"
  local t = o:tag("oops", { sig = "i32 ->", undefined = true })
  o:func("a", { sig = "->", export = "a", code = { "i32.const 1", { "throw", t } } })
  return o
end

for _, option in ipairs { "--import-undefined", "--allow-undefined" } do
  case("function" .. option:sub(2)) {
    title = option .. " makes an undefined function an import of its own type from env",
    clauses = { "undefined.policy.import" },
    link = function() return { "--no-entry", option, function_user() } end,
    expect = { no_warnings(), imports_exactly { "env.f" },
      imports { ["env.f"] = { kind = "function", sig = "i32 -> i32" } }, calls("a", { "f" }),
      returns("a", {}, 7, { ["env.f"] = 7 }) },
  }
end

case "address-import-undefined" {
  title = "an imported function whose address is taken gets a table slot",
  clauses = { "undefined.policy.import", "table.slot-once" },
  link = function()
    local o = object "a.o"
    local callee = o:func("f", { sig = "-> i32", undefined = true })
    o:func("a", { sig = "-> i32", export = "a",
      code = { { "i32.const", slot(callee) }, { "call_indirect", "->i32" } } })
    return { "--no-entry", "--import-undefined", o }
  end,
  expect = { imports_exactly { "env.f" }, const_at("a", 1, to_slot "f"), in_table "f",
    returns("a", {}, 7, { ["env.f"] = 7 }) },
}

case "unused-import-undefined" {
  title = "a function that only collected code calls is not imported by --import-undefined",
  clauses = { "undefined.policy.import", "gc.undefined" },
  link = function()
    local o = function_user()
    local never = o:func("never", { sig = "->", undefined = true })
    o:func("dead", { sig = "->", code = { { "call", never } } })
    return { "--no-entry", "--import-undefined", o }
  end,
  expect = { imports_exactly { "env.f" } },
}

case "data-import-undefined" {
  title = "--import-undefined does not excuse undefined data, which cannot be imported",
  clauses = { "undefined.policy.import" },
  origin = "emscripten-core/emscripten#14721",
  link = function() return { "--no-entry", "--import-undefined", data_user() } end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", class = "undefined", file = "a.o" } },
}

for name, option in pairs { allow = "--allow-undefined", warn = "--warn-unresolved-symbols",
  ignore = "--unresolved-symbols=ignore-all" } do
  case("data-" .. name) {
    title = "with " .. option .. " the address of undefined data is 0, whatever the addend",
    clauses = { "undefined.policy." .. name, "reloc.memory.undefined",
      "reloc.memory.undefined-addend", "reloc.memory.undefined-strong" },
    origin = "emscripten-core/emscripten#14721",
    link = function() return { "--no-entry", option, data_user() } end,
    expect = { name == "warn" and warns { id = "UNDEFINED_WARNING", file = "a.o" } or no_warnings(),
      no_import(), const_at("a", 1, 0), data_at("p", "\xff\xff\0\0\0\0") },
  }
end

for name, option in pairs { warn = "--warn-unresolved-symbols",
  ignore = "--unresolved-symbols=ignore-all" } do
  case("function-" .. name) {
    title = "with " .. option .. " a call of an undefined function traps",
    clauses = { "undefined.policy." .. name },
    origin = { "llvm/llvm-project#53987", "llvm/llvm-project#78643" },
    link = function() return { "--no-entry", option, function_user() } end,
    expect = { name == "warn" and warns { id = "UNDEFINED_WARNING", file = "a.o" } or no_warnings(),
      no_import(), valid(), traps("a", {}) },
  }
end

for name, option in pairs { warn = "--warn-unresolved-symbols",
  ignore = "--unresolved-symbols=ignore-all" } do
  case("address-" .. name) {
    title = "with " .. option .. " the address of an undefined function is 0, in code and in data",
    clauses = { "undefined.policy." .. name, "reloc.memory.undefined" },
    origin = "llvm/llvm-project#60806",
    link = function()
      local o = object "a.o"
      local callee = o:func("f", { sig = "->", undefined = true })
      o:func("a", { sig = "-> i32", export = "a", code = { { "i32.const", slot(callee) } } })
      o:data("p", { bytes = { "\xff\xff", slot(callee) }, export = "p" })
      return { "--no-entry", option, o }
    end,
    expect = { no_import(), const_at("a", 1, 0), data_at("p", "\xff\xff\0\0\0\0"),
      counts { elem = 0 } },
    peer_differs = "wasm-ld puts the function that traps into the table; Linking.md wants 0 for " ..
      "symbols with neither an import nor a definition",
  }
end

case "stubs-of-several-types" {
  title = "calls of undefined functions of several types trap, each in its own type",
  clauses = { "undefined.policy.ignore" },
  link = function()
    local o = object "a.o"
    for i, sig in ipairs { "-> i32", "-> i64", "f32 -> f32" } do
      local name = ("abc"):sub(i, i)
      local callee = o:func("no_" .. name, { sig = sig, undefined = true })
      o:func(name, { sig = sig, export = name,
        code = { name == "c" and "local.get 0" or "nop", { "call", callee } } })
    end
    return { "--no-entry", "--unresolved-symbols=ignore-all", o }
  end,
  expect = { no_import(), valid(), traps("a", {}), traps("b", {}), traps("c", { 1 }) },
}

case "function-error-last" {
  title = "--error-unresolved-symbols takes back an earlier --warn-unresolved-symbols",
  clauses = { "undefined.policy.warn" },
  link = function()
    return { "--no-entry", "--warn-unresolved-symbols", "--error-unresolved-symbols",
      function_user() }
  end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", class = "undefined", file = "a.o" } },
}

case "unknown-policy" {
  title = "a policy for undefined symbols that does not exist is refused",
  clauses = { "option.value" },
  link = function()
    local o = object "a.o"
    o:func("a", { sig = "->", export = "a", code = "nop" })
    return { "--no-entry", "--unresolved-symbols=maybe", o }
  end,
  expect = { rejects { phase = "options" } },
}

case "global-allow" {
  title = "--allow-undefined makes an undefined wasm global an import of its own type",
  clauses = { "undefined.policy.allow" },
  link = function() return { "--no-entry", "--allow-undefined", global_user() } end,
  expect = { imports_exactly { "env.g" },
    imports { ["env.g"] = { kind = "global", type = "i64", mutable = false } },
    code("a", { { "global.get", to_global "g" } }), valid() },
}

case "tag-allow" {
  title = "--allow-undefined makes an undefined tag an import of its own type",
  clauses = { "undefined.policy.allow" },
  link = function() return { "--no-entry", "--allow-undefined", tag_user() } end,
  expect = { imports_exactly { "env.oops" },
    imports { ["env.oops"] = { kind = "tag", sig = "i32 ->" } },
    code("a", { "i32.const 1", { "throw", to_tag "oops" } }) },
}

for name, user in pairs { global = global_user, tag = tag_user } do
  case(name .. "-import-undefined") {
    title = "--import-undefined, which is about functions, does not excuse an undefined " .. name,
    clauses = { "undefined.policy.import" },
    link = function() return { "--no-entry", "--import-undefined", user() } end,
    expect = { rejects { id = "UNDEFINED_SYMBOL", class = "undefined", file = "a.o" } },
  }
  case(name .. "-ignore") {
    title = "there is nothing that could stand for an undefined " .. name .. " that is ignored",
    clauses = { "undefined.policy.ignore" },
    link = function()
      return { "--no-entry", "--unresolved-symbols=ignore-all", user() }
    end,
    expect = { rejects { id = "UNDEFINED_INDEX", class = "undefined", file = "a.o" } },
  }
end

-- Lists of names ----------------------------------------------------------------------------------

case "listed-function" {
  title = "a function that --allow-undefined-file lists becomes an import",
  clauses = { "undefined.policy.file" },
  link = function()
    return { "--no-entry", "--allow-undefined-file=names.txt", function_user(),
      files = { file("names.txt", "# known to the host\n\n  other\n  f  \n") } }
  end,
  expect = { no_warnings(), imports_exactly { "env.f" }, returns("a", {}, 7, { ["env.f"] = 7 }) },
}

case "listed-apart" {
  title = "the list may be named in an argument of its own, with a single dash",
  clauses = { "undefined.policy.file" },
  link = function()
    return { "--no-entry", "-allow-undefined-file", "names.txt", function_user(),
      files = { file("names.txt", "f\n") } }
  end,
  expect = { imports_exactly { "env.f" } },
}

case "listed-data" {
  title = "the address of undefined data that --allow-undefined-file lists is 0",
  clauses = { "undefined.policy.file", "reloc.memory.undefined" },
  link = function()
    return { "--no-entry", "--allow-undefined-file=names.txt", data_user(),
      files = { file("names.txt", "d\n") } }
  end,
  expect = { no_import(), const_at("a", 1, 0), data_at("p", "\xff\xff\0\0\0\0") },
}

case "not-listed" {
  title = "a function that --allow-undefined-file does not list stays an error",
  clauses = { "undefined.policy.file" },
  link = function()
    return { "--no-entry", "--allow-undefined-file=names.txt", function_user(),
      files = { file("names.txt", "#f\nff\ng\n") } }
  end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", class = "undefined", file = "a.o" } },
}

case "last-list" {
  title = "of several lists of names the last one counts, as of other options",
  clauses = { "undefined.policy.file" },
  link = function()
    return { "--no-entry", "--allow-undefined-file=f.txt", "--allow-undefined-file=g.txt",
      function_user(), files = { file("f.txt", "f\n"), file("g.txt", "g\n") } }
  end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", class = "undefined", file = "a.o" } },
}

case "list-missing" {
  title = "a list of names that cannot be read is an error",
  clauses = { "undefined.policy.file" },
  link = function()
    local o = object "a.o"
    o:func("a", { sig = "->", export = "a", code = "nop" })
    return { "--no-entry", "--allow-undefined-file=nowhere.txt", o }
  end,
  expect = { rejects { phase = "options" } },
}

case "listed-and-defined" {
  title = "a function that is listed and defined is not imported",
  clauses = { "undefined.policy.file" },
  link = function()
    local b = object "b.o"
    b:func("f", { sig = "i32 -> i32", code = "i32.const 9" })
    return { "--no-entry", "--allow-undefined-file=names.txt", function_user(), b,
      files = { file("names.txt", "f\n") } }
  end,
  expect = { no_import(), returns("a", {}, 9) },
}

case "one-function-for-all-of-a-type" {
  title = "calls of two undefined functions of one type trap in one function",
  clauses = { "undefined.policy.warn" },
  link = function()
    local o, code = object "a.o", {}
    for i = 1, 2 do code[i] = { "call", o:func("f" .. i, { sig = "->", undefined = true }) } end
    o:func("run", { sig = "->", export = "run", code = code })
    return { "--no-entry", "--warn-unresolved-symbols", o }
  end,
  expect = { function_count(2), traps "run" },
}
