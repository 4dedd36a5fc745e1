/* resolve.c: inputs -> symbols.  Adds the objects in command-line order, loads
   archive members when somebody needs them, and decides what each name is.

   Rule of thumb: an object is listed when it has been read to its end, and
   what it pulls out of archives is read in the middle of it, so a member
   stands before the object that asked for it.  That order decides the order
   of functions, data and constructors.

   Members can ask for members without end, so the objects being read are
   kept on a stack of our own, not on C's. */

#include <string.h>

#include "link.h"

/* -- one object -- */

/* [comdat.first-wins] [comdat.which] [comdat.members] */
static void choose_comdats(Link *l, Object *o) {
  /* The first object that brings a group keeps it. */
  for (u32 i = 0; i < o->ncomdats; i++) {
    bool fresh;
    map_slot(l, &l->comdats, o->comdats[i].name, &fresh);
    o->comdats[i].kept = fresh;
  }
}

/* [comdat.whole] */
static void prepare_chunk(const Link *l, const Object *o, Chunk *c) {
  c->discarded = c->comdat != NONE && !o->comdats[c->comdat].kept;
  /* In an object, two members of one group would be one too many. */
  c->live = !l->opt.gc_sections && !(l->opt.relocatable && c->discarded);
}

static void prepare_item(const Link *l, const Object *o, Item *m) {
  m->discarded = m->comdat != NONE && !o->comdats[m->comdat].kept;
  m->live = !l->opt.gc_sections && !(l->opt.relocatable && m->discarded);
}

/* [object.legacy-tls] */
static void prepare_chunks(const Link *l, Object *o) {
  for (u32 i = 0; i < o->nfunctions; i++)
    prepare_chunk(l, o, &o->functions[i].c);
  for (u32 i = 0; i < o->nsegments; i++) {
    Segment *s = &o->segments[i];
    prepare_chunk(l, o, &s->c);
    /* Objects of LLVM 13 and before say TLS by the name alone. */
    if (str_starts(s->c.name, ".tdata") || str_starts(s->c.name, ".tbss"))
      s->flags |= WASM_SEG_FLAG_TLS;
  }
  for (u32 i = 0; i < o->nsections; i++)
    if (o->sections[i].custom)
      prepare_chunk(l, o, o->sections[i].custom);
  for (u32 i = 0; i < o->nglobals; i++) {
    prepare_item(l, o, &o->globals[i]);
    /* A global that no symbol names is what an earlier -r had for a GOT entry:
       this one makes its own. */
    if (l->opt.relocatable && !o->globals[i].name.p)
      o->globals[i].live = false;
  }
  for (u32 i = 0; i < o->ntables; i++)
    prepare_item(l, o, &o->tables[i]);
  for (u32 i = 0; i < o->ntags; i++)
    prepare_item(l, o, &o->tags[i]);
}

/* [text.trace] */
static void begin_object(Link *l, Object *o) {
  o->lazy = false;
  if (o->bitcode)
    fail(l, DIAG_BITCODE, in_object(o));
  if (l->opt.trace)
    report(l, DIAG_LOADED, in_object(o), o->name);
  load_object(l, o);
  check_width(l, o);
  choose_comdats(l, o);
  prepare_chunks(l, o);
  o->symbols = NEW_ARRAY(l, Symbol *, o->nsymbols);
  o->global_symbols = NEW_ARRAY(l, Symbol *, o->ngimports);
  if (!o->in_archive)
    o->live = true;
}

/* A definition in a group that another object brought is only a reference to
   that object's.
   [comdat.references] [comdat.locals] */
static bool row_is_undefined(const Object *o, const SymbolRow *r) {
  if (r->flags & WASM_SYMBOL_UNDEFINED)
    return true;
  if (row_is_local(r))
    return false;
  u32 i = r->index.i;
  switch (r->kind) {
  case WASM_SYMBOL_TYPE_FUNCTION:
    return o->functions[i - o->nfimports].c.discarded;
  case WASM_SYMBOL_TYPE_DATA:
    return !(r->flags & WASM_SYMBOL_ABSOLUTE) && o->segments[i].c.discarded;
  case WASM_SYMBOL_TYPE_GLOBAL: return o->globals[i - o->ngimports].discarded;
  case WASM_SYMBOL_TYPE_TAG: return o->tags[i - o->neimports].discarded;
  case WASM_SYMBOL_TYPE_TABLE: return o->tables[i - o->ntimports].discarded;
  default: return false;
  }
}

/* The member that must be loaded before this row can be settled.  A weak
   reference loads nothing, but only functions and data have those.
   [archive.lazy] [archive.lazy.weak-reference] */
static Object *wanted_member(const Link *l, const Object *o,
                             const SymbolRow *r) {
  if (row_is_local(r) || !row_is_undefined(o, r))
    return NULL;
  const Symbol *s = find_symbol(l, r->name);
  bool weak = row_is_weak(r) && (r->kind == WASM_SYMBOL_TYPE_FUNCTION ||
                                 r->kind == WASM_SYMBOL_TYPE_DATA);
  return s && awaits_member(s) && !weak ? s->member : NULL;
}

static Symbol *add_row(Link *l, Object *o, const SymbolRow *r) {
  bool undefined = row_is_undefined(o, r);
  Symbol *s = row_is_local(r) ? add_local(l, o, r, undefined)
              : undefined     ? add_undefined(l, o, r)
                              : add_defined(l, o, r);
  if (r->kind == WASM_SYMBOL_TYPE_GLOBAL && (r->flags & WASM_SYMBOL_UNDEFINED))
    o->global_symbols[r->index.i] = s;
  return s;
}

/* Before reference types, objects had one table, no table symbols and no
   relocations for table numbers: such an object means the indirect function
   table, and means it as table 0.
   [table.legacy] [object.table-symbols] */
static void add_legacy_table(Link *l, Object *o) {
  u32 tables = o->ntimports + o->ntables, rows = 0, named = 0;
  bool *seen = NEW_ARRAY(l, bool, tables);
  for (u32 i = 0; i < o->nsymbols; i++) {
    const SymbolRow *r = &o->rows[i];
    if (r->kind != WASM_SYMBOL_TYPE_TABLE)
      continue;
    rows++;
    named += !seen[r->index.i];
    seen[r->index.i] = true;
  }
  if (tables == rows && tables == named)
    return;
  if (rows || o->ntables || tables != 1)
    fail(l, DIAG_TABLE_SYMBOLS, in_object(o), tables, rows, named);
  const Import *m = o->timports[0];
  if (!str_is(m->field, "__indirect_function_table") ||
      m->item.type != WASM_TYPE_FUNCREF)
    fail(l, DIAG_TABLE_SYMBOL_MISSING, in_object(o), pretty(l, m->field));
  SymbolRow *r = NEW(l, SymbolRow);
  *r = (SymbolRow){.kind = WASM_SYMBOL_TYPE_TABLE,
                   .flags = WASM_SYMBOL_UNDEFINED | WASM_SYMBOL_NO_STRIP,
                   .name = m->field,
                   .import_module = m->module,
                   .import_name = m->field};
  add_undefined(l, o, r);
  l->legacy_table = o;
}

/* What an initialiser reads must have a symbol, or it could not be moved. */
static void check_initialisers(Link *l, const Object *o) {
  for (u32 i = 0; i < o->nglobals; i++) {
    const InitExpr *e = &o->globals[i].init;
    for (u32 k = 0; k < e->n; k++)
      if (e->p[k].opcode == WASM_OPCODE_GLOBAL_GET &&
          !o->global_symbols[e->p[k].value])
        fail(l, DIAG_INIT_SYMBOL, in_object(o), (u32)e->p[k].value);
  }
}

/* -- loading -- */

/* Who asked for an object, and for what; zero: the command line names it. */
typedef struct Asking {
  const char *reference;
  Str name;
} Asking;

typedef struct Frame {
  Object *o;
  Asking by;
  u32 next;    /* row of o to be settled */
  bool traced; /* as a reference: its member was loaded in between */
} Frame;

/* All names of o are settled. */
static void finish_object(Link *l, const Frame *f) {
  add_legacy_table(l, f->o);
  check_initialisers(l, f->o);
  f->o->order = l->objects.n;
  VEC_PUSH(l, l->objects, f->o);
  if (f->by.reference && l->opt.why_extract)
    VEC_PUSH(l, l->extractions,
             ((Extraction){f->by.reference, f->o, pretty(l, f->by.name)}));
}

/* [archive.order.members] [archive.order.nested-first] */
static void load(Link *l, Object *first, Asking by) {
  VEC(Frame) stack = {0};
  begin_object(l, first);
  VEC_PUSH(l, stack, ((Frame){.o = first, .by = by}));
  while (stack.n) {
    Frame *f = &stack.p[stack.n - 1];
    Object *o = f->o;
    if (f->next == o->nsymbols) {
      finish_object(l, f);
      stack.n--;
      continue;
    }
    const SymbolRow *r = &o->rows[f->next];
    if (!f->traced && !row_is_local(r) && row_is_undefined(o, r))
      trace_reference(l, r->name, o);
    Object *member = wanted_member(l, o, r);
    f->traced = member; /* then this row's turn comes again after it */
    if (member) {
      begin_object(l, member);
      Asking next = {o->name, r->name};
      VEC_PUSH(l, stack, ((Frame){.o = member, .by = next}));
    } else {
      o->symbols[f->next++] = add_row(l, o, r);
    }
  }
}

/* The member's definitions become known; if one is waited for already, the
   member is loaded, and the rest of its names come with it. */
static void offer(Link *l, Object *member) {
  StrVec names = member->bitcode ? member->defined : defined_names(l, member);
  for (u32 i = 0; i < names.n; i++)
    if (add_lazy(l, names.p[i], member)) {
      const Symbol *s = find_symbol(l, names.p[i]);
      load(l, member, (Asking){symbol_file(s), s->name});
      return;
    }
}

/* Adds the members; gives how many there are.
   [archive.members.foreign] [archive.whole] [archive.index.ignored] */
static u32 add_archive(Link *l, const Input *in) {
  ObjectVec members = read_archive(l, in);
  for (u32 i = 0; i < members.n; i++) {
    Object *o = members.p[i];
    if (in->whole_archive) {
      load(l, o, (Asking){0});
      o->live = true;
    } else {
      offer(l, o);
    }
  }
  return members.n;
}

/* What is neither an archive nor a list. */
static Object *make_object(Link *l, const Input *in) {
  Object *o = new_object(l, in, in->unit ? NULL : in->bytes, in->size);
  o->name = o->basename = in->path;
  if (!in->unit && is_bitcode(in->bytes, in->size))
    fail(l, DIAG_BITCODE, in_object(o));
  o->lazy = o->in_archive = in->lazy; /* as if it were a member */
  return o;
}

/* [library.static] [library.width] */
static void add_library(Link *l, const Input *in, Object *o) {
  if (!in->dynamic || l->opt.relocatable)
    fail(l, DIAG_SHARED_LIBRARY, at_offset(o, 8, "section id"));
  read_library(l, o);
  check_library_width(l, o);
}

/* [archive.start-lib] [input.unknown] */
static u32 add_input(Link *l, const Input *in) {
  if (!in->unit && is_archive(in->bytes, in->size))
    return add_archive(l, in);
  if (!in->unit && is_stub_library(in->bytes, in->size)) {
    read_stub_library(l, in);
    return 1;
  }
  Object *o = make_object(l, in);
  if (!in->unit && is_shared_library(l, o)) {
    add_library(l, in, o);
    return 1;
  }
  if (in->lazy)
    offer(l, o);
  else
    load(l, o, (Asking){0});
  return 1;
}

/* -- objects alone -- */

ObjectVec input_objects(Link *l, const Input *in) {
  ObjectVec list = {0};
  if (!in->unit && is_archive(in->bytes, in->size))
    return read_archive(l, in);
  if (!in->unit && is_stub_library(in->bytes, in->size))
    read_stub_library(l, in); /* which has rules, but no object */
  else
    VEC_PUSH(l, list, make_object(l, in));
  return list;
}

void load_alone(Link *l, Object *o) {
  bool library = !o->unit && is_shared_library(l, o);
  if (!o->bitcode && !library) /* load() refuses bitcode */
    load_object(l, o);
  l->opt.wasm64 = o->wasm64; /* either will do */
  l->symbol_map = l->variant_map = l->comdats = (Map){0};
  l->symbols.n = l->variants.n = 0;
  if (library)
    read_library(l, o);
  else
    load(l, o, (Asking){0});
}

/* -- what the command line asks for -- */

Symbol *settle_lazy(Link *l, Symbol *s, const char *reference) {
  if (awaits_member(s))
    load(l, s->member, (Asking){reference, s->name});
  return find_symbol(l, s->name);
}

/* The symbol of that name, loaded if it waits in an archive; or NULL. */
static Symbol *want(Link *l, const char *name, const char *option) {
  Symbol *s = find_symbol(l, str_from(name));
  if (!s)
    return NULL;
  s->used = true;
  return settle_lazy(l, s, option);
}

Symbol *want_function(Link *l, Str name) {
  return settle_lazy(l, add_undefined_function(l, name), "<internal>");
}

/* [archive.roots] */
static void want_all(Link *l, const Names *names, const char *option) {
  for (u32 i = 0; i < names->n; i++)
    want(l, names->p[i], option);
}

/* [entry.default] [entry.name] [entry.none] [entry.missing] [pie.entry]
   [library.entry] */
static void want_entry(Link *l) {
  if (!l->opt.entry)
    return;
  Symbol *s = want(l, l->opt.entry, "--entry");
  if (s && is_defined(s))
    s->force_export = true;
  else
    report(l, DIAG_ENTRY_UNDEFINED, in_file(NULL), l->opt.entry);
}

/* A C library that has atexit() defines __wasm_call_dtors; it is looked for
   unless the program handles constructors itself: refers to them, exports them,
   or begins with them.
   [command.dtors.kind] [gc.root.call-dtors] */
static void want_destructors(Link *l) {
  if (l->opt.relocatable || l->opt.shared || l->call_ctors->used)
    return;
  Symbol *s = want(l, "__wasm_call_dtors", "<internal>");
  if (!s)
    return;
  if (!is_defined(s) || s->kind != WASM_SYMBOL_TYPE_FUNCTION)
    report(l, DIAG_DTORS_KIND, in_object(s->obj));
  else if (s->sig->nparams || s->sig->nresults)
    report(l, DIAG_DTORS_SIGNATURE, in_object(s->obj),
           signature_text(l, s->sig));
  else
    l->call_dtors = s;
}

/* [archive.order.options] */
void resolve_inputs(Link *l) {
  u32 nobjects = 0;
  for (u32 i = 0; i < l->request->ninputs; i++)
    nobjects += add_input(l, &l->request->inputs[i]);
  if (!nobjects)
    fail(l, DIAG_NO_OBJECTS, in_file(NULL));
  want_all(l, &l->opt.undefined, "<internal>");
  want_all(l, &l->opt.exports, "--export");
  want_all(l, &l->opt.exports_if_defined, "--export");
  want_entry(l);
  want_destructors(l);
  checkpoint(l);
  prepare_wraps(l);
  apply_stubs(l);
}

/* -- after all inputs -- */

static void force_exports_of(Link *l, const Names *names) {
  for (u32 i = 0; i < names->n; i++) {
    Symbol *s = find_symbol(l, str_from(names->p[i]));
    if (s && is_defined(s))
      s->force_export = true;
  }
}

/* [export.option] [export.if-defined] */
void force_exports(Link *l) {
  force_exports_of(l, &l->opt.exports);
  force_exports_of(l, &l->opt.exports_if_defined);
}

/* An undefined weak function may be called: the call gets a function that
   traps.  Its address is 0, as its users test.
   [symbol.undefined.weak] [names.synthetic] [reloc.weak-undefined.call] */
static void settle_weak_undefined(Link *l) {
  for (u32 i = 0; i < l->symbols.n; i++) {
    Symbol *s = l->symbols.p[i];
    if (is_defined(s) || !is_weak(s) || !s->used ||
        s->kind != WASM_SYMBOL_TYPE_FUNCTION)
      continue;
    const char *name = format(l, "undefined_weak:%s", pretty(l, s->name));
    make_stub(l, s, s->sig, name);
    s->flags |= WASM_SYMBOL_VISIBILITY_HIDDEN;
  }
}

void resolve_finish(Link *l) {
  Symbol *entry = l->opt.entry ? find_symbol(l, str_from(l->opt.entry)) : NULL;
  settle_variants(l);
  apply_wraps(l);
  force_exports(l);
  if (!l->opt.relocatable && !is_pic(l)) /* else whoever loads it may know */
    settle_weak_undefined(l);
  if (entry)
    entry->flags &= ~(u32)WASM_SYMBOL_VISIBILITY_HIDDEN;
}
