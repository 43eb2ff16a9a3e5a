// Grouped-query attention of one new token per slot over what its slot holds. Keys and values are tables of rows
// (slot, key-value head, token).
#include <cmath>
#include <vector>

#include "kernel.h"
#include "parallel.h"
#include "vector-math.h"

namespace rise {
namespace {

/** Query heads that share one key-value head: `length` tokens of `size`. */
VECTORIZED void Attend(const float* queries, const float* keys, const float* values, int64_t groups, int64_t length,
                       int64_t size, float* weights, float* mixed) {
  const float scale = 1 / std::sqrt(static_cast<float>(size));
  for (int64_t group = 0; group < groups; group++, queries += size, mixed += size) {
    for (int64_t token = 0; token < length; token++) weights[token] = Dot(queries, keys + token * size, size);
    Softmax(weights, length, RoundUp(length, LANES), scale);
    for (int64_t c = 0; c < size; c++) mixed[c] = 0;
    for (int64_t token = 0; token < length; token++) {
#pragma omp simd
      for (int64_t c = 0; c < size; c++) mixed[c] += weights[token] * values[token * size + c];
    }
  }
}

struct SlotAttention {
  static constexpr const char* name = "RiseSlotAttention";
  static constexpr Names inputs = {"queries: float", "keys: float", "values: float", "lengths: int32"};
  static constexpr Names outputs = {"mixed: float"};
  static constexpr Likes outputs_like = {0};
  static constexpr Names attributes = {"heads: int", "room: int"};
  int64_t heads, room;
  explicit SlotAttention(const Attributes& values) : heads(values.Integer("heads")), room(values.Integer("room")) {}

  void Compute(Call& call) const {
    const int64_t slots = call.Rows(0), size = call.Width(1), groups = call.Width(0) / (heads * size);
    call.Require(call.Width(0) == groups * heads * size && call.Width(2) == size, "a row is not made of whole heads");
    call.Require(call.Rows(1) >= slots * heads * room && call.Size(2) == call.Size(1), "the tables have too few rows");
    call.Require(call.Size(3) == slots, "each slot has one length");
    const auto *queries = call.Input<float>(0), *keys = call.Input<float>(1), *values = call.Input<float>(2);
    const auto* lengths = call.Input<int32_t>(3);
    for (int64_t slot = 0; slot < slots; slot++) {
      call.Require(lengths[slot] > 0 && lengths[slot] <= room, "a slot has no room for its tokens");
    }
    auto* mixed = call.Output<float>(0, 0);
    ParallelFor(slots * heads, 0.15 * groups * room * size, [&](int64_t begin, int64_t end) {
      std::vector<float> weights(RoundUp(room, LANES));
      for (int64_t at = begin; at < end; at++) {
        const int64_t query = at * groups * size, row = at * room * size;
        Attend(queries + query, keys + row, values + row, groups, lengths[at / heads], size, weights.data(), mixed + query);
      }
    });
  }
};

}  // namespace

void RegisterSlotAttention() { Register<SlotAttention>(); }

}  // namespace rise
