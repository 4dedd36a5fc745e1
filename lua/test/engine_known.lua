-- Tests of --update-known: what it makes of cases/known/, and that nothing of it passes unseen.

local lfs = require "lfs"
local suite = require "engine_suite"

local read, run, write = suite.read, suite.run, suite.write

local CASES = 'case "a" (make{})\ncase "b" (make{})\ncase "c" (make{})\n'

local HEAD = "-- Rows.\n\nreturn {\n"

return function(T)
  local function test(name, work) suite.test(T, "known: " .. name, CASES, work) end

  local program = suite.program:find("^/") and suite.program
    or lfs.currentdir() .. "/" .. suite.program

  -- The reference linker under the name of a release that refuses what matches `refused`.
  local function linker(folder, version, refused)
    local text = suite.linker(folder, "ld" .. version, ("case $* in *%s*) echo no >&2; exit 1;; "
      .. "esac; exec %s ld \"$@\""):format(refused, program))
    local path = folder .. "/ld" .. version
    write(path, (read(path):gsub("19%.1%.7", version)))
    return text
  end

  -- Each case tells the linker which it is.
  local NAMED = 'for _, name in ipairs { "a", "b", "c" } do case(name)(make{ link = function()\n'
    .. 'local list = one(1) list[3] = "--export-if-defined=case_" .. name return list\n'
    .. 'end }) end\n'

  -- The file that a run of these linkers leaves, each { version, refused }; then how they end.
  local function update(folder, before, linkers, after)
    write(folder .. "/cases/t/c.lua", suite.HELPERS .. NAMED)
    local path = folder .. "/cases/known/wasm-ld.lua"
    if before then write(path, HEAD .. before .. "}\n") end
    local words = {}
    for i, l in ipairs(linkers) do words[i] = linker(folder, l[1], l[2]) end
    local line = table.concat(words, " ")
    local said = run(folder, "conform --memory 0", line, "--update-known")
    local found = (read(path) or "")
    if found ~= HEAD .. after .. "}\n" then
      error(("%s\nwanted:\n%s\nfound:\n%s"):format(said, after, found), 2)
    end
    return line, said
  end

  local function row(id, versions, more)
    return ('  { id = "t/c/%s", verdict = "REJECTS-VALID", versions = "%s", kind = "bug",\n'
      .. '    why = "so" },%s\n'):format(id, versions, more or "")
  end

  local function unknown(id, versions)
    return ('  { id = "t/c/%s", verdict = "REJECTS-VALID", versions = "%s", kind = "unknown",\n'
      .. '    why = "to be looked at: no" },\n'):format(id, versions)
  end

  test("rows that hold stay as they are", function(folder)
    local kept = "  -- A comment.\n  { id = \"t/c/a\",   verdict = \"REJECTS-VALID\", "
      .. "kind = \"bug\", why = \"so {\" }, -- }\n"
    kept = kept:gsub(", %-%- }\n", ",\n") .. "  { ids = { \"t/c/b\",\n      \"t/c/c\" },\n"
      .. '    verdict = "REJECTS-VALID", kind = "bug", why = "so" },\n'
    local line, said = update(folder, kept, { { "19.1.7", "case_" } }, kept)
    assert(said:find("wasm-ld.lua: 0 rows added, 0 narrowed or removed", 1, true), said)
    local text, status = run(folder, "conform --memory 0", line)
    assert(status == 0 and text:find("0 passed, 0 failed, 3 skipped"), text)
  end)

  test("what is new is to be looked at", function(folder)
    local line = update(folder, row("a", ">=14"), { { "19.1.7", "case_[ac]" } },
      row("a", ">=14") .. unknown("c", ">=19"))
    local text, status = run(folder, "conform --memory 0", line)
    assert(status == 1 and text:find("REJECTS-VALID wasm-ld@19.1.7: t/c/c", 1, true)
      and text:find("listed, but to be looked at", 1, true), text)
    assert(text:find("1 passed, 1 failed, 1 skipped", 1, true), text)
  end)

  test("what is mended is narrowed", function(folder)
    update(folder, row("a", ">=14") .. row("b", ">=19") .. row("c", ">=18 <21"),
      { { "19.1.7", "case_x" } },
      row("a", ">=14 <19") .. row("c", ">=18 <19") .. row("c", ">19 <21"))
  end)

  test("several versions at once", function(folder)
    update(folder, row("a", ">=14"),
      { { "22.1.2", "case_[bc]" }, { "14.0.6", "case_[ab]" }, { "19.1.7", "case_[ac]" } },
      row("a", ">=14 <22") .. unknown("b", ">=14 <19") .. unknown("b", ">=22")
        .. unknown("c", ">=19"))
  end)

  test("one of many cases", function(folder)
    local pattern = '  { id = "t/*", verdict = "REJECTS-VALID", kind = "bug",\n'
      .. '    why = "so" },\n'
    update(folder, pattern, { { "19.1.7", "case_[ac]" } },
      '  { ids = { "t/c/a", "t/c/c" }, verdict = "REJECTS-VALID", kind = "bug",\n'
      .. '    why = "so" },\n' .. row("b", "<19"))
  end)

  test("a case that ends in another way", function(folder)
    local text = row("a", ">=14"):gsub("REJECTS%-VALID", "CRASH")
    update(folder, text, { { "19.1.7", "case_a" } },
      row("a", ">=14 <19"):gsub("REJECTS%-VALID", "CRASH") .. unknown("a", ">=19"))
  end)

  test("a file that is not there yet", function(folder)
    write(folder .. "/cases/t/c.lua", suite.HELPERS .. NAMED)
    run(folder, "conform --memory 0 --update-known", linker(folder, "0.16.0", "case_b"))
    local text = read(folder .. "/cases/known/wasm-ld.lua")
    assert(text:find(unknown("b", ">=0.16"), 1, true), text)
  end)

  -- The files of wasm-ld and of what is based on it, and the latter as a linker.
  local function based(folder, rows, own_rows, refused)
    write(folder .. "/cases/t/c.lua", suite.HELPERS .. NAMED)
    write(folder .. "/cases/known/wasm-ld.lua", HEAD .. rows .. "}\n")
    write(folder .. "/cases/known/wasm-ld-yowasp.lua", HEAD .. '  base = "wasm-ld",\n' .. own_rows
      .. "}\n")
    return (linker(folder, "22.1.0", refused):gsub("wasm%-ld=", "wasm-ld-yowasp=", 1))
  end

  local PASSES = '  { id = "t/c/%s", verdict = "PASS", versions = ">=22",%s\n    why = "%s" },\n'

  test("rows of a base hold, but for cases that have their own", function(folder)
    local rows = row("a", ">=14") .. row("b", ">=14")
    local own = PASSES:format("b", "", "so") .. row("c", ">=22")
    local line = based(folder, rows, own, "case_[ac]")
    local text, status = run(folder, "conform --memory 0", line)
    suite.expect(text, status, 0, "1 passed, 0 failed, 2 skipped")
    text, status = run(folder, "conform --memory 0", (line:gsub("%-yowasp", "", 1)))
    suite.expect(text, status, 1, "XPASS wasm-ld@22.1.0: t/c/b",
      "REJECTS-VALID wasm-ld@22.1.0: t/c/c", "0 passed, 2 failed, 1 skipped")
    text, status = run(folder, "conform --memory 0", based(folder, rows, own, "case_b"))
    suite.expect(text, status, 1, "XPASS wasm-ld-yowasp@22.1.0: t/c/a",
      "listed as PASS, but seen as REJECTS-VALID", "XPASS wasm-ld-yowasp@22.1.0: t/c/c",
      "0 passed, 3 failed, 0 skipped")
  end)

  test("what differs from a base is added to the own file", function(folder)
    local rows = row("a", ">=14") .. row("b", ">=14") .. row("c", ">=14 <20")
    local line = based(folder, rows, "", "case_[bc]")
    local said = run(folder, "conform --memory 0 --update-known", line)
    assert(said:find("wasm-ld-yowasp.lua: 2 rows added, 0 narrowed or removed", 1, true), said)
    assert(read(folder .. "/cases/known/wasm-ld.lua") == HEAD .. rows .. "}\n")
    local own = read(folder .. "/cases/known/wasm-ld-yowasp.lua")
    assert(own == HEAD .. '  base = "wasm-ld",\n'
      .. PASSES:format("a", ' kind = "unknown",', "to be looked at: PASS")
      .. unknown("c", ">=22") .. "}\n", own)
    local text, status = run(folder, "conform --memory 0", line)
    suite.expect(text, status, 1, "XPASS wasm-ld-yowasp@22.1.0: t/c/a",
      "listed, but to be looked at", "0 passed, 2 failed, 1 skipped")
    line = based(folder, rows, PASSES:format("a", "", "so") .. row("c", ">=22"), "case_[ab]")
    run(folder, "conform --memory 0 --update-known", line)
    own = read(folder .. "/cases/known/wasm-ld-yowasp.lua")
    assert(own == HEAD .. '  base = "wasm-ld",\n' .. "}\n", own)
  end)

  test("rows that no base has a place for", function(folder)
    local function refuses(rows, own, part)
      local text, status = run(folder, "conform --memory 0", based(folder, rows, own, "x"))
      suite.expect(text, status, 2, "known/wasm-ld-yowasp.lua", part)
    end
    refuses(row("a", ">=14"), PASSES:format("b", "", "so"),
      "t/c/b: PASS, where no row of a base says otherwise")
    refuses(row("a", ">=14"), PASSES:format("a", ' kind = "bug",', "so"), "PASS has no kind")
    refuses(row("a", ">=14"), row("gone", ">=14"), "t/c/gone: no such case")
    refuses('  base = "wasm-ld",\n', "", "known/wasm-ld.lua: a base has no base")
    write(folder .. "/cases/known/wasm-ld.lua", HEAD .. PASSES:format("a", "", "so") .. "}\n")
    local text, status = run(folder, "conform --memory 0", linker(folder, "22.1.0", "x"))
    suite.expect(text, status, 2, "PASS, where no row of a base says otherwise")
    write(folder .. "/cases/known/wasm-ld.lua", 'return { base = "gone" }')
    text, status = run(folder, "conform --memory 0", linker(folder, "22.1.0", "x"))
    suite.expect(text, status, 2, "known/wasm-ld.lua: there is no such base")
  end)

  test("when it refuses", function(folder)
    local path = folder .. "/cases/known/wasm-ld.lua"
    write(path, HEAD .. "}\n")
    local ld = suite.linker(folder, "ld", "exit 1")
    local function refuses(words, part)
      local text, status = run(folder, "conform --update-known " .. words)
      assert(status == 2 and text:find(part, 1, true), text)
      assert(read(path) == HEAD .. "}\n")
    end
    refuses(ld .. " --filter t/c/a", "all cases must run")
    refuses(ld .. " --shard 1/2", "all cases must run")
    refuses(ld .. " --exact", "all cases must run")
    refuses("--linker linkspec", "does not say who it is")
    write(path, HEAD .. row("gone", ">=14") .. "}\n")
    local text, status = run(folder, "conform --memory 0 --update-known", ld)
    assert(status == 2 and text:find("t/c/gone: no such case", 1, true), text)
    write(path, "return { " .. row("a", "<14") .. " }")
    text, status = run(folder, "conform --memory 0 --update-known", ld)
    assert(status == 1 and text:find("not a list of rows", 1, true), text)
  end)

  test("where it is reported", function(folder)
    local path = folder .. "/cases/known/wasm-ld.lua"
    local text = HEAD .. row("a", ">=14"):gsub("kind =", "upstream = \"o/n#12\", kind =") .. "}\n"
    write(path, text)
    local ld = suite.linker(folder, "ld", "exit 1")
    local said = run(folder, "conform -v --filter t/c/a", ld, "--report ndjson=" .. folder .. "/r")
    assert(said:find("XFAIL wasm-ld@19.1.7: t/c/a (so (bug, o/n#12))", 1, true), said)
    assert(read(folder .. "/r"):find('"kind":"bug","upstream":"o/n#12"', 1, true))
    write(path, (text:gsub("o/n#12", "somewhere")))
    local status
    said, status = run(folder, "conform", ld)
    assert(status == 2 and said:find("upstream is owner/name#number", 1, true), said)
  end)
end
