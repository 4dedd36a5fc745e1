-- What every object may do: here the words of Linking.md and the objects in the world disagree, or
-- the document allows what looks forbidden.

-- The table of validation rules gives data R_WASM_MEMORY_ADDR_* only, and functions no
-- R_WASM_GLOBAL_INDEX_*.  Yet clang -fPIC reads addresses so, in compiler-rt's builtins too: it is
-- the GOT of DynamicLinking.md, of which that table was not told.
case "global-index-of-data-and-function" {
  title = "a global index of data or of a function is one of the GOT, and passes",
  clauses = { "reloc.symbol", "got.internal" },
  link = function()
    local o = object "a.o"
    local x = o:data("x", { bytes = "\1\2\3\4" })
    local seven = o:func("seven", { sig = "-> i32", code = "i32.const 7" })
    o:func("load", { sig = "-> i32", code = { { "global.get", got(x) }, "i32.load" } })
    o:func("call", { sig = "-> i32", code = { { "global.get", got(seven) },
      { "call_indirect", "-> i32" } } })
    return { "--no-entry", "--export=load", "--export=call", o }
  end,
  expect = { returns("load", {}, 0x04030201), returns("call", {}, 7) },
}

-- "There is no legal value that can be written", says the document: such a link "fails", and "the
-- frontend must generate calls to undefined weak symbols via a call_indirect instruction".  clang
-- does not, and objects of WASI's libc.a and libc++.a rely on it: they test the address first.
case "call-of-an-undefined-weak-function" {
  title = "a direct call of an undefined weak function passes, and traps if it is made",
  clauses = { "reloc.function-index-leb", "symbol.undefined.weak", "reloc.weak-undefined.call" },
  link = function()
    local o = object "a.o"
    local hook = o:func("hook", { sig = "->", undefined = true, weak = true })
    o:func("f", { sig = "->", code = { { "i32.const", slot(hook) }, "if", { "call", hook },
      "end" } })
    o:func("g", { sig = "->", code = { { "call", hook } } })
    return { "--no-entry", "--export=f", "--export=g", o }
  end,
  expect = { no_import(), runs { { call = "f" } }, traps "g" },
}

-- "The offset part of a memarg where memidx represents a 32-bit memory may be treated as either
-- varuint32, or varuint64."  Engines take ten bytes only where they know 64-bit memories.
case "wide-offset-of-a-memory-access" {
  title = "the offset of an access to a 32-bit memory may be a number of 64 bits",
  clauses = { "reloc.memarg-width" },
  link = function()
    local o = object "a.o"
    local x = o:data("x", { bytes = "\1\2\3\4", export = "x" })
    o:func("f", { sig = "-> i32", code = { "i32.const 0", { "i32.load", reloc {
      type = "R_WASM_MEMORY_ADDR_LEB64", sym = x, addend = 0,
      bytes = "\x80\x80\x80\x80\x80\x80\x80\x80\x80\0" } } } })
    return { "--no-entry", "--export=f", o }
  end,
  expect = { code("f", { "i32.const 0", { "i32.load", any(), to_address "x" } }) },
  golden = false, reason = "wasm-validate knows no such offset",
}

case "many-locals" {
  title = "operands are found behind locals, however many: their count is no instruction",
  clauses = { "reloc.operand.const" },
  link = function()
    local o = object "a.o"
    local x = o:data("x", { bytes = "\1\2\3\4" })
    -- 67 is the opcode of f32.const, which would take four bytes with it.
    o:func("f", { sig = "-> i32", export = "f", locals = ("i32 "):rep(67),
      code = { { "i32.const", addr(x) }, "i32.load" } })
    return { "--no-entry", o }
  end,
  expect = { returns("f", {}, 0x04030201) },
}

case "behind-an-unknown-instruction" {
  title = "behind an instruction that is not known no operand is told from another",
  clauses = { "reloc.encoding.unknown" },
  link = function()
    local o = object "a.o"
    local g = o:func("g", { sig = "->", export = "g", code = "nop" })
    o:func("dead", { sig = "->", code = { { "call", g }, { "raw", "\xff\x20" },
      reloc { type = "R_WASM_FUNCTION_INDEX_LEB", sym = g, bytes = "\x80\x80\x80\x80\0" } } })
    return { "--no-entry", o }
  end,
  expect = { has_function "g", no_function "dead" },
}
