/* symbol.c: what can be asked of one symbol.

   Rule of thumb: a question that two stages ask has its one answer here. */

#include "link.h"

bool is_weak(const Symbol *s) {
  return (s->flags & WASM_SYMBOL_BINDING_MASK) == WASM_SYMBOL_BINDING_WEAK;
}

bool is_local(const Symbol *s) {
  return (s->flags & WASM_SYMBOL_BINDING_MASK) == WASM_SYMBOL_BINDING_LOCAL;
}

bool is_hidden(const Symbol *s) {
  return s->flags & WASM_SYMBOL_VISIBILITY_HIDDEN;
}

bool is_undefined(const Symbol *s) {
  return s->state == SYM_UNDEFINED;
}

bool is_defined(const Symbol *s) {
  return s->state == SYM_DEFINED;
}

bool is_shared(const Symbol *s) {
  return s->state == SYM_SHARED;
}

/* What is at an absolute address is in no thread's block, whatever it says.
   [symbol.tls] [symbol.absolute] */
bool is_tls(const Symbol *s) {
  return (s->flags & (WASM_SYMBOL_TLS | WASM_SYMBOL_ABSOLUTE)) ==
         WASM_SYMBOL_TLS;
}

bool is_thread_local(const Link *l, const Symbol *s) {
  return l->opt.shared_memory && is_tls(s);
}

/* [symbol.exported] [symbol.visibility.hidden] [export.flag] [export.all]
   [export.dynamic] [export.hidden] [export.default] [shared.exports]
   [pie.exports] [library.no-export] [symbol.hidden-exported] */
bool is_exported(const Link *l, const Symbol *s) {
  if (!is_defined(s) || is_local(s))
    return false;
  /* The loader may choose this definition, or another library's, for all. */
  if (l->opt.shared && is_weak(s) && !is_hidden(s) && is_live(s))
    return true;
  return l->opt.export_all || (l->opt.export_dynamic && !is_hidden(s)) ||
         s->force_export || (s->flags & WASM_SYMBOL_EXPORTED);
}

Chunk *symbol_chunk(const Symbol *s) {
  if (s->func)
    return &s->func->c;
  return s->seg ? &s->seg->c : NULL;
}

bool is_discarded(const Symbol *s) {
  const Chunk *c = symbol_chunk(s);
  return c && c->discarded;
}

bool awaits_member(const Symbol *s) {
  return !is_defined(s) && s->member && s->member->lazy;
}

const char *symbol_file(const Symbol *s) {
  return s->obj ? s->obj->name : "<internal>";
}

bool listed(const Names *names, Str name) {
  for (u32 i = 0; i < names->n; i++)
    if (str_is(name, names->p[i]))
      return true;
  return false;
}

const char *kind_text(u8 kind) {
  static const char *const names[] = {"function", "data", "global",
                                      "section",  "tag",  "table"};
  return names[kind];
}
