/* unit_check.c: what a unit must be before anything is made of it: each symbol
   has what its kind needs, each fixup lies in its symbol's bytes and names
   something that can stand there.  The first thing wrong fails the link.

   Rule of thumb: the rules are those of objects; a fixup is the relocation that
   says the same. */

#include "unit_parts.h"

typedef struct Checker {
  Link *l;
  const Object *o;
  const Unit *u;
  Map *names; /* of the symbols before this one */
} Checker;

static const char *symbol_text(const Checker *c, u32 i) {
  const UnitSymbol *s = &c->u->symbols[i];
  return is_anonymous(s) ? format(c->l, "anonymous data %u", i)
                         : pretty(c->l, s->name);
}

/* A place in the bytes of a symbol. */
static Where in_symbol(const Checker *c, u32 i, u32 position) {
  return (Where){
      .file = c->o->name, .offset = position, .field = symbol_text(c, i)};
}

/* -- fixups -- */

typedef struct FixupRule {
  const char *name;
  int in_code, in_data; /* RelocKind for wasm32; -1: it cannot stand there */
} FixupRule;

static const FixupRule rules[] = {
    [FIXUP_FUNCTION] = {"function index", R_WASM_FUNCTION_INDEX_LEB, -1},
    [FIXUP_TYPE] = {"type index", R_WASM_TYPE_INDEX_LEB, -1},
    [FIXUP_GLOBAL] = {"global index", R_WASM_GLOBAL_INDEX_LEB, -1},
    [FIXUP_TAG] = {"tag index", R_WASM_TAG_INDEX_LEB, -1},
    [FIXUP_TABLE] = {"table number", R_WASM_TABLE_NUMBER_LEB, -1},
    [FIXUP_SLOT] = {"table slot", R_WASM_TABLE_INDEX_SLEB,
                    R_WASM_TABLE_INDEX_I32},
    [FIXUP_ADDRESS] = {"address", R_WASM_MEMORY_ADDR_SLEB,
                       R_WASM_MEMORY_ADDR_I32},
    [FIXUP_OFFSET] = {"memory offset", R_WASM_MEMORY_ADDR_LEB, -1},
    [FIXUP_TLS] = {"thread-local offset", R_WASM_MEMORY_ADDR_TLS_SLEB, -1}};

int fixup_reloc(const Unit *u, const UnitSymbol *s, const Fixup *f) {
  const FixupRule *rule = &rules[f->kind];
  int kind = is_code(s) ? rule->in_code : rule->in_data;
  if (kind < 0 || !u->wasm64 || reloc_info((u32)kind)->twin < 0)
    return kind;
  return reloc_info((u32)kind)->twin;
}

u32 fixup_width(const Unit *u, const UnitSymbol *s, const Fixup *f) {
  return encoding_width(reloc_info((u32)fixup_reloc(u, s, f))->encoding);
}

static bool names_kind(Target target, u8 kind) {
  static const u8 kinds[] = {[TARGET_FUNCTION] = WASM_SYMBOL_TYPE_FUNCTION,
                             [TARGET_DATA] = WASM_SYMBOL_TYPE_DATA,
                             [TARGET_GLOBAL] = WASM_SYMBOL_TYPE_GLOBAL,
                             [TARGET_TAG] = WASM_SYMBOL_TYPE_TAG,
                             [TARGET_TABLE] = WASM_SYMBOL_TYPE_TABLE};
  return kinds[target] == kind;
}

/* Kind, target and addend of fixup f of symbol i. */
static void check_fixup(const Checker *c, u32 i, const Fixup *f) {
  const Unit *u = c->u;
  const UnitSymbol *s = &u->symbols[i];
  Where w = in_symbol(c, i, f->position);
  bool known = f->kind < sizeof rules / sizeof *rules;
  int kind = known ? fixup_reloc(u, s, f) : -1;
  if (kind < 0)
    fail(c->l, DIAG_FIXUP_KIND, w, known ? rules[f->kind].name : "unknown",
         is_code(s) ? "code" : "data");
  bool is_type = f->kind == FIXUP_TYPE;
  u32 n = is_type ? u->ntypes : u->nsymbols;
  if (f->target >= n)
    fail(c->l, DIAG_INDEX_RANGE, w, "fixup target", f->target, n);
  const RelocInfo *info = reloc_info((u32)kind);
  if (!is_type && !names_kind(info->target, u->symbols[f->target].kind))
    fail(c->l, DIAG_FIXUP_TARGET, w, rules[f->kind].name,
         symbol_text(c, f->target));
  if (f->addend && (!info->has_addend ||
                    (!u->wasm64 && f->addend != (i64)(int32_t)f->addend)))
    fail(c->l, DIAG_FIXUP_ADDEND, w, rules[f->kind].name, f->addend);
}

/* Fixups stand in order, inside the bytes from `free` on, and in data do not
   overlap. */
static void check_fixups(const Checker *c, u32 i, u64 free) {
  const UnitSymbol *s = &c->u->symbols[i];
  for (u32 k = 0; k < s->nfixups; k++) {
    const Fixup *f = &s->fixups[k];
    Where w = in_symbol(c, i, f->position);
    check_fixup(c, i, f);
    /* An operand has at least the `end` of the code behind it. */
    u64 width = is_code(s) ? 0 : fixup_width(c->u, s, f);
    if (f->position + (is_code(s) ? 1 : width) > s->size)
      fail(c->l, DIAG_FIXUP_OUTSIDE, w, rules[f->kind].name, f->position,
           s->size);
    if (f->position < free)
      fail(c->l, DIAG_FIXUP_OVERLAP, w, rules[f->kind].name, f->position);
    free = f->position + width;
  }
}

/* -- symbols -- */

static void check_code(const Checker *c, u32 i) {
  const UnitSymbol *s = &c->u->symbols[i];
  const char *file = format(c->l, "%s(%s)", c->o->name, symbol_text(c, i));
  Cursor code = {c->l, file, s->bytes, s->bytes + s->size, s->bytes};
  read_locals(&code);
  if (!cursor_left(&code) || s->bytes[s->size - 1] != WASM_OPCODE_END)
    fail(c->l, DIAG_CODE_CUT, in_symbol(c, i, s->size));
  check_fixups(c, i, cursor_offset(&code));
}

static void check_data(const Checker *c, u32 i) {
  const UnitSymbol *s = &c->u->symbols[i];
  if (s->align > 31)
    fail(c->l, DIAG_ALIGNMENT, in_symbol(c, i, 0), s->align);
  check_fixups(c, i, 0);
}

static u8 constant_type(const InitInstr *e) {
  switch (e->opcode) {
  case WASM_OPCODE_I32_CONST: return WASM_TYPE_I32;
  case WASM_OPCODE_I64_CONST: return WASM_TYPE_I64;
  case WASM_OPCODE_F32_CONST: return WASM_TYPE_F32;
  case WASM_OPCODE_F64_CONST: return WASM_TYPE_F64;
  case WASM_OPCODE_REF_NULL: return (u8)e->value;
  default: return 0;
  }
}

static void check_table(const Checker *c, const UnitSymbol *s, Where w) {
  static const u8 known = WASM_LIMITS_FLAG_HAS_MAX | WASM_LIMITS_FLAG_IS_64;
  const Limits *t = &s->limits;
  bool has_max = t->flags & WASM_LIMITS_FLAG_HAS_MAX;
  u64 size = has_max ? t->max : t->min;
  if (!is_ref_type(s->value_type))
    fail(c->l, DIAG_VALUE_TYPE, w, s->value_type);
  if (t->flags & ~known)
    fail(c->l, DIAG_LIMITS_FLAGS, w, t->flags);
  if (t->min > size)
    fail(c->l, DIAG_LIMITS_ORDER, w, t->min, size);
  if (size > UINT32_MAX && !(t->flags & WASM_LIMITS_FLAG_IS_64))
    fail(c->l, DIAG_TABLE_TOO_LARGE, w, size);
}

static void check_global(const Checker *c, const UnitSymbol *s, Where w) {
  if (!is_value_type(s->value_type))
    fail(c->l, DIAG_VALUE_TYPE, w, s->value_type);
  if (is_undef(s))
    return;
  if (constant_type(&s->init) != s->value_type)
    fail(c->l, DIAG_INIT_TYPE, w, constant_type(&s->init), s->value_type);
  if (s->value_type == WASM_TYPE_I32 &&
      s->init.value != (i64)(int32_t)s->init.value)
    fail(c->l, DIAG_INIT_RANGE, w, s->init.value);
}

/* What a symbol of this kind must have. */
static void check_content(const Checker *c, u32 i) {
  const UnitSymbol *s = &c->u->symbols[i];
  Where w = in_symbol(c, i, 0);
  bool typed =
      s->kind == WASM_SYMBOL_TYPE_FUNCTION || s->kind == WASM_SYMBOL_TYPE_TAG;
  if (typed && s->type >= c->u->ntypes)
    fail(c->l, DIAG_INDEX_RANGE, w, "type index", s->type, c->u->ntypes);
  if (s->kind == WASM_SYMBOL_TYPE_TAG && c->u->types[s->type].nresults)
    fail(c->l, DIAG_TAG_RESULTS, w, c->u->types[s->type].nresults);
  if (s->kind == WASM_SYMBOL_TYPE_TABLE)
    check_table(c, s, w);
  if (s->kind == WASM_SYMBOL_TYPE_GLOBAL)
    check_global(c, s, w);
  if (is_code(s))
    check_code(c, i);
  if (is_data(s))
    check_data(c, i);
}

static void check_names(const Checker *c, const UnitSymbol *s, Where w) {
  const Str names[] = {s->name, s->import_module, s->import_name,
                       s->export_name};
  static const char *const what[] = {"symbol name", "import module",
                                     "import name", "export name"};
  for (u32 i = 0; i < sizeof names / sizeof *names; i++)
    if (c->l->opt.strict && utf8_part(names[i]) < names[i].n)
      violation(c->l, DIAG_NAME_UTF8, w, what[i]);
}

/* Flags mean what they mean in an object's symbol table. */
static void check_symbol(Checker *c, u32 i) {
  const UnitSymbol *s = &c->u->symbols[i];
  u32 binding = s->flags & WASM_SYMBOL_BINDING_MASK;
  Where w = in_file(c->o->name);
  if (s->kind > WASM_SYMBOL_TYPE_TABLE || s->kind == WASM_SYMBOL_TYPE_SECTION)
    fail(c->l, DIAG_SYMBOL_KIND, w, s->kind);
  if (!s->name.n && (!is_data(s) || (s->flags & WASM_SYMBOL_TLS)))
    fail(c->l, DIAG_UNIT_NAMELESS, w, i);
  w = in_symbol(c, i, 0);
  bool fresh = true;
  if (s->name.n)
    map_slot(c->l, c->names, s->name, &fresh);
  if (!fresh)
    fail(c->l, DIAG_SYMBOL_TWICE, w, symbol_text(c, i));
  if (binding == WASM_SYMBOL_BINDING_MASK)
    fail(c->l, DIAG_SYMBOL_BINDING, w, symbol_text(c, i), s->flags);
  if (is_undef(s) && binding == WASM_SYMBOL_BINDING_LOCAL)
    fail(c->l, DIAG_SYMBOL_LOCAL_UNDEFINED, w, symbol_text(c, i));
  if (is_undef(s) && binding == WASM_SYMBOL_BINDING_WEAK &&
      s->kind != WASM_SYMBOL_TYPE_FUNCTION && s->kind != WASM_SYMBOL_TYPE_DATA)
    fail(c->l, DIAG_SYMBOL_WEAK_UNDEFINED, w, symbol_text(c, i));
  check_names(c, s, w);
  check_content(c, i);
}

/* [unit.rules] */
void check_unit(Link *l, const Object *o, Map *names) {
  Checker c = {l, o, o->unit, names};
  for (u32 i = 0; i < o->unit->nsymbols; i++)
    check_symbol(&c, i);
}
