-- An object made of several (-r): its relocations.  In each case another object stands before, so
-- that every index and offset is another one than in the input.

-- What moves everything: a type, a function, data, a global, a tag, a table, symbols, a section.
local function before()
  local o = object "before.o"
  o:func("before", { sig = "i64 f32 -> f64", code = "f64.const 0" })
  o:data("before-data", { bytes = "before", segment_name = ".data", align = 3 })
  o:global("before-global", { type = "f32" })
  o:tag("before-tag", { sig = "f64 ->" })
  o:table("before-table", { type = "externref", min = 1 })
  o:custom("notes", { bytes = "before" })
  return o
end

case "calls" {
  title = "a call names the symbol of its function",
  clauses = { "relocatable.relocations", "reloc.function-index-leb" },
  origin = "rust-lang/rust#52578",
  link = function()
    local o = object "a.o"
    local f = o:func("f", { sig = "-> i32", code = "i32.const 3" })
    local g = o:func("g", { sig = "-> i32", undefined = true })
    local s = o:func("s", { sig = "-> i32", static = true, code = "i32.const 4" })
    o:func("run", { sig = "-> i32", locals = "i64", export = "run",
      code = { { "call", f }, { "call", g }, "i32.add", { "call", s }, "i32.add" } })
    return { "-r", before(), o }
  end,
  expect = {
    relocations "run" { "FUNCTION_INDEX_LEB f at 4", "FUNCTION_INDEX_LEB g at 10",
      "FUNCTION_INDEX_LEB s at 17" },
    code("run", { { "call", to_func "f" }, { "call", to_func "g" }, "i32.add",
      { "call", to_func "s" }, "i32.add" }),
  },
}

case "addresses" {
  title = "addresses keep their addends, also negative ones, in code and in data",
  clauses = { "relocatable.relocations", "reloc.memory-addr-leb", "reloc.memory-addr-sleb",
    "reloc.memory-addr-i32" },
  link = function()
    local o = object "a.o"
    local x = o:data("x", { bytes = "12345678", segment_name = ".data" })
    o:data("p", { bytes = { "\0\0\0\0", addr(x, -3), addr(x, 70000) }, align = 2 })
    o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr(x, -1) },
      { "i32.load", addr(x, 2) }, "i32.load 0", { "i32.const", addr(x, 1 << 20) }, "i32.add" } })
    return { "-r", before(), o }
  end,
  expect = {
    relocations "f" { "MEMORY_ADDR_SLEB x -1 at 2", "MEMORY_ADDR_LEB x +2 at 9",
      "MEMORY_ADDR_SLEB x +1048576 at 18" },
    relocations ".data.p" { "MEMORY_ADDR_I32 x -3 at 4", "MEMORY_ADDR_I32 x +70000 at 8" },
    linking_symbol "x" { segment = ".data", offset = 6 },
    const_at("f", 1, 5),
    relinks({ "--no-entry", "--export=x", "--export=p" }, {
      const_at("f", 1, to_address("x", -1)), const_at("f", 2, to_address("x", 1 << 20)),
      data_at("p", { u32(0), to_address("x", -3), to_address("x", 70000) }) }),
  },
}

case "slots" {
  title = "places in the table keep the function that they are of",
  clauses = { "relocatable.relocations", "reloc.table-index-sleb", "reloc.table-index-i32" },
  link = function()
    local o = object "a.o"
    local f = o:func("f", { sig = "-> i32", code = "i32.const 3" })
    local g = o:func("g", { sig = "-> i32", undefined = true })
    o:data("p", { bytes = { slot(g), slot(f) }, align = 2 })
    o:func("run", { sig = "-> i32", export = "run", code = { { "i32.const", slot(f) },
      { "call_indirect", "-> i32" } } })
    return { "-r", before(), o }
  end,
  expect = {
    relocations "run" { "TABLE_INDEX_SLEB f at 2", "TYPE_INDEX_LEB -> i32 at 8",
      "TABLE_NUMBER_LEB __indirect_function_table at 13" },
    relocations ".data.p" { "TABLE_INDEX_I32 g at 0", "TABLE_INDEX_I32 f at 4" },
    elem_slots { "f", "g" },
    relinks({ "--no-entry", "--import-undefined" }, { returns("run", {}, 3) }),
  },
}

case "globals-tags-tables" {
  title = "globals, tags and tables are named by their symbols",
  clauses = { "relocatable.relocations", "reloc.global-index-leb", "reloc.tag-index-leb",
    "reloc.table-number-leb" },
  link = function()
    local o = object "a.o"
    local g = o:global("g", { type = "i32", mutable = true, init = { "i32.const 5" } })
    local u = o:global("u", { type = "i32", undefined = true })
    local t = o:tag("t", { sig = "i32 ->" })
    local tab = o:table("tab", { type = "funcref", min = 4 })
    o:func("run", { sig = "-> i32", export = "run", code = { { "global.get", g },
      { "global.get", u }, "i32.add", { "table.size", tab }, "i32.add", { "throw", t } } })
    return { "-r", before(), o }
  end,
  expect = {
    relocations "run" { "GLOBAL_INDEX_LEB g at 2", "GLOBAL_INDEX_LEB u at 8",
      "TABLE_NUMBER_LEB tab at 16", "TAG_INDEX_LEB t at 23" },
    linking_symbol "g" { kind = "global", flags = "", is = "g" },
    linking_symbol "tab" { kind = "table", flags = "" },
    linking_symbol "t" { kind = "tag", flags = "" },
    imports { ["env.u"] = "global" },
  },
}

case "types" {
  title = "a type is named by its index in the object's type section",
  clauses = { "relocatable.relocations", "reloc.type-index-leb" },
  link = function()
    local o = object "a.o"
    o:func("run", { sig = "i32 -> i64", export = "run", code = { "f64.const 1", "local.get 0",
      { "call_indirect", "f64 -> i64" } } })
    return { "-r", before(), o }
  end,
  expect = {
    types_unique(),
    relocations "run" { "TYPE_INDEX_LEB f64 -> i64 at 13",
      "TABLE_NUMBER_LEB __indirect_function_table at 18" },
  },
}

case "relative" {
  title = "relocations relative to a base stay what they are",
  clauses = { "relocatable.relocations", "reloc.memory-addr-rel-sleb",
    "reloc.table-index-rel-sleb" },
  link = function()
    local o = object "a.o"
    local x = o:data("x", { bytes = "12345678", segment_name = ".data" })
    local f = o:func("f", { sig = "->", code = "nop" })
    o:func("run", { sig = "-> i32", export = "run", code = { { "i32.const", addr_rel(x, 3) },
      { "i32.const", slot_rel(f) }, "i32.add" } })
    return { "-r", before(), o }
  end,
  expect = {
    relocations "run" { "MEMORY_ADDR_REL_SLEB x +3 at 2", "TABLE_INDEX_REL_SLEB f at 8" },
  },
}

case "relative-to-itself" {
  title = "a distance from the place itself stays one",
  clauses = { "relocatable.relocations", "reloc.memory-addr-locrel-i32" },
  golden = false, reason = "wasm-validate does not know the relocation",
  link = function()
    local o = object "a.o"
    local x = o:data("x", { bytes = "12345678", segment_name = ".data" })
    o:data("p", { bytes = { "\0\0\0\0", addr_locrel(x, 2) }, align = 2 })
    return { "-r", before(), o }
  end,
  expect = {
    relocations ".data.p" { "MEMORY_ADDR_LOCREL_I32 x +2 at 4" },
    holds("the distance within the object", function(module)
      local x, p = module.data[1], module.data[2]
      return string.unpack("<i4", p.bytes, 5) == x.address + 6 + 2 - (p.address + 4)
    end),
  },
}

case "thread-local" {
  title = "an offset in the block of thread-local data is relocated again",
  clauses = { "relocatable.relocations", "reloc.memory-addr-tls-sleb" },
  peer_differs = "wasm-ld writes no flag of any segment",
  link = function()
    local function with(name, symbol)
      local o = object(name)
      local tv = o:data(symbol, { bytes = u32(7), align = 2, tls = true })
      o:func("get-" .. symbol, { sig = "-> i32", export = "get-" .. symbol,
        code = { { "i32.const", addr_tls(tv, 1) } } })
      o:features { "+atomics", "+bulk-memory" }
      return o
    end
    return { "-r", with("a.o", "x"), with("b.o", "y") }
  end,
  expect = {
    relocations "get-y" { "MEMORY_ADDR_TLS_SLEB y +1 at 2" },
    const_at("get-y", 1, 5),
    relinks({ "--no-entry" }, { const_at("get-x", 1, 1), const_at("get-y", 1, 5) }),
  },
}

case "got" {
  title = "an access through a global that holds an address names what the address is of",
  clauses = { "relocatable.relocations", "got.internal" },
  link = function()
    local o = object "a.o"
    local x = o:data("x", { bytes = "1", segment_name = ".data" })
    local f = o:func("f", { sig = "-> i32", code = "i32.const 3" })
    o:func("run", { sig = "-> i32", export = "run", code = { { "global.get", got(x) },
      "i32.load8_u 0", { "global.get", got(f) }, { "call_indirect", "-> i32" }, "i32.add" } })
    return { "-r", before(), o }
  end,
  expect = {
    relocations "run" { "GLOBAL_INDEX_LEB x at 2", "GLOBAL_INDEX_LEB f at 11",
      "TYPE_INDEX_LEB -> i32 at 17", "TABLE_NUMBER_LEB __indirect_function_table at 22" },
    no_linking_symbol "GOT.data.internal.x",
    relinks({ "--no-entry" }, { returns("run", {}, 0x31 + 3), counts { global = 3 } }),
  },
}

case "got-again" {
  title = "globals that hold addresses do not pile up from one -r to the next",
  clauses = { "relocatable.relocations", "got.internal" },
  link = function()
    local o = object "a.o"
    local x = o:data("x", { bytes = "1" })
    o:func("run", { sig = "-> i32", export = "run", code = { { "global.get", got(x) } } })
    return { "-r", o }
  end,
  expect = { counts { global = 1 }, relinks({ "-r" }, { counts { global = 1 } }) },
}

case "indexes-in-data" {
  title = "indexes in data and in custom sections are relocated again",
  clauses = { "relocatable.relocations", "reloc.function-index-i32", "reloc.global-index-i32" },
  golden = false, reason = "wasm-validate does not know relocation 26",
  link = function()
    local o = object "a.o"
    local f = o:func("f", { sig = "->", code = "nop", no_strip = true })
    local g = o:global("g", { type = "i32", no_strip = true })
    o:data("p", { align = 2, bytes = { reloc { type = "R_WASM_GLOBAL_INDEX_I32", sym = g,
      bytes = "\0\0\0\0" } } })
    o:custom("notes", { bytes = { reloc { type = "R_WASM_FUNCTION_INDEX_I32", sym = f,
      bytes = "\0\0\0\0" } } })
    return { "-r", before(), o }
  end,
  expect = {
    relocations ".data.p" { "GLOBAL_INDEX_I32 g at 0" },
    relocations "notes" { "FUNCTION_INDEX_I32 f at 6" },
    custom("notes", { "before", to_func "f" }),
  },
}

case "code-offsets" {
  title = "offsets into the code section keep function and addend",
  clauses = { "relocatable.relocations", "reloc.function-offset-i32" },
  link = function()
    local o = object "a.o"
    local f = o:func("f", { sig = "->", code = "nop; nop" })
    local u = o:func("u", { sig = "->", undefined = true })
    o:func("user", { sig = "->", code = { { "call", u } } })
    o:custom(".debug_line", { bytes = { "x", fn_offset(f), fn_offset(f, 2), fn_offset(u) } })
    return { "-r", before(), o }
  end,
  expect = {
    relocations ".debug_line" { "FUNCTION_OFFSET_I32 f at 1", "FUNCTION_OFFSET_I32 f +2 at 5",
      "FUNCTION_OFFSET_I32 u at 9" },
  },
}

case "code-offset-before-the-section" {
  title = "so does one that lies before the section: only the module's bytes cannot hold it",
  clauses = { "relocatable.relocations", "reloc.function-offset-i32" },
  link = function()
    local o = object "a.o"
    local f = o:func("f", { sig = "->", code = "nop" })
    o:custom(".debug_line", { bytes = { fn_offset(f, -9) } })
    return { "--validate=permissive", "-r", o }
  end,
  expect = { relocations ".debug_line" { "FUNCTION_OFFSET_I32 f -9 at 0" } },
}

case "section-offsets" {
  title = "an offset into a custom section is one into what it became part of",
  clauses = { "relocatable.relocations", "reloc.section-offset-i32" },
  link = function()
    local o = object "a.o"
    local s = o:section_symbol(o:custom("notes", { bytes = "abcdef" }))
    o:custom("refer", { bytes = { sec_offset(s), sec_offset(s, 4) } })
    return { "-r", before(), o }
  end,
  expect = {
    relocations "refer" { "SECTION_OFFSET_I32 notes +6 at 0", "SECTION_OFFSET_I32 notes +10 at 4" },
    custom("refer", u32(6) .. u32(10)),
    relinks({ "--no-entry" }, { custom("refer", u32(6) .. u32(10)) }),
  },
}

case "merged-debug-strings" {
  title = "an offset into debug strings is one into the merged ones",
  clauses = { "relocatable.relocations", "reloc.section-offset-i32", "strings.debug" },
  link = function()
    local function with(name, text, offset)
      local o = object(name)
      local s = o:section_symbol(o:custom(".debug_str", { bytes = text }))
      o:custom(".debug_info", { bytes = { sec_offset(s, offset) } })
      return o
    end
    return { "-r", with("a.o", "hello\0", 0), with("b.o", "zz\0lo\0", 3) }
  end,
  expect = {
    custom(".debug_str", "zz\0hello\0"),
    relocations ".debug_info" { "SECTION_OFFSET_I32 .debug_str +3 at 0",
      "SECTION_OFFSET_I32 .debug_str +6 at 4" },
  },
}

case "places" {
  title = "what stands at the places is as the object itself means it, padded",
  clauses = { "relocatable.relocations" },
  link = function()
    local o = object "a.o"
    local x = o:data("x", { bytes = "1", segment_name = ".data" })
    local u = o:data("u", { undefined = true })
    o:func("f", { sig = "-> i32", code = { { "i32.const", addr(x, 1) },
      { "i32.load", addr(u, 9) } } })
    return { "-r", before(), o }
  end,
  expect = { holds("i32.const 7 and offset 0, in five bytes each", function(module, view)
    local f = module.decoded.funcs[view:func "f" + 1]
    local body = module.decoded.bytes:sub(f.offset + 1, f.offset + f.size)
    local want = "\0\x41\x87\x80\x80\x80\0\x28\2\x80\x80\x80\x80\0\x0b"
    return body == want, body:gsub(".", function(c) return ("%02x "):format(c:byte()) end)
  end) },
}

case "of-undefined-data" {
  title = "the addend of a reference to undefined data is kept, though the place holds 0",
  clauses = { "relocatable.relocations", "relocatable.undefined" },
  link = function()
    local o = object "a.o"
    local u = o:data("u", { undefined = true })
    o:data("p", { bytes = { addr(u, 12) }, align = 2 })
    return { "-r", before(), o }
  end,
  expect = {
    relocations ".data.p" { "MEMORY_ADDR_I32 u +12 at 0" },
    data_count("before\0\0\0\0\0\0", 0), -- another segment
    relinks({ "--no-entry", "--export=p", (function()
      local o = object "u.o"
      o:data("u", { bytes = ("u"):rep(16), no_strip = true, export = "u" })
      return o
    end)() }, { data_at("p", { to_address("u", 12) }) }),
  },
}

case "none" {
  title = "what has no relocations has no section for them",
  clauses = { "relocatable.relocations" },
  link = function()
    local o = object "a.o"
    local f = o:func("f", { sig = "->", code = "nop" })
    o:data("p", { bytes = { slot(f) }, align = 2 })
    return { "-r", o }
  end,
  expect = { no_custom("reloc.CODE"), custom("reloc.DATA"),
    section_order { "type", "import", "function", "memory", "elem", "code", "data", "linking",
      "reloc.DATA", "name" } },
}

case "sections-by-name" {
  title = "relocation sections are called after what they patch, and come in its order",
  clauses = { "relocatable.relocations" },
  link = function()
    local o = object "a.o"
    local f = o:func("f", { sig = "->", code = "nop" })
    o:func("g", { sig = "->", code = { { "call", f } } })
    o:data("p", { bytes = { slot(f) }, align = 2 })
    o:custom("zzz", { bytes = { fn_offset(f) } })
    o:custom(".debug_aaa", { bytes = { fn_offset(f) } })
    return { "-r", o }
  end,
  expect = { section_order { "type", "import", "function", "memory", "elem", "code", "data", "zzz",
    ".debug_aaa", "linking", "reloc.CODE", "reloc.DATA", "reloc.zzz", "reloc..debug_aaa",
    "name" } },
}

case "wide" {
  title = "the 64-bit forms keep symbol and addend, and ten bytes",
  clauses = { "relocatable.relocations", "reloc.memory-addr-sleb64", "reloc.memory-addr-i64",
    "reloc.table-index-i64" },
  link = function()
    local o = object("a.o", { memory64 = true })
    local x = o:data("x", { bytes = "12345678", align = 3 })
    local f = o:func("f", { sig = "->", code = "nop" })
    o:data("p", { bytes = { addr64(x, 1 << 33), slot64(f) }, align = 3 })
    o:func("run", { sig = "-> i64", export = "run", code = { { "i64.const", addr(x, -1) },
      { "i64.load", addr(x, 4) } } })
    o:custom("notes", { bytes = { fn_offset64(f, 1) } })
    return { "-r", "-mwasm64", o }
  end,
  expect = {
    relocations "run" { "MEMORY_ADDR_SLEB64 x -1 at 2", "MEMORY_ADDR_LEB64 x +4 at 14" },
    relocations ".data.p" { "MEMORY_ADDR_I64 x +8589934592 at 0", "TABLE_INDEX_I64 f at 8" },
    relocations "notes" { "FUNCTION_OFFSET_I64 f +1 at 0" },
    memory { is64 = true },
    relinks({ "-mwasm64", "--no-entry", "--export=x" },
      { const_at("run", 1, to_address("x", -1)) }),
  },
}

-- Offsets behind the start of a body, and of bytes of a segment, in the sections as a whole.
case "offsets-into-sections" {
  title = "offsets into code and data refer to section symbols, which the output has for them",
  clauses = { "relocatable.relocations", "reloc.section-offset-i32", "symbol.section" },
  link = function()
    local o = object "a.o"
    o:func("g", { sig = "-> i32", export = "g", code = "i32.const 7" })
    o:data("x", { bytes = "xxxx", export = "x" })
    o:custom(".debug_x", { bytes = { sec_offset(o:section_symbol "code", 2),
      sec_offset(o:section_symbol "data", 6) } })
    return { "-r", before(), o }
  end,
  expect = { relocations ".debug_x" { "SECTION_OFFSET_I32  +14 at 0",
    "SECTION_OFFSET_I32  +17 at 4" } },
}
