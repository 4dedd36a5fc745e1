/* read.c: bytes -> Object.  Walks the sections of a relocatable object in file
   order and fills in everything later stages ask for.  Custom sections are
   read in read_custom.c, and of those "linking" and "reloc.*", which make a
   module an object, in read_linking.c and read_reloc.c.

   Rule of thumb: whatever is an index is checked here, once, so that later
   stages may use it as one.  Nothing of the input is copied but tables. */

#include <string.h>

#include "link.h"

/* -- sections -- */

/* [container.type] */
static void read_types(Link *l, Object *o, Cursor *c) {
  o->ntypes = read_count(c, 3, "type count");
  o->types = NEW_ARRAY(l, const Signature *, o->ntypes);
  for (u32 i = 0; i < o->ntypes; i++) {
    Where w = at_cursor(c, "type form");
    u8 form = read_u8(c, "type form");
    if (form != WASM_TYPE_FUNC)
      fail(l, DIAG_TYPE_FORM, w, form);
    u32 nparams = read_count(c, 1, "parameter count");
    const u8 *params = c->p;
    for (u32 k = 0; k < nparams; k++)
      read_value_type(c, "parameter type");
    u32 nresults = read_count(c, 1, "result count");
    const u8 *results = c->p;
    for (u32 k = 0; k < nresults; k++)
      read_value_type(c, "result type");
    u8 *types = NEW_ARRAY(l, u8, (size_t)nparams + nresults);
    memcpy(types, params, nparams);
    memcpy(types + nparams, results, nresults);
    o->types[i] = intern_signature(l, types, nparams, nresults);
  }
}

static const Signature *read_type_index(Cursor *c, const Object *o) {
  Where w = at_cursor(c, "type index");
  u32 i = read_uleb32(c, "type index");
  if (i >= o->ntypes)
    fail(c->link, DIAG_INDEX_RANGE, w, "type index", i, o->ntypes);
  return o->types[i];
}

/* [container.tag] */
static const Signature *read_tag_type(Cursor *c, const Object *o) {
  Where w = at_cursor(c, "tag attribute");
  u8 attribute = read_u8(c, "tag attribute");
  if (attribute != 0)
    fail(c->link, DIAG_TAG_ATTRIBUTE, w, attribute);
  w = at_cursor(c, "tag type");
  const Signature *sig = read_type_index(c, o);
  if (sig->nresults)
    fail(c->link, DIAG_TAG_RESULTS, w, sig->nresults);
  return sig;
}

static void read_global_type(Cursor *c, Item *g) {
  g->type = read_value_type(c, "global type");
  Where w = at_cursor(c, "global mutability");
  u8 mutable = read_u8(c, "global mutability");
  if (mutable > 1)
    fail(c->link, DIAG_MUTABILITY, w, mutable);
  g->mutable = mutable;
}

/* Several memories would become one: no symbol and no relocation tells an
   instruction which of them it means.
   [container.memory] [object.address-width] */
static void read_memory_type(Cursor *c, Object *o) {
  Where w = at_cursor(c, "memory limits flags");
  o->wasm64 |= (read_limits(c).flags & WASM_LIMITS_FLAG_IS_64) != 0;
  if (++o->nmemories > 1)
    fail(c->link, DIAG_MEMORIES, w);
}

/* [container.import] */
static void read_import(Object *o, Cursor *c, Import *m) {
  m->module = read_str(c, "import module");
  m->field = read_str(c, "import field");
  m->item = (Item){.obj = o, .name = m->field, .comdat = NONE, .index.i = NONE};
  Where w = at_cursor(c, "import kind");
  m->kind = read_u8(c, "import kind");
  switch (m->kind) {
  case WASM_EXTERNAL_FUNCTION:
    m->sig = read_type_index(c, o);
    o->fimports[o->nfimports++] = m;
    break;
  case WASM_EXTERNAL_TABLE:
    m->item.type = read_ref_type(c, "table element type");
    m->item.limits = read_limits(c);
    o->timports[o->ntimports++] = m;
    break;
  case WASM_EXTERNAL_MEMORY: read_memory_type(c, o); break;
  case WASM_EXTERNAL_GLOBAL:
    read_global_type(c, &m->item);
    o->gimports[o->ngimports++] = m;
    break;
  case WASM_EXTERNAL_TAG:
    m->item.sig = read_tag_type(c, o);
    o->eimports[o->neimports++] = m;
    break;
  default: fail(c->link, DIAG_IMPORT_KIND, w, m->kind);
  }
}

static void read_imports(Link *l, Object *o, Cursor *c) {
  o->nimports = read_count(c, 4, "import count");
  o->imports = NEW_ARRAY(l, Import, o->nimports);
  o->fimports = NEW_ARRAY(l, const Import *, o->nimports);
  o->gimports = NEW_ARRAY(l, const Import *, o->nimports);
  o->timports = NEW_ARRAY(l, const Import *, o->nimports);
  o->eimports = NEW_ARRAY(l, const Import *, o->nimports);
  for (u32 i = 0; i < o->nimports; i++)
    read_import(o, c, &o->imports[i]);
}

/* [container.function] */
static void read_functions(Link *l, Object *o, Cursor *c) {
  o->nfunctions = read_count(c, 1, "function count");
  o->functions = NEW_ARRAY(l, Function, o->nfunctions);
  for (u32 i = 0; i < o->nfunctions; i++)
    o->functions[i] = (Function){.c = {.obj = o,
                                       .comdat = NONE,
                                       .compress = l->opt.compress_relocations},
                                 .sig = read_type_index(c, o),
                                 .index.i = NONE,
                                 .slot = NONE};
}

/* [container.table] */
static void read_tables(Link *l, Object *o, Cursor *c) {
  o->ntables = read_count(c, 3, "table count");
  o->tables = NEW_ARRAY(l, Item, o->ntables);
  for (u32 i = 0; i < o->ntables; i++) {
    Item *t = &o->tables[i];
    *t = (Item){.obj = o, .comdat = NONE, .index.i = NONE};
    t->type = read_ref_type(c, "table element type");
    t->limits = read_limits(c);
  }
}

static void read_memories(Object *o, Cursor *c) {
  for (u32 n = read_count(c, 2, "memory count"); n > 0; n--)
    read_memory_type(c, o);
}

static void read_tags(Link *l, Object *o, Cursor *c) {
  o->ntags = read_count(c, 2, "tag count");
  o->tags = NEW_ARRAY(l, Item, o->ntags);
  for (u32 i = 0; i < o->ntags; i++)
    o->tags[i] = (Item){
        .obj = o, .comdat = NONE, .index.i = NONE, .sig = read_tag_type(c, o)};
}

/* [container.global] */
static void read_globals(Link *l, Object *o, Cursor *c) {
  o->nglobals = read_count(c, 4, "global count");
  o->globals = NEW_ARRAY(l, Item, o->nglobals);
  for (u32 i = 0; i < o->nglobals; i++) {
    Item *g = &o->globals[i];
    *g = (Item){.obj = o, .comdat = NONE, .index.i = NONE};
    read_global_type(c, g);
    g->init = read_init_expr(c, o, g->type);
  }
}

Function *defined_function(const Object *o, u32 index) {
  if (index < o->nfimports || index - o->nfimports >= o->nfunctions)
    return NULL;
  return &o->functions[index - o->nfimports];
}

static u32 external_count(const Object *o, u8 kind) {
  switch (kind) {
  case WASM_EXTERNAL_FUNCTION: return o->nfimports + o->nfunctions;
  case WASM_EXTERNAL_TABLE: return o->ntimports + o->ntables;
  case WASM_EXTERNAL_MEMORY: return o->nmemories;
  case WASM_EXTERNAL_GLOBAL: return o->ngimports + o->nglobals;
  default: return o->neimports + o->ntags;
  }
}

u32 read_external(Cursor *c, const Object *o, u8 *kind) {
  Where w = at_cursor(c, "export kind");
  *kind = read_u8(c, "export kind");
  if (*kind > WASM_EXTERNAL_TAG)
    fail(c->link, DIAG_EXPORT_KIND, w, *kind);
  w = at_cursor(c, "export index");
  u32 index = read_uleb32(c, "export index");
  u32 count = external_count(o, *kind);
  if (index >= count)
    fail(c->link, DIAG_INDEX_RANGE, w, "export index", index, count);
  return index;
}

u32 read_alignment(Cursor *c, const char *field) {
  Where w = at_cursor(c, field);
  u32 align = read_uleb32(c, field);
  if (align > 31)
    fail(c->link, DIAG_ALIGNMENT, w, align);
  return align;
}

/* Exports of an object say one thing to a linker: the name under which a
   function is to be exported, where that is not its symbol's name.
   [container.export] [container.export-ignored] */
static void read_exports(Object *o, Cursor *c) {
  for (u32 n = read_count(c, 3, "export count"); n > 0; n--) {
    Str name = read_str(c, "export name");
    u8 kind;
    u32 index = read_external(c, o, &kind);
    Function *f =
        kind == WASM_EXTERNAL_FUNCTION ? defined_function(o, index) : NULL;
    if (f)
      f->export_name = name;
  }
}

/* [container.start] [container.start-ignored] */
static void read_function_index(Cursor *c, const Object *o, const char *field) {
  Where w = at_cursor(c, field);
  u32 i = read_uleb32(c, field), n = o->nfimports + o->nfunctions;
  if (i >= n)
    fail(c->link, DIAG_INDEX_RANGE, w, field, i, n);
}

/* The type of a slot number of a table. */
static u8 slot_type(const Object *o, u32 table) {
  const Item *t = table < o->ntimports ? &o->timports[table]->item
                                       : &o->tables[table - o->ntimports];
  return t->limits.flags & WASM_LIMITS_FLAG_IS_64 ? WASM_TYPE_I64
                                                  : WASM_TYPE_I32;
}

/* Element segments of objects carry nothing that relocations do not say
   again; they are only checked.
   [container.element] [container.element-ignored] */
static void read_elements(Link *l, Object *o, Cursor *c) {
  for (u32 n = read_count(c, 2, "element segment count"); n > 0; n--) {
    Where w = at_cursor(c, "element segment flags");
    u32 flags = read_uleb32(c, "element segment flags");
    bool passive = flags & WASM_ELEM_SEGMENT_IS_PASSIVE;
    u32 table = 0;
    if (flags > 7 || (flags & WASM_ELEM_SEGMENT_HAS_INIT_EXPRS))
      fail(l, DIAG_ELEMENT_FLAGS, w, flags);
    if (!passive && (flags & WASM_ELEM_SEGMENT_HAS_TABLE_NUMBER)) {
      w = at_cursor(c, "element table");
      table = read_uleb32(c, "element table");
    }
    if (!passive && table >= o->ntimports + o->ntables)
      fail(l, DIAG_INDEX_RANGE, w, "table number", table,
           o->ntimports + o->ntables);
    if (!passive)
      read_init_expr(c, o, slot_type(o, table));
    if (flags & 3) {
      w = at_cursor(c, "element kind");
      u8 kind = read_u8(c, "element kind");
      if (kind != 0)
        fail(l, DIAG_ELEMENT_KIND, w, kind);
    }
    for (u32 k = read_count(c, 1, "element count"); k > 0; k--)
      read_function_index(c, o, "element function index");
  }
}

void read_locals(Cursor *body) {
  u64 total = 0;
  for (u32 n = read_count(body, 2, "local declaration count"); n > 0; n--) {
    Where w = at_cursor(body, "local count");
    total += read_uleb32(body, "local count");
    if (total > UINT32_MAX)
      fail(body->link, DIAG_TOO_MANY_LOCALS, w);
    read_value_type(body, "local type");
  }
}

/* [container.code] */
static void read_code(Link *l, Object *o, const Section *s, Cursor *c) {
  Where w = at_cursor(c, "function body count");
  u32 n = read_uleb32(c, "function body count");
  if (n != o->nfunctions)
    fail(l, DIAG_COUNT_DIFFERS, w, "function body", n, "function",
         o->nfunctions);
  for (u32 i = 0; i < n; i++) {
    Chunk *f = &o->functions[i].c;
    f->bytes = c->p;
    f->in_offset = (u32)(cursor_offset(c) - s->offset);
    u32 size = read_uleb32(c, "function body size");
    Cursor body = read_sub(c, size, "function body");
    read_locals(&body);
    f->size = (u32)(c->p - f->bytes);
  }
}

/* [container.data] [data.passive-input] */
static void read_data(Link *l, Object *o, const Section *s, Cursor *c,
                      u32 expected) {
  Where w = at_cursor(c, "data segment count");
  o->nsegments = read_count(c, 2, "data segment count");
  if (expected != NONE && expected != o->nsegments)
    fail(l, DIAG_COUNT_DIFFERS, w, "data segment", o->nsegments, "DataCount",
         expected);
  o->segments = NEW_ARRAY(l, Segment, o->nsegments);
  for (u32 i = 0; i < o->nsegments; i++) {
    Chunk *g = &o->segments[i].c;
    w = at_cursor(c, "data segment flags");
    u32 flags = read_uleb32(c, "data segment flags");
    if (flags > 2)
      fail(l, DIAG_DATA_FLAGS, w, flags);
    w = at_cursor(c, "data memory index");
    u32 memory =
        flags & WASM_DATA_SEGMENT_HAS_MEMINDEX ? read_uleb32(c, w.field) : 0;
    if (memory)
      fail(l, DIAG_INDEX_RANGE, w, w.field, memory, o->nmemories);
    if (!(flags & WASM_DATA_SEGMENT_IS_PASSIVE))
      read_init_expr(c, o, o->wasm64 ? WASM_TYPE_I64 : WASM_TYPE_I32);
    g->obj = o;
    g->comdat = NONE;
    g->size = read_uleb32(c, "data segment size");
    g->in_offset = (u32)(cursor_offset(c) - s->offset);
    g->bytes = read_bytes(c, g->size, "data segment bytes");
  }
}

/* -- the walk -- */

/* The place of a section in a module: known ids in the order of the core
   specification (tag and DataCount sit between others), then the custom
   sections whose place Linking.md and the tools fix.  0: anywhere.
   [container.section.order] [linking.after-data] [linking.once] [name.order]
   [producers.order] [producers.once] [features.order] */
u32 section_order(u8 id, Str name) {
  static const u8 known[] = {
      [WASM_SEC_TYPE] = 1,   [WASM_SEC_IMPORT] = 2,     [WASM_SEC_FUNCTION] = 3,
      [WASM_SEC_TABLE] = 4,  [WASM_SEC_MEMORY] = 5,     [WASM_SEC_TAG] = 6,
      [WASM_SEC_GLOBAL] = 7, [WASM_SEC_EXPORT] = 8,     [WASM_SEC_START] = 9,
      [WASM_SEC_ELEM] = 10,  [WASM_SEC_DATACOUNT] = 11, [WASM_SEC_CODE] = 12,
      [WASM_SEC_DATA] = 13};
  static const char *const customs[] = {"linking", "name", "producers",
                                        "target_features"};
  if (id != WASM_SEC_CUSTOM)
    return known[id];
  for (u32 i = 0; i < 4; i++)
    if (str_is(name, customs[i]))
      return 14 + i;
  return 0;
}

enum { ORDER_LINKING = 14 };

void read_section(Link *l, Object *o, Section *s, Cursor *c, u32 *data_count) {
  switch (s->id) {
  case WASM_SEC_CUSTOM: read_custom(l, o, s, c); break;
  case WASM_SEC_TYPE: read_types(l, o, c); break;
  case WASM_SEC_IMPORT: read_imports(l, o, c); break;
  case WASM_SEC_FUNCTION: read_functions(l, o, c); break;
  case WASM_SEC_TABLE: read_tables(l, o, c); break;
  case WASM_SEC_MEMORY: read_memories(o, c); break;
  case WASM_SEC_GLOBAL: read_globals(l, o, c); break;
  case WASM_SEC_EXPORT: read_exports(o, c); break;
  case WASM_SEC_START: read_function_index(c, o, "start function"); break;
  case WASM_SEC_ELEM: read_elements(l, o, c); break;
  case WASM_SEC_CODE: read_code(l, o, s, c); break;
  case WASM_SEC_DATA: read_data(l, o, s, c, *data_count); break;
  case WASM_SEC_DATACOUNT: *data_count = read_uleb32(c, "data count"); break;
  case WASM_SEC_TAG: read_tags(l, o, c); break;
  }
  if (cursor_left(c))
    fail(l, DIAG_SECTION_LEFTOVER, at_cursor(c, "section"), cursor_left(c));
}

/* [object.module] [container.magic] [container.version] */
Cursor open_module(Link *l, const Object *o) {
  Cursor c = {l, o->name, o->bytes, o->bytes + o->size, o->bytes};
  Where w = at_cursor(&c, "magic");
  if (memcmp(read_bytes(&c, 4, "magic"), WASM_MAGIC, 4) != 0)
    fail(l, DIAG_NOT_WASM, w);
  w = at_cursor(&c, "version");
  u32 version = read_u32le(&c, "version");
  if (version != WASM_VERSION)
    fail(l, DIAG_VERSION, w, version);
  return c;
}

/* The header of the next section; returns its contents.
   [container.section.id] [container.section.size] [container.section.custom]
   [reloc.offset.custom-section] */
Cursor next_section(Cursor *c, Section *s) {
  Where w = at_cursor(c, "section id");
  *s = (Section){.id = read_u8(c, "section id")};
  if (s->id > WASM_SEC_LAST)
    fail(c->link, DIAG_SECTION_ID, w, s->id);
  u32 size = read_uleb32(c, "section size");
  Cursor body = read_sub(c, size, "section contents");
  if (s->id == WASM_SEC_CUSTOM)
    s->name = read_str(&body, "section name");
  body.section = section_name(s->id, s->name);
  s->offset = cursor_offset(&body);
  s->size = (u32)cursor_left(&body);
  return body;
}

static u32 count_sections(Cursor c) {
  u32 n = 0;
  Section s;
  while (cursor_left(&c)) {
    next_section(&c, &s);
    n++;
  }
  return n;
}

/* [object.linking-section] [dylink.section] [reloc.section.name]
   [reloc.section.after-linking] [container.datacount] */
Object *read_object(Link *l, Object *o) {
  Cursor c = open_module(l, o);
  u32 order = 0, data_count = NONE;
  bool seen_linking = false, seen_relocs = false;
  o->sections = NEW_ARRAY(l, Section, count_sections(c));
  while (cursor_left(&c)) {
    Section *s = &o->sections[o->nsections];
    Where w = at_cursor(&c, "section id");
    Cursor body = next_section(&c, s);
    if (s->id == WASM_SEC_CUSTOM &&
        (str_is(s->name, "dylink.0") || str_is(s->name, "dylink")))
      fail(l, DIAG_SHARED_LIBRARY, w);
    u32 place = section_order(s->id, s->name);
    bool is_reloc = str_starts(s->name, "reloc.");
    if ((place && place <= order) ||
        (place && place <= ORDER_LINKING && seen_relocs) ||
        (is_reloc && !seen_linking))
      fail(l, DIAG_SECTION_ORDER, w, pretty(l, body.section));
    if (place)
      order = place;
    seen_linking |= place == ORDER_LINKING;
    seen_relocs |= is_reloc;
    o->nsections++; /* relocations may name this section from now on */
    read_section(l, o, s, &body, &data_count);
  }
  if (!seen_linking)
    fail(l, DIAG_NOT_RELOCATABLE, in_object(o));
  if (data_count != NONE && data_count != o->nsegments)
    fail(l, DIAG_COUNT_DIFFERS, in_object(o), "data segment", o->nsegments,
         "DataCount", data_count);
  if (o->nfunctions && !o->functions[0].c.bytes)
    fail(l, DIAG_COUNT_DIFFERS, in_object(o), "function body", 0, "function",
         o->nfunctions);
  assign_relocs(l, o);
  if (l->opt.strict)
    validate_object(l, o);
  checkpoint(l); /* of a broken object nothing more is asked */
  return o;
}

StrVec read_defined_names(Link *l, const Object *o) {
  StrVec names = {0};
  Cursor c = open_module(l, o);
  Section s;
  while (cursor_left(&c)) {
    Cursor body = next_section(&c, &s);
    if (s.id == WASM_SEC_CUSTOM && str_is(s.name, "linking"))
      read_linking_names(l, body, &names);
  }
  return names;
}
