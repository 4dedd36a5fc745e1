/* judge_bytes.c: where a violation is, and the bytes that show it.

   Takes the site that a violation is about, or a walk over bytes that differ.
   Gives a few bytes of the input and of the module, side by side.  Rule of
   thumb: what is shown is never read from, so that it may be cut anywhere. */

#include "judge_parts.h"

enum { AROUND = 8 }; /* bytes shown on either side */

Excerpt excerpt(const char *file, const u8 *bytes, u64 size, u64 offset,
                u64 width) {
  if (!bytes || offset > size)
    return (Excerpt){0};
  u64 begin = offset < AROUND ? 0 : offset - AROUND;
  u64 to = width < size - offset ? offset + width : size;
  u64 end = size - to < AROUND ? size : to + AROUND;
  return (Excerpt){file,
                   bytes + begin,
                   begin,
                   (u32)(end - begin),
                   (u32)(offset - begin),
                   (u32)(to - begin)};
}

/* The field at an offset of the module: a LEB may have lost its padding. */
static u64 field_width(const DecModule *m, u64 offset, Encoding e) {
  u64 full = encoding_width(e), n = 1;
  if (e == ENC_I32 || e == ENC_I64)
    return full;
  while (n < full && offset + n < m->size && m->bytes[offset + n - 1] & 0x80)
    n++;
  return n;
}

void show_site(Judge *j, const Site *by, Violation *v) {
  const DecModule *m = j->m;
  const Object *o = by->chunk ? by->chunk->obj : NULL;
  Encoding e = by->r ? reloc_info(by->r->kind)->encoding : ENC_I32;
  if (by->out < m->size)
    v->output = excerpt(NULL, m->bytes, m->size, by->out,
                        by->r ? field_width(m, by->out, e) : 1);
  if (!o)
    return;
  v->at = by->r     ? at_reloc(j->l, by->chunk, by->r)
          : o->unit ? in_object(o)
                    : at_chunk(by->chunk, 0, NULL);
  if (by->r && v->at.offset != NO_OFFSET)
    v->input =
        excerpt(o->name, o->bytes, o->size, v->at.offset, encoding_width(e));
}

void show_difference(Judge *j, Walk w) {
  u32 last = j->out->violations.n;
  if (last != j->out->nviolations)
    return; /* one that the limit left out */
  Violation *v = &j->out->violations.p[last - 1];
  const Object *o = w.c->obj;
  const u8 *first = j->m->bytes, *end = first + j->m->size;
  const Reloc *r;
  u64 value, width = 0;
  const u8 *site;
  while (walk_next(&w, &r, &value, &site))
    continue;
  while (w.at + width < w.c->size && w.p + width < w.end &&
         w.c->bytes[w.at + width] != w.p[width])
    width++;
  if (!o->unit)
    v->wanted = excerpt(o->name, o->bytes, o->size,
                        (u64)(w.c->bytes - o->bytes) + w.at, width ? width : 1);
  if (w.p >= first && w.p < end)
    v->instead =
        excerpt(NULL, first, j->m->size, (u64)(w.p - first), width ? width : 1);
}
