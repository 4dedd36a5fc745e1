-- Counts that promise more than the bytes behind them can hold.  Such a file is refused where the
-- count stands, before memory is taken for what it counts.

local function rich_object()
  local o = object "a.o"
  o:func("host", { sig = "i32 i64 -> f32", undefined = true })
  local g = o:global("g", { mutable = true })
  o:global("h", { mutable = true })
  o:table("t", { min = 1 })
  o:table("u", { min = 1 })
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
  return o
end

local function rich() return { "--no-entry", rich_object() } end

-- One more than the bytes behind a count can hold, where each takes `least`: to the end of the
-- section, or of the part of it that has a size of its own.
local function too_many(path, least)
  local o = rich_object()
  local whole = path:match("^linking%.[%w_]+") or path:match("^name%.%w+")
    or path:match("^reloc%.%w+") or path:match("^code%.funcs%[0%]") or path:match("^[%w_]+")
  local at, size = o:range(path)
  local first, all = o:range(whole)
  return (first + all - at - size) // least + 1
end

-- Name of the case, path of the count, the field as diagnostics have it, and the fewest bytes that
-- one of what is counted takes.
for _, row in ipairs {
  { "types", "type.types.count", "type count", 3 },
  { "parameters", "type.types[0].params.count", "parameter count", 1 },
  { "results", "type.types[0].results.count", "result count", 1 },
  { "imports", "import.imports.count", "import count", 4 },
  { "functions", "function.funcs.count", "function count", 1 },
  { "tables", "table.tables.count", "table count", 3 },
  { "memories", "memory.memories.count", "memory count", 2 },
  { "tags", "tag.tags.count", "tag count", 2 },
  { "globals", "global.globals.count", "global count", 4 },
  { "exports", "export.exports.count", "export count", 3 },
  { "element-segments", "elem.segments.count", "element segment count", 2 },
  { "elements", "elem.segments[0].funcs.count", "element count", 1 },
  { "locals", "code.funcs[0].locals.count", "local declaration count", 2 },
  { "data-segments", "data.segments.count", "data segment count", 2 },
  { "segment-info", "linking.segments.count", "segment info count", 3 },
  { "symbols", "linking.symbols.count", "symbol count", 3 },
  { "init-functions", "linking.init_funcs.count", "init function count", 2 },
  { "comdats", "linking.comdats.count", "comdat count", 3 },
  { "comdat-entries", "linking.comdats[0].entries.count", "comdat entry count", 2 },
  { "relocations", "reloc.CODE.entries.count", "relocation count", 3 },
  { "names", "name.functions.count", "function name count", 2 },
  { "producers-fields", "producers.fields.count", "producers field count", 2 },
  { "producers-values", "producers.fields[0].values.count", "producers value count", 2 },
  { "features", "target_features.features.count", "feature count", 2 },
} do
  local within = "section " .. (row[2]:match("^reloc%.%w+") or row[2]:match("^[%w_]+"))
  case(row[1]) {
    title = ("the %s is refused when it is more than the bytes left can hold"):format(row[3]),
    clauses = { "container.count" },
    link = rich,
    mutate = { file = "a.o", at = row[2], to = "\xff\xff\xff\xff\x0f" },
    expect = { rejects { id = "COUNT_TOO_LARGE", phase = "read", class = "malformed",
      file = "a.o", field = row[3], offset = row[2], within = within } },
  }

  case(row[1] .. "-by-one") {
    title = ("so is the smallest %s that is too large"):format(row[3]),
    clauses = { "container.count" },
    link = rich,
    mutate = { file = "a.o", at = row[2], to = too_many(row[2], row[4]) },
    expect = { rejects { id = "COUNT_TOO_LARGE", phase = "read", class = "malformed",
      file = "a.o", field = row[3], offset = row[2], within = within } },
  }
end
