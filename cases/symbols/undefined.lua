-- Names that nobody defines: an error where live code needs them, 0 where the reference is weak.

-- An object whose function `who` calls the undefined f.
local function calling(name, who, options)
  local o = object(name)
  local opts = { sig = "-> i32", undefined = true }
  for key, setting in pairs(options or {}) do opts[key] = setting end
  local callee = o:func("f", opts)
  o:func(who, { sig = "-> i32", export = who, code = { { "call", callee } } })
  return o
end

-- An object whose function `who` gives the address of the undefined d, plus `plus`.
local function addressing(name, who, options, plus)
  local o = object(name)
  local opts = { undefined = true }
  for key, setting in pairs(options or {}) do opts[key] = setting end
  local d = o:data("d", opts)
  o:func(who, { sig = "-> i32", export = who, code = { { "i32.const", addr(d, plus or 0) } } })
  return o
end

local WEAK = { weak = true }

case "function" {
  title = "a strong reference to a function that nobody defines is an error",
  clauses = { "symbol.undefined.strong" },
  origin = { "wild-linker/wild#2345", "rust-lang/rust#149868", "ziglang/zig#14102" },
  link = function() return { "--no-entry", calling("a.o", "a") } end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", class = "undefined", file = "a.o",
    within = "section code, in a" } },
}

case "data" {
  title = "a strong reference to data that nobody defines is an error",
  clauses = { "symbol.undefined.strong", "reloc.memory.undefined-strong" },
  link = function() return { "--no-entry", addressing("a.o", "a") } end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", class = "undefined", file = "a.o",
    within = "section code, in a" } },
}

case "global" {
  title = "a reference to a wasm global that nobody defines is an error",
  clauses = { "symbol.undefined.strong" },
  link = function()
    local o = object "a.o"
    local g = o:global("g", { type = "i32", undefined = true })
    o:func("a", { sig = "-> i32", export = "a", code = { { "global.get", g } } })
    return { "--no-entry", o }
  end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", class = "undefined", file = "a.o",
    within = "section code, in a" } },
}

case "tag" {
  title = "a reference to a tag that nobody defines is an error",
  clauses = { "symbol.undefined.strong" },
  link = function()
    local o = object "a.o"
    local t = o:tag("oops", { sig = "->", undefined = true })
    o:func("a", { sig = "->", export = "a", code = { { "throw", t } } })
    return { "--no-entry", o }
  end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", class = "undefined", file = "a.o" } },
}

case "table" {
  title = "a reference to a table that nobody defines is an error",
  clauses = { "symbol.undefined.strong" },
  link = function()
    local o = object "a.o"
    local t = o:table("t", { type = "externref", min = 1, undefined = true })
    o:func("a", { sig = "-> i32", export = "a", code = { { "table.size", t } } })
    return { "--no-entry", o }
  end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", class = "undefined", file = "a.o" } },
}

case "in-data" {
  title = "an address in data of a function that nobody defines is an error",
  clauses = { "symbol.undefined.strong" },
  link = function()
    local o = object "a.o"
    local callee = o:func("f", { sig = "->", undefined = true })
    o:data("p", { bytes = { slot(callee) }, align = 2, export = "p" })
    return { "--no-entry", o }
  end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", class = "undefined", file = "a.o" } },
}

case "dead-reference" {
  title = "an undefined name that only collected code needs is no error, and no import",
  clauses = { "symbol.undefined.strong", "gc.undefined" },
  link = function()
    local o = object "a.o"
    local callee = o:func("f", { sig = "-> i32", undefined = true })
    o:func("dead", { sig = "-> i32", code = { { "call", callee } } })
    o:func("live", { sig = "-> i32", export = "live", code = "i32.const 1" })
    return { "--no-entry", o }
  end,
  expect = { no_warnings(), no_import(), no_function("dead", "f"), returns("live", {}, 1) },
}

case "in-custom-section" {
  title = "an undefined name that only a custom section needs is no error",
  clauses = { "symbol.undefined.strong", "gc.edge.custom" },
  link = function()
    local o = object "a.o"
    local d = o:data("d", { undefined = true })
    o:func("live", { sig = "->", export = "live", code = "nop" })
    o:custom(".debug_info", { bytes = { "<", addr(d), ">" } })
    return { "--no-entry", o }
  end,
  expect = { no_warnings(), no_import(), has_function "live" },
}

case "dead-reference-no-gc" {
  title = "without garbage collection the same reference is an error",
  clauses = { "symbol.undefined.strong", "gc.undefined" },
  link = function()
    local o = object "a.o"
    local callee = o:func("f", { sig = "-> i32", undefined = true })
    o:func("dead", { sig = "-> i32", code = { { "call", callee } } })
    return { "--no-entry", "--no-gc-sections", o }
  end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", class = "undefined", file = "a.o" } },
}

-- An object whose function `who` gives the table slot of the undefined f.
local function pointing(name, who, options)
  local o = object(name)
  local f = o:func("f", { sig = "-> i32", undefined = true, weak = options and options.weak })
  o:func(who, { sig = "-> i32", export = who, code = { { "i32.const", slot(f) } } })
  return o
end

for name, make in pairs { ["function"] = calling, data = addressing, slot = pointing } do
  case("weak-then-strong-" .. name) {
    title = "a strong reference behind a weak one makes an undefined name an error: " .. name,
    clauses = { "symbol.undefined.strong", "symbol.undefined.weak" },
    origin = "llvm/llvm-project#60829",
    link = function() return { "--no-entry", make("a.o", "a", WEAK), make("b.o", "b") } end,
    expect = { rejects { id = "UNDEFINED_SYMBOL", class = "undefined" } },
  }
  case("strong-then-weak-" .. name) {
    title = "a weak reference behind a strong one does not excuse an undefined name: " .. name,
    clauses = { "symbol.undefined.strong", "symbol.undefined.weak" },
    link = function() return { "--no-entry", make("a.o", "a"), make("b.o", "b", WEAK) } end,
    expect = { rejects { id = "UNDEFINED_SYMBOL", class = "undefined" } },
  }
end

case "weak-then-strong-state" {
  title = "a weak reference that a strong one follows is strong from then on",
  clauses = { "symbol.undefined.weak" },
  stage = "resolve",
  link = function()
    return { "--no-entry", addressing("a.o", "a", WEAK), addressing("b.o", "b") }
  end,
  expect = { symbol "d" { state = "undefined", kind = "data", weak = false } },
}

case "weak-data" {
  title = "the address of weak undefined data is 0, in code and in data, and the addend is dropped",
  clauses = { "symbol.undefined.weak", "reloc.memory.undefined", "reloc.memory.undefined-addend",
    "symbol.data.name" },
  origin = "wild-linker/wild#2524",
  link = function()
    local o = addressing("a.o", "a", WEAK)
    o:func("more", { sig = "-> i32", export = "more",
      code = { { "i32.const", addr(o:symbol "d", 8) } } })
    o:data("p", { bytes = { "\xff\xff\xff\xff", addr(o:symbol "d"), addr(o:symbol "d", 8) },
      align = 2, export = "p" })
    return { "--no-entry", o }
  end,
  expect = { no_import(), const_at("a", 1, 0), const_at("more", 1, 0),
    data_at("p", "\xff\xff\xff\xff\0\0\0\0\0\0\0\0") },
}

case "weak-function-address-in-data" {
  title = "the address of a weak undefined function is 0 in data too, and takes no table slot",
  clauses = { "symbol.undefined.weak", "reloc.weak-undefined.table" },
  origin = { "wild-linker/wild#2307", "wild-linker/wild#2332" },
  link = function()
    local o = object "a.o"
    local gone = o:func("gone", { sig = "->", undefined = true, weak = true })
    local here = o:func("here", { sig = "->", code = "nop" })
    o:data("p", { bytes = { "\xff\xff\xff\xff", slot(gone), slot(here) }, align = 2,
      export = "p" })
    return { "--no-entry", "--export=here", o }
  end,
  expect = { data_at("p", { "\xff\xff\xff\xff\0\0\0\0", to_slot "here" }),
    holds("one slot is filled", function(_, view)
      local n = 0
      for _ in pairs(view:slots()) do n = n + 1 end
      return n == 1, n .. " slots"
    end) },
}

for _, option in ipairs { "import-undefined", "allow-undefined",
  "unresolved-symbols=ignore-all" } do
  local name = option:gsub("=", "-")
  case("weak-function-" .. name) {
    title = "a weak undefined function traps when called, and is no import under --" .. option,
    clauses = { "symbol.undefined.weak", "option.value" },
    link = function() return { "--no-entry", "--" .. option, calling("a.o", "a", WEAK) } end,
    expect = { no_warnings(), no_import(), traps("a", {}) },
  }
end

case "weak-function-explicit-import" {
  title = "a weak undefined function that names its import traps when called all the same",
  clauses = { "symbol.undefined.weak", "symbol.explicit-name" },
  link = function()
    return { "--no-entry",
      calling("a.o", "a", { weak = true, import_module = "m", import_name = "x" }) }
  end,
  expect = { no_import(), traps("a", {}) },
}

case "weak-function-defined-later" {
  title = "a weak reference uses a definition that comes later, weak as it may be",
  clauses = { "symbol.undefined.weak" },
  link = function()
    local b = object "b.o"
    b:func("f", { sig = "-> i32", weak = true, code = "i32.const 7" })
    return { "--no-entry", calling("a.o", "a", WEAK), b }
  end,
  expect = { function_count(2), returns("a", {}, 7) },
}

case "weak-global" {
  title = "a weak reference to a wasm global is refused: there is nothing that could stand for it",
  clauses = { "reloc.weak-undefined.global" },
  link = function()
    local o = object "a.o"
    local g = o:global("g", { type = "i32", undefined = true, weak = true })
    o:func("a", { sig = "-> i32", export = "a", code = { { "global.get", g } } })
    return { "--no-entry", o }
  end,
  expect = { rejects { id = "SYMBOL_WEAK_UNDEFINED", phase = "read", file = "a.o" } },
}
