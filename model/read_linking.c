/* read_linking.c: the custom section that makes a module an object, "linking":
   symbols, segment info, init functions, COMDAT groups (tool-conventions
   Linking.md).

   Rule of thumb: a row is only accepted when everything it points at exists
   and is of the kind it says. */

#include "link.h"

/* -- WASM_SYMBOL_TABLE -- */

/* The index space that a symbol of this kind points into. */
typedef struct Space {
  const char *name;
  const Import **imports;
  u32 nimports, ndefined;
} Space;

static Space symbol_space(const Object *o, u8 kind) {
  switch (kind) {
  case WASM_SYMBOL_TYPE_FUNCTION:
    return (Space){"function", o->fimports, o->nfimports, o->nfunctions};
  case WASM_SYMBOL_TYPE_GLOBAL:
    return (Space){"global", o->gimports, o->ngimports, o->nglobals};
  case WASM_SYMBOL_TYPE_TAG:
    return (Space){"tag", o->eimports, o->neimports, o->ntags};
  default: return (Space){"table", o->timports, o->ntimports, o->ntables};
  }
}

/* Function, global, tag and table symbols: an index; then, if defined or
   WASM_SYMBOL_EXPLICIT_NAME is set, a name.
   [symbol.object] [symbol.index] [symbol.import-name] [symbol.explicit-name] */
static void read_index_symbol(Cursor *c, const Object *o, SymbolRow *r) {
  Space space = symbol_space(o, r->kind);
  Where w = at_cursor(c, "symbol index");
  r->index.i = read_uleb32(c, "symbol index");
  u32 n = space.nimports + space.ndefined;
  bool undefined = r->flags & WASM_SYMBOL_UNDEFINED;
  if (r->index.i >= n)
    fail(c->link, DIAG_INDEX_RANGE, w, "symbol index", r->index.i, n);
  if (undefined != (r->index.i < space.nimports))
    fail(c->link, DIAG_SYMBOL_DEFINEDNESS, w,
         undefined ? "undefined" : "defined", space.name, r->index.i,
         undefined ? "defined" : "imported");
  if (undefined && row_is_weak(r) && r->kind != WASM_SYMBOL_TYPE_FUNCTION)
    fail(c->link, DIAG_SYMBOL_WEAK_UNDEFINED, w, space.name);
  if (!undefined) {
    r->name = read_str(c, "symbol name");
    return;
  }
  const Import *m = space.imports[r->index.i];
  r->import_module = m->module;
  r->name = m->field;
  if (r->flags & WASM_SYMBOL_EXPLICIT_NAME) {
    r->name = read_str(c, "symbol name");
    r->import_name = m->field;
  }
}

/* [symbol.data.name] [symbol.data.segment] [symbol.data.offset] */
static void read_data_symbol(Cursor *c, const Object *o, SymbolRow *r) {
  r->name = read_str(c, "symbol name");
  if (r->flags & WASM_SYMBOL_UNDEFINED)
    return;
  Where w = at_cursor(c, "symbol segment");
  r->index.i = read_uleb32(c, "symbol segment");
  Where at_offset = at_cursor(c, "symbol offset");
  r->offset = read_uleb64(c, "symbol offset");
  r->size = read_uleb64(c, "symbol size");
  if (r->flags & WASM_SYMBOL_ABSOLUTE)
    return;
  if (r->index.i >= o->nsegments)
    fail(c->link, DIAG_INDEX_RANGE, w, "symbol segment", r->index.i,
         o->nsegments);
  const Chunk *s = &o->segments[r->index.i].c;
  if (r->offset > s->size)
    fail(c->link, DIAG_SYMBOL_OFFSET, at_offset, pretty(c->link, r->name),
         r->offset, pretty(c->link, s->name), s->size);
}

/* [symbol.section] */
static void read_section_symbol(Cursor *c, const Object *o, SymbolRow *r) {
  Where w = at_cursor(c, "symbol section");
  r->index.i = read_uleb32(c, "symbol section");
  if (!row_is_local(r) || (r->flags & WASM_SYMBOL_UNDEFINED))
    fail(c->link, DIAG_SECTION_SYMBOL_FLAGS, w, r->flags);
  /* The section "linking" itself, being read, is the last one known. */
  if (r->index.i >= o->nsections)
    fail(c->link, DIAG_INDEX_RANGE, w, "symbol section", r->index.i,
         o->nsections);
  u8 id = o->sections[r->index.i].id;
  if (id != WASM_SEC_CUSTOM && id != WASM_SEC_CODE && id != WASM_SEC_DATA)
    fail(c->link, DIAG_SECTION_SYMBOL_TARGET, w, r->index.i);
  r->name = o->sections[r->index.i].name;
}

/* [linking.symbols.kind] */
static void read_symbol(Cursor *c, const Object *o, SymbolRow *r) {
  Where w = at_cursor(c, "symbol kind");
  r->at = w.offset;
  r->kind = read_u8(c, "symbol kind");
  if (r->kind > WASM_SYMBOL_TYPE_TABLE)
    fail(c->link, DIAG_SYMBOL_KIND, w, r->kind);
  r->flags = read_uleb32(c, "symbol flags");
  if (r->kind == WASM_SYMBOL_TYPE_DATA)
    read_data_symbol(c, o, r);
  else if (r->kind == WASM_SYMBOL_TYPE_SECTION)
    read_section_symbol(c, o, r);
  else
    read_index_symbol(c, o, r);
}

/* What a symbol defines is called by the first symbol that does so. */
static void name_definition(Object *o, const SymbolRow *r) {
  Str *name = NULL;
  switch (r->kind) {
  case WASM_SYMBOL_TYPE_FUNCTION:
    name = &o->functions[r->index.i - o->nfimports].c.name;
    break;
  case WASM_SYMBOL_TYPE_GLOBAL:
    name = &o->globals[r->index.i - o->ngimports].name;
    break;
  case WASM_SYMBOL_TYPE_TAG:
    name = &o->tags[r->index.i - o->neimports].name;
    break;
  case WASM_SYMBOL_TYPE_TABLE:
    name = &o->tables[r->index.i - o->ntimports].name;
    break;
  }
  if (name && !name->n)
    *name = r->name;
}

/* [linking.symbols.count] */
static void read_symbol_table(Link *l, Object *o, Cursor *c) {
  o->nsymbols = read_count(c, 3, "symbol count");
  o->rows = NEW_ARRAY(l, SymbolRow, o->nsymbols);
  for (u32 i = 0; i < o->nsymbols; i++) {
    read_symbol(c, o, &o->rows[i]);
    if (!(o->rows[i].flags & WASM_SYMBOL_UNDEFINED))
      name_definition(o, &o->rows[i]);
  }
}

/* -- WASM_SEGMENT_INFO, WASM_INIT_FUNCS, WASM_COMDAT_INFO -- */

/* [linking.segments.count] [linking.segments.alignment] */
static void read_segment_info(Link *l, Object *o, Cursor *c) {
  Where w = at_cursor(c, "segment info count");
  u32 n = read_count(c, 3, "segment info count");
  if (n > o->nsegments)
    fail(l, DIAG_COUNT_DIFFERS, w, "segment info", n, "data segment",
         o->nsegments);
  for (u32 i = 0; i < n; i++) {
    Segment *s = &o->segments[i];
    s->info_at = cursor_offset(c);
    s->c.name = read_str(c, "segment name");
    s->c.align = read_alignment(c, "segment alignment");
    s->flags = read_uleb32(c, "segment flags");
  }
}

/* [linking.init-functions.symbol] */
static void read_init_functions(Link *l, Object *o, Cursor *c) {
  o->ninits = read_count(c, 2, "init function count");
  o->inits = NEW_ARRAY(l, InitFunction, o->ninits);
  for (u32 i = 0; i < o->ninits; i++) {
    InitFunction *f = &o->inits[i];
    f->priority = read_uleb32(c, "init function priority");
    Where w = at_cursor(c, "init function symbol");
    f->symbol.i = read_uleb32(c, "init function symbol");
    if (f->symbol.i >= o->nsymbols ||
        o->rows[f->symbol.i].kind != WASM_SYMBOL_TYPE_FUNCTION)
      fail(l, DIAG_INIT_FUNCTION, w, f->symbol.i);
  }
}

/* The definition with index i of a space that begins with imports: its group.
   NULL: an import, or there is none. */
static u32 *item_comdat(Item *items, u32 nimports, u32 n, u32 i) {
  return i >= nimports && i - nimports < n ? &items[i - nimports].comdat : NULL;
}

/* The group of what a COMDAT entry names.
   [comdat.entry] [comdat.entry.kind] [comdat.entry.import]
   [comdat.entry.index] */
static u32 *member_comdat(Cursor *c, const Object *o) {
  Where w = at_cursor(c, "comdat entry kind");
  u8 kind = read_u8(c, "comdat entry kind");
  Where wi = at_cursor(c, "comdat entry index");
  u32 i = read_uleb32(c, "comdat entry index"), n = 0, *group = NULL;
  switch (kind) {
  case WASM_COMDAT_DATA:
    if (i < (n = o->nsegments))
      group = &o->segments[i].c.comdat;
    break;
  case WASM_COMDAT_FUNCTION:
    n = o->nfimports + o->nfunctions;
    if (i >= o->nfimports && i < n)
      group = &o->functions[i - o->nfimports].c.comdat;
    break;
  case WASM_COMDAT_GLOBAL:
    n = o->ngimports + o->nglobals;
    group = item_comdat(o->globals, o->ngimports, o->nglobals, i);
    break;
  case WASM_COMDAT_TAG:
    n = o->neimports + o->ntags;
    group = item_comdat(o->tags, o->neimports, o->ntags, i);
    break;
  case WASM_COMDAT_TABLE:
    n = o->ntimports + o->ntables;
    group = item_comdat(o->tables, o->ntimports, o->ntables, i);
    break;
  case WASM_COMDAT_SECTION:
    if (i < (n = o->nsections) && o->sections[i].custom)
      group = &o->sections[i].custom->comdat;
    break;
  default: fail(c->link, DIAG_COMDAT_KIND, w, kind);
  }
  if (!group)
    fail(c->link, DIAG_COMDAT_INDEX, wi, i, n);
  return group;
}

/* [comdat.name] [comdat.flags] [comdat.name.unique] [comdat.entry.twice] */
static void read_comdats(Link *l, Object *o, Cursor *c) {
  o->ncomdats = read_count(c, 3, "comdat count");
  o->comdats = NEW_ARRAY(l, Comdat, o->ncomdats);
  Map seen = {0};
  for (u32 i = 0; i < o->ncomdats; i++) {
    Where w = at_cursor(c, "comdat name");
    Str name = o->comdats[i].name = read_str(c, "comdat name");
    bool fresh;
    map_slot(l, &seen, name, &fresh);
    if (!name.n || !fresh)
      fail(l, DIAG_COMDAT_NAME, w, pretty(l, name));
    w = at_cursor(c, "comdat flags");
    u32 flags = read_uleb32(c, "comdat flags");
    if (flags != 0)
      fail(l, DIAG_COMDAT_FLAGS, w, flags);
    for (u32 n = read_count(c, 2, "comdat entry count"); n > 0; n--) {
      w = at_cursor(c, "comdat entry kind");
      u32 *group = member_comdat(c, o);
      if (*group != NONE)
        fail(l, DIAG_COMDAT_TWICE, w, pretty(l, o->comdats[*group].name),
             pretty(l, name));
      *group = i;
    }
  }
}

/* [linking.version] */
static void read_linking_version(Cursor *c) {
  Where w = at_cursor(c, "linking version");
  u32 version = read_uleb32(c, "linking version");
  if (version != WASM_LINKING_VERSION)
    fail(c->link, DIAG_LINKING_VERSION, w, version, WASM_LINKING_VERSION);
}

/* [linking.sub-section] [linking.sub-section.size]
   [linking.sub-section.unknown] [linking.sub-section.twice]
   [linking.init-functions.order] */
void read_linking(Link *l, Object *o, Cursor *c) {
  bool seen[WASM_SYMBOL_TABLE + 1] = {0};
  read_linking_version(c);
  while (cursor_left(c)) {
    Where w = at_cursor(c, "linking sub-section id");
    u8 id = read_u8(c, "linking sub-section id");
    u32 size = read_uleb32(c, "linking sub-section size");
    Cursor sub = read_sub(c, size, "linking sub-section");
    bool known = id >= WASM_SEGMENT_INFO && id <= WASM_SYMBOL_TABLE;
    if (known && seen[id])
      fail(l, DIAG_SUBSECTION_TWICE, w, id);
    if (known)
      seen[id] = true;
    switch (id) {
    case WASM_SYMBOL_TABLE: read_symbol_table(l, o, &sub); break;
    case WASM_SEGMENT_INFO: read_segment_info(l, o, &sub); break;
    case WASM_INIT_FUNCS:
      if (!seen[WASM_SYMBOL_TABLE]) {
        violation(l, DIAG_SUBSECTION_ORDER, w, id);
        checkpoint(l); /* else none of their symbols would be found */
      }
      read_init_functions(l, o, &sub);
      break;
    case WASM_COMDAT_INFO: read_comdats(l, o, &sub); break;
    default:
      violation(l, DIAG_SUBSECTION_KIND, w, id);
      sub.p = sub.end; /* unknown ones can be skipped */
    }
    if (cursor_left(&sub))
      fail(l, DIAG_SECTION_LEFTOVER, at_cursor(&sub, "linking sub-section"),
           cursor_left(&sub));
  }
}

/* As read_symbol_table(), but with nothing else of the object at hand. */
void read_linking_names(Link *l, Cursor c, StrVec *names) {
  read_linking_version(&c);
  while (cursor_left(&c)) {
    u8 id = read_u8(&c, "linking sub-section id");
    u32 size = read_uleb32(&c, "linking sub-section size");
    Cursor sub = read_sub(&c, size, "linking sub-section");
    if (id != WASM_SYMBOL_TABLE)
      continue;
    for (u32 n = read_count(&sub, 3, "symbol count"); n > 0; n--) {
      u8 kind = read_u8(&sub, "symbol kind");
      u32 flags = read_uleb32(&sub, "symbol flags");
      bool defined = !(flags & WASM_SYMBOL_UNDEFINED);
      Str name = {0};
      if (kind != WASM_SYMBOL_TYPE_DATA)
        read_uleb32(&sub, "symbol index");
      if (kind != WASM_SYMBOL_TYPE_SECTION &&
          (defined || kind == WASM_SYMBOL_TYPE_DATA ||
           (flags & WASM_SYMBOL_EXPLICIT_NAME)))
        name = read_str(&sub, "symbol name");
      if (kind == WASM_SYMBOL_TYPE_DATA && defined) {
        read_uleb32(&sub, "symbol segment");
        read_uleb64(&sub, "symbol offset");
        read_uleb64(&sub, "symbol size");
      }
      bool local =
          (flags & WASM_SYMBOL_BINDING_MASK) == WASM_SYMBOL_BINDING_LOCAL;
      if (defined && !local)
        VEC_PUSH(l, *names, name);
    }
  }
}
