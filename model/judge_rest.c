/* judge_rest.c: functions of the inputs that are live though no site leads to
   them, as without collection, and functions of the module that nobody has.

   Where such a function is, its code alone tells.  Equal code is told apart by
   who refers to it; so those that nothing refers to are looked for first, and
   the walk from them finds the others.

   Rule of thumb: names and order are hints where to look; the bytes decide. */

#include "judge_parts.h"

/* -- functions of equal shape -- */

/* The module's functions by what is the same wherever their sites point:
   their opcodes, in order. */
typedef struct Shapes {
  u32 *first; /* by hash: function index, or NONE */
  u32 *next;  /* by function index: of the same hash */
  u32 mask;
} Shapes;

typedef struct Search {
  Judge *j;
  Shapes shapes; /* made when names and order have failed once */
} Search;

static size_t skip_leb(const u8 *p, size_t at, size_t end, u32 *value) {
  *value = 0;
  for (u32 shift = 0; at < end; shift += 7) {
    u8 byte = p[at++];
    if (shift < 32)
      *value |= (u32)(byte & 0x7f) << shift;
    if (!(byte & 0x80))
      break;
  }
  return at;
}

/* Where code begins: behind the declarations of locals. */
static size_t skip_locals(const u8 *p, size_t at, size_t end) {
  u32 groups, count;
  at = skip_leb(p, at, end, &groups);
  for (; groups && at < end; groups--) {
    at = skip_leb(p, at, end, &count);
    bool heap = at < end && (p[at] == 0x63 || p[at] == 0x64); /* (ref ...) */
    at++;
    if (heap)
      at = skip_leb(p, at, end, &count);
  }
  return at < end ? at : end;
}

static u32 hash_code(const u8 *p, size_t at, size_t end) {
  DecError error = {0};
  DecCursor c = decode_cursor(p, skip_locals(p, at, end), end, &error);
  DecInstr i;
  u32 hash = 2166136261u;
  while (decode_instr(&c, &i))
    hash = (hash ^ i.opcode) * 16777619u;
  return hash ^ hash >> 15;
}

static void make_shapes(Search *s) {
  const DecModule *m = s->j->m;
  u32 size = 16;
  while (size / 2 < m->func_count && size < 1u << 30)
    size *= 2;
  s->shapes = (Shapes){.first = NEW_ARRAY(s->j->l, u32, size),
                       .next = NEW_ARRAY(s->j->l, u32, m->func_count),
                       .mask = size - 1};
  for (u32 i = 0; i < size; i++)
    s->shapes.first[i] = NONE;
  for (u32 i = m->func_count; i-- > m->imported_funcs;) {
    const DecFunc *f = &m->funcs[i];
    u32 *first =
        &s->shapes.first[hash_code(m->bytes, f->body, f->end) & s->shapes.mask];
    s->shapes.next[i] = *first;
    *first = i;
  }
}

static bool looks_like(Judge *j, const Function *f, u32 index) {
  return index >= j->m->imported_funcs && index < j->m->func_count &&
         !j->function_seen[index] && could_be_function(j, f, index);
}

/* The first function with f's code that nobody has, or NONE. */
static u32 of_shape(Search *s, const Function *f) {
  Judge *j = s->j;
  if (!s->shapes.first)
    make_shapes(s);
  u32 hash = hash_code(f->c.bytes, size_width(&f->c), f->c.size);
  u32 *at = &s->shapes.first[hash & s->shapes.mask];
  while (*at != NONE) {
    if (looks_like(j, f, *at))
      return *at;
    if (j->function_seen[*at])
      *at = s->shapes.next[*at]; /* never again */
    else
      at = &s->shapes.next[*at];
  }
  return NONE;
}

/* -- what no site leads to, but must be there -- */

/* Where f can be: where its name is; where the order of the inputs has it; or
   anywhere. */
static u32 place_of(Search *s, const Function *f, u32 after) {
  Judge *j = s->j;
  u32 named = map_get(&j->function_names, f->c.name);
  if (named == NONE)
    named = map_get(&j->function_names, display_name(j->l, f->c.name));
  if (named != NONE && looks_like(j, f, named))
    return named;
  return looks_like(j, f, after) ? after : of_shape(s, f);
}

static void find_function(Search *s, const Function *f, u32 after, Turn turn) {
  Judge *j = s->j;
  u32 index = place_of(s, f, after);
  Site by = site_of(NULL, NO_OFFSET);
  by.chunk = &f->c;
  if (index != NONE) {
    function_is_at(j, f, index, &by);
    drain(j);
  } else if (turn == TURN_REST) { /* before, its turn comes once more */
    violate(j, "gc.live", &by,
            format(j->l, "function %s", pretty(j->l, f->c.name)),
            "a function with its code, since it is live", "none");
  }
}

static bool is_turn(Judge *j, const Function *f, Turn turn) {
  switch (turn) {
  case TURN_FIRST:
    return f->c.nrelocs &&
           !j->function_referred[function_fact(j, f) - j->functions];
  case TURN_REFERRED: return f->c.nrelocs;
  default: return true;
  }
}

static void find_functions(Search *s, Turn turn) {
  Judge *j = s->j;
  u32 after = j->m->imported_funcs;
  for (u32 i = 0; i < j->l->objects.n; i++) {
    const Object *o = j->l->objects.p[i];
    for (u32 k = 0; k < o->nfunctions; k++) {
      const Function *f = &o->functions[k];
      Fact *fact = function_fact(j, f);
      if (f->c.live && !fact->known && is_turn(j, f, turn))
        find_function(s, f, after, turn);
      if (fact->known)
        after = (u32)fact->value + 1;
      else if (f->c.live)
        after++;
    }
  }
}

void find_unreached_functions(Judge *j) {
  Search s = {.j = j};
  find_functions(&s, TURN_FIRST);
  find_made_functions(j);
  judge_made(j);
  drain(j);
  find_functions(&s, TURN_REFERRED);
  find_functions(&s, TURN_REST);
}

/* -- nothing is left over -- */

static const char *dead_twin(Judge *j, u32 index) {
  for (u32 i = 0; i < j->l->objects.n; i++) {
    const Object *o = j->l->objects.p[i];
    for (u32 k = 0; k < o->nfunctions; k++)
      if (!o->functions[k].c.live && looks_like(j, &o->functions[k], index))
        return format(j->l, "one like %s of %s, which is not live",
                      pretty(j->l, o->functions[k].c.name), o->name);
  }
  return "one that is nobody's";
}

static bool is_empty(Judge *j, u32 index) {
  const DecFunc *f = &j->m->funcs[index];
  return f->code + 1 == f->end;
}

/* It says where thread-local data is, or writes to the first thread's. */
static bool prepares(const Judge *j, const Event *e) {
  u64 at = e->args[0].n - j->tls.value;
  return e->kind == EVENT_SET ||
         (e->kind == EVENT_STORE && e->args[0].kind == VALUE_CONST &&
          j->tls.known && j->tls_index != NONE &&
          at < j->m->data[j->tls_index].bytes.size);
}

/* What relocates thread-local data is there for threads to call, though there
   be nothing to relocate, or nobody to call it. */
static bool is_idle(Judge *j, u32 index) {
  const DecType *t = &j->m->types[j->m->funcs[index].type];
  Run run = {0};
  if (!j->l->opt.shared_memory || t->param_count || t->result_count)
    return false;
  run_function(j, index, &run);
  bool idle = !run.unclear && (run.events.n || is_empty(j, index));
  bool stores = false;
  for (u32 i = 0; i < run.events.n; i++) {
    idle &= prepares(j, &run.events.p[i]);
    stores |= run.events.p[i].kind == EVENT_STORE;
  }
  if (idle && !stores)
    judge_tls_got(j, index);
  else if (idle)
    entitle(j, index, STR("__wasm_apply_tls_relocs"));
  return idle;
}

static bool may_trap(const Symbol *s) {
  return s->kind == WASM_SYMBOL_TYPE_FUNCTION && (s->is_stub || !is_defined(s));
}

/* Functions that no input has, though somebody refers to them, each under each
   type that they are referred to by. */
static u32 count_undefined(const Link *l) {
  u32 n = 0;
  for (u32 i = 0; i < l->symbols.n; i++)
    n += may_trap(l->symbols.p[i]) &&
         map_get(&l->variant_map, l->symbols.p[i]->name) == NONE;
  for (u32 i = 0; i < l->variants.n; i++)
    for (u32 k = 0; k < l->variants.p[i].symbols.n; k++)
      n += may_trap(l->variants.p[i].symbols.p[k]);
  return n;
}

/* There are no more functions that trap than may be asked for. */
static void judge_traps(Judge *j) {
  u32 n = 0, most = count_undefined(j->l);
  for (u32 i = j->m->imported_funcs; i < j->m->func_count; i++)
    n += is_trap(j, i) && !j->function_of[i];
  Site by = site_of("functions that trap", NO_OFFSET);
  if (n > most)
    violate(j, "symbol.undefined.weak", &by, NULL,
            format(j->l, "%u at most, one for what is not defined", most),
            number(j, n));
}

void judge_functions_left(Judge *j) {
  u32 said = 0;
  u32 idle = 0; /* one for what is addressed, one for what holds addresses */
  judge_traps(j);
  for (u32 i = j->m->imported_funcs; i < j->m->func_count; i++) {
    if (j->function_seen[i])
      continue;
    if (is_trap(j, i)) {
      take(j, PERMISSION_UNUSED_TRAP);
      continue;
    }
    if (idle < 2 && is_idle(j, i)) {
      idle++;
      take(j, PERMISSION_IDLE);
      continue;
    }
    Site by = site_of(format(j->l, "function %u", i), j->m->funcs[i].offset);
    violate(j, "gc.reachability", &by, NULL,
            "a function of the inputs that is live",
            said++ < 3 ? dead_twin(j, i) : "one that is nobody's");
  }
}
