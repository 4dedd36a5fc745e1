-- expect/code.lua: functions and code, and running them.
--
-- See expect.lua.

local common = require "expect.common"
local holes = require "holes"
local node = require "node"

local make = common.make
local need = common.need
local join = common.join

local verbs = {}

-- Functions and code ------------------------------------------------------------------------------

-- signature("f", "i32 i64 -> f32"): the type of a function.
function verbs.signature(name, sig)
  return make("signature", function(view)
    local index = view:func(name)
    local found = view:describe("function", index).sig
    if found ~= view.sig(sig) then view:miss(view.sig(sig), found, name) end
  end)
end

-- has_function("f", ...): a function of that name is in the output (exported, imported or named).
function verbs.has_function(...)
  local names = { ... }
  return make("has_function", function(view)
    for _, name in ipairs(names) do view:func(name) end
  end)
end

-- no_function("f", ...): none is; what garbage collection must have taken.
function verbs.no_function(...)
  local names = { ... }
  return make("no_function", function(view)
    for _, name in ipairs(names) do
      if #view:named("function", name) > 0 then
        view:miss("no function " .. name, "there is one")
      end
    end
  end)
end

-- function_count(n): so many functions are defined in the output.
function verbs.function_count(n)
  return make("function_count", function(view)
    local found = view:count_defined("function")
    if found ~= n then view:miss(("%d functions"):format(n), found, "code") end
  end)
end

-- same_function("f", "g"): two names of one function (aliases).
function verbs.same_function(a, b)
  return make("same_function", function(view)
    local x, y = view:func(a), view:func(b)
    if x ~= y then view:miss(a .. " and " .. b .. " are one function", "two", a) end
  end)
end

-- different_functions("f", "g"): two functions.
function verbs.different_functions(a, b)
  return make("different_functions", function(view)
    if view:func(a) == view:func(b) then
      view:miss(a .. " and " .. b .. " are two functions", "one", a)
    end
  end)
end

-- function_order{ "f", "g" }: defined functions, in this order of index.
function verbs.function_order(wanted)
  need("function_order", wanted, "table")
  return make("function_order", function(view)
    local before = -1
    for _, name in ipairs(wanted) do
      local index = view:func(name)
      if index <= before then view:miss(join(wanted), name .. " comes earlier") end
      before = index
    end
  end)
end

-- calls "g", as an entry of code(): a call of g.
-- calls("f", { "g", "h" }), as an expectation: f calls directly these, in this order and no others.
function verbs.calls(name, targets)
  if targets == nil then return { "call", holes.verbs.to_func(name) } end
  need("calls", targets, "table")
  return make("calls", function(view)
    local found = view:calls(view:func(name))
    local ok = #found == #targets
    for i, target in ipairs(targets) do
      ok = ok and view:is_named("function", found[i], target)
    end
    local texts = {}
    for i, index in ipairs(found) do texts[i] = view:names_text("function", index) end
    if not ok then view:miss("calls of " .. join(targets), join(texts), name) end
  end)
end

-- code("f", { "local.get 0", { "i32.const", to_address "x" }, calls "g", "end" }): the whole body
-- of a function.  An entry is text, "OPERATOR NUMBERS" (several separated by ";"), or
-- { OPERATOR, numbers and holes ... }, with the immediates in the order of the binary format
-- (memory access: alignment exponent, offset).  Immediates that are left out are not compared; the
-- last `end` may be.
function verbs.code(name, list)
  need("code", list, "table")
  return make("code", function(view) view:check_code(name, list) end)
end

-- body("f", bytes): the body of a function, locals included and size left out, is just these bytes;
-- bytes may be a function(view) that makes them, for numbers that only the output knows, or a
-- number: it has so many.
function verbs.body(name, bytes)
  return make("body", function(view)
    local wanted = type(bytes) == "function" and bytes(view) or bytes
    local found = view:body(name)
    if wanted ~= found and wanted ~= #found then
      view:miss(type(wanted) == "string" and common.hex(wanted) or ("%d bytes"):format(wanted),
        ("%d bytes: %s"):format(#found, common.hex(found)), name)
    end
  end)
end

-- const_at("f", n, value): the n-th i32.const or i64.const of f, from 1; value may be a hole.
function verbs.const_at(name, n, value)
  return make("const_at", function(view)
    local constants = view:constants(view:func(name))
    local found = constants[n]
    if not found then
      view:miss(("constant %d"):format(n), ("%d constants"):format(#constants), name)
    end
    if not holes.match(view, value, found) then
      view:miss(holes.text(value), ("%d (0x%x)"):format(found, found),
        ("constant %d of %s"):format(n, name))
    end
  end)
end

-- traps_only("f"): the body is `unreachable`, as of the stub for a function that is not there.
function verbs.traps_only(name)
  return make("traps_only", function(view)
    view:check_code(name, { "unreachable", "end" })
  end)
end

-- start "f": f is the start function.
function verbs.start(name)
  return make("start", function(view)
    local index = view:start()
    if not index then view:miss("start function " .. name, "none") end
    if not view:is_named("function", index, name) then
      view:miss("start function " .. name, view:names_text("function", index))
    end
  end)
end

-- no_start(): the module has no start function.
function verbs.no_start()
  return make("no_start", function(view)
    local index = view:start()
    if index then view:miss("no start function", view:names_text("function", index)) end
  end)
end

-- Running -----------------------------------------------------------------------------------------

local function answer_fits(step, answer)
  if step.traps then return answer.what == "trap" end
  if answer.what == "trap" then return false end
  if step.value == nil then return true end
  if answer.what ~= "value" then return false end
  local want, got = step.value, math.tointeger(tonumber(answer.text)) or tonumber(answer.text)
  if math.type(want) == "integer" and math.type(got) == "integer" then
    return want == got or want & 0xffffffff == got & 0xffffffff and step.result ~= "i64"
  end
  return want == got or want ~= want and answer.text == "NaN"
end

local function step_text(step)
  if step.instance then return "instance " .. step.instance end
  if step.get then return "get " .. step.get end
  local args = {}
  for i, value in ipairs(step.args) do args[i] = tostring(value) end
  return ("%s(%s)"):format(step.call, table.concat(args, ", "))
end

local function run_steps(view, steps, values)
  if not node.present() then return "skipped", "there is no node to run it" end
  local list = view:prepare_steps(steps)
  local answers, why = node.run(view.outcome.bytes, view:host_imports(values), list)
  if not answers then view:miss("the module runs", why) end
  for i, step in ipairs(list) do
    local answer = answers[i] or { what = "nothing", text = "" }
    if not answer_fits(step, answer) then
      view:miss(step.traps and "a trap" or step.value == nil and "no trap" or tostring(step.value),
        ("%s %s"):format(answer.what, answer.text), step_text(step))
    end
  end
end

-- runs({ { call = "f", args = { 1 }, value = 2 }, { get = "g", value = 3 },
--        { call = "h", traps = true } }, imports): steps on one instance, in Node; skipped, and
-- counted so, where there is none.  Without value: whatever it gives.  get: an exported global.
-- if_exported = true: left out where nothing is exported so.
-- { instance = 2 }: the steps that follow are on another instance, made now, over the same
-- imports; { instance = 1 } goes back.  Imported functions return 0, globals are 0, memories are
-- zero, unless imports says otherwise: { ["env.f"] = 7, ["env.g"] = 1024, ["env.memory"] = 0xff }
-- (each byte), ["env.t"] = 64 (slots).
function verbs.runs(steps, imports)
  need("runs", steps, "table")
  return make("runs", function(view) return run_steps(view, steps, imports or {}) end)
end

-- returns("f", { args }, value, imports): one call of an exported function.
function verbs.returns(name, args, value, imports)
  return make("returns", function(view)
    return run_steps(view, { { call = name, args = args or {}, value = value } }, imports or {})
  end)
end

-- traps("f", { args }, imports): one call, which traps.
function verbs.traps(name, args, imports)
  return make("traps", function(view)
    return run_steps(view, { { call = name, args = args or {}, traps = true } }, imports or {})
  end)
end

return verbs
