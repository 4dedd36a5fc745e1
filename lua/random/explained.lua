-- random/explained.lua: where random links differ from wasm-ld's for a reason that a case tells.
--
-- Takes: a shrunk plan (plan.lua) and how the two links differ.  Gives: the id of the case, or nil.
-- Rule of thumb: in a shrunk plan everything left is needed for the difference, so it is enough to
-- see that the thing in question is still there.

local function items(p)
  local list = {}
  for _, o in ipairs(p.objects) do
    for _, item in ipairs(o.items) do list[#list + 1] = item end
  end
  return list
end

local function any(p, test)
  for _, item in ipairs(items(p)) do
    if test(item) then return true end
  end
end

-- The type of what a function symbol names, through an alias.
local function signature(p, item)
  if item.kind == "func" then return item.sig end
  for _, other in ipairs(items(p)) do
    if item.kind == "alias" and other.id == item.of then return other.sig end
  end
end

-- Whether code or data of the object asks for a table slot; whether its code calls through one.
local function asks(o, forms)
  for _, item in ipairs(o.items) do
    for _, list in pairs { item.code or {}, item.pieces or {} } do
      for _, r in ipairs(list) do
        if r.form and forms:find(r.form, 1, true) then return true end
      end
    end
  end
end

-- One object marks the table as needed (NO_STRIP), another has mentioned it without.
local function table_mentioned_twice(p)
  local needs, mentions
  for _, o in ipairs(p.objects) do
    if asks(o, "slot slot64 slot_rel") then needs = true
    elseif asks(o, "indirect") then mentions = true end
  end
  return needs and mentions
end

local function two_signatures(p)
  local seen = {}
  return any(p, function(item)
    local sig = not item.undefined and not item.static and signature(p, item)
    if not sig then return false end
    local other = seen[item.name] and seen[item.name] ~= sig
    seen[item.name] = sig
    return other
  end)
end

-- Whether an option begins so.
local function any_option(p, word)
  for _, option in ipairs(p.options) do
    if option[1]:sub(1, #word) == word then return true end
  end
end

local function keeps_relocations(p) return any_option(p, "-r") or any_option(p, "--emit-relocs") end

local function peer_says(result, text)
  return result.how == "peer refuses" and result.text:find(text, 1, true)
end

-- Whether a custom section holds the number of a global that is a base.
local function notes_a_base(p)
  return any(p, function(item)
    for _, piece in ipairs(item.kind == "custom" and item.pieces or {}) do
      if piece.form == "glob" and any(p, function(to)
        return to.id == piece.to and to.name:find("_base$")
      end) then return true end
    end
  end)
end

-- Whether an undefined function is only ignored, warned of, or imported.
local function takes_undefined(p)
  return any_option(p, "--unresolved-symbols=ignore-all")
    or any_option(p, "--warn-unresolved-symbols")
    or any_option(p, "--allow-undefined") or any_option(p, "--import-undefined")
end

-- Whether a function is referred to by another signature than that of its definition.
local function calls_another_signature(p)
  local defined = {}
  any(p, function(item)
    if item.kind == "func" and not item.undefined then defined[item.name] = item.sig end
  end)
  return any(p, function(item)
    return item.kind == "func" and item.undefined and defined[item.name]
      and defined[item.name] ~= item.sig
  end)
end

-- Whether the loader takes part.
local function is_dynamic(p)
  return any_option(p, "-shared") or any_option(p, "-pie")
    or any_option(p, "--unresolved-symbols=import-dynamic")
end

local function in_archive(p)
  for _, input in ipairs(p.inputs) do
    if input.kind == "archive" or input.kind == "lib" then return true end
  end
end

local function is_thread_local(item)
  return item.tls or (item.segment or ""):find("^%.t[db][as][ts]")
end

-- Whether a word in data is of such a form.
local function in_data(p, forms)
  return any(p, function(item)
    for _, piece in ipairs(item.kind == "data" and item.pieces or {}) do
      if piece.form and forms[piece.form] then return true end
    end
  end)
end

local FIXED_WORDS = { addr_locrel = true, fn = true, fn_offset = true, fn_offset64 = true,
  glob = true }

local OTHER_WIDTH = { [true] = { addr = true, slot = true },
  [false] = { addr64 = true, slot64 = true } }

local function one_thread(p) return is_dynamic(p) and not any_option(p, "--shared-memory") end

local function is_kept_member(item) return item.comdat and item.no_strip end

local function is_hidden_and_far(item) return item.undefined and item.hidden end

local function is_weak_definition(item)
  local kinds = { global = true, table = true, tag = true }
  return kinds[item.kind] and item.weak and not item.undefined
end

-- What the judge says of the slot of a function that has none.
local RELATIVE_SLOT = { ["functions.addresses"] = true, ["reloc.function-index-leb"] = true,
  ["gc.live"] = true }

local function has_constructor(p)
  for _, o in ipairs(p.objects) do
    if #o.inits > 0 then return true end
  end
end

-- Of modules for a loader: cases of cases/dynamic.
local DYNAMIC = {
  { "differences/distance-in-data", function(p, result)
    return in_data(p, FIXED_WORDS) and (peer_says(result, "invalid runtime relocation type")
      or result.clause == "dylink.apply-data-relocs"
      or result.how == "bytes" and result.text:find("__wasm_apply_data_relocs", 1, true))
  end },
  { "differences/wide-pointer", function(p, result)
    return result.how == "bytes" and (result.text:find("i64.extend_i32_u", 1, true)
      or result.text:find("i32.wrap_i64", 1, true))
      or result.clause == "dylink.apply-data-relocs" and in_data(p, OTHER_WIDTH[p.is64 or false])
  end },
  { "differences/got-of-thread-local", function(p, result)
    return one_thread(p) and any(p, is_thread_local)
      and (result.clause == "got.internal" or result.text:find("GOT.data.internal", 1, true))
  end },
  { "differences/tls-base-of-one-thread", function(p, result)
    return one_thread(p) and any(p, is_thread_local) and result.text:find("~ $__tls_base", 1, true)
  end },
  { "differences/pointer-to-thread-local", function(p, result)
    return one_thread(p) and any(p, is_thread_local) and (result.how == "crash"
      or result.text:find("__wasm_apply_data_relocs", 1, true))
  end },
  { "differences/string-behind-another-segment", function(p, result)
    return one_thread(p) and (result.how == "bytes" or result.clause == "reloc.memory.value")
      and any(p, function(item) return item.segment_flags == 1 end)
  end },
  { "differences/absolute", function(p, result)
    return result.how == "bytes" and any(p, function(item) return item.absolute end)
  end },
  { "corners/thread-pointer-to-itself", function(p, result)
    return result.how == "bytes" and any(p, is_thread_local)
      and result.text:find("__wasm_apply_tls_relocs", 1, true)
  end },
  { "differences/most-pages", function(p, result)
    return any_option(p, "--page-size=1") and any_option(p, "--shared-memory")
      and result.clause == "container"
  end },
  { "differences/first-page-end", function(p, result)
    return result.how == "bytes"
      and any(p, function(item) return item.name == "__wasm_first_page_end" end)
  end },
  { "differences/first-page-end-in-the-got", function(p, result)
    return result.clause == "got.internal"
      and any(p, function(item) return item.name == "__wasm_first_page_end" end)
  end },
  { "differences/relative-slot", function(p, result)
    return any_option(p, "-shared")
      and (result.how == "bytes" or RELATIVE_SLOT[result.clause])
      and any(p, function(item)
        for _, r in ipairs(item.code or {}) do
          if r.form == "slot_rel" then return true end
        end
      end)
  end },
  { "differences/pointer-to-hidden-weak", function(p, result)
    return result.how == "bytes" and any(p, is_hidden_and_far)
      and result.text:find("__wasm_apply_data_relocs", 1, true)
  end },
  { "differences/pointer-to-hidden-weak-function", function(p, result)
    return result.how == "crash" and any(p, is_hidden_and_far)
  end },
  { "corners/pointer-to-a-hidden-import", function(p, result)
    return result.how == "crash" and any(p, function(item)
      return item.kind == "func" and item.undefined and item.hidden
    end)
  end },
  { "differences/ignored-function", function(p, result)
    return (result.how == "bytes" or result.clause == "container")
      and (any_option(p, "--unresolved-symbols=ignore-all")
        or any_option(p, "--warn-unresolved-symbols"))
      and any(p, function(item) return item.kind == "func" and item.undefined end)
  end },
  { "differences/weak-global", function(p, result)
    return any_option(p, "-shared") and any(p, is_weak_definition)
      and (result.how == "bytes" or result.clause == "container"
        or result.clause == "symbol.undefined.strong")
  end },
  { "corners/constructors-of-what-a-loader-completes", function(p, result)
    return result.clause == "dylink.apply-data-relocs" and result.release <= 19
      and any_option(p, "--unresolved-symbols=import-dynamic") and has_constructor(p)
  end },
  { "wasm64/bases-pie", function(p, result)
    return p.is64 and result.release <= 16 and (result.clause == "table.synthesized"
      or result.clause == "import.none-other" and result.text:find("__table_base32", 1, true))
  end },
  { "libraries/mutable-global", function(_, result)
    return peer_says(result, "symbol type mismatch")
      and result.text:find("WASM_SYMBOL_TYPE_DATA in lib", 1, true)
  end },
  { "differences/weak-import-of-a-waiting-member", function(p, result)
    return in_archive(p) and (result.clause == "dylink.import-info"
      or result.how == "bytes" and result.text:find('~ "dylink.0"', 1, true)
      or result.how == "crash" and any(p, function(i) return i.undefined and i.weak end))
  end },
}

-- The one of DYNAMIC that explains a difference, or nil.
local function dynamic_case(p, result)
  for _, reason in ipairs(is_dynamic(p) and DYNAMIC or {}) do
    if reason[2](p, result) then return "dynamic/" .. reason[1] end
  end
end

-- In order: { case, test(plan, result), the last release that does so }.
local REASONS = {
  { "tables/defined/second-symbol-of-a-table", function(p, result)
    return (result.how == "crash" or result.how == "TABLE_SYMBOLS")
      and any(p, function(item) return item.kind == "table" end)
  end },
  { "archives/lazy/local-definitions-do-not-count", function(p, result)
    return result.how == "crash" and in_archive(p)
      and any(p, function(item) return item.static end)
  end, 19 },
  { "relocatable/kept/address-of-the-linker", function(p, result)
    return result.how == "crash" and any_option(p, "--emit-relocs")
  end, 16 },
  { "compress/kinds/MEMORY_ADDR_TLS_SLEB64", function(p, result)
    return any_option(p, "--compress-relocations") and result.how == "crash"
  end, 19 },
  { "relocatable/options/compressed-and-kept", function(p)
    return any_option(p, "--emit-relocs") and any_option(p, "--compress-relocations")
  end },
  { "compress/code/function-offset-into-code", function(p, result)
    return any_option(p, "--compress-relocations") and result.how == "bytes"
      and any(p, function(item)
        for _, piece in ipairs(item.pieces or {}) do
          if (piece.form or ""):find("^fn_offset") then return true end
        end
      end)
  end },
  { "relocatable/segments/flags", function(p, result)
    return keeps_relocations(p) and result.how == "bytes"
      and result.text:find("^data\n.*align 2^%d+ [rst]")
  end },
  { "relocatable/symbols/export-name", function(p, result)
    return any_option(p, "-r") and any(p, function(item) return item.export end)
      and (result.how == "bytes" or result.how == "EXPORT_TWICE")
  end },
  { "relocatable/module/features", function(p, result)
    return any_option(p, "-r") and result.how == "bytes"
      and result.text:find("^producers and features\n")
  end },
  { "relocatable/module/legacy-table", function(p, result)
    return any_option(p, "-r") and (result.how == "LEGACY_JOINED"
      or result.how == "bytes" and result.text:find("^linking\n.*__indirect_function_table"))
  end },
  { "relocatable/symbols/thread-local-undefined", function(p, result)
    return any_option(p, "-r") and peer_says(result, "_TLS_SLEB")
  end },
  { "relocatable/comdat/second-is-dropped", function(p, result)
    return any_option(p, "-r") and result.how == "bytes"
      and result.text:find("linking\n.*~ comdat [^\n]* members %-> ")
  end },
  { "relocatable/kept/groups-joined", function(p, result)
    return any_option(p, "--emit-relocs") and result.how == "bytes"
      and result.text:find("linking\n.* comdat ")
  end },
  { "relocatable/kept/ignored-undefined", function(p, result)
    return any_option(p, "--emit-relocs") and result.how == "bytes"
      and (any_option(p, "--unresolved-symbols=ignore-all")
        or any_option(p, "--warn-unresolved-symbols"))
  end },
  { "relocatable/kept/address-of-weak-undefined", function(p, result)
    return any_option(p, "--emit-relocs") and result.text == "not as modules"
      and any(p, function(item) return item.undefined and item.weak end)
  end },
  { "relocatable/kept/undefined-and-unused", function(p, result)
    return any_option(p, "--emit-relocs") and result.how == "crash"
      and any(p, function(item) return item.undefined and item.no_strip end)
  end },
  { "relocatable/symbols/archive", function(p, result)
    return any_option(p, "-r") and (result.how == "crash" or result.how == "bytes")
      and any(p, function(item) return item.undefined and item.weak end)
  end },
  { "relocatable/symbols/import-name-of-a-later-reference", function(p, result)
    return any_option(p, "-r") and result.how == "bytes"
      and result.text:find("undefined explicit_name", 1, true)
  end },
  { "relocatable/kept/weak-data-in-archive", function(p, result)
    return any_option(p, "--emit-relocs") and result.how == "crash" and in_archive(p)
      and any(p, function(item) return item.kind == "data" and item.undefined and item.weak end)
  end },
  { "symbols/wrap/unused-wrapper-is-not-imported", function(p, result)
    return result.how == "crash" and any_option(p, "--wrap=")
  end },
  { "signatures/archive/archive-first", function(_, result)
    return result.how == "bytes" and result.text:find("signature_mismatch:", 1, true)
  end },
  { "signatures/archive/archive-first", function(p, result)
    return result.how == "bytes" and in_archive(p) and calls_another_signature(p)
  end },
  { "signatures/definitions/strong-then-weak", function(p, result)
    return (result.how == "bytes" or result.how == "DUPLICATE_SYMBOL") and two_signatures(p)
  end },
  { "symbols/alias/absolute-strong", function(p, result)
    return result.how == "crash" and any(p, function(item) return item.absolute end)
  end },
  { "symbols/alias/absolute", function(p, result)
    return result.how == "bytes" and any(p, function(item) return item.absolute end)
  end },
  { "symbols/flags/no-strip-second-reference", function(p, result)
    return result.how == "bytes" and any(p, function(item)
      return item.undefined and item.no_strip
    end)
  end },
  { "tables/slots/second-object-needs-table", table_mentioned_twice },
  { "exports/names/two-export-names", function(_, result) return result.how == "EXPORT_TWICE" end },
  { "features/allowed/disallowed-against-features", function(_, result)
    return result.how == "FEATURE_DISALLOWED"
  end },
  { "init/commands/name-of-a-wrapper-is-free", function(p)
    return any(p, function(item) return item.name and item.name:find("command_export") end)
  end },
  { "comdat/members/no-strip", function(p, result)
    return result.how == "bytes" and any(p, is_kept_member)
  end },
  { "comdat/members/retained", function(p)
    return any(p, function(item) return item.retain and item.comdat end)
  end },
  { "comdat/members/more-members-in-its-own-archive", function(p, result)
    return result.how == "UNDEFINED_SYMBOL" and any(p, function(item) return item.comdat end)
  end },
  { "comdat/members/more-members-in-its-own-archive", function(p, result)
    return (result.how == "EXPORT_NOT_FOUND" or result.how == "crash")
      and any(p, function(item) return item.comdat end)
  end },
  { "comdat/members/more-members-in-its-own-archive", function(p, result)
    return result.how == "bytes" and takes_undefined(p) and in_archive(p)
      and any(p, function(item) return item.comdat and not item.undefined end)
  end },
  { "comdat/members/more-members-in-a-later-archive", function(p, result)
    return result.how == "DUPLICATE_SYMBOL" and in_archive(p)
      and any(p, function(item) return item.comdat and not item.undefined end)
  end },
  { "symbols/policies/address-warn", function(p, result)
    return result.how == "bytes" and result.text:find("slot 1: $undefined_stub", 1, true)
      and (any_option(p, "--unresolved-symbols=ignore-all")
        or any_option(p, "--warn-unresolved-symbols"))
  end },
  { "reloc/range/FUNCTION_OFFSET_I32-below", function(p, result)
    return result.how == "RELOC_RANGE" and any(p, function(item)
      for _, piece in ipairs(item.pieces or {}) do
        if (piece.form or ""):find("^fn_offset") and piece.addend < 0 then return true end
      end
    end)
  end },
  { "tls/shared/distance-to-plain-data", function(p, result)
    return result.how == "TLS_PLACE" and any(p, function(item)
      for _, piece in ipairs(is_thread_local(item) and item.pieces or {}) do
        if piece.form == "addr_locrel" then return true end
      end
    end)
  end },
  { "tls/shared/symbol-of-the-linker", function(_, result)
    return result.how == "crash" and result.text:find("against non-TLS symbol", 1, true)
  end },
  { "globals/symbols/mismatch-of-a-loaded-definition", function(_, result)
    return result.how == "GLOBAL_MISMATCH"
  end },
  { "symbols/policies/global-ignore", function(_, result)
    return result.how == "UNDEFINED_INDEX"
  end },
  { "strings/limits/symbol-at-the-end", function(_, result)
    return peer_says(result, "offset is outside the section")
  end },
  { "symbols/wrap/of-data", function(_, result)
    return result.how == "WRAP_KIND"
      or result.how == "crash" and result.text:find("__wrap_", 1, true)
  end },
  { "symbols/mismatch/loaded-as-another-kind", function(_, result)
    return result.how == "KIND_MISMATCH"
  end },
  { "symbols/imports/modules-of-a-global", function(_, result)
    return result.how == "IMPORT_MODULE_MISMATCH" or result.how == "IMPORT_NAME_MISMATCH"
  end },
  { "reloc/kinds/11-MEMORY_ADDR_REL_SLEB-weak-undefined", function(_, result)
    return peer_says(result, "_REL_SLEB")
  end },
  { "custom/join/offset-into-stripped-strings", function(p, result)
    return result.how == "crash" and any(p, function(item)
      for _, piece in ipairs(item.pieces or {}) do
        if piece.form == "sec_offset" then return true end
      end
    end)
  end },
}

local explained = {}

-- Whether an option or an item has that name.
local function names(p, name)
  for _, option in ipairs(p.options) do
    if option[1]:find("=" .. name, 1, true) then return true end
  end
  return any(p, function(item) return item.name == name end)
end

-- The same for modules that the judge rejects, and rightly so.
local JUDGED = {
  { "init/commands/name-of-a-wrapper-is-free", function(p)
    return any(p, function(item) return item.name and item.name:find("command_export") end)
  end },
  { "gc/roots/retain-segment", function(p)
    return any(p, function(item) return item.retain end)
  end, 17 },
  { "wasm64/module/bss-by-memory-fill", function(p, result)
    return p.is64 and result.clause == "threads.init-memory"
  end, 15 },
  { "wasm64/module/export-all", function(p, result)
    return p.is64 and any_option(p, "--export-all") and result.clause == "export.none-other"
  end, 16 },
  { "layout/provided/stack-bounds", function(p)
    return names(p, "__stack_low") or names(p, "__stack_high")
  end, 15 },
  { "layout/provided/heap", function(p) return names(p, "__heap_end") end, 15 },
  { "layout/provided/first-page-end", function(p)
    return names(p, "__wasm_first_page_end")
  end, 19 },
  { "tls/single/bytes-of-other-data", function(p)
    return not any_option(p, "--shared-memory") and any(p, is_thread_local)
  end, 19 },
  { "archives/lazy/local-definitions-do-not-count", function(p)
    return in_archive(p) and any(p, function(item) return item.static end)
  end, 19 },
  { "layout/provided/first-page-end", function(_, result)
    return result.text:find("__wasm_first_page_end", 1, true)
  end, 19 },
  { "symbols/policies/global-ignore", function(_, result)
    return result.clause == "container" and result.text:find("index 4294967295", 1, true)
  end },
  { "relocatable/segments/flags", function(p, result)
    return result.text:find("flags 0x", 1, true) and keeps_relocations(p)
  end },
  { "relocatable/segments/symbol-of-several-strings", function(p, result)
    return result.clause == "container" and keeps_relocations(p) and result.text:find("symbol")
      and any(p, function(item) return item.kind == "data" end)
  end },
  { "relocatable/module/features", function(p, result)
    return result.clause == "relocatable.features" and any_option(p, "-r")
  end },
  { "relocatable/symbols/export-name", function(p, result)
    return result.clause == "relocatable.export-name" and any_option(p, "-r")
  end },
  { "symbols/alias/absolute", function(p, result)
    return result.clause == "symbol.absolute" and any(p, function(item) return item.absolute end)
  end },
  { "signatures/archive/archive-first", function(p, result)
    return result.clause == "symbol.undefined.weak" and in_archive(p)
      and calls_another_signature(p)
  end },
  { "signatures/definitions/strong-then-weak", function(p) return two_signatures(p) end },
  { "signatures/archive/archive-first", function(p, result)
    return result.text:find("signature_mismatch:", 1, true) and in_archive(p)
      and calls_another_signature(p)
  end },
  { "relocatable/symbols/archive", function(p, result)
    return (result.text:find("is an import, symbol is defined", 1, true)
        or result.clause == "container" and in_archive(p)) and any_option(p, "-r")
      and any(p, function(item) return item.undefined and item.weak end)
  end },
  { "dynamic/corners/note-of-a-base", function(p, result)
    return result.clause == "reloc.global-index-leb" and notes_a_base(p)
  end },
  { "reloc/custom-section/func-attr-offset", function(p, result)
    return result.clause == "reloc.dead-target" and any(p, function(item)
      return item.kind == "custom" and item.name:find("^llvm%.func_attr%.")
    end)
  end, 16 },
  { "custom/coverage/aligned-__llvm_covfun", function(_, result)
    return result.clause == "custom.concatenate" and result.text:find("__llvm_cov", 1, true)
  end, 19 },
  { "relocatable/module/legacy-table", function(p, result)
    return any_option(p, "-r") and result.text:find("__indirect_function_table", 1, true)
  end },
  { "relocatable/symbols/table-that-lost-its-name", function(p, result)
    return any_option(p, "-r") and result.text:find(": table %d")
      and any(p, function(item) return item.kind == "table" and item.weak end)
  end },
  { "relocatable/comdat/second-is-dropped", function(p, result)
    return any_option(p, "-r") and any(p, function(item) return item.comdat end)
      and (result.clause == "gc.reachability" or result.clause == "relocatable.comdats")
  end },
  { "symbols/alias/absolute", function(p, result)
    return (result.clause == "gc.reachability" or result.clause == "gc.live")
      and any(p, function(item) return item.absolute end)
  end },
}

-- The case that tells why, or nil.
function explained.case(p, result)
  if result.how:find("^model: ") then return nil end -- what it writes is right
  local dynamic = dynamic_case(p, result)
  if dynamic then return dynamic end
  for _, reason in ipairs(result.clause and JUDGED or REASONS) do
    local until_release = reason[3] or math.huge
    if result.release <= until_release and reason[2](p, result) then return reason[1] end
  end
end

-- The ids of all cases that explain something.
function explained.cases()
  local list = {}
  for i, reason in ipairs(DYNAMIC) do list[i] = "dynamic/" .. reason[1] end
  for _, reasons in ipairs { REASONS, JUDGED } do
    for _, reason in ipairs(reasons) do list[#list + 1] = reason[1] end
  end
  return list
end

return explained
