/* judge_layout.c: all data together, when every segment has its place: nothing
   overlaps, all is aligned and inside the memory, and what the linker says of
   the layout, stack, heap and bounds of segments, is so.

   Rule of thumb: relations between addresses, never the addresses. */

#include <stdlib.h>
#include <string.h>

#include "judge_parts.h"

typedef struct Place {
  u64 address, end;
  const Segment *s;
} Place;

static int by_place(const void *x, const void *y) {
  const Place *a = x, *b = y;
  return a->address < b->address   ? -1
         : a->address > b->address ? 1
                                   : (a->end > b->end) - (a->end < b->end);
}

static void judge_alignment(Judge *j, const Segment *s) {
  const Fact *f = segment_fact(j, s);
  u64 address = segment_address(j, s);
  if (address % (1ull << s->c.align))
    violate(j, "data.alignment", &f->by, segment_text(j, s),
            format(j->l, "a multiple of %llu", 1ull << s->c.align),
            format(j->l, "address %llu", (unsigned long long)address));
  if (address > j->memory_size || s->c.size > j->memory_size - address)
    violate(j, "memory.initial", &f->by, segment_text(j, s),
            format(j->l, "inside the memory of %llu bytes",
                   (unsigned long long)j->memory_size),
            format(j->l, "address %llu", (unsigned long long)address));
}

/* Two that share their bytes: strings; or one constant that two objects have.
 */
static bool may_overlap(Judge *j, const Place *a, const Place *b) {
  if (may_be_merged(a->s) || may_be_merged(b->s))
    return true;
  bool shared = a->address == b->address && a->end == b->end &&
                str_starts(a->s->c.name, ".rodata") &&
                str_starts(b->s->c.name, ".rodata");
  if (shared)
    take(j, PERMISSION_SHARED_CONSTANTS);
  return shared;
}

/* Does one fill write all of it?  Of those that begin at or before it only the
   last one can: they do not overlap. */
static bool is_filled(const Judge *j, u64 from, u64 to) {
  u32 low = 0, high = j->fills.n;
  while (low < high) {
    u32 middle = low + (high - low) / 2;
    if (j->fills.p[middle].address <= from)
      low = middle + 1;
    else
      high = middle;
  }
  const Part *f = low ? &j->fills.p[low - 1] : NULL;
  return f && to - f->address <= f->size;
}

/* Memory that the module does not bring itself may hold anything. */
static void judge_zeros(Judge *j, const Place *p) {
  if (is_pic(j->l)) /* the loader clears what it reserves */
    return;
  if (!j->l->opt.import_memory || part_with(j, p->address, p->end - p->address))
    return;
  if (is_filled(j, p->address, p->end))
    return;
  violate(j, "memory.import-bss", &segment_fact(j, p->s)->by,
          segment_text(j, p->s), "zeros are written to an imported memory",
          "not so");
}

static void judge_overlap(Judge *j, Place *p, u32 n) {
  if (n)
    qsort(p, n, sizeof *p, by_place);
  u64 end = 0;
  const Place *last = NULL;
  for (u32 i = 0; i < n; i++) {
    if (p[i].address < end && p[i].end > p[i].address &&
        !may_overlap(j, &p[i], last))
      violate(j, "data.no-overlap", &segment_fact(j, p[i].s)->by,
              segment_text(j, p[i].s),
              format(j->l, "an address from %llu on, where %s ends",
                     (unsigned long long)end, segment_text(j, last->s)),
              format(j->l, "address %llu", (unsigned long long)p[i].address));
    if (p[i].end > end) {
      end = p[i].end;
      last = &p[i];
    }
  }
}

static const Fact *provided_fact(const Judge *j, const char *name) {
  u32 at = map_get(&j->provided_names, str_from(name));
  return at == NONE ? NULL : &j->provided.p[at].at;
}

static void must_be(Judge *j, const char *name, bool holds, const Fact *f,
                    const char *expected) {
  if (!holds)
    violate(j, provided_clause(name), &f->by, name, expected,
            number(j, f->value));
}

/* Where things are, all together. */
typedef struct Regions {
  u64 start, end; /* of all data; 0 when there is none */
  bool lost;      /* but not of some zeros that nobody refers to, */
  bool unsure;    /* or of some segment, though it may be empty */
  bool has_stack;
  u64 bottom, top; /* of the stack */
} Regions;

/* name, if the module tells it, lies from low to high, both included. */
static void must_lie(Judge *j, const char *name, u64 low, u64 high,
                     const char *what) {
  const Fact *f = provided_fact(j, name);
  if (f && (f->value < low || f->value > high))
    must_be(j, name, false, f,
            low == high
                ? format(j->l, "%llu, %s", (unsigned long long)low, what)
                : format(j->l, "%s, from %llu to %llu", what,
                         (unsigned long long)low, (unsigned long long)high));
}

static u64 provided_or(const Judge *j, const char *name, u64 other) {
  const Fact *f = provided_fact(j, name);
  return f ? f->value : other;
}

/* From __global_base to __data_end there is all data, and nothing else. */
static void judge_data_bounds(Judge *j, const Regions *at) {
  u64 base = provided_or(j, "__global_base", 0);
  u64 given = j->l->opt.global_base;
  u64 low = at->has_stack && at->top <= at->start ? at->top : 0;
  u64 limit = provided_or(j, "__heap_base", j->memory_size);
  if (at->has_stack && at->end && at->bottom >= at->end && at->bottom < limit)
    limit = at->bottom;
  must_lie(j, "__global_base", given ? given : low,
           given       ? given
           : at->start ? at->start
                       : provided_or(j, "__data_end", limit),
           "where data begins");
  u64 end = at->end > base ? at->end : base;
  must_lie(j, "__data_end", end, at->unsure || !at->end ? limit : end,
           "the end of all data");
  must_lie(j, "__dso_handle", low, end ? end : limit, "an address in the data");
  if (at->start && given && at->start < given) {
    Site by = site_of("data", NO_OFFSET);
    violate(j, "layout.global-base", &by, NULL,
            format(j->l, "%llu, as --global-base says, or more",
                   (unsigned long long)given),
            number(j, at->start));
  }
}

/* Behind data and stack there is the heap, up to the end of the memory. */
static void judge_heap(Judge *j, const Regions *at) {
  u64 low = provided_or(j, "__data_end", at->end);
  if (at->has_stack && at->top > low)
    low = at->top;
  u64 room = j->l->opt.initial_heap;
  const Fact *f = provided_fact(j, "__heap_base");
  must_lie(j, "__heap_base", low, j->memory_size, "where the heap begins");
  if (f)
    must_be(j, "__heap_base", f->value % 16 == 0, f, "a multiple of 16");
  must_lie(j, "__heap_end", j->memory_size, j->memory_size,
           "the end of the memory");
  u64 from = f ? f->value : low;
  if (from <= j->memory_size && j->memory_size - from < room) {
    Site by = site_of("the heap", NO_OFFSET);
    violate(j, "memory.initial-heap", &by, NULL,
            format(j->l, "%llu bytes or more", (unsigned long long)room),
            number(j, j->memory_size - from));
  }
}

static void judge_provided(Judge *j, const Regions *at) {
  const Options *o = &j->l->opt;
  judge_data_bounds(j, at);
  judge_heap(j, at);
  must_lie(j, "__memory_base", 0, 0,
           "where a module that does not move begins");
  must_lie(j, "__table_base", o->table_base, o->table_base, "the first slot");
  must_lie(j, "__wasm_first_page_end", o->page_size, o->page_size,
           "the size of a page");
  if (at->has_stack) {
    must_lie(j, "__stack_low", at->bottom, at->bottom, "the stack's end");
    must_lie(j, "__stack_high", at->top, at->top, "where the stack begins");
  }
}

/* The stack ends where the pointer begins. */
static void find_stack(Judge *j, Regions *at) {
  const Symbol *s = j->l->stack_pointer;
  const Fact *f = s && is_defined(s) ? made_fact(j, s) : NULL;
  u64 top = 0, size = j->l->opt.stack_size;
  if (!f || !f->known || !constant_of(&j->m->globals[f->value].init, &top))
    return;
  if (top < size || top > j->memory_size || top % 16)
    return violate(j, "layout.stack-size", &f->by, "__stack_pointer",
                   format(j->l, "a multiple of 16 from %llu to %llu",
                          (unsigned long long)size,
                          (unsigned long long)j->memory_size),
                   number(j, top));
  at->has_stack = true;
  at->top = top;
  at->bottom = top - size;
}

static bool in_stack(const Regions *at, u64 from, u64 to) {
  return from < at->top && to > at->bottom && to > from;
}

/* It touches no data. */
static void judge_stack(Judge *j, const Regions *at, const Place *p, u32 n) {
  if (!at->has_stack)
    return;
  for (u32 i = 0; i < j->parts.n && j->parts.p[i].placed; i++) {
    const Part *d = &j->parts.p[i];
    Site by = site_of(format(j->l, "data segment %u", d->index),
                      j->m->data[d->index].offset);
    if (in_stack(at, d->address, d->address + d->size))
      violate(j, "layout.stack-size", &by, NULL, "outside of the stack",
              format(j->l, "address %llu", (unsigned long long)d->address));
  }
  if (n && p[0].address >= at->top)
    take(j, PERMISSION_STACK_FIRST);
  for (u32 i = 0; i < n; i++)
    if (in_stack(at, p[i].address, p[i].end))
      return violate(
          j, "layout.stack-size", &segment_fact(j, p[i].s)->by,
          segment_text(j, p[i].s),
          format(j->l, "outside of the stack, %llu to %llu",
                 (unsigned long long)at->bottom, (unsigned long long)at->top),
          format(j->l, "address %llu", (unsigned long long)p[i].address));
}

typedef struct Bounds {
  u64 low, high;
  bool open; /* there is more, nobody knows where */
} Bounds;

static void widen_to(Bounds *b, u64 low, u64 high) {
  if (!b->high || low < b->low)
    b->low = low;
  if (high > b->high)
    b->high = high;
}

/* Of strings that may be merged each has a place of its own. */
static void add_unplaced(Judge *j, Bounds *bounds) {
  for (u32 i = 0; i < j->l->objects.n; i++) {
    const Object *o = j->l->objects.p[i];
    for (u32 k = 0; k < o->nsegments; k++) {
      const Segment *s = &o->segments[k];
      if (!s->c.live || !s->c.size || segment_fact(j, s)->known)
        continue;
      Bounds *b = &bounds[map_get(&j->segment_names, s->c.name)];
      u64 address;
      if (only_string_at(j, s, &address))
        widen_to(b, address, address + s->c.size);
      else
        b->open = true;
    }
  }
}

/* Where the segments of each name are, by their number in segment_names. */
static Bounds *bounds_of_names(Judge *j, const Place *p, u32 n) {
  Bounds *b = NEW_ARRAY(j->l, Bounds, j->segment_names.n);
  add_unplaced(j, b);
  for (u32 i = 0; i < n; i++)
    widen_to(&b[map_get(&j->segment_names, p[i].s->c.name)], p[i].address,
             p[i].end);
  return b;
}

/* __start_X and __stop_X hold all that is called X between them. */
static void judge_bounds(Judge *j, const Place *p, u32 n) {
  const Bounds *bounds = bounds_of_names(j, p, n);
  for (u32 i = 0; i < j->provided.n; i++) {
    const Made *made = &j->provided.p[i];
    Str name = made->s->name;
    bool start = str_starts(name, "__start_");
    if (!start && !str_starts(name, "__stop_"))
      continue;
    const Bounds *b = &bounds[map_get(&j->segment_names, bounded_name(name))];
    u64 bound = start ? b->low : b->high, value = made->at.value;
    bool beyond = b->open && (start ? value < bound : value > bound);
    if (b->high && value != bound && !beyond)
      violate(j, "layout.start-stop", &made->at.by, plain(j->l, name),
              number(j, bound), number(j, value));
  }
}

/* -- zeros that code writes, and its flag -- */

static bool overlaps(u64 a, u64 n, u64 b, u64 m) {
  return a < b + m && b < a + n;
}

const char *zeros_clause(const Judge *j) {
  return j->l->opt.shared_memory ? "threads.bss" : "memory.import-bss";
}

/* What is filled with zeros holds nothing else, and is data. */
static void judge_fills(Judge *j, const Regions *at) {
  Site by = site_of("the start function", NO_OFFSET);
  for (u32 i = 0; i < j->fills.n; i++) {
    const Part *f = &j->fills.p[i];
    u32 k = part_at(j, f->address);
    const Part *p = k < j->parts.n ? &j->parts.p[k] : NULL;
    u64 low = at->lost ? 0 : at->start,
        high = at->lost ? j->memory_size : at->end;
    bool outside =
        f->address < low || f->address > high || f->size > high - f->address;
    bool hit = p && p->placed && p->size && !outside &&
               overlaps(p->address, p->size, f->address, f->size);
    bool flag = j->flag != NO_OFFSET && !outside &&
                overlaps(j->flag, 4, f->address, f->size);
    if (f->size && (hit || outside || flag))
      violate(j, zeros_clause(j), &by, "memory.fill",
              "memory of zeros that the inputs have",
              format(j->l, "address %llu, %llu bytes",
                     (unsigned long long)f->address,
                     (unsigned long long)f->size));
  }
}

/* Where no flag was found, that has been said. */
static void judge_flag(Judge *j, const Place *p, u32 n) {
  if (j->flag == NO_OFFSET)
    return;
  for (u32 i = 0; i < n; i++)
    if (overlaps(p[i].address, p[i].end - p[i].address, j->flag, 4))
      return violate(
          j, "threads.init-memory", &segment_fact(j, p[i].s)->by,
          segment_text(j, p[i].s), "outside of the start function's flag",
          format(j->l, "address %llu", (unsigned long long)p[i].address));
  const Fact *f = provided_fact(j, "__wasm_init_memory_flag");
  if (f)
    must_be(j, "__wasm_init_memory_flag", f->value == j->flag, f,
            number(j, j->flag));
}

/* -- all of it -- */

static void extend(Regions *at, u64 from, u64 to) {
  if (!at->end || from < at->start)
    at->start = from;
  if (to > at->end)
    at->end = to;
}

static Regions find_regions(Judge *j, const Place *p, u32 n) {
  Regions at = {0};
  for (u32 i = 0; i < n; i++)
    if (p[i].end > p[i].address)
      extend(&at, p[i].address, p[i].end);
  for (u32 i = 0; i < j->parts.n && j->parts.p[i].placed; i++)
    if (j->parts.p[i].size)
      extend(&at, j->parts.p[i].address,
             j->parts.p[i].address + j->parts.p[i].size);
  if (j->flag != NO_OFFSET)
    extend(&at, j->flag, j->flag + 4);
  for (u32 i = 0; i < n;
       i++) /* where it begins, data without bytes cannot tell */
    if (p[i].end == p[i].address)
      extend(&at, at.end ? at.start : p[i].address, p[i].end);
  find_stack(j, &at);
  return at;
}

/* Data without bytes lies with the rest, so that no address of it is null. */
static void judge_empty(Judge *j, const Regions *at, const Place *p, u32 n) {
  if (!at->has_stack || at->top > at->start)
    return;
  for (u32 i = 0; i < n; i++)
    if (p[i].end == p[i].address && p[i].address < at->top)
      violate(j, "reloc.memory.value", &segment_fact(j, p[i].s)->by,
              segment_text(j, p[i].s),
              format(j->l, "an address behind the stack, from %llu on",
                     (unsigned long long)at->top),
              number(j, p[i].address));
}

void judge_layout(Judge *j) {
  u32 n = 0, most = 0;
  bool lost = false, unsure = false;
  for (u32 i = 0; i < j->l->objects.n; i++)
    most += j->l->objects.p[i]->nsegments;
  Place *p = NEW_ARRAY(j->l, Place, most);
  for (u32 i = 0; i < j->l->objects.n; i++) {
    const Object *o = j->l->objects.p[i];
    for (u32 k = 0; k < o->nsegments; k++) {
      const Segment *s = &o->segments[k];
      bool known = segment_fact(j, s)->known;
      bool missing = s->c.live && !known && !may_be_merged(s);
      unsure |= missing;
      lost |= missing && s->c.size;
      if (!s->c.live || !known ||
          ((s->flags & WASM_SEG_FLAG_TLS) && !j->tls.known &&
           !is_block_of_its_own(j, s)))
        continue;
      judge_alignment(j, s);
      u64 address = segment_address(j, s);
      p[n++] = (Place){address, address + s->c.size, s};
      if (s->c.size)
        judge_zeros(j, &p[n - 1]);
    }
  }
  judge_overlap(j, p, n);
  Regions at = find_regions(j, p, n);
  at.lost = lost;
  at.unsure = unsure;
  judge_fills(j, &at);
  judge_flag(j, p, n);
  judge_provided(j, &at);
  judge_stack(j, &at, p, n);
  judge_empty(j, &at, p, n);
  judge_bounds(j, p, n);
}
