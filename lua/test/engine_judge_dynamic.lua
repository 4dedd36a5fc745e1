-- Tests of the judge on modules for a loader that are wrong: a module is linked from one input, or
-- with one set of options, and judged as a link of another; or bytes of it are changed.

local encode = require "encode"
local json = require "dkjson"
local lfs = require "lfs"
local library = require "library"
local object = require "object"
local suite = require "engine_suite"

local addr, addr64, got, slot = object.addr, object.addr64, object.got, object.slot
local IMPORT = "--unresolved-symbols=import-dynamic"
local SHARED = "-shared " .. IMPORT
local PIE = "-pie --no-entry " .. IMPORT

local function merged(...)
  local all = {}
  for _, part in ipairs { ... } do
    for key, value in pairs(part) do all[key] = value end
  end
  return all
end

-- a.o: pointers in data to what it has and to what others have, and code that asks for addresses.
-- is: what of it is otherwise.
local BASE = {
  x = { bytes = "12345678", hidden = true },
  far = { undefined = true },
  away = { sig = "->", undefined = true },
  f = { sig = "->", code = "nop", hidden = true },
  pointers = function(s) return { addr(s.x, 4), slot(s.f), addr(s.far, 8) } end,
  entries = function(s) return { s.x, s.far, s.f } end,
}

local function object_of(is)
  local t, s = merged(BASE, is), {}
  local o = object.object("a.o", { memory64 = t.memory64 })
  o:features(t.features)
  s.x = o:data(t.x_name or "x", t.x)
  s.y = o:data("y", { bytes = "abcdefgh", hidden = true })
  s.far = o:data(t.far_name or "far", t.far)
  s.away = o:func("away", t.away)
  s.f = o:func("f", t.f)
  o:data("p", { bytes = t.pointers(s), align = 2, hidden = true, no_strip = true })
  local code = { "i32.const 0" }
  for _, symbol in ipairs(t.entries(s)) do
    code[#code + 1] = { "global.get", got(symbol) }
    code[#code + 1] = "i32.add"
  end
  o:func("sum", { sig = "-> i32", export = "sum", code = code })
  if t.more then t.more(o, s) end
  return o:bytes()
end

local function named_library(name)
  local l = library.library(name, { memory_size = 4 })
  l:exported("far_function", { sig = "->", code = "nop" })
  return l:bytes()
end

-- The bytes of a custom section with others.
local function in_custom(name, from, to)
  local head = string.char(#name) .. name
  return function(module)
    return suite.with_section(module, 0, function(section)
      return section:sub(1, #head) == head and suite.changed(section, from, to)
    end)
  end
end

local function in_dylink(from, to) return in_custom("dylink.0", from, to) end

local function in_section(id, from, to)
  return function(module)
    return suite.with_section(module, id, function(section)
      return suite.changed(section, from, to)
    end)
  end
end

-- The module with its first section behind all others.
local function last_section(module)
  local behind = 11 + module:byte(10)
  return module:sub(1, 8) .. module:sub(behind) .. module:sub(9, behind - 1)
end

-- The module with more code, in front of that which is there once.
local function with_code(module, before, code)
  return suite.with_section(module, 10, function(section)
    local at, from = assert(section:find(before, 1, true)), 2
    while true do
      local size, width = encode.leb(section, from)
      if at < from + width + size then
        return section:sub(1, from - 1) .. encode.uleb(size + #code)
          .. section:sub(from + width, at - 1) .. code .. section:sub(at)
      end
      from = from + width + size
    end
  end)
end

-- The module whose start function calls the code for pointers there.
local function pointers_before(there)
  return function(module)
    local call = "\x10" .. suite.pointers_code(module)
    return with_code(suite.without_pointers_export(module), there, call)
  end
end

-- What the start function does in turn: it copies, says that all is done, and drops what it copied.
local COPIES, SAYS_DONE, WAKES, DROPS = "\x41\0\x23\0\x6a", "\x20\0\x41\2\xfe\x17",
  "\x20\0\x41\x7f\xfe", "\xfc\9\0"

-- Two stores of the code for pointers, of data and of a function, and both of data.
local TWO = "\x41\x08\x23\0\x6a\x23\0\x41\4\x6a\x36\2\0\x41\x0c\x23\0\x6a\x23\1\x41\0\x6a"
local ONE_TWICE = TWO:gsub("\x41\x0c", "\x41\x08")
local BEHIND = TWO:gsub("\x41\x0c", "\x41\x0d")

local THREADS = SHARED .. " --shared-memory --max-memory=1048576"
local ATOMICS = { "+atomics", "+bulk-memory", "+mutable-globals" }
local EACH = { features = ATOMICS, x = { bytes = "12345678", tls = true },
  pointers = function(s) return { slot(s.f) } end, entries = function(s) return { s.f } end }

local VISIBLE, FUNCTION = { bytes = "12345678" }, { sig = "->", code = "nop" }
local NOWHERE = { undefined = true, weak = true, hidden = true }
local EACH_VISIBLE = { bytes = "12345678", tls = true }

-- A block with x at 0 and a pointer to what `to` names at 8, for threads that begin.
local function block(to)
  return { features = ATOMICS, x = { bytes = "12345678", align = 2, tls = true, hidden = true },
    pointers = function() return { "1234" } end, entries = function(s) return { s.x } end,
    more = function(o, s)
      o:data("q", { bytes = { addr(s[to], 2) }, align = 2, tls = true, hidden = true,
        no_strip = true })
      local init = o:func("__wasm_init_tls", { sig = "i32 ->", undefined = true })
      o:func("begin", { sig = "i32 ->", export = "begin", code = { "local.get 0",
        { "call", init } } })
    end }
end

local TO_X, TO_Y = block "x", block "y"
-- Of such a block: the calls of what writes the pointer and of what sets the entry, the place of
-- the pointer, what it is set to, and the entry.
local CALLS, PLACE, ENTRY = "\x10\4\x10\3\x0b", "\x41\8\x23\2\x6a", "\x23\2\x41\0\x6a\x24\3"
local IS_X, IS_Y = "\x23\2\x41\2\x6a\x36\2\0", "\x23\0\x41\x0e\x6a\x36\2\0"
local ENTRY_AND_2 = "\x23\3\x41\2\x6a\x36\2\0"

-- A row of such a block, with other code.
local function in_block(what, is, from, to, found)
  return { what, options = THREADS, linked = is, asked = is, change = in_section(10, from, to),
    found = found }
end

-- Entries of each thread's data and of everybody's, where nobody begins a thread.
local BESIDE = { features = ATOMICS, x = { bytes = "12345678", tls = true, hidden = true },
  pointers = function() return { "1234" } end, entries = function(s) return { s.x, s.y } end }

-- A pointer of 64 bits to far data.
local function wide(addend)
  return { memory64 = true, entries = function() return {} end,
    pointers = function(s) return { addr64(s.far, addend) } end }
end

-- Entries that are constants.
local CONSTANT = SHARED .. " --extra-features=extended-const"
local function y_alone(s) return { s.y } end

-- Pointers to the module's own, and no entries.
local OWN = { entries = function() return {} end,
  pointers = function(s) return { addr(s.x, 4), slot(s.f) } end }
local OWN_OF_THREADS = merged(OWN, { features = ATOMICS })
local ALL = { entries = OWN.entries }

-- What nothing refers to, or what nothing but a custom section does.
local NOTHING = { pointers = function() return { "1234" } end, entries = function() return {} end }
local ZEROS = merged(NOTHING, { x = { zero = 70000, hidden = true, no_strip = true } })
local HIDDEN_CALL = merged(NOTHING, { more = function(o)
  local nowhere = o:func("nowhere", { sig = "->", undefined = true, weak = true, hidden = true })
  o:func("g", { sig = "->", code = { { "call", nowhere } } })
end })
local WEAK_TABLE = merged(NOTHING, { more = function(o)
  local t = o:table("t", { min = 3, weak = true })
  o:func("g", { sig = "-> i32", code = { { "table.size", t } } })
end })
local SLOT_NOTE = merged(NOTHING, { more = function(o)
  local made = o:func("__wasm_call_ctors", { sig = "->", undefined = true })
  o:custom("mine", { bytes = { "<", slot(made), ">" } })
end })

-- What is weak may be another's.
local WEAK = { away = { sig = "->", code = "nop", weak = true },
  more = function(o, s) o:func("g", { sig = "->", code = { { "call", s.away } } }) end }

-- A row: what is wrong; linked, asked: what is otherwise in the input that was linked, and in that
-- which the module is judged by; library, library_asked: beside it; options, as: of the link and of
-- the judgement; change: of bytes; found: the clauses that are broken.
local ROWS = {
  { "nothing", found = {} },
  { "nothing of a program", options = PIE, found = {} },
  { "nothing of threads", linked = EACH, asked = EACH, options = THREADS, found = {} },

  -- Entries of the GOT.
  { "what is hidden comes from the GOT", linked = { x = VISIBLE },
    found = { "export.none-other", "gc.reachability", "got.internal" } },
  { "what may be replaced does not come from it", asked = { x = VISIBLE },
    found = { "dylink.apply-data-relocs", "export.flag", "got.mem" } },
  { "a hidden function comes from it", linked = { f = FUNCTION },
    found = { "dylink.apply-data-relocs", "export.none-other", "gc.live", "got.internal" } },
  { "a function that may be replaced does not", asked = { f = FUNCTION },
    found = { "dylink.apply-data-relocs", "export.flag", "got.func", "table.synthesized" } },
  { "far data is nowhere", linked = { far = NOWHERE },
    found = { "dylink.apply-data-relocs", "dylink.import-info", "got.mem" } },
  { "what is nowhere comes from the GOT", asked = { far = NOWHERE }, found = { "got.mem" } },
  { "-Bsymbolic was forgotten", linked = { x = VISIBLE }, asked = { x = VISIBLE },
    as = SHARED .. " -Bsymbolic", found = { "got.internal" } },
  { "-Bsymbolic was not asked for", linked = { x = VISIBLE }, asked = { x = VISIBLE },
    options = SHARED .. " -Bsymbolic", as = SHARED,
    found = { "dylink.apply-data-relocs", "got.mem" } },
  { "an entry of another name", linked = { far_name = "fox" }, found = { "got.mem" } },
  { "an entry that does not change", change = in_section(2, "\3far\3\x7f\1", "\3far\3\x7f\0"),
    found = { "got.mutable" } },
  { "an entry of another width", change = in_section(2, "\3far\3\x7f\1", "\3far\3\x7e\1"),
    found = { "dylink.apply-data-relocs", "got.mutable" } },
  { "an entry of a function's", change = in_section(2, "\7GOT.mem\3far", "\8GOT.func\3far"),
    found = { "got.mem" } },
  { "an entry of the other data", linked = { entries = function(s) return { s.y, s.far, s.f } end },
    found = { "names.synthetic", "reloc.memory.value" } },
  { "an entry that nobody completes",
    change = in_section(10, "\x41\0\x6a\x24\3", "\x41\0\x6a\x1a\1"),
    found = { "got.internal" } },
  { "an entry that counts from the other base",
    change = in_section(10, "\x23\1\x41\0\x6a\x24", "\x23\0\x41\0\x6a\x24"),
    found = { "got.internal" } },

  { "a constant entry that counts from the other base", options = CONSTANT,
    linked = { entries = y_alone }, asked = { entries = y_alone },
    change = in_section(6, "\x23\0\x41\8\x6a", "\x23\1\x41\8\x6a"), found = { "got.internal" } },
  { "a constant entry with a number of another width", options = CONSTANT,
    linked = { entries = y_alone }, asked = { entries = y_alone },
    change = in_section(6, "\x23\0\x41\8\x6a", "\x23\0\x42\8\x6a"), found = { "got.internal" } },

  -- Pointers in data.
  { "pointers at the start", linked = OWN, asked = OWN, change = suite.pointers_at_start,
    found = {} },
  { "pointers at the start to what the loader knows later", linked = ALL, asked = ALL,
    change = suite.pointers_at_start, found = { "dylink.apply-data-relocs" } },
  { "pointers by the first thread", linked = OWN_OF_THREADS, asked = OWN_OF_THREADS,
    options = THREADS, change = pointers_before(SAYS_DONE), found = {} },
  { "pointers in front of the data", linked = OWN_OF_THREADS, asked = OWN_OF_THREADS,
    options = THREADS, change = pointers_before(COPIES), found = { "dylink.apply-data-relocs" } },
  { "pointers when all is said to be done", linked = OWN_OF_THREADS, asked = OWN_OF_THREADS,
    options = THREADS, change = pointers_before(WAKES), found = { "threads.init-memory" } },
  { "pointers by every thread", linked = OWN_OF_THREADS, asked = OWN_OF_THREADS,
    options = THREADS, change = pointers_before(DROPS), found = { "threads.init-memory" } },
  { "another addend", linked = { pointers = function(s)
    return { addr(s.x, 5), slot(s.f), addr(s.far, 8) } end },
    found = { "dylink.apply-data-relocs", "gc.live" } },
  { "another addend of far data", linked = { pointers = function(s)
    return { addr(s.x, 4), slot(s.f), addr(s.far, 9) } end },
    found = { "dylink.apply-data-relocs" } },
  { "another addend of far data, of more than 32 bits", options = SHARED .. " -mwasm64",
    linked = wide((1 << 32) + 8), asked = wide(8), found = { "dylink.apply-data-relocs" } },
  { "a pointer is missing", linked = { pointers = function(s)
    return { addr(s.x, 4), slot(s.f), "\0\0\0\0" } end }, found = { "dylink.apply-data-relocs" } },
  { "a pointer is where none should be", asked = { pointers = function(s)
    return { addr(s.x, 4), slot(s.f), "\0\0\0\0" } end }, found = { "dylink.apply-data-relocs" } },
  { "a pointer to data is a function's", linked = { pointers = function(s)
    return { slot(s.f), slot(s.f), addr(s.far, 8) } end },
    found = { "dylink.apply-data-relocs", "gc.live" } },
  { "a function's pointer is one to data", linked = { pointers = function(s)
    return { addr(s.x, 4), addr(s.x), addr(s.far, 8) } end },
    found = { "dylink.apply-data-relocs" } },
  { "pointers change places", linked = { pointers = function(s)
    return { slot(s.f), addr(s.x, 4), addr(s.far, 8) } end },
    found = { "dylink.apply-data-relocs", "dylink.mem-info.memory-size", "got.internal" } },
  { "a pointer to the other data", linked = { pointers = function(s)
    return { addr(s.y, 4), slot(s.f), addr(s.far, 8) } end },
    found = { "dylink.apply-data-relocs", "gc.live" } },
  { "a pointer is written twice, another never", change = in_section(10, TWO, ONE_TWICE),
    found = { "dylink.apply-data-relocs" } },
  { "a pointer is written a byte further", change = in_section(10, TWO, BEHIND),
    found = { "dylink.apply-data-relocs" } },
  { "a pointer of half the width", change = in_section(10, TWO, (TWO:gsub("\x36\2", "\x3b\1"))),
    found = { "dylink.apply-data-relocs" } },
  { "the code for pointers is not exported",
    change = in_section(7, "__wasm_apply_data_relocs", "__wasm_apply_data_relocz"),
    found = { "dylink.apply-data-relocs", "export.none-other", "gc.reachability",
      "names.synthetic" } },

  -- What the loader is told.
  { "less memory than there is data", change = in_dylink("\1\4\x14\2\1\0", "\1\4\x13\2\1\0"),
    found = { "dylink.mem-info.memory-size" } },
  { "memory that is not aligned", change = in_dylink("\1\4\x14\2\1\0", "\1\4\x14\1\1\0"),
    found = { "dylink.mem-info.memory-alignment" } },
  { "no room for a slot", change = in_dylink("\1\4\x14\2\1\0", "\1\4\x14\2\0\0"),
    found = { "dylink.mem-info.table-size" } },
  { "no sizes", change = in_dylink("\1\4\x14\2\1\0", ""), found = { "dylink.mem-info" } },
  { "sizes twice, alike", change = in_dylink("\1\4\x14\2\1\0", "\1\4\x14\2\1\0\1\4\x14\2\1\0"),
    found = {} },
  { "sizes twice, not alike",
    change = in_dylink("\1\4\x14\2\1\0", "\1\4\x15\2\1\0\1\4\x14\2\1\0"),
    found = { "dylink.sub-section" } },
  { "memory at no alignment", change = in_dylink("\1\4\x14\2\1\0", "\1\4\x14\x20\1\0"),
    found = { "container" } },
  { "slots at no alignment", change = in_dylink("\1\4\x14\2\1\0", "\1\4\x14\2\1\x20"),
    found = { "container" } },
  { "told behind another section", change = last_section, found = { "container" } },
  { "paths in another order", options = SHARED .. " --rpath=/a --rpath=/b",
    as = SHARED .. " --rpath=/b --rpath=/a", found = { "dylink.runtime-path" } },
  { "a library is needed that is not", library = "libx.so",
    found = { "dylink.needed" } },
  { "a library that is needed is not named", library_asked = "libx.so",
    found = { "dylink.needed" } },
  { "another library is needed", library = "libx.so", library_asked = "liby.so",
    found = { "dylink.needed" } },
  { "another path", options = SHARED .. " --rpath=/a", as = SHARED .. " --rpath=/b",
    found = { "dylink.runtime-path" } },
  { "a path nobody gave", options = SHARED .. " --rpath=/a", as = SHARED,
    found = { "dylink.runtime-path" } },
  { "a path is missing", options = SHARED, as = SHARED .. " --rpath=/a",
    found = { "dylink.runtime-path" } },
  { "a strong import may be left out", linked = { far = { undefined = true, weak = true } },
    found = { "dylink.import-info" } },
  { "a weak import may not be left out", asked = { far = { undefined = true, weak = true } },
    found = { "dylink.import-info" } },
  { "nothing for a loader", change = in_dylink("\8dylink.0", "\8dylink.9"),
    found = { "custom.concatenate", "dylink.section" } },
  { "a program is no library", options = PIE, as = SHARED,
    found = { "export.flag", "export.none-other", "memory.import" } },
  { "a library is no program", options = SHARED, as = PIE,
    found = { "export.none-other", "import.none-other", "memory.export", "memory.import" } },

  -- Exports.
  { "another address is exported", linked = { x = VISIBLE }, asked = { x = VISIBLE },
    change = in_section(6, "\x7f\0\x41\0", "\x7f\0\x41\1"), found = { "reloc.memory.value" } },
  { "an address is exported that counts from the base by itself", linked = { x = VISIBLE },
    asked = { x = VISIBLE }, change = in_section(6, "\x7f\0\x41\0", "\x7f\0\x23\0"),
    found = { "export.data" } },
  { "the constructors are not exported",
    change = in_section(7, "__wasm_call_ctors", "__wasm_call_ctorz"),
    found = { "export.flag", "export.none-other" } },
  { "what is imported is exported", linked = WEAK, asked = WEAK,
    change = in_section(7, "away\0\4", "away\0\0"), found = { "shared.weak" } },

  -- What nothing in the code or the data tells.
  { "no room for zeros that nobody refers to", options = PIE, linked = ZEROS, asked = ZEROS,
    change = in_section(5, "\1\0\2", "\1\0\1"), found = { "dylink.memory-minimum" } },
  { "a weak import, of what is hidden, is not said to be weak", linked = HIDDEN_CALL,
    asked = HIDDEN_CALL, change = in_dylink("\4\x0e\1\3env", "\x44\x0e\1\3env"),
    found = { "dylink.import-info" } },
  { "a library's weak table is exported as the import", linked = WEAK_TABLE, asked = WEAK_TABLE,
    change = in_section(7, "\1t\1\1", "\1t\1\0"), found = { "shared.weak" } },
  { "a slot in a custom section, which nothing writes", linked = SLOT_NOTE, asked = SLOT_NOTE,
    change = in_custom("mine", "<\0", "<\1"), found = { "functions.addresses" } },

  -- Threads.
  { "each thread's data is marked as everybody's", linked = merged(EACH, { x = EACH_VISIBLE }),
    asked = merged(EACH, { x = EACH_VISIBLE }), options = THREADS,
    change = in_dylink("\1x\x80\2", "\1x\x80\0"),
    found = { "dylink.export-info", "dylink.flags" } },
  { "everybody's data is marked as each thread's", linked = merged(EACH, { x = EACH_VISIBLE }),
    asked = merged(EACH, { x = VISIBLE }), options = THREADS,
    found = { "dylink.export-info", "dylink.flags", "names.data", "threads.drop", "tls.base" } },
  { "a memory that may grow less", options = PIE .. " --shared-memory --max-memory=1048576",
    linked = { features = ATOMICS }, asked = { features = ATOMICS },
    as = PIE .. " --shared-memory", found = { "memory.max" } },
  { "a memory that may grow more", options = PIE .. " --shared-memory",
    linked = { features = ATOMICS }, asked = { features = ATOMICS },
    as = PIE .. " --shared-memory --max-memory=1048576", found = { "memory.max" } },
  in_block("an entry of a thread is not set", TO_Y, CALLS, "\x10\4\1\1\x0b", { "tls.init" }),
  in_block("an entry of a thread is elsewhere", TO_Y, ENTRY, "\x23\2\x41\4\x6a\x24\3",
    { "tls.block" }),
  in_block("an entry of a thread counts from everybody's data", TO_Y,
    ENTRY, "\x23\0\x41\0\x6a\x24\3", { "tls.init" }),
  in_block("__tls_base is set in the place of an entry", TO_Y, ENTRY, "\x23\2\x41\0\x6a\x24\2",
    { "tls.init" }),
  in_block("a pointer of a thread is not written", TO_Y, CALLS, "\1\1\x10\3\x0b",
    { "dylink.apply-data-relocs", "gc.reachability", "names.synthetic" }),
  in_block("a pointer of a thread is written to everybody's data", TO_Y, PLACE, "\x41\8\x23\0\x6a",
    { "dylink.apply-data-relocs", "tls.init" }),
  in_block("a pointer of a thread points elsewhere", TO_Y, IS_Y, "\x23\0\x41\x0d\x6a\x36\2\0",
    { "dylink.apply-data-relocs" }),
  in_block("a pointer of a thread is taken from an entry that is not yet set", TO_X,
    IS_X, ENTRY_AND_2, { "dylink.apply-data-relocs", "tls.init" }),
  in_block("the first thread's block is on other data", TO_Y,
    "\x41\0\x23\0\x6a\x22\1", "\x41\4\x23\0\x6a\x22\1", { "data.no-overlap" }),
  in_block("data is copied to the base of slots", TO_Y, "\x41\x0c\x23\0\x6a", "\x41\x0c\x23\1\x6a",
    { "gc.live", "reloc.memory.value" }),
  { "an entry of everybody's data is set in the place of a thread's", options = THREADS,
    linked = BESIDE, asked = BESIDE,
    change = in_section(10, ENTRY, "\x23\2\x41\8\x6a\x24\4"), found = { "tls.init" } },
  { "a pointer of a thread is taken from an entry that is set", options = THREADS, linked = TO_X,
    asked = TO_X, change = function(module)
      return in_section(10, IS_X, ENTRY_AND_2)(in_section(10, CALLS, "\x10\3\x10\4\x0b")(module))
    end, found = {} },
}

local function clauses_of(violations)
  local seen, list = {}, {}
  for _, v in ipairs(violations) do
    if not seen[v.clause] then list[#list + 1] = v.clause end
    seen[v.clause] = true
  end
  table.sort(list)
  return table.concat(list, " ")
end

-- Links and judges in a folder; gives what is found, and the answer whole.
local function try(row, folder)
  local program = suite.from_anywhere(suite.program)
  local function run(line, options, name)
    local pipe = assert(io.popen(("cd %s && %s %s %s --experimental-pic a.o %s 2>&1"):format(folder,
      program, line, options, name or "")))
    local text = pipe:read "a"
    local _, _, status = pipe:close()
    return text, status
  end
  local function inputs(is, name)
    suite.write(folder .. "/a.o", object_of(is or {}))
    if name then suite.write(folder .. "/" .. name, named_library(name)) end
  end
  local options = row.options or SHARED
  inputs(row.linked, row.library)
  local text, status = run("ld -o out.wasm", options, row.library)
  assert(status == 0, text)
  local module = suite.read(folder .. "/out.wasm")
  suite.write(folder .. "/out.wasm", row.change and row.change(module) or module)
  inputs(row.asked, row.library_asked)
  text = run("judge --json out.wasm --", row.as or options, row.library_asked)
  local answer = json.decode(text)
  return answer and clauses_of(answer.violations), text
end

return function(T)
  for _, row in ipairs(ROWS) do
    T.test("judge for loaders: " .. row[1], function()
      if not lfs.attributes(suite.program) then T.skip("there is no " .. suite.program) end
      local folder = os.tmpname()
      os.remove(folder)
      lfs.mkdir(folder)
      local ok, found, text = pcall(try, row, folder)
      os.execute("rm -r " .. folder)
      assert(ok and found == table.concat(row.found, " "), ("found: %s\n%s"):format(found, text))
    end)
  end
end
