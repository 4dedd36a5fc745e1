-- test_library.lua: shared libraries as library.lua builds them, shown by `linkspec dump`.

local library = require "library"

local PROGRAM = os.getenv "LINKSPEC" or "build/linkspec"

-- What the program shows of the library's bytes.
local function dump(l)
  local path = os.tmpname()
  local file = assert(io.open(path, "wb"))
  file:write(l:bytes())
  file:close()
  local pipe = assert(io.popen(("%s dump %s 2>&1"):format(PROGRAM, path)))
  local text = pipe:read "a"
  pipe:close()
  os.remove(path)
  return text
end

return function(T)
  local function test(name, l, lines, none)
    T.test("library: " .. name, function()
      local program = io.open(PROGRAM)
      if not program then T.skip("there is no " .. PROGRAM) end
      program:close()
      local text = dump(l)
      for _, line in ipairs(lines) do
        if not ("\n" .. text):find("\n" .. line, 1, true) then
          error(("no line %q in\n%s"):format(line, text))
        end
      end
      if none and text:find(none, 1, true) then error(("%q in\n%s"):format(none, text)) end
    end)
  end

  local l = library.library("libx.so", { memory_size = 16, memory_align = 2, table_size = 3 })
  local far = l:func("far", { sig = "->", undefined = true })
  l:imported("env", "__memory_base")
  l:imported("GOT.mem", "y", { mutable = true })
  l:exported("twice", { sig = "i32 -> i32", code = { { "call", far }, "local.get 0" } })
  l:address("x", 4, { tls = true })
  l:address("z", 8)
  l:needs("liby.so", "libz.so")
  l:import_info("env", "far", "weak undefined")
  l:runtime_path "$ORIGIN"
  test("what is declared is read back", l, { 'section 0 "dylink.0"', 'import global "GOT.mem" "y"',
    'export func "twice"', "global 2 $x i32 = i32.const 4", 'export global "z"',
    "dylink memory 16 align 2^2 table 3 align 2^0", "dylink needed liby.so",
    "dylink needed libz.so", "dylink path $ORIGIN", "dylink export x flags 0x100",
    "dylink import env.far flags 0x11" }, "reloc")

  local spoiled = library.library("libx.so", { memory_size = 16 })
  spoiled:needs "liby.so"
  spoiled:set("dylink.0.mem_info.memory_size", 17)
  test("every field has a path", spoiled, { "dylink memory 17 align 2^0 table 0 align 2^0" })

  local wide = library.library("libx.so", { wasm64 = true, mem_info = false })
  wide:address("x", 4)
  test("of 64 bits, without mem-info", wide, { "" }, "dylink memory")
end
