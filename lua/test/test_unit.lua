-- Tests of unit.lua: what it tells the model of a unit.

local object = require "object"
local unit = require("unit").unit

local addr, slot, u32 = object.addr, object.slot, object.u32

-- "kind@position->target+addend" of every fixup.
local function fixups(s)
  local list = {}
  for i, f in ipairs(s.fixups) do
    list[i] = ("%s@%d->%d%+d"):format(f.kind, f.position, f.target, f.addend or 0)
  end
  return table.concat(list, " ")
end

local function equal(found, wanted)
  assert(found == wanted, ("found %q, wanted %q"):format(found, wanted))
end

return function(T)
  local test, raises = T.test, T.raises

  test("unit: operands are gaps in the code", function()
    local u = unit "u.o"
    local x = u:data("x", { bytes = "x" })
    local g = u:func("g", { sig = "->", undefined = true })
    u:func("f", { sig = "i32 ->", locals = "i32 i32 i64", code = {
      { "call", g }, { "i32.const", addr(x, -1) }, { "i32.load", addr(x, 4) }, "drop" } })
    local f = u:describe().symbols[3]
    equal(f.bytes, "\2\2\x7f\1\x7e\x10\x41\x28\2\x1a\x0b")
    equal(fixups(f), "function@6->1+0 address@7->0-1 offset@9->0+4")
  end)

  test("unit: numbers stay, counts are worked out", function()
    local u = unit "u.o"
    u:func("f", { sig = "->", code = "block; block; i32.const 200; br_table 0 1 1; end; end" })
    equal(u:describe().symbols[1].bytes,
      "\0\2\x40\2\x40\x41\xc8\1\x0e\2\0\1\1\x0b\x0b\x0b")
  end)

  test("unit: types are counted once, and named by fixups", function()
    local u = unit "u.o"
    u:func("f", { sig = "i32 -> i64", code = { "i32.const 1",
      { "call_indirect", "f32 -> i32" }, { "call_indirect", "i32 -> i64" } } })
    local d = u:describe()
    equal(#d.types, 2)
    equal(d.types[2].types, "\x7d\x7f")
    equal(d.types[2].params, 1)
    equal(d.symbols[2].name, "__indirect_function_table")
    equal(fixups(d.symbols[1]), "type@4->1+0 table@4->1+0 type@5->0+0 table@5->1+0")
  end)

  test("unit: pointers in data are as wide as the memory's", function()
    for wide, zeros in pairs { [false] = 4, [true] = 8 } do
      local u = unit("u.o", { memory64 = wide })
      local f = u:func("f", { sig = "->", code = "nop" })
      local a = u:anon { bytes = { u32(7), addr("f2", 0), "end" } }
      u:data("f2", { bytes = { slot(f), addr(a, 3) } })
      local d = u:describe()
      equal(d.symbols[2].bytes, u32(7) .. ("\0"):rep(zeros) .. "end")
      equal(fixups(d.symbols[2]), "address@4->2+0")
      equal(fixups(d.symbols[3]), ("slot@0->0+0 address@%d->1+3"):format(zeros))
    end
  end)

  test("unit: constants of globals", function()
    local u = unit "u.o"
    u:global("a", { init = "i32.const -5" })
    u:global("b", { type = "f64", init = "f64.const 0.5" })
    u:global("c", { type = "externref", init = "ref.null extern" })
    local s = u:describe().symbols
    equal(("%x %d"):format(s[1].opcode, s[1].value), "41 -5")
    equal(("%x %x"):format(s[2].opcode, s[2].bits), "44 3fe0000000000000")
    equal(("%x %x"):format(s[3].opcode, s[3].value), "d0 6f")
  end)

  test("unit: fixups and fields of one's own", function()
    local u = unit "u.o"
    local x = u:data("x", { bytes = { addr("x", 1), "1234" } })
    u:fixup(x, { kind = "slot", position = 99, target = 1000 })
    u:fixup(x, { kind = "address", position = 2, target = "x", at = 1 })
    u:change(x, { align = 40 })
    local d = u:describe().symbols[1]
    equal(fixups(d), "address@2->0+0 address@0->0+1 slot@99->1000+0")
    equal(d.align, 40)
  end)

  test("unit: mistakes of a case are told", function()
    raises("sig", function() unit "u.o":func("f", { sig = "i32" }) end)
    raises("unknown", function() unit "u.o":data("x", { byte = "" }) end)
    raises("no handle of", function()
      local x = unit "a.o":data("x", { bytes = "x" })
      local u = unit "u.o"
      u:data("p", { bytes = { addr(x) } })
      u:describe()
    end)
    raises("no code", function()
      local u = unit "u.o"
      u:func("f", { sig = "->" })
      u:describe()
    end)
  end)
end
