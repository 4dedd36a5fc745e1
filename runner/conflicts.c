/* conflicts.c: options that do not go together, and what the user is warned of.
   Takes a command line whose options have all been set (see settings.c), gives
   messages. */

#include "options.h"

/* [option.conflict] */
static void conflict(LdRequest *r, bool both, const char *a, const char *b) {
  if (both)
    ld_message(r, SEVERITY_ERROR, "conflict",
               "%s and %s may not be used together", a, b);
}

/* [relocatable.options] */
static void check_relocatable(LdRequest *r) {
  const Options *o = &r->options;
  conflict(r, o->entry != NULL, "-r", "--entry");
  conflict(r, o->gc_sections, "-r", "--gc-sections");
  conflict(r, o->undefined.n > 0, "-r", "--undefined");
  conflict(r, o->export_table, "-r", "--export-table");
  conflict(r, o->growable_table, "-r", "--growable-table");
  conflict(r, o->global_base != 0, "-r", "--global-base");
  conflict(r, o->compress_relocations, "-r", "--compress-relocations");
  conflict(r, o->shared_memory, "-r", "--shared-memory");
}

/* [option.shared-options] */
static void check_dynamic(LdRequest *r, const Late *t) {
  const Options *o = &r->options;
  const char *pic = o->shared ? "-shared" : "-pie";
  bool moves = o->shared || o->pie;
  conflict(r, o->shared && o->pie, "-shared", "-pie");
  conflict(r, moves && o->relocatable, "-r", pic);
  conflict(r, moves && o->export_table, pic, "--export-table");
  conflict(r, moves && o->global_base, pic, "--global-base");
  conflict(r, moves && t->table_base, pic, "--table-base");
  conflict(r, o->shared && t->export_memory, pic, "--export-memory");
}

/* What tools rely on of dynamic linking may still change.
   [option.experimental-pic] */
void ld_warn(LdRequest *r, const Late *t) {
  const Options *o = &r->options;
  if (o->symbolic && !o->shared)
    ld_message(r, SEVERITY_WARNING, "usage",
               "-Bsymbolic is only meaningful when combined with -shared");
  if (t->experimental_pic)
    return;
  if (o->shared)
    ld_message(r, SEVERITY_WARNING, "usage",
               "creating shared libraries, with -shared, is not yet stable");
  if (o->pie)
    ld_message(r, SEVERITY_WARNING, "usage",
               "creating PIEs, with -pie, is not yet stable");
  if (o->unresolved == UNRESOLVED_IMPORT)
    ld_message(r, SEVERITY_WARNING, "usage",
               "dynamic imports are not yet stable "
               "(--unresolved-symbols=import-dynamic)");
}

void ld_check(LdRequest *r, const Late *t) {
  const Options *o = &r->options;
  if (o->relocatable)
    check_relocatable(r);
  check_dynamic(r, t);
  /* What is relocated again must keep its padding. */
  conflict(r, o->emit_relocs && o->compress_relocations, "--emit-relocs",
           "--compress-relocations");
  if (o->max_memory && o->no_growable_memory)
    ld_message(r, SEVERITY_ERROR, "conflict",
               "--max-memory is incompatible with --no-growable-memory");
  if (o->import_table && o->export_table)
    ld_message(r, SEVERITY_ERROR, "conflict",
               "--import-table and --export-table may not be used together");
  if (o->compress_relocations && !o->strip_all && !o->strip_debug)
    ld_message(r, SEVERITY_ERROR, "conflict",
               "--compress-relocations is incompatible with output debug "
               "information. Please pass --strip-debug or --strip-all");
  if (!r->output)
    ld_message(r, SEVERITY_ERROR, "missing", "no output file specified");
  if (!r->nnamed)
    ld_message(r, SEVERITY_ERROR, "missing", "no input files");
}
