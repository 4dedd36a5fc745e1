-- engine_suite.lua: a suite of its own in a temporary folder, for tests of the commands.

local encode = require "encode"
local lfs = require "lfs"

local suite = { program = os.getenv("LINKSPEC") or "build/linkspec" }

-- What every case file begins with: one(value), inputs with a function f; make{...}, a case.
suite.HELPERS = [[
local function one(value)
  local o = object "a.o"
  o:func("f", { sig = "-> i32", export = "f", code = "i32.const " .. value })
  return { "--no-entry", o }
end
local function make(fields)
  local c = { title = "it is so", clauses = { "a.b" }, expect = { links() },
    link = function() return one(1) end }
  for key, value in pairs(fields) do c[key] = value end
  return c
end
]]

function suite.write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

function suite.read(path)
  local file = io.open(path, "rb")
  local text = file and file:read("a")
  if file then file:close() end
  return text
end

-- A folder with cases/t/c.lua of this text.
function suite.new(text)
  local folder = os.tmpname()
  os.remove(folder)
  for _, path in ipairs { "", "/cases", "/cases/t", "/cases/known", "/golden" } do
    assert(lfs.mkdir(folder .. path))
  end
  suite.write(folder .. "/cases/t/c.lua", suite.HELPERS .. text)
  return folder
end

-- What a command prints on both streams, and its exit status.
function suite.run(folder, command, ...)
  local line = ("%s %s --cases %s/cases --golden %s/golden %s 2>&1"):format(suite.program, command,
    folder, folder, table.concat({ ... }, " "))
  local pipe = assert(io.popen(line))
  local text = pipe:read("a")
  local _, _, status = pipe:close()
  return text, status
end

-- A linker: a script that answers --version and then does as `body` says.  $out is the output file.
function suite.linker(folder, name, body)
  local path = folder .. "/" .. name
  suite.write(path, "#!/bin/sh\ncase $1 in --version) echo 'LLD 19.1.7'; exit;; esac\n"
    .. "for word; do out=$word; done\n" .. body .. "\n")
  os.execute("chmod +x " .. path)
  return ("--linker wasm-ld=%s"):format(path)
end

-- The status of a command, and parts that its text must have.
function suite.expect(text, status, want_status, ...)
  for _, part in ipairs { ... } do
    if not text:find(part, 1, true) then error(("no %q in:\n%s"):format(part, text), 2) end
  end
  if status ~= want_status then error(("exit %s:\n%s"):format(status, text), 2) end
end

-- The bytes with `to` in place of `from`, which is in them once.
function suite.changed(bytes, from, to)
  local at, last = bytes:find(from, 1, true)
  assert(at and not bytes:find(from, at + 1, true), "not there, or twice")
  return bytes:sub(1, at - 1) .. to .. bytes:sub(last + 1)
end

-- The module with change(payload), unless it is nil, in sections of that id.
function suite.with_section(bytes, id, change)
  local out, at = bytes:sub(1, 8), 9
  while at <= #bytes do
    local size, width = encode.leb(bytes, at + 1)
    local payload = bytes:sub(at + 1 + width, at + width + size)
    local new = bytes:byte(at) == id and change(payload) or payload
    out, at = out .. bytes:sub(at, at) .. encode.uleb(#new) .. new, at + 1 + width + size
  end
  return out
end

-- The module without that export, of a thing below 128.
function suite.without_export(bytes, name, kind)
  return suite.with_section(bytes, 7, function(exports)
    local entry = exports:match("." .. name .. string.char(kind) .. ".")
    return string.char(exports:byte() - 1) .. suite.changed(exports, entry, ""):sub(2)
  end)
end

local POINTERS <const> = "__wasm_apply_data_relocs"

-- The code for pointers in data: of a module that exports it, below 128.
function suite.pointers_code(bytes) return bytes:match(POINTERS .. "\0(.)") end

function suite.without_pointers_export(bytes)
  return suite.without_export(bytes, POINTERS, 0)
end

-- The module that calls it at the start, and does not export it.
function suite.pointers_at_start(bytes)
  local start, at = "\8\1" .. suite.pointers_code(bytes), 9
  bytes = suite.without_pointers_export(bytes)
  while bytes:byte(at) < 8 do
    local size, width = encode.leb(bytes, at + 1)
    at = at + 1 + width + size
  end
  return bytes:sub(1, at - 1) .. start .. bytes:sub(at)
end

-- The path of a program that a test may run from any folder.
function suite.from_anywhere(path)
  return path:find("^/") and path or lfs.currentdir() .. "/" .. path
end

-- Adds a test that runs work(folder) on a suite whose case file is `text`.
function suite.test(T, name, text, work)
  T.test("engine: " .. name, function()
    if not lfs.attributes(suite.program) then T.skip("there is no " .. suite.program) end
    local folder = suite.new(text)
    local ok, why = xpcall(work, debug.traceback, folder)
    os.execute("rm -r " .. folder)
    if not ok then error(why, 0) end
  end)
end

return suite
