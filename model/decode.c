/* decode.c: the sections of the core format.  Takes the bytes of a file,
   gives a DecModule.  Rule of thumb: each section is read through a cursor
   that ends where the section ends, and must be used up. */

#include "decode_read.h"
#include "wasm.h"

#include <stdlib.h>
#include <string.h>

bool decode_is_module(const uint8_t *bytes, size_t size) {
  return size >= 4 && !memcmp(bytes, WASM_MAGIC, 4);
}

static void read_value_types(DecCursor *c, uint32_t *count,
                             const uint8_t **types, const char *field) {
  *count = dec_count(c, 1, field);
  *types = c->base + c->pos;
  for (uint32_t i = 0; i < *count && dec_ok(c); i++)
    dec_value_type(c, "value type");
}

static void read_types(DecModule *m, DecCursor *c) {
  m->type_count = dec_count(c, 3, "type count");
  m->types = dec_alloc(m, c, m->type_count, sizeof *m->types);
  for (uint32_t i = 0; i < m->type_count && dec_ok(c); i++) {
    DecType *type = &m->types[i];
    size_t start = c->pos;
    uint8_t form = dec_u8(c, "type form");
    if (dec_ok(c) && form != WASM_TYPE_FUNC)
      dec_fail(c, start, "type form", "0x%02x is not a function type", form);
    read_value_types(c, &type->param_count, &type->params, "parameter count");
    read_value_types(c, &type->result_count, &type->results, "result count");
  }
}

/* A memory's bytes are at most all that its addresses can reach. */
static void check_limits(DecCursor *c, const DecLimits *l, bool is_memory,
                         size_t start) {
  bool has_max = l->flags & WASM_LIMITS_FLAG_HAS_MAX;
  bool is_64 = l->flags & WASM_LIMITS_FLAG_IS_64;
  if (has_max && l->max < l->min)
    dec_fail(c, start, "limits", "maximum is less than minimum");
  if (!is_memory)
    return;
  uint64_t pages = UINT64_MAX;
  if (!is_64 || l->page_log2 > 0)
    pages = (uint64_t)1 << ((is_64 ? 64 : 32) - l->page_log2);
  if (l->min > pages || (has_max && l->max > pages))
    dec_fail(c, start, "limits", "more pages than can be addressed");
  if ((l->flags & WASM_LIMITS_FLAG_IS_SHARED) && !has_max)
    dec_fail(c, start, "limits flags", "shared memory without a maximum");
}

static DecLimits read_limits(DecCursor *c, bool is_memory) {
  DecLimits l = {.page_log2 = 16};
  size_t start = c->pos;
  uint32_t known = is_memory ? 0xf : 0x5;
  l.flags = dec_u8(c, "limits flags");
  if (dec_ok(c) && (l.flags & ~known))
    dec_fail(c, start, "limits flags", "unknown flags 0x%x", l.flags);
  bool is_64 = l.flags & WASM_LIMITS_FLAG_IS_64;
  l.min = is_64 ? dec_u64(c, "minimum") : dec_u32(c, "minimum");
  if (l.flags & WASM_LIMITS_FLAG_HAS_MAX)
    l.max = is_64 ? dec_u64(c, "maximum") : dec_u32(c, "maximum");
  if (l.flags & WASM_LIMITS_FLAG_HAS_PAGE_SIZE) {
    size_t at = c->pos;
    l.page_log2 = dec_u32(c, "page size");
    if (dec_ok(c) && l.page_log2 > 16)
      dec_fail(c, at, "page size", "2^%u is too large", l.page_log2);
  }
  if (dec_ok(c))
    check_limits(c, &l, is_memory, start);
  return l;
}

static DecTable read_table(DecCursor *c, uint32_t import) {
  DecTable table = {.import = import};
  table.type = dec_ref_type(c, "table type");
  table.limits = read_limits(c, false);
  return table;
}

static DecMemory read_memory(DecCursor *c, uint32_t import) {
  return (DecMemory){.import = import, .limits = read_limits(c, true)};
}

static DecGlobal read_global(DecCursor *c, uint32_t import) {
  DecGlobal global = {.import = import};
  global.type = dec_value_type(c, "global type");
  size_t at = c->pos;
  uint8_t flag = dec_u8(c, "mutability");
  if (flag > 1)
    dec_fail(c, at, "mutability", "%u is neither 0 nor 1", flag);
  global.is_mutable = flag == 1;
  return global;
}

static DecTag read_tag(DecModule *m, DecCursor *c, uint32_t import) {
  DecTag tag = {.import = import};
  size_t at = c->pos;
  if (dec_u8(c, "tag attribute") != 0)
    dec_fail(c, at, "tag attribute", "not 0 (exception)");
  tag.type = dec_index(c, m->type_count, "tag type");
  return tag;
}

/* Each list starts with room for as many as there are imports of any kind;
   add_space() makes it larger when the module defines more. */
static void read_import(DecModule *m, DecCursor *c, uint32_t i) {
  DecImport *import = &m->imports[i];
  import->offset = c->pos;
  import->module = dec_name(c, "import module");
  import->name = dec_name(c, "import name");
  size_t at = c->pos;
  import->kind = dec_u8(c, "import kind");
  switch (import->kind) {
  case WASM_EXTERNAL_FUNCTION:
    import->index = m->func_count;
    m->funcs[m->func_count++] = (DecFunc){
        .import = i, .type = dec_index(c, m->type_count, "type index")};
    break;
  case WASM_EXTERNAL_TABLE:
    import->index = m->table_count;
    m->tables[m->table_count++] = read_table(c, i);
    break;
  case WASM_EXTERNAL_MEMORY:
    import->index = m->memory_count;
    m->memories[m->memory_count++] = read_memory(c, i);
    break;
  case WASM_EXTERNAL_GLOBAL:
    import->index = m->global_count;
    m->globals[m->global_count++] = read_global(c, i);
    break;
  case WASM_EXTERNAL_TAG:
    import->index = m->tag_count;
    m->tags[m->tag_count++] = read_tag(m, c, i);
    break;
  default:
    dec_fail(c, at, "import kind", "%u is not a kind of import", import->kind);
  }
}

static void read_imports(DecModule *m, DecCursor *c) {
  uint32_t n = m->import_count = dec_count(c, 4, "import count");
  m->imports = dec_alloc(m, c, n, sizeof *m->imports);
  m->funcs = dec_alloc(m, c, n, sizeof *m->funcs);
  m->tables = dec_alloc(m, c, n, sizeof *m->tables);
  m->memories = dec_alloc(m, c, n, sizeof *m->memories);
  m->globals = dec_alloc(m, c, n, sizeof *m->globals);
  m->tags = dec_alloc(m, c, n, sizeof *m->tags);
  for (uint32_t i = 0; i < n && dec_ok(c); i++)
    read_import(m, c, i);
  m->imported_funcs = m->func_count;
  m->imported_tables = m->table_count;
  m->imported_memories = m->memory_count;
  m->imported_globals = m->global_count;
  m->imported_tags = m->tag_count;
}

/* Makes room in an index space for the definitions after the imports. */
static void *add_space(DecModule *m, DecCursor *c, const void *imports,
                       uint32_t imported, uint32_t defined, size_t size) {
  uint32_t room = imported + defined; /* each has bytes of its own */
  char *items = dec_alloc(m, c, room, size);
  if (items && imported)
    memcpy(items, imports, imported * size);
  return items;
}

static void read_functions(DecModule *m, DecCursor *c) {
  uint32_t n = dec_count(c, 1, "function count");
  m->funcs = add_space(m, c, m->funcs, m->func_count, n, sizeof *m->funcs);
  for (uint32_t i = 0; i < n && dec_ok(c); i++)
    m->funcs[m->func_count++] = (DecFunc){
        .import = DEC_NONE, .type = dec_index(c, m->type_count, "type index")};
}

static void read_tables(DecModule *m, DecCursor *c) {
  uint32_t n = dec_count(c, 3, "table count");
  m->tables = add_space(m, c, m->tables, m->table_count, n, sizeof *m->tables);
  for (uint32_t i = 0; i < n && dec_ok(c); i++)
    m->tables[m->table_count++] = read_table(c, DEC_NONE);
}

static void read_memories(DecModule *m, DecCursor *c) {
  uint32_t n = dec_count(c, 2, "memory count");
  m->memories =
      add_space(m, c, m->memories, m->memory_count, n, sizeof *m->memories);
  for (uint32_t i = 0; i < n && dec_ok(c); i++)
    m->memories[m->memory_count++] = read_memory(c, DEC_NONE);
}

static void read_tags(DecModule *m, DecCursor *c) {
  uint32_t n = dec_count(c, 2, "tag count");
  m->tags = add_space(m, c, m->tags, m->tag_count, n, sizeof *m->tags);
  for (uint32_t i = 0; i < n && dec_ok(c); i++)
    m->tags[m->tag_count++] = read_tag(m, c, DEC_NONE);
}

static void read_globals(DecModule *m, DecCursor *c) {
  uint32_t n = dec_count(c, 4, "global count");
  m->globals =
      add_space(m, c, m->globals, m->global_count, n, sizeof *m->globals);
  for (uint32_t i = 0; i < n && dec_ok(c); i++) {
    DecGlobal global = read_global(c, DEC_NONE);
    global.init = dec_expr(m, c, "global init");
    m->globals[m->global_count++] = global;
  }
}

static uint32_t count_of_kind(const DecModule *m, uint8_t kind) {
  switch (kind) {
  case WASM_EXTERNAL_FUNCTION: return m->func_count;
  case WASM_EXTERNAL_TABLE: return m->table_count;
  case WASM_EXTERNAL_MEMORY: return m->memory_count;
  case WASM_EXTERNAL_GLOBAL: return m->global_count;
  default: return m->tag_count;
  }
}

static int by_name(const void *a, const void *b) {
  const DecExport *x = *(const DecExport *const *)a;
  const DecExport *y = *(const DecExport *const *)b;
  size_t least = x->name.size < y->name.size ? x->name.size : y->name.size;
  int order = memcmp(x->name.at, y->name.at, least);
  if (order == 0)
    order = (x->name.size > y->name.size) - (x->name.size < y->name.size);
  return order ? order : (x->offset > y->offset) - (x->offset < y->offset);
}

static void check_export_names(DecModule *m, DecCursor *c) {
  const DecExport **sorted = dec_alloc(m, c, m->export_count, sizeof *sorted);
  if (!sorted)
    return;
  for (uint32_t i = 0; i < m->export_count; i++)
    sorted[i] = &m->exports[i];
  qsort(sorted, m->export_count, sizeof *sorted, by_name);
  for (uint32_t i = 1; i < m->export_count; i++)
    if (decode_same(sorted[i - 1]->name, sorted[i]->name))
      dec_fail(c, sorted[i]->offset, "export name", "exported twice");
}

static void read_exports(DecModule *m, DecCursor *c) {
  m->export_count = dec_count(c, 3, "export count");
  m->exports = dec_alloc(m, c, m->export_count, sizeof *m->exports);
  for (uint32_t i = 0; i < m->export_count && dec_ok(c); i++) {
    DecExport *export = &m->exports[i];
    export->offset = c->pos;
    export->name = dec_name(c, "export name");
    size_t at = c->pos;
    export->kind = dec_u8(c, "export kind");
    if (export->kind > WASM_EXTERNAL_TAG)
      dec_fail(c, at, "export kind", "%u is not a kind", export->kind);
    export->index =
        dec_index(c, count_of_kind(m, export->kind), "export index");
  }
  if (dec_ok(c))
    check_export_names(m, c);
}

/* Offset, table and type are there or implied, according to the flags. */
static void read_elem_head(DecModule *m, DecCursor *c, DecElem *e) {
  bool is_inactive = e->flags & WASM_ELEM_SEGMENT_IS_PASSIVE;
  bool has_number = e->flags & WASM_ELEM_SEGMENT_HAS_TABLE_NUMBER;
  bool has_exprs = e->flags & WASM_ELEM_SEGMENT_HAS_INIT_EXPRS;
  e->mode = !is_inactive ? DEC_ACTIVE : has_number ? DEC_DECLARED : DEC_PASSIVE;
  e->type = WASM_TYPE_FUNCREF;
  if (!is_inactive) {
    size_t at = c->pos;
    if (has_number)
      e->table = dec_index(c, m->table_count, "element table");
    else if (m->table_count == 0)
      dec_fail(c, at, "element table", "there is no table");
    e->start = dec_expr(m, c, "element offset");
  }
  if (!is_inactive && !has_number)
    return;
  size_t at = c->pos;
  if (has_exprs)
    e->type = dec_ref_type(c, "element type");
  else if (dec_u8(c, "element kind") != 0)
    dec_fail(c, at, "element kind", "not 0 (functions)");
}

static DecExpr read_elem_index(DecModule *m, DecCursor *c) {
  DecExpr expr = {
      .offset = c->pos, .is_index = true, .opcode = WASM_OPCODE_REF_FUNC};
  expr.value = dec_index(c, m->func_count, "element function");
  expr.size = c->pos - expr.offset;
  return expr;
}

static void read_elems(DecModule *m, DecCursor *c) {
  m->elem_count = dec_count(c, 2, "element segment count");
  m->elems = dec_alloc(m, c, m->elem_count, sizeof *m->elems);
  for (uint32_t i = 0; i < m->elem_count && dec_ok(c); i++) {
    DecElem *e = &m->elems[i];
    e->offset = c->pos;
    e->flags = dec_u32(c, "element flags");
    if (e->flags > 7)
      dec_fail(c, e->offset, "element flags", "unknown flags %u", e->flags);
    read_elem_head(m, c, e);
    bool has_exprs = e->flags & WASM_ELEM_SEGMENT_HAS_INIT_EXPRS;
    e->count = dec_count(c, has_exprs ? 2 : 1, "element count");
    e->items = dec_alloc(m, c, e->count, sizeof *e->items);
    for (uint32_t k = 0; k < e->count && dec_ok(c); k++)
      e->items[k] =
          has_exprs ? dec_expr(m, c, "element item") : read_elem_index(m, c);
  }
}

static void read_locals(DecModule *m, DecCursor *c, DecFunc *f) {
  uint64_t total = 0;
  f->local_groups = dec_count(c, 2, "local group count");
  f->locals = dec_alloc(m, c, f->local_groups, sizeof *f->locals);
  for (uint32_t i = 0; i < f->local_groups && dec_ok(c); i++) {
    size_t at = c->pos;
    f->locals[i].count = dec_u32(c, "local count");
    f->locals[i].type = dec_value_type(c, "local type");
    total += f->locals[i].count;
    if (total > UINT32_MAX)
      dec_fail(c, at, "local count", "more than 2^32 locals");
  }
}

static void read_code(DecModule *m, DecCursor *c) {
  size_t at = c->pos;
  uint32_t n = dec_count(c, 2, "body count");
  if (dec_ok(c) && n != m->func_count - m->imported_funcs)
    dec_fail(c, at, "body count", "%u bodies of %u functions", n,
             m->func_count - m->imported_funcs);
  for (uint32_t i = 0; i < n && dec_ok(c); i++) {
    DecFunc *f = &m->funcs[m->imported_funcs + i];
    f->offset = c->pos;
    uint32_t size = dec_u32(c, "body size");
    DecCursor body = dec_sub(c, size, "body size");
    f->body = body.pos;
    f->end = body.end;
    read_locals(m, &body, f);
    f->code = body.pos;
    if (dec_left(&body) == 0)
      dec_fail(&body, body.pos, "body", "no instructions");
  }
}

static void read_data(DecModule *m, DecCursor *c) {
  size_t at = c->pos;
  m->data_count = dec_count(c, 2, "data segment count");
  if (dec_ok(c) && m->has_data_count && m->data_count != m->declared_data)
    dec_fail(c, at, "data segment count", "%u segments of %u declared",
             m->data_count, m->declared_data);
  m->data = dec_alloc(m, c, m->data_count, sizeof *m->data);
  for (uint32_t i = 0; i < m->data_count && dec_ok(c); i++) {
    DecData *d = &m->data[i];
    d->offset = c->pos;
    d->flags = dec_u32(c, "data flags");
    if (d->flags > 2)
      dec_fail(c, d->offset, "data flags", "unknown flags %u", d->flags);
    bool is_passive = d->flags & WASM_DATA_SEGMENT_IS_PASSIVE;
    d->mode = is_passive ? DEC_PASSIVE : DEC_ACTIVE;
    if (d->flags & WASM_DATA_SEGMENT_HAS_MEMINDEX)
      d->memory = dec_index(c, m->memory_count, "data memory");
    else if (!is_passive && m->memory_count == 0)
      dec_fail(c, d->offset, "data memory", "there is no memory");
    if (!is_passive)
      d->start = dec_expr(m, c, "data offset");
    d->bytes = dec_blob(c, "data size");
  }
}

static void read_section(DecModule *m, DecCursor *c, uint32_t i) {
  DecSection *section = &m->sections[i];
  switch (section->id) {
  case WASM_SEC_CUSTOM:
    section->name = dec_name(c, "custom section name");
    section->contents = c->pos;
    dec_custom(m, c, i);
    return;
  case WASM_SEC_TYPE: read_types(m, c); break;
  case WASM_SEC_IMPORT: read_imports(m, c); break;
  case WASM_SEC_FUNCTION: read_functions(m, c); break;
  case WASM_SEC_TABLE: read_tables(m, c); break;
  case WASM_SEC_MEMORY: read_memories(m, c); break;
  case WASM_SEC_TAG: read_tags(m, c); break;
  case WASM_SEC_GLOBAL: read_globals(m, c); break;
  case WASM_SEC_EXPORT: read_exports(m, c); break;
  case WASM_SEC_START:
    m->start = dec_index(c, m->func_count, "start function");
    break;
  case WASM_SEC_ELEM: read_elems(m, c); break;
  case WASM_SEC_DATACOUNT:
    m->has_data_count = true;
    m->declared_data = dec_u32(c, "data count");
    break;
  case WASM_SEC_CODE: read_code(m, c); break;
  default: read_data(m, c); break;
  }
  dec_finish(c, "section");
}

/* The place of a section among those that are not custom; 0 if there is no
   such section. */
static int rank_of(uint8_t id) {
  static const uint8_t order[] = {
      WASM_SEC_TYPE,   WASM_SEC_IMPORT, WASM_SEC_FUNCTION,  WASM_SEC_TABLE,
      WASM_SEC_MEMORY, WASM_SEC_TAG,    WASM_SEC_GLOBAL,    WASM_SEC_EXPORT,
      WASM_SEC_START,  WASM_SEC_ELEM,   WASM_SEC_DATACOUNT, WASM_SEC_CODE,
      WASM_SEC_DATA};
  for (int i = 0; i < (int)sizeof order; i++)
    if (order[i] == id)
      return i + 1;
  return 0;
}

/* Finds where each section lies, before any is read. */
static void find_sections(DecModule *m, DecCursor *c) {
  DecCursor count = *c;
  uint32_t n = 0;
  for (; dec_left(&count) > 0; n++) {
    dec_u8(&count, "section id");
    uint32_t size = dec_u32(&count, "section size");
    dec_sub(&count, size, "section size");
  }
  m->sections = dec_alloc(m, c, n, sizeof *m->sections);
  int last = 0;
  for (uint32_t i = 0; i < n && dec_ok(c); i++) {
    DecSection *s = &m->sections[m->section_count++];
    s->offset = c->pos;
    s->id = dec_u8(c, "section id");
    s->size = dec_u32(c, "section size");
    s->payload = s->contents = dec_sub(c, s->size, "section size").pos;
    s->name = (DecBytes){c->base, 0};
    int rank = rank_of(s->id);
    if (s->id != WASM_SEC_CUSTOM && rank == 0)
      dec_fail(c, s->offset, "section id", "unknown section %u", s->id);
    if (s->id != WASM_SEC_CUSTOM && rank <= last)
      dec_fail(c, s->offset, "section id", "section %u %s", s->id,
               rank == last ? "twice" : "out of order");
    last = rank > last ? rank : last;
  }
}

/* Counts that two sections must agree on, where one may be missing. */
static void check_counts(DecModule *m, DecCursor *c) {
  for (uint32_t i = m->imported_funcs; i < m->func_count; i++)
    if (m->funcs[i].end == 0) {
      dec_fail(c, c->pos, "body count", "functions without a code section");
      return;
    }
  if (m->has_data_count && m->declared_data != m->data_count)
    dec_fail(c, c->pos, "data count", "%u segments of %u declared",
             m->data_count, m->declared_data);
}

static void read_header(DecCursor *c) {
  DecBytes magic = dec_bytes(c, 4, "magic number");
  if (dec_ok(c) && !decode_is_module(magic.at, magic.size))
    dec_fail(c, 0, "magic number", "not a wasm module");
  uint32_t version = dec_fixed32(c, "version");
  if (dec_ok(c) && version != WASM_VERSION)
    dec_fail(c, 4, "version", "version is 0x%x, not %d", version, WASM_VERSION);
}

bool decode_module(DecModule *module, const uint8_t *bytes, size_t size,
                   DecError *error) {
  *error = (DecError){0};
  *module = (DecModule){.bytes = bytes, .size = size, .start = DEC_NONE};
  DecCursor c = {bytes, 0, size, error};
  if (size > UINT32_MAX)
    dec_fail(&c, 0, "file", "larger than 4 GiB");
  read_header(&c);
  find_sections(module, &c);
  for (uint32_t i = 0; i < module->section_count && dec_ok(&c); i++) {
    const DecSection *s = &module->sections[i];
    DecCursor part = {bytes, s->payload, s->payload + s->size, error};
    read_section(module, &part, i);
  }
  if (dec_ok(&c))
    check_counts(module, &c);
  if (dec_ok(&c))
    dec_give_names(module);
  else
    decode_free(module);
  return dec_ok(&c);
}

uint32_t decode_func_at(const DecModule *module, size_t offset) {
  uint32_t low = module->imported_funcs, high = module->func_count;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    const DecFunc *f = &module->funcs[middle];
    if (offset < f->offset)
      high = middle;
    else if (offset >= f->end)
      low = middle + 1;
    else
      return middle;
  }
  return DEC_NONE;
}
