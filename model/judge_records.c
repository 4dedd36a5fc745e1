/* judge_records.c: the relocations that an object (-r), or a module that keeps
   them (--emit-relocs), brings along.  Each one of an input's chunk is a record
   of the same kind at the place where those bytes went, with the symbol that
   the input's symbol became and the same addend; and there are no others.

   Rule of thumb: what stands at the place is judged elsewhere; here it is what
   the next linker will write there. */

#include "judge_parts.h"

static const DecRelocs *list_of(const Judge *j, u32 section) {
  u32 i = j->records_of[section];
  return i == NONE ? NULL : &j->m->relocs[i];
}

static bool *seen_of(const Judge *j, u32 section) {
  return j->record_seen + j->first_record[j->records_of[section]];
}

static const char *section_text(Judge *j, u32 section) {
  const DecSection *s = &j->m->sections[section];
  return s->id == WASM_SEC_CODE ? "the code section"
         : s->id == WASM_SEC_DATA
             ? "the data section"
             : format(j->l, "custom section %s", plain(j->l, text_of(s->name)));
}

static void judge_order(Judge *j, const DecRelocs *list) {
  for (u32 i = 1; i < list->count; i++)
    if (list->relocs[i].offset <= list->relocs[i - 1].offset) {
      Site by = site_of(section_text(j, list->section), list->relocs[i].at);
      return violate(j, "relocatable.relocations", &by, NULL,
                     "relocations in the order of their places",
                     format(j->l, "one at 0x%x behind one at 0x%x",
                            list->relocs[i].offset,
                            list->relocs[i - 1].offset));
    }
}

void index_records(Judge *j) {
  u32 n = 0;
  j->records_of = NEW_ARRAY(j->l, u32, j->m->section_count);
  j->first_record = NEW_ARRAY(j->l, u32, j->m->reloc_count);
  for (u32 i = 0; i < j->m->section_count; i++)
    j->records_of[i] = NONE;
  for (u32 i = 0; i < j->m->reloc_count; i++) {
    const DecRelocs *list = &j->m->relocs[i];
    u32 *of = &j->records_of[list->section];
    Site by = site_of(section_text(j, list->section),
                      j->m->sections[list->own].offset);
    j->first_record[i] = n;
    n += list->count;
    if (*of != NONE)
      violate(j, "relocatable.relocations", &by, NULL,
              "one section with its relocations", "two");
    else
      *of = i;
    judge_order(j, list);
  }
  j->record_seen = NEW_ARRAY(j->l, bool, n);
}

/* The first record at that place or behind it. */
static u32 record_at(const DecRelocs *list, u64 offset) {
  u32 from = 0, to = list->count;
  while (from < to) {
    u32 middle = from + (to - from) / 2;
    if (list->relocs[middle].offset < offset)
      from = middle + 1;
    else
      to = middle;
  }
  return from;
}

static const Symbol *target_of(const Chunk *c, const Reloc *r) {
  return reloc_info(r->kind)->target == TARGET_TYPE ? NULL
                                                    : c->obj->symbols[r->index];
}

/* Is there nothing in the module that a record could name? */
static bool is_gone(Judge *j, const Symbol *s) {
  if (s->kind == WASM_SYMBOL_TYPE_SECTION)
    return section_number(j, s) == NONE;
  if (is_legacy_table(j, s))
    return true;
  return !is_live(s) && !is_provided(j, s);
}

/* In a linked module the address of a function that is not there is 0 for good,
   or its loader's to say, and no symbol can be its; and collection, which finds
   no section live, says nothing of places there. */
static bool may_be_settled(Judge *j, const Reloc *r, const Symbol *s) {
  const Options *o = &j->l->opt;
  if (s->kind == WASM_SYMBOL_TYPE_SECTION)
    return !o->relocatable && o->gc_sections;
  if ((r->kind == R_WASM_FUNCTION_INDEX_I32 ||
       r->kind == R_WASM_GLOBAL_INDEX_I32) &&
      is_nowhere(j->l, s))
    return true; /* no code has such a field */
  if (is_settled(j, s) && !s->is_stub)
    return true;
  return !o->relocatable && reloc_info(r->kind)->value == VALUE_SLOT &&
         (s->is_stub || !is_defined(s));
}

static void judge_missing(Judge *j, const Chunk *c, const Reloc *r,
                          const Symbol *s, u64 out) {
  Site by = {c, r, NULL, out};
  if (s && (is_gone(j, s) || may_be_settled(j, r, s)))
    return;
  violate(j, "relocatable.relocations", &by, s ? tell(j, s) : NULL,
          "a relocation of this place", "none");
}

static void judge_type(Judge *j, const Chunk *c, const Reloc *r, u32 index,
                       const Site *by) {
  const Signature *sig = c->obj->types[r->index];
  if (!same_type(&j->m->types[index], sig))
    violate(j, "relocatable.relocations", by, NULL, signature_text(j->l, sig),
            format(j->l, "type %u, %s", index, type_of(j, index)));
}

static void judge_section(Judge *j, const Symbol *s, const DecReloc *d,
                          const Site *by) {
  const DecSymbol *to = &j->m->linking.symbols[d->index];
  u32 section = section_number(j, s);
  if (to->kind != WASM_SYMBOL_TYPE_SECTION || to->index != section)
    violate(j, "relocatable.relocations", by, tell(j, s),
            format(j->l, "a symbol of %s", section_text(j, section)),
            format(j->l, "symbol %u", d->index));
  else
    section_offset_is(j, s, (u32)d->addend, by);
}

static void judge_record(Judge *j, const Chunk *c, const Reloc *r,
                         const DecReloc *d) {
  const RelocInfo *info = reloc_info(r->kind);
  const Symbol *s = target_of(c, r);
  Site by = {c, r, NULL, d->at};
  if (d->type != r->kind)
    return violate(j, "relocatable.relocations", &by, s ? tell(j, s) : NULL,
                   info->name, reloc_info(d->type)->name);
  if (!s)
    return judge_type(j, c, r, d->index, &by);
  if (is_gone(j, s) && s->row.i == NONE)
    return violate(j, "relocatable.relocations", &by, tell(j, s),
                   "no relocation, since it is gone", "one");
  if (info->target == TARGET_SECTION)
    return judge_section(j, s, d, &by);
  row_is(j, s, d->index, &by);
  if (info->has_addend && d->addend != r->addend)
    violate(j, "relocatable.relocations", &by, tell(j, s),
            format(j->l, "addend %lld", (long long)r->addend),
            format(j->l, "addend %lld", (long long)d->addend));
}

void judge_records(Judge *j, const Chunk *c, u32 section, u64 at) {
  const DecRelocs *list = list_of(j, section);
  u64 base = j->m->sections[section].contents;
  u32 next = 0;
  if (list && c->nrelocs)
    next = record_at(list, at + (c->relocs[0].offset - c->in_offset));
  for (u32 i = 0; i < c->nrelocs; i++) {
    const Reloc *r = &c->relocs[i];
    u64 offset = at + (r->offset - c->in_offset);
    while (list && next < list->count && list->relocs[next].offset < offset)
      next++;
    if (!list || next == list->count || list->relocs[next].offset != offset) {
      judge_missing(j, c, r, target_of(c, r), base + offset);
      continue;
    }
    seen_of(j, section)[next] = true;
    judge_record(j, c, r, &list->relocs[next++]);
  }
}

static void judge_function_records(Judge *j, const Function *f, u32 code) {
  const Fact *fact = function_fact(j, f);
  if (!f->c.live || !fact->known)
    return;
  u64 body = j->m->funcs[fact->value].body - j->code_payload;
  judge_records(j, &f->c, code, body - size_width(&f->c));
}

static void judge_segment_records(Judge *j, const Segment *s, u32 data) {
  const Home *h = home_of(j, s);
  if (!s->c.live || !h->known)
    return;
  u64 start = (u64)(j->m->data[h->index].bytes.at - j->m->bytes);
  judge_records(j, &s->c, data, start - j->data_payload + h->offset);
}

void judge_code_and_data_records(Judge *j) {
  u32 code = NONE, data = NONE;
  for (u32 i = 0; i < j->m->section_count; i++)
    if (j->m->sections[i].id == WASM_SEC_CODE)
      code = i;
    else if (j->m->sections[i].id == WASM_SEC_DATA)
      data = i;
  for (u32 i = 0; i < j->l->objects.n; i++) {
    const Object *o = j->l->objects.p[i];
    for (u32 k = 0; k < o->nfunctions && code != NONE; k++)
      judge_function_records(j, &o->functions[k], code);
    for (u32 k = 0; k < o->nsegments && data != NONE; k++)
      judge_segment_records(j, &o->segments[k], data);
  }
}

/* Says which record is none of an input's, the first of each section. */
void judge_records_left(Judge *j) {
  for (u32 i = 0; i < j->m->reloc_count; i++) {
    const DecRelocs *list = &j->m->relocs[i];
    const bool *seen = j->record_seen + j->first_record[i];
    u32 k = 0;
    while (k < list->count && seen[k])
      k++;
    if (k == list->count)
      continue;
    Site by = site_of(section_text(j, list->section), list->relocs[k].at);
    violate(j, "relocatable.relocations", &by, NULL,
            "relocations of the inputs alone",
            format(j->l, "%s at 0x%x", reloc_info(list->relocs[k].type)->name,
                   list->relocs[k].offset));
  }
}
