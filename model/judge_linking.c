/* judge_linking.c: what else an object (-r), or a module that says how it was
   made (--emit-relocs), tells the next linker: name, alignment and flags of
   each data segment, init functions, COMDAT groups, under which name a
   function will be exported, and the symbols of tables.

   Rule of thumb: what is said of a segment of the output is what is true of
   all that was joined in it. */

#include <stdlib.h>
#include <string.h>

#include "judge_parts.h"

/* -- segment info -- */

/* What the inputs say of all that one data segment of the module holds. */
typedef struct Contents {
  const Segment *first; /* NULL: nothing is known to be there */
  u32 align;            /* the largest */
  u32 any, all;         /* flags */
  bool one_group;       /* all are in the group of the first */
} Contents;

static void find_home(Judge *j, const Segment *s) {
  Home *h = home_of(j, s);
  if (h->known || !s->c.size || !segment_fact(j, s)->known)
    return;
  u64 address = segment_address(j, s);
  bool in_block = j->tls_part && (s->flags & WASM_SEG_FLAG_TLS);
  const Part *p = in_block ? j->tls_part : part_with(j, address, s->c.size);
  if (p)
    *h = (Home){.known = true,
                .index = p->index,
                .offset = in_block ? segment_fact(j, s)->value
                                   : address - p->address};
}

void find_homes(Judge *j) {
  for (u32 i = 0; i < j->l->objects.n; i++) {
    const Object *o = j->l->objects.p[i];
    for (u32 k = 0; k < o->nsegments; k++)
      find_home(j, &o->segments[k]);
  }
}

static void add_contents(Judge *j, Contents *all, const Segment *s) {
  const Home *h = home_of(j, s);
  if (!s->c.live || (!h->known && !h->merged))
    return;
  Contents *c = &all[h->index];
  if (!c->first)
    *c = (Contents){s, s->c.align, s->flags, s->flags, s->c.comdat != NONE};
  if (s->c.align > c->align)
    c->align = s->c.align;
  c->any |= s->flags;
  c->all &= s->flags;
  c->one_group &=
      s->c.obj == c->first->c.obj && s->c.comdat == c->first->c.comdat;
}

static Contents *all_contents(Judge *j) {
  Contents *all = NEW_ARRAY(j->l, Contents, j->m->data_count);
  for (u32 i = 0; i < j->l->objects.n; i++) {
    const Object *o = j->l->objects.p[i];
    for (u32 k = 0; k < o->nsegments; k++)
      add_contents(j, all, &o->segments[k]);
  }
  return all;
}

/* Strings are only what is nothing but strings; the other flags say of all what
   is true of a part.  (Of a linked module nobody asks: none may be there.) */
static u32 flags_of(const Contents *c) {
  u32 strings = WASM_SEG_FLAG_STRINGS;
  return (c->any & ~strings) | (c->all & strings);
}

/* An object keeps names, unless told to join what begins alike, as linked
   modules do; thread-local data is one block under one name, and all data may
   be one segment of any name where the loader moves it.
   [dylink.one-segment] */
static bool may_have_name(Judge *j, const Segment *s, Str name) {
  const Options *o = &j->l->opt;
  if (str_eq(name, s->c.name) || (is_pic(j->l) && j->m->data_count == 1))
    return true;
  if (s->flags & WASM_SEG_FLAG_TLS)
    return str_is(name, ".tdata");
  return (o->merge_data_segments || !o->relocatable) && name.n < s->c.name.n &&
         (!name.n || memcmp(name.p, s->c.name.p, name.n) == 0) &&
         (s->c.name.p[name.n] == '.' || !o->relocatable);
}

bool is_named_otherwise(Judge *j, const Segment *s, u32 index) {
  const DecLinking *l = &j->m->linking;
  return j->l->opt.relocatable && index < l->segment_count &&
         !may_have_name(j, s, text_of(l->segments[index].name));
}

/* Is something live that may be in the data segment of that name, although
   nothing says where, as strict as this?  (It has no bytes, or no symbol.) */
static bool asks_for(Judge *j, Str name, u32 align) {
  for (u32 i = 0; i < j->l->objects.n; i++) {
    const Object *o = j->l->objects.p[i];
    for (u32 k = 0; k < o->nsegments; k++) {
      const Segment *s = &o->segments[k];
      if (s->c.live && s->c.align == align && !home_of(j, s)->known &&
          may_have_name(j, s, name))
        return true;
    }
  }
  return false;
}

static void judge_segment_info(Judge *j, u32 index, const Contents *c) {
  const DecSegmentInfo *d = &j->m->linking.segments[index];
  Site by =
      site_of(format(j->l, "data segment %u", index), j->m->data[index].offset);
  Str name = text_of(d->name);
  const Segment *s = c->first;
  if (!s)
    return;
  if (!may_have_name(j, s, name))
    violate(j, "relocatable.segments", &by, segment_text(j, s), "its name",
            plain(j->l, name));
  if (d->align < c->align ||
      (d->align > c->align && !asks_for(j, name, d->align)))
    violate(j, "relocatable.segments", &by, segment_text(j, s),
            format(j->l, "alignment 2^%u", c->align),
            format(j->l, "2^%u", d->align));
  u32 flags = flags_of(c);
  if (j->l->opt.relocatable ? d->flags != flags : d->flags & ~flags)
    violate(j, "relocatable.segments", &by, segment_text(j, s),
            format(j->l, "flags 0x%x", flags),
            format(j->l, "flags 0x%x", d->flags));
}

static void judge_segments(Judge *j, const Contents *all) {
  u32 n = j->m->data_count, told = j->m->linking.segment_count;
  Site by = site_of("the segment info", NO_OFFSET);
  if (told != n)
    return violate(j, "relocatable.segments", &by, NULL,
                   format(j->l, "%u, one a data segment", n), number(j, told));
  for (u32 i = 0; i < n; i++)
    judge_segment_info(j, i, &all[i]);
}

/* A segment must be as far from the start of its output segment as its
   alignment asks: where that will begin is not known. */
static void judge_offset(Judge *j, const Segment *s) {
  const Home *h = home_of(j, s);
  if (s->c.live && h->known && h->offset % (1ull << s->c.align))
    violate(j, "relocatable.segments", &segment_fact(j, s)->by,
            segment_text(j, s),
            format(j->l, "an offset that is a multiple of %llu",
                   1ull << s->c.align),
            format(j->l, "offset %llu of data segment %u",
                   (unsigned long long)h->offset, h->index));
}

/* -- init functions -- */

typedef struct Init {
  u32 priority, order, symbol;
} Init;

static int by_priority(const void *x, const void *y) {
  const Init *a = x, *b = y;
  return a->priority != b->priority ? (a->priority < b->priority ? -1 : 1)
         : a->order < b->order      ? -1
                                    : a->order > b->order;
}

static void judge_inits(Judge *j) {
  CtorVec ctors = live_ctors(j);
  u32 n = j->m->linking.init_count;
  Site by = site_of("the init functions", NO_OFFSET);
  Init *inits = NEW_ARRAY(j->l, Init, n);
  for (u32 i = 0; i < n; i++)
    inits[i] = (Init){j->m->linking.inits[i].priority, i,
                      j->m->linking.inits[i].symbol};
  if (n)
    qsort(inits, n, sizeof *inits, by_priority);
  if (n != ctors.n)
    return violate(j, "relocatable.init-functions", &by, NULL,
                   format(j->l, "%u, as the inputs have", ctors.n),
                   number(j, n));
  for (u32 i = 0; i < n; i++) {
    row_is(j, ctors.p[i].s, inits[i].symbol, &by);
    if (inits[i].priority != ctors.p[i].priority)
      violate(j, "init.priority", &by, tell(j, ctors.p[i].s),
              format(j->l, "priority %u", ctors.p[i].priority),
              number(j, inits[i].priority));
  }
}

/* -- COMDAT groups -- */

typedef struct Member {
  Str group;
  u8 kind;
  u32 index;
  bool seen;
} Member;

typedef struct Groups {
  Judge *j;
  Map by_place; /* kind and index -> position in members */
  VEC(Member) members;
} Groups;

static Str place_key(Judge *j, u8 kind, u32 index) {
  return str_from(format(j->l, "%u %u", kind, index));
}

static const char *member_text(Judge *j, u8 kind, u32 index) {
  static const char *const kinds[] = {"data segment", "function", "global",
                                      "tag",          "table",    "section"};
  return format(j->l, "%s %u", kinds[kind], index);
}

static const char *group_text(Judge *j, Str group) {
  return format(j->l, "a member of the group %s", plain(j->l, group));
}

static void add_member(Groups *u, Str group, const DecComdatItem *item) {
  Judge *j = u->j;
  Member m = {group, item->kind, item->index, false};
  Site by = site_of(member_text(j, m.kind, m.index), NO_OFFSET);
  bool fresh;
  u32 *at = map_slot(j->l, &u->by_place, place_key(j, m.kind, m.index), &fresh);
  if (!fresh)
    return violate(j, "relocatable.comdats", &by, NULL, "a member once",
                   group_text(j, group));
  *at = u->members.n;
  VEC_PUSH(j->l, u->members, m);
}

static void collect_members(Groups *u) {
  Judge *j = u->j;
  Map names = {0};
  for (u32 i = 0; i < j->m->linking.comdat_count; i++) {
    const DecComdat *g = &j->m->linking.comdats[i];
    Str name = text_of(g->name);
    Site by = site_of(format(j->l, "group %s", plain(j->l, name)),
                      (u64)(g->name.at - j->m->bytes));
    bool fresh;
    map_slot(j->l, &names, name, &fresh);
    if (!fresh || !g->count)
      violate(j, "relocatable.comdats", &by, NULL,
              "one group of that name, with members",
              fresh ? "one without" : "two");
    for (u32 k = 0; k < g->count; k++)
      add_member(u, name, &g->items[k]);
  }
}

/* What comes from a group that is kept is in the group still. */
static void member_is(Groups *u, const Object *o, u32 comdat, u8 kind,
                      u32 index) {
  Judge *j = u->j;
  if (comdat == NONE || !o->comdats[comdat].kept)
    return;
  Str group = o->comdats[comdat].name;
  u32 at = map_get(&u->by_place, place_key(j, kind, index));
  Member *m = at == NONE ? NULL : &u->members.p[at];
  Site by = site_of(member_text(j, kind, index), NO_OFFSET);
  if (!m || !str_eq(m->group, group))
    violate(j, "relocatable.comdats", &by, o->name, group_text(j, group),
            m ? group_text(j, m->group) : "of none");
  if (m)
    m->seen = true;
}

static void items_are(Groups *u, const Item *items, u32 n, const Fact *facts,
                      u8 kind) {
  for (u32 i = 0; i < n; i++)
    if (items[i].live && facts[i].known)
      member_is(u, items[i].obj, items[i].comdat, kind, (u32)facts[i].value);
}

/* In a linked module a segment may be joined of parts of several groups: then
   it is in none. */
static void chunks_are(Groups *u, const Object *o, const Contents *all) {
  Judge *j = u->j;
  for (u32 i = 0; i < o->nfunctions; i++) {
    const Function *f = &o->functions[i];
    if (f->c.live && function_fact(j, f)->known)
      member_is(u, o, f->c.comdat, WASM_COMDAT_FUNCTION,
                (u32)function_fact(j, f)->value);
  }
  for (u32 i = 0; i < o->nsegments; i++) {
    const Segment *s = &o->segments[i];
    const Home *h = home_of(j, s);
    if (s->c.live && h->known &&
        (j->l->opt.relocatable || all[h->index].one_group))
      member_is(u, o, s->c.comdat, WASM_COMDAT_DATA, h->index);
  }
  for (u32 i = 0; i < o->nsections; i++) {
    const Chunk *c = o->sections[i].custom;
    u32 section = c ? custom_section_of(j, c) : NONE;
    if (section != NONE &&
        (j->l->opt.relocatable || !is_joined_with_others(j, c)))
      member_is(u, o, c->comdat, WASM_COMDAT_SECTION, section);
  }
}

static void judge_groups(Judge *j, const Contents *all) {
  Groups u = {.j = j};
  collect_members(&u);
  for (u32 i = 0; i < j->l->objects.n; i++) {
    const Object *o = j->l->objects.p[i];
    chunks_are(&u, o, all);
    items_are(&u, o->globals, o->nglobals, j->globals + j->first_global[i],
              WASM_COMDAT_GLOBAL);
    items_are(&u, o->tags, o->ntags, j->tags + j->first_tag[i],
              WASM_COMDAT_TAG);
    items_are(&u, o->tables, o->ntables, j->tables + j->first_table[i],
              WASM_COMDAT_TABLE);
  }
  for (u32 i = 0; i < u.members.n; i++) {
    const Member *m = &u.members.p[i];
    Site by = site_of(member_text(j, m->kind, m->index), NO_OFFSET);
    if (!m->seen)
      violate(j, "relocatable.comdats", &by, NULL, "in no group",
              group_text(j, m->group));
  }
}

/* -- names for exports -- */

static bool needs_export(const Function *f) {
  return f->c.live && f->export_name.p && !str_eq(f->export_name, f->c.name);
}

/* An object exports nothing, but says under which name a function will be
   exported where that is not its symbol's. */
static void judge_export_names(Judge *j) {
  Map found = {0};
  bool fresh;
  for (u32 i = 0; i < j->m->export_count; i++) {
    const DecExport *e = &j->m->exports[i];
    Site by = site_of(format(j->l, "export %s", plain(j->l, text_of(e->name))),
                      e->offset);
    const Function *f =
        e->kind == WASM_EXTERNAL_FUNCTION ? j->function_of[e->index] : NULL;
    *map_slot(j->l, &found, text_of(e->name), &fresh) = i;
    if (!f || !f->export_name.p || !str_eq(f->export_name, text_of(e->name)))
      violate(j, "relocatable.export-name", &by, NULL, "no export", "one");
  }
  for (u32 i = 0; i < j->l->objects.n; i++) {
    const Object *o = j->l->objects.p[i];
    for (u32 k = 0; k < o->nfunctions; k++) {
      const Function *f = &o->functions[k];
      Site by = {&f->c, NULL, NULL, NO_OFFSET};
      if (needs_export(f) && map_get(&found, f->export_name) == NONE)
        violate(j, "relocatable.export-name", &by, plain(j->l, f->c.name),
                format(j->l, "an export %s", plain(j->l, f->export_name)),
                "none");
    }
  }
}

/* -- tables -- */

/* A lone one may have none: that of an object without table symbols.
   [object.table-symbols] [table.legacy] */
static void judge_table_symbols(Judge *j) {
  const DecLinking *d = &j->m->linking;
  u32 n = j->m->table_count;
  u32 *rows = NEW_ARRAY(j->l, u32, n);
  for (u32 i = 0; i < d->symbol_count; i++)
    if (d->symbols[i].kind == WASM_SYMBOL_TYPE_TABLE)
      rows[d->symbols[i].index]++;
  for (u32 i = 0; i < n; i++) {
    Site by = site_of(format(j->l, "table %u", i), NO_OFFSET);
    if (rows[i] != 1 && (rows[i] || n > 1))
      violate(j, "object.table-symbols", &by, NULL, "one symbol of it",
              number(j, rows[i]));
  }
}

/* -- all of it -- */

void judge_linking(Judge *j) {
  Site by = site_of("the start function", NO_OFFSET);
  if (j->l->opt.relocatable)
    judge_export_names(j);
  if (j->l->opt.relocatable && j->m->start != DEC_NONE)
    violate(j, "relocatable.sections", &by, NULL, "none, in an object",
            number(j, j->m->start));
  if (!j->m->linking.present)
    return;
  const Contents *all = all_contents(j);
  judge_segments(j, all);
  for (u32 i = 0; i < j->l->objects.n; i++)
    for (u32 k = 0; k < j->l->objects.p[i]->nsegments; k++)
      judge_offset(j, &j->l->objects.p[i]->segments[k]);
  judge_symbols_left(j);
  if (j->l->opt.relocatable)
    judge_table_symbols(j);
  judge_inits(j);
  judge_groups(j, all);
}
