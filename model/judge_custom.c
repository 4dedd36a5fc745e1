/* judge_custom.c: custom sections of the inputs, which the output has joined by
   name. */

#include <string.h>

#include "judge_parts.h"

/* -- joined sections -- */

/* What the linker reads and writes itself. */
static bool is_consumed(Str name) {
  return str_is(name, "linking") || str_starts(name, "reloc.") ||
         str_is(name, "name") || str_is(name, "producers") ||
         str_is(name, "target_features");
}

/* What is about the inputs, and not about what comes of them. */
static bool is_dropped(Str name) {
  return str_is(name, "build_id") || str_is(name, ".llvmbc") ||
         str_is(name, ".llvmcmd");
}

typedef struct Joined {
  Str name;
  const DecSection *at; /* NULL: the module has none */
  VEC(const Chunk *) chunks;
  u64 size;
  CodeMetadata *metadata; /* they are that; or NULL */
  bool relocated;         /* one of them has relocations */
} Joined;

static bool is_merged(Judge *j, const Joined *joined) {
  Str name = joined->name;
  return j->l->opt.optimize > 0 && !joined->relocated &&
         (str_is(name, ".debug_str") || str_is(name, ".debug_str.dwo") ||
          str_is(name, ".debug_line_str"));
}

struct Customs {
  Judge *j;
  Map by_name;  /* -> position in all */
  Map sections; /* -> position in the module's sections */
  Str *keys;    /* by section: its name in these maps */
  Map free;     /* names that inputs have, and the module need not have */
  VEC(Joined) all;
};

/* What a section of an object is called here when a group has it. */
static Str in_group(Judge *j, Str name, Str group) {
  return str_from(
      format(j->l, "%.*s of %.*s", (int)name.n, name.p, (int)group.n, group.p));
}

static Site site_of_section(Judge *j, const DecSection *s) {
  return site_of(
      format(j->l, "custom section %s", plain(j->l, text_of(s->name))),
      s->offset);
}

static void index_section(Customs *u, Str key, u32 section) {
  bool fresh;
  const DecSection *s = &u->j->m->sections[section];
  u32 *at = map_slot(u->j->l, &u->sections, key, &fresh);
  Site by = site_of_section(u->j, s);
  u->keys[section] = key;
  if (fresh)
    *at = section;
  else if (!str_starts(text_of(s->name), "reloc."))
    violate(u->j, "custom.concatenate", &by, NULL, "one of that name",
            "another");
}

/* The first section of each name; in an object, members of groups are beside
   those. */
static void index_sections(Customs *u) {
  const DecModule *m = u->j->m;
  bool *grouped = NEW_ARRAY(u->j->l, bool, m->section_count);
  u->keys = NEW_ARRAY(u->j->l, Str, m->section_count);
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

bool is_stripped(const Judge *j, Str name) {
  const Options *o = &j->l->opt;
  return (o->strip_all || o->strip_debug) && str_starts(name, ".debug_");
}

static u32 joined_as(Customs *u, const Chunk *c) {
  bool fresh;
  Str key = key_of(u, c);
  u32 *at = map_slot(u->j->l, &u->by_name, key, &fresh);
  if (fresh) {
    *at = u->all.n;
    Joined new = {.name = c->name, .at = section_named(u, key)};
    VEC_PUSH(u->j->l, u->all, new);
  }
  return *at;
}

static void join(Customs *u, Chunk *c) {
  u32 at = joined_as(u, c);
  Joined *joined = &u->all.p[at];
  MetadataWalk w;
  if (is_code_metadata(c->name) && !has_live_metadata(c, &w))
    return; /* the section is one without it */
  u64 align = 1ull << c->align;
  c->custom = at;
  c->out_offset = (joined->size + align - 1) / align * align;
  joined->size = c->out_offset + c->size;
  joined->relocated |= c->nrelocs > 0;
  VEC_PUSH(u->j->l, joined->chunks, c);
}

/* The module need not have it.  A part without bytes may be where others of its
   name have come to. */
static void pass_over(Customs *u, Chunk *c) {
  bool fresh;
  map_slot(u->j->l, &u->free, c->name, &fresh);
  u32 at = map_get(&u->by_name, key_of(u, c));
  c->out_offset = at == NONE ? 0 : u->all.p[at].size;
}

static void collect(Customs *u) {
  Judge *j = u->j;
  for (u32 i = 0; i < j->l->objects.n; i++) {
    const Object *o = j->l->objects.p[i];
    for (u32 k = 0; k < o->nsections; k++) {
      Chunk *c = o->sections[k].custom;
      if (!c || c->discarded || is_consumed(c->name))
        continue;
      if (!c->size || is_dropped(c->name) || is_stripped(j, c->name))
        pass_over(u, c);
      else
        join(u, c);
    }
  }
}

static const u8 *contents(Judge *j, const Joined *joined) {
  return j->m->bytes + joined->at->contents;
}

static u64 contents_size(const Joined *joined) {
  return joined->at->payload + joined->at->size - joined->at->contents;
}

/* The strings of some bytes, one by one. */
typedef struct Split {
  const u8 *p, *end;
  Str text; /* the one that is looked at */
} Split;

static Split split(const u8 *p, u64 n) {
  return (Split){p, p + n, {0}};
}

static bool next_string(Split *s) {
  if (s->p == s->end)
    return false;
  s->text.p = (const char *)s->p;
  s->text.n = (u32)strnlen(s->text.p, (size_t)(s->end - s->p));
  s->p += s->text.n;
  s->p += s->p < s->end; /* its NUL */
  return true;
}

/* The string at offset of the chunk stands at that place of the module. */
static bool string_stands(Judge *j, const Joined *joined, const Chunk *c,
                          u64 offset, u64 place) {
  if (offset >= c->size)
    return true; /* there is none */
  if (place >= contents_size(joined))
    return false;
  const u8 *text = c->bytes + offset;
  u64 n = strnlen((const char *)text, c->size - offset) + 1;
  return n <= contents_size(joined) - place && n <= c->size - offset &&
         memcmp(contents(j, joined) + place, text, n) == 0;
}

/* Each string of the module is one of the inputs', which may be fewer. */
static void judge_strings(Judge *j, const Joined *joined) {
  Map left = {0}; /* -> how many of them */
  bool fresh;
  for (u32 i = 0; i < joined->chunks.n; i++) {
    const Chunk *c = joined->chunks.p[i];
    for (Split s = split(c->bytes, c->size); next_string(&s);)
      ++*map_slot(j->l, &left, s.text, &fresh);
  }
  Split s = split(contents(j, joined), contents_size(joined));
  while (next_string(&s)) {
    u32 *n = map_slot(j->l, &left, s.text, &fresh);
    Site by = site_of_section(j, joined->at);
    by.out = (u64)((const u8 *)s.text.p - j->m->bytes);
    if (!*n)
      violate(j, "custom.concatenate", &by, NULL, "the inputs' strings",
              format(j->l, "\"%s\", which is none of theirs, or there before",
                     plain(j->l, s.text)));
    else
      --*n;
  }
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
  if (joined && !joined->at)
    joined = NULL;
  if (joined && joined->metadata)
    return; /* no place of a vector is one in the merged vector */
  if (s->section->id == WASM_SEC_CODE)
    expected = code_place(j, s->obj, offset);
  else if (s->section->id == WASM_SEC_DATA)
    expected = data_place(j, s->obj, offset);
  else if (joined)
    expected = c->out_offset + offset;
  else if (value == offset || (c && value == c->out_offset + offset))
    return; /* of what is not in the module, or has no bytes there */
  if (joined && is_merged(j, joined)
          ? string_stands(j, joined, c, offset, value)
      : expected == NONE ? is_tombstone(by->chunk, by->r, value)
                         : value == expected)
    return;
  violate(j, "reloc.section-offset-i32", by, tell(j, s),
          joined && is_merged(j, joined) ? "the place of its string"
          : expected == NONE             ? "what stands for a dead target"
                                         : number(j, expected),
          number(j, value));
}

void judge_custom_bytes(Judge *j, const char *clause, const Chunk *c,
                        const u8 *p, u64 n) {
  Walk w = walk_bytes(c, p, n);
  w.custom = true;
  u32 at;
  if (!same_shape(w, &at)) {
    Site by = {c, NULL, NULL, (u64)(p - j->m->bytes) + at};
    violate(j, clause, &by,
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

/* What is aligned has zeros in front. */
static void judge_gaps(Judge *j, const Joined *joined) {
  const u8 *p = contents(j, joined);
  u64 at = 0;
  for (u32 i = 0; i < joined->chunks.n; i++) {
    const Chunk *c = joined->chunks.p[i];
    for (; at < c->out_offset; at++) {
      Site by = site_of_section(j, joined->at);
      by.out = (u64)(p + at - j->m->bytes);
      if (p[at])
        violate(j, "custom.coverage-alignment", &by, NULL, "zeros", "others");
    }
    at = c->out_offset + c->size;
  }
}

static void judge_joined(Customs *u, Joined *joined) {
  Judge *j = u->j;
  if (is_code_metadata(joined->name)) {
    joined->metadata = judge_code_metadata(j, joined->name, joined->at,
                                           joined->chunks.p, joined->chunks.n);
    return;
  }
  Site by = site_of(
      format(j->l, "custom section %s", plain(j->l, joined->name)), NO_OFFSET);
  if (!joined->at)
    return violate(j, "custom.concatenate", &by, NULL,
                   "one that joins the inputs'", "none");
  by.out = joined->at->offset;
  if (is_merged(j, joined))
    return judge_strings(j, joined); /* where they are, sites say */
  if (contents_size(joined) != joined->size) {
    violate(j, "custom.concatenate", &by, NULL,
            format(j->l, "%llu bytes", (unsigned long long)joined->size),
            format(j->l, "%llu", (unsigned long long)contents_size(joined)));
    return;
  }
  for (u32 i = 0; i < joined->chunks.n; i++) {
    const Chunk *c = joined->chunks.p[i];
    judge_custom_bytes(j, "custom.concatenate", c,
                       contents(j, joined) + c->out_offset, c->size);
  }
  judge_gaps(j, joined);
}

/* The linker's own, as far as it was asked for them. */
static bool is_own(Judge *j, Str name) {
  if (str_is(name, "linking") || str_starts(name, "reloc."))
    return has_symbols(j);
  if (str_is(name, WASM_DYLINK_SECTION))
    return is_dynamic(j->l);
  return is_consumed(name) || (str_is(name, "build_id") && j->l->opt.build_id);
}

static void judge_sections_left(Customs *u) {
  Judge *j = u->j;
  for (u32 i = 0; i < j->m->section_count; i++) {
    const DecSection *s = &j->m->sections[i];
    Str name = text_of(s->name);
    Site by = site_of_section(j, s);
    if (s->id == WASM_SEC_CUSTOM && !is_own(j, name) &&
        map_get(&u->free, name) == NONE &&
        map_get(&u->by_name, u->keys[i]) == NONE)
      violate(j, "custom.concatenate", &by, NULL,
              "one that inputs have, or of the linker's own",
              "one that is nobody's");
  }
}

void judge_customs(Judge *j) {
  Customs *u = j->customs = NEW(j->l, Customs);
  u->j = j;
  index_sections(u);
  collect(u);
  for (u32 i = 0; i < u->all.n; i++)
    judge_joined(u, &u->all.p[i]);
  judge_sections_left(u);
}

void judge_custom_records(Judge *j) {
  for (u32 i = 0; i < j->customs->all.n; i++) {
    const Joined *joined = &j->customs->all.p[i];
    if (joined->metadata) {
      judge_metadata_records(j, joined->metadata);
      continue;
    }
    for (u32 k = 0; k < joined->chunks.n && joined->at; k++)
      judge_records(j, joined->chunks.p[k], (u32)(joined->at - j->m->sections),
                    joined->chunks.p[k]->out_offset);
  }
}
