/* symtab.c: one name, one symbol.  The table is a vector in order of first
   mention, whoever mentions the name; that order decides imports, exports and
   every tie later.  Local symbols never enter it.

   Rule of thumb: strong beats weak beats undefined, the first of equals
   stays, and what the loser said (visibility, flags) is forgotten. */

#include "link.h"

/* -- the table -- */

Symbol *find_symbol(const Link *l, Str name) {
  u32 i = map_get(&l->symbol_map, name);
  return i == NONE ? NULL : l->symbols.p[i];
}

void rename_symbol(Link *l, Str name, Str as) {
  bool fresh;
  *map_slot(l, &l->symbol_map, name, &fresh) = map_get(&l->symbol_map, as);
}

/* To be replaced by what it is: see replace_symbol(). */
Symbol *new_symbol(Link *l) {
  Symbol *s = NEW(l, Symbol);
  s->referenced = !l->opt.gc_sections;
  return s;
}

/* -- --trace-symbol -- */

static void trace_definition(Link *l, const Symbol *s) {
  bool lazy = s->state == SYM_LAZY;
  const char *file = lazy ? s->member->name : symbol_file(s);
  report(l, lazy ? DIAG_TRACE_LAZY : DIAG_TRACE_DEFINITION, in_file(file), file,
         plain(l, s->name));
}

/* [text.trace-symbol] */
void trace_reference(Link *l, Str name, const Object *o) {
  if (map_get(&l->trace_symbols, name) != NONE)
    report(l, DIAG_TRACE_REFERENCE, in_object(o), o ? o->name : "<internal>",
           plain(l, name));
}

/* -- the table, changed -- */

Symbol *insert_symbol(Link *l, Str name, bool *fresh) {
  u32 *at = map_slot(l, &l->symbol_map, name, fresh);
  if (!*fresh)
    return l->symbols.p[*at];
  *at = l->symbols.n;
  Symbol *s = new_symbol(l);
  s->traced = map_get(&l->trace_symbols, name) != NONE;
  VEC_PUSH(l, l->symbols, s);
  return s;
}

/* [symbol.merge.flags] */
void replace_symbol(Link *l, Symbol *s, Symbol as) {
  as.index.i = NONE;
  as.slot = as.got = as.row.i = NONE;
  as.used = s->used;
  as.force_export = s->force_export;
  as.force_import = s->force_import;
  as.referenced = s->referenced;
  if (as.state != SYM_DEFINED && !as.member)
    as.member = s->member;
  as.seen_in = s->seen_in;
  as.traced = s->traced;
  *s = as;
  if (s->traced && !is_undefined(s))
    trace_definition(l, s);
}

/* Of a definition that is left out, NO_STRIP asks to keep what is not there.
   [comdat.references] [symbol.no-strip] */
static u32 flags_of(const SymbolRow *r, bool undefined) {
  if (!undefined || (r->flags & WASM_SYMBOL_UNDEFINED))
    return r->flags;
  return (r->flags & ~(u32)WASM_SYMBOL_NO_STRIP) | WASM_SYMBOL_UNDEFINED;
}

/* The symbol that the row alone describes.
   [symbol.alias] */
static Symbol from_row(Object *o, const SymbolRow *r, bool undefined) {
  Symbol s = {.name = r->name,
              .kind = r->kind,
              .state = undefined ? SYM_UNDEFINED : SYM_DEFINED,
              .flags = flags_of(r, undefined),
              .obj = o};
  u32 i = r->index.i;
  bool import = r->flags & WASM_SYMBOL_UNDEFINED;
  switch (r->kind) {
  case WASM_SYMBOL_TYPE_SECTION: s.section = &o->sections[i]; break;
  case WASM_SYMBOL_TYPE_FUNCTION:
    s.func = import ? NULL : &o->functions[i - o->nfimports];
    s.sig = import ? o->fimports[i]->sig : s.func->sig;
    break;
  case WASM_SYMBOL_TYPE_DATA:
    if (undefined)
      break;
    s.value = r->offset;
    s.size = r->size;
    if (r->flags & WASM_SYMBOL_ABSOLUTE)
      break;
    s.seg = &o->segments[i];
    /* Objects of LLVM 13 and before do not flag the symbols themselves. */
    if (s.seg->flags & WASM_SEG_FLAG_TLS)
      s.flags |= WASM_SYMBOL_TLS;
    break;
  case WASM_SYMBOL_TYPE_GLOBAL:
    s.item =
        import ? (Item *)&o->gimports[i]->item : &o->globals[i - o->ngimports];
    break;
  case WASM_SYMBOL_TYPE_TAG:
    s.item =
        import ? (Item *)&o->eimports[i]->item : &o->tags[i - o->neimports];
    s.sig = s.item->sig;
    break;
  case WASM_SYMBOL_TYPE_TABLE:
    s.item =
        import ? (Item *)&o->timports[i]->item : &o->tables[i - o->ntimports];
    break;
  }
  if (undefined) {
    s.func = NULL;
    s.import_module = r->import_module;
    s.import_name = r->import_name;
    s.called_directly = r->called_directly;
  }
  return s;
}

Symbol *add_local(Link *l, Object *o, const SymbolRow *r, bool undefined) {
  Symbol *s = new_symbol(l);
  replace_symbol(l, s, from_row(o, r, undefined));
  return s;
}

/* -- agreement of kinds and types -- */

static const char *global_text(Link *l, const Item *g) {
  return format(l, "%s %s", g->mutable ? "mutable" : "immutable",
                type_text(g->type));
}

/* What the loader provides is as the linker declares it: LLVM's objects with
   debug sections declare __memory_base mutable, and only read it. */
static bool same_global(const Symbol *old, const Symbol *new) {
  bool loaders = is_undefined(old) && !old->obj;
  return old->item->type == new->item->type &&
         (loaders || old->item->mutable == new->item->mutable);
}

/* Two mentions of one name must be of one kind, and of one type.
   [symbol.kind-mismatch] [symbol.global-type] [symbol.table-type]
   [symbol.tag-type] */
static bool agree(Link *l, const Symbol *old, const Symbol *new) {
  Where w = in_object(new->obj);
  if (old->kind != new->kind) {
    report(l, DIAG_KIND_MISMATCH, w, pretty(l, new->name), kind_text(old->kind),
           symbol_file(old), kind_text(new->kind), symbol_file(new));
    return false;
  }
  const Item *a = old->item, *b = new->item;
  if (new->kind == WASM_SYMBOL_TYPE_GLOBAL && !same_global(old, new))
    report(l, DIAG_GLOBAL_MISMATCH, w, pretty(l, new->name), global_text(l, a),
           symbol_file(old), global_text(l, b), symbol_file(new));
  if (new->kind == WASM_SYMBOL_TYPE_TABLE && a->type != b->type)
    report(l, DIAG_TABLE_MISMATCH, w, pretty(l, new->name), type_text(a->type),
           symbol_file(old), type_text(b->type), symbol_file(new));
  if (new->kind == WASM_SYMBOL_TYPE_TAG && old->sig != new->sig)
    report(l, DIAG_TAG_MISMATCH, w, pretty(l, new->name),
           signature_text(l, old->sig), symbol_file(old),
           signature_text(l, new->sig), symbol_file(new));
  return true;
}

/* -- signature variants -- */

/* The symbol that stands for name under this signature; true if made now. */
static bool variant(Link *l, Symbol *s, const Signature *sig, Symbol **out) {
  bool fresh;
  u32 *at = map_slot(l, &l->variant_map, s->name, &fresh);
  if (fresh) {
    *at = l->variants.n;
    Variants v = {.name = s->name};
    VEC_PUSH(l, v.symbols, s);
    VEC_PUSH(l, l->variants, v);
  }
  Variants *v = &l->variants.p[*at];
  for (u32 i = 0; i < v->symbols.n; i++) {
    *out = v->symbols.p[i];
    if ((*out)->sig == sig)
      return false;
  }
  *out = new_symbol(l);
  (*out)->used = true;
  VEC_PUSH(l, v->symbols, *out);
  return true;
}

/* -- rows enter -- */

/* Two objects may both mention a name; one object may do so only once.
   [symbol.name.unique] [symbol.binding.local] [symbol.resolution] */
static Symbol *mention(Link *l, Object *o, const SymbolRow *r, bool *fresh) {
  Symbol *s = insert_symbol(l, r->name, fresh);
  if (s->seen_in == o)
    fail(l, DIAG_SYMBOL_TWICE, at_offset(o, r->at, "symbol name"),
         pretty(l, r->name));
  s->seen_in = o;
  s->used = true;
  return s;
}

/* Does a new definition take the place of the old symbol?
   [symbol.binding.weak] [symbol.binding.weak.one] [symbol.binding.strong]
   [globals.strong-twice] [globals.weak] [tags.strong-twice] [tags.weak]
   [symbol.binding.muldefs] [library.weak-definition] */
static bool wins(Link *l, const Symbol *old, const Symbol *new) {
  if (is_shared(old)) /* the library came first */
    return !is_weak(new);
  if (!is_defined(old))
    return true;
  if (is_weak(new)) {
    l->weak_choice |= is_weak(old);
    return is_weak(old) && l->last_weak;
  }
  if (is_weak(old))
    return true;
  if (l->opt.allow_multiple_definition)
    return false;
  report(l,
         l->opt.noinhibit_exec ? DIAG_DUPLICATE_SYMBOL_ALLOWED
                               : DIAG_DUPLICATE_SYMBOL,
         in_object(new->obj), pretty(l, new->name), symbol_file(old),
         symbol_file(new));
  return true;
}

static bool same_signature(const Symbol *old, const Symbol *new) {
  return !old->sig || !new->sig || old->sig == new->sig;
}

/* A definition whose callers so far use another signature.  Which one stays is
   a question of binding alone; callers of the other are kept apart, for
   settle_variants(). */
static Symbol *add_variant(Link *l, Symbol *s, const SymbolRow *r,
                           const Symbol *new) {
  Symbol *v;
  bool won = wins(l, s, new), fresh = variant(l, s, new->sig, &v);
  if (won) {
    s->state = SYM_UNDEFINED;
    replace_symbol(l, v, *new);
    l->symbols.p[map_get(&l->symbol_map, r->name)] = v;
  } else if (fresh) {
    replace_symbol(l, v, from_row(new->obj, r, true));
  }
  v->seen_in = new->obj;
  return v;
}

/* [signature.address-only] */
Symbol *add_defined(Link *l, Object *o, const SymbolRow *r) {
  bool fresh;
  Symbol *s = mention(l, o, r, &fresh);
  Symbol new = from_row(o, r, false);
  if (fresh || s->state == SYM_LAZY) {
    replace_symbol(l, s, new);
    return s;
  }
  if (!agree(l, s, &new))
    return s;
  /* Taking only the address of a function needs no signature. */
  bool compare = is_defined(s) || s->called_directly;
  if (r->kind == WASM_SYMBOL_TYPE_FUNCTION && compare &&
      !same_signature(s, &new))
    return add_variant(l, s, r, &new);
  if (wins(l, s, &new))
    replace_symbol(l, s, new);
  return s;
}

/* Equal names may be imported from one place only.
   [symbol.merge.import] */
static void merge_import(Link *l, Str *old, Str new, DiagId id, const Symbol *s,
                         const Object *o) {
  if (!new.p)
    return;
  if (!old->p)
    *old = new;
  if (!str_eq(*old, new))
    report(l, id, in_object(o), pretty(l, s->name), pretty(l, *old),
           symbol_file(s), pretty(l, new), o->name);
}

/* One more reference to what is undefined so far.
   [symbol.undefined] */
static void merge_undefined(Link *l, Symbol *s, const Symbol *new) {
  merge_import(l, &s->import_name, new->import_name, DIAG_IMPORT_NAME_MISMATCH,
               s, new->obj);
  merge_import(l, &s->import_module, new->import_module,
               DIAG_IMPORT_MODULE_MISMATCH, s, new->obj);
  if (is_weak(s))
    s->flags = (s->flags & ~(u32)WASM_SYMBOL_BINDING_MASK) |
               (new->flags &WASM_SYMBOL_BINDING_MASK);
  s->flags |= new->flags & WASM_SYMBOL_NO_STRIP;
}

/* A signature is a claim of those who call; a library's counts as one, too,
   unless it is to give way to the first of theirs.
   [library.signature] */
static void report_signatures(Link *l, const Symbol *old, const Symbol *new) {
  bool replaced = is_shared(old) && l->opt.trust_references;
  report(l, DIAG_SIGNATURE_CONFLICT, in_object(new->obj), pretty(l, new->name),
         signature_text(l, old->sig),
         replaced ? "an earlier call" : symbol_file(old),
         signature_text(l, new->sig), symbol_file(new));
}

static void call_shared(Link *l, Symbol *s, const Symbol *call) {
  bool first = !s->called_directly;
  s->called_directly = true;
  if (first && l->opt.trust_references)
    s->sig = call->sig;
  else if (!same_signature(s, call))
    report_signatures(l, s, call);
}

Symbol *add_undefined(Link *l, Object *o, const SymbolRow *r) {
  bool fresh;
  Symbol *s = mention(l, o, r, &fresh);
  Symbol new = from_row(o, r, true);
  if (fresh || s->state == SYM_LAZY) {
    replace_symbol(l, s, new);
    return s;
  }
  if (!agree(l, s, &new))
    return s;
  if (is_shared(s) && new.called_directly) {
    call_shared(l, s, &new);
    return s;
  }
  Symbol *first = s;
  if (new.called_directly && !same_signature(s, &new)) {
    if (is_undefined(s) && !s->called_directly) {
      replace_symbol(l, s, new); /* who calls knows the signature better */
    } else if (variant(l, s, new.sig, &s)) {
      replace_symbol(l, s, new);
    }
  }
  if (is_undefined(first)) {
    if (!first->sig)
      first->sig = new.sig;
    merge_undefined(l, first, &new);
    first->called_directly |= new.called_directly;
  }
  return s;
}

/* What an object defines, or a member that was loaded, is never a library's;
   but a function and something else of one name are a mistake.
   [library.first-wins] [library.definition-wins] [library.kind]
   [library.weak-reference] */
void add_shared(Link *l, const Symbol *new) {
  bool fresh;
  Symbol *s = insert_symbol(l, new->name, &fresh);
  Symbol as = *new;
  if (!fresh && !is_undefined(s) && s->state != SYM_LAZY) {
    if (new->kind == WASM_SYMBOL_TYPE_FUNCTION)
      agree(l, s, new);
    return;
  }
  if (!fresh && is_undefined(s)) {
    if (!agree(l, s, new))
      return;
    if (s->called_directly && !same_signature(s, new) &&
        !l->opt.trust_references) {
      report_signatures(l, s, new);
      return;
    }
    if (s->called_directly)
      as.sig = s->sig;
    as.called_directly = s->called_directly;
  }
  replace_symbol(l, s, as);
  s->member = NULL; /* what waits in an archive is not wanted any more */
}

/* [archive.lazy.first-wins] */
bool add_lazy(Link *l, Str name, Object *member) {
  bool fresh;
  Symbol *s = insert_symbol(l, name, &fresh);
  if (fresh)
    replace_symbol(l, s,
                   (Symbol){.name = name, .state = SYM_LAZY, .member = member});
  if (!is_undefined(s))
    return false;
  if (!is_weak(s))
    return true;
  if (!awaits_member(s)) { /* a weak reference waits, but loads nothing */
    s->member = member;
    if (s->traced)
      report(l, DIAG_TRACE_LAZY, in_file(member->name), member->name,
             plain(l, name));
  }
  return false;
}

Symbol *add_undefined_function(Link *l, Str name) {
  bool fresh;
  Symbol *s = insert_symbol(l, name, &fresh);
  trace_reference(l, name, NULL);
  if (fresh)
    replace_symbol(l, s,
                   (Symbol){.name = name,
                            .kind = WASM_SYMBOL_TYPE_FUNCTION,
                            .state = SYM_UNDEFINED,
                            .flags = WASM_SYMBOL_UNDEFINED});
  else if (is_undefined(s)) /* like any strong reference to a weak one */
    s->flags &= ~(u32)WASM_SYMBOL_BINDING_MASK;
  return s;
}

/* [signature.mismatch] [signature.undefined-disagree] */
void settle_variants(Link *l) {
  for (u32 i = 0; i < l->variants.n; i++) {
    Variants *v = &l->variants.p[i];
    const char *name = pretty(l, v->name);
    Symbol *defined = NULL;
    for (u32 k = 0; k < v->symbols.n && !defined; k++)
      if (is_defined(v->symbols.p[k]))
        defined = v->symbols.p[k];
    if (!defined) {
      const Symbol *a = v->symbols.p[0], *b = v->symbols.p[1];
      report(l, DIAG_SIGNATURE_CONFLICT, in_object(b->obj), name,
             signature_text(l, a->sig), symbol_file(a),
             signature_text(l, b->sig), symbol_file(b));
      continue;
    }
    for (u32 k = 0; k < v->symbols.n; k++) {
      Symbol *s = v->symbols.p[k];
      if (s == defined)
        continue;
      report(l, DIAG_SIGNATURE_MISMATCH, in_object(s->obj), name,
             signature_text(l, s->sig), symbol_file(s),
             signature_text(l, defined->sig), symbol_file(defined));
      make_stub(l, s, s->sig, format(l, "signature_mismatch:%s", name));
    }
  }
}
