/* place.c: where data goes.  Input segments are gathered into output segments;
   those, the stack and the heap get their addresses.

   Rule of thumb: thread-local data first, then read-only, then written, then
   everything with a name of its own, zeros last, since zeros at the end need
   no bytes in the file.  That is wasm-ld's layout; Zig's is in layout_zig.c,
   and the table below holds all in which they differ. */

#include <string.h>

#include "link.h"

enum { STACK_ALIGN = 16, HEAP_ALIGN = 16, DEFAULT_BASE = 1024 };

/* -- the layouts -- */

typedef struct Rules {
  void (*gather)(Link *l); /* live input segments -> ordered output segments */
  bool (*stack_first)(const Link *l);
  u64 stack_size;    /* unless one is given */
  u64 end_kept_free; /* bytes of all that can be addressed, at its end */
} Rules;

static void gather_lld(Link *l);

static bool stack_first_lld(const Link *l) {
  return l->opt.stack_first;
}

/* A global base says where the data is to begin: nothing else comes first.
   [layout.zig.stack] */
static bool stack_first_zig(const Link *l) {
  return !l->opt.global_base;
}

static const Rules layouts[] = {
    [LAYOUT_LLD] = {gather_lld, stack_first_lld, WASM_PAGE_SIZE, 0},
    /* The end of the memory, __heap_end, must itself be an address. */
    [LAYOUT_ZIG] = {gather_zig, stack_first_zig, 1 << 20, 1},
};

static const Rules *rules(const Link *l) {
  return &layouts[l->opt.layout];
}

u64 default_stack_size(Layout layout) {
  return layouts[layout].stack_size;
}

/* -- input segments -> output segments -- */

/* [data.segment-grouping] [data.segment-grouping.prefixes]
   [data.shared-and-not] [segment.tls] [tls.segment]
   [layout.no-merge-data-segments] */
static Str output_name(const Link *l, const Segment *s) {
  static const char *const groups[] = {".text", ".data", ".bss", ".rodata"};
  if (s->flags & WASM_SEG_FLAG_TLS)
    return STR(".tdata"); /* one block: __tls_base is its start */
  if (!l->opt.merge_data_segments)
    return s->c.name;
  for (u32 i = 0; i < 4; i++) {
    u32 n = (u32)strlen(groups[i]);
    if (str_starts(s->c.name, groups[i]) && s->c.name.n > n &&
        s->c.name.p[n] == '.')
      return str_from(groups[i]);
  }
  return s->c.name;
}

static unsigned segment_class(Str name) {
  return str_starts(name, ".tdata")    ? 0
         : str_starts(name, ".rodata") ? 1
         : str_starts(name, ".data")   ? 2
         : str_starts(name, ".bss")    ? 4
                                       : 3;
}

/* An address beyond 2^64 stays at the end, behind every memory's. */
static u64 add(u64 a, u64 b) {
  return a <= UINT64_MAX - b ? a + b : UINT64_MAX;
}

static u64 align_to(u64 value, u64 to) {
  return add(value, to - 1) / to * to;
}

/* What the segments that become one have in common: the name, and in an object
   the flags, too, which could not be said of a part. */
static Str segment_key(Link *l, Str name, const Segment *s) {
  if (!l->opt.relocatable)
    return name;
  Buf b = {.link = l};
  put_uleb(&b, s->flags);
  put_bytes(&b, name.p, name.n);
  return (Str){(const char *)b.p, (u32)b.n};
}

/* Flags say of all what is true of every part: strings are only what is nothing
   but strings.
   [layout.input-order] */
void join_segment(Link *l, OutSegment *out, Segment *s) {
  out->flags = out->chunks.n ? out->flags & s->flags : s->flags;
  s->out = out;
  VEC_PUSH(l, out->chunks, &s->c);
}

/* The output segment for s.  In an object the member of a group has one of its
   own, to be dropped with the group. */
static OutSegment *segment_for(Link *l, Map *by_name, const Segment *s) {
  Str name = output_name(l, s);
  if (!l->opt.relocatable || s->c.comdat == NONE) {
    bool fresh;
    u32 *at = map_slot(l, by_name, segment_key(l, name, s), &fresh);
    if (!fresh)
      return l->segments.p[*at];
    *at = l->segments.n;
  }
  OutSegment *out = NEW(l, OutSegment);
  out->name = name;
  out->is_tls = str_is(name, ".tdata");
  VEC_PUSH(l, l->segments, out);
  return out;
}

/* A stable sort by class: a bucket at a time, in order of creation.
   [layout.segment-order] */
static void sort_segments(Link *l) {
  u32 n = l->segments.n, at = 0;
  OutSegment **sorted = NEW_ARRAY(l, OutSegment *, n);
  for (unsigned class = 0; class < 5; class ++)
    for (u32 i = 0; i < n; i++)
      if (segment_class(l->segments.p[i]->name) == class)
        sorted[at++] = l->segments.p[i];
  for (u32 i = 0; i < n; i++)
    l->segments.p[i] = sorted[i];
}

/* The strings among the chunks of s become one chunk for each combination of
   flags, which stands where the first of them stood.
   [strings.merge] [strings.optimize] */
static void merge_segment_strings(Link *l, OutSegment *s) {
  typedef VEC(Chunk *) Group;
  Map by_flags = {0};
  VEC(Group) groups = {0};
  u32 kept = 0;
  for (u32 i = 0; i < s->chunks.n; i++) {
    Chunk *c = s->chunks.p[i];
    if (!c->pieces) {
      s->chunks.p[kept++] = c;
      continue;
    }
    const u32 *flags = &((Segment *)c)->flags;
    bool fresh;
    u32 *at = map_slot(l, &by_flags, (Str){(const char *)flags, sizeof *flags},
                       &fresh);
    if (fresh) {
      *at = groups.n;
      VEC_PUSH(l, groups, (Group){0});
      s->chunks.p[kept++] = c;
    }
    VEC_PUSH(l, groups.p[*at], c);
  }
  s->chunks.n = kept;
  for (u32 i = 0, group = 0; i < kept; i++)
    if (s->chunks.p[i]->pieces) {
      s->chunks.p[i] = merge_strings(l, groups.p[group].p, groups.p[group].n);
      group++;
    }
}

bool is_zero(const Chunk *c) {
  for (u32 i = 0; i < c->size; i++)
    if (c->bytes[i])
      return false;
  return c->nrelocs == 0;
}

/* A .bss with bytes in it is data, whatever its name says.
   [layout.bss-not-written] */
static bool is_bss(const Link *l, const OutSegment *s) {
  bool zero = str_starts(s->name, ".bss") && !l->opt.relocatable;
  for (u32 i = 0; i < s->chunks.n && zero; i++)
    zero = is_zero(s->chunks.p[i]);
  return zero;
}

/* [data.concatenated] [data.alignment] [data.no-overlap]
   [layout.empty-segment] */
static void place_chunks(OutSegment *s) {
  for (u32 i = 0; i < s->chunks.n; i++) {
    Chunk *c = s->chunks.p[i];
    if (c->align > s->align)
      s->align = c->align;
    s->size = align_to(s->size, 1ull << c->align);
    c->out_offset = s->size;
    s->size += c->size;
  }
}

static void gather_lld(Link *l) {
  Map by_name = {0};
  for (u32 i = 0; i < l->objects.n; i++) {
    Object *o = l->objects.p[i];
    for (u32 k = 0; k < o->nsegments; k++) {
      Segment *s = &o->segments[k];
      if (!stands_for_itself(s))
        continue;
      if (mergeable_segment(l, s))
        split_strings(l, &s->c);
      join_segment(l, segment_for(l, &by_name, s), s);
    }
  }
  sort_segments(l);
  for (u32 i = 0; i < l->segments.n; i++) {
    merge_segment_strings(l, l->segments.p[i]);
    l->segments.p[i]->is_bss = is_bss(l, l->segments.p[i]);
  }
}

bool stands_for_itself(const Segment *s) {
  return s->c.live && !s->c.merged;
}

/* Where another unit's segment stands for it, s is with that one. */
static void follow_shared(Link *l) {
  for (u32 i = 0; i < l->objects.n; i++) {
    const Object *o = l->objects.p[i];
    for (u32 k = 0; k < o->nsegments; k++) {
      Segment *s = &o->segments[k];
      if (s->c.live && !s->out)
        s->out = ((Segment *)s->c.merged)->out;
    }
  }
}

void make_segments(Link *l) {
  share_segments(l);
  rules(l)->gather(l);
  follow_shared(l);
  for (u32 i = 0; i < l->segments.n; i++)
    place_chunks(l->segments.p[i]);
}

static void combine(Link *l, OutSegment *all, const OutSegment *s) {
  for (u32 i = 0; i < s->chunks.n; i++) {
    s->chunks.p[i]->out_offset += s->address;
    VEC_PUSH(l, all->chunks, s->chunks.p[i]);
  }
  if (s->align > all->align)
    all->align = s->align;
  all->size = s->address + s->size;
}

/* A module that may not add in constant expressions has one segment only, at
   __memory_base; what is between segments becomes bytes of it.
   [dylink.bss] [dylink.one-segment] */
void combine_segments(Link *l) {
  u32 n = 0;
  if (!is_pic(l) || l->opt.shared_memory || has_feature(l, "extended-const") ||
      l->segments.n < 2)
    return;
  while (n < l->segments.n && in_binary(l, l->segments.p[n])) /* zeros follow */
    n++;
  OutSegment *all = NEW(l, OutSegment);
  *all = (OutSegment){.name = STR(".data")};
  for (u32 i = 0; i < n; i++)
    combine(l, all, l->segments.p[i]);
  for (u32 i = 0; i < l->objects.n; i++) {
    const Object *o = l->objects.p[i];
    for (u32 k = 0; k < o->nsegments; k++)
      if (o->segments[k].out && in_binary(l, o->segments[k].out))
        o->segments[k].out = all;
  }
  OutSegmentVec kept = {0};
  VEC_PUSH(l, kept, all);
  for (u32 i = n; i < l->segments.n; i++)
    VEC_PUSH(l, kept, l->segments.p[i]);
  l->segments = kept;
}

void number_segments(Link *l) {
  u32 next = 0;
  for (u32 i = 0; i < l->segments.n; i++) {
    OutSegment *s = l->segments.p[i];
    s->index = in_binary(l, s) ? next++ : NONE;
  }
}

/* Zeros need no bytes where the engine or start-up code provides them. */
bool in_binary(const Link *l, const OutSegment *s) {
  return !s->is_bss || l->emit_bss;
}

/* -- addresses -- */

static void set_address(Symbol *s, u64 address) {
  if (s)
    s->value = address;
}

static void set_global(Symbol *s, u64 value) {
  if (s)
    s->item->init.p->value = (i64)value;
}

/* [layout.stack-first] [layout.stack-last] [layout.stack-size]
   [layout.symbol.stack] */
static u64 place_stack(Link *l, u64 p) {
  p = align_to(p, STACK_ALIGN);
  set_address(l->stack_low, p);
  if (l->opt.stack_size % STACK_ALIGN)
    report(l, DIAG_STACK_ALIGN, in_file(NULL), l->opt.stack_size, STACK_ALIGN);
  p = add(p, l->opt.stack_size);
  set_global(l->stack_pointer, p); /* it grows down */
  set_address(l->stack_high, p);
  return p;
}

/* Where threads share the memory, it differs in each: code sets it.
   [tls.main-thread] [tls.base.one-thread] */
static void set_tls_base(Link *l, u64 address) {
  if (l->opt.shared_memory || !l->tls_base)
    return;
  set_global(l->tls_base, address);
  if (is_pic(l)) /* the block comes first */
    l->tls_base->item->init.p->opcode = WASM_OPCODE_GLOBAL_GET;
}

/* [tls.size] [tls.align] [threads.lowered] [layout.zig.tls] */
static void set_tls(Link *l, const OutSegment *s) {
  set_global(l->tls_size, s->size);
  set_global(l->tls_align, 1ull << s->align);
  set_tls_base(l, s->address);
}

/* [layout.symbol.global-base] [layout.symbol.dso-handle]
   [layout.symbol.data-end] [tls.block] */
static u64 place_segments(Link *l, u64 p) {
  set_address(l->global_base, p);
  set_address(l->dso_handle, p);
  set_tls_base(l, p); /* no null pointer, though there may be no block */
  for (u32 i = 0; i < l->segments.n; i++) {
    OutSegment *s = l->segments.p[i];
    p = align_to(p, 1ull << s->align);
    s->address = p;
    if (s->align > l->data_align)
      l->data_align = s->align;
    if (s->is_tls)
      set_tls(l, s);
    p = add(p, s->size);
  }
  if (l->opt.shared_memory && l->segments.n) {
    p = align_to(p, 4);
    l->init_memory_flag = add_synthetic_data(l, "__wasm_init_memory_flag", p);
    p = add(p, 4);
  }
  set_address(l->data_end, p);
  l->data_size = p;
  return p;
}

static void check_memory_option(Link *l, const char *what, u64 value,
                                u64 needed, u64 limit) {
  if (value % l->opt.page_size)
    report(l, DIAG_MEMORY_ALIGN, in_file(NULL), what, value, l->opt.page_size);
  if (value < needed)
    report(l, DIAG_MEMORY_TOO_SMALL, in_file(NULL), what, value, needed);
  if (value > limit)
    report(l, DIAG_MEMORY_TOO_LARGE, in_file(NULL), what, value, limit);
}

/* Heap and limits; p is the end of all that has an address.
   [memory.initial] [memory.initial-heap] [memory.max] [memory.no-growable]
   [layout.symbol.heap-base] [layout.symbol.heap-end] [memory.limit]
   [dylink.memory-minimum] [layout.zig.heap] */
static void place_heap(Link *l, u64 p) {
  const u64 end = memory_limit(l), limit = end - rules(l)->end_kept_free;
  if (l->heap_base) {
    p = align_to(p, HEAP_ALIGN);
    set_address(l->heap_base, p);
  }
  if (p > end)
    fail(l, DIAG_MEMORY_FULL, in_file(NULL), p, end);
  if (l->opt.initial_heap) {
    check_memory_option(l, "initial heap", l->opt.initial_heap, 0, end - p);
    p += l->opt.initial_heap;
  }
  if (l->opt.initial_memory) {
    check_memory_option(l, "initial memory", l->opt.initial_memory, p, limit);
    p = l->opt.initial_memory;
  }
  p = align_to(p, l->opt.page_size);
  l->memory_pages = p / l->opt.page_size;
  set_address(l->heap_end, p);
  /* Shared memory must have a maximum. */
  l->memory_has_max =
      l->opt.max_memory || l->opt.no_growable_memory || l->opt.shared_memory;
  l->memory_max_pages = l->memory_pages;
  if (is_pic(l) && !l->opt.no_growable_memory) /* what others need is unknown */
    l->memory_max_pages = end / l->opt.page_size;
  if (l->opt.max_memory) {
    check_memory_option(l, "maximum memory", l->opt.max_memory, p, limit);
    l->memory_max_pages = l->opt.max_memory / l->opt.page_size;
  }
}

/* [layout.global-base] [relocatable.memory] */
void place_memory(Link *l) {
  bool stack_first = rules(l)->stack_first(l);
  u64 p = 0;
  if (l->opt.relocatable || is_pic(l)) { /* offsets; the stack is elsewhere */
    place_heap(l, place_segments(l, p));
    return;
  }
  if (stack_first) {
    p = place_stack(l, p);
    if (l->opt.global_base && l->opt.global_base < p)
      report(l, DIAG_GLOBAL_BASE, in_file(NULL), l->opt.global_base, p);
    else if (l->opt.global_base)
      p = l->opt.global_base;
  } else {
    p = l->opt.global_base ? l->opt.global_base : DEFAULT_BASE;
  }
  p = place_segments(l, p);
  if (!stack_first)
    p = place_stack(l, p);
  place_heap(l, p);
}

/* [symbol.absolute] */
u64 data_address(const Symbol *s) {
  if (!s->seg)
    return s->value; /* absolute */
  return s->seg->out->address + chunk_offset(&s->seg->c, s->value);
}

/* [tls.offset] [tls.export] */
u64 data_value(const Symbol *s) {
  if (!s->seg || !is_tls(s))
    return data_address(s);
  return data_address(s) - s->seg->out->address;
}
