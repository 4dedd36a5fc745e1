-- Debug information changes nothing but itself: it keeps nothing, asks for nothing, and can go.

case "keeps-nothing-alive" {
  title = "what only debug information mentions is dropped",
  clauses = { "gc.edge.custom", "gc.reachability" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "->", export = "f", code = "nop" })
    local g = o:func("g", { sig = "-> i32", code = "i32.const 7" })
    local x = o:data("x", { bytes = "dead data" })
    o:custom(".debug_info", { bytes = { fn_offset(g), addr(x) } })
    return { "--no-entry", o }
  end,
  expect = { no_function "g", data_count("dead data", 0), function_count(1) },
}

case "draws-archive-member" {
  title = "an undefined symbol draws its member from an archive, if only debug sections use it",
  clauses = { "archive.lazy", "gc.edge.custom" },
  link = function()
    local o, member = object "a.o", object "member.o"
    local gone = o:func("gone", { sig = "-> i32", undefined = true })
    o:func("f", { sig = "->", export = "f", code = "nop" })
    o:custom(".debug_info", { bytes = { fn_offset(gone) } })
    member:func("gone", { sig = "-> i32", code = "i32.const 7" })
    member:custom("from-member", { bytes = "here" })
    return { "--no-entry", o, archive("lib.a", { member }) }
  end,
  expect = { no_function "gone", custom("from-member", "here"),
    custom(".debug_info", "\xff\xff\xff\xff") },
}

-- An object with code, names, debug information and a section of its own.
local function full(debug)
  local o = object "a.o"
  local x = o:data("x", { bytes = "some data", export = "x" })
  local g = o:func("g", { sig = "-> i32", static = true, code = { { "i32.const", addr(x) } } })
  local f = o:func("f", { sig = "-> i32", export = "f", code = { { "call", g } } })
  o:custom("mine", { bytes = "kept" })
  o:producers { { "language", "C11", "" } }
  o:features { "+mutable-globals" }
  if debug then
    local symbol = o:section_symbol(o:custom(".debug_str", { bytes = "int\0" }))
    o:custom(".debug_info", { bytes = { fn_offset(f), fn_offset(g), addr(x), sec_offset(symbol) } })
    o:custom(".debug_line", { bytes = "lines" })
  end
  return o
end

case "strip-debug" {
  title = "--strip-debug leaves out .debug_* sections and nothing else",
  clauses = { "option.strip-debug" },
  origin = "emscripten-core/emscripten#14623",
  link = function() return { "--no-entry", "--strip-debug", full(true) } end,
  expect = { no_custom(".debug_info", ".debug_str", ".debug_line"), custom("mine", "kept"),
    name_section { functions = { "f", "g" } }, producers { language = { { "C11", "" } } },
    features { "+mutable-globals" }, same_as(function() return { "--no-entry", full(false) } end) },
}

case "strip-all" {
  title = "--strip-all leaves out debug sections, names, producers and features, not others",
  clauses = { "option.strip-all" },
  origin = { "WebAssembly/binaryen#5833", "llvm/llvm-project#60423" },
  link = function() return { "--no-entry", "--strip-all", full(true) } end,
  expect = { no_custom(".debug_info", ".debug_str", ".debug_line", "name", "producers",
    "target_features"), custom("mine", "kept"), returns("f", {}, nil), valid() },
}

case "same-code" {
  title = "code and data are the same with debug information as without",
  clauses = { "gc.edge.custom" },
  link = function() return { "--no-entry", full(true) } end,
  expect = { holds("equal but for .debug_*", function(module, _, plain)
    for _, s in ipairs(module.decoded.sections) do
      if s.id ~= 0 then
        local bytes = module.decoded.bytes:sub(s.offset + 1, s.offset + s.size)
        if not plain:find(bytes, 1, true) then return false, "another section " .. s.kind end
      end
    end
    return true
  end, { "--no-entry", full(false) }) },
}

case "without-relocations" {
  title = "debug sections without relocations are joined as they are",
  clauses = { "custom.concatenate" },
  link = function()
    local a, b = object "a.o", object "b.o"
    a:func("f", { sig = "->", export = "f", code = "nop" })
    a:custom(".debug_line", { bytes = "first" })
    b:func("g", { sig = "->", export = "g", code = "nop" })
    b:custom(".debug_line", { bytes = "second" })
    return { "--no-entry", a, b }
  end,
  expect = { custom(".debug_line", "firstsecond") },
}
