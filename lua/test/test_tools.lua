-- Tests against tools of others, each skipped loudly where the tool is missing: llvm-mc writes
-- the same bytes, wasm-objdump knows every opcode by our name, wasm-ld and llvm-nm take the files.

local O = require "object"
local archive = require "archive"
local opcodes = require "opcodes"

local function output(command)
  local pipe = io.popen(command .. " 2>&1")
  local text = pipe:read("a")
  local ok = pipe:close()
  return text, ok
end

-- A tool of LLVM (19 or newer: what older ones write and read differs), or of wabt.
local function tool(T, name)
  for _, candidate in ipairs { name .. "-19", name } do
    if os.execute("command -v " .. candidate .. " >/dev/null 2>&1") then
      local llvm = output(candidate .. " --version"):match("LLVM version (%d+)")
      if not llvm or tonumber(llvm) >= 19 then return candidate end
    end
  end
  T.skip(name .. " is not installed, or older than LLVM 19")
end

local function write(path, data)
  local file = assert(io.open(path, "wb"))
  file:write(data)
  file:close()
end

local function read(path)
  local file = assert(io.open(path, "rb"))
  local data = file:read("a")
  file:close()
  return data
end

-- Runs work(path of a file name without ending) and removes what it left.
local function scratch(work)
  local base = os.tmpname()
  local ok, message = pcall(work, base)
  for _, ending in ipairs { "", ".s", ".o", ".a", ".wasm" } do os.remove(base .. ending) end
  if not ok then error(message, 0) end
end

local PIC = [[
  .functype f () -> ()
  .functype ext () -> ()
  .globaltype gg, i32
  .tagtype tg i32
f:
  .functype f () -> ()
  i32.const d@MBREL+4
  drop
  i32.const ext@TBREL
  drop
  i32.const tl@TLSREL
  drop
  global.get d@GOT
  drop
  global.get ext@GOT
  drop
  global.get gg
  drop
  i32.const 0
  throw tg
  end_function
  .section .data.d,"",@
d:
  .int32 1
  .int32 ext
  .int32 d+4
  .size d,12
  .section .tdata.tl,"T",@
tl:
  .int32 5
  .size tl,4
]]

local function pic()
  local o = O.object "pic.o"
  local f = o:func("f", { sig = "->", static = true })
  local d = o:data("d", { static = true, bytes = { "\1\0\0\0", O.slot "ext", O.addr("d", 4) } })
  local ext = o:func("ext", { sig = "->", undefined = true })
  local tl = o:data("tl", { static = true, tls = true, bytes = "\5\0\0\0" })
  o:global("gg", { mutable = true, undefined = true })
  local tg = o:tag("tg", { sig = "i32->", undefined = true })
  o:code(f, {
    { "i32.const", O.addr_rel(d, 4) }, "drop", { "i32.const", O.slot_rel(ext) }, "drop",
    { "i32.const", O.addr_tls(tl) }, "drop", { "global.get", O.got(d) }, "drop",
    { "global.get", O.got(ext) }, "drop", "global.get $gg", "drop",
    "i32.const 0", { "throw", tg },
  })
  return o
end

local STATIC = [[
  .functype ext (i32) -> (i32)
  .globl run
  .hidden run
run:
  .functype run (i32) -> (i32)
  .local i32, i32, i64
  local.get 0
  i32.const text+1
  i32.load count
  i32.add
  call ext
  i32.const ext
  call_indirect (i32) -> (i32)
  block i32
  i32.const 0
  i32.const 1
  i32.atomic.rmw.add count+4
  end_block
  drop
  end_function
  .section .rodata.text,"S",@
text:
  .asciz "hello"
  .size text,6
  .section .data.count,"",@
  .p2align 2
  .globl count
  .weak count
count:
  .int32 1
  .int32 run
  .int32 text+2
  .size count, 12
  .section .init_array.100,"",@
  .p2align 2
  .int32 ctor
  .section .text.ctor,"",@
ctor:
  .functype ctor () -> ()
  end_function
  .export_name run, go
  .functype imp () -> ()
  .import_module imp, m
  .import_name imp, impf
  .section .text.x,"",@
xx:
  .functype xx () -> ()
  call imp
  end_function
  .section .custom_section.foo,"",@
  .int32 7
]]

local function static()
  local o = O.object "static.o"
  local run = o:func("run", { sig = "i32 -> i32", hidden = true, exported = true,
    locals = "i32 i32 i64" })
  local text = o:data("text", { bytes = "hello\0", rodata = true, static = true,
    segment_flags = { "strings" } })
  local count = o:data("count", { bytes = { "\1\0\0\0", O.slot(run), O.addr(text, 2) }, align = 2,
    weak = true })
  local ext = o:func("ext", { sig = "i32 -> i32", undefined = true })
  o:table("__indirect_function_table", { undefined = true, no_strip = true, min = 2 })
  local ctor = o:func("ctor", { sig = "->", code = {}, static = true })
  o:func("xx", { sig = "->", code = "call $imp", static = true })
  o:func("imp", { sig = "->", undefined = true, import_module = "m", import_name = "impf" })
  o:code(run, {
    "local.get 0", { "i32.const", O.addr(text, 1) }, { "i32.load", O.addr(count) }, "i32.add",
    { "call", ext }, { "i32.const", O.slot(ext) }, { "call_indirect", "i32 -> i32" },
    "block i32", "i32.const 0; i32.const 1", { "i32.atomic.rmw.add", O.addr(count, 4) }, "end",
    "drop",
  })
  o:export("go", run):init(ctor, 100)
  o:custom("foo", { bytes = "\7\0\0\0" })
  return o
end

local function same_as_llvm(T, source, object)
  local mc = tool(T, "llvm-mc")
  scratch(function(base)
    write(base .. ".s", source)
    local text, ok = output(("%s -triple=wasm32 -no-type-check -filetype=obj -o %s.o %s.s "
      .. "-mattr=+exception-handling,+reference-types,+atomics"):format(mc, base, base))
    assert(ok, text)
    T.bytes(object:bytes(), T.hex(read(base .. ".o")))
  end)
end

-- An instruction with some operand for each immediate.
local OPERANDS = { memarg = "offset=3", labels = "0 0", v128 = "i32x4 1 2 3 4",
  lanes = ("1 "):rep(16), heaptype = "func", valtypes = "i32", zero = "", blocktype = "" }
local STRUCTURE = { block = true, loop = true, ["if"] = true, ["else"] = true, ["end"] = true,
  try = true, catch = true, catch_all = true, delegate = true, try_table = true,
  call_ref = true, return_call_ref = true, throw_ref = true } -- some tools do not know the last

local function every_opcode()
  local o, names = O.object("ops.o", { linking = false }), {}
  for name in pairs(opcodes) do if not STRUCTURE[name] then names[#names + 1] = name end end
  table.sort(names)
  o:segment("s", { bytes = "abc" })
  o:global("g", {})
  o:table("t", { min = 1 })
  o:tag("e", {})
  for _, name in ipairs(names) do
    local text = name
    for _, kind in ipairs(opcodes[name].imm) do text = text .. " " .. (OPERANDS[kind] or "0") end
    o:func(name, { sig = "->", code = text })
  end
  return o, names
end

local function chain(name, defines, calls)
  local o = O.object(name)
  if calls then o:func(calls, { sig = "->", undefined = true }) end
  o:func(defines, { sig = "->", code = calls and "call $" .. calls or {} })
  return o
end

return function(T)
  local test = T.test

  test("tools: llvm-mc writes the same object (static)", function()
    same_as_llvm(T, STATIC, static())
  end)

  test("tools: llvm-mc writes the same object (GOT, REL, TLS, tag)", function()
    same_as_llvm(T, PIC, pic())
  end)

  test("tools: wasm-objdump calls every opcode by our name", function()
    local objdump = tool(T, "wasm-objdump")
    scratch(function(base)
      local o, names = every_opcode()
      write(base .. ".o", o:bytes())
      local current, seen = nil, 0
      for line in output(objdump .. " -d " .. base .. ".o"):gmatch("[^\n]+") do
        local number, op = line:match("func%[(%d+)%]"), line:match("|%s*(%S+)")
        if number then
          current = names[tonumber(number) + 1]
        elseif current and op then
          assert(op == current or current == "select.t" and op == "select", line)
          current, seen = nil, seen + 1
        end
      end
      assert(seen == #names, ("%d of %d"):format(seen, #names))
    end)
  end)

  test("tools: wasm-ld links objects and archives of each format", function()
    local ld, nm = tool(T, "wasm-ld"), tool(T, "llvm-nm")
    scratch(function(base)
      write(base .. ".o", chain("m.o", "_start", "fa"):bytes())
      local members = { chain("a.o", "fa", "fb"), chain("a_rather_long_name.o", "fb") }
      for _, opts in ipairs { { format = "gnu" }, { format = "bsd" }, { sym64 = true } } do
        write(base .. ".a", archive("l.a", members, opts):bytes())
        local map = output(nm .. " --print-armap " .. base .. ".a")
        assert(map:find("fa in a.o\nfb in a_rather_long_name.o", 1, true), map)
        local text, ok = output(("%s %s.o %s.a -o %s.wasm"):format(ld, base, base, base))
        assert(ok and text == "", text)
        assert(read(base .. ".wasm"):find("fb", 1, true))
      end
      write(base .. ".a", archive("l.a", members, { index = false }):bytes())
      local text, ok = output(("%s %s.o %s.a -o %s.wasm"):format(ld, base, base, base))
      assert(ok, text)
    end)
  end)

  test("tools: obj2yaml sees what was asked for", function()
    local obj2yaml = tool(T, "obj2yaml")
    scratch(function(base)
      local o = O.object "a.o"
      local c = o:comdat "group"
      local f = o:func("f", { sig = "->", code = {}, weak = true, hidden = true, comdat = c })
      o:init(f, 42):features():producers { { "language", "C11" } }
      o:data("d", { bytes = "x", segment_flags = { "retain", "strings" }, no_strip = true })
      write(base .. ".o", o:bytes())
      local text, ok = output(obj2yaml .. " " .. base .. ".o")
      assert(ok, text)
      for _, part in ipairs { "[ BINDING_WEAK, VISIBILITY_HIDDEN ]", "Priority:        42",
        "Name:            group", "mutable-globals", "C11", "[ NO_STRIP ]", "STRINGS" } do
        assert(text:find(part, 1, true), part .. " is missing in\n" .. text)
      end
    end)
  end)

  test("tools: wasm-ld refuses a spoiled object", function()
    local ld = tool(T, "wasm-ld")
    scratch(function(base)
      local o = chain("m.o", "_start"):set("linking.version", 1)
      write(base .. ".o", o:bytes())
      local text, ok = output(("%s %s.o -o %s.wasm"):format(ld, base, base))
      assert(not ok and text:find("unexpected metadata version: 1", 1, true), text)
    end)
  end)
end
