-- What keeps what: every relocation of live code and live data, except that for a type.

local function run(o, code, sig)
  o:func("run", { sig = sig or "->", export = "run", code = code })
  return { "--no-entry", o }
end

local function void(o, name, code) return o:func(name, { sig = "->", code = code or "nop" }) end

case "call" {
  title = "a call keeps the function called, and so on along the chain",
  clauses = { "gc.edge.code" },
  link = function()
    local o = object "a.o"
    local c = void(o, "c")
    local b = void(o, "b", { { "call", c } })
    void(o, "other", { { "call", b } })
    return run(o, { { "call", b } })
  end,
  expect = { calls("run", { "b" }), calls("b", { "c" }), no_function "other", function_count(3) },
}

case "slot-in-code" {
  title = "taking a function's address keeps it, and gives it a slot",
  clauses = { "gc.edge.code" },
  link = function()
    local o = object "a.o"
    local f = void(o, "f")
    void(o, "other")
    return run(o, { { "i32.const", slot(f) } }, "-> i32")
  end,
  expect = { const_at("run", 1, to_slot "f"), no_function "other" },
}

case "slot-in-data" {
  title = "a function pointer in live data keeps the function",
  clauses = { "gc.edge.data" },
  link = function()
    local o = object "a.o"
    local f, g = void(o, "f"), void(o, "g")
    o:data("p", { bytes = { slot(f) }, align = 2 })
    o:data("q", { bytes = { slot(g) }, align = 2 })
    local args = run(o, "nop")
    args[#args + 1] = "--export=p"
    return args
  end,
  expect = { data_at("p", { to_slot "f" }), in_table "f", no_function "g" },
}

case "address-in-code" {
  title = "an address in code keeps the data it points into, an access keeps it too",
  clauses = { "gc.edge.code", "data.symbol-pulls-segment" },
  link = function()
    local o = object "a.o"
    local d, e = o:data("d", { bytes = "dddd" }), o:data("e", { bytes = "eeee" })
    o:data("x", { bytes = "xxxx" })
    return run(o, { { "i32.const", addr(d) }, { "i32.load", addr(e) } }, "-> i32")
  end,
  expect = { data_count("dddd", 1), data_count("eeee", 1), data_count("xxxx", 0) },
}

case "address-in-data" {
  title = "live data keeps the data it points to, along the chain, and not what points to it",
  clauses = { "gc.edge.data" },
  link = function()
    local o = object "a.o"
    local c = o:data("c", { bytes = "cccc" })
    local b = o:data("b", { bytes = { addr(c), "bbbb" }, align = 2 })
    local a = o:data("a", { bytes = { addr(b) }, align = 2 })
    o:data("x", { bytes = { addr(a), "xxxx" }, align = 2 })
    return run(o, { { "i32.const", addr(a) } }, "-> i32")
  end,
  expect = { data_count("bbbb", 1), data_count("cccc", 1), data_count("xxxx", 0) },
}

case "circles" {
  title = "functions and data that keep only each other are collected",
  clauses = { "gc.reachability" },
  link = function()
    local o = object "a.o"
    local p = o:data("p", { undefined = true })
    local f = o:func("f", { sig = "->",
      code = { { "i32.const", addr(p) }, "drop", { "call", fn "g" } } })
    void(o, "g", { { "call", f } })
    local b = object "b.o"
    local back = b:func("f", { sig = "->", undefined = true })
    b:data("p", { bytes = { slot(back), "pppp" }, align = 2 })
    local args = run(o, "nop")
    args[#args + 1] = b
    return args
  end,
  expect = { function_count(1), no_function("f", "g"), data_count("pppp", 0), no_section "elem" },
}

case "segment-as-a-whole" {
  title = "a symbol that is reached keeps the whole of its segment, and no other segment",
  clauses = { "data.whole", "data.symbol-pulls-segment" },
  link = function()
    local o = object "a.o"
    local s = o:segment(".data.s", { bytes = "aaaabbbb" })
    local a = o:data("a", { segment = s, offset = 0, size = 4 })
    o:data("b", { segment = s, offset = 4, size = 4 })
    o:data("c", { bytes = "cccc", segment_name = ".data.s" })
    return run(o, { { "i32.const", addr(a) } }, "-> i32")
  end,
  expect = { data_count("aaaabbbb", 1), data_count("cccc", 0) },
}

case "segment-brings-its-pointers" {
  title = "a segment that is reached keeps what any part of it points to",
  clauses = { "data.whole", "gc.edge.data" },
  link = function()
    local o = object "a.o"
    local f = void(o, "f")
    local s = o:segment(".data.s", { bytes = { "aaaa", slot(f) }, align = 2 })
    local a = o:data("a", { segment = s, offset = 0, size = 4 })
    o:data("b", { segment = s, offset = 4, size = 4 })
    return run(o, { { "i32.const", addr(a) } }, "-> i32")
  end,
  expect = { in_table "f" },
}

case "alias" {
  title = "a function is kept when any of its names is reached",
  clauses = { "gc.unit", "symbol.alias" },
  link = function()
    local o = object "a.o"
    local f = void(o, "f")
    local other = o:alias("other", f)
    return run(o, { { "call", other } })
  end,
  expect = { function_count(2), calls("run", { "f" }) },
}

case "global" {
  title = "global.get and global.set keep their globals, and others are collected",
  clauses = { "gc.edge.code" },
  link = function()
    local o = object "a.o"
    local g = o:global("g", { type = "i64", init = "i64.const 5" })
    local h = o:global("h", { type = "i64", mutable = true, init = "i64.const 6" })
    o:global("x", { type = "i64", init = "i64.const 7" })
    return run(o, { { "global.get", g }, { "global.set", h } })
  end,
  expect = { global_value("g", 5), global_value("h", 6),
    holds("x is no global of the output", function(_, view)
      return #view:named("global", "x") == 0
    end) },
}

case "global-initialiser" {
  title = "a live global keeps the imported global that its initialiser reads",
  clauses = { "gc.edge.global-initialiser" },
  link = function()
    local o = object "a.o"
    local i = o:global("i", { type = "i32", undefined = true, import_module = "env",
      import_name = "i" })
    local g = o:global("g", { type = "i32", init = { { "global.get", i } } })
    return run(o, { { "global.get", g } }, "-> i32")
  end,
  expect = { imports { ["env.i"] = { kind = "global", type = "i32", mutable = false } }, valid(),
    returns("run", {}, 42, { ["env.i"] = 42 }) },
  peer_differs = "wasm-ld copies the initialiser's index and follows no edge: the index may name "
    .. "another global, or none; the format says that imports used by code and data stay",
}

case "dead-global-initialiser" {
  title = "a global that is collected does not keep what its initialiser reads",
  clauses = { "gc.edge.global-initialiser" },
  link = function()
    local o = object "a.o"
    local i = o:global("i", { type = "i32", undefined = true, import_module = "env",
      import_name = "i" })
    o:global("g", { type = "i32", init = { { "global.get", i } } })
    return run(o, "nop")
  end,
  expect = { exports { run = "function" }, no_import() },
}

case "table" {
  title = "a table instruction keeps its table, and another table is collected",
  clauses = { "gc.edge.code" },
  link = function()
    local o = object "a.o"
    local t = o:table("t", { type = "externref", min = 3 })
    o:table("x", { type = "externref", min = 5 })
    return run(o, { { "table.size", t } }, "-> i32")
  end,
  expect = { counts { table = 1 }, returns("run", {}, 3) },
}

case "tag" {
  title = "throw keeps its tag, and another tag is collected",
  clauses = { "gc.edge.code" },
  link = function()
    local o = object "a.o"
    local e = o:tag("e", { sig = "i64 ->" })
    o:tag("x", { sig = "f32 ->" })
    return run(o, { "i64.const 1", { "throw", e } })
  end,
  expect = { counts { tag = 1 }, has_type "i64 ->", no_type "f32 ->" },
}

case "import" {
  title = "an import is kept when live code calls it, and otherwise not",
  clauses = { "gc.unit", "import.none-other", "gc.live" },
  origin = { "wild-linker/wild#2353", "WebAssembly/wasi-libc#296" },
  link = function()
    local o = object "a.o"
    local function import(name)
      return o:func(name, { sig = "->", undefined = true, import_module = "m", import_name = name })
    end
    local a, b = import "a", import "b"
    void(o, "dead", { { "call", b } })
    return run(o, { { "call", a } })
  end,
  expect = { imports_exactly { "m.a" }, calls("run", { "a" }) },
}

case "import-no-strip" {
  title = "an undefined function with NO_STRIP that nothing calls is imported",
  clauses = { "gc.root.no-strip", "gc.unit" },
  link = function()
    local o = object "a.o"
    o:func("i", { sig = "->", undefined = true, no_strip = true, import_module = "m",
      import_name = "i" })
    return run(o, "nop")
  end,
  expect = { imports_exactly { "m.i" } },
}

case "type-is-no-edge" {
  title = "a type in call_indirect keeps the type and the table, and no function of the type",
  clauses = { "gc.edge.type" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "f32 -> f64", code = "f64.const 0" })
    return run(o, { "f32.const 0; i32.const 0", { "call_indirect", "f32->f64" } }, "-> f64")
  end,
  expect = { no_function "f", has_type "f32 -> f64", indirect_table { min = 1 } },
}

case "type-is-no-reference" {
  title = "what has the number of a type in the symbol table is not referred to by the type",
  clauses = { "gc.edge.type", "reloc.type-index-leb" },
  link = function()
    local o = object "a.o"
    o:type "f32 -> f64"
    o:func("gone", { sig = "->", undefined = true })
    return run(o, { "f32.const 0; i32.const 0", { "call_indirect", "f32->f64" } }, "-> f64")
  end,
  expect = { no_import(), has_type "f32 -> f64", indirect_table { min = 1 } },
}

case "address-of-a-stub" {
  title = "taking the address of a weak function that is not there keeps no stub",
  clauses = { "gc.linker-made", "symbol.undefined.weak" },
  link = function()
    local o = object "a.o"
    local f = o:func("f", { sig = "->", undefined = true, weak = true })
    return run(o, { { "i32.const", slot(f) } }, "-> i32")
  end,
  expect = { function_count(1), no_import(), returns("run", {}, 0), no_section "elem" },
}

case "custom-section-is-no-edge" {
  title = "a custom section keeps nothing of what it refers to, and stays itself",
  clauses = { "gc.edge.custom" },
  link = function()
    local o = object "a.o"
    local f, d = void(o, "f"), o:data("d", { bytes = "dddd" })
    o:custom("notes", { bytes = { "<", fn_offset(f, 0), addr(d), ">" } })
    return run(o, "nop")
  end,
  expect = { no_function "f", data_count("dddd", 0),
    custom("notes", function(c) return #c == 10 and c:find "^<.*>$" ~= nil, c end) },
}

case "start-stop-is-no-edge" {
  title = "__start_ and __stop_ of a segment do not keep it: they are undefined if it is collected",
  clauses = { "gc.edge.start-stop" },
  origin = { "llvm/llvm-project#55839", "swiftwasm/swift#5128" },
  link = function()
    local o = object "a.o"
    local first = o:data("__start_list", { undefined = true })
    o:data("item", { bytes = "item", segment_name = "list" })
    return run(o, { { "i32.const", addr(first) } }, "-> i32")
  end,
  expect = { rejects { id = "UNDEFINED_SYMBOL" } },
}

case "start-stop-of-a-live-segment" {
  title = "__start_ and __stop_ bound the parts of the segment that are live",
  clauses = { "gc.edge.start-stop", "layout.start-stop" },
  link = function()
    local o = object "a.o"
    local first = o:data("__start_list", { undefined = true })
    local last = o:data("__stop_list", { undefined = true })
    o:data("x", { bytes = "xxxx", segment_name = "list" })
    local item = o:data("item", { bytes = "itemitem", segment_name = "list" })
    return run(o, { { "i32.const", addr(item) }, "drop", { "i32.const", addr(last) },
      { "i32.const", addr(first) }, "i32.sub" }, "-> i32")
  end,
  expect = { returns("run", {}, 8), data_count("xxxx", 0) },
}

case "start-stop-of-a-retained-segment" {
  title = "a segment with the flag RETAIN is there for __start_ and __stop_ without other users",
  clauses = { "gc.edge.start-stop", "segment.retain" },
  origin = { "swiftlang/llvm-project#8238", "llvm/llvm-project#55839" },
  link = function()
    local o = object "a.o"
    local first = o:data("__start_list", { undefined = true })
    local last = o:data("__stop_list", { undefined = true })
    o:segment("list", { bytes = "itemitem", flags = { "retain" } })
    return run(o, { { "i32.const", addr(last) }, { "i32.const", addr(first) }, "i32.sub" },
      "-> i32")
  end,
  expect = { returns("run", {}, 8) },
}
