-- Modules for a loader whose threads share the memory: who copies data where, and when.

local OPTIONS = { "-shared", "--experimental-pic", "--shared-memory", "--max-memory=1048576" }
local HOST = { ["env.__memory_base"] = 4096 }

-- A link of the object that fill(o, base) fills, with more options.
local function linking(fill, ...)
  local list = { table.unpack(OPTIONS) }
  for _, word in ipairs { ... } do list[#list + 1] = word end
  return function()
    local all, o = { table.unpack(list) }, object "a.o"
    o:features { "+atomics", "+bulk-memory", "+mutable-globals" }
    fill(o, o:global("__memory_base", { type = "i32", undefined = true }))
    all[#all + 1] = o
    return all
  end
end

-- get_x() and set_x(v) of a word in the module's data.
local function word(o, base, name, options)
  local opts = { align = 2, hidden = true }
  for key, value in pairs(options) do opts[key] = value end
  local x = o:data(name, opts)
  local address = { { "global.get", base }, { "i32.const", addr_rel(x) }, "i32.add" }
  local load, store = { table.unpack(address) }, { table.unpack(address) }
  load[#load + 1] = { "i32.load" }
  store[#store + 1] = "local.get 0"
  store[#store + 1] = { "i32.store" }
  o:func("get_" .. name, { sig = "-> i32", export = "get_" .. name, code = load })
  o:func("set_" .. name, { sig = "i32 ->", export = "set_" .. name, code = store })
  return x
end

-- get_t() and set_t(v) of a word in the thread's block; begin(block) starts a thread.
local function thread_word(o, name, options)
  local opts = { align = 2, tls = true, hidden = true }
  for key, value in pairs(options) do opts[key] = value end
  local t = o:data(name, opts)
  local base = o:global("__tls_base", { type = "i32", mutable = true, undefined = true })
  o:func("get_" .. name, { sig = "-> i32", export = "get_" .. name, code = {
    { "global.get", base }, { "i32.const", addr_tls(t) }, "i32.add", { "i32.load" } } })
  local init = o:func("__wasm_init_tls", { sig = "i32 ->", undefined = true })
  o:func("begin", { sig = "i32 ->", export = "begin", code = { "local.get 0",
    { "call", init } } })
  return t
end

case "segments" {
  title = "segments are passive; the start function copies them to the base and their distance",
  clauses = { "threads.placed", "shared.memory", "threads.shared-memory" },
  link = linking(function(o, base)
    word(o, base, "r", { bytes = "\x11\0\0\0", segment_name = ".rodata.r" })
    word(o, base, "d", { bytes = "\x22\0\0\0", segment_name = ".data.d" })
  end),
  expect = { memory { imported = true, shared = true }, passive { ".rodata", ".data" },
    start "__wasm_init_memory",
    runs({ { call = "get_r", value = 0x11 }, { call = "get_d", value = 0x22 } }, HOST) },
}

case "once" {
  title = "a second instance over the same memory copies nothing again: a word of the data says so",
  clauses = { "threads.placed", "threads.init-flag", "dylink.mem-info.memory-size" },
  link = linking(function(o, base) word(o, base, "d", { bytes = "\x22\0\0\0" }) end),
  expect = { runs({ { call = "get_d", value = 0x22 }, { call = "set_d", args = { 5 } },
    { instance = 2 }, { call = "get_d", value = 5 } }, HOST),
    dylink { memory_size = { min = 8, max = 4096 }, memory_align = { min = 2, max = 16 } } },
}

case "block-of-the-first-thread" {
  title = "the first thread's block is where the module's data is",
  clauses = { "tls.placed", "tls.main-thread", "threads.placed" },
  link = linking(function(o, base)
    word(o, base, "d", { bytes = "\x22\0\0\0" })
    thread_word(o, "t", { bytes = "\x33\0\0\0" })
  end),
  expect = { passive { ".tdata", ".data" }, runs({ { call = "get_t", value = 0x33 } }, HOST) },
}

case "block-of-another-thread" {
  title = "another thread's block is where it says",
  clauses = { "tls.placed", "tls.init", "tls.init.copy", "tls.init.base" },
  link = linking(function(o, base)
    word(o, base, "d", { bytes = "\x22\0\0\0" })
    thread_word(o, "t", { bytes = "\x33\0\0\0" })
    o:func("at", { sig = "i32 -> i32", export = "at", code = { "local.get 0",
      { "i32.load" } } })
  end),
  expect = { runs({ { call = "begin", args = { 32768 } }, { call = "get_t", value = 0x33 },
    { call = "at", args = { 32768 }, value = 0x33 } }, HOST) },
}

case "entries-alone" {
  title = "where there is no data, every thread completes the GOT and need not know of the others",
  clauses = { "got.complete", "threads.placed" },
  link = linking(function(o)
    local own = o:func("own", { sig = "->", code = "nop", hidden = true })
    local slots = o:global("__table_base", { type = "i32", undefined = true })
    o:func("distance", { sig = "-> i32", export = "distance", code = { { "global.get", got(own) },
      { "global.get", slots }, "i32.sub" } })
  end),
  expect = { runs({ { call = "distance", value = 0 } }, HOST), no_function "__wasm_init_memory" },
}

case "pointers" {
  title = "pointers in data are written at the start or when the loader says, behind the data",
  clauses = { "threads.placed", "dylink.apply-data-relocs",
    "dylink.apply-data-relocs.order" },
  link = linking(function(o, base)
    local x = word(o, base, "x", { bytes = "\x44\0\0\0" })
    word(o, base, "p", { bytes = { addr(x, 1) } })
    o:func("distance", { sig = "-> i32", export = "distance", code = {
      { "global.get", base }, { "i32.const", addr_rel(o:symbol "p") }, "i32.add", { "i32.load" },
      { "global.get", base }, { "i32.const", addr_rel(x, 1) }, "i32.add; i32.sub" } })
  end),
  expect = { runs({ { call = "__wasm_apply_data_relocs", if_exported = true },
    { call = "distance", value = 0 } }, HOST) },
}

case "pointer-in-a-block" {
  title = "a pointer in a thread's block is written for each thread",
  clauses = { "tls.placed", "dylink.apply-data-relocs", "tls.init" },
  link = linking(function(o, base)
    local x = word(o, base, "x", { bytes = "\x44\0\0\0" })
    thread_word(o, "t", { bytes = { addr(x) } })
    o:func("where", { sig = "-> i32", export = "where", code = { { "global.get", base },
      { "i32.const", addr_rel(x) }, "i32.add", { "call", o:symbol "get_t" }, "i32.sub" } })
  end),
  expect = { runs({ { call = "begin", args = { 32768 } }, { call = "where", value = 0 },
    { call = "begin", args = { 32832 } }, { call = "where", value = 0 } }, HOST) },
}

case "entries-first" {
  title = "entries of the module's own are complete before anything else runs",
  clauses = { "got.complete", "threads.placed", "dylink.custom-start" },
  link = linking(function(o, base)
    local x = word(o, base, "x", { bytes = "\x44\0\0\0" })
    o:func("distance", { sig = "-> i32", export = "distance", code = { { "global.get", got(x) },
      { "global.get", base }, { "i32.const", addr_rel(x) }, "i32.add; i32.sub" } })
  end),
  expect = { start "__wasm_start", calls("__wasm_start",
    { "__wasm_apply_global_relocs", "__wasm_init_memory" }),
    runs({ { call = "distance", value = 0 }, { call = "get_x", value = 0x44 } }, HOST) },
}

case "start-of-data-alone" {
  title = "with no entries to complete, the data's copy is all that happens at the start",
  clauses = { "dylink.custom-start", "threads.placed" },
  link = linking(function(o, base)
    word(o, base, "d", { bytes = "\x22\0\0\0" })
    o:init(o:func("boot", { sig = "->", static = true, code = "unreachable" }))
  end),
  expect = { start "__wasm_init_memory", runs({ { call = "get_d", value = 0x22 } }, HOST) },
}
