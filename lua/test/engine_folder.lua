-- Tests of the commands emit and judge-dir, from outside: a shell script links what lies in the
-- folder.  See engine_cli.lua.

local json = require "dkjson"
local lfs = require "lfs"
local suite = require "engine_suite"

local program, write, read = suite.program, suite.write, suite.read

local CASES = [[
local function object_of(value)
  local o = object "b.o"
  o:func("f", { sig = "-> i32", export = "f", code = "i32.const " .. value })
  return o
end
case "a" (make{ expect = { exports { f = "function" }, code("f", { "i32.const 1" }) } })
case "bad" (make{ expect = { rejects() },
  mutate = { file = "a.o", at = "linking.version", to = 3 } })
case "object" (make{ link = function() return { "-r", object_of(4) } end,
  expect = { relinks({ "--no-entry" }, { code("f", { "i32.const 4" }) }) } })
case "ours" (make{ link = function() return { "--layout=zig", "--no-entry", object_of(4) } end })
case "pair" (make{ link = function() return { "--no-entry", object_of(3) } end,
  expect = { either { one = same_as { "--no-entry", object_of(3) } },
    differs_from { "--no-entry", object_of(5) } } })
case "stage" (make{ stage = "live", expect = { symbol "f" { live = true } } })
]]

-- Runs the model, as any linker, in every folder of links.txt; gives how many there were.
local function link_all(folder)
  local n = 0
  for line in io.lines(folder .. "/links.txt") do
    os.execute(([[cd %s/%s || exit; IFS='
'; %s ld $(cat link.txt) >stdout.txt 2>stderr.txt; echo $? >status.txt]]):format(folder, line,
      suite.from_anywhere(program)))
    n = n + 1
  end
  return n
end

local function list_files(folder)
  local pipe = assert(io.popen(("cd %s && find . -type f | LC_ALL=C sort | xargs sha256sum"):format(
    folder)))
  local text = pipe:read("a")
  pipe:close()
  return text
end

return function(T)
  local expect = suite.expect

  local function test(name, work)
    suite.test(T, "folder: " .. name, CASES, function(folder)
      work(folder .. "/out", function(command, ...)
        local pipe = assert(io.popen(("%s %s --cases %s/cases %s 2>&1"):format(program, command,
          folder, table.concat({ ... }, " "))))
        local text = pipe:read("a")
        local _, _, status = pipe:close()
        return text, status
      end)
    end)
  end

  test("what emit writes", function(out, linkspec)
    local text, status = linkspec("emit", out)
    expect(text, status, 0, "6 cases, 8 links to make")
    assert(read(out .. "/t/c/a/link.txt") == "--no-entry\na.o\n-o\nout.wasm\n")
    assert(read(out .. "/t/c/a/a.o"):sub(1, 4) == "\0asm")
    assert(read(out .. "/t/c/bad/a.o") ~= read(out .. "/t/c/bad/valid/a.o"))
    assert(read(out .. "/t/c/object/relink-1/link.txt")
      == "../out.wasm\n--no-entry\n-o\nout.wasm\n")
    assert(read(out .. "/t/c/pair/variant-2/b.o") ~= read(out .. "/t/c/pair/b.o"))
    local good = json.decode(read(out .. "/t/c/a/expect.json"))
    assert(good.id == "t/c/a" and good.must == "link" and good.inputs[1] == "a.o")
    assert(good.expect[2] == 'code("f", { "i32.const 1" })', good.expect[2])
    local bad = json.decode(read(out .. "/t/c/bad/expect.json"))
    assert(bad.must == "be refused" and bad.links[1] == "valid")
    assert(bad.refusal.id == "LINKING_VERSION" and bad.refusal.phase == "read")
    local ours = json.decode(read(out .. "/t/c/ours/expect.json"))
    assert(ours.unsupported and not read(out .. "/t/c/ours/link.txt"))
    local index = json.decode(read(out .. "/cases.json"))
    assert(#index.cases == 6 and index.cases[3].links[2] == "t/c/object/relink-1")
  end)

  test("the same bytes each time, and nothing of others", function(out, linkspec)
    linkspec("emit", out)
    local files = list_files(out)
    write(out .. "/mine", "")
    link_all(out)
    local text, status = linkspec("emit", out)
    expect(text, status, 0, "6 cases")
    os.remove(out .. "/mine")
    assert(list_files(out) == files, "what linkers left is gone, what others left is not")
    linkspec("emit", out, "--filter t/c/a")
    assert(not lfs.attributes(out .. "/t/c/bad"))
    lfs.mkdir(out .. "2")
    write(out .. "2/mine", "")
    text, status = linkspec("emit", out .. "2")
    expect(text, status, 2, "neither empty nor written by")
    assert(read(out .. "2/mine") and not read(out .. "2/cases.json"))
  end)

  test("a good linker", function(out, linkspec)
    linkspec("emit", out)
    assert(link_all(out) == 8)
    local text, status = linkspec("judge-dir", out, "-v")
    expect(text, status, 0, "PASS " .. out .. ": t/c/a", "PASS " .. out .. ": t/c/bad",
      "PASS " .. out .. ": t/c/object", "PASS " .. out .. ": t/c/pair",
      "--layout=zig is linkspec's own", "only the model has stages",
      "4 passed, 0 failed, 2 skipped")
    text, status = linkspec("judge-dir", out, "--json")
    expect(text, status, 0)
    local record = json.decode(text:match("[^\n]*\n([^\n]*)"))
    assert(record.id == "t/c/a" and record.verdict == "PASS")
  end)

  test("other linkers", function(out, linkspec)
    linkspec("emit", out)
    local text, status = linkspec("judge-dir", out)
    expect(text, status, 2, "no linker was run")
    link_all(out)
    local function conform(...)
      text, status = linkspec("judge-dir", out, "-v --filter t/c/a --filter t/c/bad",
        "--filter t/c/pair")
      expect(text, status, 1, ...)
    end
    os.remove(out .. "/t/c/pair/variant-1/out.wasm")
    os.remove(out .. "/t/c/pair/variant-1/status.txt")
    write(out .. "/t/c/bad/status.txt", "0\n")
    write(out .. "/t/c/bad/out.wasm", read(out .. "/t/c/a/out.wasm"))
    write(out .. "/t/c/a/status.txt", "1\n")
    conform("REJECTS-VALID " .. out .. ": t/c/a", "ACCEPTS-INVALID " .. out .. ": t/c/bad",
      "FAIL " .. out .. ": t/c/pair", "warning: 1 case lacks a link")
    write(out .. "/t/c/a/status.txt", "139\n")
    write(out .. "/t/c/bad/status.txt", "124")
    write(out .. "/t/c/pair/status.txt", "unsupported: no such option")
    conform("CRASH " .. out .. ": t/c/a", "TIMEOUT " .. out .. ": t/c/bad",
      "UNSUPPORTED " .. out .. ": t/c/pair (no such option)")
    write(out .. "/t/c/a/status.txt", "0")
    local module = read(out .. "/t/c/a/out.wasm"):gsub("\x41\1\x0b", "\x41\2\x0b")
    write(out .. "/t/c/a/out.wasm", module)
    write(out .. "/t/c/bad/status.txt", "what")
    conform("FAIL " .. out .. ": t/c/a", "i32.const 2", "BROKEN " .. out .. ": t/c/bad")
    write(out .. "/t/c/a/a.o", read(out .. "/t/c/pair/b.o"))
    conform("BROKEN " .. out .. ": t/c/a", "is not what `linkspec emit` writes now")
  end)
end
