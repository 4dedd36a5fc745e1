-- Code metadata: custom sections metadata.code.T, each one vector of functions, by CodeMetadata.md.
-- An input's says something of places in that input's code; what is left of all is one vector.

-- A function's index, as clang writes it.
local function index(of)
  return reloc { type = "R_WASM_FUNCTION_INDEX_LEB", sym = of, bytes = "\x80\x80\x80\x80\0" }
end

-- A function with something to say: of the function itself, at 0, of its nop, at 1.
local function func(o, name, opts)
  local options = { sig = "->", exported = true, code = "nop" }
  for key, value in pairs(opts or {}) do options[key] = value end
  return o:func(name, options)
end

-- The one vector; or none, since any linker may leave out what it does not know.
local function says(functions, kind)
  local name, names = "metadata.code." .. (kind or "test"), {}
  for i, entry in ipairs(functions) do names[i] = entry[1] end
  return either { ["code-metadata.none"] = { no_custom(name), has_function(table.unpack(names)) },
    merged = code_metadata(name, functions) }
end

-- An object whose function has one instance, of its nop.
local function hinted(name, kind)
  local o = object(name .. ".o")
  local f = func(o, name)
  o:custom("metadata.code." .. (kind or "test"), { bytes = { "\1", index(f), "\1\1\1" .. name } })
  return o
end

local function other()
  local o = object "other.o"
  func(o, "other")
  return o
end

case "of-one-object" {
  title = "code metadata of one object is kept, with the function's new index",
  clauses = { "code-metadata.section", "code-metadata.merge" },
  link = function() return { "--no-entry", other(), hinted "a" } end,
  expect = { says { { "a", { "nop", "a" } } } },
  peer_differs = "it stands behind the code",
}

case "of-two-objects" {
  title = "code metadata of two objects becomes one vector, with both of its functions",
  clauses = { "code-metadata.merge", "code-metadata.section" },
  link = function() return { "--no-entry", hinted "a", hinted "b" } end,
  expect = { says { { "a", { "nop", "a" } }, { "b", { "nop", "b" } } } },
  peer_differs = "the vectors stand one behind the other",
}

case "in-front-of-the-code" {
  title = "code metadata stands in front of the code, where engines look for it",
  clauses = { "code-metadata.place" },
  link = function() return { "--no-entry", "--strip-all", hinted "a" } end,
  expect = { either { ["code-metadata.none"] = { no_custom "metadata.code.test", exports {
      a = "function" } },
    kept = section_order { "type", "function", "memory", "global?", "export", "metadata.code.test",
      "code" } } },
  peer_differs = "it stands behind the code",
}

case "others-stay-behind" {
  title = "code metadata of every kind stand in front of the code, and other sections behind it",
  clauses = { "code-metadata.place", "custom.order" },
  link = function()
    local o = hinted("b", "second")
    o:custom("mine", { bytes = "text", before = "type" })
    return { "--no-entry", "--strip-all", hinted "a", o }
  end,
  expect = { either { ["code-metadata.none"] = { no_custom("metadata.code.test",
      "metadata.code.second"), custom("mine", "text") },
    kept = section_order { "type", "function", "memory", "global?", "export", "metadata.code.test",
      "metadata.code.second", "code", "mine" } } },
  peer_differs = "it stands behind the code",
}

case "of-two-kinds" {
  title = "code metadata of another kind is a section of its own",
  clauses = { "code-metadata.merge", "code-metadata.section" },
  link = function()
    return { "--no-entry", hinted "a", hinted("b", "second"), hinted "c" }
  end,
  expect = { says { { "a", { "nop", "a" } }, { "c", { "nop", "c" } } },
    says({ { "b", { "nop", "b" } } }, "second") },
  peer_differs = "the vectors stand one behind the other",
}

case "of-two-sections" {
  title = "functions are sorted by index, whichever of an object's sections they are in",
  clauses = { "code-metadata.order", "code-metadata.merge" },
  link = function()
    local o = object "a.o"
    local f, g = func(o, "f"), func(o, "g")
    o:custom("metadata.code.test", { bytes = { "\1", index(g), "\1\1\1g" } })
    o:custom("metadata.code.test", { bytes = { "\1", index(f), "\1\1\1f" }, path = "second" })
    return { "--no-entry", o }
  end,
  expect = { says { { "f", { "nop", "f" } }, { "g", { "nop", "g" } } } },
  peer_differs = "the vectors stand one behind the other",
}

-- The second section says of the nop what the first one has said already.
case "of-one-function" {
  title = "what two sections say of one function is sorted by place, the first of one place kept",
  clauses = { "code-metadata.order", "code-metadata.merge" },
  link = function()
    local o = object "a.o"
    local f = func(o, "f")
    o:custom("metadata.code.test", { bytes = { "\1", index(f), "\2\1\1a\2\1b" } })
    o:custom("metadata.code.test", { bytes = { "\1", index(f), "\2\0\1c\1\1d" }, path = "second" })
    return { "--no-entry", o }
  end,
  expect = { says { { "f", { "func", "c" }, { "nop", "a" }, { "end", "b" } } } },
  peer_differs = "the vectors stand one behind the other",
}

case "without-relocation" {
  title = "a function's index without relocation is that of the object's function",
  clauses = { "code-metadata.own-function", "code-metadata.merge" },
  link = function()
    local o = object "a.o"
    local imported = o:func("imported", { sig = "->", undefined = true, import_module = "host",
      import_name = "imported" })
    func(o, "f", { code = { { "call", imported } } })
    func(o, "g")
    o:custom("metadata.code.test", { bytes = "\2\1\1\1\1f\2\1\1\1g" })
    return { "--no-entry", other(), o }
  end,
  expect = { says { { "f", { "call", "f" } }, { "g", { "nop", "g" } } } },
  peer_differs = "a number without relocation is copied",
}

case "strip-all" {
  title = "--strip-all keeps code metadata",
  clauses = { "code-metadata.section", "option.strip-all" },
  link = function() return { "--no-entry", "--strip-all", "--export=a", hinted "a" } end,
  expect = { says { { "a", { "nop", "a" } } } },
  peer_differs = "it stands behind the code",
}

-- What is not there any more --------------------------------------------------------------------

case "of-a-dead-function" {
  title = "nothing is said of a function that is collected",
  clauses = { "code-metadata.drop" },
  link = function()
    local o = object "a.o"
    local f, dead, g = func(o, "f"), func(o, "dead", { exported = false }), func(o, "g")
    o:custom("metadata.code.test",
      { bytes = { "\3", index(f), "\1\1\1f", index(dead), "\1\1\1d", index(g), "\1\1\1g" } })
    return { "--no-entry", o }
  end,
  expect = { says { { "f", { "nop", "f" } }, { "g", { "nop", "g" } } } },
  peer_differs = "what is said of the dead function is said of function 0",
}

case "of-dead-functions-only" {
  title = "where all that something is said of is collected, there is no code metadata",
  clauses = { "code-metadata.drop" },
  link = function()
    local o = object "a.o"
    local dead = func(o, "dead", { exported = false })
    o:custom("metadata.code.test", { bytes = { "\1", index(dead), "\1\1\1d" } })
    return { "--no-entry", other(), o }
  end,
  expect = { no_custom "metadata.code.test", has_function "other", no_warnings() },
  peer_differs = "what is said of the dead function is said of function 0",
}

case "empty" {
  title = "a vector without functions, and a function without instances, say nothing",
  clauses = { "code-metadata.merge" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local f = func(a, "f")
    func(b, "g")
    a:custom("metadata.code.test", { bytes = { "\1", index(f), "\0" } })
    b:custom("metadata.code.test", { bytes = "\0" })
    return { "--no-entry", a, b }
  end,
  expect = { no_custom "metadata.code.test", has_function("f", "g"), no_warnings() },
  peer_differs = "the vectors stand one behind the other",
}

case "of-a-weak-definition" {
  title = "what is said of a weak definition is not said of the strong one that is taken",
  clauses = { "code-metadata.own-function", "code-metadata.drop", "symbol.binding.weak" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local weak = func(a, "f", { weak = true })
    a:custom("metadata.code.test", { bytes = { "\1", index(weak), "\1\1\1w" } })
    func(b, "f", { code = { "i32.const 1", "drop" } })
    return { "--no-entry", a, b }
  end,
  expect = { no_custom "metadata.code.test", has_function "f" },
  peer_differs = "what is said of one function is said of another",
}

-- Two objects that define f, and say something of its second nop, and of its drop.
local function weak_and_strong()
  local a, b = object "a.o", object "b.o"
  local weak = func(a, "f", { weak = true, code = { "nop", "nop" } })
  a:custom("metadata.code.test", { bytes = { "\1", index(weak), "\1\2\1w" } })
  local strong = func(b, "f", { code = { "i32.const 1", "drop" } })
  b:custom("metadata.code.test", { bytes = { "\1", index(strong), "\1\3\1s" } })
  return a, b
end

-- Nothing collects the loser.
case "of-a-weak-definition-that-stays" {
  title = "what is said of a weak definition stays with its code, when that stays",
  clauses = { "code-metadata.own-function", "code-metadata.merge" },
  link = function()
    return { "--no-entry", "--no-gc-sections", "--export=f", weak_and_strong() }
  end,
  expect = { has_function "f", holds("each is told of its own code", function(_, view)
    local list = view:custom "metadata.code.test" and view:code_metadata "metadata.code.test"
    if not list then return true end
    return #list == 2 and list[1].items[1][2] == "w" and list[1].items[1][1] == 2
      and list[2].items[1][2] == "s" and view:is_named("function", list[2].index, "f")
      and list[1].index ~= list[2].index
  end) },
  peer_differs = "what is said of one function is said of another",
}

case "of-a-group" {
  title = "nothing is said of the functions of a group that is discarded",
  clauses = { "code-metadata.drop", "comdat.first-wins" },
  link = function()
    local function member(name)
      local o = object(name .. ".o")
      local f = func(o, "f", { comdat = o:comdat "group" })
      local g = func(o, name)
      o:custom("metadata.code.test",
        { bytes = { "\2", index(f), "\1\1\1f", index(g), "\1\1\1" .. name } })
      return o
    end
    return { "--no-entry", member "a", member "b" }
  end,
  expect = { says { { "f", { "nop", "f" } }, { "a", { "nop", "a" } }, { "b", { "nop", "b" } } } },
  peer_differs = "what is said of the discarded function is said of the other",
}

case "in-a-group" {
  title = "the code metadata of a group that is discarded goes with it",
  clauses = { "code-metadata.merge", "comdat.first-wins" },
  link = function()
    local function member(name)
      local o = object(name .. ".o")
      local group = o:comdat "group"
      local f = func(o, "f", { comdat = group })
      o:custom("metadata.code.test",
        { bytes = { "\1", index(f), "\1\1\1" .. name }, comdat = group })
      return o
    end
    return { "--no-entry", member "a", member "b", hinted "c" }
  end,
  expect = { says { { "f", { "nop", "a" } }, { "c", { "nop", "c" } } } },
  peer_differs = "the vectors stand one behind the other",
}

case "of-a-wrapped-function" {
  title = "what is said of a function that is wrapped stays with it",
  clauses = { "code-metadata.own-function", "symbol.wrap" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local f = func(a, "f")
    a:custom("metadata.code.test", { bytes = { "\1", index(f), "\1\1\1f" } })
    local real = b:func("__real_f", { sig = "->", undefined = true })
    func(b, "__wrap_f", { export = "wrapper", code = { { "call", real } } })
    return { "--no-entry", "--wrap=f", a, b }
  end,
  expect = { says { { "f", { "nop", "f" } } } },
  peer_differs = "what is said of one function is said of another",
}

-- What it says ----------------------------------------------------------------------------------

case "relocated-data" {
  title = "what is said may hold indices, which are relocated",
  clauses = { "code-metadata.merge", "reloc.function-index-leb" },
  link = function()
    local function object_with(name)
      local o = object(name .. ".o")
      local f = func(o, name)
      o:custom("metadata.code.test", { bytes = { "\1", index(f), "\2\0\6<", index(f), "\1\1>" } })
      return o
    end
    return { "--no-entry", object_with "a", object_with "b" }
  end,
  expect = { has_function("a", "b"), holds("each has its own index", function(_, view)
    local list = view:custom "metadata.code.test" and view:code_metadata "metadata.code.test"
    local function is(i, name)
      local index_of = view:func(name)
      return list[i].index == index_of and list[i].items[1][2] == "<" .. uleb(index_of, 5)
        and list[i].items[2][2] == ">"
    end
    return not list or #list == 2 and is(1, "a") and is(2, "b")
  end) },
  peer_differs = "the vectors stand one behind the other",
}

-- Behind a call whose operand loses four bytes, and again.
case "compressed" {
  title = "with --compress-relocations places are those where the instructions went",
  clauses = { "code-metadata.position", "reloc.compress" },
  link = function()
    local o = object "a.o"
    local g = func(o, "g")
    local f = func(o, "f", { code = { { "call", g }, "nop", { "call", g }, "nop" } })
    o:custom("metadata.code.test",
      { bytes = { "\1", index(f), "\5\0\1a\1\1b\7\1c\8\1d\14\1e" } })
    return { "--no-entry", "--compress-relocations", "-S", o }
  end,
  expect = { says { { "f", { "func", "a" }, { "call", "b" },
    { "nop", "c" }, { "call", "d" }, { "nop", "e" } } } },
  peer_differs = "places are those that the object has",
}

-- The nop's place, 157, takes two bytes; 53 does not.
case "compressed-by-much" {
  title = "with --compress-relocations a place that moves a hundred bytes takes fewer itself",
  clauses = { "code-metadata.position", "reloc.compress" },
  link = function()
    local o = object "a.o"
    local g = func(o, "g")
    local body = {}
    for i = 1, 26 do body[i] = { "call", g } end
    body[27] = "nop"
    local f = func(o, "f", { code = body })
    o:custom("metadata.code.test",
      { bytes = { "\2", index(g), "\1\1\1g", index(f), "\1\x9d\1\1f" } })
    return { "--no-entry", "--compress-relocations", "-S", o }
  end,
  expect = { says { { "g", { "nop", "g" } }, { "f", { "nop", "f" } } } },
  peer_differs = "places are those that the object has",
}

-- Objects ---------------------------------------------------------------------------------------

case "in-an-object" {
  title = "-r makes one vector too, with the relocations of all",
  clauses = { "code-metadata.merge", "relocatable.relocations" },
  link = function() return { "-r", other(), hinted "a", hinted "b" } end,
  expect = { says { { "a", { "nop", "a" } }, { "b", { "nop", "b" } } },
    relocations "metadata.code.test" { "FUNCTION_INDEX_LEB a at 1", "FUNCTION_INDEX_LEB b at 10" },
    relinks({ "--no-entry", hinted "c" }, { says { { "a", { "nop", "a" } },
      { "b", { "nop", "b" } }, { "c", { "nop", "c" } } } }) },
  peer_differs = "the vectors stand one behind the other",
}

case "without-relocation-in-an-object" {
  title = "-r gives an index without relocation none, and the next link reads it as this one did",
  clauses = { "code-metadata.own-function", "relocatable.relocations" },
  link = function()
    local o = object "a.o"
    func(o, "a")
    o:custom("metadata.code.test", { bytes = "\1\0\1\1\1a" })
    return { "-r", other(), o, hinted "b" }
  end,
  expect = { says { { "a", { "nop", "a" } }, { "b", { "nop", "b" } } },
    relocations "metadata.code.test" { "FUNCTION_INDEX_LEB b at 6" },
    relinks({ "--no-entry", hinted "c", "relinked.o" }, { says { { "c", { "nop", "c" } },
      { "a", { "nop", "a" } }, { "b", { "nop", "b" } } } }) },
  peer_differs = "a number without relocation is copied",
}

-- No symbol is left that would mean the code of the definition that lost.
case "of-a-weak-definition-in-an-object" {
  title = "-r keeps what is said of a weak definition that lost, without a relocation",
  clauses = { "code-metadata.own-function", "relocatable.relocations" },
  link = function() return { "-r", weak_and_strong() } end,
  expect = { relocations "metadata.code.test" { "FUNCTION_INDEX_LEB f at 6" },
    relinks({ "--no-entry", "--export=f" }, { says { { "f", { "drop", "s" } } } }) },
  peer_differs = "what is said of one function is said of another",
}

case "in-a-group-of-an-object" {
  title = "-r keeps the code metadata of a group apart, to be dropped with it",
  clauses = { "code-metadata.merge", "relocatable.comdats" },
  link = function()
    local function member(name)
      local o = object(name .. ".o")
      local group = o:comdat "group"
      local f, g = func(o, "f", { comdat = group }), func(o, name)
      o:custom("metadata.code.test",
        { bytes = { "\1", index(f), "\1\1\1" .. name }, comdat = group })
      o:custom("metadata.code.test",
        { bytes = { "\1", index(g), "\1\1\1" .. name }, path = "own" })
      return o
    end
    return { "-r", member "a", member "b" }
  end,
  expect = { relinks({ "--no-entry" }, { says { { "f", { "nop", "a" } }, { "a", { "nop", "a" } },
    { "b", { "nop", "b" } } } }) },
  peer_differs = "the vectors stand one behind the other",
}

case "in-a-module-with-relocations" {
  title = "--emit-relocs tells where the indices of the one vector are",
  clauses = { "code-metadata.merge", "emit-relocs.module" },
  link = function()
    local o = object "c.o"
    local dead, f = func(o, "dead", { exported = false }), func(o, "f")
    o:custom("metadata.code.test",
      { bytes = { "\2", index(dead), "\1\1\1d", index(f), "\1\1\1f" } })
    return { "--no-entry", "--emit-relocs", hinted "a", o }
  end,
  expect = { either { ["code-metadata.none"] = { no_custom "metadata.code.test",
      has_function("a", "f") }, merged = {
    code_metadata("metadata.code.test", { { "a", { "nop", "a" } }, { "f", { "nop", "f" } } }),
    relocations "metadata.code.test" { "FUNCTION_INDEX_LEB a at 1",
      "FUNCTION_INDEX_LEB f at 10" } } } },
  peer_differs = "the vectors stand one behind the other",
}
