-- Where data and table slots of a module go: from __memory_base and __table_base on.

local MODES = { shared = { "-shared", "--experimental-pic" },
  pie = { "-pie", "--no-entry", "--experimental-pic" } }
local HOST = { ["env.__memory_base"] = 4096, ["env.__table_base"] = 8,
  ["env.__indirect_function_table"] = 64 }

-- A link of the object that fill(o) fills, with these options and more.
local function linking(options, fill, ...)
  local list = { table.unpack(options) }
  for _, word in ipairs { ... } do list[#list + 1] = word end
  return function()
    local all, o = { table.unpack(list) }, object "a.o"
    o:features()
    fill(o)
    all[#all + 1] = o
    return all
  end
end

local function memory_base(o)
  return o:global("__memory_base", { type = "i32", undefined = true })
end

-- get_x() gives the word that is in x when code adds __memory_base to its distance.
local function readable(o, base, name, options)
  local opts = { align = 2, hidden = true }
  for key, value in pairs(options) do opts[key] = value end
  local x = o:data(name, opts)
  o:func("get_" .. name, { sig = "-> i32", export = "get_" .. name, code = {
    { "global.get", base }, { "i32.const", addr_rel(x) }, "i32.add", { "i32.load" } } })
end

local function three(o)
  local base = memory_base(o)
  readable(o, base, "r", { bytes = "\x11\0\0\0", segment_name = ".rodata.r" })
  readable(o, base, "d", { bytes = "\x22\0\0\0", segment_name = ".data.d" })
  readable(o, base, "z", { zero = 4, segment_name = ".bss.z" })
end

local FOUND = { runs({ { call = "get_r", value = 0x11 }, { call = "get_d", value = 0x22 },
  { call = "get_z", value = 0 } }, HOST) }

for mode, options in pairs(MODES) do
  case("one-segment-" .. mode) {
    title = mode .. ": without extended constant expressions the data is one segment",
    clauses = { "dylink.one-segment", "dylink.import.memory-base" },
    link = linking(options, three),
    expect = { data_segments { ".data" }, moved(), FOUND[1] },
  }
  case("segments-" .. mode) {
    title = mode .. ": with them there are several, each where the base and its distance say",
    clauses = { "dylink.segments", "dylink.import.memory-base" },
    link = linking(options, three, "--extra-features=extended-const"),
    expect = { name_section { data = { ".rodata", ".data" } }, moved(), FOUND[1] },
  }
  case("one-segment-alone-" .. mode) {
    title = mode .. ": a segment that is the only one keeps its name",
    clauses = { "dylink.one-segment" },
    link = linking(options, function(o)
      readable(o, memory_base(o), "r", { bytes = "\x11\0\0\0", segment_name = ".rodata.r" })
    end),
    expect = { data_segments { ".rodata" }, moved(),
      runs({ { call = "get_r", value = 0x11 } }, HOST) },
  }
  case("alignment-in-one-segment-" .. mode) {
    title = mode .. ": in one segment everything is aligned as it asks, as distance from the base",
    clauses = { "dylink.one-segment", "dylink.mem-info.memory-alignment" },
    link = linking(options, function(o)
      readable(o, memory_base(o), "r", { bytes = "\1\0\0\0\0", segment_name = ".rodata.r" })
      o:data("d", { bytes = "\2\0\0\0", segment_name = ".data.d", align = 4, exported = true,
        export = "d" })
    end),
    expect = { address "d" { align = 16 }, data_at("d", "\2\0\0\0"),
      dylink { memory_align = { min = 4, max = 16 } } },
  }
  case("elements-" .. mode) {
    title = mode .. ": functions are in the slots that their distance from __table_base says",
    clauses = { "dylink.elements", "dylink.import.table-base", "dylink.table-limits" },
    link = linking(options, function(o)
      local slots = o:global("__table_base", { type = "i32", undefined = true })
      for i = 1, 2 do
        local g = o:func("g" .. i, { sig = "-> i32", code = "i32.const " .. 70 + i, hidden = true })
        o:func("f" .. i, { sig = "-> i32", export = "f" .. i, code = { { "global.get", slots },
          { "i32.const", slot_rel(g) }, "i32.add", { "call_indirect", "-> i32" } } })
      end
    end),
    expect = { moved(), in_table("g1", "g2"), runs({ { call = "f1", value = 71 },
      { call = "f2", value = 72 } }, HOST) },
  }
  case("table-grows-" .. mode) {
    title = mode .. ": the imported table has no maximum: other modules have slots, too",
    clauses = { "dylink.table-limits", "dylink.import.table" },
    link = linking(options, function(o)
      local g = o:func("g", { sig = "->", code = "nop", hidden = true })
      o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", slot_rel(g) } } })
    end),
    expect = { imports { ["env.__indirect_function_table"] = "table" },
      indirect_table { min = 1, max = false } },
  }
  case("bases-of-nothing-" .. mode) {
    title = mode .. ": the bases are imported by a module that has no data and no slots, too",
    clauses = { "dylink.bases" },
    link = linking(options, function(o)
      o:func("f", { sig = "-> i32", export = "f", code = "i32.const 1" })
    end),
    expect = { imports { ["env.__memory_base"] = { kind = "global", type = "i32", mutable = false },
      ["env.__table_base"] = { kind = "global", type = "i32", mutable = false } },
      no_import "env.__indirect_function_table" },
  }
end

case "memory-minimum" {
  title = "the imported memory is no smaller than the module's data",
  clauses = { "dylink.memory-minimum", "dylink.import.memory", "shared.memory" },
  link = linking(MODES.shared, function(o) o:data("z", { zero = 200000 }) end),
  expect = { memory { imported = true, min = 4 }, dylink { memory_size = { min = 200000 } } },
}

case "memory-of-nothing" {
  title = "a library without data imports a memory of any size",
  clauses = { "dylink.memory-minimum", "dylink.import.memory", "shared.memory" },
  link = linking(MODES.shared, function(o)
    o:func("f", { sig = "-> i32", code = "i32.const 1" })
  end),
  expect = { memory { imported = true, min = 0 }, dylink { memory_size = 0 } },
}

case "memory-of-pie" {
  title = "a program that is moved has its own memory, with room for a stack and its data",
  clauses = { "pie.memory" },
  link = linking(MODES.pie, function(o)
    o:data("x", { bytes = "1234", export = "x", exported = true })
  end),
  expect = { memory { imported = false }, exports { memory = "memory" },
    no_import "env.memory" },
}

case "imported-memory-of-pie" {
  title = "with --import-memory it has the loader's",
  clauses = { "pie.memory", "memory.import" },
  link = linking(MODES.pie, function(o)
    o:data("x", { bytes = "1234", export = "x", exported = true })
  end, "--import-memory"),
  expect = { memory { imported = true }, no_export "memory" },
}

case "table-of-pie" {
  title = "the table of a program that is moved is the loader's, and not exported again",
  clauses = { "pie.memory", "dylink.no-memory-export", "dylink.import.table" },
  origin = { "WebAssembly/tool-conventions#232", "WebAssembly/tool-conventions#234" },
  link = linking(MODES.pie, function(o)
    local g = o:func("g", { sig = "->", code = "nop" })
    o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", slot_rel(g) } } })
  end),
  expect = { imports { ["env.__indirect_function_table"] = "table" },
    no_export "__indirect_function_table" },
}

case "nothing-exported-of-a-library" {
  title = "a library exports neither memory nor table, as they are not its own",
  clauses = { "dylink.no-memory-export", "shared.memory" },
  link = linking(MODES.shared, function(o)
    local g = o:func("g", { sig = "->", code = "nop", hidden = true })
    o:func("f", { sig = "-> i32", code = { { "i32.const", slot_rel(g) } } })
  end),
  expect = { no_export("memory", "__indirect_function_table"),
    imports { ["env.memory"] = "memory", ["env.__indirect_function_table"] = "table" } },
}
