/* unit_parts.h: what unit.c and unit_check.c share: questions about a symbol of
   a unit, and what its fixups mean. */

#ifndef LINKSPEC_UNIT_PARTS_H
#define LINKSPEC_UNIT_PARTS_H

#include "link.h"

static inline bool is_undef(const UnitSymbol *s) {
  return s->flags & WASM_SYMBOL_UNDEFINED;
}

static inline bool is_code(const UnitSymbol *s) {
  return s->kind == WASM_SYMBOL_TYPE_FUNCTION && !is_undef(s);
}

static inline bool is_data(const UnitSymbol *s) {
  return s->kind == WASM_SYMBOL_TYPE_DATA && !is_undef(s);
}

static inline bool is_anonymous(const UnitSymbol *s) {
  return s->kind == WASM_SYMBOL_TYPE_DATA && !s->name.n;
}

/* The relocation that says the same in s; -1: it cannot stand there. */
int fixup_reloc(const Unit *u, const UnitSymbol *s, const Fixup *f);
u32 fixup_width(const Unit *u, const UnitSymbol *s, const Fixup *f); /* bytes */

/* Fails the link when o->unit is not one.  Its names are put into *names. */
void check_unit(Link *l, const Object *o, Map *names);

#endif
