#include "kernel.h"
#include "parallel.h"
#include "vector-math.h"

namespace rise {
namespace {

/** `sign` is -1 to turn back. */
VECTORIZED void Turn(const float* x, const float* cos, const float* sin, float* y, int64_t rows, int64_t heads, int64_t size,
                     float sign) {
  const int64_t half = size / 2;
  for (int64_t row = 0; row < rows; row++, cos += size, sin += size) {
    for (int64_t head = 0; head < heads; head++, x += size, y += size) {
#pragma omp simd
      for (int64_t j = 0; j < half; j++) {
        y[j] = x[j] * cos[j] + sign * sin[j] * x[j + half];
        y[j + half] = x[j + half] * cos[j + half] + sign * sin[j + half] * x[j];
      }
    }
  }
}

/** `Width(0)` is of all heads, that of the tables of one. */
void TurnRows(Call& call, float sign) {
  const int64_t rows = call.Rows(0), width = call.Width(0), size = call.Width(1);
  call.Require(size % 2 == 0 && width % size == 0, "a row is not made of whole heads");
  call.Require(call.Size(1) == rows * size && call.Size(2) == rows * size, "the tables have another number of rows");
  const auto *x = call.Input<float>(0), *cos = call.Input<float>(1), *sin = call.Input<float>(2);
  auto* y = call.Output<float>(0, 0);
  ParallelFor(rows, 0.4 * width, [&](int64_t begin, int64_t end) {
    Turn(x + begin * width, cos + begin * size, sin + begin * size, y + begin * width, end - begin, width / size, size,
         sign);
  });
}

struct Rotate {
  static constexpr const char* name = "RiseRotate";
  static constexpr Names inputs = {"x: float", "cos: float", "sin: float"};
  static constexpr Names outputs = {"y: float"};
  static constexpr Likes outputs_like = {0};
  static constexpr Names attributes = {};
  explicit Rotate(const Attributes&) {}
  void Compute(Call& call) const { TurnRows(call, 1); }
};

struct RotateGrad {
  static constexpr const char* name = "RiseRotateGrad";
  static constexpr Names inputs = {"gradient: float", "cos: float", "sin: float"};
  static constexpr Names outputs = {"dx: float"};
  static constexpr Likes outputs_like = {0};
  static constexpr Names attributes = {};
  explicit RotateGrad(const Attributes&) {}
  void Compute(Call& call) const { TurnRows(call, -1); }
};

}  // namespace

void RegisterRotate() {
  Register<Rotate>();
  Register<RotateGrad>();
}

}  // namespace rise
