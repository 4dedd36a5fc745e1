/* decode_meta.c: the custom sections whose contents have a meaning: names,
   producers, features, build id and dynamic linking; "linking" and "reloc.*"
   are in decode_linking.c.  Takes a cursor over a section after its name;
   fills the module's parts.  Other custom sections are left as bytes. */

#include "decode_read.h"
#include "wasm.h"

#include <string.h>

/* Whether bytes are this text. */
static bool is_text(DecBytes bytes, const char *text) {
  return bytes.size == strlen(text) && !memcmp(bytes.at, text, bytes.size);
}

/* A sub-section's id and the cursor over it. */
DecCursor dec_next_sub(DecCursor *c, uint8_t *id) {
  *id = dec_u8(c, "sub-section id");
  uint32_t size = dec_u32(c, "sub-section size");
  return dec_sub(c, size, "sub-section size");
}

/* How many sub-sections follow. */
uint32_t dec_count_subs(DecCursor c) {
  uint32_t n = 0;
  for (uint8_t id; dec_left(&c) > 0; n++)
    dec_next_sub(&c, &id);
  return n;
}

void dec_keep_raw(DecSub *others, uint32_t *count, uint8_t id, DecCursor *sub) {
  DecBytes bytes = dec_bytes(sub, dec_left(sub), "sub-section");
  others[(*count)++] = (DecSub){id, bytes};
}

/* name */

static void check_ascending(DecCursor *c, size_t at, uint32_t i,
                            uint32_t before, uint32_t index) {
  if (i > 0 && index <= before)
    dec_fail(c, at, "name index", "%u after %u", index, before);
}

static DecNameMap read_name_map(DecModule *m, DecCursor *c, uint32_t limit) {
  DecNameMap map = {.count = dec_count(c, 2, "name count")};
  map.names = dec_alloc(m, c, map.count, sizeof *map.names);
  for (uint32_t i = 0; i < map.count && dec_ok(c); i++) {
    size_t at = c->pos;
    map.names[i].index = dec_index(c, limit, "name index");
    map.names[i].name = dec_name(c, "name");
    check_ascending(c, at, i, i ? map.names[i - 1].index : 0,
                    map.names[i].index);
  }
  return map;
}

static void read_local_names(DecModule *m, DecCursor *c) {
  DecNames *names = &m->names;
  names->local_count = dec_count(c, 2, "name count");
  names->locals = dec_alloc(m, c, names->local_count, sizeof *names->locals);
  for (uint32_t i = 0; i < names->local_count && dec_ok(c); i++) {
    DecLocalNames *l = &names->locals[i];
    size_t at = c->pos;
    l->func = dec_index(c, m->func_count, "name index");
    check_ascending(c, at, i, i ? l[-1].func : 0, l->func);
    l->map = read_name_map(m, c, UINT32_MAX);
  }
}

static void read_name_part(DecModule *m, uint8_t id, DecCursor *sub) {
  DecNames *names = &m->names;
  switch (id) {
  case WASM_NAMES_MODULE:
    names->has_module = true;
    names->module = dec_name(sub, "module name");
    break;
  case WASM_NAMES_FUNCTION:
    names->funcs = read_name_map(m, sub, m->func_count);
    break;
  case WASM_NAMES_LOCAL: read_local_names(m, sub); break;
  case WASM_NAMES_GLOBAL:
    names->globals = read_name_map(m, sub, m->global_count);
    break;
  case WASM_NAMES_DATA_SEGMENT:
    names->data = read_name_map(m, sub, m->data_count);
    break;
  default: dec_keep_raw(names->others, &names->other_count, id, sub); break;
  }
}

static void read_names(DecModule *m, DecCursor *c) {
  uint32_t n = dec_count_subs(*c);
  m->names.present = true;
  m->names.others = dec_alloc(m, c, n, sizeof *m->names.others);
  int last = -1;
  for (uint8_t id; dec_left(c) > 0; last = id) {
    size_t at = c->pos;
    DecCursor sub = dec_next_sub(c, &id);
    if (dec_ok(c) && id <= last)
      dec_fail(c, at, "sub-section id", "%u after %d", id, last);
    if (dec_ok(c))
      read_name_part(m, id, &sub);
    dec_finish(&sub, "sub-section");
  }
}

/* producers, target_features, build_id */

static void read_producers(DecModule *m, DecCursor *c) {
  DecCursor count = *c; /* the values of all fields make one list */
  uint32_t fields = dec_count(&count, 2, "producer field count"), total = 0;
  for (uint32_t i = 0; i < fields && dec_ok(&count); i++) {
    dec_name(&count, "producer field");
    uint32_t values = dec_count(&count, 2, "producer value count");
    for (uint32_t k = 0; k < values && dec_ok(&count); k++, total++) {
      dec_name(&count, "producer name");
      dec_name(&count, "producer version");
    }
  }
  m->producers = dec_alloc(m, c, total, sizeof *m->producers);
  fields = dec_u32(c, "producer field count");
  for (uint32_t i = 0; i < fields && dec_ok(c); i++) {
    DecBytes field = dec_name(c, "producer field");
    uint32_t values = dec_u32(c, "producer value count");
    for (uint32_t k = 0; k < values && dec_ok(c); k++) {
      DecProducer *p = &m->producers[m->producer_count++];
      p->field = field;
      p->name = dec_name(c, "producer name");
      p->version = dec_name(c, "producer version");
    }
  }
  dec_finish(c, "producers");
}

static void read_features(DecModule *m, DecCursor *c) {
  m->feature_count = dec_count(c, 2, "feature count");
  m->features = dec_alloc(m, c, m->feature_count, sizeof *m->features);
  for (uint32_t i = 0; i < m->feature_count && dec_ok(c); i++) {
    size_t at = c->pos;
    uint8_t prefix = dec_u8(c, "feature prefix");
    if (prefix != WASM_FEATURE_PREFIX_USED &&
        prefix != WASM_FEATURE_PREFIX_REQUIRED &&
        prefix != WASM_FEATURE_PREFIX_DISALLOWED)
      dec_fail(c, at, "feature prefix", "0x%02x is not a prefix", prefix);
    m->features[i].prefix = (char)prefix;
    m->features[i].name = dec_name(c, "feature name");
  }
  dec_finish(c, "target_features");
}

static void read_build_id(DecModule *m, DecCursor *c) {
  m->has_build_id = true;
  m->build_id = dec_blob(c, "build id");
  dec_finish(c, "build_id");
}

/* metadata.code.*, which is left as bytes until somebody asks */

bool decode_metadata(DecCursor *c, DecMetadata *m) {
  if (!m->begun)
    m->funcs = dec_count(c, 2, "code metadata function count");
  m->begun = true;
  while (!m->items && m->funcs && dec_ok(c)) {
    m->funcs--;
    m->entry = c->pos;
    m->func = dec_u32(c, "code metadata function index");
    m->items = dec_count(c, 2, "code metadata instance count");
  }
  if (!m->items || !dec_ok(c))
    return false;
  m->items--;
  m->offset = c->pos;
  m->position = dec_u32(c, "code metadata offset");
  m->data = dec_blob(c, "code metadata");
  return dec_ok(c);
}

/* dylink.0 */

enum {
  DYLINK_MEM_INFO = 1,
  DYLINK_NEEDED = 2,
  DYLINK_EXPORT_INFO = 3,
  DYLINK_IMPORT_INFO = 4,
  DYLINK_RUNTIME_PATH = 5
};

static DecBytes *read_strings(DecModule *m, DecCursor *c, uint32_t *count) {
  *count = dec_count(c, 1, "string count");
  DecBytes *strings = dec_alloc(m, c, *count, sizeof *strings);
  for (uint32_t i = 0; i < *count && dec_ok(c); i++)
    strings[i] = dec_name(c, "string");
  return strings;
}

static DecDylinkInfo *read_infos(DecModule *m, DecCursor *c, uint32_t *count,
                                 bool has_module) {
  *count = dec_count(c, has_module ? 3 : 2, "dylink info count");
  DecDylinkInfo *infos = dec_alloc(m, c, *count, sizeof *infos);
  for (uint32_t i = 0; i < *count && dec_ok(c); i++) {
    infos[i].module = (DecBytes){c->base, 0};
    if (has_module)
      infos[i].module = dec_name(c, "dylink module");
    infos[i].name = dec_name(c, "dylink name");
    infos[i].flags = dec_u32(c, "dylink flags");
  }
  return infos;
}

static uint32_t read_alignment(DecCursor *c, const char *field) {
  size_t at = c->pos;
  uint32_t align = dec_u32(c, field);
  if (align > 31)
    dec_fail(c, at, field, "2^%u", align);
  return align;
}

static void read_dylink_part(DecModule *m, uint8_t id, DecCursor *sub) {
  DecDylink *d = &m->dylink;
  switch (id) {
  case DYLINK_MEM_INFO:
    d->has_memory = true;
    d->memory_size = dec_u32(sub, "dylink memory size");
    d->memory_align = read_alignment(sub, "dylink memory alignment");
    d->table_size = dec_u32(sub, "dylink table size");
    d->table_align = read_alignment(sub, "dylink table alignment");
    break;
  case DYLINK_NEEDED: d->needed = read_strings(m, sub, &d->needed_count); break;
  case DYLINK_EXPORT_INFO:
    d->exports = read_infos(m, sub, &d->export_count, false);
    break;
  case DYLINK_IMPORT_INFO:
    d->imports = read_infos(m, sub, &d->import_count, true);
    break;
  case DYLINK_RUNTIME_PATH:
    d->paths = read_strings(m, sub, &d->path_count);
    break;
  default: sub->pos = sub->end; /* of a later convention */
  }
}

/* What is there twice says the same? */
static bool comes_again(DecBytes *before, const DecCursor *sub) {
  DecBytes now = {sub->base + sub->pos, sub->end - sub->pos};
  bool same = !before->at || (before->size == now.size &&
                              !memcmp(before->at, now.at, now.size));
  *before = now;
  return same;
}

static void read_dylink(DecModule *m, DecCursor *c, uint32_t section) {
  if (section != 0)
    dec_fail(c, m->sections[section].offset, "section id",
             "dylink.0 is not the first section");
  DecBytes before[DYLINK_RUNTIME_PATH + 1] = {0};
  m->dylink.present = true;
  while (dec_left(c) > 0) {
    uint8_t id;
    DecCursor sub = dec_next_sub(c, &id);
    if (dec_ok(c) && id <= DYLINK_RUNTIME_PATH)
      m->dylink.contradicts |= !comes_again(&before[id], &sub);
    if (dec_ok(c))
      read_dylink_part(m, id, &sub);
    dec_finish(&sub, "sub-section");
  }
}

void dec_custom(DecModule *m, DecCursor *c, uint32_t section) {
  DecBytes name = m->sections[section].name;
  bool is_reloc = name.size >= 6 && !memcmp(name.at, "reloc.", 6);
  if (is_reloc && !m->relocs)
    m->relocs = dec_alloc(m, c, m->section_count, sizeof *m->relocs);
  bool is_again = (m->names.present && is_text(name, "name")) ||
                  (m->linking.present && is_text(name, "linking")) ||
                  (m->dylink.present && is_text(name, "dylink.0")) ||
                  (m->has_build_id && is_text(name, "build_id")) ||
                  (m->producers && is_text(name, "producers")) ||
                  (m->features && is_text(name, "target_features"));
  if (is_again)
    dec_fail(c, m->sections[section].offset, "section id",
             "custom section %.*s twice", (int)name.size, name.at);
  if (!dec_ok(c))
    return;
  if (is_reloc)
    dec_relocs(m, c, section);
  else if (is_text(name, "name"))
    read_names(m, c);
  else if (is_text(name, "producers"))
    read_producers(m, c);
  else if (is_text(name, "target_features"))
    read_features(m, c);
  else if (is_text(name, "build_id"))
    read_build_id(m, c);
  else if (is_text(name, "dylink.0"))
    read_dylink(m, c, section);
  else if (is_text(name, "linking"))
    dec_linking(m, c, section);
}

/* names of the index spaces */

static void give(DecBytes *name, DecBytes better) {
  if (name->size == 0)
    *name = better;
}

static DecBytes *name_in_space(DecModule *m, uint8_t kind, uint32_t index) {
  switch (kind) {
  case WASM_EXTERNAL_FUNCTION: return &m->funcs[index].name;
  case WASM_EXTERNAL_TABLE: return &m->tables[index].name;
  case WASM_EXTERNAL_MEMORY: return &m->memories[index].name;
  case WASM_EXTERNAL_GLOBAL: return &m->globals[index].name;
  default: return &m->tags[index].name;
  }
}

static void give_symbol_name(DecModule *m, const DecSymbol *s) {
  switch (s->kind) {
  case WASM_SYMBOL_TYPE_FUNCTION:
    give(&m->funcs[s->index].name, s->name);
    break;
  case WASM_SYMBOL_TYPE_GLOBAL:
    give(&m->globals[s->index].name, s->name);
    break;
  case WASM_SYMBOL_TYPE_TABLE: give(&m->tables[s->index].name, s->name); break;
  case WASM_SYMBOL_TYPE_TAG: give(&m->tags[s->index].name, s->name); break;
  default: break;
  }
}

/* The first that is there: name section, symbol, import, export. */
void dec_give_names(DecModule *m) {
  const DecNames *n = &m->names;
  for (uint32_t i = 0; i < n->funcs.count; i++)
    m->funcs[n->funcs.names[i].index].name = n->funcs.names[i].name;
  for (uint32_t i = 0; i < n->globals.count; i++)
    m->globals[n->globals.names[i].index].name = n->globals.names[i].name;
  for (uint32_t i = 0; i < n->data.count; i++)
    m->data[n->data.names[i].index].name = n->data.names[i].name;
  for (uint32_t i = 0; i < m->linking.symbol_count; i++)
    give_symbol_name(m, &m->linking.symbols[i]);
  for (uint32_t i = 0; i < m->linking.segment_count; i++)
    give(&m->data[i].name, m->linking.segments[i].name);
  for (uint32_t i = 0; i < m->import_count; i++) {
    const DecImport *import = &m->imports[i];
    give(name_in_space(m, import->kind, import->index), import->name);
  }
  for (uint32_t i = 0; i < m->export_count; i++) {
    const DecExport *export = &m->exports[i];
    give(name_in_space(m, export->kind, export->index), export->name);
  }
}
