/* Tests of process.c: how children end, what is kept of their output, that
   nothing outlives its time, and messages between peers. */

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../process.h"
#include "../runner.h"

static ProcessResult run_shell(const char *script, unsigned milliseconds) {
  const char *argv[] = {"sh", "-c", script, NULL};
  ProcessRequest q = {
      .argv = argv, .milliseconds = milliseconds, .output = 1000};
  return process_run(&q);
}

static bool is_text(ProcessOutput o, const char *text) {
  return o.n == strlen(text) && memcmp(o.p, text, o.n) == 0;
}

Test(process, exit_status_and_both_streams) {
  ProcessResult r = run_shell("echo out; echo err >&2; exit 3", 5000);
  cr_assert_eq(r.ended, ENDED_EXIT);
  cr_assert_eq(r.code, 3);
  cr_assert(is_text(r.out, "out\n"));
  cr_assert(is_text(r.err, "err\n"));
  process_release(&r);
  cr_assert_null(r.out.p);
}

Test(process, signal) {
  ProcessResult r = run_shell("kill -SEGV $$", 5000);
  cr_assert_eq(r.ended, ENDED_SIGNAL);
  cr_assert_eq(r.code, SIGSEGV);
  process_release(&r);
}

Test(process, timeout_is_kept) {
  int64_t before = process_clock();
  ProcessResult r = run_shell("sleep 20", 100);
  cr_assert_eq(r.ended, ENDED_TIMEOUT);
  cr_assert_lt(process_clock() - before, 5000);
  process_release(&r);
}

/* Closed streams do not look like an end. */
Test(process, timeout_with_closed_output) {
  ProcessResult r = run_shell("exec >&- 2>&-; sleep 20", 100);
  cr_assert_eq(r.ended, ENDED_TIMEOUT);
  process_release(&r);
}

/* A grandchild that holds the pipes does not keep us. */
Test(process, grandchild_is_killed) {
  int64_t before = process_clock();
  ProcessResult r = run_shell("sleep 20 & echo $!", 5000);
  cr_assert_eq(r.ended, ENDED_EXIT);
  cr_assert_lt(process_clock() - before, 4000);
  cr_assert_gt(r.out.n, 1);
  process_release(&r);
}

Test(process, output_is_capped) {
  ProcessResult r = run_shell("yes | head -c 100000", 5000);
  cr_assert_eq(r.ended, ENDED_EXIT);
  cr_assert_eq(r.out.n, 1000);
  process_release(&r);
}

/* Memory that is written, as against address space that is reserved. */
Test(process, memory_is_limited) {
  const char *argv[] = {"lua5.4", "-e", "s = 'x' while true do s = s .. s end",
                        NULL};
  ProcessRequest q = {
      .argv = argv, .milliseconds = 20000, .memory = 64 << 20, .output = 1000};
  ProcessResult r = process_run(&q);
  cr_assert_eq(r.ended, ENDED_EXIT);
  cr_assert_eq(r.code, 1);
  process_release(&r);
}

Test(process, file_is_limited) {
  char folder[] = "/tmp/linkspec-process-XXXXXX";
  cr_assert_not_null(mkdtemp(folder));
  const char *argv[] = {"sh", "-c", "exec cat /dev/zero >f", NULL};
  ProcessRequest q = {
      .argv = argv, .folder = folder, .milliseconds = 5000, .file = 4096};
  ProcessResult r = process_run(&q);
  cr_assert_eq(r.ended, ENDED_SIGNAL);
  cr_assert_eq(r.code, SIGXFSZ);
  process_release(&r);
  cr_assert(files_remove_folder(folder));
}

Test(process, no_such_program) {
  const char *argv[] = {"/no/such/program", NULL};
  ProcessRequest q = {.argv = argv, .milliseconds = 5000, .output = 10};
  ProcessResult r = process_run(&q);
  cr_assert_eq(r.ended, ENDED_FAILED);
  cr_assert_neq(r.reason, 0);
  process_release(&r);
}

Test(process, folder_environment_and_empty_input) {
  const char *argv[] = {"sh", "-c", "pwd; echo $LINKSPEC_TEST; wc -c", NULL};
  const char *environment[] = {"LINKSPEC_TEST=yes", NULL};
  ProcessRequest q = {.argv = argv,
                      .environment = environment,
                      .folder = "/",
                      .milliseconds = 5000,
                      .output = 100};
  ProcessResult r = process_run(&q);
  cr_assert(is_text(r.out, "/\nyes\n0\n"));
  process_release(&r);
}

/* The limit holds for the child alone. */
/* Sends every message back, until there is none. */
static _Noreturn void echo(const Peer *peer) {
  char *bytes;
  size_t size;
  while (peer_receive(peer, &bytes, &size)) {
    if (size == 4 && memcmp(bytes, "die!", 4) == 0)
      raise(SIGKILL);
    peer_send(peer, bytes, size);
    free(bytes);
  }
  _exit(7);
}

static Peer start_echo(void) {
  Peer p;
  if (peer_fork(&p) == 0)
    echo(&p);
  cr_assert_gt(p.pid, 0);
  return p;
}

static void expect_back(const Peer *p, const char *bytes, size_t size) {
  char *answer;
  size_t n;
  cr_assert(peer_send(p, bytes, size));
  cr_assert(peer_receive(p, &answer, &n));
  cr_assert_eq(n, size);
  cr_assert_eq(memcmp(answer, bytes, size), 0);
  free(answer);
}

Test(peer, messages_of_any_size) {
  static char large[3 << 20];
  Peer p = start_echo();
  int code;
  memset(large, 'x', sizeof large);
  expect_back(&p, "", 0);
  expect_back(&p, "a\0b", 3);
  /* Larger than the socket's buffer; the peer reads all before it answers. */
  expect_back(&p, large, sizeof large);
  cr_assert_eq(peer_end(&p, true, &code), ENDED_TIMEOUT);
  cr_assert_eq(code, SIGKILL);
}

Test(peer, death_ends_the_stream) {
  Peer p = start_echo();
  char *answer;
  size_t n;
  int code;
  cr_assert(peer_send(&p, "die!", 4));
  cr_assert_not(peer_receive(&p, &answer, &n));
  cr_assert_eq(peer_end(&p, false, &code), ENDED_SIGNAL);
  cr_assert_eq(code, SIGKILL);
}

Test(peer, wait_tells_who_is_ready) {
  Peer a = start_echo(), b = start_echo();
  const Peer *both[] = {&a, &b};
  bool ready[2];
  int code;
  cr_assert_not(peers_wait(both, ready, 2, 10));
  cr_assert(peer_send(&b, "x", 1));
  cr_assert(peers_wait(both, ready, 2, 5000));
  cr_assert_not(ready[0]);
  cr_assert(ready[1]);
  peer_end(&a, true, &code);
  peer_end(&b, true, &code);
}

Test(peer, program_on_standard_streams) {
  const char *argv[] = {"cat", NULL};
  Peer p;
  int code;
  cr_assert(peer_start(&p, argv));
  expect_back(&p, "hello", 5);
  peer_end(&p, true, &code);
}

Test(peer, program_that_is_not_there) {
  const char *argv[] = {"/no/such/program", NULL};
  Peer p;
  char *answer;
  size_t n;
  int code;
  cr_assert(peer_start(&p, argv));
  cr_assert_not(peer_receive(&p, &answer, &n));
  cr_assert_eq(peer_end(&p, false, &code), ENDED_EXIT);
  cr_assert_eq(code, 127);
}
