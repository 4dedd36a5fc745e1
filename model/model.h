/* model.h: what a caller of the linker needs: inputs and options in, a module
   and diagnostics out.  link.h is the linker inside.

   One arena a link: everything hangs off it, nothing is freed before
   link_free().  Input bytes are borrowed, never copied, and must outlive the
   link.  The model does no I/O, keeps no globals and never exits. */

#ifndef LINKSPEC_MODEL_H
#define LINKSPEC_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wasm.h"

typedef uint8_t u8;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t i64;

#define NONE UINT32_MAX /* "no index" in every index space */

/* An index of an input object, and one of the output module: of different
   types, since mixing them is the classic linker bug. */
typedef struct {
  u32 i;
} In;
typedef struct {
  u32 i;
} Out;

typedef struct Link Link;
typedef struct Unit Unit;

/* A name: bytes with a length, since names of the format may hold NUL. */
typedef struct Str {
  const char *p;
  u32 n;
} Str;

#define STR(literal) ((Str){(literal), sizeof(literal) - 1})

/* ---- diagnostics: diag.c, one row each in diags.def ---- */

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

/* ---- the request and the answer: link.c ---- */

typedef struct Input {
  const char *path; /* as diagnostics and thin archives name it */
  const u8 *bytes;
  size_t size;
  const Unit *unit;   /* linked instead of bytes; NULL: there is none */
  bool whole_archive; /* --whole-archive is in force */
  bool lazy;          /* between --start-lib and --end-lib */
  bool dynamic;       /* -Bdynamic is in force: a shared library will do */
  bool unchanged;     /* link_again(): as in the link before, and there */
} Input;

typedef enum {
  UNRESOLVED_REPORT, /* an error for each (default) */
  UNRESOLVED_WARN,   /* --warn-unresolved-symbols */
  UNRESOLVED_IGNORE, /* --unresolved-symbols=ignore-all, --allow-undefined */
  UNRESOLVED_IMPORT  /* --unresolved-symbols=import-dynamic */
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
  bool build_id;            /* write a build_id section, */
  u32 build_id_size;        /* with so many bytes: */
  const u8 *build_id_bytes; /* those, or NULL: what Request.build_id says */
  bool have_features;       /* --features given, perhaps empty */
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
  bool shared;      /* -shared: a library; its entry is __wasm_call_ctors */
  bool pie;         /* -pie: a program that can be loaded anywhere */
  bool symbolic;    /* -Bsymbolic: a library's definitions are its own */
  Names runpaths;   /* --rpath: where the loader looks for libraries */
  bool trust_references; /* --no-shlib-sigcheck: functions of libraries have
                            the signatures that objects call them with */
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

/* ---- compile units: unit.c ---- */

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

typedef struct InitFunction {
  u32 priority;
  In symbol;
} InitFunction;

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

#endif
