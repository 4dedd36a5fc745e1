/* wrap.c: --wrap NAME.  Who refers to NAME gets __wrap_NAME, and who refers to
   __real_NAME gets NAME: a function can be replaced, and still be called by
   what replaces it.

   Rule of thumb: names are exchanged when all of them are settled, in the
   symbol arrays of the objects and in the name map, so definitions keep their
   names and every reference changes, those in the defining object too. */

#include "link.h"

static Str prefixed(Link *l, const char *prefix, Str name) {
  return str_from(format(l, "%s%.*s", prefix, (int)name.n, name.p));
}

static bool is_function(Link *l, const char *option, const Symbol *s) {
  if (s->state == SYM_LAZY || s->kind == WASM_SYMBOL_TYPE_FUNCTION)
    return true;
  report(l, DIAG_WRAP_KIND, in_object(s->obj), option, pretty(l, s->name),
         kind_text(s->kind));
  return false;
}

static void prepare_wrap(Link *l, const char *option, Map *seen) {
  bool fresh;
  Str name = str_from(option);
  map_slot(l, seen, name, &fresh);
  Symbol *plain = find_symbol(l, name);
  if (!fresh || !plain)
    return; /* a name that no input mentions */
  Symbol *real = want_function(l, prefixed(l, "__real_", name));
  Symbol *wrapper = want_function(l, prefixed(l, "__wrap_", name));
  /* Members may have been loaded, and another may be needed by now. */
  plain = find_symbol(l, name);
  if (real->used)
    plain = settle_lazy(l, plain, symbol_file(real));
  if (!is_function(l, option, plain) || !is_function(l, option, real) ||
      !is_function(l, option, wrapper))
    return;
  if (!wrapper->sig)
    wrapper->sig = plain->sig; /* what its callers expect */
  plain->used = wrapper->used = true;
  real->used = false;
  VEC_PUSH(l, l->wraps, ((Wrap){plain, real, wrapper}));
}

void prepare_wraps(Link *l) {
  Map seen = {0};
  for (u32 i = 0; i < l->opt.wrap.n; i++)
    prepare_wrap(l, l->opt.wrap.p[i], &seen);
}

/* [symbol.wrap] */
static void redirect_references(Object *o) {
  for (u32 i = 0; i < o->nsymbols; i++)
    if (o->symbols[i]->redirect)
      o->symbols[i] = o->symbols[i]->redirect;
}

void apply_wraps(Link *l) {
  for (u32 i = 0; i < l->wraps.n; i++) {
    Wrap *w = &l->wraps.p[i];
    w->plain->redirect = w->wrapper;
    w->real->redirect = w->plain;
  }
  for (u32 i = 0; i < l->objects.n && l->wraps.n; i++)
    redirect_references(l->objects.p[i]);
  for (u32 i = 0; i < l->wraps.n; i++) {
    const Wrap *w = &l->wraps.p[i];
    rename_symbol(l, w->real->name, w->plain->name);
    rename_symbol(l, w->plain->name, w->wrapper->name);
  }
}
