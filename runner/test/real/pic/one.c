/* one.c: a library in C (modules.h). */
#include "modules.h"

int one_numbers[4] = {10, 11, 12, 13};

static int zeros[100];

#ifdef THREADS
/* Pointers to and from what each thread has. */
_Thread_local int one_calls = 5;
static _Thread_local int own = 1, *own_pointer = &zeros[3];
int *one_own(void) {
  return ++own + ++one_calls == *own_pointer ? &own : &one_calls;
}
#endif

int *one_address(void) {
  return one_numbers;
}
int one_add(int x, int y) {
  return x + y + zeros[x & 63];
}
int one_call(int (*f)(int), int x) {
  return f(x) + 1;
}
int (*one_function(void))(int, int) {
  return one_add;
}
int one_reads_main(void) {
  return main_number + 2;
}

__attribute__((weak)) int chosen(void) {
  return 1;
}
int one_chosen(void) {
  return chosen();
}

__attribute__((constructor)) static void boot(void) {
  main_step(1);
}
