-- Code that is not position independent, in a module that the loader moves: what it would need is
-- not known when it is linked.

-- A link of f(), whose code make(o) gives, with these options.
local function linking(make, ...)
  local options = { ... }
  return function()
    local o = object "a.o"
    o:func("f", { sig = "-> i32", export = "f", code = make(o) })
    local list = { "--no-entry", "--experimental-pic" }
    for _, option in ipairs(options) do list[#list + 1] = option end
    list[#list + 1] = o
    return list
  end
end

local function variable(o) return o:data("x", { bytes = "\1\2\3\4" }) end
local function callee(o) return o:func("g", { sig = "-> i32", code = "i32.const 1" }) end

local ABSOLUTE = {
  { "address", "R_WASM_MEMORY_ADDR_SLEB", "x", function(o)
    return { { "i32.const", addr(variable(o)) } }
  end },
  { "offset-of-an-access", "R_WASM_MEMORY_ADDR_LEB", "x", function(o)
    return { "i32.const 0", { "i32.load", addr(variable(o)) } }
  end },
  { "slot", "R_WASM_TABLE_INDEX_SLEB", "g", function(o)
    return { { "i32.const", slot(callee(o)) } }
  end },
}

-- Of objects that were not made for it, or that a compiler made wrong.
local REPORTED = { ["address-shared"] = "llvm/llvm-project#42059",
  ["offset-of-an-access-shared"] = "llvm/llvm-project#42738",
  ["address-pie"] = "rust-lang/rust#155173" }

for _, option in ipairs { "-shared", "-pie" } do
  for _, row in ipairs(ABSOLUTE) do
    local name, kind, symbol, make = table.unpack(row)
    case(name .. option) {
      title = ("%s: %s is no relocation for it"):format(option, kind),
      clauses = { "dylink.absolute-refused", "dylink.pic-only" },
      origin = REPORTED[name .. option],
      link = linking(make, option),
      expect = { rejects { id = "NOT_PIC", file = "a.o", field = kind, message = symbol } },
    }
  end
end

-- Relative to a base it can only be in the module itself.
for name, make in pairs {
  ["address"] = function(o)
    return { { "i32.const", addr_rel(o:data("x", { undefined = true })) } }
  end,
  ["slot"] = function(o)
    return { { "i32.const", slot_rel(o:func("x", { sig = "-> i32", undefined = true })) } }
  end,
} do
  case("relative-" .. name .. "-of-another-module") {
    title = ("the %s of what another module defines has no distance from this one's base")
      :format(name),
    clauses = { "dylink.pic-only", "got.mem", "got.func" },
    link = linking(make, "-shared", "--unresolved-symbols=import-dynamic"),
    expect = { rejects { id = "NOT_FROM_BASE", file = "a.o", message = "`x`" } },
  }
end

case "relative-address-of-absolute-data" {
  title = "nor has an absolute address, wherever the module will be",
  clauses = { "dylink.pic-only", "symbol.absolute" },
  link = linking(function(o)
    local x = o:data("x", { absolute = true, offset = 4000, hidden = true })
    return { { "i32.const", addr_rel(x) } }
  end, "-shared"),
  expect = { rejects { id = "NOT_FROM_BASE", file = "a.o", message = "`x`" } },
}

case "relative-and-got" {
  title = "distances from the bases and entries of the GOT are all that such code needs",
  clauses = { "dylink.absolute-refused", "dylink.pic-only", "got.mem", "got.func" },
  link = linking(function(o)
    local x = o:data("x", { bytes = "\1\2\3\4", hidden = true })
    local g = o:func("g", { sig = "-> i32", hidden = true, code = "i32.const 1" })
    return { { "i32.const", addr_rel(x) }, { "i32.const", slot_rel(g) }, "i32.add",
      { "global.get", got(o:data("far", { undefined = true })) }, "i32.add",
      { "global.get", got(o:func("away", { sig = "-> i32", undefined = true })) }, "i32.add" }
  end, "-shared", "--unresolved-symbols=import-dynamic"),
  expect = { imports { ["GOT.mem.far"] = { kind = "global", type = "i32", mutable = true },
    ["GOT.func.away"] = { kind = "global", type = "i32", mutable = true } } },
}
