#pragma once
#include <cstdint>

#include "vector-math.h"

namespace rise {

constexpr int64_t TILE_ROWS = 8;

/** Written out, so that the rows of a tile stay in registers. */
#define EACH_ROW _Pragma("GCC unroll 8") for (int64_t i = 0; i < TILE_ROWS; i++)

/** A matrix whose element (i, j) is `data[i * row + j * column]`. */
struct Strided {
  const float* data;
  int64_t row, column;
};

/**
 * `c = a b`, or `c += a b`: `rows` a multiple of 8, `columns` of 16; rows of `b` and `c` lie together, `stride` apart. For the
 * small products of attention, where a call of a library would take longer than the product.
 */
template <bool ADDS>
inline void Multiply(int64_t rows, int64_t columns, int64_t depth, Strided a, const float* b, int64_t b_stride, float* c,
                     int64_t c_stride) {
  for (int64_t row = 0; row < rows; row += TILE_ROWS) {
    for (int64_t column = 0; column < columns; column += LANES) {
      float* to = c + row * c_stride + column;
      Lanes sums[TILE_ROWS] = {};
      if (ADDS) {
        EACH_ROW sums[i] = *reinterpret_cast<Lanes*>(to + i * c_stride);
      }
      const float* factors = a.data + row * a.row;
      for (int64_t k = 0; k < depth; k++) {
        const Lanes other = *reinterpret_cast<const Lanes*>(b + k * b_stride + column);
        EACH_ROW sums[i] += factors[i * a.row + k * a.column] * other;
      }
      EACH_ROW *reinterpret_cast<Lanes*>(to + i * c_stride) = sums[i];
    }
  }
}

}  // namespace rise
