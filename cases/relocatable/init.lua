-- An object made of several (-r): constructors.

local function constructor(o, name, priority, value)
  local log = o.log or o:data("log", { undefined = true })
  o.log = log
  local f = o:func(name, { sig = "->", static = true, code = {
    { "i32.const", addr(log) }, { "i32.const", addr(log) }, "i32.load 0", "i32.const 10",
    "i32.mul", "i32.const " .. value, "i32.add", "i32.store 0" } })
  o:init(f, priority)
  return f
end

local function logger()
  local o = object "log.o"
  local log = o:data("log", { bytes = u32(0), align = 2 })
  o:func("read", { sig = "-> i32", export = "read", code = { { "i32.const", addr(log) },
    "i32.load 0" } })
  return o
end

case "sorted" {
  title = "constructors of all objects are sorted by priority; equal ones stay in order",
  clauses = { "relocatable.init-functions", "init.priority" },
  link = function()
    local a, b = object "a.o", object "b.o"
    constructor(a, "a-late", 65535, 1)
    constructor(a, "a-50", 50, 2)
    constructor(b, "b-50", 50, 3)
    constructor(b, "b-7", 7, 4)
    constructor(b, "b-late", 65535, 5)
    return { "-r", logger(), a, b }
  end,
  expect = {
    init_functions { "7 b-7", "50 a-50", "50 b-50", "65535 a-late", "65535 b-late" },
    relinks({ "--no-entry" }, { returns("read", {}, 42315) }),
  },
}

case "sorted-again" {
  title = "a later link sorts them with those of others",
  clauses = { "relocatable.init-functions", "init.priority" },
  origin = "ziglang/zig#10962",
  link = function()
    local a = object "a.o"
    constructor(a, "a-50", 50, 1)
    constructor(a, "a-100", 100, 2)
    return { "-r", a, logger() }
  end,
  expect = { relinks({ "--no-entry", (function()
    local b = object "b.o"
    constructor(b, "b-70", 70, 3)
    return b
  end)() }, { returns("read", {}, 132) }) },
}

case "imported" {
  title = "a constructor that is undefined stays one",
  clauses = { "relocatable.init-functions", "relocatable.undefined" },
  link = function()
    local o = object "a.o"
    o:init(o:func("boot", { sig = "->", undefined = true }), 3)
    return { "-r", o }
  end,
  expect = { init_functions { "3 boot" }, linking_symbol "boot" { flags = "undefined" } },
}

case "in-discarded-group" {
  title = "a constructor of a group that another object brought is left out",
  clauses = { "relocatable.init-functions", "comdat.first-wins" },
  peer_differs = "wasm-ld keeps the functions of the second group",
  link = function()
    local function with(name, value)
      local o = object(name)
      local g = o:comdat "g"
      local f = o:func("boot", { sig = "-> i32", static = true, comdat = g,
        code = "i32.const " .. value })
      o:init(f, 9)
      return o
    end
    return { "-r", with("a.o", 1), with("b.o", 2) }
  end,
  expect = { init_functions { "9 boot" }, function_count(1) },
}

case "with-arguments" {
  title = "a constructor that takes arguments is an error, as in a last link",
  clauses = { "relocatable.init-functions", "init.signature" },
  link = function()
    local o = object "a.o"
    o:init(o:func("boot", { sig = "i32 ->", code = "nop" }))
    return { "-r", o }
  end,
  expect = { rejects { id = "INIT_ARGUMENTS" } },
}

case "in-archive-member" {
  title = "constructors of members that were taken are the object's own",
  clauses = { "relocatable.init-functions", "relocatable.object" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local f = a:func("f", { sig = "->", undefined = true })
    a:func("user", { sig = "->", export = "user", code = { { "call", f } } })
    b:func("f", { sig = "->", code = "nop" })
    constructor(b, "boot", 5, 1)
    return { "-r", a, archive("lib.a", { b }) }
  end,
  expect = { init_functions { "5 boot" } },
}
