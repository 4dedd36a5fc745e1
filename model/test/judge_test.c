/* judge_test.c: the judge's evaluator of straight code, its comparison of code
   beside code, on functions that are given byte by byte, and its claims. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "../judge_parts.h"

/* A module with global 0 (mutable i32) and function 0, () -> (), that has this
   code; whatever it may call is itself. */
typedef struct Bench {
  u8 bytes[256];
  DecModule m;
  Link *l;
  Judge j;
} Bench;

static void set_up(Bench *b, const char *code, size_t n) {
  static const u8 head[] = {0, 'a', 's',  'm',  1, 0,    0, 0,   1,
                            4, 1,   0x60, 0,    0, 3,    2, 1,   0,
                            6, 6,   1,    0x7f, 1, 0x41, 0, 0x0b};
  static const Request nothing;
  DecError error = {0};
  memset(b, 0, sizeof *b);
  memcpy(b->bytes, head, sizeof head);
  size_t at = sizeof head;
  b->bytes[at++] = WASM_SEC_CODE;
  b->bytes[at++] = (u8)(n + 4); /* count, size, locals, end */
  b->bytes[at++] = 1;
  b->bytes[at++] = (u8)(n + 2);
  b->bytes[at++] = 0;
  memcpy(b->bytes + at, code, n);
  at += n;
  b->bytes[at++] = WASM_OPCODE_END;
  cr_assert(decode_module(&b->m, b->bytes, at, &error), "%s: %s", error.field,
            error.message);
  b->l = link_new(&nothing);
  b->j = (Judge){.l = b->l, .m = &b->m};
}

static Run run(Bench *b, const char *code, size_t n) {
  Run r = {0};
  set_up(b, code, n);
  cr_assert(setjmp(b->l->escape) == 0);
  b->l->armed = true;
  run_function(&b->j, 0, &r);
  b->l->armed = false;
  return r;
}

static void tear_down(Bench *b) {
  decode_free(&b->m);
  link_free(b->l);
}

/* i32.const n, global.set 0 */
#define SET(n) "\x41" n "\x24\x00"

static void expect_sets(const char *code, size_t n, const char *values) {
  Bench b;
  Run r = run(&b, code, n);
  cr_assert_null(r.unclear, "%s", r.unclear);
  cr_assert_eq(r.events.n, strlen(values));
  for (u32 i = 0; i < r.events.n; i++) {
    cr_assert_eq(r.events.p[i].kind, EVENT_SET);
    cr_assert_eq(r.events.p[i].args[0].n, (u64)values[i]);
  }
  tear_down(&b);
}

#define SETS(code, values) expect_sets(code, sizeof(code) - 1, values)

Test(run, follows_if_and_else) {
  SETS("\x41\x01\x04\x40" SET("\x01") "\x05" SET("\x02") "\x0b" SET("\x03"),
       "\x01\x03");
  SETS("\x41\x00\x04\x40" SET("\x01") "\x05" SET("\x02") "\x0b" SET("\x03"),
       "\x02\x03");
  SETS("\x41\x00\x04\x40" SET("\x01") "\x0b" SET("\x03"), "\x03");
}

Test(run, follows_branches_out_of_nested_blocks) {
  SETS("\x02\x40\x02\x40\x0c\x01\x0b" SET("\x01") "\x0b" SET("\x02"), "\x02");
  SETS("\x02\x40\x02\x40\x0c\x00\x0b" SET("\x01") "\x0b" SET("\x02"),
       "\x01\x02");
  SETS("\x02\x40\x41\x00\x0d\x00" SET("\x01") "\x0b", "\x01");
  SETS(SET("\x01") "\x0f" SET("\x02"), "\x01");
}

/* Label 0 leads to 1, label 1 to 2, and so does what is beyond the list. */
Test(run, follows_tables_of_branches) {
#define TABLE(n)                                                               \
  "\x02\x40\x02\x40\x02\x40\x41" n "\x0e\x02\x00\x01\x02\x0b" SET(             \
      "\x01") "\x0f\x0b" SET("\x02") "\x0f\x0b" SET("\x03")
  SETS(TABLE("\x00"), "\x01");
  SETS(TABLE("\x01"), "\x02");
  SETS(TABLE("\x02"), "\x03");
  SETS(TABLE("\x7f"), "\x03");
}

Test(run, adds_constants_and_globals) {
  SETS("\x41\x7f\x41\x03\x6a\x24\x00", "\x02");
  Bench b;
  static const char code[] = "\x41\x05\x23\x00\x6a\x24\x00";
  Run r = run(&b, code, sizeof code - 1);
  cr_assert_eq(r.events.n, 1);
  cr_assert_eq(r.events.p[0].args[0].kind, VALUE_GLOBAL);
  cr_assert_eq(r.events.p[0].args[0].global, 0);
  cr_assert_eq(r.events.p[0].args[0].n, 5);
  tear_down(&b);
}

Test(run, is_unclear_where_it_cannot_follow) {
  Bench b;
  static const char loop[] = "\x03\x40\x0c\x00\x0b";
  Run r = run(&b, loop, sizeof loop - 1);
  cr_assert_not_null(r.unclear);
  tear_down(&b);
  static const char unknown[] = "\x02\x40\x23\x00\x0d\x00\x0b";
  r = run(&b, unknown, sizeof unknown - 1);
  cr_assert_not_null(r.unclear);
  tear_down(&b);
}

/* A body with one site, call of a function, beside others. */
static bool looks_alike(const char *out, size_t n, bool loose) {
  static const u8 in[] = {0, 0x10, 0x80, 0x80, 0x80, 0x80, 0, 0x0b};
  Reloc r = {.kind = 0 /* FUNCTION_INDEX_LEB */, .offset = 2};
  Chunk c = {.bytes = in, .size = sizeof in, .relocs = &r, .nrelocs = 1};
  Walk w = walk_bytes(&c, (const u8 *)out, n);
  w.loose = loose;
  u32 at;
  return same_shape(w, &at);
}

#define ALIKE(out, loose) looks_alike(out, sizeof(out) - 1, loose)

Test(shape, has_sites_of_any_number_and_width) {
  cr_assert(ALIKE("\0\x10\x80\x80\x80\x80\0\x0b", false));
  cr_assert(ALIKE("\0\x10\x85\x81\x80\x80\0\x0b", false));
  cr_assert(ALIKE("\0\x10\x05\x0b", true));
  cr_assert(ALIKE("\0\x10\x85\x01\x0b", true));
}

Test(shape, differs_elsewhere) {
  cr_assert_not(ALIKE("\0\x10\x05\x0b", false)); /* not to be shortened */
  cr_assert_not(ALIKE("\0\x11\x80\x80\x80\x80\0\x0b", true));
  cr_assert_not(ALIKE("\0\x10\x80\x80\x80\x80\0\x0c", true));
  cr_assert_not(ALIKE("\0\x10\x80\x80\x80\x80\0", true));
  cr_assert_not(ALIKE("\0\x10\x80\x80\x80\x80\0\x0b\x0b", true));
  cr_assert_not(
      ALIKE("\0\x10\x80\x80\x80\x80\x80\x00\x0b", true));       /* 6 bytes */
  cr_assert_not(ALIKE("\0\x10\xff\xff\xff\xff\x1f\x0b", true)); /* 33 bits */
}

/* A wrong module: two parts lie in another one. */
Test(claims, hold_where_parts_overlap) {
  Bench b;
  set_up(&b, "", 0);
  Part *parts = b.j.parts.p = NEW_ARRAY(b.l, Part, 3);
  b.j.parts.n = 3;
  parts[0] = (Part){.address = 100, .size = 20, .placed = true};
  parts[1] = (Part){.address = 101, .size = 19, .placed = true};
  parts[2] = (Part){.address = 102, .size = 2, .placed = true};
  claim_at(&b.j, 110, 4);
  cr_assert(is_claimed(&parts[0], 10, 1) && is_claimed(&parts[0], 13, 1));
  cr_assert(!is_claimed(&parts[0], 0, 10) && !is_claimed(&parts[0], 14, 6));
  cr_assert(!is_claimed(&parts[2], 0, 2));
  tear_down(&b);
}
