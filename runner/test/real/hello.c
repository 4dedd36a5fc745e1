/* hello.c: what a C program asks of a linker: the C library out of an archive,
   function pointers, data with addresses in it, bss, constructors and
   destructors in order of priority, weak references, alignment. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct entry {
  const char *name;
  double (*f)(double);
};

static double twice(double x) {
  return 2 * x;
}

static double square(double x) {
  return x * x;
}

static struct entry table[] = {{"twice", twice}, {"square", square}};
static char zeros[5000];
_Alignas(64) static char aligned[10] = "aligned";

extern int absent(int) __attribute__((weak));
__attribute__((weak)) int present(int x) {
  return x + 1;
}

__attribute__((constructor(200))) static void second(void) {
  puts("constructor 200");
}

__attribute__((constructor(101))) static void first(void) {
  puts("constructor 101");
}

__attribute__((destructor)) static void last(void) {
  puts("destructor");
}

static void at_exit(void) {
  puts("atexit");
}

static int by_value(const void *a, const void *b) {
  int x = *(const int *)a, y = *(const int *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  int v[] = {31, -4, 15, 9, -26, 5};
  size_t n = sizeof v / sizeof *v;
  atexit(at_exit);
  qsort(v, n, sizeof *v, by_value);
  for (size_t i = 0; i < n; i++)
    printf("%d%c", v[i], i + 1 < n ? ' ' : '\n');
  for (size_t i = 0; i < 2; i++)
    printf("%s %.3f %g\n", table[i].name, table[i].f(1.5), table[i].f(1e100));
  double *d = malloc(1000 * sizeof *d);
  for (int i = 0; i < 1000; i++)
    d[i] = i / 7.0;
  printf("%.6f %s\n", d[999], strerror(0));
  free(d);
  int sum = 0;
  for (size_t i = 0; i < sizeof zeros; i++)
    sum += zeros[i];
  printf("zeros %d, aligned %d, %s\n", sum, (int)((size_t)aligned % 64),
         absent ? "absent is present" : "absent is absent");
  printf("present %d, arguments %d %s\n", present(41), argc, argv[argc - 1]);
  return 7;
}
