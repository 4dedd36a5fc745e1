-- Coverage records, which their readers expect at multiples of 8.

for _, section in ipairs { "__llvm_covfun", "__llvm_covmap" } do
  case("aligned-" .. section) {
    title = ("parts of %s begin at multiples of 8, with zeros between"):format(section),
    clauses = { "custom.coverage-alignment" },
    link = function()
      local function part(name, bytes)
        local o = object(name)
        o:func(name:sub(1, 1), { sig = "->", no_strip = true, code = "nop" })
        o:custom(section, { bytes = bytes })
        return o
      end
      return { "--no-entry", part("a.o", "123"), part("b.o", "456789AB"), part("c.o", "C") }
    end,
    expect = { custom(section, "123\0\0\0\0\000456789ABC") },
  }
end

case "offset-into-aligned-part" {
  title = "an offset into an aligned part takes the alignment into account",
  clauses = { "custom.coverage-alignment", "reloc.section-offset-i32" },
  link = function()
    local a, b = object "a.o", object "b.o"
    a:func("f", { sig = "->", no_strip = true, code = "nop" })
    a:custom("__llvm_covfun", { bytes = "123" })
    local symbol = b:section_symbol(b:custom("__llvm_covfun", { bytes = "456" }))
    b:custom("refer", { bytes = { sec_offset(symbol, 2) } })
    b:func("g", { sig = "->", no_strip = true, code = "nop" })
    return { "--no-entry", a, b }
  end,
  expect = { custom("refer", "\10\0\0\0"), custom("__llvm_covfun", "123\0\0\0\0\000456") },
}

case "other-sections-not-aligned" {
  title = "sections with names like these are not aligned",
  clauses = { "custom.coverage-alignment", "custom.concatenate" },
  link = function()
    local a, b = object "a.o", object "b.o"
    a:func("f", { sig = "->", no_strip = true, code = "nop" })
    a:custom("__llvm_prf_names", { bytes = "123" })
    b:custom("__llvm_prf_names", { bytes = "456" })
    b:func("g", { sig = "->", no_strip = true, code = "nop" })
    return { "--no-entry", a, b }
  end,
  expect = { custom("__llvm_prf_names", "123456") },
}
