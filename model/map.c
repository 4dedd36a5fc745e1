/* map.c: the module as a list that people and scripts read: sections, under
   code and data the chunks of the inputs, under those their symbols.

       Addr      Off     Size Out     In      Symbol
          -       8d       45 CODE
          -       8e        8         a.o:(_Z1fi)
          -       8e        8                 f(int)

   Rule of thumb: columns and numbers are wasm-ld's, all hexadecimal.  A global
   has its index in the first column.  The offset of what is inside a section
   is that of the section plus the one in its payload, so the section's own
   header is not counted; what is not in the file has a size all the same. */

#include <inttypes.h>

#include "link.h"

enum { CHUNK_INDENT = 8, SYMBOL_INDENT = 16 };

static void put_text(Link *l, const char *text) {
  Str s = str_from(text);
  put_bytes(&l->map, s.p, s.n);
}

static void put_entry(Link *l, u64 offset, u64 size, int indent, Str name) {
  put_text(l, format(l, "%8" PRIx64 " %8" PRIx64 " %*s%.*s\n", offset, size,
                     indent, "", (int)name.n, name.p));
}

static void put_without_address(Link *l, u64 offset, u64 size, int indent,
                                Str name) {
  put_text(l, "       - ");
  put_entry(l, offset, size, indent, name);
}

static void put_with_address(Link *l, u64 address, u64 offset, u64 size,
                             int indent, Str name) {
  put_text(l, format(l, "%8" PRIx64 " ", address));
  put_entry(l, offset, size, indent, name);
}

/* "a.o:(f)"; what the linker made has no file. */
static Str chunk_title(Link *l, const Chunk *c, Str name) {
  bool own = !c->obj || c->strings;
  return str_from(format(l, "%s:(%.*s)", own ? "<internal>" : c->obj->name,
                         (int)name.n, name.p));
}

/* Every symbol joins its chunk's list, which begins with the first: so
   the last must come first. */
static void list_symbols(Link *l) {
  for (u32 i = l->objects.n; i-- > 0;) {
    const Object *o = l->objects.p[i];
    for (u32 k = o->nsymbols; k-- > 0;) {
      Symbol *s = o->symbols[k];
      Chunk *c = symbol_chunk(s->stub ? s->stub : s);
      if (!c || s->obj != o || s->listed)
        continue;
      s->listed = true; /* --wrap may have put it in a second time */
      s->next = c->symbols;
      c->symbols = s;
    }
  }
}

static void map_functions(Link *l, const SectionOut *section) {
  for (u32 i = 0; i < l->functions.n; i++) {
    const Chunk *c = &l->functions.p[i]->c;
    u64 end = i + 1 < l->functions.n ? l->functions.p[i + 1]->c.out_offset
                                     : section->size;
    u64 offset = section->offset + c->out_offset, size = end - c->out_offset;
    put_without_address(l, offset, size, CHUNK_INDENT,
                        chunk_title(l, c, c->name));
    for (const Symbol *s = c->symbols; s; s = s->next)
      put_without_address(l, offset, is_defined(s) ? size : 0, SYMBOL_INDENT,
                          display_name(l, s->name));
  }
}

static void map_segment(Link *l, const OutSegment *s, u64 header, u64 body) {
  put_with_address(l, s->address, header, s->size, 0, s->name);
  for (u32 i = 0; i < s->chunks.n; i++) {
    const Chunk *c = s->chunks.p[i];
    u64 offset = body ? body + c->out_offset : 0;
    Str name = c->strings ? s->name : c->name;
    put_with_address(l, s->address + c->out_offset, offset, c->size,
                     CHUNK_INDENT, chunk_title(l, c, name));
    for (const Symbol *d = c->symbols; d; d = d->next)
      put_with_address(l, data_value(d), offset + d->value, d->size,
                       SYMBOL_INDENT, display_name(l, d->name));
  }
}

static void map_segments(Link *l, const SectionOut *section) {
  u32 n = 0;
  for (u32 i = 0; i < l->segments.n; i++)
    n += in_binary(l, l->segments.p[i]);
  u64 header = uleb_size(n); /* of the next segment, in the payload */
  for (u32 i = 0; i < l->segments.n; i++) {
    const OutSegment *s = l->segments.p[i];
    if (!in_binary(l, s)) {
      map_segment(l, s, section->offset, 0);
      continue;
    }
    map_segment(l, s, section->offset + header, section->offset + s->body);
    header = s->body + s->size;
  }
}

static void map_globals(Link *l) {
  for (u32 i = 0; i < l->globals.n; i++) {
    const Item *g = l->globals.p[i];
    put_with_address(l, g->index.i, 0, 0, CHUNK_INDENT, g->name);
  }
}

static Str section_title(Link *l, const SectionOut *s) {
  static const char *const names[] = {
      "CUSTOM", "TYPE",  "IMPORT", "FUNCTION", "TABLE", "MEMORY",    "GLOBAL",
      "EXPORT", "START", "ELEM",   "CODE",     "DATA",  "DATACOUNT", "TAG"};
  if (s->id != WASM_SEC_CUSTOM)
    return str_from(names[s->id]);
  return str_from(format(l, "CUSTOM(%.*s)", (int)s->name.n, s->name.p));
}

/* [text.map] */
void write_map(Link *l) {
  list_symbols(l);
  put_text(l, "    Addr      Off     Size Out     In      Symbol\n");
  for (u32 i = 0; i < l->sections.n; i++) {
    const SectionOut *s = &l->sections.p[i];
    put_without_address(l, s->offset, s->payload - s->offset + s->size, 0,
                        section_title(l, s));
    if (s->id == WASM_SEC_CODE)
      map_functions(l, s);
    else if (s->id == WASM_SEC_DATA)
      map_segments(l, s);
    else if (s->id == WASM_SEC_GLOBAL)
      map_globals(l);
  }
}
