-- Tests of archive.lua: headers, padding, names and indexes of the three formats.

local archive = require "archive"
local object = require "object"

return function(T)
  local test, bytes, raises = T.test, T.bytes, T.raises
  local A, B = { "a.o", "12345" }, { "b.o", "6789" }

  local function fields(name, size)
    return ("%-16s%-12s%-6s%-6s%-8s%-10d`\n"):format(name, "0", "0", "0", "644", size)
  end

  test("archive: gnu, odd sizes padded", function()
    assert(archive("l.a", { A, B }):bytes()
      == "!<arch>\n" .. fields("a.o/", 5) .. "12345\n" .. fields("b.o/", 4) .. "6789")
  end)

  test("archive: gnu index and long names", function()
    local long = { name = "a_name_of_more_than_15.o", data = "x", symbols = { "f", "gg" } }
    local lib = archive("l.a", { A, long })
    bytes(lib:get("index.table.count"), "00 00 00 02")
    local at = lib:range("members[1]")
    bytes(lib:get("index.table.offsets[1]"), ("00 00 00 %02x"):format(at))
    assert(lib:get("index.table.strings") == "f\0gg\0" and lib:get("index.pad") == "\n")
    assert(lib:get("names.entries") == "a_name_of_more_than_15.o/\n")
    assert(lib:get("members[1].header.name") == ("%-16s"):format("/0"))
    assert(lib:get("index.header.name") == ("%-16s"):format("/"))
  end)

  test("archive: bsd", function()
    local long = { name = "a_name_of_more_than_16.o", data = "x", symbols = { "f" } }
    local lib = archive("l.a", { A, long }, { format = "bsd" })
    local at = lib:range("members[1]")
    assert(lib:get("index.table"):sub(1, 12) == "__.SYMDEF\0\0\0")
    bytes(lib:get("index.table.ranlibs[0]"), ("00 00 00 00 %02x 00 00 00"):format(at))
    bytes(lib:get("index.table.ranlib_size"), "08 00 00 00")
    bytes(lib:get("index.table.strings_size"), "02 00 00 00")
    assert(lib:get("members[1].header.name") == ("%-16s"):format("#1/24"))
    assert(lib:get("members[1].header.size") == ("%-10d"):format(25))
  end)

  test("archive: thin", function()
    local lib = archive("l.a", { A }, { format = "thin" })
    assert(lib:bytes() == "!<thin>\n" .. ("%-48s%-10d`\n"):format("//", 5) .. "a.o/\n\n"
      .. fields("/0", 5))
  end)

  test("archive: index from objects, wrong, absent, sizes repaired", function()
    local o = object.object "o.o"
    o:func("f", { sig = "->", code = {} })
    o:func("hidden_local", { sig = "->", code = {}, static = true })
    o:func("u", { sig = "->", undefined = true })
    assert(archive("l.a", { o }):get("index.table.strings") == "f\0")
    assert(not archive("l.a", { o }, { index = false }):has("index"))
    local wrong = archive("l.a", { o }, { index = { { "zz", { offset = 99 } }, { "f", 0 } } })
    bytes(wrong:get("index.table.offsets[0]"), "00 00 00 63")
    local lib = archive("l.a", { o })
    local before = tonumber(lib:get("members[0].header.size"))
    lib:set("members[0].body.header.magic", "longer magic")
    assert(tonumber(lib:get("members[0].header.size")) == before + 8)
    assert(#o:bytes() == before, "the object itself is as it was")
    bytes(archive("l.a", { o }, { sym64 = true }):get("index.table.count"),
      "00 00 00 00 00 00 00 01")
  end)

  test("archive: wrong use", function()
    raises("format is gnu", function() archive("l.a", {}, { format = "sysv" }) end)
    raises("unknown option 'indx'", function() archive("l.a", {}, { indx = 1 }) end)
    raises("name is missing", function() archive("l.a", { { data = "x" } }) end)
    raises("no member 4", function() archive("l.a", { A }, { index = { { "f", 4 } } }) end)
  end)
end
