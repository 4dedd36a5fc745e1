-- Tests of the commands test, bless and conform, from outside: cases in a folder of their own, the
-- program run on them, what it prints and its exit status.
--
-- The program is $LINKSPEC, or build/linkspec.  Foreign linkers are shell scripts.

local lfs = require "lfs"
local suite = require "engine_suite"

local HELPERS, program = suite.HELPERS, suite.program
local write, read, run, linker = suite.write, suite.read, suite.run, suite.linker
local expect = suite.expect

return function(T)
  local function test(name, text, work) suite.test(T, name, text, work) end

  local GOOD = 'case "a" (make{ expect = { exports { f = "function" } } })\n'

  test("test, bless, test", GOOD, function(folder)
    local text, status = run(folder, "test")
    expect(text, status, 1, "FAIL t/c/a", "linkspec bless", "0 passed, 1 failed, 0 skipped")
    text, status = run(folder, "bless", "--no-validate")
    expect(text, status, 0, "new t/c/a")
    assert(read(folder .. "/golden/t/c/a.wasm"):sub(1, 4) == "\0asm")
    text, status = run(folder, "test", "-v")
    expect(text, status, 0, "PASS t/c/a", "1 passed, 0 failed, 0 skipped")
    assert(text:find("1 passed, 0 failed, 0 skipped\n$"), "the count is the last line")
  end)

  test("faults that the judge must flag", GOOD, function(folder)
    local text, status = run(folder, "judge-proof", "--least 1")
    expect(text, status, 0, "export lost", " are harmless:", " do harm: the judge flags ")
    text, status = run(folder, "judge-proof", "--least 100.1")
    expect(text, status, 1, "at least 100.1 %")
    text, status = run(folder, "judge-proof", "--least 1 --every 1000000")
    expect(text, status, 0, "export lost")
    run(folder, "test", "--keep " .. folder .. "/kept")
    write(folder .. "/links", ("one --no-entry %s/kept/t/c/a/a.o\n"):format(folder))
    text, status = run(folder, "judge-proof", "--least 1 --programs " .. folder .. "/links")
    expect(text, status, 0, "as one: ", "in the outputs of 1 links")
    write(folder .. "/links", "one --no-entry -lnothing\n")
    text, status = run(folder, "judge-proof", "--least 0 --programs " .. folder .. "/links")
    expect(text, status, 1, "no library nothing")
    text, status = run(folder, "judge-proof", "--programs nowhere")
    expect(text, status, 2, "nowhere: cannot be read")
  end)

  test("changed input, golden and result", GOOD, function(folder)
    run(folder, "bless", "--no-validate")
    local path = folder .. "/golden/t/c/a.wasm"
    local golden = read(path)
    write(path, golden:gsub("\1f", "\1g"))
    local text, status = run(folder, "test")
    expect(text, status, 1, "FAIL t/c/a", "the bytes of the golden module", "golden/t/c/a.wasm")
    write(path, golden)
    write(folder .. "/cases/t/c.lua", HELPERS:gsub("one%(1%)", "one(2)") .. GOOD)
    text, status = run(folder, "test")
    expect(text, status, 1, "the inputs are not those that were blessed (a.o)")
    text, status = run(folder, "bless", "--no-validate", "--dry-run")
    expect(text, status, 0, "changed t/c/a")
    assert(read(path) == golden, "a dry run writes nothing")
  end)

  test("goldens without a case", GOOD, function(folder)
    run(folder, "bless", "--no-validate")
    write(folder .. "/golden/t/stray.wasm", "")
    local text, status = run(folder, "test")
    expect(text, status, 1, "FAIL t/stray", "1 passed, 1 failed")
    text, status = run(folder, "bless", "--no-validate")
    expect(text, status, 0, "gone t/stray")
    text, status = run(folder, "test")
    expect(text, status, 0, "1 passed, 0 failed, 0 skipped")
  end)

  test("expectations that do not hold are not blessed",
    'case "a" (make{ expect = { no_export "f" } })', function(folder)
      local text, status = run(folder, "bless", "--no-validate")
      expect(text, status, 1, "refused t/c/a: FAIL")
      assert(not read(folder .. "/golden/t/c/a.wasm"))
    end)

  test("broken cases", [[
case "field" (make{ foo = 1 })
case "clauses" (make{ clauses = {} })
case "origin" (make{ origin = { "a/b#1", "#1" } })
case "reported" (make{ origin = "a/b#1", expect = { no_export "f" } })
case "error" (make{ expect = { holds("x", function() error("boom") end) } })
case "same" (make{ mutate = function() end, expect = { rejects() } })
case "plain" (make{ link = function() return { "--no-entry", "--export=no", object "a.o" } end,
  mutate = { file = "a.o", at = "linking.version", to = 3 }, expect = { rejects() } })
case "twin" (make{})
case "twin" (make{})
case "io" (make{ link = function() return io.open("x") end })
case "name" (make{ link = function() return { file("../x", "") } end })
]], function(folder)
      local text, status = run(folder, "test", "--filter t/c")
      expect(text, status, 1, "BROKEN t/c/field", "unknown field foo", "BROKEN t/c/clauses",
        "origin: #1 is not OWNER/REPOSITORY#NUMBER", "reported: a/b#1",
        "BROKEN t/c/error", "boom", "BROKEN t/c/same", "BROKEN t/c/plain",
        "the inputs without their mutation link", "BROKEN t/c/twin", "BROKEN t/c/io",
        "BROKEN t/c/name", "BROKEN 9")
    end)

  test("a file that does not load", "case (", function(folder)
    local text, status = run(folder, "test")
    expect(text, status, 1, "BROKEN t/c", "the case file loads")
  end)

  test("verdicts of the model", [[
case "accepts" (make{ expect = { rejects() } })
case "rejects" (make{ link = function() local l = one(1) l[3] = "--export=no" return l end })
case "diagnostic" (make{ link = function() local l = one(1) l[3] = "--export=no" return l end,
  expect = { rejects { id = "TRUNCATED" } } })
case "unsupported" (make{ link = function() local l = one(1) l[3] = "--reproduce=x" return l end })
]], function(folder)
      local text, status = run(folder, "test", "-v")
      expect(text, status, 1, "ACCEPTS-INVALID t/c/accepts", "REJECTS-VALID t/c/rejects",
        "FAIL t/c/diagnostic", "id = TRUNCATED", "UNSUPPORTED t/c/unsupported")
    end)

  test("a worker that hangs costs one case", [[
case "a" (make{})
case "hang" (make{ link = function() while true do end end })
case "z" (make{ expect = { rejects() } })
]], function(folder)
      local text, status = run(folder, "conform", "--timeout 1 -v -j 1",
        linker(folder, "ld", "exit 1"))
      expect(text, status, 1, "REJECTS-VALID wasm-ld@19.1.7: t/c/a",
        "TIMEOUT wasm-ld@19.1.7: t/c/hang", "PASS wasm-ld@19.1.7: t/c/z")
    end)

  local BOTH = GOOD .. 'case "bad" (make{ expect = { rejects() }, '
    .. 'mutate = { file = "a.o", at = "linking.version", to = 3 } })\n'

  test("foreign linkers that misbehave", BOTH, function(folder)
    local function conform(body, ...)
      local text, status = run(folder, "conform", "--timeout 1 -v", linker(folder, "ld", body))
      expect(text, status, 1, ...)
    end
    conform("kill -SEGV $$", "CRASH wasm-ld@19.1.7: t/c/a", "CRASH wasm-ld@19.1.7: t/c/bad")
    conform("echo 'LLVM ERROR: no' >&2; exit 1", "CRASH wasm-ld@19.1.7: t/c/a")
    conform("sleep 9", "TIMEOUT wasm-ld@19.1.7: t/c/a")
    conform("echo no >&2; exit 1", "REJECTS-VALID wasm-ld@19.1.7: t/c/a",
      "REJECTS-VALID wasm-ld@19.1.7: t/c/bad")
    conform("exit 0", "FAIL wasm-ld@19.1.7: t/c/a", "there is none")
    conform("echo nonsense > $out", "FAIL wasm-ld@19.1.7: t/c/a", "can be decoded",
      "ACCEPTS-INVALID wasm-ld@19.1.7: t/c/bad")
    conform("cp a.o $out", "FAIL wasm-ld@19.1.7: t/c/a", "a relocatable object")
    conform("date +%s%N | cut -c1-20 > $out", "FAIL wasm-ld@19.1.7: t/c/a")
  end)

  test("the model as a child, and exactly", BOTH, function(folder)
    run(folder, "bless", "--no-validate")
    local text, status = run(folder, "conform", "--linker linkspec --exact --record")
    expect(text, status, 0, "2 passed, 0 failed, 0 skipped", "1 new agreements")
    assert(read(folder .. "/golden/MANIFEST"):find("\tlinkspec@"))
  end)

  test("known divergences", BOTH, function(folder)
    local reject = linker(folder, "ld", "exit 1")
    local function known(id, verdict, versions)
      write(folder .. "/cases/known/wasm-ld.lua", ("return { { id = %q, verdict = %q, "
        .. "versions = %q, why = \"so\", kind = \"bug\" } }"):format(id, verdict, versions))
    end
    known("t/c/a", "REJECTS-VALID", ">=14 <20")
    local text, status = run(folder, "conform", "-v --filter t/c/a", reject)
    expect(text, status, 0, "XFAIL wasm-ld@19.1.7: t/c/a (so (bug))",
      "0 passed, 0 failed, 1 skipped")
    known("t/c/a", "CRASH", ">=14 <20")
    text, status = run(folder, "conform", "--filter t/c/a", reject)
    expect(text, status, 1, "FAIL wasm-ld@19.1.7: t/c/a",
      "listed as CRASH, but seen as REJECTS-VALID")
    known("t/c/a", "REJECTS-VALID", "<19")
    text, status = run(folder, "conform", "--filter t/c/a", reject)
    expect(text, status, 1, "REJECTS-VALID wasm-ld@19.1.7: t/c/a")
    known("t/c/gone", "FAIL", "")
    text, status = run(folder, "conform", reject)
    expect(text, status, 2, "no such case")
    local row = '{ id = "t/c/a", verdict = "FAIL", why = "so", kind = "bug" }'
    write(folder .. "/cases/known/wasm-ld.lua", ("return { %s, %s }"):format(row, row))
    text, status = run(folder, "conform", reject)
    expect(text, status, 2, "t/c/a: listed twice")
    write(folder .. "/cases/known/wasm-ld.lua", 'return { { ids = { "t/c/a", "t/c/a" }, '
      .. 'verdict = "FAIL", why = "so", kind = "bug" } }')
    text, status = run(folder, "conform", reject)
    expect(text, status, 2, "t/c/a: listed twice") -- a row for each of several ids
    known("t/c/a", "REJECTS-VALID", "")
    text, status = run(folder, "conform", "--filter t/c/a --linker linkspec")
    expect(text, status, 0, "1 passed") -- the list of another linker says nothing
    local copy = linker(folder, "ld2", "exec " .. lfs.currentdir() .. "/" .. program .. ' ld "$@"')
    if program:find("^/") then copy = linker(folder, "ld2", "exec " .. program .. ' ld "$@"') end
    text, status = run(folder, "conform", "--memory 0 --filter t/c/a", copy)
    expect(text, status, 1, "XPASS wasm-ld@19.1.7: t/c/a")
  end)

  test("patterns of known divergences", BOTH .. 'case "c" (make{})', function(folder)
    local reject = linker(folder, "ld", "exit 1")
    local row = "{ id = %q, verdict = \"REJECTS-VALID\", why = \"so\", kind = \"bug\", "
      .. "versions = %q, except = %q },"
    local function known(...)
      local rows = {}
      for i, r in ipairs { ... } do rows[i] = row:format(r[1], r[2] or "", r[3] or "none") end
      write(folder .. "/cases/known/wasm-ld.lua", "return {" .. table.concat(rows) .. "}")
    end
    local function conform(status, ...)
      local text, found = run(folder, "conform", "-v --filter t/c/a --filter t/c/c", reject)
      expect(text, found, status, ...)
    end
    known { "t/*/[a-c]" }
    conform(0, "XFAIL wasm-ld@19.1.7: t/c/a (so (bug))", "XFAIL wasm-ld@19.1.7: t/c/c")
    known { "t/*", "", "*/c" }
    conform(1, "XFAIL wasm-ld@19.1.7: t/c/a", "REJECTS-VALID wasm-ld@19.1.7: t/c/c")
    known({ "t/*" }, { "t/c/c", "<19" }) -- a case with a row of its own is none of the pattern's
    conform(1, "XFAIL wasm-ld@19.1.7: t/c/a", "REJECTS-VALID wasm-ld@19.1.7: t/c/c")
    known { "u/*" }
    conform(2, "no such case")
  end)

  test("options a release has not", [[
case "a" (make{ link = function() local l = one(1) l[3] = "--page-size=1" return l end })
]], function(folder)
      local text, status = run(folder, "conform", "-v", linker(folder, "ld", "exit 1"))
      expect(text, status, 0, "UNSUPPORTED wasm-ld@19.1.7: t/c/a (--page-size=1 is not in release")
    end)

  test("TAP, shards, jobs, list, misuse", BOTH .. 'case "c" (make{})', function(folder)
    run(folder, "bless", "--no-validate")
    local text, status = run(folder, "test", "--report tap=-")
    expect(text, status, 0, "TAP version 14\n1..3\nok 1 - t/c/a\nok 2 - t/c/bad\nok 3 - t/c/c\n")
    assert(run(folder, "test", "-v -j 1") == run(folder, "test", "-v -j 3"))
    local seen = 0
    for k = 1, 2 do
      local _, n = run(folder, "test", ("-v --shard %d/2"):format(k)):gsub("PASS t/", "")
      seen = seen + n
    end
    assert(seen == 3, "the shards are the whole")
    text, status = run(folder, "test", "--list --filter 't/*/b*'")
    expect(text, status, 0, "t/c/bad\tit is so\n")
    text, status = run(folder, "test", "--filter none")
    expect(text, status, 2, "no case matches the filter")
    for _, words in ipairs { "--bogus", "--shard 3/2", "-j 0", "word" } do
      text, status = run(folder, "test", words)
      expect(text, status, 2, "see `linkspec test --help`")
    end
    text, status = run(folder, "conform", "--linker no-such-linker")
    expect(text, status, 2, "no adapter")
    text, status = run(folder, "conform", "--linker wasm-ld=/no/such/file")
    expect(text, status, 2, "cannot be run")
  end)

  test("what is kept", BOTH, function(folder)
    run(folder, "test", "--keep " .. folder .. "/kept")
    local kept = folder .. "/kept/t/c/a/"
    assert(read(kept .. "a.o"):sub(1, 4) == "\0asm" and read(kept .. "out.wasm"))
    assert(read(kept .. "command.txt")
      == "linkspec ld --validate=strict --no-entry a.o -o out.wasm\n")
    assert(read(folder .. "/kept/t/c/bad/messages.txt"):find("LINKING_VERSION"))
  end)

  test("running in Node", [[
case "runs" (make{ expect = { returns("f", {}, 1), returns("f", {}) } })
case "other" (make{ expect = { returns("f", {}, 2) } })
case "no-trap" (make{ expect = { traps("f", {}) } })
]], function(folder)
      if not os.execute("node --version >/dev/null 2>&1") then T.skip("there is no node") end
      run(folder, "bless", "--no-validate")
      local text, status = run(folder, "test", "-v")
      expect(text, status, 1, "PASS t/c/runs", "FAIL t/c/other", "value 1", "FAIL t/c/no-trap")
      text = run(folder, "test", "-v --filter t/c/runs; NODE=/no/node " .. program .. " test -v "
        .. "--filter t/c/runs --cases " .. folder .. "/cases --golden " .. folder .. "/golden")
      expect(text, 0, 0, "UNSUPPORTED t/c/runs (there is no node", "warning: 1 case skipped")
    end)
end
