/* diag.c: diagnostics.  diags.def holds one row for each: this file turns a
   row and its arguments into a Diag, and decides how far the link goes on. */

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

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
    [PHASE_NUMBER] = "number",   [PHASE_PLACE] = "place",
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

Where in_file(const char *file) {
  return (Where){file, NO_OFFSET, NULL};
}

Where in_object(const Object *o) {
  return in_file(o ? o->name : NULL);
}

Where at_cursor(const Cursor *c, const char *field) {
  return (Where){c->file, cursor_offset(c), field};
}

Where at_reloc(Link *l, const Chunk *c, const Reloc *r) {
  if (c->obj->unit) /* there are no bytes of a file */
    return (Where){c->obj->name, NO_OFFSET, pretty(l, c->name)};
  return (Where){c->obj->name,
                 (u64)(c->bytes - c->obj->bytes) + (r->offset - c->in_offset),
                 reloc_info(r->kind)->name};
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

char *format(Link *l, const char *fmt, ...) {
  va_list args;
  va_start(args, fmt);
  char *s = vformat(l, fmt, args);
  va_end(args);
  if (!s)
    fail(l, DIAG_OUT_OF_MEMORY, in_file(NULL));
  return s;
}

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

static void record(Link *l, DiagId id, Where w, va_list args) {
  Severity severity = rows[id].severity;
  if (severity == SEVERITY_STRICT ||
      (severity == SEVERITY_WARNING && l->opt.fatal_warnings))
    severity = SEVERITY_ERROR;
  if (severity == SEVERITY_ERROR) {
    l->failed = true;
    l->nerrors++;
  }
  const char *text = vformat(l, rows[id].text, args);
  if (!text)
    text = rows[id].text;
  Diag d = {id, severity, w.file, w.offset, w.field, text};
  /* A full vector that cannot grow must not fail again from here. */
  if (l->diags.n == l->diags.cap) {
    u32 cap = l->diags.cap ? l->diags.cap * 2 : 8;
    Diag *wider = arena_alloc(&l->arena, cap * sizeof *wider);
    if (!wider)
      return;
    if (l->diags.n)
      memcpy(wider, l->diags.p, l->diags.n * sizeof *wider);
    l->diags.p = wider;
    l->diags.cap = cap;
  }
  l->diags.p[l->diags.n++] = d;
}

void fail(Link *l, DiagId id, Where w, ...) {
  va_list args;
  va_start(args, w);
  record(l, id, w, args);
  va_end(args);
  l->failed = true;
  assert(l->armed);
  longjmp(l->escape, 1);
}

static void check_limit(Link *l) {
  if (l->opt.error_limit && l->nerrors >= l->opt.error_limit)
    fail(l, DIAG_TOO_MANY_ERRORS, in_file(NULL));
}

void report(Link *l, DiagId id, Where w, ...) {
  va_list args;
  va_start(args, w);
  record(l, id, w, args);
  va_end(args);
  if (rows[id].severity == SEVERITY_ERROR)
    check_limit(l);
}

void violation(Link *l, DiagId id, Where w, ...) {
  assert(rows[id].severity == SEVERITY_STRICT);
  if (!l->opt.strict)
    return;
  va_list args;
  va_start(args, w);
  record(l, id, w, args);
  va_end(args);
  check_limit(l);
}

void checkpoint(Link *l) {
  if (l->failed)
    longjmp(l->escape, 1);
}
