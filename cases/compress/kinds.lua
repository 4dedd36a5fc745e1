-- --compress-relocations, kind by kind: a number that a relocation put into code loses its padding.
-- The linker is told to put x at 1024; every index here is below 64 and takes one byte.

local function data_x(o) return o:data("x", { bytes = "\x11\x22\x33\x44", export = "x" }) end

local function func_g(o)
  return o:func("g", { sig = "-> i32", export = "g", code = "i32.const 7" })
end

local function tls_v(o)
  return o:data("v", { tls = true, segment_name = ".tdata.v", segment_flags = { "tls" },
    bytes = "\x55\x66\x77\x88" })
end

-- What stands in the object, what it must become, and how many bytes that takes.
local KINDS = {
  FUNCTION_INDEX_LEB = { function(o) return { "call", func_g(o) } end, calls "g", 2 },
  TABLE_INDEX_SLEB = { function(o) return { "i32.const", slot(func_g(o)) } end,
    { "i32.const", to_slot "g" }, 2 },
  TABLE_INDEX_SLEB64 = { function(o) return { "i64.const", slot(func_g(o)) } end,
    { "i64.const", to_slot "g" }, 2 },
  TABLE_INDEX_REL_SLEB = { function(o) return { "i32.const", slot_rel(func_g(o)) } end,
    { "i32.const", 0 }, 2 },
  TABLE_INDEX_REL_SLEB64 = { function(o) return { "i64.const", slot_rel(func_g(o)) } end,
    { "i64.const", 0 }, 2 },
  MEMORY_ADDR_LEB = { function(o) return { "i32.load8_u", addr(data_x(o), 1) } end,
    { "i32.load8_u", 0, 1025 }, 4 },
  MEMORY_ADDR_SLEB = { function(o) return { "i32.const", addr(data_x(o), 2) } end,
    { "i32.const", 1026 }, 3 },
  MEMORY_ADDR_SLEB64 = { function(o) return { "i64.const", addr(data_x(o), -1023) } end,
    { "i64.const", 1 }, 2 },
  MEMORY_ADDR_REL_SLEB = { function(o) return { "i32.const", addr_rel(data_x(o), 3) } end,
    { "i32.const", 1027 }, 3 },
  MEMORY_ADDR_REL_SLEB64 = { function(o) return { "i64.const", addr_rel(data_x(o)) } end,
    { "i64.const", 1024 }, 3 },
  MEMORY_ADDR_TLS_SLEB = { function(o) return { "i32.const", addr_tls(tls_v(o), 2) } end,
    { "i32.const", 2 }, 2 },
  MEMORY_ADDR_TLS_SLEB64 = { function(o) return { "i64.const", addr_tls(tls_v(o), -1) } end,
    { "i64.const", -1 }, 2 },
  TYPE_INDEX_LEB = { function() return { "call_indirect", typ "i64 ->" } end,
    { "call_indirect", to_type "i64 ->" }, 3 },
  GLOBAL_INDEX_LEB = { function(o)
    return { "global.get", o:global("n", { type = "i32", init = "i32.const 3", export = "n" }) }
  end, { "global.get", to_global "n" }, 2 },
  TAG_INDEX_LEB = { function(o) return { "throw", o:tag("e", { sig = "->", export = "e" }) } end,
    { "throw", to_tag "e" }, 2 },
  TABLE_NUMBER_LEB = { function(o)
    return { "table.size", o:table("t", { type = "externref", min = 5, export = "t" }) }
  end, { "table.size", to_table "t" }, 3 },
}

local names = {}
for name in pairs(KINDS) do names[#names + 1] = name end
table.sort(names)

-- Behind `unreachable` no operand is missing: the code is valid as it stands.
for _, name in ipairs(names) do
  local from, to, size = table.unpack(KINDS[name])
  case(name) {
    title = ("%s is written without padding"):format(name),
    clauses = { "reloc.compress", "reloc." .. name:lower():gsub("_", "-") },
    origin = (name:find "_REL_" or name:find "_TLS_") and { "llvm/llvm-project#144578",
      "llvm/llvm-project#110045" } or nil,
    link = function()
      local o = object "a.o"
      o:features { "+mutable-globals", "+reference-types", "+exception-handling", "+atomics",
        "+bulk-memory" }
      o:func("f", { sig = "->", export = "f", code = { "unreachable", from(o), "unreachable" } })
      return { "--no-entry", "-S", "--compress-relocations", "-z", "stack-size=1024",
        "--global-base=1024", o }
    end,
    expect = { code("f", { "unreachable", to, "unreachable" }), body("f", 1 + 1 + size + 1 + 1),
      valid() },
  }
end
