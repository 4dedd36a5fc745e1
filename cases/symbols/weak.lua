-- Weak definitions: whoever is strong wins, whoever is first wins among equals, and nobody who is
-- weak draws a member out of an archive.

-- An object whose f gives `value`.
local function giving(name, value, options)
  local o = object(name)
  local opts = { sig = "-> i32", code = "i32.const " .. value }
  for key, setting in pairs(options or {}) do opts[key] = setting end
  o:func("f", opts)
  return o
end

case "strong-after-weak" {
  title = "a strong definition wins over an earlier weak one",
  clauses = { "symbol.binding.weak" },
  link = function()
    return { "--no-entry", "--export=f", giving("a.o", 1, { weak = true }), giving("b.o", 2) }
  end,
  expect = { exports { f = { kind = "function", sig = "-> i32" } }, code("f", { "i32.const 2" }),
    function_count(1), returns("f", {}, 2) },
}

case "first-of-two-weak" {
  title = "of two weak definitions the first one is taken",
  clauses = { "symbol.binding.weak", "symbol.binding.weak.one" },
  link = function()
    return { "--no-entry", "--export=f", giving("a.o", 1, { weak = true }),
      giving("b.o", 2, { weak = true }) }
  end,
  expect = { code("f", { "i32.const 1" }), function_count(1) },
}

case "two-strong" {
  title = "two strong definitions of a name are an error",
  clauses = { "symbol.binding.strong" },
  link = function()
    return { "--no-entry", "--export=f", giving("a.o", 1), giving("b.o", 2) }
  end,
  expect = { rejects { id = "DUPLICATE_SYMBOL", phase = "resolve", class = "duplicate" } },
}

case "undefined-function-is-a-stub" {
  title = "a weak undefined function is called as one that traps, and its address is 0",
  clauses = { "symbol.undefined.weak", "reloc.weak-undefined.call", "reloc.weak-undefined.table" },
  origin = { "WebAssembly/tool-conventions#46", "WebAssembly/tool-conventions#47",
    "wild-linker/wild#2307" },
  link = function()
    local o = object "a.o"
    local gone = o:func("gone", { sig = "-> i32", undefined = true, weak = true })
    o:func("call", { sig = "-> i32", export = "call", code = { { "call", gone } } })
    o:func("test", { sig = "-> i32", export = "test", code = { { "i32.const", slot(gone) } } })
    return { "--no-entry", o }
  end,
  expect = { no_import(), const_at("test", 1, 0), returns("test", {}, 0), traps("call", {}) },
}

case "state-after-resolve" {
  title = "after resolution the name denotes the strong definition, in whatever order they come",
  clauses = { "symbol.binding.weak" },
  stage = "resolve",
  link = function()
    return { "--no-entry", giving("a.o", 1, { weak = true }), giving("b.o", 2),
      giving("c.o", 3, { weak = true }) }
  end,
  expect = { symbol "f" { state = "defined", kind = "function", object = "b.o", weak = false } },
}

-- The object whose weak definition lost went on using its own.
local function own_user(kind)
  local a, b = object "a.o", object "b.o"
  if kind == "function" then
    local f = a:func("f", { sig = "-> i32", weak = true, code = "i32.const 1" })
    a:func("own", { sig = "-> i32", export = "own", code = { { "call", f } } })
    a:func("pointer", { sig = "-> i32", export = "pointer", code = { { "i32.const", slot(f) },
      { "call_indirect", "-> i32" } } })
    b:func("f", { sig = "-> i32", code = "i32.const 2" })
  else
    local d = a:data("d", { bytes = "\1\0\0\0", weak = true, align = 2 })
    a:func("own", { sig = "-> i32", export = "own", code = { { "i32.const", addr(d) },
      { "i32.load" } } })
    local p = a:data("p", { bytes = { addr(d) }, align = 2 })
    a:func("pointer", { sig = "-> i32", export = "pointer", code = { { "i32.const", addr(p) },
      { "i32.load" }, { "i32.load" } } })
    b:data("d", { bytes = "\2\0\0\0", align = 2 })
  end
  return a, b
end

for _, kind in ipairs { "function", "data" } do
  for order, swap in pairs { ["weak-first"] = false, ["strong-first"] = true } do
    case("own-references-" .. kind .. "-" .. order) {
      title = ("the object whose weak %s lost uses the one that won, too: %s"):format(kind,
        (order:gsub("-", " "))),
      clauses = { "symbol.binding.weak" },
      origin = "wild-linker/wild#2377",
      link = function()
        local a, b = own_user(kind)
        return { "--no-entry", swap and b or a, swap and a or b }
      end,
      expect = { returns("own", {}, 2), returns("pointer", {}, 2) },
    }
  end
end
