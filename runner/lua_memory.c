/* lua_memory.c: memory for the Lua that runs the commands.

   Takes: what Lua asks for and gives back, each with its size.  Gives: small
   blocks from lists by size, since a case makes and drops thousands of them;
   large ones from the system.
   Rule of thumb: what is in a list stays there until the process ends. */

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lua_native.h"

enum { STEP = 16, LARGEST = 256, CHUNK = 1 << 16 };

typedef struct Free Free;
struct Free {
  Free *next;
};

static Free *lists[LARGEST / STEP + 1]; /* by size in steps */
static char *chunk;                     /* what is left of the newest one */
static size_t left;

static size_t steps(size_t n) {
  return (n + STEP - 1) / STEP;
}

static bool is_small(size_t n) {
  return n <= LARGEST && !SANITIZED;
}

/* The end of a chunk that is too little for n bytes is lost. */
static void *cut(size_t n) {
  if (left < n) {
    char *fresh = malloc(CHUNK);
    if (!fresh)
      return NULL;
    chunk = fresh;
    left = CHUNK;
  }
  void *p = chunk;
  chunk += n;
  left -= n;
  return p;
}

static void *take(size_t n) {
  if (!is_small(n))
    return malloc(n);
  Free *f = lists[steps(n)];
  if (!f)
    return cut(steps(n) * STEP);
  lists[steps(n)] = f->next;
  return f;
}

static void give_back(void *p, size_t n) {
  if (!is_small(n)) {
    free(p);
    return;
  }
  Free *f = p;
  f->next = lists[steps(n)];
  lists[steps(n)] = f;
}

static void *resize(void *p, size_t was, size_t n) {
  if (!is_small(was) && !is_small(n))
    return realloc(p, n);
  if (is_small(was) && is_small(n) && steps(was) == steps(n))
    return p;
  void *q = take(n);
  if (!q)
    return NULL;
  memcpy(q, p, was < n ? was : n);
  give_back(p, was);
  return q;
}

/* Without p, `was` is the kind of what it is for. */
void *lua_memory(void *unused, void *p, size_t was, size_t n) {
  (void)unused;
  if (p && n > 0)
    return resize(p, was, n);
  if (p)
    give_back(p, was);
  return n > 0 ? take(n) : NULL;
}
