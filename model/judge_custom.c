/* judge_custom.c: custom sections of the inputs, which the output has joined by
   name. */

#include <string.h>

#include "judge_parts.h"

/* -- joined sections -- */

/* What the linker reads and writes itself. */
static bool is_consumed(Str name) {
  static const char *const names[] = {
      "linking",         "name",    "producers", "build_id",
      "target_features", ".llvmbc", ".llvmcmd"};
  for (u32 i = 0; i < sizeof names / sizeof *names; i++)
    if (str_is(name, names[i]))
      return true;
  return str_starts(name, "reloc.");
}

static bool is_merged(Judge *j, Str name) {
  return j->l->opt.optimize > 0 &&
         (str_is(name, ".debug_str") || str_is(name, ".debug_str.dwo") ||
          str_is(name, ".debug_line_str"));
}

typedef struct Joined {
  Str name;
  const DecSection *at; /* NULL: the module has none */
  VEC(const Chunk *) chunks;
  u64 size;
} Joined;

struct Customs {
  Judge *j;
  Map by_name;  /* -> position in all */
  Map sections; /* -> position in the module's sections */
  VEC(Joined) all;
};

/* What a section of an object is called here when a group has it. */
static Str in_group(Judge *j, Str name, Str group) {
  return str_from(
      format(j->l, "%.*s of %.*s", (int)name.n, name.p, (int)group.n, group.p));
}

static void index_section(Customs *u, Str key, u32 section) {
  bool fresh;
  u32 *at = map_slot(u->j->l, &u->sections, key, &fresh);
  if (fresh)
    *at = section;
}

/* The first section of each name; in an object, members of groups are beside
   those. */
static void index_sections(Customs *u) {
  const DecModule *m = u->j->m;
  bool *grouped = NEW_ARRAY(u->j->l, bool, m->section_count);
  u32 groups = u->j->l->opt.relocatable ? m->linking.comdat_count : 0;
  for (u32 i = 0; i < groups; i++) {
    const DecComdat *g = &m->linking.comdats[i];
    for (u32 k = 0; k < g->count; k++) {
      u32 section = g->items[k].index;
      if (g->items[k].kind != WASM_COMDAT_SECTION)
        continue;
      grouped[section] = true;
      index_section(
          u,
          in_group(u->j, text_of(m->sections[section].name), text_of(g->name)),
          section);
    }
  }
  for (u32 i = 0; i < m->section_count; i++)
    if (m->sections[i].id == WASM_SEC_CUSTOM && !grouped[i])
      index_section(u, text_of(m->sections[i].name), i);
}

/* The name that c's section has in the index. */
static Str key_of(Customs *u, const Chunk *c) {
  if (!u->j->l->opt.relocatable || c->comdat == NONE)
    return c->name;
  Str key = in_group(u->j, c->name, c->obj->comdats[c->comdat].name);
  return map_get(&u->sections, key) == NONE ? c->name : key;
}

static const DecSection *section_named(const Customs *u, Str name) {
  u32 at = map_get(&u->sections, name);
  return at == NONE ? NULL : &u->j->m->sections[at];
}

static bool is_stripped(Judge *j, Str name) {
  const Options *o = &j->l->opt;
  return (o->strip_all || o->strip_debug) && str_starts(name, ".debug_");
}

static void collect(Customs *u) {
  Judge *j = u->j;
  for (u32 i = 0; i < j->l->objects.n; i++) {
    const Object *o = j->l->objects.p[i];
    for (u32 k = 0; k < o->nsections; k++) {
      Chunk *c = o->sections[k].custom;
      if (!c || c->discarded || !c->size || is_consumed(c->name) ||
          is_stripped(j, c->name))
        continue;
      bool fresh;
      Str key = key_of(u, c);
      u32 *at = map_slot(j->l, &u->by_name, key, &fresh);
      if (fresh) {
        *at = u->all.n;
        Joined new = {.name = c->name, .at = section_named(u, key)};
        VEC_PUSH(j->l, u->all, new);
      }
      Joined *joined = &u->all.p[*at];
      u64 align = 1ull << c->align;
      c->custom = *at;
      c->out_offset = (joined->size + align - 1) / align * align;
      joined->size = c->out_offset + c->size;
      VEC_PUSH(j->l, joined->chunks, c);
    }
  }
}

static const u8 *contents(Judge *j, const Joined *joined) {
  return j->m->bytes + joined->at->contents;
}

static u64 contents_size(const Joined *joined) {
  return joined->at->payload + joined->at->size - joined->at->contents;
}

/* The string at offset of the chunk stands at that place of the module. */
static bool string_stands(Judge *j, const Joined *joined, const Chunk *c,
                          u64 offset, u64 place) {
  if (offset >= c->size || place >= contents_size(joined))
    return false;
  const u8 *text = c->bytes + offset;
  u64 n = strnlen((const char *)text, c->size - offset) + 1;
  return n <= contents_size(joined) - place && n <= c->size - offset &&
         memcmp(contents(j, joined) + place, text, n) == 0;
}

static u64 body_begins(const Function *f) {
  return f->c.in_offset + size_width(&f->c);
}

/* The last function whose body begins at or before that offset in the object's
   code section, or NULL. */
static const Function *function_at(const Object *o, u64 offset) {
  u32 from = 0, to = o->nfunctions;
  while (from < to) {
    u32 middle = from + (to - from) / 2;
    if (body_begins(&o->functions[middle]) <= offset)
      from = middle + 1;
    else
      to = middle;
  }
  return from ? &o->functions[from - 1] : NULL;
}

static const Segment *segment_at(const Object *o, u64 offset) {
  u32 from = 0, to = o->nsegments;
  while (from < to) {
    u32 middle = from + (to - from) / 2;
    if (o->segments[middle].c.in_offset <= offset)
      from = middle + 1;
    else
      to = middle;
  }
  return from ? &o->segments[from - 1] : NULL;
}

/* Where a byte of an input's code section went in the module's, or NONE. */
static u64 code_place(Judge *j, const Object *o, u64 offset) {
  const Function *f = function_at(o, offset);
  if (!f || offset > f->c.in_offset + f->c.size)
    return NONE;
  const Fact *fact = function_fact(j, f);
  if (!f->c.live || !fact->known)
    return NONE;
  return j->m->funcs[fact->value].body - j->code_payload +
         body_place(j, f, offset - body_begins(f));
}

/* The same of the data section.  What is not written is nowhere. */
static u64 data_place(Judge *j, const Object *o, u64 offset) {
  const Segment *s = segment_at(o, offset);
  if (!s || offset > s->c.in_offset + s->c.size)
    return NONE;
  const u8 *p =
      s->c.live && segment_fact(j, s)->known ? segment_bytes(j, s) : NULL;
  bool written = p >= j->m->bytes && p < j->m->bytes + j->m->size;
  return written ? (u64)(p - j->m->bytes) - j->data_payload +
                       (offset - s->c.in_offset)
                 : NONE;
}

static const Joined *joined_of(const Judge *j, const Chunk *c) {
  return c && c->custom != NONE ? &j->customs->all.p[c->custom] : NULL;
}

u32 custom_section_of(Judge *j, const Chunk *c) {
  const Joined *joined = joined_of(j, c);
  return joined && joined->at ? (u32)(joined->at - j->m->sections) : NONE;
}

bool is_joined_with_others(Judge *j, const Chunk *c) {
  const Joined *joined = joined_of(j, c);
  for (u32 i = 0; i < joined->chunks.n; i++)
    if (joined->chunks.p[i]->obj != c->obj ||
        joined->chunks.p[i]->comdat != c->comdat)
      return true;
  return false;
}

u32 section_number(Judge *j, const Symbol *s) {
  if (s->section->custom)
    return custom_section_of(j, s->section->custom);
  for (u32 i = 0; i < j->m->section_count; i++)
    if (j->m->sections[i].id == s->section->id)
      return i;
  return NONE;
}

void section_offset_is(Judge *j, const Symbol *s, u64 value, const Site *by) {
  const Chunk *c = s->section->custom;
  u64 offset = (u64)by->r->addend, expected = NONE;
  const Joined *joined = joined_of(j, c);
  if (s->section->id == WASM_SEC_CODE)
    expected = code_place(j, s->obj, offset);
  else if (s->section->id == WASM_SEC_DATA)
    expected = data_place(j, s->obj, offset);
  else if (joined && joined->at)
    expected = c->out_offset + offset;
  else
    return; /* that is not in the module: any value will do */
  if (joined && is_merged(j, c->name)
          ? string_stands(j, joined, c, offset, value)
      : expected == NONE ? is_tombstone(by->chunk, by->r, value)
                         : value == expected)
    return;
  violate(j, "reloc.section-offset-i32", by, tell(j, s),
          joined && is_merged(j, c->name) ? "the place of its string"
          : expected == NONE              ? "what stands for a dead target"
                                          : number(j, expected),
          number(j, value));
}

static void judge_sites(Customs *u, const Joined *joined, const Chunk *c) {
  Judge *j = u->j;
  const u8 *p = contents(j, joined) + c->out_offset;
  Walk w = walk_bytes(c, p, c->size);
  w.custom = true;
  u32 at;
  if (!same_shape(w, &at)) {
    Site by = {c, NULL, NULL, (u64)(p - j->m->bytes) + at};
    violate(j, "custom.concatenate", &by,
            format(j->l, "custom section %s", plain(j->l, c->name)),
            "the input's bytes", format(j->l, "others, at byte %u of it", at));
    show_difference(j, w);
    return;
  }
  judge_walk(j, w);
  const Reloc *r;
  u64 value;
  const u8 *site;
  while (walk_next(&w, &r, &value, &site)) {
    if (reloc_info(r->kind)->target != TARGET_SECTION)
      continue;
    Site by = {c, r, NULL, (u64)(site - j->m->bytes)};
    section_offset_is(j, c->obj->symbols[r->index], value, &by);
  }
}

static void judge_joined(Customs *u, const Joined *joined) {
  Judge *j = u->j;
  Site by = site_of(
      format(j->l, "custom section %s", plain(j->l, joined->name)), NO_OFFSET);
  if (!joined->at) {
    if (!j->l->opt.strip_all)
      violate(j, "custom.concatenate", &by, NULL, "one that joins the inputs'",
              "none");
    return;
  }
  by.out = joined->at->offset;
  if (is_merged(j, joined->name))
    return; /* its strings are looked at from the sites */
  if (contents_size(joined) != joined->size) {
    violate(j, "custom.concatenate", &by, NULL,
            format(j->l, "%llu bytes", (unsigned long long)joined->size),
            format(j->l, "%llu", (unsigned long long)contents_size(joined)));
    return;
  }
  for (u32 i = 0; i < joined->chunks.n; i++)
    judge_sites(u, joined, joined->chunks.p[i]);
}

void judge_customs(Judge *j) {
  Customs *u = j->customs = NEW(j->l, Customs);
  u->j = j;
  index_sections(u);
  collect(u);
  for (u32 i = 0; i < u->all.n; i++)
    judge_joined(u, &u->all.p[i]);
}

void judge_custom_records(Judge *j) {
  for (u32 i = 0; i < j->customs->all.n; i++) {
    const Joined *joined = &j->customs->all.p[i];
    for (u32 k = 0; k < joined->chunks.n && joined->at; k++)
      judge_records(j, joined->chunks.p[k], (u32)(joined->at - j->m->sections),
                    joined->chunks.p[k]->out_offset);
  }
}
