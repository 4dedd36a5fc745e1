/* diff.c: `linkspec diff`.  Takes two modules, gives the differences as
   structure.  Each section of a module becomes a list of facts (facts.h), a
   key that says what it is about and a value of one or more lines.  Facts with
   the same key are compared; what is left over is in one module only.  Rule of
   thumb: no more than 20 differences of a kind are printed, but all are
   counted. */

#include "diff.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "facts.h"
#include "runner.h"
#include "show.h"

const char diff_help[] =
    "usage: linkspec diff A B\n\n"
    "Prints how module B differs from module A: by section, function bodies\n"
    "by instruction, things by name rather than by number.\n\n"
    "Exit status: 0 the same bytes, 1 different, 2 misuse, or one of them is\n"
    "not a module (what and where is on standard error).\n";

enum { SHOWN = 20, LONG = 200 };

typedef struct {
  const char *key, *value;
  size_t order; /* among the facts of its side, as the file has them */
  size_t twin;  /* the fact of the other side; SIZE_MAX if there is none */
} Fact;

/* The facts of one side: "key\0value\0" one after the other. */
typedef struct {
  FILE *out;
  char *text;
  size_t size;
  Fact *facts; /* in file order */
  size_t count;
} Side;

/* ---- comparing facts ---- */

static bool side_open(Side *side, const DecModule *m, const FactList *list) {
  *side = (Side){0};
  side->out = open_memstream(&side->text, &side->size);
  if (!side->out)
    return false;
  list->tell(side->out, m);
  if (fclose(side->out) != 0)
    return false;
  for (size_t at = 0; at < side->size; at++)
    side->count += side->text[at] == '\0';
  side->count /= 2;
  side->facts = calloc(side->count + 1, sizeof *side->facts);
  if (!side->facts)
    return false;
  const char *next = side->text;
  for (size_t i = 0; i < side->count; i++) {
    const char *value = next + strlen(next) + 1;
    side->facts[i] = (Fact){next, value, i, SIZE_MAX};
    next = value + strlen(value) + 1;
  }
  return true;
}

static void side_close(Side *side) {
  free(side->text);
  free(side->facts);
}

static int by_key(const void *a, const void *b) {
  const Fact *x = *(Fact *const *)a, *y = *(Fact *const *)b;
  int order = strcmp(x->key, y->key);
  return order ? order : (x->order > y->order) - (x->order < y->order);
}

static Fact **sorted(Side *side) {
  Fact **list = calloc(side->count + 1, sizeof *list);
  for (size_t i = 0; list && i < side->count; i++)
    list[i] = &side->facts[i];
  if (list)
    qsort(list, side->count, sizeof *list, by_key);
  return list;
}

/* Pairs facts of the same key; of several, the first with the first. */
static bool pair(Side *a, Side *b) {
  Fact **x = sorted(a), **y = sorted(b);
  bool ok = x && y;
  for (size_t i = 0, k = 0; ok && i < a->count && k < b->count;) {
    int order = strcmp(x[i]->key, y[k]->key);
    if (order == 0) {
      x[i]->twin = y[k]->order;
      y[k++]->twin = x[i++]->order;
    } else if (order < 0) {
      i++;
    } else {
      k++;
    }
  }
  free(x);
  free(y);
  return ok;
}

static size_t line_length(const char *line) {
  return strcspn(line, "\n");
}

static const char *next_line(const char *line) {
  line += line_length(line);
  return *line ? line + 1 : line;
}

static bool same_line(const char *x, const char *y) {
  size_t n = line_length(x);
  return n == line_length(y) && !memcmp(x, y, n);
}

static size_t count_lines(const char *text) {
  size_t n = 0;
  for (; *text; text = next_line(text))
    n++;
  return n;
}

static void print_line(FILE *out, char sign, const char *line) {
  while (*line == ' ')
    line++;
  if (*line)
    fprintf(out, "      %c %.*s\n", sign, (int)line_length(line), line);
  else
    fprintf(out, "      %c (ends)\n", sign);
}

/* The first line that differs, with the line before it. */
static void print_lines(FILE *out, const char *x, const char *y) {
  const char *before = NULL;
  size_t line = 1;
  size_t nx = count_lines(x), ny = count_lines(y);
  for (; *x && *y && same_line(x, y); line++) {
    before = x;
    x = next_line(x);
    y = next_line(y);
  }
  fprintf(out, " line %zu (of %zu and %zu):\n", line, nx, ny);
  if (before)
    print_line(out, ' ', before);
  print_line(out, '-', x);
  print_line(out, '+', y);
}

static void print_changed(FILE *out, const Fact *x, const Fact *y) {
  bool is_long = strchr(x->value, '\n') || strchr(y->value, '\n') ||
                 strlen(x->value) + strlen(y->value) > LONG;
  fprintf(out, "  ~ %s:", x->key);
  if (is_long)
    print_lines(out, x->value, y->value);
  else
    fprintf(out, " %s -> %s\n", x->value, y->value);
}

static void print_alone(FILE *out, char sign, const Fact *fact) {
  const char *value = fact->value;
  while (*value == ' ')
    value++;
  fprintf(out, "  %c %s%s%.*s\n", sign, fact->key, *value ? ": " : "",
          (int)line_length(value), value);
}

/* Prints a heading before the first difference; counts all. */
static void differ(FILE *out, const char *name, size_t *count, char sign,
                   const Fact *x, const Fact *y) {
  if ((*count)++ == 0)
    fprintf(out, "%s\n", name);
  if (*count > SHOWN)
    return;
  if (y)
    print_changed(out, x, y);
  else
    print_alone(out, sign, x);
}

static size_t compare(FILE *out, const char *name, const Side *a,
                      const Side *b) {
  size_t count = 0;
  for (size_t i = 0; i < a->count; i++) {
    const Fact *x = &a->facts[i];
    if (x->twin == SIZE_MAX)
      differ(out, name, &count, '-', x, NULL);
    else if (strcmp(x->value, b->facts[x->twin].value) != 0)
      differ(out, name, &count, '~', x, &b->facts[x->twin]);
  }
  for (size_t i = 0; i < b->count; i++)
    if (b->facts[i].twin == SIZE_MAX)
      differ(out, name, &count, '+', &b->facts[i], NULL);
  if (count > SHOWN)
    fprintf(out, "  and %zu more\n", count - SHOWN);
  return count;
}

static size_t diff_section(FILE *out, const DecModule *a, const DecModule *b,
                           size_t i) {
  const FactList *list = &fact_lists[i];
  Side x, y = {0};
  size_t count = 0;
  if (side_open(&x, a, list) && side_open(&y, b, list) && pair(&x, &y)) {
    count = compare(out, list->name, &x, &y);
  } else {
    fprintf(out, "%s\n  not compared: out of memory\n", list->name);
    count = 1;
  }
  side_close(&x);
  side_close(&y);
  return count;
}

/* ---- bytes ---- */

/* The instruction of a body, or part of the function, that holds an offset. */
static void print_place_in_func(FILE *out, const DecModule *m, uint32_t func,
                                size_t offset) {
  const DecFunc *f = &m->funcs[func];
  show_external(out, m, WASM_EXTERNAL_FUNCTION, func);
  if (offset < f->body) {
    fputs(", its size", out);
    return;
  }
  DecError error = {0};
  DecCursor c = decode_body(m, func, &error);
  for (DecInstr instr; offset >= f->code && decode_instr(&c, &instr);) {
    if (offset >= instr.offset + instr.size)
      continue;
    fputs(", in `", out);
    show_instr(out, m, &instr);
    putc('`', out);
    for (uint32_t i = 0; i < instr.imm_count; i++) {
      const DecImm *imm = &instr.imm[i];
      if (offset >= imm->offset && offset < imm->offset + imm->width)
        fprintf(out, ", immediate %u (%u bytes)", i + 1, imm->width);
    }
    return;
  }
}

static void print_place(FILE *out, const DecModule *m, size_t offset) {
  for (uint32_t i = 0; i < m->section_count; i++) {
    const DecSection *s = &m->sections[i];
    if (offset < s->offset || offset >= s->payload + s->size)
      continue;
    fputs("section ", out);
    show_section(out, s);
    if (offset < s->payload) {
      fputs(", its id or size", out);
      return;
    }
    fprintf(out, " + 0x%zx", offset - s->payload);
    uint32_t func = decode_func_at(m, offset);
    if (func == DEC_NONE)
      return;
    fputs(", ", out);
    print_place_in_func(out, m, func, offset);
    return;
  }
  fputs("the end", out);
}

/* Where the bytes differ first, as each module sees it. */
static void print_first_byte(FILE *out, const DecModule *a,
                             const DecModule *b) {
  size_t at = 0, least = a->size < b->size ? a->size : b->size;
  while (at < least && a->bytes[at] == b->bytes[at])
    at++;
  fprintf(out, "first differing byte at 0x%zx\n  - ", at);
  print_place(out, a, at);
  fputs("\n  + ", out);
  print_place(out, b, at);
  putc('\n', out);
}

bool diff_modules(FILE *out, const DecModule *a, const DecModule *b) {
  if (decode_same((DecBytes){a->bytes, a->size}, (DecBytes){b->bytes, b->size}))
    return true;
  size_t total = 0, in = 0;
  for (size_t i = 0; fact_lists[i].tell; i++) {
    size_t count = diff_section(out, a, b, i);
    total += count;
    in += count > 0;
  }
  print_first_byte(out, a, b);
  if (total == 0)
    fputs("same structure, different encoding or numbering", out);
  else
    fprintf(out, "%zu difference%s in %zu section%s", total,
            total == 1 ? "" : "s", in, in == 1 ? "" : "s");
  fprintf(out, " (%zu and %zu bytes)\n", a->size, b->size);
  return false;
}

/* ---- the command ---- */

static bool read_module(FileSet *set, const char *path, DecModule *m) {
  Files files = files_of_disk(set);
  const uint8_t *bytes;
  size_t size;
  DecError error;
  *m = (DecModule){0};
  if (!files.open(files.host, path, &bytes, &size)) {
    fprintf(stderr, "linkspec diff: %s: %s\n", path, strerror(errno));
    return false;
  }
  if (decode_module(m, bytes, size, &error))
    return true;
  fprintf(stderr, "%s: offset 0x%zx, %s: %s\n", path, error.offset, error.field,
          error.message);
  return false;
}

static int diff_files(FILE *out, const char *a, const char *b) {
  FileSet set = {0};
  DecModule x, y = {0};
  int status = EXIT_MISUSE;
  if (read_module(&set, a, &x) && read_module(&set, b, &y)) {
    status = diff_modules(out, &x, &y) ? EXIT_OK : EXIT_FAILED;
    if (status == EXIT_OK)
      fprintf(out, "identical (%zu bytes)\n", x.size);
  }
  decode_free(&x);
  decode_free(&y);
  files_close(&set);
  return status;
}

int diff_main(int argc, char **argv) {
  if (argc == 2 && !strcmp(argv[1], "--help")) {
    fputs(diff_help, stdout);
    return EXIT_OK;
  }
  if (argc != 3)
    return misuse("diff", "two modules are compared", "");
  return diff_files(stdout, argv[1], argv[2]);
}
