-- linkers/linkspec.lua: the reference linker as a program of its own, `linkspec ld`.
--
-- Takes wasm-ld's options as they are.  See linkers/wasm-ld.lua for what an adapter is.

local driver = require "driver"

local adapter = { name = "linkspec", probe = { "--version" }, is_ours = true }

function adapter.command(_, program) return { program, "ld" } end

function adapter.version(text) return text:match("linkspec (%d[%d.]*)") end

function adapter.argv(list) return driver.strict(list) end

function adapter.classify(result)
  if result.err:find("is not supported yet", 1, true) then return "unsupported" end
end

return adapter
