/* process.h: child processes, watched.

   Two kinds: a program that runs to its end under limits (process_run), and a
   peer, a child that stays and answers messages (a forked worker, or a program
   that speaks on its standard input and output).  A message is its size in
   four bytes, little end first, then its bytes. */

#ifndef LINKSPEC_PROCESS_H
#define LINKSPEC_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef enum {
  ENDED_EXIT,   /* of itself, with an exit status */
  ENDED_SIGNAL, /* killed by a signal, not ours */
  ENDED_TIMEOUT,
  ENDED_FAILED /* was never started, see reason */
} Ended;

/* A program to run.  Its standard input is empty. */
typedef struct ProcessRequest {
  const char *const *argv; /* NULL-terminated; argv[0] is searched in PATH */
  const char *const *environment; /* "NAME=value" to add; NULL: nothing */
  const char *folder;             /* to run in; NULL: where we are */
  unsigned milliseconds;          /* to live */
  uint64_t memory; /* bytes a process of it may have; 0: no limit */
  uint64_t file;   /* bytes of a file that it writes; 0: no limit */
  size_t output;   /* bytes kept of each output stream, the rest is dropped */
} ProcessRequest;

typedef struct ProcessOutput {
  char *p; /* not zero-terminated */
  size_t n;
} ProcessOutput;

typedef struct ProcessResult {
  Ended ended;
  int code;   /* exit status or signal */
  int reason; /* errno of ENDED_FAILED */
  ProcessOutput out, err;
} ProcessResult;

/* Runs the program and waits for it; all its process group is gone when this
   returns.  The result is to be given to process_release(). */
ProcessResult process_run(const ProcessRequest *request);
void process_release(ProcessResult *result);

/* A child that stays: fd is a stream socket to it.  pid 0: not there. */
typedef struct Peer {
  pid_t pid;
  int fd;
} Peer;

/* Forks.  In the child gives 0 and *peer is the way to the parent (pid is the
   parent's); in the parent 1; -1 with errno set when it cannot be done. */
int peer_fork(Peer *peer);
/* Starts a program that has the socket as standard input and output. */
bool peer_start(Peer *peer, const char *const *argv);
/* Sends one message whole; false when the peer is gone. */
bool peer_send(const Peer *peer, const void *bytes, size_t size);
/* Receives one message into new memory, to be freed.  False at the end of the
   stream, on errors, and for messages of more than 1 GB. */
bool peer_receive(const Peer *peer, char **bytes, size_t *size);
/* Kills the peer if it still runs, and says how it ended otherwise. */
Ended peer_end(Peer *peer, bool kill_it, int *code);

/* Waits until one of n peers has something to say (or has ended): ready[i]
   tells which.  False when the time is over or a signal came. */
bool peers_wait(const Peer *const *peers, bool *ready, size_t n,
                int milliseconds);

/* Limits of this process itself, for a forked worker: no core files, and at
   most that many bytes of memory of its own that can be written (0: no limit).
   Address space that is only reserved, as Node does with many GB, is free. */
void process_limit(uint64_t memory);

/* Seconds that this process may work from now on (of the processor's time, not
   of the day's); then a signal ends it. */
void process_limit_time(unsigned seconds);

/* Milliseconds of a clock that only goes forward. */
int64_t process_clock(void);

#endif
