-- expect/dynamic.lua: what a module tells the loader, and takes from it.
--
-- See expect.lua.

local common = require "expect.common"

local make = common.make
local need = common.need
local keys_sorted = common.keys_sorted
local join = common.join
local same_list = common.same_list
local check_keys = common.check_keys

local verbs = {}

local NUMBERS = { "memory_size", "memory_align", "table_size", "table_align" }
local LISTS = { "needed", "runtime_path" }

-- { ["x"] = "tls" } of a list of { [module], name, flags }.
local function by_name(list)
  local result = {}
  for _, i in ipairs(list) do
    result[(i.module and i.module .. "." or "") .. i.name] = i.flags
  end
  return result
end

local function pairs_text(t)
  local list = {}
  for _, key in ipairs(keys_sorted(t)) do list[#list + 1] = ("%s (%s)"):format(key, t[key]) end
  return join(list)
end

local function check_info(view, what, wanted, list)
  local found = by_name(list)
  local want, got = pairs_text(wanted), pairs_text(found)
  if want ~= got or #list ~= #keys_sorted(found) then
    view:miss(("%s of %s"):format(what, want), got, "section dylink.0")
  end
end

local function number_fits(wanted, found)
  if type(wanted) ~= "table" then return found == wanted end
  return found and found >= (wanted.min or 0) and found <= (wanted.max or found)
end

local function number_text(wanted)
  if type(wanted) ~= "table" then return tostring(wanted) end
  return ("%s to %s"):format(wanted.min or 0, wanted.max or "any number")
end

-- dylink{ memory_size =, memory_align =, table_size =, table_align =, needed = { "libx.so" },
-- runtime_path = { "/lib" }, exports = { x = "tls" }, imports = { ["env.f"] = "weak undefined" } }:
-- the module has "dylink.0", in front of all other sections, and it says so.  Sizes in bytes and in
-- slots, alignments as exponents of 2; a number, or { min =, max = }.  needed and runtime_path in
-- order; exports and imports are all that are listed, with their flags.  What is not given may be
-- anything.
function verbs.dylink(wanted)
  need("dylink", wanted, "table")
  check_keys("dylink", wanted, "memory_size memory_align table_size table_align needed "
    .. "runtime_path exports imports")
  return make("dylink", function(view)
    local d = view:module().dylink or view:miss("a section dylink.0", "none")
    for _, key in ipairs(NUMBERS) do
      if wanted[key] and not number_fits(wanted[key], d[key]) then
        view:miss(("%s %s"):format(key, number_text(wanted[key])), tostring(d[key]),
          "section dylink.0")
      end
    end
    for _, key in ipairs(LISTS) do
      if wanted[key] and not same_list(wanted[key], d[key]) then
        view:miss(("%s: %s"):format(key, join(wanted[key])), join(d[key]), "section dylink.0")
      end
    end
    if wanted.exports then check_info(view, "export info", wanted.exports, d.exports) end
    if wanted.imports then check_info(view, "import info", wanted.imports, d.imports) end
  end)
end

-- not_dynamic(): there is no section "dylink.0": nothing is left to a loader.
function verbs.not_dynamic()
  return make("not_dynamic", function(view)
    if view:module().dylink then view:miss("no section dylink.0", "there is one") end
  end)
end

-- got_imports{ "mem.x", "func.f" }: exactly these addresses come from the loader: globals imported
-- from GOT.mem and GOT.func, mutable, as wide as a pointer.
function verbs.got_imports(wanted)
  need("got_imports", wanted, "table")
  return make("got_imports", function(view)
    local want, found = { table.unpack(wanted) }, {}
    local pointer = view:describe("memory", 0).is64 and "i64" or "i32"
    for _, i in ipairs(view:module().imports) do
      local kind = i.module:match("^GOT%.(.*)$")
      if kind then
        found[#found + 1] = kind .. "." .. i.name
        local d = view:describe(i.kind, i.index)
        if i.kind ~= "global" or d.type ~= pointer or not d.mutable then
          view:miss("a mutable global of type " .. pointer, i.kind, "import GOT." .. found[#found])
        end
      end
    end
    table.sort(want)
    table.sort(found)
    if not same_list(want, found) then view:miss(join(want), join(found), "imports of the GOT") end
  end)
end

-- moved(): every active data segment counts from __memory_base, and every active element segment
-- from __table_base.
function verbs.moved()
  return make("moved", function(view)
    for k, d in ipairs(view:module().data) do
      if not d.passive and d.base ~= "__memory_base" then
        view:miss("an address counted from __memory_base", d.base or "another",
          "data segment " .. k)
      end
    end
    for k, e in ipairs(view:module().elems) do
      if e.base ~= "__table_base" then
        view:miss("slots counted from __table_base", e.base or "others", "element segment " .. k)
      end
    end
  end)
end

return verbs
