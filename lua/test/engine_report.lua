-- Tests of the reports: what a run leaves in files.

local json = require "dkjson"
local suite = require "engine_suite"

local read, run, linker = suite.read, suite.run, suite.linker

-- The records of a file, one a line; each must be valid UTF-8.
local function records(path)
  local list = {}
  for line in assert(read(path), "no " .. path):gmatch("([^\n]*)\n") do
    assert(utf8.len(line), "not valid UTF-8: " .. line)
    list[#list + 1] = assert(json.decode(line))
  end
  return list
end

-- What coreutils make of it.
local function decoded(folder, text)
  suite.write(folder .. "/base64", text)
  local pipe = assert(io.popen("base64 -d " .. folder .. "/base64"))
  local bytes = pipe:read("a")
  pipe:close()
  return bytes
end

return function(T)
  local function test(name, text, work) suite.test(T, "report: " .. name, text, work) end

  local CASES = 'case "a" (make{})\n'
    .. 'case "bad" (make{ expect = { rejects() }, '
    .. 'mutate = { file = "a.o", at = "linking.version", to = 3 } })\n'

  test("the record of the model", CASES, function(folder)
    run(folder, "bless", "--no-validate")
    local text, status = run(folder, "test", "--keep " .. folder .. "/kept --report ndjson="
      .. folder .. "/r --report tap=" .. folder .. "/tap")
    assert(status == 0 and text:find("2 passed, 0 failed, 0 skipped\n$"), text)
    local all = records(folder .. "/r")
    local head, a, bad, tail = all[1], all[2], all[3], all[4]
    assert(#all == 4 and head.record == "run" and head.format == 1 and head.cases == 2)
    assert(head.linkers[1].label == "model" and #head.linkers == 1)
    assert(a.record == "result" and a.linker == "model" and a.id == "t/c/a"
      and a.verdict == "PASS" and a.title == "it is so" and a.clauses[1] == "a.b"
      and a["repeat"] == "linkspec test --filter t/c/a" and math.type(a.milliseconds))
    assert(a.inputs[1].name == "a.o"
      and decoded(folder, a.inputs[1].base64) == read(folder .. "/kept/t/c/a/a.o"))
    assert(a.output.size == #read(folder .. "/kept/t/c/a/out.wasm") and not a.output.base64
      and #a.output.sha256 == 64)
    assert(bad.id == "t/c/bad" and not bad.output and not bad.permissions)
    assert(decoded(folder, bad.inputs[1].base64) == read(folder .. "/kept/t/c/bad/a.o"))
    assert(tail.record == "end" and tail.linker == "model" and tail.counts.PASS == 2
      and math.type(tail.milliseconds))
    assert(read(folder .. "/r"):find('^{"record":"run","format":1,"linkspec":'))
    assert(read(folder .. "/tap"):find("^TAP version 14\n1..2\nok 1 %- t/c/a\n"))
  end)

  test("the record of two linkers", CASES, function(folder)
    suite.write(folder .. "/cases/known/wasm-ld.lua", 'return { { id = "t/c/a", '
      .. 'verdict = "REJECTS-VALID", versions = "<20", why = "so", kind = "bug" } }')
    local refuses = linker(folder, "no", "printf 'caf\\351 \\001\\n' >&2; exit 1")
    local copies = linker(folder, "cp", "cp a.o $out")
    run(folder, "conform", refuses, copies, "--report ndjson=" .. folder .. "/r")
    local all = records(folder .. "/r")
    assert(#all == 7 and #all[1].linkers == 2)
    assert(all[1].linkers[1].label == "wasm-ld@19.1.7" and all[1].linkers[1].version == "19.1.7"
      and all[1].linkers[1].command == folder .. "/no")
    local refused, copied = all[2], all[4]
    assert(refused.verdict == "XFAIL" and refused.why == "so" and refused.kind == "bug")
    assert(refused.found == "caf\u{FFFD} \\x01" or refused.found == "caf? \\x01", refused.found)
    assert(copied.verdict == "FAIL" and copied.found == "a relocatable object")
    assert(decoded(folder, copied.output.base64) == decoded(folder, copied.inputs[1].base64))
    assert(all[6].counts.XFAIL == 1 and all[7].counts.FAIL == 1)
  end)

  test("JUnit", CASES, function(folder)
    local refuses = linker(folder, "no", "printf '<caf\\351 \"&\"> \\001\\n' >&2; exit 1")
    local dies = linker(folder, "die", "kill -SEGV $$")
    suite.write(folder .. "/cases/known/wasm-ld.lua", 'return { { id = "t/c/bad", '
      .. 'verdict = "CRASH", versions = "<20", why = "a < b", kind = "bug" } }')
    local file = folder .. "/r.xml"
    run(folder, "conform", refuses:gsub("wasm%-ld", "wasm-ld-no"), dies, "--report junit=" .. file)
    local text = read(file)
    for _, part in ipairs { '<testsuite name="wasm-ld-no@19.1.7" tests="2" failures="2" errors="0" '
      .. 'skipped="0" time="', '<testsuite name="wasm-ld@19.1.7" tests="2" failures="0" errors="1" '
      .. 'skipped="1" time="', '<testcase classname="t.c" name="a" time="',
      '<error message="killed by signal: Segmentation fault" type="CRASH">title: it is so\n',
      '<failure message="&lt;caf? &quot;&amp;&quot;&gt; \\x01" type="REJECTS-VALID">',
      '<skipped message="XFAIL: a &lt; b (bug)"/>' } do
      assert(text:find(part, 1, true), part .. " is not in\n" .. text)
    end
    if os.execute("xmllint --version 2>/dev/null") then
      assert(os.execute("xmllint --noout " .. file))
    end
  end)

  local NAMES = 'local LONG = string.rep("long-name-", 6000)\n'
    .. 'case "a" (make{ link = function() local o = object "a.o"\n'
    .. 'o:func(LONG .. "%s-and-more", { sig = "->", code = {}, export = "f" })\n'
    .. 'return { "--no-entry", o } end, expect = { links()%s } })'

  test("long lines are cut where they begin to differ", NAMES:format("1", ""), function(folder)
    run(folder, "bless", "--no-validate")
    local function shows(text, reports, ...)
      suite.write(folder .. "/cases/t/c.lua", suite.HELPERS .. text)
      local plain = run(folder, "test", reports)
      for _, out in ipairs { plain, read(folder .. "/tap") } do
        for line in out:gmatch "[^\n]+" do assert(#line < 300, line) end
        suite.expect(out, 0, 0, ...)
      end
      for _, field in ipairs { "expected", "found", "diff" } do
        assert(#(records(folder .. "/r")[2][field] or "") < 5000, field)
      end
    end
    local reports = ("--report tap=%s/tap --report ndjson=%s/r"):format(folder, folder)
    shows(NAMES:format("2", ""), reports,
      "- func $long-name-", " [...] ", "long-name-1-and-more (60017 bytes)\n",
      "+ func $long-name-", "long-name-2-and-more (60017 bytes)\n")
    shows(NAMES:format("1", ', calls("f", { LONG })'), reports, "calls of long-name-",
      "(60009 bytes)")
  end)

  test("large files are left out",
    'case "a" (make{ link = function() local o = object "a.o"\n'
    .. 'o:data(".data.x", { bytes = string.rep("x", 9000), symbol = "x", export = true })\n'
    .. 'return { "--no-entry", "--export-all", o } end })', function(folder)
      run(folder, "test", "--report ndjson=" .. folder .. "/r")
      local result = records(folder .. "/r")[2]
      assert(result.verdict == "FAIL" and result.output.size > 9000 and not result.output.base64)
      assert(result.permissions[1] == "layout.stack-first")
      assert(result.inputs[1].size > 9000 and not result.inputs[1].base64)
    end)

  test("where it is written", CASES, function(folder)
    local text = run(folder, "test", "--report ndjson=-")
    assert(text:find('^{"record":"run"') and not text:find("passed"), text)
    local status
    text, status = run(folder, "test", "--report ndjson=" .. folder .. "/no/r")
    assert(status == 2 and text:find("/no/r", 1, true), text)
    text, status = run(folder, "test", "--report xml=" .. folder .. "/r")
    assert(status == 2 and text:find("is not KIND=FILE", 1, true), text)
    suite.write(folder .. "/r", "old")
    run(folder, "test", "--report tap=" .. folder .. "/r --report ndjson=" .. folder .. "/no/r")
    assert(read(folder .. "/r") == "old" and not read(folder .. "/r.part"))
  end)
end
