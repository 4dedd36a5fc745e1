-- linkers/wasm-ld-yowasp.lua: LLD as WebAssembly, run by Node, as `make linkers` sets it up.
--
-- It is wasm-ld (see wasm-ld.lua) but for three things: Node reserves more address space than a
-- linker may use; every link compiles LLD, so that the whole suite takes an hour; and its
-- assertions are on, so that it has known divergences of its own.

local adapter = { name = "wasm-ld-yowasp", memory = 0, is_slow = true }

return setmetatable(adapter, { __index = require "linkers.wasm-ld" })
