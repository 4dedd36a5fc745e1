-- Globals, tags and tables as members of groups: they are left out and replaced as functions and
-- data are, though compilers do not make such members yet.

-- Two objects with a group, and a function of each that uses the member: make(o, group, n) declares
-- it strongly, use(handle) gives the code.
local function two(make, use, options)
  return function()
    local list = { "--no-entry" }
    for _, option in ipairs(options or {}) do list[#list + 1] = option end
    for n, name in ipairs { "a", "b" } do
      local o = object(name .. ".o")
      local member = make(o, o:comdat "group", n)
      o:func(name, { sig = "-> i32", export = name, code = use(member) })
      list[#list + 1] = o
    end
    return list
  end
end

local function a_global(o, group, n)
  return o:global("g", { type = "i32", mutable = true, init = "i32.const " .. n, comdat = group })
end

local function a_tag(o, group) return o:tag("t", { sig = "i32 ->", comdat = group }) end

local function a_table(o, group, n)
  return o:table("tab", { type = "funcref", min = 10 * n, max = 10 * n, comdat = group })
end

local function get(g) return { { "global.get", g } } end
local function size(t) return { { "table.size", t } } end
local function throw(t) return { "i32.const 1", { "throw", t } } end

case "globals" {
  title = "of the globals of two groups of one name the first is left, and both objects use it",
  clauses = { "comdat.first-wins", "comdat.entry", "comdat.entry.kind", "comdat.entry.import" },
  link = two(a_global, get),
  expect = { returns("a", {}, 1), returns("b", {}, 1), holds("one global of that name",
    function(_, view)
      local n = 0
      for i = 0, view:count "global" - 1 do
        n = n + (view:is_named("global", i, "g") and 1 or 0)
      end
      return n == 1, n .. " of them"
    end) },
}

case "tables" {
  title = "of the tables of two groups of one name the first is left, and both objects use it",
  clauses = { "comdat.first-wins", "comdat.entry", "comdat.entry.kind", "comdat.entry.index" },
  link = two(a_table, size),
  expect = { returns("a", {}, 10), returns("b", {}, 10), counts { table = 1 } },
}

case "tags" {
  title = "of the tags of two groups of one name the first is left, and both objects use it",
  clauses = { "comdat.first-wins", "comdat.entry", "comdat.entry.kind", "comdat.entry.index",
    "comdat.flags" },
  link = two(a_tag, throw),
  expect = { counts { tag = 1 } },
}

case "without-collection" {
  title = "without garbage collection, too, both objects use the first group's global",
  clauses = { "comdat.first-wins" },
  link = two(a_global, get, { "--no-gc-sections" }),
  expect = { returns("a", {}, 1), returns("b", {}, 1) },
}

case "local-global" {
  title = "a local global of a group that is left out stays for those outside who use it",
  clauses = { "comdat.first-wins" },
  link = two(function(o, group, n)
    o:func("f", { sig = "->", weak = true, code = "nop", comdat = group })
    return o:global("g", { type = "i32", mutable = true, init = "i32.const " .. n, static = true,
      comdat = group })
  end, get),
  expect = { returns("a", {}, 1), returns("b", {}, 2) },
}

case "type-differs" {
  title = "a global of a group that is left out must have the type of the one that stays",
  clauses = { "comdat.first-wins", "symbol.global-type" },
  link = two(function(o, group, n)
    return o:global("g", { type = "i32", mutable = n == 1, init = "i32.const 1", comdat = group })
  end, get),
  expect = { rejects { id = "GLOBAL_MISMATCH", class = "mismatch", file = "b.o" } },
}

-- The index of an import, and one behind the last definition.
for kind, make in pairs { global = a_global, tag = a_tag, table = a_table } do
  for what, index in pairs { ["imported"] = 0, ["missing"] = 2 } do
    case(what .. "-" .. kind) {
      title = ("a COMDAT member that is a %s %s is refused"):format(kind,
        what == "imported" and "of an import" or "which is not there"),
      clauses = { what == "imported" and "comdat.entry.import" or "comdat.entry.index" },
      link = function()
        local o = object "a.o"
        local options = { undefined = true, import_module = "m", import_name = "i",
          type = kind == "table" and "funcref" or "i32" }
        if kind == "tag" then options = { sig = "i32 ->", undefined = true, import_name = "i" } end
        o[kind](o, "imported", options)
        make(o, o:comdat "group", 1)
        return { "--no-entry", o }
      end,
      mutate = { file = "a.o", at = "linking.comdats[0].entries[0].index", to = index },
      expect = { rejects { id = "COMDAT_INDEX", phase = "read", class = "malformed",
        offset = "linking.comdats[0].entries[0].index", message = "there are 2$" } },
    }
  end
end

case "tag-of-a-second-group-behind-an-import" {
  title = "a tag of a group that is left out is found behind an imported one",
  clauses = { "comdat.first-wins", "comdat.members" },
  link = function()
    local list = { "--no-entry" }
    for _, name in ipairs { "a", "b" } do
      local o = object(name .. ".o")
      local far = o:tag("far", { sig = "i32 ->", undefined = true, import_module = "m",
        import_name = "far" })
      local near = o:tag("near", { sig = "->", comdat = o:comdat "group" })
      o:func(name, { sig = "->", export = name, code = { { "throw", near }, "i32.const 1",
        { "throw", far } } })
      list[#list + 1] = o
    end
    return list
  end,
  expect = { counts { tag = 2 }, imports_exactly { "m.far" } },
}

case "tag-behind-an-import" {
  title = "a tag in a group is found behind an imported one",
  clauses = { "comdat.members" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local far = a:tag("far", { sig = "i32 ->", undefined = true })
    local near = a:tag("near", { sig = "i64 ->", comdat = a:comdat "group" })
    a:func("f", { sig = "->", export = "f", code = { "i32.const 1", { "throw", far } } })
    a:func("g", { sig = "->", export = "g", code = { "i64.const 1", { "throw", near } } })
    b:tag("far", { sig = "i32 ->" })
    return { "--no-entry", a, b }
  end,
  expect = { counts { tag = 2 }, valid() },
}
