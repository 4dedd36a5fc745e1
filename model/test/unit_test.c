/* unit_test.c: compile units, and links that keep what was read, as callers in
   C use them.  What they mean is the suite's business (cases/unit). */

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../link.h"

/* -- units that a number makes -- */

enum { SYMBOLS = 12, FIXUPS = 3, UNITS = 5 };

typedef struct Made {
  Unit unit;
  UnitSymbol symbols[SYMBOLS];
  Fixup fixups[SYMBOLS][FIXUPS];
  u8 bytes[SYMBOLS][24];
  char names[SYMBOLS][8];
  InitFunction init;
} Made;

static const u8 no_types[1];
static const UnitType void_type = {no_types, 0, 0};

static u32 next(u32 *seed) {
  *seed = *seed * 1664525u + 1013904223u;
  return *seed >> 16;
}

/* Data at even places, functions at odd ones; some are another unit's. */
static bool is_function(u32 i) {
  return i % 2;
}

static void make_code(Made *m, u32 i, u32 *seed) {
  u8 *p = m->bytes[i];
  u32 n = 0;
  p[n++] = 0; /* locals */
  UnitSymbol *s = &m->symbols[i];
  for (u32 k = next(seed) % FIXUPS; k > 0; k--) {
    u32 target = next(seed) % SYMBOLS;
    p[n++] = is_function(target) ? WASM_OPCODE_CALL : WASM_OPCODE_I32_CONST;
    m->fixups[i][s->nfixups++] =
        (Fixup){is_function(target) ? FIXUP_FUNCTION : FIXUP_ADDRESS, n, target,
                is_function(target) ? 0 : (i64)(next(seed) % 9)};
    if (!is_function(target))
      p[n++] = WASM_OPCODE_DROP;
  }
  p[n++] = WASM_OPCODE_END;
  s->size = n;
}

static void make_data(Made *m, u32 i, u32 *seed) {
  UnitSymbol *s = &m->symbols[i];
  s->size = next(seed) % 3 * 8;
  s->align = next(seed) % 5;
  for (u32 at = 0; at + 4 <= s->size && s->nfixups < FIXUPS; at += 8) {
    u32 target = next(seed) % SYMBOLS;
    if (next(seed) % 2)
      m->fixups[i][s->nfixups++] = (Fixup){
          is_function(target) ? FIXUP_SLOT : FIXUP_ADDRESS, at, target, 0};
  }
  if (s->size)
    m->bytes[i][s->size - 1] = (u8)(next(seed) % 2);
}

/* Unit number `of`; equal seeds make equal units. */
static void make_unit(Made *m, u32 of, u32 seed) {
  *m = (Made){0};
  for (u32 i = 0; i < SYMBOLS; i++) {
    UnitSymbol *s = &m->symbols[i];
    u32 owner = next(&seed) % 4 ? of : next(&seed) % UNITS;
    int n = snprintf(m->names[i], sizeof m->names[i], "s%u_%u", owner, i);
    s->kind =
        is_function(i) ? WASM_SYMBOL_TYPE_FUNCTION : WASM_SYMBOL_TYPE_DATA;
    s->name = (Str){m->names[i], (u32)n};
    s->bytes = m->bytes[i];
    s->fixups = m->fixups[i];
    s->flags = owner != of       ? WASM_SYMBOL_UNDEFINED
               : next(&seed) % 3 ? WASM_SYMBOL_BINDING_WEAK
                                 : WASM_SYMBOL_EXPORTED;
    if (owner != of)
      continue;
    if (!is_function(i) && next(&seed) % 2) {
      s->name = (Str){0};
      s->flags = 0;
    }
    if (is_function(i))
      make_code(m, i, &seed);
    else
      make_data(m, i, &seed);
  }
  m->unit = (Unit){&void_type, 1, m->symbols, SYMBOLS, .inits = &m->init};
  m->init = (InitFunction){next(&seed) % 4, {1}};
  m->unit.ninits = !(m->symbols[1].flags & WASM_SYMBOL_UNDEFINED);
}

/* -- links -- */

static Request request_of(const Input *inputs, u32 n) {
  Request r = {.inputs = inputs, .ninputs = n, .options = options_default()};
  r.options.entry = NULL;
  r.options.import_undefined = true;
  r.options.unresolved = UNRESOLVED_IGNORE;
  r.keep = true;
  return r;
}

static void assert_same(const Link *a, const Link *b, u32 step) {
  size_t na, nb;
  const u8 *pa = link_output(a, &na), *pb = link_output(b, &nb);
  cr_assert_eq(na, nb, "step %u: %zu and %zu bytes", step, na, nb);
  cr_assert(na && memcmp(pa, pb, na) == 0, "step %u: other bytes", step);
}

static u8 *lowered(const Unit *u, size_t *size) {
  Link *l = unit_lower(u, "u.o");
  const u8 *p = link_output(l, size);
  cr_assert_gt(*size, 0);
  u8 *copy = malloc(*size);
  cr_assert(copy);
  memcpy(copy, p, *size);
  link_free(l);
  return copy;
}

Test(unit, means_what_its_object_means) {
  for (u32 seed = 0; seed < 100; seed++) {
    Made m;
    make_unit(&m, 0, seed);
    Input unit = {.path = "u.o", .unit = &m.unit}, object = {.path = "u.o"};
    u8 *bytes = lowered(&m.unit, &object.size);
    object.bytes = bytes;
    Request ru = request_of(&unit, 1), ro = request_of(&object, 1);
    ro.options.compress_relocations = true;
    Link *a = link_new(&ru), *b = link_new(&ro);
    cr_assert(a && b && link_run(a, STAGE_EMIT) && link_run(b, STAGE_EMIT),
              "seed %u", seed);
    assert_same(a, b, seed);
    link_free(a);
    link_free(b);
    free(bytes);
  }
}

Test(again, equals_a_fresh_link_whatever_was_replaced) {
  static Made units[UNITS];
  Input inputs[UNITS];
  u32 seed = 1;
  for (u32 i = 0; i < UNITS; i++) {
    make_unit(&units[i], i, i);
    inputs[i] = (Input){.path = "u.o", .unit = &units[i].unit};
  }
  Request r = request_of(inputs, UNITS);
  Link *l = link_new(&r);
  cr_assert(l && link_run(l, STAGE_EMIT));
  for (u32 step = 0; step < 300; step++) {
    for (u32 i = 0; i < UNITS; i++) {
      inputs[i].unchanged = next(&seed) % 3;
      if (!inputs[i].unchanged)
        make_unit(&units[i], i, next(&seed));
    }
    l = link_again(l, &r);
    Link *fresh = link_new(&r);
    cr_assert(l && fresh);
    cr_assert_eq(link_run(l, STAGE_EMIT), link_run(fresh, STAGE_EMIT));
    assert_same(l, fresh, step);
    link_free(fresh);
  }
  link_free(l);
}

Test(again, does_not_read_what_is_unchanged) {
  Made m;
  make_unit(&m, 0, 7);
  Input in = {.path = "a.o"};
  u8 *bytes = lowered(&m.unit, &in.size);
  in.bytes = bytes;
  Request r = request_of(&in, 1);
  Link *l = link_new(&r);
  cr_assert(l && link_run(l, STAGE_EMIT));
  bytes[0] = 'X';
  in.unchanged = true;
  l = link_again(l, &r);
  cr_assert(l && link_run(l, STAGE_EMIT), "it was read again");
  in.unchanged = false;
  l = link_again(l, &r);
  cr_assert(l && !link_run(l, STAGE_EMIT), "it was not read again");
  link_free(l);
  free(bytes);
}

Test(again, reads_what_failed_before) {
  Made m;
  make_unit(&m, 0, 7);
  Input in = {.path = "a.o"};
  u8 *bytes = lowered(&m.unit, &in.size);
  in.bytes = bytes;
  u8 last = bytes[in.size - 1];
  bytes[in.size - 1] = 0xff;
  Request r = request_of(&in, 1);
  Link *l = link_new(&r);
  cr_assert(l && !link_run(l, STAGE_EMIT));
  bytes[in.size - 1] = last;
  in.unchanged = true;
  l = link_again(l, &r);
  cr_assert(l && link_run(l, STAGE_EMIT));
  link_free(l);
  free(bytes);
}
