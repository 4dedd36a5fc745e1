-- Code metadata that is not as CodeMetadata.md has it: a section is one vector of functions.  Each
-- case has a twin, NAME-permissive: a section that is no vector cannot be kept, and is left out
-- alone; what is only out of order is put in order.

-- In an object: f, with a call at 1, a nop at 7 and 9 bytes in all; g; and what is said of both.
local function told()
  local o, other = object "a.o", object "b.o"
  local imported = o:func("imported", { sig = "->", undefined = true, import_module = "host",
    import_name = "imported" })
  local f = o:func("f", { sig = "->", code = { { "call", imported }, "nop" } })
  local g = o:func("g", { sig = "->", code = "nop" })
  local function index(of)
    return reloc { type = "R_WASM_FUNCTION_INDEX_LEB", sym = of, bytes = "\x80\x80\x80\x80\0" }
  end
  o:custom("metadata.code.test", { bytes = {
    "\2", index(f), "\2", "\1", "\1", "x", "\7", "\1", "y", -- pieces 0 to 8
    index(g), "\1", "\1", "\6", index(f), "z" } }) -- 9 to 14
  local h = other:func("h", { sig = "->", code = "nop" })
  other:custom("metadata.code.test", { bytes = { "\1", index(h), "\1\1\1h" } })
  return { "--no-entry", "--export=f", "--export=g", "--export=h", o, other }
end

local function left_out(what)
  return { warns { id = "CODE_METADATA_DROPPED", file = "a.o" }, has_function("f", "g", "h"),
    either { ["code-metadata.none"] = no_custom "metadata.code.test",
      [what] = code_metadata("metadata.code.test", { { "h", { "nop", "h" } } }) } }
end

-- One field is wrong; at: another piece is where that shows, or false: the end.
local function wrong(name, r)
  local piece = "metadata.code.test.bytes[%d]"
  local at = r.at == nil and r.piece or r.at
  case(name) {
    title = r.title .. " is refused",
    clauses = { "code-metadata.section" },
    link = told,
    mutate = r.mutate or { file = "a.o", at = r.path or piece:format(r.piece), to = r.to },
    expect = { rejects { id = "CODE_METADATA", phase = "read", class = "malformed", file = "a.o",
      field = "code metadata" .. (r.field and " " .. r.field or ""),
      offset = at and piece:format(at) or nil } },
    permissive = { title = r.title .. ": the section is left out", expect = left_out "kept" },
  }
end

wrong("functions-too-many", {
  title = "a count of functions that cannot be", piece = 0, to = "\x7f", field = "function count" })
wrong("functions-one-too-many", {
  title = "a count of functions that takes one byte more than there are", piece = 0, to = "\14",
  field = "function count" })
wrong("functions-too-long", {
  title = "a count of functions of more than five bytes", piece = 0, to = "\x82\x80\x80\x80\x80\0",
  field = "function count" })
wrong("functions-missing", {
  title = "a vector that ends before its last function", piece = 0, to = "\3", at = false,
  field = "function index" })
wrong("joined-as-bytes", {
  title = "a vector that something stands behind", piece = 0, to = "\1", at = 9 })
wrong("function-imported", {
  title = "metadata of a function that is imported", at = 1, to = 0, field = "function index",
  path = "reloc.metadata.code.test.entries[0].index" })
wrong("slot-for-an-index", {
  title = "an index that is relocated as a slot of the table", at = 1, to = 2,
  field = "function index", path = "reloc.metadata.code.test.entries[0].type" })
wrong("instances-too-many", {
  title = "a count of instances that cannot be", piece = 2, to = "\x7f", field = "instance count" })
wrong("instances-missing", {
  title = "a vector that ends before its last instance", piece = 10, to = "\2", at = false,
  field = "offset" })
wrong("offset-behind-the-code", {
  title = "an offset behind the last instruction", piece = 6, to = "\9", field = "offset" })
wrong("offset-too-large", {
  title = "an offset of more than 32 bits", piece = 6, to = "\x87\x80\x80\x80\x10",
  field = "offset" })
wrong("offset-too-long", {
  title = "an offset of more than five bytes", piece = 6, to = "\x87\x80\x80\x80\x80\0",
  field = "offset" })
wrong("offset-relocated", {
  title = "an offset that is relocated", at = 6, field = "offset", mutate = function(files)
    local o = files["a.o"]
    o:set("metadata.code.test.bytes[6]", "\x87\x80\x80\x80\0")
    o:set("reloc.metadata.code.test.entries[1].offset", 10) -- not at piece 9, but there
    o:set("reloc.metadata.code.test.entries[2].offset", 25)
  end })
wrong("instances-relocated", {
  title = "a count of instances that is relocated", at = 2, field = "instance count",
  mutate = function(files)
    local o = files["a.o"]
    o:set("metadata.code.test.bytes[1]", "\1") -- the index of f, without relocation
    o:set("metadata.code.test.bytes[2]", "\x82\x80\x80\x80\0")
    o:set("reloc.metadata.code.test.entries[0].offset", 2)
  end })
wrong("size-too-large", {
  title = "data that ends behind the section", piece = 12, to = "\7", field = "size" })
wrong("size-too-long", {
  title = "a size of more than five bytes", piece = 12, to = "\x86\x80\x80\x80\x80\0",
  field = "size" })
wrong("size-too-small", {
  title = "data that ends in a number which is relocated", piece = 12, to = "\4", at = 13 })

-- Order -----------------------------------------------------------------------------------------

-- What is said of f and g, as the list has it: a function and pieces.
local function said(...)
  local list = { ... }
  return function()
    local o = object "a.o"
    local of = {}
    for _, name in ipairs { "f", "g" } do
      of[name] = o:func(name, { sig = "->", code = { "nop", "unreachable" } })
    end
    local pieces = { string.char(#list) }
    for _, entry in ipairs(list) do
      pieces[#pieces + 1] = reloc { type = "R_WASM_FUNCTION_INDEX_LEB", sym = of[entry[1]],
        bytes = "\x80\x80\x80\x80\0" }
      for k = 2, #entry do pieces[#pieces + 1] = entry[k] end
    end
    o:custom("metadata.code.test", { bytes = pieces })
    return { "--no-entry", "--export=f", "--export=g", o }
  end
end

-- Symbols: 0 f, 1 g.  Which functions the entries are about, or pieces, are changed.
local function unordered(name, r)
  case(name) {
    title = r.title .. " are refused",
    clauses = { "code-metadata.order" },
    link = r.link,
    mutate = function(files)
      for path, value in pairs(r.to) do files["a.o"]:set(path, value) end
    end,
    expect = { rejects { id = "CODE_METADATA_ORDER", phase = "read", class = "malformed",
      file = "a.o", field = "code metadata function index",
      offset = ("metadata.code.test.bytes[%d]"):format(r.at) } },
    permissive = { title = r.title .. " are put in order",
      expect = { no_warnings(), has_function("f", "g"),
        either { ["code-metadata.none"] = no_custom "metadata.code.test",
          kept = code_metadata("metadata.code.test", r.holds) } } },
  }
end

local ENTRY = "reloc.metadata.code.test.entries[%d].index"
local PIECE = "metadata.code.test.bytes[%d]"

unordered("functions-unordered", {
  title = "functions that are not in the order of their indices",
  link = said({ "f", "\1\1\1a" }, { "g", "\1\2\1b" }),
  to = { [ENTRY:format(0)] = 1, [ENTRY:format(1)] = 0 }, at = 3,
  holds = { { "f", { "unreachable", "b" } }, { "g", { "nop", "a" } } },
})
unordered("function-twice", {
  title = "two entries about one function",
  link = said({ "f", "\1\1\1a" }, { "g", "\1\2\1b" }),
  to = { [ENTRY:format(1)] = 0 }, at = 3,
  holds = { { "f", { "nop", "a" }, { "unreachable", "b" } } },
})
unordered("instances-unordered", {
  title = "instances that are not in the order of their offsets",
  link = said { "f", "\2", "\1", "\1a", "\2", "\1b" },
  to = { [PIECE:format(3)] = "\2", [PIECE:format(5)] = "\1" }, at = 1,
  holds = { { "f", { "nop", "b" }, { "unreachable", "a" } } },
})
unordered("place-twice", {
  title = "two instances about one place",
  link = said { "f", "\2", "\1", "\1a", "\2", "\1b" },
  to = { [PIECE:format(5)] = "\1" }, at = 1,
  holds = { { "f", { "nop", "a" } } },
})

case "in-the-first-section" {
  title = "code metadata in front of all other sections is looked at, too",
  clauses = { "code-metadata.section" },
  link = function()
    local o = object "a.o"
    o:func("f", { sig = "->", export = "f", code = "nop" })
    o:custom("metadata.code.test", { before = "type", bytes = { "\0" } })
    return { "--no-entry", o }
  end,
  mutate = { file = "a.o", at = "metadata.code.test.bytes", to = "\1" },
  expect = { rejects { id = "CODE_METADATA", file = "a.o" } },
}
