-- More than one of each: segments, objects, pointers, entries.  What is right for the first is so
-- for those behind it.

local SHARED = { "-shared", "--experimental-pic" }
local HOST = { ["env.__memory_base"] = 4096, ["env.__table_base"] = 8,
  ["env.__indirect_function_table"] = 64, ["GOT.mem.x"] = 30000 }
local EXTENDED = "--extra-features=extended-const"

-- A link of the objects that make() gives, with more options.
local function linking(make, ...)
  local list = { table.unpack(SHARED) }
  for _, word in ipairs { ... } do list[#list + 1] = word end
  return function()
    local all = { table.unpack(list) }
    for _, o in ipairs { make() } do all[#all + 1] = o end
    return all
  end
end

local function an_object(name)
  local o = object(name or "a.o")
  o:features()
  return o
end

-- Hidden data in a segment of its own.
local function part(o, name, segment, bytes, align)
  return o:data(name, { bytes = bytes, segment_name = segment, align = align or 0, hidden = true,
    no_strip = true })
end

-- A function that gives the word at p less the address of x, which is the distance if p holds that.
local function compares(o, base, name, p, x)
  o:func(name, { sig = "-> i32", export = name, code = { { "global.get", base },
    { "i32.const", addr_rel(p) }, "i32.add", { "i32.load" }, { "global.get", base },
    { "i32.const", addr_rel(x) }, "i32.add; i32.sub" } })
end

local function written(...)
  local calls = { { call = "__wasm_apply_data_relocs" } }
  for _, name in ipairs { ... } do calls[#calls + 1] = { call = name, value = 0 } end
  return runs(calls, HOST)
end

-- Segments and objects ----------------------------------------------------------------------------

local function four_parts()
  local a, b = an_object "a.o", an_object "b.o"
  for i, o in ipairs { a, b } do
    for _, name in ipairs { "one", "two" } do
      o:data(name .. i, { bytes = name .. i, export = name .. i,
        segment_name = ".part." .. name .. "." .. i })
    end
  end
  return a, b
end

case "joined-segments" {
  title = "segments that become one keep what stands in them, whichever object it came from",
  clauses = { "dylink.one-segment", "dylink.export.relative" },
  link = linking(four_parts, "--no-merge-data-segments"),
  expect = { data_segments { ".data" }, data_at("one1", "one1"), data_at("two1", "two1"),
    data_at("one2", "one2"), data_at("two2", "two2") },
}

case "joined-segments-of-parts" {
  title = "so they do where a segment has parts of two objects",
  clauses = { "dylink.one-segment", "dylink.export.relative" },
  link = linking(function()
    local list = {}
    for i, name in ipairs { "a.o", "b.o" } do
      local o = an_object(name)
      for _, segment in ipairs { ".rodata", ".data" } do
        local symbol = segment:sub(2) .. i
        o:data(symbol, { bytes = symbol, export = symbol, align = 2,
          segment_name = ("%s.%d"):format(segment, i) })
      end
      list[i] = o
    end
    return table.unpack(list)
  end),
  expect = { data_segments { ".data" }, data_at("rodata1", "rodata1"), data_at("data1", "data1"),
    data_at("rodata2", "rodata2"), data_at("data2", "data2") },
}

case "alignment-of-joined-segments" {
  title = "--emit-relocs: the one segment is aligned as that of them that asks for most",
  clauses = { "dylink.one-segment", "emit-relocs.module" },
  link = linking(function()
    local o = an_object()
    part(o, "x", ".rodata.x", "1234", 1)
    part(o, "y", ".data.y", "5678", 4)
    part(o, "z", ".last.z", "9", 0)
    return o
  end, "--emit-relocs"),
  expect = { segment_info ".data" { align = 4, count = 1 } },
}

case "zeros-behind-joined-segments" {
  title = "zeros behind the one segment count in the module's memory, and are zero",
  clauses = { "dylink.one-segment", "dylink.bss", "dylink.mem-info.memory-size" },
  link = linking(function()
    local o = object "a.o"
    o:features { "+bulk-memory", "+mutable-globals" }
    part(o, "x", ".rodata.x", "1234", 2)
    part(o, "y", ".data.y", "5678", 2)
    local z = o:data("z", { zero = 100, align = 4, hidden = true })
    local base = o:global("__memory_base", { type = "i32", undefined = true })
    o:func("last", { sig = "-> i32", export = "last", code = { { "global.get", base },
      { "i32.const", addr_rel(z, 96) }, "i32.add", { "i32.load" } } })
    return o
  end),
  expect = { data_segments { ".data" }, dylink { memory_size = 116, memory_align = 4 },
    returns("last", {}, 0, HOST) },
}

-- Pointers ----------------------------------------------------------------------------------------

local function two_segments(both)
  return function()
    local o = an_object()
    local x = part(o, "x", ".rodata.x", "1234", 2)
    local first = part(o, "first", ".rodata.y", both and { addr(x) } or "5678", 2)
    local second = part(o, "second", ".data.z", { addr(x) }, 2)
    local base = o:global("__memory_base", { type = "i32", undefined = true })
    if both then compares(o, base, "of_first", first, x) end
    compares(o, base, "of_second", second, x)
    return o
  end
end

case "pointer-in-the-second-segment" {
  title = "a pointer is written where only a later segment has any",
  clauses = { "dylink.apply-data-relocs", "dylink.apply-data-relocs.on-demand", "dylink.segments" },
  link = linking(two_segments(false), EXTENDED),
  expect = { written "of_second" },
}

case "pointers-in-two-segments" {
  title = "pointers of all segments are written",
  clauses = { "dylink.apply-data-relocs", "dylink.segments" },
  link = linking(two_segments(true), EXTENDED),
  expect = { written("of_first", "of_second") },
}

case "pointer-behind-a-constant" {
  title = "a pointer is written where one in front of it is known when the module is linked",
  clauses = { "dylink.apply-data-relocs", "dylink.apply-data-relocs.on-demand", "symbol.absolute" },
  link = linking(function()
    local o = an_object()
    local fixed = o:data("fixed", { absolute = true, offset = 1234, hidden = true })
    local x = part(o, "x", ".data.x", "1234", 2)
    local p = part(o, "p", ".data.p", { addr(fixed), addr(x) }, 2)
    local base = o:global("__memory_base", { type = "i32", undefined = true })
    o:func("word", { sig = "i32 -> i32", export = "word", code = { { "global.get", base },
      { "i32.const", addr_rel(p) }, "i32.add; local.get 0; i32.add", { "i32.load" } } })
    o:func("distance", { sig = "-> i32", export = "distance", code = { { "global.get", base },
      { "i32.const", addr_rel(x) }, "i32.add; i32.const 4", { "call", o:symbol "word" },
      "i32.sub" } })
    return o
  end),
  peer_differs = "it adds __memory_base to what is absolute",
  expect = { runs({ { call = "__wasm_apply_data_relocs" },
    { call = "word", args = { 0 }, value = 1234 }, { call = "distance", value = 0 } }, HOST) },
}

-- Entries of the GOT ------------------------------------------------------------------------------

case "entry-behind-one-of-a-thread" {
  title = "an entry is complete where one in front of it is each thread's own affair",
  clauses = { "got.complete", "tls.got" },
  link = linking(function()
    local o = object "a.o"
    o:features { "+atomics", "+bulk-memory", "+mutable-globals" }
    local t = o:data("t", { bytes = "1234", tls = true, hidden = true })
    local x = o:data("x", { bytes = "5678", hidden = true })
    local base = o:global("__memory_base", { type = "i32", undefined = true })
    o:func("of_thread", { sig = "-> i32", export = "of_thread",
      code = { { "global.get", got(t) } } })
    o:func("distance", { sig = "-> i32", export = "distance", code = { { "global.get", got(x) },
      { "global.get", base }, { "i32.const", addr_rel(x) }, "i32.add; i32.sub" } })
    return o
  end, "--shared-memory", "--max-memory=1048576"),
  expect = { runs({ { call = "distance", value = 0 } }, HOST) },
}

case "found-by-the-loader" {
  title = "what the loader may find here is exported, whatever --no-export-dynamic says",
  clauses = { "shared.interposition", "got.mem" },
  link = linking(function()
    local o = an_object()
    local x = o:data("x", { bytes = "1234" })
    o:data("y", { bytes = "5678", no_strip = true })
    o:func("f", { sig = "-> i32", export = "f", code = { { "global.get", got(x) } } })
    return o
  end, "--no-export-dynamic"),
  expect = { got_imports { "mem.x" }, exports { x = "global" }, no_export "y",
    returns("f", {}, 30000, HOST) },
}

-- Custom sections ---------------------------------------------------------------------------------

case "slot-of-a-dead-function-in-a-custom-section" {
  title = "a custom section keeps no function alive, and asks for no slot of a dead one",
  clauses = { "gc.edge.custom", "table.synthesized", "dylink.mem-info.table-size" },
  link = linking(function()
    local o = an_object()
    local dead = o:func("dead", { sig = "->", code = "nop", hidden = true })
    o:func("f", { sig = "->", export = "f", code = "nop" })
    o:custom("mine", { bytes = { "<", slot(dead), ">" } })
    return o
  end),
  expect = { no_function "dead", dylink { table_size = 0 }, custom("mine", "<\0\0\0\0>") },
}

case "slot-of-the-linkers-own-in-a-custom-section" {
  title = "nor does it ask for a slot of what the linker makes, which is in none",
  clauses = { "gc.edge.custom", "table.synthesized", "init.call-ctors" },
  link = linking(function()
    local o = an_object()
    local made = o:func("__wasm_call_ctors", { sig = "->", undefined = true })
    local g = o:func("g", { sig = "->", code = "nop", hidden = true })
    o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", slot_rel(g) } } })
    o:custom("mine", { bytes = { "<", slot(made), ">" } })
    return o
  end),
  expect = { dylink { table_size = 1 }, custom("mine", "<\0\0\0\0>") },
}

case "pointer-in-a-custom-section" {
  title = "without collection its pointers may have entries in the GOT; it holds what it can know",
  clauses = { "gc.off", "got.mem", "import.none-other" },
  link = linking(function()
    local o = an_object()
    local x = o:data("x", { bytes = "1234", no_strip = true })
    o:custom("mine", { bytes = { "<", addr(x, 3), ">" } })
    return o
  end, "--no-gc-sections"),
  expect = { custom("mine", "<\3\0\0\0>") },
}

case "address-in-a-custom-section" {
  title = "a custom section is no code: it may hold an address as an instruction would",
  clauses = { "dylink.absolute-refused", "reloc.memory-addr-sleb" },
  link = linking(function()
    local o = an_object()
    local x = o:data("x", { bytes = "1234", hidden = true, no_strip = true })
    o:custom("mine", { bytes = { "<", addr(x, 3), "\0>" } })
    o:set("mine.bytes", "<\x80\x80\x80\x80\0>")
    o:set("reloc.mine.entries[0].type", "\4") -- R_WASM_MEMORY_ADDR_SLEB
    return o
  end),
  expect = { custom("mine", "<\x83\x80\x80\x80\0>") },
}
