/* judge.h: is this module a correct link of these inputs?

   Takes a link that has been run up to STAGE_LIVE, which says what must be in
   the output and who each symbol is, and a module of any linker, read by
   decode.h.  Gives every obligation of the convention that the module breaks.

   The judge does not trust names, and does not care how a linker orders, pads
   or places things: it recovers where each input thing went by walking the
   relocation sites, and then holds the module to that everywhere.  It shares
   nothing with the passes that number, place, relocate and write. */

#ifndef LINKSPEC_JUDGE_H
#define LINKSPEC_JUDGE_H

#include "decode.h"
#include "object.h"

/* Some bytes of an input or of the module; p NULL: none. */
typedef struct Excerpt {
  const char *file; /* the input; NULL: the module */
  const u8 *p;
  u64 offset;   /* of p[0] in the file */
  u32 n;        /* bytes of p */
  u32 from, to; /* those that it is about, in p */
} Excerpt;

typedef struct Violation {
  const char *clause; /* id of the ledger */
  Where at;           /* in an input; file NULL: in none */
  u64 out_offset;     /* in the module's file, or NO_OFFSET */
  const char *what;   /* is judged */
  const char *expected, *found;
  Excerpt input, output;   /* the site that is judged */
  Excerpt wanted, instead; /* the bytes that differ, where that is wrong */
} Violation;

/* width bytes at an offset of a file, and some around them; none at its end. */
Excerpt excerpt(const char *file, const u8 *bytes, u64 size, u64 offset,
                u64 width);

/* Where the convention leaves a choice, and this module made it. */
typedef enum {
#define PERMISSION(id, name, scope, text) PERMISSION_##id,
#include "permissions.def"
#undef PERMISSION
  PERMISSIONS
} Permission;

const char *permission_name(Permission p);
const char *permission_text(Permission p);

/* A relocation site of the module. */
typedef struct Found {
  u64 at;               /* in the file */
  u32 width;            /* bytes */
  u8 kind;              /* RelocKind */
  bool custom;          /* in a custom section */
  bool dead;            /* its target is gone: it holds what stands for that */
  const Symbol *symbol; /* it is about, or NULL: a type */
} Found;

typedef struct Judgement {
  VEC(Violation) violations; /* at most Options.error_limit, 0: all */
  u32 nviolations;           /* of all */
  bool taken[PERMISSIONS];
  bool want_sites;         /* set by the caller: */
  VEC(Found) found;        /* all of them */
  u64 sites;               /* relocations that were looked at */
  u32 functions, segments; /* of the inputs, found in the module */
} Judgement;

/* out is empty but for want_sites.  Memory is the link's.  False when there was
 * not enough: see link_diags(). */
bool judge_module(Link *l, const DecModule *m, Judgement *out);

/* Runs *l, which is new, up to STAGE_LIVE, and judges.  Which of several weak
   definitions is kept the text leaves open: where the module is not right by
   the first ones it may be by the last ones, and *l is then a link with these.
   False when the inputs do not link. */
bool judge_link(Link **l, const DecModule *m, Judgement *out);

#endif
