-- Numbers at the edges of the encodings: 2^6 and 2^7 begin a second byte in SLEB128 and ULEB128,
-- 2^31 turns signed.  The linker is told to put x at 1024; addends do the rest.

for _, value in ipairs { 0, 63, 64, 127, 128, 8191, 8192, 16384, 0x7fffffff, 0x80000000,
  0xffffffff } do
  local signed = (value + 0x80000000 & 0xffffffff) - 0x80000000
  local addend = (value - 1024 + 0x80000000 & 0xffffffff) - 0x80000000
  case(("value-%d"):format(value)) {
    title = ("%d is written padded: as the operand of i32.const signed, as an offset unsigned")
      :format(value),
    clauses = { "reloc.memory-addr-sleb", "reloc.memory-addr-leb", "reloc.memory-addr-i32",
      "reloc.padding" },
    link = function()
      local o = object "a.o"
      local x = o:data("x", { bytes = "1234", align = 2, export = "x" })
      o:data("p", { bytes = { addr(x, addend) }, align = 2, export = "p" })
      o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr(x, addend) } } })
      o:func("g", { sig = "-> i32", export = "g",
        code = { "i32.const 0", { "i32.load8_u", addr(x, addend) } } })
      return { "--no-entry", "-z", "stack-size=1024", "--global-base=1024", o }
    end,
    expect = {
      address "x" { equals = 1024 }, const_at("f", 1, signed),
      code("g", { "i32.const 0", { "i32.load8_u", 0, value } }),
      data_at("p", string.pack("<I4", value)), valid(),
      body("f", "\0\x41" .. sleb(signed, 5) .. "\x0b"),
      body("g", "\0\x41\0\x2d\0" .. uleb(value, 5) .. "\x0b"),
    },
  }
end
