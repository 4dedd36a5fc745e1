/* decode_read.c: the decoder's bounded reads and its memory.  Takes a cursor,
   gives values; the first problem is kept in the cursor's error with the
   offset and the field's name. */

#include "decode_read.h"
#include "wasm.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool dec_ok(const DecCursor *c) {
  return c->error->field == NULL;
}

void dec_fail(DecCursor *c, size_t offset, const char *field,
              const char *format, ...) {
  if (!dec_ok(c))
    return;
  c->error->offset = offset;
  c->error->field = field;
  va_list args;
  va_start(args, format);
  vsnprintf(c->error->message, sizeof c->error->message, format, args);
  va_end(args);
}

size_t dec_left(const DecCursor *c) {
  return dec_ok(c) ? c->end - c->pos : 0;
}

uint8_t dec_u8(DecCursor *c, const char *field) {
  if (dec_left(c) == 0) {
    dec_fail(c, c->pos, field, "the bytes end before the %s", field);
    return 0;
  }
  return c->base[c->pos++];
}

DecBytes dec_bytes(DecCursor *c, size_t size, const char *field) {
  if (dec_left(c) < size) {
    dec_fail(c, c->pos, field, "%zu bytes wanted, %zu left", size, dec_left(c));
    return (DecBytes){c->base, 0};
  }
  DecBytes bytes = {c->base + c->pos, size};
  c->pos += size;
  return bytes;
}

uint64_t dec_fixed64(DecCursor *c, const char *field) {
  uint64_t low = dec_fixed32(c, field);
  return low | (uint64_t)dec_fixed32(c, field) << 32;
}

uint32_t dec_fixed32(DecCursor *c, const char *field) {
  DecBytes b = dec_bytes(c, 4, field);
  if (!dec_ok(c))
    return 0;
  return (uint32_t)b.at[0] | (uint32_t)b.at[1] << 8 | (uint32_t)b.at[2] << 16 |
         (uint32_t)b.at[3] << 24;
}

/* The bits of the last byte that a number of so many bits cannot use must be
   copies of its sign, or zero. */
static bool last_byte_fits(uint8_t byte, unsigned used, bool is_signed) {
  unsigned top = byte & 0x7fu;
  if (!is_signed)
    return top >> used == 0;
  unsigned high = top >> (used - 1); /* the sign and all above it */
  return high == 0 || high == 0x7fu >> (used - 1);
}

static uint64_t leb(DecCursor *c, unsigned bits, bool is_signed,
                    const char *field) {
  size_t start = c->pos;
  uint64_t value = 0;
  unsigned shift = 0;
  for (;;) {
    uint8_t byte = dec_u8(c, field);
    if (!dec_ok(c))
      return 0;
    bool is_last = shift + 7 >= bits;
    if (is_last && (byte & 0x80)) {
      dec_fail(c, start, field, "LEB128 number is too long");
      return 0;
    }
    if (is_last && !last_byte_fits(byte, bits - shift, is_signed)) {
      dec_fail(c, start, field, "LEB128 number does not fit %u bits", bits);
      return 0;
    }
    value |= (uint64_t)(byte & 0x7f) << shift;
    shift += 7;
    if (!(byte & 0x80)) {
      if (is_signed && shift < 64 && (byte & 0x40))
        value |= UINT64_MAX << shift;
      return value;
    }
  }
}

uint32_t dec_u32(DecCursor *c, const char *field) {
  return (uint32_t)leb(c, 32, false, field);
}

uint64_t dec_u64(DecCursor *c, const char *field) {
  return leb(c, 64, false, field);
}

int64_t dec_s32(DecCursor *c, const char *field) {
  return (int64_t)leb(c, 32, true, field);
}

int64_t dec_s33(DecCursor *c, const char *field) {
  return (int64_t)leb(c, 33, true, field);
}

int64_t dec_s64(DecCursor *c, const char *field) {
  return (int64_t)leb(c, 64, true, field);
}

uint32_t dec_index(DecCursor *c, uint32_t limit, const char *field) {
  size_t start = c->pos;
  uint32_t index = dec_u32(c, field);
  if (dec_ok(c) && index >= limit) {
    dec_fail(c, start, field, "index %u, but there are only %u", index, limit);
    return 0;
  }
  return index;
}

uint32_t dec_count(DecCursor *c, size_t least, const char *field) {
  size_t start = c->pos;
  uint32_t count = dec_u32(c, field);
  if (dec_ok(c) && count > dec_left(c) / least) {
    dec_fail(c, start, field, "%u items do not fit the %zu bytes left", count,
             dec_left(c));
    return 0;
  }
  return dec_ok(c) ? count : 0;
}

DecBytes dec_blob(DecCursor *c, const char *field) {
  uint32_t size = dec_u32(c, field);
  return dec_bytes(c, size, field);
}

/* The length of the UTF-8 sequence at s, or 0 if it is not one. */
static size_t utf8_length(const uint8_t *s, size_t left) {
  static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  size_t n = s[0] < 0x80             ? 1
             : (s[0] & 0xe0) == 0xc0 ? 2
             : (s[0] & 0xf0) == 0xe0 ? 3
             : (s[0] & 0xf8) == 0xf0 ? 4
                                     : 0;
  if (n < 2 || n > left)
    return n > left ? 0 : n;
  uint32_t point = s[0] & (0x7fu >> n);
  for (size_t i = 1; i < n; i++) {
    if ((s[i] & 0xc0) != 0x80)
      return 0;
    point = point << 6 | (s[i] & 0x3fu);
  }
  bool is_surrogate = point >= 0xd800 && point < 0xe000;
  return point < least[n] || point > 0x10ffff || is_surrogate ? 0 : n;
}

DecBytes dec_name(DecCursor *c, const char *field) {
  DecBytes name = dec_blob(c, field);
  for (size_t i = 0; i < name.size;) {
    size_t n = utf8_length(name.at + i, name.size - i);
    if (n == 0) {
      dec_fail(c, (size_t)(name.at - c->base) + i, field, "not UTF-8");
      return (DecBytes){c->base, 0};
    }
    i += n;
  }
  return name;
}

DecCursor dec_sub(DecCursor *c, size_t size, const char *field) {
  DecBytes bytes = dec_bytes(c, size, field);
  size_t start = (size_t)(bytes.at - c->base);
  return (DecCursor){c->base, start, start + bytes.size, c->error};
}

void dec_finish(DecCursor *c, const char *field) {
  if (dec_left(c) > 0)
    dec_fail(c, c->pos, field, "%zu bytes left over", dec_left(c));
}

bool dec_is_value_type(uint32_t type) {
  switch (type) {
  case WASM_TYPE_I32:
  case WASM_TYPE_I64:
  case WASM_TYPE_F32:
  case WASM_TYPE_F64:
  case WASM_TYPE_V128:
  case WASM_TYPE_FUNCREF:
  case WASM_TYPE_EXTERNREF:
  case WASM_TYPE_EXNREF: return true;
  default: return false;
  }
}

uint8_t dec_value_type(DecCursor *c, const char *field) {
  size_t start = c->pos;
  uint8_t type = dec_u8(c, field);
  if (dec_ok(c) && !dec_is_value_type(type))
    dec_fail(c, start, field, "0x%02x is not a value type", type);
  return type;
}

uint8_t dec_ref_type(DecCursor *c, const char *field) {
  size_t start = c->pos;
  uint8_t type = dec_u8(c, field);
  bool is_ref = type == WASM_TYPE_FUNCREF || type == WASM_TYPE_EXTERNREF ||
                type == WASM_TYPE_EXNREF;
  if (dec_ok(c) && !is_ref)
    dec_fail(c, start, field, "0x%02x is not a reference type", type);
  return type;
}

/* A block of memory; those of a module are a chain. */
typedef struct Block {
  struct Block *next;
  _Alignas(max_align_t) char bytes[];
} Block;

void *dec_alloc(DecModule *m, DecCursor *c, uint32_t count, size_t size) {
  if (count == 0 || !dec_ok(c))
    return NULL;
  Block *block = NULL;
  if (count <= (SIZE_MAX - sizeof *block) / size)
    block = calloc(1, sizeof *block + count * size);
  if (!block) {
    dec_fail(c, c->pos, "memory", "no memory for %u items", count);
    return NULL;
  }
  block->next = m->memory;
  m->memory = block;
  return block->bytes;
}

void decode_free(DecModule *module) {
  for (Block *block = module->memory; block;) {
    Block *next = block->next;
    free(block);
    block = next;
  }
  memset(module, 0, sizeof *module);
}

bool decode_same(DecBytes a, DecBytes b) {
  return a.size == b.size && (a.size == 0 || !memcmp(a.at, b.at, a.size));
}
