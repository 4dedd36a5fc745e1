-- What a link tells while it reads: --trace, --trace-symbol, --why-extract.  Build systems and
-- people read these lines, so that they are wasm-ld's, word for word.

-- An object that defines a function f, which calls the others.
local function defining(name, f, ...)
  local o, code = object(name), {}
  for i, callee in ipairs { ... } do
    code[i] = { "call", o:func(callee, { sig = "->", undefined = true }) }
  end
  o:func(f, { sig = "->", code = code })
  return o
end

-- main calls f, f calls g; nobody asks for h.
local function library()
  return archive("lib.a", { defining("g.o", "g"), defining("f.o", "f", "g"),
    defining("h.o", "h") })
end

local function linking(...)
  local options = { ... }
  return function()
    local link = { "--no-entry", "--export=main", table.unpack(options) }
    link[#link + 1] = defining("main.o", "main", "f")
    link[#link + 1] = library()
    return link
  end
end

-- Objects ---------------------------------------------------------------------------------------

case "objects" {
  title = "--trace names every object that is loaded, when its reading begins",
  clauses = { "text.trace" },
  link = linking "--trace",
  expect = { prints { "main.o", "lib.a(f.o)", "lib.a(g.o)" },
    notes { id = "LOADED", file = "lib.a(f.o)" } },
}

case "objects-before-what-they-ask-for" {
  title = "an object is named before the members that it loads, though it is laid out behind them",
  clauses = { "text.trace" },
  link = function()
    return { "--no-entry", "--export=main", "-t", library(), defining("main.o", "main", "f") }
  end,
  expect = { prints { "main.o", "lib.a(f.o)", "lib.a(g.o)" },
    function_order { "g", "f", "main" } },
}

case "whole-archive" {
  title = "--trace names the members of a --whole-archive",
  clauses = { "text.trace" },
  link = function()
    return { "--no-entry", "-t", "--whole-archive", library(), "--no-whole-archive", "--start-lib",
      defining("x.o", "x"), "--end-lib" }
  end,
  expect = { prints { "lib.a(g.o)", "lib.a(f.o)", "lib.a(h.o)" } },
}

case "silent" {
  title = "without such options a link says nothing",
  clauses = { "text.trace" },
  link = linking(),
  expect = { exports { memory = "memory" }, prints {} },
}

-- Symbols ---------------------------------------------------------------------------------------

case "symbol" {
  title = "--trace-symbol tells who refers to a name, and who defines it",
  clauses = { "text.trace-symbol" },
  link = linking "--trace-symbol=f",
  expect = { prints { "main.o: reference to f", "lib.a(f.o): definition of f" },
    notes { id = "TRACE_REFERENCE", file = "main.o" },
    notes { id = "TRACE_DEFINITION", file = "lib.a(f.o)" } },
}

case "symbol-of-a-member" {
  title = "a definition that waits in an archive is a lazy one",
  clauses = { "text.trace-symbol" },
  link = linking("-y", "g", "-yh"),
  expect = { prints { "lib.a(g.o): lazy definition of g", "lib.a(f.o): reference to g",
    "lib.a(g.o): definition of g", "lib.a(h.o): lazy definition of h" },
    notes { id = "TRACE_LAZY", file = "lib.a(h.o)",
      message = "^lib%.a%(h%.o%): lazy definition of h$" } },
}

case "symbol-of-start-lib" {
  title = "an object between --start-lib and --end-lib is named without an archive",
  clauses = { "text.trace-symbol" },
  link = function()
    return { "--no-entry", "--export=main", "-y", "f", "--start-lib", defining("f.o", "f"),
      "--end-lib", defining("main.o", "main", "f") }
  end,
  expect = { prints { "f.o: lazy definition of f", "main.o: reference to f",
    "f.o: definition of f" } },
}

case "weak-reference-to-a-member" {
  title = "a weak reference finds a lazy definition, and loads nothing",
  clauses = { "text.trace-symbol" },
  link = function()
    local o = object "main.o"
    local f = o:func("f", { sig = "->", undefined = true, weak = true })
    o:func("main", { sig = "->", code = { { "call", f } } })
    return { "--no-entry", "--export=main", "-y", "f", o, library() }
  end,
  expect = { prints { "main.o: reference to f", "lib.a(f.o): lazy definition of f",
    "<internal>: definition of undefined_weak:f" } },
}

case "losing-definition" {
  title = "a definition that does not win is not told of",
  clauses = { "text.trace-symbol" },
  link = function()
    local a, b = object "a.o", object "b.o"
    a:func("f", { sig = "->", code = {}, weak = true })
    b:func("f", { sig = "->", code = {}, weak = true })
    return { "--no-entry", "-y", "f", a, b }
  end,
  expect = { prints { "a.o: definition of f" } },
}

case "winning-definition" {
  title = "a definition that takes the place of another one is told of",
  clauses = { "text.trace-symbol" },
  link = function()
    local a, b = object "a.o", object "b.o"
    a:data("d", { bytes = "d", weak = true })
    b:data("d", { bytes = "e" })
    return { "--no-entry", "-y", "d", a, b }
  end,
  expect = { prints { "a.o: definition of d", "b.o: definition of d" } },
}

case "local-symbols" {
  title = "local symbols are nobody else's, and not told of",
  clauses = { "text.trace-symbol" },
  link = function()
    local a = object "a.o"
    a:func("f", { sig = "->", code = {}, static = true })
    return { "--no-entry", "-y", "f", a }
  end,
  expect = { exports { memory = "memory" }, prints {} },
}

case "name-of-cpp" {
  title = "a C++ name is told as the objects spell it, as it was asked for",
  clauses = { "text.trace-symbol" },
  link = function() return { "--no-entry", "-y", "_Z1fv", defining("a.o", "_Z1fv") } end,
  expect = { prints { "a.o: definition of _Z1fv" } },
}

case "symbol-of-the-linker" {
  title = "what the linker defines itself has no file",
  clauses = { "text.trace-symbol" },
  link = function()
    return { "--no-entry", "-y", "__stack_pointer", "-y", "__heap_base", "--export=__heap_base",
      defining("a.o", "f") }
  end,
  expect = { prints { "<internal>: definition of __stack_pointer",
    "<internal>: definition of __heap_base" } },
}

case "wrapped-symbol" {
  title = "--wrap refers to the names it exchanges",
  clauses = { "text.trace-symbol", "symbol.wrap" },
  link = function()
    return { "--no-entry", "--export=main", "--wrap=f", "-y", "__wrap_f", "-y", "__real_f",
      defining("main.o", "main", "f"), defining("f.o", "f"), archive("lib.a", {
        defining("w.o", "__wrap_f") }) }
  end,
  expect = { prints { "lib.a(w.o): lazy definition of __wrap_f",
    "<internal>: reference to __real_f", "<internal>: reference to __wrap_f",
    "lib.a(w.o): definition of __wrap_f" } },
}

-- Members ---------------------------------------------------------------------------------------

local HEAD = "reference\textracted\tsymbol"

case "why-extract" {
  title = "--why-extract tells of each member who asked for it, and for what",
  clauses = { "text.why-extract" },
  link = linking "--why-extract=why.txt",
  expect = { writes("why.txt", { HEAD, "lib.a(f.o)\tlib.a(g.o)\tg", "main.o\tlib.a(f.o)\tf" }) },
}

case "why-extract-on-stdout" {
  title = "the file - is standard output",
  clauses = { "text.why-extract" },
  link = linking "--why-extract=-",
  expect = { prints { HEAD, "lib.a(f.o)\tlib.a(g.o)\tg", "main.o\tlib.a(f.o)\tf" } },
}

case "why-extract-nothing" {
  title = "a link that takes no member writes the head line alone",
  clauses = { "text.why-extract" },
  link = function()
    return { "--no-entry", "--why-extract=why.txt", defining("a.o", "f"), library() }
  end,
  expect = { writes("why.txt", { HEAD }) },
}

case "why-extract-by-options" {
  title = "options ask for members, too",
  clauses = { "text.why-extract" },
  link = function()
    return { "-u", "g", "--export=h", "--entry=main", "--why-extract=why.txt",
      archive("lib.a", { defining("g.o", "g"), defining("h.o", "h"),
        defining("main.o", "main") }) }
  end,
  expect = { writes("why.txt", { HEAD, "<internal>\tlib.a(g.o)\tg", "--export\tlib.a(h.o)\th",
    "--entry\tlib.a(main.o)\tmain" }) },
}

case "why-extract-of-cpp" {
  title = "symbols are told as people read them",
  clauses = { "text.why-extract" },
  link = function()
    return { "--no-entry", "--why-extract=why.txt", defining("a.o", "a", "_Z1fv"),
      archive("lib.a", { defining("f.o", "_Z1fv") }) }
  end,
  expect = { writes("why.txt", { HEAD, "a.o\tlib.a(f.o)\tf()" }) },
}

case "why-extract-for-data" {
  title = "a reference to data is told of, whether the archive comes before or behind",
  clauses = { "text.why-extract" },
  link = function()
    local user, early, late = object "user.o", object "early.o", object "late.o"
    early:data("early", { bytes = "e" })
    late:data("late", { bytes = "l" })
    user:data("early", { undefined = true })
    user:data("late", { undefined = true })
    return { "--no-entry", "--why-extract=why.txt", archive("a.a", { early }), user,
      archive("b.a", { late }) }
  end,
  expect = { writes("why.txt", { HEAD, "user.o\ta.a(early.o)\tearly",
    "user.o\tb.a(late.o)\tlate" }) },
}

case "why-extract-whole-archive" {
  title = "members of a --whole-archive are extracted for nobody",
  clauses = { "text.why-extract", "archive.whole" },
  link = linking("--why-extract=why.txt", "--whole-archive"),
  expect = { writes("why.txt", { "reference\textracted\tsymbol" }) },
}

case "weak-reference-untold" {
  title = "without --trace-symbol nothing is told of what a weak reference finds",
  clauses = { "text.trace-symbol", "archive.lazy.weak-reference" },
  link = function()
    local o = object "main.o"
    local f = o:func("f", { sig = "->", undefined = true, weak = true })
    o:func("main", { sig = "->", code = { { "call", f } } })
    return { "--no-entry", "--export=main", o, library() }
  end,
  expect = { prints {}, traps "main" },
}

-- a.o calls f by one type, b.o defines it by another.
local function of_two_types()
  local a, b = object "a.o", object "b.o"
  a:func("run", { sig = "->", export = "run",
    code = { { "call", a:func("f", { sig = "->", undefined = true }) } } })
  b:func("f", { sig = "-> i32", code = "i32.const 7" })
  return a, b
end

case "definition-of-another-type" {
  title = "of a definition that is of another type than the calls only what these get is told",
  clauses = { "text.trace-symbol", "signature.mismatch" },
  link = function() return { "--no-entry", "--trace-symbol=f", of_two_types() } end,
  expect = { prints { "a.o: reference to f", "<internal>: definition of signature_mismatch:f" } },
}

case "reference-of-another-type" {
  title = "of a definition that comes first, only that, and the calls",
  clauses = { "text.trace-symbol", "signature.mismatch" },
  link = function()
    local a, b = of_two_types()
    return { "--no-entry", "--trace-symbol=f", b, a }
  end,
  expect = { prints { "b.o: definition of f", "a.o: reference to f" } },
}
