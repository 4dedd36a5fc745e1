-- An object made of several (-r): COMDAT groups.

local function member(name, value)
  local o = object(name)
  local g = o:comdat "group"
  local f = o:func("f", { sig = "-> i32", weak = true, comdat = g, code = "i32.const " .. value })
  local d = o:data("d", { bytes = u32(10 * value), align = 2, weak = true, comdat = g })
  o:custom("mine", { bytes = name, comdat = g })
  local who = name:sub(1, 1)
  o:func(who, { sig = "-> i32", export = who, code = { { "call", f },
    { "i32.const", addr(d) }, "i32.load 0", "i32.add" } })
  return o
end

case "kept" {
  title = "a group stays a group: functions, data and custom sections",
  clauses = { "relocatable.comdats", "comdat.members", "comdat.flags", "comdat.entry.kind",
    "comdat.entry.index" },
  peer_differs = "wasm-ld loses that custom sections are members",
  link = function() return { "-r", member("a.o", 1) } end,
  expect = { comdat_members "group" { "function f", "data .data.d", "section mine" } },
}

case "items-kept" {
  title = "so do globals, tables and tags that are members",
  clauses = { "relocatable.comdats", "comdat.entry" },
  link = function()
    local o = object "a.o"
    local g = o:comdat "group"
    for _, more in ipairs { "", "2" } do
      o:global("g" .. more, { init = "i32.const 1", comdat = g })
      o:tag("e" .. more, { sig = "i32 ->", comdat = g })
      o:table("t" .. more, { min = 1, comdat = g })
    end
    return { "-r", o }
  end,
  expect = { comdat_members "group" { "global g", "global g2", "tag e", "tag e2", "table t",
    "table t2" } },
}

case "second-is-dropped" {
  title = "members of a group that another object brought are not in the object",
  clauses = { "relocatable.comdats", "comdat.first-wins" },
  peer_differs = "wasm-ld keeps the second members, too, in the same group",
  link = function() return { "-r", member("a.o", 1), member("b.o", 2) } end,
  expect = {
    comdat_members "group" { "function f", "data .data.d", "section mine" },
    function_count(3), data_count(u32(10), 1), data_count(u32(20), 0), custom("mine", "a.o"),
    relinks({ "--no-entry" }, { returns("a", {}, 11), returns("b", {}, 11) }),
  },
}

case "no-strip-of-what-is-dropped" {
  title = "what is dropped leaves a reference without its NO_STRIP: a later link imports nothing",
  clauses = { "relocatable.comdats", "symbol.no-strip", "comdat.references" },
  peer_differs = "wasm-ld keeps the second members, too, in the same group",
  link = function()
    local a, b = object "a.o", object "b.o"
    a:func("f", { sig = "->", export = "f", code = "nop", comdat = a:comdat "group" })
    b:func("g", { sig = "->", no_strip = true, code = "nop", comdat = b:comdat "group" })
    return { "-r", a, b }
  end,
  expect = {
    linking_symbol "g" { kind = "function", flags = "undefined" }, function_count(1),
    relinks({ "--no-entry", "--import-undefined" }, { function_count(1), no_import() }),
  },
}

case "second-and-what-it-alone-calls" {
  title = "so is a local function of the group that only they call",
  clauses = { "relocatable.comdats", "comdat.first-wins" },
  peer_differs = "wasm-ld keeps the second members, too, in the same group",
  link = function()
    local list = { "-r" }
    for i, name in ipairs { "a", "b" } do
      local o = object(name .. ".o")
      local g = o:comdat "group"
      local helper = o:func("helper", { sig = "-> i32", static = true, comdat = g,
        code = "i32.const " .. i })
      o:func("f", { sig = "-> i32", weak = true, comdat = g, code = { { "call", helper } } })
      list[#list + 1] = o
    end
    return list
  end,
  expect = { function_count(2), comdat_members "group" { "function helper", "function f" } },
}

case "second-data-and-what-they-alone-refer-to" {
  title = "so is what only data of a second group refer to",
  clauses = { "relocatable.comdats", "comdat.first-wins" },
  peer_differs = "wasm-ld keeps the second members, too, in the same group",
  link = function()
    local list = { "-r" }
    for i, name in ipairs { "a", "b" } do
      local o = object(name .. ".o")
      local g = o:comdat "group"
      local helper = o:func("helper", { sig = "-> i32", static = true, comdat = g,
        code = "i32.const " .. i })
      o:data("d", { bytes = { slot(helper) }, align = 2, weak = true, comdat = g })
      list[#list + 1] = o
    end
    return list
  end,
  expect = { function_count(1), comdat_members "group" { "function helper", "data .data.d" } },
}

case "local-of-the-second-for-the-first-function" {
  title = "a local member of a second group stays for the first function of its object, too",
  clauses = { "relocatable.comdats", "comdat.locals" },
  link = function()
    local list = { "-r" }
    for i, name in ipairs { "a", "b" } do
      local o = object(name .. ".o")
      local user = o:func(name, { sig = "-> i32", code = {} })
      local helper = o:func("helper", { sig = "-> i32", static = true, comdat = o:comdat "group",
        code = "i32.const " .. i })
      o:code(user, { { "call", helper } })
      list[#list + 1] = o
    end
    return list
  end,
  expect = { relinks({ "--no-entry", "--export=a", "--export=b" },
    { runs { { call = "a", value = 1 }, { call = "b", value = 2 } } }) },
}

case "dropped-by-a-later-link" {
  title = "a later link drops the object's group as a whole when another came first",
  clauses = { "relocatable.comdats", "comdat.first-wins" },
  origin = "ziglang/zig#10962",
  peer_differs = "wasm-ld loses that custom sections are members",
  link = function() return { "-r", member("b.o", 2) } end,
  expect = { relinks({ "--no-entry", member("a.o", 1), "relinked.o" },
    { returns("a", {}, 11), returns("b", {}, 11), custom("mine", "a.o") }) },
}

case "joined-twice" {
  title = "a second -r decides between groups as the first did",
  clauses = { "relocatable.comdats", "comdat.first-wins" },
  peer_differs = "wasm-ld loses that custom sections are members",
  link = function() return { "-r", member("a.o", 1) } end,
  expect = { relinks({ "-r", member("b.o", 2) }, {
    comdat_members "group" { "function f", "data .data.d", "section mine" },
    custom("mine", "a.o"), function_count(3),
  }) },
}

case "sorted" {
  title = "groups stand in the order of their names",
  clauses = { "relocatable.comdats" },
  link = function()
    local o = object "a.o"
    for _, name in ipairs { "zeta", "alpha", "al", "beta" } do
      o:func("f-" .. name, { sig = "->", code = "nop", weak = true, comdat = o:comdat(name) })
    end
    return { "-r", o }
  end,
  expect = { holds("al, alpha, beta, zeta", function(_, view)
    local found = {}
    for i, c in ipairs(view:linking().comdats) do found[i] = c.name end
    return table.concat(found, " ") == "al alpha beta zeta", table.concat(found, " ")
  end) },
}

case "section-beside-its-group" {
  title = "a custom section of a group is by itself, though others have its name",
  clauses = { "relocatable.comdats", "relocatable.custom-sections" },
  peer_differs = "wasm-ld joins them, so that they can only be kept or dropped together",
  link = function()
    local o = object "a.o"
    o:custom("mine", { bytes = "in", comdat = o:comdat "g" })
    o:custom("mine", { bytes = "out", path = "mine-outside" })
    return { "-r", o }
  end,
  expect = {
    comdat_members "g" { "section mine" },
    linking_symbol "mine" { kind = "section", flags = "local", count = 2 },
    relinks({ "--no-entry" }, { custom("mine", "inout") }),
  },
}

case "relocations-into-a-group" {
  title = "relocations into a group's own section name that section",
  clauses = { "relocatable.comdats", "reloc.section-offset-i32" },
  peer_differs = "wasm-ld joins sections inside and outside of the group",
  link = function()
    local o = object "a.o"
    local g = o:comdat "g"
    o:custom("mine", { bytes = "out", path = "mine-outside" })
    local symbol = o:section_symbol(o:custom("mine", { bytes = "in", comdat = g }))
    o:custom("refer", { bytes = { sec_offset(symbol, 1) }, comdat = g })
    return { "-r", o }
  end,
  expect = {
    relocations "refer" { "SECTION_OFFSET_I32 mine +1 at 0" },
    custom("refer", u32(1)),
    relinks({ "--no-entry" }, { custom("mine", "outin"), custom("refer", u32(4)) }),
  },
}

case "debug-of-what-is-dropped" {
  title = "debug sections lose their relocations to what is not in the object",
  clauses = { "relocatable.comdats", "debug.tombstone" },
  peer_differs = "wasm-ld keeps the second members and what refers to them",
  link = function()
    local function with(name, value)
      local o = object(name)
      local g = o:comdat "g"
      o:func("f", { sig = "-> i32", weak = true, comdat = g, code = "i32.const " .. value })
      local inner = o:func("inner", { sig = "->", static = true, comdat = g, code = "nop" })
      o:custom(".debug_info", { bytes = { "x", fn_offset(inner) } })
      return o
    end
    return { "-r", with("a.o", 1), with("b.o", 2) }
  end,
  expect = {
    linking_symbol "inner" { flags = "local", count = 1 },
    relocations ".debug_info" { "FUNCTION_OFFSET_I32 inner at 1" },
    custom(".debug_info", function(found) return found:sub(7) == "\xff\xff\xff\xff" end),
  },
}

case "reached-from-outside" {
  title = "a local member of a second group that code outside of it calls stays, by itself",
  clauses = { "relocatable.comdats", "comdat.members" },
  peer_differs = "wasm-ld keeps all of the second members, as members",
  link = function()
    local function with(name, value)
      local o = object(name)
      local g = o:comdat "g"
      local far = o:func("far", { sig = "-> i32", static = true, comdat = g,
        code = "i32.const " .. value })
      local near = o:func("near", { sig = "-> i32", static = true, comdat = g,
        code = { { "call", far } } })
      o:func("unreached", { sig = "->", static = true, comdat = g, code = "nop" })
      local who = name:sub(1, 1)
      o:func(who, { sig = "-> i32", export = who, code = { { "call", near } } })
      return o
    end
    return { "-r", with("a.o", 1), with("b.o", 2) }
  end,
  expect = {
    comdat_members "g" { "function far", "function near", "function unreached" },
    linking_symbol "near" { flags = "local", count = 2 },
    linking_symbol "far" { flags = "local", count = 2 },
    linking_symbol "unreached" { flags = "local", count = 1 },
    relinks({ "--no-entry" }, { returns("a", {}, 1), returns("b", {}, 2) }),
  },
}

case "thread-local" {
  title = "thread-local data of a group is a segment by itself, as other data of groups",
  clauses = { "relocatable.comdats", "tls.block" },
  peer_differs = "wasm-ld writes no flag of any segment",
  link = function()
    local a, b = object "a.o", object "b.o"
    a:features { "+atomics", "+bulk-memory" }
    b:features { "+atomics", "+bulk-memory" }
    a:data("plain", { bytes = "plain", tls = true })
    local x = a:data("x", { bytes = "x of a", tls = true, weak = true, comdat = a:comdat "g" })
    b:data("x", { bytes = "x of b", tls = true, weak = true, comdat = b:comdat "g" })
    local y = b:data("y", { bytes = "y", tls = true, align = 3 })
    a:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", addr_tls(x, 1) } } })
    b:func("g", { sig = "-> i32", export = "g", code = { { "i32.const", addr_tls(y) } } })
    return { "-r", a, b }
  end,
  expect = {
    segment_info ".tdata" { flags = "tls", count = 2 },
    comdat_members "g" { "data .tdata" },
    data_count("x of a", 1), data_count("x of b", 0),
  },
}

case "reached-from-data" {
  title = "so does one that any data outside of the group points to",
  clauses = { "relocatable.comdats", "comdat.members" },
  peer_differs = "wasm-ld keeps all of the second members, as members",
  link = function()
    local function with(name, value)
      local o = object(name)
      local g = o:comdat "g"
      local far = o:func("far", { sig = "-> i32", static = true, comdat = g,
        code = "i32.const " .. value })
      local near = o:func("near", { sig = "-> i32", static = true, comdat = g,
        code = "i32.const " .. 10 * value })
      local who = name:sub(1, 1)
      o:data(who .. 1, { bytes = { slot(far) }, align = 2, export = who .. 1 })
      o:data(who .. 2, { bytes = { slot(near) }, align = 2, export = who .. 2 })
      return o
    end
    return { "-r", with("a.o", 1), with("b.o", 2) }
  end,
  expect = { function_count(4), comdat_members "g" { "function far", "function near" } },
}
