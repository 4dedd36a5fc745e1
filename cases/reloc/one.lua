-- One relocation alone, with no link around it: the value, and the bytes of its encoding, of all
-- kinds, those of 64 bits included.

local ULEB, SLEB = uleb, sleb
local function word(value) return string.pack("<I4", value & 0xffffffff) end
local function long(value) return string.pack("<i8", value) end
local function uleb5(value) return ULEB(value & 0xffffffff, 5) end
local function sleb5(value) return SLEB((value + 0x80000000 & 0xffffffff) - 0x80000000, 5) end
local function uleb10(value) return ULEB(value, 10) end
local function sleb10(value) return SLEB(value, 10) end

-- An encoding by the ending of the kind's name.
local function encoder(kind)
  if kind:find "_SLEB64$" then return sleb10 end
  if kind:find "_LEB64$" then return uleb10 end
  if kind:find "_I64$" then return long end
  if kind:find "_SLEB$" then return sleb5 end
  return kind:find "_LEB$" and uleb5 or word
end

local function clause(kind) return "reloc." .. kind:lower():gsub("_", "-") end

local function one(name, kind, title, scene, bytes)
  scene.kind, scene.bytes = "R_WASM_" .. kind, bytes
  case(name) { title = title, clauses = { clause(kind) }, relocate = scene }
end

local INDEX = { "FUNCTION_INDEX_LEB", "FUNCTION_INDEX_I32", "TYPE_INDEX_LEB", "GLOBAL_INDEX_LEB",
  "GLOBAL_INDEX_I32", "TAG_INDEX_LEB", "TABLE_NUMBER_LEB" }
for _, kind in ipairs(INDEX) do
  local encode = encoder(kind)
  for _, index in ipairs { 0, 127, 128, 1000000 } do
    one(("%s-%d"):format(kind, index), kind, ("%s of index %d"):format(kind, index),
      { index = index }, encode(index))
  end
end

local SLOT = { "TABLE_INDEX_SLEB", "TABLE_INDEX_I32", "TABLE_INDEX_SLEB64", "TABLE_INDEX_I64" }
for _, kind in ipairs(SLOT) do
  local encode = encoder(kind)
  for _, slot_number in ipairs { 1, 63, 64, 100000 } do
    one(("%s-%d"):format(kind, slot_number), kind, ("%s of slot %d"):format(kind, slot_number),
      { slot = slot_number, table_base = 1 }, encode(slot_number))
  end
  one(kind .. "-undefined", kind, kind .. " of a function without a slot is 0",
    { undefined = true, table_base = 1 }, encode(0))
  one(kind .. "-stub", kind, kind .. " of the stub for an undefined weak function is 0",
    { stub = true, slot = 5, table_base = 1 }, encode(0))
end

for _, kind in ipairs { "TABLE_INDEX_REL_SLEB", "TABLE_INDEX_REL_SLEB64" } do
  local encode = encoder(kind)
  one(kind .. "-first", kind, kind .. " of the first slot is 0", { slot = 9, table_base = 9 },
    encode(0))
  one(kind .. "-later", kind, kind .. " counts from the table base",
    { slot = 100, table_base = 36 }, encode(64))
  one(kind .. "-undefined", kind, kind .. " of a function without a slot is 0, not minus the base",
    { undefined = true, table_base = 9 }, encode(0))
end

-- Address (in a TLS block that begins at 0: offset) plus addend; what a 32-bit kind cannot hold is
-- cut off.
local ADDRESS = { "MEMORY_ADDR_LEB", "MEMORY_ADDR_SLEB", "MEMORY_ADDR_I32", "MEMORY_ADDR_REL_SLEB",
  "MEMORY_ADDR_LEB64", "MEMORY_ADDR_SLEB64", "MEMORY_ADDR_I64", "MEMORY_ADDR_REL_SLEB64",
  "MEMORY_ADDR_TLS_SLEB", "MEMORY_ADDR_TLS_SLEB64" }
local SUMS = {
  { "zero", 0, 0 }, { "63", 63, 0 }, { "64", 60, 4 }, { "127", 128, -1 }, { "128", 127, 1 },
  { "top-of-31-bits", 0x7ffffff0, 15 }, { "top-of-32-bits", 0xfffffff0, 15 },
}
for _, kind in ipairs(ADDRESS) do
  local encode = encoder(kind)
  for _, sum in ipairs(SUMS) do
    local name, address, addend = table.unpack(sum)
    one(("%s-%s"):format(kind, name), kind, ("%s of address %d and addend %d"):format(kind, address,
      addend), { address = address, addend = addend }, encode(address + addend))
  end
  one(kind .. "-undefined", kind, kind .. " of undefined data is 0, whatever the addend",
    { undefined = true, addend = 12 }, encode(0))
end

for _, kind in ipairs { "MEMORY_ADDR_LEB64", "MEMORY_ADDR_SLEB64", "MEMORY_ADDR_I64",
  "MEMORY_ADDR_REL_SLEB64" } do
  one(kind .. "-beyond-32-bits", kind, kind .. " holds addresses beyond 2^32",
    { address = 0x123456789a, addend = -1 }, encoder(kind)(0x1234567899))
end

one("MEMORY_ADDR_LOCREL_I32-forward", "MEMORY_ADDR_LOCREL_I32",
  "a target behind its place is a positive distance",
  { address = 2000, addend = 4, place = 1500 }, word(504))
one("MEMORY_ADDR_LOCREL_I32-backward", "MEMORY_ADDR_LOCREL_I32",
  "a target before its place is a negative distance",
  { address = 1000, addend = -4, place = 1500 }, word(-504))
one("MEMORY_ADDR_LOCREL_I32-undefined", "MEMORY_ADDR_LOCREL_I32",
  "undefined data is 0, not minus the place", { undefined = true, place = 1500 }, word(0))

for _, kind in ipairs { "FUNCTION_OFFSET_I32", "FUNCTION_OFFSET_I64" } do
  local encode = encoder(kind)
  one(kind .. "-dead-in-debug_info", kind, kind .. " of a dropped function is -1 in .debug_info",
    { dead = true, addend = 7, section = ".debug_info" }, encode(-1))
  one(kind .. "-dead-in-debug_ranges", kind,
    kind .. " of a dropped function is -2 in .debug_ranges",
    { dead = true, addend = 7, section = ".debug_ranges" }, encode(-2))
  one(kind .. "-dead-in-debug_loc", kind, kind .. " of a dropped function is -2 in .debug_loc",
    { dead = true, addend = 7, section = ".debug_loc" }, encode(-2))
  one(kind .. "-dead-elsewhere", kind, kind .. " of a dropped function is the addend elsewhere",
    { dead = true, addend = 7, section = "mine" }, encode(7))
end

one("SECTION_OFFSET_I32-sum", "SECTION_OFFSET_I32",
  "the value is where the input's part of the section begins, plus the addend",
  { offset = 300, addend = 5, section = ".debug_info" }, word(305))
one("SECTION_OFFSET_I32-dead", "SECTION_OFFSET_I32", "sections are never dead",
  { offset = 300, addend = 5, dead = true, section = ".debug_info" }, word(305))

-- A thread-local target counts from the start of its block, wherever that lies.
for _, kind in ipairs { "MEMORY_ADDR_TLS_SLEB", "MEMORY_ADDR_TLS_SLEB64" } do
  one(kind .. "-block-at-1024", kind, "a thread-local address is an offset in its block",
    { address = 1032, tls_start = 1024, addend = 4 }, encoder(kind)(12))
end
