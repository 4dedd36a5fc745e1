/* read_reloc.c: the custom sections "reloc.*" (tool-conventions Linking.md):
   their rows, and the chunk that each belongs to.

   Rule of thumb: a relocation is taken only where its symbol has the kind, and
   its bytes the place and width, that it needs: reloc.c writes without asking.
 */

#include "link.h"

static const RelocInfo reloc_table[RELOC_KINDS] = {
#define RELOC(number, name, enc, target, value, base, addend, twin)            \
  [number] = {#name, enc, target, value, base, addend, twin},
#include "relocs.def"
#undef RELOC
};

const RelocInfo *reloc_info(u32 kind) {
  return kind < RELOC_KINDS ? &reloc_table[kind] : NULL;
}

unsigned encoding_width(Encoding e) {
  static const u8 width[] = {
      [ENC_ULEB32] = 5,  [ENC_SLEB32] = 5,  [ENC_I32] = 4,
      [ENC_ULEB64] = 10, [ENC_SLEB64] = 10, [ENC_I64] = 8};
  return width[e];
}

/* -- rows -- */

/* Does the symbol that the relocation names have the kind it needs?
   R_WASM_GLOBAL_INDEX_LEB also stands before data and functions: an access
   through a GOT entry.
   [reloc.symbol] [reloc.symbol.function] [reloc.symbol.data]
   [reloc.symbol.global] [reloc.symbol.section] [reloc.symbol.tag]
   [reloc.symbol.table] [reloc.symbol.got] */
static bool target_fits(const RelocInfo *info, u32 kind, u8 symbol) {
  switch (info->target) {
  case TARGET_FUNCTION: return symbol == WASM_SYMBOL_TYPE_FUNCTION;
  case TARGET_DATA: return symbol == WASM_SYMBOL_TYPE_DATA;
  case TARGET_GLOBAL:
    return symbol == WASM_SYMBOL_TYPE_GLOBAL ||
           (kind == R_WASM_GLOBAL_INDEX_LEB &&
            (symbol == WASM_SYMBOL_TYPE_DATA ||
             symbol == WASM_SYMBOL_TYPE_FUNCTION));
  case TARGET_TAG: return symbol == WASM_SYMBOL_TYPE_TAG;
  case TARGET_TABLE: return symbol == WASM_SYMBOL_TYPE_TABLE;
  case TARGET_SECTION: return symbol == WASM_SYMBOL_TYPE_SECTION;
  case TARGET_TYPE: break;
  }
  return false;
}

/* [reloc.type] [reloc.type.unknown] [reloc.offset] [reloc.offset.inside]
   [reloc.offset.order] [reloc.index] [reloc.addend] [reloc.addend.width] */
static void read_reloc(Link *l, Object *o, Cursor *c, const Section *patched,
                       u32 last, Reloc *r) {
  Where w = at_cursor(c, "relocation type");
  u32 kind = read_u8(c, "relocation type");
  const RelocInfo *info = reloc_info(kind);
  if (!info)
    fail(l, DIAG_RELOC_KIND, w, kind);
  r->kind = (u8)kind;
  Where wo = at_cursor(c, "relocation offset");
  r->offset = read_uleb32(c, "relocation offset");
  if ((u64)r->offset + encoding_width(info->encoding) > patched->size)
    fail(l, DIAG_RELOC_OFFSET, wo, info->name, r->offset, patched->size);
  if (r->offset < last)
    fail(l, DIAG_RELOC_ORDER, wo, r->offset, last);
  if (info->base == BASE_PLACE && patched->id != WASM_SEC_DATA)
    fail(l, DIAG_RELOC_PLACE, w, info->name);
  w = at_cursor(c, "relocation index");
  r->index = read_uleb32(c, "relocation index");
  u32 n = info->target == TARGET_TYPE ? o->ntypes : o->nsymbols;
  if (r->index >= n)
    fail(l, DIAG_INDEX_RANGE, w, "relocation index", r->index, n);
  if (info->target != TARGET_TYPE) {
    SymbolRow *row = &o->rows[r->index];
    if (!target_fits(info, kind, row->kind))
      fail(l, DIAG_RELOC_TARGET, w, info->name, kind_text(row->kind),
           pretty(l, row->name));
    if (kind == R_WASM_FUNCTION_INDEX_LEB)
      row->called_directly = true;
  }
  if (info->has_addend)
    r->addend = encoding_width(info->encoding) > 5
                    ? read_sleb64(c, "relocation addend")
                    : read_sleb32(c, "relocation addend");
}

/* [reloc.section.suffix] [reloc.section.index] [reloc.section.target]
   [reloc.section.after-target] [reloc.section.once] [reloc.count] */
void read_relocs(Link *l, Object *o, Cursor *c) {
  Where w = at_cursor(c, "relocated section");
  u32 index = read_uleb32(c, "relocated section");
  if (index >= o->nsections - 1) /* the last one is this section itself */
    fail(l, DIAG_INDEX_RANGE, w, "relocated section", index, o->nsections - 1);
  Section *s = &o->sections[index];
  if (s->id != WASM_SEC_CODE && s->id != WASM_SEC_DATA &&
      s->id != WASM_SEC_CUSTOM)
    fail(l, DIAG_RELOC_SECTION, w, index);
  if (s->relocs)
    fail(l, DIAG_RELOC_TWICE, w, index);
  s->nrelocs = read_count(c, 3, "relocation count");
  s->relocs = NEW_ARRAY(l, Reloc, s->nrelocs);
  for (u32 i = 0; i < s->nrelocs; i++)
    read_reloc(l, o, c, s, i ? s->relocs[i - 1].offset : 0, &s->relocs[i]);
}

/* -- places -- */

/* Does a LEB128 number stand there that takes up just this many bytes? */
static bool is_padded(const u8 *p, unsigned width) {
  for (unsigned i = 0; i + 1 < width; i++)
    if (!(p[i] & 0x80))
      return false;
  return !(p[width - 1] & 0x80);
}

u32 size_width(const Chunk *f) {
  u32 n = 0;
  while (f->bytes[n] & 0x80)
    n++;
  return n + 1;
}

static Where at_place(const Chunk *k, const Reloc *r) {
  return at_chunk(k, r->offset - k->in_offset, "relocated bytes");
}

/* What a relocation overwrites must be the chunk's own: all of it inside one
   function's body (its size, which stands before it, is not) or segment.  A
   number in LEB128 there must take up its greatest width, for the value to
   come; in code, where all operands are such, the instructions behind it would
   be lost otherwise.
   [reloc.offset.boundary] [reloc.offset.overlap] [reloc.padding] */
static void check_place(Link *l, const Chunk *k, bool code, const Reloc *r,
                        u64 free) {
  const RelocInfo *info = reloc_info(r->kind);
  unsigned width = encoding_width(info->encoding);
  bool word = info->encoding == ENC_I32 || info->encoding == ENC_I64;
  if ((code && r->offset < k->in_offset + size_width(k)) ||
      r->offset + width > (u64)k->in_offset + k->size)
    fail(l, DIAG_RELOC_OUTSIDE, at_place(k, r), info->name, r->offset,
         pretty(l, k->name));
  if (r->offset < free)
    fail(l, DIAG_RELOC_OVERLAP, at_place(k, r), info->name, r->offset,
         pretty(l, k->name));
  bool padded =
      !word && is_padded(k->bytes + (r->offset - k->in_offset), width);
  if (code && !padded)
    fail(l, DIAG_RELOC_NOT_PADDED, at_place(k, r), info->name, r->offset,
         pretty(l, k->name), width);
  if (!word && !padded)
    violation(l, DIAG_RELOC_PADDING, at_place(k, r), info->name, r->offset);
}

/* Nobody's bytes: a count, or the head of a segment. */
static void skip_reloc(Link *l, const Object *o, const Section *s, u32 i) {
  const Reloc *r = &s->relocs[i];
  violation(l, DIAG_RELOC_BETWEEN,
            at_offset(o, s->offset + r->offset, "relocated bytes"),
            reloc_info(r->kind)->name, r->offset);
}

/* Both chunks and relocations are in offset order: one walk over both. */
static u32 take_relocs(Link *l, Object *o, const Section *s, u32 i, Chunk *k) {
  u64 end = (u64)k->in_offset + k->size;
  u64 free = 0; /* end of the last relocation's bytes */
  for (; i < s->nrelocs && s->relocs[i].offset < k->in_offset; i++)
    skip_reloc(l, o, s, i);
  k->relocs = s->nrelocs ? &s->relocs[i] : NULL;
  for (; i < s->nrelocs && s->relocs[i].offset < end; i++) {
    const Reloc *r = &s->relocs[i];
    check_place(l, k, s->id == WASM_SEC_CODE, r, free);
    free = r->offset + encoding_width(reloc_info(r->kind)->encoding);
    k->nrelocs++;
  }
  return i;
}

void assign_relocs(Link *l, Object *o) {
  for (u32 n = 0; n < o->nsections; n++) {
    const Section *s = &o->sections[n];
    u32 i = 0;
    if (s->id == WASM_SEC_CODE)
      for (u32 k = 0; k < o->nfunctions; k++)
        i = take_relocs(l, o, s, i, &o->functions[k].c);
    else if (s->id == WASM_SEC_DATA)
      for (u32 k = 0; k < o->nsegments; k++)
        i = take_relocs(l, o, s, i, &o->segments[k].c);
    else if (s->id == WASM_SEC_CUSTOM)
      i = take_relocs(l, o, s, i, s->custom);
    for (; i < s->nrelocs; i++)
      skip_reloc(l, o, s, i);
  }
}
