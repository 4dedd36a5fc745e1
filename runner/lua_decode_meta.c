/* lua_decode_meta.c: custom sections, and what is in relocatable objects, as
   fields of the module's Lua table.  The shapes are described at the head of
   lua_decode.c. */

#include "lua_decode.h"

#include <lauxlib.h>
#include <lua.h>
#include <string.h>

#include "../model/wasm.h"
#include "show.h"

/* ---- custom sections ---- */

static void put_name_map(lua_State *L, const char *name,
                         const DecNameMap *map) {
  lua_newtable(L);
  for (uint32_t i = 0; i < map->count; i++) {
    push_bytes(L, map->names[i].name);
    lua_rawseti(L, -2, (lua_Integer)map->names[i].index);
  }
  lua_setfield(L, -2, name);
}

void push_names(lua_State *L, const DecNames *names) {
  lua_newtable(L);
  if (names->has_module)
    set_bytes(L, "module", names->module);
  put_name_map(L, "functions", &names->funcs);
  put_name_map(L, "globals", &names->globals);
  put_name_map(L, "data", &names->data);
  lua_newtable(L);
  for (uint32_t i = 0; i < names->local_count; i++) {
    const DecNameMap *map = &names->locals[i].map;
    lua_newtable(L);
    for (uint32_t k = 0; k < map->count; k++) {
      push_bytes(L, map->names[k].name);
      lua_rawseti(L, -2, (lua_Integer)map->names[k].index);
    }
    lua_rawseti(L, -2, (lua_Integer)names->locals[i].func);
  }
  lua_setfield(L, -2, "locals");
  lua_setfield(L, -2, "names");
}

void push_tools(lua_State *L, const DecModule *m) {
  begin_list(L, m->producer_count);
  for (uint32_t i = 0; i < m->producer_count; i++) {
    lua_createtable(L, 0, 3);
    set_bytes(L, "field", m->producers[i].field);
    set_bytes(L, "name", m->producers[i].name);
    set_bytes(L, "version", m->producers[i].version);
    end_item(L, i);
  }
  set_list(L, "producers");
  begin_list(L, m->feature_count);
  for (uint32_t i = 0; i < m->feature_count; i++) {
    char prefix[2] = {m->features[i].prefix, 0};
    lua_createtable(L, 0, 2);
    set_text(L, "prefix", prefix);
    set_bytes(L, "name", m->features[i].name);
    end_item(L, i);
  }
  set_list(L, "features");
  if (m->has_build_id)
    set_bytes(L, "build_id", m->build_id);
}

static void put_strings(lua_State *L, const char *name, const DecBytes *strings,
                        uint32_t count) {
  begin_list(L, count);
  for (uint32_t i = 0; i < count; i++) {
    push_bytes(L, strings[i]);
    end_item(L, i);
  }
  set_list(L, name);
}

static void put_infos(lua_State *L, const char *name,
                      const DecDylinkInfo *infos, uint32_t count,
                      bool has_module) {
  begin_list(L, count);
  for (uint32_t i = 0; i < count; i++) {
    lua_createtable(L, 0, 3);
    if (has_module)
      set_bytes(L, "module", infos[i].module);
    set_bytes(L, "name", infos[i].name);
    set_int(L, "flags", infos[i].flags);
    end_item(L, i);
  }
  set_list(L, name);
}

void push_dylink(lua_State *L, const DecDylink *d) {
  if (!d->present)
    return;
  lua_newtable(L);
  if (d->has_memory) {
    set_int(L, "memory_size", d->memory_size);
    set_int(L, "memory_align", d->memory_align);
    set_int(L, "table_size", d->table_size);
    set_int(L, "table_align", d->table_align);
  }
  put_strings(L, "needed", d->needed, d->needed_count);
  put_strings(L, "paths", d->paths, d->path_count);
  put_infos(L, "exports", d->exports, d->export_count, false);
  put_infos(L, "imports", d->imports, d->import_count, true);
  lua_setfield(L, -2, "dylink");
}

/* ---- objects ---- */

static void push_symbol(lua_State *L, const DecSymbol *s, uint32_t i) {
  static const char *const bindings[] = {"global", "weak", "local", "both"};
  static const char *const kinds[] = {"func",    "data", "global",
                                      "section", "tag",  "table"};
  begin_item(L, i);
  set_text(L, "kind", kinds[s->kind]);
  set_bytes(L, "name", s->name);
  set_int(L, "flags", s->flags);
  set_int(L, "at", s->at);
  set_text(L, "binding", bindings[s->flags & WASM_SYMBOL_BINDING_MASK]);
  set_if(L, "hidden", s->flags & WASM_SYMBOL_VISIBILITY_HIDDEN);
  set_if(L, "undefined", s->flags & WASM_SYMBOL_UNDEFINED);
  set_if(L, "exported", s->flags & WASM_SYMBOL_EXPORTED);
  set_if(L, "explicit_name", s->flags & WASM_SYMBOL_EXPLICIT_NAME);
  set_if(L, "no_strip", s->flags & WASM_SYMBOL_NO_STRIP);
  set_if(L, "tls", s->flags & WASM_SYMBOL_TLS);
  set_if(L, "absolute", s->flags & WASM_SYMBOL_ABSOLUTE);
  if (s->index != DEC_NONE)
    set_int(L, "target", s->index);
  if (s->kind == WASM_SYMBOL_TYPE_DATA && s->index != DEC_NONE) {
    set_int(L, "offset", s->offset);
    set_int(L, "size", s->size);
  }
}

static void push_comdat(lua_State *L, const DecComdat *comdat) {
  static const char *const kinds[] = {"data", "func",  "global",
                                      "tag",  "table", "section"};
  lua_createtable(L, 0, 3);
  set_bytes(L, "name", comdat->name);
  set_int(L, "flags", comdat->flags);
  begin_list(L, comdat->count);
  for (uint32_t i = 0; i < comdat->count; i++) {
    begin_item(L, comdat->items[i].index);
    set_text(L, "kind", kinds[comdat->items[i].kind]);
    end_item(L, i);
  }
  set_list(L, "items");
}

void push_linking(lua_State *L, const DecLinking *l) {
  if (!l->present)
    return;
  lua_newtable(L);
  set_int(L, "version", l->version);
  begin_list(L, l->symbol_count);
  for (uint32_t i = 0; i < l->symbol_count; i++) {
    push_symbol(L, &l->symbols[i], i);
    end_item(L, i);
  }
  set_list(L, "symbols");
  begin_list(L, l->segment_count);
  for (uint32_t i = 0; i < l->segment_count; i++) {
    begin_item(L, i);
    set_bytes(L, "name", l->segments[i].name);
    set_int(L, "align", l->segments[i].align);
    set_int(L, "flags", l->segments[i].flags);
    end_item(L, i);
  }
  set_list(L, "segments");
  begin_list(L, l->init_count);
  for (uint32_t i = 0; i < l->init_count; i++) {
    lua_createtable(L, 0, 2);
    set_int(L, "priority", l->inits[i].priority);
    set_int(L, "symbol", l->inits[i].symbol);
    end_item(L, i);
  }
  set_list(L, "inits");
  begin_list(L, l->comdat_count);
  for (uint32_t i = 0; i < l->comdat_count; i++) {
    push_comdat(L, &l->comdats[i]);
    end_item(L, i);
  }
  set_list(L, "comdats");
  lua_setfield(L, -2, "linking");
}

static void push_reloc(lua_State *L, const DecModule *m, const DecReloc *r) {
  const char *name = decode_reloc_kind(r->type)->name;
  lua_createtable(L, 0, 5);
  set_text(L, "type", name);
  set_int(L, "offset", r->offset);
  set_int(L, "index", r->index);
  if (strcmp(name, "R_WASM_TYPE_INDEX_LEB") != 0)
    set_bytes(L, "symbol", m->linking.symbols[r->index].name);
  set_int(L, "addend", (uint64_t)r->addend);
}

void push_relocs(lua_State *L, const DecModule *m) {
  begin_list(L, m->reloc_count);
  for (uint32_t i = 0; i < m->reloc_count; i++) {
    const DecRelocs *list = &m->relocs[i];
    lua_createtable(L, 0, 2);
    set_int(L, "section", list->section);
    begin_list(L, list->count);
    for (uint32_t k = 0; k < list->count; k++) {
      push_reloc(L, m, &list->relocs[k]);
      end_item(L, k);
    }
    set_list(L, "relocs");
    end_item(L, i);
  }
  set_list(L, "relocs");
}
