-- Who only takes a function's address may have declared it as he likes: the check comes at run
-- time, with call_indirect.

-- An object whose `who` gives the address of f, declared with `sig`, and does not call it.
local function pointing(name, who, sig)
  local o = object(name)
  local callee = o:func("f", { sig = sig, undefined = true })
  o:func(who, { sig = "-> i32", export = who, code = { { "i32.const", slot(callee) } } })
  return o
end

local function defining(name)
  local o = object(name)
  o:func("f", { sig = "-> i32", code = "i32.const 7" })
  return o
end

-- An object with functions that call the pointer p() by the signature of f, and by another one.
local function user()
  local o = object "user.o"
  local p = o:func("p", { sig = "-> i32", undefined = true })
  o:func("right", { sig = "-> i32", export = "right",
    code = { { "call", p }, { "call_indirect", "->i32" } } })
  o:func("wrong", { sig = "-> i32", export = "wrong",
    code = { "i32.const 5", { "call", p }, { "call_indirect", "i32->i32" } } })
  return o
end

local FINE = { no_warnings(), const_at("p", 1, to_slot "f"), in_table "f", function_count(4),
  runs { { call = "right", value = 7 }, { call = "wrong", traps = true } } }

case "only-before" {
  title = "taking the address by another signature, before the definition, is no mismatch",
  clauses = { "signature.address-only" },
  link = function()
    return { "--no-entry", pointing("p.o", "p", "i32 -> i32"), user(), defining "def.o" }
  end,
  expect = FINE,
}

case "only-after" {
  title = "taking the address by another signature, behind the definition, is no mismatch",
  clauses = { "signature.address-only" },
  link = function()
    return { "--no-entry", defining "def.o", pointing("p.o", "p", "i32 -> i32"), user() }
  end,
  expect = FINE,
}

case "only-in-data" {
  title = "an address in data, by another signature, is no mismatch",
  clauses = { "signature.address-only" },
  link = function()
    local o = object "a.o"
    local callee = o:func("f", { sig = "i64 ->", undefined = true })
    o:data("p", { bytes = { slot(callee) }, align = 2, export = "p" })
    return { "--no-entry", o, defining "def.o" }
  end,
  expect = { no_warnings(), data_at("p", { to_slot "f" }), in_table "f" },
}

-- C wants pointers to one function to be equal; here one of them is null.  wasm-ld does so since
-- calls by the wrong signature must not reach the function.
case "called-and-pointed" {
  title = "where f is called by another signature, its address is 0 there, and right elsewhere",
  clauses = { "signature.mismatch" },
  link = function()
    local bad = object "bad.o"
    local callee = bad:func("f", { sig = "i32 -> i32", undefined = true })
    bad:func("bad", { sig = "-> i32", export = "bad",
      code = { "i32.const 1", { "call", callee } } })
    bad:func("bad_p", { sig = "-> i32", export = "bad_p",
      code = { { "i32.const", slot(callee) } } })
    return { "--no-entry", bad, defining "def.o", pointing("good.o", "good_p", "-> i32") }
  end,
  expect = { warns { id = "SIGNATURE_MISMATCH", files = { "bad.o", "def.o" } }, traps("bad", {}),
    const_at("bad_p", 1, 0),
    const_at("good_p", 1, to_slot "f"), in_table "f" },
}

case "called-after-pointed" {
  title = "a call behind those who only take the address is held against the definition",
  clauses = { "signature.mismatch", "signature.address-only" },
  link = function()
    local bad = object "bad.o"
    local callee = bad:func("f", { sig = "i32 -> i32", undefined = true })
    bad:func("bad", { sig = "-> i32", export = "bad",
      code = { "i32.const 1", { "call", callee } } })
    return { "--no-entry", pointing("p.o", "p", "i32 -> i32"), bad, defining "def.o" }
  end,
  expect = { warns { id = "SIGNATURE_MISMATCH", files = { "p.o", "def.o" },
    message = "%(i32%) %-> i32 in p%.o" }, traps("bad", {}), valid() },
}

-- References that nobody satisfies ----------------------------------------------------------------

local function calling(name, who, sig, options)
  local o = object(name)
  local opts = { sig = sig, undefined = true }
  for key, setting in pairs(options or {}) do opts[key] = setting end
  local callee = o:func("f", opts)
  local code = sig:find "^i32" and { "i32.const 1", { "call", callee } } or { { "call", callee } }
  o:func(who, { sig = "-> i32", export = who, code = code })
  return o
end

for _, option in ipairs { "allow-undefined", "import-undefined",
  "unresolved-symbols=ignore-all" } do
  case("undefined-disagree-" .. option:match "^%a+") {
    title = "calls of an undefined function by two signatures are an error under --" .. option,
    clauses = { "signature.undefined-disagree" },
    link = function()
      return { "--no-entry", "--" .. option, calling("a.o", "a", "-> i32"),
        calling("b.o", "b", "i32 -> i32") }
    end,
    expect = { rejects { id = "SIGNATURE_CONFLICT", phase = "resolve", file = "b.o",
    files = { "a.o", "b.o" } } },
  }
end

case "undefined-disagree" {
  title = "of calls of an undefined function by two signatures that is said, and no more",
  clauses = { "signature.undefined-disagree" },
  link = function()
    return { "--no-entry", calling("a.o", "a", "-> i32"), calling("b.o", "b", "i32 -> i32") }
  end,
  expect = { rejects { id = "SIGNATURE_CONFLICT", phase = "resolve", file = "b.o", of = 1 } },
}

case "undefined-disagree-weak" {
  title = "calls of an undefined function by two signatures are an error, also weak ones",
  clauses = { "signature.undefined-disagree", "symbol.undefined.weak" },
  link = function()
    return { "--no-entry", calling("a.o", "a", "-> i32", { weak = true }),
      calling("b.o", "b", "i32 -> i32", { weak = true }) }
  end,
  expect = { rejects { id = "SIGNATURE_CONFLICT", phase = "resolve", file = "b.o",
    files = { "a.o", "b.o" } } },
}

case "undefined-pointer-then-call" {
  title = "an import has the signature of its caller, not of who took its address before",
  clauses = { "signature.undefined-disagree", "signature.address-only" },
  link = function()
    return { "--no-entry", "--import-undefined", pointing("p.o", "p", "i64 -> i64"),
      calling("a.o", "a", "-> i32") }
  end,
  expect = { no_warnings(), imports_exactly { "env.f" },
    imports { ["env.f"] = { kind = "function", sig = "-> i32" } },
    const_at("p", 1, to_slot "f"), returns("a", {}, 3, { ["env.f"] = 3 }) },
}

case "undefined-call-then-pointer" {
  title = "an import has the signature of its caller, not of who takes its address later",
  clauses = { "signature.undefined-disagree", "signature.address-only" },
  link = function()
    return { "--no-entry", "--import-undefined", calling("a.o", "a", "-> i32"),
      pointing("p.o", "p", "i64 -> i64") }
  end,
  expect = { no_warnings(), imports_exactly { "env.f" },
    imports { ["env.f"] = { kind = "function", sig = "-> i32" } },
    const_at("p", 1, to_slot "f"), returns("a", {}, 3, { ["env.f"] = 3 }) },
}

case "undefined-pointers-only" {
  title = "with only addresses taken, an import has the signature of one of the references",
  clauses = { "signature.undefined-disagree", "signature.address-only" },
  link = function()
    return { "--no-entry", "--import-undefined", pointing("p.o", "p", "i64 -> i64"),
      pointing("q.o", "q", "-> i32") }
  end,
  expect = { no_warnings(), imports_exactly { "env.f" },
    either {
      first = imports { ["env.f"] = { kind = "function", sig = "i64 -> i64" } },
      last = imports { ["env.f"] = { kind = "function", sig = "-> i32" } },
    },
    const_at("p", 1, to_slot "f"), const_at("q", 1, to_slot "f"), in_table "f" },
}
