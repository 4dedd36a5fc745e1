-- Features that the user allows: --features lists all of them, --extra-features adds some.

local function using(name, list)
  local o = object(name)
  o:func(name:gsub("%.o$", ""), { sig = "->", no_strip = true, code = "nop" })
  if list then o:features(list) end
  return o
end

case "features-are-the-output-s" {
  title = "--features is what the output says it uses, though no object uses all of it",
  clauses = { "option.features" },
  link = function()
    return { "--no-entry", "--features=simd128,bulk-memory,sign-ext", using("a.o", { "+simd128" }) }
  end,
  expect = { features { "+bulk-memory", "+sign-ext", "+simd128" } },
}

case "second-not-allowed" {
  title = "every feature that an object uses must be allowed",
  clauses = { "option.features", "features.used" },
  link = function()
    return { "--no-entry", "--features=atomics", using("a.o", { "+atomics", "+simd128" }) }
  end,
  expect = { rejects { id = "FEATURE_NOT_ALLOWED", class = "feature", file = "a.o" } },
}

case "used-but-not-allowed" {
  title = "an object that uses what --features does not list is an error",
  clauses = { "option.features", "features.used", "features.allowed.default" },
  link = function()
    return { "--no-entry", "--features=simd128", using("a.o", { "+simd128" }),
      using("b.o", { "+sign-ext" }) }
  end,
  expect = { rejects { id = "FEATURE_NOT_ALLOWED", class = "feature", file = "b.o" } },
}

case "used-but-not-allowed-unchecked" {
  title = "with --no-check-features the output says what --features says, whatever objects use",
  clauses = { "option.features", "option.no-check-features" },
  link = function()
    return { "--no-entry", "--features=simd128", "--no-check-features",
      using("a.o", { "+sign-ext" }) }
  end,
  expect = { features { "+simd128" } },
}

case "used-but-not-allowed-checked-again" {
  title = "--check-features behind --no-check-features checks them",
  clauses = { "option.features", "option.no-check-features" },
  link = function()
    return { "--no-entry", "--features=simd128", "--no-check-features", "--check-features",
      using("a.o", { "+sign-ext" }) }
  end,
  expect = { rejects { id = "FEATURE_NOT_ALLOWED", class = "feature", file = "a.o" } },
}

case "disallowed-against-features" {
  title = "an object that forbids what --features allows is an error",
  clauses = { "features.disallowed", "option.features" },
  peer_differs = "wasm-ld compares what is forbidden with what other objects use only; the text"
    .. " says that the link fails if a forbidden feature is in the allowed set",
  link = function()
    return { "--no-entry", "--features=atomics", using("a.o", { "-atomics" }) }
  end,
  expect = { rejects { id = "FEATURE_DISALLOWED", class = "feature", file = "a.o" } },
}

case "disallowed-against-extra-features" {
  title = "an object that forbids what --extra-features allows is an error",
  clauses = { "features.disallowed", "option.extra-features" },
  peer_differs = "wasm-ld compares what is forbidden with what other objects use only; the text"
    .. " says that the link fails if a forbidden feature is in the allowed set",
  link = function()
    return { "--no-entry", "--extra-features=atomics", using("a.o", { "-atomics" }) }
  end,
  expect = { rejects { id = "FEATURE_DISALLOWED", class = "feature", file = "a.o" } },
}

case "extra-features" {
  title = "--extra-features adds to what the objects use",
  clauses = { "option.features", "option.extra-features", "features.used" },
  link = function()
    return { "--no-entry", "--extra-features=bulk-memory,atomics", using("a.o", { "+simd128" }) }
  end,
  expect = { features { "+atomics", "+bulk-memory", "+simd128" } },
}

case "features-and-extra-features" {
  title = "--extra-features adds to --features too",
  clauses = { "option.features", "option.extra-features" },
  link = function()
    return { "--no-entry", "--features=simd128", "--extra-features=atomics",
      using("a.o", { "+simd128", "+atomics" }) }
  end,
  expect = { features { "+atomics", "+simd128" } },
}

case "extra-features-used-already" {
  title = "a feature that is both used and added is listed once",
  clauses = { "option.features", "option.extra-features" },
  link = function()
    return { "--no-entry", "--extra-features=simd128", using("a.o", { "+simd128" }) }
  end,
  expect = { custom("target_features", "\1+\7simd128") },
}

case "empty-features" {
  title = "with --features= nothing is allowed",
  clauses = { "option.features" },
  link = function() return { "--no-entry", "--features=", using("a.o", { "+simd128" }) } end,
  expect = { rejects { id = "FEATURE_NOT_ALLOWED", class = "feature" } },
}

case "features-twice" {
  title = "a feature that --features lists twice is one feature",
  clauses = { "option.features" },
  link = function()
    return { "--no-entry", "--features=simd128,simd128", using("a.o", { "+simd128" }) }
  end,
  expect = { custom("target_features", "\1+\7simd128") },
}
