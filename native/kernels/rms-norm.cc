#include <cmath>
#include <vector>

#include "kernel.h"
#include "parallel.h"
#include "vector-math.h"

namespace rise {
namespace {

constexpr int64_t BLOCK = 32;

inline float InverseRms(const float* x, int64_t width, float epsilon) {
  return 1 / std::sqrt(Dot(x, x, width) / static_cast<float>(width) + epsilon);
}

VECTORIZED void Normalize(const float* x, const float* weight, float* y, int64_t rows, int64_t width, float epsilon) {
  for (int64_t row = 0; row < rows; row++, x += width, y += width) {
    const float inverse = InverseRms(x, width, epsilon);
#pragma omp simd
    for (int64_t i = 0; i < width; i++) y[i] = x[i] * inverse * weight[i];
  }
}

/** `dx = (g w - u mean(g w u)) / rms`, and adds `g u` to `dw`, with `u = x / rms`. */
VECTORIZED void Differentiate(const float* gradient, const float* x, const float* weight, float* dx, float* dw,
                              int64_t rows, int64_t width, float epsilon) {
  for (int64_t row = 0; row < rows; row++, gradient += width, x += width, dx += width) {
    const float inverse = InverseRms(x, width, epsilon);
    float projection = 0;
#pragma omp simd reduction(+ : projection)
    for (int64_t i = 0; i < width; i++) projection += gradient[i] * weight[i] * x[i];
    const float mean = projection * inverse * inverse / static_cast<float>(width);
#pragma omp simd
    for (int64_t i = 0; i < width; i++) {
      dx[i] = (gradient[i] * weight[i] - x[i] * mean) * inverse;
      dw[i] += gradient[i] * x[i] * inverse;
    }
  }
}

struct RmsNorm {
  static constexpr const char* name = "RiseRmsNorm";
  static constexpr Names inputs = {"x: float", "weight: float"};
  static constexpr Names outputs = {"y: float"};
  static constexpr Likes outputs_like = {0};
  static constexpr Names attributes = {"epsilon: float"};
  float epsilon;
  explicit RmsNorm(const Attributes& values) : epsilon(values.Float("epsilon")) {}

  void Compute(Call& call) const {
    const int64_t width = call.Width(0);
    call.Require(call.Size(1) == width, "the weight is not as long as a row");
    const auto *x = call.Input<float>(0), *weight = call.Input<float>(1);
    auto* y = call.Output<float>(0, 0);
    ParallelFor(call.Rows(0), 0.4 * width, [&](int64_t begin, int64_t end) {
      Normalize(x + begin * width, weight, y + begin * width, end - begin, width, epsilon);
    });
  }
};

struct RmsNormGrad {
  static constexpr const char* name = "RiseRmsNormGrad";
  static constexpr Names inputs = {"gradient: float", "x: float", "weight: float"};
  static constexpr Names outputs = {"dx: float", "dweight: float"};
  static constexpr Likes outputs_like = {1, 2};
  static constexpr Names attributes = {"epsilon: float"};
  float epsilon;
  explicit RmsNormGrad(const Attributes& values) : epsilon(values.Float("epsilon")) {}

  /** Sums over rows in blocks of a fixed size: the same on any number of cores. */
  void Compute(Call& call) const {
    const int64_t width = call.Width(1), rows = call.Rows(1), blocks = (rows + BLOCK - 1) / BLOCK;
    call.Require(call.Size(0) == call.Size(1) && call.Size(2) == width, "the shapes do not belong together");
    const auto *gradient = call.Input<float>(0), *x = call.Input<float>(1), *weight = call.Input<float>(2);
    auto *dx = call.Output<float>(0, 1), *dweight = call.Output<float>(1, 2);
    std::vector<float> sums(blocks * width, 0);
    ParallelFor(blocks, 0.8 * width * BLOCK, [&](int64_t begin, int64_t end) {
      for (int64_t block = begin; block < end; block++) {
        const int64_t first = block * BLOCK, at = first * width;
        Differentiate(gradient + at, x + at, weight, dx + at, &sums[block * width], std::min(BLOCK, rows - first), width,
                      epsilon);
      }
    });
    std::fill(dweight, dweight + width, 0.f);
    for (int64_t block = 0; block < blocks; block++) {
      for (int64_t i = 0; i < width; i++) dweight[i] += sums[block * width + i];
    }
  }
};

}  // namespace

void RegisterRmsNorm() {
  Register<RmsNorm>();
  Register<RmsNormGrad>();
}

}  // namespace rise
