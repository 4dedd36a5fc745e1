/* modules.h: what the three modules of one program have of each other: main.c
   with parts.cc, the program; one.c and two.cc, libraries. */
#pragma once

#ifdef __cplusplus
#define SHARED extern "C" __attribute__((visibility("default")))
#else
#define SHARED extern __attribute__((visibility("default")))
#endif

/* The host's: prints a line. */
SHARED void say(const char *what, int value);

/* The program's. */
SHARED int main_number, main_order[8];
SHARED int main_twice(int x);
SHARED int main_parts(void);
SHARED void main_step(int who);

/* The first library's. */
SHARED int one_numbers[4];
SHARED int *one_address(void);
SHARED int one_add(int x, int y);
SHARED int one_call(int (*f)(int), int x);
SHARED int (*one_function(void))(int, int);
SHARED int one_chosen(void);
SHARED int one_reads_main(void);

/* The second library's. */
SHARED int two_chosen(void);
SHARED int two_asks_one(int x);

/* Both libraries define it: one definition is everybody's. */
SHARED int chosen(void) __attribute__((weak));

/* Nobody's. */
SHARED int nobody(int x) __attribute__((weak));
SHARED int nothing __attribute__((weak));
