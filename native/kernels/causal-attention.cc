// Grouped-query attention in which each token sees itself and what came before in its sequence, forwards and backwards. Rows
// are the tokens of one sequence after another, of any lengths; a row holds its heads one after another. Scores exist for a
// block of queries at a time.
#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "kernel.h"
#include "parallel.h"
#include "small-matmul.h"
#include "vector-math.h"

namespace rise {
namespace {

constexpr int64_t BLOCK = 32;

/** One key-value head of one sequence, with the query heads that share it. */
struct Unit {
  /** Tokens, and size of a head; both padded to whole vectors. */
  int64_t tokens, size, padded_tokens, padded_size;
  int64_t groups;
  /** Floats from one token's row to the next. */
  int64_t query_stride, key_stride;
  float scale;
};

/** Takes one head out of the rows, with zeros up to the padded sizes. */
inline void TakeHead(const Unit& unit, const float* from, int64_t stride, float scale, float* to) {
  std::fill(to, to + unit.padded_tokens * unit.padded_size, 0.f);
  for (int64_t token = 0; token < unit.tokens; token++) {
    for (int64_t c = 0; c < unit.size; c++) to[token * unit.padded_size + c] = from[token * stride + c] * scale;
  }
}

/** Rows of a block of tokens as columns. */
inline void TransposeBlock(const Unit& unit, const float* rows, float* columns) {
  for (int64_t c = 0; c < unit.padded_size; c++) {
    for (int64_t token = 0; token < BLOCK; token++) columns[c * BLOCK + token] = rows[token * unit.padded_size + c];
  }
}

inline void PutHead(const Unit& unit, const float* from, int64_t first, int64_t count, float scale, float* to,
                    int64_t stride) {
  for (int64_t row = 0; row < count; row++) {
    for (int64_t c = 0; c < unit.size; c++) to[(first + row) * stride + c] = from[row * unit.padded_size + c] * scale;
  }
}

/** Of a matrix with a row for each key and a column for each query of a block: the lanes of some of its queries. */
inline Lanes& LanesOf(float* matrix, int64_t key, int64_t query) {
  return *reinterpret_cast<Lanes*>(matrix + key * BLOCK + query);
}

/** Softmax over the keys that each query of a block sees: those before the block, and in it those up to itself. */
inline void Softmax(float* scores, int64_t first, int64_t visible) {
  for (int64_t query = 0; query < BLOCK; query += LANES) {
    Lanes numbers, largest = LanesOf(scores, 0, query), sum = {};
    for (int64_t i = 0; i < LANES; i++) numbers[i] = static_cast<float>(first + query + i);
    for (int64_t key = 0; key < visible; key++) {
      Lanes& score = LanesOf(scores, key, query);
      if (key > first) score = numbers < static_cast<float>(key) ? Lanes{} - 1e30f : score;
      largest = score > largest ? score : largest;
    }
    for (int64_t key = 0; key < visible; key++) {
      Lanes& score = LanesOf(scores, key, query);
      const Lanes mass = Exp(score - largest);
      score = numbers < static_cast<float>(key) ? Lanes{} : mass;
      sum += score;
    }
    const Lanes inverse = 1 / sum;
    for (int64_t key = 0; key < visible; key++) LanesOf(scores, key, query) *= inverse;
  }
}

/** `ds = p (dp - sum(dp p))` over the keys of each query, in place of `dp`. */
inline void DifferentiateSoftmax(float* p, float* dp, int64_t visible) {
  for (int64_t query = 0; query < BLOCK; query += LANES) {
    Lanes sum = {};
    for (int64_t key = 0; key < visible; key++) sum += LanesOf(p, key, query) * LanesOf(dp, key, query);
    for (int64_t key = 0; key < visible; key++) {
      Lanes& ds = LanesOf(dp, key, query);
      ds = LanesOf(p, key, query) * (ds - sum);
    }
  }
}

/** Memory for matrices of one unit. */
class Scratch {
 public:
  explicit Scratch(int64_t floats) : memory_(new float[floats]), next_(memory_.get()) {}
  float* Take(int64_t floats) {
    float* taken = next_;
    next_ += floats;
    return taken;
  }

 private:
  std::unique_ptr<float[]> memory_;
  float* next_;
};

VECTORIZED void Forward(const Unit& unit, const float* q, const float* k, const float* v, float* y) {
  const int64_t stride = unit.padded_size, matrix = unit.padded_tokens * stride;
  Scratch scratch(3 * matrix + BLOCK * (unit.padded_tokens + 2 * stride));
  float *queries = scratch.Take(matrix), *keys = scratch.Take(matrix), *values = scratch.Take(matrix);
  float *query_columns = scratch.Take(BLOCK * stride), *mixed = scratch.Take(BLOCK * stride);
  float* p = scratch.Take(BLOCK * unit.padded_tokens);
  TakeHead(unit, k, unit.key_stride, 1, keys);
  TakeHead(unit, v, unit.key_stride, 1, values);
  for (int64_t group = 0; group < unit.groups; group++) {
    TakeHead(unit, q + group * unit.size, unit.query_stride, unit.scale, queries);
    for (int64_t first = 0; first < unit.tokens; first += BLOCK) {
      const int64_t visible = first + BLOCK;
      TransposeBlock(unit, queries + first * stride, query_columns);
      Multiply<false>(visible, BLOCK, stride, {keys, stride, 1}, query_columns, BLOCK, p, BLOCK);
      Softmax(p, first, visible);
      Multiply<false>(BLOCK, stride, visible, {p, 1, BLOCK}, values, stride, mixed, stride);
      PutHead(unit, mixed, first, std::min(BLOCK, unit.tokens - first), 1, y + group * unit.size, unit.query_stride);
    }
  }
}

VECTORIZED void Backward(const Unit& unit, const float* gradient, const float* q, const float* k, const float* v, float* dq,
                         float* dk, float* dv) {
  const int64_t stride = unit.padded_size, matrix = unit.padded_tokens * stride;
  Scratch scratch(6 * matrix + BLOCK * (2 * unit.padded_tokens + 3 * stride));
  float *queries = scratch.Take(matrix), *gradients = scratch.Take(matrix), *keys = scratch.Take(matrix);
  float *values = scratch.Take(matrix), *dkeys = scratch.Take(matrix), *dvalues = scratch.Take(matrix);
  float *query_columns = scratch.Take(BLOCK * stride), *gradient_columns = scratch.Take(BLOCK * stride);
  float *dqueries = scratch.Take(BLOCK * stride), *p = scratch.Take(BLOCK * unit.padded_tokens);
  float* ds = scratch.Take(BLOCK * unit.padded_tokens);
  TakeHead(unit, k, unit.key_stride, 1, keys);
  TakeHead(unit, v, unit.key_stride, 1, values);
  std::fill(dkeys, dkeys + matrix, 0.f);
  std::fill(dvalues, dvalues + matrix, 0.f);
  for (int64_t group = 0; group < unit.groups; group++) {
    TakeHead(unit, q + group * unit.size, unit.query_stride, unit.scale, queries);
    TakeHead(unit, gradient + group * unit.size, unit.query_stride, 1, gradients);
    for (int64_t first = 0; first < unit.tokens; first += BLOCK) {
      const int64_t visible = first + BLOCK;
      const float *block_queries = queries + first * stride, *block_gradients = gradients + first * stride;
      TransposeBlock(unit, block_queries, query_columns);
      TransposeBlock(unit, block_gradients, gradient_columns);
      Multiply<false>(visible, BLOCK, stride, {keys, stride, 1}, query_columns, BLOCK, p, BLOCK);
      Softmax(p, first, visible);
      Multiply<false>(visible, BLOCK, stride, {values, stride, 1}, gradient_columns, BLOCK, ds, BLOCK);
      DifferentiateSoftmax(p, ds, visible);
      Multiply<false>(BLOCK, stride, visible, {ds, 1, BLOCK}, keys, stride, dqueries, stride);
      Multiply<true>(visible, stride, BLOCK, {ds, BLOCK, 1}, block_queries, stride, dkeys, stride);
      Multiply<true>(visible, stride, BLOCK, {p, BLOCK, 1}, block_gradients, stride, dvalues, stride);
      PutHead(unit, dqueries, first, std::min(BLOCK, unit.tokens - first), unit.scale, dq + group * unit.size,
              unit.query_stride);
    }
  }
  PutHead(unit, dkeys, 0, unit.tokens, 1, dk, unit.key_stride);
  PutHead(unit, dvalues, 0, unit.tokens, 1, dv, unit.key_stride);
}

/** What both directions know of their inputs: the first is `queries`' number, after the values come the first rows. */
struct Layout {
  /** Of every sequence but for its tokens. */
  Unit common;
  int64_t heads;
  /** Where each sequence begins, and the number of rows. */
  std::vector<int64_t> bounds;

  Layout(const Call& call, int queries, int64_t heads) : heads(heads) {
    const int64_t rows = call.Rows(queries), query_width = call.Width(queries), key_width = call.Width(queries + 1);
    call.Require(key_width % heads == 0 && query_width % key_width == 0, "a row is not made of whole heads");
    call.Require(call.Rows(queries + 1) == rows && call.Size(queries + 2) == call.Size(queries + 1),
                 "queries, keys and values are not of the same tokens");
    call.Require(call.Size(queries + 3) == rows, "each row has one first row");
    const auto* first_rows = call.Input<int32_t>(queries + 3);
    for (int64_t row = 0; row < rows; row++) {
      if (first_rows[row] == row) bounds.push_back(row);
      call.Require(!bounds.empty() && first_rows[row] == bounds.back(), "the rows are not one sequence after another");
    }
    bounds.push_back(rows);
    common.size = key_width / heads;
    common.padded_size = RoundUp(common.size, LANES);
    common.groups = query_width / key_width;
    common.query_stride = query_width;
    common.key_stride = key_width;
    common.scale = 1 / std::sqrt(static_cast<float>(common.size));
  }

  /** Calls `body` with each head of each sequence, and the offsets of its queries and of its keys. */
  template <typename Body>
  void ForEachUnit(double products, const Body& body) const {
    const auto sequences = static_cast<int64_t>(bounds.size()) - 1;
    double squares = 0;
    for (int64_t i = 0; i < sequences; i++) squares += std::pow(PadTokens(bounds[i + 1] - bounds[i]), 2);
    const double cost = products * 0.05 * common.groups * common.padded_size / 2 * squares / sequences;
    ParallelFor(sequences * heads, cost, [&](int64_t begin, int64_t end) {
      for (int64_t at = begin; at < end; at++) {
        const int64_t sequence = at / heads, head = at % heads, row = bounds[sequence];
        Unit unit = common;
        unit.tokens = bounds[sequence + 1] - row;
        unit.padded_tokens = PadTokens(unit.tokens);
        body(unit, row * unit.query_stride + head * unit.groups * unit.size, row * unit.key_stride + head * unit.size);
      }
    });
  }

  /** Whole blocks of queries: rows past the last token are computed and left out. */
  static int64_t PadTokens(int64_t tokens) { return RoundUp(tokens, BLOCK); }
};

struct CausalAttention {
  static constexpr const char* name = "RiseCausalAttention";
  static constexpr Names inputs = {"queries: float", "keys: float", "values: float", "first_rows: int32"};
  static constexpr Names outputs = {"mixed: float"};
  static constexpr Likes outputs_like = {0};
  static constexpr Names attributes = {"heads: int"};
  int64_t heads;
  explicit CausalAttention(const Attributes& values) : heads(values.Integer("heads")) {}

  void Compute(Call& call) const {
    const Layout layout(call, 0, heads);
    const auto *q = call.Input<float>(0), *k = call.Input<float>(1), *v = call.Input<float>(2);
    auto* y = call.Output<float>(0, 0);
    layout.ForEachUnit(2, [&](const Unit& unit, int64_t query, int64_t key) {
      Forward(unit, q + query, k + key, v + key, y + query);
    });
  }
};

struct CausalAttentionGrad {
  static constexpr const char* name = "RiseCausalAttentionGrad";
  static constexpr Names inputs = {"gradient: float", "queries: float", "keys: float", "values: float",
                                   "first_rows: int32"};
  static constexpr Names outputs = {"dqueries: float", "dkeys: float", "dvalues: float"};
  static constexpr Likes outputs_like = {1, 2, 3};
  static constexpr Names attributes = {"heads: int"};
  int64_t heads;
  explicit CausalAttentionGrad(const Attributes& values) : heads(values.Integer("heads")) {}

  void Compute(Call& call) const {
    const Layout layout(call, 1, heads);
    call.Require(call.Size(0) == call.Size(1), "the gradient is not of the queries' shape");
    const auto *gradient = call.Input<float>(0), *q = call.Input<float>(1);
    const auto *k = call.Input<float>(2), *v = call.Input<float>(3);
    auto *dq = call.Output<float>(0, 1), *dk = call.Output<float>(1, 2), *dv = call.Output<float>(2, 3);
    layout.ForEachUnit(5, [&](const Unit& unit, int64_t query, int64_t key) {
      Backward(unit, gradient + query, q + query, k + key, v + key, dq + query, dk + key, dv + key);
    });
  }
};

}  // namespace

void RegisterCausalAttention() {
  Register<CausalAttention>();
  Register<CausalAttentionGrad>();
}

}  // namespace rise
