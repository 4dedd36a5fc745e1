/* main.c: `linkspec COMMAND ...`, and `linkspec ld` under the name wasm-ld.

   Each command is a function of its own file that takes what follows its name
   and gives the exit status: 0 as hoped, 1 not so, 2 misuse. */

#include <string.h>

#include "runner.h"

static const struct {
  const char *name;
  int (*main)(int argc, char **argv);
  const char *help;
} commands[] = {
    {"ld", ld_main, "link objects to a module, with wasm-ld's options"},
    {"test", engine_main, "run cases against the reference linker"},
    {"conform", engine_main, "run cases against another linker"},
    {"matrix", engine_main, "make one HTML page of what linkers did"},
    {"spec", engine_main, "make one HTML page of the convention's clauses"},
    {"linkers", engine_main, "list the other linkers at hand"},
    {"laws", engine_main, "check what must hold between links of a case"},
    {"judge-proof", engine_main, "make output wrong, see that judge notices"},
    {"mutants", engine_main, "change the model, see that the suite notices"},
    {"bless", engine_main, "write the golden modules of cases"},
    {"random", engine_main, "compare with another linker on random inputs"},
    {"validate", validate_main, "check objects by the rules of the convention"},
    {"agree", agree_main,
     "link with linkspec and with another linker, compare"},
    {"judge", engine_main, "judge another linker's output for any inputs"},
    {"new", engine_main, "write the skeleton of a case"},
    {"lift", engine_main, "write a case that builds given inputs"},
    {"lint", engine_main, "find what is wrong with files of cases"},
    {"emit", engine_main, "write cases as plain files"},
    {"judge-dir", engine_main, "judge outputs that were put beside those"},
    {"dump", dump_main, "print a module or an object as text"},
    {"diff", diff_main, "print how two modules differ"},
    {"explain", engine_main, "tell of a clause, a case or a diagnostic"},
};
#define NCOMMANDS (sizeof commands / sizeof *commands)

static int usage(FILE *to, int status) {
  fputs("usage: linkspec COMMAND [ARGUMENT]...\n\n"
        "An executable specification of WebAssembly object linking.\n\n",
        to);
  for (size_t i = 0; i < NCOMMANDS; i++)
    fprintf(to, "  %-9s %s\n", commands[i].name, commands[i].help);
  fputs("\n`linkspec COMMAND --help` tells more.  Under the name wasm-ld, the "
        "program is\n`linkspec ld`.  Exit status: 0 as hoped, 1 not so, "
        "2 misuse.\n",
        to);
  return status;
}

static int run_command(int argc, char **argv) {
  for (size_t i = 0; i < NCOMMANDS; i++)
    if (strcmp(argv[0], commands[i].name) == 0)
      return commands[i].main(argc, argv);
  fprintf(stderr, "linkspec: no command %s: see `linkspec help`\n", argv[0]);
  return EXIT_MISUSE;
}

/* "wasm-ld", and "wasm-ld-22" or "x-wasm-ld" as distributions have it. */
static bool is_ld(const char *path) {
  const char *slash = strrchr(path, '/');
  return strstr(slash ? slash + 1 : path, "wasm-ld") != NULL;
}

/* `-flavor wasm`, as LLD is told which linker to be: behind argv[0]. */
static bool has_flavor(int argc, char **argv) {
  return argc > 2 && strcmp(argv[1], "-flavor") == 0 &&
         (strcmp(argv[2], "wasm") == 0 || strcmp(argv[2], "wasm-ld") == 0);
}

static int run(int argc, char **argv) {
  if (has_flavor(argc, argv)) {
    argv[2] = argv[0];
    return ld_main(argc - 2, argv + 2);
  }
  if (argc > 0 && is_ld(argv[0]))
    return ld_main(argc, argv);
  if (argc < 2)
    return usage(stderr, EXIT_MISUSE);
  if (strcmp(argv[1], "help") == 0 && argc > 2) {
    char *help[] = {argv[2], (char[]){"--help"}, NULL};
    return run_command(2, help);
  }
  if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0)
    return usage(stdout, EXIT_OK);
  if (strcmp(argv[1], "--version") == 0) {
    puts("linkspec " LINKSPEC_VERSION);
    return EXIT_OK;
  }
  if (strcmp(argv[1], "ld") == 0)
    argv[1] = argv[0]; /* the name in diagnostics */
  else
    return run_command(argc - 1, argv + 1);
  return ld_main(argc - 1, argv + 1);
}

int main(int argc, char **argv) {
  int status = run(argc, argv);
  if (fflush(stdout) != 0 && status == EXIT_OK) {
    perror("linkspec: standard output");
    return EXIT_FAILED;
  }
  return status;
}
