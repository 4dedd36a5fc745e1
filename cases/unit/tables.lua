-- Units: tables of names, as Zig's compiler makes them.  The names of all errors are one blob of
-- NUL-terminated bytes, and a table of slices, { pointer, length }, whose entry 0 is nobody's.  The
-- tag names of an enum are the same, with a function that puts the slice of a tag where its caller
-- wants it: by index where the tags are dense, by comparison where they are not.  Every name is
-- read back, byte for byte, from the module that runs.

local function short(...)
  return { "--no-entry", "--strip-debug", "--compress-relocations", ... }
end

-- The blob, and the table of slices into it: entries 0 to #names, or 1 to #names without a dummy.
local function name_table(u, prefix, names, dummy)
  local blob, at, slices = {}, 0, {}
  for i, name in ipairs(names) do
    blob[i] = name .. "\0"
  end
  local bytes = u:data(prefix .. "_names", { bytes = table.concat(blob), constant = true })
  if dummy then slices[1] = { "\0\0\0\0", u32(0) } end
  for _, name in ipairs(names) do
    slices[#slices + 1] = { addr(bytes, at), u32(#name) }
    at = at + #name + 1
  end
  return u:data(prefix .. "_name_table", { bytes = slices, align = 2, constant = true })
end

-- Exports what reads the slice of a number: its length, and one byte of it.
local function export_reader(u, slices)
  u:func("length", { sig = "i32 -> i32", exported = true,
    code = { "local.get 0; i32.const 8; i32.mul", { "i32.load", addr(slices, 4) } } })
  u:func("byte", { sig = "i32 i32 -> i32", exported = true,
    code = { "local.get 0; i32.const 8; i32.mul", { "i32.load", addr(slices) },
      "local.get 1; i32.add; i32.load8_u" } })
end

-- The same by way of a function tag_name(result*, tag).
local function export_tag_reader(u, tag_name)
  local result = u:data("result", { zero = 8, align = 2 })
  local function slice_of_tag(field)
    return { { "i32.const", addr(result) }, "local.get 0", { "call", tag_name },
      { "i32.const", addr(result, field) }, "i32.load" }
  end
  u:func("length", { sig = "i32 -> i32", exported = true, code = slice_of_tag(4) })
  u:func("byte", { sig = "i32 i32 -> i32", exported = true,
    code = { slice_of_tag(0), "local.get 1; i32.add; i32.load8_u" } })
end

-- All names, read back: { number = name }.
local function reads(names)
  local steps, numbers = {}, {}
  for number in pairs(names) do numbers[#numbers + 1] = number end
  table.sort(numbers)
  for _, number in ipairs(numbers) do
    local name = names[number]
    steps[#steps + 1] = { call = "length", args = { number }, value = #name }
    for k = 1, #name do
      steps[#steps + 1] = { call = "byte", args = { number, k - 1 }, value = name:byte(k) }
    end
  end
  return runs(steps)
end

local ERRORS = { "OutOfMemory", "FileNotFound", "", "AccessDenied", "EndOfStream", "X" }

case "error-names" {
  title = "the name of every error is found by its number",
  clauses = { "unit.name-table" },
  link = function()
    local u = unit "u.o"
    export_reader(u, name_table(u, "__zig_error", ERRORS, true))
    u:data("__zig_errors_len", { bytes = u32(#ERRORS + 1), align = 2, exported = true })
    return short(u)
  end,
  expect = { reads { [0] = "", "OutOfMemory", "FileNotFound", "", "AccessDenied", "EndOfStream",
    "X" }, data_at("__zig_errors_len", u32(#ERRORS + 1)), data_count("FileNotFound\0", 1) },
}

-- Tags 0, 1, 2, ...: the table is indexed.
local function dense_tag_name(u, names)
  local slices = name_table(u, "__zig_tag", names)
  local index = "local.get 0; local.get 1; i32.const 8; i32.mul"
  return u:func("__zig_tag_name_0", { sig = "i32 i32 ->", static = true, code = {
    index, { "i32.load", addr(slices) }, "i32.store",
    index, { "i32.load", addr(slices, 4) }, "i32.store offset=4",
  } })
end

-- Any tags: a block for each compares; one that is none of them traps.
local function sparse_tag_name(u, names)
  local code, tags = {}, {}
  for tag in pairs(names) do tags[#tags + 1] = tag end
  table.sort(tags)
  for _, tag in ipairs(tags) do
    code[#code + 1] = {
      ("block; local.get 1; i32.const %d; i32.ne; br_if 0; local.get 0"):format(tag),
      { "i32.const", addr(u:anon { bytes = names[tag] .. "\0" }) },
      ("i32.store; local.get 0; i32.const %d; i32.store offset=4; return; end")
        :format(#names[tag]),
    }
  end
  code[#code + 1] = "unreachable"
  return u:func("__zig_tag_name_1", { sig = "i32 i32 ->", static = true, code = code })
end

case "dense-tag-names" {
  title = "the names of dense tags are found by index",
  clauses = { "unit.name-table" },
  link = function()
    local u = unit "u.o"
    export_tag_reader(u, dense_tag_name(u, { "red", "green", "", "blue" }))
    return short(u)
  end,
  expect = { reads { [0] = "red", "green", "", "blue" } },
}

local SPARSE = { [-1] = "minus", [0] = "zero", [63] = "last of a byte", [64] = "first of two",
  [1000000] = "million" }

case "sparse-tag-names" {
  title = "the names of sparse tags are found by comparison",
  clauses = { "unit.name-table" },
  link = function()
    local u = unit "u.o"
    export_tag_reader(u, sparse_tag_name(u, SPARSE))
    return short(u)
  end,
  expect = { reads(SPARSE), traps("length", { 1 }) },
}

case "names-of-two-enums" {
  title = "equal names of tags are one, and each is found by the function of its enum",
  clauses = { "unit.name-table", "unit.anonymous" },
  link = function()
    local u = unit "u.o"
    local first = sparse_tag_name(u, { [5] = "common", [9] = "mine" })
    u:change(first, { name = "__zig_tag_name_first" })
    export_tag_reader(u, sparse_tag_name(u, { [7] = "common", [9] = "other" }))
    u:func("keep", { sig = "i32 i32 ->", exported = true,
      code = { "local.get 0; local.get 1", { "call", first } } })
    return short(u)
  end,
  expect = { reads { [7] = "common", [9] = "other" }, data_count("common\0", 1),
    data_count("mine\0", 1) },
}

case "names-beside-an-object" {
  title = "the tables of a unit stand where they may beside the data of an object",
  clauses = { "unit.name-table" },
  link = function()
    local u, o = unit "u.o", object "o.o"
    o:data("before", { bytes = ("b"):rep(77), align = 3, export = "before" })
    o:data("odd", { bytes = "odd", rodata = true, export = "odd" })
    export_reader(u, name_table(u, "__zig_error", ERRORS, true))
    return short("--global-base=8190", "--no-stack-first", o, u)
  end,
  expect = { reads { "OutOfMemory", "FileNotFound", "", "AccessDenied", "EndOfStream", "X" } },
}

-- Two units: the table that the compiler makes anew whenever there is one more error, and code that
-- reads it and stays as it is.
local function program(names)
  return function()
    local errors, reader = unit "errors.o", unit "reader.o"
    name_table(errors, "__zig_error", names, true)
    export_reader(reader, reader:data("__zig_error_name_table", { undefined = true }))
    return short(reader, errors)
  end
end

local MORE = { "Added", table.unpack(ERRORS) }
MORE[#MORE + 1] = "AddedAtTheEnd"

case "errors-in-a-unit-of-their-own" {
  title = "the names of errors are found in the table of another unit",
  clauses = { "unit.name-table", "unit.symbols" },
  link = program(MORE),
  expect = { reads { [0] = "", "Added", "OutOfMemory", "FileNotFound", "", "AccessDenied",
    "EndOfStream", "X", "AddedAtTheEnd" } },
}

-- Linked again after the table was replaced: the bytes of the case above, in which every name was
-- read.
case "errors-are-added" {
  title = "when errors are added, linking again with the new table gives every error its name",
  clauses = { "unit.name-table", "unit.again" },
  link = program(ERRORS),
  expect = { reads { [0] = "", table.unpack(ERRORS) },
    again { program(MORE), program {}, program(MORE), program(ERRORS) } },
}
