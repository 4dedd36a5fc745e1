-- What is right beside what cases/malformed/container.lua and sections.lua spoil: modules that make
-- use of all that a module may have.

-- One of every section whose place is fixed, in order.
local function furnished()
  local o = object "a.o"
  local get = o:func("get", { sig = "-> i32", undefined = true, explicit_name = true })
  local e = o:tag("e", { sig = "i32 ->" })
  local g = o:global("g", { mutable = true, init = { "i32.const 5" } })
  local t = o:table("t", { type = "funcref", min = 2, max = 2 })
  local x = o:data("x", { bytes = "\7\0\0\0", align = 2 })
  o:func("f", { sig = "-> i32", code = { { "call", get }, { "table.size", t }, "i32.add",
    { "global.get", g }, "i32.add", { "i32.const", addr(x) }, { "i32.load" }, "i32.add" } })
  o:func("throws", { sig = "->", code = { "i32.const 1", { "throw", e } } })
  local boot = o:func("boot", { sig = "->", static = true, code = "unreachable" })
  o:data("pointer", { bytes = { addr(x) }, align = 2 })
  o:export("own", boot)
  o:start(boot)
  o:elem { funcs = { boot } }
  o:memory { min = 1, max = 1 }
  o:names { functions = true }
  o:producers { { "language", "C11" } }
  o:features { "+mutable-globals" }
  return o
end

local function linked(o)
  return { "--no-entry", "--export=f", "--export=throws", "--export=pointer", o }
end

-- What all of it comes to.
local function works(...)
  return { runs({ { call = "f", value = 114 } }, { ["env.get"] = 100 }), no_start(),
    imports_exactly { "env.get" }, counts { tag = 1, table = 1 }, ... }
end

case "every-section" {
  title = "an object with a section of every kind, each in its place, links",
  clauses = { "object.module", "container.magic", "container.version", "container.section.id",
    "container.section.order", "container.table", "container.memory", "container.datacount",
    "name.order", "producers.order", "features.order" },
  link = function() return linked(furnished()) end,
  expect = works(features { "+mutable-globals" }),
}

case "minimal-sizes" {
  title = "sizes of sections may be written with as few bytes as they need",
  clauses = { "container.section.size", "container.leb128" },
  link = function()
    local o = object("a.o", { size_width = 0 })
    local x = o:data("x", { bytes = "\7\0\0\0", align = 2 })
    o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr(x) },
      { "i32.load" } } })
    return { "--no-entry", o }
  end,
  expect = { returns("f", {}, 7) },
}

case "custom-sections-anywhere" {
  title = "custom sections may stand in front of all others, between them and behind them",
  clauses = { "container.section.order", "container.section.custom", "custom.concatenate" },
  link = function()
    local o = furnished()
    o:custom("mine", { bytes = "a", before = "type" })
    o:custom("mine", { bytes = "b", before = "code", path = "mine-2" })
    o:custom("mine", { bytes = "c", before = "linking", path = "mine-3" })
    o:custom("mine", { bytes = "d", path = "mine-4" })
    return linked(o)
  end,
  expect = works(custom("mine", "abcd")),
}

case "relocations-of-the-first-section" {
  title = "a custom section in front of all others has relocations like any other",
  clauses = { "container.section.order", "reloc.section.index" },
  link = function()
    local o = object "a.o"
    for _, name in ipairs { "f", "g" } do
      local f = o:func(name, { sig = "->", export = name, code = {} })
      o:custom("slot of " .. name, { before = "type", bytes = { slot(f) } })
    end
    return { "--no-entry", "--no-gc-sections", o }
  end,
  expect = { custom("slot of f", { to_slot "f" }), custom("slot of g", { to_slot "g" }),
    in_table("f", "g") },
}

case "export-of-a-tag-behind-an-import" {
  title = "tags are counted from the imported ones on, for exports, too",
  clauses = { "container.export", "container.export-ignored" },
  link = function()
    local o = object "a.o"
    local far = o:tag("far", { sig = "->", undefined = true, import_module = "m",
      import_name = "far" })
    o:export("near", o:tag("near", { sig = "->" }))
    o:func("f", { sig = "->", export = "f", code = { { "throw", far } } })
    return { "--no-entry", o }
  end,
  expect = { counts { tag = 1 }, imports_exactly { "m.far" }, exports_exactly { "memory", "f" } },
}

case "nothing-but-linking" {
  title = "a header and a section linking make an object, which adds nothing",
  clauses = { "object.linking-section", "object.module", "container.magic", "container.version" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "-> i32", export = "f", code = "i32.const 7" })
    return { "--no-entry", module("bare.o", { header {},
      section("linking", 0, { f.uleb("version", 2) }) }), o }
  end,
  expect = { returns("f", {}, 7), function_count(1) },
}

case "empty-sections" {
  title = "a section may have a list of no items",
  clauses = { "container.count", "container.section.size" },
  link = function()
    local sections, ids = { header {} }, { 1, 2, 3, 4, 5, 13, 6, 7, 9, 10, 11 }
    for i, id in ipairs(ids) do
      sections[i + 1] = section("empty-" .. id, id, { f.uleb("count", 0) })
    end
    sections[#sections + 1] = section("linking", 0, { f.uleb("version", 2) })
    local o = object "a.o"
    o:func("f", { sig = "-> i32", export = "f", code = "i32.const 7" })
    return { "--no-entry", module("empty.o", sections), o }
  end,
  expect = { returns("f", {}, 7), function_count(1) },
}

case "limits" {
  title = "a maximum may be the minimum, more, or none at all",
  clauses = { "container.limits", "container.table", "export.table" },
  link = function()
    local o = object "a.o"
    local tables = { o:table("equal", { type = "externref", min = 3, max = 3 }),
      o:table("more", { type = "externref", min = 3, max = 4 }),
      o:table("none", { type = "externref", min = 3 }),
      o:table("nothing", { type = "externref", min = 0, max = 0 }) }
    for i, t in ipairs(tables) do
      o:func("f" .. i, { sig = "-> i32", export = "f" .. i, code = { { "table.size", t } } })
      o:func("g" .. i, { sig = "-> i32", export = "g" .. i, code = { { "ref.null", "extern" },
        "i32.const 1", { "table.grow", t } } })
    end
    return { "--no-entry", o }
  end,
  expect = { runs { { call = "f1", value = 3 }, { call = "g1", value = -1 },
    { call = "f2", value = 3 }, { call = "g2", value = 3 }, { call = "g2", value = -1 },
    { call = "f3", value = 3 }, { call = "g3", value = 3 }, { call = "g3", value = 4 },
    { call = "f4", value = 0 }, { call = "g4", value = -1 } } },
}

case "memory-of-its-own" {
  title = "an object may define its memory; how large the module's is, is not its to say",
  clauses = { "container.memory", "memory.initial" },
  link = function()
    local o = object "a.o"
    o:memory { min = 3, max = 5 }
    local x = o:data("x", { bytes = "\7\0\0\0", align = 2 })
    o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr(x) },
      { "i32.load" } } })
    return { "--no-entry", "--initial-memory=131072", o }
  end,
  expect = { returns("f", {}, 7), memory { min = 2 }, counts { memory = 1 } },
}

case "memory-by-number" {
  title = "a data segment may say that it is in memory 0",
  clauses = { "container.data" },
  link = function()
    local o = object "a.o"
    local s = o:segment(".data.x", { bytes = "\7\0\0\0", align = 2, memory = 0 })
    local x = o:data("x", { segment = s })
    o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr(x) },
      { "i32.load" } } })
    return { "--no-entry", o }
  end,
  expect = { returns("f", {}, 7) },
}

case "without-datacount" {
  title = "an object need not count its segments in front of the code",
  clauses = { "container.datacount", "container.section.order" },
  link = function()
    local o = object("a.o", { datacount = false })
    local x = o:data("x", { bytes = "\7\0\0\0", align = 2 })
    o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr(x) },
      { "i32.load" } } })
    return { "--no-entry", o }
  end,
  expect = { returns("f", {}, 7) },
}

for i, name in ipairs { "dylink.1", "dylink.", "dylink.00", ".dylink", "Dylink.0" } do
  case("no-library-" .. i) {
    title = ("a custom section %s makes no shared library of an object"):format(name),
    clauses = { "dylink.section", "custom.kept" },
    link = function()
      local o = object "a.o"
      o:func("f", { sig = "-> i32", export = "f", code = "i32.const 7" })
      o:custom(name, { bytes = "\1\4\0\0\0\0", before = "type" })
      return { "--no-entry", o }
    end,
    expect = { returns("f", {}, 7), custom(name, "\1\4\0\0\0\0") },
  }
end

case "every-flag-of-limits" {
  title = "the memory of an object may be shared, of 64 bits, and say the size of its pages",
  clauses = { "container.limits", "container.memory" },
  link = function()
    local o = object("a.o", { memory64 = true, memory = { min = 1, max = 1, shared = true,
      is64 = true, page_size = 16 } })
    o:func("f", { sig = "-> i32", export = "f", code = "i32.const 7" })
    return { "-mwasm64", "--no-entry", o }
  end,
  expect = { exports { f = "function" } },
}
