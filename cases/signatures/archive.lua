-- The definition is in an archive: which comes first, archive or caller, must not matter.

local function library()
  local o = object "def.o"
  o:func("f", { sig = "-> i32", code = "i32.const 7" })
  return archive("lib.a", { o })
end

local function calling(name, who, sig, options)
  local o = object(name)
  local opts = { sig = sig, undefined = true }
  for key, setting in pairs(options or {}) do opts[key] = setting end
  local callee = o:func("f", opts)
  local code = sig:find "^i32" and { "i32.const 1", { "call", callee } } or { { "call", callee } }
  o:func(who, { sig = "-> i32", export = who, code = code })
  return o
end

local FINE = { warns { id = "SIGNATURE_MISMATCH", phase = "resolve" }, valid(), no_import(),
  traps("bad", {}), returns("good", {}, 7), calls("good", { "f" }) }

case "archive-last" {
  title = "a call by another signature than a later archive's definition has traps",
  clauses = { "signature.mismatch", "archive.lazy" },
  origin = "ziglang/zig#12018",
  link = function()
    return { "--no-entry", calling("bad.o", "bad", "i32 -> i32"),
      calling("good.o", "good", "-> i32"), library() }
  end,
  expect = FINE,
}

case "archive-first" {
  title = "a call by another signature than an earlier archive's definition has traps",
  clauses = { "signature.mismatch", "archive.lazy" },
  origin = "ziglang/zig#12018",
  link = function()
    return { "--no-entry", library(), calling("bad.o", "bad", "i32 -> i32"),
      calling("good.o", "good", "-> i32") }
  end,
  expect = FINE,
  peer_differs = "wasm-ld does not compare the signature of the reference that loads a member " ..
    "with that of the definition: the call stays, and the module is not valid",
}

case "archive-first-loaded-before" {
  title = "a call by another signature than that of a member that others have loaded traps",
  clauses = { "signature.mismatch", "archive.lazy" },
  link = function()
    return { "--no-entry", library(), calling("good.o", "good", "-> i32"),
      calling("bad.o", "bad", "i32 -> i32") }
  end,
  expect = FINE,
}

-- What a program asks its host for may have the name of a library's function.
case "explicit-name" {
  title = "a call that names its import loads a member too, and traps by another signature",
  clauses = { "signature.mismatch", "symbol.explicit-name", "archive.lazy" },
  origin = "ziglang/zig#12018",
  link = function()
    return { "--no-entry", calling("bad.o", "bad", "i32 -> i32", { import_module = "host",
      import_name = "f" }), library() }
  end,
  expect = { warns { id = "SIGNATURE_MISMATCH" }, valid(), no_import(), traps("bad", {}) },
}

case "start-lib-first" {
  title = "a call by another signature than an earlier --start-lib object's definition has traps",
  clauses = { "signature.mismatch", "archive.start-lib" },
  link = function()
    local o = object "def.o"
    o:func("f", { sig = "-> i32", code = "i32.const 7" })
    return { "--no-entry", "--start-lib", o, "--end-lib", calling("bad.o", "bad", "i32 -> i32"),
      calling("good.o", "good", "-> i32") }
  end,
  expect = FINE,
  peer_differs = "wasm-ld does not compare the signature of the reference that loads a member " ..
    "with that of the definition: the call stays, and the module is not valid",
}

-- A weak reference waits, and does not load: then there is nothing to compare with.
case "weak-never-loaded" {
  title = "a weak call by another signature than a definition that is never loaded just traps",
  clauses = { "signature.mismatch", "archive.lazy", "symbol.undefined.weak" },
  link = function()
    return { "--no-entry", calling("bad.o", "bad", "i32 -> i32", { weak = true }), library() }
  end,
  expect = { no_warnings(), no_function "f", traps("bad", {}) },
}

-- A weak reference that waits for a member is not forgotten when others load it.
local WAITED = "wasm-ld does not compare the signature of a waiting weak reference with that of " ..
  "the definition: the call stays, and the module is not valid"

case "weak-then-archive-then-loaded" {
  title = "a weak call by another signature traps when the archive behind it is loaded by others",
  clauses = { "signature.mismatch", "archive.lazy", "symbol.undefined.weak" },
  link = function()
    return { "--no-entry", calling("bad.o", "bad", "i32 -> i32", { weak = true }), library(),
      calling("good.o", "good", "-> i32") }
  end,
  expect = FINE,
  peer_differs = WAITED,
}

case "archive-then-weak-then-loaded" {
  title = "a weak call by another signature traps when the archive before it is loaded by others",
  clauses = { "signature.mismatch", "archive.lazy", "symbol.undefined.weak" },
  link = function()
    return { "--no-entry", library(), calling("bad.o", "bad", "i32 -> i32", { weak = true }),
      calling("good.o", "good", "-> i32") }
  end,
  expect = FINE,
  peer_differs = WAITED,
}

for name, first in pairs { ["archive-first"] = true, ["archive-last"] = false } do
  case("weak-disagree-" .. name) {
    title = "weak calls by two signatures of what stays in an archive are an error: " .. name,
    clauses = { "signature.undefined-disagree", "archive.lazy", "symbol.undefined.weak" },
    link = function()
      local lib = library()
      local a = calling("a.o", "a", "-> i32", { weak = true })
      local b = calling("b.o", "b", "i32 -> i32", { weak = true })
      return first and { "--no-entry", lib, a, b } or { "--no-entry", a, b, lib }
    end,
    expect = { rejects { id = "SIGNATURE_CONFLICT", phase = "resolve", file = "b.o" } },
  }
end

case "weak-disagree-around" {
  title = "weak calls by two signatures, before and behind the archive, are an error",
  clauses = { "signature.undefined-disagree", "archive.lazy", "symbol.undefined.weak" },
  link = function()
    return { "--no-entry", calling("a.o", "a", "-> i32", { weak = true }), library(),
      calling("b.o", "b", "i32 -> i32", { weak = true }) }
  end,
  expect = { rejects { id = "SIGNATURE_CONFLICT", phase = "resolve", file = "b.o" } },
}
