/* startup.c: code that runs before the program's own: memory is initialised,
   once for all threads, and each thread gets its thread-local data.

   Rule of thumb: an active segment is written again by every instance, so
   where threads share the memory all segments are passive, and the instance
   that comes first copies them: a flag in memory, 0, 1 while it does so, and 2
   after, tells who that is.  The flag relies on new memory being zero. */

#include "link.h"

static void put_i32_const(Buf *b, u64 value) {
  put_u8(b, WASM_OPCODE_I32_CONST);
  put_sleb(b, (int32_t)(u32)value);
}

/* -- __wasm_init_memory, the start function -- */

/* Must code fill this segment when the module starts?  An imported memory is
   not known to be zero.
   [memory.import-bss] */
static bool needs_init(const Link *l, const OutSegment *s) {
  return l->opt.shared_memory || (l->opt.import_memory && !in_binary(l, s));
}

static void put_atomic(Buf *b, unsigned opcode) {
  put_op(b, WASM_OPCODE_ATOMICS_PREFIX, opcode);
  put_uleb(b, 2); /* aligned to 2^2 */
  put_uleb(b, 0); /* offset */
}

enum { LOCAL_FLAG, LOCAL_BLOCK, LOCALS }; /* of __wasm_init_memory, if moved */

static void put_flag(Buf *b) {
  if (is_pic(b->link))
    put_op(b, WASM_OPCODE_LOCAL_GET, LOCAL_FLAG);
  else
    put_pointer(b, b->link->init_memory_flag->value);
}

/* The locals of the function, and what they hold. */
static void put_locals(Buf *b) {
  bool used = b->link->opt.shared_memory && is_pic(b->link);
  put_uleb(b, used); /* declarations */
  if (!used)
    return;
  put_uleb(b, LOCALS);
  put_u8(b, pointer_type(b->link));
  put_sum(b, b->link->memory_base, b->link->init_memory_flag->value);
  put_op(b, WASM_OPCODE_LOCAL_SET, LOCAL_FLAG);
}

/* block $done; block $wait; block $first: the first one goes on behind this,
   those who come while it works wait, those who come later leave.
   [threads.init-once] [threads.init-flag] */
static void begin_once(Buf *b) {
  for (int i = 0; i < 3; i++)
    put_op(b, WASM_OPCODE_BLOCK, WASM_TYPE_NORESULT);
  put_flag(b);
  put_i32_const(b, 0); /* expected */
  put_i32_const(b, 1); /* new */
  put_atomic(b, WASM_OPCODE_I32_RMW_CMPXCHG);
  put_op(b, WASM_OPCODE_BR_TABLE, 2);
  put_uleb(b, 0); /* was 0: $first */
  put_uleb(b, 1); /* was 1: $wait */
  put_uleb(b, 2); /* else: $done */
  put_u8(b, WASM_OPCODE_END);
}

static void end_once(Buf *b) {
  put_flag(b);
  put_i32_const(b, 2);
  put_atomic(b, WASM_OPCODE_I32_ATOMIC_STORE);
  put_flag(b);
  put_i32_const(b, UINT32_MAX); /* wake all */
  put_atomic(b, WASM_OPCODE_ATOMIC_NOTIFY);
  put_u8(b, WASM_OPCODE_DROP);
  put_op(b, WASM_OPCODE_BR, 1); /* $done */
  put_u8(b, WASM_OPCODE_END);   /* of $wait */
  put_flag(b);
  put_i32_const(b, 1); /* while it is 1 */
  put_u8(b, WASM_OPCODE_I64_CONST);
  put_sleb(b, -1); /* for ever */
  put_atomic(b, WASM_OPCODE_I32_ATOMIC_WAIT);
  put_u8(b, WASM_OPCODE_DROP);
  put_u8(b, WASM_OPCODE_END); /* of $done */
}

/* memory.init from the whole segment; the address is on the stack. */
static void put_memory_init(Buf *b, const OutSegment *s) {
  put_i32_const(b, 0); /* offset in the segment */
  put_i32_const(b, s->size);
  put_op(b, WASM_OPCODE_MISC_PREFIX, WASM_OPCODE_MEMORY_INIT);
  put_uleb(b, s->index);
  put_u8(b, 0); /* memory */
}

/* The first thread's block is where the data lies anyway.  Its address stays on
   the stack. */
static void put_first_block(Link *l, Buf *b, const OutSegment *s) {
  if (is_pic(l))
    put_op(b, WASM_OPCODE_LOCAL_TEE, LOCAL_BLOCK);
  else
    put_pointer(b, s->address);
  put_op(b, WASM_OPCODE_GLOBAL_SET, item_index(l->tls_base).i);
  if (is_pic(l))
    put_op(b, WASM_OPCODE_LOCAL_GET, LOCAL_BLOCK);
}

/* [threads.bss] [threads.placed] */
static void put_init(Link *l, Buf *b, const OutSegment *s) {
  put_address(b, s->address);
  if (l->opt.shared_memory && s->is_tls)
    put_first_block(l, b, s);
  if (!s->is_bss) {
    put_memory_init(b, s);
    return;
  }
  put_i32_const(b, 0);
  put_pointer(b, s->size);
  put_op(b, WASM_OPCODE_MISC_PREFIX, WASM_OPCODE_MEMORY_FILL);
  put_u8(b, 0); /* memory */
}

/* [threads.init-memory] [threads.drop] */
static void write_init_memory(Link *l) {
  bool shared = l->opt.shared_memory;
  Buf b = {.link = l};
  put_locals(&b);
  if (shared)
    begin_once(&b);
  for (u32 i = 0; i < l->segments.n; i++)
    if (needs_init(l, l->segments.p[i]))
      put_init(l, &b, l->segments.p[i]);
  if (shared)
    end_once(&b);
  for (u32 i = 0; i < l->segments.n; i++) {
    const OutSegment *s = l->segments.p[i];
    if (!needs_init(l, s) || s->is_bss || (shared && s->is_tls))
      continue; /* __wasm_init_tls() needs the thread-local one again */
    put_op(&b, WASM_OPCODE_MISC_PREFIX, WASM_OPCODE_DATA_DROP);
    put_uleb(&b, s->index);
  }
  put_u8(&b, WASM_OPCODE_END);
  set_body(l, l->init_memory->func, &b);
}

/* -- __wasm_init_tls(block): called once in each thread but the first -- */

/* [tls.init] [tls.init.copy] [tls.init.base] [tls.init.nothing] [tls.placed] */
static void write_init_tls(Link *l) {
  Buf b = {.link = l};
  put_uleb(&b, 0);
  for (u32 i = 0; i < l->segments.n; i++) {
    if (!l->segments.p[i]->is_tls)
      continue;
    put_op(&b, WASM_OPCODE_LOCAL_GET, 0);
    put_op(&b, WASM_OPCODE_GLOBAL_SET, item_index(l->tls_base).i);
    put_op(&b, WASM_OPCODE_LOCAL_GET, 0);
    put_memory_init(&b, l->segments.p[i]);
  }
  if (l->apply_tls_relocs)
    put_op(&b, WASM_OPCODE_CALL, function_index(l->apply_tls_relocs).i);
  if (l->apply_global_tls_relocs)
    put_op(&b, WASM_OPCODE_CALL, function_index(l->apply_global_tls_relocs).i);
  put_u8(&b, WASM_OPCODE_END);
  set_body(l, l->init_tls->func, &b);
}

/* -- pointers that only the loader knows -- */

/* [dylink.apply-data-relocs] */
static void write_apply_relocs(Link *l, Symbol *s, bool tls) {
  Buf b = {.link = l};
  put_uleb(&b, 0);
  put_data_relocs(l, &b, tls);
  put_u8(&b, WASM_OPCODE_END);
  set_body(l, s->func, &b);
}

/* [got.complete] */
static void write_apply_global_relocs(Link *l) {
  Buf b = {.link = l};
  put_uleb(&b, 0);
  put_global_relocs(l, &b);
  put_u8(&b, WASM_OPCODE_END);
  set_body(l, l->apply_global_relocs->func, &b);
}

/* Globals are an instance's own, memory may be of all.
   [dylink.custom-start] */
static void write_start(Link *l) {
  Buf b = {.link = l};
  put_uleb(&b, 0);
  put_op(&b, WASM_OPCODE_CALL, function_index(l->apply_global_relocs).i);
  put_op(&b, WASM_OPCODE_CALL, function_index(l->init_memory).i);
  put_u8(&b, WASM_OPCODE_END);
  set_body(l, l->start_function->func, &b);
}

/* GOT entries of thread-local data hold an address of this thread's block.
   [tls.got] */
static void write_apply_global_tls_relocs(Link *l) {
  Buf b = {.link = l};
  put_uleb(&b, 0);
  for (u32 i = 0; i < l->got.n; i++) {
    const Symbol *s = l->got.p[i];
    if (!is_tls(s) || !is_defined(s))
      continue;
    put_op(&b, WASM_OPCODE_GLOBAL_GET, item_index(l->tls_base).i);
    put_pointer(&b, data_value(s));
    put_u8(&b, l->opt.wasm64 ? WASM_OPCODE_I64_ADD : WASM_OPCODE_I32_ADD);
    put_op(&b, WASM_OPCODE_GLOBAL_SET, s->got);
  }
  put_u8(&b, WASM_OPCODE_END);
  set_body(l, l->apply_global_tls_relocs->func, &b);
}

/* -- which of them are needed -- */

/* [threads.init-memory.unexported] */
static Symbol *add_live(Link *l, const char *name) {
  Symbol *s = add_synthetic_function(l, name, WASM_SYMBOL_VISIBILITY_HIDDEN,
                                     intern_signature(l, NULL, 0, 0));
  set_live(s);
  return s;
}

static bool any_needs_init(const Link *l) {
  for (u32 i = 0; i < l->segments.n; i++)
    if (needs_init(l, l->segments.p[i]))
      return true;
  return false;
}

static bool any_tls_in_got(const Link *l) {
  for (u32 i = 0; i < l->got.n; i++)
    if (is_tls(l->got.p[i]))
      return true;
  return false;
}

/* In a static link what thread-local data points to is known, and nothing is
   left to do: the function is there all the same. */
static bool any_tls_relocs(const Link *l) {
  for (u32 i = 0; i < l->segments.n; i++)
    for (u32 k = 0; k < l->segments.p[i]->chunks.n; k++)
      if (l->segments.p[i]->is_tls && l->segments.p[i]->chunks.p[k]->nrelocs)
        return true;
  return false;
}

static void init_memory_symbols(Link *l) {
  if (!any_needs_init(l))
    return;
  l->init_memory = add_live(l, "__wasm_init_memory");
  if (l->opt.shared_memory)
    set_live(l->tls_base);
}

static void tls_symbols(Link *l) {
  if (!l->opt.shared_memory)
    return;
  if (any_tls_in_got(l)) {
    l->apply_global_tls_relocs = add_live(l, "__wasm_apply_global_tls_relocs");
    set_live(l->tls_base);
  }
  if (any_tls_relocs(l))
    l->apply_tls_relocs = add_live(l, "__wasm_apply_tls_relocs");
}

/* Whoever loads the module calls it, before all others.
   [dylink.apply-data-relocs.export] [dylink.apply-data-relocs.order] */
static void data_reloc_symbols(Link *l) {
  if (!any_data_relocs(l, false))
    return;
  l->apply_data_relocs = add_live(l, "__wasm_apply_data_relocs");
  l->apply_data_relocs->flags = WASM_SYMBOL_EXPORTED;
}

/* An object of -r asks for none of them: nothing in it is shared, left as
   zeros, or for a loader.
   [start.shared-memory] */
void startup_symbols(Link *l) {
  data_reloc_symbols(l);
  init_memory_symbols(l);
  tls_symbols(l);
  if (any_global_relocs(l))
    l->apply_global_relocs = add_live(l, "__wasm_apply_global_relocs");
  l->start_function = l->init_memory ? l->init_memory : l->apply_global_relocs;
  if (l->init_memory && l->apply_global_relocs)
    l->start_function = add_live(l, "__wasm_start");
}

void startup_bodies(Link *l) {
  if (l->apply_data_relocs)
    write_apply_relocs(l, l->apply_data_relocs, false);
  if (l->init_memory)
    write_init_memory(l);
  if (l->apply_tls_relocs)
    write_apply_relocs(l, l->apply_tls_relocs, true);
  if (l->apply_global_tls_relocs)
    write_apply_global_tls_relocs(l);
  if (l->apply_global_relocs)
    write_apply_global_relocs(l);
  if (l->init_memory && l->apply_global_relocs)
    write_start(l);
  if (l->init_tls && is_live(l->init_tls))
    write_init_tls(l);
}
