/* demangle.c: C++ names as LLVM spells them.

   The name section of a module holds demangled names, so that every blank
   counts: the demangler must be LLVM's own, which libc++abi offers under the
   name that the C++ ABI prescribes.  libstdc++ offers the same function, but
   spells many names otherwise: do not link it in its place.

   wasm-ld demangles names of Rust (_R...), D (_D...) and Microsoft's C++
   (?...) as well.  Those stay as they are here. */

#include <stdlib.h>
#include <string.h>

#include "runner.h"

char *__cxa_demangle(const char *name, char *buf, size_t *n, int *status);

static bool starts(const char *s, const char *prefix) {
  return strncmp(s, prefix, strlen(prefix)) == 0;
}

/* An encoding is "_Z...", or "___Z..." for the body of an Apple block. */
static char *demangle_encoding(const char *name) {
  if (!starts(name, "_Z") && !starts(name, "___Z"))
    return NULL;
  int status = 0;
  return __cxa_demangle(name, NULL, NULL, &status);
}

/* A leading dot stays in front of what the rest means. */
static char *demangle_dotted(const char *name) {
  if (name[0] != '.')
    return demangle_encoding(name);
  char *rest = demangle_encoding(name + 1);
  if (!rest)
    return NULL;
  size_t n = strlen(rest);
  char *dotted = malloc(n + 2);
  if (dotted) {
    dotted[0] = '.';
    memcpy(dotted + 1, rest, n + 1);
  }
  free(rest);
  return dotted;
}

char *demangle_name(const char *name) {
  char *plain = demangle_dotted(name);
  /* Some platforms put one `_` more before every name. */
  if (!plain && name[0] == '_')
    plain = demangle_encoding(name + 1);
  return plain;
}
