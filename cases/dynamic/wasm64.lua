-- Modules for a loader with 64-bit memory: what holds an address, or a slot, has 64 bits.

local POINTER = { kind = "global", type = "i64", mutable = false }
local MODES = { shared = { "-shared", "-mwasm64", "--experimental-pic" },
  pie = { "-pie", "-mwasm64", "--no-entry", "--experimental-pic" } }
local IMPORT = "--unresolved-symbols=import-dynamic"

-- A link of the object that fill(o) fills, with these options and more.
local function linking(options, fill, ...)
  local list = { table.unpack(options) }
  for _, word in ipairs { ... } do list[#list + 1] = word end
  return function()
    local all, o = { table.unpack(list) }, object("a.o", { memory64 = true })
    o:features()
    fill(o)
    all[#all + 1] = o
    return all
  end
end

for mode, options in pairs(MODES) do
  case("bases-" .. mode) {
    title = mode .. ": bases and stack pointer are i64",
    clauses = { "wasm64.globals", "dylink.bases", "dylink.import.stack-pointer" },
    link = linking(options, function(o)
      local sp = o:global("__stack_pointer", { type = "i64", mutable = true, undefined = true })
      o:func("f", { sig = "-> i64", export = "f", code = { { "global.get", sp } } })
    end),
    expect = { imports { ["env.__memory_base"] = POINTER, ["env.__table_base"] = POINTER,
      ["env.__stack_pointer"] = { kind = "global", type = "i64", mutable = true } } },
  }
  case("got-" .. mode) {
    title = mode .. ": entries that the loader gives are i64, and mutable",
    clauses = { "wasm64.globals", "got.mem", "got.func", "got.mutable" },
    link = linking(options, function(o)
      o:func("f", { sig = "-> i64", export = "f", code = {
        { "global.get", got(o:data("far", { undefined = true })) },
        { "global.get", got(o:func("away", { sig = "->", undefined = true })) }, "i64.add" } })
    end, IMPORT),
    expect = { got_imports { "mem.far", "func.away" } },
  }
  case("own-entry-" .. mode) {
    title = mode .. ": an entry of the module's own is i64, and so is the code that completes it",
    clauses = { "wasm64.globals", "wasm64.code", "got.complete" },
    link = linking(options, function(o)
      local x = o:data("x", { bytes = "12345678", hidden = true })
      o:func("f", { sig = "-> i64", export = "f", code = { { "global.get", got(x) } } })
    end),
    expect = { code("__wasm_apply_global_relocs", {
      { "global.get", to_global "__memory_base" }, "i64.const 0", "i64.add",
      { "global.set", to_global "GOT.data.internal.x" }, "end" }) },
  }
  case("pointers-" .. mode) {
    title = mode .. ": pointers in data have eight bytes, and are written so",
    clauses = { "wasm64.code", "dylink.apply-data-relocs" },
    link = linking(options, function(o)
      local far = o:data("far", { undefined = true })
      o:data("p", { bytes = { addr64(far, 4) }, align = 3, hidden = true, no_strip = true })
    end, IMPORT),
    expect = { valid(), got_imports { "mem.far" },
      holds("it is stored by i64.store", function(module, view)
        local last
        for _, i in ipairs(module:instructions(view:func "__wasm_apply_data_relocs")) do
          if i.name:match("store") then last = i.name end
        end
        return last == "i64.store", tostring(last)
      end) },
  }
end

-- Code of LLVM 18 and before, where slots had 32 bits in any module, counts them from this.
local function old_slot(o)
  local base = o:global("__table_base32", { type = "i32", undefined = true })
  o:func("f", { sig = "-> i32", export = "f", code = { { "global.get", base } } })
end

case "old-table-base" {
  title = "a base of the table that has 32 bits is a global as any other: here nobody has it",
  clauses = { "wasm64.globals", "dylink.undefined" },
  link = linking(MODES.shared, old_slot),
  expect = { rejects { id = "UNDEFINED_SYMBOL", file = "a.o", message = "__table_base32" } },
}

case "old-table-base-of-the-loader" {
  title = "but a loader may have it",
  clauses = { "wasm64.globals", "undefined.policy.import-dynamic" },
  link = linking(MODES.shared, old_slot, IMPORT),
  expect = { imports { ["env.__table_base"] = POINTER,
    ["env.__table_base32"] = { kind = "global", type = "i32", mutable = false } } },
}

case "exports" {
  title = "an exported address is i64",
  clauses = { "wasm64.globals", "dylink.export.address", "dylink.export.relative" },
  link = linking(MODES.shared, function(o)
    o:data("x", { bytes = "1234", align = 2 })
    o:data("y", { bytes = "5678", align = 2 })
  end),
  expect = { exports { x = POINTER, y = POINTER }, data_at("y", "5678"), moved() },
}

case "narrow-pointer" {
  title = "a pointer of four bytes in a module of 64 bits is written as four bytes",
  clauses = { "wasm64.code", "reloc.memory-addr-i32", "dylink.apply-data-relocs" },
  peer_differs = "it adds numbers of 32 and 64 bits: the module is not valid",
  link = linking(MODES.shared, function(o)
    local x = o:data("x", { bytes = "1234", hidden = true })
    o:data("p", { bytes = { addr(x) }, align = 2, hidden = true, no_strip = true })
  end),
  expect = { valid(), has_function "__wasm_apply_data_relocs" },
}

case "narrow-pointer-from-the-got" {
  title = "so is one to what the loader has elsewhere: its address is cut to four bytes",
  clauses = { "wasm64.code", "reloc.memory-addr-i32", "dylink.apply-data-relocs", "got.mem" },
  peer_differs = "it stores 64 bits with an instruction for 32: the module is not valid",
  link = linking(MODES.shared, function(o)
    local far = o:data("far", { undefined = true })
    o:data("p", { bytes = { addr(far) }, align = 2, hidden = true, no_strip = true })
  end, IMPORT),
  expect = { valid(), got_imports { "mem.far" }, has_function "__wasm_apply_data_relocs" },
}

case "narrow-pointer-before-far-data" {
  title = "and what is added to it may be negative, modulo 2^32",
  clauses = { "wasm64.code", "reloc.memory-addr-i32", "dylink.apply-data-relocs", "got.mem" },
  peer_differs = "it adds numbers of 32 and 64 bits: the module is not valid",
  link = linking(MODES.shared, function(o)
    local far = o:data("far", { undefined = true })
    o:data("p", { bytes = { addr(far, -4) }, align = 2, hidden = true, no_strip = true })
  end, IMPORT),
  expect = { valid(), got_imports { "mem.far" }, has_function "__wasm_apply_data_relocs" },
}

case "library-without-a-memory" {
  title = "the addresses of a library that imports no memory are as wide as those of the link",
  clauses = { "library.data", "library.width", "wasm64.globals" },
  link = function()
    local o = object("a.o", { memory64 = true })
    o:features()
    o:func("f", { sig = "-> i64", export = "f",
      code = { { "global.get", got(o:data("x", { undefined = true })) } } })
    local l = library("libx.so", { wasm64 = true, memory = false })
    l:address("x", 4)
    return { "-pie", "-mwasm64", "--no-entry", "--experimental-pic", o, l }
  end,
  expect = { got_imports { "mem.x" }, dylink { needed = { "libx.so" } } },
}
