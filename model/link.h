/* link.h: the reference linker as a table of contents.  Types and functions
   stand in the order of the pipeline; each banner names the file that
   implements what follows it.  Before it come model.h (what callers see),
   bytes.h, diag.h and object.h (inputs as read).

   The passes, as link.c calls them, and what each makes of what:
     read, read_custom, read_linking   bytes of an object -> Object
     unit, unit_check                  what a compiler holds -> Object
     archive, stub, read_library       libraries -> names, members
     resolve, symtab, wrap             Objects -> one Symbol a name
     live                              roots, relocations -> what is kept
     place, layout_zig, share, strings segments -> order, addresses, memory
     features                          what objects use -> what is allowed
     scan, dynamic                     live code -> imports, slots, GOT, types
     startup, synth                    needs -> the linker's own functions
     number                            all that is kept -> output indexes
     reloc                             a relocation -> its value -> its bytes
     emit, emit_meta, emit_linking     all of it -> the module
     code_metadata                     what is said of code -> what is left
     map                               the module -> a list for people

   Above a function stands, in brackets, which clauses of cases/clauses.lua it
   is about: `linkspec explain` finds them there.

   Index spaces.  A number that counts things of one *input* object is an
   `In`; a number that counts things of the *output* module is an `Out`.  They
   are different types, since mixing them is the classic linker bug. */

#ifndef LINKSPEC_LINK_H
#define LINKSPEC_LINK_H

#include <setjmp.h>

#include "object.h"

typedef struct Store Store;

/* ---- symbol.c, symtab.c, symtab_synth.c: one name, one symbol ---- */

typedef enum {
  SYM_UNDEFINED,
  SYM_LAZY,   /* a member of an archive would define it */
  SYM_SHARED, /* a shared library defines it */
  SYM_DEFINED
} SymState;

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
  u32 got;               /* global index of its GOT entry, or NONE */
  bool got_imported;     /* which is the loader's to fill */
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

bool is_weak(const Symbol *s);
bool is_local(const Symbol *s);
bool is_hidden(const Symbol *s);
bool is_undefined(const Symbol *s);
bool is_defined(const Symbol *s);
bool is_shared(const Symbol *s);
bool awaits_member(const Symbol *s); /* could be defined by loading member */
bool is_exported(const Link *l, const Symbol *s);
bool is_discarded(const Symbol *s);
bool is_tls(const Symbol *s);
/* Each thread has its own: at an offset from __tls_base. */
bool is_thread_local(const Link *l, const Symbol *s);
Chunk *symbol_chunk(const Symbol *s);
const char *symbol_file(const Symbol *s); /* "<internal>" for the linker's */
const char *kind_text(u8 kind);           /* WASM_SYMBOL_TYPE_*: "function" */
bool listed(const Names *names, Str name);

Symbol *find_symbol(const Link *l, Str name);
/* That of a name, made if there is none; and one beside the table. */
Symbol *insert_symbol(Link *l, Str name, bool *fresh);
Symbol *new_symbol(Link *l);
/* s becomes what `as` says.  Only what others asked of the name stays. */
void replace_symbol(Link *l, Symbol *s, Symbol as);
/* --trace-symbol: an undefined reference; NULL: the linker's own. */
void trace_reference(Link *l, Str name, const Object *o);
/* From now on name means what `as` means; both are known. */
void rename_symbol(Link *l, Str name, Str as);
/* A row of an object enters the table: see the rules at each.  They return
   what the row denotes from now on. */
Symbol *add_defined(Link *l, Object *o, const SymbolRow *r);
Symbol *add_undefined(Link *l, Object *o, const SymbolRow *r);
Symbol *add_local(Link *l, Object *o, const SymbolRow *r, bool undefined);
/* A shared library defines what `new` says: unless another input does. */
void add_shared(Link *l, const Symbol *new);
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
/* A global that the loader provides, imported from env where it is live. */
Symbol *add_loader_global(Link *l, const char *name, bool mutable);
/* s becomes a function that traps, shown under debug_name. */
void make_stub(Link *l, Symbol *s, const Signature *sig,
               const char *debug_name);
/* The trapping function that undefined functions of this signature share. */
Symbol *undefined_stub(Link *l, const Signature *sig);
/* A name under two signatures: one definition wins, the rest trap. */
void settle_variants(Link *l);

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
typedef VEC(OutSegment *) OutSegmentVec;

void make_segments(Link *l); /* input segments -> output segments */
void gather_zig(Link *l);    /* the same, without offsets, in Zig's order */
/* s becomes part of out. */
void join_segment(Link *l, OutSegment *out, Segment *s);
bool stands_for_itself(const Segment *s); /* live, and no other is the same */
bool is_zero(const Chunk *c);
void place_memory(Link *l); /* addresses; stack, heap, limits */
bool in_binary(const Link *l, const OutSegment *s);
/* When features have decided what is written. */
void combine_segments(Link *l);
void number_segments(Link *l);
u64 data_address(const Symbol *s); /* of a defined data symbol, in memory */
/* What code and data hold for it: the address, but of a thread-local symbol
   its offset from __tls_base, in a single-threaded link too. */
u64 data_value(const Symbol *s);

/* Strings of one kind become one chunk: duplicates and tails are shared. */
bool mergeable_segment(const Link *l, const Segment *s);
bool mergeable_customs(const Link *l, Chunk *const *chunks, u32 n);
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
/* What nobody defines, and no code asks for, else it would have been reported
   or be imported: only custom sections name it.  Not of data. */
bool is_nowhere(const Link *l, const Symbol *s);
void number_imports(Link *l); /* in front of all definitions */
/* Table slots, GOT entries, types, stubs; undefined symbols are reported. */
void scan_relocs(Link *l);
void size_table(Link *l); /* limits, when all slots are given */

/* ---- dynamic.c: what the module leaves to the loader ---- */

/* -shared, -pie: the loader chooses where data and table slots are. */
bool is_pic(const Link *l);
/* Something is left to a loader: there is a section "dylink.0". */
bool is_dynamic(const Link *l);
/* s has an address that only the loader knows: it is in a global that the
   module imports. */
bool needs_got_import(const Link *l, const Symbol *s);
void add_got_import(Link *l, Symbol *s);
/* It stands for a whole address or slot, in a word that code can write. */
bool holds_pointer(const RelocInfo *info);
/* A relocation of live code or data: is there a way to apply it? */
void check_loadable(Link *l, const Chunk *c, const Reloc *r, const Symbol *s);
/* Pointers in data, thread-local or not, that code must write. */
bool any_data_relocs(const Link *l, bool tls);
void put_data_relocs(Link *l, Buf *b, bool tls);
/* The same for the GOT entries that the module itself defines. */
bool any_global_relocs(const Link *l);
void put_global_relocs(Link *l, Buf *b);
/* Constant expressions; address and slot count from the bases. */
void put_address_expr(Buf *b, u64 address);
void put_slot_expr(Buf *b, u64 slot);
void put_got_entry(Buf *b, const Symbol *s);
/* Code: an address in memory; base + value. */
void put_address(Buf *b, u64 address);
void put_sum(Buf *b, const Symbol *base, u64 value);
void emit_dylink(Link *l);

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

/* Where the byte at an offset of f's body is in the output's body. */
u32 place_in_body(const Function *f, u32 offset);

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

/* -- code_metadata.c: sections metadata.code.* -- */

/* What a section says of one place in the code of its object. */
typedef struct Metadata {
  const Chunk *c; /* the section */
  const Function *f;
  u32 entry;          /* where the function's index stands in c */
  const Reloc *index; /* of that, or NULL */
  u32 position;       /* in the function's body */
  u32 at, size;       /* of the data, in c */
  const Reloc *relocs;
  u32 nrelocs;
} Metadata;

typedef struct MetadataWalk {
  const Chunk *c;
  Metadata m; /* the last one */
  u32 at, reloc;
  bool begun;
  u32 functions, instances; /* that are still to come; of m's function */
  const char *field, *why;  /* it failed at `at`; else NULL */
} MetadataWalk;

bool is_code_metadata(Str name);
MetadataWalk walk_metadata(const Chunk *c);
/* Goes on to the next one.  False at the end, and where it failed. */
bool next_metadata(MetadataWalk *w);
/* For write_chunk(): its data; the function's index, where that is relocated,
   and still will be. */
Chunk metadata_data(const Metadata *m);
bool metadata_index(const Metadata *m, Chunk *index);
/* Is it a vector, and some of it about what is in the output?  (w: the walk
   that says why it is none.) */
bool has_live_metadata(const Chunk *c, MetadataWalk *w);
/* The same; says so when it is none. */
bool keeps_metadata(Link *l, const Chunk *c);
void validate_metadata(Link *l, const Chunk *c);
/* The chunks of out become one vector. */
void merge_metadata(Link *l, CustomOut *out);

/* A section that was written. */
typedef struct SectionOut {
  u8 id;
  Str name;            /* custom section */
  u64 offset, payload; /* in the file; a custom section's name is payload */
  u64 size;            /* of the payload */
} SectionOut;

void emit_module(Link *l);
/* The address of s must fit in a pointer of the module. */
void check_address(Link *l, const Symbol *s, u64 address);
/* A section of the output, begun: its id and size.  Returns its number. */
u32 emit_header(Link *l, u8 id, u64 size);
void emit_custom(Link *l, Str name, const Buf *body);
void emit_names(Link *l);
void emit_producers(Link *l);
void emit_features(Link *l);
void emit_build_id(Link *l); /* last: the id is one of all bytes */
/* Custom sections of one name become one; each gets its size. */
void place_customs(Link *l);
/* Those of code metadata, or all others. */
void emit_customs(Link *l, bool metadata);
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
  VEC(Object *) libraries;     /* shared ones, in the order of inputs */
  VEC(Extraction) extractions; /* each behind those it entailed */
  Map trace_symbols;           /* Options.trace_symbols */
  Map symbol_map;              /* name -> position in symbols */
  VEC(Symbol *) symbols;       /* in order of first mention of the name */
  Map comdats;
  bool last_weak;   /* of weak definitions the last one wins: for the judge */
  bool weak_choice; /* some name has several that are weak */
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
  Symbol *apply_data_relocs, *apply_global_relocs;
  Symbol *memory_base, *table_base; /* position-independent output only */
  Symbol *stack_pointer, *tls_base, *tls_size, *tls_align, *table;
  Symbol *init_memory_flag;
  Symbol *stack_low, *stack_high, *global_base, *heap_base, *heap_end;
  Symbol *data_end, *dso_handle;

  /* place */
  OutSegmentVec segments;
  u64 memory_pages, memory_max_pages;
  u64 data_size;  /* where they end: their size, if they begin at 0 */
  u32 data_align; /* exponent of 2 */
  bool memory_has_max;
  bool emit_bss;
  VEC(Str) features; /* allowed, in order of first mention */
  Map feature_map;

  /* number */
  VEC(Symbol *) imports;
  u32 nimported[WASM_EXTERNAL_TAG + 1]; /* by WASM_EXTERNAL_* */
  Map import_map;
  VEC(Symbol *) table_entries;
  VEC(Symbol *) got;         /* internal GOT entries, in order of first need */
  VEC(Symbol *) got_imports; /* those of the loader, likewise */
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
  u64 code_size;                  /* of the payload */
  u32 code_section, data_section; /* their numbers; 0: there is none */
  Out code_row, data_row;         /* of their section symbols, or NONE */
  Buf out, map;
};

#endif
