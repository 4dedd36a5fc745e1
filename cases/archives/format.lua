-- Shapes of archives: GNU, BSD and thin, long names, and an index that is right, wrong or missing.
-- Which member is needed is told by the members' own symbol tables, never by the index.

-- A member that defines `symbol`, a function which gives `value`.
local function member(name, symbol, value)
  local o = object(name)
  o:func(symbol, { sig = "-> i32", code = "i32.const " .. value })
  return o
end

-- A program: run() is the sum of what the named functions give.
local function user(...)
  local o, code = object "main.o", { "i32.const 0" }
  for _, name in ipairs { ... } do
    local f = o:func(name, { sig = "-> i32", undefined = true })
    code[#code + 1] = { "call", f }
    code[#code + 1] = "i32.add"
  end
  o:func("run", { sig = "-> i32", export = "run", code = code })
  return o
end

local function two() return { member("one.o", "one", 1), member("two.o", "two", 2) } end

-- Names of more than 15 characters that differ only behind these.
local function two_long()
  return { member("a-rather-long-name-1.o", "one", 1), member("a-rather-long-name-2.o", "two", 2) }
end

case "gnu-short-names" {
  title = "an archive whose names are all short has no table of long names, and links",
  clauses = { "archive.format.gnu" },
  link = function() return { "--no-entry", user("one", "two"), archive("lib.a", two()) } end,
  expect = { no_warnings(), function_count(3), returns("run", {}, 3) },
}

case "gnu-long-names" {
  title = "long names are found in the table of names, and all members in the archive",
  clauses = { "archive.format.gnu" },
  link = function() return { "--no-entry", user("one", "two"), archive("lib.a", two_long()) } end,
  expect = { no_warnings(), function_count(3), returns("run", {}, 3) },
}

case "bsd-short-names" {
  title = "in a BSD archive a short name ends with blanks, if it is not of 16 bytes; with no slash",
  clauses = { "archive.format.bsd", "text.trace" },
  link = function()
    local members = { member("one.o", "one", 1), member("name-of-16-bytes", "two", 2) }
    return { "--no-entry", "--trace", user("one", "two"),
      archive("lib.a", members, { format = "bsd" }) }
  end,
  expect = { prints { "main.o", "lib.a(one.o)", "lib.a(name-of-16-bytes)" }, no_warnings(),
    function_count(3), returns("run", {}, 3) },
}

case "bsd-long-names" {
  title = "in a BSD archive a long name stands in front of the member, and counts in its size",
  clauses = { "archive.format.bsd" },
  link = function()
    return { "--no-entry", user("one", "two"), archive("lib.a", two_long(), { format = "bsd" }) }
  end,
  expect = { no_warnings(), function_count(3), returns("run", {}, 3) },
}

case "bsd-names-are-told" {
  title = "a member's name has no NULs at its end, though a BSD archive may pad it so",
  clauses = { "archive.format.bsd", "text.trace" },
  link = function()
    local members = {}
    for i, o in ipairs(two_long()) do members[i] = { o.name .. ("\0"):rep(2), o } end
    return { "--no-entry", "--trace", user("one", "two"),
      archive("lib.a", members, { format = "bsd" }) }
  end,
  expect = { prints { "main.o", "lib.a(a-rather-long-name-1.o)",
    "lib.a(a-rather-long-name-2.o)" } },
}

case "bsd-name-of-twenty" {
  title = "the length of a BSD name is a decimal number, of all digits",
  clauses = { "archive.format.bsd" },
  link = function()
    local members = { member("a-name-of-20-bytes.o", "one", 1),
      member("name-of-19-bytes!.o", "two", 2) }
    return { "--no-entry", "--trace", user("one", "two"),
      archive("lib.a", members, { format = "bsd" }) }
  end,
  expect = { prints { "main.o", "lib.a(a-name-of-20-bytes.o)", "lib.a(name-of-19-bytes!.o)" },
    returns("run", {}, 3) },
}

case "bsd-name-and-no-body" {
  title = "a BSD member may consist of its name: it is no object, and is skipped",
  clauses = { "archive.format.bsd", "archive.members.foreign" },
  link = function()
    local members = { { name = "an-empty-member-of-bsd", data = "" }, member("one.o", "one", 1) }
    return { "--no-entry", user "one", archive("lib.a", members, { format = "bsd" }) }
  end,
  expect = { warns { id = "MEMBER_SKIPPED", file = "lib.a(an-empty-member-of-bsd)" },
    returns("run", {}, 1) },
}

case "gnu-names-are-told" {
  title = "the slash that ends a name in a GNU archive is no part of it, short or long",
  clauses = { "archive.format.gnu", "archive.long-name" },
  link = function()
    local members = { member("one.o", "one", 1), member("a-rather-long-name-2.o", "two", 2) }
    return { "--no-entry", "--trace", user("one", "two"), archive("lib.a", members) }
  end,
  expect = { prints { "main.o", "lib.a(one.o)", "lib.a(a-rather-long-name-2.o)" },
    returns("run", {}, 3) },
}

case "gnu-name-at-19" {
  title = "where a long name begins is a decimal number, of all digits",
  clauses = { "archive.format.gnu", "archive.long-name" },
  link = function()
    local members = { member("name-of-17-byte.o", "one", 1),
      member("name-of-18-bytes.o", "two", 2) }
    return { "--no-entry", "--trace", user("one", "two"), archive("lib.a", members) }
  end,
  expect = { prints { "main.o", "lib.a(name-of-17-byte.o)", "lib.a(name-of-18-bytes.o)" },
    returns("run", {}, 3) },
}

case "thin" {
  title = "members of a thin archive are read from files of their own",
  clauses = { "archive.format.thin" },
  link = function()
    local members = two()
    return { "--no-entry", user("one", "two"), archive("lib.a", members, { format = "thin" }),
      files = members }
  end,
  expect = { no_warnings(), function_count(3), returns("run", {}, 3) },
}

case "thin-long-names" {
  title = "a thin archive finds long names of files in its table of names",
  clauses = { "archive.format.thin" },
  link = function()
    local members = two_long()
    return { "--no-entry", user("one", "two"), archive("lib.a", members, { format = "thin" }),
      files = members }
  end,
  expect = { no_warnings(), function_count(3), returns("run", {}, 3) },
}

case "thin-paths-start-at-the-archive" {
  title = "a thin archive's names are relative to the folder of the archive",
  clauses = { "archive.format.thin" },
  link = function()
    local near, far = member("one.o", "one", 1), member("one.o", "one", 7)
    return { "--no-entry", user "one", archive("sub/lib.a", { near }, { format = "thin" }),
      files = { file("sub/one.o", near:bytes()), file("one.o", far:bytes()) } }
  end,
  expect = { returns("run", {}, 1) },
}

case "thin-member-missing" {
  title = "a thin archive whose member has no file is refused",
  clauses = { "archive.format.thin" },
  link = function()
    return { "--no-entry", user "one",
      archive("lib.a", { member("one.o", "one", 1) }, { format = "thin" }) }
  end,
  expect = { rejects { id = "THIN_MEMBER", class = "archive", file = "lib.a" } },
}

case "coff" {
  title = "an archive with two indexes, as Windows has it, ends its long names with a NUL",
  clauses = { "archive.format.coff", "archive.long-name" },
  link = function()
    local lib = archive("lib.a", two_long(), { format = "coff" })
    return { "--no-entry", "--trace", user "two", lib }
  end,
  expect = { prints { "main.o", "lib.a(a-rather-long-name-2.o)" }, returns("run", {}, 2) },
}

case "coff-short-names" {
  title = "short names are as in other archives, and no index of the two is a member",
  clauses = { "archive.format.coff", "archive.whole" },
  link = function()
    return { "--no-entry", "--trace", user("one", "two"), "--whole-archive",
      archive("lib.a", two(), { format = "coff" }) }
  end,
  expect = { prints { "main.o", "lib.a(one.o)", "lib.a(two.o)" }, returns("run", {}, 3) },
}

case "without-index" {
  title = "an archive without an index links as one that has it",
  clauses = { "archive.index.ignored" },
  origin = "llvm/llvm-project#78658",
  link = function()
    return { "--no-entry", user("one", "two"), archive("lib.a", two(), { index = false }) }
  end,
  expect = { returns("run", {}, 3), same_as(function()
    return { "--no-entry", user("one", "two"), archive("lib.a", two()) }
  end) },
}

case "stale-index" {
  title = "an index that lacks a symbol and misplaces another makes no difference",
  clauses = { "archive.index.ignored" },
  link = function()
    local index = { { "gone", 0 }, { "one", 1 } }
    return { "--no-entry", user("one", "two"), archive("lib.a", two(), { index = index }) }
  end,
  expect = { returns("run", {}, 3), function_count(3) },
}

case "index-of-64-bits" {
  title = "an index with offsets of 64 bits is no member",
  clauses = { "archive.index.ignored" },
  link = function()
    return { "--no-entry", user("one", "two"), archive("lib.a", two(), { sym64 = true }) }
  end,
  expect = { no_warnings(), returns("run", {}, 3) },
}

-- An object of odd size: custom contents of one or two bytes make it so.
local function odd_member()
  local function build(contents)
    local o = member("odd.o", "one", 1)
    o:custom("filler", { bytes = contents })
    return o
  end
  local o = build "x"
  return #o:bytes() % 2 == 1 and o or build "xx"
end

case "members-begin-at-even-offsets" {
  title = "behind a member of odd size one byte is skipped",
  clauses = { "archive.format.padding" },
  link = function()
    local lib = archive("lib.a", { odd_member(), member("two.o", "two", 2) })
    return { "--no-entry", user("one", "two"), lib }
  end,
  expect = { no_warnings(), returns("run", {}, 3) },
}

case "members-of-one-name" {
  title = "two members may have the same name, and both are found",
  clauses = { "archive.lazy" },
  link = function()
    return { "--no-entry", user("one", "two"),
      archive("lib.a", { member("x.o", "one", 1), member("x.o", "two", 2) }) }
  end,
  expect = { function_count(3), returns("run", {}, 3) },
}

case "empty" {
  title = "an archive without members is accepted, and gives nothing",
  clauses = { "archive.lazy" },
  link = function() return { "--no-entry", user(), archive("lib.a", {}) } end,
  expect = { no_warnings(), same_as(function() return { "--no-entry", user() } end) },
}

case "nothing-but-empty" {
  title = "a link of nothing but empty archives is an error",
  clauses = { "archive.lazy" },
  link = function() return { "--no-entry", "--whole-archive", file("lib.a", "!<arch>\n") } end,
  expect = { rejects { id = "NO_OBJECTS", class = "option" } },
}

case "other-members-are-skipped" {
  title = "a member that is no WebAssembly object is skipped with a warning, wherever it stands",
  clauses = { "archive.members.foreign" },
  origin = "llvm/llvm-project#87073",
  link = function()
    local one, second = table.unpack(two())
    return { "--no-entry", user("one", "two"),
      archive("lib.a", { { "notes.txt", "just text\n" }, one, { "lib.rmeta", "rust\0\0\0" },
        second }) }
  end,
  expect = { warns { id = "MEMBER_SKIPPED", file = "lib.a(notes.txt)" },
    warns { id = "MEMBER_SKIPPED", file = "lib.a(lib.rmeta)" },
    returns("run", {}, 3), function_count(3) },
}

case "undefined-in-member-names-both-files" {
  title = "a diagnostic about a member names the archive and the member",
  clauses = { "archive.lazy" },
  link = function()
    local o = object "one.o"
    local gone = o:func("gone", { sig = "-> i32", undefined = true })
    o:func("one", { sig = "-> i32", code = { { "call", gone } } })
    return { "--no-entry", user "one", archive("lib.a", { o }) }
  end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", file = "lib.a(one.o)" } },
}
