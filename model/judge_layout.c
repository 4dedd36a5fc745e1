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
    violate(j, "layout.alignment", &f->by, segment_text(j, s),
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
  if (!j->l->opt.import_memory || part_with(j, p->address, p->end - p->address))
    return;
  if (is_filled(j, p->address, p->end))
    return;
  violate(j, "memory.import-bss", &segment_fact(j, p->s)->by,
          segment_text(j, p->s), "zeros are written to an imported memory",
          "not so");
}

/* What is filled with zeros holds nothing else. */
static void judge_fills(Judge *j) {
  Site by = site_of("the start function", NO_OFFSET);
  for (u32 i = 0; i < j->fills.n; i++) {
    const Part *f = &j->fills.p[i];
    u32 at = part_at(j, f->address);
    const Part *p = at < j->parts.n ? &j->parts.p[at] : NULL;
    bool outside =
        f->address > j->memory_size || f->size > j->memory_size - f->address;
    bool hit = f->size && p && p->placed && p->size && !outside &&
               p->address < f->address + f->size;
    if (hit || outside)
      violate(j, "memory.init-memory", &by, "memory.fill",
              "memory without data of the module",
              format(j->l, "address %llu, %llu bytes",
                     (unsigned long long)f->address,
                     (unsigned long long)f->size));
  }
}

static void judge_overlap(Judge *j, Place *p, u32 n) {
  if (n)
    qsort(p, n, sizeof *p, by_place);
  u64 end = 0;
  const Place *last = NULL;
  for (u32 i = 0; i < n; i++) {
    if (p[i].address < end && p[i].end > p[i].address &&
        !may_overlap(j, &p[i], last))
      violate(j, "layout.overlap", &segment_fact(j, p[i].s)->by,
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
    violate(j, "layout.symbol", &f->by, name, expected, number(j, f->value));
}

static u64 data_end(const Place *p, u32 n) {
  u64 end = 0;
  for (u32 i = 0; i < n; i++)
    if (p[i].end > end)
      end = p[i].end;
  return end;
}

static void judge_provided(Judge *j, const Place *p, u32 n) {
  u64 start = n ? p[0].address : 0, end = data_end(p, n);
  const Fact *f;
  if ((f = provided_fact(j, "__data_end")))
    must_be(j, "__data_end", f->value >= end, f,
            format(j->l, "%llu, the end of all data, or more",
                   (unsigned long long)end));
  if ((f = provided_fact(j, "__heap_base")))
    must_be(
        j, "__heap_base",
        f->value >= end && f->value <= j->memory_size && f->value % 16 == 0, f,
        format(j->l, "a multiple of 16 from %llu to %llu",
               (unsigned long long)end, (unsigned long long)j->memory_size));
  if ((f = provided_fact(j, "__heap_end")))
    must_be(j, "__heap_end", f->value == j->memory_size, f,
            format(j->l, "%llu, the end of the memory",
                   (unsigned long long)j->memory_size));
  if ((f = provided_fact(j, "__global_base")) && n)
    must_be(j, "__global_base", f->value <= start, f,
            format(j->l, "%llu, where data begins, or less",
                   (unsigned long long)start));
  if ((f = provided_fact(j, "__memory_base")))
    must_be(j, "__memory_base", f->value == 0, f, "0");
  if ((f = provided_fact(j, "__table_base")))
    must_be(j, "__table_base", f->value == j->l->opt.table_base, f,
            number(j, j->l->opt.table_base));
  if ((f = provided_fact(j, "__wasm_first_page_end")))
    must_be(j, "__wasm_first_page_end", f->value == j->l->opt.page_size, f,
            number(j, j->l->opt.page_size));
}

/* The stack ends where the pointer begins, and touches no data. */
static void judge_stack(Judge *j, const Place *p, u32 n) {
  const Fact *low = provided_fact(j, "__stack_low"),
             *high = provided_fact(j, "__stack_high");
  const Symbol *s = j->l->stack_pointer;
  const Fact *at = s && is_defined(s) ? made_fact(j, s) : NULL;
  u64 top = 0;
  if (!at || !at->known || !constant_of(&j->m->globals[at->value].init, &top))
    return;
  u64 size = j->l->opt.stack_size, bottom = top - size;
  if (top < size || top > j->memory_size || top % 16)
    violate(j, "layout.stack-size", &at->by, "__stack_pointer",
            format(j->l, "a multiple of 16 from %llu to %llu",
                   (unsigned long long)size,
                   (unsigned long long)j->memory_size),
            number(j, top));
  if (low)
    must_be(j, "__stack_low", low->value == bottom, low, number(j, bottom));
  if (high)
    must_be(j, "__stack_high", high->value == top, high, number(j, top));
  if (n && p[0].address >= top)
    take(j, PERMISSION_STACK_FIRST);
  for (u32 i = 0; i < n; i++)
    if (p[i].address < top && p[i].end > bottom && p[i].end > p[i].address) {
      violate(j, "layout.stack-size", &segment_fact(j, p[i].s)->by,
              segment_text(j, p[i].s),
              format(j->l, "outside of the stack, %llu to %llu",
                     (unsigned long long)bottom, (unsigned long long)top),
              format(j->l, "address %llu", (unsigned long long)p[i].address));
      break;
    }
}

typedef struct Bounds {
  u64 low, high;
} Bounds;

/* Where the segments of each name are, by their number in segment_names. */
static Bounds *bounds_of_names(Judge *j, const Place *p, u32 n) {
  Bounds *b = NEW_ARRAY(j->l, Bounds, j->segment_names.n);
  for (u32 i = 0; i < n; i++) {
    Bounds *of = &b[map_get(&j->segment_names, p[i].s->c.name)];
    if (!of->high || p[i].address < of->low)
      of->low = p[i].address;
    if (p[i].end > of->high)
      of->high = p[i].end;
  }
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
    u64 bound = start ? b->low : b->high;
    if (b->high && made->at.value != bound)
      violate(j, "layout.start-stop", &made->at.by, plain(j->l, name),
              number(j, bound), number(j, made->at.value));
  }
}

void judge_layout(Judge *j) {
  u32 n = 0, most = 0;
  for (u32 i = 0; i < j->l->objects.n; i++)
    most += j->l->objects.p[i]->nsegments;
  Place *p = NEW_ARRAY(j->l, Place, most);
  for (u32 i = 0; i < j->l->objects.n; i++) {
    const Object *o = j->l->objects.p[i];
    for (u32 k = 0; k < o->nsegments; k++) {
      const Segment *s = &o->segments[k];
      if (!s->c.live || !segment_fact(j, s)->known ||
          ((s->flags & WASM_SEG_FLAG_TLS) && !j->tls.known))
        continue;
      judge_alignment(j, s);
      u64 address = segment_address(j, s);
      p[n++] = (Place){address, address + s->c.size, s};
      if (s->c.size)
        judge_zeros(j, &p[n - 1]);
    }
  }
  judge_overlap(j, p, n);
  judge_fills(j);
  judge_provided(j, p, n);
  judge_stack(j, p, n);
  judge_bounds(j, p, n);
}
