-- LLVM bitcode among the inputs (-flto): what needs the code generator is refused with a message
-- that says so; what is not needed does no harm.

-- As LLVM 14 writes it, for wasm32: define void @f() { ret void }
local BITCODE = hex [[
  4243c0de3514000005000000620c30244a59be668dfbb4af0b51804c01000000210c00000f0100000b0221000200
  0000160000000781239141c80449061032399201840c250508191e048b62800c450242920b42641032143808184b
  0a3232884870c421234412878c1041920264c808b1142043468820c901323284182a282a90317cb05c9120c3c800
  0000892000000b0000003222c80820624600212b24980c212524980c19270c85a4906032645c2024638280180130
  0128030100000000138c7b08877968873990830d6b500e6dd00e7a500e6d000f7a300772a0077320076d900e7640
  077a600774d006ee300772a0077640076d300b71200778d006ee900e7a10077a100770a0077200071a210c4914fe
  b20ca980200000000000000000000000000800890d0245270200006231000000970000003308801cc4e11c661401
  3d88433884c38c4280077978077398710ce6000fed100ef4800e330c421ec2c11dcea11c6630053d88433884831b
  cc033dc8433d8c033dcc788c7470077b08077948877070077a700376788770208719cc110eec900ee1300f6e300f
  e3f00ef0500e3310c41dde211cd8211dc2611e6630893bbc833bd04339b4033cbc833c84033bccf0147660077b68
  0737688772680737808770908770600776280776f8057678877780875f08877118877298877998812ceef00eeee0
  0ef5c00eec300362c8a11ce4a11ccca11ce4a11cdc611cca211cc4811dca6106d6904339c84339984339c84339b8
  c33894433888033b94c32fbc833cfc823bd4033bb0c30cc7698770588772708374680778608774188774a08719ce
  530fee000ff2500ee4900ee3400fe1200eec500e3320281ddcc11ec2411ed2211cdc811edce01ce4e11dea011e66
  185138b0433a9c833bcc50247660077b68073760877778077898514cf4900ff0500e331e6a1eca611ce8211ddec1
  1d7e011ee4a11ccc211df0610654858338ccc33bb0433dd04339fcc23ce4433b88c33bb0c38cc50a877998877718
  877408077a28077298815ce3100eecc00ee5500ef33023c1d2411ee4e117d8e11dde011e6648193bb0833db4831b
  84c3388c4339ccc33cb8c139c8c33bd4033ccc48b471080776600771088771588719dbc60eec600fede006f0200f
  e5300fe5200ff6500e6e100ee3300ee5300ff3e006e9e00ee4500ef83023e2ec611cc2811dd8e117ec211de6211d
  c4211dd8211de8211f66209d3bbc433db80339948339cc58bc7070077778077a08077a48877770070000a9180000
  210000000b0a7228877780077a587098433db8c338b04339d0c382e61cc6a10de8411ec2c11de6211de8211ddec1
  1d1634e3600ee7500fe1200fe4400fe1200fe7500ef4b08081077928877060077678877108077a28077258709cc3
  38b4013ba4833d94c3026b1cd8211cdce11cdc201ce4611cdc201ce8811ec2611cd0a11cc8611cc2811dd801d110
  00000600000007cc3ca4833b9c033b94033da0833c94433890c30100000061200000010000001304810271200000
  03000000320e1022840090020000000000000000650c00001f000000120394f00000000003000000010000000600
  00004c0000000100000058000000000000005800000001000000700000000000000007000000060000000d000000
  04000000010000000000000070000000000000000000000001000000000000000000000001000000000000000100
  0000ffffffff00240000000000005d0c000007000000120394116631342e302e367761736d3332662e6c6c000000
  00000000
]]

local function user(callee)
  local o = object "a.o"
  local f = callee and o:func(callee, { sig = "->", undefined = true })
  o:func("run", { sig = "->", export = "run", code = f and { { "call", f } } or {} })
  return o
end

local function library(data, options)
  local b = object "b.o"
  b:func("g", { sig = "->", code = {} })
  return archive("lib.a", { { name = "f.o", data = data or BITCODE, symbols = { "f" } }, b },
    options)
end

local CLAUSE = { "object.bitcode" }
local NEEDED = "link%-time optimisation"

case "alone" {
  title = "bitcode is refused, and the message names what is missing",
  clauses = CLAUSE,
  link = function()
    return { "--no-entry", user(), file("f.o", "BC\xc0\xde" .. ("\0"):rep(16)) }
  end,
  expect = { rejects { id = "BITCODE", class = "unsupported", file = "f.o", message = NEEDED } },
}

case "in-its-wrapper" {
  title = "bitcode in the wrapper that some targets put around it is bitcode",
  clauses = CLAUSE,
  link = function()
    return { "--no-entry", user(), file("f.o", "\xde\xc0\x17\x0b" .. ("\1"):rep(16)) }
  end,
  expect = { rejects { id = "BITCODE", file = "f.o" } },
}

case "four-bytes" {
  title = "four bytes are enough to know bitcode",
  clauses = CLAUSE,
  link = function() return { "--no-entry", user(), file("f.o", "BC\xc0\xde") } end,
  expect = { rejects { id = "BITCODE", file = "f.o" } },
}

case "member-not-needed" {
  title = "a member that nobody needs may be bitcode",
  clauses = CLAUSE,
  link = function() return { "--no-entry", user "g", library() } end,
  expect = { has_function("run", "g"), no_warnings() },
}

case "member-needed" {
  title = "a member that is needed must be an object: the archive's index tells",
  clauses = CLAUSE,
  link = function() return { "--no-entry", user "f", library(BITCODE:sub(1, 64)) } end,
  expect = { rejects { id = "BITCODE", file = "lib.a(f.o)", message = NEEDED } },
}

case "member-that-goes-on-as-a-module" {
  title = "what begins as bitcode is bitcode, though a custom section could follow",
  clauses = CLAUSE,
  link = function() return { "--no-entry", user "f", library("BC\xc0\xde" .. ("\0"):rep(60)) } end,
  expect = { rejects { id = "BITCODE", file = "lib.a(f.o)" } },
}

case "member-far-into-the-archive" {
  title = "the index tells of a member wherever it begins, and of all its names",
  clauses = CLAUSE,
  link = function()
    local big, other = object "big.o", object "other.o"
    big:data("big", { bytes = ("x"):rep(70000) })
    other:func("f", { sig = "->", code = {} })
    local member = { name = "f.o", data = BITCODE:sub(1, 64), symbols = { "e", "f", "h" } }
    return { "--no-entry", user "f", archive("lib.a", { big, member }),
      archive("two.a", { other }) }
  end,
  expect = { rejects { id = "BITCODE", file = "lib.a(f.o)" } },
}

case "member-alone" {
  title = "the index tells of the only member, of its one name and by its long one",
  clauses = CLAUSE,
  link = function()
    local other = object "other.o"
    other:func("f", { sig = "->", code = {} })
    local member = { name = "a-member-of-a-long-name.o", data = BITCODE:sub(1, 64),
      symbols = { "f" } }
    return { "--no-entry", user "f", archive("lib.a", { member }), archive("two.a", { other }) }
  end,
  expect = { rejects { id = "BITCODE", file = "lib.a(a-member-of-a-long-name.o)" } },
}

case "second-member" {
  title = "the index tells of a member of bitcode behind one that nobody needs",
  clauses = CLAUSE,
  link = function()
    local other = object "other.o"
    other:func("f", { sig = "->", code = {} })
    local lib = archive("lib.a", { { name = "e.o", data = BITCODE:sub(1, 64), symbols = { "e" } },
      { name = "f.o", data = BITCODE:sub(1, 64), symbols = { "f" } } })
    return { "--no-entry", user "f", lib, archive("two.a", { other }) }
  end,
  expect = { rejects { id = "BITCODE", file = "lib.a(f.o)" } },
}

case "member-needed-by-an-option" {
  title = "an option may need it, too",
  clauses = CLAUSE,
  link = function()
    return { "--no-entry", "--export=f", user(), library(BITCODE:sub(1, 64)) }
  end,
  expect = { rejects { id = "BITCODE", file = "lib.a(f.o)" } },
}

case "whole-archive" {
  title = "--whole-archive needs every member",
  clauses = CLAUSE,
  link = function()
    return { "--no-entry", user(), "--whole-archive", library(BITCODE:sub(1, 64)) }
  end,
  expect = { rejects { id = "BITCODE", file = "lib.a(f.o)" } },
}

case "whole-archive-without-index" {
  title = "so no warning says that it is not known what a member defines",
  clauses = CLAUSE,
  link = function()
    return { "--no-entry", user(), "--whole-archive",
      library(BITCODE:sub(1, 64), { index = false }) }
  end,
  expect = { rejects { id = "BITCODE", file = "lib.a(f.o)" }, no_warnings() },
}

case "start-lib" {
  title = "nothing says what bitcode between --start-lib and --end-lib defines: it is refused",
  clauses = CLAUSE,
  link = function()
    return { "--no-entry", user(), "--start-lib", file("f.o", BITCODE:sub(1, 64)), "--end-lib" }
  end,
  expect = { rejects { id = "BITCODE", file = "f.o" } },
}

case "without-index" {
  title = "without an index nobody knows what a bitcode member defines: a warning says so",
  clauses = CLAUSE,
  link = function() return { "--no-entry", user "g", library(nil, { index = false }) } end,
  expect = { warns { id = "BITCODE_SKIPPED", file = "lib.a(f.o)" }, has_function("run", "g") },
}

case "broken-index" {
  title = "a broken index tells as little as none",
  clauses = CLAUSE,
  link = function()
    local lib = library()
    local bytes = lib:bytes()
    return { "--no-entry", user "g", file("lib.a", bytes:sub(1, 68) .. "\x7f" .. bytes:sub(70)) }
  end,
  expect = { warns { id = "BITCODE_SKIPPED", file = "lib.a(f.o)" }, has_function("run", "g") },
}

case "index-cut-off" {
  title = "an index too short for its count or a name, or of no names, tells as little as none",
  clauses = CLAUSE,
  link = function()
    local header = "/               0           0     0     0       "
    local function with(index)
      local size = ("%-10d`\n"):format(#index)
      local bytes = library(nil, { index = false }):bytes()
      return bytes:sub(1, 8) .. header .. size .. index .. bytes:sub(9)
    end
    -- With them the member would begin at 0x48, 0x4c, 0x4e.
    return { "--no-entry", user "g", file("lib.a", with "\xff\xff\xff "),
      file("more.a", with "\0\0\0\2\0\0\0\x4c"),
      file("name.a", with "\0\0\0\1\0\0\0\x4ef?"),
      file("count.a", with "\0\0\0\0\0\0\0\x4ef\0") }
  end,
  expect = { warns { id = "BITCODE_SKIPPED", file = "lib.a(f.o)", of = 4 },
    warns { id = "BITCODE_SKIPPED", file = "more.a(f.o)" },
    warns { id = "BITCODE_SKIPPED", file = "name.a(f.o)" },
    warns { id = "BITCODE_SKIPPED", file = "count.a(f.o)" }, has_function("run", "g") },
}

case "not-in-the-index" {
  title = "so does an index that does not list the member",
  clauses = CLAUSE,
  link = function()
    return { "--no-entry", user "g", library(nil, { index = { { "g", 1 } } }) }
  end,
  expect = { warns { id = "BITCODE_SKIPPED", file = "lib.a(f.o)" }, has_function("run", "g") },
}

case "embedded" {
  title = "an object that carries bitcode in a custom section is an object, and loses it",
  clauses = { "object.bitcode", "custom.bitcode" },
  link = function()
    local a = user()
    a:custom(".llvmbc", { bytes = BITCODE })
    a:custom(".llvmcmd", { bytes = "-O2\0" })
    return { "--no-entry", a }
  end,
  expect = { has_function "run", no_custom(".llvmbc", ".llvmcmd") },
}
