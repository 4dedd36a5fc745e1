-- Code for a shared library reads addresses from globals (GLOBAL_INDEX_LEB against data and
-- functions).  In a static link the linker makes these globals itself, constant ones.

case "data" {
  title = "the global of a variable holds its address",
  clauses = { "reloc.global-index-leb", "reloc.symbol.got", "got.internal" },
  link = function()
    local o = object "a.o"
    local x = o:data("x", { bytes = "\x11\x22", export = "x" })
    o:func("f", { sig = "-> i32", export = "f", code = { { "global.get", got(x) },
      { "i32.load8_u", 1 } } })
    return { "--no-entry", o }
  end,
  expect = { no_import(), returns("f", {}, 0x22), holds("the global is x", function(module, view)
    local index = module:instructions(view:func "f")[1].values[1]
    return view:global_value(index) == view:address "x", tostring(view:global_value(index))
  end) },
}

case "function" {
  title = "the global of a function holds its slot, which the function gets for that",
  clauses = { "reloc.global-index-leb", "reloc.symbol.got", "got.internal" },
  link = function()
    local o = object "a.o"
    local g = o:func("g", { sig = "-> i32", export = "g", code = "i32.const 7" })
    o:func("f", { sig = "-> i32", export = "f", code = { { "global.get", got(g) },
      { "call_indirect", "-> i32" } } })
    return { "--no-entry", o }
  end,
  expect = { no_import(), in_table "g", returns("f", {}, 7) },
}

case "function-of-another-object" {
  title = "the global and a plain reference give one address of a function",
  clauses = { "got.internal", "reloc.table-index-sleb" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local g = a:func("g", { sig = "-> i32", undefined = true })
    a:func("f", { sig = "-> i32", export = "f", code = { { "global.get", got(g) } } })
    local h = b:func("g", { sig = "-> i32", code = "i32.const 7", export = "g" })
    b:func("plain", { sig = "-> i32", export = "plain", code = { { "i32.const", slot(h) } } })
    return { "--no-entry", a, b }
  end,
  expect = { no_import(), in_table "g", const_at("plain", 1, to_slot "g"),
    holds("f gives the slot of g", function(module, view)
      local index = module:instructions(view:func "f")[1].values[1]
      return view:slots()[view:global_value(index)] == view:func "g"
    end) },
}

case "one-global-a-symbol" {
  title = "several references to one variable share one global",
  clauses = { "got.internal" },
  link = function()
    local a, b = object "a.o", object "b.o"
    local x = a:data("x", { bytes = "\x11", export = "x" })
    local y = a:data("y", { bytes = "\x22", export = "y" })
    a:func("f", { sig = "-> i32", export = "f", code = { { "global.get", got(x) },
      { "global.get", got(y) }, "i32.sub", { "global.get", got(x) }, "i32.sub" } })
    local same = b:data("x", { undefined = true })
    b:func("g", { sig = "-> i32", export = "g", code = { { "global.get", got(same) } } })
    return { "--no-entry", a, b }
  end,
  expect = { holds("one for x, another for y", function(module, view)
    local f = module:instructions(view:func "f")
    local x, y, again = f[1].values[1], f[2].values[1], f[4].values[1]
    local g = module:instructions(view:func "g")[1].values[1]
    return x == again and x == g and x ~= y and view:global_value(y) == view:address "y"
  end) },
}

case "immutable" {
  title = "such a global is an immutable i32",
  clauses = { "got.internal" },
  link = function()
    local o = object "a.o"
    local x = o:data("x", { bytes = "\x11\x22", export = "x" })
    o:func("f", { sig = "-> i32", export = "f", code = { { "global.get", got(x) } } })
    return { "--no-entry", o }
  end,
  expect = { holds("an immutable i32", function(module, view)
    local d = view:describe("global", module:instructions(view:func "f")[1].values[1])
    return d.type == "i32" and not d.mutable
  end), valid() },
}

case "weak-undefined" {
  title = "the global of an undefined weak variable or function is 0",
  clauses = { "got.internal", "reloc.memory.undefined" },
  link = function()
    local o = object "a.o"
    local x = o:data("x", { undefined = true, weak = true })
    local g = o:func("g", { sig = "-> i32", undefined = true, weak = true })
    o:func("data", { sig = "-> i32", export = "data", code = { { "global.get", got(x) } } })
    o:func("func", { sig = "-> i32", export = "func", code = { { "global.get", got(g) } } })
    return { "--no-entry", o }
  end,
  expect = { no_import(), returns("data", {}, 0), returns("func", {}, 0), elem_slots {} },
}

case "not-for-dead-code" {
  title = "what only dropped code reads gets no global and no slot",
  clauses = { "got.internal", "gc.reachability" },
  link = function()
    local o = object "a.o"
    local x = o:data("x", { bytes = "\x11\x22", export = "x" })
    local g = o:func("g", { sig = "-> i32", export = "g", code = "i32.const 7" })
    o:func("dead", { sig = "-> i32", code = { { "global.get", got(x) }, { "global.get", got(g) },
      "i32.add" } })
    o:func("f", { sig = "-> i32", export = "f", code = "i32.const 1" })
    return { "--no-entry", o }
  end,
  expect = { has_function "f", no_function "dead", not_in_table "g",
    holds("no global but x and the stack pointer", function(_, view)
      for index = 0, view:count "global" - 1 do
        local d = view:describe("global", index)
        if not d.mutable and not view:is_named("global", index, "x") then
          return false, "global " .. index
        end
      end
      return true
    end) },
}
