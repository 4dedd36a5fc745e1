-- What shared memory needs: atomics and bulk-memory, and no object whose atomic accesses were made
-- plain ones, which says so by "-shared-mem".

local function with_features(name, list)
  local o = object(name)
  if list then o:features(list) end
  o:data(name:sub(1, 1), { bytes = "1234", align = 2, no_strip = true })
  return o
end

local function refused(id, message, file)
  return { rejects { id = id, phase = "place", class = "feature", message = message, file = file } }
end

case "both" {
  title = "atomics and bulk-memory, used by some object, make shared memory possible",
  clauses = { "threads.features", "threads.agnostic" },
  link = function()
    return { "--no-entry", "--shared-memory", with_features("a.o", { "+atomics" }),
      with_features("b.o", { "+bulk-memory" }) }
  end,
  expect = { memory { shared = true }, features { "+atomics", "+bulk-memory" } },
}

case "without-atomics" {
  title = "shared memory needs atomics",
  clauses = { "threads.features" },
  origin = { "emscripten-core/emscripten#20129", "emscripten-core/emscripten#17665" },
  link = function()
    return { "--no-entry", "--shared-memory", with_features("a.o", { "+bulk-memory" }) }
  end,
  expect = refused("FEATURE_SHARED", "atomics"),
}

case "without-bulk-memory" {
  title = "shared memory needs bulk-memory",
  clauses = { "threads.features" },
  origin = "emscripten-core/emscripten#20129",
  link = function()
    return { "--no-entry", "--shared-memory", with_features("a.o", { "+atomics" }) }
  end,
  expect = refused("FEATURE_SHARED", "bulk%-memory"),
}

case "allowed-by-option" {
  title = "--extra-features can allow them",
  clauses = { "threads.features", "option.extra-features" },
  link = function()
    return { "--no-entry", "--shared-memory", "--extra-features=atomics,bulk-memory",
      with_features("a.o", { "+mutable-globals" }) }
  end,
  expect = { memory { shared = true } },
}

case "not-among-the-features" {
  title = "--features that leave atomics out forbid shared memory",
  clauses = { "threads.features", "option.features" },
  link = function()
    return { "--no-entry", "--shared-memory", "--features=bulk-memory",
      with_features("a.o", { "+bulk-memory" }) }
  end,
  expect = refused("FEATURE_SHARED", "atomics"),
}

case "object-without-section" {
  title = "an object that says nothing of features forbids nothing",
  clauses = { "threads.features", "features.absent", "threads.agnostic" },
  origin = "mlua-rs/mlua#641",
  link = function()
    return { "--no-entry", "--shared-memory", with_features("a.o", { "+atomics", "+bulk-memory" }),
      with_features "b.o" }
  end,
  expect = { memory { shared = true }, data_count("1234", 2) },
}

case "disallowed" {
  title = "an object with -shared-mem forbids shared memory, and is named",
  clauses = { "threads.disallowed" },
  link = function()
    return { "--no-entry", "--shared-memory", with_features("a.o", { "+atomics", "+bulk-memory" }),
      with_features("b.o", { "-shared-mem" }), with_features("c.o", { "-shared-mem" }) }
  end,
  expect = refused("SHARED_MEMORY_DISALLOWED", "b%.o", "b.o"),
}

case "disallowed-by-the-first" {
  title = "-shared-mem of the first object counts, behind other features",
  clauses = { "threads.disallowed" },
  link = function()
    return { "--no-entry", "--shared-memory",
      with_features("a.o", { "+atomics", "+bulk-memory", "-shared-mem" }), with_features "b.o" }
  end,
  expect = refused("SHARED_MEMORY_DISALLOWED", "a%.o", "a.o"),
}

case "something-else-disallowed" {
  title = "who forbids another feature does not forbid shared memory",
  clauses = { "threads.disallowed" },
  link = function()
    return { "--no-entry", "--shared-memory",
      with_features("a.o", { "+atomics", "+bulk-memory", "-simd128" }) }
  end,
  expect = { memory { shared = true } },
}

case "disallowed-single-thread" {
  title = "-shared-mem does not matter where memory is not shared",
  clauses = { "threads.disallowed" },
  link = function()
    return { "--no-entry", with_features("a.o", { "+atomics", "+bulk-memory" }),
      with_features("b.o", { "-shared-mem" }) }
  end,
  expect = { memory { shared = false }, features { "+atomics", "+bulk-memory" } },
}

case "unchecked" {
  title = "with --no-check-features memory is shared all the same",
  clauses = { "threads.features", "threads.disallowed", "option.no-check-features" },
  link = function()
    return { "--no-entry", "--shared-memory", "--no-check-features",
      with_features("a.o", { "-shared-mem", "+mutable-globals" }) }
  end,
  expect = { memory { shared = true }, passive { ".data" } },
}
