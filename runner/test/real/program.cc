// program.cc: what a C++ program asks of a linker: COMDAT groups, virtual
// calls, static initialisers in several orders, strings to merge, iostream.

#include <iomanip>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace {

class Shape {
public:
  virtual ~Shape() {}
  virtual double area() const = 0;
  virtual std::string name() const {
    return "shape";
  }
};

class Square : public Shape {
public:
  explicit Square(double side) : side(side) {}
  double area() const override {
    return side * side;
  }
  std::string name() const override {
    return "square";
  }

private:
  double side;
};

class Disc : public Shape {
public:
  explicit Disc(double radius) : radius(radius) {}
  double area() const override {
    return 3.25 * radius * radius;
  }

private:
  double radius;
};

template <typename T> T sum(const std::vector<T> &v) {
  T total{};
  for (const T &x : v)
    total += x;
  return total;
}

std::map<std::string, int> words = {{"one", 1}, {"two", 2}, {"three", 3}};

struct Noisy {
  const char *text;
  explicit Noisy(const char *t) : text(t) {
    words[t] = 0;
  }
  ~Noisy() {
    std::cout << "gone: " << text << "\n";
  }
};

Noisy noisy("static");

} // namespace

int main() {
  words["four"] = 4;
  for (const auto &w : words)
    std::cout << w.first << "=" << w.second << "\n";
  std::vector<std::unique_ptr<Shape>> shapes;
  shapes.emplace_back(new Square(2));
  shapes.emplace_back(new Disc(1.5));
  for (const auto &s : shapes)
    std::cout << s->name() << " " << std::fixed << std::setprecision(4)
              << s->area() << "\n";
  std::ostringstream out;
  out << sum(std::vector<int>{1, 2, 3}) << " "
      << sum(std::vector<std::string>{"a", "b", "c"});
  std::cout << out.str() << std::endl;
  return 3;
}
