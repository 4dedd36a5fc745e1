-- The "linking" section, wrong in one way at a time.

local function plain()
  local o = object "a.o"
  o:func("f", { sig = "->", code = "nop" })
  o:data("x", { bytes = "\1\2\3\4", align = 2 })
  return { "--no-entry", "--export=f", "--export=x", o }
end

case "version" {
  title = "linking metadata of another version is refused",
  clauses = { "linking.version" },
  origin = "WebAssembly/wabt#830",
  link = plain,
  mutate = { file = "a.o", at = "linking.version", to = 3 },
  expect = { rejects { id = "LINKING_VERSION", phase = "read", class = "unsupported",
    file = "a.o", within = "section linking" } },
}

case "symbol-kind" {
  title = "a symbol of a kind that does not exist is refused",
  clauses = { "linking.symbols.kind" },
  link = plain,
  mutate = { file = "a.o", at = "linking.symbols[0].kind", to = 6 },
  expect = { rejects { id = "SYMBOL_KIND", phase = "read", class = "malformed", file = "a.o" } },
}

case "symbol-count-too-large" {
  title = "a count of symbols that the bytes left cannot hold is refused before memory is taken",
  clauses = { "linking.symbols.count" },
  link = plain,
  mutate = function(files)
    files["a.o"]:set("linking.symbols.count", "\xff\xff\xff\xff\x0f")
  end,
  expect = { rejects { phase = "read", class = "malformed", file = "a.o" } },
}

case "symbol-count-of-a-waiting-object" {
  title = "an object that waits to be asked for may not count more symbols than it has, either",
  clauses = { "container.count", "archive.start-lib" },
  link = function()
    local main, o = object "main.o", object "a.o"
    local code = {}
    for i = 1, 3 do
      code[i] = { "call", o:func("f" .. i, { sig = "->", undefined = true }) }
      main:func("f" .. i, { sig = "->", code = {} })
    end
    o:func("g", { sig = "->", code = code })
    main:func("run", { sig = "->", export = "run",
      code = { { "call", main:func("g", { sig = "->", undefined = true }) } } })
    return { "--no-entry", main, "--start-lib", o, "--end-lib" }
  end,
  mutate = { file = "a.o", at = "linking.symbols.count", to = 6 },
  expect = { rejects { id = "COUNT_TOO_LARGE", file = "a.o", field = "symbol count",
    offset = "linking.symbols.count" } },
}
