/* process.c: child processes, watched.

   Rule of thumb: a child is its process group's leader, dies with us, and
   nothing it does (fork, fill a pipe, close its output and sleep) makes us
   wait longer than its time. */

#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_MESSAGE ((size_t)1 << 30)

int64_t process_clock(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Only the soft limit, so that a child of ours can be given more. */
static void limit(int resource, uint64_t most) {
  struct rlimit r;
  if (getrlimit(resource, &r) != 0)
    return;
  bool lower = most && (r.rlim_max == RLIM_INFINITY || most < r.rlim_max);
  r.rlim_cur = lower ? (rlim_t)most : r.rlim_max;
  setrlimit(resource, &r);
}

void process_limit(uint64_t memory) {
  struct rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  limit(RLIMIT_DATA, memory);
}

void process_limit_time(unsigned seconds) {
  struct rusage used;
  if (getrusage(RUSAGE_SELF, &used) == 0)
    limit(RLIMIT_CPU, (uint64_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                          2 + seconds);
}

/* The child goes when its parent goes, also when that happened already. */
static void die_with(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent)
    _exit(127);
}

static void close_fd(int *fd) {
  if (*fd >= 0)
    close(*fd);
  *fd = -1;
}

/* ---- a program that runs to its end ---- */

/* What the parent keeps of a running child. */
typedef struct Run {
  const ProcessRequest *request;
  char **environment;
  pid_t pid;
  int fds[3]; /* read ends: standard output, standard error, errno of exec */
  int64_t deadline;
} Run;

enum { OUT, ERR, FAILURE };

static bool same_name(const char *a, const char *b) {
  size_t n = strcspn(a, "=");
  return n == strcspn(b, "=") && strncmp(a, b, n) == 0;
}

/* Our environment with these `NAME=VALUE` in place of ours, or behind it; NULL
   where there is no memory.  Only the array is new. */
static char **environment(const char *const *more) {
  size_t n = 0, nmore = 0;
  while (environ[n])
    n++;
  while (more && more[nmore])
    nmore++;
  char **all = malloc((n + nmore + 1) * sizeof *all);
  if (!all)
    return NULL;
  memcpy(all, environ, n * sizeof *all);
  for (size_t i = 0; i < nmore; i++) {
    size_t at = 0;
    while (at < n && !same_name(all[at], more[i]))
      at++;
    all[at] = (char *)(uintptr_t)more[i];
    n += at == n;
  }
  all[n] = NULL;
  return all;
}

/* In the child, which has our memory: it must leave all there as it is. */
static void start_program(const ProcessRequest *q, char **env,
                          const int *ends) {
  setpgid(0, 0);
  int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (null >= 0 && dup2(null, STDIN_FILENO) >= 0 &&
      dup2(ends[OUT], STDOUT_FILENO) >= 0 &&
      dup2(ends[ERR], STDERR_FILENO) >= 0 &&
      (!q->folder || chdir(q->folder) == 0)) {
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
    limit(RLIMIT_FSIZE, q->file);
    process_limit(q->memory); /* last: it is not for what we do ourselves */
    execvpe(q->argv[0], (char *const *)(uintptr_t)q->argv, env);
  }
  int reason = errno;
  ssize_t ignored = write(ends[FAILURE], &reason, sizeof reason);
  _exit(ignored == sizeof reason ? 127 : 126);
}

static bool open_pipes(int *reads, int *writes) {
  for (int i = 0; i < 3; i++) {
    int pair[2];
    if (pipe2(pair, O_CLOEXEC) != 0)
      return false;
    reads[i] = pair[0];
    writes[i] = pair[1];
  }
  return true;
}

/* The child's number, or -1.  Not fork(): a worker has so much memory that a
   copy of its page tables takes longer than many a link. */
static pid_t spawn(const Run *r, const int *writes) {
  pid_t parent = getpid(), pid = vfork();
  if (pid == 0) {
    die_with(parent);
    start_program(r->request, r->environment, writes);
  }
  return pid;
}

/* False with errno set. */
static bool start(Run *r) {
  int writes[3] = {-1, -1, -1};
  bool ready = r->environment && open_pipes(r->fds, writes);
  r->pid = ready ? spawn(r, writes) : -1;
  int reason = errno;
  for (int i = 0; i < 3; i++)
    close_fd(&writes[i]);
  if (r->pid > 0) {
    setpgid(r->pid, r->pid); /* the child does it too: whoever is first */
    for (int i = 0; i < 3; i++)
      fcntl(r->fds[i], F_SETFL, O_NONBLOCK);
  }
  errno = reason;
  return r->pid > 0;
}

static void keep(ProcessOutput *o, const char *p, size_t n, size_t most) {
  if (n > most - o->n)
    n = most - o->n;
  char *wider = n ? realloc(o->p, o->n + n) : NULL;
  if (!wider)
    return;
  memcpy(wider + o->n, p, n);
  o->p = wider;
  o->n += n;
}

/* Reads what is there; closes fd at its end. */
static void drain(int *fd, ProcessOutput *o, size_t most) {
  char buffer[16384];
  while (*fd >= 0) {
    ssize_t n = read(*fd, buffer, sizeof buffer);
    if (n > 0) {
      keep(o, buffer, (size_t)n, most);
    } else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
      close_fd(fd);
    } else if (errno == EAGAIN) {
      return;
    }
  }
}

/* Whether the child has ended; *status is then what waitpid() says. */
static bool reap(const Run *r, int *status) {
  return waitpid(r->pid, status, WNOHANG) == r->pid;
}

/* How long to sleep at most before the child is looked at again: it may have
   ended while a process of its own holds the pipes open, or the reverse. */
static int patience(const Run *r, int64_t left) {
  int64_t most = r->fds[OUT] >= 0 || r->fds[ERR] >= 0 ? 50 : 1;
  return (int)(left < most ? left : most);
}

/* Follows the child to its end.  False when its time is over. */
static bool follow(Run *r, ProcessResult *result, int *status) {
  for (;;) {
    struct pollfd polls[2] = {{r->fds[OUT], POLLIN, 0},
                              {r->fds[ERR], POLLIN, 0}};
    int64_t left = r->deadline - process_clock();
    if (reap(r, status))
      return true;
    if (left <= 0)
      return false;
    poll(polls, 2, patience(r, left));
    drain(&r->fds[OUT], &result->out, r->request->output);
    drain(&r->fds[ERR], &result->err, r->request->output);
  }
}

static void finish(Run *r, ProcessResult *result, int status) {
  int reason = 0;
  drain(&r->fds[OUT], &result->out, r->request->output);
  drain(&r->fds[ERR], &result->err, r->request->output);
  if (read(r->fds[FAILURE], &reason, sizeof reason) == sizeof reason) {
    result->ended = ENDED_FAILED;
    result->reason = reason;
  } else if (WIFSIGNALED(status)) {
    result->ended = ENDED_SIGNAL;
    result->code = WTERMSIG(status);
  } else {
    result->ended = ENDED_EXIT;
    result->code = WEXITSTATUS(status);
  }
}

ProcessResult process_run(const ProcessRequest *request) {
  ProcessResult result = {.ended = ENDED_FAILED};
  Run r = {.request = request,
           .environment = environment(request->environment),
           .fds = {-1, -1, -1}};
  int status = 0;
  r.deadline = process_clock() + request->milliseconds;
  if (!start(&r)) {
    result.reason = errno;
  } else if (follow(&r, &result, &status)) {
    kill(-r.pid, SIGKILL); /* what the child left behind */
    finish(&r, &result, status);
  } else {
    kill(-r.pid, SIGKILL);
    waitpid(r.pid, &status, 0);
    result.ended = ENDED_TIMEOUT;
  }
  for (int i = 0; i < 3; i++)
    close_fd(&r.fds[i]);
  free(r.environment);
  return result;
}

void process_release(ProcessResult *result) {
  free(result->out.p);
  free(result->err.p);
  *result = (ProcessResult){0};
}

/* ---- peers ---- */

int peer_fork(Peer *peer) {
  int pair[2];
  pid_t parent = getpid();
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
    return -1;
  pid_t pid = fork();
  int reason = errno;
  if (pid == 0)
    die_with(parent);
  close_fd(&pair[pid == 0 ? 0 : 1]);
  if (pid < 0)
    close_fd(&pair[0]);
  errno = reason;
  *peer = pid == 0 ? (Peer){parent, pair[1]} : (Peer){pid, pair[0]};
  return pid < 0 ? -1 : pid > 0;
}

bool peer_start(Peer *peer, const char *const *argv) {
  int child = peer_fork(peer);
  if (child != 0)
    return child > 0;
  process_limit(0);
  if (dup2(peer->fd, STDIN_FILENO) >= 0 && dup2(peer->fd, STDOUT_FILENO) >= 0)
    execvp(argv[0], (char *const *)(uintptr_t)argv);
  _exit(127); /* the parent sees the end of the stream */
}

static bool send_all(int fd, const char *p, size_t n) {
  while (n) {
    ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR)
      continue;
    if (sent < 0)
      return false;
    p += sent;
    n -= (size_t)sent;
  }
  return true;
}

bool peer_send(const Peer *peer, const void *bytes, size_t size) {
  char head[4];
  if (size > MAX_MESSAGE)
    return false;
  for (unsigned i = 0; i < 4; i++)
    head[i] = (char)(unsigned char)(size >> (8 * i));
  return send_all(peer->fd, head, 4) && send_all(peer->fd, bytes, size);
}

static bool receive_all(int fd, char *p, size_t n) {
  while (n) {
    ssize_t got = read(fd, p, n);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return false;
    p += got;
    n -= (size_t)got;
  }
  return true;
}

bool peer_receive(const Peer *peer, char **bytes, size_t *size) {
  char head[4];
  *bytes = NULL;
  *size = 0;
  if (!receive_all(peer->fd, head, 4))
    return false;
  for (unsigned i = 0; i < 4; i++)
    *size |= (size_t)(unsigned char)head[i] << (8 * i);
  *bytes = *size <= MAX_MESSAGE ? malloc(*size + 1) : NULL;
  if (*bytes && receive_all(peer->fd, *bytes, *size))
    return true;
  free(*bytes);
  *bytes = NULL;
  return false;
}

Ended peer_end(Peer *peer, bool kill_it, int *code) {
  int status = 0;
  /* Closing would not do: siblings that were forked later hold copies. */
  if (kill_it)
    kill(peer->pid, SIGKILL);
  else
    shutdown(peer->fd, SHUT_RDWR);
  while (waitpid(peer->pid, &status, 0) < 0 && errno == EINTR)
    continue;
  close_fd(&peer->fd);
  peer->pid = 0;
  *code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
  return kill_it               ? ENDED_TIMEOUT
         : WIFSIGNALED(status) ? ENDED_SIGNAL
                               : ENDED_EXIT;
}

bool peers_wait(const Peer *const *peers, bool *ready, size_t n,
                int milliseconds) {
  struct pollfd *polls = calloc(n ? n : 1, sizeof *polls);
  if (!polls)
    return false;
  for (size_t i = 0; i < n; i++)
    polls[i] = (struct pollfd){peers[i]->fd, POLLIN, 0};
  bool some = poll(polls, (nfds_t)n, milliseconds) > 0;
  for (size_t i = 0; i < n; i++)
    ready[i] = some && polls[i].revents;
  free(polls);
  return some;
}
