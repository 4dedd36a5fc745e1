-- Where LLD as WebAssembly is known to differ from other builds of wasm-ld: its assertions are on,
-- and what LLD does wrong in both, it notices here.  See wasm-ld.lua for the fields.

return {
  base = "wasm-ld",
}
