-- Tests of asm.lua: instructions to bytes, and the relocation each operand leaves.

local B = require "bytes"
local asm = require "asm"

return function(T)
  local test, bytes, raises = T.test, T.bytes, T.raises
  local f = { kind = "function", name = "f", entity = { index = 7 } }
  local d = { kind = "data", name = "d" }

  local function context()
    return { relocs = {}, value = function(op)
      return op.form == "addr" and 16 + (op.addend or 0) or 7
    end, symbol = function() return f end, default_table = function() return 0 end }
  end

  local function code(entries, ctx)
    return B.tree(asm.code(entries, ctx or context(), true)):bytes()
  end

  test("asm: plain instructions", function()
    bytes(code "i32.const 5", "41 05")
    bytes(code "i32.const -1; i64.const 0x80", "41 7f 42 80 01")
    bytes(code "i32.const 0xffffffff", "41 7f")
    bytes(code "f32.const 1", "43 00 00 80 3f")
    bytes(code "f64.const -inf", "44 00 00 00 00 00 00 f0 ff")
    bytes(code "f32.const nan:0x200000", "43 00 00 a0 7f")
    bytes(code { "local.get 0", "local.set 200", "drop" }, "20 00 21 c8 01 1a")
    bytes(code { "nop", "end" }, "01 0b")
  end)

  test("asm: memory operands", function()
    bytes(code "i32.load", "28 02 00")
    bytes(code "i64.store offset=300 align=4", "37 02 ac 02")
    bytes(code { { "i32.load8_u", offset = 1, p2align = 9 } }, "2d 09 01")
    bytes(code { { "i32.load", addr = nil, offset = 2, memory = 1 } }, "28 42 01 02")
    raises("no power of two", function() code "i32.load align=3" end)
  end)

  test("asm: control", function()
    bytes(code "block; end", "02 40 0b")
    bytes(code "block i32; end; if (result i64); else; end", "02 7f 0b 04 7e 05 0b")
    bytes(code { { "block", 3 } }, "02 03")
    bytes(code "br_table 1 2 0", "0e 02 01 02 00")
    bytes(code "try; catch 0; catch_all; rethrow 0; end; throw_ref", "06 40 07 00 19 09 00 0b 0a")
    bytes(code { { "try_table", "i32", catches = { { "catch", 0, 1 }, { "catch_all_ref", 2 } } } },
      "1f 7f 02 00 00 01 03 02")
    bytes(code "select i32; ref.null func; ref.null extern", "1c 01 7f d0 70 d0 6f")
  end)

  test("asm: prefixed instructions", function()
    bytes(code "memory.copy; memory.fill; memory.init 1; data.drop 1",
      "fc 0a 00 00 fc 0b 00 fc 08 01 00 fc 09 01")
    bytes(code "table.copy 0 1; table.size 2; table.init 3", "fc 0e 00 01 fc 10 02 fc 0c 03 00")
    bytes(code "i64.atomic.rmw32.cmpxchg_u offset=1; atomic.fence", "fe 4e 02 01 fe 03 00")
    bytes(code "v128.const i32x4 1 2 3 4", "fd 0c 01 00 00 00 02 00 00 00 03 00 00 00 04 00 00 00")
    bytes(code "i8x16.extract_lane_s 3; f64x2.convert_low_i32x4_u", "fd 15 03 fd ff 01")
    bytes(code "v128.load8_lane offset=2 1", "fd 54 00 02 01")
    bytes(code "return_call 1; return_call_indirect 2", "12 01 13 02 00")
  end)

  local function reloc(entries, hex, kind, addend)
    local ctx = context()
    bytes(code(entries, ctx), hex)
    assert(#ctx.relocs == 1, "one relocation")
    local r = ctx.relocs[1]
    assert(asm.reloc_names[r.type] == "R_WASM_" .. kind, asm.reloc_names[r.type])
    assert(r.addend == addend)
  end

  test("asm: every relocation of code", function()
    reloc({ "call", f }, "10 87 80 80 80 00", "FUNCTION_INDEX_LEB")
    reloc("call $f", "10 87 80 80 80 00", "FUNCTION_INDEX_LEB")
    reloc({ "i32.const", asm.slot(f) }, "41 87 80 80 80 00", "TABLE_INDEX_SLEB")
    reloc({ "i64.const", asm.slot(f) }, "42 87 80 80 80 80 80 80 80 80 00", "TABLE_INDEX_SLEB64")
    reloc({ "i32.const", asm.addr(d, 4) }, "41 94 80 80 80 00", "MEMORY_ADDR_SLEB", 4)
    reloc({ "i32.const", asm.addr(d, -17) }, "41 ff ff ff ff 7f", "MEMORY_ADDR_SLEB", -17)
    reloc({ "i64.const", asm.addr(d) }, "42 90 80 80 80 80 80 80 80 80 00", "MEMORY_ADDR_SLEB64")
    reloc({ { "i32.load", asm.addr(d, 4) } }, "28 02 94 80 80 80 00", "MEMORY_ADDR_LEB", 4)
    reloc({ { "i32.load", asm.addr64(d) } }, "28 02 90 80 80 80 80 80 80 80 80 00",
      "MEMORY_ADDR_LEB64")
    reloc({ "i32.const", asm.addr_rel(d) }, "41 87 80 80 80 00", "MEMORY_ADDR_REL_SLEB")
    reloc({ "i64.const", asm.addr_rel(d) }, "42 87 80 80 80 80 80 80 80 80 00",
      "MEMORY_ADDR_REL_SLEB64")
    reloc({ "i32.const", asm.addr_tls(d) }, "41 87 80 80 80 00", "MEMORY_ADDR_TLS_SLEB")
    reloc({ "i64.const", asm.addr_tls(d) }, "42 87 80 80 80 80 80 80 80 80 00",
      "MEMORY_ADDR_TLS_SLEB64")
    reloc({ "i32.const", asm.slot_rel(f) }, "41 87 80 80 80 00", "TABLE_INDEX_REL_SLEB")
    reloc({ "i64.const", asm.slot_rel(f) }, "42 87 80 80 80 80 80 80 80 80 00",
      "TABLE_INDEX_REL_SLEB64")
    reloc({ "global.get", asm.got(f) }, "23 87 80 80 80 00", "GLOBAL_INDEX_LEB")
    reloc({ "global.set", asm.glob(f) }, "24 87 80 80 80 00", "GLOBAL_INDEX_LEB")
    reloc({ "call_indirect", "i32->" }, "11 87 80 80 80 00 00", "TYPE_INDEX_LEB")
    reloc({ { "block", "->i32 i32" } }, "02 87 80 80 80 00", "TYPE_INDEX_LEB")
    reloc({ "throw", asm.tag(f) }, "08 87 80 80 80 00", "TAG_INDEX_LEB")
    reloc({ { "table.size", asm.tbl(f) } }, "fc 10 87 80 80 80 00", "TABLE_NUMBER_LEB")
  end)

  test("asm: any relocation at any place", function()
    local odd = asm.reloc { type = 200, index = 5, addend = -1, bytes = "\1\2\3", at = 1 }
    local ctx = context()
    bytes(code({ { "i32.const", odd }, odd }, ctx), "41 01 02 03 01 02 03")
    assert(#ctx.relocs == 2 and ctx.relocs[1].type == 200 and ctx.relocs[1].plus == 1)
    assert(asm.reloc { type = "R_WASM_TAG_INDEX_LEB", sym = f, bytes = "" }.type == 10)
    bytes(code { { "call", asm.lit "\x80\x00" }, { "raw", "\255" } }, "10 80 00 ff")
  end)

  local function data(pieces, hex, kind)
    local ctx = context()
    bytes(B.tree({ asm.data(pieces, ctx, "bytes") }):bytes(), hex)
    assert(asm.reloc_names[ctx.relocs[1].type] == "R_WASM_" .. kind)
  end

  test("asm: every relocation of data", function()
    data({ asm.fn(f) }, "07 00 00 00", "FUNCTION_INDEX_I32")
    data({ "a", asm.slot(f) }, "61 07 00 00 00", "TABLE_INDEX_I32")
    data({ asm.slot64(f) }, "07 00 00 00 00 00 00 00", "TABLE_INDEX_I64")
    data({ asm.addr(d, 1) }, "11 00 00 00", "MEMORY_ADDR_I32")
    data({ asm.addr64(d) }, "10 00 00 00 00 00 00 00", "MEMORY_ADDR_I64")
    data({ asm.addr_locrel(d) }, "07 00 00 00", "MEMORY_ADDR_LOCREL_I32")
    data({ asm.glob(f) }, "07 00 00 00", "GLOBAL_INDEX_I32")
    data({ asm.fn_offset(f) }, "07 00 00 00", "FUNCTION_OFFSET_I32")
    data({ asm.fn_offset64(f) }, "07 00 00 00 00 00 00 00", "FUNCTION_OFFSET_I64")
    data({ asm.sec_offset(f) }, "07 00 00 00", "SECTION_OFFSET_I32")
  end)

  test("asm: the last end", function()
    local function with_end(entries) return B.tree(asm.code(entries, context())):bytes() end
    bytes(with_end {}, "0b")
    bytes(with_end { "nop", "end" }, "01 0b")
    bytes(with_end { "block", "end" }, "02 40 0b 0b")
    raises("without end", function() with_end { "block" } end)
  end)

  test("asm: wrong use", function()
    raises("unknown instruction 'i32.ad'", function() code "i32.ad 1" end)
    raises("operand func is missing", function() code "call" end)
    raises("too many", function() code "nop 1" end)
    raises("unknown key 'off'", function() code "i32.load off=1" end)
    raises("no relocation for this place", function() code { { "call", asm.slot(f) } } end)
    raises("not a handle", function() asm.slot(nil) end)
    raises("unknown type", function() asm.reloc { type = "R_WASM_X", index = 0, bytes = "" } end)
    local message = raises("alone is no instruction", function() code { asm.addr(d) } end)
    assert(message:find("test_asm.lua:%d+:"), message)
  end)
end
