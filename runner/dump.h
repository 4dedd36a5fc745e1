/* dump.h: modules, objects and archives as readable text. */

#ifndef LINKSPEC_DUMP_H
#define LINKSPEC_DUMP_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
  DUMP_SECTIONS = 1,  /* the sections, in file order */
  DUMP_MODULE = 2,    /* types, imports, functions, ... exports, segments */
  DUMP_CUSTOM = 4,    /* names, producers, features, dylink, build id */
  DUMP_LINKING = 8,   /* symbols, init functions, comdats */
  DUMP_RELOCS = 16,   /* relocations */
  DUMP_CODE = 32,     /* instructions */
  DUMP_DATA = 64,     /* bytes of data segments and unknown custom sections */
  DUMP_OFFSETS = 128, /* file offsets with the above */
  DUMP_DEFAULT = 31
};

extern const char dump_help[];

/* Prints a module, an object, or an archive and all its members.  what is a
   sum of DUMP_x; name is for diagnostics, which go to stderr.  Gives 0, or 1
   if the input (or a member) is malformed. */
int dump_text(FILE *out, const char *name, const uint8_t *bytes, size_t size,
              unsigned what);

#endif
