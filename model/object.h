/* object.h: an input object as read, from bytes or from a compile unit, and who
   reads it.  Each banner names the file that implements what follows it. */

#ifndef LINKSPEC_OBJECT_H
#define LINKSPEC_OBJECT_H

#include "diag.h"

typedef struct Symbol Symbol;
typedef struct OutSegment OutSegment;

/* ---- types of objects ---- */

typedef struct Signature {
  const u8 *types; /* parameters, then results */
  u32 nparams, nresults;
  Out index;    /* in the output's type section, once numbered */
  Symbol *stub; /* undefined_stub() of this signature, or NULL */
} Signature;    /* interned: equal signatures are one pointer */

typedef enum {
  ENC_ULEB32,
  ENC_SLEB32,
  ENC_I32,
  ENC_ULEB64,
  ENC_SLEB64,
  ENC_I64
} Encoding;

typedef enum {
#define RELOC(number, name, enc, target, value, base, addend, twin)            \
  name = number,
#include "relocs.def"
#undef RELOC
  RELOC_KINDS
} RelocKind;

/* What the relocation's index counts. */
typedef enum {
  TARGET_FUNCTION,
  TARGET_DATA,
  TARGET_GLOBAL, /* R_WASM_GLOBAL_INDEX_LEB: data and functions too (GOT) */
  TARGET_TAG,
  TARGET_TABLE,
  TARGET_SECTION,
  TARGET_TYPE
} Target;

/* What its value is. */
typedef enum {
  VALUE_INDEX,           /* of the target, in its output index space */
  VALUE_SLOT,            /* of the function, in the indirect function table */
  VALUE_ADDRESS,         /* of the data, in linear memory */
  VALUE_FUNCTION_OFFSET, /* of the body, in the code section's payload */
  VALUE_SECTION_OFFSET   /* in the output section's payload */
} Value;

/* What is subtracted from it. */
typedef enum {
  BASE_NONE,
  BASE_MEMORY, /* __memory_base: 0 in a static link */
  BASE_TABLE,  /* --table-base */
  BASE_TLS,    /* the start of .tdata */
  BASE_PLACE   /* the address of the relocated bytes themselves */
} Base;

typedef struct RelocInfo {
  const char *name;
  Encoding encoding;
  Target target;
  Value value;
  Base base;
  bool has_addend;
  int twin; /* the 64-bit (or 32-bit) form of the same, or -1 */
} RelocInfo;

struct Reloc {
  u32 offset; /* in the payload of the section it patches */
  u32 index;  /* input symbol index; TARGET_TYPE: input type index */
  i64 addend;
  u8 kind; /* RelocKind */
};

/* A piece of a string section: up to and with its NUL. */
typedef struct Piece {
  u32 in_offset;  /* in the chunk */
  u32 out_offset; /* in the merged strings */
} Piece;

/* Code with its relocated LEBs in their shortest form: see measure_code(). */
typedef struct Compact {
  u32 size;   /* without the function's size in front */
  u32 *saved; /* bytes saved up to and with each relocation */
} Compact;

/* The unit of liveness: a function, a data segment or a custom section. */
struct Chunk {
  Object *obj; /* NULL: made by the linker */
  Str name;
  const u8 *bytes; /* a function's begin with its size LEB */
  u32 size;
  u32 in_offset; /* of bytes, in the payload of the input section */
  u32 align;     /* exponent of 2 */
  u32 comdat;    /* index into obj->comdats, or NONE */
  const Reloc *relocs;
  u32 nrelocs;
  bool live;
  bool discarded;       /* another object brought the COMDAT group first */
  bool compress;        /* function: relocated LEBs lose their padding */
  Compact *compact;     /* what that gives, once measured; else NULL */
  bool strings;         /* made of the strings of other chunks */
  struct Chunk *merged; /* strings: the chunk they went into; else NULL */
  Piece *pieces;
  u32 npieces;
  u64 out_offset;  /* function, custom section: in the output section's
                      payload; segment: in the output segment */
  u32 custom;      /* custom section: index in Link.customs, or NONE */
  Symbol *symbols; /* for the map: the first of its live ones */
};

typedef struct Function {
  Chunk c;
  const Signature *sig;
  Str debug_name;  /* of the input's name section */
  Str export_name; /* of the input's export section; p is NULL if none */
  Out index;       /* function index space */
  u32 slot;        /* in the indirect function table, or NONE */
} Function;

typedef struct Segment {
  Chunk c;
  u32 flags;      /* WASM_SEG_FLAG_* */
  u64 info_at;    /* of its segment info, in the file; 0: it has none */
  bool anonymous; /* of a unit: an equal one may stand for it */
  u32 value;      /* anonymous: which one, while share.c compares them */
  OutSegment *out;
} Segment;

/* A global, tag or table: imported or defined. */
typedef struct Item {
  Object *obj; /* NULL: made by the linker */
  Str name;
  u8 type; /* value type of a global, element type of a table */
  bool mutable;
  Limits limits;        /* table */
  const Signature *sig; /* tag */
  InitExpr init;        /* defined global */
  u32 comdat;           /* index into obj->comdats, or NONE */
  bool live;
  bool discarded; /* another object brought the COMDAT group first */
  Out index;
} Item;

typedef struct Import {
  Str module, field;
  u8 kind; /* WASM_EXTERNAL_* */
  const Signature *sig;
  Item item; /* global, tag, table: its type */
} Import;

typedef struct Section {
  u8 id;
  Str name;      /* custom sections */
  u64 offset;    /* of the payload, in the file */
  u32 size;      /* of the payload, after a custom section's name */
  Chunk *custom; /* custom sections */
  Reloc *relocs; /* all that patch this section */
  u32 nrelocs;
} Section;

/* A row of the symbol table, as read. */
typedef struct SymbolRow {
  u8 kind;
  u32 flags;
  Str name;
  Str import_module, import_name; /* p is NULL where there is none */
  In index;         /* function, global, tag, table: its space; data: segment;
                       section: section index */
  u64 offset, size; /* data */
  u64 at;           /* of the row, in the file */
  bool called_directly;
} SymbolRow;

static inline bool row_is_local(const SymbolRow *r) {
  return (r->flags & WASM_SYMBOL_BINDING_MASK) == WASM_SYMBOL_BINDING_LOCAL;
}

static inline bool row_is_weak(const SymbolRow *r) {
  return (r->flags & WASM_SYMBOL_BINDING_MASK) == WASM_SYMBOL_BINDING_WEAK;
}

typedef struct Comdat {
  Str name;
  bool kept;
} Comdat;

typedef struct Feature {
  u8 prefix;
  Str name;
} Feature;

typedef struct Producer {
  Str name, version;
} Producer;

enum {
  PRODUCER_LANGUAGE,
  PRODUCER_PROCESSED_BY,
  PRODUCER_SDK,
  PRODUCER_FIELDS
};

struct Object {
  const char *name;     /* "a.o" or "lib.a(a.o)" */
  const char *basename; /* without the archive's name */
  const u8 *bytes;      /* NULL: it was never a file, see unit */
  size_t size;
  const Unit *unit;   /* what it was made of; NULL: of bytes */
  u32 kept;           /* see again.c; NONE: not at all */
  u32 order;          /* position in Link.objects, once loaded */
  bool loaded, named; /* what follows is read; names are */
  StrVec names;       /* that it defines for others, in symbol-table order */
  bool in_archive;
  bool lazy;      /* known by its names only, not loaded */
  bool bitcode;   /* LLVM's, of which nothing can be read here */
  StrVec defined; /* bitcode: what the archive's index says of it */
  bool live;      /* reached: its constructors run, RETAIN segments stay */
  Section *sections;
  u32 nsections;
  const Signature **types;
  u32 ntypes;
  Import *imports;
  u32 nimports;
  const Import **fimports; /* function imports, by function index */
  const Import **gimports, **timports, **eimports; /* global, table, tag */
  u32 nfimports, ngimports, ntimports, neimports;
  Function *functions; /* defined; index minus nfimports */
  u32 nfunctions;
  Item *globals, *tables, *tags; /* defined */
  u32 nglobals, ntables, ntags;
  Segment *segments;
  u32 nsegments;
  SymbolRow *rows;
  Symbol **symbols; /* what each row became, after resolve */
  u32 nsymbols;
  Symbol **global_symbols; /* by imported global; NULL: no row names it */
  InitFunction *inits;
  u32 ninits;
  Comdat *comdats;
  u32 ncomdats;
  u32 nmemories; /* imported and defined */
  bool wasm64;   /* one of them has 64-bit addresses */
  Feature *features;
  u32 nfeatures;
  VEC(Producer) producers[PRODUCER_FIELDS];
};

/* ---- signature.c: function types, each once ---- */

const Signature *intern_signature(Link *l, const u8 *types, u32 nparams,
                                  u32 nresults);
const char *type_text(u8 value_type);
/* "(i32, i64) -> i32" */
const char *signature_text(Link *l, const Signature *sig);

/* ---- pointer.c: wasm32 or wasm64 ---- */

u8 pointer_type(const Link *l);      /* WASM_TYPE_* of an address or slot */
u8 pointer_limits(const Link *l);    /* WASM_LIMITS_FLAG_* that say so */
u64 memory_limit(const Link *l);     /* bytes */
void put_pointer(Buf *b, u64 value); /* iN.const: an address, slot or size */
/* Fails the link when the object is of the other kind. */
void check_width(Link *l, const Object *o);
/* The same of a library, which need not have a memory. */
void check_library_width(Link *l, const Object *o);

/* ---- read.c, read_*.c: bytes -> Object ---- */

/* A module's first section, the next one, and all of one: what reading objects
   and libraries share.  data_count: of a DataCount section that came before. */
Cursor open_module(Link *l, const Object *o);
Cursor next_section(Cursor *c, Section *s);
void read_section(Link *l, Object *o, Section *s, Cursor *c, u32 *data_count);
/* The place of a section in a module; 0: anywhere. */
u32 section_order(u8 id, Str name);
/* The kind and index of an export. */
u32 read_external(Cursor *c, const Object *o, u8 *kind);
/* An alignment: the exponent of a power of 2, which must be below 2^32. */
u32 read_alignment(Cursor *c, const char *field);
/* Reads all of a relocatable object.  Fails the link on malformed input. */
Object *read_object(Link *l, Object *o);
/* The names that a member defines for others, found without reading the rest:
   what the archive's lazy symbols are. */
StrVec read_defined_names(Link *l, const Object *o);
/* The same, of a section "linking"; names grows. */
void read_linking_names(Link *l, Cursor c, StrVec *names);
/* The function with this index of the object's function space, if defined. */
Function *defined_function(const Object *o, u32 index);
/* Called by read_object() for every custom section, "linking" and "reloc.*"
   among them. */
void read_custom(Link *l, Object *o, Section *s, Cursor *c);
/* "linking": symbols, segment information, COMDATs, init functions. */
void read_linking(Link *l, Object *o, Cursor *c);
/* "reloc.*": the relocations of one section. */
void read_relocs(Link *l, Object *o, Cursor *c);
/* The section's chunks get the relocations that fall into them. */
void assign_relocs(Link *l, Object *o);
/* Bytes of the size in front of a function's body, as the input has it. */
u32 size_width(const Chunk *f);
const RelocInfo *reloc_info(u32 kind); /* NULL: no such kind */
unsigned encoding_width(Encoding e);   /* bytes */

bool is_value_type(u8 type);
bool is_ref_type(u8 type); /* a value type, too */
u8 read_value_type(Cursor *c, const char *field);
u8 read_ref_type(Cursor *c, const char *field);
Limits read_limits(Cursor *c);
/* A constant expression that gives a value of this type. */
InitExpr read_init_expr(Cursor *c, const Object *o, u8 type);
/* Reads the declarations of locals; behind them the code begins. */
void read_locals(Cursor *body);

/* ---- read_library.c: bytes -> the symbols of a shared library ---- */

bool is_shared_library(Link *l, const Object *o);
void read_library(Link *l, Object *o);

/* ---- validate.c: rules of the convention that linkers do not check ---- */

/* Reports what breaks them: called by read_object() and read_unit() under
   --validate=strict. */
void validate_object(Link *l, const Object *o);
void validate_unit(Link *l, const Object *o);

/* ---- unit.c, unit_check.c, share.c: a compile unit -> Object ---- */
/* o->unit -> the rest of o, as read_object() does for bytes. */
void read_unit(Link *l, Object *o);
/* As read_defined_names(). */
StrVec read_unit_names(Link *l, const Unit *u);

/* A constant, and where it refers to others. */
typedef struct Ref {
  u32 position; /* in its bytes */
  u8 kind;      /* RelocKind */
  i64 addend;
  u32 value;  /* among the values, or NONE: */
  u64 target; /* a number that only this target has */
} Ref;

typedef struct Constant {
  const u8 *bytes; /* what they hold at refs does not matter */
  u32 size;
  const Ref *refs;
  u32 nrefs;
  u32 first; /* set by share_constants(): the first value that equals this one
              */
} Constant;

void share_constants(Link *l, Constant *values, u32 n);
/* Equal anonymous data of different units become one; see place.c. */
void share_segments(Link *l);

/* ---- again.c: what is kept from one link to the next ---- */

/* The object of an input or of a member of it, named by its bytes alone, or
   the one that was read of them in the link before. */
Object *new_object(Link *l, const Input *in, const u8 *bytes, size_t size);
/* Reads all of it, or its names only, unless that has been done. */
void load_object(Link *l, Object *o);
StrVec defined_names(Link *l, Object *o);
/* Between the two, memory is taken that outlives the link. */
bool begin_storing(Link *l);
void end_storing(Link *l, bool before);
void store_new(Link *l);
void store_free(Link *l);

/* ---- archive.c: archive -> members ---- */

bool is_archive(const u8 *bytes, size_t size);
bool is_bitcode(const u8 *bytes, size_t size);
typedef VEC(Object *) ObjectVec;
/* The members that are wasm objects, in file order. */
ObjectVec read_archive(Link *l, const Input *in);

#endif
