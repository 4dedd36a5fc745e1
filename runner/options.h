/* options.h: between options.c, which finds out what option an argument is,
   settings.c, which knows what each option does, and conflicts.c, which knows
   what goes together. */

#ifndef LINKSPEC_OPTIONS_H
#define LINKSPEC_OPTIONS_H

#include "runner.h"

typedef enum {
#define OPT(id, ...) OPT_##id,
#define ALIAS(...)
#include "options.def"
#undef OPT
#undef ALIAS
} OptId;

/* One option of the command line. */
typedef struct Arg {
  OptId id;
  const char *text;  /* as written, for messages */
  const char *value; /* "" for flags */
} Arg;

/* What is settled only when all arguments were seen, since one option may
   override another wherever it stands. */
typedef struct Late {
  bool whole_archive, lazy, dynamic; /* in force for the next input */
  bool fixed; /* -Bdynamic or -Bstatic was given before it */
  bool allow_undefined, warn_unresolved, ignore_unresolved, import_dynamic;
  bool muldefs; /* -z muldefs: --no-allow-multiple-definition is in vain */
  bool export_memory;                /* asked for */
  bool stack_size, table_base;       /* asked for */
  bool saw_entry, saw_gc, saw_merge; /* else -r has defaults of its own, */
  bool saw_dynamic;                  /* --[no-]export-dynamic: and -shared */
  bool experimental_pic;
  bool print_map; /* --Map is in vain */
  bool saw_v;
  const char *soname, *list; /* --allow-undefined-file */
} Late;

/* An option that is supported takes effect. */
void ld_set(LdRequest *r, Late *t, const Arg *a);
void ld_add_input(LdRequest *r, const Late *t, const char *name, bool library);
/* Says that text is "not supported yet". */
void ld_later(LdRequest *r, const char *text);
/* The last arguments were read: overrides, defaults and conflicts. */
void ld_settle(LdRequest *r, const Late *t);

/* ---- conflicts.c ---- */

/* When all is set: what may not be used together, and what is missing. */
void ld_check(LdRequest *r, const Late *t);
/* What works, and may not be meant, or not for long. */
void ld_warn(LdRequest *r, const Late *t);

#endif
