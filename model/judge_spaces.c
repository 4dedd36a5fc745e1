/* judge_spaces.c: imports, tags, tables and their slots. */

#include <string.h>

#include "judge_parts.h"

bool constant_of(const DecExpr *e, u64 *value) {
  *value = e->value;
  if (e->opcode == WASM_OPCODE_I32_CONST)
    *value = (u32)e->value;
  return e->opcode == WASM_OPCODE_I32_CONST ||
         e->opcode == WASM_OPCODE_I64_CONST;
}

Str text_of(DecBytes b) {
  return (Str){(const char *)b.at, (u32)b.size};
}

u8 external_kind(const Symbol *s) {
  switch (s->kind) {
  case WASM_SYMBOL_TYPE_FUNCTION: return WASM_EXTERNAL_FUNCTION;
  case WASM_SYMBOL_TYPE_TAG: return WASM_EXTERNAL_TAG;
  case WASM_SYMBOL_TYPE_TABLE: return WASM_EXTERNAL_TABLE;
  default: return WASM_EXTERNAL_GLOBAL;
  }
}

/* -- imports -- */

static const DecImport *import_of(Judge *j, u8 kind, u64 index) {
  const DecModule *m = j->m;
  u32 at = DEC_NONE;
  switch (kind) {
  case WASM_EXTERNAL_FUNCTION: at = m->funcs[index].import; break;
  case WASM_EXTERNAL_GLOBAL: at = m->globals[index].import; break;
  case WASM_EXTERNAL_TAG: at = m->tags[index].import; break;
  default: at = m->tables[index].import; break;
  }
  return at == DEC_NONE ? NULL : &m->imports[at];
}

bool same_table(const DecTable *d, const Item *t) {
  u32 kept = WASM_LIMITS_FLAG_HAS_MAX | WASM_LIMITS_FLAG_IS_64;
  return d->type == t->type && d->limits.min == t->limits.min &&
         d->limits.max == t->limits.max &&
         (d->limits.flags & kept) == (t->limits.flags & kept);
}

static bool typed_alike(Judge *j, const Symbol *s, u8 kind, u64 index) {
  const DecModule *m = j->m;
  switch (kind) {
  case WASM_EXTERNAL_FUNCTION:
    return !s->sig || same_type(&m->types[m->funcs[index].type], s->sig);
  case WASM_EXTERNAL_TAG:
    return !s->sig || same_type(&m->types[m->tags[index].type], s->sig);
  case WASM_EXTERNAL_GLOBAL:
    return m->globals[index].type == s->item->type &&
           m->globals[index].is_mutable == s->item->mutable;
  default: return same_table(&m->tables[index], s->item);
  }
}

Str import_module(const Symbol *s) {
  return s->import_module.p ? s->import_module : STR("env");
}

Str import_name(const Symbol *s) {
  return s->import_name.p ? s->import_name : s->name;
}

/* A function that traps took the place of a weak one; it stands beside others,
   which stay undefined. */
Permission import_choice(const Symbol *s) {
  return is_weak(s) || is_defined(s) ? PERMISSION_WEAK_IMPORT
                                     : PERMISSION_UNDEFINED_IMPORT;
}

bool import_is(Judge *j, const Symbol *s, u8 kind, u64 index, const Site *by) {
  const DecImport *i = import_of(j, kind, index);
  if (!i) {
    violate(j, "symbol.undefined.strong", by, tell(j, s), "an import",
            format(j->l, "number %llu, which is defined",
                   (unsigned long long)index));
    return false;
  }
  j->import_seen[i - j->m->imports] = true;
  noted(s)->index.i = i->index;
  Str module = import_module(s);
  Str name = import_name(s);
  if (!str_eq(text_of(i->module), module) || !str_eq(text_of(i->name), name)) {
    violate(j, "symbol.explicit-name", by, tell(j, s),
            format(j->l, "the import %s.%s", plain(j->l, module),
                   plain(j->l, name)),
            format(j->l, "the import %s.%s", plain(j->l, text_of(i->module)),
                   plain(j->l, text_of(i->name))));
    return false;
  }
  if (!typed_alike(j, s, kind, index)) {
    violate(j, "import.type", by, tell(j, s), "an import of its type",
            "one of another");
    return false;
  }
  if (kind == WASM_EXTERNAL_FUNCTION && !is_imported(j->l, s))
    choose(j, import_choice(s), true, by);
  return true;
}

/* -- slots -- */

static bool active_at(Judge *j, const DecElem *e, u64 *start) {
  return e->mode == DEC_ACTIVE && e->count &&
         counts_from(j, &e->start, BASE_TABLE, start) && *start <= UINT32_MAX;
}

static void fill_slots(Judge *j, const DecElem *e) {
  u64 start;
  if (!active_at(j, e, &start))
    return;
  if (j->table != NONE && j->table != e->table) {
    Site by = site_of("an element segment", e->offset);
    violate(j, "table.synthesized", &by, NULL,
            format(j->l, "table %u, as for others", j->table),
            format(j->l, "table %u", e->table));
    return;
  }
  j->table = e->table;
  bool twice = false;
  for (u32 i = 0; i < e->count && start + i < j->last_slot; i++)
    if (e->items[i].opcode == WASM_OPCODE_REF_FUNC) {
      u32 *slot = &j->slots[start + i - j->first_slot];
      twice |= *slot != NONE;
      *slot = (u32)e->items[i].value;
    }
  Site by = site_of("an element segment", e->offset);
  if (twice)
    violate(j, "table.synthesized", &by, NULL, "slots of its own",
            "slots that another one fills, too");
}

/* One that fills no slots that are known: at most it declares functions. */
static void judge_strange(Judge *j, const DecElem *e) {
  Site by = site_of("an element segment", e->offset);
  if (e->mode != DEC_DECLARED && e->count)
    violate(j, "table.synthesized", &by, NULL,
            "active, from a constant slot on", "not so");
}

void build_slots(Judge *j) {
  Site by = site_of("the elements", NO_OFFSET);
  u64 first = UINT64_MAX, last = 0, start;
  for (u32 i = 0; i < j->m->elem_count; i++) {
    const DecElem *e = &j->m->elems[i];
    if (!active_at(j, e, &start)) {
      judge_strange(j, e);
      continue;
    }
    first = start < first ? start : first;
    last = start + e->count > last ? start + e->count : last;
  }
  /* Segments that are far apart are none of a linker's. */
  if (first <= last && last - first > j->m->size)
    violate(j, "table.synthesized", &by, NULL, "slots that are close together",
            format(j->l, "%llu, from %llu on",
                   (unsigned long long)(last - first),
                   (unsigned long long)first));
  if (first > last || last - first > j->m->size)
    first = last = 0;
  j->first_slot = first;
  j->last_slot = last;
  j->slots = NEW_ARRAY(j->l, u32, last - first);
  j->slot_seen = NEW_ARRAY(j->l, bool, last - first);
  for (u64 i = 0; i < last - first; i++)
    j->slots[i] = NONE;
  for (u32 i = 0; i < j->m->elem_count; i++)
    fill_slots(j, &j->m->elems[i]);
}

u32 in_slot(const Judge *j, u64 slot) {
  return slot >= j->first_slot && slot < j->last_slot
             ? j->slots[slot - j->first_slot]
             : NONE;
}

void slot_is(Judge *j, const Symbol *s, u64 slot, const Site *by) {
  bool first = has_own_slot(j, s); /* whose number may be 0 */
  if (s->is_stub || (is_undefined(s) && slot == 0 && !first)) {
    if (slot != 0 && s->is_stub)
      violate(j, "reloc.weak-undefined.table", by, tell(j, s), "slot 0",
              format(j->l, "slot %llu", (unsigned long long)slot));
    else if (slot == 0 && is_imported(j->l, s))
      violate(j, "functions.addresses", by, tell(j, s), "a slot of its own",
              "slot 0");
    return;
  }
  if (in_slot(j, slot) == NONE) {
    violate(
        j, "functions.addresses", by, tell(j, s), "a slot with this function",
        format(j->l, "slot %llu, which is empty", (unsigned long long)slot));
    return;
  }
  /* The address of a function is the same for all. */
  u32 *seen = s->func ? &s->func->slot : (u32 *)&s->slot;
  if (*seen != NONE && *seen != slot)
    violate(j, "table.slot-once", by, tell(j, s),
            format(j->l, "slot %u, as elsewhere", *seen),
            format(j->l, "slot %llu", (unsigned long long)slot));
  *seen = (u32)slot;
  j->slot_seen[slot - j->first_slot] = true;
  function_is(j, s, in_slot(j, slot), by);
}

/* -- tags and tables -- */

bool in_range(Judge *j, const char *clause, const Symbol *s, u64 index, u32 n,
              const char *unit, const Site *by) {
  if (index < n)
    return true;
  violate(j, clause, by, tell(j, s), format(j->l, "a %s", unit),
          format(j->l, "%s %llu of %u", unit, (unsigned long long)index, n));
  return false;
}

void stands_alone(Judge *j, const Item **of, const Symbol *s,
                  const char *clause, const Site *by) {
  if (!*of)
    *of = s->item;
  if (*of != s->item)
    violate(j, clause, by, tell(j, s), "one of its own",
            format(j->l, "that of %s of %s", pretty(j->l, (*of)->name),
                   (*of)->obj ? (*of)->obj->name : "the linker"));
}

void tag_is(Judge *j, const Symbol *s, u64 index, const Site *by) {
  if (!in_range(j, "reloc.tag-index-leb", s, index, j->m->tag_count, "tag", by))
    return;
  j->tag_seen[index] = true;
  if (!is_defined(s) ||
      (is_imported(j->l, s) && (by->r || index < j->m->imported_tags))) {
    import_is(j, s, WASM_EXTERNAL_TAG, index, by);
    return;
  }
  const Object *o = s->item->obj;
  Fact *f = &j->tags[j->first_tag[o->order] + (u32)(s->item - o->tags)];
  const DecTag *d = &j->m->tags[index];
  if (!agrees(f, index, by))
    return contradict(j, f, index, by, "reloc.tag-index-leb", tell(j, s),
                      "tag");
  if (d->import != DEC_NONE || !same_type(&j->m->types[d->type], s->sig))
    violate(j, "tag.type", by, tell(j, s), signature_text(j->l, s->sig),
            d->import != DEC_NONE ? "an import" : type_of(j, d->type));
  else
    stands_alone(j, &j->tag_of[index], s, "reloc.tag-index-leb", by);
}

static void own_table_is(Judge *j, const Symbol *s, u32 index, const Site *by) {
  if (j->table == NONE)
    j->table = index;
  if (j->table != index)
    violate(j, "reloc.table-number-leb", by, tell(j, s),
            format(j->l, "table %u, which has the functions", j->table),
            format(j->l, "table %u", index));
}

void table_is(Judge *j, const Symbol *s, u64 index, const Site *by) {
  if (!in_range(j, "reloc.table-number-leb", s, index, j->m->table_count,
                "table", by))
    return;
  j->table_seen[index] = true;
  if (str_is(s->name, "__indirect_function_table")) {
    own_table_is(j, s, (u32)index, by);
    return;
  }
  if (!is_defined(s) ||
      (is_imported(j->l, s) && (by->r || index < j->m->imported_tables))) {
    import_is(j, s, WASM_EXTERNAL_TABLE, index, by);
    return;
  }
  const Object *o = s->item->obj;
  Fact *f = &j->tables[j->first_table[o->order] + (u32)(s->item - o->tables)];
  const DecTable *d = &j->m->tables[index];
  if (!agrees(f, index, by))
    return contradict(j, f, index, by, "reloc.table-number-leb", tell(j, s),
                      "table");
  if (d->import != DEC_NONE || !same_table(d, s->item))
    violate(j, "table.defined", by, tell(j, s), "its type and limits",
            "others");
  else
    stands_alone(j, &j->table_of[index], s, "reloc.table-number-leb", by);
}
