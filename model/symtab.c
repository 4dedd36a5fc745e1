/* symtab.c: one name, one symbol.  The table is a vector in order of first
   mention, whoever mentions the name; that order decides imports, exports and
   every tie later.  Local symbols never enter it.

   Rule of thumb: strong beats weak beats undefined, the first of equals
   stays, and what the loser said (visibility, flags) is forgotten. */

#include <string.h>

#include "link.h"

/* -- questions -- */

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

bool is_tls(const Symbol *s) {
  return s->flags & WASM_SYMBOL_TLS;
}

/* [symbol.exported] [symbol.visibility.hidden] [export.flag] [export.all]
   [export.dynamic] [export.hidden] [export.default] */
bool is_exported(const Link *l, const Symbol *s) {
  if (!is_defined(s) || is_local(s))
    return false;
  return l->opt.export_all || (l->opt.export_dynamic && !is_hidden(s)) ||
         s->force_export || (s->flags & WASM_SYMBOL_EXPORTED);
}

Chunk *symbol_chunk(const Symbol *s) {
  if (s->func)
    return &s->func->c;
  if (s->seg)
    return &s->seg->c;
  return s->section ? s->section->custom : NULL;
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

/* -- the table -- */

Symbol *find_symbol(const Link *l, Str name) {
  u32 i = map_get(&l->symbol_map, name);
  return i == NONE ? NULL : l->symbols.p[i];
}

void rename_symbol(Link *l, Str name, Str as) {
  bool fresh;
  *map_slot(l, &l->symbol_map, name, &fresh) = map_get(&l->symbol_map, as);
}

static Symbol *new_symbol(Link *l, Str name) {
  Symbol *s = NEW(l, Symbol);
  s->name = name;
  s->index.i = NONE;
  s->slot = s->got = s->row.i = NONE;
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

static Symbol *insert(Link *l, Str name, bool *fresh) {
  u32 *at = map_slot(l, &l->symbol_map, name, fresh);
  if (!*fresh)
    return l->symbols.p[*at];
  *at = l->symbols.n;
  Symbol *s = new_symbol(l, name);
  s->traced = map_get(&l->trace_symbols, name) != NONE;
  VEC_PUSH(l, l->symbols, s);
  return s;
}

/* s becomes what `as` says.  Only what others asked of the name stays.
   [symbol.merge.flags] */
static void replace(Link *l, Symbol *s, Symbol as) {
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

/* The symbol that the row alone describes. */
static Symbol from_row(Object *o, const SymbolRow *r, bool undefined) {
  Symbol s = {.name = r->name,
              .kind = r->kind,
              .state = undefined ? SYM_UNDEFINED : SYM_DEFINED,
              .flags = r->flags | (undefined ? WASM_SYMBOL_UNDEFINED : 0u),
              .obj = o};
  u32 i = r->index.i;
  bool import = r->flags & WASM_SYMBOL_UNDEFINED;
  switch (r->kind) {
  case WASM_SYMBOL_TYPE_FUNCTION:
    if (!import)
      s.func = &o->functions[i - o->nfimports];
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
  case WASM_SYMBOL_TYPE_SECTION: s.section = &o->sections[i]; break;
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
  Symbol *s = new_symbol(l, r->name);
  replace(l, s, from_row(o, r, undefined));
  return s;
}

/* -- agreement of kinds and types -- */

const char *kind_text(u8 kind) {
  static const char *const names[] = {"function", "data", "global",
                                      "section",  "tag",  "table"};
  return names[kind];
}

static const char *global_text(Link *l, const Item *g) {
  return format(l, "%s %s", g->mutable ? "mutable" : "immutable",
                type_text(g->type));
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
  if (new->kind == WASM_SYMBOL_TYPE_GLOBAL &&
      (a->type != b->type || a->mutable != b->mutable))
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
  *out = new_symbol(l, s->name);
  (*out)->used = true;
  (*out)->traced = s->traced;
  VEC_PUSH(l, v->symbols, *out);
  return true;
}

/* -- rows enter -- */

/* Two objects may both mention a name; one object may do so only once.
   [symbol.name.unique] [symbol.binding.local] [symbol.resolution] */
static Symbol *mention(Link *l, Object *o, const SymbolRow *r, bool *fresh) {
  Symbol *s = insert(l, r->name, fresh);
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
   [symbol.binding.muldefs] */
static bool wins(Link *l, const Symbol *old, const Symbol *new) {
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
    if (is_defined(s)) {
      s->state = SYM_UNDEFINED;
      s->func = NULL;
    }
    replace(l, v, *new);
    l->symbols.p[map_get(&l->symbol_map, r->name)] = v;
  } else if (fresh) {
    replace(l, v, from_row(new->obj, r, true));
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
    replace(l, s, new);
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
    replace(l, s, new);
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
  if (is_weak(s) && !is_weak(new))
    s->flags = (s->flags & ~(u32)WASM_SYMBOL_BINDING_MASK) |
               (new->flags &WASM_SYMBOL_BINDING_MASK);
  s->flags |= new->flags & WASM_SYMBOL_NO_STRIP;
}

Symbol *add_undefined(Link *l, Object *o, const SymbolRow *r) {
  bool fresh;
  Symbol *s = mention(l, o, r, &fresh);
  Symbol new = from_row(o, r, true);
  if (fresh || s->state == SYM_LAZY) {
    replace(l, s, new);
    return s;
  }
  if (!agree(l, s, &new))
    return s;
  Symbol *first = s;
  if (new.called_directly && !same_signature(s, &new)) {
    if (is_undefined(s) && !s->called_directly) {
      replace(l, s, new); /* who calls knows the signature better */
    } else if (variant(l, s, new.sig, &s)) {
      replace(l, s, new);
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

/* [archive.lazy.first-wins] */
bool add_lazy(Link *l, Str name, Object *member) {
  bool fresh;
  Symbol *s = insert(l, name, &fresh);
  if (fresh)
    replace(l, s, (Symbol){.name = name, .state = SYM_LAZY, .member = member});
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
  Symbol *s = insert(l, name, &fresh);
  trace_reference(l, name, NULL);
  if (fresh)
    replace(l, s,
            (Symbol){.name = name,
                     .kind = WASM_SYMBOL_TYPE_FUNCTION,
                     .state = SYM_UNDEFINED,
                     .flags = WASM_SYMBOL_UNDEFINED});
  else if (is_undefined(s)) /* like any strong reference to a weak one */
    s->flags &= ~(u32)WASM_SYMBOL_BINDING_MASK;
  return s;
}

/* -- the linker's own -- */

static Function *new_function(Link *l, Str name, const Signature *sig) {
  Function *f = NEW(l, Function);
  *f = (Function){.c = {.name = name, .comdat = NONE},
                  .sig = sig,
                  .index.i = NONE,
                  .slot = NONE};
  f->c.live = !l->opt.gc_sections;
  VEC_PUSH(l, l->synthetic_functions, f);
  return f;
}

/* Inputs that define a name of the linker's clash as duplicates.
   [init.reserved] */
static Symbol *claim(Link *l, const char *name) {
  bool fresh;
  Symbol *s = insert(l, str_from(name), &fresh);
  if (!fresh && is_defined(s))
    fail(l, DIAG_DUPLICATE_SYMBOL, in_object(s->obj), name, symbol_file(s),
         "<internal>");
  return s;
}

Symbol *add_synthetic_function(Link *l, const char *name, u32 flags,
                               const Signature *sig) {
  Symbol *s = claim(l, name);
  replace(l, s,
          (Symbol){.name = str_from(name),
                   .kind = WASM_SYMBOL_TYPE_FUNCTION,
                   .state = SYM_DEFINED,
                   .flags = flags,
                   .sig = sig,
                   .func = new_function(l, str_from(name), sig)});
  return s;
}

Symbol *add_wrapper(Link *l, Str name, u32 flags, const Signature *sig) {
  Symbol *s = new_symbol(l, name);
  replace(l, s,
          (Symbol){.name = name,
                   .kind = WASM_SYMBOL_TYPE_FUNCTION,
                   .state = SYM_DEFINED,
                   .flags = flags,
                   .sig = sig,
                   .func = new_function(l, name, sig)});
  VEC_PUSH(l, l->symbols, s);
  return s;
}

/* [wasm64.globals] */
static void make_global(Link *l, Symbol *s, const char *name, u32 flags,
                        bool mutable) {
  Item *g = NEW(l, Item);
  *g = (Item){.name = str_from(name),
              .type = pointer_type(l),
              .mutable = mutable,
              .init = {NEW(l, InitInstr), 1},
              .comdat = NONE,
              .live = !l->opt.gc_sections,
              .index.i = NONE};
  g->init.p->opcode = l->opt.wasm64 ? WASM_OPCODE_I64_CONST
                                    : WASM_OPCODE_I32_CONST; /* see place.c */
  VEC_PUSH(l, l->synthetic_globals, g);
  replace(l, s,
          (Symbol){.name = str_from(name),
                   .kind = WASM_SYMBOL_TYPE_GLOBAL,
                   .state = SYM_DEFINED,
                   .flags = flags,
                   .item = g});
}

Symbol *add_synthetic_global(Link *l, const char *name, u32 flags,
                             bool mutable) {
  Symbol *s = claim(l, name);
  make_global(l, s, name, flags, mutable);
  return s;
}

/* The undefined reference that the linker can satisfy, or NULL.
   [layout.symbol.input-wins] [layout.symbol.on-demand] */
static Symbol *unsatisfied(Link *l, const char *name, u8 kind) {
  Symbol *s = find_symbol(l, str_from(name));
  if (!s || is_defined(s))
    return NULL;
  /* Position-independent code reads __memory_base and the like as globals:
     a global index of data is its GOT entry. */
  bool as_global = kind == WASM_SYMBOL_TYPE_DATA &&
                   s->kind == WASM_SYMBOL_TYPE_GLOBAL &&
                   s->item->type == pointer_type(l);
  if (is_undefined(s) && s->kind != kind && !as_global)
    report(l, DIAG_KIND_MISMATCH, in_object(s->obj), name, kind_text(kind),
           "<internal>", kind_text(s->kind), symbol_file(s));
  return s;
}

static Symbol *make_data(Link *l, Symbol *s, Str name, u64 value) {
  replace(
      l, s,
      (Symbol){.name = name,
               .kind = WASM_SYMBOL_TYPE_DATA,
               .state = SYM_DEFINED,
               .flags = WASM_SYMBOL_VISIBILITY_HIDDEN | WASM_SYMBOL_ABSOLUTE,
               .value = value});
  s->referenced = true;
  return s;
}

Symbol *add_synthetic_data(Link *l, const char *name, u64 value) {
  return make_data(l, claim(l, name), str_from(name), value);
}

Symbol *add_optional_data(Link *l, const char *name, u64 value) {
  Str str = str_from(name);
  Symbol *s = unsatisfied(l, name, WASM_SYMBOL_TYPE_DATA);
  if (!s && !find_symbol(l, str) &&
      (l->opt.export_all || listed(&l->opt.exports, str) ||
       listed(&l->opt.exports_if_defined, str))) {
    bool fresh;
    s = insert(l, str, &fresh);
  }
  return s ? make_data(l, s, str, value) : NULL;
}

Symbol *add_optional_global(Link *l, const char *name) {
  Symbol *s = unsatisfied(l, name, WASM_SYMBOL_TYPE_GLOBAL);
  if (s)
    make_global(l, s, name, WASM_SYMBOL_VISIBILITY_HIDDEN, false);
  return s;
}

/* [names.synthetic] */
void make_stub(Link *l, Symbol *s, const Signature *sig,
               const char *debug_name) {
  static const u8 body[] = {3, 0, WASM_OPCODE_UNREACHABLE, WASM_OPCODE_END};
  Function *f = new_function(l, s->name, sig);
  f->debug_name = str_from(debug_name);
  f->c.bytes = body;
  f->c.size = sizeof body;
  replace(l, s,
          (Symbol){.name = f->debug_name,
                   .kind = WASM_SYMBOL_TYPE_FUNCTION,
                   .state = SYM_DEFINED,
                   .flags = WASM_SYMBOL_BINDING_LOCAL,
                   .sig = sig,
                   .func = f});
  s->is_stub = true;
}

Symbol *undefined_stub(Link *l, const Signature *sig) {
  if (!sig->stub) {
    Symbol *s = new_symbol(l, STR("undefined_stub"));
    make_stub(l, s, sig, "undefined_stub");
    ((Signature *)sig)->stub = s;
  }
  return sig->stub;
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
