/* model_test.c: the model as a library: its tables, and what callers may
   rely on whatever they link.  What linking means is the suite's business. */

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "../link.h"

Test(relocs, are_one_dense_table) {
  cr_assert_eq(RELOC_KINDS, 27);
  for (u32 i = 0; i < RELOC_KINDS; i++) {
    const RelocInfo *r = reloc_info(i);
    cr_assert(r && r->name, "kind %u has no row", i);
    cr_assert_eq(strncmp(r->name, "R_WASM_", 7), 0);
    if (r->twin < 0)
      continue;
    const RelocInfo *t = reloc_info((u32)r->twin);
    cr_assert_eq(t->twin, (int)i, "%s and %s are not twins", r->name, t->name);
    cr_assert_eq(t->value, r->value);
    cr_assert_eq(t->base, r->base);
    cr_assert_eq(t->has_addend, r->has_addend);
    cr_assert_eq(encoding_width(t->encoding) + encoding_width(r->encoding),
                 encoding_width(r->encoding) % 5 ? 12 : 15);
  }
  cr_assert_null(reloc_info(RELOC_KINDS));
  cr_assert_null(reloc_info(UINT32_MAX));
}

Test(relocs, are_written_at_full_width) {
  static const struct {
    Encoding e;
    u64 value;
    u8 bytes[10];
  } rows[] = {
      {ENC_ULEB32, 0, {0x80, 0x80, 0x80, 0x80, 0x00}},
      {ENC_ULEB32, UINT32_MAX, {0xff, 0xff, 0xff, 0xff, 0x0f}},
      {ENC_SLEB32, 64, {0xc0, 0x80, 0x80, 0x80, 0x00}},
      {ENC_SLEB32, (u64)-1, {0xff, 0xff, 0xff, 0xff, 0x7f}},
      {ENC_SLEB32, 0x80000000u, {0x80, 0x80, 0x80, 0x80, 0x78}},
      {ENC_I32, 0x01020304, {4, 3, 2, 1}},
      {ENC_I64, 0x0102030405060708, {8, 7, 6, 5, 4, 3, 2, 1}},
      {ENC_ULEB64,
       UINT64_MAX,
       {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}},
      {ENC_SLEB64,
       1,
       {0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    u8 p[11];
    unsigned width = encoding_width(rows[i].e);
    memset(p, 0xaa, sizeof p);
    reloc_write(p, rows[i].e, rows[i].value, width);
    cr_assert_arr_eq(p, rows[i].bytes, width, "row %zu", i);
    cr_assert_eq(p[width], 0xaa, "row %zu writes too far", i);
  }
}

Test(diags, have_a_class_of_the_closed_set) {
  static const char *const classes[] = {
      "malformed", "unsupported", "undefined", "duplicate", "mismatch",
      "feature",   "limit",       "option",    "archive",   "info"};
  for (int i = 0; i < DIAG_COUNT; i++) {
    bool known = false;
    for (size_t k = 0; k < sizeof classes / sizeof *classes; k++)
      known |= strcmp(diag_class((DiagId)i), classes[k]) == 0;
    cr_assert(known, "%s has class %s", diag_name((DiagId)i),
              diag_class((DiagId)i));
  }
}

static Link *link_bytes(const u8 *bytes, size_t size, Input *in, Request *r) {
  *in = (Input){.path = "a.o", .bytes = bytes, .size = size};
  *r = (Request){.inputs = in, .ninputs = 1, .options = options_default()};
  r->options.entry = NULL;
  Link *l = link_new(r);
  cr_assert(l);
  return l;
}

/* The smallest object: a header and a "linking" section. */
static const u8 smallest[] = {0, 'a', 's', 'm', 1,   0,   0,   0,   0, 9,
                              7, 'l', 'i', 'n', 'k', 'i', 'n', 'g', 2};

Test(link, of_nothing_is_a_module_with_a_memory) {
  Input in;
  Request r;
  Link *l = link_bytes(smallest, sizeof smallest, &in, &r);
  size_t n;
  cr_assert(link_run(l, STAGE_EMIT));
  const u8 *p = link_output(l, &n);
  cr_assert_gt(n, 8);
  cr_assert_arr_eq(p, smallest, 8);
  link_free(l);
}

/* Whatever is cut off, there is one diagnostic, inside the file. */
Test(link, of_every_prefix_ends_in_one_diagnostic) {
  for (size_t n = 0; n < sizeof smallest; n++) {
    Input in;
    Request r;
    u8 *copy = malloc(n + 1); /* exact, so that sanitizers see overreads */
    cr_assert(copy);
    memcpy(copy, smallest, n);
    Link *l = link_bytes(copy, n, &in, &r);
    cr_assert_not(link_run(l, STAGE_EMIT), "%zu bytes were accepted", n);
    u32 count;
    const Diag *d = link_diags(l, &count);
    cr_assert_eq(count, 1);
    cr_assert_str_eq(d->file, "a.o");
    cr_assert(d->offset <= n || d->offset == NO_OFFSET);
    link_free(l);
    free(copy);
  }
}

Test(link, of_no_input_at_all) {
  Request r = {.options = options_default()};
  Link *l = link_new(&r);
  cr_assert_not(link_run(l, STAGE_EMIT));
  u32 n;
  const Diag *d = link_diags(l, &n);
  cr_assert_eq(n, 1);
  cr_assert_eq(d->id, DIAG_NO_OBJECTS);
  link_free(l);
}

#ifndef __SANITIZE_ADDRESS__ /* it has no more memory than the limit itself */
/* The sections of this object need an array larger than what is at hand. */
Test(link, says_that_there_is_no_memory) {
  enum { SECTIONS = 20000 };
  static u8 bytes[8 + SECTIONS * 3];
  memcpy(bytes, smallest, 8);
  for (int i = 0; i < SECTIONS; i++) /* custom, of one byte, without a name */
    bytes[8 + i * 3 + 1] = 1;
  Input in;
  Request r;
  Link *l = link_bytes(bytes, sizeof bytes, &in, &r);
  struct rlimit all, none;
  getrlimit(RLIMIT_AS, &all);
  none = (struct rlimit){0, all.rlim_max};
  setrlimit(RLIMIT_AS, &none);
  bool ok = link_run(l, STAGE_EMIT);
  setrlimit(RLIMIT_AS, &all);
  cr_assert_not(ok);
  u32 n;
  const Diag *d = link_diags(l, &n);
  cr_assert_eq(n, 1);
  cr_assert_eq(d->id, DIAG_OUT_OF_MEMORY);
  link_free(l);
}
#endif

Test(link, stops_after_the_stage_it_is_told) {
  for (Stage s = STAGE_RESOLVE; s <= STAGE_EMIT; s++) {
    Input in;
    Request r;
    Link *l = link_bytes(smallest, sizeof smallest, &in, &r);
    size_t n;
    cr_assert(link_run(l, s));
    link_output(l, &n);
    cr_assert_eq(n > 0, s == STAGE_EMIT);
    link_free(l);
  }
}

/* Every format of diags.def is used with the arguments that its row asks for:
   the compiler cannot see that, so the count of conversions is pinned by the
   calls' own tests; here only that none is malformed. */
Test(diags, have_whole_formats) {
  static const char *const texts[] = {
#define DIAG(id, phase, class, severity, text) text,
#include "../diags.def"
#undef DIAG
  };
  for (size_t i = 0; i < DIAG_COUNT; i++)
    for (const char *p = texts[i]; (p = strchr(p, '%')); p++) {
      p += 1 + strspn(p + 1, "0123456789");
      cr_assert(strchr("sudxlz", *p), "%s: %%%c", texts[i], *p);
    }
}
