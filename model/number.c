/* number.c: output index spaces.  Every space begins with its imports; then
   come the linker's own definitions, then the live ones of each object, in
   object order and in the order of the object. */

#include "link.h"

Out append_function(Link *l, Function *f) {
  f->index.i = l->nimported[WASM_EXTERNAL_FUNCTION] + l->functions.n;
  VEC_PUSH(l, l->functions, f);
  return f->index;
}

/* What is imported although it is defined here is the loader's choice. */
static bool is_own(const Symbol *s) {
  return is_defined(s) && s->index.i == NONE;
}

Out function_index(const Symbol *s) {
  if (is_own(s))
    return s->func->index;
  return s->stub ? s->stub->func->index : s->index;
}

Out item_index(const Symbol *s) {
  return is_own(s) ? s->item->index : s->index;
}

/* [functions.numbering] */
static void number_functions(Link *l) {
  for (u32 i = 0; i < l->synthetic_functions.n; i++)
    if (l->synthetic_functions.p[i]->c.live)
      append_function(l, l->synthetic_functions.p[i]);
  for (u32 i = 0; i < l->objects.n; i++) {
    Object *o = l->objects.p[i];
    for (u32 k = 0; k < o->nfunctions; k++)
      if (o->functions[k].c.live)
        append_function(l, &o->functions[k]);
  }
}

/* [globals.numbering] */
static void number_globals(Link *l) {
  u32 next = l->nimported[WASM_EXTERNAL_GLOBAL];
  for (u32 i = 0; i < l->synthetic_globals.n; i++)
    if (l->synthetic_globals.p[i]->live)
      VEC_PUSH(l, l->globals, l->synthetic_globals.p[i]);
  for (u32 i = 0; i < l->objects.n; i++) {
    Object *o = l->objects.p[i];
    for (u32 k = 0; k < o->nglobals; k++)
      if (o->globals[k].live)
        VEC_PUSH(l, l->globals, &o->globals[k]);
  }
  for (u32 i = 0; i < l->globals.n; i++)
    l->globals.p[i]->index.i = next++;
  for (u32 i = 0; i < l->got.n; i++)
    l->got.p[i]->got = next++;
}

/* [tags.numbering] */
static void number_tags(Link *l) {
  u32 next = l->nimported[WASM_EXTERNAL_TAG];
  for (u32 i = 0; i < l->objects.n; i++) {
    Object *o = l->objects.p[i];
    for (u32 k = 0; k < o->ntags; k++) {
      if (!o->tags[k].live)
        continue;
      o->tags[k].index.i = next++;
      VEC_PUSH(l, l->tags, &o->tags[k]);
    }
  }
}

/* An object without table symbols calls through table 0 without saying so:
   then the indirect function table must be that one. */
static void check_legacy_table(Link *l) {
  for (u32 i = 0; i < l->imports.n; i++) {
    const Symbol *s = l->imports.p[i];
    if (s->kind == WASM_SYMBOL_TYPE_TABLE && s != l->table)
      fail(l, DIAG_LEGACY_TABLE, in_object(s->obj), pretty(l, s->name),
           l->legacy_table->name, symbol_file(s));
  }
}

static _Noreturn void fail_joined(Link *l, const Object *o, Str table) {
  fail(l, DIAG_LEGACY_JOINED, in_object(o), pretty(l, table), o->name,
       l->legacy_table->name);
}

/* Such an object made of several cannot name its tables either.
   [table.legacy] */
static void check_only_table(Link *l) {
  for (u32 i = 0; i < l->imports.n; i++) {
    const Symbol *s = l->imports.p[i];
    if (s->kind == WASM_SYMBOL_TYPE_TABLE && s != l->table)
      fail_joined(l, s->obj, s->name);
  }
  if (l->tables.n)
    fail_joined(l, l->tables.p[0]->obj, l->tables.p[0]->name);
}

/* [table.defined] */
static void number_tables(Link *l) {
  u32 next = l->nimported[WASM_EXTERNAL_TABLE];
  bool own = l->table && is_defined(l->table);
  if (own && l->legacy_table) {
    check_legacy_table(l);
    VEC_PUSH(l, l->tables, l->table->item);
  }
  for (u32 i = 0; i < l->objects.n; i++) {
    Object *o = l->objects.p[i];
    for (u32 k = 0; k < o->ntables; k++)
      if (o->tables[k].live)
        VEC_PUSH(l, l->tables, &o->tables[k]);
  }
  if (own && !l->legacy_table)
    VEC_PUSH(l, l->tables, l->table->item);
  if (l->opt.relocatable && l->legacy_table)
    check_only_table(l);
  for (u32 i = 0; i < l->tables.n; i++)
    l->tables.p[i]->index.i = next++;
}

void number_definitions(Link *l) {
  number_functions(l);
  number_globals(l);
  number_tags(l);
  number_tables(l);
}

/* -- constructors -- */

/* [init.signature] */
static void add_init_call(Link *l, const Object *o, const InitFunction *f) {
  Symbol *s = o->symbols[f->symbol.i];
  if (is_discarded(s) || !is_live(s))
    return;
  if (s->sig->nparams)
    report(l, DIAG_INIT_ARGUMENTS, in_object(o), pretty(l, s->name),
           signature_text(l, s->sig));
  if (function_index(s).i == NONE) {
    report(l, DIAG_UNDEFINED_SYMBOL, in_object(o), pretty(l, s->name));
    return;
  }
  VEC_PUSH(l, l->init_calls, ((InitCall){s, f->priority}));
}

/* A stable merge of sorted runs: objects bring few constructors each.
   [init.priority] [init.order.stable] */
static void sort_init_calls(Link *l) {
  u32 n = l->init_calls.n;
  InitCall *from = l->init_calls.p, *to = NEW_ARRAY(l, InitCall, n);
  for (u32 width = 1; width < n; width *= 2) {
    for (u32 start = 0; start < n; start += 2 * width) {
      u32 mid = start + width < n ? start + width : n;
      u32 end = start + 2 * width < n ? start + 2 * width : n;
      u32 a = start, b = mid;
      for (u32 i = start; i < end; i++) {
        bool left =
            a < mid && (b == end || from[a].priority <= from[b].priority);
        to[i] = left ? from[a++] : from[b++];
      }
    }
    InitCall *swap = from;
    from = to;
    to = swap;
  }
  l->init_calls.p = from;
}

/* [init.order.objects] */
void number_init_functions(Link *l) {
  for (u32 i = 0; i < l->objects.n; i++) {
    const Object *o = l->objects.p[i];
    for (u32 k = 0; k < o->ninits; k++)
      add_init_call(l, o, &o->inits[k]);
  }
  sort_init_calls(l);
}

/* -- exports -- */

/* --export-all leaves out the linker's own mutable globals where the output
   may not export such: nobody asked for the feature. */
static bool keeps_to_itself(const Link *l, const Symbol *s) {
  return s->kind == WASM_SYMBOL_TYPE_GLOBAL && s->item->mutable && !s->obj &&
         !s->force_export && !has_feature(l, "mutable-globals");
}

/* [export.name] [export.none-other] */
static void add_export(Link *l, Symbol *s, u32 next_global) {
  Export e = {.name = s->name, .of = s->name, .file = symbol_file(s)};
  switch (s->kind) {
  case WASM_SYMBOL_TYPE_FUNCTION:
    e.kind = WASM_EXTERNAL_FUNCTION;
    e.index = s->func->index.i;
    if (s->func->export_name.p)
      e.name = s->func->export_name;
    break;
  case WASM_SYMBOL_TYPE_DATA: /* an immutable global holds the address */
    e.kind = WASM_EXTERNAL_GLOBAL;
    e.index = next_global + l->address_globals.n;
    VEC_PUSH(l, l->address_globals, s);
    break;
  default:
    e.kind = s->kind == WASM_SYMBOL_TYPE_GLOBAL ? WASM_EXTERNAL_GLOBAL
             : s->kind == WASM_SYMBOL_TYPE_TAG  ? WASM_EXTERNAL_TAG
                                                : WASM_EXTERNAL_TABLE;
    e.index = s->item->index.i;
  }
  VEC_PUSH(l, l->exports, e);
  VEC_PUSH(l, l->exported, s);
}

/* [export.unique] */
static void check_unique_exports(Link *l) {
  Map seen = {0};
  for (u32 i = 0; i < l->exports.n; i++) {
    bool fresh;
    const Export *e = &l->exports.p[i];
    u32 *first = map_slot(l, &seen, e->name, &fresh);
    if (fresh) {
      *first = i;
      continue;
    }
    const Export *other = &l->exports.p[*first];
    report(l, DIAG_EXPORT_TWICE, in_file(e->file), pretty(l, e->name),
           pretty(l, other->of), other->file, pretty(l, e->of), e->file);
  }
}

/* An object exports nothing, but says under which name a function will be
   exported where that is not its symbol's (clang's export_name).
   [relocatable.export-name] */
static void number_export_names(Link *l) {
  for (u32 i = 0; i < l->functions.n; i++) {
    const Function *f = l->functions.p[i];
    if (f->export_name.p && !str_eq(f->export_name, f->c.name))
      VEC_PUSH(l, l->exports,
               ((Export){f->export_name, WASM_EXTERNAL_FUNCTION, f->index.i,
                         f->c.name, f->c.obj->name}));
  }
}

/* [export.order] [memory.export] [memory.export-option] [table.export] */
static void number_final_exports(Link *l) {
  u32 next_global =
      l->nimported[WASM_EXTERNAL_GLOBAL] + l->globals.n + l->got.n;
  if (l->opt.export_memory)
    VEC_PUSH(l, l->exports,
             ((Export){str_from(l->opt.export_memory_name),
                       WASM_EXTERNAL_MEMORY, 0, STR("memory"), "<internal>"}));
  for (u32 i = 0; i < l->symbols.n; i++) {
    Symbol *s = l->symbols.p[i];
    if (is_exported(l, s) && is_live(s) && !keeps_to_itself(l, s))
      add_export(l, s, next_global);
  }
}

void number_exports(Link *l) {
  if (l->opt.relocatable)
    number_export_names(l);
  else
    number_final_exports(l);
  check_unique_exports(l);
}
