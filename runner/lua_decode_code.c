/* lua_decode_code.c: instructions and expressions as Lua tables, and the
   small verbs that all of lua_decode*.c fill tables with.  The shapes are
   described at the head of lua_decode.c. */

#include "lua_decode.h"

#include <lauxlib.h>
#include <lua.h>
#include <string.h>

#include "../model/wasm.h"
#include "show.h"

/* ---- fields of the table on top of the stack ---- */

void set_int(lua_State *L, const char *name, uint64_t value) {
  lua_pushinteger(L, (lua_Integer)value);
  lua_setfield(L, -2, name);
}

void set_text(lua_State *L, const char *name, const char *value) {
  lua_pushstring(L, value);
  lua_setfield(L, -2, name);
}

void set_flag(lua_State *L, const char *name, bool value) {
  lua_pushboolean(L, value);
  lua_setfield(L, -2, name);
}

/* A flag that is nil if it is not so. */
void set_if(lua_State *L, const char *name, bool value) {
  if (value)
    set_flag(L, name, true);
}

void push_bytes(lua_State *L, DecBytes bytes) {
  lua_pushlstring(L, bytes.size ? (const char *)bytes.at : "", bytes.size);
}

void set_bytes(lua_State *L, const char *name, DecBytes bytes) {
  push_bytes(L, bytes);
  lua_setfield(L, -2, name);
}

/* The name of a thing; nil if it has none. */
void set_name(lua_State *L, DecBytes name) {
  if (name.size)
    set_bytes(L, "name", name);
}

/* Begins item i of the list on top; ended by end_item(). */
void begin_item(lua_State *L, uint32_t i) {
  lua_createtable(L, 0, 8);
  set_int(L, "index", i);
}

void end_item(lua_State *L, uint32_t i) {
  lua_rawseti(L, -2, (lua_Integer)i + 1);
}

void begin_list(lua_State *L, uint32_t count) {
  luaL_checkstack(L, 12, "decoded module");
  lua_createtable(L, count < INT32_MAX ? (int)count : 0, 0);
}

void set_list(lua_State *L, const char *name) {
  lua_setfield(L, -2, name);
}

void push_error(lua_State *L, const DecError *error) {
  lua_createtable(L, 0, 3);
  set_int(L, "offset", error->offset);
  set_text(L, "field", error->field);
  set_text(L, "message", error->message);
}

/* ---- instructions ---- */

static const char *const imm_kinds[] = {
    [DEC_IMM_FUNC] = "func",
    [DEC_IMM_TYPE] = "type",
    [DEC_IMM_LOCAL] = "local",
    [DEC_IMM_GLOBAL] = "global",
    [DEC_IMM_TABLE] = "table",
    [DEC_IMM_MEMORY] = "memory",
    [DEC_IMM_DATA] = "data",
    [DEC_IMM_ELEM] = "elem",
    [DEC_IMM_TAG] = "tag",
    [DEC_IMM_LABEL] = "label",
    [DEC_IMM_BLOCK_TYPE] = "blocktype",
    [DEC_IMM_VALUE_TYPE] = "valtype",
    [DEC_IMM_COUNT] = "count",
    [DEC_IMM_CATCH] = "catch",
    [DEC_IMM_ALIGN] = "align",
    [DEC_IMM_OFFSET] = "offset",
    [DEC_IMM_I32] = "i32",
    [DEC_IMM_I64] = "i64",
    [DEC_IMM_F32] = "f32",
    [DEC_IMM_F64] = "f64",
    [DEC_IMM_LANE] = "lane",
    [DEC_IMM_BYTES16] = "bytes",
    [DEC_IMM_ZERO] = "zero",
};

static void push_value(lua_State *L, const uint8_t *file, DecImmKind kind,
                       uint64_t value, size_t offset) {
  uint32_t bits = (uint32_t)value;
  float f32;
  double f64;
  switch (kind) {
  case DEC_IMM_F32:
    memcpy(&f32, &bits, sizeof f32);
    lua_pushnumber(L, (lua_Number)f32);
    break;
  case DEC_IMM_F64:
    memcpy(&f64, &value, sizeof f64);
    lua_pushnumber(L, f64);
    break;
  case DEC_IMM_VALUE_TYPE: lua_pushstring(L, show_value_type(value)); break;
  case DEC_IMM_BLOCK_TYPE:
    lua_pushstring(L, value == WASM_TYPE_NORESULT ? "void"
                                                  : show_value_type(value));
    break;
  case DEC_IMM_BYTES16: push_bytes(L, (DecBytes){file + offset, 16}); break;
  default: lua_pushinteger(L, (lua_Integer)value); break;
  }
}

/* Adds an immediate to the instruction and to the list imms above it. */
static void add_imm(lua_State *L, const uint8_t *file, uint32_t i,
                    const DecImm *imm) {
  push_value(L, file, imm->kind, imm->value, imm->offset);
  lua_rawseti(L, -3, (lua_Integer)i + 1);
  lua_createtable(L, 0, 4);
  set_text(L, "kind", imm_kinds[imm->kind]);
  set_int(L, "offset", imm->offset);
  set_int(L, "width", imm->width);
  push_value(L, file, imm->kind, imm->value, imm->offset);
  lua_setfield(L, -2, "value");
  lua_rawseti(L, -2, (lua_Integer)i + 1);
}

static void push_instr(lua_State *L, const uint8_t *file,
                       const DecInstr *instr) {
  lua_createtable(L, 2, 5);
  set_text(L, "op", instr->name);
  set_int(L, "opcode", instr->opcode);
  set_int(L, "offset", instr->offset);
  set_int(L, "size", instr->size);
  lua_newtable(L);
  uint32_t n = 0;
  for (; n < instr->imm_count; n++)
    add_imm(L, file, n, &instr->imm[n]);
  DecList list = decode_list(file, instr);
  for (DecImm imm; decode_list_next(&list, &imm); n++)
    add_imm(L, file, n, &imm);
  lua_setfield(L, -2, "imms");
}

/* Pushes the instructions of a range; false, pushing nothing, on an error. */
static bool push_code(lua_State *L, const uint8_t *file, size_t from, size_t to,
                      DecError *error) {
  DecCursor c = decode_cursor(file, from, to, error);
  begin_list(L, 0);
  DecInstr instr;
  for (uint32_t i = 0; decode_instr(&c, &instr); i++) {
    push_instr(L, file, &instr);
    end_item(L, i);
  }
  if (error->field)
    lua_pop(L, 1);
  return !error->field;
}

/* An integer field of the table at an index of the stack, or -1. */
static lua_Integer field_of(lua_State *L, int table, const char *name) {
  lua_getfield(L, table, name);
  lua_Integer value = lua_isinteger(L, -1) ? lua_tointeger(L, -1) : -1;
  lua_pop(L, 1);
  return value;
}

int linkspec_decode_code(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_Integer func = luaL_checkinteger(L, 2);
  lua_getfield(L, 1, "bytes");
  size_t size;
  const char *bytes = luaL_checklstring(L, -1, &size);
  lua_getfield(L, 1, "funcs");
  luaL_checktype(L, -1, LUA_TTABLE);
  if (func < 0 || func == LUA_MAXINTEGER ||
      lua_geti(L, -1, func + 1) != LUA_TTABLE)
    return luaL_pushfail(L), 1;
  int f = lua_gettop(L);
  lua_Integer from = field_of(L, f, "code_offset");
  lua_Integer to = field_of(L, f, "offset");
  lua_Integer length = field_of(L, f, "size");
  if (from < 0 || to < 0 || length < 0 || (size_t)length > size ||
      (size_t)to > size - (size_t)length || from > to + length)
    return luaL_pushfail(L), 1; /* imported, or changed by the caller */
  DecError error = {0};
  if (push_code(L, (const uint8_t *)bytes, (size_t)from, (size_t)(to + length),
                &error))
    return 1;
  luaL_pushfail(L);
  push_error(L, &error);
  return 2;
}

void push_expr(lua_State *L, const DecModule *m, const DecExpr *expr) {
  DecError error = {0};
  lua_createtable(L, 0, 5);
  set_int(L, "offset", expr->offset);
  set_int(L, "size", expr->size);
  if (expr->is_index) {
    set_text(L, "op", "ref.func");
    set_int(L, "value", expr->value);
    return;
  }
  if (!push_code(L, m->bytes, expr->offset, expr->offset + expr->size, &error))
    return; /* cannot be: the decoder has read it before */
  if (expr->opcode != DEC_NONE && lua_geti(L, -1, 1) == LUA_TTABLE) {
    lua_getfield(L, -1, "op");
    lua_setfield(L, -4, "op");
    lua_geti(L, -1, 1);
    lua_setfield(L, -4, "value");
    lua_pop(L, 1);
  }
  lua_setfield(L, -2, "code");
}
