/* decode_linking.c: the custom sections of relocatable objects: "linking" and
   "reloc.*" (tool-conventions Linking.md).  Takes a cursor over the section
   after its name; fills module->linking and module->relocs.  Rule of thumb:
   indices are checked against the spaces, not symbols against uses: whether
   a relocation suits its symbol is for the linker and the judge to say. */

#include "decode_read.h"
#include "wasm.h"

static void read_segments(DecModule *m, DecCursor *c) {
  DecLinking *l = &m->linking;
  size_t at = c->pos;
  l->segment_count = dec_count(c, 3, "segment info count");
  if (dec_ok(c) && l->segment_count > m->data_count)
    dec_fail(c, at, "segment info count", "%u infos of %u segments",
             l->segment_count, m->data_count);
  l->segments = dec_alloc(m, c, l->segment_count, sizeof *l->segments);
  for (uint32_t i = 0; i < l->segment_count && dec_ok(c); i++) {
    l->segments[i].name = dec_name(c, "segment name");
    at = c->pos;
    l->segments[i].align = dec_u32(c, "segment alignment");
    if (l->segments[i].align > 31)
      dec_fail(c, at, "segment alignment", "2^%u", l->segments[i].align);
    l->segments[i].flags = dec_u32(c, "segment flags");
  }
}

static void read_inits(DecModule *m, DecCursor *c) {
  DecLinking *l = &m->linking;
  l->init_count = dec_count(c, 2, "init function count");
  l->inits = dec_alloc(m, c, l->init_count, sizeof *l->inits);
  for (uint32_t i = 0; i < l->init_count && dec_ok(c); i++) {
    l->inits[i].priority = dec_u32(c, "init priority");
    size_t at = c->pos;
    uint32_t symbol = dec_index(c, l->symbol_count, "init symbol");
    l->inits[i].symbol = symbol;
    if (dec_ok(c) && l->symbols[symbol].kind != WASM_SYMBOL_TYPE_FUNCTION)
      dec_fail(c, at, "init symbol", "symbol %u is not a function", symbol);
  }
}

static uint32_t comdat_limit(const DecModule *m, DecCursor *c, size_t at,
                             uint8_t kind) {
  switch (kind) {
  case WASM_COMDAT_DATA: return m->data_count;
  case WASM_COMDAT_FUNCTION: return m->func_count;
  case WASM_COMDAT_GLOBAL: return m->global_count;
  case WASM_COMDAT_TAG: return m->tag_count;
  case WASM_COMDAT_TABLE: return m->table_count;
  case WASM_COMDAT_SECTION: return m->section_count;
  default: dec_fail(c, at, "comdat kind", "unknown kind %u", kind); return 0;
  }
}

/* Whether a group can have that member: what is defined, and of sections a
   custom one. */
static bool is_member(const DecModule *m, uint8_t kind, uint32_t i) {
  switch (kind) {
  case WASM_COMDAT_FUNCTION: return m->funcs[i].import == DEC_NONE;
  case WASM_COMDAT_GLOBAL: return m->globals[i].import == DEC_NONE;
  case WASM_COMDAT_TAG: return m->tags[i].import == DEC_NONE;
  case WASM_COMDAT_TABLE: return m->tables[i].import == DEC_NONE;
  case WASM_COMDAT_SECTION: return m->sections[i].id == WASM_SEC_CUSTOM;
  default: return true;
  }
}

static void read_comdat(DecModule *m, DecCursor *c, DecComdat *comdat) {
  comdat->name = dec_name(c, "comdat name");
  size_t at = c->pos;
  comdat->flags = dec_u32(c, "comdat flags");
  if (comdat->flags != 0)
    dec_fail(c, at, "comdat flags", "0x%x, but none are defined",
             comdat->flags);
  comdat->count = dec_count(c, 2, "comdat item count");
  comdat->items = dec_alloc(m, c, comdat->count, sizeof *comdat->items);
  for (uint32_t i = 0; i < comdat->count && dec_ok(c); i++) {
    at = c->pos;
    DecComdatItem *item = &comdat->items[i];
    item->kind = dec_u8(c, "comdat kind");
    uint32_t limit = comdat_limit(m, c, at, item->kind);
    at = c->pos;
    item->index = dec_index(c, limit, "comdat index");
    if (dec_ok(c) && !is_member(m, item->kind, item->index))
      dec_fail(c, at, "comdat index", "%u is an import, or no custom section",
               item->index);
  }
}

static void read_comdats(DecModule *m, DecCursor *c) {
  DecLinking *l = &m->linking;
  l->comdat_count = dec_count(c, 3, "comdat count");
  l->comdats = dec_alloc(m, c, l->comdat_count, sizeof *l->comdats);
  for (uint32_t i = 0; i < l->comdat_count && dec_ok(c); i++)
    read_comdat(m, c, &l->comdats[i]);
}

/* Count of the space a symbol of that kind is in, and the import of an
   index, or DEC_NONE. */
static uint32_t symbol_space(const DecModule *m, uint8_t kind) {
  switch (kind) {
  case WASM_SYMBOL_TYPE_FUNCTION: return m->func_count;
  case WASM_SYMBOL_TYPE_GLOBAL: return m->global_count;
  case WASM_SYMBOL_TYPE_TAG: return m->tag_count;
  default: return m->table_count;
  }
}

static uint32_t symbol_import(const DecModule *m, const DecSymbol *s) {
  switch (s->kind) {
  case WASM_SYMBOL_TYPE_FUNCTION: return m->funcs[s->index].import;
  case WASM_SYMBOL_TYPE_GLOBAL: return m->globals[s->index].import;
  case WASM_SYMBOL_TYPE_TAG: return m->tags[s->index].import;
  default: return m->tables[s->index].import;
  }
}

/* A function, global, tag or table. */
static void read_indexed_symbol(DecModule *m, DecCursor *c, DecSymbol *s) {
  size_t at = c->pos;
  s->index = dec_index(c, symbol_space(m, s->kind), "symbol index");
  if (!dec_ok(c))
    return;
  bool is_undefined = s->flags & WASM_SYMBOL_UNDEFINED;
  uint32_t import = symbol_import(m, s);
  if (is_undefined != (import != DEC_NONE))
    dec_fail(c, at, "symbol index", "index %u is %s import, symbol is %s",
             s->index, import == DEC_NONE ? "no" : "an",
             is_undefined ? "undefined" : "defined");
  else if (!is_undefined || (s->flags & WASM_SYMBOL_EXPLICIT_NAME))
    s->name = dec_name(c, "symbol name");
  else
    s->name = m->imports[import].name;
}

static void read_data_symbol(DecModule *m, DecCursor *c, DecSymbol *s) {
  s->name = dec_name(c, "symbol name");
  s->index = DEC_NONE;
  if (s->flags & WASM_SYMBOL_UNDEFINED)
    return;
  bool is_absolute = s->flags & WASM_SYMBOL_ABSOLUTE;
  s->index =
      dec_index(c, is_absolute ? UINT32_MAX : m->data_count, "symbol segment");
  size_t at = c->pos;
  s->offset = dec_u64(c, "symbol offset");
  s->size = dec_u64(c, "symbol size");
  if (is_absolute || !dec_ok(c))
    return;
  uint64_t room = m->data[s->index].bytes.size;
  if (s->offset > room || s->size > room - s->offset)
    dec_fail(c, at, "symbol offset", "symbol ends outside its segment");
}

static void read_section_symbol(DecModule *m, DecCursor *c, DecSymbol *s,
                                uint32_t own) {
  size_t at = c->pos;
  s->index = dec_index(c, m->section_count, "symbol section");
  if (!dec_ok(c))
    return;
  const DecSection *target = &m->sections[s->index];
  bool is_allowed = target->id == WASM_SEC_CUSTOM ||
                    target->id == WASM_SEC_CODE || target->id == WASM_SEC_DATA;
  if (!is_allowed || s->index == own)
    dec_fail(c, at, "symbol section", "section %u cannot have a symbol",
             s->index);
  s->name = target->name;
}

static void read_symbols(DecModule *m, DecCursor *c, uint32_t own) {
  DecLinking *l = &m->linking;
  l->symbol_count = dec_count(c, 3, "symbol count");
  l->symbols = dec_alloc(m, c, l->symbol_count, sizeof *l->symbols);
  for (uint32_t i = 0; i < l->symbol_count && dec_ok(c); i++) {
    DecSymbol *s = &l->symbols[i];
    s->at = c->pos;
    s->name = (DecBytes){c->base, 0};
    s->kind = dec_u8(c, "symbol kind");
    s->flags = dec_u32(c, "symbol flags");
    if (s->kind > WASM_SYMBOL_TYPE_TABLE)
      dec_fail(c, s->at, "symbol kind", "unknown kind %u", s->kind);
    else if (s->kind == WASM_SYMBOL_TYPE_DATA)
      read_data_symbol(m, c, s);
    else if (s->kind == WASM_SYMBOL_TYPE_SECTION)
      read_section_symbol(m, c, s, own);
    else
      read_indexed_symbol(m, c, s);
  }
}

void dec_linking(DecModule *m, DecCursor *c, uint32_t section) {
  DecLinking *l = &m->linking;
  size_t at = c->pos;
  l->present = true;
  l->version = dec_u32(c, "linking version");
  if (dec_ok(c) && l->version != WASM_LINKING_VERSION)
    dec_fail(c, at, "linking version", "version is %u, not %d", l->version,
             WASM_LINKING_VERSION);
  l->others = dec_alloc(m, c, dec_count_subs(*c), sizeof *l->others);
  uint32_t seen = 0;
  while (dec_left(c) > 0) {
    at = c->pos;
    uint8_t id;
    DecCursor sub = dec_next_sub(c, &id);
    if (!dec_ok(c))
      return;
    bool is_known = id >= WASM_SEGMENT_INFO && id <= WASM_SYMBOL_TABLE;
    if (is_known && (seen >> id & 1))
      dec_fail(c, at, "sub-section id", "sub-section %u twice", id);
    seen |= is_known ? 1u << id : 0;
    switch (id) {
    case WASM_SEGMENT_INFO: read_segments(m, &sub); break;
    case WASM_INIT_FUNCS: read_inits(m, &sub); break;
    case WASM_COMDAT_INFO: read_comdats(m, &sub); break;
    case WASM_SYMBOL_TABLE: read_symbols(m, &sub, section); break;
    default: dec_keep_raw(l->others, &l->other_count, id, &sub); break;
    }
    dec_finish(&sub, "sub-section");
  }
}

/* reloc.* */

static const DecRelocKind reloc_kinds[] = {
    {"R_WASM_FUNCTION_INDEX_LEB", 5, false},
    {"R_WASM_TABLE_INDEX_SLEB", 5, false},
    {"R_WASM_TABLE_INDEX_I32", 4, false},
    {"R_WASM_MEMORY_ADDR_LEB", 5, true},
    {"R_WASM_MEMORY_ADDR_SLEB", 5, true},
    {"R_WASM_MEMORY_ADDR_I32", 4, true},
    {"R_WASM_TYPE_INDEX_LEB", 5, false},
    {"R_WASM_GLOBAL_INDEX_LEB", 5, false},
    {"R_WASM_FUNCTION_OFFSET_I32", 4, true},
    {"R_WASM_SECTION_OFFSET_I32", 4, true},
    {"R_WASM_TAG_INDEX_LEB", 5, false},
    {"R_WASM_MEMORY_ADDR_REL_SLEB", 5, true},
    {"R_WASM_TABLE_INDEX_REL_SLEB", 5, false},
    {"R_WASM_GLOBAL_INDEX_I32", 4, false},
    {"R_WASM_MEMORY_ADDR_LEB64", 10, true},
    {"R_WASM_MEMORY_ADDR_SLEB64", 10, true},
    {"R_WASM_MEMORY_ADDR_I64", 8, true},
    {"R_WASM_MEMORY_ADDR_REL_SLEB64", 10, true},
    {"R_WASM_TABLE_INDEX_SLEB64", 10, false},
    {"R_WASM_TABLE_INDEX_I64", 8, false},
    {"R_WASM_TABLE_NUMBER_LEB", 5, false},
    {"R_WASM_MEMORY_ADDR_TLS_SLEB", 5, true},
    {"R_WASM_FUNCTION_OFFSET_I64", 8, true},
    {"R_WASM_MEMORY_ADDR_LOCREL_I32", 4, true},
    {"R_WASM_TABLE_INDEX_REL_SLEB64", 10, false},
    {"R_WASM_MEMORY_ADDR_TLS_SLEB64", 10, true},
    {"R_WASM_FUNCTION_INDEX_I32", 4, false},
};

enum { RELOC_TYPE_INDEX_LEB = 6 };

const DecRelocKind *decode_reloc_kind(uint32_t type) {
  uint32_t n = sizeof reloc_kinds / sizeof reloc_kinds[0];
  return type < n ? &reloc_kinds[type] : NULL;
}

static void read_reloc(DecModule *m, DecCursor *c, DecReloc *r,
                       size_t target_size) {
  r->at = c->pos;
  r->type = dec_u8(c, "relocation type");
  const DecRelocKind *kind = decode_reloc_kind(r->type);
  if (!kind) {
    dec_fail(c, r->at, "relocation type", "unknown type %u", r->type);
    return;
  }
  size_t at = c->pos;
  r->offset = dec_u32(c, "relocation offset");
  if (dec_ok(c) && (uint64_t)r->offset + kind->width > target_size)
    dec_fail(c, at, "relocation offset", "%u is outside the section",
             r->offset);
  bool is_type = r->type == RELOC_TYPE_INDEX_LEB;
  r->index = dec_index(c, is_type ? m->type_count : m->linking.symbol_count,
                       "relocation index");
  if (kind->has_addend)
    r->addend = kind->width < 8 ? dec_s32(c, "relocation addend")
                                : dec_s64(c, "relocation addend");
}

void dec_relocs(DecModule *m, DecCursor *c, uint32_t own) {
  DecRelocs *list = &m->relocs[m->reloc_count++];
  size_t at = c->pos;
  if (!m->linking.present)
    dec_fail(c, m->sections[own].offset, "section id",
             "relocations before the linking section");
  list->own = own;
  list->section = dec_index(c, own, "relocation section");
  uint8_t id = dec_ok(c) ? m->sections[list->section].id : WASM_SEC_CUSTOM;
  if (id != WASM_SEC_CUSTOM && id != WASM_SEC_CODE && id != WASM_SEC_DATA)
    dec_fail(c, at, "relocation section", "section %u cannot be relocated",
             list->section);
  list->count = dec_count(c, 3, "relocation count");
  list->relocs = dec_alloc(m, c, list->count, sizeof *list->relocs);
  const DecSection *target = &m->sections[list->section];
  size_t size = target->payload + target->size - target->contents;
  for (uint32_t i = 0; i < list->count && dec_ok(c); i++)
    read_reloc(m, c, &list->relocs[i], size);
  dec_finish(c, "relocations");
}
