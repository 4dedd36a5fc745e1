/* judge_dynamic.c: what a module leaves to a loader.  Where the loader chooses
   where data and slots are, they count from two bases, and everything that
   holds an address must say so: constant expressions, code of the linker's
   own, which is run with the bases as unknowns (judge_run.c), and pointers in
   data, which such code writes.

   Rule of thumb: what has the base of memory in it is an address of the
   module's data, what has the table's is a slot; a number alone is neither.
   (DynamicLinking.md) */

#include "judge_parts.h"

/* -- bases -- */

static bool is_import(const Judge *j, u32 import, const char *module,
                      const char *name) {
  const DecImport *i = &j->m->imports[import];
  return str_is(text_of(i->module), module) && str_is(text_of(i->name), name);
}

Base loader_base(const Judge *j, u64 global) {
  if (!is_pic(j->l) || global >= j->m->imported_globals)
    return BASE_NONE;
  const DecGlobal *g = &j->m->globals[global];
  if (g->is_mutable || g->type != pointer_type(j->l))
    return BASE_NONE;
  return is_import(j, g->import, "env", "__memory_base")  ? BASE_MEMORY
         : is_import(j, g->import, "env", "__table_base") ? BASE_TABLE
                                                          : BASE_NONE;
}

enum { OP_ADD_I32 = 0x6a, OP_ADD_I64 = 0x7c };

/* BASE, or the sum of it and a number, in whatever order, as wide as pointers
   are. */
static bool is_sum(Judge *j, const DecExpr *e, Base base, u64 *value) {
  DecError error = {0};
  DecCursor c =
      decode_cursor(j->m->bytes, e->offset, e->offset + e->size, &error);
  bool wide = j->l->opt.wasm64;
  u32 constant = wide ? WASM_OPCODE_I64_CONST : WASM_OPCODE_I32_CONST;
  u32 add = wide ? OP_ADD_I64 : OP_ADD_I32;
  DecInstr i;
  u32 bases = 0, numbers = 0, sums = 0;
  for (*value = 0; decode_instr(&c, &i) && i.opcode != WASM_OPCODE_END;) {
    if (i.opcode == constant) {
      *value = wide ? i.imm[0].value : (u32)i.imm[0].value;
      numbers++;
    } else if (i.opcode == add) {
      sums++;
    } else if (i.opcode == WASM_OPCODE_GLOBAL_GET &&
               loader_base(j, i.imm[0].value) == base) {
      bases++;
    } else {
      return false;
    }
  }
  return bases == 1 && numbers <= 1 && sums == numbers;
}

bool counts_from(Judge *j, const DecExpr *e, Base base, u64 *value) {
  return is_pic(j->l) ? is_sum(j, e, base, value) : constant_of(e, value);
}

/* -- GOT entries of the module's own -- */

void note_sets(Judge *j) {
  j->set = NEW_ARRAY(j->l, Known, j->m->global_count);
  if (!is_pic(j->l) || j->m->start == DEC_NONE ||
      j->m->start < j->m->imported_funcs)
    return;
  Run run = {0};
  run_start(j, &run);
  for (u32 i = 0; i < run.events.n; i++) {
    const Event *e = &run.events.p[i];
    if (e->kind == EVENT_SET && e->args[0].kind == VALUE_CONST)
      j->set[e->index] = e->args[0];
  }
}

bool is_set_at_start(const Judge *j, u32 global) {
  return j->got[global] && j->set[global].kind == VALUE_CONST;
}

/* Who knows the address of s?  The loader, if another module has it or may have
   it: then there is an entry of the GOT, by the name.  [got.mem] [got.func] */
bool loader_knows(Judge *j, const Symbol *s) {
  if (is_shared(s))
    return true;
  if (!may_be_imported(s) || is_provided(j, s))
    return false;
  if (is_defined(s))
    return j->l->opt.shared && !j->l->opt.symbolic;
  return is_pic(j->l) || j->l->opt.unresolved == UNRESOLVED_IMPORT;
}

/* What is undefined has a slot here if no loader can know it by name; what is
   weak, if it is called, too. */
bool has_own_slot(Judge *j, const Symbol *s) {
  if (!is_pic(j->l) || s->kind != WASM_SYMBOL_TYPE_FUNCTION || s->is_stub)
    return false;
  bool here = !is_weak(s) || is_imported(j->l, s);
  return is_defined(s) || (here && !loader_knows(j, s));
}

/* The base that the address of s counts from. */
static Base base_of(Judge *j, const Symbol *s) {
  if (s->kind == WASM_SYMBOL_TYPE_FUNCTION)
    return has_own_slot(j, s) ? BASE_TABLE : BASE_NONE;
  bool nowhere = s->obj && !is_defined(s) && !is_provided(j, s);
  if (!is_pic(j->l) || nowhere || (s->flags & WASM_SYMBOL_ABSOLUTE))
    return BASE_NONE;
  return BASE_MEMORY;
}

bool entry_of(Judge *j, const Symbol *s, u32 global, u64 *value) {
  const DecGlobal *d = &j->m->globals[global];
  Base base = is_thread_local(j->l, s) ? BASE_NONE : base_of(j, s);
  if (base == BASE_NONE)
    return constant_of(&d->init, value);
  if (!d->is_mutable)
    return is_sum(j, &d->init, base, value);
  *value = j->set[global].n;
  return j->set[global].kind == VALUE_CONST && j->set[global].base == base;
}

/* -- GOT entries of the loader's -- */

bool may_be_imported(const Symbol *s) {
  return !is_local(s) && !is_hidden(s);
}

const char *got_clause(const Symbol *s) {
  return s->kind == WASM_SYMBOL_TYPE_FUNCTION ? "got.func" : "got.mem";
}

void got_import_is(Judge *j, const Symbol *s, u32 index, const Site *by) {
  const DecGlobal *d = &j->m->globals[index];
  bool function = s->kind == WASM_SYMBOL_TYPE_FUNCTION;
  const char *clause = got_clause(s);
  const DecImport *i = &j->m->imports[d->import];
  j->import_seen[d->import] = true;
  if (!str_is(text_of(i->module), function ? "GOT.func" : "GOT.mem") ||
      !str_eq(text_of(i->name), s->name))
    return violate(j, clause, by, tell(j, s),
                   format(j->l, "the import GOT.%s.%s",
                          function ? "func" : "mem", plain(j->l, s->name)),
                   format(j->l, "the import %s.%s",
                          plain(j->l, text_of(i->module)),
                          plain(j->l, text_of(i->name))));
  if (!loader_knows(j, s))
    return violate(
        j, is_defined(s) ? "got.internal" : clause, by, tell(j, s),
        "an entry of the module's own: it is not the loader's to say",
        "an import");
  if (!d->is_mutable || d->type != pointer_type(j->l))
    violate(j, "got.mutable", by, tell(j, s),
            "mutable, and as wide as a pointer", "not so");
}

/* -- pointers in data -- */

typedef struct Store {
  u64 place;
  Known value;
  u64 out;
  bool used;
} Store;

/* What a function writes, by address, or by offset in the thread's block. */
typedef struct Stores {
  const char *what;
  VEC(Store) list;
  Map by_place;
} Stores;

static void add_store(Judge *j, Stores *all, const Event *e) {
  Site by = site_of(all->what, e->out);
  bool fresh;
  u64 *key = NEW(j->l, u64);
  *key = e->args[0].n;
  u32 *at =
      map_slot(j->l, &all->by_place, (Str){(char *)key, sizeof *key}, &fresh);
  if (!fresh)
    return violate(j, "dylink.apply-data-relocs", &by, NULL,
                   "every pointer is written once", "one is written twice");
  *at = all->list.n;
  VEC_PUSH(j->l, all->list, ((Store){e->args[0].n, e->args[1], e->out, false}));
}

/* The value is an entry of the GOT, which the loader may fill in later. */
static bool is_known_later(const Judge *j, const Event *e) {
  return j->relocs_at_start && e->args[1].kind == VALUE_GLOBAL &&
         j->m->globals[e->args[1].global].is_mutable;
}

/* What the loader, or the start function, has the module write. */
static void collect_stores(Judge *j, Stores *all) {
  Site by = site_of(all->what, NO_OFFSET);
  Run run = {0};
  if (j->apply_relocs == NONE || j->apply_relocs < j->m->imported_funcs)
    return;
  run_function(j, j->apply_relocs, &run);
  if (run.unclear)
    violate(j, "dylink.apply-data-relocs", &by, NULL,
            "code that can be followed", run.unclear);
  for (u32 i = 0; i < run.events.n; i++) {
    const Event *e = &run.events.p[i];
    by.out = e->out;
    if (e->kind == EVENT_STORE && is_known_later(j, e))
      violate(j, "dylink.apply-data-relocs", &by, NULL,
              "an address that is known when the module starts",
              "one that the loader may say later");
    if (e->kind == EVENT_STORE && is_address(j, e->args[0]))
      add_store(j, all, e);
    else
      violate(j, "dylink.apply-data-relocs", &by, NULL,
              "pointers are written to the module's data, no more", "not so");
  }
}

bool is_block_store(Judge *j, const Event *e) {
  return is_pic(j->l) && e->kind == EVENT_STORE &&
         e->args[0].kind == VALUE_GLOBAL && is_tls_base(j, e->args[0].global);
}

static bool stores_in_block(Judge *j, const Run *run) {
  for (u32 i = 0; i < run->events.n; i++)
    if (!is_block_store(j, &run->events.p[i]))
      return false;
  return run->events.n && !run->unclear;
}

/* Where no thread begins, nobody calls what would complete its block. */
static void find_uncalled(Judge *j) {
  for (u32 i = j->m->imported_funcs; i < j->m->func_count; i++) {
    Run run = {0};
    const DecType *t = &j->m->types[j->m->funcs[i].type];
    if (j->function_seen[i] || t->param_count || t->result_count)
      continue;
    run_function(j, i, &run);
    if (stores_in_block(j, &run))
      judge_tls_got(j, i);
  }
}

static u64 word_at(const u8 *p, unsigned bytes) {
  u64 value = 0;
  for (unsigned i = 0; i < bytes; i++)
    value |= (u64)p[i] << (8 * i);
  return value;
}

static u64 cut(u64 value, unsigned bytes) {
  return bytes < 8 ? value & (((u64)1 << 8 * bytes) - 1) : value;
}

/* The store, of so many bytes, copies the GOT entry of s, and adds to it. */
static bool copies_entry(Judge *j, const Known *k, const Symbol *s, i64 addend,
                         unsigned bytes, const Site *by) {
  bool imported = k->global < j->m->imported_globals;
  if (k->kind != VALUE_GLOBAL || !(imported || j->got[k->global] == s))
    return false;
  global_is(j, s, k->global, by);
  unsigned width = j->l->opt.wasm64 && bytes == 8 ? 8 : 4;
  return cut(k->n, width) == cut((u64)addend, width);
}

/* It stores the base of s, and what stands at the place, by which the site has
   been judged. */
static bool adds_base(Judge *j, const Known *k, const Symbol *s, u64 there,
                      unsigned width) {
  if (cut(k->n, width) != there)
    return false;
  if (is_thread_local(j->l, s))
    return k->kind == VALUE_GLOBAL && is_tls_base(j, k->global);
  return k->kind == VALUE_CONST && k->base == base_of(j, s) &&
         k->base != BASE_NONE;
}

/* The pointer at a place in s, whose bytes are in the module. */
static void judge_pointer(Judge *j, Stores *all, const Segment *s,
                          const Reloc *r, u64 start, const u8 *bytes) {
  const Symbol *to = s->c.obj->symbols[r->index];
  unsigned width = encoding_width(reloc_info(r->kind)->encoding);
  u32 offset = r->offset - s->c.in_offset;
  u64 place = start + offset;
  u32 at = map_get(&all->by_place, (Str){(char *)&place, sizeof place});
  Store *store = at == NONE ? NULL : &all->list.p[at];
  Site by = {&s->c, r, NULL, store ? store->out : NO_OFFSET};
  bool outside = loader_knows(j, to);
  if (!store && (base_of(j, to) != BASE_NONE || outside))
    return violate(j, "dylink.apply-data-relocs", &by, tell(j, to),
                   "code that writes its address", "none");
  if (!store)
    return;
  store->used = true;
  if (!copies_entry(j, &store->value, to, r->addend, width, &by) &&
      (outside ||
       !adds_base(j, &store->value, to, word_at(bytes + offset, width), width)))
    violate(j, "dylink.apply-data-relocs", &by, tell(j, to),
            outside ? "the entry that the loader fills, and the addend"
                    : "the base, and what stands there",
            "something else");
}

/* Pointers in the data of all threads, or in what each has for itself. */
static void judge_pointers(Judge *j, Stores *all, bool each) {
  for (u32 i = 0; i < j->l->objects.n; i++) {
    const Object *o = j->l->objects.p[i];
    for (u32 k = 0; k < o->nsegments; k++) {
      const Segment *s = &o->segments[k];
      bool own = j->l->opt.shared_memory && (s->flags & WASM_SEG_FLAG_TLS);
      if (!s->c.live || own != each || !segment_fact(j, s)->known)
        continue;
      const u8 *bytes = segment_bytes(j, s);
      u64 start = each ? segment_fact(j, s)->value : segment_address(j, s);
      for (u32 n = 0; bytes && n < s->c.nrelocs; n++)
        if (holds_pointer(reloc_info(s->c.relocs[n].kind)) &&
            is_live(o->symbols[s->c.relocs[n].index]))
          judge_pointer(j, all, s, &s->c.relocs[n], start, bytes);
    }
  }
  for (u32 i = 0; i < all->list.n; i++) {
    Site by = site_of(all->what, all->list.p[i].out);
    if (!all->list.p[i].used)
      violate(j, "dylink.apply-data-relocs", &by, NULL,
              "a pointer of the inputs' is written",
              format(j->l, "a store to %llu",
                     (unsigned long long)all->list.p[i].place));
  }
}

static void judge_all_pointers(Judge *j) {
  Stores all = {.what = "__wasm_apply_data_relocs"},
         own = {.what = "__wasm_apply_tls_relocs"};
  collect_stores(j, &all);
  judge_pointers(j, &all, false);
  if (!is_pic(j->l) || !j->l->opt.shared_memory)
    return;
  if (j->init_tls == NONE) /* else it calls them */
    find_uncalled(j);
  for (u32 i = 0; i < j->block_stores.n; i++)
    add_store(j, &own, &j->block_stores.p[i]);
  if (own.list.n || j->init_tls != NONE)
    judge_pointers(j, &own, true);
}

/* -- exports -- */

/* What the start function is made of, or what completes a thread's block. */
static bool is_own_code(Judge *j, u32 function) {
  Run start = {0}, run = {0};
  if (j->m->start == DEC_NONE || function < j->m->imported_funcs)
    return false;
  run_function(j, j->m->start, &start);
  for (u32 i = 0; i < start.events.n; i++)
    if (start.events.p[i].kind == EVENT_CALL &&
        start.events.p[i].index == function)
      return true;
  run_function(j, function, &run);
  return function == j->m->start || stores_in_block(j, &run);
}

/* What another module's GOT may ask for, or what the loader calls. */
bool is_for_loader(Judge *j, const DecExport *e) {
  if (!is_dynamic(j->l))
    return false;
  if (e->kind == WASM_EXTERNAL_FUNCTION &&
      str_is(text_of(e->name), "__wasm_apply_data_relocs")) {
    j->apply_relocs = e->index;
    j->function_seen[e->index] = true;
    entitle(j, e->index, STR("__wasm_apply_data_relocs"));
    return true;
  }
  if (e->kind == WASM_EXTERNAL_FUNCTION && j->l->opt.export_all &&
      is_own_code(j, e->index)) {
    take(j, PERMISSION_EXPORTED);
    return true;
  }
  const Symbol *s = find_symbol(j->l, text_of(e->name));
  if (!is_pic(j->l) || !s || !is_defined(s) || !may_be_imported(s) ||
      !is_live(s))
    return false;
  exported_is(j, s, e);
  return true;
}

void judge_dynamic(Judge *j) {
  const DecDylink *d = &j->m->dylink;
  Site by = site_of("section dylink.0", NO_OFFSET);
  if (d->present != is_dynamic(j->l))
    return violate(j, "dylink.section", &by, NULL,
                   d->present ? "none: nothing is left to a loader"
                              : "one, which says what a loader must know",
                   d->present ? "one" : "none");
  if (!d->present)
    return;
  judge_all_pointers(j);
  judge_dylink(j);
}
