#include <algorithm>
#include <cmath>
#include <vector>

#include "kernel.h"
#include "parallel.h"
#include "vector-math.h"

namespace rise {
namespace {

struct Drawn {
  int32_t token;
  float logprob;
};

/** The first token whose masses up to it pass the uniform number's share of them all; the likeliest at temperature 0. */
VECTORIZED Drawn DrawToken(const float* logits, int64_t width, float uniform, float temperature, float* masses) {
  const float largest = Largest(logits, width);
  std::copy(logits, logits + width, masses);
  const float log_sum = std::log(Exponentiate(masses, width, largest));
  int64_t token = 0;
  if (temperature == 0) {
    // No logit equals the largest where that is not a number: the last token, whose log-probability tells.
    while (token < width - 1 && logits[token] != largest) token++;
  } else {
    float total = 0;
    if (temperature != 1) {
      std::copy(logits, logits + width, masses);
      Exponentiate(masses, width, largest, 1 / temperature);
    }
    for (int64_t i = 0; i < width; i++) total += masses[i];
    float passed = masses[0];
    while (passed <= total * uniform && token < width - 1) passed += masses[++token];
  }
  return {static_cast<int32_t>(token), logits[token] - largest - log_sum};
}

struct DrawTokens {
  static constexpr const char* name = "RiseDrawTokens";
  static constexpr Names inputs = {"logits: float", "uniforms: float"};
  static constexpr Names outputs = {"tokens: int32", "logprobs: float"};
  static constexpr Likes outputs_like = {1, 1};
  static constexpr Names attributes = {"temperature: float"};
  float temperature;
  explicit DrawTokens(const Attributes& values) : temperature(values.Float("temperature")) {}

  void Compute(Call& call) const {
    const int64_t rows = call.Rows(0), width = call.Width(0);
    call.Require(call.Size(1) == rows, "each row has one uniform number");
    const auto *logits = call.Input<float>(0), *uniforms = call.Input<float>(1);
    auto* tokens = call.Output<int32_t>(0, 1);
    auto* logprobs = call.Output<float>(1, 1);
    ParallelFor(rows, 1.5 * width, [&](int64_t begin, int64_t end) {
      std::vector<float> masses(width);
      for (int64_t row = begin; row < end; row++) {
        const Drawn drawn = DrawToken(logits + row * width, width, uniforms[row], temperature, masses.data());
        tokens[row] = drawn.token;
        logprobs[row] = drawn.logprob;
      }
    });
  }
};

}  // namespace

void RegisterDrawTokens() { Register<DrawTokens>(); }

}  // namespace rise
