-- adapters.lua: the adapters in lua/linkers/: wasm-ld.lua there says what one is.
--
-- Takes: a linker's name, or what it said.  Gives: its adapter; what the words mean.
-- Rule of thumb: an adapter is data where it can be, and what uses the data stands here or in
-- driver.lua.

local lfs = require "lfs"

local adapters = {}

-- The adapter of a name: linkers/wasm-ld.lua for wasm-ld, wasm-ld-19, wasm-ld-trunk, ...
function adapters.find(home, name)
  local stem = name:match("[^/]+$") or name
  repeat
    if lfs.attributes(("%s/lua/linkers/%s.lua"):format(home, stem)) then
      return require("linkers." .. stem)
    end
    local shorter = stem:match("^(.*)-")
    stem = shorter
  until not stem
end

-- Whose rows of cases/known hold for a linker that prints this for its version, or nil.
function adapters.identity(adapter, banner)
  local is_other = adapter.is_ours or adapter.is_other and adapter.is_other(banner)
  return not is_other and adapter.name or nil
end

-- What a linker says of itself on standard error: "unsupported", "crash" or nil.
function adapters.meaning(adapter, text)
  for _, name in ipairs { "unsupported", "crash" } do
    for _, pattern in ipairs(adapter[name] or {}) do
      if text:find(pattern) then return name end
    end
  end
end

return adapters
