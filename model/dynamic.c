/* dynamic.c: what a module leaves to the loader.  Position-independent output
   (-shared, -pie) does not know where its data and its table slots will be:
   they count from two globals that it imports, __memory_base and __table_base.
   Nor does any module know where another one's symbols are: it imports globals
   that hold that, the GOT.  Takes symbols and relocations; gives the imports,
   the code that completes data and globals when the module is loaded, and the
   section "dylink.0", which tells the loader what it must know beforehand.

   Rule of thumb: what is inside the module counts from a base; what is outside
   of it, or may be replaced from outside, comes from the GOT.
   (DynamicLinking.md) */

#include <string.h>

#include "link.h"

bool is_pic(const Link *l) {
  return l->opt.shared || l->opt.pie;
}

bool is_dynamic(const Link *l) {
  return is_pic(l) || l->opt.unresolved == UNRESOLVED_IMPORT || l->libraries.n;
}

/* -- who knows where a symbol is -- */

/* Of a library's own definitions the loader may choose another module's, except
   of what is hidden.
   [got.mem] [got.func] [shared.interposition] [shared.symbolic] [pie.own]
   [dylink.undefined-weak] [undefined.policy.import-dynamic] [library.hidden] */
bool needs_got_import(const Link *l, const Symbol *s) {
  if (is_shared(s))
    return true;
  if (!is_pic(l) && l->opt.unresolved != UNRESOLVED_IMPORT)
    return false;
  if (is_hidden(s) || is_local(s))
    return false;
  return !is_defined(s) || (l->opt.shared && !l->opt.symbolic);
}

/* [got.mutable] [got.once] */
void add_got_import(Link *l, Symbol *s) {
  if (s->got != NONE)
    return;
  s->got = l->nimported[WASM_EXTERNAL_GLOBAL]++;
  s->got_imported = true;
  s->force_export = true; /* if it is ours, the loader finds it here */
  VEC_PUSH(l, l->got_imports, s);
}

static bool is_function(const Symbol *s) {
  return s->kind == WASM_SYMBOL_TYPE_FUNCTION;
}

/* NONE: it has no slot. */
static u32 slot_of(const Symbol *s) {
  return s->func ? s->func->slot : s->slot;
}

/* Does its address, or its slot, count from a base?  An absolute symbol is an
   address of the whole memory.
   [symbol.absolute] */
static bool is_moved(const Link *l, const Symbol *s) {
  if (!is_pic(l) || s->is_stub)
    return false;
  if (is_function(s))
    return slot_of(s) != NONE;
  return is_defined(s) && !(s->flags & WASM_SYMBOL_ABSOLUTE);
}

static bool is_address(const RelocInfo *info) {
  return info->value == VALUE_ADDRESS || info->value == VALUE_SLOT;
}

bool holds_pointer(const RelocInfo *info) {
  bool word = info->encoding == ENC_I32 || info->encoding == ENC_I64;
  return word && is_address(info) && info->base == BASE_NONE;
}

/* Code is not written to when it is loaded: it can hold distances only.
   [dylink.absolute-refused] [dylink.pic-only] [library.static-code] */
void check_loadable(Link *l, const Chunk *c, const Reloc *r, const Symbol *s) {
  const RelocInfo *info = reloc_info(r->kind);
  bool outside = is_undefined(s) && l->opt.unresolved == UNRESOLVED_IMPORT;
  if (!is_pic(l) && !outside && !is_shared(s))
    return;
  bool distance = info->base == BASE_MEMORY || info->base == BASE_TABLE ||
                  info->base == BASE_PLACE;
  if (is_address(info) && info->base == BASE_NONE && !holds_pointer(info))
    report(l, DIAG_NOT_PIC, at_reloc(l, c, r), info->name, pretty(l, s->name));
  if (distance && (!is_defined(s) || (is_pic(l) && !is_moved(l, s))))
    report(l, DIAG_NOT_FROM_BASE, at_reloc(l, c, r), info->name,
           pretty(l, s->name));
}

/* -- pointers in data -- */

/* Must code write what the relocation stands for?
   [dylink.apply-data-relocs] */
static bool needs_code(const Link *l, const Reloc *r, const Symbol *s) {
  return holds_pointer(reloc_info(r->kind)) && is_live(s) &&
         (s->got_imported || is_moved(l, s));
}

/* Pieces of thread-local data are written once for each thread. */
static bool is_for_thread(const Link *l, const OutSegment *s) {
  return l->opt.shared_memory && s->is_tls;
}

/* [dylink.apply-data-relocs.on-demand] */
bool any_data_relocs(const Link *l, bool tls) {
  if (!is_pic(l) && !l->got_imports.n)
    return false;
  for (u32 i = 0; i < l->segments.n; i++) {
    const OutSegment *out = l->segments.p[i];
    for (u32 k = 0; is_for_thread(l, out) == tls && k < out->chunks.n; k++) {
      const Chunk *c = out->chunks.p[k];
      for (u32 n = 0; n < c->nrelocs; n++)
        if (needs_code(l, &c->relocs[n], c->obj->symbols[c->relocs[n].index]))
          return true;
    }
  }
  return false;
}

static void put_get(Buf *b, const Symbol *global) {
  put_op(b, WASM_OPCODE_GLOBAL_GET, item_index(global).i);
}

/* The pointer on the stack as wide as the field that it goes to. */
static void put_resize(Buf *b, bool wide) {
  if (wide != b->link->opt.wasm64)
    put_u8(b, wide ? WASM_OPCODE_I64_EXTEND_I32_U : WASM_OPCODE_I32_WRAP_I64);
}

static void put_add(Buf *b, bool wide) {
  put_u8(b, wide ? WASM_OPCODE_I64_ADD : WASM_OPCODE_I32_ADD);
}

static void put_const(Buf *b, bool wide, u64 value) {
  put_u8(b, wide ? WASM_OPCODE_I64_CONST : WASM_OPCODE_I32_CONST);
  put_sleb(b, wide ? (i64)value : (int32_t)(u32)value);
}

void put_sum(Buf *b, const Symbol *base, u64 value) {
  put_get(b, base);
  put_pointer(b, value);
  put_add(b, b->link->opt.wasm64);
}

void put_address(Buf *b, u64 address) {
  put_pointer(b, address);
  if (is_pic(b->link)) {
    put_get(b, b->link->memory_base);
    put_add(b, b->link->opt.wasm64);
  }
}

/* What data_value() or a slot counts from. */
static const Symbol *base_of(const Link *l, const Symbol *s) {
  if (is_function(s))
    return l->table_base;
  return is_thread_local(l, s) ? l->tls_base : l->memory_base;
}

/* Does the GOT have it when the code runs?  Entries of the module's own are
   complete when threads start, but for those that count from the thread's
   block.
 */
static bool is_in_got(const Link *l, const OutSegment *out, const Symbol *s) {
  return s->got_imported ||
         (is_for_thread(l, out) && s->got != NONE && !is_thread_local(l, s));
}

/* The place, the value, the store. */
static void put_data_reloc(Link *l, Buf *b, const OutSegment *out,
                           const Chunk *c, const Reloc *r) {
  const Symbol *s = c->obj->symbols[r->index];
  bool wide = reloc_info(r->kind)->encoding == ENC_I64;
  u64 place = c->out_offset + (r->offset - c->in_offset);
  if (is_for_thread(l, out)) {
    put_pointer(b, place);
    put_get(b, l->tls_base);
    put_add(b, l->opt.wasm64);
  } else {
    put_address(b, out->address + place);
  }
  if (is_in_got(l, out, s)) {
    put_op(b, WASM_OPCODE_GLOBAL_GET, s->got);
    put_resize(b, wide);
    if (r->addend) {
      put_const(b, wide, (u64)r->addend);
      put_add(b, wide);
    }
  } else {
    put_get(b, base_of(l, s));
    put_resize(b, wide);
    put_const(b, wide, reloc_value(l, r, c));
    put_add(b, wide);
  }
  put_op(b, wide ? WASM_OPCODE_I64_STORE : WASM_OPCODE_I32_STORE, 2);
  put_uleb(b, 0); /* offset */
}

void put_data_relocs(Link *l, Buf *b, bool tls) {
  for (u32 i = 0; i < l->segments.n; i++) {
    const OutSegment *out = l->segments.p[i];
    for (u32 k = 0; is_for_thread(l, out) == tls && k < out->chunks.n; k++) {
      const Chunk *c = out->chunks.p[k];
      for (u32 n = 0; n < c->nrelocs; n++)
        if (needs_code(l, &c->relocs[n], c->obj->symbols[c->relocs[n].index]))
          put_data_reloc(l, b, out, c, &c->relocs[n]);
    }
  }
}

/* -- constant expressions -- */

/* BASE + value; without extended constant expressions there is no sum, and
   value must be 0. */
static void put_sum_expr(Buf *b, const Symbol *base, u64 value) {
  put_get(b, base);
  if (value) {
    put_pointer(b, value);
    put_add(b, b->link->opt.wasm64);
  }
  put_u8(b, WASM_OPCODE_END);
}

static void put_expr(Buf *b, const Symbol *base, u64 value) {
  if (is_pic(b->link)) {
    put_sum_expr(b, base, value);
  } else {
    put_pointer(b, value);
    put_u8(b, WASM_OPCODE_END);
  }
}

/* [dylink.segments] */
void put_address_expr(Buf *b, u64 address) {
  put_expr(b, b->link->memory_base, address);
}

/* [dylink.elements] */
void put_slot_expr(Buf *b, u64 slot) {
  put_expr(b, b->link->table_base, slot);
}

/* -- GOT entries of the module's own -- */

/* Does its entry count from a base that is the same for all threads? */
static bool entry_moves(const Link *l, const Symbol *s) {
  return is_moved(l, s) && !is_thread_local(l, s);
}

/* Code completes what no constant expression can say, once for all threads.
   What is nowhere stays 0, in a global like the others. */
static bool is_for_code(const Link *l, const Symbol *s) {
  return is_pic(l) && !has_feature(l, "extended-const") &&
         (entry_moves(l, s) || (is_undefined(s) && !s->is_stub));
}

static u64 entry_value(const Link *l, const Symbol *s) {
  if (is_function(s))
    return slot_of(s) == NONE ? 0 : slot_of(s);
  return l->opt.shared_memory ? data_value(s) : data_address(s);
}

/* [got.internal] [got.expression] */
void put_got_entry(Buf *b, const Symbol *s) {
  Link *l = b->link;
  bool sum = entry_moves(l, s) && has_feature(l, "extended-const");
  bool code = is_for_code(l, s) || (is_thread_local(l, s) && !s->is_stub);
  u64 value = entry_value(l, s);
  check_address(l, s, value);
  put_u8(b, pointer_type(l));
  put_u8(b, code); /* mutable: code completes it */
  if (sum) {
    put_sum_expr(b, base_of(l, s), value);
  } else {
    put_pointer(b, value);
    put_u8(b, WASM_OPCODE_END);
  }
}

bool any_global_relocs(const Link *l) {
  for (u32 i = 0; i < l->got.n; i++)
    if (is_for_code(l, l->got.p[i]))
      return true;
  return false;
}

void put_global_relocs(Link *l, Buf *b) {
  for (u32 i = 0; i < l->got.n; i++) {
    const Symbol *s = l->got.p[i];
    if (!entry_moves(l, s))
      continue;
    put_sum(b, base_of(l, s), entry_value(l, s));
    put_op(b, WASM_OPCODE_GLOBAL_SET, s->got);
  }
}

/* -- "dylink.0" -- */

/* [dylink.sub-section] */
static void put_part(Buf *b, u8 id, const Buf *part) {
  put_u8(b, id);
  put_uleb(b, part->n);
  put_bytes(b, part->p, part->n);
}

/* A count and the items, unless there are none. */
static void put_list(Buf *b, u8 id, u32 n, const Buf *items) {
  Buf part = {.link = b->link};
  if (!n)
    return;
  put_uleb(&part, n);
  put_bytes(&part, items->p, items->n);
  put_part(b, id, &part);
}

/* What a module at fixed addresses has of its own is not for the loader to
   reserve.
   [dylink.mem-info] [dylink.mem-info.memory-size]
   [dylink.mem-info.memory-alignment] [dylink.mem-info.table-size]
   [dylink.mem-info.table-alignment] */
static void put_mem_info(Link *l, Buf *b) {
  Buf part = {.link = l};
  put_uleb(&part, is_pic(l) ? l->data_size : 0);
  put_uleb(&part, l->data_align);
  put_uleb(&part, l->table_entries.n);
  put_uleb(&part, 0); /* alignment of slots: none is needed */
  put_part(b, WASM_DYLINK_MEM_INFO, &part);
}

/* The libraries that the link was made with, as a loader looks for them.
   [dylink.needed] [library.needed] */
static void put_needed(Link *l, Buf *b) {
  Buf items = {.link = l};
  for (u32 i = 0; i < l->libraries.n; i++) {
    const char *path = l->libraries.p[i]->name, *slash = strrchr(path, '/');
    put_str(&items, str_from(slash ? slash + 1 : path));
  }
  put_list(b, WASM_DYLINK_NEEDED, l->libraries.n, &items);
}

/* Exports whose value counts from __tls_base.
   [dylink.export-info] [dylink.flags] */
static void put_export_info(Link *l, Buf *b) {
  Buf items = {.link = l};
  u32 n = 0;
  for (u32 i = 0; i < l->symbols.n; i++) {
    const Symbol *s = l->symbols.p[i];
    if (s->kind != WASM_SYMBOL_TYPE_DATA || !is_tls(s) || !is_live(s) ||
        !is_exported(l, s))
      continue;
    put_str(&items, s->name);
    put_uleb(&items, s->flags);
    n++;
  }
  put_list(b, WASM_DYLINK_EXPORT_INFO, n, &items);
}

/* Imports that may be left without a definition.
   [dylink.import-info] [dylink.flags] */
static void put_import_info(Link *l, Buf *b) {
  Buf items = {.link = l};
  u32 n = 0;
  for (u32 i = 0; i < l->symbols.n; i++) {
    const Symbol *s = l->symbols.p[i];
    if (!is_undefined(s) || !is_weak(s) || !is_live(s))
      continue;
    put_str(&items, s->import_module.p ? s->import_module : STR("env"));
    put_str(&items, s->import_name.p ? s->import_name : s->name);
    put_uleb(&items, s->flags);
    n++;
  }
  put_list(b, WASM_DYLINK_IMPORT_INFO, n, &items);
}

/* [dylink.runtime-path] */
static void put_runtime_path(Link *l, Buf *b) {
  Buf items = {.link = l};
  for (u32 i = 0; i < l->opt.runpaths.n; i++)
    put_str(&items, str_from(l->opt.runpaths.p[i]));
  put_list(b, WASM_DYLINK_RUNTIME_PATH, l->opt.runpaths.n, &items);
}

/* [dylink.section] [dylink.first] [library.program] */
void emit_dylink(Link *l) {
  if (!is_dynamic(l))
    return;
  Buf b = {.link = l};
  put_mem_info(l, &b);
  put_needed(l, &b);
  put_export_info(l, &b);
  put_import_info(l, &b);
  put_runtime_path(l, &b);
  emit_custom(l, STR(WASM_DYLINK_SECTION), &b);
}
