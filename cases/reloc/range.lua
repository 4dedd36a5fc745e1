-- Values that do not fit their field.  In each case one addend is the last that fits; one more (or
-- less) is refused, since a linker that cuts it off gives a program that goes astray.
--
-- What a field can hold follows from who reads it.  Offsets of memory accesses are added without
-- wrapping, and are never negative.  Operands of i32.const and words are taken modulo 2^32: they
-- hold -2^31 .. 2^32-1.  A distance is extended to 64 bits, with its sign, in a 64-bit memory.

local HIGH = 0x80000010

-- The first variable lies at base: with one addend the value fits, with another not.
local EDGES = {
  above = { base = HIGH, fits = 0xffffffff - HIGH, wrong = 0x100000000 - HIGH, value = "2^32" },
  ["above-in-64-bit-memory"] = { base = HIGH, fits = 0xffffffff - HIGH,
    wrong = 0x100000000 - HIGH, value = "2^32", memory64 = true },
  below = { base = 1024, fits = -1024, wrong = -1025, value = "-1" },
  ["below-in-64-bit-memory"] = { base = 1024, fits = -1024, wrong = -1025, value = "-1",
    memory64 = true },
}

-- A field for x plus addend, between these bytes in code, or a word of its own.
local function object_of(kind, before, addend, memory64)
  local o = object("a.o", { memory64 = memory64 })
  local x = o:data("x", { bytes = "1234", export = "x" })
  local site = reloc { type = "R_WASM_" .. kind, sym = x, addend = addend,
    bytes = before and uleb(0, kind:find "64$" and 10 or 5) or "\0\0\0\0" }
  if before then
    o:func("f", { sig = "->", export = "f", code = { { "raw", before }, site, "drop" } })
  else
    o:data("p", { bytes = { site }, export = "p" })
  end
  return o
end

local function edge(kind, before, name)
  local how = EDGES[name]
  case(kind .. "-" .. name) {
    title = ("R_WASM_%s does not hold %s%s"):format(kind, how.value,
      how.memory64 and " in a 64-bit memory, either" or ""),
    clauses = { "reloc.overflow", "reloc." .. kind:lower():gsub("_", "-") },
    link = function()
      -- A 32-bit offset in a 64-bit memory is against the rules; linkers take it.
      return { "--validate=permissive", how.memory64 and "-mwasm64" or "-mwasm32", "--no-entry",
        "-z", "stack-size=1024",
        ("--global-base=%d"):format(how.base), object_of(kind, before, how.fits, how.memory64) }
    end,
    mutate = { file = "a.o", to = how.wrong,
      at = (before and "reloc.CODE" or "reloc.DATA") .. ".entries[0].addend" },
    expect = { rejects { id = "RELOC_RANGE", phase = "emit", class = "limit", file = "a.o",
      field = "R_WASM_" .. kind,
      message = kind:find "ADDR_LEB" and "is not within 0%.%." or nil } },
  }
end

local LOAD, LOAD64, CONST = "\x41\0\x2d\0", "\x42\0\x2d\0", "\x41"
edge("MEMORY_ADDR_LEB", LOAD, "below")
edge("MEMORY_ADDR_LEB64", LOAD, "above")
edge("MEMORY_ADDR_LEB64", LOAD64, "below-in-64-bit-memory")
for _, row in ipairs { { "MEMORY_ADDR_LEB", LOAD }, { "MEMORY_ADDR_SLEB", CONST },
  { "MEMORY_ADDR_REL_SLEB", CONST }, { "MEMORY_ADDR_I32" } } do
  edge(row[1], row[2], "above")
  edge(row[1], row[2], "above-in-64-bit-memory")
end

case "MEMORY_ADDR_I32-negative-in-64-bit-memory" {
  title = "in a 64-bit memory, too, a word holds what an addend puts below 0",
  clauses = { "reloc.memory-addr-i32" },
  link = function()
    return { "-mwasm64", "--no-entry", "-z", "stack-size=1024", "--global-base=1024",
      object_of("MEMORY_ADDR_I32", nil, -1028, true) }
  end,
  expect = { data_at("p", "\xfc\xff\xff\xff") },
}

case "MEMORY_ADDR_SLEB-of-the-least-number" {
  title = "-2^31 is the least number that a constant holds",
  clauses = { "reloc.memory-addr-sleb" },
  link = function()
    return { "--no-entry", "--stack-first", "-z", "stack-size=0",
      object_of("MEMORY_ADDR_SLEB", CONST, -0x80000000) }
  end,
  expect = { address "x" { equals = 0 }, const_at("f", 1, -0x80000000) },
}

case "compressed" {
  title = "a value that does not fit is refused though its operand takes as few bytes as can be",
  clauses = { "reloc.overflow", "reloc.compress" },
  link = function()
    local how = EDGES.below
    return { "--validate=permissive", "--compress-relocations", "--strip-debug", "--no-entry", "-z",
      "stack-size=1024", ("--global-base=%d"):format(how.base),
      object_of("MEMORY_ADDR_LEB", LOAD, how.fits) }
  end,
  mutate = { file = "a.o", at = "reloc.CODE.entries[0].addend", to = EDGES.below.wrong },
  expect = { rejects { id = "RELOC_RANGE", phase = "emit", class = "limit", file = "a.o",
    field = "R_WASM_MEMORY_ADDR_LEB" } },
}

-- Distances ---------------------------------------------------------------------------------------

-- The target lies 16 bytes behind the field, which is the first of its variable.
local function distance(addend, memory64)
  local o = object("a.o", { memory64 = memory64 })
  local s = o:segment(".data.p", { bytes = { addr_locrel("x", addend), ("-"):rep(16) } })
  o:data("p", { segment = s, export = "p" })
  o:data("x", { segment = s, offset = 16, export = "x" })
  return { memory64 and "-mwasm64" or "-mwasm32", "--no-entry", o }
end

case "MEMORY_ADDR_LOCREL_I32-above-in-64-bit-memory" {
  title = "in a 64-bit memory a distance of 2^31 would be read as a negative one",
  clauses = { "reloc.overflow", "reloc.memory-addr-locrel-i32" },
  link = function() return distance(0x7fffffff - 16, true) end,
  mutate = { file = "a.o", at = "reloc.DATA.entries[0].addend", to = 0x80000000 - 16 },
  expect = { rejects { id = "RELOC_RANGE", field = "R_WASM_MEMORY_ADDR_LOCREL_I32" } },
}

case "MEMORY_ADDR_LOCREL_I32-of-2-gib" {
  title = "in a 32-bit memory a distance of 2^31 leads to the target like any other",
  clauses = { "reloc.memory-addr-locrel-i32" },
  link = function() return distance(0x80000000 - 16, false) end,
  expect = { data_at("p", "\0\0\0\x80") },
}

-- Offsets -----------------------------------------------------------------------------------------

local function offset(kind, memory64)
  case(kind .. "-below") {
    title = ("R_WASM_%s does not hold what lies before the section"):format(kind),
    clauses = { "reloc.overflow", "reloc." .. kind:lower():gsub("_", "-") },
    link = function()
      local o = object("a.o", { memory64 = memory64 })
      local f = o:func("f", { sig = "->", export = "f", code = "nop" })
      local text = o:section_symbol(o:custom("text", { bytes = "text" }))
      o:custom("mine", { bytes = { reloc { type = "R_WASM_" .. kind, addend = 0,
        sym = kind:find "SECTION" and text or f, bytes = ("\0"):rep(memory64 and 8 or 4) } } })
      return { "--validate=permissive", memory64 and "-mwasm64" or "-mwasm32", "--no-entry", o }
    end,
    mutate = { file = "a.o", at = "reloc.mine.entries[0].addend", to = -1000 },
    expect = { rejects { id = "RELOC_RANGE", message = "is not within 0%.%." } },
  }
end
offset("FUNCTION_OFFSET_I32", false)
offset("FUNCTION_OFFSET_I64", true)
offset("SECTION_OFFSET_I32", false)

-- Symbols that lie beyond what an address holds ---------------------------------------------------

-- The heap ends where the memory does: 4 GiB is one too many.
local function end_of_memory(how, option, ...)
  local more = { ... }
  return function()
    local o = object "a.o"
    local function last() return o:data("__heap_end", { undefined = true }) end
    o:func("f", { sig = "-> i32", export = "f",
      code = how == "code" and { { "i32.const", addr(last()) } }
        or how == "got" and { { "global.get", got(last()) } } or "i32.const 1" })
    return { "--no-entry", option, o, table.unpack(more) }
  end
end

case "end-of-memory" {
  title = "the end of a memory of nearly 4 GiB has an address",
  clauses = { "reloc.overflow" },
  link = end_of_memory("code", "--initial-memory=4294901760"),
  expect = { const_at("f", 1, 4294901760 - 0x100000000) },
}

case "end-of-whole-memory" {
  title = "the end of a memory of 4 GiB has no address of 32 bits",
  clauses = { "reloc.overflow" },
  link = end_of_memory("code", "--initial-memory=4294967296"),
  expect = { rejects { id = "RELOC_RANGE", field = "R_WASM_MEMORY_ADDR_SLEB" } },
}

case "exported-end-of-whole-memory" {
  title = "nor can it be exported in a global of 32 bits",
  clauses = { "reloc.overflow", "export.data" },
  link = end_of_memory(nil, "--initial-memory=4294967296", "--export=__heap_end"),
  expect = { rejects { id = "ADDRESS_RANGE", phase = "emit", class = "limit" } },
}

case "entry-for-the-end-of-memory" {
  title = "an entry of the GOT holds the end of a memory of nearly 4 GiB",
  clauses = { "reloc.overflow", "got.internal" },
  link = end_of_memory("got", "--initial-memory=4294901760"),
  expect = { returns("f", {}, 4294901760 - 0x100000000) },
}

case "entry-for-the-end-of-whole-memory" {
  title = "and not that of a memory of 4 GiB",
  clauses = { "reloc.overflow", "got.internal" },
  link = end_of_memory("got", "--initial-memory=4294967296"),
  expect = { rejects { id = "ADDRESS_RANGE", phase = "emit", class = "limit" } },
}
