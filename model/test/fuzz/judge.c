/* judge.c: fuzz target: the judge, given modules that are nearly right.  The
   inputs are fixed: the seeds of link.c in the folder that JUDGE_SEEDS names.
   Two bytes choose one; each four that follow change its module: how, where,
   and to what.

   Whatever a module holds, the judge must answer; and it must find nothing in
   the module as it was. */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../judge.h"
#include "request.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

enum { MAX_SEEDS = 2000, MAX_SEED = 1 << 17, CHOICE = 2, EDIT = 4 };

typedef struct Seed {
  u8 *bytes, *module;
  size_t size, module_size;
} Seed;

static Seed seeds[MAX_SEEDS];
static u32 nseeds;

static u32 judge_seed(const Seed *s, const u8 *module, size_t size) {
  Input inputs[MAX_INPUTS];
  Request request;
  DecModule m;
  DecError error;
  Judgement judgement = {.want_sites = true};
  bool read =
      decode_module(&m, module, size, &error) && decode_code(&m, &error);
  Link *l = read && ask(s->bytes, s->size, inputs, &request)
                ? link_new(&request)
                : NULL;
  if (l)
    judge_link(&l, &m, &judgement);
  u32 violations = judgement.nviolations;
  link_free(l);
  decode_free(&m);
  return violations;
}

/* The module that a seed asks for; its size is 0 where it makes none. */
static u8 *module_of(const u8 *bytes, size_t size, size_t *n) {
  Input inputs[MAX_INPUTS];
  Request request;
  u8 *module = NULL;
  *n = 0;
  Link *l = ask(bytes, size, inputs, &request) ? link_new(&request) : NULL;
  if (l && !request.options.relocatable && !request.options.emit_relocs &&
      link_run(l, STAGE_EMIT)) {
    const u8 *p = link_output(l, n);
    module = malloc(*n + 1);
    if (module)
      memcpy(module, p, *n);
  }
  link_free(l);
  return module;
}

/* Keeps the seed where its link makes a module. */
static void read_seed(const char *path) {
  FILE *f = fopen(path, "rb");
  Seed s = {.bytes = malloc(MAX_SEED)};
  if (f && s.bytes)
    s.size = fread(s.bytes, 1, MAX_SEED, f);
  s.module = module_of(s.bytes, s.size, &s.module_size);
  if (s.module && judge_seed(&s, s.module, s.module_size) == 0) {
    seeds[nseeds++] = s;
  } else {
    if (s.module)
      fprintf(stderr, "%s: the model's own module is rejected\n", path);
    free(s.module);
    free(s.bytes);
  }
  if (f)
    fclose(f);
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
  (void)argc;
  (void)argv;
  const char *folder = getenv("JUDGE_SEEDS");
  DIR *d = folder ? opendir(folder) : NULL;
  for (struct dirent *e; d && nseeds < MAX_SEEDS && (e = readdir(d));) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
    if (strncmp(e->d_name, "seed-", 5) == 0)
      read_seed(path);
  }
  if (d)
    closedir(d);
  if (!nseeds)
    abort();
  return 0;
}

static void edit(u8 *module, size_t n, const u8 *e) {
  size_t at = ((size_t)e[1] << 8 | e[2]) % n;
  switch (e[0] % 4) {
  case 0: module[at] = e[3]; break;
  case 1: module[at] = (u8)(module[at] + e[3]); break;
  case 2: module[at] ^= (u8)(1u << e[3] % 8); break;
  default: module[at] = module[(at + e[3]) % n]; break;
  }
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size) {
  if (size < CHOICE)
    return 0;
  const Seed *s = &seeds[((u32)data[0] << 8 | data[1]) % nseeds];
  u8 *module = malloc(s->module_size);
  memcpy(module, s->module, s->module_size);
  for (size_t i = CHOICE; i + EDIT <= size; i += EDIT)
    edit(module, s->module_size, data + i);
  judge_seed(s, module, s->module_size);
  free(module);
  return 0;
}
