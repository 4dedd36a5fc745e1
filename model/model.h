/* model.h: the reference linker as a table of contents.  Types and functions
   stand in the order of the pipeline; each banner names the file that
   implements what follows it.

   The passes, as link.c calls them, and what each makes of what:
     read, read_custom, read_linking   bytes of an object -> Object
     unit, unit_check                  what a compiler holds -> Object
     archive, stub                     libraries -> names, members
     resolve, symtab, wrap             Objects -> one Symbol a name
     live                              roots, relocations -> what is kept
     place, layout_zig, share, strings segments -> order, addresses, memory
     features                          what objects use -> what is allowed
     scan                              live code -> imports, slots, GOT, types
     startup, synth                    needs -> the linker's own functions
     number                            all that is kept -> output indexes
     reloc                             a relocation -> its value -> its bytes
     emit, emit_meta, emit_linking     all of it -> the module
     map                               the module -> a list for people

   Index spaces.  A number that counts things of one *input* object is an
   `In`; a number that counts things of the *output* module is an `Out`.  They
   are different types, since mixing them is the classic linker bug.

   Memory.  One arena a link: everything hangs off it, nothing is freed before
   link_free().  Input bytes are borrowed, never copied, and must outlive the
   link.  The model does no I/O, keeps no globals and never exits. */

#ifndef LINKSPEC_MODEL_H
#define LINKSPEC_MODEL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wasm.h"

typedef uint8_t u8;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t i64;

#define NONE UINT32_MAX /* "no index" in every index space */

typedef struct {
  u32 i;
} In; /* an index of an input object */
typedef struct {
  u32 i;
} Out; /* an index of the output module */

typedef struct Link Link;
typedef struct Object Object;
typedef struct Chunk Chunk;
typedef struct Reloc Reloc;
typedef struct Symbol Symbol;
typedef struct OutSegment OutSegment;
typedef struct Unit Unit;
typedef struct Store Store;

/* ---- bytes.c: arena, strings, bounded cursor, growing buffer ---- */

typedef struct Arena {
  struct Block *blocks;
  size_t used; /* bytes handed out, all blocks */
} Arena;

/* Zeroed memory, aligned for any type.  NULL when the machine has no more. */
void *arena_alloc(Arena *a, size_t n);
void arena_free(Arena *a);
/* The arena that the link takes memory from now. */
Arena *memory_of(Link *l);
/* From that arena; fails the link when there is no more. */
void *alloc(Link *l, size_t count, size_t size);
#define NEW(l, T) ((T *)alloc((l), 1, sizeof(T)))
#define NEW_ARRAY(l, T, n) ((T *)alloc((l), (n), sizeof(T)))

/* A name: bytes with a length, since names of the format may hold NUL. */
typedef struct Str {
  const char *p;
  u32 n;
} Str;

#define STR(literal) ((Str){(literal), sizeof(literal) - 1})

Str str_from(const char *c);
bool str_eq(Str a, Str b);
bool str_is(Str a, const char *c);
bool str_starts(Str a, const char *prefix);
int str_cmp(Str a, Str b); /* by bytes, then by length */
u32 utf8_part(Str s);      /* how many bytes of it, from the first, are UTF-8 */

/* An insertion-ordered map from names to u32, the first value wins. */
typedef struct Map {
  Str *keys;
  u32 *values;
  u32 n, cap; /* cap is a power of two or 0 */
  u64 seed;   /* of the hash */
} Map;

/* The slot for key: *fresh says whether it was made now (value 0). */
u32 *map_slot(Link *l, Map *m, Str key, bool *fresh);
/* The value of key, or NONE. */
u32 map_get(const Map *m, Str key);

/* A cursor over borrowed bytes.  Every read names its field; the first one
   that does not fit fails the link with file, offset and that name. */
typedef struct Cursor {
  Link *link;
  const char *file; /* as diagnostics name it */
  const u8 *p, *end;
  const u8 *base; /* offset 0 of the file */
  Str section;    /* that it is in, if any */
} Cursor;

u64 cursor_offset(const Cursor *c);
size_t cursor_left(const Cursor *c);
u8 read_u8(Cursor *c, const char *field);
u32 read_u32le(Cursor *c, const char *field);
u32 read_uleb32(Cursor *c, const char *field);
u64 read_uleb64(Cursor *c, const char *field);
int32_t read_sleb32(Cursor *c, const char *field);
i64 read_sleb64(Cursor *c, const char *field);
const u8 *read_bytes(Cursor *c, size_t n, const char *field);
Str read_str(Cursor *c, const char *field);
/* A count of things that take at least `least` bytes each: one that cannot
   fit in the bytes left fails before anything is allocated for it. */
u32 read_count(Cursor *c, u32 least, const char *field);
/* The next n bytes as a cursor of their own; c goes on behind them. */
Cursor read_sub(Cursor *c, size_t n, const char *field);

/* A growing buffer in the link's arena. */
typedef struct Buf {
  Link *link;
  u8 *p;
  size_t n, cap;
} Buf;

void put_u8(Buf *b, unsigned v);
void put_u32le(Buf *b, u32 v);
void put_uleb(Buf *b, u64 v);
void put_sleb(Buf *b, i64 v);
void put_bytes(Buf *b, const void *p, size_t n);
void put_str(Buf *b, Str s); /* length, then bytes */
u8 *put_space(Buf *b, size_t n);

/* LEB128 with exactly `width` bytes: padded when the value needs fewer. */
void write_uleb_padded(u8 *p, u64 v, unsigned width);
void write_sleb_padded(u8 *p, i64 v, unsigned width);
/* Bytes of the shortest encoding. */
unsigned uleb_size(u64 v);
unsigned sleb_size(i64 v);

/* Arrays that grow in the arena: VEC(T) v; VEC_PUSH(l, v, x). */
#define VEC(T)                                                                 \
  struct {                                                                     \
    T *p;                                                                      \
    u32 n, cap;                                                                \
  }
#define VEC_PUSH(l, v, x)                                                      \
  (vec_grow((l), (void **)&(v).p, (v).n, &(v).cap, sizeof *(v).p),             \
   (v).p[(v).n++] = (x))
void vec_grow(Link *l, void **p, u32 n, u32 *cap, size_t item);
typedef VEC(Str) StrVec;

/* ---- diag.c: diagnostics, one row each in diags.def ---- */

typedef enum {
#define DIAG(id, phase, class, severity, text) DIAG_##id,
#include "diags.def"
#undef DIAG
  DIAG_COUNT
} DiagId;

typedef enum {
  PHASE_READ,
  PHASE_ARCHIVE,
  PHASE_RESOLVE,
  PHASE_LIVE,
  PHASE_PLACE,
  PHASE_NUMBER,
  PHASE_EMIT
} Phase;

/* STRICT stands in diags.def only: what is recorded is an error. */
typedef enum {
  SEVERITY_ERROR,
  SEVERITY_WARNING,
  SEVERITY_NOTE,
  SEVERITY_STRICT
} Severity;

#define NO_OFFSET UINT64_MAX

typedef struct Diag {
  DiagId id;
  Severity severity;
  const char *file;   /* "a.o", "lib.a(a.o)", or NULL: no one file */
  u64 offset;         /* byte offset in that file (member), or NO_OFFSET */
  const char *within; /* "section linking", "section code, in f", or NULL */
  const char *field;  /* the field's name, or NULL */
  const char *text;   /* the message, without file and offset */
} Diag;

const char *diag_name(DiagId id);  /* "UNDEFINED_SYMBOL" */
const char *diag_class(DiagId id); /* "undefined" */
const char *diag_phase(DiagId id); /* "resolve" */

/* Where a diagnostic points. */
typedef struct Where {
  const char *file;
  u64 offset;
  const char *field;
  Str section; /* no bytes: in none */
  Str part;    /* the function or segment, if any */
} Where;

Where in_file(const char *file);
Where in_object(const Object *o);
Where at_cursor(const Cursor *c, const char *field);
Where at_offset(const Object *o, u64 offset, const char *field);
Where at_chunk(const Chunk *c, u32 offset, const char *field);
Where at_reloc(Link *l, const Chunk *c, const Reloc *r);
Str section_name(u8 id, Str name); /* "code", or a custom section's name */

/* fail() unwinds to the entry of link_run().  report() records and returns:
   linking stops at the next checkpoint().  Both take the arguments of the
   row's text, as printf does. */
_Noreturn void fail(Link *l, DiagId id, Where w, ...);
void report(Link *l, DiagId id, Where w, ...);
/* A rule of the convention that the world's linkers do not check (severity
   STRICT) is broken: report() under --validate=strict, else nothing. */
void violation(Link *l, DiagId id, Where w, ...);
void checkpoint(Link *l);
bool diags_room(Link *l); /* for one more; false: there is no memory */
char *format(Link *l, const char *fmt, ...);
/* A name as people read it: demangled when the request says so. */
Str display_name(Link *l, Str name);
const char *pretty(Link *l, Str name); /* the same for printf, up to a NUL */
const char *plain(Link *l, Str name);  /* as objects spell it */

/* ---- link.c: the request, the passes, the answer ---- */

typedef struct Input {
  const char *path; /* as diagnostics and thin archives name it */
  const u8 *bytes;
  size_t size;
  const Unit *unit;   /* linked instead of bytes; NULL: there is none */
  bool whole_archive; /* --whole-archive is in force */
  bool lazy;          /* between --start-lib and --end-lib */
  bool unchanged;     /* link_again(): as in the link before, and there */
} Input;

typedef enum {
  UNRESOLVED_REPORT, /* an error for each (default) */
  UNRESOLVED_WARN,   /* --warn-unresolved-symbols */
  UNRESOLVED_IGNORE  /* --unresolved-symbols=ignore-all, --allow-undefined */
} Unresolved;

/* How data is ordered, and where the stack is: see place.c. */
typedef enum { LAYOUT_LLD, LAYOUT_ZIG } Layout;

typedef struct Names {
  const char **p;
  u32 n;
} Names;

/* What may be asked of a link; options.def of the runner gives the spelling.
   Zero is "not given" except where a comment says otherwise. */
typedef struct Options {
  const char *entry;        /* NULL: no entry */
  Names exports;            /* --export: must exist */
  Names exports_if_defined; /* --export-if-defined */
  Names undefined;          /* -u */
  Names allow_undefined;    /* --allow-undefined-file, one name each */
  Names wrap;               /* --wrap */
  Names trace_symbols;      /* --trace-symbol */
  bool trace;               /* note every object that is loaded */
  bool map;                 /* ask for link_map(), */
  bool why_extract;         /* and for Link.extractions */
  bool export_all, export_dynamic;
  Unresolved unresolved;
  bool import_undefined;
  bool gc_sections; /* default on: options_default() */
  bool print_gc_sections;
  bool merge_data_segments; /* default on */
  int optimize;             /* -O: 0 keeps strings unmerged; default 1 */
  bool strip_all, strip_debug;
  bool compress_relocations; /* for modules without .debug_* sections */
  Names keep_sections;
  bool build_id;      /* write a build_id section, */
  u32 build_id_size;  /* with so many bytes of Request.build_id */
  bool have_features; /* --features given, perhaps empty */
  Names features, extra_features;
  bool check_features; /* default on */
  bool demangle;       /* default on */
  bool allow_multiple_definition, noinhibit_exec, fatal_warnings;
  u32 error_limit; /* 0: no limit; default 20 */
  bool strict;     /* --validate=strict: rows of severity STRICT are errors */
  Layout layout;
  /* memory, in bytes */
  bool shared_memory; /* by threads, each an instance of its own */
  bool wasm64;        /* -m wasm64: addresses and table slots have 64 bits */
  bool stack_first;   /* default on, as in wasm-ld 22; LAYOUT_LLD alone asks */
  u64 stack_size;     /* default: default_stack_size() of the layout */
  u64 global_base;    /* 0: 1024, or the end of a stack that is first */
  u64 page_size;      /* 65536 (default) or 1 */
  u64 initial_memory, initial_heap, max_memory;
  bool no_growable_memory;
  bool import_memory, export_memory; /* export is the default */
  const char *import_memory_module, *import_memory_name; /* env, memory */
  const char *export_memory_name;                        /* memory */
  bool import_table, export_table, growable_table;
  u32 table_base;          /* default 1 */
  const char *module_name; /* name section: base name of the output file */
  bool relocatable;        /* -r: the output is an object again */
  bool emit_relocs; /* --emit-relocs: what made the module is written, too */
} Options;

/* The defaults of the newest wasm-ld. */
Options options_default(void);
/* One page, or 1 MiB: what Zig gives programs for no operating system. */
u64 default_stack_size(Layout layout);

typedef struct Request {
  const Input *inputs;
  u32 ninputs;
  Options options;
  /* The bytes of a thin archive's member, whose path is relative to the
     archive's folder; false when it cannot be had.  May be NULL. */
  bool (*open_member)(void *host, const char *archive, const char *member,
                      const u8 **bytes, size_t *size);
  /* A demangled copy of a NUL-terminated name, freed by the caller with
     free(), or NULL to keep the name.  May be NULL. */
  char *(*demangle)(const char *name);
  /* The build id of a module that has blanks in its place, which is id.  May
     be NULL: then the blanks stay. */
  void (*build_id)(void *host, const u8 *module, size_t size, u8 *id);
  void *host;
  bool keep; /* link_again() will follow: what is read is kept */
} Request;

/* Addresses come before indexes: which functions run at the start depends on
   the segments. */
typedef enum {
  STAGE_RESOLVE,
  STAGE_LIVE,
  STAGE_PLACE,
  STAGE_NUMBER,
  STAGE_EMIT
} Stage;

/* A link of request, not yet run.  NULL when there is no memory.  The request
   is borrowed. */
Link *link_new(const Request *request);
/* Runs the passes up to and including last.  False when an error was found:
   see link_diags().  To be called once. */
bool link_run(Link *l, Stage last);
/* Instead of link_run(): looks at each object of the inputs alone, members of
   archives too, and goes on behind one that is in error.  Gives the number of
   objects; see link_diags(). */
u32 link_validate(Link *l);
/* The module, after STAGE_EMIT. */
const u8 *link_output(const Link *l, size_t *size);
/* A list of what is in the module, as text, after STAGE_EMIT. */
const u8 *link_map(const Link *l, size_t *size);
const Diag *link_diags(const Link *l, u32 *n);
void link_free(Link *l);
/* A link, not yet run, of a request with the options of old's.  What old has
   read of inputs that are marked as unchanged is taken over; old is gone.  The
   module is that of a fresh link.  NULL when there is no memory. */
Link *link_again(Link *old, const Request *request);
/* The link, run, that makes an object of a unit: link -r of it alone. */
Link *unit_lower(const Unit *u, const char *name);

/* ---- types of objects ---- */

typedef struct Signature {
  const u8 *types; /* parameters, then results */
  u32 nparams, nresults;
  Out index;    /* in the output's type section, once numbered */
  Symbol *stub; /* undefined_stub() of this signature, or NULL */
} Signature;    /* interned: equal signatures are one pointer */

typedef struct Limits {
  u8 flags; /* WASM_LIMITS_FLAG_* */
  u64 min, max;
  u32 page_size_log2; /* 16 unless HAS_PAGE_SIZE */
} Limits;

/* A constant expression, without its `end`. */
typedef struct InitInstr {
  u8 opcode;
  i64 value; /* integer constant, reference type, or In index of a global */
  u64 bits;  /* f32.const, f64.const */
} InitInstr;

typedef struct InitExpr {
  InitInstr *p;
  u32 n;
} InitExpr;

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

typedef struct InitFunction {
  u32 priority;
  In symbol;
} InitFunction;

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

/* ---- read.c, read_custom.c, read_linking.c: bytes -> Object ---- */

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
/* Reads the declarations of locals; behind them the code begins. */
void read_locals(Cursor *body);

/* ---- validate.c: rules of the convention that linkers do not check ---- */

/* Reports what breaks them: called by read_object() and read_unit() under
   --validate=strict. */
void validate_object(Link *l, const Object *o);
void validate_unit(Link *l, const Object *o);

/* ---- unit.c, unit_check.c, share.c: a compile unit -> Object ---- */

/* What is to be written at a place of a unit, once it is known.  In code it is
   an operand, in data it overwrites bytes; that, and whether addresses have 32
   or 64 bits, decides the encoding. */
typedef enum {
  FIXUP_FUNCTION, /* code: function index */
  FIXUP_TYPE,     /* code: type index; the target is one of Unit.types */
  FIXUP_GLOBAL,   /* code: global index */
  FIXUP_TAG,      /* code: tag index */
  FIXUP_TABLE,    /* code: table number */
  FIXUP_SLOT,     /* code: iN.const; data: a pointer to the function */
  FIXUP_ADDRESS,  /* code: iN.const; data: a pointer */
  FIXUP_OFFSET,   /* code: the offset of a load or store */
  FIXUP_TLS       /* code: iN.const, offset in the thread-local block */
} FixupKind;

typedef struct Fixup {
  FixupKind kind;
  u32 position; /* in the symbol's bytes: code, the byte that follows the
                   operand; data, the first one that is overwritten */
  u32 target;   /* position in Unit.symbols */
  i64 addend;   /* FIXUP_ADDRESS, FIXUP_OFFSET, FIXUP_TLS; else 0 */
} Fixup;

/* Something that a unit defines, or (WASM_SYMBOL_UNDEFINED) only uses. */
typedef struct UnitSymbol {
  u8 kind;   /* WASM_SYMBOL_TYPE_*, but no section */
  Str name;  /* empty: anonymous data, a value that nobody else names */
  u32 flags; /* WASM_SYMBOL_* */
  Str import_module, import_name; /* p is NULL where not given */
  Str export_name;                /* function; likewise */
  u32 type;                       /* function, tag: position in Unit.types */
  u8 value_type;                  /* global; elements of a table */
  bool mutable;                   /* global */
  InitInstr init;                 /* defined global: a constant */
  Limits limits;                  /* table */
  bool constant; /* data: nobody writes it, as anonymous data always */
  u32 align;     /* data: exponent of 2 */
  /* Data, or a function's locals and code without the operands of fixups. */
  const u8 *bytes;
  u32 size;
  const Fixup *fixups; /* in order of position */
  u32 nfixups;
} UnitSymbol;

typedef struct UnitType {
  const u8 *types; /* parameters, then results */
  u32 nparams, nresults;
} UnitType;

/* What a compiler has in memory before it writes an object: linked as it is,
   or lowered to an object that any linker takes, unit_lower(). */
struct Unit {
  const UnitType *types;
  u32 ntypes;
  const UnitSymbol *symbols;
  u32 nsymbols;
  const InitFunction *inits; /* symbol: position in symbols */
  u32 ninits;
  Names features; /* that its code uses */
  bool wasm64;    /* pointers have 64 bits */
};

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

/* ---- symtab.c: one name, one symbol ---- */

typedef enum { SYM_UNDEFINED, SYM_LAZY, SYM_DEFINED } SymState;

/* One entity that a name (or a local row) denotes. */
struct Symbol {
  Str name;
  u8 kind; /* WASM_SYMBOL_TYPE_*; not known while lazy */
  SymState state;
  u32 flags;            /* WASM_SYMBOL_*, the winner's */
  Object *obj;          /* defines it, or refers to it first; NULL: the linker,
                           or nobody (lazy) */
  Object *member;       /* would define it, if loaded; NULL: none */
  const Signature *sig; /* function, tag */
  Function *func;
  Segment *seg;                   /* data; NULL: absolute */
  u64 value;                      /* data: offset in seg, or absolute address */
  u64 size;                       /* data */
  Item *item;                     /* global, tag, table */
  const Section *section;         /* section symbol */
  Str import_module, import_name; /* p is NULL where not given */
  Symbol *stub;          /* undefined function: what its callers trap in */
  const Object *seen_in; /* the object that named it last */
  Out index;             /* of an import, in its space */
  u32 slot;              /* of an imported function, in the table, or NONE */
  u32 got;               /* global index of its internal GOT entry, or NONE */
  Out row;               /* in the output's symbol table, or NONE */
  bool used;             /* by an object or by the linker itself */
  bool force_export;
  bool force_import;    /* a stub library lists it */
  bool traced;          /* --trace-symbol */
  bool listed;          /* in its chunk's list of symbols */
  Symbol *next;         /* in that list */
  Symbol *redirect;     /* --wrap: what references denote instead, or NULL */
  bool called_directly; /* undefined function: not only its address is used */
  bool is_stub;         /* traps when called; its address is 0 */
  bool referenced;      /* live, for symbols that have no chunk */
};

typedef struct Variants {
  Str name;
  VEC(Symbol *) symbols;
} Variants; /* one name under several signatures */

Symbol *find_symbol(const Link *l, Str name);
/* --trace-symbol: an undefined reference; NULL: the linker's own. */
void trace_reference(Link *l, Str name, const Object *o);
/* From now on name means what `as` means; both are known. */
void rename_symbol(Link *l, Str name, Str as);
/* A row of an object enters the table: see the rules at each.  They return
   what the row denotes from now on. */
Symbol *add_defined(Link *l, Object *o, const SymbolRow *r);
Symbol *add_undefined(Link *l, Object *o, const SymbolRow *r);
Symbol *add_local(Link *l, Object *o, const SymbolRow *r, bool undefined);
/* A member's definition is known by name.  True: it is wanted at once. */
bool add_lazy(Link *l, Str name, Object *member);
/* The linker itself refers to a function, as a caller whose signature is not
   known. */
Symbol *add_undefined_function(Link *l, Str name);
/* The symbol is the linker's: function with this signature, or global. */
Symbol *add_synthetic_function(Link *l, const char *name, u32 flags,
                               const Signature *sig);
/* A function beside the table: in export order, but found by no name. */
Symbol *add_wrapper(Link *l, Str name, u32 flags, const Signature *sig);
Symbol *add_synthetic_global(Link *l, const char *name, u32 flags,
                             bool mutable);
/* The same for names that are only defined where somebody asks for them: an
   undefined reference; for data also --export and --export-all.  Else NULL. */
Symbol *add_optional_data(Link *l, const char *name, u64 value);
/* The symbol is the linker's: data at an address. */
Symbol *add_synthetic_data(Link *l, const char *name, u64 value);
Symbol *add_optional_global(Link *l, const char *name);
/* s becomes a function that traps, shown under debug_name. */
void make_stub(Link *l, Symbol *s, const Signature *sig,
               const char *debug_name);
/* The trapping function that undefined functions of this signature share. */
Symbol *undefined_stub(Link *l, const Signature *sig);
/* A name under two signatures: one definition wins, the rest trap. */
void settle_variants(Link *l);

bool is_weak(const Symbol *s);
bool is_local(const Symbol *s);
bool is_hidden(const Symbol *s);
bool is_undefined(const Symbol *s);
bool is_defined(const Symbol *s);
bool awaits_member(const Symbol *s); /* could be defined by loading member */
bool is_exported(const Link *l, const Symbol *s);
bool is_discarded(const Symbol *s);
bool is_tls(const Symbol *s);
Chunk *symbol_chunk(const Symbol *s);
const char *symbol_file(const Symbol *s); /* "<internal>" for the linker's */
const char *kind_text(u8 kind);           /* WASM_SYMBOL_TYPE_*: "function" */
bool listed(const Names *names, Str name);

/* ---- resolve.c: inputs -> symbols ---- */

/* Why a member became part of the link. */
typedef struct Extraction {
  const char *reference; /* the object, or option, that asked */
  const Object *member;
  const char *symbol; /* that it asked for, as people read it */
} Extraction;

/* The objects of an input: itself, or the members of an archive; of a stub
   library, which is read, none. */
ObjectVec input_objects(Link *l, const Input *in);
/* Reads the object and enters its symbols as if there were no other object. */
void load_alone(Link *l, Object *o);
void resolve_inputs(Link *l); /* all inputs; then -u, --export, the entry */
void resolve_finish(Link *l); /* variants, weak undefined functions */
/* What s is when the member that it waits for, if any, is loaded. */
Symbol *settle_lazy(Link *l, Symbol *s, const char *reference);
/* add_undefined_function(), and settle_lazy(). */
Symbol *want_function(Link *l, Str name);
/* --export and --export-if-defined, of what is defined by now. */
void force_exports(Link *l);

/* ---- stub.c: stub libraries ---- */

typedef struct StubSymbol {
  Str name;
  VEC(Str) needs; /* names of the module that it uses */
} StubSymbol;

typedef struct Stub {
  const char *path;
  Map by_name;
  VEC(StubSymbol) symbols;
} Stub;

bool is_stub_library(const u8 *bytes, size_t size);
void read_stub_library(Link *l, const Input *in);
/* When all other inputs are known. */
void apply_stubs(Link *l);

/* ---- wrap.c: --wrap ---- */

typedef struct Wrap {
  Symbol *plain, *real, *wrapper; /* NAME, __real_NAME, __wrap_NAME */
} Wrap;

void prepare_wraps(Link *l); /* when all inputs are known */
void apply_wraps(Link *l);   /* when all names are settled */

/* ---- live.c: roots and edges -> what is kept ---- */

void mark_live(Link *l);
void set_live(Symbol *s);
bool is_live(const Symbol *s);

/* ---- place.c, layout_zig.c: segments and addresses;  strings.c: merged
   strings ---- */

struct OutSegment {
  Str name;
  u32 index; /* in the data section, or NONE: not written */
  u32 align; /* exponent of 2 */
  u32 flags; /* WASM_SEG_FLAG_*, of an object */
  u64 size, address;
  u64 body; /* offset of its bytes in the payload of the data section */
  bool is_bss, is_tls;
  VEC(Chunk *) chunks; /* in order of offset; merged strings as one */
};

void make_segments(Link *l); /* input segments -> output segments */
void gather_zig(Link *l);    /* the same, without offsets, in Zig's order */
/* s becomes part of out. */
void join_segment(Link *l, OutSegment *out, Segment *s);
bool stands_for_itself(const Segment *s); /* live, and no other is the same */
bool is_zero(const Chunk *c);
void place_memory(Link *l); /* addresses; stack, heap, limits */
bool in_binary(const Link *l, const OutSegment *s);
void number_segments(Link *l); /* when features have decided what is written */
u64 data_address(const Symbol *s); /* of a defined data symbol, in memory */
/* What code and data hold for it: the address, but of a thread-local symbol
   its offset from __tls_base, in a single-threaded link too. */
u64 data_value(const Symbol *s);

/* Strings of one kind become one chunk: duplicates and tails are shared. */
bool mergeable_segment(const Link *l, const Segment *s);
bool mergeable_custom(const Link *l, const Chunk *c);
void split_strings(Link *l, Chunk *c);
/* One chunk with all the strings of the n chunks, which remember it. */
Chunk *merge_strings(Link *l, Chunk **chunks, u32 n);
/* Offset in the chunk -> offset in its output segment or section. */
u64 chunk_offset(const Chunk *c, u64 offset);

/* ---- features.c: target_features ---- */

/* What the output may use: as the options say, else all that objects do; and
   whether objects and options agree. */
void settle_features(Link *l);
void check_mutable_globals(Link *l); /* after imports and exports */
bool has_feature(const Link *l, const char *name);

/* ---- scan.c: what live code asks for ---- */

/* Decides whether there is an indirect function table: because inputs or
   options ask for it, or because something needs it (required). */
void resolve_table(Link *l, bool required);
bool is_imported(const Link *l, const Symbol *s);
void number_imports(Link *l); /* in front of all definitions */
/* Table slots, GOT entries, types, stubs; undefined symbols are reported. */
void scan_relocs(Link *l);
void size_table(Link *l); /* limits, when all slots are given */

/* ---- number.c: output index spaces ---- */

void number_definitions(Link *l);    /* what is live, in load order */
void number_init_functions(Link *l); /* in call order: by priority */
void number_types(Link *l);          /* of all functions and tags */
void number_exports(Link *l);        /* names and what they denote */
Out append_function(Link *l, Function *f);
Out function_index(const Symbol *s); /* NONE: it has none */
Out item_index(const Symbol *s);     /* of a global, tag or table */

/* ---- synth.c: what the linker itself defines ---- */

void synth_symbols(Link *l);    /* before any input is read */
void synth_optional(Link *l);   /* when all inputs are known */
void synth_start_stop(Link *l); /* when segments have addresses */
void synth_bodies(Link *l);     /* after numbering */
/* Code: an opcode with its first immediate; the body of a function. */
void put_op(Buf *b, unsigned opcode, u64 immediate);
void set_body(Link *l, Function *f, const Buf *body);

/* ---- startup.c: what runs before the program ---- */

void startup_symbols(Link *l); /* before numbering */
void startup_bodies(Link *l);  /* after numbering */

/* ---- reloc.c: the value of a relocation, then its bytes ---- */

/* What relocation r of chunk c evaluates to. */
u64 reloc_value(const Link *l, const Reloc *r, const Chunk *c);
/* The function or segment of the code or data section with that byte of the
   payload, its end counting as one; NULL: it is one of the section's own. */
const Chunk *chunk_at(const Object *o, u8 section, u64 offset);
/* Writes value in the encoding at p, LEBs padded to that many bytes. */
void reloc_write(u8 *p, Encoding e, u64 value, unsigned width);
/* The bytes that function c takes in the output, its size in front included.
   To be asked once, when all indexes and addresses are known. */
u64 measure_code(Link *l, Chunk *c);
/* Copies c to p and applies all its relocations there; values that do not fit
   are reported.  Returns its end. */
u8 *write_chunk(Link *l, const Chunk *c, u8 *p);

/* ---- emit.c, emit_meta.c, emit_linking.c: the output module ---- */

typedef struct Export {
  Str name;
  u8 kind; /* WASM_EXTERNAL_* */
  u32 index;
  Str of;           /* the name inside of what is exported, */
  const char *file; /* and where it is defined */
} Export;

typedef struct CustomOut {
  Str name;
  VEC(Chunk *) chunks;
  u64 size;
  u32 section; /* its number among all sections */
  Out row;     /* of its section symbol */
} CustomOut;

/* A section that was written. */
typedef struct SectionOut {
  u8 id;
  Str name;            /* custom section */
  u64 offset, payload; /* in the file; a custom section's name is payload */
  u64 size;            /* of the payload */
} SectionOut;

void emit_module(Link *l);
/* A section of the output, begun: its id and size.  Returns its number. */
u32 emit_header(Link *l, u8 id, u64 size);
void emit_custom(Link *l, Str name, const Buf *body);
void emit_names(Link *l);
void emit_producers(Link *l);
void emit_features(Link *l);
void emit_build_id(Link *l); /* last: the id is one of all bytes */
/* Custom sections of one name become one; each gets its size. */
void place_customs(Link *l);
void emit_customs(Link *l);
/* What makes the output an object, or tells how the module was made. */
void emit_linking(Link *l);
void emit_relocs(Link *l);

/* ---- map.c: Options.map ---- */

void write_map(Link *l); /* what link_map() gives */

/* ---- link.c: all that a link holds ---- */

typedef struct InitCall {
  Symbol *symbol;
  u32 priority;
} InitCall;

struct Link {
  const Request *request;
  Options opt;
  Arena arena;
  Store *store; /* Request.keep; else NULL */
  bool storing; /* memory is taken from there */
  jmp_buf escape;
  bool armed;  /* escape may be used */
  bool failed; /* an error was reported */
  u32 nerrors;
  VEC(Diag) diags;

  /* read, resolve */
  VEC(Object *) objects;       /* loaded, in load order: decides every order */
  VEC(Extraction) extractions; /* each behind those it entailed */
  Map trace_symbols;           /* Options.trace_symbols */
  Map symbol_map;              /* name -> position in symbols */
  VEC(Symbol *) symbols;       /* in order of first mention of the name */
  Map comdats;
  Map variant_map;
  VEC(Variants) variants;
  Map signature_map;
  VEC(Signature *) signatures;
  VEC(Stub *) stubs;
  VEC(Wrap) wraps;
  const Object *legacy_table; /* needs the table to be number 0, or NULL */
  VEC(Function *) synthetic_functions;
  VEC(Item *) synthetic_globals;
  Map allow_undefined; /* Options.allow_undefined */

  /* symbols that the linker provides or looks for; NULL: not in this link */
  Symbol *call_ctors, *call_dtors, *init_memory, *start_function;
  Symbol *init_tls, *apply_tls_relocs, *apply_global_tls_relocs;
  Symbol *stack_pointer, *tls_base, *tls_size, *tls_align, *table;
  Symbol *init_memory_flag;
  Symbol *stack_low, *stack_high, *global_base, *heap_base, *heap_end;
  Symbol *data_end, *dso_handle;

  /* place */
  VEC(OutSegment *) segments;
  u64 memory_pages, memory_max_pages;
  bool memory_has_max;
  bool emit_bss;
  VEC(Str) features; /* allowed, in order of first mention */
  Map feature_map;

  /* number */
  VEC(Symbol *) imports;
  u32 nimported[WASM_EXTERNAL_TAG + 1]; /* by WASM_EXTERNAL_* */
  Map import_map;
  VEC(Symbol *) table_entries;
  VEC(Symbol *) got; /* internal GOT entries, in order of first need */
  VEC(Function *) functions;
  VEC(Item *) globals, tables, tags;
  VEC(Signature *) types;
  VEC(Symbol *) address_globals; /* exported data */
  VEC(Export) exports;
  VEC(Symbol *) exported;   /* in export order, without the memory */
  VEC(InitCall) init_calls; /* in call order */

  /* emit */
  VEC(CustomOut) customs;
  VEC(SectionOut) sections;
  u32 code_section, data_section; /* their numbers; 0: there is none */
  Out code_row, data_row;         /* of their section symbols, or NONE */
  Buf out, map;
};

#endif
