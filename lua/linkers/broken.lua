-- linkers/broken.lua: three linkers that must be caught, which runner/test/broken.sh demands.
--
--   broken-copies   gives its first input for output
--   broken-accepts  accepts everything, and gives an empty module
--   broken-rejects  rejects everything
-- See linkers/wasm-ld.lua for what an adapter is.

local adapter = { name = "broken", probe = {}, version = "%d" }

local WORK = {
  ["broken-copies"] = 'cp "$1" "$2"',
  ["broken-accepts"] = [[printf '\0asm\1\0\0\0' >"$2"]],
  ["broken-rejects"] = "echo error >&2; exit 1",
}

-- Without arguments it says its version.
function adapter.command(name)
  return { "sh", "-c", "[ $# = 0 ] && echo 1 && exit; " .. (WORK[name] or "exit 1"), name }
end

function adapter.argv(list)
  local input, output
  for i, word in ipairs(list) do
    if word == "-o" then output = list[i + 1] end
    if not input and word:find "^[^-].*%.[soa]+$" then input = word end
  end
  return { input or "none", output }
end

return adapter
