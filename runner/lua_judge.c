/* lua_judge.c: the judge for Lua.

   judge(argv, files, units, module, want_sites) says what is wrong with a
   module, of any linker, as a link of these.  Where files is nil, argv and
   module are paths on the disk.  It gives

     { violations = { { clause, file, offset, section, part, out_offset, what,
                        expected, found, input, output, wanted, instead } },
       permissions = { { name =, text = } }, total, functions, segments,
       sites = numbers, found = { { at, width, kind, custom, dead, symbol,
         segment_size, segment_align } } }

   where the last four of a violation are { file, offset, bytes, from, to };
   or nil and

     { failed = "file" | "module" | "options" | "inputs", diags = { ... },
       or text =, offset =, field =, output = }. */

#include <errno.h>
#include <lauxlib.h>
#include <string.h>

#include "../model/judge.h"
#include "../model/link.h"
#include "lua_link.h"
#include "lua_native.h"

static void set_excerpt(lua_State *L, const char *name, const Excerpt *e) {
  if (!e->p)
    return;
  lua_newtable(L);
  native_set_string(L, "file", e->file);
  native_set_integer(L, "offset", (lua_Integer)e->offset);
  native_set_str(L, "bytes", (Str){(const char *)e->p, e->n});
  native_set_integer(L, "from", e->from);
  native_set_integer(L, "to", e->to);
  lua_setfield(L, -2, name);
}

static void push_violation(lua_State *L, const Violation *v) {
  lua_newtable(L);
  native_set_string(L, "clause", v->clause);
  native_set_string(L, "file", v->at.file);
  native_set_str(L, "section", v->at.section);
  native_set_str(L, "part", v->at.part);
  native_set_string(L, "what", v->what);
  native_set_string(L, "expected", v->expected);
  native_set_string(L, "found", v->found);
  if (v->at.offset != NO_OFFSET)
    native_set_integer(L, "offset", (lua_Integer)v->at.offset);
  if (v->out_offset != NO_OFFSET)
    native_set_integer(L, "out_offset", (lua_Integer)v->out_offset);
  set_excerpt(L, "input", &v->input);
  set_excerpt(L, "output", &v->output);
  set_excerpt(L, "wanted", &v->wanted);
  set_excerpt(L, "instead", &v->instead);
}

static void set_permissions(lua_State *L, const Judgement *judgement) {
  lua_newtable(L);
  for (Permission p = 0; p < PERMISSIONS; p++) {
    if (!judgement->taken[p])
      continue;
    lua_newtable(L);
    native_set_string(L, "name", permission_name(p));
    native_set_string(L, "text", permission_text(p));
    lua_seti(L, -2, luaL_len(L, -2) + 1);
  }
  lua_setfield(L, -2, "permissions");
}

static void set_target(lua_State *L, const Symbol *s) {
  native_set_str(L, "symbol", s->name);
  if (s->kind != WASM_SYMBOL_TYPE_DATA || !s->seg)
    return;
  native_set_integer(L, "segment_size", s->seg->c.size);
  native_set_integer(L, "segment_align",
                     (lua_Integer)((u64)1 << (s->seg->c.align & 63)));
}

static void set_sites(lua_State *L, const Judgement *judgement) {
  lua_createtable(L, (int)judgement->found.n, 0);
  for (u32 i = 0; i < judgement->found.n; i++) {
    const Found *f = &judgement->found.p[i];
    lua_newtable(L);
    native_set_integer(L, "at", (lua_Integer)f->at);
    native_set_integer(L, "width", f->width);
    native_set_string(L, "kind", reloc_info(f->kind)->name);
    native_set_flag(L, "custom", f->custom);
    native_set_flag(L, "dead", f->dead);
    if (f->symbol)
      set_target(L, f->symbol);
    lua_seti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "found");
}

static int push_judgement(lua_State *L, const Judgement *judgement) {
  lua_newtable(L);
  lua_createtable(L, (int)judgement->violations.n, 0);
  for (u32 i = 0; i < judgement->violations.n; i++) {
    push_violation(L, &judgement->violations.p[i]);
    lua_seti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "violations");
  set_permissions(L, judgement);
  native_set_integer(L, "total", judgement->nviolations);
  native_set_integer(L, "functions", judgement->functions);
  native_set_integer(L, "segments", judgement->segments);
  native_set_integer(L, "sites", (lua_Integer)judgement->sites);
  if (judgement->want_sites)
    set_sites(L, judgement);
  return 1;
}

/* nil, and a table of what failed, for the caller to add to. */
static int push_failure(lua_State *L, const char *what) {
  lua_pushnil(L);
  lua_newtable(L);
  native_set_string(L, "failed", what);
  return 2;
}

static int judge_job(lua_State *L, Job *j, const DecModule *m,
                     Judgement *judgement) {
  j->link = j->ok ? ld_prepare(&j->request) : NULL;
  if (j->link && judge_link(&j->link, m, judgement))
    return push_judgement(L, judgement);
  int n = push_failure(L, j->ok ? "inputs" : "options");
  native_set_diags(L, j);
  return n;
}

static int judge_bytes(lua_State *L, Job *j, const u8 *bytes, size_t size,
                       bool want_sites) {
  DecModule m;
  DecError error;
  Judgement judgement = {.want_sites = want_sites};
  int n;
  if (decode_module(&m, bytes, size, &error) && decode_code(&m, &error)) {
    n = judge_job(L, j, &m, &judgement);
  } else {
    n = push_failure(L, "module");
    native_set_string(L, "text", error.message);
    native_set_string(L, "field", error.field);
    native_set_integer(L, "offset", (lua_Integer)error.offset);
    Excerpt around = excerpt(NULL, bytes, size, error.offset, 1);
    set_excerpt(L, "output", &around);
  }
  decode_free(&m);
  return n;
}

int native_judge(lua_State *L) {
  size_t size;
  const char *module = luaL_checklstring(L, 4, &size);
  const u8 *bytes = (const u8 *)module;
  lua_settop(L, 5);
  Job *j = push_job(L, 1, 2, 3);
  Files *from = &j->request.files;
  int n;
  if (!lua_isnil(L, 2) || from->open(from->host, module, &bytes, &size)) {
    n = judge_bytes(L, j, bytes, size, lua_toboolean(L, 5));
  } else {
    const char *reason = strerror(errno);
    n = push_failure(L, "file");
    native_set_string(L, "text", reason);
  }
  job_release(j);
  return n;
}
