-- Sections of an object that are there, but hold nothing: readers have stumbled over each of them.

case "relocations" {
  title = "a relocation section without entries is one",
  clauses = { "reloc.count", "reloc.section.after-target", "reloc.section.after-linking" },
  origin = "WebAssembly/wabt#272",
  link = function()
    local o = object "a.o"
    local x = o:data("x", { bytes = "data" })
    o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr(x) }, "drop",
      "i32.const 7" } })
    o:remove "reloc.CODE.entries[0]"
    return { "--no-entry", o }
  end,
  expect = { returns("f", {}, 7) },
}

case "debug-section" {
  title = "an empty debug section, with relocations that are none, adds nothing",
  clauses = { "custom.concatenate" },
  link = function()
    local a, b = object "a.o", object "b.o"
    a:func("f", { sig = "-> i32", export = "f", code = "i32.const 7" })
    a:custom(".debug_info", { bytes = "" })
    b:custom(".debug_info", { bytes = "info" })
    return { "--no-entry", a, b }
  end,
  expect = { custom(".debug_info", "info"), returns("f", {}, 7) },
}

case "offset-into-it" {
  title = "the place of a section without bytes is 0, or where it would stand behind others",
  clauses = { "custom.empty", "reloc.section-offset-i32" },
  link = function()
    local function with(name, bytes)
      local o = object(name)
      o:func(name, { sig = "->", no_strip = true, code = "nop" })
      local part = o:section_symbol(o:custom("mine", { bytes = bytes }))
      o:custom("places", { bytes = { sec_offset(part) } })
      return o
    end
    return { "--no-entry", with("a.o", "1234"), with("b.o", "") }
  end,
  expect = { custom("mine", "1234"), either {
    empty_section_dropped = custom("places", "\0\0\0\0\0\0\0\0"),
    empty_section_kept = custom("places", "\0\0\0\0\4\0\0\0") } },
}

case "linking" {
  title = "an object whose linking section holds nothing but the version has no symbols",
  clauses = { "linking.sub-section", "linking.version", "linking.sub-section.size",
    "linking.symbols.count" },
  origin = "paritytech/parity-wasm#219",
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "-> i32", export = "f", code = "i32.const 7" })
    return { "--no-entry", o, module("bare.o", { header {},
      section("linking", 0, { f.uleb("version", 2) }) }) }
  end,
  expect = { returns("f", {}, 7) },
}
