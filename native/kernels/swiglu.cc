#include "kernel.h"
#include "parallel.h"
#include "vector-math.h"

namespace rise {
namespace {

VECTORIZED void Gate(const float* gate, const float* up, float* y, int64_t count) {
#pragma omp simd
  for (int64_t i = 0; i < count; i++) y[i] = gate[i] * Sigmoid(gate[i]) * up[i];
}

VECTORIZED void Differentiate(const float* gradient, const float* gate, const float* up, float* dgate, float* dup,
                              int64_t count) {
#pragma omp simd
  for (int64_t i = 0; i < count; i++) {
    const float sigmoid = Sigmoid(gate[i]), swish = gate[i] * sigmoid;
    dgate[i] = gradient[i] * up[i] * (sigmoid + swish * (1 - sigmoid));
    dup[i] = gradient[i] * swish;
  }
}

struct SwiGlu {
  static constexpr const char* name = "RiseSwiGlu";
  static constexpr Names inputs = {"gate: float", "up: float"};
  static constexpr Names outputs = {"y: float"};
  static constexpr Likes outputs_like = {0};
  static constexpr Names attributes = {};
  explicit SwiGlu(const Attributes&) {}

  void Compute(Call& call) const {
    call.Require(call.Size(0) == call.Size(1), "gate and up are not of one shape");
    const auto *gate = call.Input<float>(0), *up = call.Input<float>(1);
    auto* y = call.Output<float>(0, 0);
    ParallelFor(call.Size(0), 0.6,
                [&](int64_t begin, int64_t end) { Gate(gate + begin, up + begin, y + begin, end - begin); });
  }
};

struct SwiGluGrad {
  static constexpr const char* name = "RiseSwiGluGrad";
  static constexpr Names inputs = {"gradient: float", "gate: float", "up: float"};
  static constexpr Names outputs = {"dgate: float", "dup: float"};
  static constexpr Likes outputs_like = {1, 2};
  static constexpr Names attributes = {};
  explicit SwiGluGrad(const Attributes&) {}

  void Compute(Call& call) const {
    call.Require(call.Size(0) == call.Size(1) && call.Size(1) == call.Size(2), "the inputs are not of one shape");
    const auto *gradient = call.Input<float>(0), *gate = call.Input<float>(1), *up = call.Input<float>(2);
    auto *dgate = call.Output<float>(0, 1), *dup = call.Output<float>(1, 2);
    ParallelFor(call.Size(1), 0.9, [&](int64_t begin, int64_t end) {
      Differentiate(gradient + begin, gate + begin, up + begin, dgate + begin, dup + begin, end - begin);
    });
  }
};

}  // namespace

void RegisterSwiGlu() {
  Register<SwiGlu>();
  Register<SwiGluGrad>();
}

}  // namespace rise
