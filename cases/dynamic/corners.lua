-- Modules for a loader of which there is little to say, in the ways that are easily forgotten.

local PIE = { "--no-entry", "-pie", "--experimental-pic" }

-- A link of the object that fill(o) fills, with these options and more.
local function linking(fill, ...)
  local more = { ... }
  return function()
    local list, o = { table.unpack(PIE) }, object "a.o"
    for _, word in ipairs(more) do list[#list + 1] = word end
    fill(o)
    list[#list + 1] = o
    return list
  end
end

case "address-of-a-function-that-nobody-calls" {
  title = "the address of a far function comes from the GOT; the function is no import",
  clauses = { "got.func", "dylink.import.function" },
  link = linking(function(o)
    local far = o:func("far", { sig = "->", undefined = true })
    o:func("f", { sig = "-> i32", export = "f", code = { { "global.get", got(far) } } })
  end, "--unresolved-symbols=import-dynamic"),
  expect = { got_imports { "func.far" }, no_import "env.far",
    code("f", { { "global.get", to_global "far" } }) },
}

-- f() gives the address of hidden weak data that is nowhere, from the GOT.
local function hidden_and_nowhere(o)
  local x = o:data("x", { undefined = true, weak = true, hidden = true })
  o:func("f", { sig = "-> i32", export = "f", code = { { "global.get", got(x) } } })
end

for name, option in pairs { [""] = "--experimental-pic",
  ["-extended"] = "--extra-features=extended-const" } do
  case("got-of-hidden-weak" .. name) {
    title = "no other module can define what is hidden: its address in the GOT is 0, with "
      .. option,
    clauses = { "got.internal", "reloc.memory.undefined" },
    link = linking(hidden_and_nowhere, option),
    expect = { got_imports {}, returns("f", {}, 0) },
  }
end

-- A kept segment of that name and these bytes.
local function segment(o, name, bytes)
  o:data(name, { bytes = bytes, segment_name = name, align = 2, no_strip = true })
end

case "one-segment-and-zeros" {
  title = "bytes and zeros become one segment; its memory ends in zeros that are not written",
  clauses = { "dylink.bss", "dylink.mem-info.memory-size" },
  link = linking(function(o)
    segment(o, "mine", "\1\2\3\4")
    segment(o, ".bss.a", "\0\0\0\0")
  end),
  expect = { data_segments { ".data" }, dylink { memory_size = 8, memory_align = 2 }, moved() },
}

case "zeros-alone" {
  title = "segments of zeros become one segment of no bytes",
  clauses = { "dylink.bss", "dylink.mem-info.memory-size" },
  link = linking(function(o)
    segment(o, ".bss.a", "\0\0\0\0")
    segment(o, ".bss.b", "\0\0\0\0")
  end, "--no-merge-data-segments"),
  expect = { data_segments { ".data" }, dylink { memory_size = 8, memory_align = 2 }, moved() },
}

case "weak-imports" {
  title = "the loader is told of the imports that may be left without a definition, and no others",
  clauses = { "dylink.import-info", "dylink.flags" },
  link = linking(function(o)
    local x = o:data("x", { undefined = true, weak = true })
    local maybe = o:func("maybe", { sig = "->", undefined = true, weak = true })
    local far = o:func("far", { sig = "->", undefined = true })
    o:func("f", { sig = "-> i32", export = "f",
      code = { { "call", maybe }, { "call", far }, { "global.get", got(x) } } })
  end, "--unresolved-symbols=import-dynamic"),
  expect = { dylink { imports = { ["env.x"] = "weak undefined", ["env.maybe"] = "weak undefined" },
    exports = {} } },
}

case "exported-address" {
  title = "an exported address counts from where the loader puts the data",
  clauses = { "dylink.export.relative" },
  link = linking(function(o)
    o:data("x", { bytes = "1234", export = "x", exported = true, segment_name = ".data.x" })
    o:data("y", { bytes = "5678", export = "y", exported = true, segment_name = ".data.y" })
  end, "--extra-features=extended-const"),
  expect = { address "x" { equals = 0 }, address "y" { equals = 4 }, data_at("y", "5678") },
}
