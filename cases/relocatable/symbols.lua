-- An object made of several (-r): its symbol table.

case "bindings" {
  title = "binding, visibility and the other flags of definitions are kept",
  clauses = { "relocatable.symbols", "symbol.merge.flags" },
  link = function()
    local o = object "a.o"
    o:func("plain", { sig = "->", code = "nop" })
    o:func("weak", { sig = "->", code = "nop", weak = true })
    o:func("hidden", { sig = "->", code = "nop", hidden = true })
    o:func("static", { sig = "->", code = "nop", static = true })
    o:func("kept", { sig = "->", code = "nop", no_strip = true })
    o:func("both", { sig = "->", code = "nop", exported = true, weak = true, hidden = true })
    o:data("d", { bytes = "d", weak = true, no_strip = true })
    o:global("g", { type = "i32", mutable = true, hidden = true })
    o:tag("t", { sig = "i32 ->", weak = true })
    o:table("tab", { type = "funcref", min = 1, static = true })
    return { "-r", o }
  end,
  expect = {
    linking_symbol "plain" { kind = "function", flags = "", is = "plain" },
    linking_symbol "weak" { kind = "function", flags = "weak" },
    linking_symbol "hidden" { kind = "function", flags = "hidden" },
    linking_symbol "static" { kind = "function", flags = "local" },
    linking_symbol "kept" { kind = "function", flags = "no_strip" },
    linking_symbol "both" { kind = "function", flags = "weak hidden exported" },
    linking_symbol "d" { kind = "data", flags = "weak no_strip", segment = ".data.d", size = 1 },
    linking_symbol "g" { kind = "global", flags = "hidden" },
    linking_symbol "t" { kind = "tag", flags = "weak" },
    linking_symbol "tab" { kind = "table", flags = "local" },
  },
}

case "undefined" {
  title = "what is undefined stays so, as an import; undefined data have none",
  clauses = { "relocatable.undefined" },
  link = function()
    local o = object "a.o"
    local f = o:func("f", { sig = "i32 ->", undefined = true })
    local w = o:func("w", { sig = "->", undefined = true, weak = true })
    local h = o:func("h", { sig = "->", undefined = true, hidden = true })
    local d = o:data("d", { undefined = true })
    local wd = o:data("wd", { undefined = true, weak = true })
    local g = o:global("g", { type = "i64", mutable = true, undefined = true })
    local t = o:tag("t", { sig = "i32 ->", undefined = true })
    o:func("user", { sig = "->", code = { { "i32.const", addr(d) }, { "call", f },
      { "i32.const", addr(wd) }, { "call", f }, { "call", w }, { "call", h },
      { "global.get", g }, "drop", "i32.const 0", { "throw", t } } })
    return { "-r", o }
  end,
  expect = {
    linking_symbol "f" { flags = "undefined", import = "env.f" },
    linking_symbol "w" { flags = "weak undefined", import = "env.w" },
    linking_symbol "h" { flags = "hidden undefined", import = "env.h" },
    linking_symbol "d" { kind = "data", flags = "undefined" },
    linking_symbol "wd" { kind = "data", flags = "weak undefined" },
    linking_symbol "g" { flags = "undefined", import = "env.g" },
    linking_symbol "t" { flags = "undefined", import = "env.t" },
    imports { ["env.g"] = { kind = "global", type = "i64", mutable = true },
      ["env.t"] = { kind = "tag", sig = "i32 ->" } },
  },
}

case "undefined-unused" {
  title = "an undefined symbol that nothing refers to stays, too",
  clauses = { "relocatable.undefined", "relocatable.no-collection" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "-> i64", undefined = true })
    o:data("d", { undefined = true })
    return { "-r", o }
  end,
  expect = {
    linking_symbol "f" { flags = "undefined", import = "env.f" },
    linking_symbol "d" { flags = "undefined" },
  },
}

case "resolved" {
  title = "a reference to what another object defines is a symbol with its definition",
  clauses = { "relocatable.symbols", "symbol.binding.strong" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local f = a:func("f", { sig = "-> i32", undefined = true })
    local x = a:data("x", { undefined = true, weak = true })
    a:func("user", { sig = "-> i32", code = { { "call", f }, { "i32.load8_u", addr(x) } } })
    b:func("f", { sig = "-> i32", code = "i32.const 0", hidden = true })
    b:data("x", { bytes = "\7" })
    return { "-r", a, b }
  end,
  expect = {
    no_import(),
    linking_symbol "f" { flags = "hidden", is = "f" },
    linking_symbol "x" { flags = "", segment = ".data.x" },
    relocations "user" { "FUNCTION_INDEX_LEB f at 2", "MEMORY_ADDR_LEB x at 9" },
    relinks({ "--no-entry", "--export=user" }, { returns("user", {}, 7) }),
  },
}

case "weak-and-strong" {
  title = "the winner's flags are written, those of the loser are forgotten",
  clauses = { "relocatable.symbols", "symbol.binding.weak" },
  link = function()
    local a, b = object "a.o", object "b.o"
    a:func("f", { sig = "-> i32", code = "i32.const 1", weak = true, no_strip = true })
    b:func("f", { sig = "-> i32", code = "i32.const 2", hidden = true })
    return { "-r", a, b }
  end,
  expect = {
    linking_symbol "f" { flags = "hidden" },
    relinks({ "--no-entry", "--export=f" }, { code("f", { "i32.const 2" }) }),
  },
}

case "weak-stays-weak" {
  title = "a weak definition still gives way to a strong one of a later link",
  clauses = { "relocatable.symbols", "symbol.binding.weak" },
  link = function()
    local a, b = object "a.o", object "b.o"
    a:func("f", { sig = "-> i32", code = "i32.const 1", weak = true })
    b:func("f", { sig = "-> i32", code = "i32.const 2", weak = true })
    return { "-r", a, b }
  end,
  expect = {
    linking_symbol "f" { flags = "weak" },
    relinks({ "--no-entry", "--export=f", (function()
      local o = object "strong.o"
      o:func("f", { sig = "-> i32", code = "i32.const 3" })
      return o
    end)() }, { code("f", { "i32.const 3" }) }),
  },
}

case "undefined-weak-then-strong" {
  title = "weak and strong references to one name are one strong reference",
  clauses = { "relocatable.undefined", "symbol.binding.weak" },
  link = function()
    local function referring(name, weak)
      local o = object(name)
      local f = o:func("f", { sig = "->", undefined = true, weak = weak })
      o:func(name:sub(1, 1), { sig = "->", code = { { "call", f } } })
      return o
    end
    return { "-r", referring("a.o", true), referring("b.o", false) }
  end,
  expect = { linking_symbol "f" { flags = "undefined", import = "env.f" } },
}

case "weak-undefined-address" {
  title = "the address of a weak undefined function is decided by the last link",
  clauses = { "relocatable.undefined", "symbol.undefined.weak" },
  link = function()
    local o = object "a.o"
    local w = o:func("w", { sig = "-> i32", undefined = true, weak = true })
    o:func("p", { sig = "-> i32", export = "p", code = { { "i32.const", slot(w) } } })
    return { "-r", o }
  end,
  expect = {
    relocations "p" { "TABLE_INDEX_SLEB w at 2" },
    relinks({ "--no-entry" }, { const_at("p", 1, 0) }),
    relinks({ "--no-entry", (function()
      local o = object "w.o"
      o:func("w", { sig = "-> i32", code = "i32.const 1" })
      return o
    end)() }, { const_at("p", 1, to_slot "w") }),
  },
}

case "import-names" {
  title = "module and name of an import are kept apart from the symbol's name",
  clauses = { "relocatable.undefined", "symbol.explicit-name" },
  link = function()
    local o = object "a.o"
    local f = o:func("f", { sig = "->", undefined = true, import_module = "host",
      import_name = "do-it" })
    local g = o:func("g", { sig = "->", undefined = true, import_module = "host" })
    o:func("user", { sig = "->", export = "user", code = { { "call", f }, { "call", g } } })
    return { "-r", o }
  end,
  expect = {
    linking_symbol "f" { flags = "undefined explicit_name", import = "host.do-it" },
    linking_symbol "g" { flags = "undefined", import = "host.g" },
    relinks({ "--no-entry", "--import-undefined" },
      { imports_exactly { "host.do-it", "host.g" } }),
  },
}

case "import-name-of-another-object" {
  title = "an import name that only a second object knows is written with the symbol's name",
  clauses = { "relocatable.undefined", "symbol.explicit-name" },
  peer_differs = "wasm-ld keeps the first object's flags, and with them loses the symbol's name",
  link = function()
    local a, b = object "a.o", object "b.o"
    local f = a:func("f", { sig = "->", undefined = true })
    a:func("x", { sig = "->", export = "x", code = { { "call", f } } })
    local g = b:func("f", { sig = "->", undefined = true, import_name = "do-it" })
    b:func("y", { sig = "->", export = "y", code = { { "call", g } } })
    return { "-r", a, b }
  end,
  expect = { linking_symbol "f" { flags = "undefined explicit_name", import = "env.do-it" } },
}

case "order" {
  title = "names first, in order of first mention, then local symbols, then sections",
  clauses = { "relocatable.symbols" },
  link = function()
    local a, b = object "a.o", object "b.o"
    a:func("local-a", { sig = "->", code = "nop", static = true })
    local late = a:func("late", { sig = "->", undefined = true })
    a:func("one", { sig = "->", code = { { "call", late } } })
    a:data("data-a", { bytes = "a", static = true })
    a:custom("mine", { bytes = "m" })
    b:func("local-b", { sig = "->", code = "nop", static = true })
    b:data("two", { bytes = "2" })
    b:func("late", { sig = "->", code = "nop" })
    return { "-r", a, b }
  end,
  expect = { linking_symbol_order { "late", "one", "two", "local-a", "data-a", "local-b",
    "mine" } },
}

case "locals-of-one-name" {
  title = "local symbols of one name stay apart, and are referred to by number",
  clauses = { "relocatable.symbols", "symbol.binding.local" },
  link = function()
    local function with(name, value)
      local o = object(name)
      local f = o:func("same", { sig = "-> i32", static = true, code = "i32.const " .. value })
      local d = o:data("same-data", { bytes = string.char(value), static = true })
      o:func(name:sub(1, 1), { sig = "-> i32", export = name:sub(1, 1), code = { { "call", f },
        { "i32.const", addr(d) }, "i32.load8_u 0", "i32.add" } })
      return o
    end
    return { "-r", with("a.o", 1), with("b.o", 20) }
  end,
  expect = {
    linking_symbol "same" { kind = "function", flags = "local", count = 2 },
    linking_symbol "same-data" { kind = "data", flags = "local", count = 2 },
    relinks({ "--no-entry" }, { returns("a", {}, 2), returns("b", {}, 40) }),
  },
}

case "aliases" {
  title = "two names of one function or variable stay two names of one thing",
  clauses = { "relocatable.symbols", "symbol.alias" },
  link = function()
    local o = object "a.o"
    local f = o:func("f", { sig = "-> i32", code = "i32.const 5" })
    o:alias("g", f, { weak = true })
    local d = o:data("d", { bytes = "12345678" })
    o:alias("e", d, { offset = 4, size = 2, hidden = true })
    return { "-r", o }
  end,
  expect = {
    function_count(1),
    linking_symbol "f" { flags = "", is = "f" },
    linking_symbol "g" { flags = "weak", is = "f" },
    linking_symbol "d" { segment = ".data.d", offset = 0, size = 8 },
    linking_symbol "e" { flags = "hidden", segment = ".data.d", offset = 4, size = 2 },
    relinks({ "--no-entry", "--export=f", "--export=g" }, { same_function("f", "g") }),
  },
}

case "absolute" {
  title = "an absolute symbol keeps its address",
  clauses = { "relocatable.symbols", "symbol.absolute" },
  link = function()
    local o = object "a.o"
    local x = o:data("x", { absolute = true, offset = 4096, size = 16 })
    o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr(x, 4) } } })
    o:data("moved", { bytes = "moved", align = 4 })
    return { "-r", o }
  end,
  expect = {
    linking_symbol "x" { kind = "data", flags = "absolute", offset = 4096, size = 16 },
    relinks({ "--no-entry" }, { const_at("f", 1, 4100) }),
  },
}

case "thread-local" {
  title = "thread-local variables keep the flag",
  clauses = { "relocatable.symbols", "symbol.tls" },
  peer_differs = "wasm-ld writes no flag of any segment",
  link = function()
    local o = object "a.o"
    o:data("tv", { bytes = "\1\0\0\0", align = 2, tls = true })
    o:data("zero", { zero = 4, align = 2, tls = true, hidden = true })
    o:features { "+atomics", "+bulk-memory" }
    return { "-r", o }
  end,
  expect = {
    linking_symbol "tv" { flags = "tls", segment = ".tdata", offset = 0, size = 4 },
    linking_symbol "zero" { flags = "hidden tls", segment = ".tdata", offset = 4, size = 4 },
  },
}

case "thread-local-undefined" {
  title = "a thread-local variable may be defined by a later link",
  clauses = { "relocatable.undefined", "tls.offset" },
  peer_differs = "wasm-ld refuses the relocation though more objects are to come",
  link = function()
    local o = object "a.o"
    local tv = o:data("tv", { undefined = true, tls = true })
    o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr_tls(tv) } } })
    return { "-r", o }
  end,
  expect = {
    linking_symbol "tv" { flags = "undefined tls" },
    relocations "f" { "MEMORY_ADDR_TLS_SLEB tv at 2" },
  },
}

case "nothing-of-the-linker" {
  title = "what only the last link can define is left undefined",
  clauses = { "relocatable.no-synthetic" },
  origin = "llvm/llvm-project#109822",
  link = function()
    local o = object "a.o"
    local sp = o:global("__stack_pointer", { type = "i32", mutable = true, undefined = true })
    local heap = o:data("__heap_base", { undefined = true })
    local dso = o:data("__dso_handle", { undefined = true, hidden = true })
    local start = o:data("__start_list", { undefined = true })
    local ctors = o:func("__wasm_call_ctors", { sig = "->", undefined = true })
    o:data("item", { segment_name = "list", no_strip = true, bytes = "\1\0\0\0" })
    o:func("f", { sig = "-> i32", export = "f", code = { { "call", ctors },
      { "global.get", sp }, { "i32.const", addr(heap) }, "i32.add",
      { "i32.const", addr(dso) }, "i32.add", { "i32.const", addr(start) }, "i32.add" } })
    return { "-r", o }
  end,
  expect = {
    imports_exactly { "env.__stack_pointer", "env.__wasm_call_ctors" },
    linking_symbol "__stack_pointer" { kind = "global", flags = "undefined" },
    linking_symbol "__heap_base" { kind = "data", flags = "undefined" },
    linking_symbol "__dso_handle" { kind = "data", flags = "hidden undefined" },
    linking_symbol "__start_list" { kind = "data", flags = "undefined" },
    linking_symbol "__wasm_call_ctors" { kind = "function", flags = "undefined" },
    function_count(1),
    counts { global = 1 },
    relinks({ "--no-entry" }, { no_import(), links() }),
  },
}

case "nothing-of-threads" {
  title = "what a thread's block needs is for the last link to define, too",
  clauses = { "relocatable.no-synthetic" },
  link = function()
    local o = object "a.o"
    o:features { "+atomics", "+bulk-memory", "+mutable-globals" }
    local base = o:global("__tls_base", { type = "i32", mutable = true, undefined = true })
    local init = o:func("__wasm_init_tls", { sig = "i32 ->", undefined = true })
    o:func("f", { sig = "->", export = "f", code = { { "global.get", base }, { "call", init } } })
    return { "-r", o }
  end,
  expect = { linking_symbol "__tls_base" { kind = "global", flags = "undefined" },
    linking_symbol "__wasm_init_tls" { kind = "function", flags = "undefined" } },
}

case "no-collection" {
  title = "what nothing refers to is kept: nobody knows yet who will",
  clauses = { "relocatable.no-collection" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "-> i32", code = "i32.const 0" })
    o:func("static", { sig = "-> f32", code = "f32.const 0", static = true })
    o:data("d", { bytes = "unused" })
    o:global("g", { type = "f64" })
    o:tag("t", { sig = "i64 ->" })
    o:table("tab", { type = "externref", min = 3 })
    return { "-r", o }
  end,
  expect = {
    function_count(2), data_count("unused", 1), counts { global = 1, tag = 1, data = 1 },
    linking_symbol "tab" { kind = "table", flags = "" },
  },
}

case "wrong-signature" {
  title = "who calls by another signature calls a local function that traps",
  clauses = { "relocatable.symbols", "signature.mismatch" },
  link = function()
    local a, b = object "a.o", object "b.o"
    a:func("f", { sig = "i32 -> i32", code = "local.get 0" })
    local f = b:func("f", { sig = "-> i32", undefined = true })
    b:func("bad", { sig = "-> i32", export = "bad", code = { { "call", f } } })
    return { "-r", a, b }
  end,
  expect = {
    warns { id = "SIGNATURE_MISMATCH" },
    linking_symbol "f" { flags = "", is = "f" },
    linking_symbol "signature_mismatch:f" { kind = "function", flags = "local" },
    relocations "bad" { "FUNCTION_INDEX_LEB signature_mismatch:f at 2" },
    relinks({ "--no-entry" }, { traps("bad", {}) }),
  },
}

case "wrong-signature-first" {
  title = "who calls by the definition's signature calls it, though another came before",
  clauses = { "relocatable.symbols", "signature.mismatch" },
  link = function()
    local a, b, c = object "a.o", object "b.o", object "c.o"
    local bad = a:func("f", { sig = "i32 -> i32", undefined = true })
    a:func("bad", { sig = "-> i32", export = "bad", code = { "i32.const 1", { "call", bad } } })
    local good = b:func("f", { sig = "-> i32", undefined = true })
    b:func("good", { sig = "-> i32", export = "good", code = { { "call", good } } })
    c:func("f", { sig = "-> i32", code = "i32.const 7" })
    return { "-r", a, b, c }
  end,
  expect = {
    warns { id = "SIGNATURE_MISMATCH" },
    linking_symbol "f" { flags = "", is = "f" },
    relocations "bad" { "FUNCTION_INDEX_LEB signature_mismatch:f at 4" },
    relocations "good" { "FUNCTION_INDEX_LEB f at 2" },
    relinks({ "--no-entry" }, { traps("bad", {}), returns("good", {}, 7) }),
  },
}

case "signatures-disagree" {
  title = "two references under different signatures are an error, as in a last link",
  clauses = { "relocatable.undefined", "signature.mismatch" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local f = a:func("f", { sig = "i32 ->", undefined = true })
    a:func("x", { sig = "->", code = { "i32.const 0", { "call", f } } })
    local g = b:func("f", { sig = "->", undefined = true })
    b:func("y", { sig = "->", code = { { "call", g } } })
    return { "-r", a, b }
  end,
  expect = { rejects { id = "SIGNATURE_CONFLICT", phase = "resolve", class = "mismatch" } },
}

case "duplicate" {
  title = "two strong definitions of a name are an error, as in a last link",
  clauses = { "relocatable.symbols", "symbol.binding.strong" },
  link = function()
    local a, b = object "a.o", object "b.o"
    a:func("f", { sig = "->", code = "nop" })
    b:func("f", { sig = "->", code = "nop" })
    return { "-r", a, b }
  end,
  expect = { rejects { id = "DUPLICATE_SYMBOL", phase = "resolve", class = "duplicate" } },
}

case "archive" {
  title = "members that are referred to are taken from archives; a weak reference waits on",
  clauses = { "relocatable.object", "archive.lazy" },
  link = function()
    local a, f, w = object "a.o", object "f.o", object "w.o"
    local callee = a:func("f", { sig = "-> i32", undefined = true })
    local weak = a:func("w", { sig = "-> i32", undefined = true, weak = true })
    a:func("user", { sig = "-> i32", export = "user", code = { { "call", callee },
      { "call", weak }, "i32.add" } })
    f:func("f", { sig = "-> i32", code = "i32.const 1" })
    w:func("w", { sig = "-> i32", code = "i32.const 2" })
    return { "-r", a, archive("lib.a", { f, w }) }
  end,
  peer_differs = "wasm-ld forgets that the weak symbol is undefined: its object cannot be read",
  expect = {
    linking_symbol "f" { flags = "", is = "f" },
    linking_symbol "w" { flags = "weak undefined", import = "env.w" },
  },
}

case "exported-by-option" {
  title = "--export is for the last link: the object has neither export nor flag",
  clauses = { "relocatable.sections" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "->", code = "nop" })
    return { "-r", "--export=f", "--export-all", o }
  end,
  expect = { no_section "export", linking_symbol "f" { flags = "" } },
}

case "export-not-found" {
  title = "--export of what is not defined is an error here, too",
  clauses = { "relocatable.sections", "export.option.missing" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "->", code = "nop" })
    return { "-r", "--export=g", o }
  end,
  expect = { rejects { id = "EXPORT_NOT_FOUND" } },
}

case "export-not-found-warning" {
  title = "and only a warning with --warn-unresolved-symbols",
  clauses = { "relocatable.sections", "export.option.missing", "undefined.policy.warn" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "->", code = "nop" })
    return { "-r", "--export=g", "--warn-unresolved-symbols", o }
  end,
  expect = { warns { id = "EXPORT_NOT_FOUND_WARNING" }, linking_symbol "f" { flags = "" } },
}

case "export-name" {
  title = "the name under which a function is to be exported is kept",
  clauses = { "relocatable.export-name" },
  peer_differs = "wasm-ld drops the export section of the input, and with it the name",
  link = function()
    local o = object "a.o"
    o:func("inner", { sig = "-> i32", export = "outer", code = "i32.const 4" })
    return { "-r", o }
  end,
  expect = {
    linking_symbol "inner" { flags = "exported no_strip" },
    relinks({ "--no-entry" }, { exports_exactly { "memory", "outer" }, returns("outer", {}, 4) }),
  },
}

case "export-names-clash" {
  title = "two functions that would be exported under one name are an error",
  clauses = { "relocatable.export-name", "export.unique" },
  peer_differs = "wasm-ld drops the names",
  link = function()
    local a, b = object "a.o", object "b.o"
    a:func("f", { sig = "->", export = "same", code = "nop" })
    b:func("g", { sig = "->", export = "same", code = "nop" })
    return { "-r", a, b }
  end,
  expect = { rejects { id = "EXPORT_TWICE", files = { "a.o", "b.o" } } },
}

case "sections" {
  title = "each custom section has a symbol, once for all that are joined in it",
  clauses = { "relocatable.symbols" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local ca = a:custom("mine", { bytes = "aaaa" })
    local cb = b:custom("mine", { bytes = "bb" })
    local sa, sb = a:section_symbol(ca), b:section_symbol(cb)
    a:custom("refer", { bytes = { sec_offset(sa, 1) } })
    b:custom("refer", { bytes = { sec_offset(sb, 1) } })
    return { "-r", a, b }
  end,
  expect = {
    linking_symbol "mine" { kind = "section", flags = "local", section = "mine" },
    linking_symbol "refer" { kind = "section", flags = "local", section = "refer" },
    relocations "refer" { "SECTION_OFFSET_I32 mine +1 at 0", "SECTION_OFFSET_I32 mine +5 at 4" },
    custom("refer", "\1\0\0\0\5\0\0\0"),
  },
}

case "empty" {
  title = "an object without any symbol is an object still",
  clauses = { "relocatable.sections" },
  link = function() return { "-r", object "a.o" } end,
  expect = { section_order { "memory", "linking", "name" },
    relinks({ "--no-entry" }, { links() }) },
}

case "table-that-lost-its-name" {
  title = "a table whose name means another object's is left out: each table has one symbol",
  clauses = { "object.table-symbols", "relocatable.symbols" },
  peer_differs = "wasm-ld keeps it, and refuses the object that it has made",
  link = function()
    local function with(name, table)
      local o = object(name .. ".o")
      local t = o:table("t", { type = "externref", min = table.min, weak = table.weak })
      o:func("size_" .. name, { sig = "-> i32", code = { { "table.size", t } } })
      return o
    end
    return { "-r", with("a", { min = 2, weak = true }), with("b", { min = 1 }) }
  end,
  expect = { linking_symbol "t" { kind = "table" },
    relinks({ "--no-entry", "--export=size_a", "--export=size_b" },
      { runs { { call = "size_a", value = 1 }, { call = "size_b", value = 1 } } }) },
}

case "last-table-that-lost-its-name" {
  title = "so is one that lost to an earlier object's, behind other symbols",
  clauses = { "object.table-symbols", "relocatable.symbols" },
  peer_differs = "wasm-ld keeps it, and refuses the object that it has made",
  link = function()
    local a, b = object "a.o", object "b.o"
    a:table("t", { type = "externref", min = 1 })
    b:func("f", { sig = "->", code = {} })
    local t = b:table("t", { type = "externref", min = 2, weak = true })
    b:func("size", { sig = "-> i32", code = { { "table.size", t } } })
    return { "-r", a, b }
  end,
  expect = { linking_symbol "t" { kind = "table" },
    relinks({ "--no-entry", "--export=size" }, { runs { { call = "size", value = 1 } } }) },
}

case "two-names-of-one-imported-table" {
  title = "a table that is imported by two names stays two: each table has one symbol",
  clauses = { "object.table-symbols", "import.unique" },
  peer_differs = "wasm-ld joins them, and refuses the object that it has made",
  link = function()
    local o = object "a.o"
    local function table(name)
      return o:table(name, { type = "externref", min = 1, undefined = true, import_module = "host",
        import_name = "field" })
    end
    o:func("sizes", { sig = "-> i32", export = "sizes", code = { { "table.size", table "one" },
      { "table.size", table "two" }, "i32.add" } })
    return { "-r", o }
  end,
  expect = { imports_exactly { "host.field", "host.field" },
    relinks({ "--no-entry" }, { imports_exactly { "host.field" }, valid() }) },
}

case "import-name-of-a-later-reference" {
  title = "a symbol keeps its name where only a later object says under which one it is imported",
  clauses = { "symbol.explicit-name", "relocatable.undefined" },
  peer_differs = "wasm-ld loses the flag of the later object, and with it the symbol's name",
  link = function()
    local function caller(name, import)
      local o = object(name)
      local f = o:func("f", { sig = "->", undefined = true, import_name = import })
      o:func(name, { sig = "->", code = { { "call", f } } })
      return o
    end
    return { "-r", caller("a.o"), caller("b.o", "other") }
  end,
  expect = { linking_symbol "f" { flags = "undefined explicit_name" } },
}
