-- Units that keep to what a linker needs, and break a rule of Linking.md that linkers do not check:
-- refused when strict, as an object is.  (The object that such a unit lowers to breaks it, too.)

local function valid()
  local u = unit "u.o"
  u:data("x", { bytes = "\0\0\0\0", align = 2, exported = true })
  u:func("puts", { sig = "->", undefined = true, import_module = "env", import_name = "puts" })
  u:func("f", { sig = "->", code = { { "call", u:symbol "puts" } }, exported = true })
  u:func("boot", { sig = "->", code = "nop" })
  return { "--no-entry", "--strip-debug", "--compress-relocations", u }
end

-- A case whose one change is made by spoil(unit).  `twin`: what permissive links make of it.
local function rule(name, title, wanted, spoil, twin)
  case(name) {
    title = title, clauses = { "unit.rules" }, link = valid,
    mutate = function(files) spoil(files["u.o"]) end,
    expect = { rejects(wanted) },
    permissive = twin and { title = twin[1], expect = twin[2] },
  }
end

local function change(name, title, wanted, symbol, fields)
  rule(name, title, wanted, function(u) u:change(u:symbol(symbol), fields) end)
end

-- An operand that stands in the code of `boot` where another belongs, or none.
local function operand(name, title, id, code, fields, twin)
  rule(name, title, { id = id, file = "u.o" }, function(u)
    local boot = u:symbol "boot"
    u:change(boot, { bytes = code, flags = 0x20 })
    u:fixup(boot, fields)
  end, twin)
end

operand("operand-of-another-kind", "a function index is no operand of i32.const",
  "RELOC_OPERAND", "\0\x41\x1a\x0b", { kind = "function", position = 2, target = "f" },
  { "it is written where it is said to stand", { code("boot", { "i32.const 1", "drop" }) } })
operand("operand-where-there-is-none", "what follows `nop` is no operand",
  "RELOC_OPERAND", "\0\1\x0b", { kind = "function", position = 2, target = "f" })
operand("offset-for-a-constant", "the offset of a load is no constant",
  "RELOC_ENCODING", "\0\x41\x1a\x0b", { kind = "offset", position = 2, target = "x" })
operand("thread-local-offset-of-plain-data", "a thread-local offset is that of thread-local data",
  "RELOC_TLS", "\0\x41\x1a\x0b", { kind = "tls", position = 2, target = "x" })

rule("second-operand", "every operand is looked at, not only the first",
  { id = "RELOC_TLS", file = "u.o" }, function(u)
    local boot = u:symbol "boot"
    u:change(boot, { bytes = "\0\x10\x41\x1a\x0b", flags = 0x20 })
    u:fixup(boot, { kind = "function", position = 2, target = "boot" })
    u:fixup(boot, { kind = "tls", position = 3, target = "x" })
  end)

change("name-that-is-no-text", "names are UTF-8", { id = "NAME_UTF8" }, "boot",
  { name = "boot\xff" })
change("import-name-that-is-no-text", "so are those of imports",
  { id = "NAME_UTF8", field = "puts" }, "puts", { import_module = "\xc0\x80" })
change("unknown-flags", "a symbol has flags of the list", { id = "SYMBOL_FLAGS" }, "boot",
  { flags = 0x40000000 })
change("thread-local-function", "only data is thread-local", { id = "SYMBOL_TLS" }, "boot",
  { flags = 0x100 })
change("flags-of-the-first-symbol", "the first symbol, too",
  { id = "SYMBOL_FLAGS", of = 1 }, "x", { flags = 0x40000020 })
rule("operand-of-the-first-function", "and the first function",
  { id = "RELOC_ENCODING", file = "u.o" }, function(u)
    local f = u:symbol "f"
    u:change(f, { bytes = "\0\x10\x41\x1a\x0b" })
    u:fixup(f, { kind = "offset", position = 3, target = "x" })
  end)
change("local-and-exported", "a local symbol is not exported", { id = "SYMBOL_LOCAL_EXPORTED" },
  "boot", { flags = 0x22 })
