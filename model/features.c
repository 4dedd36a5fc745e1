/* features.c: which WebAssembly features the output may use.  Each object
   lists what it uses (+) and what must not be in the same module (-); the
   output's list is the union of what is used, or what --features says.

   Rule of thumb: an object without the section asks for nothing and forbids
   nothing. (Linking.md, "Target Features Section") */

#include "model.h"

bool has_feature(const Link *l, const char *name) {
  return map_get(&l->feature_map, str_from(name)) != NONE;
}

static void allow(Link *l, Str name) {
  bool fresh;
  map_slot(l, &l->feature_map, name, &fresh);
  if (fresh)
    VEC_PUSH(l, l->features, name);
}

static void allow_all(Link *l, const Names *names) {
  for (u32 i = 0; i < names->n; i++)
    allow(l, str_from(names->p[i]));
}

static bool has_live_tls(const Link *l) {
  for (u32 i = 0; i < l->segments.n; i++)
    if (l->segments.p[i]->is_tls)
      return true;
  return false;
}

/* The first object whose atomic accesses became plain ones, or NULL. */
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

/* What one object says of one feature, against what the output may use. */
static void check_feature(Link *l, const Object *o, const Feature *f) {
  bool allowed = map_get(&l->feature_map, f->name) != NONE;
  if (f->prefix == WASM_FEATURE_PREFIX_USED && !allowed)
    report(l, DIAG_FEATURE_NOT_ALLOWED, in_object(o), pretty(l, f->name),
           o->name);
  if (f->prefix == WASM_FEATURE_PREFIX_DISALLOWED && allowed)
    report(l, DIAG_FEATURE_DISALLOWED, in_object(o), pretty(l, f->name),
           o->name);
}

/* Threads need atomic instructions, and bulk-memory instructions to initialise
   what they share or have for themselves. */
static void check_threads(Link *l, DiagId id) {
  static const char *const needed[] = {"atomics", "bulk-memory"};
  for (u32 i = 0; i < 2; i++)
    if (!has_feature(l, needed[i]))
      report(l, id, in_file(NULL), needed[i]);
}

static void check_all(Link *l) {
  const Object *against = disallows_shared_memory(l);
  if (l->opt.shared_memory && against)
    report(l, DIAG_SHARED_MEMORY_DISALLOWED, in_object(against), against->name);
  if (l->opt.shared_memory)
    check_threads(l, DIAG_FEATURE_SHARED);
  if (has_live_tls(l))
    check_threads(l, DIAG_FEATURE_TLS);
  for (u32 i = 0; i < l->objects.n; i++) {
    const Object *o = l->objects.p[i];
    for (u32 k = 0; k < o->nfeatures; k++)
      check_feature(l, o, &o->features[k]);
  }
}

void settle_features(Link *l) {
  allow_all(l, &l->opt.extra_features);
  if (l->opt.have_features)
    allow_all(l, &l->opt.features);
  else
    for (u32 i = 0; i < l->objects.n; i++) {
      const Object *o = l->objects.p[i];
      for (u32 k = 0; k < o->nfeatures; k++)
        if (o->features[k].prefix == WASM_FEATURE_PREFIX_USED)
          allow(l, o->features[k].name);
    }
  if (l->opt.check_features)
    check_all(l);
  /* Imported memory need not be zero: where memory.fill may not be used, the
     zeros are written out; so they are where relocations refer to them. */
  l->emit_bss = (l->opt.import_memory && !has_feature(l, "bulk-memory")) ||
                l->opt.emit_relocs;
}

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
