/* lua_native.c: the module `native`, all that the Lua side cannot do itself.

   link, link_again   the model (lua_link.c); diag_rows, what it can say
   judge              a module of any linker (lua_judge.c)
   lower              a compile unit to an object (lua_unit.c)
   decode, diff       the independent reader, and how two modules differ
   run, fork, start, wait, limit, limit_time   child processes (process.c)
   write_file, temp_folder, remove_folder, sha256, glob, is_terminal, clock,
   interrupted

   Rule of thumb: what C has acquired hangs off a userdata before Lua is called
   again, since any call of Lua may be the last one of this function. */

#include "lua_native.h"

#include <errno.h>
#include <fnmatch.h>
#include <lauxlib.h>
#include <sha2.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diff.h"
#include "lua_decode.h"
#include "lua_unit.h"
#include "process.h"
#include "runner.h"

#define PEER "linkspec.peer"
#define RESULT "linkspec.result"

void native_set_string(lua_State *L, const char *name, const char *value) {
  lua_pushstring(L, value); /* NULL pushes nil */
  lua_setfield(L, -2, name);
}

void native_set_integer(lua_State *L, const char *name, lua_Integer value) {
  lua_pushinteger(L, value);
  lua_setfield(L, -2, name);
}

void native_set_flag(lua_State *L, const char *name, int value) {
  lua_pushboolean(L, value);
  lua_setfield(L, -2, name);
}

/* nil and the reason of errno. */
static int failure(lua_State *L) {
  const char *reason = strerror(errno);
  lua_pushnil(L);
  lua_pushstring(L, reason);
  return 2;
}

/* The list of strings at index as a NULL-terminated array, which lives as long
   as the userdata that this pushes; the strings live as long as the list. */
static const char **check_strings(lua_State *L, int index) {
  luaL_checktype(L, index, LUA_TTABLE);
  lua_Integer n = luaL_len(L, index);
  size_t size = ((size_t)n + 1) * sizeof(const char *);
  const char **list = lua_newuserdatauv(L, size, 0);
  for (lua_Integer i = 0; i < n; i++) {
    if (lua_geti(L, index, i + 1) != LUA_TSTRING)
      luaL_error(L, "item %d is not a string", (int)i + 1);
    list[i] = lua_tostring(L, -1);
    lua_pop(L, 1);
  }
  list[n] = NULL;
  return list;
}

/* ---- programs that run to their end ---- */

static int release_result(lua_State *L) {
  process_release(luaL_checkudata(L, 1, RESULT));
  return 0;
}

static lua_Integer field_integer(lua_State *L, int table, const char *name) {
  lua_getfield(L, table, name);
  lua_Integer value = luaL_optinteger(L, -1, 0);
  lua_pop(L, 1);
  return value;
}

static void push_result(lua_State *L, const ProcessResult *r) {
  static const char *const ended[] = {"exit", "signal", "timeout", "failed"};
  lua_newtable(L);
  native_set_string(L, "ended", ended[r->ended]);
  native_set_integer(L, "code", r->code);
  native_set_string(L, "reason",
                    r->ended == ENDED_SIGNAL   ? strsignal(r->code)
                    : r->ended == ENDED_FAILED ? strerror(r->reason)
                                               : NULL);
  lua_pushlstring(L, r->out.p ? r->out.p : "", r->out.n);
  lua_setfield(L, -2, "out");
  lua_pushlstring(L, r->err.p ? r->err.p : "", r->err.n);
  lua_setfield(L, -2, "err");
}

/* run{argv=, environment=, folder=, milliseconds=, memory=, file=, output=} ->
   {ended="exit"|"signal"|"timeout"|"failed", code=, reason=, out=, err=} */
static int native_run(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  ProcessRequest q = {0};
  q.milliseconds = (unsigned)field_integer(L, 1, "milliseconds");
  q.memory = (uint64_t)field_integer(L, 1, "memory");
  q.file = (uint64_t)field_integer(L, 1, "file");
  q.output = (size_t)field_integer(L, 1, "output");
  lua_getfield(L, 1, "argv");
  q.argv = check_strings(L, lua_gettop(L));
  if (lua_getfield(L, 1, "environment") != LUA_TNIL)
    q.environment = check_strings(L, lua_gettop(L));
  lua_getfield(L, 1, "folder");
  q.folder = luaL_optstring(L, -1, NULL);
  if (!q.argv[0])
    return luaL_error(L, "run: argv is empty");
  ProcessResult *r = lua_newuserdatauv(L, sizeof *r, 0);
  *r = (ProcessResult){0};
  luaL_setmetatable(L, RESULT);
  *r = process_run(&q);
  push_result(L, r);
  process_release(r);
  return 1;
}

/* ---- peers ---- */

static Peer *new_peer(lua_State *L) {
  Peer *p = lua_newuserdatauv(L, sizeof *p, 0);
  *p = (Peer){0, -1};
  luaL_setmetatable(L, PEER);
  return p;
}

static Peer *check_peer(lua_State *L) {
  Peer *p = luaL_checkudata(L, 1, PEER);
  luaL_argcheck(L, p->pid, 1, "the peer has ended");
  return p;
}

static _Noreturn void run_worker(lua_State *L) {
  signal(SIGINT, SIG_DFL);
  signal(SIGTERM, SIG_DFL);
  signal(SIGPIPE, SIG_DFL);
  bool ok = lua_pcall(L, 1, 0, 0) == LUA_OK;
  if (!ok)
    fprintf(stderr, "linkspec: worker: %s\n", lua_tostring(L, -1));
  /* exit(), since coverage and leak checks write at exit; the parent's
     buffers were empty when it forked. */
  exit(ok ? EXIT_OK : EXIT_FAILED);
}

/* fork(work) -> peer.  The child calls work(peer), peer being the way back,
   and ends when that returns. */
static int native_fork(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_settop(L, 1);
  Peer *p = new_peer(L);
  fflush(NULL);
  int child = peer_fork(p);
  if (child < 0)
    return failure(L);
  if (child == 0)
    run_worker(L);
  return 1;
}

/* start(argv) -> peer: a program that has the socket as input and output. */
static int native_start(lua_State *L) {
  const char **argv = check_strings(L, 1);
  luaL_argcheck(L, argv[0], 1, "argv is empty");
  Peer *p = new_peer(L);
  fflush(NULL);
  return peer_start(p, argv) ? 1 : failure(L);
}

/* peer:send(text) -> whether it went out */
static int send_to_peer(lua_State *L) {
  size_t n;
  const char *text = luaL_checklstring(L, 2, &n);
  lua_pushboolean(L, peer_send(check_peer(L), text, n));
  return 1;
}

static int free_message(lua_State *L) {
  char **message = lua_touserdata(L, 1);
  free(*message);
  *message = NULL;
  return 0;
}

/* peer:receive() -> text, or nil when the peer has ended */
static int receive_from_peer(lua_State *L) {
  Peer *p = check_peer(L);
  char **message = lua_newuserdatauv(L, sizeof *message, 0);
  size_t n;
  *message = NULL;
  if (luaL_newmetatable(L, "linkspec.message")) {
    lua_pushcfunction(L, free_message);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  if (!peer_receive(p, message, &n))
    return 0;
  lua_pushlstring(L, *message, n);
  free(*message);
  *message = NULL;
  return 1;
}

/* peer:finish(kill) -> "exit"|"signal"|"timeout" (killed by us), code, name of
   the signal */
static int finish_peer(lua_State *L) {
  static const char *const ended[] = {"exit", "signal", "timeout", "failed"};
  Peer *p = check_peer(L);
  int code;
  Ended how = peer_end(p, lua_toboolean(L, 2), &code);
  lua_pushstring(L, ended[how]);
  lua_pushinteger(L, code);
  lua_pushstring(L, how == ENDED_SIGNAL ? strsignal(code) : NULL);
  return 3;
}

/* A forked child holds copies of its siblings' userdata: only closing. */
static int collect_peer(lua_State *L) {
  Peer *p = luaL_checkudata(L, 1, PEER);
  if (p->fd >= 0)
    close(p->fd);
  *p = (Peer){0, -1};
  return 0;
}

/* wait(peers, milliseconds) -> list of booleans, or nil when nobody spoke */
static int native_wait(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  int milliseconds = (int)luaL_checkinteger(L, 2);
  size_t n = (size_t)luaL_len(L, 1);
  const Peer **peers = lua_newuserdatauv(L, (n + 1) * sizeof *peers, 0);
  bool *ready = lua_newuserdatauv(L, n + 1, 0);
  for (size_t i = 0; i < n; i++) {
    lua_geti(L, 1, (lua_Integer)i + 1);
    peers[i] = luaL_checkudata(L, -1, PEER);
    lua_pop(L, 1);
  }
  if (!peers_wait(peers, ready, n, milliseconds))
    return 0;
  lua_createtable(L, (int)n, 0);
  for (size_t i = 0; i < n; i++) {
    lua_pushboolean(L, ready[i]);
    lua_seti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

/* limit_time(seconds): of the processor, for this process from now on */
static int native_limit_time(lua_State *L) {
  process_limit_time((unsigned)luaL_checkinteger(L, 1));
  return 0;
}

/* limit(bytes): memory of this process from now on */
static int native_limit(lua_State *L) {
  lua_Integer bytes = luaL_checkinteger(L, 1);
  process_limit(SANITIZED ? 0 : (uint64_t)bytes);
  return 0;
}

/* ---- small things ---- */

static volatile sig_atomic_t caught;

static void on_signal(int number) {
  caught = number;
}

/* catch_interrupts(): from now on SIGINT and SIGTERM are only noted, and so
   is SIGPIPE: who reads our output has gone */
static int native_catch_interrupts(lua_State *L) {
  (void)L;
  struct sigaction action = {.sa_handler = on_signal};
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGPIPE, &action, NULL);
  return 0;
}

/* interrupted() -> whether one of them came */
static int native_interrupted(lua_State *L) {
  lua_pushboolean(L, caught != 0);
  return 1;
}

/* write_file(path, bytes, "program" (when not given) or "text") -> true, or nil
   and the reason: whoever looks sees the old file or the new one */
static int native_write_file(lua_State *L) {
  static const char *const kinds[] = {"program", "text", NULL};
  static const unsigned modes[] = {MODE_PROGRAM, MODE_TEXT};
  size_t n;
  const char *path = luaL_checkstring(L, 1);
  const char *bytes = luaL_checklstring(L, 2, &n);
  unsigned mode = modes[luaL_checkoption(L, 3, "program", kinds)];
  if (!files_write(path, (const u8 *)bytes, n, mode))
    return failure(L);
  lua_pushboolean(L, 1);
  return 1;
}

/* temp_folder(root) -> path of a new empty folder below root (if not given,
   where such things are kept), or nil and the reason */
static int native_temp_folder(lua_State *L) {
  const char *usual = getenv("TMPDIR");
  const char *root = luaL_optstring(L, 1, usual && *usual ? usual : "/tmp");
  size_t n = strlen(root) + sizeof "/linkspec-XXXXXX";
  char *path = lua_newuserdatauv(L, n, 0);
  snprintf(path, n, "%s/linkspec-XXXXXX", root);
  if (!mkdtemp(path))
    return failure(L);
  lua_pushstring(L, path);
  return 1;
}

/* remove_folder(path) -> true, or nil and the reason when some of it is left */
static int native_remove_folder(lua_State *L) {
  if (!files_remove_folder(luaL_checkstring(L, 1)))
    return failure(L);
  lua_pushboolean(L, 1);
  return 1;
}

/* sha256(bytes) -> 64 hexadecimal digits */
static int native_sha256(lua_State *L) {
  size_t n;
  const char *bytes = luaL_checklstring(L, 1, &n);
  char text[SHA256_DIGEST_STRING_LENGTH];
  SHA256Data((const uint8_t *)bytes, n, text);
  lua_pushstring(L, text);
  return 1;
}

/* glob(pattern, text) -> whether it matches; * also matches slashes */
static int native_glob(lua_State *L) {
  const char *pattern = luaL_checkstring(L, 1);
  lua_pushboolean(L, fnmatch(pattern, luaL_checkstring(L, 2), 0) == 0);
  return 1;
}

/* is_terminal("out" or "err") */
static int native_is_terminal(lua_State *L) {
  static const char *const names[] = {"out", "err", NULL};
  int which = luaL_checkoption(L, 1, NULL, names);
  lua_pushboolean(L, isatty(which ? STDERR_FILENO : STDOUT_FILENO));
  return 1;
}

/* clock() -> milliseconds since some time */
static int native_clock(lua_State *L) {
  lua_pushinteger(L, process_clock());
  return 1;
}

/* processors() -> how many there are */
static int native_processors(lua_State *L) {
  long n = sysconf(_SC_NPROCESSORS_ONLN);
  lua_pushinteger(L, n > 0 ? n : 1);
  return 1;
}

/* ---- modules ---- */

/* Text written to a stream in memory, freed when Lua lets go of it. */
typedef struct Text {
  char *p;
  size_t n;
} Text;

static int free_text(lua_State *L) {
  Text *t = lua_touserdata(L, 1);
  free(t->p);
  *t = (Text){0};
  return 0;
}

static Text *new_text(lua_State *L) {
  Text *t = lua_newuserdatauv(L, sizeof *t, 0);
  *t = (Text){0};
  if (luaL_newmetatable(L, "linkspec.text")) {
    lua_pushcfunction(L, free_text);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  return t;
}

static bool print_diff(FILE *to, const DecModule *a, const DecModule *b) {
  return to && (diff_modules(to, a, b), fclose(to) == 0);
}

/* diff(a, b) -> how module b differs from module a, as lines; "" when it does
   not; nil and the reason when one of them is no module */
static int native_diff(lua_State *L) {
  size_t na, nb;
  const u8 *a = (const u8 *)luaL_checklstring(L, 1, &na);
  const u8 *b = (const u8 *)luaL_checklstring(L, 2, &nb);
  Text *t = new_text(L);
  DecModule ma = {0}, mb = {0};
  DecError error = {0};
  bool ok = decode_module(&ma, a, na, &error) &&
            decode_module(&mb, b, nb, &error) &&
            print_diff(open_memstream(&t->p, &t->n), &ma, &mb);
  decode_free(&ma);
  decode_free(&mb);
  if (!ok) {
    lua_pushnil(L);
    lua_pushfstring(L, "at offset %d, %s: %s", (int)error.offset,
                    error.field ? error.field : "output", error.message);
    return 2;
  }
  lua_pushlstring(L, t->p ? t->p : "", t->n);
  free(t->p);
  *t = (Text){0};
  return 1;
}

static void add_classes(lua_State *L) {
  static const luaL_Reg peer[] = {{"send", send_to_peer},
                                  {"receive", receive_from_peer},
                                  {"finish", finish_peer},
                                  {"__gc", collect_peer},
                                  {NULL, NULL}};
  luaL_newmetatable(L, PEER);
  luaL_setfuncs(L, peer, 0);
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, "__index");
  luaL_newmetatable(L, RESULT);
  lua_pushcfunction(L, release_result);
  lua_setfield(L, -2, "__gc");
  lua_pop(L, 2);
}

int luaopen_native(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"link", native_link},
      {"link_again", native_link_again},
      {"judge", native_judge},
      {"diag_rows", native_diag_rows},
      {"validate", native_validate},
      {"lower", native_lower},
      {"decode", linkspec_decode},
      {"decodes", linkspec_decodes},
      {"diff", native_diff},
      {"run", native_run},
      {"fork", native_fork},
      {"start", native_start},
      {"wait", native_wait},
      {"limit", native_limit},
      {"limit_time", native_limit_time},
      {"catch_interrupts", native_catch_interrupts},
      {"interrupted", native_interrupted},
      {"write_file", native_write_file},
      {"temp_folder", native_temp_folder},
      {"remove_folder", native_remove_folder},
      {"sha256", native_sha256},
      {"glob", native_glob},
      {"is_terminal", native_is_terminal},
      {"clock", native_clock},
      {"processors", native_processors},
      {NULL, NULL}};
  add_classes(L);
  luaL_newlib(L, functions);
  native_set_string(L, "version", LINKSPEC_VERSION);
  native_set_flag(L, "sanitized", SANITIZED);
  return 1;
}
