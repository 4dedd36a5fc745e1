-- Exports of data, globals, tables and tags.

local function with_data()
  local o = object "a.o"
  local s = o:segment(".data.s", { bytes = "aaaabbbb", align = 4 })
  o:data("a", { segment = s, offset = 0, size = 4 })
  o:data("b", { segment = s, offset = 4, size = 4 })
  o:data("c", { bytes = "cccc", segment_name = ".data.c" })
  return o
end

case "data-is-an-address" {
  title = "exported data is an immutable global that holds its address",
  clauses = { "export.data" },
  origin = { "ziglang/zig#12687", "kubkon/bold#18", "wild-linker/wild#2414" },
  link = function() return { "--no-entry", "--export=a", "--export=b", with_data() } end,
  expect = { exports { a = { kind = "global", type = "i32", mutable = false }, b = "global" },
    data_at("a", "aaaabbbb"), data_at("b", "bbbb"), address "b" { distance = { "a", 4 } },
    data_count("cccc", 0) },
}

case "data-needs-no-feature" {
  title = "addresses are exported though no object has the feature mutable-globals",
  clauses = { "export.data", "features.mutable-globals" },
  link = function()
    local o = with_data()
    o:features { "+sign-ext" }
    return { "--no-entry", "--export=a", o }
  end,
  expect = { data_at("a", "aaaa") },
}

case "data-export-dynamic" {
  title = "--export-dynamic exports data as it does functions",
  clauses = { "export.data", "export.dynamic", "export.kind" },
  link = function() return { "--no-entry", "--export-dynamic", with_data() } end,
  expect = { exports { a = "global", b = "global", c = "global" }, data_at("c", "cccc") },
}

case "data-behind-globals" {
  title = "addresses are the last globals, in the order of the exports",
  clauses = { "export.data", "globals.numbering" },
  link = function()
    local o = with_data()
    local g = o:global("g", { type = "i64", init = "i64.const 1" })
    o:func("f", { sig = "-> i64", export = "f", code = { { "global.get", g } } })
    return { "--no-entry", "--export=c", "--export=b", "--export=a", o }
  end,
  expect = { export_order { "a", "b", "c", "f" }, holds("g, a, b, c are the globals in this order",
    function(_, view)
      local list = { view:one("global", "g") }
      for _, name in ipairs { "a", "b", "c" } do list[#list + 1] = view:export(name).index end
      for i = 2, 4 do
        if list[i] <= list[i - 1] then return false, table.concat(list, " ") end
      end
      return list[4] == view:count "global" - 1, table.concat(list, " ")
    end) },
}

case "linker-made-data" {
  title = "--export of __heap_base makes the linker define it, above all data",
  clauses = { "export.data", "layout.symbol.heap-base" },
  link = function() return { "--no-entry", "--export=__heap_base", "--export=a", with_data() } end,
  expect = { address "__heap_base" { above = "a", align = 16 } },
}

case "linker-made-data-if-defined" {
  title = "--export-if-defined of __data_end makes the linker define it",
  clauses = { "export.if-defined", "layout.symbol.data-end" },
  link = function()
    return { "--no-entry", "--export-if-defined=__data_end", "--export=a", with_data() }
  end,
  expect = { address "__data_end" { distance = { "a", 8 } } },
}

-- Globals -----------------------------------------------------------------------------------------

local function with_globals(...)
  local o = object "a.o"
  o:global("fixed", { type = "i64", init = "i64.const 5" })
  o:global("moving", { type = "f32", mutable = true, init = "f32.const 1.5" })
  o:features { ... }
  return o
end

case "globals" {
  title = "with the feature mutable-globals globals of both kinds are exported as they are",
  clauses = { "export.global", "features.mutable-globals" },
  link = function()
    return { "--no-entry", "--export=fixed", "--export=moving", with_globals "+mutable-globals" }
  end,
  expect = { exports { fixed = { kind = "global", type = "i64", mutable = false },
    moving = { kind = "global", type = "f32", mutable = true } },
    runs { { get = "fixed", value = 5 }, { get = "moving", value = 1.5 } } },
}

case "mutable-global-without-feature" {
  title = "exporting a mutable global is an error if no object has the feature mutable-globals",
  clauses = { "export.global", "features.mutable-globals" },
  link = function() return { "--no-entry", "--export=moving", with_globals "+sign-ext" } end,
  expect = { rejects { id = "MUTABLE_GLOBAL", class = "feature" } },
}

case "mutable-global-unchecked" {
  title = "--no-check-features lets a mutable global be exported without the feature",
  clauses = { "export.global", "option.no-check-features" },
  link = function()
    return { "--no-entry", "--export=moving", "--no-check-features", with_globals "+sign-ext" }
  end,
  expect = { exports { moving = { kind = "global", type = "f32", mutable = true } } },
}

case "imported-mutable-global" {
  title = "importing a mutable global is an error without the feature mutable-globals",
  clauses = { "globals.import", "features.mutable-globals" },
  link = function()
    local o = object "a.o"
    local g = o:global("g", { type = "i32", mutable = true, undefined = true, import_module = "m",
      import_name = "g" })
    o:func("get", { sig = "-> i32", export = "get", code = { { "global.get", g } } })
    o:features { "+sign-ext" }
    return { "--no-entry", o }
  end,
  expect = { rejects { id = "MUTABLE_GLOBAL", class = "feature" } },
}

case "stack-pointer-asked-for" {
  title = "--export=__stack_pointer exports it where the feature mutable-globals is there",
  clauses = { "export.global", "globals.stack-pointer" },
  link = function()
    return { "--no-entry", "--export=__stack_pointer", with_globals "+mutable-globals" }
  end,
  expect = { exports { __stack_pointer = { kind = "global", type = "i32", mutable = true } } },
}

case "stack-pointer-without-feature" {
  title = "--export=__stack_pointer is an error where the feature mutable-globals is missing",
  clauses = { "export.global", "features.mutable-globals" },
  link = function()
    return { "--no-entry", "--export=__stack_pointer", with_globals "+sign-ext" }
  end,
  expect = { rejects { id = "MUTABLE_GLOBAL", class = "feature" } },
}

case "stack-pointer-with-export-all" {
  title = "--export-all exports the stack pointer where the feature mutable-globals is there",
  clauses = { "export.all", "globals.stack-pointer" },
  link = function() return { "--no-entry", "--export-all", with_globals "+mutable-globals" } end,
  expect = { exports { __stack_pointer = "global", fixed = "global", moving = "global" } },
}

-- Tables and tags ---------------------------------------------------------------------------------

case "tables-and-tags" {
  title = "tables and tags are exported as they are",
  clauses = { "export.table", "export.tag" },
  link = function()
    local o = object "a.o"
    o:table("t", { type = "externref", min = 2, max = 9 })
    o:tag("e", { sig = "i32 i64 ->" })
    return { "--no-entry", "--export=t", "--export=e", o }
  end,
  expect = { exports { t = { kind = "table", type = "externref", min = 2, max = 9 },
    e = { kind = "tag", sig = "i32 i64 ->" } } },
}
