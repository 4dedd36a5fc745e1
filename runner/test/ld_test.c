/* ld_test.c: the command line of the linker, on files in memory; build ids; the
   files module on a folder of its own; the demangler. */

#include <criterion/criterion.h>
#include <errno.h>
#include <sha1.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../runner.h"

/* ---- files in memory ---- */

static const struct {
  const char *path, *text;
} disk[] = {
    {"a.o", "a"},
    {"b.o", "b"},
    {"empty", ""},
    {"list", "one\n  two # too \r\n\n # not this\nthree"},
    {"list2", "four\n"},
    {"libc.a", "!<arch>\n"},
    {"libc.imports", "imported\n"},
    {"d.1/libnone", "!<arch>\n"},
    {"d.1.imports", "wrong\n"},
    {"p/libx.a", "px"},
    {"p/libx.so", "pso"},
    {"q/libx.a", "qx"},
    {"q/liby.a", "qy"},
    {"q/z.o", "qz"},
    {"posix.rsp", "-o 'a b' \"c d\"\\ e\nx\\\"y '' @list-not-there"},
    {"windows.rsp", "\"a b\" c\\d \"e\\\\\" f\\\"g \"h\"\"i\""},
    {"outer.rsp", "a.o @inner.rsp b.o"},
    {"inner.rsp", "\xEF\xBB\xBF-s\n"},
    {"blanks.rsp", "a\fb\tc\rd\n\n e\v "},
    {"loop.rsp", "@loop.rsp"},
};

static bool open_memory(void *host, const char *path, const u8 **bytes,
                        size_t *size) {
  (void)host;
  for (size_t i = 0; i < sizeof disk / sizeof *disk; i++) {
    if (strcmp(disk[i].path, path) == 0) {
      *bytes = (const u8 *)disk[i].text;
      *size = strlen(disk[i].text);
      return true;
    }
  }
  errno = ENOENT;
  return false;
}

static LdRequest r; /* of the running test: Criterion forks for each */

static bool parse_list(const char *const *argv) {
  int argc = 0;
  while (argv[argc])
    argc++;
  ld_release(&r);
  ld_init(&r, (Files){open_memory, NULL});
  return ld_parse(&r, argc, argv);
}

/* Parses the arguments given, alone or behind "-o x.wasm a.o". */
#define PARSE(...) parse_list((const char *[]){"ld", __VA_ARGS__, NULL})
#define LINE(...) PARSE("-o", "x.wasm", "a.o", __VA_ARGS__)

/* One message and no other. */
static void cr_message(const char *class, const char *text) {
  cr_assert_eq(r.nmessages, 1, "%u messages", r.nmessages);
  cr_assert_str_eq(r.messages[0].class, class);
  cr_assert_str_eq(r.messages[0].text, text);
}

static void cr_names(const Names *names, const char *expect) {
  char all[200] = "";
  for (u32 i = 0; i < names->n; i++) {
    strcat(all, i ? " " : "");
    strcat(all, names->p[i]);
  }
  cr_assert_str_eq(all, expect);
}

/* ---- which option an argument is ---- */

Test(options, values_in_every_form) {
  cr_assert(PARSE("-ox.wasm", "a.o", "--entry", "m"));
  cr_assert_str_eq(r.output, "x.wasm");
  cr_assert_str_eq(r.options.entry, "m");
  cr_assert(LINE("--entry=m1") && strcmp(r.options.entry, "m1") == 0);
  cr_assert(LINE("-entry=m2") && strcmp(r.options.entry, "m2") == 0);
  cr_assert(LINE("-em3") && strcmp(r.options.entry, "m3") == 0);
  cr_assert(LINE("-e", "m4") && strcmp(r.options.entry, "m4") == 0);
  cr_assert(LINE("-e", "-s") && strcmp(r.options.entry, "-s") == 0);
  cr_assert(LINE("-O2") && r.options.optimize == 2);
  cr_assert(LINE("-O", "0") && r.options.optimize == 0);
  cr_assert(LINE("-zstack-size=9") && r.options.stack_size == 9);
}

Test(options, longest_name_wins) {
  cr_assert(LINE("-export-all"));
  cr_assert_str_eq(r.options.entry, "xport-all");
  cr_assert_not(r.options.export_all);
  cr_assert(LINE("--export-all") && r.options.export_all);
  cr_assert(LINE("-export=f", "--export-if-defined=g"));
  cr_names(&r.options.exports, "f");
  cr_names(&r.options.exports_if_defined, "g");
}

Test(options, last_one_counts) {
  cr_assert(PARSE("-o", "x", "-oy", "a.o", "--no-entry", "-e", "m"));
  cr_assert_str_eq(r.output, "y");
  cr_assert_str_eq(r.options.entry, "m");
  cr_assert(LINE("-em", "--no-entry") && !r.options.entry);
  cr_assert(LINE("-em", "--entry=") && !r.options.entry);
  cr_assert(LINE("--no-gc-sections", "--gc-sections") && r.options.gc_sections);
  cr_assert(LINE("--features=a", "--features=b,,c"));
  cr_names(&r.options.features, "b c");
}

Test(options, no_abbreviations) {
  cr_assert_not(LINE("--gc-section"));
  cr_message("unknown",
             "unknown argument: --gc-section, did you mean '--gc-sections'?");
  cr_assert_not(LINE("--exprt=x"));
  cr_message("unknown",
             "unknown argument: --exprt=x, did you mean '--export'?");
  cr_assert_not(LINE("--quite-something-else"));
  cr_message("unknown", "unknown argument: --quite-something-else");
  cr_assert_not(LINE("--start-group"));
  cr_assert_not(LINE("--"));
  cr_message("unknown", "unknown argument: --");
  cr_assert_not(LINE("--o"));
}

Test(options, missing_argument) {
  cr_assert_not(LINE("--export"));
  cr_message("missing", "--export: missing argument");
  cr_assert_not(LINE("-L"));
  cr_message("missing", "-L: missing argument");
}

/* Every row of options.def is refused, or taken, as its status says. */
Test(options, status_of_every_row) {
  enum { FLAG, EITHER, APART, GLUED, JOINED };
  enum { YES, IGNORED, LATER };
  enum { ONE, TWO, ANY };
  static const struct {
    const char *name;
    int dashes, form, status;
  } rows[] = {
#define OPT(id, name, dashes, form, status, value, help)                       \
  {name, dashes, form, status},
#define ALIAS(...)
#include "../options.def"
#undef OPT
#undef ALIAS
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char arg[100];
    snprintf(arg, sizeof arg, "%s%s%s", rows[i].dashes == ONE ? "-" : "--",
             rows[i].name, rows[i].form == EITHER ? "=1" : "");
    bool ok = rows[i].form == APART || rows[i].form == GLUED ? LINE(arg, "1")
                                                             : LINE(arg);
    if (rows[i].status == LATER) {
      cr_assert_not(ok);
      cr_assert_str_eq(r.messages[0].class, "unsupported", "%s", arg);
      cr_assert(strstr(r.messages[0].text, rows[i].name));
    } else if (rows[i].status == IGNORED) {
      cr_assert(ok && r.nmessages == 0, "%s", arg);
    } else {
      for (u32 j = 0; j < r.nmessages; j++)
        cr_assert_str_neq(r.messages[j].class, "missing", "%s", arg);
    }
    ld_release(&r);
  }
}

/* ---- what options do ---- */

Test(options, numbers) {
  cr_assert(LINE("--initial-memory=131072", "--max-memory=0x40000",
                 "--global-base=010", "--table-base=7", "--error-limit=0"));
  cr_assert_eq(r.options.initial_memory, 131072);
  cr_assert_eq(r.options.max_memory, 0x40000);
  cr_assert_eq(r.options.global_base, 10);
  cr_assert_eq(r.options.table_base, 7);
  cr_assert_eq(r.options.error_limit, 0);
  cr_assert(LINE("-z", "stack-size=0x100") && r.options.stack_size == 256);
  cr_assert(LINE("-z", "stack-size=010") && r.options.stack_size == 8);
  cr_assert(LINE("-z", "stack-size=0b11") && r.options.stack_size == 3);
  cr_assert(LINE("-z", "stack-size=0o17") && r.options.stack_size == 15);
  cr_assert(LINE("--global-base=0") && r.options.global_base == 0);
  cr_assert(LINE("--global-base=8") && r.options.global_base == 8);
  cr_assert(LINE("--table-base=0") && r.options.table_base == 1);
}

Test(options, bad_numbers) {
  cr_assert_not(LINE("--initial-memory=12k"));
  cr_message("value", "--initial-memory=12k: number expected, but got '12k'");
  static const char *const bad[] = {"--initial-memory=",
                                    "--initial-memory=-1",
                                    "--initial-memory=+1",
                                    "--initial-memory= 1",
                                    "--initial-memory=0x",
                                    "--max-memory=99999999999999999999",
                                    "--max-memory=0xg",
                                    "--table-base=4294967296",
                                    "-Os",
                                    "-zstack-size",
                                    "-zstack-size=",
                                    "-zstack-size=x",
                                    "--threads=0",
                                    "--error-limit=many"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    cr_assert_not(LINE(bad[i]), "%s", bad[i]);
    cr_assert_str_eq(r.messages[0].class, "value", "%s", bad[i]);
  }
}

Test(options, words_that_are_not_in_the_list) {
  static const char *const bad[] = {"--color-diagnostics=x",
                                    "--build-id=x",
                                    "--rsp-quoting=x",
                                    "-mx",
                                    "--unresolved-symbols=",
                                    "--page-size=2",
                                    "--layout=",
                                    "--validate=",
                                    "--page-size=131072",
                                    "--build-id=",
                                    "--page-size="};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    cr_assert_not(LINE(bad[i]), "%s", bad[i]);
}

Test(options, memory_is_exported_unless_only_imported) {
  cr_assert(LINE("-s"));
  cr_assert(r.options.export_memory && !r.options.import_memory);
  cr_assert(LINE("--import-memory"));
  cr_assert(!r.options.export_memory && r.options.import_memory);
  cr_assert_str_eq(r.options.import_memory_module, "env");
  cr_assert(LINE("--import-memory=m,n,o", "--export-memory=e"));
  cr_assert(r.options.export_memory && r.options.import_memory);
  cr_assert_str_eq(r.options.import_memory_module, "m");
  cr_assert_str_eq(r.options.import_memory_name, "n,o");
  cr_assert_str_eq(r.options.export_memory_name, "e");
  cr_assert(LINE("--import-memory=n"));
  cr_assert_str_eq(r.options.import_memory_module, "env");
  cr_assert_str_eq(r.options.import_memory_name, "n");
}

Test(options, layout) {
  cr_assert(LINE("-s") && r.options.layout == LAYOUT_LLD);
  cr_assert_eq(r.options.stack_size, 65536);
  cr_assert(LINE("--layout=zig") && r.options.layout == LAYOUT_ZIG);
  cr_assert_eq(r.options.stack_size, 1048576);
  cr_assert(LINE("-z", "stack-size=65536", "--layout", "zig"));
  cr_assert_eq(r.options.stack_size, 65536);
  cr_assert(LINE("--layout=zig", "--layout=lld"));
  cr_assert_eq(r.options.stack_size, 65536);
  cr_assert_not(LINE("--layout=x"));
  cr_message("value", "unknown --layout value: x");
}

Test(options, unresolved) {
  cr_assert(LINE("-s") && r.options.unresolved == UNRESOLVED_REPORT);
  cr_assert(LINE("--warn-unresolved-symbols") &&
            r.options.unresolved == UNRESOLVED_WARN);
  cr_assert(LINE("--warn-unresolved-symbols", "--error-unresolved-symbols") &&
            r.options.unresolved == UNRESOLVED_REPORT);
  cr_assert(
      LINE("--unresolved-symbols=ignore-all", "--warn-unresolved-symbols") &&
      r.options.unresolved == UNRESOLVED_IGNORE);
  cr_assert(LINE("--unresolved-symbols=ignore-all",
                 "--unresolved-symbols=report-all") &&
            r.options.unresolved == UNRESOLVED_REPORT);
  cr_assert(LINE("--allow-undefined", "--unresolved-symbols=report-all"));
  cr_assert(r.options.unresolved == UNRESOLVED_IGNORE &&
            r.options.import_undefined);
  cr_assert(LINE("--unresolved-symbols=import-dynamic") &&
            r.options.unresolved == UNRESOLVED_IMPORT);
  cr_assert(LINE("--unresolved-symbols=import-dynamic",
                 "--unresolved-symbols=report-all") &&
            r.options.unresolved == UNRESOLVED_REPORT);
  cr_assert_not(LINE("--unresolved-symbols=x"));
  cr_message("value", "unknown --unresolved-symbols value: x");
}

Test(options, multiple_definitions) {
  cr_assert(LINE("-z", "muldefs", "--no-allow-multiple-definition") &&
            r.options.allow_multiple_definition);
  cr_assert(
      LINE("--allow-multiple-definition", "--no-allow-multiple-definition") &&
      !r.options.allow_multiple_definition);
}

Test(options, conflicts) {
  cr_assert_not(LINE("--max-memory=65536", "--no-growable-memory"));
  cr_message("conflict",
             "--max-memory is incompatible with --no-growable-memory");
  cr_assert_not(LINE("--import-table", "--export-table"));
  cr_assert_str_eq(r.messages[0].class, "conflict");
  cr_assert_not(PARSE("a.o"));
  cr_message("missing", "no output file specified");
  cr_assert_not(PARSE("-o", "x"));
  cr_message("missing", "no input files");
}

Test(options, warnings_and_fatal_warnings) {
  cr_assert(LINE("-zfoo"));
  cr_message("unknown", "unknown -z value: foo");
  cr_assert_eq(r.messages[0].severity, SEVERITY_WARNING);
  cr_assert_not(LINE("-zfoo", "--fatal-warnings"));
  cr_assert(LINE("-zfoo", "--fatal-warnings", "--no-fatal-warnings"));
}

Test(options, dynamic_linking) {
  cr_assert(LINE("-Bsymbolic"));
  cr_message("usage",
             "-Bsymbolic is only meaningful when combined with -shared");
  cr_assert(LINE("--rpath=x", "-rpath", "y") && r.nmessages == 0);
  cr_assert_eq(r.options.runpaths.n, 2);
  cr_assert(LINE("-shared", "--experimental-pic") && r.nmessages == 0);
  cr_assert(r.options.shared && r.options.export_dynamic);
  cr_assert_str_eq(r.options.entry, "__wasm_call_ctors");
  cr_assert(LINE("-shared", "--no-export-dynamic", "--entry=f"));
  cr_assert(!r.options.export_dynamic && r.nmessages == 1);
  cr_assert_str_eq(r.options.entry, "f");
  cr_message("usage",
             "creating shared libraries, with -shared, is not yet stable");
  cr_assert(LINE("-pie") && r.options.pie && !r.options.export_dynamic);
  cr_message("usage", "creating PIEs, with -pie, is not yet stable");
  cr_assert(LINE("-pie", "--no-pie") && !r.options.pie && r.nmessages == 0);
  cr_assert(LINE("--unresolved-symbols=import-dynamic") && r.nmessages == 1);
  cr_assert_not(
      LINE("-shared", "--experimental-pic", "--fatal-warnings", "-pie"));
}

Test(options, dynamic_conflicts) {
  static const char *const with_shared[] = {
      "-pie",           "-r",
      "--export-table", "--global-base=1024",
      "--table-base=2", "--export-memory"};
  for (unsigned i = 0; i < sizeof with_shared / sizeof *with_shared; i++) {
    cr_assert_not(LINE("-shared", "--experimental-pic", "--no-entry",
                       (char *)with_shared[i]));
    cr_assert_str_eq(r.messages[0].class, "conflict");
  }
  cr_assert(LINE("-pie", "--export-memory"));
  cr_assert(LINE("-shared", "--import-memory=a,b"));
}

Test(options, module_name) {
  cr_assert(PARSE("a.o", "-o", "dir/x.wasm"));
  cr_assert_str_eq(r.options.module_name, "x.wasm");
  cr_assert(PARSE("a.o", "-o", "dir/x.wasm", "--soname", "s"));
  cr_assert_str_eq(r.options.module_name, "s");
}

Test(options, version_and_help_need_no_inputs) {
  cr_assert(PARSE("-v") && r.version && r.banner);
  cr_assert(LINE("-v") && !r.version && r.banner);
  cr_assert(LINE("--version") && r.version);
  cr_assert(PARSE("--help") && r.help);
}

Test(options, architecture) {
  cr_assert(LINE("-m", "wasm32") && !r.options.wasm64);
  cr_assert(LINE("-mwasm64") && r.options.wasm64);
  cr_assert(LINE("-mwasm64", "-m", "wasm32") && !r.options.wasm64);
  cr_assert_not(LINE("-m", "elf"));
  cr_message("value", "invalid target architecture: elf");
}

static void cr_build_id(BuildId style, u32 size) {
  cr_assert_eq(r.build_id, style);
  cr_assert_eq(r.options.build_id, style != BUILD_ID_NONE);
  if (style != BUILD_ID_NONE)
    cr_assert_eq(r.options.build_id_size, size);
}

Test(options, build_id) {
  cr_assert(LINE("-s"));
  cr_build_id(BUILD_ID_NONE, 0);
  cr_assert(LINE("--build-id"));
  cr_build_id(BUILD_ID_FAST, 16);
  cr_assert(LINE("-build-id=tree"));
  cr_build_id(BUILD_ID_SHA1, 20);
  cr_assert(LINE("--build-id=sha1", "--build-id=uuid"));
  cr_build_id(BUILD_ID_UUID, 16);
  cr_assert(LINE("--build-id", "--build-id=none"));
  cr_build_id(BUILD_ID_NONE, 0);
  cr_assert(LINE("--build-id=0x"));
  cr_build_id(BUILD_ID_HEX, 0);
  cr_assert(LINE("--build-id=0xAbc"));
  cr_build_id(BUILD_ID_HEX, 2);
  cr_assert(r.options.build_id_bytes[0] == 0xab &&
            r.options.build_id_bytes[1] == 0xc);
  cr_assert_not(LINE("--build-id=md5"));
  cr_message("value", "unknown --build-id style: md5");
  cr_assert_not(LINE("--build-id=0x12 3"));
  cr_message("value", "not a hexadecimal value:  3");
}

/* A file larger than one part has the hash of its parts' hashes. */
Test(build_ids, parts_are_hashed_alone) {
  enum { MIB = 1 << 20, SIZE = 2 * MIB + 5, HASH = SHA1_DIGEST_LENGTH };
  u8 *file = calloc(SIZE, 1), hashes[3 * HASH], expect[HASH], id[HASH];
  for (size_t i = 0; i < SIZE; i++)
    file[i] = (u8)(i * 7 >> 8);
  SHA1_CTX c;
  for (size_t i = 0; i < 3; i++) {
    SHA1Init(&c);
    SHA1Update(&c, file + i * MIB, i < 2 ? MIB : 5);
    SHA1Final(hashes + i * HASH, &c);
  }
  SHA1Init(&c);
  SHA1Update(&c, hashes, sizeof hashes);
  SHA1Final(expect, &c);
  cr_assert(LINE("--build-id=sha1"));
  build_id(&r, file, SIZE, id);
  cr_assert_eq(memcmp(id, expect, HASH), 0);
  free(file);
}

Test(build_ids, random_ones_differ) {
  u8 a[16], b[16];
  cr_assert(LINE("--build-id=uuid"));
  build_id(&r, (const u8 *)"", 0, a);
  build_id(&r, (const u8 *)"", 0, b);
  cr_assert_neq(memcmp(a, b, 16), 0);
  cr_assert(a[6] >> 4 == 4 && a[8] >> 6 == 2);
}

/* ---- inputs ---- */

Test(inputs, keep_their_order_and_state) {
  cr_assert(PARSE("-o", "x", "a.o", "--whole-archive", "-lc", "-L", "p",
                  "--no-whole-archive", "--start-lib", "b.o", "", "--end-lib",
                  "-Bdynamic", "-lx"));
  cr_assert_eq(r.nnamed, 4);
  cr_assert_str_eq(r.named[0].name, "a.o");
  cr_assert(!r.named[0].whole_archive && !r.named[0].library);
  cr_assert(r.named[1].whole_archive && r.named[1].library);
  cr_assert(r.named[2].lazy && !r.named[2].whole_archive);
  cr_assert(r.named[3].dynamic && !r.named[3].lazy);
}

Test(inputs, start_and_end_lib_pair_up) {
  cr_assert_not(LINE("--start-lib", "--start-lib"));
  cr_message("usage", "nested --start-lib");
  cr_assert_not(LINE("--end-lib"));
  cr_message("usage", "stray --end-lib");
}

Test(inputs, libraries_are_searched) {
  cr_assert(PARSE("-o", "x", "-lx", "-ly", "-l:z.o", "-Bdynamic", "-lx",
                  "--library=y", "-Lp/", "--library-path=q"));
  cr_assert(ld_open(&r));
  cr_assert_str_eq(r.inputs[0].path, "p/libx.a");
  cr_assert_str_eq(r.inputs[1].path, "q/liby.a");
  cr_assert_str_eq(r.inputs[2].path, "q/z.o");
  cr_assert_str_eq(r.inputs[3].path, "p/libx.so");
  cr_assert_eq(memcmp(r.inputs[4].bytes, "qy", 2), 0);
}

Test(inputs, kinds_of_libraries_by_every_name) {
  static const char *const to_static[] = {"-Bstatic", "-static", "--static",
                                          "-dn", "-non_shared"};
  static const char *const to_dynamic[] = {"-Bdynamic", "-dy", "-call_shared"};
  for (size_t i = 0; i < sizeof to_static / sizeof *to_static; i++) {
    cr_assert(PARSE("-o", "x", "-Bdynamic", to_static[i], "-lx"));
    cr_assert_not(r.named[0].dynamic, "%s", to_static[i]);
  }
  for (size_t i = 0; i < sizeof to_dynamic / sizeof *to_dynamic; i++) {
    cr_assert(PARSE("-o", "x", "-Bstatic", to_dynamic[i], "-lx"));
    cr_assert(r.named[0].dynamic, "%s", to_dynamic[i]);
  }
}

Test(inputs, missing_ones_are_all_told) {
  cr_assert(PARSE("-o", "x", "a.o", "nope.o", "-lnope", "-l:nope.a"));
  cr_assert_not(ld_open(&r));
  cr_assert_eq(r.nmessages, 3);
  cr_assert_str_eq(r.messages[0].text,
                   "cannot open nope.o: No such file or directory");
  cr_assert_str_eq(r.messages[1].text, "unable to find library -lnope");
  cr_assert_str_eq(r.messages[2].text, "unable to find library -l:nope.a");
}

Test(inputs, names_that_may_be_undefined) {
  cr_assert(LINE("--allow-undefined-file=list"));
  cr_names(&r.options.allow_undefined, "one two # too three");
  cr_assert(
      LINE("--allow-undefined-file=list", "-allow-undefined-file", "list2"));
  cr_names(&r.options.allow_undefined, "four");
  cr_assert_not(LINE("--allow-undefined-file=nope"));
  cr_message("file", "cannot open nope: No such file or directory");
  cr_assert(PARSE("-o", "x", "libc.a", "d.1/libnone") && ld_open(&r));
  cr_names(&r.options.allow_undefined, "imported");
}

/* ---- response files ---- */

Test(response, posix_quoting) {
  cr_assert(PARSE("@posix.rsp"));
  cr_assert_str_eq(r.output, "a b");
  cr_assert_eq(r.nnamed, 3);
  cr_assert_str_eq(r.named[0].name, "c d e");
  cr_assert_str_eq(r.named[1].name, "x\"y");
  cr_assert_str_eq(r.named[2].name, "@list-not-there");
}

Test(response, windows_quoting) {
  cr_assert(PARSE("-o", "x", "--rsp-quoting=windows", "@windows.rsp"));
  cr_assert_eq(r.nnamed, 5);
  cr_assert_str_eq(r.named[0].name, "a b");
  cr_assert_str_eq(r.named[1].name, "c\\d");
  cr_assert_str_eq(r.named[2].name, "e\\");
  cr_assert_str_eq(r.named[3].name, "f\"g");
  cr_assert_str_eq(r.named[4].name, "h\"i");
  cr_assert_not(LINE("--rsp-quoting", "x"));
  cr_message("value", "invalid response file quoting: x");
}

Test(response, blanks) {
  cr_assert(PARSE("-o", "x", "@blanks.rsp") && r.nnamed == 4);
  cr_assert_str_eq(r.named[0].name, "a\fb");
  cr_assert_str_eq(r.named[1].name, "c");
  cr_assert_str_eq(r.named[3].name, "e\v");
}

Test(response, files_in_files) {
  cr_assert(PARSE("-o", "x", "@outer.rsp", "@empty"));
  cr_assert(r.options.strip_all && r.nnamed == 2);
  cr_assert_not(LINE("@loop.rsp"));
  cr_message("usage", "response files are nested too deeply: loop.rsp");
}

/* ---- files.c ---- */

static char folder[] = "/tmp/linkspec-test-XXXXXX";
static char file[64];

static void enter(void) {
  cr_assert(mkdtemp(folder));
  snprintf(file, sizeof file, "%s/f", folder);
}

static void leave(void) {
  unlink(file);
  cr_assert_eq(rmdir(folder), 0); /* nothing temporary is left */
}

TestSuite(files, .init = enter, .fini = leave);

static void cr_holds(const char *text) {
  FileSet set = {0};
  Files f = files_of_disk(&set);
  const u8 *p;
  size_t n;
  cr_assert(f.open(f.host, file, &p, &n));
  cr_assert_eq(n, strlen(text));
  cr_assert_eq(memcmp(p, text, n), 0);
  files_close(&set);
}

Test(files, write_then_read) {
  umask(022);
  cr_assert(files_write(file, (const u8 *)"one", 3, MODE_PROGRAM));
  cr_holds("one");
  cr_assert(files_write(file, (const u8 *)"", 0, MODE_PROGRAM));
  cr_holds("");
  struct stat st;
  cr_assert(stat(file, &st) == 0 && (st.st_mode & 0777) == 0755);
}

Test(files, an_open_input_outlives_its_name) {
  FileSet set = {0};
  Files f = files_of_disk(&set);
  const u8 *p;
  size_t n;
  cr_assert(files_write(file, (const u8 *)"old", 3, MODE_PROGRAM));
  cr_assert(f.open(f.host, file, &p, &n));
  cr_assert(files_write(file, (const u8 *)"new!", 4, MODE_PROGRAM));
  cr_assert(n == 3 && memcmp(p, "old", 3) == 0);
  files_close(&set);
  cr_holds("new!");
}

Test(files, errors_are_told) {
  FileSet set = {0};
  Files f = files_of_disk(&set);
  const u8 *p;
  size_t n;
  cr_assert(!f.open(f.host, file, &p, &n) && errno == ENOENT);
  cr_assert(!f.open(f.host, folder, &p, &n) && errno == EISDIR);
  cr_assert(f.open(f.host, "/dev/null", &p, &n) && n == 0);
  files_close(&set);
  cr_assert(!files_write(folder, (const u8 *)"", 0, MODE_PROGRAM) &&
            errno == EISDIR);
  cr_assert(!files_write("/nowhere/f", (const u8 *)"", 0, MODE_PROGRAM) &&
            errno == ENOENT);
  cr_assert(files_write("/dev/null", (const u8 *)"x", 1, MODE_PROGRAM));
}

/* ---- demangle.c ---- */

static void cr_demangles(const char *name, const char *expect) {
  char *plain = demangle_name(name);
  if (expect)
    cr_assert_str_eq(plain, expect);
  else
    cr_assert_null(plain, "%s", name);
  free(plain);
}

Test(demangle, as_llvm_does) {
  cr_demangles("_ZNSt3__16vectorIiNS_9allocatorIiEEE9push_backEOi",
               "std::__1::vector<int, std::__1::allocator<int>>"
               "::push_back(int&&)");
  cr_demangles("._Z3foov", ".foo()");
  cr_demangles("__Z3foov", "foo()");
  cr_demangles("___Z3foov_block_invoke",
               "invocation function for block in foo()");
  cr_demangles("main", NULL);
  cr_demangles("i", NULL); /* a type to the C++ ABI's function */
  cr_demangles("_Z", NULL);
  cr_demangles("_Zfoo", NULL);
  cr_demangles("_RNvC1a1b", NULL);
  cr_demangles("", NULL);
}
