/* scan.c: what live code asks of the output: which symbols are imported, which
   functions need a slot in the indirect function table, which types and GOT
   entries must exist, and which names nobody defined.

   Rule of thumb: everything is handed out at its first need, in the order
   objects, then functions, data and custom sections, then relocations. */

#include "link.h"

#define TABLE_NAME STR("__indirect_function_table")

/* -- the indirect function table -- */

static Item *new_table(Link *l) {
  Item *t = NEW(l, Item);
  *t = (Item){.name = TABLE_NAME,
              .type = WASM_TYPE_FUNCREF,
              .comdat = NONE,
              .live = true,
              .index.i = NONE};
  return t;
}

/* The table is named in the symbol table but belongs to the linker. */
static Symbol *define_table(Link *l, Symbol *s) {
  if (!s) {
    s = NEW(l, Symbol);
    bool fresh;
    *map_slot(l, &l->symbol_map, TABLE_NAME, &fresh) = l->symbols.n;
    VEC_PUSH(l, l->symbols, s);
  }
  bool imported = l->opt.import_table, used = imported || s->used;
  *s = (Symbol){.name = TABLE_NAME,
                .kind = WASM_SYMBOL_TYPE_TABLE,
                .state = imported ? SYM_UNDEFINED : SYM_DEFINED,
                .flags =
                    (imported ? WASM_SYMBOL_UNDEFINED : 0u) |
                    (l->opt.export_table ? 0u : WASM_SYMBOL_VISIBILITY_HIDDEN),
                .item = new_table(l),
                .index.i = NONE,
                .slot = NONE,
                .got = NONE,
                .row.i = NONE,
                .used = used,
                .force_export = l->opt.export_table};
  return s;
}

/* What inputs say of the reserved name must be a reference to such a table.
   [table.reserved-name] */
static void check_reserved(Link *l, const Symbol *s) {
  const char *name = pretty(l, s->name);
  if (s->kind != WASM_SYMBOL_TYPE_TABLE || s->item->type != WASM_TYPE_FUNCREF)
    fail(l, DIAG_RESERVED_KIND, in_object(s->obj), name);
  if (is_defined(s))
    fail(l, DIAG_RESERVED_DEFINED, in_object(s->obj), name);
}

/* [table.present] */
void resolve_table(Link *l, bool required) {
  if (l->table)
    return;
  Symbol *s = find_symbol(l, TABLE_NAME);
  bool named = s && s->state != SYM_LAZY; /* by an input that is loaded */
  if (named)
    check_reserved(l, s);
  bool wanted =
      !l->opt.import_table && (l->opt.export_table || (named && is_live(s)));
  if (l->opt.import_table && named)
    l->table = s;
  else if (wanted || required)
    l->table = define_table(l, s);
  if (l->table && l->opt.import_table) {
    l->table->import_module = STR("env");
    l->table->import_name = TABLE_NAME;
  }
}

/* Table 0 is nobody's: slots begin at --table-base.
   [table.null] [table.limits] [table.growable] [table.base]
   [dylink.table-limits] */
void size_table(Link *l) {
  if (!l->table)
    return;
  if (is_imported(l, l->table) && l->table->index.i == NONE) {
    l->table->index.i = l->nimported[WASM_EXTERNAL_TABLE]++;
    VEC_PUSH(l, l->imports, l->table);
  }
  Limits *m = &l->table->item->limits;
  *m = (Limits){.min = (u64)l->opt.table_base + l->table_entries.n,
                .flags = pointer_limits(l),
                .page_size_log2 = 16};
  if (m->min > UINT32_MAX)
    fail(l, DIAG_TABLE_TOO_LARGE, in_file(NULL), m->min);
  if (is_defined(l->table) && !l->opt.growable_table) {
    m->flags |= WASM_LIMITS_FLAG_HAS_MAX;
    m->max = m->min;
  }
}

/* -- imports -- */

static bool is_import_kind(const Symbol *s) {
  return s->kind != WASM_SYMBOL_TYPE_DATA &&
         s->kind != WASM_SYMBOL_TYPE_SECTION;
}

/* [dylink.import.function] [library.function] [library.global] [library.tag]
   [got.direct] [shared.weak] [shared.direct-call] */
bool is_imported(const Link *l, const Symbol *s) {
  if (!is_import_kind(s) || !is_live(s) || !s->used)
    return false;
  /* The loader may choose another library's weak definition. */
  if (is_defined(s))
    return l->opt.shared && is_weak(s) && !is_local(s) && !is_hidden(s);
  if (is_shared(s))
    return true;
  /* A function of --wrap that nobody calls has no type. */
  if (s->kind == WASM_SYMBOL_TYPE_FUNCTION && !s->sig)
    return false;
  if (l->opt.relocatable) /* the next link may find it */
    return true;
  if (is_pic(l)) /* addresses of functions come from the GOT */
    return s->kind != WASM_SYMBOL_TYPE_FUNCTION || s->called_directly;
  return !is_weak(s) &&
         (l->opt.import_undefined || l->opt.unresolved == UNRESOLVED_IMPORT ||
          s->import_name.p || s->force_import ||
          map_get(&l->allow_undefined, s->name) != NONE);
}

bool is_nowhere(const Link *l, const Symbol *s) {
  return is_import_kind(s) && is_undefined(s) && !s->is_stub &&
         !is_imported(l, s);
}

static u8 external_kind(const Symbol *s) {
  switch (s->kind) {
  case WASM_SYMBOL_TYPE_FUNCTION: return WASM_EXTERNAL_FUNCTION;
  case WASM_SYMBOL_TYPE_GLOBAL: return WASM_EXTERNAL_GLOBAL;
  case WASM_SYMBOL_TYPE_TAG: return WASM_EXTERNAL_TAG;
  default: return WASM_EXTERNAL_TABLE;
  }
}

/* Symbols that import the same thing share one import: same place, same
   type; but each table of an object must have one symbol of its own.
   [import.unique] [object.table-symbols] [dylink.import.name] */
static Str import_key(Link *l, const Symbol *s) {
  Buf b = {.link = l};
  put_u8(&b, s->kind);
  put_str(&b, s->import_module.p ? s->import_module : STR("env"));
  put_str(&b, s->import_name.p ? s->import_name : s->name);
  if (l->opt.relocatable && s->kind == WASM_SYMBOL_TYPE_TABLE)
    put_str(&b, s->name);
  if (s->sig) {
    put_uleb(&b, s->sig->nparams);
    put_bytes(&b, s->sig->types, s->sig->nparams + s->sig->nresults);
  } else if (s->item) {
    put_u8(&b, s->item->type);
    put_u8(&b, s->item->mutable);
    put_uleb(&b, s->item->limits.flags);
    put_uleb(&b, s->item->limits.min);
    put_uleb(&b, s->item->limits.max);
  }
  return (Str){(char *)b.p, (u32)b.n};
}

/* [import.none-other] */
static void add_import(Link *l, Symbol *s) {
  u32 *count = &l->nimported[external_kind(s)];
  bool fresh;
  u32 *index = map_slot(l, &l->import_map, import_key(l, s), &fresh);
  if (fresh) {
    *index = (*count)++;
    VEC_PUSH(l, l->imports, s);
  }
  s->index.i = *index;
}

/* What only this module may define has a slot here: of an import, if need be;
   the slot of what is weak stays 0.
   [table.synthesized] [table.slot-once] [table.order] */
static void add_table_entry(Link *l, Symbol *s) {
  if (s->is_stub || (is_nowhere(l, s) && is_weak(s)))
    return;
  if (is_nowhere(l, s))
    add_import(l, s);
  /* Aliases are one function: the slot belongs to it, not to the name. */
  u32 *slot = s->func ? &s->func->slot : &s->slot;
  if (*slot != NONE)
    return;
  resolve_table(l, true);
  set_live(l->table);
  *slot = l->opt.table_base + l->table_entries.n;
  VEC_PUSH(l, l->table_entries, s);
}

/* [functions.import] [globals.import] [tags.import] [import.order] */
void number_imports(Link *l) {
  /* Objects without table symbols need this table to be number 0. */
  if (l->table && is_imported(l, l->table))
    add_import(l, l->table);
  for (u32 i = 0; i < l->symbols.n; i++) {
    Symbol *s = l->symbols.p[i];
    if (s != l->table && is_imported(l, s))
      add_import(l, s);
  }
}

/* -- relocations -- */

/* [symbol.undefined.import] [undefined.policy.import] [undefined.policy.allow]
   [undefined.policy.file] */
static bool may_be_undefined(const Link *l, const Symbol *s) {
  return l->opt.relocatable || s->import_name.p || s->force_import ||
         (s->kind == WASM_SYMBOL_TYPE_FUNCTION && l->opt.import_undefined) ||
         map_get(&l->allow_undefined, s->name) != NONE;
}

/* [reloc.weak-undefined.global] [reloc.weak-undefined.tag]
   [symbol.undefined.strong] [gc.undefined] [undefined.policy.report]
   [undefined.policy.warn] [undefined.policy.ignore]
   [symbol.undefined.weak-table] [dylink.undefined]
   [reloc.memory.undefined-strong] */
static void undefined(Link *l, const Chunk *c, const Reloc *r, Symbol *s) {
  if (is_local(s) && s->kind != WASM_SYMBOL_TYPE_DATA) /* is never imported */
    fail(l, DIAG_UNDEFINED_INDEX, at_reloc(l, c, r), pretty(l, s->name));
  if (may_be_undefined(l, s) || l->opt.unresolved == UNRESOLVED_IMPORT)
    return;
  const char *name = pretty(l, s->name);
  if (l->opt.unresolved == UNRESOLVED_REPORT) {
    report(l, DIAG_UNDEFINED_SYMBOL, at_reloc(l, c, r), name);
    return;
  }
  if (l->opt.unresolved == UNRESOLVED_WARN)
    report(l, DIAG_UNDEFINED_WARNING, at_reloc(l, c, r), name);
  bool needs_index =
      s->kind != WASM_SYMBOL_TYPE_FUNCTION && s->kind != WASM_SYMBOL_TYPE_DATA;
  if (needs_index && !is_imported(l, s))
    fail(l, DIAG_UNDEFINED_INDEX, at_reloc(l, c, r), name);
  if (s->kind == WASM_SYMBOL_TYPE_FUNCTION && !s->stub && s->sig &&
      !is_pic(l)) {
    s->stub = undefined_stub(l, s->sig);
    set_live(s->stub);
    s->is_stub = true; /* its address is 0 */
  }
}

/* [got.internal] [got.once] */
static void add_got_entry(Link *l, Symbol *s) {
  if (s->got != NONE)
    return;
  s->got = l->got.n; /* its place among them, until globals are numbered */
  if (s->kind == WASM_SYMBOL_TYPE_FUNCTION) {
    resolve_table(l, true); /* though a stub gets no slot in it */
    add_table_entry(l, s);
  }
  VEC_PUSH(l, l->got, s);
}

static void register_type(Link *l, const Signature *sig) {
  Signature *s = (Signature *)sig;
  if (s->index.i != NONE)
    return;
  s->index.i = l->types.n;
  VEC_PUSH(l, l->types, s);
}

/* Thread-local data has no address before there is a thread.  Where all is one
   thread, it is data like any other.  A library's is in a block of its own. */
static void check_tls(Link *l, const Chunk *c, const Reloc *r,
                      const Symbol *s) {
  DiagId id;
  if (is_shared(s))
    id = DIAG_NOT_FROM_BASE;
  else if (!is_defined(s))
    id = DIAG_TLS_UNDEFINED;
  else if (!l->opt.shared_memory)
    return;
  else if (!is_tls(s))
    id = DIAG_TLS_SYMBOL;
  else if (!s->seg->out->is_tls)
    id = DIAG_TLS_SEGMENT;
  else
    return;
  report(l, id, at_reloc(l, c, r), reloc_info(r->kind)->name,
         pretty(l, s->name), c->obj->name, symbol_file(s));
}

/* Where threads share the memory each has an own block, at no fixed distance
   from data outside of it. */
static void check_place(Link *l, const Chunk *c, const Reloc *r,
                        const Symbol *s) {
  const Segment *seg = (const Segment *)c; /* nothing else has such places */
  if (l->opt.shared_memory && seg->out->is_tls && is_defined(s) && !is_tls(s))
    report(l, DIAG_TLS_PLACE, at_reloc(l, c, r), reloc_info(r->kind)->name,
           pretty(l, s->name), c->obj->name, symbol_file(s));
}

/* Last, since a function that turned out to be a stub gets no slot.  A pointer
   in data that only the loader knows is copied from the GOT by code. */
static void add_entries(Link *l, const RelocInfo *info, Symbol *s,
                        bool outside) {
  bool entry =
      info->target == TARGET_GLOBAL && s->kind != WASM_SYMBOL_TYPE_GLOBAL;
  if (outside && (entry || holds_pointer(info)))
    add_got_import(l, s);
  else if (entry)
    add_got_entry(l, s);
  bool own = info->base == BASE_TABLE && is_defined(s);
  if (info->value == VALUE_SLOT && (!outside || own))
    add_table_entry(l, s);
}

static void scan_reloc(Link *l, const Chunk *c, const Reloc *r) {
  const RelocInfo *info = reloc_info(r->kind);
  if (info->target == TARGET_TYPE) {
    register_type(l, c->obj->types[r->index]);
    return;
  }
  Symbol *s = c->obj->symbols[r->index];
  if (info->base == BASE_TLS && !l->opt.relocatable)
    check_tls(l, c, r, s);
  else if (is_undefined(s) && !is_weak(s))
    undefined(l, c, r, s);
  else if (info->base == BASE_PLACE && !l->opt.relocatable)
    check_place(l, c, r, s);
  add_entries(l, info, s, needs_got_import(l, s));
  check_loadable(l, c, r, s);
}

static void scan_chunk(Link *l, const Chunk *c) {
  if (c && c->live)
    for (u32 i = 0; i < c->nrelocs; i++)
      scan_reloc(l, c, &c->relocs[i]);
}

/* Initialisers read globals too, without relocations: imported ones only, in
   the output as in the object. */
static void scan_global(Link *l, const Item *g) {
  for (u32 i = 0; i < g->init.n && g->live; i++) {
    if (g->init.p[i].opcode != WASM_OPCODE_GLOBAL_GET)
      continue;
    const Symbol *s = g->obj->global_symbols[g->init.p[i].value];
    if (is_defined(s))
      report(l, DIAG_INIT_DEFINED, in_object(g->obj), pretty(l, s->name),
             symbol_file(s));
    else if (!is_imported(l, s))
      report(l, DIAG_UNDEFINED_SYMBOL, in_object(g->obj), pretty(l, s->name));
  }
}

/* Data may hold the number of a function that no code calls: where addresses
   come from the GOT, an import is all that has one.
   [reloc.function-index-i32] */
static void scan_segment(Link *l, const Chunk *c) {
  scan_chunk(l, c);
  for (u32 i = 0; is_pic(l) && c->live && i < c->nrelocs; i++) {
    Symbol *s = c->obj->symbols[c->relocs[i].index];
    if (c->relocs[i].kind != R_WASM_FUNCTION_INDEX_I32 || !is_nowhere(l, s))
      continue;
    s->called_directly = true; /* or as good as that */
    add_import(l, s);
  }
}

void scan_relocs(Link *l) {
  for (u32 i = 0; i < l->objects.n; i++) {
    const Object *o = l->objects.p[i];
    for (u32 k = 0; k < o->nglobals; k++)
      scan_global(l, &o->globals[k]);
    for (u32 k = 0; k < o->nfunctions; k++)
      scan_chunk(l, &o->functions[k].c);
    for (u32 k = 0; k < o->nsegments; k++)
      scan_segment(l, &o->segments[k].c);
    for (u32 k = 0; k < o->nsections; k++)
      scan_chunk(l, o->sections[k].custom);
  }
}

/* -- types -- */

/* [types.synthesized] [types.once] */
void number_types(Link *l) {
  /* Those of TYPE_INDEX relocations have come before, in scan order. */
  for (u32 i = 0; i < l->imports.n; i++)
    if (l->imports.p[i]->sig)
      register_type(l, l->imports.p[i]->sig);
  for (u32 i = 0; i < l->functions.n; i++)
    register_type(l, l->functions.p[i]->sig);
  for (u32 i = 0; i < l->tags.n; i++)
    register_type(l, l->tags.p[i]->sig);
}
