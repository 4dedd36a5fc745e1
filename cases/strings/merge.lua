-- Segments flagged STRINGS: the linker may keep each string once, and let a string be the tail of
-- another.  It need not; but every symbol must still find its bytes.

-- A string in a segment of its own, exported.
local function str(o, symbol, text, options)
  local opts = { bytes = text, rodata = true, segment_flags = { "strings" }, export = symbol }
  for key, value in pairs(options or {}) do opts[key] = value end
  return o:data(symbol, opts)
end

local function two(text1, text2)
  local a, b = object "a.o", object "b.o"
  str(a, "a", text1)
  str(b, "b", text2)
  return { "--no-entry", a, b }
end

case "equal" {
  title = "equal strings of two objects may be one, and nothing is left of the other",
  clauses = { "strings.merge" },
  link = function() return two("hello\0", "hello\0") end,
  expect = { data_at("a", "hello\0"), data_at("b", "hello\0"),
    either { merged = { data_count("hello\0", 1), address "a" { equals = "b" } },
      kept = { data_count("hello\0", 2) } } },
}

case "tail" {
  title = "a string that ends another one may lie inside it",
  clauses = { "strings.merge-tails" },
  origin = "emscripten-core/emscripten#14046",
  link = function() return two("lo\0", "hello\0") end,
  expect = { data_at("a", "lo\0"), data_at("b", "hello\0"),
    either { shared = { data_count("lo\0", 1), address "a" { distance = { "b", 3 } } },
      kept = { data_count("lo\0", 2) } } },
}

case "flags-apart" {
  title = "strings of other flags are strings still",
  clauses = { "strings.merge" },
  link = function()
    local o = object "a.o"
    str(o, "a", "plain\0")
    str(o, "b", "retained\0", { segment_flags = { "strings", "retain" } })
    str(o, "c", "plain\0")
    str(o, "d", "too\0", { segment_flags = { "strings", "retain" } })
    return { "--no-entry", o }
  end,
  expect = { data_at("a", "plain\0"), data_at("b", "retained\0"), data_at("c", "plain\0"),
    data_at("d", "too\0") },
}

case "head-is-no-tail" {
  title = "a string that begins another one is not found inside it",
  clauses = { "strings.merge-tails" },
  link = function() return two("hel\0", "hello\0") end,
  expect = { data_at("a", "hel\0"), data_at("b", "hello\0"), data_count("hel\0", 1) },
}

case "empty-string" {
  title = "the empty string is a NUL, be it that of another string",
  clauses = { "strings.merge" },
  link = function() return two("\0", "hello\0") end,
  expect = { data_at("a", "\0"), data_at("b", "hello\0") },
}

case "runs-of-nul" {
  title = "several NULs in a row are as many empty strings, each still there for its symbol",
  clauses = { "strings.merge" },
  link = function()
    local a = object "a.o"
    local all = a:segment(".rodata.str", { bytes = "\0\0x\0\0", flags = { "strings" } })
    a:data("none", { segment = all, offset = 0, size = 1, export = "none" })
    a:data("nil", { segment = all, offset = 1, size = 1, export = "nil" })
    a:data("x", { segment = all, offset = 2, size = 2, export = "x" })
    a:data("end", { segment = all, offset = 4, size = 1, export = "end" })
    return { "--no-entry", a }
  end,
  expect = { data_at("none", "\0"), data_at("nil", "\0"), data_at("x", "x\0"),
    data_at("end", "\0") },
}

case "sizes" {
  title = "the strings of an output segment become one piece, each once and tails inside others",
  clauses = { "strings.merge", "strings.merge-tails" },
  stage = "place",
  link = function()
    local a, b = object "a.o", object "b.o"
    str(a, "lo", "lo\0")
    str(a, "hello", "hello\0")
    str(b, "jello", "jello\0")
    str(b, "hello2", "hello\0")
    str(b, "none", "\0")
    return { "--no-entry", a, b }
  end,
  expect = { segment ".rodata" { size = 12, align = 1 } },
}

-- Strings in the order given, one object each; the base of the data is 65536.
local function ordered(list)
  return function()
    local link = { "--no-entry", "--stack-first", "--global-base=65536" }
    for _, text in ipairs(list) do
      local o = object(text .. ".o")
      str(o, text, text .. "\0")
      link[#link + 1] = o
    end
    return link
  end
end

local SORTED = { symbol "zzz" { address = 65536 }, symbol "zeta" { address = 65540 },
  symbol "beta" { address = 65545 }, symbol "gamma" { address = 65550 },
  symbol "alpha" { address = 65556 }, symbol "pha" { address = 65558 } }

case "order" {
  title = "merged strings stand in descending order of the strings read backwards",
  clauses = { "strings.order" },
  stage = "place",
  link = ordered { "zeta", "alpha", "beta", "pha", "gamma", "zzz" },
  expect = SORTED,
}

case "order-of-inputs-does-not-count" {
  title = "the order of merged strings is the same for any order of the objects",
  clauses = { "strings.order" },
  stage = "place",
  link = ordered { "pha", "zzz", "gamma", "beta", "alpha", "zeta" },
  expect = SORTED,
}

case "dead-strings-vanish" {
  title = "a string that nothing refers to is gone before strings are merged",
  clauses = { "strings.merge", "gc.reachability" },
  link = function()
    local a = object "a.o"
    str(a, "live", "live\0")
    a:data("dead", { bytes = "dead\0", rodata = true, segment_flags = { "strings" } })
    return { "--no-entry", a }
  end,
  expect = { data_at("live", "live\0"), data_count("dead", 0) },
}

case "among-other-data" {
  title = "strings that are merged leave the other data of their output segment as it is",
  clauses = { "strings.merge" },
  link = function()
    local a, b = object "a.o", object "b.o"
    a:data("before", { bytes = "BEFORE", rodata = true, export = "before" })
    str(a, "hello", "hello\0")
    a:data("between", { bytes = "BETWEEN!", rodata = true, align = 3, export = "between" })
    str(b, "again", "hello\0")
    b:data("behind", { bytes = "BEHIND", rodata = true, align = 1, export = "behind" })
    return { "--no-entry", a, b }
  end,
  expect = { data_at("before", "BEFORE"), data_at("hello", "hello\0"),
    data_at("between", "BETWEEN!"), address "between" { align = 8 }, data_at("again", "hello\0"),
    data_at("behind", "BEHIND"), address "behind" { align = 2 } },
}
