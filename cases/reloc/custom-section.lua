-- Relocations in custom sections that the linker knows nothing of: they are applied like any other.

case "words" {
  title = "addresses and indices in a custom section are those of the output",
  clauses = { "reloc.section.target", "reloc.offset.custom-section", "reloc.memory-addr-i32",
    "reloc.global-index-i32" },
  link = function()
    local before, o = object "before.o", object "a.o"
    before:features { "+mutable-globals" }
    before:func("first", { sig = "->", code = "nop", no_strip = true })
    before:global("first_global", { type = "i32", init = "i32.const 1", no_strip = true })
    before:data("first_data", { bytes = "first", no_strip = true })
    local x = o:data("x", { bytes = "1234", export = "x" })
    local n = o:global("n", { type = "i32", init = "i32.const 3", export = "n" })
    o:custom("mine", { bytes = { "<", addr(x, 2), addr(x, -2), glob(n), ">" } })
    return { "--no-entry", before, o }
  end,
  expect = { custom("mine", { "<", to_address("x", 2), to_address("x", -2), to_global "n", ">" }) },
}

case "function-index" {
  title = "a function index in a custom section is the one of the output",
  clauses = { "reloc.section.target", "reloc.offset.custom-section", "reloc.function-index-i32" },
  link = function()
    local before, o = object "before.o", object "a.o"
    before:func("first", { sig = "->", code = "nop", no_strip = true })
    local g = o:func("g", { sig = "-> i32", export = "g", code = "i32.const 7" })
    o:custom("llvm.func_attr.annotate.mark", { bytes = { fn(g) } })
    o:custom("mine", { bytes = { "<", fn(g), ">" } })
    return { "--no-entry", before, o }
  end,
  expect = { custom("llvm.func_attr.annotate.mark", { to_func "g" }),
    custom("mine", { "<", to_func "g", ">" }) },
}

case "number-of-another-length" {
  title = "a relocation of a section that nobody can read writes what its type says",
  clauses = { "reloc.encoding.unknown", "reloc.memory-addr-leb" },
  link = function()
    local o = object "a.o"
    local x = o:data("x", { bytes = "1234", export = "x" })
    o:custom("mine", { bytes = { "<", reloc { type = "R_WASM_MEMORY_ADDR_LEB", sym = x, addend = 1,
      bytes = "\x80\x80\x80\x80\0" }, ">" } })
    return { "--no-entry", o }
  end,
  expect = { holds("the address of x, plus one, in five bytes", function(_, view)
    local bytes = view:custom "mine"
    local want = view:address "x" + 1
    local value = 0
    for i = 1, 5 do value = value | (bytes:byte(i + 1) & 0x7f) << 7 * (i - 1) end
    return value == want and #bytes == 7, ("%d, want %d"):format(value, want)
  end) },
}

case "gives-no-slot" {
  title = "a custom section gives no function a slot in the table: it reads 0 where none has one",
  clauses = { "reloc.section.target", "reloc.table-index-i32" },
  link = function()
    local o = object "a.o"
    local g = o:func("g", { sig = "-> i32", export = "g", code = "i32.const 7" })
    o:custom("mine", { bytes = { "<", slot(g), ">" } })
    return { "--no-entry", o }
  end,
  expect = { not_in_table "g", custom("mine", "<\0\0\0\0>") },
}

case "slot" {
  title = "a table index in a custom section is the slot of the function",
  clauses = { "reloc.section.target", "reloc.table-index-i32" },
  link = function()
    local o = object "a.o"
    local g = o:func("g", { sig = "-> i32", export = "g", code = "i32.const 7" })
    local h = o:func("h", { sig = "-> i32", export = "h", code = "i32.const 8" })
    o:func("f", { sig = "->", export = "f", code = { { "i32.const", slot(h) }, "drop",
      { "i32.const", slot(g) }, "drop" } })
    o:custom("mine", { bytes = { slot(g), slot(h) } })
    return { "--no-entry", o }
  end,
  expect = { custom("mine", { to_slot "g", to_slot "h" }) },
}

case "leb" {
  title = "a LEB128 relocation in a custom section is written in five bytes",
  clauses = { "reloc.section.target", "reloc.offset.custom-section", "reloc.padding" },
  link = function()
    local before, o = object "before.o", object "a.o"
    before:func("first", { sig = "->", code = "nop", no_strip = true })
    local g = o:func("g", { sig = "-> i32", export = "g", code = "i32.const 7" })
    o:custom("mine", { bytes = { "<", reloc { type = "R_WASM_FUNCTION_INDEX_LEB", sym = g,
      bytes = "\x80\x80\x80\x80\x00" }, ">" } })
    return { "--no-entry", before, o }
  end,
  expect = { holds("< index >", function(_, view)
    local found = view:custom "mine"
    return found == "<" .. uleb(view:func "g", 5) .. ">", found
  end) },
}

case "function-offset" {
  title = "a function offset in a custom section is where the body is in the code section",
  clauses = { "reloc.section.target", "reloc.function-offset-i32" },
  link = function()
    local before, o = object "before.o", object "a.o"
    before:func("first", { sig = "->", code = "nop", no_strip = true })
    local g = o:func("g", { sig = "-> i32", export = "g", code = "i32.const 74565" })
    o:custom("mine", { bytes = { fn_offset(g), fn_offset(g, 5) } })
    return { "--no-entry", before, o }
  end,
  expect = { holds("the body is there", function(module, view)
    local from, plus = view:unpack("mine", "<I4I4")
    for _, s in ipairs(module.decoded.sections) do
      if s.kind == "code" then
        local f = module.decoded.funcs[view:func "g" + 1]
        return from == f.offset - s.offset and plus == from + 5, ("%d, %d"):format(from, plus)
      end
    end
  end) },
}

case "section-offset-at-the-end" {
  title = "an offset to the end of a section is one into it",
  clauses = { "reloc.addend.code", "reloc.section-offset-i32" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "->", export = "f", code = "nop" })
    local symbol = o:section_symbol(o:custom("text", { bytes = "12345" }))
    o:custom("mine", { bytes = { sec_offset(symbol, 5), "?" } })
    return { "--no-entry", o }
  end,
  expect = { custom("mine", "\5\0\0\0?") },
}

case "section-offset" {
  title = "an offset into a custom section moves with the section when several are joined",
  clauses = { "reloc.section-offset-i32", "custom.concatenate", "reloc.symbol.section" },
  link = function()
    local function pair(name, text)
      local o = object(name)
      local strings = o:custom("strings", { bytes = text })
      local symbol = o:section_symbol(strings)
      o:custom("mine", { bytes = { sec_offset(symbol), sec_offset(symbol, 2) } })
      o:func(name:sub(1, 1), { sig = "->", no_strip = true, code = "nop" })
      return o
    end
    return { "--no-entry", pair("a.o", "alpha\0"), pair("b.o", "beta\0") }
  end,
  expect = { custom("strings", "alpha\0beta\0"),
    custom("mine", string.pack("<I4I4I4I4", 0, 2, 6, 8)) },
}

case "dead-symbols" {
  title = "in an unknown custom section a dropped function or variable leaves the addend",
  clauses = { "reloc.dead-target", "reloc.section.target" },
  link = function()
    local o = object "a.o"
    local dead = o:func("dead", { sig = "-> i32", code = "i32.const 7" })
    local gone = o:data("gone", { bytes = "gone!" })
    o:func("f", { sig = "->", export = "f", code = "nop" })
    o:custom("mine", { bytes = { "<", addr(gone), addr(gone, 5), fn_offset(dead),
      fn_offset(dead, 3), ">" } })
    return { "--no-entry", o }
  end,
  expect = { no_function "dead", data_count("gone!", 0),
    custom("mine", "<" .. string.pack("<I4I4I4I4", 0, 5, 0, 3) .. ">") },
}

case "undefined-symbol" {
  title = "a custom section may refer to what nobody defines: it keeps nothing and asks nothing",
  clauses = { "reloc.dead-target", "reloc.section.target", "symbol.undefined.strong" },
  link = function()
    local o = object "a.o"
    local gone = o:func("gone", { sig = "-> i32", undefined = true })
    local lost = o:data("lost", { undefined = true })
    o:func("f", { sig = "->", export = "f", code = "nop" })
    o:custom("mine", { bytes = { "<", fn_offset(gone, 9), addr(lost, 5), ">" } })
    return { "--no-entry", o }
  end,
  expect = { no_import(), custom("mine", "<\9\0\0\0\5\0\0\0>") },
}

case "func-attr" {
  title = "in llvm.func_attr sections a dropped function is -1, for 0 is a function",
  clauses = { "reloc.dead-target", "reloc.function-index-i32" },
  link = function()
    local o = object "a.o"
    o:func("first", { sig = "->", export = "first", code = "nop" })
    local dead = o:func("dead", { sig = "-> i32", code = "i32.const 7" })
    local live = o:func("live", { sig = "-> i32", export = "live", code = "i32.const 8" })
    o:custom("llvm.func_attr.annotate.mark", { bytes = { fn(dead), fn(live) } })
    return { "--no-entry", o }
  end,
  expect = { no_function "dead",
    custom("llvm.func_attr.annotate.mark", { "\xff\xff\xff\xff", to_func "live" }) },
}

case "func-attr-offset" {
  title = "so is its place in the code section, if anything there should ask for it",
  clauses = { "reloc.dead-target", "reloc.function-offset-i32" },
  link = function()
    local o = object "a.o"
    o:func("first", { sig = "->", export = "first", code = "nop" })
    local dead = o:func("dead", { sig = "-> i32", code = "i32.const 7" })
    o:custom("llvm.func_attr.annotate.mark", { bytes = { fn_offset(dead, 1) } })
    return { "--no-entry", o }
  end,
  expect = { custom("llvm.func_attr.annotate.mark", "\xff\xff\xff\xff") },
}

case "function-that-is-only-named" {
  title = "a number that only a custom section asks for, of a function that nobody defines, is 0",
  clauses = { "reloc.function-index-i32", "reloc.dead-target" },
  link = function()
    local o = object "a.o"
    local f = o:func("f", { sig = "->", undefined = true, no_strip = true })
    o:custom("note", { bytes = { reloc { type = "R_WASM_FUNCTION_INDEX_I32", sym = f,
      bytes = "\0\0\0\0" } } })
    return { "--no-entry", o }
  end,
  expect = { custom("note", "\0\0\0\0") },
}

case "global-that-is-only-named" {
  title = "so is that of a global",
  clauses = { "reloc.global-index-i32", "reloc.dead-target" },
  link = function()
    local o = object "a.o"
    local g = o:global("g", { type = "i32", undefined = true, no_strip = true })
    o:custom("note", { bytes = { reloc { type = "R_WASM_GLOBAL_INDEX_I32", sym = g,
      bytes = "\0\0\0\0" } } })
    return { "--no-entry", o }
  end,
  peer_differs = "wasm-ld writes -1, which it has for the number of what has none",
  expect = { custom("note", "\0\0\0\0") },
}
