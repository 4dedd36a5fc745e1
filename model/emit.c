/* emit.c: the output module, section by section, written once from front to
   back.  Small sections are built in a buffer first, since their size stands
   before them; code and data, whose size is known, go straight to their
   place with relocations applied on the way.

   Rule of thumb: an empty section is not written; numbers are shortest LEBs
   except where a relocation put them. */

#include "link.h"

u32 emit_header(Link *l, u8 id, u64 size) {
  SectionOut s = {.id = id, .offset = l->out.n, .size = size};
  put_u8(&l->out, id);
  put_uleb(&l->out, size);
  s.payload = l->out.n;
  VEC_PUSH(l, l->sections, s);
  return l->sections.n - 1;
}

static void emit_section(Link *l, u8 id, const Buf *body) {
  emit_header(l, id, body->n);
  put_bytes(&l->out, body->p, body->n);
}

static void put_limits(Buf *b, const Limits *m) {
  put_u8(b, m->flags);
  put_uleb(b, m->min);
  if (m->flags & WASM_LIMITS_FLAG_HAS_MAX)
    put_uleb(b, m->max);
  if (m->flags & WASM_LIMITS_FLAG_HAS_PAGE_SIZE)
    put_uleb(b, m->page_size_log2);
}

/* [threads.shared-memory] [wasm64.memory] [memory.page-size] */
static void put_memory(Buf *b, const Link *l) {
  Limits m = {.flags = pointer_limits(l),
              .min = l->memory_pages,
              .max = l->memory_max_pages};
  if (l->memory_has_max)
    m.flags |= WASM_LIMITS_FLAG_HAS_MAX;
  if (l->opt.shared_memory)
    m.flags |= WASM_LIMITS_FLAG_IS_SHARED;
  if (l->opt.page_size == 1) /* 2^0; the other size is the default */
    m.flags |= WASM_LIMITS_FLAG_HAS_PAGE_SIZE;
  put_limits(b, &m);
}

static void put_table_type(Buf *b, const Item *t) {
  put_u8(b, t->type);
  put_limits(b, &t->limits);
}

/* [global.type] */
static void put_global_type(Buf *b, const Item *g) {
  put_u8(b, g->type);
  put_u8(b, g->mutable);
}

/* [tag.type] */
static void put_tag_type(Buf *b, const Signature *sig) {
  put_u8(b, 0); /* attribute: exception */
  put_uleb(b, sig->index.i);
}

/* [global.init] [global.init.global-get] [global.init.extended-const] */
static void put_const_instr(Buf *b, const Object *o, const InitInstr *e) {
  put_u8(b, e->opcode);
  switch (e->opcode) {
  case WASM_OPCODE_I32_CONST: put_sleb(b, (int32_t)e->value); break;
  case WASM_OPCODE_I64_CONST: put_sleb(b, e->value); break;
  case WASM_OPCODE_GLOBAL_GET:
    put_uleb(
        b,
        item_index(o ? o->global_symbols[e->value] : b->link->memory_base).i);
    break;
  case WASM_OPCODE_REF_NULL: put_u8(b, (u8)e->value); break;
  case WASM_OPCODE_F64_CONST:
    put_u32le(b, (u32)e->bits);
    put_u32le(b, (u32)(e->bits >> 32));
    break;
  case WASM_OPCODE_F32_CONST: put_u32le(b, (u32)e->bits); break;
  }
}

static void put_init_expr(Buf *b, const Item *g) {
  for (u32 i = 0; i < g->init.n; i++)
    put_const_instr(b, g->obj, &g->init.p[i]);
  put_u8(b, WASM_OPCODE_END);
}

/* -- one function a section -- */

static void emit_types(Link *l) {
  Buf b = {.link = l};
  put_uleb(&b, l->types.n);
  for (u32 i = 0; i < l->types.n; i++) {
    const Signature *s = l->types.p[i];
    put_u8(&b, WASM_TYPE_FUNC);
    put_uleb(&b, s->nparams);
    put_bytes(&b, s->types, s->nparams);
    put_uleb(&b, s->nresults);
    put_bytes(&b, s->types + s->nparams, s->nresults);
  }
  if (l->types.n)
    emit_section(l, WASM_SEC_TYPE, &b);
}

/* [import.type] */
static void put_import(Buf *b, const Symbol *s) {
  put_str(b, s->import_module.p ? s->import_module : STR("env"));
  put_str(b, s->import_name.p ? s->import_name : s->name);
  switch (s->kind) {
  case WASM_SYMBOL_TYPE_FUNCTION:
    put_u8(b, WASM_EXTERNAL_FUNCTION);
    put_uleb(b, s->sig->index.i);
    break;
  case WASM_SYMBOL_TYPE_GLOBAL:
    put_u8(b, WASM_EXTERNAL_GLOBAL);
    put_global_type(b, s->item);
    break;
  case WASM_SYMBOL_TYPE_TAG:
    put_u8(b, WASM_EXTERNAL_TAG);
    put_tag_type(b, s->sig);
    break;
  default: put_u8(b, WASM_EXTERNAL_TABLE); put_table_type(b, s->item);
  }
}

/* [got.mem] [got.func] [got.mutable] */
static void put_got_import(Buf *b, const Symbol *s) {
  put_str(b, s->kind == WASM_SYMBOL_TYPE_FUNCTION ? STR("GOT.func")
                                                  : STR("GOT.mem"));
  put_str(b, s->name);
  put_u8(b, WASM_EXTERNAL_GLOBAL);
  put_global_type(b, &(Item){.type = pointer_type(b->link), .mutable = true});
}

/* [memory.import] [table.import] [dylink.import.memory]
   [dylink.import.table] */
static void emit_imports(Link *l) {
  Buf b = {.link = l};
  u32 n = l->imports.n + l->opt.import_memory + l->got_imports.n;
  put_uleb(&b, n);
  if (l->opt.import_memory) {
    put_str(&b, str_from(l->opt.import_memory_module));
    put_str(&b, str_from(l->opt.import_memory_name));
    put_u8(&b, WASM_EXTERNAL_MEMORY);
    put_memory(&b, l);
  }
  for (u32 i = 0; i < l->imports.n; i++)
    put_import(&b, l->imports.p[i]);
  for (u32 i = 0; i < l->got_imports.n; i++)
    put_got_import(&b, l->got_imports.p[i]);
  if (n)
    emit_section(l, WASM_SEC_IMPORT, &b);
}

/* [functions.type] */
static void emit_functions(Link *l) {
  Buf b = {.link = l};
  put_uleb(&b, l->functions.n);
  for (u32 i = 0; i < l->functions.n; i++)
    put_uleb(&b, l->functions.p[i]->sig->index.i);
  if (l->functions.n)
    emit_section(l, WASM_SEC_FUNCTION, &b);
}

static void emit_tables(Link *l) {
  Buf b = {.link = l};
  put_uleb(&b, l->tables.n);
  for (u32 i = 0; i < l->tables.n; i++)
    put_table_type(&b, l->tables.p[i]);
  if (l->tables.n)
    emit_section(l, WASM_SEC_TABLE, &b);
}

/* [memory.present] */
static void emit_memory(Link *l) {
  Buf b = {.link = l};
  put_uleb(&b, 1);
  put_memory(&b, l);
  if (!l->opt.import_memory)
    emit_section(l, WASM_SEC_MEMORY, &b);
}

static void emit_tags(Link *l) {
  Buf b = {.link = l};
  put_uleb(&b, l->tags.n);
  for (u32 i = 0; i < l->tags.n; i++)
    put_tag_type(&b, l->tags.p[i]->sig);
  if (l->tags.n)
    emit_section(l, WASM_SEC_TAG, &b);
}

void check_address(Link *l, const Symbol *s, u64 address) {
  if (!l->opt.wasm64 && address > UINT32_MAX)
    report(l, DIAG_ADDRESS_RANGE, in_object(s->obj), address,
           pretty(l, s->name));
}

/* The address of exported data, which in a module that the loader moves counts
   from __memory_base: the loader adds that.
   [export.data] [dylink.export.address] [dylink.export.relative] */
static void put_address_global(Buf *b, const Symbol *s) {
  check_address(b->link, s, data_value(s));
  put_global_type(b, &(Item){.type = pointer_type(b->link)});
  put_pointer(b, data_value(s));
  put_u8(b, WASM_OPCODE_END);
}

static void emit_globals(Link *l) {
  Buf b = {.link = l};
  u32 n = l->globals.n + l->got.n + l->address_globals.n;
  put_uleb(&b, n);
  for (u32 i = 0; i < l->globals.n; i++) {
    put_global_type(&b, l->globals.p[i]);
    put_init_expr(&b, l->globals.p[i]);
  }
  for (u32 i = 0; i < l->got.n; i++)
    put_got_entry(&b, l->got.p[i]);
  for (u32 i = 0; i < l->address_globals.n; i++)
    put_address_global(&b, l->address_globals.p[i]);
  if (n)
    emit_section(l, WASM_SEC_GLOBAL, &b);
}

/* [export.kind] [export.global] [export.tag] [export.table] */
static void emit_exports(Link *l) {
  Buf b = {.link = l};
  put_uleb(&b, l->exports.n);
  for (u32 i = 0; i < l->exports.n; i++) {
    const Export *e = &l->exports.p[i];
    put_str(&b, e->name);
    put_u8(&b, e->kind);
    put_uleb(&b, e->index);
  }
  if (l->exports.n)
    emit_section(l, WASM_SEC_EXPORT, &b);
}

/* [start.none] [start.entry] [init.after-memory] */
static void emit_start(Link *l) {
  if (!l->start_function)
    return;
  Buf b = {.link = l};
  put_uleb(&b, function_index(l->start_function).i);
  emit_section(l, WASM_SEC_START, &b);
}

/* One active segment fills the indirect function table. */
static void emit_elements(Link *l) {
  if (!l->table_entries.n)
    return;
  Buf b = {.link = l};
  u32 table = item_index(l->table).i;
  put_uleb(&b, 1);
  put_uleb(&b, table ? WASM_ELEM_SEGMENT_HAS_TABLE_NUMBER : 0u);
  if (table)
    put_uleb(&b, table);
  put_slot_expr(&b, l->opt.table_base);
  if (table)
    put_u8(&b, 0); /* element kind: funcref */
  put_uleb(&b, l->table_entries.n);
  for (u32 i = 0; i < l->table_entries.n; i++)
    put_uleb(&b, function_index(l->table_entries.p[i]).i);
  emit_section(l, WASM_SEC_ELEM, &b);
}

/* Before anything is written: code metadata, which says where instructions are,
   stands in front of the code. */
static void place_code(Link *l) {
  u64 size = uleb_size(l->functions.n);
  for (u32 i = 0; i < l->functions.n; i++) {
    Chunk *c = &l->functions.p[i]->c;
    c->out_offset = size;
    size += measure_code(l, c);
  }
  if (size > UINT32_MAX)
    fail(l, DIAG_OUTPUT_TOO_LARGE, in_file(NULL), "code", size);
  l->code_size = size;
}

static void emit_code(Link *l) {
  if (!l->functions.n)
    return;
  l->code_section = emit_header(l, WASM_SEC_CODE, l->code_size);
  put_uleb(&l->out, l->functions.n);
  u8 *p = put_space(&l->out, l->code_size - uleb_size(l->functions.n));
  for (u32 i = 0; i < l->functions.n; i++)
    p = write_chunk(l, &l->functions.p[i]->c, p);
}

/* Where threads share the memory start-up code copies what others may have
   changed already: see startup.c.
   [threads.passive] */
static void put_segment_header(Buf *b, const OutSegment *s) {
  bool passive = b->link->opt.shared_memory;
  put_uleb(b, passive ? WASM_DATA_SEGMENT_IS_PASSIVE : 0u);
  if (!passive)
    put_address_expr(b, s->address); /* in memory 0 */
  put_uleb(b, s->size);
}

static u32 count_segments(const Link *l) {
  u32 n = 0;
  for (u32 i = 0; i < l->segments.n; i++)
    n += in_binary(l, l->segments.p[i]);
  return n;
}

/* Code that names data segments is checked before they are read.
   [threads.data-count] */
static void emit_data_count(Link *l) {
  u32 n = count_segments(l);
  if (!n || !l->opt.shared_memory)
    return;
  Buf b = {.link = l};
  put_uleb(&b, n);
  emit_section(l, WASM_SEC_DATACOUNT, &b);
}

/* [limit.size] */
static void emit_data(Link *l) {
  u32 n = count_segments(l);
  if (!n)
    return;
  u64 size = uleb_size(n);
  for (u32 i = 0; i < l->segments.n; i++) {
    OutSegment *s = l->segments.p[i];
    if (!in_binary(l, s))
      continue;
    Buf b = {.link = l};
    put_segment_header(&b, s);
    s->body = size + b.n;
    size = s->body + s->size;
  }
  if (size > UINT32_MAX)
    fail(l, DIAG_OUTPUT_TOO_LARGE, in_file(NULL), "data", size);
  l->data_section = emit_header(l, WASM_SEC_DATA, size);
  put_uleb(&l->out, n);
  for (u32 i = 0; i < l->segments.n; i++) {
    const OutSegment *s = l->segments.p[i];
    if (!in_binary(l, s))
      continue;
    put_segment_header(&l->out, s);
    u8 *p = put_space(&l->out, s->size);
    /* Gaps of alignment stay zero, as all new memory is. */
    for (u32 k = 0; k < s->chunks.n; k++)
      write_chunk(l, s->chunks.p[k], p + s->chunks.p[k]->out_offset);
  }
}

/* Room for about all, so that growing does not copy what is written. */
static void reserve(Link *l) {
  size_t size = 0;
  for (u32 i = 0; i < l->objects.n; i++)
    size += l->objects.p[i]->size;
  put_space(&l->out, size);
  l->out.n = 0;
}

void emit_module(Link *l) {
  reserve(l);
  place_code(l);
  place_customs(l);
  put_bytes(&l->out, WASM_MAGIC, 4);
  put_u32le(&l->out, WASM_VERSION);
  emit_dylink(l);
  emit_types(l);
  emit_imports(l);
  emit_functions(l);
  emit_tables(l);
  emit_memory(l);
  emit_tags(l);
  emit_globals(l);
  emit_exports(l);
  emit_start(l);
  emit_elements(l);
  emit_data_count(l);
  emit_customs(l, true);
  emit_code(l);
  emit_data(l);
  emit_customs(l, false);
  if (l->opt.relocatable || l->opt.emit_relocs) {
    emit_linking(l);
    emit_relocs(l);
  }
  emit_names(l);
  emit_producers(l);
  emit_features(l);
  emit_build_id(l);
}
