-- expect/linking.lua: what an object says to the next linker: symbols, segments, constructors,
-- groups, relocations.  For links with -r or --emit-relocs.
--
-- See expect.lua.  Flags are words in the order of Linking.md: "weak hidden no_strip", "" for none.

local common = require "expect.common"

local make = common.make
local need = common.need
local join = common.join
local same_list = common.same_list
local check_keys = common.check_keys
local keys_sorted = common.keys_sorted

local verbs = {}

local function fits(view, record, wanted, where)
  for _, key in ipairs(keys_sorted(wanted)) do
    if key ~= "count" and record[key] ~= wanted[key] then
      view:miss(("%s = %s"):format(key, tostring(wanted[key])), tostring(record[key]), where)
    end
  end
end

-- All records of this name must fit; as many as count says, which is 1 unless given.
local function fits_all(view, list, name, wanted, what)
  local where, n = ("%s %s"):format(what, name), 0
  for _, record in ipairs(list) do
    if record.name == name then
      n = n + 1
      fits(view, record, wanted, where)
    end
  end
  local count = wanted.count or 1
  if n ~= count then view:miss(("%d times %s"):format(count, where), n .. " times") end
end

-- Symbols -----------------------------------------------------------------------------------------

local SYMBOL_KEYS = "kind flags segment offset size is import section count"

-- linking_symbol "f" { kind = "function", flags = "hidden", ... }: the symbol table has it, as
-- often as count says (default 1).  Further keys: is = the name that it is known by otherwise (name
-- section, export); import = "env.f"; of data segment = ".data.x", offset, size; section = the name
-- of the section that it stands for.
function verbs.linking_symbol(name)
  need("linking_symbol", name, "string")
  return function(wanted)
    check_keys("linking_symbol", wanted, SYMBOL_KEYS)
    return make("linking_symbol", function(view)
      local rest = {}
      for key, value in pairs(wanted) do
        if key ~= "is" then rest[key] = value end
      end
      fits_all(view, view:linking().symbols, name, rest, "symbol")
      for _, s in ipairs(wanted.is and view:linking().symbols or {}) do
        if s.name == name and not view:is_named(s.kind, s.target, wanted.is) then
          view:miss("symbol " .. name .. " is " .. wanted.is, view:names_text(s.kind, s.target))
        end
      end
    end)
  end
end

-- no_linking_symbol("f", ...): the symbol table has no such name.
function verbs.no_linking_symbol(...)
  local names = { ... }
  return make("no_linking_symbol", function(view)
    for _, name in ipairs(names) do
      fits_all(view, view:linking().symbols, name, { count = 0 }, "symbol")
    end
  end)
end

-- linking_symbol_order{ "a", "b" }: these symbols stand in this order; others may be between.
function verbs.linking_symbol_order(wanted)
  need("linking_symbol_order", wanted, "table")
  return make("linking_symbol_order", function(view)
    local found = {}
    for i, s in ipairs(view:linking().symbols) do found[i] = s.name end
    view:in_order(wanted, found, "symbols")
  end)
end

-- Segments, constructors, groups ------------------------------------------------------------------

-- segment_info ".rodata.s" { align = 0, flags = "strings", size = 6, count = 1 }: what is said of
-- the data segments of that name; align is an exponent of 2.
function verbs.segment_info(name)
  need("segment_info", name, "string")
  return function(wanted)
    check_keys("segment_info", wanted, "align flags size count")
    return make("segment_info", function(view)
      fits_all(view, view:linking().segments, name, wanted, "segment")
    end)
  end
end

local function init_text(view)
  local list = {}
  for i, f in ipairs(view:linking().inits) do
    list[i] = ("%d %s"):format(f.priority, view:linking().symbols[f.symbol + 1].name)
  end
  return list
end

-- init_functions{ "50 first", "65535 second" }: priority and symbol of all, in order.
function verbs.init_functions(wanted)
  need("init_functions", wanted, "table")
  return make("init_functions", function(view)
    local found = init_text(view)
    if not same_list(wanted, found) then view:miss(join(wanted), join(found), "init functions") end
  end)
end

-- comdat_members "group" { "function f", "data .data.d", "section .debug_types" }: these and no
-- more, in order.  An empty list: there is no such group.
function verbs.comdat_members(name)
  need("comdat_members", name, "string")
  return function(wanted)
    return make("comdat_members", function(view)
      local found = {}
      for _, c in ipairs(view:linking().comdats) do
        if c.name == name then
          for _, item in ipairs(c.items) do found[#found + 1] = item end
        end
      end
      if not same_list(wanted, found) then
        view:miss(join(wanted), join(found), "group " .. name)
      end
    end)
  end
end

-- Relocations -------------------------------------------------------------------------------------

local function reloc_text(r)
  local words = { r.kind:gsub("^R_WASM_", ""), r.target }
  if r.addend ~= 0 then words[#words + 1] = ("%+d"):format(r.addend) end
  words[#words + 1] = "at " .. r.at
  return table.concat(words, " ")
end

-- relocations "f" { "FUNCTION_INDEX_LEB g at 2", "MEMORY_ADDR_I32 x +4 at 8" }: all of a function
-- (at counts from the first byte behind its size), a data segment or a custom section, in order.
-- Of several of that name the list of all.  The target of TYPE_INDEX_LEB is the signature.
function verbs.relocations(place)
  need("relocations", place, "string")
  return function(wanted)
    return make("relocations", function(view)
      local found = {}
      for i, r in ipairs(view:relocations(place)) do found[i] = reloc_text(r) end
      if not same_list(wanted, found) then
        view:miss(table.concat(wanted, "; "), table.concat(found, "; "), "relocations of " .. place)
      end
    end)
  end
end

-- Another link ------------------------------------------------------------------------------------

-- relinks({ "--no-entry", other, ... }, { returns("f", {}, 3), ... }): the output is an input that
-- links, with options and inputs as in `link`, and of that module the expectations hold.  The
-- output stands where the list has "relinked.o", else first.
function verbs.relinks(list, expectations)
  need("relinks", list, "table")
  need("relinks", expectations, "table")
  return make("relinks", function(view)
    local again = view:relink(list)
    for _, e in ipairs(expectations) do
      local ok, message = e.check(again)
      if ok == "skipped" then return ok, message end
      if not ok then view:miss(message.expected, message.found, "relinked: " .. e.name) end
    end
  end, { relinked = list, expect = expectations })
end

return verbs
