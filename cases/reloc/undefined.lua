-- Relocations against what nobody defined: 0 stands for it, without the addend, so that a test of
-- the address against null tells.

local function weak_data(o) return o:data("gone", { undefined = true, weak = true }) end

local function weak_function(o)
  return o:func("gone_function", { sig = "-> i32", undefined = true, weak = true })
end

case "weak-data-in-code" {
  title = "the address of an undefined weak variable is 0 in code, whatever the addend",
  clauses = { "reloc.undefined-is-0", "symbol.undefined.weak" },
  link = function()
    local o = object "a.o"
    local gone = weak_data(o)
    o:func("f", { sig = "->", export = "f", code = {
      { "i32.const", addr(gone) }, "drop", { "i32.const", addr(gone, 12) }, "drop",
      { "i32.const", addr(gone, -12) }, "drop",
      "i32.const 0", { "i32.load", addr(gone, 12) }, "drop" } })
    return { "--no-entry", o }
  end,
  expect = { code("f", { "i32.const 0", "drop", "i32.const 0", "drop", "i32.const 0", "drop",
    "i32.const 0", "i32.load 2 0", "drop" }) },
}

case "weak-data-relative" {
  title = "relative to the memory base too, an undefined weak variable is 0",
  clauses = { "reloc.undefined-is-0", "reloc.memory-addr-rel-sleb" },
  peer_differs = "wasm-ld 22 refuses this one kind against undefined symbols; the text says that"
    .. " R_WASM_MEMORY_* cannot fail and give 0",
  link = function()
    local o = object "a.o"
    local gone = weak_data(o)
    o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr_rel(gone, 12) } } })
    return { "--no-entry", o }
  end,
  expect = { const_at("f", 1, 0) },
}

case "weak-data-in-data" {
  title = "the address of an undefined weak variable is 0 in data, whatever the addend",
  clauses = { "reloc.undefined-is-0", "symbol.undefined.weak" },
  link = function()
    local o = object "a.o"
    local gone = weak_data(o)
    o:data("p", { bytes = { "<", addr(gone), addr(gone, 12), addr(gone, -12),
      addr_locrel(gone, 12), ">" }, export = "p" })
    return { "--no-entry", o }
  end,
  expect = { data_at("p", "<" .. ("\0"):rep(16) .. ">") },
}

case "weak-function-relative-slot" {
  title = "relative to the table base too, an undefined weak function is 0",
  clauses = { "reloc.undefined-is-0", "reloc.table-index-rel-sleb" },
  link = function()
    local o = object "a.o"
    local gone = weak_function(o)
    o:func("f", { sig = "->", export = "f", code = { { "i32.const", slot_rel(gone) }, "drop" } })
    return { "--no-entry", o }
  end,
  expect = { const_at("f", 1, 0), no_import() },
}

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
