-- pool.lua: numbered jobs, done by forked workers.
--
-- Takes: how many jobs and workers, and the work of one job.  Gives: the results, in the order of
-- the jobs whatever the number of workers.  Rule of thumb: a job that kills or hangs its worker
-- costs that worker and nothing else.

local native = require "native"
local wire = require "wire"

local pool = {}

-- Percent of the memory in use at which Lua looks for garbage: a job makes many small tables and
-- ends soon, so looking three times as late as Lua's default is time saved.
local GARBAGE_PAUSE = 600

-- What a worker does: one job after the other, until the parent closes.
local function serve(peer, work)
  for text in function() return peer:receive() end do
    local index = wire.decode(text)
    peer:send(wire.encode(work(index)))
  end
end

local Pool = {}
Pool.__index = Pool

function Pool:hire(worker)
  worker.peer = assert(native.fork(function(peer)
    native.limit(self.memory)
    collectgarbage("setpause", GARBAGE_PAUSE)
    serve(peer, self.work)
  end))
end

-- The next job goes to this worker; false when none is left.
function Pool:assign(worker)
  worker.job = nil
  if self.next > self.jobs then return false end
  if not worker.peer then self:hire(worker) end
  worker.job, worker.started = self.next, native.clock()
  self.next = self.next + 1
  worker.peer:send(wire.encode(worker.job))
  return true
end

-- Hands results on as soon as all before them are there.
function Pool:deliver(index, result)
  self.results[index] = result
  while self.results[self.delivered + 1] do
    self.delivered = self.delivered + 1
    if self.on_result(self.delivered, self.results[self.delivered]) == false then
      self.stopped = true
      return
    end
    self.results[self.delivered] = true
  end
end

function Pool:bury(worker, hung)
  local how, code, signal = worker.peer:finish(hung)
  worker.peer = nil
  self:deliver(worker.job, self.lost(worker.job, how, signal or ("exit status " .. code)))
end

function Pool:collect(worker)
  local text = worker.peer:receive()
  if text then self:deliver(worker.job, wire.decode(text)) else self:bury(worker, false) end
  self:assign(worker)
end

local function busy(workers)
  local list, peers = {}, {}
  for _, worker in ipairs(workers) do
    if worker.job then
      list[#list + 1] = worker
      peers[#peers + 1] = worker.peer
    end
  end
  return list, peers
end

function Pool:step(workers)
  local list, peers = busy(workers)
  local ready = native.wait(peers, 100) or {}
  for i, worker in ipairs(list) do
    if ready[i] then
      self:collect(worker)
    elseif native.clock() - worker.started > self.milliseconds then
      self:bury(worker, true)
      self:assign(worker)
    end
  end
  return #list > 0
end

-- Idle workers end when they are told; those of a run that ends early may be in a job.
local function dismiss(workers, early)
  for _, worker in ipairs(workers) do
    if worker.peer then worker.peer:finish(early) end
  end
end

-- Does jobs 1 to spec.jobs in spec.workers processes.
--   work(i) -> result           in a worker: a table of plain values
--   lost(i, how, text) -> result  the worker ended ("exit", "signal") or hung ("timeout")
--   on_result(i, result)        in the parent, in order of i; gives false to end the run
--   milliseconds, memory        limits: of one job, and of a worker in bytes
-- False when the user interrupted it.
function pool.run(spec)
  local self = setmetatable({ next = 1, delivered = 0, results = {} }, Pool)
  for key, value in pairs(spec) do self[key] = value end
  local workers = {}
  for i = 1, math.min(spec.workers, spec.jobs) do
    workers[i] = {}
    self:assign(workers[i])
  end
  while self.delivered < self.jobs and not self.stopped and not native.interrupted() do
    self:step(workers)
  end
  dismiss(workers, self.stopped or native.interrupted())
  return not native.interrupted()
end

return pool
