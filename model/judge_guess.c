/* judge_guess.c: could it be here?  What no site leads to is looked for by its
   bytes, and its sites are no help in that: a site matches any number.  So
   before a place is believed, what its sites would say there is held against
   all that is known, and against the bytes of what is not.  Data that no site
   leads to is found so (functions: judge_rest.c).

   Rule of thumb: what leads to others is looked for first; of equals that
   nothing refers to, one is as good as another. */

#include <string.h>

#include "judge_parts.h"

/* -- could it? -- */

typedef struct Guess {
  const Segment *self; /* or NULL: a function */
  u64 address;         /* of it */
} Guess;

bool function_could_be(Judge *j, const Symbol *s, u64 index) {
  if (index >= j->m->func_count)
    return false;
  bool import = index < j->m->imported_funcs;
  if (!is_defined(s))
    return import || is_trap(j, (u32)index);
  if (s->is_stub || (import && is_imported(j->l, s)))
    return true;
  bool made = !s->func->c.obj;
  const Fact *f = made ? made_fact(j, s) : function_fact(j, s->func);
  u32 at;
  if (f->known)
    return f->value == index;
  if (import || made)
    return !import;
  return same_type(&j->m->types[j->m->funcs[index].type], s->func->sig) &&
         same_shape(walk_function(j, s->func, (u32)index), &at);
}

bool slot_could_be(Judge *j, const Reloc *r, const Symbol *s, u64 value) {
  const RelocInfo *info = reloc_info(r->kind);
  u64 slot = widen(j, info->encoding, value);
  if (s->is_stub || is_undefined(s))
    return true;
  slot += info->base == BASE_TABLE ? j->l->opt.table_base : 0;
  u32 index = in_slot(j, slot);
  return index != NONE && function_could_be(j, s, index);
}

static bool address_could_be(Judge *j, const Symbol *s, u64 value,
                             const Guess *g) {
  if (is_provided(j, s))
    return true;
  if (!s->seg)
    return value == s->value;
  const Fact *f = segment_fact(j, s->seg);
  if (is_tls(s) || (may_be_merged(s->seg) && !f->known &&
                    string_could_be(j, s->seg, s->value, value)))
    return true;
  u64 at = value - s->value;
  u32 differs;
  if (s->seg == g->self)
    return at == g->address;
  if (g->self && at < g->address + g->self->c.size &&
      g->address < at + s->seg->c.size)
    return false; /* one of them is somewhere else */
  return f->known ? f->value == at : segment_fits(j, s->seg, at, &differs);
}

static u32 count_of(const Judge *j, Target t) {
  switch (t) {
  case TARGET_GLOBAL: return j->m->global_count;
  case TARGET_TAG: return j->m->tag_count;
  default: return j->m->table_count;
  }
}

static bool site_could_be(Judge *j, const Walk *w, const Reloc *r, u64 value,
                          const Guess *g) {
  const RelocInfo *info = reloc_info(r->kind);
  if (info->target == TARGET_TYPE)
    return value < j->m->type_count &&
           same_type(&j->m->types[value], w->c->obj->types[r->index]);
  if (info->target == TARGET_SECTION)
    return true;
  const Symbol *s = w->c->obj->symbols[r->index];
  if (!is_live(s) && !is_provided(j, s))
    return true;
  switch (info->value) {
  case VALUE_INDEX:
    return info->target == TARGET_FUNCTION ? function_could_be(j, s, value)
                                           : value < count_of(j, info->target);
  case VALUE_SLOT:
    return (holds_pointer(info) && loader_knows(j, s)) ||
           slot_could_be(j, r, s, value);
  case VALUE_ADDRESS: {
    if (!is_defined(s) && !is_provided(j, s))
      return true;
    if (!is_pointer(j, info->encoding, value))
      return false;
    u64 place = g->address + (r->offset - w->c->in_offset);
    if (info->base != BASE_PLACE)
      place = 0;
    return address_could_be(j, s, address_in(j, r, value, place), g);
  }
  default: return true;
  }
}

static bool could_be(Judge *j, Walk w, const Guess *g) {
  const Reloc *r;
  u64 value;
  const u8 *site;
  u32 at;
  if (!same_shape(w, &at))
    return false;
  while (walk_next(&w, &r, &value, &site))
    if (!site_could_be(j, &w, r, value, g))
      return false;
  return true;
}

bool could_be_function(Judge *j, const Function *f, u32 index) {
  return same_type(&j->m->types[j->m->funcs[index].type], f->sig) &&
         could_be(j, walk_function(j, f, index), &(Guess){0});
}

bool could_be_segment(Judge *j, const Segment *s, u64 address) {
  const u8 *p = memory_at(j, address, s->c.size);
  return p &&
         could_be(j, walk_bytes(&s->c, p, s->c.size), &(Guess){s, address});
}

/* -- what others refer to -- */

static void mark_targets(Judge *j, const Chunk *c) {
  for (u32 i = 0; c->live && i < c->nrelocs; i++) {
    const Reloc *r = &c->relocs[i];
    if (reloc_info(r->kind)->target == TARGET_TYPE)
      continue;
    const Symbol *to = c->obj->symbols[r->index];
    bool object = to && to->obj && is_defined(to);
    if (object && to->kind == WASM_SYMBOL_TYPE_FUNCTION && &to->func->c != c)
      j->function_referred[function_fact(j, to->func) - j->functions] = true;
    if (object && to->kind == WASM_SYMBOL_TYPE_DATA && to->seg &&
        &to->seg->c != c)
      j->segment_referred[segment_fact(j, to->seg) - j->segments] = true;
  }
}

static Str content(const Segment *s) {
  return (Str){(const char *)s->c.bytes, s->c.size};
}

/* Another one has these bytes, and others lead to it. */
static void mark_twins(Judge *j) {
  bool fresh;
  for (u32 i = 0; i < j->l->objects.n; i++) {
    const Object *o = j->l->objects.p[i];
    for (u32 k = 0; k < o->nsegments; k++) {
      const Segment *s = &o->segments[k];
      if (s->c.nrelocs && j->segment_referred[segment_fact(j, s) - j->segments])
        map_slot(j->l, &j->referred_bytes, content(s), &fresh);
    }
  }
}

void mark_referred(Judge *j) {
  for (u32 i = 0; i < j->l->objects.n; i++) {
    const Object *o = j->l->objects.p[i];
    for (u32 k = 0; k < o->nfunctions; k++)
      mark_targets(j, &o->functions[k].c);
    for (u32 k = 0; k < o->nsegments; k++)
      mark_targets(j, &o->segments[k].c);
  }
  mark_twins(j);
}

/* -- data -- */

u64 align_up(u64 value, u32 exponent) {
  u64 to = 1ull << exponent;
  return (value + to - 1) / to * to;
}

/* Its bytes are not all zero: some of them are in the module; of an object's
   all of them are in one of its segments. */
static bool is_free_place(Judge *j, const Segment *s, u64 address) {
  u64 n = s->c.size;
  u32 i = part_at(j, address);
  const Part *p = part_with(j, address, n);
  return address % (1ull << s->c.align) == 0 && i < j->parts.n &&
         j->parts.p[i].placed && j->parts.p[i].address < address + n &&
         !(p && is_claimed(p, address - p->address, n)) &&
         !(p && is_named_otherwise(j, s, p->index)) &&
         (p || !j->l->opt.relocatable) && could_be_segment(j, s, address);
}

/* Where the next bytes of p are that are those of s up to its first site. */
static bool next_place(const Part *p, const Segment *s, u64 *offset) {
  u64 n = s->c.nrelocs ? s->c.relocs[0].offset - s->c.in_offset : s->c.size;
  const u8 *from = p->bytes + *offset, *end = p->bytes + p->size;
  if (p->claimed) { /* nothing begins in what others have */
    const bool *free =
        memchr(p->claimed + *offset, false, (size_t)(end - from));
    from = free ? p->bytes + (free - p->claimed) : end;
  }
  if (n && from < end)
    from = memmem(from, (size_t)(end - from), s->c.bytes, n);
  *offset = from ? (u64)(from - p->bytes) : p->size;
  return *offset < p->size;
}

static bool search(Judge *j, const Segment *s, u64 *address) {
  for (u32 i = 0; i < j->parts.n; i++) {
    const Part *p = &j->parts.p[i];
    for (u64 at = 0; p->placed && next_place(p, s, &at); at++) {
      *address = p->address + at;
      if (is_free_place(j, s, *address))
        return true;
    }
  }
  return false;
}

static bool all_zero(const Segment *s) {
  for (u32 i = 0; i < s->c.size; i++)
    if (s->c.bytes[i])
      return false;
  return !s->c.nrelocs;
}

static void find_segment(Judge *j, const Segment *s, u64 after, Turn turn) {
  Site by = {&s->c, NULL, NULL, NO_OFFSET};
  u64 address = align_up(after, s->c.align);
  if (!s->c.size || all_zero(s) || may_be_merged(s))
    return; /* nobody can tell where these are */
  if (is_free_place(j, s, address) || search(j, s, &address))
    return settle_segment(j, s, address, &by);
  if (turn < TURN_REST)
    return; /* its turn comes once more */
  j->data_lost = true;
  violate(j, "gc.live", &by, segment_text(j, s),
          "its bytes somewhere, since it is live", "none");
}

/* Segments whose names begin alike are often one behind the other. */
static Str group_of(Str name) {
  for (u32 i = 1; i < name.n; i++)
    if (name.p[i] == '.')
      return (Str){name.p, i};
  return name;
}

/* Where a group may begin: at its __start_, if that is known. */
static u64 start_of(Judge *j, Str group) {
  const char *name = format(j->l, "__start_%s", plain(j->l, group));
  u32 at = map_get(&j->provided_names, str_from(name));
  return at == NONE ? 0 : j->provided.p[at].at.value;
}

static bool is_turn(Judge *j, const Segment *s, Turn turn) {
  switch (turn) {
  case TURN_FIRST:
    return s->c.nrelocs &&
           !j->segment_referred[segment_fact(j, s) - j->segments] &&
           map_get(&j->referred_bytes, content(s)) == NONE;
  case TURN_REFERRED: return s->c.nrelocs;
  default: return true;
  }
}

static void find_segments(Judge *j, Turn turn) {
  Map groups = {0};
  VEC(u64) after = {0};
  for (u32 i = 0; i < j->l->objects.n; i++) {
    const Object *o = j->l->objects.p[i];
    for (u32 k = 0; k < o->nsegments; k++) {
      const Segment *s = &o->segments[k];
      if (!s->c.live || (s->flags & WASM_SEG_FLAG_TLS))
        continue;
      bool fresh;
      u32 *at = map_slot(j->l, &groups, group_of(s->c.name), &fresh);
      if (fresh) {
        *at = after.n;
        VEC_PUSH(j->l, after, start_of(j, group_of(s->c.name)));
      }
      u64 *end = &after.p[*at];
      Fact *f = segment_fact(j, s);
      if (!f->known && is_turn(j, s, turn))
        find_segment(j, s, *end, turn);
      drain(j);
      if (f->known)
        *end = f->value + s->c.size;
    }
  }
}

void find_unreached_data(Judge *j) {
  find_segments(j, TURN_FIRST);
  find_segments(j, TURN_REFERRED);
  find_segments(j, TURN_REST);
}
