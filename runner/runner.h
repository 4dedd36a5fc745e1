/* runner.h: what the files of the `linkspec` program share.  A banner names
   the file that implements what follows it.

   The linker command as a library, on files of the caller's own:

     LdRequest r;
     ld_init(&r, files);
     if (ld_parse(&r, argc, argv) && ld_open(&r)) {
       Link *l = ld_prepare(&r);
       link_run(l, STAGE_EMIT);  ...  link_free(l);
     }
     ... r.messages: what options and files were refused, and why ...
     ld_release(&r);  */

#ifndef LINKSPEC_RUNNER_H
#define LINKSPEC_RUNNER_H

#include <stdio.h>

#include "../model/bytes.h"

#define LINKSPEC_VERSION "0.1"

/* Exit status of every command. */
enum { EXIT_OK, EXIT_FAILED, EXIT_MISUSE };

/* Says on standard error what is wrong with the call of a command, "unknown
   option " and the option, say, and where to read more.  Gives EXIT_MISUSE. */
int misuse(const char *command, const char *what, const char *argument);

/* ---- files.c: bytes of files, and the output ---- */

/* Where bytes of paths come from.  open() gives the whole of one file, which
   stays valid until the host lets go of it; false with errno set when there
   is no such file or it cannot be read. */
typedef struct Files {
  bool (*open)(void *host, const char *path, const u8 **bytes, size_t *size);
  void *host;
} Files;

typedef struct OpenFile {
  u8 *bytes;
  size_t size;
  bool mapped; /* else on the heap */
} OpenFile;

/* The files of the disk that were opened so far.  Zero is an empty set. */
typedef struct FileSet {
  OpenFile *p;
  size_t n, cap;
} FileSet;

/* Files of the disk, kept open in set until files_close(). */
Files files_of_disk(FileSet *set);
void files_close(FileSet *set);
/* Writes a file: all of it or nothing, so that a file of that name is kept
   when there is an error.  "-" is standard output.  mode: that of a new file,
   less the umask.  False with errno set. */
bool files_write(const char *path, const u8 *bytes, size_t size, unsigned mode);
enum { MODE_PROGRAM = 0777, MODE_TEXT = 0666 };

/* Removes a folder and all below it, also what nobody may write to or look
   into; links are not followed.  One that is not there is removed.  False with
   errno set when some of it is left. */
bool files_remove_folder(const char *path);

/* ---- options.c: the command line of wasm-ld -> LdRequest ---- */

typedef enum { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER } Colour;

typedef enum {
  BUILD_ID_NONE,
  BUILD_ID_FAST, /* a UUID of version 5, made of a hash */
  BUILD_ID_SHA1,
  BUILD_ID_UUID, /* of version 4: random */
  BUILD_ID_HEX   /* given on the command line */
} BuildId;

/* What is wrong with the command line or its files. */
typedef struct Message {
  Severity severity;
  const char *class; /* "unknown", "missing", "value", "conflict",
                        "unsupported" (by linkspec yet), "file", "usage" */
  const char *text;
} Message;

/* An input as the command line names it. */
typedef struct LdInput {
  const char *name; /* a path, or what stands behind -l */
  bool library;     /* -l: to be searched */
  bool dynamic;     /* -Bdynamic is in force: libNAME.so first */
  bool fixed;       /* it was said, or -Bstatic was */
  bool whole_archive;
  bool lazy; /* between --start-lib and --end-lib */
} LdInput;

typedef struct LdRequest {
  Arena arena;
  Files files;
  /* of ld_parse() */
  Options options;
  const char *output; /* -o, or NULL */
  LdInput *named;
  u32 nnamed;
  const char **folders; /* -L */
  u32 nfolders;
  bool help, version;            /* --help; --version or -v without inputs */
  bool banner;                   /* -v: the version, then the link */
  bool verbose;                  /* tell which files are opened */
  const char *map, *why_extract; /* files to write, "-": stdout; or NULL */
  Colour colour;
  BuildId build_id;
  Message *messages;
  u32 nmessages;
  bool failed; /* some message is an error */
  /* of ld_open() */
  Input *inputs;
  u32 ninputs;
  /* of ld_complete() */
  Request request;
} LdRequest;

/* An empty request whose inputs, response files and lists come from files. */
void ld_init(LdRequest *r, Files files);
/* Reads the command line; argv[0] is skipped.  False when it is in error:
   see messages.  All strings of r are copies. */
bool ld_parse(LdRequest *r, int argc, const char *const *argv);
/* Prints every option of options.def. */
void ld_print_options(FILE *to);
/* Records an error (or warning) about the command line, as printf does. */
void ld_message(LdRequest *r, Severity severity, const char *class,
                const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* Memory of the request: zeroed, freed by ld_release(); never NULL. */
void *ld_alloc(LdRequest *r, size_t n);
char *ld_format(LdRequest *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Room for one item more behind n of them, in an array that only ever grows
   by this function.  Gives the array's new place. */
void *ld_grow(LdRequest *r, void *p, u32 n, size_t item);
/* Adds the names of a list: one a line; a line that begins with `#` is a
   comment. */
void ld_read_names(LdRequest *r, Names *names, const u8 *p, size_t size);

/* ---- response.c: @FILE ---- */

/* Arguments with every @FILE replaced by the arguments in that file. */
void ld_expand(LdRequest *r, int argc, const char *const *argv, Names *out);

/* ---- ld.c: inputs, the link, and what is told about it ---- */

/* Opens the inputs in order, searching libraries.  False when one cannot be
   had: see messages. */
bool ld_open(LdRequest *r);
/* Sets r->request, for a link of the opened inputs. */
void ld_complete(LdRequest *r);
/* That link, not yet run, to be freed by link_free() before r is released.
   NULL when there is no memory. */
Link *ld_prepare(LdRequest *r);
void ld_release(LdRequest *r);
/* Prints messages and diagnostics on stderr; l may be NULL.  Notes of the link
   go to stdout, as they are what the user asked for. */
void ld_report(const LdRequest *r, const Link *l, const char *program);
/* The module of a successful link goes to the output file. */
bool ld_write(LdRequest *r, const Link *l);
/* What --why-extract tells, in memory of r. */
Str ld_why_extract(LdRequest *r, const Link *l);
/* `linkspec ld`; argv[0] names the program in diagnostics. */
int ld_main(int argc, char **argv);

/* ---- build_id.c ---- */

/* --build-id=STYLE. */
void build_id_style(LdRequest *r, const char *style);
/* What Request.build_id asks for; host is the LdRequest. */
void build_id(void *host, const u8 *module, size_t size, u8 *id);

/* ---- demangle.c ---- */

/* The name of a C++ entity as LLVM spells it, to be freed, or NULL when name
   is none.  What Request.demangle asks for. */
char *demangle_name(const char *name);

/* ---- the other commands; argv[0] is the command's name ---- */

int validate_main(int argc, char **argv); /* validate.c */
int agree_main(int argc, char **argv);    /* agree.c */
int dump_main(int argc, char **argv);     /* dump.c */
int diff_main(int argc, char **argv);     /* diff.c */
int engine_main(int argc, char **argv);   /* those in Lua */

#endif
