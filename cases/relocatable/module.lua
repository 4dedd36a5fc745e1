-- An object made of several (-r): it is a module, too, and keeps what the inputs say of themselves.

case "sections" {
  title = "all sections in their order: what a module needs, then what a linker needs",
  clauses = { "relocatable.sections" },
  link = function()
    local o = object "a.o"
    local u = o:func("u", { sig = "->", undefined = true })
    local f = o:func("f", { sig = "->", code = { { "call", u } } })
    o:data("p", { bytes = { slot(f) }, align = 2 })
    o:global("g", { type = "i32" })
    o:tag("t", { sig = "->" })
    o:table("tab", { type = "externref", min = 1 })
    o:init(f)
    o:custom("mine", { bytes = "m" })
    o:producers { { "language", "C", "17" } }
    o:features { "+sign-ext" }
    return { "-r", o }
  end,
  expect = {
    valid(),
    section_order { "type", "import", "function", "table", "memory", "tag", "global", "elem",
      "code", "data", "mine", "linking", "reloc.CODE", "reloc.DATA", "name", "producers",
      "target_features" },
  },
}

case "memory" {
  title = "the memory is as large as the data, without a stack",
  clauses = { "relocatable.memory" },
  link = function()
    local o = object "a.o"
    o:data("x", { bytes = ("x"):rep(65537) })
    return { "-r", o }
  end,
  expect = { memory { min = 2 }, data_segments { ".data.x" }, no_import() },
}

case "imported-memory" {
  title = "--import-memory makes the object import it",
  clauses = { "relocatable.memory" },
  link = function()
    local o = object "a.o"
    o:data("z", { zero = 1 })
    return { "-r", "--import-memory", o }
  end,
  expect = { imports { ["env.memory"] = "memory" }, segment_info ".bss.z" { size = 1 },
    no_start(), function_count(0) },
}

case "table" {
  title = "the table of functions is an import, and comes first among the tables",
  clauses = { "relocatable.table" },
  link = function()
    local o = object "a.o"
    local mine = o:table("mine", { type = "funcref", min = 5 })
    local f = o:func("f", { sig = "-> i32", code = { { "table.size", mine } } })
    o:func("run", { sig = "-> i32", export = "run", code = { { "i32.const", slot(f) },
      { "call_indirect", "-> i32" } } })
    return { "-r", o }
  end,
  expect = {
    imports { ["env.__indirect_function_table"] = { kind = "table", min = 2 } },
    linking_symbol "__indirect_function_table" { kind = "table", flags = "undefined no_strip" },
    elem_slots { "f" },
    relinks({ "--no-entry" }, { returns("run", {}, 5) }),
  },
}

local function legacy(name, value)
  local o = object(name, { table = "legacy" })
  local f = o:func(name .. "-f", { sig = "-> i32", code = "i32.const " .. value })
  local who = name:sub(1, 1)
  o:func(who, { sig = "-> i32", export = who, code = { { "i32.const", slot(f) },
    { "call_indirect", "-> i32" } } })
  return o
end

local function with_table()
  local o = object "t.o"
  local t = o:table("t", { type = "externref", min = 3 })
  o:func("size", { sig = "-> i32", export = "size", code = { { "table.size", t } } })
  return o
end

case "legacy-table" {
  title = "objects without table symbols make an object without one: table 0 is still theirs",
  clauses = { "relocatable.table", "table.legacy" },
  peer_differs = "wasm-ld writes a symbol: the next link takes the object for one that says which "
    .. "table it means",
  link = function() return { "-r", legacy("a.o", 3), legacy("b.o", 4) } end,
  expect = {
    no_linking_symbol "__indirect_function_table",
    relinks({ "--no-entry", with_table() },
      { returns("a", {}, 3), returns("b", {}, 4), returns("size", {}, 3) }),
  },
}

case "legacy-and-modern-table" {
  title = "beside such an object others may name the table of functions, which is table 0 for all",
  clauses = { "relocatable.table", "table.legacy" },
  peer_differs = "wasm-ld forgets that one object needs table 0",
  link = function()
    local o = object "c.o"
    local f = o:func("f", { sig = "-> i32", code = "i32.const 9" })
    o:func("c", { sig = "-> i32", export = "c", code = { { "i32.const", slot(f) },
      { "call_indirect", "-> i32" } } })
    return { "-r", o, legacy("a.o", 3) }
  end,
  expect = {
    relocations "c" { "TABLE_INDEX_SLEB f at 2", "TYPE_INDEX_LEB -> i32 at 8" },
    relinks({ "--no-entry", with_table() }, { returns("a", {}, 3), returns("c", {}, 9) }),
  },
}

case "legacy-table-and-another" {
  title = "such an object cannot be joined with one that has a table of its own",
  clauses = { "relocatable.table", "table.legacy" },
  link = function() return { "-r", legacy("a.o", 3), with_table() } end,
  expect = { rejects { id = "LEGACY_JOINED", phase = "number", class = "mismatch",
    file = "t.o", files = { "a.o", "t.o" } } },
}

case "legacy-table-and-an-import" {
  title = "nor with one that imports a table",
  clauses = { "relocatable.table", "table.legacy" },
  link = function()
    local o = object "t.o"
    local t = o:table("t", { type = "externref", min = 3, undefined = true })
    o:func("size", { sig = "-> i32", export = "size", code = { { "table.size", t } } })
    return { "-r", legacy("a.o", 3), o }
  end,
  expect = { rejects { id = "LEGACY_JOINED", files = { "a.o", "t.o" } } },
}

case "legacy-table-behind-an-import" {
  title = "nor behind one that imports a table and nothing else",
  clauses = { "relocatable.table", "table.legacy" },
  link = function()
    local o = object "t.o"
    local t = o:table("t", { type = "externref", min = 3, undefined = true })
    o:func("size", { sig = "-> i32", export = "size", code = { { "table.size", t } } })
    return { "-r", o, legacy("a.o", 3) }
  end,
  expect = { rejects { id = "LEGACY_JOINED", files = { "a.o", "t.o" } } },
}

case "global-initialisers" {
  title = "a global that begins with an imported one still does",
  clauses = { "relocatable.sections", "global.init" },
  peer_differs = "wasm-ld copies initialisers with the indexes of the input",
  link = function()
    local a, b = object "a.o", object "b.o"
    a:global("first", { type = "f32", undefined = true })
    local base = b:global("base", { type = "i32", undefined = true })
    b:global("g", { type = "i32", init = { { "global.get", base } } })
    return { "-r", a, b }
  end,
  expect = {
    linking_symbol "base" { kind = "global", flags = "undefined", import = "env.base" },
    linking_symbol "g" { kind = "global", flags = "" },
    holds("g begins with base", function(module, view)
      local init = module.decoded.globals[view:one("global", "g") + 1].init
      return init.op == "global.get" and init.value == view:one("global", "base")
    end),
  },
}

case "features" {
  title = "features that are used, and those that must not be, are told to the next link",
  clauses = { "relocatable.features", "features.disallowed" },
  peer_differs = "wasm-ld forgets what must not be used",
  link = function()
    local a, b = object "a.o", object "b.o"
    a:features { "+sign-ext", "-shared-mem" }
    b:features { "+bulk-memory", "-shared-mem", "-atomics" }
    return { "-r", a, b }
  end,
  expect = { features { "-atomics", "+bulk-memory", "-shared-mem", "+sign-ext" } },
}

case "feature-forbidden-alone" {
  title = "an object that forbids one feature and uses none says so",
  clauses = { "relocatable.features", "features.disallowed" },
  peer_differs = "wasm-ld forgets what must not be used",
  link = function()
    local a = object "a.o"
    a:features { "-atomics" }
    return { "-r", a }
  end,
  expect = { features { "-atomics" } },
}

case "features-conflict" {
  title = "a feature that one object uses and another refuses is an error, as in a last link",
  clauses = { "relocatable.features", "features.disallowed" },
  link = function()
    local a, b = object "a.o", object "b.o"
    a:features { "+sign-ext" }
    b:features { "-sign-ext" }
    return { "-r", a, b }
  end,
  expect = { rejects { id = "FEATURE_DISALLOWED" } },
}

case "features-conflict-unchecked" {
  title = "unchecked, what one uses and another refuses is used",
  clauses = { "relocatable.features", "option.no-check-features" },
  link = function()
    local a, b = object "a.o", object "b.o"
    a:features { "+sign-ext" }
    b:features { "-sign-ext", "-atomics" }
    return { "-r", "--no-check-features", a, b }
  end,
  peer_differs = "wasm-ld forgets what must not be used",
  expect = { features { "-atomics", "+sign-ext" } },
}

case "mutable-globals" {
  title = "mutable globals are imported without any feature: the last link sees to it",
  clauses = { "relocatable.features", "features.mutable-globals" },
  link = function()
    local o = object "a.o"
    local g = o:global("g", { type = "i32", mutable = true, undefined = true })
    o:func("f", { sig = "-> i32", code = { { "global.get", g } } })
    return { "-r", o }
  end,
  expect = { imports { ["env.g"] = { kind = "global", mutable = true } } },
}

case "producers" {
  title = "the tools of all objects are listed",
  clauses = { "relocatable.producers" },
  link = function()
    local a, b = object "a.o", object "b.o"
    a:producers { { "language", "C", "17" } }
    b:producers { { "language", "C++", "20" }, { "processed-by", "clang", "19" } }
    return { "-r", a, b }
  end,
  expect = { producers { language = { { "C", "17" }, { "C++", "20" } },
    ["processed-by"] = { { "clang", "19" } } } },
}

case "same-producers" {
  title = "the tools of two objects that one compiler made are listed once",
  clauses = { "relocatable.producers", "producers.value.unique" },
  link = function()
    local a, b = object "a.o", object "b.o"
    a:producers { { "processed-by", "clang", "19" } }
    b:producers { { "processed-by", "clang", "19" } }
    b:func("g", { sig = "->", code = "nop" })
    return { "-r", a, b }
  end,
  expect = { producers { ["processed-by"] = { { "clang", "19" } } }, has_function "g" },
}

case "names" {
  title = "functions keep the names that debuggers show, through the last link",
  clauses = { "relocatable.names" },
  link = function()
    local o = object "a.o"
    local f = o:func("symbol", { sig = "-> i32", export = "symbol", code = "i32.const 1" })
    o:names { functions = { { f, "shown" } } }
    return { "-r", o }
  end,
  expect = {
    name_section { functions = { "shown" } },
    relinks({ "--no-entry" }, { name_section { functions = { "shown" } } }),
  },
}

case "empty-import-name" {
  title = "an import whose name is empty has no entry in the name section, which could not be read",
  clauses = { "relocatable.names" },
  peer_differs = "wasm-ld writes an empty name, and refuses to read it",
  link = function()
    local o = object "a.o"
    local f = o:func("", { sig = "->", undefined = true })
    o:func("g", { sig = "->", export = "g", code = { { "call", f } } })
    return { "-r", o }
  end,
  expect = { linking_symbol "" { flags = "undefined" },
    relinks({ "--no-entry", "--import-undefined" }, { imports_exactly { "env." } }) },
}

case "custom-sections" {
  title = "custom sections of one name are joined in object order",
  clauses = { "relocatable.custom-sections" },
  link = function()
    local a, b = object "a.o", object "b.o"
    a:custom("mine", { bytes = "aa" })
    b:custom("other", { bytes = "o" })
    b:custom("mine", { bytes = "bb" })
    return { "-r", a, b }
  end,
  expect = { custom("mine", "aabb"), custom("other", "o") },
}

case "thread-local-without-features" {
  title = "thread-local data needs its features here, too",
  clauses = { "relocatable.features", "tls.features" },
  link = function()
    local o = object "a.o"
    o:data("tv", { bytes = "1", tls = true })
    return { "-r", o }
  end,
  expect = { rejects { id = "FEATURE_TLS", file = "a.o" } },
}
