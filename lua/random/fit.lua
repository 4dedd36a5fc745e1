-- random/fit.lua: makes of a plan (plan.lua) one that the other linker can be asked for.
--
-- Takes: a plan, the linkers, and what makes a request of a plan.  Changes the plan.
-- Rule of thumb: what a linker has not is left out, and the rest is asked for all the same.

local function remove_if(list, test)
  for i = #list, 1, -1 do
    if test(list[i]) then table.remove(list, i) end
  end
end

-- Without references of a form: relocations that the other linker does not know.
local function leave_out(p, form)
  local function has_it(r) return r.form == form end
  for _, o in ipairs(p.objects) do
    for _, item in ipairs(o.items) do
      remove_if(item.pieces or {}, has_it)
      remove_if(item.code or {}, has_it)
    end
  end
end

-- Without items of a kind, and other names of them.
local function leave_out_kind(p, kind)
  for _, o in ipairs(p.objects) do
    remove_if(o.items, function(item) return item.kind == kind or item.of_kind == kind end)
  end
end

-- Without shared libraries.
local function leave_out_libraries(p)
  p.libraries = {}
  remove_if(p.inputs, function(input) return input.kind == "library" end)
end

-- Without options that the other linker has not; without --extra-features most links are refused,
-- so features are not checked then.
local function leave_out_options(p, takes)
  local options = {}
  for _, option in ipairs(p.options) do
    if takes(option) then
      options[#options + 1] = option
    elseif option[1]:find("^%-%-extra%-features") then
      options[#options + 1] = { "--no-check-features" }
    end
  end
  p.options = options
end

-- Without --start-lib: libraries are archives, and what reads those wants an index.
local function make_archives(p)
  for i, input in ipairs(p.inputs) do
    if input.kind == "lib" or input.kind == "archive" then
      input.kind, input.index, input.name = "archive", true, ("lib%d.a"):format(i)
    end
  end
end

local function long_name(name)
  return name:find("^member%-called%-") and name or "member-called-" .. name
end

local function has_features(o)
  for _, item in ipairs(o.items) do
    if item.kind == "features" then return true end
  end
end

-- Zig wants long names in an archive, and features in an object; it dies of other archives, of
-- tags, and of entries of a GOT.
local function fit_zig(p)
  leave_out_libraries(p)
  leave_out_kind(p, "tag")
  leave_out(p, "got")
  for _, o in ipairs(p.objects) do
    o.name = long_name(o.name)
    if not has_features(o) then table.insert(o.items, { kind = "features", list = {} }) end
  end
  for _, input in ipairs(p.inputs) do
    input.format, input.index, input.whole = "gnu", true, nil
    for i, name in ipairs(input.members) do input.members[i] = long_name(name) end
  end
end

-- The options that the linker says it does not know, as a set; nil when it says no such thing.
local function unknown_options(peer, request)
  local outcome = peer.adapter.unknown and peer:link(request)
  local named = outcome and outcome.message:match(peer.adapter.unknown)
  if not named then return nil end
  local set = {}
  for word in named:gmatch("[^%s,]+") do set[word] = true end
  return set
end

-- wasm-ld knows R_WASM_FUNCTION_INDEX_I32, and reads shared libraries, since 18.
return function(p, links, request_of)
  local peer = links.peer
  local function takes(option) return peer.adapter.argv(option, peer.version, {}) end
  leave_out_options(p, takes)
  if peer.name:find("^wasm%-ld") and links.release < 18 then
    leave_out(p, "fn")
    leave_out_libraries(p)
  end
  if not takes { "--start-lib" } then make_archives(p) end
  if peer.identity == "zig" then fit_zig(p) end
  local unknown = unknown_options(peer, request_of(p))
  if not unknown then return end
  leave_out_options(p, function(option) return not unknown[option[1]] end)
  leave_out_libraries(p)
  if unknown["--start-lib"] then make_archives(p) end
end
