-- Offsets into code and data by way of section symbols.  Those sections are taken apart: a byte
-- goes where its function or its segment goes.

-- Where things are in the object: behind the number of functions, a byte of size in front of each
-- body; behind the number of segments, flags, an address of two bytes, `end` and the size in front
-- of each four bytes.
local BODY = { dead = 2, g = 8, h = 13 }
local BYTES = { gone = 6, x = 15, y = 24, z = 33 }

local function program(section, contents)
  local o = object "a.o"
  o:func("dead", { sig = "->", code = "nop; nop; nop" })
  o:func("g", { sig = "-> i32", export = "g", code = "i32.const 7" })
  o:func("h", { sig = "-> i32", export = "h", code = "i32.const 8" })
  o:data("gone", { bytes = "gone", align = 2 })
  o:data("x", { bytes = "xxxx", export = "x", segment_name = ".rodata.x" })
  o:data("y", { bytes = "yyyy", export = "y", segment_name = ".data.y" })
  o:data("z", { zero = 4, export = "z" })
  local list = contents(o:section_symbol "code", o:section_symbol "data")
  o:custom(section, { bytes = list })
  return o
end

local function linked(section, contents, ...)
  local options = { ... }
  return function()
    local list = { "--no-entry" }
    for _, option in ipairs(options) do list[#list + 1] = option end
    list[#list + 1] = program(section, contents)
    return list
  end
end

local function start_of(module, kind)
  for _, s in ipairs(module.decoded.sections) do
    if s.kind == kind then return s.offset end
  end
end

-- The bytes of the output at offsets of that kind of section, which `section` holds.
local function leads_to(section, kind, wanted)
  return holds(section .. " leads to the bytes", function(module, view)
    local found = view:custom(section)
    for i, bytes in ipairs(wanted) do
      local at = start_of(module, kind) + string.unpack("<I4", found, 4 * i - 3)
      local got = view.outcome.bytes:sub(at + 1, at + #bytes)
      if got ~= bytes then return false, ("%d: %q"):format(i, got) end
    end
    return #found == 4 * #wanted, #found .. " bytes"
  end)
end

case "code" {
  title = "an offset into the code section leads to the same instruction in the output",
  clauses = { "reloc.section-offset-i32", "symbol.section" },
  link = linked(".debug_x", function(code)
    return { sec_offset(code, BODY.g), sec_offset(code, BODY.g + 1), sec_offset(code, BODY.h),
      sec_offset(code, BODY.h + 1) }
  end),
  expect = { leads_to(".debug_x", "code", { "\0\x41\7\x0b", "\x41\7\x0b", "\0\x41\8\x0b",
    "\x41\8\x0b" }) },
}

case "code-of-a-dropped-function" {
  title = "an offset into a dropped function is one to nothing: -1 in debug sections",
  clauses = { "reloc.section-offset-i32", "debug.tombstone" },
  link = linked(".debug_x", function(code) return { sec_offset(code, BODY.dead + 1) } end),
  expect = { custom(".debug_x", "\xff\xff\xff\xff") },
}

case "code-of-the-section-itself" {
  title = "an offset to the number of functions is in no function, and leads nowhere",
  clauses = { "reloc.section-offset-i32", "debug.tombstone" },
  link = linked(".debug_x", function(code) return { sec_offset(code, 0) } end,
    "--validate=permissive"),
  expect = { custom(".debug_x", "\xff\xff\xff\xff") },
}

case "end-of-a-function" {
  title = "an offset to the end of a function leads behind its last byte",
  clauses = { "reloc.section-offset-i32" },
  link = linked(".debug_x", function(code)
    return { sec_offset(code, BODY.g + 4), sec_offset(code, BODY.h + 4) }
  end),
  expect = { holds("the end of h is that of the section", function(module, view)
    for _, s in ipairs(module.decoded.sections) do
      if s.kind == "code" then
        return view:unpack(".debug_x", "<I4", 5) == s.size
      end
    end
  end), leads_to(".debug_x", "code", { "\4", "" }) },
}

case "data" {
  title = "an offset into the data section leads to the same byte in the output",
  clauses = { "reloc.section-offset-i32", "symbol.section" },
  link = linked("mine", function(_, data)
    return { sec_offset(data, BYTES.x), sec_offset(data, BYTES.y + 1) }
  end),
  expect = { leads_to("mine", "data", { "xxxx", "yyy" }) },
}

case "data-that-is-gone" {
  title = "offsets into dropped data, and into zeros that are not written, lead nowhere",
  clauses = { "reloc.section-offset-i32", "debug.tombstone" },
  link = linked(".debug_x", function(_, data)
    return { sec_offset(data, BYTES.gone), sec_offset(data, BYTES.z) }
  end),
  expect = { custom(".debug_x", ("\xff"):rep(8)) },
}

case "without-padding" {
  title = "where code loses its padding, offsets into it follow",
  clauses = { "reloc.section-offset-i32", "reloc.compress" },
  link = function()
    local o = object "a.o"
    local x = o:data("x", { bytes = "x" })
    o:func("g", { sig = "-> i32", export = "g", code = { { "i32.const", addr(x) }, "drop",
      "i32.const 7" } })
    -- Behind the size and the padded constant, which shrinks by two bytes.
    o:custom("mine", { bytes = { sec_offset(o:section_symbol "code", 2 + 1 + 6) } })
    return { "--no-entry", "--compress-relocations", "--strip-debug", o }
  end,
  expect = { leads_to("mine", "code", { "\x1a\x41\7\x0b" }) },
}

case "section-that-is-neither" {
  title = "a section symbol of another section is refused",
  clauses = { "symbol.section" },
  link = linked(".debug_x", function(code) return { sec_offset(code, BODY.g) } end),
  mutate = { file = "a.o", at = "linking.symbols[7].section", to = 0 },
  expect = { rejects { id = "SECTION_SYMBOL_TARGET", phase = "read", class = "malformed" } },
}

local function no_place(message)
  return { rejects { id = "RELOC_ADDEND", phase = "read", class = "malformed", file = "a.o",
    field = "relocated bytes", offset = ".debug_x.bytes", message = message } }
end

case "code-inside-an-instruction" {
  title = "an offset into the code section must be that of an instruction",
  clauses = { "reloc.addend.code" },
  link = linked(".debug_x", function(code) return { sec_offset(code, BODY.g + 1) } end),
  mutate = { file = "a.o", at = "reloc..debug_x.entries[0].addend", to = BODY.g + 2 },
  expect = no_place "addend 10 ",
  permissive = {
    title = "an offset into the code section may be that of any byte of a function",
    expect = { leads_to(".debug_x", "code", { "\7\x0b" }) },
  },
}

case "data-between-segments" {
  title = "an offset into the data section must be that of a byte of a segment",
  clauses = { "reloc.addend.data" },
  link = linked(".debug_x", function(_, data) return { sec_offset(data, BYTES.x) } end),
  mutate = { file = "a.o", at = "reloc..debug_x.entries[0].addend", to = BYTES.x - 1 },
  expect = no_place "addend 14 ",
  permissive = {
    title = "an offset to the head of a segment leads nowhere",
    expect = { custom(".debug_x", "\xff\xff\xff\xff") },
  },
}

-- In front of the first function, or of the bytes of the first segment, there is a count.
for what, first in pairs { code = 2, data = 6 } do
  case("count-of-" .. what) {
    title = ("an offset into the section %s must not be that of its count"):format(what),
    clauses = { "reloc.addend." .. what },
    link = function()
      local o = object("a.o", { size_width = 0 })
      o:data("x", { bytes = "\1\2\3\4", export = "x" })
      o:data("y", { bytes = "\5\6\7\8", export = "y" })
      o:func("f", { sig = "->", export = "f", code = "nop" })
      o:func("g", { sig = "->", export = "g", code = "nop" })
      o:custom(".debug_place", { bytes = { sec_offset(o:section_symbol(what), first) } })
      return { "--no-entry", o }
    end,
    mutate = { file = "a.o", at = "reloc..debug_place.entries[0].addend", to = 0 },
    expect = { rejects { id = "RELOC_ADDEND", phase = "read", offset = ".debug_place.bytes",
      message = "addend 0 is no place in " .. what .. "$" } },
    permissive = {
      title = ("the count of the section %s is nowhere in a module"):format(what),
      expect = { custom(".debug_place", "\xff\xff\xff\xff") },
    },
  }
end
