/* strings.c: sections of NUL-terminated strings become one, in which every
   string stands once and a string that ends another is found inside it.

   The order is that of the strings read backwards, descending, so that a
   string comes right behind the one whose tail it is.  It does not depend on
   the order of the inputs. */

#include <stdlib.h>
#include <string.h>

#include "link.h"

/* What is relocated is no part of a string that others could share, here and
   below.
   [segment.strings] [strings.alignment] */
bool mergeable_segment(const Link *l, const Segment *s) {
  return l->opt.optimize > 0 && (s->flags & WASM_SEG_FLAG_STRINGS) &&
         s->c.align == 0 && s->c.size > 0 && !s->c.nrelocs;
}

/* Custom sections carry no flags: these are known by name.
   [strings.debug] */
bool mergeable_customs(const Link *l, Chunk *const *chunks, u32 n) {
  Str name = chunks[0]->name;
  bool strings = str_is(name, ".debug_str") || str_is(name, ".debug_str.dwo") ||
                 str_is(name, ".debug_line_str");
  for (u32 i = 0; i < n; i++)
    strings &= !chunks[i]->nrelocs;
  return l->opt.optimize > 0 && strings;
}

void split_strings(Link *l, Chunk *c) {
  u32 n = 0;
  for (u32 i = 0; i < c->size; i++)
    n += c->bytes[i] == 0;
  if (c->size && c->bytes[c->size - 1] != 0)
    fail(l, DIAG_STRING_UNTERMINATED, at_chunk(c, c->size - 1, "string"),
         pretty(l, c->name));
  c->pieces = NEW_ARRAY(l, Piece, n);
  u32 start = 0;
  for (u32 i = 0; i < c->size; i++) {
    if (c->bytes[i])
      continue;
    c->pieces[c->npieces++] = (Piece){start, 0};
    start = i + 1;
  }
}

static Str piece_string(const Chunk *c, u32 i) {
  u32 start = c->pieces[i].in_offset;
  u32 end = i + 1 < c->npieces ? c->pieces[i + 1].in_offset : c->size;
  return (Str){(const char *)c->bytes + start, end - start};
}

/* One string of the result. */
typedef struct Entry {
  Str s;
  u32 offset;
} Entry;

static int by_tail(const void *x, const void *y) {
  const Entry *const *a = x, *const *b = y;
  Str s = (*a)->s, t = (*b)->s;
  u32 n = s.n < t.n ? s.n : t.n;
  for (u32 i = 1; i <= n; i++) {
    u8 p = (u8)s.p[s.n - i], q = (u8)t.p[t.n - i];
    if (p != q)
      return p > q ? -1 : 1;
  }
  return s.n > t.n ? -1 : s.n < t.n;
}

static bool ends_with(Str s, Str tail) {
  return s.n >= tail.n && memcmp(s.p + s.n - tail.n, tail.p, tail.n) == 0;
}

/* Where each entry goes; returns the size of all.
   [strings.merge-tails] [strings.order] */
static u64 lay_out(Entry **sorted, u32 n) {
  u64 size = 0;
  Str last = {0};
  for (u32 i = 0; i < n; i++) {
    Entry *e = sorted[i];
    if (ends_with(last, e->s)) {
      e->offset = (u32)size - e->s.n;
      continue;
    }
    e->offset = (u32)size;
    size += e->s.n;
    last = e->s;
  }
  return size;
}

Chunk *merge_strings(Link *l, Chunk **chunks, u32 n) {
  Map seen = {0};
  VEC(Entry *) entries = {0};
  Chunk *out = NEW(l, Chunk);
  *out = *chunks[0];
  out->strings = true;
  for (u32 i = 0; i < n; i++) {
    Chunk *c = chunks[i];
    c->merged = out;
    for (u32 k = 0; k < c->npieces; k++) {
      bool fresh;
      Str s = piece_string(c, k);
      u32 *at = map_slot(l, &seen, s, &fresh);
      if (fresh) {
        *at = entries.n;
        Entry *e = NEW(l, Entry);
        e->s = s;
        VEC_PUSH(l, entries, e);
      }
      c->pieces[k].out_offset = *at; /* until the entries have offsets */
    }
  }
  Entry **sorted = NEW_ARRAY(l, Entry *, entries.n);
  if (entries.n) {
    memcpy(sorted, entries.p, entries.n * sizeof *sorted);
    qsort(sorted, entries.n, sizeof *sorted, by_tail);
  }
  u64 size = lay_out(sorted, entries.n);
  if (size > UINT32_MAX)
    fail(l, DIAG_OUTPUT_TOO_LARGE, in_file(NULL), pretty(l, out->name), size);
  out->size = (u32)size;
  u8 *bytes = NEW_ARRAY(l, u8, out->size);
  for (u32 i = 0; i < entries.n; i++)
    memcpy(bytes + sorted[i]->offset, sorted[i]->s.p, sorted[i]->s.n);
  out->bytes = bytes;
  for (u32 i = 0; i < n; i++)
    for (u32 k = 0; k < chunks[i]->npieces; k++) {
      Piece *p = &chunks[i]->pieces[k];
      p->out_offset = entries.p[p->out_offset]->offset;
    }
  return out;
}

/* The piece that holds this offset of the chunk; the last one for what lies
   behind the end. */
static const Piece *find_piece(const Chunk *c, u64 offset) {
  u32 low = 0, high = c->npieces;
  while (high - low > 1) {
    u32 mid = low + (high - low) / 2;
    if (c->pieces[mid].in_offset <= offset)
      low = mid;
    else
      high = mid;
  }
  return &c->pieces[low];
}

/* [strings.addend] */
u64 chunk_offset(const Chunk *c, u64 offset) {
  if (!c->merged)
    return c->out_offset + offset;
  const Piece *p = find_piece(c, offset);
  return c->merged->out_offset + p->out_offset + (offset - p->in_offset);
}
