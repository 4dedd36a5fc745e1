/* validate.c: the rules of Linking.md that linkers do not check.  Takes an
   object that has been read, or made of a unit, and reports what in it breaks
   one; called under --validate=strict only.  Each check quotes the document, or
   says in which of its tables the rule stands.

   Rule of thumb: nothing here is needed to link.  What a linker needs to know
   of its input, the readers check in both modes.  (Two more such rules stand
   with the readers, which have the bytes: names are UTF-8, sub-sections have
   a code of the list.)

   Instructions are read with the decoder's walk, which the linker itself has
   no use for.  A function that it cannot read to its end, since engines learn
   new instructions, is not judged from there on: "If a data encoding for the
   relocation cannot be determined [...], the data encoding constraints aren't
   applied." */

#include "decode.h"
#include "link.h"

/* -- symbols -- */

/* A row begins with a byte for its kind, then come the flags.  (The rows of a
   unit are nowhere.) */
static Where at_flags(const Object *o, const SymbolRow *r) {
  u64 at = r->at == NO_OFFSET ? NO_OFFSET : r->at + 1;
  return at_offset(o, at, "symbol flags");
}

enum {
  KNOWN_SYMBOL_FLAGS =
      WASM_SYMBOL_BINDING_MASK | WASM_SYMBOL_VISIBILITY_HIDDEN |
      WASM_SYMBOL_UNDEFINED | WASM_SYMBOL_EXPORTED | WASM_SYMBOL_EXPLICIT_NAME |
      WASM_SYMBOL_NO_STRIP | WASM_SYMBOL_TLS | WASM_SYMBOL_ABSOLUTE,
  KNOWN_SEGMENT_FLAGS =
      WASM_SEG_FLAG_STRINGS | WASM_SEG_FLAG_TLS | WASM_SEG_FLAG_RETAIN
};

/* [symbol.binding.exclusive] [symbol.binding.local-import] */
static void check_binding(Link *l, const Object *o, const SymbolRow *r) {
  Where w = at_flags(o, r);
  /* "this is exclusive with WASM_SYM_BINDING_WEAK" */
  if ((r->flags & WASM_SYMBOL_BINDING_MASK) == WASM_SYMBOL_BINDING_MASK)
    violation(l, DIAG_SYMBOL_BINDING, w, pretty(l, r->name), r->flags);
  /* "A local function or global symbol cannot reference an import."  Nor can
     others: local symbols are not to be "linked to other modules". */
  if (row_is_local(r) && (r->flags & WASM_SYMBOL_UNDEFINED))
    violation(l, DIAG_SYMBOL_LOCAL_UNDEFINED, w, pretty(l, r->name));
  /* "Local symbols are not to be exported" */
  if (row_is_local(r) && (r->flags & WASM_SYMBOL_EXPORTED))
    violation(l, DIAG_SYMBOL_LOCAL_EXPORTED, w, pretty(l, r->name));
}

/* The segment that a data symbol lies in, or NULL. */
static const Segment *segment_of(const Object *o, const SymbolRow *r) {
  bool inside = r->kind == WASM_SYMBOL_TYPE_DATA &&
                !(r->flags & (WASM_SYMBOL_UNDEFINED | WASM_SYMBOL_ABSOLUTE));
  return inside ? &o->segments[r->index.i] : NULL;
}

/* [symbol.data.size] [symbol.tls] */
static void check_place_of_data(Link *l, const Object *o, const SymbolRow *r) {
  const Segment *s = segment_of(o, r);
  bool data = r->kind == WASM_SYMBOL_TYPE_DATA;
  bool tls = r->flags & WASM_SYMBOL_TLS;
  Where w = at_flags(o, r);
  /* "The symbol resides in thread local storage": as its segment does. */
  if ((tls && !data) || (s && tls != !!(s->flags & WASM_SEG_FLAG_TLS)))
    violation(l, DIAG_SYMBOL_TLS, w, pretty(l, r->name), tls ? "has" : "lacks",
              data ? pretty(l, s->c.name) : "no data");
  /* "The symbol represents an absolute address." */
  if ((r->flags & WASM_SYMBOL_ABSOLUTE) &&
      (!data || (r->flags & WASM_SYMBOL_UNDEFINED)))
    violation(l, DIAG_SYMBOL_ABSOLUTE, w, pretty(l, r->name));
  /* "offset + size must be <= the segment's size" */
  if (s && r->size > s->c.size - r->offset)
    violation(l, DIAG_SYMBOL_SIZE, at_offset(o, r->at, "symbol"),
              pretty(l, r->name), r->offset, r->size, pretty(l, s->c.name),
              s->c.size);
}

/* [symbol.flags.unknown] */
static void check_symbol(Link *l, const Object *o, const SymbolRow *r) {
  /* "The current set of valid flags for symbols are:" */
  if (r->flags & ~(u32)KNOWN_SYMBOL_FLAGS)
    violation(l, DIAG_SYMBOL_FLAGS, at_flags(o, r), pretty(l, r->name),
              r->flags);
  check_binding(l, o, r);
  check_place_of_data(l, o, r);
}

/* -- segments -- */

/* [linking.segments.flags.unknown] [segment.strings] */
static void check_segment(Link *l, const Object *o, const Segment *s) {
  Where w = {o->name, s->info_at, "segment flags"};
  /* "The current set of valid flag for segments are:" */
  if (s->flags & ~(u32)KNOWN_SEGMENT_FLAGS)
    violation(l, DIAG_SEGMENT_FLAGS, w, pretty(l, s->c.name), s->flags);
  /* "the segment contains only null terminated strings" */
  if ((s->flags & WASM_SEG_FLAG_STRINGS) && s->c.size &&
      s->c.bytes[s->c.size - 1])
    violation(l, DIAG_SEGMENT_STRINGS, w, pretty(l, s->c.name));
}

/* -- operands: what a relocation of the code section may stand on -- */

static const char *operand_text(DecImmKind kind) {
  switch (kind) {
  case DEC_IMM_FUNC: return "a function index";
  case DEC_IMM_TYPE: return "a type index";
  case DEC_IMM_GLOBAL: return "a global index";
  case DEC_IMM_TABLE: return "a table index";
  case DEC_IMM_TAG: return "a tag index";
  case DEC_IMM_OFFSET: return "the offset of a memory access";
  case DEC_IMM_I32: return "an i32 constant";
  case DEC_IMM_I64: return "an i64 constant";
  default: return "nothing that can be relocated";
  }
}

/* "In the CODE section, only certain grammar constructs are allowed to be
   targeted by relocations:" and the list behind it.  (Type indices are in the
   description of R_WASM_TYPE_INDEX_LEB.)
   [reloc.operand.const] [reloc.operand.memarg] [reloc.operand.function]
   [reloc.operand.global] [reloc.operand.tag] [reloc.operand.table]
   [reloc.operand.type] */
static bool operand_takes(DecImmKind kind, const RelocInfo *info) {
  switch (kind) {
  case DEC_IMM_FUNC:
    return info->target == TARGET_FUNCTION && info->value == VALUE_INDEX;
  case DEC_IMM_TYPE: return info->target == TARGET_TYPE;
  case DEC_IMM_GLOBAL: return info->target == TARGET_GLOBAL;
  case DEC_IMM_TABLE: return info->target == TARGET_TABLE;
  case DEC_IMM_TAG: return info->target == TARGET_TAG;
  case DEC_IMM_OFFSET: return info->value == VALUE_ADDRESS;
  case DEC_IMM_I32:
  case DEC_IMM_I64:
    return info->value == VALUE_SLOT || info->value == VALUE_ADDRESS;
  default: return false;
  }
}

/* "Constraints are placed on relocations based on the data encoding of the
   value to be relocated:" and the table behind it.
   [reloc.encoding] [reloc.memarg-width] */
static bool encoding_fits(const Object *o, DecImmKind kind, Encoding e) {
  switch (kind) {
  case DEC_IMM_I32: return e == ENC_SLEB32;
  case DEC_IMM_I64: return e == ENC_SLEB64;
  case DEC_IMM_OFFSET: /* "may be treated as either" with a 32-bit memory */
    return e == ENC_ULEB64 || (e == ENC_ULEB32 && !o->wasm64);
  default: return e == ENC_ULEB32;
  }
}

/* The walk over one function: its relocations and its operands, both in the
   order of their places. */
typedef struct Walk {
  Link *link;
  const Object *o;
  const Section *code;
  const Chunk *c;
  u32 next; /* relocation */
} Walk;

static Where at_bytes(const Object *o, const Section *s, const Reloc *r) {
  return at_offset(o, s->offset + r->offset, "relocated bytes");
}

static void misplaced(const Walk *w, const Reloc *r, const char *operand) {
  violation(w->link, DIAG_RELOC_OPERAND, at_bytes(w->o, w->code, r),
            reloc_info(r->kind)->name, r->offset, pretty(w->link, w->c->name),
            operand);
}

/* All relocations up to file offset `end` that no operand has taken. */
static void pass_to(Walk *w, u64 end) {
  for (; w->next < w->c->nrelocs; w->next++) {
    const Reloc *r = &w->c->relocs[w->next];
    if (w->code->offset + r->offset >= end)
      return;
    misplaced(w, r, operand_text(DEC_IMM_ZERO));
  }
}

static void take_operand(Walk *w, const DecImm *imm) {
  pass_to(w, imm->offset);
  if (w->next == w->c->nrelocs)
    return;
  const Reloc *r = &w->c->relocs[w->next];
  if (w->code->offset + r->offset != imm->offset)
    return;
  w->next++;
  const RelocInfo *info = reloc_info(r->kind);
  if (!operand_takes(imm->kind, info))
    misplaced(w, r, operand_text(imm->kind));
  else if (!encoding_fits(w->o, imm->kind, info->encoding))
    violation(w->link, DIAG_RELOC_ENCODING, at_bytes(w->o, w->code, r),
              info->name, r->offset, pretty(w->link, w->c->name),
              operand_text(imm->kind));
}

/* -- functions -- */

/* A bit for each byte of the code section: does an instruction begin, or a
   body begin or end there? */
static void mark(u8 *boundaries, u64 offset) {
  boundaries[offset / 8] |= (u8)(1u << offset % 8);
}

static void check_function(Link *l, const Object *o, const Section *code,
                           const Chunk *f, u8 *boundaries) {
  const u8 *base = o->unit ? f->bytes : o->bytes; /* where offset 0 is */
  Cursor c = {l, o->name, f->bytes, f->bytes + f->size, base};
  read_uleb32(&c, "function body size");
  mark(boundaries, cursor_offset(&c) - code->offset);
  read_locals(&c);
  size_t begin = (size_t)cursor_offset(&c);
  size_t end = (size_t)(f->bytes - base) + f->size;
  DecError error = {0};
  DecCursor d = decode_cursor(base, begin, end, &error);
  Walk w = {l, o, code, f, 0};
  for (DecInstr in; decode_instr(&d, &in);) {
    mark(boundaries, in.offset - code->offset);
    for (u32 i = 0; i < in.imm_count; i++)
      take_operand(&w, &in.imm[i]);
    DecList list = decode_list(base, &in);
    for (DecImm imm; decode_list_next(&list, &imm);)
      take_operand(&w, &imm);
  }
  if (!error.field)
    pass_to(&w, end);
  for (u64 at = error.field ? error.offset : end; at <= end; at++)
    mark(boundaries, at - code->offset);
}

/* The boundaries of all functions, which are checked on the way; or NULL. */
static const u8 *check_code(Link *l, const Object *o) {
  const Section *code = NULL;
  for (u32 i = 0; i < o->nsections && !code; i++)
    if (o->sections[i].id == WASM_SEC_CODE)
      code = &o->sections[i];
  if (!code)
    return NULL;
  u8 *boundaries = NEW_ARRAY(l, u8, code->size / 8 + 1);
  for (u32 i = 0; i < o->nfunctions; i++)
    check_function(l, o, code, &o->functions[i].c, boundaries);
  return boundaries;
}

/* -- relocations, of every section -- */

static bool is_boundary(const u8 *boundaries, u64 at) {
  return boundaries[at / 8] >> at % 8 & 1;
}

/* An instruction of the code section, a byte of a segment, or any byte of a
   custom section. */
static bool is_place(const Object *o, const Section *s, const u8 *boundaries,
                     u64 at) {
  if (at > s->size)
    return false;
  return s->id == WASM_SEC_CODE   ? is_boundary(boundaries, at)
         : s->id == WASM_SEC_DATA ? chunk_at(o, s->id, at) != NULL
                                  : true;
}

/* The addend of an offset relocation leads to an instruction of the function,
   or to a place in the section; the end counts as one.
   [reloc.addend.code] [reloc.addend.data] [reloc.addend.custom] */
static bool addend_fits(const Object *o, const u8 *boundaries, const Reloc *r) {
  const SymbolRow *row = &o->rows[r->index];
  u64 addend = (u64)r->addend;
  if (reloc_info(r->kind)->value == VALUE_SECTION_OFFSET)
    return is_place(o, &o->sections[row->index.i], boundaries, addend);
  if (row->flags & WASM_SYMBOL_UNDEFINED)
    return true;
  const Chunk *f = &o->functions[row->index.i - o->nfimports].c;
  u64 at = (u64)f->in_offset + size_width(f) + addend;
  return addend <= f->size && at <= (u64)f->in_offset + f->size &&
         is_boundary(boundaries, at);
}

static Str target_name(const Object *o, const SymbolRow *r) {
  if (r->kind != WASM_SYMBOL_TYPE_SECTION)
    return r->name;
  const Section *s = &o->sections[r->index.i];
  return section_name(s->id, s->name);
}

/* [reloc.encoding.unknown] */
static void check_reloc(Link *l, const Object *o, const Section *s,
                        const u8 *boundaries, const Reloc *r) {
  const RelocInfo *info = reloc_info(r->kind);
  Where w = at_bytes(o, s, r);
  if (info->target == TARGET_TYPE)
    return;
  const SymbolRow *row = &o->rows[r->index];
  if ((info->value == VALUE_FUNCTION_OFFSET ||
       info->value == VALUE_SECTION_OFFSET) &&
      !addend_fits(o, boundaries, r))
    violation(l, DIAG_RELOC_ADDEND, w, info->name, r->offset, r->addend,
              pretty(l, target_name(o, row)));
  /* "The relocations for thread local variables shall resolve into offsets
     relative to the start of the TLS block." */
  if (info->base == BASE_TLS && !(row->flags & WASM_SYMBOL_TLS))
    violation(l, DIAG_RELOC_TLS, w, info->name, r->offset,
              pretty(l, row->name));
}

static void check_relocs(Link *l, const Object *o, const Section *s,
                         const u8 *boundaries) {
  for (u32 i = 0; i < s->nrelocs; i++)
    check_reloc(l, o, s, boundaries, &s->relocs[i]);
}

static void check_customs(Link *l, const Object *o) {
  for (u32 i = 0; i < o->nsections; i++)
    if (is_code_metadata(o->sections[i].name))
      validate_metadata(l, o->sections[i].custom);
}

/* [object.validity] */
void validate_object(Link *l, const Object *o) {
  for (u32 i = 0; i < o->nsymbols; i++)
    check_symbol(l, o, &o->rows[i]);
  for (u32 i = 0; i < o->nsegments; i++)
    check_segment(l, o, &o->segments[i]);
  const u8 *boundaries = check_code(l, o);
  for (u32 i = 0; i < o->nsections; i++)
    check_relocs(l, o, &o->sections[i], boundaries);
  check_customs(l, o);
}

/* Each function of a unit is judged as if it were a section: the offsets of its
   relocations count from its first byte. */
static void check_chunk(Link *l, const Object *o, const Chunk *c) {
  Section s = {WASM_SEC_CODE, .size = c->size};
  u8 *boundaries = NEW_ARRAY(l, u8, c->size / 8 + 1);
  check_function(l, o, &s, c, boundaries);
  for (u32 i = 0; i < c->nrelocs; i++)
    check_reloc(l, o, &s, boundaries, &c->relocs[i]);
}

void validate_unit(Link *l, const Object *o) {
  for (u32 i = 0; i < o->nsymbols; i++)
    check_symbol(l, o, &o->rows[i]);
  for (u32 i = 0; i < o->nfunctions; i++)
    check_chunk(l, o, &o->functions[i].c);
}
