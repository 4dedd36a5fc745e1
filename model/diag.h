/* diag.h: where a diagnostic points, and how one is made: diag.c. */

#ifndef LINKSPEC_DIAG_H
#define LINKSPEC_DIAG_H

#include "bytes.h"

typedef struct Object Object;
typedef struct Chunk Chunk;
typedef struct Reloc Reloc;

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

#endif
