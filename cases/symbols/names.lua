-- Names are bytes: equal when all of them are, whatever they look like.

-- Links two strong definitions of functions with these names, which must not meet.
local function both(one, two)
  return function()
    local a = object "a.o"
    a:func(one, { sig = "-> i32", code = "i32.const 1" })
    local b = object "b.o"
    b:func(two, { sig = "-> i32", code = "i32.const 2" })
    local c = object "c.o"
    local x = c:func(one, { sig = "-> i32", undefined = true })
    local y = c:func(two, { sig = "-> i32", undefined = true })
    c:func("x", { sig = "-> i32", export = "x", code = { { "call", x } } })
    c:func("y", { sig = "-> i32", export = "y", code = { { "call", y } } })
    return { "--no-entry", c, a, b }
  end
end

local PAIRS = {
  { "case", "f", "F", "names that differ in upper and lower case" },
  { "prefix", "name", "name2", "a name and a longer one that begins with it" },
  { "blank", "f", "f ", "a name and one with a blank behind it" },
  { "normal-forms", "\u{e9}", "e\u{301}", "an accented letter and its two parts" },
  { "nul", "f\0g", "f\0h", "names that differ behind a zero byte" },
  { "long", ("n"):rep(200) .. "1", ("n"):rep(200) .. "2", "long names that differ at their end" },
}

for _, row in ipairs(PAIRS) do
  case(row[1]) {
    title = row[4] .. " are two names",
    clauses = { "symbol.name" },
    link = both(row[2], row[3]),
    expect = { function_count(4), returns("x", {}, 1), returns("y", {}, 2) },
  }
end

case "exported" {
  title = "a name is exported as it is, whatever characters are in it",
  clauses = { "symbol.name", "export.name" },
  link = function()
    local o = object "a.o"
    o:func("\u{65e5}\u{672c} <&> \"", { sig = "-> i32", code = "i32.const 1", exported = true })
    return { "--no-entry", o }
  end,
  expect = { exports { ["\u{65e5}\u{672c} <&> \""] = "function" } },
}
