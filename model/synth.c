/* synth.c: what the linker itself defines: symbols that programs may refer to
   (stack, heap, section bounds, thread-local data) and small functions
   (constructor calls, command wrappers; for what runs before see startup.c).

   Rule of thumb: nothing is made that nobody asked for; a function is created
   before indexes are handed out, its body is written after. */

#include <string.h>

#include "link.h"

static const Signature *void_signature(Link *l) {
  return intern_signature(l, NULL, 0, 0);
}

/* -- symbols -- */

/* [init.call-ctors.export] [synthetic.symbols] [tls.base]
   [globals.stack-pointer] [relocatable.no-synthetic] [dylink.bases]
   [dylink.import.stack-pointer] [dylink.import.memory-base]
   [dylink.import.table-base] [tls.wasm64] */
void synth_symbols(Link *l) {
  if (l->opt.relocatable)
    return; /* the next link will have them */
  l->call_ctors = add_synthetic_function(
      l, "__wasm_call_ctors", WASM_SYMBOL_VISIBILITY_HIDDEN, void_signature(l));
  if (is_pic(l)) {
    l->stack_pointer = add_loader_global(l, "__stack_pointer", true);
    l->memory_base = add_loader_global(l, "__memory_base", false);
    l->table_base = add_loader_global(l, "__table_base", false);
    set_live(l->memory_base);
    set_live(l->table_base);
  } else {
    l->stack_pointer = add_synthetic_global(l, "__stack_pointer", 0, true);
    set_live(l->stack_pointer);
  }
  if (!l->opt.shared_memory)
    return;
  u32 hidden = WASM_SYMBOL_VISIBILITY_HIDDEN;
  u8 *block = NEW(l, u8);
  *block = pointer_type(l);
  l->tls_base = add_synthetic_global(l, "__tls_base", hidden, true);
  l->tls_size = add_synthetic_global(l, "__tls_size", hidden, false);
  l->tls_align = add_synthetic_global(l, "__tls_align", hidden, false);
  l->init_tls = add_synthetic_function(l, "__wasm_init_tls", hidden,
                                       intern_signature(l, block, 1, 0));
}

/* Where things are in a program that chooses that itself.
   [layout.symbol.memory-base] [layout.symbol.table-base] */
static void synth_places(Link *l) {
  l->stack_low = add_optional_data(l, "__stack_low", 0);
  l->stack_high = add_optional_data(l, "__stack_high", 0);
  l->global_base = add_optional_data(l, "__global_base", 0);
  l->heap_base = add_optional_data(l, "__heap_base", 0);
  l->heap_end = add_optional_data(l, "__heap_end", 0);
  add_optional_data(l, "__memory_base", 0);
  add_optional_data(l, "__table_base", l->opt.table_base);
}

/* Addresses are filled in by place.c.
   [layout.symbol.first-page-end] [pie.symbols] */
void synth_optional(Link *l) {
  if (l->opt.relocatable)
    return;
  l->dso_handle = add_optional_data(l, "__dso_handle", 0);
  if (!l->opt.shared)
    l->data_end = add_optional_data(l, "__data_end", 0);
  if (!is_pic(l))
    synth_places(l);
  Symbol *page =
      add_optional_data(l, "__wasm_first_page_end", l->opt.page_size);
  if (page) /* the memory's, not that of the module's data */
    page->flags |= WASM_SYMBOL_ABSOLUTE;
  if (!l->opt.shared_memory) /* else each thread has its own */
    l->tls_base = add_optional_global(l, "__tls_base");
}

static bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_c_identifier(Str s) {
  for (u32 i = 0; i < s.n; i++)
    if (!is_letter(s.p[i]) && !(i > 0 && s.p[i] >= '0' && s.p[i] <= '9'))
      return false;
  return s.n > 0;
}

/* [layout.start-stop] [gc.edge.start-stop] */
void synth_start_stop(Link *l) {
  for (u32 i = 0; i < l->segments.n && !l->opt.relocatable; i++) {
    const OutSegment *s = l->segments.p[i];
    if (!is_c_identifier(s->name))
      continue;
    int n = (int)s->name.n;
    add_optional_data(l, format(l, "__start_%.*s", n, s->name.p), s->address);
    add_optional_data(l, format(l, "__stop_%.*s", n, s->name.p),
                      s->address + s->size);
  }
}

/* -- functions -- */

void put_op(Buf *b, unsigned opcode, u64 index) {
  put_u8(b, opcode);
  put_uleb(b, index);
}

/* The code section holds it with its size in front. */
void set_body(Link *l, Function *f, const Buf *body) {
  Buf sized = {.link = l};
  put_uleb(&sized, body->n);
  put_bytes(&sized, body->p, body->n);
  f->c.bytes = sized.p;
  f->c.size = (u32)sized.n;
}

/* Calls every constructor in order of priority; results are dropped.
   [init.results] [init.call-ctors] [init.list] [comdat.init-functions] */
static void write_call_ctors(Link *l) {
  Buf b = {.link = l};
  put_uleb(&b, 0);
  for (u32 i = 0; i < l->init_calls.n; i++) {
    const Symbol *s = l->init_calls.p[i].symbol;
    put_op(&b, WASM_OPCODE_CALL, function_index(s).i);
    for (u32 k = 0; k < s->sig->nresults; k++)
      put_u8(&b, WASM_OPCODE_DROP);
  }
  put_u8(&b, WASM_OPCODE_END);
  set_body(l, l->call_ctors->func, &b);
}

/* A command's export: constructors, the function itself, destructors.
   [command.wrapper] [command.dtors] */
static void write_wrapper(Link *l, Function *wrapper, const Symbol *inner) {
  Buf b = {.link = l};
  put_uleb(&b, 0);
  if (is_live(l->call_ctors))
    put_op(&b, WASM_OPCODE_CALL, function_index(l->call_ctors).i);
  for (u32 i = 0; i < inner->sig->nparams; i++)
    put_op(&b, WASM_OPCODE_LOCAL_GET, i);
  put_op(&b, WASM_OPCODE_CALL, function_index(inner).i);
  if (l->call_dtors)
    put_op(&b, WASM_OPCODE_CALL, function_index(l->call_dtors).i);
  put_u8(&b, WASM_OPCODE_END);
  set_body(l, wrapper, &b);
}

/* The wrapper takes over the export; the function stays, unexported.
   [command.wrapper.name] */
static void wrap_export(Link *l, Symbol *inner) {
  Buf name = {.link = l};
  put_bytes(&name, inner->name.p, inner->name.n);
  put_bytes(&name, ".command_export", strlen(".command_export"));
  Symbol *outer = add_wrapper(l, (Str){(char *)name.p, (u32)name.n},
                              WASM_SYMBOL_EXPORTED, inner->sig);
  set_live(outer);
  Function *f = outer->func;
  f->export_name =
      inner->func->export_name.p ? inner->func->export_name : inner->name;
  inner->flags |= WASM_SYMBOL_VISIBILITY_HIDDEN;
  inner->flags &= ~(u32)WASM_SYMBOL_EXPORTED;
  inner->force_export = false;
  append_function(l, f);
  write_wrapper(l, f, inner);
}

/* A program that calls or exports __wasm_call_ctors is a reactor and cares
   for itself; any other is a command, whose every export is a whole run.
   [command.wrapper.order] [command.reactor] [shared.constructors] */
static void wrap_exports(Link *l) {
  if (is_pic(l) || l->call_ctors->used || is_exported(l, l->call_ctors) ||
      (!l->init_calls.n && !l->call_dtors))
    return;
  VEC(Symbol *) exported = {0};
  for (u32 i = 0; i < l->symbols.n; i++) {
    Symbol *s = l->symbols.p[i];
    if (s->kind == WASM_SYMBOL_TYPE_FUNCTION && is_exported(l, s))
      VEC_PUSH(l, exported, s);
  }
  for (u32 i = 0; i < exported.n; i++)
    wrap_export(l, exported.p[i]);
}

void synth_bodies(Link *l) {
  if (l->opt.relocatable)
    return;
  startup_bodies(l);
  write_call_ctors(l);
  wrap_exports(l);
}
