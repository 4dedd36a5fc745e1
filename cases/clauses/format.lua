-- Linking.md, first half: what an object file is, byte by byte.
-- Each chapter: { document, heading's anchor, { id, force, statement } ... }.

return {
  { "Linking.md", "overview",
    { "object.module", "must", "an object file is itself a WebAssembly module" },
    { "object.linking-section", "must", "every object has the custom section \"linking\"; that " ..
      "is how it is told from a linked module" },
    { "reloc.section.name", "must", "relocations are in custom sections whose names begin with " ..
      "\"reloc.\"" },
    { "reloc.section.suffix", "must", "what follows the dot in a relocation section's name " ..
      "means nothing; the section's own index field decides" },
  },
  { "Linking.md", "relocation-sections",
    { "reloc.section.after-target", "must", "a relocation section stands behind the section " ..
      "that it applies to" },
    { "reloc.section.target", "must", "relocations apply to the code section, the data section " ..
      "and custom sections only" },
    { "reloc.section.after-linking", "must", "relocation sections stand behind \"linking\"" },
    { "reloc.section.index", "must", "a relocation section begins with the index of its " ..
      "target, counting all sections" },
    { "reloc.section.once", "silent", "a section has one relocation section" },
    { "reloc.count", "must", "a count of entries follows, and as many entries" },
    { "reloc.type", "must", "an entry begins with its type, one byte" },
    { "reloc.offset", "must", "an entry's offset counts from the first byte behind the " ..
      "target's id and size" },
    { "reloc.offset.custom-section", "open", "in a custom section it counts from the first byte " ..
      "behind the name" },
    { "reloc.index", "must", "an entry's index is that of a symbol, and of a type for " ..
      "R_WASM_TYPE_INDEX_LEB" },
    { "reloc.addend", "must", "memory addresses, function offsets and section offsets have an " ..
      "addend, which is added; the other types have none" },
    { "reloc.addend.width", "open", "the addend of the 64-bit types has 64 bits, though the " ..
      "text says varint32 for all" },
    { "reloc.function-index-leb", "must", "0 R_WASM_FUNCTION_INDEX_LEB: a function index, 5 " ..
      "bytes of LEB128" },
    { "reloc.table-index-sleb", "must", "1 R_WASM_TABLE_INDEX_SLEB: a function's slot in the " ..
      "table, 5 bytes of signed LEB128" },
    { "reloc.table-index-i32", "must", "2 R_WASM_TABLE_INDEX_I32: a function's slot in the " ..
      "table, 4 bytes" },
    { "reloc.memory-addr-leb", "must", "3 R_WASM_MEMORY_ADDR_LEB: an address, 5 bytes of LEB128" },
    { "reloc.memory-addr-sleb", "must", "4 R_WASM_MEMORY_ADDR_SLEB: an address, 5 bytes of " ..
      "signed LEB128" },
    { "reloc.memory-addr-i32", "must", "5 R_WASM_MEMORY_ADDR_I32: an address, 4 bytes" },
    { "reloc.type-index-leb", "must", "6 R_WASM_TYPE_INDEX_LEB: a type index, 5 bytes of LEB128" },
    { "reloc.global-index-leb", "must", "7 R_WASM_GLOBAL_INDEX_LEB: a global index, 5 bytes of " ..
      "LEB128" },
    { "reloc.function-offset-i32", "must", "8 R_WASM_FUNCTION_OFFSET_I32: an offset in the " ..
      "code section, counted from behind the function's size field, 4 bytes" },
    { "reloc.section-offset-i32", "must", "9 R_WASM_SECTION_OFFSET_I32: an offset in a " ..
      "section, 4 bytes" },
    { "reloc.tag-index-leb", "must", "10 R_WASM_EVENT_INDEX_LEB: a tag index, 5 bytes of LEB128" },
    { "reloc.global-index-i32", "must", "13 R_WASM_GLOBAL_INDEX_I32: a global index, 4 bytes" },
    { "reloc.memory-addr-leb64", "must", "14 R_WASM_MEMORY_ADDR_LEB64: an address, 10 bytes of " ..
      "LEB128" },
    { "reloc.memory-addr-sleb64", "must", "15 R_WASM_MEMORY_ADDR_SLEB64: an address, 10 bytes " ..
      "of signed LEB128" },
    { "reloc.memory-addr-i64", "must", "16 R_WASM_MEMORY_ADDR_I64: an address, 8 bytes" },
    { "reloc.table-index-sleb64", "must", "18 R_WASM_TABLE_INDEX_SLEB64: a function's slot in " ..
      "the table, 10 bytes of signed LEB128" },
    { "reloc.table-index-i64", "must", "19 R_WASM_TABLE_INDEX_I64: a function's slot in the " ..
      "table, 8 bytes" },
    { "reloc.table-number-leb", "must", "20 R_WASM_TABLE_NUMBER_LEB: a table's index, 5 bytes " ..
      "of LEB128" },
    { "reloc.function-offset-i64", "must", "22 R_WASM_FUNCTION_OFFSET_I64: as 8, 8 bytes" },
    { "reloc.memory-addr-locrel-i32", "must", "23 R_WASM_MEMORY_ADDR_LOCREL_I32: an address " ..
      "minus that of the relocated bytes, 4 bytes" },
    { "reloc.table-index-rel-sleb64", "must", "24 R_WASM_TABLE_INDEX_REL_SLEB64: as 12, 10 " ..
      "bytes of signed LEB128" },
    { "reloc.function-index-i32", "must", "26 R_WASM_FUNCTION_INDEX_I32: a function index, 4 " ..
      "bytes" },
    { "reloc.offset.inside", "must", "all bytes that a relocation rewrites lie in its section" },
    { "reloc.offset.boundary", "must", "and in one function or one data segment" },
    { "reloc.offset.order", "de-facto", "entries are in the order of their offsets" },
    { "reloc.offset.overlap", "silent", "two relocations that share bytes: nothing is said" },
    { "reloc.type.unknown", "silent", "a relocation type without a meaning is refused" },
  },
  { "Linking.md", "object-file-validation-rules",
    { "object.validity", "may", "a tool may refuse what is no valid object" },
    { "reloc.padding", "must", "a LEB128 that is relocated has all its bytes, whatever its value" },
    { "reloc.memarg-width", "may", "the offset of a memory access of 32 bits may be read as 64 " ..
      "bits" },
    { "reloc.symbol", "must", "a relocation's symbol is of the kind that its type needs" },
    { "reloc.symbol.function", "must", "a function symbol goes with function indices, table " ..
      "slots and function offsets" },
    { "reloc.symbol.data", "must", "a data symbol goes with memory addresses" },
    { "reloc.symbol.global", "must", "a global symbol goes with global indices" },
    { "reloc.symbol.section", "must", "a section symbol goes with section offsets" },
    { "reloc.symbol.tag", "must", "a tag symbol goes with tag indices" },
    { "reloc.symbol.table", "must", "a table symbol goes with table numbers" },
    { "reloc.symbol.got", "de-facto", "a global index may also name a function or data symbol: " ..
      "that is its entry of the GOT" },
    { "reloc.encoding", "must", "the encoding of the relocated value is that of the relocation " ..
      "type" },
    { "reloc.encoding.unknown", "must", "where the encoding cannot be known there is no such " ..
      "rule: data, unknown custom sections" },
    { "reloc.operand.const", "must", "a constant's operand takes table slots and addresses only" },
    { "reloc.operand.memarg", "must", "a memory access' offset takes addresses only" },
    { "reloc.operand.function", "must", "a function operand takes function indices only" },
    { "reloc.operand.global", "must", "a global operand takes global indices only" },
    { "reloc.operand.tag", "must", "a tag operand takes tag indices only" },
    { "reloc.operand.table", "must", "a table operand takes table numbers only" },
    { "reloc.operand.type", "silent", "a type operand takes type indices: the list forgets it" },
    { "reloc.addend.code", "must", "an offset in the code section is that of an instruction" },
    { "reloc.addend.data", "must", "an offset in the data section lies in a segment" },
    { "reloc.addend.custom", "must", "an offset in a custom section lies in it" },
  },
  { "Linking.md", "linking-metadata-section",
    { "linking.after-data", "must", "\"linking\" stands behind the data section" },
    { "linking.version", "must", "it begins with its version, 2; others may be refused" },
    { "linking.once", "silent", "there is one section \"linking\"" },
    { "linking.sub-section", "must", "sub-sections follow, each a type, a size and as many bytes" },
    { "linking.sub-section.unknown", "silent", "a sub-section of unknown type is passed over" },
    { "linking.sub-section.size", "must", "a sub-section's content has just the size that it " ..
      "says" },
    { "linking.sub-section.twice", "silent", "the same sub-section twice: nothing is said" },
  },
  { "Linking.md", "segment-info-subsection",
    { "linking.segments.count", "must", "5 WASM_SEGMENT_INFO: one entry a data segment, in order" },
    { "linking.segments.name", "must", "a segment has a name, in UTF-8" },
    { "linking.segments.alignment", "must", "an alignment, as the exponent of a power of 2" },
    { "linking.segments.flags.unknown", "silent", "a flag without a meaning: nothing is said" },
    { "segment.strings", "must", "1 WASM_SEGMENT_FLAG_STRINGS: only strings that end in NUL, " ..
      "which may be merged" },
    { "segment.tls", "must", "2 WASM_SEGMENT_FLAG_TLS: thread-local data, a copy for each thread" },
    { "segment.retain", "must", "4 WASM_SEG_FLAG_RETAIN: kept when its object is linked, used " ..
      "or not" },
  },
  { "Linking.md", "init-functions-subsection",
    { "linking.init-functions.symbol", "must", "the index is a symbol's, not a function's" },
    { "linking.init-functions.order", "must", "it stands behind the symbol table" },
    { "init.priority", "must", "constructors run in the order of their priorities" },
    { "init.after-memory", "must", "constructors run when memory is initialised" },
    { "init.order.stable", "silent", "equal priorities: in the order of the objects, and in an " ..
      "object as listed" },
    { "init.signature", "de-facto", "a constructor has no parameters; results are dropped" },
  },
  { "Linking.md", "symbol-table-subsection",
    { "linking.symbols.count", "must", "8 WASM_SYMBOL_TABLE: a count of symbols, and as many" },
    { "linking.symbols.kind", "must", "a symbol begins with its kind, one of six" },
    { "symbol.object", "must", "a function, global, tag or table symbol names one of the " ..
      "module's, imported or defined" },
    { "symbol.index", "must", "its index is that of an import just when WASM_SYM_UNDEFINED is " ..
      "set" },
    { "symbol.import-name", "must", "an undefined one without WASM_SYM_EXPLICIT_NAME has the " ..
      "import's name, and no name of its own" },
    { "symbol.explicit-name", "must", "0x40 WASM_SYM_EXPLICIT_NAME: the symbol has a name " ..
      "beside that of its import" },
    { "symbol.name", "must", "names are UTF-8" },
    { "symbol.data.name", "must", "a data symbol always has a name" },
    { "symbol.data.segment", "must", "a defined data symbol has a segment, an offset and a size" },
    { "symbol.data.offset", "must", "the offset is at most the segment's size" },
    { "symbol.data.size", "must", "offset and size together are at most the segment's size" },
    { "symbol.section", "must", "a section symbol names the code section, the data section or " ..
      "a custom section" },
    { "symbol.binding.weak", "must", "1 WASM_SYM_BINDING_WEAK: a weak definition gives way to " ..
      "a strong one, wherever it stands" },
    { "symbol.binding.weak.one", "must", "of several weak definitions one is kept, unspecified " ..
      "which" },
    { "symbol.binding.strong", "must", "two strong definitions of a name are an error" },
    { "symbol.binding.local", "must", "2 WASM_SYM_BINDING_LOCAL: no other object sees the " ..
      "symbol, and it is not exported" },
    { "symbol.binding.exclusive", "must", "a symbol is not both weak and local" },
    { "symbol.name.unique", "must", "no two symbols of an object that are not local have the " ..
      "same name; local ones may" },
    { "symbol.binding.local-import", "must", "a local function or global is no import" },
    { "symbol.visibility.hidden", "must", "4 WASM_SYM_VISIBILITY_HIDDEN: other objects see it, " ..
      "the host does not" },
    { "symbol.undefined", "must", "0x10 WASM_SYM_UNDEFINED: the symbol is defined elsewhere" },
    { "symbol.exported", "must", "0x20 WASM_SYM_EXPORTED: the symbol is exported from the module" },
    { "symbol.no-strip", "must", "0x80 WASM_SYM_NO_STRIP: the symbol is in the output, used or " ..
      "not" },
    { "symbol.tls", "must", "0x100 WASM_SYM_TLS: the symbol is thread-local" },
    { "symbol.absolute", "must", "0x200 WASM_SYM_ABSOLUTE: the offset is an address, and no " ..
      "segment's" },
    { "symbol.flags.unknown", "silent", "a flag without a meaning: nothing is said" },
    { "symbol.hidden-exported", "open", "hidden and exported at once: the one forbids what the " ..
      "other asks for" },
    { "symbol.alias", "silent", "two symbols may name the same function, global, tag, table or " ..
      "data" },
  },
  { "Linking.md", "comdat-info-subsection",
    { "comdat.name", "must", "a group has a name" },
    { "comdat.flags", "must", "a group's flags are 0" },
    { "comdat.entry", "must", "a group lists its members, each a kind and an index" },
    { "comdat.entry.kind", "must", "a member is a segment, function, global, tag, table or " ..
      "section" },
    { "comdat.entry.import", "must", "a member is defined, not imported" },
    { "comdat.entry.index", "must", "a member's index exists" },
    { "comdat.entry.twice", "silent", "a member of two groups: nothing is said" },
    { "comdat.name.unique", "silent", "two groups of one name in an object: nothing is said" },
  },
  { "Linking.md", "target-features-section",
    { "features.section", "may", "\"target_features\" may be absent" },
    { "features.order", "must", "it stands behind \"producers\"" },
    { "features.unique", "must", "a feature is named once" },
    { "features.prefix", "must", "a prefix is + or -" },
    { "features.allowed.default", "must", "unless the user says what is allowed, what is used " ..
      "is allowed" },
    { "features.absent", "must", "a feature that an object does not name is not used by it, " ..
      "and may be used by others" },
    { "features.used", "must", "+: the link fails when the feature is not allowed" },
    { "features.disallowed", "must", "-: the link fails when the feature is allowed" },
    { "features.unknown", "silent", "a feature of any name may be used" },
    { "features.required", "open", "=: older objects say that all must use a feature; the text " ..
      "has forgotten it" },
  },
}
