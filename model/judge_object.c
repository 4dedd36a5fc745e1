/* judge_object.c: the symbol table of an object (-r), or of a module that says
   how it was made (--emit-relocs).  The names that others may use are known for
   certain: in an object the walk begins at them, as it begins at exports in a
   module.  Local symbols are known by the relocations that name them; those
   that none names, by what they stand for.

   Rule of thumb: a symbol is the input's when name, kind, flags and the place
   that it stands for are; its number tells nothing. */

#include "judge_parts.h"

bool is_legacy_table(const Judge *j, const Symbol *s) {
  return j->l->opt.relocatable && j->l->legacy_table && s == j->l->table;
}

bool has_symbols(const Judge *j) {
  return j->l->opt.relocatable || j->l->opt.emit_relocs;
}

static const DecSymbol *row_at(const Judge *j, u32 row) {
  return &j->m->linking.symbols[row];
}

static bool row_is_own(const DecSymbol *r) {
  return (r->flags & WASM_SYMBOL_BINDING_MASK) == WASM_SYMBOL_BINDING_LOCAL;
}

static Site site_of_row(Judge *j, u32 row) {
  return site_of(format(j->l, "symbol %u", row), row_at(j, row)->at);
}

static const char *row_text(Judge *j, u32 row) {
  const DecSymbol *r = row_at(j, row);
  return format(j->l, "symbol %u, %s %s", row, kind_text(r->kind),
                plain(j->l, text_of(r->name)));
}

Home *home_of(Judge *j, const Segment *s) {
  return &j->homes[segment_fact(j, s) - j->segments];
}

static const Part *part_of(const Judge *j, u32 index) {
  return &j->parts.p[j->part_of[index]];
}

u64 home_address(Judge *j, const Home *h) {
  return part_of(j, h->index)->address + h->offset;
}

bool is_block_of_its_own(Judge *j, const Segment *s) {
  return j->l->opt.relocatable && (s->flags & WASM_SEG_FLAG_TLS) &&
         home_of(j, s)->known;
}

/* -- flags -- */

/* What rows say that name a symbol and are not its definition: which of them
   counts, no convention says. */
static void hear(Judge *j, const Object *o) {
  for (u32 i = 0; i < o->nsymbols; i++) {
    const SymbolRow *r = &o->rows[i];
    const Symbol *s = o->symbols[i];
    if (row_is_local(r) || s->kind == WASM_SYMBOL_TYPE_SECTION)
      continue;
    u32 at = map_get(&j->l->symbol_map, s->name);
    if (at == NONE || (is_defined(s) && s->obj == o))
      continue;
    Said *said = &j->said[at];
    said->all = said->any ? said->all & r->flags : r->flags;
    said->any |= r->flags | WASM_SYMBOL_UNDEFINED;
  }
}

/* In a linked module a function that traps stands for an undefined one, which
   nobody imports; one of another module may be there for its address alone. */
bool is_settled(Judge *j, const Symbol *s) {
  if (j->l->opt.relocatable || s->kind != WASM_SYMBOL_TYPE_FUNCTION)
    return false;
  bool is_import = s->index.i < j->m->imported_funcs;
  return s->is_stub || (!is_defined(s) && !is_imported(j->l, s) && !is_import);
}

/* The flags that s must have, and those that it may have. */
typedef struct Flags {
  u32 must, may;
} Flags;

/* What rows say that do not define s; NULL: there are none. */
static const Said *said_of(const Judge *j, const Symbol *s) {
  u32 at = is_local(s) ? NONE : map_get(&j->l->symbol_map, s->name);
  return at != NONE && j->said[at].any ? &j->said[at] : NULL;
}

static Flags flags_of_defined(const Symbol *s, const Said *said) {
  u32 free = WASM_SYMBOL_NO_STRIP | WASM_SYMBOL_EXPORTED,
      hidden = WASM_SYMBOL_VISIBILITY_HIDDEN,
      own = s->flags & ~(u32)WASM_SYMBOL_UNDEFINED;
  if (!s->obj) /* the linker's to say */
    return (Flags){own & ~hidden, own | hidden};
  return (Flags){own, own | (said ? said->any & free : 0)};
}

/* Where rows differ, each may be right.  An import needs no explicit name where
   it has it already: what is read is the symbol's name. */
static Flags flags_of_undefined(const Symbol *s, const Said *said) {
  u32 free = WASM_SYMBOL_NO_STRIP | WASM_SYMBOL_EXPORTED |
             WASM_SYMBOL_VISIBILITY_HIDDEN | WASM_SYMBOL_TLS,
      name = WASM_SYMBOL_EXPLICIT_NAME, undefined = WASM_SYMBOL_UNDEFINED;
  u32 all = said ? said->all : UINT32_MAX, any = said ? said->any : 0;
  return (Flags){(s->flags & (~free | all) & ~name) | undefined,
                 s->flags | (any & free) | name | undefined};
}

static Flags flags_of(Judge *j, const Symbol *s) {
  u32 local = WASM_SYMBOL_BINDING_LOCAL, absolute = WASM_SYMBOL_ABSOLUTE,
      hidden = WASM_SYMBOL_VISIBILITY_HIDDEN;
  if (is_provided(j, s))
    return (Flags){absolute, absolute | hidden};
  if (is_settled(j, s))
    return (Flags){local, (s->flags & ~(u32)(WASM_SYMBOL_BINDING_MASK |
                                             WASM_SYMBOL_UNDEFINED)) |
                              local | hidden};
  return is_defined(s) ? flags_of_defined(s, said_of(j, s))
                       : flags_of_undefined(s, said_of(j, s));
}

/* An export of a command is a function around it, which no object knows. */
static bool is_wrapped(Judge *j, const Symbol *s, u32 flags) {
  u32 hidden = WASM_SYMBOL_VISIBILITY_HIDDEN;
  return !j->l->opt.relocatable && !is_pic(j->l) &&
         s->kind == WASM_SYMBOL_TYPE_FUNCTION && is_exported(j->l, s) &&
         flags == ((s->flags & ~(u32)WASM_SYMBOL_EXPORTED) | hidden);
}

static void judge_flags(Judge *j, const Symbol *s, const DecSymbol *r,
                        const Site *by) {
  Flags f = flags_of(j, s);
  if (((r->flags & f.must) == f.must && !(r->flags & ~f.may)) ||
      is_wrapped(j, s, r->flags))
    return;
  violate(j, "relocatable.symbols", by, tell(j, s),
          f.must == f.may
              ? format(j->l, "flags 0x%x", f.must)
              : format(j->l, "flags 0x%x, at most 0x%x", f.must, f.may),
          format(j->l, "flags 0x%x", r->flags));
}

/* -- what a row stands for -- */

/* Strings that were behind it may be elsewhere now: what is there must do. */
static bool may_have_size(Judge *j, const Symbol *s, const DecSymbol *r) {
  u64 room = j->m->data[r->index].bytes.size - r->offset;
  return r->size == (s->size < room ? s->size : room);
}

/* (Of other data the address says so.) */
static bool fits_at(Judge *j, const Segment *s, const Home *h) {
  DecBytes in = j->m->data[h->index].bytes;
  u32 at;
  return h->offset <= in.size && s->c.size <= in.size - h->offset &&
         same_shape(walk_bytes(&s->c, in.at + h->offset, s->c.size), &at);
}

/* The segment with index `index` of the module holds s, from that offset on. */
static void home_is(Judge *j, const Segment *s, u32 index, u64 offset,
                    const Site *by) {
  Home *h = home_of(j, s);
  bool fresh = !h->known;
  if (fresh)
    *h = (Home){true, false, index, offset};
  if (h->index == index && h->offset == offset) {
    if (fresh && (s->flags & WASM_SEG_FLAG_TLS) && !fits_at(j, s, h))
      violate(j, "relocatable.symbols", by, segment_text(j, s), "its bytes",
              "others");
    return;
  }
  violate(
      j, "relocatable.symbols", by, segment_text(j, s),
      format(j->l, "offset %lld of data segment %u, as elsewhere",
             (long long)h->offset, h->index),
      format(j->l, "offset %lld of data segment %u", (long long)offset, index));
}

static void absolute_is(Judge *j, const Symbol *s, const DecSymbol *r,
                        const Site *by) {
  if (is_provided(j, s) && !r->size)
    address_is(j, s, r->offset, by);
  else if (r->offset != s->value || r->size != s->size)
    violate(j, "symbol.absolute", by, tell(j, s), number(j, s->value),
            number(j, r->offset));
}

static void data_row_is(Judge *j, const Symbol *s, const DecSymbol *r,
                        const Site *by) {
  if (!is_defined(s) || r->index == DEC_NONE)
    return; /* the flags say it */
  if (!s->seg || (r->flags & WASM_SYMBOL_ABSOLUTE))
    return absolute_is(j, s, r, by);
  Home at = {.index = r->index, .offset = r->offset};
  if (is_tls(s))
    address_is(j, s, r->offset, by);
  else if (part_of(j, r->index)->placed)
    address_is(j, s, home_address(j, &at), by);
  if (!may_be_merged(s->seg) || segment_fact(j, s->seg)->known)
    home_is(j, s->seg, r->index, r->offset - s->value, by);
  else
    *home_of(j, s->seg) = (Home){.merged = true, .index = r->index};
  if (!may_have_size(j, s, r))
    violate(j, "relocatable.symbols", by, tell(j, s),
            format(j->l, "%llu bytes", (unsigned long long)s->size),
            format(j->l, "%llu", (unsigned long long)r->size));
}

static void judge_row(Judge *j, const Symbol *s, const DecSymbol *r,
                      const Site *by) {
  judge_flags(j, s, r, by);
  switch (s->kind) {
  case WASM_SYMBOL_TYPE_FUNCTION: function_is(j, s, r->index, by); break;
  case WASM_SYMBOL_TYPE_DATA: data_row_is(j, s, r, by); break;
  case WASM_SYMBOL_TYPE_GLOBAL: global_is(j, s, r->index, by); break;
  case WASM_SYMBOL_TYPE_TAG: tag_is(j, s, r->index, by); break;
  default: table_is(j, s, r->index, by); break;
  }
}

/* Names of functions that trap are the linker's to choose. */
static bool may_be(Judge *j, const Symbol *s, const DecSymbol *r) {
  return r->kind == s->kind &&
         (is_local(s) || is_settled(j, s)) == row_is_own(r) &&
         (s->is_stub || str_eq(text_of(r->name), s->name));
}

bool row_is(Judge *j, const Symbol *s, u32 row, const Site *by) {
  const Symbol *other = j->symbol_of[row];
  if (other == s)
    return true;
  if (s->row.i == NONE && !other && may_be(j, s, row_at(j, row))) {
    noted(s)->row.i = row;
    j->symbol_of[row] = s;
    Site site = site_of_row(j, row);
    judge_row(j, s, row_at(j, row), &site);
    return true;
  }
  violate(j, "relocatable.relocations", by, tell(j, s),
          s->row.i == NONE ? "its symbol" : row_text(j, s->row.i),
          row_text(j, row));
  return false;
}

/* -- names -- */

/* Is s one of the symbols that the output must have? */
static bool is_wanted(Judge *j, const Symbol *s) {
  if (!s->used || !is_live(s) || is_local(s) || s->state == SYM_LAZY ||
      is_legacy_table(j, s))
    return false;
  if (is_defined(s))
    return s->obj || j->l->opt.relocatable;
  return s->kind == WASM_SYMBOL_TYPE_DATA || is_imported(j->l, s);
}

/* What the linker defined is a symbol where objects refer to it. */
static bool is_own_symbol(Judge *j, const Symbol *s) {
  return !j->l->opt.relocatable && !is_local(s) &&
         ((is_defined(s) && !s->obj) || is_provided(j, s));
}

static void index_rows(Judge *j) {
  for (u32 i = 0; i < j->m->linking.symbol_count; i++) {
    const DecSymbol *r = row_at(j, i);
    if (row_is_own(r) || r->kind == WASM_SYMBOL_TYPE_SECTION)
      continue;
    bool fresh;
    u32 *at = map_slot(j->l, &j->rows, text_of(r->name), &fresh);
    Site by = site_of_row(j, i);
    if (fresh)
      *at = i;
    else
      violate(j, "symbol.name", &by, plain(j->l, text_of(r->name)),
              "a name that no other symbol has", row_text(j, *at));
  }
}

static u32 count_segments(const Judge *j) {
  u32 n = 0;
  for (u32 i = 0; i < j->l->objects.n; i++)
    n += j->l->objects.p[i]->nsegments;
  return n;
}

void judge_symbols(Judge *j) {
  j->symbol_of = NEW_ARRAY(j->l, const Symbol *, j->m->linking.symbol_count);
  j->said = NEW_ARRAY(j->l, Said, j->l->symbols.n);
  j->part_of = NEW_ARRAY(j->l, u32, j->m->data_count);
  for (u32 i = 0; i < j->parts.n; i++)
    j->part_of[j->parts.p[i].index] = i;
  j->homes = NEW_ARRAY(j->l, Home, count_segments(j));
  Site by = site_of("the symbol table", NO_OFFSET);
  if (!j->m->linking.present)
    return violate(j, "relocatable.sections", &by, NULL, "a section linking",
                   "none");
  index_rows(j);
  for (u32 i = 0; i < j->l->objects.n; i++)
    hear(j, j->l->objects.p[i]);
  for (u32 i = 0; i < j->l->symbols.n; i++) {
    const Symbol *s = j->l->symbols.p[i];
    u32 row = map_get(&j->rows, s->name);
    if (!is_wanted(j, s) && (row == NONE || !is_own_symbol(j, s)))
      continue;
    if (row == NONE)
      violate(j, "relocatable.symbols", &by, tell(j, s),
              "a symbol of that name", "none");
    else
      row_is(j, s, row, &by);
  }
}

/* -- local symbols that no relocation names -- */

/* Rows of one name that nobody has yet. */
typedef struct Rest {
  Judge *j;
  Map by_name; /* -> the first of them */
  u32 *next;   /* by row */
  Map twins;   /* local rows that are known, when asked for */
} Rest;

static void collect_rest(Rest *u) {
  Judge *j = u->j;
  u32 n = j->m->linking.symbol_count;
  u->next = NEW_ARRAY(j->l, u32, n);
  for (u32 i = n; i-- > 0;) {
    const DecSymbol *r = row_at(j, i);
    if (j->symbol_of[i] || !row_is_own(r))
      continue;
    bool fresh;
    u32 *first = map_slot(j->l, &u->by_name, text_of(r->name), &fresh);
    u->next[i] = fresh ? NONE : *first;
    *first = i;
  }
}

static bool stands_for(Judge *j, const Symbol *s, const DecSymbol *r) {
  if (s->kind != r->kind ||
      !is_defined(s) != !!(r->flags & WASM_SYMBOL_UNDEFINED))
    return false;
  if (!is_defined(s))
    return true;
  switch (s->kind) {
  case WASM_SYMBOL_TYPE_FUNCTION:
    return !s->func->c.obj || function_fact(j, s->func)->value == r->index;
  case WASM_SYMBOL_TYPE_DATA: {
    const Home *h = s->seg ? home_of(j, s->seg) : NULL;
    return !h || !h->known ||
           (h->index == r->index && h->offset + s->value == r->offset);
  }
  default: return true;
  }
}

static void find_row(Rest *u, const Symbol *s) {
  Judge *j = u->j;
  bool fresh;
  Site left_out =
      site_of(format(j->l, "symbol %s", pretty(j->l, s->name)), NO_OFFSET);
  if (map_get(&u->by_name, s->name) == NONE)
    return choose(j, PERMISSION_LOCAL_SYMBOLS, true, &left_out);
  u32 *at = map_slot(j->l, &u->by_name, s->name, &fresh);
  for (; *at != NONE; at = &u->next[*at]) {
    u32 row = *at;
    if (j->symbol_of[row] || !stands_for(j, s, row_at(j, row)))
      continue;
    *at = u->next[row];
    Site by = site_of_row(j, row);
    choose(j, PERMISSION_LOCAL_SYMBOLS, false, &by);
    row_is(j, s, row, &by);
    return;
  }
  choose(j, PERMISSION_LOCAL_SYMBOLS, true, &left_out);
}

static bool names_table(const DecSymbol *r) {
  return r->kind == WASM_SYMBOL_TYPE_TABLE &&
         str_is(text_of(r->name), "__indirect_function_table");
}

/* A section of the output has a symbol, whether an input's had one or not; and
   so have the table, which something needs, and functions that trap. */
static bool may_be_own(Judge *j, const DecSymbol *r) {
  u32 table = WASM_SYMBOL_UNDEFINED | WASM_SYMBOL_NO_STRIP |
              WASM_SYMBOL_VISIBILITY_HIDDEN;
  if (r->kind == WASM_SYMBOL_TYPE_SECTION)
    return r->flags == WASM_SYMBOL_BINDING_LOCAL;
  if (r->kind == WASM_SYMBOL_TYPE_FUNCTION)
    return row_is_own(r) && !j->function_of[r->index] && is_trap(j, r->index);
  return names_table(r) && !is_legacy_table(j, j->l->table) &&
         !(r->flags & ~table);
}

static Str twin_key(Judge *j, const DecSymbol *r) {
  return str_from(format(j->l, "%u %u %u %llu %llu %.*s", r->kind, r->flags,
                         r->index, (unsigned long long)r->offset,
                         (unsigned long long)r->size, (int)r->name.size,
                         (const char *)r->name.at));
}

/* The same local symbol twice says nothing new. */
static bool is_twin(Rest *u, u32 row) {
  Judge *j = u->j;
  bool fresh;
  for (u32 i = 0; i < j->m->linking.symbol_count && !u->twins.n; i++)
    if (j->symbol_of[i] && row_is_own(row_at(j, i)))
      map_slot(j->l, &u->twins, twin_key(j, row_at(j, i)), &fresh);
  return row_is_own(row_at(j, row)) &&
         map_get(&u->twins, twin_key(j, row_at(j, row))) != NONE;
}

void judge_symbols_left(Judge *j) {
  Rest u = {.j = j};
  collect_rest(&u);
  for (u32 i = 0; i < j->l->objects.n; i++) {
    const Object *o = j->l->objects.p[i];
    for (u32 k = 0; k < o->nsymbols; k++) {
      const Symbol *s = o->symbols[k];
      if (s->kind != WASM_SYMBOL_TYPE_SECTION && is_local(s) && is_live(s) &&
          s->row.i == NONE)
        find_row(&u, s);
    }
  }
  for (u32 i = 0; i < j->m->linking.symbol_count; i++) {
    Site by = site_of_row(j, i);
    if (!j->symbol_of[i] && !may_be_own(j, row_at(j, i)) && !is_twin(&u, i))
      violate(j, "relocatable.symbols", &by, NULL,
              names_table(row_at(j, i)) ? "none: an input needs table 0"
                                        : "a symbol of the inputs",
              row_text(j, i));
  }
}
