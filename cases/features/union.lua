-- target_features of the output, when nobody says which features are allowed: what any object uses.

local function using(name, list)
  local o = object(name)
  o:func(name:gsub("%.o$", ""), { sig = "->", no_strip = true, code = "nop" })
  if list then o:features(list) end
  return o
end

case "union" {
  title = "the output uses what any object uses",
  clauses = { "features.union", "features.allowed.default", "features.unique" },
  link = function()
    return { "--no-entry", using("a.o", { "+simd128", "+sign-ext" }),
      using("b.o", { "+sign-ext", "+bulk-memory" }) }
  end,
  expect = { features { "+bulk-memory", "+sign-ext", "+simd128" } },
}

case "sorted" {
  title = "the features are sorted by their names, whatever the order of the inputs",
  clauses = { "features.order" },
  origin = "wild-linker/wild#2308",
  link = function()
    return { "--no-entry", using("a.o", { "+simd128", "+atomics" }),
      using("b.o", { "+multivalue" }) }
  end,
  expect = { holds("sorted", function(_, view)
    local found = table.concat(view:features(), " ")
    return found == "+atomics +multivalue +simd128", found
  end), custom("target_features", "\3+\7atomics+\10multivalue+\7simd128") },
}

case "without-section" {
  title = "an object without the section neither uses nor forbids anything",
  clauses = { "features.absent", "features.section" },
  link = function() return { "--no-entry", using("a.o", { "+simd128" }), using("b.o") } end,
  expect = { features { "+simd128" } },
}

case "none" {
  title = "when no object uses a feature there is no section",
  clauses = { "features.absent", "features.section" },
  link = function() return { "--no-entry", using("a.o"), using("b.o", { "-atomics" }) } end,
  expect = { exports { memory = "memory" }, no_custom "target_features" },
}

case "unknown-name" {
  title = "a feature that the linker has never heard of is one like any other",
  clauses = { "features.union", "features.unknown" },
  link = function() return { "--no-entry", using("a.o", { "+of-tomorrow" }) } end,
  expect = { features { "+of-tomorrow" } },
}

case "unknown-name-forbidden" {
  title = "it may be forbidden, too",
  clauses = { "features.unknown", "features.disallowed" },
  link = function()
    return { "--no-entry", using("a.o", { "+of-tomorrow" }), using("b.o", { "-of-tomorrow" }) }
  end,
  expect = { rejects { id = "FEATURE_DISALLOWED", files = { "a.o", "b.o" } } },
}

case "disallowed-not-listed" {
  title = "what an object forbids and nobody uses is not in the output",
  clauses = { "features.disallowed" },
  link = function()
    return { "--no-entry", using("a.o", { "-atomics", "+simd128" }), using("b.o", { "-atomics" }) }
  end,
  expect = { features { "+simd128" } },
}

case "used-against-disallowed" {
  title = "a feature that one object uses and another one forbids is an error",
  clauses = { "features.disallowed" },
  link = function()
    return { "--no-entry", using("a.o", { "+atomics" }), using("b.o", { "-atomics" }) }
  end,
  expect = { rejects { id = "FEATURE_DISALLOWED", class = "feature", file = "b.o",
    files = { "a.o", "b.o" } } },
}

case "disallowed-against-used" {
  title = "the same when the one that forbids comes first",
  clauses = { "features.disallowed" },
  origin = { "wild-linker/wild#2308", "emscripten-core/emscripten#17665" },
  link = function()
    return { "--no-entry", using("a.o", { "-atomics" }), using("b.o", { "+atomics" }) }
  end,
  expect = { rejects { id = "FEATURE_DISALLOWED", class = "feature", file = "a.o",
    files = { "a.o", "b.o" } } },
}

case "no-check-features" {
  title = "--no-check-features links objects that forbid what others use",
  clauses = { "features.disallowed", "option.no-check-features" },
  link = function()
    return { "--no-entry", "--no-check-features", using("a.o", { "+atomics" }),
      using("b.o", { "-atomics" }) }
  end,
  expect = { features { "+atomics" } },
}

case "of-unused-objects" {
  title = "an object of which nothing is kept still has its say",
  clauses = { "features.union", "features.disallowed" },
  link = function()
    local unused = object "b.o"
    unused:func("unused", { sig = "->", code = "nop" })
    unused:features { "-atomics" }
    return { "--no-entry", using("a.o", { "+atomics" }), unused }
  end,
  expect = { rejects { id = "FEATURE_DISALLOWED", class = "feature", file = "b.o",
    files = { "a.o", "b.o" } } },
}

case "of-archive-members" {
  title = "an archive member that is left out has no say",
  clauses = { "features.union", "archive.lazy" },
  link = function()
    return { "--no-entry", using("a.o", { "+atomics" }),
      archive("lib.a", { using("b.o", { "-atomics", "+simd128" }) }) }
  end,
  expect = { features { "+atomics" } },
}

case "shared-mem-disallowed" {
  title = "objects that forbid shared memory link with each other and with atomics, unshared",
  clauses = { "features.disallowed", "threads.disallowed" },
  link = function()
    return { "--no-entry", using("a.o", { "-shared-mem" }), using("b.o", { "+atomics" }) }
  end,
  expect = { features { "+atomics" }, memory { shared = false } },
}
