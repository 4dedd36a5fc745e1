-- Relocations of code stand on operands that can hold what they write: Linking.md lists the
-- operands, and the encoding of each.  No linker reads instructions.

-- One function with an operand of every kind.  Symbols: 0 host, 1 g, 2 x, 3 y, 4 f, 5 e, 6 z.
local function every()
  local o = object "a.o"
  local host = o:func("host", { sig = "->", undefined = true, weak = true })
  local g = o:global("g", { mutable = true })
  local x = o:data("x", { bytes = "\1\2\3\4", export = "x" })
  local y = o:data("y", { bytes = "\5\6\7\8", export = "y" })
  local f = o:func("f", { sig = "->", locals = "i32" })
  local e = o:tag("e", { sig = "->", export = "e" })
  o:func("z", { sig = "i32 ->", export = "z", code = "nop" })
  o:code(f, { { "call", host }, "i32.const 0", { "call_indirect", "->" }, { "global.get", g },
    "drop", { "i32.const", addr(x) }, "drop", { "i32.const", slot(f) }, "drop", "i32.const 0",
    { "i32.load", addr(y) }, "drop", { "raw", "\x20\x80\x80\x80\x80\0" }, "drop", { "throw", e } })
  o:features { "+mutable-globals" }
  return { "--no-entry", "--export=f", o }
end

-- The clause that says what an operand takes.
local CLAUSES = { ["function index"] = "function", ["type index"] = "type",
  ["table index"] = "table", ["global index"] = "global", ["tag index"] = "tag",
  ["i32 constant"] = "const", ["memory access"] = "memarg" }

-- What f is after the link, but for one instruction.
local function f_with(i, instruction)
  local list = { { "call", any() }, "i32.const 0", { "call_indirect", to_type "->", any() },
    { "global.get", any() }, "drop", { "i32.const", to_address "x" }, "drop",
    { "i32.const", to_slot "f" }, "drop", "i32.const 0", { "i32.load", any(), to_address "y" },
    "drop", { "local.get", 0 }, "drop", { "throw", any() } }
  list[i] = instruction
  return { code("f", list) }
end

-- Of each: the place (entry of reloc.CODE, path in the body), the relocation put there (type,
-- index), the instruction that it then makes, and whether it no longer fits its neighbours.
local FUNCTION_INDEX, TABLE_INDEX_SLEB, TYPE_INDEX, ADDR_LEB, ADDR_SLEB = 0, 1, 6, 3, 4
local GLOBAL_INDEX, FUNCTION_OFFSET_I32, TAG_INDEX, TABLE_NUMBER = 7, 8, 10, 20
for _, row in ipairs {
  { "call", 0, "body[0].func", TABLE_INDEX_SLEB, 4, 1, { "call", to_slot "f" }, "function index",
    true },
  { "type", 1, "body[2].type", FUNCTION_INDEX, 4, 3, { "call_indirect", to_func "f", any() },
    "type index", true },
  { "table", 2, "body[2].table", TYPE_INDEX, 0, 3, { "call_indirect", to_type "->",
    to_type "->" }, "table index" },
  { "global", 3, "body[3].global", FUNCTION_INDEX, 4, 4, { "global.get", to_func "f" },
    "global index" },
  { "constant", 4, "body[5].value", FUNCTION_INDEX, 4, 6, { "i32.const", to_func "f" },
    "i32 constant" },
  { "memory-access", 6, "body[10].offset", FUNCTION_INDEX, 4, 11, { "i32.load", any(),
    to_func "f" }, "memory access" },
  { "throw", 7, "body[14].tag", TYPE_INDEX, 0, 15, { "throw", to_type "->" },
    "tag index" },
} do
  local name, entry, path, kind, index, i, instruction, text, invalid = table.unpack(row)
  case("operand-" .. name) {
    title = ("a relocation that writes something else than a %s is refused there"):format(text),
    clauses = { "reloc.operand." .. CLAUSES[text] },
    link = every,
    mutate = function(files)
      local at = ("reloc.CODE.entries[%d]."):format(entry)
      files["a.o"]:set(at .. "type", kind):set(at .. "index", index)
      if files["a.o"]:has(at .. "addend") then files["a.o"]:remove(at .. "addend") end
    end,
    expect = { rejects { id = "RELOC_OPERAND", phase = "read", class = "malformed", file = "a.o",
      field = "relocated bytes", offset = "code.funcs[0]." .. path, message = text } },
    permissive = {
      title = ("a relocation writes what its type says, also over a %s"):format(text),
      expect = f_with(i, instruction),
      golden = not invalid or false, reason = invalid and "the module is not valid" or nil,
    },
  }
end

case "no-operand" {
  title = "a relocation of the index of a local variable is refused",
  clauses = { "reloc.encoding" },
  link = every,
  mutate = function(files)
    local o = files["a.o"]
    local start, at = o:range("code.funcs.count"), o:range("code.funcs[0].body[12]")
    o:set("reloc.CODE.entries[6].offset", at + 1 - start)
  end,
  expect = { rejects { id = "RELOC_OPERAND", phase = "read", class = "malformed", file = "a.o",
    message = "nothing that can be relocated", of = 1 } },
}

case "count-of-locals" {
  title = "a relocation of the number of locals is refused",
  clauses = { "reloc.encoding" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "->", export = "f", code = { "i32.const 0", { "call_indirect", "->" } } })
    o:set("code.funcs[0].locals.count", "\x80\x80\x80\x80\0")
    return { "--no-entry", o }
  end,
  mutate = function(files)
    local o = files["a.o"]
    local start, at = o:range("code.funcs.count"), o:range("code.funcs[0].locals.count")
    o:set("reloc.CODE.entries[0].offset", at - start)
  end,
  expect = { rejects { id = "RELOC_OPERAND", phase = "read", class = "malformed", file = "a.o",
    offset = "code.funcs[0].locals.count", of = 1 } },
  permissive = {
    title = "the number of locals is written like any other: with that of the only type, 0",
    expect = { code("f", { "i32.const 0", "call_indirect" }), types_unique(), traps "f" },
  },
}

-- Operands of other instructions.  Symbols: 0 g, 1 t, 2 e, 3 f.
local function others()
  local o = object "a.o"
  local g, t = o:global("g", { mutable = true }), o:table("t", { min = 1 })
  local e = o:tag("e", { sig = "->" })
  local f = o:func("f", { sig = "->" })
  o:code(f, { { "ref.func", f }, "drop", "i32.const 0", { "global.set", g }, { "table.size", t },
    "drop", "block", { "try_table", catches = {
      { "catch", e, 0 } } }, "end", "end", { "return_call", f } })
  o:features { "+mutable-globals", "+reference-types", "+exception-handling", "+tail-call" }
  return { "--no-entry", "--export=f", o }
end

-- Of each: the relocation put there (type, index).
for entry, row in ipairs {
  { "ref-func", TABLE_NUMBER, 1, "function index" },
  { "global-set", TABLE_NUMBER, 1, "global index" },
  { "table-size", GLOBAL_INDEX, 0, "table index" },
  { "catch", GLOBAL_INDEX, 0, "tag index" },
  { "return-call", TAG_INDEX, 2, "function index" },
} do
  local name, kind, index, text = table.unpack(row)
  case("operand-" .. name) {
    title = ("a relocation that writes something else than a %s is refused in %s"):format(text,
      name),
    clauses = { "reloc.operand." .. CLAUSES[text] },
    link = others,
    mutate = function(files)
      local at = ("reloc.CODE.entries[%d]."):format(entry - 1)
      files["a.o"]:set(at .. "type", kind):set(at .. "index", index)
      if files["a.o"]:has(at .. "addend") then files["a.o"]:remove(at .. "addend") end
    end,
    expect = { rejects { id = "RELOC_OPERAND", phase = "read", class = "malformed", file = "a.o",
      field = "relocated bytes", message = text } },
  }
end

-- Sixteen bytes of a constant, with a padded LEB128 number in their midst.
case "inside-an-operand" {
  title = "a relocation that does not begin where an operand begins is refused",
  clauses = { "reloc.encoding" },
  link = function()
    local o = object "a.o"
    local g = o:func("g", { sig = "->", export = "g", code = "nop" })
    o:func("f", { sig = "->", export = "f", code = { { "call", g },
      { "raw", "\xfd\x0c\0\0\0\x80\x80\x80\x80\0\0\0\0\0\0\0\0\0" }, "drop" } })
    return { "--no-entry", o }
  end,
  mutate = function(files)
    local o = files["a.o"]
    local start, at = o:range("code.funcs.count"), o:range("code.funcs[1].body[1]")
    o:set("reloc.CODE.entries[0].offset", at + 5 - start)
  end,
  expect = { rejects { id = "RELOC_OPERAND", phase = "read", class = "malformed", file = "a.o",
    message = "nothing that can be relocated" } },
  permissive = {
    title = "what is no operand is written all the same",
    expect = { has_function "f" },
  },
}

-- Encodings -------------------------------------------------------------------------------------

for _, row in ipairs {
  { "constant", 4, "body[5].value", ADDR_LEB, 6, { "i32.const", to_address "x" } },
  { "memory-access", 6, "body[10].offset", ADDR_SLEB, 11, { "i32.load", any(), to_address "y" } },
} do
  local name, entry, path, kind, i, instruction = table.unpack(row)
  case("encoding-" .. name) {
    title = ("a relocation that writes another encoding than that of a %s is refused"):format(
      name:gsub("-", " ")),
    clauses = { "reloc.encoding" },
    link = every,
    mutate = { file = "a.o", at = ("reloc.CODE.entries[%d].type"):format(entry), to = kind },
    expect = { rejects { id = "RELOC_ENCODING", phase = "read", class = "malformed", file = "a.o",
      field = "relocated bytes", offset = "code.funcs[0]." .. path } },
    permissive = {
      title = ("a small number is the same in both encodings: a %s"):format(name:gsub("-", " ")),
      expect = f_with(i, instruction),
    },
  }
end

-- A number that an operand does not wholly take up is refused in both modes.
case "word-in-code" {
  title = "a relocation of four bytes is refused in code, where every operand is a LEB128 number",
  clauses = { "reloc.encoding" },
  link = every,
  mutate = { file = "a.o", at = "reloc.CODE.entries[4].type", to = 5 },
  expect = { rejects { id = "RELOC_NOT_PADDED", phase = "read", class = "malformed", file = "a.o",
    offset = "code.funcs[0].body[5].value" } },
}

case "function-offset-in-code" {
  title = "the offset of a function, which is for debug sections, is refused in code",
  clauses = { "reloc.encoding" },
  link = function()
    local o = object "a.o"
    local g = o:func("g", { sig = "->", code = "nop" })
    o:func("f", { sig = "-> i32", code = { { "call", g }, { "i32.const", slot(g) } } })
    return { "--no-entry", "--export=f", o }
  end,
  mutate = function(files)
    files["a.o"]:set("reloc.CODE.entries[1].type", FUNCTION_OFFSET_I32)
    files["a.o"]:insert("reloc.CODE.entries[1].index", "\0", { after = true, name = "addend" })
  end,
  expect = { rejects { id = "RELOC_NOT_PADDED", phase = "read", class = "malformed", file = "a.o",
    offset = "code.funcs[1].body[1].value" } },
}

case "narrow-i64-constant" {
  title = "a relocation of 32 bits is refused at a constant of 64",
  clauses = { "reloc.encoding" },
  link = function()
    local o = object "a.o"
    local x = o:data("x", { bytes = "\1\2\3\4", export = "x" })
    o:func("f", { sig = "-> i64", code = { { "i64.const", addr(x) } } })
    return { "--no-entry", "--export=f", o }
  end,
  mutate = function(files)
    files["a.o"]:set("reloc.CODE.entries[0].type", ADDR_SLEB)
    files["a.o"]:set("code.funcs[0].body[0].value", "\x80\x80\x80\x80\0")
  end,
  expect = { rejects { id = "RELOC_ENCODING", phase = "read", class = "malformed", file = "a.o",
    message = "i64 constant" } },
  permissive = {
    title = "a relocation of 32 bits writes a small number at a constant of 64",
    expect = { code("f", { { "i64.const", to_address "x" } }) },
  },
}

case "narrow-offset-of-memory64" {
  title = "the offset of an access to a 64-bit memory is a number of 64 bits",
  clauses = { "reloc.encoding" },
  link = function()
    local o = object("a.o", { memory64 = true })
    local x = o:data("x", { bytes = "\1\2\3\4" })
    o:func("f", { sig = "-> i32", code = { "i64.const 0", { "i32.load", reloc {
      type = "R_WASM_MEMORY_ADDR_LEB64", sym = x, addend = 0,
      bytes = "\x80\x80\x80\x80\x80\x80\x80\x80\x80\0" } } } })
    return { "-mwasm64", "--no-entry", "--export=f", o }
  end,
  mutate = function(files)
    files["a.o"]:set("reloc.CODE.entries[0].type", 3)
    files["a.o"]:set("code.funcs[0].body[1].offset", "\x80\x80\x80\x80\0")
  end,
  expect = { rejects { id = "RELOC_ENCODING", phase = "read", class = "malformed",
    file = "a.o" } },
}
