/* Tests of lua_memory.c: blocks that are made larger and smaller. */

#include <criterion/criterion.h>
#include <string.h>

#include "../lua_native.h"

static const size_t SIZES[] = {1, 15, 16, 17, 255, 256, 257, 5000, 200, 3, 0};

/* Blocks of all sizes at a time, each full of its own byte, from size to
   size. */
Test(lua_memory, keeps_what_is_in_a_block) {
  enum { BLOCKS = 1000 };
  static unsigned char *blocks[BLOCKS];
  size_t was = 0;
  for (size_t k = 0; k < sizeof SIZES / sizeof *SIZES; k++) {
    size_t n = SIZES[k];
    for (int i = 0; i < BLOCKS; i++) {
      unsigned char *p = lua_memory(NULL, blocks[i], was, n);
      unsigned char byte = (unsigned char)(i % 251);
      cr_assert((p != NULL) == (n > 0));
      for (size_t at = 0; at < was && at < n; at++)
        cr_assert_eq(p[at], byte);
      if (n > 0)
        memset(p, byte, n);
      blocks[i] = p;
    }
    was = n;
  }
}

/* A sanitizer's system gives nothing a second time so soon. */
Test(lua_memory, takes_what_was_given_back) {
  void *p = lua_memory(NULL, NULL, 0, 40);
  lua_memory(NULL, p, 40, 0);
  void *q = lua_memory(NULL, NULL, 0, 48);
  cr_assert_eq(q == p, !SANITIZED, "of the same list");
  void *other = lua_memory(NULL, NULL, 0, 48);
  cr_assert_neq(other, q);
  lua_memory(NULL, q, 48, 0);
  lua_memory(NULL, other, 48, 0);
}

Test(lua_memory, aligns) {
  for (size_t n = 1; n < 300; n++) {
    void *p = lua_memory(NULL, NULL, 0, n);
    cr_assert_eq((size_t)p % 16, 0);
    lua_memory(NULL, p, n, 0);
  }
}
