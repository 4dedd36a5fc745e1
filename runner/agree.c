/* agree.c: `linkspec agree`: one link by the model and by another linker.

   Takes a command that links as wasm-ld does and a command line, gives whether
   both made the same module, or what differs.  Each side writes to a folder of
   its own under the same base name, since the name section holds that name.
   Rule of thumb: where both reject the input they agree; nobody compares the
   words they say it with. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "runner.h"

extern char **environ;

typedef struct Agree {
  const char *model; /* "linkspec" and options for the model alone */
  const char *peer;  /* the command, words apart by blanks */
  const char *keep;  /* folder for both modules, or NULL: a passing one */
  unsigned seconds;  /* that the peer may take */
  int nargs;
  char **args;    /* of the link */
  LdRequest text; /* holds strings of this command; no link */
  const char *dir, *base;
} Agree;

/* How a side ended: a module, or the reason there is none. */
typedef struct Side {
  const u8 *bytes; /* NULL: no module */
  size_t size;
  bool crashed; /* it did not reject the link, it failed to answer */
  bool misuse;  /* the command line is wrong, or a file cannot be read */
  const char *reason;
} Side;

static const char help[] =
    "usage: linkspec agree [--model OPTIONS] [--keep DIR] [--timeout SECONDS]\n"
    "                      --peer COMMAND -- ARGUMENT...\n\n"
    "Links with linkspec and with COMMAND, which takes the same arguments (an "
    "-o among\nthem is replaced), and compares the modules byte for byte.\n\n"
    "  --peer COMMAND     a linker, as \"wasm-ld\" or \"rust-lld -flavor "
    "wasm\"\n"
    "  --model OPTIONS    for the model alone, as --no-stack-first beside a "
    "wasm-ld\n                     before 22\n"
    "  --keep DIR         leave the modules in DIR/model and DIR/peer\n"
    "  --timeout SECONDS  how long COMMAND may take (default 60)\n\n"
    "Exit status: 0 same module, or both reject the link; 1 not so; "
    "2 misuse.\n";

static char *path_of(Agree *a, const char *side, const char *name) {
  return ld_format(&a->text, "%s/%s/%s", a->dir, side, name);
}

/* ---- arguments of both sides ---- */

/* The user's -o gives the base name.  The one put last wins. */
static void find_base(Agree *a, Files files) {
  LdRequest r;
  ld_init(&r, files);
  const char **argv = ld_alloc(&r, ((size_t)a->nargs + 1) * sizeof *argv);
  argv[0] = "linkspec";
  for (int i = 0; i < a->nargs; i++)
    argv[i + 1] = a->args[i];
  ld_parse(&r, a->nargs + 1, argv);
  const char *path = r.output ? r.output : "a.out";
  const char *slash = strrchr(path, '/');
  a->base = ld_format(&a->text, "%s", slash ? slash + 1 : path);
  ld_release(&r);
}

/* The words of command, the link's arguments, and where the output goes. */
static char **arguments(Agree *a, const char *command, const char *side,
                        int *argc) {
  char *words = ld_format(&a->text, "%s", command), *rest = NULL;
  size_t most = strlen(command) / 2 + 1 + (size_t)a->nargs + 3;
  char **argv = ld_alloc(&a->text, most * sizeof *argv);
  int n = 0;
  for (char *w = strtok_r(words, " ", &rest); w; w = strtok_r(NULL, " ", &rest))
    argv[n++] = w;
  for (int i = 0; i < a->nargs; i++)
    argv[n++] = a->args[i];
  argv[n++] = ld_format(&a->text, "-o");
  argv[n++] = path_of(a, side, a->base);
  *argc = n;
  return argv;
}

/* ---- the model ---- */

static const char *first_error(Agree *a, const LdRequest *r, const Link *l) {
  u32 n = 0;
  const Diag *d = l ? link_diags(l, &n) : NULL;
  for (u32 i = 0; i < r->nmessages; i++)
    if (r->messages[i].severity == SEVERITY_ERROR)
      return ld_format(&a->text, "%s", r->messages[i].text);
  for (u32 i = 0; i < n; i++)
    if (d[i].severity == SEVERITY_ERROR)
      return ld_format(&a->text, "%s%s%s (%s)", d[i].file ? d[i].file : "",
                       d[i].file ? ": " : "", d[i].text, diag_name(d[i].id));
  return "no module";
}

/* What is wrong with the command is no verdict on the inputs. */
static bool is_misuse(const LdRequest *r) {
  for (u32 i = 0; i < r->nmessages; i++)
    if (r->messages[i].severity == SEVERITY_ERROR &&
        strcmp(r->messages[i].class, "unsupported") != 0)
      return true;
  return false;
}

static Side link_model(Agree *a, Files files) {
  int argc;
  char **argv = arguments(a, a->model, "model", &argc);
  Side side = {0};
  LdRequest r;
  Link *l = NULL;
  ld_init(&r, files);
  if (ld_parse(&r, argc, (const char *const *)argv) && ld_open(&r))
    l = ld_prepare(&r);
  bool linked = l && link_run(l, STAGE_EMIT) && ld_write(&r, l);
  if (!linked) {
    side.reason = first_error(a, &r, l);
    side.misuse = is_misuse(&r);
  }
  if (l)
    link_free(l);
  if (linked && !files.open(files.host, r.output, &side.bytes, &side.size))
    side.reason = strerror(errno);
  ld_release(&r);
  return side;
}

/* ---- the peer ---- */

/* Starts argv in a process group of its own, its messages in a file. */
static int start(Agree *a, char **argv, pid_t *pid) {
  const char *log = ld_format(&a->text, "%s/peer.log", a->dir);
  posix_spawn_file_actions_t files;
  posix_spawnattr_t how;
  sigset_t none;
  sigemptyset(&none);
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&files, 2, log, O_WRONLY | O_CREAT | O_TRUNC,
                                   0666);
  posix_spawnattr_init(&how);
  posix_spawnattr_setflags(&how,
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
  posix_spawnattr_setsigmask(&how, &none);
  int error = posix_spawnp(pid, argv[0], &files, &how, argv, environ);
  posix_spawnattr_destroy(&how);
  posix_spawn_file_actions_destroy(&files);
  return error;
}

/* Waits for pid; false when its time ran out and it was killed.  SIGCHLD must
   be blocked, so that none is lost between two looks. */
static bool wait_for(pid_t pid, unsigned seconds, int *status) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  const time_t end = now.tv_sec + (time_t)seconds;
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  while (waitpid(pid, status, WNOHANG) == 0) {
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (now.tv_sec > end) {
      kill(-pid, SIGKILL);
      waitpid(pid, status, 0);
      return false;
    }
    sigtimedwait(&child, NULL, &(struct timespec){1, 0});
  }
  return true;
}

static const char *first_line(Agree *a, Files files, const char *path) {
  const u8 *p;
  size_t n;
  if (!files.open(files.host, path, &p, &n) || n == 0)
    return "no message";
  const u8 *newline = memchr(p, '\n', n);
  size_t length = newline ? (size_t)(newline - p) : n;
  return ld_format(&a->text, "%.*s", (int)(length < 500 ? length : 500),
                   (const char *)p);
}

/* False when the peer cannot be started at all. */
static bool link_peer(Agree *a, Files files, Side *side) {
  int argc, status = 0;
  pid_t pid;
  char **argv = arguments(a, a->peer, "peer", &argc);
  sigset_t child, before;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigprocmask(SIG_BLOCK, &child, &before);
  int error = start(a, argv, &pid);
  bool in_time = error || wait_for(pid, a->seconds, &status);
  sigprocmask(SIG_SETMASK, &before, NULL);
  if (error) {
    misuse("agree", ld_format(&a->text, "cannot run %s: ", argv[0]),
           strerror(error));
    return false;
  }
  side->crashed = !in_time || WIFSIGNALED(status);
  if (!in_time)
    side->reason = ld_format(&a->text, "no answer in %u s", a->seconds);
  else if (WIFSIGNALED(status))
    side->reason = ld_format(&a->text, "killed by signal %d", WTERMSIG(status));
  else if (WEXITSTATUS(status) != 0)
    side->reason =
        first_line(a, files, ld_format(&a->text, "%s/peer.log", a->dir));
  else if (!files.open(files.host, argv[argc - 1], &side->bytes, &side->size)) {
    side->reason = "success without a module";
    side->crashed = true;
  }
  return true;
}

/* ---- the verdict ---- */

static int compare(Agree *a, const Side *model, const Side *peer) {
  if (model->misuse)
    return misuse("agree", model->reason, "");
  if (!model->bytes && !peer->bytes && !peer->crashed) {
    printf("both reject: %s / %s\n", model->reason, peer->reason);
    return EXIT_OK;
  }
  if (!model->bytes || !peer->bytes) {
    printf("model: %s\npeer:  %s\n", model->bytes ? "links" : model->reason,
           peer->bytes ? "links" : peer->reason);
    return EXIT_FAILED;
  }
  if (model->size == peer->size &&
      memcmp(model->bytes, peer->bytes, model->size) == 0) {
    printf("identical (%zu bytes)\n", model->size);
    return EXIT_OK;
  }
  printf("different (model %zu bytes, peer %zu bytes)\n", model->size,
         peer->size);
  char *diff[] = {(char[]){"diff"}, path_of(a, "model", a->base),
                  path_of(a, "peer", a->base), NULL};
  diff_main(3, diff);
  return EXIT_FAILED;
}

static bool make_folders(Agree *a) {
  const char *tmp = getenv("TMPDIR");
  if (a->keep) {
    a->dir = a->keep;
    if (mkdir(a->dir, 0777) != 0 && errno != EEXIST)
      return false;
  } else {
    a->dir = mkdtemp(
        ld_format(&a->text, "%s/linkspec-XXXXXX", tmp && *tmp ? tmp : "/tmp"));
    if (!a->dir)
      return false;
  }
  return (mkdir(path_of(a, "model", ""), 0777) == 0 || errno == EEXIST) &&
         (mkdir(path_of(a, "peer", ""), 0777) == 0 || errno == EEXIST);
}

/* What is left of an earlier run must not pass for an answer of this one. */
static void remove_modules(Agree *a) {
  unlink(path_of(a, "model", a->base));
  unlink(path_of(a, "peer", a->base));
  unlink(ld_format(&a->text, "%s/peer.log", a->dir));
}

static void remove_folders(Agree *a) {
  remove_modules(a);
  rmdir(path_of(a, "model", ""));
  rmdir(path_of(a, "peer", ""));
  rmdir(a->dir);
}

static int run(Agree *a, Files files) {
  Side model, peer = {0};
  find_base(a, files);
  if (!make_folders(a)) {
    fprintf(stderr, "linkspec agree: no folder for the modules: %s\n",
            strerror(errno));
    return EXIT_FAILED;
  }
  remove_modules(a);
  model = link_model(a, files);
  int status = EXIT_MISUSE;
  if (link_peer(a, files, &peer))
    status = compare(a, &model, &peer);
  if (!a->keep)
    remove_folders(a);
  return status;
}

/* The options before `--`; EXIT_OK when they are as they should be. */
static int read_options(Agree *a, int argc, char **argv) {
  int i = 1;
  for (; i < argc && strcmp(argv[i], "--") != 0; i += 2) {
    const char *name = argv[i], *value = argv[i + 1];
    if (!value || strcmp(value, "--") == 0)
      return misuse("agree", "wants a value: ", name);
    if (strcmp(name, "--peer") == 0)
      a->peer = value;
    else if (strcmp(name, "--model") == 0)
      a->model = ld_format(&a->text, "linkspec %s", value);
    else if (strcmp(name, "--keep") == 0)
      a->keep = value;
    else if (strcmp(name, "--timeout") == 0 && atoi(value) > 0)
      a->seconds = (unsigned)atoi(value);
    else
      return misuse("agree",
                    "cannot be: ", ld_format(&a->text, "%s %s", name, value));
  }
  if (!a->peer || !a->peer[strspn(a->peer, " ")])
    return misuse("agree", "no peer", "");
  if (i + 1 >= argc)
    return misuse("agree", "no arguments after --", "");
  a->nargs = argc - i - 1;
  a->args = argv + i + 1;
  return EXIT_OK;
}

int agree_main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "--help") == 0) {
    fputs(help, stdout);
    return EXIT_OK;
  }
  FileSet set = {0};
  Files files = files_of_disk(&set);
  Agree a = {.model = "linkspec", .seconds = 60};
  ld_init(&a.text, files);
  int status = read_options(&a, argc, argv);
  if (status == EXIT_OK)
    status = run(&a, files);
  ld_release(&a.text);
  files_close(&set);
  return status;
}
