/* judge_exports.c: what the module exports: all that symbols and options ask
   for, under the right names and of the right kinds, and nothing else.  It is
   where the walk begins: an export is known by its name for certain. */

#include "judge_parts.h"

static Str export_name(const Symbol *s) {
  bool named = s->kind == WASM_SYMBOL_TYPE_FUNCTION && s->func->export_name.p;
  return named ? s->func->export_name : s->name;
}

static void exported_data_is(Judge *j, const Symbol *s, const DecGlobal *d,
                             const Site *by) {
  u64 value;
  j->global_seen[d - j->m->globals] = true;
  if (d->import != DEC_NONE || d->is_mutable || d->type != pointer_type(j->l) ||
      !constant_of(&d->init, &value))
    violate(j, "export.data", by, tell(j, s),
            "an immutable global with its address", "another");
  else
    address_is(j, s, value, by);
}

static bool exports_import(const Judge *j, const Symbol *s,
                           const DecExport *e) {
  switch (e->kind) {
  case WASM_EXTERNAL_FUNCTION: /* else its place is known by its sites */
    return is_imported(j->l, s) && e->index < j->m->imported_funcs;
  case WASM_EXTERNAL_GLOBAL: return e->index < j->m->imported_globals;
  case WASM_EXTERNAL_TAG: return e->index < j->m->imported_tags;
  case WASM_EXTERNAL_TABLE: return e->index < j->m->imported_tables;
  default: return false;
  }
}

void exported_is(Judge *j, const Symbol *s, const DecExport *e) {
  Site by = site_of(format(j->l, "export %s", plain(j->l, text_of(e->name))),
                    e->offset);
  if (e->kind != external_kind(s)) {
    violate(j, "export.kind", &by, tell(j, s), kind_text(s->kind),
            "another kind");
    return;
  }
  if (is_defined(s) && exports_import(j, s, e))
    return violate(j, "shared.weak", &by, tell(j, s),
                   "the module's own definition, which others may choose",
                   "an import");
  switch (s->kind) {
  case WASM_SYMBOL_TYPE_FUNCTION: export_is(j, s, e->index, &by); break;
  case WASM_SYMBOL_TYPE_GLOBAL: global_is(j, s, e->index, &by); break;
  case WASM_SYMBOL_TYPE_TAG: tag_is(j, s, e->index, &by); break;
  case WASM_SYMBOL_TYPE_TABLE: table_is(j, s, e->index, &by); break;
  default: exported_data_is(j, s, &j->m->globals[e->index], &by); break;
  }
}

/* Of the linker's own, what nobody asked for by name may be left out: data that
   it provides, and globals that are mutable. */
static bool may_be_left_out(Judge *j, const Symbol *s, bool is,
                            const Site *by) {
  bool mutable = s->kind == WASM_SYMBOL_TYPE_GLOBAL && s->item->mutable;
  if (s->obj || s->force_export ||
      !(j->l->opt.export_all || j->l->opt.export_dynamic))
    return false;
  if (s->kind == WASM_SYMBOL_TYPE_DATA && is)
    take(j, PERMISSION_UNEXPORTED);
  else if (mutable && uses_feature(j, "mutable-globals"))
    choose(j, PERMISSION_UNEXPORTED_GLOBALS, is, by); /* else it must be */
  return s->kind == WASM_SYMBOL_TYPE_DATA || mutable;
}

static bool is_asked_for(Judge *j, Str name) {
  return listed(&j->l->opt.exports, name) ||
         listed(&j->l->opt.exports_if_defined, name);
}

/* Data that the linker provides when it knows where things are, so that there
   is no symbol yet. */
static bool is_late(Judge *j, const DecExport *e) {
  Symbol *s = NEW(j->l, Symbol);
  *s = (Symbol){.name = text_of(e->name), .kind = WASM_SYMBOL_TYPE_DATA};
  if (!(is_asked_for(j, s->name) || j->l->opt.export_all) || !is_provided(j, s))
    return false;
  exported_is(j, s, e);
  return true;
}

/* The table is defined when all code is known. */
static bool is_table_wanted(Judge *j, Str name) {
  return str_is(name, "__indirect_function_table") &&
         (j->l->opt.export_table || is_asked_for(j, name));
}

/* --export-all may be meant for what the linker makes later, too. */
static bool is_all_of_own(Judge *j, const DecExport *e) {
  Str name = text_of(e->name);
  if (!j->l->opt.export_all)
    return false;
  if (e->kind == WASM_EXTERNAL_FUNCTION)
    return (e->index == j->m->start && str_is(name, "__wasm_init_memory")) ||
           (j->l->opt.shared_memory && str_is(name, "__wasm_apply_tls_relocs"));
  return e->kind == WASM_EXTERNAL_TABLE &&
         (e->index == j->table || j->table == NONE) &&
         str_is(name, "__indirect_function_table");
}

static void judge_unexpected(Judge *j, const DecExport *e, bool *memory) {
  Str name = text_of(e->name);
  Site by = site_of(format(j->l, "export %s", plain(j->l, name)), e->offset);
  if (e->kind == WASM_EXTERNAL_MEMORY && j->l->opt.export_memory &&
      str_is(name, j->l->opt.export_memory_name) && !*memory)
    *memory = true;
  else if (e->kind == WASM_EXTERNAL_TABLE && is_table_wanted(j, name))
    j->table_seen[e->index] = true;
  else if (e->kind == WASM_EXTERNAL_GLOBAL && is_late(j, e))
    return;
  else if (is_for_loader(j, e))
    return;
  else if (is_all_of_own(j, e))
    take(j, PERMISSION_EXPORTED);
  else
    violate(j, "export.none-other", &by, NULL, "no such export",
            format(j->l, "one of kind %u", e->kind));
}

void judge_exports(Judge *j) {
  Map found = {0};
  bool fresh, memory = false;
  for (u32 i = 0; i < j->m->export_count; i++)
    *map_slot(j->l, &found, text_of(j->m->exports[i].name), &fresh) = i;
  bool *seen = NEW_ARRAY(j->l, bool, j->m->export_count);
  for (u32 i = 0; i < j->l->symbols.n; i++) {
    const Symbol *s = j->l->symbols.p[i];
    if (!is_exported(j->l, s) || !is_live(s))
      continue;
    u32 at = map_get(&found, export_name(s));
    Site by = site_of(format(j->l, "export %s", plain(j->l, export_name(s))),
                      NO_OFFSET);
    bool left_out = may_be_left_out(j, s, at == NONE, &by);
    if (at != NONE) {
      seen[at] = true;
      exported_is(j, s, &j->m->exports[at]);
    } else if (!left_out) {
      violate(j, "export.flag", &by, tell(j, s), "an export of that name",
              "none");
    }
  }
  for (u32 i = 0; i < j->m->export_count; i++)
    if (!seen[i])
      judge_unexpected(j, &j->m->exports[i], &memory);
  if (j->l->opt.export_memory && !memory) {
    Site by = site_of("the memory", NO_OFFSET);
    violate(j, "memory.export", &by, NULL,
            format(j->l, "an export %s", j->l->opt.export_memory_name), "none");
  }
}
