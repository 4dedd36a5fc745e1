/* judge_start.c: the start function.  Where threads share the memory, the first
   of them copies passive data there and all others wait until that is done;
   zeros of an imported memory are written in it, too; and pointers in data, if
   the loader cannot call the code that writes them.  A program that needs none
   of that has no start function.

   Rule of thumb: it is run three times, for the three things that a thread may
   find: nobody has begun, somebody works, all is done. */

#include "judge_parts.h"

/* -- pointers in data -- */

/* Code that the loader would call if it were exported may run at the start, if
   it is not.  It is told by all that it does: it writes to the module's data.
   [dylink.apply-data-relocs.export] */
static bool writes_pointers(Judge *j, u32 index) {
  Run run = {0};
  if (j->relocs_at_start)
    return j->apply_relocs == index;
  if (!is_pic(j->l) || is_an_export(j, STR("__wasm_apply_data_relocs")) ||
      index < j->m->imported_funcs || j->function_of[index])
    return false;
  run_function(j, index, &run);
  for (u32 i = 0; i < run.events.n; i++)
    if (run.events.p[i].kind != EVENT_STORE ||
        !is_address(j, run.events.p[i].args[0]))
      return false;
  if (!run.events.n || run.unclear)
    return false;
  j->apply_relocs = index;
  j->relocs_at_start = true;
  j->function_seen[index] = true;
  entitle(j, index, STR("__wasm_apply_data_relocs"));
  take(j, PERMISSION_POINTERS_AT_START);
  return true;
}

static bool is_pointers(const Judge *j, const Event *e) {
  return j->relocs_at_start && e->kind == EVENT_CALL &&
         e->index == j->apply_relocs;
}

/* What is copied later would undo them. */
static void judge_pointers_last(Judge *j, const Run *run, const Site *by) {
  bool written = false;
  for (u32 i = 0; i < run->events.n; i++) {
    const Event *e = &run->events.p[i];
    written |= is_pointers(j, e);
    if (written && (e->kind == EVENT_INIT || e->kind == EVENT_FILL))
      return violate(j, "dylink.apply-data-relocs", by, NULL,
                     "pointers are written when the data are there",
                     "data are copied behind them");
  }
}

/* -- what it is made of -- */

/* Is it a call of another function of the linker's own? */
static bool is_part(const Judge *j, const Event *e) {
  return e->kind == EVENT_CALL && !e->nparams &&
         e->index >= j->m->imported_funcs && e->index != j->m->start &&
         !j->function_of[e->index];
}

static bool calls_parts(const Judge *j, const Run *run) {
  for (u32 i = 0; i < run->events.n; i++)
    if (!is_part(j, &run->events.p[i]))
      return false;
  return run->events.n && !run->unclear;
}

/* What copies data, or asks whether another thread has, initialises memory;
   what only sets globals completes GOT entries. */
static void entitle_part(Judge *j, u32 index, const Run *run) {
  bool copies = run->flag_used;
  for (u32 i = 0; i < run->events.n; i++)
    copies |= run->events.p[i].kind == EVENT_INIT ||
              run->events.p[i].kind == EVENT_FILL;
  if (copies || !run->events.n)
    entitle(j, index, STR("__wasm_init_memory"));
  if (!copies)
    entitle(j, index, STR("__wasm_apply_global_relocs"));
}

static void run_part(Judge *j, const Event *call, Run *all) {
  Run part = {.flag = all->flag, .working = all->working};
  u32 index = call->index;
  if (writes_pointers(j, index)) {
    VEC_PUSH(j->l, all->events, *call);
    return;
  }
  run_function(j, index, &part);
  j->function_seen[index] = true;
  entitle_part(j, index, &part);
  for (u32 i = 0; i < part.events.n; i++)
    VEC_PUSH(j->l, all->events, part.events.p[i]);
  all->flag = part.flag;
  all->working = part.working;
  if (part.flag_used)
    all->flag_address = part.flag_address;
  all->flag_used |= part.flag_used;
  if (part.unclear)
    all->unclear = part.unclear;
}

void run_start(Judge *j, Run *run) {
  Run calls = {.flag = run->flag, .working = run->working};
  if (writes_pointers(j, j->m->start)) {
    VEC_PUSH(j->l, run->events,
             ((Event){.kind = EVENT_CALL, .index = j->m->start}));
    return;
  }
  run_function(j, j->m->start, &calls);
  if (!is_dynamic(j->l) || !calls_parts(j, &calls)) {
    entitle_part(j, j->m->start, &calls);
    *run = calls;
    return;
  }
  entitle(j, j->m->start, STR("__wasm_start"));
  for (u32 i = 0; i < calls.events.n; i++)
    run_part(j, &calls.events.p[i], run);
}

static void judge_copies(Judge *j, const Run *run, const Site *by) {
  for (u32 i = 0; i < run->events.n; i++) {
    const Event *e = &run->events.p[i];
    Site site = site_of(by->what, e->out);
    if (e->kind == EVENT_FILL && !is_const(e->args[1], 0))
      violate(j, zeros_clause(j), &site, "memory.fill", "zeros",
              "something else");
    if (e->kind != EVENT_INIT)
      continue;
    bool whole = e->index < j->m->data_count && is_const(e->args[1], 0) &&
                 is_const(e->args[2], j->m->data[e->index].bytes.size);
    if (!whole)
      violate(j, "threads.passive", &site,
              format(j->l, "data segment %u", e->index), "all of it is copied",
              "a part");
  }
}

static bool is_zeros(DecBytes b) {
  for (size_t i = 0; i < b.size; i++)
    if (b.at[i])
      return false;
  return true;
}

/* What a run does with a data segment. */
typedef struct Tally {
  u32 copies, drops;
  bool early; /* it is dropped, and then copied */
} Tally;

static Tally *tally(Judge *j, const Run *run) {
  Tally *of = NEW_ARRAY(j->l, Tally, j->m->data_count);
  for (u32 i = 0; i < run->events.n; i++) {
    const Event *e = &run->events.p[i];
    if (e->index >= j->m->data_count)
      continue;
    Tally *t = &of[e->index];
    t->early |= e->kind == EVENT_INIT && t->drops;
    t->copies += e->kind == EVENT_INIT;
    t->drops += e->kind == EVENT_DROP;
  }
  return of;
}

static void judge_all_copied(Judge *j, const Tally *first, const Site *by) {
  for (u32 k = 0; k < j->m->data_count; k++) {
    const DecData *d = &j->m->data[k];
    u32 times = first[k].copies;
    bool passive = d->mode == DEC_PASSIVE;
    bool by_others = (j->tls_part && j->tls_index == k) || is_zeros(d->bytes);
    if (times > passive || (passive && !times && !by_others))
      violate(j, "threads.passive", by, format(j->l, "data segment %u", k),
              passive ? "copied to memory once" : "active: it is not copied",
              format(j->l, "%u times", times));
  }
}

/* It sets addresses in thread-local data, the first thread's block among them;
   and does nothing that has no name here. */
static void judge_events(Judge *j, const Run *run, const Site *by) {
  for (u32 i = 0; i < run->events.n; i++) {
    const Event *e = &run->events.p[i];
    Site site = site_of(by->what, e->out);
    if (e->kind == EVENT_CALL && !writes_pointers(j, e->index))
      judge_tls_got(j, e->index);
    if (e->kind == EVENT_STORE || e->kind == EVENT_TRAP)
      violate(j, "threads.init-memory", &site, NULL,
              "segments are copied, zeros are written, no more",
              e->kind == EVENT_TRAP ? "a trap" : "a store");
    if (e->kind == EVENT_SET && !is_set_at_start(j, e->index) &&
        (!is_tls_base(j, e->index) || !is_address(j, e->args[0]) ||
         (j->tls.known && e->args[0].n != j->tls.value)))
      violate(
          j, "tls.base", &site, "__tls_base",
          format(j->l, "the block, at %llu", (unsigned long long)j->tls.value),
          number(j, e->args[0].n));
  }
}

/* The first thread's block is filled and named, or left to the program. */
static void judge_first_block(Judge *j, const Run *first, const Tally *of,
                              const Site *by) {
  bool copied = j->tls_index != NONE && of[j->tls_index].copies, set = false;
  for (u32 i = 0; i < first->events.n; i++)
    set |= first->events.p[i].kind == EVENT_SET &&
           !is_set_at_start(j, first->events.p[i].index);
  if (copied != set)
    violate(j, "tls.base", by, "__tls_base",
            copied ? "set to the block that is filled"
                   : "not set: no block is filled",
            "not so");
}

/* Each instance drops what the first one has copied, once; what fills the
   blocks of threads stays. */
static void judge_drops(Judge *j, const Tally *of, const Tally *first,
                        const Site *by) {
  for (u32 k = 0; k < j->m->data_count; k++) {
    bool tls = k == j->tls_index;
    u32 least = !tls && first[k].copies;
    u32 most = !tls || j->init_tls == NONE;
    if (of[k].early || of[k].drops < least || of[k].drops > most)
      violate(j, "threads.drop", by, format(j->l, "data segment %u", k),
              most ? "dropped once, when it has been copied"
                   : "not dropped: it is copied for each thread",
              of[k].early ? "too early"
                          : format(j->l, "%u times", of[k].drops));
  }
}

static void judge_flag(Judge *j, const Run *first, const Site *by) {
  u64 at = first->flag_address;
  const u8 *p = memory_at(j, at, 4);
  j->flag = at;
  if (at % 4 || !p || p[0] || p[1] || p[2] || p[3])
    violate(j, "threads.init-memory", by, "the flag",
            "four bytes of its own, which begin as 0",
            format(j->l, "address %llu", (unsigned long long)at));
}

/* All who wait are woken when it is done. */
static bool wakes(const Judge *j, const Run *first) {
  for (u32 i = 0; i < first->events.n; i++) {
    const Event *e = &first->events.p[i];
    if (e->kind == EVENT_NOTIFY)
      return is_place(j, e->args[0], first->flag_address) &&
             is_const(e->args[1], UINT32_MAX);
  }
  return false;
}

static const Event *wait_of(const Run *run) {
  for (u32 i = 0; i < run->events.n; i++)
    if (run->events.p[i].kind == EVENT_WAIT)
      return &run->events.p[i];
  return NULL;
}

static bool waits(const Judge *j, const Run *meanwhile, const Run *first) {
  const Event *e = wait_of(meanwhile);
  return e && is_place(j, e->args[0], first->flag_address) &&
         is_const(e->args[1], first->working) &&
         is_const(e->args[2], UINT64_MAX);
}

/* What only the first thread may do. */
static bool changes_memory(const Judge *j, const Run *run) {
  for (u32 i = 0; i < run->events.n; i++)
    switch (run->events.p[i].kind) {
    case EVENT_CALL:
      if (!is_pointers(j, &run->events.p[i]))
        break;
      return true;
    case EVENT_INIT:
    case EVENT_FILL:
    case EVENT_FLAG: return true;
    default: break;
    }
  return false;
}

/* Nothing is written when the flag says that all is done, and who waits is
   woken by then. */
static bool is_done_last(const Judge *j, const Run *first) {
  bool done = false;
  for (u32 i = 0; i < first->events.n; i++)
    switch (first->events.p[i].kind) {
    case EVENT_FLAG: done = true; break;
    case EVENT_NOTIFY:
      if (!done)
        return false;
      break;
    case EVENT_CALL:
      if (done && is_pointers(j, &first->events.p[i]))
        return false;
      break;
    case EVENT_INIT:
    case EVENT_FILL:
      if (done)
        return false;
      break;
    default: break;
    }
  return done;
}

static void must_happen(Judge *j, bool holds, const Site *by,
                        const char *expected, const char *found) {
  if (!holds)
    violate(j, "threads.init-memory", by, NULL, expected, found);
}

/* Whoever comes second does nothing; whoever comes while the first one works
   waits for it. */
static void judge_once(Judge *j, const Run *first, const Tally *of,
                       const Site *by) {
  Run second = {.flag = first->flag}, meanwhile = {.flag = first->working};
  if (!first->flag_used || !first->flag || !first->working ||
      first->working == first->flag) {
    must_happen(
        j, false, by,
        "a flag in memory says that it is being done, and that it is done",
        "none");
    return;
  }
  judge_flag(j, first, by);
  run_start(j, &second);
  run_start(j, &meanwhile);
  bool clear = !second.unclear && !meanwhile.unclear;
  must_happen(
      j, clear && !changes_memory(j, &second) && !changes_memory(j, &meanwhile),
      by, "memory is written by the first thread alone", "by others, too");
  must_happen(j, waits(j, &meanwhile, first), by,
              "who comes while the first thread works waits for it", "not so");
  must_happen(j, !wait_of(first) && !wait_of(&second), by,
              "nobody else waits: not every thread may", "not so");
  must_happen(j, wakes(j, first) && is_done_last(j, first), by,
              "all who wait are woken when it is done", "not so");
  judge_events(j, &second, by);
  judge_events(j, &meanwhile, by);
  judge_drops(j, tally(j, &second), of, by);
  judge_drops(j, tally(j, &meanwhile), of, by);
}

static bool any_passive(const Judge *j) {
  for (u32 i = 0; i < j->m->data_count; i++)
    if (j->m->data[i].mode == DEC_PASSIVE &&
        !(j->tls_part && j->tls_index == i))
      return true;
  return false;
}

/* GOT entries that count from a base; or that would, were they not nowhere. */
static bool any_set(const Judge *j) {
  for (u32 i = j->m->imported_globals; i < j->m->global_count; i++)
    if (is_set_at_start(j, i) ||
        (j->got[i] && j->m->globals[i].is_mutable && is_undefined(j->got[i])))
      return is_pic(j->l);
  return false;
}

/* Is there something to do when the program starts? */
static bool is_due(const Judge *j) {
  return j->l->opt.shared_memory || j->relocs_at_start || any_passive(j) ||
         any_set(j) || (j->l->opt.import_memory && j->fills.n);
}

/* Can function `index` be one of the linker's own that starts the program? */
static bool may_start(Judge *j, u32 index) {
  const DecModule *m = j->m;
  const DecType *t = &m->types[m->funcs[index].type];
  return index >= m->imported_funcs && !j->function_of[index] &&
         !t->param_count && !t->result_count;
}

void judge_start(Judge *j) {
  u32 index = j->m->start;
  Site by = site_of("the start function", NO_OFFSET);
  if (index == DEC_NONE)
    return must_happen(j, !any_passive(j), &by,
                       "it copies passive segments to memory", "there is none");
  by.out = j->m->funcs[index].offset;
  Run run = {0};
  if (may_start(j, index))
    run_start(j, &run);
  if (!is_due(j))
    return violate(j, "start.none", &by, NULL,
                   "none, as there is nothing to initialise",
                   format(j->l, "function %u", index));
  if (!may_start(j, index))
    return must_happen(j, false, &by,
                       "one of the linker's own, without parameters",
                       format(j->l, "function %u", index));
  j->function_seen[index] = true;
  must_happen(j, !run.unclear, &by, "code that can be followed", run.unclear);
  if (run.unclear)
    return;
  judge_copies(j, &run, &by);
  const Tally *of = tally(j, &run);
  judge_all_copied(j, of, &by);
  judge_events(j, &run, &by);
  judge_pointers_last(j, &run, &by);
  judge_drops(j, of, of, &by);
  if (!j->l->opt.shared_memory)
    return;
  judge_first_block(j, &run, of, &by);
  /* Where there is no data, and memory stays as it is, all threads may do the
     same. */
  if (j->m->data_count || run.flag_used || changes_memory(j, &run))
    judge_once(j, &run, of, &by);
}
