/* layout_zig.c: the order of data that Zig's own linker has, --layout=zig.
   Takes the live input segments, gives output segments.

   Rule of thumb: input segments are sorted one by one, not gathered by name
   and kept in input order.  Thread-local data stands first and zeros last;
   between them go prefixes by name, and within a prefix the strictest
   alignment first, which leaves the fewest gaps.  Neighbours that belong
   together then become one output segment.  Strings are not merged.

   Zig's linker was unfinished when this order was designed.  Where its
   versions disagree: thread-local data first (once it was last), as one block
   (once it was split, but __tls_base is the start of all of it); a name
   without a dot is its own prefix (once it had none).  Where they are wrong:
   a block is aligned as its strictest member, wherever that stands; and a
   segment that __start_ and __stop_ can bound is not mixed with others. */

#include <stdlib.h>

#include "link.h"

typedef enum { CLASS_TLS, CLASS_DATA, CLASS_ZERO } Class;

typedef struct Key {
  Segment *segment;
  Class class;
  Str prefix, suffix;
  bool plain; /* no dot: __start_NAME and __stop_NAME are its bounds */
  u32 index;  /* among all live segments, in input order */
} Key;

/* ".data.rel.ro" -> ".data", ".rel.ro";  ".bss" -> ".bss", "". */
static void split_name(Key *k, Str name) {
  if (!name.n)
    name = STR(""); /* the segment has no name at all */
  u32 first = name.n && name.p[0] == '.', pivot = first;
  while (pivot < name.n && name.p[pivot] != '.')
    pivot++;
  k->prefix = (Str){name.p, pivot};
  k->suffix = (Str){name.p + pivot, name.n - pivot};
  k->plain = !first && pivot == name.n;
}

static Class segment_class(const Segment *s, Str prefix) {
  if (s->flags & WASM_SEG_FLAG_TLS)
    return CLASS_TLS;
  return str_is(prefix, ".bss") && is_zero(&s->c) ? CLASS_ZERO : CLASS_DATA;
}

static int less(u32 a, u32 b) {
  return (a > b) - (a < b);
}

/* The whole order, most important first. */
static int compare(const void *pa, const void *pb) {
  const Key *a = pa, *b = pb;
  int order = less(a->class, b->class);
  if (!order)
    order = str_cmp(a->prefix, b->prefix);
  if (!order)
    order = less(b->plain, a->plain);
  if (!order)
    order = less(b->segment->c.align, a->segment->c.align);
  if (!order)
    order = str_cmp(a->suffix, b->suffix);
  return order ? order : less(a->index, b->index);
}

/* Do neighbours in that order become one output segment? */
static bool belong_together(const Key *a, const Key *b) {
  if (a->class != b->class)
    return false;
  return a->class != CLASS_DATA ||
         (str_eq(a->prefix, b->prefix) && a->plain == b->plain);
}

/* "mysec.a" must not be called "mysec": that is a group of its own. */
static Str group_name(const Key *k) {
  if (k->class == CLASS_TLS)
    return STR(".tdata");
  bool own = k->prefix.n && k->prefix.p[0] != '.' && !k->plain;
  return own ? (Str){k->prefix.p, k->prefix.n + 1} : k->prefix;
}

static OutSegment *new_group(Link *l, const Key *first) {
  OutSegment *s = NEW(l, OutSegment);
  s->name = group_name(first);
  s->is_tls = first->class == CLASS_TLS;
  s->is_bss = first->class == CLASS_ZERO;
  VEC_PUSH(l, l->segments, s);
  return s;
}

/* [layout.zig.order] [layout.zig.contents] */
void gather_zig(Link *l) {
  VEC(Key) keys = {0};
  for (u32 i = 0; i < l->objects.n; i++) {
    Object *o = l->objects.p[i];
    for (u32 k = 0; k < o->nsegments; k++) {
      Segment *s = &o->segments[k];
      if (!stands_for_itself(s))
        continue;
      Key key = {.segment = s, .index = keys.n};
      split_name(&key, s->c.name);
      key.class = segment_class(s, key.prefix);
      VEC_PUSH(l, keys, key);
    }
  }
  if (keys.n)
    qsort(keys.p, keys.n, sizeof *keys.p, compare);
  OutSegment *group = NULL;
  for (u32 i = 0; i < keys.n; i++) {
    Key *k = &keys.p[i];
    if (!i || !belong_together(&keys.p[i - 1], k))
      group = new_group(l, k);
    join_segment(l, group, k->segment);
  }
}
