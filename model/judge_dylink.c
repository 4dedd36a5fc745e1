/* judge_dylink.c: the section dylink.0: what a module tells the loader before
   anything else of it is read, held against all that is known of the module.

   Rule of thumb: a module may ask for more room than it needs, but it must say
   of each symbol what it is.  (DynamicLinking.md) */

#include <string.h>

#include "judge_parts.h"

/* The end of all data, and the strictest alignment.  What is nowhere to be
   seen, as zeros are that nobody refers to, takes room all the same. */
static u64 data_end(Judge *j, u32 *align) {
  u64 end = 0, room = 0;
  for (u32 i = 0; i < j->parts.n; i++)
    if (j->parts.p[i].placed &&
        j->parts.p[i].address + j->parts.p[i].size > end)
      end = j->parts.p[i].address + j->parts.p[i].size;
  for (u32 i = 0; i < j->l->objects.n; i++) {
    const Object *o = j->l->objects.p[i];
    for (u32 k = 0; k < o->nsegments; k++) {
      const Segment *s = &o->segments[k];
      bool own = j->l->opt.shared_memory && (s->flags & WASM_SEG_FLAG_TLS);
      if (!s->c.live)
        continue;
      room += may_be_merged(s) || own ? 0 : s->c.size;
      if (!segment_fact(j, s)->known)
        continue;
      u64 to = segment_address(j, s) + s->c.size;
      end = to > end ? to : end;
      *align = s->c.align > *align ? s->c.align : *align;
    }
  }
  if (j->flag != NO_OFFSET && j->flag + 4 > end)
    end = j->flag + 4;
  return room > end ? room : end;
}

static void must_cover(Judge *j, const char *clause, u64 found, u64 needed) {
  Site by = site_of("section dylink.0", NO_OFFSET);
  if (found < needed)
    violate(j, clause, &by, NULL,
            format(j->l, "%llu or more", (unsigned long long)needed),
            number(j, found));
}

/* The memory has room for the data before the loader places anything. */
static void must_cover_memory(Judge *j, u64 end) {
  const DecLimits *d = &j->m->memories[0].limits;
  Site by = site_of("the memory", NO_OFFSET);
  u64 pages = (end + (1ull << d->page_log2) - 1) >> d->page_log2;
  if (d->min < pages)
    violate(j, "dylink.memory-minimum", &by, NULL,
            format(j->l, "%llu pages or more", (unsigned long long)pages),
            number(j, d->min));
}

/* As much as no address could have is none. */
static void must_be_alignment(Judge *j, const char *clause, u32 found) {
  Site by = site_of("section dylink.0", NO_OFFSET);
  if (found > 31)
    violate(j, clause, &by, NULL, "an exponent of 2, up to 31",
            number(j, found));
}

static void judge_mem_info(Judge *j, const DecDylink *d) {
  Site by = site_of("section dylink.0", NO_OFFSET);
  u32 align = 0;
  u64 end = data_end(j, &align);
  if (!d->has_memory)
    return violate(j, "dylink.mem-info", &by, NULL, "sizes and alignments",
                   "none");
  if (!is_pic(j->l))
    return; /* its place is its own */
  if (j->m->memory_count)
    must_cover_memory(j, end);
  must_cover(j, "dylink.mem-info.memory-size", d->memory_size, end);
  must_cover(j, "dylink.mem-info.memory-alignment", d->memory_align, align);
  must_be_alignment(j, "dylink.mem-info.memory-alignment", d->memory_align);
  must_be_alignment(j, "dylink.mem-info.table-alignment", d->table_align);
  must_cover(j, "dylink.mem-info.table-size", d->table_size, j->last_slot);
}

static bool names_them(const Judge *j, const DecDylink *d) {
  if (d->needed_count != j->l->libraries.n)
    return false;
  for (u32 i = 0; i < d->needed_count; i++) {
    const char *path = j->l->libraries.p[i]->name, *slash = strrchr(path, '/');
    if (!str_is(text_of(d->needed[i]), slash ? slash + 1 : path))
      return false;
  }
  return true;
}

static bool paths_are(const Judge *j, const DecDylink *d) {
  const Names *paths = &j->l->opt.runpaths;
  for (u32 i = 0; i < d->path_count && i < paths->n; i++)
    if (!str_is(text_of(d->paths[i]), paths->p[i]))
      return false;
  return d->path_count == paths->n;
}

/* The flags that are listed for an export or import, or NONE. */
static u32 flags_of(const DecDylinkInfo *list, u32 n, Str name) {
  for (u32 i = 0; i < n; i++)
    if (str_eq(text_of(list[i].name), name))
      return list[i].flags;
  return NONE;
}

/* Flags that say what the loader must know of a symbol. */
static u32 told(u32 flags) {
  return flags & ~(u32)(WASM_SYMBOL_EXPORTED | WASM_SYMBOL_EXPLICIT_NAME |
                        WASM_SYMBOL_NO_STRIP);
}

bool is_an_export(const Judge *j, Str name) {
  for (u32 i = 0; i < j->m->export_count; i++)
    if (str_eq(text_of(j->m->exports[i].name), name))
      return true;
  return false;
}

/* Exports of what each thread has for itself count from its block. */
static void judge_export_info(Judge *j, const DecDylink *d, const Site *by) {
  for (u32 i = 0; i < d->export_count; i++)
    if (!is_an_export(j, text_of(d->exports[i].name)))
      violate(j, "dylink.export-info", by,
              plain(j->l, text_of(d->exports[i].name)), "an export", "none");
  for (u32 i = 0; i < j->m->export_count; i++) {
    Str name = text_of(j->m->exports[i].name);
    const Symbol *s = find_symbol(j->l, name);
    u32 flags = flags_of(d->exports, d->export_count, name);
    if (flags != NONE && (!s || told(flags) != told(s->flags)))
      violate(j, "dylink.flags", by, plain(j->l, name),
              "the flags of its symbol", number(j, flags));
    bool tls = s && is_defined(s) && s->kind == WASM_SYMBOL_TYPE_DATA &&
               is_tls(s) && j->m->exports[i].kind == WASM_EXTERNAL_GLOBAL;
    bool said = flags != NONE && (flags & WASM_SYMBOL_TLS);
    if (tls != said)
      violate(j, "dylink.export-info", by, plain(j->l, name),
              tls ? "said to be thread-local" : "not said to be thread-local",
              tls ? "not so" : "so");
  }
}

/* Is an import listed that is none? */
static bool lists_another(Judge *j, const DecDylinkInfo *i) {
  for (u32 k = 0; k < j->l->symbols.n; k++) {
    const Symbol *s = j->l->symbols.p[k];
    if (is_undefined(s) && is_live(s) &&
        str_eq(import_name(s), text_of(i->name)) &&
        str_eq(import_module(s), text_of(i->module)))
      return told(i->flags) != told(s->flags);
  }
  return true;
}

/* A loader that finds no definition of what is weak goes on. */
static void judge_import_info(Judge *j, const DecDylink *d, const Site *by) {
  for (u32 i = 0; i < j->l->symbols.n; i++) {
    const Symbol *s = j->l->symbols.p[i];
    bool weak = is_undefined(s) && is_weak(s) && is_live(s) && s->used &&
                (may_be_imported(s) || is_imported(j->l, s)) &&
                !is_provided(j, s) && is_pic(j->l);
    if (weak && flags_of(d->imports, d->import_count, import_name(s)) == NONE)
      violate(j, "dylink.import-info", by, tell(j, s), "said to be weak",
              "not listed");
  }
  for (u32 i = 0; i < d->import_count; i++)
    if (lists_another(j, &d->imports[i]))
      violate(j, "dylink.import-info", by,
              plain(j->l, text_of(d->imports[i].name)),
              "an import, with the flags of its symbol", "another");
}

void judge_dylink(Judge *j) {
  const DecDylink *d = &j->m->dylink;
  Site by = site_of("section dylink.0", NO_OFFSET);
  if (d->contradicts) /* some loaders take both, others the last one */
    violate(j, "dylink.sub-section", &by, NULL, "one of each type",
            "two of one type, which say different things");
  judge_mem_info(j, d);
  judge_export_info(j, d, &by);
  judge_import_info(j, d, &by);
  if (!names_them(j, d))
    violate(j, "dylink.needed", &by, NULL,
            "the libraries of the link, by their files' names", "others");
  if (!paths_are(j, d))
    violate(j, "dylink.runtime-path", &by, NULL, "what --rpath says", "others");
}
