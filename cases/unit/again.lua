-- Linking again after some inputs were replaced: what was read of the others is kept, everything
-- else is done anew, and the module is the one that a fresh link makes.  Each case links its own
-- inputs, then others one after the other, and compares every module and every message.

-- The link of these inputs, built when it is asked for.
local function program(build)
  return function()
    return { "--no-entry", "--export=run", "--strip-debug", "--compress-relocations",
      table.unpack(build()) }
  end
end

-- An object that calls what the unit defines.
local function main()
  local o = object "main.o"
  local answer = o:func("answer", { sig = "-> i32", undefined = true })
  local word = o:data("word", { undefined = true })
  o:func("run", { sig = "-> i32",
    code = { { "call", answer }, { "i32.const", addr(word) }, "drop" } })
  return o
end

-- The unit, with more or less in it.
local function answers(size, extra)
  local u = unit "u.o"
  local text = u:anon { bytes = ("x"):rep(size) .. "\0" }
  u:data("word", { bytes = { addr(text, 1) }, align = 2 })
  u:func("answer", { sig = "-> i32", code = "i32.const " .. size })
  if extra then extra(u) end
  return u
end

local function plain(size, extra)
  return program(function() return { main(), answers(size, extra) } end)
end

case "grows-and-shrinks" {
  title = "a unit that becomes larger, smaller, and what it was",
  clauses = { "unit.again" },
  link = plain(3),
  expect = { returns("run", {}, 3), again { plain(5000), plain(0), plain(3), plain(3) } },
}

case "object-changes-unit-stays" {
  title = "an object changes, the unit stays",
  clauses = { "unit.again" },
  link = plain(3),
  expect = { again { program(function()
    local o = main()
    local answer = o:symbol "answer"
    o:func("second", { sig = "-> i32", export = "second", code = { { "call", answer } } })
    return { o, answers(3) }
  end), plain(3) } },
}

case "inputs-come-go-and-change-places" {
  title = "inputs are added, taken away and named in another order",
  clauses = { "unit.again" },
  link = plain(3),
  expect = { again { program(function() return { answers(3), main() } end), program(function()
    local o = object "more.o"
    o:func("more", { sig = "->", export = "more", code = "nop" })
    return { o, answers(3), main() }
  end), plain(3) } },
}

case "symbol-goes-and-comes-back" {
  title = "a symbol that is gone is undefined, and defined again when it comes back",
  clauses = { "unit.again" },
  link = plain(3),
  expect = { again { program(function()
    local u = unit "u.o"
    u:data("word", { bytes = "gone" })
    return { main(), u }
  end), plain(3), plain(3, function(u) u:func("answer2", { sig = "->", code = "nop" }) end) } },
}

local function with_weak(other)
  return program(function()
    local u = unit "weak.o"
    u:func("answer", { sig = "-> i32", weak = true, code = "i32.const 1" })
    u:data("word", { bytes = "weak", weak = true })
    return { main(), u, other and other() }
  end)
end

case "weak-and-strong" {
  title = "a weak definition gives way to one that comes, and is back when that goes",
  clauses = { "unit.again", "symbol.binding.weak" },
  link = with_weak(),
  expect = { returns("run", {}, 1), again { with_weak(function() return answers(9) end),
    with_weak() } },
}

local function constructors(first, second)
  return plain(3, function(u)
    u:init(u:func("first", { sig = "->", code = "nop" }), first)
    u:init(u:func("second", { sig = "->", code = "nop" }), second)
  end)
end

case "constructors" {
  title = "constructors come, change their order, and go",
  clauses = { "unit.again" },
  link = plain(3),
  expect = { again { constructors(1, 2), constructors(2, 1), plain(3) } },
}

local function beside(bytes, align)
  return program(function()
    local u = unit "other.o"
    u:data("other", { bytes = { addr(u:anon { bytes = bytes, align = align }) }, align = 2,
      no_strip = true })
    return { main(), u, answers(3) }
  end)
end

case "sharing" {
  title = "anonymous data of two units become equal, with another alignment, and unequal again",
  clauses = { "unit.again", "unit.anonymous" },
  link = plain(3),
  expect = { again { beside("xxx\0", 0), beside("xxx\0", 6), beside("xxx", 6), beside("xxx\0", 0),
    plain(3) } },
}

case "signatures" {
  title = "a function changes its signature, and back",
  clauses = { "unit.again" },
  link = plain(3),
  expect = { again { program(function()
    local u = unit "u.o"
    u:data("word", { bytes = "word" })
    u:func("answer", { sig = "i64 -> i32", code = "i32.const 5" })
    return { main(), u }
  end), plain(3) } },
}

case "refused-in-between" {
  title = "a link that fails, for whatever reason, spoils none that follows",
  clauses = { "unit.again" },
  link = plain(3),
  expect = { again { program(function()
    local o = main()
    o:set("linking.version", 3)
    return { o, answers(3) }
  end), plain(3), plain(3, function(u)
    u:func("bad", { sig = "->", code = "nop", no_end = true })
  end), plain(3) } },
}

local function library()
  local symbols = { "answer", "word" }
  return archive("lib.a", { { "three.o", answers(3):bytes(), symbols = symbols },
    { "four.o", answers(4):bytes(), symbols = symbols } })
end

case "archive" {
  title = "members that were read once are kept, and those that were not are read when needed",
  clauses = { "unit.again" },
  link = program(function() return { main(), library() } end),
  expect = { returns("run", {}, 3), again {
    program(function()
      local lib = library()
      return { main(), lib, lib }
    end),
    program(function() return { main(), answers(7), library() } end),
    program(function() return { "--whole-archive", library(), main() } end),
    program(function() return { main(), library() } end),
  } },
}

local function grouped(name)
  local o = object(name)
  local g = o:comdat "group"
  o:func("shared", { sig = "->", weak = true, code = "nop", comdat = g, export = "shared" })
  o:data("shared_data", { bytes = name, weak = true, comdat = g, no_strip = true })
  return o
end

case "comdat" {
  title = "a group is kept by another object when the order changes",
  clauses = { "unit.again" },
  link = plain(3),
  expect = { again {
    program(function() return { grouped "a.o", grouped "b.o", main(), answers(3) } end),
    program(function() return { grouped "b.o", grouped "a.o", main(), answers(3) } end),
    program(function() return { grouped "a.o", main(), answers(3) } end),
  } },
}

-- An object with a global, tag, table and import, and a unit that needs those of the list.
local function needs(list)
  return program(function()
    local o, u = object "main.o", unit "u.o"
    local features = { "+exception-handling", "+mutable-globals", "+reference-types" }
    o:features(features)
    u:features(features)
    o:global("global", { mutable = true })
    o:tag("tag", { sig = "i32 ->" })
    o:table("table", { min = 3 })
    local import = o:func("import", { sig = "->", undefined = true, import_module = "host",
      import_name = "import" })
    o:func("caller", { sig = "->", code = { { "call", import } } })
    local code = {
      global = { { "global.get", u:global("global", { mutable = true, undefined = true }) },
        "drop" },
      tag = { "block; br 0; i32.const 0",
        { "throw", u:tag("tag", { sig = "i32 ->", undefined = true }) }, "end" },
      table = { { "table.size", u:table("table", { undefined = true, min = 3 }) }, "drop" },
      caller = { { "call", u:func("caller", { sig = "->", undefined = true }) } },
    }
    local all = {}
    for i, name in ipairs(list) do all[i] = code[name] end
    all[#all + 1] = "i32.const 1"
    u:func("run", { sig = "-> i32", code = all })
    return { o, u }
  end)
end

local ALL = { "global", "tag", "table", "caller" }

case "needed-no-more" {
  title = "what only the old unit needed is collected, and is back when it is needed again",
  clauses = { "unit.again", "unit.live" },
  link = needs(ALL),
  expect = { imports_exactly { "host.import" }, returns("run", {}, 1),
    again { needs {}, needs { "tag" }, needs { "global" }, needs { "table" }, needs { "caller" },
      needs {}, needs(ALL) } },
}
