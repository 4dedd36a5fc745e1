/* judge_tls.c: the thread-local block.  Code knows offsets in it; where it is
   for the first thread, or that the program itself fills it, is found here:
   the place where all that is known of it fits. */

#include "judge_parts.h"

/* Where the block may be: at an address, or in data that has none. */
typedef struct Block {
  Part *in; /* or NULL */
  u64 address;
} Block;

typedef VEC(const Segment *) SegmentVec;

/* In an object each is where its symbol says: members of groups are by
   themselves, and so is what has other flags. */
static void settle_alone(Judge *j, const Segment *s) {
  Fact *f = segment_fact(j, s);
  u64 address = segment_address(j, s);
  Part *p = part_with(j, address, s->c.size);
  u32 at;
  if (!segment_fits(j, s, address, &at) || (s->c.size && !p))
    return violate(j, "tls.block", &f->by, segment_text(j, s), "its bytes",
                   format(j->l, "others, at byte %u", at));
  if (p)
    claim(j, p, address - p->address, s->c.size);
  VEC_PUSH(j->l, j->segment_queue, s);
}

/* All that is one block. */
static SegmentVec live_tls(Judge *j) {
  SegmentVec v = {0};
  for (u32 i = 0; i < j->l->objects.n; i++) {
    const Object *o = j->l->objects.p[i];
    for (u32 k = 0; k < o->nsegments; k++) {
      const Segment *s = &o->segments[k];
      if (!s->c.live || !(s->flags & WASM_SEG_FLAG_TLS))
        continue;
      if (is_block_of_its_own(j, s))
        settle_alone(j, s);
      else
        VEC_PUSH(j->l, v, s);
    }
  }
  return v;
}

static bool fits(Judge *j, const Segment *s, const Block *b, u64 offset) {
  const Part *p = b->in;
  u32 at;
  if (!p)
    return segment_fits(j, s, b->address + offset, &at);
  return offset <= p->size && s->c.size <= p->size - offset &&
         same_shape(walk_bytes(&s->c, p->bytes + offset, s->c.size), &at);
}

static bool is_free(Judge *j, const Segment *s, const Block *b, u64 offset) {
  u64 n = s->c.size, place = b->address + offset;
  const Part *p = b->in ? b->in : part_with(j, place, n);
  u64 at = b->in || !p ? offset : place - p->address;
  return fits(j, s, b, offset) && !(p && is_claimed(p, at, n));
}

static u64 room(Judge *j, const Block *b) {
  const Part *p = b->in ? b->in : part_with(j, b->address, 0);
  return !p ? 0 : b->in ? p->size : p->size - (b->address - p->address);
}

/* Where s is in the block.  What no site leads to often lies behind the one
   before it, but may lie anywhere. */
static bool offset_in(Judge *j, const Segment *s, const Block *b, u64 after,
                      u64 *offset) {
  const Fact *f = segment_fact(j, s);
  *offset = f->known ? f->value : align_up(after, s->c.align);
  if (is_free(j, s, b, *offset))
    return true;
  if (f->known)
    return false;
  u64 n = room(j, b);
  for (*offset = 0; *offset < n; *offset += 1ull << s->c.align)
    if (is_free(j, s, b, *offset))
      return true;
  return false;
}

static bool all_fit(Judge *j, const SegmentVec *all, const Block *b) {
  u64 after = 0, offset;
  for (u32 i = 0; i < all->n; i++) {
    if (!offset_in(j, all->p[i], b, after, &offset))
      return false;
    after = offset + all->p[i]->c.size;
  }
  return true;
}

/* Where one thread is all there is, the block need not begin where data does:
   __tls_base says what offsets are counted from. */
static bool base_of_tls(Judge *j, u64 *base) {
  const Symbol *s = j->l->tls_base;
  const Fact *f = s && is_defined(s) ? made_fact(j, s) : NULL;
  return f && f->known && !j->m->globals[f->value].is_mutable &&
         counts_from(j, &j->m->globals[f->value].init, BASE_MEMORY, base);
}

static bool find_block(Judge *j, const SegmentVec *all, Block *b) {
  if (base_of_tls(j, &b->address) && all_fit(j, all, b))
    return true;
  for (u32 i = 0; i < j->parts.n; i++) {
    const Part *p = &j->parts.p[i];
    b->address = p->address;
    if (p->placed && all_fit(j, all, b)) {
      j->tls_index = p->index;
      return true;
    }
  }
  return false;
}

/* Where there are threads, the program itself may fill every block: the start
   function copies none, and says of none where it is. */
static bool find_unplaced_block(Judge *j, const SegmentVec *all, Block *b) {
  b->address = 0;
  bool program = j->l->opt.shared_memory && !sets_tls_base(j, j->m->start);
  for (u32 i = 0; i < j->parts.n && program; i++) {
    b->in = &j->parts.p[i];
    if (b->in->placed || j->m->data[b->in->index].mode != DEC_PASSIVE ||
        !all_fit(j, all, b))
      continue;
    take(j, PERMISSION_TLS_BY_PROGRAM);
    j->tls_part = b->in;
    j->tls_index = b->in->index;
    return true;
  }
  b->in = NULL;
  return false;
}

static void claim_in(Judge *j, const Segment *s, const Block *b, u64 offset) {
  if (!b->in)
    claim_at(j, b->address + offset, s->c.size);
  else if (offset <= b->in->size && s->c.size <= b->in->size - offset)
    claim(j, b->in, offset, s->c.size);
}

/* What is known has its place before others look for one. */
static void settle_all(Judge *j, const SegmentVec *all, const Block *b) {
  u64 after = 0, offset;
  for (u32 i = 0; i < all->n; i++)
    if (segment_fact(j, all->p[i])->known)
      claim_in(j, all->p[i], b, segment_fact(j, all->p[i])->value);
  for (u32 i = 0; i < all->n; i++) {
    const Segment *s = all->p[i];
    Fact *f = segment_fact(j, s);
    if (!f->known && offset_in(j, s, b, after, &offset)) {
      *f = (Fact){offset, true, {&s->c, NULL, NULL, NO_OFFSET}};
      claim_in(j, s, b, offset);
    }
    if (!f->known)
      continue;
    after = f->value + s->c.size;
    VEC_PUSH(j->l, j->segment_queue, s);
  }
}

void find_tls(Judge *j) {
  Site by = site_of("thread-local data", NO_OFFSET);
  SegmentVec all = live_tls(j);
  Block b = {0};
  if (!all.n)
    return;
  /* Zeros may be anywhere, so this is looked for first. */
  bool unplaced = find_unplaced_block(j, &all, &b);
  if (!unplaced && find_block(j, &all, &b)) {
    j->tls = (Fact){b.address, true, by};
  } else if (!unplaced) {
    j->data_lost = true;
    violate(j, "tls.block", &by, NULL,
            "one block with all of it at the offsets that code uses", "none");
    return;
  }
  settle_all(j, &all, &b);
  for (u32 i = 0; i < j->late.n; i++) {
    const Late *late = &j->late.p[i];
    address_is(j, late->s, late->value - j->tls.value, &late->by);
  }
}

/* -- what the module says of the block -- */

/* A global of the linker's own, if the module has it. */
static const Fact *own_global(Judge *j, const Symbol *s) {
  const Fact *f = s && is_defined(s) && !s->obj ? made_fact(j, s) : NULL;
  return f && f->known ? f : NULL;
}

static const Fact *value_of(Judge *j, const Symbol *s, u64 *value) {
  const Fact *f = own_global(j, s);
  return f && constant_of(&j->m->globals[f->value].init, value) ? f : NULL;
}

/* How much room the block needs. */
static void measure(Judge *j, u64 *size, u64 *align) {
  SegmentVec all = live_tls(j);
  *size = 0;
  *align = all.n ? 1 : 0;
  for (u32 i = 0; i < all.n; i++) {
    const Segment *s = all.p[i];
    u64 end = segment_fact(j, s)->value + s->c.size;
    *size = segment_fact(j, s)->known && end > *size ? end : *size;
    *align = 1ull << s->c.align > *align ? 1ull << s->c.align : *align;
  }
  u64 copied = j->tls_index != NONE && j->l->opt.shared_memory
                   ? j->m->data[j->tls_index].bytes.size
                   : 0;
  *size = copied > *size ? copied : *size;
}

/* Nothing counts from it, but a program may take it for a pointer to the
   thread, and want one that is not null. */
static void judge_base_of_no_block(Judge *j, const Fact *f) {
  const DecExpr *init = &j->m->globals[f->value].init;
  u64 value;
  if (constant_of(init, &value) && !value)
    take(j, PERMISSION_NULL_TLS_BASE);
  else if (!counts_from(j, init, BASE_MEMORY, &value) || value > j->memory_size)
    violate(j, "tls.base.one-thread", &f->by, "__tls_base", "an address",
            "another value");
}

/* Where threads share the memory, code sets it. */
static void judge_tls_base(Judge *j, bool has_block) {
  const Fact *f = own_global(j, j->l->tls_base);
  bool shared = j->l->opt.shared_memory;
  u64 value, base = j->tls.known ? j->tls.value : 0;
  if (!f || (has_block && !j->tls.known && !shared))
    return; /* that there is no such block was said */
  if (!has_block && !shared)
    return judge_base_of_no_block(j, f);
  const DecExpr *init = &j->m->globals[f->value].init;
  if (is_pic(j->l) && !shared) {
    if (!counts_from(j, init, BASE_MEMORY, &value) || value != base)
      violate(j, "tls.base", &f->by, "__tls_base",
              format(j->l, "%llu behind __memory_base, where the block is",
                     (unsigned long long)base),
              "another value");
  } else if (constant_of(init, &value) && value != base &&
             !(shared && (!value || j->tls_part)))
    violate(j, "tls.base", &f->by, "__tls_base",
            format(j->l, "%llu, where the block is", (unsigned long long)base),
            number(j, value));
}

void judge_tls(Judge *j) {
  u64 size, align, value;
  const Fact *f;
  measure(j, &size, &align);
  if ((f = value_of(j, j->l->tls_align, &value)) && value != align)
    violate(j, "tls.align", &f->by, "__tls_align",
            format(j->l, "%llu, the strictest alignment in the block",
                   (unsigned long long)align),
            number(j, value));
  u64 most = align ? (size + align - 1) / align * align : 0;
  if ((f = value_of(j, j->l->tls_size, &value)) &&
      (value < size || value > most))
    violate(j, "tls.size", &f->by, "__tls_size",
            format(j->l, "%llu, which all thread-local data takes",
                   (unsigned long long)size),
            number(j, value));
  judge_tls_base(j, align > 0);
}
