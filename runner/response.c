/* response.c: @FILE on the command line.

   Takes the arguments as the system gives them, gives the same with each @FILE
   replaced by what the file holds, quoted as a POSIX shell or as a Windows
   program quotes.  An @FILE that cannot be opened stays an argument, and so
   becomes an input that cannot be opened. */

#include <string.h>

#include "runner.h"

enum {
  MAX_DEPTH = 16,     /* of files that name files */
  MAX_ARGS = 1 << 20, /* in all: files that name files multiply */
};

typedef struct Expansion {
  LdRequest *r;
  Names *out;
  bool windows;
} Expansion;

static bool add(Expansion *x, const char *arg) {
  if (x->out->n == MAX_ARGS) {
    ld_message(x->r, SEVERITY_ERROR, "usage", "too many arguments");
    return false;
  }
  x->out->p = ld_grow(x->r, x->out->p, x->out->n, sizeof *x->out->p);
  x->out->p[x->out->n++] = arg;
  return true;
}

/* Form feeds are no blanks here, whatever isspace() says. */
static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Both readers take the text from s on, put one argument at `to` and give
   where it ends in the text.  It is never longer there than here, so with its
   NUL it ends at or before the place of the blank that follows it. */

static const char *posix_word(const char *s, const char *end, char *to) {
  char quote = 0;
  for (; s < end && (quote || !is_blank(*s)); s++) {
    if (*s == '\\' && s + 1 < end)
      *to++ = *++s;
    else if (quote ? *s == quote : *s == '\'' || *s == '"')
      quote = quote ? 0 : *s;
    else
      *to++ = *s;
  }
  *to = 0;
  return s;
}

/* Backslashes are plain but before a quote: there two make one, and an odd
   one makes the quote plain.  Two quotes within quotes are one plain quote. */
static const char *windows_word(const char *s, const char *end, char *to) {
  bool quoted = false;
  while (s < end && (quoted || !is_blank(*s))) {
    size_t slashes = 0;
    while (s + slashes < end && s[slashes] == '\\')
      slashes++;
    s += slashes;
    bool at_quote = s < end && *s == '"';
    for (size_t i = 0; i < (at_quote ? slashes / 2 : slashes); i++)
      *to++ = '\\';
    if (at_quote && slashes % 2) {
      *to++ = *s++;
    } else if (at_quote && quoted && s + 1 < end && s[1] == '"') {
      *to++ = '"';
      s += 2;
    } else if (at_quote) {
      quoted = !quoted;
      s++;
    } else if (!slashes) {
      *to++ = *s++;
    }
  }
  *to = 0;
  return s;
}

static bool expand(Expansion *x, const char *arg, unsigned depth);

static bool expand_text(Expansion *x, const char *s, size_t size,
                        unsigned depth) {
  const char *start = s, *end = s + size;
  char *words = ld_alloc(x->r, size + 1);
  if (size >= 3 && memcmp(s, "\xEF\xBB\xBF", 3) == 0)
    s += 3; /* byte order mark */
  while (s < end) {
    if (is_blank(*s)) {
      s++;
      continue;
    }
    char *word = words + (s - start);
    s = x->windows ? windows_word(s, end, word) : posix_word(s, end, word);
    if (!expand(x, word, depth))
      return false;
  }
  return true;
}

static bool expand(Expansion *x, const char *arg, unsigned depth) {
  const Files *f = &x->r->files;
  const u8 *bytes;
  size_t size;
  if (arg[0] != '@' || !f->open(f->host, arg + 1, &bytes, &size))
    return add(x, arg);
  if (depth == MAX_DEPTH) {
    ld_message(x->r, SEVERITY_ERROR, "usage",
               "response files are nested too deeply: %s", arg + 1);
    return false;
  }
  return expand_text(x, (const char *)bytes, size, depth + 1);
}

/* The style must be known before files are read, so before options are. */
static bool windows_quoting(LdRequest *r, int argc, const char *const *argv) {
  static const char name[] = "-rsp-quoting";
  const char *style = "posix";
  for (int i = 1; i < argc; i++) {
    const char *s = argv[i] + (strncmp(argv[i], "--", 2) == 0);
    if (strncmp(s, name, sizeof name - 1) != 0)
      continue;
    s += sizeof name - 1;
    if (*s == '=')
      style = s + 1;
    else if (!*s && i + 1 < argc)
      style = argv[++i];
  }
  if (strcmp(style, "posix") != 0 && strcmp(style, "windows") != 0)
    ld_message(r, SEVERITY_ERROR, "value", "invalid response file quoting: %s",
               style);
  return strcmp(style, "windows") == 0;
}

void ld_expand(LdRequest *r, int argc, const char *const *argv, Names *out) {
  Expansion x = {r, out, windows_quoting(r, argc, argv)};
  for (int i = 1; i < argc; i++)
    if (!expand(&x, ld_format(r, "%s", argv[i]), 0))
      return;
}
