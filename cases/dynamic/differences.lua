-- Modules for a loader that wasm-ld writes otherwise, or does not write at all.

local PIE = { "--no-entry", "-pie", "--experimental-pic" }
local SHARED = { "--no-entry", "-shared", "--experimental-pic" }

-- A link of the inputs that make() gives, with these options and more.
local function linking(options, make, ...)
  local more = { ... }
  return function()
    local list = { table.unpack(options) }
    for _, word in ipairs(more) do list[#list + 1] = word end
    for _, input in ipairs { make() } do list[#list + 1] = input end
    return list
  end
end

local function kept(o, name, bytes, options)
  local opts = { bytes = bytes, no_strip = true, export = name }
  for key, value in pairs(options or {}) do opts[key] = value end
  return o:data(name, opts)
end

-- The global of that name begins as __memory_base.
local function begins_as_base(name)
  return holds(name .. " begins as __memory_base", function(module, view)
    local g = module.spaces.global[view:one("global", name) + 1]
    return g.base == "__memory_base" and g.value == 0, tostring(g.value)
  end)
end

-- The first instruction of a function names this import.
local function uses_import(name, import)
  return holds(("%s uses the import %s"):format(name, import), function(module, view)
    local used = module:instructions(view:func(name))[1].values[1]
    return used == view:import(import).index, tostring(used)
  end)
end

-- The globals that a function reads, in order.
local function reads(name, globals)
  return holds(name .. " reads " .. table.concat(globals, ", "), function(module, view)
    local found, same = {}, true
    for _, i in ipairs(module:instructions(view:func(name))) do
      if i.name == "global.get" then
        found[#found + 1] = view:names_text("global", i.values[1])
        same = same and globals[#found] and view:is_named("global", i.values[1], globals[#found])
      end
    end
    return same and #found == #globals, table.concat(found, ", ")
  end)
end

-- Words in data whose value is known when the module is linked, wherever it will be.

case "distance-in-data" {
  title = "the distance of two places of a module stays what it is: no code is needed",
  clauses = { "reloc.memory-addr-locrel-i32", "dylink.apply-data-relocs" },
  link = linking(PIE, function()
    local o = object "a.o"
    local x = o:data("x", { bytes = "base", hidden = true })
    kept(o, "y", { "1234", addr_locrel(x, 1) })
    return o
  end),
  peer_differs = "it takes the distance for an address, and by now refuses it",
  expect = { data_at("y", "1234\xf9\xff\xff\xff"), no_function "__wasm_apply_data_relocs" },
}

case "index-in-data" {
  title = "an index of the module is no address: no code is needed",
  clauses = { "reloc.function-index-i32", "dylink.apply-data-relocs" },
  origin = { "llvm/llvm-project#146923", "llvm/llvm-project#162403" },
  link = linking(PIE, function()
    local o = object "a.o"
    local f = o:func("f", { sig = "->", export = "f", code = "nop" })
    kept(o, "y", { fn(f) })
    return o
  end),
  peer_differs = "it takes the index for an address, and by now refuses it",
  expect = { data_at("y", { to_func "f" }), no_function "__wasm_apply_data_relocs" },
}

case "index-of-an-import-in-data" {
  title = "a function that nobody calls has an index when it is imported, and data can hold it",
  clauses = { "reloc.function-index-i32", "dylink.import.function" },
  origin = "llvm/llvm-project#162403",
  link = linking(SHARED, function()
    local o = object "a.o"
    local far = o:func("far", { sig = "->", undefined = true })
    kept(o, "y", { fn(o:func("f", { sig = "->", code = "nop" })), fn(far) })
    return o
  end, "--unresolved-symbols=import-dynamic"),
  peer_differs = "it dies, and by now refuses it",
  expect = { imports { ["env.far"] = "function" }, no_function "__wasm_apply_data_relocs",
    data_at("y", { to_func "f", to_func "far" }) },
}

-- Pointers of another width than the module's.

case "wide-pointer" {
  title = "an address in eight bytes of a module of 32 bits: the base is made as wide",
  clauses = { "dylink.apply-data-relocs", "reloc.memory-addr-i64" },
  link = linking(PIE, function()
    local o = object "a.o"
    local x = o:data("x", { bytes = "12345678", hidden = true })
    kept(o, "y", { addr64(x, 4) }, { align = 3 })
    return o
  end),
  peer_differs = "it adds a base of 32 bits to a number of 64: the module is not valid",
  expect = { valid(),
    reads("__wasm_apply_data_relocs", { "__memory_base", "__memory_base" }) },
}

-- Thread-local data.

local function thread_local(o)
  o:features { "+atomics", "+bulk-memory", "+mutable-globals" }
  return o:data("t", { bytes = "\7\0\0\0", tls = true, hidden = true, align = 2 })
end

case "tls-base-of-one-thread" {
  title = "where there is one thread, __tls_base is where the loader puts the block",
  clauses = { "tls.base", "threads.lowered" },
  link = linking(SHARED, function()
    local o = object "a.o"
    local t = thread_local(o)
    local base = o:global("__tls_base", { type = "i32", mutable = true, undefined = true })
    o:func("f", { sig = "-> i32", export = "f",
      code = { { "global.get", base }, { "i32.const", addr_tls(t) }, "i32.add" } })
    return o
  end),
  peer_differs = "__tls_base is the constant 0: thread-local data is read at the wrong place",
  expect = { begins_as_base "__tls_base" },
}

case "pointer-to-thread-local" {
  title = "a pointer in data to thread-local data of one thread counts from __memory_base",
  clauses = { "dylink.apply-data-relocs", "threads.lowered" },
  link = linking(SHARED, function()
    local o = object "a.o"
    kept(o, "y", { addr(thread_local(o)) }, { align = 2 })
    return o
  end),
  peer_differs = "it counts from __tls_base, and dies when nobody else asked for that",
  expect = { reads("__wasm_apply_data_relocs", { "__memory_base", "__memory_base" }) },
}

-- f() gives the address of t, from the GOT.
local function address_of_thread_local()
  local o = object "a.o"
  local t = thread_local(o)
  o:func("f", { sig = "-> i32", export = "f", code = { { "global.get", got(t) } } })
  return o
end

case "got-of-thread-local" {
  title = "where there is one thread, thread-local data in the GOT counts from __memory_base",
  clauses = { "got.internal", "threads.lowered" },
  link = linking(PIE, address_of_thread_local),
  peer_differs = "the entry is the constant 0, and nothing adds the base",
  expect = { code("__wasm_apply_global_relocs", {
    { "global.get", to_global "__memory_base" }, "i32.const 0", "i32.add",
    { "global.set", to_global "GOT.data.internal.t" }, "end" }) },
}

case "got-of-thread-local-extended" {
  title = "so it does as a constant expression",
  clauses = { "got.internal", "threads.lowered" },
  link = linking(PIE, address_of_thread_local, "--extra-features=extended-const"),
  peer_differs = "the entry is the constant 0: the base is not added",
  expect = { begins_as_base "GOT.data.internal.t" },
}

-- One segment of several.

case "string-behind-another-segment" {
  title = "a merged string that becomes part of the one segment is where its bytes are",
  clauses = { "segment.strings", "dylink.export.relative" },
  link = linking(SHARED, function()
    local o = object "a.o"
    kept(o, "before", "before", { segment_name = ".rodata.a" })
    kept(o, "text", "text\0", { segment_name = ".data.str", segment_flags = 1 })
    return o
  end),
  peer_differs = "it counts the distance from the first segment twice",
  expect = { data_segments { ".data" }, data_at("before", "before"), data_at("text", "text\0") },
}

-- What nobody defines.

case "ignored-function" {
  title = "an undefined function that is to be ignored is left to the loader: it is imported",
  clauses = { "undefined.policy.ignore", "dylink.import.function" },
  link = linking(SHARED, function()
    local o = object "a.o"
    local far = o:func("far", { sig = "->", undefined = true })
    o:func("f", { sig = "->", export = "f", code = { { "call", far } } })
    return o
  end, "--unresolved-symbols=ignore-all"),
  peer_differs = "it imports the function and calls another, which traps",
  expect = { imports { ["env.far"] = "function" }, uses_import("f", "env.far") },
}

case "pointer-to-hidden-weak" {
  title = "the address of hidden weak data that is nowhere is 0, in a moved module too",
  clauses = { "reloc.memory.undefined", "dylink.apply-data-relocs" },
  link = linking(PIE, function()
    local o = object "a.o"
    local x = o:data("x", { undefined = true, weak = true, hidden = true })
    kept(o, "y", { addr(x) }, { align = 2 })
    return o
  end),
  peer_differs = "it writes __memory_base, which is not null",
  expect = { data_at("y", "\0\0\0\0"), no_function "__wasm_apply_data_relocs" },
}

case "pointer-to-hidden-weak-function" {
  title = "the slot of a hidden weak function that is nowhere is 0, in a moved module too",
  clauses = { "reloc.weak-undefined.table", "dylink.apply-data-relocs" },
  link = linking(PIE, function()
    local o = object "a.o"
    local f = o:func("f", { sig = "->", undefined = true, weak = true, hidden = true })
    kept(o, "y", { slot(f) }, { align = 2 })
    return o
  end),
  peer_differs = "it gives what is nowhere a slot",
  expect = { data_at("y", "\0\0\0\0"), no_function "__wasm_apply_data_relocs" },
}

case "got-of-hidden-weak-function" {
  title = "so is its entry of the GOT, which is the module's own",
  clauses = { "got.internal", "reloc.weak-undefined.table" },
  link = linking(PIE, function()
    local o = object "a.o"
    local f = o:func("f", { sig = "->", undefined = true, weak = true, hidden = true })
    o:func("g", { sig = "-> i32", export = "g", code = { { "global.get", got(f) } } })
    return o
  end),
  peer_differs = "it dies",
  expect = { got_imports {}, no_import "env.f", dylink { table_size = 0 }, returns("g", {}, 0) },
}

for kind, opts in pairs { func = { sig = "->", code = "nop" }, data = { bytes = "1234" } } do
  case("got-of-hidden-weak-" .. kind .. "-of-a-waiting-member") {
    title = "and stays so when a member of an archive that is not taken defines the name: " .. kind,
    clauses = { "got.internal", "archive.lazy.weak-reference" },
    link = linking(PIE, function()
      local o, member = object "a.o", object "b.o"
      local x = o[kind](o, "x", { sig = opts.sig, undefined = true, weak = true, hidden = true })
      o:func("g", { sig = "-> i32", export = "g", code = { { "global.get", got(x) } } })
      member[kind](member, "x", opts)
      return archive("lib.a", { member }), o
    end),
    peer_differs = "it asks the loader",
    expect = { got_imports {}, returns("g", {}, 0) },
  }
end

case "absolute" {
  title = "an absolute symbol is an address of the whole memory: no base is added",
  clauses = { "symbol.absolute", "dylink.apply-data-relocs" },
  link = linking(PIE, function()
    local o = object "a.o"
    local x = o:data("x", { absolute = true, offset = 1234, hidden = true })
    kept(o, "y", { addr(x, 1) }, { align = 2 })
    return o
  end),
  peer_differs = "it adds __memory_base to it",
  expect = { data_at("y", "\xd3\x04\0\0"), no_function "__wasm_apply_data_relocs" },
}

case "first-page-end" {
  title = "the end of the first page is the same for all modules: no base is added",
  clauses = { "layout.symbol.first-page-end", "dylink.apply-data-relocs" },
  link = linking(PIE, function()
    local o = object "a.o"
    local x = o:data("__wasm_first_page_end", { undefined = true })
    kept(o, "y", { addr(x) }, { align = 2 })
    return o
  end),
  peer_differs = "it adds __memory_base to it",
  expect = { data_at("y", "\0\0\1\0"), no_function "__wasm_apply_data_relocs" },
}

case "first-page-end-in-the-got" {
  title = "nor is it in its entry of the GOT",
  clauses = { "layout.symbol.first-page-end", "got.internal" },
  link = linking(PIE, function()
    local o = object "a.o"
    local x = o:data("__wasm_first_page_end", { undefined = true })
    o:func("f", { sig = "-> i32", export = "f", code = { { "global.get", got(x) } } })
    return o
  end, "--extra-features=extended-const"),
  peer_differs = "it adds __memory_base to it",
  expect = { returns("f", {}, 65536) },
}

-- Functions of a library, which another module may replace.

case "relative-slot" {
  title = "a library's code that asks for the slot relative to its base means its own function",
  clauses = { "reloc.table-index-rel-sleb", "table.synthesized" },
  link = linking(SHARED, function()
    local o = object "a.o"
    local g = o:func("g", { sig = "->", code = "nop" })
    o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", slot_rel(g) } } })
    return o
  end),
  peer_differs = "it writes 0, though the function has no slot",
  expect = { in_table "g", dylink { table_size = 1 }, code("f", { "i32.const 0" }) },
}

-- Weak definitions of a library, which another module may replace.

case "weak-global" {
  title = "a library's weak global is imported and exported, and its code uses the import",
  clauses = { "symbol.binding.weak" },
  link = linking(SHARED, function()
    local o = object "a.o"
    local g = o:global("g", { type = "i32", weak = true })
    o:func("f", { sig = "-> i32", export = "f", code = { { "global.get", g } } })
    return o
  end),
  peer_differs = "its code uses its own; the name section names one global twice, out of order",
  expect = { imports { ["env.g"] = "global" }, exports { g = "global" },
    uses_import("f", "env.g") },
}

case "weak-table" {
  title = "a library's weak table is imported and exported, and its code uses the import",
  clauses = { "symbol.binding.weak" },
  link = linking(SHARED, function()
    local o = object "a.o"
    local t = o:table("t", { min = 3, weak = true })
    o:func("f", { sig = "-> i32", export = "f", code = { { "table.size", t } } })
    return o
  end),
  peer_differs = "its code uses its own",
  expect = { imports { ["env.t"] = "table" }, exports { t = "table" }, uses_import("f", "env.t") },
}

case "weak-tag" {
  title = "a library's weak tag is imported and exported, and its code throws the import",
  clauses = { "symbol.binding.weak" },
  link = linking(SHARED, function()
    local o = object "a.o"
    local e = o:tag("e", { sig = "->", weak = true })
    o:func("f", { sig = "->", export = "f", code = { { "throw", e } } })
    return o
  end),
  peer_differs = "its code throws its own, which nobody else catches",
  expect = { imports { ["env.e"] = "tag" }, exports { e = "tag" }, uses_import("f", "env.e") },
}

-- What the loader is told.

case "weak-import-of-a-waiting-member" {
  title = "a weak import is undefined, though a member of an archive that is not taken defines it",
  clauses = { "dylink.import-info", "dylink.flags" },
  link = linking(PIE, function()
    local o, member = object "a.o", object "b.o"
    local x = o:data("x", { undefined = true, weak = true })
    o:func("f", { sig = "-> i32", export = "f", code = { { "global.get", got(x) } } })
    member:data("x", { bytes = "1234" })
    return o, archive("lib.a", { member })
  end),
  peer_differs = "the flag UNDEFINED is missing",
  expect = { dylink { imports = { ["env.x"] = "weak undefined" } } },
}

case "weak-call-of-a-waiting-member" {
  title = "a weak function is imported, though a member of an archive that is not taken defines it",
  clauses = { "dylink.import.function", "dylink.import-info" },
  link = linking(PIE, function()
    local o, member = object "a.o", object "b.o"
    local maybe = o:func("maybe", { sig = "->", undefined = true, weak = true })
    o:func("f", { sig = "->", export = "f", code = { { "call", maybe } } })
    member:func("maybe", { sig = "->", code = "nop" })
    return o, archive("lib.a", { member })
  end),
  peer_differs = "the flag UNDEFINED is missing",
  expect = { uses_import("f", "env.maybe"),
    dylink { imports = { ["env.maybe"] = "weak undefined" } } },
}

case "object" {
  title = "what -r makes is an object, not a module for a loader",
  clauses = { "dylink.section", "relocatable.undefined" },
  link = function()
    local o = object "a.o"
    local far = o:func("far", { sig = "->", undefined = true })
    o:func("f", { sig = "->", code = { { "call", far } } })
    return { "-r", "--unresolved-symbols=import-dynamic", o }
  end,
  peer_differs = "it tells the loader of what is no module, and then takes it for a library",
  expect = { not_dynamic(), linking_symbol "far" { flags = "undefined" } },
}

case "object-with-pointers" {
  title = "pointers to what is far stay relocations in it, and no GOT is asked for",
  clauses = { "relocatable.relocations", "relocatable.undefined" },
  link = function()
    local o = object "a.o"
    local far = o:data("far", { undefined = true })
    o:data("p", { bytes = { addr(far, 4) }, align = 2 })
    return { "-r", "--unresolved-symbols=import-dynamic", o }
  end,
  peer_differs = "it tells the loader of what is no module, and imports an entry of the GOT",
  expect = { not_dynamic(), no_import "GOT.mem.far", linking_symbol "far" { flags = "undefined" },
    relocations ".data.p" { "MEMORY_ADDR_I32 far +4 at 0" } },
}

case "most-pages" {
  title = "a shared memory of pages of one byte may grow to as many pages as a number can say",
  clauses = { "memory.max", "memory.page-size" },
  link = function()
    local o = object "a.o"
    o:features { "+atomics", "+bulk-memory", "+mutable-globals" }
    o:func("f", { sig = "->", export = "f", code = "nop" })
    return { "--no-entry", "-pie", "--experimental-pic", "--shared-memory", "--page-size=1", o }
  end,
  peer_differs = "it writes one page more, which is no number of 32 bits",
  expect = { memory { max = 4294967295, shared = true } },
}
