-- random/plan.lua: a random link as a plan.
--
-- Takes: a seed.  Gives: a plan of plain values, the same for the same seed:
--   { objects = { { name, items, inits }, ... }, libraries, inputs, options, is64 }
-- items are numbered, and refer to each other by number: see make and add_references().
-- Rule of thumb: few names, so that objects meet; what is usual is likely, what is odd happens.

local plan = {}

local draw = require "random.chance"
local libraries = require "random.libraries"
local names = require "random.names"
local options = require "random.options"

local random, pick, chance, rarely = math.random, draw.pick, draw.percent, draw.rarely

-- Names -------------------------------------------------------------------------------------------

local SIGS = { "->", "i32 -> i32", "i32 i64 ->", "-> i64", "f32 -> f64", "i32 i32 -> i32" }
local GLOBALS = { { "i32", true }, { "i64", false }, { "f64", true }, { "i32", false } }
local FUNCTIONS, DATA, LINKERS = names.FUNCTIONS, names.DATA, names.LINKERS
local ITEMS = { global = "g", table = "t", tag = "e" }

local function digit(name) return tonumber(name:match("%d")) or 0 end

-- The type that a name usually has, so that objects mostly agree: definitions do nearly always.
local function signature(name, defined)
  if chance(defined and 1 or 6) then return pick(SIGS) end
  if name:find("^__wasm_call") or name == "_start" or name == "_initialize" then return "->" end
  return SIGS[digit(name) % #SIGS + 1]
end

-- Items -------------------------------------------------------------------------------------------

-- Options of any symbol that an object defines or refers to.
local function symbol_options(item)
  item.weak = rarely(15)
  item.static = not item.weak and rarely(12) or nil
  item.hidden = rarely(25)
  item.exported = rarely(8)
  item.no_strip = rarely(6)
  return item
end

local function undefine(item)
  item.undefined, item.static = true, nil
  if item.kind ~= "func" and item.kind ~= "data" then item.weak = nil end
  if item.kind ~= "data" then
    item.import_module = chance(4) and pick { "env", "other" } or nil
    item.import_name = chance(4) and pick { "renamed", "f0", "f1" } or nil
  end
  return item
end

local make = {}

function make.func(g)
  local name = chance(80) and FUNCTIONS[random(8)] or pick(FUNCTIONS)
  local undefined = chance(45) or name == "__wasm_call_ctors"
  local item = symbol_options { kind = "func", name = name, code = {},
    sig = signature(name, not undefined) }
  if undefined then return undefine(item) end
  item.export = chance(5) and pick { "out", "f0", "f1", "memory2" } or nil
  item.comdat = chance(12) and pick(g.comdats) or nil
  return item
end

local SEGMENTS = { ".data.a", ".data.b", ".data", ".rodata.a", ".rodata", ".rodata..L.str",
  ".bss.a", ".bss.b", ".bss", ".text.a", "mine", "other", ".data.rel.ro.a", ".tdata.a", ".tbss.a",
  ".init_array", "", ".rodata.cst8" }
local STRINGS = { "hello", "lo", "hello world", "world", "", "o", "ab", "b", "cab", "\xff\xfe" }

local function strings()
  local list = {}
  for i = 1, random(4) do list[i] = { text = pick(STRINGS) .. "\0" } end
  return list
end

function make.data(g)
  local item = symbol_options { kind = "data", name = pick(DATA) }
  if chance(30) then return undefine(item) end
  if chance(1) then
    item.absolute, item.offset, item.size = true, random(0, 5000), random(0, 8)
    return item
  end
  item.segment = pick(SEGMENTS)
  item.align = chance(3) and random(5, 12) or random(0, 4)
  if chance(25) then
    item.segment, item.segment_flags = pick { ".rodata.str", ".data.str", "mine" }, 1
    item.align = rarely(10) and 1 or 0
    item.pieces = strings()
    return item
  end
  if chance(12) then
    item.segment = pick { ".tdata.a", ".tbss.b", "thread" }
    item.segment_flags, item.tls = 2, true
  end
  item.retain = rarely(8)
  item.passive = rarely(3)
  local zero = item.segment:find("bss")
  local size = chance(1) and random(60000, 70000) or random(0, 12)
  item.pieces = { { text = (zero and "\0" or "x"):rep(size) } }
  item.comdat = chance(10) and pick(g.comdats) or nil
  return item
end

local function numbered(kind, more)
  make[kind] = function(g)
    local item = symbol_options { kind = kind, name = ITEMS[kind] .. random(0, 3) }
    more(item, g)
    if chance(40) then return undefine(item) end
    item.weak = item.weak and rarely(50)
    return item
  end
end

numbered("global", function(item, g)
  local type = GLOBALS[chance(95) and digit(item.name) + 1 or random(4)]
  if chance(g.pic and 30 or 8) then
    item.name = pick(g.pic and names.BASES or { "__stack_pointer", "__tls_base" })
    type = item.name:find("y_base") and GLOBALS[4] or GLOBALS[1]
    undefine(item)
  end
  item.type, item.mutable = type[1], type[2]
end)

numbered("table", function(item)
  item.type = digit(item.name) % 2 == 0 and "funcref" or "externref"
  item.min, item.max = random(0, 3), chance(30) and random(3, 9) or nil
end)

numbered("tag", function(item) item.sig = digit(item.name) % 2 == 0 and "->" or "i32 i64 ->" end)

-- A symbol that only the linker provides.
function make.linkers()
  return undefine(symbol_options { kind = "data", name = pick(LINKERS) })
end

local function same_signature(sig)
  local list = {}
  for _, name in ipairs(FUNCTIONS) do
    if SIGS[digit(name) % #SIGS + 1] == sig then list[#list + 1] = name end
  end
  return #list > 0 and list or FUNCTIONS
end

function make.alias(g)
  local of = g.defined[#g.defined > 0 and random(#g.defined) or 1]
  if not of or of.absolute then return make.func(g) end
  local pool = of.kind == "func" and same_signature(of.sig) or of.kind == "data" and DATA
  return symbol_options { kind = "alias", name = pool and pick(pool) or
    ITEMS[of.kind] .. random(0, 3), of = of.id, of_kind = of.kind, offset = random(0, 3), size = 1 }
end

local CUSTOMS = { "note", "note", ".debug_info", ".debug_str", ".debug_line", ".debug_ranges",
  ".debug_loc", "metadata.of.another.kind", "__llvm_covfun", "__llvm_covmap", "sourceMappingURL",
  "llvm.func_attr.annotate.a" }

function make.custom()
  local item = { kind = "custom", name = pick(CUSTOMS), pieces = {} }
  item.pieces = item.name == ".debug_str" and strings() or { { text = ("c"):rep(random(0, 9)) } }
  return item
end

local FEATURES = { "atomics", "bulk-memory", "mutable-globals", "sign-ext", "simd128",
  "reference-types", "multivalue", "extended-const", "shared-mem" }

function make.features()
  local list, seen = {}, {}
  for _ = 1, random(0, 5) do
    local name = pick(FEATURES)
    if not seen[name] then
      list[#list + 1] = (chance(95) and name ~= "shared-mem" and "+" or "-") .. name
    end
    seen[name] = true
  end
  return { kind = "features", list = list }
end

function make.producers()
  local list, seen = {}, {}
  for _ = 1, random(3) do
    local field, name = pick { "language", "processed-by", "sdk" }, pick { "C11", "clang", "zig" }
    if not seen[field .. name] then list[#list + 1] = { field, name, pick { "", "1", "2.0" } } end
    seen[field .. name] = true
  end
  return { kind = "producers", list = list }
end

-- How often which kind of item is made.
local KINDS = {}
for kind, weight in pairs { func = 34, data = 26, global = 6, table = 3, tag = 3, linkers = 8,
  alias = 6, custom = 8 } do
  for _ = 1, weight do KINDS[#KINDS + 1] = kind end
end
table.sort(KINDS)

-- References --------------------------------------------------------------------------------------

-- Forms by the kind of the target: in code, in data words, in custom sections.
local CODE = {
  func = { "call", "call", "call", "slot", "slot", "slot_rel", "got" },
  data = { "addr", "addr", "load", "got", "addr_rel", "addr_tls" },
  global = { "glob", "glob", "set" }, tag = { "tag" }, table = { "tbl" },
}
-- In code that the loader places.
local PIC_CODE = {
  func = { "call", "call", "call", "got", "got", "slot_rel" },
  data = { "got", "got", "addr_rel", "addr_rel" },
  global = { "glob", "glob", "set" }, tag = { "tag" }, table = { "tbl" },
}
local WORDS = {
  func = { "slot", "slot", "slot", "slot64", "fn", "fn_offset" },
  data = { "addr", "addr", "addr", "addr_locrel", "addr64" }, global = { "glob" },
}
local NOTES = {
  func = { "fn_offset", "fn_offset", "fn_offset64", "slot", "fn" },
  data = { "addr", "addr", "addr64" }, global = { "glob" }, custom = { "sec_offset" },
}

local ADDENDS = { addr = true, load = true, addr_rel = true, addr_tls = true, addr_locrel = true,
  addr64 = true,
  fn_offset = true, fn_offset64 = true, sec_offset = true }

-- No module knows how far what another one defines is from its own base.
local function is_far(form, target)
  return target.undefined and form:find("_rel$") and chance(97)
end

local function refer(o, forms)
  local target = pick(o.items)
  local kind = target.of_kind or target.kind
  local form = forms[kind] and pick(forms[kind])
  if not form then return nil end
  if form:find("^fn_offset") and target.undefined and chance(70) then return nil end
  if form == "addr_tls" and not target.tls and chance(95) then form = "addr" end
  if is_far(form, target) then form = "got" end
  if target.tls and chance(90) and (forms == CODE or forms == PIC_CODE) then form = "addr_tls" end
  local addend = chance(30) and random(-4, 9) or 0
  if form == "sec_offset" then addend = chance(60) and 0 or random(0, 6) end
  if not ADDENDS[form] then addend = nil end
  return { form = form, to = target.id, addend = addend, wide = rarely(4) }
end

local function add_references(o, g)
  local in_code = g.pic and g.pic ~= "import-dynamic" and chance(97) and PIC_CODE or CODE
  for _, item in ipairs(o.items) do
    if item.kind == "func" and not item.undefined then
      for _ = 1, random(0, 4) do
        item.code[#item.code + 1] = chance(10) and { form = "indirect", sig = pick(SIGS) }
          or refer(o, in_code)
      end
      for _, r in ipairs(item.code) do
        if item.kind == "func" and r.form == "slot" then o.needs_table = true end
      end
    elseif item.pieces and item.segment_flags ~= 1 and item.name ~= ".debug_str"
      and not (item.segment or ""):find("bss") then
      for _ = 1, random(0, 3) do
        local forms = item.kind == "data" and WORDS or NOTES
        item.pieces[#item.pieces + 1] = refer(o, forms)
      end
    end
  end
end

-- Objects -----------------------------------------------------------------------------------------

-- Two symbols of one name in a file, neither of them local, are malformed: wasm-ld stops there.
local function clashes(o, item)
  for _, other in ipairs(o.items) do
    if other.name == item.name and not (other.static or item.static) then return true end
  end
end

-- A name's second strong definition mostly is none: few links should end in that error.
local function yield(g, item)
  if not CODE[item.kind] and item.kind ~= "alias" or item.undefined or item.static then return end
  if g.strong[item.name] and not item.weak and chance(93) then item.weak = true end
  if not item.weak then g.strong[item.name] = true end
  if item.kind == "func" then g.names[#g.names + 1] = item.name end
end

local function add_item(g, o, item)
  if item.name and item.kind ~= "custom" and clashes(o, item) then return end
  yield(g, item)
  g.last = g.last + 1
  item.id = g.last
  o.items[#o.items + 1] = item
  if not item.undefined and CODE[item.kind] then g.defined[#g.defined + 1] = item end
end

local function random_object(g, name)
  local o = { name = name, items = {}, inits = {} }
  g.defined = {}
  o.legacy_table = rarely(3)
  for _ = 1, random(1, 11) do add_item(g, o, make[pick(KINDS)](g)) end
  if chance(30) then o.items[#o.items + 1] = make.features() end
  if chance(15) then o.items[#o.items + 1] = make.producers() end
  add_references(o, g)
  for _, item in ipairs(o.items) do
    if item.kind == "func" and not item.undefined then
      if chance(10) and item.sig == "->" or chance(1) then
        o.inits[#o.inits + 1] = { to = item.id, priority = pick { 1, 100, 65535, 65535 } }
      end
      item.debug_name = chance(10) and pick { "debug_name", "f1", "_ZN3two5threeEv" } or nil
    end
  end
  return o
end

-- What is undefined in one object and defined in none: mostly defined by one more.
local function complete(g, p)
  local have, o = {}, { name = "last.o", items = {}, inits = {} }
  g.defined = {}
  for _, other in ipairs(p.objects) do
    for _, item in ipairs(other.items) do
      if item.name and not item.undefined and not item.static then have[item.name] = true end
    end
  end
  for _, other in ipairs(p.objects) do
    for _, item in ipairs(other.items) do
      if item.undefined and not have[item.name] and not item.name:find("^__") and chance(90) then
        local twin = {}
        for key, value in pairs(item) do twin[key] = value end
        twin.undefined, twin.import_module, twin.import_name, twin.weak = nil, nil, nil, nil
        if twin.kind == "func" then twin.code = {} end
        if twin.kind == "data" then twin.segment, twin.pieces = ".data.z", { { text = "zzzz" } } end
        add_item(g, o, twin)
        have[item.name] = true
      end
    end
  end
  return #o.items > 0 and o or nil
end

-- Inputs and options ------------------------------------------------------------------------------

local function random_inputs(p)
  local inputs, i = {}, 1
  while i <= #p.objects do
    local kind = pick { "object", "object", "object", "archive", "archive", "lib" }
    local n = kind == "object" and 1 or math.min(random(3), #p.objects - i + 1)
    local input = { kind = kind, members = {} }
    for k = 1, n do input.members[k] = p.objects[i + k - 1].name end
    if kind == "archive" then
      input.format = pick { "gnu", "gnu", "bsd", "thin" }
      input.index = chance(80)
      input.whole = rarely(15)
      input.name = ("lib%d.a"):format(i)
    end
    inputs[#inputs + 1] = input
    i = i + n
  end
  for k = #inputs, 2, -1 do
    local j = random(k)
    inputs[k], inputs[j] = inputs[j], inputs[k]
  end
  if chance(4) then inputs[#inputs + 1] = pick(inputs) end
  return inputs
end

-- Libraries that a loader's module is linked with, among the inputs.
local function add_libraries(p, pic)
  p.libraries = pic and libraries(signature) or {}
  for _, l in ipairs(p.libraries) do
    table.insert(p.inputs, random(#p.inputs + 1), { kind = "library", members = { l.name } })
  end
  if #p.libraries > 0 and pic == "import-dynamic" then
    table.insert(p.options, { "-Bdynamic" })
  end
end

-- The plan of a seed.
function plan.random(seed)
  math.randomseed(seed)
  local g = { last = 0, comdats = { "one", "two" }, defined = {}, strong = {}, names = { "f0" },
    pic = chance(40) and pick { "-shared", "-shared", "-pie", "-pie", "import-dynamic" } or nil }
  local p = { objects = {}, is64 = rarely(12) }
  for i = 1, random(1, 5) do p.objects[i] = random_object(g, ("%c.o"):format(96 + i)) end
  p.objects[#p.objects + 1] = complete(g, p)
  p.inputs = random_inputs(p)
  p.options = options(g)
  add_libraries(p, g.pic)
  return p
end

return plan
