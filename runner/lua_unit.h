/* lua_unit.h: compile units that Lua describes; see lua/unit.lua. */

#ifndef LINKSPEC_LUA_UNIT_H
#define LINKSPEC_LUA_UNIT_H

#include <lua.h>

#include "../model/bytes.h"

/* The unit that the table at index describes, in the arena.  Its strings are
   the table's, which must outlive it. */
const Unit *native_check_unit(lua_State *L, int index, Arena *a);
/* Pushes { id, phase, class, severity, file, offset, field, text }. */
void native_push_diag(lua_State *L, const Diag *d);

/* native.lower(name, description) -> bytes, or nil and a diagnostic */
int native_lower(lua_State *L);

#endif
