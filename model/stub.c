/* stub.c: stub libraries: text files that say which names whoever runs the
   module will provide, and what of the module these need in turn.

       #STUB
       # a comment
       print
       run: malloc, free

   Takes the file's text, gives its symbols; then, when all inputs are known,
   imports what is undefined and listed, and exports what that needs.

   Rule of thumb: a stub library is the last to be asked.  The first one that
   lists a name decides; a later line on it replaces an earlier one. */

#include <string.h>

#include "link.h"

bool is_stub_library(const u8 *bytes, size_t size) {
  return size >= 5 && memcmp(bytes, "#STUB", 5) == 0;
}

/* -- text -> symbols -- */

static bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

static Str trim(Str s) {
  for (; s.n && is_blank(*s.p); s.p++)
    s.n--;
  while (s.n && is_blank(s.p[s.n - 1]))
    s.n--;
  return s;
}

/* What stands before c, or all; *rest goes on behind it. */
static Str cut(Str *rest, char c) {
  const char *at = rest->n ? memchr(rest->p, c, rest->n) : NULL;
  Str s = {rest->p, at ? (u32)(at - rest->p) : rest->n};
  rest->p += s.n + (at != NULL);
  rest->n -= s.n + (at != NULL);
  return s;
}

static Str name_in(Link *l, const Stub *stub, u32 line, Str text) {
  Str name = trim(text);
  if (!name.n)
    fail(l, DIAG_STUB_NAME, in_file(stub->path), line);
  return name;
}

/* SYMBOL, or SYMBOL: NEEDED, NEEDED, ... */
static void read_line(Link *l, Stub *stub, u32 number, Str line) {
  StubSymbol s = {.name = name_in(l, stub, number, cut(&line, ':'))};
  for (line = trim(line); line.n;)
    VEC_PUSH(l, s.needs, name_in(l, stub, number, cut(&line, ',')));
  bool fresh;
  u32 *at = map_slot(l, &stub->by_name, s.name, &fresh);
  if (fresh) {
    *at = stub->symbols.n;
    VEC_PUSH(l, stub->symbols, s);
  }
  stub->symbols.p[*at] = s;
}

/* [input.stub-library] */
void read_stub_library(Link *l, const Input *in) {
  Stub *stub = NEW(l, Stub);
  if (in->size > UINT32_MAX)
    fail(l, DIAG_OUT_OF_MEMORY, in_file(in->path));
  stub->path = in->path;
  Str text = {(const char *)in->bytes, (u32)in->size};
  for (u32 number = 1; text.n; number++) {
    Str line = trim(cut(&text, '\n'));
    if (line.n && *line.p != '#')
      read_line(l, stub, number, line);
  }
  VEC_PUSH(l, l->stubs, stub);
}

/* -- symbols -> imports and exports -- */

/* Not what waits for a member, though a weak reference is all there is. */
static bool is_missing(const Symbol *s) {
  return is_undefined(s) && !awaits_member(s);
}

static void need(Link *l, const Stub *stub, const Symbol *s, Str name) {
  Symbol *needed = find_symbol(l, name);
  if (!needed || is_missing(needed)) {
    report(l, DIAG_STUB_NEEDS, in_file(stub->path), pretty(l, name),
           pretty(l, s->name));
    return;
  }
  if (needed->traced)
    report(l, DIAG_TRACE_STUB_EXPORT, in_file(stub->path), stub->path,
           pretty(l, name), plain(l, s->name));
  needed->force_export = true;
  settle_lazy(l, needed, stub->path);
}

/* s is imported from whoever stands behind the stub library. */
static void import(Link *l, const Stub *stub, Symbol *s,
                   const StubSymbol *listed) {
  if (s->force_import)
    return;
  s->force_import = true;
  if (s->traced)
    report(l, DIAG_TRACE_STUB_IMPORT, in_file(stub->path), stub->path,
           plain(l, s->name));
  for (u32 i = 0; i < listed->needs.n; i++)
    need(l, stub, s, listed->needs.p[i]);
}

static void import_listed(Link *l, const Stub *stub) {
  for (u32 i = 0; i < stub->symbols.n; i++) {
    const StubSymbol *listed = &stub->symbols.p[i];
    Symbol *s = find_symbol(l, listed->name);
    if (s && is_missing(s))
      import(l, stub, s, listed);
    else if (s && s->traced)
      report(l, DIAG_TRACE_STUB_UNUSED, in_file(stub->path), stub->path,
             plain(l, s->name));
  }
}

/* Symbols that have another name where they are imported. */
static void import_renamed(Link *l, const Stub *stub) {
  for (u32 i = 0; i < l->symbols.n; i++) {
    Symbol *s = l->symbols.p[i];
    if (!is_missing(s) || !s->import_name.p)
      continue;
    u32 at = map_get(&stub->by_name, s->import_name);
    if (at != NONE)
      import(l, stub, s, &stub->symbols.p[at]);
  }
}

/* What may be needed from outside is used, whoever else uses it. */
static void use_needed(Link *l, const Stub *stub) {
  for (u32 i = 0; i < stub->symbols.n; i++) {
    const StubSymbol *listed = &stub->symbols.p[i];
    const Symbol *s = find_symbol(l, listed->name);
    for (u32 k = 0; k < listed->needs.n && (!s || is_missing(s)); k++) {
      Symbol *needed = find_symbol(l, listed->needs.p[k]);
      if (needed)
        needed->used = true;
    }
  }
}

void apply_stubs(Link *l) {
  for (u32 i = 0; i < l->stubs.n; i++)
    use_needed(l, l->stubs.p[i]);
  /* What members bring along may be listed, too. */
  for (u32 before = NONE; before != l->objects.n;) {
    before = l->objects.n;
    for (u32 i = 0; i < l->stubs.n; i++) {
      import_listed(l, l->stubs.p[i]);
      import_renamed(l, l->stubs.p[i]);
    }
  }
}
