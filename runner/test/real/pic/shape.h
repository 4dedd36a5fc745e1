/* shape.h: a class of two.cc, of which parts.cc makes another. */
#pragma once
#include "modules.h"

struct __attribute__((visibility("default"))) Shape {
  constexpr explicit Shape(int side) : side(side) {}
  virtual int area() const;
  virtual int corners() const;
  int side;
};

/* Calls of virtual functions from the library. */
__attribute__((visibility("default"))) int measure(const Shape &shape);
