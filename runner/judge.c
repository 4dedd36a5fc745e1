/* judge.c: `linkspec judge`: is a module a correct link of these inputs?

   Takes the module of any linker and the command line of the link, gives every
   obligation of the convention that the module breaks, with the places in the
   input and in the output.  What decides is model/judge.h. */

#include <errno.h>
#include <string.h>

#include "../model/judge.h"
#include "runner.h"

static const char help[] =
    "usage: linkspec judge OUT.wasm -- ARGUMENT...\n\n"
    "Judges OUT.wasm, written by any linker, as a link of what ARGUMENT..., "
    "options and\ninputs in order as wasm-ld takes them, asks for.\n\n"
    "Prints a line for each violation: where in the input, which clause, what "
    "was\nexpected and what was found; and what the linker did where it may "
    "choose.\n\n"
    "  --error-limit=N among the arguments says how many are printed (0: "
    "all)\n\n"
    "Exit status: 0 a correct link; 1 not so, or inputs that must not link; "
    "2 misuse.\n";

static int misuse(const char *what, const char *arg) {
  fprintf(stderr, "linkspec judge: %s%s: see `linkspec judge --help`\n", what,
          arg);
  return EXIT_MISUSE;
}

static void print_violation(const Violation *v, const char *out) {
  if (v->file && v->offset != NO_OFFSET)
    printf("%s:0x%llx: ", v->file, (unsigned long long)v->offset);
  else if (v->file)
    printf("%s: ", v->file);
  printf("%s (%s)\n", v->what ? v->what : "the module", v->clause);
  printf("  expected: %s\n  found:    %s\n", v->expected, v->found);
  if (v->out_offset != NO_OFFSET)
    printf("  in:       %s:0x%llx\n", out, (unsigned long long)v->out_offset);
}

static void print_permissions(const Judgement *j) {
  for (Permission p = 0; p < PERMISSIONS; p++)
    if (j->taken[p])
      printf("permission %s: %s\n", permission_name(p), permission_text(p));
}

static int print_judgement(const Judgement *j, const char *out) {
  for (u32 i = 0; i < j->violations.n; i++)
    print_violation(&j->violations.p[i], out);
  print_permissions(j);
  printf("%u functions, %u segments, %llu sites; %u violation%s\n",
         j->functions, j->segments, (unsigned long long)j->sites,
         j->nviolations, j->nviolations == 1 ? "" : "s");
  return j->nviolations ? EXIT_FAILED : EXIT_OK;
}

/* The inputs alone decide: the model must be able to link them. */
static bool resolve(LdRequest *r, Link *l, const char *program) {
  bool ok = link_run(l, STAGE_LIVE);
  if (!ok)
    ld_report(r, l, program);
  return ok;
}

static int judge(LdRequest *r, Files files, const char *path) {
  const u8 *bytes;
  size_t size;
  DecModule m;
  DecError error;
  if (!files.open(files.host, path, &bytes, &size))
    return misuse(path, ld_format(r, ": %s", strerror(errno)));
  if (!decode_module(&m, bytes, size, &error) || !decode_code(&m, &error)) {
    printf("%s:0x%zx: %s: %s (container)\n1 violation\n", path, error.offset,
           error.field, error.message);
    decode_free(&m);
    return EXIT_FAILED;
  }
  Link *l = ld_prepare(r);
  int status = EXIT_FAILED;
  Judgement j = {0};
  if (l && resolve(r, l, "linkspec judge")) {
    if (judge_module(l, &m, &j))
      status = print_judgement(&j, path);
    else
      ld_report(r, l, "linkspec judge");
  }
  link_free(l);
  decode_free(&m);
  return status;
}

int judge_main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "--help") == 0) {
    fputs(help, stdout);
    return EXIT_OK;
  }
  if (argc < 4 || strcmp(argv[2], "--") != 0)
    return misuse("OUT.wasm, -- and a command line are needed", "");
  FileSet set = {0};
  LdRequest r;
  Files files = files_of_disk(&set);
  ld_init(&r, files);
  const char **args = ld_alloc(&r, ((size_t)argc + 2) * sizeof *args);
  int n = 0;
  args[n++] = "linkspec judge";
  for (int i = 3; i < argc; i++)
    args[n++] = argv[i];
  args[n++] = "-o"; /* no file is written */
  args[n++] = argv[1];
  int status = EXIT_MISUSE;
  if (!ld_parse(&r, n, args) || !ld_open(&r))
    ld_report(&r, NULL, "linkspec judge");
  else if (r.options.relocatable)
    misuse("what -r makes is an object, and judged by links of it", "");
  else
    status = judge(&r, files, argv[1]);
  ld_release(&r);
  files_close(&set);
  return status;
}
