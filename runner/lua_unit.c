/* lua_unit.c: a compile unit (model.h, Unit) of the table that lua/unit.lua
   makes: { types, symbols, inits, features, memory64 }, numbers counted from 0.

   Rule of thumb: what the table says is passed on as it is; whether it makes
   sense is for the model to say. */

#include "lua_unit.h"

#include <lauxlib.h>
#include <string.h>

#include "lua_native.h"

#define ARENA "linkspec.arena"

static int collect_arena(lua_State *L) {
  arena_free(luaL_checkudata(L, 1, ARENA));
  return 0;
}

/* Pushes a value that owns an arena, whatever error ends its use. */
static Arena *push_arena(lua_State *L) {
  Arena *a = lua_newuserdatauv(L, sizeof *a, 0);
  *a = (Arena){0};
  if (luaL_newmetatable(L, ARENA)) {
    lua_pushcfunction(L, collect_arena);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  return a;
}

/* An array for the items of the list on top, and how many there are. */
static void *new_array(lua_State *L, Arena *a, size_t item, u32 *n) {
  luaL_checktype(L, -1, LUA_TTABLE);
  *n = (u32)luaL_len(L, -1);
  void *p = arena_alloc(a, item * (*n + 1));
  if (!p)
    luaL_error(L, "out of memory");
  return p;
}

/* -- fields of the table on top -- */

static lua_Integer get_integer(lua_State *L, const char *name) {
  lua_getfield(L, -1, name);
  lua_Integer value = luaL_optinteger(L, -1, 0);
  lua_pop(L, 1);
  return value;
}

static u32 get_u32(lua_State *L, const char *name) {
  return (u32)get_integer(L, name);
}

static bool get_flag(lua_State *L, const char *name) {
  lua_getfield(L, -1, name);
  bool value = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return value;
}

/* p is NULL where there is none.  The table keeps the string. */
static Str get_str(lua_State *L, const char *name) {
  lua_getfield(L, -1, name);
  size_t n = 0;
  const char *p = luaL_optlstring(L, -1, NULL, &n);
  lua_pop(L, 1);
  return (Str){p, (u32)n};
}

/* -- parts of a unit; the table of the part is on top -- */

static Fixup check_fixup(lua_State *L) {
  static const char *const kinds[] = {"function", "type", "global",  "tag",
                                      "table",    "slot", "address", "offset",
                                      "tls",      NULL};
  lua_getfield(L, -1, "kind");
  int kind = lua_isinteger(L, -1) ? (int)lua_tointeger(L, -1)
                                  : luaL_checkoption(L, -1, NULL, kinds);
  lua_pop(L, 1);
  return (Fixup){(FixupKind)kind, get_u32(L, "position"), get_u32(L, "target"),
                 get_integer(L, "addend")};
}

static void check_fixups(lua_State *L, Arena *a, UnitSymbol *s) {
  lua_getfield(L, -1, "fixups");
  if (!lua_isnil(L, -1)) {
    Fixup *p = new_array(L, a, sizeof *p, &s->nfixups);
    for (u32 i = 0; i < s->nfixups; i++) {
      lua_geti(L, -1, (lua_Integer)i + 1);
      p[i] = check_fixup(L);
      lua_pop(L, 1);
    }
    s->fixups = p;
  }
  lua_pop(L, 1);
}

static UnitSymbol check_symbol(lua_State *L, Arena *a) {
  Str bytes = get_str(L, "bytes");
  UnitSymbol s = {.kind = (u8)get_integer(L, "kind"),
                  .name = get_str(L, "name"),
                  .flags = get_u32(L, "flags"),
                  .import_module = get_str(L, "import_module"),
                  .import_name = get_str(L, "import_name"),
                  .export_name = get_str(L, "export_name"),
                  .type = get_u32(L, "type"),
                  .value_type = (u8)get_integer(L, "value_type"),
                  .mutable = get_flag(L, "mutable"),
                  .init = {.opcode = (u8)get_integer(L, "opcode"),
                           .value = get_integer(L, "value"),
                           .bits = (u64)get_integer(L, "bits")},
                  .limits = {.flags = (u8)get_integer(L, "limits_flags"),
                             .min = (u64)get_integer(L, "min"),
                             .max = (u64)get_integer(L, "max"),
                             .page_size_log2 = 16},
                  .constant = get_flag(L, "constant"),
                  .align = get_u32(L, "align"),
                  .bytes = (const u8 *)bytes.p,
                  .size = bytes.n};
  check_fixups(L, a, &s);
  return s;
}

static UnitType check_type(lua_State *L) {
  Str types = get_str(L, "types");
  u32 nparams = get_u32(L, "params");
  return (UnitType){(const u8 *)types.p, nparams, types.n - nparams};
}

static void check_types(lua_State *L, Arena *a, Unit *u) {
  UnitType *p = new_array(L, a, sizeof *p, &u->ntypes);
  for (u32 i = 0; i < u->ntypes; i++) {
    lua_geti(L, -1, (lua_Integer)i + 1);
    p[i] = check_type(L);
    lua_pop(L, 1);
  }
  u->types = p;
}

static void check_symbols(lua_State *L, Arena *a, Unit *u) {
  UnitSymbol *p = new_array(L, a, sizeof *p, &u->nsymbols);
  for (u32 i = 0; i < u->nsymbols; i++) {
    lua_geti(L, -1, (lua_Integer)i + 1);
    p[i] = check_symbol(L, a);
    lua_pop(L, 1);
  }
  u->symbols = p;
}

static void check_inits(lua_State *L, Arena *a, Unit *u) {
  InitFunction *p = new_array(L, a, sizeof *p, &u->ninits);
  for (u32 i = 0; i < u->ninits; i++) {
    lua_geti(L, -1, (lua_Integer)i + 1);
    p[i] = (InitFunction){get_u32(L, "priority"), {get_u32(L, "symbol")}};
    lua_pop(L, 1);
  }
  u->inits = p;
}

static void check_features(lua_State *L, Arena *a, Unit *u) {
  const char **p = new_array(L, a, sizeof *p, &u->features.n);
  for (u32 i = 0; i < u->features.n; i++) {
    lua_geti(L, -1, (lua_Integer)i + 1);
    p[i] = luaL_checkstring(L, -1);
    lua_pop(L, 1);
  }
  u->features.p = p;
}

const Unit *native_check_unit(lua_State *L, int index, Arena *a) {
  static const struct {
    const char *name;
    void (*check)(lua_State *L, Arena *a, Unit *u);
  } lists[] = {{"types", check_types},
               {"symbols", check_symbols},
               {"inits", check_inits},
               {"features", check_features}};
  luaL_checkstack(L, 8, "units");
  lua_pushvalue(L, index);
  Unit *u = arena_alloc(a, sizeof *u);
  if (!u)
    luaL_error(L, "out of memory");
  u->wasm64 = get_flag(L, "memory64");
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
    lua_getfield(L, -1, lists[i].name);
    lists[i].check(L, a, u);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return u;
}

/* -- lowering -- */

static const Diag *first_error(const Link *l) {
  u32 n;
  const Diag *d = link_diags(l, &n);
  for (u32 i = 0; i < n; i++)
    if (d[i].severity == SEVERITY_ERROR)
      return &d[i];
  return NULL;
}

int native_lower(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  luaL_checktype(L, 2, LUA_TTABLE);
  Arena *a = push_arena(L);
  const Unit *u = native_check_unit(L, 2, a);
  Link *l = unit_lower(u, name);
  if (!l)
    return luaL_error(L, "out of memory");
  const Diag *error = first_error(l);
  if (error) {
    lua_pushnil(L);
    native_push_diag(L, error);
  } else {
    size_t size;
    const u8 *bytes = link_output(l, &size);
    lua_pushlstring(L, (const char *)bytes, size);
  }
  link_free(l);
  arena_free(a);
  return error ? 2 : 1;
}
