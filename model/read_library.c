/* read_library.c: bytes of a shared library -> what it offers: the names and
   types of its exports, and what "dylink.0" says of them.

   Rule of thumb: a library is a finished module, and only its interface
   matters here; what it does with it, engine and loader will see.
   (DynamicLinking.md) */

#include "link.h"

/* -- "dylink.0" -- */

/* [dylink.string] */
static void read_strings(Cursor *c, const char *count, const char *field) {
  for (u32 n = read_count(c, 1, count); n > 0; n--)
    read_str(c, field);
}

/* [dylink.mem-info] [dylink.mem-info.memory-alignment]
   [dylink.mem-info.table-alignment] */
static void read_mem_info(Cursor *c) {
  read_uleb32(c, "memory size");
  read_alignment(c, "memory alignment");
  read_uleb32(c, "table size");
  read_alignment(c, "table alignment");
}

/* [dylink.export-info] [dylink.flags] */
static void read_export_info(Cursor *c) {
  for (u32 n = read_count(c, 2, "export info count"); n > 0; n--) {
    read_str(c, "export info name");
    read_uleb32(c, "export info flags");
  }
}

static void read_import_info(Cursor *c) {
  for (u32 n = read_count(c, 3, "import info count"); n > 0; n--) {
    read_str(c, "import info module");
    read_str(c, "import info field");
    read_uleb32(c, "import info flags");
  }
}

/* What this linker has no use for is read, too: it may be broken.
   [dylink.sub-section] */
static void read_dylink(Link *l, Cursor *c) {
  while (cursor_left(c)) {
    Where w = at_cursor(c, "sub-section type");
    u8 type = read_u8(c, "sub-section type");
    u32 size = read_uleb32(c, "sub-section size");
    Cursor part = read_sub(c, size, "sub-section");
    switch (type) {
    case WASM_DYLINK_MEM_INFO: read_mem_info(&part); break;
    case WASM_DYLINK_NEEDED:
      read_strings(&part, "needed count", "needed name");
      break;
    case WASM_DYLINK_EXPORT_INFO: read_export_info(&part); break;
    case WASM_DYLINK_IMPORT_INFO: read_import_info(&part); break;
    case WASM_DYLINK_RUNTIME_PATH:
      read_strings(&part, "runtime path count", "runtime path");
      break;
    default: continue; /* of a later convention */
    }
    if (cursor_left(&part))
      fail(l, DIAG_SECTION_LEFTOVER, w, cursor_left(&part));
  }
}

/* -- exports -- */

/* What belongs to one module only, although the loader sees it.
   [library.private] */
static bool is_private(Str name) {
  return str_is(name, "__wasm_apply_data_relocs") ||
         str_is(name, "__wasm_call_ctors") || str_starts(name, "__start_") ||
         str_starts(name, "__stop_");
}

static const Signature *function_type(const Object *o, u32 index) {
  return index < o->nfimports ? o->fimports[index]->sig
                              : o->functions[index - o->nfimports].sig;
}

static const Item *global_at(const Object *o, u32 index) {
  return index < o->ngimports ? &o->gimports[index]->item
                              : &o->globals[index - o->ngimports];
}

static const Item *tag_at(const Object *o, u32 index) {
  return index < o->neimports ? &o->eimports[index]->item
                              : &o->tags[index - o->neimports];
}

/* The link decides where the library does not. */
static u8 pointer_of(const Link *l, const Object *o) {
  if (!o->nmemories)
    return pointer_type(l);
  return o->wasm64 ? WASM_TYPE_I64 : WASM_TYPE_I32;
}

/* An immutable pointer is an address; any other global is one.
   [dylink.export.function] [dylink.export.address] [library.data] */
static void offer_export(Link *l, Object *o, Str name, u8 kind, u32 index) {
  Symbol s = {.name = name, .obj = o, .state = SYM_SHARED};
  switch (kind) {
  case WASM_EXTERNAL_FUNCTION:
    s.kind = WASM_SYMBOL_TYPE_FUNCTION;
    s.sig = function_type(o, index);
    break;
  case WASM_EXTERNAL_GLOBAL: {
    const Item *g = global_at(o, index);
    bool address = !g->mutable && g->type == pointer_of(l, o);
    s.kind = address ? WASM_SYMBOL_TYPE_DATA : WASM_SYMBOL_TYPE_GLOBAL;
    s.item = address ? NULL : (Item *)g;
    break;
  }
  case WASM_EXTERNAL_TAG:
    s.kind = WASM_SYMBOL_TYPE_TAG;
    s.item = (Item *)tag_at(o, index);
    s.sig = s.item->sig;
    break;
  default: return; /* all modules have the same memory and table */
  }
  add_shared(l, &s);
}

static void read_exports(Link *l, Object *o, Cursor *c) {
  for (u32 n = read_count(c, 3, "export count"); n > 0; n--) {
    Str name = read_str(c, "export name");
    u8 kind;
    u32 index = read_external(c, o, &kind);
    if (!is_private(name))
      offer_export(l, o, name, kind, index);
  }
}

/* -- the walk -- */

/* [library.legacy] */
static bool is_dylink(const Section *s) {
  return s->id == WASM_SEC_CUSTOM &&
         (str_is(s->name, WASM_DYLINK_SECTION) || str_is(s->name, "dylink"));
}

/* [dylink.first] */
bool is_shared_library(Link *l, const Object *o) {
  enum { HEADER = 8 };
  if (o->bitcode || o->size <= HEADER || o->bytes[HEADER] != WASM_SEC_CUSTOM)
    return false;
  Cursor c = open_module(l, o);
  Section s;
  next_section(&c, &s);
  return is_dylink(&s);
}

/* The old "dylink" has nothing that a linker needs.
   [library.undefined] */
static void read_part(Link *l, Object *o, Section *s, Cursor *c) {
  switch (s->id) {
  case WASM_SEC_CUSTOM:
    if (str_is(s->name, WASM_DYLINK_SECTION))
      read_dylink(l, c);
    return;
  case WASM_SEC_TYPE:
  case WASM_SEC_IMPORT:
  case WASM_SEC_FUNCTION:
  case WASM_SEC_TABLE:
  case WASM_SEC_MEMORY:
  case WASM_SEC_GLOBAL:
  case WASM_SEC_TAG: read_section(l, o, s, c, NULL); return;
  case WASM_SEC_EXPORT: read_exports(l, o, c); break;
  default: return;
  }
  if (cursor_left(c))
    fail(l, DIAG_SECTION_LEFTOVER, at_cursor(c, "section"), cursor_left(c));
}

/* [library.input] [library.format] */
void read_library(Link *l, Object *o) {
  Cursor c = open_module(l, o);
  u32 order = 0;
  while (cursor_left(&c)) {
    Section s;
    Where w = at_cursor(&c, "section id");
    Cursor body = next_section(&c, &s);
    u32 place = section_order(s.id, s.name);
    if (place && place <= order)
      fail(l, DIAG_SECTION_ORDER, w, pretty(l, body.section));
    if (place)
      order = place;
    read_part(l, o, &s, &body);
  }
  VEC_PUSH(l, l->libraries, o);
}
