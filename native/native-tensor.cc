#include "native-tensor.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <new>

#include "kernels/parallel.h"
#include "kernels/vector-math.h"

namespace rise {
namespace {

/** Values that one thread reads or converts at a time. */
constexpr int64_t PIECE_VALUES = 1 << 20;
/** Nanoseconds that reading or converting a value takes, about. */
constexpr double VALUE_COST = 0.5;

constexpr size_t HUGE_PAGE = 2 << 20;

struct Handle {
  TF_Tensor* tensor;
};

void Deallocate(void* data, size_t, void*) { std::free(data); }

/**
 * A tensor without values. Memory of a weight's size comes in huge pages where Linux gives them when asked: a gigabyte in
 * pages of 4 KiB takes half a second of faults. The rest behind the last whole one does not, so that no memory is wasted.
 */
TF_Tensor* Allocate(TF_DataType dtype, const std::vector<int64_t>& shape) {
  size_t bytes = TF_DataTypeSize(dtype);
  for (const int64_t size : shape) bytes *= size;
  const size_t alignment = bytes >= HUGE_PAGE ? HUGE_PAGE : 64;
  void* data = nullptr;
  if (posix_memalign(&data, alignment, std::max<size_t>(bytes, 64)) != 0) throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
  if (bytes >= HUGE_PAGE) madvise(data, bytes / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
#endif
  return TF_NewTensor(dtype, shape.data(), static_cast<int>(shape.size()), data, bytes, Deallocate, nullptr);
}

std::vector<int64_t> ShapeOf(const TF_Tensor* tensor) {
  std::vector<int64_t> shape(TF_NumDims(tensor));
  for (size_t i = 0; i < shape.size(); i++) shape[i] = TF_Dim(tensor, static_cast<int>(i));
  return shape;
}

/** The upper half of a float32. */
VECTORIZED void WidenBfloat16(const uint16_t* from, uint32_t* to, int64_t count) {
#pragma omp simd
  for (int64_t i = 0; i < count; i++) to[i] = static_cast<uint32_t>(from[i]) << 16;
}

/** IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits. */
void WidenFloat16(const uint16_t* from, uint32_t* to, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    const uint32_t sign = (from[i] & 0x8000u) << 16, exponent = from[i] >> 10 & 0x1fu, fraction = from[i] & 0x3ffu;
    if (exponent == 0) {
      const float value = static_cast<float>(fraction) * 0x1p-24f;
      std::memcpy(&to[i], &value, sizeof value);
      to[i] |= sign;
    } else {
      to[i] = sign | (exponent == 0x1f ? 0xffu : exponent + 112) << 23 | fraction << 13;
    }
  }
}

/** Numbers of one type as the same or, widened, as float32. */
void Convert(TF_DataType stored, const void* from, TF_DataType dtype, void* to, int64_t count) {
  if (stored == dtype) {
    std::memcpy(to, from, count * TF_DataTypeSize(dtype));
  } else if (stored == TF_BFLOAT16) {
    WidenBfloat16(static_cast<const uint16_t*>(from), static_cast<uint32_t*>(to), count);
  } else {
    WidenFloat16(static_cast<const uint16_t*>(from), static_cast<uint32_t*>(to), count);
  }
}

void RequireConvertible(TF_DataType stored, TF_DataType dtype) {
  if (stored != dtype && !(dtype == TF_FLOAT && (stored == TF_BFLOAT16 || stored == TF_HALF))) {
    throw std::runtime_error("a tensor cannot take numbers of that type");
  }
}

uint8_t* At(TF_Tensor* tensor, int64_t value) {
  return static_cast<uint8_t*>(TF_TensorData(tensor)) + value * TF_DataTypeSize(TF_TensorType(tensor));
}

/** Reads from a file until the bytes are there. Gives 0, an error's number, or -1 where the file ends before. */
int ReadFully(int file, void* to, size_t bytes, off_t position) {
  auto* next = static_cast<uint8_t*>(to);
  while (bytes > 0) {
    const ssize_t got = pread(file, next, bytes, position);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return got < 0 ? errno : -1;
    next += got;
    position += got;
    bytes -= got;
  }
  return 0;
}

/** createTensor(dtype, shape) */
napi_value CreateTensor(napi_env env, napi_value* args) {
  return ToHandle(env, Allocate(static_cast<TF_DataType>(Integer(env, args[0])), Integers(env, args[1])));
}

/** fillTensor(tensor, first value, stored type, bytes) */
napi_value FillTensor(napi_env env, napi_value* args) {
  TF_Tensor* tensor = FromHandle(env, args[0]);
  const int64_t first = Integer(env, args[1]);
  const auto stored = static_cast<TF_DataType>(Integer(env, args[2]));
  const auto bytes = Bytes(env, args[3]);
  RequireConvertible(stored, TF_TensorType(tensor));
  const int64_t width = TF_DataTypeSize(stored), count = bytes.length / width;
  if (first < 0 || first + count > TF_TensorElementCount(tensor) || count * width != static_cast<int64_t>(bytes.length)) {
    throw std::runtime_error("a tensor was given values past its end");
  }
  Convert(stored, bytes.data, TF_TensorType(tensor), At(tensor, first), count);
  return nullptr;
}

/** readTensor(tensor, path, position, stored type): all its values, on all cores. */
napi_value ReadTensor(napi_env env, napi_value* args) {
  TF_Tensor* tensor = FromHandle(env, args[0]);
  const std::string path = Text(env, args[1]);
  const int64_t position = Integer(env, args[2]);
  const auto stored = static_cast<TF_DataType>(Integer(env, args[3]));
  const auto dtype = TF_TensorType(tensor);
  RequireConvertible(stored, dtype);
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) throw std::runtime_error(std::strerror(errno));
  const int64_t width = TF_DataTypeSize(stored), count = TF_TensorElementCount(tensor);
  const int64_t pieces = (count + PIECE_VALUES - 1) / PIECE_VALUES;
  std::atomic<int> fault{0};
  ParallelFor(pieces, PIECE_VALUES * VALUE_COST, [&](int64_t begin, int64_t end) {
    std::vector<uint8_t> scratch(stored == dtype ? 0 : PIECE_VALUES * width);
    for (int64_t piece = begin; piece < end && fault == 0; piece++) {
      const int64_t first = piece * PIECE_VALUES, values = std::min(PIECE_VALUES, count - first);
      void* to = stored == dtype ? static_cast<void*>(At(tensor, first)) : scratch.data();
      if (const int error = ReadFully(file, to, values * width, position + first * width)) {
        fault = error;
      } else if (stored != dtype) {
        Convert(stored, to, dtype, At(tensor, first), values);
      }
    }
  });
  close(file);
  if (fault != 0) throw std::runtime_error(fault < 0 ? "the file ends too early" : std::strerror(fault));
  return nullptr;
}

/** copyValues(tensor, first value, target): as many values as the Float32Array holds, as float32. */
napi_value CopyValues(napi_env env, napi_value* args) {
  TF_Tensor* tensor = FromHandle(env, args[0]);
  const int64_t first = Integer(env, args[1]);
  const auto target = Bytes(env, args[2]);
  const int64_t count = target.length / sizeof(float);
  if (first < 0 || first + count > TF_TensorElementCount(tensor)) {
    throw std::runtime_error("a tensor was asked for values past its end");
  }
  RequireConvertible(TF_TensorType(tensor), TF_FLOAT);
  Convert(TF_TensorType(tensor), At(tensor, first), TF_FLOAT, target.data, count);
  return nullptr;
}

/** widenTensor(tensor): another one, with its values as float32. */
napi_value WidenTensor(napi_env env, napi_value* args) {
  TF_Tensor* tensor = FromHandle(env, args[0]);
  RequireConvertible(TF_TensorType(tensor), TF_FLOAT);
  TF_Tensor* wide = Allocate(TF_FLOAT, ShapeOf(tensor));
  const int64_t count = TF_TensorElementCount(tensor);
  ParallelFor((count + PIECE_VALUES - 1) / PIECE_VALUES, PIECE_VALUES * VALUE_COST, [&](int64_t begin, int64_t end) {
    const int64_t first = begin * PIECE_VALUES, values = std::min(end * PIECE_VALUES, count) - first;
    Convert(TF_TensorType(tensor), At(tensor, first), TF_FLOAT, At(wide, first), values);
  });
  return ToHandle(env, wide);
}

/** releaseTensor(tensor): again it does nothing. */
napi_value ReleaseTensor(napi_env env, napi_value* args) {
  void* data;
  Check(env, napi_get_value_external(env, args[0], &data));
  auto* handle = static_cast<Handle*>(data);
  if (handle->tensor) TF_DeleteTensor(handle->tensor);
  handle->tensor = nullptr;
  return nullptr;
}

}  // namespace

napi_value ToHandle(napi_env env, TF_Tensor* tensor) {
  napi_value external;
  const auto finalize = [](napi_env, void* data, void*) {
    auto* handle = static_cast<Handle*>(data);
    if (handle->tensor) TF_DeleteTensor(handle->tensor);
    delete handle;
  };
  Check(env, napi_create_external(env, new Handle{tensor}, finalize, nullptr, &external));
  return external;
}

TF_Tensor* FromHandle(napi_env env, napi_value value) {
  void* data;
  Check(env, napi_get_value_external(env, value, &data));
  TF_Tensor* tensor = static_cast<Handle*>(data)->tensor;
  if (!tensor) throw std::runtime_error("the tensor was released");
  return tensor;
}

void ExportTensors(napi_env env, napi_value exports) {
  Export(env, exports, "createTensor", Guarded<CreateTensor>);
  Export(env, exports, "fillTensor", Guarded<FillTensor>);
  Export(env, exports, "readTensor", Guarded<ReadTensor>);
  Export(env, exports, "copyValues", Guarded<CopyValues>);
  Export(env, exports, "widenTensor", Guarded<WidenTensor>);
  Export(env, exports, "releaseTensor", Guarded<ReleaseTensor>);
}

}  // namespace rise
