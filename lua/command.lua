-- command.lua: what every command has in common: how it ends, and what it says of a wrong call.
--
-- Rule of thumb: a command gives an exit status, and whoever used it wrongly reads one line.

local command = { OK = 0, FAILED = 1, MISUSE = 2 } -- exit status

-- Says what is wrong, after whose name (by default the program's); gives the status of misuse.
function command.misuse(why, who)
  io.stderr:write(who or "linkspec", ": ", why, "\n")
  return command.MISUSE
end

-- The options of a parser (argparse), or nil when the words are wrong, which is said.
function command.parse(parser, args)
  local ok, options = parser:pparse(args)
  if ok then return options end
  command.misuse(("%s: see `%s --help`"):format(options, parser._name), parser._name)
end

return command
