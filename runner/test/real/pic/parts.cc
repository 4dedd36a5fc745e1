// parts.cc: the program's part in C++ (modules.h): a class made of the
// library's.
#include "shape.h"

namespace {
struct Triangle : Shape {
  constexpr explicit Triangle(int side) : Shape(side) {}
  int area() const override { return side * side / 2; }
};
} // namespace

static const Shape square(3);     // its table of functions is the library's
static const Triangle triangle(4); // of this table one entry is

extern "C" int main_parts(void) {
  return measure(square) * 10000 + measure(triangle);
}
