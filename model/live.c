/* live.c: what is kept.  A mark phase: the vertices are functions, data
   segments, globals, tags and tables; the edges are relocations; the roots
   are what the outside can see (entry, exports, NO_STRIP symbols) and what
   objects bring along once they are reached (constructors, RETAIN segments).

   Custom sections are never collected, and keep nothing alive. */

#include "link.h"

/* What is reached but not yet followed.  Order does not matter: the result is
   a set. */
typedef struct Queue {
  VEC(Chunk *) chunks;
  VEC(Object *) objects;
  VEC(Item *) globals;
} Queue;

bool is_live(const Symbol *s) {
  if (is_defined(s) && s->item)
    return s->item->live;
  const Chunk *c = symbol_chunk(s);
  return c ? c->live : s->referenced;
}

/* The chunk alone, whatever group it is in.
   [data.whole] [gc.unit] [comdat.gc] */
void set_live(Symbol *s) {
  s->referenced = true;
  if (s->obj && is_defined(s))
    s->obj->live = true;
  if (is_defined(s) && s->item)
    s->item->live = true;
  Chunk *c = symbol_chunk(s);
  if (c)
    c->live = true;
}

static void enqueue(Link *l, Queue *q, Symbol *s) {
  if (!s || is_live(s))
    return;
  if (s->obj && is_defined(s) && !s->obj->live)
    VEC_PUSH(l, q->objects, s->obj);
  set_live(s);
  if (symbol_chunk(s))
    VEC_PUSH(l, q->chunks, symbol_chunk(s));
  if (is_defined(s) && s->kind == WASM_SYMBOL_TYPE_GLOBAL)
    VEC_PUSH(l, q->globals, s->item);
}

/* An initialiser's `global.get` names an imported global of its object: what
   the object's symbol for that import turned out to be.
   [gc.edge.global-initialiser] */
static void follow_global(Link *l, Queue *q, const Item *g) {
  for (u32 i = 0; i < g->init.n && g->obj; i++)
    if (g->init.p[i].opcode == WASM_OPCODE_GLOBAL_GET)
      enqueue(l, q, g->obj->global_symbols[g->init.p[i].value]);
}

/* What an object brings along when the first thing in it is reached.
   [segment.retain] [gc.root.init] */
static void enter_object(Link *l, Queue *q, const Object *o) {
  for (u32 i = 0; i < o->ninits; i++) {
    Symbol *s = o->symbols[o->inits[i].symbol.i];
    if (!is_discarded(s))
      enqueue(l, q, s);
  }
  for (u32 i = 0; i < o->nsegments; i++) {
    Segment *s = &o->segments[i];
    if ((s->flags & WASM_SEG_FLAG_RETAIN) && !s->c.discarded && !s->c.live) {
      s->c.live = true;
      VEC_PUSH(l, q->chunks, &s->c);
    }
  }
}

/* The address of a stub is 0: taking it reaches no code. */
static bool is_edge(const Reloc *r, const Symbol *s) {
  const RelocInfo *info = reloc_info(r->kind);
  return !(info->value == VALUE_SLOT && info->base == BASE_NONE && s->is_stub);
}

/* Never asked of a custom section.
   [data.symbol-pulls-segment] [gc.edge.code] [gc.edge.data] [gc.edge.type]
   [gc.edge.custom] */
static void follow(Link *l, Queue *q, const Chunk *c) {
  for (u32 i = 0; i < c->nrelocs; i++) {
    const Reloc *r = &c->relocs[i];
    if (r->kind == R_WASM_TYPE_INDEX_LEB)
      continue;
    Symbol *s = c->obj->symbols[r->index];
    if (is_edge(r, s))
      enqueue(l, q, s);
  }
}

/* Constructors need somebody who calls them.
   [init.call-ctors.presence] */
static bool any_live_constructor(const Link *l) {
  for (u32 i = 0; i < l->objects.n; i++) {
    const Object *o = l->objects.p[i];
    for (u32 k = 0; k < o->ninits; k++) {
      const Symbol *s = o->symbols[o->inits[k].symbol.i];
      if (!is_discarded(s) && is_live(s))
        return true;
    }
  }
  return false;
}

/* [gc.printed] */
static void say_removed(Link *l, const Object *o, bool live, Str name) {
  if (!live)
    report(l, DIAG_REMOVED, in_object(o), o ? o->name : "<internal>",
           plain(l, name));
}

static void say_all_removed(Link *l) {
  for (u32 i = 0; i < l->objects.n; i++) {
    const Object *o = l->objects.p[i];
    for (u32 k = 0; k < o->nfunctions; k++)
      say_removed(l, o, o->functions[k].c.live, o->functions[k].c.name);
    for (u32 k = 0; k < o->nsegments; k++)
      say_removed(l, o, o->segments[k].c.live, o->segments[k].c.name);
    for (u32 k = 0; k < o->nglobals; k++)
      say_removed(l, o, o->globals[k].live, o->globals[k].name);
    for (u32 k = 0; k < o->ntags; k++)
      say_removed(l, o, o->tags[k].live, o->tags[k].name);
    for (u32 k = 0; k < o->ntables; k++)
      say_removed(l, o, o->tables[k].live, o->tables[k].name);
  }
  for (u32 i = 0; i < l->synthetic_functions.n; i++) {
    const Function *f = l->synthetic_functions.p[i];
    say_removed(l, NULL, f->c.live, f->c.name);
  }
  for (u32 i = 0; i < l->synthetic_globals.n; i++) {
    const Item *g = l->synthetic_globals.p[i];
    say_removed(l, NULL, g->live, g->name);
  }
}

/* An object has no second members of a group (see prepare_chunk()); but those
   that code and data outside of it reach, as only local names can, stay. */
static void mark_discarded(Link *l) {
  Queue q = {0};
  for (u32 i = 0; i < l->objects.n; i++) {
    const Object *o = l->objects.p[i];
    for (u32 k = 0; k < o->nfunctions; k++)
      if (o->functions[k].c.live)
        follow(l, &q, &o->functions[k].c);
    for (u32 k = 0; k < o->nsegments; k++)
      if (o->segments[k].c.live)
        follow(l, &q, &o->segments[k].c);
  }
  while (q.chunks.n)
    follow(l, &q, q.chunks.p[--q.chunks.n]);
}

/* A table that lost its name to another's has no symbol, and each table of an
   object must have one.
   [object.table-symbols] */
static void drop_lost_tables(Link *l) {
  for (u32 i = 0; i < l->objects.n; i++) {
    Object *o = l->objects.p[i];
    for (u32 k = 0; k < o->nsymbols; k++) {
      const SymbolRow *r = &o->rows[k];
      if (r->kind != WASM_SYMBOL_TYPE_TABLE || r->index.i < o->ntimports)
        continue;
      Item *table = &o->tables[r->index.i - o->ntimports];
      table->live &= o->symbols[k]->item == table;
    }
  }
}

/* [symbol.no-strip] [gc.reachability] [gc.off] [gc.live] [gc.root.entry]
   [gc.root.export] [gc.root.no-strip] [gc.linker-made] [gc.after-resolution] */
void mark_live(Link *l) {
  if (l->opt.relocatable) {
    mark_discarded(l);
    drop_lost_tables(l);
  }
  if (!l->opt.gc_sections)
    return;
  Queue q = {0};
  for (u32 i = 0; i < l->symbols.n; i++) {
    Symbol *s = l->symbols.p[i];
    if ((s->flags & WASM_SYMBOL_NO_STRIP) || is_exported(l, s))
      enqueue(l, &q, s);
  }
  enqueue(l, &q, l->call_dtors);
  for (u32 i = 0; i < l->objects.n; i++)
    if (l->objects.p[i]->live)
      enter_object(l, &q, l->objects.p[i]);
  while (q.chunks.n || q.objects.n || q.globals.n) {
    if (q.objects.n)
      enter_object(l, &q, q.objects.p[--q.objects.n]);
    else if (q.globals.n)
      follow_global(l, &q, q.globals.p[--q.globals.n]);
    else
      follow(l, &q, q.chunks.p[--q.chunks.n]);
  }
  if (is_pic(l) || any_live_constructor(l))
    set_live(l->call_ctors);
  if (l->opt.print_gc_sections)
    say_all_removed(l);
}
