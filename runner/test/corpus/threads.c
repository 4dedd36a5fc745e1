// threads.c: thread-local data of each kind, plain data, zeros, a constructor.
_Thread_local int counted = 7;
_Thread_local char zeros[40];
static _Thread_local long long aligned __attribute__((aligned(32))) = 1;
int plain[4] = {1, 2, 3, 4};
int empty[100];

__attribute__((constructor)) static void begin(void) {
  plain[0] = 5;
}

__attribute__((export_name("count"))) int count(int by) {
  counted += by;
  aligned += counted;
  zeros[by & 31] = (char)by;
  return __atomic_add_fetch(&empty[by & 63], (int)aligned + plain[by & 3], 5);
}
