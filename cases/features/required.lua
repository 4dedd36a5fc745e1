-- The prefix = of an older convention: this object uses the feature, and so must all others.  The
-- text no longer has it: objects with it are refused under --validate=strict.

local function using(name, list)
  local o = object(name)
  o:func(name:gsub("%.o$", ""), { sig = "->", no_strip = true, code = "nop" })
  if list then o:features(list) end
  return o
end

-- A link of objects with these features, in order: { "=simd128" }, or false for no section.
local function permissive(...)
  local words = { ... }
  return function()
    local list = { "--validate=permissive", "--no-entry" }
    for i, features in ipairs(words) do
      local name = ("%s.o"):format(string.char(96 + i))
      list[#list + 1] = type(features) == "string" and features or using(name, features)
    end
    return list
  end
end

case "prefix" {
  title = "the prefix = is refused: the text has + and - only",
  clauses = { "features.prefix" },
  link = function() return { "--no-entry", using("a.o", { "+simd128" }) } end,
  mutate = { file = "a.o", at = "target_features.features[0].prefix", to = "=" },
  expect = { rejects { id = "FEATURE_OLD_PREFIX", phase = "read", class = "malformed",
    file = "a.o", field = "feature prefix", offset = "target_features.features[0].prefix" } },
  permissive = {
    title = "what is required is used, too",
    expect = { features { "+simd128" } },
  },
}

case "all-use-it" {
  title = "a feature that one object requires and all use is used",
  clauses = { "features.required" },
  link = permissive({ "+simd128", "+atomics" }, { "=simd128" }, { "=simd128" }),
  peer_differs = "wasm-ld no longer knows the prefix",
  expect = { features { "+atomics", "+simd128" } },
}

for name, other in pairs { ["no-section"] = false, ["an-empty-section"] = {},
  ["another-feature"] = { "+atomics" } } do
  case("missing-with-" .. name) {
    title = ("a feature that one object requires is missing in another with %s"):format(
      name:gsub("-", " ")),
    clauses = { "features.required", "features.absent" },
    link = permissive(other, { "=simd128" }),
    expect = { rejects { id = "FEATURE_MISSING", class = "feature", file = "a.o",
      files = { "a.o", "b.o" }, message = "simd128.* b%.o.* a%.o" } },
  }
end

case "second-of-an-object" {
  title = "each feature that an object requires must be used by every other",
  clauses = { "features.required" },
  link = permissive({ "+simd128" }, { "+simd128", "=atomics" }),
  expect = { rejects { id = "FEATURE_MISSING", class = "feature", file = "a.o" } },
}

case "required-twice" {
  title = "what two objects require and a third one lacks is said once",
  clauses = { "features.required" },
  link = permissive({ "=simd128" }, { "=simd128" }, { "+atomics" }),
  expect = { rejects { id = "FEATURE_MISSING", file = "c.o", of = 1 } },
}

case "missing-unchecked" {
  title = "with --no-check-features nothing is required",
  clauses = { "features.required", "option.no-check-features" },
  link = permissive("--no-check-features", { "=simd128" }, { "+atomics" }),
  peer_differs = "wasm-ld no longer knows the prefix",
  expect = { features { "+atomics", "+simd128" } },
}

case "disallowed" {
  title = "a feature that one object requires and another forbids is an error",
  clauses = { "features.required", "features.disallowed" },
  link = permissive({ "=simd128" }, { "+atomics", "-simd128" }),
  expect = { rejects { id = "FEATURE_DISALLOWED", class = "feature", file = "b.o", of = 1,
    message = "simd128.* a%.o.* b%.o" } },
}

case "not-allowed" {
  title = "a feature that an object requires must be in --features",
  clauses = { "features.required", "option.features" },
  link = permissive("--features=atomics", { "=simd128" }),
  expect = { rejects { id = "FEATURE_NOT_ALLOWED", class = "feature", file = "b.o" } },
}

case "allowed-is-not-used" {
  title = "a feature that --extra-features allows is not thereby used by every object",
  clauses = { "features.required", "option.extra-features" },
  link = permissive("--extra-features=simd128", { "=simd128" }, { "+atomics" }),
  expect = { rejects { id = "FEATURE_MISSING", class = "feature", file = "c.o",
    files = { "b.o", "c.o" } } },
}

case "twice" {
  title = "a feature that is both required and used is listed twice, which is refused",
  clauses = { "features.unique" },
  link = permissive { "=simd128", "+atomics" },
  peer_differs = "wasm-ld no longer knows the prefix",
  mutate = function(files)
    local o = files["a.o"]
    o:set("target_features.features[1].name.bytes", "simd128")
  end,
  expect = { rejects { id = "FEATURE_TWICE", phase = "read", class = "malformed" } },
}
