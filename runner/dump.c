/* dump.c: `linkspec dump`.  Takes a module, a relocatable object or an
   archive; gives text, one fact a line, so that two dumps can be compared by
   any line-based tool.  Rule of thumb: names where they are known, file
   offsets only when asked for. */

#include "dump.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "../model/wasm.h"
#include "runner.h"
#include "show.h"

const char dump_help[] =
    "usage: linkspec dump [--sections] [--module] [--custom] [--linking]\n"
    "                     [--relocs] [--code] [--data] [--all] [--offsets]\n"
    "                     FILE...\n\n"
    "Prints modules, relocatable objects and archives as text, one fact a\n"
    "line.  Without a choice: all but code and data.\n\n"
    "  --sections  the sections, in file order (also: --headers)\n"
    "  --module    types, imports, functions, tables, ..., exports\n"
    "  --custom    names, producers, features, dylink.0, build id\n"
    "  --linking   symbols, init functions, comdats\n"
    "  --relocs    relocations\n"
    "  --code      instructions, with relocations beside them\n"
    "  --data      bytes of data segments and unknown custom sections\n"
    "  --all       everything\n"
    "  --offsets   file offsets too\n\n"
    "Exit status: 0 printed, 1 malformed (what and where is on standard\n"
    "error), 2 misuse.\n";

static void dump_sections(FILE *out, const DecModule *m, unsigned what) {
  for (uint32_t i = 0; i < m->section_count; i++) {
    fprintf(out, "section %u ", i);
    show_section(out, &m->sections[i]);
    fprintf(out, " size %zu", m->sections[i].size);
    if (what & DUMP_OFFSETS)
      fprintf(out, " at 0x%zx", m->sections[i].payload);
    putc('\n', out);
  }
}

static void dump_import(FILE *out, const DecModule *m, const DecImport *i) {
  fprintf(out, "import %s \"", show_kind(i->kind));
  show_text(out, i->module);
  fputs("\" \"", out);
  show_text(out, i->name);
  fputs("\" ", out);
  switch (i->kind) {
  case WASM_EXTERNAL_FUNCTION:
    show_type(out, m, m->funcs[i->index].type);
    break;
  case WASM_EXTERNAL_TABLE: show_table(out, &m->tables[i->index]); break;
  case WASM_EXTERNAL_MEMORY:
    show_limits(out, &m->memories[i->index].limits);
    break;
  case WASM_EXTERNAL_GLOBAL: show_global(out, m, &m->globals[i->index]); break;
  default: show_type(out, m, m->tags[i->index].type); break;
  }
  putc('\n', out);
}

static void dump_funcs(FILE *out, const DecModule *m, unsigned what) {
  for (uint32_t i = m->imported_funcs; i < m->func_count; i++) {
    const DecFunc *f = &m->funcs[i];
    fprintf(out, "func %u ", i);
    show_item(out, "func", f->name, i);
    putc(' ', out);
    show_type(out, m, f->type);
    fprintf(out, " size %zu", f->end - f->body);
    if (what & DUMP_OFFSETS)
      fprintf(out, " at 0x%zx", f->body);
    putc('\n', out);
  }
}

static void dump_spaces(FILE *out, const DecModule *m) {
  for (uint32_t i = m->imported_tables; i < m->table_count; i++) {
    fprintf(out, "table %u ", i);
    show_item(out, "table", m->tables[i].name, i);
    putc(' ', out);
    show_table(out, &m->tables[i]);
    putc('\n', out);
  }
  for (uint32_t i = m->imported_memories; i < m->memory_count; i++) {
    fprintf(out, "memory %u ", i);
    show_limits(out, &m->memories[i].limits);
    putc('\n', out);
  }
  for (uint32_t i = m->imported_tags; i < m->tag_count; i++) {
    fprintf(out, "tag %u ", i);
    show_item(out, "tag", m->tags[i].name, i);
    putc(' ', out);
    show_type(out, m, m->tags[i].type);
    putc('\n', out);
  }
  for (uint32_t i = m->imported_globals; i < m->global_count; i++) {
    fprintf(out, "global %u ", i);
    show_item(out, "global", m->globals[i].name, i);
    putc(' ', out);
    show_global(out, m, &m->globals[i]);
    putc('\n', out);
  }
}

static void dump_elem(FILE *out, const DecModule *m, uint32_t i) {
  const DecElem *e = &m->elems[i];
  fprintf(out, "elem %u ", i);
  show_elem_head(out, m, e);
  putc('\n', out);
  for (uint32_t k = 0; k < e->count; k++) {
    fprintf(out, "elem %u item %u ", i, k);
    show_expr(out, m, &e->items[k]);
    putc('\n', out);
  }
}

static void dump_module(FILE *out, const DecModule *m, unsigned what) {
  for (uint32_t i = 0; i < m->type_count; i++) {
    fprintf(out, "type %u ", i);
    show_type(out, m, i);
    putc('\n', out);
  }
  for (uint32_t i = 0; i < m->import_count; i++)
    dump_import(out, m, &m->imports[i]);
  dump_funcs(out, m, what);
  dump_spaces(out, m);
  for (uint32_t i = 0; i < m->export_count; i++) {
    fprintf(out, "export %s \"", show_kind(m->exports[i].kind));
    show_text(out, m->exports[i].name);
    fputs("\" ", out);
    show_external(out, m, m->exports[i].kind, m->exports[i].index);
    putc('\n', out);
  }
  if (m->start != DEC_NONE) {
    fputs("start ", out);
    show_external(out, m, WASM_EXTERNAL_FUNCTION, m->start);
    putc('\n', out);
  }
  for (uint32_t i = 0; i < m->elem_count; i++)
    dump_elem(out, m, i);
  if (m->has_data_count)
    fprintf(out, "datacount %u\n", m->declared_data);
  for (uint32_t i = 0; i < m->data_count; i++) {
    fprintf(out, "data %u ", i);
    show_item(out, "data", m->data[i].name, i);
    putc(' ', out);
    show_data_head(out, m, i);
    if (what & DUMP_OFFSETS)
      fprintf(out, " bytes at 0x%zx", (size_t)(m->data[i].bytes.at - m->bytes));
    putc('\n', out);
  }
}

static void dump_name_map(FILE *out, const char *what, const DecNameMap *map) {
  for (uint32_t i = 0; i < map->count; i++) {
    fprintf(out, "name %s %u ", what, map->names[i].index);
    show_text(out, map->names[i].name);
    putc('\n', out);
  }
}

static void dump_names(FILE *out, const DecModule *m) {
  if (m->names.has_module) {
    fputs("name module ", out);
    show_text(out, m->names.module);
    putc('\n', out);
  }
  dump_name_map(out, "func", &m->names.funcs);
  for (uint32_t i = 0; i < m->names.local_count; i++) {
    const DecLocalNames *l = &m->names.locals[i];
    for (uint32_t k = 0; k < l->map.count; k++) {
      fputs("name local ", out);
      show_external(out, m, WASM_EXTERNAL_FUNCTION, l->func);
      fprintf(out, " %u ", l->map.names[k].index);
      show_text(out, l->map.names[k].name);
      putc('\n', out);
    }
  }
  dump_name_map(out, "global", &m->names.globals);
  dump_name_map(out, "data", &m->names.data);
  for (uint32_t i = 0; i < m->names.other_count; i++)
    fprintf(out, "name sub-section %u size %zu\n", m->names.others[i].id,
            m->names.others[i].bytes.size);
}

static void dump_strings(FILE *out, const char *what, const DecBytes *strings,
                         uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    fprintf(out, "dylink %s ", what);
    show_text(out, strings[i]);
    putc('\n', out);
  }
}

static void dump_infos(FILE *out, const char *what, const DecDylinkInfo *infos,
                       uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    fprintf(out, "dylink %s ", what);
    if (infos[i].module.size) {
      show_text(out, infos[i].module);
      putc('.', out);
    }
    show_text(out, infos[i].name);
    fprintf(out, " flags 0x%x\n", infos[i].flags);
  }
}

static void dump_dylink(FILE *out, const DecDylink *d) {
  if (d->has_memory)
    fprintf(out, "dylink memory %u align 2^%u table %u align 2^%u\n",
            d->memory_size, d->memory_align, d->table_size, d->table_align);
  dump_strings(out, "needed", d->needed, d->needed_count);
  dump_strings(out, "path", d->paths, d->path_count);
  dump_infos(out, "export", d->exports, d->export_count);
  dump_infos(out, "import", d->imports, d->import_count);
}

static void dump_custom(FILE *out, const DecModule *m) {
  dump_dylink(out, &m->dylink);
  dump_names(out, m);
  for (uint32_t i = 0; i < m->producer_count; i++) {
    const DecProducer *p = &m->producers[i];
    fputs("producer ", out);
    show_text(out, p->field);
    fputs(" \"", out);
    show_text(out, p->name);
    fputs("\" \"", out);
    show_text(out, p->version);
    fputs("\"\n", out);
  }
  for (uint32_t i = 0; i < m->feature_count; i++) {
    fprintf(out, "feature %c", m->features[i].prefix);
    show_text(out, m->features[i].name);
    putc('\n', out);
  }
  if (m->has_build_id) {
    fputs("build_id ", out);
    for (size_t i = 0; i < m->build_id.size; i++)
      fprintf(out, "%02x", m->build_id.at[i]);
    putc('\n', out);
  }
}

static void dump_member(FILE *out, const DecModule *m, uint8_t kind,
                        uint32_t index) {
  switch (kind) {
  case WASM_COMDAT_DATA:
    show_item(out, "data", m->data[index].name, index);
    break;
  case WASM_COMDAT_FUNCTION:
    show_external(out, m, WASM_EXTERNAL_FUNCTION, index);
    break;
  case WASM_COMDAT_GLOBAL:
    show_external(out, m, WASM_EXTERNAL_GLOBAL, index);
    break;
  case WASM_COMDAT_TAG: show_external(out, m, WASM_EXTERNAL_TAG, index); break;
  case WASM_COMDAT_TABLE:
    show_external(out, m, WASM_EXTERNAL_TABLE, index);
    break;
  default: show_section(out, &m->sections[index]);
  }
}

static void dump_comdat(FILE *out, const DecModule *m, const DecComdat *c) {
  for (uint32_t i = 0; i < c->count; i++) {
    fputs("comdat ", out);
    show_text(out, c->name);
    putc(' ', out);
    dump_member(out, m, c->items[i].kind, c->items[i].index);
    putc('\n', out);
  }
}

static void dump_linking(FILE *out, const DecModule *m) {
  const DecLinking *l = &m->linking;
  for (uint32_t i = 0; i < l->symbol_count; i++) {
    fprintf(out, "symbol %u ", i);
    show_symbol_name(out, m, i);
    putc(' ', out);
    show_symbol(out, m, &l->symbols[i]);
    putc('\n', out);
  }
  for (uint32_t i = 0; i < l->init_count; i++) {
    fprintf(out, "init %u ", l->inits[i].priority);
    show_symbol_name(out, m, l->inits[i].symbol);
    putc('\n', out);
  }
  for (uint32_t i = 0; i < l->comdat_count; i++)
    dump_comdat(out, m, &l->comdats[i]);
  for (uint32_t i = 0; i < l->other_count; i++)
    fprintf(out, "linking sub-section %u size %zu\n", l->others[i].id,
            l->others[i].bytes.size);
}

static void dump_relocs(FILE *out, const DecModule *m) {
  for (uint32_t i = 0; i < m->reloc_count; i++) {
    const DecRelocs *list = &m->relocs[i];
    for (uint32_t k = 0; k < list->count; k++) {
      fputs("reloc ", out);
      show_section(out, &m->sections[list->section]);
      fprintf(out, " + 0x%x ", list->relocs[k].offset);
      show_reloc(out, m, &list->relocs[k]);
      putc('\n', out);
    }
  }
}

static void dump_code(FILE *out, const DecModule *m, unsigned what) {
  for (uint32_t i = m->imported_funcs; i < m->func_count; i++) {
    fputs("code ", out);
    show_external(out, m, WASM_EXTERNAL_FUNCTION, i);
    putc(' ', out);
    show_type(out, m, m->funcs[i].type);
    putc('\n', out);
    show_body(out, m, i, what & DUMP_OFFSETS);
  }
}

/* Whether a custom section is only bytes to the decoder. */
static bool is_unknown(const DecSection *s) {
  static const char *const known[] = {"name",     "producers",
                                      "linking",  "dylink.0",
                                      "build_id", "target_features"};
  if (s->name.size >= 6 && !memcmp(s->name.at, "reloc.", 6))
    return false;
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (s->name.size == strlen(known[i]) &&
        !memcmp(s->name.at, known[i], s->name.size))
      return false;
  return s->id == WASM_SEC_CUSTOM;
}

static void dump_data(FILE *out, const DecModule *m) {
  for (uint32_t i = 0; i < m->data_count; i++) {
    const DecData *d = &m->data[i];
    bool has_address = d->start.opcode == WASM_OPCODE_I32_CONST ||
                       d->start.opcode == WASM_OPCODE_I64_CONST;
    uint64_t address = has_address ? d->start.value : 0;
    if (d->start.opcode == WASM_OPCODE_I32_CONST)
      address &= UINT32_MAX;
    fputs("bytes of ", out);
    show_item(out, "data", d->name, i);
    putc('\n', out);
    show_bytes(out, d->bytes, address);
  }
  for (uint32_t i = 0; i < m->section_count; i++) {
    const DecSection *s = &m->sections[i];
    if (!is_unknown(s))
      continue;
    fputs("bytes of ", out);
    show_section(out, s);
    putc('\n', out);
    size_t size = s->payload + s->size - s->contents;
    show_bytes(out, (DecBytes){m->bytes + s->contents, size}, 0);
  }
}

static int complain(const char *name, size_t offset, const DecError *error) {
  fprintf(stderr, "%s: offset 0x%zx, %s: %s\n", name, offset + error->offset,
          error->field, error->message);
  return EXIT_FAILED;
}

/* A module at an offset of the file. */
static int dump_one(FILE *out, const char *name, DecBytes file, size_t offset,
                    unsigned what) {
  DecModule m;
  DecError error;
  int status = EXIT_OK;
  if (!decode_module(&m, file.at, file.size, &error))
    return complain(name, offset, &error);
  if (what & DUMP_SECTIONS)
    dump_sections(out, &m, what);
  if (what & DUMP_MODULE)
    dump_module(out, &m, what);
  if (what & DUMP_CUSTOM)
    dump_custom(out, &m);
  if (what & DUMP_LINKING)
    dump_linking(out, &m);
  if (what & DUMP_RELOCS)
    dump_relocs(out, &m);
  if (what & DUMP_CODE)
    dump_code(out, &m, what);
  if (what & DUMP_DATA)
    dump_data(out, &m);
  if ((what & DUMP_CODE) && !decode_code(&m, &error))
    status = complain(name, offset, &error);
  decode_free(&m);
  return status;
}

/* archives: "!<arch>\n", then members, each with a header of 60 characters
   (name 16, four numbers of no interest, size in decimal at 48, "`\n"),
   padded to an even length.  "//" holds long names, "/123" refers to it. */

enum { MEMBER_HEAD = 60, MEMBER_SIZE = 48 };

/* A decimal number of at most n characters, ended by anything else. */
static size_t decimal(const uint8_t *s, size_t n) {
  size_t value = 0;
  for (size_t i = 0; i < n && isdigit(s[i]); i++)
    value = value * 10 + (size_t)(s[i] - '0');
  return value;
}

static DecBytes member_name(const uint8_t *head, DecBytes names) {
  DecBytes name = {head, 16};
  bool is_long = head[0] == '/' && isdigit(head[1]);
  if (is_long) {
    size_t at = decimal(head + 1, 15);
    at = at < names.size ? at : names.size;
    name = (DecBytes){names.at + at, names.size - at};
  }
  size_t n = 0;
  while (n < name.size && name.at[n] != '/' && name.at[n] != '\n')
    n++;
  return (DecBytes){name.at, n};
}

static int dump_archive(FILE *out, const char *name, DecBytes file,
                        unsigned what) {
  DecBytes names = {file.at, 0};
  int status = EXIT_OK;
  for (size_t at = 8; at < file.size;) {
    const uint8_t *head = file.at + at;
    size_t left = file.size - at;
    if (left < MEMBER_HEAD || memcmp(head + 58, "`\n", 2) != 0) {
      DecError error = {at, "member header", "not a member header"};
      return complain(name, 0, &error);
    }
    size_t size = decimal(head + MEMBER_SIZE, 10);
    if (size > left - MEMBER_HEAD) {
      DecError error = {at + MEMBER_SIZE, "member size",
                        "larger than the bytes left"};
      return complain(name, 0, &error);
    }
    DecBytes bytes = {head + MEMBER_HEAD, size};
    bool is_index = head[0] == '/' && !isdigit(head[1]);
    if (is_index && head[1] == '/')
      names = bytes;
    if (!is_index) {
      fputs("member ", out);
      show_text(out, member_name(head, names));
      fprintf(out, " size %zu\n", size);
      if (decode_is_module(bytes.at, size) &&
          dump_one(out, name, bytes, at + MEMBER_HEAD, what))
        status = EXIT_FAILED;
    }
    at += MEMBER_HEAD + size + (size & 1);
  }
  return status;
}

int dump_text(FILE *out, const char *name, const uint8_t *bytes, size_t size,
              unsigned what) {
  DecBytes file = {bytes, size};
  if (size >= 8 && !memcmp(bytes, "!<arch>\n", 8))
    return dump_archive(out, name, file, what);
  return dump_one(out, name, file, 0, what);
}

/* What an option asks for; 0 if there is no such option. */
static unsigned option_value(const char *text) {
  static const struct {
    const char *text;
    unsigned what;
  } options[] = {
      {"--sections", DUMP_SECTIONS},
      {"--headers", DUMP_SECTIONS},
      {"--module", DUMP_MODULE},
      {"--custom", DUMP_CUSTOM},
      {"--linking", DUMP_LINKING},
      {"--relocs", DUMP_RELOCS},
      {"--code", DUMP_CODE},
      {"--data", DUMP_DATA},
      {"--offsets", DUMP_OFFSETS},
      {"--all", DUMP_DEFAULT | DUMP_CODE | DUMP_DATA},
  };
  for (size_t i = 0; i < sizeof options / sizeof *options; i++)
    if (!strcmp(text, options[i].text))
      return options[i].what;
  return 0;
}

static int dump_file(FileSet *set, const char *path, unsigned what) {
  Files files = files_of_disk(set);
  const uint8_t *bytes;
  size_t size;
  if (!files.open(files.host, path, &bytes, &size)) {
    fprintf(stderr, "linkspec dump: %s: %s\n", path, strerror(errno));
    return EXIT_MISUSE;
  }
  return dump_text(stdout, path, bytes, size, what);
}

int dump_main(int argc, char **argv) {
  unsigned what = 0;
  int first = 1;
  for (; first < argc && argv[first][0] == '-'; first++) {
    if (!strcmp(argv[first], "--help")) {
      fputs(dump_help, stdout);
      return EXIT_OK;
    }
    unsigned value = option_value(argv[first]);
    if (value == 0)
      return misuse("dump", "unknown option ", argv[first]);
    what |= value;
  }
  if (first == argc)
    return misuse("dump", "missing argument: a module", "");
  if ((what & ~(unsigned)DUMP_OFFSETS) == 0)
    what |= DUMP_DEFAULT;
  FileSet set = {0};
  int status = EXIT_OK;
  for (int i = first; i < argc; i++) {
    if (argc - first > 1)
      printf("file %s\n", argv[i]);
    int one = dump_file(&set, argv[i], what);
    status = one > status ? one : status;
  }
  files_close(&set);
  return status;
}
