-- losers.lua: a definition that another one has won over is in the module all the same.
--
-- Takes: the inputs, where two objects define one name.  Gives: what the linker makes of inputs
-- where the wrong one wins, which is wrong for the right inputs.

local native = require "native"
local rewrite = require "faults.rewrite"

local losers = {}

local WEAK = 1 -- in a symbol's flags

-- Members of COMDAT groups by "kind index".
local function members(m)
  local set = {}
  for _, c in ipairs(m.linking.comdats) do
    for _, item in ipairs(c.items) do set[item.kind .. " " .. item.index] = true end
  end
  return set
end

-- What a symbol names: its bytes, and where in the file; nil for what has none.
local function extent(m, s)
  if s.undefined or s.binding == "local" or not s.target then return end
  if s.kind == "func" then
    local f = m.funcs[s.target + 1]
    return f.offset, f.size
  elseif s.kind == "data" and not s.absolute and s.size > 0 then
    return m.data[s.target + 1].offset + s.offset, s.size
  end
end

-- Name -> list of definitions, in the order of the files' names.
local function definitions(request)
  local by_name, names = {}, {}
  for _, file in ipairs(request.names) do
    local bytes = request.files[file]
    local m = bytes:sub(1, 4) == "\0asm" and native.decode(bytes, true)
    local comdat = m and m.linking and members(m)
    for _, s in ipairs(comdat and m.linking.symbols or {}) do
      local at, size = extent(m, s)
      if at then
        if not by_name[s.name] then names[#names + 1] = s.name end
        by_name[s.name] = by_name[s.name] or {}
        table.insert(by_name[s.name], { file = file, at = at, size = size, flags = s.at + 1,
          text = bytes:sub(at + 1, at + size), weak = s.binding == "weak",
          comdat = comdat[s.kind .. " " .. s.target] })
      end
    end
  end
  return by_name, names
end

-- The module of a command with other bytes in some files.
local function relinked(about, files, argv)
  local request = { argv = argv or about.request.argv, files = {} }
  for name, bytes in pairs(about.request.files) do request.files[name] = files[name] or bytes end
  return about.link:link(request).bytes
end

local function what_of(a, b)
  if a.comdat and b.comdat then return "COMDAT member of the other object" end
  if a.weak and b.weak then return "the other weak definition" end
  return "weak definition for a strong one"
end

-- The other's bytes in place of those that won.
local function add_bytes(about, name, a, b, add)
  if a.size ~= b.size or a.text == b.text then return end
  add(what_of(a, b), ("%s of %s from %s"):format(name, a.file, b.file), function()
    return relinked(about, { [a.file] = rewrite.put(about.request.files[a.file], a.at, b.text) })
  end)
end

-- The weak one is strong, and the strong one weak.
local function add_binding(about, name, a, b, add)
  if not a.weak or b.weak or a.text == b.text or a.comdat or b.comdat then return end
  add(what_of(a, b), ("%s of %s wins over %s"):format(name, a.file, b.file), function()
    local function flipped(d)
      local bytes = about.request.files[d.file]
      return rewrite.put(bytes, d.flags, string.char(bytes:byte(d.flags + 1) ~ WEAK))
    end
    return relinked(about, { [a.file] = flipped(a), [b.file] = flipped(b) })
  end)
end

-- Where the command names a file; nil unless it does so once.
local function place(argv, file)
  local at
  for i, word in ipairs(argv) do
    if word == file then
      if at then return nil end
      at = i
    end
  end
  return at
end

-- The first one wins: a, unless there is one before it.
local function is_first(argv, a, list)
  local at = place(argv, a.file)
  for _, other in ipairs(list) do
    local before = place(argv, other.file)
    if not at or not before or before < at then return false end
  end
  return true
end

-- b is where a, which wins, should be.
local function add_order(about, name, a, b, add, list)
  local argv = about.request.argv
  if a.text == b.text or a.size == b.size or not is_first(argv, a, list)
    or a.weak ~= b.weak and not (a.comdat and b.comdat) then
    return
  end
  add(what_of(a, b), ("%s of %s or %s"):format(name, a.file, b.file), function()
    local i, k = place(argv, a.file), place(argv, b.file)
    return relinked(about, {}, rewrite.swapped(argv, i, k))
  end)
end

function losers.losers(about, add)
  local by_name, names = definitions(about.request)
  for _, name in ipairs(names) do
    for _, a in ipairs(by_name[name]) do
      for _, b in ipairs(by_name[name]) do
        if a.file ~= b.file then
          add_bytes(about, name, a, b, add)
          add_binding(about, name, a, b, add)
          add_order(about, name, a, b, add, by_name[name])
        end
      end
    end
  end
end

return losers
