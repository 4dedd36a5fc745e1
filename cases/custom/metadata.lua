-- Code metadata: custom sections metadata.code.T, each one vector of functions, by CodeMetadata.md.
-- Linking.md knows them not: custom sections of one name are joined as bytes.

-- An object whose function has one instance of metadata, with the function's index relocated.
local function hinted(name)
  local o = object(name .. ".o")
  local f = o:func(name, { sig = "->", no_strip = true, code = "nop" })
  o:custom("metadata.code.test", { bytes = { "\1", reloc { type = "R_WASM_FUNCTION_INDEX_LEB",
    sym = f, bytes = "\x80\x80\x80\x80\0" }, "\1\1\1" .. name } })
  return o
end

-- Its bytes in the output, where the function has another index.
local function bytes(name, index)
  return "\1" .. string.char(0x80 | index) .. "\x80\x80\x80\0\1\1\1" .. name
end

case "of-one-object" {
  title = "code metadata of one object is kept, with the function's new index",
  clauses = { "code-metadata.section", "code-metadata.merge" },
  link = function()
    local other = object "other.o"
    other:func("other", { sig = "-> i32", no_strip = true, code = "i32.const 1" })
    return { "--no-entry", other, hinted "a" }
  end,
  expect = { custom("metadata.code.test", bytes("a", 1)) },
}

-- Two vectors stand one behind the other, where a reader expects one.
case "joined-as-bytes" {
  title = "code metadata of two objects is joined as any other custom section is",
  clauses = { "code-metadata.merge", "code-metadata.section", "custom.concatenate" },
  link = function() return { "--no-entry", hinted "a", hinted "b" } end,
  expect = { custom("metadata.code.test", bytes("a", 0) .. bytes("b", 1)) },
  golden = false, reason = "wasm-validate reads one vector, and finds more",
}
