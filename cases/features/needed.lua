-- What the output needs some feature for: thread-local data, and globals that cross its border.

local function tls_object(list, live)
  local o = object "a.o"
  o:features(list)
  o:data("v", { bytes = "1234", tls = true, segment_name = ".tdata.v", segment_flags = { "tls" },
    no_strip = live })
  o:func("f", { sig = "->", export = "f", code = "nop" })
  return o
end

case "tls-with-both" {
  title = "thread-local data links when atomics and bulk-memory are used",
  clauses = { "tls.features", "features.used" },
  link = function() return { "--no-entry", tls_object({ "+atomics", "+bulk-memory" }, true) } end,
  expect = { data_count("1234", 1) },
}

case "tls-without-atomics" {
  title = "thread-local data needs atomics",
  clauses = { "tls.features" },
  link = function() return { "--no-entry", tls_object({ "+bulk-memory" }, true) } end,
  expect = { rejects { id = "FEATURE_TLS", class = "feature", file = "a.o", message = "atomics" } },
}

case "tls-without-bulk-memory" {
  title = "thread-local data needs bulk-memory",
  clauses = { "tls.features" },
  link = function() return { "--no-entry", tls_object({ "+atomics" }, true) } end,
  expect = { rejects { id = "FEATURE_TLS", class = "feature", file = "a.o",
    message = "bulk%-memory" } },
}

case "tls-behind-other-data" {
  title = "so do the thread-local data of an object, behind other data",
  clauses = { "tls.features", "relocatable.features" },
  link = function()
    local plain = object "plain.o"
    plain:features { "+atomics" }
    plain:data("d", { bytes = "data" })
    return { "-r", plain, tls_object({ "+atomics" }, true) }
  end,
  expect = { rejects { id = "FEATURE_TLS", class = "feature", file = "a.o" } },
}

case "tls-allowed-by-option" {
  title = "the features that thread-local data needs may come from --extra-features",
  clauses = { "tls.features", "option.extra-features" },
  link = function()
    return { "--no-entry", "--extra-features=atomics,bulk-memory", tls_object({}, true) }
  end,
  expect = { data_count("1234", 1) },
}

case "tls-dead" {
  title = "thread-local data that is dropped needs nothing",
  clauses = { "tls.features", "gc.reachability" },
  link = function() return { "--no-entry", tls_object({ "+simd128" }, false) } end,
  expect = { data_count("1234", 0), features { "+simd128" } },
}

case "tls-unchecked" {
  title = "with --no-check-features thread-local data links without them",
  clauses = { "tls.features", "option.no-check-features" },
  link = function() return { "--no-entry", "--no-check-features", tls_object({}, true) } end,
  expect = { data_count("1234", 1) },
}

local function with_global(list, options)
  local o = object "a.o"
  if list then o:features(list) end
  local n = o:global("n", options)
  o:func("f", { sig = "->", export = "f", code = { { "global.get", n }, "drop" } })
  return o
end

case "mutable-import" {
  title = "importing a mutable global needs mutable-globals",
  clauses = { "features.mutable-globals" },
  link = function()
    return { "--no-entry", with_global({ "+simd128" }, { type = "i32", mutable = true,
      undefined = true, import_module = "m", import_name = "n" }) }
  end,
  expect = { rejects { id = "MUTABLE_GLOBAL", class = "feature" } },
}

case "mutable-import-behind-another" {
  title = "so it does behind imports of functions",
  clauses = { "features.mutable-globals" },
  link = function()
    local o = object "a.o"
    o:features { "+simd128" }
    local host = o:func("host", { sig = "->", undefined = true, import_module = "m",
      import_name = "host" })
    local n = o:global("n", { type = "i32", mutable = true, undefined = true,
      import_module = "m", import_name = "n" })
    o:func("f", { sig = "->", export = "f",
      code = { { "call", host }, { "global.get", n }, "drop" } })
    return { "--no-entry", o }
  end,
  expect = { rejects { id = "MUTABLE_GLOBAL", class = "feature" } },
}

case "immutable-import" {
  title = "importing an immutable global does not",
  clauses = { "features.mutable-globals" },
  link = function()
    return { "--no-entry", with_global({ "+simd128" }, { type = "i32", undefined = true,
      import_module = "m", import_name = "n" }) }
  end,
  expect = { imports { ["m.n"] = { kind = "global", mutable = false } } },
}

case "mutable-export" {
  title = "exporting a mutable global needs mutable-globals",
  clauses = { "features.mutable-globals" },
  link = function()
    return { "--no-entry", with_global({ "+simd128" }, { type = "i32", mutable = true,
      init = "i32.const 1", export = "n" }) }
  end,
  expect = { rejects { id = "MUTABLE_GLOBAL", class = "feature" } },
}

case "mutable-export-behind-another" {
  title = "so it does behind exports of functions",
  clauses = { "features.mutable-globals" },
  link = function()
    local o = object "a.o"
    o:features { "+simd128" }
    o:func("f", { sig = "->", export = "f", code = "nop" })
    o:global("n", { type = "i32", mutable = true, init = "i32.const 1", export = "n" })
    return { "--no-entry", o }
  end,
  expect = { rejects { id = "MUTABLE_GLOBAL", class = "feature" } },
}

case "immutable-export" {
  title = "exporting an immutable global does not",
  clauses = { "features.mutable-globals" },
  link = function()
    return { "--no-entry", with_global({ "+simd128" }, { type = "i32", init = "i32.const 1",
      export = "n" }) }
  end,
  expect = { exports { n = { kind = "global", mutable = false } } },
}

case "mutable-export-with-feature" {
  title = "it is enough that one object uses mutable-globals",
  clauses = { "features.mutable-globals", "features.union" },
  link = function()
    local b = object "b.o"
    b:func("g", { sig = "->", no_strip = true, code = "nop" })
    b:features { "+mutable-globals" }
    return { "--no-entry", with_global(nil, { type = "i32", mutable = true, init = "i32.const 1",
      export = "n" }), b }
  end,
  expect = { exports { n = { kind = "global", mutable = true } } },
}

case "address-export" {
  title = "exporting a variable, which is a constant global, needs no feature",
  clauses = { "features.mutable-globals", "export.data" },
  link = function()
    local o = object "a.o"
    o:features { "+simd128" }
    o:data("x", { bytes = "1234", export = "x" })
    return { "--no-entry", o }
  end,
  expect = { exports { x = { kind = "global", mutable = false } } },
}
