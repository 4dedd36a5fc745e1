/* unit.c: a compile unit, checked (unit_check.c) -> Object.  What read.c finds
   in the bytes of an object is here made from what a compiler holds in memory:
   named and anonymous data, functions, and fixups where one refers to another.

   Rule of thumb: later stages need not know.  The code is made with room for
   every operand, as an object's, since that is what -r passes on; in a module
   its operands take as few bytes as they can. */

#include <string.h>

#include "unit_parts.h"

/* What data is, in the order in which -r puts segments: slots of the table are
   handed out in it, too. */
typedef enum {
  CLASS_TDATA,
  CLASS_RODATA,
  CLASS_DATA,
  CLASS_TBSS,
  CLASS_BSS,
  CLASSES
} SegmentClass;

typedef struct Maker {
  Link *l;
  Object *o;
  const Unit *u;
  /* for each symbol of the unit: */
  In *index;  /* in its index space; data: the segment */
  u32 *row;   /* in the symbol table */
  u32 *first; /* itself, or the equal anonymous data before it */
  u8 *class;  /* data: SegmentClass */
  Map names;  /* that are taken */
} Maker;

/* [unit.zero] */
static bool all_zero(const UnitSymbol *s) {
  for (u32 i = 0; i < s->size; i++)
    if (s->bytes[i])
      return false;
  return s->nfixups == 0;
}

/* -- equal anonymous data -- */

static Ref make_ref(const Maker *m, const u32 *value, const UnitSymbol *s,
                    const Fixup *f) {
  bool anonymous = is_anonymous(&m->u->symbols[f->target]);
  return (Ref){.position = f->position,
               .kind = (u8)fixup_reloc(m->u, s, f),
               .addend = f->addend,
               .value = anonymous ? value[f->target] : NONE,
               .target = f->target};
}

static void share(Maker *m) {
  const Unit *u = m->u;
  u32 *value = NEW_ARRAY(m->l, u32, u->nsymbols), n = 0;
  u32 *symbol = NEW_ARRAY(m->l, u32, u->nsymbols); /* of each value */
  for (u32 i = 0; i < u->nsymbols; i++) {
    m->first[i] = i;
    if (is_anonymous(&u->symbols[i])) {
      symbol[n] = i;
      value[i] = n++;
    }
  }
  Constant *values = NEW_ARRAY(m->l, Constant, n);
  for (u32 i = 0; i < n; i++) {
    const UnitSymbol *s = &u->symbols[symbol[i]];
    Ref *refs = NEW_ARRAY(m->l, Ref, s->nfixups);
    for (u32 k = 0; k < s->nfixups; k++)
      refs[k] = make_ref(m, value, s, &s->fixups[k]);
    values[i] = (Constant){s->bytes, s->size, refs, s->nfixups, i};
  }
  share_constants(m->l, values, n);
  for (u32 i = 0; i < n; i++)
    m->first[symbol[i]] = symbol[values[i].first];
}

/* -- types, imports, definitions -- */

static void make_types(const Maker *m) {
  Object *o = m->o;
  o->ntypes = m->u->ntypes;
  o->types = NEW_ARRAY(m->l, const Signature *, o->ntypes);
  for (u32 i = 0; i < o->ntypes; i++) {
    const UnitType *t = &m->u->types[i];
    for (u32 k = 0; k < t->nparams + t->nresults; k++)
      if (!is_value_type(t->types[k]))
        fail(m->l, DIAG_VALUE_TYPE, in_object(o), t->types[k]);
    o->types[i] = intern_signature(m->l, t->types, t->nparams, t->nresults);
  }
}

static u8 external_kind(u8 kind) {
  switch (kind) {
  case WASM_SYMBOL_TYPE_FUNCTION: return WASM_EXTERNAL_FUNCTION;
  case WASM_SYMBOL_TYPE_GLOBAL: return WASM_EXTERNAL_GLOBAL;
  case WASM_SYMBOL_TYPE_TAG: return WASM_EXTERNAL_TAG;
  default: return WASM_EXTERNAL_TABLE;
  }
}

/* The type of a global, tag or table. */
static Item make_item(const Maker *m, const UnitSymbol *s) {
  Item item = {.obj = m->o,
               .name = s->name,
               .type = s->value_type,
               .mutable = s->mutable,
               .limits = s->limits,
               .comdat = NONE,
               .index.i = NONE};
  if (s->kind == WASM_SYMBOL_TYPE_TAG)
    item.sig = m->o->types[s->type];
  if (s->kind == WASM_SYMBOL_TYPE_GLOBAL && !is_undef(s)) {
    item.init = (InitExpr){NEW(m->l, InitInstr), 1};
    *item.init.p = s->init;
  }
  return item;
}

/* Undefined data is imported by its symbol alone. */
static void add_import(Maker *m, u32 i) {
  Object *o = m->o;
  const UnitSymbol *s = &m->u->symbols[i];
  Import *import = &o->imports[o->nimports++];
  *import =
      (Import){.module = s->import_module.p ? s->import_module : STR("env"),
               .field = s->import_name.p ? s->import_name : s->name,
               .kind = external_kind(s->kind),
               .item = make_item(m, s)};
  switch (s->kind) {
  case WASM_SYMBOL_TYPE_FUNCTION:
    import->sig = o->types[s->type];
    m->index[i].i = o->nfimports;
    o->fimports[o->nfimports++] = import;
    break;
  case WASM_SYMBOL_TYPE_GLOBAL:
    m->index[i].i = o->ngimports;
    o->gimports[o->ngimports++] = import;
    break;
  case WASM_SYMBOL_TYPE_TAG:
    m->index[i].i = o->neimports;
    o->eimports[o->neimports++] = import;
    break;
  case WASM_SYMBOL_TYPE_TABLE:
    m->index[i].i = o->ntimports;
    o->timports[o->ntimports++] = import;
    break;
  }
}

static void make_imports(Maker *m) {
  Object *o = m->o;
  u32 n = m->u->nsymbols; /* add_table() has one, but who asks is no import */
  o->imports = NEW_ARRAY(m->l, Import, n);
  o->fimports = NEW_ARRAY(m->l, const Import *, n);
  o->gimports = NEW_ARRAY(m->l, const Import *, n);
  o->timports = NEW_ARRAY(m->l, const Import *, n);
  o->eimports = NEW_ARRAY(m->l, const Import *, n);
  for (u32 i = 0; i < m->u->nsymbols; i++)
    if (is_undef(&m->u->symbols[i]) &&
        m->u->symbols[i].kind != WASM_SYMBOL_TYPE_DATA)
      add_import(m, i);
}

static SegmentClass class_of(const UnitSymbol *s) {
  bool zero = all_zero(s);
  if (s->flags & WASM_SYMBOL_TLS)
    return zero ? CLASS_TBSS : CLASS_TDATA;
  if (zero)
    return CLASS_BSS;
  return s->constant || is_anonymous(s) ? CLASS_RODATA : CLASS_DATA;
}

static Str segment_name(const Maker *m, u32 i, Str name) {
  static const char *const prefixes[] = {".tdata.", ".rodata.", ".data.",
                                         ".tbss.", ".bss."};
  const char *prefix = prefixes[m->class[i]];
  Buf b = {.link = m->l};
  put_bytes(&b, prefix, strlen(prefix));
  put_bytes(&b, name.p, name.n);
  return (Str){(char *)b.p, (u32)b.n};
}

static void add_definition(Maker *m, u32 i) {
  Object *o = m->o;
  const UnitSymbol *s = &m->u->symbols[i];
  switch (s->kind) {
  case WASM_SYMBOL_TYPE_FUNCTION:
    m->index[i].i = o->nfimports + o->nfunctions;
    o->functions[o->nfunctions++] = (Function){
        .c = {.obj = o,
              .name = s->name,
              .comdat = NONE,
              .compress = !m->l->opt.relocatable && !m->l->opt.emit_relocs},
        .sig = o->types[s->type],
        .export_name = s->export_name,
        .index.i = NONE,
        .slot = NONE};
    break;
  case WASM_SYMBOL_TYPE_DATA:
    m->index[i].i = o->nsegments;
    o->segments[o->nsegments++] =
        (Segment){.c = {.obj = o,
                        .bytes = s->bytes,
                        .size = s->size,
                        .align = s->align,
                        .comdat = NONE},
                  .flags = s->flags & WASM_SYMBOL_TLS ? WASM_SEG_FLAG_TLS : 0u,
                  .anonymous = is_anonymous(s)};
    break;
  case WASM_SYMBOL_TYPE_GLOBAL:
    m->index[i].i = o->ngimports + o->nglobals;
    o->globals[o->nglobals++] = make_item(m, s);
    break;
  case WASM_SYMBOL_TYPE_TAG:
    m->index[i].i = o->neimports + o->ntags;
    o->tags[o->ntags++] = make_item(m, s);
    break;
  case WASM_SYMBOL_TYPE_TABLE:
    m->index[i].i = o->ntimports + o->ntables;
    o->tables[o->ntables++] = make_item(m, s);
    break;
  }
}

/* Each named thing is a chunk of its own, kept or left out by itself.
   [unit.live] */
static void make_definitions(Maker *m) {
  Object *o = m->o;
  u32 n = m->u->nsymbols;
  o->functions = NEW_ARRAY(m->l, Function, n);
  o->segments = NEW_ARRAY(m->l, Segment, n);
  o->globals = NEW_ARRAY(m->l, Item, n);
  o->tables = NEW_ARRAY(m->l, Item, n);
  o->tags = NEW_ARRAY(m->l, Item, n);
  for (u32 i = 0; i < n; i++) {
    const UnitSymbol *s = &m->u->symbols[i];
    if (is_data(s))
      m->class[i] = (u8)class_of(s);
    else if (!is_undef(s))
      add_definition(m, i);
  }
  for (u32 class = 0; class < CLASSES; class ++)
    for (u32 i = 0; i < n; i++)
      if (is_data(&m->u->symbols[i]) && m->first[i] == i &&
          m->class[i] == class)
        add_definition(m, i);
}

/* What anonymous data is called in an object. */
static Str next_name(Maker *m, u32 *n) {
  bool fresh = false;
  Str name = {0};
  while (!fresh) {
    name = str_from(format(m->l, "__anon_%u", (*n)++));
    map_slot(m->l, &m->names, name, &fresh);
  }
  return name;
}

/* [unit.symbols] */
static void make_rows(Maker *m) {
  Object *o = m->o;
  u32 nameless = 0;
  o->rows = NEW_ARRAY(m->l, SymbolRow, m->u->nsymbols + 1);
  for (u32 i = 0; i < m->u->nsymbols; i++) {
    const UnitSymbol *s = &m->u->symbols[i];
    if (m->first[i] != i) { /* shared: it becomes the first */
      Chunk *first = &o->segments[m->index[m->first[i]].i].c;
      first->align = first->align > s->align ? first->align : s->align;
      m->row[i] = m->row[m->first[i]];
      continue;
    }
    m->row[i] = o->nsymbols++;
    SymbolRow *r = &o->rows[m->row[i]];
    *r = (SymbolRow){s->kind, s->flags, s->name, .index = m->index[i]};
    r->at = NO_OFFSET;
    if (is_anonymous(s)) {
      r->name = next_name(m, &nameless);
      r->flags = WASM_SYMBOL_BINDING_LOCAL;
    }
    if (is_undef(s) && s->kind != WASM_SYMBOL_TYPE_DATA) {
      r->import_module = s->import_module.p ? s->import_module : STR("env");
      r->import_name = s->import_name;
      r->flags |= s->import_name.p ? WASM_SYMBOL_EXPLICIT_NAME : 0u;
    }
    if (is_data(s)) {
      Chunk *c = &o->segments[m->index[i].i].c;
      c->name = segment_name(m, i, r->name);
      r->size = s->size;
    }
  }
}

static bool takes_slots(const Unit *u) {
  for (u32 i = 0; i < u->nsymbols; i++)
    for (u32 k = 0; k < u->symbols[i].nfixups; k++)
      if (u->symbols[i].fixups[k].kind == FIXUP_SLOT)
        return true;
  return false;
}

/* Whoever takes the address of a function needs the table that holds it, and
   wasm-ld wants to be told so by a symbol. */
static void add_table(Maker *m) {
  Object *o = m->o;
  Str name = STR("__indirect_function_table");
  bool fresh;
  map_slot(m->l, &m->names, name, &fresh);
  if (!fresh)
    return;
  Import *import = &o->imports[o->nimports++];
  *import = (Import){.module = STR("env"),
                     .field = name,
                     .kind = WASM_EXTERNAL_TABLE,
                     .item = {.obj = o,
                              .name = name,
                              .type = WASM_TYPE_FUNCREF,
                              .limits = {.flags = pointer_limits(m->l)},
                              .index.i = NONE}};
  o->rows[o->nsymbols++] =
      (SymbolRow){WASM_SYMBOL_TYPE_TABLE,
                  WASM_SYMBOL_UNDEFINED | WASM_SYMBOL_NO_STRIP,
                  name,
                  .import_module = import->module,
                  .index.i = o->ntimports,
                  .at = NO_OFFSET};
  o->timports[o->ntimports++] = import;
}

/* -- bytes and relocations -- */

/* [unit.fixup] */
static Reloc make_reloc(const Maker *m, const UnitSymbol *s, const Fixup *f,
                        u32 offset) {
  bool is_type = f->kind == FIXUP_TYPE;
  u32 index = is_type ? f->target : m->row[f->target];
  if (f->kind == FIXUP_FUNCTION)
    m->o->rows[index].called_directly = true;
  return (Reloc){offset, index, f->addend, (u8)fixup_reloc(m->u, s, f)};
}

/* The function as a code section has it: its size, locals, code, with room for
   every operand. */
static void make_body(const Maker *m, const UnitSymbol *s, Chunk *c) {
  u64 size = s->size;
  for (u32 i = 0; i < s->nfixups; i++)
    size += fixup_width(m->u, s, &s->fixups[i]);
  u32 n = uleb_size(size), from = 0;
  if (size + n > UINT32_MAX)
    fail(m->l, DIAG_OUTPUT_TOO_LARGE, in_object(m->o), "code", size);
  u8 *p = NEW_ARRAY(m->l, u8, n + size);
  Reloc *relocs = NEW_ARRAY(m->l, Reloc, s->nfixups);
  write_uleb_padded(p, size, n);
  for (u32 i = 0; i < s->nfixups; i++) {
    const Fixup *f = &s->fixups[i];
    memcpy(p + n, s->bytes + from, f->position - from);
    n += f->position - from;
    from = f->position;
    relocs[i] = make_reloc(m, s, f, n);
    u32 width = fixup_width(m->u, s, f);
    write_uleb_padded(p + n, 0, width);
    n += width;
  }
  memcpy(p + n, s->bytes + from, s->size - from);
  c->bytes = p;
  c->size = n + (s->size - from);
  c->relocs = relocs;
  c->nrelocs = s->nfixups;
}

/* Data keep their bytes: a fixup will write over some. */
static void make_data(const Maker *m, const UnitSymbol *s, Chunk *c) {
  Reloc *relocs = NEW_ARRAY(m->l, Reloc, s->nfixups);
  for (u32 i = 0; i < s->nfixups; i++)
    relocs[i] = make_reloc(m, s, &s->fixups[i], s->fixups[i].position);
  c->relocs = relocs;
  c->nrelocs = s->nfixups;
}

static void make_bytes(const Maker *m) {
  Object *o = m->o;
  for (u32 i = 0; i < m->u->nsymbols; i++) {
    const UnitSymbol *s = &m->u->symbols[i];
    if (is_code(s))
      make_body(m, s, &o->functions[m->index[i].i - o->nfimports].c);
    else if (is_data(s) && m->first[i] == i)
      make_data(m, s, &o->segments[m->index[i].i].c);
  }
}

/* -- the rest -- */

static void make_inits(const Maker *m) {
  Object *o = m->o;
  o->ninits = m->u->ninits;
  o->inits = NEW_ARRAY(m->l, InitFunction, o->ninits);
  for (u32 i = 0; i < o->ninits; i++) {
    const InitFunction *f = &m->u->inits[i];
    if (f->symbol.i >= m->u->nsymbols ||
        m->u->symbols[f->symbol.i].kind != WASM_SYMBOL_TYPE_FUNCTION)
      fail(m->l, DIAG_INIT_FUNCTION, in_object(o), f->symbol.i);
    o->inits[i] = (InitFunction){f->priority, {m->row[f->symbol.i]}};
  }
}

static void make_features(const Maker *m) {
  Object *o = m->o;
  o->nfeatures = m->u->features.n;
  o->features = NEW_ARRAY(m->l, Feature, o->nfeatures);
  for (u32 i = 0; i < o->nfeatures; i++)
    o->features[i] =
        (Feature){WASM_FEATURE_PREFIX_USED, str_from(m->u->features.p[i])};
}

/* [unit.lowering] */
void read_unit(Link *l, Object *o) {
  u32 n = o->unit->nsymbols;
  Maker m = {l,
             o,
             o->unit,
             NEW_ARRAY(l, In, n),
             NEW_ARRAY(l, u32, n),
             NEW_ARRAY(l, u32, n),
             NEW_ARRAY(l, u8, n),
             {0}};
  check_unit(l, o, &m.names);
  share(&m);
  make_types(&m);
  make_imports(&m);
  make_definitions(&m);
  make_rows(&m);
  if (takes_slots(m.u))
    add_table(&m);
  make_bytes(&m);
  make_inits(&m);
  make_features(&m);
  o->wasm64 = m.u->wasm64;
  if (l->opt.strict)
    validate_unit(l, o);
  checkpoint(l);
}

StrVec read_unit_names(Link *l, const Unit *u) {
  StrVec names = {0};
  for (u32 i = 0; i < u->nsymbols; i++) {
    const UnitSymbol *s = &u->symbols[i];
    u32 binding = s->flags & WASM_SYMBOL_BINDING_MASK;
    if (s->name.n && !is_undef(s) && binding != WASM_SYMBOL_BINDING_LOCAL)
      VEC_PUSH(l, names, s->name);
  }
  return names;
}
