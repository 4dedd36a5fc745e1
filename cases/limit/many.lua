-- Much of everything: indices of more than one byte, long chains, and work that must not grow with
-- the square of its input.

case "functions" {
  title = "an object of 2000 functions links, each under its own name",
  clauses = { "symbol.object" },
  link = function()
    local o = object "a.o"
    for i = 0, 1999 do
      o:func("f" .. i, { sig = "-> i32", body = "\0\x41" .. sleb(i) .. "\x0b" })
    end
    return { "--no-entry", "--export-all", o }
  end,
  expect = { code("f0", { "i32.const 0" }), code("f127", { "i32.const 127" }),
    code("f128", { "i32.const 128" }), code("f1999", { "i32.const 1999" }),
    runs { { call = "f63", value = 63 }, { call = "f1999", value = 1999 } } },
}

case "symbols" {
  title = "a relocation finds its symbol behind 17000 others, by an index of three bytes",
  clauses = { "reloc.index", "linking.symbols.count" },
  link = function()
    local o = object "a.o"
    local block = o:segment(".data.block", { bytes = ("0123456789abcdef"):rep(8) })
    for i = 1, 17000 do
      -- An undefined data symbol, its bytes in one piece.
      o:raw_symbol { f.raw("entry", "\1\x10" .. name("u" .. i)) }
    end
    local last = o:data("last", { segment = block, offset = 77, size = 1 })
    o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr(last) },
      "i32.load8_u" } })
    return { "--no-entry", "--export=last", o }
  end,
  expect = { const_at("f", 1, to_address "last"), returns("f", {}, ("d"):byte()) },
}

case "sections" {
  title = "a section symbol finds its section behind 300 others",
  clauses = { "symbol.section" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "->", export = "f", code = "nop" })
    for i = 1, 300 do o:custom(".note" .. i, { bytes = "note " .. i }) end
    local target = o:custom(".target", { bytes = "0123456789" })
    local symbol = o:section_symbol(target)
    o:custom(".source", { bytes = { sec_offset(symbol, 7) } })
    return { "--no-entry", o }
  end,
  expect = { custom(".note1", "note 1"), custom(".note300", "note 300"),
    custom(".target", "0123456789"), custom(".source", "\7\0\0\0") },
}

case "segments" {
  title = "500 data segments of one object become one, each byte in its place",
  clauses = { "layout.segment-order", "linking.segments.count" },
  link = function()
    local o, list = object "a.o", {}
    for i = 0, 499 do
      list[i] = o:data("d" .. i, { bytes = string.pack("<I4", i), align = 2, static = true })
    end
    local first = o:data("first", { bytes = { addr(list[0]), addr(list[499]) }, align = 2 })
    o:alias("second", first, { offset = 4, size = 4 })
    return { "--no-entry", "--no-gc-sections", "--export=first", o }
  end,
  expect = { data_segments { ".data" }, data_at("first", { any() }),
    holds("the two pointers are 1996 bytes apart, and point at 0 and 499", function(_, view)
      local at = view:address "first"
      local a, b = string.unpack("<I4I4", view:memory_at(at, 8))
      return b - a == 1996 and string.unpack("<I4", view:memory_at(a, 4)) == 0
        and string.unpack("<I4", view:memory_at(b, 4)) == 499, ("%d and %d"):format(a, b)
    end) },
}

-- A member that defines THIS! and needs NEXT!, to be given names of five bytes.
local function link_of_chain()
  local o = object("member.o", { memory = false })
  local next_one = o:func("NEXT!", { sig = "-> i32", undefined = true })
  o:func("THIS!", { sig = "-> i32", code = { { "call", next_one } } })
  return o:bytes()
end

case "archive-chain" {
  title = "a chain of 1000 members, each of which needs the next, is drawn in to its end",
  clauses = { "archive.lazy" },
  link = function()
    local members, template = {}, link_of_chain()
    for i = 1, 1000 do
      local this, next_one = ("f%04d"):format(i), ("f%04d"):format(i + 1)
      local bytes = template:gsub("THIS!", this):gsub("NEXT!", next_one)
      members[i] = { this .. ".o", bytes, symbols = { this } }
    end
    local last = object "last.o"
    last:func("f1001", { sig = "-> i32", code = "i32.const 7" })
    return { "--no-entry", "--export=f0001", archive("lib.a", members), last }
  end,
  expect = { function_count(1001), has_function("f1000"), returns("f0001", {}, 7) },
}

case "comdats" {
  title = "of 100 objects with one COMDAT group the first is taken, and nothing of the others",
  clauses = { "comdat.first-wins" },
  link = function()
    local list = { "--no-entry", "--export=shared" }
    for i = 1, 100 do
      local o = object(("c%d.o"):format(i))
      local group = o:comdat "shared"
      local text = o:data("text", { bytes = "text-of-the-group", comdat = group, weak = true })
      local f = o:func("shared", { sig = "-> i32", weak = true, comdat = group,
        code = "i32.const " .. i })
      o:func("user" .. i, { sig = "-> i32", export = "user" .. i, code = {
        { "call", f }, { "i32.const", addr(text) }, "drop" } })
      list[#list + 1] = o
    end
    return list
  end,
  expect = { code("shared", { "i32.const 1" }), data_count("text-of-the-group", 1),
    code("user100", { calls "shared", "i32.const", "drop" }),
    runs { { call = "user1", value = 1 }, { call = "user100", value = 1 } } },
}

-- 40 objects, with a thousand numbers in data and code, and equal strings.
local function numbers()
  local list = {}
  for i = 1, 40 do
    local o = object(("n%d.o"):format(i))
    local text = o:data("text", { bytes = ("text %d\0"):format(i % 5), static = true,
      segment_name = ".rodata.str", segment_flags = { "strings" } })
    local words, code = {}, {}
    for k = 1, 12 do
      local f = o:func(("f%d_%d"):format(i, k), { sig = "-> i32", code = "i32.const " .. k })
      words[2 * k - 1], words[2 * k] = slot(f), addr(text, k % 3)
      code[2 * k - 1], code[2 * k] = { "call", f }, "drop"
    end
    local x = o:data("words" .. i, { bytes = words, align = 2 })
    code[#code + 1] = { "i32.const", addr(x) }
    o:func("run" .. i, { sig = "-> i32", export = "run" .. i, code = code })
    list[#list + 1] = o
  end
  return list
end

local made -- by the first link, for all

local function linked_by(threads)
  return function()
    made = made or numbers()
    return { "--no-entry", "--threads=" .. threads, table.unpack(made) }
  end
end

case "threads" {
  title = "any number of threads writes the same bytes",
  clauses = { "strings.order", "table.order" },
  origin = "emscripten-core/emscripten#15706",
  link = linked_by(1),
  expect = { same_as(linked_by(8)), same_as(linked_by(3)), exports { run40 = "function" } },
}

-- 30 calls of functions that are undefined.
local function wrong(limit)
  return function()
    local o, code = object "a.o", {}
    for i = 1, 30 do code[i] = { "call", o:func("u" .. i, { sig = "->", undefined = true }) } end
    o:func("f", { sig = "->", export = "f", code = code })
    return { "--no-entry", "--error-limit=" .. limit, o }
  end
end

case "errors" {
  title = "after so many errors the linker stops, and has failed all the same",
  clauses = { "option.error-limit" },
  link = wrong(10),
  expect = { rejects { id = "TOO_MANY_ERRORS", phase = "emit", class = "info", of = 11 } },
}

for limit, of in pairs { [29] = 30, [30] = 30, [0] = 30 } do
  case("errors-up-to-" .. limit) {
    title = ("of 30 errors and a limit of %d, 30 lines are told"):format(limit),
    clauses = { "option.error-limit" },
    link = wrong(limit),
    expect = { rejects { id = limit == 29 and "TOO_MANY_ERRORS" or "UNDEFINED_SYMBOL", of = of } },
  }
end

case "fatal-error-behind-the-limit" {
  title = "an error that ends the link counts as any other",
  clauses = { "option.error-limit" },
  link = function()
    local o = object "a.o"
    local f = o:func("undefined", { sig = "->", undefined = true })
    local g = o:func("local", { sig = "->", undefined = true })
    o:func("run", { sig = "->", export = "run", code = { { "call", f }, { "call", g } } })
    o:set("linking.symbols[1].flags", 0x12) -- undefined and local: nothing can be done with it
    return { "--validate=permissive", "--no-entry", "--error-limit=1", o }
  end,
  expect = { rejects { id = "TOO_MANY_ERRORS", of = 2 } },
}

case "fatal-warnings" {
  title = "a warning that --fatal-warnings makes an error counts as one",
  clauses = { "option.error-limit", "option.fatal-warnings" },
  link = function()
    local a, b, code = object "a.o", object "b.o", {}
    for i = 1, 5 do
      b:func("g" .. i, { sig = "->", code = "nop" })
      code[2 * i - 1] = "i32.const 1"
      code[2 * i] = { "call", a:func("g" .. i, { sig = "i32 ->", undefined = true }) }
    end
    a:func("f", { sig = "->", export = "f", code = code })
    return { "--no-entry", "--fatal-warnings", "--error-limit=3", b, a }
  end,
  expect = { rejects { id = "SIGNATURE_MISMATCH", files = { "a.o", "b.o" }, of = 4 } },
}

case "smallest-of-each" {
  title = "what is counted may take as few bytes as there can be, down to the end of its section",
  clauses = { "container.count" },
  link = function()
    local a, b = object "a.o", object "b.o"
    a:func("host", { sig = "->", undefined = true, import_module = "", import_name = "" })
    a:features { "+" }
    b:table("t", { min = 0 })
    b:tag("e", { sig = "->" })
    local f = b:func("f", { sig = "->", locals = "i32 i64", code = {}, no_strip = true })
    b:export("", f)
    b:segment("", { bytes = "", passive = true })
    b:init(f, 1)
    b:features { "+bulk-memory" }
    return { "--no-entry", "--no-gc-sections", a, b }
  end,
  expect = { has_function "f" },
}
