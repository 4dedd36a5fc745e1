-- Tests of the command lift: what it writes builds the same bytes, in words where it can.

local suite = require "engine_suite"
local object = require "object"
local archive = require "archive"
local library = require "library"

local read, write, expect = suite.read, suite.write, suite.expect

-- An object with something of everything.
local function full()
  local o = object.object "a.o"
  local group = o:comdat "group"
  local stack = o:global("__stack_pointer", { mutable = true, undefined = true })
  local puts = o:func("puts", { sig = "i32 -> i32", undefined = true, import_module = "host",
    import_name = "print" })
  local text = o:data("text", { bytes = "hello\0", rodata = true, static = true })
  local shared = o:segment(".data.shared", { bytes = { object.addr(text, 1), object.slot(puts) },
    align = 2 })
  o:data("second", { segment = shared, offset = 4, size = 4, weak = true })
  local tag = o:tag("oops", { sig = "i32 ->" })
  local note = o:custom(".note", { bytes = "some text" })
  local at = o:section_symbol(note)
  o:custom("links", { bytes = { object.sec_offset(at, 5), "\1\2" } })
  local run = o:func("run", { sig = "i32 -> f64", locals = "i32 i64", comdat = group, code = {
    { "block", "i32" }, "local.get 0", "br_if 0", { "i32.const", object.addr(text, 2) },
    { "i32.load", object.addr(text, 3), p2align = 0 }, { "call", puts }, "br 0", "end",
    { "call_indirect", "i32 -> i32" }, { "throw", tag }, { "global.get", stack }, "drop",
    "i64.const -9223372036854775808; drop", "f32.const -nan:0x200001; drop",
    "v128.const i8x16 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; drop", "f64.const 0.1",
  } })
  o:alias("also", run, { hidden = true })
  o:init(o:func("boot", { sig = "->", code = "nop", static = true }), 100)
  o:export("out", run)
  o:features()
  o:producers { { "language", "C11", "" } }
  return o
end

-- A shared library with something of everything.
local function shared()
  local l = library.library("libx.so", { memory = { min = 2 }, memory_size = 12, memory_align = 2,
    table_size = 1 })
  l:table("__indirect_function_table", { undefined = true, min = 1 })
  local base = l:imported("env", "__memory_base")
  l:imported("env", "__table_base")
  local far = l:func("far", { sig = "i32 ->", undefined = true })
  l:imported("GOT.func", "far", { mutable = true })
  l:exported("__wasm_call_ctors", { sig = "->", short = true, code = "i32.const 3; call $far" })
  local twice = l:func("twice", { sig = "i32 -> i32", code = { { "global.get", base },
    { "i32.const", object.lit(object.sleb(8, 5)) }, "i32.add", { "call", far },
    "global.get $GOT.func.far", "local.get 0", { "call_indirect", "i32 -> i32" } } })
  l:address("x", 4, { tls = true })
  l:exported("last", { sig = "-> i32", code = "i32.const 1; call $twice" })
  l:address("y", 8)
  l:export("twice", twice)
  l:segment(".data", { bytes = "abc", offset = { "global.get $__memory_base" } })
  l:elem { funcs = { twice }, offset = { "global.get $__table_base" } }
  l:export_info("last", "weak")
  l:import_info("env", "far", "weak undefined")
  l:needs("liby.so", "libz.so")
  l:runtime_path "$ORIGIN"
  l:names { module = "libx.so", functions = true, globals = { { base, "__memory_base" } } }
  l:producers { { "language", "C11", "" } }
  return l
end

return function(T)
  -- Lifts these files, in the order of their names; the text, and what was said besides.
  local function lift(folder, files, words)
    local paths = {}
    for name, bytes in pairs(files) do
      write(folder .. "/" .. name, bytes)
      paths[#paths + 1] = folder .. "/" .. name
    end
    table.sort(paths)
    local line = ("%s lift %s -o %s/cases/t/c.lua %s 2>%s/said"):format(suite.program,
      table.concat(paths, " "), folder, words or "", folder)
    os.remove(folder .. "/cases/t/c.lua")
    local ok = os.execute(line)
    local said = read(folder .. "/said")
    assert(ok, said)
    return read(folder .. "/cases/t/c.lua"), said
  end

  -- The inputs that the lifted case builds must be those.
  local function check(folder, files)
    local text, status = suite.run(folder, "test", "--keep", folder .. "/kept")
    for name, bytes in pairs(files) do
      if read(("%s/kept/t/c/lifted/%s"):format(folder, name)) ~= bytes then
        error(("%s is built otherwise (%s):\n%s"):format(name, status, text), 2)
      end
    end
  end

  local function test(name, files, work, words)
    suite.test(T, "lift: " .. name, "", function(folder)
      local text, said = lift(folder, files, words)
      check(folder, files)
      work(text, said, folder)
    end)
  end

  test("an object in words", { ["a.o"] = full():bytes() }, function(text, said)
    expect(text .. said, 0, 0, '"--no-entry",', 'object "a.o"', '"call $puts"', 'addr("text", 2)',
      '{ "call_indirect", "i32 -> i32" }', 'comdat = group[1]', '"f64.const 0.1"',
      'sec_offset(".note", 5)', 'slot "puts"', 'import_name = "print"',
      'o:init(o:symbol "boot", 100)')
    assert(said == "" and not text:find("raw") and not text:find("reloc {"), text .. said)
  end, "-- --no-entry")

  local spoilt = full()
  spoilt:set("linking.symbols[0].flags", "\x90\0")
  test("a number that is longer than it must be", { ["a.o"] = spoilt:bytes() },
    function(text, said)
      expect(text .. said, 0, 0, "a.o: section linking is bytes", '"call $puts"')
    end)

  local short = object.object("a.o", { size_width = 0 })
  short:func("f", { sig = "->", code = "nop" })
  test("short sizes", { ["a.o"] = short:bytes() }, function(text, said)
    expect(text .. said, 0, 0, "size_width = 0")
    assert(said == "", said)
  end)

  local moved = full()
  moved:move("producers", "linking")
  test("sections in another order", { ["a.o"] = moved:bytes() }, function(text, said)
    expect(text .. said, 0, 0, "o:set_sections {")
    assert(said == "", said)
  end)

  local odd = object.object "a.o"
  local x = odd:data("x", { bytes = "1234" })
  odd:func("f", { sig = "->", code = { { "raw", "\x41" },
    object.reloc { type = "R_WASM_MEMORY_ADDR_SLEB", sym = x, bytes = "\x81\x80\x80\x80\0" },
    "drop" } })
  test("a value that is not that of the object", { ["a.o"] = odd:bytes() }, function(text, said)
    expect(text .. said, 0, 0, '{ "i32.const", reloc { type = "R_WASM_MEMORY_ADDR_SLEB", sym = "x"')
    assert(said == "", said)
  end)

  test("what is no object", { ["a.o"] = "\0asm\1\0\0\0\1", ["b.txt"] = "text\n" },
    function(text, said)
      expect(text .. said, 0, 0, "a.o is bytes: it is cut off", 'file("b.txt", "text\\n")')
    end)

  local lib = archive("lib.a", { full(), { "notes.txt", "text" },
    { "a-name-that-is-longer.o", short, date = 5 } })
  test("an archive", { ["lib.a"] = lib:bytes() }, function(text, said)
    expect(text .. said, 0, 0, 'archive("lib.a", {', '{ "notes.txt", "text" }', 'date = "5"',
      'object "a.o"')
    assert(said == "", said)
  end)

  test("a shared library", { ["libx.so"] = shared():bytes() }, function(text, said)
    expect(text .. said, 0, 0, 'library("libx.so", {', "memory = { min = 2 },", "short = true",
      '"call $far"', '"global.get $GOT.func.far"', '{ "i32.const", lit(sleb(8, 5)) }',
      '{ "call_indirect", "i32 -> i32" }', 'o:address("x", 4, { tls = true })',
      'o:export("twice", o:symbol "twice")', 'offset = { "global.get $__memory_base" }',
      'o:export_info("last", "weak")', 'o:import_info("env", "far", "weak undefined")',
      'o:needs("liby.so", "libz.so")', 'o:runtime_path("$ORIGIN")', "functions = true")
    assert(said == "", said)
  end)

  local mixed = shared()
  mixed:exported("mixed", { sig = "->", code = { "call 1; call $far", "i32.const 0; drop" } })
  mixed:set("dylink.0.mem_info.memory_size", "\x8c\0")
  test("a library that no linker writes so", { ["libx.so"] = mixed:bytes() }, function(text, said)
    expect(text .. said, 0, 0, "libx.so: section dylink.0 is bytes", '"call 1"', '"call $far"')
  end)

  local legacy = library.library("libx.so", { legacy = true, wasm64 = true, memory_size = 5 })
  legacy:needs "liby.so"
  legacy:address("x", 4)
  local wide = library.library("liby.so", { wasm64 = true, mem_info = false, memory = false })
  test("libraries of old, and of nothing", { ["libx.so"] = legacy:bytes(),
    ["liby.so"] = wide:bytes() }, function(text, said)
      expect(text .. said, 0, 0, "legacy = true", "wasm64 = true", 'o:address("x", 4)',
        "memory = false, mem_info = false")
      assert(said == "", said)
    end)

  test("a file that is there", { ["a.o"] = full():bytes() }, function(_, _, folder)
    local line = ("%s lift %s/a.o -o %s/cases/t/c.lua 2>%s/said"):format(suite.program, folder,
      folder, folder)
    assert(not os.execute(line))
    expect(read(folder .. "/said"), 0, 0, "it is there already")
  end)
end
