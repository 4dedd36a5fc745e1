/* facts.h: the contents of a module as lists of facts, for comparison.  A
   fact is a key, which says what it is about (by name where there is one),
   and a value of no, one or more lines.  Both are text without NUL. */

#ifndef LINKSPEC_FACTS_H
#define LINKSPEC_FACTS_H

#include <stdio.h>

#include "../model/decode.h"

typedef struct {
  const char *name; /* of the section */
  /* Prints each fact of a module as key, NUL, value, NUL. */
  void (*tell)(FILE *out, const DecModule *m);
} FactList;

/* What matters most first; a null row ends the list. */
extern const FactList fact_lists[];

#endif
