-- Objects for wasm32 and for wasm64 cannot be linked together: whoever is of the wrong kind is
-- named.  An object's memory says what it is for; one without memory is for wasm32.

local function plain(name, options)
  local o = object(name, options)
  o:data(name:sub(1, 1), { bytes = "\1\2\3\4", no_strip = true })
  return o
end

local function refused(id, file)
  return { rejects { id = id, phase = "read", class = "mismatch", file = file } }
end

case "wasm64-object" {
  title = "an object with 64-bit memory is refused when wasm32 is linked",
  clauses = { "object.address-width" },
  origin = "ziglang/zig#11209",
  link = function() return { "--no-entry", plain "a.o", plain("b.o", { memory64 = true }) } end,
  expect = refused("WASM64_OBJECT", "b.o"),
}

case "wasm64-object-alone" {
  title = "wasm64 must be asked for, even when all objects are for it",
  clauses = { "object.address-width" },
  origin = "ziglang/zig#11209",
  link = function() return { "--no-entry", plain("a.o", { memory64 = true }) } end,
  expect = refused("WASM64_OBJECT", "a.o"),
}

case "wasm32-object" {
  title = "an object with 32-bit memory is refused when wasm64 is linked",
  clauses = { "object.address-width" },
  link = function()
    return { "-m", "wasm64", "--no-entry", plain("a.o", { memory64 = true }), plain "b.o" }
  end,
  expect = refused("WASM32_OBJECT", "b.o"),
}

case "object-without-memory" {
  title = "an object without memory is for wasm32",
  clauses = { "object.address-width" },
  link = function()
    local o = object("b.o", { memory = false })
    o:func("f", { sig = "->", code = "nop" })
    return { "-m", "wasm64", "--no-entry", plain("a.o", { memory64 = true }), o }
  end,
  expect = refused("WASM32_OBJECT", "b.o"),
}

case "member" {
  title = "a member of an archive is refused by its own name when it is needed",
  clauses = { "object.address-width" },
  link = function()
    local a, m = object("a.o", { memory64 = true }), object "m.o"
    a:func("f", { sig = "->", export = "f", code = { { "call",
      a:func("g", { sig = "->", undefined = true }) } } })
    m:func("g", { sig = "->", code = "nop" })
    return { "-mwasm64", "--no-entry", a, archive("lib.a", { m }) }
  end,
  expect = refused("WASM32_OBJECT", "lib.a(m.o)"),
}

case "member-that-nobody-needs" {
  title = "a member of the other kind does not matter while nothing loads it",
  clauses = { "object.address-width", "archive.lazy" },
  link = function()
    local a, m = object("a.o", { memory64 = true }), object "m.o"
    a:func("f", { sig = "->", export = "f", code = "nop" })
    m:func("g", { sig = "->", code = "nop" })
    return { "-mwasm64", "--no-entry", a, archive("lib.a", { m }) }
  end,
  expect = { exports_exactly { "f", "memory" }, memory { is64 = true } },
}

case "defined-memory" {
  title = "a memory that the object defines tells its kind as an imported one does",
  clauses = { "object.address-width" },
  link = function()
    local o = object("a.o", { memory64 = true })
    o:memory { min = 1, is64 = true }
    o:data("x", { bytes = "\1\2\3\4", export = "x" })
    return { "-mwasm64", "--no-entry", o }
  end,
  expect = { memory { is64 = true }, exports { x = { kind = "global", type = "i64" } } },
}
