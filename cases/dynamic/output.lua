-- What options of the output, and sections beside code and data, are in a module for a loader.

local SHARED = { "-shared", "--experimental-pic" }
local IMPORT = "--unresolved-symbols=import-dynamic"

-- A link of the objects that make() gives, with more options.
local function linking(make, ...)
  local list = { table.unpack(SHARED) }
  for _, word in ipairs { ... } do list[#list + 1] = word end
  return function()
    local all = { table.unpack(list) }
    for _, o in ipairs { make() } do all[#all + 1] = o end
    return all
  end
end

local function pointers()
  local o = object "a.o"
  o:features()
  local x = o:data("x", { bytes = "1234", hidden = true })
  o:data("p", { bytes = { addr(x) }, align = 2 })
  o:func("f", { sig = "-> i32", code = { { "i32.const", addr_rel(x) },
    { "global.get", got(o:data("far", { undefined = true })) }, "i32.add" } })
  return o
end

for name, option in pairs { stripped = "--strip-all", ["without-debug"] = "--strip-debug" } do
  case(name) {
    title = option .. " keeps what the loader needs",
    clauses = { "dylink.section", "dylink.first", option == "--strip-all" and "option.strip-all"
      or "option.strip-debug" },
    link = linking(pointers, IMPORT, option),
    expect = { dylink { memory_size = { min = 8 } }, got_imports { "mem.far" },
      exports { p = "global", f = "function", __wasm_apply_data_relocs = "function" } },
  }
end

case "relocations-kept" {
  title = "--emit-relocs: the module for a loader with its relocations",
  clauses = { "emit-relocs.module", "dylink.section" },
  link = linking(pointers, IMPORT, "--emit-relocs"),
  expect = { dylink { memory_size = { min = 8 } }, got_imports { "mem.far" },
    relocations "f" { "MEMORY_ADDR_REL_SLEB x at 2", "GLOBAL_INDEX_LEB far at 8" } },
}

case "relocations-of-far-functions" {
  title = "--emit-relocs: a function whose address alone is taken, from the GOT, is nowhere in the "
    .. "module: it has no symbol, and its place no relocation",
  clauses = { "emit-relocs.module", "got.func" },
  link = linking(function()
    local o = object "a.o"
    local address, called = o:func("address", { sig = "->", undefined = true }),
      o:func("called", { sig = "->", undefined = true })
    o:func("f", { sig = "-> i32", code = { { "call", called }, { "global.get", got(called) },
      { "global.get", got(address) }, "i32.add" } })
    return o
  end, IMPORT, "--emit-relocs"),
  peer_differs = "it dies",
  expect = { got_imports { "func.address", "func.called" }, no_import "env.address",
    linking_symbol "called" { kind = "function", flags = "undefined", import = "env.called" },
    no_linking_symbol "address",
    relocations "f" { "FUNCTION_INDEX_LEB called at 2", "GLOBAL_INDEX_LEB called at 8" } },
}

case "relocations-of-a-hidden-import" {
  title = "--emit-relocs: a function that is imported for its slot alone is an undefined symbol",
  clauses = { "emit-relocs.module", "dylink.import.function" },
  link = linking(function()
    local o = object "a.o"
    local far = o:func("far", { sig = "->", undefined = true, hidden = true })
    o:data("p", { bytes = { slot(far) }, no_strip = true })
    return o
  end, IMPORT, "--emit-relocs"),
  peer_differs = "it dies",
  expect = { imports { ["env.far"] = "function" },
    linking_symbol "far" { kind = "function", flags = "hidden undefined", import = "env.far" },
    relocations ".data" { "TABLE_INDEX_I32 far at 0" } },
}

case "named-by-soname" {
  title = "--soname names the library in its name section",
  clauses = { "names.module" },
  link = linking(pointers, IMPORT, "--soname=libmine.so"),
  expect = { name_section { module = "libmine.so" } },
}

case "signatures-differ" {
  title = "two objects that call a far function by two types are an error, as in other links",
  clauses = { "signature.undefined-disagree", "dylink.import.function" },
  link = linking(function()
    local a, b = object "a.o", object "b.o"
    local one = a:func("far", { sig = "-> i32", undefined = true })
    a:func("f", { sig = "-> i32", code = { { "call", one } } })
    local two = b:func("far", { sig = "i32 ->", undefined = true })
    b:func("g", { sig = "->", code = { "i32.const 1", { "call", two } } })
    return a, b
  end, IMPORT),
  expect = { rejects {} },
}

case "signature-of-a-definition" {
  title = "a call by another type than the library's own definition has traps, with a warning",
  clauses = { "signature.mismatch" },
  link = linking(function()
    local a, b = object "a.o", object "b.o"
    local one = a:func("near", { sig = "-> i32", undefined = true })
    a:func("f", { sig = "-> i32", export = "f", code = { { "call", one } } })
    b:func("near", { sig = "i32 ->", code = "nop" })
    return a, b
  end),
  expect = { warns {}, exports { near = { kind = "function", sig = "i32 ->" } },
    traps("f", {}) },
}

case "groups" {
  title = "of equal groups the first is kept, and its pointers are written once",
  clauses = { "comdat.first-wins", "dylink.apply-data-relocs" },
  link = linking(function()
    local list = {}
    for i, name in ipairs { "a.o", "b.o" } do
      local o = object(name)
      o:features()
      local group = o:comdat "group"
      local x = o:data("x" .. i, { bytes = "123" .. i, hidden = true })
      o:data("p", { bytes = { addr(x) }, align = 2, weak = true, comdat = group, hidden = true,
        no_strip = true })
      list[i] = o
    end
    return table.unpack(list)
  end),
  expect = { data_count("1231", 1), data_count("1232", 0),
    holds("one pointer is written", function(module, view)
      local stores = 0
      for _, i in ipairs(module:instructions(view:func "__wasm_apply_data_relocs")) do
        if i.name == "i32.store" then stores = stores + 1 end
      end
      return stores == 1, tostring(stores)
    end) },
}
