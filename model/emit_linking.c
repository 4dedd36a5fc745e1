/* emit_linking.c: what makes the output an object (-r), or tells how a module
   was made (--emit-relocs): the custom section "linking" with symbols, segment
   info, init functions and COMDAT groups, and one "reloc.*" for each section
   that has relocations (tool-conventions Linking.md).

   Rule of thumb: the next linker must find all that this one was told.  A
   relocation whose target is gone goes with it; its place keeps the bytes that
   a final link would have written. */

#include <stdlib.h>

#include "link.h"

/* -- WASM_SYMBOL_TABLE -- */

typedef struct Rows {
  Buf b;
  u32 n;
} Rows;

/* The flags as the output has them: what is undefined there, and whether an
   import's field is the symbol's name, may have become different. */
static u32 row_flags(const Symbol *s) {
  u32 flags = s->flags & ~(u32)WASM_SYMBOL_UNDEFINED;
  if (s->stub) /* its callers trap: the stub is its definition */
    return (flags & ~(u32)WASM_SYMBOL_BINDING_MASK) | WASM_SYMBOL_BINDING_LOCAL;
  if (is_defined(s)) /* what lies in no segment counts from address 0 */
    return flags |
           (s->kind == WASM_SYMBOL_TYPE_DATA && !s->seg ? WASM_SYMBOL_ABSOLUTE
                                                        : 0u);
  if (s->import_name.p && !str_eq(s->import_name, s->name))
    flags |= WASM_SYMBOL_EXPLICIT_NAME;
  return flags | WASM_SYMBOL_UNDEFINED;
}

/* Strings that a symbol spans need not stand one behind the other any more:
   what it says of its size must still be true. */
static u64 size_in(const OutSegment *out, const Symbol *s, u64 offset) {
  return s->size < out->size - offset ? s->size : out->size - offset;
}

static void put_data_row(Buf *b, const Symbol *s) {
  put_str(b, s->name);
  if (!is_defined(s))
    return;
  u64 offset = s->seg ? chunk_offset(&s->seg->c, s->value) : s->value;
  put_uleb(b, s->seg ? s->seg->out->index : 0);
  put_uleb(b, offset);
  put_uleb(b, s->seg ? size_in(s->seg->out, s, offset) : s->size);
}

/* A definition is where it is, whoever its users get from the loader. */
static Out row_index(const Symbol *s) {
  if (is_defined(s))
    return s->func ? s->func->index : s->item->index;
  return s->kind == WASM_SYMBOL_TYPE_FUNCTION ? function_index(s)
                                              : item_index(s);
}

static void add_row(Rows *rows, Symbol *s) {
  u32 flags = row_flags(s);
  s->row.i = rows->n++;
  put_u8(&rows->b, s->kind);
  put_uleb(&rows->b, flags);
  if (s->kind == WASM_SYMBOL_TYPE_DATA) {
    put_data_row(&rows->b, s);
    return;
  }
  put_uleb(&rows->b, row_index(s).i);
  if (!(flags & WASM_SYMBOL_UNDEFINED) || (flags & WASM_SYMBOL_EXPLICIT_NAME))
    put_str(&rows->b, s->name);
}

static void add_section_row(Rows *rows, Out *row, u32 section) {
  row->i = rows->n++;
  put_u8(&rows->b, WASM_SYMBOL_TYPE_SECTION);
  put_uleb(&rows->b, WASM_SYMBOL_BINDING_LOCAL);
  put_uleb(&rows->b, section);
}

/* Code and data have section symbols only where an input's is used. */
static void need_section_row(Link *l, Rows *rows, const Symbol *s) {
  bool code = s->section->id == WASM_SEC_CODE;
  u32 section = code ? l->code_section : l->data_section;
  Out *row = code ? &l->code_row : &l->data_row;
  if (s->section->id != WASM_SEC_CUSTOM && section && row->i == NONE)
    add_section_row(rows, row, section);
}

/* An object without table symbols is one that needs the indirect function table
   to be number 0: it stays one.  What refers to the table holds 0 already. */
static bool is_legacy_table(const Link *l, const Symbol *s) {
  return l->opt.relocatable && l->legacy_table && s == l->table;
}

/* In a module that is linked to the end, what nobody uses may be undefined and
   not imported: there is nothing that its row could stand for. */
static bool has_place(const Symbol *s) {
  if (s->kind == WASM_SYMBOL_TYPE_DATA)
    return true;
  if (s->kind == WASM_SYMBOL_TYPE_FUNCTION)
    return function_index(s).i != NONE;
  return item_index(s).i != NONE;
}

/* Symbols of the table, then the local ones of each object, then one for each
   custom section.
   [relocatable.symbols] [relocatable.undefined] */
static Rows make_rows(Link *l) {
  Rows rows = {.b.link = l};
  for (u32 i = 0; i < l->symbols.n; i++) {
    Symbol *s = l->symbols.p[i];
    if (s->used && is_live(s) && s->state != SYM_LAZY &&
        !is_legacy_table(l, s) && has_place(s))
      add_row(&rows, s);
  }
  for (u32 i = 0; i < l->objects.n; i++) {
    const Object *o = l->objects.p[i];
    for (u32 k = 0; k < o->nsymbols; k++) {
      Symbol *s = o->symbols[k];
      if (s->kind == WASM_SYMBOL_TYPE_SECTION)
        need_section_row(l, &rows, s);
      else if (is_local(s) && is_live(s) && has_place(s))
        add_row(&rows, s);
    }
  }
  for (u32 i = 0; i < l->customs.n; i++)
    add_section_row(&rows, &l->customs.p[i].row, l->customs.p[i].section);
  return rows;
}

/* -- WASM_SEGMENT_INFO, WASM_INIT_FUNCS -- */

static void put_subsection(Buf *b, u8 id, u32 count, const Buf *items) {
  if (!count)
    return;
  put_u8(b, id);
  put_uleb(b, uleb_size(count) + items->n);
  put_uleb(b, count);
  put_bytes(b, items->p, items->n);
}

/* Every segment is written, those of zeros too: see emit_bss.
   [relocatable.segments] */
static void put_segment_info(Link *l, Buf *b) {
  Buf items = {.link = l};
  for (u32 i = 0; i < l->segments.n; i++) {
    const OutSegment *s = l->segments.p[i];
    put_str(&items, s->name);
    put_uleb(&items, s->align);
    put_uleb(&items, s->flags);
  }
  put_subsection(b, WASM_SEGMENT_INFO, l->segments.n, &items);
}

/* [relocatable.init-functions] */
static void put_init_functions(Link *l, Buf *b) {
  Buf items = {.link = l};
  for (u32 i = 0; i < l->init_calls.n; i++) {
    put_uleb(&items, l->init_calls.p[i].priority);
    put_uleb(&items, l->init_calls.p[i].symbol->row.i);
  }
  put_subsection(b, WASM_INIT_FUNCS, l->init_calls.n, &items);
}

/* -- WASM_COMDAT_INFO -- */

typedef struct Group {
  Str name;
  Buf members;
  u32 n;
} Group;

typedef struct Groups {
  Map by_name;
  VEC(Group) groups;
} Groups;

static void add_member(Link *l, Groups *g, const Object *o, u32 comdat, u8 kind,
                       u32 index) {
  /* What is left of a discarded group is in none: see mark_discarded(). */
  if (comdat == NONE || !o->comdats[comdat].kept)
    return;
  Str name = o->comdats[comdat].name;
  bool fresh;
  u32 *at = map_slot(l, &g->by_name, name, &fresh);
  if (fresh) {
    *at = g->groups.n;
    VEC_PUSH(l, g->groups, ((Group){.name = name, .members.link = l}));
  }
  Group *group = &g->groups.p[*at];
  put_u8(&group->members, kind);
  put_uleb(&group->members, index);
  group->n++;
}

static void add_item(Link *l, Groups *g, const Item *m, u8 kind) {
  add_member(l, g, m->obj, m->comdat, kind, m->index.i);
}

/* The chunk that stands for all of them: they are in one group.  NULL: not so,
   as a final link joins what it finds. */
static const Chunk *common_group(Chunk *const *chunks, u32 n) {
  for (u32 i = 0; i < n; i++)
    if (chunks[i]->comdat == NONE || chunks[i]->obj != chunks[0]->obj ||
        chunks[i]->comdat != chunks[0]->comdat)
      return NULL;
  return n ? chunks[0] : NULL;
}

static int by_name(const void *a, const void *b) {
  return str_cmp(((const Group *)a)->name, ((const Group *)b)->name);
}

static Groups find_groups(Link *l) {
  Groups g = {0};
  for (u32 i = 0; i < l->functions.n; i++) {
    const Function *f = l->functions.p[i];
    add_member(l, &g, f->c.obj, f->c.comdat, WASM_COMDAT_FUNCTION, f->index.i);
  }
  for (u32 i = 0; i < l->segments.n; i++) {
    const OutSegment *s = l->segments.p[i];
    const Chunk *c = common_group(s->chunks.p, s->chunks.n);
    if (c && in_binary(l, s))
      add_member(l, &g, c->obj, c->comdat, WASM_COMDAT_DATA, s->index);
  }
  for (u32 i = 0; i < l->customs.n; i++) {
    const CustomOut *out = &l->customs.p[i];
    const Chunk *c = common_group(out->chunks.p, out->chunks.n);
    if (c)
      add_member(l, &g, c->obj, c->comdat, WASM_COMDAT_SECTION, out->section);
  }
  for (u32 i = 0; i < l->globals.n; i++)
    add_item(l, &g, l->globals.p[i], WASM_COMDAT_GLOBAL);
  for (u32 i = 0; i < l->tags.n; i++)
    add_item(l, &g, l->tags.p[i], WASM_COMDAT_TAG);
  for (u32 i = 0; i < l->tables.n; i++)
    add_item(l, &g, l->tables.p[i], WASM_COMDAT_TABLE);
  if (g.groups.n)
    qsort(g.groups.p, g.groups.n, sizeof *g.groups.p, by_name);
  return g;
}

/* [relocatable.comdats] */
static void put_comdats(Link *l, Buf *b) {
  Groups g = find_groups(l);
  Buf items = {.link = l};
  for (u32 i = 0; i < g.groups.n; i++) {
    const Group *group = &g.groups.p[i];
    put_str(&items, group->name);
    put_uleb(&items, 0); /* flags */
    put_uleb(&items, group->n);
    put_bytes(&items, group->members.p, group->members.n);
  }
  put_subsection(b, WASM_COMDAT_INFO, g.groups.n, &items);
}

/* [relocatable.sections] */
void emit_linking(Link *l) {
  Buf b = {.link = l};
  l->code_row.i = l->data_row.i = NONE;
  Rows rows = make_rows(l);
  put_uleb(&b, WASM_LINKING_VERSION);
  put_subsection(&b, WASM_SYMBOL_TABLE, rows.n, &rows.b);
  put_segment_info(l, &b);
  put_init_functions(l, &b);
  put_comdats(l, &b);
  emit_custom(l, STR("linking"), &b);
}

/* -- reloc.* -- */

/* The index that stands in the entry; NONE: the target is gone. */
static u32 target_row(const Link *l, const Reloc *r, const Chunk *c) {
  const RelocInfo *info = reloc_info(r->kind);
  if (info->target == TARGET_TYPE)
    return c->obj->types[r->index]->index.i;
  const Symbol *s = c->obj->symbols[r->index];
  if (info->target != TARGET_SECTION)
    return s->row.i;
  if (s->section->id != WASM_SEC_CUSTOM)
    return s->section->id == WASM_SEC_CODE ? l->code_row.i : l->data_row.i;
  /* Collection finds no section live: --emit-relocs then says nothing of
     offsets into them, as in wasm-ld. */
  const Chunk *k = s->section->custom;
  return k->live && k->custom != NONE ? l->customs.p[k->custom].row.i : NONE;
}

/* The relocations of c, whose bytes begin at this offset of the payload.
   [relocatable.relocations] */
static u32 put_relocs(const Link *l, Buf *b, const Chunk *c, u64 at) {
  u32 n = 0;
  for (u32 i = 0; i < c->nrelocs; i++) {
    const Reloc *r = &c->relocs[i];
    u32 row = target_row(l, r, c);
    if (row == NONE)
      continue;
    n++;
    put_u8(b, r->kind);
    put_uleb(b, at + (r->offset - c->in_offset));
    put_uleb(b, row);
    if (reloc_info(r->kind)->target == TARGET_SECTION)
      put_sleb(b, (int32_t)(u32)reloc_value(l, r, c));
    else if (reloc_info(r->kind)->has_addend)
      put_sleb(b, r->addend);
  }
  return n;
}

static void emit_reloc_section(Link *l, Str target, u32 section, u32 n,
                               const Buf *entries) {
  if (!n)
    return;
  Buf b = {.link = l}, name = {.link = l};
  put_uleb(&b, section);
  put_uleb(&b, n);
  put_bytes(&b, entries->p, entries->n);
  put_bytes(&name, "reloc.", 6);
  put_bytes(&name, target.p, target.n);
  emit_custom(l, (Str){(const char *)name.p, (u32)name.n}, &b);
}

static void emit_code_relocs(Link *l) {
  Buf entries = {.link = l};
  u32 n = 0;
  for (u32 i = 0; i < l->functions.n; i++) {
    const Chunk *c = &l->functions.p[i]->c;
    n += put_relocs(l, &entries, c, c->out_offset);
  }
  emit_reloc_section(l, STR("CODE"), l->code_section, n, &entries);
}

static void emit_data_relocs(Link *l) {
  Buf entries = {.link = l};
  u32 n = 0;
  for (u32 i = 0; i < l->segments.n; i++) {
    const OutSegment *s = l->segments.p[i];
    for (u32 k = 0; k < s->chunks.n; k++) {
      const Chunk *c = s->chunks.p[k];
      n += put_relocs(l, &entries, c, s->body + c->out_offset);
    }
  }
  emit_reloc_section(l, STR("DATA"), l->data_section, n, &entries);
}

/* [emit-relocs.module] */
void emit_relocs(Link *l) {
  emit_code_relocs(l);
  emit_data_relocs(l);
  for (u32 i = 0; i < l->customs.n; i++) {
    const CustomOut *out = &l->customs.p[i];
    Buf entries = {.link = l};
    u32 n = 0;
    for (u32 k = 0; k < out->chunks.n; k++) {
      const Chunk *c = out->chunks.p[k];
      n += put_relocs(l, &entries, c, c->out_offset);
    }
    emit_reloc_section(l, out->name, out->section, n, &entries);
  }
}
