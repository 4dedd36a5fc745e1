-- linkers/wild.lua: Wild, which takes wasm-ld's options when it is told to link wasm.
--
-- See linkers/wasm-ld.lua for what an adapter is.
-- Rule of thumb: an option that it does not know, or what it says it cannot do yet, is UNSUPPORTED.

local wasm_ld = require "linkers.wasm-ld"

local FLAVOR = { "-flavor", "wasm" } -- without it, it links for the machine that it runs on

local adapter = { name = "wild", probe = { FLAVOR[1], FLAVOR[2], "--version" },
  version = "%d+%.%d+%.%d+",
  unsupported = { "unrecognized option", "supported yet", "not yet supported",
    "not implemented yet", "not yet implemented", "is not supported for Wasm", "are not emitted",
    "unsupported Wasm relocation type", "references unsupported symbol kind",
    "only funcref table imports are supported", "compiled without linker%-plugin support" },
  crash = { "panicked at" }, unknown = "unrecognized option%(s%): ([^\n]+)",
}

function adapter.argv(list)
  local argv, why = wasm_ld.argv(list)
  if not argv then return nil, why end
  return table.move(argv, 1, #argv, #FLAVOR + 1, { table.unpack(FLAVOR) })
end

return adapter
