-- Tests of random links: a seed is always the same link, and what explains a difference is a case.

local build = require "random.build"
local explained = require "random.explained"
local plan = require "random.plan"

return function(T)
  T.test("random: a seed gives the same files and arguments each time", function()
    for seed = 1, 40 do
      local one, two = build(plan.random(seed)), build(plan.random(seed))
      assert(table.concat(one.argv, " ") == table.concat(two.argv, " "))
      for name, bytes in pairs(one.files) do assert(two.files[name] == bytes, name) end
    end
  end)

  T.test("random: what is left out of a plan leaves no reference behind", function()
    for seed = 1, 40 do
      local p = plan.random(seed)
      for _, o in ipairs(p.objects) do table.remove(o.items, 1) end
      build(p)
    end
  end)

  T.test("random: every explanation is a case", function()
    local pipe = io.popen(os.getenv "LINKSPEC" .. " test --list")
    local ids = {}
    for id in pipe:read("a"):gmatch("([^\t\n]+)\t[^\n]*") do ids[id] = true end
    pipe:close()
    for _, id in ipairs(explained.cases()) do assert(ids[id], id) end
  end)
end
