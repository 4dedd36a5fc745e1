-- meta.lua: names, producers, features, and custom sections of the inputs, wrong.

local rewrite = require "faults.rewrite"

local meta = {}

local uleb, text, changed = rewrite.uleb, rewrite.text, rewrite.changed
local custom, with_contents = rewrite.custom, rewrite.with_contents

-- Names -------------------------------------------------------------------------------------------

local MAPS = { [1] = "function", [7] = "global", [9] = "data" } -- sub-sections of index and name

-- The sub-sections as { id, payload }.
local function subsections(bytes)
  local list, at = {}, 0
  while at < #bytes do
    local size, width = rewrite.leb_at(bytes, at + 1)
    local from = at + 1 + width
    list[#list + 1] = { id = bytes:byte(at + 1), payload = bytes:sub(from + 1, from + size) }
    at = from + size
  end
  return list
end

local function entries_of(payload)
  local list = {}
  local count, at = rewrite.leb_at(payload, 0)
  for i = 1, count do
    local index, width = rewrite.leb_at(payload, at)
    local size, more = rewrite.leb_at(payload, at + width)
    local from = at + width + more
    list[i] = { index = index, name = payload:sub(from + 1, from + size) }
    at = from + size
  end
  return list
end

local function with_entries(m, s, subs, k, list)
  local out, entries = {}, {}
  for i, e in ipairs(list) do entries[i] = uleb(e.index) .. text(e.name) end
  for i, sub in ipairs(subs) do
    local payload = i == k and uleb(#list) .. table.concat(entries) or sub.payload
    out[i] = string.char(sub.id) .. text(payload)
  end
  return with_contents(m, s, table.concat(out))
end

local function add_names(m, s, subs, k, add)
  local what = MAPS[subs[k].id]
  local list = entries_of(subs[k].payload)
  for i, e in ipairs(list) do
    local after = list[i + 1]
    local function with(kind, entry)
      add(kind, e.name, function()
        return with_entries(m, s, subs, k, changed(list, i, entry))
      end)
    end
    with(what .. "'s name changed", { index = e.index, name = e.name .. "x" })
    if after and after.name ~= e.name then
      add(what .. "s' names swapped", e.name, function()
        local first = changed(list, i, { index = e.index, name = after.name })
        return with_entries(m, s, subs, k,
          changed(first, i + 1, { index = after.index, name = e.name }))
      end)
    end
    if i == #list then with(what .. "'s name of no index", { index = 1 << 20, name = e.name }) end
  end
end

function meta.names(about, add)
  local m = about.m
  local s = custom(m, "name")
  if not s then return end
  local subs = subsections(s.bytes)
  for k, sub in ipairs(subs) do
    if MAPS[sub.id] then add_names(m, s, subs, k, add) end
  end
end

-- Producers ---------------------------------------------------------------------------------------

local function producers_text(list)
  local fields, order = {}, {}
  for _, p in ipairs(list) do
    if not fields[p.field] then
      fields[p.field] = {}
      order[#order + 1] = p.field
    end
    table.insert(fields[p.field], text(p.name) .. text(p.version))
  end
  local out = { uleb(#order) }
  for _, field in ipairs(order) do
    out[#out + 1] = text(field) .. uleb(#fields[field]) .. table.concat(fields[field])
  end
  return table.concat(out)
end

function meta.producers(about, add)
  local m = about.m
  local s = custom(m, "producers")
  for i, p in ipairs(s and m.producers or {}) do
    local function with(kind, item, where)
      add(kind, p.name, function()
        return with_contents(m, s, producers_text(changed(m.producers, where or i, item)))
      end)
    end
    local function like(fields)
      return { field = fields.field or p.field, name = fields.name or p.name,
        version = fields.version or p.version }
    end
    with("producer lost")
    with("producer added", like{ name = p.name .. "x" }, #m.producers + 1)
    with("producer's version", like{ version = p.version .. "x" })
    with("producer's name", like{ name = p.name .. "x" })
    with("producer of another field",
      like{ field = p.field == "sdk" and "language" or "sdk" })
  end
end

-- Features ----------------------------------------------------------------------------------------

local function features_text(list)
  local out = { uleb(#list) }
  for _, f in ipairs(list) do out[#out + 1] = f.prefix .. text(f.name) end
  return table.concat(out)
end

function meta.features(about, add)
  local m = about.m
  local s = custom(m, "target_features")
  for i, f in ipairs(s and m.features or {}) do
    local function with(kind, item, where)
      add(kind, f.name, function()
        return with_contents(m, s, features_text(changed(m.features, where or i, item)))
      end)
    end
    with("feature lost")
    with("feature added", { prefix = "+", name = f.name .. "-x" }, #m.features + 1)
    with("feature twice", f, #m.features + 1)
    with("feature's name", { prefix = f.prefix, name = f.name .. "x" })
    with("feature's prefix", { prefix = f.prefix == "+" and "-" or "+", name = f.name })
  end
end

-- Other sections ----------------------------------------------------------------------------------

function meta.customs(about, add)
  local m = about.m
  for _, s in ipairs(m.customs) do
    add("custom section lost", s.name, function() return rewrite.without(m, s) end)
    add("custom section twice", s.name, function() return m.bytes .. rewrite.whole(m, s) end)
    add("custom section renamed", s.name, function()
      local contents = text(s.name .. "x") .. s.bytes
      return rewrite.splice(m.bytes, s.offset, s.size, contents, { s })
    end)
    add("custom section longer", s.name, function() return with_contents(m, s, s.bytes .. "\0") end)
    if #s.bytes > 0 then
      add("custom section shorter", s.name, function()
        return with_contents(m, s, s.bytes:sub(1, -2))
      end)
    end
  end
  add("custom section added", "left", function()
    return m.bytes .. "\0" .. text(text("left") .. "over")
  end)
end

return meta
