-- --compress-relocations: what changes with the code when its numbers lose their padding, and what
-- stays.  Where an address must be known, the linker is told to put x at 1024.

local PLACED = { "-z", "stack-size=1024", "--global-base=1024" }

-- A link with the option; `placed` puts the first data at 1024.
local function compressed(placed, ...)
  local request = { "--no-entry", "-S", "--compress-relocations" }
  for _, option in ipairs(placed and PLACED or {}) do request[#request + 1] = option end
  for _, input in ipairs { ... } do request[#request + 1] = input end
  return request
end

-- Numbers where one more byte begins: operands of i32.const are signed, offsets are not.
local EDGES = {
  -- value, bytes signed, bytes unsigned
  { 0, 1, 1 }, { 63, 1, 1 }, { 64, 2, 1 }, { 127, 2, 1 }, { 128, 2, 2 }, { 8191, 2, 2 },
  { 8192, 3, 2 }, { 16383, 3, 2 }, { 16384, 3, 3 }, { 1048575, 3, 3 }, { 1048576, 4, 3 },
  { 2097151, 4, 3 }, { 2097152, 4, 4 }, { 134217727, 4, 4 }, { 134217728, 5, 4 },
  { 268435455, 5, 4 }, { 268435456, 5, 5 }, { 0x7fffffff, 5, 5 },
}
for _, edge in ipairs(EDGES) do
  local value, signed, unsigned = table.unpack(edge)
  case(("value-%d"):format(value)) {
    title = ("%d takes %d bytes as a constant, %d as an offset"):format(value, signed, unsigned),
    clauses = { "reloc.compress", "reloc.memory-addr-sleb", "reloc.memory-addr-leb" },
    link = function()
      local o = object "a.o"
      local x = o:data("x", { bytes = "1234", export = "x" })
      o:func("f", { sig = "-> i32", export = "f",
        code = { { "i32.const", addr(x, value - 1024) } } })
      o:func("g", { sig = "-> i32", export = "g",
        code = { "i32.const 0", { "i32.load8_u", addr(x, value - 1024) } } })
      return compressed(true, o)
    end,
    expect = { code("f", { { "i32.const", value } }), body("f", 1 + 1 + signed + 1),
      code("g", { "i32.const 0", { "i32.load8_u", 0, value } }),
      body("g", 1 + 2 + 2 + unsigned + 1), valid() },
  }
end

for _, value in ipairs { -1, -64, -65, -0x80000000 } do
  case(("value-minus-%d"):format(-value)) {
    title = ("the address %d, which is negative as an i32, is written as that"):format(value),
    clauses = { "reloc.compress", "reloc.memory-addr-sleb" },
    peer_differs = value == -0x80000000 and "wasm-ld writes 2^31, a number of 33 bits" or nil,
    link = function()
      local o = object "a.o"
      local x = o:data("x", { bytes = "1234", export = "x" })
      local addend = (value & 0xffffffff) - 1024
      if addend > 0x7fffffff then addend = addend - 0x100000000 end
      o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr(x, addend) } } })
      return compressed(true, o)
    end,
    expect = { code("f", { { "i32.const", value } }), body("f", 2 + #sleb(value) + 1), valid() },
  }
end

case "runs" {
  title = "compressed code does what it did: calls, branches, memory, tables",
  clauses = { "reloc.compress" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local h = a:func("h", { sig = "i32 -> i32", undefined = true })
    local p = a:data("p", { bytes = { slot(h) }, align = 2 })
    a:func("f", { sig = "i32 -> i32", locals = "i32", export = "f", code = {
      { "block" }, { "loop" }, "local.get 0; i32.eqz; br_if 1",
      "local.get 1", { "call", h }, { "local.set", 1 },
      "local.get 0; i32.const 1; i32.sub; local.set 0; br 0", "end", "end",
      "local.get 1", "i32.const 0", { "i32.load", addr(p) }, { "call_indirect", "i32 -> i32" } } })
    local n = b:data("n", { bytes = "\5\0\0\0", align = 2 })
    b:func("h", { sig = "i32 -> i32",
      code = { "local.get 0", { "i32.const", addr(n) }, { "i32.load" }, "i32.add" } })
    return compressed(false, a, b)
  end,
  expect = { valid(), runs { { call = "f", args = { 0 }, value = 5 },
    { call = "f", args = { 3 }, value = 20 } } },
}

case "function-size" {
  title = "the size of a function is what is left, in its shortest form",
  clauses = { "reloc.compress" },
  link = function()
    local o = object "a.o"
    local g = o:func("g", { sig = "->", code = "nop", export = "g" })
    local calls_of = {}
    for i = 1, 62 do calls_of[i] = { "call", g } end -- 62 * 6 + 2 in the object
    o:func("f", { sig = "->", export = "f", code = calls_of })
    o:set("code.funcs[0].size", "\x83\x80\x80\x80\0")
    o:set("code.funcs[1].size", "\xf6\x82\x80\x80\0")
    return compressed(false, o)
  end,
  expect = { body("f", 62 * 2 + 2), body("g", 3), holds("both sizes in one byte", function(module)
    for _, s in ipairs(module.decoded.sections) do
      if s.kind == "code" then return s.size == 1 + 1 + 126 + 1 + 3, ("%d bytes"):format(s.size) end
    end
  end) },
}

case "in-code-only" {
  title = "in data and custom sections a number keeps its padding: nothing there may move",
  clauses = { "reloc.compress", "reloc.padding" },
  link = function()
    local o = object "a.o"
    local x = o:data("x", { bytes = "1234", export = "x" })
    local padded = reloc { type = "R_WASM_MEMORY_ADDR_LEB", sym = x, addend = 1,
      bytes = "\x80\x80\x80\x80\0" }
    o:data("p", { bytes = { "<", padded, ">" }, export = "p" })
    o:custom("mine", { bytes = { "<", padded, ">" } })
    return compressed(true, o)
  end,
  expect = { address "x" { equals = 1024 }, data_at("p", "<" .. uleb(1025, 5) .. ">"),
    custom("mine", "<" .. uleb(1025, 5) .. ">") },
}

case "dead-code-aside" {
  title = "functions that are dropped take no room",
  clauses = { "reloc.compress", "gc.reachability", "functions.content" },
  link = function()
    local o = object "a.o"
    local g = o:func("g", { sig = "->", code = "nop", export = "g" })
    o:func("dead", { sig = "->", code = { { "call", g }, { "call", g } } })
    o:func("f", { sig = "->", export = "f", code = { { "call", g } } })
    return compressed(false, o)
  end,
  expect = { no_function "dead", code("f", { calls "g" }), body("f", 4) },
}

-- Where in the code section the body of a function begins.
local function place_of(module, view, name)
  for _, s in ipairs(module.decoded.sections) do
    if s.kind == "code" then return module.decoded.funcs[view:func(name) + 1].offset - s.offset end
  end
end

local function offsets_of(f, addends)
  local list = {}
  for i, addend in ipairs(addends) do list[i] = fn_offset(f, addend) end
  return list
end

case "function-offset" {
  title = "the offset of a function is that of its compressed body",
  clauses = { "reloc.compress", "reloc.function-offset-i32" },
  link = function()
    local o = object "a.o"
    local g = o:func("g", { sig = "->", code = "nop" })
    o:func("f", { sig = "->", export = "f", code = { { "call", g }, { "call", g } } })
    local h = o:func("h", { sig = "->", export = "h", code = { { "call", g } } })
    o:custom("mine", { bytes = offsets_of(h, { 0 }) })
    return compressed(false, o)
  end,
  expect = { holds("h begins there", function(module, view)
    local found = view:unpack("mine", "<I4")
    return found == place_of(module, view, "h"), found
  end) },
}

case "function-offset-into-code" {
  title = "an offset into a function is that of the same instruction in the compressed body",
  clauses = { "reloc.compress", "reloc.function-offset-i32" },
  peer_differs = "wasm-ld adds the addend to the new start of the function as it is, which misses"
    .. " every instruction behind a number that became shorter",
  link = function()
    local o = object "a.o"
    local g = o:func("g", { sig = "->", code = "nop" })
    o:data("x", { bytes = "1234" })
    local f = o:func("f", { sig = "->", export = "f", code = { { "call", g }, "nop",
      { "call", g }, { "i32.const", addr "x" }, "drop" } })
    -- locals, call at 1, nop at 7, call at 8, i32.const at 14, drop at 20, end at 21
    o:custom("mine", { bytes = offsets_of(f, { 0, 1, 7, 8, 14, 20, 21, 22 }) })
    return compressed(true, o)
  end,
  expect = { holds("the same instructions", function(module, view)
    local start = place_of(module, view, "f")
    local found = { view:unpack("mine", "<I4I4I4I4I4I4I4I4") }
    for i, offset in ipairs { 0, 1, 3, 4, 6, 9, 10, 11 } do
      if found[i] ~= start + offset then
        return false, ("%d for %d"):format(found[i] - start, offset)
      end
    end
    return true
  end) },
}

case "function-offset-in-front" {
  title = "an offset in front of a function's body counts from where the compressed body begins",
  clauses = { "reloc.compress", "reloc.function-offset-i32" },
  link = function()
    local o = object "a.o"
    local g = o:func("g", { sig = "->", code = "nop" })
    o:func("f", { sig = "->", export = "f", code = { { "call", g }, { "call", g } } })
    local h = o:func("h", { sig = "->", export = "h", code = { { "call", g } } })
    o:custom("mine", { bytes = offsets_of(h, { -1, -3 }) })
    return compressed(false, "--validate=permissive", o)
  end,
  expect = { holds("in front of h", function(module, view)
    local one, three = view:unpack("mine", "<I4I4")
    local start = place_of(module, view, "h")
    return one == start - 1 and three == start - 3, ("%d and %d"):format(one, three)
  end) },
}

case "with-strip-all" {
  title = "--strip-all goes with it as --strip-debug does",
  clauses = { "reloc.compress" },
  link = function()
    local o = object "a.o"
    local g = o:func("g", { sig = "->", code = "nop", export = "g" })
    o:func("f", { sig = "->", export = "f", code = { { "call", g } } })
    return { "--no-entry", "--strip-all", "--compress-relocations", o }
  end,
  expect = { code("f", { calls "g" }), body("f", 4), no_section "name" },
}

case "with-debug-sections" {
  title = "without -s or -S it is refused: debug sections tell of offsets in the code",
  clauses = { "reloc.compress" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "->", export = "f", code = "nop" })
    return { "--no-entry", "--compress-relocations", o }
  end,
  expect = { rejects { class = "conflict" } },
}

case "wide-offset" {
  title = "an offset of 64 bits in a 32-bit memory becomes one like any other",
  clauses = { "reloc.compress", "reloc.memory-addr-leb64", "reloc.memarg-width" },
  link = function()
    local o = object "a.o"
    local x = o:data("x", { bytes = "\1\2\3\4", export = "x" })
    o:func("f", { sig = "-> i32", export = "f", code = { "i32.const 1", { "raw", "\x2d\0" },
      reloc { type = "R_WASM_MEMORY_ADDR_LEB64", sym = x, addend = 2, bytes = uleb(0, 10) } } })
    return compressed(true, o)
  end,
  expect = { code("f", { "i32.const 1", { "i32.load8_u", 0, 1026 } }), returns("f", {}, 4),
    valid() },
}
