/* judge_made.c: functions of the linker's own, judged by what they do: the one
   that calls the constructors, wrappers around the exports of a command, what
   initialises thread-local data. */

#include <stdlib.h>
#include <string.h>

#include "judge_parts.h"

/* The first thing it does is to trap. */
bool is_trap(Judge *j, u32 index) {
  DecError error = {0};
  DecInstr i;
  if (index < j->m->imported_funcs)
    return false;
  DecCursor c = decode_body(j->m, index, &error);
  return decode_instr(&c, &i) && i.opcode == DEC_OPCODE(0, 0);
}

static Site site_in(Judge *j, u32 index, const char *what, u64 out) {
  return site_of(format(j->l, "function %u, %s", index, what), out);
}

/* -- constructors -- */

static int by_priority(const void *x, const void *y) {
  const Ctor *a = x, *b = y;
  return a->priority != b->priority ? (a->priority < b->priority ? -1 : 1)
         : a->order < b->order      ? -1
                                    : a->order > b->order;
}

CtorVec live_ctors(Judge *j) {
  CtorVec v = {0};
  for (u32 i = 0; i < j->l->objects.n; i++) {
    const Object *o = j->l->objects.p[i];
    for (u32 k = 0; k < o->ninits; k++) {
      const Symbol *s = o->symbols[o->inits[k].symbol.i];
      if (!is_discarded(s) && is_live(s))
        VEC_PUSH(j->l, v, ((Ctor){s, o->inits[k].priority, v.n}));
    }
  }
  if (v.n)
    qsort(v.p, v.n, sizeof *v.p, by_priority);
  return v;
}

/* Event number *at must be a call of s; goes on behind it. */
static void expect_call(Judge *j, const Run *run, u32 *at, const Symbol *s,
                        const Site *by, const char *clause) {
  if (*at < run->events.n && run->events.p[*at].kind == EVENT_CALL) {
    const Event *e = &run->events.p[(*at)++];
    Site site = site_of(by->what, e->out);
    function_is(j, s, e->index, &site);
    return;
  }
  violate(j, clause, by, NULL, format(j->l, "a call of %s", tell(j, s)),
          "no more calls");
}

static void judge_ctors(Judge *j, u32 index) {
  Run run = {0};
  run_function(j, index, &run);
  Site by = site_in(j, index, "which calls the constructors",
                    j->m->funcs[index].offset);
  if (run.unclear)
    violate(j, "init.call-ctors.presence", &by, NULL, "calls alone",
            run.unclear);
  CtorVec ctors = live_ctors(j);
  u32 at = 0;
  for (u32 i = 0; i < ctors.n; i++)
    expect_call(j, &run, &at, ctors.p[i].s, &by, "init.list");
  if (at < run.events.n)
    violate(j, "init.list", &by, NULL,
            format(j->l, "%u calls, one a constructor", ctors.n),
            format(j->l, "%u calls", run.events.n));
}

/* -- thread-local data -- */

bool is_tls_base(Judge *j, u32 global) {
  const Symbol *s = j->l->tls_base;
  if (!s || !is_defined(s))
    return false;
  Fact *f = made_fact(j, s);
  Site by = site_of("__tls_base is set", NO_OFFSET);
  if (!f->known && !j->global_seen[global])
    *f = (Fact){global, true, by};
  j->global_seen[global] |= f->known && f->value == global;
  return f->known && f->value == global;
}

bool sets_tls_base(Judge *j, u32 function) {
  Run run = {0};
  bool sets = false;
  if (function < j->m->imported_funcs || function >= j->m->func_count)
    return false;
  run_function(j, function, &run);
  for (u32 i = 0; i < run.events.n; i++)
    if (run.events.p[i].kind == EVENT_SET)
      sets |= is_tls_base(j, run.events.p[i].index);
  return sets;
}

void find_tls_base(Judge *j) {
  if (!j->l->opt.shared_memory)
    return;
  sets_tls_base(j, j->m->start);
  sets_tls_base(j, j->init_tls);
}

/* Two functions may complete a block: one writes pointers there, the other one
   sets GOT entries.  What does neither may have either name. */
static void entitle_by(Judge *j, u32 index, const Run *run) {
  bool stores = false, sets = false;
  for (u32 i = 0; i < run->events.n; i++) {
    stores |= run->events.p[i].kind == EVENT_STORE;
    sets |= run->events.p[i].kind == EVENT_SET;
  }
  if (!stores)
    entitle(j, index, STR("__wasm_apply_global_tls_relocs"));
  if (!sets)
    entitle(j, index, STR("__wasm_apply_tls_relocs"));
}

/* The store reads the address of thread-local data where it is not yet. */
static bool reads_early(const Judge *j, const Event *e) {
  Known k = e->args[1];
  return k.kind == VALUE_GLOBAL && j->got[k.global] &&
         is_tls(j->got[k.global]) && !j->got_set[k.global];
}

void judge_tls_got(Judge *j, u32 index) {
  Run run = {0};
  run_function(j, index, &run);
  j->function_seen[index] = true;
  entitle_by(j, index, &run);
  Site by = site_in(j, index, "which sets addresses in thread-local data",
                    j->m->funcs[index].offset);
  if (run.unclear || index < j->m->imported_funcs)
    violate(j, "tls.init", &by, NULL, "code that can be followed",
            run.unclear ? run.unclear : "an import");
  for (u32 i = 0; i < run.events.n; i++) {
    const Event *e = &run.events.p[i];
    bool base = e->kind == EVENT_SET && !is_tls_base(j, e->index) &&
                e->args[0].kind == VALUE_GLOBAL &&
                is_tls_base(j, e->args[0].global);
    if (is_block_store(j, e) && !reads_early(j, e))
      VEC_PUSH(j->l, j->block_stores, *e);
    else if (!base)
      violate(j, "tls.init", &by, NULL, "__tls_base and an offset", "not so");
    else
      got_is_set(j, e->index, e->args[0].n);
  }
}

/* The event fills the block that is given with all of its data. */
static bool fills_it(Judge *j, const Event *e) {
  return e->kind == EVENT_INIT && e->args[0].kind == VALUE_PARAM &&
         e->index == j->tls_index && is_const(e->args[1], 0) &&
         is_const(e->args[2], j->m->data[e->index].bytes.size);
}

/* Zeros in all of the block, which do no harm before its data come. */
static bool clears_it(Judge *j, const Event *e) {
  return e->kind == EVENT_FILL && e->args[0].kind == VALUE_PARAM &&
         j->tls_index != NONE && is_const(e->args[1], 0) &&
         is_const(e->args[2], j->m->data[j->tls_index].bytes.size);
}

/* First __tls_base is set, as others count from it; and nothing else is done
   than that, the copy, and what sets addresses in the block. */
void judge_init_tls(Judge *j) {
  Run run = {0};
  u32 index = j->init_tls, others = 0;
  if (index == NONE)
    return;
  run_function(j, index, &run);
  Site by = site_in(j, index, "__wasm_init_tls", j->m->funcs[index].offset);
  if (run.unclear)
    violate(j, "tls.init", &by, NULL, "code that can be followed", run.unclear);
  bool copied = false, set = false;
  for (u32 i = 0; i < run.events.n; i++) {
    const Event *e = &run.events.p[i];
    if (e->kind == EVENT_CALL && set)
      judge_tls_got(j, e->index);
    else if (e->kind == EVENT_SET && e->args[0].kind == VALUE_PARAM && !set)
      set = is_tls_base(j, e->index);
    else if (!copied && fills_it(j, e))
      copied = true;
    else if (copied || !clears_it(j, e))
      others++;
  }
  if (others || (j->tls_index != NONE && !(copied && set)))
    violate(j, "tls.init", &by, NULL,
            "__tls_base is set to the block, and all data is copied there",
            others   ? "something else is done, too"
            : copied ? "__tls_base is not set"
                     : "not all is copied");
}

/* -- what there is -- */

void judge_made(Judge *j) {
  for (u32 i = 0; i < j->made.n; i++) {
    Made *m = &j->made.p[i];
    u32 index = (u32)m->at.value;
    if (!m->at.known || m->judged || index >= j->m->func_count)
      continue;
    m->judged = true;
    j->function_seen[index] = true;
    const Signature *sig = m->s->func->sig;
    if (index < j->m->imported_funcs ||
        !same_type(&j->m->types[j->m->funcs[index].type], sig))
      violate(j, "functions.type", &m->at.by, tell(j, m->s),
              signature_text(j->l, sig), "another type");
    else if (m->s == j->l->call_ctors)
      judge_ctors(j, index);
    else if (m->s == j->l->init_tls)
      j->init_tls = index; /* when the block is known */
  }
}

static bool calls_ctors(Judge *j, const Run *run) {
  CtorVec ctors = live_ctors(j);
  if (run->events.n != ctors.n)
    return false;
  for (u32 i = 0; i < ctors.n; i++)
    if (run->events.p[i].kind != EVENT_CALL ||
        !function_could_be(j, ctors.p[i].s, run->events.p[i].index))
      return false;
  return true;
}

/* Does nothing, or something with the block that it is given. */
static bool fills_block(const Run *run) {
  bool given = !run->events.n;
  for (u32 i = 0; i < run->events.n; i++)
    given |= run->events.p[i].args[0].kind == VALUE_PARAM;
  return given;
}

/* Could function index be s, by its type and what it does? */
static bool may_be_made(Judge *j, const Symbol *s, u32 index) {
  Run run = {0};
  if (index < j->m->imported_funcs || index >= j->m->func_count ||
      j->function_seen[index] || index == j->m->start || is_trap(j, index) ||
      !same_type(&j->m->types[j->m->funcs[index].type], s->sig))
    return false;
  run_function(j, index, &run);
  return !run.unclear &&
         (s == j->l->call_ctors ? calls_ctors(j, &run) : fills_block(&run));
}

/* Those of the linker's own that nothing calls, as without collection. */
void find_made_functions(Judge *j) {
  Site by = site_of("a function of the linker's own", NO_OFFSET);
  for (u32 i = 0; i < j->l->symbols.n; i++) {
    const Symbol *s = j->l->symbols.p[i];
    if (s->kind != WASM_SYMBOL_TYPE_FUNCTION || !is_defined(s) || s->obj ||
        s->is_stub || !is_live(s) || made_fact(j, s)->known)
      continue;
    u32 named = map_get(&j->function_names, s->name);
    if (named != NONE && may_be_made(j, s, named)) {
      function_is(j, s, named, &by);
      continue;
    }
    for (u32 k = j->m->imported_funcs; k < j->m->func_count; k++)
      if (may_be_made(j, s, k)) {
        function_is(j, s, k, &by);
        break;
      }
  }
}

/* -- exports -- */

static bool takes_params(const Event *e, u32 n) {
  if (e->nparams != n)
    return false;
  for (u32 i = 0; i < n; i++)
    if (e->params[i].kind != VALUE_PARAM || e->params[i].n != i)
      return false;
  return true;
}

static Str wrapper_name(Judge *j, Str inner) {
  Buf name = {.link = j->l};
  put_bytes(&name, inner.p, inner.n);
  put_bytes(&name, ".command_export", strlen(".command_export"));
  return (Str){(const char *)name.p, (u32)name.n};
}

/* A command's export: constructors, the function itself, destructors. */
static void wrapper_is(Judge *j, const Symbol *s, u32 index, const Site *by) {
  Run run = {0};
  run_function(j, index, &run);
  u32 at = 0;
  j->function_seen[index] = true;
  entitle(j, index, wrapper_name(j, s->name));
  if (j->l->call_ctors && is_live(j->l->call_ctors))
    expect_call(j, &run, &at, j->l->call_ctors, by, "command.wrapper");
  u32 inner = at;
  expect_call(j, &run, &at, s, by, "command.wrapper");
  if (inner < run.events.n && run.events.p[inner].kind == EVENT_CALL &&
      s->sig && !takes_params(&run.events.p[inner], s->sig->nparams))
    violate(j, "command.wrapper", by, tell(j, s), "all parameters, in order",
            "others");
  for (u32 i = 0; i < run.stack.n; i++)
    if (run.stack.p[i].kind != VALUE_RESULT || run.stack.p[i].n != inner)
      violate(j, "command.wrapper", by, tell(j, s), "its results", "others");
  if (j->l->call_dtors)
    expect_call(j, &run, &at, j->l->call_dtors, by, "command.wrapper");
  if (run.unclear || at != run.events.n)
    violate(j, "command.wrapper", by, tell(j, s),
            "constructors, the function, destructors, and no more",
            run.unclear ? run.unclear : "more");
}

/* Do constructors or destructors run around every export?  (As in a program
   that does not care for them itself, nor leaves that to whoever loads it.) */
static bool is_wrapped(Judge *j) {
  const Symbol *ctors = j->l->call_ctors;
  if (j->exports == NOT_ASKED) {
    bool wrapped = ctors && !is_pic(j->l) && !ctors->used &&
                   !is_exported(j->l, ctors) &&
                   (live_ctors(j).n || j->l->call_dtors);
    j->exports = wrapped ? WRAPPED : PLAIN;
  }
  return j->exports == WRAPPED;
}

void export_is(Judge *j, const Symbol *s, u32 index, const Site *by) {
  if (is_wrapped(j) && index >= j->m->imported_funcs)
    wrapper_is(j, s, index, by);
  else
    function_is(j, s, index, by);
}
