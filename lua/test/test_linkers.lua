-- Tests of adapters: what wasm-ld's options are to another linker.

local adapters = require "adapters"
local features = require "features"
local object = require "object"
local translate = require "translate"
local wild = require "linkers.wild"
local zig = require "linkers.zig"

-- An object that has the features of a list, or no such section.
local function with(list)
  local o = object.object "a.o"
  o:func("f", { sig = "->", code = "nop" })
  if list then o:features(list) end
  return o:bytes()
end

return function(T)
  T.test("features of an object", function()
    local list = features.of(with { "+simd128", "-atomics" })
    assert(#list == 2 and list[1].prefix == "+" and list[1].name == "simd128")
    assert(list[2].prefix == "-" and list[2].name == "atomics")
    assert(features.of(with()) == nil)
  end)

  T.test("an empty list of features is added once, and to sound objects only", function()
    local bytes = features.with_none(with())
    assert(#features.of(bytes) == 0 and bytes ~= with())
    assert(features.with_none(bytes) == bytes)
    assert(features.with_none(with():sub(1, -2)) == with():sub(1, -2))
    assert(features.with_none("!<arch>\n") == "!<arch>\n")
  end)

  T.test("options in the words of another linker", function()
    local forms = { ["--flag"] = "-f", ["--value="] = "-v %s --", ["--none"] = false,
      ["-z a="] = "%s", ["--both"] = "one", ["--both="] = "two=%s" }
    local function said(...)
      local argv, unknown = translate.argv({ ... }, forms)
      return argv and table.concat(argv, " ") or "unknown: " .. unknown
    end
    assert(said("a.o", "--flag", "--none", "b.a") == "a.o -f b.a")
    assert(said("--value=a=b", "--value", "--flag") == "-v a=b -- -v --flag --")
    assert(said("--value=%s %d") == "-v %s %d --" and said("--value=") == "-v  --")
    assert(said("-z", "a=1", "--both", "--both=1") == "1 one two=1")
    assert(said("--value") == "unknown: --value" and said("--flag=1") == "unknown: --flag=1")
    assert(said("-z", "b") == "unknown: -z b" and said("-m", "wasm64") == "unknown: -mwasm64")
    assert(said("@file") == "unknown: @file")
  end)

  local function words(list, files)
    local argv, why = zig.argv(list, "0.16.0", files or {})
    return argv and table.concat(argv, " ") or why
  end

  local function has(text, part)
    if not text:find(part, 1, true) then error(("no %q in %q"):format(part, text), 2) end
  end

  T.test("zig: options", function()
    local text = words { "--no-entry", "--export=f", "--export", "g", "-z", "stack-size=16",
      "--entry=main", "a.o", "-o", "out.wasm" }
    has(text, "build-exe -target wasm32-freestanding --stack 65536 -mcpu=mvp-bulk")
    has(text, " -fno-entry --export=f --export=g --stack 16 -fentry=main a.o -femit-bin=out.wasm")
    has(words { "-mwasm64", "-r", "a.o" }, "build-obj -target wasm64-freestanding")
    has(words { "--wrap=f", "a.o" }, "Zig has no such option: --wrap=f")
    has(words { "@list" }, "Zig has no such option: @list")
    has(words { "-z" }, "Zig has no such option: -z")
    has(words { "--layout=zig", "-z", "stack-size=16" }, " --stack 1048576 ")
    has(words { "-z", "stack-size=16", "--layout=zig" }, " --stack 16")
  end)

  T.test("zig: the CPU has what objects use, or what is asked for", function()
    local files = { ["a.o"] = with { "+simd128", "-atomics" }, ["b.o"] = with { "=bulk-memory" } }
    local WITHOUT = "-bulk_memory_opt-call_indirect_overlong "
    has(words({ "a.o", "b.o" }, files), "-mcpu=mvp+bulk_memory+simd128" .. WITHOUT)
    has(words({ "--features=sign-ext,atomics", "a.o" }, files),
      "-mcpu=mvp+sign_ext+atomics" .. WITHOUT)
    has(words({ "--extra-features=atomics", "b.o" }, files),
      "-mcpu=mvp+bulk_memory+simd128+atomics" .. WITHOUT)
  end)

  T.test("zig: objects get an empty list of features where none has any", function()
    local files = zig.files { ["a.o"] = with(), ["b.o"] = with() }
    assert(features.of(files["a.o"]) and features.of(files["b.o"]))
    files = zig.files { ["a.o"] = with(), ["b.o"] = with {} }
    assert(not features.of(files["a.o"]))
  end)

  T.test("zig: what is no rejection", function()
    local function said(text) return adapters.meaning(zig, text) end
    assert(said("thread 1 panic: TODO emit link section") == "unsupported")
    assert(said("thread 1 panic: reached unreachable code") == "crash")
    assert(said("error: unable to parse --build-id style: '0x'") == "unsupported")
    assert(said("error: undefined function: f") == nil)
  end)

  T.test("wild: what it is told, and what is no rejection", function()
    local argv = wild.argv { "--validate=strict", "--no-entry", "a.o", "-o", "out.wasm" }
    assert(table.concat(argv, " ") == "-flavor wasm --no-entry a.o -o out.wasm")
    assert(select(2, wild.argv { "--layout=zig", "a.o" }) == "--layout=zig is linkspec's own")
    local function said(text) return adapters.meaning(wild, "wild: error: " .. text) end
    assert(said("unrecognized option(s): --wrap=f") == "unsupported")
    assert(said("section offset relocations are not supported yet") == "unsupported")
    assert(said("thread 'main' panicked at x.rs:1:1:\nnot yet implemented") == "unsupported")
    assert(said("thread 'main' panicked at x.rs:1:1:\nindex out of bounds") == "crash")
    assert(said("undefined symbol: f") == nil)
  end)
end
