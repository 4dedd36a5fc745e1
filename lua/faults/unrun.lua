-- unrun.lua: code and globals of the linker's own that are others, and do the same.
--
-- Takes, gives: as harmless.lua.  Rule of thumb: what runs, and what is read, is followed; the rest
-- may be anything.

local layout = require "faults.layout"

-- The function and the instruction of the only change; k: which of its numbers.
local function changed_number(x)
  local f, i, k = (#x.changes == 1 and x.changes[1].path or "")
    :match("^code%.(%d+)%.(%d+)%.(%d+)$")
  return tonumber(f), tonumber(i), tonumber(k)
end

-- The functions whose code is another.
local function changed_functions(x)
  local set = {}
  for _, c in ipairs(x.changes) do
    local f = c.path:match("^code%.(%d+)%.")
    if not f then return {} end
    set[tonumber(f)] = true
  end
  return set
end

-- Is there code that is another, all of it such in both modules?
local function all_code(x, is)
  local any = false
  for f in pairs(changed_functions(x)) do
    any = true
    if not is(x.m:code(f - 1)) or not is(x.n:code(f - 1)) then return false end
  end
  return any
end

local function behind_a_trap(x)
  return all_code(x, function(list) return list[1].op == "unreachable" end)
end

local function nothing_done(x)
  return all_code(x, function(list)
    for _, op in ipairs(list) do
      if op.op ~= "nop" and op.op ~= "end" then return false end
    end
    return true
  end)
end

-- Calls -------------------------------------------------------------------------------------------

local SETS = { ["global.get"] = true, ["global.set"] = true, ["i32.const"] = true,
  ["i64.const"] = true, ["i32.add"] = true, ["i64.add"] = true, ["end"] = true }

-- Does the function set globals to what it does not change itself, or nothing?
local function repeats(m, index)
  local read, set = {}, {}
  for _, op in ipairs(m.funcs[index + 1].offset and m:code(index) or { { op = "import" } }) do
    if not SETS[op.op] then return false end
    if op.op == "global.get" then read[op[1]] = true end
    if op.op == "global.set" then set[op[1]] = true end
  end
  for global in pairs(set) do
    if read[global] then return false end
  end
  return true, next(set) == nil
end

-- The code as text, without calls of functions that do nothing, or have just done the same.
local function effects(m, f)
  local out, last = {}, nil
  for _, op in ipairs(m:code(f - 1)) do
    local same, nothing = false, false
    if op.op == "call" then same, nothing = repeats(m, op[1]) end
    local text = op.op .. " " .. table.concat(op, " ")
    if not nothing and not (same and text == last) then out[#out + 1] = text end
    if not nothing then last = text end
  end
  return table.concat(out, "\n")
end

local function called_again(x)
  local any = false
  for f in pairs(changed_functions(x)) do
    any = true
    if effects(x.m, f) ~= effects(x.n, f) then return false end
  end
  return any
end

-- Branches ----------------------------------------------------------------------------------------

local OPENS = { block = true, ["if"] = true, loop = true, try = true, try_table = true }

-- For each end, which block it ends; for instruction i, the blocks around it.
local function blocks(list, i)
  local open, ends, around = {}, {}, nil
  for k, op in ipairs(list) do
    if k == i then around = table.move(open, 1, #open, 1, {}) end
    if OPENS[op.op] then open[#open + 1] = k
    elseif op.op == "end" and #open > 0 then ends[table.remove(open)] = k end
  end
  return around, ends
end

-- Does a branch of instruction i that leaves so many blocks leave the function?
local function leaves(list, i, label)
  local around, ends = blocks(list, i)
  if label >= #around then return true end
  local block = around[#around - label]
  if list[block].op == "loop" then return false end
  for k = ends[block], #list do
    if list[k].op ~= "end" then return false end
  end
  return true
end

local BRANCHES = { br = 1, br_if = 1, br_table = 2 } -- the first label

local function same_exit(x)
  local f, i, k = changed_number(x)
  local list = f and x.m:code(f - 1)
  local first = list and BRANCHES[list[i].op]
  return first and k >= first and leaves(list, i, x.changes[1].was)
    and leaves(list, i, x.changes[1].is)
end

-- Numbers -----------------------------------------------------------------------------------------

local FLAG = "__wasm_init_memory_flag"

local function knows_flag(x)
  for _, e in ipairs(x.m.exports) do
    if e.name == FLAG then return true end
  end
  for _, site in ipairs(x.about.sites) do
    if site.symbol == FLAG then return true end
  end
  return false
end

-- Of the flag only code of the linker's own knows, which asks whether it is 0, or 1.
local function other_done(x)
  local f, i = changed_number(x)
  if not f or not layout.is_made(x, f - 1) or knows_flag(x) then return false end
  local list, is = x.n:code(f - 1), x.changes[1].is
  local after = list[i + 1]
  return list[i].op == "i32.const" and after and after.op == "i32.atomic.store" and is ~= 0
    and is ~= 1
end

local function traps(m, index)
  local list = m.funcs[index + 1].offset and m:code(index)
  return list and list[1].op == "unreachable"
end

local function other_trap(x)
  local f, i = changed_number(x)
  if not f or x.m:code(f - 1)[i].op ~= "call" then return false end
  local was, is = x.changes[1].was, x.changes[1].is
  return x.m.funcs[was + 1].type == x.n.funcs[is + 1].type and traps(x.m, was) and traps(x.n, is)
end

-- Globals -----------------------------------------------------------------------------------------

-- By index of the global: how many instructions of inputs' functions, and of others, set it.
local function setters(x, global)
  local theirs, inputs, made = layout.input_functions(x.about), 0, 0
  for _, f in ipairs(x.m.funcs) do
    for _, op in ipairs(f.offset and x.m:code(f.index) or {}) do
      if op.op == "global.set" and op[1] == global then
        if theirs[f.index] then inputs = inputs + 1 else made = made + 1 end
      end
    end
  end
  return inputs, made
end

local function is_exported(m, global)
  for _, e in ipairs(m.exports) do
    if e.kind == "global" and e.index == global then return true end
  end
  return false
end

-- Is every change such a field of a global that nobody else sees, and of which is(global) is true?
local function all_globals(x, field, is)
  if x.m.linking or not layout.all_in(x, "^globals%.%d+%." .. field .. "$") then return false end
  for _, c in ipairs(x.changes) do
    local g = x.m.globals[tonumber(c.path:match "%d+")]
    if is_exported(x.m, g.index) or not is(g) then return false end
  end
  return true
end

local function set_before_read(x)
  return all_globals(x, "init%.value", function(g)
    local inputs, made = setters(x, g.index)
    return g.mutable and inputs == 0 and made > 0
  end)
end

local function never_set(x)
  return all_globals(x, "mutable", function(g)
    local inputs, made = setters(x, g.index)
    return inputs == 0 and made == 0
  end)
end

return {
  { "what follows a trap does not run", behind_a_trap },
  { "a function that does nothing, in other words", nothing_done },
  { "a function that does nothing is called or not, or one that only sets globals once more",
    called_again },
  { "a branch leaves the function, as before", same_exit },
  { "the flag tells that memory has been initialised by another number", other_done },
  { "another function that traps is called, of the same type", other_trap },
  { "a global begins as another number, and code of the linker's own sets it first",
    set_before_read },
  { "a global that nobody sets is mutable or not", never_set },
}
