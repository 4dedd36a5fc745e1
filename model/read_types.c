/* read_types.c: the parts of sections that more than one section has: value
   types, limits, constant expressions.

   Rule of thumb: what a linker could copy but not understand is an error. */

#include "link.h"

bool is_value_type(u8 type) {
  switch (type) {
  case WASM_TYPE_I32:
  case WASM_TYPE_I64:
  case WASM_TYPE_F32:
  case WASM_TYPE_F64:
  case WASM_TYPE_V128:
  case WASM_TYPE_FUNCREF:
  case WASM_TYPE_EXTERNREF:
  case WASM_TYPE_EXNREF: return true;
  }
  return false;
}

bool is_ref_type(u8 type) {
  return type == WASM_TYPE_FUNCREF || type == WASM_TYPE_EXTERNREF ||
         type == WASM_TYPE_EXNREF;
}

u8 read_value_type(Cursor *c, const char *field) {
  Where w = at_cursor(c, field);
  u8 t = read_u8(c, field);
  if (!is_value_type(t))
    fail(c->link, DIAG_VALUE_TYPE, w, t);
  return t;
}

u8 read_ref_type(Cursor *c, const char *field) {
  Where w = at_cursor(c, field);
  u8 t = read_value_type(c, field);
  if (!is_ref_type(t))
    fail(c->link, DIAG_VALUE_TYPE, w, t);
  return t;
}

/* [container.limits] */
Limits read_limits(Cursor *c) {
  Where w = at_cursor(c, "limits flags");
  Limits m = {.flags = read_u8(c, "limits flags"), .page_size_log2 = 16};
  if (m.flags > 0xf)
    fail(c->link, DIAG_LIMITS_FLAGS, w, m.flags);
  bool is_64 = m.flags & WASM_LIMITS_FLAG_IS_64;
  m.min = is_64 ? read_uleb64(c, "limits minimum")
                : read_uleb32(c, "limits minimum");
  if (m.flags & WASM_LIMITS_FLAG_HAS_MAX)
    m.max = is_64 ? read_uleb64(c, "limits maximum")
                  : read_uleb32(c, "limits maximum");
  if ((m.flags & WASM_LIMITS_FLAG_HAS_MAX) && m.min > m.max)
    fail(c->link, DIAG_LIMITS_ORDER, w, m.min, m.max);
  if (m.flags & WASM_LIMITS_FLAG_HAS_PAGE_SIZE)
    m.page_size_log2 = read_uleb32(c, "limits page size");
  return m;
}

static u64 read_fixed(Cursor *c, unsigned size, const char *field) {
  const u8 *p = read_bytes(c, size, field);
  u64 v = 0;
  for (unsigned i = 0; i < size; i++)
    v |= (u64)p[i] << (8 * i);
  return v;
}

/* One instruction of a constant expression; false at `end`. */
static bool read_const_instr(Cursor *c, InitInstr *e) {
  static const char field[] = "constant expression";
  Where w = at_cursor(c, field);
  e->opcode = read_u8(c, field);
  switch (e->opcode) {
  case WASM_OPCODE_END: return false;
  case WASM_OPCODE_I32_CONST: e->value = read_sleb32(c, field); break;
  case WASM_OPCODE_I64_CONST: e->value = read_sleb64(c, field); break;
  case WASM_OPCODE_F32_CONST: e->bits = read_fixed(c, 4, field); break;
  case WASM_OPCODE_F64_CONST: e->bits = read_fixed(c, 8, field); break;
  case WASM_OPCODE_GLOBAL_GET: e->value = read_uleb32(c, field); break;
  case WASM_OPCODE_REF_NULL: e->value = read_ref_type(c, field); break;
  case WASM_OPCODE_I32_ADD:
  case WASM_OPCODE_I32_SUB:
  case WASM_OPCODE_I32_MUL:
  case WASM_OPCODE_I64_ADD:
  case WASM_OPCODE_I64_SUB:
  case WASM_OPCODE_I64_MUL: break;
  default: fail(c->link, DIAG_INIT_OPCODE, w, e->opcode);
  }
  return true;
}

/* The type that an instruction of a constant expression leaves. */
static u8 const_type(const Object *o, const InitInstr *e) {
  switch (e->opcode) {
  case WASM_OPCODE_I32_CONST:
  case WASM_OPCODE_I32_ADD:
  case WASM_OPCODE_I32_SUB:
  case WASM_OPCODE_I32_MUL: return WASM_TYPE_I32;
  case WASM_OPCODE_F32_CONST: return WASM_TYPE_F32;
  case WASM_OPCODE_F64_CONST: return WASM_TYPE_F64;
  case WASM_OPCODE_GLOBAL_GET: return o->gimports[e->value]->item.type;
  case WASM_OPCODE_REF_NULL: return (u8)e->value;
  default: return WASM_TYPE_I64;
  }
}

/* Constants push a value, arithmetic takes two and pushes one: at the end
   there must be exactly one.  All are of the one type that is wanted, since no
   instruction here converts.
   [container.constant-expression] */
InitExpr read_init_expr(Cursor *c, const Object *o, u8 type) {
  Where w = at_cursor(c, "constant expression");
  VEC(InitInstr) instrs = {0};
  InitInstr e = {0};
  for (u32 depth = 0; read_const_instr(c, &e) || depth != 1;) {
    bool arithmetic =
        e.opcode >= WASM_OPCODE_I32_ADD && e.opcode <= WASM_OPCODE_I64_MUL;
    if (e.opcode == WASM_OPCODE_END || (arithmetic && depth < 2))
      fail(c->link, DIAG_INIT_STACK, w);
    /* Imported globals only: others may not be read here. */
    if (e.opcode == WASM_OPCODE_GLOBAL_GET && (u64)e.value >= o->ngimports)
      fail(c->link, DIAG_INDEX_RANGE, w, "global index", (u32)e.value,
           o->ngimports);
    if (const_type(o, &e) != type)
      fail(c->link, DIAG_INIT_TYPE, w, const_type(o, &e), type);
    depth = arithmetic ? depth - 1 : depth + 1;
    VEC_PUSH(c->link, instrs, e);
    e = (InitInstr){0};
  }
  return (InitExpr){instrs.p, instrs.n};
}
