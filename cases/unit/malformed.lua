-- Units that are wrong: each is a valid unit and one change.  A unit that the model refuses has no
-- object, so other linkers have nothing to say of it.

-- A unit with a bit of everything: 8 symbols, 4 types.
local function valid()
  local u = unit "u.o"
  local text = u:anon { bytes = "text" }
  local x = u:data("x", { bytes = { addr(text), "\0\0\0\0" }, align = 2 })
  local g = u:global("g", { mutable = true, init = "i32.const 1" })
  local puts = u:func("puts", { sig = "i32 -> i32", undefined = true, import_module = "env",
    import_name = "puts" })
  u:func("f", { sig = "-> i32", locals = "i32 i32", exported = true, code = {
    { "i32.const", addr(text) }, { "call", puts }, "drop", { "global.get", g },
    { "i32.load", addr(x) } } })
  u:init(u:func("boot", { sig = "->", code = "nop" }), 10)
  u:tag("e", { sig = "i32 ->", no_strip = true })
  u:table("t", { min = 1 })
  return { "--no-entry", u }
end

-- A case whose one change is made by spoil(unit).
local function refused(name, title, wanted, spoil)
  case(name) {
    title = title, clauses = { "unit.rules" }, link = valid,
    mutate = function(files) spoil(files["u.o"]) end,
    expect = { rejects(wanted) },
  }
end

local function fixup(name, title, wanted, symbol, fields)
  refused(name, title, wanted, function(u) u:fixup(u:symbol(symbol), fields) end)
end

local function change(name, title, wanted, symbol, fields)
  refused(name, title, wanted, function(u) u:change(u:symbol(symbol), fields) end)
end

-- Fixups ----------------------------------------------------------------------------------------

fixup("fixup-behind-the-data", "a pointer ends inside its data",
  { id = "FIXUP_OUTSIDE", file = "u.o", field = "x", offset = 5 }, "x",
  { kind = "address", position = 5, target = "x" })
fixup("fixup-far-behind-the-data", "a position may not be past the data, however far",
  { id = "FIXUP_OUTSIDE", offset = 0xffffffff }, "x",
  { kind = "address", position = 0xffffffff, target = "x" })
fixup("fixup-behind-the-code", "an operand stands before the end of the code",
  { id = "FIXUP_OUTSIDE", file = "u.o", field = "boot", offset = 3 }, "boot",
  { kind = "function", position = 3, target = "boot" })
fixup("fixup-in-the-locals", "an operand stands behind the declarations of locals",
  { id = "FIXUP_OVERLAP", field = "f", offset = 1 }, "f",
  { kind = "function", position = 1, target = "f", at = 1 })
fixup("fixups-overlap", "two pointers share no byte",
  { id = "FIXUP_OVERLAP", field = "x", offset = 3 }, "x",
  { kind = "address", position = 3, target = "x" })
fixup("fixups-out-of-order", "fixups stand in the order of their positions",
  { id = "FIXUP_OVERLAP", field = "x", offset = 0 }, "x",
  { kind = "address", position = 4, target = "x", at = 1 })
fixup("target-that-is-not-there", "a fixup names a symbol of the unit",
  { id = "INDEX_RANGE", field = "x", offset = 4 }, "x",
  { kind = "address", position = 4, target = 8 })
fixup("type-that-is-not-there", "a type fixup names a type of the unit",
  { id = "INDEX_RANGE", field = "boot" }, "boot", { kind = "type", position = 2, target = 4 })
fixup("address-of-a-function", "an address is that of data",
  { id = "FIXUP_TARGET", field = "x" }, "x", { kind = "address", position = 4, target = "f" })
fixup("slot-of-data", "a table slot is that of a function",
  { id = "FIXUP_TARGET", field = "x" }, "x", { kind = "slot", position = 4, target = "x" })
fixup("call-of-a-global", "a function index is that of a function",
  { id = "FIXUP_TARGET", field = "boot" }, "boot",
  { kind = "function", position = 2, target = "g" })
fixup("global-index-of-data", "a global index is that of a global",
  { id = "FIXUP_TARGET", field = "boot" }, "boot", { kind = "global", position = 2, target = "x" })
fixup("call-in-data", "a function index can stand in code only",
  { id = "FIXUP_KIND", field = "x" }, "x", { kind = "function", position = 4, target = "f" })
fixup("offset-in-data", "the offset of a load can stand in code only",
  { id = "FIXUP_KIND", field = "x" }, "x", { kind = "offset", position = 4, target = "x" })
for kind, target in pairs { type = 0, global = "g", table = "t", tag = "e", tls = "x" } do
  fixup(kind .. "-in-data", ("a fixup for a %s can stand in code only"):format(kind),
    { id = "FIXUP_KIND", field = "x" }, "x", { kind = kind, position = 4, target = target })
end

fixup("unknown-fixup", "a fixup is of a kind that there is",
  { id = "FIXUP_KIND", field = "x" }, "x", { kind = 99, position = 4, target = "x" })
fixup("first-unknown-fixup", "the kind behind the last of the list is unknown",
  { id = "FIXUP_KIND", field = "x" }, "x", { kind = 9, position = 4, target = "x" })
fixup("slot-with-addend", "a table slot has no addend",
  { id = "FIXUP_ADDEND", field = "x" }, "x",
  { kind = "slot", position = 4, target = "f", addend = 1 })
fixup("addend-of-33-bits", "an addend is as wide as a pointer",
  { id = "FIXUP_ADDEND", field = "x" }, "x",
  { kind = "address", position = 4, target = "x", addend = 0x80000000 })

fixup("call-with-addend", "a function index has no addend",
  { id = "FIXUP_ADDEND", field = "boot", offset = 2 }, "boot",
  { kind = "function", position = 2, target = "boot", addend = 1 })
fixup("table-number-of-a-function", "a table number is that of a table",
  { id = "FIXUP_TARGET", field = "boot" }, "boot",
  { kind = "table", position = 2, target = "boot" })
fixup("tag-index-of-a-table", "a tag index is that of a tag",
  { id = "FIXUP_TARGET", field = "boot" }, "boot", { kind = "tag", position = 2, target = "t" })

-- Code ------------------------------------------------------------------------------------------

change("no-code", "a function has a body", { id = "LEB_TRUNCATED", file = "u.o(boot)" }, "boot",
  { bytes = "" })
change("code-without-end", "code closes with `end`", { id = "CODE_CUT", field = "boot" }, "boot",
  { bytes = "\0\1" })
change("locals-and-no-code", "behind the locals there is code", { id = "CODE_CUT", field = "boot" },
  "boot", { bytes = "\1\1\x7f" })
change("locals-cut", "the declarations of locals are whole", { id = "COUNT_TOO_LARGE" }, "boot",
  { bytes = "\2\1\x7f\x0b" })
change("locals-of-no-type", "a local has a type that there is", { id = "VALUE_TYPE" }, "boot",
  { bytes = "\1\1\1\x0b" })

-- Symbols ---------------------------------------------------------------------------------------

change("unknown-kind", "a symbol is of a kind that there is", { id = "SYMBOL_KIND" }, "boot",
  { kind = 6 })
change("section", "a unit has no section symbols", { id = "SYMBOL_KIND" }, "boot", { kind = 3 })
change("function-without-name", "a function has a name", { id = "UNIT_NAMELESS" }, "boot",
  { name = "" })
change("thread-local-without-name", "anonymous data is not thread-local", { id = "UNIT_NAMELESS" },
  "", { flags = 0x100 })
change("undefined-without-name", "anonymous data is defined", { id = "UNIT_NAMELESS" }, "",
  { flags = 0x10 })
change("name-twice", "no two symbols of a unit have one name",
  { id = "SYMBOL_TWICE", field = "f" }, "boot", { name = "f" })
change("weak-and-local", "a symbol is not weak and local at once",
  { id = "SYMBOL_BINDING" }, "boot",
  { flags = 3 })
change("local-and-undefined", "a local symbol is defined",
  { id = "SYMBOL_LOCAL_UNDEFINED" }, "puts",
  { flags = 0x12 })
change("weak-undefined-global", "only functions and data can be weak and undefined",
  { id = "SYMBOL_WEAK_UNDEFINED", field = "g" }, "g", { flags = 0x11 })
change("function-of-no-type", "a function has a type of the unit", { id = "INDEX_RANGE" }, "boot",
  { type = 4 })
change("tag-with-results", "a tag has no results", { id = "TAG_RESULTS", field = "e" }, "e",
  { type = 1 })
change("alignment", "an alignment is a power of two below 2^32", { id = "ALIGNMENT", field = "x" },
  "x", { align = 32 })
change("global-of-no-type", "a global has a value type", { id = "VALUE_TYPE", field = "g" }, "g",
  { value_type = 1 })
change("table-of-no-type", "a table has a value type", { id = "VALUE_TYPE", field = "t" }, "t",
  { value_type = 1 })
change("global-begins-otherwise", "a global begins with a constant of its type",
  { id = "INIT_TYPE", field = "g" }, "g", { value_type = 0x7e })
change("global-begins-with-no-constant", "a global begins with a constant", { id = "INIT_TYPE" },
  "g", { opcode = 0x10 })
change("global-begins-past-32-bits", "an i32 begins with a constant of 32 bits",
  { id = "INIT_RANGE", field = "g" }, "g", { value = 0xffffffff })
change("table-of-numbers", "a table holds references", { id = "VALUE_TYPE", field = "t" }, "t",
  { value_type = 0x7f })
change("table-limits-unknown", "a table has a maximum or 64-bit indices, nothing else",
  { id = "LIMITS_FLAGS", field = "t" }, "t", { limits_flags = 2 })
change("table-limits-in-disorder", "a table's maximum is not below its minimum",
  { id = "LIMITS_ORDER", field = "t" }, "t", { limits_flags = 1, max = 0 })
change("table-of-33-bits", "a table's size has 32 bits where its indices have",
  { id = "TABLE_TOO_LARGE", field = "t" }, "t", { min = 1 << 32 })
refused("signature-of-no-types", "a signature is made of value types",
  { id = "VALUE_TYPE", file = "u.o" }, function(u) u.types[1].params[1] = 1 end)
refused("signature-of-no-results", "so is what it gives",
  { id = "VALUE_TYPE", file = "u.o" }, function(u) u.types[1].results[1] = 1 end)
refused("constructor-that-is-data", "a constructor is a function",
  { id = "INIT_FUNCTION", file = "u.o" }, function(u) u:init(u:symbol "x", 1) end)
refused("constructor-that-is-not-there", "a constructor is a symbol of the unit",
  { id = "INIT_FUNCTION" }, function(u) u:init(1000, 1) end)
refused("constructor-behind-the-last", "the number behind the last is none",
  { id = "INIT_FUNCTION" }, function(u) u:init(8, 1) end)

case "broken-rule-and-kind-of-another" {
  title = "a unit that breaks a rule is not linked: nobody asks what else is wrong",
  clauses = { "unit.rules" },
  link = function()
    local u, o = unit "u.o", object "o.o"
    u:func("f", { sig = "->", code = {} })
    o:data("x", { bytes = "x", export = "x" })
    return { "--no-entry", o, u }
  end,
  mutate = function(files)
    local u = files["u.o"]
    u:change(u:symbol "f", { flags = 0x40000000, name = "x" })
  end,
  expect = { rejects { id = "SYMBOL_FLAGS", of = 1 } },
}

-- What is the same in a wasm64 link, but eight bytes wide.
local function wide()
  local u = unit("u.o", { memory64 = true })
  u:features { "+memory64" }
  local x = u:data("x", { bytes = { "\0\0\0\0\0\0\0\0", "\0\0\0\0\0\0\0\0" }, align = 3,
    exported = true })
  u:fixup(x, { kind = "address", position = 0, target = x, addend = 1 << 40 })
  return { "-m", "wasm64", "--no-entry", u }
end

for _, row in ipairs {
  { "wide-fixup-behind-the-data", "a 64-bit pointer ends inside its data", "FIXUP_OUTSIDE", 9 },
  { "wide-fixups-overlap", "two 64-bit pointers share no byte", "FIXUP_OVERLAP", 7 },
} do
  case(row[1]) {
    title = row[2], clauses = { "unit.rules", "unit.lowering" }, link = wide,
    mutate = function(files)
      local u = files["u.o"]
      u:fixup(u:symbol "x", { kind = "address", position = row[4], target = "x" })
    end,
    expect = { rejects { id = row[3], field = "x", offset = row[4] } },
  }
end

case "nobody-needs-it" {
  title = "of a unit that waits and that nobody needs, names alone are looked at",
  clauses = { "unit.rules", "unit.symbols" },
  link = function()
    local good, bad = unit "good.o", unit "bad.o"
    good:func("f", { sig = "-> i32", exported = true, code = "i32.const 1" })
    local g = bad:func("g", { sig = "->", code = "nop" })
    bad:fixup(g, { kind = "function", position = 1000, target = g })
    return { "--no-entry", "--strip-debug", "--compress-relocations", good, "--start-lib", bad,
      "--end-lib" }
  end,
  expect = { returns("f", {}, 1), no_function "g" },
}

case "somebody-needs-it" {
  title = "all of it is looked at when somebody needs a part",
  clauses = { "unit.rules", "unit.symbols" },
  link = function()
    local user, bad = unit "user.o", unit "bad.o"
    local h = user:func("h", { sig = "->", undefined = true })
    user:func("f", { sig = "->", exported = true, code = { { "call", h } } })
    bad:func("h", { sig = "->", code = "nop" })
    local g = bad:func("g", { sig = "->", code = "nop" })
    bad:fixup(g, { kind = "function", position = 1000, target = g })
    return { "--no-entry", user, "--start-lib", bad, "--end-lib" }
  end,
  expect = { rejects { id = "FIXUP_OUTSIDE", file = "bad.o", field = "g", offset = 1000 } },
}

case "wasm64-in-a-link-for-wasm32" {
  title = "a unit with 64-bit pointers is not linked with 32-bit ones",
  clauses = { "unit.lowering" },
  link = function()
    local u = unit("u.o", { memory64 = true })
    u:func("f", { sig = "->", code = "nop", exported = true })
    return { "--no-entry", u }
  end,
  expect = { rejects { id = "WASM64_OBJECT", file = "u.o" } },
}
