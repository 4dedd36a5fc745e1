/* engine.c: the commands that are written in Lua: test, conform, judge, ...

   Finds the folder that holds lua/, cases/ and golden/, starts Lua with the
   module `native`, and calls main(arguments) of lua/engine.lua, which gives
   the exit status.  Rule of thumb: nothing is decided here. */

#include <errno.h>
#include <lauxlib.h>
#include <limits.h>
#include <lualib.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lua_native.h"
#include "runner.h"

/* Whether folder/suffix has the library; *home is then that path, to be
   freed. */
static bool is_home(const char *folder, const char *suffix, char **home) {
  char *file = NULL;
  *home = NULL;
  bool found = asprintf(home, "%s%s", folder, suffix) > 0 &&
               asprintf(&file, "%s/lua/engine.lua", *home) > 0 &&
               access(file, R_OK) == 0;
  free(file);
  if (!found) {
    free(*home);
    *home = NULL;
  }
  return found;
}

/* The folder of the project: $LINKSPEC_HOME, or where the executable was built
   (its folder, or one or two above), or the installed share/linkspec.  NULL:
   nowhere.  To be freed. */
static char *find_home(const char *program) {
  static const char *const places[] = {"", "/..", "/../..",
                                       "/../share/linkspec"};
  char folder[PATH_MAX];
  char *home = NULL;
  const char *chosen = getenv("LINKSPEC_HOME");
  if (chosen) {
    is_home(chosen, "", &home);
    return home;
  }
  strcpy(folder, program);
  char *slash = strrchr(folder, '/');
  if (slash)
    *slash = '\0';
  for (size_t i = 0; i < sizeof places / sizeof *places; i++)
    if (is_home(folder, places[i], &home))
      return home;
  return NULL;
}

/* The path of this executable. */
static bool find_program(char *path) {
  ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 1);
  if (n <= 0)
    return false;
  path[n] = '\0';
  return true;
}

static int traceback(lua_State *L) {
  luaL_traceback(L, L, luaL_tolstring(L, 1, NULL), 1);
  return 1;
}

typedef struct Start {
  int argc;
  char **argv;
  const char *home, *program;
  int status;
} Start;

/* What may raise an error, called protected. */
static int run_engine(lua_State *L) {
  Start *s = lua_touserdata(L, 1);
  luaL_openlibs(L);
  luaL_requiref(L, "native", luaopen_native, 0);
  lua_getglobal(L, "package");
  lua_getfield(L, -1, "path");
  lua_pushfstring(L, "%s/lua/?.lua;%s", s->home, lua_tostring(L, -1));
  lua_setfield(L, -3, "path");
  lua_getglobal(L, "require");
  lua_pushstring(L, "engine");
  lua_call(L, 1, 1);
  lua_getfield(L, -1, "main");
  lua_createtable(L, s->argc, 2);
  for (int i = 0; i < s->argc; i++) {
    lua_pushstring(L, s->argv[i]);
    lua_seti(L, -2, i); /* the command's name is item 0 */
  }
  native_set_string(L, "home", s->home);
  native_set_string(L, "program", s->program);
  lua_call(L, 1, 1);
  s->status = (int)luaL_checkinteger(L, -1);
  return 0;
}

static int start_lua(Start *s) {
  lua_State *L = lua_newstate(lua_memory, NULL);
  if (!L) {
    fputs("linkspec: out of memory\n", stderr);
    return EXIT_FAILED;
  }
  lua_pushcfunction(L, traceback);
  lua_pushcfunction(L, run_engine);
  lua_pushlightuserdata(L, s);
  if (lua_pcall(L, 1, 0, 1) != LUA_OK) {
    fprintf(stderr, "linkspec: internal error: %s\n", lua_tostring(L, -1));
    s->status = EXIT_FAILED;
  }
  lua_close(L);
  return s->status;
}

int engine_main(int argc, char **argv) {
  char program[PATH_MAX];
  char *home = find_program(program) ? find_home(program) : NULL;
  if (!home) {
    fputs("linkspec: the folder with lua/engine.lua is not found: set "
          "LINKSPEC_HOME\n",
          stderr);
    return EXIT_MISUSE;
  }
  Start s = {argc, argv, home, program, EXIT_OK};
  int status = start_lua(&s);
  free(home);
  return status;
}
