-- The name section of the output: everything but functions, and whether there is one.

local function small()
  local o = object "a.o"
  o:func("f", { sig = "->", export = "f", code = "nop" })
  return o
end

case "module" {
  title = "the module is named as the output file",
  clauses = { "names.module" },
  link = function() return { "--no-entry", small() } end,
  expect = { name_section { module = "out.wasm", functions = { "f" } } },
}

case "soname" {
  title = "with --soname the module is named so",
  clauses = { "names.module" },
  origin = { "emscripten-core/emscripten#9565", "ziglang/zig#23598" },
  link = function() return { "--no-entry", "--soname=mine", small() } end,
  expect = { name_section { module = "mine" } },
}

case "globals" {
  title = "globals are named as their symbols: imported ones, the inputs' and the linker's",
  clauses = { "names.global" },
  link = function()
    local o = object "a.o"
    o:features { "+mutable-globals" }
    local far = o:global("far", { type = "i32", undefined = true, import_module = "m",
      import_name = "field" })
    local mine = o:global("mine", { type = "i64", init = "i64.const 77" })
    local sp = o:global("__stack_pointer", { type = "i32", mutable = true, undefined = true })
    o:func("f", { sig = "->", export = "f", code = { { "global.get", far }, "drop",
      { "global.get", mine }, "drop", { "global.get", sp }, "drop" } })
    return { "--no-entry", o }
  end,
  expect = { imports { ["m.field"] = { kind = "global", is = "far" } }, global_value("mine", 77),
    code("f", { { "global.get", to_global "far" }, "drop", { "global.get", to_global "mine" },
      "drop", { "global.get", to_global "__stack_pointer" }, "drop" }) },
}

case "nameless-global" {
  title = "a global that no symbol names has no name",
  clauses = { "names.global" },
  link = function()
    local o = object "a.o"
    o:global("g", { init = "i32.const 1" })
    o:global("h", { init = "i32.const 2" })
    o:remove "linking.symbols[0]"
    return { "--no-entry", "--no-gc-sections", o }
  end,
  expect = { global_value("h", 2), holds("one global has no name", function(module, view)
    local named = {}
    for i = 0, view:count "global" - 1 do
      for name in pairs(module:names_of("global", i)) do named[#named + 1] = name end
    end
    return #named == 2, table.concat(named, ", ")
  end) },
}

case "address-globals" {
  title = "globals that hold addresses for position-independent code say whose",
  clauses = { "names.global", "got.internal" },
  link = function()
    local o = object "a.o"
    local x = o:data("x", { bytes = "1234", export = "x" })
    local g = o:func("g", { sig = "->", export = "g", code = "nop" })
    o:func("f", { sig = "->", export = "f", code = { { "global.get", got(x) }, "drop",
      { "global.get", got(g) }, "drop" } })
    return { "--no-entry", o }
  end,
  expect = { global_value("GOT.data.internal.x", to_address "x"),
    global_value("GOT.func.internal.g", to_slot "g") },
}

case "data-segments" {
  title = "the data segments that are written are named, those that are not are not",
  clauses = { "names.data" },
  link = function()
    local o = object "a.o"
    o:data("x", { bytes = "1234", no_strip = true })
    o:data("y", { bytes = "5678", rodata = true, no_strip = true })
    o:data("z", { zero = 16, segment_name = ".bss.z", no_strip = true })
    return { "--no-entry", o }
  end,
  expect = { data_segments { ".rodata", ".data" }, no_name ".bss" },
}

case "strip-all" {
  title = "--strip-all leaves out the name section",
  clauses = { "option.strip-all", "names.section" },
  link = function() return { "--no-entry", "--strip-all", small() } end,
  expect = { no_custom "name", exports { f = "function" } },
}

case "short-option" {
  title = "-s means --strip-all, -S means --strip-debug",
  clauses = { "option.strip-all", "option.strip-debug" },
  link = function() return { "--no-entry", "-s", small() } end,
  expect = { same_as(function() return { "--no-entry", "--strip-all", small() } end),
    differs_from(function() return { "--no-entry", "-S", small() } end) },
}

case "keep-section" {
  title = "--keep-section=name keeps names in spite of --strip-all",
  clauses = { "option.keep-section", "option.strip-all" },
  link = function()
    local o = small()
    o:producers { { "language", "C11", "" } }
    return { "--no-entry", "--strip-all", "--keep-section=name", o }
  end,
  expect = { name_section { functions = { "f" } }, no_custom "producers" },
}

case "keep-other-sections" {
  title = "--keep-section may be given several times, and keeps only what it names",
  clauses = { "option.keep-section", "option.strip-all" },
  link = function()
    local o = small()
    o:producers { { "language", "C11", "" } }
    o:features { "+simd128" }
    return { "--no-entry", "--strip-all", "--keep-section=producers",
      "--keep-section=target_features", o }
  end,
  expect = { no_custom "name", producers { language = { { "C11", "" } } },
    features { "+simd128" } },
}

case "input-locals-dropped" {
  title = "of the inputs' name sections only function names are used",
  clauses = { "name.debug-name" },
  link = function()
    local o = small()
    o:names { module = "input module" }
    return { "--no-entry", o }
  end,
  expect = { name_section { functions = { "f" } }, custom("name", function(found)
    return not found:find("input module", 1, true)
  end) },
}

case "behind-custom-sections" {
  title = "name, producers and target_features stand at the end, in this order",
  clauses = { "names.section", "producers.order", "features.section" },
  origin = { "pulseengine/meld#222", "pulseengine/meld#328" },
  link = function()
    local o = small()
    o:custom("zz", { bytes = "1" })
    o:producers { { "language", "C11", "" } }
    o:features { "+simd128" }
    return { "--no-entry", o }
  end,
  expect = { section_order { "type", "function", "memory", "global?", "export", "code", "zz",
    "name", "producers", "target_features" } },
}
