/* bytes_test.c: the ground of the model: numbers, names, bounded reads. */

#include <criterion/criterion.h>
#include <string.h>

#include "../link.h"

/* A link that can fail: tests run inside ATTEMPT. */
static Link *new_link(void) {
  static const Request request = {0};
  Link *l = link_new(&request);
  cr_assert(l);
  l->armed = true;
  return l;
}

#define ATTEMPT(l) (setjmp((l)->escape) == 0)

static Cursor cursor(Link *l, const u8 *p, size_t n) {
  return (Cursor){l, "test", p, p + n, p};
}

static DiagId only_diag(const Link *l) {
  u32 n;
  const Diag *d = link_diags(l, &n);
  cr_assert_eq(n, 1);
  return d->id;
}

Test(leb, reads_every_width) {
  static const struct {
    u8 bytes[10];
    size_t n;
    u64 value;
  } rows[] = {
      {{0x00}, 1, 0},
      {{0x7f}, 1, 127},
      {{0x80, 0x01}, 2, 128},
      {{0xff, 0xff, 0xff, 0xff, 0x0f}, 5, UINT32_MAX},
      {{0x81, 0x80, 0x80, 0x80, 0x00}, 5, 1}, /* padded to the full width */
  };
  Link *l = new_link();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    Cursor c = cursor(l, rows[i].bytes, rows[i].n);
    if (!ATTEMPT(l))
      cr_assert_fail("row %zu was refused", i);
    cr_assert_eq(read_uleb32(&c, "test"), rows[i].value);
    cr_assert_eq(cursor_left(&c), 0);
  }
  link_free(l);
}

Test(leb, reads_signed) {
  static const struct {
    u8 bytes[5];
    size_t n;
    int32_t value;
  } rows[] = {
      {{0x3f}, 1, 63},
      {{0x40}, 1, -64},
      {{0xc0, 0x00}, 2, 64},
      {{0x80, 0x80, 0x80, 0x80, 0x78}, 5, INT32_MIN},
      {{0xff, 0xff, 0xff, 0xff, 0x07}, 5, INT32_MAX},
      {{0xff, 0xff, 0xff, 0xff, 0x7f}, 5, -1},
  };
  Link *l = new_link();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    Cursor c = cursor(l, rows[i].bytes, rows[i].n);
    if (!ATTEMPT(l))
      cr_assert_fail("row %zu was refused", i);
    cr_assert_eq(read_sleb32(&c, "test"), rows[i].value);
  }
  link_free(l);
}

static void refuse(const u8 *bytes, size_t n, bool is_signed, DiagId id) {
  Link *l = new_link();
  Cursor c = cursor(l, bytes, n);
  if (ATTEMPT(l)) {
    if (is_signed)
      read_sleb32(&c, "number");
    else
      read_uleb32(&c, "number");
    cr_assert_fail("accepted");
  }
  cr_assert_eq(only_diag(l), id);
  u32 count;
  const Diag *d = link_diags(l, &count);
  cr_assert_eq(d->offset, 0);
  cr_assert_str_eq(d->field, "number");
  link_free(l);
}

Test(leb, refuses_what_does_not_fit) {
  refuse((const u8[]){0x80}, 1, false, DIAG_LEB_TRUNCATED);
  refuse((const u8[]){0}, 0, false, DIAG_LEB_TRUNCATED);
  /* a sixth byte; a bit beyond the 32nd */
  refuse((const u8[]){0x80, 0x80, 0x80, 0x80, 0x80, 0x00}, 6, false,
         DIAG_LEB_TOO_LARGE);
  refuse((const u8[]){0xff, 0xff, 0xff, 0xff, 0x1f}, 5, false,
         DIAG_LEB_TOO_LARGE);
  /* sign bits that do not agree */
  refuse((const u8[]){0xff, 0xff, 0xff, 0xff, 0x4f}, 5, true,
         DIAG_LEB_TOO_LARGE);
}

Test(leb, writes_what_it_reads) {
  static const i64 values[] = {
      0,   1,   -1,        63,        64,         -64,       -65,
      127, 128, INT32_MAX, INT32_MIN, UINT32_MAX, INT64_MAX, INT64_MIN};
  Link *l = new_link();
  for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
    Buf b = {.link = l};
    put_sleb(&b, values[i]);
    put_uleb(&b, (u64)values[i]);
    cr_assert_eq(b.n - uleb_size((u64)values[i]) > 0, true);
    Cursor c = cursor(l, b.p, b.n);
    if (!ATTEMPT(l))
      cr_assert_fail("value %zu was refused", i);
    cr_assert_eq(read_sleb64(&c, "signed"), values[i]);
    cr_assert_eq(read_uleb64(&c, "unsigned"), (u64)values[i]);
    cr_assert_eq(cursor_left(&c), 0);
  }
  link_free(l);
}

Test(leb, pads_to_the_full_width) {
  u8 p[10];
  write_uleb_padded(p, 1, 5);
  cr_assert_arr_eq(p, ((u8[]){0x81, 0x80, 0x80, 0x80, 0x00}), 5);
  write_sleb_padded(p, -1, 5);
  cr_assert_arr_eq(p, ((u8[]){0xff, 0xff, 0xff, 0xff, 0x7f}), 5);
  write_sleb_padded(p, 64, 5);
  cr_assert_arr_eq(p, ((u8[]){0xc0, 0x80, 0x80, 0x80, 0x00}), 5);
  write_uleb_padded(p, UINT64_MAX, 10);
  cr_assert_eq(p[9], 0x01);
}

Test(cursor, refuses_a_count_before_memory_is_taken) {
  static const u8 bytes[] = {0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0};
  Link *l = new_link();
  Cursor c = cursor(l, bytes, sizeof bytes);
  if (ATTEMPT(l)) {
    read_count(&c, 1, "count");
    cr_assert_fail("accepted");
  }
  cr_assert_eq(only_diag(l), DIAG_COUNT_TOO_LARGE);
  cr_assert_lt(l->arena.used, 4096);
  link_free(l);
}

Test(cursor, a_sub_cursor_ends_where_it_was_told) {
  static const u8 bytes[] = {1, 2, 3, 4};
  Link *l = new_link();
  Cursor c = cursor(l, bytes, sizeof bytes);
  Cursor sub = read_sub(&c, 2, "sub");
  cr_assert_eq(read_u8(&sub, "a"), 1);
  cr_assert_eq(read_u8(&sub, "b"), 2);
  cr_assert_eq(cursor_left(&sub), 0);
  cr_assert_eq(read_u8(&c, "c"), 3);
  if (ATTEMPT(l)) {
    read_u8(&sub, "d");
    cr_assert_fail("read behind the end");
  }
  cr_assert_eq(only_diag(l), DIAG_TRUNCATED);
  link_free(l);
}

Test(map, keeps_the_first_value_of_many_names) {
  enum { N = 5000 };
  Link *l = new_link();
  Map m = {0};
  for (u32 i = 0; i < N; i++) {
    bool fresh;
    *map_slot(l, &m, str_from(format(l, "name%u", i)), &fresh) = i;
    cr_assert(fresh);
  }
  for (u32 i = 0; i < N; i++) {
    bool fresh;
    Str name = str_from(format(l, "name%u", i));
    cr_assert_eq(*map_slot(l, &m, name, &fresh), i);
    cr_assert_not(fresh);
    cr_assert_eq(map_get(&m, name), i);
  }
  cr_assert_eq(map_get(&m, STR("other")), NONE);
  cr_assert_eq(map_get(&m, STR("")), NONE);
  link_free(l);
}

Test(map, tells_names_with_nul_apart) {
  Link *l = new_link();
  Map m = {0};
  bool fresh;
  *map_slot(l, &m, (Str){"a\0b", 3}, &fresh) = 1;
  *map_slot(l, &m, (Str){"a\0c", 3}, &fresh) = 2;
  *map_slot(l, &m, (Str){NULL, 0}, &fresh) = 3;
  cr_assert_eq(map_get(&m, (Str){"a\0b", 3}), 1);
  cr_assert_eq(map_get(&m, (Str){"a\0c", 3}), 2);
  cr_assert_eq(map_get(&m, STR("")), 3);
  cr_assert_eq(map_get(&m, STR("a")), NONE);
  link_free(l);
}
