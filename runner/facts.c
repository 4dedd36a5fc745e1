/* facts.c: the contents of a module as lists of facts.  Takes a decoded
   module, one function for each section.  Rule of thumb: what a linker may
   choose (an index) is left out where there is a name to say. */

#include "facts.h"

#include <inttypes.h>
#include <string.h>

#include "../model/wasm.h"
#include "show.h"

/* Between key and value. */
static void fact_value(FILE *out) {
  putc('\0', out);
}

/* After the value. */
static void fact_end(FILE *out) {
  putc('\0', out);
}

static void tell_imports(FILE *out, const DecModule *m) {
  for (uint32_t i = 0; i < m->import_count; i++) {
    const DecImport *import = &m->imports[i];
    fprintf(out, "%s ", show_kind(import->kind));
    show_text(out, import->module);
    putc('.', out);
    show_text(out, import->name);
    fact_value(out);
    switch (import->kind) {
    case WASM_EXTERNAL_FUNCTION:
      show_type(out, m, m->funcs[import->index].type);
      break;
    case WASM_EXTERNAL_TABLE: show_table(out, &m->tables[import->index]); break;
    case WASM_EXTERNAL_MEMORY:
      show_limits(out, &m->memories[import->index].limits);
      break;
    case WASM_EXTERNAL_GLOBAL:
      show_global(out, m, &m->globals[import->index]);
      break;
    default: show_type(out, m, m->tags[import->index].type); break;
    }
    fact_end(out);
  }
}

static void tell_exports(FILE *out, const DecModule *m) {
  for (uint32_t i = 0; i < m->export_count; i++) {
    const DecExport *export = &m->exports[i];
    show_text(out, export->name);
    fact_value(out);
    fprintf(out, "%s ", show_kind(export->kind));
    show_external(out, m, export->kind, export->index);
    fact_end(out);
  }
}

static void tell_start(FILE *out, const DecModule *m) {
  if (m->start == DEC_NONE)
    return;
  fputs("start", out);
  fact_value(out);
  show_external(out, m, WASM_EXTERNAL_FUNCTION, m->start);
  fact_end(out);
}

static void tell_funcs(FILE *out, const DecModule *m) {
  for (uint32_t i = m->imported_funcs; i < m->func_count; i++) {
    show_external(out, m, WASM_EXTERNAL_FUNCTION, i);
    fact_value(out);
    fputs("  ", out);
    show_type(out, m, m->funcs[i].type);
    putc('\n', out);
    show_body(out, m, i, false);
    fact_end(out);
  }
}

static void tell_globals(FILE *out, const DecModule *m) {
  for (uint32_t i = m->imported_globals; i < m->global_count; i++) {
    show_external(out, m, WASM_EXTERNAL_GLOBAL, i);
    fact_value(out);
    show_global(out, m, &m->globals[i]);
    fact_end(out);
  }
}

static void tell_tables(FILE *out, const DecModule *m) {
  for (uint32_t i = m->imported_tables; i < m->table_count; i++) {
    show_external(out, m, WASM_EXTERNAL_TABLE, i);
    fact_value(out);
    show_table(out, &m->tables[i]);
    fact_end(out);
  }
}

static void tell_memories(FILE *out, const DecModule *m) {
  for (uint32_t i = m->imported_memories; i < m->memory_count; i++) {
    fprintf(out, "memory[%u]", i);
    fact_value(out);
    show_limits(out, &m->memories[i].limits);
    fact_end(out);
  }
}

static void tell_tags(FILE *out, const DecModule *m) {
  for (uint32_t i = m->imported_tags; i < m->tag_count; i++) {
    show_external(out, m, WASM_EXTERNAL_TAG, i);
    fact_value(out);
    show_type(out, m, m->tags[i].type);
    fact_end(out);
  }
}

static bool has_address(const DecExpr *expr) {
  return expr->opcode == WASM_OPCODE_I32_CONST ||
         expr->opcode == WASM_OPCODE_I64_CONST;
}

static void tell_elems(FILE *out, const DecModule *m) {
  for (uint32_t i = 0; i < m->elem_count; i++) {
    const DecElem *e = &m->elems[i];
    bool is_placed = e->mode == DEC_ACTIVE && has_address(&e->start);
    uint64_t first = is_placed ? e->start.value & UINT32_MAX : 0;
    fprintf(out, "elem[%u]", i);
    fact_value(out);
    show_elem_head(out, m, e);
    fact_end(out);
    for (uint32_t k = 0; k < e->count; k++) {
      if (is_placed)
        show_external(out, m, WASM_EXTERNAL_TABLE, e->table);
      else
        fprintf(out, "elem[%u]", i);
      fprintf(out, " slot %" PRIu64, first + k);
      fact_value(out);
      show_expr(out, m, &e->items[k]);
      fact_end(out);
    }
  }
}

static void tell_data(FILE *out, const DecModule *m) {
  for (uint32_t i = 0; i < m->data_count; i++) {
    const DecData *d = &m->data[i];
    uint64_t address = has_address(&d->start) ? d->start.value : 0;
    show_item(out, "data", d->name, i);
    fact_value(out);
    fputs("  ", out);
    show_data_head(out, m, i);
    putc('\n', out);
    show_bytes(out, d->bytes,
               d->start.opcode == WASM_OPCODE_I32_CONST ? address & UINT32_MAX
                                                        : address);
    fact_end(out);
  }
}

static void tell_types(FILE *out, const DecModule *m) {
  for (uint32_t i = 0; i < m->type_count; i++) {
    show_type(out, m, i);
    fact_value(out);
    fact_end(out);
  }
}

static void tell_name_map(FILE *out, const char *space, const DecNameMap *map) {
  for (uint32_t i = 0; i < map->count; i++) {
    fprintf(out, "%s ", space);
    show_text(out, map->names[i].name);
    fact_value(out);
    fact_end(out);
  }
}

static void tell_names(FILE *out, const DecModule *m) {
  if (m->names.has_module) {
    fputs("module", out);
    fact_value(out);
    show_text(out, m->names.module);
    fact_end(out);
  }
  tell_name_map(out, "func", &m->names.funcs);
  tell_name_map(out, "global", &m->names.globals);
  tell_name_map(out, "data", &m->names.data);
  for (uint32_t i = 0; i < m->names.local_count; i++) {
    const DecLocalNames *l = &m->names.locals[i];
    for (uint32_t k = 0; k < l->map.count; k++) {
      fputs("local of ", out);
      show_external(out, m, WASM_EXTERNAL_FUNCTION, l->func);
      fprintf(out, " %u", l->map.names[k].index);
      fact_value(out);
      show_text(out, l->map.names[k].name);
      fact_end(out);
    }
  }
}

/* Custom sections that other lists of facts tell of. */
static bool is_told(const DecSection *s) {
  static const char *const told[] = {"name", "linking", "producers",
                                     "target_features"};
  if (s->name.size >= 6 && !memcmp(s->name.at, "reloc.", 6))
    return true;
  for (size_t i = 0; i < sizeof told / sizeof *told; i++)
    if (s->name.size == strlen(told[i]) &&
        !memcmp(s->name.at, told[i], s->name.size))
      return true;
  return s->id != WASM_SEC_CUSTOM;
}

static void tell_customs(FILE *out, const DecModule *m) {
  for (uint32_t i = 0; i < m->section_count; i++) {
    const DecSection *s = &m->sections[i];
    if (is_told(s))
      continue;
    show_section(out, s);
    fact_value(out);
    size_t size = s->payload + s->size - s->contents;
    show_bytes(out, (DecBytes){m->bytes + s->contents, size}, 0);
    fprintf(out, "  size %zu\n", size);
    fact_end(out);
  }
}

static void tell_tools(FILE *out, const DecModule *m) {
  for (uint32_t i = 0; i < m->producer_count; i++) {
    const DecProducer *p = &m->producers[i];
    fputs("producer ", out);
    show_text(out, p->field);
    putc(' ', out);
    show_text(out, p->name);
    fact_value(out);
    show_text(out, p->version);
    fact_end(out);
  }
  for (uint32_t i = 0; i < m->feature_count; i++) {
    fputs("feature ", out);
    show_text(out, m->features[i].name);
    fact_value(out);
    putc(m->features[i].prefix, out);
    fact_end(out);
  }
}

static void tell_linking(FILE *out, const DecModule *m) {
  const DecLinking *l = &m->linking;
  for (uint32_t i = 0; i < l->symbol_count; i++) {
    fputs("symbol ", out);
    show_symbol_name(out, m, i);
    fact_value(out);
    show_symbol(out, m, &l->symbols[i]);
    fact_end(out);
  }
  for (uint32_t i = 0; i < l->init_count; i++) {
    fputs("init ", out);
    show_symbol_name(out, m, l->inits[i].symbol);
    fact_value(out);
    fprintf(out, "priority %u", l->inits[i].priority);
    fact_end(out);
  }
  for (uint32_t i = 0; i < l->comdat_count; i++) {
    fputs("comdat ", out);
    show_text(out, l->comdats[i].name);
    fact_value(out);
    fprintf(out, "%u members", l->comdats[i].count);
    fact_end(out);
  }
}

/* Those of code are told with the code. */
static void tell_relocs(FILE *out, const DecModule *m) {
  for (uint32_t i = 0; i < m->reloc_count; i++) {
    const DecRelocs *list = &m->relocs[i];
    const DecSection *target = &m->sections[list->section];
    for (uint32_t k = 0; target->id != WASM_SEC_CODE && k < list->count; k++) {
      show_section(out, target);
      fprintf(out, " + 0x%x", list->relocs[k].offset);
      fact_value(out);
      show_reloc(out, m, &list->relocs[k]);
      fact_end(out);
    }
  }
}

static void tell_order(FILE *out, const DecModule *m) {
  fputs("order", out);
  fact_value(out);
  for (uint32_t i = 0; i < m->section_count; i++) {
    fputs("  ", out);
    show_section(out, &m->sections[i]);
    putc('\n', out);
  }
  fact_end(out);
}

const FactList fact_lists[] = {
    {"imports", tell_imports},     {"exports", tell_exports},
    {"start", tell_start},         {"functions", tell_funcs},
    {"globals", tell_globals},     {"tables", tell_tables},
    {"memories", tell_memories},   {"tags", tell_tags},
    {"elements", tell_elems},      {"data", tell_data},
    {"types", tell_types},         {"linking", tell_linking},
    {"relocations", tell_relocs},  {"custom sections", tell_customs},
    {"names", tell_names},         {"producers and features", tell_tools},
    {"section order", tell_order}, {NULL, NULL},
};
