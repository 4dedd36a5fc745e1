-- The memory itself: exported, imported, or both, and under which names.  Memory that comes from
-- outside may hold anything, so zeros must be written there: as bytes of the file, or, where the
-- inputs allow bulk memory, by a start function.

-- Data and zeros, and functions that read them; `features` of the object.
local function program(features)
  local a = object "a.o"
  a:data("word", { bytes = "\x2a\0\0\0", export = "word" })
  local zeros = a:data("zeros", { zero = 40, align = 4, export = "zeros" })
  a:func("read", { sig = "-> i32", export = "read",
    code = { { "i32.const", zeros }, { "i32.load" } } })
  if features then a:features(features) end
  return a
end

local function linked(options, features)
  return function()
    local link = { "--no-entry", "--stack-first" }
    for _, option in ipairs(options) do link[#link + 1] = option end
    link[#link + 1] = program(features)
    return link
  end
end

-- The zeros are bytes of the file: a data segment covers them.
local function written()
  return { no_start(), holds("a data segment that covers the zeros", function(module, view)
    local at = view:address "zeros"
    for _, d in ipairs(module.data) do
      if d.address and d.address <= at and d.address + #d.bytes >= at + 40 then return true end
    end
    return false, "none"
  end) }
end

-- The zeros are stored by the start function.
local function filled()
  return { start "__wasm_init_memory", no_section "datacount", counts { data = 1 },
    code("__wasm_init_memory", { { "i32.const", to_address "zeros" }, "i32.const 0",
      "i32.const 40", { "memory.fill", 0 } }) }
end

case "exported-by-default" {
  title = "the memory is defined and exported as \"memory\"",
  clauses = { "memory.export" },
  link = linked {},
  expect = { exports { memory = "memory" }, memory { imported = false }, no_import() },
}

case "imported" {
  title = "--import-memory imports the memory as env.memory and does not export it",
  clauses = { "memory.import" },
  link = linked { "--import-memory", "--max-memory=1048576" },
  expect = { imports { ["env.memory"] = { kind = "memory", min = 2, max = 16 } },
    memory { imported = true, exported = false }, no_export "memory", counts { memory = 1 },
    no_section "memory" },
}

case "imported-as" {
  title = "--import-memory=MODULE,NAME names the import",
  clauses = { "memory.import" },
  link = linked { "--import-memory=host,heap" },
  expect = { imports_exactly { "host.heap" }, imports { ["host.heap"] = "memory" } },
}

case "exported-as" {
  title = "--export-memory=NAME names the export",
  clauses = { "memory.export" },
  link = linked { "--export-memory=mem" },
  expect = { exports { mem = "memory" }, no_export "memory" },
}

case "imported-and-exported" {
  title = "a memory that is imported can be exported as well: one memory, under both names",
  clauses = { "memory.import", "memory.export" },
  link = linked { "--import-memory", "--export-memory" },
  expect = { imports { ["env.memory"] = "memory" }, exports { memory = "memory" },
    memory { imported = true, exported = true }, counts { memory = 1 } },
}

case "zeros-are-written" {
  title = "without bulk memory zeros for an imported memory are bytes of the file",
  clauses = { "memory.import-bss" },
  origin = { "llvm/llvm-project#208284", "WebAssembly/tool-conventions#33", "ziglang/zig#10613" },
  link = linked { "--import-memory" },
  expect = { returns("read", {}, 0), table.unpack(written()) },
}

case "zeros-are-filled" {
  title = "with bulk memory zeros for an imported memory may be filled by the start function",
  clauses = { "memory.import-bss" },
  origin = { "llvm/llvm-project#208284", "WebAssembly/tool-conventions#33", "ziglang/zig#10613" },
  link = linked({ "--import-memory" }, { "+bulk-memory" }),
  expect = { either { filled = filled(), written = written() }, returns("read", {}, 0) },
}

case "no-zeros-no-start" {
  title = "an imported memory without zeros needs no start function",
  clauses = { "memory.import-bss" },
  link = function()
    local a = object "a.o"
    a:data("word", { bytes = "\x2a\0\0\0", export = "word" })
    a:features { "+bulk-memory" }
    return { "--no-entry", "--import-memory", a }
  end,
  expect = { no_start(), no_function "__wasm_init_memory", data_at("word", "\x2a\0\0\0") },
}

case "own-memory-is-zero" {
  title = "a memory of the module's own is zero: bulk memory makes no start function",
  clauses = { "memory.import-bss", "layout.bss-not-written" },
  link = linked({}, { "+bulk-memory" }),
  expect = { no_start(), counts { data = 1 }, returns("read", {}, 0) },
}

case "bulk-memory-disallowed" {
  title = "where --features leaves out bulk memory, zeros for an imported memory are bytes",
  clauses = { "memory.import-bss" },
  link = linked { "--import-memory", "--features=mutable-globals" },
  expect = { returns("read", {}, 0), table.unpack(written()) },
}

case "bulk-memory-allowed-by-option" {
  title = "--features=bulk-memory allows the start function though no input names the feature",
  clauses = { "memory.import-bss" },
  link = linked { "--import-memory", "--features=bulk-memory" },
  expect = { either { filled = filled(), written = written() }, returns("read", {}, 0) },
}

case "filled-in-pieces" {
  title = "all the zeros are covered, whichever segments of the inputs they come from",
  clauses = { "memory.import-bss" },
  link = function()
    local a, b = program { "+bulk-memory" }, object "b.o"
    b:data("more", { zero = 8, align = 6, export = "more" })
    b:features { "+bulk-memory" }
    return { "--no-entry", "--import-memory", a, b }
  end,
  expect = {
    holds("zeros from one end to the other", function(module, view)
      local first, past = view:address "zeros", view:address "more" + 8
      for _, d in ipairs(module.data) do
        if d.address and d.address <= first and d.address + #d.bytes >= past then return true end
      end
      local c = view:start() and view:constants(view:start()) or {}
      return c[1] and c[1] <= first and c[1] + c[3] >= past, "not all of them"
    end),
    returns("read", {}, 0),
  },
}

for name, option in pairs { ["name-only"] = "heap", ["empty-name"] = "", ["empty-module"] = ",heap",
  ["name-with-a-comma"] = "host,a,b" } do
  local module, field = option:match "^([^,]*),(.*)$"
  case("imported-as-" .. name) {
    title = ("--import-memory=%s: what stands before the first comma is the module"):format(option),
    clauses = { "memory.import" },
    link = linked { "--import-memory=" .. option },
    expect = { imports_exactly { ("%s.%s"):format(module or "env", field or option) } },
  }
end

case "exported-as-nothing" {
  title = "the name of the export may be empty",
  clauses = { "memory.export" },
  link = linked { "--export-memory=" },
  expect = { exports { [""] = "memory" }, no_export "memory" },
}

case "last-name-counts" {
  title = "of several names for the memory the last one counts, and one with a name the more",
  clauses = { "memory.import", "memory.export" },
  link = linked { "--import-memory=a,b", "--import-memory=c,d", "--import-memory",
    "--export-memory=e", "--export-memory=f", "--export-memory" },
  expect = { imports_exactly { "c.d" }, exports { f = "memory" } },
}
