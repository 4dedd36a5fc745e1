/* judge_object_test.c: the judge of objects, on one that -r made of a unit, and
   on the same with one thing that it says changed. */

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "../judge.h"

static const u8 bytes[] = "12345678";
static const u8 code[] = {0, 0x10, 0x41, 0x1a, 0x0b}; /* call, const, drop */
static const UnitType types[] = {{NULL, 0, 0}};
static const Fixup fixups[] = {{FIXUP_FUNCTION, 2, 1, 0},
                               {FIXUP_ADDRESS, 3, 2, 4}};
static const UnitSymbol symbols[] = {
    {WASM_SYMBOL_TYPE_FUNCTION, STR("f"), 0, .bytes = code, .size = sizeof code,
     .fixups = fixups, .nfixups = 2},
    {WASM_SYMBOL_TYPE_FUNCTION, STR("g"), WASM_SYMBOL_UNDEFINED},
    {WASM_SYMBOL_TYPE_DATA, STR("x"), 0, .bytes = bytes, .size = 8, .align = 2},
    {WASM_SYMBOL_TYPE_DATA, STR("y"), WASM_SYMBOL_BINDING_LOCAL, .bytes = bytes,
     .size = 4}};
static const InitFunction inits[] = {{7, {0}}};
static const Unit unit = {types, 1, symbols, 4, .inits = inits, .ninits = 1};

/* The clause of the first violation; NULL: there is none. */
static const char *judged(void (*spoil)(DecModule *m)) {
  static char clause[64];
  DecModule m;
  DecError error = {0};
  Input input = {.path = "u.o", .unit = &unit};
  Request request = {&input, 1, .options = options_default()};
  request.options.relocatable = true;
  request.options.merge_data_segments = false;
  Link *l = link_new(&request), *again = link_new(&request);
  cr_assert(link_run(l, STAGE_EMIT));
  size_t size;
  const u8 *module = link_output(l, &size);
  cr_assert(decode_module(&m, module, size, &error), "%s", error.message);
  if (spoil)
    spoil(&m);
  Judgement j = {0};
  cr_assert(link_run(again, STAGE_LIVE));
  cr_assert(judge_module(again, &m, &j));
  bool right = j.nviolations == 0;
  if (!right)
    snprintf(clause, sizeof clause, "%s", j.violations.p[0].clause);
  decode_free(&m);
  link_free(l);
  link_free(again);
  return right ? NULL : clause;
}

static DecReloc *record(DecModule *m, u32 i) {
  cr_assert(m->reloc_count == 1 && m->relocs[0].count == 2);
  return &m->relocs[0].relocs[i];
}

static DecSymbol *symbol(DecModule *m, const char *name) {
  for (u32 i = 0; i < m->linking.symbol_count; i++) {
    DecSymbol *s = &m->linking.symbols[i];
    if (s->name.size == strlen(name) &&
        memcmp(s->name.at, name, s->name.size) == 0)
      return s;
  }
  cr_assert(false, "no symbol %s", name);
  return NULL;
}

static void expect(const char *clause, void (*spoil)(DecModule *m)) {
  const char *found = judged(spoil);
  cr_assert_not_null(found);
  cr_assert_str_eq(found, clause);
}

Test(object, is_right_as_it_is) {
  cr_assert_null(judged(NULL));
}

static void other_addend(DecModule *m) {
  record(m, 1)->addend++;
}

static void other_symbol(DecModule *m) {
  record(m, 1)->index = (u32)(symbol(m, "y") - m->linking.symbols);
}

static void other_kind(DecModule *m) {
  record(m, 1)->type = R_WASM_MEMORY_ADDR_REL_SLEB;
}

static void other_place(DecModule *m) {
  record(m, 0)->offset--;
}

static void lost(DecModule *m) {
  m->relocs[0].count--;
}

Test(object, has_the_relocations_of_the_inputs) {
  expect("relocatable.relocations", other_addend);
  expect("relocatable.relocations", other_symbol);
  expect("relocatable.relocations", other_kind);
  expect("relocatable.relocations", other_place);
  expect("relocatable.relocations", lost);
}

static void weak(DecModule *m) {
  symbol(m, "f")->flags |= WASM_SYMBOL_BINDING_WEAK;
}

static void hidden(DecModule *m) {
  symbol(m, "g")->flags |= WASM_SYMBOL_VISIBILITY_HIDDEN;
}

static void shorter(DecModule *m) {
  symbol(m, "x")->size--;
}

static void global(DecModule *m) {
  symbol(m, "y")->flags = 0;
}

static void gone(DecModule *m) {
  symbol(m, "f")->name.size = 0;
}

Test(object, has_the_symbols_of_the_inputs) {
  expect("relocatable.symbols", weak);
  expect("relocatable.symbols", hidden);
  expect("relocatable.symbols", shorter);
  expect("relocatable.symbols", global);
  expect("relocatable.symbols", gone);
}

static void elsewhere(DecModule *m) {
  symbol(m, "x")->offset = 1;
}

Test(object, has_symbols_where_their_data_is) {
  expect("reloc.memory.value", elsewhere);
}

static void aligned(DecModule *m) {
  for (u32 i = 0; i < m->linking.segment_count; i++)
    m->linking.segments[i].align = 0;
}

static void retained(DecModule *m) {
  m->linking.segments[0].flags = WASM_SEG_FLAG_RETAIN;
}

Test(object, says_what_is_true_of_segments) {
  expect("relocatable.segments", aligned);
  expect("relocatable.segments", retained);
}

static void later(DecModule *m) {
  m->linking.inits[0].priority++;
}

static void never(DecModule *m) {
  m->linking.init_count = 0;
}

Test(object, lists_the_constructors) {
  expect("init.priority", later);
  expect("relocatable.init-functions", never);
}

static void in_a_group(DecModule *m) {
  static DecComdatItem item = {WASM_COMDAT_DATA, 0};
  static DecComdat group = {{(const u8 *)"g", 1}, 0, 1, &item};
  m->linking.comdats = &group;
  m->linking.comdat_count = 1;
}

Test(object, has_no_other_groups) {
  expect("relocatable.comdats", in_a_group);
}

static void no_object(DecModule *m) {
  m->linking.present = false;
}

Test(object, has_a_section_linking) {
  expect("relocatable.sections", no_object);
}
