-- Shared libraries that are broken: in "dylink.0", and in the sections that a linker reads of them.

local function main()
  local o = object "a.o"
  o:func("main", { sig = "-> i32", export = "main",
    code = { { "call", o:func("f", { sig = "-> i32", undefined = true }) } } })
  return o
end

-- A library with all that "dylink.0" can say.
local function link()
  local l = library("libx.so", { memory_size = 8, memory_align = 2, table_size = 1 })
  l:exported("f", { sig = "-> i32", code = "i32.const 1" })
  l:address("x", 0, { tls = true })
  l:needs("liby.so")
  l:import_info("env", "g", "weak undefined")
  l:runtime_path "/lib"
  return { "--no-entry", "--experimental-pic", "-Bdynamic", main(), l }
end

local function refused(id, field, at)
  return { rejects { id = id, phase = "read", class = "malformed", file = "libx.so", field = field,
    offset = at } }
end

local function broken(name)
  return function(fields)
    fields.clauses = fields.clauses or { "library.format", "dylink.sub-section" }
    fields.link, fields.golden = link, fields.golden
    case(name)(fields)
  end
end

case "everything-said" {
  title = "a library that says all there is to say is taken",
  clauses = { "library.format", "dylink.sub-section", "dylink.string" },
  link = link,
  expect = { dylink { needed = { "libx.so" }, exports = {}, imports = {} },
    imports { ["env.f"] = "function" } },
}

case "unknown-sub-section" {
  title = "a sub-section of a later convention is skipped",
  clauses = { "dylink.sub-section" },
  link = function()
    local list = link()
    list[#list]:insert("dylink.0.needed", f.raw("later", "\x77\1\0"))
    return list
  end,
  expect = { dylink { needed = { "libx.so" } } },
}

-- A sub-section that says it has a byte less than its fields, and one more than there is.
for _, part in ipairs { "mem_info", "needed", "exports", "imports", "runtime_path" } do
  broken("size-of-" .. part:gsub("_", "-") .. "-too-small") {
    title = ("the size of %s cuts its last field"):format(part),
    mutate = function(files)
      local l = files["libx.so"]
      local size = l:get(("dylink.0.%s.size"):format(part)):byte()
      l:set(("dylink.0.%s.size"):format(part), string.char(size - 1), { fix = false })
    end,
    expect = { rejects { phase = "read", class = "malformed", file = "libx.so" } },
  }

  broken("size-of-" .. part:gsub("_", "-") .. "-too-large") {
    title = ("the size of %s has a byte that none of its fields takes"):format(part),
    mutate = function(files)
      local l = files["libx.so"]
      local size = l:get(("dylink.0.%s.size"):format(part)):byte()
      l:set(("dylink.0.%s.size"):format(part), string.char(size + 1), { fix = false })
    end,
    expect = { rejects { phase = "read", class = "malformed", file = "libx.so" } },
  }
end

broken "runtime-path-with-a-byte-left" {
  title = "a sub-section has no bytes behind its last entry",
  mutate = function(files)
    local l = files["libx.so"]
    local size = l:get("dylink.0.runtime_path.size"):byte()
    l:move("dylink.0.runtime_path", "dylink.0.needed")
    l:set("dylink.0.runtime_path.size", string.char(size + 1), { fix = false })
  end,
  expect = { rejects { id = "SECTION_LEFTOVER", phase = "read", class = "malformed",
    file = "libx.so" } },
}

broken "size-beyond-the-section" {
  title = "a sub-section cannot end behind the section",
  mutate = { file = "libx.so", at = "dylink.0.runtime_path.size", to = "\x7f", fix = false },
  expect = refused("TRUNCATED", "sub-section", "dylink.0.runtime_path.entries"),
}

for _, list in ipairs { "needed", "exports", "imports", "runtime_path" } do
  broken("count-of-" .. list:gsub("_", "-") .. "-too-large") {
    title = ("the count of %s promises more than there is room for"):format(list),
    mutate = { file = "libx.so", at = ("dylink.0.%s.entries.count"):format(list), to = "\x7f",
      fix = false },
    expect = { rejects { id = "COUNT_TOO_LARGE", phase = "read", class = "malformed",
      file = "libx.so" } },
  }
end

broken "count-of-imports-a-little-too-large" {
  title = "an import takes three bytes at least: three do not fit where seven are left",
  mutate = { file = "libx.so", at = "dylink.0.imports.entries.count", to = "\3", fix = false },
  expect = { rejects { id = "COUNT_TOO_LARGE", phase = "read", class = "malformed",
    file = "libx.so" } },
}

-- What is counted, and the fewest bytes that one of it takes.
for list, least in pairs { needed = 1, exports = 2, runtime_path = 1 } do
  broken("count-of-" .. list:gsub("_", "-") .. "-too-large-by-one") {
    title = ("a count of %s that is too large by one is refused, too"):format(list),
    mutate = function(files)
      local l, part = files["libx.so"], "dylink.0." .. list
      local at, size = l:range(part .. ".entries.count")
      local first, all = l:range(part)
      l:set(part .. ".entries.count", string.char((first + all - at - size) // least + 1),
        { fix = false })
    end,
    expect = { rejects { id = "COUNT_TOO_LARGE", phase = "read", class = "malformed",
      file = "libx.so" } },
  }
end

broken "exports-too-many-by-one" {
  title = "a section cannot have one export more than there is room for",
  clauses = { "library.format", "container.count" },
  mutate = function(files)
    local l = files["libx.so"]
    local at, size = l:range "export.exports.count"
    local first, all = l:range "export"
    l:set("export.exports.count", string.char((first + all - at - size) // 3 + 1), { fix = false })
  end,
  expect = { rejects { id = "COUNT_TOO_LARGE", phase = "read", class = "malformed",
    file = "libx.so", field = "export count" } },
}

broken "name-beyond-its-sub-section" {
  title = "a string cannot end behind its sub-section",
  clauses = { "library.format", "dylink.string" },
  mutate = { file = "libx.so", at = "dylink.0.needed.entries[0].string.len", to = "\x7e",
    fix = false },
  expect = { rejects { id = "TRUNCATED", phase = "read", class = "malformed", file = "libx.so",
    field = "needed name" } },
}

broken "memory-size-too-large" {
  title = "the size of memory is a number of 32 bits",
  clauses = { "library.format", "dylink.mem-info.memory-size" },
  mutate = { file = "libx.so", at = "dylink.0.mem_info.memory_size", to = "\x80\x80\x80\x80\x10" },
  expect = refused("LEB_TOO_LARGE", "memory size", "dylink.0.mem_info.memory_size"),
}

broken "export-of-nothing" {
  title = "an export names something that is there",
  clauses = { "library.format" },
  mutate = { file = "libx.so", at = "export.exports[0].index", to = 9 },
  expect = refused("INDEX_RANGE", "export index", "export.exports[0].index"),
}

broken "section-twice" {
  title = "a section is there once",
  clauses = { "library.format" },
  mutate = function(files) files["libx.so"]:duplicate "export" end,
  expect = { rejects { id = "SECTION_ORDER", phase = "read", class = "malformed",
    file = "libx.so" } },
}

broken "sections-out-of-order" {
  title = "sections are in order",
  clauses = { "library.format" },
  mutate = function(files) files["libx.so"]:move("code", "export") end,
  expect = { rejects { id = "SECTION_ORDER", phase = "read", class = "malformed",
    file = "libx.so" } },
}

broken "sections-out-of-order-around-a-custom-section" {
  title = "a custom section between them does not change that",
  clauses = { "library.format" },
  mutate = function(files)
    local l = files["libx.so"]
    l:move("code", "export")
    l:insert("export", f.raw("note", "\0\5\4note"))
  end,
  expect = { rejects { id = "SECTION_ORDER", phase = "read", class = "malformed",
    file = "libx.so" } },
}

broken "section-with-bytes-left" {
  title = "a section has no bytes behind its last entry",
  clauses = { "library.format" },
  mutate = { file = "libx.so", at = "export.exports.count", to = "\1", fix = false },
  expect = { rejects { id = "SECTION_LEFTOVER", phase = "read", class = "malformed",
    file = "libx.so" } },
}

broken "cut" {
  title = "a library that ends in the middle of its exports",
  clauses = { "library.format" },
  mutate = { file = "libx.so", truncate = "export.exports[1]" },
  expect = { rejects { id = "TRUNCATED", phase = "read", class = "malformed", file = "libx.so" } },
}

case "empty-names" {
  title = "a library may need one whose name is empty, look for it at an empty path, and so on",
  clauses = { "library.format", "dylink.string", "dylink.needed", "dylink.export-info",
    "dylink.import-info" },
  link = function()
    local l = library("libx.so", { memory_size = 4 })
    l:exported("f", { sig = "-> i32", code = "i32.const 1" })
    l:needs("", "", "")
    l:runtime_path("", "")
    for _ = 1, 4 do
      l:export_info("", 0)
      l:import_info("", "", 0)
    end
    return { "--no-entry", "--experimental-pic", "-Bdynamic", main(), l }
  end,
  expect = { dylink { needed = { "libx.so" } } },
}

case "empty-name-alone" {
  title = "a library may export one thing, under a name that is empty",
  clauses = { "library.format", "container.count" },
  link = function()
    local o, l = object "a.o", library("libx.so", { memory_size = 4 })
    o:func("main", { sig = "->", export = "main", code = "nop" })
    l:exported("", { sig = "-> i32", code = "i32.const 1" })
    return { "--no-entry", "--experimental-pic", "-Bdynamic", o, l }
  end,
  expect = { dylink { needed = { "libx.so" } } },
}

broken "other-width" {
  title = "a library of another address width is refused",
  clauses = { "library.format" },
  mutate = { file = "libx.so", at = "import.imports[0].limits.flags", to = 4 },
  expect = { rejects { id = "WASM64_OBJECT", file = "libx.so" } },
}

case "data-of-another-width" {
  title = "that it is for another width is said before anything is made of what it exports",
  clauses = { "library.width", "library.data" },
  link = function()
    local o = object "a.o"
    o:func("main", { sig = "-> i32", export = "main",
      code = { { "global.get", got(o:data("x", { undefined = true })) } } })
    local l = library("libx.so", { wasm64 = true, memory_size = 4 })
    l:address("x", 0)
    return { "--no-entry", "--experimental-pic", "-pie", o, l }
  end,
  expect = { rejects { id = "WASM64_OBJECT", file = "libx.so" } },
}
