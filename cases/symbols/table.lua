-- The resolution table: every pair of what two inputs may say of a name, in both orders.
--
-- a.o and b.o define or use the function f and the data d, with value 1 in a.o and 2 in b.o, and
-- each uses both itself.  c.o refers to them weakly, which decides nothing.

-- Gives `use_WHO`, which adds what f gives to what d holds.
local function using(o, who, callee, d)
  o:func("use_" .. who, { sig = "-> i32", export = "use_" .. who,
    code = { { "call", callee }, "i32.const 0", { "i32.load", addr(d) }, "i32.add" } })
  return o
end

local function defining(who, weak)
  local o, value = object(who .. ".o"), who == "a" and 1 or 2
  local callee = o:func("f", { sig = "-> i32", weak = weak, code = "i32.const " .. 10 * value })
  return using(o, who, callee, o:data("d", { bytes = u32(value), align = 2, weak = weak }))
end

local function referring(who, weak)
  local o = object(who .. ".o")
  local callee = o:func("f", { sig = "-> i32", undefined = true, weak = weak })
  return using(o, who, callee, o:data("d", { undefined = true, weak = weak }))
end

local MAKE = {
  strong = function(who) return defining(who) end,
  weak = function(who) return defining(who, true) end,
  undefined = function(who) return referring(who) end,
  ["weak-undefined"] = function(who) return referring(who, true) end,
  lazy = function(who) return archive("lib" .. who .. ".a", { defining(who) }) end,
  ["lazy-weak"] = function(who) return archive("lib" .. who .. ".a", { defining(who, true) }) end,
}

-- What a.o says, what b.o says, who defines the name then (nil: nobody), and who is in the link.
local TABLE = {
  { "strong", "weak", "a", "ab" },
  { "weak", "strong", "b", "ab" },
  { "weak", "weak", "a", "ab" },
  { "strong", "undefined", "a", "ab" },
  { "undefined", "strong", "b", "ab" },
  { "strong", "weak-undefined", "a", "ab" },
  { "weak-undefined", "strong", "b", "ab" },
  { "weak", "undefined", "a", "ab" },
  { "undefined", "weak", "b", "ab" },
  { "weak", "weak-undefined", "a", "ab" },
  { "weak-undefined", "weak", "b", "ab" },
  { "weak-undefined", "weak-undefined", nil, "ab" },
  { "strong", "lazy", "a", "a" },
  { "lazy", "strong", "b", "b" },
  { "weak", "lazy", "a", "a" },
  { "lazy", "weak", "b", "b" },
  { "undefined", "lazy", "b", "ab" },
  { "lazy", "undefined", "a", "ab" },
  { "undefined", "lazy-weak", "b", "ab" },
  { "lazy-weak", "undefined", "a", "ab" },
  { "weak-undefined", "lazy", nil, "a" },
  { "lazy", "weak-undefined", nil, "b" },
  { "lazy", "lazy", nil, "" },
  { "lazy-weak", "lazy", nil, "" },
}

local VALUE = { a = 11, b = 22 }
local INDEFINITE = { undefined = "an undefined" }

local function describe(kind) return (INDEFINITE[kind] or "a " .. kind):gsub("-", " ") end

-- In the convention's words weak definitions are all alike; that the first one stays is de facto.
local function expectations(winner, loaded)
  local list = { no_import(), no_warnings() }
  for who in ("ab"):gmatch "." do
    if not loaded:find(who) then list[#list + 1] = no_export("use_" .. who) end
  end
  for who in (loaded .. "c"):gmatch "." do
    list[#list + 1] = winner and returns("use_" .. who, {}, VALUE[winner])
      or traps("use_" .. who, {})
  end
  if not winner then list[#list + 1] = no_function "f" end
  return list
end

for _, row in ipairs(TABLE) do
  local first, second, winner, loaded = row[1], row[2], row[3], row[4]
  case(("%s-then-%s"):format(first, second)) {
    title = ("%s symbol and then %s one: %s"):format(describe(first), describe(second),
      not winner and "nobody defines it" or winner == "a" and "the first defines it"
        or "the second defines it"),
    clauses = { "symbol.resolution", (first .. second):find "lazy" and "archive.lazy" or
      "symbol.binding.weak" },
    link = function()
      return { "--no-entry", MAKE[first] "a", MAKE[second] "b", referring("c", true) }
    end,
    expect = expectations(winner, loaded),
  }
end

case "two-lazy-then-undefined" {
  title = "of two archives that define a name the first one is used, weak as its definition may be",
  clauses = { "symbol.resolution", "archive.lazy" },
  link = function()
    return { "--no-entry", MAKE["lazy-weak"] "a", MAKE.lazy "b", referring "d" }
  end,
  expect = { no_export "use_b", returns("use_a", {}, 11), returns("use_d", {}, 11) },
}

-- A look at the table itself, while nothing but names is settled.
for _, row in ipairs { { "weak", "strong", "b.o", false }, { "strong", "weak", "a.o", false },
  { "weak", "undefined", "a.o", true }, { "undefined", "weak", "b.o", true },
  { "lazy", "undefined", "liba.a(a.o)", false }, { "undefined", "lazy", "libb.a(b.o)", false } } do
  case(("state-%s-then-%s"):format(row[1], row[2])) {
    title = ("%s symbol and then %s one leave one definition, with its own binding"):format(
      describe(row[1]), describe(row[2])),
    clauses = { "symbol.resolution" },
    stage = "resolve",
    link = function() return { "--no-entry", MAKE[row[1]] "a", MAKE[row[2]] "b" } end,
    expect = { symbol "f" { state = "defined", kind = "function", object = row[3], weak = row[4] },
      symbol "d" { state = "defined", kind = "data", object = row[3], weak = row[4] } },
  }
end

case "state-lazy-then-weak-undefined" {
  title = "a weak reference to a lazy symbol loads nothing: it is undefined, and weak",
  clauses = { "symbol.resolution", "archive.lazy" },
  stage = "resolve",
  link = function() return { "--no-entry", MAKE.lazy "a", MAKE["weak-undefined"] "b" } end,
  expect = { symbol "d" { state = "undefined", weak = true } },
}
