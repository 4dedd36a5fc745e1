-- Relocation sections: what they name must exist, be of the right kind, and lie inside one
-- function, segment or custom section.

-- Symbols: 0 host, 1 g, 2 e, 3 x, 4 y, 5 one, 6 f, 7 .note.  Relocations of the code: a call, a
-- global, a tag, an address, another address.
local function relocated()
  local o = object "a.o"
  local host = o:func("host", { sig = "->", undefined = true, weak = true })
  local g = o:global("g", { mutable = true })
  local e = o:tag("e", { sig = "->" })
  local x = o:data("x", { bytes = "\1\2\3\4\5\6\7\8" })
  local y = o:data("y", { bytes = { addr(x), addr(x, 4), "\0" } })
  o:func("one", { sig = "->", code = { { "call", host }, { "global.get", g }, "drop",
    { "throw", e } } })
  o:func("f", { sig = "-> i32", code = { { "i32.const", addr(x) }, "drop",
    { "i32.const", addr(y) } } })
  local note = o:custom(".note", { bytes = { fn_offset "f", "text" } })
  o:section_symbol(note)
  o:features { "+mutable-globals" }
  return { "--no-entry", "--export=f", "--export=one", "--export=y", o }
end

local function refused(id, field, offset, message)
  return { rejects { id = id, phase = "read", class = "malformed", file = "a.o",
    field = field, offset = offset, message = message } }
end

-- The section -------------------------------------------------------------------------------------

case "section-index" {
  title = "relocations of a section that is not there are refused",
  clauses = { "reloc.section.index" },
  link = relocated,
  mutate = { file = "a.o", at = "reloc.CODE.section", to = 99 },
  expect = refused("INDEX_RANGE", "relocated section", "reloc.CODE.section"),
}

case "section-behind" {
  title = "relocations of a section that comes later are refused",
  clauses = { "reloc.section.after-target" },
  link = relocated,
  mutate = function(files)
    -- Code, with all that stands in front of it: the section behind this one is reloc.DATA.
    files["a.o"]:set("reloc.CODE.section", files["a.o"]:get("reloc.CODE.section"):byte() + 5)
  end,
  expect = refused("INDEX_RANGE", "relocated section", "reloc.CODE.section"),
}

case "section-kind" {
  title = "relocations of the section of types are refused",
  clauses = { "reloc.section.target" },
  link = relocated,
  mutate = { file = "a.o", at = "reloc.CODE.section", to = 0 },
  expect = refused("RELOC_SECTION", "relocated section", "reloc.CODE.section"),
}

-- A linker that takes no notice of them gives the global the value that the object happens to hold.
case "section-of-globals" {
  title = "relocations of the section of globals are refused, though they lie inside it",
  clauses = { "reloc.section.target" },
  origin = { "WebAssembly/wabt#1658", "WebAssembly/tool-conventions#153",
    "WebAssembly/tool-conventions#269" },
  link = function()
    local o = object "a.o"
    local x = o:data("x", { bytes = "\1\2\3\4", export = "x" })
    local g = o:global("g", { init = { { "raw", "\x41\x80\x80\x80\x80\0" } } })
    o:func("f", { sig = "-> i32", export = "f", code = { { "global.get", g }, "drop",
      { "i32.const", addr(x) } } })
    return { "--no-entry", o }
  end,
  mutate = function(files)
    -- Between globals and code stand exports and DataCount.  The one entry is of the constant in
    -- the one global, and means x.
    local globals = files["a.o"]:get("reloc.CODE.section"):byte() - 3
    files["a.o"]:insert("reloc.CODE", section("reloc.GLOBAL", 0, {
      f.raw("section", string.char(globals)), f.raw("entries", "\1\4\4\0\0") }),
      { after = true })
  end,
  expect = refused("RELOC_SECTION", "relocated section", "reloc.GLOBAL.section"),
}

case "section-twice" {
  title = "a second relocation section of the code is refused",
  clauses = { "reloc.section.once" },
  link = relocated,
  mutate = function(files) files["a.o"]:duplicate("reloc.CODE") end,
  expect = refused("RELOC_TWICE", "relocated section", "reloc.CODE#1.section"),
}

case "section-twice-of-data" {
  title = "so is one of the data",
  clauses = { "reloc.section.once" },
  link = relocated,
  mutate = function(files) files["a.o"]:duplicate("reloc.DATA") end,
  expect = refused("RELOC_TWICE", "relocated section", "reloc.DATA#1.section"),
}

case "leftover" {
  title = "relocations behind their count are refused",
  clauses = { "container.section.size" },
  link = relocated,
  mutate = { file = "a.o", at = "reloc.CODE.entries.count", to = 4 },
  expect = refused("SECTION_LEFTOVER", "section", "reloc.CODE.entries[4].type"),
}

-- Entries -----------------------------------------------------------------------------------------

case "kind" {
  title = "a relocation of an unknown type is refused",
  clauses = { "reloc.type.unknown" },
  origin = "ldc-developers/ldc#3767",
  link = relocated,
  mutate = { file = "a.o", at = "reloc.CODE.entries[0].type", to = 127 },
  expect = refused("RELOC_KIND", "relocation type", "reloc.CODE.entries[0].type"),
}

case "first-unknown-kind" {
  title = "the type behind the last of the list is unknown",
  clauses = { "reloc.type.unknown" },
  link = relocated,
  mutate = { file = "a.o", at = "reloc.CODE.entries[0].type", to = 27 },
  expect = refused("RELOC_KIND", "relocation type", "reloc.CODE.entries[0].type"),
}

case "kind-of-two-bytes" {
  title = "the type of a relocation is one byte, and not a LEB128 number",
  clauses = { "reloc.type" },
  link = relocated,
  mutate = { file = "a.o", at = "reloc.CODE.entries[0].type", to = "\x80\0" },
  expect = refused("RELOC_KIND", "relocation type", "reloc.CODE.entries[0].type"),
}

case "call-of-a-section" {
  title = "a section cannot be called",
  clauses = { "reloc.symbol.function" },
  link = relocated,
  mutate = { file = "a.o", at = "reloc.CODE.entries[0].index", to = 7 },
  expect = refused("RELOC_TARGET", "relocation index", "reloc.CODE.entries[0].index",
    'the section symbol "%.note"$'),
}

case "symbol-index" {
  title = "a relocation whose symbol is not there is refused",
  clauses = { "reloc.index" },
  origin = "llvm/llvm-project#204872",
  link = relocated,
  mutate = { file = "a.o", at = "reloc.CODE.entries[0].index", to = 8 },
  expect = refused("INDEX_RANGE", "relocation index", "reloc.CODE.entries[0].index"),
}

case "type-index" {
  title = "a relocation whose type is not there is refused",
  clauses = { "reloc.index" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "->", code = { "i32.const 1", { "call_indirect", "->" } } })
    return { "--no-entry", "--export=f", o }
  end,
  mutate = { file = "a.o", at = "reloc.CODE.entries[0].index", to = 1 },
  expect = refused("INDEX_RANGE", "relocation index", "reloc.CODE.entries[0].index"),
}

-- Of each target: the entry, and a symbol of another kind.
for _, row in ipairs {
  { "function", 0, 3 }, { "global", 1, 2 }, { "tag", 2, 1 }, { "data", 3, 6 },
} do
  local at = ("reloc.CODE.entries[%d].index"):format(row[2])
  case("target-" .. row[1]) {
    title = ("a relocation that needs a %s and names something else is refused"):format(row[1]),
    clauses = { "reloc.symbol", "reloc.symbol." .. row[1] },
    link = relocated,
    mutate = { file = "a.o", at = at, to = row[3] },
    expect = refused("RELOC_TARGET", "relocation index", at),
  }
end

case "target-function-offset" {
  title = "a function offset of data is refused",
  clauses = { "reloc.symbol.function" },
  link = relocated,
  mutate = { file = "a.o", at = "reloc..note.entries[0].index", to = 3 },
  expect = refused("RELOC_TARGET", "relocation index", "reloc..note.entries[0].index"),
}

case "target-section-offset" {
  title = "a section offset of a function is refused",
  clauses = { "reloc.symbol.section" },
  link = relocated,
  mutate = { file = "a.o", at = "reloc..note.entries[0].type", to = 9 },
  expect = refused("RELOC_TARGET", "relocation index", "reloc..note.entries[0].index"),
}

case "target-table" {
  title = "a table number of a function is refused",
  clauses = { "reloc.symbol.table" },
  link = relocated,
  mutate = { file = "a.o", at = "reloc.CODE.entries[0].type", to = 20 },
  expect = refused("RELOC_TARGET", "relocation index", "reloc.CODE.entries[0].index"),
}

case "addend-cut-off" {
  title = "a relocation whose addend is missing is refused",
  clauses = { "reloc.addend" },
  link = relocated,
  mutate = { file = "a.o", remove = "reloc.DATA.entries[1].addend" },
  expect = refused("LEB_TRUNCATED", "relocation addend"),
}

case "addend-of-an-operand-too-large" {
  title = "nor is one of an operand of 32 bits, though a number of 64 bits would hold it",
  clauses = { "reloc.addend", "reloc.addend.width" },
  link = relocated,
  mutate = { file = "a.o", at = "reloc.CODE.entries[3].addend", to = "\x80\x80\x80\x80\x08" },
  expect = refused("LEB_TOO_LARGE", "relocation addend", "reloc.CODE.entries[3].addend"),
}

case "addend-too-large" {
  title = "an addend that does not fit in 32 bits is refused",
  clauses = { "reloc.addend" },
  link = relocated,
  mutate = { file = "a.o", at = "reloc.DATA.entries[0].addend", to = "\x80\x80\x80\x80\x08" },
  expect = refused("LEB_TOO_LARGE", "relocation addend", "reloc.DATA.entries[0].addend"),
}

-- Offsets -----------------------------------------------------------------------------------------

case "order" {
  title = "relocations that are not in the order of their offsets are refused",
  clauses = { "reloc.offset.order" },
  link = relocated,
  mutate = function(files) files["a.o"]:move("reloc.CODE.entries[0]", "reloc.CODE.entries[2]") end,
  expect = refused("RELOC_ORDER", "relocation offset", "reloc.CODE.entries[1].offset"),
}

case "order-of-data" {
  title = "so are those of data",
  clauses = { "reloc.offset.order" },
  link = relocated,
  mutate = function(files) files["a.o"]:move("reloc.DATA.entries[1]", "reloc.DATA.entries[0]") end,
  expect = refused("RELOC_ORDER", "relocation offset", "reloc.DATA.entries[1].offset"),
}

case "order-of-a-custom-section" {
  title = "and those of a custom section",
  clauses = { "reloc.offset.order" },
  link = function()
    local o = object "a.o"
    local f = o:func("f", { sig = "->", export = "f", code = "nop" })
    local g = o:func("g", { sig = "->", export = "g", code = "nop" })
    o:custom(".note", { bytes = { fn_offset(f), fn_offset(g) } })
    return { "--no-entry", o }
  end,
  mutate = function(files)
    files["a.o"]:move("reloc..note.entries[1]", "reloc..note.entries[0]")
  end,
  expect = refused("RELOC_ORDER", "relocation offset", "reloc..note.entries[1].offset"),
}

case "offset-past-section" {
  title = "relocated bytes that run past the end of their section are refused",
  clauses = { "reloc.offset.inside" },
  link = relocated,
  mutate = { file = "a.o", at = "reloc.CODE.entries[4].offset", to = 0x7fff },
  expect = refused("RELOC_OFFSET", "relocation offset", "reloc.CODE.entries[4].offset"),
}

case "offset-largest" {
  title = "a relocation offset of 2^32-1 is refused",
  clauses = { "reloc.offset.inside" },
  origin = { "WebAssembly/wabt#2691", "WebAssembly/wabt#2777", "bytecodealliance/wasm-tools#2497" },
  link = relocated,
  mutate = { file = "a.o", at = "reloc.CODE.entries[4].offset", to = "\xff\xff\xff\xff\x0f" },
  expect = refused("RELOC_OFFSET", "relocation offset", "reloc.CODE.entries[4].offset"),
}

case "offset-of-size" {
  title = "a relocation of the size of a function, in front of its body, is refused",
  clauses = { "reloc.offset.inside" },
  link = relocated,
  mutate = { file = "a.o", at = "reloc.CODE.entries[0].offset", to = 1 },
  expect = refused("RELOC_OUTSIDE", "relocated bytes", "code.funcs[0].size"),
}

case "offset-straddles-functions" {
  title = "relocated bytes that straddle two functions are refused",
  clauses = { "reloc.offset.boundary" },
  link = relocated,
  mutate = function(files)
    local o = files["a.o"]
    local start, body = o:range("code.funcs.count"), o:range("code.funcs[1].size")
    o:set("reloc.CODE.entries[2].offset", body - start - 2)
  end,
  expect = refused("RELOC_OUTSIDE", "relocated bytes"),
}

case "offset-straddles-segments" {
  title = "relocated bytes that straddle two segments are refused",
  clauses = { "reloc.offset.boundary" },
  link = relocated,
  mutate = function(files)
    local o = files["a.o"]
    local start, head = o:range("data.segments.count"), o:range("data.segments[1].flags")
    o:set("reloc.DATA.entries[0].offset", head - start - 2)
  end,
  expect = refused("RELOC_OUTSIDE", "relocated bytes"),
}

case "offset-past-custom" {
  title = "relocated bytes that run past the end of the custom section are refused",
  clauses = { "reloc.offset.inside" },
  link = relocated,
  mutate = { file = "a.o", at = "reloc..note.entries[0].offset", to = 5 },
  expect = refused("RELOC_OFFSET", "relocation offset", "reloc..note.entries[0].offset"),
}

case "section-itself" {
  title = "relocations of the section that they stand in are refused",
  clauses = { "reloc.section.index" },
  link = relocated,
  mutate = function(files) -- code, data, .note, linking, this one
    files["a.o"]:set("reloc.CODE.section", files["a.o"]:get("reloc.CODE.section"):byte() + 4)
  end,
  -- Types, imports, functions, tags, globals, data count, code, data, .note, linking.
  expect = refused("INDEX_RANGE", "relocated section", "reloc.CODE.section", "there are 10$"),
}

case "overlap" {
  title = "two relocations of the same bytes are refused",
  clauses = { "reloc.offset.overlap" },
  origin = "WebAssembly/tool-conventions#115",
  link = relocated,
  mutate = function(files) files["a.o"]:duplicate("reloc.DATA.entries[0]") end,
  expect = refused("RELOC_OVERLAP", "relocated bytes", "data.segments[1].bytes"),
}

case "overlap-partly" {
  title = "two relocations that share a byte are refused",
  clauses = { "reloc.offset.overlap" },
  link = relocated,
  mutate = function(files)
    local o = files["a.o"]
    o:set("reloc.DATA.entries[1].offset", o:get("reloc.DATA.entries[1].offset"):byte() - 1)
  end,
  expect = refused("RELOC_OVERLAP", "relocated bytes"),
}

case "leb-not-padded" {
  title = "a relocated number that is not padded to five bytes is refused",
  clauses = { "reloc.padding" },
  origin = "WebAssembly/tool-conventions#115",
  link = relocated,
  mutate = { file = "a.o", at = "code.funcs[1].body[0].value", to = "\0\x1a\x41\0\x1a" },
  expect = refused("RELOC_NOT_PADDED", "relocated bytes", "code.funcs[1].body[0].value"),
}

for name, bytes in pairs { first = "\0\x80\x80\x80\0", third = "\x80\x81\1\x80\0",
  fourth = "\x80\x80\x80\0\0", last = "\x80\x80\x80\x80\x80" } do
  case("leb-not-padded-by-its-" .. name .. "-byte") {
    title = ("a relocated number that is not padded in its %s byte is refused"):format(name),
    clauses = { "reloc.padding" },
    link = relocated,
    mutate = { file = "a.o", at = "code.funcs[1].body[0].value", to = bytes },
    expect = refused("RELOC_NOT_PADDED", "relocated bytes", "code.funcs[1].body[0].value"),
  }
end

case "relative-to-itself-in-code" {
  title = "a relocation relative to its own address stands in data: in code it is refused",
  clauses = { "reloc.memory-addr-locrel-i32" },
  link = function()
    local o = object "a.o"
    local x = o:data("x", { bytes = "\1\2\3\4", export = "x" })
    o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr(x) } } })
    return { "--no-entry", o }
  end,
  mutate = { file = "a.o", at = "reloc.CODE.entries[0].type", to = 23 },
  expect = { rejects { id = "RELOC_PLACE", phase = "read", class = "malformed", file = "a.o",
    offset = "reloc.CODE.entries[0].type" } },
}

case "relative-to-itself-in-custom-section" {
  title = "a custom section has no address: a relocation relative to it is refused there, too",
  clauses = { "reloc.memory-addr-locrel-i32" },
  link = function()
    local o = object "a.o"
    o:custom("mine", { bytes = { addr(o:data("x", { bytes = "\1\2\3\4", export = "x" })) } })
    return { "--no-entry", o }
  end,
  mutate = { file = "a.o", at = "reloc.mine.entries[0].type", to = 23 },
  expect = { rejects { id = "RELOC_PLACE", phase = "read", class = "malformed", file = "a.o",
    offset = "reloc.mine.entries[0].type" } },
}

-- A tool that drops a section without renumbering what counts sections.
case "section-dropped-before-it" {
  title = "relocations of an object that lost a section in front of their target are refused",
  clauses = { "reloc.section.index" },
  origin = { "llvm/llvm-project#102002", "emscripten-core/emscripten#22291" },
  link = function()
    local o = object "a.o"
    o:custom("note", { bytes = "note", before = "code" })
    local x = o:data("x", { bytes = "data" })
    o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr(x) } } })
    return { "--no-entry", o }
  end,
  mutate = { file = "a.o", remove = "note", fix = false },
  expect = { rejects { phase = "read", class = "malformed" } },
}
