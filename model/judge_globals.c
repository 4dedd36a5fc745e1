/* judge_globals.c: globals of the inputs and of the linker's own, and those
   that hold addresses (the GOT): types, values, and whether they can change. */

#include "judge_parts.h"

/* -- initial values -- */

static bool same_instr(const InitInstr *i, const DecInstr *d) {
  if (d->opcode != i->opcode)
    return false;
  switch (i->opcode) {
  case WASM_OPCODE_I32_CONST: return (u32)d->imm[0].value == (u32)i->value;
  case WASM_OPCODE_I64_CONST:
  case WASM_OPCODE_REF_NULL: return d->imm[0].value == (u64)i->value;
  case WASM_OPCODE_F32_CONST:
  case WASM_OPCODE_F64_CONST: return d->imm[0].value == i->bits;
  default: return true; /* which global is read, is_initialised() asks */
  }
}

bool same_init(Judge *j, const Item *g, const DecGlobal *d) {
  DecError error = {0};
  DecCursor c = decode_cursor(j->m->bytes, d->init.offset,
                              d->init.offset + d->init.size, &error);
  DecInstr x;
  for (u32 i = 0; i < g->init.n; i++)
    if (!decode_instr(&c, &x) || !same_instr(&g->init.p[i], &x))
      return false;
  return decode_instr(&c, &x) && x.opcode == WASM_OPCODE_END;
}

/* The value of g that was found in d is g's. */
static void judge_init(Judge *j, const Symbol *s, const DecGlobal *d,
                       const Site *by) {
  const Item *g = s->item;
  if (!same_init(j, g, d))
    return violate(j, "global.init", by, tell(j, s), "its initial value",
                   "another");
  DecError error = {0};
  DecCursor c = decode_cursor(j->m->bytes, d->init.offset,
                              d->init.offset + d->init.size, &error);
  DecInstr x;
  for (u32 i = 0; i < g->init.n && decode_instr(&c, &x); i++)
    if (x.opcode == WASM_OPCODE_GLOBAL_GET) {
      Site site =
          site_of(format(j->l, "the value of %s", tell(j, s)), x.offset);
      global_is(j, g->obj->global_symbols[g->init.p[i].value], x.imm[0].value,
                &site);
    }
}

/* -- globals that symbols name -- */

static void defined_global_is(Judge *j, const Symbol *s, u32 index,
                              const Site *by) {
  const Item *g = s->item;
  const DecGlobal *d = &j->m->globals[index];
  Fact *f = g->obj ? &j->globals[j->first_global[g->obj->order] +
                                 (u32)(g - g->obj->globals)]
                   : made_fact(j, s);
  bool fresh = !f->known;
  if (!agrees(f, index, by))
    return contradict(j, f, index, by, "reloc.global-index-leb", tell(j, s),
                      "global");
  if (!fresh)
    return;
  if (d->import != DEC_NONE || d->type != g->type ||
      d->is_mutable != g->mutable)
    return violate(j, "global.type", by, tell(j, s),
                   format(j->l, "a%s global of type %s",
                          g->mutable ? " mutable" : "n immutable",
                          type_text(g->type)),
                   d->import != DEC_NONE ? "an import" : "another type");
  if (g->mutable)
    stands_alone(j, &j->global_of[index], s, "reloc.global-index-leb", by);
  if (g->obj)
    judge_init(j, s, d, by);
}

/* -- globals that hold addresses -- */

static void got_holds(Judge *j, const Symbol *s, const DecGlobal *d,
                      const Site *by) {
  u64 value;
  if (!entry_of(j, s, (u32)(d - j->m->globals), &value)) {
    violate(j, "got.internal", by, tell(j, s), "a constant", "something else");
  } else if (s->kind == WASM_SYMBOL_TYPE_FUNCTION) {
    slot_is(j, s, value, by);
  } else if (!is_defined(s) && !is_provided(j, s)) {
    if (value)
      violate(j, "got.internal", by, tell(j, s), "0", number(j, value));
  } else if (!is_tls(s)) {
    address_is(j, s, value, by);
  } else if (!j->l->opt.shared_memory) { /* else code sets it */
    VEC_PUSH(j->l, j->late, ((Late){s, value, *by}));
  }
}

/* Where there are threads, code sets the entries of thread-local data; in a
   program that starts no thread's block, as __wasm_init_tls is dead, nobody
   need call it.  No other one may change. */
void judge_got_set(Judge *j) {
  const Symbol *init = j->l->init_tls;
  bool called = init && is_live(init);
  for (u32 i = 0; i < j->m->global_count; i++) {
    const Symbol *s = j->got[i];
    Site by = site_of(format(j->l, "global %u", i), NO_OFFSET);
    bool imported = i < j->m->imported_globals;
    bool nowhere = s && is_pic(j->l) && is_undefined(s);
    if (!s || imported || nowhere) /* what is nowhere stays 0 */
      continue;
    bool by_code = j->l->opt.shared_memory && is_tls(s);
    if (by_code && called && is_defined(s) && !j->got_set[i])
      violate(j, "tls.init", &by, tell(j, s),
              "code that sets it to its address in the block", "none");
    if (!by_code && j->m->globals[i].is_mutable && !is_set_at_start(j, i))
      violate(j, "got.internal", &by, tell(j, s),
              "an immutable global with its address", "a mutable one");
  }
}

/* A global that holds the address of a function or of data. */
static void got_is(Judge *j, const Symbol *s, u32 index, const Site *by) {
  const DecGlobal *d = &j->m->globals[index];
  if (s->got != NONE && s->got != index) {
    violate(j, "got.internal", by, tell(j, s),
            format(j->l, "global %u, as elsewhere", s->got),
            format(j->l, "global %u", index));
    return;
  }
  if (s->got == index)
    return;
  noted(s)->got = index;
  if (j->l->opt.relocatable && d->import != DEC_NONE) {
    j->import_seen[d->import] = true; /* the next link resolves it */
    return;
  }
  j->got[index] = s;
  if (d->import != DEC_NONE && is_dynamic(j->l))
    return got_import_is(j, s, index, by);
  if (is_dynamic(j->l) && loader_knows(j, s))
    return violate(j, got_clause(s), by, tell(j, s),
                   "an import, which the loader fills",
                   "a global of the module's own");
  if (d->import != DEC_NONE || d->type != pointer_type(j->l))
    violate(j, "got.internal", by, tell(j, s),
            "a global with its address, of the module's own",
            d->import != DEC_NONE ? "an import" : "one of another type");
  else
    got_holds(j, s, d, by);
}

void got_is_set(Judge *j, u32 global, u64 offset) {
  Site by = site_of("the GOT entry of thread-local data", NO_OFFSET);
  const Symbol *s = j->got[global];
  j->got_set[global] = true;
  if (s && is_tls(s))
    address_is(j, s, offset, &by);
  else
    violate(j, "tls.init", &by, NULL, "an entry of thread-local data is set",
            format(j->l, "global %u", global));
}

void global_is(Judge *j, const Symbol *s, u64 index, const Site *by) {
  if (!in_range(j, "reloc.global-index-leb", s, index, j->m->global_count,
                "global", by))
    return;
  j->global_seen[index] = true;
  if (s->kind != WASM_SYMBOL_TYPE_GLOBAL)
    got_is(j, s, (u32)index, by);
  else if (is_defined(s) &&
           !(is_imported(j->l, s) && (by->r || index < j->m->imported_globals)))
    defined_global_is(j, s, (u32)index, by);
  else
    import_is(j, s, WASM_EXTERNAL_GLOBAL, index, by);
}
