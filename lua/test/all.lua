-- all.lua: runs every test of the Lua library; from the project's root: lua5.4 lua/test/all.lua
--
-- Takes: an optional word; only tests whose name holds it run.
-- Gives: a line for each failure, then "N passed, N failed, N skipped"; status 1 on failure.

package.path = "lua/?.lua;lua/test/?.lua;" .. package.path

local lfs = require "lfs"

-- The files beside this one, but for those that only help.
local function test_files()
  local names = {}
  for name in lfs.dir("lua/test") do
    local stem = name:match("^(test_.*)%.lua$") or name:match("^(engine_.*)%.lua$")
    if stem and stem ~= "engine_suite" then names[#names + 1] = stem end
  end
  table.sort(names)
  return names
end

local filter = arg and arg[1] or ""
local passed, failed, skipped = 0, 0, 0

local SKIP = {}

local T = {}

-- Runs one test; a plain assert (or any error) fails it.
function T.test(name, body)
  if not name:find(filter, 1, true) then return end
  local ok, why = xpcall(body, function(e)
    return e == SKIP and SKIP or debug.traceback(tostring(e), 2)
  end)
  if ok then
    passed = passed + 1
  elseif why == SKIP then
    skipped = skipped + 1
  else
    failed = failed + 1
    print(("FAILED %s: %s"):format(name, why))
  end
end

-- Leaves the running test; says so loudly.
function T.skip(why)
  print("SKIPPED " .. why)
  error(SKIP, 0)
end

-- Bytes as hex, for readable comparisons.
function T.hex(data)
  return (data:gsub(".", function(c) return ("%02x "):format(c:byte()) end):gsub(" $", ""))
end

-- `data` must be the bytes written in `hex`.
function T.bytes(data, hex)
  local want = hex:gsub("%s+", " "):gsub("^ ", ""):gsub(" $", "")
  local got = T.hex(data)
  if got ~= want then error(("\n   got %s\n  want %s"):format(got, want), 2) end
end

-- `work` must raise an error that holds `part`; returns the message.
function T.raises(part, work)
  local ok, message = pcall(work)
  if ok then error("no error, expected: " .. part, 2) end
  message = tostring(message)
  if not message:find(part, 1, true) then error("other error: " .. message, 2) end
  return message
end

for _, name in ipairs(test_files()) do require(name)(T) end
print(("%d passed, %d failed, %d skipped"):format(passed, failed, skipped))
os.exit(failed == 0)
