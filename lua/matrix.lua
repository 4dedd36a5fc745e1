-- matrix.lua: the command matrix: raw records of linkers as one HTML page.
--
-- Takes: the command line.  Gives: the exit status: 0 the page is written, 1 it cannot be, 2 misuse
-- or no sound record.  Rule of thumb: nothing is run and nothing is judged here.

local argparse = require "argparse"
local command = require "command"
local html = require "html"
local ledger = require "ledger"
local page = require "matrix.page"
local records = require "matrix.records"

local matrix = {}

local function parse(args)
  local p = argparse("linkspec matrix",
    "Makes one HTML page of what linkers did: linkers by topics, down to the case.  It needs no "
    .. "network and works from a file.")
  p:argument("record", "A raw record, as `linkspec conform --report ndjson=FILE` writes it; of one "
    .. "linker or of many."):argname("FILE"):args("+")
  p:option("-o --output", "The page."):argname("FILE"):count(1)
  p:option("--spec", "Address of the page of `linkspec spec`, as it is seen from this one.")
    :argname("ADDRESS")
  p:option("--cases", "Folder of the cases, for the statements of clauses."):argname("DIR")
  local options = command.parse(p, args)
  if not options then return nil end
  options.home, options.cases = args.home, options.cases or args.home .. "/cases"
  return options
end

-- What clauses say, by id.
local function read_statements(folder)
  local clauses, why = ledger.load(folder)
  if why then return nil, why end
  local statements = {}
  for _, clause in ipairs(clauses and clauses.list or {}) do
    statements[clause.id] = ("%s (%s, %s)"):format(clause.says, clause.force, clause:place())
  end
  return statements
end

function matrix.main(args)
  local options = parse(args)
  if not options then return command.MISUSE end
  local statements, report, why
  statements, why = read_statements(options.cases)
  if not statements then return command.misuse(why) end
  report, why = records.read(options.record)
  if not report then return command.misuse(why) end
  local written = html.save(options.output, page.make(report, statements, options))
  return written and command.OK or command.FAILED
end

return matrix
