-- spaces.lua: exports, imports, and what has an index, wrong.

local limits = require "faults.limits"
local rewrite = require "faults.rewrite"

local spaces = {}

local uleb, sleb, text = rewrite.uleb, rewrite.sleb, rewrite.text
local changed, swapped, with_items = rewrite.changed, rewrite.swapped, rewrite.with_items

local SPACES = { func = "funcs", table = "tables", memory = "memories", global = "globals",
  tag = "tags" }
local NUMBERS = { func = 0, table = 1, memory = 2, global = 3, tag = 4 }

-- Exports -----------------------------------------------------------------------------------------

local function export_text(name, kind, index)
  return text(name) .. string.char(NUMBERS[kind]) .. uleb(index)
end

function spaces.exports(about, add)
  local m = about.m
  local list = {}
  for i, e in ipairs(m.exports) do list[i] = export_text(e.name, e.kind, e.index) end
  for i, e in ipairs(m.exports) do
    local function with(at, item)
      return function() return with_items(m, "export", changed(list, at, item)) end
    end
    local count = #m[SPACES[e.kind]]
    add("export lost", e.name, with(i))
    add("export renamed", e.name, with(i, export_text("x" .. e.name, e.kind, e.index)))
    add("export added", e.name, with(#list + 1, export_text("x" .. e.name, e.kind, e.index)))
    if count > 1 then
      add("export of another", e.name,
        with(i, export_text(e.name, e.kind, (e.index + 1) % count)))
    end
    for kind in pairs(NUMBERS) do
      if kind ~= e.kind and #m[SPACES[kind]] > 0 then
        add("export of another kind", e.name .. " as " .. kind,
          with(i, export_text(e.name, kind, 0)))
      end
    end
  end
end

-- Imports -----------------------------------------------------------------------------------------

-- What follows the kind of an import: lists of { kind of fault, text }.
local function retyped(m, import, desc)
  local item = m[SPACES[import.kind]][import.index + 1]
  if import.kind == "func" and #m.types > 1 then
    return { { "import retyped", uleb((item.type + 1) % #m.types) } }
  elseif import.kind == "tag" and #m.types > 1 then
    return { { "import retyped", "\0" .. uleb((item.type + 1) % #m.types) } }
  elseif import.kind == "global" then
    local mutable = desc:byte(2)
    return { { "import's mutability", desc:sub(1, 1) .. string.char(mutable ~ 1) },
      { "import retyped", (desc:byte() == 0x7f and "\x7e" or "\x7f") .. string.char(mutable) } }
  elseif import.kind == "memory" or import.kind == "table" then
    local list = {}
    for _, l in ipairs(limits.wrong(item.limits)) do
      local type = import.kind == "table" and desc:sub(1, 1) or ""
      list[#list + 1] = { ("import's limits, %s"):format(l.what), type .. l.text }
    end
    return list
  end
  return {}
end

function spaces.imports(about, add)
  local m = about.m
  if #m.imports == 0 then return end
  local list = rewrite.texts(m, "import", m.imports)
  for i, import in ipairs(m.imports) do
    local name = import.module .. "." .. import.name
    local names = #rewrite.text(import.module) + #rewrite.text(import.name)
    local kind, desc = list[i]:sub(names + 1, names + 1), list[i]:sub(names + 2)
    local function with(what, at, item)
      add(what, name, function() return with_items(m, "import", changed(list, at, item)) end)
    end
    with("import lost", i)
    with("import renamed", i, text(import.module) .. text("x" .. import.name) .. kind .. desc)
    with("import of another module", i,
      text("x" .. import.module) .. text(import.name) .. kind .. desc)
    with("import added", #list + 1,
      text(import.module) .. text("x" .. import.name) .. "\1\x70\0\0")
    for _, other in ipairs(retyped(m, import, desc)) do
      with(other[1], i, text(import.module) .. text(import.name) .. kind .. other[2])
    end
  end
end

-- Globals -----------------------------------------------------------------------------------------

local TYPES = { ["i32.const"] = 0x7f, ["i64.const"] = 0x7e }
local CONSTS = { ["i32.const"] = 0x41, ["i64.const"] = 0x42 }

local function global_text(op, mutable, value)
  return string.char(TYPES[op], mutable and 1 or 0, CONSTS[op]) .. sleb(value) .. "\x0b"
end

local function global_texts(m)
  local list = {}
  for _, g in ipairs(m.globals) do
    if g.init then
      local from = g.init.offset - 2
      list[#list + 1] = m.bytes:sub(from + 1, g.init.offset + g.init.size)
    end
  end
  return list
end

function spaces.globals(about, add)
  local m = about.m
  local list, i = global_texts(m), 0
  for _, g in ipairs(m.globals) do
    i = g.init and i + 1 or i
    local at = i
    local function with(kind, item, where)
      add(kind, ("global %d (%s)"):format(g.index, g.name or ""), function()
        return with_items(m, "global", changed(list, where or at, item))
      end)
    end
    if g.init then
      local mutable = list[at]:byte(2)
      with("global's mutability", list[at]:sub(1, 1) .. string.char(mutable ~ 1)
        .. list[at]:sub(3))
      with("global added", list[at], #list + 1)
    end
    if g.init and TYPES[g.init.op] then
      local op, value = g.init.op, g.init.value
      for _, by in ipairs { 1, -1, 16, -16 } do
        with(("global's value, %+d"):format(by), global_text(op, g.mutable, value + by))
      end
      local other = op == "i32.const" and "i64.const" or "i32.const"
      with("global's type", global_text(other, g.mutable, value))
    end
    local after = m.globals[g.index + 2]
    if g.init and after and list[at] ~= list[at + 1] then
      add("globals swapped", ("global %d and the next"):format(g.index), function()
        return with_items(m, "global", swapped(list, at, at + 1))
      end)
    end
  end
end

-- Tables, memories, tags --------------------------------------------------------------------------

function spaces.limits(about, add)
  local m = about.m
  for _, part in ipairs { "table", "memory" } do
    local list, defined = {}, {}
    for _, item in ipairs(m[SPACES[part]]) do
      if not item.imported then
        local type = part == "table" and (item.type == "externref" and "\x6f" or "\x70") or ""
        list[#list + 1] = type .. limits.encode(item.limits)
        defined[#defined + 1] = { item = item, type = type }
      end
    end
    for i, d in ipairs(defined) do
      for _, l in ipairs(limits.wrong(d.item.limits)) do
        add(("%s's limits, %s"):format(part, l.what), ("%s %d"):format(part, d.item.index),
          function() return with_items(m, part, changed(list, i, d.type .. l.text)) end)
      end
      if part == "table" then
        local other = d.type == "\x70" and "\x6f" or "\x70"
        add("table's type", "table " .. d.item.index, function()
          return with_items(m, part, changed(list, i, other .. list[i]:sub(2)))
        end)
        add("table added", "table " .. d.item.index, function()
          return with_items(m, part, changed(list, #list + 1, list[i]))
        end)
      end
    end
  end
end

function spaces.tags(about, add)
  local m, list, own = about.m, {}, {}
  for _, t in ipairs(m.tags) do
    if not t.imported then
      own[#own + 1] = t
      list[#list + 1] = "\0" .. uleb(t.type)
    end
  end
  for i, t in ipairs(own) do
    for other = 0, #m.types - 1 do
      if other ~= t.type then
        add("tag's type", ("tag %d is of type %d"):format(t.index, other), function()
          return with_items(m, "tag", changed(list, i, "\0" .. uleb(other)))
        end)
      end
    end
    add("tag added", "tag " .. t.index, function()
      return with_items(m, "tag", changed(list, #list + 1, list[i]))
    end)
  end
end

-- Functions ---------------------------------------------------------------------------------------

-- The functions that are defined, their types and their bodies, as texts.
local function defined(m)
  local list, types, bodies = {}, {}, {}
  for _, f in ipairs(m.funcs) do
    if f.offset then
      list[#list + 1] = f
      types[#types + 1] = uleb(f.type)
      bodies[#bodies + 1] = text(m.bytes:sub(f.offset + 1, f.offset + f.size))
    end
  end
  return list, types, bodies
end

-- The next function of the same type with another body.
local function twin_of(list, bodies, i)
  for k = i + 1, #list do
    if list[k].type == list[i].type and bodies[k] ~= bodies[i] then return k end
  end
end

function spaces.functions(about, add)
  local m = about.m
  local list, types, bodies = defined(m)
  for i, f in ipairs(list) do
    local name = ("function %d (%s)"):format(f.index, f.name or "")
    if #m.types > 1 then
      add("function's type", name, function()
        return with_items(m, "function", changed(types, i, uleb((f.type + 1) % #m.types)))
      end)
    end
    add("function added", name, function()
      local longer = with_items(m, "code", changed(bodies, #list + 1, bodies[i]))
      local s = rewrite.section(m, "function")
      return rewrite.splice(longer, s.offset, s.size,
        uleb(#list + 1) .. table.concat(types) .. types[i], { s })
    end)
    local k = twin_of(list, bodies, i)
    if k then
      add("function's body of another", name, function()
        return with_items(m, "code", changed(bodies, i, bodies[k]))
      end)
      add("functions' bodies swapped", name, function()
        return with_items(m, "code", swapped(bodies, i, k))
      end)
    end
  end
end

function spaces.start(about, add)
  local m = about.m
  local s = rewrite.section(m, "start")
  if s then
    add("start dropped", "start", function() return rewrite.without(m, s) end)
  end
  for _, f in ipairs(m.funcs) do
    local t = m.types[f.type + 1]
    if f.index ~= m.start and #t.params == 0 and #t.results == 0 then
      add(s and "start of another" or "start added", "function " .. f.index, function()
        return rewrite.with_section(m, "start", uleb(f.index))
      end)
    end
  end
end

-- Elements ----------------------------------------------------------------------------------------

-- A segment with plain indices, active in table 0.
local function element_text(offset, items)
  local out = { uleb(0), "\x41", sleb(offset), "\x0b", uleb(#items) }
  for _, index in ipairs(items) do out[#out + 1] = uleb(index) end
  return table.concat(out)
end

local function items_of(e)
  local list = {}
  for i, item in ipairs(e.items) do list[i] = item.value end
  return list
end

function spaces.elements(about, add)
  local m = about.m
  if #m.elems == 0 then return end
  local list = rewrite.texts(m, "elem", m.elems)
  for k, e in ipairs(m.elems) do
    local plain = e.at and e.at.op == "i32.const"
      and element_text(e.at.value, items_of(e)) == list[k]
    local function with(kind, what, item, at)
      add(kind, what, function()
        return with_items(m, "elem", changed(list, at or k, item))
      end)
    end
    local name = "segment " .. k - 1
    with("elements lost", name)
    with("elements twice", name, list[k], #list + 1)
    if plain then
      local items, at = items_of(e), e.at.value
      with("elements' offset", name .. ", one more", element_text(at + 1, items))
      with("elements' offset", name .. ", one less", element_text(at - 1, items))
      local rest = list[k]:sub(#element_text(at, {}))
      with("elements passive", name, "\1\0" .. rest)
      with("elements declared", name, "\3\0" .. rest)
      for i, index in ipairs(items) do
        local what = ("%s, element %d"):format(name, i - 1)
        local function other(kind, new) with(kind, what, element_text(at, new)) end
        if i < #items then other("elements swapped", swapped(items, i, i + 1)) end
        other("element dropped", changed(items, i))
        other("element added", changed(items, #items + 1, index))
        if #m.funcs > 1 then
          other("element of another", changed(items, i, (index + 1) % #m.funcs))
        end
      end
    end
  end
end

return spaces
