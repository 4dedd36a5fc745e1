-- --whole-archive and --start-lib: which files wait until they are asked for, and which do not.

-- A member with a function, which gives `value`, and a custom section that tells it was loaded.
local function member(symbol, value, options)
  local o = object(symbol .. ".o")
  local opts = { sig = "-> i32", code = "i32.const " .. value }
  for key, setting in pairs(options or {}) do opts[key] = setting end
  o:func(symbol, opts)
  o:custom("loaded", { bytes = symbol })
  return o
end

-- A member with a constructor, which nothing else refers to.
local function constructing(symbol)
  local o = member(symbol, 1)
  o:init(o:func("init_" .. symbol, { sig = "->", code = "nop" }))
  return o
end

local function main(...)
  local o, code = object "main.o", { "nop" }
  for _, name in ipairs { ... } do
    code[#code + 1] = { "call", o:func(name, { sig = "-> i32", undefined = true }) }
    code[#code + 1] = "drop"
  end
  o:func("run", { sig = "->", export = "run", code = code })
  return o
end

case "loads-every-member" {
  title = "--whole-archive loads every member, in the order of the archive",
  clauses = { "archive.whole" },
  link = function()
    return { "--no-entry", main(), "--whole-archive",
      archive("lib.a", { member("b", 1, { exported = true }),
        member("a", 2, { exported = true }) }) }
  end,
  expect = { exports { a = "function", b = "function" }, function_order { "run", "b", "a" },
    custom("loaded", "ba") },
}

case "collection-goes-on" {
  title = "--whole-archive does not keep what nothing refers to",
  clauses = { "archive.whole", "gc.reachability" },
  link = function()
    return { "--no-entry", main(), "--whole-archive", archive("lib.a", { member("f", 1) }) }
  end,
  expect = { custom("loaded", "f"), no_function "f", function_count(1) },
}

case "constructors-run" {
  title = "constructors of members that --whole-archive loads run, as those of objects do",
  clauses = { "archive.whole", "gc.root.init" },
  link = function()
    return { "--no-entry", "--export=__wasm_call_ctors", main(), "--whole-archive",
      archive("lib.a", { constructing "f" }) }
  end,
  expect = { calls("__wasm_call_ctors", { "init_f" }) },
}

case "ends-with-no-whole-archive" {
  title = "archives behind --no-whole-archive wait again",
  clauses = { "archive.whole" },
  link = function()
    return { "--no-entry", main(), "--whole-archive", archive("one.a", { member("f", 1) }),
      "--no-whole-archive", archive("two.a", { member("g", 2) }) }
  end,
  expect = { custom("loaded", "f") },
}

case "member-without-symbols" {
  title = "a member that defines nothing is loaded by --whole-archive, and by nothing else",
  clauses = { "archive.whole", "archive.lazy" },
  link = function()
    local o, p = object "o.o", object "p.o"
    o:custom("loaded", { bytes = "o" })
    p:custom("loaded", { bytes = "p" })
    return { "--no-entry", main(), archive("one.a", { o }), "--whole-archive",
      archive("two.a", { p }) }
  end,
  expect = { custom("loaded", "p") },
}

case "definitions-clash" {
  title = "members that --whole-archive loads may clash, as objects do",
  clauses = { "archive.whole", "symbol.binding.strong" },
  link = function()
    return { "--no-entry", main(), "--whole-archive", archive("one.a", { member("f", 1) }),
      archive("two.a", { { "other.o", member("f", 2) } }) }
  end,
  expect = { rejects { id = "DUPLICATE_SYMBOL", class = "duplicate" } },
}

case "foreign-member" {
  title = "--whole-archive refuses an archive with a member that is no object",
  clauses = { "archive.whole", "archive.members.foreign" },
  link = function()
    return { "--no-entry", main(), "--whole-archive",
      archive("lib.a", { member("f", 1), { "notes.txt", "just text\n" } }) }
  end,
  expect = { rejects { file = "lib.a(notes.txt)" } },
}

-- --start-lib -------------------------------------------------------------------------------------

case "start-lib-objects-wait" {
  title = "objects between --start-lib and --end-lib are loaded only when asked for",
  clauses = { "archive.start-lib" },
  link = function()
    return { "--no-entry", main "f", "--start-lib", member("g", 2), member("f", 1), "--end-lib",
      member("h", 3) }
  end,
  expect = { custom("loaded", "fh"), function_order { "run", "f" } },
}

case "start-lib-asked-later" {
  title = "objects between --start-lib and --end-lib satisfy references behind them",
  clauses = { "archive.start-lib", "archive.order.nested-first" },
  link = function()
    return { "--no-entry", "--start-lib", member("g", 2), member("f", 1), "--end-lib", main "f" }
  end,
  expect = { custom("loaded", "f"), function_order { "f", "run" } },
}

-- f is asked for, by code that is collected: it is loaded, but nothing of it is reached.
local function asked_but_not_reached()
  local o = object "main.o"
  local f = o:func("f", { sig = "-> i32", undefined = true })
  o:func("unused", { sig = "-> i32", code = { { "call", f } } })
  return o
end

case "start-lib-constructors" {
  title = "an object between --start-lib and --end-lib runs constructors only if it is reached",
  clauses = { "archive.start-lib", "gc.root.init" },
  link = function()
    return { "--no-entry", "--export=__wasm_call_ctors", asked_but_not_reached(), "--start-lib",
      constructing "f", "--end-lib" }
  end,
  expect = { custom("loaded", "f"), calls("__wasm_call_ctors", {}),
    same_as(function()
      return { "--no-entry", "--export=__wasm_call_ctors", asked_but_not_reached(),
        archive("lib.a", { constructing "f" }) }
    end) },
}

case "start-lib-constructors-reached" {
  title = "an object between --start-lib and --end-lib that is reached runs its constructors",
  clauses = { "archive.start-lib", "gc.root.init" },
  link = function()
    return { "--no-entry", "--export=__wasm_call_ctors", main "f", "--start-lib",
      constructing "f", constructing "g", "--end-lib" }
  end,
  expect = { calls("__wasm_call_ctors", { "init_f" }) },
}

case "start-lib-nested" {
  title = "--start-lib within --start-lib is an error",
  clauses = { "archive.start-lib" },
  link = function()
    return { "--no-entry", main(), "--start-lib", "--start-lib", member("f", 1), "--end-lib" }
  end,
  expect = { rejects {} },
}

case "end-lib-alone" {
  title = "--end-lib without --start-lib is an error",
  clauses = { "archive.start-lib" },
  origin = "llvm/llvm-project#77960",
  link = function() return { "--no-entry", main(), "--end-lib" } end,
  expect = { rejects {} },
}
