-- libX.imports beside libX.a: a list of names that the library leaves to whoever runs the module.
-- It is read as the file of --allow-undefined-file is.

local CLAUSE = { "undefined.imports-file" }

local function user(...)
  local o, code = object "a.o", {}
  for i, callee in ipairs { ... } do
    code[i] = { "call", o:func(callee, { sig = "->", undefined = true }) }
  end
  o:func("run", { sig = "->", export = "run", code = code })
  return o
end

-- a.o calls f and g; g is in the library, f on its list.
local function linking(text)
  local b = object "b.o"
  b:func("g", { sig = "->", code = {} })
  return { "--no-entry", user("f", "g"), archive("libx.a", { b }),
    files = { file("libx.imports", text) } }
end

case "beside-an-archive" {
  title = "a function on the list beside an archive is imported",
  clauses = CLAUSE,
  link = function() return linking "f\n" end,
  expect = { imports_exactly { "env.f" } },
}

case "not-listed" {
  title = "what is not on the list stays undefined",
  clauses = CLAUSE,
  link = function() return linking "h\n" end,
  expect = { rejects { id = "UNDEFINED_SYMBOL", message = "f" } },
}

case "text" {
  title = "blanks around names, empty lines and comments do not count",
  clauses = CLAUSE,
  link = function() return linking "# g\n\n  f\t\r\n#h" end,
  expect = { imports_exactly { "env.f" } },
}

case "comment-takes-a-line" {
  title = "a comment is a line of its own: behind a name there is none",
  clauses = CLAUSE,
  link = function() return linking "f # g\n" end,
  expect = { rejects { id = "UNDEFINED_SYMBOL" } },
}

case "beside-a-library" {
  title = "it counts, too, where the archive is found by -l",
  clauses = CLAUSE,
  link = function()
    local b = object "b.o"
    b:func("g", { sig = "->", code = {} })
    return { "--no-entry", "-Llib", user("f", "g"), "-lx",
      files = { archive("lib/libx.a", { b }), file("lib/libx.imports", "f\n") } }
  end,
  expect = { imports_exactly { "env.f" } },
}

case "beside-an-object" {
  title = "beside an object there is no such list",
  clauses = CLAUSE,
  link = function() return { "--no-entry", user "f", files = { file("a.imports", "f\n") } } end,
  expect = { rejects { id = "UNDEFINED_SYMBOL" } },
}
