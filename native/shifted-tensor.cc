// A matrix of a file, in place though its values begin where TensorFlow takes no tensor.
#include <algorithm>
#include <atomic>
#include <cstring>

#include "kernels/parallel.h"
#include "native-tensor.h"

namespace rise {
namespace {

/** Less is copied: it takes no time. */
constexpr int64_t LEAST_BYTES = 1 << 20;
/** Nanoseconds that reading the end of a row takes, about. */
constexpr double ROW_COST = 50;

bool IsFinite(uint16_t bfloat16) { return (bfloat16 & 0x7f80) != 0x7f80; }

/** Values between the last place that TensorFlow takes and the matrix's first; 0 where a copy is as good. */
int64_t Shift(const Handle& matrix) {
  const bool is_in_file = matrix.file && !matrix.tensor;
  if (!is_in_file || matrix.dtype != TF_BFLOAT16 || matrix.shape.size() != 2) return 0;
  const size_t bytes = reinterpret_cast<uintptr_t>(matrix.values) % ALIGNMENT;
  const int64_t shift = bytes / sizeof(uint16_t);
  const bool is_worth_it = matrix.Count() * 2 >= LEAST_BYTES && matrix.shape[1] > 4 * shift;
  return bytes % sizeof(uint16_t) == 0 && is_worth_it ? shift : 0;
}

/** Copies the last columns of a matrix; false where one of them is not finite. */
bool CopyTail(const Handle& matrix, int64_t columns, uint16_t* tail) {
  const int64_t width = matrix.shape[1];
  const auto* values = reinterpret_cast<const uint16_t*>(matrix.values);
  std::atomic<bool> is_finite{true};
  ParallelFor(matrix.shape[0], ROW_COST, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; row++) {
      const uint16_t* from = values + (row + 1) * width - columns;
      if (!std::all_of(from, from + columns, IsFinite)) is_finite = false;
      std::copy(from, from + columns, tail + row * columns);
    }
  });
  return is_finite;
}

/**
 * shiftTensor(matrix): undefined where its file's own memory will do or a copy is as good. Otherwise `[shift, rows, tail]`: a
 * matrix of the same shape in that memory which begins `shift` values earlier, and the last `shift` columns. What is not the
 * matrix's own in `rows` is finite, so that 0 times it is 0.
 */
napi_value ShiftTensor(napi_env env, napi_value* args) {
  const Handle& matrix = *Find(env, args[0]);
  matrix.Require();
  const int64_t shift = Shift(matrix);
  if (shift == 0) return nullptr;
  auto* begin = reinterpret_cast<uint16_t*>(matrix.values) - shift;
  TF_Tensor* tail = Allocate(TF_BFLOAT16, {matrix.shape[0], shift});
  const bool is_finite = std::all_of(begin, begin + shift, IsFinite) &&
                         CopyTail(matrix, shift, static_cast<uint16_t*>(TF_TensorData(tail)));
  if (!is_finite) {
    TF_DeleteTensor(tail);
    return nullptr;
  }
  napi_value parts, number;
  Check(env, napi_create_array_with_length(env, 3, &parts));
  Check(env, napi_create_int64(env, shift, &number));
  Check(env, napi_set_element(env, parts, 0, number));
  Check(env, napi_set_element(env, parts, 1, ToHandle(env, ShareFile(matrix, reinterpret_cast<uint8_t*>(begin)))));
  Check(env, napi_set_element(env, parts, 2, ToHandle(env, tail)));
  return parts;
}

/** unshiftTensor(rows, tail): the matrix that they stand for, copied. */
napi_value UnshiftTensor(napi_env env, napi_value* args) {
  const Handle &rows = *Find(env, args[0]), &tail = *Find(env, args[1]);
  rows.Require();
  tail.Require();
  const int64_t shift = tail.shape[1], kept = rows.Count() - shift;
  TF_Tensor* matrix = Allocate(TF_BFLOAT16, rows.shape);
  auto* to = static_cast<uint16_t*>(TF_TensorData(matrix));
  std::memcpy(to, rows.At(shift), kept * sizeof(uint16_t));
  std::memcpy(to + kept, tail.At(tail.Count() - shift), shift * sizeof(uint16_t));
  return ToHandle(env, matrix);
}

}  // namespace

void ExportShifts(napi_env env, napi_value exports) {
  Export(env, exports, "shiftTensor", Guarded<ShiftTensor>);
  Export(env, exports, "unshiftTensor", Guarded<UnshiftTensor>);
}

}  // namespace rise
