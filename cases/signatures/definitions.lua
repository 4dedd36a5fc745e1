-- Two objects define one function with two signatures.  Which definition stays is a question of
-- binding alone (Linking.md, WASM_SYM_BINDING_WEAK); calls of the other one trap.

-- An object with f: it gives 7 and takes nothing.
local function right(name, options)
  local o = object(name)
  local opts = { sig = "-> i32", code = "i32.const 7" }
  for key, setting in pairs(options or {}) do opts[key] = setting end
  o:func("f", opts)
  return o
end

-- An object with another f, which gives back what it takes, and a function `bad` that calls it.
local function wrong(name, options)
  local o = object(name)
  local opts = { sig = "i32 -> i32", code = "local.get 0" }
  for key, setting in pairs(options or {}) do opts[key] = setting end
  local callee = o:func("f", opts)
  o:func("bad", { sig = "-> i32", export = "bad", code = { "i32.const 3", { "call", callee } } })
  return o
end

-- An object with a function `good` that calls the right f.
local function caller()
  local o = object "good.o"
  local callee = o:func("f", { sig = "-> i32", undefined = true })
  o:func("good", { sig = "-> i32", export = "good", code = { { "call", callee } } })
  return o
end

local WEAK = { weak = true }

-- What must be true when the right f has won.
local WON = { warns { id = "SIGNATURE_MISMATCH", phase = "resolve" }, valid(),
  exports { f = { kind = "function", sig = "-> i32" } }, returns("f", {}, 7),
  returns("good", {}, 7), traps("bad", {}) }

local BUG = "wasm-ld keeps the first definition whatever its binding, and gives the name to the " ..
  "last one, so that --export finds a local symbol and exports nothing"

case "weak-then-strong" {
  title = "a strong definition wins over an earlier weak one with another signature",
  clauses = { "signature.mismatch", "symbol.binding.weak" },
  link = function()
    return { "--no-entry", "--export=f", wrong("weak.o", WEAK), right "strong.o", caller() }
  end,
  expect = WON,
  peer_differs = BUG,
}

case "weak-then-reference-then-strong" {
  title = "a strong definition wins over an earlier weak one, though a reference came in between",
  clauses = { "signature.mismatch", "symbol.binding.weak" },
  link = function()
    return { "--no-entry", "--export=f", wrong("weak.o", WEAK), caller(), right "strong.o" }
  end,
  expect = WON,
  peer_differs = BUG,
}

case "strong-then-weak" {
  title = "a strong definition keeps its name against a later weak one with another signature",
  clauses = { "signature.mismatch", "symbol.binding.weak" },
  link = function()
    return { "--no-entry", "--export=f", right "strong.o", wrong("weak.o", WEAK), caller() }
  end,
  expect = WON,
  peer_differs = BUG,
}

-- The convention does not say which; a call by the right signature is what both objects can have.
case "weak-then-weak" {
  title = "of two weak definitions with two signatures one is exported, and its callers reach it",
  clauses = { "signature.mismatch", "symbol.binding.weak" },
  link = function()
    return { "--no-entry", "--export=f", right("first.o", WEAK), wrong("second.o", WEAK), caller() }
  end,
  expect = { warns { id = "SIGNATURE_MISMATCH" }, valid(), exports { f = "function" }, either {
    first = { signature("f", "-> i32"), returns("good", {}, 7), traps("bad", {}) },
    last = { signature("f", "i32 -> i32"), returns("bad", {}, 3), traps("good", {}) },
  } },
  peer_differs = BUG,
}

case "weak-weak-strong" {
  title = "a strong definition wins over two weak ones, each with a signature of its own",
  clauses = { "signature.mismatch", "symbol.binding.weak" },
  link = function()
    local third = object "third.o"
    third:func("f", { sig = "i64 -> i32", weak = true, code = "i32.const 9" })
    return { "--no-entry", "--export=f", wrong("first.o", WEAK), third, right "strong.o",
      caller() }
  end,
  expect = WON,
  peer_differs = BUG,
}

case "two-strong" {
  title = "two strong definitions are duplicates, whatever their signatures",
  clauses = { "signature.mismatch", "symbol.binding.strong" },
  link = function() return { "--no-entry", right "a.o", wrong "b.o" } end,
  expect = { rejects { phase = "resolve", class = "duplicate" } },
}

case "types-are-named" {
  title = "the message names every type of both signatures",
  clauses = { "signature.mismatch" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "i32 i64 f32 f64 v128 funcref externref exnref -> f64 v128",
      code = "unreachable" })
    local b = object "b.o"
    local f = b:func("f", { sig = "->", undefined = true })
    b:func("run", { sig = "->", export = "run", code = { { "call", f } } })
    return { "--no-entry", o, b }
  end,
  expect = {
    warns { id = "SIGNATURE_MISMATCH",
      message = "%(i32, i64, f32, f64, v128, funcref, externref, exnref%) %-> %(f64, v128%)" },
    has_function "run",
  },
}

case "first-of-two-that-lost" {
  title = "of two weak definitions that lost the first is told of",
  clauses = { "signature.mismatch", "symbol.binding.weak" },
  link = function()
    local list = { "--no-entry" }
    for i, name in ipairs { "a", "b", "c" } do
      local o = object(name .. ".o")
      o:func("f", { sig = i == 1 and "->" or "-> i32", weak = i > 1,
        code = i == 1 and {} or "i32.const 7" })
      list[#list + 1] = o
    end
    return list
  end,
  expect = { warns { id = "SIGNATURE_MISMATCH", file = "b.o" }, valid(),
    exports_exactly { "memory" } },
}

-- Six names of four bytes and six of three: with commas 64, as many as room is made for.
case "text-of-many-results" {
  title = "a type is told to its end, however many results it has",
  clauses = { "signature.mismatch" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local results = ("v128 "):rep(6) .. ("i32 "):rep(6)
    local f = a:func("f", { sig = "i64 -> " .. results, undefined = true })
    local code = { "i64.const 1", { "call", f } }
    for _ = 1, 12 do code[#code + 1] = "drop" end
    a:func("run", { sig = "->", export = "run", code = code })
    b:func("f", { sig = "->", code = {} })
    return { "--no-entry", a, b }
  end,
  expect = { warns { id = "SIGNATURE_MISMATCH",
    message = "%(i64%) %-> %(v128, v128, [v128, ]*i32, i32, i32, i32, i32, i32%)" },
    exports_exactly { "memory", "run" } },
}
