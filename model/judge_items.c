/* judge_items.c: globals, tags and tables that are live though no site leads to
   them, and what of the module's index spaces nothing refers to. */

#include "judge_parts.h"

/* Is entry i of its space free, and such as s? */
static bool could_be(Judge *j, const Symbol *s, u32 i) {
  const Item *t = s->item;
  const DecModule *m = j->m;
  switch (s->kind) {
  case WASM_SYMBOL_TYPE_GLOBAL:
    return !j->global_seen[i] && m->globals[i].type == t->type &&
           m->globals[i].is_mutable == t->mutable &&
           (!t->obj || same_init(j, t, &m->globals[i]));
  case WASM_SYMBOL_TYPE_TAG:
    return !j->tag_seen[i] && same_type(&m->types[m->tags[i].type], s->sig);
  default:
    return !j->table_seen[i] && i != j->table && m->tables[i].type == t->type &&
           m->tables[i].limits.min == t->limits.min;
  }
}

/* Of two globals of the linker's own: the one of the stack has its top, that
   of thread-local data has nothing yet. */
static bool is_likely(Judge *j, const Symbol *s, u32 i) {
  const Link *l = j->l;
  bool base = s == l->tls_base && l->opt.shared_memory;
  u64 value;
  if (s != l->stack_pointer && !base)
    return true;
  return constant_of(&j->m->globals[i].init, &value) && !value == base;
}

/* The entry of that name, if it could be s; or NONE. */
static u32 named_global(Judge *j, const Symbol *s) {
  u32 i = s->kind == WASM_SYMBOL_TYPE_GLOBAL
              ? map_get(&j->global_names, s->name)
              : NONE;
  bool defined = i >= j->m->imported_globals && i < j->m->global_count;
  return defined && could_be(j, s, i) ? i : NONE;
}

/* Each has its name, or is the first entry of first to end that could be it,
   from the one found last on: they often are in the inputs' order. */
static void find_among(Judge *j, const Symbol *s, u32 first, u32 end, u32 *next,
                       void (*is)(Judge *j, const Symbol *s, u64 index,
                                  const Site *by)) {
  Site by = site_of("what no code refers to", NO_OFFSET);
  u32 n = end - first, named = named_global(j, s);
  if (named != NONE)
    return is(j, s, named, &by);
  for (u32 k = 0; k < 2 * n; k++) {
    u32 i = first + (*next + k) % n;
    if (!could_be(j, s, i) || (k < n && !is_likely(j, s, i)))
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

/* A global of the linker's own which may be there although nothing refers to
   it: the stack pointer, and what threads need. */
static void find_spare_global(Judge *j, const Symbol *s) {
  if (!s || !is_defined(s) || is_found(j, s))
    return;
  for (u32 i = j->m->imported_globals; i < j->m->global_count; i++)
    if (!j->global_seen[i] && j->m->globals[i].is_mutable == s->item->mutable)
      return find_one(j, s);
}

void find_unreached_items(Judge *j) {
  for (u32 i = 0; i < j->l->symbols.n; i++) {
    const Symbol *s = j->l->symbols.p[i];
    if (!s->obj && is_defined(s) && s->item && is_live(s) &&
        s != j->l->stack_pointer)
      find_item(j, s);
  }
  for (u32 i = 0; i < j->l->objects.n; i++) {
    const Object *o = j->l->objects.p[i];
    find_items(j, o->globals, o->nglobals, WASM_SYMBOL_TYPE_GLOBAL);
    find_items(j, o->tags, o->ntags, WASM_SYMBOL_TYPE_TAG);
    find_items(j, o->tables, o->ntables, WASM_SYMBOL_TYPE_TABLE);
  }
  find_spare_global(j, j->l->stack_pointer);
  if (j->l->opt.shared_memory && j->l->tls_base && !is_live(j->l->tls_base))
    find_spare_global(j, j->l->tls_base);
}

/* Entries from first to end that nobody has seen. */
static void judge_space_left(Judge *j, const char *unit, const bool *seen,
                             u32 first, u32 end) {
  for (u32 i = first; i < end; i++) {
    Site by = site_of(format(j->l, "%s %u", unit, i), NO_OFFSET);
    if (!seen[i])
      violate(j, "gc.reachability", &by, NULL,
              format(j->l, "a %s that something needs", unit),
              "one that nothing refers to");
  }
}

static bool may_stand_alone(Judge *j, const DecImport *i) {
  const Options *o = &j->l->opt;
  if (i->kind == WASM_EXTERNAL_MEMORY && o->relocatable)
    return true; /* of an object it says how wide addresses are, no more */
  if (i->kind == WASM_EXTERNAL_MEMORY)
    return o->import_memory &&
           str_is(text_of(i->module), o->import_memory_module) &&
           str_is(text_of(i->name), o->import_memory_name);
  return i->kind == WASM_EXTERNAL_TABLE && o->import_table &&
         str_is(text_of(i->module), "env") &&
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

static void add_pointed_to(Judge *j, Map *names, const Chunk *c) {
  bool fresh;
  for (u32 i = 0; i < c->nrelocs; i++) {
    const Reloc *r = &c->relocs[i];
    if (!holds_pointer(reloc_info(r->kind)))
      continue;
    const Symbol *s = c->obj->symbols[r->index];
    if (!is_local(s))
      map_slot(j->l, names, s->name, &fresh);
  }
}

/* Without collection custom sections are kept like all else: for a pointer in
   one there may be an entry of the GOT, as if it were in data.  These are the
   names of what they point to. */
static Map pointed_to_in_customs(Judge *j) {
  Map names = {0};
  if (j->l->opt.gc_sections || !is_dynamic(j->l))
    return names;
  for (u32 i = 0; i < j->l->objects.n; i++) {
    const Object *o = j->l->objects.p[i];
    for (u32 k = 0; k < o->nsections; k++) {
      const Chunk *c = o->sections[k].custom;
      if (c && !c->discarded)
        add_pointed_to(j, &names, c);
    }
  }
  return names;
}

static bool is_for_custom(Judge *j, const Map *names, const DecImport *i,
                          const Site *by) {
  const Symbol *s = find_symbol(j->l, text_of(i->name));
  if (i->kind != WASM_EXTERNAL_GLOBAL || !s ||
      map_get(names, s->name) == NONE || !loader_knows(j, s))
    return false;
  got_import_is(j, s, i->index, by);
  return true;
}

static void judge_imports_left(Judge *j) {
  Map symbols = imported_symbols(j), customs = pointed_to_in_customs(j);
  for (u32 i = 0; i < j->m->import_count; i++) {
    const DecImport *d = &j->m->imports[i];
    Site by =
        site_of(format(j->l, "import %s.%s", plain(j->l, text_of(d->module)),
                       plain(j->l, text_of(d->name))),
                d->offset);
    if (!j->import_seen[i] && !may_stand_alone(j, d) &&
        !is_asked_for(j, &symbols, d, &by) &&
        !is_for_custom(j, &customs, d, &by))
      violate(j, "import.none-other", &by, NULL, "one that something asks for",
              "nothing refers to it");
  }
}

/* Whether the relocations of c, in a section that is left out, ask for the slot
   of this function. */
static bool asks_for_slot(Judge *j, const Chunk *c, u32 function) {
  u32 import = j->m->funcs[function].import;
  for (u32 i = 0; i < c->nrelocs; i++) {
    if (reloc_info(c->relocs[i].kind)->value != VALUE_SLOT)
      continue;
    const Symbol *s = c->obj->symbols[c->relocs[i].index];
    if (import == DEC_NONE
            ? function_could_be(j, s, function)
            : is_imported(j->l, s) &&
                  str_eq(import_name(s), text_of(j->m->imports[import].name)))
      return true;
  }
  return false;
}

static bool is_for_stripped(Judge *j, u32 function) {
  for (u32 i = 0; i < j->l->objects.n; i++) {
    const Object *o = j->l->objects.p[i];
    for (u32 k = 0; k < o->nsections; k++) {
      const Chunk *c = o->sections[k].custom;
      if (c && !c->discarded && is_stripped(j, c->name) &&
          asks_for_slot(j, c, function))
        return true;
    }
  }
  return false;
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
    if (is_for_stripped(j, function))
      continue;
    Site by =
        site_of(format(j->l, "slot %llu", (unsigned long long)i), NO_OFFSET);
    violate(j, "table.synthesized", &by, NULL,
            "a function whose address is taken",
            format(j->l, "function %u", function));
  }
}

/* That of functions may be there although it has none: one that nobody else
   has, the last one that a linker makes. */
static void find_table(Judge *j) {
  for (u32 i = j->m->table_count; i-- > 0 && j->table == NONE;)
    if (!j->table_seen[i])
      j->table = i;
  if (j->table != NONE)
    j->table_seen[j->table] = true;
}

void judge_items_left(Judge *j) {
  const DecModule *m = j->m;
  find_table(j);
  judge_space_left(j, "global", j->global_seen, m->imported_globals,
                   m->global_count);
  judge_space_left(j, "table", j->table_seen, m->imported_tables,
                   m->table_count);
  judge_space_left(j, "tag", j->tag_seen, m->imported_tags, m->tag_count);
  judge_imports_left(j);
  judge_slots_left(j);
}
