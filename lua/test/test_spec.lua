-- Tests of the command spec: the page that the program writes of a small ledger, and what it says
-- when a record contradicts an open question.  The page in a browser: runner/test/matrix.sh.

local json = require "dkjson"
local suite = require "engine_suite"

local HOSTILE = [[</textarea></script><script>pwned=1</script><!--"'&]]

local CLAUSES = [[return { revision = "0", parts = { "a" }, questions = { "questions" },
  documents = { { name = "A.md", headings = { "one", "two" } } }, tried = "some linkers" }]]
local PART = ([[return { { "A.md", "one", { "a.b", "open", "One %s may be" } },
  { "A.md", "two", { "a.c", "must", "Two must be", "nothing to break" } } }]])
  :format(HOSTILE:gsub('"', '\\"'))
local QUESTIONS = ([[return { { id = "question.one", title = "So or so?", clauses = { "a.b" },
  text = "Text %s", readings = { "so", "or so" }, cases = { "t/c/f" }, propose = "Be so.",
  takes = { { "ld", ">=1", 2, "does" } }, model = { 1, "because" } } }]])
  :format(HOSTILE:gsub('"', '\\"'))

-- A folder with a ledger and one case.
local function folder_of()
  local folder = suite.new [[case "f" (make {})]]
  os.execute("mkdir " .. folder .. "/cases/clauses")
  suite.write(folder .. "/cases/clauses.lua", CLAUSES)
  suite.write(folder .. "/cases/clauses/a.lua", PART)
  suite.write(folder .. "/cases/clauses/questions.lua", QUESTIONS)
  return folder
end

local function record(folder, verdict)
  local lines = { { record = "run", format = 1, linkspec = "0", linkers = { { label = "ld@1",
    name = "ld", version = "1" } } },
    { record = "result", linker = "ld@1", id = "t/c/f", verdict = verdict },
    { record = "end", linker = "ld@1", counts = { [verdict] = 1 } } }
  for i, line in ipairs(lines) do lines[i] = json.encode(line) end
  suite.write(folder .. "/record", table.concat(lines, "\n"))
  return folder .. "/record"
end

local function run(folder, ...)
  local line = ("%s spec --cases %s/cases -o %s/page %s 2>&1"):format(suite.program, folder, folder,
    table.concat({ ... }, " "))
  local pipe = assert(io.popen(line))
  local text = pipe:read("a")
  local _, _, status = pipe:close()
  return text, status, suite.read(folder .. "/page")
end

return function(T)
  local function test(name, body)
    T.test("spec: " .. name, function()
      local folder = folder_of()
      local ok, why = xpcall(body, debug.traceback, folder)
      os.execute("rm -r " .. folder)
      assert(ok, why)
    end)
  end
  local function has(page, ...)
    for _, part in ipairs { ... } do assert(page:find(part, 1, true), part) end
  end

  test("the page without records", function(folder)
    local text, status, page = run(folder)
    assert(status == 0 and text == "", text)
    has(page, 'id="a.b" data-force="open"', "1 case<", "t/c/f", "No case: nothing to break",
      'href="https://github.com/WebAssembly/tool-conventions/blob/0/A.md#one"',
      'Open: <a href="#question.one">So or so?</a>', "0061736d01000000", "some linkers")
    assert(not page:find('<ul class="verdicts">', 1, true), "no columns")
    assert(page:find("</html>\n$"))
  end)

  test("hostile text is text", function(folder)
    local _, _, page = run(folder)
    assert(not page:find("<script>pwned", 1, true) and not page:find("<!--", 1, true))
    local _, areas = page:gsub("</textarea>", "")
    assert(areas == 1)
    has(page, "Text &lt;/textarea&gt;&lt;/script&gt;", "One &lt;/textarea&gt;")
  end)

  test("verdicts and readings, and the page of linkers", function(folder)
    local text, status, page = run(folder, record(folder, "FAIL"), "--matrix", "m.html")
    assert(status == 0 and text == "", text)
    has(page, 'data-verdict="FAIL"', '<span class="unseen">reading</span> 2</span>',
      '<a class="id" href="m.html#case=t%2Fc%2Ff">t/c/f</a>', "- ld@1: t/c/f is FAIL")
  end)

  test("a record that contradicts a question", function(folder)
    local text, status, page = run(folder, record(folder, "PASS"))
    local line = "question.one: ld@1 is said to take reading 2, the model takes 1, and "
      .. "t/c/f is PASS"
    assert(status == 1 and text == "linkspec: " .. line .. "\n", text)
    has(page, '<p class="wrong">' .. line)
  end)

  test("misuse", function(folder)
    suite.write(folder .. "/record", "{")
    local text, status, page = run(folder, folder .. "/record")
    assert(status == 2 and text:find("record:1: not JSON", 1, true) and not page, text)
    os.remove(folder .. "/cases/clauses.lua")
    text, status = run(folder)
    assert(status == 2 and text:find("no ledger (clauses.lua)", 1, true), text)
  end)
end
