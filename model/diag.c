/* diag.c: diagnostics.  diags.def holds one row for each: this file turns a
   row and its arguments into a Diag, and decides how far the link goes on. */

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "link.h"

static const struct {
  const char *name, *class, *text;
  Phase phase;
  Severity severity;
} rows[] = {
#define DIAG(id, phase, class, severity, text)                                 \
  {#id, class, text, PHASE_##phase, SEVERITY_##severity},
#include "diags.def"
#undef DIAG
};

static const char *const phases[] = {
    [PHASE_READ] = "read",       [PHASE_ARCHIVE] = "archive",
    [PHASE_RESOLVE] = "resolve", [PHASE_LIVE] = "live",
    [PHASE_PLACE] = "place",     [PHASE_NUMBER] = "number",
    [PHASE_EMIT] = "emit"};

const char *diag_name(DiagId id) {
  return rows[id].name;
}

const char *diag_class(DiagId id) {
  return rows[id].class;
}

const char *diag_phase(DiagId id) {
  return phases[rows[id].phase];
}

Str section_name(u8 id, Str name) {
  static const char *const titles[] = {
      "",       "type",  "import", "function", "table", "memory",    "global",
      "export", "start", "elem",   "code",     "data",  "datacount", "tag"};
  return id == WASM_SEC_CUSTOM ? name : str_from(titles[id]);
}

Where in_file(const char *file) {
  return (Where){.file = file, .offset = NO_OFFSET};
}

Where in_object(const Object *o) {
  return in_file(o ? o->name : NULL);
}

Where at_cursor(const Cursor *c, const char *field) {
  return (Where){.file = c->file,
                 .offset = cursor_offset(c),
                 .field = field,
                 .section = c->section};
}

/* The last section that begins at or before an offset. */
static const Section *section_at(const Object *o, u64 offset) {
  u32 low = 0, high = o->nsections;
  while (low < high) {
    u32 middle = low + (high - low) / 2;
    if (o->sections[middle].offset <= offset)
      low = middle + 1;
    else
      high = middle;
  }
  return low ? &o->sections[low - 1] : NULL;
}

Where at_offset(const Object *o, u64 offset, const char *field) {
  const Section *s = section_at(o, offset);
  Where w = {.file = o->name, .offset = offset, .field = field};
  if (s)
    w.section = section_name(s->id, s->name);
  return w;
}

/* offset: in the chunk */
Where at_chunk(const Chunk *c, u32 offset, const char *field) {
  u64 begin = (u64)(c->bytes - c->obj->bytes);
  Where w = at_offset(c->obj, begin + offset, field);
  if (!str_eq(c->name, w.section))
    w.part = c->name;
  return w;
}

Where at_reloc(Link *l, const Chunk *c, const Reloc *r) {
  if (c->obj->unit) /* there are no bytes of a file */
    return (Where){
        .file = c->obj->name, .offset = NO_OFFSET, .field = pretty(l, c->name)};
  return at_chunk(c, r->offset - c->in_offset, reloc_info(r->kind)->name);
}

static char *vformat(Link *l, const char *fmt, va_list args) {
  va_list again;
  va_copy(again, args);
  int n = vsnprintf(NULL, 0, fmt, args);
  char *s = n >= 0 ? arena_alloc(memory_of(l), (size_t)n + 1) : NULL;
  if (s)
    vsnprintf(s, (size_t)n + 1, fmt, again);
  va_end(again);
  return s;
}

static char *try_format(Link *l, const char *fmt, ...) {
  va_list args;
  va_start(args, fmt);
  char *s = vformat(l, fmt, args);
  va_end(args);
  return s;
}

char *format(Link *l, const char *fmt, ...) {
  va_list args;
  va_start(args, fmt);
  char *s = vformat(l, fmt, args);
  va_end(args);
  if (!s)
    fail(l, DIAG_OUT_OF_MEMORY, in_file(NULL));
  return s;
}

/* [names.demangle] [names.main] [text.demangle] */
Str display_name(Link *l, Str name) {
  if (str_is(name, "__main_argc_argv"))
    return STR("main"); /* the C entry point as its author spelt it */
  if (!l->opt.demangle || !l->request->demangle || !name.n ||
      memchr(name.p, 0, name.n))
    return name;
  char *demangled =
      l->request->demangle(format(l, "%.*s", (int)name.n, name.p));
  if (!demangled)
    return name;
  /* A short name can stand for a very long one: such stay as they are. */
  Str copy = name;
  if (strlen(demangled) <= 64 * (size_t)name.n + 1024)
    copy = str_from(format(l, "%s", demangled));
  free(demangled);
  return copy;
}

const char *pretty(Link *l, Str name) {
  return plain(l, display_name(l, name));
}

const char *plain(Link *l, Str name) {
  return format(l, "%.*s", (int)name.n, name.p ? name.p : "");
}

/* As text; NULL also when there is no memory left to say it. */
static const char *within(Link *l, const Where *w) {
  if (!w->section.n)
    return NULL;
  if (!w->part.n)
    return try_format(l, "section %.*s", (int)w->section.n, w->section.p);
  Str part = display_name(l, w->part);
  return try_format(l, "section %.*s, in %.*s", (int)w->section.n, w->section.p,
                    (int)part.n, part.p);
}

/* There is room for one diagnostic before it is needed: it may be the one that
   there is no more memory. */
bool diags_room(Link *l) {
  if (l->diags.n < l->diags.cap)
    return true;
  u32 cap = l->diags.cap ? l->diags.cap * 2 : 8;
  Diag *wider = arena_alloc(&l->arena, cap * sizeof *wider);
  if (!wider)
    return false;
  if (l->diags.n)
    memcpy(wider, l->diags.p, l->diags.n * sizeof *wider);
  l->diags.p = wider;
  l->diags.cap = cap;
  return true;
}

/* [option.fatal-warnings] */
static Severity severity_of(const Link *l, DiagId id) {
  Severity s = rows[id].severity;
  bool fatal = s == SEVERITY_WARNING && l->opt.fatal_warnings;
  return s == SEVERITY_STRICT || fatal ? SEVERITY_ERROR : s;
}

static void record(Link *l, DiagId id, Where w, va_list args) {
  Severity severity = severity_of(l, id);
  if (severity == SEVERITY_ERROR) {
    l->failed = true;
    l->nerrors++;
  }
  const char *text = vformat(l, rows[id].text, args);
  if (!text)
    text = rows[id].text;
  Diag d = {id, severity, w.file, w.offset, within(l, &w), w.field, text};
  if (!diags_room(l))
    return;
  l->diags.p[l->diags.n++] = d;
  diags_room(l);
}

/* Instead of one error more than the limit stands that there are more.
   [option.error-limit] */
static void check_limit(Link *l, DiagId id) {
  if (l->opt.error_limit && l->nerrors >= l->opt.error_limit &&
      severity_of(l, id) == SEVERITY_ERROR && id != DIAG_TOO_MANY_ERRORS)
    fail(l, DIAG_TOO_MANY_ERRORS, in_file(NULL));
}

void fail(Link *l, DiagId id, Where w, ...) {
  check_limit(l, id);
  va_list args;
  va_start(args, w);
  record(l, id, w, args);
  va_end(args);
  assert(l->armed);
  longjmp(l->escape, 1);
}

void report(Link *l, DiagId id, Where w, ...) {
  check_limit(l, id);
  va_list args;
  va_start(args, w);
  record(l, id, w, args);
  va_end(args);
}

void violation(Link *l, DiagId id, Where w, ...) {
  assert(rows[id].severity == SEVERITY_STRICT);
  if (!l->opt.strict)
    return;
  check_limit(l, id);
  va_list args;
  va_start(args, w);
  record(l, id, w, args);
  va_end(args);
}

void checkpoint(Link *l) {
  if (l->failed)
    longjmp(l->escape, 1);
}
