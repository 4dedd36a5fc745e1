/* judge_meta.c: what the module says of itself: features and producers, the
   union of what the inputs say, each once, in any order; and its build id. */

#include <string.h>

#include "judge_parts.h"

static bool is_left_out(const Judge *j, const char *section) {
  return j->l->opt.strip_all &&
         !listed(&j->l->opt.keep_sections, str_from(section));
}

/* Names in the order of their first mention. */
typedef struct Union {
  Map map;
  StrVec names;
} Union;

static void add(Judge *j, Union *u, Str name) {
  bool fresh;
  map_slot(j->l, &u->map, name, &fresh);
  if (fresh)
    VEC_PUSH(j->l, u->names, name);
}

static bool has(const Union *u, Str name) {
  return map_get(&u->map, name) != NONE;
}

/* Says what of `all` the module does not list. */
static void judge_missing(Judge *j, const Union *all, const Union *listed_here,
                          const char *clause, const char *what) {
  for (u32 i = 0; i < all->names.n; i++) {
    Str name = all->names.p[i];
    Site by =
        site_of(format(j->l, "%s %s", what, plain(j->l, name)), NO_OFFSET);
    if (!has(listed_here, name))
      violate(j, clause, &by, NULL, "that it is listed", "not so");
  }
}

/* -- target_features -- */

static void add_options(Judge *j, Union *u, const Names *names) {
  for (u32 i = 0; i < names->n; i++)
    add(j, u, str_from(names->p[i]));
}

static Union used_features(Judge *j) {
  Union u = {0};
  if (is_pic(j->l)) /* the loader's globals are */
    add(j, &u, STR("mutable-globals"));
  add_options(j, &u, &j->l->opt.extra_features);
  if (j->l->opt.have_features)
    add_options(j, &u, &j->l->opt.features);
  for (u32 i = 0; i < j->l->objects.n && !j->l->opt.have_features; i++) {
    const Object *o = j->l->objects.p[i];
    for (u32 k = 0; k < o->nfeatures; k++)
      if (o->features[k].prefix != WASM_FEATURE_PREFIX_DISALLOWED)
        add(j, &u, o->features[k].name);
  }
  return u;
}

/* What must not be used is told to the next link. */
static Union refused_features(Judge *j) {
  Union u = {0};
  for (u32 i = 0; i < j->l->objects.n && j->l->opt.relocatable; i++) {
    const Object *o = j->l->objects.p[i];
    for (u32 k = 0; k < o->nfeatures; k++)
      if (o->features[k].prefix == WASM_FEATURE_PREFIX_DISALLOWED)
        add(j, &u, o->features[k].name);
  }
  return u;
}

bool uses_feature(Judge *j, const char *name) {
  Union used = used_features(j);
  return has(&used, str_from(name));
}

static void judge_features(Judge *j) {
  Union used = used_features(j), refused = refused_features(j), seen = {0};
  if (!j->m->feature_count && is_left_out(j, "target_features"))
    return;
  for (u32 i = 0; i < j->m->feature_count; i++) {
    const DecFeature *f = &j->m->features[i];
    Str name = text_of(f->name);
    Site by = site_of(format(j->l, "feature %s", plain(j->l, name)),
                      (u64)(f->name.at - j->m->bytes));
    bool is_used = f->prefix == WASM_FEATURE_PREFIX_USED && has(&used, name);
    bool is_refused =
        f->prefix == WASM_FEATURE_PREFIX_DISALLOWED && has(&refused, name);
    if (has(&seen, name) || (!is_used && !is_refused))
      violate(j, "features.union", &by, NULL,
              "one that an input uses or an option names, once",
              has(&seen, name) ? "twice" : "another");
    add(j, &seen, name);
  }
  judge_missing(j, &used, &seen, "features.union", "feature");
  judge_missing(j, &refused, &seen, "relocatable.features",
                "feature that must not be used");
}

/* -- producers -- */

static const Str fields[PRODUCER_FIELDS] = {
    {"language", 8}, {"processed-by", 12}, {"sdk", 3}};

static Str key_of(Judge *j, Str a, Str b) {
  return str_from(format(j->l, "%.*s %.*s", (int)a.n, a.p, (int)b.n, b.p));
}

/* Tools by field and name; and with each version that some input has. */
static void given(Judge *j, Union *tools, Union *versions) {
  for (u32 i = 0; i < j->l->objects.n; i++)
    for (u32 k = 0; k < PRODUCER_FIELDS; k++)
      for (u32 n = 0; n < j->l->objects.p[i]->producers[k].n; n++) {
        const Producer *p = &j->l->objects.p[i]->producers[k].p[n];
        Str key = key_of(j, fields[k], p->name);
        add(j, tools, key);
        add(j, versions, key_of(j, key, p->version));
      }
}

/* The linker may name itself as a tool, under one name; if it is a compiler,
   too, as a language as well. */
static Str linker_name(Judge *j, const Union *tools) {
  for (u32 i = 0; i < j->m->producer_count; i++) {
    const DecProducer *p = &j->m->producers[i];
    Str field = text_of(p->field), name = text_of(p->name);
    if (str_eq(field, fields[PRODUCER_PROCESSED_BY]) &&
        !has(tools, key_of(j, field, name)))
      return name;
  }
  return (Str){0};
}

static bool is_linker(Judge *j, const Union *tools, const DecProducer *p,
                      Str own) {
  Str field = text_of(p->field), name = text_of(p->name);
  if (!own.n || !str_eq(own, name) || has(tools, key_of(j, field, name)) ||
      str_eq(field, fields[PRODUCER_SDK]))
    return false;
  take(j, PERMISSION_PRODUCER);
  return true;
}

static void judge_producers(Judge *j) {
  Union tools = {0}, versions = {0}, seen = {0};
  if (!j->m->producer_count && is_left_out(j, "producers"))
    return;
  given(j, &tools, &versions);
  Str own = linker_name(j, &tools);
  for (u32 i = 0; i < j->m->producer_count; i++) {
    const DecProducer *p = &j->m->producers[i];
    Str key = key_of(j, text_of(p->field), text_of(p->name));
    Site by = site_of(format(j->l, "producer %s", plain(j->l, key)),
                      (u64)(p->name.at - j->m->bytes));
    bool known = has(&versions, key_of(j, key, text_of(p->version)));
    if (has(&seen, key) || (!known && !is_linker(j, &tools, p, own)))
      violate(j, "producers.merge", &by, NULL,
              "one that an input has, with its version, once",
              has(&seen, key) ? "twice" : "another");
    add(j, &seen, key);
  }
  judge_missing(j, &tools, &seen, "producers.merge", "producer");
}

/* -- build_id -- */

/* How it is made, and so its size, is the linker's to say, if not the
   user's. */
static bool may_be_id(const Options *o, DecBytes id) {
  if (!o->build_id_bytes)
    return id.size > 0;
  return id.size == o->build_id_size &&
         (!id.size || memcmp(id.at, o->build_id_bytes, id.size) == 0);
}

static void judge_build_id(Judge *j) {
  const DecModule *m = j->m;
  const Options *o = &j->l->opt;
  Site by = site_of("the build id", NO_OFFSET);
  if (!o->build_id)
    return;
  if (!m->has_build_id)
    return violate(j, "build-id.asked-for", &by, NULL, "a section build_id",
                   "none");
  by.out = (u64)(m->build_id.at - m->bytes);
  if (!may_be_id(o, m->build_id))
    violate(j, "build-id.styles", &by, NULL,
            o->build_id_bytes ? "the bytes that were asked for" : "some bytes",
            m->build_id.size ? "others" : "none");
}

void judge_meta(Judge *j) {
  judge_features(j);
  judge_producers(j);
  judge_build_id(j);
}
