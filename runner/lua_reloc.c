/* lua_reloc.c: one relocation for Lua, evaluated with no link around it.

   relocate{kind=, ...} builds just what the model's reloc_value() looks at: a
   symbol, what it names, and the place that is patched. */

#include <lauxlib.h>
#include <string.h>

#include "lua_native.h"
#include "runner.h"

/* A link of nothing but a relocation, what it names and where it stands. */
typedef struct Scene {
  Link link;
  Object object;
  Symbol symbol, *symbols[1];
  Function function;
  Item item;
  Segment segment;      /* what is patched */
  Segment thread_local; /* where the target is, with tls_start */
  Chunk custom;
  Section section;
  OutSegment out, tls;
  Signature type;
  const Signature *types[1];
  Reloc reloc;
} Scene;

/* The field as a number, 0 when it is not given. */
static u64 number(lua_State *L, const char *name) {
  lua_getfield(L, 1, name);
  u64 value = (u64)luaL_optinteger(L, -1, 0);
  lua_pop(L, 1);
  return value;
}

static bool flag(lua_State *L, const char *name) {
  lua_getfield(L, 1, name);
  bool value = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return value;
}

static u32 check_kind(lua_State *L) {
  lua_getfield(L, 1, "kind");
  const char *name = luaL_checkstring(L, -1);
  for (u32 kind = 0; kind < 256; kind++) {
    const RelocInfo *info = reloc_info(kind);
    if (info && strcmp(info->name, name) == 0) {
      lua_pop(L, 1);
      return kind;
    }
  }
  return (u32)luaL_error(L, "relocate: no relocation %s", name);
}

static u8 symbol_kind(Target t) {
  switch (t) {
  case TARGET_DATA: return WASM_SYMBOL_TYPE_DATA;
  case TARGET_GLOBAL: return WASM_SYMBOL_TYPE_GLOBAL;
  case TARGET_TAG: return WASM_SYMBOL_TYPE_TAG;
  case TARGET_TABLE: return WASM_SYMBOL_TYPE_TABLE;
  case TARGET_SECTION: return WASM_SYMBOL_TYPE_SECTION;
  default: return WASM_SYMBOL_TYPE_FUNCTION;
  }
}

/* The target is in the thread-local block that begins at start. */
static void set_thread_local(Scene *s, u64 start, bool live) {
  s->tls = (OutSegment){.address = start, .is_tls = true};
  s->thread_local = (Segment){.c = {.live = live}, .out = &s->tls};
  s->symbol.flags = WASM_SYMBOL_TLS;
  s->symbol.seg = &s->thread_local;
  s->symbol.value -= start;
}

/* The one symbol, defined unless what says otherwise. */
static void set_target(lua_State *L, Scene *s) {
  bool live = !flag(L, "dead"), defined = !flag(L, "undefined");
  u32 index = (u32)number(L, "index"), slot = (u32)number(L, "slot");
  u64 offset = number(L, "offset");
  Target target = reloc_info(s->reloc.kind)->target;
  s->symbol.kind = symbol_kind(target);
  s->symbol.state = defined ? SYM_DEFINED : SYM_UNDEFINED;
  s->symbol.referenced = live;
  s->symbol.value = number(L, "address");
  s->symbol.is_stub = flag(L, "stub");
  s->symbol.index = (Out){index};
  s->symbol.got = index;
  s->symbol.slot = slot ? slot : NONE;
  s->function = (Function){.c = {.live = live, .out_offset = offset},
                           .index = {index},
                           .slot = slot ? slot : NONE};
  s->item = (Item){.live = live, .index = {index}};
  s->custom = (Chunk){.live = live, .out_offset = offset};
  s->section.custom = &s->custom; /* its id is 0, that of a custom section */
  s->type.index = (Out){index};
  if (!defined)
    return;
  if (target == TARGET_DATA && number(L, "tls_start"))
    set_thread_local(s, number(L, "tls_start"), live);
  else if (target == TARGET_FUNCTION)
    s->symbol.func = &s->function;
  else if (target == TARGET_SECTION)
    s->symbol.section = &s->section;
  else if (target != TARGET_DATA)
    s->symbol.item = &s->item;
}

static void set_place(lua_State *L, Scene *s) {
  lua_getfield(L, 1, "section");
  s->segment.c.name = str_from(luaL_optstring(L, -1, ""));
  lua_pop(L, 1); /* the string stays in the table */
  s->symbols[0] = &s->symbol;
  s->types[0] = &s->type;
  s->object.symbols = s->symbols;
  s->object.types = s->types;
  s->segment.c.obj = &s->object;
  s->segment.c.live = true;
  s->segment.out = &s->out;
  s->out.address = number(L, "place");
  s->link.opt.table_base = (u32)number(L, "table_base");
}

/* relocate{kind=, address=, index=, slot=, offset=, addend=, table_base=,
   tls_start=, place=, section=, undefined=, dead=, stub=} -> bytes, value */
int native_relocate(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  Scene *s = lua_newuserdatauv(L, sizeof *s, 0);
  *s = (Scene){0};
  u32 kind = check_kind(L);
  s->reloc = (Reloc){.kind = (u8)kind, .addend = (i64)number(L, "addend")};
  set_target(L, s);
  set_place(L, s);
  Encoding encoding = reloc_info(kind)->encoding;
  u8 bytes[10];
  u64 value = reloc_value(&s->link, &s->reloc, &s->segment.c);
  reloc_write(bytes, encoding, value, encoding_width(encoding));
  lua_pushlstring(L, (const char *)bytes, encoding_width(encoding));
  lua_pushinteger(L, (lua_Integer)value);
  return 2;
}
