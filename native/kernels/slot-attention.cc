// Grouped-query attention of one new token per slot over what its slot holds. Keys and values are tables of rows
// (slot, key-value head, token), of float or of bfloat16, which is widened a slot's head at a time.
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

/** Numbers as they are. */
const float* Widen(const float* numbers, int64_t, std::vector<float>&) { return numbers; }

/** bfloat16 is the upper half of a float. */
VECTORIZED void WidenHalves(const uint16_t* from, uint32_t* to, int64_t count) {
#pragma omp simd
  for (int64_t i = 0; i < count; i++) to[i] = static_cast<uint32_t>(from[i]) << 16;
}

const float* Widen(const uint16_t* numbers, int64_t count, std::vector<float>& wide) {
  wide.resize(count);
  WidenHalves(numbers, reinterpret_cast<uint32_t*>(wide.data()), count);
  return wide.data();
}

struct FloatTables {
  using Number = float;
  static constexpr const char* name = "RiseSlotAttention";
  static constexpr Names inputs = {"queries: float", "keys: float", "values: float", "lengths: int32"};
};

struct Bfloat16Tables {
  using Number = uint16_t;
  static constexpr const char* name = "RiseSlotAttentionBf16";
  static constexpr Names inputs = {"queries: float", "keys: bfloat16", "values: bfloat16", "lengths: int32"};
};

template <typename Tables>
struct SlotAttention : Tables {
  static constexpr Names outputs = {"mixed: float"};
  static constexpr Likes outputs_like = {0};
  static constexpr Names attributes = {"heads: int", "room: int"};
  using Number = typename Tables::Number;
  int64_t heads, room;
  explicit SlotAttention(const Attributes& values) : heads(values.Integer("heads")), room(values.Integer("room")) {}

  void Compute(Call& call) const {
    const int64_t slots = call.Rows(0), size = call.Width(1), groups = call.Width(0) / (heads * size);
    call.Require(call.Width(0) == groups * heads * size && call.Width(2) == size, "a row is not made of whole heads");
    call.Require(call.Rows(1) >= slots * heads * room && call.Size(2) == call.Size(1), "the tables have too few rows");
    call.Require(call.Size(3) == slots, "each slot has one length");
    const auto* queries = call.Input<float>(0);
    const auto *keys = call.Input<Number>(1), *values = call.Input<Number>(2);
    const auto* lengths = call.Input<int32_t>(3);
    for (int64_t slot = 0; slot < slots; slot++) {
      call.Require(lengths[slot] > 0 && lengths[slot] <= room, "a slot has no room for its tokens");
    }
    auto* mixed = call.Output<float>(0, 0);
    ParallelFor(slots * heads, 0.15 * groups * room * size, [&](int64_t begin, int64_t end) {
      std::vector<float> weights(RoundUp(room, LANES)), wide_keys, wide_values;
      for (int64_t at = begin; at < end; at++) {
        const int64_t query = at * groups * size, row = at * room * size;
        const int64_t length = lengths[at / heads];
        Attend(queries + query, Widen(keys + row, length * size, wide_keys),
               Widen(values + row, length * size, wide_values), groups, length, size, weights.data(), mixed + query);
      }
    });
  }
};

}  // namespace

void RegisterSlotAttention() {
  Register<SlotAttention<FloatTables>>();
  Register<SlotAttention<Bfloat16Tables>>();
}

}  // namespace rise
