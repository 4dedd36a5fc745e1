-- Tests of model/permissions.def: each choice, made one way, the other, and both ways in one link.
--
-- A row: { permission, text, change = function(bytes, way) or nil, clause }.  The text is of a Lua
-- function which gives a link.  Without `way` that is what the module is judged by.  The modules
-- are links of other inputs or by other options, changed where these cannot do it, such as a linker
-- may write that chooses so: with `way` "no" it does not take the permission, with "yes" it does,
-- with "both" it does so for one of two things.  By its scope both ways are right or wrong; the
-- clause is that of what is wrong.

local json = require "dkjson"
local suite = require "engine_suite"

-- Functions that rows use.
local HELPERS = [[
local function constant(o, name, value, opts)
  local fields = { sig = "-> i32", exported = true, code = "i32.const " .. value }
  for key, v in pairs(opts or {}) do fields[key] = v end
  return o:func(name, fields)
end
-- A function with one site.
local function get(o, name, site)
  return o:func(name, { sig = "-> i32", export = name, code = { { "i32.const", site } } })
end
local function call(o, name, f)
  return o:func(name, { sig = "->", export = name, code = { { "call", f } } })
end
local DEFAULT = "--gc-sections" -- an option that changes nothing
-- How a thing is done by the way: the first of two, and the second one.
local function firsts(way) return way == "yes" or way == "both" end
local function seconds(way) return way == "yes" end
]]

-- Changes of modules ------------------------------------------------------------------------------

local changed, with_section = suite.changed, suite.with_section
local without_export = suite.without_export
local GLOBAL <const>, FUNCTION <const> = 3, 0

-- Rows --------------------------------------------------------------------------------------------

local ROWS = {}

-- What those begin with that need shared memory.
local THREADS = [[
  local o = object "a.o"
  o:features { "+atomics", "+bulk-memory", "+mutable-globals" }
]]

local function row(permission, text, change, clause)
  ROWS[#ROWS + 1] = { permission = permission, text = text, change = change,
    clause = clause or "judge.one-way" }
end

-- Functions ---------------------------------------------------------------------------------------

row("fold.functions", [[
  local o = object "a.o"
  local function twins(a, b, folded)
    local f = constant(o, a, #a)
    if folded then o:alias(b, f, { exported = true }) else constant(o, b, #a) end
  end
  twins("f", "g", firsts(way))
  twins("fff", "ggg", seconds(way))
  return { "--no-entry", o }
]])

row("symbol.weak.last", [[
  local a, b = object "a.o", object "b.o"
  constant(a, "f", 1, { weak = true })
  constant(a, "g", 2, { weak = true })
  constant(b, "f", 3, { weak = not firsts(way) })
  constant(b, "g", 4, { weak = not seconds(way) })
  return { "--no-entry", a, b }
]], nil, "functions.content") -- what is kept is settled before

row("undefined.weak.import", [[
  local o = object "a.o"
  call(o, "f", o:func("m", { sig = "->", undefined = true, weak = not firsts(way) }))
  call(o, "g", o:func("n", { sig = "->", undefined = true, weak = not seconds(way) }))
  local b = object "b.o" -- a call of another type than the function's traps in any case
  call(o, "h", o:func("typed", { sig = "->", undefined = true }))
  constant(b, "typed", 1)
  return { "--no-entry", way and "--import-undefined" or DEFAULT, o, b }
]])

row("undefined.import", [[
  local o = object "a.o"
  for i, imported in ipairs { firsts(way), seconds(way) } do
    local name = "u" .. i
    call(o, "call_" .. name, o:func(name, { sig = "->", undefined = true,
      import_module = imported and "env", import_name = imported and name }))
  end
  return { "--no-entry", "--unresolved-symbols=ignore-all", o }
]])

row("undefined.trap.unused", [[
  local o = object "a.o"
  for i, trap in ipairs { firsts(way), seconds(way) } do
    if trap then
      o:func("undefined_stub", { sig = "->", static = true, code = "unreachable" })
    elseif not way then
      o:func("u" .. i, { sig = "->", undefined = true, weak = true })
    end
  end
  constant(o, "f", 1)
  return { "--no-entry", "--no-gc-sections", o }
]])

-- Data --------------------------------------------------------------------------------------------

row("undefined.addend", [[
  local o = object "a.o"
  local d = o:data("d", { undefined = true, weak = true })
  get(o, "f", addr(d, 8))
  get(o, "g", addr(d, 8))
  return { "--no-entry", o }
]], function(bytes, way)
  local n = { yes = 2, both = 1, no = 0 }
  return (bytes:gsub("\x41\x80\x80\x80\x80\0", "\x41\x88\x80\x80\x80\0", n[way]))
end)

row("reloc.compress", [[
  local o = object "a.o"
  local x = o:data("x", { bytes = "1234", no_strip = true })
  get(o, "f", firsts(way) and 65536 or addr(x))
  get(o, "g", seconds(way) and 65536 or addr(x))
  return { "--no-entry", o }
]])

row("strings.merge", [[
  local a, b = object "a.o", object "b.o"
  local function add(o, name, text, merged)
    local s = o:data(text, { bytes = text .. "\0", static = true, segment_name = ".rodata.str",
      segment_flags = merged and 1 or 0 })
    get(o, name, addr(s))
  end
  for i, o in ipairs { a, b } do
    add(o, "f" .. i, "text", not way or firsts(way))
    add(o, "g" .. i, "more", not way or seconds(way))
  end
  return { "--no-entry", a, b }
]])

row("constants.share", [[
  local a, b = object "a.o", object "b.o"
  local function add(name, function_name, shared)
    local fields = { bytes = name, rodata = true, static = not shared }
    get(a, function_name, addr(a:data(name, fields)))
    if shared then fields = { undefined = true } end
    get(b, function_name .. "2", addr(b:data(name, fields)))
  end
  add("1234", "f", firsts(way))
  add("5678", "g", seconds(way))
  return { "--no-entry", a, b }
]])

-- Memory, tables, threads -------------------------------------------------------------------------

row("layout.stack-first", [[
  local o = object "a.o"
  get(o, "f", addr(o:data("x", { bytes = "1234" })))
  return { "--no-entry", way == "no" and "--no-stack-first" or "--stack-first", o }
]])

row("wasm64.table32", [[
  local o = object("a.o", { memory64 = true })
  local f = o:func("f", { sig = "->", code = "nop" })
  o:func("g", { sig = "-> i64", export = "g", code = { { "i64.const", slot64(f) } } })
  return { "--no-entry", "-mwasm64", o }
]], function(bytes, way)
  if way == "no" then return bytes end
  bytes = changed(bytes, "\x04\x05\x01\x70\x05\x02\x02", "\x04\x05\x01\x70\x01\x02\x02")
  return changed(bytes, "\x09\x07\x01\0\x42\x01", "\x09\x07\x01\0\x41\x01") -- element segment
end)

row("threads.idle", THREADS .. [[
  constant(o, "f", 1)
  if way == "yes" then
    o:func("__wasm_apply_global_tls_relocs", { sig = "->", no_strip = true, code = "" })
  end
  return { "--no-entry", "--shared-memory", "--max-memory=131072", o }
]])

-- Names, exports, custom sections -----------------------------------------------------------------

row("names.none", [[
  local o = object "a.o"
  constant(o, "f", 1)
  return { "--no-entry", way == "yes" and "--strip-all" or DEFAULT, o }
]])

row("symbols.local", [[
  local o = object "a.o"
  constant(o, "f", 1)
  for i, left_out in ipairs { firsts(way), seconds(way) } do
    o:data("x" .. i, { bytes = "1234", static = true, symbol = not left_out and nil })
  end
  return { "-r", o }
]])

row("producers.linker", [[
  local o = object "a.o"
  constant(o, "f", 1)
  o:producers { { "language", "C", "17" }, way == "yes" and { "processed-by", "LLD", "22" } or nil }
  return { "--no-entry", o }
]])

row("names.module.none", [[
  local o = object "a.o"
  constant(o, "f", 1)
  return { "--no-entry", o }
]], function(bytes, way)
  if way == "no" then return bytes end
  return with_section(bytes, 0, function(name)
    return name:find "^\4name" and changed(name, "\0\9\8out.wasm", "")
  end)
end)

row("names.data.none", [[
  local o = object "a.o"
  o:data("d", { bytes = "1234", export = "d" })
  return { "--no-entry", o }
]], function(bytes, way)
  if way == "no" then return bytes end
  return with_section(bytes, 0, function(name)
    return name:find "^\4name" and changed(name, "\9\8\1\0\5.data", "")
  end)
end)

-- One in other words, one as the demangler of LLVM says it.
row("names.spelling", [[
  local o = object "a.o"
  constant(o, firsts(way) and "f( unsigned int )" or "_Z1fj", 1, { export = "f" })
  constant(o, seconds(way) and "g( unsigned int )" or "_Z1gj", 2, { export = "g" })
  return { "--no-entry", o }
]])

row("export.all.provided", [[
  local o = object "a.o"
  o:func("f", { sig = "->", export = "f", code = {
    { "i32.const", addr(o:data("__heap_base", { undefined = true })) }, "drop",
    { "i32.const", addr(o:data("__data_end", { undefined = true })) }, "drop" } })
  if not way or way == "no" then return { "--no-entry", "--export-all", o } end
  return { "--no-entry", "--export=__wasm_call_ctors",
    way == "both" and "--export=__heap_base" or DEFAULT, o }
]])

row("export.all.mutable", THREADS .. [[
  local fields = { type = "i32", mutable = true, undefined = true }
  o:func("f", { sig = "->", export = "f", code = {
    { "global.get", o:global("__stack_pointer", fields) }, "drop",
    { "global.get", o:global("__tls_base", fields) }, "drop" } })
  return { "--no-entry", "--export-all", "--shared-memory", o }
]], function(bytes, way)
  if way ~= "no" then bytes = without_export(bytes, "__stack_pointer", GLOBAL) end
  return way == "yes" and without_export(bytes, "__tls_base", GLOBAL) or bytes
end)

row("export.all.own", THREADS .. [[
  local f = constant(o, "f", 1)
  o:data("x", { bytes = { slot(f) }, no_strip = true })
  return { "--no-entry", "--export-all", "--shared-memory",
    seconds(way) and "--export-table" or DEFAULT, o }
]], function(bytes, way)
  return way == "no" and without_export(bytes, "__wasm_init_memory", FUNCTION) or bytes
end)

row("code-metadata.none", [[
  local o = object "a.o"
  local f = constant(o, "f", 1)
  local function say(kind)
    o:custom("metadata.code." .. kind, { bytes = { "\1",
      reloc { type = "R_WASM_FUNCTION_INDEX_LEB", sym = f, bytes = "\x80\x80\x80\x80\0" },
      "\1\1\1?" } })
  end
  if not firsts(way) then say "one" end
  if not seconds(way) then say "other" end
  return { "--no-entry", o }
]])

-- As linkers did before there was a start function for it.
row("tls.first-thread", THREADS .. [[
  local x = o:data("x", { bytes = "1234", tls = true, segment_name = ".tdata.x" })
  local base = o:global("__tls_base", { type = "i32", mutable = true, undefined = true })
  o:func("f", { sig = "-> i32", export = "f", code = { { "global.get", base },
    { "i32.const", addr_tls(x) }, "i32.add" } })
  local init = o:func("__wasm_init_tls", { sig = "i32 ->", undefined = true })
  o:func("thread", { sig = "i32 ->", export = "thread",
    code = { "local.get 0", { "call", init } } })

  local m = object("module.wasm", { linking = false, table = false, size_width = 0 })
  m:memory { min = 2, max = 2, shared = true }
  m:export("memory", { kind = "memory", index = 0 })
  m:global("__tls_base", { type = "i32", mutable = true, init = "i32.const 0" })
  m:func("__wasm_init_tls", { sig = "i32 ->", code =
    "local.get 0; global.set 0; local.get 0; i32.const 0; i32.const 4; memory.init 0 0" })
  m:func("f", { sig = "-> i32", export = "f",
    body = "\0\x23\x80\x80\x80\x80\0\x41\x80\x80\x80\x80\0\x6a\x0b" })
  m:func("thread", { sig = "i32 ->", export = "thread",
    body = "\0\x20\0\x10\x80\x80\x80\x80\0\x0b" })
  m:segment("x", { bytes = "1234", passive = true })
  m:features { "+atomics", "+bulk-memory", "+mutable-globals" }
  return { "--no-entry", "--shared-memory", "--max-memory=131072", o,
    files = { way == "yes" and m or nil } }
]])

row("tls.base.null", [[
  local o = object "a.o"
  local base = o:global("__tls_base", { type = "i32", mutable = true, undefined = true })
  o:func("f", { sig = "-> i32", export = "f", code = { { "global.get", base } } })
  return { "--no-entry", o }
]], function(bytes, way)
  return with_section(bytes, 6, function(globals)
    return way == "yes" and changed(globals, "\x7f\0\x41\x80\x80\4\x0b", "\x7f\0\x41\0\x0b") or nil
  end)
end)

row("dylink.apply-data-relocs.start", [[
  local o = object "a.o"
  local x = o:data("x", { bytes = "1234", hidden = true })
  o:data("p", { bytes = { addr(x) } })
  return { "-shared", "--experimental-pic", o }
]], function(bytes, way) return way == "yes" and suite.pointers_at_start(bytes) or bytes end)

-- What is done with them --------------------------------------------------------------------------

local WAYS = { ONE = { "no", "yes" }, LINK = { "no", "yes", "both" },
  EACH = { "no", "yes", "both" } }

-- name -> scope, of all there are.
local function scopes()
  local list = {}
  local text = assert(suite.read "model/permissions.def")
  for name, scope in text:gmatch '\nPERMISSION%([%u_%d]+, "([%w.-]+)", (%u+),' do
    list[name] = scope
  end
  return list
end

local function file_name(r) return (r.permission:gsub("%.", "-")) end

-- The cases that make the modules of a row.
local function case_text(r, scope)
  local list = { "do local function link(way)\n", r.text, "end\n" }
  for _, way in ipairs { "judged", table.unpack(WAYS[scope]) } do
    list[#list + 1] = ("case %q (make{ link = function() return link(%s) end })\n"):format(
      file_name(r) .. "-" .. way, way == "judged" and "nil" or ("%q"):format(way))
  end
  return table.concat(list) .. "end\n"
end

-- What the judge says of a module in the folder of a case, by the case's command line.
local function judgement(folder, module)
  local command = suite.read(folder .. "/command.txt")
  local words = command:match("^linkspec ld (.*) %-o out%.wasm")
  local pipe = assert(io.popen(("cd %s && %s judge --json %s -- %s 2>&1"):format(folder,
    suite.from_anywhere(suite.program), module, words)))
  local text = pipe:read("a")
  pipe:close()
  return json.decode(text), text
end

local function takes(j, permission)
  for _, p in ipairs(j.permissions) do
    if p.name == permission then return true end
  end
  return false
end

local function check(r, scope, kept)
  local base = kept .. "/" .. file_name(r)
  for _, way in ipairs(WAYS[scope]) do
    local made, judged = base .. "-" .. way, base .. "-judged"
    local module = suite.read(made .. "/module.wasm") or assert(suite.read(made .. "/out.wasm"))
    suite.write(judged .. "/way.wasm", r.change and r.change(module, way) or module)
    local j, text = judgement(judged, "way.wasm")
    text = way .. ": " .. text
    if way == "both" and scope == "LINK" then
      assert(j.verdict == "wrong" and j.violations[1].clause == r.clause, text)
    else
      assert(j.verdict == "correct" and takes(j, r.permission) == (way ~= "no"), text)
    end
  end
end

return function(T)
  local all, cases, known = scopes(), {}, {}
  for i, r in ipairs(ROWS) do
    known[r.permission] = true
    cases[i] = case_text(r, assert(all[r.permission], r.permission))
  end
  suite.test(T, "permissions: each is tested", "", function()
    for name in pairs(all) do assert(known[name], "no test of " .. name) end
  end)
  for i, r in ipairs(ROWS) do
    suite.test(T, "permissions: " .. r.permission, HELPERS .. cases[i], function(folder)
      suite.run(folder, "test", "--keep " .. folder .. "/kept")
      check(r, all[r.permission], folder .. "/kept/t/c")
    end)
  end
end
