-- Who else asks for members: options and the linker itself; and what a loaded member brings along
-- before anything in it is reached.

local function member(symbol, options)
  local o = object(symbol .. ".o")
  local opts = { sig = "->", code = "nop" }
  for key, setting in pairs(options or {}) do opts[key] = setting end
  o:func(symbol, opts)
  o:custom("loaded", { bytes = symbol })
  return o
end

local function main()
  local o = object "main.o"
  o:func("run", { sig = "->", export = "run", code = "nop" })
  return o
end

case "undefined-option" {
  title = "-u loads the member that defines the name, but keeps nothing of it",
  clauses = { "archive.roots", "gc.reachability" },
  link = function()
    return { "--no-entry", "-u", "f", main(), archive("lib.a", { member "f" }) }
  end,
  expect = { custom("loaded", "f"), no_function "f", function_count(1) },
}

case "undefined-option-and-flags" {
  title = "what -u loads is kept and exported as its own flags say",
  clauses = { "archive.roots", "gc.root.no-strip" },
  link = function()
    return { "--no-entry", "-u", "f", main(),
      archive("lib.a", { member("f", { export = "eff" }) }) }
  end,
  expect = { exports { eff = "function" } },
}

case "undefined-option-not-found" {
  title = "-u of a name that nothing defines is no error, and no import",
  clauses = { "archive.roots" },
  link = function() return { "--no-entry", "-u", "nowhere", main() } end,
  expect = { no_warnings(), no_import(),
    same_as(function() return { "--no-entry", main() } end) },
}

case "export-option" {
  title = "--export loads the member that defines its name",
  clauses = { "archive.roots" },
  link = function()
    return { "--no-entry", "--export=f", main(), archive("lib.a", { member "f", member "h" }) }
  end,
  expect = { exports { f = "function" }, custom("loaded", "f") },
}

case "export-option-beside-members-alone" {
  title = "what the linker makes can be exported though no member is loaded",
  clauses = { "archive.roots", "export.if-defined" },
  link = function()
    return { "--no-entry", "--export-if-defined=__wasm_call_ctors",
      archive("lib.a", { member "f" }) }
  end,
  expect = { exports_exactly { "memory", "__wasm_call_ctors" }, no_custom "loaded" },
}

case "export-if-defined-option" {
  title = "--export-if-defined loads the member that defines its name, and is silent if none does",
  clauses = { "archive.roots" },
  link = function()
    return { "--no-entry", "--export-if-defined=f", "--export-if-defined=nowhere", main(),
      archive("lib.a", { member "f", member "h" }) }
  end,
  expect = { no_warnings(), exports { f = "function" }, custom("loaded", "f") },
}

case "entry" {
  title = "the entry is loaded out of an archive, by default under the name _start",
  clauses = { "archive.roots", "entry.default" },
  link = function() return { main(), archive("lib.a", { member "h", member "_start" }) } end,
  expect = { exports { _start = "function" }, custom("loaded", "_start"), no_start() },
}

-- __wasm_call_dtors -------------------------------------------------------------------------------

case "destructors" {
  title = "a command loads __wasm_call_dtors if an archive has it, and calls it behind each export",
  clauses = { "archive.roots", "command.wrapper" },
  link = function()
    return { "--no-entry", main(), archive("lib.a", { member "__wasm_call_dtors" }) }
  end,
  expect = { custom("loaded", "__wasm_call_dtors"), calls("run", { "run", "__wasm_call_dtors" }) },
}

case "destructors-of-a-reactor" {
  title = "a program that calls __wasm_call_ctors itself does not load __wasm_call_dtors",
  clauses = { "archive.roots", "command.reactor" },
  link = function()
    local o = main()
    local ctors = o:func("__wasm_call_ctors", { sig = "->", undefined = true })
    o:func("_initialize", { sig = "->", export = "_initialize", code = { { "call", ctors } } })
    return { "--no-entry", o, archive("lib.a", { member "__wasm_call_dtors" }) }
  end,
  expect = { no_custom "loaded", no_function "__wasm_call_dtors", calls("run", {}),
    calls("_initialize", { "__wasm_call_ctors" }) },
}

-- Constructors and kept segments of members -------------------------------------------------------

-- f and g; a constructor, a segment to be kept, and an unused function.
local function rich()
  local o = member "f"
  o:func("g", { sig = "->", code = "nop" })
  o:init(o:func("init", { sig = "->", code = "nop" }))
  local kept = o:segment(".kept", { bytes = "keep me", flags = { "retain" } })
  o:data("kept", { segment = kept, offset = 0, size = 7 })
  return o
end

case "constructor-of-unreached-member" {
  title = "a member that is loaded, but of which nothing is reached, does not run its constructors",
  clauses = { "gc.root.init", "archive.lazy" },
  origin = "rust-lang/rust#121533",
  link = function()
    return { "--no-entry", "--export=__wasm_call_ctors", "-u", "f", main(),
      archive("lib.a", { rich() }) }
  end,
  expect = { custom("loaded", "f"), no_function("init", "f", "g"), calls("__wasm_call_ctors", {}),
    data_count("keep me", 0) },
}

case "nobody-to-call-constructors-of-unreached-member" {
  title = "when no constructor runs there is no function that calls them",
  clauses = { "gc.root.init", "init.call-ctors.presence" },
  link = function()
    return { "--no-entry", "-u", "f", main(), archive("lib.a", { rich() }) }
  end,
  expect = { custom("loaded", "f"), no_function("init", "f", "__wasm_call_ctors") },
}

case "constructor-of-reached-member" {
  title = "once one thing in a member is reached, its constructors run",
  clauses = { "gc.root.init" },
  link = function()
    return { "--no-entry", "--export=__wasm_call_ctors", "--export=g", main(),
      archive("lib.a", { rich() }) }
  end,
  expect = { no_function "f", calls("__wasm_call_ctors", { "init" }) },
}

case "kept-segment-of-reached-member" {
  title = "once one thing in a member is reached, its segments that are to be retained stay",
  clauses = { "segment.retain" },
  link = function()
    return { "--no-entry", "--export=g", main(), archive("lib.a", { rich() }) }
  end,
  expect = { no_function "f", data_count("keep me", 1) },
}

case "constructor-reaches-next-member" {
  title = "what a constructor reaches wakes the constructors of the next member",
  clauses = { "gc.root.init" },
  link = function()
    local a = member "f"
    local g = a:func("g", { sig = "->", undefined = true })
    a:init(a:func("init_f", { sig = "->", code = { { "call", g } } }))
    local b = member "g"
    b:init(b:func("init_g", { sig = "->", code = "nop" }))
    return { "--no-entry", "--export=__wasm_call_ctors", "--export=f", main(),
      archive("lib.a", { a, b }) }
  end,
  expect = { calls("__wasm_call_ctors", { "init_g", "init_f" }), has_function "g" },
}

case "constructor-of-member-found-last" {
  title = "a member reached only through data runs its constructors too",
  clauses = { "gc.root.init", "gc.edge.data" },
  link = function()
    local o = main()
    local d = o:data("d", { undefined = true })
    o:data("p", { bytes = { addr(d) }, align = 2 })
    local lib = object "d.o"
    lib:data("d", { bytes = "dddd" })
    lib:init(lib:func("init_d", { sig = "->", code = "nop" }))
    return { "--no-entry", "--export=__wasm_call_ctors", "--export=p", o,
      archive("lib.a", { lib }) }
  end,
  expect = { calls("__wasm_call_ctors", { "init_d" }) },
}
