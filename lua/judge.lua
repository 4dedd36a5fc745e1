-- judge.lua: `linkspec judge`, and the judge's violations as text.
--
-- Takes: the module of any linker, and the command line of the link, whose files are on the disk.
-- Gives: what the module does wrong, with the places and the bytes, and where the linker made a
-- choice.  What decides is model/judge.h; runner/lua_judge.c says what a judgement holds.
-- Rule of thumb: whoever reads a violation needs no other tool to see it.

local argparse = require "argparse"
local command = require "command"
local json = require "dkjson"
local driver = require "driver"
local native = require "native"
local text = require "report.text"

local judge = {}

local WHO = "linkspec judge"

-- Violations as text ------------------------------------------------------------------------------

-- "a.o:0x8a: section code, in f", or "" where no input is at fault.
local function place_text(v)
  if not v.file then return "" end
  local place = v.file
  if v.offset then place = place .. (":0x%x"):format(v.offset) end
  if v.section then place = place .. ": section " .. v.section end
  if v.part then place = place .. ", in " .. v.part end
  return place .. ": "
end

-- What is judged, where, and the clause that decides.
function judge.head(v)
  return ("%s%s (%s)"):format(place_text(v), v.what or "the module", v.clause)
end

-- Bytes as hexadecimal digits, those in question in brackets.
local function hex(e)
  local words = {}
  for i = 1, #e.bytes do
    local word = ("%02x"):format(e.bytes:byte(i))
    if i == e.from + 1 and e.from < e.to then word = "[" .. word end
    if i == e.to and e.from < e.to then word = word .. "]" end
    words[i] = word
  end
  return table.concat(words, " ")
end

local BYTES = { "input", "output", "wanted", "instead" } -- of a violation, see lua_judge.c

-- "a.o:0x82: 00 41 [80 80 80 80 00] 0b"
local function excerpt_text(e, file)
  return ("%s:0x%x: %s"):format(e.file or file, e.offset, hex(e))
end

-- The bytes of a violation in inputs and in the module `path`: a list of { name, text }.
function judge.bytes(v, path)
  local list = {}
  for _, name in ipairs(BYTES) do
    if v[name] then list[#list + 1] = { name, excerpt_text(v[name], path) } end
  end
  return list
end

-- What a report of a case notes beside the first violation: its bytes, and how many more there are.
function judge.notes(violations, path)
  local notes = {}
  for _, line in ipairs(judge.bytes(violations[1], path)) do
    notes[#notes + 1] = line[1] .. " " .. line[2]
  end
  if #violations > 1 then notes[#notes + 1] = ("%d more violations"):format(#violations - 1) end
  return notes
end

local function field(name, value) io.write(("  %-9s %s\n"):format(name .. ":", value)) end

local function print_violation(v, path)
  io.write(judge.head(v), "\n")
  field("expected", v.expected)
  field("found", v.found)
  if v.out_offset then field("in", ("%s:0x%x"):format(path, v.out_offset)) end
  for _, line in ipairs(judge.bytes(v, path)) do field(line[1], line[2]) end
end

-- Violations as JSON ------------------------------------------------------------------------------

local FORMAT = 1 -- changes when a key changes its meaning

-- The order of keys, in objects of every kind.
local ORDER = { "format", "linkspec", "module", "arguments", "verdict", "violations", "permissions",
  "diagnostics", "counts", "repeat", "clause", "id", "phase", "class", "severity", "file", "offset",
  "section", "part", "within", "field", "module_offset", "what", "expected", "found", "input",
  "output", "wanted", "instead", "bytes", "from", "to", "name", "text", "functions", "segments",
  "sites" }

local function violation_record(v)
  local record = { clause = v.clause, file = v.file, offset = v.offset, section = v.section,
    part = v.part, module_offset = v.out_offset, what = v.what, expected = v.expected,
    found = v.found }
  for _, name in ipairs(BYTES) do
    local e = v[name]
    record[name] = e and { file = e.file, offset = e.offset, from = e.from, to = e.to,
      bytes = e.bytes:gsub(".", function(c) return ("%02x"):format(c:byte()) end) }
  end
  return record
end

-- The command -------------------------------------------------------------------------------------

local HELP = [[
Judges MODULE, written by any linker, as a link of what the command line behind -- asks for.

Prints each violation: where in the input, what is judged, the clause; what was expected and what
was found; where in the module; the bytes of both, those in question in brackets, and the bytes
that were wanted and are there instead, where that is what is wrong.  Then what the linker did where
it may choose, the command that shows all this again, and what was looked at.  Offsets in a member
of an archive count from the member's first byte.]]

local EPILOG = [[
The command line is wasm-ld's, with its @FILEs and -l; nothing is written.  --error-limit=N in it
says how many violations are shown (0: all).

Exit status: 0 a correct link; 1 not so, or inputs that do not link; 2 misuse.]]

local function parser()
  local p = argparse(WHO, HELP, EPILOG)
    :usage("Usage: linkspec judge [--json] MODULE -- ARGUMENT...")
  p:argument("module", "The module."):argname("MODULE")
  p:argument("argument", "Options and inputs of the link, in order."):args("*"):argname("ARGUMENT")
  p:flag("--json", "One JSON document on standard output.")
  return p
end

-- A word as a shell takes it.
local function quote(word)
  if word:find("^[%w_@%%+=:,./-]+$") then return word end
  return "'" .. word:gsub("'", "'\\''") .. "'"
end

-- The command line that does the same again.
local function repeat_line(options)
  local words = { "linkspec judge", quote(options.module), "--" }
  for _, word in ipairs(options.argument) do words[#words + 1] = quote(word) end
  return table.concat(words, " ")
end

-- The judgement of the module at options.module, as lua_judge.c has it; with diags where the inputs
-- or the command line (misuse) are refused; nil and why where there is no such file.
local function judge_file(options)
  -- Its name may be in the module.  Where they do not say it, any will do.
  local argv = { "-o", "/", table.unpack(options.argument) }
  local j, why = native.judge(argv, nil, nil, options.module)
  if j then return j end
  if why.failed == "file" then return nil, ("%s: %s"):format(options.module, why.text) end
  j = { violations = {}, total = 0, permissions = {}, functions = 0, segments = 0, sites = 0 }
  if why.failed == "module" then -- what no reader can read
    j.total, j.violations[1] = 1, { clause = "container", what = why.field, expected = "a module",
      found = why.text, out_offset = why.offset, output = why.output }
    return j
  end
  j.diags, j.misuse = why.diags, why.failed == "options"
  return j
end

local function exit_status(j)
  if j.misuse then return command.MISUSE end
  return (j.diags or j.total > 0) and command.FAILED or command.OK
end

local function print_json(j, options)
  local violations = {}
  for i, v in ipairs(j.violations) do violations[i] = violation_record(v) end
  io.write(json.encode(text.clean({
    format = FORMAT, linkspec = native.version, module = options.module,
    arguments = options.argument, violations = violations, permissions = j.permissions,
    verdict = j.diags and "inputs refused" or j.total > 0 and "wrong" or "correct",
    diagnostics = j.diags, counts = { violations = j.total, functions = j.functions,
      segments = j.segments, sites = j.sites }, ["repeat"] = repeat_line(options),
  }), { indent = true, keyorder = ORDER }), "\n")
end

local function plural(n, what) return ("%d %s%s"):format(n, what, n == 1 and "" or "s") end

local function print_text(j, options)
  for _, d in ipairs(j.diags or {}) do
    io.stderr:write(WHO, ": ", driver.diag_text(d), "\n")
  end
  if j.diags then return end
  for _, v in ipairs(j.violations) do print_violation(v, options.module) end
  if #j.violations < j.total then io.write(j.total - #j.violations, " more are not shown\n") end
  for _, p in ipairs(j.permissions) do io.write(("permission %s: %s\n"):format(p.name, p.text)) end
  if j.total > 0 then io.write("repeat: ", repeat_line(options), "\n") end
  io.write(("%s, %s, %s; %s\n"):format(plural(j.functions, "function"),
    plural(j.segments, "segment"), plural(j.sites, "site"), plural(j.total, "violation")))
end

-- args: the words behind the command's name.
function judge.main(args)
  local options = command.parse(parser(), args)
  if not options then return command.MISUSE end
  local j, why = judge_file(options)
  if not j then return command.misuse(why, WHO) end
  if options.json then print_json(j, options) else print_text(j, options) end
  return exit_status(j)
end

return judge
