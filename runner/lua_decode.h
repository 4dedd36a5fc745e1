/* lua_decode.h: decoded modules as Lua tables; see lua_decode.c. */

#ifndef LINKSPEC_LUA_DECODE_H
#define LINKSPEC_LUA_DECODE_H

#include <lua.h>

#include "../model/decode.h"

/* decode(bytes[, is_object]) -> the module as a table, or nil and
   {offset =, field =, message =}.  In an object's code anything may stand where
   it is relocated, so that indexes are not checked. */
int linkspec_decode(lua_State *L);

/* decodes(bytes[, is_object]) -> true, or nil and the error as above: whether
   there is a module, without its table. */
int linkspec_decodes(lua_State *L);

/* module:code(func) -> the instructions of a function of module.funcs, or nil
   and the error as above. */
int linkspec_decode_code(lua_State *L);

/* ---- lua_decode_code.c: for the files of lua_decode*.c ---- */

/* Each sets a field of the table on top of the stack. */
void set_int(lua_State *L, const char *name, uint64_t value);
void set_text(lua_State *L, const char *name, const char *value);
void set_flag(lua_State *L, const char *name, bool value);
void set_if(lua_State *L, const char *name, bool value); /* true or nil */
void set_bytes(lua_State *L, const char *name, DecBytes bytes);
void set_name(lua_State *L, DecBytes name); /* "name", or nil if empty */
void push_bytes(lua_State *L, DecBytes bytes);

/* Lists: begin_list(), for each item i from 0 a push and end_item(), then
   set_list() makes it a field.  begin_item() pushes a table with "index". */
void begin_list(lua_State *L, uint32_t count);
void begin_item(lua_State *L, uint32_t index);
void end_item(lua_State *L, uint32_t i);
void set_list(lua_State *L, const char *name);

void push_error(lua_State *L, const DecError *error);
void push_expr(lua_State *L, const DecModule *m, const DecExpr *expr);

/* ---- lua_decode_meta.c: each sets fields of the module on top ---- */

void push_names(lua_State *L, const DecNames *names);
void push_tools(lua_State *L, const DecModule *m);
void push_dylink(lua_State *L, const DecDylink *d);
void push_linking(lua_State *L, const DecLinking *l);
void push_relocs(lua_State *L, const DecModule *m);

#endif
