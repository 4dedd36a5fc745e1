-- same.lua: objects that say the same to the next linker, though not in the same bytes.
--
-- Takes: as harmless.lua.  Gives: its reasons for faults in symbols, segments, init functions,
-- groups and relocations.  Rule of thumb: all that is said is written down with the names of
-- things and not their numbers, once without what does not matter; then it must be the same.

local layout = require "faults.layout"

local HIDDEN, UNDEFINED, EXPLICIT_NAME = 0x4, 0x10, 0x40
local KEPT = 0x20 | 0x80 -- exported, no strip

-- Is all that the function does to trap?
local function traps(m, func)
  local list = m:code(func)
  return list and #list == 2 and list[1].op == "unreachable"
end

local function symbol_text(m, s, without)
  local flags, name, target = s.flags, s.name, s.target
  if without == "flag of a name" and (s.kind == "data" or flags & UNDEFINED ~= 0) then
    flags = flags & ~EXPLICIT_NAME
  elseif without == "name of a trap" and s.kind == "func" and s.binding == "local"
    and traps(m, target) then
    flags, name = flags & KEPT, "trap"
  elseif without == "segment of an address" and s.absolute then
    target = nil
  elseif without == "visibility" then
    flags = flags & ~HIDDEN
  end
  return ("%s %s %x %s %s %s"):format(s.kind, name, flags, target, s.offset, s.size)
end

-- By number, from 0: does a relocation or an init function name the symbol, or must it be kept?
local function named_in(m)
  local named = {}
  for _, list in ipairs(m.relocs) do
    for _, r in ipairs(list.relocs) do
      if r.symbol then named[r.index] = true end
    end
  end
  for _, i in ipairs(m.linking.inits) do named[i.symbol] = true end
  for i, s in ipairs(m.linking.symbols) do
    if s.flags & KEPT ~= 0 then named[i - 1] = true end
  end
  return named
end

local function add_relocs(m, texts, out)
  for _, list in ipairs(m.relocs) do
    out[#out + 1] = "relocations of " .. list.section
    for _, r in ipairs(list.relocs) do
      out[#out + 1] = ("%s %d %d %s"):format(r.type, r.offset, r.addend,
        r.symbol and texts[r.index] or r.index)
    end
  end
end

local function add_inits(m, texts, without, out)
  local list = {}
  for i, init in ipairs(m.linking.inits) do
    list[i] = { priority = init.priority, order = i, text = texts[init.symbol] }
  end
  if without == "order" then
    table.sort(list, function(a, b)
      if a.priority ~= b.priority then return a.priority < b.priority end
      return a.order < b.order
    end)
  end
  for _, init in ipairs(list) do out[#out + 1] = init.priority .. " " .. init.text end
end

local function add_groups(m, without, out)
  for _, c in ipairs(m.linking.comdats) do
    local items = {}
    for i, item in ipairs(c.items) do items[i] = item.kind .. " " .. item.index end
    if without == "order" then table.sort(items) end
    out[#out + 1] = ("group %s %d: %s"):format(c.name, c.flags, table.concat(items, ", "))
  end
end

-- All that a module says to the next linker, as text.
local function said(m, without)
  local out, texts, named = {}, {}, named_in(m)
  for i, s in ipairs(m.linking.symbols) do
    texts[i - 1] = symbol_text(m, s, without)
    if without ~= "local symbols" or s.binding ~= "local" or named[i - 1] then
      out[#out + 1] = texts[i - 1]
    end
  end
  for _, s in ipairs(m.linking.segments) do
    local as = without == "segments" and s.align or ("%s %d %d"):format(s.name, s.align, s.flags)
    out[#out + 1] = "segment " .. as
  end
  add_relocs(m, texts, out)
  add_inits(m, texts, without, out)
  add_groups(m, without, out)
  return table.concat(out, "\n")
end

local function without(what)
  return function(x)
    if not x.m.linking or not x.n.linking then return false end
    for _, c in ipairs(x.changes) do
      local part = c.path:match("^custom%.(%l+)%.") or c.path:match("^(%l+)%.")
      if part ~= "linking" and part ~= "relocs" then return false end
    end
    return said(x.m, what) == said(x.n, what)
  end
end

-- Symbols of the linker's own, which no input has declared.
local function hidden_or_not(x)
  if not without "visibility"(x) then return false end
  for i, s in ipairs(x.m.linking.symbols) do
    if s.flags ~= x.n.linking.symbols[i].flags and not layout.own(x, s.name) then return false end
  end
  return true
end

-- No linker places the segments of a module again, which keeps its relocations for other tools.
local function segments_of_module(x)
  return layout.has_option(x, "--emit-relocs") and without "segments"(x)
end

-- The section that they are of is told by its number.
local function relocs_renamed(x)
  for _, c in ipairs(x.changes) do
    local both = c.path:find("^sections%.%d+%.name$") and c.was and c.is and c.was .. c.is or ""
    if not both:find("^reloc%..*reloc%.") then return false end
  end
  return #x.changes > 0
end

-- Of the memory that an object imports, the next linker asks how wide its addresses are, no more.
local function memory_renamed(x)
  local object = layout.has_option(x, "-r")
  for _, c in ipairs(x.changes) do
    local i, field = c.path:match("^imports%.(%d+)%.(%l+)$")
    local import = x.m.imports[tonumber(i)]
    object = object and import and import.kind == "memory"
      and (field == "module" or field == "name")
  end
  return object and #x.changes > 0
end

-- The next linker gives slots by itself, to functions whose addresses are taken: here is none.
local function slots_of_nobody(x)
  for _, c in ipairs(x.changes) do
    if not c.path:find "^elems" and not c.path:find "^linking%.symbols%.%d+%.at$" then
      return false
    end
  end
  for _, site in ipairs(x.about.sites) do
    if site.kind:find "TABLE_INDEX" then return false end
  end
  return layout.has_option(x, "-r") and #x.changes > 0
end

-- The next linker places data by itself.
local function moved_in_object(x)
  return layout.has_option(x, "-r") and layout.all_in(x, "^data%.%d+%.at%.value$")
end

return {
  { "a local symbol that nothing names is left out, or there twice, or of another section",
    without "local symbols" },
  { "members of a group, or init functions of different priorities, in another order",
    without "order" },
  { "a flag says that a symbol has a name, which is the import's, or is always there",
    without "flag of a name" },
  { "an absolute address has no segment, whatever its number", without "segment of an address" },
  { "how the symbol of a function that traps is called and flagged", without "name of a trap" },
  { "what a whole module's segments are called, and how they are flagged", segments_of_module },
  { "what follows reloc. in the name of a section says nothing", relocs_renamed },
  { "in an object, the memory is imported under another name", memory_renamed },
  { "in an object, data that no number points to lies elsewhere", moved_in_object },
  { "in an object, slots to which no number points", slots_of_nobody },
  { "a symbol of the linker's own is hidden or not", hidden_or_not },
}
