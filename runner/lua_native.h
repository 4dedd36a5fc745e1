/* lua_native.h: what Lua gets from C; see `native` in lua_native.c. */

#ifndef LINKSPEC_LUA_NATIVE_H
#define LINKSPEC_LUA_NATIVE_H

#include <lua.h>

/* Whether a sanitizer watches memory: its shadow counts as more than any limit
   gives, and it sees only what comes from the system. */
#if defined(__SANITIZE_ADDRESS__)
enum { SANITIZED = 1 };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif
#else
enum { SANITIZED = 0 };
#endif

/* Opens the module `native`: pushes its table. */
int luaopen_native(lua_State *L);

/* lua_memory.c: what Lua calls for memory (lua_Alloc). */
void *lua_memory(void *unused, void *p, size_t was, size_t n);

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
