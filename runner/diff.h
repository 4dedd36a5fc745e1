/* diff.h: how two modules differ, as structure. */

#ifndef LINKSPEC_DIFF_H
#define LINKSPEC_DIFF_H

#include <stdbool.h>
#include <stdio.h>

#include "../model/decode.h"

extern const char diff_help[];

/* Prints how module b differs from module a: "- " lines of a, "+ " lines of
   b, by section, what matters most first; then a line that sums up.  Things
   are compared by name where they have one, so that only renumbering is no
   difference.  Prints nothing and gives true if the bytes are the same. */
bool diff_modules(FILE *out, const DecModule *a, const DecModule *b);

#endif
