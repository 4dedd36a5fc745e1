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

  -- What a run of 20 seeds prints, and its exit status; `rest`: options.
  local function run(rest)
    local pipe = io.popen(("%s random --count 20 %s 2>&1"):format(os.getenv "LINKSPEC", rest))
    local text = pipe:read("a")
    local _, _, status = pipe:close()
    return text, status
  end

  T.test("random: the model is the same as a program of its own", function()
    for _, form in ipairs { "--linker linkspec", "--linker linkspec=" .. os.getenv "LINKSPEC",
      "--linker linkspec --judge-only" } do
      local text, status = run(form)
      assert(status == 0 and text:find("\n20 passed, 0 failed, 0 skipped\n$"), text)
      assert(not text:find("^0 the same"), text)
    end
  end)

  T.test("random: a linker that links nothing passes nothing", function()
    for _, form in ipairs { "--linker broken-rejects", "--linker broken-rejects --judge-only" } do
      local text, status = run(form)
      assert(status == 1 and text:find("no seed was linked by the peer: broken-rejects", 1, true),
        text)
      assert(text:find("\n0 passed, 20 failed, 0 skipped\n$"), text)
    end
  end)
end
