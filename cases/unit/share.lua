-- Units: anonymous data of several units.  They have no name and are never written, so equal ones
-- may be one wherever they come from; the model shares what is live, as it does with strings, and
-- as there not with -O0.  An object cannot ask for that, so other linkers have one for each unit.

local DIFFERS = "other linkers get objects, and keep the anonymous data of each"

-- A unit whose function `name` gives the address of anonymous data.
local function user(file, name, make)
  local u = unit(file)
  u:func(name, { sig = "-> i32", exported = true, code = { { "i32.const", addr(make(u)) } } })
  return u
end

local function bytes(text, align)
  return function(u) return u:anon { bytes = text, align = align } end
end

-- A case with two units, at the end of layout: what stands in .rodata, as "FILE:SEGMENT".
local function shared(name, title, units, inputs, more)
  local c = {
    title = title, clauses = { "unit.anonymous" }, stage = "place",
    link = function()
      local list = { "--no-entry" }
      for i, u in ipairs(units()) do list[i + 1] = u end
      return list
    end,
    expect = { segment ".rodata" { inputs = inputs } },
  }
  for key, value in pairs(more or {}) do c[key] = value end
  case(name)(c)
end

local ONE, BOTH = { "a.o:.rodata.__anon_0" }, { "a.o:.rodata.__anon_0", "b.o:.rodata.__anon_0" }

shared("equal", "equal anonymous data of two units are one", function()
  return { user("a.o", "f", bytes "equal"), user("b.o", "g", bytes "equal") }
end, ONE)

shared("unequal", "unequal ones are not", function()
  return { user("a.o", "f", bytes "equal"), user("b.o", "g", bytes "equal\0") }
end, BOTH)

shared("not-without-optimisation", "with -O0 every unit keeps its own", function()
  return { "-O0", user("a.o", "f", bytes "equal"), user("b.o", "g", bytes "equal") }
end, BOTH)

shared("largest-alignment", "the largest alignment is that of all that are shared", function()
  return { user("a.o", "f", bytes("equal", 1)), user("b.o", "g", bytes("equal", 6)) }
end, ONE, { expect = { segment ".rodata" { inputs = ONE, align = 64 } } })

shared("dead-data-asks-for-nothing", "the alignment of data that is not live does not count",
  function()
    local b = user("b.o", "g", bytes "other")
    b:func("dead", { sig = "-> i32", code = { { "i32.const", addr(bytes("equal", 6)(b)) } } })
    return { user("a.o", "f", bytes("equal", 1)), b }
  end, BOTH, { expect = { segment ".rodata" { inputs = BOTH, align = 2 } } })

shared("first-is-dead", "data that is not live stands for no other", function()
  local a = unit "a.o"
  bytes "equal"(a)
  return { a, user("b.o", "g", bytes "equal") }
end, { "b.o:.rodata.__anon_0" })

shared("named-data-is-not-shared", "named data of another unit is not shared", function()
  local b = unit "b.o"
  b:data("equal", { bytes = "equal", constant = true, exported = true })
  return { user("a.o", "f", bytes "equal"), b }
end, { "a.o:.rodata.__anon_0", "b.o:.rodata.equal" })

shared("data-of-an-object-is-not-shared", "nor is data of an object", function()
  local o = object "b.o"
  o:data("__anon_0", { bytes = "equal", rodata = true, exported = true })
  return { user("a.o", "f", bytes "equal"), o }
end, BOTH)

local function pointer_to(name, undefined)
  return function(u)
    local x = u:data(name, undefined and { undefined = true } or { bytes = "x" })
    return u:anon { bytes = { addr(x, 2), "!!!!" } }
  end
end

shared("same-target", "pointers to one symbol are equal, whoever defines it", function()
  return { user("a.o", "f", pointer_to("x")), user("b.o", "g", pointer_to("x", true)) }
end, ONE)

shared("static-targets-differ", "static symbols of one name are two", function()
  local function own(u)
    return u:anon { bytes = { addr(u:data("x", { bytes = "x", static = true })), "!!!!" } }
  end
  return { user("a.o", "f", own), user("b.o", "g", own) }
end, BOTH)

shared("equal-all-the-way", "anonymous data that lead to equal anonymous data are equal", function()
  local function tree(u)
    local leaf = u:anon { bytes = "leaf" }
    local node = u:anon { bytes = { addr(leaf), "node" } }
    return u:anon { bytes = { addr(node, 4), addr(leaf), "root" } }
  end
  return { user("a.o", "f", tree), user("b.o", "g", tree) }
end, { "a.o:.rodata.__anon_0", "a.o:.rodata.__anon_1", "a.o:.rodata.__anon_2" })

shared("three-units", "three units may share one, in any order of their own", function()
  local function both(first, second)
    return function(u)
      local d = u:anon { bytes = first }
      u:func("also_" .. u.name:sub(1, 1), { sig = "-> i32", exported = true,
        code = { { "i32.const", addr(u:anon { bytes = second }) } } })
      return d
    end
  end
  return { user("a.o", "f", both("one", "two")), user("b.o", "g", both("two", "one")),
    user("c.o", "h", both("three", "one")) }
end, { "a.o:.rodata.__anon_0", "a.o:.rodata.__anon_1", "c.o:.rodata.__anon_0" })

shared("lazy-unit", "a unit that is not needed brings nothing to share", function()
  return { "--start-lib", user("a.o", "f", bytes "equal"), "--end-lib",
    user("b.o", "g", bytes "equal") }
end, { "b.o:.rodata.__anon_0" })

case "zeros" {
  title = "zeros without a name are shared, too",
  clauses = { "unit.anonymous", "unit.zero" },
  stage = "place",
  link = function()
    return { "--no-entry", user("a.o", "f", bytes(("\0"):rep(9), 2)),
      user("b.o", "g", bytes(("\0"):rep(9), 3)) }
  end,
  expect = { segment ".bss" { inputs = { "a.o:.bss.__anon_0" }, align = 8, size = 9 } },
}

case "means-the-same" {
  title = "shared or not, every unit finds its data",
  clauses = { "unit.anonymous" },
  peer_differs = DIFFERS,
  link = function()
    return { "--no-entry", user("a.o", "f", bytes "equal"), user("b.o", "g", bytes "equal"),
      user("c.o", "h", bytes "other") }
  end,
  expect = { const_at("f", 1, to_data "equal"), const_at("g", 1, to_data "equal"),
    const_at("h", 1, to_data "other") },
}

case "in-an-object-of-two-units" {
  title = "an object made of two units has what they share once",
  clauses = { "unit.anonymous", "unit.lowering" },
  stage = "place",
  link = function()
    return { "-r", user("a.o", "f", bytes "equal"), user("b.o", "g", bytes "equal") }
  end,
  expect = { segment ".rodata.__anon_0" { inputs = ONE } },
}

case "second-pointers-differ" {
  title = "anonymous data of two units that differ in their second pointer are two",
  clauses = { "unit.anonymous" },
  link = function()
    local function pointers(second)
      return function(u)
        local own = u.name == "a.o"
        local to = {}
        for _, name in ipairs { "x", "y" } do
          to[name] = u:data(name, own and { bytes = name } or { undefined = true })
        end
        return u:anon { bytes = { addr(to.x), addr(to[second]), "tail" } }
      end
    end
    return { "--no-entry", "--strip-debug", "--compress-relocations", user("0.o", "e", bytes "e"),
      user("a.o", "f", pointers "x"), user("b.o", "g", pointers "y") }
  end,
  expect = { data_count("tail", 2) },
}

case "alignment-of-the-first" {
  title = "what is shared keeps the alignment of the first, though that of others is less",
  clauses = { "unit.anonymous" },
  peer_differs = DIFFERS,
  link = function()
    local list = { "--no-entry" }
    for i, align in ipairs { 6, 1 } do
      local u = unit(("%d.o"):format(i))
      u:func("odd" .. i, { sig = "-> i32", exported = true,
        code = { { "i32.const", addr(u:anon { bytes = "odd" }) } } })
      u:func("low_bits_" .. i, { sig = "-> i32", exported = true,
        code = { { "i32.const", addr(u:anon { bytes = "equal", align = align }) },
          "i32.const " .. 2 ^ align // 1 - 1, "i32.and" } })
      list[#list + 1] = u
    end
    return list
  end,
  expect = { returns("low_bits_1", {}, 0), returns("low_bits_2", {}, 0) },
}

-- One unit, whose functions f and g give the addresses of what make(unit) returns.  With -O0 only
-- what the unit itself has twice is shared.
local function two_of(make)
  return function()
    local u = unit "u.o"
    local one, two = make(u)
    u:func("f", { sig = "-> i32", exported = true, code = { { "i32.const", addr(one) } } })
    u:func("g", { sig = "-> i32", exported = true, code = { { "i32.const", addr(two) } } })
    return { "--no-entry", "--strip-debug", "--compress-relocations", "-O0", u }
  end
end

case "in-one-unit-without-optimisation" {
  title = "within a unit equal anonymous data are one with -O0, too",
  clauses = { "unit.anonymous" },
  link = two_of(function(u)
    return u:anon { bytes = "equal" }, u:anon { bytes = "equal" }
  end),
  expect = { data_count("equal", 1) },
}

case "bytes-under-a-fixup" {
  title = "what stands where a fixup will write is no part of the data",
  clauses = { "unit.anonymous" },
  link = two_of(function(u)
    local x = u:data("x", { bytes = "x", exported = true })
    local list = {}
    for i, under in ipairs { "\0\0\0\0", "\1\2\3\4" } do
      list[i] = u:anon { bytes = "head" .. under .. "tail" }
      u:fixup(list[i], { kind = "address", position = 4, target = x })
    end
    return list[1], list[2]
  end),
  expect = { data_count("tail", 1) },
}

case "places-of-fixups" {
  title = "pointers at other places make other data",
  clauses = { "unit.anonymous" },
  link = two_of(function(u)
    local x = u:data("x", { bytes = "x", exported = true })
    return u:anon { bytes = { addr(x), u32(0), "tail" } },
      u:anon { bytes = { u32(0), addr(x), "tail" } }
  end),
  expect = { data_count("tail", 2) },
}

case "addends-of-fixups" {
  title = "so do pointers to other places of one symbol",
  clauses = { "unit.anonymous" },
  link = two_of(function(u)
    local x = u:data("x", { bytes = "x", exported = true })
    return u:anon { bytes = { addr(x), "tail" } }, u:anon { bytes = { addr(x, 1), "tail" } }
  end),
  expect = { data_count("tail", 2) },
}

case "named-and-anonymous-targets" {
  title = "a pointer to named data is none to anonymous data, whichever symbols these are",
  clauses = { "unit.anonymous" },
  link = two_of(function(u)
    local x = u:data("x", { bytes = "name", exported = true }) -- symbol 0
    local leaf = u:anon { bytes = "leaf" } -- anonymous data 0
    return u:anon { bytes = { addr(leaf), "tail" } }, u:anon { bytes = { addr(x), "tail" } }
  end),
  expect = { data_count("tail", 2) },
}

case "second-pointers-of-one-unit-differ" {
  title = "data that differ in their second pointer are two",
  clauses = { "unit.anonymous" },
  link = two_of(function(u)
    local x = u:data("x", { bytes = "x", exported = true })
    local y = u:data("y", { bytes = "y", exported = true })
    return u:anon { bytes = { addr(x), addr(x), "tail" } },
      u:anon { bytes = { addr(x), addr(y), "tail" } }
  end),
  expect = { data_count("tail", 2) },
}

case "zeros-are-no-pointer" {
  title = "a pointer to symbol 0 and zeros in its place are two, whatever stands behind them",
  clauses = { "unit.anonymous" },
  link = two_of(function(u)
    local x = u:data("x", { bytes = "x", exported = true }) -- symbol 0
    return u:anon { bytes = { addr(x), "tail" } },
      u:anon { bytes = { u32(0), "tail", "\0\0\0\0" } }
  end),
  expect = { data_count("tail", 2) },
}

case "targets-come-later" {
  title = "data that refer to later data are equal when these are",
  clauses = { "unit.anonymous" },
  link = two_of(function(u)
    local nodes = { u:anon { bytes = "\0\0\0\0\0\0\0\0node" },
      u:anon { bytes = "\0\0\0\0\0\0\0\0node" } }
    for i = 1, 2 do
      u:fixup(nodes[i], { kind = "address", position = 0, target = u:anon { bytes = "leaf" } })
      u:fixup(nodes[i], { kind = "address", position = 4, target = u:anon { bytes = "twig" } })
    end
    return nodes[1], nodes[2]
  end),
  expect = { data_count("node", 1), data_count("leaf", 1), data_count("twig", 1) },
}

case "target-is-the-second-of-two" {
  title = "of equal data the first stands for all, though another was met before it",
  clauses = { "unit.anonymous" },
  link = two_of(function(u)
    local node = u:anon { bytes = "\0\0\0\0node" }
    local leaf = u:anon { bytes = "leaf" }
    u:fixup(node, { kind = "address", position = 0, target = u:anon { bytes = "leaf" } })
    return node, leaf
  end),
  expect = { data_count("leaf", 1), const_at("g", 1, to_data "leaf") },
}

case "data-that-reach-themselves" {
  title = "data that reach themselves are not shared",
  clauses = { "unit.anonymous" },
  link = two_of(function(u)
    local root = u:anon { bytes = "\0\0\0\0root" }
    local node = u:anon { bytes = { addr(root), "node" } }
    u:fixup(root, { kind = "address", position = 0, target = node })
    return node, u:anon { bytes = { addr(root), "node" } }
  end),
  expect = { data_count("node", 2) },
}

case "targets-that-wrap-makes-one" {
  title = "what is equal only since --wrap is shared within one unit, too",
  clauses = { "unit.anonymous", "symbol.wrap" },
  peer_differs = DIFFERS,
  link = function()
    local u = unit "u.o"
    local f = u:func("f", { sig = "->", undefined = true })
    local wrap = u:func("__wrap_f", { sig = "->", code = {} })
    for i, target in ipairs { f, wrap } do
      u:func("load" .. i, { sig = "-> i32", exported = true,
        code = { { "i32.const", addr(u:anon { bytes = { slot(target), "tail" } }) },
          { "i32.load" } } })
    end
    return { "--no-entry", "--wrap=f", u }
  end,
  expect = { in_table "__wrap_f", returns("load1", {}, 1), returns("load2", {}, 1) },
}
