-- The stack: its size, its side of the data, its alignment, and where --global-base puts the data.
-- Releases of wasm-ld differ in the default side, so that most cases name it.

-- f() gives the stack pointer; `byte` is data of one byte.
local function program()
  local a = object "a.o"
  local sp = a:global("__stack_pointer", { type = "i32", mutable = true, undefined = true })
  a:data("byte", { bytes = "b", export = "byte" })
  a:func("f", { sig = "-> i32", export = "f", code = { { "global.get", sp } } })
  return a
end

local function linked(...)
  local options = { ... }
  return function()
    local list = { "--no-entry", table.unpack(options) }
    list[#list + 1] = program()
    return list
  end
end

case "first" {
  title = "with --stack-first the stack takes the lowest addresses and the data follows",
  clauses = { "layout.stack-first" },
  origin = { "llvm/llvm-project#166998", "llvm/llvm-project#151015", "nesbox/TIC-80#2880" },
  link = linked("--stack-first", "-z", "stack-size=4096"),
  expect = { global_value("__stack_pointer", 4096), address "byte" { equals = 4096 },
    returns("f", {}, 4096), memory { min = 1 } },
}

case "first-and-full" {
  title = "with --stack-first who pushes more than the stack holds traps, and no data are harmed",
  clauses = { "layout.stack-first" },
  link = function()
    local o = object "a.o"
    local sp = o:global("__stack_pointer", { type = "i32", mutable = true, undefined = true })
    local byte = o:data("byte", { bytes = "b" })
    o:func("push", { sig = "i32 -> i32", export = "push", code = { { "global.get", sp },
      "local.get 0; i32.sub; i32.const 1; i32.store8", "i32.const 0",
      { "i32.load8_u", addr(byte) } } })
    return { "--no-entry", "--stack-first", "-z", "stack-size=4096", o }
  end,
  expect = { returns("push", { 4096 }, 0x62), traps("push", { 4097 }) },
}

case "last" {
  title = "with --no-stack-first the stack lies above the data and ends at the stack pointer",
  clauses = { "layout.stack-last" },
  link = linked("--no-stack-first", "-z", "stack-size=8192"),
  -- One byte at 1024: the stack begins at 1040.
  expect = { address "byte" { equals = 1024 }, returns("f", {}, 1040 + 8192), memory { min = 1 } },
}

case "last-option-wins" {
  title = "of --stack-first and --no-stack-first the last one counts",
  clauses = { "layout.stack-last" },
  link = linked("--no-stack-first", "--stack-first", "-z", "stack-size=32768"),
  expect = { returns("f", {}, 32768), address "byte" { min = 32768 } },
}

case "default-size" {
  title = "the stack has 64 KiB and is 16-byte aligned, and no data lies in it",
  clauses = { "layout.stack-size" },
  link = function()
    local a = program()
    a:data("big", { bytes = ("x"):rep(33), export = "big" })
    return { "--no-entry", a }
  end,
  expect = {
    holds("64 KiB below the stack pointer without data", function(_, view)
      local top = view:global_value(view:one("global", "__stack_pointer"))
      local first, last = view:address("byte"), view:address("big") + 33
      return top % 16 == 0 and top >= 65536 and (first >= top or last <= top - 65536),
        ("stack up to %d, data from %d to %d"):format(top, first, last)
    end),
    runs { { call = "f" } },
  },
}

case "size-zero" {
  title = "a stack of no bytes is possible",
  clauses = { "layout.stack-size" },
  link = linked("--stack-first", "-z", "stack-size=0"),
  expect = { returns("f", {}, 0), address "byte" { max = 15 } },
}

case "size-in-hex" {
  title = "-z stack-size takes a number in C notation",
  clauses = { "layout.stack-size" },
  origin = "ziglang/zig#23181",
  link = linked("--stack-first", "-z", "stack-size=0x2000"),
  expect = { returns("f", {}, 8192) },
}

case "size-not-aligned" {
  title = "a stack size that is no multiple of 16 is an error",
  clauses = { "layout.stack-size" },
  link = linked("-z", "stack-size=1000"),
  expect = { rejects { id = "STACK_ALIGN", phase = "place", class = "option" } },
}

case "global-base" {
  title = "--global-base is the address of the first data, also above the stack",
  clauses = { "layout.global-base" },
  link = linked("--stack-first", "-z", "stack-size=1024", "--global-base=200000"),
  expect = { address "byte" { equals = 200000 }, returns("f", {}, 1024), memory { min = 4 } },
}

case "global-base-at-the-stack" {
  title = "--global-base may be the very end of the stack",
  clauses = { "layout.global-base" },
  link = linked("--stack-first", "-z", "stack-size=2048", "--global-base=2048"),
  expect = { address "byte" { equals = 2048 }, returns("f", {}, 2048) },
}

case "global-base-in-the-stack" {
  title = "a --global-base inside the stack is an error",
  clauses = { "layout.global-base" },
  origin = { "llvm/llvm-project#166998", "swiftlang/swift-driver#2179" },
  link = linked("--stack-first", "-z", "stack-size=2048", "--global-base=2047"),
  expect = { rejects { id = "GLOBAL_BASE", phase = "place", class = "option" } },
}

case "pointer-above-2-gib" {
  title = "a stack pointer of 2^31 or more is written as an i32, that is as a negative number",
  clauses = { "layout.stack-size", "global.init" },
  link = linked("--stack-first", "-z", "stack-size=2147483664"),
  expect = {
    valid(),
    holds("a stack pointer of 2147483664", function(_, view)
      local value = view:global_value(view:one("global", "__stack_pointer"))
      return value & 0xffffffff == 2147483664, value
    end),
  },
}

case "data-above-2-gib" {
  title = "addresses of 2^31 and more are written as i32: in code, exports and data segments",
  clauses = { "layout.global-base", "reloc.memory-addr-sleb" },
  link = function()
    local a = object "a.o"
    local high = a:data("high", { bytes = "high", export = "high" })
    a:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", high } } })
    return { "--no-entry", "-z", "stack-size=1024", "--global-base=2415919104", a }
  end,
  expect = { valid(), address "high" { equals = 2415919104 }, const_at("f", 1, to_address "high"),
    data_at("high", "high"), memory { min = 36865 } },
}

case "lowest-address" {
  title = "__stack_low is where the stack ends, behind the data too",
  clauses = { "layout.symbol.stack", "layout.stack-last" },
  link = function()
    local o = object "a.o"
    o:data("x", { bytes = "12345", export = "x" })
    for _, name in ipairs { "__stack_low", "__stack_high" } do
      o:func("get" .. name, { sig = "-> i32", export = "get" .. name,
        code = { { "i32.const", addr(o:data(name, { undefined = true })) } } })
    end
    return { "--no-entry", "--no-stack-first", "-z", "stack-size=4096", o }
  end,
  expect = { const_at("get__stack_low", 1, 1040), const_at("get__stack_high", 1, 1040 + 4096) },
}
