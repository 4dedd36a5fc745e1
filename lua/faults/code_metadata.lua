-- code_metadata.lua: sections metadata.code.*, wrong: of another function or place, in another
-- order, with more or less in them.
--
-- Takes, gives: as kinds.lua.  Rule of thumb: the section is written anew with one thing changed;
-- counts are right, so that it stays one vector, but for the last kinds of fault.

local module = require "module"
local rewrite = require "faults.rewrite"

local uleb, text, changed = rewrite.uleb, rewrite.text, rewrite.changed

local function entry_text(entry)
  local out = { uleb(entry.index, 5), uleb(#entry.items) }
  for _, item in ipairs(entry.items) do out[#out + 1] = uleb(item[1]) .. text(item[2]) end
  return table.concat(out)
end

local function vector_text(list)
  local out = { uleb(#list) }
  for _, entry in ipairs(list) do out[#out + 1] = entry_text(entry) end
  return table.concat(out)
end

local function add_items(entry, with)
  for k, item in ipairs(entry.items) do
    local function items(kind, is, where)
      with(kind, { index = entry.index, items = changed(entry.items, where or k, is) })
    end
    items("code metadata of a place lost")
    items("code metadata of the place behind", { item[1] + 1, item[2] })
    items("code metadata with other data", { item[1], item[2] .. "x" })
    items("code metadata of a place twice", item, #entry.items + 1)
  end
end

local function add_functions(m, s, list, add)
  local function name(entry) return m.funcs[entry.index + 1].name end
  for i, entry in ipairs(list) do
    local function with(kind, is, where)
      add(kind, name(entry), function()
        return rewrite.with_contents(m, s, vector_text(changed(list, where or i, is)))
      end)
    end
    with("code metadata of a function lost")
    with("code metadata of a function twice", entry, #list + 1)
    for index = 0, #m.funcs - 1 do
      if index ~= entry.index then
        with("code metadata of another function", { index = index, items = entry.items })
      end
    end
    add_items(entry, with)
    if list[i + 1] then
      add("code metadata out of order", name(entry), function()
        return rewrite.with_contents(m, s,
          vector_text(rewrite.swapped(list, i, i + 1)))
      end)
      add("code metadata joined as bytes", name(entry), function()
        local first, second = table.move(list, 1, i, 1, {}), table.move(list, i + 1, #list, 1, {})
        return rewrite.with_contents(m, s, vector_text(first) .. vector_text(second))
      end)
    end
  end
end

local function code_metadata(about, add)
  for _, s in ipairs(about.m.customs) do
    if s.name:find "^metadata%.code%." then
      add_functions(about.m, s, module.code_metadata(s.bytes), add)
    end
  end
end

return { code_metadata = code_metadata }
