/* ld.c: inputs, the link, and what is told about it.

   Takes a parsed command line, gives a Link of the model, and afterwards its
   module as a file and its diagnostics as text:

     wasm-ld: error: a.o: unexpected end of section
     >>> TRUNCATED (read, malformed) at offset 0x1c (28), field "size"

   The first line is as wasm-ld prints it, so that what reads its messages can
   read these.  The second is what the model knows beside: the diagnostic's
   id, phase and class, and where in the file it found the fault. */

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

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

static bool open_library(LdRequest *r, const LdInput *named, Input *in) {
  const char *name = named->name;
  bool found;
  if (name[0] == ':')
    found = search(r, NULL, name + 1, in);
  else
    found = search(r, named->dynamic ? ld_format(r, "lib%s.so", name) : NULL,
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
   to whoever runs the module. */
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
    Input in = {.whole_archive = named->whole_archive, .lazy = named->lazy};
    if (!(named->library ? open_library : open_path)(r, named, &in))
      continue;
    if (r->verbose)
      ld_message(r, SEVERITY_NOTE, "file", "loading %s", in.path);
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

Link *ld_prepare(LdRequest *r) {
  r->request = (Request){.inputs = r->inputs,
                         .ninputs = r->ninputs,
                         .options = r->options,
                         .open_member = open_member,
                         .demangle = demangle_name,
                         .build_id = build_id,
                         .host = r};
  return link_new(&r->request);
}

void ld_release(LdRequest *r) {
  arena_free(&r->arena);
  *r = (LdRequest){0};
}

bool ld_write(LdRequest *r, const Link *l) {
  size_t size;
  const u8 *bytes = link_output(l, &size);
  if (files_write(r->output, bytes, size))
    return true;
  ld_message(r, SEVERITY_ERROR, "file", "cannot open output file %s: %s",
             r->output, strerror(errno));
  return false;
}

/* ---- diagnostics ---- */

typedef struct Voice {
  const char *program;
  bool colour;
} Voice;

static void say(const Voice *v, Severity severity, const char *file,
                const char *text) {
  bool error = severity == SEVERITY_ERROR;
  if (severity == SEVERITY_NOTE) {
    printf("%s%s%s\n", file ? file : "", file ? ": " : "", text);
    return;
  }
  fprintf(stderr, "%s: %s%s%s%s%s%s\n", v->program,
          !v->colour ? ""
          : error    ? "\033[0;1;31m"
                     : "\033[0;1;35m",
          error ? "error: " : "warning: ", v->colour ? "\033[0m" : "",
          file ? file : "", file ? ": " : "", text);
}

static void say_where(const Diag *d) {
  fprintf(stderr, ">>> %s (%s, %s)", diag_name(d->id), diag_phase(d->id),
          diag_class(d->id));
  if (d->offset != NO_OFFSET)
    fprintf(stderr, " at offset 0x%" PRIx64 " (%" PRIu64 ")", d->offset,
            d->offset);
  if (d->field)
    fprintf(stderr, ", field \"%s\"", d->field);
  fputc('\n', stderr);
}

static void say_messages(const LdRequest *r, const Voice *v) {
  u32 errors = 0, limit = r->options.error_limit;
  for (u32 i = 0; i < r->nmessages; i++) {
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

void ld_report(const LdRequest *r, const Link *l, const char *program) {
  Voice v = {program, r->colour == COLOUR_ALWAYS ||
                          (r->colour == COLOUR_AUTO && isatty(STDERR_FILENO))};
  u32 n = 0;
  const Diag *d = l ? link_diags(l, &n) : NULL;
  say_messages(r, &v);
  for (u32 i = 0; i < n; i++) {
    say(&v, d[i].severity, d[i].file, d[i].text);
    if (d[i].severity != SEVERITY_NOTE)
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

static void print_objects(const Link *l) {
  for (u32 i = 0; i < l->objects.n; i++)
    puts(l->objects.p[i]->name);
}

static bool run_link(LdRequest *r, Link *l) {
  bool ok = link_run(l, STAGE_EMIT);
  if (r->trace)
    print_objects(l);
  return ok && ld_write(r, l);
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
    ok = l && run_link(r, l);
    if (!l)
      ld_message(r, SEVERITY_ERROR, "file", "out of memory");
  }
  ld_report(r, l, program);
  if (l)
    link_free(l);
  return ok ? EXIT_OK : EXIT_FAILED;
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
