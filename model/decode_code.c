/* decode_code.c: instructions.  Takes a cursor over a body or an expression,
   gives one instruction at a time with the place and width of every
   immediate.  Rule of thumb: opcodes.def says which immediates follow; here
   is one case for each letter of that table. */

#include "decode_read.h"
#include "wasm.h"

#include <stdlib.h>
#include <string.h>

enum { OP_PLAIN, OP_MISC, OP_SIMD, OP_ATOMIC, OP_PAGES, OP_CODES = 0x114 };

typedef struct {
  const char *name, *letters;
} Opcode;

static const Opcode opcodes[OP_PAGES][OP_CODES] = {
#define OP(page, code, name, letters) [page][code] = {name, letters},
#include "opcodes.def"
#undef OP
};

/* Flag of a memarg's alignment: a memory index follows. */
enum { MEMARG_HAS_MEMORY = 0x40 };

enum { OPCODE_DELEGATE = 0x18 };

DecCursor decode_cursor(const uint8_t *bytes, size_t from, size_t to,
                        DecError *error) {
  return (DecCursor){bytes, from, to, error};
}

DecCursor decode_body(const DecModule *module, uint32_t func, DecError *error) {
  const DecFunc *f = &module->funcs[func];
  return decode_cursor(module->bytes, f->code, f->end, error);
}

static DecImm imm_at(const DecCursor *c, DecImmKind kind) {
  return (DecImm){.kind = kind, .offset = c->pos};
}

static DecImm imm_end(const DecCursor *c, DecImm imm, uint64_t value) {
  imm.width = (uint32_t)(c->pos - imm.offset);
  imm.value = value;
  return imm;
}

static DecImm read_u32(DecCursor *c, DecImmKind kind, const char *field) {
  DecImm imm = imm_at(c, kind);
  uint32_t value = dec_u32(c, field);
  return imm_end(c, imm, value);
}

static DecImm read_byte(DecCursor *c, DecImmKind kind, const char *field) {
  DecImm imm = imm_at(c, kind);
  uint8_t value = dec_u8(c, field);
  return imm_end(c, imm, value);
}

static DecImm read_16(DecCursor *c, const char *field) {
  DecImm imm = imm_at(c, DEC_IMM_BYTES16);
  dec_bytes(c, 16, field);
  return imm_end(c, imm, 0);
}

/* A block's type is nothing, one value type (both negative as a signed
   number), or the index of a function type. */
static DecImm read_block_type(DecCursor *c) {
  DecImm imm = imm_at(c, DEC_IMM_TYPE);
  int64_t value = dec_s33(c, "block type");
  imm = imm_end(c, imm, (uint64_t)value);
  if (value >= 0)
    return imm;
  imm.kind = DEC_IMM_BLOCK_TYPE;
  imm.value = (uint64_t)value & 0x7f;
  bool is_known =
      imm.value == WASM_TYPE_NORESULT || dec_is_value_type(imm.value & 0x7f);
  if (imm.width != 1 || !is_known)
    dec_fail(c, imm.offset, "block type", "not a value type");
  return imm;
}

static DecImm read_value_type(DecCursor *c) {
  DecImm imm = imm_at(c, DEC_IMM_VALUE_TYPE);
  uint8_t type = dec_value_type(c, "value type");
  return imm_end(c, imm, type);
}

static DecImm read_ref_type(DecCursor *c) {
  DecImm imm = imm_at(c, DEC_IMM_VALUE_TYPE);
  uint8_t type = dec_ref_type(c, "heap type");
  return imm_end(c, imm, type);
}

static DecImm *add(DecInstr *instr, DecImm imm) {
  instr->imm[instr->imm_count] = imm;
  return &instr->imm[instr->imm_count++];
}

static void read_memarg(DecCursor *c, DecInstr *instr) {
  DecImm *align = add(instr, read_u32(c, DEC_IMM_ALIGN, "alignment"));
  if (align->value & MEMARG_HAS_MEMORY) {
    align->value &= ~(uint64_t)MEMARG_HAS_MEMORY;
    add(instr, read_u32(c, DEC_IMM_MEMORY, "memory index"));
  }
  if (dec_ok(c) && align->value >= MEMARG_HAS_MEMORY)
    dec_fail(c, align->offset, "alignment", "flags too large");
  DecImm offset = imm_at(c, DEC_IMM_OFFSET);
  uint64_t value = dec_u64(c, "memory offset");
  add(instr, imm_end(c, offset, value));
}

static void read_const(DecCursor *c, DecInstr *instr, char letter) {
  DecImm imm = imm_at(c, DEC_IMM_I32);
  uint64_t value = 0;
  switch (letter) {
  case 'i': value = (uint64_t)dec_s32(c, "i32 constant"); break;
  case 'j':
    imm.kind = DEC_IMM_I64;
    value = (uint64_t)dec_s64(c, "i64 constant");
    break;
  case 'k':
    imm.kind = DEC_IMM_F32;
    value = dec_fixed32(c, "f32 constant");
    break;
  default:
    imm.kind = DEC_IMM_F64;
    value = dec_fixed64(c, "f64 constant");
    break;
  }
  add(instr, imm_end(c, imm, value));
}

DecList decode_list(const uint8_t *bytes, const DecInstr *instr) {
  char letter = 0;
  for (const char *l = instr->letters; *l; l++)
    letter = *l == 'L' || *l == 'S' || *l == 'C' ? *l : letter;
  DecList list = {.letter = letter, .left = instr->list_count};
  list.cursor =
      decode_cursor(bytes, instr->list, instr->offset + instr->size, NULL);
  return list;
}

/* Clauses 0 and 1 name a tag; all name a label. */
static DecImm next_of_catch(DecList *list, DecCursor *c) {
  DecImm imm;
  if (list->part == 0) {
    imm = read_byte(c, DEC_IMM_CATCH, "catch kind");
    if (imm.value > 3)
      dec_fail(c, imm.offset, "catch kind", "%u is not a kind of catch",
               (unsigned)imm.value);
    list->kind = imm.value;
    list->part = list->kind < 2 ? 1 : 2;
  } else if (list->part == 1) {
    imm = read_u32(c, DEC_IMM_TAG, "tag index");
    list->part = 2;
  } else {
    imm = read_u32(c, DEC_IMM_LABEL, "label");
    list->part = 0;
  }
  return imm;
}

static bool next_of_list(DecList *list, DecCursor *c, DecImm *imm) {
  if (list->left == 0 || !dec_ok(c))
    return false;
  switch (list->letter) {
  case 'L': *imm = read_u32(c, DEC_IMM_LABEL, "label"); break;
  case 'S': *imm = read_value_type(c); break;
  default: *imm = next_of_catch(list, c); break;
  }
  if (list->part == 0)
    list->left--;
  return dec_ok(c);
}

bool decode_list_next(DecList *list, DecImm *imm) {
  DecError error = {0};
  list->cursor.error = &error;
  bool more = next_of_list(list, &list->cursor, imm);
  list->cursor.error = NULL;
  return more;
}

static void skip_list(DecCursor *c, DecInstr *instr, char letter) {
  size_t least = letter == 'C' ? 2 : 1;
  DecImm count = imm_at(c, DEC_IMM_COUNT);
  uint32_t n = dec_count(c, least, "list count");
  add(instr, imm_end(c, count, n));
  instr->list = c->pos;
  instr->list_count = letter == 'L' ? n + 1 : n;
  DecList list = {.letter = letter, .left = instr->list_count};
  for (DecImm imm; next_of_list(&list, c, &imm);)
    continue;
}

static void read_imm(DecCursor *c, DecInstr *instr, char letter) {
  switch (letter) {
  case 'b': add(instr, read_block_type(c)); break;
  case 'l': add(instr, read_u32(c, DEC_IMM_LABEL, "label")); break;
  case 'f': add(instr, read_u32(c, DEC_IMM_FUNC, "function index")); break;
  case 't': add(instr, read_u32(c, DEC_IMM_TYPE, "type index")); break;
  case 'v': add(instr, read_u32(c, DEC_IMM_LOCAL, "local index")); break;
  case 'g': add(instr, read_u32(c, DEC_IMM_GLOBAL, "global index")); break;
  case 'T': add(instr, read_u32(c, DEC_IMM_TABLE, "table index")); break;
  case 'm': add(instr, read_u32(c, DEC_IMM_MEMORY, "memory index")); break;
  case 'd': add(instr, read_u32(c, DEC_IMM_DATA, "data index")); break;
  case 'e': add(instr, read_u32(c, DEC_IMM_ELEM, "element index")); break;
  case 'x': add(instr, read_u32(c, DEC_IMM_TAG, "tag index")); break;
  case 'a': read_memarg(c, instr); break;
  case 'r': add(instr, read_ref_type(c)); break;
  case 'n': add(instr, read_byte(c, DEC_IMM_LANE, "lane")); break;
  case 'V': add(instr, read_16(c, "v128 constant")); break;
  case 'H': add(instr, read_16(c, "shuffle lanes")); break;
  case 'z': add(instr, read_byte(c, DEC_IMM_ZERO, "fence byte")); break;
  case 'L':
  case 'S':
  case 'C': skip_list(c, instr, letter); break;
  default: read_const(c, instr, letter); break;
  }
}

static const Opcode *read_opcode(DecCursor *c, DecInstr *instr) {
  uint8_t first = dec_u8(c, "opcode");
  int page = first == 0xfc   ? OP_MISC
             : first == 0xfd ? OP_SIMD
             : first == 0xfe ? OP_ATOMIC
                             : OP_PLAIN;
  uint32_t code = page == OP_PLAIN ? first : dec_u32(c, "opcode");
  instr->opcode = page == OP_PLAIN ? first : DEC_OPCODE(first, code & 0xffff);
  instr->opcode_width = (uint32_t)(c->pos - instr->offset);
  if (!dec_ok(c))
    return NULL;
  if (code < OP_CODES && opcodes[page][code].name)
    return &opcodes[page][code];
  dec_fail(c, instr->offset, "opcode", "unknown opcode 0x%02x 0x%x", first,
           code);
  return NULL;
}

bool decode_instr(DecCursor *cursor, DecInstr *instr) {
  *instr = (DecInstr){.offset = cursor->pos};
  if (dec_left(cursor) == 0)
    return false;
  const Opcode *op = read_opcode(cursor, instr);
  if (!op)
    return false;
  instr->name = op->name;
  instr->letters = op->letters;
  for (const char *l = op->letters; *l; l++)
    read_imm(cursor, instr, *l);
  instr->size = cursor->pos - instr->offset;
  return dec_ok(cursor);
}

/* decode_code(): the walk over bodies */

typedef struct {
  const DecModule *m;
  uint64_t locals; /* of the function, with parameters */
  uint32_t depth;  /* blocks open, the body's own included */
} Body;

/* How many things the index space of an immediate has; none if it is not an
   index. */
static uint64_t limit_of(const Body *b, DecImmKind kind) {
  const DecModule *m = b->m;
  switch (kind) {
  case DEC_IMM_FUNC: return m->func_count;
  case DEC_IMM_TYPE: return m->type_count;
  case DEC_IMM_LOCAL: return b->locals;
  case DEC_IMM_GLOBAL: return m->global_count;
  case DEC_IMM_TABLE: return m->table_count;
  case DEC_IMM_MEMORY: return m->memory_count;
  case DEC_IMM_DATA:
    return m->has_data_count ? m->declared_data : m->data_count;
  case DEC_IMM_ELEM: return m->elem_count;
  case DEC_IMM_TAG: return m->tag_count;
  case DEC_IMM_LABEL: return b->depth;
  default: return UINT64_MAX;
  }
}

static const char *field_of(DecImmKind kind) {
  switch (kind) {
  case DEC_IMM_FUNC: return "function index";
  case DEC_IMM_TYPE: return "type index";
  case DEC_IMM_LOCAL: return "local index";
  case DEC_IMM_GLOBAL: return "global index";
  case DEC_IMM_TABLE: return "table index";
  case DEC_IMM_MEMORY: return "memory index";
  case DEC_IMM_DATA: return "data index";
  case DEC_IMM_ELEM: return "element index";
  case DEC_IMM_TAG: return "tag index";
  default: return "label";
  }
}

static void check_imm(const Body *b, DecCursor *c, const DecImm *imm) {
  uint64_t limit = limit_of(b, imm->kind);
  if (limit != UINT64_MAX && imm->value >= limit)
    dec_fail(c, imm->offset, field_of(imm->kind),
             "index %llu, but there are only %llu",
             (unsigned long long)imm->value, (unsigned long long)limit);
}

/* Labels of catch clauses count from outside the block that they open, and
   the label of delegate from outside the try that it ends. */
static void check_instr(Body *b, DecCursor *c, const DecInstr *instr) {
  if (instr->opcode == OPCODE_DELEGATE)
    b->depth--;
  for (uint32_t i = 0; i < instr->imm_count; i++)
    check_imm(b, c, &instr->imm[i]);
  DecList list = decode_list(b->m->bytes, instr);
  for (DecImm imm; decode_list_next(&list, &imm);)
    check_imm(b, c, &imm);
  if (instr->letters[0] == 'b')
    b->depth++;
  else if (instr->opcode == WASM_OPCODE_END)
    b->depth--;
}

static void check_body(const DecModule *m, uint32_t func, DecError *error) {
  const DecFunc *f = &m->funcs[func];
  Body b = {m, m->types[f->type].param_count, 1};
  for (uint32_t i = 0; i < f->local_groups; i++)
    b.locals += f->locals[i].count;
  DecCursor c = decode_body(m, func, error);
  DecInstr instr;
  while (b.depth > 0 && decode_instr(&c, &instr))
    check_instr(&b, &c, &instr);
  if (b.depth > 0)
    dec_fail(&c, c.pos, "end", "the body ends inside a block");
  else if (instr.opcode != WASM_OPCODE_END)
    dec_fail(&c, instr.offset, "opcode", "delegate without a try");
  dec_finish(&c, "body");
}

bool decode_code(const DecModule *module, DecError *error) {
  *error = (DecError){0};
  for (uint32_t i = module->imported_funcs; i < module->func_count; i++) {
    check_body(module, i, error);
    if (error->field)
      return false;
  }
  return true;
}

/* Constant expressions */

static bool is_constant(uint32_t opcode, int *takes) {
  *takes = 0;
  switch (opcode) {
  case WASM_OPCODE_I32_CONST:
  case WASM_OPCODE_I64_CONST:
  case WASM_OPCODE_F32_CONST:
  case WASM_OPCODE_F64_CONST:
  case DEC_OPCODE(0xfd, 0x0c):
  case WASM_OPCODE_GLOBAL_GET:
  case WASM_OPCODE_REF_NULL:
  case WASM_OPCODE_REF_FUNC: return true;
  case WASM_OPCODE_I32_ADD:
  case WASM_OPCODE_I32_SUB:
  case WASM_OPCODE_I32_MUL:
  case WASM_OPCODE_I64_ADD:
  case WASM_OPCODE_I64_SUB:
  case WASM_OPCODE_I64_MUL: *takes = 2; return true;
  default: return false;
  }
}

DecExpr dec_expr(const DecModule *m, DecCursor *c, const char *field) {
  DecExpr expr = {.offset = c->pos, .opcode = DEC_NONE};
  Body b = {m, 0, 1};
  int depth = 0;
  for (uint32_t n = 0;; n++) {
    DecInstr instr;
    int takes;
    if (!decode_instr(c, &instr)) {
      dec_fail(c, c->pos, field, "the bytes end inside the expression");
      return expr;
    }
    if (instr.opcode == WASM_OPCODE_END)
      break;
    if (!is_constant(instr.opcode, &takes) || depth < takes) {
      dec_fail(c, instr.offset, field, "%s not allowed here", instr.name);
      return expr;
    }
    check_instr(&b, c, &instr);
    depth += 1 - takes;
    expr.opcode = n == 0 ? instr.opcode : DEC_NONE;
    expr.value = n == 0 ? instr.imm[0].value : 0;
  }
  expr.size = c->pos - expr.offset;
  if (depth != 1)
    dec_fail(c, expr.offset, field, "the expression leaves %d values", depth);
  return expr;
}
