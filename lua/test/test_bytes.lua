-- Tests of bytes.lua: encodings, and trees that stay right when changed.

local B = require "bytes"

return function(T)
  local test, bytes, raises = T.test, T.bytes, T.raises

  test("bytes: unsigned LEB128", function()
    bytes(B.uleb(0), "00")
    bytes(B.uleb(127), "7f")
    bytes(B.uleb(128), "80 01")
    bytes(B.uleb(624485), "e5 8e 26")
    bytes(B.uleb(3, 5), "83 80 80 80 00")
    bytes(B.uleb(0xffffffff), "ff ff ff ff 0f")
    bytes(B.uleb(-1), "ff ff ff ff ff ff ff ff ff 01")
    raises("does not fit", function() B.uleb(128, 1) end)
  end)

  test("bytes: signed LEB128", function()
    bytes(B.sleb(0), "00")
    bytes(B.sleb(63), "3f")
    bytes(B.sleb(64), "c0 00")
    bytes(B.sleb(-64), "40")
    bytes(B.sleb(-65), "bf 7f")
    bytes(B.sleb(-123456), "c0 bb 78")
    bytes(B.sleb(-1, 5), "ff ff ff ff 7f")
    bytes(B.sleb(5, 5), "85 80 80 80 00")
    bytes(B.sleb(math.mininteger), "80 80 80 80 80 80 80 80 80 7f")
  end)

  test("bytes: fixed widths", function()
    bytes(B.u8(255), "ff")
    bytes(B.u8(-1), "ff")
    bytes(B.u16(0x1234), "34 12")
    bytes(B.u32(0xdeadbeef), "ef be ad de")
    bytes(B.u64(-2), "fe ff ff ff ff ff ff ff")
    bytes(B.u32be(1), "00 00 00 01")
    bytes(B.f32(1.0), "00 00 80 3f")
    bytes(B.f32({ bits = 0x7fc00001 }), "01 00 c0 7f")
    bytes(B.f64(-2.0), "00 00 00 00 00 00 00 c0")
    bytes(B.name("ab"), "02 61 62")
    bytes(B.hex("00 61 73 6d"), "00 61 73 6d")
    raises("out of range", function() B.u8(256) end)
  end)

  local function sample()
    return B.tree {
      B.field("version", "u32", 1),
      B.group("sec", {
        B.computed("size", "uleb", { what = "rest" }, 5),
        B.vector("list", { B.string("x", "ab"), B.string("x", "c") }),
      }),
      B.raw("reloc.CODE", "\9"),
    }
  end

  test("tree: bytes, ranges, paths", function()
    local tree = sample()
    bytes(tree:bytes(), "01 00 00 00 86 80 80 80 00 02 02 61 62 01 63 09")
    local offset, size = tree:range("sec.list[1].bytes")
    assert(offset == 14 and size == 1)
    bytes(tree:get("sec.list[0]"), "02 61 62")
    assert(table.concat(tree:paths(), " ", 1, 5)
      == "version sec sec.size sec.list sec.list.count")
    assert(tree:at(11) == "sec.list[0].bytes")
    assert(tree:has("reloc.CODE") and not tree:has("reloc"))
  end)

  test("tree: set repairs sizes, or leaves them", function()
    bytes(sample():set("sec.list[0].bytes", "abcd"):bytes(),
      "01 00 00 00 88 80 80 80 00 02 04 61 62 63 64 01 63 09")
    bytes(sample():set("sec.list[0].bytes", "abcd", { fix = false }):bytes(),
      "01 00 00 00 86 80 80 80 00 02 02 61 62 63 64 01 63 09")
    bytes(sample():set("sec.size", 3):bytes(),
      "01 00 00 00 83 80 80 80 00 02 02 61 62 01 63 09")
    bytes(sample():set("sec.list.count", "\255\255"):get("sec"),
      "87 80 80 80 00 ff ff 02 61 62 01 63")
  end)

  test("tree: insert, remove, duplicate, move, arrange", function()
    bytes(sample():insert("sec.list[0]", "\0"):get("sec.list"), "03 00 02 61 62 01 63")
    bytes(sample():insert("sec.list[2]", "\0"):get("sec.list"), "03 02 61 62 01 63 00")
    bytes(sample():remove("sec.list[0]"):get("sec.list"), "01 01 63")
    bytes(sample():remove("sec.list[0]", { fix = false }):get("sec"), "86 80 80 80 00 02 01 63")
    local twice = sample():duplicate("sec.list[1]"):set("sec.list[2].bytes", "z")
    bytes(twice:get("sec.list"), "03 02 61 62 01 63 01 7a")
    bytes(sample():move("reloc.CODE", "version"):bytes():sub(1, 2), "09 01")
    bytes(sample():move("version"):bytes():sub(-4), "01 00 00 00")
    bytes(sample():arrange({ "reloc.CODE", "version", "reloc.CODE" }):bytes(), "09 01 00 00 00 09")
    assert(sample():duplicate("reloc.CODE"):has("reloc.CODE#1"))
  end)

  test("tree: truncate", function()
    bytes(sample():truncate("sec.list"):bytes(), "01 00 00 00 86 80 80 80 00")
    bytes(sample():truncate("version", { keep = 1 }):bytes(), "01")
    bytes(sample():truncate(3):bytes(), "01 00 00")
  end)

  test("tree: a LEB that grows moves what it measures", function()
    local tail = B.raw("tail", "!")
    local tree = B.tree { B.computed("at", "uleb", { what = "offset", of = tail }),
      B.raw("body", ("x"):rep(127)), tail }
    bytes(tree:get("at"), "81 01")
  end)

  test("tree: a clone shares nothing", function()
    local tree = sample()
    local copy = tree:clone():set("sec.list[0].bytes", "abcdef")
    assert(#copy:bytes() == #tree:bytes() + 4)
    bytes(copy:get("sec.size"), "8a 80 80 80 00")
  end)

  local function folded()
    local entry = B.record("entry", { "kind", "u8", 7, "name", "string", "ab",
      "limits", "record", B.record("limits", { "min", "uleb", 1 }), "raw", "raw", "!" })
    return B.tree { B.group("part", { B.computed("size", "uleb", { what = "rest" }), entry }) }
  end

  test("tree: a record is its fields, for who looks into it", function()
    bytes(folded():bytes(), "06 07 02 61 62 01 21")
    assert(table.concat(folded():paths(), " ") == "part part.size part.entry part.entry.kind "
      .. "part.entry.name part.entry.name.len part.entry.name.bytes part.entry.limits "
      .. "part.entry.limits.min part.entry.raw")
    bytes(folded():set("part.entry.name.bytes", "abcd"):bytes(), "08 07 04 61 62 63 64 01 21")
    bytes(folded():set("part.entry.limits.min", 300):bytes(), "07 07 02 61 62 ac 02 21")
    bytes(folded():insert("part.entry.name", "?"):bytes(), "07 07 3f 02 61 62 01 21")
    bytes(folded():remove("part.entry.limits"):bytes(), "05 07 02 61 62 21")
    assert(folded():range("part.entry.raw") == 6)
  end)

  test("tree: what is frozen stays, in a record as well", function()
    bytes(folded():freeze("part.entry"):set("part.entry.name.bytes", "abcd"):bytes(),
      "08 07 02 61 62 63 64 01 21")
    bytes(folded():freeze("part"):set("part.entry.name.bytes", "abcd"):bytes(),
      "06 07 02 61 62 63 64 01 21")
  end)

  test("tree: two folded copies of one group are two", function()
    local group = B.group("g", { B.field("a", "uleb", 1), B.string("name", "x") })
    local data = "\1\1x"
    local tree = B.tree { B.folded(group, data), B.folded(group, data) }
    bytes(tree:set("g#1.a", 200):set("g.name.bytes", "yz"):bytes(), "01 02 79 7a c8 01 01 78")
    bytes(B.tree({ B.folded(group, data) }):bytes(), "01 01 78")
  end)

  test("tree: a file in a file is looked into as any other part", function()
    local outer = B.tree { sample():folded "inner", B.raw("tail", "!") }
    assert(outer:bytes() == sample():bytes() .. "!")
    assert(#outer:set("inner.sec.list[0].bytes", "abcdef"):bytes() == #sample():bytes() + 5)
  end)

  test("tree: an unknown path names near ones and the author's line", function()
    local message = raises("near it: sec.list[0].bytes", function()
      sample():set("sec.list[7].bytes", "")
    end)
    assert(message:find("test_bytes.lua:%d+: no field 'sec.list%[7%].bytes'"), message)
    raises("unknown option 'fixx'", function() sample():set("version", 1, { fixx = false }) end)
  end)

  test("bytes: numbers in another width", function()
    local tree = B.tree { B.group("part", { B.computed("size", "uleb", { what = "rest" }, 5),
      B.field("a", "uleb", 3), B.field("b", "sleb", -2), B.field("c", "u8", 4),
      B.group("kept", { B.field("d", "uleb", 1) }) }) }
    local function keep(node) return node.name == "kept" end
    assert(tree:set_widths(5, keep) == 2)
    T.bytes(tree:bytes(), "8c 80 80 80 00 83 80 80 80 00 fe ff ff ff 7f 04 01")
    assert(tree:set_widths(nil, keep) == 3)
    T.bytes(tree:bytes(), "04 03 7e 04 01")
    assert(tree:set_widths(nil, keep) == 0)
  end)
end
