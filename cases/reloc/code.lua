-- Relocations in code: what each kind writes into the immediate that it marks.  A first object
-- comes before the one under test, so that no index and no address stays what it was in the input.

-- Takes the first place of every index space: a type, a function, a global, a table, a tag, data.
local function before()
  local o = object "before.o"
  o:features { "+mutable-globals", "+reference-types", "+exception-handling" }
  o:global("first_global", { type = "i32", init = "i32.const 100", no_strip = true })
  o:table("first_table", { min = 11, no_strip = true })
  o:tag("first_tag", { sig = "f64 ->", no_strip = true })
  o:data("first_data", { bytes = "abcdefgh", align = 2, no_strip = true })
  o:func("first", { sig = "f64 ->", code = "nop", no_strip = true })
  local address = o:func("second", { sig = "->", code = "nop", no_strip = true })
  o:data("pointer", { bytes = { slot(address) }, align = 2, no_strip = true })
  return o
end

local function link_of(declare)
  return function()
    local o = object "a.o"
    o:features { "+mutable-globals", "+reference-types", "+exception-handling" }
    declare(o)
    return { "--no-entry", before(), o }
  end
end

case "function-index-leb" {
  title = "a call names the function by its index in the output",
  clauses = { "reloc.function-index-leb", "functions.calls", "reloc.symbol.function",
    "functions.numbering" },
  link = link_of(function(o)
    o:func("other", { sig = "-> i32", export = "other", code = "i32.const 1" })
    local g = o:func("g", { sig = "-> i32", export = "g", code = "i32.const 7" })
    o:func("f", { sig = "-> i32", export = "f", code = { { "call", g } } })
  end),
  expect = { code("f", { calls "g" }), returns("f", {}, 7) },
}

case "function-index-of-import" {
  title = "a call of an import names the import by its index in the output",
  clauses = { "reloc.function-index-leb", "functions.calls", "reloc.symbol.function",
    "functions.numbering" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local x = a:func("x", { sig = "-> i32", undefined = true, import_module = "m",
      import_name = "x" })
    a:func("f", { sig = "-> i32", export = "f", code = { { "call", x } } })
    local y = b:func("y", { sig = "-> i32", undefined = true, import_module = "m",
      import_name = "y" })
    b:func("g", { sig = "-> i32", export = "g", code = { { "call", y } } })
    return { "--no-entry", a, b }
  end,
  expect = { imports_exactly { "m.x", "m.y" }, returns("f", {}, 4, { ["m.x"] = 4, ["m.y"] = 5 }),
    returns("g", {}, 5, { ["m.x"] = 4, ["m.y"] = 5 }) },
}

case "table-index-sleb" {
  title = "the address of a function is the table slot that holds it",
  clauses = { "reloc.table-index-sleb", "functions.addresses" },
  link = link_of(function(o)
    local g = o:func("g", { sig = "-> i32", export = "g", code = "i32.const 7" })
    local h = o:func("h", { sig = "-> i32", export = "h", code = "i32.const 8" })
    o:func("f", { sig = "-> i32", export = "f",
      code = { { "i32.const", slot(h) }, { "call_indirect", "-> i32" },
        { "i32.const", slot(g) }, { "call_indirect", "-> i32" }, "i32.sub" } })
  end),
  expect = { const_at("f", 1, to_slot "h"), const_at("f", 2, to_slot "g"), in_table("g", "h"),
    returns("f", {}, 1) },
}

case "memory-addr-leb" {
  title = "the offset of a memory access is the address plus the addend",
  clauses = { "reloc.memory-addr-leb", "reloc.memory.value", "reloc.symbol.data" },
  link = link_of(function(o)
    local x = o:data("x", { bytes = "\1\0\0\0\2\0\0\0", align = 2, export = "x" })
    o:func("f", { sig = "-> i32", export = "f",
      code = { "i32.const 0", { "i32.load", addr(x, 4) }, "i32.const 0", { "i32.load", addr(x) },
        "i32.sub" } })
  end),
  expect = {
    code("f", { "i32.const 0", { "i32.load", 2, to_address("x", 4) }, "i32.const 0",
      { "i32.load", 2, to_address "x" }, "i32.sub" }),
    returns("f", {}, 1),
  },
}

case "memory-addr-sleb" {
  title = "an address constant is the address plus the addend, be it positive or negative",
  clauses = { "reloc.memory-addr-sleb", "reloc.memory.value", "reloc.addend" },
  link = link_of(function(o)
    local x = o:data("x", { bytes = "\5\6\7\8", export = "x" })
    o:func("plus", { sig = "-> i32", export = "plus", code = { { "i32.const", addr(x, 3) } } })
    o:func("zero", { sig = "-> i32", export = "zero", code = { { "i32.const", addr(x) } } })
    o:func("minus", { sig = "-> i32", export = "minus", code = { { "i32.const", addr(x, -9) } } })
  end),
  expect = { const_at("plus", 1, to_address("x", 3)), const_at("zero", 1, to_address "x"),
    const_at("minus", 1, to_address("x", -9)) },
}

case "memory-addr-wraps" {
  title = "address plus addend is taken modulo 2^32",
  clauses = { "reloc.memory-addr-sleb", "reloc.overflow" },
  link = link_of(function(o)
    local x = o:data("x", { bytes = "\5\6\7\8", export = "x" })
    o:func("low", { sig = "-> i32", export = "low",
      code = { { "i32.const", addr(x, -0x80000000) } } })
    o:func("high", { sig = "-> i32", export = "high",
      code = { { "i32.const", addr(x, 0x7fffffff) } } })
  end),
  expect = { const_at("low", 1, to_address("x", -0x80000000 + 0x100000000)),
    const_at("high", 1, to_address("x", 0x7fffffff)), valid() },
}

case "type-index-leb" {
  title = "a type relocation denotes the same signature in the output",
  clauses = { "reloc.type-index-leb" },
  origin = { "gimli-rs/object#895", "kubkon/bold#18" },
  link = link_of(function(o)
    o:type "i64 i64 -> i64"
    local g = o:func("g", { sig = "i32 -> i32", export = "g",
      code = "local.get 0; i32.const 1; i32.add" })
    o:func("f", { sig = "-> i32", export = "f", code = { "i32.const 41", { "i32.const", slot(g) },
      { "call_indirect", typ "i32 -> i32" } } })
  end),
  expect = {
    code("f", { "i32.const 41", { "i32.const", to_slot "g" },
      { "call_indirect", to_type "i32 -> i32" } }),
    returns("f", {}, 42),
  },
}

case "global-index-leb" {
  title = "global.get and global.set name the global by its index in the output",
  clauses = { "reloc.global-index-leb", "reloc.symbol.global" },
  link = link_of(function(o)
    o:global("a", { type = "i32", mutable = true, init = "i32.const 1", export = "a" })
    local b = o:global("b", { type = "i32", mutable = true, init = "i32.const 2", export = "b" })
    o:func("get", { sig = "-> i32", export = "get", code = { { "global.get", b } } })
    o:func("set", { sig = "i32 ->", export = "set", code = { "local.get 0", { "global.set", b } } })
  end),
  expect = {
    code("get", { { "global.get", to_global "b" } }),
    runs { { call = "get", value = 2 }, { call = "set", args = { 9 } }, { call = "get", value = 9 },
      { get = "a", value = 1 } },
  },
}

case "stack-pointer" {
  title = "a global that the linker makes is referred to like any other",
  clauses = { "reloc.global-index-leb", "globals.stack-pointer" },
  link = link_of(function(o)
    local sp = o:global("__stack_pointer", { type = "i32", mutable = true, undefined = true })
    local mine = o:global("mine", { type = "i32", mutable = true, init = "i32.const 2",
      export = "mine" })
    o:func("f", { sig = "-> i32", export = "f",
      code = { { "global.get", sp }, { "global.get", mine }, "i32.sub" } })
  end),
  expect = { code("f", { { "global.get", to_global "__stack_pointer" },
    { "global.get", to_global "mine" }, "i32.sub" }), no_import() },
}

case "tag-index-leb" {
  title = "throw names the tag by its index in the output",
  clauses = { "reloc.tag-index-leb", "reloc.symbol.tag" },
  link = link_of(function(o)
    o:tag("other", { sig = "i32 ->", export = "other" })
    local tag_b = o:tag("mine", { sig = "i64 ->", export = "mine" })
    o:func("f", { sig = "->", export = "f", code = { "i64.const 5", { "throw", tag_b } } })
  end),
  expect = { code("f", { "i64.const 5", { "throw", to_tag "mine" } }) },
}

case "table-number-leb" {
  title = "a table instruction names the table by its number in the output",
  clauses = { "reloc.table-number-leb", "reloc.symbol.table" },
  link = link_of(function(o)
    o:table("other", { type = "externref", min = 3, export = "other" })
    local mine = o:table("mine", { type = "externref", min = 5, export = "mine" })
    o:func("f", { sig = "-> i32", export = "f", code = { { "table.size", mine } } })
  end),
  expect = { code("f", { { "table.size", to_table "mine" } }), returns("f", {}, 5) },
}

case "call-indirect-table-number" {
  title = "call_indirect goes through the table that its relocation names",
  clauses = { "reloc.table-number-leb" },
  link = link_of(function(o)
    local g = o:func("g", { sig = "-> i32", export = "g", code = "i32.const 7" })
    o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", slot(g) },
      { "call_indirect", typ "-> i32" } } })
    return o
  end),
  expect = { returns("f", {}, 7), holds("not through first_table", function(module, view)
    for _, i in ipairs(module:instructions(view:func "f")) do
      if i.name == "call_indirect" then
        local entity = view:describe("table", i.values[2])
        return entity.min ~= 11, "the table of 11 slots"
      end
    end
  end) },
}

case "memory-addr-rel-sleb" {
  title = "relative to the memory base, which is 0 in a static link, an address is itself",
  clauses = { "reloc.memory-addr-rel-sleb" },
  link = link_of(function(o)
    local x = o:data("x", { bytes = "\5\6\7\8", export = "x" })
    local base = o:global("__memory_base", { type = "i32", undefined = true })
    o:func("f", { sig = "-> i32", export = "f",
      code = { { "global.get", base }, { "i32.const", addr_rel(x, 2) }, "i32.add",
        { "i32.load8_u" } } })
  end),
  expect = { const_at("f", 1, to_address("x", 2)), no_import(), returns("f", {}, 7) },
}

case "table-index-rel-sleb" {
  title = "relative to the table base, a slot counts from the first one that the linker fills",
  clauses = { "reloc.table-index-rel-sleb" },
  link = link_of(function(o)
    local base = o:global("__table_base", { type = "i32", undefined = true })
    local g = o:func("g", { sig = "-> i32", export = "g", code = "i32.const 7" })
    o:func("f", { sig = "-> i32", export = "f",
      code = { { "global.get", base }, { "i32.const", slot_rel(g) }, "i32.add",
        { "call_indirect", "-> i32" } } })
    o:func("rel", { sig = "-> i32", export = "rel", code = { { "i32.const", slot_rel(g) } } })
    o:func("abs", { sig = "-> i32", export = "abs", code = { { "i32.const", slot(g) } } })
  end),
  expect = { no_import(), const_at("abs", 1, to_slot "g"), returns("f", {}, 7),
    holds("slot - rel = 1", function(module, view)
      local constants = { abs = 0, rel = 0 }
      for name in pairs(constants) do
        constants[name] = module:instructions(view:func(name))[1].values[1]
      end
      return constants.abs - constants.rel == 1, ("%d and %d"):format(constants.abs, constants.rel)
    end) },
}

case "table-index-rel-to-table-base" {
  title = "--table-base moves slots, and not what is relative to the base",
  clauses = { "reloc.table-index-rel-sleb", "table.base" },
  origin = "wild-linker/wild#2245",
  link = function()
    local o = object "a.o"
    local g = o:func("g", { sig = "-> i32", export = "g", code = "i32.const 7" })
    local h = o:func("h", { sig = "-> i32", export = "h", code = "i32.const 8" })
    o:func("f", { sig = "->", export = "f",
      code = { { "i32.const", slot_rel(g) }, "drop", { "i32.const", slot_rel(h) }, "drop",
        { "i32.const", slot(h) }, "drop" } })
    return { "--no-entry", "--table-base=8", o }
  end,
  expect = { elem_slots { [8] = "g", [9] = "h" }, const_at("f", 1, 0), const_at("f", 2, 1),
    const_at("f", 3, 9) },
}

case "several-in-one-function" {
  title = "each relocation of a function changes its own bytes and no others",
  clauses = { "reloc.applied", "functions.size", "functions.content" },
  link = link_of(function(o)
    local x = o:data("x", { bytes = "\3\0\0\0", align = 2, export = "x" })
    local n = o:global("n", { type = "i32", mutable = true, init = "i32.const 4", export = "n" })
    local g = o:func("g", { sig = "i32 -> i32", export = "g", code = "local.get 0" })
    o:func("f", { sig = "i32 -> i32", locals = "i32 i64", export = "f", code = {
      { "i32.const", addr(x) }, { "i32.load", 0 }, { "local.set", 1 },
      { "block", "i32" },
      "local.get 1", { "call", g },
      { "global.get", n }, "i32.add", { "i32.const", slot(g) },
      { "call_indirect", "i32 -> i32" },
      "end",
      "i32.const -77; i32.add; local.get 0; i32.add",
    } })
  end),
  expect = {
    code("f", { { "i32.const", to_address "x" }, "i32.load 2 0", "local.set 1", { "block" },
      "local.get 1", calls "g", { "global.get", to_global "n" }, "i32.add",
      { "i32.const", to_slot "g" }, { "call_indirect", to_type "i32 -> i32" }, "end",
      "i32.const -77; i32.add; local.get 0; i32.add" }),
    returns("f", { 100 }, 30),
  },
}

case "bytes-in-place-do-not-count" {
  title = "what the input holds at the place of a relocation has no part in the value",
  clauses = { "reloc.applied" },
  origin = { "WebAssembly/tool-conventions#115", "emscripten-core/emscripten#8158",
    "WebAssembly/lld#12" },
  link = link_of(function(o)
    local x = o:data("x", { bytes = "\3\0\0\0", align = 2, export = "x" })
    local g = o:func("g", { sig = "-> i32", export = "g", code = "i32.const 7" })
    o:func("f", { sig = "-> i32", export = "f", code = {
      { "i32.const", reloc { type = "R_WASM_MEMORY_ADDR_SLEB", sym = x, addend = 0,
        bytes = "\xd5\xd5\xd5\xd5\x05" } },
      { "i32.load", reloc { type = "R_WASM_MEMORY_ADDR_LEB", sym = x, addend = 0,
        bytes = "\xff\xff\xff\xff\x0f" } }, "drop",
      { "call", reloc { type = "R_WASM_FUNCTION_INDEX_LEB", sym = g,
        bytes = "\x9f\x80\x80\x80\x00" } },
    } })
  end),
  expect = { code("f", { { "i32.const", to_address "x" }, { "i32.load", 2, to_address "x" }, "drop",
    calls "g" }) },
}

case "section-of-any-suffix" {
  title = "what stands behind reloc. in a section's name means nothing, its index counts",
  clauses = { "reloc.section.suffix", "reloc.section.index" },
  link = function()
    local o = object "a.o"
    local x = o:data("x", { bytes = "1234", export = "x" })
    o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr(x) } } })
    o:set("reloc.CODE.name.bytes", "reloc.DATA")
    return { "--no-entry", o }
  end,
  expect = { const_at("f", 1, to_address "x") },
}

case "behind-a-dropped-function" {
  title = "relocations stay with their function when others of the object are dropped",
  clauses = { "reloc.applied", "gc.reachability", "functions.content" },
  link = link_of(function(o)
    local x = o:data("x", { bytes = "1234", export = "x" })
    local y = o:data("y", { bytes = "5678", export = "y" })
    local g = o:func("g", { sig = "-> i32", export = "g", code = "i32.const 7" })
    o:func("dead", { sig = "-> i32", code = { { "i32.const", addr(x) }, "drop", { "call", g } } })
    o:func("f", { sig = "-> i32", export = "f", code = { { "call", g }, "drop",
      { "i32.const", addr(y, 1) } } })
    o:func("dead_too", { sig = "-> i32", code = { { "i32.const", addr(x) } } })
    o:func("h", { sig = "-> i32", export = "h", code = { { "i32.const", addr(x, 2) } } })
  end),
  expect = { no_function("dead", "dead_too"), const_at("h", 1, to_address("x", 2)),
    code("f", { calls "g", "drop", { "i32.const", to_address("y", 1) } }) },
}

for width = 1, 5 do
  case("size-of-" .. width .. "-bytes") {
    title = ("a code section whose size takes %d bytes has its relocations in their places")
      :format(width),
    clauses = { "reloc.offset" },
    origin = { "WebAssembly/tool-conventions#143", "WebAssembly/wabt#1018", "WebAssembly/wabt#1527",
      "WebAssembly/wabt#463" },
    link = function()
      local o = object "a.o"
      local g = o:func("g", { sig = "-> i32", static = true, code = "i32.const 7" })
      local h = o:func("h", { sig = "-> i32", static = true, code = "i32.const 8" })
      o:func("f", { sig = "-> i32", export = "f", code = { { "call", h }, { "call", g },
        "i32.sub" } })
      local size = o:get "code.size":byte() & 0x7f
      o:set("code.size", width == 1 and string.char(size)
        or string.char(size | 0x80) .. ("\x80"):rep(width - 2) .. "\0")
      return { "--no-entry", o }
    end,
    expect = { returns("f", {}, 1) },
  }
end

-- Instructions with lists, lanes and types in front of what is relocated.  The tag of a handler is
-- relocated itself.
case "operands-of-every-shape" {
  title = "operands are found behind and in lists of labels and handlers, lanes and types",
  clauses = { "reloc.encoding", "reloc.tag-index-leb" },
  link = function()
    local o = object "a.o"
    o:tag("before", { sig = "->", export = "before" })
    local e = o:tag("e", { sig = "i32 ->", export = "e" })
    local x = o:data("x", { bytes = "\1\2\3\4", export = "x" })
    o:func("f", { sig = "-> i32", export = "f", code = {
      { "block" }, "i32.const 0", { "br_table", 0, 0 }, "end",
      { "block", "i32" },
      { "try_table", "i32", catches = { { "catch", e, 0 }, { "catch_all", 1 } } },
      "i32.const 1", { "throw", e }, "end", "end", "drop",
      "i32.const 1", "i32.const 2", "i32.const 0", { "select", "i32" }, "drop", "atomic.fence",
      "i32.const 3", "i8x16.splat", "i32.const 4", "i8x16.splat",
      { "i8x16.shuffle", 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 31 }, "drop",
      { "i32.const", addr(x) } } })
    return { "--no-entry", o }
  end,
  expect = { code("f", { "block", "i32.const 0", "br_table 1 0 0", "end", "block",
    { "try_table", any(), 2, 0, to_tag "e", 0, 2, 1 }, "i32.const 1", { "throw", to_tag "e" },
    "end", "end", "drop", "i32.const 1; i32.const 2; i32.const 0", "select 1 i32", "drop",
    "atomic.fence", "i32.const 3; i8x16.splat; i32.const 4; i8x16.splat", "i8x16.shuffle", "drop",
    { "i32.const", to_address "x" } }) },
}
