#include <algorithm>
#include <cmath>
#include <vector>

#include "kernel.h"
#include "parallel.h"
#include "vector-math.h"

namespace rise {
namespace {

struct RowScore {
  float logprob, entropy;
};

/** Of `softmax(logits)`; `masses` is scratch for one row. */
VECTORIZED RowScore ScoreRow(const float* logits, int64_t width, int64_t target, float* masses) {
  std::copy(logits, logits + width, masses);
  const float largest = Largest(logits, width), sum = Exponentiate(masses, width, largest);
  const float log_sum = std::log(sum);
  return {logits[target] - largest - log_sum, log_sum - (Dot(masses, logits, width) - largest * sum) / sum};
}

/** `gradient (onehot(target) - softmax(logits))` */
VECTORIZED void DifferentiateRow(const float* logits, int64_t width, int64_t target, float gradient, float* dlogits) {
  std::copy(logits, logits + width, dlogits);
  const float sum = Exponentiate(dlogits, width, Largest(logits, width));
  Scale(dlogits, width, -gradient / sum);
  dlogits[target] += gradient;
}

void RequireTargets(const Call& call, const int32_t* targets, int64_t rows, int64_t width) {
  for (int64_t row = 0; row < rows; row++) {
    call.Require(targets[row] >= 0 && targets[row] < width, "a target is not in the vocabulary");
  }
}

struct TokenScores {
  static constexpr const char* name = "RiseTokenScores";
  static constexpr Names inputs = {"logits: float", "targets: int32"};
  static constexpr Names outputs = {"logprobs: float", "entropies: float"};
  static constexpr Likes outputs_like = {1, 1};
  static constexpr Names attributes = {};
  explicit TokenScores(const Attributes&) {}

  void Compute(Call& call) const {
    const int64_t rows = call.Rows(0), width = call.Width(0);
    const auto* logits = call.Input<float>(0);
    const auto* targets = call.Input<int32_t>(1);
    call.Require(call.Size(1) == rows, "each row has one target");
    RequireTargets(call, targets, rows, width);
    auto *logprobs = call.Output<float>(0, 1), *entropies = call.Output<float>(1, 1);
    ParallelFor(rows, 1.0 * width, [&](int64_t begin, int64_t end) {
      std::vector<float> masses(width);
      for (int64_t row = begin; row < end; row++) {
        const RowScore score = ScoreRow(logits + row * width, width, targets[row], masses.data());
        logprobs[row] = score.logprob;
        entropies[row] = score.entropy;
      }
    });
  }
};

struct TokenScoresGrad {
  static constexpr const char* name = "RiseTokenScoresGrad";
  static constexpr Names inputs = {"gradient: float", "logits: float", "targets: int32"};
  static constexpr Names outputs = {"dlogits: float"};
  static constexpr Likes outputs_like = {1};
  static constexpr Names attributes = {};
  explicit TokenScoresGrad(const Attributes&) {}

  void Compute(Call& call) const {
    const int64_t rows = call.Rows(1), width = call.Width(1);
    const auto *gradient = call.Input<float>(0), *logits = call.Input<float>(1);
    const auto* targets = call.Input<int32_t>(2);
    call.Require(call.Size(0) == rows && call.Size(2) == rows, "each row has one target and one gradient");
    RequireTargets(call, targets, rows, width);
    auto* dlogits = call.Output<float>(0, 1);
    ParallelFor(rows, 1.0 * width, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; row++) {
        DifferentiateRow(logits + row * width, width, targets[row], gradient[row], dlogits + row * width);
      }
    });
  }
};

}  // namespace

void RegisterTokenScores() {
  Register<TokenScores>();
  Register<TokenScoresGrad>();
}

}  // namespace rise
