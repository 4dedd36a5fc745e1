-- Segments, sub-sections and functions: what Linking.md says and no linker checks.

local function plain()
  local o = object "a.o"
  o:func("f", { sig = "-> i32", code = "i32.const 7" })
  o:data("x", { bytes = "one\0two\0", rodata = true, segment_name = ".rodata.str.x",
    segment_flags = { "strings" } })
  o:data("y", { bytes = "\1\2\3\4" })
  return { "--no-entry", "--export=f", "--export=x", "--export=y", "-O0", o }
end

case "unknown-flag" {
  title = "a segment flag that is not in the list is refused",
  clauses = { "linking.segments.flags.unknown" },
  link = plain,
  mutate = { file = "a.o", at = "linking.segments[1].flags", to = 0x08 },
  expect = { rejects { id = "SEGMENT_FLAGS", phase = "read", class = "malformed", file = "a.o",
    field = "segment flags", message = "%.data%.y" } },
  permissive = {
    title = "a segment flag that is not in the list says nothing",
    expect = { data_at("y", "\1\2\3\4") },
  },
}

case "strings-unterminated" {
  title = "a segment flagged STRINGS that does not end in NUL is refused",
  clauses = { "segment.strings" },
  link = plain,
  mutate = { file = "a.o", at = "data.segments[0].bytes", to = "one\0two!" },
  expect = { rejects { id = "SEGMENT_STRINGS", phase = "read", class = "malformed", file = "a.o",
    message = "%.rodata%.str%.x" } },
  permissive = {
    title = "where strings are not merged, a segment of them may end in any byte",
    expect = { data_at("x", "one\0two!") },
  },
}

case "empty-init-functions-before-symbols" {
  title = "init functions in front of the symbol table are refused, even if there are none",
  clauses = { "linking.init-functions.order" },
  link = plain,
  mutate = function(files)
    files["a.o"]:insert("linking.symbols", "\6\1\0", { name = "early" })
  end,
  expect = { rejects { id = "SUBSECTION_ORDER", phase = "read", class = "malformed", file = "a.o",
    field = "linking sub-section id", offset = "linking.early" } },
  permissive = {
    title = "no init functions may stand anywhere",
    expect = { returns("f", {}, 7), data_at("y", "\1\2\3\4") },
  },
}

case "unknown-sub-section" {
  title = "a sub-section of \"linking\" whose code is not in the list is refused",
  clauses = { "linking.sub-section.unknown" },
  link = plain,
  mutate = function(files)
    files["a.o"]:insert("linking.symbols", "\x63\x02\xaa\xbb", { name = "unknown" })
  end,
  expect = { rejects { id = "SUBSECTION_KIND", phase = "read", class = "malformed", file = "a.o",
    field = "linking sub-section id", offset = "linking.unknown" } },
  permissive = {
    title = "a sub-section of \"linking\" whose code is not in the list is skipped",
    expect = { returns("f", {}, 7), data_at("y", "\1\2\3\4") },
  },
}

case "unknown-sub-sections-permissive" {
  title = "of a sub-section that is not in the list there may be two",
  clauses = { "linking.sub-section.unknown" },
  link = function()
    local list = plain()
    list[#list]:insert("linking.symbols", "\1\1\xaa\1\1\xbb", { name = "unknown" })
    return { "--validate=permissive", table.unpack(list) }
  end,
  expect = { returns("f", {}, 7), data_at("y", "\1\2\3\4") },
}
