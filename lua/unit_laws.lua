-- unit_laws.lua: what must hold of links with compile units, whatever a case is about: also where
-- it makes an object, stops at a stage, or is rejected.
--
-- Takes: a request whose inputs hold units, and the model.  Gives: what breaks a law, or nil.
--
--   lowered      linking a unit, and linking the object that it lowers to, give modules that mean
--                the same.  Rule of thumb: with --compress-relocations both are the same bytes,
--                which the unit's code has without that option, too; else only the padding of
--                numbers differs; and what the case expects holds for both (laws.lua)
--   replaced     when one unit is replaced, linking again gives the bytes and messages of a fresh
--                link, as it does when the unit is back
--
-- Equal anonymous data of two units become one, which no object can say of itself; nor those of one
-- unit that only --wrap makes equal.  So where that may be, `lowered` compares with -O0, which
-- turns it off.

local native = require "native"

local unit_laws = {}

-- Lowered ---------------------------------------------------------------------------------------

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
  if not all_units(request) then return nil, true end
  local plain = link:link(with(request, words, request.units)).bytes
  if plain ~= made.direct then
    return { expected = "the same bytes without --compress-relocations",
      found = native.diff(made.direct, plain) }
  end
  return nil, true
end

local function may_share(request)
  for _, word in ipairs(request.argv) do
    if word:find "^%-%-wrap" then return true end
  end
  return count(request.units) > 1
end

-- What breaks the law: { expected, found, where }; or nil, and whether bytes were compared.
local function lowered(link, request)
  local words = may_share(request) and { "-O0" } or {}
  local made, wrong = link_both(link, request, words)
  if wrong or not made then return wrong end
  wrong = same_structure(made)
  if wrong then return wrong end
  return same_bytes(link, request, words)
end

-- The request with objects in place of units.
function unit_laws.lowered_request(request) return with(request, {}, {}) end

-- Replaced --------------------------------------------------------------------------------------

local function copy(list)
  local new = {}
  for key, value in pairs(list) do new[key] = value end
  return new
end

-- What a unit may become.  Each takes a copy, and changes it.
local CHANGES = {}

-- All that it had is gone.
function CHANGES.emptied(unit)
  unit.types, unit.symbols, unit.inits, unit.features = {}, {}, {}, {}
end

-- It has a constructor more, and data that point to anonymous data.
function CHANGES.extended(unit)
  unit.types, unit.symbols, unit.inits = copy(unit.types), copy(unit.symbols), copy(unit.inits)
  local n, NO_STRIP = #unit.symbols, 0x80
  unit.types[#unit.types + 1] = { types = "", params = 0 }
  unit.symbols[n + 1] = { kind = 0, name = "one more function", flags = 0,
    type = #unit.types - 1, bytes = "\0\x0b" }
  unit.symbols[n + 2] = { kind = 1, name = "", flags = 0, bytes = "one more constant", align = 4 }
  unit.symbols[n + 3] = { kind = 1, name = "one more pointer", flags = NO_STRIP,
    bytes = ("\0"):rep(8), align = 3,
    fixups = { { kind = "address", position = 0, target = n + 1, addend = 1 } } }
  unit.inits[#unit.inits + 1] = { priority = 0, symbol = n }
end

-- All its data are longer, and aligned otherwise.
function CHANGES.grown(unit)
  unit.symbols = copy(unit.symbols)
  for i, s in ipairs(unit.symbols) do
    if s.kind == 1 and s.bytes then
      s = copy(s)
      s.bytes, s.align = s.bytes .. "more", (s.align or 0) ~ 1
      unit.symbols[i] = s
    end
  end
end

local function replace(request, name, change)
  local r = with(request, {}, copy(request.units))
  r.files = copy(request.files)
  local unit = copy(request.units[name])
  CHANGES[change](unit)
  r.units[name] = unit
  local bytes, why = native.lower(name, unit)
  r.files[name] = bytes or why.text
  return r
end

-- The case's link, then each change of one unit, each undone before the next.
local function steps_for(request, name)
  local steps = { { request = request, what = name } }
  for _, change in ipairs { "emptied", "extended", "grown" } do
    steps[#steps + 1] = { request = replace(request, name, change), what = name .. " " .. change }
    steps[#steps + 1] = { request = request, what = name .. " as before it was " .. change }
  end
  return steps
end

local function differs(outcome, fresh)
  if outcome.bytes ~= fresh.bytes then
    return outcome.bytes and fresh.bytes and native.diff(fresh.bytes, outcome.bytes)
      or outcome.message
  end
  if outcome.message ~= fresh.message then return outcome.message end
end

local function replaced(link, request)
  for _, name in ipairs(request.names) do
    local steps, requests = request.units[name] and steps_for(request, name) or {}, {}
    for i, step in ipairs(steps) do requests[i] = step.request end
    for i, outcome in ipairs(link:again(requests)) do
      local wrong = differs(outcome, link:link(requests[i]))
      if wrong then
        return { expected = "what a fresh link gives", found = wrong, where = steps[i].what }
      end
    end
  end
  return nil, true
end

unit_laws.list = { { name = "lowered", breaks = lowered },
  { name = "replaced", breaks = replaced } }

-- Whether the laws are about this request.
function unit_laws.concern(request)
  return not request.no_file and next(request.units) ~= nil
end

return unit_laws
