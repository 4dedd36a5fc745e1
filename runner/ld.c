/* ld.c: inputs, the link, and what is told about it.

   Takes a parsed command line, gives a Link of the model, and afterwards its
   module as a file and its diagnostics as text:

     wasm-ld: error: a.o: alignment 2^40 is too large
     >>> ALIGNMENT (read, malformed) in section linking, at offset 0x1c (28)

   The first line is as wasm-ld prints it, so that what reads its messages can
   read these.  The second is what the model knows beside: the diagnostic's
   id, phase and class, and where in the file it found the fault, down to the
   field. */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../model/link.h"
#include "runner.h"

/* ---- inputs ---- */

static bool open_file(LdRequest *r, const char *path, Input *in) {
  in->path = path;
  return r->files.open(r->files.host, path, &in->bytes, &in->size);
}

static const char *join(LdRequest *r, const char *folder, const char *name) {
  size_t n = strlen(folder);
  return ld_format(r, "%s%s%s", folder, n && folder[n - 1] != '/' ? "/" : "",
                   name);
}

/* The first file that one of the names has in one of the folders. */
static bool search(LdRequest *r, const char *so, const char *a, Input *in) {
  for (u32 i = 0; i < r->nfolders; i++) {
    if (so && open_file(r, join(r, r->folders[i], so), in))
      return true;
    if (open_file(r, join(r, r->folders[i], a), in))
      return true;
  }
  return false;
}

/* What makes a module for a loader takes shared libraries, unless told not to.
   [library.static] */
static bool takes_libraries(const LdRequest *r, const LdInput *named) {
  return named->fixed ? named->dynamic : r->options.shared || r->options.pie;
}

static bool open_library(LdRequest *r, const LdInput *named, Input *in) {
  const char *name = named->name;
  bool found;
  if (name[0] == ':')
    found = search(r, NULL, name + 1, in);
  else
    found = search(r, in->dynamic ? ld_format(r, "lib%s.so", name) : NULL,
                   ld_format(r, "lib%s.a", name), in);
  if (!found)
    ld_message(r, SEVERITY_ERROR, "file", "unable to find library -l%s", name);
  return found;
}

static bool open_path(LdRequest *r, const LdInput *named, Input *in) {
  if (open_file(r, named->name, in))
    return true;
  ld_message(r, SEVERITY_ERROR, "file", "cannot open %s: %s", named->name,
             strerror(errno));
  return false;
}

/* Beside libc.a there may be libc.imports, the names that the library leaves
   to whoever runs the module.
   [undefined.imports-file] */
static void read_imports(LdRequest *r, const char *archive) {
  const char *slash = strrchr(archive, '/'), *dot = strrchr(archive, '.');
  size_t n = dot && dot > (slash ? slash + 1 : archive)
                 ? (size_t)(dot - archive)
                 : strlen(archive);
  Input list;
  if (open_file(r, ld_format(r, "%.*s.imports", (int)n, archive), &list))
    ld_read_names(r, &r->options.allow_undefined, list.bytes, list.size);
}

bool ld_open(LdRequest *r) {
  r->inputs = ld_alloc(r, r->nnamed * sizeof *r->inputs);
  for (u32 i = 0; i < r->nnamed; i++) {
    const LdInput *named = &r->named[i];
    Input in = {.whole_archive = named->whole_archive,
                .lazy = named->lazy,
                .dynamic = takes_libraries(r, named)};
    if (!(named->library ? open_library : open_path)(r, named, &in))
      continue;
    if (r->verbose)
      ld_message(r, SEVERITY_NOTE, "file", "Loading: %s", in.path);
    if (is_archive(in.bytes, in.size)) {
      in.lazy = false; /* members are lazy anyway, unless all are wanted */
      read_imports(r, in.path);
    }
    r->inputs[r->ninputs++] = in;
  }
  return !r->failed;
}

/* A thin archive names its members as seen from its own folder. */
static bool open_member(void *host, const char *archive, const char *member,
                        const u8 **bytes, size_t *size) {
  LdRequest *r = host;
  const char *slash = strrchr(archive, '/');
  Input in;
  const char *path = member;
  if (slash && member[0] != '/')
    path = ld_format(r, "%.*s/%s", (int)(slash - archive), archive, member);
  if (!open_file(r, path, &in))
    return false;
  *bytes = in.bytes;
  *size = in.size;
  return true;
}

void ld_complete(LdRequest *r) {
  r->request = (Request){.inputs = r->inputs,
                         .ninputs = r->ninputs,
                         .options = r->options,
                         .open_member = open_member,
                         .demangle = demangle_name,
                         .build_id = build_id,
                         .host = r};
}

Link *ld_prepare(LdRequest *r) {
  ld_complete(r);
  return link_new(&r->request);
}

void ld_release(LdRequest *r) {
  arena_free(&r->arena);
  *r = (LdRequest){0};
}

static bool write_file(LdRequest *r, const char *what, const char *path,
                       const u8 *bytes, size_t size, unsigned mode) {
  if (files_write(path, bytes, size, mode))
    return true;
  ld_message(r, SEVERITY_ERROR, "file", "cannot open %s %s: %s", what, path,
             strerror(errno));
  return false;
}

bool ld_write(LdRequest *r, const Link *l) {
  size_t size;
  const u8 *bytes = link_output(l, &size);
  return write_file(r, "output file", r->output, bytes, size, MODE_PROGRAM);
}

Str ld_why_extract(LdRequest *r, const Link *l) {
  char *text = NULL;
  size_t size = 0;
  FILE *f = open_memstream(&text, &size);
  if (!f)
    return (Str){0};
  fputs("reference\textracted\tsymbol\n", f);
  for (u32 i = 0; i < l->extractions.n; i++) {
    const Extraction *e = &l->extractions.p[i];
    fprintf(f, "%s\t%s\t%s\n", e->reference, e->member->name, e->symbol);
  }
  Str s = {0};
  if (fclose(f) == 0)
    s = str_from(ld_format(r, "%s", text));
  free(text);
  return s;
}

static bool save_map(LdRequest *r, const Link *l) {
  size_t size;
  const u8 *text = link_map(l, &size);
  return write_file(r, "map file", r->map, text, size, MODE_TEXT);
}

/* This one also of a link that failed: it may say why.
   [text.why-extract] */
static bool save_why_extract(LdRequest *r, const Link *l) {
  Str s = ld_why_extract(r, l);
  return write_file(r, "--why-extract= file", r->why_extract, (const u8 *)s.p,
                    s.n, MODE_TEXT);
}

/* ---- diagnostics ---- */

typedef struct Voice {
  const char *program;
  bool colour;
} Voice;

static void say(const Voice *v, Severity severity, const char *file,
                const char *text) {
  static const char *const words[] = {"error: ", "warning: ", ""};
  static const char *const colours[] = {"\033[0;31m", "\033[0;35m", ""};
  fprintf(stderr, "%s: %s%s%s%s%s%s\n", v->program,
          v->colour ? colours[severity] : "", words[severity],
          v->colour ? "\033[0m" : "", file ? file : "", file ? ": " : "", text);
}

static void say_where(const Diag *d) {
  fprintf(stderr, ">>> %s (%s, %s)", diag_name(d->id), diag_phase(d->id),
          diag_class(d->id));
  if (d->within)
    fprintf(stderr, " in %s,", d->within);
  if (d->offset != NO_OFFSET)
    fprintf(stderr, " at offset 0x%" PRIx64 " (%" PRIu64 ")", d->offset,
            d->offset);
  if (d->field)
    fprintf(stderr, ", field \"%s\"", d->field);
  fputc('\n', stderr);
}

/* Those from number first on. */
static void say_messages(const LdRequest *r, const Voice *v, u32 first) {
  u32 errors = 0, limit = r->options.error_limit;
  for (u32 i = first; i < r->nmessages; i++) {
    const Message *m = &r->messages[i];
    if (m->severity == SEVERITY_ERROR && limit && errors++ == limit) {
      say(v, SEVERITY_ERROR, NULL,
          "too many errors emitted, stopping now "
          "(use --error-limit=0 to see all errors)");
      return;
    }
    say(v, m->severity, NULL, m->text);
  }
}

static Voice voice_of(const LdRequest *r, const char *program) {
  bool terminal = isatty(STDERR_FILENO);
  return (Voice){program, r->colour == COLOUR_ALWAYS ||
                              (r->colour == COLOUR_AUTO && terminal)};
}

void ld_report(const LdRequest *r, const Link *l, const char *program) {
  Voice v = voice_of(r, program);
  u32 n = 0;
  const Diag *d = l ? link_diags(l, &n) : NULL;
  say_messages(r, &v, 0);
  for (u32 i = 0; i < n; i++) {
    if (d[i].severity == SEVERITY_NOTE) {
      puts(d[i].text);
      continue;
    }
    say(&v, d[i].severity, d[i].file, d[i].text);
    say_where(&d[i]);
  }
}

/* ---- the command ---- */

static void print_help(const char *program) {
  printf("usage: %s [OPTION | FILE]...\n\n"
         "Links WebAssembly objects and archives of them to one module, and "
         "writes what\nwasm-ld would. The options are wasm-ld's.\n",
         program);
  ld_print_options(stdout);
  fputs("\nN is decimal, or hexadecimal after 0x.  Exit status: 0 linked, "
        "1 not linked.\n",
        stdout);
}

/* All files that are asked for; ok: the link succeeded. */
static bool write_files(LdRequest *r, const Link *l, bool ok) {
  if (r->why_extract && !save_why_extract(r, l))
    ok = false;
  if (ok && r->map)
    ok = save_map(r, l);
  return ok && ld_write(r, l);
}

/* Links, tells about it, and writes what there is to write. */
static bool run_link(LdRequest *r, Link *l, const char *program) {
  bool ok = link_run(l, STAGE_EMIT);
  ld_report(r, l, program);
  Voice v = voice_of(r, program);
  u32 told = r->nmessages;
  ok = write_files(r, l, ok);
  say_messages(r, &v, told);
  return ok;
}

static int run(LdRequest *r, int argc, char **argv, const char *program) {
  bool ok = ld_parse(r, argc, (const char *const *)argv);
  Link *l = NULL;
  if (r->banner || r->version)
    puts("linkspec " LINKSPEC_VERSION " (links as LLD 22 does)");
  if (r->help)
    print_help(program);
  else if (ok && !r->version && (ok = ld_open(r))) {
    l = ld_prepare(r);
    if (!l)
      ld_message(r, SEVERITY_ERROR, "file", "out of memory");
  }
  if (l)
    ok = run_link(r, l, program);
  else
    ld_report(r, NULL, program);
  link_free(l);
  return ok && !r->failed ? EXIT_OK : EXIT_FAILED;
}

int ld_main(int argc, char **argv) {
  const char *slash = strrchr(argv[0], '/');
  FileSet set = {0};
  LdRequest r;
  ld_init(&r, files_of_disk(&set));
  int status = run(&r, argc, argv, slash ? slash + 1 : argv[0]);
  ld_release(&r);
  files_close(&set);
  return status;
}
