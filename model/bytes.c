/* bytes.c: the ground everything else stands on: the arena, names and the map
   over them, the bounded cursor that reads untrusted bytes, and the buffer
   that output grows in.

   Rule of thumb: a read that does not fit never returns, so no caller checks;
   a count is compared with the bytes left before memory is taken for it. */

#include <stdlib.h>
#include <string.h>

#include "link.h"

/* -- arena -- */

/* Each block is twice as large as the one before, since most links are small
   and what is taken is zeroed. */
enum { FIRST_BLOCK = 1 << 13, LAST_BLOCK = 1 << 18 };

struct Block {
  struct Block *next;
  size_t used, size;
  _Alignas(max_align_t) u8 bytes[];
};

static size_t next_size(const Arena *a) {
  size_t last = a->blocks ? a->blocks->size : FIRST_BLOCK / 2;
  return last < LAST_BLOCK ? last * 2 : LAST_BLOCK;
}

/* The block that n bytes are to be taken from. */
static struct Block *add_block(Arena *a, size_t n) {
  size_t size = next_size(a);
  bool is_large = n > size;
  if (is_large)
    size = n;
  struct Block *b = calloc(1, sizeof *b + size);
  if (!b)
    return NULL;
  b->size = size;
  /* A block made for one large thing goes behind the current one, which may
     still have room for small ones. */
  if (a->blocks && is_large) {
    b->next = a->blocks->next;
    a->blocks->next = b;
  } else {
    b->next = a->blocks;
    a->blocks = b;
  }
  return b;
}

void *arena_alloc(Arena *a, size_t n) {
  const size_t align = _Alignof(max_align_t);
  if (n > SIZE_MAX / 2)
    return NULL;
  n = (n + align - 1) / align * align;
  struct Block *b = a->blocks;
  if (!b || b->size - b->used < n)
    b = add_block(a, n);
  if (!b)
    return NULL;
  void *p = b->bytes + b->used;
  b->used += n;
  a->used += n;
  return p;
}

void arena_free(Arena *a) {
  while (a->blocks) {
    struct Block *b = a->blocks;
    a->blocks = b->next;
    free(b);
  }
}

void *alloc(Link *l, size_t count, size_t size) {
  void *p = NULL;
  if (size == 0 || count <= SIZE_MAX / size)
    p = arena_alloc(memory_of(l), count * size);
  if (!p)
    fail(l, DIAG_OUT_OF_MEMORY, in_file(NULL));
  return p;
}

void vec_grow(Link *l, void **p, u32 n, u32 *cap, size_t item) {
  if (n < *cap)
    return;
  if (*cap > UINT32_MAX / 2)
    fail(l, DIAG_OUT_OF_MEMORY, in_file(NULL));
  u32 wider = *cap ? *cap * 2 : 8;
  void *q = alloc(l, wider, item);
  if (n)
    memcpy(q, *p, n * item);
  *p = q;
  *cap = wider;
}

/* -- names -- */

Str str_from(const char *c) {
  return (Str){c, (u32)strlen(c)};
}

bool str_eq(Str a, Str b) {
  return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool str_is(Str a, const char *c) {
  return str_eq(a, str_from(c));
}

bool str_starts(Str a, const char *prefix) {
  size_t n = strlen(prefix);
  return a.n >= n && memcmp(a.p, prefix, n) == 0;
}

int str_cmp(Str a, Str b) {
  u32 n = a.n < b.n ? a.n : b.n;
  int order = n ? memcmp(a.p, b.p, n) : 0;
  return order ? order : (a.n > b.n) - (a.n < b.n);
}

/* 8 bytes a step, mixed at the end: names are long and many.  The seed keeps
   inputs from choosing names that collide; no order depends on it. */
static u64 str_hash(Str a, u64 seed) {
  u64 h = seed ^ a.n;
  u32 i = 0;
  for (; i + 8 <= a.n; i += 8) {
    u64 word;
    memcpy(&word, a.p + i, 8);
    h = (h ^ word) * 0x9e3779b97f4a7c15u;
    h ^= h >> 29;
  }
  for (; i < a.n; i++)
    h = (h ^ (u8)a.p[i]) * 0x100000001b3u;
  h ^= h >> 32;
  h *= 0x9e3779b97f4a7c15u;
  return h ^ (h >> 29);
}

/* Where key is, or the empty slot where it would go. */
static u32 map_find(const Map *m, Str key) {
  u32 i = (u32)str_hash(key, m->seed) & (m->cap - 1);
  while (m->keys[i].p && !str_eq(m->keys[i], key))
    i = (i + 1) & (m->cap - 1);
  return i;
}

static void map_grow(Link *l, Map *m) {
  Map wider = {.cap = m->cap ? m->cap * 2 : 64, .n = m->n};
  wider.seed = (u64)(uintptr_t)l * 0x9e3779b97f4a7c15u;
  wider.keys = alloc(l, wider.cap, sizeof *wider.keys);
  wider.values = alloc(l, wider.cap, sizeof *wider.values);
  for (u32 i = 0; i < m->cap; i++) {
    if (!m->keys[i].p)
      continue;
    u32 j = map_find(&wider, m->keys[i]);
    wider.keys[j] = m->keys[i];
    wider.values[j] = m->values[i];
  }
  *m = wider;
}

u32 *map_slot(Link *l, Map *m, Str key, bool *fresh) {
  if (m->n >= m->cap / 2)
    map_grow(l, m);
  if (!key.p)
    key.p = ""; /* the empty name is a name; a NULL one marks a free slot */
  u32 i = map_find(m, key);
  *fresh = !m->keys[i].p;
  if (*fresh) {
    m->keys[i] = key;
    m->n++;
  }
  return &m->values[i];
}

u32 map_get(const Map *m, Str key) {
  if (!m->cap)
    return NONE;
  u32 i = map_find(m, key);
  return m->keys[i].p ? m->values[i] : NONE;
}

/* -- cursor -- */

u64 cursor_offset(const Cursor *c) {
  return (u64)(c->p - c->base);
}

size_t cursor_left(const Cursor *c) {
  return (size_t)(c->end - c->p);
}

static void need(Cursor *c, size_t n, const char *field) {
  if (cursor_left(c) < n)
    fail(c->link, DIAG_TRUNCATED, at_cursor(c, field), field, n,
         cursor_left(c));
}

u8 read_u8(Cursor *c, const char *field) {
  need(c, 1, field);
  return *c->p++;
}

u32 read_u32le(Cursor *c, const char *field) {
  need(c, 4, field);
  u32 v = (u32)c->p[0] | (u32)c->p[1] << 8 | (u32)c->p[2] << 16 |
          (u32)c->p[3] << 24;
  c->p += 4;
  return v;
}

/* At most ceil(bits/7) bytes, and in the last of them only the bits that
   still belong to the value (core specification, "Integers"). */
static u64 read_leb(Cursor *c, unsigned bits, bool is_signed,
                    const char *field) {
  const u8 *start = c->p;
  u64 v = 0;
  unsigned shift = 0;
  u8 byte;
  do {
    if (c->p == c->end) {
      c->p = start;
      fail(c->link, DIAG_LEB_TRUNCATED, at_cursor(c, field), field);
    }
    byte = *c->p++;
    if (shift + 7 > bits) {
      unsigned used = bits - shift; /* bits of this byte that count */
      u8 rest = (u8)((byte & 0x7f) >> (is_signed ? used - 1 : used));
      u8 all = (u8)(0x7f >> (is_signed ? used - 1 : used));
      bool fits = rest == 0 || (is_signed && rest == all);
      if ((byte & 0x80) || !fits) {
        c->p = start;
        fail(c->link, DIAG_LEB_TOO_LARGE, at_cursor(c, field), field, bits);
      }
    }
    v |= (u64)(byte & 0x7f) << shift;
    shift += 7;
  } while (byte & 0x80);
  if (is_signed && shift < 64 && (byte & 0x40))
    v |= UINT64_MAX << shift;
  return v;
}

/* [container.leb128] */
u32 read_uleb32(Cursor *c, const char *field) {
  if (c->p < c->end && *c->p < 0x80) /* the usual case */
    return *c->p++;
  return (u32)read_leb(c, 32, false, field);
}

u64 read_uleb64(Cursor *c, const char *field) {
  return read_leb(c, 64, false, field);
}

int32_t read_sleb32(Cursor *c, const char *field) {
  return (int32_t)(i64)read_leb(c, 32, true, field);
}

i64 read_sleb64(Cursor *c, const char *field) {
  return (i64)read_leb(c, 64, true, field);
}

const u8 *read_bytes(Cursor *c, size_t n, const char *field) {
  need(c, n, field);
  const u8 *p = c->p;
  c->p += n;
  return p;
}

/* The length of the UTF-8 sequence at p, or 0 if it is none. */
static u32 utf8_length(const u8 *p, u32 left) {
  static const u32 least[] = {0, 0, 0x80, 0x800, 0x10000};
  u32 n = p[0] < 0x80             ? 1
          : (p[0] & 0xe0) == 0xc0 ? 2
          : (p[0] & 0xf0) == 0xe0 ? 3
          : (p[0] & 0xf8) == 0xf0 ? 4
                                  : 0;
  if (n > left)
    return 0;
  u32 point = p[0] & (0x7fu >> n);
  for (u32 i = 1; i < n; i++) {
    if ((p[i] & 0xc0) != 0x80)
      return 0;
    point = point << 6 | (p[i] & 0x3fu);
  }
  bool surrogate = point >= 0xd800 && point < 0xe000;
  return point < least[n] || point > 0x10ffff || surrogate ? 0 : n;
}

u32 utf8_part(Str s) {
  u32 i = 0;
  while (i < s.n) {
    u32 n = utf8_length((const u8 *)s.p + i, s.n - i);
    if (!n)
      break;
    i += n;
  }
  return i;
}

/* "UTF-8 encoding of the [...] name" (Linking.md, and the core specification
   of all other names).
   [symbol.name] [linking.segments.name] */
static void check_utf8(const Cursor *c, Str s, const char *field) {
  u32 good = utf8_part(s);
  if (good == s.n)
    return;
  Cursor at = *c;
  at.p = (const u8 *)s.p + good;
  violation(c->link, DIAG_NAME_UTF8, at_cursor(&at, field), field);
}

Str read_str(Cursor *c, const char *field) {
  u32 n = read_uleb32(c, field);
  Str s = {(const char *)read_bytes(c, n, field), n};
  if (c->link->opt.strict)
    check_utf8(c, s, field);
  return s;
}

/* [container.count] */
u32 read_count(Cursor *c, u32 least, const char *field) {
  Where w = at_cursor(c, field);
  u32 n = read_uleb32(c, field);
  if (n > cursor_left(c) / least)
    fail(c->link, DIAG_COUNT_TOO_LARGE, w, field, n, cursor_left(c));
  return n;
}

Cursor read_sub(Cursor *c, size_t n, const char *field) {
  Cursor sub = *c;
  sub.p = read_bytes(c, n, field);
  sub.end = c->p;
  return sub;
}

/* -- buffer -- */

u8 *put_space(Buf *b, size_t n) {
  if (!b->p || b->cap - b->n < n) {
    size_t cap = b->cap ? b->cap : 64;
    while (cap - b->n < n)
      cap *= 2;
    u8 *p = alloc(b->link, cap, 1);
    if (b->n)
      memcpy(p, b->p, b->n);
    b->p = p;
    b->cap = cap;
  }
  u8 *at = b->p + b->n;
  b->n += n;
  return at;
}

void put_u8(Buf *b, unsigned v) {
  *put_space(b, 1) = (u8)v;
}

void put_u32le(Buf *b, u32 v) {
  u8 *p = put_space(b, 4);
  for (unsigned i = 0; i < 4; i++)
    p[i] = (u8)(v >> (8 * i));
}

void put_uleb(Buf *b, u64 v) {
  do {
    u8 byte = v & 0x7f;
    v >>= 7;
    put_u8(b, byte | (v ? 0x80u : 0));
  } while (v);
}

void put_sleb(Buf *b, i64 v) {
  for (;;) {
    u8 byte = v & 0x7f;
    v >>= 7; /* arithmetic: keeps the sign */
    bool last = (v == 0 && !(byte & 0x40)) || (v == -1 && (byte & 0x40));
    put_u8(b, byte | (last ? 0u : 0x80));
    if (last)
      return;
  }
}

void put_bytes(Buf *b, const void *p, size_t n) {
  if (n)
    memcpy(put_space(b, n), p, n);
}

void put_str(Buf *b, Str s) {
  put_uleb(b, s.n);
  put_bytes(b, s.p, s.n);
}

void write_uleb_padded(u8 *p, u64 v, unsigned width) {
  for (unsigned i = 0; i < width; i++, v >>= 7)
    p[i] = (u8)((v & 0x7f) | (i + 1 < width ? 0x80 : 0));
}

void write_sleb_padded(u8 *p, i64 v, unsigned width) {
  for (unsigned i = 0; i < width; i++, v >>= 7)
    p[i] = (u8)((v & 0x7f) | (i + 1 < width ? 0x80 : 0));
}

unsigned uleb_size(u64 v) {
  unsigned n = 1;
  while (v >>= 7)
    n++;
  return n;
}

unsigned sleb_size(i64 v) {
  unsigned n = 1;
  for (; v < -64 || v > 63; v >>= 7)
    n++;
  return n;
}
