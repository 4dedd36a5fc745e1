/* judge_memory.c: the memory that the module sets up, and what lies where.

   Data of the module has an address where a segment is active, or where the
   start function copies it to.  A site that expects data of the inputs at an
   address is believed when the bytes there are the segment's; then the segment
   lies there for all sites.  A string may be shared with others: each is
   looked at on its own. */

#include <stdlib.h>
#include <string.h>

#include "judge_parts.h"

/* -- what the module brings -- */

static int by_address(const void *x, const void *y) {
  const Part *a = x, *b = y;
  if (a->placed != b->placed)
    return a->placed ? -1 : 1;
  return a->address < b->address ? -1 : a->address > b->address;
}

/* Where the start function copies passive segments, and what it fills. */
static void place_by_start(Judge *j) {
  if (j->m->start == DEC_NONE || j->m->start < j->m->imported_funcs)
    return;
  Run run = {0};
  run_start(j, &run);
  for (u32 i = 0; i < run.events.n; i++) {
    const Event *e = &run.events.p[i];
    if (!is_address(j, e->args[0]))
      continue;
    if (e->kind == EVENT_FILL && e->args[2].kind == VALUE_CONST)
      VEC_PUSH(j->l, j->fills,
               ((Part){.address = e->args[0].n,
                       .size = e->args[2].n,
                       .placed = true}));
    if (e->kind != EVENT_INIT || e->index >= j->parts.n)
      continue;
    Part *p = &j->parts.p[e->index]; /* they are not yet in order of address */
    if (!p->placed) {
      p->address = e->args[0].n;
      p->placed = true;
    }
  }
  if (j->fills.n)
    qsort(j->fills.p, j->fills.n, sizeof *j->fills.p, by_address);
}

static u64 size_of_memory(const DecLimits *d) {
  return d->min > UINT64_MAX >> d->page_log2 ? UINT64_MAX
                                             : d->min << d->page_log2;
}

static Site site_of_part(Judge *j, const Part *p) {
  return site_of(format(j->l, "data segment %u", p->index),
                 j->m->data[p->index].offset);
}

/* What is not inside the memory is nowhere. */
static void judge_part(Judge *j, Part *p) {
  if (!p->placed ||
      (p->address <= j->memory_size && p->size <= j->memory_size - p->address))
    return;
  Site by = site_of_part(j, p);
  p->placed = false;
  violate(j, "memory.initial", &by, NULL,
          format(j->l, "inside the memory of %llu bytes",
                 (unsigned long long)j->memory_size),
          format(j->l, "address %llu, %llu bytes",
                 (unsigned long long)p->address, (unsigned long long)p->size));
}

/* No part writes where another one does. */
static void judge_parts_apart(Judge *j) {
  u64 end = 0;
  for (u32 i = 0; i < j->parts.n && j->parts.p[i].placed; i++) {
    const Part *p = &j->parts.p[i];
    if (p->size && p->address < end) {
      Site by = site_of_part(j, p);
      violate(j, "data.no-overlap", &by, NULL,
              format(j->l, "an address from %llu on, where another one ends",
                     (unsigned long long)end),
              format(j->l, "address %llu", (unsigned long long)p->address));
    }
    if (p->address + p->size > end)
      end = p->address + p->size;
  }
}

void build_memory(Judge *j) {
  const DecModule *m = j->m;
  for (u32 i = 0; i < m->data_count; i++) {
    const DecData *d = &m->data[i];
    Part p = {.size = d->bytes.size, .bytes = d->bytes.at, .index = i};
    p.placed = d->mode == DEC_ACTIVE &&
               counts_from(j, &d->start, BASE_MEMORY, &p.address);
    if (!j->l->opt.wasm64)
      p.address = (u32)p.address;
    if (is_pic(j->l) && d->mode == DEC_ACTIVE && !p.placed) {
      Site by = site_of_part(j, &p);
      violate(j, "dylink.import.memory-base", &by, NULL,
              "an address that counts from __memory_base", "another");
    }
    VEC_PUSH(j->l, j->parts, p);
  }
  if (m->memory_count)
    j->memory_size = size_of_memory(&m->memories[0].limits);
  place_by_start(j);
  for (u32 i = 0; i < j->parts.n; i++)
    judge_part(j, &j->parts.p[i]);
  if (j->parts.n)
    qsort(j->parts.p, j->parts.n, sizeof *j->parts.p, by_address);
  judge_parts_apart(j);
}

/* The first part that ends behind the address, or the number of parts. */
u32 part_at(const Judge *j, u64 address) {
  u32 from = 0, to = j->parts.n;
  while (from < to) {
    u32 middle = from + (to - from) / 2;
    const Part *p = &j->parts.p[middle];
    if (p->placed && p->address + p->size <= address)
      from = middle + 1;
    else
      to = middle;
  }
  return from;
}

static bool holds(const Part *p, u64 address, u64 n) {
  return p->placed && p->address <= address &&
         address - p->address <= p->size &&
         n <= p->size - (address - p->address);
}

/* Bytes that no one segment holds: the rest is zero. */
static const u8 *gather(Judge *j, u64 address, u64 n, u32 i) {
  u8 *copy = NEW_ARRAY(j->l, u8, n);
  for (; i < j->parts.n && j->parts.p[i].placed; i++) {
    const Part *p = &j->parts.p[i];
    if (p->address >= address + n)
      break;
    u64 from = p->address > address ? p->address : address;
    u64 end = p->address + p->size;
    u64 to = end < address + n ? end : address + n;
    if (to > from)
      memcpy(copy + (from - address), p->bytes + (from - p->address),
             to - from);
  }
  return copy;
}

const u8 *memory_at(Judge *j, u64 address, u64 n) {
  static const u8 nothing[1];
  if (!n)
    return nothing;
  if (address + n < n || address + n > j->memory_size)
    return NULL;
  u32 i = part_at(j, address);
  const Part *p = i < j->parts.n ? &j->parts.p[i] : NULL;
  if (p && holds(p, address, n))
    return p->bytes + (address - p->address);
  return gather(j, address, n, i);
}

/* -- segments -- */

const char *segment_text(Judge *j, const Segment *s) {
  return format(j->l, "segment %s of %s", pretty(j->l, s->c.name),
                s->c.obj->name);
}

u64 segment_address(Judge *j, const Segment *s) {
  if (is_block_of_its_own(j, s))
    return home_address(j, home_of(j, s));
  u64 base = s->flags & WASM_SEG_FLAG_TLS ? j->tls.value : 0;
  return base + segment_fact(j, s)->value;
}

const u8 *segment_bytes(Judge *j, const Segment *s) {
  const Part *p = s->flags & WASM_SEG_FLAG_TLS ? j->tls_part : NULL;
  u64 offset = segment_fact(j, s)->value;
  if (!p)
    return memory_at(j, segment_address(j, s), s->c.size);
  return offset <= p->size && s->c.size <= p->size - offset ? p->bytes + offset
                                                            : NULL;
}

bool may_be_merged(const Segment *s) {
  return (s->flags & WASM_SEG_FLAG_STRINGS) && !s->c.nrelocs && s->c.size &&
         s->c.bytes[s->c.size - 1] == 0;
}

bool segment_fits(Judge *j, const Segment *s, u64 address, u32 *at) {
  const u8 *p = memory_at(j, address, s->c.size);
  *at = 0;
  return p && same_shape(walk_bytes(&s->c, p, s->c.size), at);
}

/* The part with all of it, or NULL. */
Part *part_with(Judge *j, u64 address, u64 n) {
  u32 i = part_at(j, address);
  Part *p = i < j->parts.n ? &j->parts.p[i] : NULL;
  return p && holds(p, address, n) ? p : NULL;
}

void settle_segment(Judge *j, const Segment *s, u64 value, const Site *by) {
  Fact *f = segment_fact(j, s);
  *f = (Fact){value, true, *by};
  j->out->segments++;
  claim_at(j, value, s->c.size);
  VEC_PUSH(j->l, j->segment_queue, s);
}

static void segment_is_at(Judge *j, const Segment *s, u64 value,
                          const Site *by) {
  Fact *f = segment_fact(j, s);
  bool tls = s->flags & WASM_SEG_FLAG_TLS;
  if (f->known || tls) { /* the block is looked for when all is known */
    bool fresh = !f->known;
    if (!agrees(f, value, by))
      contradict(j, f, value, by, tls ? "tls.block" : "reloc.memory.value",
                 segment_text(j, s), tls ? "offset" : "address");
    j->out->segments += fresh;
    return;
  }
  u32 at;
  if (segment_fits(j, s, value, &at)) {
    settle_segment(j, s, value, by);
    return;
  }
  j->data_lost = true;
  violate(j, "reloc.memory.value", by, segment_text(j, s),
          format(j->l, "its address, with its bytes there"),
          format(j->l, "address %llu, where byte %u differs",
                 (unsigned long long)value, at));
  const u8 *p = memory_at(j, value, s->c.size);
  if (p)
    show_difference(j, walk_bytes(&s->c, p, s->c.size));
}

/* -- data that the linker provides -- */

/* Each with what the ledger says of it, and what modules have it: what the
   loader places has no stack and no heap of its own (pie.symbols). */
typedef enum { ANY_MODULE, ANY_PROGRAM, FIXED_PROGRAM } Having;

static const struct {
  const char *name, *clause;
  Having who;
} provided_names[] = {
    {"__dso_handle", "layout.symbol.dso-handle", ANY_MODULE},
    {"__data_end", "layout.symbol.data-end", ANY_PROGRAM},
    {"__stack_low", "layout.symbol.stack", FIXED_PROGRAM},
    {"__stack_high", "layout.symbol.stack", FIXED_PROGRAM},
    {"__global_base", "layout.symbol.global-base", FIXED_PROGRAM},
    {"__heap_base", "layout.symbol.heap-base", FIXED_PROGRAM},
    {"__heap_end", "layout.symbol.heap-end", FIXED_PROGRAM},
    {"__memory_base", "layout.symbol.memory-base", FIXED_PROGRAM},
    {"__table_base", "layout.symbol.table-base", FIXED_PROGRAM},
    {"__wasm_first_page_end", "layout.symbol.first-page-end", ANY_MODULE},
    {"__wasm_init_memory_flag", "threads.init-flag", ANY_MODULE}};

static u32 provided_row(Str name) {
  for (u32 i = 0; i < sizeof provided_names / sizeof *provided_names; i++)
    if (str_is(name, provided_names[i].name))
      return i;
  return NONE;
}

static bool has_provided(const Link *l, Having who) {
  switch (who) {
  case FIXED_PROGRAM: return !is_pic(l);
  case ANY_PROGRAM: return !l->opt.shared;
  default: return true;
  }
}

const char *provided_clause(const char *name) {
  return provided_names[provided_row(str_from(name))].clause;
}

void index_segment_names(Judge *j) {
  bool fresh;
  for (u32 i = 0; i < j->l->objects.n; i++) {
    const Object *o = j->l->objects.p[i];
    for (u32 k = 0; k < o->nsegments; k++)
      if (o->segments[k].c.live) {
        u32 n = j->segment_names.n;
        u32 *at =
            map_slot(j->l, &j->segment_names, o->segments[k].c.name, &fresh);
        *at = fresh ? n : *at;
      }
  }
}

Str bounded_name(Str name) {
  u32 skip = str_starts(name, "__start_") ? 8 : 7;
  return (Str){name.p + skip, name.n - skip};
}

bool is_provided(Judge *j, const Symbol *s) {
  if (j->l->opt.relocatable || (s->obj && is_defined(s)))
    return false;
  if (is_pic(j->l) && s->kind == WASM_SYMBOL_TYPE_GLOBAL)
    return false; /* the bases are the loader's */
  u32 row = provided_row(s->name);
  if (row != NONE)
    return has_provided(j->l, provided_names[row].who);
  bool bound =
      str_starts(s->name, "__start_") || str_starts(s->name, "__stop_");
  return bound && map_get(&j->segment_names, bounded_name(s->name)) != NONE;
}

static void provided_is(Judge *j, const Symbol *s, u64 value, const Site *by) {
  bool fresh;
  u32 *at = map_slot(j->l, &j->provided_names, s->name, &fresh);
  if (fresh) {
    *at = j->provided.n;
    VEC_PUSH(j->l, j->provided, ((Made){.s = s}));
  }
  Fact *f = &j->provided.p[*at].at;
  if (!agrees(f, value, by))
    contradict(j, f, value, by, "reloc.memory.value", tell(j, s), "address");
}

/* -- sites -- */

void address_is(Judge *j, const Symbol *s, u64 value, const Site *by) {
  if (is_provided(j, s)) {
    provided_is(j, s, value, by);
  } else if (!s->seg) {
    if (value != s->value)
      violate(j, "symbol.absolute", by, tell(j, s), number(j, s->value),
              number(j, value));
  } else if (is_tls(s) && !(s->seg->flags & WASM_SEG_FLAG_TLS)) {
    return; /* what it counts from, no convention says */
  } else if (may_be_merged(s->seg) && !segment_fact(j, s->seg)->known &&
             string_is_at(j, s->seg, s->value, value, by)) {
    return;
  } else {
    segment_is_at(j, s->seg, value - s->value, by);
  }
}
