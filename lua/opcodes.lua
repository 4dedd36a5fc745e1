-- opcodes.lua: every instruction the assembler knows, one table.
--
-- Takes: nothing.  Gives: opcodes[name] = { bytes = "\x41", imm = { {kind, detail}, ... } }.
-- Rule of thumb: names are the core specification's text spelling; the rows below list names in
-- opcode order, starting at the number in front, "_" skips a number.  "/x" names the immediates:
--
--   b block type     l label        L label list + default   f function     g global
--   v local          t table        c type, table            e elem, table  y table, table
--   x elem           d data         D data, memory           M memory       N memory, memory
--   T tag            C catch list   i s32   I s64   F f32   J f64   V 16 bytes   S 16 lanes
--   k lane           r heap type    s value type list        z a zero byte
--   0..4 memarg (natural alignment exponent)   5..8 memarg of exponent 0..3, then a lane
--
-- Covered: core 2.0 (with SIMD, bulk memory, reference types), tail calls, exceptions (legacy and
-- try_table/throw_ref), threads.

local KINDS = {
  b = { "blocktype" }, l = { "label" }, L = { "labels" }, f = { "func" }, g = { "global" },
  v = { "local" }, t = { "table" }, c = { "type", "table" }, e = { "elem", "table" },
  y = { "table", "table" }, x = { "elem" }, d = { "data" }, D = { "data", "memory" },
  M = { "memory" }, N = { "memory", "memory" }, T = { "tag" }, C = { "blocktype", "catches" },
  i = { "i32" }, I = { "i64" }, F = { "f32" }, J = { "f64" }, V = { "v128" }, S = { "lanes" },
  k = { "lane" }, r = { "heaptype" }, s = { "valtypes" }, z = { "zero" },
  ["0"] = { "memarg" }, ["1"] = { "memarg" }, ["2"] = { "memarg" }, ["3"] = { "memarg" },
  ["4"] = { "memarg" },
  ["5"] = { "memarg", "lane" }, ["6"] = { "memarg", "lane" }, ["7"] = { "memarg", "lane" },
  ["8"] = { "memarg", "lane" },
}

local CORE = [[
00: unreachable nop block/b loop/b if/b else try/b catch/T throw/T rethrow/l throw_ref end
0c: br/l br_if/l br_table/L return call/f call_indirect/c return_call/f return_call_indirect/c
14: call_ref/r return_call_ref/r
18: delegate/l catch_all drop select select.t/s
1f: try_table/C
20: local.get/v local.set/v local.tee/v global.get/g global.set/g table.get/t table.set/t
28: i32.load/2 i64.load/3 f32.load/2 f64.load/3 i32.load8_s/0 i32.load8_u/0
2e: i32.load16_s/1 i32.load16_u/1 i64.load8_s/0 i64.load8_u/0 i64.load16_s/1 i64.load16_u/1
34: i64.load32_s/2 i64.load32_u/2 i32.store/2 i64.store/3 f32.store/2 f64.store/3
3a: i32.store8/0 i32.store16/1 i64.store8/0 i64.store16/1 i64.store32/2
3f: memory.size/M memory.grow/M i32.const/i i64.const/I f32.const/F f64.const/J
45: i32.eqz i32.eq i32.ne i32.lt_s i32.lt_u i32.gt_s i32.gt_u i32.le_s i32.le_u i32.ge_s i32.ge_u
50: i64.eqz i64.eq i64.ne i64.lt_s i64.lt_u i64.gt_s i64.gt_u i64.le_s i64.le_u i64.ge_s i64.ge_u
5b: f32.eq f32.ne f32.lt f32.gt f32.le f32.ge f64.eq f64.ne f64.lt f64.gt f64.le f64.ge
67: i32.clz i32.ctz i32.popcnt i32.add i32.sub i32.mul i32.div_s i32.div_u i32.rem_s i32.rem_u
71: i32.and i32.or i32.xor i32.shl i32.shr_s i32.shr_u i32.rotl i32.rotr
79: i64.clz i64.ctz i64.popcnt i64.add i64.sub i64.mul i64.div_s i64.div_u i64.rem_s i64.rem_u
83: i64.and i64.or i64.xor i64.shl i64.shr_s i64.shr_u i64.rotl i64.rotr
8b: f32.abs f32.neg f32.ceil f32.floor f32.trunc f32.nearest f32.sqrt
92: f32.add f32.sub f32.mul f32.div f32.min f32.max f32.copysign
99: f64.abs f64.neg f64.ceil f64.floor f64.trunc f64.nearest f64.sqrt
a0: f64.add f64.sub f64.mul f64.div f64.min f64.max f64.copysign
a7: i32.wrap_i64 i32.trunc_f32_s i32.trunc_f32_u i32.trunc_f64_s i32.trunc_f64_u
ac: i64.extend_i32_s i64.extend_i32_u i64.trunc_f32_s i64.trunc_f32_u i64.trunc_f64_s
b1: i64.trunc_f64_u f32.convert_i32_s f32.convert_i32_u f32.convert_i64_s f32.convert_i64_u
b6: f32.demote_f64 f64.convert_i32_s f64.convert_i32_u f64.convert_i64_s f64.convert_i64_u
bb: f64.promote_f32 i32.reinterpret_f32 i64.reinterpret_f64 f32.reinterpret_i32
bf: f64.reinterpret_i64 i32.extend8_s i32.extend16_s i64.extend8_s i64.extend16_s i64.extend32_s
d0: ref.null/r ref.is_null ref.func/f
]]

local BULK = [[
00: i32.trunc_sat_f32_s i32.trunc_sat_f32_u i32.trunc_sat_f64_s i32.trunc_sat_f64_u
04: i64.trunc_sat_f32_s i64.trunc_sat_f32_u i64.trunc_sat_f64_s i64.trunc_sat_f64_u
08: memory.init/D data.drop/d memory.copy/N memory.fill/M table.init/e elem.drop/x
0e: table.copy/y table.grow/t table.size/t table.fill/t
]]

local THREADS = [[
00: memory.atomic.notify/2 memory.atomic.wait32/2 memory.atomic.wait64/3 atomic.fence/z
10: i32.atomic.load/2 i64.atomic.load/3 i32.atomic.load8_u/0 i32.atomic.load16_u/1
14: i64.atomic.load8_u/0 i64.atomic.load16_u/1 i64.atomic.load32_u/2
17: i32.atomic.store/2 i64.atomic.store/3 i32.atomic.store8/0 i32.atomic.store16/1
1b: i64.atomic.store8/0 i64.atomic.store16/1 i64.atomic.store32/2
]]

local SIMD = [[
00: v128.load/4 v128.load8x8_s/3 v128.load8x8_u/3 v128.load16x4_s/3 v128.load16x4_u/3
05: v128.load32x2_s/3 v128.load32x2_u/3 v128.load8_splat/0 v128.load16_splat/1
09: v128.load32_splat/2 v128.load64_splat/3 v128.store/4 v128.const/V i8x16.shuffle/S
0e: i8x16.swizzle i8x16.splat i16x8.splat i32x4.splat i64x2.splat f32x4.splat f64x2.splat
15: i8x16.extract_lane_s/k i8x16.extract_lane_u/k i8x16.replace_lane/k i16x8.extract_lane_s/k
19: i16x8.extract_lane_u/k i16x8.replace_lane/k i32x4.extract_lane/k i32x4.replace_lane/k
1d: i64x2.extract_lane/k i64x2.replace_lane/k f32x4.extract_lane/k f32x4.replace_lane/k
21: f64x2.extract_lane/k f64x2.replace_lane/k
23: i8x16.eq i8x16.ne i8x16.lt_s i8x16.lt_u i8x16.gt_s i8x16.gt_u i8x16.le_s i8x16.le_u
2b: i8x16.ge_s i8x16.ge_u i16x8.eq i16x8.ne i16x8.lt_s i16x8.lt_u i16x8.gt_s i16x8.gt_u
33: i16x8.le_s i16x8.le_u i16x8.ge_s i16x8.ge_u i32x4.eq i32x4.ne i32x4.lt_s i32x4.lt_u
3b: i32x4.gt_s i32x4.gt_u i32x4.le_s i32x4.le_u i32x4.ge_s i32x4.ge_u f32x4.eq f32x4.ne
43: f32x4.lt f32x4.gt f32x4.le f32x4.ge f64x2.eq f64x2.ne f64x2.lt f64x2.gt f64x2.le f64x2.ge
4d: v128.not v128.and v128.andnot v128.or v128.xor v128.bitselect v128.any_true
54: v128.load8_lane/5 v128.load16_lane/6 v128.load32_lane/7 v128.load64_lane/8
58: v128.store8_lane/5 v128.store16_lane/6 v128.store32_lane/7 v128.store64_lane/8
5c: v128.load32_zero/2 v128.load64_zero/3 f32x4.demote_f64x2_zero f64x2.promote_low_f32x4
60: i8x16.abs i8x16.neg i8x16.popcnt i8x16.all_true i8x16.bitmask i8x16.narrow_i16x8_s
66: i8x16.narrow_i16x8_u f32x4.ceil f32x4.floor f32x4.trunc f32x4.nearest i8x16.shl i8x16.shr_s
6d: i8x16.shr_u i8x16.add i8x16.add_sat_s i8x16.add_sat_u i8x16.sub i8x16.sub_sat_s
73: i8x16.sub_sat_u f64x2.ceil f64x2.floor i8x16.min_s i8x16.min_u i8x16.max_s i8x16.max_u
7a: f64x2.trunc i8x16.avgr_u i16x8.extadd_pairwise_i8x16_s i16x8.extadd_pairwise_i8x16_u
7e: i32x4.extadd_pairwise_i16x8_s i32x4.extadd_pairwise_i16x8_u i16x8.abs i16x8.neg
82: i16x8.q15mulr_sat_s i16x8.all_true i16x8.bitmask i16x8.narrow_i32x4_s i16x8.narrow_i32x4_u
87: i16x8.extend_low_i8x16_s i16x8.extend_high_i8x16_s i16x8.extend_low_i8x16_u
8a: i16x8.extend_high_i8x16_u i16x8.shl i16x8.shr_s i16x8.shr_u i16x8.add i16x8.add_sat_s
90: i16x8.add_sat_u i16x8.sub i16x8.sub_sat_s i16x8.sub_sat_u f64x2.nearest i16x8.mul
96: i16x8.min_s i16x8.min_u i16x8.max_s i16x8.max_u _ i16x8.avgr_u i16x8.extmul_low_i8x16_s
9d: i16x8.extmul_high_i8x16_s i16x8.extmul_low_i8x16_u i16x8.extmul_high_i8x16_u
a0: i32x4.abs i32x4.neg _ i32x4.all_true i32x4.bitmask _ _ i32x4.extend_low_i16x8_s
a8: i32x4.extend_high_i16x8_s i32x4.extend_low_i16x8_u i32x4.extend_high_i16x8_u i32x4.shl
ac: i32x4.shr_s i32x4.shr_u i32x4.add _ _ i32x4.sub _ _ _ i32x4.mul i32x4.min_s i32x4.min_u
b8: i32x4.max_s i32x4.max_u i32x4.dot_i16x8_s _ i32x4.extmul_low_i16x8_s
bd: i32x4.extmul_high_i16x8_s i32x4.extmul_low_i16x8_u i32x4.extmul_high_i16x8_u
c0: i64x2.abs i64x2.neg _ i64x2.all_true i64x2.bitmask _ _ i64x2.extend_low_i32x4_s
c8: i64x2.extend_high_i32x4_s i64x2.extend_low_i32x4_u i64x2.extend_high_i32x4_u i64x2.shl
cc: i64x2.shr_s i64x2.shr_u i64x2.add _ _ i64x2.sub _ _ _ i64x2.mul i64x2.eq i64x2.ne
d8: i64x2.lt_s i64x2.gt_s i64x2.le_s i64x2.ge_s i64x2.extmul_low_i32x4_s
dd: i64x2.extmul_high_i32x4_s i64x2.extmul_low_i32x4_u i64x2.extmul_high_i32x4_u
e0: f32x4.abs f32x4.neg _ f32x4.sqrt f32x4.add f32x4.sub f32x4.mul f32x4.div f32x4.min f32x4.max
ea: f32x4.pmin f32x4.pmax f64x2.abs f64x2.neg _ f64x2.sqrt f64x2.add f64x2.sub f64x2.mul
f3: f64x2.div f64x2.min f64x2.max f64x2.pmin f64x2.pmax i32x4.trunc_sat_f32x4_s
f9: i32x4.trunc_sat_f32x4_u f32x4.convert_i32x4_s f32x4.convert_i32x4_u
fc: i32x4.trunc_sat_f64x2_s_zero i32x4.trunc_sat_f64x2_u_zero f64x2.convert_low_i32x4_s
ff: f64x2.convert_low_i32x4_u
]]

local opcodes = {}

-- Opcode `number` behind `prefix` ("" or one byte): after a prefix it is a LEB128.
local function encode(prefix, number)
  if prefix == "" then return string.char(number) end
  if number < 128 then return prefix .. string.char(number) end
  return prefix .. string.char(number & 127 | 128, number >> 7)
end

local function add(prefix, number, word)
  local name, letter = word:match("^(.-)/(.)$")
  local row = { bytes = encode(prefix, number), imm = letter and KINDS[letter] or {} }
  if letter and letter:match("%d") then row.align = tonumber(letter) % 5 end
  opcodes[name or word] = row
end

local function load_rows(prefix, text)
  for first, words in text:gmatch("(%x%x): ([^\n]+)") do
    local number = tonumber(first, 16)
    for word in words:gmatch("%S+") do
      if word ~= "_" then add(prefix, number, word) end
      number = number + 1
    end
  end
end

-- Read-modify-write atomics: seven widths for each of seven operations, from 0x1e.
local function load_rmw()
  local number = 0x1e
  local widths = {
    { "i32.atomic.rmw.", "", 2 }, { "i64.atomic.rmw.", "", 3 }, { "i32.atomic.rmw8.", "_u", 0 },
    { "i32.atomic.rmw16.", "_u", 1 }, { "i64.atomic.rmw8.", "_u", 0 },
    { "i64.atomic.rmw16.", "_u", 1 }, { "i64.atomic.rmw32.", "_u", 2 },
  }
  for op in ("add sub and or xor xchg cmpxchg"):gmatch("%S+") do
    for _, w in ipairs(widths) do
      add("\xfe", number, w[1] .. op .. w[2] .. "/" .. w[3])
      number = number + 1
    end
  end
end

load_rows("", CORE)
load_rows("\xfc", BULK)
load_rows("\xfd", SIMD)
load_rows("\xfe", THREADS)
load_rmw()

return opcodes
