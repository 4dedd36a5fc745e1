/* judge_sites.c: the walk over relocation sites.  An input chunk beside bytes
   of the module: between the sites they must be the same; at each site stands
   a number, which says something about the target.

   Rule of thumb: what the number ought to be is asked of facts, never
   computed from a layout. */

#include <string.h>

#include "judge_parts.h"

/* -- numbers -- */

static bool is_leb(Encoding e) {
  return e != ENC_I32 && e != ENC_I64;
}

static bool is_signed(Encoding e) {
  return e == ENC_SLEB32 || e == ENC_SLEB64;
}

/* Reads a number of at most most bytes; false when it has more, or ends, or
   has more than 64 bits. */
static bool read_leb(const u8 **p, const u8 *end, unsigned most, bool sign,
                     u64 *value, unsigned *width) {
  u64 v = 0;
  unsigned n = 0, shift = 0;
  u8 byte = 0x80;
  for (; byte & 0x80; n++, shift += 7) {
    if (n == most || *p + n >= end)
      return false;
    byte = (*p)[n];
    if (shift == 63 && byte != (sign && (byte & 1) ? 0x7f : byte & 1))
      return false;
    if (shift < 64)
      v |= (u64)(byte & 0x7f) << shift;
  }
  if (sign && shift < 64 && (byte & 0x40))
    v |= ~0ull << shift;
  *value = v;
  *width = n;
  *p += n;
  return true;
}

static bool read_fixed(const u8 **p, const u8 *end, unsigned width,
                       u64 *value) {
  if ((size_t)(end - *p) < width)
    return false;
  *value = 0;
  for (unsigned i = 0; i < width; i++)
    *value |= (u64)(*p)[i] << (8 * i);
  *p += width;
  return true;
}

/* Bits that a field of 32 bits does not have must be those of the sign. */
static bool has_range(Encoding e, u64 value) {
  if (e == ENC_ULEB32)
    return value <= UINT32_MAX;
  return e != ENC_SLEB32 || value + (1ull << 31) <= UINT32_MAX;
}

/* Would fewer bytes do? */
static bool is_padded(const u8 *p, unsigned width, bool sign) {
  u8 last = p[width - 1];
  bool minus = sign && width > 1 && (p[width - 2] & 0x40);
  return width > 1 && last == (minus ? 0x7f : 0);
}

static bool read_site(Walk *w, Encoding e, u64 *value) {
  unsigned full = encoding_width(e), width = full;
  if (!is_leb(e))
    return read_fixed(&w->p, w->end, full, value);
  if (!read_leb(&w->p, w->end, full, is_signed(e), value, &width) ||
      !has_range(e, *value))
    return false;
  if (width < full)
    w->shorter = true;
  else
    w->padded |= is_padded(w->p - width, width, is_signed(e));
  return width == full || w->loose;
}

/* -- walks -- */

Walk walk_function(Judge *j, const Function *f, u32 index) {
  const DecFunc *d = &j->m->funcs[index];
  return (Walk){.c = &f->c,
                .at = size_width(&f->c),
                .p = j->m->bytes + d->body,
                .end = j->m->bytes + d->end,
                .loose = !has_symbols(j)};
}

Walk walk_bytes(const Chunk *c, const u8 *p, u64 n) {
  return (Walk){.c = c, .p = p, .end = p + n};
}

/* Goes on to place `to` of the chunk. */
static bool pass_bytes(Walk *w, u32 to) {
  u32 n = to - w->at;
  size_t left = (size_t)(w->end - w->p);
  if (left < n || (n && memcmp(w->c->bytes + w->at, w->p, n) != 0)) {
    for (u32 i = 0; i < n && i < left; i++, w->at++, w->p++)
      if (w->c->bytes[w->at] != *w->p)
        break;
    w->failed = true;
    return false;
  }
  w->at = to;
  w->p += n;
  return true;
}

bool walk_next(Walk *w, const Reloc **r, u64 *value, const u8 **site) {
  if (w->failed)
    return false;
  if (w->next == w->c->nrelocs) {
    w->failed = !pass_bytes(w, w->c->size) || w->p != w->end;
    return false;
  }
  *r = &w->c->relocs[w->next];
  Encoding e = reloc_info((*r)->kind)->encoding;
  if (!pass_bytes(w, (*r)->offset - w->c->in_offset))
    return false;
  *site = w->p;
  if (!read_site(w, e, value)) {
    w->failed = true;
    return false;
  }
  w->at += encoding_width(e);
  w->next++;
  return true;
}

bool same_shape(Walk w, u32 *at) {
  const Reloc *r;
  u64 value;
  const u8 *site;
  while (walk_next(&w, &r, &value, &site))
    continue;
  *at = w.at;
  return !w.failed;
}

/* Where each site of f's body ends, there and here. */
static void find_moved(Judge *j, const Function *f) {
  Walk w = walk_function(j, f, (u32)function_fact(j, f)->value);
  const u8 *start = w.p, *site;
  u32 first = w.at;
  const Reloc *r;
  u64 value;
  j->moved_of = f;
  j->moved.n = 0;
  VEC_PUSH(j->l, j->moved, ((Moved){0, 0}));
  while (walk_next(&w, &r, &value, &site))
    VEC_PUSH(j->l, j->moved, ((Moved){w.at - first, (u64)(w.p - start)}));
}

/* What lies in front of the body moves with its start. */
u64 body_place(Judge *j, const Function *f, u64 offset) {
  if (offset > UINT64_MAX / 2)
    return offset;
  if (j->moved_of != f)
    find_moved(j, f);
  u32 from = 0, to = j->moved.n;
  while (to - from > 1) {
    u32 middle = from + (to - from) / 2;
    if (j->moved.p[middle].from <= offset)
      from = middle;
    else
      to = middle;
  }
  return offset - j->moved.p[from].from + j->moved.p[from].to;
}

/* -- what a number says -- */

const char *tell(Judge *j, const Symbol *s) {
  return format(j->l, "%s %s", kind_text(s->kind), pretty(j->l, s->name));
}

/* What may stand for something that is gone. */
bool is_tombstone(const Chunk *c, const Reloc *r, u64 value) {
  Encoding e = reloc_info(r->kind)->encoding;
  bool wide = e == ENC_ULEB64 || e == ENC_SLEB64 || e == ENC_I64;
  u64 mask = wide ? UINT64_MAX : UINT32_MAX;
  if (str_is(c->name, ".debug_ranges") || str_is(c->name, ".debug_loc"))
    return (value & mask) == ((UINT64_MAX - 1) & mask);
  if (str_starts(c->name, ".debug_") || str_starts(c->name, "llvm.func_attr."))
    return (value & mask) == mask;
  return (value & mask) == ((u64)r->addend & mask);
}

/* Where addresses have 32 bits, a wider field holds one all the same. */
bool is_pointer(Judge *j, Encoding e, u64 value) {
  bool sign = e == ENC_I64 || e == ENC_SLEB64;
  return j->l->opt.wasm64 || (e != ENC_ULEB64 && !sign) ||
         value <= UINT32_MAX || (sign && value + (1ull << 31) <= UINT32_MAX);
}

/* A field of 32 bits holds the low half; a word is read either way. */
u64 widen(Judge *j, Encoding e, u64 value) {
  if (e == ENC_I32 || e == ENC_SLEB32)
    return (u32)value;
  if ((e == ENC_I64 || e == ENC_SLEB64) && !j->l->opt.wasm64)
    return (u32)value;
  return value;
}

static u64 minus(Judge *j, u64 value, i64 n) {
  u64 v = value - (u64)n;
  return j->l->opt.wasm64 ? v : (u32)v;
}

u64 address_in(Judge *j, const Reloc *r, u64 value, u64 place) {
  const RelocInfo *info = reloc_info(r->kind);
  Encoding e = info->encoding;
  u64 v = widen(j, e, value);
  if (info->base == BASE_PLACE && e == ENC_I32)
    v = (u64)(int32_t)v; /* a distance may be negative */
  u64 address = minus(j, v + place, r->addend);
  /* For a memory of 64 bits, a word that its addend puts below 0. */
  u64 below = address - (1ull << 32);
  bool negative = (e == ENC_I32 || e == ENC_SLEB32) && v >> 31 == 1;
  return negative && address > j->memory_size && below <= j->memory_size
             ? below
             : address;
}

/* The address of the site itself, for distances. */
static bool place_known(Judge *j, const Chunk *c, const Reloc *r, u64 *place) {
  const Segment *s = (const Segment *)c;
  *place = segment_address(j, s) + (r->offset - c->in_offset);
  bool nowhere = j->tls_part && (s->flags & WASM_SEG_FLAG_TLS);
  return segment_fact(j, s)->known && !nowhere;
}

static void address_site(Judge *j, const Chunk *c, const Reloc *r,
                         const Symbol *s, u64 value, const Site *by) {
  const RelocInfo *info = reloc_info(r->kind);
  if (!is_pointer(j, info->encoding, value))
    return violate(j, "reloc.overflow", by, tell(j, s), "an address of 32 bits",
                   number(j, value));
  if (!is_defined(s) && !is_provided(j, s)) {
    u64 v = widen(j, info->encoding, value);
    u64 addend = minus(j, (u64)r->addend, 0);
    if (addend != 0 && (v == 0 || v == addend))
      choose(j, PERMISSION_NULL_ADDEND, v != 0, by);
    else if (v != 0)
      violate(j, "symbol.undefined.weak", by, tell(j, s), "0", number(j, v));
    return;
  }
  u64 place = 0;
  if (info->base == BASE_PLACE && !place_known(j, c, r, &place))
    return;
  address_is(j, s, address_in(j, r, value, place), by);
}

/* A place in the module's code section.  In a function of the linker's own it
   may count from the size in front of the body. */
static void offset_site(Judge *j, const Reloc *r, const Symbol *s, u64 value,
                        const Site *by) {
  bool own = !s->func->c.obj;
  const Fact *f = own ? made_fact(j, s) : function_fact(j, s->func);
  if (!f->known)
    return; /* that was said */
  const DecFunc *d = &j->m->funcs[f->value];
  u64 place = own ? (u64)r->addend : body_place(j, s->func, (u64)r->addend);
  u64 expected = d->body - j->code_payload + place;
  if (j->l->opt.relocatable && r->kind == R_WASM_FUNCTION_OFFSET_I32)
    expected = (u32)expected; /* a later link has the addend, and refuses */
  bool counts_size = own && value == expected - (d->body - d->offset);
  if (value != expected && !counts_size)
    violate(j, "reloc.function-offset-i32", by, tell(j, s), number(j, expected),
            number(j, value));
}

static void type_site(Judge *j, const Chunk *c, const Reloc *r, u64 value,
                      const Site *by) {
  const Signature *sig = c->obj->types[r->index];
  if (value >= j->m->type_count)
    violate(j, "reloc.type-index-leb", by, NULL, signature_text(j->l, sig),
            format(j->l, "type %llu of %u", (unsigned long long)value,
                   j->m->type_count));
  else if (!same_type(&j->m->types[value], sig))
    violate(j, "reloc.type-index-leb", by, NULL, signature_text(j->l, sig),
            format(j->l, "type %llu, %s", (unsigned long long)value,
                   type_of(j, (u32)value)));
}

static void index_site(Judge *j, const RelocInfo *info, const Symbol *s,
                       u64 value, const Site *by) {
  switch (info->target) {
  case TARGET_FUNCTION: function_is(j, s, value, by); break;
  case TARGET_GLOBAL: global_is(j, s, value, by); break;
  case TARGET_TAG: tag_is(j, s, value, by); break;
  default: table_is(j, s, value, by); break;
  }
}

/* A slot, or nothing: the address of what has no function. */
static void slot_site(Judge *j, const Walk *w, const Reloc *r, const Symbol *s,
                      u64 value, const Site *by) {
  const RelocInfo *info = reloc_info(r->kind);
  u64 slot = widen(j, info->encoding, value);
  bool nothing = s->is_stub || (is_undefined(s) && !is_imported(j->l, s));
  if (w->custom && slot == 0 &&
      (!is_defined(s) || s->is_stub || !slot_could_be(j, r, s, value)))
    return; /* a custom section asks for no slot */
  if (info->base == BASE_TABLE && !(nothing && slot == 0))
    slot += j->l->opt.table_base;
  if (holds_pointer(info) && !w->custom && loader_knows(j, s))
    return; /* code writes it: see judge_dynamic.c */
  slot_is(j, s, slot, by);
}

static void judge_site(Judge *j, const Walk *w, const Reloc *r, u64 value,
                       u64 out) {
  const Chunk *c = w->c;
  const RelocInfo *info = reloc_info(r->kind);
  Site by = {c, r, NULL, out};
  j->out->sites++;
  if (info->target == TARGET_TYPE)
    return type_site(j, c, r, value, &by);
  if (info->target == TARGET_SECTION)
    return; /* judge_custom.c knows where sections went */
  const Symbol *s = c->obj->symbols[r->index];
  bool nowhere = w->custom && info->value == VALUE_INDEX && is_nowhere(j->l, s);
  if (w->custom && info->target == TARGET_GLOBAL && is_provided(j, s) &&
      is_tombstone(c, r, value))
    return; /* code does not ask for the GOT entry of a base */
  if (nowhere || (!is_live(s) && !is_provided(j, s))) {
    /* What the linker makes may be there for its own sake. */
    if (is_defined(s) && !s->obj && s->kind == WASM_SYMBOL_TYPE_GLOBAL &&
        !is_tombstone(c, r, value))
      global_is(j, s, value, &by);
    else if (!is_tombstone(c, r, value))
      violate(j, "reloc.dead-target", &by, tell(j, s),
              "what stands for a dead target", number(j, value));
    return;
  }
  switch (info->value) {
  case VALUE_INDEX: index_site(j, info, s, value, &by); break;
  case VALUE_SLOT: slot_site(j, w, r, s, value, &by); break;
  case VALUE_ADDRESS: address_site(j, c, r, s, value, &by); break;
  case VALUE_FUNCTION_OFFSET:
    if (is_defined(s))
      offset_site(j, r, s, value, &by);
    else if (!is_tombstone(c, r, value))
      violate(j, "reloc.dead-target", &by, tell(j, s),
              "what stands for a dead target", number(j, value));
    break;
  case VALUE_SECTION_OFFSET: break;
  }
}

static void note_site(Judge *j, const Walk *w, const Reloc *r, const u8 *site) {
  Found f = {.at = (u64)(site - j->m->bytes),
             .width = (u32)(w->p - site),
             .kind = r->kind,
             .custom = w->custom};
  Target target = reloc_info(r->kind)->target;
  if (target != TARGET_TYPE)
    f.symbol = w->c->obj->symbols[r->index];
  f.dead = f.symbol && target != TARGET_SECTION && !is_live(f.symbol) &&
           !is_provided(j, f.symbol);
  VEC_PUSH(j->l, j->out->found, f);
}

void judge_walk(Judge *j, Walk w) {
  const Reloc *r;
  u64 value;
  const u8 *site;
  const u8 *first = j->m->bytes, *last = first + j->m->size;
  while (walk_next(&w, &r, &value, &site)) {
    bool inside = site >= first && site < last;
    if (inside && j->out->want_sites)
      note_site(j, &w, r, site);
    judge_site(j, &w, r, value, inside ? (u64)(site - first) : NO_OFFSET);
  }
  Site by = {w.c, NULL, NULL, NO_OFFSET};
  if (w.shorter)
    choose(j, PERMISSION_SHORT_LEBS, true, &by);
  if (w.padded && w.loose)
    choose(j, PERMISSION_SHORT_LEBS, false, &by);
}

void judge_function(Judge *j, const Function *f) {
  judge_walk(j, walk_function(j, f, (u32)function_fact(j, f)->value));
}

void judge_segment(Judge *j, const Segment *s) {
  const u8 *p = segment_bytes(j, s);
  if (p)
    judge_walk(j, walk_bytes(&s->c, p, s->c.size));
}
