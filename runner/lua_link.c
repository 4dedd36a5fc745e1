/* lua_link.c: the reference linker for Lua, on files that are strings.

   link(argv, files, stage, units) runs the model as `linkspec ld` would, up to
   and including stage ("resolve", "live", "place", "number", "emit"); files
   that units has by name are linked as the unit (lua_unit.c), not from their
   bytes. It gives

     { ok = boolean, output = bytes or nil, texts = { file name -> text },
       diags = { { id, phase, class, severity, file, within, offset, field,
                  text } },
       symbols = { ... }, chunks = { ... }, segments = { ... }, memory = {} }

   where texts are what --Map and --why-extract ask for, and the last four are
   the model's view, only given when stage is not "emit".

   diag_rows() gives what the model can say: { { id =, text = }, ... }.

   validate(argv, files, units) gives the diags of `linkspec validate` on the
   inputs of a link, each object by itself.

   link_again{ { argv =, files =, units = }, ... } links one request after the
   other and gives a list of such answers.  Files with the bytes that they had
   in the request before are not read again. */

#include <errno.h>
#include <inttypes.h>
#include <lauxlib.h>
#include <string.h>

#include "../model/link.h"
#include "lua_link.h"
#include "lua_native.h"
#include "lua_unit.h"

#define JOB "linkspec.link"

/* ---- one link, released when Lua lets go of it ---- */

void job_release(Job *j) {
  link_free(j->link);
  ld_release(&j->request);
  files_close(&j->disk);
  arena_free(&j->units);
  j->link = NULL;
}

static int collect_job(lua_State *L) {
  job_release(luaL_checkudata(L, 1, JOB));
  return 0;
}

static bool open_virtual(void *host, const char *path, const u8 **bytes,
                         size_t *size) {
  const Job *j = host;
  while (strncmp(path, "./", 2) == 0)
    path += 2;
  for (size_t i = 0; i < j->nfiles; i++)
    if (strcmp(j->files[i].name, path) == 0) {
      *bytes = j->files[i].bytes;
      *size = j->files[i].size;
      return true;
    }
  errno = ENOENT;
  return false;
}

/* The table at index, name -> bytes, as an array.  Pushes its memory. */
static VirtualFile *check_files(lua_State *L, int index, size_t *n) {
  *n = 0;
  if (lua_isnil(L, index)) {
    lua_pushnil(L);
    return NULL;
  }
  luaL_checktype(L, index, LUA_TTABLE);
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
    ++*n;
  VirtualFile *files = lua_newuserdatauv(L, (*n + 1) * sizeof *files, 0);
  size_t i = 0;
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
    if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TSTRING)
      luaL_error(L, "files: names and contents are strings");
    VirtualFile *f = &files[i++];
    f->name = lua_tostring(L, -2);
    f->bytes = (const u8 *)lua_tolstring(L, -1, &f->size);
  }
  return files;
}

static const char **check_argv(lua_State *L, int index, int *argc) {
  luaL_checktype(L, index, LUA_TTABLE);
  *argc = (int)luaL_len(L, index) + 1;
  const char **argv =
      lua_newuserdatauv(L, ((size_t)*argc + 1) * sizeof *argv, 0);
  argv[0] = "linkspec";
  for (int i = 1; i < *argc; i++) {
    if (lua_geti(L, index, i) != LUA_TSTRING)
      luaL_error(L, "argument %d is not a string", i);
    argv[i] = lua_tostring(L, -1);
    lua_pop(L, 1);
  }
  argv[*argc] = NULL;
  return argv;
}

/* ---- the answer ---- */

void native_set_str(lua_State *L, const char *name, Str s) {
  if (!s.p)
    return;
  lua_pushlstring(L, s.p, s.n);
  lua_setfield(L, -2, name);
}

static const char *severity_name(Severity s) {
  static const char *const names[] = {"error", "warning", "note"};
  return names[s];
}

void native_push_diag(lua_State *L, const Diag *d) {
  lua_newtable(L);
  native_set_string(L, "id", diag_name(d->id));
  native_set_string(L, "phase", diag_phase(d->id));
  native_set_string(L, "class", diag_class(d->id));
  native_set_string(L, "severity", severity_name(d->severity));
  native_set_string(L, "file", d->file);
  native_set_string(L, "within", d->within);
  native_set_string(L, "field", d->field);
  native_set_string(L, "text", d->text);
  if (d->offset != NO_OFFSET)
    native_set_integer(L, "offset", (lua_Integer)d->offset);
}

/* diag_rows() -> list of { id =, text = }: all of diags.def. */
int native_diag_rows(lua_State *L) {
  static const struct {
    const char *id, *phase, *class, *text;
  } rows[] = {
#define DIAG(id, phase, class, severity, text) {#id, #phase, class, text},
#include "../model/diags.def"
#undef DIAG
  };
  lua_createtable(L, DIAG_COUNT, 0);
  for (u32 i = 0; i < DIAG_COUNT; i++) {
    lua_newtable(L);
    native_set_string(L, "id", rows[i].id);
    native_set_string(L, "phase", rows[i].phase);
    native_set_string(L, "class", rows[i].class);
    native_set_string(L, "text", rows[i].text);
    lua_seti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

/* What is wrong with the command line has phase "options". */
static void push_message(lua_State *L, const Message *m) {
  lua_newtable(L);
  native_set_string(L, "id", "COMMAND_LINE");
  native_set_string(L, "phase", "options");
  native_set_string(L, "class", m->class);
  native_set_string(L, "severity", severity_name(m->severity));
  native_set_string(L, "text", m->text);
}

void native_set_diags(lua_State *L, const Job *j) {
  lua_Integer n = 0;
  u32 ndiags = 0;
  const Diag *d = j->link ? link_diags(j->link, &ndiags) : NULL;
  lua_newtable(L);
  for (u32 i = 0; i < j->request.nmessages; i++) {
    push_message(L, &j->request.messages[i]);
    lua_seti(L, -2, ++n);
  }
  for (u32 i = 0; i < ndiags; i++) {
    native_push_diag(L, &d[i]);
    lua_seti(L, -2, ++n);
  }
  lua_setfield(L, -2, "diags");
}

static const char *kind_name(u8 kind) {
  switch (kind) {
  case WASM_SYMBOL_TYPE_FUNCTION: return "function";
  case WASM_SYMBOL_TYPE_DATA: return "data";
  case WASM_SYMBOL_TYPE_GLOBAL: return "global";
  case WASM_SYMBOL_TYPE_SECTION: return "section";
  case WASM_SYMBOL_TYPE_TAG: return "tag";
  case WASM_SYMBOL_TYPE_TABLE: return "table";
  default: return "unknown";
  }
}

static void set_slot(lua_State *L, const Symbol *s) {
  u32 slot = s->func ? s->func->slot : s->slot;
  if (slot != NONE && slot != 0)
    native_set_integer(L, "slot", slot);
}

/* What a symbol has only after its pass. */
static void set_numbers(lua_State *L, const Symbol *s, Stage last) {
  bool defined = is_defined(s);
  if (last >= STAGE_PLACE && defined && s->kind == WASM_SYMBOL_TYPE_DATA &&
      (!s->seg || s->seg->out))
    native_set_integer(L, "address", (lua_Integer)data_address(s));
  if (last < STAGE_NUMBER || !is_live(s))
    return;
  if (s->kind == WASM_SYMBOL_TYPE_FUNCTION) {
    native_set_integer(L, "index", function_index(s).i);
    set_slot(L, s);
  } else if (s->kind == WASM_SYMBOL_TYPE_GLOBAL ||
             s->kind == WASM_SYMBOL_TYPE_TABLE ||
             s->kind == WASM_SYMBOL_TYPE_TAG) {
    native_set_integer(L, "index", item_index(s).i);
  }
}

static void push_symbol(lua_State *L, const Symbol *s, Stage last) {
  static const char *const states[] = {"undefined", "lazy", "shared",
                                       "defined"};
  lua_newtable(L);
  native_set_str(L, "name", s->name);
  native_set_string(L, "state", states[s->state]);
  native_set_string(L, "kind",
                    s->state == SYM_LAZY ? NULL : kind_name(s->kind));
  native_set_string(L, "object", s->obj ? s->obj->name : NULL);
  native_set_flag(L, "weak", is_weak(s));
  native_set_flag(L, "hidden", is_hidden(s));
  native_set_flag(L, "stub", s->is_stub);
  native_set_integer(L, "flags", s->flags);
  native_set_integer(L, "size", (lua_Integer)s->size);
  if (last >= STAGE_LIVE)
    native_set_flag(L, "live", is_live(s));
  set_numbers(L, s, last);
}

static void set_symbols(lua_State *L, const Link *l, Stage last) {
  lua_createtable(L, (int)l->symbols.n, 0);
  for (u32 i = 0; i < l->symbols.n; i++) {
    push_symbol(L, l->symbols.p[i], last);
    lua_seti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "symbols");
}

static void push_chunk(lua_State *L, const Chunk *c, const char *kind,
                       Stage last) {
  lua_newtable(L);
  native_set_string(L, "kind", kind);
  native_set_string(L, "object", c->obj ? c->obj->name : NULL);
  native_set_str(L, "name", c->name);
  native_set_integer(L, "size", c->size);
  native_set_flag(L, "discarded", c->discarded);
  if (last >= STAGE_LIVE)
    native_set_flag(L, "live", c->live);
}

static void add_chunk(lua_State *L, const Chunk *c, const char *kind,
                      Stage last) {
  push_chunk(L, c, kind, last);
  lua_seti(L, -2, luaL_len(L, -2) + 1);
}

static void add_function(lua_State *L, const Function *f, Stage last) {
  push_chunk(L, &f->c, "function", last);
  if (last >= STAGE_NUMBER && f->c.live)
    native_set_integer(L, "index", f->index.i);
  lua_seti(L, -2, luaL_len(L, -2) + 1);
}

static void set_chunks(lua_State *L, const Link *l, Stage last) {
  lua_newtable(L);
  for (u32 i = 0; i < l->objects.n; i++) {
    const Object *o = l->objects.p[i];
    for (u32 k = 0; k < o->nfunctions; k++)
      add_function(L, &o->functions[k], last);
    for (u32 k = 0; k < o->nsegments; k++)
      add_chunk(L, &o->segments[k].c, "data", last);
    for (u32 k = 0; k < o->nsections; k++)
      if (o->sections[k].custom)
        add_chunk(L, o->sections[k].custom, "custom", last);
  }
  lua_setfield(L, -2, "chunks");
}

static void push_pieces(lua_State *L, const OutSegment *s) {
  lua_createtable(L, (int)s->chunks.n, 0);
  for (u32 i = 0; i < s->chunks.n; i++) {
    const Chunk *c = s->chunks.p[i];
    lua_newtable(L);
    native_set_string(L, "object", c->obj ? c->obj->name : NULL);
    native_set_str(L, "name", c->name);
    native_set_integer(L, "offset", (lua_Integer)c->out_offset);
    native_set_integer(L, "size", c->size);
    native_set_integer(L, "align", (lua_Integer)((u64)1 << (c->align & 63)));
    native_set_flag(L, "strings", c->strings); /* merged ones */
    lua_seti(L, -2, (lua_Integer)i + 1);
  }
}

static void set_layout(lua_State *L, const Link *l) {
  lua_newtable(L);
  for (u32 i = 0; i < l->segments.n; i++) {
    const OutSegment *s = l->segments.p[i];
    lua_newtable(L);
    native_set_str(L, "name", s->name);
    native_set_integer(L, "index", s->index);
    native_set_integer(L, "address", (lua_Integer)s->address);
    native_set_integer(L, "size", (lua_Integer)s->size);
    native_set_integer(L, "align", (lua_Integer)((u64)1 << (s->align & 63)));
    native_set_flag(L, "bss", s->is_bss);
    native_set_flag(L, "tls", s->is_tls);
    push_pieces(L, s);
    lua_setfield(L, -2, "chunks");
    lua_seti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "segments");
  lua_newtable(L);
  native_set_integer(L, "min", (lua_Integer)l->memory_pages);
  if (l->memory_has_max)
    native_set_integer(L, "max", (lua_Integer)l->memory_max_pages);
  lua_setfield(L, -2, "memory");
}

static void set_texts(lua_State *L, Job *j) {
  LdRequest *r = &j->request;
  Str map;
  size_t size;
  map.p = (const char *)link_map(j->link, &size);
  map.n = (u32)size;
  lua_newtable(L);
  if (r->map)
    native_set_str(L, r->map, map);
  if (r->why_extract)
    native_set_str(L, r->why_extract, ld_why_extract(r, j->link));
  lua_setfield(L, -2, "texts");
}

static void push_answer(lua_State *L, Job *j, Stage last) {
  lua_newtable(L);
  native_set_flag(L, "ok", j->ok);
  native_set_diags(L, j);
  if (!j->ok)
    return;
  if (last == STAGE_EMIT) {
    size_t size;
    const u8 *bytes = link_output(j->link, &size);
    lua_pushlstring(L, (const char *)bytes, size);
    lua_setfield(L, -2, "output");
    set_texts(L, j);
    return;
  }
  set_symbols(L, j->link, last);
  set_chunks(L, j->link, last);
  if (last >= STAGE_PLACE)
    set_layout(L, j->link);
}

/* Inputs that the table at index describes are linked as the unit it says. */
static void attach_units(lua_State *L, Job *j, int index) {
  for (u32 i = 0; i < j->request.ninputs; i++) {
    Input *in = &j->request.inputs[i];
    if (lua_getfield(L, index, in->path) == LUA_TTABLE)
      in->unit = native_check_unit(L, lua_gettop(L), &j->units);
    lua_pop(L, 1);
  }
}

Job *push_job(lua_State *L, int argv_at, int files_at, int units_at) {
  luaL_checkstack(L, 12, "too many links");
  int argc;
  const char **argv = check_argv(L, argv_at, &argc);
  size_t nfiles;
  VirtualFile *files = check_files(L, files_at, &nfiles);
  Job *j = lua_newuserdatauv(L, sizeof *j, 0);
  *j = (Job){.files = files, .nfiles = nfiles};
  if (luaL_newmetatable(L, JOB)) {
    lua_pushcfunction(L, collect_job);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  ld_init(&j->request,
          files ? (Files){open_virtual, j} : files_of_disk(&j->disk));
  j->ok = ld_parse(&j->request, argc, argv) && ld_open(&j->request);
  if (j->ok && lua_istable(L, units_at))
    attach_units(L, j, units_at);
  return j;
}

int native_link(lua_State *L) {
  static const char *const stages[] = {"resolve", "live", "place",
                                       "number",  "emit", NULL};
  Stage last = (Stage)luaL_checkoption(L, 3, "emit", stages);
  lua_settop(L, 4);
  Job *j = push_job(L, 1, 2, 4);
  j->link = j->ok ? ld_prepare(&j->request) : NULL;
  j->ok = j->link && link_run(j->link, last);
  push_answer(L, j, last);
  job_release(j);
  return 1;
}

/* ---- validation, without a link ---- */

int native_validate(lua_State *L) {
  lua_settop(L, 3);
  Job *j = push_job(L, 1, 2, 3);
  j->request.options.error_limit = 0;
  j->link = j->ok ? ld_prepare(&j->request) : NULL;
  if (j->link)
    link_validate(j->link);
  lua_newtable(L);
  native_set_diags(L, j);
  lua_getfield(L, -1, "diags");
  job_release(j);
  return 1;
}

/* ---- one link after the other ---- */

/* What has the bytes that it had before is the same file, at the same place.
   (A unit is known by the object that it lowers to.) */
static void keep_unchanged(Job *j, const Job *before) {
  for (u32 i = 0; i < j->request.ninputs; i++) {
    Input *in = &j->request.inputs[i];
    for (u32 k = 0; k < before->request.ninputs; k++) {
      const Input *old = &before->request.inputs[k];
      if (strcmp(in->path, old->path) != 0 || in->size != old->size ||
          !in->unit != !old->unit || memcmp(in->bytes, old->bytes, in->size))
        continue;
      in->bytes = old->bytes;
      in->unit = old->unit;
      in->unchanged = true;
      break;
    }
  }
}

static Link *next_link(Job *j, Job *before) {
  if (before)
    keep_unchanged(j, before);
  ld_complete(&j->request);
  j->request.request.keep = true;
  if (!before)
    return link_new(&j->request.request);
  Link *old = before->link;
  before->link = NULL;
  return link_again(old, &j->request.request);
}

int native_link_again(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  lua_newtable(L);
  Job *before = NULL;
  for (lua_Integer i = 1; lua_geti(L, 1, i) != LUA_TNIL; i++) {
    int at = lua_gettop(L);
    lua_getfield(L, at, "argv");
    lua_getfield(L, at, "files");
    lua_getfield(L, at, "units");
    Job *j = push_job(L, at + 1, at + 2, at + 3);
    if (!j->ok)
      return luaL_error(L, "link_again: a command line that is wrong");
    j->link = next_link(j, before);
    j->ok = j->link && link_run(j->link, STAGE_EMIT);
    push_answer(L, j, STAGE_EMIT);
    lua_seti(L, 2, i);
    before = j;
  }
  lua_pushvalue(L, 2);
  return 1;
}
