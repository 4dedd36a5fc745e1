-- linkers/linkspec.lua: the reference linker as a program of its own, `linkspec ld`.
--
-- Takes wasm-ld's options as they are.  See linkers/wasm-ld.lua for what an adapter is.

local driver = require "driver"

local adapter = { name = "linkspec", probe = { "--version" }, version = "linkspec (%d[%d.]*)",
  is_ours = true, unsupported = { "is not supported yet" } }

function adapter.command(_, program) return { program, "ld" } end

function adapter.argv(list) return driver.strict(list) end

return adapter
