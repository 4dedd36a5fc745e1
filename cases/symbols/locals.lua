-- Local symbols are their object's own.

-- An object with a local f, local data d, and functions that use them.
local function own(name, who, value)
  local o = object(name)
  local callee = o:func("f", { sig = "-> i32", static = true, code = "i32.const " .. value })
  local d = o:data("d", { bytes = u32(value * 10), align = 2, static = true })
  o:func(who, { sig = "-> i32", export = who,
    code = { { "call", callee }, "i32.const 0", { "i32.load", addr(d) }, "i32.add" } })
  return o
end

case "same-name-twice" {
  title = "two objects may each have a local of one name, and each uses its own",
  clauses = { "symbol.binding.local" },
  link = function() return { "--no-entry", own("a.o", "a", 1), own("b.o", "b", 2) } end,
  expect = { function_count(4),
    runs { { call = "a", value = 11 }, { call = "b", value = 22 } } },
}

case "same-name-twice-in-one-object" {
  title = "one object may have two locals of one name",
  clauses = { "symbol.binding.local", "symbol.name.unique" },
  link = function()
    local o = object "a.o"
    local one = o:func("f", { sig = "-> i32", static = true, code = "i32.const 1" })
    local two = o:func("f", { sig = "-> i32", static = true, code = "i32.const 2" })
    o:func("a", { sig = "-> i32", export = "a", code = { { "call", one } } })
    o:func("b", { sig = "-> i32", export = "b", code = { { "call", two } } })
    return { "--no-entry", o }
  end,
  expect = { function_count(4),
    runs { { call = "a", value = 1 }, { call = "b", value = 2 } } },
}

case "beside-global" {
  title = "a local symbol neither clashes with a global one of its name nor takes its place",
  clauses = { "symbol.binding.local" },
  link = function()
    local b = object "b.o"
    b:func("f", { sig = "-> i32", code = "i32.const 5" })
    local c = object "c.o"
    local callee = c:func("f", { sig = "-> i32", undefined = true })
    c:func("c", { sig = "-> i32", export = "c", code = { { "call", callee } } })
    return { "--no-entry", own("a.o", "a", 1), b, c }
  end,
  expect = { runs { { call = "a", value = 11 }, { call = "c", value = 5 } } },
}

case "satisfies-nobody" {
  title = "a local definition does not satisfy another object's reference",
  clauses = { "symbol.binding.local" },
  link = function()
    local b = object "b.o"
    local callee = b:func("f", { sig = "-> i32", undefined = true })
    b:func("b", { sig = "-> i32", export = "b", code = { { "call", callee } } })
    return { "--no-entry", own("a.o", "a", 1), b }
  end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", class = "undefined", file = "b.o" } },
}

case "not-in-table" {
  title = "local symbols never enter the symbol table",
  clauses = { "symbol.binding.local" },
  stage = "resolve",
  link = function() return { "--no-entry", own("a.o", "a", 1) } end,
  expect = { no_symbol("f", "d"), symbol "a" { state = "defined", object = "a.o" } },
}

case "not-exported" {
  title = "local symbols are not exported, whatever --export-all says",
  clauses = { "symbol.binding.local", "export.all" },
  link = function() return { "--no-entry", "--export-all", own("a.o", "a", 1) } end,
  expect = { exports { a = "function" }, no_export("f", "d"), returns("a", {}, 11) },
}

-- Linking.md: "A local function or global symbol cannot reference an import."  Who takes such a
-- symbol has no number for it, as what is local is never imported.
for name, using in pairs {
  ["function"] = function(o)
    return { { "call", o:func("s", { sig = "->", undefined = true }) } }
  end,
  global = function(o)
    return { { "global.get", o:global("s", { type = "i32", undefined = true }) }, "drop" }
  end,
} do
  case("import-" .. name) {
    title = ("a local %s symbol that refers to an import has no index: who needs it is refused")
      :format(name),
    clauses = { "symbol.binding.local-import" },
    link = function()
      local o = object "a.o"
      o:func("a", { sig = "->", export = "a", code = using(o) })
      return { "--validate=permissive", "--no-entry", "--allow-undefined", o }
    end,
    -- UNDEFINED and local instead of UNDEFINED alone
    mutate = { file = "a.o", at = "linking.symbols[0].flags", to = 0x12 },
    expect = { rejects { id = "UNDEFINED_INDEX", class = "undefined", file = "a.o" } },
  }
end
