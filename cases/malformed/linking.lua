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
