-- Every field of "dylink.0", spoiled in the ways that any field can be: its sub-section ends in
-- front of it; its number is larger than 32 bits hold, or an alignment than a memory.  And what may
-- stand there twice, or not at all.

local function main()
  local o = object "a.o"
  o:func("main", { sig = "-> i32", export = "main",
    code = { { "call", o:func("f", { sig = "-> i32", undefined = true }) } } })
  return o
end

-- A link with a library that says all there is to say; make(l) adds to it.
local function linking(make)
  return function()
    local l = library("libx.so", { memory_size = 8, memory_align = 2, table_size = 1 })
    l:exported("f", { sig = "-> i32", code = "i32.const 1" })
    l:address("x", 0, { tls = true })
    l:address("y", 4, { tls = true })
    l:needs("liby.so", "libz.so")
    l:import_info("env", "a-weak-function", "weak undefined")
    l:import_info("env", "another", "weak undefined")
    l:runtime_path("/lib", "/usr/lib")
    if make then make(l) end
    return { "--no-entry", "--experimental-pic", "-Bdynamic", main(), l }
  end
end

local FITS = { calls("main", { "f" }), dylink { needed = { "libx.so" } } }

-- Sub-section, field in it, what diagnostics call it, its clause.
local FIELDS = {
  { "mem_info", "memory_size", "memory size", "dylink.mem-info.memory-size" },
  { "mem_info", "memory_align", "memory alignment", "dylink.mem-info.memory-alignment" },
  { "mem_info", "table_size", "table size", "dylink.mem-info.table-size" },
  { "mem_info", "table_align", "table alignment", "dylink.mem-info.table-alignment" },
  { "needed", "entries.count", "needed count", "dylink.needed" },
  { "needed", "entries[1].string.len", "needed name", "dylink.string" },
  { "exports", "entries.count", "export info count", "dylink.export-info" },
  { "exports", "entries[1].name.len", "export info name", "dylink.string" },
  { "exports", "entries[1].flags", "export info flags", "dylink.flags" },
  { "imports", "entries.count", "import info count", "dylink.import-info" },
  { "imports", "entries[1].module.len", "import info module", "dylink.string" },
  { "imports", "entries[1].field.len", "import info field", "dylink.string" },
  { "imports", "entries[1].flags", "import info flags", "dylink.flags" },
  { "runtime_path", "entries.count", "runtime path count", "dylink.runtime-path" },
  { "runtime_path", "entries[1].string.len", "runtime path", "dylink.string" },
}

-- The sub-section's size is that of what stands in front of the field.
local function cut(l, part, path)
  local size, width = l:range(part .. ".size")
  l:set(part .. ".size", string.char(l:range(path) - size - width), { fix = false })
end

for _, what in ipairs { "memory", "table" } do
  local field, path = what .. " alignment", ("dylink.0.mem_info.%s_align"):format(what)
  local clause = ("dylink.mem-info.%s-alignment"):format(what)
  case(what .. "-alignment-of-all") {
    title = ("the largest %s is 2^31"):format(field),
    clauses = { "library.format", clause },
    link = linking(function(l) l:set(path, "\x1f") end),
    expect = FITS,
  }

  case(what .. "-alignment-beyond-all") {
    title = ("a %s is the exponent of a power of 2: 2^32 is none that could be had"):format(field),
    clauses = { "library.format", clause },
    link = linking(),
    mutate = { file = "libx.so", at = path, to = "\x20" },
    expect = { rejects { id = "ALIGNMENT", phase = "read", class = "malformed", file = "libx.so",
      field = field } },
  }
end

for _, row in ipairs(FIELDS) do
  local section, name, field, clause = table.unpack(row)
  local part = "dylink.0." .. section
  local path = part .. "." .. name
  local function refused(id)
    return { rejects { id = id, phase = "read", class = "malformed", file = "libx.so",
      field = field, offset = path } }
  end

  case(field:gsub(" ", "-") .. "-cut-off") {
    title = ("what ends in front of the %s is refused"):format(field),
    clauses = { "library.format", clause },
    link = linking(),
    mutate = function(files) cut(files["libx.so"], part, path) end,
    expect = refused "LEB_TRUNCATED",
  }

  case(field:gsub(" ", "-") .. "-too-large") {
    title = ("a number that does not fit in 32 bits is refused: %s"):format(field),
    clauses = { "library.format", "container.leb128", clause },
    link = linking(),
    mutate = { file = "libx.so", at = path, to = "\x80\x80\x80\x80\x10" },
    expect = refused "LEB_TOO_LARGE",
  }
end

-- More and less than there is ---------------------------------------------------------------------

for _, part in ipairs { "mem_info", "needed", "exports", "imports", "runtime_path" } do
  local name = part:gsub("_", "-")

  case(name .. "-twice") {
    title = "a sub-section may come again: " .. name,
    clauses = { "library.format", "dylink.sub-section" },
    link = linking(function(l) l:duplicate("dylink.0." .. part) end),
    expect = FITS,
  }

  case(name .. "-missing") {
    title = "a sub-section may be missing: " .. name,
    clauses = { "library.format", "dylink.sub-section" },
    link = linking(function(l) l:remove("dylink.0." .. part) end),
    expect = FITS,
  }
end

case "nothing-said" {
  title = "a section without sub-sections makes a library",
  clauses = { "library.input", "dylink.section" },
  link = function()
    local l = library("libx.so", { mem_info = false })
    l:exported("f", { sig = "-> i32", code = "i32.const 1" })
    return { "--no-entry", "--experimental-pic", "-Bdynamic", main(), l }
  end,
  expect = FITS,
}

case "flags-of-no-export" {
  title = "what is said of an export that is none does not matter",
  clauses = { "library.format", "dylink.export-info" },
  link = linking(function(l) l:export_info("nothing", "weak") end),
  expect = FITS,
}

case "section-not-first" {
  title = "a module with the section behind others is neither a library nor an object",
  clauses = { "dylink.first" },
  link = linking(),
  mutate = function(files) files["libx.so"]:move("dylink.0", "function") end,
  expect = { rejects { id = "SHARED_LIBRARY", phase = "read", file = "libx.so" } },
}

case "neither-library-nor-object" {
  title = "a module that has been linked and is no library is refused under -Bdynamic, too",
  clauses = { "library.input", "object.linking-section" },
  link = function()
    local o = object("libx.so", { linking = false })
    o:export("f", o:func("f", { sig = "-> i32", code = "i32.const 1" }))
    return { "--no-entry", "--experimental-pic", "-Bdynamic", main(), o }
  end,
  expect = { rejects { id = "NOT_RELOCATABLE", phase = "read", file = "libx.so" } },
}
