-- Tests of the command matrix: records added up, the data of the page, and the page that the
-- program writes.  What the page does in a browser is tested by runner/test/matrix.sh.

local json = require "dkjson"
local lfs = require "lfs"
local data = require "matrix.data"
local records = require "matrix.records"
local suite = require "engine_suite"

local RUN = { record = "run", format = 1, linkspec = "0.1", cases = 2, linkers = {
  { label = "a@1", name = "a", version = "1", command = "/bin/a" },
  { label = "b@2", name = "b", version = "2", command = "/bin/b -x" } } }

local function result(linker, id, verdict, more)
  local r = { record = "result", linker = linker, id = id, verdict = verdict,
    title = "title of " .. id, clauses = { ("c." .. id:gsub("/", "-")) }, milliseconds = 2 }
  for key, value in pairs(more or {}) do r[key] = value end
  return r
end

local function ending(linker, counts, milliseconds)
  return { record = "end", linker = linker, counts = counts, milliseconds = milliseconds }
end

local function lines(list)
  local out = {}
  for i, r in ipairs(list) do out[i] = type(r) == "string" and r or json.encode(r) end
  return table.concat(out, "\n") .. "\n"
end

-- Calls work(path, ...) on files of these records.
local function with_files(work, ...)
  local paths = {}
  for i, list in ipairs { ... } do
    paths[i] = os.tmpname()
    suite.write(paths[i], type(list) == "string" and list or lines(list))
  end
  local ok, why = xpcall(work, debug.traceback, table.unpack(paths))
  for _, path in ipairs(paths) do os.remove(path) end
  if not ok then error(why, 0) end
end

local INPUTS = { { name = "a.o", size = 3, sha256 = "11", base64 = "AAEC" } }

local SOUND = { RUN,
  result("a@1", "t/f/two", "PASS", { command = "/bin/a a.o -o out.wasm", inputs = INPUTS,
    ["repeat"] = "linkspec conform --linker a --filter t/f/two" }),
  result("a@1", "t/f/one", "FAIL", { expected = "1", found = "2" }),
  ending("a@1", { PASS = 1, FAIL = 1 }, 30),
  result("b@2", "t/f/two", "XFAIL", { command = "/bin/b -x a.o -o out.wasm", inputs = INPUTS,
    kind = "bug", why = "it is so", output = { size = 3, sha256 = "22", base64 = "AAEC" } }),
  ending("b@2", { XFAIL = 1 }, 83999) }

local function changed(list, at, record)
  local copy = { table.unpack(list) }
  copy[at] = record
  return copy
end

return function(T)
  local test = T.test

  local function refused(text, ...)
    with_files(function(...)
      local report, why = records.read { ... }
      assert(not report, "not refused")
      if not why:find(text, 1, true) then error(("%q does not say %q"):format(why, text), 0) end
    end, ...)
  end

  test("matrix: counts, times and cases of all linkers", function()
    with_files(function(path)
      local report = assert(records.read { path })
      local a, b = report.linkers[1], report.linkers[2]
      assert(#report.linkers == 2 and a.label == "a@1" and b.label == "b@2")
      assert(a.counts.PASS == 1 and a.counts.FAIL == 1 and a.counts.total == 2)
      assert(b.counts.XFAIL == 1 and b.counts.total == 1)
      assert(a.milliseconds == 30 and b.milliseconds == 83999)
      assert(#report.cases == 2 and report.cases[1].id == "t/f/one", "sorted by id")
      assert(report.cases[1].results[2] == nil and report.cases[2].results[2].verdict == "XFAIL")
    end, SOUND)
  end)

  test("matrix: parts of a run add up", function()
    with_files(function(...)
      local report = assert(records.read { ... })
      assert(#report.linkers == 2 and #report.cases == 2)
      assert(report.linkers[1].counts.PASS == 2 and report.linkers[1].milliseconds == 70)
    end, { RUN, result("a@1", "t/f/x", "PASS"), ending("a@1", { PASS = 1 }, 30),
      ending("b@2", {}) },
      { RUN, result("a@1", "t/f/y", "PASS"), ending("a@1", { PASS = 1 }, 40),
        ending("b@2", {}) })
  end)


  test("matrix: what is wrong, and in which line", function()
    refused(":1: no raw record of linkspec", "\n")
    refused(":1: not JSON", "{")
    refused(":1: not JSON: nested too deep", ("["):rep(1 << 20))
    refused(":1: not one JSON object", "{} {}")
    refused(":1: not UTF-8", '{"record":"\xff"}')
    refused(":1: no raw record of linkspec", { { record = "walk" } })
    refused(":1: format 2, not 1", changed(SOUND, 1, { record = "run", format = 2, linkspec = "" }))
    refused(":2: id: string is missing or of another type",
      changed(SOUND, 2, { record = "result", linker = "a@1", verdict = "PASS" }))
    refused(":2: notes[1]: string",
      changed(SOUND, 2, result("a@1", "x", "PASS", { notes = { 1 } })))
    refused(":2: inputs[1].size: integer", changed(SOUND, 2, result("a@1", "x", "PASS",
      { inputs = { { name = "a.o", size = 1.5 } } })))
    refused(":2: no run has named the linker c", changed(SOUND, 2, result("c", "x", "PASS")))
    refused(":2: no such verdict: total", changed(SOUND, 2, result("a@1", "x", "total")))
    refused(":3: a second result of a@1 for t/f/two",
      changed(SOUND, 3, result("a@1", "t/f/two", "FAIL")))
    refused(":4: a@1: 1 results are PASS, but 2 are counted",
      changed(SOUND, 4, ending("a@1", { PASS = 2, FAIL = 1 })))
    refused(":5: a result behind the end of a@1", changed(SOUND, 5, result("a@1", "x", "PASS")))
    refused(":5: the run of b@2 is not complete", changed(SOUND, 6, nil))
    refused("a second result of a@1", SOUND, SOUND)
    refused("two linkers are called a@1: /bin/a and /bin/c", SOUND, { { record = "run", format = 1,
      linkspec = "0.1", linkers = { { label = "a@1", name = "a", command = "/bin/c" } } } })
    local report, why = records.read { "/no/such/file" }
    assert(not report and why:find("/no/such/file", 1, true), why)
    report, why = records.read { "/" }
    assert(not report and why == "/: Is a directory", why)
  end)

  test("matrix: every text once", function()
    with_files(function(path)
      local d = data.of(assert(records.read { path }), { ["c.t-f-one"] = "it must" })
      local two = d.cases[2]
      assert(d.cases[1].results[2] == json.null, "no result is null")
      assert(#two.inputs == 1 and two.results[1].inputs == 0 and two.results[2].inputs == 0,
        "the inputs are kept once")
      assert(two.results[1].arguments == two.results[2].arguments, "without the linker's command")
      assert(d.strings[two.results[1].again + 1] == "linkspec conform --linker a --filter ")
      assert(two.results[2].output.base64 == two.inputs[1][1].base64, "equal bytes are one text")
      assert(d.statements["c.t-f-one"] == "it must" and d.statements["c.t-f-two"] == nil)
      local seen = {}
      for _, text in ipairs(d.strings) do
        assert(not seen[text], text)
        seen[text] = true
      end
    end, SOUND)
  end)

  -- What the command prints on both streams, and its exit status.
  local function run(...)
    if not lfs.attributes(suite.program) then T.skip("there is no " .. suite.program) end
    local pipe = assert(io.popen(("%s matrix %s 2>&1"):format(suite.program,
      table.concat({ ... }, " "))))
    local text = pipe:read("a")
    local _, _, status = pipe:close()
    return text, status
  end

  -- What opens or closes an element in this text is harmless in the page.
  local HOSTILE = "</script><script>pwned=1</script><!--<script>\"'&\u{2028}\0\27[0m]]>"

  test("matrix: hostile text is text", function()
    local record = { { record = "run", format = 1, linkspec = HOSTILE,
      linkers = { { label = HOSTILE, name = HOSTILE, version = HOSTILE, command = HOSTILE } } },
      result(HOSTILE, HOSTILE, "FAIL", { title = HOSTILE, found = HOSTILE, kind = HOSTILE }),
      ending(HOSTILE, { FAIL = 1 }) }
    with_files(function(path, page)
      local text, status = run(path, "-o", page)
      assert(status == 0 and text == "", text)
      page = suite.read(page)
      assert(not page:find("pwned=1</script>", 1, true) and not page:find("<script>pwned", 1, true))
      assert(page:find("\\u003c/script>\\u003cscript>pwned=1", 1, true), "in the data")
      assert(page:find("&lt;/script&gt;&lt;script&gt;pwned=1", 1, true), "in the table")
      local _, scripts = page:gsub("<script", "")
      assert(scripts == 2 and not page:find("<!--", 1, true), "two scripts: data and page.js")
    end, record, "")
  end)

  test("matrix: exit status, and no half page", function()
    with_files(function(sound, bad)
      local page = sound .. ".html"
      local text, status = run(sound, "-o", page)
      assert(status == 0 and suite.read(page):find("</html>\n$"), text)
      assert(suite.read(page):find("<td>1 min 23 s</td>", 1, true), "wall time")
      suite.write(page, "old")
      text, status = run(sound, bad, "-o", page)
      assert(status == 2 and text:find(bad .. ":1: not JSON", 1, true), text)
      assert(suite.read(page) == "old", "a page of sound records stays")
      os.remove(page)
      text, status = run(sound, "-o", "/no/such/folder/page.html")
      assert(status == 1 and text:find("cannot write /no/such/folder/page.html", 1, true), text)
      text, status = run(sound)
      assert(status == 2 and text:find("-o", 1, true), text)
    end, SOUND, "{")
  end)

  test("matrix: what clauses say, where the ledger is", function()
    with_files(function(sound)
      local folder, page = suite.new(""), sound .. ".html"
      suite.write(folder .. "/cases/clauses.lua", [[return { revision = "0", parts = { "a" },
        documents = { { name = "A.md", headings = { "one" } } } }]])
      os.execute("mkdir " .. folder .. "/cases/clauses")
      suite.write(folder .. "/cases/clauses/a.lua", [[return { { "A.md", "one",
        { "c.t-f-one", "must", "One must be" }, { "c.none", "may", "No case" } } }]])
      local text, status = run(sound, "-o", page, "--cases", folder .. "/cases")
      assert(status == 0, text)
      local written = suite.read(page)
      os.remove(page)
      os.execute("rm -r " .. folder)
      assert(written:find('"statements":{"c.t-f-one":"One must be (must, A.md#one)"}', 1, true))
    end, SOUND)
  end)
end
