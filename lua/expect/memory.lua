-- expect/memory.lua: memory, data, tables, globals, types.
--
-- See expect.lua.

local common = require "expect.common"
local holes = require "holes"

local make = common.make
local need = common.need
local keys_sorted = common.keys_sorted
local join = common.join
local same_list = common.same_list
local check_keys = common.check_keys

local verbs = {}

-- Memory and data ---------------------------------------------------------------------------------

local function check_limits(view, what, wanted)
  local index, imported = view:limits_of(what, wanted.name)
  if wanted.absent then
    if index then view:miss("no " .. what, "there is one") end
    return
  end
  if not index then view:miss("a " .. what, "none") end
  local got = view:describe(what, index)
  got.imported, got.exported = imported, view:is_exported(what, index)
  for _, key in ipairs(keys_sorted(wanted)) do
    if key ~= "name" then
      local found = got[key]
      if found == nil then found = false end
      if found ~= wanted[key] then
        view:miss(("%s %s"):format(key, tostring(wanted[key])), tostring(found), what)
      end
    end
  end
end

-- memory{ min =, max =, imported =, exported =, shared =, page_size = (bytes), absent = true }:
-- limits in pages; max = false: there is none.
function verbs.memory(wanted)
  need("memory", wanted, "table")
  check_keys("memory", wanted, "min max imported exported shared is64 page_size absent")
  return make("memory", function(view) check_limits(view, "memory", wanted) end)
end

-- indirect_table{ min =, max =, imported =, exported =, absent = true }: the indirect function
-- table, which is the only funcref table or the one named __indirect_function_table.
function verbs.indirect_table(wanted)
  need("indirect_table", wanted, "table")
  check_keys("indirect_table", wanted, "min max imported exported is64 absent type")
  local w = { name = "__indirect_function_table" }
  for key, value in pairs(wanted) do w[key] = value end
  return make("indirect_table", function(view) check_limits(view, "table", w) end)
end

-- The bytes wanted at an address: a string, or a list of strings and holes.
local function check_bytes(view, at, wanted, where)
  if type(wanted) == "string" then wanted = { wanted } end
  for _, piece in ipairs(wanted) do
    local size = holes.is(piece) and piece.size or #piece
    local found = view:memory_at(at, size)
    local ok = holes.is(piece) and holes.match(view, piece, (string.unpack("<i" .. size, found)))
      or found == piece
    if not ok then
      view:miss(holes.is(piece) and holes.text(piece) or ("%q"):format(piece), ("%q"):format(found),
        ("%s, address 0x%x"):format(where, at))
    end
    at = at + size
  end
end

-- data_at(place, bytes): memory before the program runs: active segments, and what the start
-- function copies.  place: a number, the name of an
-- exported data symbol, or { name, plus }.  bytes: a string, or a list of strings and holes, a hole
-- taking four bytes, wide(hole) eight: data_at("t", { to_slot "f", wide(to_address "x"), "\0\0" })
function verbs.data_at(place, bytes)
  return make("data_at", function(view)
    local where = type(place) == "table" and place[1] or tostring(place)
    check_bytes(view, view:place(place), bytes, where)
  end)
end

-- data_count(bytes, n): the memory image holds these bytes n times (0: nowhere).  For merged
-- strings and collected data; choose bytes that nothing else holds.
function verbs.data_count(bytes, n)
  return make("data_count", function(view)
    local found = view:count_bytes(bytes)
    if found ~= n then view:miss(("%q %d times"):format(bytes, n), found .. " times", "data") end
  end)
end

-- address "x" { align =, min =, max =, equals =, below = "y", above = "y", distance = { "y", n } }:
-- of an exported data symbol.  align in bytes; max is the last address allowed; distance: address
-- of x minus address of y.
function verbs.address(name)
  return function(wanted)
    need("address", wanted, "table")
    check_keys("address", wanted, "align min max equals below above distance")
    return make("address", function(view)
      local at = view:address(name)
      local function must(ok, text)
        if not ok then view:miss(text, ("0x%x"):format(at), "address of " .. name) end
      end
      local w = wanted
      must(not w.align or at % w.align == 0, ("a multiple of %s"):format(w.align))
      must(not w.min or at >= w.min, ("at least %s"):format(w.min))
      must(not w.max or at <= w.max, ("at most %s"):format(w.max))
      must(not w.equals or at == view:place(w.equals), ("equal to %s"):format(w.equals))
      must(not w.below or at < view:place(w.below), ("below %s"):format(w.below))
      must(not w.above or at > view:place(w.above), ("above %s"):format(w.above))
      local d = w.distance
      must(not d or at - view:place(d[1]) == d[2],
        d and ("%s bytes from %s"):format(d[2], d[1]))
    end)
  end
end

-- data_segments{ ".rodata", ".data" }: the data segments by name, in order.
function verbs.data_segments(wanted)
  need("data_segments", wanted, "table")
  return make("data_segments", function(view)
    local found = view:segment_names()
    if not same_list(wanted, found) then view:miss(join(wanted), join(found), "data segments") end
  end)
end

-- passive{ ".tdata", ".data" }, passive{}: the data segments, by name, that no instance writes by
-- itself; all others are active.
function verbs.passive(wanted)
  need("passive", wanted, "table")
  return make("passive", function(view)
    local found = {}
    for _, d in ipairs(view:module().data) do
      if d.passive then found[#found + 1] = d.name or "" end
    end
    if not same_list(wanted, found) then view:miss(join(wanted), join(found), "passive data") end
  end)
end

-- Tables, globals, tags, types --------------------------------------------------------------------

-- elem_slots{ [1] = "f", [2] = "g" }: what the element segments put into the table, exactly.
function verbs.elem_slots(wanted)
  need("elem_slots", wanted, "table")
  return make("elem_slots", function(view)
    local slots, texts, ok = view:slots(), {}, true
    for _, slot in ipairs(keys_sorted(slots)) do
      texts[#texts + 1] = ("%d = %s"):format(slot, view:names_text("function", slots[slot]))
      ok = ok and wanted[slot] ~= nil
    end
    for slot, name in pairs(wanted) do
      ok = ok and slots[slot] ~= nil and view:is_named("function", slots[slot], name)
    end
    local names = {}
    for _, slot in ipairs(keys_sorted(wanted)) do
      names[#names + 1] = ("%d = %s"):format(slot, wanted[slot])
    end
    if not ok then view:miss(join(names), join(texts), "table slots") end
  end)
end

-- in_table("f", ...), not_in_table("f", ...): whether some slot holds the function; once only.
function verbs.in_table(...)
  local names = { ... }
  return make("in_table", function(view)
    for _, name in ipairs(names) do
      local n = view:count_slots(name)
      if n ~= 1 then view:miss(name .. " in one slot", ("in %d slots"):format(n), "table") end
    end
  end)
end

function verbs.not_in_table(...)
  local names = { ... }
  return make("not_in_table", function(view)
    for _, name in ipairs(names) do
      local n = view:count_slots(name)
      if n ~= 0 then view:miss(name .. " in no slot", ("in %d slots"):format(n), "table") end
    end
  end)
end

-- global_value("g", v): the initial value of a global known by name; v a number or a hole.
function verbs.global_value(name, v)
  return make("global_value", function(view)
    local found = view:global_value(view:one("global", name))
    if not holes.match(view, v, found) then
      view:miss(holes.text(v), tostring(found), "global " .. name)
    end
  end)
end

-- counts{ global = 1, table = 0, type = 2, memory =, tag =, data =, elem =, import =, export =,
-- ["function"] = }: how many there are; of index spaces, with imports.
function verbs.counts(wanted)
  need("counts", wanted, "table")
  check_keys("counts", wanted, "function global table memory tag type data elem import export")
  return make("counts", function(view)
    for _, what in ipairs(keys_sorted(wanted)) do
      local found = view:count(what)
      if found ~= wanted[what] then view:miss(("%d of %s"):format(wanted[what], what), found) end
    end
  end)
end

-- types_unique(): no two entries of the type section are equal.
function verbs.types_unique()
  return make("types_unique", function(view)
    local seen = {}
    for i = 0, view:count("type") - 1 do
      local text = view:type_text(i)
      if seen[text] then view:miss("every type once", text .. " twice", "types") end
      seen[text] = true
    end
  end)
end

-- has_type("i32 -> i32", ...), no_type(...): whether the type section has it.
function verbs.has_type(...)
  local sigs = { ... }
  return make("has_type", function(view)
    for _, sig in ipairs(sigs) do
      if not view:find_type(sig) then view:miss("type " .. view.sig(sig), "no such type") end
    end
  end)
end

function verbs.no_type(...)
  local sigs = { ... }
  return make("no_type", function(view)
    for _, sig in ipairs(sigs) do
      if view:find_type(sig) then view:miss("no type " .. view.sig(sig), "there is one") end
    end
  end)
end

return verbs
