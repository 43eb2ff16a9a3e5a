#include "kernel.h"
#include "parallel.h"

namespace rise {
namespace {

/**
 * Adds rows to those of a table, in the table's own memory; rows that are named twice get both, in their order. The graph's edges
 * keep whatever else reads or writes the table before or behind it.
 */
struct AddRows {
  static constexpr const char* name = "RiseAddRows";
  static constexpr Names inputs = {"table: float", "rows: int32", "values: float"};
  static constexpr Names outputs = {};
  static constexpr Likes outputs_like = {};
  static constexpr Names attributes = {};
  explicit AddRows(const Attributes&) {}

  void Compute(Call& call) const {
    const int64_t width = call.Width(0), count = call.Size(1), height = call.Rows(0);
    call.Require(call.Size(2) == count * width, "values are not as many rows of the table's width as are named");
    const auto* rows = call.Input<int32_t>(1);
    for (int64_t i = 0; i < count; i++) call.Require(rows[i] >= 0 && rows[i] < height, "the table has no such row");
    auto* table = call.InPlace<float>(0);
    const auto* values = call.Input<float>(2);
    // Each thread has columns of its own, so that the order of additions is one.
    ParallelFor(width, 0.5 * count, [&](int64_t begin, int64_t end) {
      for (int64_t i = 0; i < count; i++) {
        float* to = table + rows[i] * width;
        const float* from = values + i * width;
        for (int64_t j = begin; j < end; j++) to[j] += from[j];
      }
    });
  }
};

}  // namespace

void RegisterAddRows() { Register<AddRows>(); }

}  // namespace rise
