-- lowered.lua: the law of compile units: linking a unit, and linking the object that it lowers to,
-- give modules that mean the same.
--
-- Takes: a request whose inputs hold units, and the model.  Gives: what breaks the law, or nil.
-- Rule of thumb: with --compress-relocations both are the same bytes, which the unit's code has
-- without that option, too; else only the padding of numbers differs; and what the case expects
-- holds for both (trial.lua).
--
-- Equal anonymous data of two units become one, which no object can say of itself.  So where there
-- is more than one unit, the bytes are compared with -O0, which turns that off.

local native = require "native"

local lowered = {}

local function with(request, words, units)
  local argv = { table.unpack(request.argv) }
  for _, word in ipairs(words) do argv[#argv + 1] = word end
  return { argv = argv, files = request.files, names = request.names, units = units }
end

local function has(argv, ...)
  for _, word in ipairs(argv) do
    for _, wanted in ipairs { ... } do if word == wanted then return true end end
  end
  return false
end

local function count(units)
  local n = 0
  for _ in pairs(units) do n = n + 1 end
  return n
end

local function all_units(request)
  for name in pairs(request.files) do
    if not request.units[name] then return false end
  end
  return true
end

-- Both ways with more options: two modules, or nil and what differs in how they ended.
local function link_both(link, request, words)
  local direct = link:link(with(request, words, request.units))
  local object = link:link(with(request, words, {}))
  if direct.ended ~= object.ended then
    return nil, { expected = ("%s: %s"):format(object.ended, object.message),
      found = ("%s: %s"):format(direct.ended, direct.message) }
  end
  return direct.bytes and { direct = direct.bytes, object = object.bytes }
end

local function same_structure(made)
  local text, why = native.diff(made.object, made.direct)
  if not text then return { expected = "modules that can be decoded", found = why } end
  if text == "" or text:find("\nsame structure, ") then return end
  return { expected = "what linking the lowered object gives", found = text }
end

local function same_bytes(link, request, words)
  if has(request.argv, "-r", "--relocatable", "--emit-relocs") then return end
  local more = { "--strip-debug", "--compress-relocations", table.unpack(words) }
  local made, wrong = link_both(link, request, more)
  if wrong or not made then return wrong end
  if made.direct ~= made.object then
    return { expected = "the bytes that linking the lowered object gives",
      found = native.diff(made.object, made.direct) }
  end
  if not all_units(request) then return end
  local plain = link:link(with(request, words, request.units)).bytes
  if plain ~= made.direct then
    return { expected = "the same bytes without --compress-relocations",
      found = native.diff(made.direct, plain) }
  end
end

-- nil, or { expected, found } for the request, which linked or was rejected.
function lowered.breaks_law(link, request)
  if request.no_file or not next(request.units) then return end
  local words = count(request.units) > 1 and { "-O0" } or {}
  local made, wrong = link_both(link, request, words)
  if wrong or not made then return wrong end
  return same_structure(made) or same_bytes(link, request, words)
end

-- The request with objects in place of units.
function lowered.request(request) return with(request, {}, {}) end

return lowered
