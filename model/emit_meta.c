/* emit_meta.c: the custom sections of the output: those of the inputs, joined
   by name, then the ones the linker writes itself: name, producers,
   target_features, build_id.

   Rule of thumb: joining is concatenation in object order; only strings that
   are known to be strings, and code metadata, are merged. */

#include <stdlib.h>
#include <string.h>

#include "link.h"

/* For a payload of that many bytes behind the name. */
static u32 emit_custom_header(Link *l, Str name, u64 size) {
  u64 total = uleb_size(name.n) + name.n + size;
  if (total > UINT32_MAX)
    fail(l, DIAG_OUTPUT_TOO_LARGE, in_file(NULL), pretty(l, name), total);
  u32 number = emit_header(l, WASM_SEC_CUSTOM, total);
  l->sections.p[number].name = name;
  put_str(&l->out, name);
  return number;
}

void emit_custom(Link *l, Str name, const Buf *body) {
  emit_custom_header(l, name, body->n);
  put_bytes(&l->out, body->p, body->n);
}

/* -- the inputs' own -- */

/* An input's build_id is that of the input, not of the output.
   [custom.consumed] [custom.empty] [custom.bitcode] [option.keep-section] */
static bool is_copied(Link *l, const Chunk *c) {
  static const char *const consumed[] = {
      "linking",         "name",    "producers", "build_id",
      "target_features", ".llvmbc", ".llvmcmd"};
  if (c->discarded || !c->size || str_starts(c->name, "reloc."))
    return false;
  for (u32 i = 0; i < sizeof consumed / sizeof *consumed; i++)
    if (str_is(c->name, consumed[i]))
      return false;
  if (is_code_metadata(c->name))
    return keeps_metadata(l, c);
  bool strip = l->opt.strip_all || l->opt.strip_debug;
  return !(strip && str_starts(c->name, ".debug_"));
}

/* The output section for c.  In an object the member of a group has one of its
   own, to be dropped with the group. */
static u32 custom_for(Link *l, Map *by_name, const Chunk *c) {
  u32 n = l->customs.n;
  if (!l->opt.relocatable || c->comdat == NONE) {
    bool fresh;
    u32 *at = map_slot(l, by_name, c->name, &fresh);
    if (!fresh)
      return *at;
    *at = n;
  }
  VEC_PUSH(l, l->customs, ((CustomOut){.name = c->name}));
  return n;
}

/* [custom.kept] [relocatable.custom-sections] [custom.order] */
static void collect_customs(Link *l) {
  Map by_name = {0};
  for (u32 i = 0; i < l->objects.n; i++) {
    const Object *o = l->objects.p[i];
    for (u32 k = 0; k < o->nsections; k++) {
      Chunk *c = o->sections[k].custom;
      if (!c || !is_copied(l, c))
        continue;
      c->custom = custom_for(l, &by_name, c);
      VEC_PUSH(l, l->customs.p[c->custom].chunks, c);
    }
  }
}

/* [custom.concatenate] */
static void place_custom(Link *l, CustomOut *out) {
  if (mergeable_customs(l, out->chunks.p, out->chunks.n)) {
    for (u32 i = 0; i < out->chunks.n; i++)
      split_strings(l, out->chunks.p[i]);
    out->chunks.p[0] = merge_strings(l, out->chunks.p, out->chunks.n);
    out->chunks.n = 1;
  }
  if (is_code_metadata(out->name))
    merge_metadata(l, out);
  for (u32 i = 0; i < out->chunks.n; i++) {
    Chunk *c = out->chunks.p[i];
    u64 align = 1ull << c->align;
    c->out_offset = (out->size + align - 1) / align * align;
    out->size = c->out_offset + c->size;
  }
}

/* Before anything is written: all sections may refer to them. */
void place_customs(Link *l) {
  collect_customs(l);
  for (u32 i = 0; i < l->customs.n; i++)
    place_custom(l, &l->customs.p[i]);
}

/* [code-metadata.place] */
void emit_customs(Link *l, bool metadata) {
  for (u32 i = 0; i < l->customs.n; i++) {
    CustomOut *out = &l->customs.p[i];
    if (is_code_metadata(out->name) != metadata)
      continue;
    out->section = emit_custom_header(l, out->name, out->size);
    u8 *p = put_space(&l->out, out->size);
    for (u32 k = 0; k < out->chunks.n; k++)
      write_chunk(l, out->chunks.p[k], p + out->chunks.p[k]->out_offset);
  }
}

/* -- the linker's -- */

/* [option.strip-all] [option.strip-debug] [build-id.kept] */
static bool is_stripped(const Link *l, const char *name) {
  return l->opt.strip_all && !listed(&l->opt.keep_sections, str_from(name));
}

/* A sub-section of "name": a count of (index, name) pairs, and the pairs. */
typedef struct NameMap {
  Buf b;
  u32 n;
} NameMap;

static void add_name(NameMap *m, u32 index, Str name) {
  put_uleb(&m->b, index);
  put_str(&m->b, name);
  m->n++;
}

static void put_name_map(Buf *b, u8 id, const NameMap *m) {
  if (!m->n)
    return;
  put_u8(b, id);
  put_uleb(b, uleb_size(m->n) + m->b.n);
  put_uleb(b, m->n);
  put_bytes(b, m->b.p, m->b.n);
}

/* [names.function.import] */
static void name_imports(Link *l, NameMap *m, u8 kind) {
  for (u32 i = 0; i < l->imports.n; i++) {
    const Symbol *s = l->imports.p[i];
    /* The next link would refuse an empty name. */
    if (s->kind == kind && (s->name.n || !l->opt.relocatable))
      add_name(m, s->index.i, display_name(l, s->name));
  }
}

/* [names.function] */
static void name_functions(Link *l, NameMap *m) {
  name_imports(l, m, WASM_SYMBOL_TYPE_FUNCTION);
  for (u32 i = 0; i < l->functions.n; i++) {
    const Function *f = l->functions.p[i];
    if (f->debug_name.n)
      add_name(m, f->index.i, f->debug_name);
    else if (f->c.name.n)
      add_name(m, f->index.i, display_name(l, f->c.name));
  }
}

/* [names.global] [got.names] */
static void name_globals(Link *l, NameMap *m) {
  name_imports(l, m, WASM_SYMBOL_TYPE_GLOBAL);
  for (u32 i = 0; i < l->got_imports.n; i++)
    add_name(m, l->got_imports.p[i]->got,
             display_name(l, l->got_imports.p[i]->name));
  for (u32 i = 0; i < l->globals.n; i++) {
    const Item *g = l->globals.p[i];
    if (g->name.n)
      add_name(m, g->index.i, display_name(l, g->name));
  }
  for (u32 i = 0; i < l->got.n; i++) {
    const Symbol *s = l->got.p[i];
    bool function = s->kind == WASM_SYMBOL_TYPE_FUNCTION;
    add_name(m, s->got,
             str_from(format(l, "GOT.%s.internal.%s",
                             function ? "func" : "data", pretty(l, s->name))));
  }
}

/* [names.data] */
static void name_segments(Link *l, NameMap *m) {
  for (u32 i = 0; i < l->segments.n; i++) {
    const OutSegment *s = l->segments.p[i];
    if (s->name.n && in_binary(l, s))
      add_name(m, s->index, s->name);
  }
}

/* [names.section] [names.module] [relocatable.names] */
void emit_names(Link *l) {
  NameMap functions = {.b.link = l}, globals = {.b.link = l},
          segments = {.b.link = l};
  if (is_stripped(l, "name"))
    return;
  name_functions(l, &functions);
  name_globals(l, &globals);
  name_segments(l, &segments);
  Buf b = {.link = l};
  Str module = str_from(l->opt.module_name);
  put_u8(&b, WASM_NAMES_MODULE);
  put_uleb(&b, uleb_size(module.n) + module.n);
  put_str(&b, module);
  put_name_map(&b, WASM_NAMES_FUNCTION, &functions);
  put_name_map(&b, WASM_NAMES_GLOBAL, &globals);
  put_name_map(&b, WASM_NAMES_DATA_SEGMENT, &segments);
  emit_custom(l, STR("name"), &b);
}

/* The union over all objects; of a tool's versions the first is kept.
   [producers.first-version] */
static void put_producers_field(Link *l, Buf *b, u32 field, u32 *fields) {
  static const char *const names[] = {"language", "processed-by", "sdk"};
  Map seen = {0};
  Buf values = {.link = l};
  for (u32 i = 0; i < l->objects.n; i++) {
    const Object *o = l->objects.p[i];
    for (u32 k = 0; k < o->producers[field].n; k++) {
      const Producer *p = &o->producers[field].p[k];
      bool fresh;
      map_slot(l, &seen, p->name, &fresh);
      if (!fresh)
        continue;
      put_str(&values, p->name);
      put_str(&values, p->version);
    }
  }
  if (!seen.n)
    return;
  put_str(b, str_from(names[field]));
  put_uleb(b, seen.n);
  put_bytes(b, values.p, values.n);
  (*fields)++;
}

/* [producers.merge] [relocatable.producers] */
void emit_producers(Link *l) {
  Buf fields = {.link = l}, b = {.link = l};
  u32 n = 0;
  if (is_stripped(l, "producers"))
    return;
  for (u32 i = 0; i < PRODUCER_FIELDS; i++)
    put_producers_field(l, &fields, i, &n);
  if (!n)
    return;
  put_uleb(&b, n);
  put_bytes(&b, fields.p, fields.n);
  emit_custom(l, STR("producers"), &b);
}

static int by_name(const void *a, const void *b) {
  return str_cmp(((const Feature *)a)->name, ((const Feature *)b)->name);
}

typedef VEC(Feature) FeatureVec;

/* What some object must not be linked with, for the next link to check. */
static void add_disallowed(Link *l, FeatureVec *v) {
  Map seen = {0};
  for (u32 i = 0; i < l->objects.n; i++) {
    const Object *o = l->objects.p[i];
    for (u32 k = 0; k < o->nfeatures; k++) {
      const Feature *f = &o->features[k];
      bool fresh;
      if (f->prefix != WASM_FEATURE_PREFIX_DISALLOWED ||
          map_get(&l->feature_map, f->name) != NONE)
        continue;
      map_slot(l, &seen, f->name, &fresh);
      if (fresh)
        VEC_PUSH(l, *v, *f);
    }
  }
}

/* [features.union] [relocatable.features] [features.section] */
void emit_features(Link *l) {
  FeatureVec v = {0};
  for (u32 i = 0; i < l->features.n; i++)
    VEC_PUSH(l, v, ((Feature){WASM_FEATURE_PREFIX_USED, l->features.p[i]}));
  if (l->opt.relocatable)
    add_disallowed(l, &v);
  if (!v.n || is_stripped(l, "target_features"))
    return;
  qsort(v.p, v.n, sizeof *v.p, by_name);
  Buf b = {.link = l};
  put_uleb(&b, v.n);
  for (u32 i = 0; i < v.n; i++) {
    put_u8(&b, v.p[i].prefix);
    put_str(&b, v.p[i].name);
  }
  emit_custom(l, STR("target_features"), &b);
}

/* The id may be a hash of the module, which has blanks there until then.
   (BuildId.md)
   [build-id.section] [build-id.asked-for] [build-id.styles]
   [build-id.deterministic] [build-id.unique] */
void emit_build_id(Link *l) {
  u32 n = l->opt.build_id_size;
  if (!l->opt.build_id)
    return;
  Buf b = {.link = l};
  put_uleb(&b, n);
  memset(put_space(&b, n), ' ', n);
  emit_custom(l, STR("build_id"), &b);
  const Request *r = l->request;
  if (r->build_id)
    r->build_id(r->host, l->out.p, l->out.n, l->out.p + l->out.n - n);
}
