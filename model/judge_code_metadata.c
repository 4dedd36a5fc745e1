/* judge_code_metadata.c: custom sections metadata.code.T (CodeMetadata.md).

   What an input says of a place in its code, the module says of the place where
   that went: in one vector, in order, and it says nothing else.  A linker may
   leave out the section as a whole.

   Rule of thumb: functions, and places in them, have been found by the walk
   over sites; the module's vector is read beside them. */

#include <stdlib.h>

#include "judge_parts.h"

/* -- what ought to be there -- */

/* What an input says, and of what in the module. */
typedef struct Instance {
  Metadata m;
  u32 index, place;   /* of the function; in its body */
  size_t entry, data; /* where the module says it, in the file; 0: nowhere */
} Instance;

struct CodeMetadata {
  Str name;
  const DecSection *at; /* NULL: the module has none */
  VEC(Instance) all;    /* by index and place */
  bool lost;            /* some function was not found: that was said */
};

static int by_place(const void *x, const void *y) {
  const Instance *a = x, *b = y;
  if (a->index != b->index)
    return a->index < b->index ? -1 : 1;
  return (a->place > b->place) - (a->place < b->place);
}

static void expect_all(Judge *j, CodeMetadata *u, const Chunk *c) {
  MetadataWalk w = walk_metadata(c);
  while (next_metadata(&w)) {
    const Fact *fact = function_fact(j, w.m.f);
    if (!w.m.f->c.live)
      continue;
    if (!fact->known) {
      u->lost = true;
      continue;
    }
    u32 place = (u32)body_place(j, w.m.f, w.m.position);
    VEC_PUSH(j->l, u->all, ((Instance){w.m, (u32)fact->value, place, 0, 0}));
  }
}

/* -- what is there -- */

static Site site_in(Judge *j, const CodeMetadata *u, size_t at) {
  return site_of(format(j->l, "custom section %s", plain(j->l, u->name)), at);
}

static void judge_order(Judge *j, const CodeMetadata *u, const DecMetadata *d,
                        const DecMetadata *last) {
  Site by = site_in(j, u, d->offset);
  bool same = d->entry == last->entry;
  if (same ? d->position <= last->position : d->func <= last->func)
    violate(j, "code-metadata.order", &by, NULL,
            same ? "offsets in increasing order"
                 : "functions in increasing order",
            same ? format(j->l, "%u behind %u", d->position, last->position)
                 : format(j->l, "%u behind %u", d->func, last->func));
}

/* The first one of that function and place, or one behind it. */
static u32 first_at(const CodeMetadata *u, u32 index, u32 place) {
  u32 from = 0, to = u->all.n;
  while (from < to) {
    u32 middle = from + (to - from) / 2;
    const Instance *k = &u->all.p[middle];
    if (k->index < index || (k->index == index && k->place < place))
      from = middle + 1;
    else
      to = middle;
  }
  return from;
}

static bool is_at(const CodeMetadata *u, u32 i, u32 index, u32 place) {
  return i < u->all.n && u->all.p[i].index == index &&
         u->all.p[i].place == place;
}

/* Is something said of that function, wherever? */
static bool is_about(const CodeMetadata *u, u32 index) {
  u32 i = first_at(u, index, 0);
  return i < u->all.n && u->all.p[i].index == index;
}

static bool fits(const Instance *k, const DecMetadata *d) {
  Chunk data = metadata_data(&k->m);
  u32 at;
  return same_shape(walk_bytes(&data, d->data.at, d->data.size), &at);
}

/* Of several about one place, as of functions that became one, any will do. */
static void judge_instance(Judge *j, CodeMetadata *u, const DecMetadata *d) {
  u32 first = first_at(u, d->func, d->position), i = first;
  Site by = site_in(j, u, d->offset);
  if (!is_at(u, first, d->func, d->position)) {
    if (!u->lost)
      violate(j,
              is_about(u, d->func) ? "code-metadata.position"
                                   : "code-metadata.drop",
              &by, NULL, "what an input says of code that is here",
              format(j->l, "something of function %u, byte %u", d->func,
                     d->position));
    return;
  }
  while (is_at(u, i, d->func, d->position) && !fits(&u->all.p[i], d))
    i++;
  if (!is_at(u, i, d->func, d->position))
    i = first;
  Instance *k = &u->all.p[i];
  k->entry = d->entry;
  k->data = (size_t)(d->data.at - j->m->bytes);
  Chunk *data = NEW(j->l, Chunk);
  *data = metadata_data(&k->m);
  judge_custom_bytes(j, "code-metadata.merge", data, d->data.at, d->data.size);
}

static void judge_missing_ones(Judge *j, const CodeMetadata *u) {
  for (u32 i = 0, next; i < u->all.n; i = next) {
    const Instance *k = &u->all.p[i];
    bool said = false;
    for (next = i; is_at(u, next, k->index, k->place); next++)
      said |= u->all.p[next].entry != 0;
    Site by = {k->m.c, NULL, NULL, u->at->offset};
    if (!said)
      violate(j, "code-metadata.merge", &by, NULL,
              format(j->l, "what it says of %s, byte %u",
                     pretty(j->l, k->m.f->c.name), k->m.position),
              "nothing of that");
  }
}

CodeMetadata *judge_code_metadata(Judge *j, Str name, const DecSection *at,
                                  const Chunk *const *chunks, u32 n) {
  CodeMetadata *u = NEW(j->l, CodeMetadata);
  *u = (CodeMetadata){.name = name, .at = at};
  for (u32 i = 0; i < n; i++)
    expect_all(j, u, chunks[i]);
  if (u->all.n)
    qsort(u->all.p, u->all.n, sizeof *u->all.p, by_place);
  if (!at && u->all.n)
    take(j, PERMISSION_NO_CODE_METADATA);
  if (!at)
    return u;
  DecError error = {0};
  DecMetadata d = {0}, last = {0};
  size_t end = at->payload + at->size;
  DecCursor c = decode_cursor(j->m->bytes, at->contents, end, &error);
  for (; decode_metadata(&c, &d); last = d) {
    if (last.entry)
      judge_order(j, u, &d, &last);
    judge_instance(j, u, &d);
  }
  Site by = site_in(j, u, c.pos);
  if (error.field)
    violate(j, "code-metadata.merge", &by, NULL, "one vector of functions",
            format(j->l, "%s: %s", error.field, error.message));
  else if (c.pos < end)
    violate(j, "code-metadata.merge", &by, NULL, "one vector of functions",
            format(j->l, "%zu bytes behind it", end - c.pos));
  else
    judge_missing_ones(j, u);
  return u;
}

/* What is said once may be said of a function that several entries are about:
   theirs became one. */
void judge_metadata_records(Judge *j, const CodeMetadata *u) {
  for (u32 i = 0; u->at && i < u->all.n; i++) {
    const Instance *k = &u->all.p[i];
    u32 section = (u32)(u->at - j->m->sections);
    if (!k->entry)
      continue;
    Chunk index, data = metadata_data(&k->m);
    if (metadata_index(&k->m, &index))
      judge_records(j, &index, section, k->entry - u->at->contents);
    judge_records(j, &data, section, k->data - u->at->contents);
  }
}
