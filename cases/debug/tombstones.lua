-- What debug sections say of code and data that are not in the output: -1, which no debugger takes
-- for an address; -2 in lists of ranges and locations, where -1 has a meaning already.

local GONE, GONE_IN_LIST = "\xff\xff\xff\xff", "\xfe\xff\xff\xff"

local function link_of(declare)
  return function()
    local o = object "a.o"
    o:func("f", { sig = "->", export = "f", code = "nop" })
    declare(o)
    return { "--no-entry", o }
  end
end

case "dead-function-in-debug_info" {
  title = "a dropped function is -1 in .debug_info, whatever the addend",
  clauses = { "debug.tombstone" },
  origin = "bytecodealliance/wasmtime#3403",
  link = link_of(function(o)
    local dead = o:func("dead", { sig = "-> i32", code = "i32.const 7" })
    o:custom(".debug_info", { bytes = { "<", fn_offset(dead), fn_offset(dead, 3), ">" } })
  end),
  expect = { no_function "dead", custom(".debug_info", "<" .. GONE:rep(2) .. ">") },
}

for _, section in ipairs { ".debug_ranges", ".debug_loc" } do
  case("dead-function-in-" .. section:sub(2)) {
    title = ("a dropped function is -2 in %s, whatever the addend"):format(section),
    clauses = { "debug.tombstone" },
    link = link_of(function(o)
      local dead = o:func("dead", { sig = "-> i32", code = "i32.const 7" })
      o:custom(section, { bytes = { "<", fn_offset(dead), fn_offset(dead, 3), ">" } })
    end),
    expect = { no_function "dead", custom(section, "<" .. GONE_IN_LIST:rep(2) .. ">") },
  }
end

case "dead-function-in-other-debug-sections" {
  title = "a dropped function is -1 in every other section named .debug_*",
  clauses = { "debug.tombstone" },
  link = link_of(function(o)
    local dead = o:func("dead", { sig = "-> i32", code = "i32.const 7" })
    for _, section in ipairs { ".debug_line", ".debug_rnglists", ".debug_loclists", ".debug_addr",
      ".debug_aranges" } do
      o:custom(section, { bytes = { fn_offset(dead, 1) } })
    end
  end),
  expect = { custom(".debug_line", GONE), custom(".debug_rnglists", GONE),
    custom(".debug_loclists", GONE), custom(".debug_addr", GONE), custom(".debug_aranges", GONE) },
}

case "dead-data" {
  title = "a dropped variable is -1 in .debug_info and -2 in .debug_loc",
  clauses = { "debug.tombstone" },
  link = link_of(function(o)
    local dead = o:data("dead", { bytes = "dead data" })
    o:custom(".debug_info", { bytes = { "<", addr(dead), addr(dead, 4), ">" } })
    o:custom(".debug_loc", { bytes = { "<", addr(dead, 4), ">" } })
  end),
  expect = { data_count("dead data", 0), custom(".debug_info", "<" .. GONE:rep(2) .. ">"),
    custom(".debug_loc", "<" .. GONE_IN_LIST .. ">") },
}

case "dead-global" {
  title = "a dropped global is -1 in .debug_info",
  clauses = { "debug.tombstone", "reloc.global-index-i32" },
  link = link_of(function(o)
    local dead = o:global("dead", { type = "i32", init = "i32.const 77" })
    o:custom(".debug_info", { bytes = { "<", glob(dead), ">" } })
  end),
  expect = { custom(".debug_info", "<" .. GONE .. ">") },
}

case "undefined-global" {
  title = "a global that only debug information mentions and nobody defines is -1, and no error",
  clauses = { "debug.tombstone", "gc.edge.custom", "symbol.undefined.strong" },
  link = link_of(function(o)
    local gone = o:global("gone", { type = "i32", undefined = true })
    o:custom(".debug_info", { bytes = { "<", glob(gone), ">" } })
  end),
  expect = { no_import(), custom(".debug_info", "<" .. GONE .. ">") },
}

case "undefined-function" {
  title = "a function that only debug information mentions and nobody defines is -1, and no error",
  clauses = { "debug.tombstone", "gc.edge.custom", "symbol.undefined.strong" },
  origin = "WebAssembly/lld#5",
  link = link_of(function(o)
    local gone = o:func("gone", { sig = "-> i32", undefined = true })
    o:custom(".debug_info", { bytes = { "<", fn_offset(gone, 3), ">" } })
  end),
  expect = { no_import(), custom(".debug_info", "<" .. GONE .. ">") },
}

case "undefined-data" {
  title = "a variable that only debug information mentions and nobody defines is -1, and no error",
  clauses = { "debug.tombstone", "gc.edge.custom", "symbol.undefined.strong" },
  link = link_of(function(o)
    local gone = o:data("gone", { undefined = true })
    o:custom(".debug_info", { bytes = { "<", addr(gone, 3), ">" } })
  end),
  expect = { custom(".debug_info", "<" .. GONE .. ">") },
}

case "imported-function" {
  title = "a function that is imported has no body: -1, though it is called",
  clauses = { "debug.tombstone", "reloc.function-offset-i32" },
  link = function()
    local o = object "a.o"
    local far = o:func("far", { sig = "->", undefined = true, import_module = "m",
      import_name = "far" })
    o:func("f", { sig = "->", export = "f", code = { { "call", far } } })
    o:custom(".debug_info", { bytes = { "<", fn_offset(far), ">" } })
    return { "--no-entry", o }
  end,
  expect = { imports_exactly { "m.far" }, custom(".debug_info", "<" .. GONE .. ">") },
}

case "comdat-discarded-data" {
  title = "local data of a group that lost is -1",
  clauses = { "debug.tombstone", "comdat.first-wins" },
  link = function()
    local function part(name, bytes)
      local o = object(name)
      local c = o:comdat "group"
      local x = o:data("x", { bytes = bytes, static = true, comdat = c })
      o:func(bytes, { sig = "-> i32", export = bytes, code = { { "i32.const", addr "x" } } })
      o:custom(".debug_info", { bytes = { "<", addr(x), ">" } })
      return o
    end
    local loser = object "b.o"
    local c = loser:comdat "group"
    local x = loser:data("x", { bytes = "loser", static = true, comdat = c })
    loser:func("g", { sig = "->", export = "g", code = "nop" })
    loser:custom(".debug_info", { bytes = { "<", addr(x, 2), ">" } })
    return { "--no-entry", part("a.o", "winner"), loser }
  end,
  expect = { data_count("winner", 1), data_count("loser", 0),
    custom(".debug_info", { "<", to_data "winner", "><" .. GONE .. ">" }) },
}

case "live-beside-dead" {
  title = "only what is gone gets a tombstone: live neighbours keep address plus addend",
  clauses = { "debug.tombstone" },
  link = link_of(function(o)
    local dead = o:data("dead", { bytes = "dead data" })
    local live = o:data("live", { bytes = "live data", export = "live" })
    o:custom(".debug_info", { bytes = { addr(live, 4), addr(dead, 4), addr(live) } })
  end),
  expect = { custom(".debug_info", { to_address("live", 4), GONE, to_address "live" }) },
}

case "no-gc" {
  title = "with --no-gc-sections nothing is gone, and nothing gets a tombstone",
  clauses = { "debug.tombstone", "gc.off" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "->", export = "f", code = "nop" })
    local kept = o:data("kept", { bytes = "kept data" })
    o:custom(".debug_info", { bytes = { "<", addr(kept, 4), ">" } })
    return { "--no-entry", "--no-gc-sections", o }
  end,
  expect = { custom(".debug_info", { "<", to_data " data", ">" }) },
}
