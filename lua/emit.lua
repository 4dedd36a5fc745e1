-- emit.lua: `linkspec emit DIR`: cases as plain files, for people who do not run Lua.
--
--   DIR/cases.json                 all cases: id, title, what must happen, folders of its links
--   DIR/links.txt                  the folders in which to link, one a line, in this order
--   DIR/<topic>/<file>/<case>/     a.o, lib.a, ...; link.txt: the arguments, one a line, none of
--                                  which needs quotes; expect.json: what must hold
--   DIR/.../valid/ and others      further links of that case, see emitted.lua
-- What a linker leaves there is folder.lua's affair.
-- Rule of thumb: the same cases give the same bytes, and nothing of somebody else's is touched.

local json = require "dkjson"
local lfs = require "lfs"
local native = require "native"
local driver = require "driver"
local emitted = require "emitted"
local expect = require "expect"
local features = require "features"
local known = require "known"
local text = require "report.text"
local words = require "words"

local emit = {}

local FORMAT = 1 -- changes when a key changes its meaning
local CASES, LINKS = "cases.json", "links.txt"

-- The order of keys, in objects of every kind.
local ORDER = { "format", "linkspec", "id", "title", "clauses", "origin", "must", "unsupported",
  "refusal", "cases", "inputs", "output", "options", "features", "mutation", "links", "expect",
  "known", "linker", "verdict", "versions", "kind", "why", "upstream", "phase", "class", "file",
  "within", "offset", "field", "text", "bytes_of_wasm_ld" }

local function write(path, bytes)
  driver.make_folders(path)
  local ok, why = native.write_file(path, bytes, "text")
  if not ok then error(("%s: %s"):format(path, why), 0) end
end

local function write_json(path, value)
  write(path, json.encode(text.clean(value), { indent = true, keyorder = ORDER }) .. "\n")
end

-- What expect.json says --------------------------------------------------------------------------

-- The options that a link uses, by name, each once.
local function option_names(arguments)
  local seen, list = {}, {}
  for i, word in ipairs(arguments) do
    local name = word == "-z" and "-z " .. (arguments[i + 1] or ""):match("^[^=]*")
      or word:match("^%-[^=]+")
    if name and name ~= "-o" and not seen[name] then
      seen[name] = true
      list[#list + 1] = name
    end
  end
  table.sort(list)
  return list
end

-- What the reference linker refuses the inputs for.  How a linker words it is its own affair.
local function refusal(c, links)
  local outcome = driver.model():link(links[1].request, c.stage)
  for _, d in ipairs(outcome.diags) do
    if d.severity == "error" then
      return { id = d.id, phase = d.phase, class = d.class, file = d.file, within = d.within,
        offset = d.offset, field = d.field, text = d.text }
    end
  end
end

-- The folders of the further links.
local function other_folders(links)
  local list = {}
  for i = 2, #links do list[i - 1] = links[i].folder end
  return #list > 0 and list or nil
end

-- The text of each expectation.
local function expectations(c)
  local list = {}
  for i, e in ipairs(c.expect) do list[i] = words.of(e) end
  return list
end

local function record(c, links, hints)
  local first, refused = links[1], expect.wants_rejection(c.expect)
  local r = { format = FORMAT, id = c.id, title = c.title, clauses = c.clauses, origin = c.origin,
    must = refused and "be refused" or "link", unsupported = first.unsupported,
    expect = expectations(c), known = hints, bytes_of_wasm_ld = c.peer_differs,
    mutation = type(c.mutate) == "table" and words.of(c.mutate) or nil,
    refusal = refused and refusal(c, links) or nil }
  if not first.unsupported then
    r.inputs, r.output = first.request.names, emitted.OUTPUT
    r.options, r.features = option_names(first.arguments), features.used(first.request.files)
    r.links = other_folders(links)
  end
  return r
end

-- Writing -----------------------------------------------------------------------------------------

local function path_below(...)
  return (table.concat({ ... }, "/"):gsub("/+$", ""))
end

local function write_link(folder, l)
  for name, bytes in pairs(l.request.files) do
    if name ~= l.no_file then write(folder .. "/" .. name, bytes) end
  end
  write(folder .. "/" .. emitted.ARGUMENTS, emitted.arguments_text(l))
end

-- Writes a case.  Gives its folders in order of linking, and its line of the index.
local function write_case(root, c, hints)
  local links, folders = emitted.links(c), {}
  local r = record(c, links, hints)
  for _, l in ipairs(links) do
    if not l.unsupported then
      local folder = path_below(c.id, l.folder)
      write_link(root .. "/" .. folder, l)
      folders[#folders + 1] = folder
    end
  end
  write_json(("%s/%s/%s"):format(root, c.id, emitted.EXPECTED), r)
  return folders, { id = c.id, title = c.title, must = r.must, unsupported = r.unsupported,
    links = #folders > 0 and folders or nil }
end

-- The folder ------------------------------------------------------------------------------------

-- Why the folder is not to be written to, or nil; and the ids that an earlier emit wrote.
local function look_at(root)
  local mode = lfs.attributes(root, "mode")
  if not mode then return nil, {} end
  if mode ~= "directory" then return "it is no folder" end
  local index = driver.read_file(root .. "/" .. CASES)
  local before = index and json.decode(index)
  if type(before) == "table" and before.linkspec and type(before.cases) == "table" then
    local ids = {}
    for i, c in ipairs(before.cases) do ids[i] = c.id end
    return nil, ids
  end
  for name in lfs.dir(root) do
    if name ~= "." and name ~= ".." then
      return "it is neither empty nor written by `linkspec emit`"
    end
  end
  return nil, {}
end

-- Takes away what an earlier emit wrote, and what linkers left there.
local function remove_cases(root, ids)
  for _, id in ipairs(ids) do
    local path = root .. "/" .. id
    if not id:find("..", 1, true) and lfs.attributes(path, "mode") == "directory" then
      assert(native.remove_folder(path))
      repeat path = path:match("^(.*)/") until #path <= #root or not lfs.rmdir(path)
    end
  end
end

-- Known divergences by id: a list of { linker, verdict, versions, kind, why, upstream }.
local function all_hints(options, all)
  local ids, hints = {}, {}
  for _, c in ipairs(all) do ids[c.id] = true end
  for _, linker in ipairs(known.linkers(options.cases)) do
    local ok, why = known.each(options.cases, linker, ids, function(id, entry)
      hints[id] = hints[id] or {}
      table.insert(hints[id], { linker = linker, verdict = entry.verdict,
        versions = entry.versions, kind = entry.kind, why = entry.why,
        upstream = entry.upstream })
    end)
    if not ok then error(why, 0) end
  end
  return hints
end

local function write_all(root, cases, hints)
  local folders, index, broken = {}, {}, 0
  for _, c in ipairs(cases) do
    local ok, why = not c.broken, c.broken
    local of_case, line
    if ok then ok, why, line = pcall(write_case, root, c, hints[c.id]) end
    if ok then
      of_case = why
      for _, folder in ipairs(of_case) do folders[#folders + 1] = folder end
      index[#index + 1] = line
    else
      broken = broken + 1
      io.stderr:write(("linkspec emit: %s: %s\n"):format(c.id, tostring(why)))
    end
  end
  write(root .. "/" .. LINKS, #folders > 0 and table.concat(folders, "\n") .. "\n" or "")
  write_json(root .. "/" .. CASES, { format = FORMAT, linkspec = native.version, cases = index })
  io.write(("%d cases, %d links to make: %s/%s\n"):format(#index, #folders, root, LINKS))
  return broken == 0
end

-- Emits the cases to options.folder: true; false: some are broken; nil and why it cannot be done.
function emit.run(cases, all, options)
  local root = options.folder:gsub("(.)/+$", "%1")
  local why, before = look_at(root)
  if why then return nil, ("%s: %s"):format(root, why) end
  local ok, hints = pcall(all_hints, options, all)
  if not ok then return nil, hints end
  driver.make_folders(root .. "/")
  remove_cases(root, before)
  return write_all(root, cases, hints)
end

return emit
