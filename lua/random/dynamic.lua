-- random/dynamic.lua: where modules for a loader differ from wasm-ld's: cases of cases/dynamic.
--
-- Gives a list, in order: { case, test(plan, result), the last release that does so }; see
-- explained.lua.

local traits = require "random.traits"

local any, any_option, one_thread = traits.any, traits.any_option, traits.one_thread
local is_thread_local = traits.is_thread_local

-- Words whose value in data is known when the module is linked.
local FIXED_WORDS = { addr_locrel = true, fn = true, fn_offset = true, fn_offset64 = true,
  glob = true }

local OTHER_WIDTH = { [true] = { addr = true, slot = true },
  [false] = { addr64 = true, slot64 = true } }

-- What the judge says of the slot of a function that has none.
local RELATIVE_SLOT = { ["functions.addresses"] = true, ["reloc.function-index-leb"] = true,
  ["gc.live"] = true }

-- What the judge says where a string's address is wrong: in code, so that the function is not to be
-- found, in an export, or elsewhere.
local STRING_ELSEWHERE = { ["gc.live"] = true, ["dylink.mem-info.memory-size"] = true,
  ["reloc.memory.value"] = true }

return {
  { "dynamic/differences/distance-in-data", function(p, result)
    return traits.in_data(p, FIXED_WORDS)
      and (traits.peer_says(result, "invalid runtime relocation type")
      or result.clause == "dylink.apply-data-relocs"
      or result.how == "bytes" and result.text:find("__wasm_apply_data_relocs", 1, true))
  end },
  { "dynamic/differences/wide-pointer", function(p, result)
    return result.how == "bytes" and (result.text:find("i64.extend_i32_u", 1, true)
      or result.text:find("i32.wrap_i64", 1, true))
      or result.clause == "dylink.apply-data-relocs"
      and traits.in_data(p, OTHER_WIDTH[p.is64 or false])
  end },
  { "dynamic/differences/got-of-thread-local", function(p, result)
    return one_thread(p) and any(p, is_thread_local)
      and (result.clause == "got.internal" or result.text:find("GOT.data.internal", 1, true))
  end },
  { "dynamic/differences/tls-base-of-one-thread", function(p, result)
    return one_thread(p) and any(p, is_thread_local) and traits.differs_in_tls_base(result)
  end },
  { "dynamic/corners/tls-base-of-no-block", function(p, result)
    return one_thread(p) and traits.differs_in_tls_base(result)
  end },
  { "dynamic/differences/pointer-to-thread-local", function(p, result)
    return one_thread(p) and any(p, is_thread_local) and (result.how == "crash"
      or result.text:find("__wasm_apply_data_relocs", 1, true))
  end },
  { "dynamic/differences/string-behind-another-segment", function(p, result)
    return one_thread(p) and (result.how == "bytes" or STRING_ELSEWHERE[result.clause])
      and any(p, function(item) return item.segment_flags == 1 end)
  end },
  { "dynamic/section/absolute-beside-thread-local", function(p, result)
    return result.clause == "dylink.flags" and any(p, function(item) return item.absolute end)
  end },
  { "dynamic/refused/relative-address-of-absolute-data", function(p, result)
    return (result.how == "NOT_FROM_BASE" or result.how == "crash")
      and traits.in_code(p, "addr_rel") and any(p, function(item) return item.absolute end)
  end },
  { "dynamic/differences/absolute", function(p, result)
    return result.how == "bytes" and any(p, function(item) return item.absolute end)
  end },
  { "dynamic/corners/thread-pointer-to-itself", function(p, result)
    return result.how == "bytes" and any(p, is_thread_local)
      and result.text:find("__wasm_apply_tls_relocs", 1, true)
  end },
  { "dynamic/differences/most-pages", function(p, result)
    return any_option(p, "--page-size=1") and any_option(p, "--shared-memory")
      and result.clause == "container"
  end },
  { "dynamic/differences/first-page-end", function(p, result)
    return result.how == "bytes"
      and any(p, function(item) return item.name == "__wasm_first_page_end" end)
  end },
  { "dynamic/differences/first-page-end-in-the-got", function(p, result)
    return result.clause == "got.internal"
      and any(p, function(item) return item.name == "__wasm_first_page_end" end)
  end },
  { "dynamic/differences/relative-slot", function(p, result)
    return any_option(p, "-shared")
      and (result.how == "bytes" or RELATIVE_SLOT[result.clause])
      and traits.in_code(p, "slot_rel")
  end },
  { "dynamic/differences/pointer-to-hidden-weak", function(p, result)
    return result.how == "bytes" and any(p, traits.is_hidden_and_far)
      and result.text:find("__wasm_apply_data_relocs", 1, true)
  end },
  { "dynamic/differences/pointer-to-hidden-weak-function", function(p, result)
    return result.how == "crash" and any(p, traits.is_hidden_and_far)
  end },
  { "dynamic/corners/pointer-to-a-hidden-import", function(p, result)
    return result.how == "crash" and any(p, function(item)
      return item.kind == "func" and item.undefined and item.hidden
    end)
  end },
  { "dynamic/differences/ignored-function", function(p, result)
    return (result.how == "bytes" or result.clause == "container")
      and (any_option(p, "--unresolved-symbols=ignore-all")
        or any_option(p, "--warn-unresolved-symbols"))
      and any(p, function(item) return item.kind == "func" and item.undefined end)
  end },
  { "dynamic/differences/weak-global", function(p, result)
    return any_option(p, "-shared") and any(p, traits.is_weak_definition)
      and (result.how == "bytes" or result.clause == "container"
        or result.clause == "symbol.undefined.strong")
  end },
  { "dynamic/corners/constructors-of-what-a-loader-completes", function(p, result)
    return result.clause == "dylink.apply-data-relocs"
      and any_option(p, "--unresolved-symbols=import-dynamic") and traits.has_constructor(p)
  end, 19 },
  { "dynamic/wasm64/bases-pie", function(p, result)
    return p.is64 and (result.clause == "table.synthesized"
      or result.clause == "import.none-other" and result.text:find("__table_base32", 1, true))
  end, 16 },
  { "dynamic/libraries/mutable-global", function(_, result)
    return traits.peer_says(result, "symbol type mismatch")
      and result.text:find("WASM_SYMBOL_TYPE_DATA in lib", 1, true)
  end },
  { "dynamic/data-relocs/not-at-the-start", function(_, result)
    return result.clause == "start.none"
      or result.clause == "threads.init-memory" and result.text:find("found: +a store")
      or result.clause == "names.synthetic"
      and result.text:find("__wasm_apply_data_relocs", 1, true)
  end, 14 },
  { "dynamic/data-relocs/not-by-constructors", function(_, result)
    return result.clause == "init.list"
  end, 14 },
  { "dynamic/corners/got-of-hidden-weak", function(_, result)
    return result.clause == "gc.reachability" and result.text:find(": function %d+ ")
  end, 14 },
  { "dynamic/got/own-hidden-shared", function(p, result)
    return result.clause == "export.none-other" and traits.in_code(p, "got")
  end, 14 },
  { "dynamic/replacing/weak-hidden", function(p, result)
    return result.clause == "export.none-other" and any(p, function(item)
      return item.weak and item.hidden and not item.undefined
    end)
  end, 14 },
  { "dynamic/libraries/weak-tag-last", function(p, result)
    return result.clause == "export.none-other" and traits.library_has(p, "tag")
      and any(p, function(item) return item.kind == "tag" and item.weak end)
  end },
  { "dynamic/differences/got-of-hidden-weak-func-of-a-waiting-member", function(p, result)
    return traits.in_archive(p) and result.clause == "got.func" and any(p, function(item)
      return item.undefined and item.weak and item.hidden
    end)
  end },
  { "dynamic/got/own-extended-visible-pie", function(p, result)
    return result.clause == "got.internal" and traits.has_feature(p, "extended-const")
  end, 16 },
  { "dynamic/threads/pointer-in-a-block", function(p, result)
    return any_option(p, "--shared-memory") and result.clause == "dylink.apply-data-relocs"
      and any(p, is_thread_local)
  end, 16 },
  { "dynamic/differences/weak-import-of-a-waiting-member", function(p, result)
    return traits.in_archive(p) and (result.clause == "dylink.import-info"
      or result.how == "bytes" and result.text:find('~ "dylink.0"', 1, true)
      or result.how == "crash" and any(p, function(i) return i.undefined and i.weak end))
  end },
}
