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
  link = threaded(),
  expect = { memory { shared = true, min = 17, max = 17 } },
}
