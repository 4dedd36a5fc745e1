-- The order of objects: an object takes its place when it has been read to its end, and what it
-- asks for is read in the middle of it.  So a member stands before the object that loads it.  The
-- order of functions, of data and of constructors follows.

-- An object that defines `symbol`, which calls the functions named behind it, in that order, and
-- whose byte of data is its initial.  Symbols of what it calls come in the same order.
local function node(symbol, ...)
  local o, code = object(symbol .. ".o"), {}
  for i, name in ipairs { ... } do
    code[i] = { "call", o:func(name, { sig = "->", undefined = true }) }
  end
  local d = o:data("d_" .. symbol, { bytes = symbol:sub(1, 1), segment_name = ".data.d" })
  code[#code + 1] = { "i32.const", addr(d) }
  code[#code + 1] = "drop"
  o:func(symbol, { sig = "->", code = code })
  return o
end

local function run(...)
  local o = node("run", ...)
  return o
end

case "member-before-its-asker" {
  title = "what an object loads out of an earlier archive comes before the object itself",
  clauses = { "archive.order.nested-first" },
  link = function()
    return { "--no-entry", "--export=run", archive("lib.a", { node "f" }), run "f" }
  end,
  expect = { function_order { "f", "run" }, data_count("fr", 1) },
}

case "chain-is-turned-round" {
  title = "a chain of members, each asking for the next, is listed from its end",
  clauses = { "archive.order.nested-first" },
  link = function()
    return { "--no-entry", "--export=run",
      archive("lib.a", { node("f", "g"), node("g", "h"), node "h" }), run "f" }
  end,
  expect = { function_order { "h", "g", "f", "run" }, data_count("hgfr", 1) },
}

case "references-in-order-of-symbols" {
  title = "several references load their members in the order of the symbol table",
  clauses = { "archive.order.nested-first" },
  link = function()
    return { "--no-entry", "--export=run",
      archive("lib.a", { node "a", node "b", node "c" }), run("c", "a", "b") }
  end,
  expect = { function_order { "c", "a", "b", "run" }, data_count("cabr", 1) },
}

case "waiting-references-in-order-of-members" {
  title = "references that wait for an archive load its members in the archive's order",
  clauses = { "archive.order.members" },
  link = function()
    return { "--no-entry", "--export=run", run("c", "a", "b"),
      archive("lib.a", { node "a", node "b", node "c" }) }
  end,
  expect = { function_order { "run", "a", "b", "c" }, data_count("rabc", 1) },
}

case "member-asks-for-later-member" {
  title = "in an archive that is waited for, a member that asks for a later one comes before it",
  clauses = { "archive.order.members" },
  link = function()
    return { "--no-entry", "--export=run", run "f", archive("lib.a", { node("f", "g"), node "g" }) }
  end,
  expect = { function_order { "run", "f", "g" }, data_count("rfg", 1) },
}

case "member-asks-for-earlier-member" {
  title = "in an archive that is waited for, a member that asks for an earlier one comes behind it",
  clauses = { "archive.order.nested-first" },
  link = function()
    return { "--no-entry", "--export=run", run "f", archive("lib.a", { node "g", node("f", "g") }) }
  end,
  expect = { function_order { "run", "g", "f" }, data_count("rgf", 1) },
}

case "circle-from-where-it-is-entered" {
  title = "of two members that ask for each other the one asked for first is listed last",
  clauses = { "archive.order.nested-first" },
  link = function()
    return { "--no-entry", "--export=run", archive("lib.a", { node("f", "g"), node("g", "f") }),
      run "f" }
  end,
  expect = { function_order { "g", "f", "run" }, data_count("gfr", 1) },
}

case "options-ask-last" {
  title = "-u, --export and the entry ask behind all inputs, in this order whatever stands first",
  clauses = { "archive.order.options", "archive.roots" },
  link = function()
    return { "--entry=e", "--export=x", "--export=run", "-u", "u",
      archive("lib.a", { node "e", node "x", node("u") }), run(), file("empty.a", "!<arch>\n") }
  end,
  -- -u makes no root: u is listed, and collected.
  expect = { function_order { "run", "x", "e" }, data_count("rxe", 1), no_function "u" },
}

case "several-export-options" {
  title = "several --export options load all their members, in an order that is not specified",
  clauses = { "archive.order.options", "archive.roots" },
  link = function()
    return { "--no-entry", "--export=e", "--export=a", "--export=d", "--export=b",
      archive("lib.a", { node "a", node "b", node "d", node "e" }) }
  end,
  expect = { exports { a = "function", b = "function", d = "function", e = "function" },
    function_count(4), data_count("e", 1), data_count("a", 1), data_count("d", 1),
    data_count("b", 1) },
  peer_differs = "wasm-ld keeps these names in a hash table and asks in its order; nothing "
    .. "specifies an order, and that of the command line can be foreseen",
}

-- Constructors ------------------------------------------------------------------------------------

local function constructing(symbol, ...)
  local o = node(symbol, ...)
  local trace = o:func("trace", { sig = "i32 ->", undefined = true, import_module = "env",
    import_name = "trace" })
  o:init(o:func("init_" .. symbol, { sig = "->",
    code = { { "i32.const", symbol:byte() }, { "call", trace } } }))
  return o
end

case "constructors-follow" {
  title = "constructors of members run in the order in which the members were completed",
  clauses = { "archive.order.nested-first", "init.order.objects" },
  link = function()
    return { "--no-entry", "--export=run", "--export=__wasm_call_ctors",
      archive("lib.a", { constructing("f", "g"), constructing("g") }), constructing("run", "f") }
  end,
  expect = { calls("__wasm_call_ctors", { "init_g", "init_f", "init_run" }) },
}

-- Groups ------------------------------------------------------------------------------------------

-- A member with its own copy of `shared`, in a group of that name.
local function grouped(symbol, value, ...)
  local o, code = object(symbol .. ".o"), {}
  local group = o:comdat("shared")
  for i, name in ipairs { ... } do
    code[i] = { "call", o:func(name, { sig = "-> i32", undefined = true }) }
    code[#code + 1] = "drop"
  end
  local shared = o:func("shared", { sig = "-> i32", weak = true, comdat = group,
    code = "i32.const " .. value })
  code[#code + 1] = { "call", shared }
  o:func(symbol, { sig = "-> i32", code = code })
  return o
end

case "group-of-who-was-begun-first" {
  title = "a group stays with the object that was begun first, though it is completed later",
  clauses = { "comdat.first-wins", "archive.order.nested-first" },
  link = function()
    return { "--no-entry", "--export=f", "--export=g",
      archive("lib.a", { grouped("g", 2) }), grouped("f", 1, "g") }
  end,
  expect = { function_order { "g", "f" }, function_count(3), returns("f", {}, 1),
    returns("g", {}, 1) },
}

case "group-of-unloaded-member" {
  title = "a member that is not loaded claims no group",
  clauses = { "comdat.first-wins", "archive.lazy" },
  link = function()
    return { "--no-entry", "--export=f", archive("lib.a", { grouped("g", 2) }), grouped("f", 1) }
  end,
  expect = { function_count(2), returns("f", {}, 1) },
}
