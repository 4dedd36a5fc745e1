-- expect/module.lua: exports, imports, sections and the module as a whole.
--
-- See expect.lua.

local common = require "expect.common"
local native = require "native"
local validator = require "validator"

local make = common.make
local need = common.need
local keys_sorted = common.keys_sorted
local join = common.join
local same_list = common.same_list
local check_keys = common.check_keys

local verbs = {}

-- The link and its diagnostics --------------------------------------------------------------------

-- links(): the link succeeds.  Implied wherever rejects{} is not expected.
function verbs.links() return make("links", function() return true end) end

local function offset_of(view, d, wanted)
  if type(wanted) == "string" then return view:offset_of(d.file, wanted) end
  return wanted
end

-- Whether a diagnostic names a file, beside it or in its text.
local function names_file(d, name)
  if d.file == name then return true end
  for word in (d.text or ""):gmatch("[^%s,:]+") do
    if word == name then return true end
  end
end

local function names_files(d, names)
  for _, name in ipairs(names or {}) do
    if not names_file(d, name) then return false end
  end
  return true
end

local function diag_fits(view, d, w)
  return (not w.id or d.id == w.id) and (not w.phase or d.phase == w.phase)
    and (not w.class or d.class == w.class) and (not w.field or d.field == w.field)
    and (not w.file or d.file == w.file) and (w.within == nil or d.within == (w.within or nil))
    and (not w.offset or d.offset == offset_of(view, d, w.offset)) and names_files(d, w.files)
    and (not w.message or (d.text or ""):find(w.message) ~= nil)
end

local function has_diag(view, severity, w)
  local wanted = {}
  for _, key in ipairs(keys_sorted(w)) do
    local value = key == "files" and join(w.files) or tostring(w[key])
    wanted[#wanted + 1] = ("%s = %s"):format(key, value)
  end
  local same, found = 0, false
  for _, d in ipairs(view.outcome.diags) do
    if d.severity == severity then
      same, found = same + 1, found or diag_fits(view, d, w)
    end
  end
  if found and (not w.of or w.of == same) then return end
  view:miss(severity .. " with " .. join(wanted), view.outcome.message)
end

local DIAG_KEYS = "id phase class file files within field offset message of"

-- rejects{ id =, phase =, class =, file =, files =, within =, field =, offset =, message = }: the
-- inputs are refused.  The keys are judged for the model only, each may be left out: diagnostics as
-- in model/diags.def; files are names that are told, both sides of a conflict; within as in
-- "section code, in f", or false: in no section; offset is a number or a path of the input
-- ("linking.version"), message a Lua pattern; of says how many there are of this severity.
-- For other linkers only the fact counts, never the wording.
--   rejects { id = "LINKING_VERSION", offset = "linking.version" }
function verbs.rejects(w)
  w = w or {}
  need("rejects", w, "table")
  check_keys("rejects", w, DIAG_KEYS)
  return make("rejects", function(view)
    if view.outcome.diags then has_diag(view, "error", w) end
  end, { rejects = true, diag = w })
end

-- The link succeeds and says such a thing.
local function says(verb, severity, w)
  need(verb, w, "table")
  check_keys(verb, w, DIAG_KEYS)
  return make(verb, function(view)
    if view.outcome.diags then has_diag(view, severity, w) end
  end, { diag = w })
end

-- warns{ id =, ... }: the link succeeds, with such a warning (judged for the model only).
function verbs.warns(w) return says("warns", "warning", w) end

-- notes{ id =, ... }: the same for what the user asked to be told (--print-gc-sections).
function verbs.notes(w) return says("notes", "note", w) end

-- no_warnings(): the model warns of nothing (judged for the model only).
function verbs.no_warnings()
  return make("no_warnings", function(view)
    for _, d in ipairs(view.outcome.diags or {}) do
      if d.severity == "warning" then view:miss("no warnings", view.outcome.message) end
    end
  end)
end

-- Exports and imports -----------------------------------------------------------------------------

-- One entity against what is wanted of it: a kind, or { kind =, sig =, type =, mutable =, min =,
-- max =, is = name }.
local function entity_fits(view, kind, index, wanted, where)
  if type(wanted) == "string" then wanted = { kind = wanted } end
  local got = view:describe(kind, index)
  for _, key in ipairs(keys_sorted(wanted)) do
    local want = wanted[key]
    if key == "is" then
      if not view:is_named(kind, index, want) then
        view:miss(("%s is %s"):format(where, want), view:names_text(kind, index), where)
      end
    else
      if key == "sig" then want = view.sig(want) end
      local found = got[key]
      if want == false and found == nil then found = false end
      if found ~= want then
        view:miss(("%s %s"):format(key, tostring(want)), tostring(found), where)
      end
    end
  end
end

-- exports{ f = "function", x = { kind = "global", type = "i32", mutable = false } }: exists, with
-- that kind ("function", "global", "memory", "table", "tag").  Further keys: sig = "i32 -> i32",
-- min, max of memory and table, is = "g" (the same thing that is also known as g).
function verbs.exports(wanted)
  need("exports", wanted, "table")
  return make("exports", function(view)
    for _, name in ipairs(keys_sorted(wanted)) do
      local e = view:export(name)
      entity_fits(view, e.kind, e.index, wanted[name], "export " .. name)
    end
  end)
end

-- exports_exactly{ "memory", "f" }: these names and no more, in any order.
-- Given as { f = "function" } the kinds are compared too.
function verbs.exports_exactly(wanted)
  need("exports_exactly", wanted, "table")
  local names = {}
  for key, value in pairs(wanted) do names[#names + 1] = type(key) == "number" and value or key end
  table.sort(names)
  return make("exports_exactly", function(view)
    local found = view:export_names()
    table.sort(found)
    if not same_list(names, found) then view:miss(join(names), join(found), "exports") end
    for key, value in pairs(wanted) do
      if type(key) == "string" then
        local e = view:export(key)
        entity_fits(view, e.kind, e.index, value, "export " .. key)
      end
    end
  end)
end

-- export_order{ "memory", "f", "g" }: these exports stand in this order; others may be between.
function verbs.export_order(wanted)
  need("export_order", wanted, "table")
  return make("export_order", function(view)
    view:in_order(wanted, view:export_names(), "exports")
  end)
end

-- no_export("f", ...): nothing is exported under these names.
function verbs.no_export(...)
  local names = { ... }
  return make("no_export", function(view)
    for _, name in ipairs(names) do
      if view:find_export(name) then view:miss("no export " .. name, "it is exported") end
    end
  end)
end

-- imports{ ["env.f"] = "function", ["env.g"] = { kind = "global", type = "i32" } }: exists.  Keys
-- are MODULE.NAME, values as for exports.
function verbs.imports(wanted)
  need("imports", wanted, "table")
  return make("imports", function(view)
    for _, name in ipairs(keys_sorted(wanted)) do
      local i = view:import(name)
      entity_fits(view, i.kind, i.index, wanted[name], "import " .. name)
    end
  end)
end

-- imports_exactly{ "env.f", "env.memory" }: these, no more, each once, in any order.
function verbs.imports_exactly(wanted)
  need("imports_exactly", wanted, "table")
  return make("imports_exactly", function(view)
    local names, found = { table.unpack(wanted) }, view:import_names()
    table.sort(names)
    table.sort(found)
    if not same_list(names, found) then view:miss(join(names), join(found), "imports") end
  end)
end

-- import_order{ "env.memory", "env.f" }: these imports stand in this order.
function verbs.import_order(wanted)
  need("import_order", wanted, "table")
  return make("import_order", function(view)
    view:in_order(wanted, view:import_names(), "imports")
  end)
end

-- no_import("env.f", ...), no_import(): these are not imported; without names: nothing is.
function verbs.no_import(...)
  local names = { ... }
  return make("no_import", function(view)
    local found = view:import_names()
    if #names == 0 and #found > 0 then view:miss("no imports", join(found)) end
    for _, name in ipairs(names) do
      for _, other in ipairs(found) do
        if name == other then view:miss("no import " .. name, "it is imported") end
      end
    end
  end)
end

-- Sections ----------------------------------------------------------------------------------------

-- custom("name", bytes): contents of a custom section: bytes, or a list of strings and holes of
-- four bytes each, or function(contents) that gives true, or false and what is wrong.
function verbs.custom(name, wanted)
  return make("custom", function(view)
    local found = view:custom(name)
    if not found then view:miss("custom section " .. name, "none") end
    view:check_custom(name, found, wanted)
  end)
end

-- no_custom("name", ...): there is no such custom section.
function verbs.no_custom(...)
  local names = { ... }
  return make("no_custom", function(view)
    for _, name in ipairs(names) do
      if view:custom(name) then view:miss("no custom section " .. name, "there is one") end
    end
  end)
end

-- code_metadata("metadata.code.test", { { "f", { "br_if", "data" }, ... }, ... }): that custom
-- section is one vector of just these functions, sorted by index, and of what is said of their
-- instructions, by place; "func" stands for the function itself.
function verbs.code_metadata(name, wanted)
  need("code_metadata", wanted, "table")
  return make("code_metadata", function(view)
    local found, last = view:code_metadata(name), -1
    local of = {}
    for _, is in ipairs(found) do
      if is.index <= last then view:miss("functions sorted by index", "others", name) end
      of[is.index], last = is.items, is.index
    end
    for _, entry in ipairs(wanted) do
      local items = of[view:func(entry[1])]
      if not items then view:miss("something of " .. entry[1], "nothing", name) end
      view:check_instances(name, entry, items)
    end
    if #found ~= #wanted then view:miss(#wanted .. " functions", #found, name) end
  end)
end

local function are_in_order(wanted, found)
  local n = 1
  for _, word in ipairs(wanted) do
    local name, optional = word:match "^(.-)(%??)$"
    if found[n] == name then
      n = n + 1
    elseif optional == "" then
      return false
    end
  end
  return n > #found
end

-- section_order{ "type", "import", "function", "global?", ..., "name" }: all sections, in this
-- order; custom sections by their name.  One with a question mark may be missing.
function verbs.section_order(wanted)
  need("section_order", wanted, "table")
  return make("section_order", function(view)
    local found = view:section_names()
    if not are_in_order(wanted, found) then view:miss(join(wanted), join(found), "sections") end
  end)
end

-- no_section("elem", ...): sections that are not there, standard ones.
function verbs.no_section(...)
  local names = { ... }
  return make("no_section", function(view)
    for _, name in ipairs(names) do
      for _, found in ipairs(view:section_names()) do
        if found == name then view:miss("no section " .. name, "there is one") end
      end
    end
  end)
end

-- name_section{ module = "out.wasm", functions = { "f" }, globals = { "g" }, data = { ".data" } }:
-- these names are in the name section (others may be); no_name("f", ...): these are not.
function verbs.name_section(wanted)
  need("name_section", wanted, "table")
  check_keys("name_section", wanted, "module functions globals data")
  return make("name_section", function(view)
    local names = view:name_lists()
    if wanted.module and wanted.module ~= names.module then
      view:miss("module " .. wanted.module, tostring(names.module), "name section")
    end
    for _, what in ipairs { "functions", "globals", "data" } do
      for _, name in ipairs(wanted[what] or {}) do
        if not names[what][name] then
          view:miss(name, "no such name", "name section, " .. what)
        end
      end
    end
  end)
end

function verbs.no_name(...)
  local list = { ... }
  return make("no_name", function(view)
    local names = view:name_lists()
    for _, name in ipairs(list) do
      for _, what in ipairs { "functions", "globals", "data" } do
        if names[what][name] then view:miss("no name " .. name, "it is there", what) end
      end
    end
  end)
end

-- producers{ language = { { "C11", "" } }, ["processed-by"] = { { "clang", "19" } } }: the section,
-- exactly, values of a field in order.  producers{}: no section.
function verbs.producers(wanted)
  need("producers", wanted, "table")
  local list, by_field = {}, {}
  for field, values in pairs(wanted) do
    by_field[field] = {}
    for i, v in ipairs(values) do
      by_field[field][i] = ("%s: %s %s"):format(field, v[1], v[2] or "")
      list[#list + 1] = by_field[field][i]
    end
  end
  return make("producers", function(view)
    local found = view:producers()
    local sorted, other = { table.unpack(list) }, { table.unpack(found) }
    table.sort(sorted)
    table.sort(other)
    if not same_list(sorted, other) then view:miss(join(list), join(found), "producers") end
    for field, texts in pairs(by_field) do view:in_order(texts, found, "producers " .. field) end
  end)
end

-- features{ "+bulk-memory", "-atomics" }: target_features, exactly these in any order; features{}:
-- none, or no section.
function verbs.features(wanted)
  need("features", wanted, "table")
  return make("features", function(view)
    local names, found = { table.unpack(wanted) }, view:features()
    table.sort(names)
    table.sort(found)
    if not same_list(names, found) then view:miss(join(names), join(found), "target_features") end
  end)
end

-- The whole module --------------------------------------------------------------------------------

-- same_as(link): metamorphic: another list or function like `link` gives the same bytes.
function verbs.same_as(link)
  return make("same_as", function(view)
    local other = view:variant(link)
    if other ~= view.outcome.bytes then
      view:miss("the same bytes from both", native.diff(view.outcome.bytes, other) or "others")
    end
  end, { variant = link })
end

-- again{ link, ... }: linking these after the case's own, one after the other, each keeping what
-- was read of inputs that did not change, gives what linking each afresh gives (model only).
function verbs.again(links)
  return make("again", function(view)
    if not view.driver.is_model then return "skipped", "only the model can link again" end
    local requests = { view.request }
    for _, link in ipairs(links) do requests[#requests + 1] = view:other_request(link) end
    for i, outcome in ipairs(view.driver:again(requests)) do
      local fresh = view.driver:link(requests[i])
      if outcome.bytes ~= fresh.bytes then
        view:miss("the module of a fresh link", fresh.bytes and outcome.bytes
          and native.diff(fresh.bytes, outcome.bytes) or outcome.message, "link " .. i)
      elseif outcome.message ~= fresh.message then
        view:miss(fresh.message, outcome.message, "messages of link " .. i)
      end
    end
  end, { again = links })
end

-- differs_from(link): the other link also succeeds, and gives other bytes.
function verbs.differs_from(link)
  return make("differs_from", function(view)
    if view:variant(link) == view.outcome.bytes then view:miss("other bytes", "the same") end
  end, { variant = link })
end

-- valid(): wasm-validate accepts the module; skipped where there is none that knows such modules.
function verbs.valid()
  return make("valid", function(view)
    if not validator.present() then return "skipped", "there is no wasm-validate" end
    local ok, why = validator.check(view.outcome.bytes)
    if ok == nil then return "skipped", why end
    if not ok then view:miss("a valid module", why) end
  end)
end

-- holds("what must be true", function(module) ... end, link): anything else.  The function gets the
-- decoded module and a view of it (see view.lua), and gives true, or false and what was found.  If
-- there is `link`, another list or function like a case's, it also gets the bytes of that link.
function verbs.holds(text, test, link)
  need("holds", test, "function")
  return make("holds", function(view)
    local sound, ok, found = pcall(test, view:module(), view, link and view:variant(link))
    -- The test may lean on what a wrong module does not have.  The model's has it: there an error
    -- is the case's own.
    if not sound and view.outcome.diags then error(ok, 0) end
    if not sound then view:miss(text, "the module lacks what is looked at: " .. tostring(ok)) end
    if not ok then view:miss(text, found or "it is not so") end
  end, { variant = link })
end

-- either{ permission = expectation or list, ... }: one of several behaviours that the convention
-- leaves free; each has the name of what permits it.
function verbs.either(options)
  need("either", options, "table")
  local all = {}
  for _, name in ipairs(keys_sorted(options)) do
    for _, e in ipairs(common.is(options[name]) and { options[name] } or options[name]) do
      all[#all + 1] = e
    end
  end
  return make("either", function(view)
    local found = {}
    for _, name in ipairs(keys_sorted(options)) do
      local list = common.is(options[name]) and { options[name] } or options[name]
      local good = true
      for _, e in ipairs(list) do
        local ok, miss = e.check(view)
        if not ok then
          good = false
          found[#found + 1] = ("%s: %s, found %s"):format(name, miss.expected, miss.found)
          break
        end
      end
      if good then return true end
    end
    view:miss("one of " .. join(keys_sorted(options)), table.concat(found, "\n"))
  end, { expect = all })
end

return verbs
