/* judge_parts.h: what the files of the judge share.

   judge.c         the order of all, facts, violations
   judge_guess.c   could it be here?  Data that no site leads to
   judge_rest.c    functions that no site leads to, or that nobody has
   judge_bytes.c   the bytes that a violation shows
   judge_sites.c   input bytes beside output bytes, site by site
   judge_exports.c what the outside can see, where the walk begins
   judge_memory.c  the memory that the module sets up, and what lies where
   judge_strings.c strings that may be merged
   judge_tls.c     the thread-local block
   judge_claims.c  whose each byte of the data is
   judge_layout.c  all data together, stack and heap
   judge_run.c     straight code, evaluated
   judge_made.c    functions of the linker's own, by what they do
   judge_start.c   the start function, which may be one of them
   judge_spaces.c  imports, tags, tables and their slots
   judge_dynamic.c what is left to a loader
   judge_dylink.c  what it is told
   judge_globals.c globals, and those that hold addresses
   judge_items.c   globals, tags, tables that no site leads to, or nobody has
   judge_limits.c  limits of the memory and of the table
   judge_custom.c  custom sections
   judge_code_metadata.c  those about places in code
   judge_names.c   names
   judge_meta.c    features and producers
   judge_object.c  symbols of an object, where the walk begins in one
   judge_records.c its relocations
   judge_linking.c what else it says of itself */

#ifndef LINKSPEC_JUDGE_PARTS_H
#define LINKSPEC_JUDGE_PARTS_H

#include "judge.h"
#include "link.h"

typedef struct Judge Judge;

/* Where a fact comes from. */
typedef struct Site {
  const Chunk *chunk; /* with the relocation; or NULL */
  const Reloc *r;
  const char *what; /* when there is no relocation: "export f" */
  u64 out;          /* offset in the module's file, or NO_OFFSET */
} Site;

/* Where something of the inputs is in the module. */
typedef struct Fact {
  u64 value; /* index or address */
  bool known;
  Site by; /* who said so first */
} Fact;

/* Data that the module brings along, where it will be in memory. */
typedef struct Part {
  u64 address, size;
  const u8 *bytes; /* NULL: zeros */
  u32 index;       /* of the data segment, or NONE */
  bool placed;     /* address is known */
  bool *claimed;   /* by byte: a segment of the inputs is there */
} Part;

/* A thing of the linker's own: a function or a global. */
typedef struct Made {
  const Symbol *s;
  Fact at;
  bool judged;
} Made;

/* A byte of an input's function, and where it is in the module's. */
typedef struct Moved {
  u64 from, to; /* offsets in the bodies */
} Moved;

/* An address that can be judged when the thread-local block is known. */
typedef struct Late {
  const Symbol *s;
  u64 value;
  Site by;
} Late;

/* Where a segment of the inputs is in the module's data section. */
typedef struct Home {
  bool known;
  bool merged; /* its strings are there, each on its own: no offset */
  u32 index;   /* of the data segment */
  u64 offset;  /* in it */
} Home;

/* Flags that rows of the inputs give a symbol which they do not define. */
typedef struct Said {
  u32 any, all;
} Said;

/* The way that a permission was taken first. */
typedef struct Choice {
  bool made, taken, said; /* said: that it was taken both ways */
  Site by;
} Choice;

/* What linkers call a function of their own that is no symbol. */
typedef struct Title {
  u32 function;
  Str name;
} Title;

/* What is known of a value in code: see judge_run.c. */
typedef enum {
  VALUE_UNKNOWN,
  VALUE_CONST,
  VALUE_PARAM,  /* n: which */
  VALUE_RESULT, /* n: of which event */
  VALUE_GLOBAL  /* of global, plus n */
} ValueKind;

typedef struct Known {
  ValueKind kind;
  u8 type; /* WASM_TYPE_*; 0: not known */
  u8 base; /* Base that a VALUE_CONST counts from */
  u32 global;
  u64 n;
} Known;

typedef enum {
  EVENT_CALL,
  EVENT_INIT,   /* memory.init: index, to, from, size */
  EVENT_FILL,   /* to, byte, size */
  EVENT_DROP,   /* data.drop: index */
  EVENT_SET,    /* global.set: index, value */
  EVENT_WAIT,   /* at, while, how long */
  EVENT_NOTIFY, /* at, how many */
  EVENT_FLAG,   /* the flag is set: value */
  EVENT_TRAP,
  EVENT_STORE /* to, value */
} EventKind;

typedef struct Event {
  EventKind kind;
  u32 index;
  Known args[3];
  Known *params; /* of a call */
  u32 nparams;
  u64 out;
} Event;

typedef struct Customs Customs;
typedef struct CodeMetadata CodeMetadata;
typedef struct Strings Strings;

struct Judge {
  Link *l;
  const DecModule *m;
  Judgement *out;
  /* facts, by number of the thing among those of all objects */
  u32 *first_function, *first_segment, *first_global, *first_tag, *first_table;
  Fact *functions, *segments, *globals, *tags, *tables;
  const Symbol **got;      /* by global: whose address it holds, or NULL */
  bool *got_set;           /* by global: code sets it */
  Known *set;              /* by global: to what the start function sets it */
  u32 apply_relocs;        /* function that writes pointers in data, or NONE */
  bool relocs_at_start;    /* it is called then, and not by the loader */
  VEC(Event) block_stores; /* pointers in a thread's block */
  VEC(Made) made, made_globals, provided; /* provided: data, by address */
  VEC(Title) titles;
  /* the module's functions and globals: what they are */
  const Function **function_of; /* by index; NULL: not known */
  bool *function_seen, *global_seen, *tag_seen, *table_seen;
  bool *import_seen;
  /* whose they are: of what has an identity, just one input's */
  const Item **global_of, **tag_of, **table_of;
  /* its tables */
  u32 *slots; /* from first_slot to last_slot: function index, or NONE */
  bool *slot_seen;
  u64 first_slot, last_slot; /* the last one is not among them */
  u32 table;                 /* that has the slots, or NONE */
  VEC(Part) parts;
  Map provided_names;   /* -> position in provided */
  Map segment_names;    /* live ones */
  VEC(Part) fills;      /* zeros that the start function writes */
  u64 memory_size;      /* bytes, at the start */
  bool data_lost;       /* a live segment was not found: that was said */
  VEC(Late) late;       /* addresses in thread-local data */
  Fact tls;             /* address of the thread-local block */
  const Part *tls_part; /* is the block, but has no address; or NULL */
  u32 tls_index;        /* data segment that holds it, or NONE */
  u64 flag;             /* address of the start function's, or NO_OFFSET */
  u32 init_tls;         /* the function that fills it, or NONE */
  /* of the name section: hints where something may be */
  Map function_names, global_names;
  /* by number: other live things refer to it */
  bool *function_referred, *segment_referred;
  Map referred_bytes;             /* of such segments */
  u64 code_payload, data_payload; /* where these sections begin, in the file */
  /* of the function asked for last, where sites moved what is behind them */
  const Function *moved_of;
  VEC(Moved) moved;
  u32 next_global, next_tag, next_table;      /* where to look first */
  enum { NOT_ASKED, PLAIN, WRAPPED } exports; /* constructors around each? */
  VEC(const Function *) function_queue;       /* found, sites not yet walked */
  VEC(const Segment *) segment_queue;
  Choice choices[PERMISSIONS];
  Strings *strings; /* that may be merged; NULL: none was found */
  Customs *customs; /* where custom sections went, when that is known */
  /* of an object, or a module that keeps its relocations */
  Map rows;                 /* symbols that are not local, by name */
  const Symbol **symbol_of; /* by row; NULL: not known */
  Said *said;               /* by symbol of the table */
  Home *homes;              /* by number of the segment, as in segments */
  u32 *part_of;             /* by data segment: position in parts */
  u32 *records_of;          /* by section: its list in m->relocs, or NONE */
  u32 *first_record;        /* by such list: its first in */
  bool *record_seen;
};

/* -- judge.c -- */

void take(Judge *j, Permission p);
/* The same of what may be done in many places: it was done here, or not. */
void choose(Judge *j, Permission p, bool taken, const Site *by);
/* Records a violation.  expected and found are kept as they are. */
void violate(Judge *j, const char *clause, const Site *by, const char *what,
             const char *expected, const char *found);
Site site_of(const char *what, u64 out);
const char *number(Judge *j, u64 n);
/* s, to note where it is: index (of what stands for an undefined one), got and
   row.  The link is the judge's own and numbers nothing, so they are free. */
Symbol *noted(const Symbol *s);
/* s is function `index` of the module: true when that can be. */
bool function_is(Judge *j, const Symbol *s, u64 index, const Site *by);
Fact *function_fact(Judge *j, const Function *f);
Fact *segment_fact(Judge *j, const Segment *s);
Fact *made_fact(Judge *j, const Symbol *s);
/* The first saying settles a fact: does this one agree with it? */
bool agrees(Fact *f, u64 value, const Site *by);
/* It does not. */
void contradict(Judge *j, const Fact *f, u64 value, const Site *by,
                const char *clause, const char *what, const char *unit);
/* f of an object is that function of the module. */
bool function_is_at(Judge *j, const Function *f, u32 index, const Site *by);
bool same_type(const DecType *t, const Signature *sig);
const char *type_of(Judge *j, u32 type);
void drain(Judge *j);

/* -- judge_guess.c -- */

/* What no site leads to is looked for in three turns: what has sites, and so
   leads to others, comes before what has none. */
typedef enum {
  TURN_FIRST,    /* has sites; nobody refers to it, nor to one like it */
  TURN_REFERRED, /* has sites */
  TURN_REST
} Turn;

void mark_referred(Judge *j);
/* Could s be function `index`, by what is known, or type and code? */
bool function_could_be(Judge *j, const Symbol *s, u64 index);
bool slot_could_be(Judge *j, const Reloc *r, const Symbol *s, u64 value);
/* By type, bytes and sites. */
bool could_be_function(Judge *j, const Function *f, u32 index);
bool could_be_segment(Judge *j, const Segment *s, u64 address);
void find_unreached_data(Judge *j);
u64 align_up(u64 value, u32 exponent);

/* -- judge_rest.c -- */

void find_unreached_functions(Judge *j);
void judge_functions_left(Judge *j);

/* -- judge_sites.c -- */

/* One walk over a chunk beside bytes of the module. */
typedef struct Walk {
  const Chunk *c;
  u32 next; /* relocation */
  u32 at;   /* in c->bytes */
  const u8 *p, *end;
  bool loose;   /* numbers may be of any width */
  bool custom;  /* c is a custom section */
  bool shorter; /* one was */
  bool padded;  /* one was wider than it must be */
  bool failed;  /* the bytes differ at p */
} Walk;

Walk walk_function(Judge *j, const Function *f, u32 index);
Walk walk_bytes(const Chunk *c, const u8 *p, u64 n);
/* The next site and the value there; false at the end, and where it failed. */
bool walk_next(Walk *w, const Reloc **r, u64 *value, const u8 **site);
/* Do all bytes outside of sites agree?  Where not, *at is the place in the
   chunk. */
bool same_shape(Walk w, u32 *at);
/* Judges all sites of what has been found. */
void judge_function(Judge *j, const Function *f);
void judge_segment(Judge *j, const Segment *s);
/* Judges the sites of a walk. */
void judge_walk(Judge *j, Walk w);
/* Where in the module's function the byte at offset of f's body went.  f has
   been found. */
u64 body_place(Judge *j, const Function *f, u64 offset);
const char *tell(Judge *j, const Symbol *s);
/* Is it small enough for an address? */
bool is_pointer(Judge *j, Encoding e, u64 value);
/* A number of that width as an address or slot. */
u64 widen(Judge *j, Encoding e, u64 value);
/* The symbol's address, of a site that lies at place and holds value. */
u64 address_in(Judge *j, const Reloc *r, u64 value, u64 place);
/* Does that value stand for a target that is gone? */
bool is_tombstone(const Chunk *c, const Reloc *r, u64 value);

/* -- judge_bytes.c -- */

/* Where v is in the inputs, and the bytes there and in the module. */
void show_site(Judge *j, const Site *by, Violation *v);
/* The last violation shows the place where the walk fails, too. */
void show_difference(Judge *j, Walk w);

/* -- judge_exports.c -- */

void judge_exports(Judge *j);
/* The export is s. */
void exported_is(Judge *j, const Symbol *s, const DecExport *e);

/* -- judge_memory.c -- */

void build_memory(Judge *j);
/* Names of live segments: what __start_NAME and __stop_NAME may be about. */
void index_segment_names(Judge *j);
/* The n bytes at an address, as they are when the program starts; NULL when
   they are not in the memory. */
const u8 *memory_at(Judge *j, u64 address, u64 n);
/* An address that some site expects: value is the symbol's, without addend. */
void address_is(Judge *j, const Symbol *s, u64 value, const Site *by);
/* Where a segment that has been found lies when the program starts; of
   thread-local ones the first thread's. */
u64 segment_address(Judge *j, const Segment *s);
/* Its bytes in the module, or NULL. */
const u8 *segment_bytes(Judge *j, const Segment *s);
/* s lies at that address, as one of its symbols says, or as was guessed. */
void settle_segment(Judge *j, const Segment *s, u64 address, const Site *by);
/* Do its bytes?  Where not, *at is the first that differs. */
bool segment_fits(Judge *j, const Segment *s, u64 address, u32 *at);
/* The first part that ends behind the address, or the number of parts. */
u32 part_at(const Judge *j, u64 address);
/* The part with all of it, or NULL. */
Part *part_with(Judge *j, u64 address, u64 n);
bool may_be_merged(const Segment *s);
const char *segment_text(Judge *j, const Segment *s);

/* -- judge_strings.c -- */

/* The string that begins (or goes on) at `offset` of s stands at the address.
 */
bool string_is_at(Judge *j, const Segment *s, u64 offset, u64 address,
                  const Site *by);
/* Does nothing known, and no byte, speak against it? */
bool string_could_be(Judge *j, const Segment *s, u64 offset, u64 address);
/* Where s is, if it is one string, which has been found. */
bool only_string_at(Judge *j, const Segment *s, u64 *address);

/* -- judge_tls.c -- */

void find_tls(Judge *j);
void judge_tls(Judge *j);

/* -- judge_claims.c -- */

/* A segment of the inputs has these bytes of p; those at an address, whatever
   parts they are in. */
void claim(Judge *j, Part *p, u64 offset, u64 n);
void claim_at(Judge *j, u64 address, u64 n);
bool is_claimed(const Part *p, u64 offset, u64 n); /* some of them */
void judge_data_left(Judge *j);

/* -- judge_layout.c -- */

void judge_layout(Judge *j);
/* The clause about zeros that code writes. */
const char *zeros_clause(const Judge *j);
/* The NAME of __start_NAME and __stop_NAME. */
Str bounded_name(Str name);
/* Is the value of s, at this stage, the linker's to say? */
bool is_provided(Judge *j, const Symbol *s);
/* The clause about a name that is, whatever its segment may be called. */
const char *provided_clause(const char *name);

/* -- judge_run.c -- */

typedef struct Run {
  VEC(Event) events;
  VEC(Known) stack; /* at the end: the results */
  bool flag_used;   /* an atomic cell was read */
  u64 flag_address;
  u32 flag;            /* its value before, and after */
  u32 working;         /* what the first thread set it to before it began */
  const char *unclear; /* what could not be evaluated, or NULL */
} Run;

/* The number n; the address n of the module's data. */
bool is_const(Known k, u64 n);
bool is_place(const Judge *j, Known k, u64 n);
bool is_address(const Judge *j, Known k);
/* What function `index` of the module does. */
void run_function(Judge *j, u32 index, Run *run);

/* -- judge_made.c -- */

/* A constructor that must run. */
typedef struct Ctor {
  const Symbol *s;
  u32 priority, order;
} Ctor;

typedef VEC(Ctor) CtorVec;

/* All of them, in the order of their calls. */
CtorVec live_ctors(Judge *j);
bool is_trap(Judge *j, u32 index);
void judge_made(Judge *j);
void find_made_functions(Judge *j);
/* What is set at the start, and is nothing else, is __tls_base. */
void find_tls_base(Judge *j);
bool is_tls_base(Judge *j, u32 global);
/* Does the function set it?  One that is not there does not. */
bool sets_tls_base(Judge *j, u32 function);
void judge_init_tls(Judge *j);
/* Function `index` sets GOT entries of thread-local data, each to the block's
   start and an offset. */
void judge_tls_got(Judge *j, u32 index);
/* Export `name` of function s is function `index`: itself, or a wrapper. */
void export_is(Judge *j, const Symbol *s, u32 index, const Site *by);

/* -- judge_start.c -- */

void judge_start(Judge *j);
/* What the start function does, and those that it does nothing but call. */
void run_start(Judge *j, Run *run);

/* -- judge_spaces.c -- */

void build_slots(Judge *j);
/* The function in a slot, or NONE. */
u32 in_slot(const Judge *j, u64 slot);
void slot_is(Judge *j, const Symbol *s, u64 slot, const Site *by);
void tag_is(Judge *j, const Symbol *s, u64 index, const Site *by);
void table_is(Judge *j, const Symbol *s, u64 index, const Site *by);
/* Import number `index` of its space is what s asks for. */
bool import_is(Judge *j, const Symbol *s, u8 kind, u64 index, const Site *by);
/* What lets s be imported, where it may be a trap, too. */
Permission import_choice(const Symbol *s);
Str import_name(const Symbol *s);
/* Is there an entry of that index?  unit: "tag" */
bool in_range(Judge *j, const char *clause, const Symbol *s, u64 index, u32 n,
              const char *unit, const Site *by);
bool same_table(const DecTable *d, const Item *t);
/* Nobody else has the entry that s is found to be. */
void stands_alone(Judge *j, const Item **of, const Symbol *s,
                  const char *clause, const Site *by);
bool constant_of(const DecExpr *e, u64 *value);
Str import_module(const Symbol *s);
u8 external_kind(const Symbol *s); /* WASM_EXTERNAL_* */
Str text_of(DecBytes b);

/* -- judge_globals.c -- */

void global_is(Judge *j, const Symbol *s, u64 index, const Site *by);
/* Has it the value of g, whatever globals that reads? */
bool same_init(Judge *j, const Item *g, const DecGlobal *d);
/* Code sets the GOT entry of thread-local data to that offset of the block. */
void got_is_set(Judge *j, u32 global, u64 offset);
void judge_got_set(Judge *j);

/* -- judge_dynamic.c -- */

/* The base that a global is: of memory, of the table, or none. */
Base loader_base(const Judge *j, u64 global);
/* The value of e, counted from base where the loader places things. */
bool counts_from(Judge *j, const DecExpr *e, Base base, u64 *value);
/* What the start function sets globals to. */
void note_sets(Judge *j);
/* The address or slot that a GOT entry of the module's own holds. */
bool entry_of(Judge *j, const Symbol *s, u32 global, u64 *value);
/* Does code set it when the module starts, rightly? */
bool is_set_at_start(const Judge *j, u32 global);
/* The loader fills the entry of s: global `index` is that import. */
void got_import_is(Judge *j, const Symbol *s, u32 index, const Site *by);
/* The export is one that the loader calls, or looks up for others. */
bool is_for_loader(Judge *j, const DecExport *e);
/* The event writes to the thread's block. */
bool is_block_store(Judge *j, const Event *e);
/* A function that the module itself puts into the table. */
bool has_own_slot(Judge *j, const Symbol *s);
/* Is the address of s the loader's to say? */
bool loader_knows(Judge *j, const Symbol *s);
/* The clause on entries that the loader fills. */
const char *got_clause(const Symbol *s);
/* Can another module have the symbol? */
bool may_be_imported(const Symbol *s);
/* When all that is live has its place: pointers in data, and dylink.0. */
void judge_dynamic(Judge *j);

/* -- judge_dylink.c -- */

void judge_dylink(Judge *j);
bool is_an_export(const Judge *j, Str name);

/* -- judge_items.c -- */

/* Globals, tags and tables that are there though no site leads to them. */
void find_unreached_items(Judge *j);
void judge_items_left(Judge *j);

/* -- judge_limits.c -- */

void judge_limits(Judge *j);

/* -- judge_custom.c -- */

void judge_customs(Judge *j);

/* Whether the options leave out the custom section of this name. */
bool is_stripped(const Judge *j, Str name);
/* The relocations that custom sections have in the module. */
void judge_custom_records(Judge *j);
/* Bytes and sites of a part of a custom section. */
void judge_custom_bytes(Judge *j, const char *clause, const Chunk *c,
                        const u8 *p, u64 n);
/* The section of the module that c went into, or NONE. */
u32 custom_section_of(Judge *j, const Chunk *c);
/* Is something there that is not of c's group? */
bool is_joined_with_others(Judge *j, const Chunk *c);
/* That of a section symbol. */
u32 section_number(Judge *j, const Symbol *s);
/* An offset in that of s: value is where the input's addend went. */
void section_offset_is(Judge *j, const Symbol *s, u64 value, const Site *by);

/* -- judge_code_metadata.c -- */

/* Sections of one name, of which something is kept; at: the module's, or NULL.
 */
CodeMetadata *judge_code_metadata(Judge *j, Str name, const DecSection *at,
                                  const Chunk *const *chunks, u32 n);
void judge_metadata_records(Judge *j, const CodeMetadata *u);

/* -- judge_names.c -- */

/* A function of the linker's own may be called so. */
void entitle(Judge *j, u32 function, Str name);
void judge_names(Judge *j);

/* -- judge_meta.c -- */

void judge_meta(Judge *j);
/* Do inputs, or options, say so? */
bool uses_feature(Judge *j, const char *name);

/* -- judge_object.c -- */

/* Does the module have a symbol table? */
bool has_symbols(const Judge *j);
/* Is s the table of an object that must not name it, since an input does not?
   Then it is table 0 for the next linker, too. */
bool is_legacy_table(const Judge *j, const Symbol *s);
Home *home_of(Judge *j, const Segment *s);
/* Where the segment there begins, when the program starts. */
u64 home_address(Judge *j, const Home *h);
/* Thread-local data that is joined with no other, as in an object members of
   groups. */
bool is_block_of_its_own(Judge *j, const Segment *s);
/* Symbols that are not local, by their names; what they stand for is known
   then. */
void judge_symbols(Judge *j);
/* Whether s is an undefined function that the linked module has no index for,
   but that of a function that traps. */
bool is_settled(Judge *j, const Symbol *s);
/* s is that row of the module's symbol table. */
bool row_is(Judge *j, const Symbol *s, u32 row, const Site *by);
void judge_symbols_left(Judge *j);

/* -- judge_records.c -- */

void index_records(Judge *j);
/* The relocations of c, whose bytes begin there in the section. */
void judge_records(Judge *j, const Chunk *c, u32 section, u64 at);
void judge_code_and_data_records(Judge *j);
void judge_records_left(Judge *j);

/* -- judge_linking.c -- */

/* Does data segment `index` of an object have a name that says that s is not
   there? */
bool is_named_otherwise(Judge *j, const Segment *s, u32 index);
/* Segments that no symbol tells the place of, by their addresses. */
void find_homes(Judge *j);
void judge_linking(Judge *j);

#endif
