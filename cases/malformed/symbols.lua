-- The symbol table: entries that point at nothing, or at something else than they say.

-- A symbol of every kind, defined; and imports of those kinds that have them.
-- Symbols: 0 host, 1 base, 2 f, 3 g, 4 e, 5 t, 6 x, 7 outside, 8 .note.
local function every()
  local o = object "a.o"
  o:func("host", { sig = "->", undefined = true })
  o:global("base", { undefined = true })
  o:func("f", { sig = "->", code = "nop" })
  o:global("g", {})
  o:tag("e", { sig = "i32 ->" })
  o:table("t", { min = 1 })
  o:data("x", { bytes = "\1\2\3\4", size = 4 })
  o:data("outside", { undefined = true })
  o:section_symbol(o:custom(".note", { bytes = "text" }))
  return { "--no-entry", "--export=f", "--export=x", o }
end

local function refused(id, field, offset, class)
  return { rejects { id = id, phase = "read", class = class or "malformed", file = "a.o",
    field = field, offset = offset } }
end

-- Flags -------------------------------------------------------------------------------------------

case "weak-undefined-global" {
  title = "an undefined weak global is refused: nothing could stand for it",
  clauses = { "reloc.weak-undefined.global" },
  link = every,
  mutate = { file = "a.o", at = "linking.symbols[1].flags", to = 0x11 },
  expect = refused("SYMBOL_WEAK_UNDEFINED", "symbol index", "linking.symbols[1].index"),
}

case "weak-undefined-tag" {
  title = "an undefined weak tag is refused: nothing could stand for it",
  clauses = { "reloc.weak-undefined.tag" },
  link = function()
    local o = object "a.o"
    o:tag("e", { sig = "i32 ->", undefined = true })
    return { "--no-entry", o }
  end,
  mutate = { file = "a.o", at = "linking.symbols[0].flags", to = 0x11 },
  expect = refused("SYMBOL_WEAK_UNDEFINED", "symbol index", "linking.symbols[0].index"),
}

case "weak-undefined-table" {
  title = "an undefined weak table is refused: nothing could stand for it",
  clauses = { "symbol.undefined.weak-table" },
  link = function()
    local o = object "a.o"
    o:table("t", { undefined = true })
    return { "--no-entry", o }
  end,
  mutate = { file = "a.o", at = "linking.symbols[0].flags", to = 0x11 },
  expect = refused("SYMBOL_WEAK_UNDEFINED", "symbol index", "linking.symbols[0].index"),
}

case "weak-undefined-table-of-another-object" {
  title = "nor is there one when another object defines a table of the name",
  clauses = { "symbol.undefined.weak-table" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local t = a:table("t", { undefined = true })
    a:func("f", { sig = "-> i32", export = "f", code = { { "table.size", t } } })
    b:table("t", { min = 3, weak = true })
    return { "--no-entry", a, b }
  end,
  mutate = { file = "a.o", at = "linking.symbols[0].flags", to = 0x11 },
  expect = refused("SYMBOL_WEAK_UNDEFINED", "symbol index", "linking.symbols[0].index"),
}

-- Index, and whether it is defined ----------------------------------------------------------------

-- Of each kind: its name, the entry, the first index that is not there.
for _, row in ipairs {
  { "function", 2, 2 }, { "global", 3, 2 }, { "tag", 4, 1 }, { "table", 5, 1 },
} do
  local at = ("linking.symbols[%d].index"):format(row[2])
  case(row[1] .. "-index") {
    title = ("a symbol of a %s that is not there is refused"):format(row[1]),
    clauses = { "symbol.index" },
    link = every,
    mutate = { file = "a.o", at = at, to = row[3] },
    expect = refused("INDEX_RANGE", "symbol index", at),
  }
end

case "defined-function-imported" {
  title = "a defined symbol that names an imported function is refused",
  clauses = { "symbol.index" },
  link = every,
  mutate = { file = "a.o", at = "linking.symbols[2].index", to = 0 },
  expect = refused("SYMBOL_DEFINEDNESS", "symbol index", "linking.symbols[2].index"),
}

case "undefined-function-defined" {
  title = "an undefined symbol that names a defined function is refused",
  clauses = { "symbol.index" },
  link = every,
  mutate = { file = "a.o", at = "linking.symbols[0].index", to = 1 },
  expect = refused("SYMBOL_DEFINEDNESS", "symbol index", "linking.symbols[0].index"),
}

case "undefined-global-defined" {
  title = "an undefined symbol that names a defined global is refused",
  clauses = { "symbol.index" },
  link = every,
  mutate = { file = "a.o", at = "linking.symbols[1].index", to = 1 },
  expect = refused("SYMBOL_DEFINEDNESS", "symbol index", "linking.symbols[1].index"),
}

-- Data --------------------------------------------------------------------------------------------

case "data-segment" {
  title = "a data symbol in a segment that is not there is refused",
  clauses = { "symbol.data.segment" },
  origin = { "llvm/llvm-project#119127", "llvm/llvm-project#111008", "rust-lang/rust#121533" },
  link = every,
  mutate = { file = "a.o", at = "linking.symbols[6].segment", to = 1 },
  expect = refused("INDEX_RANGE", "symbol segment", "linking.symbols[6].segment"),
}

case "data-offset" {
  title = "a data symbol behind the end of its segment is refused",
  clauses = { "symbol.data.offset" },
  link = every,
  mutate = { file = "a.o", at = "linking.symbols[6].offset", to = 5 },
  expect = refused("SYMBOL_OFFSET", "symbol offset", "linking.symbols[6].offset"),
}

case "data-offset-64-bit" {
  title = "an offset of a data symbol of more than 32 bits is not cut short",
  clauses = { "symbol.data.offset" },
  link = every,
  mutate = { file = "a.o", at = "linking.symbols[6].offset", to = "\x80\x80\x80\x80\x10" },
  expect = refused("SYMBOL_OFFSET", "symbol offset", "linking.symbols[6].offset"),
}

-- Sections ----------------------------------------------------------------------------------------

case "section-symbol-global" {
  title = "a section symbol that is not local is refused",
  clauses = { "symbol.section" },
  link = every,
  mutate = { file = "a.o", at = "linking.symbols[8].flags", to = 0 },
  expect = refused("SECTION_SYMBOL_FLAGS"),
}

case "section-symbol-undefined" {
  title = "a section symbol that is undefined is refused",
  clauses = { "symbol.section" },
  link = every,
  mutate = { file = "a.o", at = "linking.symbols[8].flags", to = 0x12 },
  expect = refused("SECTION_SYMBOL_FLAGS"),
}

case "section-symbol-index" {
  title = "a section symbol of a section that is not there is refused",
  clauses = { "symbol.section" },
  link = every,
  mutate = { file = "a.o", at = "linking.symbols[8].section", to = 99 },
  expect = refused("INDEX_RANGE", "symbol section", "linking.symbols[8].section"),
}

case "section-symbol-behind-the-last" {
  title = "nor can it stand for the one behind the last",
  clauses = { "symbol.section" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "->", export = "f", code = "nop" })
    o:section_symbol(o:custom("note", { bytes = "note" }))
    return { "--no-entry", o }
  end,
  mutate = function(files) -- note, linking
    local o = files["a.o"]
    local path = "linking.symbols[1].section"
    o:set(path, o:get(path):byte() + 2)
  end,
  expect = refused("INDEX_RANGE", "symbol section", "linking.symbols[1].section"),
}

case "section-symbol-of-types" {
  title = "a section symbol of the section of types is refused",
  clauses = { "symbol.section" },
  link = every,
  mutate = { file = "a.o", at = "linking.symbols[8].section", to = 0 },
  expect = refused("SECTION_SYMBOL_TARGET", "symbol section", "linking.symbols[8].section"),
}

-- Names -------------------------------------------------------------------------------------------

case "name-cut-off" {
  title = "a symbol whose name runs past the symbol table is refused",
  clauses = { "symbol.name" },
  link = every,
  mutate = { file = "a.o", at = "linking.symbols[7].name.len", to = 0x7f },
  expect = refused("TRUNCATED", "symbol name", "linking.symbols[7].name.bytes"),
}

case "data-without-name" {
  title = "a symbol of undefined data has a name: there is no import that could have one",
  clauses = { "symbol.data.name" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "->", export = "f", code = "nop" })
    o:data("x", { undefined = true, weak = true })
    return { "--no-entry", o }
  end,
  mutate = { file = "a.o", remove = "linking.symbols[1].name" },
  expect = { rejects { phase = "read", class = "malformed", file = "a.o", id = "LEB_TRUNCATED",
    field = "symbol name" } },
}

case "name-twice-with-another-signature" {
  title = "so are two definitions of an object where another object expects another signature",
  clauses = { "symbol.name.unique", "signature.mismatch" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local f = a:func("f", { sig = "i32 ->", undefined = true })
    a:func("run", { sig = "->", export = "run", code = { "i32.const 1", { "call", f } } })
    b:func("f", { sig = "-> i32", code = "i32.const 1" })
    b:func("g", { sig = "-> i32", code = "i32.const 2" })
    return { "--no-entry", a, b }
  end,
  mutate = { file = "b.o", at = "linking.symbols[1].name.bytes", to = "f" },
  expect = { rejects { id = "SYMBOL_TWICE", class = "duplicate", file = "b.o" } },
}

case "name-twice" {
  title = "two symbols of one object with the same name are refused",
  clauses = { "symbol.name.unique" },
  link = every,
  mutate = { file = "a.o", at = "linking.symbols[3].name.bytes", to = "f" },
  expect = { rejects { id = "SYMBOL_TWICE", phase = "resolve", class = "duplicate", file = "a.o",
    field = "symbol name" } },
}

case "table-symbol-missing" {
  title = "an object with two tables but one table symbol is refused",
  clauses = { "object.table-symbols" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "->", code = "nop" })
    o:table("t", { undefined = true })
    o:table("u", { undefined = true })
    return { "--no-entry", "--export=f", o }
  end,
  mutate = { file = "a.o", remove = "linking.symbols[2]" },
  expect = { rejects { id = "TABLE_SYMBOLS", phase = "resolve", class = "malformed",
    file = "a.o" } },
}

case "only-table-symbol-missing" {
  title = "an imported table that is not the indirect function table needs a symbol",
  clauses = { "object.table-symbols" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "->", code = "nop" })
    o:table("t", { undefined = true })
    return { "--no-entry", "--export=f", o }
  end,
  mutate = { file = "a.o", remove = "linking.symbols[1]" },
  expect = { rejects { id = "TABLE_SYMBOL_MISSING", phase = "resolve", class = "malformed",
    file = "a.o" } },
}

case "unknown-flag-and-kind-of-another" {
  title = "an object that breaks a rule is not linked: nobody asks what else is wrong",
  clauses = { "symbol.flags.unknown" },
  link = function()
    local o, other = object "a.o", object "b.o"
    o:func("f", { sig = "->", code = {} })
    other:data("x", { bytes = "x", export = "x" })
    return { "--no-entry", other, o }
  end,
  mutate = function(files)
    local o = files["a.o"]
    o:set("linking.symbols[0].flags", "\x80\x80\x80\x80\4")
    o:set("linking.symbols[0].name.bytes", "x")
  end,
  expect = { rejects { id = "SYMBOL_FLAGS", file = "a.o", of = 1 } },
}
