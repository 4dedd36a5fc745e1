-- linkers/linkspec.lua: the reference linker as a program of its own, `linkspec ld`.
--
-- Its command is the program linkspec, of this build or of another one (linkspec=PROGRAM), without
-- the word ld.  It takes wasm-ld's options as they are.  See linkers/wasm-ld.lua for what an
-- adapter is.

local driver = require "driver"

local adapter = { name = "linkspec", probe = { "ld", "--version" }, version = "linkspec (%d[%d.]*)",
  is_ours = true, unsupported = { "is not supported yet" } }

function adapter.command(_, program) return { program } end

function adapter.argv(list) return { "ld", table.unpack(driver.strict(list)) } end

return adapter
