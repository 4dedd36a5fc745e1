-- More than two definitions, definitions of other kinds, and duplicates; table.lua has the pairs.

-- An object with f = value, and a function `who` of its own that calls f.
local function calling(name, who, value, options)
  local o = object(name)
  local opts = { sig = "-> i32", code = "i32.const " .. value }
  for key, setting in pairs(options or {}) do opts[key] = setting end
  local callee = o:func("f", opts)
  o:func(who, { sig = "-> i32", export = who, code = { { "call", callee } } })
  return o
end

-- An object with the word d = value, and a function `who` of its own that loads it.
local function loading(name, who, value, options)
  local o = object(name)
  local opts = { bytes = u32(value), align = 2 }
  for key, setting in pairs(options or {}) do opts[key] = setting end
  local d = o:data("d", opts)
  o:func(who, { sig = "-> i32", export = who,
    code = { "i32.const 0", { "i32.load", addr(d) } } })
  return o
end

local WEAK = { weak = true }

-- The convention leaves open which of two weak definitions stays, but one does, for everybody.
case "two-weak-agree" {
  title = "of two weak definitions everybody uses the same one",
  clauses = { "symbol.binding.weak", "symbol.binding.weak.one" },
  link = function()
    return { "--no-entry", "--export=d", "--export=f",
      calling("a.o", "a", 1, WEAK), calling("b.o", "b", 2, WEAK),
      loading("c.o", "c", 1, WEAK), loading("d.o", "e", 2, WEAK) }
  end,
  expect = {
    calls("a", { "f" }), calls("b", { "f" }), function_count(5),
    either {
      ["first-function"] = { returns("a", {}, 1), returns("b", {}, 1) },
      ["last-function"] = { returns("a", {}, 2), returns("b", {}, 2) },
    },
    either {
      ["first-data"] = { returns("c", {}, 1), returns("e", {}, 1) },
      ["last-data"] = { returns("c", {}, 2), returns("e", {}, 2) },
    },
  },
}

case "weak-strong-weak" {
  title = "one strong function wins over weak ones on both sides of it",
  clauses = { "symbol.binding.weak" },
  link = function()
    return { "--no-entry", calling("a.o", "a", 1, WEAK), calling("b.o", "b", 2),
      calling("c.o", "c", 3, WEAK) }
  end,
  expect = { function_count(4),
    runs { { call = "a", value = 2 }, { call = "b", value = 2 }, { call = "c", value = 2 } } },
}

case "weak-global" {
  title = "a strong wasm global wins over an earlier weak one",
  clauses = { "symbol.binding.weak", "globals.weak" },
  link = function()
    local function giving(name, who, value, weak)
      local o = object(name)
      local g = o:global("g", { type = "i32", init = "i32.const " .. value, weak = weak })
      o:func(who, { sig = "-> i32", export = who, code = { { "global.get", g } } })
      return o
    end
    return { "--no-entry", giving("a.o", "a", 1, true), giving("b.o", "b", 2) }
  end,
  expect = { code("a", { { "global.get", to_global "g" } }), returns("a", {}, 2),
    returns("b", {}, 2) },
}

case "weak-tag" {
  title = "of a tag that two objects define weakly one is left, and both objects throw it",
  clauses = { "symbol.binding.weak", "tags.weak" },
  link = function()
    local function throwing(name, who)
      local o = object(name)
      local t = o:tag("oops", { sig = "i32 ->", weak = true })
      o:func(who, { sig = "->", export = who, code = { "i32.const 1", { "throw", t } } })
      return o
    end
    return { "--no-entry", "--export=oops", throwing("a.o", "a"), throwing("b.o", "b") }
  end,
  expect = { counts { tag = 1 }, code("a", { "i32.const 1", { "throw", to_tag "oops" } }),
    code("b", { "i32.const 1", { "throw", to_tag "oops" } }) },
}

case "two-strong-data" {
  title = "two strong data definitions of a name are an error",
  clauses = { "symbol.binding.strong" },
  origin = "emscripten-core/emscripten#14973",
  link = function()
    return { "--no-entry", loading("a.o", "a", 1), loading("b.o", "b", 2) }
  end,
  expect = { rejects { id = "DUPLICATE_SYMBOL", phase = "resolve", file = "b.o",
    files = { "a.o", "b.o" } } },
}

case "two-strong-unused" {
  title = "two strong definitions of a name are an error, though nobody uses the name",
  clauses = { "symbol.binding.strong", "gc.after-resolution" },
  origin = "WebAssembly/wasi-libc#137",
  link = function()
    local function giving(name)
      local o = object(name)
      o:func("f", { sig = "->", code = "nop" })
      return o
    end
    return { "--no-entry", giving("a.o"), giving("b.o") }
  end,
  expect = { rejects { id = "DUPLICATE_SYMBOL", phase = "resolve", files = { "a.o", "b.o" } } },
}

case "weak-does-not-hide-duplicates" {
  title = "two strong definitions stay an error with a weak one between them",
  clauses = { "symbol.binding.strong" },
  link = function()
    return { "--no-entry", calling("a.o", "a", 1), calling("b.o", "b", 2, WEAK),
      calling("c.o", "c", 3) }
  end,
  expect = { rejects { id = "DUPLICATE_SYMBOL", phase = "resolve", file = "c.o",
    files = { "a.o", "c.o" } } },
}

case "linker-made-is-strong" {
  title = "an input that defines a function of the linker's own strongly is a duplicate",
  clauses = { "symbol.binding.strong", "init.call-ctors" },
  link = function()
    local o = object "a.o"
    o:func("__wasm_call_ctors", { sig = "->", code = "nop" })
    return { "--no-entry", o }
  end,
  expect = { rejects { id = "DUPLICATE_SYMBOL", phase = "resolve",
    files = { "a.o", "<internal>" } } },
}

for name, option in pairs { ["allow-multiple-definition"] = { "--allow-multiple-definition" },
  ["z-muldefs"] = { "-z", "muldefs" } } do
  case(name) {
    title = "with " .. table.concat(option, " ") .. " the first strong definition is taken",
    clauses = { "symbol.binding.muldefs" },
    link = function()
      return { "--no-entry", option[1], option[2] or "--no-entry", calling("a.o", "a", 1),
        calling("b.o", "b", 2) }
    end,
    expect = { no_warnings(), calls("a", { "f" }), calls("b", { "f" }), function_count(3),
      returns("a", {}, 1), returns("b", {}, 1) },
  }
end

-- Unlike with --allow-multiple-definition, the last one wins.
case "noinhibit-exec" {
  title = "with --noinhibit-exec two strong definitions are a warning, and one serves all",
  clauses = { "symbol.binding.muldefs" },
  link = function()
    return { "--no-entry", "--noinhibit-exec", calling("a.o", "a", 1), calling("b.o", "b", 2) }
  end,
  expect = { warns { id = "DUPLICATE_SYMBOL_ALLOWED", files = { "a.o", "b.o" } },
    function_count(3), returns("a", {}, 2), returns("b", {}, 2) },
}

case "noinhibit-exec-malformed" {
  title = "--noinhibit-exec does not help an object that cannot be read",
  clauses = { "symbol.binding.muldefs", "linking.version" },
  link = function() return { "--no-entry", "--noinhibit-exec", calling("a.o", "a", 1) } end,
  mutate = { file = "a.o", at = "linking.version", to = 9 },
  expect = { rejects { id = "LINKING_VERSION", file = "a.o" } },
}
