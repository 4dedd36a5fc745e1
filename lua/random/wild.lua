-- random/wild.lua: why the judge rejects Wild's modules.
--
-- Gives a list, in order: { case, test(plan, result) }; see explained.lua.

local traits = require "random.traits"

local any = traits.any

-- The kind of what should be exported.
local function not_exported(result, kind)
  return result.clause == "export.flag" and result.text:find(": " .. kind .. " ")
end

-- Whether an option asks for an export of what only the linker makes.
local function exports_the_linkers(p, result)
  local name = result.text:match("export (__[%w_]+):")
  return name and traits.any_option(p, "--export-if-defined=" .. name)
    and not any(p, function(item) return item.name == name and not item.undefined end)
end

return {
  { "archives/asking/export-option-beside-members-alone", function(p, result)
    return result.how == "crash" and traits.any_option(p, "--export-if-defined=__wasm_call_ctors")
  end },
  { "custom/join/concatenated", function(p, result)
    return (result.clause == "custom.concatenate" or result.clause == "producers.merge")
      and any(p, function(item) return item.kind == "custom" or item.kind == "producers" end)
  end },
  { "names/functions/demangled", function(_, result)
    return result.clause == "names.synthetic" and result.text:find("found: +{")
  end },
  { "init/commands/destructors-only", function(p, result)
    return result.clause == "command.wrapper" and traits.names(p, "__wasm_call_dtors")
  end },
  { "threads/init-memory/flag", function(p, result)
    return result.clause == "export.flag" and exports_the_linkers(p, result)
  end },
  { "archives/asking/export-if-defined-option", function(p, result)
    return result.clause == "export.flag" and traits.in_archive(p)
      and traits.any_option(p, "--export-if-defined=")
  end },
  { "names/others/address-globals", function(p, result)
    return not_exported(result, "data") and any(p, function(item) return item.exported end)
  end },
  { "archives/asking/destructors", function(p, result)
    return (result.clause == "export.flag" or result.clause == "gc.live")
      and traits.in_archive(p) and result.text:find("function __wasm_call_dtors", 1, true)
  end },
  { "exports/selection/flag", function(p, result)
    return result.clause == "export.flag" and any(p, function(item) return item.exported end)
  end },
  { "gc/roots/retain-segment", function(p, result)
    return result.clause == "gc.live" and any(p, function(item) return item.retain end)
  end },
  { "gc/roots/no-strip-tag", function(p, result)
    return result.clause == "gc.live" and result.text:find(": tag ", 1, true)
      and any(p, function(item) return item.no_strip end)
  end },
  { "exports/selection/flag", function(p, result)
    return result.clause == "gc.live" and result.text:find(": tag ", 1, true)
      and any(p, function(item) return item.exported end)
  end },
  { "pic/bases/memory-base", function(p, result)
    return result.clause == "reloc.memory.value" and traits.in_code(p, "addr_rel")
  end },
  { "reloc/kinds/12-TABLE_INDEX_REL_SLEB-symbols", function(p, result)
    return result.clause == "gc.reachability" and traits.in_code(p, "slot_rel")
  end },
  { "gc/roots/no-strip-local", function(p, result)
    return result.clause == "gc.reachability"
      and any(p, function(item) return item.static and (item.exported or item.no_strip) end)
  end },
  { "tls/single/base-that-nobody-reads", function(p, result)
    return result.clause == "gc.reachability" and traits.names(p, "__tls_base")
  end },
  { "reloc/tls/by-the-name-tbss", function(p, result)
    return (result.clause == "tls.block" or result.clause == "memory.initial")
      and any(p, function(item) return not item.tls and traits.is_thread_local(item) end)
  end },
  { "reloc/tls/plain-relocation", function(p, result)
    return result.clause == "gc.live" and any(p, traits.is_thread_local)
  end },
}
