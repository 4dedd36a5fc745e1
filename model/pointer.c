/* pointer.c: what depends on the width of addresses.  A link is for wasm32 or
   for wasm64 (-m wasm64); all its objects must be of the same kind.

   Rule of thumb: whatever holds an address or a table slot has this type; what
   counts segments, or the bytes taken from one, has 32 bits always. */

#include "link.h"

u8 pointer_type(const Link *l) {
  return l->opt.wasm64 ? WASM_TYPE_I64 : WASM_TYPE_I32;
}

/* [wasm64.table] */
u8 pointer_limits(const Link *l) {
  return l->opt.wasm64 ? WASM_LIMITS_FLAG_IS_64 : 0;
}

/* Engines allow 16 GiB of memory with 64-bit addresses.  With 32 bits the
   number of pages has no more than these, which tells where a page is a byte.
 */
u64 memory_limit(const Link *l) {
  if (l->opt.wasm64)
    return 1ull << 34;
  return l->opt.page_size == 1 ? UINT32_MAX : 1ull << 32;
}

/* [wasm64.code] */
void put_pointer(Buf *b, u64 value) {
  bool wide = b->link->opt.wasm64;
  put_u8(b, wide ? WASM_OPCODE_I64_CONST : WASM_OPCODE_I32_CONST);
  put_sleb(b, wide ? (i64)value : (int32_t)(u32)value);
}

void check_library_width(Link *l, const Object *o) {
  if (o->nmemories)
    check_width(l, o);
}

/* An object's memory tells; one without any is for wasm32. */
void check_width(Link *l, const Object *o) {
  if (o->wasm64 && !l->opt.wasm64)
    fail(l, DIAG_WASM64_OBJECT, in_object(o));
  if (!o->wasm64 && l->opt.wasm64)
    fail(l, DIAG_WASM32_OBJECT, in_object(o));
}
