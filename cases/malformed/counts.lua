-- Counts that promise more than the bytes behind them can hold.  Such a file is refused where the
-- count stands, before memory is taken for what it counts.

local function rich()
  local o = object "a.o"
  o:func("host", { sig = "i32 i64 -> f32", undefined = true })
  local g = o:global("g", { mutable = true })
  o:table("t", { min = 1 })
  o:memory { min = 1 }
  local e = o:tag("e", { sig = "i32 ->" })
  local main = o:func("f", { sig = "-> i32", export = "f", locals = "i32 i64",
    code = { { "global.get", g }, { "throw", e } } })
  local group = o:comdat "group"
  local boot = o:func("boot", { sig = "->", code = "nop", comdat = group })
  o:init(boot, 100)
  o:data("x", { bytes = { addr "x" }, align = 2 })
  o:elem { funcs = { main } }
  o:names { functions = true }
  o:producers { { "language", "C11" } }
  o:features { "+mutable-globals" }
  return { "--no-entry", o }
end

-- Name of the case, path of the count, the field as diagnostics have it.
for _, row in ipairs {
  { "types", "type.types.count", "type count" },
  { "parameters", "type.types[0].params.count", "parameter count" },
  { "results", "type.types[0].results.count", "result count" },
  { "imports", "import.imports.count", "import count" },
  { "functions", "function.funcs.count", "function count" },
  { "tables", "table.tables.count", "table count" },
  { "memories", "memory.memories.count", "memory count" },
  { "tags", "tag.tags.count", "tag count" },
  { "globals", "global.globals.count", "global count" },
  { "exports", "export.exports.count", "export count" },
  { "element-segments", "elem.segments.count", "element segment count" },
  { "elements", "elem.segments[0].funcs.count", "element count" },
  { "locals", "code.funcs[0].locals.count", "local declaration count" },
  { "data-segments", "data.segments.count", "data segment count" },
  { "segment-info", "linking.segments.count", "segment info count" },
  { "init-functions", "linking.init_funcs.count", "init function count" },
  { "comdats", "linking.comdats.count", "comdat count" },
  { "comdat-entries", "linking.comdats[0].entries.count", "comdat entry count" },
  { "relocations", "reloc.CODE.entries.count", "relocation count" },
  { "names", "name.functions.count", "function name count" },
  { "producers-fields", "producers.fields.count", "producers field count" },
  { "producers-values", "producers.fields[0].values.count", "producers value count" },
  { "features", "target_features.features.count", "feature count" },
} do
  case(row[1]) {
    title = ("a %s that is more than the bytes left can hold is refused"):format(row[3]),
    clauses = { "container.count" },
    link = rich,
    mutate = { file = "a.o", at = row[2], to = "\xff\xff\xff\xff\x0f" },
    expect = { rejects { id = "COUNT_TOO_LARGE", phase = "read", class = "malformed",
      file = "a.o", field = row[3], offset = row[2] } },
  }
end
