-- Names in messages: C++ names as people read them, or as the objects spell them.

local CLAUSE = { "text.demangle" }

local SPELT, READ = "_ZN3foo3barEi", "foo::bar%(int%)"

local function calling()
  local o = object "a.o"
  local bar = o:func(SPELT, { sig = "i32 ->", undefined = true })
  o:func("f", { sig = "->", export = "f", code = { "i32.const 1", { "call", bar } } })
  return o
end

local function giving(name, sig)
  local o = object(name)
  o:func(SPELT, { sig = sig, code = {} })
  return o
end

local function undefined(...)
  local options = { ... }
  return function()
    local link = { "--no-entry", table.unpack(options) }
    link[#link + 1] = calling()
    return link
  end
end

case "undefined" {
  title = "a message names an undefined symbol as C++ spells it",
  clauses = CLAUSE,
  link = undefined(),
  expect = { rejects { id = "UNDEFINED_SYMBOL", file = "a.o", message = READ .. "$" } },
}

case "undefined-as-spelt" {
  title = "with --no-demangle a message names it as the object does",
  clauses = CLAUSE,
  link = undefined "--no-demangle",
  expect = { rejects { id = "UNDEFINED_SYMBOL", file = "a.o", message = SPELT .. "$" } },
}

case "last-option-counts" {
  title = "--demangle undoes --no-demangle",
  clauses = CLAUSE,
  link = undefined("--no-demangle", "--demangle"),
  expect = { rejects { id = "UNDEFINED_SYMBOL", file = "a.o", message = READ .. "$" } },
}

case "duplicate" {
  title = "a message names a symbol that two objects define, and both of them",
  clauses = CLAUSE,
  link = function() return { "--no-entry", giving("a.o", "i32 ->"), giving("b.o", "i32 ->") } end,
  expect = { rejects { id = "DUPLICATE_SYMBOL", files = { "a.o", "b.o" }, message = READ } },
}

case "warning" {
  title = "so does a warning",
  clauses = CLAUSE,
  link = function() return { "--no-entry", calling(), giving("b.o", "i64 ->") } end,
  expect = { warns { id = "SIGNATURE_MISMATCH", message = READ },
    exports { memory = "memory" } },
}
