-- What is right beside what cases/malformed/relocs.lua spoils: all that relocation sections may
-- say.

for id, name in pairs { none = "reloc.", data = "reloc.DATA", debug = "reloc..debug_info" } do
  case("suffix-" .. id) {
    title = ("a section %s may hold the relocations of code"):format(name),
    clauses = { "reloc.section.suffix", "reloc.section.name" },
    link = function()
      local o = object "a.o"
      local x = o:data("x", { bytes = "\7\0\0\0", align = 2 })
      o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr(x) },
        { "i32.load" } } })
      o:set("reloc.CODE.name.bytes", name)
      return { "--no-entry", o }
    end,
    expect = { returns("f", {}, 7), no_custom(name) },
  }
end

case "no-relocation-section" {
  title = "a section whose name is reloc and no more, or begins otherwise, is copied as it is",
  clauses = { "reloc.section.name", "custom.kept" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "-> i32", export = "f", code = "i32.const 7" })
    for _, name in ipairs { "reloc", "relocs.CODE", "my.reloc.CODE", "Reloc.CODE" } do
      o:custom(name, { bytes = name })
    end
    return { "--no-entry", o }
  end,
  expect = { custom("reloc", "reloc"), custom("relocs.CODE", "relocs.CODE"),
    custom("my.reloc.CODE", "my.reloc.CODE"), custom("Reloc.CODE", "Reloc.CODE") },
  golden = false, reason = "wasm-validate takes what begins with reloc for relocations",
}

case "as-many-as-counted" {
  title = "all relocations of a section are applied, the first and the last among 300",
  clauses = { "reloc.count", "reloc.type", "reloc.applied" },
  link = function()
    local o = object "a.o"
    local bytes, x = {}, o:data("x", { bytes = "1234", export = "x" })
    for i = 1, 300 do bytes[i] = addr(x, i) end
    o:data("all", { bytes = bytes, align = 2, export = "all" })
    o:data("last", { bytes = { "no", addr(x), "no" } })
    return { "--no-entry", "--export=all", "--export=x", o }
  end,
  expect = { data_at("all", { to_address("x", 1), to_address("x", 2) }),
    data_at({ "all", 1196 }, { to_address("x", 300) }) },
}

case "types-of-both-encodings" {
  title = "relocations of different types stand beside each other in one section",
  clauses = { "reloc.type", "reloc.applied" },
  link = function()
    local o = object "a.o"
    local x = o:data("x", { bytes = "\7\0\0\0", align = 2 })
    local g = o:global("g", { mutable = true, init = { "i32.const 3" } })
    local h = o:func("h", { sig = "-> i32", code = "i32.const 20" })
    o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", slot(h) },
      { "call_indirect", "-> i32" }, { "call", h }, "i32.add", { "global.get", g }, "i32.add",
      { "i32.const", addr(x) }, { "i32.load" }, "i32.add" } })
    return { "--no-entry", o }
  end,
  expect = { returns("f", {}, 50) },
}

case "padding-kept" {
  title = "a number that is relocated keeps its five bytes, and the function its size",
  clauses = { "functions.size", "reloc.padding" },
  link = function()
    local o = object "a.o"
    local g = o:func("g", { sig = "-> i32", code = "i32.const 7" })
    o:func("f", { sig = "-> i32", export = "f", code = { { "call", g } } })
    return { "--no-entry", o }
  end,
  expect = { body("f", 8), body("g", 4), returns("f", {}, 7) },
}

case "right-behind-their-section" {
  title = "relocations may stand right behind the section that they are of",
  clauses = { "reloc.section.after-target", "reloc.section.after-linking" },
  link = function()
    local o = object "a.o"
    local f = o:func("f", { sig = "->", export = "f", code = "nop" })
    o:custom("mine", { bytes = { fn_offset(f) } })
    o:move("mine", "reloc.mine")
    return { "--no-entry", o }
  end,
  expect = { custom("mine", "\2\0\0\0") },
}
