-- The entry: an exported function, by default _start, that must be there.

local function program(options)
  local o = object "a.o"
  for _, name in ipairs { "_start", "other" } do
    local opts = { sig = "->", code = "nop" }
    for key, setting in pairs(options or {}) do opts[key] = setting end
    o:func(name, opts)
  end
  return o
end

case "default" {
  title = "the entry is _start, it is exported under that name, and is no start function",
  clauses = { "entry.default", "start.entry", "start.none" },
  link = function() return { program() } end,
  expect = { exports_exactly { memory = "memory", _start = "function" }, no_start() },
}

case "named" {
  title = "--entry names another function, and then _start is nothing special",
  clauses = { "entry.name" },
  link = function() return { "--entry=other", program() } end,
  expect = { exports_exactly { "memory", "other" }, no_function "_start" },
}

case "none" {
  title = "with --no-entry there is none, and _start is collected",
  clauses = { "entry.none", "export.none-other", "gc.root.entry" },
  link = function() return { "--no-entry", program() } end,
  expect = { exports_exactly { "memory" }, function_count(0) },
}

case "entry-after-no-entry" {
  title = "--entry behind --no-entry names an entry after all",
  clauses = { "entry.none", "entry.name" },
  link = function() return { "--no-entry", "--entry=other", program() } end,
  expect = { exports_exactly { "memory", "other" } },
}

case "no-entry-after-entry" {
  title = "--no-entry behind --entry takes the entry back",
  clauses = { "entry.none" },
  link = function() return { "--entry=nowhere", "--no-entry", program() } end,
  expect = { exports_exactly { "memory" } },
}

case "hidden-and-weak" {
  title = "a hidden and weak definition is good enough for the entry",
  clauses = { "entry.default", "export.hidden" },
  link = function() return { program { hidden = true, weak = true } } end,
  expect = { exports { _start = "function" } },
}

case "missing" {
  title = "without a definition of the default entry the link fails",
  clauses = { "entry.missing" },
  link = function()
    local o = object "a.o"
    o:func("main", { sig = "->", export = "main", code = "nop" })
    return { o }
  end,
  expect = { rejects { id = "ENTRY_UNDEFINED", class = "undefined" } },
}

case "undefined" {
  title = "an entry that is only referred to is missing",
  clauses = { "entry.missing" },
  link = function()
    local o = object "a.o"
    local start = o:func("_start", { sig = "->", undefined = true })
    o:func("main", { sig = "->", export = "main", code = { { "call", start } } })
    return { "--allow-undefined", o }
  end,
  expect = { rejects { id = "ENTRY_UNDEFINED", class = "undefined" } },
}

case "local" {
  title = "a local function is not found as the entry",
  clauses = { "entry.missing", "symbol.binding.local" },
  link = function() return { program { static = true } } end,
  expect = { rejects { id = "ENTRY_UNDEFINED", class = "undefined" } },
}

case "with-parameters" {
  title = "an entry may have parameters and results",
  clauses = { "entry.name" },
  link = function()
    local o = object "a.o"
    o:func("main", { sig = "i32 i32 -> i32", code = "local.get 0; local.get 1; i32.sub" })
    return { "--entry=main", o }
  end,
  expect = { signature("main", "i32 i32 -> i32"), returns("main", { 7, 3 }, 4) },
}

case "exported-too" {
  title = "an entry that --export names, too, is exported once",
  clauses = { "entry.name", "export.unique" },
  origin = "wild-linker/wild#2272",
  link = function()
    local o = object "a.o"
    o:func("run", { sig = "-> i32", code = "i32.const 7" })
    return { "--entry=run", "--export=run", o }
  end,
  expect = { exports_exactly { memory = "memory", run = "function" }, valid(),
    returns("run", {}, 7) },
}

case "hidden-in-relocations" {
  title = "the entry is no longer hidden, for whoever reads the symbols of --emit-relocs",
  clauses = { "entry.name", "emit-relocs.module" },
  link = function()
    local o = object "a.o"
    o:func("main", { sig = "->", code = {}, hidden = true })
    return { "--entry=main", "--emit-relocs", o }
  end,
  expect = { exports { main = "function" }, linking_symbol "main" { flags = "" } },
}
