/* judge_limits.c: types of constant expressions, limits of the memory and of
   the table. */

#include "judge_parts.h"

static void must_match(Judge *j, const char *clause, const char *what,
                       bool holds, const char *expected, u64 found) {
  Site by = site_of(what, NO_OFFSET);
  if (!holds)
    violate(j, clause, &by, NULL, expected, number(j, found));
}

/* Of a constant: what has several instructions, or reads a global, is not
   looked into. */
static void must_be_typed(Judge *j, const DecExpr *e, u8 type,
                          const char *what) {
  static const struct {
    u32 opcode;
    u8 type;
  } consts[] = {{WASM_OPCODE_I32_CONST, WASM_TYPE_I32},
                {WASM_OPCODE_I64_CONST, WASM_TYPE_I64},
                {WASM_OPCODE_F32_CONST, WASM_TYPE_F32},
                {WASM_OPCODE_F64_CONST, WASM_TYPE_F64}};
  Site by = site_of(what, e->offset);
  for (u32 i = 0; i < sizeof consts / sizeof *consts; i++)
    if (consts[i].opcode == e->opcode && consts[i].type != type)
      violate(j, "container.constant-expression", &by, NULL, type_text(type),
              type_text(consts[i].type));
}

static u8 slot_type(const DecTable *t) {
  return t->limits.flags & WASM_LIMITS_FLAG_IS_64 ? WASM_TYPE_I64
                                                  : WASM_TYPE_I32;
}

/* What the module says where data and functions go, and what globals hold, has
   the type that is needed there. */
static void judge_expressions(Judge *j) {
  static const char *const what = "a constant expression";
  const DecModule *m = j->m;
  for (u32 i = 0; i < m->data_count; i++)
    if (m->data[i].mode == DEC_ACTIVE)
      must_be_typed(j, &m->data[i].start, pointer_type(j->l), what);
  for (u32 i = 0; i < m->elem_count; i++)
    if (m->elems[i].mode == DEC_ACTIVE)
      must_be_typed(j, &m->elems[i].start,
                    slot_type(&m->tables[m->elems[i].table]), what);
  for (u32 i = m->imported_globals; i < m->global_count; i++)
    must_be_typed(j, &m->globals[i].init, m->globals[i].type, what);
}

/* A shared memory must have a maximum.  What the modules that are loaded beside
   this one need of it no option says. */
static void judge_memory_limits(Judge *j) {
  const Options *o = &j->l->opt;
  if (!j->m->memory_count)
    return must_match(j, "memory.present", "the memory", false, "one", 0);
  const DecLimits *d = &j->m->memories[0].limits;
  u64 page = 1ull << d->page_log2;
  bool has_max = d->flags & WASM_LIMITS_FLAG_HAS_MAX;
  must_match(j, "memory.page-size", "the page size", page == o->page_size,
             number(j, o->page_size), page);
  if (o->initial_memory)
    must_match(j, "memory.initial", "the memory's size",
               d->min * page == o->initial_memory, number(j, o->initial_memory),
               d->min * page);
  if (o->max_memory)
    must_match(j, "memory.max", "the memory's maximum",
               has_max && d->max * page == o->max_memory,
               number(j, o->max_memory), has_max ? d->max * page : 0);
  else if (!o->no_growable_memory && !o->shared_memory)
    must_match(j, "memory.max", "the memory's maximum", !has_max, "none",
               d->max);
  else if (o->shared_memory && !o->no_growable_memory && is_pic(j->l))
    must_match(j, "memory.max", "the memory's maximum",
               has_max && d->max >= memory_limit(j->l) / page,
               format(j->l, "%llu or more",
                      (unsigned long long)(memory_limit(j->l) / page)),
               has_max ? d->max : 0);
  if (o->no_growable_memory)
    must_match(j, "memory.no-growable", "the memory's maximum",
               has_max && d->max == d->min, number(j, d->min), d->max);
  must_match(j, "threads.shared-memory", "the memory's flags",
             !(d->flags & WASM_LIMITS_FLAG_IS_SHARED) == !o->shared_memory,
             o->shared_memory ? "shared" : "not shared", d->flags);
  must_match(j, "wasm64.memory", "the memory's flags",
             !(d->flags & WASM_LIMITS_FLAG_IS_64) == !o->wasm64,
             o->wasm64 ? "64-bit addresses" : "32-bit addresses", d->flags);
  must_match(
      j, "memory.import", "the memory",
      o->relocatable || /* either way, an object's is not the program's */
          (j->m->imported_memories > 0) == o->import_memory,
      o->import_memory ? "imported" : "defined", j->m->imported_memories);
}

static void judge_table_limits(Judge *j) {
  const Options *o = &j->l->opt;
  if (j->table == NONE)
    return;
  const DecTable *t = &j->m->tables[j->table];
  bool has_max = t->limits.flags & WASM_LIMITS_FLAG_HAS_MAX;
  bool wide = slot_type(t) == WASM_TYPE_I64;
  u64 least = j->last_slot;
  if (!least && !is_pic(j->l))
    least = 1; /* slot 0 is always there */
  if (o->wasm64 && !wide)
    take(j, PERMISSION_TABLE32);
  must_match(j, "wasm64.table", "the table's flags", o->wasm64 || !wide,
             "32-bit slots", t->limits.flags);
  must_match(j, "table.synthesized", "the table's type",
             t->type == WASM_TYPE_FUNCREF, type_text(WASM_TYPE_FUNCREF),
             t->type);
  must_match(j, "table.limits", "the table's size", t->limits.min >= least,
             format(j->l, "%llu or more", (unsigned long long)least),
             t->limits.min);
  bool exact = has_max && t->limits.max == t->limits.min;
  bool open = o->growable_table || o->import_table; /* any table will do */
  must_match(j, o->growable_table ? "table.growable" : "table.limits",
             "the table's maximum", open ? !has_max : exact,
             open ? "none" : "its size", t->limits.max);
  must_match(j, "table.import", "the table",
             (t->import != DEC_NONE) == o->import_table,
             o->import_table ? "imported" : "defined", j->table);
  if (!is_pic(j->l)) /* else the first one is wherever the loader says */
    must_match(j, "table.null", "slot 0", in_slot(j, 0) == NONE, "empty",
               in_slot(j, 0));
}

void judge_limits(Judge *j) {
  judge_expressions(j);
  judge_memory_limits(j);
  judge_table_limits(j);
}
