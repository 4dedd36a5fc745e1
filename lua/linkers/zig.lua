-- linkers/zig.lua: Zig's own linker, which it has beside LLD: `zig build-exe -fno-lld`.
--
-- See linkers/wasm-ld.lua for what an adapter is.  It must be the compiler itself: npm's program of
-- the same name runs that, and hides how it ended.  Special are:
--   features   Zig checks objects against those of the CPU that is asked for, other linkers check
--              them against each other.  So the CPU has what the objects use, or --features says.
--   objects    Zig refuses one without target_features, which would hide all else.  So where no
--              object of a link has that section, each gets an empty one; where some have it, all
--              stay as they are.
--   stack      without -z stack-size, it has wasm-ld's default size, not Zig's.
-- Rule of thumb: an option that Zig has not is UNSUPPORTED, and so is what panics with "TODO".

local features = require "features"

local adapter = { name = "zig", probe = { "version" } }

function adapter.command() return { os.getenv("ZIG") or "zig" } end

function adapter.version(text) return text:match("^%d[%d.]*") end

function adapter.identity() return "zig" end

local ALWAYS = { "-fno-lld", "-fno-compiler-rt", "-fno-ubsan-rt", "-fno-strip",
  "--cache-dir", ".cache", "--global-cache-dir", ".cache" }

-- Options without a value, and what Zig calls them; false: what Zig does anyway.
local FLAGS = {
  ["--no-entry"] = "-fno-entry", ["--export-dynamic"] = "-rdynamic", ["-E"] = "-rdynamic",
  ["--gc-sections"] = "--gc-sections", ["--no-gc-sections"] = "--no-gc-sections",
  ["--strip-all"] = "-fstrip", ["-s"] = "-fstrip", ["--strip-debug"] = "-fstrip",
  ["-S"] = "-fstrip", ["--allow-undefined"] = "--import-symbols",
  ["--import-undefined"] = "--import-symbols", ["--import-memory"] = "--import-memory",
  ["--export-memory"] = "--export-memory", ["--import-table"] = "--import-table",
  ["--export-table"] = "--export-table", ["--shared-memory"] = "--shared-memory",
  ["--emit-relocs"] = "--emit-relocs", ["--build-id"] = "--build-id=fast",
  ["--stack-first"] = false, ["--layout=zig"] = false, ["--validate=permissive"] = false,
  ["--validate=strict"] = false, ["-mwasm32"] = false, ["-mwasm64"] = false, ["-r"] = false,
}

-- Options with a value, in the word or behind it, and the form that Zig wants.
local VALUES = {
  ["--export"] = "--export=%s", ["--entry"] = "-fentry=%s", ["-e"] = "-fentry=%s",
  ["-u"] = "--force_undefined %s", ["--undefined"] = "--force_undefined %s",
  ["--initial-memory"] = "--initial-memory=%s", ["--max-memory"] = "--max-memory=%s",
  ["--global-base"] = "--global-base=%s", ["--build-id"] = "--build-id=%s",
  ["-z stack-size"] = "--stack %s", ["-o"] = "-femit-bin=%s",
  ["--features"] = false, ["--extra-features"] = false,
}

-- Joins "-z" and "-m" with the words behind them; both then read as one option.
local function joined(list)
  local words, i = {}, 1
  while list[i] do
    if (list[i] == "-z" or list[i] == "-m") and list[i + 1] then
      words[#words + 1] = list[i] .. (list[i] == "-z" and " " or "") .. list[i + 1]
      i = i + 1
    else
      words[#words + 1] = list[i]
    end
    i = i + 1
  end
  return words
end

-- What Zig adds to a CPU that has the first, and writes into the module.
local IMPLIED = { bulk_memory = "bulk_memory_opt", reference_types = "call_indirect_overlong" }

local function cpu_of(used)
  local names, all = {}, "-mcpu=mvp"
  for name in pairs(used) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do all = all .. "+" .. name end
  for _, name in ipairs(names) do
    if IMPLIED[name] and not used[IMPLIED[name]] then all = all .. "-" .. IMPLIED[name] end
  end
  return all
end

-- The CPU has the features of --features, or all that objects use; and those of --extra-features.
local function cpu(words, files)
  local used, chosen = {}, false
  local function use(name)
    if name ~= "memory64" then used[(name:gsub("-", "_"))] = true end
  end
  for _, word in ipairs(words) do
    local extra, names = word:match("^%-%-(e?x?t?r?a?%-?)features=(.*)$")
    if names then
      chosen = chosen or extra == ""
      for name in names:gmatch("[^,]+") do use(name) end
    end
  end
  for _, bytes in pairs(chosen and {} or files) do
    for _, f in ipairs(features.of(bytes) or {}) do
      if f.prefix == "+" or f.prefix == "=" then use(f.name) end
    end
  end
  return cpu_of(used)
end

-- Appends what a word is to Zig; the number of words used, or nil: Zig has no such option.
local function translate(words, i, argv)
  local word = words[i]
  if FLAGS[word] ~= nil then
    argv[#argv + 1] = FLAGS[word] or nil
    return 1
  end
  if word:sub(1, 1) ~= "-" then
    argv[#argv + 1] = word
    return word:sub(1, 1) ~= "@" and 1 or nil
  end
  local name, value = word:match("^([^=]+)=(.*)$")
  local form = VALUES[name or word]
  value = value or words[i + 1]
  if form == nil or not value then return nil end
  for part in (form and form:format(value) or ""):gmatch("%S+") do argv[#argv + 1] = part end
  return name and 1 or 2
end

-- Whether a stack is asked for, or the one of Zig's default.
local function has_stack(words)
  for _, word in ipairs(words) do
    if word:find("^%-z ?stack%-size") or word == "--layout=zig" then return true end
  end
end

function adapter.argv(list, _, files)
  local words = joined(list)
  local has = {}
  for _, word in ipairs(words) do has[word] = true end
  local argv = { has["-r"] and "build-obj" or "build-exe", "-target",
    (has["-mwasm64"] and "wasm64" or "wasm32") .. "-freestanding", cpu(words, files),
    table.unpack(ALWAYS) }
  if not has_stack(words) then table.move({ "--stack", "65536" }, 1, 2, #argv + 1, argv) end
  local i = 1
  while words[i] do
    local used = translate(words, i, argv)
    if not used then return nil, "Zig has no such option: " .. words[i] end
    i = i + used
  end
  return argv
end

function adapter.files(files)
  for _, bytes in pairs(files) do
    if features.of(bytes) then return files end
  end
  local changed = {}
  for name, bytes in pairs(files) do changed[name] = features.with_none(bytes) end
  return changed
end

-- Messages of what Zig cannot do, by their own words.
local UNSUPPORTED = { "panic: TODO", "unknown CPU feature", "unrecognized file extension",
  "failed to parse shared library", "is not supported for WebAssembly",
  "unable to parse --build-id" }

function adapter.classify(result)
  for _, text in ipairs(UNSUPPORTED) do
    if result.err:find(text, 1, true) then return "unsupported" end
  end
  if result.err:find("panic", 1, true) then return "crash" end
end

return adapter
