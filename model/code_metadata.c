/* code_metadata.c: custom sections metadata.code.T (CodeMetadata.md).  Each is
   one vector of functions, by index, and of each a vector of instances, by
   offset: what there is to say of an instruction, such as that a branch is
   unlikely.

   Rule of thumb: an instance is about the bytes of its own object.  It goes
   where they go, whoever has their function's name in the end, and it goes
   when they go.  The vectors of all inputs become one; what is no vector cannot
   be kept, and to drop it changes no meaning. */

#include <stdlib.h>

#include "link.h"

bool is_code_metadata(Str name) {
  return str_starts(name, "metadata.code.");
}

/* -- an input's vector, instance by instance -- */

MetadataWalk walk_metadata(const Chunk *c) {
  return (MetadataWalk){.c = c, .m.c = c};
}

static bool fault(MetadataWalk *w, u32 at, const char *field, const char *why) {
  w->at = at;
  w->field = field;
  w->why = why;
  return false;
}

/* The next relocation, if it begins before that offset. */
static const Reloc *reloc_before(const MetadataWalk *w, u32 end) {
  if (w->reloc == w->c->nrelocs)
    return NULL;
  const Reloc *r = &w->c->relocs[w->reloc];
  return r->offset < end ? r : NULL;
}

static bool take_uleb(MetadataWalk *w, const char *field, u32 *value) {
  u64 v = 0;
  u32 at = w->at;
  u8 byte = 0x80;
  for (u32 shift = 0; byte & 0x80 && shift < 35 && at < w->c->size; shift += 7)
    v |= (u64)((byte = w->c->bytes[at++]) & 0x7f) << shift;
  if (byte & 0x80 || v > UINT32_MAX)
    return fault(w, w->at, field, "is no number of 32 bits");
  if (reloc_before(w, at))
    return fault(w, w->at, field, "is nothing that can be relocated");
  w->at = at;
  *value = (u32)v;
  return true;
}

/* Of things that take two bytes or more. */
static bool take_count(MetadataWalk *w, const char *field, u32 *count) {
  u32 at = w->at;
  if (!take_uleb(w, field, count))
    return false;
  return *count <= (w->c->size - w->at) / 2 ||
         fault(w, at, field, "cannot fit in the bytes left");
}

/* By its relocation or, where there is none, by the number: either tells a
   function of the object itself.
   [code-metadata.own-function] */
static bool take_function(MetadataWalk *w) {
  static const char field[] = "code metadata function index";
  const Object *o = w->c->obj;
  u32 at = w->at, index;
  const Reloc *r = reloc_before(w, at + 1);
  if (r && r->kind == R_WASM_FUNCTION_INDEX_LEB) {
    index = o->rows[r->index].index.i;
    w->at += encoding_width(ENC_ULEB32);
    w->reloc++;
  } else if (!take_uleb(w, field, &index)) {
    return false;
  }
  w->m.entry = at;
  w->m.index = r;
  w->m.f = defined_function(o, index);
  return w->m.f || fault(w, at, field, "is that of no function with code");
}

static bool take_data(MetadataWalk *w) {
  static const char field[] = "code metadata";
  u32 at = w->at, size, first = w->reloc;
  if (!take_uleb(w, "code metadata size", &size))
    return false;
  if (size > w->c->size - w->at)
    return fault(w, at, "code metadata size", "does not fit in the bytes left");
  u32 end = w->at + size;
  for (const Reloc *r; (r = reloc_before(w, end)); w->reloc++)
    if (r->offset + encoding_width(reloc_info(r->kind)->encoding) > end)
      return fault(w, w->at, field, "has a relocation that goes beyond it");
  w->m.at = w->at;
  w->m.size = size;
  w->m.nrelocs = w->reloc - first;
  w->m.relocs = w->m.nrelocs ? &w->c->relocs[first] : NULL;
  w->at = end;
  return true;
}

static bool take_instance(MetadataWalk *w) {
  static const char field[] = "code metadata offset";
  u32 at = w->at;
  const Chunk *f = &w->m.f->c;
  w->instances--;
  if (!take_uleb(w, field, &w->m.position))
    return false;
  if (w->m.position >= f->size - size_width(f))
    return fault(w, at, field, "lies behind the function's code");
  return take_data(w);
}

/* [code-metadata.section] */
bool next_metadata(MetadataWalk *w) {
  static const char count[] = "code metadata function count";
  if (!w->begun && !take_count(w, count, &w->functions))
    return false;
  w->begun = true;
  while (!w->instances) {
    if (!w->functions && w->at < w->c->size)
      return fault(w, w->at, "code metadata", "goes on behind its end");
    if (!w->functions)
      return false;
    w->functions--;
    if (!take_function(w) ||
        !take_count(w, "code metadata instance count", &w->instances))
      return false;
  }
  return take_instance(w);
}

bool has_live_metadata(const Chunk *c, MetadataWalk *w) {
  bool live = false;
  *w = walk_metadata(c);
  while (next_metadata(w))
    live |= w->m.f->c.live;
  return live && !w->why;
}

/* [code-metadata.drop] */
bool keeps_metadata(Link *l, const Chunk *c) {
  MetadataWalk w;
  bool keeps = has_live_metadata(c, &w);
  if (w.why)
    report(l, DIAG_CODE_METADATA_DROPPED, at_chunk(c, w.at, w.field), w.field,
           w.why);
  return keeps;
}

/* Functions come by their index, and of each the places by theirs; none twice.
   [code-metadata.section] [code-metadata.order] */
void validate_metadata(Link *l, const Chunk *c) {
  MetadataWalk w = walk_metadata(c);
  Metadata last = {.f = NULL};
  for (; next_metadata(&w); last = w.m)
    if (last.f && (w.m.f < last.f ||
                   (w.m.f == last.f && (w.m.entry != last.entry ||
                                        w.m.position <= last.position))))
      violation(l, DIAG_CODE_METADATA_ORDER,
                at_chunk(c, w.m.entry, "code metadata function index"),
                pretty(l, w.m.f->c.name));
  if (w.why)
    violation(l, DIAG_CODE_METADATA, at_chunk(c, w.at, w.field), w.field,
              w.why);
}

Chunk metadata_data(const Metadata *m) {
  Chunk k = *m->c;
  k.bytes += m->at;
  k.in_offset += m->at;
  k.size = m->size;
  k.relocs = m->relocs;
  k.nrelocs = m->nrelocs;
  return k;
}

/* Where another definition of the name was taken, or --wrap has changed what it
   stands for, the symbol is about other code. */
bool metadata_index(const Metadata *m, Chunk *index) {
  const Symbol *s = m->index ? m->c->obj->symbols[m->index->index] : NULL;
  Metadata part = {.c = m->c,
                   .at = m->entry,
                   .size = encoding_width(ENC_ULEB32),
                   .relocs = m->index,
                   .nrelocs = 1};
  if (!s || !is_defined(s) || s->func != m->f)
    return false;
  *index = metadata_data(&part);
  return true;
}

/* -- the output's vector -- */

/* By function, by place; of one place as the object has them. */
static int by_place(const void *x, const void *y) {
  const Metadata *a = x, *b = y;
  if (a->f != b->f)
    return a->f->index.i < b->f->index.i ? -1 : 1;
  if (a->position != b->position)
    return a->position < b->position ? -1 : 1;
  const u8 *p = a->c->bytes + a->at, *q = b->c->bytes + b->at; /* of one file */
  return (p > q) - (p < q);
}

typedef VEC(Metadata) MetadataVec;

/* All that is about code which is there, in the order of the output; of two
   about the same place the first. */
static MetadataVec live_metadata(Link *l, const CustomOut *out) {
  MetadataVec v = {0};
  for (u32 i = 0; i < out->chunks.n; i++) {
    MetadataWalk w = walk_metadata(out->chunks.p[i]);
    while (next_metadata(&w)) {
      if (!w.m.f->c.live)
        continue;
      w.m.position = place_in_body(w.m.f, w.m.position);
      VEC_PUSH(l, v, w.m);
    }
  }
  qsort(v.p, v.n, sizeof *v.p, by_place);
  u32 n = 0;
  for (u32 i = 0; i < v.n; i++)
    if (!n || v.p[n - 1].f != v.p[i].f ||
        v.p[n - 1].position != v.p[i].position)
      v.p[n++] = v.p[i];
  v.n = n;
  return v;
}

/* Bytes of the output's own, and parts of inputs that have relocations, each a
   chunk of what takes the place of the inputs. */
typedef struct Vector {
  Link *l;
  CustomOut *out;
  Chunk like; /* of which group they are */
  Buf own;    /* since the last part */
} Vector;

static void add_chunk(Vector *v, Chunk c) {
  Chunk *k = NEW(v->l, Chunk);
  *k = c;
  VEC_PUSH(v->l, v->out->chunks, k);
}

static void end_own(Vector *v) {
  Chunk k = v->like;
  k.bytes = v->own.p;
  k.size = (u32)v->own.n;
  k.nrelocs = 0;
  if (k.size)
    add_chunk(v, k);
  v->own = (Buf){.link = v->l};
}

static void add_part(Vector *v, Chunk c) {
  if (!c.nrelocs)
    return put_bytes(&v->own, c.bytes, c.size);
  end_own(v);
  add_chunk(v, c);
}

/* How many from m on are about one function. */
static u32 of_one_function(const Metadata *m, u32 n) {
  u32 k = 1;
  while (k < n && m[k].f == m->f)
    k++;
  return k;
}

static void put_function(Vector *v, const Metadata *m, u32 n) {
  Chunk index;
  if (metadata_index(m, &index))
    add_part(v, index);
  else
    put_uleb(&v->own, m->f->index.i);
  put_uleb(&v->own, n);
  for (u32 i = 0; i < n; i++) {
    put_uleb(&v->own, m[i].position);
    put_uleb(&v->own, m[i].size);
    add_part(v, metadata_data(&m[i]));
  }
}

/* [code-metadata.merge] [code-metadata.order] [code-metadata.drop] */
void merge_metadata(Link *l, CustomOut *out) {
  MetadataVec all = live_metadata(l, out);
  Vector v = {l, out, *out->chunks.p[0], {.link = l}};
  u32 functions = 0;
  for (u32 i = 0; i < all.n; i += of_one_function(&all.p[i], all.n - i))
    functions++;
  out->chunks.n = 0;
  put_uleb(&v.own, functions);
  for (u32 i = 0, n; i < all.n; i += n) {
    n = of_one_function(&all.p[i], all.n - i);
    put_function(&v, &all.p[i], n);
  }
  end_own(&v);
}
