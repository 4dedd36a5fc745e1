-- What -r and --emit-relocs do not go with.

local REPORTED = { ["shared-memory"] = "emscripten-core/emscripten#9155" }

local function conflict(name, title, ...)
  local options = { ... }
  case(name) {
    title = title,
    clauses = { "option.conflict" },
    origin = REPORTED[name],
    link = function()
      local o = object "a.o"
      o:func("f", { sig = "->", code = "nop", export = "f" })
      return { "-r", o, table.unpack(options) }
    end,
    expect = { rejects { phase = "options" } },
  }
end

conflict("entry", "an object has no entry", "--entry=f")
conflict("collection", "what nothing refers to is not dropped from an object", "--gc-sections")
conflict("undefined", "an object asks for no name on the command line", "-u", "f")
conflict("export-table", "an object imports the table of functions", "--export-table")
conflict("growable-table", "an object does not say how the table grows", "--growable-table")
conflict("global-base", "an object's data has no address yet", "--global-base=4096")
conflict("shared-memory", "whether memory is shared is said when it is made", "--shared-memory")
conflict("compressed", "what is relocated again keeps its padding", "--compress-relocations", "-s")

case "compressed-and-kept" {
  title = "relocations cannot be kept of numbers whose padding is not",
  clauses = { "option.conflict", "emit-relocs.module" },
  peer_differs = "wasm-ld writes relocations at the old places of the numbers",
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "->", code = "nop", export = "f" })
    return { "--emit-relocs", "--compress-relocations", "-s", "--no-entry", o }
  end,
  expect = { rejects { phase = "options" } },
}

local function accepted(name, title, ...)
  local options = { ... }
  case(name) {
    title = title,
    clauses = { "relocatable.options" },
    link = function()
      local o = object "a.o"
      local g = o:func("g", { sig = "-> i32", code = "i32.const 3" })
      o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", slot(g) } } })
      o:data("x", { bytes = "x" })
      return { "-r", o, table.unpack(options) }
    end,
    expect = {
      linking_symbol "f" { flags = "exported no_strip" },
      segment_info ".data.x" { size = 1 },
      relinks({ "--no-entry" }, { returns("f", {}, 1) }),
    },
  }
end

accepted("no-entry", "--no-entry says what is so anyway", "--entry=f", "--no-entry")
accepted("no-collection", "--no-gc-sections says what is so anyway", "--gc-sections",
  "--no-gc-sections")
accepted("import-table", "--import-table says what is so anyway", "--import-table")
accepted("both-kinds", "--emit-relocs says what is so anyway", "--emit-relocs")
accepted("stack", "the place and size of the stack are the last link's affair", "--no-stack-first",
  "-zstack-size=131072")
accepted("table-base", "places in the table are the last link's affair", "--table-base=7")

case "merged-data" {
  title = "segments are joined as in a last link when that is asked for",
  clauses = { "relocatable.options", "relocatable.segments" },
  link = function()
    local o = object "a.o"
    o:data("x", { bytes = "x" })
    o:data("y", { bytes = "y" })
    return { "-r", "--merge-data-segments", o }
  end,
  expect = {
    segment_info ".data" { size = 2 },
    linking_symbol "x" { segment = ".data", offset = 0, size = 1 },
    linking_symbol "y" { segment = ".data", offset = 1, size = 1 },
  },
}

case "slots-of-stripped" {
  title = "functions whose addresses only debug information takes stay without it",
  clauses = { "relocatable.options", "option.strip-debug", "functions.addresses" },
  link = function()
    local o = object "a.o"
    local far = o:func("far", { sig = "i32 ->", undefined = true })
    local near = o:func("near", { sig = "-> i32", code = "i32.const 3" })
    o:func("f", { sig = "-> i32", export = "f", code = { { "call", near } } })
    o:custom(".debug_info", { bytes = { slot(near), slot(far), slot(near) } })
    return { "-r", "--strip-debug", o }
  end,
  expect = { no_custom(".debug_info"), linking_symbol "far" { flags = "undefined" },
    relinks({ "--no-entry" }, { returns("f", {}, 3) }) },
}

case "stripped" {
  title = "without debug information and names it is an object still",
  clauses = { "relocatable.options", "option.strip-all" },
  link = function()
    local o = object "a.o"
    local g = o:func("g", { sig = "-> i32", code = "i32.const 3" })
    o:func("f", { sig = "-> i32", export = "f", code = { { "call", g } } })
    o:custom(".debug_info", { bytes = { fn_offset(g) } })
    o:custom("mine", { bytes = { fn_offset(g) } })
    return { "-r", "-s", o }
  end,
  expect = {
    no_custom(".debug_info"), no_custom("name"), no_linking_symbol(".debug_info"),
    relocations "mine" { "FUNCTION_OFFSET_I32 g at 0" },
    relinks({ "--no-entry" }, { returns("f", {}, 3) }),
  },
}
