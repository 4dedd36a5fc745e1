-- random/libraries.lua: the shared libraries of a random link (plan.lua).
--
-- Takes: how to draw the type of a function.  Gives: a list of { name, items, needs }, the same for
-- the same state of the generator:
--   func { name, sig }    data { name, value, tls }    global { name, type, mutable }
--   tag { name, sig }; each with flags, words for export-info, or nil
-- Rule of thumb: they have the names of the objects', so that they meet.

local draw = require "random.chance"
local names = require "random.names"

local random, pick, chance, rarely = math.random, draw.pick, draw.percent, draw.rarely

local GLOBALS = { { "i32", true }, { "i64", false }, { "f64", true }, { "i32", false } }

local make = {}

function make.func(signature)
  local name = names.FUNCTIONS[random(10)]
  return { kind = "func", name = name, sig = signature(name, true) }
end

function make.data()
  return { kind = "data", name = pick(names.DATA), value = random(0, 3) * 4, tls = rarely(10) }
end

function make.global()
  local i = random(0, 3)
  local type = GLOBALS[i + 1]
  return { kind = "global", name = "g" .. i, type = type[1], mutable = type[2] }
end

function make.tag()
  local i = random(0, 3)
  return { kind = "tag", name = "e" .. i, sig = i % 2 == 0 and "->" or "i32 i64 ->" }
end

local KINDS = { "func", "func", "func", "data", "data", "data", "global", "tag" }

local function add(l, item, seen)
  if seen[item.name] then return end
  seen[item.name] = true
  item.flags = rarely(8) and pick { "weak", "no_strip", "undefined" } or nil
  l.items[#l.items + 1] = item
end

-- Mostly none; where there are some they are mostly few.
return function(signature)
  local list = {}
  for i = 1, chance(40) and random(2) or 0 do
    local l = { name = ("libx%d.so"):format(i), items = {} }
    local seen = {}
    for _ = 1, random(0, 6) do add(l, make[pick(KINDS)](signature), seen) end
    l.needs = rarely(15) and pick { "libother.so", "libx1.so" } or nil
    list[i] = l
  end
  return list
end
