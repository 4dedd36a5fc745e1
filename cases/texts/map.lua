-- --Map and --print-map: sections, under code and data the chunks, under those their symbols, with
-- addresses, offsets and sizes.  Scripts read it, so that it is wasm-ld's, word for word.

local CLAUSE = { "text.map" }
local HEAD = "    Addr      Off     Size Out     In      Symbol"

local function program()
  local a = object "a.o"
  local d = a:data("d", { bytes = "four", align = 2, segment_name = ".data.d" })
  a:data("z", { zero = 16, align = 4, segment_name = ".bss.z" })
  a:func("f", { sig = "-> i32", code = { { "i32.const", addr(d) }, "i32.load" } })
  a:func("_Z1gi", { sig = "i32 ->", code = {} })
  a:func("unused", { sig = "->", code = {} })
  a:global("g", { init = { "i32.const 1" }, no_strip = true })
  return a
end

local function linking(...)
  local options = { ... }
  return function()
    local link = { "--no-entry", "--no-stack-first", "--export=f", "--export=_Z1gi", "--export=z",
      table.unpack(options) }
    link[#link + 1] = program()
    return link
  end
end

local MAP = {
  HEAD,
  "       -        8        b TYPE",
  "       -       13        5 FUNCTION",
  "       -       18        5 MEMORY",
  "       -       1d       15 GLOBAL",
  "       0        0        0         __stack_pointer",
  "       1        0        0         g",
  "       -       32       1c EXPORT",
  "       -       4e       12 CODE",
  "       -       4f        c         a.o:(f)",
  "       -       4f        c                 f",
  "       -       5b        3         a.o:(_Z1gi)",
  "       -       5b        3                 g(int)",
  "       -       60        d DATA",
  "     400       61        4 .data",
  "     400       67        4         a.o:(.data.d)",
  "     400       67        4                 d",
  "     410       60       10 .bss",
  "     410        0       10         a.o:(.bss.z)",
  "     410        0       10                 z",
  "       -       6d       41 CUSTOM(name)",
}

case "printed" {
  title = "--print-map prints the map",
  clauses = CLAUSE,
  link = linking "--print-map",
  expect = { prints(MAP) },
}

case "written" {
  title = "--Map=FILE writes the same to a file",
  clauses = CLAUSE,
  link = linking "--Map=out.map",
  expect = { writes("out.map", MAP) },
}

case "strings" {
  title = "merged strings are a chunk of the linker's own, and their symbols are not shown",
  clauses = CLAUSE,
  link = function()
    local a, code = object "a.o", {}
    for i, text in ipairs { "one", "two" } do
      local s = a:data(text, { bytes = text .. "\0", segment_name = ".rodata." .. text,
        segment_flags = 1 })
      code[2 * i - 1], code[2 * i] = { "i32.const", addr(s) }, "drop"
    end
    a:func("f", { sig = "->", code = code })
    return { "--no-entry", "--export=f", "--Map=out.map", a }
  end,
  expect = { writes("out.map", function(lines)
    for i, line in ipairs(lines) do
      if line:find "<internal>:%(%.rodata%)$" then
        return line:find "^ *%x+ +%x+ +8 " ~= nil and lines[i + 1]:find "CUSTOM" ~= nil
      end
    end
  end) },
}

case "segments" {
  title = "each segment stands where it begins in the file",
  clauses = CLAUSE,
  link = function()
    local a = object "a.o"
    a:data("r", { bytes = "read", rodata = true, no_strip = true })
    a:data("w", { bytes = "write", no_strip = true })
    return { "--no-entry", "--no-stack-first", "--Map=out.map", a }
  end,
  expect = { writes("out.map", function(lines)
    local found = {}
    for _, line in ipairs(lines) do
      local address, offset, size, name = line:match("^ +(%x+) +(%x+) +(%x+) (%.%a+)$")
      if name then found[#found + 1] = table.concat({ name, address, offset, size }, " ") end
    end
    found = table.concat(found, ", ")
    return found == ".rodata 400 24 4, .data 404 2e 5", found
  end) },
}

case "members" {
  title = "a member is named with its archive, and what the linker made has no file",
  clauses = CLAUSE,
  link = function()
    local a, b = object "a.o", object "b.o"
    local f = b:func("f", { sig = "->", undefined = true })
    a:func("f", { sig = "->", code = {} })
    b:init(b:func("ctor", { sig = "->", code = { { "call", f } } }))
    return { "--no-entry", "--export=__wasm_call_ctors", "--Map=out.map", b,
      archive("lib.a", { a }) }
  end,
  expect = { writes("out.map", function(lines)
    local all = table.concat(lines, "\n")
    return all:find("<internal>:(__wasm_call_ctors)", 1, true)
      and all:find("lib.a(a.o):(f)", 1, true) and all:find("b.o:(ctor)", 1, true), all
  end) },
}

case "sections" {
  title = "every section is shown with its offset and its whole size",
  clauses = CLAUSE,
  link = function()
    local a = program()
    a:custom("extra", { bytes = "extra" })
    a:features()
    return { "--no-entry", "--export=f", "--export=z", "--build-id=0x01", "--Map=out.map", a }
  end,
  expect = { writes("out.map", function(lines)
    local at, names = 8, {}
    for i = 2, #lines do
      local offset, size, name = lines[i]:match "^       %- +(%x+) +(%x+) (%S+)$"
      if name then
        if tonumber(offset, 16) ~= at then return false, lines[i] end
        at, names[#names + 1] = at + tonumber(size, 16), name
      end
    end
    local all = table.concat(names, " ")
    return all == "TYPE FUNCTION MEMORY GLOBAL EXPORT CODE DATA CUSTOM(extra) CUSTOM(name) "
      .. "CUSTOM(target_features) CUSTOM(build_id)", all
  end) },
}

case "local-symbols-and-aliases" {
  title = "all live symbols of a chunk are shown in the order of the object's table",
  clauses = CLAUSE,
  link = function()
    local a = object "a.o"
    local f = a:func("first", { sig = "->", code = {}, static = true })
    a:alias("second", f)
    a:func("g", { sig = "->", code = { { "call", f } } })
    a:alias("third", f)
    return { "--no-entry", "--export=g", "--Map=out.map", a }
  end,
  expect = { writes("out.map", function(lines)
    local all = table.concat(lines, "\n")
    return all:find "first\n[^\n]*second\n[^\n]*third\n" ~= nil, all
  end) },
}

case "map-of-a-failed-link" {
  title = "a link that fails writes no module, whatever it prints",
  clauses = CLAUSE,
  link = function()
    local a = object "a.o"
    local g = a:func("g", { sig = "->", undefined = true })
    a:func("f", { sig = "->", code = { { "call", g } } })
    return { "--no-entry", "--export=f", "-M", a }
  end,
  expect = { rejects { id = "UNDEFINED_SYMBOL" } },
}

case "symbol-in-a-segment" {
  title = "a symbol inside a segment has the offset of its first byte",
  clauses = CLAUSE,
  link = function()
    local o = object "a.o"
    local s = o:segment(".data.s", { bytes = "12345678" })
    o:data("low", { segment = s, offset = 0, size = 4, export = "low" })
    o:data("high", { segment = s, offset = 5, size = 3, export = "high" })
    return { "--no-entry", "--no-stack-first", "--Map=out.map", o }
  end,
  expect = { writes("out.map", function(lines)
    local found = {}
    for _, line in ipairs(lines) do
      local address, offset, name = line:match("^ *(%x+) +(%x+) +%x+ +(%S*)$")
      if address then found[name] = { tonumber(address, 16), tonumber(offset, 16) } end
    end
    local low, high, s = found.low, found.high, found["a.o:(.data.s)"]
    return low and high and s and low[1] == s[1] and low[2] == s[2] and high[1] == s[1] + 5
      and high[2] == s[2] + 5, table.concat(lines, "\n")
  end) },
}

case "second-of-a-segment" {
  title = "a second piece of a segment stands where it begins in it, in memory and in the file",
  clauses = CLAUSE,
  link = function()
    local o = object "a.o"
    o:data("first", { bytes = "12345678", segment_name = ".data.first", no_strip = true })
    o:data("second", { bytes = "abc", segment_name = ".data.second", no_strip = true })
    return { "--no-entry", "--no-stack-first", "--Map=out.map", o }
  end,
  expect = { writes("out.map", function(lines)
    local found = {}
    for _, line in ipairs(lines) do
      local address, offset, name = line:match("^ *(%x+) +(%x+) +%x+ +(%S*)$")
      if address then found[name] = { tonumber(address, 16), tonumber(offset, 16) } end
    end
    local first, second = found["a.o:(.data.first)"], found["a.o:(.data.second)"]
    return first and second and second[1] == first[1] + 8 and second[2] == first[2] + 8,
      table.concat(lines, "\n")
  end) },
}

-- wasm-ld shows it as often as its object has names for it.
case "wrapped" {
  title = "a function that wraps another is shown, though its object has two names for it",
  clauses = { "text.map", "symbol.wrap" },
  link = function()
    local o = object "a.o"
    local f = o:func("f", { sig = "->", undefined = true })
    o:func("__wrap_f", { sig = "->", code = "nop" })
    o:func("run", { sig = "->", export = "run", code = { { "call", f } } })
    return { "--no-entry", "--wrap=f", "--Map=out.map", o }
  end,
  expect = { writes("out.map", function(lines)
    local n = 0
    for _, line in ipairs(lines) do n = n + (line:find " __wrap_f$" and 1 or 0) end
    return n > 0, table.concat(lines, "\n")
  end) },
}

case "undefined" {
  title = "the symbol of an undefined function stands at what traps for it, and has no size",
  clauses = { "text.map", "undefined.policy.ignore" },
  link = function()
    local o = object "a.o"
    local f = o:func("f", { sig = "->", undefined = true })
    o:func("run", { sig = "->", export = "run", code = { { "call", f } } })
    return { "--no-entry", "--unresolved-symbols=ignore-all", "--Map=out.map", o }
  end,
  expect = { writes("out.map", function(lines)
    for i, line in ipairs(lines) do
      if line:find "undefined_stub%)$" then
        return lines[i + 1]:find "^ *%- +%x+ +0 +f$" ~= nil, lines[i + 1]
      end
    end
    return false, table.concat(lines, "\n")
  end) },
}

local function segments(n, width)
  return {
    title = ("offsets count from where %d segments begin, whose number takes %s"):format(n,
      width == 1 and "a byte" or "two bytes"),
    clauses = CLAUSE,
    link = function()
      local o = object "a.o"
      for i = 1, n do
        o:data("d" .. i, { bytes = "x", segment_name = ".d" .. i, no_strip = true })
      end
      return { "--no-entry", "--no-stack-first", "--Map=out.map", o }
    end,
    expect = { writes("out.map", function(lines)
      for i, line in ipairs(lines) do
        if line:find " DATA$" then
          local section = tonumber(line:match "^ *%- +(%x+)", 16)
          local first = tonumber(lines[i + 1]:match "^ *%x+ +(%x+)", 16)
          return first == section + width, first - section
        end
      end
      return false, "no DATA"
    end) },
  }
end

case("many-segments")(segments(128, 2))

case("one-segment-fewer")(segments(127, 1))
