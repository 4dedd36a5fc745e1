/* judge_claims.c: whose each byte of the module's data is.  What no input has
   is zeros, between segments or in front of one; anything else was kept though
   it is dead, or was made from nothing.

   Rule of thumb: a string that may be merged need not stand where its segment
   would be, so that strings are known by their bytes. */

#include <string.h>

#include "judge_parts.h"

void claim(Judge *j, Part *p, u64 offset, u64 n) {
  if (!p->claimed)
    p->claimed = NEW_ARRAY(j->l, bool, p->size);
  memset(p->claimed + offset, true, n);
}

void claim_at(Judge *j, u64 address, u64 n) {
  for (u32 i = part_at(j, address); n && i < j->parts.n; i++) {
    Part *p = &j->parts.p[i];
    if (!p->placed || p->address >= address + n)
      return;
    u64 from = address > p->address ? address - p->address : 0;
    u64 to = address + n - p->address;
    if (from < p->size) /* else it lies inside one that goes on behind it */
      claim(j, p, from, (to < p->size ? to : p->size) - from);
  }
}

bool is_claimed(const Part *p, u64 offset, u64 n) {
  return p->claimed && memchr(p->claimed + offset, true, n);
}

/* -- strings -- */

static void add_strings(Judge *j, const Segment *s, Map *strings) {
  bool fresh;
  for (u32 at = 0; at < s->c.size;) {
    const char *text = (const char *)s->c.bytes + at;
    u32 n = (u32)strnlen(text, s->c.size - at);
    map_slot(j->l, strings, (Str){text, n}, &fresh);
    at += n + 1;
  }
}

/* Those of live segments that nobody has found as a whole. */
static void collect_strings(Judge *j, Map *strings) {
  for (u32 i = 0; i < j->l->objects.n; i++) {
    const Object *o = j->l->objects.p[i];
    for (u32 k = 0; k < o->nsegments; k++) {
      const Segment *s = &o->segments[k];
      if (s->c.live && may_be_merged(s) && !segment_fact(j, s)->known)
        add_strings(j, s, strings);
    }
  }
}

/* -- what is left -- */

static bool is_left(const Part *p, u64 at) {
  return p->bytes[at] && !(p->claimed && p->claimed[at]);
}

/* One of them stands there; its end may be found already, as another's. */
static bool is_string(const Part *p, u64 from, const Map *strings) {
  const char *text = (const char *)p->bytes + from;
  size_t n = strnlen(text, p->size - from);
  return from + n < p->size && map_get(strings, (Str){text, (u32)n}) != NONE;
}

static void judge_part_left(Judge *j, const Part *p, const Map *strings) {
  for (u64 at = 0; at < p->size; at++) {
    if (!is_left(p, at))
      continue;
    u64 from = at;
    while (at < p->size && is_left(p, at))
      at++;
    if (is_string(p, from, strings))
      continue;
    Site by = site_of(format(j->l, "data segment %u", p->index),
                      (u64)(p->bytes + from - j->m->bytes));
    violate(j, "gc.reachability", &by, NULL,
            "bytes of a live segment, or zeros",
            format(j->l, "%llu bytes, %llu behind its start, that are nobody's",
                   (unsigned long long)(at - from), (unsigned long long)from));
  }
}

void judge_data_left(Judge *j) {
  Map strings = {0};
  if (j->data_lost)
    return;
  collect_strings(j, &strings);
  for (u32 i = 0; i < j->parts.n; i++)
    judge_part_left(j, &j->parts.p[i], &strings);
}
