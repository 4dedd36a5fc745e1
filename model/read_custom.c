/* read_custom.c: custom sections of an object.  The linker knows a few by name:
   "name" (what functions are called in debuggers), "producers" (which tools
   made the object) and "target_features" (what it needs of an engine); see
   read_linking.c for the rest.  Every one is a chunk too: what is not known is
   copied. */

#include "link.h"

/* [name.functions] [name.debug-name] */
static void read_names(Link *l, Object *o, Cursor *c) {
  bool seen = false;
  while (cursor_left(c)) {
    Where at = at_cursor(c, "name sub-section id");
    u8 id = read_u8(c, "name sub-section id");
    u32 size = read_uleb32(c, "name sub-section size");
    Cursor sub = read_sub(c, size, "name sub-section");
    if (id != WASM_NAMES_FUNCTION)
      continue;
    if (seen)
      fail(l, DIAG_SUBSECTION_TWICE, at, id);
    seen = true;
    i64 last = -1; /* the index before */
    for (u32 n = read_count(&sub, 2, "function name count"); n > 0; n--) {
      Where w = at_cursor(&sub, "function name index");
      u32 index = read_uleb32(&sub, "function name index");
      if ((i64)index <= last)
        fail(l, DIAG_NAME_ORDER, w, index);
      if (index >= o->nfimports + o->nfunctions)
        fail(l, DIAG_INDEX_RANGE, w, "function index", index,
             o->nfimports + o->nfunctions);
      last = index;
      w = at_cursor(&sub, "function name");
      Str name = read_str(&sub, "function name");
      if (!name.n)
        fail(l, DIAG_NAME_EMPTY, w, index);
      Function *f = defined_function(o, index);
      if (f)
        f->debug_name = name;
    }
    if (cursor_left(&sub))
      fail(l, DIAG_SECTION_LEFTOVER, at_cursor(&sub, "name sub-section"),
           cursor_left(&sub));
  }
}

/* [producers.field] [producers.field.known] [producers.value.unique]
   [producers.end] */
static void read_producers(Link *l, Object *o, Cursor *c) {
  static const char *const fields[] = {"language", "processed-by", "sdk"};
  bool seen[PRODUCER_FIELDS] = {0};
  for (u32 n = read_count(c, 2, "producers field count"); n > 0; n--) {
    Where w = at_cursor(c, "producers field name");
    Str name = read_str(c, "producers field name");
    u32 k = 0;
    while (k < PRODUCER_FIELDS && !str_is(name, fields[k]))
      k++;
    if (k == PRODUCER_FIELDS || seen[k])
      fail(l, DIAG_PRODUCERS_FIELD, w, pretty(l, name),
           k == PRODUCER_FIELDS ? "is not known" : "appears twice");
    seen[k] = true;
    Map values = {0};
    for (u32 m = read_count(c, 2, "producers value count"); m > 0; m--) {
      w = at_cursor(c, "producer name");
      Producer p = {.name = read_str(c, "producer name")};
      bool fresh;
      map_slot(l, &values, p.name, &fresh);
      if (!fresh)
        fail(l, DIAG_PRODUCER_TWICE, w, pretty(l, p.name));
      p.version = read_str(c, "producer version");
      VEC_PUSH(l, o->producers[k], p);
    }
  }
}

/* [features.unique] [features.prefix] [features.required] */
static void read_features(Link *l, Object *o, Cursor *c) {
  o->nfeatures = read_count(c, 2, "feature count");
  o->features = NEW_ARRAY(l, Feature, o->nfeatures);
  Map seen = {0};
  for (u32 i = 0; i < o->nfeatures; i++) {
    Feature *f = &o->features[i];
    Where w = at_cursor(c, "feature prefix");
    f->prefix = read_u8(c, "feature prefix");
    if (f->prefix == WASM_FEATURE_PREFIX_REQUIRED)
      violation(l, DIAG_FEATURE_OLD_PREFIX, w);
    else if (f->prefix != WASM_FEATURE_PREFIX_USED &&
             f->prefix != WASM_FEATURE_PREFIX_DISALLOWED)
      fail(l, DIAG_FEATURE_PREFIX, w, f->prefix);
    w = at_cursor(c, "feature name");
    f->name = read_str(c, "feature name");
    bool fresh;
    map_slot(l, &seen, f->name, &fresh);
    if (!fresh)
      fail(l, DIAG_FEATURE_TWICE, w, pretty(l, f->name));
  }
}

/* llvm-cov reads its sections as arrays of 8-byte words (wasm-ld has the same
   exception: the format has no alignment for custom sections).
   [custom.coverage-alignment] */
static u32 custom_align(Str name) {
  return str_is(name, "__llvm_covfun") || str_is(name, "__llvm_covmap") ? 3 : 0;
}

void read_custom(Link *l, Object *o, Section *s, Cursor *c) {
  if (str_is(s->name, "linking"))
    read_linking(l, o, c);
  else if (str_starts(s->name, "reloc."))
    read_relocs(l, o, c);
  else if (str_is(s->name, "name"))
    read_names(l, o, c);
  else if (str_is(s->name, "producers"))
    read_producers(l, o, c);
  else if (str_is(s->name, "target_features"))
    read_features(l, o, c);
  else
    c->p = c->end; /* an unknown one may hold anything */
  Chunk *k = s->custom = NEW(l, Chunk);
  k->obj = o;
  k->name = s->name;
  k->bytes = o->bytes + s->offset;
  k->size = s->size;
  k->align = custom_align(s->name);
  k->comdat = k->custom = NONE;
}
