-- Tests of the commands new and lint: skeletons run, and every rule finds what it is for.

local suite = require "engine_suite"

local read, run, expect, write = suite.read, suite.run, suite.expect, suite.write

local CLEAN = "-- What it is about.\n" .. suite.HELPERS:gsub("links%(%)",
  'exports { f = "function" }') .. 'case "a" (make{})\n'

return function(T)
  local function test(name, work) suite.test(T, name, "", work) end

  -- The text of lint for a file of cases.
  local function lint(folder, text)
    write(folder .. "/cases/t/c.lua", text)
    return run(folder, "lint")
  end

  -- What is found in a second case with these fields, at its place.
  local function found(name, fields, part)
    test("lint: " .. name, function(folder)
      local text, status = lint(folder, CLEAN .. 'case "b" (make{ ' .. fields .. " })\n")
      expect(text, status, 1, "cases/t/c.lua:14: t/c/b: ", part, "1 passed, 1 failed, 0 skipped")
    end)
  end

  local OTHER = 'title = "another", link = function() return one(2) end, '

  test("lint: nothing is wrong", function(folder)
    local text, status = lint(folder, CLEAN)
    expect(text, status, 0, "1 passed, 0 failed, 0 skipped")
    assert(text:find("^1 passed"), "it says no more")
  end)

  found("a title twice", "link = function() return one(2) end", "title as in t/c/a")
  found("a title's full stop", 'title = "so.", link = function() return one(2) end', "full stop")
  found("a title's first letter", 'title = "So it is", link = function() return one(2) end',
    "small letter")
  found("the same question", 'title = "another"', "question as in t/c/a")
  found("an object too many", 'title = "another", link = function() object "b.o" return one(2) end',
    "b.o is made, but it is no input")
  found("a member too many", 'title = "another", link = function() local list = one(2)\n'
    .. 'archive("lib.a", { object "b.o" }) return list end', "b.o is made, but it is no input")
  found("an expectation of nothing", OTHER .. 'expect = { links(), no_export "g" }',
    "expect: an empty module fits, too")
  found("a clause twice", OTHER .. 'clauses = { "a.b", "a.b" }', "a.b is cited twice")
  found("an unknown field", OTHER .. "wanted = 1", "unknown field wanted")
  found("a mutation of nothing", OTHER .. "mutate = function() end, expect = { rejects() }",
    "the inputs are the same as before")
  found("a difference in what is not there", OTHER .. 'peer_differs = "so", golden = false, '
    .. 'reason = "so"', "there is no golden to differ from")
  found("a difference in a rejected link", OTHER .. 'peer_differs = "so", expect = { rejects() }',
    "no row of cases/known")

  test("lint: a member is an input", function(folder)
    local text, status = lint(folder, CLEAN .. 'case "b" (make{ title = "another", '
      .. 'link = function() local list = one(2)\n'
      .. 'list[3] = archive("lib.a", { object "b.o", { "c.o", object "c" } }) return list end })\n')
    expect(text, status, 0, "2 passed, 0 failed")
  end)

  test("lint: a difference that golden/MANIFEST denies", function(folder)
    write(folder .. "/golden/MANIFEST", "t/c/b\tx\tgolden=x\twasm-ld-22@22.1.2\n")
    local text, status = lint(folder, CLEAN .. 'case "b" (make{ ' .. OTHER
      .. 'peer_differs = "so" })\n')
    expect(text, status, 1, "wasm-ld-22@22.1.2 among those that agree")
  end)

  test("lint: a row of known divergences without a case", function(folder)
    write(folder .. "/cases/known/wasm-ld.lua", 'return { { id = "t/c/z", verdict = "FAIL", '
      .. 'kind = "bug", why = "so" } }')
    local text, status = lint(folder, CLEAN)
    expect(text, status, 1, "t/c/z: no such case")
  end)

  test("lint: a file without a head", function(folder)
    local text, status = lint(folder, suite.HELPERS .. 'case "a" (make{ link = function()\n'
      .. 'return one(1) end, expect = { exports_exactly { "memory", "f" } } })\n')
    expect(text, status, 1, "cases/t/c.lua:1: begins with a comment")
  end)

  -- Runs a command on the skeletons alone.
  local function on_new(folder, command, ...)
    return run(folder, command, "--filter t/new", ...)
  end

  test("new: skeletons run, and lint finds what is to be filled in", function(folder)
    write(folder .. "/cases/t/c.lua", CLEAN)
    for _, words in ipairs { "t/new/good", "t/new/bad --malformed", "t/new/library --library" } do
      local line = ("%s new %s --cases %s/cases"):format(suite.program, words, folder)
      assert(os.execute(line .. " >" .. folder .. "/said"))
      assert(not os.execute(line .. " >" .. folder .. "/said 2>&1"), "written twice")
      expect(read(folder .. "/said"), 0, 0, "there is such a case")
    end
    local text, status = on_new(folder, "test")
    expect(text, status, 0, "3 passed, 0 failed, 0 skipped")
    text, status = on_new(folder, "lint")
    local _, left = text:gsub("fill in: ", "")
    expect(text, status, 1, ("3 passed, %d failed"):format(left))
    local path = folder .. "/cases/t/new.lua"
    local filled = read(path):gsub("%s*%-%- fill in:[^\n]*", "")
      :gsub("  golden = false[^\n]*\n", "")
    write(path, "-- What it is about.\n" .. filled)
    text, status = on_new(folder, "lint")
    expect(text, status, 0, "3 passed, 0 failed")
    text, status = on_new(folder, "bless", "--no-validate")
    expect(text, status, 0, "new t/new/good", "new t/new/library")
    text, status = on_new(folder, "test")
    expect(text, status, 0, "3 passed, 0 failed, 0 skipped")
  end)

  test("new: what is no id", function(folder)
    for _, id in ipairs { "t", "t/new", "t//new", "t/new/../c", "'t/new/a b'" } do
      local line = ("%s new %s --cases %s/cases"):format(suite.program, id, folder)
      assert(not os.execute(line .. " >" .. folder .. "/said 2>&1"), id)
      expect(read(folder .. "/said"), 0, 0, "linkspec new: ")
    end
  end)
end
