-- laws.lua: what must hold between links, whatever a case is about.
--
-- Takes: a case that links, and the model.  Gives: one result (verdict.lua) a law: the inputs are
-- rewritten in a way that must not matter, and linked again with the case's options.  A result with
-- the field exempt says why the law cannot be asked for: it is neither passed nor skipped.
-- Rule of thumb: equal bytes, or else what the case expects must hold of the second module, too;
-- where neither can be asked for, a predicate on the case says so, never its name.
--
--   own -r       every object is replaced by its own -r output
--   joined       the objects of the command line are replaced by one -r output; before a lone one
--                stands another that nobody refers to
--   fixed point  -r of an -r output is that output
--   one member   every object is put in an archive of its own, under --whole-archive
--   unused       one more object that nobody refers to changes nothing
--   padded       every number of the inputs that is not copied takes five bytes
--   minimal      every such number takes as few bytes as it can
--   swapped      two neighbours that have no name in common change places
--   again        a link that keeps what the one before has read makes the same module
--   judged       what the command line makes with -r, and with --emit-relocs, is judged right
--
-- and for the links of compile units those of unit_laws.lua.

local archive = require "archive"
local case = require "case"
local driver = require "driver"
local expect = require "expect"
local module = require "module"
local object = require "object"
local trial = require "trial"
local unit_laws = require "unit_laws"

local laws = {}

-- Requests ----------------------------------------------------------------------------------------

-- Whether the first section is "dylink.0", or "dylink": behind its id and size, and the size of its
-- name.
local function is_library(bytes)
  local at = bytes:sub(9, 9) == "\0" and bytes:find("dylink", 10, true)
  return at and at <= 16
end

local function is_object(bytes)
  return bytes ~= nil and bytes:sub(1, 4) == "\0asm" and not is_library(bytes)
end

-- A second request with the same files and units, to be changed.
local function copy(request)
  local r = { argv = { table.unpack(request.argv) }, files = {}, sources = request.sources,
    units = {} }
  for name, bytes in pairs(request.files) do r.files[name] = bytes end
  for name, unit in pairs(request.units) do r.units[name] = unit end
  return r
end

-- These bytes in place of a file or unit.
local function put(request, name, bytes)
  request.files[name], request.units[name] = bytes, nil
end

local function has(request, ...)
  for _, word in ipairs(request.argv) do
    for _, option in ipairs { ... } do
      if word == option or word == "-" .. option then return true end
    end
  end
  return false
end

local function is_wasm64(request)
  return has(request, "-mwasm64") or table.concat(request.argv, " "):find("-m wasm64", 1, true)
end

-- Positions of the objects that the command line names.
local function objects_of(request)
  local list = {}
  for i, word in ipairs(request.argv) do
    if is_object(request.files[word]) then list[#list + 1] = i end
  end
  return list
end

-- Options that concern how an object is read or written, not what is made of it at last.
local CARRIED = { ["--no-demangle"] = true, ["--allow-multiple-definition"] = true,
  ["--noinhibit-exec"] = true, ["-zmuldefs"] = true, ["-O0"] = true, ["-mwasm64"] = true,
  ["--validate=permissive"] = true }

local function carried(argv)
  local list = {}
  for i, word in ipairs(argv) do
    if CARRIED[word] or CARRIED[word .. (argv[i + 1] or "")] then
      list[#list + 1] = word
      if not CARRIED[word] then list[#list + 1] = argv[i + 1] end
    end
  end
  return list
end

-- The -r output of some files of the request.
local function relocatable(link, request, names, output)
  -- What features the module may have is the last link's affair.
  local argv = { "-r", "--no-check-features", table.unpack(carried(request.argv)) }
  table.move(names, 1, #names, #argv + 1, argv)
  argv[#argv + 1], argv[#argv + 2] = "-o", output
  return link:link { argv = argv, files = request.files, units = request.units }
end

-- The laws ----------------------------------------------------------------------------------------

-- Each gives the second request, or nil and why there is none, or nil and the failure of a link.

local function own(link, request)
  local r = copy(request)
  local places = objects_of(request)
  if #places == 0 then return nil, "no object on the command line" end
  for _, i in ipairs(places) do
    local name = request.argv[i]
    local outcome = relocatable(link, request, { name }, name)
    if outcome.ended ~= "linked" then return nil, nil, outcome end
    put(r, name, outcome.bytes)
  end
  return r
end

local function drops_nothing(request)
  return has(request, "--no-gc-sections", "--export-all", "--export-dynamic", "-E", "-shared")
end

-- An object that nobody refers to: its name, once its bytes are in the request.
local function add_stranger(request)
  local o = object.object("nobody-refers-to-this.o", { memory64 = is_wasm64(request) })
  local callee = o:func("nobody-refers-to-this.callee", { sig = "f64 i64 -> v128",
    code = "unreachable" })
  o:func("nobody-refers-to-this", { sig = "i64 -> f64", code = {
    "f64.const 1", "i64.const 2", { "call", callee }, "drop", "f64.const 0" } })
  o:data("nobody-refers-to-this.data", { bytes = "unused", align = 4 })
  request.files[o.name] = o:bytes()
  return o.name
end

-- The objects of the command line up to the first other input, or those of the request, which has
-- been copied; a lone one gets company.
local function to_be_joined(r)
  local places, names = {}, {}
  for _, i in ipairs(objects_of(r)) do
    for between = places[1] or i, i do
      if r.files[r.argv[between]] and not is_object(r.files[r.argv[between]]) then
        return places, names
      end
    end
    places[#places + 1], names[#names + 1] = i, r.argv[i]
  end
  return places, names
end

local function joined(link, request)
  local r = copy(request)
  local places, names = to_be_joined(r)
  if #places == 0 then return nil, "no object on the command line" end
  if has(request, "--start-lib") then return nil, "objects that wait for being needed" end
  if #places == 1 and drops_nothing(request) then return nil, "nothing is dropped as unused" end
  if #places == 1 then table.insert(names, 1, add_stranger(r)) end
  local outcome = relocatable(link, r, names, r.argv[places[1]])
  if outcome.ended ~= "linked" then return nil, nil, outcome end
  put(r, r.argv[places[1]], outcome.bytes)
  for k = #places, 2, -1 do table.remove(r.argv, places[k]) end
  return r, nil, nil, outcome.diags
end

local function fixed_point(link, request)
  local places = objects_of(request)
  if #places == 0 then return nil, "no object on the command line" end
  for _, i in ipairs(places) do
    local name = request.argv[i]
    local once = relocatable(link, request, { name }, name)
    if once.ended ~= "linked" then return nil, nil, once end
    local r = copy(request)
    put(r, name, once.bytes)
    local twice = relocatable(link, r, { name }, name)
    if twice.bytes ~= once.bytes then
      return nil, nil, { message = name .. ": " .. (twice.bytes and
        trial.diff(once.bytes, twice.bytes) or trial.head(twice.message, 12)), object = once.bytes }
    end
  end
  return request
end

local function one_member(_, request)
  local places = objects_of(request)
  if #places == 0 then return nil, "no object on the command line" end
  if has(request, "--start-lib") then return nil, "objects that wait for being needed" end
  local r = copy(request)
  r.argv = {}
  for _, word in ipairs(request.argv) do
    if is_object(request.files[word]) then
      local lib = word .. ".a"
      r.files[lib] = archive(lib, { { word:match("[^/]+$"), request.files[word] } }):bytes()
      table.move({ "--whole-archive", lib, "--no-whole-archive" }, 1, 3, #r.argv + 1, r.argv)
    else
      r.argv[#r.argv + 1] = word
    end
  end
  return r
end

local function unused(_, request)
  if drops_nothing(request) then return nil, "nothing is dropped as unused" end
  local r = copy(request)
  r.argv[#r.argv + 1] = add_stranger(r)
  return r
end

-- What the output has as it is: functions with their size, and initial values.  The kind of a
-- relocation is one byte.
local COPIED = { func = true, init = true }

local function is_kept(node)
  if COPIED[node.name] and node.kids then return true end
  return node.name == "type" and node.parent and node.parent.name == "entry"
end

-- Numbers of the inputs in another length.  width: in bytes, nil: as few as can be.  What a case
-- has written by hand is left alone: there a length may be the matter.
local function respelled(width)
  return function(_, request)
    local r, changed = copy(request), 0
    for name, source in pairs(request.sources) do
      local tree = source.build and not source.edited and source:build():clone()
      local n = tree and tree:set_widths(width, is_kept) or 0
      if n > 0 then put(r, name, tree:bytes()) end
      changed = changed + n
    end
    if changed == 0 then return nil, "no number of an input can be written otherwise" end
    return r
  end
end

-- The names that an object shares with others; its groups among them.
local function names_of(bytes)
  local linking, names = module.read(bytes, true).linking, {}
  for _, s in ipairs(linking and linking.symbols or {}) do
    if not s.flags:find "local" and s.name ~= "__indirect_function_table" then
      names[s.name] = true
    end
  end
  for _, g in ipairs(linking and linking.comdats or {}) do names[g.name] = true end
  return names, linking and #linking.inits > 0
end

local function are_unrelated(a, b)
  local names, has_inits = names_of(a)
  local others, have_inits = names_of(b)
  for name in pairs(names) do
    if others[name] then return false end
  end
  return not (has_inits and have_inits)
end

-- What the judge has against a link of the request, or nil.
local function judged_wrong(link, request)
  local bytes = link:link(request).bytes
  local violations, failure = driver.judge(request, bytes or "")
  local v = violations and violations[1]
  if bytes and (v or not violations) then
    return v and ("%s: %s: %s, not %s"):format(v.clause, v.what, v.found, v.expected)
      or failure.text or failure.failed
  end
end

-- The first two neighbours that have no name in common change places.
local function swapped(link, request)
  local r = copy(request)
  local places = objects_of(r)
  for k = 2, #places do
    local i, j = places[k - 1], places[k]
    if j == i + 1 and are_unrelated(r.files[r.argv[i]], r.files[r.argv[j]]) then
      r.argv[i], r.argv[j] = r.argv[j], r.argv[i]
      local wrong = not has(r, "--validate=permissive") and judged_wrong(link, r)
      if wrong then return nil, nil, { message = wrong } end
      return r
    end
  end
  return nil, "no two neighbours that are unrelated"
end

-- With an object more in between, where there can be one.
local function again(link, request)
  local first = link:link(request)
  local requests = { request, (unused(link, request)) or request, request, request }
  for i, outcome in ipairs(link:again(requests)) do
    local fresh = i == 2 and link:link(requests[2]) or first
    if outcome.bytes ~= fresh.bytes or outcome.message ~= fresh.message then
      return nil, nil, { message = ("link %d: %s"):format(i, outcome.bytes and fresh.bytes
        and trial.diff(fresh.bytes, outcome.bytes) or outcome.message) }
    end
  end
  return request
end

-- Where one of the options goes with the others.
local function judged(link, request)
  if has(request, "--validate=permissive") then return nil, "inputs that break the convention" end
  for _, option in ipairs { "-r", "--emit-relocs" } do
    local r = copy(request)
    table.insert(r.argv, 1, option)
    local wrong = judged_wrong(link, r)
    if wrong and wrong:find("^unknown opcode") then return nil, "an instruction nobody knows" end
    if wrong then return nil, nil, { message = ("%s: %s"):format(option, wrong) } end
  end
  return request
end

local PLAIN = { { name = "own -r", rewrite = own }, { name = "joined", rewrite = joined },
  { name = "fixed point", rewrite = fixed_point },
  { name = "one member", rewrite = one_member }, { name = "unused", rewrite = unused },
  { name = "padded", rewrite = respelled(5) },
  { name = "minimal", rewrite = respelled(nil) }, { name = "swapped", rewrite = swapped },
  { name = "again", rewrite = again }, { name = "judged", rewrite = judged } }

laws.list = table.move(unit_laws.list, 1, #unit_laws.list, #PLAIN + 1, { table.unpack(PLAIN) })

-- Where a law cannot be asked for ---------------------------------------------------------------

local function said(id, ...)
  for _, diags in ipairs { ... } do
    for _, d in ipairs(diags) do
      if d.id == id then return true end
    end
  end
  return false
end

local function expects(c, name)
  for _, e in ipairs(c.expect) do
    if e.name == name then return true end
  end
  return false
end

-- Two segments of a name, in one object, or in all when they are joined.
local function shares_segment_names(request, all)
  local seen
  for _, i in ipairs(objects_of(request)) do
    if not all or not seen then seen = {} end
    for _, d in ipairs(module.read(request.files[request.argv[i]], true).data) do
      if d.name and seen[d.name] then return true end
      if d.name then seen[d.name] = true end
    end
  end
  return false
end

-- Whether an import stands before that of a table.
local function imports_table_late(bytes)
  local imports = bytes and module.read(bytes).imports or {}
  for i = 2, #imports do
    if imports[i].kind == "table" then return true end
  end
  return false
end

local function has_section_offset(request)
  for _, i in ipairs(objects_of(request)) do
    for _, r in ipairs(module.read(request.files[request.argv[i]], true).relocs) do
      if r.kind:find "SECTION_OFFSET" then return true end
    end
  end
  return false
end

-- Whether two objects define a table of one name.
local function loses_a_table(request)
  local seen = {}
  for _, i in ipairs(objects_of(request)) do
    local linking = module.read(request.files[request.argv[i]], true).linking
    for _, s in ipairs(linking and linking.symbols or {}) do
      local defined = s.kind == "table" and not s.flags:find "undefined"
      if defined and seen[s.name] then return true end
      seen[s.name] = seen[s.name] or defined
    end
  end
  return false
end

-- Expectations that may name the order of contents, or what follows from it.  The judge has been
-- asked before.
local ORDERED = {}
for name in ([[address const_at custom data_at data_count data_segments elem_slots export_order
  holds passive producers runs same_as section_order]]):gmatch("%S+") do
  ORDERED[name] = true
end

-- The closed list of reasons, asked for only when a law was broken.  about: case, request, law,
-- failed (the expectation), diags (of the -r link), object (what that wrote), last (diags of the
-- second link)
local EXCEPTIONS = {
  { "-r makes one of segments of one name, which then live or die together", function(about)
    return shares_segment_names(about.request, about.law == "joined")
  end },
  { "-r gathers data as wasm-ld does, whatever the layout of the last link", function(about)
    return has(about.request, "--layout=zig")
  end },
  { "in an object the stub of a wrong signature is a function like any other", function(about)
    return said("SIGNATURE_MISMATCH", about.diags)
  end },
  { "an object cannot hold a name under two signatures", function(about)
    return said("SIGNATURE_CONFLICT", about.diags)
  end },
  { "an object without table symbols cannot hold a second table", function(about)
    return said("LEGACY_JOINED", about.diags)
  end },
  { "an object cannot hold a table that lost its name to another's", function(about)
    return about.law == "joined" and loses_a_table(about.request)
  end },
  { "slots are handed out in the order of functions, then data, of an object", function(about)
    return about.law == "joined" and expects(about.case, "elem_slots")
  end },
  { "an offset into a section that is stripped at last is what -r made of it", function(about)
    return has(about.request, "-S", "--strip-debug", "-s", "--strip-all")
  end },
  { "a feature that is required of every object, and one more has none", function(about)
    return about.law == "unused" and said("FEATURE_MISSING", about.last)
  end },
  { "an offset into code or data counts the numbers in front of it, too", function(about)
    return about.law == "padded" and has_section_offset(about.request)
  end },
  { "the case is about the order of the inputs", function(about)
    return about.law == "swapped" and ORDERED[about.failed]
  end },
  { "a table that no object names is found to be needed when the other imports have their numbers",
    function(about)
      return about.law == "fixed point" and imports_table_late(about.object)
    end },
}

local function exception(about)
  for _, e in ipairs(EXCEPTIONS) do
    if e[2](about) then return e[1] end
  end
end

-- Judgement ---------------------------------------------------------------------------------------

local function settle(result, verdict, expected, found, where)
  result.verdict, result.expected, result.found, result.where = verdict, expected, found, where
  return result
end

local function judge(result, law, c, request, first, link)
  local second, why, failed, before = law.rewrite(link, request)
  if why then
    result.exempt = why
    return result
  end
  if failed then
    return settle(result, "FAIL", "the rewritten inputs", trial.head(failed.message, 40), law.name),
      failed.diags, failed.object
  end
  local outcome = link:link(second)
  if outcome.bytes == first.bytes then
    result.equal = true
    return settle(result, "PASS")
  end
  for _, d in ipairs(before or {}) do table.insert(outcome.diags, 1, d) end
  local bad = trial.judge(result, c, second, outcome, link)
  if bad and outcome.bytes then result.diff = trial.diff(first.bytes, outcome.bytes) end
  return bad or settle(result, "PASS"), before, nil, outcome.diags
end

local function try(result, law, c, request, first, link)
  local _, diags, written, last = judge(result, law, c, request, first, link)
  if result.verdict == "PASS" or result.exempt then return end
  local reason = exception { case = c, request = request, law = law.name,
    failed = (result.where or ""):match("^[%w_]+"), diags = diags or {},
    object = written, last = last or {} }
  if not reason then return end
  result.exempt = reason
end

local function try_unit_law(result, law, c, request, link)
  local wrong, by_bytes = law.breaks(link, request)
  if wrong then
    return settle(result, "FAIL", wrong.expected, trial.head(wrong.found, 40), wrong.where)
  end
  if law.name == "lowered" and not c.stage then
    local plain = unit_laws.lowered_request(request)
    local bad = trial.judge(result, c, plain, link:link(plain), link)
    if bad then return bad end
  end
  result.equal = by_bytes
  settle(result, "PASS")
end

-- Whether the laws are about this case at all.
function laws.concern(c) return not c.broken and not c.mutate end

-- A plain link, which those laws are about that are not about units, succeeds.
local function is_plain(c, request)
  return not c.stage and not expect.wants_rejection(c.expect)
    and not has(request, "-r", "--relocatable", "--emit-relocs")
end

-- The results of all laws for a case.
function laws.run(c, link)
  local results, request = {}, case.request(c.link)
  local function each(list, attempt, ...)
    for _, law in ipairs(list) do
      local result = { id = c.id, law = law.name }
      local ok, message = pcall(attempt, result, law, c, request, ...)
      if not ok then settle(result, "BROKEN", "a sound case", tostring(message), c.where) end
      results[#results + 1] = result
    end
  end
  local first = is_plain(c, request) and link:link(request)
  if first and first.ended == "linked" then each(PLAIN, try, first, link) end
  if unit_laws.concern(request) then each(unit_laws.list, try_unit_law, link) end
  return results
end

return laws
