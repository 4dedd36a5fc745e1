-- Numbers with as much padding as their encoding takes: they mean the same as short ones.

local function object_of(change)
  local o = object "a.o"
  local g = o:global("g", { mutable = true, init = { "i32.const 5" } })
  local x = o:data("x", { bytes = "\1\2\3\4\5\6\7\8" })
  local y = o:data("y", { bytes = { addr(x, 4) }, align = 2 })
  local boot = o:func("boot", { sig = "->", static = true, code = "nop" })
  o:func("f", { sig = "-> i32", export = "f", locals = "i32 i64", code = {
    { "global.get", g }, { "i32.load", addr(y) }, "drop", { "i32.const", addr(x, 4) } } })
  o:init(boot, 100)
  o:features { "+mutable-globals" }
  if change then change(o) end
  return { "--no-entry", "--export=x", "--export=y", o }
end

-- A number below 128 in `width` bytes.
local function padded(n, width)
  return string.char(n | 0x80) .. ("\x80"):rep(width - 2) .. "\0"
end

-- Every named field of the object, in as many bytes as a 32-bit number may have.
local function widen(width, ...)
  local paths = { ... }
  return function()
    return object_of(function(o)
      for _, path in ipairs(paths) do
        local value = o:get(path):byte()
        assert(value < 64, path)
        o:set(path, padded(value, width))
      end
    end)
  end
end

local same = { same_as(function() return object_of() end),
  exports { f = "function", x = "global", y = "global" }, data_at("y", { to_address("x", 4) }) }

case "counts" {
  title = "counts of five bytes are taken as they are",
  clauses = { "container.leb128" },
  link = widen(5, "type.types.count", "type.types[0].params.count", "import.imports.count",
    "function.funcs.count", "global.globals.count", "export.exports.count", "code.funcs.count",
    "data.segments.count", "datacount.count",
    "linking.symbols.count", "linking.segments.count", "linking.init_funcs.count",
    "reloc.CODE.entries.count", "target_features.features.count"),
  expect = same,
}

case "indices" {
  title = "indices of five bytes are taken as they are",
  clauses = { "container.leb128" },
  link = widen(5, "function.funcs[0].type", "function.funcs[1].type", "export.exports[0].index",
    "linking.symbols[0].index", "linking.symbols[1].segment", "linking.init_funcs[0].symbol",
    "reloc.CODE.section", "reloc.CODE.entries[0].index", "reloc.DATA.entries[0].index"),
  expect = same,
}

case "sizes" {
  title = "sizes and lengths of five bytes are taken as they are",
  clauses = { "container.leb128" },
  link = widen(5, "data.segments[0].size",
    "import.imports[0].module.len", "export.exports[0].name.len", "linking.name.len",
    "linking.symbols[0].name.len", "linking.segments[0].name.len",
    "target_features.features[0].name.len"),
  expect = same,
}

case "flags" {
  title = "flags, alignments and priorities of five bytes are taken as they are",
  clauses = { "container.leb128" },
  link = widen(5, "data.segments[0].flags", "linking.symbols[0].flags",
    "linking.segments[1].alignment", "linking.segments[1].flags"),
  expect = same,
}

case "symbol-offset" {
  title = "offset and size of a data symbol may have ten bytes, as 64-bit numbers",
  clauses = { "container.leb128" },
  link = widen(10, "linking.symbols[1].offset", "linking.symbols[1].size"),
  expect = same,
}

case "relocations" {
  title = "offset and addend of a relocation may have five bytes",
  clauses = { "container.leb128" },
  link = widen(5, "reloc.CODE.entries[0].offset", "reloc.CODE.entries[2].addend",
    "reloc.DATA.entries[0].addend"),
  expect = same,
}

case "constants" {
  title = "constants of five bytes are taken as they are",
  clauses = { "container.leb128" },
  link = widen(5, "global.globals[0].init[0].value", "data.segments[0].offset[0].value"),
  expect = same,
}

case "bodies" {
  title = "a function with a size and counts of five bytes keeps its locals and its code",
  clauses = { "container.leb128", "container.code" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "-> i32", export = "f", locals = "i32 i64", code = "local.get 0" })
    o:set("code.funcs[0].locals.count", padded(2, 5))
    o:set("code.funcs[0].locals[0].count", padded(1, 5))
    o:set("code.funcs[0].size", padded(o:get("code.funcs[0].size"):byte(), 5))
    return { "--no-entry", o }
  end,
  expect = { code("f", { "local.get 0" }), returns("f", {}, 0) },
}

case "sign-of-nine-bytes" {
  title = "a number of nine bytes, whose sign is its bit 62, keeps its sign",
  clauses = { "container.leb128" },
  link = function()
    local o = object "a.o"
    o:global("low", { type = "i64", init = "i64.const -0x4000000000000000", export = "low" })
    o:global("high", { type = "i64", init = "i64.const 0x3fffffffffffffff", export = "high" })
    o:features { "+mutable-globals" }
    return { "--no-entry", o }
  end,
  expect = { global_value("low", -0x4000000000000000), global_value("high", 0x3fffffffffffffff) },
}

case "negative" {
  title = "a negative constant of five bytes keeps its sign",
  clauses = { "container.leb128" },
  link = function()
    local o = object "a.o"
    o:global("g", { export = "g", init = { "i32.const 0" } })
    o:features { "+mutable-globals" }
    o:set("global.globals[0].init[0].value", "\xff\xff\xff\xff\x7f")
    return { "--no-entry", o }
  end,
  expect = { global_value("g", -1) },
}
