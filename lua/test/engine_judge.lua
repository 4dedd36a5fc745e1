-- Tests of the command judge, from outside.  See engine_cli.lua.

local json = require "dkjson"
local suite = require "engine_suite"

local program, write, read, run = suite.program, suite.write, suite.read, suite.run

-- What `linkspec judge --json` says of a module as a link of the kept inputs, and the exit status.
local function judge(folder, module, arguments)
  local pipe = assert(io.popen(("cd %s && %s judge --json %s -- %s 2>/dev/null"):format(folder,
    suite.from_anywhere(program), module, arguments)))
  local text = pipe:read("a")
  local _, _, status = pipe:close()
  return json.decode(text), status, text
end

local CASE = [[
case "a" (make{ link = function()
  local o = object "a.o"
  o:data("x", { bytes = "abcd" })
  o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr "x" } } })
  return { "--no-entry", o }
end })
]]

-- Functions that only their strings tell apart, and that nothing refers to.
local ALIKE = [[
case "a" (make{ link = function()
  local function with(name, text)
    local o = object(name)
    local s = o:data(".L.str", { bytes = text .. "\0", segment_flags = { "strings" },
      binding = "local" })
    o:func("f", { sig = "-> i32", binding = "local", code = { { "i32.const", addr(s) } } })
    return o
  end
  return { "--no-entry", "--no-gc-sections", "--strip-all", "-O2", with("b.o", "of b"),
    with("a.o", "of a") }
end })
]]

-- Data whose addresses are exported.
local ADDRESSES = [[
case "a" (make{ link = function()
  local o = object "a.o"
  o:data("x", { bytes = "abcd", exported = true })
  o:data("y", { bytes = "efgh", exported = true })
  return { "--no-entry", o }
end })
]]

-- Thread-local data, and what gives each thread its block.
local BLOCK = [[
case "a" (make{ link = function()
  local o = object "a.o"
  o:features { "+atomics", "+bulk-memory", "+mutable-globals" }
  local x = o:data("x", { bytes = "1234", tls = true })
  local base = o:global("__tls_base", { type = "i32", mutable = true, undefined = true })
  o:func("f", { sig = "-> i32", export = "f", code = { { "global.get", base },
    { "i32.const", addr_tls(x) }, "i32.add" } })
  local init = o:func("__wasm_init_tls", { sig = "i32 ->", undefined = true })
  o:func("thread", { sig = "i32 ->", export = "thread",
    code = { "local.get 0", { "call", init } } })
  return { "--no-entry", "--shared-memory", "--max-memory=131072", o }
end })
]]

-- A thread-local variable whose bytes other data have, too.
local TWINS = [[
case "a" (make{ link = function()
  local o = object "a.o"
  o:features { "+atomics", "+bulk-memory", "+mutable-globals" }
  local v = o:data("v", { bytes = "xxxx", tls = true })
  o:data("d", { bytes = "xxxxxxxx", exported = true })
  o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr_tls(v) } } })
  return { "--no-entry", "--strip-all", o }
end })
]]

-- A linker may name the globals with which it exports addresses, by what is there.
-- A row: what it is, the names of both; x, y: the globals, if not as the model makes them; clause,
-- count: what is found.
local X, Y = "\x7f\0\x41\x80\x80\4\x0b", "\x7f\0\x41\x84\x80\4\x0b" -- 65536 and 65540, of i32
local NAMED = {
  { "their names", "x", "y" },
  { "no name", nil, "y" },
  { "the name of another", "y", "x", clause = "names.synthetic", count = 2 },
  { "a name of nothing", "x", "z", clause = "names.synthetic", count = 1 },
  { "the address of another", "x", "y", y = X, clause = "reloc.memory.value", count = 1 },
  { "an address of nothing", "x", "y", x = "\x7f\0\x41\x80\x88\4\x0b",
    clause = "reloc.memory.value", count = 1 },
  { "a global that changes", "x", "y", x = "\x7f\1" .. X:sub(3), clause = "export.data",
    count = 1 },
}

local function with_names(module, row)
  local names, n = "\0\x0f__stack_pointer", 1
  for index = 1, 2 do
    local name = row[index + 1]
    if name then names, n = names .. string.char(index, #name) .. name, n + 1 end
  end
  module = suite.changed(module, X .. Y, (row.x or X) .. (row.y or Y))
  return suite.with_section(module, 0, function(section)
    return suite.changed(section, "\7\x12\1\0\x0f__stack_pointer",
      string.char(7, #names + 1, n) .. names)
  end)
end

-- What __wasm_init_tls may do after it has set __tls_base, and what not.
local SET, COPY = "\x20\0\x24\1", "\x20\0\x41\0\x41\4\xfc\8\0\0"
local CLEAR = "\x20\0\x41\0\x41\4\xfc\x0b\0"
local FILLED = {
  { "zeros, then data", CLEAR .. COPY, right = true },
  { "zeros twice, then data", CLEAR .. CLEAR .. COPY, right = true },
  { "data, then zeros", COPY .. CLEAR },
  { "zeros alone", CLEAR },
  { "ones, then data", "\x20\0\x41\1\x41\4\xfc\x0b\0" .. COPY },
  { "zeros beyond the block", "\x20\0\x41\0\x41\5\xfc\x0b\0" .. COPY },
  { "zeros behind the block", "\x20\0\x41\4\x6a\x41\0\x41\4\xfc\x0b\0" .. COPY },
  { "zeros at an address", "\x41\0\x41\0\x41\4\xfc\x0b\0" .. COPY },
  { "data at an address", CLEAR .. "\x41\0\x41\0\x41\4\xfc\8\0\0" },
  { "data behind the block", CLEAR .. "\x20\0\x41\4\x6a\x41\0\x41\4\xfc\8\0\0" },
  { "data without the first byte", CLEAR .. "\x20\0\x41\1\x41\3\xfc\8\0\0" },
  { "data from beyond their end", CLEAR .. "\x20\0\x41\1\x41\4\xfc\8\0\0" },
  { "data without the last byte", CLEAR .. "\x20\0\x41\0\x41\3\xfc\8\0\0" },
}

local function with_init_tls(module, rest)
  local function entry(code) return string.char(#code + 2) .. "\0" .. code .. "\x0b" end
  return suite.with_section(module, 10, function(section)
    return suite.changed(section, entry(SET .. COPY), entry(SET .. rest))
  end)
end

-- A function and data that nothing refers to, each with a site.
local UNREACHED = [[
case "a" (make{ link = function()
  local o = object "a.o"
  local y = o:data("y", { bytes = "abcd" })
  o:data("x", { bytes = { addr(y) }, align = 2 })
  o:func("f", { sig = "-> i32", code = { { "i32.const", addr "x" } } })
  return { "--no-entry", "--no-gc-sections", o }
end })
]]

return function(T)
  local function test(name, work, text)
    suite.test(T, "judge: " .. name, text or CASE, function(folder)
      run(folder, "test", "--keep " .. folder .. "/kept")
      local kept = folder .. "/kept/t/c/a"
      work(kept, assert(read(kept .. "/out.wasm")))
    end)
  end

  test("a correct link as JSON", function(folder)
    local j, status, text = judge(folder, "out.wasm", "--no-entry a.o")
    assert(status == 0 and j.verdict == "correct" and #j.violations == 0)
    assert(j.counts.functions == 1 and j.counts.segments == 1 and j.counts.sites == 1)
    assert(j.permissions[1].name == "layout.stack-first", text)
    assert(text:find('^{\n  "format":1,\n  "linkspec":.*\n  "module":.*\n  "arguments":'), text)
  end)

  test("a site and the bytes of both", function(folder, module)
    local at = module:find("\x41\x80\x80\x84\x80\0", 1, true) -- i32.const 65536
    write(folder .. "/bad.wasm", module:sub(1, at) .. "\x81" .. module:sub(at + 2))
    local j, status = judge(folder, "bad.wasm", "--no-entry a.o")
    local v = j.violations[1]
    assert(status == 1 and j.verdict == "wrong" and #j.violations == j.counts.violations)
    assert(v.clause == "reloc.memory.value" and v.file == "a.o" and v.section == "code")
    assert(v.part == "f" and v.module_offset == at)
    local input = read(folder .. "/a.o")
    for name, bytes in pairs { input = "8080808000", output = "8180848000", wanted = "61626364" } do
      local e = v[name]
      assert(e.bytes:sub(2 * e.from + 1, 2 * e.to) == bytes, name)
    end
    assert(v.offset == v.input.offset + v.input.from and input:byte(v.offset + 1) == 0x80)
    assert(j["repeat"] == "linkspec judge bad.wasm -- --no-entry a.o")
  end)

  test("what is lost is said once", function(folder)
    write(folder .. "/bad.wasm", "\0asm\1\0\0\0")
    local lost = {}
    for _, v in ipairs(judge(folder, "bad.wasm", "--no-entry --no-gc-sections a.o").violations) do
      if v.clause == "gc.live" then lost[#lost + 1] = v.part end
    end
    table.sort(lost)
    assert(table.concat(lost, " ") == ".data.x .data.y f", table.concat(lost, " "))
  end, UNREACHED)

  test("bytes that differ", function(folder, module)
    local at = module:find("abcd", 1, true)
    write(folder .. "/bad.wasm", module:sub(1, at) .. "BC" .. module:sub(at + 3))
    local v = judge(folder, "bad.wasm", "--no-entry a.o").violations[1]
    assert(v.wanted.bytes:sub(2 * v.wanted.from + 1, 2 * v.wanted.to) == "6263")
    assert(v.instead.bytes:sub(2 * v.instead.from + 1, 2 * v.instead.to) == "4243")
    assert(v.instead.offset + v.instead.from == at)
  end)

  test("another order of functions that are alike", function(folder, module)
    local function of(arguments)
      return judge(folder, "out.wasm", "--no-entry --no-gc-sections --strip-all -O2 " .. arguments)
    end
    assert(module:find("of b\0of a\0", 1, true))
    for _, arguments in ipairs { "a.o b.o", "b.o a.o" } do
      local j, status, text = of(arguments)
      assert(status == 0 and j.counts.functions == 2 and j.counts.sites == 2, text)
    end
    write(folder .. "/out.wasm", (module:gsub("of b", "of c")))
    local _, status = of "a.o b.o"
    assert(status == 1)
  end, ALIKE)

  test("what cannot be judged", function(folder)
    local j, status = judge(folder, "out.wasm", "a.o")
    assert(status == 1 and j.verdict == "inputs refused")
    assert(j.diagnostics[1].id == "ENTRY_UNDEFINED")
    j, status = judge(folder, "a.o", "--no-entry a.o '--no such'")
    assert(status == 2 and j["repeat"] == "linkspec judge a.o -- --no-entry a.o '--no such'")
    write(folder .. "/bad.wasm", "\0asm\1\0\0\0\1\x7f")
    j, status = judge(folder, "bad.wasm", "--no-entry a.o")
    assert(status == 1 and j.violations[1].clause == "container")
    assert(j.violations[1].output.bytes == "736d01000000017f")
    j, status = judge(folder, "none.wasm", "--no-entry a.o")
    assert(status == 2 and not j)
  end)
  for _, row in ipairs(NAMED) do
    test("an exported address, " .. row[1], function(folder, module)
      write(folder .. "/bad.wasm", with_names(module, row))
      local j, status, text = judge(folder, "bad.wasm", "--no-entry a.o")
      assert(status == (row.clause and 1 or 0) and #j.violations == (row.count or 0), text)
      for _, v in ipairs(j.violations) do assert(v.clause == row.clause, text) end
    end, ADDRESSES)
  end

  test("the block is where no other data are", function(folder, module)
    local changed = suite.changed(module,
      "\x41\x80\x80\4\x0b\4xxxx\0\x41\x84\x80\4\x0b\8xxxxxxxx",
      "\x41\x80\x80\4\x0b\8xxxxxxxx\0\x41\x88\x80\4\x0b\4xxxx")
    write(folder .. "/moved.wasm", suite.changed(changed, Y, X))
    local j, status, text = judge(folder, "moved.wasm", "--no-entry --strip-all a.o")
    assert(status == 0 and #j.violations == 0, text)
  end, TWINS)

  for _, row in ipairs(FILLED) do
    test("a thread's block, " .. row[1], function(folder, module)
      write(folder .. "/bad.wasm", with_init_tls(module, row[2]))
      local j, status, text = judge(folder, "bad.wasm",
        "--no-entry --shared-memory --max-memory=131072 a.o")
      if row.right then
        assert(status == 0 and #j.violations == 0, text)
      else
        assert(status == 1 and #j.violations == 1 and j.violations[1].clause == "tls.init", text)
      end
    end, BLOCK)
  end
end
