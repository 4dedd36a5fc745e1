-- spec.lua: the command spec: the ledger as one HTML page, with what linkers did.
--
-- Takes: the command line.  Gives: the exit status: 0 the page is written; 1 it cannot be, or a
-- record contradicts what an open question says of a linker; 2 misuse or no sound record.
-- Rule of thumb: nothing is run and nothing is judged here.

local argparse = require "argparse"
local case = require "case"
local command = require "command"
local html = require "html"
local ledger = require "ledger"
local page = require "spec.page"
local questions = require "questions"
local records = require "matrix.records"

local spec = {}

local function parser()
  local p = argparse("linkspec spec", "Makes one HTML page of the ledger: every clause of the "
    .. "convention with its cases, and the open questions.  It needs no network and works from a "
    .. "file.")
  p:argument("record", "A raw record (`linkspec conform --report ndjson=FILE`), to say what "
    .. "linkers did."):argname("FILE"):args("*")
  p:option("-o --output", "The page."):argname("FILE"):count(1)
  p:option("--matrix", "Address of the page of `linkspec matrix`, as it is seen from this one.")
    :argname("ADDRESS")
  p:option("--cases", "Folder of the cases."):argname("DIR")
  return p
end

-- Where records contradict what questions say; a line each.
local function contradictions(book, report)
  local lines = {}
  for _, q in ipairs(book.questions) do
    local c = report.by_id[q.cases[1]]
    for i, linker in ipairs(report.linkers) do
      local r = c and c.results[i]
      local line = r and questions.contradiction(q, linker, r)
      if line then lines[#lines + 1] = line end
    end
  end
  return lines
end

-- args: the words behind the command's name.
function spec.main(args)
  local options = command.parse(parser(), args)
  if not options then return command.MISUSE end
  options.home, options.cases = args.home, options.cases or args.home .. "/cases"
  local book, why = ledger.load(options.cases)
  if not book then return command.misuse(why or options.cases .. ": no ledger (clauses.lua)") end
  local report
  report, why = records.read(options.record)
  if not report then return command.misuse(why) end
  local text = page.make(book, case.load_all(options.cases), report, options)
  if not html.save(options.output, text) then return command.FAILED end
  local wrong = contradictions(book, report)
  for _, line in ipairs(wrong) do io.stderr:write("linkspec: ", line, "\n") end
  return #wrong == 0 and command.OK or command.FAILED
end

return spec
