/* judge.c: translation validation for linkers.  See judge.h.

   The walk starts at what is certain, exports and the start function, and goes
   outwards: a function of the inputs beside one of the module, byte by byte,
   except at relocation sites.  What the module holds there is a fact ("f is
   function 17", "this segment lies at 1040"); the first fact about a thing
   settles it and queues it, and each later one must agree.

   Rule of thumb: nothing is searched for, and nothing is believed before the
   bytes are seen to be the same. */

#include <assert.h>
#include <string.h>

#include "judge_parts.h"

static const char *const permission_names[] = {
#define PERMISSION(id, name, scope, text) name,
#include "permissions.def"
#undef PERMISSION
};

static const char *const permission_texts[] = {
#define PERMISSION(id, name, scope, text) text,
#include "permissions.def"
#undef PERMISSION
};

typedef enum { SCOPE_ONE, SCOPE_LINK, SCOPE_EACH } Scope;

static const Scope permission_scopes[] = {
#define PERMISSION(id, name, scope, text) SCOPE_##scope,
#include "permissions.def"
#undef PERMISSION
};

const char *permission_name(Permission p) {
  return permission_names[p];
}

const char *permission_text(Permission p) {
  return permission_texts[p];
}

/* -- saying so -- */

Site site_of(const char *what, u64 out) {
  return (Site){.what = what, .out = out};
}

const char *number(Judge *j, u64 n) {
  return format(j->l, "%llu", (unsigned long long)n);
}

Symbol *noted(const Symbol *s) {
  return (Symbol *)s;
}

static const char *about(Judge *j, const Site *by, const char *what) {
  if (!by->r)
    return by->what && what ? format(j->l, "%s: %s", by->what, what)
           : by->what       ? by->what
                            : what;
  const char *kind = reloc_info(by->r->kind)->name;
  return what ? format(j->l, "%s: %s", kind, what) : kind;
}

void violate(Judge *j, const char *clause, const Site *by, const char *what,
             const char *expected, const char *found) {
  u32 limit = j->l->opt.error_limit;
  if (j->out->nviolations++ >= limit && limit)
    return;
  Violation v = {.clause = clause,
                 .at = {.offset = NO_OFFSET},
                 .out_offset = by->out,
                 .what = about(j, by, what),
                 .expected = expected,
                 .found = found};
  show_site(j, by, &v);
  VEC_PUSH(j->l, j->out->violations, v);
}

/* One that has spoken, or NULL: nothing tells it from others. */
static const char *site_text(Judge *j, const Site *by) {
  if (by->r && by->chunk->obj)
    return format(j->l, "%s of %s (at 0x%llx)", reloc_info(by->r->kind)->name,
                  by->chunk->obj->name, (unsigned long long)by->out);
  return by->what ? format(j->l, "the %s", by->what) : NULL;
}

/* -- permissions -- */

void take(Judge *j, Permission p) {
  assert(permission_scopes[p] != SCOPE_LINK);
  j->out->taken[p] = true;
}

/* [judge.one-way] */
void choose(Judge *j, Permission p, bool taken, const Site *by) {
  Choice *c = &j->choices[p];
  assert(permission_scopes[p] == SCOPE_LINK);
  j->out->taken[p] |= taken;
  if (!c->made) {
    *c = (Choice){.made = true, .taken = taken, .by = *by};
  } else if (c->taken != taken && !c->said) {
    c->said = true;
    const char *first = site_text(j, &c->by);
    violate(j, "judge.one-way", by, permission_texts[p],
            format(j->l, "%s, as %s says", c->taken ? "so" : "not so",
                   first ? first : "another place"),
            c->taken ? "not so" : "so");
  }
}

/* -- facts -- */

Fact *function_fact(Judge *j, const Function *f) {
  const Object *o = f->c.obj;
  return &j->functions[j->first_function[o->order] + (u32)(f - o->functions)];
}

Fact *segment_fact(Judge *j, const Segment *s) {
  const Object *o = s->c.obj;
  return &j->segments[j->first_segment[o->order] + (u32)(s - o->segments)];
}

Fact *made_fact(Judge *j, const Symbol *s) {
  bool function = s->kind == WASM_SYMBOL_TYPE_FUNCTION;
  /* The fields that later passes would use are free to be our numbers. */
  u32 *at = function ? &s->func->index.i : &s->item->index.i;
  if (function) {
    if (*at == NONE) {
      *at = j->made.n;
      VEC_PUSH(j->l, j->made, ((Made){s, {0}}));
    }
    return &j->made.p[*at].at;
  }
  if (*at == NONE) {
    *at = j->made_globals.n;
    VEC_PUSH(j->l, j->made_globals, ((Made){s, {0}}));
  }
  return &j->made_globals.p[*at].at;
}

static const char *witness(Judge *j, const Fact *f, const char *unit) {
  const char *value =
      format(j->l, "%s %llu", unit, (unsigned long long)f->value);
  const char *by = site_text(j, &f->by);
  return by ? format(j->l, "%s, as %s says", value, by) : value;
}

bool agrees(Fact *f, u64 value, const Site *by) {
  if (!f->known)
    *f = (Fact){value, true, *by};
  return f->value == value;
}

void contradict(Judge *j, const Fact *f, u64 value, const Site *by,
                const char *clause, const char *what, const char *unit) {
  violate(j, clause, by, what, witness(j, f, unit),
          format(j->l, "%s %llu", unit, (unsigned long long)value));
}

/* -- functions -- */

bool same_type(const DecType *t, const Signature *sig) {
  return t->param_count == sig->nparams && t->result_count == sig->nresults &&
         (!sig->nparams || memcmp(t->params, sig->types, sig->nparams) == 0) &&
         (!sig->nresults ||
          memcmp(t->results, sig->types + sig->nparams, sig->nresults) == 0);
}

const char *type_of(Judge *j, u32 type) {
  const DecType *t = &j->m->types[type];
  u32 n = t->param_count + t->result_count;
  u8 *types = NEW_ARRAY(j->l, u8, n + 1);
  for (u32 i = 0; i < n; i++)
    types[i] =
        i < t->param_count ? t->params[i] : t->results[i - t->param_count];
  Signature sig = {types, t->param_count, t->result_count, {NONE}, NULL};
  return signature_text(j->l, &sig);
}

static const char *function_text(Judge *j, u64 index) {
  const Function *f = index < j->m->func_count ? j->function_of[index] : NULL;
  const char *n = format(j->l, "function %llu", (unsigned long long)index);
  return f ? format(j->l, "%s, which is %s of %s", n, pretty(j->l, f->c.name),
                    f->c.obj ? f->c.obj->name : "the linker")
           : n;
}

static const char *own_text(Judge *j, const Function *f) {
  return format(j->l, "function %s", pretty(j->l, f->c.name));
}

/* f's code must be that of function index. */
static bool can_be(Judge *j, const Function *f, u32 index, const Site *by) {
  if (index < j->m->imported_funcs) {
    violate(j, "reloc.function-index-leb", by, own_text(j, f),
            "a defined function", format(j->l, "import %u", index));
    return false;
  }
  const DecFunc *d = &j->m->funcs[index];
  if (!same_type(&j->m->types[d->type], f->sig)) {
    violate(j, "functions.type", by, own_text(j, f),
            signature_text(j->l, f->sig),
            format(j->l, "%s of type %s", function_text(j, index),
                   type_of(j, d->type)));
    return false;
  }
  u32 at;
  Walk w = walk_function(j, f, index);
  if (same_shape(w, &at))
    return true;
  violate(j, "functions.content", by, own_text(j, f),
          format(j->l, "its code in %s, byte %u of which differs",
                 f->c.obj->name, at),
          format(j->l, "%s, with other code", function_text(j, index)));
  show_difference(j, w);
  return false;
}

bool function_is_at(Judge *j, const Function *f, u32 index, const Site *by) {
  Fact *fact = function_fact(j, f);
  if (fact->known) {
    if (fact->value != index)
      contradict(j, fact, index, by, "reloc.function-index-leb", own_text(j, f),
                 "function");
    return fact->value == index;
  }
  if (!can_be(j, f, index, by))
    return false;
  const Function *other = j->function_of[index];
  if (other && other != f)
    take(j, PERMISSION_FOLDED);
  *fact = (Fact){index, true, *by};
  j->function_of[index] = f;
  j->function_seen[index] = true;
  j->out->functions++;
  VEC_PUSH(j->l, j->function_queue, f);
  return true;
}

static bool made_is(Judge *j, const Symbol *s, u32 index, const Site *by) {
  Fact *fact = made_fact(j, s);
  j->function_seen[index] = true;
  if (agrees(fact, index, by))
    return true;
  contradict(j, fact, index, by, "reloc.function-index-leb", tell(j, s),
             "function");
  return false;
}

/* Does it stand for calls by another type than the function's?  These trap
   whatever becomes of undefined functions. */
static bool is_mismatch(const Judge *j, const Symbol *s) {
  return is_defined(s) && map_get(&j->l->variant_map, s->func->c.name) != NONE;
}

/* What stands for an undefined function traps, or is imported. */
static bool stub_is(Judge *j, const Symbol *s, u32 index, const Site *by) {
  noted(s)->index.i = index;
  if (index < j->m->imported_funcs) {
    choose(j, import_choice(s), true, by);
    j->import_seen[j->m->funcs[index].import] = true;
    return true;
  }
  j->function_seen[index] = true;
  const DecFunc *d = &j->m->funcs[index];
  bool typed = !s->sig || same_type(&j->m->types[d->type], s->sig);
  if (is_trap(j, index) && typed) {
    if (!is_mismatch(j, s))
      choose(j, import_choice(s), false, by);
    return true;
  }
  violate(j, "symbol.undefined.weak", by,
          format(j->l, "function %s", pretty(j->l, s->name)),
          s->sig ? format(j->l, "a function %s that traps",
                          signature_text(j->l, s->sig))
                 : "a function that traps",
          function_text(j, index));
  return false;
}

bool function_is(Judge *j, const Symbol *s, u64 index, const Site *by) {
  if (index >= j->m->func_count) {
    violate(j, "reloc.function-index-leb", by, tell(j, s), "a function",
            format(j->l, "function %llu of %u", (unsigned long long)index,
                   j->m->func_count));
    return false;
  }
  if (s->is_stub)
    return stub_is(j, s, (u32)index, by);
  /* Code takes what the loader chooses; an export is the definition. */
  if (is_defined(s) && is_imported(j->l, s) &&
      (by->r || index < j->m->imported_funcs))
    return import_is(j, s, WASM_EXTERNAL_FUNCTION, index, by);
  if (is_defined(s) && s->func->c.obj)
    return function_is_at(j, s->func, (u32)index, by);
  if (is_defined(s))
    return made_is(j, s, (u32)index, by);
  if (index < j->m->imported_funcs)
    return import_is(j, s, WASM_EXTERNAL_FUNCTION, index, by);
  return stub_is(j, s, (u32)index, by);
}

void drain(Judge *j) {
  while (j->function_queue.n || j->segment_queue.n)
    if (j->function_queue.n)
      judge_function(j, j->function_queue.p[--j->function_queue.n]);
    else
      judge_segment(j, j->segment_queue.p[--j->segment_queue.n]);
}

/* -- all of it -- */

static Fact *facts(Judge *j, u32 **first, u32 (*count)(const Object *o)) {
  u32 n = 0;
  *first = NEW_ARRAY(j->l, u32, j->l->objects.n);
  for (u32 i = 0; i < j->l->objects.n; i++) {
    (*first)[i] = n;
    n += count(j->l->objects.p[i]);
  }
  return NEW_ARRAY(j->l, Fact, n);
}

static u32 count_functions(const Object *o) {
  return o->nfunctions;
}

static u32 count_segments(const Object *o) {
  return o->nsegments;
}

static u32 count_globals(const Object *o) {
  return o->nglobals;
}

static u32 count_tags(const Object *o) {
  return o->ntags;
}

static u32 count_tables(const Object *o) {
  return o->ntables;
}

static u32 count_all(const Judge *j, u32 (*count)(const Object *o)) {
  u32 n = 0;
  for (u32 i = 0; i < j->l->objects.n; i++)
    n += count(j->l->objects.p[i]);
  return n;
}

/* What bears a name, where there is just one such thing. */
static Map index_names(Judge *j, const DecNameMap *names) {
  Map map = {0};
  for (u32 i = 0; i < names->count; i++) {
    bool fresh;
    u32 *at = map_slot(j->l, &map, text_of(names->names[i].name), &fresh);
    *at = fresh ? names->names[i].index : NONE;
  }
  return map;
}

static void prepare(Judge *j) {
  j->functions = facts(j, &j->first_function, count_functions);
  j->segments = facts(j, &j->first_segment, count_segments);
  j->globals = facts(j, &j->first_global, count_globals);
  j->tags = facts(j, &j->first_tag, count_tags);
  j->tables = facts(j, &j->first_table, count_tables);
  j->function_of = NEW_ARRAY(j->l, const Function *, j->m->func_count);
  j->function_seen = NEW_ARRAY(j->l, bool, j->m->func_count);
  j->global_seen = NEW_ARRAY(j->l, bool, j->m->global_count);
  j->tag_seen = NEW_ARRAY(j->l, bool, j->m->tag_count);
  j->table_seen = NEW_ARRAY(j->l, bool, j->m->table_count);
  j->global_of = NEW_ARRAY(j->l, const Item *, j->m->global_count);
  j->tag_of = NEW_ARRAY(j->l, const Item *, j->m->tag_count);
  j->table_of = NEW_ARRAY(j->l, const Item *, j->m->table_count);
  j->import_seen = NEW_ARRAY(j->l, bool, j->m->import_count);
  j->got = NEW_ARRAY(j->l, const Symbol *, j->m->global_count);
  j->got_set = NEW_ARRAY(j->l, bool, j->m->global_count);
  for (u32 i = 0; i < j->m->section_count; i++) {
    const DecSection *s = &j->m->sections[i];
    if (s->id == WASM_SEC_CODE)
      j->code_payload = s->payload;
    else if (s->id == WASM_SEC_DATA)
      j->data_payload = s->payload;
  }
  j->function_referred = NEW_ARRAY(j->l, bool, count_all(j, count_functions));
  j->segment_referred = NEW_ARRAY(j->l, bool, count_all(j, count_segments));
  mark_referred(j);
  j->function_names = index_names(j, &j->m->names.funcs);
  j->global_names = index_names(j, &j->m->names.globals);
  index_segment_names(j);
}

/* What is said of the module for the next linker. */
static void judge_object(Judge *j) {
  find_homes(j);
  judge_code_and_data_records(j);
  judge_custom_records(j);
  judge_records_left(j);
  judge_linking(j);
}

static void judge(Judge *j) {
  prepare(j);
  build_slots(j);
  note_sets(j);
  build_memory(j);
  if (has_symbols(j)) {
    index_records(j);
    judge_symbols(j);
  }
  if (!j->l->opt.relocatable)
    judge_exports(j);
  drain(j);
  /* All that the outside can reach is known. */

  judge_made(j);
  drain(j);
  find_unreached_functions(j);
  find_tls(j); /* first: code knows its offsets, only bytes those of the rest */
  find_unreached_data(j);
  drain(j);
  judge_made(j); /* what they have led to */
  drain(j);
  find_tls_base(j);
  find_unreached_items(j);
  drain(j);
  /* All that is live has its place. */

  judge_init_tls(j);
  judge_start(j);
  judge_tls(j);
  judge_layout(j);
  judge_data_left(j);
  judge_dynamic(j);
  judge_customs(j);
  judge_got_set(j);
  judge_items_left(j);
  judge_limits(j);
  judge_functions_left(j);
  if (has_symbols(j))
    judge_object(j);
  judge_names(j);
  judge_meta(j);
}

bool judge_module(Link *l, const DecModule *m, Judgement *out) {
  Judge j = {.l = l,
             .m = m,
             .out = out,
             .table = NONE,
             .tls_index = NONE,
             .flag = NO_OFFSET,
             .init_tls = NONE,
             .apply_relocs = NONE};
  if (setjmp(l->escape) == 0) {
    l->armed = true;
    judge(&j);
  }
  l->armed = false;
  return !l->failed;
}

bool judge_link(Link **l, const DecModule *m, Judgement *out) {
  if (!link_run(*l, STAGE_LIVE) || !judge_module(*l, m, out))
    return false;
  Link *other =
      out->nviolations && (*l)->weak_choice ? link_new((*l)->request) : NULL;
  if (!other)
    return true;
  Judgement last = {.want_sites = out->want_sites};
  other->last_weak = true;
  if (link_run(other, STAGE_LIVE) && judge_module(other, m, &last) &&
      !last.nviolations) {
    Link *first = *l;
    *l = other;
    other = first;
    *out = last;
    out->taken[PERMISSION_LAST_WEAK] = true;
  }
  link_free(other);
  return true;
}
