-- random/plan.lua: a random link as a plan.
--
-- Takes: a seed.  Gives: a plan of plain values, the same for the same seed:
--   { objects = { { name, items, inits }, ... }, inputs, options, is64 }
-- items are numbered, and refer to each other by number: see make and add_references().
-- Rule of thumb: few names, so that objects meet; what is usual is likely, what is odd happens.

local plan = {}

-- Chance ------------------------------------------------------------------------------------------

local random = math.random

local function chance(percent) return random(100) <= percent end
local function pick(list) return list[random(#list)] end

-- True in percent of all cases, else nothing: a field that is rarely set.
local function rarely(percent) return chance(percent) or nil end

-- Names -------------------------------------------------------------------------------------------

local SIGS = { "->", "i32 -> i32", "i32 i64 ->", "-> i64", "f32 -> f64", "i32 i32 -> i32" }
local GLOBALS = { { "i32", true }, { "i64", false }, { "f64", true }, { "i32", false } }
local FUNCTIONS = { "f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7", "_ZN3one3twoEi", "main",
  "__main_argc_argv", "_start", "__wrap_f1", "__real_f1", "__wasm_call_ctors",
  "__wasm_call_dtors", "_initialize", "f0.command_export" }
local DATA = { "d0", "d1", "d2", "d3", "d4", "d5", "d6", "_ZTV3one" }
local LINKERS = { "__heap_base", "__heap_end", "__data_end", "__stack_low", "__stack_high",
  "__global_base", "__dso_handle", "__start_mine", "__stop_mine", "__wasm_first_page_end",
  "__start_other", "__stop_other", "__memory_base", "__table_base" }
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
  make[kind] = function()
    local item = symbol_options { kind = kind, name = ITEMS[kind] .. random(0, 3) }
    more(item)
    if chance(40) then return undefine(item) end
    item.weak = item.weak and rarely(50)
    return item
  end
end

numbered("global", function(item)
  local type = GLOBALS[chance(95) and digit(item.name) + 1 or random(4)]
  if chance(8) then
    item.name, type = pick { "__stack_pointer", "__tls_base" }, GLOBALS[1]
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

local function refer(o, forms)
  local target = pick(o.items)
  local kind = target.of_kind or target.kind
  local form = forms[kind] and pick(forms[kind])
  if not form then return nil end
  if form:find("^fn_offset") and target.undefined and chance(70) then return nil end
  if form == "addr_tls" and not target.tls and chance(95) then form = "addr" end
  if target.tls and chance(90) and forms == CODE then form = "addr_tls" end
  local addend = chance(30) and random(-4, 9) or 0
  if form == "sec_offset" then addend = chance(60) and 0 or random(0, 6) end
  if not ADDENDS[form] then addend = nil end
  return { form = form, to = target.id, addend = addend, wide = rarely(4) }
end

local function add_references(o)
  for _, item in ipairs(o.items) do
    if item.kind == "func" and not item.undefined then
      for _ = 1, random(0, 4) do
        item.code[#item.code + 1] = chance(10) and { form = "indirect", sig = pick(SIGS) }
          or refer(o, CODE)
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
  add_references(o)
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

-- What the linker defines where threads share the memory.
local THREADS = { "__wasm_init_tls", "__tls_base", "__tls_size", "__tls_align",
  "__wasm_init_memory_flag" }

local OPTIONS = {
  { "--export-all" }, { "--export-dynamic" }, { "--no-gc-sections" }, { "--no-gc-sections" },
  { "--allow-undefined" }, { "--allow-undefined" }, { "--import-undefined" },
  { "--unresolved-symbols=ignore-all" }, { "--warn-unresolved-symbols" },
  { "--no-merge-data-segments" }, { "-O0" }, { "-O2" }, { "--strip-all" }, { "--strip-debug" },
  { "--strip-all", "--keep-section=name" }, { "--strip-all", "--keep-section=note" },
  { "--no-demangle" }, { "--no-stack-first" }, { "--no-stack-first", "--global-base=2048" },
  { "--global-base=70000" }, { "-z", "stack-size=32" }, { "-z", "stack-size=100016" },
  { "--initial-memory=1048576" }, { "--max-memory=1048576" }, { "--initial-heap=65536" },
  { "--no-growable-memory" }, { "--import-memory" }, { "--import-memory", "--export-memory" },
  { "--import-memory=mod,mem" }, { "--export-memory=mem" }, { "--import-table" },
  { "--export-table" }, { "--growable-table" }, { "--table-base=7" },
  { "--no-check-features" }, { "--features=atomics,bulk-memory,mutable-globals" },
  { "--extra-features=mutable-globals" }, { "--extra-features=bulk-memory,atomics" },
  { "--allow-multiple-definition" }, { "-z", "muldefs" }, { "--noinhibit-exec" },
  { "--wrap=f1" }, { "--wrap=f2" }, { "--wrap=d1" }, { "--wrap=missing" },
  { "--compress-relocations", "--strip-debug" }, { "--compress-relocations", "--strip-all" },
  { "--emit-relocs" }, { "--emit-relocs" }, { "--build-id" }, { "--build-id=sha1" },
  { "--build-id=0x1234" }, { "--page-size=1" }, { "--page-size=1", "--initial-heap=77" },
  { "--allow-undefined-file=names.txt" }, { "--allow-undefined-file=names.txt" },
  { "--shared-memory", "--max-memory=1048576" }, { "--shared-memory", "--max-memory=1048576" },
  { "--shared-memory", "--max-memory=1048576", "--import-memory" },
  { "--fatal-warnings" }, { "--soname=module" },
}

-- wasm-ld loads members for several exports in the order of a hash table; for -u, in order.
local function fix_order(list)
  local names = {}
  for _, option in ipairs(list) do
    names[#names + 1] = option[1]:match("^%-%-export=(.*)") or
      option[1]:match("^%-%-export%-if%-defined=(.*)")
  end
  if #names < 2 then return end
  for _, name in ipairs(names) do list[#list + 1] = { "--undefined=" .. name } end
end

local NAMED = { "--export-if-defined=", "--export-if-defined=", "--export-if-defined=",
  "--undefined=", "--undefined=" }

-- What goes with -r.
local RELOCATABLE = {
  { "--strip-debug" }, { "--no-demangle" }, { "-O0" }, { "-O2" }, { "--wrap=f1" },
  { "--no-check-features" }, { "--soname=module" }, { "--export=f1" },
  { "--warn-unresolved-symbols" }, { "--merge-data-segments" }, { "--strip-all" },
  { "--build-id=sha1" },
}

-- Features that spare most links the errors for their absence.
local function add_features(list)
  if chance(85) then
    list[#list + 1] = { "--extra-features=mutable-globals,atomics,bulk-memory" }
  end
  if chance(30) then list[#list + 1] = { "--allow-multiple-definition" } end
  return list
end

local function relocatable_options()
  local list = { { "-r" } }
  for _ = 1, random(0, 2) do list[#list + 1] = pick(RELOCATABLE) end
  return add_features(list)
end

-- Most objects know nothing of threads, so features are seldom checked.
local function add_threads(list)
  list[#list + 1] = { "--shared-memory" }
  if chance(50) then list[#list + 1] = { "--no-check-features" } end
  if chance(50) then list[#list + 1] = { "--export-if-defined=" .. pick(THREADS) } end
end

local function random_options(g)
  local list = {}
  list[1] = chance(85) and { "--no-entry" } or { "--entry=" .. pick(g.names) }
  for _ = 1, random(0, 4) do
    local name = chance(70) and pick(FUNCTIONS) or chance(50) and pick(DATA)
      or chance(50) and pick(LINKERS) or "g" .. random(0, 3)
    list[#list + 1] = { pick(NAMED) .. name }
  end
  if chance(15) then list[#list + 1] = { "--export=" .. pick(g.names) } end
  fix_order(list)
  for _ = 1, random(0, 3) do list[#list + 1] = pick(OPTIONS) end
  if chance(25) then add_threads(list) end
  return add_features(list)
end

-- The plan of a seed.
function plan.random(seed)
  math.randomseed(seed)
  local g = { last = 0, comdats = { "one", "two" }, defined = {}, strong = {}, names = { "f0" } }
  local p = { objects = {}, is64 = rarely(12) }
  for i = 1, random(1, 5) do p.objects[i] = random_object(g, ("%c.o"):format(96 + i)) end
  p.objects[#p.objects + 1] = complete(g, p)
  p.inputs = random_inputs(p)
  p.options = chance(12) and relocatable_options() or random_options(g)
  return p
end

return plan
