/* link.c: the pass list.  run() is the whole linker in one screen; the comments
   between the calls are the milestones that later passes rely on. */

#include <stdlib.h>

#include "link.h"

Options options_default(void) {
  return (Options){.entry = "_start",
                   .gc_sections = true,
                   .merge_data_segments = true,
                   .optimize = 1,
                   .check_features = true,
                   .demangle = true,
                   .error_limit = 20,
                   .stack_first = true,
                   .page_size = WASM_PAGE_SIZE,
                   .stack_size = default_stack_size(LAYOUT_LLD),
                   .export_memory = true,
                   .import_memory_module = "env",
                   .import_memory_name = "memory",
                   .export_memory_name = "memory",
                   .table_base = 1,
                   .module_name = "a.out"};
}

/* [export.option.missing] */
static void check_exports_found(Link *l) {
  for (u32 i = 0; i < l->opt.exports.n; i++) {
    const char *name = l->opt.exports.p[i];
    const Symbol *s = find_symbol(l, str_from(name));
    if (s && (is_defined(s) || is_shared(s)))
      continue;
    if (l->opt.unresolved == UNRESOLVED_REPORT)
      report(l, DIAG_EXPORT_NOT_FOUND, in_file(NULL), name);
    else if (l->opt.unresolved == UNRESOLVED_WARN)
      report(l, DIAG_EXPORT_NOT_FOUND_WARNING, in_file(NULL), name);
  }
}

static void add_names(Link *l, Map *set, const Names *names) {
  bool fresh;
  for (u32 i = 0; i < names->n; i++)
    map_slot(l, set, str_from(names->p[i]), &fresh);
}

static void run(Link *l, Stage last) {
  add_names(l, &l->allow_undefined, &l->opt.allow_undefined);
  add_names(l, &l->trace_symbols, &l->opt.trace_symbols);
  synth_symbols(l);
  resolve_inputs(l);
  checkpoint(l);
  /* From here on no file is added. */

  synth_optional(l);
  resolve_finish(l);
  checkpoint(l);
  if (last <= STAGE_RESOLVE)
    return;
  /* Every name is settled: defined, imported, undefined or a stub. */

  mark_live(l);
  resolve_table(l, false);
  if (last == STAGE_LIVE)
    return;
  /* Nothing dies any more, and only what scanning needs comes to life. */

  make_segments(l);
  place_memory(l);
  synth_start_stop(l);
  force_exports(l);
  check_exports_found(l);
  settle_features(l);
  combine_segments(l);
  number_segments(l);
  if (last == STAGE_PLACE)
    return;
  /* All data has addresses. */

  number_imports(l);
  scan_relocs(l);
  size_table(l);
  startup_symbols(l);
  number_definitions(l);
  number_init_functions(l);
  synth_bodies(l);
  checkpoint(l);
  number_types(l);
  number_exports(l);
  check_mutable_globals(l);
  checkpoint(l);
  if (last == STAGE_NUMBER)
    return;
  /* Every index is known: from here on only bytes are made. */

  emit_module(l);
  if (l->opt.map)
    write_map(l);
}

/* What -r and --emit-relocs imply.
   [relocatable.object] [relocatable.no-collection] [relocatable.table] */
static void settle_object(Options *o) {
  o->shared = o->pie = false; /* an object is for no loader, */
  if (o->unresolved == UNRESOLVED_IMPORT)
    o->unresolved = UNRESOLVED_REPORT; /* whoever is left undefined */
  o->entry = NULL;
  o->gc_sections = false; /* who will use what is not known yet */
  o->import_table = true;
  o->layout = LAYOUT_LLD; /* a matter of the final link, */
  o->shared_memory = o->export_table = o->growable_table = false; /* as these */
}

/* [shared.memory] [pie.memory] [dylink.no-memory-export] */
static void settle_options(Options *o) {
  if (o->relocatable || o->emit_relocs)
    o->compress_relocations = false; /* what is relocated again is padded */
  if (o->relocatable)
    settle_object(o);
  if (o->shared || o->pie) { /* bases are the loader's */
    o->import_table = true;
    o->table_base = 0;
    o->layout = LAYOUT_LLD;
  }
  if (o->shared) {
    o->import_memory = true;
    o->export_memory = false;
  }
}

Link *link_new(const Request *request) {
  Link *l = calloc(1, sizeof *l);
  if (!l)
    return NULL;
  if (!diags_room(l)) {
    free(l);
    return NULL;
  }
  l->request = request;
  l->opt = request->options;
  settle_options(&l->opt);
  l->out.link = l->map.link = l;
  if (request->keep)
    store_new(l);
  return l;
}

bool link_run(Link *l, Stage last) {
  if (setjmp(l->escape) == 0) {
    l->armed = true;
    run(l, last);
  }
  l->armed = false;
  return !l->failed;
}

/* Names are left out, since their spelling is for the final link to choose. */
Link *unit_lower(const Unit *u, const char *name) {
  static const char *keep[] = {"target_features"};
  Request r = {.options = options_default()};
  r.options.relocatable = true;
  r.options.wasm64 = u->wasm64;
  r.options.merge_data_segments = false;
  r.options.strip_all = true;
  r.options.keep_sections = (Names){keep, 1};
  Link *l = link_new(&r);
  if (!l)
    return NULL;
  Input in = {.path = name, .unit = u};
  r.inputs = &in;
  r.ninputs = 1;
  link_run(l, STAGE_EMIT);
  l->request = NULL; /* it ends here */
  return l;
}

static void list_objects(Link *l, const Input *in, ObjectVec *objects) {
  if (setjmp(l->escape) == 0)
    *objects = input_objects(l, in);
}

static void validate_alone(Link *l, Object *o) {
  l->failed = false; /* by the one before it */
  if (setjmp(l->escape) == 0)
    load_alone(l, o);
}

u32 link_validate(Link *l) {
  u32 n = 0;
  l->armed = true;
  for (u32 i = 0; i < l->request->ninputs; i++) {
    ObjectVec objects = {0};
    list_objects(l, &l->request->inputs[i], &objects);
    for (u32 k = 0; k < objects.n; k++)
      validate_alone(l, objects.p[k]);
    n += objects.n;
  }
  l->armed = false;
  return n;
}

const u8 *link_output(const Link *l, size_t *size) {
  *size = l->out.n;
  return l->out.p;
}

const u8 *link_map(const Link *l, size_t *size) {
  *size = l->map.n;
  return l->map.p;
}

const Diag *link_diags(const Link *l, u32 *n) {
  *n = l->diags.n;
  return l->diags.p;
}

void link_free(Link *l) {
  if (!l)
    return;
  store_free(l);
  arena_free(&l->arena);
  free(l);
}
