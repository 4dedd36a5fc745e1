-- made.lua: functions of the linker's own that do something else.
--
-- All changes leave the code valid, but for what is wrong about numbers.

local layout = require "faults.layout"
local rewrite = require "faults.rewrite"

local made = {}

local uleb, sleb = rewrite.uleb, rewrite.sleb

-- Index -> name of what no input has: the linker's symbols by their names, others are wrappers.
local function made_functions(about)
  local inputs, names = layout.input_functions(about), {}
  for _, s in ipairs(about.layout.symbols) do
    if s.kind == "function" and s.index and not inputs[s.index] then names[s.index] = s.name end
  end
  local list = {}
  for _, f in ipairs(about.m.funcs) do
    if f.offset and not inputs[f.index] then
      list[#list + 1] = { f = f, name = names[f.index] or f.name or "a wrapper" }
    end
  end
  return list
end

-- What "a call" is in the name of a fault.
local function call_of(name)
  return name == "__wasm_call_ctors" and "constructor" or "call of " .. made.role(name)
end

-- Functions of one kind have one role.
function made.role(name)
  return name:find("^__wasm") and name or "wrapper"
end

-- Calls that leave the stack as it was, with the drops of their results.
local function calls_alone(m, list)
  local calls = {}
  for i, x in ipairs(list) do
    local t = x.op == "call" and m.types[m.funcs[x[1] + 1].type + 1]
    if t and #t.params == 0 then
      local to, size = i, x.size
      for _ = 1, #t.results do
        to = to + 1
        if not list[to] or list[to].op ~= "drop" then size = nil break end
        size = size + list[to].size
      end
      if size then calls[#calls + 1] = { offset = x.offset, size = size, last = to, first = i } end
    end
  end
  return calls
end

-- The module with `length` bytes at `at` moved to `to`, which is before them in the same function.
local function moved(m, at, length, to)
  local text = m.bytes:sub(at + 1, at + length)
  return rewrite.put(m.bytes, to, text .. m.bytes:sub(to + 1, at))
end

local function add_calls(m, fn, list, splice, add)
  local calls = calls_alone(m, list)
  local what = call_of(fn.name)
  local first = fn.f.code_offset
  for i, c in ipairs(calls) do
    local name = ("%s, call %d"):format(fn.name, i)
    local function text_of(x) return m.bytes:sub(x.offset + 1, x.offset + x.size) end
    add(what .. " dropped", name, function() return splice(c.offset, c.size, "") end)
    add(what .. " first", name, function() return moved(m, c.offset, c.size, first) end)
    add(what .. " twice", name, function()
      return splice(c.offset, c.size, text_of(c) .. text_of(c))
    end)
    local after = calls[i + 1]
    if after and after.first == c.last + 1 and text_of(c) ~= text_of(after) then
      add(#what > 0 and what .. "s swapped", name, function()
        return splice(c.offset, c.size + after.size, text_of(after) .. text_of(c))
      end)
    end
  end
end

-- Numbers -----------------------------------------------------------------------------------------

local SIGNED = { i32 = true, i64 = true }
local NUMBERS = { func = true, ["local"] = true, global = true, data = true, offset = true,
  label = true, i32 = true, i64 = true }

local function add_numbers(_, fn, list, splice, add)
  for _, x in ipairs(list) do
    for _, imm in ipairs(x.imms) do
      for _, by in ipairs(NUMBERS[imm.kind] and { 1, -1 } or {}) do
        local value = imm.value + by
        local name = ("%s at 0x%x: %s %d"):format(fn.name, x.offset, x.op, value)
        if SIGNED[imm.kind] then
          add("number of " .. made.role(fn.name), name, function()
            return splice(imm.offset, imm.width, sleb(value))
          end)
        elseif value >= 0 then
          add("number of " .. made.role(fn.name), name, function()
            return splice(imm.offset, imm.width, uleb(value))
          end)
        end
      end
    end
  end
end

-- Effects -----------------------------------------------------------------------------------------

-- What an instruction takes from the stack, and one that gives a number in place of its result.
local DROP, ZERO = "\x1a", "\x41\0"
local EFFECTS = {
  ["memory.init"] = DROP:rep(3), ["memory.fill"] = DROP:rep(3), ["memory.copy"] = DROP:rep(3),
  ["data.drop"] = "", ["global.set"] = DROP, ["i32.store"] = DROP:rep(2),
  ["i64.store"] = DROP:rep(2), ["i32.atomic.store"] = DROP:rep(2),
  ["memory.atomic.notify"] = DROP:rep(2) .. ZERO,
  ["memory.atomic.wait32"] = DROP:rep(3) .. ZERO,
  ["i32.atomic.rmw.cmpxchg"] = DROP:rep(3) .. ZERO,
}

-- An instruction in place of one with the same operands.
local OTHERS = { ["i32.add"] = "\x6b", ["i64.add"] = "\x7d", ["i32.store"] = "\x3a\0\0",
  ["i64.store"] = "\x3c\0\0", ["br_if"] = DROP }

local COPIES = { ["memory.init"] = true, ["memory.fill"] = true }

local function add_effects(m, fn, list, splice, add)
  local role = made.role(fn.name)
  for _, x in ipairs(list) do
    local name = ("%s at 0x%x: %s"):format(fn.name, x.offset, x.op)
    local gone, other = EFFECTS[x.op], OTHERS[x.op]
    if gone then
      add("effect dropped from " .. role, name, function()
        return splice(x.offset, x.size, gone)
      end)
    end
    if other then
      add("instruction of " .. role, name, function() return splice(x.offset, x.size, other) end)
    end
  end
  local first = fn.f.code_offset
  if list[1].op ~= "unreachable" then
    add("trap in " .. role, fn.name, function() return splice(first, 0, "\0") end)
  end
  if #m.types[fn.f.type + 1].results == 0 and #list > 1 then
    add("nothing done by " .. role, fn.name, function() return splice(first, 0, "\x0f") end)
  end
end

-- The flag that says that all is done, set before all is.
local function add_early(m, fn, list, add)
  local begun
  for i, x in ipairs(list) do
    if COPIES[x.op] and not begun then begun = list[i - 3].offset end
    if begun and x.op == "i32.atomic.store" then
      local from, to = list[i - 2].offset, x.offset + x.size
      add("flag set early by " .. made.role(fn.name), fn.name,
        function() return moved(m, from, to - from, begun) end)
    end
  end
end

function made.code(about, add)
  local m = about.m
  for _, fn in ipairs(made_functions(about)) do
    local around = { { offset = fn.f.offset, size = fn.f.size }, rewrite.section(m, "code") }
    local function splice(at, length, text)
      return rewrite.splice(m.bytes, at, length, text, around)
    end
    local list = m:code(fn.f.index)
    add_calls(m, fn, list, splice, add)
    add_numbers(m, fn, list, splice, add)
    add_effects(m, fn, list, splice, add)
    add_early(m, fn, list, add)
  end
end

return made
