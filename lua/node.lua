-- node.lua: runs modules in Node, one Node for all cases of a worker.
--
-- Takes: a module, what it imports, and steps.  Gives: an answer a step.
-- Rule of thumb: a Node that hangs is killed, and the next case gets a new one.

local native = require "native"

local node = { milliseconds = 5000 }

local function script()
  return assert(package.searchpath("run", (package.path:gsub("%.lua", ".js"))))
end

local EMPTY = "\0asm\1\0\0\0" -- the smallest module

-- Whether there is a Node, and runs a module.
function node.present()
  if node.found == nil then
    local ok, answers = pcall(node.run, EMPTY, {}, {})
    node.found = ok and answers ~= nil
  end
  return node.found
end

-- A name as one word.
local function word(text)
  local encoded = text:gsub("[^%w_.-]", function(c) return ("%%%02X"):format(c:byte()) end)
  return encoded
end

local function import_line(i)
  local min = i.kind == "table" and i.value or i.min or 0
  local limits = ("%s %s"):format(min, i.max or "-")
  local rest = i.kind == "function" and ("%s %s"):format(i.type or "void", i.value or 0)
    or i.kind == "global" and ("%s %s %s"):format(i.type, i.mutable or false, i.value or 0)
    or i.kind == "memory" and ("%s %s %s"):format(limits, i.shared or false, i.value or 0)
    or i.kind == "table" and limits or ""
  return ("%s %s %s %s"):format(i.kind, word(i.module), word(i.name), rest)
end

local function step_line(s)
  if s.instance then return "instance " .. s.instance end
  if s.get then return "get " .. word(s.get) end
  local words = { "call", word(s.call) }
  for k, value in ipairs(s.args) do words[#words + 1] = s.types[k] .. ":" .. tostring(value) end
  return table.concat(words, " ")
end

local function receive()
  local ready = native.wait({ node.peer }, node.milliseconds)
  local answer = ready and node.peer:receive()
  if answer then return answer end
  node.peer:finish(true)
  node.peer = nil
  return ready and "fail node has ended" or "fail no answer in time"
end

-- Ends the Node of this process, so that one that is forked starts its own.
function node.stop()
  if node.peer then node.peer:finish(true) end
  node.peer = nil
end

-- Instantiates the module and does the steps in order.
--   imports: list of { kind, module, name, type, value, min, max, shared, mutable }
--   steps: list of { call = name, args = {...}, types = {...} }, { get = name } or { instance = n }
-- Gives a list of { what = "value"|"void"|"trap", text }, or nil and why it cannot start.
function node.run(bytes, imports, steps)
  local lines = {}
  for _, i in ipairs(imports) do lines[#lines + 1] = import_line(i) end
  for _, s in ipairs(steps) do lines[#lines + 1] = step_line(s) end
  if not node.peer then
    node.peer = assert(native.start { os.getenv("NODE") or "node", script() })
  end
  node.peer:send(table.concat(lines, "\n") .. "\n\n" .. bytes)
  local answers = {}
  for line in (receive() .. "\n"):gmatch("([^\n]*)\n") do
    local what, text = line:match("^(%a+) ?(.*)$")
    if what == "fail" then return nil, text end
    answers[#answers + 1] = { what = what, text = text }
  end
  return answers
end

return node
