-- DynamicLinking.md, and what binds a linker of the smaller documents.

local LOADER = "it binds the loader alone"

return {
  { "DynamicLinking.md", "the-dylink0-section",
    { "dylink.section", "must", "a dynamic library has the custom section \"dylink.0\"" },
    { "dylink.first", "should", "it is the very first section" },
    { "dylink.sub-section", "must", "it is a list of sub-sections: a type, a size, as many " ..
      "bytes" },
    { "dylink.mem-info", "must", "1 WASM_DYLINK_MEM_INFO: size and alignment of memory and " ..
      "table" },
    { "dylink.mem-info.memory-size", "must", "bytes of memory to reserve at __memory_base" },
    { "dylink.mem-info.memory-alignment", "must", "their alignment, as the exponent of a power " ..
      "of 2" },
    { "dylink.mem-info.table-size", "must", "slots to reserve at __table_base" },
    { "dylink.mem-info.table-alignment", "must", "their alignment, as the exponent of a power " ..
      "of 2" },
    { "dylink.needed", "must", "2 WASM_DYLINK_NEEDED: names of libraries that are loaded before" },
    { "dylink.export-info", "must", "3 WASM_DYLINK_EXPORT_INFO: flags of exports" },
    { "dylink.import-info", "must", "4 WASM_DYLINK_IMPORT_INFO: module, field and flags of " ..
      "imports" },
    { "dylink.runtime-path", "must", "5 WASM_DYLINK_RUNTIME_PATH: where needed libraries are " ..
      "looked for" },
    { "dylink.string", "must", "a string is its length and UTF-8 bytes" },
    { "dylink.flags", "must", "flags are those of the symbol table" },
    { "loader.reserve", "must", "the loader reserves so much, aligned so: memory of zeros, " ..
      "slots of null", LOADER },
    { "loader.needed", "must", "it loads needed libraries before", LOADER },
    { "dylink.bss", "must", "memory that is reserved is zero where no segment writes" },
  },
  { "DynamicLinking.md", "interface-and-usage",
    { "dylink.import.memory", "may", "a library imports env.memory" },
    { "dylink.import.table", "may", "and env.__indirect_function_table" },
    { "dylink.import.stack-pointer", "may", "and env.__stack_pointer, a mutable i32" },
    { "dylink.import.memory-base", "may", "and env.__memory_base, an immutable i32, for its " ..
      "segments" },
    { "dylink.import.table-base", "may", "and env.__table_base, an immutable i32, for its " ..
      "elements" },
  },
  { "DynamicLinking.md", "relocations",
    { "reloc.memory-addr-rel-sleb", "must", "11 R_WASM_MEMORY_ADDR_REL_SLEB: an address minus " ..
      "__memory_base, 5 bytes of signed LEB128" },
    { "reloc.table-index-rel-sleb", "must", "12 R_WASM_TABLE_INDEX_REL_SLEB: a slot minus " ..
      "__table_base, 5 bytes of signed LEB128" },
    { "reloc.memory-addr-rel-sleb64", "must", "17 R_WASM_MEMORY_ADDR_REL_SLEB64: as 11, 10 bytes" },
    { "reloc.memory-addr-tls-sleb", "must", "21 R_WASM_MEMORY_ADDR_TLS_SLEB: an address minus " ..
      "__tls_base, 5 bytes of signed LEB128" },
    { "reloc.memory-addr-tls-sleb64", "must", "25 R_WASM_MEMORY_ADDR_TLS_SLEB64: as 21, 10 bytes" },
    { "dylink.pic-only", "must", "all code of a library is position independent" },
    { "dylink.absolute-refused", "must", "R_WASM_MEMORY_ADDR_SLEB and R_WASM_TABLE_INDEX_SLEB " ..
      "are refused there" },
    { "dylink.apply-data-relocs", "must", "code that the linker makes writes the addresses in " ..
      "data that only the loader knows" },
    { "dylink.apply-data-relocs.export", "may", "it is exported as __wasm_apply_data_relocs" },
    { "dylink.apply-data-relocs.order", "must", "it runs before any other function, " ..
      "constructors too" },
  },
  { "DynamicLinking.md", "imports",
    { "dylink.import.function", "must", "functions are imported from env" },
    { "got.mem", "must", "addresses of data are imported as globals from GOT.mem" },
    { "got.func", "must", "addresses of functions are imported as globals from GOT.func" },
    { "got.mutable", "must", "these globals are mutable" },
    { "got.internal", "de-facto", "where the address is known the linker makes a global that " ..
      "holds it" },
  },
  { "DynamicLinking.md", "text-format-of-dylink0",
    { "loader.runtime-path", "should", "a loader looks there for needed libraries without a " ..
      "slash in their names; $ORIGIN is the module's own folder", LOADER },
  },
  { "DynamicLinking.md", "exports",
    { "dylink.export.function", "must", "functions are exported as functions" },
    { "dylink.export.address", "must", "addresses are exported as i32 globals" },
    { "dylink.export.relative", "must", "counted from __memory_base, which the loader adds" },
    { "loader.address", "must", "what the loader gives to others is the sum", LOADER },
  },
  { "DynamicLinking.md", "note-for-memorytable-exports",
    { "dylink.no-memory-export", "may", "libraries and PIE need not export memory and table" },
    { "loader.refuse", "may", "a loader refuses a library that does not import them", LOADER },
    { "memory.export", "must", "other executables export memory" },
  },
  { "BuildId.md", "build-id-section",
    { "build-id.section", "must", "the custom section build_id has a length and as many bytes" },
    { "build-id.place", "may", "it stands anywhere", "there is nothing to break" },
  },
  { "BuildId.md", "implementation-notes",
    { "build-id.unique", "should", "an id names one build" },
    { "build-id.asked-for", "de-facto", "there is one when --build-id asks for it" },
    { "build-id.kept", "de-facto", "stripping keeps it" },
    { "build-id.deterministic", "de-facto", "by default it is a hash of the output: the same " ..
      "inputs, the same id" },
    { "build-id.styles", "de-facto", "a hash, random bytes, or what the user says" },
  },
  { "ProducersSection.md", "custom-section",
    { "producers.once", "must", "there is one producers section at most" },
    { "producers.order", "must", "it stands behind the name section" },
    { "producers.field", "must", "it is a list of fields: name, count, pairs of name and version" },
    { "producers.field.known", "must", "fields are language, processed-by and sdk, each once" },
    { "producers.value.unique", "must", "in a field a tool is named once" },
    { "producers.end", "must", "the last field ends where the section ends" },
    { "producers.merge", "de-facto", "the output names all tools of all inputs" },
    { "producers.first-version", "de-facto", "of two versions of a tool the first is kept" },
  },
  { "CodeMetadata.md", "binary-representation",
    { "code-metadata.section", "must", "metadata.code.T: a vector of functions, each its index " ..
      "and a vector of instances, each an offset in the function's body and data" },
    { "code-metadata.order", "must", "functions in increasing order of index, each once; the " ..
      "instances of one in increasing order of offset, each once" },
    { "code-metadata.position", "must", "an offset is that of the instruction, wherever it went" },
    { "code-metadata.merge", "must", "the sections of all inputs are one vector" },
    { "code-metadata.own-function", "open", "an index is that of a function of the object " ..
      "itself, by relocation or as a number, whoever has that function's name in the end" },
    { "code-metadata.place", "de-facto", "the section stands in front of the code: engines look " ..
      "for branch hints nowhere else" },
  },
  { "CodeMetadata.md", "code-metadata",
    { "code-metadata.drop", "must", "a tool drops what it cannot keep: what is said of code " ..
      "that is not in the output, and all of a section that it does not know" },
  },
}
