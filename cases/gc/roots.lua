-- Where liveness begins: what the outside can see, and what objects want kept.  Everything else
-- that nothing live refers to is collected, whatever its visibility.

-- An object of functions f, g and h, which nothing calls; options for f.
local function three(options)
  local o = object "a.o"
  for _, name in ipairs { "f", "g", "h" } do
    local opts = { sig = "->", code = "nop" }
    for key, setting in pairs(name == "f" and options or {}) do opts[key] = setting end
    o:func(name, opts)
  end
  return o
end

case "entry" {
  title = "the entry is kept, and of the rest only what it needs",
  clauses = { "gc.root.entry" },
  link = function() return { "--entry=f", three() } end,
  expect = { has_function "f", no_function("g", "h"), function_count(1) },
}

case "export-option" {
  title = "what --export names is kept, though it is hidden",
  clauses = { "gc.root.export" },
  link = function() return { "--no-entry", "--export=f", three { hidden = true } } end,
  expect = { has_function "f", no_function("g", "h") },
}

case "exported-flag" {
  title = "a symbol with the flag EXPORTED is kept and exported",
  clauses = { "gc.root.export", "export.flag" },
  link = function() return { "--no-entry", three { exported = true } } end,
  expect = { exports { f = "function" }, no_function("g", "h") },
}

case "no-strip-function" {
  title = "a function with the flag NO_STRIP is kept, and not exported for that",
  clauses = { "gc.root.no-strip" },
  link = function() return { "--no-entry", three { no_strip = true } } end,
  expect = { has_function "f", no_export "f", no_function("g", "h") },
}

case "no-strip-hidden-weak" {
  title = "NO_STRIP keeps a function that is hidden and weak as well",
  clauses = { "gc.root.no-strip" },
  link = function()
    return { "--no-entry", three { no_strip = true, hidden = true, weak = true } }
  end,
  expect = { has_function "f", no_function("g", "h") },
}

case "no-strip-data" {
  title = "NO_STRIP on a data symbol keeps the segment it stands in",
  clauses = { "gc.root.no-strip" },
  link = function()
    local o = object "a.o"
    o:data("d", { bytes = "keep", no_strip = true })
    o:data("e", { bytes = "drop" })
    return { "--no-entry", o }
  end,
  expect = { data_count("keep", 1), data_count("drop", 0) },
}

case "no-strip-tag" {
  title = "NO_STRIP keeps a tag",
  clauses = { "gc.root.no-strip" },
  link = function()
    local o = object "a.o"
    o:tag("keep", { sig = "i64 ->", no_strip = true })
    o:tag("drop", { sig = "f32 ->" })
    return { "--no-entry", o }
  end,
  expect = { counts { tag = 1, type = 1 } },
}

case "no-strip-of-the-loser" {
  title = "NO_STRIP of a definition that loses keeps nothing",
  clauses = { "gc.root.no-strip", "symbol.binding.weak" },
  link = function()
    local weak, strong = object "weak.o", object "strong.o"
    weak:func("f", { sig = "->", weak = true, no_strip = true, code = "nop" })
    strong:func("f", { sig = "->", code = "nop" })
    return { "--no-entry", weak, strong }
  end,
  expect = { exports_exactly { "memory" }, no_function "f", function_count(0) },
}

case "no-strip-local" {
  title = "NO_STRIP on a local symbol does not keep it",
  clauses = { "gc.root.no-strip" },
  link = function() return { "--no-entry", three { no_strip = true, static = true } } end,
  expect = { exports_exactly { "memory" }, no_function("f", "g", "h") },
}

case "default-visibility-is-no-root" {
  title = "a global symbol of default visibility that nothing needs is collected",
  clauses = { "gc.reachability", "export.default" },
  link = function() return { "--no-entry", "--export=g", three() } end,
  expect = { exports_exactly { "memory", "g" }, no_function("f", "h") },
}

case "export-section-is-no-root" {
  title = "an object's export section keeps nothing: only symbols count",
  clauses = { "gc.reachability", "container.export-ignored" },
  origin = "WebAssembly/wabt#1534",
  link = function()
    local o = object "a.o"
    o:export("f", o:func("f", { sig = "->", code = "nop" }))
    o:func("g", { sig = "->", export = "g", code = "nop" })
    return { "--no-entry", o }
  end,
  expect = { exports_exactly { "memory", "g" }, no_function "f" },
}

case "start-section-is-no-root" {
  title = "an object's start function is neither kept nor run",
  clauses = { "gc.reachability", "container.start-ignored", "container.start" },
  origin = "WebAssembly/wabt#1133",
  link = function()
    local o = object "a.o"
    o:start(o:func("f", { sig = "->", code = "nop" }))
    o:func("g", { sig = "->", export = "g", code = "nop" })
    return { "--no-entry", o }
  end,
  expect = { has_function "g", no_start(), no_function "f" },
}

case "imported-start-function" {
  title = "nor is one that it imports: nothing is imported for its sake",
  clauses = { "container.start-ignored", "gc.reachability" },
  link = function()
    local o = object "a.o"
    o:start(o:func("f", { sig = "->", undefined = true, import_module = "m", import_name = "f" }))
    o:func("g", { sig = "->", export = "g", code = "nop" })
    return { "--no-entry", o }
  end,
  expect = { has_function "g", no_start(), no_import() },
}

case "element-segment-is-no-root" {
  title = "an object's own element segment keeps no function and fills no slot",
  clauses = { "gc.reachability", "container.element-ignored", "container.element" },
  origin = "ziglang/zig#23025",
  link = function()
    local o = object "a.o"
    local f = o:func("f", { sig = "->", code = "nop" })
    o:func("g", { sig = "->", export = "g", code = "nop" })
    o:table("t", { type = "funcref", min = 2 })
    o:elem { funcs = { f }, offset = { "i32.const 1" } }
    return { "--no-entry", o }
  end,
  expect = { has_function "g", no_function "f", no_section "elem" },
}

for name, flags in pairs { passive = 1, declared = 3 } do
  case(name .. "-element-segment-is-no-root") {
    title = ("nor does one that is %s"):format(name),
    clauses = { "gc.reachability", "container.element-ignored", "container.element" },
    link = function()
      local o = object "a.o"
      local f = o:func("f", { sig = "->", code = "nop" })
      o:func("g", { sig = "->", export = "g", code = "nop" })
      o:table("t", { type = "funcref", min = 2 })
      o:elem { funcs = { f }, flags = flags, passive = true }
      return { "--no-entry", o }
    end,
    expect = { has_function "g", no_function "f", no_section "elem" },
  }
end

case "retain-segment" {
  title = "a segment with the flag RETAIN is kept, though no symbol of it is used",
  clauses = { "segment.retain" },
  link = function()
    local o = object "a.o"
    o:segment(".data.kept", { bytes = "keep", flags = { "retain" } })
    o:data("d", { bytes = "drop" })
    o:segment(".data.kept2", { bytes = "hold", flags = { "retain" } })
    o:func("g", { sig = "->", export = "g", code = "nop" })
    return { "--no-entry", o }
  end,
  expect = { data_count("keep", 1), data_count("drop", 0), data_count("hold", 1) },
}

case "retain-segment-has-edges" {
  title = "what a retained segment refers to is kept too",
  clauses = { "segment.retain", "gc.edge.data" },
  link = function()
    local o = three()
    o:segment(".data.kept", { bytes = { "ptr=", slot "f" }, flags = { "retain" }, align = 2 })
    return { "--no-entry", "--export=h", o }
  end,
  expect = { data_count("ptr=", 1), in_table "f", has_function "h", no_function "g" },
}

case "constructors" {
  title = "constructors of an object on the command line are kept, and what they call",
  clauses = { "gc.root.init" },
  link = function()
    local o = object "a.o"
    local f = o:func("f", { sig = "->", code = "nop" })
    o:func("g", { sig = "->", code = "nop" })
    o:init(o:func("init", { sig = "->", static = true, code = { { "call", f } } }))
    local b = object "b.o"
    b:func("h", { sig = "->", export = "h", code = "nop" })
    return { "--no-entry", o, b }
  end,
  expect = { has_function("f", "init"), no_function "g", calls("__wasm_call_ctors", { "init" }) },
}

case "destructors" {
  title = "__wasm_call_dtors is kept, and what it calls",
  clauses = { "gc.root.call-dtors" },
  link = function()
    local o = three()
    o:func("__wasm_call_dtors", { sig = "->", code = { { "call", fn "f" } } })
    return { "--no-entry", "--export=h", o }
  end,
  expect = { has_function("f", "h", "__wasm_call_dtors"), no_function "g" },
}

case "destructors-that-nobody-calls" {
  title = "where a program calls its constructors itself, __wasm_call_dtors is like any function",
  clauses = { "gc.root.call-dtors", "command.reactor" },
  link = function()
    local o = three()
    o:func("__wasm_call_dtors", { sig = "->", code = { { "call", fn "f" } } })
    return { "--no-entry", "--export=h", "--export=__wasm_call_ctors", o }
  end,
  expect = { has_function "h", no_function("f", "g", "__wasm_call_dtors") },
}

case "nothing" {
  title = "without any root no function, no segment and no import is left",
  clauses = { "gc.reachability" },
  link = function()
    local o = three()
    o:data("d", { bytes = "drop" })
    local i = o:func("i", { sig = "->", undefined = true, import_module = "m", import_name = "i" })
    o:func("calls_i", { sig = "->", code = { { "call", i } } })
    return { "--no-entry", o }
  end,
  expect = { exports_exactly { "memory" }, function_count(0), no_import(), data_count("drop", 0),
    no_section("code", "data") },
}

case "no-gc-sections-tables-and-tags" {
  title = "--no-gc-sections keeps every table and tag",
  clauses = { "gc.off" },
  link = function()
    local o = object "a.o"
    for i = 1, 2 do
      o:table("t" .. i, { type = "externref", min = i })
      o:tag("e" .. i, { sig = "->" })
    end
    return { "--no-entry", "--no-gc-sections", o }
  end,
  expect = { counts { table = 2, tag = 2 } },
}

case "no-gc-sections" {
  title = "--no-gc-sections keeps every function, segment and import",
  clauses = { "gc.off", "gc.live" },
  link = function()
    local o = three()
    o:data("d", { bytes = "keep" })
    local i = o:func("i", { sig = "->", undefined = true, import_module = "m", import_name = "i" })
    o:func("calls_i", { sig = "->", code = { { "call", i } } })
    return { "--no-entry", "--no-gc-sections", o }
  end,
  expect = { has_function("f", "g", "h", "calls_i"), imports { ["m.i"] = "function" },
    data_count("keep", 1), exports_exactly { "memory" } },
}

case "last-of-gc-options" {
  title = "of --gc-sections and --no-gc-sections the last one counts",
  clauses = { "gc.off" },
  link = function() return { "--no-gc-sections", "--no-entry", three(), "--gc-sections" } end,
  expect = { exports_exactly { "memory" }, function_count(0) },
}

case "no-gc-sections-reports" {
  title = "without collection an undefined symbol is reported though only unused code needs it",
  clauses = { "gc.off", "symbol.undefined.strong" },
  link = function()
    local o = object "a.o"
    local gone = o:func("gone", { sig = "->", undefined = true })
    o:func("f", { sig = "->", code = { { "call", gone } } })
    return { "--no-entry", "--no-gc-sections", o }
  end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", file = "a.o" } },
}

case "collected-code-reports-nothing" {
  title = "an undefined symbol that only collected code needs is not reported, and not imported",
  clauses = { "gc.reachability", "symbol.undefined.strong" },
  link = function()
    local o = object "a.o"
    local gone = o:func("gone", { sig = "->", undefined = true })
    o:func("f", { sig = "->", code = { { "call", gone } } })
    o:func("g", { sig = "->", export = "g", code = "nop" })
    return { "--no-entry", o }
  end,
  expect = { no_warnings(), no_import(), no_function("f", "gone"), has_function "g" },
}

case "export-dynamic" {
  title = "--export-dynamic keeps what is of default visibility, and nothing that is hidden",
  clauses = { "gc.root.export", "export.dynamic" },
  link = function()
    local o = object "a.o"
    o:func("shown", { sig = "->", code = "nop" })
    o:func("hidden", { sig = "->", hidden = true, code = "nop" })
    o:func("called", { sig = "->", hidden = true, code = "nop" })
    o:code(o:func("caller", { sig = "->" }), { { "call", o:symbol "called" } })
    return { "--no-entry", "--export-dynamic", o }
  end,
  expect = { has_function("shown", "called"), no_function "hidden" },
}
