-- Offsets that debug sections hold: into the code section, and into each other.

-- Where the body of a function (behind its size) lies in the code section.
local function body_offset(module, view, name)
  local f = module.decoded.funcs[view:func(name) + 1]
  for _, s in ipairs(module.decoded.sections) do
    if s.kind == "code" then return f.offset - s.offset end
  end
end

-- The section holds these: a list of { function, plus }.
local function holds_offsets(section, list)
  return holds(section .. " holds the offsets", function(module, view)
    local found = view:custom(section)
    for i, item in ipairs(list) do
      local want = body_offset(module, view, item[1]) + (item[2] or 0)
      local got = string.unpack("<I4", found, 4 * i - 3)
      if got ~= want then return false, ("%s: %d, not %d"):format(item[1], got, want) end
    end
    return #found == 4 * #list, #found .. " bytes"
  end)
end

case "function-offset" {
  title = "a function's offset is that of its body in the output's code section, plus the addend",
  clauses = { "reloc.function-offset-i32", "reloc.function-offset.value" },
  link = function()
    local a, b = object "a.o", object "b.o"
    a:func("first", { sig = "->", export = "first", code = "nop; nop; nop" })
    local g = b:func("g", { sig = "-> i32", export = "g", code = "i32.const 7" })
    local h = b:func("h", { sig = "-> i32", export = "h", code = "i32.const 8" })
    b:custom(".debug_info", { bytes = { fn_offset(g), fn_offset(h), fn_offset(h, 3) } })
    return { "--no-entry", a, b }
  end,
  expect = { holds_offsets(".debug_info", { { "g" }, { "h" }, { "h", 3 } }) },
}

case "behind-dropped-functions" {
  title = "functions that are dropped before it move a function's offset",
  clauses = { "reloc.function-offset-i32", "gc.reachability", "reloc.function-offset.value" },
  link = function()
    local o = object "a.o"
    o:func("dead", { sig = "->", code = ("nop;"):rep(50) .. "nop" })
    local g = o:func("g", { sig = "-> i32", export = "g", code = "i32.const 7" })
    o:custom(".debug_info", { bytes = { fn_offset(g) } })
    return { "--no-entry", o }
  end,
  expect = { no_function "dead", holds_offsets(".debug_info", { { "g" } }) },
}

case "behind-a-linker-made-function" {
  title = "functions that the linker makes move it too",
  clauses = { "reloc.function-offset-i32", "init.call-ctors" },
  link = function()
    local o = object "a.o"
    local boot = o:func("boot", { sig = "->", static = true, code = "nop" })
    o:init(boot)
    local ctors = o:func("__wasm_call_ctors", { sig = "->", undefined = true })
    local g = o:func("g", { sig = "->", export = "g", code = { { "call", ctors } } })
    o:custom(".debug_info", { bytes = { fn_offset(g), fn_offset(boot, 1) } })
    return { "--no-entry", o }
  end,
  expect = { holds_offsets(".debug_info", { { "g" }, { "boot", 1 } }) },
}

case "long-body" {
  title = "the offset counts from behind the body's size, also where that takes several bytes",
  clauses = { "reloc.function-offset-i32" },
  origin = "ziglang/zig#18528",
  link = function()
    local o = object "a.o"
    o:func("first", { sig = "->", export = "first", code = "nop" })
    local long = o:func("long", { sig = "->", export = "long", code = ("nop;"):rep(200) .. "nop" })
    local g = o:func("g", { sig = "->", export = "g", code = "nop" })
    o:custom(".debug_info", { bytes = { fn_offset(long), fn_offset(long, 100), fn_offset(g) } })
    return { "--no-entry", o }
  end,
  expect = { holds_offsets(".debug_info", { { "long" }, { "long", 100 }, { "g" } }) },
}

case "winner-of-a-group" {
  title = "debug information of a group that lost shows the function that won, by its symbol",
  clauses = { "reloc.function-offset-i32", "comdat.first-wins" },
  link = function()
    local function part(name, value)
      local o = object(name)
      local g = o:func("g", { sig = "-> i32", weak = true, comdat = o:comdat "g", export = "g",
        code = "i32.const " .. value })
      o:custom(".debug_info", { bytes = { fn_offset(g) } })
      return o
    end
    return { "--no-entry", part("a.o", 1), part("b.o", 2) }
  end,
  expect = { returns("g", {}, 1), holds_offsets(".debug_info", { { "g" }, { "g" } }) },
}

case "section-offset" {
  title = "an offset into a section counts from the section's start in the output",
  clauses = { "reloc.section-offset-i32", "custom.concatenate", "custom.section-symbol" },
  link = function()
    local function part(name, bytes)
      local o = object(name)
      o:func(name:sub(1, 1), { sig = "->", no_strip = true, code = "nop" })
      local abbrev = o:custom(".debug_abbrev", { bytes = bytes })
      local symbol = o:section_symbol(abbrev)
      o:custom(".debug_info", { bytes = { sec_offset(symbol), sec_offset(symbol, 3) } })
      return o
    end
    return { "--no-entry", part("a.o", "12345"), part("b.o", "6789"), part("c.o", "0abc") }
  end,
  expect = { custom(".debug_abbrev", "1234567890abc"),
    custom(".debug_info", string.pack("<I4I4I4I4I4I4", 0, 3, 5, 8, 9, 12)) },
}

-- Objects that have these strings in .debug_str, and in .debug_info where each begins.
local function with_strings(section, lists)
  return function()
    local link = { "--no-entry" }
    for i, list in ipairs(lists) do
      local o = object(("%d.o"):format(i))
      o:func("f" .. i, { sig = "->", no_strip = true, code = "nop" })
      local strings = o:custom(section, { bytes = table.concat(list, "\0") .. "\0" })
      local symbol, at, info = o:section_symbol(strings), 0, {}
      for k, text in ipairs(list) do
        info[k] = sec_offset(symbol, at)
        at = at + #text + 1
      end
      o:custom(".debug_info", { bytes = info })
      link[#link + 1] = o
    end
    return link
  end
end

-- Every offset in .debug_info leads to its string.
local function leads_to(section, texts)
  return holds("offsets lead to the strings", function(_, view)
    local info, strings = view:custom ".debug_info", view:custom(section)
    for i, text in ipairs(texts) do
      local at = string.unpack("<I4", info, 4 * i - 3)
      local found = strings:sub(at + 1, at + #text + 1)
      if found ~= text .. "\0" then return false, ("%q for %q"):format(found, text) end
    end
    return #info == 4 * #texts
  end)
end

case "merged-tails" {
  title = "offsets find their strings, also where one that ends another is found inside it",
  clauses = { "strings.debug", "reloc.section-offset-i32" },
  link = with_strings(".debug_str", { { "bar" }, { "foobar", "ar" } }),
  expect = { leads_to(".debug_str", { "bar", "foobar", "ar" }),
    either { strings_merged = custom(".debug_str", "foobar\0"),
      strings_joined = custom(".debug_str", "bar\0foobar\0ar\0") } },
}

case "inside-a-merged-string" {
  title = "an offset into the middle of a string stays that far inside it",
  clauses = { "strings.debug", "reloc.section-offset-i32" },
  link = function()
    local function part(name, text, plus)
      local o = object(name)
      o:func(name:sub(1, 1), { sig = "->", no_strip = true, code = "nop" })
      local symbol = o:section_symbol(o:custom(".debug_str", { bytes = text }))
      o:custom(".debug_info", { bytes = { sec_offset(symbol, plus) } })
      return o
    end
    return { "--no-entry", part("a.o", "one\0two\0", 5), part("b.o", "three\0two\0", 7) }
  end,
  expect = { leads_to(".debug_str", { "wo", "wo" }) },
}

case "strings-to-strings" {
  title = "a table of offsets leads to the merged strings",
  clauses = { "strings.debug", "reloc.section-offset-i32", "custom.section-symbol" },
  origin = "ziglang/zig#22235",
  link = function()
    local function part(name, text)
      local o = object(name)
      o:func(name:sub(1, 1), { sig = "->", no_strip = true, code = "nop" })
      -- The table stands before the strings, which it needs.
      local strings = o:custom(".debug_str", { bytes = text .. "\0common\0" })
      local symbol = o:section_symbol(strings)
      o:custom(".debug_str_offsets", { before = ".debug_str",
        bytes = { sec_offset(symbol), sec_offset(symbol, #text + 1) } })
      return o
    end
    return { "--no-entry", part("a.o", "alpha"), part("b.o", "beta") }
  end,
  expect = { holds("offsets lead to the strings", function(_, view)
    local list, strings = view:custom ".debug_str_offsets", view:custom ".debug_str"
    for i, text in ipairs { "alpha", "common", "beta", "common" } do
      local at = string.unpack("<I4", list, 4 * i - 3)
      if strings:sub(at + 1, at + #text + 1) ~= text .. "\0" then return false, text end
    end
    return #list == 16, #list .. " bytes"
  end) },
}

case "weak-definition-that-lost" {
  title = "debug information of a weak definition that lost shows the one that won",
  clauses = { "reloc.function-offset-i32", "symbol.binding.weak" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local g = a:func("g", { sig = "-> i32", weak = true, code = "i32.const 1" })
    a:custom(".debug_info", { bytes = { fn_offset(g) } })
    b:func("g", { sig = "-> i32", export = "g", code = "i32.const 2" })
    return { "--no-entry", a, b }
  end,
  expect = { returns("g", {}, 2), holds_offsets(".debug_info", { { "g" } }) },
}

case "thread-local-variable" {
  title = "debug information of a thread-local variable holds its offset in the TLS block",
  clauses = { "tls.offset", "reloc.memory-addr-i32" },
  link = function()
    local o = object "a.o"
    o:features { "+atomics", "+bulk-memory" }
    local function add(name, bytes)
      return o:data(name, { bytes = bytes, align = 2, tls = true, segment_name = ".tdata." .. name,
        segment_flags = { "tls" }, no_strip = true })
    end
    add("first", "\x11\0\0\0")
    local v = add("v", "\x22\0\0\0\x33\0\0\0")
    o:func("f", { sig = "->", export = "f", code = "nop" })
    o:custom(".debug_info", { bytes = { addr(v), addr(v, 4) } })
    return { "--no-entry", o }
  end,
  expect = { custom(".debug_info", "\4\0\0\0\8\0\0\0") },
}

case "of-the-linker-s-own" {
  title = "the offset of a function that the linker makes is that of its body",
  clauses = { "reloc.function-offset.value", "init.call-ctors" },
  link = function()
    local o = object "a.o"
    local ctors = o:func("__wasm_call_ctors", { sig = "->", undefined = true })
    o:func("f", { sig = "->", export = "f", code = { { "call", ctors } } })
    o:init(o:func("init", { sig = "->", code = "nop" }))
    o:custom(".debug_info", { bytes = { fn_offset(ctors) } })
    return { "--no-entry", o }
  end,
  expect = { holds("the offset of the function, or of its size", function(module, view)
    local body = body_offset(module, view, "__wasm_call_ctors")
    local found = view:unpack(".debug_info", "<I4")
    return found == body or found == body - 1, ("%d, not %d"):format(found, body)
  end) },
}

case "inside-a-linker-made-function" {
  title = "an offset into a function that the linker makes counts from its beginning",
  clauses = { "reloc.function-offset-i32", "reloc.addend.code" },
  link = function()
    local o = object "a.o"
    local ctors = o:func("__wasm_call_ctors", { sig = "->", undefined = true })
    o:func("g", { sig = "->", export = "g", code = { { "call", ctors } } })
    o:custom(".debug_info", { bytes = { fn_offset(ctors), fn_offset(ctors, 2) } })
    return { "--no-entry", o }
  end,
  expect = { holds("two bytes behind the first", function(_, view)
    local first, second = view:unpack(".debug_info", "<i4i4")
    return second - first == 2, ("%d, %d"):format(first, second)
  end) },
}
