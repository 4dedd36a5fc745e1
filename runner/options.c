/* options.c: the command line of wasm-ld, read into an LdRequest.

   Takes arguments (and, through r->files, response files and lists of names),
   gives Options and the inputs in the order given, not yet opened.  The rows
   are in options.def.

   Why not getopt_long_only(): it accepts every unambiguous abbreviation and
   cannot be told not to, it makes no difference between -export-all and
   --export-all, and it takes -entry for an error rather than for a long name
   where a short option begins alike.  wasm-ld has one rule instead, and it is
   short: of all rows that fit an argument, the one with the longest name. */

#include <string.h>

#include "options.h"

typedef enum { ONE = 1, TWO = 2, ANY = 3 } Dashes;
typedef enum { FLAG, EITHER, APART, GLUED, JOINED } Form;
typedef enum { YES, IGNORED, LATER } Status;

typedef struct Row {
  OptId id;
  const char *name;
  Dashes dashes;
  Form form;
  bool alias;
  Status status;
  const char *value, *help;
} Row;

static const Row rows[] = {
#define OPT(id, name, dashes, form, status, value, help)                       \
  {OPT_##id, name, dashes, form, false, status, value, help},
#define ALIAS(id, name, dashes, form)                                          \
  {OPT_##id, name, dashes, form, true, YES, NULL, NULL},
#include "options.def"
#undef OPT
#undef ALIAS
};
#define NROWS (sizeof rows / sizeof *rows)

/* ---- which row an argument means ---- */

static unsigned count_dashes(const char *s) {
  return s[0] != '-' ? 0 : s[1] != '-' ? 1 : 2;
}

/* The option that stands above its aliases. */
static const Row *option_of(const Row *row) {
  while (row->alias)
    row--;
  return row;
}

/* Whether text, behind its dashes, can be this row: *value is then what is
   glued to the name, or NULL when the value is the next argument. */
static bool fits(const Row *row, const char *text, const char **value) {
  size_t n = strlen(row->name);
  if (strncmp(text, row->name, n) != 0)
    return false;
  const char *rest = text + n;
  *value = rest;
  switch (row->form) {
  case FLAG: return !*rest;
  case JOINED: return true;
  case EITHER: *value = *rest ? rest + 1 : NULL; return !*rest || *rest == '=';
  case APART: *value = NULL; return !*rest;
  case GLUED:
    if (!*rest)
      *value = NULL;
    return true;
  }
  return false;
}

static const Row *find_row(const char *arg, const char **value) {
  unsigned dashes = count_dashes(arg);
  const Row *best = NULL;
  size_t longest = 0;
  for (size_t i = 0; i < NROWS; i++) {
    size_t n = strlen(rows[i].name);
    const char *v;
    if (!((unsigned)rows[i].dashes & dashes) || n <= longest ||
        !fits(&rows[i], arg + dashes, &v))
      continue;
    best = &rows[i];
    longest = n;
    *value = v;
  }
  return best;
}

/* Letters to change, add or drop to make b of a; both are short. */
static size_t distance(const char *a, size_t na, const char *b, size_t nb) {
  size_t row[64];
  if (nb >= 64)
    return SIZE_MAX;
  for (size_t j = 0; j <= nb; j++)
    row[j] = j;
  for (size_t i = 1; i <= na; i++) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= nb; j++) {
      size_t change = diagonal + (a[i - 1] != b[j - 1]);
      size_t least = row[j - 1] < row[j] ? row[j - 1] + 1 : row[j] + 1;
      diagonal = row[j];
      row[j] = change < least ? change : least;
    }
  }
  return row[nb];
}

static void unknown(LdRequest *r, const char *arg) {
  const char *text = arg + count_dashes(arg);
  size_t n = strcspn(text, "="), least = n / 3 < 2 ? n / 3 + 1 : 3;
  const Row *near = NULL;
  for (size_t i = 0; n >= 3 && n < 64 && i < NROWS; i++) {
    size_t m = strcspn(rows[i].name, "=");
    size_t d = m >= 3 ? distance(text, n, rows[i].name, m) : least;
    if (d < least) {
      least = d;
      near = &rows[i];
    }
  }
  if (near)
    ld_message(r, SEVERITY_ERROR, "unknown",
               "unknown argument: %s, did you mean '%s%s'?", arg,
               near->dashes == ONE ? "-" : "--", near->name);
  else
    ld_message(r, SEVERITY_ERROR, "unknown", "unknown argument: %s", arg);
}

/* ---- the whole line ---- */

static void read_arguments(LdRequest *r, Late *t, const Names *args) {
  for (u32 i = 0; i < args->n; i++) {
    const char *text = args->p[i];
    if (!*text)
      continue;
    if (text[0] != '-' || !text[1]) {
      ld_add_input(r, t, text, false);
      continue;
    }
    const char *value = NULL;
    const Row *row = find_row(text, &value);
    if (!row) {
      unknown(r, text);
      continue;
    }
    if (!value && i + 1 == args->n) {
      ld_message(r, SEVERITY_ERROR, "missing", "%s: missing argument", text);
      return;
    }
    if (!value)
      value = args->p[++i];
    const Row *option = option_of(row);
    if (option->status == LATER)
      ld_later(r, text);
    else
      ld_set(r, t, &(Arg){option->id, text, value});
  }
}

void ld_init(LdRequest *r, Files files) {
  *r = (LdRequest){.files = files, .options = options_default()};
}

bool ld_parse(LdRequest *r, int argc, const char *const *argv) {
  Names args = {0};
  Late late = {0};
  ld_expand(r, argc, argv, &args);
  read_arguments(r, &late, &args);
  ld_settle(r, &late);
  return !r->failed;
}

/* ---- --help ---- */

/* "--entry=NAME, -e NAME", cut where it is longer than any row is. */
static void spell(char *to, size_t size, const Row *option) {
  size_t n = 0;
  for (const Row *row = option; row < rows + NROWS; row++) {
    if (row != option && !row->alias)
      break;
    const char *gap = row->form == EITHER                        ? "="
                      : row->form == APART || row->form == GLUED ? " "
                                                                 : "";
    int wrote = snprintf(to + n, size - n, "%s%s%s%s%s", n ? ", " : "",
                         row->dashes == ONE ? "-" : "--", row->name, gap,
                         row->form == FLAG ? "" : option->value);
    n += wrote > 0 ? (size_t)wrote : 0;
    if (n >= size)
      return;
  }
}

static void print_rows(FILE *to, const char *heading, Status status) {
  enum { COLUMN = 30 };
  fprintf(to, "\n%s:\n", heading);
  for (size_t i = 0; i < NROWS; i++) {
    char left[160];
    if (rows[i].alias || rows[i].status != status)
      continue;
    spell(left, sizeof left, &rows[i]);
    if (strlen(left) + 3 > COLUMN)
      fprintf(to, "  %s\n%*s%s\n", left, COLUMN, "", rows[i].help);
    else
      fprintf(to, "  %-*s%s\n", COLUMN - 2, left, rows[i].help);
  }
}

void ld_print_options(FILE *to) {
  print_rows(to, "Options", YES);
  fputs("\n  @FILE                       more arguments, read from FILE\n", to);
  print_rows(to, "Accepted, without effect here", IGNORED);
  print_rows(to, "Options of wasm-ld that are not supported yet", LATER);
}
