/* reloc.c: one function for the value of a relocation, one for its bytes.

   Rule of thumb: what the input holds at the place is ignored; the value is
   computed from symbol and addend alone, and overwrites the place at the
   place's full width. */

#include <string.h>

#include "model.h"

/* What debug sections say of code and data that is gone: an address that no
   debugger takes for one.  In range and location lists -1 is taken already.
   0: not a debug section. */
static u64 tombstone(const Chunk *c) {
  if (!c->obj || !str_starts(c->name, ".debug_"))
    return str_starts(c->name, "llvm.func_attr.") ? UINT64_MAX : 0;
  if (str_is(c->name, ".debug_ranges") || str_is(c->name, ".debug_loc"))
    return UINT64_MAX - 1;
  return UINT64_MAX;
}

static u64 slot_of(const Symbol *s) {
  if (s->is_stub)
    return 0;
  u32 slot = s->func ? s->func->slot : s->slot;
  return slot == NONE ? 0 : slot;
}

/* Offset of the function's body (behind its size) in the code section. */
static u64 body_offset(const Function *f) {
  u32 size_leb = 0;
  if (f->c.obj) {
    while (f->c.bytes[size_leb] & 0x80)
      size_leb++;
    size_leb++;
  }
  return f->c.out_offset + size_leb;
}

static u64 index_value(const Reloc *r, const Symbol *s) {
  switch (reloc_info(r->kind)->target) {
  case TARGET_FUNCTION: return function_index(s).i;
  case TARGET_GLOBAL:
    return s->kind == WASM_SYMBOL_TYPE_GLOBAL ? item_index(s).i : s->got;
  default: return item_index(s).i;
  }
}

static u64 address_value(const Reloc *r, const Chunk *c, const Symbol *s) {
  if (!is_defined(s))
    return 0; /* the addend too is dropped: the test for null must hold */
  u64 value = data_value(s) + (u64)r->addend;
  if (reloc_info(r->kind)->base == BASE_PLACE)
    value -= ((const Segment *)c)->out->address + c->out_offset +
             (r->offset - c->in_offset);
  return value; /* __memory_base is 0 in a static link */
}

u64 reloc_value(const Link *l, const Reloc *r, const Chunk *c) {
  const RelocInfo *info = reloc_info(r->kind);
  if (info->target == TARGET_TYPE)
    return c->obj->types[r->index]->index.i;
  const Symbol *s = c->obj->symbols[r->index];
  u64 dead = tombstone(c);
  if (info->target == TARGET_SECTION)
    return chunk_offset(s->custom, (u64)r->addend);
  if (!is_live(s))
    return dead ? dead : (u64)r->addend;
  switch (info->value) {
  case VALUE_INDEX: return index_value(r, s);
  case VALUE_SLOT: {
    u64 slot = slot_of(s);
    return slot && info->base == BASE_TABLE ? slot - l->opt.table_base : slot;
  }
  case VALUE_ADDRESS: return address_value(r, c, s);
  case VALUE_FUNCTION_OFFSET:
    if (!is_defined(s))
      return dead ? dead : (u64)r->addend;
    return body_offset(s->func) + (u64)r->addend;
  case VALUE_SECTION_OFFSET: break; /* answered above */
  }
  return 0;
}

static void write_le(u8 *p, u64 value, unsigned bytes) {
  for (unsigned i = 0; i < bytes; i++)
    p[i] = (u8)(value >> (8 * i));
}

void reloc_write(u8 *p, Encoding e, u64 value) {
  switch (e) {
  case ENC_ULEB32: write_uleb_padded(p, (u32)value, 5); break;
  case ENC_SLEB32: write_sleb_padded(p, (int32_t)(u32)value, 5); break;
  case ENC_ULEB64: write_uleb_padded(p, value, 10); break;
  case ENC_SLEB64: write_sleb_padded(p, (i64)value, 10); break;
  case ENC_I32: write_le(p, value, 4); break;
  case ENC_I64: write_le(p, value, 8); break;
  }
}

void write_chunk(const Link *l, const Chunk *c, u8 *p) {
  if (c->size)
    memcpy(p, c->bytes, c->size);
  for (u32 i = 0; i < c->nrelocs; i++) {
    const Reloc *r = &c->relocs[i];
    reloc_write(p + (r->offset - c->in_offset), reloc_info(r->kind)->encoding,
                reloc_value(l, r, c));
  }
}
