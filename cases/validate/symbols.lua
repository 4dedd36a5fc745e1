-- Symbols: what Linking.md says of flags, places and names, and no linker checks.  Each case has a
-- twin, NAME-permissive: the same bytes link, and this is what then holds.

-- Symbols: 0 host, 1 base, 2 f, 3 g, 4 x, 5 t, 6 outside, 7 local.
local function every()
  local o = object "a.o"
  o:func("host", { sig = "->", undefined = true })
  o:global("base", { undefined = true })
  o:func("f", { sig = "-> i32", code = "i32.const 7" })
  o:global("g", {})
  o:data("x", { bytes = "\1\2\3\4" })
  o:data("t", { bytes = "\5\6\7\8", tls = true, no_strip = true })
  o:data("outside", { undefined = true })
  o:func("local", { sig = "->", static = true, code = "nop" })
  o:features { "+atomics", "+bulk-memory" }
  return { "--no-entry", "--export=f", "--export=x", o }
end

local function refused(id, symbol)
  return { rejects { id = id, phase = "read", class = "malformed", file = "a.o",
    field = "symbol flags", offset = ("linking.symbols[%d].flags"):format(symbol) } }
end

-- The flags of one symbol are changed.
local function flags(name, r)
  case(name) {
    title = r.title,
    clauses = { r.clause },
    link = r.link or every,
    mutate = { file = "a.o", at = ("linking.symbols[%d].flags"):format(r.symbol), to = r.to },
    expect = refused(r.id, r.symbol),
    permissive = { title = r.passes, expect = r.then_holds },
  }
end

local AS_BEFORE = { returns("f", {}, 7), exports_exactly { "memory", "f", "x" } }

flags("unknown-flag", {
  title = "a symbol flag that is not in the list is refused",
  clause = "symbol.flags.unknown", symbol = 2, to = 0x08, id = "SYMBOL_FLAGS",
  passes = "a symbol flag that is not in the list says nothing", then_holds = AS_BEFORE,
})

flags("unknown-flag-of-data", {
  title = "a symbol flag above all others is refused, of data too",
  clause = "symbol.flags.unknown", symbol = 4, to = "\x80\x08", id = "SYMBOL_FLAGS",
  passes = "a symbol flag above all others says nothing", then_holds = AS_BEFORE,
})

-- Binding ---------------------------------------------------------------------------------------

flags("weak-and-local", {
  title = "a symbol that is weak and local at once is refused",
  clause = "symbol.binding.exclusive", symbol = 2, to = 0x03, id = "SYMBOL_BINDING",
  passes = "a symbol that is weak and local at once is neither, but global", then_holds = AS_BEFORE,
})

flags("local-and-exported", {
  title = "a local symbol with the flag EXPORTED is refused",
  clause = "symbol.binding.local", symbol = 7, to = 0x22, id = "SYMBOL_LOCAL_EXPORTED",
  passes = "the flag EXPORTED exports nothing of what is local", then_holds = AS_BEFORE,
})

flags("local-imported-function", {
  title = "a local symbol of an imported function is refused",
  clause = "symbol.binding.local-import", symbol = 0, to = 0x12, id = "SYMBOL_LOCAL_UNDEFINED",
  passes = "a local symbol of an imported function is no import if nothing needs it",
  then_holds = { returns("f", {}, 7), no_import() },
})

flags("local-imported-global", {
  title = "a local symbol of an imported global is refused",
  clause = "symbol.binding.local-import", symbol = 1, to = 0x12, id = "SYMBOL_LOCAL_UNDEFINED",
  passes = "a local symbol of an imported global is no import if nothing needs it",
  then_holds = { returns("f", {}, 7), no_import() },
})

flags("local-undefined-data", {
  title = "a local symbol of undefined data is refused: no other object can define what is local",
  clause = "symbol.binding.local", symbol = 6, to = 0x12, id = "SYMBOL_LOCAL_UNDEFINED",
  passes = "a local symbol of undefined data says nothing if nothing needs it",
  then_holds = AS_BEFORE,
})

-- Thread-local and absolute data ----------------------------------------------------------------

flags("tls-function", {
  title = "a function symbol with the flag TLS is refused",
  clause = "symbol.tls", symbol = 2, to = "\x80\x02", id = "SYMBOL_TLS",
  passes = "the flag TLS of a function says nothing", then_holds = AS_BEFORE,
})

flags("tls-in-another-segment", {
  title = "a symbol with the flag TLS in a segment without is refused",
  clause = "symbol.tls", symbol = 4, to = "\x80\x02", id = "SYMBOL_TLS",
  passes = "the flag TLS moves no data: it stays in the memory that all threads share",
  then_holds = { data_count("\1\2\3\4", 1), returns("f", {}, 7) },
})

flags("tls-flag-missing", {
  title = "a symbol without the flag TLS in a thread-local segment is refused",
  clause = "symbol.tls", symbol = 5, to = "\x80\x01", id = "SYMBOL_TLS",
  passes = "a symbol in a thread-local segment is thread-local without its flag",
  then_holds = { data_count("\5\6\7\8", 1), returns("f", {}, 7) },
})

flags("absolute-function", {
  title = "a function symbol with the flag ABSOLUTE is refused",
  clause = "symbol.absolute", symbol = 2, to = "\x80\x04", id = "SYMBOL_ABSOLUTE",
  passes = "the flag ABSOLUTE of a function says nothing", then_holds = AS_BEFORE,
})

flags("absolute-undefined", {
  title = "an undefined symbol with the flag ABSOLUTE is refused",
  clause = "symbol.absolute", symbol = 6, to = "\x90\x04", id = "SYMBOL_ABSOLUTE",
  passes = "the flag ABSOLUTE of undefined data says nothing", then_holds = AS_BEFORE,
})

-- Size and name ---------------------------------------------------------------------------------

case "size" {
  title = "a data symbol that begins in its segment and ends behind it is refused",
  clauses = { "symbol.data.size", "object.validity" },
  link = every,
  mutate = { file = "a.o", at = "linking.symbols[4].size", to = 5 },
  expect = { rejects { id = "SYMBOL_SIZE", phase = "read", class = "malformed", file = "a.o",
    field = "symbol", offset = "linking.symbols[4].kind",
    message = "x.* 0 .* 5 .*%.data%.x.* 4" } },
  permissive = {
    title = "the size of a data symbol changes nothing",
    expect = AS_BEFORE,
  },
}

-- The characters next to those of limit/names/utf-8-edges, and sequences that are none.
for name, bytes in pairs { ["two-bytes-for-one"] = "\xc1\xbf", ["three-for-two"] = "\xe0\x9f\xbf",
  ["four-for-three"] = "\xf0\x8f\xbf\xbf", ["first-surrogate"] = "\xed\xa0\x80",
  ["last-surrogate"] = "\xed\xbf\xbf", ["behind-the-last"] = "\xf4\x90\x80\x80",
  ["five-bytes"] = "\xf8\x88\x80\x80\x80", ["cut"] = "\xf0\x90\x80", ["alone"] = "\x80",
  ["not-continued"] = "\xc2A" } do
  case("name-utf8-" .. name) {
    title = ("a name that is not UTF-8 is refused: %s"):format(name:gsub("-", " ")),
    clauses = { "symbol.name" },
    link = every,
    mutate = { file = "a.o", at = "linking.symbols[7].name.bytes", to = "loc" .. bytes },
    expect = { rejects { id = "NAME_UTF8", phase = "read", class = "malformed", file = "a.o",
      field = "symbol name" } },
    permissive = { title = ("a name may have any bytes: %s"):format(name:gsub("-", " ")),
      expect = { returns("f", {}, 7) } },
  }
end

case "name-utf8-goes-on-behind-the-name" {
  title = "a name is not UTF-8 when only the byte behind it would make it so",
  clauses = { "symbol.name" },
  link = function()
    local o = object "a.o"
    local s = o:segment(".data.s", { bytes = "1234" })
    o:data("twice", { segment = s, size = 4, export = "twice" })
    return { "--no-entry", o }
  end,
  mutate = function(files)
    local o = files["a.o"]
    o:set("linking.symbols[0].segment", "\x80\0")
    o:set("linking.symbols[0].name.bytes", "twic\xc3", { fix = false })
  end,
  expect = { rejects { id = "NAME_UTF8", phase = "read", class = "malformed", file = "a.o",
    field = "symbol name", offset = 0x5b } }, -- its last byte
}

case "up-to-the-error-limit" {
  title = "violations count against --error-limit as errors do",
  clauses = { "option.error-limit", "symbol.name" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "->", export = "f", code = "nop" })
    for i = 1, 3 do o:func("g" .. i, { sig = "->", static = true, code = "nop" }) end
    for i = 1, 3 do o:set(("linking.symbols[%d].name.bytes"):format(i), "\xff") end
    return { "--no-entry", "--error-limit=1", o }
  end,
  expect = { rejects { id = "NAME_UTF8", of = 2 } },
}

case "name-utf8" {
  title = "a name that is not UTF-8 is refused",
  clauses = { "symbol.name" },
  link = every,
  mutate = { file = "a.o", at = "linking.symbols[7].name.bytes", to = "loc\xc0\xaf" },
  expect = { rejects { id = "NAME_UTF8", phase = "read", class = "malformed", file = "a.o",
    field = "symbol name" } },
  permissive = {
    title = "a name that is not UTF-8 is bytes like any other",
    expect = { returns("f", {}, 7) },
  },
}

case "size-in-the-middle" {
  title = "so is one that begins in the middle of its segment",
  clauses = { "symbol.data.size" },
  link = function()
    local o = object "a.o"
    local s = o:segment(".data.s", { bytes = "12345678" })
    o:data("x", { segment = s, offset = 4, size = 4, export = "x" })
    return { "--no-entry", o }
  end,
  mutate = { file = "a.o", at = "linking.symbols[0].size", to = 5 },
  expect = { rejects { id = "SYMBOL_SIZE", file = "a.o" } },
  permissive = { title = "the size of a data symbol is not used",
    expect = { data_at("x", "5678") } },
}
