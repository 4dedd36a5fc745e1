-- --wrap NAME: who refers to NAME gets __wrap_NAME, who refers to __real_NAME gets NAME.  What is
-- defined keeps its name; only references change, all of them, the defining object's own too.

local WRAP = { "symbol.wrap" }

-- f gives n; r, where asked for, calls f in the same object.
local function plain(name, n, caller)
  local o = object(name)
  local f = o:func("f", { sig = "-> i32", code = { { "i32.const", n } } })
  if caller then
    o:func(caller, { sig = "-> i32", export = caller, code = { { "call", f } } })
  end
  return o
end

-- __wrap_f calls __real_f.
local function wrapper(name)
  local o = object(name)
  local real = o:func("__real_f", { sig = "-> i32", undefined = true })
  o:func("__wrap_f", { sig = "-> i32",
    code = { { "call", real }, "i32.const 100", "i32.add" } })
  return o
end

-- run calls the function of that name, or gives its address.
local function user(name, callee, options)
  local o = object(name)
  options = options or {}
  local f = o:func(callee, { sig = options.sig or "-> i32", undefined = true,
    weak = options.weak })
  o:func("run", { sig = "-> i32", export = "run",
    code = options.code and options.code(f) or { { "call", f } } })
  return o
end

case "calls" {
  title = "a call of NAME is a call of __wrap_NAME, and a call of __real_NAME one of NAME",
  clauses = WRAP,
  link = function()
    return { "--no-entry", "--wrap=f", user("a.o", "f"), plain("b.o", 2), wrapper "w.o" }
  end,
  expect = { code("run", { calls "__wrap_f" }),
    code("__wrap_f", { calls "f", "i32.const 100", "i32.add" }),
    returns("run", {}, 102) },
}

case "order-does-not-matter" {
  title = "the wrapper may come first, and so may the option",
  clauses = WRAP,
  link = function()
    return { "--no-entry", wrapper "w.o", plain("b.o", 2), user("a.o", "f"), "--wrap", "f" }
  end,
  expect = { returns("run", {}, 102) },
}

case "in-the-defining-object" {
  title = "the object that defines NAME calls the wrapper, too",
  clauses = WRAP,
  link = function()
    return { "--no-entry", "--wrap=f", plain("b.o", 2, "inside"), wrapper "w.o" }
  end,
  expect = { code("inside", { calls "__wrap_f" }), returns("inside", {}, 102) },
}

case "original-without-a-wrapper" {
  title = "__real_NAME is NAME also where nobody defines or calls __wrap_NAME",
  clauses = WRAP,
  origin = "wild-linker/wild#1419",
  link = function()
    return { "--no-entry", "--wrap=f", user("a.o", "__real_f"), plain("b.o", 2) }
  end,
  expect = { code("run", { calls "f" }), returns("run", {}, 2) },
}

case "address" {
  title = "the address of NAME is that of __wrap_NAME",
  clauses = WRAP,
  link = function()
    return { "--no-entry", "--wrap=f", "--export-table", plain("b.o", 2), wrapper "w.o",
      user("a.o", "f", { code = function(f) return { { "i32.const", slot(f) } } end }) }
  end,
  expect = { code("run", { { "i32.const", to_slot "__wrap_f" } }), elem_slots { "__wrap_f" } },
}

case "data" {
  title = "a pointer to NAME in data is one to __wrap_NAME",
  clauses = WRAP,
  link = function()
    local a = object "a.o"
    local f = a:func("f", { sig = "-> i32", undefined = true })
    a:data("pointer", { bytes = { slot(f) }, align = 2, export = "pointer" })
    return { "--no-entry", "--wrap=f", a, plain("b.o", 2), wrapper "w.o" }
  end,
  expect = { elem_slots { "__wrap_f" } },
}

case "constructor" {
  title = "a constructor that is wrapped is called as its wrapper",
  clauses = WRAP,
  link = function()
    local a, w = object "a.o", object "w.o"
    local f = a:func("f", { sig = "->", code = "nop" })
    a:init(f)
    a:func("run", { sig = "->", export = "run", code = {} })
    w:func("__wrap_f", { sig = "->", code = {} })
    return { "--no-entry", "--wrap=f", a, w }
  end,
  expect = { code("__wasm_call_ctors", { calls "__wrap_f" }), no_function "f" },
}

case "nobody-needs-the-original" {
  title = "what nobody calls by its __real_ name is collected",
  clauses = WRAP,
  link = function()
    local w = object "w.o"
    w:func("__wrap_f", { sig = "-> i32", code = "i32.const 7" })
    return { "--no-entry", "--wrap=f", user("a.o", "f"), plain("b.o", 2), w }
  end,
  expect = { no_function "f", returns("run", {}, 7) },
}

case "members" {
  title = "members of archives that define NAME and __wrap_NAME are taken",
  clauses = WRAP,
  link = function()
    local lib = archive("lib.a", { plain("b.o", 2), wrapper "w.o" })
    return { "--no-entry", "--wrap=f", user("a.o", "f"), lib }
  end,
  expect = { code("run", { calls "__wrap_f" }), returns("run", {}, 102) },
}

case "member-of-the-original" {
  title = "a reference to __real_NAME takes the member that defines NAME",
  clauses = WRAP,
  link = function()
    return { "--no-entry", "--wrap=f", user("a.o", "__real_f"),
      archive("lib.a", { plain("b.o", 2) }) }
  end,
  expect = { code("run", { calls "f" }), returns("run", {}, 2) },
}

case "several" {
  title = "several functions can be wrapped, each on its own",
  clauses = WRAP,
  link = function()
    local a, b, w = object "a.o", plain("b.o", 2), wrapper "w.o"
    local f = a:func("f", { sig = "-> i32", undefined = true })
    local g = a:func("g", { sig = "-> i32", undefined = true })
    a:func("run", { sig = "-> i32", export = "run", code = { { "call", f }, { "call", g },
      "i32.sub" } })
    b:func("g", { sig = "-> i32", code = "i32.const 5" })
    w:func("__wrap_g", { sig = "-> i32", code = "i32.const 6" })
    return { "--no-entry", "--wrap=f", "--wrap=g", a, b, w }
  end,
  expect = { code("run", { calls "__wrap_f", calls "__wrap_g", "i32.sub" }),
    returns("run", {}, 96) },
}

case "twice" {
  title = "the same option twice is the same as once",
  clauses = WRAP,
  link = function()
    return { "--no-entry", "--wrap=f", "--wrap=f", user("a.o", "f"), plain("b.o", 2),
      wrapper "w.o" }
  end,
  expect = { returns("run", {}, 102) },
}

case "one-step-only" {
  title = "what wraps can be wrapped, but a reference is redirected once",
  clauses = WRAP,
  link = function()
    local v = object "v.o"
    v:func("__wrap___wrap_f", { sig = "-> i32", code = "i32.const 9" })
    return { "--no-entry", "--wrap=f", "--wrap=__wrap_f", user("a.o", "f"), plain("b.o", 2),
      wrapper "w.o", v }
  end,
  expect = { code("run", { calls "__wrap_f" }), returns("run", {}, 102) },
}

case "export-option" {
  title = "--export=NAME means __wrap_NAME, which keeps its own name",
  clauses = WRAP,
  link = function()
    return { "--no-entry", "--wrap=f", "--export=f", plain("b.o", 2), wrapper "w.o" }
  end,
  expect = { exports { __wrap_f = "function" }, no_export "f" },
}

case "export-option-of-the-second" {
  title = "so it does for each of two functions, and --export=__real_NAME means NAME",
  clauses = WRAP,
  link = function()
    local b, w = plain("b.o", 2), wrapper "w.o"
    b:func("g", { sig = "-> i32", code = "i32.const 5" })
    w:func("__wrap_g", { sig = "-> i32", code = "i32.const 6" })
    return { "--no-entry", "--wrap=f", "--wrap=g", "--export=g", "--export=__real_f", b, w }
  end,
  expect = { exports { __wrap_g = "function", f = "function" },
    no_export("g", "__real_f", "__wrap_f") },
}

case "nobody-defines-the-original-s-other-name" {
  title = "__real_NAME is no import, though everything is kept",
  clauses = WRAP,
  link = function()
    return { "--no-entry", "--wrap=f", "--no-gc-sections", "--import-undefined",
      user("a.o", "f"), plain("b.o", 2), wrapper "w.o" }
  end,
  expect = { no_import(), returns("run", {}, 102) },
}

case "weak-wrapper-in-an-object" {
  title = "a weak definition of __wrap_NAME stays weak with -r",
  clauses = { "symbol.wrap", "symbol.binding.weak" },
  link = function()
    local w = object "w.o"
    w:func("__wrap_f", { sig = "-> i32", code = "i32.const 7", weak = true })
    return { "-r", "--wrap=f", user("a.o", "f"), plain("b.o", 2), w }
  end,
  expect = { linking_symbol "__wrap_f" { flags = "weak" } },
}

case "weak-reference-to-the-wrapper" {
  title = "a weak reference to __wrap_NAME becomes a strong one",
  clauses = WRAP,
  link = function()
    return { "--no-entry", "--wrap=f", plain("b.o", 2), user("a.o", "__wrap_f", { weak = true }) }
  end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", message = "__wrap_f" } },
}

case "exported-symbol" {
  title = "a definition that asks to be exported keeps its name and its code",
  clauses = WRAP,
  link = function()
    local b = object "b.o"
    b:func("f", { sig = "-> i32", code = "i32.const 2", export = "f" })
    return { "--no-entry", "--wrap=f", user("a.o", "f"), b, wrapper "w.o" }
  end,
  expect = { returns("f", {}, 2), returns("run", {}, 102) },
}

case "unknown-name" {
  title = "a NAME that no input mentions changes nothing",
  clauses = WRAP,
  link = function()
    return { "--no-entry", "--wrap=g", user("a.o", "f"), plain("b.o", 2), wrapper "w.o" }
  end,
  expect = { code("run", { calls "f" }), returns("run", {}, 2) },
}

case "wrapper-is-missing" {
  title = "a wrapper that nobody defines is an undefined symbol",
  clauses = WRAP,
  link = function() return { "--no-entry", "--wrap=f", user("a.o", "f"), plain("b.o", 2) } end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", file = "a.o", message = "__wrap_f" } },
}

case "wrapper-is-imported" {
  title = "a wrapper that may be undefined is imported under its own name, with the type of NAME",
  clauses = WRAP,
  origin = { "llvm/llvm-project#169656", "WebAssembly/wasi-sdk#595" },
  link = function()
    return { "--no-entry", "--wrap=f", "--import-undefined",
      user("a.o", "f", { sig = "i32 -> i32",
        code = function(f) return { "i32.const 1", { "call", f } } end }) }
  end,
  expect = { imports { ["env.__wrap_f"] = { kind = "function", sig = "i32 -> i32" } },
    no_import "env.f" },
}

case "unused-wrapper-is-not-imported" {
  title = "a wrapper that nobody calls is no import, though everything is kept",
  clauses = WRAP,
  link = function()
    return { "--no-entry", "--wrap=f", "--no-gc-sections", "--import-undefined",
      archive("lib.a", { plain("b.o", 2) }), object "a.o" }
  end,
  expect = { exports { memory = "memory" }, no_import() },
}

case "weak-reference" {
  title = "a weak reference to NAME becomes a reference to a wrapper that must be there",
  clauses = WRAP,
  link = function() return { "--no-entry", "--wrap=f", user("a.o", "f", { weak = true }) } end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", message = "__wrap_f" } },
}

case "of-data" {
  title = "data cannot be wrapped",
  clauses = WRAP,
  link = function()
    local a, w = object "a.o", object "w.o"
    a:data("f", { bytes = "f", export = "f" })
    w:data("__wrap_f", { bytes = "w" })
    return { "--no-entry", "--wrap=f", a, w }
  end,
  expect = { rejects { id = "WRAP_KIND", phase = "resolve", class = "mismatch",
    of = 1 } },
}

-- The wrapper of f, which waits in an archive, is known by name alone, until the wrapper of h is
-- loaded, which calls it.
local function called_by_another_wrapper(weak, option)
  local a, w, f = object "a.o", object "w.o", object "f.o"
  a:func("run", { sig = "->", export = "run", code = {
    { "call", a:func("h", { sig = "->", undefined = true }) } } })
  w:func("__wrap_h", { sig = "->", code = { "i32.const 1", { "call",
    w:func("__wrap_f", { sig = "i32 -> i64", undefined = true, weak = weak }) }, "drop" } })
  f:func("f", { sig = "i32 -> i64", code = "i64.const 1" })
  return { "--no-entry", "--wrap=f", "--wrap=h", option, a, archive("lib.a", { w, f }) }
end

case "wrapper-called-by-another" {
  title = "a wrapper that nobody defines is imported with the type that another one calls it by",
  clauses = WRAP,
  link = function() return called_by_another_wrapper(false, "--allow-undefined") end,
  expect = { imports { ["env.__wrap_f"] = { kind = "function", sig = "i32 -> i64" } } },
}

case "wrapper-called-by-another-weakly" {
  title = "a wrapper is needed, although the other wrapper only wants it",
  clauses = WRAP,
  link = function() return called_by_another_wrapper(true, "--gc-sections") end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", message = "__wrap_f" } },
}

case "said-before-signatures" {
  title = "what cannot be wrapped is said alone: what is made of its references is not known",
  clauses = WRAP,
  link = function()
    local a, w, b = object "a.o", object "w.o", object "b.o"
    a:data("f", { bytes = "f", export = "f" })
    w:data("__wrap_f", { bytes = "w" })
    w:func("run_w", { sig = "-> i32", export = "run_w", code = {
      { "call", w:func("other", { sig = "-> i32", undefined = true }) } } })
    b:func("run_b", { sig = "->", export = "run_b", code = { "i32.const 1",
      { "call", b:func("other", { sig = "i32 ->", undefined = true }) } } })
    return { "--no-entry", "--wrap=f", a, w, b }
  end,
  expect = { rejects { id = "WRAP_KIND", of = 1 } },
}

case "wrapper-of-another-kind" {
  title = "a function cannot be wrapped by a global",
  clauses = WRAP,
  link = function()
    local w = object "w.o"
    w:global("__wrap_f", { init = { "i32.const 1" } })
    return { "--no-entry", "--wrap=f", user("a.o", "f"), plain("b.o", 2), w }
  end,
  expect = { rejects { id = "WRAP_KIND", file = "w.o" } },
}

case "imported-wrapper-of-another-type" {
  title = "a wrapper that is imported has the type that who refers to it by name says",
  clauses = WRAP,
  golden = false, reason = "the module is not valid",
  link = function()
    local w = object "w.o"
    local f = w:func("__wrap_f", { sig = "i32 -> i32", undefined = true })
    w:func("own", { sig = "-> i32", export = "own", code = { "i32.const 1", { "call", f } } })
    return { "--no-entry", "--allow-undefined", "--wrap=f", user("a.o", "f"), plain("b.o", 2), w }
  end,
  expect = { imports { ["env.__wrap_f"] = { kind = "function", sig = "i32 -> i32" } } },
}

case "wrapper-of-another-type" {
  title = "a wrapper of another type is called as it is: --wrap exchanges names, not types",
  clauses = WRAP,
  golden = false, reason = "the module is not valid",
  link = function()
    local w = object "w.o"
    w:func("__wrap_f", { sig = "i32 -> i32", code = "local.get 0" })
    return { "--no-entry", "--wrap=f", user("a.o", "f"), plain("b.o", 2), w }
  end,
  expect = { code("run", { calls "__wrap_f" }) },
}
