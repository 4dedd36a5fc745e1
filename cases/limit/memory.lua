-- The end of a 32-bit address space: 4 GiB and not a byte more.

local GIB4 = 1 << 32

-- Options in front of an object with 4 bytes of data x, aligned to 2^align.
local function link_with(align, ...)
  local o = object "a.o"
  o:data("x", { bytes = "\1\2\3\4", align = align })
  local list = { "--no-entry", "--export=x", "--stack-first" }
  for _, option in ipairs { ... } do list[#list + 1] = option end
  list[#list + 1] = o
  return list
end

local function refused(id, class)
  return { rejects { id = id, phase = "place", class = class } }
end

-- Alignment ---------------------------------------------------------------------------------------

case "alignment" {
  title = "data can be aligned to 2^31, the largest power of two that is an address",
  clauses = { "linking.segments.alignment" },
  link = function() return link_with(31) end,
  expect = { address "x" { equals = 1 << 31 }, memory { min = 32769 } },
}

case "alignment-twice" {
  title = "data behind others that is aligned to 2^31 finds no place",
  clauses = { "memory.limit" },
  link = function()
    local o = object "b.o"
    o:data("y", { bytes = "\1\2\3\4", align = 31, segment_name = ".data.y" })
    local list = link_with(31, "--export=y")
    list[#list + 1] = o
    return list
  end,
  expect = refused("MEMORY_FULL", "limit"),
}

case "zeros-behind-2-gib" {
  title = "zeros may stand 2 GiB behind the start of their segment",
  clauses = { "linking.segments.alignment", "memory.limit" },
  origin = { "llvm/llvm-project#183225", "llvm/llvm-project#178287" },
  link = function()
    local o = object "a.o"
    for i, name in ipairs { "a", "b", "c" } do
      o:data(name, { bytes = "\0\0\0\0", align = i == 1 and 2 or 30,
        segment_name = ".bss." .. name })
    end
    return { "--no-entry", "--stack-first", "--export=a", "--export=b", "--export=c", o }
  end,
  expect = { address "a" { equals = 1 << 30 }, address "b" { equals = 2 << 30 },
    address "c" { equals = 3 << 30 }, memory { min = 49153 } },
}

-- Stack -------------------------------------------------------------------------------------------

case "stack-below-limit" {
  title = "stack and data may fill the memory up to its last page",
  clauses = { "memory.limit" },
  link = function() return link_with(2, "-z", ("stack-size=%d"):format(GIB4 - 65536)) end,
  expect = { address "x" { equals = GIB4 - 65536 }, memory { min = 65536 } },
}

case "data-at-the-end" {
  title = "data may end where the address space ends",
  clauses = { "memory.limit" },
  link = function()
    local o = object "a.o"
    o:data("x", { bytes = ("x"):rep(16), align = 4 })
    return { "--no-entry", "--export=x", "--stack-first", "-z",
      ("stack-size=%d"):format(GIB4 - 16), o }
  end,
  expect = { address "x" { equals = GIB4 - 16 }, memory { min = 65536 } },
}

case "data-past-the-end" {
  title = "data may not go on behind the end of the address space",
  clauses = { "memory.limit" },
  link = function()
    local o = object "a.o"
    o:data("x", { bytes = ("x"):rep(17), align = 4 })
    return { "--no-entry", "--export=x", "--stack-first", "-z",
      ("stack-size=%d"):format(GIB4 - 16), o }
  end,
  expect = refused("MEMORY_FULL", "limit"),
}

case "stack-above-limit" {
  title = "a stack larger than the address space is refused",
  clauses = { "memory.limit" },
  link = function() return link_with(2, "-z", ("stack-size=%d"):format(GIB4 + 65536)) end,
  expect = refused("MEMORY_FULL", "limit"),
}

case "stack-64-bit" {
  title = "a stack size of nearly 2^64 bytes is refused, not taken modulo 2^64",
  clauses = { "memory.limit" },
  link = function() return link_with(2, "-z", "stack-size=18446744073709551600") end,
  expect = { rejects { phase = "place" } },
}

for _, layout in ipairs { "lld", "zig" } do
  case("stack-64-bit-and-alignment-" .. layout) {
    title = ("a stack that ends at 2^64 once data is aligned is refused (%s)"):format(layout),
    clauses = { "memory.limit" },
    link = function()
      local o = object "a.o"
      o:data("x", { bytes = "x", align = 6, no_strip = true, export = "x" })
      return { "--no-entry", "--export=x", "-z", "stack-size=18446744073709551600",
        layout == "zig" and "--layout=zig" or "--stack-first", o }
    end,
    expect = refused("MEMORY_FULL", "limit"),
  }
end

-- Memory ------------------------------------------------------------------------------------------

case "initial-at-limit" {
  title = "the initial memory may be the whole address space",
  clauses = { "memory.initial" },
  link = function() return link_with(2, ("--initial-memory=%d"):format(GIB4)) end,
  expect = { memory { min = 65536, max = false } },
}

case "initial-above-limit" {
  title = "an initial memory above the address space is refused",
  clauses = { "memory.initial" },
  link = function() return link_with(2, ("--initial-memory=%d"):format(GIB4 + 65536)) end,
  expect = refused("MEMORY_TOO_LARGE", "option"),
}

case "maximum-at-limit" {
  title = "the maximum memory may be the whole address space",
  clauses = { "memory.max" },
  link = function() return link_with(2, ("--max-memory=%d"):format(GIB4)) end,
  expect = { memory { min = 2, max = 65536 } },
}

case "maximum-above-limit" {
  title = "a maximum memory above the address space is refused",
  clauses = { "memory.max" },
  link = function() return link_with(2, ("--max-memory=%d"):format(GIB4 + 65536)) end,
  expect = refused("MEMORY_TOO_LARGE", "option"),
}

case "heap-at-limit" {
  title = "the initial heap may take all that data and stack leave",
  clauses = { "memory.initial-heap" },
  link = function() return link_with(16, ("--initial-heap=%d"):format(GIB4 - 131072)) end,
  expect = { memory { min = 65536 } },
}

case "heap-above-limit" {
  title = "an initial heap that does not fit behind the data is refused",
  clauses = { "memory.initial-heap" },
  link = function() return link_with(16, ("--initial-heap=%d"):format(GIB4 - 65536)) end,
  expect = refused("MEMORY_TOO_LARGE", "option"),
}
