// two.cc: a library in C++ (modules.h): a class, and a template of which the
// program has an instance too.
#include "shape.h"

int Shape::area() const { return side * side; }
int Shape::corners() const { return 4; }

int measure(const Shape &shape) { return shape.area() * 100 + shape.corners(); }

template <int n> struct Counter {
  static int &count() {
    static int counted = n;
    return ++counted;
  }
};

extern "C" {
__attribute__((weak)) int chosen(void) { return 2; }
int two_chosen(void) { return chosen(); }
int two_asks_one(int x) { return one_add(x, Counter<100>::count()); }
}

namespace {
struct Boot {
  Boot() { main_step(2); }
} boot;
} // namespace
