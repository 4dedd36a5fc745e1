-- .debug_str and .debug_line_str are strings too: known by name, merged alike, and every reference
-- from another debug section must follow.

-- An object with two strings of debug information and a list of offsets to them.
local function with_strings(name, section, text1, text2)
  local o = object(name)
  o:func("f_" .. name:sub(1, 1), { sig = "->", export = "f_" .. name:sub(1, 1), code = {} })
  local strings = o:custom(section, { bytes = text1 .. "\0" .. text2 .. "\0" })
  local symbol = o:section_symbol(strings)
  o:custom(".debug_info", { bytes = { sec_offset(symbol, 0), sec_offset(symbol, #text1 + 1) } })
  return o
end

-- The strings that the words of .debug_info point at.
local function referred(view, section)
  local info, strings, list = view:custom ".debug_info", view:custom(section), {}
  for at = 1, #info, 4 do
    local offset = (string.unpack("<I4", info, at))
    list[#list + 1] = strings:match("^[^\0]*", offset + 1)
  end
  return table.concat(list, " ")
end

local function refers(section, wanted)
  return holds("references to " .. wanted, function(_, view)
    local found = referred(view, section)
    return found == wanted, found
  end)
end

local function size_of(section, size)
  return custom(section, function(contents) return #contents == size, #contents .. " bytes" end)
end

case "debug-str" {
  title = "strings of .debug_str may be merged, and the offsets in .debug_info find them",
  clauses = { "strings.debug" },
  link = function()
    return { "--no-entry", with_strings("a.o", ".debug_str", "producer", "int"),
      with_strings("b.o", ".debug_str", "unsigned int", "producer") }
  end,
  expect = { refers(".debug_str", "producer int unsigned int producer"),
    either { merged = size_of(".debug_str", 9 + 13), kept = size_of(".debug_str", 13 + 22) } },
}

case "debug-line-str" {
  title = "strings of .debug_line_str may be merged like those of .debug_str",
  clauses = { "strings.debug" },
  link = function()
    return { "--no-entry", with_strings("a.o", ".debug_line_str", "/src", "a.c"),
      with_strings("b.o", ".debug_line_str", "/src", "b.c") }
  end,
  expect = { refers(".debug_line_str", "/src a.c /src b.c"),
    either { merged = size_of(".debug_line_str", 13), kept = size_of(".debug_line_str", 18) } },
}

case "optimize-0" {
  title = "with -O0 .debug_str is joined as it is",
  clauses = { "strings.debug", "strings.optimize" },
  link = function()
    return { "--no-entry", "-O0", with_strings("a.o", ".debug_str", "zoo", "int"),
      with_strings("b.o", ".debug_str", "int", "ant") }
  end,
  expect = { refers(".debug_str", "zoo int int ant"),
    custom(".debug_str", "zoo\0int\0int\0ant\0") },
}

case "relocated" {
  title = "strings beside an address are joined as they are: it is no part of a string",
  clauses = { "strings.debug", "custom.concatenate", "reloc.memory-addr-i32" },
  peer_differs = "wasm-ld merges them, and loses the relocation",
  link = function()
    local a = object "a.o"
    local x = a:data("x", { bytes = "\1\2\3\4", export = "x" })
    local strings = a:custom(".debug_str", { bytes = { "int\0", addr(x), "\0int\0" } })
    a:custom(".debug_info", { bytes = { sec_offset(a:section_symbol(strings), 9) } })
    return { "--no-entry", a, with_strings("b.o", ".debug_str", "int", "zoo") }
  end,
  expect = { custom(".debug_str", { "int\0", to_address "x", "\0int\0int\0zoo\0" }),
    refers(".debug_str", "int int zoo") },
}

case "relocated-in-an-object" {
  title = "in an object made by -r, too, with the relocation",
  clauses = { "strings.debug", "custom.concatenate", "relocatable.relocations" },
  peer_differs = "wasm-ld merges them, and loses the relocation",
  link = function()
    local a = object "a.o"
    local x = a:data("x", { bytes = "\1\2\3\4" })
    local b = with_strings("b.o", ".debug_str", "int", "zoo")
    a:custom(".debug_str", { bytes = { "int\0", addr(x, 2), "\0" } })
    return { "-r", b, a }
  end,
  expect = { custom(".debug_str", function(contents)
      return #contents == 17 and contents:find("^int\0zoo\0int\0"), contents
    end),
    relocations ".debug_str" { "MEMORY_ADDR_I32 x +2 at 12" } },
}

case "unterminated" {
  title = "a section of strings must end in a NUL",
  clauses = { "strings.debug" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "->", export = "f", code = "nop" })
    o:custom(".debug_str", { bytes = "int\0" })
    return { "--no-entry", o }
  end,
  mutate = { file = "a.o", at = ".debug_str.bytes", to = "int\0?" },
  expect = { rejects { id = "STRING_UNTERMINATED", file = "a.o", within = "section .debug_str" } },
}

case "other-names-are-not-strings" {
  title = "a custom section of another name is joined as it is, whatever it holds",
  clauses = { "strings.debug", "custom.concatenate" },
  link = function()
    return { "--no-entry", with_strings("a.o", "my_strings", "zoo", "int"),
      with_strings("b.o", "my_strings", "int", "ant") }
  end,
  expect = { refers("my_strings", "zoo int int ant"),
    custom("my_strings", "zoo\0int\0int\0ant\0") },
}
