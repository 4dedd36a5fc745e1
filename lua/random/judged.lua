-- random/judged.lua: why the judge rejects other linkers' modules, and rightly so.
--
-- Gives a list, in order: { case, test(plan, result), the last release that does so }; see
-- explained.lua.

local traits = require "random.traits"

local any, any_option, names = traits.any, traits.any_option, traits.names

return {
  { "memory/limits/no-growable-of-no-pages", function(_, result)
    return result.clause == "memory.no-growable" and result.text:find("found:    0$")
  end },
  { "symbols/flags/no-strip-second-reference", function(p, result)
    return result.clause == "symbol.undefined.weak"
      and any(p, function(item) return item.undefined and item.no_strip end)
  end },
  { "symbols/undefined/weak-then-strong-data", function(p, result)
    return result.clause == "dylink.import-info" and traits.weak_and_strong_data(p)
  end, 18 },
  { "tables/slots/second-object-needs-table", function(p, result)
    return result.text:find("__indirect_function_table", 1, true)
      and traits.table_mentioned_twice(p)
  end },
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
  { "archives/whole/start-lib-constructors", function(p, result)
    return result.clause == "gc.reachability" and traits.has_constructor(p)
      and traits.has_input(p, "lib")
  end, 20 },
  { "layout/provided/first-page-end", function(p)
    return names(p, "__wasm_first_page_end")
  end, 19 },
  { "tls/single/bytes-of-other-data", function(p)
    return not any_option(p, "--shared-memory") and any(p, traits.is_thread_local)
  end, 19 },
  { "archives/lazy/local-definitions-do-not-count", function(p)
    return traits.in_archive(p) and any(p, function(item) return item.static end)
  end, 19 },
  { "layout/provided/first-page-end", function(_, result)
    return result.text:find("__wasm_first_page_end", 1, true)
  end, 19 },
  { "symbols/policies/global-ignore", function(_, result)
    return result.clause == "container" and result.text:find("index 4294967295", 1, true)
  end },
  { "relocatable/segments/flags", function(p, result)
    return result.text:find("flags 0x", 1, true) and traits.keeps_relocations(p)
  end },
  { "relocatable/segments/symbol-of-several-strings", function(p, result)
    return result.clause == "container" and traits.keeps_relocations(p)
      and result.text:find("symbol") and any(p, function(item) return item.kind == "data" end)
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
    return result.clause == "symbol.undefined.weak" and traits.in_archive(p)
      and traits.calls_another_signature(p)
  end },
  { "signatures/definitions/strong-then-weak", function(p) return traits.two_signatures(p) end },
  { "signatures/archive/archive-first", function(p, result)
    return result.text:find("signature_mismatch:", 1, true) and traits.in_archive(p)
      and traits.calls_another_signature(p)
  end },
  { "relocatable/symbols/archive", function(p, result)
    return (result.text:find("is an import, symbol is defined", 1, true)
        or result.clause == "container" and traits.in_archive(p)) and any_option(p, "-r")
      and any(p, function(item) return item.undefined and item.weak end)
  end },
  { "dynamic/corners/note-of-a-base", function(p, result)
    return result.clause == "reloc.global-index-leb" and traits.notes_a_base(p)
  end },
  { "reloc/custom-section/global-that-is-only-named", function(_, result)
    return result.clause == "reloc.dead-target"
      and result.text:find("R_WASM_GLOBAL_INDEX_I32.*found: +4294967295")
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
