/* judge_names.c: the names that the module gives to what it holds.

   What is an input's bears a name that inputs give it; what the linker made,
   the name that says what it stands for.  A linker may leave names out, but
   then all of them, or all of data segments; and it may demangle with a
   demangler of its own.

   Rule of thumb: no name is looked up.  Each one that a thing may have is held
   against the one that the module gives it. */

#include <string.h>

#include "judge_parts.h"

typedef struct Named {
  const DecName *name; /* of the module, or NULL */
  const char *clause;  /* that asks for */
  Str own;             /* a name that it ought to have; p is NULL: not known */
  bool right;          /* it has one of those */
  bool alike;          /* it has one as another demangler may spell it */
  bool optional;       /* it need not have a name */
} Named;

/* The names of one index space. */
typedef struct Naming {
  Judge *j;
  const char *clause; /* of what is named now */
  const char *unit;
  Named *all;
  u32 count;
} Naming;

static Str text(const DecName *name) {
  return (Str){(const char *)name->name.at, (u32)name->name.size};
}

/* clause: of what nobody has a name for. */
static Naming naming(Judge *j, const DecNameMap *map, u32 count,
                     const char *clause, const char *unit) {
  Naming n = {j, clause, unit, NEW_ARRAY(j->l, Named, count), count};
  for (u32 i = 0; i < count; i++)
    n.all[i].clause = clause;
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

/* -- spelling -- */

static bool is_filler(char c) {
  return c == ' ' || c == '(' || c == ')';
}

static bool same_but_fillers(Str a, Str b) {
  u32 i = 0, k = 0;
  for (;; i++, k++) {
    while (i < a.n && is_filler(a.p[i]))
      i++;
    while (k < b.n && is_filler(b.p[k]))
      k++;
    if (i == a.n || k == b.n)
      return i == a.n && k == b.n;
    if (a.p[i] != b.p[k])
      return false;
  }
}

static bool is_nested(Str s) {
  u32 open = 0;
  for (u32 i = 0; i < s.n; i++) {
    if (s.p[i] == '(')
      open++;
    else if (s.p[i] == ')' && !open--)
      return false;
  }
  return !open;
}

/* Could a demangler make that of name?  Demanglers of C++ agree but for blanks,
   brackets, and what has no name; Rust's are not known here, and some stop at a
   NUL. */
static bool may_be_spelled(Judge *j, Str have, Str name) {
  if (!j->l->opt.demangle)
    return false;
  Str stem = {name.p, (u32)strnlen(name.p, name.n)};
  if (str_starts(name, "_R") || (stem.n < name.n && str_eq(have, stem)))
    return true;
  if (!str_starts(name, "_Z"))
    return false;
  Str want = display_name(j->l, stem);
  return (same_but_fillers(have, want) && is_nested(have)) ||
         memchr(want.p, '\'', want.n);
}

static void compare(Judge *j, Named *of, Str have, Str name) {
  of->right |= str_eq(have, name) || str_eq(have, display_name(j->l, name));
  of->alike |= !of->right && may_be_spelled(j, have, name);
}

/* The entry of that index is called so. */
static void is_called(Naming *n, u64 index, Str name) {
  Named *of = index < n->count ? &n->all[index] : NULL;
  if (!of || !name.n)
    return;
  if (!of->own.p) {
    of->own = name;
    of->clause = n->clause;
  }
  if (of->name && !of->right)
    compare(n->j, of, text(of->name), name);
}

static void judge_naming(Naming *n) {
  Judge *j = n->j;
  for (u32 i = 0; i < n->count; i++) {
    const Named *of = &n->all[i];
    Site by = site_of(format(j->l, "the name of %s %u", n->unit, i), NO_OFFSET);
    if (!of->name) {
      if (of->own.n && !of->optional)
        violate(j, "names.section", &by, NULL, pretty(j->l, of->own), "none");
      continue;
    }
    if (!of->right && of->alike)
      take(j, PERMISSION_NAME_SPELLING);
    if (of->right || of->alike || (!of->own.p && !of->name->name.size))
      continue;
    by.out = (u64)(of->name->name.at - j->m->bytes);
    violate(j, of->clause, &by, NULL,
            of->own.p ? pretty(j->l, of->own) : "one that says what it is",
            plain(j->l, text(of->name)));
  }
}

/* What is imported bears its symbol's name, or that of the import. */
static void name_imports(Naming *n, u8 kind) {
  Judge *j = n->j;
  for (u32 i = 0; i < j->l->symbols.n; i++) {
    const Symbol *s = j->l->symbols.p[i];
    if (is_undefined(s) && s->kind != WASM_SYMBOL_TYPE_DATA &&
        external_kind(s) == kind)
      is_called(n, s->index.i, s->name);
  }
  for (u32 i = 0; i < j->m->import_count; i++)
    if (j->m->imports[i].kind == kind)
      is_called(n, j->m->imports[i].index, text_of(j->m->imports[i].name));
}

/* -- functions -- */

void entitle(Judge *j, u32 function, Str name) {
  VEC_PUSH(j->l, j->titles, ((Title){function, name}));
}

/* What traps in the place of an undefined function, or of one that has another
   type, bears the symbol's name in some way, or one name for all. */
static void name_trap(Naming *n, const Symbol *s, Map *stubs) {
  bool fresh;
  if (s->kind != WASM_SYMBOL_TYPE_FUNCTION)
    return;
  if (s->is_stub) {
    is_called(n, s->index.i, s->name);
    map_slot(n->j->l, stubs, s->name, &fresh);
  }
  if (s->index.i >= n->j->m->imported_funcs)
    is_called(n, s->index.i, STR("undefined_stub"));
}

/* One that nothing calls may be any symbol's. */
static void name_idle_traps(Naming *n, const Map *stubs) {
  for (u32 i = 0; i < n->count; i++) {
    Named *of = &n->all[i];
    if (!of->name || of->own.p || !is_trap(n->j, i))
      continue;
    is_called(n, i, STR("undefined_stub"));
    of->right |= map_get(stubs, text(of->name)) != NONE;
  }
}

static void name_traps(Naming *n) {
  Judge *j = n->j;
  Map stubs = {0};
  for (u32 i = 0; i < j->l->symbols.n; i++)
    name_trap(n, j->l->symbols.p[i], &stubs);
  for (u32 i = 0; i < j->l->objects.n; i++) {
    const Object *o = j->l->objects.p[i];
    for (u32 k = 0; k < o->nsymbols; k++)
      if (o->symbols[k])
        name_trap(n, o->symbols[k], &stubs);
  }
  name_idle_traps(n, &stubs);
}

static void name_made(Naming *n) {
  Judge *j = n->j;
  for (u32 i = 0; i < j->made.n; i++)
    if (j->made.p[i].at.known)
      is_called(n, j->made.p[i].at.value, j->made.p[i].s->name);
  for (u32 i = 0; i < j->titles.n; i++)
    is_called(n, j->titles.p[i].function, j->titles.p[i].name);
}

static void name_defined_functions(Naming *n) {
  Judge *j = n->j;
  for (u32 i = 0; i < j->l->objects.n; i++) {
    const Object *o = j->l->objects.p[i];
    for (u32 k = 0; k < o->nfunctions; k++) {
      const Fact *f = function_fact(j, &o->functions[k]);
      if (!f->known)
        continue;
      is_called(n, f->value, o->functions[k].debug_name);
      is_called(n, f->value, o->functions[k].c.name);
    }
    for (u32 k = 0; k < o->nsymbols; k++) {
      const Symbol *s = o->symbols[k];
      if (s && is_defined(s) && s->func && s->func->c.obj == o &&
          function_fact(j, s->func)->known)
        is_called(n, function_fact(j, s->func)->value, s->name);
    }
  }
}

static void name_functions(Judge *j) {
  Naming n = naming(j, &j->m->names.funcs, j->m->func_count, "names.synthetic",
                    "function");
  n.clause = "names.function";
  name_defined_functions(&n);
  n.clause = "names.function.import";
  name_imports(&n, WASM_EXTERNAL_FUNCTION);
  n.clause = "names.synthetic";
  name_made(&n);
  name_traps(&n);
  judge_naming(&n);
}

/* -- globals -- */

static const Fact *global_fact(Judge *j, const Item *t) {
  const Object *o = t->obj;
  return &j->globals[j->first_global[o->order] + (u32)(t - o->globals)];
}

/* One that holds an address is called as what is there, with a prefix. */
static void name_address(Naming *n, u32 index, const Symbol *s) {
  Named *of = &n->all[index];
  bool function = s->kind == WASM_SYMBOL_TYPE_FUNCTION;
  Str prefix = function ? STR("GOT.func.internal.") : STR("GOT.data.internal.");
  is_called(n, index, s->name);
  if (!of->name || !s->name.n || !str_starts(text(of->name), prefix.p))
    return;
  Str have = text(of->name);
  compare(n->j, of, (Str){have.p + prefix.n, have.n - prefix.n}, s->name);
}

static void name_addresses(Naming *n) {
  for (u32 i = 0; i < n->count; i++)
    if (n->j->got[i])
      name_address(n, i, n->j->got[i]);
}

static void name_defined_globals(Naming *n) {
  Judge *j = n->j;
  for (u32 i = 0; i < j->l->objects.n; i++) {
    const Object *o = j->l->objects.p[i];
    for (u32 k = 0; k < o->nglobals; k++)
      if (global_fact(j, &o->globals[k])->known)
        is_called(n, global_fact(j, &o->globals[k])->value, o->globals[k].name);
    for (u32 k = 0; k < o->nsymbols; k++) {
      const Symbol *s = o->symbols[k];
      if (s && is_defined(s) && s->kind == WASM_SYMBOL_TYPE_GLOBAL &&
          s->item->obj == o && global_fact(j, s->item)->known)
        is_called(n, global_fact(j, s->item)->value, s->name);
    }
  }
}

/* What exports an address has its name there, and may bear it, too. */
static void name_exports(Naming *n) {
  for (u32 i = 0; i < n->j->m->export_count; i++) {
    const DecExport *e = &n->j->m->exports[i];
    if (e->kind != WASM_EXTERNAL_GLOBAL)
      continue;
    n->all[e->index].optional = true;
    if (!n->all[e->index].own.p)
      is_called(n, e->index, text_of(e->name));
  }
}

static void name_globals(Judge *j) {
  Naming n = naming(j, &j->m->names.globals, j->m->global_count,
                    "names.synthetic", "global");
  n.clause = "names.global";
  name_imports(&n, WASM_EXTERNAL_GLOBAL);
  name_defined_globals(&n);
  n.clause = "names.synthetic";
  for (u32 i = 0; i < j->made_globals.n; i++)
    if (j->made_globals.p[i].at.known)
      is_called(&n, j->made_globals.p[i].at.value,
                j->made_globals.p[i].s->name);
  name_addresses(&n);
  name_exports(&n);
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

/* The data segment that has s, or NULL. */
static Named *named_with(Naming *n, const Segment *s) {
  Judge *j = n->j;
  const Home *h = has_symbols(j) ? home_of(j, s) : NULL;
  if (h && h->merged)
    return &n->all[h->index];
  if (!segment_fact(j, s)->known || !s->c.size)
    return NULL;
  const Part *p = s->flags & WASM_SEG_FLAG_TLS && j->tls_part
                      ? j->tls_part
                      : part_with(j, segment_address(j, s), s->c.size);
  return p && p->index < n->count ? &n->all[p->index] : NULL;
}

/* Names that segments may have which hold s, of ".a.b" also ".a" and ".a.". */
static void add_holders(Judge *j, Map *names, const Segment *s) {
  Str of = s->c.name;
  bool fresh;
  map_slot(j->l, names, of, &fresh);
  if (s->flags & WASM_SEG_FLAG_TLS)
    map_slot(j->l, names, STR(".tdata"), &fresh);
  for (u32 i = 0; i < of.n; i++) {
    if (of.p[i] != '.')
      continue;
    map_slot(j->l, names, (Str){of.p, i}, &fresh);
    map_slot(j->l, names, (Str){of.p, i + 1}, &fresh);
  }
}

/* Strings that were merged, and what is empty, may be in any segment. */
static void name_others(Naming *n, const Map *holders) {
  for (u32 i = 0; i < n->count; i++) {
    Named *of = &n->all[i];
    if (of->name && !of->own.p)
      of->right = map_get(holders, text(of->name)) != NONE;
  }
}

/* Each of the inputs' segments is in one that may hold it. */
static void name_segments(Judge *j) {
  Naming n = naming(j, &j->m->names.data, j->m->data_count, "names.data",
                    "data segment");
  Map holders = {0};
  /* One that has all, since there is but one base: it is named as most is. */
  bool joined = is_pic(j->l) && j->m->data_count == 1;
  if (n.count && !j->m->names.data.count)
    return take(j, PERMISSION_UNNAMED_SEGMENTS);
  for (u32 i = 0; i < j->l->objects.n; i++) {
    const Object *o = j->l->objects.p[i];
    for (u32 k = 0; k < o->nsegments; k++) {
      const Segment *s = &o->segments[k];
      Named *of = s->c.live ? named_with(&n, s) : NULL;
      if (of) {
        of->own = s->c.name;
        of->right |= of->name && (may_hold(text(of->name), s) ||
                                  (joined && str_is(text(of->name), ".data")));
      } else if (s->c.live) {
        add_holders(j, &holders, s);
      }
    }
  }
  bool fresh;
  if (joined)
    map_slot(j->l, &holders, STR(".data"), &fresh);
  name_others(&n, &holders);
  judge_naming(&n);
}

/* -- all of it -- */

static void judge_module_name(Judge *j) {
  Str name = text_of(j->m->names.module);
  Site by = site_of("the name of the module",
                    (u64)(j->m->names.module.at - j->m->bytes));
  if (!j->m->names.has_module)
    return take(j, PERMISSION_UNNAMED_MODULE);
  if (*j->l->opt.module_name && !str_is(name, j->l->opt.module_name))
    violate(j, "names.module", &by, NULL, j->l->opt.module_name,
            plain(j->l, name));
}

/* Types, locals, tables, memories and tags may have names, too; what else
   there is, no input names. */
static void judge_other_kinds(Judge *j) {
  enum { LABEL = 3, TYPE, TABLE, MEMORY, TAG = 11 };
  for (u32 i = 0; i < j->m->names.other_count; i++) {
    const DecSub *sub = &j->m->names.others[i];
    Site by = site_of("a sub-section of the name section",
                      (u64)(sub->bytes.at - j->m->bytes));
    if (sub->id != TAG && (sub->id < LABEL || sub->id > MEMORY))
      violate(j, "names.section", &by, NULL, "one of a kind that has names",
              format(j->l, "one of kind %u", sub->id));
  }
}

void judge_names(Judge *j) {
  if (!j->m->names.present)
    return take(j, PERMISSION_STRIPPED_NAMES);
  judge_module_name(j);
  name_functions(j);
  name_globals(j);
  name_segments(j);
  judge_other_kinds(j);
}
