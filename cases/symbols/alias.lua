-- Two names of one thing.

case "function" {
  title = "two names of one function are exported as one function",
  clauses = { "symbol.alias" },
  link = function()
    local o = object "a.o"
    local one = o:func("one", { sig = "-> i32", code = "i32.const 1" })
    o:alias("two", one)
    return { "--no-entry", "--export=one", "--export=two", o }
  end,
  expect = { exports { one = "function", two = { kind = "function", is = "one" } },
    function_count(1), returns("two", {}, 1) },
}

case "function-slot" {
  title = "pointers to one function are equal, whichever of its names they were taken by",
  clauses = { "symbol.alias", "table.slot-once" },
  link = function()
    local a = object "a.o"
    local one = a:func("one", { sig = "-> i32", code = "i32.const 1" })
    a:alias("two", one)
    a:func("p", { sig = "-> i32", export = "p", code = { { "i32.const", slot(one) } } })
    local b = object "b.o"
    local two = b:func("two", { sig = "-> i32", undefined = true })
    b:func("q", { sig = "-> i32", export = "q", code = { { "i32.const", slot(two) } } })
    return { "--no-entry", "--export=one", a, b }
  end,
  expect = { const_at("p", 1, to_slot "one"), const_at("q", 1, to_slot "one"), in_table "one",
    holds("equal pointers", function(_, view)
      return view:constants(view:func "p")[1] == view:constants(view:func "q")[1]
    end) },
}

-- A linker that follows function indices instead of symbols changes `direct` too.
local function overridden()
  local b = object "b.o"
  local direct = b:func("direct", { sig = "-> i32", code = "i32.const 1" })
  local alias = b:alias("alias", direct, { weak = true })
  b:func("call_direct", { sig = "-> i32", export = "call_direct", code = { { "call", direct } } })
  b:func("call_alias", { sig = "-> i32", export = "call_alias", code = { { "call", alias } } })
  b:func("point_direct", { sig = "-> i32", export = "point_direct",
    code = { { "i32.const", slot(direct) }, { "call_indirect", "->i32" } } })
  b:func("point_alias", { sig = "-> i32", export = "point_alias",
    code = { { "i32.const", slot(alias) }, { "call_indirect", "->i32" } } })
  local a = object "a.o"
  a:func("alias", { sig = "-> i32", code = "i32.const 2" })
  return a, b
end

local BOTH = { runs { { call = "call_direct", value = 1 }, { call = "call_alias", value = 2 },
  { call = "point_direct", value = 1 }, { call = "point_alias", value = 2 } },
  const_at("point_direct", 1, to_slot "direct"), const_at("point_alias", 1, to_slot "alias") }

case "weak-alias-overridden-before" {
  title = "an earlier strong definition takes a weak alias's place, and not that of its target",
  clauses = { "symbol.alias", "symbol.binding.weak" },
  origin = "WebAssembly/tool-conventions#34",
  link = function()
    local a, b = overridden()
    return { "--no-entry", a, b }
  end,
  expect = BOTH,
}

case "weak-alias-overridden-after" {
  title = "a later strong definition takes a weak alias's place, and not that of its target",
  clauses = { "symbol.alias", "symbol.binding.weak" },
  origin = "WebAssembly/tool-conventions#34",
  link = function()
    local a, b = overridden()
    return { "--no-entry", b, a }
  end,
  expect = BOTH,
}

case "target-overridden" {
  title = "an alias keeps a weak function alive that lost its own name",
  clauses = { "symbol.alias", "symbol.binding.weak" },
  link = function()
    local a = object "a.o"
    local weak = a:func("f", { sig = "-> i32", weak = true, code = "i32.const 1" })
    a:alias("old_f", weak)
    local b = object "b.o"
    b:func("f", { sig = "-> i32", code = "i32.const 2" })
    return { "--no-entry", "--export=f", "--export=old_f", a, b }
  end,
  expect = { different_functions("f", "old_f"), returns("f", {}, 2), returns("old_f", {}, 1) },
}

case "data" {
  title = "names inside one data segment keep their distance",
  clauses = { "symbol.alias", "data.content", "symbol.data.segment", "symbol.data.size" },
  link = function()
    local o = object "a.o"
    local whole = o:data("whole", { bytes = "abcdefgh", align = 3 })
    o:alias("tail", whole, { offset = 5, size = 3 })
    o:alias("behind", whole, { offset = 8, size = 0 })
    local pad = object "pad.o"
    pad:data("pad", { bytes = "xyz" })
    return { "--no-entry", "--export=pad", "--export=whole", "--export=tail", "--export=behind",
      pad, o }
  end,
  expect = { address "tail" { distance = { "whole", 5 } },
    address "behind" { distance = { "whole", 8 } }, address "whole" { align = 8 },
    data_at("tail", "fgh") },
}

case "data-overridden" {
  title = "a strong definition of a weak name inside a segment leaves the segment as it is",
  clauses = { "symbol.alias", "symbol.binding.weak" },
  link = function()
    local a = object "a.o"
    local whole = a:data("whole", { bytes = "abcd" })
    a:alias("part", whole, { weak = true, offset = 2, size = 2 })
    local b = object "b.o"
    b:data("part", { bytes = "XY" })
    return { "--no-entry", "--export=whole", "--export=part", a, b }
  end,
  expect = { data_at("whole", "abcd"), data_at("part", "XY") },
}

-- Linking.md, on a symbol's flags: its offset counts from the start of the memory.
case "absolute" {
  title = "an absolute symbol's address is its offset, in code, in data and as an export",
  clauses = { "symbol.absolute" },
  link = function()
    local a = object "a.o"
    a:data("port", { absolute = true, offset = 0xd020, size = 4 })
    a:data("x", { bytes = "data", export = "x" })
    local b = object "b.o"
    local port = b:data("port", { undefined = true })
    b:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr(port, 2) } } })
    b:data("p", { bytes = { addr(port) }, align = 2, export = "p" })
    return { "--no-entry", "--export=port", b, a }
  end,
  expect = { global_value("port", 0xd020), const_at("f", 1, 0xd022), data_at("p", u32(0xd020)),
    data_at("x", "data") },
  peer_differs = "wasm-ld adds the address of the object's first segment to the offset",
}

case "absolute-zero" {
  title = "the addend of a relocation counts when the absolute address is 0",
  clauses = { "symbol.absolute" },
  link = function()
    local o = object "a.o"
    local base = o:data("base", { absolute = true, offset = 0, size = 0 })
    o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr(base, 12) } } })
    return { "--no-entry", o }
  end,
  expect = { const_at("f", 1, 12) },
}

case "absolute-strong" {
  title = "an absolute definition and an ordinary one of the same name are duplicates",
  clauses = { "symbol.absolute", "symbol.binding.strong" },
  link = function()
    local a = object "a.o"
    a:data("port", { absolute = true, offset = 64, size = 4 })
    local b = object "b.o"
    b:data("port", { bytes = "data" })
    return { "--no-entry", a, b }
  end,
  expect = { rejects { id = "DUPLICATE_SYMBOL", phase = "resolve" } },
}
