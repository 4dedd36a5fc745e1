/* lua_decode.c: `native.decode(bytes, is_object)`.  Takes the bytes of a module
   or object, gives a plain Lua table that says all the decoder knows, or nil
   and {offset, field, message}.  Expectations of cases are written on it.

   Indexes count from 0, as in the file.  Every list is an ordinary Lua list;
   an item of an index space has the field `index`, so that function 5 is
   funcs[6], and funcs[6].index is 5.  Offsets are from the start of the file
   unless said otherwise.  name is the best known: of the name section, else
   the symbol's, the import's or the export's; nil if there is none.  Kinds
   are "func", "table", "memory", "global", "tag"; types "i32", "funcref", ...
   Fields in [brackets] may be nil, flags in [brackets] are true or nil.

   module
     bytes      the file            size
     types      { index, params = {"i32", ...}, results = {...},
                  text = "(i32) -> ()" }
     imports    { module, name, kind, index, offset }
     funcs      { index, [name], type = index, imported, [import = index],
                  [offset], [size], [code_offset], [locals = {{count, type}}] }
                  offset, size: the body without its size field
     tables     { index, [name], imported, type, limits }
     memories   { index, [name], imported, limits }
     globals    { index, [name], imported, type, mutable, [init = expr] }
     tags       { index, [name], imported, type = index }
     exports    { name, kind, index, offset }
     [start]    function index
     elems      { index, mode = "active" "passive" "declared", type, flags,
                  [table], [at = expr], items = {expr, ...}, offset }
     [data_count]
     data       { index, [name], mode, flags, [memory], [at = expr], bytes,
                  offset (of bytes) }
     sections   { index, id, kind = "code", ..., [name], offset, size,
                  bytes } of a custom section: bytes after its name; of others
                  no bytes.  offset, size: the payload
     customs    the custom sections of sections, in order
     names      { [module], functions, globals, data: {[index] = name},
                  locals: {[func] = {[local] = name}} }
     producers  { field, name, version }
     features   { prefix, name }
     [build_id] bytes
     [dylink]   { [memory_size, memory_align, table_size, table_align],
                  needed, paths = {string, ...},
                  exports = {{name, flags}}, imports = {{module, name, flags}} }
     [linking]  { version,
                  symbols = {{ index (of the symbol), kind (also "data",
                    "section"), name, flags, at (of the entry, which begins
                    with kind and flags), [hidden], [undefined],
                    binding = "global" "weak" "local" ("both": malformed),
                    [exported], [explicit_name], [no_strip],
                    [tls], [absolute], [target = index in the kind's space],
                    [offset], [size] }},
                  segments = {{ name, align, flags }},
                  inits = {{ priority, symbol = index }},
                  comdats = {{ name, flags, items = {{kind, index}} }} }
     relocs     { section = index, relocs = {{ type = "R_WASM_...",
                  offset (in the target's payload), index, [symbol = name],
                  addend }} }
     code       a method, see below

   limits    { min, [max], [shared], [is64], page_size }
   expr      { offset, size, [op, value]: of a single instruction, else nil,
               [code] = list of instructions; nil for an item that is
               a bare index, which counts as ref.func }
   instruction
             { op = "i32.const", opcode, offset, size,
               one value for each immediate at [1], [2], ..., and imms, a list
               of { kind, offset, width, value }: kind is "func" "type"
               "local" "global" "table" "memory" "data" "elem" "tag" "label"
               "blocktype" "valtype" "count" "catch" "align" "offset" "i32"
               "i64" "f32" "f64" "lane" "bytes" "zero".
               Values are integers, but value types strings ("void" for no
               result), floats numbers, and "bytes" strings. }

   module:code(5) decodes function 5 and gives its list of instructions, with
   the final end; nil and the error if it is malformed; nil if it is imported
   or there is none.  Nothing is kept: ask once. */

#include "lua_decode.h"

#include <lauxlib.h>
#include <lua.h>

#include "../model/wasm.h"
#include "show.h"

#define MODULE "linkspec.module"

/* ---- types and the index spaces ---- */

static void put_types(lua_State *L, const char *name, const uint8_t *types,
                      uint32_t count) {
  begin_list(L, count);
  for (uint32_t i = 0; i < count; i++) {
    lua_pushstring(L, show_value_type(types[i]));
    end_item(L, i);
  }
  set_list(L, name);
}

static void add_type_text(luaL_Buffer *b, const uint8_t *types,
                          uint32_t count) {
  luaL_addchar(b, '(');
  for (uint32_t i = 0; i < count; i++) {
    if (i > 0)
      luaL_addchar(b, ' ');
    luaL_addstring(b, show_value_type(types[i]));
  }
  luaL_addchar(b, ')');
}

static void put_type_text(lua_State *L, const DecType *t) {
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  add_type_text(&b, t->params, t->param_count);
  luaL_addstring(&b, " -> ");
  add_type_text(&b, t->results, t->result_count);
  luaL_pushresult(&b);
  lua_setfield(L, -2, "text");
}

static void push_types(lua_State *L, const DecModule *m) {
  begin_list(L, m->type_count);
  for (uint32_t i = 0; i < m->type_count; i++) {
    const DecType *t = &m->types[i];
    begin_item(L, i);
    put_types(L, "params", t->params, t->param_count);
    put_types(L, "results", t->results, t->result_count);
    put_type_text(L, t);
    end_item(L, i);
  }
  set_list(L, "types");
}

static void push_imports(lua_State *L, const DecModule *m) {
  begin_list(L, m->import_count);
  for (uint32_t i = 0; i < m->import_count; i++) {
    const DecImport *import = &m->imports[i];
    begin_item(L, import->index);
    set_bytes(L, "module", import->module);
    set_bytes(L, "name", import->name);
    set_text(L, "kind", show_kind(import->kind));
    set_int(L, "offset", import->offset);
    end_item(L, i);
  }
  set_list(L, "imports");
}

static void put_limits(lua_State *L, const DecLimits *limits) {
  lua_createtable(L, 0, 4);
  set_int(L, "min", limits->min);
  if (limits->flags & WASM_LIMITS_FLAG_HAS_MAX)
    set_int(L, "max", limits->max);
  set_if(L, "shared", limits->flags & WASM_LIMITS_FLAG_IS_SHARED);
  set_if(L, "is64", limits->flags & WASM_LIMITS_FLAG_IS_64);
  set_int(L, "page_size", (uint64_t)1 << limits->page_log2);
  lua_setfield(L, -2, "limits");
}

/* The fields that an item of every index space has. */
static void begin_space_item(lua_State *L, uint32_t i, DecBytes name,
                             uint32_t import) {
  begin_item(L, i);
  set_name(L, name);
  set_flag(L, "imported", import != DEC_NONE);
  if (import != DEC_NONE)
    set_int(L, "import", import);
}

static void push_locals(lua_State *L, const DecFunc *f) {
  begin_list(L, f->local_groups);
  for (uint32_t i = 0; i < f->local_groups; i++) {
    lua_createtable(L, 0, 2);
    set_int(L, "count", f->locals[i].count);
    set_text(L, "type", show_value_type(f->locals[i].type));
    end_item(L, i);
  }
  set_list(L, "locals");
}

static void push_funcs(lua_State *L, const DecModule *m) {
  begin_list(L, m->func_count);
  for (uint32_t i = 0; i < m->func_count; i++) {
    const DecFunc *f = &m->funcs[i];
    begin_space_item(L, i, f->name, f->import);
    set_int(L, "type", f->type);
    if (f->import == DEC_NONE) {
      set_int(L, "offset", f->body);
      set_int(L, "size", f->end - f->body);
      set_int(L, "code_offset", f->code);
      push_locals(L, f);
    }
    end_item(L, i);
  }
  set_list(L, "funcs");
}

static void push_tables(lua_State *L, const DecModule *m) {
  begin_list(L, m->table_count);
  for (uint32_t i = 0; i < m->table_count; i++) {
    begin_space_item(L, i, m->tables[i].name, m->tables[i].import);
    set_text(L, "type", show_value_type(m->tables[i].type));
    put_limits(L, &m->tables[i].limits);
    end_item(L, i);
  }
  set_list(L, "tables");
}

static void push_memories(lua_State *L, const DecModule *m) {
  begin_list(L, m->memory_count);
  for (uint32_t i = 0; i < m->memory_count; i++) {
    begin_space_item(L, i, m->memories[i].name, m->memories[i].import);
    put_limits(L, &m->memories[i].limits);
    end_item(L, i);
  }
  set_list(L, "memories");
}

static void push_tags(lua_State *L, const DecModule *m) {
  begin_list(L, m->tag_count);
  for (uint32_t i = 0; i < m->tag_count; i++) {
    begin_space_item(L, i, m->tags[i].name, m->tags[i].import);
    set_int(L, "type", m->tags[i].type);
    end_item(L, i);
  }
  set_list(L, "tags");
}

static void push_globals(lua_State *L, const DecModule *m) {
  begin_list(L, m->global_count);
  for (uint32_t i = 0; i < m->global_count; i++) {
    const DecGlobal *g = &m->globals[i];
    begin_space_item(L, i, g->name, g->import);
    set_text(L, "type", show_value_type(g->type));
    set_flag(L, "mutable", g->is_mutable);
    if (g->import == DEC_NONE) {
      push_expr(L, m, &g->init);
      lua_setfield(L, -2, "init");
    }
    end_item(L, i);
  }
  set_list(L, "globals");
}

static void push_exports(lua_State *L, const DecModule *m) {
  begin_list(L, m->export_count);
  for (uint32_t i = 0; i < m->export_count; i++) {
    const DecExport *export = &m->exports[i];
    begin_item(L, export->index);
    set_bytes(L, "name", export->name);
    set_text(L, "kind", show_kind(export->kind));
    set_int(L, "offset", export->offset);
    end_item(L, i);
  }
  set_list(L, "exports");
}

/* ---- segments and sections ---- */

static const char *const modes[] = {"active", "passive", "declared"};

static void push_elems(lua_State *L, const DecModule *m) {
  begin_list(L, m->elem_count);
  for (uint32_t i = 0; i < m->elem_count; i++) {
    const DecElem *e = &m->elems[i];
    begin_item(L, i);
    set_text(L, "mode", modes[e->mode]);
    set_text(L, "type", show_value_type(e->type));
    set_int(L, "flags", e->flags);
    set_int(L, "offset", e->offset);
    if (e->mode == DEC_ACTIVE) {
      set_int(L, "table", e->table);
      push_expr(L, m, &e->start);
      lua_setfield(L, -2, "at");
    }
    begin_list(L, e->count);
    for (uint32_t k = 0; k < e->count; k++) {
      push_expr(L, m, &e->items[k]);
      end_item(L, k);
    }
    set_list(L, "items");
    end_item(L, i);
  }
  set_list(L, "elems");
}

static void push_data(lua_State *L, const DecModule *m) {
  begin_list(L, m->data_count);
  for (uint32_t i = 0; i < m->data_count; i++) {
    const DecData *d = &m->data[i];
    begin_item(L, i);
    set_name(L, d->name);
    set_text(L, "mode", modes[d->mode]);
    set_int(L, "flags", d->flags);
    set_bytes(L, "bytes", d->bytes);
    set_int(L, "offset", (uint64_t)(d->bytes.at - m->bytes));
    if (d->mode == DEC_ACTIVE) {
      set_int(L, "memory", d->memory);
      push_expr(L, m, &d->start);
      lua_setfield(L, -2, "at");
    }
    end_item(L, i);
  }
  set_list(L, "data");
}

static void push_section(lua_State *L, const DecModule *m, uint32_t i) {
  static const char *const kinds[] = {
      "custom", "type",  "import", "function", "table", "memory",    "global",
      "export", "start", "elem",   "code",     "data",  "datacount", "tag"};
  const DecSection *s = &m->sections[i];
  begin_item(L, i);
  set_int(L, "id", s->id);
  set_text(L, "kind", kinds[s->id]);
  set_int(L, "offset", s->payload);
  set_int(L, "size", s->size);
  if (s->id != WASM_SEC_CUSTOM)
    return;
  set_bytes(L, "name", s->name);
  size_t size = s->payload + s->size - s->contents;
  set_bytes(L, "bytes", (DecBytes){m->bytes + s->contents, size});
}

/* The lists sections and customs share their items. */
static void push_sections(lua_State *L, const DecModule *m) {
  uint32_t customs = 0;
  begin_list(L, 0);
  begin_list(L, m->section_count);
  for (uint32_t i = 0; i < m->section_count; i++) {
    push_section(L, m, i);
    if (m->sections[i].id == WASM_SEC_CUSTOM) {
      lua_pushvalue(L, -1);
      lua_rawseti(L, -4, (lua_Integer)++customs);
    }
    end_item(L, i);
  }
  lua_setfield(L, -3, "sections");
  lua_setfield(L, -2, "customs");
}

/* ---- the module ---- */

static void push_module(lua_State *L, const DecModule *m) {
  lua_createtable(L, 0, 24);
  lua_pushvalue(L, 1);
  lua_setfield(L, -2, "bytes");
  set_int(L, "size", m->size);
  push_types(L, m);
  push_imports(L, m);
  push_funcs(L, m);
  push_tables(L, m);
  push_memories(L, m);
  push_globals(L, m);
  push_tags(L, m);
  push_exports(L, m);
  if (m->start != DEC_NONE)
    set_int(L, "start", m->start);
  push_elems(L, m);
  if (m->has_data_count)
    set_int(L, "data_count", m->declared_data);
  push_data(L, m);
  push_sections(L, m);
  push_names(L, &m->names);
  push_tools(L, m);
  push_dylink(L, &m->dylink);
  push_linking(L, &m->linking);
  push_relocs(L, m);
  lua_pushcfunction(L, linkspec_decode_code);
  lua_setfield(L, -2, "code");
}

/* A module is held by userdata while its table is made, because Lua may raise
   an error of memory anywhere in between. */
static int collect_module(lua_State *L) {
  decode_free(lua_touserdata(L, 1));
  return 0;
}

static DecModule *new_module(lua_State *L) {
  DecModule *m = lua_newuserdatauv(L, sizeof *m, 0);
  *m = (DecModule){0};
  if (luaL_newmetatable(L, MODULE)) {
    lua_pushcfunction(L, collect_module);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  return m;
}

/* Decodes the first argument; the module, or NULL and nil with the error on
   top of the stack. */
static DecModule *decode_argument(lua_State *L) {
  size_t size;
  const char *bytes = luaL_checklstring(L, 1, &size);
  bool is_object = lua_toboolean(L, 2);
  lua_settop(L, 1);
  DecModule *m = new_module(L);
  DecError error;
  if (decode_module(m, (const uint8_t *)bytes, size, &error) &&
      (is_object || decode_code(m, &error)))
    return m;
  luaL_pushfail(L);
  push_error(L, &error);
  return NULL;
}

int linkspec_decode(lua_State *L) {
  DecModule *m = decode_argument(L);
  if (!m)
    return 2;
  push_module(L, m);
  decode_free(m);
  return 1;
}

int linkspec_decodes(lua_State *L) {
  DecModule *m = decode_argument(L);
  if (!m)
    return 2;
  decode_free(m);
  lua_pushboolean(L, true);
  return 1;
}
