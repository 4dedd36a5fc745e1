-- linkers/wasm-ld-yowasp.lua: LLD as WebAssembly, run by Node, as `make linkers` sets it up.
--
-- It is wasm-ld (see wasm-ld.lua) but for two things: Node reserves more address space than a
-- linker may use, and every link compiles LLD, so that the whole suite takes an hour.

local adapter = { name = "wasm-ld-yowasp", memory = 0, is_slow = true }

return setmetatable(adapter, { __index = require "linkers.wasm-ld" })
