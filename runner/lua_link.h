/* lua_link.h: a link that Lua has asked for, see lua_link.c. */

#ifndef LINKSPEC_LUA_LINK_H
#define LINKSPEC_LUA_LINK_H

#include <lua.h>

#include "runner.h"

/* A file that is a string; Lua keeps both name and bytes. */
typedef struct VirtualFile {
  const char *name;
  const u8 *bytes;
  size_t size;
} VirtualFile;

/* One link, released when Lua lets go of it at the latest. */
typedef struct Job {
  VirtualFile *files; /* NULL: those of the disk */
  size_t nfiles;
  FileSet disk;
  LdRequest request;
  Arena units; /* of the inputs that are units */
  Link *link;
  bool ok; /* the command line is right and all files are there */
} Job;

/* A job for argv, files (nil: those of the disk) and units at these indexes.
   Pushes what it hangs on, then its own value. */
Job *push_job(lua_State *L, int argv_at, int files_at, int units_at);
void job_release(Job *j);
/* Sets the field "diags" of the table on top. */
void native_set_diags(lua_State *L, const Job *j);
/* Sets a field of it, if there is such a string. */
void native_set_str(lua_State *L, const char *name, Str s);

#endif
