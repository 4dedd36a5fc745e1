/* again.c: what is kept from one link to the next.  A third of a link's time
   is reading, and of the inputs of the link before most are still the same;
   everything behind reading is done anew from a clean state, so that the
   module is the one that a fresh link makes.

   Rule of thumb: an object that was read is kept as a whole, with a copy of
   all that later stages write to; before it is used again, the copy is written
   back.  No stage has to know. */

#include <stdlib.h>
#include <string.h>

#include "link.h"

/* A piece of memory, and what it held when its object had been read. */
typedef struct Saved {
  void *at, *copy;
  size_t size;
} Saved;

typedef struct Kept {
  Object *o;
  VEC(Saved) saved; /* empty: it is known by its names only */
  u32 user;         /* number of the last link that took it */
} Kept;

/* All that outlives a link.  The memory of what is replaced is only given back
   with the last link. */
struct Store {
  Arena arena;
  Map by_place; /* of the bytes, or the unit */
  VEC(Kept) kept;
  u32 link; /* number of the current link */
};

Arena *memory_of(Link *l) {
  return l->storing ? &l->store->arena : &l->arena;
}

bool begin_storing(Link *l) {
  bool before = l->storing;
  l->storing = l->store != NULL;
  return before;
}

void end_storing(Link *l, bool before) {
  l->storing = before;
}

/* -- the copy -- */

static void save(Link *l, Kept *k, void *at, size_t count, size_t size) {
  if (!count)
    return;
  Saved s = {at, alloc(l, count, size), count * size};
  memcpy(s.copy, at, s.size);
  VEC_PUSH(l, k->saved, s);
}

/* Whatever a later stage may write to. */
static void save_object(Link *l, Kept *k) {
  Object *o = k->o;
  save(l, k, o, 1, sizeof *o);
  save(l, k, o->imports, o->nimports, sizeof *o->imports);
  save(l, k, o->functions, o->nfunctions, sizeof *o->functions);
  save(l, k, o->globals, o->nglobals, sizeof *o->globals);
  save(l, k, o->tables, o->ntables, sizeof *o->tables);
  save(l, k, o->tags, o->ntags, sizeof *o->tags);
  save(l, k, o->segments, o->nsegments, sizeof *o->segments);
  save(l, k, o->comdats, o->ncomdats, sizeof *o->comdats);
  save(l, k, o->sections, o->nsections, sizeof *o->sections);
  for (u32 i = 0; i < o->nsections; i++)
    if (o->sections[i].custom)
      save(l, k, o->sections[i].custom, 1, sizeof *o->sections[i].custom);
}

static void restore_object(Kept *k) {
  Object *o = k->o;
  for (u32 i = 0; i < k->saved.n; i++)
    memcpy(k->saved.p[i].at, k->saved.p[i].copy, k->saved.p[i].size);
  if (!k->saved.n)
    *o = (Object){.bytes = o->bytes,
                  .size = o->size,
                  .unit = o->unit,
                  .kept = o->kept,
                  .names = o->names,
                  .named = o->named};
}

/* -- objects -- */

static Object *make_object(Link *l, const Unit *unit, const u8 *bytes,
                           size_t size) {
  Object *o = NEW(l, Object);
  o->unit = unit;
  o->bytes = bytes;
  o->size = size;
  o->kept = NONE;
  return o;
}

/* One place may be named twice on a command line: it is two objects then, and
   the second is not kept. */
static Object *store_object(Link *l, bool unchanged, const Unit *unit,
                            const u8 *bytes, size_t size) {
  Store *s = l->store;
  const void *place = unit ? (const void *)unit : bytes;
  Str key = {(const char *)&place, sizeof place};
  u32 at = map_get(&s->by_place, key);
  Kept *k = at == NONE ? NULL : &s->kept.p[at];
  if (k && k->user == s->link)
    return make_object(l, unit, bytes, size);
  if (k && unchanged && k->o->size == size) {
    k->user = s->link;
    restore_object(k);
    return k->o;
  }
  if (!k) {
    bool fresh;
    char *copy = NEW_ARRAY(l, char, key.n);
    memcpy(copy, key.p, key.n);
    key.p = copy;
    *map_slot(l, &s->by_place, key, &fresh) = at = s->kept.n;
    VEC_PUSH(l, s->kept, (Kept){0});
  }
  Object *o = make_object(l, unit, bytes, size);
  o->kept = at;
  s->kept.p[at] = (Kept){.o = o, .user = s->link};
  return o;
}

Object *new_object(Link *l, const Input *in, const u8 *bytes, size_t size) {
  if (!l->store)
    return make_object(l, in->unit, bytes, size);
  bool before = begin_storing(l);
  Object *o = store_object(l, in->unchanged, in->unit, bytes, size);
  end_storing(l, before);
  return o;
}

void load_object(Link *l, Object *o) {
  if (o->loaded)
    return;
  bool before = begin_storing(l);
  if (o->unit)
    read_unit(l, o);
  else
    read_object(l, o);
  o->loaded = true;
  if (o->kept != NONE)
    save_object(l, &l->store->kept.p[o->kept]);
  end_storing(l, before);
}

StrVec defined_names(Link *l, Object *o) {
  if (o->named)
    return o->names;
  bool before = begin_storing(l);
  o->names = o->unit ? read_unit_names(l, o->unit) : read_defined_names(l, o);
  o->named = true;
  end_storing(l, before);
  return o->names;
}

/* -- links -- */

void store_new(Link *l) {
  l->store = calloc(1, sizeof *l->store);
}

void store_free(Link *l) {
  if (l->store)
    arena_free(&l->store->arena);
  free(l->store);
}

/* Signatures are what objects share; their numbers are this link's.
   [unit.again] */
static void take_store(Link *l, Link *old) {
  store_free(l);
  l->store = old->store;
  old->store = NULL;
  l->signature_map = old->signature_map;
  l->signatures.p = old->signatures.p;
  l->signatures.n = old->signatures.n;
  l->signatures.cap = old->signatures.cap;
  for (u32 i = 0; i < l->signatures.n; i++) {
    l->signatures.p[i]->index.i = NONE;
    l->signatures.p[i]->stub = NULL;
  }
  l->store->link++;
}

Link *link_again(Link *old, const Request *request) {
  Link *l = link_new(request);
  if (l && l->store && old->store)
    take_store(l, old);
  link_free(old);
  return l;
}
