/* judge_strings.c: strings that may be merged.  Each stands on its own: where
   its segment would be, or where an equal one is.

   Rule of thumb: a string has one address at all sites; of equal ones a linker
   that merges keeps one. */

#include <string.h>

#include "judge_parts.h"

/* A string of the inputs that was found. */
typedef struct Text {
  const Segment *s;
  u64 offset; /* in s */
  Fact at;
  u32 part; /* data segment that has it */
  u32 next; /* another with these characters, elsewhere; or NONE */
} Text;

/* Where a segment of strings would be, by the first that was found. */
typedef struct Whole {
  bool known, fits;
  u64 address;
} Whole;

struct Strings {
  Map places; /* segment and offset -> position in texts */
  Map firsts; /* characters -> the same, of the first */
  VEC(Text) texts;
  Whole *wholes; /* by number of the segment */
};

typedef struct Place {
  const Segment *s;
  u64 offset;
} Place;

static Strings *strings_of(Judge *j) {
  if (!j->strings) {
    u32 n = 0;
    for (u32 i = 0; i < j->l->objects.n; i++)
      n += j->l->objects.p[i]->nsegments;
    j->strings = NEW(j->l, Strings);
    j->strings->wholes = NEW_ARRAY(j->l, Whole, n);
  }
  return j->strings;
}

/* Linkers that merge look among segments that are alike, and will be in one. */
static bool alike(const Text *a, const Text *b) {
  return a->part == b->part && a->s->flags == b->s->flags;
}

/* Is it where another one is that has these characters? */
static void compare(Judge *j, u32 new, Str text) {
  Strings *all = strings_of(j);
  bool fresh;
  u32 *first = map_slot(j->l, &all->firsts, text, &fresh);
  Text *t = &all->texts.p[new];
  if (fresh)
    *first = NONE;
  for (u32 i = *first; i != NONE; i = all->texts.p[i].next) {
    const Text *other = &all->texts.p[i];
    if (alike(t, other))
      return choose(j, PERMISSION_MERGED_STRINGS,
                    t->at.value == other->at.value, &t->at.by);
  }
  t->next = *first;
  *first = new;
}

/* Do all of the segment's strings follow each other as in the input? */
static void judge_whole(Judge *j, const Segment *s, u64 address,
                        const Site *by) {
  Whole *w = &strings_of(j)->wholes[segment_fact(j, s) - j->segments];
  u32 at;
  if (!w->known)
    *w = (Whole){true, segment_fits(j, s, address, &at), address};
  if (!w->fits || w->address != address)
    choose(j, PERMISSION_MERGED_STRINGS, true, by);
}

static bool begins(const Segment *s, u64 offset) {
  return !offset || !s->c.bytes[offset - 1];
}

static void settle(Judge *j, const Text *new, Str text) {
  Strings *all = strings_of(j);
  Place *key = NEW(j->l, Place);
  bool fresh;
  *key = (Place){new->s, new->offset};
  u32 *at = map_slot(j->l, &all->places, (Str){(const char *)key, sizeof *key},
                     &fresh);
  *at = all->texts.n;
  VEC_PUSH(j->l, all->texts, *new);
  bool bytes = !new->s->c.align; /* wider characters nobody need know */
  if (bytes && begins(new->s, new->offset))
    compare(j, all->texts.n - 1, text);
  judge_whole(j, new->s, new->at.value - new->offset, &new->at.by);
}

/* It has been found: somewhere else it is not. */
static void is_there(Judge *j, const Text *t, u64 address, const Site *by) {
  if (t->at.value != address)
    contradict(j, &t->at, address, by, "reloc.memory.value",
               segment_text(j, t->s), "address");
}

/* From offset to its end. */
static Str string_at(const Segment *s, u64 offset) {
  const char *text = (const char *)s->c.bytes + offset;
  return (Str){text, (u32)strnlen(text, s->c.size - offset) + 1};
}

static const Text *known_text(Judge *j, const Segment *s, u64 offset) {
  Place key = {s, offset};
  u32 known =
      map_get(&strings_of(j)->places, (Str){(const char *)&key, sizeof key});
  return known == NONE ? NULL : &strings_of(j)->texts.p[known];
}

bool string_could_be(Judge *j, const Segment *s, u64 offset, u64 address) {
  if (offset >= s->c.size)
    return false;
  const Text *t = known_text(j, s, offset);
  if (t)
    return t->at.value == address;
  Str text = string_at(s, offset);
  const Part *p = part_with(j, address, text.n);
  return p && memcmp(p->bytes + (address - p->address), text.p, text.n) == 0;
}

bool only_string_at(Judge *j, const Segment *s, u64 *address) {
  bool one = may_be_merged(s) && string_at(s, 0).n == s->c.size;
  const Text *t = one ? known_text(j, s, 0) : NULL;
  if (t)
    *address = t->at.value;
  return t;
}

bool string_is_at(Judge *j, const Segment *s, u64 offset, u64 address,
                  const Site *by) {
  const Text *t = known_text(j, s, offset);
  if (t) {
    is_there(j, t, address, by);
    return true;
  }
  if (!string_could_be(j, s, offset, address))
    return false;
  Str text = string_at(s, offset);
  u32 part = part_with(j, address, text.n)->index;
  claim_at(j, address, text.n);
  settle(j, &(Text){s, offset, {address, true, *by}, part, NONE}, text);
  return true;
}
