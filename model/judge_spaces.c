/* judge_spaces.c: what the module shows to the outside and keeps in its index
   spaces: imports, exports, globals, tags, tables and their slots, limits. */

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

static bool same_table(const DecTable *d, const Item *t) {
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

static Str import_name(const Symbol *s) {
  return s->import_name.p ? s->import_name : s->name;
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
  Str module = s->import_module.p ? s->import_module : STR("env");
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
    take(j, PERMISSION_UNDEFINED_IMPORT);
  return true;
}

/* -- slots -- */

static bool active_at(const DecElem *e, u64 *start) {
  return e->mode == DEC_ACTIVE && e->count && constant_of(&e->start, start) &&
         *start <= UINT32_MAX;
}

static void fill_slots(Judge *j, const DecElem *e) {
  u64 start;
  if (!active_at(e, &start))
    return;
  if (j->table != NONE && j->table != e->table) {
    Site by = site_of("an element segment", e->offset);
    violate(j, "table.slots", &by, NULL,
            format(j->l, "table %u, as for others", j->table),
            format(j->l, "table %u", e->table));
    return;
  }
  j->table = e->table;
  for (u32 i = 0; i < e->count && start + i < j->last_slot; i++)
    if (e->items[i].opcode == WASM_OPCODE_REF_FUNC)
      j->slots[start + i - j->first_slot] = (u32)e->items[i].value;
}

/* One that fills no slots that are known: at most it declares functions. */
static void judge_strange(Judge *j, const DecElem *e) {
  Site by = site_of("an element segment", e->offset);
  if (e->mode != DEC_DECLARED && e->count)
    violate(j, "table.slots", &by, NULL, "active, from a constant slot on",
            "not so");
}

void build_slots(Judge *j) {
  Site by = site_of("the elements", NO_OFFSET);
  u64 first = UINT64_MAX, last = 0, start;
  for (u32 i = 0; i < j->m->elem_count; i++) {
    const DecElem *e = &j->m->elems[i];
    if (!active_at(e, &start)) {
      judge_strange(j, e);
      continue;
    }
    first = start < first ? start : first;
    last = start + e->count > last ? start + e->count : last;
  }
  /* Segments that are far apart are none of a linker's. */
  if (first <= last && last - first > j->m->size)
    violate(j, "table.slots", &by, NULL, "slots that are close together",
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

/* The function in a slot, or NONE. */
static u32 in_slot(const Judge *j, u64 slot) {
  return slot >= j->first_slot && slot < j->last_slot
             ? j->slots[slot - j->first_slot]
             : NONE;
}

void slot_is(Judge *j, const Symbol *s, u64 slot, const Site *by) {
  if (s->is_stub || (is_undefined(s) && slot == 0)) {
    if (slot != 0 && s->is_stub)
      violate(j, "symbol.undefined.weak", by, tell(j, s), "slot 0",
              format(j->l, "slot %llu", (unsigned long long)slot));
    else if (slot == 0 && is_imported(j->l, s))
      violate(j, "table.slots", by, tell(j, s), "a slot of its own", "slot 0");
    return;
  }
  if (in_slot(j, slot) == NONE) {
    violate(
        j, "table.slots", by, tell(j, s), "a slot with this function",
        format(j->l, "slot %llu, which is empty", (unsigned long long)slot));
    return;
  }
  /* The address of a function is the same for all. */
  u32 *seen = s->func ? &s->func->slot : (u32 *)&s->slot;
  if (*seen != NONE && *seen != slot)
    violate(j, "table.slots", by, tell(j, s),
            format(j->l, "slot %u, as elsewhere", *seen),
            format(j->l, "slot %llu", (unsigned long long)slot));
  *seen = (u32)slot;
  j->slot_seen[slot - j->first_slot] = true;
  function_is(j, s, in_slot(j, slot), by);
}

/* -- globals -- */

static bool same_init(Judge *j, const Item *g, const DecGlobal *d,
                      const Site *by) {
  if (g->init.n != 1)
    return true; /* several instructions: see judge.h of what is left */
  const InitInstr *i = g->init.p;
  if (d->init.opcode != i->opcode)
    return false;
  switch (i->opcode) {
  case WASM_OPCODE_I32_CONST: return (u32)d->init.value == (u32)i->value;
  case WASM_OPCODE_I64_CONST: return d->init.value == (u64)i->value;
  case WASM_OPCODE_F32_CONST:
  case WASM_OPCODE_F64_CONST: return d->init.value == i->bits;
  case WASM_OPCODE_GLOBAL_GET:
    global_is(j, g->obj->global_symbols[i->value], d->init.value, by);
    return true;
  default: return true;
  }
}

static void defined_global_is(Judge *j, const Symbol *s, u32 index,
                              const Site *by) {
  const Item *g = s->item;
  const DecGlobal *d = &j->m->globals[index];
  Fact *f = g->obj ? &j->globals[j->first_global[g->obj->order] +
                                 (u32)(g - g->obj->globals)]
                   : made_fact(j, s);
  bool fresh = !f->known;
  if (!agrees(f, index, by))
    return contradict(j, f, index, by, "reloc.global-index-leb", tell(j, s),
                      "global");
  if (!fresh)
    return;
  if (d->import != DEC_NONE || d->type != g->type ||
      d->is_mutable != g->mutable)
    violate(j, "global.type", by, tell(j, s),
            format(j->l, "a%s global of type %s",
                   g->mutable ? " mutable" : "n immutable", type_text(g->type)),
            d->import != DEC_NONE ? "an import" : "another type");
  else if (g->obj && !same_init(j, g, d, by))
    violate(j, "global.init", by, tell(j, s), "its initial value", "another");
}

static void got_holds(Judge *j, const Symbol *s, const DecGlobal *d,
                      const Site *by) {
  u64 value;
  if (!constant_of(&d->init, &value)) {
    violate(j, "got.internal", by, tell(j, s), "a constant", "something else");
  } else if (s->kind == WASM_SYMBOL_TYPE_FUNCTION) {
    slot_is(j, s, value, by);
  } else if (!is_defined(s) && !is_provided(j, s)) {
    if (value)
      violate(j, "got.internal", by, tell(j, s), "0", number(j, value));
  } else if (!is_tls(s)) {
    address_is(j, s, value, by);
  } else if (!j->l->opt.shared_memory) { /* else code sets it */
    VEC_PUSH(j->l, j->late, ((Late){s, value, *by}));
  }
}

/* Where there are threads, code sets the entries of thread-local data. */
static void judge_got_set(Judge *j) {
  for (u32 i = 0; i < j->m->global_count && j->l->opt.shared_memory; i++) {
    const Symbol *s = j->got[i];
    Site by = site_of(format(j->l, "global %u", i), NO_OFFSET);
    if (s && is_defined(s) && is_tls(s) && !j->got_set[i])
      violate(j, "tls.init", &by, tell(j, s),
              "code that sets it to its address in the block", "none");
  }
}

/* A global that holds the address of a function or of data. */
static void got_is(Judge *j, const Symbol *s, u32 index, const Site *by) {
  const DecGlobal *d = &j->m->globals[index];
  Symbol *own = (Symbol *)s; /* its field for this is free */
  if (s->got != NONE && s->got != index) {
    violate(j, "got.internal", by, tell(j, s),
            format(j->l, "global %u, as elsewhere", s->got),
            format(j->l, "global %u", index));
    return;
  }
  if (s->got == index)
    return;
  own->got = index;
  j->got[index] = s;
  if (d->import != DEC_NONE || d->type != pointer_type(j->l))
    violate(j, "got.internal", by, tell(j, s),
            "a global with its address, of the module's own",
            d->import != DEC_NONE ? "an import" : "one of another type");
  else
    got_holds(j, s, d, by);
}

void got_is_set(Judge *j, u32 global, u64 offset) {
  Site by = site_of("the GOT entry of thread-local data", NO_OFFSET);
  j->got_set[global] = true;
  if (j->got[global])
    address_is(j, j->got[global], offset, &by);
}

static bool in_range(Judge *j, const char *clause, const Symbol *s, u64 index,
                     u32 n, const char *unit, const Site *by) {
  if (index < n)
    return true;
  violate(j, clause, by, tell(j, s), format(j->l, "a %s", unit),
          format(j->l, "%s %llu of %u", unit, (unsigned long long)index, n));
  return false;
}

void global_is(Judge *j, const Symbol *s, u64 index, const Site *by) {
  if (!in_range(j, "reloc.global-index-leb", s, index, j->m->global_count,
                "global", by))
    return;
  j->global_seen[index] = true;
  if (s->kind != WASM_SYMBOL_TYPE_GLOBAL)
    got_is(j, s, (u32)index, by);
  else if (is_defined(s))
    defined_global_is(j, s, (u32)index, by);
  else
    import_is(j, s, WASM_EXTERNAL_GLOBAL, index, by);
}

void tag_is(Judge *j, const Symbol *s, u64 index, const Site *by) {
  if (!in_range(j, "reloc.tag-index-leb", s, index, j->m->tag_count, "tag", by))
    return;
  j->tag_seen[index] = true;
  if (!is_defined(s)) {
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
    violate(j, "tag.defined", by, tell(j, s), signature_text(j->l, s->sig),
            d->import != DEC_NONE ? "an import" : type_of(j, d->type));
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
  if (!is_defined(s)) {
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
}

/* -- what is left, and limits -- */

/* Is entry i of its space free, and such as s? */
static bool could_be(Judge *j, const Symbol *s, u32 i, const Site *by) {
  const Item *t = s->item;
  const DecModule *m = j->m;
  switch (s->kind) {
  case WASM_SYMBOL_TYPE_GLOBAL:
    return !j->global_seen[i] && m->globals[i].type == t->type &&
           m->globals[i].is_mutable == t->mutable &&
           (!t->obj || same_init(j, t, &m->globals[i], by));
  case WASM_SYMBOL_TYPE_TAG:
    return !j->tag_seen[i] && same_type(&m->types[m->tags[i].type], s->sig);
  default:
    return !j->table_seen[i] && i != j->table && m->tables[i].type == t->type &&
           m->tables[i].limits.min == t->limits.min;
  }
}

/* Each is the first entry of first to end that could be it, from the one found
   last on: they often are in the inputs' order. */
static void find_among(Judge *j, const Symbol *s, u32 first, u32 end, u32 *next,
                       void (*is)(Judge *j, const Symbol *s, u64 index,
                                  const Site *by)) {
  Site by = site_of("what no code refers to", NO_OFFSET);
  u32 n = end - first;
  for (u32 k = 0; k < n; k++) {
    u32 i = first + (*next + k) % n;
    if (!could_be(j, s, i, &by))
      continue;
    *next = i - first + 1;
    is(j, s, i, &by);
    return;
  }
  violate(j, "gc.live", &by, tell(j, s), "an entry that is such", "none");
}

static void find_one(Judge *j, const Symbol *s) {
  const DecModule *m = j->m;
  switch (s->kind) {
  case WASM_SYMBOL_TYPE_GLOBAL:
    find_among(j, s, m->imported_globals, m->global_count, &j->next_global,
               global_is);
    break;
  case WASM_SYMBOL_TYPE_TAG:
    find_among(j, s, m->imported_tags, m->tag_count, &j->next_tag, tag_is);
    break;
  default:
    find_among(j, s, m->imported_tables, m->table_count, &j->next_table,
               table_is);
    break;
  }
}

static bool is_found(Judge *j, const Symbol *s) {
  const Item *t = s->item;
  const Object *o = t->obj;
  if (!o)
    return s->kind == WASM_SYMBOL_TYPE_GLOBAL ? made_fact(j, s)->known
                                              : s == j->l->table;
  switch (s->kind) {
  case WASM_SYMBOL_TYPE_GLOBAL:
    return j->globals[j->first_global[o->order] + (u32)(t - o->globals)].known;
  case WASM_SYMBOL_TYPE_TAG:
    return j->tags[j->first_tag[o->order] + (u32)(t - o->tags)].known;
  default:
    return j->tables[j->first_table[o->order] + (u32)(t - o->tables)].known;
  }
}

static void find_item(Judge *j, const Symbol *s) {
  if (!is_found(j, s))
    find_one(j, s);
}

/* An item of an object, whatever symbol may name it. */
static void find_items(Judge *j, Item *items, u32 n, u8 kind) {
  for (u32 i = 0; i < n; i++) {
    Symbol s = {.name = items[i].name,
                .kind = kind,
                .state = SYM_DEFINED,
                .obj = items[i].obj,
                .item = &items[i],
                .sig = items[i].sig};
    if (items[i].live)
      find_item(j, &s);
  }
}

/* What threads need is there although no input asks for it. */
static void find_thread_global(Judge *j, const Symbol *s) {
  if (!s || !is_defined(s) || is_live(s))
    return;
  for (u32 i = j->m->imported_globals; i < j->m->global_count; i++)
    if (!j->global_seen[i] && j->m->globals[i].is_mutable == s->item->mutable)
      return find_one(j, s);
}

void find_unreached_items(Judge *j) {
  for (u32 i = 0; i < j->l->symbols.n; i++) {
    const Symbol *s = j->l->symbols.p[i];
    if (!s->obj && is_defined(s) && s->item && is_live(s))
      find_item(j, s);
  }
  for (u32 i = 0; i < j->l->objects.n; i++) {
    const Object *o = j->l->objects.p[i];
    find_items(j, o->globals, o->nglobals, WASM_SYMBOL_TYPE_GLOBAL);
    find_items(j, o->tags, o->ntags, WASM_SYMBOL_TYPE_TAG);
    find_items(j, o->tables, o->ntables, WASM_SYMBOL_TYPE_TABLE);
  }
  if (j->l->opt.shared_memory)
    find_thread_global(j, j->l->tls_base);
}

static void judge_globals_left(Judge *j) {
  for (u32 i = j->m->imported_globals; i < j->m->global_count; i++) {
    Site by = site_of(format(j->l, "global %u", i), NO_OFFSET);
    if (!j->global_seen[i])
      violate(j, "gc.dead", &by, NULL, "a global that something needs",
              "one that nothing refers to");
  }
}

static bool may_stand_alone(Judge *j, const DecImport *i) {
  const Options *o = &j->l->opt;
  if (i->kind == WASM_EXTERNAL_MEMORY)
    return o->import_memory &&
           str_is(text_of(i->module), o->import_memory_module) &&
           str_is(text_of(i->name), o->import_memory_name);
  return i->kind == WASM_EXTERNAL_TABLE && o->import_table &&
         str_is(text_of(i->name), "__indirect_function_table");
}

/* Symbols that are imported, by the names of their imports. */
static Map imported_symbols(Judge *j) {
  Map m = {0};
  bool fresh;
  for (u32 i = 0; i < j->l->symbols.n; i++)
    if (is_imported(j->l, j->l->symbols.p[i])) {
      u32 *at = map_slot(j->l, &m, import_name(j->l->symbols.p[i]), &fresh);
      *at = fresh ? i : *at;
    }
  return m;
}

/* One that a live symbol is for, though no site says so. */
static bool is_asked_for(Judge *j, const Map *symbols, const DecImport *i,
                         const Site *by) {
  u32 at = map_get(symbols, text_of(i->name));
  const Symbol *s = at == NONE ? NULL : j->l->symbols.p[at];
  return s && external_kind(s) == i->kind &&
         import_is(j, s, i->kind, i->index, by);
}

static void judge_imports_left(Judge *j) {
  Map symbols = imported_symbols(j);
  for (u32 i = 0; i < j->m->import_count; i++) {
    const DecImport *d = &j->m->imports[i];
    Site by =
        site_of(format(j->l, "import %s.%s", plain(j->l, text_of(d->module)),
                       plain(j->l, text_of(d->name))),
                d->offset);
    if (!j->import_seen[i] && !may_stand_alone(j, d) &&
        !is_asked_for(j, &symbols, d, &by))
      violate(j, "import.none-other", &by, NULL, "one that something asks for",
              "nothing refers to it");
  }
}

static void judge_slots_left(Judge *j) {
  for (u64 i = j->first_slot; i < j->last_slot; i++) {
    u32 function = in_slot(j, i);
    if (function == NONE || j->slot_seen[i - j->first_slot] ||
        function >= j->m->func_count)
      continue;
    if (!j->function_seen[function] && is_trap(j, function)) {
      take(j, PERMISSION_UNUSED_TRAP);
      continue;
    }
    Site by =
        site_of(format(j->l, "slot %llu", (unsigned long long)i), NO_OFFSET);
    violate(j, "table.slots", &by, NULL, "a function whose address is taken",
            format(j->l, "function %u", function));
  }
}

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

static void judge_memory_limits(Judge *j) {
  const Options *o = &j->l->opt;
  if (!j->m->memory_count)
    return must_match(j, "memory.present", "the memory", false, "one", 0);
  const DecLimits *d = &j->m->memories[0].limits;
  u64 page = 1ull << d->page_log2;
  bool has_max = d->flags & WASM_LIMITS_FLAG_HAS_MAX;
  must_match(j, "memory.limits", "the page size", page == o->page_size,
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
  if (o->no_growable_memory)
    must_match(j, "memory.no-growable", "the memory's maximum",
               has_max && d->max == d->min, number(j, d->min), d->max);
  must_match(j, "threads.shared-memory", "the memory's flags",
             !(d->flags & WASM_LIMITS_FLAG_IS_SHARED) == !o->shared_memory,
             o->shared_memory ? "shared" : "not shared", d->flags);
  must_match(j, "wasm64.memory", "the memory's flags",
             !(d->flags & WASM_LIMITS_FLAG_IS_64) == !o->wasm64,
             o->wasm64 ? "64-bit addresses" : "32-bit addresses", d->flags);
  must_match(j, "memory.import", "the memory",
             (j->m->imported_memories > 0) == o->import_memory,
             o->import_memory ? "imported" : "defined",
             j->m->imported_memories);
}

static void judge_table_limits(Judge *j) {
  const Options *o = &j->l->opt;
  if (j->table == NONE)
    return;
  const DecTable *t = &j->m->tables[j->table];
  bool has_max = t->limits.flags & WASM_LIMITS_FLAG_HAS_MAX;
  j->table_seen[j->table] = true;
  if (o->wasm64 && slot_type(t) == WASM_TYPE_I32)
    take(j, PERMISSION_TABLE32);
  must_match(j, "table.limits", "the table's size",
             t->limits.min >= j->last_slot,
             format(j->l, "%llu or more", (unsigned long long)j->last_slot),
             t->limits.min);
  bool exact = has_max && t->limits.max == t->limits.min;
  must_match(j, "table.growable", "the table's maximum",
             o->growable_table || o->import_table ? !has_max : exact,
             o->growable_table ? "none" : "its size", t->limits.max);
  must_match(j, "table.import", "the table",
             (t->import != DEC_NONE) == o->import_table,
             o->import_table ? "imported" : "defined", j->table);
  must_match(j, "table.slots", "slot 0", in_slot(j, 0) == NONE, "empty",
             in_slot(j, 0));
}

void judge_spaces(Judge *j) {
  judge_expressions(j);
  judge_got_set(j);
  judge_globals_left(j);
  judge_imports_left(j);
  judge_slots_left(j);
  judge_memory_limits(j);
  judge_table_limits(j);
}
