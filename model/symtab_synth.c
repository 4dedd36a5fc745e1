/* symtab_synth.c: the linker's own symbols enter the table, and the functions
   and globals that they stand for are made.  Who asks for which, and what they
   do, is in synth.c, startup.c and resolve.c.

   Rule of thumb: a name that an input has defined is the input's; if the linker
   cannot do without, it is defined twice. */

#include "link.h"

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
  Symbol *s = insert_symbol(l, str_from(name), &fresh);
  if (!fresh && is_defined(s))
    fail(l, DIAG_DUPLICATE_SYMBOL, in_object(s->obj), name, symbol_file(s),
         "<internal>");
  return s;
}

Symbol *add_synthetic_function(Link *l, const char *name, u32 flags,
                               const Signature *sig) {
  Symbol *s = claim(l, name);
  replace_symbol(l, s,
                 (Symbol){.name = str_from(name),
                          .kind = WASM_SYMBOL_TYPE_FUNCTION,
                          .state = SYM_DEFINED,
                          .flags = flags,
                          .sig = sig,
                          .func = new_function(l, str_from(name), sig)});
  return s;
}

Symbol *add_wrapper(Link *l, Str name, u32 flags, const Signature *sig) {
  Symbol *s = new_symbol(l);
  replace_symbol(l, s,
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
  replace_symbol(l, s,
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

/* Where the loader places the module's data, value counts from there. */
static Symbol *make_data(Link *l, Symbol *s, Str name, u64 value) {
  replace_symbol(l, s,
                 (Symbol){.name = name,
                          .kind = WASM_SYMBOL_TYPE_DATA,
                          .state = SYM_DEFINED,
                          .flags = WASM_SYMBOL_VISIBILITY_HIDDEN |
                                   (is_pic(l) ? 0u : WASM_SYMBOL_ABSOLUTE),
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
    s = insert_symbol(l, str, &fresh);
  }
  return s ? make_data(l, s, str, value) : NULL;
}

Symbol *add_optional_global(Link *l, const char *name) {
  Symbol *s = unsatisfied(l, name, WASM_SYMBOL_TYPE_GLOBAL);
  if (s)
    make_global(l, s, name, WASM_SYMBOL_VISIBILITY_HIDDEN, false);
  return s;
}

Symbol *add_loader_global(Link *l, const char *name, bool mutable) {
  bool fresh;
  Symbol *s = insert_symbol(l, str_from(name), &fresh);
  Item *g = NEW(l, Item);
  *g = (Item){.name = str_from(name),
              .type = pointer_type(l),
              .mutable = mutable,
              .comdat = NONE,
              .index.i = NONE};
  replace_symbol(l, s,
                 (Symbol){.name = str_from(name),
                          .kind = WASM_SYMBOL_TYPE_GLOBAL,
                          .state = SYM_UNDEFINED,
                          .flags = WASM_SYMBOL_UNDEFINED,
                          .import_module = STR("env"),
                          .import_name = str_from(name),
                          .item = g});
  s->used = s->force_import = true;
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
  replace_symbol(l, s,
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
    Symbol *s = new_symbol(l);
    s->name = STR("undefined_stub");
    make_stub(l, s, sig, s->name.p);
    ((Signature *)sig)->stub = s;
  }
  return sig->stub;
}
