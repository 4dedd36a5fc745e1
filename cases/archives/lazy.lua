-- When a member is loaded: a strong reference that nothing defines yet loads it, and nothing else.
-- A custom section in a member tells whether it was loaded: such sections are never collected.

-- A member of `symbols`, functions that give `value`; custom section "loaded" holds its name.
local function member(name, value, symbols, options)
  local o = object(name)
  for _, symbol in ipairs(symbols) do
    local opts = { sig = "-> i32", code = "i32.const " .. value }
    for key, setting in pairs(options or {}) do opts[key] = setting end
    o:func(symbol, opts)
  end
  o:custom("loaded", { bytes = name .. ";" })
  return o
end

-- A program whose run() calls f.
local function user(name)
  local o = object(name or "main.o")
  local g = o:func("f", { sig = "-> i32", undefined = true })
  o:func("run", { sig = "-> i32", export = "run", code = { { "call", g } } })
  return o
end

-- A program that calls nothing.
local function alone()
  local o = object "main.o"
  o:func("run", { sig = "->", export = "run", code = "nop" })
  return o
end

case "needed-member-only" {
  title = "a member that is asked for is loaded, and the others are not",
  clauses = { "archive.lazy" },
  origin = "rust-lang/rust#48391",
  link = function()
    return { "--no-entry", user(),
      archive("lib.a", { member("g.o", 2, { "g" }), member("f.o", 1, { "f" }),
        member("h.o", 3, { "h" }) }) }
  end,
  expect = { custom("loaded", "f.o;"), returns("run", {}, 1) },
}

case "needed-member-only-of-long-names" {
  title = "so it is when the archive has a table of long names",
  clauses = { "archive.lazy" },
  link = function()
    local main, members = user(), {}
    for i, name in ipairs { "f", "h" } do
      members[i] = object(("a-rather-long-name-%s.o"):format(name))
      members[i]:func(name, { sig = "-> i32", export = name, code = "i32.const " .. i })
      members[i]:features {}
    end
    main:features {}
    return { "--no-entry", main, archive("lib.a", members) }
  end,
  expect = { no_export "h", no_function "h", returns("run", {}, 1) },
}

case "keeping-flags-load-nothing" {
  title = "a symbol that must be kept, and is to be exported, does not draw its member in",
  clauses = { "archive.lazy", "gc.root.no-strip" },
  link = function()
    return { "--no-entry", alone(),
      archive("lib.a", { member("f.o", 1, { "f" }, { no_strip = true, exported = true }) }) }
  end,
  expect = { no_custom "loaded", exports_exactly { "memory", "run" }, function_count(1) },
}

case "export-all-loads-nothing" {
  title = "--export-all exports what is linked, and loads no member for that",
  clauses = { "archive.lazy", "export.all" },
  link = function()
    return { "--no-entry", "--export-all", alone(),
      archive("lib.a", { member("f.o", 1, { "f" }) }) }
  end,
  expect = { exports { memory = "memory" }, no_custom "loaded", no_export "f" },
}

case "archive-before-its-user" {
  title = "an archive satisfies references of objects that come after it",
  clauses = { "archive.lazy" },
  link = function()
    return { "--no-entry", archive("lib.a", { member("f.o", 1, { "f" }) }), user() }
  end,
  expect = { returns("run", {}, 1) },
}

case "archives-need-no-group" {
  title = "archives that need each other are named once, in any order",
  clauses = { "archive.lazy" },
  link = function()
    -- f (first) calls g (second) calls h (first).
    local f, g, h = object "f.o", object "g.o", member("h.o", 5, { "h" })
    f:func("f", { sig = "-> i32",
      code = { { "call", f:func("g", { sig = "-> i32", undefined = true }) } } })
    g:func("g", { sig = "-> i32",
      code = { { "call", g:func("h", { sig = "-> i32", undefined = true }) } } })
    return { "--no-entry", archive("first.a", { h, f }), user(), archive("second.a", { g }) }
  end,
  expect = { function_count(4), returns("run", {}, 5) },
}

case "members-in-a-circle" {
  title = "two members that need each other are loaded once each",
  clauses = { "archive.lazy" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local g = a:func("g", { sig = "-> i32", undefined = true })
    a:func("f", { sig = "-> i32", code = { { "call", g } } })
    a:func("four", { sig = "-> i32", code = "i32.const 4" })
    a:custom("loaded", { bytes = "a" })
    local four = b:func("four", { sig = "-> i32", undefined = true })
    b:func("g", { sig = "-> i32", code = { { "call", four } } })
    b:custom("loaded", { bytes = "b" })
    return { "--no-entry", archive("lib.a", { a, b }), user() }
  end,
  expect = { returns("run", {}, 4), function_count(4),
    custom("loaded", function(contents)
      return contents == "ab" or contents == "ba", ("%q"):format(contents)
    end) },
}

case "first-archive-wins" {
  title = "of two archives that define a name the first on the command line gives it",
  clauses = { "archive.lazy.first-wins" },
  link = function()
    return { "--no-entry", archive("one.a", { member("f1.o", 1, { "f" }) }), user(),
      archive("two.a", { member("f2.o", 2, { "f" }) }) }
  end,
  expect = { custom("loaded", "f1.o;"), returns("run", {}, 1) },
}

case "first-member-wins" {
  title = "of two members that define a name the first in the archive gives it",
  clauses = { "archive.lazy.first-wins" },
  link = function()
    return { "--no-entry",
      archive("lib.a", { member("f1.o", 1, { "f" }), member("f2.o", 2, { "f" }) }), user() }
  end,
  expect = { custom("loaded", "f1.o;"), returns("run", {}, 1) },
}

case "first-wins-though-weak" {
  title = "a weak definition in the first archive is taken, a strong one in the second is not seen",
  clauses = { "archive.lazy.first-wins", "symbol.binding.weak" },
  link = function()
    return { "--no-entry", user(),
      archive("one.a", { member("f1.o", 1, { "f" }, { weak = true }) }),
      archive("two.a", { member("f2.o", 2, { "f" }) }) }
  end,
  expect = { custom("loaded", "f1.o;"), returns("run", {}, 1) },
}

case "weak-definition-is-one" {
  title = "a weak definition satisfies, so an archive's strong one is not loaded",
  clauses = { "archive.lazy", "symbol.binding.weak" },
  link = function()
    local weak = object "weak.o"
    weak:func("f", { sig = "-> i32", weak = true, code = "i32.const 1" })
    return { "--no-entry", user(), weak, archive("lib.a", { member("f.o", 2, { "f" }) }) }
  end,
  expect = { no_custom "loaded", returns("run", {}, 1) },
}

case "definition-comes-too-late" {
  title = "an object that defines what a loaded member defines already is a duplicate",
  clauses = { "archive.lazy", "symbol.binding.strong" },
  link = function()
    return { "--no-entry", archive("lib.a", { member("m.o", 1, { "f" }) }), user(),
      member("f.o", 2, { "f" }) }
  end,
  expect = { rejects { id = "DUPLICATE_SYMBOL", class = "duplicate" } },
}

case "earlier-object-hides-member" {
  title = "a member is not loaded for a name that an object has defined before it is asked for",
  clauses = { "archive.lazy" },
  link = function()
    return { "--no-entry", archive("lib.a", { member("m.o", 1, { "f" }) }),
      member("f.o", 2, { "f" }), user() }
  end,
  expect = { custom("loaded", "f.o;"), returns("run", {}, 2) },
}

case "member-comes-whole" {
  title = "all of a member's definitions enter, so one that is there already is a duplicate",
  clauses = { "archive.lazy", "symbol.binding.strong" },
  link = function()
    return { "--no-entry", user(), member("g.o", 1, { "g" }),
      archive("lib.a", { member("fg.o", 2, { "f", "g" }) }) }
  end,
  expect = { rejects { id = "DUPLICATE_SYMBOL", class = "duplicate" } },
}

case "local-definitions-do-not-count" {
  title = "a member's local symbol of that name is no definition for others",
  clauses = { "archive.lazy", "symbol.binding.local" },
  origin = { "llvm/llvm-project#104876", "llvm/llvm-project#94077",
    "emscripten-core/emscripten#22008" },
  link = function()
    return { "--no-entry", user(),
      archive("lib.a", { member("m.o", 1, { "f" }, { static = true }),
        member("f.o", 2, { "f" }) }) }
  end,
  expect = { custom("loaded", "f.o;"), returns("run", {}, 2) },
}

case "dead-code-asks-too" {
  title = "a reference from code that is collected later loads the member all the same",
  clauses = { "archive.lazy", "gc.after-resolution" },
  link = function()
    local o = alone()
    local f = o:func("f", { sig = "-> i32", undefined = true })
    o:func("unused", { sig = "-> i32", code = { { "call", f } } })
    return { "--no-entry", o, archive("lib.a", { member("f.o", 1, { "f" }) }) }
  end,
  expect = { custom("loaded", "f.o;"), no_function("f", "unused"), function_count(1) },
}

case "definition-in-discarded-group" {
  title = "a definition in a group that an earlier object has brought is only a reference",
  clauses = { "archive.lazy", "comdat.first-wins" },
  link = function()
    -- The group of a.o came first, but has no f; b.o's f goes with its group.
    local a, b = object "a.o", object "b.o"
    a:func("g", { sig = "-> i32", weak = true, comdat = a:comdat "group", code = "i32.const 3" })
    local f = b:func("f", { sig = "-> i32", comdat = b:comdat "group", code = "i32.const 4" })
    b:func("run", { sig = "-> i32", export = "run", code = { { "call", f } } })
    return { "--no-entry", a, archive("lib.a", { member("f.o", 1, { "f" }) }), b }
  end,
  expect = { custom("loaded", "f.o;"), returns("run", {}, 1) },
}

-- Weak references ---------------------------------------------------------------------------------

local function weak_user()
  local o = object "weak.o"
  local f = o:func("f", { sig = "-> i32", undefined = true, weak = true })
  local d = o:data("d", { undefined = true, weak = true })
  o:func("has_f", { sig = "-> i32", export = "has_f", code = { { "i32.const", slot(f) } } })
  o:func("has_d", { sig = "-> i32", export = "has_d", code = { { "i32.const", addr(d) } } })
  return o
end

local function library()
  local d = object "d.o"
  d:data("d", { bytes = "\7\0\0\0", align = 2 })
  d:custom("loaded", { bytes = "d.o;" })
  return archive("lib.a", { member("f.o", 1, { "f" }), d })
end

case "weak-reference-loads-nothing" {
  title = "weak references to a function and to data load no member, and are null",
  clauses = { "archive.lazy.weak-reference", "symbol.undefined.weak" },
  origin = "emscripten-core/emscripten#9812",
  link = function() return { "--no-entry", weak_user(), library() } end,
  expect = { no_custom "loaded", no_import(), returns("has_f", {}, 0), returns("has_d", {}, 0) },
}

case "weak-reference-behind-archive" {
  title = "weak references behind the archive load no member either",
  clauses = { "archive.lazy.weak-reference", "symbol.undefined.weak" },
  link = function() return { "--no-entry", library(), weak_user() } end,
  expect = { no_custom "loaded", no_import(), returns("has_f", {}, 0), returns("has_d", {}, 0) },
}

case "strong-reference-after-weak-and-two-archives" {
  title = "a weak reference waits for the first member that defines its name",
  clauses = { "archive.lazy.weak-reference", "archive.lazy.first-wins" },
  link = function()
    return { "--no-entry", weak_user(), library(),
      archive("two.a", { member("second.o", 2, { "f" }) }), user() }
  end,
  expect = { custom("loaded", "f.o;"), returns("run", {}, 1) },
}

case "strong-reference-after-weak" {
  title = "once a strong reference loads the member, earlier weak ones mean it too",
  clauses = { "archive.lazy.weak-reference" },
  origin = "emscripten-core/emscripten#9812",
  link = function() return { "--no-entry", library(), weak_user(), user() } end,
  expect = { custom("loaded", "f.o;"), const_at("has_f", 1, to_slot "f"), in_table "f",
    returns("run", {}, 1), returns("has_d", {}, 0) },
}

-- Other kinds of symbols --------------------------------------------------------------------------

case "data-reference" {
  title = "a strong reference to data loads the member that defines it",
  clauses = { "archive.lazy" },
  link = function()
    local o = object "main.o"
    local d = o:data("d", { undefined = true })
    o:func("run", { sig = "-> i32", export = "run",
      code = { "i32.const 0", { "i32.load", addr(d) } } })
    return { "--no-entry", o, library() }
  end,
  expect = { custom("loaded", "d.o;"), returns("run", {}, 7) },
}

case "global-table-and-tag-references" {
  title = "references to a global, a table and a tag load their members",
  clauses = { "archive.lazy" },
  link = function()
    local g, t, e = object "g.o", object "t.o", object "e.o"
    g:global("g", { type = "i32", init = "i32.const 9" })
    t:table("t", { type = "funcref", min = 4 })
    e:tag("e", { sig = "i32 ->" })
    local o = object "main.o"
    o:func("run", { sig = "-> i32", export = "run", code = {
      { "global.get", o:global("g", { type = "i32", undefined = true }) },
      { "table.size", o:table("t", { type = "funcref", min = 0, undefined = true }) },
      "i32.add" } })
    o:func("throw", { sig = "->", export = "throw", code = { "i32.const 1",
      { "throw", o:tag("e", { sig = "i32 ->", undefined = true }) } } })
    return { "--no-entry", o, archive("lib.a", { g, t, e }) }
  end,
  expect = { no_import(), counts { tag = 1, table = 1 },
    code("run", { { "global.get", to_global "g" }, { "table.size" }, "i32.add" }),
    global_value("g", 9) },
}

case "weak-reference-in-a-member" {
  title = "a weak reference of a member loads no later member either, and is null",
  clauses = { "archive.lazy.weak-reference", "symbol.undefined.weak" },
  origin = "Lind-Project/lind-wasm#37",
  link = function()
    local a, b = object "a.o", object "b.o"
    local g = a:func("g", { sig = "-> i32", undefined = true, weak = true })
    a:func("f", { sig = "-> i32", code = { { "i32.const", slot(g) } } })
    b:func("g", { sig = "-> i32", code = "i32.const 7" })
    return { "--no-entry", user(), archive("lib.a", { a, b }) }
  end,
  expect = { returns("run", {}, 0), no_import() },
}

case "member-of-many-references" {
  title = "a member is found by what it defines, however much it refers to before that",
  clauses = { "archive.lazy", "linking.symbols.count" },
  link = function()
    local main, m, code = object "main.o", object "m.o", {}
    local d = m:data("d", { undefined = true })
    for i = 1, 12 do
      code[i] = { "call", m:func("f" .. i, { sig = "->", undefined = true }) }
      main:func("f" .. i, { sig = "->", code = {} })
    end
    code[#code + 1] = { "i32.const", addr(d) }
    m:func("last", { sig = "-> i32", code = code })
    main:data("d", { bytes = "data", exported = true })
    main:func("run", { sig = "-> i32", export = "run",
      code = { { "call", main:func("last", { sig = "-> i32", undefined = true }) } } })
    return { "--no-entry", main, archive("lib.a", { m }) }
  end,
  expect = { calls("run", { "last" }), const_at("last", 1, to_address "d") },
}
