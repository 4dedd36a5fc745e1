/* features.c: which WebAssembly features the output may use.  Each object
   lists what it uses (+) and what must not be in the same module (-); the
   output's list is the union of what is used, or what --features says.

   An older convention had a third prefix (=): the object uses the feature, and
   so must every other object.  LLD up to 19 knows it; --validate=strict refuses
   it, since the text no longer has it.

   Rule of thumb: an object without the section asks for nothing and forbids
   nothing. (Linking.md, "Target Features Section") */

#include "link.h"

bool has_feature(const Link *l, const char *name) {
  return map_get(&l->feature_map, str_from(name)) != NONE;
}

enum { BY_OPTION = 0 }; /* else the number of the object, from 1 */

/* [features.unknown] */
static void allow(Link *l, Str name, u32 by) {
  bool fresh;
  u32 *first = map_slot(l, &l->feature_map, name, &fresh);
  if (!fresh)
    return;
  *first = by;
  VEC_PUSH(l, l->features, name);
}

static void allow_all(Link *l, const Names *names) {
  for (u32 i = 0; i < names->n; i++)
    allow(l, str_from(names->p[i]), BY_OPTION);
}

/* Who has it in the output's list. */
static const char *allowed_by(const Link *l, Str name) {
  u32 by = map_get(&l->feature_map, name);
  return by == BY_OPTION ? "the command line" : l->objects.p[by - 1]->name;
}

static bool is_used(const Feature *f) {
  return f->prefix == WASM_FEATURE_PREFIX_USED ||
         f->prefix == WASM_FEATURE_PREFIX_REQUIRED;
}

/* The first piece of thread-local data that is kept, or NULL: no segment is
   before theirs. */
static const Chunk *live_tls(const Link *l) {
  const OutSegment *first = l->segments.n ? l->segments.p[0] : NULL;
  return first && first->is_tls ? first->chunks.p[0] : NULL;
}

/* The first object whose atomic accesses became plain ones, or NULL.
   [threads.disallowed] [threads.agnostic] */
static const Object *disallows_shared_memory(const Link *l) {
  for (u32 i = 0; i < l->objects.n; i++) {
    const Object *o = l->objects.p[i];
    for (u32 k = 0; k < o->nfeatures; k++)
      if (o->features[k].prefix == WASM_FEATURE_PREFIX_DISALLOWED &&
          str_is(o->features[k].name, "shared-mem"))
        return o;
  }
  return NULL;
}

/* What one object says of one feature, against what the output may use.
   [features.used] [features.disallowed] */
static void check_feature(Link *l, const Object *o, const Feature *f) {
  bool allowed = map_get(&l->feature_map, f->name) != NONE;
  if (is_used(f) && !allowed)
    report(l, DIAG_FEATURE_NOT_ALLOWED, in_object(o), pretty(l, f->name),
           o->name);
  if (f->prefix == WASM_FEATURE_PREFIX_DISALLOWED && allowed)
    report(l, DIAG_FEATURE_DISALLOWED, in_object(o), pretty(l, f->name),
           allowed_by(l, f->name), o->name);
}

static bool mentions(const Object *o, Str name) {
  for (u32 i = 0; i < o->nfeatures; i++)
    if (str_eq(o->features[i].name, name))
      return true;
  return false;
}

/* One that disallows it has been told so.
   [features.required] */
static void check_required(Link *l, const Object *by, Str name) {
  for (u32 i = 0; i < l->objects.n; i++) {
    const Object *o = l->objects.p[i];
    if (!mentions(o, name))
      report(l, DIAG_FEATURE_MISSING, in_object(o), pretty(l, name), by->name,
             o->name);
  }
}

/* How many objects use each feature. */
static Map count_users(Link *l) {
  Map users = {0};
  bool fresh;
  for (u32 i = 0; i < l->objects.n; i++) {
    const Object *o = l->objects.p[i];
    for (u32 k = 0; k < o->nfeatures; k++)
      if (is_used(&o->features[k]))
        ++*map_slot(l, &users, o->features[k].name, &fresh);
  }
  return users;
}

/* Objects without the section use nothing.  Users are counted first, so that
   objects are only gone through where one is missing. */
static void check_all_required(Link *l) {
  Map users = count_users(l), seen = {0};
  bool fresh;
  for (u32 i = 0; i < l->objects.n; i++) {
    const Object *o = l->objects.p[i];
    for (u32 k = 0; k < o->nfeatures; k++) {
      const Feature *f = &o->features[k];
      if (f->prefix != WASM_FEATURE_PREFIX_REQUIRED ||
          map_get(&users, f->name) == l->objects.n)
        continue;
      map_slot(l, &seen, f->name, &fresh);
      if (fresh)
        check_required(l, o, f->name);
    }
  }
}

/* Threads need atomic instructions, and bulk-memory instructions to initialise
   what they share or have for themselves.
   [threads.features] [tls.features] */
static void check_threads(Link *l, DiagId id, Where w) {
  static const char *const needed[] = {"atomics", "bulk-memory"};
  for (u32 i = 0; i < 2; i++)
    if (!has_feature(l, needed[i]))
      report(l, id, w, needed[i]);
}

static void check_all(Link *l) {
  const Object *against = disallows_shared_memory(l);
  if (l->opt.shared_memory && against)
    report(l, DIAG_SHARED_MEMORY_DISALLOWED, in_object(against), against->name);
  if (l->opt.shared_memory)
    check_threads(l, DIAG_FEATURE_SHARED, in_file(NULL));
  const Chunk *tls = live_tls(l);
  if (tls)
    check_threads(l, DIAG_FEATURE_TLS, in_object(tls->obj));
  for (u32 i = 0; i < l->objects.n; i++) {
    const Object *o = l->objects.p[i];
    for (u32 k = 0; k < o->nfeatures; k++)
      check_feature(l, o, &o->features[k]);
  }
  check_all_required(l);
}

/* [features.allowed.default] [features.absent] [option.features]
   [option.extra-features] [option.no-check-features] */
void settle_features(Link *l) {
  if (is_pic(l)) /* the loader's globals are */
    allow(l, STR("mutable-globals"), BY_OPTION);
  allow_all(l, &l->opt.extra_features);
  if (l->opt.have_features)
    allow_all(l, &l->opt.features);
  else
    for (u32 i = 0; i < l->objects.n; i++) {
      const Object *o = l->objects.p[i];
      for (u32 k = 0; k < o->nfeatures; k++)
        if (is_used(&o->features[k]))
          allow(l, o->features[k].name, i + 1);
    }
  if (l->opt.check_features)
    check_all(l);
  /* Imported memory need not be zero: where memory.fill may not be used, the
     zeros are written out; so they are where relocations refer to them. */
  l->emit_bss = (l->opt.import_memory && !has_feature(l, "bulk-memory")) ||
                l->opt.emit_relocs;
}

/* [features.mutable-globals] */
void check_mutable_globals(Link *l) {
  if (l->opt.relocatable || !l->opt.check_features ||
      has_feature(l, "mutable-globals"))
    return;
  for (u32 i = 0; i < l->imports.n; i++) {
    const Symbol *s = l->imports.p[i];
    if (s->kind == WASM_SYMBOL_TYPE_GLOBAL && s->item->mutable)
      report(l, DIAG_MUTABLE_GLOBAL, in_object(s->obj), "imported",
             pretty(l, s->name));
  }
  for (u32 i = 0; i < l->exported.n; i++) {
    const Symbol *s = l->exported.p[i];
    if (s->kind == WASM_SYMBOL_TYPE_GLOBAL && s->item->mutable)
      report(l, DIAG_MUTABLE_GLOBAL, in_object(s->obj), "exported",
             pretty(l, s->name));
  }
}
