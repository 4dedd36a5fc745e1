-- Custom sections of the inputs: those of one name become one, the linker's own are consumed.

-- An object with one function that stays, and custom sections { name, bytes }.
local function with(name, ...)
  local o = object(name)
  o:func(name:gsub("%.o$", ""), { sig = "->", no_strip = true, code = "nop" })
  for _, s in ipairs { ... } do o:custom(s[1], { bytes = s[2] }) end
  return o
end

case "concatenated" {
  title = "custom sections of one name are joined in the order of the objects, without padding",
  clauses = { "custom.concatenate", "container.section.custom" },
  link = function()
    return { "--no-entry", with("a.o", { "mine", "abc" }), with("b.o", { "mine", "d" }),
      with("c.o", { "mine", "ef" }) }
  end,
  expect = { custom("mine", "abcdef") },
}

case "order-of-the-command-line" {
  title = "the order of the parts is that of the command line",
  clauses = { "custom.concatenate" },
  link = function()
    return { "--no-entry", with("b.o", { "mine", "d" }), with("a.o", { "mine", "abc" }) }
  end,
  expect = { custom("mine", "dabc") },
}

case "before-the-others" {
  title = "a custom section may stand before all others",
  clauses = { "custom.concatenate" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "->", export = "f", code = {} })
    o:custom("mine", { bytes = "first", before = "type" })
    return { "--no-entry", o }
  end,
  expect = { custom("mine", "first") },
}

case "twice-in-one-object" {
  title = "two sections of one name in one object are joined too",
  clauses = { "custom.concatenate" },
  link = function()
    local o = object "a.o"
    o:func("a", { sig = "->", no_strip = true, code = "nop" })
    o:custom("mine", { bytes = "12" })
    o:custom("other", { bytes = "-" })
    o:custom("mine", { bytes = "34", path = "mine-again" })
    return { "--no-entry", o, with("b.o", { "mine", "56" }) }
  end,
  expect = { custom("mine", "123456"), custom("other", "-"),
    holds("one section of that name", function(module)
      local n = 0
      for _, s in ipairs(module.sections) do n = n + (s.name == "mine" and 1 or 0) end
      return n == 1, n .. " sections"
    end) },
}

case "order-of-sections" {
  title = "the joined sections stand behind the data in the order in which they are first seen",
  clauses = { "custom.order" },
  origin = "wild-linker/wild#2534",
  link = function()
    return { "--no-entry", with("a.o", { "zeta", "1" }, { "beta", "2" }),
      with("b.o", { "alpha", "3" }, { "zeta", "4" }) }
  end,
  expect = { section_order { "type", "function", "memory", "global?", "export", "code", "zeta",
    "beta", "alpha", "name" } },
}

case "empty" {
  title = "an empty custom section adds nothing to others of its name, and may be left out",
  clauses = { "custom.empty" },
  origin = "llvm/llvm-project#87073",
  link = function()
    return { "--no-entry", with("a.o", { "nothing", "" }, { "mine", "" }),
      with("b.o", { "mine", "x" }) }
  end,
  expect = { custom("mine", "x"), either { empty_section_dropped = no_custom "nothing",
    empty_section_kept = custom("nothing", "") } },
}

case "bitcode" {
  title = "embedded bitcode and its command line are not written",
  clauses = { "custom.bitcode" },
  link = function()
    return { "--no-entry", with("a.o", { ".llvmbc", "BC" }, { ".llvmcmd", "-O2" },
      { "mine", "x" }) }
  end,
  expect = { no_custom(".llvmbc", ".llvmcmd"), custom("mine", "x") },
}

case "metadata-consumed" {
  title = "linking and relocation sections of the inputs are not written",
  clauses = { "custom.consumed" },
  link = function()
    local o = with("a.o")
    local x = o:data("x", { bytes = "1234", no_strip = true })
    o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr(x) } } })
    o:data("p", { bytes = { addr(x) }, no_strip = true })
    o:custom("mine", { bytes = { addr(x) } })
    return { "--no-entry", o }
  end,
  expect = { has_function "f", no_custom("linking", "reloc.CODE", "reloc.DATA", "reloc.mine") },
}

case "kept-without-use" {
  title = "custom sections are kept though nothing refers to them or to anything in their object",
  clauses = { "custom.kept" },
  origin = { "emscripten-core/emscripten#26223", "llvm/llvm-project#200083" },
  link = function()
    local o = object "lonely.o"
    o:func("unused", { sig = "->", code = "nop" })
    o:custom("mine", { bytes = "still here" })
    return { "--no-entry", o }
  end,
  expect = { no_function "unused", custom("mine", "still here") },
}

case "archive-member-left-out" {
  title = "custom sections of an archive member that nobody needs are not written",
  clauses = { "custom.concatenate", "archive.lazy" },
  origin = { "llvm/llvm-project#200083", "llvm/llvm-project#200088" },
  link = function()
    return { "--no-entry", with("a.o", { "mine", "a" }),
      archive("lib.a", { with("b.o", { "mine", "b" }) }) }
  end,
  expect = { custom("mine", "a") },
}

case "names-that-begin-alike" {
  title = "a section whose name only begins like a known one is an unknown section",
  clauses = { "custom.consumed", "reloc.section.name", "linking.after-data" },
  link = function()
    return { "--no-entry", with("a.o", { "names", "1" }, { "linking2", "2" },
      { "producers.x", "3" }, { "target_features_", "4" }, { "debug_info", "5" }) }
  end,
  expect = { custom("names", "1"), custom("linking2", "2"), custom("producers.x", "3"),
    custom("target_features_", "4"), custom("debug_info", "5") },
}

case "strip-all-keeps" {
  title = "--strip-all keeps custom sections that are not debug information",
  clauses = { "option.strip-all", "custom.concatenate" },
  link = function()
    return { "--no-entry", "--strip-all", with("a.o", { "mine", "a" }, { ".debugger", "b" }) }
  end,
  expect = { custom("mine", "a"), custom(".debugger", "b") },
}

case "offset-into-a-stripped-section" {
  title = "an offset into a section that --strip-debug drops is the addend alone",
  clauses = { "option.strip-debug", "reloc.section-offset.value" },
  link = function()
    local o = with("a.o")
    local info = o:custom(".debug_info", { bytes = "debug" })
    o:custom("mine", { bytes = { "<", sec_offset(o:section_symbol(info), 3), ">" } })
    return { "--no-entry", "--strip-debug", o }
  end,
  expect = { no_custom ".debug_info", custom("mine", "<\3\0\0\0>") },
}

case "offset-into-stripped-strings" {
  title = "so it is with strings, which would have been merged",
  clauses = { "option.strip-debug", "reloc.section-offset.value" },
  link = function()
    local o = with("a.o")
    local text = o:custom(".debug_str", { bytes = "a\0b\0" })
    o:custom("mine", { bytes = { "<", sec_offset(o:section_symbol(text), 2), ">" } })
    return { "--no-entry", "--strip-debug", o }
  end,
  expect = { no_custom ".debug_str", custom("mine", "<\2\0\0\0>") },
}
