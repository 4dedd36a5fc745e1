-- Tags of exceptions: symbols as others are, whose index in `throw` and `catch` is relocated.

-- An object that throws `value` with tag "e" of elsewhere, in a function THROW.
local function throwing(options)
  local o = object "throw.o"
  local opts = { sig = "i32 ->", undefined = true }
  for key, value in pairs(options or {}) do opts[key] = value end
  local e = o:tag("e", opts)
  o:func("throw", { sig = "i32 ->", export = "throw",
    code = { "local.get 0", { "throw", e } } })
  return o
end

-- An object that defines tag "e" and catches it around a call of throw: catch(x) gives x, or -2
-- when it catches something else.
local function catching(options)
  local o = object "catch.o"
  local opts = { sig = "i32 ->" }
  for key, value in pairs(options or {}) do opts[key] = value end
  o:tag("other", { sig = "i32 ->", static = true })
  local e = o:tag("e", opts)
  local throw = o:func("throw", { sig = "i32 ->", undefined = true })
  o:func("catch", { sig = "i32 -> i32", export = "catch",
    code = { { "try", "i32" }, "local.get 0", { "call", throw }, "i32.const -1", { "catch", e },
      "catch_all; i32.const -2", "end" } })
  return o
end

case "defined-elsewhere" {
  title = "what one object throws with a tag of another one is caught there",
  clauses = { "tags.numbering", "reloc.tag-index-leb" },
  link = function() return { "--no-entry", throwing(), catching() } end,
  expect = { no_import(), counts { tag = 1 }, returns("catch", { 41 }, 41) },
}

case "other-tag" {
  title = "an exception of another tag passes by, though its type is the same",
  clauses = { "tags.numbering", "reloc.tag-index-leb" },
  link = function()
    return { "--no-entry", throwing { undefined = false, static = true }, catching() }
  end,
  expect = { counts { tag = 2 }, returns("catch", { 41 }, -2) },
}

case "exported" {
  title = "an exported tag is the one that code throws",
  clauses = { "export.tag", "reloc.tag-index-leb", "export.kind", "tag.type", "container.tag" },
  link = function()
    local other = object "other.o"
    other:func("use", { sig = "->", export = "use",
      code = { { "throw", other:tag("first", { sig = "->", static = true }) } } })
    return { "--no-entry", "--export=e", other, throwing(), catching() }
  end,
  expect = { exports { e = { kind = "tag", sig = "i32 ->" } }, counts { tag = 2 },
    code("throw", { "local.get 0", { "throw", to_tag "e" } }) },
}

case "imported" {
  title = "an undefined tag with an import name is imported, and the defined ones come behind it",
  clauses = { "tags.import", "reloc.tag-index-leb", "tag.type", "import.type",
    "reloc.weak-undefined.tag" },
  link = function()
    local own = object "own.o"
    own:func("f", { sig = "->", export = "f",
      code = { "i64.const 1", { "throw", own:tag("mine", { sig = "i64 ->", export = "mine" }) } } })
    return { "--no-entry", own, throwing { import_module = "js", import_name = "error" } }
  end,
  expect = {
    imports { ["js.error"] = { kind = "tag", sig = "i32 ->" } }, counts { tag = 2 },
    exports { mine = { kind = "tag", sig = "i64 ->" } },
    code("f", { "i64.const 1", { "throw", to_tag "mine" } }),
    code("throw", { "local.get 0", { "throw", to_tag "error" } }), valid(),
  },
}

case "weak-in-each-object" {
  title = "weak tags of one name are one tag, so that exceptions cross objects",
  clauses = { "tags.numbering", "symbol.binding.weak", "tags.strong-twice", "tags.weak" },
  origin = { "llvm/llvm-project#159143", "WebAssembly/tool-conventions#264",
    "rust-lang/compiler-builtins#1077" },
  link = function()
    return { "--no-entry", throwing { undefined = false, weak = true }, catching { weak = true } }
  end,
  expect = { counts { tag = 1 }, returns("catch", { 5 }, 5) },
}

case "undefined" {
  title = "a tag that nobody defines, with no import name, is an error",
  clauses = { "symbol.undefined", "tags.import" },
  origin = "WebAssembly/tool-conventions#264",
  link = function() return { "--no-entry", throwing() } end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", class = "undefined" } },
}

case "two-strong" {
  title = "two strong tags of one name are an error",
  clauses = { "symbol.binding.strong", "tags.strong-twice" },
  link = function() return { "--no-entry", throwing { undefined = false }, catching() } end,
  expect = { rejects { id = "DUPLICATE_SYMBOL", phase = "resolve", class = "duplicate" } },
}

case "signature-mismatch" {
  title = "a tag whose definition has another type than a reference to it draws a warning",
  clauses = { "symbol.tag-type" },
  link = function()
    local a = object "a.o"
    local e = a:tag("e", { sig = "i64 ->", undefined = true })
    a:func("f", { sig = "->", export = "f", code = { "unreachable", { "throw", e } } })
    local b = object "b.o"
    b:tag("e", { sig = "i32 ->" })
    return { "--no-entry", a, b }
  end,
  expect = { warns { id = "TAG_MISMATCH", class = "mismatch" }, counts { tag = 1 } },
}

case "unused" {
  title = "a tag that no live code throws or catches is not in the output, nor is its type",
  clauses = { "tags.numbering", "gc.unit", "types.synthesized" },
  link = function()
    local a = object "a.o"
    local dead = a:tag("dead", { sig = "f64 ->" })
    a:func("gone", { sig = "->", code = { "f64.const 1", { "throw", dead } } })
    a:func("f", { sig = "-> i32", export = "f", code = "i32.const 1" })
    return { "--no-entry", a }
  end,
  expect = { has_function "f", counts { tag = 0 }, no_section "tag", no_type "f64 ->" },
}

case "type-of-a-stub" {
  title = "an object may have one type for a tag and for a weak undefined function",
  clauses = { "tag.type", "symbol.undefined.weak" },
  link = function()
    local o = object "a.o"
    local host = o:func("host", { sig = "->", undefined = true, weak = true })
    o:tag("e", { sig = "->", export = "e" })
    o:func("f", { sig = "i32 ->", export = "f", code = { { "call", host } } })
    return { "--no-entry", o }
  end,
  expect = {
    exports { e = { kind = "tag", sig = "->" } }, no_import(), valid(), traps("f", { 1 }),
  },
}

case "kind-mismatch" {
  title = "a global cannot stand for a tag",
  clauses = { "symbol.tag-type" },
  link = function()
    local b = object "b.o"
    b:global("e", { type = "i32", init = { "i32.const 1" } })
    return { "--no-entry", throwing(), b }
  end,
  expect = { rejects { id = "KIND_MISMATCH", phase = "resolve", class = "mismatch" } },
}
