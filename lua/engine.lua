-- engine.lua: the commands that are written in Lua.
--
-- Takes: the command line.  Gives: the exit status: 0 as expected, 1 not so, 2 misuse.
-- Rule of thumb: nothing is loaded that the command does not need: most take a few milliseconds.

local engine = {}

-- Those that take cases are in suite.lua.
local MODULES = { random = "random", judge = "judge", matrix = "matrix", linkers = "bench",
  explain = "explain", spec = "spec", new = "new", mutants = "mutants", lift = "lift" }

-- Runs the command args[0].  args: the words behind it, and home and program, paths.
function engine.main(args) return require(MODULES[args[0]] or "suite").main(args) end

return engine
