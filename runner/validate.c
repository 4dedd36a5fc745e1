/* validate.c: `linkspec validate [--permissive] FILE...`: objects and archives,
   each object by itself, by the rules of the convention.

   Prints a line for every finding, and a count:

     lib.a(x.o): 0x6e: symbol flags: local symbol "f" [...]
   (SYMBOL_LOCAL_EXPORTED) 12 objects, 1 finding  */

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "runner.h"

static int help(void) {
  fputs("usage: linkspec validate [--permissive] FILE...\n\n"
        "Checks objects, and the members of archives, by the rules that the "
        "tool conventions\n(Linking.md) lay on them: strictly, as under `ld "
        "--validate=strict`.  With --permissive\nonly by those that linkers "
        "check, too, as `ld` does.\n\n"
        "A line for each finding: file(member), offset, field, what is wrong, "
        "and the id of\nthe rule in model/diags.def; then a count.  Exit "
        "status: 0 no findings, 1 some,\n2 misuse.\n",
        stdout);
  return EXIT_OK;
}

static void print_finding(const Diag *d) {
  printf("%s: ", d->file ? d->file : "linkspec");
  if (d->offset != NO_OFFSET)
    printf("0x%" PRIx64 ": ", d->offset);
  if (d->field)
    printf("%s: ", d->field);
  printf("%s%s (%s)\n", d->severity == SEVERITY_WARNING ? "warning: " : "",
         d->text, diag_name(d->id));
}

static int validate(LdRequest *r) {
  r->options.error_limit = 0;
  Link *l = ld_prepare(r);
  if (!l) {
    fputs("linkspec: out of memory\n", stderr);
    return EXIT_FAILED;
  }
  u32 objects = link_validate(l), n, errors = 0;
  const Diag *d = link_diags(l, &n);
  for (u32 i = 0; i < n; i++) {
    print_finding(&d[i]);
    errors += d[i].severity == SEVERITY_ERROR;
  }
  printf("%u object%s, %u finding%s\n", objects, objects == 1 ? "" : "s",
         errors, errors == 1 ? "" : "s");
  link_free(l);
  return errors ? EXIT_FAILED : EXIT_OK;
}

static int open_and_validate(LdRequest *r, u32 n, char **paths) {
  r->inputs = ld_alloc(r, n * sizeof *r->inputs);
  for (u32 i = 0; i < n; i++) {
    Input *in = &r->inputs[r->ninputs++];
    in->path = paths[i];
    if (!r->files.open(r->files.host, paths[i], &in->bytes, &in->size)) {
      fprintf(stderr, "linkspec: cannot open %s: %s\n", paths[i],
              strerror(errno));
      return EXIT_MISUSE;
    }
  }
  return validate(r);
}

int validate_main(int argc, char **argv) {
  bool strict = true;
  int i = 1;
  for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
    if (strcmp(argv[i], "--help") == 0)
      return help();
    if (strcmp(argv[i], "--permissive") != 0)
      return misuse("validate", "unknown option ", argv[i]);
    strict = false;
  }
  if (i == argc)
    return misuse("validate", "missing argument: an object", "");
  FileSet set = {0};
  LdRequest r;
  ld_init(&r, files_of_disk(&set));
  r.options.strict = strict;
  int status = open_and_validate(&r, (u32)(argc - i), argv + i);
  ld_release(&r);
  files_close(&set);
  return status;
}
