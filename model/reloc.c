/* reloc.c: one function for the value of a relocation, one for its bytes.

   Rule of thumb: what the input holds at the place is ignored; the value is
   computed from symbol and addend alone, and overwrites the place at the
   place's full width, or, in compressed code, takes as few bytes as it can. */

#include <string.h>

#include "link.h"

/* What stands for something that is gone: in debug sections an address that no
   debugger takes for one, elsewhere the addend as it is.  In range and location
   lists -1 is taken already.
   [debug.tombstone] [reloc.dead-target] */
static u64 gone(const Chunk *c, const Reloc *r) {
  if (str_starts(c->name, "llvm.func_attr."))
    return UINT64_MAX;
  if (!str_starts(c->name, ".debug_"))
    return (u64)r->addend;
  if (str_is(c->name, ".debug_ranges") || str_is(c->name, ".debug_loc"))
    return UINT64_MAX - 1;
  return UINT64_MAX;
}

/* [functions.addresses] [reloc.weak-undefined.table] */
static u64 slot_of(const Symbol *s) {
  u32 slot = s->func ? s->func->slot : s->slot;
  return slot == NONE ? 0 : slot;
}

/* Where the byte at offset of a body went when the LEBs before it became
   shorter.  Relocations are in offset order: the last one that ends at or
   before the byte tells. */
static u64 compact_offset(const Chunk *c, u64 offset) {
  u64 at = c->in_offset + size_width(c) + offset; /* as relocations count */
  u32 from = 0, to = c->nrelocs;
  while (from < to) {
    u32 middle = from + (to - from) / 2;
    const Reloc *r = &c->relocs[middle];
    if (r->offset + encoding_width(reloc_info(r->kind)->encoding) <= at)
      from = middle + 1;
    else
      to = middle;
  }
  return from ? offset - c->compact->saved[from - 1] : offset;
}

/* [code-metadata.position] */
u32 place_in_body(const Function *f, u32 offset) {
  return f->c.compact ? (u32)compact_offset(&f->c, offset) : offset;
}

/* Place in the code section of what was offset bytes behind the start of the
   function's body, which begins after its size.
   [reloc.function-offset.value] */
static u64 body_offset(const Function *f, u64 offset) {
  const Chunk *c = &f->c;
  if (!c->obj)
    return c->out_offset + offset;
  if (c->compact)
    return c->out_offset + uleb_size(c->compact->size) +
           compact_offset(c, offset);
  return c->out_offset + size_width(c) + offset;
}

/* -- places in sections -- */

static const Chunk *nth_chunk(const Object *o, u8 section, u32 i) {
  return section == WASM_SEC_CODE ? &o->functions[i].c : &o->segments[i].c;
}

/* Where the body of a function, or the bytes of a segment, begin in the
   payload of the input section. */
static u64 first_byte(const Chunk *c, u8 section) {
  return c->in_offset + (section == WASM_SEC_CODE ? size_width(c) : 0u);
}

const Chunk *chunk_at(const Object *o, u8 section, u64 offset) {
  u32 from = 0, to = section == WASM_SEC_CODE ? o->nfunctions : o->nsegments;
  while (from < to) {
    u32 middle = from + (to - from) / 2;
    if (first_byte(nth_chunk(o, section, middle), section) <= offset)
      from = middle + 1;
    else
      to = middle;
  }
  const Chunk *c = from ? nth_chunk(o, section, from - 1) : NULL;
  return c && offset <= (u64)c->in_offset + c->size ? c : NULL;
}

/* Where a byte of an input section is in the output's.  A custom section moves
   as a whole; code and data are taken apart.
   [reloc.section-offset.value] [custom.section-symbol] */
static u64 section_value(const Link *l, const Reloc *r, const Chunk *from,
                         const Symbol *s) {
  u8 id = s->section->id;
  u64 offset = (u64)r->addend;
  if (id == WASM_SEC_CUSTOM)
    return chunk_offset(s->section->custom, offset);
  const Chunk *c = chunk_at(s->obj, id, offset);
  if (!c || !c->live)
    return gone(from, r);
  offset -= first_byte(c, id);
  if (id == WASM_SEC_CODE)
    return body_offset((const Function *)c, offset);
  const OutSegment *out = ((const Segment *)c)->out;
  if (!in_binary(l, out))
    return gone(from, r);
  return out->body + chunk_offset(c, offset);
}

/* The index of what has an address is that of its GOT entry, which is there if
   code asks for it.  What a custom section alone names is not imported for it.
   [reloc.dead-target] */
static bool has_no_index(const Link *l, const RelocInfo *info,
                         const Symbol *s) {
  if (info->value != VALUE_INDEX)
    return false;
  if (info->target == TARGET_GLOBAL && s->kind != WASM_SYMBOL_TYPE_GLOBAL)
    return s->got == NONE;
  return is_nowhere(l, s);
}

/* [functions.calls] */
static u64 index_value(const Reloc *r, const Symbol *s) {
  switch (reloc_info(r->kind)->target) {
  case TARGET_FUNCTION: return function_index(s).i;
  case TARGET_GLOBAL:
    return s->kind == WASM_SYMBOL_TYPE_GLOBAL ? item_index(s).i : s->got;
  default: return item_index(s).i;
  }
}

/* [reloc.memory.value] [reloc.memory.undefined]
   [reloc.memory.undefined-addend] [dylink.apply-data-relocs.bytes] */
static u64 address_value(const Reloc *r, const Chunk *c, const Symbol *s) {
  if (!is_defined(s))
    return 0; /* the addend too is dropped: the test for null must hold */
  u64 value = data_value(s) + (u64)r->addend;
  if (reloc_info(r->kind)->base == BASE_PLACE)
    value -= ((const Segment *)c)->out->address + c->out_offset +
             (r->offset - c->in_offset);
  return value; /* __memory_base is 0 in a static link */
}

/* [library.debug] */
u64 reloc_value(const Link *l, const Reloc *r, const Chunk *c) {
  const RelocInfo *info = reloc_info(r->kind);
  if (info->target == TARGET_TYPE)
    return c->obj->types[r->index]->index.i;
  const Symbol *s = c->obj->symbols[r->index];
  if (info->target == TARGET_SECTION)
    return section_value(l, r, c, s);
  if (!is_live(s) || has_no_index(l, info, s))
    return gone(c, r);
  switch (info->value) {
  case VALUE_INDEX: return index_value(r, s);
  case VALUE_SLOT: {
    u64 slot = slot_of(s);
    return slot && info->base == BASE_TABLE ? slot - l->opt.table_base : slot;
  }
  case VALUE_ADDRESS: return address_value(r, c, s);
  case VALUE_FUNCTION_OFFSET:
    return is_defined(s) ? body_offset(s->func, (u64)r->addend) : gone(c, r);
  case VALUE_SECTION_OFFSET: break; /* answered above */
  }
  return 0;
}

/* -- what fits -- */

typedef struct Range {
  i64 min, max;
} Range;

/* The values that a relocation may have: numbers of 64 bits with a sign.

   A word or the operand of i32.const is read as it is needed: addresses from
   2^31 on are negative there, and what lies before address 0 comes back by
   arithmetic modulo 2^32.  The offset of a memory access is added without
   wrapping (the sum has 33 bits, or 65), so it cannot be negative; nor can an
   offset in a section; in a 32-bit memory it has 32 bits, though it may stand
   in a field of 64.  Indexes are small.

   A distance in a 32-bit memory is added modulo 2^32, so that any between two
   addresses will do; in a 64-bit memory it is extended first, with its sign. */
static Range value_range(const Link *l, const RelocInfo *info) {
  static const Range word = {INT32_MIN, UINT32_MAX},
                     any = {INT64_MIN, INT64_MAX};
  bool offset =
      info->target == TARGET_SECTION || info->value == VALUE_FUNCTION_OFFSET;
  if (info->base == BASE_PLACE)
    return l->opt.wasm64 ? (Range){INT32_MIN, INT32_MAX}
                         : (Range){-(i64)UINT32_MAX, UINT32_MAX};
  switch (info->encoding) {
  case ENC_ULEB32: return (Range){0, UINT32_MAX};
  case ENC_SLEB32: return word;
  case ENC_I32: return offset ? (Range){0, UINT32_MAX} : word;
  case ENC_ULEB64: return (Range){0, l->opt.wasm64 ? INT64_MAX : UINT32_MAX};
  case ENC_SLEB64: return any;
  case ENC_I64: return offset ? (Range){0, INT64_MAX} : any;
  }
  return any;
}

/* What stands for something that is gone is no number that could be too
   large: a tombstone, or the addend as it is.  Of code and data, whose size is
   within bounds, only what is gone can be out of them. */
static bool stands_for_nothing(const RelocInfo *info, const Symbol *s) {
  if (info->target == TARGET_SECTION)
    return s->section->id != WASM_SEC_CUSTOM;
  return !is_live(s) || !is_defined(s);
}

/* Only addresses of a final link mean anything.
   [reloc.overflow] */
static void check_range(Link *l, const Chunk *c, const Reloc *r, u64 value) {
  if (value <= INT32_MAX) /* all fields hold that */
    return;
  const RelocInfo *info = reloc_info(r->kind);
  Range in = value_range(l, info);
  i64 v = (i64)value;
  if ((v >= in.min && v <= in.max) || l->opt.relocatable)
    return;
  const Symbol *s = c->obj->symbols[r->index]; /* the index of a type fits */
  if (!stands_for_nothing(info, s))
    report(l, DIAG_RELOC_RANGE, at_reloc(l, c, r), v, pretty(l, s->name),
           in.min, in.max);
}

/* -- bytes -- */

static void write_le(u8 *p, u64 value, unsigned bytes) {
  for (unsigned i = 0; i < bytes; i++)
    p[i] = (u8)(value >> (8 * i));
}

/* [functions.size] */
void reloc_write(u8 *p, Encoding e, u64 value, unsigned width) {
  switch (e) {
  case ENC_ULEB32: write_uleb_padded(p, (u32)value, width); break;
  case ENC_SLEB32: write_sleb_padded(p, (int32_t)(u32)value, width); break;
  case ENC_ULEB64: write_uleb_padded(p, value, width); break;
  case ENC_SLEB64: write_sleb_padded(p, (i64)value, width); break;
  case ENC_I32: write_le(p, value, 4); break;
  case ENC_I64: write_le(p, value, 8); break;
  }
}

/* The fewest bytes that hold the value. */
static unsigned shortest_width(Encoding e, u64 value) {
  switch (e) {
  case ENC_ULEB32: return uleb_size((u32)value);
  case ENC_SLEB32: return sleb_size((int32_t)(u32)value);
  case ENC_ULEB64: return uleb_size(value);
  case ENC_SLEB64: return sleb_size((i64)value);
  default: return encoding_width(e);
  }
}

/* One walk over a body with its LEBs in their shortest form: counts the bytes,
   and writes them to p, if there is one.  Notes what each relocation saved, if
   there is room for it.
   [reloc.compress] */
static u32 compact_code(Link *l, const Chunk *c, u8 *p, u32 *saved) {
  u32 start = size_width(c), from = start; /* the input's bytes, ... */
  u32 n = 0;                               /* ... and those of the output */
  for (u32 i = 0; i < c->nrelocs; i++) {
    const Reloc *r = &c->relocs[i];
    Encoding e = reloc_info(r->kind)->encoding;
    u64 value = reloc_value(l, r, c);
    unsigned width = shortest_width(e, value);
    u32 between = r->offset - c->in_offset - from;
    if (p) {
      memcpy(p + n, c->bytes + from, between);
      check_range(l, c, r, value);
      reloc_write(p + n + between, e, value, width);
    }
    n += between + width;
    from += between + encoding_width(e);
    if (saved)
      saved[i] = from - start - n;
  }
  if (p)
    memcpy(p + n, c->bytes + from, c->size - from);
  return n + (c->size - from);
}

/* [unit.minimal] */
u64 measure_code(Link *l, Chunk *c) {
  if (!c->compress)
    return c->size;
  Compact *k = NEW(l, Compact);
  k->saved = NEW_ARRAY(l, u32, c->nrelocs);
  k->size = compact_code(l, c, NULL, k->saved);
  c->compact = k;
  return uleb_size(k->size) + (u64)k->size;
}

static u8 *write_compact(Link *l, const Chunk *c, u8 *p) {
  unsigned width = uleb_size(c->compact->size);
  write_uleb_padded(p, c->compact->size, width);
  return p + width + compact_code(l, c, p + width, NULL);
}

/* [reloc.applied] [data.content] [functions.content] */
u8 *write_chunk(Link *l, const Chunk *c, u8 *p) {
  if (c->compact)
    return write_compact(l, c, p);
  if (c->size)
    memcpy(p, c->bytes, c->size);
  for (u32 i = 0; i < c->nrelocs; i++) {
    const Reloc *r = &c->relocs[i];
    Encoding e = reloc_info(r->kind)->encoding;
    u64 value = reloc_value(l, r, c);
    check_range(l, c, r, value);
    reloc_write(p + (r->offset - c->in_offset), e, value, encoding_width(e));
  }
  return p + c->size;
}
