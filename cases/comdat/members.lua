-- What becomes of the members of a group that is left out, and of those who mean them.

case "custom-sections" {
  title = "a custom section in a group that is left out is left out, others are concatenated",
  clauses = { "comdat.members" },
  link = function()
    local function with(name, text)
      local o = object(name)
      o:func(name:sub(1, 1), { sig = "->", export = name:sub(1, 1), code = "nop" })
      o:custom("notes", { bytes = "<group of " .. text .. ">", comdat = o:comdat("group", {}) })
      o:custom("notes", { bytes = "<" .. text .. ">" })
      return o
    end
    return { "--no-entry", with("a.o", "one"), with("b.o", "two") }
  end,
  expect = { custom("notes", "<group of one><one><two>") },
}

case "state" {
  title = "everything in a second group is discarded, and its names denote the first group's",
  clauses = { "comdat.first-wins" },
  stage = "resolve",
  link = function()
    local function with(name)
      local o = object(name)
      local group = o:comdat("group", {})
      o:func("f", { sig = "->", code = "nop", comdat = group })
      o:data("d", { bytes = "data", comdat = group })
      o:custom("notes", { bytes = "text", comdat = group })
      return o
    end
    return { "--no-entry", with "a.o", with "b.o" }
  end,
  expect = {
    symbol "f" { state = "defined", object = "a.o" },
    symbol "d" { state = "defined", object = "a.o" },
    chunk("a.o", "f") { kind = "function", discarded = false },
    chunk("b.o", "f") { kind = "function", discarded = true },
    chunk("a.o", ".data.d") { kind = "data", discarded = false },
    chunk("b.o", ".data.d") { kind = "data", discarded = true },
    chunk("a.o", "notes") { kind = "custom", discarded = false },
    chunk("b.o", "notes") { kind = "custom", discarded = true },
  },
}

-- The second object's group has a member more; nobody else defines it.
local function more(use)
  local a = object "a.o"
  a:func("f", { sig = "-> i32", export = "f", code = "i32.const 1",
    comdat = a:comdat("group", {}) })
  local b = object "b.o"
  local group = b:comdat("group", {})
  b:func("f", { sig = "-> i32", code = "i32.const 2", comdat = group })
  local g = b:func("g", { sig = "-> i32", code = "i32.const 3", comdat = group })
  b:func("b", { sig = "-> i32", export = "b", code = use and { { "call", g } } or "i32.const 4" })
  return a, b
end

case "more-members-unused" {
  title = "a member that only the second group has is left out like the others",
  clauses = { "comdat.first-wins", "comdat.whole" },
  link = function()
    local a, b = more(false)
    return { "--no-entry", a, b }
  end,
  expect = { function_count(2), no_function "g", no_import(), returns("f", {}, 1) },
}

case "more-members-used" {
  title = "a member that only the second group has is undefined for its users",
  clauses = { "comdat.first-wins", "symbol.undefined.strong", "comdat.whole", "comdat.references" },
  link = function()
    local a, b = more(true)
    return { "--no-entry", a, b }
  end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", class = "undefined", file = "b.o" } },
}

case "more-members-imported" {
  title = "what is left out and defined nowhere else can be imported, as any undefined function",
  clauses = { "comdat.first-wins", "comdat.references", "undefined.policy.allow" },
  link = function()
    local a, b = more(true)
    return { "--no-entry", "--import-undefined", a, b }
  end,
  expect = { imports_exactly { "env.g" }, calls("b", { "g" }),
    returns("b", {}, 7, { ["env.g"] = 7 }) },
}

case "more-members-defined-elsewhere" {
  title = "users of a member that was left out get a definition of another object",
  clauses = { "comdat.first-wins" },
  link = function()
    local a, b = more(true)
    local c = object "c.o"
    c:func("g", { sig = "-> i32", code = "i32.const 30" })
    return { "--no-entry", a, b, c }
  end,
  expect = { returns("f", {}, 1), returns("b", {}, 30) },
}

case "more-members-in-archive" {
  title = "a member that was left out is a reference, which loads an archive member",
  clauses = { "comdat.first-wins", "archive.lazy", "comdat.references" },
  link = function()
    local a, b = more(true)
    local c = object "c.o"
    c:func("g", { sig = "-> i32", code = "i32.const 30" })
    return { "--no-entry", a, archive("lib.a", { c }), b }
  end,
  expect = { returns("f", {}, 1), returns("b", {}, 30) },
}

case "more-members-in-its-own-archive" {
  title = "a member that was left out of a loaded object is undefined, if nobody else defines it",
  clauses = { "comdat.first-wins", "archive.lazy" },
  link = function()
    local a, b = more(true)
    return { "--no-entry", "--export=b", a, archive("lib.a", { b }) }
  end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", class = "undefined", file = "lib.a(b.o)" } },
}

case "more-members-in-a-later-archive" {
  title = "a member that was left out of a loaded object loads one of an archive that comes later",
  clauses = { "comdat.first-wins", "archive.lazy" },
  link = function()
    local a, b = more(true)
    a:func("b", { sig = "-> i32", undefined = true, no_strip = true })
    local c = object "c.o"
    c:func("g", { sig = "-> i32", code = "i32.const 30" })
    return { "--no-entry", archive("first.a", { b }), a, archive("later.a", { c }) }
  end,
  expect = { returns("f", {}, 1), returns("b", {}, 30) },
}

case "retained" {
  title = "a segment to be retained is left out with the group that it is in",
  clauses = { "comdat.first-wins", "segment.retain" },
  link = function()
    local a, b = object "a.o", object "b.o"
    a:func("f", { sig = "->", export = "f", code = "nop", comdat = a:comdat "group" })
    b:data("d", { bytes = "data", segment_flags = { "retain" }, comdat = b:comdat "group" })
    return { "--no-entry", a, b }
  end,
  expect = { exports { f = "function" }, data_segments {} },
}

-- Constructors: the static members of templates are initialised by local functions in groups.

-- An object whose group has a counter d, and a constructor that adds to it.
local function constructing(name, who, step, options)
  local o = object(name)
  local group = o:comdat("group", {})
  local d = o:data("d", { zero = 4, align = 2, weak = true, comdat = group })
  local opts = { sig = "->", comdat = group, code = { "i32.const 0", "i32.const 0",
    { "i32.load", addr(d) }, "i32.const " .. step, "i32.add", { "i32.store", addr(d) } } }
  for key, setting in pairs(options) do opts[key] = setting end
  o:init(o:func("make_d", opts))
  o:func(who, { sig = "-> i32", export = who, code = { "i32.const 0", { "i32.load", addr(d) } } })
  return o
end

case "constructors" {
  title = "a local constructor in a group that is left out does not run",
  clauses = { "comdat.init-functions", "symbol.binding.local" },
  link = function()
    return { "--no-entry", "--export=__wasm_call_ctors",
      constructing("a.o", "a", 1, { static = true }),
      constructing("b.o", "b", 10, { static = true }) }
  end,
  expect = { calls("__wasm_call_ctors", { "make_d" }), function_count(4),
    runs { { call = "__wasm_call_ctors" }, { call = "a", value = 1 }, { call = "b", value = 1 } } },
}

case "constructors-beside-one-that-is-left-out" {
  title = "a constructor behind one that is left out with its group runs",
  clauses = { "comdat.init-functions", "init.call-ctors.presence" },
  link = function()
    local a, b = object "a.o", object "b.o"
    a:func("f", { sig = "->", export = "f", code = "nop", comdat = a:comdat("group", {}) })
    b:init(b:func("left_out", { sig = "->", static = true, code = "nop",
      comdat = b:comdat("group", {}) }))
    b:init(b:func("runs", { sig = "->", static = true, code = "nop" }))
    return { "--no-entry", a, b }
  end,
  expect = { calls("__wasm_call_ctors", { "runs" }), no_function "left_out" },
}

case "only-constructor-is-left-out" {
  title = "when the only constructor is left out with its group, nothing calls any",
  clauses = { "comdat.init-functions", "init.call-ctors.presence" },
  link = function()
    local a, b = object "a.o", object "b.o"
    a:func("f", { sig = "->", export = "f", code = "nop", comdat = a:comdat("group", {}) })
    b:init(b:func("left_out", { sig = "->", static = true, code = "nop",
      comdat = b:comdat("group", {}) }))
    return { "--no-entry", a, b }
  end,
  expect = { no_function("left_out", "__wasm_call_ctors"), has_function "f" },
}

-- Under a global name both objects list the function that stays.  The text does not say how often
-- it is to be called then; wasm-ld calls it for each object.
case "global-constructors" {
  title = "of two groups' global constructors only the first one runs, once or for each object",
  clauses = { "comdat.init-functions" },
  link = function()
    return { "--no-entry", "--export=__wasm_call_ctors",
      constructing("a.o", "a", 1, { weak = true }), constructing("b.o", "b", 10, { weak = true }) }
  end,
  expect = { function_count(4), either {
    ["for-each-object"] = runs { { call = "__wasm_call_ctors" }, { call = "a", value = 2 },
      { call = "b", value = 2 } },
    ["once"] = runs { { call = "__wasm_call_ctors" }, { call = "a", value = 1 },
      { call = "b", value = 1 } },
  } },
}

case "aliases" {
  title = "all names of a function that was left out denote what the first group calls so",
  clauses = { "comdat.first-wins", "symbol.alias" },
  link = function()
    local function with(name, first, second)
      local o = object(name)
      local group = o:comdat("group", {})
      local one = o:func("one", { sig = "-> i32", code = "i32.const " .. first, comdat = group })
      -- In a.o two functions, in b.o two names of one.
      local two = second and
        o:func("two", { sig = "-> i32", code = "i32.const " .. second, comdat = group }) or
        o:alias("two", one)
      local who = name:sub(1, 1)
      o:func(who, { sig = "-> i32", export = who, code = { { "call", one }, "i32.const 10",
        "i32.mul", { "call", two }, "i32.add" } })
      return o
    end
    return { "--no-entry", with("a.o", 1, 2), with("b.o", 3) }
  end,
  expect = { function_count(4), returns("a", {}, 12), returns("b", {}, 12) },
}

case "exported-member" {
  title = "a member that was left out does not export the first group's definition",
  clauses = { "comdat.first-wins", "symbol.exported" },
  link = function()
    local function with(name, exported)
      local o = object(name)
      local f = o:func("f", { sig = "->", weak = true, code = "nop", exported = exported,
        comdat = o:comdat("group", {}) })
      local who = name:sub(1, 1)
      o:func(who, { sig = "->", export = who, code = { { "call", f } } })
      return o
    end
    return { "--no-entry", with("a.o"), with("b.o", true) }
  end,
  expect = { no_export "f", calls("b", { "f" }) },
}

-- The flag asks for the definition, and the text excludes that one.
local function keeping(kind, options)
  local a, b = object "a.o", object "b.o"
  a:func("f", { sig = "->", export = "f", code = "nop", comdat = a:comdat "group" })
  options.no_strip, options.comdat = true, b:comdat "group"
  b[kind](b, "g", options)
  return a, b
end

case "no-strip" {
  title = "NO_STRIP of a function that was left out imports none of its name",
  clauses = { "comdat.first-wins", "symbol.no-strip", "comdat.references" },
  link = function()
    return { "--no-entry", "--import-undefined", keeping("func", { sig = "->", code = "nop" }) }
  end,
  expect = { function_count(1), no_import() },
  peer_differs = "wasm-ld takes the flag over to the reference, if that is the first mention",
}

case "no-strip-behind-a-reference" {
  title = "nor does it keep an import that an earlier object mentions",
  clauses = { "comdat.first-wins", "symbol.no-strip", "comdat.references" },
  link = function()
    local first = object "first.o"
    first:func("g", { sig = "->", undefined = true })
    return { "--no-entry", "--import-undefined", first,
      keeping("func", { sig = "->", code = "nop" }) }
  end,
  expect = { function_count(1), no_import() },
}

case "no-strip-of-a-reference" {
  title = "NO_STRIP of a reference does, also beside a function that was left out",
  clauses = { "symbol.no-strip", "symbol.merge.flags" },
  link = function()
    local first = object "first.o"
    first:func("g", { sig = "->", undefined = true, no_strip = true })
    return { "--no-entry", "--import-undefined", first,
      keeping("func", { sig = "->", code = "nop" }) }
  end,
  expect = { function_count(1), imports_exactly { "env.g" } },
}

case "weak-of-what-is-left-out" {
  title = "a weak function that was left out is a weak reference: its callers trap where nobody "
    .. "defines it",
  clauses = { "comdat.references", "symbol.undefined.weak" },
  link = function()
    local a, b = object "a.o", object "b.o"
    a:func("f", { sig = "->", export = "f", code = "nop", comdat = a:comdat "group" })
    local g = b:func("g", { sig = "->", code = "nop", weak = true, comdat = b:comdat "group" })
    b:func("h", { sig = "->", export = "h", code = { { "call", g } } })
    return { "--no-entry", a, b }
  end,
  expect = { no_import(), traps "h" },
}

case "no-strip-data" {
  title = "NO_STRIP of data that were left out keeps no symbol of their name",
  clauses = { "comdat.first-wins", "symbol.no-strip", "comdat.references", "emit-relocs.module" },
  link = function() return { "--no-entry", "--emit-relocs", keeping("data", { bytes = "g" }) } end,
  expect = { data_segments {}, no_linking_symbol "g" },
  peer_differs = "wasm-ld takes the flag over to the reference, if that is the first mention",
}

case "their-references" {
  title = "what only members that were left out refer to may be undefined",
  clauses = { "comdat.first-wins", "gc.undefined" },
  link = function()
    local function with(name, use)
      local o = object(name)
      local group = o:comdat("group", {})
      local nowhere = o:func("nowhere", { sig = "->", undefined = true })
      local lost = o:data("lost", { undefined = true })
      local f = o:func("f", { sig = "->", weak = true, comdat = group,
        code = use and { { "call", nowhere } } or "nop" })
      local d = o:data("d", { weak = true, comdat = group, align = 2,
        bytes = use and { addr(lost) } or u32(5) })
      local who = name:sub(1, 1)
      o:func(who, { sig = "-> i32", export = who,
        code = { { "call", f }, "i32.const 0", { "i32.load", addr(d) } } })
      return o
    end
    return { "--no-entry", with("a.o"), with("b.o", true) }
  end,
  expect = { no_warnings(), no_import(), returns("b", {}, 5) },
}

-- No compiler makes such an object: what is local to a group is meant by the group alone.  The
-- text excludes the member and says nothing of those who mean it; wasm-ld keeps it for them.
case "outside-reference-to-local" {
  title = "a local member of a group that was left out stays for those outside who refer to it",
  clauses = { "comdat.locals" },
  link = function()
    local function with(name, n)
      local o = object(name)
      local group = o:comdat("group", {})
      local inner = o:func("inner", { sig = "-> i32", static = true, comdat = group,
        code = "i32.const " .. 10 * n })
      local d = o:data("d", { bytes = u32(n), align = 2, static = true, comdat = group })
      local who = name:sub(1, 1)
      o:func(who, { sig = "-> i32", export = who, code = { { "call", inner }, "i32.const 0",
        { "i32.load", addr(d) }, "i32.add" } })
      return o
    end
    return { "--no-entry", with("a.o", 1), with("b.o", 2) }
  end,
  expect = { valid(), returns("a", {}, 11), returns("b", {}, 22) },
}

case "outside-reference-to-local-without-collection" {
  title = "without collection, too",
  clauses = { "comdat.locals", "gc.off" },
  link = function()
    local list = { "--no-entry", "--no-gc-sections" }
    for n, name in ipairs { "a", "b" } do
      local o = object(name .. ".o")
      local group = o:comdat("group", {})
      local inner = o:func("inner", { sig = "-> i32", static = true, comdat = group,
        code = "i32.const " .. 10 * n })
      o:func(name, { sig = "-> i32", export = name, code = { { "call", inner } } })
      list[#list + 1] = o
    end
    return list
  end,
  expect = { valid(), returns("a", {}, 10), returns("b", {}, 20) },
}

-- Debugging sections are outside the group, and still mean what was in it.
case "debug-of-local" {
  title = "debugging data of a local function that was left out gets a tombstone",
  clauses = { "comdat.locals", "debug.tombstone" },
  link = function()
    local function with(name, who)
      local o = object(name)
      local group = o:comdat("group", {})
      local inner = o:func("inner", { sig = "->", static = true, code = "nop", comdat = group })
      o:func("f", { sig = "->", weak = true, code = { { "call", inner } }, comdat = group })
      o:func(who, { sig = "->", export = who, code = { { "call", o:symbol "f" } } })
      o:custom(".debug_info", { bytes = { fn_offset(inner, 0), who } })
      return o
    end
    return { "--no-entry", with("a.o", "a"), with("b.o", "b") }
  end,
  expect = { calls("a", { "f" }), calls("b", { "f" }), function_count(4),
    custom(".debug_info", function(contents)
      local first, a, second, b = contents:sub(1, 4), contents:sub(5, 5), contents:sub(6, 9),
        contents:sub(10)
      return a == "a" and b == "b" and first ~= "\xff\xff\xff\xff" and second == "\xff\xff\xff\xff",
        contents
    end) },
}

-- The object of the second group, b.o, has an ordinary function behind the one that is left out,
-- and an ordinary segment behind the one that is left out: their indices shift.
case "neighbours" {
  title = "what stands behind a member that was left out is found at its new place",
  clauses = { "comdat.first-wins", "functions.numbering" },
  link = function()
    local function with(name, n)
      local o = object(name)
      local group = o:comdat("group", {})
      o:func("f", { sig = "-> i32", weak = true, code = "i32.const 1", comdat = group })
      o:data("d", { bytes = "group", weak = true, comdat = group, segment_name = ".data" })
      local own = o:func("own", { sig = "-> i32", static = true, code = "i32.const " .. 5 * n })
      local word = o:data("word", { bytes = u32(n), align = 2, static = true,
        segment_name = ".data" })
      local who = name:sub(1, 1)
      o:func(who, { sig = "-> i32", export = who, code = { { "call", o:symbol "f" },
        { "call", own }, "i32.add", "i32.const 0", { "i32.load", addr(word) }, "i32.add" } })
      return o
    end
    return { "--no-entry", "--export=d", with("a.o", 100), with("b.o", 200) }
  end,
  expect = { data_count("group", 1),
    runs { { call = "a", value = 601 }, { call = "b", value = 1201 } } },
}

-- wasm-ld decides liveness before it looks at groups when nothing is collected: what was left out
-- is written, though nothing denotes it.
case "no-gc" {
  title = "without garbage collection, too, everybody uses the first group's members",
  clauses = { "comdat.first-wins", "gc.off" },
  link = function()
    local function with(name, n)
      local o = object(name)
      local group = o:comdat("group", {})
      local callee = o:func("f", { sig = "-> i32", weak = true, code = "i32.const " .. n,
        comdat = group })
      local d = o:data("d", { bytes = u32(10 * n), align = 2, weak = true, comdat = group })
      local who = name:sub(1, 1)
      o:func(who, { sig = "-> i32", export = who,
        code = { { "call", callee }, "i32.const 0", { "i32.load", addr(d) }, "i32.add" } })
      return o
    end
    return { "--no-entry", "--no-gc-sections", "--export=d", with("a.o", 1), with("b.o", 2) }
  end,
  expect = { valid(), data_at("d", u32(10)), returns("a", {}, 11), returns("b", {}, 11) },
}
