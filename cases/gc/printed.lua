-- --print-gc-sections: what is collected is named, a line each; what is kept is not.

-- A thing of some kind that nothing refers to.
local ADD = {
  ["function"] = function(o) o:func("function", { sig = "->", code = {} }) end,
  data = function(o) o:data("data", { bytes = "data", segment_name = ".data.gone" }) end,
  global = function(o) o:global("global", { init = { "i32.const 1" } }) end,
  tag = function(o) o:tag("tag", { sig = "i32 ->" }) end,
  table = function(o) o:table("table", { min = 1 }) end,
}

-- Things of these kinds that nothing refers to, and a function that is kept.
local function leftovers(...)
  local a = object "a.o"
  a:func("kept", { sig = "->", export = "kept", code = {} })
  for _, kind in ipairs { ... } do ADD[kind](a) end
  return { "--no-entry", "--print-gc-sections", a }
end

for name, shown in pairs { ["function"] = "function", data = ".data.gone", global = "global",
  tag = "tag", table = "table" } do
  case(name) {
    title = ("a %s that is collected is named"):format(name),
    clauses = { "gc.printed" },
    link = function() return leftovers(name) end,
    expect = { notes { id = "REMOVED", file = "a.o", message = "a%.o:%(" .. shown .. "%)" },
      no_function "function", exports { kept = "function" } },
  }
end

case "a-line-each" {
  title = "all are named in the order of their kinds, object by object",
  clauses = { "gc.printed" },
  link = function()
    local link = leftovers("function", "data", "global", "tag", "table")
    local b = object "b.o"
    b:func("other", { sig = "->", code = {} })
    link[#link + 1] = b
    return link
  end,
  expect = { prints { "removing unused section a.o:(function)",
    "removing unused section a.o:(.data.gone)", "removing unused section a.o:(global)",
    "removing unused section a.o:(tag)", "removing unused section a.o:(table)",
    "removing unused section b.o:(other)",
    "removing unused section <internal>:(__wasm_call_ctors)" } },
}

case "two-of-a-kind" {
  title = "all of a kind are named, not only the first",
  clauses = { "gc.printed" },
  link = function()
    local a = object "a.o"
    a:func("kept", { sig = "->", export = "kept", code = {} })
    for i = 1, 2 do
      a:func("f" .. i, { sig = "->", code = {} })
      a:data("d" .. i, { bytes = "data", segment_name = ".data.d" .. i })
      a:global("g" .. i, { init = { "i32.const 1" } })
      a:tag("e" .. i, { sig = "i32 ->" })
      a:table("t" .. i, { min = 1 })
    end
    return { "--no-entry", "--print-gc-sections", a }
  end,
  expect = { prints { "removing unused section a.o:(f1)", "removing unused section a.o:(f2)",
    "removing unused section a.o:(.data.d1)", "removing unused section a.o:(.data.d2)",
    "removing unused section a.o:(g1)", "removing unused section a.o:(g2)",
    "removing unused section a.o:(e1)", "removing unused section a.o:(e2)",
    "removing unused section a.o:(t1)", "removing unused section a.o:(t2)",
    "removing unused section <internal>:(__wasm_call_ctors)" } },
}

case "of-the-linker" {
  title = "a function of the linker's own that nobody calls is named too",
  clauses = { "gc.printed" },
  link = function() return leftovers() end,
  expect = { notes { id = "REMOVED", message = "__wasm_call_ctors" },
    exports { kept = "function" } },
}

case "global-of-the-linker" {
  title = "so are its globals, and all of its functions",
  clauses = { "gc.printed" },
  link = function()
    local a = object "a.o"
    a:func("kept", { sig = "->", export = "kept", code = {} })
    a:features { "+atomics", "+bulk-memory" }
    return { "--no-entry", "--print-gc-sections", "--shared-memory", "--max-memory=131072", a }
  end,
  expect = { exports { kept = "function" },
    notes { id = "REMOVED", message = "<internal>:%(__tls_size%)" },
    notes { id = "REMOVED", message = "<internal>:%(__wasm_call_ctors%)" },
    notes { id = "REMOVED", message = "<internal>:%(__wasm_init_tls%)" } },
}

case "tag-beside-an-import" {
  title = "a tag is named by its own symbol, whatever is imported",
  clauses = { "gc.printed" },
  link = function()
    local a = object "a.o"
    a:tag("outside", { sig = "->", undefined = true })
    a:tag("tag", { sig = "i32 ->", static = true })
    a:func("kept", { sig = "->", export = "kept", code = {} })
    return { "--no-entry", "--print-gc-sections", a }
  end,
  expect = { exports { kept = "function" }, notes { id = "REMOVED", message = "a%.o:%(tag%)" } },
}

local function with(option)
  return function()
    local link = leftovers("function", "data", "global", "tag", "table")
    table.insert(link, 3, option)
    return link
  end
end

case "not-what-is-kept" {
  title = "nothing is named when everything is kept",
  clauses = { "gc.printed" },
  link = with "--no-gc-sections",
  expect = { has_function("function", "kept"), prints {} },
}

case "undone" {
  title = "nothing is named when --no-print-gc-sections comes later",
  clauses = { "gc.printed" },
  link = with "--no-print-gc-sections",
  expect = { exports { kept = "function" }, no_function "function", prints {} },
}
