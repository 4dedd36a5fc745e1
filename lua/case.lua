-- case.lua: case files, the environment they run in, and the inputs that a case builds.
--
-- Takes: the folder of cases.  Gives: cases sorted by id, and of each its link request: files as
-- bytes and a command line.  Rule of thumb: a case sees the library's verbs and nothing else, no
-- file, no process, no other case.
--
--   case "strong-after-weak" {
--     title   = "a strong definition wins over an earlier weak one",
--     clauses = { "symbol.binding.weak" },
--     link    = function() ... return { "--no-entry", a, b } end,
--     expect  = { exports { f = "function" } },
--   }
--
-- Fields:
--   title, clauses   one sentence, and at least one dotted id of the ledger
--   origin   where a linker that fails it was reported, OWNER/REPOSITORY#NUMBER, or a list of these
--   link     function or list: options as wasm-ld spells them and inputs, in order.  An input is an
--            object, unit, module, archive, library or file(name, bytes).  `files = { ... }` in
--            it: further files that are written beside, but not named on the command line.
--   expect   list of expectations (expect.lua); without rejects{} the link must succeed
--   mutate   what makes the inputs invalid: function(files), or { file =, at = path, to = value,
--            fix = }, { file =, remove = path }, { file =, truncate = path or offset, keep = n }
--   permissive   { title =, expect =, ... }: what holds of the same mutated inputs where
--            --validate=permissive lets them pass.  Makes a second case, NAME-permissive
--   stage    "resolve" | "live" | "place" | "number": the model stops behind that stage
--   peer_differs     why the newest wasm-ld writes other bytes
--   golden = false, reason = "..."   there is no golden, and why

local lfs = require "lfs"
local native = require "native"
local library = require "library"
local object = require "object"
local archive = require "archive"
local unit = require "unit"
local expect = require "expect"

local case = {}

-- The environment -------------------------------------------------------------------------------

local function copy(from, into)
  into = into or {}
  for key, value in pairs(from) do into[key] = value end
  return into
end

local File = {}
File.__index = File
function File:bytes() return self.content end

-- file(name, bytes): an input, list or response file of just these bytes.
function case.file(name, bytes)
  if type(name) ~= "string" or type(bytes) ~= "string" then
    error("file: a name and bytes are needed", 2)
  end
  return setmetatable({ name = name, content = bytes }, File)
end

local function environment()
  local env = { ipairs = ipairs, pairs = pairs, assert = assert, error = error, type = type,
    tostring = tostring, tonumber = tonumber, select = select,
    string = copy(string), table = copy(table), math = copy(math),
    file = case.file, archive = archive, unit = unit.unit,
    library = library.library }
  for key, value in pairs(object) do
    if type(value) == "function" then env[key] = value end
  end
  env.f = object.f
  copy(expect.verbs, env)
  return env
end

-- Checks of a case's fields ---------------------------------------------------------------------

local FIELDS = { title = "string", clauses = "table", link = "function or table",
  expect = "table", mutate = "function or table", permissive = "table",
  twin = "boolean", stage = "string", origin = "string or table",
  peer_differs = "string", golden = "boolean", reason = "string" }
local STAGES = { resolve = true, live = true, place = true, number = true }

local function check_types(fields)
  for key, value in pairs(fields) do
    local wanted = FIELDS[key]
    if not wanted then return ("unknown field %s"):format(tostring(key)) end
    if not wanted:find(type(value), 1, true) then
      return ("%s: expected a %s, got a %s"):format(key, wanted, type(value))
    end
  end
end

local function check_clauses(clauses)
  if #clauses == 0 then return "clauses: at least one is needed" end
  for _, id in ipairs(clauses) do
    if type(id) ~= "string" or not id:find("^[%w_-]+%.[%w_.-]+$") then
      return ("clauses: %s is no dotted id"):format(tostring(id))
    end
  end
end

local function origins(c)
  return type(c.origin) == "string" and { c.origin } or c.origin
end

local function check_origin(c)
  for _, place in ipairs(origins(c) or {}) do
    if type(place) ~= "string" or not place:find("^[%w_.-]+/[%w_.-]+#%d+$") then
      return ("origin: %s is not OWNER/REPOSITORY#NUMBER"):format(tostring(place))
    end
  end
end

local function check_work(c)
  if not c.link then return "link is missing" end
  if not c.expect or #c.expect == 0 then return "expect: at least one expectation is needed" end
  for i, e in ipairs(c.expect) do
    if not expect.is(e) then return ("expect: item %d is no expectation"):format(i) end
  end
  if c.stage and not STAGES[c.stage] then return "stage: resolve, live, place or number" end
  if c.mutate and type(c.link) ~= "function" then
    return "mutate: link must be a function, which builds the inputs anew"
  end
  local invalid = expect.wants_rejection(c.expect)
  if c.mutate and not invalid and not c.twin then return "mutate: rejects{} is expected" end
  if c.permissive and not (c.mutate and c.permissive.title and c.permissive.expect) then
    return "permissive: title, expect, and a mutation beside it are needed"
  end
  if c.golden == false and not c.reason then return "golden = false: reason is missing" end
end

-- What is wrong with the fields of a case, or nil.
local function check(c)
  local wrong = check_types(c)
  if wrong then return wrong end
  if not c.title then return "title is missing" end
  if not c.clauses then return "clauses is missing" end
  return check_clauses(c.clauses) or check_origin(c) or check_work(c)
end

-- Files -----------------------------------------------------------------------------------------

local function add(list, topic, name, fields, where)
  local c = copy(fields)
  c.id, c.where = topic .. "/" .. tostring(name), where.path
  c.origin, c.line = origins(c), where.line
  if type(name) ~= "string" or not name:find("^[%w][%w._-]*$") then
    c.broken = "a name of letters, digits, '-', '_' and '.' is needed"
  else
    c.broken = check(fields)
  end
  list[#list + 1] = c
end

-- The case that `permissive` describes.
local function twin_of(fields)
  local function link()
    local request = copy(type(fields.link) == "function" and fields.link() or fields.link)
    table.insert(request, 1, "--validate=permissive")
    return request
  end
  return { title = fields.permissive.title, clauses = fields.clauses, link = link,
    mutate = fields.mutate, expect = fields.permissive.expect, twin = true,
    origin = fields.origin,
    golden = fields.permissive.golden, reason = fields.permissive.reason,
    peer_differs = fields.permissive.peer_differs }
end

-- What a text gives that is run as a case file is.
function case.run(text, name)
  return assert(load(text, "=" .. name, "t", environment()))()
end

-- The fields of the one case in a text.
function case.read(text)
  local env, fields = environment(), nil
  env.case = function() return function(given) fields = given end end
  assert(load(text, "=case", "t", env))()
  return fields
end

local function load_file(path, topic, list, verbs)
  local env = copy(verbs or {}, environment())
  env.case = function(name)
    local where = { path = path, line = debug.getinfo(2, "l").currentline }
    return function(fields)
      if type(fields) ~= "table" then error("case " .. tostring(name) .. ": a table follows", 2) end
      add(list, topic, name, fields, where)
      if type(fields.permissive) == "table" then
        add(list, topic, name .. "-permissive", twin_of(fields), where)
      end
    end
  end
  local chunk, message = loadfile(path, "t", env)
  local ok = chunk ~= nil
  if chunk then ok, message = pcall(chunk) end
  if not ok then
    list[#list + 1] = { id = topic, title = "the case file loads", clauses = {}, where = path,
      broken = tostring(message) }
  end
end

local NO_TOPICS = { known = true, clauses = true } -- folders of other data

local function each_file(folder, prefix, visit)
  local names = {}
  for name in lfs.dir(folder) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    local path = folder .. "/" .. name
    if name:sub(1, 1) ~= "." then
      if lfs.attributes(path, "mode") == "directory" then
        if not NO_TOPICS[prefix .. name] then each_file(path, prefix .. name .. "/", visit) end
      elseif prefix ~= "" and name:find("%.lua$") then
        visit(path, prefix .. name:gsub("%.lua$", ""))
      end
    end
  end
end

local function mark_twins(list)
  local seen = {}
  for _, c in ipairs(list) do
    if seen[c.id] then c.broken = c.broken or "another case has the same id" end
    seen[c.id] = true
  end
end

-- Whether the id matches one of the globs, or begins with it and a slash; or there are none.
function case.matches(id, globs)
  for _, glob in ipairs(globs) do
    if native.glob(glob, id) or native.glob(glob .. "/*", id) then return true end
  end
  return #globs == 0
end

-- All cases below a folder, sorted by id.  What is wrong with one is its field `broken`.
-- verbs: what files see in place of the library's, or nil.
function case.load_all(folder, verbs)
  local list = {}
  if lfs.attributes(folder, "mode") ~= "directory" then return list end
  each_file(folder, "", function(path, topic) load_file(path, topic, list, verbs) end)
  for i, c in ipairs(list) do c.place = i end
  table.sort(list, function(a, b)
    if a.id ~= b.id then return a.id < b.id end
    return a.place < b.place
  end)
  mark_twins(list)
  return list
end

-- Link requests ---------------------------------------------------------------------------------

local function add_file(request, item)
  local name = item.name
  if not name:find("^[%w_.-][%w_./-]*$") or name:find("..", 1, true) then
    error(("file name %q: letters, digits, '_', '-', '.' and '/' only"):format(name), 0)
  end
  local before = request.sources[name]
  if before and before ~= item then error("two different files are named " .. name, 0) end
  if not before then
    request.sources[name] = item
    request.names[#request.names + 1] = name
  end
end

local function is_input(item)
  return type(item) == "table" and type(item.name) == "string" and item.bytes ~= nil
end

-- The bytes of a file, and what a unit is besides.  A unit that cannot be lowered is no file: in
-- place of its bytes stands why.
local function read_source(request, name, source)
  if type(source) == "string" then
    request.files[name] = source
    return
  end
  local description = source.describe and source:describe()
  local bytes, why = source:bytes(description)
  request.files[name], request.units[name] = bytes or why.text, description
  if not bytes then request.no_file = ("%s cannot be lowered: %s"):format(name, why.text) end
end

-- The bytes of every file.
local function read_bytes(request)
  request.files, request.units, request.no_file = {}, {}, nil
  for name, source in pairs(request.sources) do read_source(request, name, source) end
end

-- The request of a list as `link` gives it: { argv, files = { name -> bytes }, names (sorted),
-- sources = { name -> object, archive, ... }, units = { name -> description }, no_file = why there
-- are no files for other linkers }.
function case.request(list)
  if type(list) == "function" then list = list() end
  if type(list) ~= "table" then error("link must give a list", 0) end
  local request = { argv = {}, names = {}, sources = {} }
  for i, item in ipairs(list) do
    if is_input(item) then
      add_file(request, item)
      request.argv[i] = item.name
    elseif type(item) == "string" then
      request.argv[i] = item
    else
      error(("link: item %d is neither an option nor an input"):format(i), 0)
    end
  end
  for _, item in pairs(list.files or {}) do
    if not is_input(item) then error("link: files has an item that is no input", 0) end
    add_file(request, item)
  end
  table.sort(request.names)
  read_bytes(request)
  return request
end

local function spoil(request, m)
  local target = request.sources[m.file]
  if not target then error(("mutate: no input is named %s"):format(tostring(m.file)), 0) end
  if m.remove then target:remove(m.remove, { fix = m.fix })
  elseif m.truncate then target:truncate(m.truncate, { keep = m.keep })
  elseif m.at then target:set(m.at, m.to, { fix = m.fix })
  else error("mutate: at and to, remove, or truncate is needed", 0) end
end

-- The request of the case with its mutation.  request: one without it, which is used up; by default
-- from fresh inputs.
function case.mutated(c, request)
  request = request or case.request(c.link)
  local before = request.files
  if type(c.mutate) == "function" then c.mutate(request.sources) else spoil(request, c.mutate) end
  read_bytes(request)
  for name, bytes in pairs(request.files) do
    if bytes ~= before[name] then return request end
  end
  error("mutate: the inputs are the same as before", 0)
end

-- What the case gives a linker, for people: { title, command, files = list of { name, bytes } }.
function case.shown(c)
  local request = c.mutate and case.mutated(c) or case.request(c.link)
  local shown, words = { title = c.title, files = {} }, {}
  for i, name in ipairs(request.names) do
    shown.files[i] = { name = name, bytes = request.files[name] }
  end
  for _, word in ipairs(request.argv) do
    if not word:find("^%-%-validate=") then words[#words + 1] = word end -- linkspec's own
  end
  shown.command = ("wasm-ld %s -o out.wasm"):format(table.concat(words, " "))
  return shown
end

return case
