/* judge_names.c: the names that the module gives to what it holds.

   What is an input's bears a name that inputs give it.  A linker may demangle
   it with a demangler of its own, and call as it likes what it makes itself.

   Rule of thumb: no name is looked up.  Each one that inputs give is held
   against the one that the module has there. */

#include <string.h>

#include "judge_parts.h"

typedef struct Named {
  const DecName *name; /* of the module, or NULL */
  Str own;             /* a name that it ought to have; p is NULL: not known */
  bool right;          /* it has one of those */
  bool mangled;        /* demanglers may change one of them */
} Named;

/* The names of one index space. */
typedef struct Naming {
  Judge *j;
  const char *clause, *unit;
  Named *all;
  u32 count;
} Naming;

static Str text(const DecName *name) {
  return (Str){(const char *)name->name.at, (u32)name->name.size};
}

static Naming naming(Judge *j, const DecNameMap *map, u32 count,
                     const char *clause, const char *unit) {
  Naming n = {j, clause, unit, NEW_ARRAY(j->l, Named, count), count};
  for (u32 i = 0; i < map->count; i++) {
    const DecName *name = &map->names[i];
    Site by = site_of(format(j->l, "the name of %s %u", unit, name->index),
                      (u64)(name->name.at - j->m->bytes));
    if (name->index < count)
      n.all[name->index].name = name;
    else
      violate(j, clause, &by, NULL, format(j->l, "one of a %s", unit),
              format(j->l, "there are %u", count));
  }
  return n;
}

/* Demanglers change it, or stop at its NUL. */
static bool is_mangled(Str name) {
  return str_starts(name, "_Z") || str_starts(name, "_R") ||
         (name.n && memchr(name.p, 0, name.n));
}

/* The entry of that index is called so by an input. */
static void is_called(Naming *n, u64 index, Str name) {
  Named *of = index < n->count ? &n->all[index] : NULL;
  if (!of || !of->name || !name.n)
    return;
  of->own = of->own.p ? of->own : name;
  of->mangled |= is_mangled(name);
  if (!of->right)
    of->right = str_eq(text(of->name), name) ||
                str_eq(text(of->name), display_name(n->j->l, name));
}

static void judge_naming(Naming *n) {
  Judge *j = n->j;
  for (u32 i = 0; i < n->count; i++) {
    const Named *of = &n->all[i];
    if (!of->name || !of->own.p || of->right)
      continue;
    if (of->mangled && j->l->opt.demangle) {
      take(j, PERMISSION_NAME_SPELLING);
      continue;
    }
    Site by = site_of(format(j->l, "the name of %s %u", n->unit, i),
                      (u64)(of->name->name.at - j->m->bytes));
    violate(j, n->clause, &by, NULL, pretty(j->l, of->own),
            plain(j->l, text(of->name)));
  }
}

/* What is imported bears its symbol's name, or that of the import.  Where two
   imports have one name, either symbol may be either. */
static void name_imports(Naming *n, u8 kind) {
  Judge *j = n->j;
  Map by_import = {0};
  bool fresh;
  for (u32 i = 0; i < j->m->import_count; i++) {
    const DecImport *d = &j->m->imports[i];
    if (d->kind != kind)
      continue;
    u32 *at = map_slot(j->l, &by_import, text_of(d->name), &fresh);
    *at = fresh ? d->index : NONE;
  }
  for (u32 i = 0; i < j->m->import_count; i++) {
    Str name = text_of(j->m->imports[i].name);
    if (j->m->imports[i].kind == kind && map_get(&by_import, name) != NONE)
      is_called(n, j->m->imports[i].index, name);
  }
  for (u32 i = 0; i < j->l->symbols.n; i++) {
    const Symbol *s = j->l->symbols.p[i];
    if (is_undefined(s) && s->kind != WASM_SYMBOL_TYPE_DATA &&
        external_kind(s) == kind && map_get(&by_import, import_name(s)) != NONE)
      is_called(n, map_get(&by_import, import_name(s)), s->name);
  }
}

/* -- functions -- */

static void name_functions(Judge *j) {
  Naming n = naming(j, &j->m->names.funcs, j->m->func_count, "names.function",
                    "function");
  name_imports(&n, WASM_EXTERNAL_FUNCTION);
  for (u32 i = 0; i < j->made.n; i++)
    if (j->made.p[i].at.known)
      is_called(&n, j->made.p[i].at.value, j->made.p[i].s->name);
  for (u32 i = 0; i < j->l->objects.n; i++) {
    const Object *o = j->l->objects.p[i];
    for (u32 k = 0; k < o->nfunctions; k++) {
      const Fact *f = function_fact(j, &o->functions[k]);
      if (!f->known)
        continue;
      is_called(&n, f->value, o->functions[k].c.name);
      is_called(&n, f->value, o->functions[k].debug_name);
    }
    for (u32 k = 0; k < o->nsymbols; k++) {
      const Symbol *s = o->symbols[k];
      if (s && is_defined(s) && s->func && s->func->c.obj == o &&
          function_fact(j, s->func)->known)
        is_called(&n, function_fact(j, s->func)->value, s->name);
    }
  }
  judge_naming(&n);
}

/* -- globals -- */

static const Fact *global_fact(Judge *j, const Item *t) {
  const Object *o = t->obj;
  return &j->globals[j->first_global[o->order] + (u32)(t - o->globals)];
}

/* One that holds an address says whose: the name ends so. */
static void name_addresses(Naming *n) {
  Judge *j = n->j;
  for (u32 i = 0; i < n->count; i++) {
    const Symbol *s = j->got[i];
    if (!s || !n->all[i].name)
      continue;
    Str have = text(n->all[i].name), want = display_name(j->l, s->name);
    n->all[i].own = s->name;
    n->all[i].mangled |= is_mangled(s->name);
    n->all[i].right |=
        (have.n >= want.n &&
         memcmp(have.p + have.n - want.n, want.p, want.n) == 0) ||
        (have.n >= s->name.n &&
         memcmp(have.p + have.n - s->name.n, s->name.p, s->name.n) == 0);
  }
}

static void name_globals(Judge *j) {
  Naming n = naming(j, &j->m->names.globals, j->m->global_count, "names.global",
                    "global");
  name_imports(&n, WASM_EXTERNAL_GLOBAL);
  for (u32 i = 0; i < j->made_globals.n; i++)
    if (j->made_globals.p[i].at.known)
      is_called(&n, j->made_globals.p[i].at.value,
                j->made_globals.p[i].s->name);
  for (u32 i = 0; i < j->l->objects.n; i++) {
    const Object *o = j->l->objects.p[i];
    for (u32 k = 0; k < o->nsymbols; k++) {
      const Symbol *s = o->symbols[k];
      if (s && is_defined(s) && s->kind == WASM_SYMBOL_TYPE_GLOBAL &&
          s->item->obj == o && global_fact(j, s->item)->known)
        is_called(&n, global_fact(j, s->item)->value, s->name);
    }
  }
  name_addresses(&n);
  judge_naming(&n);
}

/* -- segments -- */

/* ".data" is what ".data.x" may go into; thread-local data is one block. */
static bool may_hold(Str name, const Segment *s) {
  Str of = s->c.name;
  if (s->flags & WASM_SEG_FLAG_TLS)
    return str_is(name, ".tdata") || str_eq(name, of);
  bool part = of.n > name.n && memcmp(of.p, name.p, name.n) == 0;
  return str_eq(name, of) ||
         (part && name.n && (of.p[name.n] == '.' || name.p[name.n - 1] == '.'));
}

/* Each of the inputs' segments that was found is in one that may hold it. */
static void name_segments(Judge *j) {
  Naming n = naming(j, &j->m->names.data, j->m->data_count, "names.data",
                    "data segment");
  for (u32 i = 0; i < j->l->objects.n && j->m->names.data.count; i++) {
    const Object *o = j->l->objects.p[i];
    for (u32 k = 0; k < o->nsegments; k++) {
      const Segment *s = &o->segments[k];
      if (!s->c.live || !segment_fact(j, s)->known || !s->c.size)
        continue;
      const Part *p = s->flags & WASM_SEG_FLAG_TLS && j->tls_part
                          ? j->tls_part
                          : part_with(j, segment_address(j, s), s->c.size);
      Named *of = p ? &n.all[p->index] : NULL;
      if (!of || !of->name)
        continue;
      of->own = s->c.name;
      of->right |= may_hold(text(of->name), s);
    }
  }
  judge_naming(&n);
}

void judge_names(Judge *j) {
  const DecNames *names = &j->m->names;
  if (!names->present || !names->funcs.count)
    take(j, PERMISSION_STRIPPED_NAMES);
  name_functions(j);
  name_globals(j);
  name_segments(j);
}
