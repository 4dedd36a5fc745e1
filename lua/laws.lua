-- laws.lua: what must hold between links, whatever a case is about.
--
-- Takes: a case that links, and the model.  Gives: one result (verdict.lua) a law: the inputs are
-- rewritten in a way that must not matter, and linked again with the case's options.
-- Rule of thumb: equal bytes, or else what the case expects must hold of the second module, too;
-- where neither can be asked for, a predicate on the case says so, never its name.
--
--   own -r       every object is replaced by its own -r output
--   joined       all objects of the command line are replaced by one -r output
--   fixed point  -r of an -r output is that output
--   one member   every object is put in an archive of its own, under --whole-archive
--   unused       one more object that nobody refers to changes nothing

local archive = require "archive"
local case = require "case"
local expect = require "expect"
local object = require "object"
local trial = require "trial"

local laws = {}

-- Requests ----------------------------------------------------------------------------------------

local function is_object(bytes) return bytes ~= nil and bytes:sub(1, 4) == "\0asm" end

-- A second request with the same files, to be changed.
local function copy(request)
  local r = { argv = { table.unpack(request.argv) }, files = {}, sources = request.sources }
  for name, bytes in pairs(request.files) do r.files[name] = bytes end
  return r
end

local function has(request, ...)
  for _, word in ipairs(request.argv) do
    for _, option in ipairs { ... } do
      if word == option or word == "-" .. option then return true end
    end
  end
  return false
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
local CARRIED = { ["--no-demangle"] = true, ["--no-check-features"] = true,
  ["--allow-multiple-definition"] = true, ["--noinhibit-exec"] = true, ["-zmuldefs"] = true,
  ["-O0"] = true, ["-mwasm64"] = true }

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
  local argv = { "-r", table.unpack(carried(request.argv)) }
  table.move(names, 1, #names, #argv + 1, argv)
  argv[#argv + 1], argv[#argv + 2] = "-o", output
  return link:link { argv = argv, files = request.files }
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
    r.files[name] = outcome.bytes
  end
  return r
end

local function joined(link, request)
  local places, names = objects_of(request), {}
  if #places < 2 then return nil, "less than two objects on the command line" end
  for k, i in ipairs(places) do
    names[k] = request.argv[i]
    for between = places[1], i do
      local word = request.argv[between]
      if request.files[word] and not is_object(request.files[word]) then
        return nil, "another input between the objects"
      end
    end
  end
  if has(request, "--start-lib") then return nil, "objects that wait for being needed" end
  local outcome = relocatable(link, request, names, names[1])
  if outcome.ended ~= "linked" then return nil, nil, outcome end
  local r = copy(request)
  r.files[names[1]] = outcome.bytes
  for k = #places, 2, -1 do table.remove(r.argv, places[k]) end
  return r, nil, nil, outcome.diags
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
  if has(request, "--no-gc-sections", "--export-all", "--export-dynamic", "-E") then
    return nil, "nothing is dropped as unused"
  end
  local o = object.object "nobody-refers-to-this.o"
  local callee = o:func("nobody-refers-to-this.callee", { sig = "f64 i64 -> v128",
    code = "unreachable" })
  o:func("nobody-refers-to-this", { sig = "i64 -> f64", code = {
    "f64.const 1", "i64.const 2", { "call", callee }, "drop", "f64.const 0" } })
  o:data("nobody-refers-to-this.data", { bytes = "unused", align = 4 })
  local r = copy(request)
  r.files[o.name] = o:bytes()
  r.argv[#r.argv + 1] = o.name
  return r
end

laws.list = { { name = "own -r", rewrite = own }, { name = "joined", rewrite = joined },
  { name = "one member", rewrite = one_member }, { name = "unused", rewrite = unused } }

-- Judgement ---------------------------------------------------------------------------------------

local function settle(result, verdict, expected, found, where)
  result.verdict, result.expected, result.found, result.where = verdict, expected, found, where
  return result
end

local function judge(result, law, c, request, first, link)
  local second, why, failed, before = law.rewrite(link, request)
  if why then
    result.skipped = why
    return settle(result, "UNSUPPORTED", nil, why)
  end
  if failed then
    return settle(result, "FAIL", "the rewritten inputs", trial.head(failed.message, 12), law.name)
  end
  local outcome = link:link(second)
  if outcome.bytes == first.bytes then
    result.equal = true
    return settle(result, "PASS")
  end
  for _, d in ipairs(before or {}) do table.insert(outcome.diags, 1, d) end
  local bad = trial.judge(result, c, second, outcome, link)
  if bad then
    if outcome.bytes then result.diff = trial.diff(first.bytes, outcome.bytes) end
    return bad
  end
  return settle(result, "PASS")
end

-- Whether the laws are about this case at all: a plain link that succeeds.
function laws.concern(c)
  return not c.broken and not c.relocate and not c.stage and not c.mutate
    and not expect.wants_rejection(c.expect)
end

-- The results of all laws for a case; none where it makes an object itself.
function laws.run(c, link)
  local list = {}
  local request = case.request(c.link)
  if has(request, "-r", "--relocatable", "--emit-relocs") then return list end
  local first = link:link(request)
  if first.ended ~= "linked" then return list end
  for i, law in ipairs(laws.list) do
    local result = { id = c.id, law = law.name }
    local ok, message = pcall(judge, result, law, c, request, first, link)
    if not ok then settle(result, "BROKEN", "a sound case", tostring(message), c.where) end
    list[i] = result
  end
  return list
end

return laws
