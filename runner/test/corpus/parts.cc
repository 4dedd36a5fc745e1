// parts.cc: a bit of everything that a linker sees of C++, without a library: a group of inline
// functions, a virtual table, constructors, strings, weak symbols, addresses in data and in code.
// PART is 1, 2 or 3; the three parts share the templates.
#define CAT_(a, b) a##b
#define CAT(a, b) CAT_(a, b)
#define NAME(n) CAT(n, PART)

struct Shape {
  virtual int area() const = 0;
  virtual int sides() const { return 0; }
};

template <int N> struct Box : Shape {
  static int made;
  Box() { made += N; }
  int area() const override { return N * N; }
  int sides() const override { return 4; }
};
template <int N> int Box<N>::made = N;

inline int shared(int x) {
  static int calls = 7;
  return x + ++calls;
}

extern "C" {
__attribute__((weak)) int maybe(int);
__attribute__((weak)) extern int maybe_data;
int one(int), two(int), three(int);
__attribute__((weak)) int common(int x) { return x * PART; }
extern const char *const names[];
}

static Box<PART> box;
static const char *const local_text[] = {"part", "a part of it", "it", "\xff bytes"};
static int zeros[100];
static double aligned __attribute__((aligned(32))) = 1.5;

__attribute__((noinline)) static int sum(const Shape &s) { return s.area() + s.sides(); }
__attribute__((constructor(PART * 100))) static void early() { zeros[PART] = 1; }
__attribute__((constructor)) static void late() { zeros[0] += PART; }

#if PART == 1
extern "C" int one(int x) { return two(x) + sum(box) + shared(x) + (maybe ? maybe(x) : 0); }
extern "C" {
extern const char *const names[] = {"one", "none", "hello", "lo"};
__attribute__((export_name("first"))) int first(int x) { return one(x) + *names[x & 3]; }
__attribute__((import_module("host"), import_name("log"))) void host_log(const char *);
__attribute__((export_name("say"))) void say(int x) { host_log(local_text[x & 3]); }
__attribute__((used)) int kept_by_used = 4;
}
#elif PART == 2
extern "C" int two(int x) { return three(x) + Box<1>().area() + common(x) + zeros[x & 63]; }
extern "C" __attribute__((visibility("hidden"))) int hidden_data = 9;
extern "C" int (*const table[])(int) = {one, two, three, common};
#else
extern "C" int (*const table[])(int);
extern "C" int hidden_data;
extern "C" int three(int x) {
  return table[x & 3](x) + hidden_data + (&maybe_data ? maybe_data : 0) + (int)aligned;
}
extern "C" int unused(int x) { return three(x) + sum(box); }
#endif

extern "C" int NAME(entry)(int x) { return common(x) + shared(x) + *local_text[x & 3]; }
