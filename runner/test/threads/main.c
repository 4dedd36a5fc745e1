/* main.c, other.c: a program for many threads.  Each is an instance of this
   module over one memory; run.mjs starts them all at once.  Functions give 0,
   or the line that found something wrong.

   Shared data is counted up by every thread as soon as it runs: if any
   instance initialised memory again, counts would be lost. */

#define COUNTS 64
#define FIRST 1000 /* what counts begin at */
#define REPEAT4(x) x, x, x, x
#define REPEAT64(x) REPEAT4(REPEAT4(REPEAT4(x)))
#define CHECK(condition)                                                       \
  if (!(condition))                                                            \
  return __LINE__
#define EXPORT(name) __attribute__((export_name(#name)))

typedef unsigned long uptr;

int counts[COUNTS] = {REPEAT64(FIRST)};
int zeros[4096];
/* What takes a while to initialise, so that others come meanwhile. */
int much[1 << 18] = {[(1 << 18) - 1] = 5};
int many_zeros[1 << 19];
const char text[] = "constant text";
static int target = 77;
int *pointer = &target;

_Thread_local int number = 0x11223344;
_Thread_local char letters[10] = "thread";
_Thread_local int *own_pointer = &target;
_Thread_local _Alignas(32) int aligned32 = 32;
_Thread_local int blank[50];
_Thread_local _Alignas(64) char aligned64[3] = {6, 4, 64};

extern _Thread_local int far_number, far_blank; /* other.c */

static int at_least(int *p, int least, int most) {
  int old = __atomic_fetch_add(p, 1, __ATOMIC_SEQ_CST);
  return old >= least && old < most;
}

/* The first thing that a thread does. */
EXPORT(enter) int enter(int threads) {
  for (int i = 0; i < COUNTS; i++)
    CHECK(at_least(&counts[i], FIRST, FIRST + threads));
  for (int i = 0; i < 4096; i += 64)
    CHECK(at_least(&zeros[i], 0, threads));
  CHECK(much[0] == 0 && much[(1 << 18) - 1] == 5);
  CHECK(many_zeros[0] == 0 && many_zeros[(1 << 19) - 1] == 0);
  CHECK(text[0] == 'c' && text[12] == 't' && text[13] == 0);
  CHECK(pointer == &target && *pointer == 77);
  return 0;
}

static int is_aligned(const void *p, uptr to) {
  const void *volatile at = p; /* the compiler knows, but may be wrong */
  return (uptr)at % to == 0;
}

/* The thread's block is as new. */
EXPORT(new_block) int new_block(uptr block, uptr size) {
  CHECK((uptr)__builtin_wasm_tls_base() == block);
  CHECK((uptr)&number - block < size);
  CHECK((uptr)&far_blank - block < size);
  CHECK(number == 0x11223344 && far_number == 0x55);
  for (int i = 0; i < 10; i++)
    CHECK(letters[i] == "thread\0\0\0"[i]);
  CHECK(own_pointer == &target);
  CHECK(aligned32 == 32 && is_aligned(&aligned32, 32));
  CHECK(aligned64[2] == 64 && is_aligned(aligned64, 64));
  CHECK(far_blank == 0);
  for (int i = 0; i < 50; i++)
    CHECK(blank[i] == 0);
  return 0;
}

/* Writes all of the block, works a while, and finds it as written. */
EXPORT(work) int work(int me) {
  number = far_number = far_blank = aligned32 = me;
  for (int i = 0; i < 50; i++)
    blank[i] = me + i;
  own_pointer = &blank[me % 50];
  for (int turn = 0; turn < 100; turn++) {
    __atomic_fetch_add(&zeros[64 * turn % 4096 + 1], 1, __ATOMIC_SEQ_CST);
    __atomic_fetch_sub(&zeros[64 * turn % 4096 + 1], 1, __ATOMIC_SEQ_CST);
    CHECK(number == me && far_number == me && far_blank == me);
    CHECK(blank[turn % 50] == me + turn % 50);
    CHECK(own_pointer == &blank[me % 50] && aligned32 == me);
  }
  return 0;
}

/* When all threads are through. */
EXPORT(leave) int leave(int threads) {
  for (int i = 0; i < COUNTS; i++)
    CHECK(counts[i] == FIRST + threads);
  for (int i = 0; i < 4096; i++)
    CHECK(zeros[i] == (i % 64 ? 0 : threads));
  CHECK(target == 77);
  return 0;
}
