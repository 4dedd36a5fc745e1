/* Compiled position-independent and linked statically: every form that an
   address has in such code, and the same places by another form. */
#include <stdio.h>

extern int weak_function(int) __attribute__((weak));
extern int weak_data __attribute__((weak));
__attribute__((weak)) int weak_but_there(int x) {
  return x + 1;
}

static int local_data = 4;
int data[3] = {1, 2, 3};
__attribute__((visibility("hidden"))) int hidden_data = 77;
static int local_function(int x) {
  return x * 2;
}
int function(int x) {
  return x * 3;
}
__attribute__((visibility("hidden"))) int hidden_function(int x) {
  return x * 5;
}
extern int alias(int) __attribute__((alias("function")));

int (*functions[])(int) = {local_function, function, hidden_function,
                           weak_but_there, weak_function};
int *pointers[] = {&local_data, &data[1], &hidden_data, &weak_data};

_Thread_local int thread_data = 5;
static _Thread_local int local_thread_data = 6;
_Thread_local int thread_zeros[10];
int *thread_address(void) {
  return &thread_data;
}

static int booted;
__attribute__((constructor)) static void boot(void) {
  booted = data[2];
}

volatile int yes = 1;

int main(void) {
  int (*f)(int) = yes ? function : local_function;
  int (*h)(int) = yes ? hidden_function : local_function;
  printf("%d %d %d\n", f(3), h(3), booted);
  printf("weak %d %d %d\n", weak_function != 0, &weak_data != 0,
         functions[4] != 0);
  printf("alias %d\n", (yes ? alias : local_function) == f);
  for (int i = 0; i < 4; i++)
    printf("function %d %d\n", i, functions[i](10));
  printf("data %d %d %d %d\n", *pointers[0], *pointers[1], *pointers[2],
         pointers[3] == 0);
  thread_data += 3;
  local_thread_data += thread_data;
  thread_zeros[3] = local_thread_data;
  *thread_address() += 1;
  printf("thread %d %d %d\n", thread_data, local_thread_data, thread_zeros[3]);
  return 3;
}
