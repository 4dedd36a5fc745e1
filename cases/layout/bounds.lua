-- __start_NAME and __stop_NAME: the bounds of the output segment NAME, when NAME is an identifier
-- of C.  Programs gather tables this way, an entry an object.

local function entry(name, symbol, bytes)
  local o = object(name)
  o:data(symbol, { bytes = bytes, segment_name = "entries", export = symbol })
  return o
end

-- An object with functions start and stop, which give the bounds of a segment.
local function asking(segment_name, options)
  local o = object "ask.o"
  for _, what in ipairs { "start", "stop" } do
    local d = o:data(("__%s_%s"):format(what, segment_name), { undefined = true,
      weak = options and options.weak })
    o:func(what, { sig = "-> i32", export = what, code = { { "i32.const", d } } })
  end
  return o
end

case "bounds-of-a-gathered-table" {
  title = "__start_x and __stop_x enclose what all objects put into segment x",
  clauses = { "layout.start-stop" },
  link = function()
    return { "--no-entry", asking "entries", entry("a.o", "a", "aaaa"), entry("b.o", "b", "bbbb") }
  end,
  expect = { const_at("start", 1, to_address "a"), const_at("stop", 1, to_address("b", 4)),
    address "b" { distance = { "a", 4 } } },
}

case "bounds-of-strings" {
  title = "__start_x and __stop_x enclose strings, and what is behind them in another segment",
  clauses = { "layout.start-stop" },
  link = function()
    local o = object "a.o"
    o:data("text", { bytes = "text\0", segment_name = "entries", segment_flags = { "strings" },
      export = "text" })
    return { "--no-entry", "--export=__start_entries", "--export=__stop_entries", o,
      entry("b.o", "b", "bb") }
  end,
  expect = { address "__start_entries" { equals = "text" },
    address "__stop_entries" { distance = { "text", 7 } } },
}

case "name-of-one-letter" {
  title = "an identifier may be one letter",
  clauses = { "layout.start-stop" },
  link = function()
    local o = object "a.o"
    o:data("a", { bytes = "aaaa", segment_name = "x", export = "a" })
    return { "--no-entry", asking "x", o }
  end,
  expect = { const_at("start", 1, to_address "a"), const_at("stop", 1, to_address("a", 4)) },
}

case "name-of-every-kind-of-letter" {
  title = "a name may have all letters from a to z, A to Z, digits and underscores",
  clauses = { "layout.start-stop" },
  link = function()
    local o = object "a.o"
    o:data("x", { bytes = "xx", segment_name = "azAZ_09", export = "x" })
    return { "--no-entry", asking "azAZ_09", o }
  end,
  expect = { const_at("start", 1, to_address "x"), const_at("stop", 1, to_address("x", 2)) },
}

case "segment-without-a-name" {
  title = "a segment without a name has no bounds",
  clauses = { "layout.start-stop" },
  link = function()
    local o = object "a.o"
    o:data("x", { bytes = "xx", segment_name = "", export = "x" })
    return { "--no-entry", asking "", o }
  end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", message = "__start_" } },
}

case "bounds-exported" {
  title = "the bounds of a segment can be exported by name",
  clauses = { "layout.start-stop" },
  link = function()
    return { "--no-entry", "--export=__start_entries", "--export=__stop_entries",
      entry("a.o", "a", "aaaaa") }
  end,
  expect = { address "__start_entries" { equals = "a" },
    address "__stop_entries" { distance = { "__start_entries", 5 } } },
}

case "not-an-identifier" {
  title = "a segment whose name is no identifier has no such bounds",
  clauses = { "layout.start-stop" },
  link = function()
    local a = object "a.o"
    a:data("x", { bytes = "x", segment_name = "en.tries", export = "x" })
    return { "--no-entry", asking "en.tries", a }
  end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", class = "undefined" } },
}

case "no-such-segment" {
  title = "without the segment a reference to its bounds is undefined",
  clauses = { "layout.start-stop" },
  link = function() return { "--no-entry", asking "entries" } end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", class = "undefined" } },
}

case "no-such-segment-weak" {
  title = "weak references to the bounds of a segment that is not there are both 0",
  clauses = { "layout.start-stop", "symbol.undefined.weak" },
  link = function() return { "--no-entry", asking("entries", { weak = true }) } end,
  expect = { returns("start", {}, 0), returns("stop", {}, 0) },
}

case "input-defines-it" {
  title = "an input that defines __start_x itself is taken at its word, __stop_x stays provided",
  clauses = { "layout.start-stop", "layout.symbol.input-wins" },
  link = function()
    local own = object "own.o"
    own:data("__start_entries", { bytes = "own", export = "__start_entries" })
    return { "--no-entry", asking "entries", entry("a.o", "a", "aaaa"), own }
  end,
  expect = { const_at("start", 1, to_address "__start_entries"),
    data_at("__start_entries", "own"), const_at("stop", 1, to_address("a", 4)) },
}

case "exported-if-defined" {
  title = "--export-if-defined of a bound defines and exports it when its segment is there",
  clauses = { "layout.start-stop", "export.if-defined" },
  link = function()
    local o = object "a.o"
    o:data("x", { bytes = "12345678", segment_name = "list", align = 2, export = "x" })
    return { "--no-entry", "--export-if-defined=__start_list", "--export-if-defined=__stop_list",
      "--export-if-defined=__start_other", o }
  end,
  expect = { global_value("__start_list", to_address "x"),
    global_value("__stop_list", to_address("x", 8)), no_export "__start_other" },
}

case "among-equals" {
  title = "the bounds enclose what bears the name, not a segment with the same bytes",
  clauses = { "layout.start-stop" },
  link = function()
    local o = object "a.o"
    o:data("x", { bytes = "\4\0\0\0", segment_name = "list", no_strip = true, static = true })
    o:data("same", { bytes = "\4\0\0\0", no_strip = true, static = true })
    return { "--no-entry", "--no-gc-sections", "--no-stack-first", asking "list", o }
  end,
  expect = { data_count("\4\0\0\0", 2), const_at("start", 1, 1028), const_at("stop", 1, 1032) },
}
