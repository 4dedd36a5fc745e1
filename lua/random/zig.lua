-- random/zig.lua: why Zig's own linker dies, and why the judge rejects its modules.
--
-- Gives a list, in order: { case, test(plan, result) }; see explained.lua.

local traits = require "random.traits"

local any, any_option, names = traits.any, traits.any_option, traits.names

local function object_of(p, name)
  for _, o in ipairs(p.objects) do
    if o.name == name then return o end
  end
end

-- Whether the members define a name, of which an index would tell.
local function defines_a_name(p, members)
  for _, name in ipairs(members) do
    for _, item in ipairs((object_of(p, name) or { items = {} }).items) do
      if item.name and item.kind ~= "custom" and not item.undefined and not item.static then
        return true
      end
    end
  end
end

local function has_no_index(p)
  for _, input in ipairs(p.inputs) do
    if input.kind == "archive" and not defines_a_name(p, input.members) then return true end
  end
end

-- What the judge says of a member that nobody asks for.
local NOT_ASKED_FOR = { ["gc.reachability"] = true, ["export.none-other"] = true,
  ["features.union"] = true }

return {
  { "layout/provided/heap", function(p, result)
    return result.how == "crash" and (names(p, "__heap_base") or names(p, "__heap_end"))
  end },
  { "archives/format/without-index", function(p, result)
    return result.how == "crash" and has_no_index(p)
  end },
  { "exports/data/data-is-an-address", function(_, result)
    return result.clause == "export.flag" and result.text:find(": data ", 1, true)
  end },
  { "tables/defined/externref", function(p, result)
    return result.clause == "export.flag" and result.text:find(": table ", 1, true)
      and any(p, function(item) return item.kind == "table" and item.exported end)
  end },
  { "exports/memory-and-table/export-table-that-nobody-uses", function(p, result)
    return result.clause == "export.flag" and any_option(p, "--export-table")
      and result.text:find("__indirect_function_table", 1, true)
  end },
  { "threads/features/both", function(p, result)
    return result.clause == "threads.shared-memory" and any_option(p, "--shared-memory")
  end },
  { "wasm64/mixing/defined-memory", function(p, result)
    return result.clause == "wasm64.memory" and p.is64
  end },
  { "exports/entry/named", function(p, result)
    return result.clause == "container" and any_option(p, "--entry=")
  end },
  { "custom/build-id/given", function(p, result)
    return result.clause == "container" and any_option(p, "--build-id")
  end },
  { "custom/join/concatenated", function(p, result)
    return result.clause == "custom.concatenate"
      and any(p, function(item) return item.kind == "custom" end)
  end },
  { "relocatable/kept/module", function(p, result)
    return result.clause == "relocatable.sections" and any_option(p, "--emit-relocs")
  end },
  { "names/others/short-option", function(p, result)
    return result.clause == "features.union" and any_option(p, "--strip-debug")
  end },
  { "gc/roots/no-strip-data", function(p, result)
    return result.clause == "gc.live"
      and any(p, function(item) return item.no_strip or item.retain end)
  end },
  { "gc/roots/no-strip-function", function(p, result)
    return result.clause == "names.function"
      and any(p, function(item) return item.no_strip end)
  end },
  { "archives/lazy/needed-member-only-of-long-names", function(p, result)
    return NOT_ASKED_FOR[result.clause] and traits.has_input(p, "archive")
  end },
}
