-- random/explained.lua: where random links differ from other linkers' for a reason that a case
-- tells; here wasm-ld's, of others in files of their own.
--
-- Takes: a shrunk plan (plan.lua) and how the two links differ.  Gives: the id of the case, or nil.
-- Rule of thumb: in a shrunk plan everything left is needed for the difference, so it is enough to
-- see that the thing in question is still there (traits.lua).

local dynamic = require "random.dynamic"
local judged = require "random.judged"
local wild = require "random.wild"
local zig = require "random.zig"
local traits = require "random.traits"

local any, any_option = traits.any, traits.any_option

-- In order: { case, test(plan, result), the last release that does so }.
local REASONS = {
  { "tables/defined/second-symbol-of-a-table", function(p, result)
    return (result.how == "crash" or result.how == "TABLE_SYMBOLS")
      and any(p, function(item) return item.kind == "table" end)
  end },
  { "reloc/tls/base-without-a-block", function(p, result)
    return not traits.is_dynamic(p) and not any_option(p, "--shared-memory")
      and traits.differs_in_tls_base(result)
  end, 22 },
  { "archives/lazy/local-definitions-do-not-count", function(p, result)
    return result.how == "crash" and traits.in_archive(p)
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
    return traits.keeps_relocations(p) and result.how == "bytes"
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
    return any_option(p, "-r") and traits.peer_says(result, "_TLS_SLEB")
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
    return any_option(p, "--emit-relocs") and result.how == "crash" and traits.in_archive(p)
      and any(p, function(item) return item.kind == "data" and item.undefined and item.weak end)
  end },
  { "symbols/wrap/unused-wrapper-is-not-imported", function(p, result)
    return result.how == "crash" and any_option(p, "--wrap=")
  end },
  { "signatures/archive/archive-first", function(_, result)
    return result.how == "bytes" and result.text:find("signature_mismatch:", 1, true)
  end },
  { "signatures/archive/archive-first", function(p, result)
    return result.how == "bytes" and traits.in_archive(p) and traits.calls_another_signature(p)
  end },
  { "signatures/definitions/strong-then-weak", function(p, result)
    return (result.how == "bytes" or result.how == "DUPLICATE_SYMBOL") and traits.two_signatures(p)
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
  { "dynamic/libraries/tag", function(p, result)
    return result.how == "bytes" and traits.library_has(p, "tag")
  end },
  { "tables/slots/second-object-needs-table", traits.table_mentioned_twice },
  { "exports/names/two-export-names", function(_, result) return result.how == "EXPORT_TWICE" end },
  { "features/allowed/disallowed-against-features", function(_, result)
    return result.how == "FEATURE_DISALLOWED"
  end },
  { "init/commands/name-of-a-wrapper-is-free", function(p)
    return any(p, function(item) return item.name and item.name:find("command_export") end)
  end },
  { "comdat/members/no-strip", function(p, result)
    return result.how == "bytes" and any(p, traits.is_kept_member)
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
    return result.how == "bytes" and traits.takes_undefined(p) and traits.in_archive(p)
      and any(p, function(item) return item.comdat and not item.undefined end)
  end },
  { "comdat/members/more-members-in-a-later-archive", function(p, result)
    return result.how == "DUPLICATE_SYMBOL" and traits.in_archive(p)
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
      for _, piece in ipairs(traits.is_thread_local(item) and item.pieces or {}) do
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
    return traits.peer_says(result, "offset is outside the section")
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
    return traits.peer_says(result, "_REL_SLEB")
  end },
  { "custom/join/offset-into-stripped-strings", function(p, result)
    return result.how == "crash" and any(p, function(item)
      for _, piece in ipairs(item.pieces or {}) do
        if piece.form == "sec_offset" then return true end
      end
    end)
  end },
}

-- Of linkers that are not LLD, by name.
local OTHERS = { wild = wild, zig = zig }

local explained = {}

-- The first of the reasons that holds.
local function first(reasons, p, result)
  for _, reason in ipairs(reasons) do
    if result.release <= (reason[3] or math.huge) and reason[2](p, result) then return reason[1] end
  end
end

-- The case that tells why, or nil.  result.linker is whose it is: of others nothing is known.
function explained.case(p, result)
  if result.how:find("^model: ") then return nil end -- what it writes is right
  local others = OTHERS[result.linker]
  if others then return first(others, p, result) end
  if not (result.linker or ""):find("^wasm%-ld") then return nil end
  return traits.is_dynamic(p) and first(dynamic, p, result)
    or first(result.clause and judged or REASONS, p, result)
end

-- The ids of all cases that explain something.
function explained.cases()
  local list = {}
  for _, reasons in ipairs { dynamic, judged, REASONS, wild, zig } do
    for _, reason in ipairs(reasons) do list[#list + 1] = reason[1] end
  end
  return list
end

return explained
