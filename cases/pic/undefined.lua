-- What position-independent code asks for and nobody defines: an entry, an address relative to the
-- memory base, a slot relative to the table base, an offset in the TLS block.

-- A link of f(), which reads what make(o) gives, with these options.
local function reading(make, ...)
  local options = { ... }
  return function()
    local o = object "a.o"
    o:features { "+atomics", "+bulk-memory" }
    o:func("f", { sig = "-> i32", export = "f", code = { make(o) } })
    local list = { "--no-entry" }
    for _, option in ipairs(options) do list[#list + 1] = option end
    list[#list + 1] = o
    return list
  end
end

local function data(o, options)
  return o:data("gone", { undefined = true, weak = options and options.weak,
    tls = options and options.tls })
end

local function func(o, options)
  return o:func("gone", { sig = "-> i32", undefined = true, weak = options and options.weak })
end

local function got_data(o) return { "global.get", got(data(o)) } end
local function got_func(o) return { "global.get", got(func(o)) } end
local function rel_data(o) return { "i32.const", addr_rel(data(o), 4) } end
local function rel_func(o) return { "i32.const", slot_rel(func(o)) } end
local function tls_data(o) return { "i32.const", addr_tls(data(o, { tls = true })) } end

local UNDEFINED = { id = "UNDEFINED_SYMBOL", class = "undefined", file = "a.o" }

for name, make in pairs { ["entry-of-a-variable"] = got_data, ["entry-of-a-function"] = got_func,
  ["relative-address"] = rel_data, ["relative-slot"] = rel_func } do
  case(name) {
    title = name:gsub("-", " ") .. ": the symbol must be defined",
    clauses = { "symbol.undefined.strong", "got.internal" },
    link = reading(make),
    expect = { rejects(UNDEFINED) },
  }
end

case "tls-offset" {
  title = "an offset in the TLS block of a variable that nobody defines is an error",
  clauses = { "reloc.memory-addr-tls-sleb", "symbol.undefined.strong" },
  link = reading(tls_data),
  expect = { rejects { id = "TLS_UNDEFINED", class = "undefined", file = "a.o" } },
}

case "tls-offset-ignored" {
  title = "--unresolved-symbols=ignore-all does not help there: no block has such an offset",
  clauses = { "reloc.memory-addr-tls-sleb", "undefined.policy.ignore" },
  link = reading(tls_data, "--unresolved-symbols=ignore-all"),
  expect = { rejects { id = "TLS_UNDEFINED", class = "undefined", file = "a.o" } },
}

case "entry-of-a-variable-ignored" {
  title = "with --unresolved-symbols=ignore-all the entry of an undefined variable is 0",
  clauses = { "got.internal", "undefined.policy.ignore" },
  link = reading(got_data, "--unresolved-symbols=ignore-all"),
  expect = { returns("f", {}, 0), no_import() },
}

case "entry-of-a-function-ignored" {
  title = "with --unresolved-symbols=ignore-all the entry of an undefined function is 0",
  clauses = { "got.internal", "undefined.policy.ignore" },
  peer_differs = "wasm-ld 22 puts the function that traps into a slot, which no address names",
  link = reading(got_func, "--unresolved-symbols=ignore-all"),
  expect = { returns("f", {}, 0), no_import() },
}

case "entry-of-a-variable-warned" {
  title = "with --warn-unresolved-symbols the entry of an undefined variable is 0",
  clauses = { "got.internal", "undefined.policy.warn" },
  link = reading(got_data, "--warn-unresolved-symbols"),
  expect = { warns { id = "UNDEFINED_WARNING" }, returns("f", {}, 0), no_import() },
}

case "entry-of-an-imported-function" {
  title = "with --import-undefined the entry of an undefined function is the slot of its import",
  clauses = { "got.internal", "undefined.policy.import" },
  link = reading(got_func, "--import-undefined"),
  expect = { imports { ["env.gone"] = "function" }, in_table "gone", returns("f", {}, 1) },
}

case "entry-of-a-variable-not-imported" {
  title = "--import-undefined imports functions only: an undefined variable is still an error",
  clauses = { "got.internal", "undefined.policy.import" },
  link = reading(got_data, "--import-undefined"),
  expect = { rejects(UNDEFINED) },
}

case "allowed" {
  title = "with --allow-undefined the entry of a variable is 0, that of a function a slot",
  clauses = { "got.internal", "undefined.policy.allow" },
  link = function()
    local o = object "a.o"
    local x = o:data("x", { undefined = true })
    local g = o:func("g", { sig = "-> i32", undefined = true })
    o:func("data", { sig = "-> i32", export = "data", code = { { "global.get", got(x) } } })
    o:func("func", { sig = "-> i32", export = "func", code = { { "global.get", got(g) } } })
    return { "--no-entry", "--allow-undefined", o }
  end,
  expect = { returns("data", {}, 0), returns("func", {}, 1), in_table "g",
    imports_exactly { "env.g" } },
}

case "relative-address-ignored" {
  title = "with --unresolved-symbols=ignore-all an undefined address is 0, without the addend",
  clauses = { "reloc.memory-addr-rel-sleb", "undefined.policy.ignore" },
  link = reading(rel_data, "--unresolved-symbols=ignore-all"),
  expect = { const_at("f", 1, 0) },
}

case "relative-slot-ignored" {
  title = "with --unresolved-symbols=ignore-all an undefined slot is 0",
  clauses = { "reloc.table-index-rel-sleb", "undefined.policy.ignore" },
  link = reading(rel_func, "--unresolved-symbols=ignore-all"),
  expect = { const_at("f", 1, 0), no_import() },
}

case "only-in-dead-code" {
  title = "what only dropped code asks for may be undefined",
  clauses = { "got.internal", "gc.reachability" },
  link = function()
    local o = object "a.o"
    local x = o:data("gone", { undefined = true })
    o:func("dead", { sig = "-> i32", code = { { "global.get", got(x) } } })
    o:func("f", { sig = "-> i32", export = "f", code = "i32.const 1" })
    return { "--no-entry", o }
  end,
  expect = { returns("f", {}, 1), no_function "dead" },
}

case "weak-function-of-either-form" {
  title = "an undefined weak function is 0 by its entry and by its slot, so that tests agree",
  clauses = { "got.internal", "symbol.undefined.weak" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local g = a:func("g", { sig = "-> i32", undefined = true, weak = true })
    a:func("f", { sig = "-> i32", export = "f", code = { { "global.get", got(g) } } })
    local h = b:func("g", { sig = "-> i32", undefined = true, weak = true })
    b:func("h", { sig = "-> i32", export = "h", code = { { "i32.const", slot(h) } } })
    return { "--no-entry", a, b }
  end,
  expect = { returns("f", {}, 0), returns("h", {}, 0), no_import() },
}

case "weak-relative-slot" {
  title = "the slot of an undefined weak function is 0 relative to the table base, too",
  clauses = { "reloc.table-index-rel-sleb", "symbol.undefined.weak" },
  origin = "wild-linker/wild#2307",
  link = function()
    local o = object "a.o"
    local there = o:func("there", { sig = "-> i32", code = "i32.const 7" })
    local gone = func(o, { weak = true })
    o:func("f", { sig = "->", export = "f", code = { { "i32.const", slot(there) }, "drop",
      { "i32.const", slot_rel(gone) }, "drop" } })
    return { "--no-entry", "--table-base=8", o }
  end,
  expect = { elem_slots { [8] = "there" }, const_at("f", 1, 8), const_at("f", 2, 0),
    no_import() },
}
