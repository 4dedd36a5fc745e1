-- judge.lua: `linkspec judge`, and the judge's violations as text.
--
-- Takes: the module of any linker, and the command line of the link, whose files are on the disk.
-- Gives: what the module does wrong, with the places and the bytes, and where the linker made a
-- choice.  What decides is model/judge.h; runner/lua_judge.c says what a judgement holds.
-- Rule of thumb: whoever reads a violation needs no other tool to see it.

local argparse = require "argparse"
local native = require "native"

local judge = {}

local EXIT_OK, EXIT_FAILED, EXIT_MISUSE = 0, 1, 2

-- Violations as text ------------------------------------------------------------------------------

-- "a.o:0x8a: section code, in f", or "" where no input is at fault.
local function place_text(v)
  if not v.file then return "" end
  local text = v.file
  if v.offset then text = text .. (":0x%x"):format(v.offset) end
  if v.section then text = text .. ": section " .. v.section end
  if v.part then text = text .. ", in " .. v.part end
  return text .. ": "
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
    if i == e.from + 1 then word = "[" .. word end
    if i == e.to then word = word .. "]" end
    words[i] = word
  end
  return table.concat(words, " ")
end

-- "a.o:0x82: 00 41 [80 80 80 80 00] 0b"
local function excerpt_text(e, file)
  return ("%s:0x%x: %s"):format(e.file or file, e.offset, hex(e))
end

-- The bytes of a violation in inputs and in the module `path`: a list of { name, text }.
function judge.bytes(v, path)
  local list = {}
  for _, name in ipairs { "input", "output", "wanted", "instead" } do
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

local function field(name, text) io.write(("  %-9s %s\n"):format(name .. ":", text)) end

local function print_violation(v, path)
  io.write(judge.head(v), "\n")
  field("expected", v.expected)
  field("found", v.found)
  if v.out_offset then field("in", ("%s:0x%x"):format(path, v.out_offset)) end
  for _, line in ipairs(judge.bytes(v, path)) do field(line[1], line[2]) end
end

-- The command -------------------------------------------------------------------------------------

local HELP = [[
Judges MODULE, written by any linker, as a link of what the command line behind -- asks for.

Prints each violation: where in the input, what is judged, the clause; what was expected and what
was found; where in the module; the bytes of both, those in question in brackets, and where other
bytes stand than should, these.  Then what the linker did where it may choose, and what was looked
at.  Offsets in a member of an archive count
from the member's first byte.]]

local EPILOG = [[
The command line is wasm-ld's, with its @FILEs and -l; nothing is written.  --error-limit=N in it
says how many violations are shown (0: all).

Exit status: 0 a correct link; 1 not so, or inputs that do not link; 2 misuse.]]

local function parser()
  local p = argparse("linkspec judge", HELP, EPILOG)
    :usage("Usage: linkspec judge MODULE -- ARGUMENT...")
  p:argument("module", "The module."):argname("MODULE")
  p:argument("argument", "Options and inputs of the link, in order."):args("*"):argname("ARGUMENT")
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

local function plural(n, what) return ("%d %s%s"):format(n, what, n == 1 and "" or "s") end

local function print_judgement(j, options)
  for _, v in ipairs(j.violations) do print_violation(v, options.module) end
  if #j.violations < j.total then io.write(j.total - #j.violations, " more are not shown\n") end
  for _, p in ipairs(j.permissions) do io.write(("permission %s: %s\n"):format(p.name, p.text)) end
  if j.total > 0 then io.write("repeat: ", repeat_line(options), "\n") end
  io.write(("%s, %s, %s; %s\n"):format(plural(j.functions, "function"),
    plural(j.segments, "segment"), plural(j.sites, "site"), plural(j.total, "violation")))
end

-- What the inputs or the command line are refused for.
local function print_diags(diags)
  for _, d in ipairs(diags) do
    io.stderr:write("linkspec judge: ", require("driver").diag_text(d), "\n")
  end
end

-- A module that no reader can read is a violation, too.
local function unreadable(why)
  return { violations = { { clause = "container", what = why.field, expected = "a module",
    found = why.text, out_offset = why.offset, output = why.output } },
    total = 1, permissions = {}, functions = 0, segments = 0, sites = 0 }
end

-- The judgement of the module at options.module, or nil and the exit status, having said why.
local function judge_file(options)
  local argv = { table.unpack(options.argument) }
  argv[#argv + 1] = "-o" -- its name may be in the module
  argv[#argv + 1] = options.module
  local j, why = native.judge(argv, nil, nil, options.module)
  if j then return j end
  if why.failed == "module" then return unreadable(why) end
  if why.failed == "file" then
    io.stderr:write("linkspec judge: ", options.module, ": ", why.text, "\n")
    return nil, EXIT_MISUSE
  end
  print_diags(why.diags)
  return nil, why.failed == "options" and EXIT_MISUSE or EXIT_FAILED
end

-- args: the words behind the command's name.
function judge.main(args)
  local p = parser()
  local ok, options = p:pparse(args)
  if not ok then
    io.stderr:write(p:get_usage(), "\n\nlinkspec judge: ", options, "\n")
    return EXIT_MISUSE
  end
  local j, status = judge_file(options)
  if not j then return status end
  print_judgement(j, options)
  return j.total == 0 and EXIT_OK or EXIT_FAILED
end

return judge
