-- linkers/zig.lua: Zig's own linker, which it has beside LLD: `zig build-exe -fno-lld`.
--
-- See linkers/wasm-ld.lua for what an adapter is.  It must be the compiler itself: npm's program of
-- the same name runs that, and hides how it ended.  Special are:
--   features   Zig checks objects against those of the CPU that is asked for, other linkers check
--              them against each other.  So the CPU has what the output may use.
--   objects    Zig refuses one without target_features, which would hide all else.  So where no
--              object of a link has that section, each gets an empty one; where some have it, all
--              stay as they are.
--   stack      without -z stack-size, it has wasm-ld's default size, not Zig's.
-- Rule of thumb: an option that Zig has not is UNSUPPORTED, and so is what panics with "TODO".

local features = require "features"
local translate = require "translate"

local adapter = { name = "zig", probe = { "version" }, version = "^%d[%d.]*",
  unsupported = { "panic: TODO", "unknown CPU feature", "unrecognized file extension",
    "failed to parse shared library", "is not supported for WebAssembly",
    "unable to parse %-%-build%-id" },
  crash = { "panic" },
}

-- What Zig calls them (translate.lua).  Of two sizes of the stack it takes the last.
local OPTIONS = {
  ["--no-entry"] = "-fno-entry", ["--entry="] = "-fentry=%s", ["-e="] = "-fentry=%s",
  ["--export="] = "--export=%s", ["--export-dynamic"] = "-rdynamic", ["-E"] = "-rdynamic",
  ["--undefined="] = "--force_undefined %s", ["-u="] = "--force_undefined %s",
  ["--allow-undefined"] = "--import-symbols", ["--import-undefined"] = "--import-symbols",
  ["--gc-sections"] = "--gc-sections", ["--no-gc-sections"] = "--no-gc-sections",
  ["--strip-all"] = "-fstrip", ["-s"] = "-fstrip", ["--strip-debug"] = "-fstrip",
  ["-S"] = "-fstrip", ["--emit-relocs"] = "--emit-relocs",
  ["--import-memory"] = "--import-memory", ["--export-memory"] = "--export-memory",
  ["--import-table"] = "--import-table", ["--export-table"] = "--export-table",
  ["--shared-memory"] = "--shared-memory", ["--initial-memory="] = "--initial-memory=%s",
  ["--max-memory="] = "--max-memory=%s", ["--global-base="] = "--global-base=%s",
  ["-z stack-size="] = "--stack %s", ["-o="] = "-femit-bin=%s",
  ["--build-id"] = "--build-id=fast", ["--build-id="] = "--build-id=%s",
  ["--features="] = false, ["--extra-features="] = false, ["--stack-first"] = false,
  ["--layout=zig"] = false, ["--validate=permissive"] = false, ["--validate=strict"] = false,
  ["-mwasm32"] = false, ["-mwasm64"] = false, ["-r"] = false,
}

-- The CPU that has these features and no other.
local function cpu(names)
  local text, has = "-mcpu=mvp", {}
  for _, name in ipairs(names) do
    name = name:gsub("-", "_")
    has[name] = true
    if name ~= "memory64" then text = text .. "+" .. name end
  end
  for _, implied in ipairs { "bulk_memory_opt", "call_indirect_overlong" } do
    if not has[implied] then text = text .. "-" .. implied end
  end
  return text
end

function adapter.argv(list, _, files)
  local options, unknown = translate.argv(list, OPTIONS)
  if not options then return nil, "Zig has no such option: " .. unknown end
  local has = {}
  for _, word in ipairs(translate.joined(list)) do has[word] = true end
  local argv = { has["-r"] and "build-obj" or "build-exe",
    "-target", has["-mwasm64"] and "wasm64-freestanding" or "wasm32-freestanding",
    "--stack", has["--layout=zig"] and "1048576" or "65536", cpu(features.allowed(list, files)),
    "-fno-lld", "-fno-compiler-rt", "-fno-ubsan-rt", "-fno-strip",
    "--cache-dir", ".cache", "--global-cache-dir", ".cache" }
  return table.move(options, 1, #options, #argv + 1, argv)
end

function adapter.files(files)
  local changed = {}
  for name, bytes in pairs(files) do
    if features.of(bytes) then return files end
    changed[name] = features.with_none(bytes)
  end
  return changed
end

return adapter
