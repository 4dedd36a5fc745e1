/* settings.c: what each option of wasm-ld does to the request.

   Takes options one by one as options.c finds them, gives Options and the
   list of inputs.  Rule of thumb: the last of several counts, and errors are
   worded as wasm-ld words them, so that build scripts see no difference. */

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

/* ---- memory and messages ---- */

void *ld_alloc(LdRequest *r, size_t n) {
  void *p = arena_alloc(&r->arena, n ? n : 1);
  if (!p) {
    /* Not even the command line fits: there is nobody left to tell. */
    fputs("linkspec: error: out of memory\n", stderr);
    exit(EXIT_FAILED);
  }
  return p;
}

/* The capacity is n rounded up to a power of two: it need not be stored. */
void *ld_grow(LdRequest *r, void *p, u32 n, size_t item) {
  if (n != 0 && (n & (n - 1)) != 0)
    return p;
  void *wider = ld_alloc(r, (n ? (size_t)n * 2 : 1) * item);
  if (n)
    memcpy(wider, p, n * item);
  return wider;
}

__attribute__((format(printf, 2, 0))) static char *
vformat(LdRequest *r, const char *fmt, va_list args) {
  char *s;
  int n = vasprintf(&s, fmt, args);
  if (n < 0)
    return ld_alloc(r, 1);
  char *copy = ld_alloc(r, (size_t)n + 1);
  memcpy(copy, s, (size_t)n);
  free(s);
  return copy;
}

char *ld_format(LdRequest *r, const char *fmt, ...) {
  va_list args;
  va_start(args, fmt);
  char *s = vformat(r, fmt, args);
  va_end(args);
  return s;
}

void ld_message(LdRequest *r, Severity severity, const char *class,
                const char *fmt, ...) {
  va_list args;
  va_start(args, fmt);
  const char *text = vformat(r, fmt, args);
  va_end(args);
  r->messages = ld_grow(r, r->messages, r->nmessages, sizeof *r->messages);
  r->messages[r->nmessages++] = (Message){severity, class, text};
  if (severity == SEVERITY_ERROR)
    r->failed = true;
}

static void add_name(LdRequest *r, Names *names, const char *name) {
  names->p = ld_grow(r, names->p, names->n, sizeof *names->p);
  names->p[names->n++] = name;
}

/* ---- values ---- */

/* [option.value] */
static void bad_number(LdRequest *r, const Arg *a) {
  ld_message(r, SEVERITY_ERROR, "value", "%s: number expected, but got '%s'",
             a->text, a->value);
}

/* Digits in base: strtoull() would take signs, blanks and prefixes as well. */
static bool digits(const char *s, unsigned base, u64 *value) {
  u64 v = 0;
  if (!*s)
    return false;
  for (; *s; s++) {
    unsigned c = (unsigned char)*s;
    unsigned d = isdigit((int)c)    ? c - '0'
                 : isxdigit((int)c) ? (unsigned)tolower((int)c) - 'a' + 10
                                    : base;
    if (d >= base || v > (UINT64_MAX - d) / base)
      return false;
    v = v * base + d;
  }
  *value = v;
  return true;
}

static bool is_hex(const char *s) {
  return s[0] == '0' && (s[1] == 'x' || s[1] == 'X');
}

/* wasm-ld reads these in decimal, leading zeros or not; 0x is ours. */
static u64 number(LdRequest *r, const Arg *a, u64 max) {
  u64 v = 0;
  bool ok = is_hex(a->value) ? digits(a->value + 2, 16, &v)
                             : digits(a->value, 10, &v);
  if (!ok || v > max) {
    bad_number(r, a);
    return 0;
  }
  return v;
}

/* -z stack-size= is a number as C spells it, or 0b1, or 0o7. */
static bool c_number(const char *s, u64 *value) {
  if (is_hex(s))
    return digits(s + 2, 16, value);
  if (s[0] == '0' && (s[1] == 'b' || s[1] == 'B'))
    return digits(s + 2, 2, value);
  if (s[0] == '0' && s[1])
    return digits(s + 1 + (s[1] == 'o'), 8, value);
  return digits(s, 10, value);
}

static Names comma_list(LdRequest *r, const char *s) {
  Names names = {0};
  while (*s) {
    size_t n = strcspn(s, ",");
    if (n)
      add_name(r, &names, ld_format(r, "%.*s", (int)n, s));
    s += n + (s[n] != 0);
  }
  return names;
}

void ld_later(LdRequest *r, const char *text) {
  ld_message(r, SEVERITY_ERROR, "unsupported", "%s is not supported yet", text);
}

void ld_read_names(LdRequest *r, Names *names, const u8 *p, size_t size) {
  const char *s = (const char *)p, *end = s + size;
  while (s < end) {
    const char *newline = memchr(s, '\n', (size_t)(end - s));
    const char *next = newline ? newline + 1 : end;
    const char *e = newline ? newline : end;
    while (s < e && isspace((unsigned char)*s))
      s++;
    while (s < e && isspace((unsigned char)e[-1]))
      e--;
    if (s < e && *s != '#')
      add_name(r, names, ld_format(r, "%.*s", (int)(e - s), s));
    s = next;
  }
}

/* ---- what each option does: false when it is of another group ---- */

void ld_add_input(LdRequest *r, const Late *t, const char *name, bool library) {
  r->named = ld_grow(r, r->named, r->nnamed, sizeof *r->named);
  r->named[r->nnamed++] =
      (LdInput){name, library, t->dynamic, t->fixed, t->whole_archive, t->lazy};
}

static bool set_input(LdRequest *r, Late *t, const Arg *a) {
  switch (a->id) {
  case OPT_library: ld_add_input(r, t, a->value, true); return true;
  case OPT_library_path:
    r->folders = ld_grow(r, r->folders, r->nfolders, sizeof *r->folders);
    r->folders[r->nfolders++] = a->value;
    return true;
  case OPT_static:
    t->dynamic = false;
    t->fixed = true;
    return true;
  case OPT_dynamic: t->dynamic = t->fixed = true; return true;
  case OPT_whole_archive: t->whole_archive = true; return true;
  case OPT_no_whole_archive: t->whole_archive = false; return true;
  case OPT_start_lib:
    if (t->lazy)
      ld_message(r, SEVERITY_ERROR, "usage", "nested --start-lib");
    t->lazy = true;
    return true;
  case OPT_end_lib:
    if (!t->lazy)
      ld_message(r, SEVERITY_ERROR, "usage", "stray --end-lib");
    t->lazy = false;
    return true;
  default: return false;
  }
}

static void set_unresolved(LdRequest *r, Late *t, const Arg *a) {
  t->ignore_unresolved = strcmp(a->value, "ignore-all") == 0;
  t->import_dynamic = strcmp(a->value, "import-dynamic") == 0;
  if (!t->ignore_unresolved && !t->import_dynamic &&
      strcmp(a->value, "report-all") != 0)
    ld_message(r, SEVERITY_ERROR, "value",
               "unknown --unresolved-symbols value: %s", a->value);
}

static void set_z(LdRequest *r, Late *t, const Arg *a) {
  static const char stack[] = "stack-size";
  size_t n = sizeof stack - 1;
  char behind = strncmp(a->value, stack, n) == 0 ? a->value[n] : 'x';
  if (behind == '=' || behind == 0) {
    t->stack_size = true;
    const char *value = a->value + n + (behind == '=');
    if (!c_number(value, &r->options.stack_size))
      ld_message(r, SEVERITY_ERROR, "value", "invalid stack-size: %s", value);
  } else if (strcmp(a->value, "muldefs") == 0) {
    t->muldefs = true;
  } else {
    ld_message(r, SEVERITY_WARNING, "unknown", "unknown -z value: %s",
               a->value);
  }
}

static bool set_symbols(LdRequest *r, Late *t, const Arg *a) {
  Options *o = &r->options;
  switch (a->id) {
  case OPT_entry:
    t->saw_entry = true;
    o->entry = *a->value ? a->value : NULL;
    return true;
  case OPT_no_entry:
    t->saw_entry = true;
    o->entry = NULL;
    return true;
  case OPT_undefined: add_name(r, &o->undefined, a->value); return true;
  case OPT_export: add_name(r, &o->exports, a->value); return true;
  case OPT_export_if_defined:
    add_name(r, &o->exports_if_defined, a->value);
    return true;
  case OPT_export_all: o->export_all = true; return true;
  case OPT_export_dynamic:
    t->saw_dynamic = o->export_dynamic = true;
    return true;
  case OPT_no_export_dynamic:
    t->saw_dynamic = true;
    o->export_dynamic = false;
    return true;
  case OPT_allow_undefined: t->allow_undefined = true; return true;
  case OPT_allow_undefined_file: t->list = a->value; return true;
  case OPT_import_undefined: o->import_undefined = true; return true;
  case OPT_unresolved_symbols: set_unresolved(r, t, a); return true;
  case OPT_warn_unresolved: t->warn_unresolved = true; return true;
  case OPT_error_unresolved: t->warn_unresolved = false; return true;
  case OPT_allow_multiple: o->allow_multiple_definition = true; return true;
  case OPT_no_allow_multiple: o->allow_multiple_definition = false; return true;
  case OPT_noinhibit_exec: o->noinhibit_exec = true; return true;
  case OPT_wrap: add_name(r, &o->wrap, a->value); return true;
  case OPT_z: set_z(r, t, a); return true;
  default: return false;
  }
}

static bool set_output(LdRequest *r, Late *t, const Arg *a) {
  Options *o = &r->options;
  switch (a->id) {
  case OPT_o: r->output = *a->value ? a->value : NULL; return true;
  case OPT_soname: t->soname = a->value; return true;
  case OPT_gc_sections:
    t->saw_gc = true;
    o->gc_sections = true;
    return true;
  case OPT_no_gc_sections:
    t->saw_gc = true;
    o->gc_sections = false;
    return true;
  case OPT_print_gc_sections: o->print_gc_sections = true; return true;
  case OPT_no_print_gc_sections: o->print_gc_sections = false; return true;
  case OPT_merge_data_segments:
    t->saw_merge = true;
    o->merge_data_segments = true;
    return true;
  case OPT_no_merge_data_segments:
    t->saw_merge = true;
    o->merge_data_segments = false;
    return true;
  case OPT_relocatable: o->relocatable = true; return true;
  case OPT_emit_relocs: o->emit_relocs = true; return true;
  case OPT_optimize: o->optimize = (int)number(r, a, INT32_MAX); return true;
  case OPT_strip_all: o->strip_all = true; return true;
  case OPT_strip_debug: o->strip_debug = true; return true;
  case OPT_compress_relocations: o->compress_relocations = true; return true;
  case OPT_keep_section: add_name(r, &o->keep_sections, a->value); return true;
  case OPT_features:
    o->have_features = true;
    o->features = comma_list(r, a->value);
    return true;
  case OPT_extra_features:
    o->extra_features = comma_list(r, a->value);
    return true;
  case OPT_check_features: o->check_features = true; return true;
  case OPT_no_check_features: o->check_features = false; return true;
  default: return false;
  }
}

/* "MODULE,NAME", or "NAME" of the default module. */
static void import_memory_as(LdRequest *r, const char *value) {
  const char *comma = strchr(value, ',');
  Options *o = &r->options;
  o->import_memory = true;
  o->import_memory_name = comma ? comma + 1 : value;
  o->import_memory_module =
      comma ? ld_format(r, "%.*s", (int)(comma - value), value)
            : options_default().import_memory_module;
}

static void set_layout(LdRequest *r, const Arg *a) {
  r->options.layout = strcmp(a->value, "zig") == 0 ? LAYOUT_ZIG : LAYOUT_LLD;
  if (r->options.layout == LAYOUT_LLD && strcmp(a->value, "lld") != 0)
    ld_message(r, SEVERITY_ERROR, "value", "unknown --layout value: %s",
               a->value);
}

static void set_page_size(LdRequest *r, const Arg *a) {
  u64 n = number(r, a, INT64_MAX);
  if (n == 1 || n == WASM_PAGE_SIZE)
    r->options.page_size = n;
  else
    ld_message(r, SEVERITY_ERROR, "value",
               "--page-size=N must be either 1 or 65536");
}

static bool set_memory(LdRequest *r, Late *t, const Arg *a) {
  Options *o = &r->options;
  switch (a->id) {
  case OPT_layout: set_layout(r, a); return true;
  case OPT_stack_first: o->stack_first = true; return true;
  case OPT_no_stack_first: o->stack_first = false; return true;
  case OPT_global_base:
    o->global_base = number(r, a, INT64_MAX); /* 0 is "not given" */
    return true;
  case OPT_initial_memory:
    o->initial_memory = number(r, a, INT64_MAX);
    return true;
  case OPT_page_size: set_page_size(r, a); return true;
  case OPT_initial_heap: o->initial_heap = number(r, a, INT64_MAX); return true;
  case OPT_max_memory: o->max_memory = number(r, a, INT64_MAX); return true;
  case OPT_no_growable_memory: o->no_growable_memory = true; return true;
  case OPT_shared_memory: o->shared_memory = true; return true;
  case OPT_import_memory: o->import_memory = true; return true;
  case OPT_import_memory_as: import_memory_as(r, a->value); return true;
  case OPT_export_memory: t->export_memory = true; return true;
  case OPT_export_memory_as:
    t->export_memory = true;
    o->export_memory_name = a->value;
    return true;
  case OPT_import_table: o->import_table = true; return true;
  case OPT_export_table: o->export_table = true; return true;
  case OPT_growable_table: o->growable_table = true; return true;
  case OPT_table_base:
    o->table_base = (u32)number(r, a, UINT32_MAX);
    t->table_base = o->table_base;
    if (!o->table_base)
      o->table_base = 1; /* slot 0 is the null pointer */
    return true;
  default: return false;
  }
}

static void set_colour(LdRequest *r, const Arg *a) {
  if (strcmp(a->value, "always") == 0)
    r->colour = COLOUR_ALWAYS;
  else if (strcmp(a->value, "never") == 0)
    r->colour = COLOUR_NEVER;
  else if (strcmp(a->value, "auto") == 0)
    r->colour = COLOUR_AUTO;
  else
    ld_message(r, SEVERITY_ERROR, "value",
               "unknown option: --color-diagnostics=%s", a->value);
}

static void set_validate(LdRequest *r, const Arg *a) {
  r->options.strict = strcmp(a->value, "strict") == 0;
  if (!r->options.strict && strcmp(a->value, "permissive") != 0)
    ld_message(r, SEVERITY_ERROR, "value", "unknown --validate value: %s",
               a->value);
}

static void set_kind(LdRequest *r, const Arg *a) {
  r->options.wasm64 = strcmp(a->value, "wasm64") == 0;
  if (!r->options.wasm64 && strcmp(a->value, "wasm32") != 0)
    ld_message(r, SEVERITY_ERROR, "value", "invalid target architecture: %s",
               a->value);
}

static void set_threads(LdRequest *r, const Arg *a) {
  u64 n;
  if (!digits(a->value, 10, &n) || n == 0 || n > UINT32_MAX)
    ld_message(r, SEVERITY_ERROR, "value",
               "--threads: expected a positive integer, but got '%s'",
               a->value);
}

static bool set_dynamic(LdRequest *r, Late *t, const Arg *a) {
  Options *o = &r->options;
  switch (a->id) {
  case OPT_shared: o->shared = true; return true;
  case OPT_pie: o->pie = true; return true;
  case OPT_no_pie: o->pie = false; return true;
  case OPT_Bsymbolic: o->symbolic = true; return true;
  case OPT_rpath: add_name(r, &o->runpaths, a->value); return true;
  case OPT_experimental_pic: t->experimental_pic = true; return true;
  case OPT_no_shlib_sigcheck: o->trust_references = true; return true;
  default: return false;
  }
}

static bool set_rest(LdRequest *r, Late *t, const Arg *a) {
  Options *o = &r->options;
  switch (a->id) {
  case OPT_demangle: o->demangle = true; return true;
  case OPT_no_demangle: o->demangle = false; return true;
  case OPT_fatal_warnings: o->fatal_warnings = true; return true;
  case OPT_no_fatal_warnings: o->fatal_warnings = false; return true;
  case OPT_error_limit:
    o->error_limit = (u32)number(r, a, UINT32_MAX);
    return true;
  case OPT_validate: set_validate(r, a); return true;
  case OPT_color: r->colour = COLOUR_ALWAYS; return true;
  case OPT_no_color: r->colour = COLOUR_NEVER; return true;
  case OPT_color_when: set_colour(r, a); return true;
  case OPT_trace: o->trace = true; return true;
  case OPT_trace_symbol: add_name(r, &o->trace_symbols, a->value); return true;
  case OPT_print_map: t->print_map = true; return true;
  case OPT_Map: r->map = *a->value ? a->value : NULL; return true;
  case OPT_why_extract:
    r->why_extract = *a->value ? a->value : NULL;
    return true;
  case OPT_verbose: r->verbose = true; return true;
  case OPT_help: r->help = true; return true;
  case OPT_version: r->version = true; return true;
  case OPT_v: t->saw_v = true; return true;
  case OPT_m: set_kind(r, a); return true;
  case OPT_threads: set_threads(r, a); return true;
  case OPT_build_id: build_id_style(r, "fast"); return true;
  case OPT_build_id_as: build_id_style(r, a->value); return true;
  default: return false; /* IGNORED; --rsp-quoting: see response.c */
  }
}

void ld_set(LdRequest *r, Late *t, const Arg *a) {
  if (!set_input(r, t, a) && !set_symbols(r, t, a) && !set_output(r, t, a) &&
      !set_memory(r, t, a) && !set_dynamic(r, t, a))
    set_rest(r, t, a);
}

/* ---- after the last argument ---- */

static void read_list(LdRequest *r, const char *path) {
  const u8 *bytes;
  size_t size;
  if (r->files.open(r->files.host, path, &bytes, &size))
    ld_read_names(r, &r->options.allow_undefined, bytes, size);
  else
    ld_message(r, SEVERITY_ERROR, "file", "cannot open %s: %s", path,
               strerror(errno));
}

static const char *base_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

/* An object is for a later link to decide on: unless told otherwise, nothing is
   left out or joined. */
static void settle_relocatable(Options *o, const Late *t) {
  if (!t->saw_entry)
    o->entry = NULL;
  if (!t->saw_gc)
    o->gc_sections = false;
  if (!t->saw_merge)
    o->merge_data_segments = false;
}

/* [shared.exports] [shared.constructors] */
static void settle_shared(Options *o, const Late *t) {
  if (!t->saw_entry && !o->relocatable)
    o->entry = "__wasm_call_ctors";
  if (!t->saw_dynamic)
    o->export_dynamic = true;
}

void ld_settle(LdRequest *r, const Late *t) {
  Options *o = &r->options;
  if (o->relocatable)
    settle_relocatable(o, t);
  if (o->shared)
    settle_shared(o, t);
  o->unresolved = t->ignore_unresolved ? UNRESOLVED_IGNORE
                  : t->import_dynamic  ? UNRESOLVED_IMPORT
                  : t->warn_unresolved ? UNRESOLVED_WARN
                                       : UNRESOLVED_REPORT;
  if (t->allow_undefined) {
    o->unresolved = UNRESOLVED_IGNORE;
    o->import_undefined = true;
  }
  if (t->muldefs)
    o->allow_multiple_definition = true;
  if (!t->stack_size)
    o->stack_size = default_stack_size(o->layout);
  o->export_memory = t->export_memory || !o->import_memory;
  o->module_name = t->soname && *t->soname ? t->soname
                   : r->output             ? base_name(r->output)
                                           : "";
  if (t->print_map)
    r->map = "-";
  o->map = r->map;
  o->why_extract = r->why_extract;
  if (t->list)
    read_list(r, t->list);
  if (!r->help && !r->version)
    ld_warn(r, t);
  for (u32 i = 0; o->fatal_warnings && i < r->nmessages; i++) {
    r->messages[i].severity = SEVERITY_ERROR;
    r->failed = true;
  }
  r->banner = t->saw_v;
  r->version |= t->saw_v && !r->nnamed;
  if (!r->help && !r->version)
    ld_check(r, t);
}
