-- COMDAT groups: of all groups of one name the first one stays, whole, and all use it.

-- An object with an inline function and its table of data, both giving n, in one group, and a
-- function of its own that adds what they give.  Mixing the groups shows: 10 * f + d is 11 or 22.
local function inline(name, who, n, options)
  local o = object(name)
  local group = o:comdat("group", {})
  local opts = { sig = "-> i32", code = ("i32.const %d"):format(10 * n), comdat = group }
  for key, setting in pairs(options or {}) do opts[key] = setting end
  local callee = o:func("f", opts)
  local d = o:data("d", { bytes = u32(n), align = 2, weak = opts.weak, comdat = group })
  o:func(who, { sig = "-> i32", export = who,
    code = { { "call", callee }, "i32.const 0", { "i32.load", addr(d) }, "i32.add" } })
  return o
end

local WEAK = { weak = true }

case "first-wins" {
  title = "of two groups of one name only the first one is in the output, functions and data",
  clauses = { "comdat.first-wins", "comdat.which" },
  origin = { "WebAssembly/tool-conventions#157", "WebAssembly/tool-conventions#31",
    "ziglang/zig#10962" },
  link = function()
    return { "--no-entry", "--export=d", inline("a.o", "a", 1, WEAK), inline("b.o", "b", 2, WEAK) }
  end,
  expect = { function_count(3), calls("a", { "f" }), calls("b", { "f" }), data_at("d", u32(1)),
    returns("a", {}, 11), returns("b", {}, 11) },
}

case "strong-members" {
  title = "strong symbols in groups of one name are no duplicates",
  clauses = { "comdat.first-wins", "symbol.binding.strong" },
  origin = "wild-linker/wild#702",
  link = function()
    return { "--no-entry", inline("a.o", "a", 1), inline("b.o", "b", 2) }
  end,
  expect = { function_count(3), returns("a", {}, 11), returns("b", {}, 11) },
}

case "strong-later" {
  title = "a later group does not replace the first one, though its symbols are strong",
  clauses = { "comdat.first-wins", "symbol.binding.weak" },
  link = function()
    return { "--no-entry", inline("a.o", "a", 1, WEAK), inline("b.o", "b", 2) }
  end,
  expect = { function_count(3), returns("a", {}, 11), returns("b", {}, 11) },
}

case "two-names" {
  title = "groups of two names are two groups, and their equal symbols meet as any others do",
  clauses = { "comdat.name", "comdat.which" },
  link = function()
    local function in_group(name, group, value)
      local o = object(name)
      o:func("f", { sig = "-> i32", code = "i32.const " .. value, comdat = o:comdat(group, {}) })
      return o
    end
    return { "--no-entry", in_group("a.o", "one", 1), in_group("b.o", "two", 2) }
  end,
  expect = { rejects { id = "DUPLICATE_SYMBOL", phase = "resolve", file = "b.o" } },
}

case "names-that-begin-alike" {
  title = "groups of one object whose names begin alike are two, of which one may be left out",
  clauses = { "comdat.name.unique", "comdat.which" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local function add(o, group, name, value)
      o:func(name, { sig = "-> i32", export = name, code = "i32.const " .. value,
        comdat = o:comdat(group) })
    end
    add(a, "group", "f", 1)
    add(b, "group.1", "g", 2)
    add(b, "group", "f", 3)
    return { "--no-entry", a, b }
  end,
  expect = { returns("f", {}, 1), returns("g", {}, 2), function_count(2) },
}

case "strong-outside" {
  title = "a strong definition outside of any group wins over a weak one in the group that stays",
  clauses = { "comdat.first-wins", "symbol.binding.weak" },
  link = function()
    local o = object "c.o"
    o:func("f", { sig = "-> i32", code = "i32.const 50" })
    return { "--no-entry", inline("a.o", "a", 1, WEAK), inline("b.o", "b", 2, WEAK), o }
  end,
  expect = { returns("a", {}, 51), returns("b", {}, 51) },
}

case "weak-outside-first" {
  title = "a weak definition outside of any group, when it comes first, wins over a weak member",
  clauses = { "comdat.first-wins", "symbol.binding.weak" },
  link = function()
    local o = object "c.o"
    o:func("f", { sig = "-> i32", weak = true, code = "i32.const 50" })
    return { "--no-entry", o, inline("a.o", "a", 1, WEAK), inline("b.o", "b", 2, WEAK) }
  end,
  expect = { returns("a", {}, 51), returns("b", {}, 51) },
}

case "table-slot" {
  title = "pointers to an inline function are equal, whichever group they were taken beside",
  clauses = { "comdat.first-wins", "table.slot-once" },
  link = function()
    local function pointing(name, who, n)
      local o = inline(name, who, n, WEAK)
      o:data("p_" .. who, { bytes = { slot(o:symbol "f") }, align = 2, export = "p_" .. who })
      return o
    end
    return { "--no-entry", pointing("a.o", "a", 1), pointing("b.o", "b", 2) }
  end,
  expect = { in_table "f", data_at("p_a", { to_slot "f" }), data_at("p_b", { to_slot "f" }) },
}

-- Two objects disagree about an inline function: no compiler makes them so from correct sources.
case "signature-differs" {
  title = "who calls a member that was left out by a signature that the first one has not, traps",
  clauses = { "comdat.first-wins", "signature.mismatch" },
  link = function()
    local a = object "a.o"
    a:func("f", { sig = "-> i32", weak = true, code = "i32.const 1", export = "f",
      comdat = a:comdat("group", {}) })
    local b = object "b.o"
    local callee = b:func("f", { sig = "i32 -> i32", weak = true, code = "local.get 0",
      comdat = b:comdat("group", {}) })
    b:func("b", { sig = "-> i32", export = "b", code = { "i32.const 2", { "call", callee } } })
    return { "--no-entry", a, b }
  end,
  expect = { warns { id = "SIGNATURE_MISMATCH" }, valid(), signature("f", "-> i32"),
    returns("f", {}, 1), traps("b", {}) },
}

case "unused-member" {
  title = "a member of a group that stays is collected when nothing needs it",
  clauses = { "comdat.gc" },
  origin = "WebAssembly/tool-conventions#157",
  link = function()
    local o = object "a.o"
    local group = o:comdat("group", {})
    o:func("used", { sig = "->", export = "used", code = "nop", comdat = group })
    o:func("unused", { sig = "->", code = "nop", comdat = group })
    o:data("unused_data", { bytes = "never needed", comdat = group })
    return { "--no-entry", o }
  end,
  expect = { has_function "used", no_function "unused", data_count("never needed", 0) },
}

case "unused-code-of-used-data" {
  title = "nor do the data of a group that are needed keep its functions",
  clauses = { "comdat.gc", "data.symbol-pulls-segment" },
  link = function()
    local o = object "a.o"
    local group = o:comdat("group", {})
    local table = o:data("table", { bytes = "is needed", comdat = group })
    o:func("unused", { sig = "->", code = "nop", comdat = group })
    o:func("run", { sig = "-> i32", export = "run", code = { { "i32.const", addr(table) } } })
    return { "--no-entry", o }
  end,
  expect = { data_count("is needed", 1), no_function "unused" },
}

case "not-from-unloaded-member" {
  title = "a group of an archive member that is not loaded does not count as the first one",
  clauses = { "comdat.first-wins", "archive.lazy" },
  link = function()
    return { "--no-entry", archive("lib.a", { inline("a.o", "a", 1, WEAK) }),
      inline("b.o", "b", 2, WEAK) }
  end,
  expect = { no_export "a", function_count(2), returns("b", {}, 22) },
}

-- An object is in the link when it has been read; a member is read when the name is met that needs
-- it, which is before the rest of its user's names, but behind its user's groups.
case "user-before-its-member" {
  title = "the group of an object stays, and not that of a member which the object loads",
  clauses = { "comdat.first-wins", "archive.lazy" },
  link = function()
    local o = object "a.o"
    local callee = o:func("m", { sig = "-> i32", undefined = true })
    local inner = o:func("f", { sig = "-> i32", weak = true, code = "i32.const 10",
      comdat = o:comdat("group", {}) })
    o:func("a", { sig = "-> i32", export = "a",
      code = { { "call", callee }, { "call", inner }, "i32.add" } })
    local m = object "m.o"
    local twice = m:func("f", { sig = "-> i32", weak = true, code = "i32.const 20",
      comdat = m:comdat("group", {}) })
    m:func("m", { sig = "-> i32", code = { { "call", twice } } })
    return { "--no-entry", archive("lib.a", { m }), o }
  end,
  expect = { function_count(3), returns("a", {}, 20) },
}
