-- validator.lua: wasm-validate, where it is present.
--
-- Takes: the bytes of a module.  Gives: whether a validator that is not ours accepts them.

local native = require "native"

local validator = {}

local TIME, TEXT = 10000, 1 << 16

local function ask(arguments)
  local argv = { os.getenv("WASM_VALIDATE") or "wasm-validate" }
  for _, word in ipairs(arguments) do argv[#argv + 1] = word end
  return native.run { argv = argv, milliseconds = TIME, output = TEXT }
end

-- Whether there is a validator.
function validator.present()
  if validator.found == nil then validator.found = ask({ "--version" }).ended == "exit" end
  return validator.found
end

-- What a validator says of a module that it is too old for, and what it does not know.
local NOT_KNOWN = { ["tables may not be 64-bit"] = "tables with 64-bit indices",
  ["unexpected opcode: 0x1f"] = "try_table",
  ["malformed memory limits flag: 8"] = "pages of other sizes",
  ["malformed memory limits flag: 9"] = "pages of other sizes",
  ["malformed memory limits flag: 11"] = "pages of other sizes" }

-- True; or false and why not; or nil and why it cannot be judged.
function validator.check(bytes)
  if not validator.present() then
    return false, "wasm-validate is not installed (--no-validate does without)"
  end
  local path = os.tmpname()
  local ok, why = native.write_file(path, bytes)
  local result = ok and ask({ "--enable-all", path })
  os.remove(path)
  if not result then return false, why end
  if result.ended == "exit" and result.code == 0 then return true end
  for words, what in pairs(NOT_KNOWN) do
    if result.err:find(words, 1, true) then return nil, "wasm-validate knows no " .. what end
  end
  return false, "wasm-validate: " .. (result.err .. result.out):gsub(path, "module")
end

return validator
