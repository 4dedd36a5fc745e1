-- Two inputs mean one name, but not one kind of thing, or not one type of it.

local DEFINE = {
  ["function"] = function(o, name) o:func(name, { sig = "->", code = "nop" }) end,
  data = function(o, name) o:data(name, { bytes = "data" }) end,
  global = function(o, name) o:global(name, { type = "i32", init = "i32.const 0" }) end,
  tag = function(o, name) o:tag(name, { sig = "->" }) end,
  table = function(o, name) o:table(name, { type = "externref", min = 1 }) end,
}

-- Code that needs an undefined symbol.
local USE = {
  ["function"] = function(o, name)
    return { { "call", o:func(name, { sig = "->", undefined = true }) } }
  end,
  data = function(o, name)
    return { { "i32.const", addr(o:data(name, { undefined = true })) }, "drop" }
  end,
  global = function(o, name)
    return { { "global.get", o:global(name, { type = "i32", undefined = true }) }, "drop" }
  end,
  tag = function(o, name) return { { "throw", o:tag(name, { sig = "->", undefined = true }) } } end,
  table = function(o, name)
    local t = o:table(name, { type = "externref", min = 1, undefined = true })
    return { { "table.size", t }, "drop" }
  end,
}

local function defining(kind)
  local o = object(kind .. ".o")
  DEFINE[kind](o, "s")
  return o
end

local function using(kind, name)
  local o, a = object("use-" .. kind .. ".o"), name or "a"
  o:func(a, { sig = "->", export = a, code = USE[kind](o, "s") })
  return o
end

local THE = { ["function"] = "a function", data = "data", global = "a wasm global", tag = "a tag",
  table = "a table" }

-- Each kind is used where another is defined.
local PAIRS = { { "function", "data" }, { "data", "function" }, { "data", "global" },
  { "global", "function" }, { "tag", "data" }, { "table", "global" }, { "function", "global" },
  { "function", "table" }, { "data", "tag" } }

for _, pair in ipairs(PAIRS) do
  local have, want = pair[1], pair[2]
  case(("%s-used-as-%s"):format(have, want)) {
    title = ("a name defined as %s and used later as %s is an error"):format(THE[have], THE[want]),
    clauses = { "symbol.kind-mismatch" },
    link = function() return { "--no-entry", defining(have), using(want) } end,
    expect = { rejects { id = "KIND_MISMATCH", phase = "resolve", file = "use-" .. want .. ".o",
      files = { have .. ".o", "use-" .. want .. ".o" } } },
  }
end

case "used-before-defined" {
  title = "a name used as data and defined later as a function is an error",
  clauses = { "symbol.kind-mismatch" },
  link = function() return { "--no-entry", using "data", defining "function" } end,
  expect = { rejects { id = "KIND_MISMATCH", phase = "resolve", file = "function.o",
    files = { "use-data.o", "function.o" } } },
}

case "two-references" {
  title = "references to one name as two kinds are an error, whatever is allowed to be undefined",
  clauses = { "symbol.kind-mismatch" },
  link = function()
    return { "--no-entry", "--allow-undefined", using "data", using("function", "b") }
  end,
  expect = { rejects { id = "KIND_MISMATCH", phase = "resolve", file = "use-function.o",
    files = { "use-data.o", "use-function.o" }, of = 1 } },
}

case "loaded-as-another-kind" {
  title = "the reference that loads a member is compared with what it finds there",
  clauses = { "symbol.kind-mismatch", "archive.lazy" },
  link = function()
    return { "--no-entry", archive("lib.a", { defining "data" }), using "function" }
  end,
  expect = { rejects { id = "KIND_MISMATCH", phase = "resolve", file = "use-function.o",
    files = { "lib.a(data.o)", "use-function.o" } } },
}

case "weak-does-not-excuse" {
  title = "a weak definition of another kind is an error too, it does not just lose",
  clauses = { "symbol.kind-mismatch", "symbol.binding.weak" },
  link = function()
    local weak = object "weak.o"
    weak:data("s", { bytes = "data", weak = true })
    return { "--no-entry", weak, defining "function" }
  end,
  expect = { rejects { id = "KIND_MISMATCH", phase = "resolve", file = "function.o" } },
}

case "same-kinds" {
  title = "every kind of symbol is found where the kinds agree",
  clauses = { "symbol.kind-mismatch" },
  link = function()
    local have, want = object "have.o", object "want.o"
    have:features { "+mutable-globals" }
    for _, kind in ipairs { "function", "data", "global", "tag", "table" } do
      DEFINE[kind](have, "a_" .. kind)
      want:func(kind, { sig = "->", code = USE[kind](want, "a_" .. kind) })
    end
    return { "--no-entry", "--export-all", have, want }
  end,
  expect = { no_import(), calls("function", { "a_function" }), counts { tag = 1 },
    code("data", { { "i32.const", to_address "a_data" }, "drop" }),
    code("global", { { "global.get", to_global "a_global" }, "drop" }),
    code("table", { { "table.size", to_table "a_table" }, "drop" }) },
}

-- Types -------------------------------------------------------------------------------------------

local function global(name, options)
  local o = object(name)
  local opts = { type = "i32" }
  for key, setting in pairs(options) do opts[key] = setting end
  local g = o:global("g", opts)
  o:func(name:sub(1, 1), { sig = "->", export = name:sub(1, 1),
    code = { { "global.get", g }, "drop" } })
  return o
end

case "global-type" {
  title = "a wasm global used with another value type is an error",
  clauses = { "symbol.global-type" },
  link = function()
    return { "--no-entry", global("a.o", { undefined = true, type = "i64" }),
      global("b.o", { init = "i32.const 1" }) }
  end,
  expect = { rejects { id = "GLOBAL_MISMATCH", phase = "resolve", file = "b.o",
    files = { "a.o", "b.o" }, message = "immutable i64 in a.o.* immutable i32 in b.o" } },
}

case "global-mutability" {
  title = "a mutable global used as one that is not is an error",
  clauses = { "symbol.global-type" },
  link = function()
    return { "--no-entry", global("b.o", { init = "i32.const 1", mutable = true }),
      global("a.o", { undefined = true }) }
  end,
  expect = { rejects { id = "GLOBAL_MISMATCH", phase = "resolve", file = "a.o",
    files = { "a.o", "b.o" }, message = " mutable i32 in b.o.* immutable i32 in a.o" } },
}

local function table_user(name, type, min, max)
  local o = object(name)
  local t = o:table("t", { type = type, min = min, max = max, undefined = true })
  o:func("a", { sig = "-> i32", export = "a", code = { { "table.size", t } } })
  return o
end

local function table_owner()
  local o = object "b.o"
  o:table("t", { type = "externref", min = 4, max = 4 })
  return o
end

case "table-type" {
  title = "a table used with another element type is an error",
  clauses = { "symbol.table-type" },
  link = function() return { "--no-entry", table_user("a.o", "funcref", 4, 4), table_owner() } end,
  expect = { rejects { id = "TABLE_MISMATCH", phase = "resolve", file = "b.o",
    files = { "a.o", "b.o" }, message = "funcref in a.o.* externref in b.o" } },
}

case "table-limits" {
  title = "a table has the limits of its definition, whatever a reference says of them",
  clauses = { "symbol.table-type" },
  link = function()
    return { "--no-entry", "--export=t", table_user("a.o", "externref", 9), table_owner() }
  end,
  expect = { no_warnings(), exports { t = { kind = "table", min = 4, max = 4 } },
    returns("a", {}, 4) },
}

case "tag-type" {
  title = "a tag used with another type is only a warning, and has the type of its definition",
  clauses = { "symbol.tag-type" },
  link = function()
    local a = object "a.o"
    local t = a:tag("oops", { sig = "i64 ->", undefined = true })
    a:func("a", { sig = "->", export = "a", code = { "unreachable", { "throw", t } } })
    local b = object "b.o"
    b:tag("oops", { sig = "i32 ->" })
    return { "--no-entry", "--export=oops", a, b }
  end,
  expect = { warns { id = "TAG_MISMATCH", files = { "a.o", "b.o" } }, counts { tag = 1 },
    exports { oops = { kind = "tag", sig = "i32 ->" } } },
}

case "two-definitions" {
  title = "a function and a variable of one name are an error, both being definitions",
  clauses = { "symbol.kind-mismatch" },
  link = function()
    local a, b = object "a.o", object "b.o"
    a:func("x", { sig = "-> i32", code = "i32.const 1", export = "x" })
    b:data("x", { bytes = "data" })
    return { "--no-entry", a, b }
  end,
  expect = { rejects { id = "KIND_MISMATCH", phase = "resolve", class = "mismatch" } },
}

case "two-definitions-of-two-kinds" {
  title = "that two definitions are of two kinds is told, and not that there are two",
  clauses = { "symbol.kind-mismatch" },
  link = function()
    local a, b = object "a.o", object "b.o"
    a:func("x", { sig = "->", code = {} })
    b:data("x", { bytes = "x" })
    return { "--no-entry", a, b }
  end,
  expect = { rejects { id = "KIND_MISMATCH", file = "b.o", of = 1 } },
}
