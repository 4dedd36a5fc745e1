-- random/chance.lua: what is drawn.  A seed that math.randomseed() got makes it the same each time.

local chance = {}

-- True in so many percent of all cases.
function chance.percent(n) return math.random(100) <= n end

-- The same as a field that is rarely set: true or nothing.
function chance.rarely(n) return chance.percent(n) or nil end

function chance.pick(list) return list[math.random(#list)] end

return chance
