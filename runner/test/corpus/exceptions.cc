// exceptions.cc: throws and catches with the instructions of WebAssembly, in two objects: PART is 1 or 2.
// The runtime's names stay undefined: they are imported.
struct Guard {
  int *p;
  ~Guard() { ++*p; }
};
int risky(int);
extern int ended;
#if PART == 1
extern "C" int run(int x) {
  Guard guard{&ended};
  try {
    return risky(x);
  } catch (int e) {
    return e;
  } catch (...) {
    return -1;
  }
}
#else
int ended;
int risky(int x) {
  if (x > 3)
    throw x;
  return x;
}
#endif
