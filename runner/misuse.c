/* misuse.c: what a command says when it was called wrongly; the commands in Lua
   say it alike (lua/command.lua). */

#include <stdio.h>

#include "runner.h"

int misuse(const char *command, const char *what, const char *argument) {
  fprintf(stderr, "linkspec %s: %s%s: see `linkspec %s --help`\n", command,
          what, argument, command);
  return EXIT_MISUSE;
}
