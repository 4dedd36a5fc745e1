-- --layout=zig with --shared-memory: each segment is copied to its own address when the module
-- starts, and the memory is shared, with a maximum.

local function threaded(...)
  local options = { ... }
  return function()
    local o = object "a.o"
    o:features { "+atomics", "+bulk-memory" }
    for _, d in ipairs { { "a", ".data.a", "aaaaa", 0 }, { "b", ".mine", "\x11\x22\x33\x44", 6 },
      { "c", ".rodata.c", "\x55\x66", 1 }, { "z", ".bss.z", "\0\0\0\0", 2 } } do
      local s = o:data(d[1], { segment_name = d[2], bytes = d[3], align = d[4], export = d[1] })
      o:func("at_" .. d[1], { sig = "-> i32", export = "at_" .. d[1], code = {
        { "i32.const", addr(s) }, { "i32.load16_u" } } })
    end
    local list = { "--layout=zig", "--no-entry", "--shared-memory", o }
    for _, option in ipairs(options) do list[#list + 1] = option end
    return list
  end
end

-- A linker that takes the end of the segment before for the place of one, and 0 for the first,
-- copies to the wrong places whenever there is a gap.
case "every-segment-at-its-address" {
  title = "the start function copies each segment to its own address",
  clauses = { "layout.zig.contents", "threads.init-memory" },
  link = threaded(),
  expect = { start "__wasm_init_memory", valid(), returns("at_a", {}, 0x6161),
    returns("at_b", {}, 0x2211), returns("at_c", {}, 0x6655), returns("at_z", {}, 0) },
}

case "with-a-global-base" {
  title = "so it does where --global-base moves the data",
  clauses = { "layout.zig.contents", "threads.init-memory" },
  link = threaded("--global-base=1000"),
  expect = { address "a" { equals = 1000 }, returns("at_a", {}, 0x6161),
    returns("at_b", {}, 0x2211), returns("at_c", {}, 0x6655), returns("at_z", {}, 0) },
}

case "imported" {
  title = "so it does in an imported memory, whose zeros it fills in",
  clauses = { "layout.zig.contents", "threads.init-memory", "memory.import-bss" },
  link = threaded("--import-memory", "--max-memory=2097152"),
  expect = { memory { shared = true, min = 17, max = 32, imported = true },
    returns("at_b", {}, 0x2211), returns("at_z", {}, 0) },
}

case "shared-without-a-maximum" {
  title = "the memory is shared without --max-memory, too",
  clauses = { "threads.shared-memory", "memory.max" },
  link = threaded("--initial-memory=2097152"),
  expect = { memory { shared = true, min = 32, max = 32 } },
}

-- Thread-local data of two names, the stricter one behind; size(), align() and base() are the
-- linker's globals, init(block) begins a thread, get() reads b.
local function with_tls(...)
  local options = { ... }
  return function()
    local o = object "a.o"
    o:features { "+atomics", "+bulk-memory" }
    local function tls(name, segment, bytes, align)
      return o:data(name, { tls = true, segment_name = segment, bytes = bytes, align = align,
        no_strip = true })
    end
    tls("z", ".tbss.z", "\0\0\0", 0)
    local b = tls("b", ".tdata.b", "\x11\x22\x33\x44", 6)
    o:data("plain", { bytes = "plain", export = "plain" })
    for _, what in ipairs { "base", "size", "align" } do
      local g = o:global("__tls_" .. what, { type = "i32", mutable = what == "base",
        undefined = true })
      o:func(what, { sig = "-> i32", export = what, code = { { "global.get", g } } })
    end
    local init = o:func("__wasm_init_tls", { sig = "i32 ->", undefined = true })
    o:func("init", { sig = "i32 ->", export = "init", code = { "local.get 0", { "call", init } } })
    o:func("get", { sig = "-> i32", export = "get", code = {
      { "global.get", o:symbol "__tls_base" }, { "i32.const", addr_tls(b) }, "i32.add",
      { "i32.load" } } })
    local list = { "--layout=zig", "--no-entry", "--shared-memory", o }
    for _, option in ipairs(options) do list[#list + 1] = option end
    return list
  end
end

-- Linkers have taken the end of the block for its size, never set the size when nothing stands
-- behind, aligned the block as its first or as the next segment, and made offsets addresses.
case "block" {
  title = "size and alignment are those of the block, and offsets count from its start",
  clauses = { "layout.zig.tls", "tls.init" },
  link = with_tls(),
  expect = {
    runs { { call = "size", value = 68 }, { call = "align", value = 64 },
      { call = "base", value = 1048576 }, { call = "get", value = 0x44332211 },
      { call = "init", args = { 2048 } }, { call = "base", value = 2048 },
      { call = "get", value = 0x44332211 } },
    address "plain" { equals = 1048576 + 68 },
  },
}

case "block-that-is-moved" {
  title = "the block is aligned as its strictest member where --global-base moves it",
  clauses = { "layout.zig.tls", "tls.init" },
  link = with_tls("--global-base=1032"),
  expect = { runs { { call = "base", value = 1088 }, { call = "size", value = 68 },
    { call = "get", value = 0x44332211 } } },
}
