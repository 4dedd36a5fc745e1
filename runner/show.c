/* show.c: parts of a decoded module as text. */

#include "show.h"

#include <inttypes.h>
#include <string.h>

#include "../model/wasm.h"

void show_text(FILE *out, DecBytes text) {
  for (size_t i = 0; i < text.size; i++) {
    uint8_t byte = text.at[i];
    if (byte < 0x20 || byte == 0x7f || byte == '"' || byte == '\\')
      fprintf(out, "\\%02x", byte);
    else
      putc(byte, out);
  }
}

void show_item(FILE *out, const char *space, DecBytes name, uint32_t index) {
  if (name.size == 0) {
    fprintf(out, "%s[%u]", space, index);
    return;
  }
  putc('$', out);
  show_text(out, name);
}

const char *show_kind(uint8_t kind) {
  static const char *const kinds[] = {"func", "table", "memory", "global",
                                      "tag"};
  return kind < sizeof kinds / sizeof *kinds ? kinds[kind] : "?";
}

static DecBytes external_name(const DecModule *m, uint8_t kind,
                              uint32_t index) {
  switch (kind) {
  case WASM_EXTERNAL_FUNCTION:
    return index < m->func_count ? m->funcs[index].name : (DecBytes){0};
  case WASM_EXTERNAL_TABLE:
    return index < m->table_count ? m->tables[index].name : (DecBytes){0};
  case WASM_EXTERNAL_MEMORY:
    return index < m->memory_count ? m->memories[index].name : (DecBytes){0};
  case WASM_EXTERNAL_GLOBAL:
    return index < m->global_count ? m->globals[index].name : (DecBytes){0};
  default: return index < m->tag_count ? m->tags[index].name : (DecBytes){0};
  }
}

void show_external(FILE *out, const DecModule *m, uint8_t kind,
                   uint32_t index) {
  show_item(out, show_kind(kind), external_name(m, kind, index), index);
}

const char *show_value_type(uint64_t type) {
  switch (type) {
  case WASM_TYPE_I32: return "i32";
  case WASM_TYPE_I64: return "i64";
  case WASM_TYPE_F32: return "f32";
  case WASM_TYPE_F64: return "f64";
  case WASM_TYPE_V128: return "v128";
  case WASM_TYPE_FUNCREF: return "funcref";
  case WASM_TYPE_EXTERNREF: return "externref";
  case WASM_TYPE_EXNREF: return "exnref";
  default: return "?";
  }
}

static void show_types(FILE *out, const uint8_t *types, uint32_t count) {
  putc('(', out);
  for (uint32_t i = 0; i < count; i++)
    fprintf(out, "%s%s", i ? " " : "", show_value_type(types[i]));
  putc(')', out);
}

void show_type(FILE *out, const DecModule *m, uint32_t type) {
  if (type >= m->type_count) {
    fprintf(out, "type[%u]", type);
    return;
  }
  const DecType *t = &m->types[type];
  show_types(out, t->params, t->param_count);
  fputs(" -> ", out);
  show_types(out, t->results, t->result_count);
}

void show_limits(FILE *out, const DecLimits *limits) {
  fprintf(out, "min %" PRIu64, limits->min);
  if (limits->flags & WASM_LIMITS_FLAG_HAS_MAX)
    fprintf(out, " max %" PRIu64, limits->max);
  if (limits->flags & WASM_LIMITS_FLAG_IS_SHARED)
    fputs(" shared", out);
  if (limits->flags & WASM_LIMITS_FLAG_IS_64)
    fputs(" i64", out);
  if (limits->flags & WASM_LIMITS_FLAG_HAS_PAGE_SIZE)
    fprintf(out, " page 2^%u", limits->page_log2);
}

void show_table(FILE *out, const DecTable *table) {
  fprintf(out, "%s ", show_value_type(table->type));
  show_limits(out, &table->limits);
}

void show_global(FILE *out, const DecModule *m, const DecGlobal *global) {
  fprintf(out, "%s%s", global->is_mutable ? "mut " : "",
          show_value_type(global->type));
  if (global->import == DEC_NONE) {
    fputs(" = ", out);
    show_expr(out, m, &global->init);
  }
}

void show_expr(FILE *out, const DecModule *m, const DecExpr *expr) {
  if (expr->opcode == WASM_OPCODE_REF_FUNC) {
    show_external(out, m, WASM_EXTERNAL_FUNCTION, (uint32_t)expr->value);
    return;
  }
  DecError error = {0};
  DecCursor c =
      decode_cursor(m->bytes, expr->offset, expr->offset + expr->size, &error);
  DecInstr instr;
  for (int n = 0; decode_instr(&c, &instr); n++) {
    if (instr.opcode == WASM_OPCODE_END)
      break;
    fputs(n ? "; " : "", out);
    show_instr(out, m, &instr);
  }
}

static void show_float(FILE *out, const DecImm *imm) {
  if (imm->kind == DEC_IMM_F32) {
    uint32_t bits = (uint32_t)imm->value;
    float value;
    memcpy(&value, &bits, sizeof value);
    fprintf(out, " %.9g (0x%08" PRIx32 ")", (double)value, bits);
  } else {
    double value;
    memcpy(&value, &imm->value, sizeof value);
    fprintf(out, " %.17g (0x%016" PRIx64 ")", value, imm->value);
  }
}

static void show_imm(FILE *out, const DecModule *m, const DecImm *imm) {
  uint32_t index = (uint32_t)imm->value;
  static const char *const catches[] = {"catch", "catch_ref", "catch_all",
                                        "catch_all_ref"};
  if (imm->kind != DEC_IMM_F32 && imm->kind != DEC_IMM_F64 &&
      imm->kind != DEC_IMM_COUNT && imm->kind != DEC_IMM_ZERO)
    putc(' ', out);
  switch (imm->kind) {
  case DEC_IMM_FUNC:
    show_external(out, m, WASM_EXTERNAL_FUNCTION, index);
    break;
  case DEC_IMM_TYPE: show_type(out, m, index); break;
  case DEC_IMM_GLOBAL:
    show_external(out, m, WASM_EXTERNAL_GLOBAL, index);
    break;
  case DEC_IMM_TABLE: show_external(out, m, WASM_EXTERNAL_TABLE, index); break;
  case DEC_IMM_MEMORY:
    show_external(out, m, WASM_EXTERNAL_MEMORY, index);
    break;
  case DEC_IMM_TAG: show_external(out, m, WASM_EXTERNAL_TAG, index); break;
  case DEC_IMM_DATA:
    show_item(out, "data",
              index < m->data_count ? m->data[index].name : (DecBytes){0},
              index);
    break;
  case DEC_IMM_ELEM: fprintf(out, "elem[%u]", index); break;
  case DEC_IMM_BLOCK_TYPE:
    fputs(index == WASM_TYPE_NORESULT ? "()" : show_value_type(index), out);
    break;
  case DEC_IMM_VALUE_TYPE: fputs(show_value_type(index), out); break;
  case DEC_IMM_CATCH: fputs(catches[index & 3], out); break;
  case DEC_IMM_ALIGN: fprintf(out, "align=2^%u", index); break;
  case DEC_IMM_OFFSET: fprintf(out, "offset=%" PRIu64, imm->value); break;
  case DEC_IMM_F32:
  case DEC_IMM_F64: show_float(out, imm); break;
  case DEC_IMM_BYTES16:
    for (size_t i = 0; i < 16; i++)
      fprintf(out, "%02x", m->bytes[imm->offset + i]);
    break;
  case DEC_IMM_COUNT:
  case DEC_IMM_ZERO: break;
  default: fprintf(out, "%" PRId64, (int64_t)imm->value); break;
  }
}

void show_instr(FILE *out, const DecModule *m, const DecInstr *instr) {
  fputs(instr->name, out);
  for (uint32_t i = 0; i < instr->imm_count; i++)
    show_imm(out, m, &instr->imm[i]);
  DecList list = decode_list(m->bytes, instr);
  for (DecImm imm; decode_list_next(&list, &imm);)
    show_imm(out, m, &imm);
}

/* The relocations of the code section, or null. */
static const DecRelocs *code_relocs(const DecModule *m) {
  for (uint32_t i = 0; i < m->reloc_count; i++)
    if (m->sections[m->relocs[i].section].id == WASM_SEC_CODE)
      return &m->relocs[i];
  return NULL;
}

/* The first relocation at or after an offset of the section.  Compilers write
   them in this order; others may be missed beside the code. */
static uint32_t first_reloc(const DecRelocs *r, size_t offset) {
  uint32_t low = 0, high = r->count;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (r->relocs[middle].offset < offset)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static void show_locals(FILE *out, const DecFunc *f) {
  for (uint32_t i = 0; i < f->local_groups; i++)
    fprintf(out, "  local %u x %s\n", f->locals[i].count,
            show_value_type(f->locals[i].type));
}

/* How far the next instruction is to be indented, given the depth so far. */
static unsigned indent_of(const DecInstr *instr, unsigned *depth) {
  bool middle = instr->opcode == 0x05 || instr->opcode == 0x07 ||
                instr->opcode == 0x19; /* else, catch, catch_all */
  bool closes = instr->opcode == WASM_OPCODE_END || instr->opcode == 0x18;
  unsigned indent = *depth;
  if ((middle || closes) && indent > 0)
    indent--;
  if (closes)
    *depth = indent;
  if (instr->letters[0] == 'b')
    ++*depth;
  return indent < 20 ? indent : 20;
}

void show_body(FILE *out, const DecModule *m, uint32_t func,
               bool with_offsets) {
  const DecFunc *f = &m->funcs[func];
  const DecRelocs *relocs = code_relocs(m);
  size_t base = relocs ? m->sections[relocs->section].payload : 0;
  uint32_t next = relocs ? first_reloc(relocs, f->code - base) : 0;
  show_locals(out, f);
  DecError error = {0};
  DecCursor c = decode_body(m, func, &error);
  unsigned depth = 1;
  for (DecInstr instr; decode_instr(&c, &instr);) {
    if (with_offsets)
      fprintf(out, "  %06zx:", instr.offset);
    fprintf(out, "  %*s", (int)(2 * indent_of(&instr, &depth)), "");
    show_instr(out, m, &instr);
    putc('\n', out);
    for (; relocs && next < relocs->count; next++) {
      const DecReloc *r = &relocs->relocs[next];
      if (base + r->offset >= instr.offset + instr.size)
        break;
      fprintf(out, "      +%zu ", base + r->offset - instr.offset);
      show_reloc(out, m, r);
      putc('\n', out);
    }
  }
  if (error.field)
    fprintf(out, "  malformed: offset 0x%zx, %s: %s\n", error.offset,
            error.field, error.message);
}

void show_bytes(FILE *out, DecBytes bytes, uint64_t address) {
  for (size_t i = 0; i < bytes.size; i += 16) {
    size_t n = bytes.size - i < 16 ? bytes.size - i : 16;
    fprintf(out, "  %08" PRIx64 " ", address + i);
    for (size_t k = 0; k < 16; k++)
      if (k < n)
        fprintf(out, " %02x", bytes.at[i + k]);
      else
        fputs("   ", out);
    fputs("  ", out);
    for (size_t k = 0; k < n; k++) {
      uint8_t byte = bytes.at[i + k];
      putc(byte >= 0x20 && byte < 0x7f ? byte : '.', out);
    }
    putc('\n', out);
  }
}

void show_section(FILE *out, const DecSection *section) {
  static const char *const names[] = {
      "custom", "type",  "import", "function", "table", "memory",    "global",
      "export", "start", "elem",   "code",     "data",  "datacount", "tag"};
  if (section->id == WASM_SEC_CUSTOM) {
    putc('"', out);
    show_text(out, section->name);
    putc('"', out);
  } else {
    fputs(names[section->id], out);
  }
}

void show_symbol_name(FILE *out, const DecModule *m, uint32_t symbol) {
  const DecSymbol *s = &m->linking.symbols[symbol];
  if (s->kind == WASM_SYMBOL_TYPE_SECTION) {
    fputs("section ", out);
    show_section(out, &m->sections[s->index]);
  } else {
    show_item(out, "symbol", s->name, symbol);
  }
}

static void show_symbol_flags(FILE *out, uint32_t flags) {
  static const struct {
    uint32_t flag;
    const char *name;
  } names[] = {
      {WASM_SYMBOL_BINDING_WEAK, "weak"},
      {WASM_SYMBOL_BINDING_LOCAL, "local"},
      {WASM_SYMBOL_VISIBILITY_HIDDEN, "hidden"},
      {WASM_SYMBOL_UNDEFINED, "undefined"},
      {WASM_SYMBOL_EXPORTED, "exported"},
      {WASM_SYMBOL_EXPLICIT_NAME, "explicit_name"},
      {WASM_SYMBOL_NO_STRIP, "no_strip"},
      {WASM_SYMBOL_TLS, "tls"},
      {WASM_SYMBOL_ABSOLUTE, "absolute"},
  };
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (flags & names[i].flag) {
      fprintf(out, " %s", names[i].name);
      flags &= ~names[i].flag;
    }
  if (flags)
    fprintf(out, " 0x%x", flags);
}

void show_symbol(FILE *out, const DecModule *m, const DecSymbol *symbol) {
  static const char *const kinds[] = {"func",    "data", "global",
                                      "section", "tag",  "table"};
  fputs(kinds[symbol->kind], out);
  show_symbol_flags(out, symbol->flags);
  if (symbol->kind != WASM_SYMBOL_TYPE_DATA ||
      (symbol->flags & WASM_SYMBOL_UNDEFINED))
    return;
  fputs(" at ", out);
  if (symbol->flags & WASM_SYMBOL_ABSOLUTE)
    fputs("address", out);
  else
    show_item(out, "data", m->data[symbol->index].name, symbol->index);
  fprintf(out, " + %" PRIu64 " size %" PRIu64, symbol->offset, symbol->size);
}

void show_reloc(FILE *out, const DecModule *m, const DecReloc *reloc) {
  const DecRelocKind *kind = decode_reloc_kind(reloc->type);
  fprintf(out, "%s ", kind->name);
  if (!strcmp(kind->name, "R_WASM_TYPE_INDEX_LEB"))
    show_type(out, m, reloc->index);
  else
    show_symbol_name(out, m, reloc->index);
  if (reloc->addend > 0)
    fprintf(out, " + %" PRId64, reloc->addend);
  else if (reloc->addend < 0)
    fprintf(out, " - %" PRIu64, 0 - (uint64_t)reloc->addend);
}

void show_elem_head(FILE *out, const DecModule *m, const DecElem *elem) {
  static const char *const modes[] = {"active", "passive", "declared"};
  fprintf(out, "%s %s", modes[elem->mode], show_value_type(elem->type));
  if (elem->mode == DEC_ACTIVE) {
    putc(' ', out);
    show_external(out, m, WASM_EXTERNAL_TABLE, elem->table);
    fputs(" at ", out);
    show_expr(out, m, &elem->start);
  }
  fprintf(out, " count %u", elem->count);
}

void show_data_head(FILE *out, const DecModule *m, uint32_t data) {
  const DecData *d = &m->data[data];
  fputs(d->mode == DEC_ACTIVE ? "active" : "passive", out);
  if (d->mode == DEC_ACTIVE) {
    putc(' ', out);
    show_external(out, m, WASM_EXTERNAL_MEMORY, d->memory);
    fputs(" at ", out);
    show_expr(out, m, &d->start);
  }
  fprintf(out, " size %zu", d->bytes.size);
  if (data >= m->linking.segment_count)
    return;
  const DecSegmentInfo *info = &m->linking.segments[data];
  fprintf(out, " align 2^%u", info->align);
  if (info->flags & WASM_SEG_FLAG_STRINGS)
    fputs(" strings", out);
  if (info->flags & WASM_SEG_FLAG_TLS)
    fputs(" tls", out);
  if (info->flags & WASM_SEG_FLAG_RETAIN)
    fputs(" retain", out);
  uint32_t other = info->flags & ~7u;
  if (other)
    fprintf(out, " 0x%x", other);
}
