/* main.c: a program that is loaded beside its libraries (modules.h): every way
   in which one module reaches into another, and what must be the same seen from
   both. */
#include "modules.h"

int main_number = 40;
int main_order[8];
static volatile int main_steps; /* the compiler runs no constructor */

static int private_data = 3;
static int half(int x) {
  return x / 2;
}
int main_twice(int x) {
  return x * 2;
}
void main_step(int who) {
  main_order[main_steps++ & 7] = who;
}

/* Pointers that only the loader can write. */
static int *pointers[] = {&private_data, &main_number, &one_numbers[2],
                          &nothing};
static int (*functions[])(int) = {half, main_twice, two_asks_one, nobody};
static int (*const adder)(int, int) = one_add;

__attribute__((constructor)) static void boot(void) {
  main_step(3);
}

static void addresses(void) {
  say("data of a library", one_numbers[1]);
  say("its address, seen from both", one_numbers == one_address());
  say("a function of a library, seen from both", one_add == one_function());
  say("data of the program", one_reads_main());
}

static void calls(void) {
  say("call", one_add(2, 3));
  say("call of a pointer to here", one_call(half, 10));
  say("call of a pointer to what is exported", one_call(main_twice, 10));
  say("call of a pointer to there", adder(20, 30));
  say("a library asks another", two_asks_one(5));
}

static void tables(void) {
  for (int i = 0; i < 3; i++)
    say("pointer in data", *pointers[i]);
  for (int i = 0; i < 3; i++)
    say("function in data", functions[i](8));
}

static void weak(void) {
  say("weak and nowhere", (nobody != 0) + (&nothing != 0) +
                              (functions[3] != 0) + (pointers[3] != 0));
  say("one definition for all", chosen() == one_chosen() &&
                                    one_chosen() == two_chosen());
}

void __wasm_call_ctors(void);

void _start(void) {
  __wasm_call_ctors(); /* as crt1 does: a program's own are nobody else's */
  addresses();
  calls();
  tables();
  weak();
  say("parts", main_parts());
  for (int i = 0; i < main_steps; i++)
    say("constructor", main_order[i]);
}
