/* decode.h: an independent reader of modules and relocatable objects.

   Takes bytes, gives a structure that points into them: what is in the file,
   in the file's own index spaces, nothing about linking.  The judge, the
   dumper, the differ and the Lua view all read through it.  It shares no code
   with the linker, so that a mistake in one is not repeated by the other.

   All offsets are byte offsets from the start of the file, unless the field
   says otherwise.  All lists of an index space hold the imports first, so an
   index of the file is the index of the list.  Names and bytes are views of
   the input, which must outlive the DecModule.

   The reader is strict: section order, sizes used up to the last byte, counts
   that must agree, index ranges, unique export names, UTF-8 names.  Bodies of
   functions are only delimited; decode_code() checks what is in them. */

#ifndef LINKSPEC_DECODE_H
#define LINKSPEC_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DEC_NONE UINT32_MAX /* "no such index" */

/* What is wrong with the input.  field is null as long as nothing is. */
typedef struct {
  size_t offset;     /* of the first byte of the field at fault */
  const char *field; /* the field's name, a constant string */
  char message[160];
} DecError;

typedef struct {
  const uint8_t *at; /* view of the input; not zero-terminated */
  size_t size;
} DecBytes;

/* A bounded place to read at.  Cursors made from one another share error. */
typedef struct {
  const uint8_t *base; /* of the file */
  size_t pos, end;     /* offsets: next byte, first byte out of bounds */
  DecError *error;     /* the first problem; after it all reads give 0 */
} DecCursor;

/* instructions */

/* Index spaces and other kinds of immediates.  What value holds is said
   on the right. */
typedef enum {
  DEC_IMM_FUNC,       /* function index */
  DEC_IMM_TYPE,       /* type index, also of a block */
  DEC_IMM_LOCAL,      /* local index */
  DEC_IMM_GLOBAL,     /* global index */
  DEC_IMM_TABLE,      /* table index */
  DEC_IMM_MEMORY,     /* memory index */
  DEC_IMM_DATA,       /* data segment index */
  DEC_IMM_ELEM,       /* element segment index */
  DEC_IMM_TAG,        /* tag index */
  DEC_IMM_LABEL,      /* how many blocks to leave */
  DEC_IMM_BLOCK_TYPE, /* WASM_TYPE_x of the result; WASM_TYPE_NORESULT */
  DEC_IMM_VALUE_TYPE, /* WASM_TYPE_x */
  DEC_IMM_COUNT,      /* length of the list that follows */
  DEC_IMM_CATCH,      /* catch, catch_ref, catch_all, catch_all_ref: 0 to 3 */
  DEC_IMM_ALIGN,      /* log2 of the alignment */
  DEC_IMM_OFFSET,     /* offset of a memory access, in bytes */
  DEC_IMM_I32,        /* constant, extended by sign to 64 bits */
  DEC_IMM_I64,        /* constant */
  DEC_IMM_F32,        /* bits of the constant */
  DEC_IMM_F64,        /* bits of the constant */
  DEC_IMM_LANE,       /* lane */
  DEC_IMM_BYTES16,    /* 0: see the 16 bytes at offset */
  DEC_IMM_ZERO        /* the reserved byte of atomic.fence */
} DecImmKind;

typedef struct {
  DecImmKind kind;
  uint32_t width; /* encoded bytes; LEBs may be padded */
  size_t offset;  /* of the first of them, in the file */
  uint64_t value;
} DecImm;

enum { DEC_IMMS = 4 };

typedef struct {
  size_t offset;         /* of the first byte of the opcode, in the file */
  size_t size;           /* bytes with immediates and list */
  uint32_t opcode;       /* DEC_OPCODE(prefix or 0, code) */
  const char *name;      /* as the text format spells it */
  const char *letters;   /* immediates, see opcodes.def */
  uint32_t opcode_width; /* bytes of the prefix and code */
  uint32_t imm_count;
  DecImm imm[DEC_IMMS]; /* all immediates but those of a list */
  uint32_t list_count;  /* items of the list: labels, types or catches */
  size_t list;          /* offset of its first item */
} DecInstr;

#define DEC_OPCODE(prefix, code) ((uint32_t)(prefix) << 16 | (uint32_t)(code))

/* Reads the immediates of an instruction's list one by one. */
typedef struct {
  DecCursor cursor;
  char letter;   /* 'L' labels, 'S' types, 'C' catches */
  uint32_t left; /* items not yet begun */
  uint32_t part; /* of the item: 0 at its start */
  uint64_t kind; /* of the catch clause we are in */
} DecList;

/* the module */

typedef struct {
  uint8_t id;      /* WASM_SEC_x */
  DecBytes name;   /* of a custom section, else empty */
  size_t offset;   /* of the id byte */
  size_t payload;  /* of the first byte after the size */
  size_t size;     /* of the payload */
  size_t contents; /* payload, after the name if it is a custom section */
} DecSection;

typedef struct {
  uint32_t param_count, result_count;
  const uint8_t *params, *results; /* WASM_TYPE_x each; may be null if none */
} DecType;

typedef struct {
  uint32_t flags;     /* WASM_LIMITS_FLAG_x */
  uint64_t min, max;  /* pages or elements; max only with HAS_MAX */
  uint32_t page_log2; /* log2 of the page size in bytes; 16 if not stated */
} DecLimits;

typedef struct {
  DecBytes module, name;
  uint8_t kind;   /* WASM_EXTERNAL_x */
  uint32_t index; /* in the space of that kind */
  size_t offset;
} DecImport;

/* A constant expression.  Most are one instruction; then opcode and value
   (constant or index) say all; otherwise opcode is DEC_NONE. */
typedef struct {
  size_t offset, size; /* with the end byte */
  bool is_index;       /* of a list of indices: no opcode, no end byte */
  uint32_t opcode;     /* DEC_OPCODE(...); DEC_NONE if more than one */
  uint64_t value;      /* as DecImm.value */
} DecExpr;

typedef struct {
  uint32_t count;
  uint8_t type; /* WASM_TYPE_x */
} DecLocals;

typedef struct {
  DecBytes name; /* best known: name section, symbol, import, export */
  uint32_t type;
  uint32_t import; /* index in imports, or DEC_NONE: the next are set */
  size_t offset;   /* of the size field of the body */
  size_t body;     /* of the first byte after it */
  size_t code;     /* of the first instruction, after the locals */
  size_t end;      /* of the first byte after the final end */
  uint32_t local_groups;
  DecLocals *locals; /* without parameters */
} DecFunc;

typedef struct {
  DecBytes name;
  uint32_t import;
  uint8_t type; /* WASM_TYPE_x of the elements */
  DecLimits limits;
} DecTable;

typedef struct {
  DecBytes name;
  uint32_t import;
  DecLimits limits;
} DecMemory;

typedef struct {
  DecBytes name;
  uint32_t import;
  uint8_t type; /* WASM_TYPE_x */
  bool is_mutable;
  DecExpr init; /* if not imported */
} DecGlobal;

typedef struct {
  DecBytes name;
  uint32_t import;
  uint32_t type;
} DecTag;

typedef struct {
  DecBytes name;
  uint8_t kind;   /* WASM_EXTERNAL_x */
  uint32_t index; /* in the space of that kind */
  size_t offset;
} DecExport;

typedef enum { DEC_ACTIVE, DEC_PASSIVE, DEC_DECLARED } DecMode;

typedef struct {
  DecBytes name;
  uint32_t flags; /* WASM_ELEM_SEGMENT_x */
  DecMode mode;
  uint32_t table; /* if active */
  DecExpr start;  /* first slot, if active */
  uint8_t type;   /* WASM_TYPE_x of the elements */
  uint32_t count;
  DecExpr *items; /* an index counts as ref.func */
  size_t offset;
} DecElem;

typedef struct {
  DecBytes name;
  uint32_t flags;  /* WASM_DATA_SEGMENT_x */
  DecMode mode;    /* active or passive */
  uint32_t memory; /* if active */
  DecExpr start;   /* address, if active */
  DecBytes bytes;
  size_t offset; /* of the segment's flags; bytes.at - file is its body */
} DecData;

/* custom sections */

typedef struct {
  uint32_t index; /* in the space of the map */
  DecBytes name;
} DecName;

typedef struct {
  uint32_t count;
  DecName *names; /* by ascending index */
} DecNameMap;

typedef struct {
  uint32_t func;
  DecNameMap map; /* local index -> name */
} DecLocalNames;

/* A sub-section: id and contents. */
typedef struct {
  uint32_t id;
  DecBytes bytes;
} DecSub;

typedef struct {
  bool present;
  bool has_module;
  DecBytes module;
  DecNameMap funcs, globals, data;
  uint32_t local_count;
  DecLocalNames *locals;
  uint32_t other_count;
  DecSub *others; /* sub-sections not listed above, raw */
} DecNames;

typedef struct {
  DecBytes field, name, version;
} DecProducer;

typedef struct {
  char prefix; /* WASM_FEATURE_PREFIX_x */
  DecBytes name;
} DecFeature;

typedef struct {
  DecBytes module; /* empty for an export */
  DecBytes name;
  uint32_t flags; /* WASM_SYMBOL_x */
} DecDylinkInfo;

typedef struct {
  bool present, has_memory;
  bool contradicts; /* a sub-section is there twice, and not the same */
  uint32_t memory_size, memory_align; /* bytes; log2 */
  uint32_t table_size, table_align;   /* elements; log2 */
  uint32_t needed_count, export_count, import_count, path_count;
  DecBytes *needed, *paths;
  DecDylinkInfo *exports, *imports;
} DecDylink;

typedef struct {
  DecBytes name;
  uint32_t align; /* log2 */
  uint32_t flags; /* WASM_SEG_FLAG_x */
} DecSegmentInfo;

typedef struct {
  uint32_t priority;
  uint32_t symbol; /* in symbols */
} DecInit;

typedef struct {
  uint8_t kind;   /* WASM_COMDAT_x */
  uint32_t index; /* in the space of that kind */
} DecComdatItem;

typedef struct {
  DecBytes name;
  uint32_t flags, count;
  DecComdatItem *items;
} DecComdat;

typedef struct {
  uint8_t kind;   /* WASM_SYMBOL_TYPE_x */
  uint32_t flags; /* WASM_SYMBOL_x */
  DecBytes name;  /* own, of the import, or of the section */
  uint32_t index; /* function, global, tag, table, data segment or section;
                     DEC_NONE for undefined data */
  uint64_t offset, size; /* of data, in its segment */
  size_t at;             /* of the entry, in the file */
} DecSymbol;

typedef struct {
  bool present;
  uint32_t version;
  uint32_t segment_count, init_count, comdat_count, symbol_count;
  DecSegmentInfo *segments; /* by data segment */
  DecInit *inits;
  DecComdat *comdats;
  DecSymbol *symbols;
  uint32_t other_count;
  DecSub *others; /* sub-sections not known, raw */
} DecLinking;

typedef struct {
  uint8_t type;    /* R_WASM_x */
  uint32_t offset; /* of the site, from the target's contents */
  uint32_t index;  /* symbol; type for R_WASM_TYPE_INDEX_LEB */
  int64_t addend;  /* 0 if the kind has none */
  size_t at;       /* of the entry, in the file */
} DecReloc;

typedef struct {
  uint32_t section; /* target, in sections */
  uint32_t own;     /* the reloc section itself, in sections */
  uint32_t count;
  DecReloc *relocs;
} DecRelocs;

typedef struct {
  const char *name; /* R_WASM_x */
  uint8_t width;    /* bytes at the site */
  bool has_addend;
} DecRelocKind;

typedef struct {
  size_t entry; /* where the function's index stands, in the file */
  uint32_t func;
  size_t offset;     /* of the instance, in the file */
  uint32_t position; /* in the function's body */
  DecBytes data;
  bool begun;
  uint32_t funcs, items; /* still to come; of this function */
} DecMetadata;

typedef struct {
  const uint8_t *bytes; /* the file */
  size_t size;
  uint32_t section_count, type_count, import_count;
  DecSection *sections; /* in file order */
  DecType *types;
  DecImport *imports;
  uint32_t func_count, table_count, memory_count, global_count, tag_count;
  uint32_t imported_funcs, imported_tables, imported_memories;
  uint32_t imported_globals, imported_tags;
  DecFunc *funcs;
  DecTable *tables;
  DecMemory *memories;
  DecGlobal *globals;
  DecTag *tags;
  uint32_t export_count, elem_count, data_count;
  DecExport *exports;
  DecElem *elems;
  DecData *data;
  uint32_t start; /* function, or DEC_NONE */
  bool has_data_count;
  uint32_t declared_data; /* what the data count section says */
  DecNames names;
  uint32_t producer_count, feature_count, reloc_count;
  DecProducer *producers;
  DecFeature *features;
  bool has_build_id;
  DecBytes build_id;
  DecDylink dylink;
  DecLinking linking;
  DecRelocs *relocs; /* one for each reloc.* section */
  void *memory;      /* what decode_free() gives back */
} DecModule;

/* Reads a whole file.  On failure gives false, says why in error, and leaves
   module empty; decode_free() may be called in both cases.  bytes must stay
   as long as module is used. */
bool decode_module(DecModule *module, const uint8_t *bytes, size_t size,
                   DecError *error);

/* Gives back all memory of a module and empties it. */
void decode_free(DecModule *module);

/* Whether the bytes begin like a module (magic number; nothing else). */
bool decode_is_module(const uint8_t *bytes, size_t size);

/* A cursor over the bytes [from, to) of a file, for decode_instr().  error
   must be cleared by the caller ((DecError){0}) and outlive the cursor. */
DecCursor decode_cursor(const uint8_t *bytes, size_t from, size_t to,
                        DecError *error);

/* A cursor over the instructions of a defined function. */
DecCursor decode_body(const DecModule *module, uint32_t func, DecError *error);

/* Reads the next instruction and moves the cursor past it.  Gives false at
   the end of the bytes or on an error; the cursor's error->field tells
   which.  Indices are not compared with any module. */
bool decode_instr(DecCursor *cursor, DecInstr *instr);

/* Reads the list of an instruction of the same bytes: labels of br_table
   (the default last), types of select, clauses of try_table (kind, then tag
   unless it catches all, then label).  decode_list_next() gives false after
   the last. */
DecList decode_list(const uint8_t *bytes, const DecInstr *instr);
bool decode_list_next(DecList *list, DecImm *imm);

/* Reads the next instance of a vector of code metadata (CodeMetadata.md), which
   the cursor is in; item is to be cleared before the first.  Gives false at the
   end of the vector or on an error. */
bool decode_metadata(DecCursor *cursor, DecMetadata *item);

/* Walks the bodies of all functions: known opcodes, blocks closed, the final
   end at the body's last byte, every index in range.  No types are checked.
   False and an error at the first problem. */
bool decode_code(const DecModule *module, DecError *error);

/* The kind of a relocation type, or null if there is none such. */
const DecRelocKind *decode_reloc_kind(uint32_t type);

/* The defined function whose body, size field included, holds the file
   offset; DEC_NONE if none does.  O(log n). */
uint32_t decode_func_at(const DecModule *module, size_t offset);

/* Whether two views hold the same bytes. */
bool decode_same(DecBytes a, DecBytes b);

#endif
