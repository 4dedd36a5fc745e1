-- random/options.lua: the options of a random link (plan.lua).
--
-- Takes: what the plan is made of: g.names, of functions; g.pic, how the loader takes part.
-- Gives: a list of options, each a list of words.
-- Rule of thumb: options that end most links in an error are rare.

local chance = require "random.chance"
local names = require "random.names"

local random, pick, percent = math.random, chance.pick, chance.percent

-- What the linker defines where threads share the memory.
local THREADS = { "__wasm_init_tls", "__tls_base", "__tls_size", "__tls_align",
  "__wasm_init_memory_flag" }

local OPTIONS = {
  { "--export-all" }, { "--export-dynamic" }, { "--no-gc-sections" }, { "--no-gc-sections" },
  { "--allow-undefined" }, { "--allow-undefined" }, { "--import-undefined" },
  { "--unresolved-symbols=ignore-all" }, { "--warn-unresolved-symbols" },
  { "--no-merge-data-segments" }, { "-O0" }, { "-O2" }, { "--strip-all" }, { "--strip-debug" },
  { "--strip-all", "--keep-section=name" }, { "--strip-all", "--keep-section=note" },
  { "--no-demangle" }, { "--no-stack-first" }, { "--no-stack-first", "--global-base=2048" },
  { "--global-base=70000" }, { "-z", "stack-size=32" }, { "-z", "stack-size=100016" },
  { "--initial-memory=1048576" }, { "--max-memory=1048576" }, { "--initial-heap=65536" },
  { "--no-growable-memory" }, { "--import-memory" }, { "--import-memory", "--export-memory" },
  { "--import-memory=mod,mem" }, { "--export-memory=mem" }, { "--import-table" },
  { "--export-table" }, { "--growable-table" }, { "--table-base=7" },
  { "--no-check-features" }, { "--features=atomics,bulk-memory,mutable-globals" },
  { "--extra-features=mutable-globals" }, { "--extra-features=bulk-memory,atomics" },
  { "--allow-multiple-definition" }, { "-z", "muldefs" }, { "--noinhibit-exec" },
  { "--wrap=f1" }, { "--wrap=f2" }, { "--wrap=d1" }, { "--wrap=missing" },
  { "--compress-relocations", "--strip-debug" }, { "--compress-relocations", "--strip-all" },
  { "--emit-relocs" }, { "--emit-relocs" }, { "--build-id" }, { "--build-id=sha1" },
  { "--build-id=0x1234" }, { "--page-size=1" }, { "--page-size=1", "--initial-heap=77" },
  { "--allow-undefined-file=names.txt" }, { "--allow-undefined-file=names.txt" },
  { "--shared-memory", "--max-memory=1048576" }, { "--shared-memory", "--max-memory=1048576" },
  { "--shared-memory", "--max-memory=1048576", "--import-memory" },
  { "--fatal-warnings" }, { "--soname=module" },
}

-- wasm-ld loads members for several exports in the order of a hash table; for -u, in order.
local function fix_order(list)
  local found = {}
  for _, option in ipairs(list) do
    found[#found + 1] = option[1]:match("^%-%-export=(.*)") or
      option[1]:match("^%-%-export%-if%-defined=(.*)")
  end
  if #found < 2 then return end
  for _, name in ipairs(found) do list[#list + 1] = { "--undefined=" .. name } end
end

local NAMED = { "--export-if-defined=", "--export-if-defined=", "--export-if-defined=",
  "--undefined=", "--undefined=" }

-- What goes with -r.
local RELOCATABLE = {
  { "--strip-debug" }, { "--no-demangle" }, { "-O0" }, { "-O2" }, { "--wrap=f1" },
  { "--no-check-features" }, { "--soname=module" }, { "--export=f1" },
  { "--warn-unresolved-symbols" }, { "--merge-data-segments" }, { "--strip-all" },
  { "--build-id=sha1" },
}

-- Features that spare most links the errors for their absence.
local function add_features(list)
  if percent(85) then
    list[#list + 1] = { "--extra-features=mutable-globals,atomics,bulk-memory" }
  end
  if percent(30) then list[#list + 1] = { "--allow-multiple-definition" } end
  return list
end

local function relocatable_options()
  local list = { { "-r" } }
  for _ = 1, random(0, 2) do list[#list + 1] = pick(RELOCATABLE) end
  return add_features(list)
end

-- Most objects know nothing of threads, so features are seldom checked.
local function add_threads(list)
  list[#list + 1] = { "--shared-memory" }
  if percent(50) then list[#list + 1] = { "--no-check-features" } end
  if percent(50) then list[#list + 1] = { "--export-if-defined=" .. pick(THREADS) } end
end

-- What the loader has to do with.
local DYNAMIC = {
  { "-Bsymbolic" }, { "--no-export-dynamic" }, { "--export-dynamic" }, { "--export-all" },
  { "--import-memory" }, { "--export-memory" }, { "--unresolved-symbols=ignore-all" },
  { "--extra-features=extended-const" }, { "--extra-features=extended-const" },
  { "--no-merge-data-segments" }, { "--no-gc-sections" }, { "--rpath=lib" }, { "-O0" },
}

-- Linkers warn of these modules, as their form may change: no error with --fatal-warnings.
local function add_dynamic(list, pic)
  if pic == "-shared" or pic == "-pie" then list[#list + 1] = { pic } end
  list[#list + 1] = { "--experimental-pic" }
  if pic == "import-dynamic" or percent(50) then
    list[#list + 1] = { "--unresolved-symbols=import-dynamic" }
  end
  for _ = 1, random(0, 2) do list[#list + 1] = pick(DYNAMIC) end
end

local function random_options(g)
  local list = {}
  list[1] = percent(85) and { "--no-entry" } or { "--entry=" .. pick(g.names) }
  for _ = 1, random(0, 4) do
    local name = percent(70) and pick(names.FUNCTIONS) or percent(50) and pick(names.DATA)
      or percent(50) and pick(names.LINKERS) or "g" .. random(0, 3)
    list[#list + 1] = { pick(NAMED) .. name }
  end
  if percent(15) then list[#list + 1] = { "--export=" .. pick(g.names) } end
  fix_order(list)
  for _ = 1, random(0, g.pic and 1 or 3) do list[#list + 1] = pick(OPTIONS) end
  if g.pic then add_dynamic(list, g.pic) end
  if percent(25) then add_threads(list) end
  return add_features(list)
end

return function(g)
  return not g.pic and percent(12) and relocatable_options() or random_options(g)
end
