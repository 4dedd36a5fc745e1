-- Archives: headers, sizes and long names that do not fit, and members that are not there.

local function giving(name, func, value)
  local o = object(name)
  o:func(func, { sig = "-> i32", code = "i32.const " .. value })
  return o
end

-- An object that needs `needed`, and an archive.
local function link_with(lib, ...)
  local o = object "main.o"
  for i, needed in ipairs { ... } do
    local callee = o:func(needed, { sig = "-> i32", undefined = true })
    o:func("call" .. i, { sig = "-> i32", export = "call" .. i, code = { { "call", callee } } })
  end
  return { "--no-entry", o, lib }
end

local function short()
  return link_with(archive("lib.a", { giving("one.o", "one", 1), giving("two.o", "two", 2) }),
    "one", "two")
end

local function long()
  return link_with(archive("lib.a", { giving("a-member-of-a-long-name.o", "one", 1),
    giving("another-member-of-a-long-name.o", "two", 2) }), "one", "two")
end

local function bsd()
  return link_with(archive("lib.a", { giving("a-member-of-a-long-name.o", "one", 1) },
    { format = "bsd" }), "one")
end

local function thin()
  local member = giving("one.o", "one", 1)
  local list = link_with(archive("lib.a", { member }, { format = "thin" }), "one")
  list.files = { member }
  return list
end

local function refused(id, field, offset)
  return { rejects { id = id, phase = "archive", class = "archive", file = "lib.a",
    field = field, offset = offset } }
end

-- Headers -----------------------------------------------------------------------------------------

case "magic" {
  title = "a file that is nearly an archive is neither archive nor object",
  clauses = { "container.magic", "input.unknown" },
  link = short,
  mutate = { file = "lib.a", at = "magic", to = "!<arch>\r" },
  expect = { rejects { id = "NOT_WASM", phase = "read", class = "malformed", file = "lib.a",
    offset = "magic" } },
}

case "magic-thin" {
  title = "a file that is nearly a thin archive is neither archive nor object",
  clauses = { "container.magic", "input.unknown" },
  link = thin,
  mutate = { file = "lib.a", at = "magic", to = "!<thin>\r" },
  expect = { rejects { id = "NOT_WASM", phase = "read", class = "malformed", file = "lib.a",
    offset = "magic" } },
}

case "header-end" {
  title = "a member header that does not end as headers do is refused",
  clauses = { "archive.header" },
  link = short,
  mutate = { file = "lib.a", at = "members[1].header.end", to = "`\r" },
  expect = refused("ARCHIVE_HEADER", "member header end", "members[1].header.end"),
}

case "header-cut-off" {
  title = "an archive that ends within a member header is refused",
  clauses = { "archive.header" },
  link = short,
  mutate = { file = "lib.a", truncate = "members[1].header.size", keep = 4 },
  expect = { rejects { id = "TRUNCATED", phase = "read", class = "malformed", file = "lib.a",
    field = "member size", offset = "members[1].header.size" } },
}

case "size-hexadecimal" {
  title = "a member size that is no decimal number is refused",
  clauses = { "archive.size" },
  link = short,
  mutate = { file = "lib.a", at = "members[0].header.size", to = "0x7f      " },
  expect = refused("ARCHIVE_NUMBER", "member size", "members[0].header.size"),
}

case "size-blank" {
  title = "a member header without a size is refused",
  clauses = { "archive.size" },
  link = short,
  mutate = { file = "lib.a", at = "members[0].header.size", to = (" "):rep(10) },
  expect = refused("ARCHIVE_NUMBER", "member size", "members[0].header.size"),
}

case "size-too-large" {
  title = "a member of more bytes than the archive has left is refused",
  clauses = { "archive.size" },
  link = short,
  mutate = { file = "lib.a", at = "members[1].header.size", to = "9999999999" },
  expect = refused("ARCHIVE_SIZE", "member header", "members[1].header"),
}

case "size-too-small" {
  title = "a member whose size ends within it is refused: there is no header behind it",
  clauses = { "archive.size" },
  link = short,
  mutate = { file = "lib.a", at = "members[0].header.size", to = "8         " },
  expect = { rejects { phase = "archive", class = "archive", file = "lib.a" } },
}

case "member-cut-off" {
  title = "an archive that ends within a member is refused",
  clauses = { "archive.size" },
  link = short,
  mutate = { file = "lib.a", truncate = "members[1].body.type" },
  expect = refused("ARCHIVE_SIZE", "member header", "members[1].header"),
}

-- Long names --------------------------------------------------------------------------------------

case "long-name-offset" {
  title = "a long name behind the end of the table of names is refused",
  clauses = { "archive.long-name" },
  link = long,
  mutate = { file = "lib.a", at = "members[1].header.name", to = "/999            " },
  expect = refused("ARCHIVE_NAME", "member name", "members[1].header.name"),
}

case "long-name-number" {
  title = "a reference to a long name that is no number is refused",
  clauses = { "archive.long-name" },
  link = long,
  mutate = { file = "lib.a", at = "members[1].header.name", to = "/1;             " },
  expect = refused("ARCHIVE_NAME", "member name", "members[1].header.name"),
}

case "long-name-without-end" {
  title = "a long name that no slash and line feed end is refused",
  clauses = { "archive.long-name" },
  link = long,
  mutate = { file = "lib.a", at = "names.entries[1]", to = "another-member-of-a-long-name.o\\\n" },
  expect = refused("ARCHIVE_NAME", "member name", "members[1].header.name"),
}

case "long-name-without-line-feed" {
  title = "a long name that goes on to the end of the table of names is refused",
  clauses = { "archive.long-name" },
  link = long,
  mutate = { file = "lib.a", at = "names.entries[1]", to = "another-member-of-a-long-name.o/\r" },
  expect = refused("ARCHIVE_NAME", "member name", "members[1].header.name"),
}

case "long-name-and-padding" {
  title = "the byte behind a table of names of odd size ends no name",
  clauses = { "archive.long-name", "archive.format.padding" },
  link = long,
  mutate = { file = "lib.a", at = "names.entries[1]", to = "another-member-of-long-name.o/" },
  expect = refused("ARCHIVE_NAME", "member name", "members[1].header.name"),
}

case "long-name-ends-in-the-next-header" {
  title = "a long name that only the header behind the table of names ends is refused",
  clauses = { "archive.long-name" },
  link = long,
  mutate = function(files)
    local lib = files["lib.a"]
    lib:set("names.entries[1]", "another-member-of-a-longname.o!")
    lib:set("members[0].header.date", "1/\n         ", { fix = false })
  end,
  expect = refused("ARCHIVE_NAME", "member name", "members[1].header.name"),
}

case "long-name-of-its-end" {
  title = "a reference to the end of a long name is refused",
  clauses = { "archive.long-name" },
  link = long,
  mutate = { file = "lib.a", at = "members[1].header.name", to = "/26             " },
  expect = refused("ARCHIVE_NAME", "member name", "members[1].header.name"),
}

case "long-name-table-missing" {
  title = "a reference to a long name in an archive without long names is refused",
  clauses = { "archive.long-name" },
  link = long,
  mutate = { file = "lib.a", remove = "names" },
  expect = refused("ARCHIVE_NAME", "member name", "members[0].header.name"),
}

case "long-name-bsd" {
  title = "a BSD member whose name is longer than the member is refused",
  clauses = { "archive.long-name" },
  link = bsd,
  mutate = { file = "lib.a", at = "members[0].header.name", to = "#1/999999       " },
  expect = refused("ARCHIVE_NAME", "member name", "members[0].header.name"),
}

case "long-name-bsd-number" {
  title = "a BSD member the length of whose name is no number is refused",
  clauses = { "archive.long-name" },
  link = bsd,
  mutate = { file = "lib.a", at = "members[0].header.name", to = "#1/2x           " },
  expect = refused("ARCHIVE_NAME", "member name", "members[0].header.name"),
}

-- Members -----------------------------------------------------------------------------------------

case "thin-member-missing" {
  title = "a thin archive whose member is no file is refused",
  clauses = { "archive.format.thin" },
  link = thin,
  mutate = { file = "lib.a", at = "names.entries[0]", to = "two.o/\n" },
  expect = refused("THIN_MEMBER", "member header", "members[0].header"),
}

case "text-member" {
  title = "a member that is no object is passed over with a warning",
  clauses = { "archive.members.foreign" },
  link = function()
    return link_with(archive("lib.a", { giving("one.o", "one", 1), { "notes.txt", "read me" } }),
      "one")
  end,
  expect = { warns { id = "MEMBER_SKIPPED", phase = "archive", class = "archive",
    file = "lib.a(notes.txt)" }, returns("call1", {}, 1) },
}

case "nearly-objects" {
  title = "a member that begins nearly as objects do, or as bitcode, is passed over",
  clauses = { "archive.members.foreign" },
  link = function()
    local lib = archive("lib.a", { giving("one.o", "one", 1), { "a.txt", "\0ast is it" },
      { "b.txt", "BC\xc0\xdd it is" }, { "c.txt", "\xde\xc0\x17\x0c" } })
    return link_with(lib, "one")
  end,
  expect = { warns { id = "MEMBER_SKIPPED", file = "lib.a(a.txt)", of = 3 },
    warns { id = "MEMBER_SKIPPED", file = "lib.a(b.txt)" },
    warns { id = "MEMBER_SKIPPED", file = "lib.a(c.txt)" }, returns("call1", {}, 1) },
}

case "byte-behind-a-member" {
  title = "the byte behind a member of odd size is no part of it",
  clauses = { "archive.members.foreign", "archive.format.padding" },
  link = function()
    local lib = archive("lib.a", { giving("one.o", "one", 1), { "a.txt", "\0as" },
      { "b.txt", "BC\xc0" } })
    lib:set("members[1].pad", "m", { fix = false })
    lib:set("members[2].pad", "\xde", { fix = false })
    return link_with(lib, "one")
  end,
  expect = { warns { id = "MEMBER_SKIPPED", file = "lib.a(a.txt)", of = 2 },
    warns { id = "MEMBER_SKIPPED", file = "lib.a(b.txt)" }, returns("call1", {}, 1) },
}

case "nothing-but-magic" {
  title = "a member that ends behind the first four bytes of an object is refused",
  clauses = { "archive.lazy", "container.magic" },
  link = short,
  mutate = function(files)
    files["lib.a"]:truncate("members[1].body.header.version")
    files["lib.a"]:set("members[1].header.size", "4         ", { fix = false })
  end,
  expect = { rejects { id = "TRUNCATED", phase = "read", class = "malformed",
    file = "lib.a(two.o)" } },
}

case "text-member-wanted" {
  title = "with --whole-archive every member must be an object",
  clauses = { "archive.whole" },
  link = function()
    local list = short()
    table.insert(list, 1, "--whole-archive")
    return list
  end,
  mutate = { file = "lib.a", at = "members[1].body.header.magic", to = "read" },
  expect = { rejects { id = "NOT_WASM", phase = "read", class = "malformed",
    file = "lib.a(two.o)" } },
}

case "broken-member" {
  title = "a member that is needed and malformed is refused by its own name",
  clauses = { "archive.lazy" },
  link = short,
  mutate = { file = "lib.a", at = "members[1].body.type.types[0].form", to = 0x5e },
  expect = { rejects { id = "TYPE_FORM", phase = "read", class = "unsupported",
    file = "lib.a(two.o)", field = "type form" } },
}

case "broken-member-symbols" {
  title = "a member whose symbol table cannot be read is refused",
  clauses = { "archive.lazy" },
  link = short,
  mutate = { file = "lib.a", at = "members[1].body.linking.symbols.count",
    to = "\xff\xff\xff\xff\x0f" },
  expect = { rejects { id = "COUNT_TOO_LARGE", phase = "read", class = "malformed",
    file = "lib.a(two.o)", field = "symbol count" } },
}
