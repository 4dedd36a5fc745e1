-- All kinds of relocations as one table: where each stands and what it refers to.  Then, for every
-- kind: the values at the edges of its encoding, every sort of symbol, what is undefined or gone.
--
-- LEB128 kinds stand in code, between the bytes that make an instruction of them; words in data,
-- offsets of code and sections in a custom section.  Kinds of 64 bits are linked for wasm64.

local CALL, GET, THROW, DROP = "\x10", "\x23", "\x08", "\x1a"
local I32, I64 = "\x41", "\x42"
local INDIRECT, SIZE = I32 .. "\0\x11", "\xfc\x10"
local LOAD, LOAD64 = I32 .. "\0\x2d\0", I64 .. "\0\x2d\0"

-- name, what it refers to, the bytes before and behind it in code
local KINDS = {
  [0] = { "FUNCTION_INDEX_LEB", "function", CALL, "" },
  [1] = { "TABLE_INDEX_SLEB", "slot", I32, DROP },
  [2] = { "TABLE_INDEX_I32", "slot" },
  [3] = { "MEMORY_ADDR_LEB", "data", LOAD, DROP },
  [4] = { "MEMORY_ADDR_SLEB", "data", I32, DROP },
  [5] = { "MEMORY_ADDR_I32", "data" },
  [6] = { "TYPE_INDEX_LEB", "type", INDIRECT, "\0" },
  [7] = { "GLOBAL_INDEX_LEB", "global", GET, DROP },
  [8] = { "FUNCTION_OFFSET_I32", "code" },
  [9] = { "SECTION_OFFSET_I32", "section" },
  [10] = { "TAG_INDEX_LEB", "tag", THROW, "" },
  [11] = { "MEMORY_ADDR_REL_SLEB", "data", I32, DROP },
  [12] = { "TABLE_INDEX_REL_SLEB", "relative", I32, DROP },
  [13] = { "GLOBAL_INDEX_I32", "global" },
  [14] = { "MEMORY_ADDR_LEB64", "data", LOAD64, DROP },
  [15] = { "MEMORY_ADDR_SLEB64", "data", I64, DROP },
  [16] = { "MEMORY_ADDR_I64", "data" },
  [17] = { "MEMORY_ADDR_REL_SLEB64", "data", I64, DROP },
  [18] = { "TABLE_INDEX_SLEB64", "slot", I64, DROP },
  [19] = { "TABLE_INDEX_I64", "slot" },
  [20] = { "TABLE_NUMBER_LEB", "table", SIZE, DROP },
  [21] = { "MEMORY_ADDR_TLS_SLEB", "tls", I32, DROP },
  [22] = { "FUNCTION_OFFSET_I64", "code" },
  [23] = { "MEMORY_ADDR_LOCREL_I32", "place" },
  [24] = { "TABLE_INDEX_REL_SLEB64", "relative", I64, DROP },
  [25] = { "MEMORY_ADDR_TLS_SLEB64", "tls", I64, DROP },
  [26] = { "FUNCTION_INDEX_I32", "function" },
}

local function kind(number)
  local name, target, before, behind = table.unpack(KINDS[number])
  local k = { number = number, name = name, target = target, before = before, behind = behind,
    wide = name:find "64$" ~= nil, signed = name:find "_SLEB" ~= nil,
    unsigned = name:find "_LEB" ~= nil, addend = name:find "ADDR" or name:find "OFFSET" }
  k.word = not k.signed and not k.unsigned
  k.width = k.word and (k.wide and 8 or 4) or (k.wide and 10 or 5)
  return k
end

-- Numbers and fields ------------------------------------------------------------------------------

local function encode(k, value)
  if k.word then return k.wide and string.pack("<i8", value) or u32(value & 0xffffffff) end
  if k.unsigned then return uleb(k.wide and value or value & 0xffffffff, k.width) end
  return sleb(k.wide and value or (value + 0x80000000 & 0xffffffff) - 0x80000000, k.width)
end

-- The number in a field, taken as unsigned if it has 32 bits.
local function decode(k, bytes)
  if k.word then return (string.unpack(k.wide and "<i8" or "<I4", bytes)) end
  local value = 0
  for i = 1, k.width do value = value | (bytes:byte(i) & 0x7f) << 7 * (i - 1) end
  return k.wide and value or value & 0xffffffff
end

local function field(k, handle, addend)
  return reloc { type = k.number, sym = handle, addend = k.addend and (addend or 0) or nil,
    bytes = k.word and ("\0"):rep(k.width) or uleb(0, k.width) }
end

-- Declares the function, variable or section "site" with a field for each { handle, addend }.
local function put_sites(o, k, sites)
  local list = {}
  for _, site in ipairs(sites) do
    if k.before then list[#list + 1] = { "raw", k.before } end
    list[#list + 1] = field(k, table.unpack(site))
    if k.before then list[#list + 1] = { "raw", k.behind } end
  end
  if k.before then
    o:func("site", { sig = "->", export = "site", code = { "unreachable", list } })
  elseif k.target == "code" or k.target == "section" then
    o:custom("site", { bytes = list })
    local calls_of = {} -- a custom section keeps nothing alive
    for i, site in ipairs(sites) do
      if k.target == "code" then calls_of[i] = { "call", site[1] } end
    end
    o:func("keeper", { sig = "->", export = "keeper", code = calls_of })
  else
    o:data("site", { bytes = list, export = "site" })
  end
end

-- The i-th field as the output has it.
local function get_field(k, view, i)
  local before = k.before and #k.before or 0
  local at = (i - 1) * (before + k.width + (k.behind and #k.behind or 0)) + before
  if k.before then return view:body("site"):sub(3 + at, 2 + at + k.width) end
  if k.target == "code" or k.target == "section" then
    return view:custom("site"):sub(at + 1, at + k.width)
  end
  return view:memory_at(view:address "site" + at, k.width)
end

-- Every field has this value, in full width: a number, or what is true of it (view, value, i).
local function fields(k, wanted)
  return holds(k.name .. " at every site", function(_, view)
    for i, want in ipairs(wanted) do
      local found = get_field(k, view, i)
      local value = type(want) == "number" and want or decode(k, found)
      if found ~= encode(k, value) or want ~= value and not want(view, value, i) then
        return false, ("0x%x at site %d"):format(decode(k, found), i)
      end
    end
    return true
  end)
end

-- Links -------------------------------------------------------------------------------------------

local OBJECT_FEATURES = { "+mutable-globals", "+reference-types", "+exception-handling", "+atomics",
  "+bulk-memory", "+multivalue" }

-- One object that declare(o) fills, or returns the sites for; options go to the linker.
local function link_of(k, declare, ...)
  local options = { "--no-entry", "-z", "stack-size=1024", ... }
  if k.wide then table.insert(options, 1, "-mwasm64") end
  if k.target == "type" then table.insert(options, "--export-table") end
  return function()
    local o = object("a.o", { memory64 = k.wide })
    if k.target == "slot" or k.target == "relative" then -- as compilers do
      o:table("__indirect_function_table", { type = "funcref", undefined = true, no_strip = true,
        is64 = k.wide })
    end
    o:features(OBJECT_FEATURES)
    local sites = declare(o)
    if sites then put_sites(o, k, sites) end
    local request = { table.unpack(options) }
    request[#request + 1] = o
    return request
  end
end

local function clause(k) return "reloc." .. k.name:lower():gsub("_", "-") end

local function define(k, name, title, fields_of_case)
  fields_of_case.title = ("R_WASM_%s %s"):format(k.name, title)
  fields_of_case.clauses = { clause(k), table.unpack(fields_of_case.clauses or {}) }
  case(("%02d-%s-%s"):format(k.number, k.name, name))(fields_of_case)
end

-- What can be referred to: the i-th of its sort, with the options of a symbol.  Gives the handle
-- and what must be true of a number that denotes it.

local function signature(i)
  local types = {}
  for bit = 0, 7 do types[#types + 1] = i >> bit & 1 == 0 and "i32" or "i64" end
  return table.concat(types, " ") .. " ->"
end

-- The options of a symbol, what is said of it always, and what only if it is defined.
local function with(options, always, definition)
  local all, undefined = {}, options and options.undefined
  for _, list in ipairs { options or {}, always, undefined and {} or definition } do
    for key, value in pairs(list) do all[key] = value end
  end
  return all
end

local function content(i) return ("<%d>"):format(1000 + i) end

local MAKE = {}

MAKE["function"] = function(o, i, options)
  local name = "g" .. i
  return o:func(name, with(options, { sig = "->" }, { code = "nop" })),
    function(view, value) return view:is_named("function", value, name) end
end

function MAKE.slot(o, i, options)
  local handle, is_it = MAKE["function"](o, i, options)
  return handle, function(view, value)
    return value ~= 0 and is_it(view, view:slots()[value] or -1)
  end
end

function MAKE.relative(o, i, options)
  local handle, is_it = MAKE.slot(o, i, options)
  return handle, function(view, value) return is_it(view, value + 1) end
end

function MAKE.global(o, i, options)
  return o:global("g" .. i, with(options, { type = "i32" }, { init = "i32.const " .. i })),
    function(view, value) return view:global_value(value) == i end
end

function MAKE.table(o, i, options)
  return o:table("g" .. i, with(options, { type = "externref", min = i }, {})),
    function(view, value) return view:describe("table", value).min == i end
end

function MAKE.tag(o, i, options)
  return o:tag("g" .. i, with(options, { sig = signature(i) }, {})),
    function(view, value) return view:describe("tag", value).sig == view.sig(signature(i)) end
end

function MAKE.type(o, i)
  return o:type(signature(i)),
    function(view, value) return view:type_text(value) == view.sig(signature(i)) end
end

function MAKE.data(o, i, options)
  return o:data("g" .. i, with(options, {}, { bytes = content(i) })),
    function(view, value) return view:memory_at(value, #content(i)) == content(i) end
end

function MAKE.tls(o, i, options)
  return o:data("g" .. i, with(options, { tls = true }, { bytes = content(i),
    segment_name = ".tdata.g" .. i, segment_flags = { "tls" } })),
    function(view, value)
      for _, segment in ipairs(view:module().data) do
        if segment.bytes:sub(value + 1, value + #content(i)) == content(i) then return true end
      end
    end
end

function MAKE.place(o, i, options)
  return o:data("g" .. i, with(options, {}, { bytes = content(i) })),
    function(view, value, site)
      local at = view:address "site" + 4 * (site - 1) + value & 0xffffffff
      return view:memory_at(at, #content(i)) == content(i)
    end
end

function MAKE.code(o, i, options)
  local name = "g" .. i
  return o:func(name, with(options, { sig = "->" }, { code = "nop" })),
    function(view, value)
      for _, s in ipairs(view:module().decoded.sections) do
        if s.kind == "code" then
          return view:module().decoded.funcs[view:func(name) + 1].offset == s.offset + value
        end
      end
    end
end

-- Values ------------------------------------------------------------------------------------------

-- More than 128 of a sort: some index is 63, 64, 127, 128, wherever a linker begins to count.
local function many(k)
  local wanted = {}
  define(k, "values", "of over 128 targets, with indices of one and two bytes", {
    link = link_of(k, function(o)
      local sites = {}
      for i = 1, 132 do
        local handle, is_it = MAKE[k.target](o, i)
        sites[i], wanted[i] = { handle }, is_it
      end
      return sites
    end),
    expect = { fields(k, wanted) },
  })
end

-- Slots of two bytes more, those from 2^31 on, which are negative as an i32, and the last that a
-- table can have: 2^32 - 1 of them end at 2^32 - 2.
local function slots(k)
  many(k)
  for _, base in ipairs { 8191, 0x7fffffff, 0xfffffffd } do
    define(k, "values-from-" .. base, ("of the slots %d and %d"):format(base, base + 1), {
      clauses = { "table.base" },
      link = link_of(k, function(o)
        return { { (MAKE.slot(o, 1)) }, { (MAKE.slot(o, 2)) } }
      end, "--table-base=" .. base),
      expect = { fields(k, { base, base + 1 }), elem_slots { [base] = "g1", [base + 1] = "g2" } },
    })
  end
end

-- Relative to the table base they stay small.
local function relative_slots(k)
  many(k)
  define(k, "values-and-table-base", "does not change with the table base", {
    clauses = { "table.base" },
    link = link_of(k, function(o)
      return { { (MAKE.slot(o, 1)) }, { (MAKE.slot(o, 2)) } }
    end, "--table-base=9000"),
    expect = { fields(k, { 0, 1 }), elem_slots { [9000] = "g1", [9001] = "g2" } },
  })
end

-- The first one is the first of its variable, and so can be a distance, too.
local EDGES = { 0x7fffffff, 0, 63, 64, 127, 128, 8191, 8192, 16383, 16384 }
local NEGATIVE = { -1, -64, -65, -8192, -8193 }
local FAR = { 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0x7fffffffff, 0x8000000000,
  0x7fffffffffffffff }
local FAR_NEGATIVE = { -0x80000000, -0x80000001, -0x8000000001, -0x7fffffffffffff00 }

local function edges(k, negative)
  local list = {}
  local function add(more) for _, value in ipairs(more) do list[#list + 1] = value end end
  add(EDGES)
  if k.wide then add(FAR) end
  if negative then add(NEGATIVE) end
  if negative and k.wide then add(FAR_NEGATIVE) end
  return list
end

-- Target plus addend is each of the values; base is what the target alone gives.
local function sums(base, values, handle)
  local sites = {}
  for i, value in ipairs(values) do sites[i] = { handle, value - base } end
  return sites
end

-- The target is alone at the start of memory, which the linker is told.
local function addresses(k)
  local values = edges(k, not k.unsigned)
  if k.signed or k.word then values[#values + 1] = 1024 - 0x80000000 end
  define(k, "values", "of addresses at the edges of the encoding", {
    link = link_of(k, function(o)
      return sums(1024, values, o:data("x", { bytes = "1234567890", export = "x" }))
    end, "--global-base=1024"),
    expect = { address "x" { equals = 1024 }, fields(k, values), valid() },
  })
  if k.wide then return end
  define(k, "values-of-32-bits", "of the upper half of the addresses", {
    link = link_of(k, function(o)
      local x = o:data("x", { bytes = "1234567890", export = "x" })
      return { { x }, { x, 0x7fffffff } }
    end, "--global-base=2147483648"),
    expect = { address "x" { equals = 0x80000000 }, fields(k, { 0x80000000, 0xffffffff }),
      valid() },
  })
end

local function offsets_in_tls(k)
  local values = edges(k, true)
  define(k, "values", "of offsets at the edges of the encoding", {
    link = link_of(k, function(o) return sums(0, values, (MAKE.tls(o, 1))) end),
    expect = { fields(k, values), valid() },
  })
end

-- Site i is at 4 * (i - 1) behind the target, which is the start of the same variable.
local function distances(k)
  local values = edges(k, true)
  define(k, "values", "of distances at the edges of the encoding", {
    link = link_of(k, function()
      local sites = {}
      for i, value in ipairs(values) do sites[i] = { "site", value + 4 * (i - 1) } end
      return sites
    end),
    expect = { fields(k, values) },
  })
end

local function offsets_of_code(k)
  many(k)
  define(k, "addend", "counts the addend from the start of the body", {
    link = link_of(k, function(o)
      local f = o:func("f", { sig = "->", export = "f", code = { { "i32.const", 1 }, "drop" } })
      return { { f, 0 }, { f, 1 }, { f, 3 }, { f, 4 } }
    end),
    expect = { fields(k, { function() return true end, function() return true end }),
      holds("0, 1, 3, 4", function(_, view)
        local start = decode(k, get_field(k, view, 1))
        for i, addend in ipairs { 0, 1, 3, 4 } do
          if decode(k, get_field(k, view, i)) ~= start + addend then return false, i end
        end
        return true
      end) },
  })
end

local function offsets_of_sections(k)
  local values = { 0, 63, 64, 127, 128, 199 }
  define(k, "values", "of offsets in a section of two objects", {
    link = function()
      local a, b = object "a.o", object "b.o"
      a:custom("text", { bytes = ("a"):rep(60) })
      local symbol = b:section_symbol(b:custom("text", { bytes = ("b"):rep(200) }))
      put_sites(b, k, sums(0, values, symbol))
      return { "--no-entry", a, b }
    end,
    expect = { fields(k, { 60, 123, 124, 187, 188, 259 }) },
  })
end

-- Symbols -----------------------------------------------------------------------------------------

local BINDINGS = { {}, { hidden = true }, { static = true }, { weak = true } }

local function symbols(k)
  local wanted = {}
  define(k, "symbols", "refers to global, hidden, local and weak symbols alike", {
    link = link_of(k, function(o)
      local sites = {}
      MAKE[k.target](o, 50, { no_strip = true })
      for i, options in ipairs(BINDINGS) do
        local handle, is_it = MAKE[k.target](o, i, options)
        sites[i], wanted[i] = { handle }, is_it
      end
      return sites
    end),
    expect = { fields(k, wanted) },
  })
end

local function imported(k)
  local index = k.target:gsub("slot", "function"):gsub("relative", "function")
  define(k, "import", "refers to an import", {
    peer_differs = k.target == "relative" and "wasm-ld 22 takes an import for undefined; the text"
      .. " says that R_WASM_TABLE_INDEX_* cannot fail, and gives imported functions slots" or nil,
    link = link_of(k, function(o)
      local other = MAKE[k.target](o, 2, {})
      local x = MAKE[k.target](o, 1, { undefined = true, import_module = "m", import_name = "x" })
      return { { other }, { x } }
    end),
    expect = { fields(k, { function() return true end, function(view, value)
      if k.target == "slot" then value = view:slots()[value] end
      if k.target == "relative" then value = view:slots()[value + 1] end
      return value and view:is_named(index, value, "x")
    end }) },
  })
end

local function undefined(k, weak)
  local title = ("against an undefined %ssymbol is an error"):format(weak and "weak " or "")
  define(k, weak and "weak-undefined" or "undefined", title, {
    clauses = { "symbol.undefined." .. (weak and "weak" or "strong") },
    link = link_of(k, function(o)
      return { { (MAKE[k.target](o, 1, { undefined = true, weak = weak })) } }
    end),
    expect = { rejects { class = "undefined" } },
  })
end

-- The address of what is weak and not there is 0 without the addend, so that a test for null
-- tells; a call of it traps.
local function weak_undefined(k)
  local traps = k.target == "function"
  define(k, "weak-undefined", traps and "against an undefined weak function is one that traps"
    or "against an undefined weak symbol is 0, whatever the addend", {
    clauses = { "reloc.memory.undefined", "symbol.undefined.weak" },
    peer_differs = k.name:find "ADDR_REL" and "wasm-ld 22 refuses this kind against undefined"
      .. " symbols; the text says that R_WASM_MEMORY_* cannot fail and give 0" or nil,
    link = link_of(k, function(o)
      local x = MAKE[k.target](o, 1, { undefined = true, weak = true })
      return k.addend and { { x }, { x, 12 }, { x, -12 } } or { { x } }
    end),
    expect = { fields(k, traps and { function(view, value)
      return view:module():instructions(value)[1].name == "unreachable"
    end } or k.addend and { 0, 0, 0 } or { 0 }), no_import() },
  })
end

-- An offset needs a body: what is imported or undefined has none, and custom sections ask for none.
local function without_body(k)
  local LOST = { { undefined = true }, { undefined = true, weak = true },
    { undefined = true, import_module = "m", import_name = "x" } }
  define(k, "without-body", "against a function without a body is the addend, as if it were gone", {
    clauses = { "reloc.dead-target", "symbol.undefined.strong", "symbol.undefined.weak" },
    link = link_of(k, function(o)
      local list, f = {}, nil
      for i, options in ipairs(LOST) do
        f = MAKE.code(o, i, options)
        list[i] = field(k, f, i)
      end
      o:custom("site", { bytes = list })
      o:custom(".debug_info", { bytes = { field(k, f, 1) } })
      o:func("keeper", { sig = "->", export = "keeper", code = { { "call", f } } })
    end),
    expect = { fields(k, { 1, 2, 3 }), custom(".debug_info", encode(k, -1)) },
  })
end

-- Gone ------------------------------------------------------------------------------------------

-- Custom sections keep nothing alive.
local function dead(k)
  local addend = k.target == "code" and 1 or k.addend and 7 or 0
  define(k, "dead", "against what is gone is -1 or -2 in debug sections, else the addend", {
    clauses = { "reloc.dead-target", "debug.tombstone" },
    link = link_of(k, function(o)
      local x = MAKE[k.target](o, 1, { no_strip = false })
      for _, name in ipairs { "mine", ".debug_info", ".debug_ranges", ".debug_loc" } do
        o:custom(name, { bytes = { "<", field(k, x, addend), ">" } })
      end
      o:func("f", { sig = "->", export = "f", code = "nop" })
    end),
    expect = { custom("mine", "<" .. encode(k, addend) .. ">"),
      custom(".debug_info", "<" .. encode(k, -1) .. ">"),
      custom(".debug_ranges", "<" .. encode(k, -2) .. ">"),
      custom(".debug_loc", "<" .. encode(k, -2) .. ">") },
  })
end

local VALUES = { slot = slots, relative = relative_slots, data = addresses, tls = offsets_in_tls,
  place = distances, code = offsets_of_code, section = offsets_of_sections }
local IMPORTED = "function slot relative global table tag"

for number = 0, 26 do
  local k = kind(number)
  local values = VALUES[k.target] or many
  values(k)
  if k.target ~= "type" and k.target ~= "section" then
    symbols(k)
    if k.target == "code" then without_body(k) else undefined(k) end
    if IMPORTED:find(k.target) then imported(k) end
    if k.target ~= "place" then dead(k) end
    if ("function slot relative data place"):find(k.target) then weak_undefined(k) end
    if k.target == "tls" then undefined(k, true) end -- a thread's block has no place 0 to spare
  end
end
