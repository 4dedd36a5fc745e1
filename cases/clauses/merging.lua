-- Linking.md, second half: what a linker does with objects.

return {
  { "Linking.md", "merging-global-sections",
    { "globals.numbering", "must", "globals of all objects are numbered anew" },
    { "globals.strong-twice", "must", "two strong definitions of a global are an error" },
    { "globals.weak", "must", "of several weak definitions of a global one is chosen" },
    { "globals.import", "must", "an undefined strong global becomes an import" },
    { "synthetic.symbols", "may", "the linker may provide symbols of its own, as __stack_pointer" },
  },
  { "Linking.md", "merging-event-sections",
    { "tags.numbering", "must", "tags of all objects are numbered anew" },
    { "tags.strong-twice", "must", "two strong definitions of a tag are an error" },
    { "tags.weak", "must", "of several weak definitions of a tag one is chosen" },
    { "tags.import", "must", "an undefined strong tag becomes an import" },
  },
  { "Linking.md", "merging-function-sections",
    { "functions.numbering", "must", "functions of all objects are numbered anew, imports first" },
    { "functions.calls", "must", "the target of a call is rewritten, imported or defined" },
    { "functions.addresses", "must", "where a function's address is taken, its table slot is " ..
      "written" },
    { "functions.size", "must", "rewriting changes no size, since the numbers are padded" },
    { "functions.content", "silent", "a function's code is the input's, but for relocations" },
    { "functions.type", "silent", "a function keeps its type" },
    { "functions.import", "must", "an undefined strong function becomes an import" },
    { "export.default", "open", "\"an export for each defined symbol with non-local linkage " ..
      "and non-hidden visibility\", of functions, globals and tags: linkers export what is " ..
      "asked for" },
  },
  { "Linking.md", "merging-data-sections",
    { "data.symbol-pulls-segment", "must", "a data symbol that is linked brings its segment" },
    { "data.segment-grouping", "must", "segments whose names begin alike, as .data or .rodata, " ..
      "become one" },
    { "data.segment-grouping.prefixes", "silent", "which prefixes there are" },
    { "data.shared-and-not", "must", "shared and unshared segments are not merged: an error" },
    { "data.concatenated", "must", "the output's data are those of the inputs, one behind the " ..
      "other" },
    { "data.whole", "must", "a segment is linked as a whole or not at all" },
    { "data.alignment", "must", "a segment lies at a multiple of its alignment" },
    { "data.no-overlap", "must", "no two segments share bytes of memory" },
    { "data.content", "must", "a segment's bytes are the input's, but for relocations" },
  },
  { "Linking.md", "merging-custom-sections",
    { "custom.concatenate", "must", "custom sections of one name become one, their contents " ..
      "one behind the other" },
    { "custom.section-symbol", "must", "a section symbol then means the output's section, and " ..
      "offsets count from its beginning" },
    { "custom.order", "silent", "the order of the custom sections" },
    { "custom.consumed", "de-facto", "sections that are for the linker are not copied: " ..
      "\"linking\", \"reloc.*\", \"name\", \"producers\", \"target_features\"" },
  },
  { "Linking.md", "comdats",
    { "comdat.first-wins", "must", "all members of a group come from one object; those of " ..
      "other objects are left out" },
    { "comdat.which", "silent", "which object: the first that brings the group" },
    { "comdat.members", "must", "functions, data segments and custom sections can be members" },
    { "comdat.whole", "must", "a group's members stay together" },
    { "comdat.references", "de-facto", "a reference to a member that is left out means the one " ..
      "kept" },
    { "comdat.locals", "silent", "local symbols of a member that is left out" },
    { "comdat.init-functions", "de-facto", "a constructor that is left out is not called" },
    { "comdat.gc", "silent", "a group does not keep its members alive" },
  },
  { "Linking.md", "processing-relocations",
    { "reloc.applied", "must", "the output has all relocations applied" },
    { "types.synthesized", "must", "the output's types are made anew: all that functions and " ..
      "type relocations need" },
    { "types.once", "de-facto", "each type once" },
    { "table.synthesized", "must", "the output's table is made anew: a slot for each function " ..
      "that a table relocation names" },
    { "table.null", "must", "slot 0 is empty, so that a call of 0 traps" },
    { "table.slot-once", "de-facto", "a function has one slot, whoever asks" },
    { "reloc.weak-undefined.table", "must", "the slot of a weak undefined function is 0" },
    { "reloc.weak-undefined.call", "open", "a call of a weak undefined function is an error in " ..
      "the text; linkers let it trap" },
    { "reloc.weak-undefined.global", "must", "a weak undefined global is an error" },
    { "reloc.memory.value", "must", "an address is where the symbol lies in memory, plus the " ..
      "addend" },
    { "reloc.memory.undefined", "must", "an undefined symbol's address is 0" },
    { "reloc.memory.undefined-addend", "open", "whether the addend is added to that 0" },
    { "reloc.memory.undefined-strong", "open", "a strong undefined symbol is 0 in this " ..
      "sentence, and an error in practice" },
    { "reloc.function-offset.value", "must", "function offsets are those of the output's code " ..
      "section" },
    { "reloc.section-offset.value", "must", "section offsets are those of the output's sections" },
    { "reloc.weak-undefined.tag", "must", "a weak undefined tag is an error" },
    { "reloc.overflow", "silent", "a value that its bytes cannot hold is an error" },
  },
  { "Linking.md", "start-section",
    { "start.none", "should", "without shared memory there is no start section" },
    { "start.entry", "should", "the entry function is exported, not started" },
    { "init.call-ctors", "must", "__wasm_call_ctors calls the constructors; who embeds the " ..
      "module has it called" },
    { "init.call-ctors.export", "must", "__wasm_call_ctors is not exported unless asked for" },
    { "start.shared-memory", "must", "with shared memory the start function initialises memory" },
  },
  { "Linking.md", "lowering-atomics-and-tls-to-mvp",
    { "threads.disallowed", "must", "shared memory is an error when an object disallows atomics" },
    { "threads.agnostic", "must", "an object that neither uses nor disallows atomics links " ..
      "either way" },
    { "threads.lowered", "must", "without shared memory thread-local data are ordinary data" },
  },
  { "Linking.md", "shared-memory-and-passive-segments",
    { "threads.passive", "must", "with shared memory all data segments are passive" },
    { "threads.init-memory", "must", "__wasm_init_memory copies the segments and drops them" },
    { "threads.init-memory.unexported", "must", "it is not exported" },
    { "threads.init-once", "must", "memory is initialised once, and no thread goes on before" },
    { "threads.data-count", "must", "there is a data count section" },
    { "threads.drop", "must", "segments are dropped when they have been copied, but for TLS" },
    { "threads.bss", "silent", "data of zeros: filled, or left out" },
  },
  { "Linking.md", "thread-local-storage",
    { "tls.segment", "must", "thread-local data are one passive segment, .tdata" },
    { "tls.size", "must", "__tls_size, an immutable i32: the bytes of the block, padding " ..
      "included; 0 without thread-local data" },
    { "tls.align", "must", "__tls_align, an immutable i32: the block's alignment in bytes; 1 " ..
      "without thread-local data" },
    { "tls.base", "must", "__tls_base, a mutable i32 that begins as 0" },
    { "tls.init", "must", "__wasm_init_tls takes the block's address" },
    { "tls.init.nothing", "must", "without thread-local data it does nothing" },
    { "tls.init.copy", "must", "it copies .tdata into the block" },
    { "tls.init.base", "must", "and then sets __tls_base to the block" },
    { "tls.offset", "must", "relocations of thread-local symbols are offsets in the block" },
    { "tls.wasm64", "silent", "the types of these on wasm64: the text says i32" },
    { "tls.main-thread", "de-facto", "the first thread's block lies in memory, and __tls_base " ..
      "is its address" },
    { "tls.base.one-thread", "de-facto", "where there is one thread __tls_base is an address, " ..
      "and no null pointer, thread-local data or not" },
  },
  { "Linking.md", "limitations",
    { "data.passive-input", "must", "objects have no passive segments that code refers to" },
  },
}
