-- Constructors: which functions __wasm_call_ctors calls, and in which order.

-- Constructors named as given, each with its priority: { "a", 50 }, { "b" }, ...
local function constructing(name, list, options)
  local o = object(name)
  for _, item in ipairs(list) do
    local opts = { sig = "->", code = "nop" }
    for key, setting in pairs(options or {}) do opts[key] = setting end
    o:init(o:func(item[1], opts), item[2])
  end
  return o
end

local function link(...) return { "--no-entry", "--export=__wasm_call_ctors", ... } end

case "priority" {
  title = "constructors run in the order of their priorities, the least number first",
  clauses = { "init.priority" },
  link = function()
    return link(constructing("a.o", { { "late", 65535 }, { "early", 1 }, { "mid", 200 } }))
  end,
  expect = { calls("__wasm_call_ctors", { "early", "mid", "late" }) },
}

case "priority-is-a-whole-number" {
  title = "priorities are compared as unsigned numbers of 32 bits",
  clauses = { "init.priority" },
  link = function()
    return link(constructing("a.o", { { "most", 0xffffffff }, { "high", 0x80000000 },
      { "low", 0x7fffffff }, { "nine", 9 }, { "ten", 10 }, { "none", 0 } }))
  end,
  expect = { calls("__wasm_call_ctors", { "none", "nine", "ten", "low", "high", "most" }) },
}

case "equal-priority" {
  title = "constructors of one priority run in the order in which the object lists them",
  clauses = { "init.order.stable" },
  link = function()
    local o = object "a.o"
    local list = {}
    for i, name in ipairs { "a", "b", "c", "d", "e" } do
      list[i] = o:func(name, { sig = "->", code = "nop" })
    end
    for _, i in ipairs { 4, 2, 5, 1, 3 } do o:init(list[i], 7) end
    return link(o)
  end,
  expect = { calls("__wasm_call_ctors", { "d", "b", "e", "a", "c" }),
    function_order { "a", "b", "c", "d", "e" } },
}

case "objects-then-priority" {
  title = "priority goes before the order of objects, which goes before the order in an object",
  clauses = { "init.order.objects", "init.priority" },
  origin = "WebAssembly/tool-conventions#98",
  link = function()
    return link(constructing("a.o", { { "a50", 50 }, { "a9", 9 }, { "a", 65535 } }),
      constructing("b.o", { { "b", 65535 }, { "b50", 50 }, { "b9", 9 } }))
  end,
  expect = { calls("__wasm_call_ctors", { "a9", "b9", "a50", "b50", "a", "b" }) },
}

case "member-between" {
  title = "a constructor of a member that is loaded later runs between those of the objects",
  clauses = { "init.priority", "init.order.objects" },
  link = function()
    local a = constructing("a.o", { { "a50", 50 }, { "a200", 200 } })
    a:func("use", { sig = "->", export = "use",
      code = { { "call", a:func("f", { sig = "->", undefined = true }) } } })
    local member = constructing("f.o", { { "f100", 100 }, { "f50", 50 } })
    member:func("f", { sig = "->", code = "nop" })
    return link(a, constructing("b.o", { { "b7", 7 }, { "b150", 150 } }),
      archive("lib.a", { member }))
  end,
  expect = { calls("__wasm_call_ctors", { "b7", "a50", "f50", "f100", "b150", "a200" }) },
}

case "many-stay-stable" {
  title = "the order of forty constructors with three priorities is stable",
  clauses = { "init.order.stable" },
  link = function()
    local list = {}
    for i = 1, 40 do list[i] = { "c" .. i, i % 3 } end
    return link(constructing("a.o", list))
  end,
  expect = { (function()
    local wanted = {}
    for p = 0, 2 do
      for i = 1, 40 do
        if i % 3 == p then wanted[#wanted + 1] = "c" .. i end
      end
    end
    return calls("__wasm_call_ctors", wanted)
  end)() },
}

case "listed-twice" {
  title = "a function that is listed twice runs twice",
  clauses = { "init.list" },
  link = function()
    local o = object "a.o"
    local f = o:func("f", { sig = "->", code = "nop" })
    o:init(f, 3)
    o:init(o:func("g", { sig = "->", code = "nop" }), 2)
    o:init(f, 1)
    return link(o)
  end,
  expect = { calls("__wasm_call_ctors", { "f", "g", "f" }) },
}

case "listed-by-two-objects" {
  title = "a function that two objects list by the same weak name runs once for each list",
  clauses = { "init.list", "symbol.binding.weak" },
  link = function()
    return link(constructing("a.o", { { "f", 2 } }, { weak = true }),
      constructing("b.o", { { "f", 1 }, { "g", 3 } }, { weak = true }))
  end,
  expect = { function_count(3), calls("__wasm_call_ctors", { "f", "f", "g" }) },
}

case "results-are-dropped" {
  title = "what a constructor gives is dropped, each of several results too",
  clauses = { "init.results" },
  link = function()
    local o = object "a.o"
    o:init(o:func("one", { sig = "-> i32", code = "i32.const 1" }), 1)
    o:init(o:func("two", { sig = "-> i64 f32", code = "i64.const 1; f32.const 2" }), 2)
    o:init(o:func("none", { sig = "->", code = "nop" }), 3)
    return link(o)
  end,
  expect = { valid(), code("__wasm_call_ctors",
    { calls "one", "drop", calls "two", "drop; drop", calls "none", "end" }) },
}

case "results-between-objects" {
  title = "what one constructor gives is dropped before the next is called",
  clauses = { "init.results", "init.priority" },
  link = function()
    return link(constructing("a.o", { { "last", 9 } }, { sig = "-> i32", code = "i32.const 1" }),
      constructing("b.o", { { "first", 1 } }, { sig = "-> f64", code = "f64.const 1" }))
  end,
  expect = { valid(), code("__wasm_call_ctors",
    { calls "first", "drop", calls "last", "drop", "end" }) },
}

case "parameters-are-refused" {
  title = "a constructor with parameters is an error",
  clauses = { "init.signature" },
  link = function()
    local o = object "a.o"
    o:init(o:func("f", { sig = "i32 ->", code = "nop" }))
    return link(o)
  end,
  expect = { rejects { id = "INIT_ARGUMENTS", class = "mismatch", file = "a.o" } },
}

case "local-constructors" {
  title = "local constructors of one name in two objects are two",
  clauses = { "init.list", "symbol.binding.local" },
  link = function()
    local function one(name, value)
      local o = object(name)
      local trace = o:func("trace", { sig = "i32 ->", undefined = true, import_module = "env",
        import_name = "trace" })
      o:init(o:func("init", { sig = "->", static = true,
        code = { { "i32.const", value }, { "call", trace } } }))
      return o
    end
    return link(one("a.o", 1), one("b.o", 2))
  end,
  expect = { function_count(3), holds("two different functions are called", function(_, view)
    local found = view:calls(view:func "__wasm_call_ctors")
    return #found == 2 and found[1] ~= found[2], "calls " .. table.concat(found, " ")
  end) },
}

case "imported-constructor" {
  title = "an imported function may be a constructor",
  clauses = { "init.list", "functions.import" },
  link = function()
    local o = object "a.o"
    o:init(o:func("setup", { sig = "->", undefined = true, import_module = "m",
      import_name = "setup" }))
    return link(o)
  end,
  expect = { imports_exactly { "m.setup" }, calls("__wasm_call_ctors", { "setup" }) },
}

case "undefined-constructor" {
  title = "a constructor that no object defines is an error",
  clauses = { "init.list", "symbol.undefined.strong" },
  link = function()
    local o = object "a.o"
    o:init(o:func("gone", { sig = "->", undefined = true }))
    return link(o)
  end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", file = "a.o" } },
}

case "constructor-defined-elsewhere" {
  title = "a list may name a function that another object defines",
  clauses = { "init.list" },
  link = function()
    local o = object "a.o"
    o:init(o:func("f", { sig = "->", undefined = true }))
    local b = object "b.o"
    b:func("f", { sig = "->", code = "nop" })
    return link(o, b)
  end,
  expect = { calls("__wasm_call_ctors", { "f" }) },
}

case "constructor-means-the-winner" {
  title = "a list that names a weak definition calls the one that wins",
  clauses = { "init.list", "symbol.binding.weak" },
  link = function()
    local b = object "b.o"
    b:func("f", { sig = "->", code = "i32.const 42; drop" })
    return link(constructing("a.o", { { "f", 1 } }, { weak = true }), b)
  end,
  expect = { function_count(2), calls("__wasm_call_ctors", { "f" }),
    code("f", { "i32.const 42; drop" }) },
}

-- An object with a constructor of its own, and one in a group that other objects have too.
local function grouped(name)
  local o = object(name)
  local group = o:comdat "var"
  o:init(o:func("init_var", { sig = "->", static = true, comdat = group, code = "nop" }))
  o:init(o:func("init_" .. name:sub(1, 1), { sig = "->", code = "nop" }))
  return o
end

case "constructor-in-discarded-group" {
  title = "a local constructor in a group that another object has brought does not run again",
  clauses = { "init.list", "comdat.first-wins" },
  link = function() return link(grouped "a.o", grouped "b.o") end,
  expect = { calls("__wasm_call_ctors", { "init_var", "init_a", "init_b" }), function_count(4) },
}

case "discarded-without-collection" {
  title = "without collection, too, a constructor in a discarded group does not run",
  clauses = { "init.list", "comdat.first-wins", "gc.off" },
  link = function() return link("--no-gc-sections", grouped "a.o", grouped "b.o") end,
  expect = { holds("three functions are called, each once", function(_, view)
    local found, seen = view:calls(view:func "__wasm_call_ctors"), {}
    for _, index in ipairs(found) do
      if seen[index] then return false, "one is called twice" end
      seen[index] = true
    end
    return #found == 3, #found .. " calls"
  end) },
}
