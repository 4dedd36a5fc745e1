-- Tests of object.lua: whole small objects, written out by hand from the documents.

local O = require "object"

return function(T)
  local test, bytes, raises = T.test, T.bytes, T.raises

  test("object: the smallest", function()
    bytes(O.object("a.o", { memory = false, size_width = 0 }):bytes(),
      "00 61 73 6d 01 00 00 00 00 09 07 6c 69 6e 6b 69 6e 67 02")
  end)

  test("object: a function that calls an import, byte for byte", function()
    local o = O.object "a.o"
    local f = o:func("f", { sig = "i32->", undefined = true })
    o:func("g", { sig = "->", code = { "i32.const 1", { "call", f } } })
    bytes(o:bytes(), [[
      00 61 73 6d 01 00 00 00
      01 88 80 80 80 00 02 60 01 7f 00 60 00 00
      02 a0 80 80 80 00 02
        03 65 6e 76 0f 5f 5f 6c 69 6e 65 61 72 5f 6d 65 6d 6f 72 79 02 00 00
        03 65 6e 76 01 66 00 00
      03 82 80 80 80 00 01 01
      0a 8c 80 80 80 00 01 0a 00 41 01 10 80 80 80 80 00 0b
      00 98 80 80 80 00 07 6c 69 6e 6b 69 6e 67 02
        08 89 80 80 80 00 02 00 10 00 00 00 01 01 67
      00 90 80 80 80 00 0a 72 65 6c 6f 63 2e 43 4f 44 45 03 01 00 06 00]])
  end)

  test("object: data symbols, alignment, addresses", function()
    local o = O.object("a.o", { memory = false })
    local a = o:data("a", { bytes = "xyz" })
    local b = o:data("b", { bytes = { "ab", O.addr(a, 2) }, align = 3, weak = true })
    o:alias("c", b, { offset = 2, size = 1, hidden = true })
    o:data("u", { undefined = true, weak = true })
    o:data("z", { absolute = true, offset = 5 })
    bytes(o:get("data.segments[1]"), "00 41 08 0b 06 61 62 02 00 00 00")
    bytes(o:get("linking.symbols[0]"), "01 00 01 61 00 00 03")
    bytes(o:get("linking.symbols[1]"), "01 01 01 62 01 00 06")
    bytes(o:get("linking.symbols[2]"), "01 04 01 63 01 02 01")
    bytes(o:get("linking.symbols[3]"), "01 11 01 75")
    bytes(o:get("linking.symbols[4]"), "01 80 04 01 7a 00 05 00")
    bytes(o:get("linking.segments[1]"), "07 2e 64 61 74 61 2e 62 03 00")
    bytes(o:get("datacount.count"), "02")
    bytes(o:get("reloc.DATA.entries"), "01 05 10 00 02")
    bytes(o:get("reloc.DATA.section"), "01")
  end)

  test("object: the indirect function table, its legacy and none", function()
    local function make(mode)
      local o = O.object("a.o", { table = mode, memory = false })
      local f = o:func("f", { sig = "->", code = "i32.const $f; call_indirect (type 0)" })
      return o, f
    end
    local o = make()
    bytes(o:get("linking.symbols[1]"), "05 90 01 00")
    bytes(o:get("code.funcs[0].body[1]"), "11 00 80 80 80 80 00")
    bytes(o:get("elem.segments[0]"), "00 41 01 0b 01 00")
    bytes(o:get("import.imports[0].limits"), "00 01")
    local legacy = make "legacy"
    assert(legacy:has("import.imports[0]") and not legacy:has("linking.symbols[1]"))
    bytes(legacy:get("code.funcs[0].body[1]"), "11 00 00")
    assert(not make(false):has("import"))
    assert(O.object("b.o", { table = true }):has("linking.symbols[0]"))
  end)

  test("object: globals, tags, tables, memories, exports, start", function()
    local o = O.object "a.o"
    local g = o:global("g", { type = "i64", mutable = true, init = "i64.const -1" })
    o:global("h", { undefined = true, import_module = "m", import_name = "x" })
    local t = o:tag("t", { sig = "i32->" })
    o:table("tab", { type = "externref", min = 1, max = 2 })
    o:memory { min = 1, max = 3, shared = true }
    local f = o:func("f", { sig = "->", code = { { "throw", t } }, export = "run" })
    o:export("gg", g):start(f)
    bytes(o:get("global.globals[0]"), "7e 01 42 7f 0b")
    bytes(o:get("import.imports"), "01 01 6d 01 78 03 7f 00")
    bytes(o:get("linking.symbols[0]"), "02 00 01 01 67")
    bytes(o:get("linking.symbols[1]"), "02 50 00 01 68")
    bytes(o:get("linking.symbols[2]"), "04 00 00 01 74")
    bytes(o:get("linking.symbols[4]"), "00 a0 01 00 01 66")
    bytes(o:get("tag.tags"), "01 00 00")
    bytes(o:get("table.tables"), "01 6f 01 01 02")
    bytes(o:get("memory.memories"), "01 03 01 03")
    bytes(o:get("export.exports"), "02 03 72 75 6e 00 00 02 67 67 03 01")
    bytes(o:get("start.func"), "00")
  end)

  test("object: comdats, init functions, custom sections, metadata", function()
    local o = O.object "a.o"
    local c = o:comdat "c"
    local f = o:func("f", { sig = "->", code = {}, comdat = c })
    o:data("d", { bytes = "x", comdat = c })
    local s = o:custom(".debug", { bytes = { "z", O.fn_offset(f, 1) }, comdat = c })
    local sym = o:section_symbol(s)
    o:custom("other", { bytes = { O.sec_offset(sym, 3) } })
    o:init(f, 7)
    o:features { "+a", "-b" }
    o:producers { { "language", "C", "1" }, { "sdk", "x" }, { "language", "D" } }
    o:names { module = "m", functions = true }
    bytes(o:get("linking.comdats[0]"), "01 63 00 03 01 00 00 00 05 06")
    bytes(o:get("linking.init_funcs[0]"), "07 00")
    bytes(o:get("linking.symbols[2]"), "03 02 06")
    bytes(o:get("reloc..debug.entries[0]"), "08 01 00 01")
    bytes(o:get("reloc.other.entries[0]"), "09 00 02 03")
    bytes(o:get("target_features.features"), "02 2b 01 61 2d 01 62")
    bytes(o:get("producers.fields"),
      "02 08 6c 61 6e 67 75 61 67 65 02 01 43 01 31 01 44 00 03 73 64 6b 01 01 78 00")
    bytes(o:get("name.functions[0]"), "00 01 66")
    o:remove("type")
    bytes(o:get("linking.symbols[2]"), "03 02 05")
  end)

  test("object: overrides and order", function()
    local o = O.object "a.o"
    o:func("f", { sig = "->", code = {} })
    o:set("linking.version", 3):set("linking.symbols[0].flags", 0x81)
    bytes(o:get("linking.version"), "03")
    bytes(o:get("linking.symbols[0]"), "00 81 01 00 01 66")
    raises("before the first override", function() o:data("d", { bytes = "" }) end)
    o:set_sections { "header", "linking", "type", "type" }
    assert(o:has("type#1") and not o:has("code"))
  end)

  test("object: the tree is built once, and again after a declaration", function()
    local o = O.object "a.o"
    local f = o:func("f", { sig = "->", code = { "i32.const $f", "drop" } })
    local first = o:build()
    assert(o:build() == first)
    o:func("g", { sig = "->", code = { { "call", f } } })
    assert(o:build() ~= first)
    bytes(o:get("linking.symbols[1]"), "00 00 01 01 67")
    bytes(o:get("linking.symbols[2]"), "05 90 01 00")
  end)

  test("object: raw symbols, types and bodies", function()
    local o = O.object("a.o", { memory = false })
    o:type({ raw = "\x5e\x7f\x00" })
    o:type("->")
    o:type("->", { unique = true })
    o:func("f", { sig = "->", body = "\0\11" })
    o:raw_symbol { kind = 9, flags = 0x400, index = 1, name = "q" }
    bytes(o:get("type.types"), "03 5e 7f 00 60 00 00 60 00 00")
    bytes(o:get("code.funcs[0]"), "02 00 0b")
    bytes(o:get("linking.symbols[1]"), "09 80 08 01 01 71")
  end)

  test("object: a raw module names every field", function()
    local f = O.f
    local m = O.module("a.o", {
      O.header { version = 2 },
      O.section("type", 1, { f.vector("types", { f.raw("t", "\x60\0\0") }) }),
      O.section("linking", 0, { f.uleb("version", 2), f.group("symbols", {
        f.u8("type", 8), f.size("size", 2), f.count("count"), f.item(f.raw("sym", "\0\0")) }) }),
    })
    bytes(m:bytes(), "00 61 73 6d 02 00 00 00 01 04 01 60 00 00 "
      .. "00 0f 07 6c 69 6e 6b 69 6e 67 02 08 83 00 01 00 00")
    m:set("linking.symbols.size", 9)
    bytes(m:get("linking.symbols.size"), "89 00")
  end)

  test("object: wrong use names the author's line", function()
    local o = O.object "a.o"
    local message = raises("unknown option 'hiden'", function()
      o:func("f", { sig = "->", hiden = true })
    end)
    assert(message:find("test_object.lua:%d+: func 'f'"), message)
    raises("sig is missing", function() o:func("f", {}) end)
    raises("unknown value type", function() o:func("f", { sig = "i31->" }) end)
    raises("undefined, yet", function()
      o:func("f", { sig = "->", undefined = true, code = {} })
    end)
    raises("bytes, zero or segment", function() o:data("d", {}) end)
    o:func("f", { sig = "->" })
    message = raises("func 'f' has no code", function() o:build() end)
    assert(message:find("test_object.lua:%d+:"), message)
    raises("is no handle of q.o", function()
      local q = O.object "q.o"
      q:func("g", { sig = "->", code = { { "call", o:symbol "f" } } })
      q:build()
    end)
    raises("comdat: a handle", function() o:data("d", { bytes = "", comdat = "c" }) end)
    local p = O.object "p.o"
    p:func("f", { sig = "->", code = "call $nobody" })
    raises("no symbol 'nobody' in p.o", function() p:build() end)
  end)

  test("object: the library needs nothing but pure functions", function()
    local loaded = {}
    local env = { error = error, getmetatable = getmetatable, ipairs = ipairs, math = math,
      pairs = pairs, pcall = pcall, setmetatable = setmetatable, string = string, table = table,
      tonumber = tonumber, tostring = tostring, type = type,
      debug = { getinfo = debug.getinfo } } -- for the lines in messages
    function env.require(name)
      if not loaded[name] then
        loaded[name] = assert(loadfile("lua/" .. name .. ".lua", "t", env))(name)
      end
      return loaded[name]
    end
    local before = 0
    for _ in pairs(env) do before = before + 1 end
    local o = env.require("object").object "a.o"
    o:func("f", { sig = "->", code = "i32.const 1; drop" })
    assert(#env.require("archive")("l.a", { o }):bytes() > #o:bytes())
    for _ in pairs(env) do before = before - 1 end
    assert(before == 0, "a module set a global")
  end)
end
