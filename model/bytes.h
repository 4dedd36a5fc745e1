/* bytes.h: the arena, names, maps, a bounded cursor, growing buffers: bytes.c.
 */

#ifndef LINKSPEC_BYTES_H
#define LINKSPEC_BYTES_H

#include "model.h"

typedef struct Arena {
  struct Block *blocks;
  size_t used; /* bytes handed out, all blocks */
} Arena;

/* Zeroed memory, aligned for any type.  NULL when the machine has no more. */
void *arena_alloc(Arena *a, size_t n);
void arena_free(Arena *a);
/* The arena that the link takes memory from now. */
Arena *memory_of(Link *l);
/* From that arena; fails the link when there is no more. */
void *alloc(Link *l, size_t count, size_t size);
#define NEW(l, T) ((T *)alloc((l), 1, sizeof(T)))
#define NEW_ARRAY(l, T, n) ((T *)alloc((l), (n), sizeof(T)))

Str str_from(const char *c);
bool str_eq(Str a, Str b);
bool str_is(Str a, const char *c);
bool str_starts(Str a, const char *prefix);
int str_cmp(Str a, Str b); /* by bytes, then by length */
u32 utf8_part(Str s);      /* how many bytes of it, from the first, are UTF-8 */

/* An insertion-ordered map from names to u32, the first value wins. */
typedef struct Map {
  Str *keys;
  u32 *values;
  u32 n, cap; /* cap is a power of two or 0 */
  u64 seed;   /* of the hash */
} Map;

/* The slot for key: *fresh says whether it was made now (value 0). */
u32 *map_slot(Link *l, Map *m, Str key, bool *fresh);
/* The value of key, or NONE. */
u32 map_get(const Map *m, Str key);

/* A cursor over borrowed bytes.  Every read names its field; the first one
   that does not fit fails the link with file, offset and that name. */
typedef struct Cursor {
  Link *link;
  const char *file; /* as diagnostics name it */
  const u8 *p, *end;
  const u8 *base; /* offset 0 of the file */
  Str section;    /* that it is in, if any */
} Cursor;

u64 cursor_offset(const Cursor *c);
size_t cursor_left(const Cursor *c);
u8 read_u8(Cursor *c, const char *field);
u32 read_u32le(Cursor *c, const char *field);
u32 read_uleb32(Cursor *c, const char *field);
u64 read_uleb64(Cursor *c, const char *field);
int32_t read_sleb32(Cursor *c, const char *field);
i64 read_sleb64(Cursor *c, const char *field);
const u8 *read_bytes(Cursor *c, size_t n, const char *field);
Str read_str(Cursor *c, const char *field);
/* A count of things that take at least `least` bytes each: one that cannot
   fit in the bytes left fails before anything is allocated for it. */
u32 read_count(Cursor *c, u32 least, const char *field);
/* The next n bytes as a cursor of their own; c goes on behind them. */
Cursor read_sub(Cursor *c, size_t n, const char *field);

/* A growing buffer in the link's arena. */
typedef struct Buf {
  Link *link;
  u8 *p;
  size_t n, cap;
} Buf;

void put_u8(Buf *b, unsigned v);
void put_u32le(Buf *b, u32 v);
void put_uleb(Buf *b, u64 v);
void put_sleb(Buf *b, i64 v);
void put_bytes(Buf *b, const void *p, size_t n);
void put_str(Buf *b, Str s); /* length, then bytes */
u8 *put_space(Buf *b, size_t n);

/* LEB128 with exactly `width` bytes: padded when the value needs fewer. */
void write_uleb_padded(u8 *p, u64 v, unsigned width);
void write_sleb_padded(u8 *p, i64 v, unsigned width);
/* Bytes of the shortest encoding. */
unsigned uleb_size(u64 v);
unsigned sleb_size(i64 v);

/* Arrays that grow in the arena: VEC(T) v; VEC_PUSH(l, v, x). */
#define VEC(T)                                                                 \
  struct {                                                                     \
    T *p;                                                                      \
    u32 n, cap;                                                                \
  }
#define VEC_PUSH(l, v, x)                                                      \
  (vec_grow((l), (void **)&(v).p, (v).n, &(v).cap, sizeof *(v).p),             \
   (v).p[(v).n++] = (x))
void vec_grow(Link *l, void **p, u32 n, u32 *cap, size_t item);
typedef VEC(Str) StrVec;

#endif
