-- Modules that a loader completes: what wasm-ld writes, and loaders rely on, where
-- DynamicLinking.md says nothing.

return {
  { "practice", "modules-for-a-loader",
    { "dylink.bases", "de-facto", "__memory_base and __table_base are imported in any case" },
    { "dylink.one-segment", "de-facto", "without extended constant expressions the data is one " ..
      "segment, at __memory_base" },
    { "dylink.segments", "de-facto", "with them each segment is at __memory_base and " ..
      "its distance" },
    { "dylink.elements", "de-facto", "the slots are filled from __table_base on" },
    { "dylink.memory-minimum", "de-facto", "the memory that is imported has room for the " ..
      "module's data at least" },
    { "dylink.table-limits", "de-facto", "the table that is imported has room for the module's " ..
      "slots at least, and no maximum" },
    { "dylink.apply-data-relocs.bytes", "de-facto", "until pointers are written their bytes " ..
      "hold distances from the base, and 0 for what is elsewhere" },
    { "dylink.apply-data-relocs.on-demand", "de-facto", "the code is there when a pointer " ..
      "needs it" },
    { "dylink.custom-start", "de-facto", "the start function completes what the module itself " ..
      "knows, and calls no code of an input" },
    { "got.once", "de-facto", "a symbol has one entry, whoever asks for it" },
    { "got.direct", "de-facto", "a call needs no entry: the function itself is imported" },
    { "got.complete", "de-facto", "without extended constant expressions the start function " ..
      "completes entries of the module's own" },
    { "got.expression", "de-facto", "with them they are constants" },
    { "got.names", "de-facto", "entries of the module's own are named for what they hold" },
    { "shared.exports", "de-facto", "a library exports what is defined and not hidden, and " ..
      "keeps it" },
    { "shared.interposition", "de-facto", "addresses of what a library exports come from the " ..
      "GOT: the loader may choose another module's" },
    { "shared.direct-call", "de-facto", "but calls of its strong functions are direct" },
    { "shared.weak", "de-facto", "its weak functions are imported and exported, and calls are " ..
      "of the import" },
    { "shared.symbolic", "de-facto", "-Bsymbolic: it takes its own" },
    { "shared.memory", "de-facto", "it imports the memory, shared if --shared-memory says so" },
    { "shared.constructors", "de-facto", "it exports __wasm_call_ctors, constructors or not, " ..
      "and wraps no function" },
    { "pie.own", "de-facto", "a program that is moved takes its own definitions" },
    { "pie.entry", "de-facto", "it has an entry, as other programs" },
    { "pie.exports", "de-facto", "and exports no more than they do" },
    { "pie.memory", "de-facto", "it defines and exports its memory, unless --import-memory is " ..
      "given; the table is imported" },
    { "pie.symbols", "de-facto", "of the linker's own symbols it has those that count from its " ..
      "data, and not those of stack and heap" },
    { "dylink.undefined", "de-facto", "an undefined strong symbol is an error, as in other links" },
    { "dylink.undefined-weak", "de-facto", "a weak one is left to the loader" },
    { "undefined.policy.import-dynamic", "de-facto", "--unresolved-symbols=import-dynamic: all " ..
      "are left to the loader" },
    { "dylink.import.name", "de-facto", "a function with an import name is imported under that" },
    { "threads.placed", "de-facto", "where threads share the memory the segments are passive, " ..
      "and are copied to __memory_base and their distance, once" },
    { "tls.placed", "de-facto", "a thread's block is copied by __wasm_init_tls" },
    { "option.experimental-pic", "de-facto", "--experimental-pic: no warning that modules for a " ..
      "loader may still change" },
    { "option.shared-options", "de-facto", "who places memory, table and data is the loader: " ..
      "options that do are refused" },
  },
}
