-- Open questions: where the convention is silent, can be read in two ways, or is not what is done.
--
-- Each can be sent to its maintainers as it stands (`linkspec explain ID`).  Fields:
--   clauses    what it is about; they say in which document, and under which heading
--   text       what the document says, or that it says nothing
--   readings   two or more
--   cases      the first tells the readings apart, by its bytes; the others are its neighbours
--   takes      { linker, versions, number of the reading, what it does }; 0: none of them, or it
--              cannot be told.  clauses.lua says which releases were run (`tried`)
--   model      { the reading of the model, why }
--   propose    a sentence for the document
-- Rule of thumb: whoever says what a linker does has run it on the first case.

return {

-- Symbols -----------------------------------------------------------------------------------------

{ id = "question.weak-undefined-call",
  title = "May a function that is weak and undefined be called directly?",
  clauses = { "reloc.weak-undefined.call", "symbol.undefined.weak" },
  text = "A R_WASM_FUNCTION_INDEX_LEB relocation whose symbol is a weak undefined function " ..
    "makes the link fail, since no index would be right; front ends are told to use " ..
    "call_indirect.",
  readings = { "Such a link fails.",
    "It succeeds, and the call traps when it is made: the program tests the address first." },
  cases = { "validate/passes/call-of-an-undefined-weak-function",
    "symbols/weak/undefined-function-is-a-stub" },
  takes = { { "wasm-ld", ">=14", 2, "makes a function of the call's type, which is unreachable" },
    { "zig", ">=0.16", 1, "reports an undefined function" } },
  model = { 2, "clang emits such calls, and objects of WASI's libc and libc++ need them" },
  propose = "If the function symbol is weak and undefined, the linker shall write the index of " ..
    "a synthetic function of the same type that traps when it is called." },

{ id = "question.undefined-strong-function",
  title = "Is a strong undefined function an import or an error?",
  clauses = { "functions.import", "symbol.undefined.strong", "symbol.undefined.import" },
  text = "A module that is not relocatable has an import for each undefined strong symbol.",
  readings = { "Every strong undefined function becomes an import.",
    "It is an error, unless its object names the import (WASM_SYM_EXPLICIT_NAME) or the user " ..
      "allows it." },
  cases = { "symbols/undefined/function", "symbols/imports/explicit-name",
    "symbols/policies/function-import-undefined" },
  takes = { { "wasm-ld", ">=14", 2, "reports an undefined symbol" },
    { "zig", ">=0.16", 1, "imports it from env, under the symbol's name" } },
  model = { 2, "a misspelt name would else be found by the host only" },
  propose = "An undefined strong function symbol becomes an import if WASM_SYM_EXPLICIT_NAME is " ..
    "set, or if the user asked for undefined symbols to be imported; otherwise it is an error." },

{ id = "question.default-exports",
  title = "Which symbols does a module export that nobody asks to export?",
  clauses = { "export.default", "symbol.exported", "export.flag" },
  text = "A module that is not relocatable has an export for each defined symbol that is " ..
    "neither local nor hidden; this is said of functions, globals and events alike. A flag " ..
    "WASM_SYM_EXPORTED exists besides.",
  readings = { "All that are neither local nor hidden.",
    "Those with WASM_SYM_EXPORTED, the entry, and what options name." },
  cases = { "exports/selection/flag", "gc/roots/default-visibility-is-no-root" },
  takes = { { "wasm-ld", ">=14", 2, "exports them all with --export-dynamic only" },
    { "zig", ">=0.16", 2, "exports those with the flag" } },
  model = { 2, "by the first reading nothing of a libc.a could be left out" },
  propose = "By default only symbols with WASM_SYM_EXPORTED are exported; the user may ask for " ..
    "an export of each defined symbol with non-local linkage and non-hidden visibility." },

{ id = "question.hidden-and-exported",
  title = "Is a symbol exported that is both hidden and exported?",
  clauses = { "symbol.hidden-exported", "symbol.visibility.hidden", "symbol.exported" },
  text = "Hidden symbols are not exported by a final link; WASM_SYM_EXPORTED means that the " ..
    "symbol is to be exported. Nothing is said of both flags at once.",
  readings = { "It is not exported.", "It is exported.", "The object is not valid." },
  cases = { "exports/selection/flag-and-hidden" },
  takes = { { "wasm-ld", ">=14", 2, "exports it" }, { "zig", ">=0.16", 2, "exports it" } },
  model = { 2, "clang sets both for export_name with -fvisibility=hidden" },
  propose = "WASM_SYM_EXPORTED takes precedence over WASM_SYM_VISIBILITY_HIDDEN." },

{ id = "question.undefined-data-addend",
  title = "Is the addend added to the address of an undefined symbol?",
  clauses = { "reloc.memory.undefined-addend", "reloc.memory.undefined" },
  text = "The value of a R_WASM_MEMORY_* relocation is an offset plus the addend; for an " ..
    "undefined symbol the value of the relocation is 0.",
  readings = { "The value is 0, whatever the addend.", "The address is 0, the value the addend." },
  cases = { "symbols/undefined/weak-data", "symbols/policies/data-ignore" },
  takes = { { "wasm-ld", ">=14", 1, "writes 0" },
    { "zig", ">=0.16", 0, "reports a weak undefined variable as an error" } },
  model = { 1, "the sentence speaks of the relocation's value; and a test for null stays true" },
  propose = "If the symbol is undefined, the value of the relocation shall be 0, and the addend " ..
    "is ignored." },

{ id = "question.undefined-strong-data",
  title = "Is the address of strong undefined data 0, or an error?",
  clauses = { "reloc.memory.undefined-strong", "symbol.undefined.strong" },
  text = "R_WASM_MEMORY_* relocations cannot fail; if the symbol is undefined, \"whether weak " ..
    "or strong\", the value is 0.",
  readings = { "The link succeeds, and the address is 0.",
    "The link fails, unless the user allows undefined symbols; then it is 0." },
  cases = { "symbols/undefined/data", "symbols/policies/data-allow" },
  takes = { { "wasm-ld", ">=14", 2, "reports an undefined symbol" },
    { "zig", ">=0.16", 2, "reports undefined data" } },
  model = { 2, "an address of 0 that nobody tests is a bug that nobody sees" },
  propose = "If the symbol is weakly undefined, the value shall be 0. A strongly undefined data " ..
    "symbol is an error, unless the user allows it; then the value shall be 0 as well." },

{ id = "question.undefined-address-allowed",
  title = "What is the address of an undefined function when the user ignores undefined symbols?",
  clauses = { "reloc.weak-undefined.table", "undefined.policy.ignore" },
  text = "Table relocations of symbols that have neither import nor definition give 0, " ..
    "\"namely\" those of weakly undefined functions.",
  readings = { "0: it has neither.", "A table slot, with a function in it that traps." },
  cases = { "symbols/policies/address-ignore", "symbols/weak/undefined-function-is-a-stub" },
  takes = { { "wasm-ld", ">=14", 2, "gives the function that traps a slot" },
    { "zig", ">=0.16", 0, "has no such option" } },
  model = { 1, "0 traps as well, and the program can see it" },
  propose = "The value 0 is written for every function symbol without import and definition, " ..
    "weak or not." },

{ id = "question.weak-choice",
  title = "Which of several weak definitions is kept?",
  clauses = { "symbol.binding.weak.one", "symbol.binding.weak", "archive.lazy.first-wins" },
  text = "If several weak definitions exist and no strong one, all but one are discarded, " ..
    "unspecified which.",
  readings = { "The first in the order of the link.", "The last." },
  cases = { "symbols/weak/first-of-two-weak", "symbols/binding/two-weak-agree" },
  takes = { { "wasm-ld", ">=14", 1, "keeps the first" },
    { "zig", ">=0.16", 2, "keeps the last" } },
  model = { 1, "programs that interpose weak functions rely on it, as they do with ELF" },
  propose = "If several weak definitions exist, the first one in link order is used." },

{ id = "question.import-names-differ",
  title = "May two references to one symbol name different imports?",
  clauses = { "symbol.merge.import", "symbol.import-name" },
  text = "Nothing is said of undefined symbols of one name whose imports have different modules " ..
    "or fields.",
  readings = { "It is an error.", "The first reference names the import for all." },
  cases = { "symbols/imports/modules-of-a-global", "symbols/imports/modules-differ",
    "symbols/imports/modules-differ-but-defined" },
  takes = { { "wasm-ld", ">=14", 2, "takes the first one's names for globals, tables and tags; " ..
      "for functions it reports an error" },
    { "zig", ">=0.16", 1, "reports mismatching module names" } },
  model = { 1, "the two objects mean two things; and what holds of functions holds of globals" },
  propose = "Undefined symbols of one name that are not satisfied by a definition must agree in " ..
    "module and field of their imports; otherwise it is an error." },

{ id = "question.explicit-name-field",
  title = "Does an undefined symbol with WASM_SYM_EXPLICIT_NAME have a name field?",
  clauses = { "symbol.explicit-name", "symbol.import-name" },
  text = "The paragraph gives the symbol its own name where the flag is set; the table below it " ..
    "omits length and name whenever the index is an import's.",
  readings = { "The fields are there: the flag says so.",
    "They are omitted: the index is an import's." },
  cases = { "symbols/imports/explicit-name", "symbols/imports/explicit-name-is-no-definition" },
  takes = { { "wasm-ld", ">=14", 1, "reads a name" }, { "zig", ">=0.16", 1, "reads a name" } },
  model = { 1, "without it the flag would say nothing" },
  propose = "name_len, name_data: omitted if `index` references an import and " ..
    "WASM_SYM_EXPLICIT_NAME is not set." },

{ id = "question.absolute-symbols",
  title = "What do segment index and offset of an absolute symbol mean?",
  clauses = { "symbol.absolute", "symbol.data.segment", "symbol.data.offset" },
  text = "An absolute symbol's offset counts from the start of memory. A defined data symbol " ..
    "has a segment index, and an offset that is at most the segment's size; absolute ones are " ..
    "not excepted.",
  readings = { "The index is written and means nothing, the offset is the address.",
    "The offset is one in the segment of that index." },
  cases = { "symbols/alias/absolute", "symbols/alias/absolute-strong" },
  takes = { { "wasm-ld", ">=14 <19", 2, "holds the offset against the segment's size, and fails" },
    { "wasm-ld", ">=19", 2, "adds the segment's address; dies where the object has no segment" },
    { "zig", ">=0.16", 0, "exports no data, so its address is not seen" } },
  model = { 1, "it is what the flag says" },
  propose = "If WASM_SYM_ABSOLUTE is set, `index` is ignored and should be 0, `offset` is the " ..
    "address, and neither `offset` nor `size` is held against a segment." },

{ id = "question.no-strip-local",
  title = "Does WASM_SYM_NO_STRIP keep a local symbol, and does it load an archive member?",
  clauses = { "symbol.no-strip", "gc.root.no-strip" },
  text = "The flag means that the symbol is included in the output, used or not. Neither local " ..
    "symbols nor archives are mentioned.",
  readings = { "It keeps every symbol that has it.",
    "It keeps those that are not local, of objects that are linked anyway." },
  cases = { "gc/roots/no-strip-local", "archives/lazy/keeping-flags-load-nothing",
    "gc/roots/no-strip-function" },
  takes = { { "wasm-ld", ">=14", 2, "collects the local one" },
    { "zig", ">=0.16", 2, "collects it; it collects global ones, too" } },
  model = { 2, "it is what wasm-ld does; a retained segment is kept by WASM_SEG_FLAG_RETAIN" },
  propose = "The flag has no effect on local symbols, and does not cause an archive member to " ..
    "be linked." },

-- Types, calls and tables -------------------------------------------------------------------------

{ id = "question.signature-mismatch",
  title = "What is a call by another type than that of the definition?",
  clauses = { "signature.mismatch" },
  text = "Nothing is said of a function symbol whose references and definition have different " ..
    "types.",
  readings = { "An error.", "A warning; the call traps, and other callers are not harmed." },
  cases = { "signatures/mismatch/caller-before", "signatures/mismatch/caller-after" },
  takes = { { "wasm-ld", ">=14", 2, "lets those callers call a function that is unreachable" },
    { "zig", ">=0.16", 1, "reports a function signature mismatch" } },
  model = { 2, "C programs that declare a function wrongly make such objects, and link" },
  propose = "If a direct call has another type than the definition, the linker should warn, and " ..
    "shall redirect the call to a synthetic function of the call's type that traps." },

{ id = "question.signature-mismatch-address",
  title = "What is the address of a function where its object calls it by another type?",
  clauses = { "signature.address-only", "signature.mismatch", "functions.addresses" },
  text = "Table relocations cannot fail, and give a defined function's slot; 0 is for symbols " ..
    "without definition. Types are not mentioned.",
  readings = { "The function's slot: pointers to one function are equal.",
    "0, where the same object also calls it by that type." },
  cases = { "signatures/address/called-and-pointed", "signatures/address/only-before" },
  takes = { { "wasm-ld", ">=14", 2, "writes 0 there, and the slot elsewhere" },
    { "zig", ">=0.16", 0, "refuses the mismatch" } },
  model = { 2, "wasm-ld is followed, since the text is silent; the first reading is the better" },
  propose = "The address of a function does not depend on the type by which a reference " ..
    "declares it." },

{ id = "question.relative-base",
  title = "What are relative table indices relative to in a link without dynamic linking?",
  clauses = { "reloc.table-index-rel-sleb", "table.base", "layout.symbol.table-base" },
  text = "R_WASM_TABLE_INDEX_REL_SLEB is relative to __table_base, which a dynamic loader " ..
    "gives. Objects with it may be linked statically.",
  readings = { "To __table_base, which the linker defines as the first slot that it fills.",
    "To slot 0: __table_base is 0." },
  cases = { "reloc/code/table-index-rel-sleb", "reloc/code/table-index-rel-to-table-base",
    "pic/bases/table-base" },
  takes = { { "wasm-ld", ">=14", 1, "defines __table_base as 1, or as --table-base says" },
    { "zig", ">=0.16", 0, "does not read the table symbol" } },
  model = { 1, "the sum is the slot in either reading; wasm-ld's choice needs no zeroing" },
  propose = "In a static link __table_base is the first table element that the linker fills, " ..
    "and __memory_base is 0." },

{ id = "question.relative-undefined",
  title = "What is a relative address, or slot, of a weak undefined symbol?",
  clauses = { "reloc.memory-addr-rel-sleb", "reloc.memory.undefined" },
  text = "R_WASM_MEMORY_* relocations cannot fail and give 0 for undefined symbols; the " ..
    "relative kinds of DynamicLinking.md bear names of that form.",
  readings = { "0.", "An error: the base would be added to it, and the sum be no null." },
  cases = { "reloc/kinds/11-MEMORY_ADDR_REL_SLEB-weak-undefined",
    "pic/undefined/relative-address-ignored" },
  takes = { { "wasm-ld", ">=14 <=19", 1, "writes 0" },
    { "wasm-ld", ">=22", 2, "refuses the kind against undefined symbols (20, 21: not run)" },
    { "zig", ">=0.16", 2, "reports undefined data" } },
  model = { 1, "the text says so, and with a base of 0 the sum is null" },
  propose = "R_WASM_MEMORY_ADDR_REL_* and R_WASM_TABLE_INDEX_REL_* of an undefined symbol are " ..
    "an error if the base is not known to be 0." },

{ id = "question.got-relocations",
  title = "May R_WASM_GLOBAL_INDEX_LEB name a function or data?",
  clauses = { "reloc.symbol.got", "reloc.symbol.global", "reloc.symbol" },
  text = "By the table of allowed relocations a global index goes with a global symbol, and " ..
    "function and data symbols have no such relocation. DynamicLinking.md reads addresses by " ..
    "global.get.",
  readings = { "Such an object is not valid.",
    "The index is that of a global that holds the symbol's address: its entry of the GOT." },
  cases = { "validate/passes/global-index-of-data-and-function",
    "pic/got/data-index-of-32-bits" },
  takes = { { "wasm-ld", ">=14", 2, "makes such a global" },
    { "zig", ">=0.16", 0, "dies of a signal" } },
  model = { 2, "clang -fPIC emits it, for compiler-rt's builtins, too" },
  propose = "SYMTAB_FUNCTION and SYMTAB_DATA: also R_WASM_GLOBAL_INDEX_LEB, which denotes the " ..
    "global that holds the symbol's address." },

{ id = "question.got-in-a-static-link",
  title = "Is the GOT imported when everything is linked statically?",
  clauses = { "got.mem", "got.func", "got.internal" },
  text = "Addresses of data and functions are imported as mutable globals from GOT.mem and " ..
    "GOT.func. What a static link of such objects gives is not said.",
  readings = { "They are imported in any case.",
    "The linker defines a global for each address that it knows; nothing is imported." },
  cases = { "pic/got/alias-of-a-variable", "pic/got/names" },
  takes = { { "wasm-ld", ">=14", 2, "defines immutable globals, GOT.data.internal.x by name" },
    { "zig", ">=0.16", 0, "dies of a signal" } },
  model = { 2, "a static module has no loader that could give them" },
  propose = "When the address is known at link time, the linker shall define an immutable " ..
    "global that holds it in place of the import." },

-- Relocations -------------------------------------------------------------------------------------

{ id = "question.addend-width",
  title = "How wide is the addend of a 64-bit relocation?",
  clauses = { "reloc.addend.width", "reloc.addend" },
  text = "The addend is a varint32; the row is for the 64-bit counterparts as well.",
  readings = { "32 bits for all types.", "64 bits for the 64-bit types." },
  cases = { "wasm64/relocs/memory-addr-i64", "malformed/relocs/addend-too-large" },
  takes = { { "wasm-ld", ">=14", 2, "reads and applies an addend of 2^32" },
    { "zig", ">=0.16", 0, "its module cannot be decoded" } },
  model = { 2, "LLVM writes it so, and a 64-bit address needs it" },
  propose = "addend: `varint32`, or `varint64` for the 64-bit relocation types." },

{ id = "question.overflow",
  title = "What if a value does not fit where it is written?",
  clauses = { "reloc.overflow", "reloc.memory.value" },
  text = "R_WASM_MEMORY_* relocations cannot fail. Nothing is said of a value that needs more " ..
    "bits than the field has.",
  readings = { "The link fails.", "The value is taken modulo 2^32." },
  cases = { "reloc/range/MEMORY_ADDR_I32-above", "reloc/code/memory-addr-wraps",
    "reloc/range/MEMORY_ADDR_LEB-below" },
  takes = { { "wasm-ld", ">=14", 2, "cuts it off" }, { "zig", ">=0.16", 2, "cuts it off" } },
  model = { 1, "a wrong address is worse than an error; address arithmetic of i32.const may " ..
    "wrap, since the program's would" },
  propose = "It is an error if the value of a relocation cannot be represented in the field." },

{ id = "question.relocations-overlap",
  title = "May two relocations share bytes?",
  clauses = { "reloc.offset.overlap", "reloc.offset.order" },
  text = "Nothing is said, neither of the order of the entries.",
  readings = { "The object is not valid.", "Both are applied, the later one over the first." },
  cases = { "malformed/relocs/overlap", "malformed/relocs/overlap-partly",
    "malformed/relocs/order" },
  takes = { { "wasm-ld", ">=14", 2, "writes both; entries must be in order" },
    { "zig", ">=0.16", 0, "refuses the object for another reason" } },
  model = { 1, "no producer means it" },
  propose = "Entries must be sorted by offset, and the bytes they relocate must not overlap." },

{ id = "question.type-operand",
  title = "Which relocations may a type operand have?",
  clauses = { "reloc.operand.type", "reloc.type-index-leb" },
  text = "The list of constructs in code that relocations may target names constants, memory " ..
    "accesses, functions, globals, tags and tables. Types are missing, though " ..
    "R_WASM_TYPE_INDEX_LEB is for them.",
  readings = { "Any: the list does not restrict them.", "R_WASM_TYPE_INDEX_LEB only." },
  cases = { "validate/operands/operand-type" },
  takes = { { "wasm-ld", ">=14", 1, "does not look at what it writes over" },
    { "zig", ">=0.16", 0, "dies of a signal" } },
  model = { 2, "with --validate=strict; permissive, it does as wasm-ld does" },
  propose = "For `typeidx`, only R_WASM_TYPE_INDEX_LEB relocations are allowed." },

{ id = "question.locrel-place",
  title = "Where may R_WASM_MEMORY_ADDR_LOCREL_I32 stand, and what is the sign of its value?",
  clauses = { "reloc.memory-addr-locrel-i32" },
  text = "It is a byte offset \"between\" the relocating address and a memory address; which is " ..
    "taken from which is not said, nor what the address of bytes in code is.",
  readings = { "Target minus place, in data only: nothing else has an address.",
    "Anywhere." },
  cases = { "malformed/relocs/relative-to-itself-in-code", "reloc/data/memory-addr-locrel-i32",
    "malformed/relocs/relative-to-itself-in-custom-section" },
  takes = { { "wasm-ld", ">=14", 0, "target minus place in data; dies of a signal in code" },
    { "zig", ">=0.16", 0, "does not have the kind" } },
  model = { 1, "there is nothing else that it could mean" },
  propose = "The value is the address of the symbol plus the addend, minus the address of the " ..
    "relocated bytes; the relocation may only be applied to the data section." },

{ id = "question.relocations-of-custom-sections",
  title = "Where in a custom section do the offsets of relocations count from?",
  clauses = { "reloc.offset.custom-section", "reloc.offset" },
  text = "\"Offset zero is immediately after the id and size of the section\": there stands the " ..
    "section's name. (wat2wasm -r of wabt 1.0.32 counts from there; wasm-ld refuses what it " ..
    "writes.)",
  readings = { "From the first byte behind id and size, which is the name's length.",
    "From the first byte behind the name." },
  cases = { "reloc/custom-section/leb", "reloc/custom-section/words",
    "reloc/custom-section/function-index" },
  takes = { { "wasm-ld", ">=14", 2, "counts from behind the name, as LLVM writes it" },
    { "zig", ">=0.16", 0, "drops custom sections" } },
  model = { 2, "all debug information of the world is written so" },
  propose = "In a custom section, offset zero is immediately after the section's name." },

{ id = "question.global-initialisers",
  title = "How is the global renumbered that an initialiser reads?",
  clauses = { "global.init.global-get", "globals.numbering", "reloc.section.target" },
  text = "Globals are numbered anew. Relocations apply to code, data and custom sections only; " ..
    "nothing says what becomes of a global.get in the initialiser of a global.",
  readings = { "The linker rewrites it: the index denotes the same global, which is kept.",
    "It is copied: objects must not use it." },
  cases = { "globals/init/global-get", "gc/edges/global-initialiser",
    "globals/init/extended-const-global-get" },
  takes = { { "wasm-ld", ">=14", 2, "copies the index, and may drop the import it means" },
    { "zig", ">=0.16", 0, "reports the global as undefined" } },
  model = { 1, "the copied index makes a module that is wrong or invalid, without a word" },
  propose = "A global.get in the initialiser of a global is renumbered by the symbol of that " ..
    "global, which must exist." },

{ id = "question.section-offset-into-code",
  title = "Must linkers support section symbols of the code and data sections?",
  clauses = { "symbol.section", "reloc.section-offset.value", "reloc.addend.code" },
  text = "Section symbols may reference CODE, DATA or custom sections; the value of a " ..
    "R_WASM_SECTION_OFFSET_I32 is adjusted to the combined sections. What an offset of one " ..
    "function, out of many that move, becomes is not said.",
  readings = { "The offset leads to the same instruction, or byte, in the output.",
    "The offset counts from where the object's part of the section begins." },
  cases = { "debug/sections/code", "debug/sections/data", "debug/sections/end-of-a-function" },
  takes = { { "wasm-ld", ">=14", 0, "dies of a signal" },
    { "zig", ">=0.16", 0, "drops custom sections" } },
  model = { 1, "functions are dropped one by one, so that no part of an object begins anywhere" },
  propose = "For the CODE and DATA sections the value is the offset in the output of the " ..
    "instruction, or of the byte, that `addend` denotes in the input." },

{ id = "question.dead-targets",
  title = "What is written for a target that was left out?",
  clauses = { "debug.tombstone", "reloc.dead-target", "reloc.function-offset.value" },
  text = "R_WASM_FUNCTION_OFFSET_I32 cannot fail, and is adjusted to the output's code. That a " ..
    "function may not be in the output is not mentioned.",
  readings = { "In debug sections -1, in .debug_ranges and .debug_loc -2; elsewhere the addend, " ..
      "but -1 for function indices in llvm.func_attr.*.",
    "The addend, everywhere." },
  cases = { "debug/tombstones/dead-function-in-debug_info",
    "debug/tombstones/dead-function-in-debug_loc", "reloc/custom-section/dead-symbols",
    "reloc/custom-section/func-attr" },
  takes = { { "wasm-ld", ">=14", 1, "writes these" },
    { "zig", ">=0.16", 0, "drops debug sections" } },
  model = { 1, "debuggers take -1 and -2 for nothing, and 0 for the first function" },
  propose = "If the target is not in the output, the value is -1 in sections whose names begin " ..
    "with \".debug_\", -2 in .debug_ranges and .debug_loc, -1 for a function index in " ..
    "llvm.func_attr.* sections, and the addend in others." },

-- The format --------------------------------------------------------------------------------------

{ id = "question.unknown-extensions",
  title = "What does a tool do with flags and sub-sections that it does not know?",
  clauses = { "symbol.flags.unknown", "linking.segments.flags.unknown",
    "linking.sub-section.unknown", "linking.version" },
  text = "The current set of valid flags and of sub-sections is listed. Whether a reader " ..
    "refuses others, or passes over them, is not said; the version is for breaking changes.",
  readings = { "It refuses the object.", "It ignores them." },
  cases = { "validate/symbols/unknown-flag", "validate/segments/unknown-flag",
    "validate/segments/unknown-sub-section" },
  takes = { { "wasm-ld", ">=14", 2, "ignores them" },
    { "zig", ">=0.16", 2, "ignores them" } },
  model = { 1, "with --validate=strict; permissive, it ignores them, so that old linkers read " ..
    "new objects" },
  propose = "Tools shall ignore flags and sub-sections that they do not know; a change that " ..
    "must not be ignored increments `version`." },

{ id = "question.given-twice",
  title = "May a sub-section, or the relocations of a section, be given twice?",
  clauses = { "linking.sub-section.twice", "reloc.section.once" },
  text = "Nothing is said. For each section that needs it \"a\" relocation section is present.",
  readings = { "The object is not valid.", "The second adds to the first, or takes its place." },
  cases = { "malformed/metadata/part-twice-5", "malformed/metadata/part-twice-7",
    "malformed/relocs/section-twice" },
  takes = { { "wasm-ld", ">=14", 2, "takes two sub-sections 5 or 6; refuses two of 7" },
    { "zig", ">=0.16", 0, "has no COMDAT groups, which the case needs" } },
  model = { 1, "what the second means would be a guess" },
  propose = "Each sub-section occurs at most once, and at most one relocation section targets " ..
    "a section." },

{ id = "question.required-features",
  title = "What does the prefix = of a feature mean?",
  clauses = { "features.required", "features.used" },
  text = "Prefixes are + and -. An earlier revision had =, for a feature that all objects must " ..
    "use; wasm-ld read it until release 19.",
  readings = { "It is no prefix: the object is refused.",
    "As before: the feature is used, and an object that does not use it is an error." },
  cases = { "features/required/all-use-it", "features/required/prefix",
    "features/required/missing-with-no-section" },
  takes = { { "wasm-ld", ">=14 <=19", 2, "as before" },
    { "wasm-ld", ">=22", 1, "unknown feature policy prefix (20, 21: not run)" },
    { "zig", ">=0.16", 0, "takes the object, and its module lacks the code" } },
  model = { 2, "objects with it exist; with --validate=strict it is refused" },
  propose = "`=` (0x3d): deprecated; tools may treat it as `+`." },

{ id = "question.disallowed-features",
  title = "Is a disallowed feature held against what the user allows, or against what is used?",
  clauses = { "features.disallowed", "features.allowed.default" },
  text = "With the prefix - the link fails if the feature is in the allowed set, which the user " ..
    "may give.",
  readings = { "It fails when the user allows the feature, though no object uses it.",
    "It fails when another object uses the feature." },
  cases = { "features/allowed/disallowed-against-features",
    "features/allowed/disallowed-against-extra-features",
    "features/union/used-against-disallowed" },
  takes = { { "wasm-ld", ">=14", 2, "compares with what objects use" },
    { "zig", ">=0.16", 1, "compares with the CPU that the user names" } },
  model = { 1, "it is what the text says" },
  propose = "The link fails if the user allows the feature, whether or not an object uses it." },

{ id = "question.two-memories",
  title = "May an object have two memories?",
  clauses = { "container.memory", "reloc.memarg-width" },
  text = "The text speaks of the memory, and in one place of a memidx; there is no symbol and " ..
    "no relocation for a memory.",
  readings = { "No.", "Yes; they become one." },
  cases = { "malformed/sections/two-memories" },
  takes = { { "wasm-ld", ">=14", 2, "makes one memory of them" },
    { "zig", ">=0.16", 2, "takes the object" } },
  model = { 1, "code that names the second would name nothing" },
  propose = "An object has at most one memory, imported or defined." },

{ id = "question.elements-of-objects",
  title = "What becomes of an object's element segments, start function and exports?",
  clauses = { "container.element-ignored", "container.start-ignored", "container.export-ignored" },
  text = "There is no support for element segments, says a limitation; the start function and " ..
    "the exports of an object are not mentioned.",
  readings = { "They are read, and dropped without a word.", "The object is refused." },
  cases = { "gc/roots/element-segment-is-no-root", "gc/roots/start-section-is-no-root",
    "gc/roots/export-section-is-no-root" },
  takes = { { "wasm-ld", ">=14", 1, "drops them" },
    { "zig", ">=0.16", 1, "drops them, with a warning" } },
  model = { 1, "clang writes element segments into every object that takes an address" },
  propose = "The element, start and export sections of an object are ignored, except that an " ..
    "export may name a symbol (see WASM_SYM_EXPORTED)." },

{ id = "question.export-names",
  title = "Under which name is an exported symbol exported?",
  clauses = { "export.name", "export.unique", "symbol.exported" },
  text = "WASM_SYM_EXPORTED says that a symbol is exported, and not under which name. An object " ..
    "may have an export section of its own.",
  readings = { "Under the symbol's name.",
    "Under the name that the object's export section gives the function, if it does." },
  cases = { "exports/names/export-name", "exports/names/two-export-names",
    "exports/names/alias-of-an-export-name" },
  takes = { { "wasm-ld", ">=14", 2, "takes that name; two equal ones make an invalid module" },
    { "zig", ">=0.16", 2, "takes that name; two equal ones are not refused" } },
  model = { 2, "it is how clang's export_name works; equal names are an error" },
  propose = "If the object exports the function, the output exports it under the same name, " ..
    "else under the symbol's. It is an error if two exports have one name." },

-- COMDATs -----------------------------------------------------------------------------------------

{ id = "question.comdat-kinds",
  title = "May globals, tags and tables be members of a COMDAT group?",
  clauses = { "comdat.entry.kind", "comdat.members" },
  text = "The table of kinds lists data, functions, globals, events, tables and sections; the " ..
    "section on COMDATs says functions, data segments and custom sections.",
  readings = { "All six kinds.", "Those three." },
  cases = { "comdat/items/globals", "comdat/items/tags", "comdat/items/tables" },
  takes = { { "wasm-ld", ">=14", 2, "invalid COMDAT entry type" },
    { "zig", ">=0.16", 0, "has no COMDAT groups" } },
  model = { 1, "the format has them, and nothing else would explain the numbers" },
  propose = "A COMDAT group may contain functions, data segments, globals, events, tables and " ..
    "custom sections." },

{ id = "question.comdat-missing-member",
  title = "What is a reference to a member that only the discarded group has?",
  clauses = { "comdat.first-wins", "comdat.references", "comdat.whole" },
  text = "All elements come from one object, those of others are excluded. That the groups may " ..
    "differ is not mentioned.",
  readings = { "An undefined symbol, which others may define.", "The member is kept." },
  cases = { "comdat/members/more-members-used", "comdat/members/more-members-defined-elsewhere",
    "comdat/members/more-members-in-a-later-archive" },
  takes = { { "wasm-ld", ">=14", 1, "reports it as undefined" },
    { "zig", ">=0.16", 0, "has no COMDAT groups" } },
  model = { 1, "a group from two objects would be what the text excludes" },
  propose = "A symbol that an excluded element defines is treated as undefined." },

{ id = "question.comdat-local-member",
  title = "May something outside a group refer to a local member of it?",
  clauses = { "comdat.locals", "comdat.first-wins" },
  text = "Elements of a group that lost are excluded. A local symbol has no counterpart in the " ..
    "group that won.",
  readings = { "The link fails.", "The excluded member stays for those who refer to it." },
  cases = { "comdat/members/outside-reference-to-local", "comdat/members/debug-of-local" },
  takes = { { "wasm-ld", ">=14", 2, "writes the member" },
    { "zig", ">=0.16", 0, "has no COMDAT groups" } },
  model = { 2, "wasm-ld is followed; ELF forbids such references" },
  propose = "A local symbol of a group member may only be referred to from the group, and from " ..
    "custom sections." },

{ id = "question.comdat-relocatable",
  title = "Does -r decide between groups of one name?",
  clauses = { "relocatable.comdats", "comdat.first-wins" },
  text = "The linker includes the elements of one object and excludes the others; that a link " ..
    "may be relocatable is not mentioned.",
  readings = { "Yes, as a last link does.",
    "No: the output has all elements, in one group of that name." },
  cases = { "relocatable/comdat/second-is-dropped", "relocatable/comdat/joined-twice" },
  takes = { { "wasm-ld", ">=14", 2, "keeps the second members, in the same group" },
    { "zig", ">=0.16", 0, "has no -r" } },
  model = { 1, "a group with every member twice is linked whole by the last link" },
  propose = "The elements of other object files are excluded from relocatable output, too." },

-- Data --------------------------------------------------------------------------------------------

{ id = "question.shared-and-unshared",
  title = "What are shared and unshared segments?",
  clauses = { "data.shared-and-not", "segment.tls", "tls.segment" },
  text = "Segments are merged by the prefix of their names; it is an error if this would merge " ..
    "shared and unshared segments. No flag calls a segment shared.",
  readings = { "Thread-local and other segments of one prefix are an error.",
    "Thread-local segments are gathered by their flag, apart from all others." },
  cases = { "reloc/tls/flag-beside-plain-data", "reloc/tls/one-block" },
  takes = { { "wasm-ld", ">=14", 2, "puts all that have the flag into .tdata" },
    { "zig", ">=0.16", 0, "drops both, though they have WASM_SYM_NO_STRIP" } },
  model = { 2, "the flag is explicit, a name is not" },
  propose = "Segments with WASM_SEGMENT_FLAG_TLS are merged with each other only." },

{ id = "question.bss-by-name",
  title = "Is a segment of the name .bss made of zeros?",
  clauses = { "data.content", "layout.bss-not-written", "data.segment-grouping.prefixes" },
  text = "Names of segments decide with which others they are merged. That a name says " ..
    "something of the bytes is not written.",
  readings = { "No: its bytes count.", "Yes: they are not written, whatever they are." },
  cases = { "layout/segments/bss-with-bytes", "layout/segments/bss-takes-no-bytes" },
  takes = { { "wasm-ld", ">=14", 2, "drops the bytes" },
    { "zig", ">=0.16", 0, "exports no data, so it is not seen" } },
  model = { 1, "losing data without a word cannot be meant; zeros need not be written anyway" },
  propose = "The linker may omit segments that contain only zeros." },

{ id = "question.strings-split",
  title = "Is a segment of strings included as a whole?",
  clauses = { "data.whole", "segment.strings", "strings.merge" },
  text = "A segment is either entirely included or excluded; strings of a segment with the flag " ..
    "may be merged.",
  readings = { "Entirely: merging shares bytes, and drops nothing.",
    "String by string: one that nothing refers to is left out." },
  cases = { "strings/merge/dead-strings-vanish", "gc/edges/segment-as-a-whole" },
  takes = { { "wasm-ld", ">=14", 2, "drops it" },
    { "zig", ">=0.16", 0, "exports no data, so it is not seen" } },
  model = { 2, "it is what the flag is for" },
  propose = "Segments are linked as a whole, except that the linker may merge and drop single " ..
    "strings of segments with WASM_SEGMENT_FLAG_STRINGS." },

{ id = "question.retain-included",
  title = "When is an object included, so that its retained segments and constructors count?",
  clauses = { "segment.retain", "gc.root.init", "init.after-memory" },
  text = "A retained segment is kept if its object is included in the final link; constructors " ..
    "are called at startup. An archive member may be loaded, and nothing of it be used.",
  readings = { "When it is loaded.", "When something in it is used, or it is no archive member." },
  cases = { "archives/asking/constructor-of-unreached-member",
    "archives/asking/kept-segment-of-reached-member",
    "archives/asking/constructor-of-reached-member" },
  takes = { { "wasm-ld", ">=14", 2, "neither keeps the segment nor calls the constructor" },
    { "zig", ">=0.16", 0, "does not read the archive" } },
  model = { 2, "it is what wasm-ld does" },
  propose = "An object is included if it is not an archive member, or if one of its symbols is " ..
    "used by the output." },

{ id = "question.passive-inputs",
  title = "May an object have passive segments?",
  clauses = { "data.passive-input", "threads.passive" },
  text = "There is currently no support for passive segments, since no relocation could name one.",
  readings = { "The object is refused.", "They are data like any other, active in the output." },
  cases = { "threads/init-memory/passive-in-the-object-alone",
    "threads/init-memory/passive-in-the-object" },
  takes = { { "wasm-ld", ">=14", 2, "makes them active" },
    { "zig", ">=0.16", 0, "its module cannot be decoded" } },
  model = { 2, "memory.init of a wrong segment is the compiler's mistake; data are found by " ..
    "their symbols" },
  propose = "Whether a segment of an object is active or passive has no meaning; the linker " ..
    "decides." },

-- Custom sections ---------------------------------------------------------------------------------

{ id = "question.custom-structures",
  title = "Are custom sections with a structure of their own concatenated?",
  clauses = { "custom.concatenate", "build-id.section" },
  text = "Payloads of custom sections of one name are concatenated. A build_id has one length " ..
    "and one id; so have others a structure that ends.",
  readings = { "All are concatenated, build_id too.",
    "A section that is known to describe one module is not copied." },
  cases = { "custom/build-id/of-an-input", "custom/build-id/of-an-input-and-of-the-output",
    "custom/join/concatenated" },
  takes = { { "wasm-ld", ">=14", 1, "concatenates the ids" },
    { "zig", ">=0.16", 0, "refuses an object without features" } },
  model = { 2, "an id of an input does not name the output" },
  propose = "Sections that describe a whole module, such as build_id, are not copied from the " ..
    "inputs." },

{ id = "question.code-metadata",
  title = "How are metadata.code.* sections of two objects merged?",
  clauses = { "code-metadata.merge", "code-metadata.order", "code-metadata.position",
    "code-metadata.drop", "code-metadata.place", "custom.concatenate" },
  text = "Linking.md concatenates payloads. By CodeMetadata.md the section is one vector, " ..
    "sorted by function index, and a tool drops what it cannot preserve. (The branch hinting " ..
    "proposal adds that it stands in front of the code.)",
  readings = { "Payloads are concatenated, as those of any custom section.",
    "Vectors become one, and entries of functions that are left out are dropped." },
  cases = { "custom/metadata/of-two-objects", "custom/metadata/of-one-object",
    "custom/metadata/of-a-dead-function", "custom/metadata/of-two-sections",
    "custom/metadata/compressed", "custom/metadata/in-front-of-the-code" },
  takes = { { "wasm-ld", ">=14", 1, "concatenates them, behind the code (a merge is proposed: " ..
      "llvm/llvm-project#146230)" },
    { "zig", ">=0.16", 0, "drops custom sections, which the text allows" } },
  model = { 2, "it is what CodeMetadata.md says, and joined bytes no reader takes" },
  propose = "The entries of all metadata.code.* sections of one name are merged into one " ..
    "vector, sorted by function index, without those of functions that are not in the output, " ..
    "in front of the code section." },

{ id = "question.code-metadata-function",
  title = "Which function is an index of code metadata in an object?",
  clauses = { "code-metadata.own-function", "code-metadata.merge", "symbol.binding.weak" },
  text = "CodeMetadata.md knows modules only. In an object the index may have a relocation, " ..
    "whose symbol another object may define; the offsets beside it are about the object's own " ..
    "code.",
  readings = { "What the symbol stands for, as at every relocation; a mere number is copied.",
    "The object's own function, by relocation or number; what is said of it goes with it." },
  cases = { "custom/metadata/of-a-weak-definition",
    "custom/metadata/of-a-weak-definition-that-stays", "custom/metadata/of-a-wrapped-function",
    "custom/metadata/without-relocation",
    "custom/metadata/of-a-weak-definition-in-an-object" },
  takes = { { "wasm-ld", ">=14", 1, "relocates the index, and looks at nothing else" },
    { "zig", ">=0.16", 0, "drops custom sections" } },
  model = { 2, "an offset into other code means nothing, or worse" },
  propose = "Code metadata of an object is about the functions that the object itself defines." },

{ id = "question.debug-strings",
  title = "May a linker merge the strings of a debug section?",
  clauses = { "strings.debug", "custom.concatenate", "custom.section-symbol" },
  text = "Custom sections are concatenated, and offsets into them adjusted. There is no flag " ..
    "for strings in custom sections.",
  readings = { "No: they are concatenated.",
    "Yes, for .debug_str and .debug_line_str, and offsets follow the strings." },
  cases = { "strings/debug/debug-str", "strings/debug/other-names-are-not-strings" },
  takes = { { "wasm-ld", ">=14", 2, "merges them" },
    { "zig", ">=0.16", 0, "drops debug sections" } },
  model = { 2, "it is what wasm-ld does, and debug information is mostly strings" },
  propose = "The linker may merge strings in .debug_str and .debug_line_str." },

{ id = "question.coverage-alignment",
  title = "Are parts of a custom section aligned?",
  clauses = { "custom.coverage-alignment", "custom.concatenate" },
  text = "Payloads are concatenated. Coverage records of LLVM begin at multiples of 8.",
  readings = { "No padding.", "__llvm_covfun and __llvm_covmap are padded to 8 bytes." },
  cases = { "custom/coverage/aligned-__llvm_covfun", "custom/coverage/other-sections-not-aligned" },
  takes = { { "wasm-ld", ">=14 <=19", 1, "does not pad" },
    { "wasm-ld", ">=22", 2, "pads (20, 21: not run)" },
    { "zig", ">=0.16", 0, "drops custom sections" } },
  model = { 2, "it is what wasm-ld does, and names are all that there is to go by" },
  propose = "The linker may insert zeros between payloads where the section's name requires an " ..
    "alignment." },

-- Startup and threads -----------------------------------------------------------------------------

{ id = "question.constructor-order",
  title = "What is the order of constructors?",
  clauses = { "init.priority", "init.order.stable", "init.order.objects" },
  text = "They are called \"in priority order\". Which end comes first, and the order of equal " ..
    "priorities, is not said.",
  readings = { "The least number first; equal ones in the order of the objects and their lists.",
    "Another, as the greatest first, or equal ones in any order." },
  cases = { "init/order/objects-then-priority", "init/order/equal-priority" },
  takes = { { "wasm-ld", ">=14", 1, "calls them in this order" },
    { "zig", ">=0.16", 0, "calls no constructors there" } },
  model = { 1, "C++ asks for the order within an object" },
  propose = "Constructors are called in ascending order of priority; those of equal priority in " ..
    "link order of their objects, and within an object in the order of the list." },

{ id = "question.who-calls-constructors",
  title = "Who calls __wasm_call_ctors?",
  clauses = { "init.call-ctors", "command.wrapper", "command.reactor" },
  text = "The runtime or embedder should arrange to have it called after instantiation.",
  readings = { "They alone; the linker calls it nowhere.",
    "If nothing in the link calls it, the linker wraps each export in a call of it." },
  cases = { "init/commands/constructors-at-every-call", "init/ctors/reactor" },
  takes = { { "wasm-ld", ">=14", 2, "wraps exports as .command_export" },
    { "zig", ">=0.16", 1, "wraps nothing" } },
  model = { 2, "WASI's commands rely on it" },
  propose = "If the link neither calls nor exports __wasm_call_ctors, the linker shall call it " ..
    "before, and __wasm_call_dtors after, each exported function." },

{ id = "question.tls-features",
  title = "Which features does thread-local data need in a link for one thread?",
  clauses = { "threads.lowered", "tls.features" },
  text = "Without shared memory thread-local data is to be normal storage, lowered by the " ..
    "compiler; TLS as such depends on bulk memory.",
  readings = { "None: the linker treats it as ordinary data.",
    "atomics and bulk-memory, shared memory or not." },
  cases = { "features/needed/tls-without-atomics", "features/needed/tls-without-bulk-memory" },
  takes = { { "wasm-ld", ">=14", 2, "reports the missing feature" },
    { "zig", ">=0.16", 2, "reports it" } },
  model = { 2, "the objects would be wrong in another link, and there only" },
  propose = "An object with WASM_SEGMENT_FLAG_TLS segments must use the features atomics and " ..
    "bulk-memory." },

{ id = "question.tls-base-of-one-thread",
  title = "What is __tls_base in a link for one thread?",
  clauses = { "tls.base", "tls.main-thread" },
  text = "In a threaded build it is a mutable global that begins as 0. Of other builds nothing " ..
    "is said; objects with thread-local data can be linked in one.",
  readings = { "The same: somebody must call __wasm_init_tls.",
    "An immutable global, whose value is the address of the block." },
  cases = { "tls/single/base-is-constant", "tls/single/no-init-tls",
    "reloc/tls/base-plus-offset", "reloc/tls/base-without-a-block" },
  takes = { { "wasm-ld", ">=14", 2, "defines it so" },
    { "zig", ">=0.16", 0, "does not export it, so it is not seen" } },
  model = { 2, "nobody would call __wasm_init_tls, which is not there" },
  propose = "Without shared memory __tls_base is immutable, and is the address of the one " ..
    "block; without thread-local data it is some address, too, and not 0." },

{ id = "question.tls-plain-relocation",
  title = "Is a plain address of a thread-local variable an offset, too?",
  clauses = { "tls.offset", "reloc.memory-addr-tls-sleb" },
  text = "The relocations for thread-local variables resolve into offsets in the block; " ..
    "R_WASM_MEMORY_ADDR_TLS_SLEB is one from __tls_base.",
  readings = { "Every relocation against such a symbol is an offset.",
    "R_WASM_MEMORY_ADDR_TLS_SLEB only; others are addresses." },
  cases = { "reloc/tls/plain-relocation", "reloc/tls/offset-from-the-start" },
  takes = { { "wasm-ld", ">=14 <=19", 2, "gives addresses in a link for one thread" },
    { "wasm-ld", ">=22", 1, "gives offsets (20, 21: not run)" },
    { "zig", ">=0.16", 2, "gives an address" } },
  model = { 1, "a thread-local variable has no one address" },
  propose = "All R_WASM_MEMORY_ADDR_* relocations against symbols with WASM_SYM_TLS resolve " ..
    "into offsets relative to the start of the TLS block." },

{ id = "question.tls-undefined",
  title = "What is the offset of an undefined thread-local variable?",
  clauses = { "reloc.memory-addr-tls-sleb", "reloc.memory.undefined" },
  text = "R_WASM_MEMORY_* relocations cannot fail, and give 0 for undefined symbols.",
  readings = { "0.", "An error, weak or not: 0 is the offset of the first variable." },
  cases = { "reloc/kinds/21-MEMORY_ADDR_TLS_SLEB-weak-undefined",
    "pic/undefined/tls-offset-ignored" },
  takes = { { "wasm-ld", ">=14 <15", 1, "writes 0" },
    { "wasm-ld", ">=15", 2, "reports it" }, { "zig", ">=0.16", 2, "reports it" } },
  model = { 2, "the program would write to another variable" },
  propose = "A R_WASM_MEMORY_ADDR_TLS_* relocation against an undefined symbol is an error." },

{ id = "question.tls-wasm64",
  title = "What are the types of the TLS globals on wasm64?",
  clauses = { "tls.wasm64", "tls.size", "tls.align", "tls.base", "tls.init" },
  text = "__tls_size, __tls_align and __tls_base are i32, __wasm_init_tls takes an i32. 64-bit " ..
    "memory is not mentioned there.",
  readings = { "i32.", "The type of an address: i64." },
  cases = { "tls/shared/wasm64", "tls/single/wasm64" },
  takes = { { "wasm-ld", ">=14", 2, "i64 for all of them" },
    { "zig", ">=0.16", 0, "its module cannot be decoded" } },
  model = { 2, "an i32 __tls_base could not point everywhere" },
  propose = "For 64-bit memories the type of these is `i64`." },
}
