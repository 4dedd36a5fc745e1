-- A module that tells how it was made (--emit-relocs): symbols and relocations beside it, for tools
-- that work on linked modules.

case "module" {
  title = "the module is the same, with symbols and relocations beside it",
  clauses = { "emit-relocs.module" },
  link = function()
    local o = object "a.o"
    local x = o:data("x", { bytes = "12345678", align = 2 })
    local f = o:func("f", { sig = "-> i32", code = { { "i32.const", addr(x, 1) } } })
    o:func("run", { sig = "-> i32", export = "run", code = { { "call", f } } })
    o:func("dead", { sig = "-> f64", code = "f64.const 0" })
    return { "--no-entry", "--emit-relocs", o }
  end,
  expect = {
    valid(), no_function "dead", no_linking_symbol "dead",
    linking_symbol "x" { kind = "data", flags = "", segment = ".data", offset = 0, size = 8 },
    linking_symbol "run" { flags = "exported no_strip", is = "run" },
    relocations "f" { "MEMORY_ADDR_SLEB x +1 at 2" },
    relocations "run" { "FUNCTION_INDEX_LEB f at 2" },
    segment_info ".data" { align = 2, size = 8 },
    exports_exactly { "memory", "run" },
  },
}

case "zeros" {
  title = "zeros are written out: symbols and relocations refer to them",
  clauses = { "emit-relocs.module" },
  link = function()
    local o = object "a.o"
    local z = o:data("z", { zero = 16, align = 2 })
    o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr(z) } } })
    return { "--no-entry", "--emit-relocs", o }
  end,
  expect = {
    counts { data = 1 },
    linking_symbol "z" { segment = ".bss", offset = 0, size = 16 },
  },
}

case "linker-made" {
  title = "what the linker defined is a symbol where objects refer to it",
  clauses = { "emit-relocs.module" },
  origin = { "llvm/llvm-project#67111", "llvm/llvm-project#84731" },
  link = function()
    local o = object "a.o"
    local heap = o:data("__heap_base", { undefined = true })
    local sp = o:global("__stack_pointer", { type = "i32", mutable = true, undefined = true })
    o:func("f", { sig = "-> i32", export = "f", code = { { "global.get", sp },
      { "i32.const", addr(heap) }, "i32.add" } })
    return { "--no-entry", "--emit-relocs", o }
  end,
  expect = {
    linking_symbol "__heap_base" { kind = "data", flags = "hidden absolute" },
    holds("the symbol has the address", function(module, view)
      for _, s in ipairs(view:linking().symbols) do
        if s.name == "__heap_base" then
          return s.offset == module:instructions(view:func "f")[2].values[1]
        end
      end
    end),
    linking_symbol "__stack_pointer" { kind = "global" },
    relocations "f" { "GLOBAL_INDEX_LEB __stack_pointer at 2",
      "MEMORY_ADDR_SLEB __heap_base at 8" },
  },
}

case "constructors" {
  title = "constructors are listed beside the function that calls them",
  clauses = { "emit-relocs.module", "init.priority" },
  link = function()
    local o = object "a.o"
    o:init(o:func("late", { sig = "->", code = "nop" }), 200)
    o:init(o:func("early", { sig = "->", code = "nop" }), 3)
    o:func("f", { sig = "-> i32", export = "f", code = "i32.const 1" })
    return { "--no-entry", "--emit-relocs", o }
  end,
  expect = { init_functions { "3 early", "200 late" }, returns("f", {}, 1) },
}

case "groups-joined" {
  title = "a segment of parts from a group and from elsewhere belongs to no group",
  clauses = { "emit-relocs.module" },
  origin = "llvm/llvm-project#134809",
  peer_differs = "wasm-ld puts all of the segment into the group of its first part",
  link = function()
    local o = object "a.o"
    local g = o:comdat "g"
    o:data("a", { bytes = "a", rodata = true, comdat = g, no_strip = true })
    o:data("b", { bytes = "b", rodata = true, no_strip = true })
    o:func("f", { sig = "->", export = "f", weak = true, comdat = g, code = "nop" })
    return { "--no-entry", "--emit-relocs", o }
  end,
  expect = { comdat_members "g" { "function f" }, segment_info ".rodata" { size = 2 } },
}

case "groups-of-two-objects-joined" {
  title = "a segment of parts from the first groups of two objects belongs to no group",
  clauses = { "emit-relocs.module" },
  origin = "llvm/llvm-project#134809",
  peer_differs = "wasm-ld puts all of the segment into the group of its first part",
  link = function()
    local list = { "--no-entry", "--emit-relocs" }
    for i, name in ipairs { "a", "b" } do
      local o = object(name .. ".o")
      local g = o:comdat("group_" .. name)
      o:data(name, { bytes = name, rodata = true, comdat = g, no_strip = true })
      o:func("f" .. i, { sig = "->", export = "f" .. i, weak = true, comdat = g, code = "nop" })
      list[#list + 1] = o
    end
    return list
  end,
  expect = { comdat_members "group_a" { "function f1" }, comdat_members "group_b" { "function f2" },
    segment_info ".rodata" { size = 2 } },
}

case "weak-undefined" {
  title = "the function that stands for a weak undefined one is a local symbol",
  clauses = { "emit-relocs.module", "symbol.undefined.weak" },
  link = function()
    local o = object "a.o"
    local w = o:func("w", { sig = "-> i32", undefined = true, weak = true })
    o:func("f", { sig = "-> i32", export = "f", code = { { "call", w } } })
    return { "--no-entry", "--emit-relocs", o }
  end,
  expect = { relocations "f" { "FUNCTION_INDEX_LEB undefined_weak:w at 2" } },
}

case "wrapper" {
  title = "the wrapper of a command's export has no symbol, and the function's is hidden",
  clauses = { "emit-relocs.module", "command.wrapper" },
  link = function()
    local o = object "a.o"
    o:init(o:func("ctor", { sig = "->", code = "nop" }))
    o:func("f", { sig = "-> i32", weak = true, export = "f", code = "i32.const 1" })
    return { "--no-entry", "--emit-relocs", o }
  end,
  expect = { no_linking_symbol "f.command_export",
    linking_symbol "f" { flags = "weak hidden no_strip" } },
}

case "ignored-undefined" {
  title = "the function that stands for an ignored undefined one is a local symbol",
  clauses = { "emit-relocs.module", "undefined.policy.ignore" },
  peer_differs = "wasm-ld calls the symbol undefined, though it has the index of a definition",
  link = function()
    local o = object "a.o"
    local u = o:func("u", { sig = "-> i32", undefined = true })
    o:func("f", { sig = "-> i32", export = "f", code = { { "call", u } } })
    return { "--no-entry", "--emit-relocs", "--unresolved-symbols=ignore-all", o }
  end,
  expect = {
    linking_symbol "u" { kind = "function", flags = "local" },
    relocations "f" { "FUNCTION_INDEX_LEB u at 2" },
  },
}

case "undefined-and-unused" {
  title = "what is undefined, and neither used nor imported, has no symbol",
  clauses = { "emit-relocs.module", "symbol.no-strip" },
  link = function()
    local o = object "a.o"
    o:func("u", { sig = "->", undefined = true, no_strip = true })
    o:func("f", { sig = "->", export = "f", code = "nop" })
    return { "--no-entry", "--emit-relocs", o }
  end,
  expect = { no_import(), linking_symbol "f" { kind = "function" }, no_linking_symbol "u" },
}

case "address-of-weak-undefined" {
  title = "the address of a weak undefined function is 0 for good, and has no relocation",
  clauses = { "emit-relocs.module", "symbol.undefined.weak" },
  link = function()
    local o = object "a.o"
    local w = o:func("w", { sig = "->", undefined = true, weak = true })
    o:data("p", { bytes = { slot(w) }, align = 2, export = "p" })
    return { "--no-entry", "--emit-relocs", o }
  end,
  expect = { data_at("p", "\0\0\0\0"), no_custom "reloc.DATA" },
}

case "address-of-the-linker" {
  title = "an undefined name that the linker defines is the symbol of an address",
  clauses = { "emit-relocs.module", "layout.symbol.memory-base" },
  link = function()
    local a = object "a.o"
    a:data("p", { bytes = { addr(a:data("__memory_base", { undefined = true })) }, align = 2,
      export = "p" })
    return { "--no-entry", "--emit-relocs", a }
  end,
  expect = { data_at("p", "\0\0\0\0"),
    linking_symbol "__memory_base" { kind = "data", flags = "hidden absolute" } },
}

case "weak-data-in-archive" {
  title = "a weak reference to data that stays in its archive is 0, and its symbol undefined",
  clauses = { "emit-relocs.module", "symbol.undefined.weak", "archive.lazy" },
  link = function()
    local a, d = object "a.o", object "d.o"
    local w = a:data("w", { undefined = true, weak = true })
    a:data("p", { bytes = { addr(w) }, align = 2, export = "p" })
    d:data("w", { bytes = "data" })
    return { "--no-entry", "--emit-relocs", a, archive("lib.a", { d }) }
  end,
  expect = { data_at("p", "\0\0\0\0"), linking_symbol "w" { flags = "weak undefined" } },
}

case "debug-of-dropped" {
  title = "debug sections lose their relocations to what was dropped",
  clauses = { "emit-relocs.module", "debug.tombstone" },
  link = function()
    local o = object "a.o"
    local f = o:func("f", { sig = "->", export = "f", code = "nop" })
    local dead = o:func("dead", { sig = "-> f64", code = "f64.const 0" })
    o:custom(".debug_info", { bytes = { "x", fn_offset(dead), fn_offset(f) } })
    return { "--no-entry", "--emit-relocs", o }
  end,
  expect = { relocations ".debug_info" { "FUNCTION_OFFSET_I32 f at 5" } },
}

case "merged-strings" {
  title = "symbols of merged strings say where these are now",
  clauses = { "emit-relocs.module", "strings.merge" },
  peer_differs = "wasm-ld writes no flag of any segment",
  link = function()
    local function with(name, symbol, text)
      local o = object(name)
      o:data(symbol, { bytes = text, rodata = true, segment_flags = { "strings" },
        no_strip = true })
      return o
    end
    return { "--no-entry", "--emit-relocs", with("a.o", "x", "hello\0"), with("b.o", "y", "lo\0") }
  end,
  expect = {
    linking_symbol "x" { segment = ".rodata", offset = 0, size = 6 },
    linking_symbol "y" { segment = ".rodata", offset = 3, size = 3 },
    segment_info ".rodata" { flags = "strings" },
  },
}

case "mixed-strings" {
  title = "a segment of which only a part is strings is not said to be strings",
  clauses = { "emit-relocs.module", "relocatable.segments" },
  link = function()
    local o = object "a.o"
    o:data("s", { bytes = "s\0", rodata = true, segment_flags = { "strings" }, no_strip = true })
    o:data("n", { bytes = "n", rodata = true, no_strip = true })
    return { "--no-entry", "--emit-relocs", o }
  end,
  expect = { segment_info ".rodata" { flags = "", size = 3 } },
}

case "section-symbols" {
  title = "custom sections have symbols, and offsets into them their relocations",
  clauses = { "emit-relocs.module", "reloc.section-offset-i32" },
  link = function()
    local o = object "a.o"
    local s = o:section_symbol(o:custom("mine", { bytes = "abc" }))
    o:custom("refer", { bytes = { sec_offset(s, 2) } })
    return { "--no-entry", "--no-gc-sections", "--emit-relocs", o }
  end,
  expect = { linking_symbol "mine" { kind = "section", flags = "local", section = "mine" },
    relocations "refer" { "SECTION_OFFSET_I32 mine +2 at 0" } },
}

case "section-symbols-collected" {
  title = "where dead code is dropped, offsets into custom sections have no relocations",
  clauses = { "emit-relocs.module", "reloc.section-offset-i32" },
  link = function()
    local o = object "a.o"
    local s = o:section_symbol(o:custom("mine", { bytes = "abc" }))
    o:custom("refer", { bytes = { sec_offset(s, 2) } })
    return { "--no-entry", "--emit-relocs", o }
  end,
  expect = { custom("refer", u32(2)), no_custom("reloc.refer") },
}

case "flags-of-joined-segments" {
  title = "a segment has the flags that all of its parts have",
  clauses = { "emit-relocs.module", "segment.retain" },
  link = function()
    local o = object "a.o"
    for _, name in ipairs { "a", "b" } do
      o:data(name, { bytes = name, segment_flags = name == "a" and { "retain" } or {},
        segment_name = ".data." .. name, exported = true })
    end
    return { "--no-entry", "--emit-relocs", o }
  end,
  expect = { segment_info ".data" { flags = "" } },
}

case "flags-of-a-wrapped-export" {
  title = "a function that has a wrapper is hidden and no longer exported",
  clauses = { "emit-relocs.module", "command.wrapper" },
  link = function()
    local o = object "a.o"
    o:init(o:func("init", { sig = "->", code = {} }))
    o:func("get", { sig = "->", code = {}, exported = true, no_strip = true })
    return { "--no-entry", "--emit-relocs", o }
  end,
  expect = { linking_symbol "get" { flags = "hidden no_strip" },
    exports { get = { kind = "function", is = "get.command_export" } } },
}
