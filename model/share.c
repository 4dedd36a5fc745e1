/* share.c: equal anonymous data become one.  Anonymous data are values, not
   objects: they have no name, and nobody writes them, so nobody can tell two
   equal ones apart but by comparing addresses, and no language promises that
   those of two equal constants differ.  Named data are never shared.

   Two are equal when their bytes are, and their fixups: at the same positions,
   with the same addends, to the same symbols or to anonymous data that are
   equal.  Alignment is no part of it: what is shared gets the largest.  Data
   that reach themselves are kept apart.

   Within a unit this happens when it is read or lowered, so that an object of
   it is as small; across units when it is known what is live, as for strings,
   and as for strings not with -O0. */

#include <string.h>

#include "link.h"

/* What is known of a value. */
enum { UNSEEN, OPEN, DONE };

typedef struct Sharing {
  Link *l;
  Constant *values;
  u8 *state;
  Map by_key;
} Sharing;

/* The bytes that equal values have in common; NULL: it reaches itself. */
static Str value_key(Sharing *s, const Constant *v) {
  Buf b = {.link = s->l};
  put_uleb(&b, v->size);
  put_bytes(&b, v->bytes, v->size);
  size_t start = b.n - v->size;
  for (u32 i = 0; i < v->nrefs; i++) {
    const Ref *r = &v->refs[i];
    bool to_value = r->value != NONE;
    if (to_value && s->state[r->value] != DONE)
      return (Str){0};
    memset(b.p + start + r->position, 0,
           encoding_width(reloc_info(r->kind)->encoding));
    put_uleb(&b, r->position);
    put_sleb(&b, r->addend);
    put_u8(&b, to_value);
    put_uleb(&b, to_value ? s->values[r->value].first : r->target);
  }
  return (Str){(char *)b.p, (u32)b.n};
}

/* All that value i refers to is done, but for what refers back to it. */
static void close_value(Sharing *s, u32 i) {
  Constant *v = &s->values[i];
  Str key = value_key(s, v);
  bool fresh = true;
  u32 *first = key.p ? map_slot(s->l, &s->by_key, key, &fresh) : NULL;
  if (fresh && first)
    *first = i;
  v->first = fresh ? i : *first;
  s->state[i] = DONE;
}

/* What a value refers to comes before it: a walk in depth, on a stack of our
   own since chains may be long. */
static void visit(Sharing *s, u32 root) {
  VEC(u32) stack = {0};
  VEC_PUSH(s->l, stack, root);
  while (stack.n) {
    u32 i = stack.p[stack.n - 1];
    if (s->state[i] != UNSEEN) {
      stack.n--;
      if (s->state[i] == OPEN)
        close_value(s, i);
      continue;
    }
    s->state[i] = OPEN;
    const Constant *v = &s->values[i];
    for (u32 k = 0; k < v->nrefs; k++)
      if (v->refs[k].value != NONE && s->state[v->refs[k].value] == UNSEEN)
        VEC_PUSH(s->l, stack, v->refs[k].value);
  }
}

void share_constants(Link *l, Constant *values, u32 n) {
  Sharing s = {l, values, NEW_ARRAY(l, u8, n), {0}};
  for (u32 i = 0; i < n; i++)
    visit(&s, i);
  /* Of equal ones the walk may have met a later one first. */
  u32 *first = NEW_ARRAY(l, u32, n);
  memset(first, 0xff, n * sizeof *first); /* NONE */
  for (u32 i = 0; i < n; i++) {
    u32 *f = &first[values[i].first];
    if (*f == NONE)
      *f = i;
    values[i].first = *f;
  }
}

/* -- across units -- */

typedef VEC(Segment *) SegmentVec;

static SegmentVec anonymous_segments(Link *l) {
  SegmentVec all = {0};
  for (u32 i = 0; i < l->objects.n && l->opt.optimize > 0; i++) {
    Object *o = l->objects.p[i];
    for (u32 k = 0; o->unit && k < o->nsegments; k++) {
      Segment *s = &o->segments[k];
      if (!s->anonymous || !s->c.live)
        continue;
      s->value = all.n;
      VEC_PUSH(l, all, s);
    }
  }
  return all;
}

static Ref make_ref(const Chunk *c, const Reloc *r) {
  const Symbol *s = c->obj->symbols[r->index];
  bool anonymous = s->seg && s->seg->anonymous;
  return (Ref){.position = r->offset, /* a unit's chunks are no part of more */
               .kind = r->kind,
               .addend = r->addend,
               .value = anonymous ? s->seg->value : NONE,
               .target = (u64)(uintptr_t)s};
}

/* [unit.anonymous] */
void share_segments(Link *l) {
  SegmentVec all = anonymous_segments(l);
  Constant *values = NEW_ARRAY(l, Constant, all.n);
  for (u32 i = 0; i < all.n; i++) {
    const Chunk *c = &all.p[i]->c;
    Ref *refs = NEW_ARRAY(l, Ref, c->nrelocs);
    for (u32 k = 0; k < c->nrelocs; k++)
      refs[k] = make_ref(c, &c->relocs[k]);
    values[i] = (Constant){c->bytes, c->size, refs, c->nrelocs, i};
  }
  share_constants(l, values, all.n);
  for (u32 i = 0; i < all.n; i++) {
    if (values[i].first == i)
      continue;
    Chunk *c = &all.p[i]->c, *first = &all.p[values[i].first]->c;
    if (c->align > first->align)
      first->align = c->align;
    /* As a string that is found inside another: see chunk_offset(). */
    c->merged = first;
    c->pieces = NEW(l, Piece);
    c->npieces = 1;
  }
}
