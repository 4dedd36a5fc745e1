-- The module around the sections: its header, the frame of each section, their order, and the
-- numbers everything is written in.  Core specification, "Modules"; Linking.md for the order of
-- custom sections.

local function plain()
  local o = object "a.o"
  o:func("f", { sig = "-> i32", code = "i32.const 1" })
  o:data("x", { bytes = "\1\2\3\4", align = 2 })
  return { "--no-entry", "--export=f", "--export=x", o }
end

-- With one of every section whose place is fixed.
local function furnished()
  local o = object "a.o"
  local e = o:tag("e", { sig = "i32 ->" })
  local g = o:global("g", { mutable = true })
  o:func("f", { sig = "->", code = { { "global.get", g }, { "throw", e } } })
  o:data("x", { bytes = "\1\2\3\4", align = 2 })
  o:names { functions = true }
  o:producers { { "language", "C11" } }
  o:features { "+mutable-globals" }
  return { "--no-entry", "--export=f", o }
end

local function refused(id, field, offset, class)
  return { rejects { id = id, phase = "read", class = class or "malformed", file = "a.o",
    field = field, offset = offset } }
end

-- Header ------------------------------------------------------------------------------------------

case "magic" {
  title = "a file that does not begin with the magic number is no object",
  clauses = { "container.magic", "object.module" },
  link = plain,
  mutate = { file = "a.o", at = "header.magic", to = "\0asn" },
  expect = refused("NOT_WASM", "magic", "header.magic"),
}

case "bitcode" {
  title = "a file that begins as LLVM bitcode is refused",
  clauses = { "container.magic", "input.unknown" },
  link = plain,
  mutate = { file = "a.o", at = "header.magic", to = "BC\xc0\xde" },
  expect = { rejects { id = "BITCODE", phase = "read", class = "unsupported", file = "a.o" } },
}

case "version" {
  title = "a module of another version is refused",
  clauses = { "container.version" },
  link = plain,
  mutate = { file = "a.o", at = "header.version", to = 2 },
  expect = refused("VERSION", "version", "header.version"),
}

for i = 1, 3 do
  case("version-byte-" .. i) {
    title = ("a version of 1 and something in byte %d is refused"):format(i),
    clauses = { "container.version" },
    link = plain,
    mutate = { file = "a.o", at = "header.version", to = 1 + (1 << 8 * i) },
    expect = refused("VERSION", "version", "header.version"),
  }
end

case "version-highest-bit" {
  title = "a version of 1 and its highest bit is refused",
  clauses = { "container.version" },
  link = plain,
  mutate = { file = "a.o", at = "header.version", to = 1 + (1 << 31) },
  expect = refused("VERSION", "version", "header.version"),
}

case "version-is-told" {
  title = "the version of a module is a number of four bytes, the lowest first",
  clauses = { "container.version" },
  link = plain,
  mutate = { file = "a.o", at = "header.version", to = 0x04030201 },
  expect = { rejects { id = "VERSION", phase = "read", class = "malformed", file = "a.o",
    message = "67305985" } },
}

case "nothing-but-a-header" {
  title = "a module of no sections is no object",
  clauses = { "container.version" },
  link = plain,
  mutate = { file = "a.o", truncate = 8 },
  expect = { rejects { id = "NOT_RELOCATABLE", file = "a.o" } },
}

case "empty-file" {
  title = "an empty file is no object",
  clauses = { "container.magic" },
  link = plain,
  mutate = { file = "a.o", truncate = 0 },
  expect = refused("TRUNCATED", "magic", 0),
}

case "ends-in-version" {
  title = "a file that ends within the version is refused",
  clauses = { "container.version" },
  link = plain,
  mutate = { file = "a.o", truncate = "header.version", keep = 2 },
  expect = refused("TRUNCATED", "version", "header.version"),
}

case "ends-before-the-last-byte-of-the-version" {
  title = "a file that ends before the last byte of the version is refused",
  clauses = { "container.version" },
  link = plain,
  mutate = { file = "a.o", truncate = "header.version", keep = 3 },
  expect = refused("TRUNCATED", "version", "header.version"),
}

-- What is an object -------------------------------------------------------------------------------

case "no-linking-section" {
  title = "a module without the section linking is no object",
  clauses = { "object.linking-section" },
  link = plain,
  mutate = { file = "a.o", remove = "linking" },
  expect = { rejects { id = "NOT_RELOCATABLE", phase = "read", class = "malformed",
    file = "a.o" } },
}

case "shared-library" {
  title = "a shared library cannot be part of a static executable",
  clauses = { "dylink.section" },
  link = plain,
  mutate = function(files)
    files["a.o"]:insert("type", section("dylink.0", 0, { f.raw("mem_info", "\1\4\0\0\0\0") }))
  end,
  expect = refused("SHARED_LIBRARY", "section id", 8, "unsupported"),
}

-- Frames of sections ------------------------------------------------------------------------------

case "section-id" {
  title = "a section of an unknown id is refused",
  clauses = { "container.section.id" },
  link = plain,
  mutate = { file = "a.o", at = "type.id", to = 14 },
  expect = refused("SECTION_ID", "section id", "type.id"),
}

case "section-size-unfinished" {
  title = "a file that ends within the size of a section is refused",
  clauses = { "container.section.size" },
  link = plain,
  mutate = { file = "a.o", truncate = "linking.size", keep = 1 },
  expect = refused("LEB_TRUNCATED", "section size", "linking.size"),
}

case "section-cut-off" {
  title = "a file that ends within a section is refused",
  clauses = { "container.section.size" },
  link = plain,
  mutate = { file = "a.o", truncate = "linking.symbols" },
  expect = refused("TRUNCATED", "section contents", "linking.name"),
}

case "section-too-long" {
  title = "a section whose size is more than the file holds is refused",
  clauses = { "container.section.size" },
  link = plain,
  mutate = { file = "a.o", at = "type.size", to = 0x7fffffff },
  expect = refused("TRUNCATED", "section contents", "type.types"),
}

case "section-too-short" {
  title = "contents that run past the size of their section are refused",
  clauses = { "container.section.size" },
  link = plain,
  mutate = { file = "a.o", at = "function.size", to = 1 },
  expect = refused("COUNT_TOO_LARGE", "function count", "function.funcs.count"),
}

case "section-leftover" {
  title = "bytes behind the contents of a section are refused",
  clauses = { "container.section.size" },
  link = plain,
  mutate = function(files)
    files["a.o"]:insert("type.types", "\0", { after = true, name = "extra" })
  end,
  expect = refused("SECTION_LEFTOVER", "section", "type.extra"),
}

case "section-empty" {
  title = "a section without so much as its count is refused",
  clauses = { "container.section.size" },
  link = plain,
  mutate = { file = "a.o", at = "type.types", to = "" },
  expect = refused("LEB_TRUNCATED", "type count", "type.types"),
}

case "section-name-too-long" {
  title = "a custom section whose name runs past its end is refused",
  clauses = { "container.section.custom" },
  link = plain,
  mutate = { file = "a.o", at = "linking.name.len", to = "\xff\x01" },
  expect = refused("TRUNCATED", "section name", "linking.name.bytes"),
}

case "section-without-name" {
  title = "a custom section that has no name is refused",
  clauses = { "container.section.custom" },
  link = plain,
  mutate = function(files)
    files["a.o"]:insert("type", section("nameless", 1, {}))
    files["a.o"]:set("nameless.id", 0)
  end,
  expect = refused("LEB_TRUNCATED", "section name"),
}

-- Numbers -----------------------------------------------------------------------------------------

case "leb-too-long" {
  title = "a 32-bit number of more than five bytes is refused",
  clauses = { "container.leb128" },
  link = plain,
  mutate = { file = "a.o", at = "type.types.count", to = "\x81\x80\x80\x80\x80\x00" },
  expect = refused("LEB_TOO_LARGE", "type count", "type.types.count"),
}

case "leb-too-large" {
  title = "a number of five bytes that does not fit in 32 bits is refused",
  clauses = { "container.leb128" },
  link = plain,
  mutate = { file = "a.o", at = "type.types.count", to = "\x81\x80\x80\x80\x10" },
  expect = refused("LEB_TOO_LARGE", "type count", "type.types.count"),
}

case "sleb-too-large" {
  title = "a signed number whose last byte does not repeat its sign is refused",
  clauses = { "container.leb128" },
  link = furnished,
  mutate = { file = "a.o", at = "global.globals[0].init[0].value", to = "\x80\x80\x80\x80\x08" },
  expect = refused("LEB_TOO_LARGE", "constant expression", "global.globals[0].init[0].value"),
}

case "sleb64-too-large" {
  title = "a signed 64-bit number whose tenth byte does not repeat its sign is refused",
  clauses = { "container.leb128" },
  link = function()
    local o = object "a.o"
    o:global("g", { type = "i64", export = "g", init = { "i64.const -1" } })
    o:features { "+mutable-globals" }
    return { "--no-entry", o }
  end,
  mutate = { file = "a.o", at = "global.globals[0].init[0].value",
    to = ("\x80"):rep(9) .. "\x01" },
  expect = refused("LEB_TOO_LARGE", "constant expression", "global.globals[0].init[0].value"),
}

case "leb-unfinished" {
  title = "a number that goes on at the end of its section is refused",
  clauses = { "container.leb128" },
  link = function()
    local o = object "a.o"
    local main = o:func("f", { sig = "->", code = "nop" })
    o:start(main)
    return { "--no-entry", "--export=f", o }
  end,
  mutate = { file = "a.o", at = "start.func", to = "\x80" },
  expect = refused("LEB_TRUNCATED", "start function", "start.func"),
}

-- Order -------------------------------------------------------------------------------------------

-- Of sections whose place the convention gives.
local ORDERED = { name = "name.order", producers = "producers.order",
  target_features = "features.order" }

local function order(name, moved, before, found)
  case(name) {
    title = ("a section %s in front of %s is refused"):format(moved, before),
    clauses = { ORDERED[moved] or "container.section.order" },
    link = furnished,
    mutate = function(files) files["a.o"]:move(moved, before) end,
    expect = refused("SECTION_ORDER", "section id", found .. ".id"),
  }
end

order("tag-before-import", "tag", "import", "import")
order("global-before-tag", "global", "tag", "tag")
order("data-before-code", "data", "code", "code")
order("name-before-linking", "name", "linking", "linking")
order("producers-before-name", "producers", "name", "name")
order("features-before-producers", "target_features", "producers", "producers")

case "linking-before-code" {
  title = "a section linking in front of the code is refused",
  clauses = { "linking.after-data" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "->", code = "nop" })
    return { "--no-entry", "--export=f", o }
  end,
  mutate = function(files) files["a.o"]:move("linking", "code") end,
  expect = refused("SECTION_ORDER", "section id", "code.id"),
}

case "reloc-before-linking" {
  title = "a section reloc.CODE in front of linking is refused",
  clauses = { "reloc.section.after-linking", "reloc.section.name" },
  link = furnished,
  mutate = function(files) files["a.o"]:move("reloc.CODE", "linking") end,
  expect = refused("SECTION_ORDER", "section id", "reloc.CODE.id"),
}

case "linking-behind-relocations" {
  title = "a second section linking, behind the relocations, is refused",
  clauses = { "linking.once" },
  link = furnished,
  mutate = function(files)
    files["a.o"]:duplicate("linking")
    files["a.o"]:move("linking#1", "name")
  end,
  expect = refused("SECTION_ORDER", "section id", "linking#1.id"),
}

case "linking-twice" {
  title = "so is one right behind the first",
  clauses = { "linking.once" },
  link = furnished,
  mutate = function(files) files["a.o"]:duplicate("linking") end,
  expect = refused("SECTION_ORDER", "section id", "linking#1.id"),
}

case "datacount-after-code" {
  title = "a section DataCount behind the code is refused",
  clauses = { "container.section.order" },
  link = furnished,
  mutate = function(files) files["a.o"]:move("datacount", "data") end,
  expect = refused("SECTION_ORDER", "section id", "datacount.id"),
}

case "order-behind-a-custom-section" {
  title = "a section of another kind in between does not make the order right",
  clauses = { "container.section.order", "producers.once" },
  link = furnished,
  mutate = function(files)
    files["a.o"]:duplicate("producers")
    files["a.o"]:move("reloc.CODE", "producers#1")
  end,
  expect = refused("SECTION_ORDER", "section id", "producers#1.id"),
}

case "section-twice" {
  title = "a second section of types is refused",
  clauses = { "container.section.order" },
  link = plain,
  mutate = function(files) files["a.o"]:duplicate("type") end,
  expect = refused("SECTION_ORDER", "section id", "type#1.id"),
}

case "name-twice" {
  title = "a second section name is refused",
  clauses = { "container.section.order" },
  link = furnished,
  mutate = function(files) files["a.o"]:duplicate("name") end,
  expect = refused("SECTION_ORDER", "section id", "name#1.id"),
}

case "shared-library-of-every-part" {
  title = "so is one that says all that a dynamic linker can want",
  clauses = { "dylink.section" },
  link = plain,
  mutate = function(files)
    files["a.o"]:insert("type", section("dylink.0", 0, {
      f.raw("mem_info", "\1\4\0\0\0\0"), f.raw("needed", "\2\6\1\4c.so"),
      f.raw("export_info", "\3\4\1\1f\0"), f.raw("import_info", "\4\7\1\1m\2ab\16"),
      f.raw("runtime_path", "\5\4\1\2./") }))
  end,
  expect = refused("SHARED_LIBRARY", "section id", 8, "unsupported"),
}
