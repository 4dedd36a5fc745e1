/* lua_native.h: what Lua gets from C; see `native` in lua_native.c. */

#ifndef LINKSPEC_LUA_NATIVE_H
#define LINKSPEC_LUA_NATIVE_H

#include <lua.h>

/* Opens the module `native`: pushes its table. */
int luaopen_native(lua_State *L);

/* lua_link.c: native.link(...), validate(...), link_again(...), diag_rows(). */
int native_link(lua_State *L);
int native_validate(lua_State *L);
int native_link_again(lua_State *L);
int native_diag_rows(lua_State *L);
/* lua_judge.c: native.judge(...). */
int native_judge(lua_State *L);

/* Sets field `name` of the table on top. */
void native_set_string(lua_State *L, const char *name, const char *value);
void native_set_integer(lua_State *L, const char *name, lua_Integer value);
void native_set_flag(lua_State *L, const char *name, int value);

#endif
