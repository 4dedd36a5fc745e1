-- A function is called with another signature than its definition has.  The convention is silent;
-- wasm-ld, and so the objects of the world, get a warning and a call that traps.

-- An object with f: it gives 7 as an i32, and takes nothing.
local function defining(name, options)
  local o = object(name)
  local opts = { sig = "-> i32", code = "i32.const 7" }
  for key, setting in pairs(options or {}) do opts[key] = setting end
  o:func("f", opts)
  return o
end

-- An object with a function `who` that calls f with a signature, and gives back what f gives.
local function calling(name, who, sig, options)
  local o = object(name)
  local opts = { sig = sig, undefined = true }
  for key, setting in pairs(options or {}) do opts[key] = setting end
  local callee = o:func("f", opts)
  local code = { { "call", callee } }
  if sig:find "^i32" then code = { "i32.const 1", { "call", callee } } end
  o:func(who, { sig = "-> " .. sig:match "%->%s*(.*)$", export = who, code = code })
  return o
end

-- What must be true of f, a caller `good` with its signature, and a caller `bad` with another one.
local function good_and_bad()
  return { warns { id = "SIGNATURE_MISMATCH", phase = "resolve" }, valid(), no_import(),
    signature("f", "-> i32"), returns("good", {}, 7), traps("bad", {}), calls("good", { "f" }) }
end

case "caller-before" {
  title = "an earlier call with another signature traps, and other callers are unharmed",
  clauses = { "signature.mismatch" },
  origin = { "emscripten-core/emscripten#22254", "godotengine/godot#91209" },
  link = function()
    return { "--no-entry", calling("bad.o", "bad", "i32 -> i32"), defining "def.o",
      calling("good.o", "good", "-> i32") }
  end,
  expect = good_and_bad(),
}

case "caller-after" {
  title = "a later call with another signature traps, and other callers are unharmed",
  clauses = { "signature.mismatch" },
  link = function()
    return { "--no-entry", calling("good.o", "good", "-> i32"), defining "def.o",
      calling("bad.o", "bad", "i32 -> i32") }
  end,
  expect = good_and_bad(),
}

case "result-differs" {
  title = "a call that expects another result type is a mismatch too",
  clauses = { "signature.mismatch" },
  link = function()
    return { "--no-entry", defining "def.o", calling("good.o", "good", "-> i32"),
      calling("bad.o", "bad", "-> i64") }
  end,
  expect = good_and_bad(),
}

case "same-bytes-other-split" {
  title = "the same types split otherwise in parameters and results are a mismatch",
  clauses = { "signature.mismatch" },
  link = function()
    local a = object "bad.o"
    local callee = a:func("f", { sig = "i32 ->", undefined = true })
    a:func("bad", { sig = "->", export = "bad", code = { "i32.const 1", { "call", callee } } })
    return { "--no-entry", a, defining "def.o", calling("good.o", "good", "-> i32") }
  end,
  expect = good_and_bad(),
}

case "two-wrong-callers" {
  title = "callers that are wrong in two ways all trap",
  clauses = { "signature.mismatch" },
  link = function()
    return { "--no-entry", calling("one.o", "one", "i32 -> i32"), defining "def.o",
      calling("two.o", "two", "-> i64"), calling("three.o", "three", "i32 -> i32"),
      calling("good.o", "good", "-> i32") }
  end,
  expect = { warns { id = "SIGNATURE_MISMATCH" }, valid(), traps("one", {}), traps("two", {}),
    traps("three", {}), returns("good", {}, 7) },
}

case "two-wrong-callers-first" {
  title = "a definition that comes behind callers of three kinds serves those who know it",
  clauses = { "signature.mismatch" },
  link = function()
    return { "--no-entry", calling("one.o", "one", "i32 -> i32"), calling("two.o", "two", "-> i64"),
      calling("good.o", "good", "-> i32"), defining "def.o" }
  end,
  expect = { warns { id = "SIGNATURE_MISMATCH" }, valid(), traps("one", {}), traps("two", {}),
    returns("good", {}, 7) },
}

case "fatal-warnings" {
  title = "with --fatal-warnings a call with another signature is an error",
  clauses = { "signature.mismatch", "option.fatal-warnings" },
  link = function()
    return { "--no-entry", "--fatal-warnings", calling("bad.o", "bad", "i32 -> i32"),
      defining "def.o" }
  end,
  expect = { rejects { phase = "resolve", class = "mismatch" } },
}

case "dead-caller" {
  title = "a collected caller leaves no function that traps behind",
  clauses = { "signature.mismatch", "gc.linker-made" },
  link = function()
    local o = object "bad.o"
    local callee = o:func("f", { sig = "i32 ->", undefined = true })
    o:func("dead", { sig = "->", code = { "i32.const 1", { "call", callee } } })
    return { "--no-entry", "--export=f", o, defining "def.o" }
  end,
  expect = { warns { id = "SIGNATURE_MISMATCH" }, function_count(1), returns("f", {}, 7) },
}

case "weak-reference" {
  title = "a weak reference with another signature is a mismatch too, once a definition is there",
  clauses = { "signature.mismatch", "symbol.undefined.weak" },
  link = function()
    return { "--no-entry", calling("bad.o", "bad", "i32 -> i32", { weak = true }),
      calling("good.o", "good", "-> i32"), defining "def.o" }
  end,
  expect = good_and_bad(),
}

case "explicit-name" {
  title = "a definition wins over a reference that names its import and has another signature",
  clauses = { "signature.mismatch", "symbol.explicit-name" },
  link = function()
    return { "--no-entry", calling("bad.o", "bad", "i32 -> i32", { import_module = "host",
      import_name = "field" }), calling("good.o", "good", "-> i32", { import_module = "host",
      import_name = "field" }), defining "def.o" }
  end,
  expect = good_and_bad(),
}
