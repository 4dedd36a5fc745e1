-- mutants/suite.lua: the suite against a changed model.
--
-- Takes: cases, and libraries with changed models (build.lua).  Gives: which case notices the
-- change, as a foreign linker (expectations and the judge, which takes the model as it is), or else
-- as the model (diagnostics, stages, goldens).
-- Rule of thumb: a case is run only where a link of it has another outcome than it had: its verdict
-- follows from its links.

local driver = require "driver"
local native = require "native"
local node = require "node"
local pool = require "pool"
local trial = require "trial"

local suite = {}

local MEMORY = 2 << 30
local SECONDS, TIMES = 1, 20 -- of the processor a case has: so many, and as often what it took
local PATIENCE = 600 * 1000 -- milliseconds that a busy machine may need for a case

-- Links of the model that are remembered ----------------------------------------------------------

local METHODS = { "link", "again", "validate" }

-- A request, or a list of them, without what its files were made of, which is large.
local function plain(request)
  if request.argv then
    return { argv = request.argv, files = request.files, units = request.units }
  end
  local list = {}
  for i, r in ipairs(request) do list[i] = plain(r) end
  return list
end

-- The model, and a list to which it adds every { method, request, stage, outcome }.
local function recorder()
  local model, done = driver.model(), {}
  for _, method in ipairs(METHODS) do
    local work = model[method]
    model[method] = function(self, request, stage)
      local outcome = work(self, request, stage)
      done[#done + 1] = { method = method, request = plain(request), stage = stage,
        outcome = outcome }
      return outcome
    end
  end
  return model, done
end

-- Whether two plain values are the same.
local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  for key, value in pairs(a) do
    if not same(value, b[key]) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return true
end

-- Whether a changed model gives for every link what the model gave.
local function repeats(done, model)
  for _, d in ipairs(done) do
    if not same(model[d.method](model, d.request, d.stage), d.outcome) then return false end
  end
  return true
end

-- The suite as it is ------------------------------------------------------------------------------

-- A model as any other linker is seen: modules, texts, and whether it links; no stages.
local function foreign(model)
  return { name = "mutant", label = "mutant", version = model.version, link = function(_, request)
    local seen = {}
    for key, value in pairs(model:link(request)) do seen[key] = value end
    seen.diags = nil
    return seen
  end }
end

local function judged(c, link, options) return trial.run(c, link, options) end

-- What is known of a case before any change: its links, whether a foreign linker is judged by it,
-- and the milliseconds that its links took.  Nil and why when it fails.
local function known(c, options)
  local model, done = recorder()
  local result = judged(c, model, options)
  if result.verdict == "UNSUPPORTED" then return nil end
  if result.verdict ~= "PASS" then return nil, ("%s: %s"):format(c.id, result.verdict) end
  local as_foreign = judged(c, foreign(driver.model()), {}).verdict
  if as_foreign ~= "PASS" and as_foreign ~= "UNSUPPORTED" then
    return nil, ("%s: %s as a foreign linker"):format(c.id, as_foreign)
  end
  local started = native.clock()
  repeats(done, driver.model())
  return { case = c, links = done, foreign = as_foreign == "PASS",
    milliseconds = native.clock() - started }
end

-- The list itself, in an order that math.random decides.
function suite.shuffle(list)
  for i = #list, 2, -1 do
    local k = math.random(i)
    list[i], list[k] = list[k], list[i]
  end
  return list
end

local Suite = {}
Suite.__index = Suite

-- options: manifest and golden, as for `linkspec test`.  Nil and why when a case fails before any
-- change.
function suite.new(cases, options)
  local self = setmetatable({ options = options, cases = {}, noticed = {} }, Suite)
  for _, c in ipairs(cases) do
    local k, why = known(c, options)
    if why then return nil, why end
    self.cases[#self.cases + 1] = k
  end
  node.stop()
  suite.shuffle(self.cases)
  table.sort(self.cases, function(a, b) return a.milliseconds < b.milliseconds end)
  return self
end

-- The suite against a change ----------------------------------------------------------------------

-- What the case k says of a changed model: { foreign = verdict, model = verdict, what }, or {}
-- where it notices nothing.
local function try(k, model, options)
  if repeats(k.links, model) then return {} end
  local said = {}
  local seen = k.foreign and judged(k.case, foreign(model), {}) or { verdict = "PASS" }
  if seen.verdict ~= "PASS" then
    said.foreign, said.what = seen.verdict, seen.where or seen.expected
  else
    seen = judged(k.case, model, options)
    if seen.verdict ~= "PASS" then
      said.model, said.what = seen.verdict, seen.where or seen.expected
    end
  end
  return said
end

local function load(path) return assert(package.loadlib(path, "luaopen_native"))() end

-- Cases in the order to try: those that noticed something in the same function, in the same file,
-- then the quick ones.
function Suite:order(m)
  local list, seen = {}, {}
  for _, place in ipairs { m.file .. ":" .. (m.func or ""), m.file } do
    for _, k in ipairs(self.noticed[place] or {}) do
      if not seen[k] then list[#list + 1] = k end
      seen[k] = true
    end
  end
  for _, k in ipairs(self.cases) do
    if not seen[k] then list[#list + 1] = k end
  end
  return list
end

-- Most recent first.
local function remember(list, k)
  for i, other in ipairs(list) do
    if other == k then table.remove(list, i) end
  end
  table.insert(list, 1, k)
  return list
end

function Suite:note(m, k)
  for _, place in ipairs { m.file .. ":" .. (m.func or ""), m.file } do
    self.noticed[place] = remember(self.noticed[place] or {}, k)
  end
end

-- Runs the cases against the library of the change m until one fails by which foreign linkers are
-- judged.  Gives { foreign = id of that case, model = id of the first that only the model fails,
-- how, what }.
function Suite:run(m, path)
  local list, found, model = self:order(m), {}, nil
  local done = pool.run {
    jobs = #list, workers = 1, memory = MEMORY,
    milliseconds = PATIENCE,
    work = function(i)
      native.limit_time(SECONDS + list[i].milliseconds * TIMES // 1000)
      model = model or driver.model(load(path))
      return try(list[i], model, self.options)
    end,
    lost = function(i, _, text)
      local said = text:find("CPU time") and "TIMEOUT" or "CRASH"
      return { [list[i].foreign and "foreign" or "model"] = said, what = text }
    end,
    on_result = function(i, said)
      local kind = said.foreign and "foreign" or said.model and not found.model and "model"
      if not kind then return end
      found[kind], found.how, found.what = list[i].case.id, said[kind], said.what
      self:note(m, list[i])
      return not found.foreign
    end,
  }
  return done and found or nil
end

return suite
