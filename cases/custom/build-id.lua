-- --build-id: a custom section at the end whose bytes identify the module: as given, or a hash of
-- everything before.  The hashes must be wasm-ld's: the golden modules pin them.  Random ones
-- (--build-id=uuid) are never the same twice, so that the runner's own tests look at those.

local function program(n)
  local a = object "a.o"
  a:func("f", { sig = "-> i32", export = "f", code = { { "i32.const", n or 1 } } })
  a:data("d", { bytes = "data", export = "d" })
  a:features()
  a:producers { { "language", "C", "17" } }
  a:custom("extra", { bytes = "extra" })
  return a
end

local function with(...)
  local options = { "--no-entry", ... }
  return function()
    local link = { table.unpack(options) }
    link[#link + 1] = program()
    return link
  end
end

-- The section has an id of n bytes that is not the place holder.
local function id_of(n, test)
  return holds(("a build id of %d bytes"):format(n), function(module)
    local last = module.sections[#module.sections]
    if last.name ~= "build_id" then return false, "the last section is " .. last.name end
    local bytes = last.contents
    if bytes:byte(1) ~= n or #bytes ~= n + 1 then return false, ("%d bytes"):format(#bytes - 1) end
    local id = bytes:sub(2)
    if id == (" "):rep(n) then return false, "blanks" end
    return not test or test(id), "another id"
  end)
end

local function is_uuid(version)
  return function(id) return id:byte(7) >> 4 == version and id:byte(9) >> 6 == 2 end
end

case "default" {
  title = "--build-id writes a UUID of version 5, made of a hash",
  clauses = { "build-id.styles", "build-id.deterministic", "build-id.unique" },
  link = with "--build-id",
  expect = { id_of(16, is_uuid(5)), same_as(with "--build-id=fast") },
}

for _, style in ipairs { "fast", "sha1", "tree" } do
  case(style) {
    title = ("--build-id=%s is a hash of the module"):format(style),
    clauses = { "build-id.styles", "build-id.deterministic", "build-id.unique" },
    link = with("--build-id=" .. style),
    expect = { id_of(style == "fast" and 16 or 20),
      differs_from { "--no-entry", "--build-id=" .. style, program(2) } },
  }
end

case "tree-is-sha1" {
  title = "sha1 is a hash of hashes, as tree is",
  clauses = { "build-id.styles" },
  link = with "--build-id=tree",
  expect = { same_as(with "--build-id=sha1") },
}

case "given" {
  title = "--build-id=0xHEX is these bytes",
  clauses = { "build-id.section", "build-id.styles" },
  link = with "--build-id=0x00fFa5",
  expect = { custom("build_id", "\3\0\xff\xa5") },
}

case "given-odd" {
  title = "of an odd number of digits the last is a byte of its own",
  clauses = { "build-id.styles" },
  link = with "--build-id=0xabc",
  expect = { custom("build_id", "\2\xab\x0c") },
}

case "given-nothing" {
  title = "--build-id=0x is an id of no bytes",
  clauses = { "build-id.section" },
  link = with "--build-id=0x",
  expect = { custom("build_id", "\0") },
}

case "given-long" {
  title = "an id of 128 bytes has a length of two bytes",
  clauses = { "build-id.section" },
  link = with("--build-id=0x" .. ("5a"):rep(128)),
  expect = { custom("build_id", "\x80\1" .. ("\x5a"):rep(128)) },
}

case "none" {
  title = "--build-id=none takes back an earlier --build-id",
  clauses = { "build-id.asked-for" },
  link = with("--build-id", "--build-id=none"),
  expect = { exports { memory = "memory" }, no_custom "build_id" },
}

case "not-by-default" {
  title = "without the option there is no build id",
  clauses = { "build-id.asked-for" },
  link = with(),
  expect = { exports { memory = "memory" }, no_custom "build_id" },
}

case "stripped" {
  title = "--strip-all keeps the build id: it is what finds the debug information again",
  clauses = { "build-id.kept", "option.strip-all" },
  link = with("--strip-all", "--build-id=0x01"),
  expect = { custom("build_id", "\1\1"), no_custom("name", "producers", "target_features") },
}

case "stripped-of-debug-information" {
  title = "--strip-debug keeps it, too",
  clauses = { "build-id.kept", "option.strip-debug" },
  link = with("--strip-debug", "--build-id=0x0102"),
  expect = { custom("build_id", "\2\1\2") },
}

case "hash-of-the-stripped" {
  title = "the hash is one of the module that is written, without what is stripped",
  clauses = { "build-id.deterministic" },
  link = with("--strip-all", "--build-id=sha1"),
  expect = { id_of(20), differs_from(with "--build-id=sha1") },
}

-- An object that has a build id of its own, as `-r --build-id` makes one.
local function with_id(name, id)
  local o = name == "a.o" and program() or object(name)
  o:custom("build_id", { bytes = string.char(#id) .. id })
  return o
end

local KEPT = "copies the section: two of a name, or two ids in one"

case "of-an-input" {
  title = "the build id of an input is not that of the output",
  clauses = { "build-id.asked-for" },
  peer_differs = KEPT,
  link = function() return { "--no-entry", with_id("a.o", "one"), with_id("b.o", "two") } end,
  expect = { exports { memory = "memory" }, no_custom "build_id" },
}

case "of-an-input-and-of-the-output" {
  title = "the output has one build id, its own",
  clauses = { "build-id.asked-for" },
  peer_differs = KEPT,
  link = function() return { "--no-entry", "--build-id=0x02", with_id("a.o", "one") } end,
  expect = { custom("build_id", "\1\2") },
}

case "unknown-style" {
  title = "a style that does not exist is an error",
  clauses = { "build-id.styles" },
  link = with "--build-id=md5",
  expect = { rejects { class = "value" } },
}

case "no-number" {
  title = "an id given in digits that are not hexadecimal is an error",
  clauses = { "build-id.styles" },
  link = with "--build-id=0xfg",
  expect = { rejects { class = "value" } },
}
