-- driver.lua: one link request to one linker, the answer in one shape.
--
-- Takes: the model, or a foreign linker's name and command.  Gives: a driver { name, version,
-- is_model, link(request, stage) -> outcome }, and an outcome is
--   { ended = "linked" | "rejected" | "crashed" | "timeout" | "unsupported",
--     bytes, printed (lines on standard output), texts (file name -> what --Map or --why-extract
--     wrote), diags (of the model), message, command, symbols, chunks, segments, memory }
-- Rule of thumb: a linker that dies has not rejected anything.

local lfs = require "lfs"
local adapters = require "adapters"
local native = require "native"

local driver = {}

driver.OUTPUT = "out.wasm"
local MAX_TEXT = 1 << 20 -- bytes kept of what a linker prints
local MAX_FILE = 8 << 30 -- bytes of a file that a linker may write: LLD first makes one as large
                         -- as its module would be, then rejects the inputs
local MAX_OUTPUT = 256 << 20 -- bytes of a module that it may give

-- The model, in this process ----------------------------------------------------------------------

-- A diagnostic as a line.
function driver.diag_text(d)
  local where = d.file and d.file .. ": " or ""
  if d.offset then where = where .. ("at 0x%x: "):format(d.offset) end
  if d.within then where = where .. d.within .. ": " end
  if d.field then where = where .. d.field .. ": " end
  return ("%s: %s%s (%s, %s, %s)"):format(d.severity, where, d.text, d.id, d.phase, d.class)
end

local function messages(diags)
  local lines = {}
  for _, d in ipairs(diags) do lines[#lines + 1] = driver.diag_text(d) end
  return table.concat(lines, "\n")
end

local function is_unsupported(diags)
  for _, d in ipairs(diags) do
    if d.phase == "options" and d.class == "unsupported" then return true end
  end
end

-- The words with an -o, if there is none.
function driver.with_output(argv)
  local list = { table.unpack(argv) }
  for _, word in ipairs(list) do
    if word == "-o" then return list end
  end
  list[#list + 1] = "-o"
  list[#list + 1] = driver.OUTPUT
  return list
end

-- The lines of a text, each of which a line break ends.
function driver.lines_of(text)
  local lines = {}
  for line in (text or ""):gmatch("([^\n]*)\n") do lines[#lines + 1] = line end
  return lines
end

-- What the program prints: notes of the link, then texts that go to "-".
local function printed_by_model(answer)
  local text = {}
  for _, d in ipairs(answer.diags) do
    if d.severity == "note" and d.phase ~= "options" then text[#text + 1] = d.text .. "\n" end
  end
  return driver.lines_of(table.concat(text) .. (answer.texts and answer.texts["-"] or ""))
end

local function chooses_validation(argv)
  for _, word in ipairs(argv) do
    if word:find("^%-%-validate=") then return true end
  end
end

-- Objects must keep every rule of the convention, unless the case says that they need not.
function driver.strict(argv)
  if chooses_validation(argv) then return argv end
  return { "--validate=strict", table.unpack(argv) }
end

-- The answer of the native module as an outcome.
local function outcome_of(answer, argv)
  answer.bytes = answer.output
  answer.printed = printed_by_model(answer)
  answer.message = messages(answer.diags)
  answer.command = "linkspec ld " .. table.concat(argv, " ")
  answer.ended = answer.ok and "linked" or is_unsupported(answer.diags) and "unsupported"
    or "rejected"
  return answer
end

local function model_argv(request) return driver.strict(driver.with_output(request.argv)) end

local function link_in_process(self, request, stage)
  local argv = model_argv(request)
  return outcome_of(self.lib.link(argv, request.files, stage or "emit", request.units), argv)
end

-- What the judge says of a module as a link of that request (lua_judge.c).
function driver.judgement(request, bytes, want_sites)
  return native.judge(model_argv(request), request.files, request.units, bytes, want_sites)
end

-- Its violations, the names of permissions that the module took (as a set), and its sites if they
-- are wanted; or nil and why where the inputs do not link.
function driver.judge(request, bytes, want_sites)
  local j, failed = driver.judgement(request, bytes, want_sites)
  if not j then return nil, failed end
  local taken = {}
  for _, p in ipairs(j.permissions) do taken[p.name] = true end
  return j.violations, taken, j.found
end

-- The outcomes of requests that are linked one after the other, each keeping what it can of the
-- one before.
local function link_again(self, requests)
  local steps, outcomes = {}, {}
  for i, r in ipairs(requests) do
    steps[i] = { argv = model_argv(r), files = r.files, units = r.units }
  end
  for i, answer in ipairs(self.lib.link_again(steps)) do
    outcomes[i] = outcome_of(answer, steps[i].argv)
  end
  return outcomes
end

-- What `linkspec validate` finds in the inputs of a link.
local function validate(self, request)
  return self.lib.validate(model_argv(request), request.files, request.units)
end

-- The reference linker; lib: a module like `native` that holds another build of it, or nil.
function driver.model(lib)
  return { name = "model", label = "model", version = native.version, is_model = true,
    lib = lib or native, command = { "linkspec", "ld" }, link = link_in_process,
    again = link_again, validate = validate }
end

-- Other linkers -----------------------------------------------------------------------------------

-- Makes the folders above a file.
function driver.make_folders(path)
  for at in path:gmatch("()/") do
    if at > 1 then lfs.mkdir(path:sub(1, at - 1)) end
  end
end

local function write_files(folder, files)
  for name, bytes in pairs(files) do
    local path = folder .. "/" .. name
    driver.make_folders(path)
    assert(native.write_file(path, bytes))
  end
end

-- The bytes of a regular file; of what else a linker may leave at that name, nil.
local function read_file(path)
  local file = lfs.attributes(path, "mode") == "file" and io.open(path, "rb")
  if not file then return nil end
  local bytes = file:read("a")
  file:close()
  return bytes
end
driver.read_file = read_file

local function output_name(argv)
  for i, word in ipairs(argv) do
    if word == "-o" then return argv[i + 1] end
  end
end

-- What linkers say who are refused memory or the rest of a file.  Then they have not judged their
-- inputs, whatever their exit status.
local STARVED = { "out of memory", "outofmemory", "not enough memory", "allocate memory",
  "bad_alloc", "memory allocation of %d+ bytes failed", "file too large",
  "no space left" }

local function is_starved(result)
  local said = (result.err .. result.out):lower()
  for _, pattern in ipairs(STARVED) do
    if said:find(pattern) then return true end
  end
end

local function classify(self, result)
  if result.ended == "timeout" then return "timeout" end
  if result.ended == "failed" then error(("%s: %s"):format(self.command[1], result.reason), 0) end
  local verdict = adapters.meaning(self.adapter, result.err)
  if verdict == "unsupported" and result.code ~= 0 then return "unsupported" end
  if result.ended == "signal" or verdict == "crash" then return "crashed" end
  if result.code == 0 then return "linked" end
  return is_starved(result) and "crashed" or "rejected"
end

-- What a linker printed, after how it died, if it did.
local function message_of(self, result)
  local said, died = result.err .. result.out, nil
  if result.ended == "timeout" then
    died = ("no end within %g seconds"):format(self.milliseconds / 1000)
  elseif result.ended == "signal" then
    died = "killed by signal: " .. result.reason
  end
  if result.code ~= 0 and is_starved(result) then
    died = ("%s; it may have %s of memory, and %d MB a file"):format(
      died or "exit status " .. result.code,
      self.memory > 0 and (self.memory >> 20) .. " MB" or "any amount", MAX_FILE >> 20)
  end
  return died and died .. "\n" .. said or said
end

-- The files that --Map=FILE and --why-extract=FILE name.
function driver.read_texts(folder, arguments)
  local texts = {}
  for _, word in ipairs(arguments) do
    local name = word:match("^%-%-Map=(.+)$") or word:match("^%-%-why%-extract=(.+)$")
    if name and name ~= "-" then texts[name] = read_file(folder .. "/" .. name) end
  end
  return texts
end

local function run_in(self, folder, request, arguments)
  local argv = { table.unpack(self.command) }
  for _, word in ipairs(arguments) do argv[#argv + 1] = word end
  write_files(folder, self.adapter.files and self.adapter.files(request.files) or request.files)
  local result = native.run { argv = argv, folder = folder, environment = self.adapter.environment,
    milliseconds = self.milliseconds, memory = self.memory, file = MAX_FILE, output = MAX_TEXT }
  local outcome = { ended = classify(self, result), command = table.concat(argv, " "),
    message = message_of(self, result) }
  local asked = driver.with_output(request.argv)
  local output = folder .. "/" .. output_name(asked)
  local size = outcome.ended == "linked" and lfs.attributes(output, "size")
  if size and size > MAX_OUTPUT then
    outcome.ended, outcome.message = "crashed", ("the output has %d bytes"):format(size)
  elseif outcome.ended == "linked" then
    outcome.bytes = read_file(output)
    outcome.printed = driver.lines_of(result.out)
    outcome.texts = driver.read_texts(folder, asked)
  end
  return outcome
end

local function link_as_child(self, request)
  local arguments, why = self.adapter.argv(driver.with_output(request.argv), self.version,
    request.files)
  why = why or request.no_file
  if why then return { ended = "unsupported", message = why, command = self.name } end
  local folder = assert(native.temp_folder(self.scratch))
  local ok, outcome = pcall(run_in, self, folder, request, arguments)
  native.remove_folder(folder)
  if not ok then error(outcome, 0) end
  return outcome
end

-- The words of a command; a relative path counts from here, not from where the linker will run.
local function split(text)
  local words = {}
  for word in text:gmatch("%S+") do words[#words + 1] = word end
  if words[1]:find("^[^/]+/") then words[1] = lfs.currentdir() .. "/" .. words[1] end
  return words
end

-- Where `make linkers` puts them.
function driver.fetched_folder(home)
  return (home:gsub("/[^/]+/%.%.$", "")) .. "/build/linkers"
end

local function fetched(home, name)
  local path = ("%s/%s"):format(driver.fetched_folder(home), name)
  return lfs.attributes(path, "mode") == "file" and { path } or nil
end

local function probe(self)
  local argv = { table.unpack(self.command) }
  for _, word in ipairs(self.adapter.probe) do argv[#argv + 1] = word end
  local result = native.run { argv = argv, milliseconds = self.milliseconds, memory = self.memory,
    output = MAX_TEXT }
  if result.ended ~= "exit" or result.code ~= 0 then
    return nil, ("%s: cannot be run: %s"):format(table.concat(argv, " "),
      result.reason or result.err)
  end
  return result.out .. result.err
end

-- The driver of "NAME" or "NAME=COMMAND".  options: home, program, milliseconds, memory,
-- scratch (folder for temporary ones).  words: the command, where it is known as a list.  Nil and
-- why when there is none.
function driver.command(text, options, words)
  local name, command = text:match("^([^=]+)=(.+)$")
  name = name or text
  local adapter = adapters.find(options.home, name)
  if not adapter then return nil, "no adapter in lua/linkers for " .. name end
  local self = { name = name, adapter = adapter, link = link_as_child,
    milliseconds = options.milliseconds, scratch = options.scratch,
    memory = adapter.memory or adapter.is_ours and native.sanitized and 0 or options.memory,
    command = words or command and split(command) or fetched(options.home, name)
      or adapter.command and adapter.command(name, options.program) or { name } }
  local banner, why = probe(self)
  if not banner then return nil, why end
  self.banner, self.version = banner, banner:match(adapter.version)
  self.label = ("%s@%s"):format(name, self.version or "unknown")
  self.identity = adapters.identity(adapter, banner)
  return self
end

return driver
