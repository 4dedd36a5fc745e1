-- Open questions of dynamic linking: fields as in questions.lua.

return {

-- Shared libraries --------------------------------------------------------------------------------

{ id = "question.hidden-from-a-library",
  title = "Can a hidden reference mean a shared library's definition?",
  clauses = { "library.hidden", "symbol.visibility.hidden" },
  text = "Hidden symbols are not exported by the final link, but other objects of it may refer " ..
    "to them. What a hidden symbol that stays undefined means is not said, nor does " ..
    "DynamicLinking.md mention visibility.",
  readings = { "No: the symbol is one of this module, and stays undefined.",
    "Yes: visibility is about the exports of definitions." },
  cases = { "dynamic/library-links/hidden-reference", "dynamic/library-links/hidden-data" },
  takes = { { "wasm-ld", "<18", 0, "does not read the names of a library" },
    { "wasm-ld", ">=18", 2, "imports it (17, 18, 20, 21: not run)" } },
  model = { 2, "the text gives hidden no other effect than on exports" },
  propose = "The visibility of an undefined symbol does not matter: a shared library may define " ..
    "it." },

-- Modules for a loader ----------------------------------------------------------------------------

{ id = "question.weak-definition-of-a-library",
  title = "May another module replace a library's weak function?",
  clauses = { "shared.weak", "shared.direct-call", "symbol.binding.weak" },
  text = "Of weak definitions all but one are discarded in a link. DynamicLinking.md imports " ..
    "external functions from env and exports a module's own; of a function that is both defined " ..
    "and weak it says nothing, nor of one that several modules define.",
  readings = { "No: the library's own calls are of its own function.",
    "Yes: it is imported and exported, and calls are of the import." },
  cases = { "dynamic/replacing/weak-call", "dynamic/replacing/direct-call",
    "dynamic/replacing/weak-hidden" },
  takes = { { "wasm-ld", ">=14", 2, "imports it, exports its own, and calls the import" } },
  model = { 2, "inline functions and templates of C++ are weak, and are to be one in a program" },
  propose = "A function that a shared library defines, and that is weak and not hidden, is " ..
    "imported from env as well as exported; the library calls the import, and the loader gives " ..
    "it the definition of the first module that has one." },

{ id = "question.undefined-in-a-library",
  title = "Is an undefined strong symbol of a library an import or an error?",
  clauses = { "dylink.undefined", "undefined.policy.import-dynamic", "dylink.import.function" },
  text = "Functions are imported from env, addresses from GOT.mem and GOT.func. Whether every " ..
    "undefined symbol is imported so, or those alone that another module is known to define, " ..
    "is not said.",
  readings = { "It is imported: the loader will know who has it.",
    "It is an error, unless an input that is a shared library defines it, or the user says " ..
      "that the loader will." },
  cases = { "dynamic/undefined/function-shared", "dynamic/undefined/dynamic-function-shared",
    "dynamic/undefined/weak-function-shared" },
  takes = { { "wasm-ld", ">=14 <=16", 1, "imports it" },
    { "wasm-ld", ">=19", 2, "reports it; --unresolved-symbols=import-dynamic imports all " ..
      "(17, 18: not run)" } },
  model = { 2, "a misspelt name is told when the library is linked, not when it is loaded" },
  propose = "An undefined strong symbol that no input defines is an error, unless the user asks " ..
    "for such symbols to be imported." },

{ id = "question.alignment-of-a-library",
  title = "Is an alignment in dylink.0 an exponent or a number of bytes?",
  clauses = { "dylink.mem-info.memory-alignment", "dylink.mem-info.table-alignment" },
  text = "memoryalignment is \"in bytes, encoded as a power of 2\", and tablealignment " ..
    "likewise. The examples of the text format call `(memory 100 1)` an alignment of 1 byte, " ..
    "and `(table 10 2)` one of 2.",
  readings = { "The exponent: 6 means 64 bytes.", "The number itself: 64 means 64 bytes." },
  cases = { "dynamic/section/alignment-of-data", "dynamic/section/alignment-of-zeros" },
  takes = { { "wasm-ld", ">=14", 1, "writes the exponent" } },
  model = { 1, "loaders read it so" },
  propose = "memoryalignment is the base-2 logarithm of the alignment in bytes, tablealignment " ..
    "that of the alignment in elements; in the text format, too: `(memory 100 1)` is 100 bytes " ..
    "aligned to 2." },

{ id = "question.heap-of-a-moved-program",
  title = "Who defines __heap_base in a program that the loader places?",
  clauses = { "pie.symbols", "layout.symbol.heap-base", "layout.symbol.stack" },
  text = "The bounds of heap and stack are nowhere mentioned. libc's allocator reads " ..
    "__heap_base, and it is the loader that says where data, stack and heap are.",
  readings = { "The linker, counted from __memory_base.",
    "Not the linker: it is undefined, and may be imported from GOT.mem." },
  cases = { "dynamic/undefined/heap-base-dynamic-pie", "dynamic/undefined/heap-base-pie",
    "dynamic/undefined/data-end-pie" },
  takes = { { "wasm-ld", ">=14 <=16", 2, "imports it from GOT.mem" },
    { "wasm-ld", ">=19", 2, "reports it, or imports it from GOT.mem when the user says so " ..
      "(17, 18: not run)" } },
  model = { 2, "behind the program's data may lie a library's" },
  propose = "The loader provides GOT.mem.__heap_base, GOT.mem.__heap_end, GOT.mem.__stack_low " ..
    "and GOT.mem.__stack_high; a linker does not define them in a module that it does not place." },

{ id = "question.memory-of-a-moved-program",
  title = "Whose is the memory of a program that the loader places?",
  clauses = { "pie.memory", "dylink.no-memory-export", "dylink.import.memory" },
  text = "Programs of this kind \"are already importing\" memory and table, so they need not " ..
    "export them; elsewhere it is said that a module may import them.",
  readings = { "The loader's: it is imported.",
    "The program's own: it is defined and exported, unless the user asks for an import." },
  cases = { "dynamic/placement/memory-of-pie", "dynamic/placement/imported-memory-of-pie",
    "dynamic/placement/table-of-pie" },
  takes = { { "wasm-ld", ">=14", 2, "defines and exports the memory, and imports the table" } },
  model = { 2, "objects and loaders of today get it so; with --import-memory it is the text's" },
  propose = "A PIE executable imports env.__indirect_function_table. It may import env.memory, " ..
    "or define and export it; a loader accepts both." },

{ id = "question.needed-of-a-needed-library",
  title = "Does a module list what the libraries that it needs need themselves?",
  clauses = { "dylink.needed", "library.needed" },
  text = "WASM_DYLINK_NEEDED has the modules \"that this one depends on\"; the loader loads " ..
    "them before. Whether dependencies of dependencies are among them is not said.",
  readings = { "No: the loader finds them in the section of the library that needs them.",
    "Yes: the list is complete." },
  cases = { "dynamic/libraries/needed-of-a-library", "dynamic/libraries/needed-order" },
  takes = { { "wasm-ld", ">=19", 1, "lists the libraries of its command line, used or not" } },
  model = { 1, "the loader reads each library's list in any case" },
  propose = "The list has the libraries that the module was linked with, and not what they need " ..
    "in turn." },

{ id = "question.flags-of-exports",
  title = "Which flags does dylink.0 say of an export?",
  clauses = { "dylink.export-info", "dylink.flags", "dylink.import-info" },
  text = "An entry of the export info is a name and symbol flags, the same as in Linking.md. " ..
    "Which exports have an entry, which of the flags it has, and what a loader or a linker that " ..
    "reads the library makes of each, is not said. The example is thread-local.",
  readings = { "All: every export has an entry, unless none of its flags is set; that a " ..
      "definition is weak is for others to know.",
    "WASM_SYM_TLS: exports that are not thread-local have no entry." },
  cases = { "dynamic/section/weak-and-undefined", "dynamic/section/thread-local-exports",
    "dynamic/library-links/said-of-an-export" },
  takes = { { "wasm-ld", ">=14", 2, "lists thread-local data alone; of imports it lists those " ..
    "that are weak" } },
  model = { 2, "that a function is weak is told by its import beside the export; no other flag " ..
    "is about a definition that is linked already" },
  propose = "Export info lists the exports that are thread-local, with WASM_SYM_TLS; import " ..
    "info those imports that may be missing, with WASM_SYM_BINDING_WEAK and WASM_SYM_UNDEFINED. " ..
    "Other flags have no meaning in either, and who reads them ignores them." },

{ id = "question.zeros-of-a-library",
  title = "Is zero-initialised data part of the size that dylink.0 says?",
  clauses = { "dylink.bss", "dylink.mem-info.memory-size" },
  text = "memorysize is what the loader reserves and initialises to zero; it \"can be larger " ..
    "than the memory segments in the module, if the dynamic library wants additional space\". " ..
    "That data of zeros is such space, and that a module may rely on the loader's zeros, is not " ..
    "said.",
  readings = { "It is part of it, and the loader's zeros are its bytes.",
    "The size is that of the segments: a module that leaves zeros out sees to their room itself." },
  cases = { "dynamic/section/memory", "dynamic/section/alignment-of-zeros",
    "dynamic/section/memory-of-pie" },
  takes = { { "wasm-ld", ">=14", 1, "counts it; but as in any memory that is imported it writes " ..
    "the zeros, too, in a segment or by memory.fill" } },
  model = { 1, "a loader knows no other size" },
  propose = "memorysize includes zero-initialised data. Since the loader zeroes the area, a " ..
    "module need not write zeros to it." },

{ id = "question.tokens-of-a-runtime-path",
  title = "What else than $ORIGIN may stand in a runtime path?",
  clauses = { "dylink.runtime-path", "loader.runtime-path" },
  text = "A loader should replace $ORIGIN and ${ORIGIN} by the folder of the library. Of other " ..
    "words behind a dollar sign, of a dollar sign that is part of a name, and of a colon, which " ..
    "separates paths elsewhere, nothing is said.",
  readings = { "Anything: the linker copies an entry as the user wrote it, and it is one path.",
    "Nothing: the linker refuses other tokens, and makes an entry of each part between colons." },
  cases = { "dynamic/section/tokens-in-a-runtime-path", "dynamic/section/runtime-path" },
  takes = { { "wasm-ld", "<21", 0, "has no option that says such a path" },
    { "wasm-ld", ">=21", 1, "copies each (21: not run)" } },
  model = { 1, "what a path is the loader's system says" },
  propose = "An entry is one path. A loader replaces $ORIGIN and ${ORIGIN} and nothing else; a " ..
    "linker changes nothing." },

{ id = "question.absolute-export",
  title = "How does a library export a symbol that is absolute?",
  clauses = { "symbol.absolute", "dylink.export.relative", "dylink.export.address",
    "dylink.export-info" },
  text = "Exported addresses are counted from __memory_base, which the loader adds. A symbol " ..
    "with WASM_SYM_ABSOLUTE is an address of the whole memory, or no address at all. " ..
    "DynamicLinking.md does not mention such symbols.",
  readings = { "By its value, and the loader adds __memory_base to that as to any other.",
    "By its value, with WASM_SYM_ABSOLUTE in the export info: the loader adds nothing.",
    "Not at all." },
  cases = { "dynamic/interface/absolute-address", "dynamic/differences/absolute" },
  takes = { { "wasm-ld", "<18", 0, "does not know absolute symbols" },
    { "wasm-ld", ">=18", 1, "exports the value, and says no more (18, 20, 21: not run)" } },
  model = { 1, "no loader looks for the flag; what other modules get is wrong" },
  propose = "An exported symbol that is absolute is listed in the export info with " ..
    "WASM_SYM_ABSOLUTE; the loader does not add __memory_base to its value." },
}
