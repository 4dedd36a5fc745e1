-- Tests of the expectations: each holds where it should and fails where it should, on one module.
--
-- Every line below is a case of its own: the first list must PASS, the second must FAIL.

local suite = require "engine_suite"

local MODULE = [[
local function rich()
  local o = object "a.o"
  local ext = o:func("ext", { sig = "i32 -> i32", undefined = true, import_module = "host",
    import_name = "ext" })
  local x = o:data("x", { bytes = "hello\0", align = 3, segment_name = ".data.x", export = "x" })
  local y = o:data("y", { bytes = { "abcd", addr(x, 2) }, align = 2, segment_name = ".data.y",
    export = "y" })
  local g = o:func("g", { sig = "-> i32", code = "i32.const 7" })
  local f = o:func("f", { sig = "i32 -> i32", export = "f", code = { "local.get 0",
    { "call", ext }, { "i32.const", addr(y) }, "i32.add", { "call", g }, "i32.add" } })
  o:func("s", { sig = "-> i32", export = "s", code = { { "i32.const", slot(g) },
    { "i32.const", slot(f) }, "i32.sub" } })
  o:func("boom", { sig = "->", export = "boom", code = "unreachable" })
  o:func("dead", { sig = "f64 ->", code = "nop" })
  o:alias("g2", g, { export = "g2" })
  o:global("counter", { type = "i32", mutable = true, init = "i32.const 5", export = "counter" })
  o:custom("notes", { bytes = "some text" })
  o:custom("metadata.code.test", { bytes = { "\2\1\1\1\1x\2\2\0\1y\3\0" } })
  o:features { "+mutable-globals", "+sign-ext" }
  o:producers { { "language", "C11", "" }, { "processed-by", "tool", "1.0" } }
  return { "--no-entry", o }
end
local hints = "metadata.code.test"
local sections = { "type", "import", "function", "table", "memory", "global?", "export", "start?",
  "elem", hints, "code", "data", "notes", "name", "producers", "target_features" }
local pattern = { "local.get 0", calls "ext", { "i32.const", to_address "y" }, "i32.add",
  { "call", any() }, "i32.add", "end" }
local function try(name, expectation)
  case(name) { title = "t", clauses = { "a.b" }, link = rich, expect = { expectation },
    golden = false, reason = "this is a test" }
end
]]

local HOLD = [[
links()
no_warnings()
exports { f = "function", x = { kind = "global", type = "i32", mutable = false } }
exports { f = { kind = "function", sig = "i32->i32", is = "f" } }
exports_exactly { "memory", "f", "s", "boom", "g2", "counter", "x", "y" }
export_order { "memory", "f", "s" }
no_export("g", "dead")
imports { ["host.ext"] = { kind = "function", sig = "i32 -> i32" } }
imports_exactly { "host.ext" }
import_order { "host.ext" }
no_import("env.ext")
signature("f", "i32 -> i32")
has_function("f", "g", "ext")
no_function("dead")
function_count(4)
different_functions("f", "g")
same_function("g2", "g2")
function_order { "g2", "f", "s" }
calls("f", { "ext", "g2" })
code("f", pattern)
body("boom", "\0\0\x0b")
body("boom", 3)
body("boom", function(view) return "\0\0" .. (view:start() and "" or "\x0b") end)
code("f", { "local.get 0; call; i32.const; i32.add; call; i32.add" })
const_at("s", 1, to_slot "g2")
const_at("f", 1, to_data "abcd")
traps_only("boom")
no_start()
memory { min = 2, max = false, exported = true, imported = false, shared = false }
indirect_table { min = 3, max = 3, imported = false, exported = false }
data_at("x", "hello\0")
data_at("y", { "abcd", to_address("x", 2) })
data_at({ "x", 1 }, "ello")
data_count("hello", 1)
data_count("nowhere", 0)
address "x" { align = 8, min = 1024, below = "y" }
address "y" { above = "x", distance = { "x", 8 } }
data_segments { ".data" }
passive {}
elem_slots { [1] = "g2", [2] = "f" }
in_table("g2", "f")
not_in_table("s", "boom")
global_value("counter", 5)
global_value("x", to_data "hello")
counts { table = 1, memory = 1, tag = 0, import = 1, data = 1, elem = 1, export = 8 }
types_unique()
has_type("-> i32", "i32 -> i32")
no_type("f64 ->")
custom("notes", "some text")
custom("notes", function(contents) return #contents == 9 end)
no_custom("linking", "reloc.CODE")
code_metadata(hints, { { "g2", { "i32.const", "x" } }, { "f", { "func", "y" }, { "call", "" } } })
no_section("start", "tag")
section_order(sections)
name_section { module = "out.wasm", functions = { "f" }, globals = { "counter" } }
name_section { data = { ".data" } }
no_name("dead")
producers { language = { { "C11", "" } }, ["processed-by"] = { { "tool", "1.0" } } }
features { "+sign-ext", "+mutable-globals" }
same_as(rich)
differs_from(function() local l = rich() l[3] = "--strip-all" return l end)
holds("there are types", function(m) return #m.types > 0 end)
either { one = no_export "f", other = { exports { f = "function" }, no_start() } }
]]

local FAIL = [[
exports { nope = "function" }
exports { f = "global" }
exports { f = { sig = "-> i32" } }
exports { f = { is = "s" } }
exports_exactly { "memory", "f" }
export_order { "f", "memory" }
no_export("f")
imports { ["env.ext"] = "function" }
imports { ["host.ext"] = "global" }
imports_exactly {}
import_order { "host.ext", "host.ext" }
no_import()
no_import("host.ext")
signature("f", "->")
has_function("dead")
no_function("f")
function_count(5)
different_functions("f", "f")
same_function("f", "s")
function_order { "s", "f" }
calls("f", { "g2", "ext" })
calls("f", { "ext" })
code("f", { "local.get 0", calls "g2" })
code("f", { "local.get 1; call; i32.const; i32.add; call; i32.add" })
code("f", { "local.get 0; call; i32.const; i32.add; call; i32.add; end; end" })
const_at("s", 1, to_slot "f")
const_at("s", 9, any())
const_at("f", 1, to_address "x")
traps_only("f")
start("f")
memory { min = 3 }
memory { max = 4 }
memory { imported = true }
memory { absent = true }
indirect_table { min = 2 }
indirect_table { absent = true }
data_at("x", "hellO")
data_at("y", { "abcd", to_address "x" })
data_count("hello", 2)
address "x" { min = 0x7fffffff }
address "x" { align = 1 << 20 }
address "y" { below = "x" }
address "y" { distance = { "x", 4 } }
data_segments { ".data", ".bss" }
passive { ".data" }
elem_slots { [1] = "g2" }
elem_slots { [1] = "f", [2] = "g2" }
in_table("s")
not_in_table("f")
global_value("counter", 6)
global_value("x", to_data "abcd")
counts { table = 2 }
has_type("f64 ->")
no_type("-> i32")
body("boom", "\0\x0b")
body("boom", 2)
body("ext", 2)
custom("notes", "some tex")
custom("notes", "some text!")
custom("none", "")
custom("notes", function() return false, "reason" end)
no_custom("notes")
code_metadata(hints, { { "g", { "i32.const", "x" } } })
code_metadata(hints, { { "f", { "func", "y" } }, { "g", { "i32.const", "x" } } })
code_metadata(hints, { { "f", { "func", "y" }, { "call", "" } } })
code_metadata(hints, { { "g", { "i32.const", "x" } }, { "f", { "call", "" }, { "func", "y" } } })
code_metadata(hints, { { "boom" } })
code_metadata(hints, { { "g", { "i32.const", "y" } }, { "f", { "func", "y" }, { "call", "" } } })
code_metadata(hints, { { "g", { "end", "x" } }, { "f", { "func", "y" }, { "call", "" } } })
code_metadata(hints, { { "g", { "i32.const", "x" } }, { "f", { "func", "y" } } })
code_metadata("notes", {})
code_metadata("none", {})
no_section("code")
section_order { "type" }
section_order { "type", "import?" }
name_section { functions = { "dead" } }
name_section { module = "a.wasm" }
no_name("f")
producers { language = { { "C11", "" } } }
producers { language = { { "C99", "" } }, ["processed-by"] = { { "tool", "1.0" } } }
features { "+sign-ext" }
same_as(function() local l = rich() l[3] = "--strip-all" return l end)
differs_from(rich)
holds("there are no types", function(m) return #m.types == 0 end)
either { one = no_export "f", other = { exports { f = "function" }, start "f" } }
warns { id = "UNDEFINED_WARNING" }
]]

local function cases(prefix, lines)
  local out, n = {}, 0
  for line in lines:gmatch("[^\n]+") do
    n = n + 1
    out[n] = ("try(%q, %s)\n"):format(("%s-%03d"):format(prefix, n), line)
  end
  return table.concat(out), n
end

return function(T)
  local function all(name, prefix, lines, verdict, status_wanted)
    local text, count = cases(prefix, lines)
    suite.test(T, name, MODULE .. text, function(folder)
      local output, status = suite.run(folder, "test", "-v")
      local _, n = output:gsub(verdict .. " t/c/" .. prefix, "")
      assert(n == count and status == status_wanted, output)
    end)
  end

  all("expectations that hold", "yes", HOLD, "PASS", 0)
  all("expectations that do not", "no", FAIL, "FAIL", 1)

  suite.test(T, "expectations on memory that a start function fills", [[
local function shared()
  local o = object "a.o"
  o:features { "+atomics", "+bulk-memory" }
  local x = o:data("x", { bytes = "hello\0\0\0", align = 3, export = "x" })
  o:data("p", { bytes = { addr64(x, 1) }, align = 3, export = "p" })
  o:func("peek", { sig = "-> i32", export = "peek", code = { "i32.const 0",
    { "i32.load8_u", x } } })
  o:func("poke", { sig = "->", export = "poke", code = { "i32.const 0; i32.const 65",
    { "i32.store8", x } } })
  return { "--no-entry", "--shared-memory", "--import-memory", o }
end
local function try(name, ...)
  case(name) { title = "t", clauses = { "a.b" }, link = shared, expect = { ... },
    golden = false, reason = "test" }
end
local function steps(value, byte)
  return runs({ { call = "peek", value = 104 }, { call = "poke" }, { instance = 2 },
    { call = "peek", value = value }, { instance = 1 }, { call = "peek", value = 65 } },
    { ["env.memory"] = byte })
end
try("yes-1", passive { ".data" }, data_at("x", "hello"), start "__wasm_init_memory")
try("yes-2", data_at("p", { wide(to_address("x", 1)) }), memory { shared = true })
try("yes-3", steps(65))
try("no-1", passive {})
try("no-2", data_at("x", "hellO"))
try("no-3", data_at("p", { wide(to_address "x") }))
try("no-4", steps(104))
try("no-5", steps(65, 255)) -- the flag is then not 0, and nothing is initialised
]], function(folder)
      local output = suite.run(folder, "test", "-v")
      local _, passed = output:gsub("PASS t/c/yes", "")
      local _, failed = output:gsub("FAIL t/c/no", "")
      assert(passed == 3 and failed == 5, output)
    end)

  suite.test(T, "expectations on stages", [[
local d = function()
  local o = object "a.o"
  local x = o:data("x", { bytes = "abcd", align = 2, export = "x" })
  o:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr(x) } } })
  o:func("dead", { sig = "->", code = "nop" })
  return { "--no-entry", "--global-base=2048", "--no-stack-first", o }
end
local function stage(name, last, ...)
  case(name) { title = "t", clauses = { "a.b" }, stage = last, link = d, expect = { ... },
    golden = false, reason = "test" }
end
stage("yes-1", "resolve", symbol "f" { state = "defined", kind = "function", object = "a.o" })
stage("yes-2", "live", symbol "dead" { live = false }, symbol "f" { live = true })
stage("yes-3", "place", symbol "x" { address = 2048 }, layout { ".data" })
stage("yes-4", "place", segment ".data" { address = 2048, size = 4, align = 4, bss = false,
  inputs = { "a.o:.data.x" } })
stage("yes-5", "number", symbol "f" { index = 0, slot = false }, no_symbol "h")
stage("yes-6", "live", chunk("a.o", ".data.x") { kind = "data", live = true, size = 4 })
stage("no-1", "resolve", symbol "f" { state = "undefined" })
stage("no-2", "live", symbol "dead" { live = true })
stage("no-3", "place", symbol "x" { address = 2049 })
stage("no-4", "place", segment ".data" { inputs = {} })
stage("no-5", "resolve", symbol "h" {})
stage("no-6", "place", layout {})
stage("no-7", "number", no_symbol "f")
stage("no-8", "live", chunk("a.o", "none") {})
]], function(folder)
      local output = suite.run(folder, "test", "-v")
      local _, passed = output:gsub("PASS t/c/yes", "")
      local _, failed = output:gsub("FAIL t/c/no", "")
      assert(passed == 6 and failed == 8, output)
    end)
end
