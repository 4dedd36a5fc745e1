-- The producers section: who made the inputs.

local function made_by(name, ...)
  local o = object(name)
  o:func(name:gsub("%.o$", ""), { sig = "->", no_strip = true, code = "nop" })
  o:producers { ... }
  return o
end

case "one" {
  title = "the producers of one object are those of the output, without the linker",
  clauses = { "producers.merge", "producers.field", "producers.end", "producers.once" },
  link = function()
    return { "--no-entry", made_by("a.o", { "language", "C11", "" },
      { "processed-by", "clang", "19.1" }, { "sdk", "kit", "3" }) }
  end,
  expect = { producers { language = { { "C11", "" } }, ["processed-by"] = { { "clang", "19.1" } },
    sdk = { { "kit", "3" } } } },
}

case "union" {
  title = "values of all objects are listed, in the order of the objects",
  clauses = { "producers.merge", "producers.value.unique", "producers.field.known",
    "producers.once" },
  origin = "pulseengine/meld#222",
  link = function()
    return { "--no-entry", made_by("a.o", { "language", "Rust", "" }), made_by("b.o",
      { "language", "C11", "" }, { "processed-by", "clang", "19" }) }
  end,
  expect = { producers { language = { { "Rust", "" }, { "C11", "" } },
    ["processed-by"] = { { "clang", "19" } } } },
}

case "second-value-of-an-object" {
  title = "all values of an object's field are listed",
  clauses = { "producers.merge" },
  link = function()
    return { "--no-entry", made_by("a.o", { "processed-by", "rustc", "1.80" },
      { "processed-by", "clang", "19" }, { "language", "Rust", "" }, { "language", "C11", "" }) }
  end,
  expect = { producers { language = { { "Rust", "" }, { "C11", "" } },
    ["processed-by"] = { { "rustc", "1.80" }, { "clang", "19" } } } },
}

case "same-value-once" {
  title = "a value that several objects name is listed once",
  clauses = { "producers.merge" },
  origin = "pulseengine/meld#222",
  link = function()
    return { "--no-entry", made_by("a.o", { "processed-by", "clang", "19" }),
      made_by("b.o", { "processed-by", "clang", "19" }) }
  end,
  expect = { producers { ["processed-by"] = { { "clang", "19" } } } },
}

case "first-version" {
  title = "of several versions of one tool the first object's is listed",
  clauses = { "producers.first-version" },
  link = function()
    return { "--no-entry", made_by("a.o", { "processed-by", "clang", "17" }),
      made_by("b.o", { "processed-by", "rustc", "1.80" }, { "processed-by", "clang", "19" }) }
  end,
  expect = { producers { ["processed-by"] = { { "clang", "17" }, { "rustc", "1.80" } } } },
}

case "first-version-is-no-least" {
  title = "which of them is the later one does not matter",
  clauses = { "producers.first-version" },
  link = function()
    return { "--no-entry", made_by("a.o", { "processed-by", "clang", "19" }),
      made_by("b.o", { "processed-by", "clang", "17" }),
      made_by("c.o", { "processed-by", "clang", "" }) }
  end,
  expect = { producers { ["processed-by"] = { { "clang", "19" } } } },
}

case "order-of-fields" {
  title = "the fields are language, processed-by, sdk, whatever the inputs' order",
  clauses = { "producers.order", "producers.field.known", "producers.end" },
  link = function()
    return { "--no-entry", made_by("a.o", { "sdk", "kit", "3" }, { "processed-by", "clang", "19" },
      { "language", "C11", "" }) }
  end,
  expect = { holds("in this order", function(_, view)
    local found = table.concat(view:producers(), "; ")
    return found == "language: C11 ; processed-by: clang 19; sdk: kit 3", found
  end) },
}

case "one-name-in-two-fields" {
  title = "a name in another field is another value",
  clauses = { "producers.merge", "producers.value.unique", "producers.field" },
  link = function()
    return { "--no-entry", made_by("a.o", { "language", "zig", "1" }),
      made_by("b.o", { "processed-by", "zig", "2" }) }
  end,
  expect = { producers { language = { { "zig", "1" } }, ["processed-by"] = { { "zig", "2" } } } },
}

case "none" {
  title = "without producers in the inputs there is no section",
  clauses = { "producers.merge" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "->", export = "f", code = "unreachable" })
    return { "--no-entry", o }
  end,
  expect = { has_function "f", no_custom "producers" },
}

case "of-unused-objects" {
  title = "an object of which nothing is kept still counts, an archive member left out does not",
  clauses = { "producers.merge", "archive.lazy" },
  link = function()
    local unused = object "b.o"
    unused:func("unused", { sig = "->", code = "nop" })
    unused:producers { { "language", "Ada", "" } }
    local member = object "c.o"
    member:func("member", { sig = "->", code = "nop" })
    member:producers { { "language", "Zig", "" } }
    return { "--no-entry", made_by("a.o", { "language", "C11", "" }), unused,
      archive("lib.a", { member }) }
  end,
  expect = { no_function("unused", "member"),
    producers { language = { { "C11", "" }, { "Ada", "" } } } },
}
