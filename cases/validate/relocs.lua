-- Relocations: where they may stand and what they may refer to, as far as no linker checks it.

-- Symbols: 0 g, 1 x, 2 y, 3 t, 4 f, 5 h, 6 .note, 7 .info.
local function relocated()
  local o = object "a.o"
  local g = o:global("g", { mutable = true })
  local x = o:data("x", { bytes = "\1\2\3\4\5\6\7\8" })
  local y = o:data("y", { bytes = { addr(x), addr(x, 4), "\0" } })
  local t = o:data("t", { bytes = "thread", tls = true })
  local f = o:func("f", { sig = "-> i32", code = { { "i32.const", addr(x) }, "drop",
    { "i32.const", addr(y) } } })
  o:func("h", { sig = "-> i32", code = { { "global.get", g }, { "i32.const", addr_tls(t) },
    "i32.add" } })
  local note = o:custom(".note", { bytes = { fn_offset(f, 1), fn_offset(f, 7), fn_offset(f, 14),
    "text" } })
  local symbol = o:section_symbol(note)
  o:custom(".info", { bytes = { sec_offset(symbol, 3), "?" } })
  o:features { "+mutable-globals", "+atomics", "+bulk-memory" }
  return { "--no-entry", "--export=f", "--export=h", "--export=x", "--export=y", o }
end

local function refused(id, offset, message)
  return { rejects { id = id, phase = "read", class = "malformed", file = "a.o",
    field = "relocated bytes", offset = offset, message = message } }
end

local TWO_ADDRESSES = { data_at("y", { to_address "x", to_address("x", 4), "\0" }) }

-- Between the parts -----------------------------------------------------------------------------

case "of-the-count" {
  title = "a relocation of the number of functions, in front of the first of them, is refused",
  clauses = { "reloc.offset.inside" },
  link = relocated,
  mutate = { file = "a.o", at = "reloc.CODE.entries[0].offset", to = 0 },
  expect = { rejects { id = "RELOC_BETWEEN", phase = "read", class = "malformed", file = "a.o",
    within = "section code", field = "relocated bytes", offset = "code.funcs.count" } },
  permissive = {
    title = "a relocation of the number of functions is dropped",
    expect = { exports_exactly { "memory", "f", "h", "x", "y" }, code("f", { "i32.const 0", "drop",
      { "i32.const", to_address "y" } }) },
  },
}

case "in-a-section-without-functions" {
  title = "where there is no function no relocation has its place",
  clauses = { "reloc.offset.inside" },
  link = function()
    local o = object "a.o"
    local host = o:func("host", { sig = "->", undefined = true, weak = true })
    o:func("f", { sig = "->", symbol = false, code = { { "call", host } } })
    return { "--no-entry", o }
  end,
  mutate = function(files)
    local o = files["a.o"]
    o:remove("function.funcs[0]")
    o:remove("code.funcs[0]")
    o:set("code.funcs.count", "\x80\x80\x80\x80\0")
    o:set("reloc.CODE.entries[0].offset", 0)
  end,
  expect = { rejects { id = "RELOC_BETWEEN", phase = "read", file = "a.o",
    offset = "code.funcs.count" } },
  permissive = {
    title = "a relocation where there is no function is dropped",
    expect = { function_count(0), exports_exactly { "memory" } },
  },
}

case "into-a-code-section-that-comes-first" {
  title = "a code section without functions may come first, and has no place to refer to",
  clauses = { "reloc.addend.code", "reloc.section.target" },
  link = function()
    local o, b = object "a.o", object "b.o"
    o:func("f", { sig = "->", symbol = false, code = "nop" })
    o:custom(".note", { bytes = { sec_offset(o:section_symbol "code", 2) } })
    b:func("g", { sig = "->", export = "g", code = "nop" })
    return { "--no-entry", o, b }
  end,
  mutate = function(files)
    local o = files["a.o"]
    o:remove("code.funcs[0]")
    for _, section in ipairs { "type", "import", "function" } do o:remove(section) end
    o:set("linking.symbols[0].section", "\0")
    o:set("reloc..note.section", "\1")
    o:set("reloc..note.entries[0].addend", "\0")
  end,
  expect = { rejects { id = "RELOC_ADDEND", phase = "read", file = "a.o" } },
  permissive = {
    title = "a place in a code section without functions is none",
    expect = { exports { g = "function" } },
  },
}

case "several-in-a-section-without-functions" {
  title = "each of several is told",
  clauses = { "reloc.offset.inside" },
  link = function()
    local o = object "a.o"
    local host = o:func("host", { sig = "->", undefined = true, weak = true })
    o:func("f", { sig = "->", symbol = false, code = { { "call", host }, { "call", host } } })
    o:remove("function.funcs[0]")
    o:remove("code.funcs[0]")
    o:set("code.funcs.count", "\x80\x80\x80\x80\0")
    for i = 0, 1 do -- R_WASM_TABLE_INDEX_I32, four of the count's five bytes
      o:set(("reloc.CODE.entries[%d].type"):format(i), 2)
      o:set(("reloc.CODE.entries[%d].offset"):format(i), i)
    end
    return { "--no-entry", o }
  end,
  expect = { rejects { id = "RELOC_BETWEEN", phase = "read", file = "a.o", of = 2 } },
}

case "of-a-segment-header" {
  title = "a relocation of the address that a segment says it has is refused",
  clauses = { "reloc.offset.inside" },
  link = relocated,
  mutate = function(files)
    local o = files["a.o"]
    local start, head = o:range("data.segments.count"), o:range("data.segments[1].flags")
    o:set("reloc.DATA.entries[0].offset", head - start)
  end,
  expect = refused("RELOC_BETWEEN", "data.segments[1].flags"),
  permissive = {
    title = "a relocation of the head of a segment is dropped",
    expect = { data_at("y", { "\0\0\0\0", to_address("x", 4), "\0" }) },
  },
}

-- Padding where no instruction is ---------------------------------------------------------------

case "leb-in-data" {
  title = "a LEB128 relocation of data whose bytes are no padded number is refused",
  clauses = { "reloc.padding" },
  link = function()
    local o = object "a.o"
    local x = o:data("x", { bytes = "\1\2\3\4" })
    local padded = reloc { type = "R_WASM_MEMORY_ADDR_LEB", sym = x, addend = 1,
      bytes = "\x80\x80\x80\x80\0" }
    o:data("y", { bytes = { padded, "next" } })
    return { "--no-entry", "--export=x", "--export=y", o }
  end,
  mutate = function(files)
    files["a.o"]:set("data.segments[1].bytes", "\0\0\0\0\0next")
  end,
  expect = refused("RELOC_PADDING", "data.segments[1].bytes"),
  permissive = {
    title = "a LEB128 relocation of data overwrites five bytes, whatever they are",
    expect = { holds("the address of x, plus one, in five bytes", function(_, view)
      local bytes = view:memory_at(view:address "y", 9)
      local want = view:address "x" + 1
      local value = 0
      for i = 1, 5 do value = value | (bytes:byte(i) & 0x7f) << 7 * (i - 1) end
      return value == want and bytes:sub(6) == "next" and bytes:byte(4) & 0x80 ~= 0,
        ("%d, want %d"):format(value, want)
    end) },
  },
}

-- Addends ---------------------------------------------------------------------------------------

for name, addend in pairs { ["inside-an-instruction"] = 2, ["behind-the-function"] = 16,
  ["before-the-function"] = -1 } do
  case("function-offset-" .. name) {
    title = ("an offset into a function must be where an instruction begins, not %s"):format(
      name:gsub("-", " ")),
    clauses = { "reloc.addend.code" },
    link = relocated,
    mutate = function(files)
      local encoded = addend < 0 and "\x7f" or string.char(addend)
      files["a.o"]:set("reloc..note.entries[0].addend", encoded)
    end,
    expect = refused("RELOC_ADDEND", ".note.bytes",
      ("addend %d is no place in f$"):format(addend):gsub("-", "%%-")),
    permissive = {
      title = ("an offset into a function may be any, also %s"):format(name:gsub("-", " ")),
      expect = { holds("from the second one", function(_, view)
        local first, second = view:unpack(".note", "<i4i4")
        return second - first == 7 - addend, ("%d, %d"):format(first, second)
      end) },
    },
  }
end

case "addend-in-the-first-section" {
  title = "the relocations of a section in front of all others are looked at, too",
  clauses = { "reloc.addend.code" },
  link = function()
    local o = object "a.o"
    local f = o:func("f", { sig = "->", export = "f", code = "i32.const 5; drop" })
    o:custom(".first", { before = "type", bytes = { fn_offset(f, 1) } })
    return { "--no-entry", o }
  end,
  mutate = { file = "a.o", at = "reloc..first.entries[0].addend", to = 2 },
  expect = refused("RELOC_ADDEND", ".first.bytes", "addend 2 is no place in f$"),
}

case "section-offset-behind-the-end" {
  title = "an offset into a section must not be behind its end",
  clauses = { "reloc.addend.custom" },
  link = relocated,
  mutate = { file = "a.o", at = "reloc..info.entries[0].addend", to = 17 },
  expect = refused("RELOC_ADDEND", ".info.bytes", "addend 17 .* %.note$"),
  permissive = {
    title = "an offset into a section may be any",
    expect = { custom(".info", "\17\0\0\0?") },
  },
}

-- Targets ---------------------------------------------------------------------------------------

case "tls-of-other-data" {
  title = "a thread-local relocation of data that is not is refused",
  clauses = { "tls.offset" },
  link = relocated,
  mutate = function(files)
    local o = files["a.o"]
    o:set("reloc.CODE.entries[3].index", 1)
  end,
  expect = refused("RELOC_TLS", "code.funcs[1].body[1].value", "\"x\""),
  permissive = {
    title = "a thread-local relocation of other data gives its distance from the thread-local data",
    expect = TWO_ADDRESSES,
  },
}
