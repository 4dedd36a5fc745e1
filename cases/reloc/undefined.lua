-- Relocations against symbols that nobody defines, under options that let this pass; what else
-- becomes of them, kind by kind: see kinds.lua.

case "imported-function-relative-slot" {
  title = "an imported function has a slot, and relative to the table base too it is that slot's",
  clauses = { "reloc.table-index-rel-sleb", "undefined.policy.import" },
  link = function()
    local o = object "a.o"
    local far = o:func("far", { sig = "->", undefined = true })
    o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", slot_rel(far) } } })
    return { "--no-entry", "--import-undefined", o }
  end,
  expect = { const_at("f", 1, 0), elem_slots { [1] = "far" } },
}
