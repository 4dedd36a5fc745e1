-- Absolute symbols: their offset is an address, which layout does not move.

case "from-another-object" {
  title = "an absolute symbol resolves references of other objects",
  clauses = { "symbol.absolute" },
  peer_differs = "wasm-ld looks for the segment of an absolute symbol, and crashes where there is"
    .. " none; the text says that the offset is an address",
  link = function()
    local a, b = object "a.o", object "b.o"
    local x = a:data("x", { undefined = true })
    a:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr(x, 1) } } })
    b:data("x", { absolute = true, offset = 77 })
    return { "--no-entry", a, b }
  end,
  expect = { const_at("f", 1, 78) },
}
